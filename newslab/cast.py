"""Who is known of an article so far, under what they are found, and which mentions are theirs.

Each pass of :mod:`newslab.actors` reads it and adds to it; only the methods of :class:`Cast` change it, but for
the speaker of a single attribution.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newslab.calling import initials, name_key, spelled
from newslab.offices import NO_OWNER, Owner, leads_beside, owner_in, role_words
from newslab.page import Page

if TYPE_CHECKING:
    from newslab.actor_table import Known


@dataclass
class Actor:
    """Somebody in one article: `names` counts what it is called; `mentions` are indices into the reading."""

    type: str
    names: Counter[str] = field(default_factory=Counter)
    aliases: dict[str, None] = field(default_factory=dict)
    mentions: list[int] = field(default_factory=list)
    gender: str | None = None
    plural: bool = False
    described: bool = False  # known by a description only
    roles: set[str] = field(default_factory=set)
    known: Known | None = None  # who it is in the analyst's table
    called: dict[tuple[str, ...], None] = field(default_factory=dict)  # the words of each of its names, once
    words: set[str] = field(default_factory=set)  # all of these
    owners: set[Owner] = field(default_factory=set)  # whose it is, and their gender

    @property
    def name(self) -> str:
        """The fullest name that the article itself gives, or the name in the analyst's table."""
        if self.known:
            return self.known.name
        if len(self.names) == 1:
            return next(iter(self.names))
        person = self.type == "person"
        return max(self.names, key=lambda n: (len(n.split()) if person else 0, self.names[n], len(n), n))


class Index:
    """Under what the actors of an article, by their numbers, are found."""

    def __init__(self) -> None:
        self.first: dict[str, set[int]] = defaultdict(set)  # the first word of the fullest name
        self.initials: dict[str, set[int]] = defaultdict(set)  # of all its words with a capital
        self.spelled: dict[str, set[int]] = defaultdict(set)  # of all its words but small ones, as in an acronym
        self.name: dict[str, set[int]] = defaultdict(set)  # the fullest name
        self.key: dict[str, set[int]] = defaultdict(set)  # of the fullest name, whatever the type
        self.word: dict[str, set[int]] = defaultdict(set)  # any word of any name
        self.alias: dict[str, set[int]] = defaultdict(set)  # any word of any alias
        self.role: dict[str, set[int]] = defaultdict(set)  # the noun of a role
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

    def renumber(self, number: dict[int, int]) -> None:
        """Give actors new numbers; who has none is left out."""
        for table in (self.first, self.initials, self.spelled, self.name, self.key, self.word, self.alias, self.role):
            for entry, found in table.items():
                table[entry] = {number[i] for i in found if i in number}
        self._named = {number[i]: name for i, name in self._named.items() if i in number}

    def _entries(self, name: str) -> list[tuple[dict[str, set[int]], str]]:
        first = " ".join(name.split()[:1])
        return [(self.first, first), (self.initials, initials(name)), (self.name, name), (self.spelled, spelled(name)),
                (self.key, name_key(name, ""))]  # fmt: skip


class Cast:
    """The actors of an article by their numbers, and of whom each mention is (`of`) and who says what (`speakers`)."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actors: list[Actor] = []
        self.of: list[int | None] = [None] * len(page.mentions)
        self.index = Index()
        self.speakers: dict[int, int | None] = {}  # by attribution
        self.speaking: set[int | None] = set()  # all of them, before pronouns were looked at
        self.n_known = 0  # mentions whose actor is known
        self.opening = -1  # the first of them

    def join(self, k: int, i: int | None, described: bool = False) -> int:
        """Let a mention be of an actor, or of a new one (`described`, if without a name), and note what it tells."""
        page, m = self.page, self.page.mentions[k]
        if i is None:
            i = len(self.actors)
            self.actors.append(Actor(m.type, gender=m.gender, plural=m.plural, described=described))
            if described:
                self.actors[i].names[m.name] += 1
                self.index.rename(i, m.name)
        a = self.actors[i]
        if self.of[k] is None:
            self.n_known += 1
            self.opening = k if self.opening < 0 else min(k, self.opening)
        self.of[k] = i
        insort(a.mentions, k)
        if m.kind != "pronoun":
            for alias in (page.surface(k), m.name):
                if alias not in a.aliases:
                    a.aliases[alias] = None
                    for word in alias.casefold().split():
                        self.index.alias[word].add(i)
            if page.words[k] not in a.called:
                a.called[page.words[k]] = None
                a.words.update(page.words[k])
                for word in page.words[k]:
                    self.index.word[word].add(i)
        if (owner := self.owner(k)) != NO_OWNER:
            a.owners.add(owner)
        if m.kind == "name":
            a.names[m.name] += 1
            a.gender = a.gender or m.gender
            if m.role:
                self.give_role(i, m.role)
            if m.type == "person" and (office := leads_beside(page.t, page.mentions, k)):
                self.give_role(i, office)
            self.index.rename(i, a.name)
        return i

    def owner(self, k: int) -> Owner:
        """Whose a described body is, as far as its words tell, and of what gender the owner is."""
        j, gender = owner_in(self.page.t, self.page.mentions, k, self.page.nested[k])
        owner = None if j is None else self.of[j]
        return (None, gender) if owner is None else (owner, self.actors[owner].gender)

    def give_role(self, i: int, role: str) -> None:
        """Note a role of an actor."""
        self.actors[i].roles.add(role)
        for noun in role_words(role)[-1:]:
            self.index.role[noun].add(i)

    def tell_speakers(self, speakers: Sequence[int | None]) -> None:
        """Note who says each attribution."""
        self.speakers, self.speaking = dict(enumerate(speakers)), set(speakers)

    def last(self, i: int, before: int) -> int:
        """Where the last mention of an actor begins that is ahead of a place, or -1."""
        places = self.actors[i].mentions
        n = bisect_left(places, bisect_left(self.page.starts, before))
        return self.page.starts[places[n - 1]] if n else -1

    def free(self, i: int, mentions: Sequence[int]) -> None:
        """Let mentions of an actor be nobody's again."""
        gone = set(mentions)
        self.actors[i].mentions = [k for k in self.actors[i].mentions if k not in gone]
        self.n_known -= len(gone)
        for k in gone:
            self.of[k] = None

    def merge(self, i: int, into: int) -> None:
        """Let all mentions of an actor be those of another one; :meth:`renumber` then leaves it out."""
        for k in self.actors[i].mentions:
            self.join(k, into)
        for word in self.actors[i].words:
            self.index.word[word].discard(i)
        self.actors[i].mentions = []

    def renumber(self) -> None:
        """Number the actors anew without those that have no mention left."""
        kept = [i for i, a in enumerate(self.actors) if a.mentions]
        if len(kept) == len(self.actors):
            return
        number = {i: n for n, i in enumerate(kept)}
        self.of = [None if i is None else number[i] for i in self.of]
        self.actors = [self.actors[i] for i in kept]
        self.index.renumber(number)
