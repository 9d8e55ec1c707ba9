"""Articles per second and peak memory of analyze(out=), by corpus size; and edges() of the result.

usage: python benchmarks/scale.py WORK [--sizes 1000,10000,100000] [--reader rules] [--paragraphs 6] [--source csv]
       python benchmarks/scale.py WORK --workers 1,2 --sizes 300 --reader model        (on a Dask LocalCluster)

Corpora are made in WORK by recombining the paragraphs of our own demo corpus, with a fixed seed: a fifth of the
articles are copies of others, with a line more. Each size is a process of its own, whose peak resident memory is
measured, and on Linux its resident memory every half minute (memory-SIZE-READER.csv in WORK: minutes, MB). Prints a
Markdown table. CPU seconds include the start of the process and loading the model.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import shutil
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--reader", default="rules")
    parser.add_argument("--paragraphs", type=int, default=6, help="of an article, on average")
    parser.add_argument("--source", choices=("csv", "jsonl", "parquet", "txt"), default="csv")
    parser.add_argument("--workers", help="numbers of workers of a Dask LocalCluster; default none, in this process")
    parser.add_argument("--one", help=argparse.SUPPRESS)  # of the processes that this one starts
    options = parser.parse_args()
    if options.one:
        one(options, *json.loads(options.one))
        return
    options.work.mkdir(parents=True, exist_ok=True)
    print("| articles | words | workers | seconds | CPU s | articles/CPU s | peak memory | `edges()` | on disk |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    for size in map(int, options.sizes.split(",")):
        corpus, n_words = make_corpus(options.work, size, options.paragraphs, options.source)
        for workers in [0] if options.workers is None else map(int, options.workers.split(",")):
            command = [
                sys.executable,
                __file__,
                *sys.argv[1:],
                "--one",
                json.dumps([str(corpus), size, n_words, workers]),
            ]
            subprocess.run(command, check=True)


def one(options: argparse.Namespace, corpus: str, size: int, n_words: int, workers: int) -> None:
    import newslab as nl

    warnings.simplefilter("ignore")
    out = options.work / f"results-{size}-{options.reader}"
    shutil.rmtree(out, ignore_errors=True)
    with cluster(workers) as client:
        if client is not None:  # workers have the model before the clock starts, as on a cluster that is up
            import pandas as pd

            warm = pd.DataFrame({"text": [f"Ona Vell attacked Tam Orr, {k}." for k in range(4 * workers)]})
            nl.analyze(warm, out=out, client=client, reader=options.reader, batch=1, progress=False)
            shutil.rmtree(out)
        begin = time.perf_counter()
        watch(options.work / f"memory-{size}-{options.reader}.csv")
        nl.analyze(corpus, out=out, reader=options.reader, client=client)
        seconds = time.perf_counter() - begin
    # Workers of a cluster have ended by now, so that they are counted as well.
    cpu = sum(
        u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    analysis = nl.load(out)
    begin = time.process_time()
    n_edges = len(analysis.edges())
    asked = time.process_time() - begin
    disk = sum(f.stat().st_size for f in out.rglob("*") if f.is_file()) / 1e6
    print(
        f"| {size:,} | {n_words:,} | {workers or 'none'} | {seconds:,.0f} | {cpu:,.0f} | "
        f"{size / cpu:,.1f} | {peak:,.0f} MB | {asked:.1f} CPU s, {n_edges:,} rows | {disk:,.0f} MB |",
        flush=True,
    )


def watch(place: Path, every: float = 30.0) -> None:
    """Write the resident memory of this process to a file, from now to its end."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return

    def write() -> None:
        begin = time.monotonic()
        with place.open("w", encoding="utf-8") as file:
            while True:
                pages = int(statm.read_text().split()[1])
                minutes = (time.monotonic() - begin) / 60
                file.write(f"{minutes:.2f},{pages * resource.getpagesize() / 1e6:.0f}\n")
                file.flush()
                time.sleep(every)

    threading.Thread(target=write, daemon=True).start()


class cluster:
    """A client of a LocalCluster, or None for no workers."""

    def __init__(self, workers: int) -> None:
        self.workers, self.client = workers, None

    def __enter__(self):
        if self.workers:
            from distributed import Client, LocalCluster

            # One worker has one core, as each of two has: what is compared is the number of workers.
            self.cluster = LocalCluster(n_workers=self.workers, threads_per_worker=1, dashboard_address=None)
            self.client = Client(self.cluster)
        return self.client

    def __exit__(self, *_: object) -> None:
        if self.client is not None:
            self.client.close()
            self.cluster.close()


def make_corpus(work: Path, size: int, paragraphs: int, kind: str) -> tuple[Path, int]:
    """Write a corpus, unless it is there; its place and its number of words."""
    place = work / f"corpus-{size}-{paragraphs}" if kind == "txt" else work / f"corpus-{size}-{paragraphs}.{kind}"
    note = work / f"corpus-{size}-{paragraphs}-{kind}.json"
    if note.exists():
        return place, json.loads(note.read_text())
    n_words = 0
    rows = articles(size, paragraphs)
    if kind == "txt":
        for k, row in enumerate(rows):
            folder = place / f"{k // 1000:04d}"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{k:07d}.txt").write_text(row["text"], encoding="utf-8")
            n_words += len(row["text"].split())
    elif kind == "parquet":
        import pandas as pd

        frame = pd.DataFrame(list(rows))
        n_words = int(frame["text"].str.split().str.len().sum())
        frame.to_parquet(place, index=False)
    else:
        with place.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, ["id", "title", "text", "date", "outlet"])
            if kind == "csv":
                table.writeheader()
            for row in rows:
                n_words += len(row["text"].split())
                if kind == "csv":
                    table.writerow(row)
                else:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
    note.write_text(json.dumps(n_words))
    return place, n_words


def articles(size: int, paragraphs: int) -> Iterator[dict[str, str]]:
    """Articles of paragraphs of the demo corpus, in new orders; every fifth a copy of one not far before it."""
    import newslab as nl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        texts = nl.read_articles(nl.demo_corpus(), progress=False)["text"]
    pool = [p for text in texts for p in text.split("\n\n") if 80 < len(p) < 2000]
    chance = random.Random(size)
    before: list[str] = []
    for k in range(size):
        if k % 5 == 4:
            text = chance.choice(before) + f"\n\nPage {k % 40} of the late edition."
        else:
            chosen = chance.choices(pool, k=max(min(paragraphs, 2), round(chance.gauss(paragraphs, paragraphs / 4))))
            text = "\n\n".join([*chosen, f"Notice {k}: the ferries of line {chance.randrange(10**6)} run as usual."])
            before = [*before[-50:], text]
        day = f"2031-{1 + k % 12:02d}-{1 + k % 28:02d}"
        yield {"id": f"a{k:07d}", "title": f"Article {k}", "text": text, "date": day, "outlet": f"Outlet {k % 7}"}


if __name__ == "__main__":
    main()
