"""Which actor a pronoun or a description means: a small trained ranking of the actors that the text offers.

For every candidate there is a row of plain facts (how far away it was last mentioned, whether it was the subject there,
how much of its name the description repeats, what the reader's links say), and two layers of weights turn it into a
score; that nobody mentioned so far is meant has the score 0. There are three sets of weights (:data:`NETWORKS`), fitted
by ``training/antecedents.py`` on GUM (Zeldes 2017), GAP (Webster et al. 2018), the aliases and quoted speakers of
hand-coded news articles, and answers for "they" and "it" in such articles.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from newslab.calling import gender_fits, name_key
from newslab.pronouns import IT
from newslab.text import Cover

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
_WORD = re.compile(r"\w+")
_OWNING = re.compile(r"['’]s\b")
_TOLD_OF = re.compile(r"\s(?:who|that|which|whose|whom)\s|[,(:;–—]")  # what comes after it is told of a mention
# Between a subject and an object that cannot be the same, where no other clause begins: "would be ashamed of him".
# Behind words of place somebody may be the subject again: "Vell looked around him". A participle may have another
# subject: "Vell met Orr, accusing him".
_VERB_TO_OBJECT = re.compile(
    r"(?:\s(?!(?:that|who|which|whom|whose|and|but|or|nor|when|while|because|if|as|than|before|after|since|to|until|for|"
    r"\w+ing)\b)[\w’'-]+){1,6}(?<!\bwith)(?<!\bbehind)(?<!\baround)(?<!\bbeside)(?<!\bnear)(?<!\bunder)(?<!\bover)(?<!\babove)(?<!\bon)"
    r"(?<!\bupon)(?<!\bbetween)(?<!\bamong)\s"
)
_WHO = re.compile(r",?\swho(?=\s)")  # "Orr, who met him"
# Behind whom a description tells what they are: "Vell is the mayor", "Vell was named the winner"
_BECOMES = re.compile(
    r"\b(?:is|are|was|were|be|been|being|am|becom\w+|became|remain\w*|stay\w*|seem\w*|named|called|elected|crowned|made|not)\s"
)
_SUBJECT = frozenset(("he", "she", "they", "it"))
_POSSESSIVE = frozenset(("his", "its", "their"))
_SMALL = frozenset("the a an of and for in on at to from with his her their its this that these those some".split())
_NEAR = 3  # sentences back in which every fitting actor is a candidate for a pronoun
_MOST = 300  # mentions away that an actor may be near, which bounds the work in a text without sentence ends
_FEW = 3  # words of a verb behind a comma
_NESTED = 64  # mentions away that one may stand within another
_AROUND = 80  # mentions ahead of or behind one that are looked at, which bounds it as well
_COMMON = 300  # actors that share a word which tells nothing more
_LIKELY = 0.02  # chance of a link from which an actor further away is one


class Index:
    """Under what the actors of an article, by their numbers, are found; it grows while the article is resolved."""

    def __init__(self) -> None:
        self.first: dict[str, set[int]] = defaultdict(set)  # the first word of the fullest name
        self.initials: dict[str, set[int]] = defaultdict(set)  # of all its words with a capital
        self.spelled: dict[str, set[int]] = defaultdict(set)  # of all its words but small ones, as in an acronym
        self.name: dict[str, set[int]] = defaultdict(set)  # the fullest name
        self.word: dict[str, set[int]] = defaultdict(set)  # any word of any name
        self.alias: dict[str, set[int]] = defaultdict(set)  # any word of any alias
        self.role: dict[str, set[int]] = defaultdict(set)  # the noun of a role
        self.key: dict[str, set[int]] = defaultdict(set)  # of the fullest name, whatever the type
        self._named: dict[int, str] = {}

    def rename(self, i: int, name: str) -> None:
        """Note the fullest name of an actor, which may change."""
        known = self._named.get(i)
        if name == known:
            return
        for table, entry in self._entries(known) if known is not None else ():
            table[entry].discard(i)
        self._named[i] = name
        for table, entry in self._entries(name):
            table[entry].add(i)

    def _entries(self, name: str) -> list[tuple[dict[str, set[int]], str]]:
        first = " ".join(name.split()[:1])
        return [(self.first, first), (self.initials, initials(name)), (self.name, name), (self.spelled, _spelled(name)),
                (self.key, name_key(name, ""))]  # fmt: skip


@dataclass
class Page:
    """What of an article tells whom its mentions mean; `of`, `actors` and `index` grow while it is resolved."""

    reading: Reading
    actors: list[Actor]
    of: list[int | None]
    sentence: list[int]
    quoted: list[int | None]
    index: Index
    n_known: int = 0  # mentions whose actor is known
    opening: int = -1  # the first of them

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
        self.spans = [(m.start, m.end) for m in self.reading.mentions]
        self.starts = [a for a, _ in self.spans]
        self.nested = _nested(t, self.reading.mentions)
        marked = Cover(s for q in self.reading.quotations if q.speech for s in q.spans)
        self.marked = [marked.touches(*s) for s in self.spans]
        self.saying = {a.source: i for i, a in enumerate(self.reading.attributions)}  # attributions by their source
        self._telling = sorted(a.source[0] for a in self.reading.attributions if a.source)
        self.speakers: dict[int, int | None] = {}
        self.speaking: set[int | None] = set()

    def tell_speakers(self, speakers: Sequence[int | None]) -> None:
        """Note who says each attribution."""
        self.speakers, self.speaking = dict(enumerate(speakers)), set(speakers)

    def tells(self, k: int) -> bool:
        """Whether a source of words begins within a mention."""
        a, b = self.spans[k]
        return bisect_left(self._telling, a) < bisect_left(self._telling, b)

    def begins(self, k: int) -> bool:
        """Whether a sentence begins with a mention, at most behind a mark; `opens` is more lenient."""
        return self.starts[k] - self.reading.text.sentences[self.sentence[k]][0] < 2

    def before(self, k: int) -> range:
        """Mentions ahead of one that are near enough to bear on it."""
        return range(max(k - _AROUND, 0), k)

    def behind(self, k: int) -> range:
        """Those behind it."""
        return range(k + 1, min(k + _AROUND, len(self.of)))

    def candidates(self, k: int) -> list[int]:
        """Actors that mention `k` may mean, by number and gender, in reach or with a link."""
        m, words, index = self.reading.mentions[k], set(self.words[k]), self.index
        linked = {a for j, p in self.links(k) if p >= _LIKELY and (a := self.of[j]) is not None}
        near = self._near(k)
        if m.kind == "pronoun":
            alike: set[int] = set()
            pool = near | linked
        else:
            named = (index.word[w] for w in words if w in index.word)
            alike = set().union(*(s for s in named if len(s) <= _COMMON), self._acronyms(m.name))
            pool = linked | alike | {i for i in near if self.actors[i].type == m.type}
        around = {self.of[j] for j in self.nested[k]} | self._others(k)
        out = []
        for i in sorted(pool - around):
            actor = self.actors[i]
            ahead = m.kind == "pronoun" or i in alike or (actor.mentions and actor.mentions[0] < k)
            if ahead and fits(m, actor):
                out.append(i)
        return out

    def _others(self, k: int) -> set[int | None]:
        """Whom a mention cannot mean: a pronoun who says it, and any who stands at the other end of its verb.

        That is the subject of "Orr met him", "Orr, who met him" or "Orr met the mayor", and the object of "he met Orr",
        or whose it is: "he mocked Orr's plan".
        """
        m, t = self.reading.mentions[k], self.reading.text.text
        said = self.quoted[k] if m.kind == "pronoun" else None
        own = said is not None and (self.marked[k] or self.reading.attributions[said].how == "answer")
        out = {self.speakers.get(said)} if said is not None and own else set()
        if (subject := self._subject_ahead(k)) is not None:
            out.add(self.of[subject])
        if m.name in _SUBJECT and k + 1 < len(self.of) and self.reading.mentions[k + 1].kind == "name":
            if _VERB_TO_OBJECT.fullmatch(t, m.end, self.starts[k + 1]):
                out.add(self.of[k + 1])
        return out

    def _subject_ahead(self, k: int) -> int | None:
        """The subject of the verb whose object a mention is: "Orr" of "Orr met him", but not of "Orr is the mayor"."""
        mentions, t = self.reading.mentions, self.reading.text.text
        m = mentions[k]
        described = m.kind == "nominal" and t.startswith("the ", m.start)
        before = [j for j in range(max(k - 3, 0), k) if self.sentence[j] == self.sentence[k]]
        if not before or not (described or self._objective(k)):
            return None
        j = max(before, key=lambda j: (self.spans[j][1], -j))  # not "our" in "our father"
        start, end = self.spans[j]
        apposed = t.startswith(", ", end) and t.endswith(", ", 0, start)  # "her aide, Bo Lind, once met her"
        who = _WHO.match(t, end)
        verb = _VERB_TO_OBJECT.fullmatch(t, who.end() if who else end + apposed, m.start)
        if not verb or (apposed and len(verb.group().split()) > _FEW) or (described and _BECOMES.search(verb.group())):
            return None
        speaks_for = str(mentions[j].role).startswith("spokes")  # and is somebody else
        return None if self.owner[j] or (self.preposition[j] and not who) or speaks_for else j

    def _objective(self, k: int) -> bool:
        """Whether a mention is "him", "them", or the "her" of "met her"."""
        m = self.reading.mentions[k]
        return m.kind == "pronoun" and (m.name in ("him", "them") or (m.name == "her" and not self._possessive(k)))

    def _near(self, k: int) -> set[int]:
        """Actors mentioned in the sentences right before, or in the same one."""
        sentence, of = self.sentence, self.of
        back = range(max(bisect_left(sentence, sentence[k] - _NEAR), k - _MOST), k)
        ahead = range(k + 1, min(bisect_right(sentence, sentence[k]), k + _MOST))
        return {a for span in (back, ahead) for j in span if (a := of[j]) is not None}

    def _acronyms(self, name: str) -> set[int]:
        """Actors of whose name this one is the initials, or the other way round."""
        found = set(self.index.spelled.get(name, ())) | set(self.index.name.get(_spelled(name), ()))
        return {i for i in found if _acronyms(name, self.actors[i].name)}

    def links(self, k: int) -> Sequence[tuple[int, float]]:
        """Mentions that may be the same, by the reader: ahead, and for a pronoun in the rest of its sentence too."""
        return self.reading.links[k] if self.reading.links else ()

    def rows(self, k: int, candidates: Sequence[int]) -> NDArray[Any]:
        """One row of :data:`FEATURES` a candidate."""
        m, s = self.reading.mentions[k], self.sentence[k]
        chance: dict[int, list[float]] = defaultdict(list)
        for j, p in self.links(k):
            if (a := self.of[j]) is not None:
                chance[a].append(p)
        known = sum(map(sum, chance.values())) or 1.0
        ahead = [bisect_left(self.actors[i].mentions, k) for i in candidates]  # how many of its mentions are
        last = [self.actors[i].mentions[n - 1] if n else None for i, n in zip(candidates, ahead, strict=True)]
        recency = sorted((j for j in last if j is not None), reverse=True)
        total = self.n_known or 1
        quoted = self.quoted[k]
        speaker = self.speakers.get(quoted) if quoted is not None else None
        surface = self.reading.text.text[m.start : m.end].lower()
        words = tuple(self.words[k])
        mine = set(words) - _SMALL
        pronoun = m.kind == "pronoun"
        subject = pronoun and m.name in _SUBJECT
        objective = self._objective(k)
        owning = pronoun and (m.name in _POSSESSIVE or (m.name == "her" and self._possessive(k)))
        about_k = [
            subject, objective, owning, m.name in IT, pronoun and m.name in ("they", "them", "their"),
            m.kind == "nominal", m.kind == "name", surface.startswith(("the ", "this ", "that ")),
            surface.startswith(("a ", "an ", "some ", "one ")), surface.startswith(("his ", "her ", "their ", "its ")),
            min(len(words), 6) / 6, m.start < self.title, quoted is not None, self.opens[k],
        ]  # fmt: skip
        sentence_of, is_first = self.sentence.__getitem__, self.first.__getitem__
        out = []
        for i, j, times in zip(candidates, last, ahead, strict=True):
            a = self.actors[i]
            back = s - self.sentence[j] if j is not None else -1
            ps = chance.get(i)
            p, top = (sum(ps), max(ps)) if ps else (0.0, 0.0)
            shown = self.reading.mentions[j] if j is not None else None
            reach = times - bisect_left(a.mentions, s - 2, hi=times, key=sentence_of)
            called = a.called
            theirs = 0 if pronoun else len(a.words - _SMALL)
            shared = 0 if pronoun else len(mine & a.words)
            there = bisect_left(a.mentions, s - back, hi=times, key=sentence_of)  # of the last sentence
            first = any(map(is_first, a.mentions[there:times]))
            row = [
                math.log(p + 0.003), math.log(top + 0.003), p / known,
                back == 0, back == 1, back == 2, back == 3, back > 3, j is None,
                math.log1p(m.start - shown.end if shown and shown.end < m.start else 0) if shown else 8.0,
                j is not None and self.opens[j], first, j is not None and self.preposition[j],
                j is not None and self.owner[j], shown is not None and shown.kind == "pronoun",
                shown is not None and shown.kind == "nominal",
                math.log1p(times), len(a.mentions) / total, math.log1p(reach),
                1 / (1 + recency.index(j)) if j is not None else 0, bool(a.mentions) and a.mentions[0] == self.opening,
                bool(a.mentions) and self.reading.mentions[a.mentions[0]].start < self.title,
                not a.described, a.described, a.gender is not None and a.gender == m.gender,
                a.gender is None and m.gender is not None,
                a.type == "person", a.type == "organisation", a.type == "group", a.plural,
                quoted is not None and j is not None and self.quoted[j] == quoted,
                (quoted is None) != (j is None or self.quoted[j] is None), speaker is not None and speaker == i,
                quoted is None and i in self.speaking, j is None,
                bool(m.role) and any(_role(m, r) for r in a.roles),
                *about_k,
                subject and first, objective and first and back == 0,
                a.type == m.type, a.plural == m.plural,
                not pronoun and words in called,
                not pronoun and bool(words) and any(w[-1:] == words[-1:] for w in called),
                shared / len(mine) if mine else 0, shared / theirs if theirs else 0,
                not pronoun and _acronyms(m.name, a.name), min(shared, 3) / 3,
            ]  # fmt: skip
            out.append(row)
        return np.array(out, float).reshape(len(candidates), _N)

    def _possessive(self, k: int) -> bool:
        """Whether "her" stands before a noun: it opens a description, or a word that is no function word follows."""
        m = self.reading.mentions[k]
        after = self.reading.text.text[m.end : m.end + 25]
        found = re.match(r"\s([^\W\d_]+)", after)
        return found is not None and found.group(1).lower() not in AFTER_OBJECT


AFTER_OBJECT = frozenset(
    "to and in on at for from with as that but or by of after before when because into about over out up down off "
    "while during the a an this his her it who if is was were are has had not a back again away too".split()
)


def holds(text: str, a: Mention, b: Mention) -> bool:
    """Whether one mention stands within the other: "her brother" is not "her", but "Vell, who lost her seat" is."""
    within = a.start <= b.start and b.end <= a.end
    if within and b.kind == "pronoun" and _TOLD_OF.search(text, a.start + 1, b.start):
        return False
    return within or b.start <= a.start and a.end <= b.end


def _nested(text: str, mentions: Sequence[Mention]) -> list[list[int]]:
    """For each mention, by number, itself and those that hold it or stand within it, see :func:`holds`."""
    out: list[list[int]] = []
    around: list[int] = []  # what has not ended where the next one begins
    for k, m in enumerate(mentions):
        around = [j for j in around if mentions[j].end > m.start and k - j < _NESTED]
        out.append([k])
        for j in around:
            if mentions[j].end >= m.end or mentions[j].start == m.start:
                out[j].append(k)
                if holds(text, mentions[j], m):
                    out[k].append(j)
        around.append(k)
    return out


def fits(m: Mention, a: Actor) -> bool:
    """Whether a mention may mean an actor by number, gender and type."""
    if m.kind != "pronoun":
        alike = a.type == m.type or "group" in (a.type, m.type)
        one = a.plural == m.plural or "person" not in (a.type, m.type)
        return alike and one and gender_fits(a.gender, m.gender)
    if m.name in IT:
        return a.type == "organisation"
    if m.plural:
        return a.type != "person" or a.plural
    return a.type == "person" and not a.plural and gender_fits(a.gender, m.gender)


def _words(name: str) -> list[str]:
    return _WORD.findall(_OWNING.sub("", name.lower()))


def _role(m: Mention, role: str) -> bool:
    return role.lower().split()[-1:] == str(m.role).lower().split()[-1:]


def initials(name: str) -> str:
    """The first letters of the words with a capital."""
    return "".join(w[0] for w in name.split() if w[:1].isupper())


@lru_cache(1 << 14)
def _spelled(name: str) -> str:
    return "".join(w[0] for w in _WORD.findall(name) if w.lower() not in _SMALL).upper()


def _acronyms(a: str, b: str) -> bool:
    """Whether one is the initials of the other: "CFPB"."""
    for short, long in ((a, b), (b, a)):
        if 2 <= len(short) <= 6 and short.isupper() and " " in long:
            if _spelled(long) == short:
                return True
    return False


_PARTS = ("mean", "scale", "hidden", "hidden_bias", "out", "out_bias")
# Pronouns that mean one person; those that mean groups and organisations; and what has words of its own
NETWORKS = ("person", "group", "words")


def network(m: Mention) -> str:
    """Which of the fitted networks ranks the actors that a mention may mean."""
    if m.kind != "pronoun":
        return "words"
    return "group" if m.plural or m.name in IT else "person"


class Ranking:
    """The fitted weights: scores of rows of :data:`FEATURES`, by one of :data:`NETWORKS`."""

    def __init__(self, weights: dict[str, NDArray[Any]]) -> None:
        self.weights = weights
        self._layers = {by: self._folded(by) for by in NETWORKS}

    def _folded(self, by: str) -> list[NDArray[Any]]:
        """The layers of a network with the standardisation of its rows in the first one's weights."""
        mean, scale, hidden, hidden_bias, out, out_bias = (self.weights[f"{by}.{k}"] for k in _PARTS)
        return [hidden / scale[:, None], hidden_bias - mean / scale @ hidden, out, out_bias]

    def scores(self, by: str, rows: NDArray[Any]) -> NDArray[Any]:
        """A score a row; above 0 is likelier than nobody."""
        hidden, hidden_bias, out, out_bias = self._layers[by]
        return np.maximum(rows @ hidden + hidden_bias, 0) @ out + out_bias


@lru_cache(maxsize=1)
def ranking() -> Ranking:
    """The shipped weights."""
    with np.load(WEIGHTS) as arrays:
        return Ranking({k: arrays[k].astype(float) for k in arrays.files})
