"""How long the explorer takes on a large analysis, in a real JupyterLab and Chromium.

usage: python benchmarks/explorer.py [--articles 10000] [--edges 5000]

The analysis is that of the demo corpus, many times over under other names; needs newslab[browser] and a Chromium.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import warnings
from pathlib import Path

import nbformat
import pandas as pd

import newslab as nl

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from browser.jupyter import chromium, lab_server, open_in_lab, run_all  # noqa: E402


def enlarged(base: nl.Analysis, n_articles: int, n_edges: int) -> nl.Analysis:
    """The same articles many times over; every so many copies have actors of their own."""
    copies = -(-n_articles // len(base.articles))
    worlds = -(-n_edges // len(base.edges()))

    def again(table: pd.DataFrame, columns: dict[str, str], k: int) -> pd.DataFrame:
        ending = {"article": f" /{k}", "actor": f" {k % worlds}"}
        return table.assign(**{c: table[c] + ending[kind] for c, kind in columns.items() if c in table.columns})

    ids = {"article_id": "article", "quote_id": "article", "mention_id": "article", "stance_id": "article"}
    who = {c: "actor" for c in ("speaker", "speaker_id", "source_id", "target", "target_id", "actor", "actor_id")}
    tables = {}
    for name in ("articles", "quotes", "mentions", "stances"):
        columns = ids | who | ({"source": "actor"} if name == "stances" else {})
        table = getattr(base, name)
        tables[name] = pd.concat([again(table, columns, k) for k in range(copies)], ignore_index=True)
    tables["articles"]["duplicate_of"] = pd.Series(None, index=tables["articles"].index, dtype="str")
    actors = [again(base.actors, {"actor_id": "actor", "name": "actor"}, k) for k in range(worlds)]
    return nl.Analysis(**tables, actors=pd.concat(actors, ignore_index=True), problems=base.problems)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--edges", type=int, default=5_000)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    base = nl.analyze(nl.demo_corpus(), reader="rules", progress=False)
    analysis = enlarged(base, options.articles, options.edges)
    figures: dict[str, float] = {}

    def timed(name: str, begin: float) -> None:
        figures[name] = time.perf_counter() - begin

    begin = time.perf_counter()
    explorer = nl.explore(analysis)
    timed("Python: made", begin)
    n = (len(analysis.articles), len(explorer.edges), len(analysis.stances))
    begin = time.perf_counter()
    explorer.filters = {"outlet": explorer._options["outlet"][0], "polarity": "negative"}
    timed("Python: filtered", begin)
    explorer.close()

    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = Path(place)
        analysis.save(folder / "saved")
        cells = [
            "import newslab as nl\nexplorer = nl.explore(nl.load('saved'))\nexplorer.n_actors = 80",
            "explorer",
        ]
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(book, folder / "explore.ipynb")
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 1500, "height": 1100}).new_page()
        page.set_default_timeout(300_000)
        with lab_server(folder) as address:
            open_in_lab(page, address, "explore.ipynb")
            run_all(page)
            page.wait_for_selector(".nlx-edge")
            page.locator(".jp-CodeCell").nth(1).locator(".cm-content").click()
            page.evaluate("document.querySelector('.nlx').remove()")
            begin = time.perf_counter()
            page.keyboard.press("Control+Enter")
            page.wait_for_selector(".nlx-edge")
            timed("browser: first paint", begin)
            for k, name in ((3, "browser: click to marked text"), (30, "browser: the next click")):
                begin = time.perf_counter()
                page.locator(".nlx-edge").nth(k).click()
                source = page.locator(".nlx-edge").nth(k).get_attribute("aria-label").split(" criticizes ")[0]
                page.wait_for_selector(f".nlx-heading:has-text('{source.split(' backs ')[0]}')")
                page.wait_for_selector(".nlx-text mark")
                timed(name, begin)
            begin = time.perf_counter()
            page.locator("[id$=tab-matrix]").click()
            page.wait_for_selector(".nlx-matrix tbody tr")
            timed("browser: matrix", begin)
            begin = time.perf_counter()
            page.locator("[id$=tab-network]").click()
            page.wait_for_selector(".nlx-network")
            timed("browser: network", begin)
        browser.close()
    print(f"{n[0]:,} articles, {n[1]:,} edges, {n[2]:,} stances\n\n| step | seconds |\n|---|---|")
    for name, seconds in figures.items():
        print(f"| {name} | {seconds:.2f} |")


if __name__ == "__main__":
    main()
