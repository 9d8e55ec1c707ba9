"""Train the judge (newslab/model/judging.py): ``python training/judge.py DATA OUT --start MODEL.pt [--minutes 45]``.

Every pair of actors of a coded training article that the first look thinks possible is an example: the window that the
judge will see, and whether the coders have such an edge. Sentences of DSE are examples too, in the same form. Each
time that one is read, the names of people are others in 0.8 of all cases and those of organisations in 0.3, so that the
judge goes by the words. OUT receives
``examples.pkl``, ``last.pt`` every few minutes (a second call goes on from there) and ``judge.pt`` at the end.

With ``--teacher JUDGE.pt`` a smaller judge (``training/slim.py``, or fewer ``--layers``) learns what that one says of
each window and how it sees each piece, besides what the coders say: ``--start SLIM.pt --teacher JUDGE.pt``.
"""

import argparse
import copy
import math
import pickle
import re
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import prepare
import torch
import torch.multiprocessing as mp
import torch.nn.functional as F
from codings import coded_set, found_ends
from model import Judge, sizes
from tokenizers import Tokenizer
from train import by_length, groups, with_layers

from newslab.actors import Actor
from newslab.model.encoder import WEIGHTS, tokenize
from newslab.model.judging import Renamer, Window, people_words, windows
from newslab.model.weighing import chances, evidence_of, features
from newslab.reading import Reader
from newslab.stance import case_of
from newslab.text import AsRead, Text

SETS = ("train", "us", "gb")
POSSIBLE = 0.015  # chance at the first look from which a pair is an example
KEPT = 0.06  # share of the other pairs that are examples too
READ = 0.03  # chance from which a pair is among those that the judge is measured on, and that a teacher explains
TAUGHT = 0.7  # share of the teacher's answers, against those of the coders


def coded_examples(data, name, reader):
    """Windows of one set's articles with their labels, and the words that are names of people and of organisations."""
    articles = coded_set(data, name)
    rng = np.random.default_rng(0)
    out = []
    readings = reader.read_many(Text(AsRead(text).text) for _, text in articles.values())
    for (ident, (coded, _)), reading in zip(articles.items(), readings, strict=True):
        case = case_of(reading)
        case = case._replace(stances=evidence_of(case).stances)
        keys, rows = features(case)
        if not keys:
            continue
        chance = {}
        for (s, t, _), p in zip(keys, chances(reader.encoder.config["edges"], rows), strict=True):
            chance[s, t] = max(p, chance.get((s, t), 0))
        same = found_ends(coded, case.resolution)
        labels = {}
        for e in coded["edges"]:
            for s in same[e["source"]]:
                for t in same[e["target"]]:
                    labels.setdefault((s, t), set()).add(e["polarity"])
        pairs = [p for p in chance if chance[p] >= POSSIBLE or p in labels or name != "train" or rng.random() < KEPT]
        names = people_words(case.resolution.actors), body_words(case.resolution.actors)
        pieces = tokenize(reader.encoder.tokenizer, reading.text.text)
        for pair, w in zip(pairs, windows(pairs, case, pieces), strict=True):
            y = labels.get(pair, ())
            label = [float("negative" in y), float("positive" in y)]
            out.append({"ids": w.ids, "extra": w.extra, "names": names, "label": label, "article": ident, "pair": pair,
                        "chance": chance[pair]})  # fmt: skip
    return out


def body_words(actors):
    """Words that are the whole name of an organisation."""
    names = [n for a in actors if a.type != "person" for n in a.names]
    return {n.lower(): "body" for n in names if re.fullmatch(r"[^\W\d_a-z][\w-]+", n)}


def dse_examples(data, tokenizer):
    out = []
    for row in prepare.dse(data, "train", Counter()):
        t = tokenize(tokenizer, row["text"])
        spans = t.pieces([row["p"], row["q"]])
        forth, back = {0: ((0, 0), (0, 0)), 1: ((0, 1), (0, 0)), 2: ((0, 0), (0, 1)), 3: ((1, 0), (0, 0)),
                       4: ((0, 0), (1, 0))}[row["label"]]  # fmt: skip
        people = [Actor("person", Counter([row["text"][slice(*row[k])]])) for k in "pq"]
        names = people_words(people), {}
        for (a, b), label in (((0, 1), forth), ((1, 0), back)):
            mark = np.ones(len(t.ids), np.int64)
            mark[spans[a, 0] : spans[a, 1] + 1] += 1
            mark[spans[b, 0] : spans[b, 1] + 1] += 2
            ids = np.r_[101, t.ids[:110], 102]
            extra = np.zeros((len(ids), 4), np.int64)
            extra[1:-1] = np.c_[t.extra, mark][:110]
            out.append({"ids": ids, "extra": extra, "names": names, "label": list(map(float, label))})
    return out


