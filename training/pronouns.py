"""Fit the heads for pronouns (newslab/model/pronouns.py): ``python training/pronouns.py DATA CACHE [--write]``.

The encoder, which stays as it is, knows the links of GUM and GAP that it was trained on; a head fitted on those texts
would trust it too much. So each text of GAP's development set is read under other names, in half of the readings with
men and women exchanged, with sentences cut off at its ends and sentences of other texts put before and behind it. GUM
and the quoted speakers of hand-coded articles are read as they are, and so are the articles of ``pronouns.jsonl``: a
language model that read them said of "they" and "it", one by one, which mention they mean. CACHE keeps the readings,
and two pairs of heads that saw one half of the texts each, from which ``training/antecedents.py`` takes links that do
not know their text. Prints accuracy on dev: of pronouns whose antecedent is in reach, and of all.
"""

import argparse
import hashlib
import json
import math
import pickle
import random
import re
from collections import defaultdict
from pathlib import Path

import antecedents
import numpy as np
import prepare
import torch
import torch.nn.functional as F
from torch import nn

from newslab.actors import resolve
from newslab.antecedents import AFTER_OBJECT, candidates
from newslab.model import pronouns
from newslab.model.encoder import WEIGHTS
from newslab.reading import Reader
from newslab.rules.lexicons import lexicons

COPIES = 4  # readings of each text of GAP under other names
WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_PAIRS = """he she, himself herself, man woman, men women, actor actress, son daughter, sons daughters, brother sister,
brothers sisters, father mother, husband wife, Mr Mrs, king queen, boy girl, uncle aunt, boyfriend girlfriend,
grandfather grandmother, nephew niece, prince princess, waiter waitress, Lord Lady, Sir Dame, King Queen"""
EXCHANGED = {"his": "her", "His": "Her", "him": "her", "Him": "Her"}
for _one, _other in (p.split() for p in _PAIRS.split(",")):
    for _x, _y in ((_one, _other), (_other, _one)):
        EXCHANGED |= {_x: _y, _x[0].upper() + _x[1:]: _y[0].upper() + _y[1:]}
OPPOSITE = {"m": "f", "f": "m"}


# ---- GAP under other names -----------------------------------------------------------------------------------------


def sex(row):
    return "m" if row["text"][slice(*row["pronoun"])].lower() in ("he", "him", "his") else "f"


def renamed(rows, readings, seed):
    """GAP's rows in other words, in the same order."""
    rng = random.Random(seed)
    first, last = {"m": [], "f": []}, []
    for row in rows:
        for a, b, right in row["names"]:
            words = row["text"][a:b].split()
            if len(words) > 1 and all(w[0].isupper() and w.isalpha() for w in words):
                first[sex(row)] += words[:1] * right
                last.append(words[-1])
    for name, gender in lexicons().first_names.items():
        if gender in first:
            first[gender] += [name] * 2
    for row, reading in zip(rows, readings, strict=True):
        table, exchange = _other_names(row, reading, rng, first, last)
        new = _reworded(row, reading, rng, table, exchange)
        before, after = "", ""
        if rng.random() < 0.6:
            before = _sentences(rng, readings, rng.randint(1, 4)) + rng.choice(" \n")
        if rng.random() < 0.3:
            after = rng.choice(" \n") + _sentences(rng, readings, 1)
        move = len(before)
        yield {
            "text": before + new["text"] + after,
            "pronoun": [x + move for x in new["pronoun"]],
            "names": [[a + move, b + move, right] for a, b, right in new["names"]],
        }


def _sentences(rng, readings, n):
    text = rng.choice(readings).text
    k = rng.randrange(max(1, len(text.sentences) - n + 1))
    return text.text[text.sentences[k][0] : text.sentences[min(k + n, len(text.sentences)) - 1][1]]


