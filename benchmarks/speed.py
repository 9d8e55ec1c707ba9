"""Words per CPU second and peak memory of `analyze`, stage by stage.

usage: python benchmarks/speed.py FOLDER     (any folder that read_articles takes, such as DATA/polnear/dev/text)
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
import warnings

import newslab as nl
from newslab.actors import resolve
from newslab.duplicates import find_copies
from newslab.quotes import complete, quotes_of
from newslab.sentiment import sentiment
from newslab.stance import stances_of
from newslab.text import Text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    articles = nl.read_articles(options.folder, progress=False)
    nl.analyze(articles.head(2), progress=False)  # load the word lists, which a run does once
    words = int(articles["text"].str.split().str.len().sum())
    start = time.process_time()
    analysis = nl.analyze(articles, progress=False)
    whole = time.process_time() - start
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    print(f"{len(articles)} articles, {words:,} words, reader {analysis.reader!r}")
    print(f"analyze      {whole:7.2f} CPU s  {words / whole:10,.0f} words per CPU second")
    print(f"peak memory  {peak:7.0f} MB")

    reader = nl.Reader()
    spent: dict[str, float] = {}

    def timed(stage, make):
        begin = time.process_time()
        result = make()
        spent[stage] = time.process_time() - begin
        return result

    texts = timed("text", lambda: [_parsed(t) for t in articles["text"]])
    readings = timed("reading", lambda: list(reader.read_many(texts)))
    for reading in readings:
        complete(reading)
    who = timed("actors", lambda: [resolve(r) for r in readings])
    quotes = timed("quotes", lambda: [quotes_of(r, w) for r, w in zip(readings, who, strict=True)])
    timed("stance", lambda: [stances_of(r, w, q) for r, w, q in zip(readings, who, quotes, strict=True)])
    timed("sentiment", lambda: sentiment(analysis.quotes["text"]))
    timed("copies", lambda: find_copies(articles))
    timed("edges", analysis.edges)
    for stage, seconds in spent.items():
        print(f"  {stage:10} {seconds:7.2f} CPU s")


def _parsed(text: str) -> Text:
    parsed = Text(text)
    _ = parsed.sentences, parsed.tokens
    return parsed


if __name__ == "__main__":
    main()
