"""What is read off the encoder's vectors: attributions, mentions, antecedents, stance, sentiment towards a target.

Each head is a few matrix products over the vectors of one text, in numpy; the same formulas in torch are in
``training/model.py``. Spans go in and come out as characters ``[start, end)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.special import expit, logit, softmax

from newslab.model.encoder import WINDOW, Array, Encoded
from newslab.text import Span

ROLES = ("source", "cue", "content")
TYPES = ("person", "organisation", "place")
KINDS = ("name", "nominal", "pronoun")
STANCES = ("neutral", "negative", "positive")
LONGEST = 40  # pieces of a mention
_BLOCK = 64  # pieces at which mentions may begin that are looked at together
_GRID = 64  # windows of context start at multiples of this many pieces, so that spans close together share one
_FARTHEST = 512  # pieces back that an antecedent may stand
# Logarithm of the least attention beside the highest; the product of two such is still a number
_FAINTEST = np.float32(-40)
_SECTION = 4096  # pieces, and items to be classified, whose products are in memory at once; few articles have more

# Layers over spans, for which their pieces stand side by side
_OF_SPANS = ("mentions.hidden", "links.query", "links.key", "stance.span.0", "stance.span.1", "target.span.0")

_Run = tuple[int, int, float]  # first piece, end, highest probability


class FoundAttribution(NamedTuple):
    """Source, cue and content as spans, and the probability that somebody is quoted here."""

    source: list[Span]
    cue: list[Span]
    content: list[Span]
    probability: float


@dataclass(slots=True)
class _Anchored:
    """An attribution being put together: the piece `at` opens its cue; `pull` is its hold on the pieces from `low`."""

    at: int
    low: int
    pull: Array  # roles × pieces
    runs: dict[str, list[_Run]]
    probability: float


class _Words:
    """Which pieces are the words of a text."""

    def __init__(self, e: Encoded) -> None:
        opens = ~e.joined
        opens[:1] = True
        self.e = e
        self.opens: list[int] = [*np.flatnonzero(opens).tolist(), len(e.ids)]  # first piece of each, and the end of all
        self.of: list[int] = (np.cumsum(opens) - 1).tolist()  # of each piece

    def runs(self, p: Array, low: int, limit: float) -> list[_Run]:
        """Stretches of whole words with a piece that reaches the limit, small gaps between them closed.

        `p` are the probabilities of the pieces from `low`; a word that these cut into counts as far as they go.
        """
        high = np.zeros(len(p) + 2, bool)
        np.greater_equal(p, limit, out=high[1:-1])
        cuts = (high[1:] != high[:-1]).nonzero()[0].tolist()  # where pieces begin and end to reach it
        opens, of, end = self.opens, self.of, low + len(p)
        runs: list[tuple[int, int, float]] = []  # in words
        for a, b in zip(cuts[::2], cuts[1::2], strict=True):
            k, top = of[low + a], float(p[a:b].max())
            first, last, highest = runs[-1] if runs else (-1, -9, 0.0)
            between = range(last + 1, k)
            if len(between) <= 2 and all(p[opens[w] - low : opens[w + 1] - low].max() >= limit * 0.3 for w in between):
                runs[-1] = (first, of[low + b - 1], max(highest, top))
            else:
                runs.append((k, of[low + b - 1], top))
        out = [(max(opens[a], low), min(opens[b + 1], end), top) for a, b, top in runs]
        return [run for run in out if any(map(str.isalnum, self.e.text[slice(*self.e.span(run[0], run[1] - 1))]))]


class FoundMention(NamedTuple):
    """A mention with its type and kind."""

    start: int
    end: int
    type: str
    kind: str
    probability: float


class Heads:
    """The heads; `weights` and `config` are those of the :class:`~newslab.model.encoder.Encoder`."""

    def __init__(self, weights: dict[str, Array], config: dict[str, Any]) -> None:
        self.weights, self.config = {**weights}, config
        width = weights["attributions.query.weight"].shape[1]
        for name in _OF_SPANS:
            whole, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
            self.weights[f"{name}.piece.weight"] = np.asfortranarray(whole.reshape(len(whole), -1, width).sum(axis=1))
            self.weights[f"{name}.piece.bias"] = bias
        self.limits: dict[str, float] = config["thresholds"]
        # Of both heads for windows of the usual length, and a few longer ones
        self.sides = lru_cache(8)(partial(_sides, self.weights))
        self.around = weights["attributions.near.weight"].T[:, _bucket(np.arange(-WINDOW, WINDOW))]

    def _linear(self, name: str, x: Array) -> Array:
        out = x @ self.weights[f"{name}.weight"].T
        out += self.weights[f"{name}.bias"]
        return out

    def _of_spans(self, names: Sequence[str], vectors: Array, first: Array, last: Array) -> list[Array]:
        """What layers make of the first and last pieces of spans side by side, and of the mean of all, if they take it.

        Most spans are of one piece, which is first, last and mean, so that it is multiplied by the sum of the weights.
        """
        out = [np.empty((len(first), len(self.weights[f"{name}.bias"])), np.float32) for name in names]
        mean = self.weights[f"{names[0]}.weight"].shape[1] == 3 * vectors.shape[1]
        for suffix, chosen in (("", np.flatnonzero(first < last)), (".piece", np.flatnonzero(first == last))):
            for some in (chosen[a:b] for a, b in _sections(len(chosen), _SECTION // 2)):
                x = vectors[first[some]]
                if not suffix:
                    means = [_means(vectors, first[some], last[some])] if mean else []
                    x = np.concatenate([x, vectors[last[some]], *means], axis=1)
                for array, name in zip(out, names, strict=True):
                    array[some] = self._linear(name + suffix, x)
        return out

    # ---- attributions: a cue is an anchor that points at the words of its source and content -----------------------

    def attributions(self, e: Encoded) -> list[FoundAttribution]:
        """Who says what, in order of the cues."""
        if not len(e.ids):
            return []
        logits = self._linear("attributions.tags", e.vectors)
        tags = expit(logits)
        anchors, words, found = self._anchors(tags[:, 0]), _Words(e), []
        asked, level = self._asked(e.vectors[anchors])
        for a, b in _sections(len(e.ids), WINDOW):
            here = slice(*np.searchsorted(anchors, (a, b)).tolist())
            before, near = max(0, a - WINDOW), e.vectors[max(0, a - WINDOW) : b + WINDOW]
            answers = near @ asked[here].reshape(-1, near.shape[1]).T
            answers = np.ascontiguousarray(answers.T).reshape(-1, 3, len(near))
            answers += level[here, :, None]
            for at, answer in zip(anchors[here].tolist(), answers, strict=True):
                found.append(self._pointed(words, at, logits, tags, answer, before))
        found += self._adopt(words, tags[:, 3], found)
        found = sorted((a for a in found if a.runs["content"]), key=lambda a: a.at)
        for a in found:
            self._with_source(words, a, tags[:, 1])
        return [
            FoundAttribution(*([e.span(s, t - 1) for s, t, _ in a.runs[role]] for role in ROLES), a.probability)
            for a in found
        ]

    def _anchors(self, opens: Array) -> Array:
        """Pieces that may open a cue: peaks of the tag, the weak ones too."""
        padded = np.pad(opens, 2)
        peak = np.max([padded[k : k + len(opens)] for k in range(5)], axis=0)
        return np.flatnonzero((opens >= self.limits["weak"]) & (opens == peak))

    def _asked(self, vectors: Array) -> tuple[Array, Array]:
        """What anchors ask of a piece: with which vectors its own is multiplied, one for each role, and what is added.

        There are far fewer anchors than pieces. So the keys' weights go to the queries, and no piece needs keys.
        """
        keys = self.weights["attributions.key.weight"].reshape(3, -1, vectors.shape[1])
        query = self._linear("attributions.query", vectors).reshape(len(vectors), *keys.shape[:2])
        query *= np.float32(keys.shape[1] ** -0.5)
        level = (query * self.weights["attributions.key.bias"].reshape(keys.shape[:2])).sum(2)
        return (query.transpose(1, 0, 2) @ keys).transpose(1, 0, 2), level

    def _pointed(self, words: _Words, at: int, logits: Array, tags: Array, answers: Array, before: int) -> _Anchored:
        """What content the cue that opens at a piece points at; its other words are looked for once it has some.

        `answers` are those of the pieces from `before`.
        """
        low, high = max(0, at - WINDOW), min(len(tags), at + WINDOW)
        p = answers[:, low - before : high - before] + logits[low:high, 1:].T
        p += self.around[:, low - at + WINDOW : high - at + WINDOW]
        p = np.float32(0.5) + np.float32(0.5) * np.tanh(np.float32(0.5) * p)
        content: list[_Run] = []
        if tags[at, 0] >= self.limits["anchor"]:  # a weaker cue counts only for content that no other cue claims
            runs = words.runs(p[2], low, self.limits["content"])
            content = [r for r in runs if r[2] >= self.limits["content"] + 0.1 or r[1] - r[0] > 4]
        return _Anchored(at, low, p, {"content": content}, float(tags[at, 0]))

    def _with_source(self, words: _Words, a: _Anchored, is_source: Array) -> None:
        """Add the source and the cue to an attribution; content that no cue claims has neither."""
        source, cue = (words.runs(a.pull[k], a.low, self.limits[ROLES[k]]) for k in (0, 1))
        if not source:  # no clear source: the likeliest words among those tagged as somebody's source
            weak = np.where(is_source[a.low : a.low + a.pull.shape[1]] < 0.5, 0, a.pull[0])
            source = words.runs(weak, a.low, self.limits["source"] / 3)
        a.runs["source"] = sorted(source, key=lambda r: -r[2])[:1]
        if a.pull.size:
            cue = [r for r in cue if r[0] <= a.at < r[1]] or [(a.at, words.opens[words.of[a.at] + 1], 1.0)]
        a.runs["cue"] = cue

    def _adopt(self, words: _Words, content: Array, found: list[_Anchored]) -> list[_Anchored]:
        """Give content that its tag shows and no cue claims to the likeliest cue in reach, else to nobody."""
        loose = content.copy()
        for a in found:
            for s, t, _ in a.runs["content"]:
                loose[s:t] = 0
        orphans = []
        for s, t, top in words.runs(loose, 0, self.limits["loose"]):
            if t - s < 3:
                continue
            near = [
                (float(a.pull[2, s - a.low : t - a.low].sum() / (t - s)), -k)
                for k, a in enumerate(found)
                if a.low <= s and t - a.low <= a.pull.shape[1]
            ]
            likely, k = max(near, default=(0.0, 0))
            if likely >= self.limits["claim"]:
                found[-k].runs["content"] = _with_run(found[-k].runs["content"], (s, t, top))
            elif t - s >= 6:
                orphans.append(_Anchored(s, s, np.zeros((len(ROLES), 0)), {"content": [(s, t, top)]}, top))
        return orphans

    # ---- mentions and their antecedents ----------------------------------------------------------------------------

    def mentions(self, e: Encoded) -> list[FoundMention]:
        """Mentions in reading order, the doubtful ones too; one may stand inside another, none cross."""
        n = len(e.ids)
        if not n:
            return []
        h, limit = e.vectors, self.limits["doubtful"]
        begins, ends = (self._linear(f"mentions.{k}1", h)[:, 0] for k in ("first", "last"))
        by_length = self.weights["mentions.near.weight"][:, 0]
        starts_word, ends_word = ~e.joined, np.append(~e.joined[1:], True)
        spans: list[tuple[float, int, int]] = []
        least = logit(limit)
        width = np.arange(_BLOCK + LONGEST)[None] - np.arange(_BLOCK)[:, None]
        band = (width >= 0) & (width < LONGEST)
        near = np.where(band, by_length[np.clip(width, 0, LONGEST - 1)], -np.inf)
        for low, high in _sections(n):
            left, right = (gelu(e.product(f"mentions.{k}", low, high + LONGEST)) for k in ("first", "last"))
            left = left @ self.weights["mentions.weight"]
            for a in range(low, high, _BLOCK):  # the band of short spans, in blocks
                b, c = min(a + _BLOCK, high), min(a + _BLOCK + LONGEST, n)
                scores = left[a - low : b - low] @ right[a - low : c - low].T + begins[a:b, None] + ends[None, a:c]
                scores += near[: b - a, : c - a]
                i, j = np.nonzero((scores >= least) & starts_word[a:b, None] & ends_word[None, a:c])
                spans += zip(expit(scores[i, j]).tolist(), (i + a).tolist(), (j + a).tolist(), strict=True)
        chosen = _uncrossed(spans)
        if not chosen:
            return []
        first, last = (np.array([c[k] for c in chosen]) for k in (1, 2))
        labels = self._linear("mentions.label", gelu(*self._of_spans(["mentions.hidden"], h, first, last)))
        types, kinds = labels[:, :3].argmax(1), labels[:, 3:].argmax(1)
        return [
            FoundMention(*e.span(i, j), TYPES[t], KINDS[k], p)
            for (p, i, j), t, k in zip(chosen, types, kinds, strict=True)
        ]

    def links(self, e: Encoded, spans: Sequence[Span], least: float = 0.0) -> list[list[tuple[int, float]]]:
        """For each span the spans ahead of it within reach, by index, and the probability that each is the same actor.

        The probabilities of one span and the one that it is nobody mentioned before sum to 1; those below `least` are
        left out.
        """
        if not spans:
            return []
        pieces = e.pieces(spans)
        query, key = self._of_spans(["links.query", "links.key"], e.vectors, *pieces.T)
        near, bias = self.weights["links.near.weight"][:, 0], float(self.weights["links.bias"][0])
        distance = np.arange(1, _FARTHEST + 1)
        near = near[np.minimum(np.ceil(np.log2(distance)).astype(int), len(near) - 1)] + bias  # at each distance
        query *= np.float32(query.shape[1] ** -0.5)
        first = np.searchsorted(pieces[:, 0], pieces[:, 0] - _FARTHEST)  # within reach of each span
        out: list[list[tuple[int, float]]] = [[] for _ in spans]
        for a, b in _sections(len(spans), _BLOCK):
            low = int(first[a])
            k, j = np.arange(a, b), np.arange(low, b)
            distance = np.clip(pieces[k, 0][:, None] - pieces[j, 1], 1, _FARTHEST)
            scores = query[a:b] @ key[low:b].T + near[distance - 1]
            ahead = (j < k[:, None]) & (j >= first[k, None])
            scores[~ahead] = -np.inf
            highest = scores.max(axis=1, initial=0.0)
            odds = np.exp(scores - highest[:, None])
            odds /= (odds.sum(axis=1) + np.exp(-highest))[:, None]
            row, column = np.nonzero(ahead & (odds >= least))
            found = zip((a + row).tolist(), (low + column).tolist(), odds[row, column].tolist(), strict=True)
            for n, one, chance in found:
                out[n].append((one, chance))
        return out

    # ---- stance of one span towards another, and of the text towards a span ----------------------------------------

    def stance(self, e: Encoded, spans: Sequence[Span], pairs: Sequence[tuple[int, int]]) -> Array:
        """Probabilities (pairs, 3) of :data:`STANCES`: the first of two spans, named by number, towards the second."""
        return self._classified("stance", e, spans, np.array(pairs, np.int64).reshape(-1, 2))

    def sentiment(self, e: Encoded, spans: Sequence[Span]) -> Array:
        """Probabilities (spans, 3) of :data:`STANCES` towards each span."""
        return self._classified("target", e, spans, np.arange(len(spans))[:, None])

    def _classified(self, head: str, e: Encoded, spans: Sequence[Span], items: Array) -> Array:
        if not len(items):
            return np.zeros((0, len(STANCES)))
        pieces = e.pieces(spans)[items]
        windows = _contexts(pieces, len(e.ids))
        section = windows[:, 0] // _SECTION
        out = np.zeros((len(items), len(STANCES)))
        for s in np.unique(section).tolist():
            rows = np.flatnonzero(section == s)
            low, high = s * _SECTION, max((s + 1) * _SECTION, windows[rows, 1].max())
            of_pieces = [e.vectors[low:high], *(e.product(f"{head}.{x}", low, high) for x in ("key", "value"))]
            for k in range(0, len(rows), _SECTION):
                some = rows[k : k + _SECTION]
                out[some] = self._classified_near(head, *of_pieces, pieces[some] - low, windows[some] - low)
        return out

    def _classified_near(
        self, head: str, vectors: Array, key: Array, value: Array, pieces: Array, windows: Array
    ) -> Array:
        """Probabilities for spans of pieces (items, 1 or 2, 2), each by the keys and values in its window."""
        (first, last), index = _distinct(pieces.reshape(-1, 2))
        index = index.reshape(pieces.shape[:2])
        names = [f"{head}.span.{k}" for k in range(pieces.shape[1])]
        parts = [gelu(x) for x in self._of_spans(names, vectors, first, last)]
        context = self._context(head, self._split(f"{head}.query", parts), key, value, (first, last), index, windows)
        hidden = context @ self.weights[f"{head}.hidden.weight"][:, -context.shape[1] :].T
        for x, of in zip(self._split(f"{head}.hidden", parts), index.T, strict=True):
            hidden += x[of]
        logits = self._linear(f"{head}.out", gelu(hidden)) + np.array(self.config["bias"][head])
        return softmax(logits / self.config["temperatures"][head], axis=1)

    def _context(
        self,
        head: str,
        queries: Sequence[Array],
        key: Array,
        value: Array,
        spans: tuple[Array, Array],
        index: Array,
        windows: Array,
    ) -> Array:
        """What each item attends to in its window (items, width), its spans given by number (items, 1 or 2).

        What the spans of an item ask is added up, so the attention of an item is the product of the attentions of its
        spans, each of which is computed once for all items of a window.
        """
        n_roles, n_heads = len(queries), self.weights[f"{head}.near.0.weight"].shape[1]
        size = key.shape[1] // n_heads
        keys = np.ascontiguousarray(key.T).reshape(n_heads, size, -1)
        values = value.reshape(-1, n_heads, size).transpose(1, 0, 2)
        (lows, highs), of_item = _distinct(windows)
        order = np.argsort(of_item, kind="stable")  # items by window
        # The spans that ask in each window, window after window, in each of their roles; and which of them an item has
        asked = np.stack([of_item[:, None] * n_roles + np.arange(n_roles), index], axis=2)[order]
        (place, span), which = _distinct(asked.reshape(-1, 2))
        window, role = np.divmod(place, n_roles)
        query = (np.stack(queries)[role, span] * np.float32(size**-0.5)).reshape(-1, n_heads, size).transpose(1, 0, 2)
        longest = -(-int((highs - lows).max()) // WINDOW) * WINDOW
        before, behind = self.sides(head, n_roles, longest)
        first, last = (longest + lows[window] - x[span] for x in spans)
        which = which.reshape(index.shape).T
        ends, of_window = (np.searchsorted(x, np.arange(len(lows) + 1)).tolist() for x in (of_item[order], window))
        context = np.empty((n_heads, len(index), size), np.float32)
        for n, (low, high) in enumerate(zip(lows.tolist(), highs.tolist(), strict=True)):
            here, some = slice(*of_window[n : n + 2]), slice(*ends[n : n + 2])
            scores = query[:, here] @ keys[:, :, low:high]
            scores += before[..., : high - low][:, role[here], first[here]]
            scores += behind[..., : high - low][:, role[here], last[here]]
            scores -= scores.max(axis=2, keepdims=True)
            np.exp(np.maximum(scores, _FAINTEST, out=scores), out=scores)
            weight, *others = (scores[:, x[some] - here.start] for x in which)
            for other in others:
                weight *= other
            summed = weight @ values[:, low:high]
            summed /= (weight @ np.ones(high - low, np.float32))[..., None]
            context[:, some] = summed
        out = np.empty((len(index), n_heads, size), np.float32)
        out[order] = context.transpose(1, 0, 2)
        return out.reshape(len(index), -1)

    def _split(self, name: str, parts: Sequence[Array]) -> list[Array]:
        """What a layer makes of the vectors of an item's spans side by side, as one summand for each span."""
        columns = np.split(self.weights[f"{name}.weight"][:, : sum(p.shape[1] for p in parts)], len(parts), axis=1)
        first, *rest = (p @ w.T for p, w in zip(parts, columns, strict=True))
        return [first + self.weights[f"{name}.bias"], *rest]


