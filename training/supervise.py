"""Whole-article supervision: ``python supervise.py DATA EXAMPLES [--reader model]``.

The hand-coded edges of an article say which actor attacks or backs which, with evidence; the reader says where in the
text these actors are mentioned, and in whose words. Together they label single places: a mention in attributed words
(by its speaker's edge to it), and an ordered pair of mentions of one sentence. Where an edge has its evidence in the
sentence, its polarity is the label. Where its evidence lies elsewhere, nothing is said. All else is neutral: the coders
read the whole article and saw no stance there. Adds ``pairs`` (p, q, label) and ``targets`` (span, label) to
articles_train.jsonl and articles_dev.jsonl.
"""

import argparse
import collections
import json
import warnings
from pathlib import Path

from codings import coded_set

from newslab.actors import resolve
from newslab.model.beside import told_beside
from newslab.model.reader import _REACH, _gap, _pairs, _targets
from newslab.naming import same_actor
from newslab.quotes import complete
from newslab.reading import Reader
from newslab.text import Text

LABEL = {"negative": 1, "positive": 2}


class Coded:
    """Labels that the coded edges of an article give to places."""

    def __init__(self, gold, actors, text):
        known = {a["name"]: a for a in gold["actors"]}
        found = [{"name": a.name, "type": a.type, "aliases": list(a.aliases)} for a in actors]
        self.names = [{n for n, a in known.items() if same_actor(a, f)} for f in found]
        self.text, self.edges = text, collections.defaultdict(list)
        for e in gold["edges"]:
            places = []
            for quote in e["evidence"]:
                at = text.text.find(quote)
                if at >= 0:
                    a, b = text.sentence_at(at), text.sentence_at(at + len(quote) - 1)
                    places.append((text.sentences[a][0], text.sentences[b][1]))
            self.edges[e["source"], e["target"]].append((LABEL[e["polarity"]], places))

    def label(self, source, target, start, end):
        """Label of actor `source` towards actor `target` in the words from start to end; None where nothing is said."""
        edges = [e for s in self.names[source] for t in self.names[target] for e in self.edges.get((s, t), ())]
        if not edges:
            return 0
        here = {y for y, places in edges if any(a < end and start < b for a, b in places)}
        return here.pop() if len(here) == 1 else None

    def towards(self, target, start, end):
        """The same for any source."""
        sources = [s for s, t in self.edges if t in self.names[target]]
        here = {
            y
            for s in sources
            for t in self.names[target]
            for y, places in self.edges.get((s, t), ())
            if any(a < end and start < b for a, b in places)
        }
        if not here:
            return None if sources else 0
        return here.pop() if len(here) == 1 else None


def supervise(reading, gold):
    """Labelled pairs and targets of one article."""
    complete(reading)
    resolution = resolve(reading)
    who, text, mentions = resolution.by_mention, reading.text, reading.mentions
    coded = Coded(gold, resolution.actors, text)
    pairs, targets = {}, {}
    affiliations = told_beside(text.text, mentions)
    for k, i in _targets(mentions, reading.attributions, affiliations):
        m, source = mentions[k], reading.attributions[i].source
        if who[k] is None:
            continue
        start, end = text.sentences[text.sentence_at(m.start)]
        speaker = resolution.speakers[i]
        if speaker is None:
            y = coded.towards(who[k], start, end)
        elif speaker == who[k]:
            continue
        else:
            y = coded.label(speaker, who[k], start, end)
            if source and y is not None and _gap(source, (m.start, m.end)) <= _REACH:
                pairs[(*source, m.start, m.end)] = y
        if y == 0 and coded.towards(who[k], start, end):
            continue  # somebody else is coded as attacking it in these words: too close to call it neutral
        if y is not None:
            targets[m.start, m.end] = y
    for j, k in _pairs(text, mentions, affiliations):
        if who[j] is None or who[k] is None or who[j] == who[k]:
            continue
        m, n = mentions[j], mentions[k]
        y = coded.label(who[j], who[k], min(m.start, n.start), max(m.end, n.end))
        if y is not None:
            pairs.setdefault((m.start, m.end, n.start, n.end), y)
    return {"pairs": [[*k, y] for k, y in pairs.items()], "targets": [[*k, y] for k, y in targets.items()]}


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("data", type=Path)
    ap.add_argument("examples", type=Path)
    ap.add_argument("--reader", default="model", help="which reader says where the actors are")
    o = ap.parse_args()
    warnings.simplefilter("ignore")
    reader = Reader(o.reader)
    for part in ("dev", "train"):
        path = o.examples / f"articles_{part}.jsonl"
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        coded = coded_set(o.data, {"train": "train", "dev": "us"}[part])
        seen, todo = set(), []
        for row in rows:
            if row["id"] in coded and row["id"] not in seen:
                seen.add(row["id"])
                todo.append((row, coded[row["id"]][0]))
        counts = collections.Counter()
        readings = reader.read_many([Text(row["text"]) for row, _ in todo])
        for (row, gold), reading in zip(todo, readings, strict=True):
            row.update(supervise(reading, gold))
            counts.update(f"{key} {x[-1]}" for key in ("pairs", "targets") for x in row[key])
        path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
        print(part, len(todo), "articles", dict(sorted(counts.items())), flush=True)


if __name__ == "__main__":
    main()
