"""Runs that are killed without warning and started again have the rows of a run that nobody disturbed.

Ten runs in the tests. More of them: python tests/test_interruptions.py --runs 100
"""

import argparse
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import warnings
from pathlib import Path

import pandas as pd
import pytest

import newslab as nl
from newslab.tables import TABLES

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")

RUNS = 10
BATCH = 2


def corpus():
    """Some of the demo articles, each a few paragraphs, with copies."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        texts = nl.read_articles(nl.demo_corpus(), progress=False)["text"]
    short = ["\n\n".join(text.split("\n\n")[:3]) for text in texts[:33]]
    return pd.DataFrame({"text": [*short, *short[:3]]})


def work(place, out, killed_at=None):
    """In a process of its own: analyse; and die at a certain step of putting files into their places."""
    from newslab import staging

    staging._PART = (6, 10**9)
    if killed_at is not None:
        replace, steps = os.replace, iter(range(10**9))

        def die(*args):
            if next(steps) == killed_at:
                os.kill(os.getpid(), signal.SIGKILL)
            replace(*args)

        os.replace = die
    nl.analyze(pd.read_parquet(place), out=out, reader="rules", batch=BATCH, progress=False)


def start(*args):
    # Processes are forked from one that has everything imported, so that they start at once.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["newslab.analysis", "newslab.rules", "newslab.plot"])
    process = context.Process(target=work, args=args)
    process.start()
    return process


def finish(*args):
    process = start(*args)
    process.join()
    return process.exitcode


def difference(one, two):
    """What differs between two analyses; an empty string if nothing does."""
    for name in TABLES:
        try:
            pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), obj=name)
        except AssertionError as error:
            return str(error)
    return ""


class Trial:
    """A corpus, an analysis that nobody disturbed, and the time that it took."""

    def __init__(self, folder):
        self.folder = folder
        self.place = folder / "corpus.parquet"
        corpus().to_parquet(self.place)
        finish(self.place, folder / "first")  # starts the process from which others are forked
        begin = time.perf_counter()
        assert finish(self.place, folder / "whole") == 0
        self.seconds = time.perf_counter() - begin
        self.whole = nl.load(folder / "whole")

    def killed_and_resumed(self, seed):
        """Kill a run up to three times at random moments, let it finish, and compare; how often it was killed."""
        out, chance = self.folder / f"out-{seed}", random.Random(seed)
        times, wanted = 0, chance.randint(1, 3)
        while times < wanted:
            process = start(self.place, out)
            process.join(chance.uniform(0.02, self.seconds))
            if process.exitcode is None:
                os.kill(process.pid, signal.SIGKILL)
                process.join()
                times += 1
            else:  # it was quicker than the one that was timed: again from the beginning, and sooner
                self.seconds *= 0.8
                shutil.rmtree(out)
            assert process.exitcode in (0, -signal.SIGKILL)
        assert finish(self.place, out) == 0
        told = difference(nl.load(out), self.whole)
        assert not told, told
        shutil.rmtree(out)
        return times


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    return Trial(tmp_path_factory.mktemp("interruptions"))


def test_undisturbed_it_has_the_rows_of_an_analysis_in_memory(trial):
    articles = pd.read_parquet(trial.place)
    assert difference(trial.whole, nl.analyze(articles, reader="rules", progress=False)) == ""


@pytest.mark.parametrize("seed", range(RUNS))
def test_killed_at_a_random_moment(seed, trial):
    trial.killed_and_resumed(seed)


@pytest.mark.parametrize("step", [0, 5, 15, 22, 30, 40, 41])
def test_killed_at_a_certain_step(step, trial, tmp_path):
    # The last steps are those in which the new tables replace the old: also then, one of the two is there whole.
    out = tmp_path / "out"
    articles = pd.read_parquet(trial.place)
    before = articles.iloc[:-16]
    before.to_parquet(tmp_path / "before.parquet")
    assert finish(tmp_path / "before.parquet", out) == 0
    old = nl.load(out)
    assert finish(trial.place, out, step) in (-signal.SIGKILL, 0)
    now = nl.load(out)
    assert len(now.articles) in (len(before), len(articles))
    assert difference(now, old if len(now.articles) == len(before) else trial.whole) == ""
    assert finish(trial.place, out) == 0
    assert difference(nl.load(out), trial.whole) == ""
    listed = {part["file"] for table in nl.load(out)._parts.manifest["tables"].values() for part in table}
    assert {p.name for p in out.rglob("part-*")} == listed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Path(folder))
        times = []
        for seed in range(runs):
            times.append(trial.killed_and_resumed(seed))
            print(f"\r{len(times)} runs killed {sum(times)} times and started again: the same rows each time", end="")
            sys.stdout.flush()
    print()


if __name__ == "__main__":
    sys.exit(main())