def _sides(weights: dict[str, Array], head: str, n_roles: int, n: int) -> list[Array]:
    """What distance adds to attention before and behind a span in each role, beside what it adds within the span.

    For each head and role a row for each place where a window of `n` pieces may begin, from `n` pieces ahead on.
    """
    distance = np.arange(-n, 2 * n)
    near = np.stack([weights[f"{head}.near.{k}.weight"].T for k in range(n_roles)], axis=1)
    near = (near - near[..., :1])[..., _bucket(distance)]
    return [sliding_window_view(np.where(side, near, 0), n, axis=2) for side in (distance < 0, distance > 0)]


def _distinct(pairs: Array) -> tuple[Array, Array]:
    """The distinct rows of pairs of small numbers, as two columns, and which of them each row is."""
    found, index = np.unique(pairs[:, 0] << 32 | pairs[:, 1], return_inverse=True)
    return np.stack([found >> 32, found & 0xFFFFFFFF]), index


def _means(vectors: Array, first: Array, last: Array) -> Array:
    """Mean vector of the pieces from each `first` to each `last`, both included."""
    length = last + 1 - first
    opens = np.cumsum(length) - length  # where each span's pieces start among those of all spans
    at = np.arange(length.sum()) + np.repeat(first - opens, length)
    return np.add.reduceat(vectors[at], opens, axis=0) / length[:, None].astype(np.float32)


