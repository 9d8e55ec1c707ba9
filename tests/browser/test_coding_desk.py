"""The coding page in a real browser, by keyboard alone; a stand-in for the notebook carries its messages to Python."""

import json
from pathlib import Path

import pandas as pd
import pytest
from _invented import invented

import newslab as nl
from newslab.coding import code

from .jupyter import serious

STATIC = Path(nl.coding.__file__).with_name("static")
EVIL = (
    "“<script>window.ran = 1</script><img src=x onerror='window.ran = 1'>,” said Ona Vell 😀 of Tam Orr.\r\n"
    + "x" * 10_000
)
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Coding</title>
<style>:root { color-scheme: %s } body { background: Canvas; color: CanvasText } %s</style>
<main><h1>Coding</h1><div id="root"></div></main><script type="module">
%s
const traits = %s, handlers = {};
const model = {
  get: (k) => traits[k], set: (k, v) => { traits[k] = v; },
  save_changes: () => window.toPython(JSON.stringify({ coder: traits.coder })).then(take),
  send: (message) => window.toPython(JSON.stringify({ message })).then(take),
  on: (event, f) => { (handlers[event] ??= []).push(f); }, off: () => {},
};
let heard = 0;
function take(told) {
  const fresh = JSON.parse(told), changed = [];
  for (const k of ["article", "state"])
    if (JSON.stringify(fresh[k]) !== JSON.stringify(traits[k])) { traits[k] = fresh[k]; changed.push(k); }
  for (const k of changed) for (const f of handlers["change:" + k] || []) f();
  document.body.dataset.heard = ++heard;
}
widget.render({ model, el: document.getElementById("root") });
</script>"""


@pytest.fixture
def show(browser):
    """Open a desk in a page; what goes wrong in the page, and what it asks of the network, fails the test."""
    pages, faults = [], []

    def show(desk, scheme="light"):
        page = browser.new_page(color_scheme=scheme)
        pages.append(page)
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda e: faults.append(str(e)))
        page.on("request", lambda r: faults.append(r.url) if r.url.startswith("http") else None)

        def told(message):
            asked = json.loads(message)
            if "coder" in asked:
                desk.coder = asked["coder"]
            else:
                desk._told(desk, asked["message"], [])
            return json.dumps({"article": desk.article, "state": desk.state})

        page.expose_function("toPython", told)
        script = (STATIC / "coding.js").read_text(encoding="utf-8").replace("export default", "const widget =")
        traits = json.dumps({"coder": desk.coder, "article": desk.article, "state": desk.state})
        style = (STATIC / "coding.css").read_text(encoding="utf-8")
        page.set_content(PAGE % (scheme, style, script, traits.replace("<", "\\u003c")))
        page.wait_for_selector(".newslab-coding .text")
        return page

    yield show
    for page in pages:
        page.close()
    assert faults == []


def press(page, *keys):
    """Press keys, and wait after each until Python has answered."""
    for k in keys:
        before = page.evaluate("document.body.dataset.heard || '0'")
        page.keyboard.press(k)
        page.wait_for_function("b => (document.body.dataset.heard || '0') !== b", arg=before)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_edges_by_keyboard_alone(show, scheme, screenshots):
    analysis = invented()
    desk = code(analysis, nl.coding.sample(analysis, 4), blind=False)
    page = show(desk, scheme)
    page.keyboard.press("Tab")
    page.keyboard.type("Ida1")  # typed into a field, "1" is no verdict
    assert desk.codings.empty
    press(page, "Tab")
    assert desk.coder == "Ida1"
    page.locator(".text").focus()
    assert page.locator(".text mark").inner_text() == "Ona Vell attacked Tam Orr over the harbour dues."
    assert "newslab: criticizes, probability 0.75" in page.locator(".question").inner_text()
    press(page, "1", "ArrowRight", "5", "u", "3")
    assert desk.codings[["item", "value"]].values.tolist() == [["a1#e1", "negative"], ["a2#e2", "neither"]]
    assert page.get_by_role("status").inner_text() == "Edge 4 of 4; 2 coded"
    press(page, "ArrowLeft")
    page.locator(".newslab-coding").screenshot(path=screenshots / f"coding-edges-{scheme}.png")
    assert page.get_by_role("button", name="neither").get_attribute("aria-pressed") == "true"
    assert serious(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_article_by_keyboard_alone_whatever_it_holds(show, scheme, screenshots):
    analysis = invented(texts={"a1": EVIL}, titles={"a1": "<b onclick=1>T</b>"})
    desk = code(analysis, nl.coding.sample(analysis, 4, unit="articles"), coder="Ida")
    page = show(desk, scheme)
    text = page.locator(".text")
    text.focus()
    page.keyboard.press("Control+Home")
    for _ in range(EVIL.index("said")):
        page.keyboard.press("ArrowRight")
    for _ in range(len("said Ona Vell 😀 of ")):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("z")  # changes nothing
    page.keyboard.press("e")
    assert page.locator(".text mark").inner_text() == "said Ona Vell 😀 of"
    page.get_by_label("Source").focus()
    page.keyboard.type("Ona Vell")
    page.get_by_label("Target").focus()
    page.keyboard.type("Tam Orr")
    page.get_by_label("Kind").select_option("reported")
    page.get_by_label("Target").focus()
    press(page, "Enter")
    page.locator(".newslab-coding").screenshot(path=screenshots / f"coding-article-{scheme}.png")
    start = EVIL.index("said")
    assert desk.state["edges"][0]["spans"] == [[start, start + len("said Ona Vell 😀 of")]]
    assert desk.state["edges"][0]["kind"] == "reported"
    assert page.locator("datalist option").evaluate_all("o => o.map(e => e.value)") == ["Ona Vell", "Tam Orr"]
    assert serious(page) == []
    assert page.evaluate("window.ran") is None
    assert page.evaluate("document.querySelector('.text').textContent") == EVIL
    assert page.locator("h3").inner_text() == "<b onclick=1>T</b>"
    assert page.get_by_label("Source").input_value() == "", "there is room for the next edge"
    text.focus()
    press(page, "f", "f")
    assert desk.codings["value"].tolist() == ["edge", "no edge"]
    pd.testing.assert_frame_equal(nl.coding.check_codings(desk.codings, sample=desk.session.sample), desk.codings)


def test_what_cannot_be_is_said_on_the_page(show):
    analysis = invented()
    desk = code(analysis, nl.coding.sample(analysis, 4, unit="articles"))
    page = show(desk)
    page.locator(".text").focus()
    page.keyboard.press("e")
    assert "Select words in the text first" in page.get_by_role("alert").inner_text()
    press(page, "a")
    assert page.get_by_role("alert").inner_text() == "an edge needs a source and a target"
    press(page, "f")
    assert page.get_by_role("alert").inner_text() == "who codes? fill in the name of the coder first"
