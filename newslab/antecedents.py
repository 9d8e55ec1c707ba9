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
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from newslab.calling import INDEFINITE, SMALL, gender_fits, spelled
from newslab.offices import BODIES, OF_NO_PEOPLE, is_another_body, is_of_another, role_words
from newslab.pronouns import IT
from newslab.rules.lexicons import lexicons
from newslab.standings import is_person
from newslab.text import lowercase_words

if TYPE_CHECKING:
    from newslab.cast import Actor, Cast
    from newslab.page import Page
    from newslab.reading import Mention

Ask = Callable[..., "int | None"]  # what says whom a mention means that leaves a choice, as :func:`ranked` does
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
_NEXT_WORD = re.compile(r"\s([^\W\d_]+)")
_ASIDE = re.compile(r"\s[a-z][^,.;:!?“”\"\n]{1,60},\s[a-z]")  # "Mr Orr, she told members, has lied"
_STAFF = re.compile(r"(?:campaign|camp|team|spokes(?:man|woman|person|people|men|women))$")  # whose, may stand ahead
_SUBJECT = frozenset(("he", "she", "they", "it"))
_POSSESSIVE = frozenset(("his", "its", "their"))
AFTER_OBJECT = frozenset(
    "to and in on at for from with as that but or by of after before when because into about over out up down off "
    "while during the a an this his her it who if is was were are has had not a back again away too".split()
)
_NEAR = 3  # sentences back in which every fitting actor is a candidate for a pronoun
_MOST = 300  # mentions away that an actor may be near, which bounds the work in a text without sentence ends
_FEW = 3  # words of a verb behind a comma
_COMMON = 300  # actors that share a word which tells nothing more
_LIKELY = 0.02  # chance of a link from which an actor further away is one


def ranked(cast: Cast, k: int, among: Sequence[int] | None = None) -> int | None:
    """The actor that the trained ranking takes a mention for, or None if it is somebody not mentioned so far."""
    page, m = cast.page, cast.page.mentions[k]
    options = candidates(cast, k) if among is None else among
    if m.kind == "nominal":
        options = _fitting(cast, k, options)
    elif m.name == "they" and page.begins(k):
        options = _of_several(cast, k, options)
    aside = _named_ahead_of_aside(cast, k)
    options = [i for i in options if i != aside]
    if not options:
        return None
    scores = ranking().scores(network(m), facts(cast, k, options)).tolist()
    named = named_in_words_of(cast, k)
    best = max(range(len(options)), key=lambda n: (scores[n] > 0 and options[n] not in named, scores[n]))
    return options[best] if scores[best] > 0 else None


def candidates(cast: Cast, k: int) -> list[int]:
    """Actors that a mention may mean, by number and gender, in reach or with a link."""
    page, actors, index = cast.page, cast.actors, cast.index
    m = page.mentions[k]
    linked = {a for j, p in page.links[k] if p >= _LIKELY and (a := cast.of[j]) is not None}
    near = _near(cast, k)
    alike: set[int] = set()
    pool = near | linked
    if m.kind != "pronoun":
        named = (index.word[w] for w in set(page.words[k]) if w in index.word)
        short = index.spelled.get(m.name, set()) | index.name.get(spelled(m.name), set())
        alike = {i for i in short if _acronyms(m.name, actors[i].name)}.union(*(s for s in named if len(s) <= _COMMON))
        pool = linked | alike | {i for i in near if actors[i].type == m.type}
    return [
        i
        for i in sorted(pool - {cast.of[j] for j in page.nested[k]} - _others(cast, k))
        if (m.kind == "pronoun" or i in alike or actors[i].mentions[0] < k) and fits(m, actors[i])
    ]


def _near(cast: Cast, k: int) -> set[int]:
    """Actors mentioned in the sentences right before, or in the same one."""
    sentence, of = cast.page.sentence, cast.of
    back = range(max(bisect_left(sentence, sentence[k] - _NEAR), k - _MOST), k)
    ahead = range(k + 1, min(bisect_right(sentence, sentence[k]), k + _MOST))
    return {a for span in (back, ahead) for j in span if (a := of[j]) is not None}


def _others(cast: Cast, k: int) -> set[int | None]:
    """Whom a mention cannot mean: a pronoun who says it, and any who stands at the other end of its verb.

    That is the subject of "Orr met him", "Orr, who met him" or "Orr met the mayor", and the object of "he met Orr", or
    whose it is: "he mocked Orr's plan".
    """
    page, m = cast.page, cast.page.mentions[k]
    said = page.quoted[k] if m.kind == "pronoun" else None
    own = said is not None and (page.marked[k] or page.reading.attributions[said].how == "answer")
    out = {cast.speakers.get(said)} if said is not None and own else set()
    if (subject := _subject_ahead(page, k)) is not None:
        out.add(cast.of[subject])
    if m.name in _SUBJECT and k + 1 < len(page.mentions) and page.mentions[k + 1].kind == "name":
        if _VERB_TO_OBJECT.fullmatch(page.t, m.end, page.starts[k + 1]):
            out.add(cast.of[k + 1])
    return out