def _other_names(row, reading, rng, first, last):
    """A word for each word of the people's names, and whether men and women are exchanged."""
    resolution = resolve(reading)
    gender = {i: a.gender for i, a in enumerate(resolution.actors)}
    for a, b, _ in row["names"]:
        for m, i in zip(reading.mentions, resolution.by_mention, strict=True):
            if i is not None and m.kind == "name" and m.start < b and a < m.end:
                gender[i] = sex(row)
    exchange = rng.random() < 0.5
    small = set(re.findall(r"\b[a-z]+\b", row["text"]))
    table = {}
    for i, actor in enumerate(resolution.actors):
        if actor.type != "person" or actor.described:
            continue
        for name in sorted(actor.names, key=lambda n: (-len(n.split()), n)):
            words = WORD.findall(name)
            for n, word in enumerate(words):
                if word in table or not word[0].isupper() or word.lower() in small | lexicons().titles:
                    continue
                listed = lexicons().first_names.get(word)
                told = gender[i] or listed
                told = OPPOSITE.get(told, told) if exchange else told
                is_first = listed in OPPOSITE or (n == 0 and (len(words) > 1 or rng.random() < 0.5))
                table[word] = rng.choice(first[told] if is_first and told in OPPOSITE else last)
    return table, exchange


def _reworded(row, reading, rng, table, exchange):
    text, spans = row["text"], [row["pronoun"], *(n[:2] for n in row["names"])]
    low, high = min(a for a, _ in spans), max(b for _, b in spans)
    start, end = 0, len(text)
    if rng.random() < 0.5:
        start = rng.choice([a for a, _ in reading.text.sentences if a <= low] or [0])
    if rng.random() < 0.5:
        end = rng.choice([b for _, b in reading.text.sentences if b >= high] or [end])
    parts, at, length, moved = [], start, 0, {}
    ends = sorted({x for span in spans for x in span})
    for m in [*WORD.finditer(text, start, end), None]:
        until = m.start() if m else end
        for x in ends:
            if at <= x <= until:
                moved.setdefault(x, length + x - at)
        parts.append(text[at:until])
        length += until - at
        if m is None:
            break
        word = m.group()
        new = table.get(word) or (_exchanged(text, m) if exchange else None) or word
        for x in ends:
            if m.start() < x <= m.end():
                moved[x] = length + (len(new) if x == m.end() else min(x - m.start(), len(new)))
        parts.append(new)
        length += len(new)
        at = m.end()
    names = [[moved[a], moved[b], right] for a, b, right in row["names"]]
    return {"text": "".join(parts), "pronoun": [moved[x] for x in row["pronoun"]], "names": names}


def _exchanged(text, m):
    """The word for the other sex, or None."""
    if m.group().lower() != "her":
        return EXCHANGED.get(m.group())
    after = re.match(r"\s([^\W\d_]+)", text[m.end() : m.end() + 25])
    word = "his" if after and after[1].lower() not in AFTER_OBJECT else "him"
    return word if m.group() == "her" else word.capitalize()


# ---- examples ------------------------------------------------------------------------------------------------------


def examples(head, reading, e, truth):
    """For each pronoun of a head whose answer is known the vectors and facts of its pairs, and which are right."""
    asked = Asking(*antecedents.told_of(truth, reading))
    of = resolve(reading, ask=asked).by_mention
    spans = [(m.start, m.end) for m in reading.mentions]
    pieces = e.pieces(spans)
    for k, j, facts in pronouns.pairs(head, e, reading.text, reading.mentions):
        for one in np.unique(k).tolist():
            if one not in asked.answers:
                continue
            answer = asked.answers[one]
            here = (k == one) & np.array([of[x] in answer for x in j])
            if not here.any():
                continue
            right = [answer[of[x]] for x in j[here]]
            some = any(right)
            yield {
                "pronoun": e.vectors[pieces[one, 0]],
                "mention": np.concatenate([e.vectors[pieces[j[here], 0]], e.vectors[pieces[j[here], 1]]], axis=1),
                "facts": facts[here],
                # Somebody meant who is nowhere else may be anybody of whom nothing is known
                "right": np.array([bool(r) if some else r is None for r in right]),
                "some": some,
            }