class Other:
    """Other names for a window, drawn anew each time."""

    def __init__(self, tokenizer, bodies):
        self.rename = Renamer(tokenizer)
        self.pools = self.rename.pools | {"body": self.rename.pieces(bodies)}
        self.rename.pools = self.pools

    def __call__(self, example, rng):
        people, bodies = example["names"]
        kinds = (people if rng.random() < 0.8 else {}) | (bodies if rng.random() < 0.3 else {})
        window = Window(example["ids"], example["extra"])
        found = self.rename(window, kinds, lambda kind: self.pools[kind][int(rng.integers(len(self.pools[kind])))])
        return found.ids, found.extra


def collate(items):
    length = max(len(i) for i, _, _ in items)
    ids = np.zeros((len(items), length), np.int64)
    extra = np.zeros((len(items), length, 4), np.int64)
    for k, (i, x, _) in enumerate(items):
        ids[k, : len(i)], extra[k, : len(i)] = i, x
    return torch.from_numpy(ids), torch.from_numpy(extra), torch.tensor([y for *_, y in items])


def batches(examples, renamer, rng, tokens):
    items = [(*renamer(e, rng), e["label"]) for e in examples]
    return [collate([items[i] for i in group]) for group in by_length([len(ids) for ids, *_ in items], tokens, 8, rng)]


def average_precision(p, y):
    order = np.argsort(-p)
    hits = np.cumsum(y[order])
    return float((hits / np.arange(1, len(y) + 1))[y[order] > 0].mean())


@torch.no_grad()
def judged(model, examples, size=64):
    model.eval()
    out = np.zeros((len(examples), 2))
    order = sorted(range(len(examples)), key=lambda i: len(examples[i]["ids"]))
    for a in range(0, len(order), size):
        part = order[a : a + size]
        ids, extra, _ = collate([(examples[i]["ids"], examples[i]["extra"], [0.0, 0.0]) for i in part])
        with torch.autocast("cpu", torch.bfloat16):
            out[part] = model(ids, extra).float().numpy()
    return out


def loss_of(model, teacher, ids, extra, y):
    """What a batch costs: the answers for each window and, with a teacher, its vectors of each piece."""
    with torch.autocast("cpu", torch.bfloat16):
        h = model.encoder(ids, extra)
        logits = model.answers(h, extra)
        if teacher is not None:
            with torch.no_grad():
                shown = teacher.encoder(ids, extra)
                y = TAUGHT * teacher.answers(shown, extra).float().sigmoid() + (1 - TAUGHT) * y
    loss = 2 * F.binary_cross_entropy_with_logits(logits.float(), y)
    return loss if teacher is None else loss + F.mse_loss(h[ids > 0].float(), shown[ids > 0].float())


def work(rank, o, model, teacher, coded, dse, dev, renamer, state):
    torch.manual_seed(o.seed + rank)
    torch.set_num_threads(1)
    average = copy.deepcopy(model)
    optimizer = torch.optim.AdamW(groups(model, o.rate, 0.9), betas=(0.9, 0.98), fused=True)
    spent, number = 0.0, 0
    if state:
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        spent, number = state["spent"], state["number"]
    begun, own, sums, saved = time.time() - spent, 0, [], time.time()
    model.train()
    done = False
    while not done:
        rng = np.random.default_rng([o.seed, number])
        sure = READ if teacher is not None else 1.0
        chosen = [e for e in coded if e["label"] != [0.0, 0.0] or e["chance"] >= sure or rng.random() < o.negatives]
        chosen += [dse[i] for i in rng.permutation(len(dse))[: int(o.dse * len(dse))]]
        todo = batches(chosen, renamer, rng, o.tokens)
        if not rank:
            print(f"pass {number}: {len(chosen)} examples in {len(todo)} batches", flush=True)
        for ids, extra, y in todo[rank :: o.workers]:
            spent = time.time() - begun
            part = spent / 60 / o.minutes
            if part >= 1:
                done = True
                break
            warm = min(1.0, (own + 1) / 60)
            for g in optimizer.param_groups:
                g["lr"] = g["peak"] * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * part)))
            loss = loss_of(model, teacher, ids, extra, y)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            own += 1
            sums.append(loss.item())
            if not rank and own % 4 == 0:
                keep = min(0.985, own / (own + 40))
                with torch.no_grad():
                    for a, b in zip(average.parameters(), model.parameters(), strict=True):
                        if b.requires_grad:
                            a.lerp_(b, 1 - keep)
            if not rank and own % 100 == 0:
                print(f"{own} {spent:.0f} s loss {np.mean(sums):.4f}", flush=True)
                sums = []
            if not rank and time.time() - saved > 300:
                saved = time.time()
                report(average, dev)
                torch.save({"model": model.state_dict(), "average": average.state_dict(), "spent": spent,
                            "optimizer": optimizer.state_dict(), "number": number}, o.out / "last.tmp")  # fmt: skip
                (o.out / "last.tmp").replace(o.out / "last.pt")
        number += 1
    if not rank:
        report(average, dev)
        torch.save(average.state_dict(), o.out / "judge.pt")
        print("finished", flush=True)


