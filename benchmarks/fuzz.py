"""Mutated articles and files thrown at newslab for a given time; what breaks it is kept.

usage: python benchmarks/fuzz.py [--target NAME] [--seconds 120] [--seed 0] [--keep out/fuzz]

Targets: text (tokens and quotation marks), rules and model (a whole analysis), each kind of file (txt, html, csv,
jsonl, json, parquet, zip), dates. Seeds are the articles of the demo corpus, pieces that are awkward by themselves, and
what earlier inputs became. What must hold is what tests/test_hostile.py checks: no exception, nothing lost without a
word, every row at its words; and no input may take longer than `--hang` seconds. An input that breaks it is written to
the folder `--keep` with the error, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import time
import traceback
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from _hostile import PIECES, check_analysis, check_file, check_text, quiet  # noqa: E402

import newslab as nl  # noqa: E402
from newslab.corpus.dates import parse_dates  # noqa: E402

_LONGEST = 4000  # characters or bytes of a mutated input, but for pumped ones
_DATES = [
    "12 March 2024", "2024-03-12T10:30:00+01:00", "03/04/2024", "1710237600", "10.30am EST", "99999-01-01", "0000",
    "Mon, 12 Mar 2024 10:30:00 GMT", "2024-W11-2", "12.03.2024", "٢٠٢٤", "1e9", "-1", "T", "Z", "+99:99",
]  # fmt: skip


class Mutator:
    """Makes new inputs from old ones; the same seed makes the same inputs."""

    def __init__(self, seeds: list[str], pieces: list[str], seed: int) -> None:
        self.random = random.Random(seed)
        self.pool, self.pieces = list(seeds), pieces

    def text(self) -> str:
        """The next input."""
        r = self.random
        text = r.choice(self.pool)
        for _ in range(r.choice((1, 1, 2, 4, 8, 16))):
            a = r.randrange(len(text) + 1)
            b = min(len(text), a + int(r.expovariate(1 / 20)))
            act = r.randrange(8)
            if act == 0:
                text = text[:a] + text[b:]
            elif act == 1:
                text = text[:a] + text[a:b] * r.choice((2, 3, 10, 100)) + text[b:]
            elif act == 2:
                text = text[:a] + r.choice(self.pieces) * r.choice((1, 1, 1, 2, 50, 500)) + text[a:]
            elif act == 3:
                other = r.choice(self.pool)
                c = r.randrange(len(other) + 1)
                text = text[:a] + other[c : c + r.randrange(1, 400)] + text[b:]
            elif act == 4:
                text = (
                    text[:a] + chr(r.choice((r.randrange(128), r.randrange(0x3000), r.randrange(0x20000)))) + text[b:]
                )
            elif act == 5:
                text = text[:a] + "".join(r.sample(text[a:b], b - a)) + text[b:]
            elif act == 6:
                text = text.replace(r.choice(self.pieces), r.choice(self.pieces), r.randrange(1, 10))
            else:
                text = text[:a] + text[a:b].swapcase() + text[b:]
        text = "".join(c for c in text[: _LONGEST * r.choice((1, 1, 1, 5))] if not "\ud800" <= c <= "\udfff")
        if text and r.random() < 0.05:
            self.pool[r.randrange(len(self.pool))] = text
        return text

    def data(self, data: bytes) -> bytes:
        """Bytes, damaged."""
        r, out = self.random, bytearray(data)
        for _ in range(r.choice((0, 1, 1, 2, 5, 20))):
            if out:
                a = r.randrange(len(out))
                act = r.randrange(5)
                if act == 0:
                    out[a] ^= 1 << r.randrange(8)
                elif act == 1:
                    out[a] = r.choice((0, 1, 10, 13, 34, 127, 128, 255))
                elif act == 2:
                    del out[a : a + r.randrange(1, 50)]
                elif act == 3:
                    out[a:a] = out[a : a + r.randrange(1, 50)] * r.choice((1, 2, 20))
                else:
                    del out[a:]
        return bytes(out)


def _table(r: random.Random, text: str) -> pd.DataFrame:
    lines = [line for line in text.split("\n") if line] or ["x"]
    values = {"id": range(len(lines)), "text": lines, "date": [r.choice(_DATES) for _ in lines]}
    for extra in r.sample(["title", "outlet", "url", "author", "n"], r.randrange(4)):
        values[extra] = [r.choice((None, 1, 2.5, line[:9])) for line in lines] if extra != "n" else range(len(lines))
    return pd.DataFrame(values).sample(frac=1, axis=1, random_state=r.randrange(99)).astype("object")


def _file(mutator: Mutator, suffix: str) -> bytes:
    r, text = mutator.random, mutator.text()
    if suffix == "txt":
        data = text.encode(r.choice(("utf-8", "utf-16", "cp1252", "latin-1", "utf-32", "koi8-r")), "replace")
    elif suffix == "html":
        page = "".join(f"<p>{p}</p>" for p in text.split("\n"))
        data = f"<html><head><title>{text[:40]}</title></head><body><article>{page}</article></body></html>".encode()
    elif suffix == "csv":
        data = _table(r, text).to_csv(index=False, sep=r.choice(",;\t|")).encode()
    elif suffix in ("jsonl", "json"):
        data = _table(r, text).to_json(orient="records", lines=suffix == "jsonl", force_ascii=r.random() < 0.5).encode()
    elif suffix == "parquet":
        file = io.BytesIO()
        _table(r, text).astype("str").to_parquet(file)
        data = file.getvalue()
    else:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", r.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
            for k in range(r.randrange(4)):
                kind = r.choice(("txt", "html", "csv", "jsonl", "json"))
                archive.writestr(f"{r.choice(('', '../', '/', 'a/'))}{k}.{kind}", _file(mutator, kind))
        data = file.getvalue()
    return mutator.data(data)


def targets(mutator: Mutator) -> dict[str, tuple[Callable[[], object], Callable[[object], None]]]:
    """For each target what makes an input and what checks it."""
    made: dict[str, tuple[Callable[[], object], Callable[[object], None]]] = {
        "text": (mutator.text, check_text),
        "rules": (
            lambda: [mutator.text() for _ in range(3)],
            lambda texts: check_analysis([t for t in texts if t.strip()]),
        ),
    }
    reader: list[nl.Reader] = []

    def by_model(text):
        reader[:] = reader or [nl.Reader(workers=1)]
        check_analysis([text] if text.strip() else [], reader[0])

    made["model"] = (lambda: mutator.text()[:1500], by_model)
    for suffix in ("txt", "html", "csv", "jsonl", "json", "parquet", "zip"):
        made[suffix] = (lambda s=suffix: _file(mutator, s), lambda data, s=suffix: check_file(f"x.{s}", data))
    dates = Mutator(
        _DATES, [*_DATES, *PIECES[-60:], " ", "/", "-", ":", "1", "31", "2024"], mutator.random.randrange(99)
    )
    made["dates"] = (lambda: [dates.text()[:200] for _ in range(5)], lambda values: parse_dates(values))
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", action="append", help="only this one; may be given several times")
    parser.add_argument("--seconds", type=float, default=120, help="for each target")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--hang", type=float, default=10, help="CPU seconds that an input may take")
    parser.add_argument("--keep", type=Path, default=ROOT / "out" / "fuzz")
    options = parser.parse_args()
    seeds = quiet(nl.read_articles, nl.demo_corpus(), progress=False)["text"].tolist()
    mutator = Mutator([*seeds, *PIECES], PIECES, options.seed)
    made = targets(mutator)
    if unknown := set(options.target or ()) - set(made):
        parser.error(f"no target {unknown.pop()!r}; targets are {', '.join(made)}")
    broken = 0
    for name in options.target or made:
        make, check = made[name]
        end, count, slowest, seen = time.monotonic() + options.seconds, 0, 0.0, set()
        while time.monotonic() < end:
            value = make()
            begin = time.process_time()
            try:
                check(value)
                error = None
            except Exception:  # every kind counts: that is what is looked for
                error = traceback.format_exc()
            spent = time.process_time() - begin
            count, slowest = count + 1, max(slowest, spent)
            if error is None and spent > options.hang:
                error = f"took {spent:.1f} s"
            where = (error or "").strip().splitlines()[-4:-1]
            if error and str(where) not in seen:
                seen.add(str(where))
                broken += 1
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{name}-{broken}.txt").write_text(
                    f"{value!r}\n\n{error}", encoding="utf-8", errors="replace"
                )
                print(f"{name}: {error.strip().splitlines()[-1][:200]}", flush=True)
        print(f"{name:8} {count:8,} inputs, slowest {slowest:.2f} CPU s, {len(seen)} broken", flush=True)
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
