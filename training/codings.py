"""Hand-coded articles for training: those of DATA/gold and those of ``codings.jsonl``, which is our own.

``codings.jsonl`` has 335 further articles of PolNeAR train and 44 of its dev, coded in November 2026 by the guideline
of DATA/gold. A language model read and coded them one by one, in two passes, one for edges and one for the evidence of
those of train; no article was coded twice. Per hundred words they have about as many edges as the others, and as large
a share of negative and of clear ones. The file holds no text, only places in it: a name, an alias or a piece of
evidence is a ``[start, end)`` of the article, or a string where the words do not stand in it. ``python codings.py DATA
OUT`` writes them in the format of DATA/gold.
"""

import argparse
import json
from pathlib import Path

from newslab.naming import same_actor

OWN = Path(__file__).with_name("codings.jsonl")
TEXTS = {"train": "polnear/train/text", "us": "polnear/dev/text", "gb": "bbc/dev", "more": "polnear/dev/text"}
GIVEN = {"train": "train", "us": "dev", "gb": "dev_bbc"}


def coded_set(data, name):
    """The codings and the text of each article of a set, by the article's name.

    train: all of PolNeAR train; us and gb: the dev articles by which figures are reported, American and British; more:
    our own of PolNeAR dev.
    """
    given = given_set(data, name) if name in GIVEN else {}
    return given | (own_set(data / TEXTS[name]) if name in ("train", "more") else {})


def given_set(data, name):
    """The same of DATA/gold alone, whose edges also say of what kind they are."""
    texts = data / TEXTS[name]
    return {
        path.stem: (json.loads(path.read_text(encoding="utf-8")), _text(texts, path.stem))
        for path in sorted((data / "gold" / GIVEN[name]).glob("*.json"))
    }


def own_set(texts):
    """Our own codings of the articles in a folder of texts, and their texts, by name."""
    out = {}
    for row in map(json.loads, OWN.read_text(encoding="utf-8").splitlines()):
        if (texts / f"{row['article']}.txt").exists():
            text = _text(texts, row["article"])
            out[row["article"]] = _in_words(row, text), text
    return out


def found_ends(coded, resolution):
    """For each name at an end of a coded edge the numbers of the actors of an article that are it."""
    known = {a["name"]: a for a in coded["actors"]}
    found = [{"name": a.name, "type": a.type, "aliases": list(a.aliases)} for a in resolution.actors]
    names = {n for e in coded["edges"] for n in (e["source"], e["target"])}
    return {n: {i for i, a in enumerate(found) if same_actor(known.get(n, {"name": n}), a)} for n in names}


def _text(texts, name):
    return (texts / f"{name}.txt").read_text(encoding="utf-8")


def _in_words(row, text):
    words = lambda x: x if isinstance(x, str) else text[slice(*x)]  # noqa: E731
    actors = [
        {"name": words(name), "type": kind, "aliases": list(map(words, aliases))}
        for name, kind, *aliases in row["actors"]
    ]
    edges = [
        {"source": actors[s]["name"], "target": actors[t]["name"], "polarity": polarity, "clarity": clarity,
         "evidence": list(map(words, evidence))}
        for s, t, polarity, clarity, *evidence in row["edges"]
    ]  # fmt: skip
    return {"article": row["article"], "actors": actors, "edges": edges}


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("data", type=Path)
    ap.add_argument("out", type=Path)
    o = ap.parse_args()
    for part in ("train", "dev"):
        folder = o.out / part
        folder.mkdir(parents=True, exist_ok=True)
        for name, (coded, _) in own_set(o.data / "polnear" / part / "text").items():
            (folder / f"{name}.json").write_text(json.dumps(coded, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