class Asking(antecedents.Recorder):
    """Keeps by pronoun which candidates are right: True, False, or None where that is not known."""

    def __init__(self, *told):
        super().__init__(*told)
        self.answers = {}

    def __call__(self, cast, k, among=None):
        before = len(self.asked)
        found = super().__call__(cast, k, among)
        if len(self.asked) > before and cast.page.mentions[k].kind == "pronoun":
            self.answers[k] = dict(zip(candidates(cast, k), self.asked[-1][2], strict=True))
        return found


# ---- the head ------------------------------------------------------------------------------------------------------


class Head(nn.Module):
    def __init__(self, dim=384, size=128, dropout=0.3):
        super().__init__()
        self.query, self.key = nn.Linear(dim, size), nn.Linear(2 * dim, size)
        self.pronoun, self.mention = nn.Linear(dim, size), nn.Linear(2 * dim, size)
        self.alike, self.out = nn.Linear(size, size, bias=False), nn.Linear(size, 1)
        self.facts = nn.ModuleList(nn.Embedding(n, size) for n in pronouns.SIZES)
        self.bias = nn.ModuleList(nn.Embedding(n, 1) for n in pronouns.SIZES)
        for table in self.facts:
            nn.init.normal_(table.weight, std=0.1)
        for table in self.bias:
            nn.init.zeros_(table.weight)
        self.nobody, self.drop = nn.Parameter(torch.zeros(1)), nn.Dropout(dropout)

    def forward(self, pronoun, mention, facts):
        pronoun, mention = self.drop(pronoun), self.drop(mention)
        alike = self.query(pronoun) * self.key(mention)
        hidden = self.alike(alike) + self.pronoun(pronoun) + self.mention(mention)
        hidden = hidden + sum(t(facts[:, n]) for n, t in enumerate(self.facts))
        bias = sum(t(facts[:, n])[:, 0] for n, t in enumerate(self.bias))
        return self.out(self.drop(F.relu(hidden)))[:, 0] + alike.sum(1) * alike.shape[1] ** -0.5 + bias


def scores(head, batch):
    """Scores (examples, pairs and nobody), and which are right."""
    n = [len(x["right"]) for x in batch]
    flat = lambda k, t: torch.from_numpy(np.concatenate([x[k] for x in batch]).astype(t))  # noqa: E731
    pronoun = torch.from_numpy(np.repeat(np.stack([x["pronoun"] for x in batch]).astype(np.float32), n, axis=0))
    s = head(pronoun, flat("mention", np.float32), flat("facts", np.int64))
    row = torch.repeat_interleave(torch.arange(len(n)), torch.tensor(n))
    column = torch.cat([torch.arange(x) for x in n])
    out = torch.full((len(n), max(n) + 1), -1e4).index_put((row, column), s)
    right = torch.zeros(out.shape, dtype=torch.bool).index_put((row, column), flat("right", bool))
    nobody = torch.zeros(out.shape, dtype=torch.bool)
    nobody[:, -1] = True
    right[:, -1] = torch.tensor([not x["some"] for x in batch])
    return torch.where(nobody, head.nobody, out), right


def fit(weighted, epochs=3, rate=1e-3, size=48, seed=0):
    """A head from pairs of a weight and an example."""
    torch.manual_seed(seed)
    order, head = np.random.default_rng(seed), Head()
    optimizer = torch.optim.AdamW(head.parameters(), lr=rate, weight_decay=0.02)
    steps, step = math.ceil(len(weighted) / size) * epochs, 0
    for _ in range(epochs):
        shuffled = order.permutation(len(weighted))
        for a in range(0, len(weighted), size):
            for g in optimizer.param_groups:
                g["lr"] = rate * min(1, step / 50) * 0.5 * (1 + math.cos(math.pi * step / steps))
            some = [weighted[n] for n in shuffled[a : a + size]]
            weight = torch.tensor([w for w, _ in some])
            s, right = scores(head, [x for _, x in some])
            loss = s.logsumexp(1) - s.masked_fill(~right, -1e4).logsumexp(1)
            optimizer.zero_grad()
            ((loss * weight).sum() / weight.sum()).backward()
            nn.utils.clip_grad_norm_(head.parameters(), 1.0)
            optimizer.step()
            step += 1
    return head.eval()


