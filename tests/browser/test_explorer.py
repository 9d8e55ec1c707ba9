"""The explorer in a real JupyterLab and a real browser: by mouse, by keyboard alone, with hostile articles."""

import json
import re

import nbformat
import pytest

from .jupyter import ROOT, run_all, serious, wait_until_idle

EDGE = ("Garrick Stolm", "Miriam Tarkane")
AFTER = "explorer.analysis.edges("  # the cell to run after a correction


def negative_edges(page) -> list[str]:
    """Sources and targets in the table that the cell after the explorer shows."""
    cell = page.locator(".jp-CodeCell", has_text=AFTER).first
    return [row.inner_text() for row in cell.locator("tbody tr").all()]


def edge(page, source: str, target: str):
    return page.get_by_role("button", name=re.compile(f"^{source} (criticizes|backs) {target},"))


def evidence_of(page):
    return page.locator(".nlx-right .nlx-evidence")


@pytest.fixture
def explored(open_notebook):
    page = open_notebook(ROOT / "notebooks" / "04_explore_and_correct.ipynb")
    run_all(page)
    page.wait_for_selector(".nlx", timeout=300_000)
    wait_until_idle(page)
    return page


def highlighted(page) -> str:
    return " ".join(page.locator(".nlx-right .nlx-text").first.locator("mark").all_inner_texts())


def test_click_an_edge_read_its_sentence_and_correct_it(explored, screenshots):
    page = explored
    errors = []
    page.on("pageerror", lambda e: errors.append(str(e)))
    assert any(EDGE[0] in row and EDGE[1] in row for row in negative_edges(page))
    edge(page, "Josune Harrack", "Matthias Kerrow").click()
    page.wait_for_selector(".nlx-heading:has-text('Matthias Kerrow')")
    edge(page, *EDGE).click()
    page.wait_for_selector(f".nlx-heading:has-text('{EDGE[1]}')")
    first = page.locator(".nlx-right .nlx-article").first
    first.locator(".nlx-text mark").first.wait_for()
    box, at = (first.locator(part).first.bounding_box() for part in (".nlx-text", ".nlx-text mark"))
    assert box["y"] <= at["y"] < box["y"] + box["height"], "the evidence is what one sees of the text"
    marked = re.sub(r"\s+", "", "".join(first.locator(".nlx-text mark").all_inner_texts()))
    for passage in first.locator("blockquote").all_inner_texts():
        assert re.sub(r"\s+", "", passage) in marked
    assert first.locator(".nlx-m-source").count() and first.locator(".nlx-m-target").count()
    page.locator(".nlx").screenshot(path=screenshots / "explorer-list.png")

    assert re.search(
        r"expected in [\d.]+ articles \(95 % interval [\d.]+ to [\d.]+\)", page.locator(".nlx-right").inner_text()
    )
    counted = page.locator(".nlx-right > p", has_text="newest first").inner_text()
    n = int(re.match(r"\d+", counted)[0])
    assert n == page.locator(".nlx-right .nlx-article").count() > 1
    while (closed := page.locator(".nlx-article:not([open]) summary")).count():
        closed.first.click()
    before = page.locator("[id$=tab-corrections]").inner_text()
    evidence_of(page).last.get_by_role("button", name=re.compile("^Not ")).click()
    page.wait_for_function("t => document.querySelector('[id$=tab-corrections]').innerText !== t", arg=before)
    assert not page.locator(".nlx-article:not([open])").count(), "what was open stays so"
    assert page.evaluate("!!document.activeElement.closest('.nlx-evidence')"), "and the next piece is at hand"
    for _ in range(30):  # every piece of evidence of this edge, criticism and support
        if not evidence_of(page).count():
            break
        before = page.locator("[id$=tab-corrections]").inner_text()
        while (closed := page.locator(".nlx-article:not([open]) summary")).count():
            closed.first.click()  # which takes it out of those that are closed
        evidence_of(page).first.get_by_role("button", name=re.compile("^Not ")).click()
        page.wait_for_function("t => document.querySelector('[id$=tab-corrections]').innerText !== t", arg=before)
    assert not evidence_of(page).count()
    page.locator(".jp-CodeCell", has_text=AFTER).first.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    wait_until_idle(page)
    assert not any(EDGE[0] in row and EDGE[1] in row for row in negative_edges(page))

    page.locator("[id$=tab-corrections]").click()
    page.locator(".nlx").screenshot(path=screenshots / "explorer-corrections.png")
    page.locator(".nlx-log button").first.click()
    page.wait_for_selector(".nlx-status:has-text('undone')")
    assert errors == []


