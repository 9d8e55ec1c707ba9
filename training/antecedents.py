"""Fit the ranking of antecedents (newslab/antecedents.py): ``python training/antecedents.py DATA CACHE [--write]``.

The resolver goes through texts whose answers are known and asks for each pronoun and description; what it should have
been told is written down. Sources: coreference of GUM (train), GAP (development), the aliases of coded articles, and
their quoted speakers, where all coded edges with evidence in a quotation have one source; for "they" and "it", answers
of pronouns.jsonl too. Readings (of GAP under other names) and heads for pronouns that do not know a text come from
training/pronouns.py. Prints accuracy on GUM dev, GAP validation and the coded dev articles.
"""

import argparse
import json
import pickle
import re
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import prepare
import torch
from codings import coded_set, given_set

from newslab.actors import resolve
from newslab.antecedents import FEATURES, NETWORKS, WEIGHTS, Ranking, candidates, facts, network, ranked, ranking
from newslab.model import pronouns
from newslab.model.reader import LEAST
from newslab.naming import normal_name, same_actor
from newslab.quotes import complete
from newslab.reading import Reader
from newslab.text import Text

ANSWERS = Path(__file__).with_name("pronouns.jsonl")
COUNTS = {"gum": 1.0, "coded": 2.0, "answered": 2.0}  # weight of a question; news is scarce here
OTHER = -1  # a mention that is none of the known
NOBODY = -2  # one that means no other mention at all


class Recorder:
    """Is asked in the place of the ranking, is told the answers and writes down the questions.

    `truth` says of mentions whom they mean; where it says so of some only to tell who is meant by others, `only`
    holds these others.
    """

    trained = WEIGHTS.exists()

    def __init__(self, truth, only=None):
        self.truth, self.only, self.asked = truth, only, []

    def __call__(self, cast, k, among=None):
        options = candidates(cast, k) if among is None else among
        want = self.truth(k) if self.only is None or k in self.only else None
        if not options or want is None:
            return ranked(cast, k, among) if options and self.trained else None
        known = [self._who(cast.actors[i]) for i in options]
        if want == NOBODY:
            right = [False] * len(options)
        elif want == OTHER:
            right = [False if w is not None else None for w in known]
        else:
            right = [w == want for w in known]
        self.asked.append((network(cast.page.mentions[k]), facts(cast, k, options), right))
        return next((c for c, r in zip(options, right, strict=True) if r), None)

    def _who(self, actor):
        votes = Counter(t for j in actor.mentions if (t := self.truth(j)) not in (None, OTHER, NOBODY))
        return votes.most_common(1)[0][0] if votes else None


def find(mentions, start, end):
    """The mention that is these words, or most of them."""
    best = (0.5, None)
    for k, m in enumerate(mentions):
        if m.start < end and start < m.end:
            best = max(best, ((min(end, m.end) - max(start, m.start)) / (max(end, m.end) - min(start, m.start)), k),
                       key=lambda x: x[0])  # fmt: skip
    return best[1]


def gum(data, part):
    for r in prepare.gum(data):
        if r["split"] == part:
            yield r["text"], lambda reading, r=r: _spans(reading, r["mentions"])


def _spans(reading, gold):
    by = {k: w for a, b, _, _, w in gold if (k := find(reading.mentions, a, b)) is not None}
    return by.get


def gap(data, part):
    return told(prepare.gap(data, part))


def told(rows):
    """Texts of GAP with their answers."""
    for r in rows:

        def truth(reading, r=r):
            names = {find(reading.mentions, a, b): n for n, (a, b, _) in enumerate(r["names"])}
            want = next((n for n, (*_, ok) in enumerate(r["names"]) if ok), OTHER)
            k = find(reading.mentions, *r["pronoun"])
            known = {j: n for j, n in names.items() if j is not None}
            if k is not None and (want == OTHER or want in known.values()):
                known[k] = want
            return known.get

        yield r["text"], truth


def coded(data, name):
    for article, text in given_set(data, name).values():
        yield text, lambda reading, a=article: _aliases(reading, a)


