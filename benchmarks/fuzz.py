"""Fuzzing guided by coverage: inputs that reach new lines of newslab are kept, and new ones made from them.

install: pip install -r requirements.lock && pip install -e . atheris==3.0.0   (Linux; an environment of its own)
usage:   python benchmarks/fuzz.py WORK [--target NAME] [--seconds 600] [--rounds 1]

Targets: text (tokens and quotation marks), rules and model (reading; of one in fifty a whole analysis), each kind of
file (txt, html, csv, jsonl, json, parquet, zip), dates. What must hold is what tests/test_hostile.py checks: no
exception, nothing lost without a word, every row at its words, a table in blocks what it is as a whole; and no input
may take longer than 10 CPU seconds. An input that breaks it is written to WORK/broken with the error. Targets take
turns of `--seconds`, `--rounds` times (0: until each has had ten million executions or two CPU hours); each turn adds
a line to WORK/turns.csv and goes on from the inputs in WORK. To stop, end this process; what it found stays. The exit
status is 1 if something broke. Prints a table of all turns.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import io
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
# newslab, and pandas with its dateutil, are imported in functions: first of all in one_turn, which instruments them.

_EXECUTIONS, _SECONDS = 10_000_000, 7200  # when a target has had enough
_HANG = 10  # CPU seconds of one input
_MEMORY = Path("/dev/shm")  # files that are read are written here, where there is such a thing
_NEXT, _CELL = "\x1d", "\x1e"  # part articles, members and rows; cells
_WORDS = [
    _NEXT, _CELL, "id", "text", "date", "title", "outlet", "file", "metadata.csv", '{"text": "', '", "', '": "', '"}',
    "{", "}", "[", "]", "null", "1e999", "\\ud83d", "\\u0000", "<html>", "<p>", "</p>", "<article>", "<h1>", "<table>",
    "<meta charset=", "<!--", "]]>", "&#0;", "<!DOCTYPE", "PK\x03\x04", "PAR1", "May", "Tue", "2031-05-01",
    "03/04/2031", "1 May 2031", "T10:30:00", "+01:00", "GMT", "EST", "10.30 a.m.", "1935842400", "٢٠٣١",
    "-W11-2", "12.03.2031",
]  # fmt: skip


def text_of(data: bytes) -> str:
    """Any bytes as a text."""
    return data.decode("utf-8", "replace")


def parquet_of(data: bytes) -> bytes:
    """A damaged file as it is; or, one in two, a table whose first row names the columns."""
    if data[:1] < b"\x80":
        return data[1:]
    import pandas as pd

    names, *rows = [row.split(_CELL) for row in text_of(data[1:]).split(_NEXT)]
    columns = {name: [row[k] if k < len(row) else None for row in rows] for k, name in enumerate(names)}
    file = io.BytesIO()
    pd.DataFrame(columns, dtype="object").to_parquet(file)
    return file.getvalue()


def zip_of(data: bytes) -> bytes:
    """A damaged archive as it is; or, one in two, one whose members have their name in the first line."""
    if data[:1] < b"\x80":
        return data[1:]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for member in data[1:].split(_NEXT.encode()):
            name, _, content = member.partition(b"\n")
            archive.writestr(zipfile.ZipInfo(text_of(name) or "x.txt"), content)
    return file.getvalue()


def checks() -> dict[str, tuple[int, Callable[[bytes], object]]]:
    """For each target the most bytes of an input, and what checks one."""
    from _hostile import check_analysis, check_dates, check_file, check_reading, check_text

    import newslab as nl

    readers: dict[str, nl.Reader] = {}

    def read(data: bytes, name: str) -> None:
        if name not in readers:
            readers[name] = nl.Reader(name, workers=1)
        articles = [t for t in text_of(data).split(_NEXT) if t.strip()]
        check_reading(articles, readers[name])
        if zlib.crc32(data) % 50 == 0:  # tables and summaries take most of the time, and depend little on the input
            check_analysis(articles, readers[name])

    def in_file(suffix: str, make: Callable[[bytes], bytes] = bytes) -> tuple[int, Callable[[bytes], object]]:
        return 4000, lambda data: check_file(f"x.{suffix}", make(data))

    return {
        "text": (4000, lambda data: check_text(text_of(data))),
        "rules": (2000, lambda data: read(data, "rules")),
        "model": (1000, lambda data: read(data, "model")),
        **{suffix: in_file(suffix) for suffix in ("txt", "html", "csv", "jsonl", "json")},
        "parquet": in_file("parquet", parquet_of),
        "zip": in_file("zip", zip_of),
        "dates": (200, lambda data: check_dates(text_of(data).split(_NEXT))),
    }


def seeds(target: str) -> list[bytes]:
    """Inputs to begin with: articles and paragraphs of the demo corpus, and small files of each kind."""
    import pandas as pd
    from _hostile import GOOD, PIECES, quiet

    import newslab as nl

    texts = quiet(nl.read_articles, nl.demo_corpus(), progress=False)["text"].tolist()
    paragraphs = [p for text in texts for p in text.split("\n\n")][:200]
    frame = pd.DataFrame({"id": ["a", "b"], "text": paragraphs[:2], "date": ["2031-05-01", "1 May 2031"]})
    parquet, archive = io.BytesIO(), io.BytesIO()
    frame.to_parquet(parquet)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("a/x.txt", paragraphs[0])
    table = _NEXT.join(_CELL.join(row) for row in [list(frame), *frame.values.tolist()])
    page = "<html><head><title>Harbour</title></head><body><article>{}</article></body></html>"
    found: dict[str, list[str | bytes]] = {
        "model": paragraphs,
        "txt": [t.encode(e) for e in ("utf-8", "utf-16", "cp1252") for t in (GOOD, "é“ß”", *PIECES[-9:])],
        "html": [page.format("".join(f"<p>{p}</p>" for p in text.split("\n\n"))) for text in texts[:20]],
        "csv": [frame.to_csv(index=False, sep=d) for d in ",;\t|"],
        "jsonl": [frame.to_json(orient="records", lines=True)],
        "json": [frame.to_json(orient="records"), '{"articles": [{"text": "The harbour."}]}', '{"text": "A report."}'],
        "parquet": [b"\0" + parquet.getvalue(), b"\xff" + table.encode()],
        "zip": [b"\0" + archive.getvalue(), b"\xffa.txt\nA report.\x1db.csv\n" + frame.to_csv(index=False).encode()],
        "dates": [w for w in _WORDS if any(c.isdigit() for c in w)],
    }
    chosen = found.get(target, [*paragraphs, _NEXT.join(paragraphs[:3]), *PIECES])
    return [s if isinstance(s, bytes) else s.encode() for s in chosen]


def dictionary() -> str:
    """What inputs are made of, as libFuzzer reads it."""
    from _hostile import PIECES

    words = [w.encode() for w in dict.fromkeys([*PIECES, *_WORDS])]
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in w) + '"\n' for w in words if len(w) <= 64)


def one_turn(target: str, work: Path) -> None:
    """Fuzz one target in this process, which libFuzzer ends; its options are those of the command line."""
    import atheris

    os.environ["OMP_NUM_THREADS"] = "1"
    if _MEMORY.is_dir():
        tempfile.tempdir = str(_MEMORY)
    with atheris.instrument_imports(include=["newslab", "dateutil", "trafilatura", "htmldate"]):
        for module in ("analysis", "rules.reader", "model.reader"):  # these import others when they are needed
            importlib.import_module(f"newslab.{module}")
        importlib.import_module("trafilatura")
        most, check = checks()[target]
    seen = set()

    def broken(data: bytes, error: str) -> None:
        where = "\n".join(error.strip().splitlines()[-4:-1])
        if where not in seen:
            seen.add(where)
            name = hashlib.sha256(where.encode()).hexdigest()[:8]
            (work / "broken" / f"{target}-{name}.bin").write_bytes(data)
            (work / "broken" / f"{target}-{name}.txt").write_text(error, encoding="utf-8", errors="replace")

    def take(data: bytes) -> None:
        begin = time.process_time()
        try:
            check(data)
        except Exception:  # every kind counts: that is what is looked for
            broken(data, traceback.format_exc())
        if (spent := time.process_time() - begin) > _HANG:
            broken(data, f"\nslow: {target}\ntook {spent:.1f} CPU s")

    options = [f"-max_len={most}", f"-dict={work / 'dictionary'}", f"-artifact_prefix={work / 'broken'}/{target}-"]
    # What is slow is told by CPU time, above: libFuzzer's own clock goes on while other work has the core.
    options += ["-timeout=60", "-report_slow_units=3600", "-rss_limit_mb=4096", "-print_final_stats=1", "-reload=0"]
    atheris.Setup([sys.argv[0], *options, *sys.argv[4:], str(work / target), str(work / f"{target}-seeds")], take)
    atheris.Fuzz()


def turn(target: str, work: Path, seconds: float) -> str:
    """Fuzz one target for some time in a process of its own; gives its line for the table of turns."""
    for folder in (work / target, work / f"{target}-seeds", work / "broken"):
        folder.mkdir(parents=True, exist_ok=True)
    (work / "dictionary").write_text(dictionary(), encoding="ascii")
    for k, seed in enumerate(seeds(target)):
        (work / f"{target}-seeds" / str(k)).write_bytes(seed)
    before, begin = set((work / "broken").iterdir()), time.monotonic()
    cpu = resource.getrusage(resource.RUSAGE_CHILDREN)
    with (work / f"{target}.log").open("wb") as log:
        command = [sys.executable, __file__, "--one", target, str(work), f"-max_total_time={seconds:.0f}"]
        subprocess.run(command, stdout=log, stderr=log, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - cpu.ru_utime - cpu.ru_stime
    told = (work / f"{target}.log").read_text(encoding="utf-8", errors="replace")
    counts = re.findall(r"number_of_executed_units:\s*(\d+)|^#(\d+)\s", told, re.M)  # the second if it was killed
    n = max((int(a or b) for a, b in counts), default=0)
    reached = re.findall(r"cov: (\d+)", told) or ["0"]
    new = {p.stem for p in set((work / "broken").iterdir()) - before}
    found = sum(name.startswith(f"{target}-") for name in new)  # others may be at work beside this one
    return f"{target},{n},{time.monotonic() - begin:.0f},{spent:.0f},{reached[-1]},{found}"


def table(work: Path) -> pd.DataFrame:
    """The turns so far, by target."""
    import pandas as pd

    names = ["target", "executions", "seconds", "CPU seconds", "branches", "broken"]
    turns = pd.read_csv(work / "turns.csv", names=names)
    sums = dict.fromkeys(names[1:4], "sum") | {"branches": "max", "broken": "sum"}
    return turns.groupby("target", sort=False).agg(sums)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path, help="folder for inputs that were found, and results")
    parser.add_argument("--target", action="append", help="only this one; may be given several times")
    parser.add_argument("--seconds", type=float, default=600, help="of one turn of a target")
    parser.add_argument("--rounds", type=int, default=1, help="turns of each target; 0 for as many as it takes")
    options = parser.parse_args()
    names = list(checks())
    if unknown := set(options.target or ()) - set(names):
        parser.error(f"no target {unknown.pop()!r}; targets are {', '.join(names)}")
    chosen = options.target or names
    rounds = 0
    while chosen and (rounds < options.rounds or not options.rounds):
        rounds += 1
        for target in list(chosen):
            line = turn(target, options.work, options.seconds)
            with (options.work / "turns.csv").open("a", encoding="utf-8") as file:
                file.write(line + "\n")
            print(line, flush=True)
            done = table(options.work).loc[target]
            if not options.rounds and (done["executions"] >= _EXECUTIONS or done["CPU seconds"] >= _SECONDS):
                chosen.remove(target)
    found = table(options.work)
    print(found.to_string())
    return int(found["broken"].any())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one_turn(sys.argv[2], Path(sys.argv[3]))
    else:
        sys.exit(main())