def _uncrossed(spans: list[tuple[float, int, int]]) -> list[tuple[float, int, int]]:
    """In reading order the spans that cross none of a higher probability."""
    chosen: list[tuple[float, int, int]] = []
    near: dict[int, list[Span]] = {}  # the chosen by blocks of pieces, for only neighbours can cross
    for p, i, j in sorted(spans, reverse=True):
        blocks = range(i // LONGEST, j // LONGEST + 1)
        if not any(i < x <= j < y or x < i <= y < j for b in blocks for x, y in near.get(b, ())):
            chosen.append((p, i, j))
            for b in blocks:
                near.setdefault(b, []).append((i, j))
    return sorted(chosen, key=lambda c: (c[1], -c[2]))


def _sections(n: int, size: int = _SECTION) -> list[tuple[int, int]]:
    """Stretches into which `n` things are cut, so that memory holds the products of one."""
    return [(a, min(a + size, n)) for a in range(0, n, size)]


def _contexts(pieces: Array, n: int) -> Array:
    """For each item the pieces that may bear on it: a window around its spans, the same for items close together."""
    low, high = pieces[:, :, 0].min(axis=1), pieces[:, :, 1].max(axis=1) + 1
    start = np.minimum(np.maximum((low + high - WINDOW) // 2 // _GRID * _GRID, 0), low)
    return np.stack([start, np.minimum(np.maximum(start + WINDOW, high), n)], axis=1)


def gelu(x: Array) -> Array:
    """The Gaussian error linear unit, right to six digits (formula 7.1.26 of Abramowitz and Stegun for erf)."""
    size = np.abs(x)
    z = size * np.float32(0.5**0.5)
    t = np.float32(1) / (1 + np.float32(0.3275911) * z)
    rest = t * _ERF[0]
    for factor in _ERF[1:]:
        rest += factor
        rest *= t
    z *= -z
    rest *= np.exp(z, out=z)  # 1 - erf(|x| / √2)
    rest *= size
    return np.maximum(x, 0) - np.float32(0.5) * rest


_ERF = np.array([1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592], np.float32)


def _bucket(distance: Array) -> Array:
    """Log distance with sign: 0 inside, 1-8 after, 9-16 before, doubling in width."""
    return _BUCKETS[np.clip(distance, -_FAR, _FAR) + _FAR]


def _make_buckets() -> Array:
    distance = np.arange(-_FAR, _FAR + 1)
    size = np.minimum(np.ceil(np.log2(np.clip(np.abs(distance), 1, _FAR))).astype(int), 7) + 1
    return np.where(distance == 0, 0, np.where(distance > 0, size, size + 8))


_FAR = 128
_BUCKETS = _make_buckets()


def _with_run(runs: list[_Run], new: _Run) -> list[_Run]:
    """Runs with one more; what touches becomes one."""
    out: list[_Run] = []
    for s, t, top in sorted([*runs, new]):
        if out and s <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(t, out[-1][1]), max(top, out[-1][2]))
        else:
            out.append((s, t, top))
    return out
