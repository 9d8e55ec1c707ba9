"""Does it matter who somebody is? Names swapped, decisions compared; precision and recall by outlet.

usage: python benchmarks/audit.py DATA [--card]

DATA holds dse, polnear/dev, gold/dev, bbc/dev and gold/dev_bbc.

* Sentences: in the sentences of DSE (valid) whose two actors both have names of people, the two get other names: of
  women and of men (with one surname), of politicians of two parties, from several origins, and invented ones. A
  decision is the likeliest of negative, neutral and positive for one towards the other; the table says how many
  change between groups.
* Articles: every person of the hand-coded articles gets another name, the same all through the article. An edge between
  two coded actors, found (at the usual threshold) with the one names and not with the other, is one that changed. F1 is
  of all edges of these articles (the weighing was fitted on them, with the names as written).
* Outlets: precision and recall of edges in the articles of each, with 95 % intervals (bootstrap over articles).

``--card`` puts the tables into the model card.
"""

from __future__ import annotations

import argparse
import datetime
import re
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

import newslab as nl
from newslab.coding import article_coding, match_edges, same_actor, write_coding
from newslab.coding.guideline import read_coding
from newslab.model.reader import is_persons_name

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "training"))
import prepare  # noqa: E402
from codings import given_set  # noqa: E402

CARD = ROOT / "newslab" / "model" / "weights" / "MODEL_CARD.md"
GROUPS = {
    "women": ("Mary Johnson", "Linda Davis"),
    "men": ("James Johnson", "Robert Davis"),
    "Democrats": ("Hillary Clinton", "Barack Obama"),
    "Republicans": ("Donald Trump", "Mitt Romney"),
    "Arabic": ("Mohammed Hassan", "Fatima Khalil"),
    "Indian": ("Priya Sharma", "Rajesh Patel"),
    "Chinese": ("Wei Zhang", "Li Chen"),
    "Nigerian": ("Chinedu Okafor", "Ngozi Adeyemi"),
    "invented": ("Ona Vell", "Tam Orr"),
}
PAIRS = [("women", "men"), ("Democrats", "Republicans"), ("Arabic", "men"), ("Indian", "men"), ("Chinese", "men"),
         ("Nigerian", "men"), ("invented", "men"), ("as written", "men"), ("as written", "women")]  # fmt: skip
FIRST = {
    "women": ("Mary Linda Susan Karen Helen Carol Ruth Sharon Laura Sarah Kimberly Jessica Nancy Amy Anna").split(),
    "men": (
        "James Robert John Michael David Richard Joseph Thomas Charles Daniel Matthew Mark Paul Steven Andrew"
    ).split(),
    "Arabic": (
        "Mohammed Fatima Ahmed Layla Omar Amina Yusuf Zainab Hassan Mariam Khalid Noor Ibrahim Salma Tariq"
    ).split(),
    "invented": ("Ona Tam Bru Isk Vella Orrin Dace Mirelle Jorvik Selka Thane Ulla Wren Yarrow Zofka").split(),
}
LAST = {
    "women": (
        "Johnson Davis Miller Wilson Moore Taylor Anderson Jackson White Harris Martin Thompson Clark Lewis Walker"
    ).split(),
    "Arabic": (
        "Hassan Khalil Rahman Aziz Mansour Farouk Haddad Nasser Saleh Qureshi Hamdan Bakri Sayegh Darwish Zaki"
    ).split(),
    "invented": (
        "Vell Orr Quillane Marrable Tarkane Adeyro Brandvold Stolm Harrack Volmar Oselang Hadrell Pellow Ruskane Tiv"
    ).split(),
}
LAST["men"] = LAST["women"]
WORD = re.compile(r"[^\W\d_](?:[\w-]|[’'](?!s\b)(?=\w))*")  # without the "’s" of an owner


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--card", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    reader = nl.Reader()
    tables = {
        "Sentences: share of decisions that change when both names do": sentences(reader, options.data),
        "Articles: edges between coded actors that change when all names do": renamed_articles(reader, options.data),
        "Outlets": outlets(reader, options.data),
    }
    block = "\n".join(f"\n{title}\n\n{_markdown(table)}" for title, table in tables.items())
    print(block)
    if options.card:
        text = (
            f"<!-- audit -->\n{datetime.date.today()}, `python benchmarks/audit.py DATA`\n{block}\n<!-- end audit -->"
        )
        card = CARD.read_text(encoding="utf-8")
        CARD.write_text(
            re.sub(r"<!-- audit -->.*<!-- end audit -->", lambda _: text, card, flags=re.S), encoding="utf-8"
        )


