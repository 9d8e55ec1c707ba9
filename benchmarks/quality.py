"""All development figures of a reader: attributions, edges, and the calibration of edge probabilities.

usage: python benchmarks/quality.py DATA [--reader rules]

DATA holds polnear/dev (text, attributions), gold/dev, bbc/dev and gold/dev_bbc. Attributions are scored by words: a
gold attribution is found when some quotation covers half of its words, "direct" are those with three or more words
between quotation marks, precision is the share of quotations half of whose words lie in one gold attribution. Where an
article has several coders the first is taken.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import warnings
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pandas as pd

import newslab as nl
from newslab.coding import _read, article_coding, match_edges, score_edges, write_coding

WORD = re.compile(r"[^\W_]+(?:[’'\-.,][^\W_]+)*")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--reader", default="rules")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    data = options.data
    us = nl.analyze(data / "polnear" / "dev" / "text", reader=options.reader, progress=False)
    gb = nl.analyze(data / "bbc" / "dev", reader=options.reader, progress=False)
    print(f"reader {options.reader!r}, newslab {nl.__version__}\n")
    print("attributions, PolNeAR dev")
    print(attributions(us, data / "polnear" / "dev").round(3).to_string(), "\n")
    for name, analysis, gold in (("US dev", us, "dev"), ("British dev", gb, "dev_bbc")):
        with tempfile.TemporaryDirectory() as folder:
            write_coding(analysis, folder)
            print(f"edges, {name}")
            print(score_edges(data / "gold" / gold, folder).round(3).to_string())
        print(calibration(analysis, data / "gold" / gold), "\n")


def attributions(analysis: nl.Analysis, part: Path) -> pd.DataFrame:
    """Found, found with the right source, and precision, for direct and for all attributions."""
    counts: dict[str, Counter[str]] = {"direct": Counter(), "all": Counter()}
    rows = dict(list(analysis.quotes.groupby("article_id")))
    coders: dict[str, Path] = {}
    for file in sorted((part / "attributions").glob("*.ann")):
        coders.setdefault(file.stem.rsplit("_", 1)[0], file)
    for article in analysis.articles.itertuples():
        words = [m.span() for m in WORD.finditer(article.text)]

        def covered(spans, words=words):
            return {i for i, (a, b) in enumerate(words) if any(a < e and b > s for s, e in spans)}

        quoted = [q for q in (covered([s]) for s in _quoted(article.text)) if len(q) >= 3]

        def direct(content, quoted=quoted):
            return any(len(q & content) >= 3 for q in quoted)

        gold = [(covered(c), covered(s)) for c, s in _brat(coders[article.article_id])]
        gold = [g for g in gold if g[0]]
        found = []
        for q in rows[article.article_id].itertuples() if article.article_id in rows else ():
            source = [] if pd.isna(q.source_start) else [(q.source_start, q.source_end)]
            found.append((covered(q.spans), covered(source)))
        for name, n in counts.items():
            for content, source in gold:
                if name == "direct" and not direct(content):
                    continue
                hits = [p for p in found if 2 * len(p[0] & content) >= len(content)]
                n["gold"] += 1
                n["found"] += bool(hits)
                n["sourced"] += bool(source)
                n["found+source"] += bool(source) and any(p[1] & source for p in hits)
            for content, _ in found:
                if content and (name == "all" or direct(content)):
                    n["predicted"] += 1
                    n["right"] += any(2 * len(content & g) >= len(content) for g, _ in gold)
    table = {
        name: {"found": n["found"] / n["gold"], "found + source": n["found+source"] / n["sourced"],
               "precision": n["right"] / max(n["predicted"], 1), "gold": n["gold"], "predicted": n["predicted"]}
        for name, n in counts.items()
    }  # fmt: skip
    return pd.DataFrame.from_dict(table, orient="index")


def _brat(path: Path) -> list[tuple[list[tuple[int, int]], list[tuple[int, int]]]]:
    """Content and source spans of each attribution of a brat file."""
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    spans = {
        c[0]: [tuple(map(int, s.split())) for s in c[1].split(" ", 1)[1].split(";")]
        for c in lines
        if c[0].startswith("T") and len(c) >= 3
    }
    out = []
    for c in lines:
        if c[0].startswith("E"):
            parts: dict[str, list] = defaultdict(list)
            for role, ident in (x.split(":") for x in c[1].split()):
                parts[re.sub(r"\d+$", "", role)] += spans.get(ident, [])
            out.append((parts["Content"], parts["Source"]))
    return out


def _quoted(text: str) -> list[tuple[int, int]]:
    """Insides of double quotation marks, by line; an unclosed mark runs to the end of its line."""
    found, offset = [], 0
    for line in text.split("\n"):
        opened = None
        for m in re.finditer('["“”]', line):
            closes = m.group() == "”" or (m.group() == '"' and opened is not None)
            if opened is not None:
                found.append((offset + opened, offset + m.start()))
            opened = None if closes else m.end()
        if opened is not None:
            found.append((offset + opened, offset + len(line)))
        offset += len(line) + 1
    return found


def calibration(analysis: nl.Analysis, gold: Path) -> str:
    """Expected calibration error of edge probabilities in five bins of equal size."""
    probability, right = [], []
    coded = article_coding(analysis, threshold=0.0)
    for file in sorted(gold.glob("*.json")):
        pairs, _, wrong = match_edges(_read(file), coded.get(file.stem, {"actors": [], "edges": []}))
        probability += [e["probability"] for _, e in pairs] + [e["probability"] for e in wrong]
        right += [1] * len(pairs) + [0] * len(wrong)
    order = np.argsort(probability, kind="stable")
    p, r = np.array(probability)[order], np.array(right)[order]
    gaps = [(len(b), abs(p[b].mean() - r[b].mean())) for b in np.array_split(np.arange(len(p)), 5) if len(b)]
    error = sum(n * g for n, g in gaps) / max(len(p), 1)
    means = f"mean probability {p.mean():.2f}, share right {r.mean():.2f}"
    return f"calibration error {error:.3f} over {len(p)} edges ({means})"


if __name__ == "__main__":
    main()