def _aliases(reading, article):
    """Mentions in the words of an alias; the first word of a name, and speakers, by the edges of what they say."""
    names = {}
    for n, a in enumerate(article["actors"]):
        for x in (a["name"], *a["aliases"]):
            names.setdefault(normal_name(x), set()).add(n)
    text = reading.text.text
    known = {}
    for k, m in enumerate(reading.mentions):
        words = text[m.start : m.end]
        hits = names.get(normal_name(words)) or names.get(normal_name(m.name)) or set()
        if len(hits) == 1:
            known[k] = next(iter(hits))
        elif m.kind == "nominal" and not hits:
            known[k] = OTHER
        elif m.kind == "name" and not hits:
            near = [n for n, a in enumerate(article["actors"])
                    if same_actor(a, {"name": m.name, "type": m.type, "aliases": []})]  # fmt: skip
            known[k] = near[0] if len(near) == 1 else None if near else OTHER
    index = {a["name"]: n for n, a in enumerate(article["actors"])}
    sources = {}
    for e in article["edges"]:
        if e["kind"] == "quote" and e["source"] in index:
            for q in e["evidence"]:
                for m in re.finditer(re.escape(q), text):
                    sources.setdefault(m.start(), []).append((m.end(), index[e["source"]]))
    for a in reading.attributions:
        if a.source is None:
            continue
        k = find(reading.mentions, *a.source)
        if k is None or reading.mentions[k].kind != "pronoun":
            continue
        who = {n for x, ends in sources.items() for y, n in ends for s, t in a.content if s <= x and y <= t + 1}
        if len(who) == 1 and len(a.content):
            known[k] = who.pop()
    return known.get


def answered(data, name):
    """Texts with those pronouns whose answers stand in pronouns.jsonl."""
    texts = coded_set(data, name)
    for row in map(json.loads, ANSWERS.read_text(encoding="utf-8").splitlines()):
        if row["set"] == name:
            yield texts[row["article"]][1], lambda reading, r=row["answers"]: _answers(reading, r)


def _answers(reading, rows):
    known, asked = {}, set()
    for start, end, *meant in rows:
        k = find(reading.mentions, start, end)
        if k is None or (reading.mentions[k].start, reading.mentions[k].end) != (start, end):
            continue
        alone = len(meant) == 1 and not isinstance(meant[0], str)
        j = find(reading.mentions, *meant[0]) if alone else None
        if j is not None or not alone:
            known[k] = NOBODY if j is None else known.setdefault(j, j)  # two together are no single actor either
            asked.add(k)
    return known.get, asked


def read(reader, texts):
    """Each text as the reader takes it, with what the encoder made of it."""
    for text, e in reader._encoded(map(Text, texts)):
        reading = reader._attributed(text, e)
        reader._find_links(reading, e)
        complete(reading)
        e.vectors, e.products = e.vectors.astype(np.float16), {}  # both are kept in files, and nobody asks for products
        yield reading, e


def told_of(truth, reading):
    """What a source says of a reading: its answers, and which of them are questions (None: all)."""
    found = truth(reading)
    return found if isinstance(found, tuple) else (found, None)


def questions(readings):
    """Rows asked for, from pairs of a reading and its answers."""
    out = []
    for reading, truth in readings:
        recorder = Recorder(*told_of(truth, reading))
        resolve(reading, ask=recorder)
        out += recorder.asked
    return out


def fit(weighted, seeds=4):
    """The mean of several small networks, as one; from pairs of a weight and a question."""
    parts = [_fit(weighted, seed) for seed in range(seeds)]
    side_by_side = {k: np.concatenate([p[k] for p in parts], axis=-1) for k in ("hidden", "hidden_bias")}
    out = np.concatenate([p["out"] for p in parts]) / seeds
    return parts[0] | side_by_side | {"out": out, "out_bias": sum(p["out_bias"] for p in parts) / seeds}


def _fit(weighted, seed, hidden=12, steps=800):
    torch.manual_seed(seed)
    questions = [q for _, q in weighted]
    chance = torch.tensor([w for w, _ in weighted])
    x = np.concatenate([q[1] for q in questions])
    mean, scale = x.mean(0), np.maximum(x.std(0), 1e-3)
    width = max(len(q[1]) for q in questions)
    rows = np.zeros((len(questions), width, len(FEATURES)), np.float32)
    real, right = np.zeros((len(questions), width + 1), bool), np.zeros((len(questions), width + 1), bool)
    for n, (_, r, ok) in enumerate(questions):
        rows[n, : len(r)] = (r - mean) / scale
        real[n, : len(r)] = real[n, -1] = True
        right[n, : len(r)] = [o is not False for o in ok] if None in ok else [bool(o) for o in ok]
        right[n, -1] = not any(o for o in ok)
    rows, real, right = map(torch.from_numpy, (rows, real, right))
    net = torch.nn.Sequential(
        torch.nn.Linear(len(FEATURES), hidden), torch.nn.ReLU(), torch.nn.Dropout(0.2), torch.nn.Linear(hidden, 1)
    )
    optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=0.05)
    for step in range(steps):
        for g in optimizer.param_groups:
            g["lr"] = 3e-3 * 0.5 * (1 + np.cos(np.pi * step / steps))
        batch = torch.multinomial(chance, 256, replacement=True)
        noisy = rows[batch]
        noisy = noisy * (torch.rand(len(batch), 1, len(FEATURES)) > 0.03)
        z = torch.cat([net(noisy)[..., 0], torch.zeros(len(batch), 1)], 1)
        z = z.masked_fill(~real[batch], -1e4)
        loss = (z.logsumexp(1) - z.masked_fill(~right[batch], -1e4).logsumexp(1)).mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    one, _, _, two = net
    return {
        "mean": mean, "scale": scale, "hidden": one.weight.detach().numpy().T, "hidden_bias": one.bias.detach().numpy(),
        "out": two.weight.detach().numpy()[0], "out_bias": two.bias.detach().numpy()[0],
    }  # fmt: skip


