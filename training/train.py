"""Train the reading model: ``python training/train.py EXAMPLES OUT [--encoder FOLDER] [--epochs 4] [--smoke]``.

EXAMPLES is the folder that prepare.py wrote. OUT receives ``last.pt`` every few minutes (a second call goes on from
there; same seed, same batches) and ``model.pt``, the moving average of the weights, at the end.
"""

import argparse
import copy
import math
import os
import time
from pathlib import Path

import torch
import torch.multiprocessing as mp
import torch.nn.functional as F
from examples import collate, epoch, load
from model import ReadingModel, sizes
from tokenizers import Tokenizer

from newslab.model.encoder import WEIGHTS

SHARES = {
    "tags": 8.0,
    "roles": 0.7,
    "spans": 0.5,
    "edges": 3.0,
    "labels": 0.5,
    "pairs": 1.0,
    "five": 0.5,
    "targets": 1.0,
    "links": 1.0,
    "names": 0.5,
}


def losses(model, batch):
    """The loss of each head that the batch has labels for."""
    ids = batch["ids"]
    h = model.encoder(ids, batch["extra"])
    pad, out = ids == 0, {}
    if "tags" in batch:
        row, at = batch["anchors"].T
        tags, roles = model.attributions(h, row, at)
        real = (~pad).float()
        per = F.binary_cross_entropy_with_logits(tags.float(), batch["tags"], reduction="none").mean(-1)
        out["tags"] = (per * real).sum() / real.sum()
        if len(row):
            per = F.binary_cross_entropy_with_logits(roles.float(), batch["masks"], reduction="none").sum(1)
            out["roles"] = (per * real[row]).sum() / len(row) / 8
    if "mentions" in batch:
        row, first, last, kind, form, who = batch["mentions"].T
        scores, begins, ends = (x.float() for x in model.mentions(h))
        truth = torch.zeros_like(scores)
        truth[row, first, last] = 1
        per = F.binary_cross_entropy_with_logits(scores, truth, reduction="none")
        out["spans"] = (per * batch["allowed"]).sum() / max(len(row), 1)
        real = (~pad).float()
        for logits, edge in ((begins, first), (ends, last)):
            truth = torch.zeros_like(logits)
            truth[row, edge] = 1
            per = F.binary_cross_entropy_with_logits(logits, truth, reduction="none")
            out["edges"] = out.get("edges", 0) + (per * real).sum() / real.sum()
        labels = model.mentions.labels(h, row, first, last).float()
        out["labels"] = F.cross_entropy(labels[:, :3], kind) + F.cross_entropy(labels[:, 3:], form)
        if len(row) > 1:
            scores = model.links(h, row, first, last).float()
            ahead = (row[:, None] == row[None]) & (torch.arange(len(row))[:, None] > torch.arange(len(row))[None])
            same = ahead & (who[:, None] == who[None])
            scores = torch.cat([scores.masked_fill(~ahead, -1e4), torch.zeros(len(row), 1)], 1)
            right = torch.cat([same, ~same.any(1, keepdim=True)], 1)
            out["links"] = (scores.logsumexp(1) - scores.masked_fill(~right, -1e4).logsumexp(1)).mean()
    if "chosen" in batch:
        row, first, last = batch["chosen"].T
        scores = model.links(h, row, first, last).float()
        n = torch.arange(0, len(row), 3)
        out["names"] = F.softplus(scores[n, n + 2] - scores[n, n + 1]).mean()
    if len(batch.get("pairs", ())):
        row, p0, p1, q0, q1, y = batch["pairs"].T
        logits = model.stance(h, pad, row, (p0, p1), (q0, q1)).float()
        out["pairs"] = F.cross_entropy(logits, y, weight=torch.tensor([1.0, 1.2, 1.4]))
        if "five" in batch:
            forth, back = logits[0::2].log_softmax(-1), logits[1::2].log_softmax(-1)
            quiet = forth[:, 0] + back[:, 0]
            five = torch.stack([quiet, *(a[:, k] + b[:, 0] for k in (2, 1) for a, b in ((forth, back), (back, forth)))])
            out["five"] = F.cross_entropy(five.T, batch["five"], weight=torch.tensor([1.0, 1.3, 1.6, 1.2, 1.6]))
    if len(batch.get("targets", ())):
        row, s, e, y = batch["targets"].T
        out["targets"] = F.cross_entropy(model.target(h, pad, row, (s, e)).float(), y)
    return out


