"""The reading model at run time: numpy, onnxruntime and tokenizers only.

One pass of the encoder turns each window of text into token vectors; everything else (attributions, mentions, stance
of one span towards another, sentiment towards a span) is a few small matrix products over these vectors. The training
scripts take their features from this file, so that training and use cannot drift apart.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np

WINDOW = 256  # tokens of a window, the two special ones included
STRIDE = 176  # tokens from one window to the next
CLS, SEP, PAD = 101, 102, 0
ROLES = ("source", "cue", "content")
TYPES = ("person", "organisation", "place")
KINDS = ("name", "nominal", "pronoun")
STANCE = ("neutral", "negative", "positive")
MARKS = {"“": 1, "«": 1, "”": 2, "»": 2, '"': 3, "‘": 4, "’": 4, "'": 4}
MAX_MENTION = 40  # tokens

_QUOTE = re.compile('["“”]')


def inside_quotes(text):
    """Boolean per character: between double quotation marks (by line; an unclosed mark runs to the end of its line)."""
    inside = np.zeros(len(text) + 1, bool)
    offset = 0
    for line in text.split("\n"):
        opened = None
        for m in _QUOTE.finditer(line):
            closes = m.group() == "”" or (m.group() == '"' and opened is not None)
            if opened is not None:
                inside[offset + opened : offset + m.start()] = True
            opened = None if closes else m.end()
        if opened is not None:
            inside[offset + opened : offset + len(line)] = True
        offset += len(line) + 1
    return inside


def _shape(piece):
    if piece.isalpha():
        if piece.islower():
            return 0
        if len(piece) == 1:
            return 1
        return 2 if piece.isupper() else 1 if piece[1:].islower() else 3
    return 4 if piece.isdigit() else 5 if not piece[:1].isalnum() else 3


def tokenise(tokenizer, text):
    """Token ids (n) and, per token, offsets (n, 2), case shape, quotation mark with state, and paragraph start."""
    e = tokenizer.encode(text, add_special_tokens=False)
    n = len(e.ids)
    offsets = np.array(e.offsets, np.int64).reshape(n, 2)
    inside = inside_quotes(text)
    extra = np.zeros((n, 3), np.int64)
    before = 0
    for i, (s, t) in enumerate(e.offsets):
        piece = text[s:t]
        joined = s == before and i > 0 and piece[:1].isalnum() and text[s - 1].isalnum()
        extra[i] = 1 + 2 * _shape(piece) + joined, 1 + MARKS.get(piece, 0) + 5 * inside[s], 1
        if i == 0 or "\n" in text[before:s]:
            extra[i, 2] = 2
        before = t
    return {"ids": np.array(e.ids, np.int64), "offsets": offsets, "extra": extra}


def window_starts(n, size=WINDOW - 2, stride=STRIDE):
    """Start of each window over ``n`` tokens; the last one ends with the text."""
    if n <= size:
        return [0]
    return [*range(0, n - size, stride), n - size]


def stack(items, length=None):
    """Window pieces (dicts with ``ids`` and ``extra``) as padded arrays with the special tokens: ids, extra."""
    length = length or max(len(w["ids"]) for w in items) + 2
    ids = np.zeros((len(items), length), np.int64)
    extra = np.zeros((len(items), length, 3), np.int64)
    for i, w in enumerate(items):
        n = len(w["ids"])
        ids[i, 0], ids[i, 1 : n + 1], ids[i, n + 1] = CLS, w["ids"], SEP
        extra[i, 1 : n + 1] = w["extra"]
    return ids, extra


def _gelu(x):
    # erf by Abramowitz and Stegun 7.1.26 (error below 2e-7), for numpy has none
    z = np.abs(x) * np.float32(0.70710678)
    t = 1 / (1 + np.float32(0.3275911) * z)
    poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    erf = np.sign(x) * (1 - poly * np.exp(-z * z))
    return (0.5 * x * (1 + erf)).astype(np.float32)


def _sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))


def _softmax(x):
    x = np.exp(x - x.max(-1, keepdims=True))
    return x / x.sum(-1, keepdims=True)


def _bucket(distance):
    """As in training: 0 inside, 1-8 after, 9-16 before, doubling in width."""
    size = np.minimum(np.ceil(np.log2(np.clip(np.abs(distance), 1, 128))).astype(int), 7) + 1
    return np.where(distance == 0, 0, np.where(distance > 0, size, size + 8))


class Encoded:
    """A text after the encoder: ``offsets`` (n, 2), ``extra`` (n, 3) and ``vectors`` (n, dim) of its tokens."""

    def __init__(self, text, tokens):
        self.text, self.offsets, self.extra = text, tokens["offsets"], tokens["extra"]
        self.ids, self.vectors = tokens["ids"], None
        self.joined = (np.maximum(self.extra[:, 0] - 1, 0) % 2).astype(bool)

    def tokens_of(self, span):
        """First and last token of the characters [start, end)."""
        first = int(np.searchsorted(self.offsets[:, 1], span[0], side="right"))
        last = int(np.searchsorted(self.offsets[:, 0], span[1], side="left")) - 1
        if not len(self.ids) or first > last:
            raise ValueError(f"no token of the text of {len(self.text)} characters lies in the span {tuple(span)}")
        return first, last


class Reader:
    """The exported model in ``folder`` (model.onnx, heads.npz, tokenizer.json, config.json).

    Windows of equal padded length share a batch; each text is cut into windows by itself, and every token takes its
    vector from the window in which it stands most centrally. No result depends on what else is in the batch.
    """

    def __init__(self, folder, threads=0, batch_tokens=4096):
        import onnxruntime as ort
        from tokenizers import Tokenizer

        folder = Path(folder)
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = ort.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        with np.load(folder / "heads.npz") as f:
            self.heads = {k: f[k].astype(np.float32) for k in f.files}
        self.batch_tokens = batch_tokens

    # -- encoder ------------------------------------------------------------------------------------------------
    def encode(self, texts, batch_size=None):
        """One `Encoded` for each text."""
        done = [Encoded(t, tokenise(self.tokenizer, t)) for t in texts]
        pieces = []  # padded length, text, start, end
        for i, e in enumerate(done):
            e.vectors = np.zeros((len(e.ids), 384), np.float32)
            for a in window_starts(len(e.ids)) if len(e.ids) else ():
                b = min(a + WINDOW - 2, len(e.ids))
                pieces.append((min(-(-(b - a + 2) // 16) * 16, WINDOW), i, a, b))
        pieces.sort()
        at = 0
        while at < len(pieces):
            length = pieces[at][0]
            size = batch_size or max(1, self.batch_tokens // length)
            batch = [p for p in pieces[at : at + size] if p[0] == length]
            at += len(batch)
            items = [{"ids": done[i].ids[a:b], "extra": done[i].extra[a:b]} for _, i, a, b in batch]
            ids, extra = stack(items, length)
            (vectors,) = self.session.run(None, {"ids": ids, "extra": extra})
            for (_, i, a, b), v in zip(batch, vectors, strict=True):
                n = len(done[i].ids)
                starts = window_starts(n)
                k = starts.index(a)
                # half of what two neighbouring windows share belongs to each
                lo = a if k == 0 else (starts[k - 1] + WINDOW - 2 + a) // 2
                hi = b if k == len(starts) - 1 else (b + starts[k + 1]) // 2
                done[i].vectors[lo:hi] = v[1 + lo - a : 1 + hi - a]
        return done

    def _linear(self, name, x):
        return x @ self.heads[f"{name}.weight"].T + self.heads[f"{name}.bias"]

    # -- attributions -------------------------------------------------------------------------------------------
    def tags(self, e):
        """Probabilities (n, 4) that a token opens a cue, or lies in some source, cue, content."""
        return _sigmoid(self._linear("attributions.tags", e.vectors))

    def _attributions(self, e):
        if not len(e.ids):
            return []
        limit = self.config["thresholds"]
        logits = self._linear("attributions.tags", e.vectors)
        opens = _sigmoid(logits[:, 0])
        padded = np.pad(opens, 2)
        best = np.max([padded[k : k + len(opens)] for k in range(5)], axis=0)
        anchors = np.flatnonzero((opens >= limit["anchor"]) & (opens == best))
        keys = self._linear("attributions.key", e.vectors).reshape(-1, 3, 128)
        found = []
        for a in anchors:
            lo, hi = max(0, a - WINDOW + 2), min(len(opens), a + WINDOW - 2)
            q = self._linear("attributions.query", e.vectors[a]).reshape(3, 128)
            scores = np.einsum("rd,trd->tr", q, keys[lo:hi]) * 128**-0.5 + logits[lo:hi, 1:]
            scores += self.heads["attributions.near.weight"][_bucket(np.arange(lo, hi) - a)]
            p = _sigmoid(scores)
            parts = {"probability": round(float(opens[a]), 5)}
            for k, role in enumerate(ROLES):
                runs = self._runs(e, p[:, k], lo, limit[role])
                if role == "cue":
                    runs = [r for r in runs if r[0] <= a < r[1]] or [self._word(e, a)]
                elif role == "source" and runs:
                    top = max(r[2] for r in runs)
                    runs = [r for r in runs if r[2] == top][:1]
                elif role == "content":
                    runs = [r for r in runs if r[2] >= 0.1 + limit[role] or r[1] - r[0] > 4]
                parts[role] = [(int(e.offsets[r[0], 0]), int(e.offsets[r[1] - 1, 1])) for r in runs]
            if parts["content"]:
                found.append(parts)
        return found

    def _word(self, e, at):
        end = at + 1
        while end < len(e.ids) and e.joined[end]:
            end += 1
        return at, end, 1.0

    def _runs(self, e, p, lo, limit):
        """Runs of words whose probability passes the limit (start, end, highest), small gaps between them closed."""
        n = len(p)
        first = np.flatnonzero(~e.joined[lo : lo + n])
        if not len(first):
            return []
        if first[0]:
            first = np.r_[0, first]
        last = np.r_[first[1:], n]
        word = np.maximum.reduceat(p, first)
        runs = []
        for k in np.flatnonzero(word >= limit):
            if runs and k - runs[-1][1] <= 2 and word[runs[-1][1] : k].min(initial=1) >= limit * 0.3:
                runs[-1] = [runs[-1][0], k + 1, max(runs[-1][2], word[k])]
            else:
                runs.append([k, k + 1, word[k]])
        out = []
        for a, b, top in runs:
            s, t = lo + first[a], lo + last[b - 1]
            if any(c.isalnum() for c in e.text[e.offsets[s, 0] : e.offsets[t - 1, 1]]):
                out.append((int(s), int(t), float(top)))
        return out

    def attributions(self, text):
        """Who says what: a list of {"source", "cue", "content": lists of spans, "probability"}, in order of the cue."""
        return self.attributions_many([text])[0]

    def attributions_many(self, texts, batch_size=None):
        return [self._attributions(e) for e in self.encode(texts, batch_size)]

    # -- mentions -----------------------------------------------------------------------------------------------
    def _mentions(self, e):
        n, limit = len(e.ids), self.config["thresholds"]["mention"]
        if not n:
            return []
        h, w = e.vectors, self.heads
        left = _gelu(self._linear("mentions.first", h)) @ w["mentions.weight"]
        right = _gelu(self._linear("mentions.last", h))
        first1, last1 = self._linear("mentions.first1", h)[:, 0], self._linear("mentions.last1", h)[:, 0]
        spans = []
        for a in range(0, n, 256):  # the band of spans of at most MAX_MENTION tokens, in blocks
            b, c = min(a + 256, n), min(a + 256 + MAX_MENTION, n)
            s = _sigmoid(left[a:b] @ right[a:c].T + first1[a:b, None] + last1[None, a:c])
            i, j = np.nonzero(s >= limit)
            keep = (j >= i) & (j - i < MAX_MENTION)
            spans += [(float(s[x, y]), a + x, a + y) for x, y in zip(i[keep], j[keep], strict=True)]
        chosen = []
        for p, i, j in sorted(spans, reverse=True):  # nested mentions stay, crossing ones do not
            if not e.joined[i] and not (j + 1 < n and e.joined[j + 1]):
                if not any(i < x <= j < y or x < i <= y < j for _, x, y in chosen):
                    chosen.append((p, i, j))
        chosen.sort(key=lambda x: (x[1], -x[2]))
        if not chosen:
            return []
        first, last = np.array([x[1] for x in chosen]), np.array([x[2] for x in chosen])
        labels = self._linear("mentions.label", _gelu(self._linear("mentions.hidden", np.c_[h[first], h[last]])))
        return [
            (int(e.offsets[i, 0]), int(e.offsets[j, 1]), TYPES[y[:3].argmax()], KINDS[y[3:].argmax()], round(p, 5))
            for (p, i, j), y in zip(chosen, labels, strict=True)
        ]

    def mentions(self, text):
        """Mentions as (start, end, type, kind, probability); nested ones included."""
        return self.mentions_many([text])[0]

    def mentions_many(self, texts, batch_size=None):
        return [self._mentions(e) for e in self.encode(texts, batch_size)]

    # -- stance and target sentiment ----------------------------------------------------------------------------
    def _classify(self, head, e, items):
        """Logits (items, 3) of a span head; each item is a tuple of token spans (first, last)."""
        w, h, n = self.heads, e.vectors, len(e.ids)
        key, value = self._linear(f"{head}.key", h), self._linear(f"{head}.value", h)
        out = np.zeros((len(items), 3), np.float32)
        for i, spans in enumerate(items):
            lo, hi = min(s[0] for s in spans), max(s[1] for s in spans) + 1
            room = max(WINDOW - 2 - (hi - lo), 64)  # tokens of the window beside the spans, half on each side
            lo, hi = max(0, lo - room // 2), min(n, hi + room // 2)
            at, vectors, bias = np.arange(lo, hi), [], 0
            for k, (first, last) in enumerate(spans):
                x = np.r_[h[first], h[last], h[first : last + 1].mean(0)]
                vectors.append(_gelu(self._linear(f"{head}.span.{k}", x)))
                distance = np.maximum(at - last, 0) + np.minimum(at - first, 0)
                bias = bias + w[f"{head}.near.{k}.weight"][_bucket(distance)]
            v = np.concatenate(vectors)
            q = self._linear(f"{head}.query", v).reshape(4, -1)
            scores = np.einsum("hd,thd->ht", q, key[lo:hi].reshape(hi - lo, 4, -1)) * q.shape[1] ** -0.5 + bias.T
            context = np.einsum("ht,thd->hd", _softmax(scores), value[lo:hi].reshape(hi - lo, 4, -1))
            hidden = _gelu(self._linear(f"{head}.hidden", np.r_[v, context.ravel()]))
            out[i] = self._linear(f"{head}.out", hidden)
        return out

    def _span_head(self, head, texts, groups, batch_size=None):
        """Probabilities for items (one tuple of character spans each) in the order given; a text is encoded once."""
        order = {}
        for i, t in enumerate(texts):
            order.setdefault(t, []).append(i)
        out = np.zeros((len(texts), 3))
        for e in self.encode(list(order), batch_size):
            index = order[e.text]
            items = [tuple(e.tokens_of(s) for s in groups[i]) for i in index]
            out[index] = _softmax(self._classify(head, e, items) / self.config["temperatures"][head])
        return [{k: round(float(x), 5) for k, x in zip(STANCE, row, strict=True)} for row in out]

    def stance(self, text, p, q):
        """Probabilities that the actor at span ``p`` is negative, neutral, positive towards the one at ``q``."""
        return self.stance_many([text], [p], [q])[0]

    def stance_many(self, texts, ps, qs, batch_size=None):
        return self._span_head("stance", texts, list(zip(ps, qs, strict=True)), batch_size)

    def target_sentiment(self, text, span):
        """Probabilities that the text is negative, neutral, positive towards the span."""
        return self.target_sentiment_many([text], [span])[0]

    def target_sentiment_many(self, texts, spans, batch_size=None):
        return self._span_head("target", texts, [(s,) for s in spans], batch_size)