def accuracy(ranking, questions):
    """Share of right answers: all, those with an antecedent, those without."""
    hits = Counter()
    for kind, rows, ok in questions:
        z = ranking.scores(kind, rows)
        best = int(z.argmax())
        good = (ok[best] is not False if None in ok else ok[best]) if z[best] > 0 else not any(ok)
        which = "some" if any(ok) else "none"
        hits[which, bool(good)] += 1
    return {w: (round(hits[w, True] / max(1, hits[w, True] + hits[w, False]), 3), hits[w, True] + hits[w, False])
            for w in ("some", "none")}  # fmt: skip


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("data", type=Path)
    ap.add_argument("cache", type=Path, help="folder that training/pronouns.py filled")
    ap.add_argument("--kinds", default=",".join(NETWORKS), help="which of the rankings to fit")
    ap.add_argument("--write", action="store_true")
    o = ap.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    rows = {p.stem: pickle.loads(p.read_bytes()) for p in sorted(o.cache.glob("rows *.pickle"))}
    sets = {"gum": gum(o.data, "train"), "coded": coded(o.data, "train"), "answered": answered(o.data, "train")}
    sets |= {name.replace("rows", "renamed"): told(copies) for name, copies in rows.items()}
    judged = {"gum dev": gum(o.data, "dev"), "gap validation": gap(o.data, "validation"), "us": coded(o.data, "us"),
              "gb": coded(o.data, "gb"), "answered us": answered(o.data, "us"),
              "answered gb": answered(o.data, "gb")}  # fmt: skip
    reader = Reader("model", workers=1)
    halves = [_arrays(o.cache / f"half{n}.npz") for n in (0, 1)]
    asked = {}
    for name, source in {**sets, **judged}.items():
        source, path = list(source), o.cache / f"{name}.pickle"
        if not path.exists():
            path.write_bytes(pickle.dumps(list(read(reader, [text for text, _ in source]))))
        readings = pickle.loads(path.read_bytes())
        for n, (reading, e) in enumerate(readings):
            # What a head says of texts that it was fitted on would be trusted too much
            weights = reader.encoder.weights if name in judged else halves[1 - n % 2]
            for k, found in pronouns.links(weights, e, reading.text, reading.mentions, LEAST).items():
                reading.links[k] = found
        asked[name] = questions((r, t) for (r, _), (_, t) in zip(readings, source, strict=True))
        print(name, Counter((q[0], any(q[2])) for q in asked[name]), flush=True)
    weights = {k: v for k, v in ranking().weights.items() if k.split(".")[0] not in o.kinds.split(",")}
    for kind in o.kinds.split(","):
        part = {k: [q for q in asked[k] if q[0] == kind] for k in sets}
        train = [(COUNTS.get(k, 0.5), q) for k in sets for q in part[k]]  # GAP is there in several copies
        weights |= {f"{kind}.{k}": v for k, v in fit(train).items()}
    weights = {k: np.asarray(v, np.float32) for k, v in weights.items()}
    fitted = Ranking(weights)
    for k in asked:
        for kind in NETWORKS:
            if part := [q for q in asked[k] if q[0] == kind]:
                print(k, kind, accuracy(fitted, part), "was", accuracy(ranking(), part), flush=True)
    if o.write:
        np.savez_compressed(WEIGHTS, **weights)


def _arrays(path):
    with np.load(path) as arrays:
        return {k: arrays[k].astype(np.float32) for k in arrays.files}


if __name__ == "__main__":
    main()
