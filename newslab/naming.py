"""When two names are one, as the coding guideline has it: "Sir Tam Orr" and "Orr", "the Guild" and "Guild’s"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from newslab.text import AsRead

_TITLES = frozenset(
    "mr mrs ms miss dr prof professor sir dame lord lady baroness baron sen senator rep representative gov governor "
    "president vice-president secretary minister prime chancellor mp msp mep gen general col colonel judge justice rev "
    "reverend king queen prince princess the a an his her their our its former then-".split()
)
_STOP = frozenset(
    "the a an of and for in on at to from with his her their our its this that these those some many several "
    "other".split()
)

# How many there are of those who are counted by name, as a pattern
NUMBERS = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty"

# What tells parents and children of one name apart: "Ona Vell Jr."
GENERATIONS = frozenset("jr sr ii iii iv".split())
_GENERATION = re.compile(rf"(?<=\S),?\s({'|'.join(sorted(GENERATIONS))})\.?$", re.I)


def same_actor(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Whether two coded actors are the same.

    Parameters
    ----------
    a, b : mapping
        Each with ``name``, and ``type`` ("person" if there is none) and ``aliases`` where they are known.

    Returns
    -------
    bool

    See Also
    --------
    newslab.coding.score_edges : its notes say which names are one.

    Examples
    --------
    >>> import newslab as nl
    >>> nl.coding.same_actor({"name": "Sir Tam Orr"}, {"name": "Orr"})
    True
    """
    if _keys(a) & _keys(b):
        return True
    kinds = (a.get("type", "person"), b.get("type", "person"))
    if "person" in kinds:
        return kinds[0] == kinds[1] and _is_same_person(a["name"], b["name"])
    left_words, right_words = _content(_words(a["name"])), _content(_words(b["name"]))
    shared = len(left_words & right_words)
    return bool(shared) and shared / len(left_words | right_words) >= 0.5


def _is_same_person(a: str, b: str) -> bool:
    """Whether two names have one surname, and neither another first name nor another "Jr" or "Sr"."""
    (a, young), (b, old) = by_generation(a), by_generation(b)
    left, right = _words(a), _words(b)
    if not left or not right or left[-1].lower() != right[-1].lower() or (young and old and young != old):
        return False
    first, second = normal_name(a).split(), normal_name(b).split()
    capitals = left[-1][:1].isupper() and right[-1][:1].isupper()
    return capitals and (len(first) == 1 or len(second) == 1 or first[0] == second[0])


def normal_name(name: str) -> str:
    """A name without articles, titles, possessives, outer marks and capitals."""
    words = _words(name)
    while len(words) > 1 and words[0].lower() in _TITLES:
        words = words[1:]
    return " ".join(words).lower()


def by_generation(name: str) -> tuple[str, str]:
    """A person's name, and what is behind it for the generation: "Ona Vell", "jr"."""
    mark = _GENERATION.search(name, 1)
    return (name[: mark.start()], mark.group(1).lower()) if mark else (name, "")


def _words(name: str) -> list[str]:
    name = AsRead(name).text.replace("\xa0", " ").replace("’", "'").replace("‘", "'")
    name = re.sub(r"'s\b|s'(?=\s|$)", lambda m: "" if m.group().startswith("'") else "s", name)
    return [s for w in name.split() if (s := w.strip(".,;:!?\"“”'()[]"))]


def _keys(actor: Mapping[str, Any]) -> set[str]:
    return {n for name in [actor["name"], *(actor.get("aliases") or [])] if (n := normal_name(name))}


def _content(words: Iterable[str]) -> set[str]:
    return {w.lower().rstrip("s") for w in words} - _STOP
