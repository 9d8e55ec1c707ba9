"""Whom a mention means by its place: for readers that do not rank antecedents, and for the subject of a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from newslab.calling import gender_fits
from newslab.pronouns import IT, LESS_LIKELY

if TYPE_CHECKING:
    from newslab.cast import Cast

_REACH = 4  # sentences back that a pronoun may reach
_OWNED = re.compile(r"(?:his|her|their|its|my|our)\s", re.I)


def by_place(cast: Cast, k: int, among: Sequence[int] | None = None) -> int | None:
    """Whom a pronoun means by its place; it says so of no description."""
    m = cast.page.mentions[k]
    if m.kind != "pronoun":
        return None
    several = ("group", "organisation") if m.plural else ("person",)
    return nearest(cast, k, ("organisation",) if m.name in IT else several)


def nearest(cast: Cast, k: int, types: tuple[str, ...], reach: int = _REACH, named: bool = False) -> int | None:
    """The actor of these types whom a mention means by its place; `named` is whether only those with a name count."""
    page, actors, t = cast.page, cast.actors, cast.page.t
    m = page.mentions[k]
    best, best_score = None, -1e9
    speaker = page.quoted[k]
    for j in reversed(page.before(k)):
        far = page.sentence[k] - page.sentence[j]
        if far > reach:
            break
        actor = cast.of[j]
        other = page.mentions[j]
        if actor is None or actors[actor].type not in types or (named and actors[actor].described):
            continue
        if types == ("person",) and not gender_fits(actors[actor].gender, m.gender):
            continue
        if "group" in types and actors[actor].type == "organisation" and far > 1:
            continue
        score = -1.5 * far
        start = page.text.sentences[page.sentence[j]][0]
        score += 1.5 * page.opens[j]
        if LESS_LIKELY.search(t[max(start, other.start - 14) : other.start]):
            score -= 1.0
        score += 0.5 * (actors[actor].gender is not None and m.gender is not None)
        score += 0.5 * (not actors[actor].described)
        owner = _OWNED.match(t, other.start)
        if owner and actors[actor].gender is None and m.gender and owner.group().lower().startswith(("his", "her")):
            continue  # "her former chief" is not the one who is "she"
        score -= 1.0 * bool(owner)
        if (speaker is None) != (page.quoted[j] is None):
            score -= 1.5  # narrator and quotation keep their own threads
        if t[other.end : other.end + 2] in ("’s", "'s"):
            score -= 0.5
        score -= 0.02 * (k - j)
        if score > best_score:
            best, best_score = actor, score
    return best
