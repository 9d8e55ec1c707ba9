"""The report in a real browser: nothing in it runs or is fetched, it is usable by everybody, and it prints."""

import warnings
from pathlib import Path

import pytest
from _invented import DEED, TEXTS, invented

import newslab as nl
from newslab.report import write_report

from .jupyter import serious

HOSTILE = (
    '<script>window.ran = 1</script><img src=x onerror="window.ran = 2"><svg onload="window.ran = 3">'
    '<a href="javascript:window.ran = 4">a</a></p></b><!-- <style>*{display:none}</style> \'"><b '
)
LONG = "W" * 10_000


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # three files of the demo corpus are there not to be read
        articles = nl.read_articles(nl.demo_corpus(), progress=False)
    analysis = nl.analyze(articles, reader="rules", progress=False)
    return write_report(analysis, tmp_path_factory.mktemp("report") / "report.html", progress=False)


@pytest.fixture
def hostile(tmp_path) -> Path:
    analysis = invented(
        names={"vell": f"Ona {HOSTILE}", "orr": LONG, "lind": "javascript:window.ran=5"},
        titles={a: HOSTILE for a in TEXTS} | {"a2": LONG},
        texts={"a1": f"{HOSTILE} {DEED} {LONG}"},
        urls={"a1": "javascript:window.ran = 6", "a2": 'https://gull.example/"onmouseover="window.ran = 7'},
        problems=[{"article_id": HOSTILE, "stage": HOSTILE, "reason": LONG}],
    )
    analysis.articles["outlet"] = [HOSTILE, LONG, "javascript:window.ran=8", None, "Gull"]
    return write_report(analysis, tmp_path / "report.html", title=HOSTILE)


def opened(page, path: Path) -> list[str]:
    """Open a report and all its edges; the addresses that it asked for besides its own."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.wait_for_timeout(300)
    return [url for url in asked if not url.startswith("data:") and url != path.as_uri()]


def test_words_of_articles_are_shown_and_nothing_in_them_runs(page, hostile, screenshots):
    said: list[str] = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    assert opened(page, hostile) == []
    assert page.evaluate("window.ran") is None and said == []
    assert page.locator("h1").inner_text() == " ".join(HOSTILE.split())
    assert '<img src=x onerror="window.ran = 2">' in page.locator("main").text_content()
    assert page.locator("script, iframe, object, embed, link, form, main style").count() == 0
    assert page.locator("main svg, main b").count() == 0, "an element of an article became one of the page"
    for link in page.locator("a[href]").all():
        href = link.get_attribute("href")
        assert href.startswith(("#", "https://gull.example/")), href
        if href.startswith("https"):
            link.hover()
    assert page.evaluate("window.ran") is None
    page.screenshot(path=screenshots / "report-hostile.png")


def test_words_of_ten_thousand_characters_stay_in_the_page(page, hostile):
    opened(page, hostile)
    for width in (1200, 400):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(100)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_barrier(page, demo, hostile, scheme, screenshots):
    page.emulate_media(color_scheme=scheme)
    for path in (demo, hostile):
        assert opened(page, path) == []
        assert serious(page) == []
    page.goto(demo.as_uri())
    page.screenshot(path=screenshots / f"report-{scheme}.png")
    page.locator("#edge-1 summary").click()
    page.locator("#edge-1").screenshot(path=screenshots / f"report-evidence-{scheme}.png")
    page.locator("section[aria-labelledby=method]").screenshot(path=screenshots / f"report-method-{scheme}.png")


def test_by_keyboard_alone(page, demo):
    page.goto(demo.as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.locator("td a").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#sentences-1"
    assert page.locator("#edge-1").get_attribute("open") is not None, "the number of an edge opens its sentences"
    assert page.locator("#edge-1 mark").first.is_visible() and page.locator("#edge-1 summary").is_visible()
    page.locator("#edge-1 summary").focus()
    page.keyboard.press("Enter")
    assert not page.locator("#edge-1 mark").first.is_visible()


def test_on_a_phone_names_are_whole_and_charts_can_be_read(page, demo, screenshots):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(demo.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator("#chart-matrix img").bounding_box()["width"] > 600, "a chart is scrolled, and not tiny"
    name = page.locator("section[aria-labelledby=edges] tbody th").first
    lines = name.evaluate(
        "n => { const r = document.createRange(); r.selectNodeContents(n); return r.getClientRects().length }"
    )
    assert lines <= len(name.inner_text().split())
    assert serious(page) == []
    page.screenshot(path=screenshots / "report-phone.png", full_page=True)


def test_printed_it_shows_the_evidence_on_white_pages(page, demo, screenshots, tmp_path):
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 680, "height": 1000})
    page.goto(demo.as_uri())
    assert page.locator("details mark").first.is_visible(), "closed edges are printed open"
    assert not page.locator("nav").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    page.screenshot(path=screenshots / "report-print.png", full_page=True)
    page.pdf(path=screenshots / "report.pdf", prefer_css_page_size=True)
    assert (screenshots / "report.pdf").stat().st_size > 50_000
