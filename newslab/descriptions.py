"""Descriptions by what somebody is and not by an office: "the Swede", "the billionaire"; and "the company"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from newslab.calling import gender_fits
from newslab.rules.lexicons import lexicons
from newslab.text import lowercase_words

if TYPE_CHECKING:
    from newslab.actors import Actor
    from newslab.antecedents import Page
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
_PREDICATE = re.compile(  # "as the nominee", "made him the candidate": what somebody is or may become
    r"(?:['’]s|\b(?:as|is|are|was|be|been|being|becom(?:e|es|ing)|became|named|nominated|elected|him|her|not|only))\s"
    r"(?:\w+ly\s)?\Z"
)
_TOLD_APART = re.compile(r"\s(?:who|whose|that|of|in|for|from|at|turned)\b|,\s[A-Z]")  # "the senator who lost"
_OPENS_CLAUSE = re.compile(  # behind which a description is a subject, and may mean the one ahead
    r"(?:[\n.,:;–—-]\s?|\b(?:that|when|while|if|because|after|before|although|though|than|until|whether|what|said|says|"
    r"but)\s)\Z"
)
_THE = ("the ", "The ")
_WITHIN = re.compile(r"[\w,][”\"’']? \Z")  # ahead of what opens no sentence
_GENDER = re.compile(r"\A\w+(?=-of-)|(?:wo)?man\Z|\Aactress\Z")
_FIRMS_TOO = frozenset(  # in names of firms, as in those of other bodies
    "Airlines Bank Company Corp Corporation Energy Fund Group Holdings Inc Industries Ltd Media Motors Network "
    "Partners PLC Radio Society Systems Television Trust TV".split()
)
_TOLD = re.compile(r"\b(?:told|telling|according\sto|reported\sby)\s(?:the\s)?\Z", re.I)  # bounded: 20 characters
_REACH = 5  # sentences back that somebody may be told of


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


def told_of(page: Page, k: int) -> int | None:
    """Whom "the Swede" means that opens its sentence or speaks: the person whom the sentences before are about."""
    mentions = page.reading.mentions
    m = mentions[k]
    if m.type != "person" or not is_person(page.reading.text.text[m.start : m.end]):
        return None
    if page.marked[k] or not (page.tells(k) or page.begins(k)):
        return None
    near = [j for j in page.before(k) if not page.marked[j] and mentions[j].type != "place"]
    if any(page.sentence[j] == page.sentence[k] and mentions[j].type == "person" for j in near):
        return None  # "Orr quit after the Swede told reporters"
    subjects: dict[int, int] = {}
    for j in near:
        if 0 < page.sentence[k] - page.sentence[j] <= _REACH:
            subjects.setdefault(page.sentence[j], j)
    genders = {m.gender, None}
    for j in reversed(subjects.values()):
        if mentions[j].name not in ("he", "she"):
            return page.of[j] if _is_meant(page, j, genders) else None
        genders.add(mentions[j].gender)
    return None


def stands_for(page: Page, k: int) -> int | None:
    """Whom "the mogul" means in mid-sentence, as in "Orr urged the mogul to quit": the only other person named near.

    That is, in its sentence or the one before. The article must be about that person, since others are not so called.
    """
    mentions, t, of = page.reading.mentions, page.reading.text.text, page.of
    m, here = mentions[k], page.sentence[k]
    if page.marked[k] or not is_standing(t[m.start : m.end]):
        return None
    within = any(j != k and mentions[j].end >= m.end for j in page.nested[k])  # another description
    if within or _PREDICATE.search(t, max(0, m.start - 30), m.start) or _TOLD_APART.match(t, m.end):
        return None
    near = [j for j in page.before(k) if here - page.sentence[j] < 2 and _is_somebody(page, j)]
    subjects = [j for j in near if page.sentence[j] == here and not (page.preposition[j] or _owns(page, j))]
    if _OPENS_CLAUSE.search(t, max(0, m.start - 12), m.start):
        subjects = []
    meant = {of[j] for j in near} - {of[j] for j in subjects[-1:]}
    behind = {of[j] for j in page.behind(k) if page.sentence[j] == here and mentions[j].kind == "name"}
    found = meant.pop() if len(meant) == 1 else None
    if found is None or found in behind or not gender_fits(page.actors[found].gender, m.gender):
        return None
    most = max(len(a.mentions) for a in page.actors if a.type == "person" and not a.described)
    return found if len(page.actors[found].mentions) >= max(3, most / 4) else None


def is_standing(surface: str) -> bool:
    """Whether words tell of somebody by a standing that few in an article have: "the Democratic nominee"."""
    return surface.startswith(_THE) and len(surface) < 80 and _STANDING.fullmatch(surface) is not None


def _is_somebody(page: Page, j: int) -> bool:
    """Whether a mention is of a person with a name."""
    i = page.of[j]
    if i is None or page.actors[i].type != "person" or page.actors[i].described or page.actors[i].plural:
        return False
    a = page.actors[i]
    return " " in a.name or a.gender is not None or bool(a.roles)


def _owns(page: Page, j: int) -> bool:
    return page.owner[j] or page.reading.mentions[j].name in ("his", "her")


def _is_meant(page: Page, j: int, genders: set[str | None]) -> bool:
    """Whether a description, of whose gender these tell, may mean the subject of a sentence ahead."""
    subject, i = page.reading.mentions[j], page.of[j]
    if i is None or subject.kind != "name" or page.preposition[j] or page.owner[j]:
        return False
    actor = page.actors[i]
    return actor.type == "person" and not actor.plural and len(genders | {actor.gender, None}) < 3


def firm_before(page: Page, k: int) -> int | None:
    """Which firm "the company" means: the only body named in its sentence or the one before."""
    mentions = page.reading.mentions
    here, actors = page.sentence[k], page.actors
    near = [j for j in page.before(k) if here - 2 < page.sentence[j] and not page.marked[j]]
    near = [j for j in near if mentions[j].kind != "pronoun" and not _is_told(page, j)]
    named = {i for j in near if (i := page.of[j]) is not None}
    # What has but one name may be a firm too, or was taken for a person
    bodies = [i for i in named if _may_be_firm(actors[i]) or (actors[i].type == "person" and " " not in actors[i].name)]
    if len(bodies) != 1 or not _may_be_firm(actors[bodies[0]]):
        return None
    firm = bodies[0]
    others = page.index.alias[mentions[k].name.split()[-1]] - {firm}  # "a lender" that was told of before
    most = max(len(a.mentions) for a in actors if _may_be_firm(a))  # not the union that is named but there
    return firm if not others and len(actors[firm].mentions) == most else None


def _is_told(page: Page, j: int) -> bool:
    """Whether a mention is of whom news was told, such as a paper: "Vell told the Hollin Argus"."""
    at = page.reading.mentions[j].start
    return _TOLD.search(page.reading.text.text, max(0, at - 20), at) is not None


def _may_be_firm(actor: Actor) -> bool:
    """Whether somebody is a body by a name that is not that of a public one, a party or a union."""
    lists = lexicons()
    public = lists.organisation_words - lists.words["firm"] - _FIRMS_TOO
    named = actor.type == "organisation" and not actor.described
    return named and actor.name not in lists.names and public.isdisjoint(actor.name.split())
