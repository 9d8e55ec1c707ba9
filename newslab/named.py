"""Who is called by name: the analyst's actors, full names and their short forms, and bodies under other names."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from newslab.antecedents import Ask, candidates
from newslab.calling import are_two, forms_of, fullness, gender_fits, is_short, name_key, singular, surnames_of
from newslab.naming import by_generation
from newslab.offices import MOST, role_words

if TYPE_CHECKING:
    import pandas as pd

    from newslab.actor_table import ActorTable
    from newslab.cast import Cast
    from newslab.page import Page

_THEIR_KIN = (  # "his elder son", "Mr Vell’s wife"
    r"(?:his|her|their|(?:mrs?|ms|dr|lord|lady|baroness)\.?\s[\w-]+['’]s)\s(?:\w+\s)?(?:\w+-)?(?:grand)?"
    r"(son|daughter|brother|sister|wife|husband|widow|widower|father|mother|twin|nephew|niece|cousin|uncle|aunt)"
)
_KIN_AHEAD = re.compile(rf"\b{_THEIR_KIN},?\s\Z", re.I)
_KIN_BEHIND = re.compile(rf",\s{_THEIR_KIN}\b", re.I)
_NICKNAME = re.compile(r"[\"“‘]([\w-]+)[\"”’]")  # "Curtis “Buddy” Bellweather"
_WHOSE = re.compile(r"\b(\w+s)['’]\s")  # whose "the Harbour Dockers' Guild" is


def join_known(cast: Cast, table: ActorTable, day: pd.Timestamp | None) -> None:
    """Join mentions that the analyst's table knows, by name or by a role on that day."""
    number: dict[str, int] = {}
    for k, m in enumerate(cast.page.mentions):
        found = table.find(m, cast.page.surface(k), day) if m.kind != "pronoun" else None
        if found is None:
            continue
        i = cast.join(k, number.get(found.name))
        if found.name not in number:
            number[found.name], actor = i, cast.actors[i]
            actor.known, actor.type = found, found.type or m.type
            actor.plural = m.plural and m.kind == "name"
            cast.index.rename(i, actor.name)


def join_names(cast: Cast) -> None:
    """Join the other names: the fullest first, so that a surname ahead of its full name (a headline) finds it too."""
    names, mentions = _Names(cast), cast.page.mentions
    order = sorted(
        (k for k, m in enumerate(mentions) if m.kind == "name" and m.type != "place" and cast.of[k] is None),
        key=lambda k: (*fullness(mentions[k].name), mentions[k].start),
    )
    for k in order:
        found = names.person(k) if mentions[k].type == "person" else names.body(k)
        names.note(k, cast.join(k, found), new=found is None)


