"""The actors of a corpus: who is the same in many articles.

One full name is one actor, also with an initial more or with other words ahead of it ("Turncoat Ona Vell"); a surname
alone joins the only person of that surname, or the one in three quarters of the articles that name one in full. What is
a listed name, role or organisation by itself is nobody's surname: "Democrats" is not short for "Harbour Democrats". A
description ("a union official") stays an actor of its own article.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from newslab.actors import name_key, plain
from newslab.rules.lexicons import lexicons
from newslab.text import lowercase_words

if TYPE_CHECKING:
    from newslab.actor_table import ActorTable, Known

_NO_WORD = re.compile(r"\W+")
_NO_PERSON = frozenset("a about an and at by for from her his in of on or our than the their to who with".split())


@dataclass(slots=True)
class Seen:
    """An actor of one article, as far as the corpus has to know it; `known` is its name in the analyst's table."""

    name: str
    type: str
    described: bool
    known: str | None
    aliases: list[str]
    n_mentions: int
    n_quotes: int


@dataclass(slots=True)
class CorpusActor:
    """An actor of the corpus: one row of the actors table."""

    type: str
    names: Counter[str] = field(default_factory=Counter)
    aliases: Counter[str] = field(default_factory=Counter)
    known: str | None = None
    n_articles: int = 0
    n_mentions: int = 0
    n_quotes: int = 0
    name: str = ""
    actor_id: str = ""

    def add(self, a: Seen) -> None:
        """Join an actor of an article."""
        self.names[a.name] += 1
        self.aliases.update(a.aliases)
        self.known = self.known or a.known
        self.n_mentions += a.n_mentions
        self.n_quotes += a.n_quotes

    def settle(self) -> None:
        """Choose the name by which it goes."""
        names, person = self.names, self.type == "person"
        # Of full names that of most articles, or the shortest: "Ona Vell", not "Turncoat Ona Vell"
        self.name = self.known or max(
            names, key=lambda x: (person and " " in x, names[x], -len(x.split()) if person else 0, x)
        )

    def row(self) -> tuple[str, str, str, list[str], int, int, int]:
        """Its row of the actors table."""
        called = sorted((x for x in self.aliases if x != self.name), key=lambda x: (-self.aliases[x], x))
        return self.actor_id, self.name, self.type, called, self.n_articles, self.n_mentions, self.n_quotes


_MOST = 0.75  # share of the articles with people of a surname from which it means one of them where it stands alone
# Type and key, which make two actors of two articles one; and the article, if it is an actor of that article only.
_Group = tuple[str, str, str]


