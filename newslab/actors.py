"""From mentions to actors: who is who in an article.

Names and their short forms, descriptions tied to a name by apposition or role, pronouns by a trained ranking, or by
the nearest actor that fits in number and gender. Who speaks, :mod:`newslab.speaking` and :mod:`newslab.unnamed` say;
who is the same across articles, :mod:`newslab.roster`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newslab.antecedents import Index, Page, network, ranking
from newslab.calling import (
    ARTICLE,
    INDEFINITE,
    are_two,
    forms_of,
    fullness,
    gender_fits,
    is_short,
    name_key,
    singular,
    surnames_of,
)
from newslab.descriptions import firm_before, is_person, stands_for, told_of
from newslab.naming import NUMBERS, by_generation
from newslab.nearest import nearest
from newslab.offices import (
    BODIES,
    MOST,
    NO_OWNER,
    OF_NO_PEOPLE,
    Owner,
    holders,
    is_another_body,
    is_of_another,
    leads_beside,
    only_holder,
    owner_in,
    role_fits,
    role_words,
)
from newslab.pronouns import FIRST_PERSON, GENDER, IT, RELATIVE, SECOND_PERSON
from newslab.reading import Innermost, Reading
from newslab.rules.lexicons import lexicons
from newslab.speaking import document_source, speakers_of
from newslab.text import lowercase_words
from newslab.unnamed import (
    speaks_for_next,
    speaks_unnamed,
    spoken_for,
    spokesman_going_on,
    unnamed_before,
    unnamed_going_on,
)

if TYPE_CHECKING:
    import pandas as pd

    from newslab.actor_table import ActorTable, Known

_WHERE = re.compile(r"\s(?:for|to|at|in|on|with|from|by)\s")  # "spokesman for the senator", "cook at the council"
_THEIR_KIN = (  # "his elder son", "Mr Vell’s wife"
    r"(?:his|her|their|(?:mrs?|ms|dr|lord|lady|baroness)\.?\s[\w-]+['’]s)\s(?:\w+\s)?(?:\w+-)?(?:grand)?"
    r"(son|daughter|brother|sister|wife|husband|widow|widower|father|mother|twin|nephew|niece|cousin|uncle|aunt)"
)
_KIN_AHEAD = re.compile(rf"\b{_THEIR_KIN},?\s\Z", re.I)
_KIN_BEHIND = re.compile(rf",\s{_THEIR_KIN}\b", re.I)
_NICKNAME = re.compile(r"[\"“‘]([\w-]+)[\"”’]")  # "Curtis “Buddy” Bellweather"
_WHOSE = re.compile(r"\b(\w+s)['’]\s")  # whose "the Harbour Dockers' Guild" is
_HEADING = re.compile(r"[^.!?“”\"\n]{0,149}\w")  # a line without a sentence's end
_ASIDE = re.compile(r"\s[a-z][^,.;:!?“”\"\n]{1,60},\s[a-z]")  # "Mr Orr, she told members, has lied"
GROUP_OF = r"(?:\w+\s)?group\sof\s"
_STAFF = re.compile(r"(?:campaign|camp|team|spokes(?:man|woman|person|people|men|women))$")  # whose, may stand ahead
_GROUP_OF = re.compile(rf"(?:an?\s|the\s)?{GROUP_OF}", re.I)
_NEW_GROUP = re.compile(rf"an?\s{GROUP_OF}", re.I)
_BESIDE = frozenset(("acting", "assistant", "group", "opposition"))  # offices beside "the leader"
_STATE = re.compile(r"(?:the|this|his|her|their|its|our|my)\sstate", re.I)  # and no "Islamic State"
_NUMBER = re.compile(rf"\d[\d,]*|dozens|{NUMBERS}")


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


@dataclass
class Resolution:
    """The actors of one article, the actor of each mention (or None), and of each attribution's source."""

    actors: list[Actor]
    by_mention: list[int | None]
    speakers: list[int | None]
    how: list[str]


def resolve(reading: Reading, table: ActorTable | None = None, day: pd.Timestamp | None = None) -> Resolution:
    """Decide who each mention and each source of an article is.

    Parameters
    ----------
    reading : Reading
    table : ActorTable, optional
        The analyst's actors, which take precedence.
    day : Timestamp, optional
        When the article was published, which decides who holds a role of the table.

    Returns
    -------
    Resolution
        With one entry of `by_mention` a mention and one of `speakers` and `how` an attribution; `how` is "named",
        "resolved", "continued" or "unknown".
    """
    return _Resolver(reading, table, day).run()