class _Names:
    """By which names actors are found, while the names of an article are joined."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.key: dict[str, int] = {}  # who has the whole name
        self.surnames: dict[str, list[int]] = defaultdict(list)
        self.nicknames: dict[str, set[int]] = defaultdict(set)  # a word between marks in the name
        self.relatives: dict[int, int] = {}  # who is first named as somebody's relative, and where
        self.in_full: dict[int, list[int]] = defaultdict(list)  # where somebody is, to whom a bare surname goes back
        for i, a in enumerate(cast.actors):  # those of the analyst's table
            for name in {a.name, *a.names}:
                self.key.setdefault(name_key(name, a.type), i)
                for surname in surnames_of(name) if a.type == "person" and " " in name else ():
                    if i not in self.surnames[surname]:
                        self.surnames[surname].append(i)
            for k in a.mentions:
                self._note_place(k, i)

    def note(self, k: int, i: int, new: bool) -> None:
        """Note by what a name that was joined to an actor finds it from here on."""
        m = self.cast.page.mentions[k]
        key = name_key(m.name, m.type)
        self.key.setdefault(key, i)
        if m.type != "person":
            self.key.setdefault(singular(key), i)
        elif new:
            for surname in surnames_of(m.name):
                self.surnames[surname].append(i)
            for word in _NICKNAME.findall(m.name):
                self.nicknames[word].add(i)
            if " " in m.name and _is_told_as_relative(self.cast.page, k):
                self.relatives[i] = m.start
        self._note_place(k, i)

    def _note_place(self, k: int, i: int) -> None:
        """Note whether a bare surname goes back to here: not to "her brother, Ivo Vell", but to "Baroness Vell".

        To the latter if the article gives her no other name.
        """
        m = self.cast.page.mentions[k]
        if " " in m.name:
            full = not _is_told_as_relative(self.cast.page, k)
        else:
            full = m.kind == "name" and m.role is not None and not any(" " in n for n in self.cast.actors[i].names)
        if full:
            insort(self.in_full[i], m.start)

    def body(self, k: int) -> int | None:
        """Whom the name of a body means: who has it, also in the plural, or is spelled so."""
        m = self.cast.page.mentions[k]
        key = name_key(m.name, m.type)
        found = self.key.get(key, self.key.get(singular(key)))
        if found is None and m.name.isupper() and len(m.name) > 1:
            found = min(self.cast.index.initials[m.name], default=None)
        return found

    def person(self, k: int) -> int | None:
        """Whom a person's name means: by first name and surname, by a surname alone, or by a first name alone."""
        m = self.cast.page.mentions[k]
        name, generation = by_generation(m.name)
        first, *others = name.split()
        surname = name.casefold() if others else name
        alike = self.cast.index.first[first] | self.nicknames[first]
        if others and surname not in self.surnames:  # "de Luca" is one
            same = self.key.get(name_key(m.name, "person"))
            if same is not None and self.cast.actors[same].type == "person":
                return same
            found = [i for i in self.surnames.get(others[-1], []) if self._is_of(i, generation)]
            if (one := next((i for i in found if i in alike), None)) is not None:  # with and without a middle name
                return one
            return found[0] if len(found) == 1 and self._is_in_short(found[0], first, m.role) else None
        options = self._by_surname(k, surname, generation)
        if not options and not others:
            fit = [i for i in sorted(alike) if gender_fits(self.cast.actors[i].gender, m.gender)]  # Lord and Lady Vell
            options = [i for i in fit if self.cast.actors[i].type == "person" and self._is_of(i, generation)]
            if not options and m.role is None and not _is_told_as_relative(self.cast.page, k):
                options = self._called_in_short(k)
        return self._nearest(options[:MOST], k)

    def _by_surname(self, k: int, surname: str, generation: str) -> list[int]:
        """Who may be meant by a surname, as far as gender, title and generation tell."""
        m, actors = self.cast.page.mentions[k], self.cast.actors
        options = []
        for i in self.surnames.get(surname, [])[:MOST]:
            # A bare surname has but the gender of whoever the article names in full
            unknown = m.role is None and " " not in actors[i].name
            if (unknown or gender_fits(actors[i].gender, m.gender)) and self._is_of(i, generation):
                options.append(i)
        if m.role and " " not in surname:  # "Lord Vell" is not the "Ivo Vell" whom the article then calls his son
            options = [i for i in options if m.start > self.relatives.get(i, -1)]
        if m.gender and m.role:  # "Ms Vell" is rather Ona than somebody whose first name tells nothing
            options = [i for i in options if actors[i].gender == m.gender] or options
        if m.role and len(options) > 1:  # "Senator Vell" is the senator of that name
            title = role_words(m.role)
            options = [i for i in options if any(role_words(r) == title for r in actors[i].roles)] or options
        return options

    def _called_in_short(self, k: int) -> list[int]:
        """The only person whose first name a bare one may be short for: "Bill", where William Vell was named."""
        m = self.cast.page.mentions[k]
        fits = [
            i
            for first in forms_of(m.name)
            for i in self.cast.index.first.get(first, ())
            if (a := self.cast.actors[i]).type == "person" and " " in a.name
            and a.mentions[0] < k and gender_fits(a.gender, m.gender)
        ]  # fmt: skip
        return fits if len(fits) == 1 else []

    def _is_in_short(self, i: int, first: str, role: str | None) -> bool:
        """Whether a first name is a short form of somebody's, and no role speaks against it: "Sheriff Bill Vell"."""
        a = self.cast.actors[i]
        held = not role or not a.roles or any(role_words(r)[-1:] == role_words(role)[-1:] for r in a.roles)
        return held and is_short(first, a.name.split()[0])

    def _is_of(self, i: int, generation: str) -> bool:
        """Whether somebody may be the "Jr" or "Sr" that a name says."""
        known = by_generation(self.cast.actors[i].name)[1]
        return not known or not generation or known == generation

    def _nearest(self, options: Sequence[int], k: int) -> int | None:
        """Of several people of one surname: whom the paragraph named last, else whom the article named first in full.

        News is about the one whom it names first, and calls a wife or a namesake by the full name, however often.
        """
        if len(options) < 2:
            return options[0] if options else None
        text, at = self.cast.page.text, self.cast.page.starts[k]
        opens = text.paragraphs[text.paragraph_at(at)][0]

        def order(i: int) -> tuple[int, int]:
            places = self.in_full[i]
            n = bisect_left(places, at)
            here = places[n - 1] if n and places[n - 1] >= opens else -1
            return -here, places[0] if places else len(text.text)

        return min(options, key=order)


def _is_told_as_relative(page: Page, k: int) -> bool:
    """Whether a full name stands beside what its bearer is to somebody: "her brother, Ivo Vell"."""
    m, t = page.mentions[k], page.t
    end = m.name_end(t)
    start = max(m.start, end - len(m.name))
    return _KIN_AHEAD.search(t, max(0, start - 60), start) is not None or _KIN_BEHIND.match(t, end) is not None


def join_variants(cast: Cast, ask: Ask) -> None:
    """Join organisations under names that differ: "the House Oversight panel", "CFPB"."""
    actors, ahead = cast.actors, set()
    for i in sorted((i for i, a in enumerate(actors) if a.type != "person"), key=lambda i: actors[i].mentions):
        k, name = actors[i].mentions[0], actors[i].name
        others = [c for c in candidates(cast, k) if c in ahead]
        if whose := _WHOSE.findall(name):  # "the Nurses' Guild" is not "the Dockers' Guild"
            others = [c for c in others if _WHOSE.findall(actors[c].name) in ([], whose)]
        found = ask(cast, k, [c for c in others if not are_two(name, actors[c].name)])
        if found is None or actors[i].known is not None:
            ahead.add(i)
        else:
            cast.merge(i, found)
    cast.renumber()