class Roster:
    """The actors of a corpus, joined from those of its articles; the order of the articles changes nothing.

    Who is known by a description stays an actor of its own article. Only those who have a name are kept in memory:
    descriptions, the greater part of a large corpus, are asked for again, article by article.

    Parameters
    ----------
    articles : callable
        Gives (article id, its actors) of every article each time it is called.
    table : ActorTable, optional
        The analyst's actors.
    """

    def __init__(
        self, articles: Callable[[], Iterable[tuple[str, Sequence[Seen]]]], table: ActorTable | None = None
    ) -> None:
        self._table = table
        self._people: Counter[str] = Counter()  # articles by keys of full names
        surnamed: set[str] = set()  # those of them that end with a surname
        weights: dict[str, Counter[str]] = defaultdict(Counter)  # mentions of each name, by the type of their actor
        for _, actors in articles():
            for a in actors:
                if _is_description(a):
                    continue
                if a.known is None:
                    weights[plain(a.name)][a.type] += max(a.n_mentions, 1)
                if a.type == "person" and len(a.name.split()) > 1:
                    key = name_key(a.name, "person")
                    self._people[key] += 1
                    if _has_surname(a.name):
                        surnamed.add(key)
        self._same = _same_people(self._people)
        self._surnames = _of_surnames({k: n for k, n in self._people.items() if k in surnamed}, self._same)
        # One article may take a person for a company; a name is of the type that most of its mentions have.
        self._kinds = {n: max(of, key=lambda k: (of[k], k)) for n, of in weights.items() if len(of) > 1}
        self._types: dict[str, str] = {}  # of actors of the analyst's table, where the table does not say it
        self.named: dict[_Group, CorpusActor] = {}
        slugs = array("q")
        for ident, actors in articles():
            here: dict[_Group, None] = {}
            for a in actors:
                group = self._group(ident, a)
                here.setdefault(group)
                if not group[2]:
                    if group not in self.named:
                        self.named[group] = CorpusActor(group[0])
                    self.named[group].add(a)
            for group in here:
                if group[2]:
                    slugs.append(hash(_slug(group)))
                else:
                    self.named[group].n_articles += 1
        for group, actor in self.named.items():
            actor.settle()
            actor.actor_id = _slug(group)
            slugs.append(hash(actor.actor_id))
        self._ids = self._clashes(articles, np.sort(np.frombuffer(slugs, np.int64)))
        for group, actor in self.named.items():
            actor.actor_id = self._ids.get(group, actor.actor_id)

    def _group(self, article_id: str, a: Seen) -> _Group:
        key = name_key(a.name, a.type)
        if a.known is not None:
            told = self._table.by_name[a.known].type if self._table is not None else None
            return told or self._types.setdefault(a.known, a.type), key, ""
        # "Transport minister Ona Vell, who is no relation" is a description with a full name in it.
        if _is_description(a) and not (a.type == "person" and key in self._people):
            return a.type, key, article_id
        kind = self._kinds.get(plain(a.name), a.type)
        if kind != a.type:
            key = name_key(a.name, kind)
        lone = kind != "group" and len(a.name.split()) == 1
        if lone and (only := self._surnames.get(key)) is not None and _may_be(a, only):
            # A lone surname tells nothing of its type in its article; the corpus knows whose it is.
            return "person", only, ""
        return kind, self._same.get(key, key) if kind == "person" else key, ""

    def _own(self, article_id: str, actors: Sequence[Seen]) -> dict[_Group, CorpusActor]:
        """The actors that exist in this article only."""
        own: dict[_Group, CorpusActor] = {}
        for a in actors:
            if _is_description(a) and (group := self._group(article_id, a))[2]:
                own.setdefault(group, CorpusActor(group[0], n_articles=1)).add(a)
        for group, actor in own.items():
            actor.settle()
            actor.actor_id = self._ids.get(group) or _slug(group)
        return own

    def _clashes(
        self, articles: Callable[[], Iterable[tuple[str, Sequence[Seen]]]], slugs: np.ndarray
    ) -> dict[_Group, str]:
        """Ids of the actors whose names would give one id to several, or an id that another got for that reason."""
        self._ids: dict[_Group, str] = {}
        doubtful = set(slugs[1:][slugs[1:] == slugs[:-1]].tolist())
        while doubtful:
            found = [(g, a) for g, a in self.named.items() if hash(_slug(g)) in doubtful]
            for ident, actors in articles():
                found += [(g, a) for g, a in self._own(ident, actors).items() if hash(_slug(g)) in doubtful]
            rows = sorted(found, key=lambda x: (_slug(x[0]), x[1].type, x[1].name))
            ids, tried = _unique([(_slug(group), actor.type) for group, actor in rows])
            tries = np.array([hash(i) for i in tried], np.int64)
            more = set(tries[np.isin(tries, slugs)].tolist()) - doubtful
            if not more:
                return {group: ident for (group, _), ident in zip(rows, ids, strict=True)}
            doubtful |= more
        return {}

    def who(self, article_id: str, actors: Sequence[Seen]) -> list[CorpusActor]:
        """The actor of the corpus that each actor of an article is."""
        own = self._own(article_id, actors)
        groups = [self._group(article_id, a) for a in actors]
        return [own[g] if g in own else self.named[g] for g in groups]

    def own(self, article_id: str, actors: Sequence[Seen]) -> list[CorpusActor]:
        """The actors of the corpus that exist in this article only; all others are `named`."""
        return list(self._own(article_id, actors).values())

    def known(self) -> dict[str, Known]:
        """Actors of the analyst's table, by their ids in the corpus."""
        if self._table is None:
            return {}
        return {a.actor_id: self._table.by_name[a.known] for a in self.named.values() if a.known is not None}


