"""The actors of a corpus: who is the same in many articles.

One full name is one actor, also with an initial more or with other words ahead of it ("Turncoat Ona Vell"); a surname
alone joins the only person of that surname, or the one in three quarters of the articles that name one in full. What is
a listed name, role or organisation by itself is nobody's surname: "Democrats" is not short for "Harbour Democrats". So
is a first name or a common noun that stands alone in more articles than the full name is in. The first words of a
body's name join it if articles call it so and no other body's name begins with them: "Hollin" for "Hollin Energy". A
description ("a union official", "a Democrat") stays an actor of its own article.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from newslab.calling import is_short, name_key, plain, surnames_of
from newslab.naming import by_generation
from newslab.rules.interviews import HOSTS
from newslab.rules.lexicons import lexicons
from newslab.text import lowercase_words

if TYPE_CHECKING:
    from newslab.actor_table import ActorTable, Known

_NO_WORD = re.compile(r"\W+")
_THEIRS = re.compile(r"(?:his|her)\s", re.I)
_NO_PERSON = frozenset("a about an and at by for from her his in of on or our than the their to who with".split())


@dataclass(slots=True)
class Seen:
    """An actor of one article, as far as the corpus has to know it; `known` is its name in the analyst's table.

    Behind them come the article's places, of the type "place": nobody, but they tell what the same name is elsewhere.
    """

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
            names, key=lambda x: (person and " " in plain(x), names[x], -len(x.split()) if person else 0, x)
        )

    def in_full(self) -> str:
        """Its name with the title that most often stands ahead of it: "Lady Marsh"; the name where none does."""
        titles = lexicons().titles
        ends = {x: x.removesuffix(self.name).split() for x in self.aliases if x.endswith(f" {self.name}")}
        titled = [x for x, ahead in ends.items() if ahead and all(w.lower().rstrip(".") in titles for w in ahead)]
        return max(titled, key=lambda x: (self.aliases[x], x), default=self.name)

    def row(self) -> tuple[str, str, str, list[str], int, int, int]:
        """Its row of the actors table."""
        called = sorted((x for x in self.aliases if x != self.name), key=lambda x: (-self.aliases[x], x))
        return self.actor_id, self.name, self.type, called, self.n_articles, self.n_mentions, self.n_quotes


@dataclass(slots=True)
class _Names:
    """What a corpus tells of names: who has them in full, and what they are in how many of its articles."""

    longer: dict[str, None] = field(default_factory=dict)  # keys of people's names of several words
    people: Counter[str] = field(default_factory=Counter)  # articles by those of them that end with a surname
    lone: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  # by names of one word and type
    bodies: Counter[str] = field(default_factory=Counter)  # by the words with which longer names of bodies begin
    brief: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # bodies by the first words they go by
    n_articles: Counter[str] = field(default_factory=Counter)  # by name of who acts
    titled: set[str] = field(default_factory=set)  # names of one word that stand behind a title
    shared: set[str] = field(default_factory=set)  # names of one word that two people of an article have
    weights: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  # mentions by name and type

    def add(self, a: Seen) -> None:
        """Count an actor, or a place, of an article."""
        if _is_description(a):
            return
        name = plain(a.name)
        if a.known is None:
            self.weights[name][a.type] += max(a.n_mentions, 1)
        first, *more = name.split() or [""]
        if a.type != "place":
            self.n_articles[name] += 1
        if not more:
            self.lone[first][a.type] += 1
            if _is_titled(a):
                self.titled.add(first)
        elif a.type == "organisation":
            begins = list(accumulate([first, *more[:-1]], "{} {}".format))
            self.bodies.update(begins)
            for words in {plain(x) for x in a.aliases}.intersection(begins):
                self.brief[words].add(name)
        elif a.type == "person":
            self.longer.setdefault(name)  # of people the plain name is the key
            if _has_surname(a.name):
                self.people[name] += 1

    def add_shared(self, actors: Sequence[Seen]) -> None:
        """Note the lone names that two people of an article have: Lord and Lady Marsh."""
        lone = Counter(name for a in actors if a.type == "person" and " " not in (name := plain(a.name)))
        self.shared.update(name for name, n in lone.items() if n > 1)

    def kinds(self) -> dict[str, str]:
        """What a name is that is not the same in all articles: what most of its mentions are.

        What does something in the name of a place is its government. A name of one word that is nobody's surname and no
        first name is no person if a quarter of its articles have it as a place, where people seldom stand ("in
        Hollin"), or if as many as have it name a body that begins with it ("Hollin Energy"). Nor is one of several
        words if as many name such a body: "Blue Gull" and "Blue Gull Ferries".
        """
        most = {n: max(of, key=lambda k: (of[k], k)) for n, of in self.weights.items() if len(of) > 1}
        found = {n: "organisation" if kind == "place" else kind for n, kind in most.items()}
        surnames = {key.split()[-1] for key in self.people} | self.titled
        for name, of in self.lone.items():
            people, places = of["person"], of["place"]
            somebody = name in surnames or name.capitalize() in lexicons().first_names
            if people and not somebody and max(3 * places if places > 1 else 0, self.bodies[name]) >= max(people, 2):
                found[name] = "organisation"
        for name, people in self.people.items():
            if name.split()[0].capitalize() not in lexicons().first_names and self.bodies[name] >= max(people, 2):
                found[name] = "organisation"
        return found

    def bodies_in_full(self, kinds: Mapping[str, str]) -> dict[str, str]:
        """By first words of names of bodies the only body that articles call so, if no other's name begins with them.

        A listed name, a common noun and what is no body elsewhere stay by themselves, and so do words that stand alone
        in more than twice as many articles: "Fox" is more than "Fox News".
        """
        lists = lexicons()
        common = {plain(x) for x in (*lists.names, *lists.organisation_words)} | lowercase_words()
        found = {}
        for words, called in self.brief.items():
            kind = kinds.get(words) or next(iter(self.weights.get(words, ())), "organisation")
            if kind != "organisation" or words in common or len(called) > 1:
                continue
            (name,) = called
            if self.bodies[words] == self.n_articles[name] and self.n_articles[words] <= 2 * self.n_articles[name]:
                found[words] = name
        return found


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
        names = _Names()
        for _, actors in articles():
            for a in actors:
                names.add(a)
            names.add_shared(actors)
        self._kinds = names.kinds()
        self._bodies = names.bodies_in_full(self._kinds)
        self._people = {name: n for name, n in names.people.items() if self._kinds.get(name, "person") == "person"}
        self._same = _same_people(names.longer, self._people)
        self._surnames = _of_surnames(self._people, self._same, names.lone)
        self._shared = names.shared
        self._types: dict[str, str] = {}  # of actors of the analyst's table, where the table does not say it
        self.named: dict[_Group, CorpusActor] = {}
        slugs = array("q")
        for ident, actors in articles():
            here: dict[_Group, None] = {}
            full = self._in_full(actors)
            for a in _acting(actors):
                group = self._group(ident, a, full)
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
        _tell_apart(self.named.values())
        self._ids = self._clashes(articles, np.sort(np.frombuffer(slugs, np.int64)))
        for group, actor in self.named.items():
            actor.actor_id = self._ids.get(group, actor.actor_id)

    def _in_full(self, actors: Sequence[Seen]) -> set[str]:
        """Keys of the people of an article who have a name of several words there, and of a lone one that two have."""
        keys = Counter(plain(a.name) for a in actors if a.type == "person")
        return {self._same.get(key, key) for key, n in keys.items() if " " in key or n > 1}

    def _group(self, article_id: str, a: Seen, full: Set[str] = frozenset()) -> _Group:
        """What makes an actor one with others; `full` are keys of people whom its article names beside it."""
        key = name_key(a.name, a.type)
        if a.known is not None:
            told = self._table.by_name[a.known].type if self._table is not None else None
            return told or self._types.setdefault(a.known, a.type), key, ""
        # "Transport minister Ona Vell, who is no relation" is a description with a full name in it.
        if _is_description(a) and not (a.type == "person" and key in self._people):
            owner = _THEIRS.match(a.name)  # "his team" is not "her team"
            return a.type, f"{owner[0].lower()}{key}" if owner else key, article_id
        kind = self._kinds.get(plain(a.name), a.type)
        if kind != a.type:
            key = name_key(a.name, kind)
        lone = kind != "group" and len(a.name.split()) == 1
        only = self._surnames.get(key) if lone else None
        # In the article of his son Ivo Vell "Lord Vell" is somebody else, or the two were one there
        if only is not None and _may_be(a, only) and not (only in full and a.type == "person" and _is_titled(a)):
            # A lone surname tells nothing of its type in its article; the corpus knows whose it is.
            return "person", only, ""
        if kind == "person" and lone and key in full | self._shared and (woman := _as_woman(a)):
            return kind, f"{woman} {key}", ""  # "Lady Marsh", beside Lord Marsh or in a corpus that knows both
        if kind == "organisation" and (longer := self._bodies.get(plain(a.name))) is not None:
            return kind, name_key(longer, kind), ""
        return kind, self._same.get(key, key) if kind == "person" else key, ""

    def _own(self, article_id: str, actors: Sequence[Seen]) -> dict[_Group, CorpusActor]:
        """The actors that exist in this article only."""
        own: dict[_Group, CorpusActor] = {}
        for a in _acting(actors):  # descriptions, for which it does not matter who stands beside them
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
        full = self._in_full(actors)
        groups = [self._group(article_id, a, full) for a in _acting(actors)]
        return [own[g] if g in own else self.named[g] for g in groups]

    def own(self, article_id: str, actors: Sequence[Seen]) -> list[CorpusActor]:
        """The actors of the corpus that exist in this article only; all others are `named`."""
        return list(self._own(article_id, actors).values())

    def known(self) -> dict[str, Known]:
        """Actors of the analyst's table, by their ids in the corpus."""
        if self._table is None:
            return {}
        return {a.actor_id: self._table.by_name[a.known] for a in self.named.values() if a.known is not None}


def _tell_apart(actors: Iterable[CorpusActor]) -> None:
    """Call people of one name by their titles too, if these differ: "Lord Marsh", "Lady Marsh", not twice "Marsh"."""
    named: dict[str, list[CorpusActor]] = defaultdict(list)
    for actor in actors:
        named[actor.name].append(actor)
    for name, of in named.items():
        if len(of) == 1:
            continue
        fuller = [actor.in_full() for actor in of]
        n = Counter(fuller)
        for actor, new in zip(of, fuller, strict=True):
            if actor.known is None and actor.type == "person" and n[new] == 1 and new != name:
                actor.aliases[name] += 0  # by which both can still be asked for
                actor.name = new


def _acting(actors: Sequence[Seen]) -> Iterable[Seen]:
    """The actors of an article, without its places."""
    return (a for a in actors if a.type != "place")


def _is_description(a: Seen) -> bool:
    """Whether an actor has no name that another article could give too."""
    return a.described or (a.known is None and _names_nobody(a.name, a.type == "person"))


@lru_cache(1 << 16)  # asked for every actor of every article, several times
def _names_nobody(name: str, person: bool) -> bool:
    """Whether what the reader called a name is none, like "no one", "Secretary" or "a Democrat"."""
    words = name.split()
    if not words:
        return True
    small = all(w.islower() for w in words[1:] or words)
    role = person and (words[-1].lower() in lexicons().roles or name.lower() in HOSTS)
    member = person and " " not in plain(name) and lexicons().is_group(f"{words[-1]}s")
    return member or ((small or role) and {w.lower() for w in words} <= lowercase_words())


def _has_surname(name: str) -> bool:
    """Whether somebody's name is a full one, whose last word may stand for them: not "Harbour Democrats", "wise Bo"."""
    lists, (first, *ahead) = lexicons(), by_generation(name)[0].split()
    if not ahead:
        return False  # "Vell Jr"
    last = ahead[-1]
    listed = last in lists.names or last.lower() in lists.roles or lists.is_group(f"{last}s")
    if listed or first.islower() or last.islower():
        return False
    if first not in lists.first_names and set(name.lower().split()) <= lowercase_words():
        return False  # "First Lady"
    return not lists.organisation_words & set(ahead) and not _NO_PERSON & set(name.lower().split())


def _same_people(names: Collection[str], people: Mapping[str, int]) -> dict[str, str]:
    """Which of these keys are full names of another as well: "turncoat ona vell", "ona m. vell" or "ona mary vell".

    What a longer name ends with is the shortest full name that the corpus has; but "de luca" is a surname, which means
    the only "rosa de luca". With a name in the middle it is the same person if the corpus has no other in the middle of
    these two, and with a "jr" if there is no "sr".
    """
    same: dict[str, str] = {}
    middle: dict[str, set[str]] = defaultdict(set)
    bearers: dict[str, set[str]] = defaultdict(set)
    generations: dict[str, set[str]] = defaultdict(set)
    full = set(people)
    for key in names:
        name, generation = by_generation(key)
        if generation and " " in name:
            generations[_first_and_last(name)].add(generation)
            full |= {name} if key in people else set()
    for key in names:
        name, generation = by_generation(key)
        words = name.split()
        if generation and len(generations[_first_and_last(name)]) != 1:
            continue
        if generation:
            same[key] = name
        ends = (" ".join(words[k:]) for k in range(len(words) - 2, 0, -1))
        known = [end for end in ends if end in full]
        surnames = surnames_of(name) if known else []
        if (end := next((e for e in known if e not in surnames), None)) is not None:
            same[key] = end
        elif len(words) > 2 and key in people:
            middle[_first_and_last(name)].add(name)
        for end in known:
            bearers[end].add(same.get(key, name))
    same |= {keys.pop(): short for short, keys in middle.items() if len(keys) == 1 and short in full}
    same |= {end: keys.pop() for end, keys in bearers.items() if len(keys) == 1 and end not in keys}
    return {key: same.get(found, found) for key, found in same.items()}


def _first_and_last(key: str) -> str:
    words = key.split()
    return f"{words[0]} {words[-1]}"


def _of_surnames(
    people: Mapping[str, int], same: Mapping[str, str], lone: Mapping[str, Mapping[str, int]]
) -> dict[str, str]:
    """Whom a lone surname means: the only person of that name, or the one in most of the articles that have any.

    Articles with "Joseph Vell" speak for "Joe Vell". A first name or a common noun means that person if it stands alone
    in no more articles than the full name is in.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for key, n in people.items():
        counts[by_generation(key)[0].split()[-1]][same.get(key, key)] += n
    found = {}
    for surname, of in counts.items():
        key, n = of.most_common(1)[0]
        first = key.split()[0].title()
        for_them = n + sum(of[k] for k in of if is_short(first, k.split()[0].title()))
        common = surname in lowercase_words() or surname.capitalize() in lexicons().first_names
        if for_them >= _MOST * of.total() and not (common and _n_acting(lone.get(surname, {})) > n):
            found[surname] = key
    return found


def _n_acting(of: Mapping[str, int]) -> int:
    """In how many articles a name acts, by what it is in them."""
    return sum(n for kind, n in of.items() if kind != "place")


def _may_be(a: Seen, key: str) -> bool:
    """Whether a lone surname may be that full name's: not that of "Baroness Vell" if the name is "tam vell"."""
    lists = lexicons()
    known = lists.first_names.get(key.split()[0].capitalize())
    told = {lists.gender.get(title) for title in _titles(a)}
    return known not in ("f", "m") or not told & ({"f", "m"} - {known})


def _is_titled(a: Seen) -> bool:
    """Whether a title stands ahead of the one word that somebody is called by: "Mr Vell"."""
    return not lexicons().titles.isdisjoint(_titles(a))


def _as_woman(a: Seen) -> str | None:
    """The title of a woman that stands ahead of what somebody is called by: "lady"."""
    return next((title for title in _titles(a) if lexicons().gender.get(title) == "f"), None)


def _titles(a: Seen) -> Iterable[str]:
    """The words that stand ahead of the last one of what somebody is called: "mrs", "justice" of "Mrs Justice Vell"."""
    return (word.lower().rstrip(".") for x in a.aliases for word in x.split()[:-1])


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