class _Resolver:
    def __init__(self, reading: Reading, table: ActorTable | None, day: pd.Timestamp | None) -> None:
        self.reading, self.text = reading, reading.text
        self.table, self.day = table, day
        self.mentions = reading.mentions
        self.actors: list[Actor] = []
        self.of: list[int | None] = [None] * len(self.mentions)
        self.sentence = [self.text.sentence_at(m.start) for m in self.mentions]
        within = Innermost(reading.attributions)
        self.quoted = [within.at(m.start) for m in self.mentions]
        self.closes = {a.content[-1][1]: i for i, a in enumerate(reading.attributions)}  # where they end
        self.index = Index()
        self.page = Page(reading, self.actors, self.of, self.sentence, self.quoted, self.index)
        self.unnamed = [k for k in range(len(self.mentions)) if speaks_unnamed(self.page, k)]
        self.full: dict[int, list[int]] = defaultdict(list)  # where an actor has more than one word to its name
        self.nicknamed: dict[str, set[int]] = defaultdict(set)  # who has a word between marks in the name
        self.relatives: dict[int, int] = {}  # who is first named as somebody's relative, and where

    def run(self) -> Resolution:
        if self.table is not None:
            self._known(self.table)
        self._names()
        if self.reading.links:
            self._variants()
        self._descriptions()
        self.page.tell_speakers(speakers_of(self.page)[0])
        self._pronouns()
        self._genders()
        self._standings()
        self._first_person(speakers_of(self.page)[0])
        speakers, how = speakers_of(self.page)  # now also of speech within speech: “I told him to go”
        return Resolution(self.actors, self.of, speakers, how)

    def _join(self, k: int, actor: int) -> None:
        m, a = self.mentions[k], self.actors[actor]
        if self.of[k] is None:
            self.page.n_known += 1
            self.page.opening = k if self.page.opening < 0 else min(k, self.page.opening)
        self.of[k] = actor
        insort(a.mentions, k)
        surface = self.text.text[m.start : m.end]
        if m.kind != "pronoun":
            for alias in (surface, m.name):
                if alias not in a.aliases:
                    a.aliases[alias] = None
                    for word in alias.casefold().split():
                        self.index.alias[word].add(actor)
            if (words := tuple(self.page.words[k])) not in a.called:
                a.called[words] = None
                a.words.update(words)
                for word in words:
                    self.index.word[word].add(actor)
            if self._is_in_full(k, a):
                insort(self.full[actor], m.start)
        if (owner := self._owner(k)) != NO_OWNER:
            a.owners.add(owner)
        if m.kind == "name":
            a.names[m.name] += 1
            a.gender = a.gender or m.gender
            if m.role:
                self._role(actor, m.role)
            if m.type == "person" and (office := leads_beside(self.text.text, self.mentions, k)):
                self._role(actor, office)
            self.index.rename(actor, a.name)

    def _role(self, actor: int, role: str) -> None:
        self.actors[actor].roles.add(role)
        for noun in role_words(role)[-1:]:
            self.index.role[noun].add(actor)

    def _new(self, k: int, described: bool = False) -> int:
        m = self.mentions[k]
        actor = Actor(m.type, gender=m.gender, plural=m.plural, described=described)
        self.actors.append(actor)
        if described:
            actor.names[m.name] += 1
            self.index.rename(len(self.actors) - 1, actor.name)
        self._join(k, len(self.actors) - 1)
        return len(self.actors) - 1

    def _known(self, table: ActorTable) -> None:
        """Mentions that the analyst's table knows, by name or by a role on that day."""
        number: dict[str, int] = {}
        for k, m in enumerate(self.mentions):
            if m.kind == "pronoun":
                continue
            found = table.find(m, self.text.text[m.start : m.end], self.day)
            if found is None:
                continue
            if found.name not in number:
                number[found.name] = self._new(k)
                actor = self.actors[number[found.name]]
                actor.known, actor.type = found, found.type or m.type
                actor.plural = m.plural and m.kind == "name"
                self.index.rename(number[found.name], actor.name)
            else:
                self._join(k, number[found.name])

    def _names(self) -> None:
        """Full names first, so that a surname ahead of its full name (a headline) finds it too."""
        full: dict[str, int] = {}
        order = sorted(
            (k for k, m in enumerate(self.mentions) if m.kind == "name" and m.type != "place" and self.of[k] is None),
            key=lambda k: (*fullness(self.mentions[k].name), self.mentions[k].start),
        )
        surnames: dict[str, list[int]] = defaultdict(list)
        for i, actor in enumerate(self.actors):  # those of the analyst's table
            for name in {actor.name, *actor.names}:
                full.setdefault(name_key(name, actor.type), i)
                for surname in surnames_of(name) if actor.type == "person" and " " in name else ():
                    if i not in surnames[surname]:
                        surnames[surname].append(i)
        for k in order:
            m = self.mentions[k]
            key = name_key(m.name, m.type)
            if m.type == "person":
                found = self._person(k, full, surnames)
            else:
                found = full.get(key, full.get(singular(key)))
                if found is None and m.name.isupper() and len(m.name) > 1:
                    found = min(self.index.initials[m.name], default=None)
            if found is None:
                found = self._new(k)
                if m.type == "person":
                    for surname in surnames_of(m.name):
                        surnames[surname].append(found)
                    for word in _NICKNAME.findall(m.name):
                        self.nicknamed[word].add(found)
                    if " " in m.name and self._is_told_as_relative(k):
                        self.relatives[found] = m.start
            else:
                self._join(k, found)
            full.setdefault(key, found)
            if m.type != "person":
                full.setdefault(singular(key), found)

    def _person(self, k: int, full: dict[str, int], surnames: dict[str, list[int]]) -> int | None:
        m = self.mentions[k]
        name, generation = by_generation(m.name)
        words = name.split()
        surname = name if len(words) == 1 else name.casefold()
        alike = self.index.first[words[0]] | self.nicknamed[words[0]]
        if len(words) > 1 and surname not in surnames:
            same = full.get(name_key(m.name, "person"))
            if same is not None and self.actors[same].type == "person":
                return same
            found = [i for i in surnames.get(words[-1], []) if self._is_of(i, generation)]
            if (one := next((i for i in found if i in alike), None)) is not None:  # with and without a middle name
                return one
            return found[0] if len(found) == 1 and self._is_in_short(found[0], words[0], m.role) else None
        options = []
        for i in surnames.get(surname, [])[:MOST]:
            # A bare surname has but the gender of whoever the article names in full
            unknown = m.role is None and " " not in self.actors[i].name
            if (unknown or gender_fits(self.actors[i].gender, m.gender)) and self._is_of(i, generation):
                options.append(i)
        if m.role and len(words) == 1:  # "Lord Vell" is not the "Ivo Vell" whom the article then calls his son
            options = [i for i in options if m.start > self.relatives.get(i, -1)]
        if m.gender and m.role:  # "Ms Vell" is rather Ona than somebody whose first name tells nothing
            options = [i for i in options if self.actors[i].gender == m.gender] or options
        if m.role and len(options) > 1:  # "Senator Vell" is the senator of that name
            title = role_words(m.role)
            options = [i for i in options if any(role_words(r) == title for r in self.actors[i].roles)] or options
        if not options and len(words) == 1:
            known = (i for i in sorted(alike) if gender_fits(self.actors[i].gender, m.gender))  # Lord and Lady Vell
            options = [i for i in known if self.actors[i].type == "person" and self._is_of(i, generation)]
            if not options and m.role is None and not self._is_told_as_relative(k):
                options = self._called_in_short(k)
        return self._nearest(options[:MOST], k)

    def _called_in_short(self, k: int) -> list[int]:
        """The only person whose first name a bare one may be short for: "Bill", where William Vell was named."""
        m = self.mentions[k]
        fits = [
            i
            for first in forms_of(m.name)
            for i in self.index.first.get(first, ())
            if self.actors[i].type == "person" and " " in self.actors[i].name and self.actors[i].mentions[0] < k
            and gender_fits(self.actors[i].gender, m.gender)
        ]  # fmt: skip
        return fits if len(fits) == 1 else []

    def _is_in_short(self, i: int, first: str, role: str | None) -> bool:
        """Whether a first name is a short form of somebody's, and no role speaks against it: "Sheriff Bill Vell"."""
        a = self.actors[i]
        held = not role or not a.roles or any(role_words(r)[-1:] == role_words(role)[-1:] for r in a.roles)
        return held and is_short(first, a.name.split()[0])

    def _is_in_full(self, k: int, a: Actor) -> bool:
        """Whether a bare surname goes back to this mention: not to "her brother, Ivo Vell", but to "Baroness Vell".

        To the latter if the article gives her no other name.
        """
        m = self.mentions[k]
        if " " in m.name:
            return not self._is_told_as_relative(k)
        return m.kind == "name" and m.role is not None and not any(" " in name for name in a.names)

    def _is_told_as_relative(self, k: int) -> bool:
        """Whether a full name stands beside what its bearer is to somebody: "her brother, Ivo Vell"."""
        m, t = self.mentions[k], self.text.text
        end = m.name_end(t)
        start = max(m.start, end - len(m.name))
        return _KIN_AHEAD.search(t, max(0, start - 60), start) is not None or _KIN_BEHIND.match(t, end) is not None

    def _is_of(self, i: int, generation: str) -> bool:
        """Whether somebody may be the "Jr" or "Sr" that a name says."""
        known = by_generation(self.actors[i].name)[1]
        return not known or not generation or known == generation

    def _nearest(self, options: Sequence[int], k: int) -> int | None:
        """Of several people of one surname: whom the paragraph named last, else whom the article named first in full.

        News is about the one whom it names first, and calls a wife or a namesake by the full name, however often.
        """
        if len(options) < 2:
            return options[0] if options else None
        at = self.mentions[k].start
        opens = self.text.paragraphs[self.text.paragraph_at(at)][0]

        def order(i: int) -> tuple[int, int]:
            places = self.full[i]
            n = bisect_left(places, at)
            here = places[n - 1] if n and places[n - 1] >= opens else -1
            return -here, places[0] if places else len(self.text.text)

        return min(options, key=order)

    def _descriptions(self) -> None:
        latest: dict[str, int] = {}
        bare = [m.antecedent is None and len(m.name.split()) == 1 for m in self.mentions]
        heading = [self._is_definite_in_heading(k) for k in range(len(self.mentions))]
        late = [a or b for a, b in zip(bare, heading, strict=True)]
        for k in sorted(range(len(self.mentions)), key=lambda k: (late[k], k)):  # "the party" after "the Labour party"
            m = self.mentions[k]
            if m.kind != "nominal" or m.type == "place" or self.of[k] is not None:
                continue
            surface = self.text.text[m.start : m.end]
            if heading[k]:
                surface = f"the {m.name if m.name.lower() == m.role else surface}"  # "Mr. Director"
            if m.antecedent is not None and self.of[m.antecedent] is not None:
                found: int | None = self.of[m.antecedent]
                if m.role and found is not None:
                    self._role(found, _WHERE.split(m.name)[0])
            elif (m.role or "").startswith("spokes") and (body := self._spoken_for(k, surface)) is not None:
                found = body
            elif _NEW_GROUP.match(surface) or _STATE.fullmatch(
                surface
            ):  # told of for the first time, or again in the same words
                found = latest.get(name_key(m.name, m.type))
            else:
                found = None if m.plural else unnamed_before(self.page, self.unnamed, k, surface)
                if found is None and not m.plural:
                    found = only_holder(self.page, k, surface)
                    if found is None:
                        found = self._told_of(k, surface)
                if found is None and self.reading.links:
                    found = self._ranked(k)
                if found is None:
                    found = latest.get(name_key(m.name, m.type), self._counted(k))
                if found is None and not INDEFINITE.match(surface):
                    found = self._described(k, surface)
            if found is None:
                found = self._new(k, described=True)
            else:
                self._join(k, found)
            if not ARTICLE.match(surface) or surface.lower().startswith(("the ", "a ", "an ")):
                latest[name_key(m.name, m.type)] = found

    def _is_definite_in_heading(self, k: int) -> bool:
        """Whether a description stands without an article where headings leave it out: "Mayor blames minister".

        So does an office with a capital that somebody is called by: “Governor, resign,” they said.
        """
        m, t = self.mentions[k], self.text.text
        if m.kind != "nominal" or m.type != "person" or m.plural or not m.role or ARTICLE.match(t, m.start):
            return False
        if m.name.lower() == m.role and m.name[0].isupper() and t[m.end : m.end + 1] in (",", "!", "?"):
            return True
        n = self.text.paragraph_at(m.start)
        start, end = self.text.paragraphs[n]
        return _HEADING.fullmatch(t, start, end - (n == 0 and t[end - 1] == ".")) is not None  # some end with a stop

    def _counted(self, k: int) -> int | None:
        """The group that a number of people are, if the article has told of just one: "A group of MPs", "20 MPs"."""
        m = self.mentions[k]
        words = role_words(m.name)
        if not m.plural or len(words) < 2 or not _NUMBER.fullmatch(words[0]):
            return None
        groups = [
            i
            for i in sorted(self.index.alias[words[-1]])[-MOST:]
            if self.actors[i].described
            and any(_GROUP_OF.match(x) and set(words[1:]) <= set(role_words(x)) for x in self.actors[i].aliases)
        ]
        return groups[0] if len(groups) == 1 else None

    def _spoken_for(self, k: int, surface: str) -> int | None:
        """An unnamed spokesman is the body he speaks for: "a spokesman for the ministry", "an RLV spokesman"."""
        if not speaks_for_next(self.page, k, surface):
            return spoken_for(self.page, k, surface)
        body = self.mentions[k + 1]
        if self.of[k + 1] is None and body.kind == "nominal":
            described = self._described(k + 1, self.text.text[body.start : body.end])
            if described is None:
                return self._new(k + 1, described=True)
            self._join(k + 1, described)
        return self.of[k + 1]

    def _is_nobodys(self, i: int) -> bool:
        """Whether an actor is described without a name: "her campaign"."""
        a = self.actors[i]
        return a.described and not any(word[0].isupper() for alias in a.aliases for word in alias.split()[1:])

    def _owner(self, k: int) -> Owner:
        """Whose a described body is, as far as its words tell, and of what gender the owner is."""
        j, gender = owner_in(self.text.text, self.mentions, k, self.page.nested[k])
        owner = None if j is None else self.of[j]
        return (None, gender) if owner is None else (owner, self.actors[owner].gender)

    def _whose(self, k: int) -> set[str]:
        """The names ahead of a campaign or a spokesman, in small letters: "the Vell campaign"."""
        surface = self.text.text[self.mentions[k].start : self.mentions[k].end]
        *words, noun = surface.split()
        if not _STAFF.match(noun) or (noun.startswith("spokes") and not INDEFINITE.match(surface)):
            return set()  # "the Harbour spokesman" may have a name
        words = [re.sub(r"['’]s?$", "", word) for word in words]
        return {
            word.lower()
            for n, word in enumerate(words)
            if word[:1].isupper() and (n or word.lower() not in lowercase_words()) and word not in lexicons().names
        }

    def _described(self, k: int, surface: str) -> int | None:
        """The named actor whom a definite description means, if the article ties the two together."""
        m = self.mentions[k]
        noun = (m.role or m.name.split()[-1]).lower()
        if m.type == "organisation":
            rest = ARTICLE.sub("", surface)[: -len(noun)].strip().casefold()

            def is_body(i: int) -> bool:
                return self.actors[i].type == "organisation" and not self.actors[i].described

            if rest:  # "the Labour party" is Labour; "her campaign" is not the last campaign named
                return min(
                    filter(is_body, self.index.key[name_key(rest, m.type)] if noun == "party" else ()), default=None
                )
            fits = [i for i in sorted(self.index.alias[noun])[-MOST:] if is_body(i)]
            if not fits and noun in ("company", "firm"):
                return firm_before(self.page, k)
            return max(fits, key=lambda i: (self._last(i, m.start), -i)) if fits else None
        if m.plural or not surface.lower().startswith("the "):
            return None
        words = role_words(surface)
        fits = [
            i
            for i, role in holders(self.page, words)  # "the leader" is not the opposition leader whom it names later
            if role_fits(words, role) and (self._last(i, m.start) >= 0 or _BESIDE & set(role) <= set(words))
        ]
        if fits:
            return max(fits, key=lambda i: self._last(i, m.start))
        another = self.text.text.startswith(("'", "’"), m.end) or self._whose(k)  # "the chancellor’s spokesman"
        if self.page.begins(k) and not another:  # "The film-maker …": the person whom the sentence before is about
            found = nearest(self.page, k, ("person",), reach=1, named=True)
            return None if found in {i for i, _ in holders(self.page, words)} else found  # no vice president
        return None

    def _told_of(self, k: int, surface: str) -> int | None:
        """Whom a description means by what they are: “I won,” the Swede said."""
        found = told_of(self.page, k)
        held = {i for i, _ in holders(self.page, role_words(surface))}
        if found is None or found in self._named_in_words_of(k) or (held and found not in held):
            return None
        self._role(found, str(self.mentions[k].role))
        return found

    def _standings(self) -> None:
        """Join who is described by a standing to whom that means: “Orr urged the mogul to quit”."""
        gone = set()
        for i, a in enumerate(self.actors):
            told = [k for k in a.mentions if self.mentions[k].kind == "nominal"]
            if not a.described or a.type != "person" or a.known or not told:
                continue
            found = stands_for(self.page, told[0]) if len({self.mentions[k].name for k in told}) == 1 else None
            if found is None:
                continue
            held = {j for j, _ in holders(self.page, role_words(self.mentions[told[0]].name))}
            if found in held or not held:
                gone.add(i)
                for k in a.mentions:
                    self._join(k, found)
                a.mentions = []
        if gone:
            self._leave_out(gone)

    def _last(self, actor: int, before: int) -> int:
        places = self.actors[actor].mentions
        n = bisect_left(places, bisect_left(self.page.starts, before))
        return self.mentions[places[n - 1]].start if n else -1

    def _pronouns(self) -> None:
        """Third person: the most prominent actor of the last sentences that fits in number and gender."""
        for k, m in enumerate(self.mentions):
            if m.kind == "pronoun" and m.name not in FIRST_PERSON and m.name not in SECOND_PERSON:
                self._tell_speaker(k)
                self._pronoun(k)

    def _genders(self) -> None:
        """Ask anew whom "he" means that was taken for somebody whom "she" surely means too: "Vell lost her seat"."""
        for i, a in enumerate(self.actors):
            theirs = {k: g for k in a.mentions if (g := self.mentions[k].gender) and self.mentions[k].kind == "pronoun"}
            if a.gender or len(set(theirs.values())) < 2:
                continue
            sure = {g for k, g in theirs.items() if self._is_alone_with(k, i)}
            if not sure:  # "she" means nobody else near, and "he" may
                sure = {g for k, g in theirs.items() if set(self.page.candidates(k)) <= {i}}
            if len(sure) != 1 and i not in self.page.speaking:  # “She is late,” he said of her who is not cited by name
                spans, saying = self.page.spans, self.page.saying
                telling = {said: g for k, g in theirs.items() if (said := saying.get(spans[k])) is not None}
                sure = {g for k, g in theirs.items() if self.page.marked[k] and telling.get(self.quoted[k], g) != g}
            if len(sure) != 1:
                continue
            a.gender = sure.pop()
            wrong = [k for k, g in theirs.items() if g != a.gender]
            a.mentions = [k for k in a.mentions if theirs.get(k, a.gender) == a.gender]
            self.page.n_known -= len(wrong)
            for k in wrong:
                self.of[k] = None
            for k in wrong:
                self._pronoun(k)

    def _is_alone_with(self, k: int, i: int) -> bool:
        """Whether a pronoun stands behind somebody's name in a sentence that tells of nobody else ahead of it.

        That is, of nobody whom it may mean: "the man who dropped Vell and still calls her a friend".
        """
        marked, others = self.page.marked, FIRST_PERSON | SECOND_PERSON
        here = [j for j in self.page.before(k) if self.sentence[j] == self.sentence[k]]
        told = [(j, m) for j in here if (m := self.mentions[j]).type == "person" and m.name not in others]
        people = {self.of[j] for j, m in told if gender_fits(m.gender, self.mentions[k].gender)}
        named = any(self.mentions[j].kind == "name" and marked[j] == marked[k] for j in here if self.of[j] == i)
        return people == {i} and named and self.page.spans[k] not in self.page.saying

    def _tell_speaker(self, k: int) -> None:
        """Decide first who says the words around a pronoun, and hardly means himself: “He lied,” he said.

        Where “he lied,” she said, and either may be somebody of whose gender nothing is known, it stays open.
        """
        said, starts = self.quoted[k], self.page.starts
        if said is None or not self.page.marked[k] or self.page.speakers.get(said) is not None:
            return
        source = self.reading.attributions[said].source
        j = bisect_left(starts, source[0]) if source else len(starts)
        if self.page.spans[j : j + 1] == [source] and self.mentions[j].name in GENDER and self.quoted[j] != said:
            self._pronoun(j)
            found, gender = self.of[j], self.mentions[j].gender
            if found is not None and gender in (self.actors[found].gender, self.mentions[k].gender):
                self.page.speakers[said] = found

    def _pronoun(self, k: int) -> None:
        m = self.mentions[k]
        if self.of[k] is not None:
            return
        told = {"it": document_source, "they": unnamed_going_on}
        issuer = told.get(m.name, spokesman_going_on)(self.page, k)
        if m.antecedent is not None or m.name in RELATIVE:  # "who" is whoever stands right before it, or nobody
            found: int | None = None if m.antecedent is None else self.of[m.antecedent]
        elif issuer is not None:
            found = issuer
        elif (speaker := self._spoke_before(k)) is not None:
            found = speaker
        elif self.reading.links:
            found = self._ranked(k)
        elif m.name in IT:
            found = nearest(self.page, k, ("organisation",))
        elif m.plural:
            found = nearest(self.page, k, ("group", "organisation"))
        else:
            found = nearest(self.page, k, ("person",))
        if found is not None:
            self._join(k, found)

    def _spoke_before(self, k: int) -> int | None:
        """Who spoke last, if a paragraph behind a quotation begins so: “We won,” Vell said. “Yes.” – She thanked."""
        m, n = self.mentions[k], self.text.paragraph_at(self.mentions[k].start)
        if m.name not in ("he", "she") or not n or self.text.paragraphs[n][0] != m.start:
            return None
        end = self.text.paragraphs[n - 1][1]
        said = next((i for at in range(end - 2, end) if (i := self.closes.get(at)) is not None), None)
        source = None if said is None else self.reading.attributions[said].source
        if said is None or source is None:
            return None
        j = bisect_left(self.page.starts, source[0])
        spoke = self.of[j] if self.page.spans[j : j + 1] == [source] else self.page.speakers.get(said)
        if spoke is None or self.actors[spoke].described or self.actors[spoke].type != "person":
            return None
        return spoke if gender_fits(self.actors[spoke].gender, m.gender) else None

    def _ranked(self, k: int, among: Sequence[int] | None = None) -> int | None:
        """The actor that the trained ranking takes a mention for, or None if it is somebody not mentioned so far."""
        candidates = self.page.candidates(k) if among is None else among
        if self.mentions[k].kind == "nominal" and (whose := self._whose(k)):  # not the campaign of another
            candidates = [i for i in candidates if self.actors[i].words & whose or self._is_nobodys(i)]
        if self.mentions[k].kind == "nominal" and (noun := self.mentions[k].name.lower()) in BODIES:
            known = ((i, self.actors[i]) for i in candidates)
            candidates = [i for i, a in known if not is_another_body(noun, a.name, a.words)]
        if self.mentions[k].kind == "nominal" and str(self.mentions[k].role).lower() in OF_NO_PEOPLE:
            known = ((i, self.actors[i]) for i in candidates)
            candidates = [i for i, a in known if not a.plural]
        if self.mentions[k].name == "they" and self.page.begins(k):
            candidates = self._of_several(k, candidates)
        aside = self._named_ahead_of_aside(k)
        owner = self._owner(k)
        candidates = [i for i in candidates if i != aside]
        if owner != NO_OWNER:
            candidates = [i for i in candidates if not is_of_another(owner, self.actors[i].owners)]
        if not candidates:
            return None
        scores = ranking().scores(network(self.mentions[k]), self.page.rows(k, candidates)).tolist()
        named = self._named_in_words_of(k)
        best = max(range(len(candidates)), key=lambda n: (scores[n] > 0 and candidates[n] not in named, scores[n]))
        return candidates[best] if scores[best] > 0 else None

    def _of_several(self, k: int, candidates: list[int]) -> list[int]:
        """Without "the ministry", if the sentence before tells of several too: "The ministry fined two firms. They"."""
        back = self.sentence[k] - 1
        told = {self.of[j] for j in self.page.before(k) if self.sentence[j] == back}
        if not any(i in told and self.actors[i].plural for i in candidates):
            return candidates
        known = ((i, self.actors[i]) for i in candidates)
        return [i for i, a in known if a.plural or not a.described or OF_NO_PEOPLE.isdisjoint(role_words(a.name))]

    def _named_ahead_of_aside(self, k: int) -> int | None:
        """Of whom somebody else speaks who is named within what they say: "Mr Orr, she said, has lied"."""
        m = self.mentions[k]
        ahead = self.mentions[k - 1] if k else m
        if (m.start, m.end) not in self.page.saying or ahead.kind != "name" or ahead.end + 2 != m.start:
            return None
        return self.of[k - 1] if _ASIDE.match(self.text.text, m.end) else None

    def _named_in_words_of(self, k: int) -> set[int | None]:
        """Whom a pronoun hardly means that is the source of a quotation: “Orr knew,” she said.

        Somebody spoken to may be the speaker, as others call them: “People say, ‘Ona, go,’” she said.
        """
        m, t = self.mentions[k], self.text.text
        described = m.kind == "nominal" and is_person(t[m.start : m.end])
        said = self.page.saying.get((m.start, m.end)) if m.kind == "pronoun" or described else None
        if said is None:
            return set()
        content = self.reading.attributions[said].content
        inside = range(bisect_left(self.page.starts, content[0][0]), bisect_left(self.page.starts, content[-1][1]))
        return {
            self.of[j]
            for j in inside
            if self.mentions[j].kind == "name" and self.quoted[j] == said and self.page.marked[j]
            and not t.startswith(",", self.mentions[j].end) and not t.endswith(", ", 0, self.mentions[j].start)
        }  # fmt: skip

    def _variants(self) -> None:
        """Join organisations under names that differ: "the House Oversight panel", "CFPB"."""
        order = sorted(
            (i for i, a in enumerate(self.actors) if a.type != "person"), key=lambda i: self.actors[i].mentions
        )
        gone, ahead = set(), set()
        for i in order:
            k = self.actors[i].mentions[0]
            others = [c for c in self.page.candidates(k) if c in ahead]
            if whose := _WHOSE.findall(self.actors[i].name):  # "the Nurses' Guild" is not "the Dockers' Guild"
                others = [c for c in others if _WHOSE.findall(self.actors[c].name) in ([], whose)]
            others = [c for c in others if not are_two(self.actors[i].name, self.actors[c].name)]
            found = self._ranked(k, others)
            if found is not None and self.actors[i].known is None:
                gone.add(i)
                for j in self.actors[i].mentions:
                    self._join(j, found)
                for word in self.actors[i].words:
                    self.index.word[word].discard(i)
                self.actors[i].mentions = []
            else:
                ahead.add(i)
        self._leave_out(gone)

    def _leave_out(self, gone: Set[int]) -> None:
        """Number the actors anew without those that turned out to be others."""
        kept = [i for i in range(len(self.actors)) if i not in gone]
        number = {i: n for n, i in enumerate(kept)}
        self.of[:] = [None if i is None else number[i] for i in self.of]
        self.actors[:] = [self.actors[i] for i in kept]
        self.page.index = self.index = Index()
        for i, a in enumerate(self.actors):
            if a.names or a.known:
                self.index.rename(i, a.name)
            for role in list(a.roles):
                self._role(i, role)
            for word in a.words:
                self.index.word[word].add(i)
            for word in {w for alias in a.aliases for w in alias.casefold().split()}:
                self.index.alias[word].add(i)

    def _first_person(self, speakers: list[int | None]) -> None:
        """Give "I" and "we" in attributed words to their speaker."""
        for k, m in enumerate(self.mentions):
            if m.kind == "pronoun" and m.name in FIRST_PERSON and self.quoted[k] is not None:
                actor = speakers[self.quoted[k]]
                if actor is not None:
                    self._join(k, actor)