def _is_description(a: Seen) -> bool:
    """Whether an actor has no name that another article could give too."""
    return a.described or (a.known is None and _names_nobody(a.name, a.type == "person"))


@lru_cache(1 << 16)  # asked for every actor of every article, several times
def _names_nobody(name: str, person: bool) -> bool:
    """Whether what the reader called a name is none, like "no one" or "Secretary"."""
    words = name.split()
    if not words:
        return True
    small = all(w.islower() for w in words[1:] or words)
    role = person and words[-1].lower() in lexicons().roles
    return (small or role) and {w.lower() for w in words} <= lowercase_words()


def _has_surname(name: str) -> bool:
    """Whether the last word of somebody's full name may stand for them: not that of "Harbour Democrats"."""
    lists, (*ahead, last) = lexicons(), name.split()
    if last.islower() or last in lists.names or last.lower() in lists.roles:
        return False
    return not lists.organisation_words & {*ahead[1:], last} and not _NO_PERSON & set(name.lower().split())


def _same_people(people: Mapping[str, int]) -> dict[str, str]:
    """Keys of full names that are another one's as well: "turncoat ona vell", and "ona m. vell" if no "ona b. vell" is.

    What a longer name ends with is the shortest full name that the corpus has.
    """
    same: dict[str, str] = {}
    initials: dict[str, list[str]] = defaultdict(list)
    for key in people:
        words = key.split()
        ends = (" ".join(words[k:]) for k in range(len(words) - 2, 0, -1))
        if (end := next((e for e in ends if e in people), None)) is not None:
            same[key] = end
        elif len(words) > 2 and all(len(w.rstrip(".")) == 1 for w in words[1:-1]):
            initials[f"{words[0]} {words[-1]}"].append(key)
    same |= {keys[0]: short for short, keys in initials.items() if len(keys) == 1 and short in people}
    return {key: same.get(found, found) for key, found in same.items()}


def _of_surnames(people: Mapping[str, int], same: Mapping[str, str]) -> dict[str, str]:
    """Whom a lone surname means: the only person of that name, or the one in most of the articles that have any."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for key, n in people.items():
        counts[key.split()[-1]][same.get(key, key)] += n
    top = {surname: found.most_common(1)[0] for surname, found in counts.items()}
    return {surname: key for surname, (key, n) in top.items() if n >= _MOST * counts[surname].total()}


def _may_be(a: Seen, key: str) -> bool:
    """Whether a lone surname may be that full name's: not that of "Baroness Vell" if the name is "tam vell"."""
    lists = lexicons()
    known = lists.first_names.get(key.split()[0].capitalize())
    told = {lists.gender.get(words[-2].lower().rstrip(".")) for x in a.aliases if len(words := x.split()) > 1}
    return known not in ("f", "m") or not told & ({"f", "m"} - {known})


def _slug(group: _Group) -> str:
    kind, key, article = group
    return _NO_WORD.sub("-", f"{key} @ {article}" if article else key).strip("-") or kind


def _unique(actors: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Ids are readable and unique: of two actors with one slug, the other types carry their type.

    Returns the ids, and all that were tried.
    """
    seen: set[str] = set()
    out, tried = [], []
    for slug, kind in actors:
        ident, n = slug, 2
        if ident in seen:
            ident = f"{slug}-{kind}"
            tried.append(ident)
        while ident in seen:
            ident, n = f"{slug}-{kind}-{n}", n + 1
            tried.append(ident)
        seen.add(ident)
        out.append(ident)
    return out, tried
