"""The charts to point at, in JupyterLab: drawn by what it has itself, with no network, and a word at the pointer."""

import nbformat
import pytest

from .jupyter import run_all, wait_until_idle

pytest.importorskip("altair", reason='needs pip install "newslab[interactive]"')

CELLS = [
    """
import newslab as nl
import pandas as pd

texts = ["Ona Vell attacked Tam Orr.", "Tam Orr praised Bo Lind.", "Ona Vell attacked Tam Orr again.", "Rain fell."]
articles = pd.DataFrame({
    "text": texts, "outlet": ["Gull", "Tide", "Gull", "Tide"],
    "published": ["2031-01-05", "2031-02-05", "2031-03-05", "2031-03-06"],
})
analysis = nl.analyze(articles, reader="rules", progress=False)
draw = nl.plot.interactive
""",
    'draw.timeline(analysis, events={"The vote": "2031-02-10"})',
    "draw.balance(analysis)",
    "draw.outlets(analysis)",
    "draw.matrix(analysis)",
]


def test_each_is_drawn_without_a_network_and_answers_to_the_pointer(open_notebook, page, tmp_path, screenshots):
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = tmp_path / "pointing.ipynb"
    nbformat.write(book, path)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.route(lambda url: "127.0.0.1" not in url and url.startswith("http"), lambda route: route.abort())
    page.set_viewport_size({"width": 1300, "height": 2600})
    page = open_notebook(path)
    del asked[:]  # what JupyterLab asks for at its start
    run_all(page)
    wait_until_idle(page)
    charts = page.locator(".jp-RenderedVegaCommon5 .marks")
    charts.nth(len(CELLS) - 2).wait_for()
    assert charts.count() == len(CELLS) - 1
    page.locator(".jp-Notebook").first.screenshot(path=screenshots / "interactive.png")
    for k in range(charts.count()):
        place = charts.nth(k).bounding_box()
        seen = False
        for y in range(60, int(place["height"]) - 20, 3):
            for x in range(40, int(place["width"]) - 10, 23):
                page.mouse.move(place["x"] + x, place["y"] + y)
                if page.locator("#vg-tooltip-element.visible").count():
                    seen = True
                    break
            if seen:
                break
        assert seen, f"chart {k} says nothing at the pointer"
        said = page.locator("#vg-tooltip-element").inner_text()
        assert said.split(":")[0] in ("event", "month", "actor", "label", "source"), said
        page.mouse.move(2, 2)
    assert [url for url in asked if "127.0.0.1" not in url and url.startswith("http")] == []
