"""Which actor a pronoun or a description means: a small trained ranking of the actors that the text offers.

For every candidate there is a row of plain facts (how far away it was last mentioned, whether it was the subject there,
how much of its name the description repeats, what the reader's links say), and two layers of weights turn it into a
score; that nobody mentioned so far is meant has the score 0. The weights were fitted by ``training/antecedents.py``
on GUM (Zeldes 2017), GAP (Webster et al. 2018) and the aliases and quoted speakers of hand-coded news articles.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from newslab.actors import Actor
    from newslab.reading import Mention, Reading

WEIGHTS = Path(__file__).with_name("antecedents.npz")
FEATURES = (
    "link", "top_link", "link_share",
    "same_sentence", "one_back", "two_back", "three_back", "further", "unmentioned", "log_distance",
    "opens_sentence", "first_in_sentence", "after_preposition", "owner", "pronoun_last", "description_last",
    "times", "share", "times_in_reach", "recency", "first_in_article", "in_title",
    "named", "described", "gender_fits", "gender_clear", "person", "organisation", "group", "plural",
    "same_words", "opposite_words", "speaker", "outside_speaker", "ahead", "by_role",
    "subject", "object", "possessive", "it", "they", "nominal", "name", "definite", "indefinite", "owned", "words",
    "within_title", "within_words", "starts_sentence", "subject_subject", "object_same_subject",
    "same_type", "same_number", "same_string", "same_head", "covered", "covers", "acronym", "shared",
)  # fmt: skip
_N = len(FEATURES)
_PREPOSITION = re.compile(r"\b(?:of|by|for|with|to|from|against|about|on|at|in|than|and|over|after|as)\s(?:the\s)?$")
_SUBJECT = frozenset(("he", "she", "they", "it"))
_POSSESSIVE = frozenset(("his", "its", "their"))
_SMALL = frozenset("the a an of and for in on at to from with his her their its this that these those some".split())
_NEAR = 3  # sentences back in which every fitting actor is a candidate for a pronoun
_LIKELY = 0.02  # chance of a link from which an actor further away is one


@dataclass
class Page:
    """What of an article the ranking looks at; `of` and `actors` grow while it is resolved."""

    reading: Reading
    actors: list[Actor]
    of: list[int | None]
    sentence: list[int]
    quoted: list[int | None]

    def __post_init__(self) -> None:
        text = self.reading.text
        t = text.text
        self.title = text.paragraphs[0][1] if text.paragraphs else 0
        seen: set[int] = set()
        self.first: list[bool] = []
        self.opens: list[bool] = []
        self.preposition: list[bool] = []
        self.owner: list[bool] = []
        for m, s in zip(self.reading.mentions, self.sentence, strict=True):
            start = text.sentences[s][0] if text.sentences else 0
            self.first.append(s not in seen and m.type != "place")
            if m.type != "place":
                seen.add(s)
            self.opens.append(m.start - start < 25)
            self.preposition.append(_PREPOSITION.search(t[max(start, m.start - 14) : m.start]) is not None)
            self.owner.append(t[m.end : m.end + 2] in ("’s", "'s") or t[m.end : m.end + 1] in ("’", "'"))
        self.words = [_words(m.name) for m in self.reading.mentions]
        self.speakers: dict[int, int | None] = {}

    def candidates(self, k: int) -> list[int]:
        """Actors that mention `k` may mean, by number and gender, in reach or with a link."""
        m = self.reading.mentions[k]
        linked = {a for j, p in self.links(k) if p >= _LIKELY and (a := self.of[j]) is not None}
        out = []
        for i, actor in enumerate(self.actors):
            if not fits(m, actor):
                continue
            places = actor.mentions
            near = any(j < k and self.sentence[k] - self.sentence[j] <= _NEAR for j in places)
            near |= any(j > k and self.sentence[j] == self.sentence[k] for j in places)
            if m.kind == "pronoun":
                if not (near or i in linked):
                    continue
            else:
                head = self.words[k][-1:]
                alike = any(head and w[-1:] == head or set(w) & set(self.words[k]) for w in self.alike(actor))
                if not (i in linked or alike or (near and actor.type == m.type) or _acronyms(m.name, actor.name)):
                    continue
                if not any(j < k for j in places) and not alike and not _acronyms(m.name, actor.name):
                    continue
            if any(self._holds(j, k) for j in places):
                continue
            out.append(i)
        return out

    def links(self, k: int) -> Sequence[tuple[int, float]]:
        """Mentions ahead that may be the same, by the reader."""
        return self.reading.links[k] if self.reading.links else ()

    def alike(self, actor: Actor) -> list[list[str]]:
        """The words of all that an actor is called."""
        return [self.words[j] for j in actor.mentions if self.reading.mentions[j].kind != "pronoun"]

    def _holds(self, j: int, k: int) -> bool:
        """Whether one mention stands within the other: "her brother" is not "her"."""
        a, b = self.reading.mentions[j], self.reading.mentions[k]
        return a.start <= b.start and b.end <= a.end or b.start <= a.start and a.end <= b.end

    def rows(self, k: int, candidates: Sequence[int]) -> NDArray[Any]:
        """One row of :data:`FEATURES` a candidate."""
        m, s = self.reading.mentions[k], self.sentence[k]
        chance: dict[int, list[float]] = defaultdict(list)
        for j, p in self.links(k):
            if (a := self.of[j]) is not None:
                chance[a].append(p)
        known = sum(map(sum, chance.values())) or 1.0
        last: dict[int, int | None] = {}
        for i in candidates:
            last[i] = max((j for j in self.actors[i].mentions if j < k), default=None)
        recency = sorted((j for j in last.values() if j is not None), reverse=True)
        total = sum(len(a.mentions) for a in self.actors) or 1
        opening = min((min(a.mentions) for a in self.actors if a.mentions), default=-1)
        quoted = self.quoted[k]
        speaker = self.speakers.get(quoted) if quoted is not None else None
        surface = self.reading.text.text[m.start : m.end].lower()
        words = self.words[k]
        pronoun = m.kind == "pronoun"
        subject = pronoun and m.name in _SUBJECT
        objective = pronoun and (m.name in ("him", "them") or (m.name == "her" and not self._possessive(k)))
        owning = pronoun and (m.name in _POSSESSIVE or (m.name == "her" and self._possessive(k)))
        about_k = [
            subject, objective, owning, m.name in ("it", "its"), pronoun and m.name in ("they", "them", "their"),
            m.kind == "nominal", m.kind == "name", surface.startswith(("the ", "this ", "that ")),
            surface.startswith(("a ", "an ", "some ", "one ")), surface.startswith(("his ", "her ", "their ", "its ")),
            min(len(words), 6) / 6, m.start < self.title, quoted is not None, self.opens[k],
        ]  # fmt: skip
        out = np.zeros((len(candidates), _N))
        for n, i in enumerate(candidates):
            a = self.actors[i]
            j = last[i]
            back = s - self.sentence[j] if j is not None else -1
            ps = chance.get(i, ())
            times = sum(x < k for x in a.mentions)
            shown = self.reading.mentions[j] if j is not None else None
            reach = sum(x < k and s - self.sentence[x] <= 2 for x in a.mentions)
            called = self.alike(a)
            mine = set(words) - _SMALL
            theirs = set().union(*called) - _SMALL
            first = any(self.first[x] for x in a.mentions if x < k and self.sentence[x] == s - max(back, 0))
            row = [
                np.log(sum(ps) + 0.003), np.log(max(ps, default=0) + 0.003), sum(ps) / known,
                back == 0, back == 1, back == 2, back == 3, back > 3, j is None,
                np.log1p(m.start - shown.end if shown and shown.end < m.start else 0) if shown else 8.0,
                j is not None and self.opens[j], first, j is not None and self.preposition[j],
                j is not None and self.owner[j], shown is not None and shown.kind == "pronoun",
                shown is not None and shown.kind == "nominal",
                np.log1p(times), len(a.mentions) / total, np.log1p(reach),
                1 / (1 + recency.index(j)) if j is not None else 0, min(a.mentions, default=-2) == opening,
                any(self.reading.mentions[x].start < self.title for x in a.mentions),
                not a.described, a.described, a.gender is not None and a.gender == m.gender,
                a.gender is None and m.gender is not None,
                a.type == "person", a.type == "organisation", a.type == "group", a.plural,
                quoted is not None and j is not None and self.quoted[j] == quoted,
                (quoted is None) != (j is None or self.quoted[j] is None), speaker is not None and speaker == i,
                quoted is None and i in self.speakers.values(), j is None,
                any(_role(m, r) for r in a.roles),
                *about_k,
                subject and first, objective and first and back == 0,
                a.type == m.type, a.plural == m.plural,
                not pronoun and words in called,
                not pronoun and bool(words) and any(w[-1:] == words[-1:] for w in called),
                len(mine & theirs) / len(mine) if mine and not pronoun else 0,
                len(mine & theirs) / len(theirs) if theirs and not pronoun else 0,
                not pronoun and _acronyms(m.name, a.name), min(len(mine & theirs), 3) / 3 if not pronoun else 0,
            ]  # fmt: skip
            out[n] = row
        return out

    def _possessive(self, k: int) -> bool:
        """Whether "her" stands before a noun: it opens a description, or a word that is no function word follows."""
        m = self.reading.mentions[k]
        after = self.reading.text.text[m.end : m.end + 25]
        found = re.match(r"\s([^\W\d_]+)", after)
        return found is not None and found.group(1).lower() not in _AFTER_OBJECT


_AFTER_OBJECT = frozenset(
    "to and in on at for from with as that but or by of after before when because into about over out up down off "
    "while during the a an this his her it who if is was were are has had not a back again away too".split()
)


def fits(m: Mention, a: Actor) -> bool:
    """Whether a mention may mean an actor by number, gender and type."""
    if m.kind != "pronoun":
        return (a.type == m.type or "group" in (a.type, m.type)) and (a.plural == m.plural or a.type != "person")
    if m.name in ("it", "its"):
        return a.type == "organisation"
    if m.plural:
        return a.type != "person" or a.plural
    return a.type == "person" and not a.plural and (a.gender is None or m.gender is None or a.gender == m.gender)


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"['’]s\b", "", name.lower()))


def _role(m: Mention, role: str) -> bool:
    return bool(m.role) and role.lower().split()[-1:] == str(m.role).lower().split()[-1:]


def _acronyms(a: str, b: str) -> bool:
    """Whether one is the initials of the other: "CFPB"."""
    for short, long in ((a, b), (b, a)):
        if 2 <= len(short) <= 6 and short.isupper() and " " in long:
            initials = "".join(w[0] for w in re.findall(r"\w+", long) if w.lower() not in _SMALL)
            if initials.upper() == short:
                return True
    return False


_PARTS = ("mean", "scale", "hidden", "hidden_bias", "out", "out_bias")


class Ranking:
    """The fitted weights: scores of rows of :data:`FEATURES`, for pronouns and for what has words of its own."""

    def __init__(self, weights: dict[str, NDArray[Any]]) -> None:
        self.weights = weights

    def scores(self, kind: str, rows: NDArray[Any]) -> NDArray[Any]:
        """A score a row; above 0 is likelier than nobody."""
        w = {k: self.weights[f"{'pronoun' if kind == 'pronoun' else 'words'}.{k}"] for k in _PARTS}
        hidden = np.maximum((rows - w["mean"]) / w["scale"] @ w["hidden"] + w["hidden_bias"], 0)
        return hidden @ w["out"] + w["out_bias"]


@lru_cache(maxsize=1)
def ranking() -> Ranking:
    """The shipped weights."""
    with np.load(WEIGHTS) as arrays:
        return Ranking({k: arrays[k].astype(float) for k in arrays.files})
