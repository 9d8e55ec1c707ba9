"""Whom "he", "she", "they" or "it" means: each pronoun asks the actors around it, by vectors and where they stand.

Unlike the links of :mod:`newslab.model.heads`, which know only what stands ahead, this looks on to the end of the
sentence as well ("After her speech, Vell left"). There are two heads, one for pronouns that mean one person and one
for those that mean groups and organisations. Their weights were fitted by ``training/pronouns.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from newslab.model.encoder import Array, Encoded
from newslab.page import holds
from newslab.reading import Mention
from newslab.text import Text

HEADS = {"person": ("he", "him", "his", "she", "her"), "group": ("they", "them", "their", "it", "its")}
KINDS = ("name", "nominal", "pronoun")
# How many values each fact about a pronoun and a mention has: distance, sentences between, kind, likes of it between,
# whether the genders agree, or whether it is plural, and which pronoun it is
SIZES = (16, 6, 3, 6, 2, 5)
FARTHEST = 400  # pieces between a pronoun and whom it means
_CHUNK = 32  # pronouns that are looked at together


def pairs(head: str, e: Encoded, text: Text, mentions: Sequence[Mention]) -> Iterator[tuple[Array, Array, Array]]:
    """Every pronoun of a head with each mention of an actor that it may mean, a stretch of the text at a time.

    Yields
    ------
    pronoun, mention : array of int (n,)
        Indices into `mentions`, the pronouns in order.
    facts : array of int (n, 6)
        What :data:`SIZES` counts.
    """
    words = HEADS[head]
    asking = [k for k, m in enumerate(mentions) if m.kind == "pronoun" and m.name in words]
    meant = np.array([_may_be_meant(m, head, words) for m in mentions], bool)
    asked = np.flatnonzero(meant)
    if not asking or not len(asked):
        return
    gender = np.array(["?fm".index(m.gender or "?") for m in mentions])
    kind = np.array([KINDS.index(m.kind) for m in mentions])
    plural = np.array([m.plural for m in mentions])
    which = np.array([words.index(m.name) if m.name in words else -1 for m in mentions])
    sentence = np.array([text.sentence_at(m.start) for m in mentions])
    likes = np.cumsum(meant | [m.type == head for m in mentions])
    places = np.array([(m.start, m.end) for m in mentions])
    first, last = e.pieces(places).T
    for n in range(0, len(asking), _CHUNK):
        k = np.array(asking[n : n + _CHUNK])
        low, high = np.searchsorted(first[asked], [first[k[0]] - FARTHEST, first[k[-1]] + FARTHEST])
        j = asked[low:high]
        ahead = j[None] < k[:, None]
        near = np.abs(first[k][:, None] - first[j][None]) <= FARTHEST
        near &= ahead | (sentence[j][None] == sentence[k][:, None]) & (kind[j] != KINDS.index("pronoun"))[None]
        if head == "person":
            near &= (gender[j][None] == 0) | (gender[j][None] == gender[k][:, None])
        crossed = (places[j, 1][None] > places[k, 0][:, None]) & (places[j, 0][None] < places[k, 1][:, None])
        for x, y in np.argwhere(near & crossed).tolist():
            near[x, y] = not holds(text.text, mentions[j[y]], mentions[k[x]])
        row, column = np.nonzero(near)
        k, j, ahead = k[row], j[column], ahead[row, column]
        pieces = np.where(ahead, first[k] - last[j], first[j] - first[k])
        size = np.ceil(np.log2(np.maximum(pieces, 1))).astype(int)
        between = np.where(ahead, likes[k] - likes[j], likes[j] - likes[k]) - 1
        facts = [
            np.where(ahead, np.minimum(size, 9), 10 + np.minimum(size, 5)),
            np.minimum(sentence[k] - sentence[j], 5),
            kind[j],
            np.clip(between, 0, 5),
            np.where(gender[j] == 0, 0, 1) if head == "person" else plural[j].astype(int),
            which[k],
        ]
        yield k, j, np.stack(facts, axis=1)


def _may_be_meant(m: Mention, head: str, words: Sequence[str]) -> bool:
    if m.kind == "pronoun":
        return m.name in words
    if head == "person":
        return m.type == "person" and not m.plural
    return m.type != "place" and (m.type != "person" or m.plural)


def links(
    weights: dict[str, Array], e: Encoded, text: Text, mentions: Sequence[Mention], least: float
) -> dict[int, list[tuple[int, float]]]:
    """For each pronoun the mentions that it may mean, with probabilities from `least` on.

    Parameters
    ----------
    weights : dict of array
        Those of the :class:`~newslab.model.encoder.Encoder`.
    e : Encoded
        The text as the encoder read it.
    text : Text
    mentions : sequence of Mention
        In reading order.
    least : float
        Probability below which a mention is left out.

    Returns
    -------
    dict
        By the index of the pronoun; a pronoun that nobody is in reach of has no entry.
    """
    out: dict[int, list[tuple[int, float]]] = {}
    for head, k, j, facts in ((h, *found) for h in HEADS for found in pairs(h, e, text, mentions)):
        if not len(k):
            continue
        nobody = weights[f"pronouns.{head}.nobody"][0]
        scores = score(weights, head, e, [(m.start, m.end) for m in mentions], k, j, facts)
        opens = np.flatnonzero(np.append(True, k[1:] != k[:-1]))
        highest = np.maximum(np.maximum.reduceat(scores, opens), nobody)
        n = np.diff(np.append(opens, len(k)))
        odds = np.exp(scores - np.repeat(highest, n))
        odds /= np.repeat(np.add.reduceat(odds, opens) + np.exp(nobody - highest), n)
        for a, b in zip(opens.tolist(), [*opens[1:].tolist(), len(k)], strict=True):
            found = zip(j[a:b].tolist(), odds[a:b].tolist(), strict=True)
            out[int(k[a])] = [(one, p) for one, p in found if p >= least]
    return out


def score(
    weights: dict[str, Array],
    head: str,
    e: Encoded,
    spans: Sequence[tuple[int, int]],
    k: Array,
    j: Array,
    facts: Array,
) -> Array:
    """How much, by one of the heads, each pronoun `k` speaks for the mention `j`."""
    asking, k = np.unique(k, return_inverse=True)
    asked, j = np.unique(j, return_inverse=True)
    pronoun = e.vectors[e.pieces([spans[x] for x in asking.tolist()])[:, 0]]
    ends = e.pieces([spans[x] for x in asked.tolist()])
    mention = np.concatenate([e.vectors[ends[:, 0]], e.vectors[ends[:, 1]]], axis=1)

    def linear(name: str, x: Array) -> Array:
        return x @ weights[f"pronouns.{head}.{name}.weight"].T + weights[f"pronouns.{head}.{name}.bias"]

    alike = linear("query", pronoun)[k]
    alike *= linear("key", mention)[j]
    hidden = alike @ weights[f"pronouns.{head}.alike.weight"].T
    hidden += linear("pronoun", pronoun)[k]
    hidden += linear("mention", mention)[j]
    out = alike.sum(axis=1) * np.float32(alike.shape[1] ** -0.5)
    for n in range(len(SIZES)):
        hidden += weights[f"pronouns.{head}.facts.{n}.weight"][facts[:, n]]
        out += weights[f"pronouns.{head}.bias.{n}.weight"][facts[:, n], 0]
    np.maximum(hidden, 0, out=hidden)
    return out + linear("out", hidden)[:, 0]