def groups(model, rate, decay):
    """Parameter groups: new parts learn fast, encoder layers slower the deeper they lie, word vectors not at all."""
    model.encoder.words.weight.requires_grad_(False)
    sets = {}
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        parts = name.split(".")
        if "near" in parts:
            scale = 60.0  # biases by distance: a few large numbers, which small steps would not reach
        elif parts[0] != "encoder":
            scale = 10.0 if parts[0] in ("attributions", "mentions", "links") else 6.0
        elif parts[1] == "layers":
            scale = decay ** (len(model.encoder.layers) - 1 - int(parts[2]))
        else:
            scale = 5.0 if parts[1] in ("shapes", "marks", "starts", "places") else decay ** len(model.encoder.layers)
        sets.setdefault((scale * rate, 0.01 if p.ndim > 1 else 0.0), []).append(p)
    return [{"params": v, "lr": k[0], "peak": k[0], "weight_decay": k[1]} for k, v in sets.items()]


def by_length(lengths, tokens, grid, rng):
    """Numbers of inputs in groups of about one length, to within `grid`, and of so many tokens; groups in any order."""
    groups, group = [], []
    for i in sorted(rng.permutation(len(lengths)), key=lambda i: lengths[i] // grid):
        if group and (len(group) + 1) * (lengths[i] + grid) > tokens:
            groups.append(group)
            group = []
        group.append(i)
    groups.append(group)
    return [groups[k] for k in rng.permutation(len(groups))]


def with_layers(state, n):
    """Weights with `n` of the encoder's layers, first and last among them."""
    have = 1 + max(int(k.split(".")[2]) for k in state if k.startswith("encoder.layers."))
    if n > have:
        raise ValueError(f"these weights have {have} layers, not {n}; give --layers {have}")
    kept = {old: new for new, old in enumerate(round(k * (have - 1) / max(n - 1, 1)) for k in range(n))}
    out = {}
    for key, value in state.items():
        parts = key.split(".")
        if key.startswith("encoder.layers."):
            if int(parts[2]) not in kept:
                continue
            parts[2] = str(kept[int(parts[2])])
        out[".".join(parts)] = value
    return out


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("examples")
    ap.add_argument("out", type=Path)
    ap.add_argument(
        "--encoder",
        type=Path,
        default=WEIGHTS,
        help="folder with tokenizer.json and model.safetensors of MiniLM-L6; without the latter from nothing",
    )
    ap.add_argument("--start", type=Path, help="weights (model.pt) to start from instead of the pretrained encoder")
    ap.add_argument("--layers", type=int, default=6, help="of the encoder; fewer are taken evenly from --start")
    ap.add_argument("--epochs", type=float, default=4)
    ap.add_argument("--rate", type=float, default=1e-4)
    ap.add_argument("--decay", type=float, default=0.9, help="learning rate of a layer over that of the one above")
    ap.add_argument("--tokens", type=int, default=2048)
    ap.add_argument("--gum", type=int, default=3, help="how often an epoch goes through GUM, the smallest set")
    ap.add_argument("--dse", type=int, default=1, help="the same for DSE")
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--minutes", type=float, default=0, help="stretch or cut the schedule to end after so many minutes")
    ap.add_argument("--workers", type=int, default=1, help="1 repeats exactly; 2 is faster on a busy machine")
    ap.add_argument("--smoke", action="store_true", help="eight steps on a few examples, to see that all works")
    o = ap.parse_args()
    torch.manual_seed(o.seed)
    torch.set_num_threads(1)  # before the workers fork
    o.out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(o.encoder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    data = {
        "articles": load(o.examples, "articles_train"),
        "gum": [r for r in load(o.examples, "gum") if r["split"] == "train"],
        "dse": load(o.examples, "dse_train"),
        "newsmtsc": [r for r in load(o.examples, "newsmtsc") if r["split"] == "train"],
        "gap": load(o.examples, "gap_train"),
    }
    if o.smoke:
        data = {k: v[:4] for k, v in data.items()}
    start = with_layers(torch.load(o.start), o.layers) if o.start else None
    model = ReadingModel(**sizes(start)) if start else ReadingModel(layers=o.layers)
    if start:
        model.load_state_dict(start, strict=False)
    elif (o.encoder / "model.safetensors").exists():
        from safetensors.torch import load_file

        model.encoder.load_bert(
            {k.removeprefix("bert."): v for k, v in load_file(str(o.encoder / "model.safetensors")).items()}
        )
    last = o.out / "last.pt"
    state = torch.load(last) if last.exists() else None
    if state:
        model.load_state_dict(state["model"])
    model.share_memory()
    clock = mp.Value("i", state["step"] if state else 0)
    if o.workers == 1:
        work(0, o, model, tokenizer, data, clock, state)
    else:  # workers take batches in turn and update the same weights: no waiting for each other on a busy machine
        context = mp.get_context("fork")
        jobs = [
            context.Process(target=work, args=(r, o, model, tokenizer, data, clock, state)) for r in range(o.workers)
        ]
        for j in jobs:
            j.start()
        for j in jobs:
            j.join()


def work(rank, o, model, tokenizer, data, clock, state):
    """Train on the batches that this worker takes; worker 0 keeps the moving average and the checkpoints."""
    torch.manual_seed(o.seed + rank)
    torch.set_num_threads(int(os.environ.get("THREADS", 2)) if o.workers == 1 else 1)
    average = copy.deepcopy(model)
    optimizer = torch.optim.AdamW(groups(model, o.rate, o.decay), betas=(0.9, 0.98), fused=True)
    spent = 0.0
    if state:
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        spent = state["spent"]
    number = clock.value // max(state["size"], 1) if state else 0
    batches = epoch(tokenizer, data, o.seed * 1000 + number, o.tokens, repeat={"gum": o.gum, "dse": o.dse})
    size = state["size"] if state else len(batches)
    total = 8 if o.smoke else int(o.epochs * size)
    if not rank:
        print(f"{size} steps an epoch, {total} in all, from {clock.value}", flush=True)
    begun, sums, saved, first, own = time.time() - spent, {}, time.time(), clock.value, 0
    started = time.time()
    model.train()
    while True:
        with clock.get_lock():
            step = clock.value
            clock.value += 1
        spent = time.time() - begun
        done = max(step / total, spent / 60 / o.minutes) if o.minutes else step / total
        if done >= 1:
            break
        if step // size != number:
            number = step // size
            batches = epoch(tokenizer, data, o.seed * 1000 + number, o.tokens, repeat={"gum": o.gum, "dse": o.dse})
        _, items = batches[step % size % len(batches)]
        warm = min(1.0, (step + 1) / (40 if o.start else 200))
        for g in optimizer.param_groups:
            g["lr"] = g["peak"] * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
        with torch.autocast("cpu", torch.bfloat16):
            parts = losses(model, collate(items))
        loss = sum(SHARES[k] * v for k, v in parts.items())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        own += 1
        for k, v in parts.items():
            sums.setdefault(k, []).append(v.item())
        if rank:
            continue
        if own % 4 == 0:  # moving average over some 400 to 800 steps
            keep = min(0.99, step / (step + 80))
            with torch.no_grad():
                for a, b in zip(average.parameters(), model.parameters(), strict=True):
                    if b.requires_grad:
                        a.lerp_(b, 1 - keep)
        if own % 50 == 0 or o.smoke:
            means = " ".join(f"{k} {sum(v) / len(v):.3f}" for k, v in sums.items())
            pace = (time.time() - started) / max(step - first, 1)
            print(f"{step}/{total} {time.time() - begun:.0f} s {pace:.2f} s/step {means}", flush=True)
            sums = {}
        if time.time() - saved > 120:
            saved = time.time()
            save(o.out / "last.pt", model, average, optimizer, clock.value, size, time.time() - begun)
    if not rank:
        save(o.out / "last.pt", model, average, optimizer, clock.value, size, time.time() - begun)
        torch.save(average.state_dict(), o.out / "model.pt")
        print("finished", flush=True)


def save(path, model, average, optimizer, step, size, spent):
    """Write a checkpoint, complete or not at all."""
    state = {"model": model.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save(state | {"step": step, "size": size, "spent": spent}, path.with_suffix(".tmp"))
    path.with_suffix(".tmp").replace(path)


if __name__ == "__main__":
    main()
