"""All development figures, of both readers in one table.

usage: python benchmarks/quality.py DATA [--readers model,rules] [--card]

DATA holds polnear/dev, gold/dev, bbc/dev, gold/dev_bbc, dse, newsmtsc, gum, gap and seed. What is measured comes
through the public API, but for the speed (speed.py).

* Tokens: F1 over words and marks that stand in some source, cue or content, against the first coder of PolNeAR.
* Attributions: one of the coder's is found when a quotation covers half of its words; "direct" are those with three or
  more words between quotation marks; precision is the share of quotations that have half of their words in one.
* DSE: macro-F1 over its five classes, from the stance of each of the two towards the other.
* NewsMTSC: macro-F1 over negative, neutral, positive on every tenth article, which training leaves out.
* GUM: exact spans of names and nominals of persons and organisations in analysis.mentions.
* Speakers: of the coder's attributions whose source is known as a coded actor (by name, by an alias, or, where it is
  a pronoun, because all coded edges with evidence in the quotation have one source) and that a quotation covers, the
  share whose speaker is that actor.
* GAP: F1 over both names of each pronoun (validation): does analysis.mentions give the two the same actor?
* Edges: whole articles, hand-coded; precision counts clear and arguable edges, recall the clear ones.
* One article: the edges that seed/expected.md lists, of nine, and reported edges that it does not list.
* Speed: words per CPU second of one thread, and the time of analyze beside that of its encoders alone (speed.py).
* Names swapped: share of stance decisions on DSE that change between women's and men's names (see audit.py).
* Calibration error: mean gap between the probability of the likeliest class (ten bins), or of an edge (five bins), and
  the share that is right.

``--card`` puts the table into the model card.
"""

from __future__ import annotations

import argparse
import datetime
import re
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pandas as pd

import newslab as nl
from newslab.coding import article_coding, match_edges, same_actor, score_edges, write_coding
from newslab.coding.guideline import read_coding
from newslab.naming import normal_name

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "training"))
sys.path.insert(0, str(ROOT / "benchmarks"))
import audit  # noqa: E402
import prepare  # noqa: E402
import speed  # noqa: E402

