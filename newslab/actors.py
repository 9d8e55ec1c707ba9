"""From mentions to actors: who is who in an article.

Names and their short forms, descriptions tied to a name by apposition or role, pronouns by a trained ranking, or by
the nearest actor that fits in number and gender. Who is the same across articles, :mod:`newslab.roster` says.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newslab.antecedents import Index, Page, network, ranking
from newslab.calling import (
    ARTICLE,
    any_key,
    forms_of,
    fullness,
    gender_fits,
    is_short,
    name_key,
    singular,
    surnames_of,
    two_first_names,
)
from newslab.descriptions import is_person, told_of
from newslab.naming import NUMBERS, by_generation
from newslab.offices import (
    BODIES,
    NOT_THE_OFFICE,
    PUBLIC,
    Owner,
    has_office_behind,
    is_another_body,
    is_of_another,
    leads_beside,
    owner_in,
    role_fits,
    role_words,
)
from newslab.pronouns import FIRST_PERSON, IT, OWNERS, RELATIVE, SECOND_PERSON
from newslab.reading import Attribution, Innermost, Reading
from newslab.rules.lexicons import lexicons
from newslab.text import lowercase_words

if TYPE_CHECKING:
    import pandas as pd

    from newslab.actor_table import ActorTable, Known

_DOCUMENT = re.compile(
    r"\b(?:statement|letter|report|editorial|leaflet|manifesto|petition|tweet|post|email|memo|document|filing|ruling)s?\b",
    re.I,
)
_THE_DOCUMENT = re.compile(r"(?:the|this)\s(statement|letter|leaflet|petition|tweet|post|email|memo)", re.I)
_ADDED = re.compile(r",|\s(?:who|which|that)\s")  # where a source goes on with what is told of it
_GOVERNED = re.compile(r"\b(?:of|for|in|at|from|with|to|by|against)\s(?:the\s)?$")
# Behind such words stands nobody who speaks: "those close to Vell said", "emails seen by the Herald show"
_NO_SPEAKER = re.compile(
    r"\b(?:(?:close|near|known)\sto|familiar\swith|(?:obtained|seen|reviewed|viewed|examined)\sby|shared\swith|"
    r"(?:leaked|sent|given|shown)\sto)\s(?:[\w.-]+\s){0,4}$"
)
_WHERE = re.compile(r"\s(?:for|to|at|in|on|with|from|by)\s")  # "spokesman for the senator", "cook at the council"
_THEIR_KIN = (  # "his elder son", "Mr Vell’s wife"
    r"(?:his|her|their|(?:mrs?|ms|dr|lord|lady|baroness)\.?\s[\w-]+['’]s)\s(?:\w+\s)?(?:\w+-)?(?:grand)?"
    r"(son|daughter|brother|sister|wife|husband|widow|widower|father|mother|twin|nephew|niece|cousin|uncle|aunt)"
)
_KIN_AHEAD = re.compile(rf"\b{_THEIR_KIN},?\s\Z", re.I)
_KIN_BEHIND = re.compile(rf",\s{_THEIR_KIN}\b", re.I)
_NICKNAME = re.compile(r"[\"“‘]([\w-]+)[\"”’]")  # "Curtis “Buddy” Bellweather"
_MARK = re.compile(r"[“\"‘']")
_WHOSE = re.compile(r"\b(\w+s)['’]\s")  # whose "the Harbour Dockers' Guild" is
_REACH = 4  # sentences back that a pronoun may reach
_NEAR = 80  # and mentions back, which bounds the search in a text without sentence ends
_HEADING = re.compile(r"[^.!?“”\"\n]{0,149}\w")  # a line without a sentence's end
_MOST = 300  # people of one name, or with one role, among whom one is looked for
_WIDEST = 300  # characters of a mention at most
_ASIDE = re.compile(r"\s[a-z][^,.;:!?“”\"\n]{1,60},\s[a-z]")  # "Mr Orr, she told members, has lied"
_LESS_LIKELY = re.compile(  # behind such words somebody is seldom meant by a pronoun; bounded: 14 characters
    r"\b(?:of|by|for|with|to|from|against|about|on|at|in|than|and)\s(?:the\s)?$"
)
_INDEFINITE = re.compile(r"(?:an?|one|some|another|several|many)\s", re.I)
_ONE = re.compile(r"(?:one|another)\s", re.I)
_UNNAMED = re.compile(rf"an?\s|{_ONE.pattern}", re.I)
_NOUN_END = re.compile(r",|\s(?:who|that|of|to|for|in|at|from|with|on|close|familiar)\s")  # "minister close to Vell"
_OWNED = re.compile(r"(?:his|her|their|its|my|our)\s", re.I)
GROUP_OF = r"(?:\w+\s)?group\sof\s"
_THEIR = re.compile(r"['’]s?\s(?:[\w-]+\s){0,2}")  # behind whose spokesman it is: "the chancellor’s official spokesman"
_SPOKESMEN = {"he": ("spokesman", "spokesperson"), "she": ("spokeswoman", "spokesperson")}
_STAFF = re.compile(r"(?:campaign|camp|team|spokes(?:man|woman|person|people|men|women))$")  # whose, may stand ahead
_GROUP_OF = re.compile(rf"(?:an?\s|the\s)?{GROUP_OF}", re.I)
_NEW_GROUP = re.compile(rf"an?\s{GROUP_OF}", re.I)
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
    def __init__(self, reading: Reading, table: ActorTable | None = None, day: pd.Timestamp | None = None) -> None:
        self.reading, self.text = reading, reading.text
        self.table, self.day = table, day
        self.mentions = reading.mentions
        self.actors: list[Actor] = []
        self.of: list[int | None] = [None] * len(self.mentions)
        self.starts = [m.start for m in self.mentions]
        self.sentence = [self.text.sentence_at(m.start) for m in self.mentions]
        within = Innermost(reading.attributions)
        self.quoted = [within.at(m.start) for m in self.mentions]
        self.telling = sorted(a.source[0] for a in reading.attributions if a.source)  # where sources begin
        self.index = Index(any_key)
        self.page = Page(reading, self.actors, self.of, self.sentence, self.quoted, self.index)
        self.unnamed = [k for k in range(len(self.mentions)) if self._speaks_unnamed(k)]
        self.full: dict[int, list[int]] = defaultdict(list)  # where an actor has more than one word to its name
        self.nicknamed: dict[str, set[int]] = defaultdict(set)  # who has a word between marks in the name
        self.given: dict[str, list[int]] = defaultdict(list)  # who has two first names: "Mary Beth"
        self.relatives: dict[int, int] = {}  # who is first named as somebody's relative, and where
        self.kin: dict[str | None, list[int]] = defaultdict(list)  # who is so named by the first name alone, by gender
        self.saying = {a.source: i for i, a in enumerate(reading.attributions)}  # attributions by their source

    def run(self) -> Resolution:
        if self.table is not None:
            self._known(self.table)
        self._names()
        if self.reading.links:
            self._variants()
        self._descriptions()
        self.page.tell_speakers(self._speakers()[0])
        self._pronouns()
        self._first_person(self._speakers()[0])
        speakers, how = self._speakers()  # now also of speech within speech: “I told him to go”
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
        a.owners |= {self._owner(k)} - {(None, None)}
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
                    if (given := two_first_names(m.name)) is not None:
                        self.given[given].append(found)
                    for word in _NICKNAME.findall(m.name):
                        self.nicknamed[word].add(found)
                    if " " in m.name and self._is_told_as_relative(k):
                        self.relatives[found] = m.start
                    elif (kin := _KIN_AHEAD.search(self.text.text, max(0, m.start - 60), m.start)) is not None:
                        self.kin[lexicons().gender.get(kin[1].lower())].append(found)
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
            if len(found) == 1 and self._is_in_short(found[0], words[0], m.role):
                return found[0]
            return self.given[name][0] if len(self.given[name]) == 1 else None
        options = []
        for i in surnames.get(surname, [])[:_MOST]:
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
        if not options and m.role and m.gender and surname in surnames:  # "Mr Vell" is Ona Vell's husband, Tam
            options = self.kin[m.gender] if len(self.kin[m.gender]) == 1 else []
        if not options and len(words) == 1:
            options = sorted(i for i in alike if self.actors[i].type == "person" and self._is_of(i, generation))
            if not options and m.role is None and not self._is_told_as_relative(k):
                options = self._called_in_short(k)
        return self._nearest(options[:_MOST], k)

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
        """Of several people of one surname: whom the paragraph named last, else whom the article names most in full.

        News keeps the bare surname for the one it is about, and calls a wife or a namesake by the full name.
        """
        if len(options) < 2:
            return options[0] if options else None
        at = self.mentions[k].start
        opens = self.text.paragraphs[self.text.paragraph_at(at)][0]

        def order(i: int) -> tuple[int, int, int]:
            places = self.full[i]
            n = bisect_left(places, at)
            here = places[n - 1] if n and places[n - 1] >= opens else -1
            return -here, -len(places), places[0] if places else at

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
                surface = f"the {surface}"
            if m.antecedent is not None and self.of[m.antecedent] is not None:
                found: int | None = self.of[m.antecedent]
                if m.role and found is not None:
                    self._role(found, _WHERE.split(m.name)[0])
            elif (m.role or "").startswith("spokes") and (body := self._spoken_for(k, surface)) is not None:
                found = body
            elif _NEW_GROUP.match(surface):  # told of for the first time, or again in the same words
                found = latest.get(name_key(m.name, m.type))
            else:
                found = None if m.plural else self._unnamed_before(k, surface)
                if found is None and not m.plural:
                    found = self._holder(k, surface)
                    if found is None:
                        found = self._told_of(k, surface)
                if found is None and self.reading.links:
                    found = self._ranked(k)
                if found is None:
                    found = latest.get(name_key(m.name, m.type), self._counted(k))
                if found is None and not _INDEFINITE.match(surface):
                    found = self._described(k, surface)
                if found is not None and is_of_another(self._owner(k), self.actors[found].owners):
                    found = None
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
        return _HEADING.fullmatch(t, *self.text.paragraphs[self.text.paragraph_at(m.start)]) is not None

    def _counted(self, k: int) -> int | None:
        """The group that a number of people are, if the article has told of just one: "A group of MPs", "20 MPs"."""
        m = self.mentions[k]
        words = role_words(m.name)
        if not m.plural or len(words) < 2 or not _NUMBER.fullmatch(words[0]):
            return None
        groups = [
            i
            for i in sorted(self.index.alias[words[-1]])[-_MOST:]
            if self.actors[i].described
            and any(_GROUP_OF.match(x) and set(words[1:]) <= set(role_words(x)) for x in self.actors[i].aliases)
        ]
        return groups[0] if len(groups) == 1 else None

    def _spoken_for(self, k: int, surface: str) -> int | None:
        """An unnamed spokesman is the body he speaks for: "a spokesman for the ministry", "an RLV spokesman"."""
        m, t = self.mentions[k], self.text.text
        *ahead, noun = m.name.split()
        if not ahead and surface.lower().startswith("the "):
            return self._spokesman_before(k)
        if k + 1 < len(self.mentions):
            after = self.mentions[k + 1]
            start = m.start if after.start < m.end else m.end  # the body may stand within the mention
            owner = after.end < m.end and _THEIR.fullmatch(t, after.end, max(after.end, m.end - len(noun)))
            if owner or re.search(r"(?:^|\w) (?:for|of|at|from)(?: the)? $", t[start : after.start]):
                if after.antecedent is not None and self.of[after.antecedent] is not None:
                    return self.of[after.antecedent]
                if self.of[k + 1] is None and after.kind == "nominal":
                    described = self._described(k + 1, t[after.start : after.end])
                    if described is None:
                        return self._new(k + 1, described=True)
                    self._join(k + 1, described)
                return self.of[k + 1]
            if ahead and after.kind == "name" and after.end == m.end - len(noun) - 1 and _INDEFINITE.match(surface):
                return self.of[k + 1]
        body = name_key(" ".join(ahead), "organisation") if ahead and _INDEFINITE.match(surface) else ""
        return min(self.index.key[body], default=None) if body else None

    def _spokesman_before(self, k: int) -> int | None:
        """For whom the spokesman speaks whom the article has told of last."""
        role = str(self.mentions[k].role)
        near = range(k - 1, max(k - _NEAR, 0) - 1, -1)
        return next((self.of[j] for j in near if (self.mentions[j].role or "").lower().endswith(role)), None)

    def _spokesman_going_on(self, k: int) -> int | None:
        """For whom somebody speaks who goes on as the spokesman that spoke last: “We checked it twice,” he said."""
        m = self.mentions[k]
        if m.name not in _SPOKESMEN or (m.start, m.end) not in self.saying:
            return None
        for j in range(k - 1, max(k - _NEAR, 0) - 1, -1):
            last = self.mentions[j]
            if self.sentence[k] - self.sentence[j] > _REACH:
                break
            if last.name == m.name or self._is_said_by_spokesman(j, m.name):
                continue
            if (last.start, last.end) in self.saying:
                return self.of[j] if last.kind == "nominal" and last.role in _SPOKESMEN[m.name] else None
            part = any(o.end >= last.end for o in self.mentions[max(j - 3, 0) : j])  # "the minister’s spokesman"
            if last.type == "person" and not last.plural and not part:
                break  # somebody else who may be meant
        return None

    def _is_said_by_spokesman(self, j: int, pronoun: str) -> bool:
        """Whether a mention stands between marks, or in other words of a spokesman whom a pronoun may mean."""
        said = self.quoted[j]
        if said is None or self.page.marked[j]:
            return said is not None
        words = self.text.text[slice(*self.reading.attributions[said].source or (0, 0))].lower()
        return words == pronoun or any(noun in words for noun in _SPOKESMEN[pronoun])

    def _unnamed_going_on(self, k: int) -> int | None:
        """Of whom the last sentence told without a name, if "they" say something: 'An aide wept. “No,” they said'."""
        t, m = self.text, self.mentions[k]
        said = self.saying.get((m.start, m.end))
        start = self.reading.attributions[said].content[0][0] if said is not None else 0
        if said is None or not _MARK.search(t.text, max(start - 1, 0), start + 1):
            return None
        low = bisect_left(self.starts, t.paragraphs[t.paragraph_at(m.start)][0])
        told = [j for j in range(max(k - _NEAR, low), k) if not self.page.marked[j] and self.mentions[j].name != "they"]
        told = [j for j in told if self.sentence[j] == self.sentence[told[-1]]]
        if not told or any(self.mentions[j].plural for j in told):
            return None
        one = self.mentions[told[0]]
        opens = one.start - t.sentences[self.sentence[told[0]]][0] < 2 and _INDEFINITE.match(t.text, one.start)
        alone = one.kind == "nominal" and one.type == "person" and not t.text.startswith(" and ", one.end)
        return self.of[told[0]] if opens and alone else None

    def _speaks_unnamed(self, k: int) -> bool:
        """Whether somebody speaks whom the text tells of without a name: "One MP, who asked not to be named, said"."""
        m = self.mentions[k]
        if m.kind != "nominal" or m.type != "person" or m.plural or m.antecedent is not None or self.page.marked[k]:
            return False
        return self._tells(k) and _UNNAMED.match(self.text.text, m.start) is not None

    def _tells(self, k: int) -> bool:
        """Whether a source of words begins within a mention."""
        m = self.mentions[k]
        return bisect_left(self.telling, m.start) < bisect_left(self.telling, m.end)

    def _unnamed_before(self, k: int, surface: str) -> int | None:
        """Who spoke last without a name, by that noun, and goes on: 'One MP said it was over. “It is,” the MP said'."""
        if self.mentions[k].type != "person" or not surface.lower().startswith("the "):
            return None
        words = role_words(surface)
        for j in reversed(self.unnamed[: bisect_left(self.unnamed, k)]):
            if self.sentence[k] - self.sentence[j] > _REACH:
                break
            told = role_words(_NOUN_END.split(self.mentions[j].name)[0])
            if role_fits(words, told) and NOT_THE_OFFICE & set(told) <= set(words):
                return self.of[j] if self._is_another(j, k, words) else None
        return None

    def _is_another(self, j: int, k: int, words: list[str]) -> bool:
        """Whether mention `k` is the one without a name at `j`, and not one who is known by these words.

        Who is known must be named ahead of `j`, and from there on in the words of `j` only; if nobody is, no other
        person may be named.
        """
        near = range(j + 1, k)
        known = {i for i, _ in self._holders(words) if self.actors[i].mentions[0] < k}
        if known:
            new = self._tells(k) and any(self.actors[i].mentions[0] < j for i in known)
            others = [n for n in near if self.of[n] in known]
        else:
            new = _ONE.match(self.text.text, self.mentions[j].start) is not None
            others = [n for n in near if (self.mentions[n].kind, self.mentions[n].type) == ("name", "person")]
        return new and all(self._is_said_by(j, n) for n in others)

    def _is_said_by(self, j: int, n: int) -> bool:
        """Whether mention `n` stands in the words of mention `j`."""
        said = self.quoted[n]
        source = self.reading.attributions[said].source if said is not None else None
        return source is not None and self.mentions[j].start <= source[0] < self.mentions[j].end

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
        if not _STAFF.match(noun) or (noun.startswith("spokes") and not _INDEFINITE.match(surface)):
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
                return min(filter(is_body, self.index.key[rest] if noun == "party" else ()), default=None)
            fits = [i for i in sorted(self.index.alias[noun])[-_MOST:] if is_body(i)]
            return max(fits, key=lambda i: (self._last(i, m.start), -i)) if fits else None
        if m.plural or not surface.lower().startswith("the "):
            return None
        words = role_words(surface)
        fits = [i for i, role in self._holders(words) if role_fits(words, role)]
        if fits:
            return max(fits, key=lambda i: self._last(i, m.start))
        start = self.text.sentences[self.sentence[k]][0]
        another = self.text.text.startswith(("'", "’"), m.end) or self._whose(k)  # "the chancellor’s spokesman"
        if m.start - start < 2 and not another:  # "The film-maker …": the person whom the sentence before is about
            found = self._antecedent(k, ("person",), reach=1, named=True)
            return None if found in {i for i, _ in self._holders(words)} else found  # no vice president
        return None

    def _holder(self, k: int, surface: str) -> int | None:
        """The only person whom the article gives the very role of a definite description, or a longer form of it."""
        if not surface.lower().startswith("the ") and not self._is_present(k, surface):
            return None
        words = role_words(surface)
        holders = self._holders(words)
        same = {i for i, role in holders if role == words}
        longer = {
            i for i, role in holders if role[-len(words) :] == words and not NOT_THE_OFFICE & set(role[: -len(words)])
        }
        for fitting in (same, longer):
            if fitting:
                return fitting.pop() if len(fitting) == 1 else None
        return None

    def _told_of(self, k: int, surface: str) -> int | None:
        """Whom or which firm a description means by what they are: “I won,” the Swede said; "The carmaker said"."""
        found = told_of(self.page, k, self._tells(k))
        holders = {i for i, _ in self._holders(role_words(surface))}
        if found is None or found in self._named_in_words_of(k) or (holders and found not in holders):
            return None
        if self.actors[found].type == "person":
            self._role(found, str(self.mentions[k].role))
        return found

    def _is_present(self, k: int, surface: str) -> bool:
        """Whether a description means who holds a public office now: “This mayor lied”, "praised his minister"."""
        this = surface.lower().startswith("this ") and self.quoted[k] is not None
        return (this or surface.lower().startswith(("his ", "her "))) and PUBLIC.search(surface) is not None

    def _holders(self, words: list[str]) -> list[tuple[int, list[str]]]:
        """Named people, one of whose roles has the last of these words as its noun, with each of their roles."""
        return [
            (i, role)
            for i in sorted(self.index.role[words[-1]] if words else ())[-_MOST:]
            if self.actors[i].type == "person" and not self.actors[i].described
            for role in map(role_words, self.actors[i].roles)
        ]

    def _last(self, actor: int, before: int) -> int:
        places = self.actors[actor].mentions
        n = bisect_left(places, bisect_left(self.starts, before))
        return self.mentions[places[n - 1]].start if n else -1

    def _pronouns(self) -> None:
        """Third person: the most prominent actor of the last sentences that fits in number and gender."""
        for k, m in enumerate(self.mentions):
            if m.kind != "pronoun" or m.name in FIRST_PERSON or m.name in SECOND_PERSON:
                continue
            told = {"it": self._document_source, "they": self._unnamed_going_on}
            issuer = told.get(m.name, self._spokesman_going_on)(k)
            if m.antecedent is not None or m.name in RELATIVE:  # "who" is whoever stands right before it, or nobody
                found: int | None = None if m.antecedent is None else self.of[m.antecedent]
            elif issuer is not None:
                found = issuer
            elif self.reading.links:
                found = self._ranked(k)
            elif m.name in IT:
                found = self._antecedent(k, ("organisation",))
            elif m.plural:
                found = self._antecedent(k, ("group", "organisation"))
            else:
                found = self._antecedent(k, ("person",))
            if found is not None:
                self._join(k, found)

    def _ranked(self, k: int, among: Sequence[int] | None = None) -> int | None:
        """The actor that the trained ranking takes a mention for, or None if it is somebody not mentioned so far."""
        candidates = self.page.candidates(k) if among is None else among
        if self.mentions[k].kind == "nominal" and (whose := self._whose(k)):  # not the campaign of another
            candidates = [i for i in candidates if self.actors[i].words & whose or self._is_nobodys(i)]
        if self.mentions[k].kind == "nominal" and (noun := self.mentions[k].name.lower()) in BODIES:
            known = ((i, self.actors[i]) for i in candidates)
            candidates = [i for i, a in known if not is_another_body(noun, a.name, a.words)]
        aside = self._named_ahead_of_aside(k)
        owner = self._owner(k)
        candidates = [i for i in candidates if i != aside and not is_of_another(owner, self.actors[i].owners)]
        if not candidates:
            return None
        scores = ranking().scores(network(self.mentions[k]), self.page.rows(k, candidates)).tolist()
        named = self._named_in_words_of(k)
        best = max(range(len(candidates)), key=lambda n: (scores[n] > 0 and candidates[n] not in named, scores[n]))
        return candidates[best] if scores[best] > 0 else None

    def _named_ahead_of_aside(self, k: int) -> int | None:
        """Of whom somebody else speaks who is named within what they say: "Mr Orr, she said, has lied"."""
        m = self.mentions[k]
        ahead = self.mentions[k - 1] if k else m
        if (m.start, m.end) not in self.saying or ahead.kind != "name" or ahead.end + 2 != m.start:
            return None
        return self.of[k - 1] if _ASIDE.match(self.text.text, m.end) else None

    def _named_in_words_of(self, k: int) -> set[int | None]:
        """Whom a pronoun hardly means that is the source of a quotation: “Orr knew,” she said.

        Somebody spoken to may be the speaker, as others call them: “People say, ‘Ona, go,’” she said.
        """
        m, t = self.mentions[k], self.text.text
        described = m.kind == "nominal" and is_person(t[m.start : m.end])
        said = self.saying.get((m.start, m.end)) if m.kind == "pronoun" or described else None
        if said is None:
            return set()
        content = self.reading.attributions[said].content
        inside = range(bisect_left(self.starts, content[0][0]), bisect_left(self.starts, content[-1][1]))
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
        kept = [i for i in range(len(self.actors)) if i not in gone]
        number = {i: n for n, i in enumerate(kept)}
        self.of[:] = [None if i is None else number[i] for i in self.of]
        self.actors[:] = [self.actors[i] for i in kept]
        self._reindex()

    def _reindex(self) -> None:
        """Find actors by their new numbers."""
        self.page.index = self.index = Index(any_key)
        for i, a in enumerate(self.actors):
            if a.names or a.known:
                self.index.rename(i, a.name)
            for role in list(a.roles):
                self._role(i, role)
            for word in a.words:
                self.index.word[word].add(i)
            for word in {w for alias in a.aliases for w in alias.casefold().split()}:
                self.index.alias[word].add(i)

    def _antecedent(self, k: int, types: tuple[str, ...], reach: int = _REACH, named: bool = False) -> int | None:
        m = self.mentions[k]
        best, best_score = None, -1e9
        speaker = self.quoted[k]
        for j in range(k - 1, max(k - _NEAR, 0) - 1, -1):
            far = self.sentence[k] - self.sentence[j]
            if far > reach:
                break
            actor = self.of[j]
            other = self.mentions[j]
            if actor is None or self.actors[actor].type not in types or (named and self.actors[actor].described):
                continue
            if types == ("person",) and not gender_fits(self.actors[actor].gender, m.gender):
                continue
            if "group" in types and self.actors[actor].type == "organisation" and far > 1:
                continue
            score = -1.5 * far
            start = self.text.sentences[self.sentence[j]][0]
            score += 1.5 if other.start - start < 25 else 0.0
            lead = self.text.text[max(start, other.start - 14) : other.start]
            if _LESS_LIKELY.search(lead):
                score -= 1.0
            score += 0.5 * (self.actors[actor].gender is not None and m.gender is not None)
            score += 0.5 * (not self.actors[actor].described)
            owner = _OWNED.match(self.text.text, other.start)
            if (
                owner
                and self.actors[actor].gender is None
                and m.gender
                and owner.group().lower().startswith(("his", "her"))
            ):
                continue  # "her former chief" is not the one who is "she"
            score -= 1.0 * bool(owner)
            if (speaker is None) != (self.quoted[j] is None):
                score -= 1.5  # narrator and quotation keep their own threads
            if self.text.text[other.end : other.end + 2] in ("’s", "'s"):
                score -= 0.5
            score -= 0.02 * (k - j)
            if score > best_score:
                best, best_score = actor, score
        return best

    def _document_source(self, k: int) -> int | None:
        """Who "It" is in "It said" or "“Never,” it said", after a statement: whoever issued the statement."""
        m, t = self.mentions[k], self.text
        at = m.start
        if (said := self.saying.get((m.start, m.end))) is not None:
            at = min(at, self.reading.attributions[said].content[0][0])
        s = t.sentence_at(at)
        return self._issuer(s - 1, _DOCUMENT) if at - t.sentences[s][0] <= 3 else None

    def _issuer(self, s: int, document: re.Pattern[str]) -> int | None:
        """Who comes first in a sentence that tells of a document, unless it only says what stands in it."""
        a, b = self.text.sentences[s] if s >= 0 else (0, 0)
        if not document.search(self.text.text, a, b) or self.text.text.startswith("According to", a):
            return None
        named = range(bisect_left(self.starts, a), bisect_left(self.starts, b))
        told = [(self.starts[j], self.of[j]) for j in named if self.of[j] is not None]
        # not the members of "In a letter to members, Vell …"
        free = [i for at, i in told if not _LESS_LIKELY.search(self.text.text, max(a, at - 14), at)]
        return next(iter(free or (i for _, i in told)), None)

    def _issuer_of(self, a: int, b: int) -> int | None:
        """Whose words a document has that the article has just told of: "In a letter, Vell … The letter said"."""
        document = _THE_DOCUMENT.fullmatch(self.text.text, a, b)
        if document is None:
            return None
        told = re.compile(rf"\ban?\s(?:[\w-]+\s)?{document[1]}\b", re.I)
        s = self.text.sentence_at(a)
        return next((i for back in range(1, _REACH + 1) if (i := self._issuer(s - back, told)) is not None), None)

    def _speakers(self) -> tuple[list[int | None], list[str]]:
        speakers: list[int | None] = []
        how: list[str] = []
        for attribution in self.reading.attributions:
            actor, kind = self._source(attribution)
            speakers.append(actor)
            if actor is None:
                how.append("unknown")
            elif attribution.how in ("continued", "before"):
                how.append("continued" if attribution.how == "continued" else "resolved")
            else:
                how.append(kind)
        return speakers, how

    def _source(self, attribution: Attribution) -> tuple[int | None, str]:
        if attribution.source is None:
            return None, "unknown"
        a, b = attribution.source
        added = _ADDED.search(self.text.text, a + 1, b)
        best, kind, fit = None, "unknown", (False, False, False, False, 0.0)
        for k in range(bisect_left(self.starts, a - _WIDEST), bisect_left(self.starts, b)):
            m, actor = self.mentions[k], self.of[k]
            if actor is not None and m.end > a and not _NO_SPEAKER.search(self.text.text, a, m.start):
                overlap = (min(b, m.end) - max(a, m.start)) / (max(b, m.end) - min(a, m.start))
                owner = m.end < b and (m.name in OWNERS or self.text.text[m.end] in "'’")  # "her aide Bo Lind"
                owner = owner or has_office_behind(self.text.text, self.mentions, k)
                # Who speaks comes first: "Vell, who leads the council", "her aide Bo Lind, now at the council"
                governed = _GOVERNED.search(self.text.text, a, m.start) is not None  # "the MP for Castrel, Bo Lind"
                here = (not owner, m.start <= a + 1, not governed, added is None or m.start < added.start(), overlap)
                if here > fit:
                    best, kind, fit = actor, "named" if m.kind == "name" else "resolved", here
        if best is None and (issuer := self._issuer_of(a, b)) is not None:
            return issuer, "resolved"
        return best, kind

    def _first_person(self, speakers: list[int | None]) -> None:
        """Give "I" and "we" in attributed words to their speaker."""
        for k, m in enumerate(self.mentions):
            if m.kind == "pronoun" and m.name in FIRST_PERSON and self.quoted[k] is not None:
                actor = speakers[self.quoted[k]]  # type: ignore[index]
                if actor is not None:
                    self._join(k, actor)