def report(model, dev):
    for name, examples in dev.items():
        z = judged(model, examples)
        y = np.array([e["label"] for e in examples])
        print(name, "average precision, negative and positive",
              [round(average_precision(z[:, k], y[:, k]), 3) for k in (0, 1)], flush=True)  # fmt: skip


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("data", type=Path)
    ap.add_argument("out", type=Path)
    ap.add_argument(
        "--start", type=Path, help="weights of the reading model, whose encoder the judge starts from, or of a judge"
    )
    ap.add_argument("--teacher", type=Path, help="weights of a larger judge to learn from")
    ap.add_argument("--layers", type=int, default=6, help="of the encoder; fewer are taken evenly from --start")
    ap.add_argument("--minutes", type=float, default=45)
    ap.add_argument("--rate", type=float, default=6e-5)
    ap.add_argument("--tokens", type=int, default=3072)
    ap.add_argument("--negatives", type=float, default=0.5, help="share of the examples without an edge, each pass")
    ap.add_argument("--dse", type=float, default=0.25, help="share of the examples of DSE, each pass")
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--workers", type=int, default=2)
    o = ap.parse_args()
    warnings.simplefilter("ignore")
    torch.manual_seed(o.seed)
    torch.set_num_threads(1)
    o.out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(WEIGHTS / "tokenizer.json"))
    path = o.out / "examples.pkl"
    if not path.exists():
        reader = Reader("model")
        found = {name: coded_examples(o.data, name, reader) for name in SETS}
        path.write_bytes(pickle.dumps(found | {"dse": dse_examples(o.data, tokenizer)}))
    found = pickle.loads(path.read_bytes())
    dev = {name: [e for e in found[name] if e["chance"] >= READ] for name in ("us", "gb")}
    for name, examples in found.items():
        print(name, len(examples), "with an edge", sum(e["label"] != [0.0, 0.0] for e in examples), "pieces",
              round(float(np.mean([len(e["ids"]) for e in examples]))), flush=True)  # fmt: skip
    bodies = sorted({w for e in found["train"] for w in e["names"][1]})
    # A taught judge has somebody to follow on every window and does without dropout
    dropout = 0.0 if o.teacher else 0.1
    if o.start:
        start = with_layers(torch.load(o.start), o.layers)
        model = Judge(dropout=dropout, **sizes(start))
        have = model.state_dict()
        model.load_state_dict({k: v for k, v in start.items() if k in have}, strict=False)
    else:
        model = Judge(dropout=dropout, layers=o.layers)
    teacher = None
    if o.teacher:
        taught = torch.load(o.teacher)
        teacher = Judge(**sizes(taught)).eval()
        teacher.load_state_dict(taught)
    last = o.out / "last.pt"
    state = torch.load(last) if last.exists() else None
    if state:
        model.load_state_dict(state["model"])
    model.share_memory()
    context = mp.get_context("fork")
    args = (o, model, teacher, found["train"], found["dse"], dev, Other(tokenizer, bodies), state)
    jobs = [context.Process(target=work, args=(r, *args)) for r in range(o.workers)]
    for j in jobs:
        j.start()
    for j in jobs:
        j.join()


if __name__ == "__main__":
    main()