def _subject_ahead(page: Page, k: int) -> int | None:
    """The subject of the verb whose object a mention is: "Orr" of "Orr met him", but not of "Orr is the mayor"."""
    t, m = page.t, page.mentions[k]
    described = m.kind == "nominal" and t.startswith("the ", m.start)
    before = [j for j in range(max(k - 3, 0), k) if page.sentence[j] == page.sentence[k]]
    if not before or not (described or _is_object(page, k)):
        return None
    j = max(before, key=lambda j: (page.spans[j][1], -j))  # not "our" in "our father"
    start, end = page.spans[j]
    apposed = t.startswith(", ", end) and t.endswith(", ", 0, start)  # "her aide, Bo Lind, once met her"
    who = _WHO.match(t, end)
    verb = _VERB_TO_OBJECT.fullmatch(t, who.end() if who else end + apposed, m.start)
    if not verb or (apposed and len(verb.group().split()) > _FEW) or (described and _BECOMES.search(verb.group())):
        return None
    speaks_for = str(page.mentions[j].role).startswith("spokes")  # and is somebody else
    return None if page.owner[j] or (page.preposition[j] and not who) or speaks_for else j


def _is_object(page: Page, k: int) -> bool:
    """Whether a mention is "him", "them", or the "her" of "met her"."""
    m = page.mentions[k]
    return m.kind == "pronoun" and (m.name in ("him", "them") or (m.name == "her" and not _is_possessive(page, k)))


def _is_possessive(page: Page, k: int) -> bool:
    """Whether "her" stands before a noun: it opens a description, or a word that is no function word follows."""
    end = page.mentions[k].end
    found = _NEXT_WORD.match(page.t, end, end + 25)
    return found is not None and found[1].lower() not in AFTER_OBJECT


def _fitting(cast: Cast, k: int, options: Sequence[int]) -> list[int]:
    """Whom the words of a description do not rule out: no other's campaign, no other body."""
    m, whose, owner = cast.page.mentions[k], names_ahead(cast.page, k), cast.owner(k)
    noun, no_people = m.name.lower(), str(m.role).lower() in OF_NO_PEOPLE
    return [
        i
        for i, a in ((i, cast.actors[i]) for i in options)
        if not (whose and a.words.isdisjoint(whose) and not _is_nobodys(a))
        and not (noun in BODIES and is_another_body(noun, a.name, a.words))
        and not (no_people and a.plural)
        and not is_of_another(owner, a.owners)
    ]


def names_ahead(page: Page, k: int) -> set[str]:
    """The names ahead of a campaign or a spokesman, in small letters: "the Vell campaign"."""
    surface = page.surface(k)
    *words, noun = surface.split()
    if not _STAFF.match(noun) or (noun.startswith("spokes") and not INDEFINITE.match(surface)):
        return set()  # "the Harbour spokesman" may have a name
    words = [re.sub(r"['’]s?$", "", word) for word in words]
    return {
        word.lower()
        for n, word in enumerate(words)
        if word[:1].isupper() and (n or word.lower() not in lowercase_words()) and word not in lexicons().names
    }


def _is_nobodys(a: Actor) -> bool:
    """Whether an actor is described without a name: "her campaign"."""
    return a.described and not any(word[0].isupper() for alias in a.aliases for word in alias.split()[1:])


def _of_several(cast: Cast, k: int, options: Sequence[int]) -> Sequence[int]:
    """Without "the ministry", if the sentence before tells of several too: "The ministry fined two firms. They"."""
    page, actors = cast.page, cast.actors
    told = {cast.of[j] for j in page.before(k) if page.sentence[j] == page.sentence[k] - 1}
    if not any(i in told and actors[i].plural for i in options):
        return options
    known = ((i, actors[i]) for i in options)
    return [i for i, a in known if a.plural or not a.described or OF_NO_PEOPLE.isdisjoint(role_words(a.name))]


def _named_ahead_of_aside(cast: Cast, k: int) -> int | None:
    """Of whom somebody else speaks who is named within what they say: "Mr Orr, she said, has lied"."""
    page, m = cast.page, cast.page.mentions[k]
    ahead = page.mentions[k - 1] if k else m
    if page.spans[k] not in page.saying or ahead.kind != "name" or ahead.end + 2 != m.start:
        return None
    return cast.of[k - 1] if _ASIDE.match(page.t, m.end) else None


def named_in_words_of(cast: Cast, k: int) -> set[int | None]:
    """Whom a pronoun hardly means that is the source of a quotation: “Orr knew,” she said.

    Somebody spoken to may be the speaker, as others call them: “People say, ‘Ona, go,’” she said.
    """
    page, m, t = cast.page, cast.page.mentions[k], cast.page.t
    described = m.kind == "nominal" and is_person(page.surface(k))
    said = page.saying.get(page.spans[k]) if m.kind == "pronoun" or described else None
    if said is None:
        return set()
    content = page.reading.attributions[said].content
    return {
        cast.of[j]
        for j in page.within(content[0][0], content[-1][1])
        if page.mentions[j].kind == "name" and page.quoted[j] == said and page.marked[j]
        and not t.startswith(",", page.mentions[j].end) and not t.endswith(", ", 0, page.mentions[j].start)
    }  # fmt: skip