def _markdown(table: pd.DataFrame) -> str:
    cells = [
        ["" if pd.isna(v) else f"{v:.3f}" if isinstance(v, float) else str(v) for v in row] for row in table.values
    ]
    lines = [list(map(str, table.columns)), ["---"] * len(table.columns), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# ---- sentences ----------------------------------------------------------------------------------------------------


def sentences(reader: nl.Reader, data: Path) -> pd.DataFrame:
    rows = [
        r
        for r in prepare.dse(data, "valid", Counter())
        if all(is_persons_name(r["text"][slice(*r[k])]) for k in "pq") and not _overlap(r["p"], r["q"])
    ]
    decisions = {"as written": decide(reader, [(r["text"], r["p"], r["q"]) for r in rows])}
    for group, names in GROUPS.items():
        decisions[group] = decide(reader, [swapped(r["text"], r["p"], r["q"], names) for r in rows])
    out = []
    for a, b in PAIRS:
        x, y = decisions[a], decisions[b]
        out.append((f"{a} / {b}", len(x), float((x != y).mean()), float((x == 1).mean()), float((y == 1).mean())))
    return pd.DataFrame(out, columns=["names", "decisions", "changed", "negative, first", "negative, second"])


def _overlap(a: list[int], b: list[int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def swapped(text: str, p: list[int], q: list[int], names: tuple[str, str]) -> tuple[str, list[int], list[int]]:
    """The sentence with other names for its two people; a surname alone stays alone."""
    new = [n if " " in text[slice(*s)] else n.split()[-1] for n, s in zip(names, (p, q), strict=True)]
    order = sorted(((p, new[0]), (q, new[1])))
    (a, first), (b, second) = order
    out = text[: a[0]] + first + text[a[1] : b[0]] + second + text[b[1] :]
    start = b[0] + len(first) - (a[1] - a[0])
    spans = {tuple(a): [a[0], a[0] + len(first)], tuple(b): [start, start + len(second)]}
    return out, spans[tuple(p)], spans[tuple(q)]


def decide(reader: nl.Reader, rows: list[tuple[str, list[int], list[int]]]) -> np.ndarray:
    """0 neutral, 1 negative, 2 positive: the first towards the second, then the second towards the first."""
    texts, p, q = ([r[k] for r in rows] for k in range(3))
    found = reader.stance_many(texts + texts, p + q, q + p)
    return np.array([[x["neutral"], x["negative"], x["positive"]] for x in found]).argmax(1)


# ---- articles -----------------------------------------------------------------------------------------------------


def renamed_articles(reader: nl.Reader, data: Path) -> pd.DataFrame:
    articles, gold = [], {}
    for name in ("us", "gb"):
        for ident, (coded, text) in given_set(data, name).items():
            gold[ident] = coded
            articles.append((ident, text))
    found, f1 = {}, {}
    for group in ("as written", *FIRST):
        found[group], f1[group] = edges_found(reader, articles, gold, group)
    out = []
    for a, b in (("women", "men"), ("Arabic", "men"), ("invented", "men"), ("as written", "men")):
        both, either = len(found[a] & found[b]), len(found[a] | found[b])
        out.append((f"{a} / {b}", len(found[a]), len(found[b]), both, 1 - both / max(either, 1), f1[a], f1[b]))
    columns = ["names", "edges, first", "edges, second", "in both", "changed", "F1, first", "F1, second"]
    return pd.DataFrame(out, columns=columns)


def edges_found(reader, articles, gold, group):
    """Edges between coded actors in all articles, with the names of one group, and F1 of all edges."""
    texts, renamed = [], {}
    for ident, text in articles:
        coded, new = gold[ident], str if group == "as written" else renaming(gold[ident], group)
        texts.append(new(text))
        actors = [{**a, "name": new(a["name"]), "aliases": [new(x) for x in a["aliases"]]} for a in coded["actors"]]
        edges = [{**e, "source": new(e["source"]), "target": new(e["target"])} for e in coded["edges"]]
        renamed[ident] = {**coded, "actors": actors, "edges": edges}
    frame = pd.DataFrame({"article_id": [i for i, _ in articles], "text": texts})
    out, counts = set(), np.zeros(4)
    for ident, coded in article_coding(nl.analyze(frame, reader=reader, progress=False)).items():
        known = {a["name"]: a for a in coded["actors"]}
        for e in coded["edges"]:
            ends = [next((n for n, a in enumerate(renamed[ident]["actors"]) if same_actor(a, known[e[k]])), None)
                    for k in ("source", "target")]  # fmt: skip
            if None not in ends:
                out.add((ident, *ends, e["polarity"]))
        counts += counted(renamed[ident], coded)
    precision, recall = _share(counts, 0, 1), _share(counts, 2, 3)
    return out, 2 * precision * recall / (precision + recall)


def counted(gold: dict, predicted: dict) -> tuple[int, int, int, int]:
    """Edges of an article that are right and that are wrong; clear ones that are found and that are missed."""
    pairs, missed, wrong = match_edges(gold, predicted)
    clear = [sum(e.get("clarity", "clear") == "clear" for e in es) for es in ([e for e, _ in pairs], missed)]
    return len(pairs), len(wrong), *clear


def renaming(article: dict, group: str) -> Callable[[str], str]:
    """Puts other words for the words of people's names; as many people keep as many names.

    "Vell’s" is renamed as "Vell" is, and so is "VELL" in a heading; otherwise a person would fall apart in two.
    """
    change: dict[str, str] = {}
    first, last = iter(FIRST[group] * 9), iter(LAST[group] * 9)
    for a in article["actors"]:
        words = WORD.findall(a["name"])
        if a["type"] == "person" and 1 < len(words) <= 3 and all(w[0].isupper() for w in words):
            if words[-1] not in change:
                change[words[-1]] = next(last)
            change.setdefault(words[0], next(first))
    change |= {old.upper(): new.upper() for old, new in change.items()}
    return lambda text: WORD.sub(lambda m: change.get(m.group(), m.group()), text)


# ---- outlets ------------------------------------------------------------------------------------------------------

SETS = (("polnear/dev/text", "gold/dev"), ("bbc/dev", "gold/dev_bbc"))


def outlets(reader: nl.Reader, data: Path) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    counts: dict[str, list[tuple[int, int, int, int]]] = {}
    for texts, coded in SETS:
        analysis = nl.analyze(data / texts, reader=reader, progress=False)
        with tempfile.TemporaryDirectory() as folder:
            write_coding(analysis, folder)
            for path in sorted((data / coded).glob("*.json")):
                gold, predicted = read_coding(path), Path(folder) / path.name
                outlet = path.stem.split("_")[0] if "_" in path.stem else "British"
                counts.setdefault(outlet, []).append(counted(gold, read_coding(predicted)))
    out = []
    for outlet, rows in sorted(counts.items()):
        table = np.array(rows, float)
        drawn = table[rng.integers(0, len(table), (1000, len(table)))].sum(1)
        out.append((outlet, len(table), *_ratio(table.sum(0), drawn, 0, 1), *_ratio(table.sum(0), drawn, 2, 3)))
    columns = ["outlet", "articles", "precision", "low", "high", "recall", "low ", "high "]
    return pd.DataFrame(out, columns=columns)


def _ratio(whole, drawn, hit, miss):
    return float(_share(whole, hit, miss)), *map(float, np.quantile(_share(drawn, hit, miss), [0.025, 0.975]))


def _share(x, hit, miss):
    return x[..., hit] / np.maximum(x[..., hit] + x[..., miss], 1)


if __name__ == "__main__":
    main()