def test_by_keyboard_alone(explored):
    page = explored
    press = page.keyboard.press

    def focused(selector: str) -> bool:
        return page.evaluate("s => !!(document.activeElement && document.activeElement.closest(s))", selector)

    def tab_to(selector: str, key: str = "Tab") -> None:
        for _ in range(120):
            if focused(selector):
                return
            press(key)
        raise AssertionError(f"Tab does not lead to {selector}")

    page.evaluate("document.activeElement.blur()")
    tab_to(".nlx input[type=search]")
    page.keyboard.type("Kerrow")
    page.wait_for_function("() => document.querySelectorAll('.nlx-edge').length < 50")
    tab_to(".nlx-edge")
    wanted = "Radomir Pell criticizes Matthias Kerrow"
    for _ in range(60):
        if wanted in (page.evaluate("document.activeElement.getAttribute('aria-label')") or ""):
            break
        press("ArrowDown")
    press("Enter")
    page.wait_for_selector(".nlx-heading:has-text('Matthias Kerrow')")
    page.wait_for_selector(".nlx-text mark")
    assert focused(".nlx-edge")  # choosing does not take the focus away
    before = [row for row in negative_edges(page) if "Radomir Pell" in row and "Matthias Kerrow" in row]
    assert before
    for _ in range(20):
        if not evidence_of(page).count():
            break
        said = page.locator("[id$=tab-corrections]").inner_text()
        tab_to(".nlx-evidence .nlx-tools")
        press("Tab")
        assert page.evaluate("document.activeElement.innerText").startswith("Not ")
        press("Enter")
        page.wait_for_function("t => document.querySelector('[id$=tab-corrections]').innerText !== t", arg=said)
        page.wait_for_function("() => document.activeElement.closest('.nlx-right')")
    press("Escape")
    assert focused(".jp-Notebook")
    for _ in range(30):
        at = page.locator(".jp-Notebook .jp-mod-active").first.inner_text()
        if at.strip().startswith("[") and AFTER in at:
            break
        press("ArrowDown")
    press("Control+Enter")
    wait_until_idle(page)
    assert not [row for row in negative_edges(page) if "Radomir Pell" in row and "Matthias Kerrow" in row]


def test_matrix_network_and_dark_theme(explored, screenshots):
    page = explored
    for view in ("matrix", "network", "lost"):
        page.locator(f"[id$=tab-{view}]").click()
        page.wait_for_selector(f"[id$=tab-{view}][aria-selected=true]")
        page.locator({"matrix": ".nlx-cell", "network": ".nlx-link", "lost": ".nlx-lost li"}[view]).first.wait_for()
        page.locator(".nlx").screenshot(path=screenshots / f"explorer-{view}.png")
    page.locator("[id$=tab-matrix]").click()
    page.locator(".nlx-cell").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    heading = page.locator(".nlx-heading")
    page.wait_for_function(
        "t => t.startsWith(document.querySelector('.nlx-heading .nlx-m-source').innerText)", arg=label
    )
    assert heading.locator(".nlx-m-source").inner_text() in label
    assert heading.locator(".nlx-m-target").inner_text() in label
    page.evaluate("window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    page.wait_for_selector('body[data-jp-theme-light="false"]', state="attached")
    for view in ("list", "matrix", "network"):
        page.locator(f"[id$=tab-{view}]").click()
        page.wait_for_timeout(300)
        page.locator(".nlx").screenshot(path=screenshots / f"explorer-{view}-dark.png")
    assert serious(page, ".nlx") == []
    page.evaluate("window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})")
    page.wait_for_selector('body[data-jp-theme-light="true"]', state="attached")


def test_no_serious_barrier_in_any_view(explored):
    page = explored
    for view in ("list", "matrix", "network", "lost", "corrections"):
        page.locator(f"[id$=tab-{view}]").click()
        page.wait_for_timeout(300)
        assert serious(page, ".nlx") == [], view


HOSTILE = (
    '<script>window.ran = 1</script><img src=x onerror="window.ran = 2"><a href="javascript:window.ran=3">x</a></b><'
)


def test_articles_are_shown_as_text_and_nothing_in_them_runs(open_notebook, tmp_path, screenshots):
    rows = {
        "text": [
            f"Ona Vell attacked Tam Orr. {HOSTILE} said Vell.\n\n“Tam Orr is a disgrace, {HOSTILE}” said Ona Vell. "
            + "x" * 10_000
            + " Ona Vell attacked Tam Orr again. “Nobody {HOSTILE} knows.”"
        ],
        "title": [HOSTILE + "y" * 10_000],
        "outlet": [HOSTILE],
        "id": [HOSTILE],
    }
    source = f"""
import json
import newslab as nl, pandas as pd
analysis = nl.analyze(pd.DataFrame(json.loads({json.dumps(json.dumps(rows))})), reader="rules", progress=False)
for table, columns in ((analysis.actors, ["name"]), (analysis.stances, ["source", "target"]),
                       (analysis.mentions, ["actor"]), (analysis.quotes, ["speaker"])):
    for column in columns:
        table[column] = table[column].str.replace("Ona Vell", {json.dumps(HOSTILE)} + " Ona Vell")
explorer = nl.explore(analysis, author={json.dumps(HOSTILE)})
explorer.select(analysis.stances["source_id"].iloc[0], analysis.stances["target_id"].iloc[0])
explorer"""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in (source, "analysis", "1 + 1")])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = tmp_path / "hostile.ipynb"
    nbformat.write(book, path)
    page = open_notebook(path)
    run_all(page)
    page.wait_for_selector(".nlx-text mark")
    wait_until_idle(page)
    for view in ("matrix", "network", "lost", "list"):
        page.locator(f"[id$=tab-{view}]").click()
        page.wait_for_timeout(200)
    evidence_of(page).first.get_by_role("button", name="Right", exact=True).click()
    page.wait_for_selector(".nlx-status:has-text('is right')")
    page.locator("[id$=tab-corrections]").click()
    page.wait_for_selector(".nlx-log li")
    page.locator(".nlx").screenshot(path=screenshots / "explorer-hostile.png")
    assert page.evaluate("window.ran") is None
    assert page.locator(".nlx script, .nlx img, .nlx a").count() == 0
    assert "<script>window.ran = 1</script>" in page.locator(".nlx-text").first.inner_text()
    wide = page.evaluate(
        "(() => { const r = document.querySelector('.nlx-right'); return r.scrollWidth - r.clientWidth; })()"
    )
    assert wide <= 1  # long words break