def facts(cast: Cast, k: int, candidates: Sequence[int]) -> NDArray[Any]:
    """One row of :data:`FEATURES` a candidate."""
    page, actors = cast.page, cast.actors
    m, s = page.mentions[k], page.sentence[k]
    chance: dict[int, list[float]] = defaultdict(list)
    for j, p in page.links[k]:
        if (a := cast.of[j]) is not None:
            chance[a].append(p)
    known = sum(map(sum, chance.values())) or 1.0
    ahead = [bisect_left(actors[i].mentions, k) for i in candidates]  # how many of its mentions are
    last = [actors[i].mentions[n - 1] if n else None for i, n in zip(candidates, ahead, strict=True)]
    recency = sorted((j for j in last if j is not None), reverse=True)
    total = cast.n_known or 1
    quoted = page.quoted[k]
    speaker = cast.speakers.get(quoted) if quoted is not None else None
    surface, office = page.surface(k).lower(), str(m.role).lower().split()[-1:]
    words, mine = page.words[k], set(page.words[k]) - SMALL
    pronoun = m.kind == "pronoun"
    subject = pronoun and m.name in _SUBJECT
    objective = _is_object(page, k)
    owning = pronoun and (m.name in _POSSESSIVE or (m.name == "her" and _is_possessive(page, k)))
    about_k = [
        subject, objective, owning, m.name in IT, pronoun and m.name in ("they", "them", "their"),
        m.kind == "nominal", m.kind == "name", surface.startswith(("the ", "this ", "that ")),
        surface.startswith(("a ", "an ", "some ", "one ")), surface.startswith(("his ", "her ", "their ", "its ")),
        min(len(words), 6) / 6, m.start < page.title, quoted is not None, page.opens[k],
    ]  # fmt: skip
    sentence_of, is_first = page.sentence.__getitem__, page.first.__getitem__
    out = []
    for i, j, times in zip(candidates, last, ahead, strict=True):
        a = actors[i]
        back = s - page.sentence[j] if j is not None else -1
        ps = chance.get(i)
        p, top = (sum(ps), max(ps)) if ps else (0.0, 0.0)
        shown = page.mentions[j] if j is not None else None
        reach = times - bisect_left(a.mentions, s - 2, hi=times, key=sentence_of)
        theirs = 0 if pronoun else len(a.words - SMALL)
        shared = 0 if pronoun else len(mine & a.words)
        there = bisect_left(a.mentions, s - back, hi=times, key=sentence_of)  # of the last sentence
        first = any(map(is_first, a.mentions[there:times]))
        row = [
            math.log(p + 0.003), math.log(top + 0.003), p / known,
            back == 0, back == 1, back == 2, back == 3, back > 3, j is None,
            math.log1p(m.start - shown.end if shown and shown.end < m.start else 0) if shown else 8.0,
            j is not None and page.opens[j], first, j is not None and page.preposition[j],
            j is not None and page.owner[j], shown is not None and shown.kind == "pronoun",
            shown is not None and shown.kind == "nominal",
            math.log1p(times), len(a.mentions) / total, math.log1p(reach),
            1 / (1 + recency.index(j)) if j is not None else 0, a.mentions[0] == cast.opening,
            page.starts[a.mentions[0]] < page.title,
            not a.described, a.described, a.gender is not None and a.gender == m.gender,
            a.gender is None and m.gender is not None,
            a.type == "person", a.type == "organisation", a.type == "group", a.plural,
            quoted is not None and j is not None and page.quoted[j] == quoted,
            (quoted is None) != (j is None or page.quoted[j] is None), speaker is not None and speaker == i,
            quoted is None and i in cast.speaking, j is None,
            bool(m.role) and any(r.lower().split()[-1:] == office for r in a.roles),
            *about_k,
            subject and first, objective and first and back == 0,
            a.type == m.type, a.plural == m.plural,
            not pronoun and words in a.called,
            not pronoun and bool(words) and any(w[-1:] == words[-1:] for w in a.called),
            shared / len(mine) if mine else 0, shared / theirs if theirs else 0,
            not pronoun and _acronyms(m.name, a.name), min(shared, 3) / 3,
        ]  # fmt: skip
        out.append(row)
    return np.array(out, float).reshape(len(candidates), _N)


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


def _acronyms(a: str, b: str) -> bool:
    """Whether one is the initials of the other: "CFPB"."""
    pairs = ((a, b), (b, a))
    return any(2 <= len(x) <= 6 and x.isupper() and " " in y and spelled(y) == x for x, y in pairs)


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
