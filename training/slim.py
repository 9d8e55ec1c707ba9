"""A narrower encoder that sees the same: ``python training/slim.py EXAMPLES OUT.pt --model MODEL.pt``.

EXAMPLES is what ``training/prepare.py`` wrote. Of each layer the attention heads and hidden units that matter least are
left out, and what the others give is multiplied by the weights that come nearest to what all gave together, by least
squares over texts (as in optimal brain surgery, Hassibi and Stork 1993). Then the encoder learns from its own former
self what each layer makes of each piece, and above all what the layers of the heads make of the last vectors: what
tells a stance is a small part of their variance. The heads of the model stay as they are.

With ``--judge JUDGE.pt`` and for EXAMPLES the ``examples.pkl`` of ``training/judge.py`` only the first is done, for a
judge; it then learns by ``training/judge.py DATA FOLDER --start OUT.pt --teacher JUDGE.pt``.
"""

import argparse
import copy
import json
import math
import pickle
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from model import HEAD, Judge, ReadingModel, sizes
from tokenizers import Tokenizer
from train import by_length

from newslab.model.encoder import WEIGHTS, WINDOW, stack, tokenize

SETS = ("articles_train", "gap_train", "gum", "newsmtsc", "dse_train")
_MEASURED = 400  # windows over which the least squares are summed
_TOKENS = 3072


