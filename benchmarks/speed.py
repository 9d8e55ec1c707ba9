"""Words per CPU second, peak memory, and time beside the bare encoder, of `analyze`, stage by stage.

usage: python benchmarks/speed.py FOLDER [--reader rules] [--workers N]
    (any folder that read_articles takes, such as DATA/polnear/dev/text)
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
    parser.add_argument("--reader", default="model")
    parser.add_argument("--workers", type=int, default=1, help="threads of the model; 1 by default, to count CPU time")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    articles = nl.read_articles(options.folder, progress=False)
    begin = time.perf_counter()
    reader = nl.Reader(options.reader, workers=options.workers)
    loading = time.perf_counter() - begin
    nl.analyze(articles.head(2), reader=reader, progress=False)  # load the word lists, which a run does once
    words = int(articles["text"].str.split().str.len().sum())
    start = time.process_time()
    analysis = nl.analyze(articles, reader=reader, progress=False)
    whole = time.process_time() - start
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    print(f"{len(articles)} articles, {words:,} words, reader {analysis.reader!r}, loaded in {loading:.2f} s")
    print(f"analyze      {whole:7.2f} CPU s  {words / whole:10,.0f} words per CPU second")
    print(f"peak memory  {peak:7.0f} MB")
    spent: dict[str, float] = {}

    def timed(stage, make):
        begin = time.process_time()
        result = make()
        spent[stage] = time.process_time() - begin
        return result

    if options.reader == "model":
        bare, spent["encoder"] = _forward(reader, articles["text"].tolist())
        print(f"analyze / bare encoder forward on the same windows  {whole / spent['encoder']:.2f}  ({bare:,} windows)")
    texts = timed("text", lambda: [_parsed(t) for t in articles["text"]])
    readings = timed("reading", lambda: list(reader.read_many(texts)))
    for reading in readings:
        complete(reading)
    who = timed("actors", lambda: [resolve(r) for r in readings])
    quotes = timed("quotes", lambda: [quotes_of(r, w) for r, w in zip(readings, who, strict=True)])
    rows = list(zip(readings, who, quotes, strict=True))
    stances = timed("stance", lambda: [stances_of(*row) for row in rows])
    timed("weighing", lambda: [reader.weigh(s, *row) for s, row in zip(stances, rows, strict=True)])
    timed("sentiment", lambda: sentiment(analysis.quotes["text"]))
    timed("copies", lambda: find_copies(articles))
    timed("edges", analysis.edges)
    for stage, seconds in spent.items():
        print(f"  {stage:10} {seconds:7.2f} CPU s")


def _forward(reader: nl.Reader, texts: list[str]) -> tuple[int, float]:
    """The encoder alone, on windows made beforehand as `analyze` makes them: how many, CPU seconds."""
    encoder = reader.encoder
    session, calls = encoder.session, []

    class Recorder:
        def run(self, names, feed):
            calls.append(feed)
            return session.run(names, feed)

    encoder.session = Recorder()
    for k in range(0, len(texts), 16):
        encoder.encode(texts[k : k + 16])
    encoder.session = session
    begin = time.process_time()
    for feed in calls:
        session.run(None, feed)
    return sum(len(feed["ids"]) for feed in calls), time.process_time() - begin


def _parsed(text: str) -> Text:
    parsed = Text(text)
    _ = parsed.sentences, parsed.tokens
    return parsed


if __name__ == "__main__":
    main()
