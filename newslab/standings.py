"""What people are called by what they are and not by an office: "the Swede", "the billionaire", "the nominee"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from newslab.rules.lexicons import lexicons
from newslab.text import lowercase_words

if TYPE_CHECKING:
    from newslab.reading import Mention

_CAPITAL = r"[^\W\d_a-z][\w.’'-]*\s"
_NATION = (  # somebody's, not a people's: "the French", "the Chinese"
    r"(?:(?:North|South|New|Northern|Puerto|Costa|Sri|Saudi)\s)?(?:(?!Guardian|Vatican|Christian|Republican)[A-Z][a-z]+"
    r"(?:ian|can|[a-z]ean|oan|yan)|(?:Dutch|English|French|Irish|Welsh|Ulster)(?:wo)?man|Swede|Dane|Finn|Pole|Turk|Scot|"
    r"Czech|Serb|Croat|Slovak|Slovene|Greek|Briton|Spaniard|Argentine|Filipino|Iraqi|Israeli|Pakistani|"
    r"Saudi|Arabian|Afghan|Thai|Lankan|Zealander|Icelander)"
)
_PARTY = "Democrat|Republican|Conservative|Liberal|Tory|[Ii]ndependent|[Cc]onservative"
_TRADE = (
    "(?:multi-?)?(?:b|m)illionaire|tycoon|magnate|mogul|businessman|businesswoman|entrepreneur|financier|industrialist|"
    "actor|actress|singer|rapper|comedian|novelist|playwright|film-?maker|footballer|midfielder|goalkeeper|striker|winger|playmaker|batsman|bowler|sprinter|golfer|"
    "boxer|cyclist"
)
_PRIZE = "laureate|winner|medall?ist|champion|international|star"
_AGE = r"\d\d-year-old|(?:mother|father|mum|mom|dad)-of-\w+"
_PERSON = re.compile(  # bounded: 80 characters
    rf"[Tt]he\s(?:(?:{_CAPITAL}){{0,2}}(?:{_PARTY})|{_NATION}|(?:[\w.’'-]+\s){{0,3}}?(?:{_TRADE}|{_AGE})|"
    rf"(?:[\w-]+\s)?{_CAPITAL}(?:[a-z]+\s)?(?:{_PRIZE}))"
)
_STANDING = re.compile(  # bounded: 80 characters; whoever the article is about may be called so in mid-sentence
    r"(?:The|the)\s(?!(?:\w+\s)?(?:most|only|first|last|next|other|same|eventual|rival|another|second|third|latter|best|new|"
    r"winning|losing|potential|possible|whole|\w+est)\s)(?:(?!of\s)[\w.“”’'-]+\s){0,4}?"
    rf"(?:{_TRADE}|senator|governor|congress(?:wo)?man|former\s(?:president|prime\sminister|secretary\sof\sstate)|"
    r"nominee|front-?runner|candidate|contender|hopeful|developer|socialist|(?:neuro)?surgeon|star)"
)
_THE = ("the ", "The ")
_WITHIN = re.compile(r"[\w,][”\"’']? \Z")  # ahead of what opens no sentence
_GENDER = re.compile(r"\A\w+(?=-of-)|(?:wo)?man\Z|\Aactress\Z")


def is_person(surface: str) -> bool:
    """Whether words tell of somebody by nation, party, age, trade or prize: "the Ohio Democrat"."""
    if not surface.startswith(_THE) or len(surface) >= 80 or _PERSON.fullmatch(surface) is None:
        return False
    noun = surface.rpartition(" ")[2]
    return noun.islower() or noun.lower() not in lowercase_words() or not noun.endswith("an")  # "The Historian"


def mark_persons(t: str, mentions: Sequence[Mention]) -> None:
    """Make descriptions of "the Swede" and "the Hollin international", which are nobody's names."""
    for m in mentions:
        surface = t[m.start : m.end]
        noun = surface.split()[-1]
        within = surface.startswith("The ") and _WITHIN.search(t, max(0, m.start - 3), m.start)  # a paper's name
        told = m.type == "person" or noun.islower() or _of_state(surface)
        if m.kind != "pronoun" and not within and is_person(surface) and told:
            m.kind, m.type, m.plural, m.name, m.role = "nominal", "person", False, surface[4:], noun.lower()
            gender = _GENDER.search(m.role)
            m.gender = lexicons().gender.get(gender[0]) if gender else None


def _of_state(surface: str) -> bool:
    """Whether words tell of a party's politician from a state, and of no paper: "the Utah Republican"."""
    state, _, noun = surface[4:].rpartition(" ")
    return noun in ("Democrat", "Republican") and lexicons().names.get(state, ("",))[0] in ("state", "place")


def is_standing(surface: str) -> bool:
    """Whether words tell of somebody by a standing that few in an article have: "the Democratic nominee"."""
    return surface.startswith(_THE) and len(surface) < 80 and _STANDING.fullmatch(surface) is not None