def texts(folder, names, seed=0):
    """The texts of some sets, those for training, in any order; at most 6,000 of one."""
    rng = np.random.default_rng(seed)
    out = []
    for name in names:
        rows = map(json.loads, (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
        found = sorted({r["text"] for r in rows if r.get("split", "train") == "train"})
        out += [found[i] for i in rng.permutation(len(found))[:6000]]
    return [out[i] for i in rng.permutation(len(out))]


def cut(pieces, rng):
    """Windows over texts that begin anywhere, so that each pass sees others."""
    out = []
    for e in pieces:
        n = len(e.ids)
        first = int(rng.integers(WINDOW)) if n > WINDOW else n
        bounds = [0, *range(first, n, WINDOW), n]
        out += [(e.ids[a:b], e.extra[a:b]) for a, b in pairwise(bounds) if b - a > 8]
    return [out[i] for i in rng.permutation(len(out))]


def batches(windows, rng):
    """Windows of about one length together, in any order."""
    for group in by_length([len(ids) + 2 for ids, _ in windows], _TOKENS, 16, rng):  # with the special pieces
        part = [windows[i] for i in group]
        ids, extra = stack([i for i, _ in part], [x for _, x in part])
        yield torch.from_numpy(ids), torch.from_numpy(extra)


# ---- by least squares ----------------------------------------------------------------------------------------------


@torch.no_grad()
def products(encoder, given):
    """For each layer XᵀX of what goes into `out` (all heads) and into `down` (all hidden units)."""
    sums, real, hooks = defaultdict(float), [None], []
    for k, layer in enumerate(encoder.layers):
        for name in ("out", "down"):

            def add(module, x, key=(k, name)):
                rows = x[0][real[0]].double()
                sums[key] = sums[key] + rows.T @ rows

            hooks.append(getattr(layer, name).register_forward_pre_hook(add))
    for ids, extra in given:
        real[0] = ids > 0
        encoder(ids, extra)
    for hook in hooks:
        hook.remove()
    return sums


def refitted(weight, gram, kept):
    """Weights for the `kept` columns of X that come nearest to X @ weight.T, and the share of it that they miss."""
    w = weight.double()
    some = gram[kept]
    new = (inverse(some[:, kept], gram) @ some @ w.T).T
    whole = (w @ gram * w).sum()
    missed = whole - 2 * (new @ some * w).sum() + (new @ some[:, kept] * new).sum()
    return new.float(), float(missed / whole)


def inverse(part, gram):
    """Of a part of XᵀX, a little of its mean added so that columns which say the same do no harm."""
    return torch.linalg.inv(part + 1e-4 * gram.diagonal().mean() * torch.eye(len(part), dtype=torch.double))


def worth(weight, gram, n):
    """The `n` columns of X without which X @ weight.T can least be told, in order.

    What the others cannot make up for is a column's weights squared over its entry in the inverse. They go a fiftieth
    at a time, for of two that say the same only one can.
    """
    kept = torch.arange(len(gram))
    step = max(1, len(gram) // 50)
    while len(kept) > n:
        some = gram[kept]
        back = inverse(some[:, kept], gram)
        new = (back @ some @ weight.double().T).T
        lost = (new**2).sum(0) / back.diagonal()
        kept = kept[lost.argsort(descending=True)[: max(n, len(kept) - step)].sort().values]
    return kept


def columns(heads):
    return torch.cat([torch.arange(h * HEAD, (h + 1) * HEAD) for h in heads])


def narrowed(encoder, heads, hidden, given):
    """A copy of an encoder with so many attention heads and hidden units in each layer."""
    sums = products(encoder, given)
    new = copy.deepcopy(encoder)
    for k, layer in enumerate(new.layers):
        left = list(range(layer.heads))
        weight, gram = layer.out.weight.data, sums[k, "out"]
        while len(left) > heads:  # one after another, the one that the others can replace best
            left.remove(min(left, key=lambda h: refitted(weight, gram, columns([x for x in left if x != h]))[1]))
        kept = columns(left)
        layer.heads = heads
        layer.out.weight.data, missed = refitted(weight, gram, kept)
        for part in ("weight", "bias"):
            of_all = getattr(layer.qkv, part).data
            getattr(layer.qkv, part).data = of_all.unflatten(0, (3, -1))[:, kept].flatten(0, 1).clone()
        weight, gram = layer.down.weight.data, sums[k, "down"]
        units = worth(weight, gram, hidden)
        layer.down.weight.data, lost = refitted(weight, gram, units)
        for part in ("weight", "bias"):
            getattr(layer.up, part).data = getattr(layer.up, part).data[units].clone()
        print(f"layer {k}: heads {left} miss {missed:.3f}, hidden units {lost:.3f}", flush=True)
    return new


# ---- by its former self --------------------------------------------------------------------------------------------


def layers_of(encoder, ids, extra):
    """What each layer makes of each piece; :class:`~model.Encoder` in steps."""
    found, hooks = [], []
    for layer in encoder.layers:
        hooks.append(layer.register_forward_hook(lambda *x: found.append(x[-1])))
    encoder(ids, extra)
    for hook in hooks:
        hook.remove()
    return found


def views(model):
    """The weights with which the heads look at a piece, those of layers over several pieces one by one."""
    dim = model.encoder.norm.weight.shape[0]
    parts = [model.attributions, model.mentions, model.links, model.stance, model.target]
    linear = [m.weight.detach() for part in parts for m in part.modules() if isinstance(m, torch.nn.Linear)]
    return [w[:, k : k + dim] for w in linear if w.shape[1] % dim == 0 for k in range(0, w.shape[1], dim)]


class Difference:
    """How far a student's vectors are from its teacher's, as shares of the variance.

    Of the last layer as the heads see it: the mean over the numbers that their layers make of it. And of all layers.
    """

    def __init__(self, teacher, seen, given):
        self.teacher = teacher
        with torch.no_grad():
            rows = torch.cat([teacher(ids, extra)[ids > 0] for ids, extra in given[:20]])
            # The mean over views of (difference · weights)² by its variance is a product with one matrix.
            weights = torch.cat([w / (rows @ w.T).std(0)[:, None] / len(w) ** 0.5 for w in seen])
        self.metric = weights.T @ weights / len(seen)

    def __call__(self, student, ids, extra):
        real = ids > 0
        with torch.autocast("cpu", torch.bfloat16):
            with torch.no_grad():
                aims = [x[real].float() for x in layers_of(self.teacher, ids, extra)]
            got = [x[real].float() for x in layers_of(student, ids, extra)]
        off = got[-1] - aims[-1]
        each = [F.mse_loss(a, b) / b.var() for a, b in zip(got, aims, strict=True)]
        return ((off @ self.metric) * off).sum(1).mean(), sum(each) / len(each), each[-1]


@torch.no_grad()
def report(student, difference, given):
    rows = [difference(student, ids, extra) for ids, extra in given]
    seen, mean, last = np.mean([[float(x) for x in r] for r in rows], axis=0)
    print(f"other texts: as the heads see it {seen:.4f}, vectors {last:.4f}, all layers {mean:.4f}", flush=True)


def teach(student, difference, pieces, dev, o, save):
    rng = np.random.default_rng(o.seed)
    weights = [p for name, p in student.named_parameters() if name != "words.weight"]
    student.words.weight.requires_grad_(False)
    optimizer = torch.optim.AdamW(weights, lr=o.rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    begun, step, sums, saved = time.time(), 0, [], time.time()
    while True:
        for ids, extra in batches(cut(pieces, rng), rng):
            part = (time.time() - begun) / 60 / o.minutes
            if part >= 1:
                report(student, difference, dev)
                return
            optimizer.param_groups[0]["lr"] = o.rate * min(1, (step + 1) / 50) * 0.5 * (1 + math.cos(math.pi * part))
            seen, mean, last = difference(student, ids, extra)
            (seen + mean).backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            sums.append([seen.item(), last.item(), mean.item()])
            step += 1
            if step % 100 == 0:
                print(step, f"{time.time() - begun:.0f} s", np.round(np.mean(sums, axis=0), 4), flush=True)
                sums = []
            if time.time() - saved > 300:
                saved = time.time()
                report(student, difference, dev)
                save()


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("examples", type=Path)
    ap.add_argument("out", type=Path)
    ap.add_argument("--model", type=Path, help="weights of the reading model")
    ap.add_argument("--judge", type=Path, help="weights of the judge, instead")
    ap.add_argument("--heads", type=int, default=10)
    ap.add_argument("--hidden", type=int, default=1024)
    ap.add_argument("--minutes", type=float, default=45)
    ap.add_argument("--rate", type=float, default=1e-4)
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--threads", type=int, default=1)
    o = ap.parse_args()
    torch.manual_seed(o.seed)
    torch.set_num_threads(o.threads)
    rng = np.random.default_rng(o.seed)
    weights = torch.load(o.model or o.judge, map_location="cpu")
    kind = ReadingModel if o.model else Judge
    teacher = kind(**sizes(weights)).eval()
    teacher.load_state_dict(weights)
    if o.judge:
        windows = [(e["ids"][1:-1], e["extra"][1:-1]) for e in pickle.loads(o.examples.read_bytes())["train"]]
        given = [windows[i] for i in rng.permutation(len(windows))[: 4 * _MEASURED]]
    else:
        tokenizer = Tokenizer.from_file(str(WEIGHTS / "tokenizer.json"))
        pieces = [tokenize(tokenizer, t) for t in texts(o.examples, SETS)]
        dev = [tokenize(tokenizer, t) for t in texts(o.examples, ["articles_dev"])[:20]]
        print(len(pieces), "texts,", sum(len(e.ids) for e in pieces), "pieces", flush=True)
        given = cut(pieces, rng)[:_MEASURED]
    student = narrowed(teacher.encoder, o.heads, o.hidden, list(batches(given, rng)))

    def save():
        of_encoder = {f"encoder.{k}": v for k, v in student.state_dict().items()}
        rest = {k: v for k, v in weights.items() if not k.startswith("encoder.")}
        torch.save(of_encoder | rest, o.out.with_suffix(".tmp"))
        o.out.with_suffix(".tmp").replace(o.out)

    if o.model:
        held = list(batches(cut(dev, rng), rng))
        difference = Difference(teacher.encoder, views(teacher), held)
        report(student, difference, held)
        teach(student, difference, pieces, held, o, save)
    save()


if __name__ == "__main__":
    main()
