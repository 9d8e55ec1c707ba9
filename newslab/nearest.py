"""Whom a mention means by its place: for readers that do not rank antecedents, and for the subject of a sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newslab.calling import gender_fits
from newslab.pronouns import LESS_LIKELY

if TYPE_CHECKING:
    from newslab.antecedents import Page

_REACH = 4  # sentences back that a pronoun may reach
_OWNED = re.compile(r"(?:his|her|their|its|my|our)\s", re.I)


def nearest(page: Page, k: int, types: tuple[str, ...], reach: int = _REACH, named: bool = False) -> int | None:
    """The actor of these types whom a mention means by its place; `named` is whether only those with a name count."""
    mentions, actors, text = page.reading.mentions, page.actors, page.reading.text
    m = mentions[k]
    best, best_score = None, -1e9
    speaker = page.quoted[k]
    for j in reversed(page.before(k)):
        far = page.sentence[k] - page.sentence[j]
        if far > reach:
            break
        actor = page.of[j]
        other = mentions[j]
        if actor is None or actors[actor].type not in types or (named and actors[actor].described):
            continue
        if types == ("person",) and not gender_fits(actors[actor].gender, m.gender):
            continue
        if "group" in types and actors[actor].type == "organisation" and far > 1:
            continue
        score = -1.5 * far
        start = text.sentences[page.sentence[j]][0]
        score += 1.5 if other.start - start < 25 else 0.0
        lead = text.text[max(start, other.start - 14) : other.start]
        if LESS_LIKELY.search(lead):
            score -= 1.0
        score += 0.5 * (actors[actor].gender is not None and m.gender is not None)
        score += 0.5 * (not actors[actor].described)
        owner = _OWNED.match(text.text, other.start)
        if owner and actors[actor].gender is None and m.gender and owner.group().lower().startswith(("his", "her")):
            continue  # "her former chief" is not the one who is "she"
        score -= 1.0 * bool(owner)
        if (speaker is None) != (page.quoted[j] is None):
            score -= 1.5  # narrator and quotation keep their own threads
        if text.text[other.end : other.end + 2] in ("’s", "'s"):
            score -= 0.5
        score -= 0.02 * (k - j)
        if score > best_score:
            best, best_score = actor, score
    return best