WORD = re.compile(r"[^\W_]+(?:[’'\-.,][^\W_]+)*")
TOKEN = re.compile(r"\w+(?:[’'\-.,]\w+)*|[^\w\s]")
CARD = ROOT / "newslab" / "model" / "weights" / "MODEL_CARD.md"
# What the model is meant to reach: at least, and of errors, wrong edges and time at most
FLOORS = {
    "tokens: source": 0.83, "tokens: cue": 0.71, "tokens: content": 0.90, "direct: found": 0.95,
    "direct: found + source": 0.87, "direct: precision": 0.95, "all: found": 0.75, "all: found + source": 0.65,
    "DSE: macro-F1": 0.68, "NewsMTSC: macro-F1": 0.76, "GUM: mentions": 0.75, "speakers: direct": 0.85,
    "GAP: F1": 0.75, "edges, US: f1": 0.50, "edges, British: f1": 0.45, "edges, US: negative, precision": 0.65,
    "edges, British: negative, precision": 0.65, "calibration error: edges, US": 0.05,
    "calibration error: edges, British": 0.05, "names swapped: changed": 0.03, "calibration error: stance": 0.05,
    "calibration error: target sentiment": 0.05, "one article: edges": 8, "one article: wrong edges": 2,
    "speed: analyze / both encoders": 1.3,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--readers", default="model,rules")
    parser.add_argument("--card", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    columns = {name: figures(nl.Reader(name), options.data) for name in options.readers.split(",")}
    table = pd.DataFrame(columns).round(3)
    table.insert(0, "floor", table.index.map(FLOORS))
    print(f"newslab {nl.__version__}, {datetime.date.today()}\n")
    print(table.to_string(na_rep=""))
    if options.card:
        rows = [f"| {name} | " + " | ".join("" if pd.isna(v) else f"{v:.3f}" for v in row) + " |"
                for name, row in zip(table.index, table.to_numpy(), strict=True)]  # fmt: skip
        head = "| figure | " + " | ".join(table.columns) + " |\n" + "|---" * (1 + len(table.columns)) + "|\n"
        block = f"<!-- figures -->\n{datetime.date.today()}, `python benchmarks/quality.py DATA`\n\n{head}"
        block += "\n".join(rows) + "\n<!-- end -->"
        card = CARD.read_text(encoding="utf-8")
        CARD.write_text(re.sub(r"<!-- figures -->.*<!-- end -->", lambda _: block, card, flags=re.S), encoding="utf-8")


def figures(reader: nl.Reader, data: Path) -> dict[str, float]:
    out: dict[str, float] = {}
    us = nl.analyze(data / "polnear" / "dev" / "text", reader=reader, progress=False)
    gb = nl.analyze(data / "bbc" / "dev", reader=reader, progress=False)
    coders = first_coders(data / "polnear" / "dev")
    for role, value in tokens(reader, us.articles, coders).items():
        out[f"tokens: {role}"] = value
    for kind, row in attributions(us, coders).iterrows():
        out |= {f"{kind}: {column}": row[column] for column in ("found", "found + source", "precision")}
    out["DSE: macro-F1"], stance_error = dse(reader, data)
    out["NewsMTSC: macro-F1"], target_error = newsmtsc(reader, data)
    out["GUM: mentions"] = gum(reader, data)
    for kind, share in speakers(us, coders, data / "gold" / "dev").items():
        out[f"speakers: {kind}"] = share
    out["GAP: F1"] = gap(reader, data)
    for name, analysis, gold in (("US", us, "dev"), ("British", gb, "dev_bbc")):
        with tempfile.TemporaryDirectory() as folder:
            write_coding(analysis, folder)
            rows = score_edges(data / "gold" / gold, folder)
        out |= {f"edges, {name}: {column}": rows.loc["all", column] for column in ("precision", "recall", "f1")}
        out[f"edges, {name}: negative, precision"] = rows.loc["negative", "precision"]
    swapped = audit.sentences(reader, data).set_index("names")
    out["names swapped: changed"] = swapped.loc["women / men", "changed"]
    out["calibration error: stance"] = stance_error
    out["calibration error: target sentiment"] = target_error
    for name, analysis, gold in (("US", us, "dev"), ("British", gb, "dev_bbc")):
        out[f"calibration error: edges, {name}"] = edge_calibration(analysis, data / "gold" / gold)
    out |= one_article(reader, data / "seed")
    one_thread = nl.Reader(reader.name, workers=1)
    out |= {f"speed: {name}": value for name, value in speed.figures(one_thread, us.articles).items()}
    return out


# ---- attributions -------------------------------------------------------------------------------------------------


def first_coders(part: Path) -> dict[str, Path]:
    coders: dict[str, Path] = {}
    for file in sorted((part / "attributions").glob("*.ann")):
        coders.setdefault(file.stem.rsplit("_", 1)[0], file)
    return coders


def tokens(reader: nl.Reader, articles: pd.DataFrame, coders: dict[str, Path]) -> dict[str, float]:
    """F1 of the tokens in any source, cue, content."""
    counts = {role: np.zeros(3) for role in ("source", "cue", "content")}
    found = reader.attributions_many(articles["text"].tolist())
    for article, attributions in zip(articles.itertuples(), found, strict=True):
        words = [m.span() for m in TOKEN.finditer(article.text)]
        gold = prepare.read_brat(coders[article.article_id], article.text, Counter())
        for role, n in counts.items():
            right = covered(words, [s for a in gold for s in a[role]])
            guess = covered(words, [s for a in attributions for s in a[role]])
            n += len(right & guess), len(right), len(guess)
    return {role: 2 * n[0] / max(n[1] + n[2], 1) for role, n in counts.items()}


def covered(words: list[tuple[int, int]], spans: list[tuple[int, int]]) -> set[int]:
    return {i for i, (a, b) in enumerate(words) if any(a < e and b > s for s, e in spans)}


def attributions(analysis: nl.Analysis, coders: dict[str, Path]) -> pd.DataFrame:
    """Found, found with the right source, and precision, for direct and for all attributions."""
    counts: dict[str, Counter[str]] = {"direct": Counter(), "all": Counter()}
    rows = dict(list(analysis.quotes.groupby("article_id")))
    for article in analysis.articles.itertuples():
        words = [m.span() for m in WORD.finditer(article.text)]
        quoted = [q for q in (covered(words, [s]) for s in _quoted(article.text)) if len(q) >= 3]

        def direct(content, quoted=quoted):
            return any(len(q & content) >= 3 for q in quoted)

        gold = [(covered(words, c), covered(words, s)) for c, s in _brat(coders[article.article_id])]
        gold = [g for g in gold if g[0]]
        found = []
        for q in rows[article.article_id].itertuples() if article.article_id in rows else ():
            source = [] if pd.isna(q.source_start) else [(q.source_start, q.source_end)]
            found.append((covered(words, q.spans), covered(words, source)))
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
               "precision": n["right"] / max(n["predicted"], 1)}
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


# ---- stance, target sentiment, mentions ---------------------------------------------------------------------------

CLASSES = ("neutral", "negative", "positive")


def dse(reader: nl.Reader, data: Path) -> tuple[float, float]:
    rows = list(prepare.dse(data, "valid", Counter()))
    texts, p, q = ([r[k] for r in rows] for k in ("text", "p", "q"))
    both = _table(reader.stance_many(texts + texts, p + q, q + p))
    forth, back = both[: len(rows)], both[len(rows) :]
    truth = np.array([r["label"] for r in rows])  # 0 none, 1 p backs q, 2 q backs p, 3 p attacks q, 4 q attacks p
    return macro_f1(truth, five_classes(forth, back), 5), class_calibration(both, directed(truth))


def five_classes(forth: np.ndarray, back: np.ndarray) -> np.ndarray:
    """The likeliest class of DSE, from the stances (neutral, negative, positive) of each of the two to the other."""
    five = [forth[:, 0] * back[:, 0], forth[:, 2] * back[:, 0], back[:, 2] * forth[:, 0],
            forth[:, 1] * back[:, 0], back[:, 1] * forth[:, 0]]  # fmt: skip
    return np.stack(five, 1).argmax(1)


def directed(truth: np.ndarray) -> np.ndarray:
    """The stance of the first to the second, then of the second to the first, that each class of DSE says."""
    return np.r_[[{1: 2, 3: 1}.get(y, 0) for y in truth], [{2: 2, 4: 1}.get(y, 0) for y in truth]]


def newsmtsc(reader: nl.Reader, data: Path) -> tuple[float, float]:
    rows = [(r["text"], t) for r in prepare.newsmtsc(data) if r["split"] == "dev" for t in r["targets"]]
    p = _table(reader.target_sentiment_many([text for text, _ in rows], [tuple(t[:2]) for _, t in rows]))
    truth = np.array([t[2] for _, t in rows])
    return macro_f1(truth, p.argmax(1), 3), class_calibration(p, truth)


def gum(reader: nl.Reader, data: Path) -> float:
    rows = [r for r in prepare.gum(data) if r["split"] == "dev"]
    frame = pd.DataFrame({"article_id": [r["id"] for r in rows], "text": [r["text"] for r in rows]})
    mentions = nl.analyze(frame, reader=reader, progress=False).mentions
    mentions = mentions[mentions["kind"] != "pronoun"]
    found = {(m.article_id, m.start, m.end) for m in mentions.itertuples()}
    gold = {(r["id"], m[0], m[1]) for r in rows for m in r["mentions"] if m[2] != "place" and m[3] != "pronoun"}
    return 2 * len(found & gold) / (len(found) + len(gold))


def _table(probabilities: list[dict[str, float]]) -> np.ndarray:
    return np.array([[p[c] for c in CLASSES] for p in probabilities])


def macro_f1(truth: np.ndarray, guess: np.ndarray, n: int) -> float:
    one = [2 * ((truth == c) & (guess == c)).sum() / max((truth == c).sum() + (guess == c).sum(), 1) for c in range(n)]
    return float(np.mean(one))


def class_calibration(p: np.ndarray, truth: np.ndarray, bins: int = 10) -> float:
    top, right = p.max(1), p.argmax(1) == truth
    index = np.minimum((top * bins).astype(int), bins - 1)
    return float(sum((index == k).mean() * abs(right[index == k].mean() - top[index == k].mean())
                     for k in range(bins) if (index == k).any()))  # fmt: skip


# ---- actors -------------------------------------------------------------------------------------------------------


def speakers(analysis: nl.Analysis, coders: dict[str, Path], gold: Path) -> dict[str, float]:
    """Shares of quotations with the right actor as their speaker: direct ones, and all."""
    counts: dict[str, list[int]] = {"direct": [0, 0], "all": [0, 0]}
    rows = dict(list(analysis.quotes.groupby("article_id")))
    aliases = analysis.actors.set_index("actor_id")
    for article in analysis.articles.itertuples():
        path = gold / f"{article.article_id}.json"
        if not path.exists() or article.article_id not in rows:
            continue
        coded = read_coding(path)
        for content, source in _brat(coders[article.article_id]):
            who = _coded_source(coded, article.text, content, source)
            if who is None:
                continue
            size = sum(b - a for a, b in content)
            shared = [
                (sum(max(0, min(b, d) - max(a, c)) for a, b in content for c, d in q.spans), q)
                for q in rows[article.article_id].itertuples()
            ]
            most, best = max(shared, key=lambda x: x[0])
            if 2 * most < size:
                continue
            actor = {"name": "", "aliases": []}
            if isinstance(best.speaker_id, str):
                known = aliases.loc[best.speaker_id]
                actor = {"name": known["name"], "type": known["type"], "aliases": known["aliases"]}
            right = same_actor(who, actor)
            for kind in ("all", "direct") if best.kind == "direct" else ("all",):
                counts[kind][0] += right
                counts[kind][1] += 1
    return {kind: right / max(n, 1) for kind, (right, n) in counts.items()}


def _coded_source(coded: dict, text: str, content: list, source: list) -> dict | None:
    """The coded actor who is the source of an attribution, where that is certain."""
    words = normal_name(" ".join(text[a:b] for a, b in source))
    if not words:
        return None
    if words in prepare.PRONOUNS:
        names = {
            e["source"]
            for e in coded["edges"]
            for q in e["evidence"]
            for m in re.finditer(re.escape(q), text)
            if e["kind"] == "quote" and any(a <= m.start() and m.end() <= b + 1 for a, b in content)
        }
        hits = [a for a in coded["actors"] if a["name"] in names]
    else:
        hits = [a for a in coded["actors"] if words in {normal_name(x) for x in (a["name"], *a["aliases"])}]
    return hits[0] if len(hits) == 1 else None


def gap(reader: nl.Reader, data: Path) -> float:
    rows = list(prepare.gap(data, "validation"))
    frame = pd.DataFrame({"article_id": [str(k) for k in range(len(rows))], "text": [r["text"] for r in rows]})
    mentions = dict(list(nl.analyze(frame, reader=reader, progress=False).mentions.groupby("article_id")))
    hit = said = true = 0
    for k, row in enumerate(rows):
        found = mentions.get(str(k))
        pronoun = _actor_at(found, *row["pronoun"], exact=True)
        for a, b, right in row["names"]:
            same = pronoun is not None and _actor_at(found, a, b) == pronoun
            hit, said, true = hit + (same and right), said + same, true + right
    return 2 * hit / max(said + true, 1)


def _actor_at(mentions: pd.DataFrame | None, start: int, end: int, exact: bool = False) -> str | None:
    """The actor of the mention that is these words most nearly."""
    if mentions is None:
        return None
    near = mentions[(mentions["start"] < end) & (mentions["end"] > start)]
    if exact:
        near = near[(near["start"] == start) & (near["end"] == end)]
    if near.empty:
        return None
    return near.loc[((near["start"] - start).abs() + (near["end"] - end).abs()).idxmin(), "actor_id"]


# ---- one article, read closely ----


def one_article(reader: nl.Reader, folder: Path) -> dict[str, float]:
    """Edges and actors of expected.md that the reader finds in the article beside it, and edges that are wrong.

    Who signs a group's statement holds its edges too.
    """
    (path,) = folder.glob("*.txt")
    told = (folder / "expected.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\* (.+?): (.+)$", told[told.index("**Actors**") :], re.M)
    actors = [[*name.split(", or "), *mentions.split(", ")] for name, mentions in lines]
    edges = re.findall(r"^\| (.+?) \| (.+?) \| (negative|positive) \|", told, re.M)
    members = next((re.findall(r"\w+", name) for name, mentions in lines if "members of" in mentions), [])
    groups = {s for s, _, _ in edges if s not in members and any(w in s for w in ("group", "Group"))}
    allowed = [*edges, *((m, t, p) for s, t, p in edges if s in groups for m in members)]
    (coding,) = article_coding(nl.analyze(path, reader=reader, progress=False)).values()
    known = {a["name"]: a for a in coding["actors"]}

    def is_edge(found: dict, edge: tuple[str, str, str]) -> bool:
        return found["polarity"] == edge[2] and all(
            any(same_actor(x, known[found[role]]) for a in ([name], *actors) if _is_called(a, name) for x in _told(a))
            for role, name in zip(("source", "target"), edge[:2], strict=True)
        )

    right = sum(any(is_edge(f, e) for f in coding["edges"]) for e in edges)
    wrong = sum(not any(is_edge(f, e) for e in allowed) for f in coding["edges"])
    return {"one article: edges": right, "one article: wrong edges": wrong}


def _told(mentions: list[str]) -> list[dict]:
    """Each mention as an actor of its own, for two groups are the same by the words of their names."""
    person = len(mentions[0].split()) == 2 and mentions[0].istitle()
    return [{"name": m, "type": "person" if person else "group", "aliases": [m]} for m in mentions]


def _is_called(mentions: list[str], name: str) -> bool:
    """Whether an actor of the list is the one that a row of the table names in words of its own."""
    words = _content(name)
    return any(words <= _content(m) for m in mentions)


def _content(name: str) -> set[str]:
    return {w.rstrip("s") for w in re.findall(r"\w{3,}|MPs", name.lower())} - {"the", "and", "those"}


# ---- edges --------------------------------------------------------------------------------------------------------


def edge_calibration(analysis: nl.Analysis, gold: Path) -> float:
    """Expected calibration error of edge probabilities in five bins of equal size."""
    probability, right = [], []
    coded = article_coding(analysis, threshold=0.0)
    for file in sorted(gold.glob("*.json")):
        pairs, _, wrong = match_edges(read_coding(file), coded.get(file.stem, {"actors": [], "edges": []}))
        probability += [e["probability"] for _, e in pairs] + [e["probability"] for e in wrong]
        right += [1] * len(pairs) + [0] * len(wrong)
    order = np.argsort(probability, kind="stable")
    p, r = np.array(probability)[order], np.array(right)[order]
    gaps = [(len(b), abs(p[b].mean() - r[b].mean())) for b in np.array_split(np.arange(len(p)), 5) if len(b)]
    return sum(n * g for n, g in gaps) / max(len(p), 1)


if __name__ == "__main__":
    main()