@torch.no_grad()
def accuracy(head, found):
    """Shares right: of pronouns with an antecedent in reach, and of all, where it may be nobody."""
    hits, of_all = [], []
    for a in range(0, len(found), 64):
        s, right = scores(head, found[a : a + 64])
        row = torch.arange(len(s))
        of_all += right[row, s.argmax(1)].tolist()
        some = ~right[:, -1]
        hits += right[row, s[:, :-1].argmax(1)][some].tolist()
    share = lambda x: (round(float(np.mean(x)), 3), len(x)) if x else None  # noqa: E731
    return share(hits), share(of_all)


def arrays(heads):
    return {f"pronouns.{name}.{k}": v.numpy().astype(np.float16)
            for name, head in heads.items() for k, v in head.state_dict().items()}  # fmt: skip


def write(heads):
    path, config = WEIGHTS / "pronouns.npz", WEIGHTS / "config.json"
    np.savez_compressed(path, **arrays(heads))
    known = json.loads(config.read_text(encoding="utf-8"))
    known["sha256"][path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    config.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("data", type=Path)
    ap.add_argument("cache", type=Path)
    ap.add_argument("--write", action="store_true")
    o = ap.parse_args()
    torch.set_num_threads(1)
    o.cache.mkdir(parents=True, exist_ok=True)
    reader = Reader("model", workers=1)

    def kept(name, make):
        path = o.cache / f"{name}.pickle"
        if not path.exists():
            path.write_bytes(pickle.dumps(list(make())))
        return pickle.loads(path.read_bytes())

    rows = list(prepare.gap(o.data, "development"))
    plain = kept("gap", lambda: antecedents.read(reader, [r["text"] for r in rows]))
    sources = {"gap": antecedents.told(rows)}
    weights = defaultdict(lambda: 1.0, gap=0.3)
    for seed in range(COPIES):
        name = f"renamed {seed}"
        copies = kept(f"rows {seed}", lambda seed=seed: renamed(rows, [r for r, _ in plain], seed))
        sources[name] = antecedents.told(copies)
    sources |= {"gum": antecedents.gum(o.data, "train"), "coded": antecedents.coded(o.data, "train"),
                "answered": antecedents.answered(o.data, "train")}  # fmt: skip
    judged = {"gap validation": antecedents.gap(o.data, "validation"), "gum dev": antecedents.gum(o.data, "dev"),
              "answered us": antecedents.answered(o.data, "us"),
              "answered gb": antecedents.answered(o.data, "gb")}  # fmt: skip
    found = {}
    for name, source in {**sources, **judged}.items():
        source = list(source)
        readings = kept(name, lambda source=source: antecedents.read(reader, [text for text, _ in source]))
        # by text, so that copies of one text fall into one half
        found[name] = [
            {head: list(examples(head, *r, truth)) for head in pronouns.HEADS}
            for r, (_, truth) in zip(readings, source, strict=True)
        ]
        print(name, len(source), {h: sum(len(xs[h]) for xs in found[name]) for h in pronouns.HEADS}, flush=True)

    def fitted(keep):
        part = {h: [(weights[s], x) for s in sources for n, xs in enumerate(found[s]) if keep(n) for x in xs[h]]
                for h in pronouns.HEADS}  # fmt: skip
        return {h: fit(xs) for h, xs in part.items()}

    heads = fitted(lambda n: True)
    for name in judged:
        print(
            name, {h: accuracy(head, [x for xs in found[name] for x in xs[h]]) for h, head in heads.items()}, flush=True
        )
    if o.write:
        write(heads)
    for half in (0, 1):
        np.savez_compressed(o.cache / f"half{half}.npz", **arrays(fitted(lambda n, half=half: n % 2 == half)))


if __name__ == "__main__":
    main()
