"""Examples → batches of token arrays with labels, with replacement of names so that the model learns the words."""

import json
import re

import numpy as np
import torch

from newslab.model.encoder import WINDOW, cut_windows, stack, tokenize
from newslab.model.heads import KINDS, LONGEST, ROLES, TYPES
from newslab.model.judging import FIRST, LAST


def load(folder, name):
    with open(f"{folder}/{name}.jsonl", encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def substitute(text, edits):
    """Text with each (start, end, new) replaced, and a function that takes old positions to new ones."""
    out, at, shifts, shift = [], 0, [(0, 0)], 0
    for s, e, new in sorted(edits):
        out += [text[at:s], new]
        at = e
        shift += len(new) - (e - s)
        shifts.append((e, shift))
    ends = np.array([x for x, _ in shifts])
    moves = np.array([x for _, x in shifts])
    return "".join(out) + text[at:], lambda p: int(p + moves[np.searchsorted(ends, p, side="right") - 1])


def rename(text, spans, rng):
    """Invented names for the names in ``spans``, the same name for the same word all through the text."""
    words = {}
    for s, e in spans:
        name = re.findall(r"[A-Z][\w-]+", text[s:e])
        if not name or len(name) > 3 or any(w.isupper() for w in name) or text[s:e][0].islower():
            continue
        for w in name[:-1]:
            words.setdefault(w, str(rng.choice(FIRST)))
        words.setdefault(name[-1], str(rng.choice(LAST)))
    if not words:
        return text, lambda p: p
    pattern = r"\b(" + "|".join(map(re.escape, words)) + r")\b"
    return substitute(text, [(*m.span(), words[m.group()]) for m in re.finditer(pattern, text)])


def token_span(t, span):
    """First and last token of a span of characters, or None."""
    first = int(np.searchsorted(t.offsets[:, 1], span[0], side="right"))
    last = int(np.searchsorted(t.offsets[:, 0], span[1], side="left")) - 1
    return (first, last) if first <= last else None


def windows(t, rng):
    """Windows as in reading, in training of another length for each text and pass."""
    most = () if rng is None else (int(rng.integers(130, 239)),)
    return [read for read, _ in cut_windows(t, *most)]


def part(t, a, b):
    return {"ids": t.ids[a:b], "extra": t.extra[a:b]}


def article_windows(tokenizer, row, rng=None):
    text, move = row["text"], lambda p: p
    people = [i for i, a in enumerate(row.get("actors", ())) if a["type"] == "person"]
    if rng is not None and people:
        chosen = {i for i in people if rng.random() < 0.5}
        text, move = rename(text, [m[:2] for m in row["mentions"] if m[2] in chosen], rng)
    t = tokenize(tokenizer, text)
    span = lambda s: token_span(t, (move(s[0]), move(s[1])))  # noqa: E731
    found = [{r: [x for x in map(span, a[r]) if x] for r in ROLES} for a in row["attributions"]]
    pairs = [(span(p[:2]), span(p[2:4]), p[4]) for p in row.get("pairs", ())]
    targets = [(span(x[:2]), x[2]) for x in row.get("targets", ())]
    for a, b in windows(t, rng):
        n = b - a
        w = part(t, a, b) | {"tags": np.zeros((n, 4), np.float32), "anchors": [], "masks": []}
        for f in found:
            for k, r in enumerate(ROLES):
                for s, e in f[r]:
                    w["tags"][max(s - a, 0) : max(e + 1 - a, 0), k + 1] = 1
            at = f["cue"][0][0] - a if f["cue"] else -1
            if 0 <= at < n:
                w["tags"][at, 0] = 1
                mask = np.zeros((3, n), np.float32)
                for k, r in enumerate(ROLES):
                    for s, e in f[r]:
                        mask[k, max(s - a, 0) : max(e + 1 - a, 0)] = 1
                w["anchors"].append(at)
                w["masks"].append(mask)
        within = lambda s, a=a, b=b: s and a <= s[0] and s[1] < b  # noqa: E731
        shift = lambda s, a=a: (s[0] - a, s[1] - a)  # noqa: E731
        here = [(shift(p), shift(q), y) for p, q, y in pairs if within(p) and within(q)]
        if rng is not None:  # three times as many pairs without stance as with, at least six
            none = [x for x in here if not x[2]]
            some = [x for x in here if x[2]][:24]
            keep = rng.permutation(len(none))[: max(6, 3 * len(some))]
            here = some + [none[i] for i in keep]
        w["pairs"] = here
        w["targets"] = [(shift(x), y) for x, y in targets if within(x)]
        yield w


def gum_windows(tokenizer, row, rng=None):
    t = tokenize(tokenizer, row["text"])
    spans = [(token_span(t, m[:2]), TYPES.index(m[2]), KINDS.index(m[3]), m[4]) for m in row["mentions"]]
    for a, b in windows(t, rng):
        inside = [(s[0] - a, s[1] - a, y, k, c) for s, y, k, c in spans if s and a <= s[0] and s[1] < b]
        inside.sort(key=lambda x: (x[0], -x[1]))
        yield part(t, a, b) | {"mentions": inside}


def gap_window(tokenizer, row, rng=None):
    """The pronoun comes last; only names ahead of it are candidates, as in reading."""
    text = row["text"]
    t = tokenize(tokenizer, text)
    at = token_span(t, row["pronoun"])
    a = max(0, min(at[1] - WINDOW + 2 + 20, len(t.ids) - WINDOW + 2))
    w = part(t, a, a + WINDOW)
    names = [(token_span(t, x[:2]), x[2]) for x in row["names"]]
    names = [(s[0] - a, s[1] - a, ok) for s, ok in names if a <= s[0] and s[1] < at[0]]
    if any(ok for *_, ok in names) and len(names) == 2:
        yield w | {"chosen": [(at[0] - a, at[1] - a), names]}


def dse_window(tokenizer, row, rng=None):
    text, p, q = row["text"], row["p"], row["q"]
    if rng is not None:
        draw = rng.random()
        if draw < 0.1:
            text, move = substitute(text, [(*p, text[slice(*q)]), (*q, text[slice(*p)])])
            p, q = [p[0], move(p[1])], [move(q[0]), move(q[1])]
        elif draw < 0.35:
            text, move = rename(text, [s for s in (p, q) if rng.random() < 0.7], rng)
            p, q = list(map(move, p)), list(map(move, q))
    t = tokenize(tokenizer, text)
    ps, qs = token_span(t, p), token_span(t, q)
    forth, back = {0: (0, 0), 1: (2, 0), 2: (0, 2), 3: (1, 0), 4: (0, 1)}[row["label"]]
    yield part(t, 0, WINDOW) | {"pairs": [(ps, qs, forth), (qs, ps, back)], "five": row["label"]}


def target_window(tokenizer, row, rng=None):
    text, targets = row["text"], row["targets"]
    if rng is not None and rng.random() < 0.35:
        text, move = rename(text, [x[:2] for x in targets], rng)
        targets = [(move(s), move(e), y) for s, e, y in targets]
    t = tokenize(tokenizer, text)
    spans = [(token_span(t, x[:2]), x[2]) for x in targets]
    yield part(t, 0, WINDOW) | {"targets": [x for x in spans if x[0] and x[0][1] < WINDOW]}


MAKE = {
    "articles": article_windows,
    "gum": gum_windows,
    "gap": gap_window,
    "dse": dse_window,
    "newsmtsc": target_window,
}


def collate(items):
    """One batch: ids, extra and the labels as tensors; token indices count the leading special token."""
    ids, extra = stack([w["ids"] for w in items], [w["extra"] for w in items])
    batch = {"ids": torch.from_numpy(ids), "extra": torch.from_numpy(extra)}
    b, t = ids.shape
    if "tags" in items[0]:
        tags = np.zeros((b, t, 4), np.float32)
        anchors = [(i, at + 1, m) for i, w in enumerate(items) for at, m in zip(w["anchors"], w["masks"], strict=True)]
        masks = np.zeros((len(anchors), 3, t), np.float32)
        for k, (_, _, m) in enumerate(anchors):
            masks[k, :, 1 : m.shape[1] + 1] = m
        for i, w in enumerate(items):
            tags[i, 1 : len(w["tags"]) + 1] = w["tags"]
        batch["tags"], batch["masks"] = torch.from_numpy(tags), torch.from_numpy(masks)
        batch["anchors"] = torch.tensor([(i, at) for i, at, _ in anchors], dtype=torch.long).view(-1, 2)
    if "mentions" in items[0]:
        rows = [(i, s + 1, e + 1, y, k, c) for i, w in enumerate(items) for s, e, y, k, c in w["mentions"]]
        batch["mentions"] = torch.tensor(rows, dtype=torch.long).view(-1, 6)
        at = torch.arange(t)
        width = at[None] - at[:, None]
        n = torch.tensor([len(w["ids"]) for w in items])
        real = (at[None] >= 1) & (at[None] <= n[:, None])
        batch["allowed"] = ((width >= 0) & (width < LONGEST))[None] & real[:, :, None] & real[:, None]
    if "chosen" in items[0]:  # rows of three: the pronoun, the name that it means, the other
        rows = []
        for i, w in enumerate(items):
            (a, b), names = w["chosen"]
            rows.append((i, a + 1, b + 1))
            rows += [(i, s + 1, e + 1) for s, e, _ in sorted(names, key=lambda x: not x[2])]
        batch["chosen"] = torch.tensor(rows, dtype=torch.long).view(-1, 3)
    if "pairs" in items[0]:
        rows = [(i, *(x + 1 for x in p), *(x + 1 for x in q), y) for i, w in enumerate(items) for p, q, y in w["pairs"]]
        batch["pairs"] = torch.tensor(rows, dtype=torch.long).view(-1, 6)
    if "targets" in items[0]:
        rows = [(i, *(x + 1 for x in s), y) for i, w in enumerate(items) for s, y in w["targets"]]
        batch["targets"] = torch.tensor(rows, dtype=torch.long).view(-1, 4)
    if "five" in items[0]:
        batch["five"] = torch.tensor([w["five"] for w in items])
    return batch


def epoch(tokenizer, data, seed, tokens=2048, tasks=tuple(MAKE), repeat=None):
    """All batches of one epoch, shuffled: lists of (task, windows), of about ``tokens`` tokens each."""
    rng = np.random.default_rng(seed)
    batches = []
    for task in tasks:
        items = [
            w for _ in range((repeat or {}).get(task, 1)) for row in data[task] for w in MAKE[task](tokenizer, row, rng)
        ]
        order = sorted(rng.permutation(len(items)), key=lambda i: len(items[i]["ids"]) // 4)
        group = []
        for i in order:
            longest = max([len(items[j]["ids"]) + 2 for j in [*group, i]])
            if group and longest * (len(group) + 1) > tokens:
                batches.append((task, [items[j] for j in group]))
                group = []
            group.append(i)
        if group:
            batches.append((task, [items[j] for j in group]))
    return [batches[i] for i in rng.permutation(len(batches))]
