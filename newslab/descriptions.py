"""Whom a description means: "the mayor", "his party", "a spokesman for the ministry", "the Swede", "the company"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from newslab.antecedents import Ask, named_in_words_of, names_ahead
from newslab.calling import ARTICLE, GROUP_OF, INDEFINITE, gender_fits, name_key
from newslab.naming import NUMBERS
from newslab.nearest import nearest
from newslab.offices import MOST, holders, only_holder, role_fits, role_words
from newslab.rules.lexicons import lexicons
from newslab.standings import is_person, is_standing
from newslab.unnamed import speaks_for_next, speaks_unnamed, spoken_for, unnamed_before

if TYPE_CHECKING:
    from newslab.cast import Actor, Cast
    from newslab.page import Page

_WHERE = re.compile(r"\s(?:for|to|at|in|on|with|from|by)\s")  # "spokesman for the senator", "cook at the council"
_HEADING = re.compile(r"[^.!?“”\"\n]{0,149}\w")  # a line without a sentence's end
_GROUP_OF = re.compile(rf"(?:an?\s|the\s)?{GROUP_OF}", re.I)
# What is told of for the first time, or again in the same words: a new group, and no "Islamic State"
_BY_ITSELF = re.compile(rf"an?\s{GROUP_OF}|(?:the|this|his|her|their|its|our|my)\sstate\Z", re.I)
_BESIDE = frozenset(("acting", "assistant", "group", "opposition"))  # offices beside "the leader"
_NUMBER = re.compile(rf"\d[\d,]*|dozens|{NUMBERS}")
_PREDICATE = re.compile(  # "as the nominee", "made him the candidate": what somebody is or may become
    r"(?:['’]s|\b(?:as|is|are|was|be|been|being|becom(?:e|es|ing)|became|named|nominated|elected|him|her|not|only))\s"
    r"(?:\w+ly\s)?\Z"
)
_TOLD_APART = re.compile(r"\s(?:who|whose|that|of|in|for|from|at|turned)\b|,\s[A-Z]")  # "the senator who lost"
_OPENS_CLAUSE = re.compile(  # behind which a description is a subject, and may mean the one ahead
    r"(?:[\n.,:;–—-]\s?|\b(?:that|when|while|if|because|after|before|although|though|than|until|whether|what|said|says|"
    r"but)\s)\Z"
)
_FIRMS_TOO = frozenset(  # in names of firms, as in those of other bodies
    "Airlines Bank Company Corp Corporation Energy Fund Group Holdings Inc Industries Ltd Media Motors Network "
    "Partners PLC Radio Society Systems Television Trust TV".split()
)
_TOLD = re.compile(r"\b(?:told|telling|according\sto|reported\sby)\s(?:the\s)?\Z", re.I)  # bounded: 20 characters
_REACH = 5  # sentences back that somebody may be told of


def join_descriptions(cast: Cast, ask: Ask) -> None:
    """Join descriptions in the order of the text; bare nouns and those of headings last, "the party" behind "Labour".

    Who is described and not found is an actor of that description.
    """
    page = cast.page
    latest: dict[str, int] = {}  # whom the same words meant last
    unnamed = [k for k in range(len(page.mentions)) if speaks_unnamed(page, k)]
    heading = [_is_definite_in_heading(page, k) for k in range(len(page.mentions))]
    bare = [m.antecedent is None and len(m.name.split()) == 1 for m in page.mentions]
    for k in sorted(range(len(page.mentions)), key=lambda k: (heading[k] or bare[k], k)):
        m = page.mentions[k]
        if m.kind != "nominal" or m.type == "place" or cast.of[k] is not None:
            continue
        key, surface = name_key(m.name, m.type), page.surface(k)
        if heading[k]:
            surface = f"the {m.name if m.name.lower() == m.role else surface}"  # "Mr. Director"
        found = _tied(cast, k, surface)
        if found is None:
            again = latest.get(key)
            found = again if _BY_ITSELF.match(surface) else _meant(cast, ask, k, surface, unnamed, again)
        found = cast.join(k, found, described=True)
        if not ARTICLE.match(surface) or surface.lower().startswith(("the ", "a ", "an ")):
            latest[key] = found


def _tied(cast: Cast, k: int, surface: str) -> int | None:
    """Whom the text itself ties a description to: by an apposition, or as a spokesman to the body he speaks for."""
    m = cast.page.mentions[k]
    found = None if m.antecedent is None else cast.of[m.antecedent]
    if found is None:
        return _spoken_for(cast, k, surface) if (m.role or "").startswith("spokes") else None
    if m.role:
        cast.give_role(found, _WHERE.split(m.name)[0])
    return found


def _meant(cast: Cast, ask: Ask, k: int, surface: str, unnamed: Sequence[int], again: int | None) -> int | None:
    """Whom a description means: who speaks without a name, an officer, whom the ranking finds, or `again` the last."""
    found = None
    if not cast.page.mentions[k].plural:
        found = unnamed_before(cast, unnamed, k, surface)
        found = only_holder(cast, k, surface) if found is None else found
        found = _told_of(cast, k, surface) if found is None else found
    found = ask(cast, k) if found is None else found
    if found is None:
        found = _counted(cast, k) if again is None else again
    return _definite(cast, k, surface) if found is None and not INDEFINITE.match(surface) else found


def _is_definite_in_heading(page: Page, k: int) -> bool:
    """Whether a description stands without an article where headings leave it out: "Mayor blames minister".

    So does an office with a capital that somebody is called by: “Governor, resign,” they said.
    """
    m, t = page.mentions[k], page.t
    if m.kind != "nominal" or m.type != "person" or m.plural or not m.role or ARTICLE.match(t, m.start):
        return False
    if m.name.lower() == m.role and m.name[0].isupper() and t[m.end : m.end + 1] in (",", "!", "?"):
        return True
    n = page.text.paragraph_at(m.start)
    start, end = page.text.paragraphs[n]
    return _HEADING.fullmatch(t, start, end - (n == 0 and t[end - 1] == ".")) is not None  # some end with a stop


def _spoken_for(cast: Cast, k: int, surface: str) -> int | None:
    """An unnamed spokesman is the body he speaks for: "a spokesman for the ministry", "an RLV spokesman"."""
    if not speaks_for_next(cast.page, k, surface):
        return spoken_for(cast, k, surface)
    if cast.of[k + 1] is None and cast.page.mentions[k + 1].kind == "nominal":
        return cast.join(k + 1, _definite(cast, k + 1, cast.page.surface(k + 1)), described=True)
    return cast.of[k + 1]


def _counted(cast: Cast, k: int) -> int | None:
    """The group that a number of people are, if the article has told of just one: "A group of MPs", "20 MPs"."""
    words = role_words(cast.page.mentions[k].name)
    if not cast.page.mentions[k].plural or len(words) < 2 or not _NUMBER.fullmatch(words[0]):
        return None
    groups = [
        i
        for i in sorted(cast.index.alias[words[-1]])[-MOST:]
        if cast.actors[i].described
        and any(_GROUP_OF.match(x) and set(words[1:]) <= set(role_words(x)) for x in cast.actors[i].aliases)
    ]
    return groups[0] if len(groups) == 1 else None


def _definite(cast: Cast, k: int, surface: str) -> int | None:
    """The named actor whom a definite description means, if the article ties the two together."""
    m = cast.page.mentions[k]
    if m.type == "organisation":
        return _body(cast, k, surface)
    if m.plural or not surface.lower().startswith("the "):
        return None
    words = role_words(surface)
    held = holders(cast, words)
    fits = [  # "the leader" is not the opposition leader whom it names later
        i
        for i, role in held
        if role_fits(words, role) and (cast.last(i, m.start) >= 0 or _BESIDE & set(role) <= set(words))
    ]
    if fits:
        return max(fits, key=lambda i: cast.last(i, m.start))
    another = cast.page.t.startswith(("'", "’"), m.end) or names_ahead(cast.page, k)  # "the chancellor’s spokesman"
    if another or not cast.page.begins(k):
        return None
    # "The film-maker …": the person whom the sentence before is about
    found = nearest(cast, k, ("person",), reach=1, named=True)
    return None if found in {i for i, _ in held} else found  # no vice president


def _body(cast: Cast, k: int, surface: str) -> int | None:
    """The body with a name that has the noun of a description in it: "the party" is the Harbour Party."""
    m = cast.page.mentions[k]
    noun = (m.role or m.name.split()[-1]).lower()
    rest = ARTICLE.sub("", surface)[: -len(noun)].strip().casefold()
    if rest and noun != "party":  # "her campaign" is not the last campaign named
        return None
    alike = cast.index.key[name_key(rest, m.type)] if rest else sorted(cast.index.alias[noun])[-MOST:]
    fits = [i for i in alike if cast.actors[i].type == "organisation" and not cast.actors[i].described]
    if rest:  # "the Labour party" is Labour
        return min(fits, default=None)
    if not fits and noun in ("company", "firm"):
        return _firm_before(cast, k)
    return max(fits, key=lambda i: (cast.last(i, m.start), -i), default=None)


def _told_of(cast: Cast, k: int, surface: str) -> int | None:
    """Whom "the Swede" means that opens its sentence or speaks: the person whom the sentences before are about."""
    page, mentions, m = cast.page, cast.page.mentions, cast.page.mentions[k]
    if m.type != "person" or not is_person(page.surface(k)):
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
    about = next((j for j in reversed(subjects.values()) if mentions[j].name not in ("he", "she")), None)
    genders |= {mentions[j].gender for j in subjects.values() if about is not None and j > about}
    found = cast.of[about] if about is not None and _is_meant(cast, about, genders) else None
    held = {i for i, _ in holders(cast, role_words(surface))}
    if found is None or found in named_in_words_of(cast, k) or (held and found not in held):
        return None
    cast.give_role(found, str(m.role))
    return found


def _firm_before(cast: Cast, k: int) -> int | None:
    """Which firm "the company" means: the only body named in its sentence or the one before."""
    page, mentions, actors = cast.page, cast.page.mentions, cast.actors
    here = page.sentence[k]
    near = [j for j in page.before(k) if here - 2 < page.sentence[j] and not page.marked[j]]
    near = [j for j in near if mentions[j].kind != "pronoun" and not _is_told(page, j)]
    named = {i for j in near if (i := cast.of[j]) is not None}
    # What has but one name may be a firm too, or was taken for a person
    bodies = [i for i in named if _may_be_firm(actors[i]) or (actors[i].type == "person" and " " not in actors[i].name)]
    if len(bodies) != 1 or not _may_be_firm(actors[bodies[0]]):
        return None
    firm = bodies[0]
    others = cast.index.alias[mentions[k].name.split()[-1]] - {firm}  # "a lender" that was told of before
    most = max(len(a.mentions) for a in actors if _may_be_firm(a))  # not the union that is named but there
    return firm if not others and len(actors[firm].mentions) == most else None


def _is_told(page: Page, j: int) -> bool:
    """Whether a mention is of whom news was told, such as a paper: "Vell told the Hollin Argus"."""
    at = page.starts[j]
    return _TOLD.search(page.t, max(0, at - 20), at) is not None


def _may_be_firm(actor: Actor) -> bool:
    """Whether somebody is a body by a name that is not that of a public one, a party or a union."""
    lists = lexicons()
    public = lists.organisation_words - lists.words["firm"] - _FIRMS_TOO
    named = actor.type == "organisation" and not actor.described
    return named and actor.name not in lists.names and public.isdisjoint(actor.name.split())


def join_standings(cast: Cast) -> None:
    """Join who is described by a standing to whom that means: “Orr urged the mogul to quit”."""
    for i, a in enumerate(cast.actors):
        told = [k for k in a.mentions if cast.page.mentions[k].kind == "nominal"]
        if not a.described or a.type != "person" or a.known or not told:
            continue
        names = {cast.page.mentions[k].name for k in told}
        found = _stands_for(cast, told[0]) if len(names) == 1 else None
        if found is not None:
            held = {j for j, _ in holders(cast, role_words(names.pop()))}
            if found in held or not held:
                cast.merge(i, found)
    cast.renumber()


def _stands_for(cast: Cast, k: int) -> int | None:
    """Whom "the mogul" means in mid-sentence, as in "Orr urged the mogul to quit": the only other person named near.

    That is, in its sentence or the one before. The article must be about that person, since others are not so called.
    """
    page, mentions, t, of = cast.page, cast.page.mentions, cast.page.t, cast.of
    m, here = mentions[k], page.sentence[k]
    if page.marked[k] or not is_standing(page.surface(k)):
        return None
    within = any(j != k and mentions[j].end >= m.end for j in page.nested[k])  # another description
    if within or _PREDICATE.search(t, max(0, m.start - 30), m.start) or _TOLD_APART.match(t, m.end):
        return None
    near = [j for j in page.before(k) if here - page.sentence[j] < 2 and _is_somebody(cast, j)]
    owning = {j for j in near if page.owner[j] or mentions[j].name in ("his", "her")}
    subjects = [j for j in near if page.sentence[j] == here and not page.preposition[j] and j not in owning]
    if _OPENS_CLAUSE.search(t, max(0, m.start - 12), m.start):
        subjects = []
    meant = {of[j] for j in near} - {of[j] for j in subjects[-1:]}
    behind = {of[j] for j in page.behind(k) if page.sentence[j] == here and mentions[j].kind == "name"}
    found = meant.pop() if len(meant) == 1 else None
    if found is None or found in behind or not gender_fits(cast.actors[found].gender, m.gender):
        return None
    most = max(len(a.mentions) for a in cast.actors if a.type == "person" and not a.described)
    return found if len(cast.actors[found].mentions) >= max(3, most / 4) else None


def _is_somebody(cast: Cast, j: int) -> bool:
    """Whether a mention is of a person with a name."""
    i = cast.of[j]
    if i is None or (a := cast.actors[i]).type != "person" or a.described or a.plural:
        return False
    return " " in a.name or a.gender is not None or bool(a.roles)


def _is_meant(cast: Cast, j: int, genders: set[str | None]) -> bool:
    """Whether a description, of whose gender these tell, may mean the subject of a sentence ahead."""
    i = cast.of[j]
    if i is None or cast.page.mentions[j].kind != "name" or cast.page.preposition[j] or cast.page.owner[j]:
        return False
    actor = cast.actors[i]
    return actor.type == "person" and not actor.plural and len(genders | {actor.gender, None}) < 3
