"""What somebody may be called: what two names of one have in common, surnames, and short forms of first names."""

from __future__ import annotations

import re
from functools import lru_cache

from newslab.naming import by_generation
from newslab.rules.lexicons import lexicons

ARTICLE = re.compile(r"^(?:the|a|an|this|that|these|those|his|her|their|our|its|my|your)\s+", re.I)
INDEFINITE = re.compile(r"(?:an?|one|some|another|several|many)\s", re.I)
GROUP_OF = r"(?:\w+\s)?group\sof\s"
SMALL = frozenset("the a an of and for in on at to from with his her their its this that these those some".split())
_PARTY_WORD = re.compile(r"(?<!\s)\s+(?:party|hq|headquarters|campaign team)$", re.I)
# What else the parties of the United States are called, of their names without "party"
_PARTIES = {"gop": "republican", "democratic": "democrat"}
# With which a surname of several words begins: "De Luca"
_PARTICLES = frozenset("de van von der den di da do dos du del della la le el al bin ibn ben ter st o ó ní mac".split())


@lru_cache(1 << 14)  # asked for every actor of every article, many times
def plain(name: str) -> str:
    """A name without its article, in small letters."""
    return ARTICLE.sub("", name).replace("’", "'").casefold()


def name_key(name: str, kind: str) -> str:
    """What two names of one actor of that type have in common: "the Labour Party" and "Labour", "the GOP" too."""
    name = plain(name)
    if kind == "person":
        return name
    name = _PARTY_WORD.sub("", name)
    return _PARTIES.get(name, name)


def surnames_of(name: str) -> list[str]:
    """By what somebody may be called without a first name: "Luca" and, in small letters, "de luca"."""
    words, first_names = by_generation(name)[0].split(), lexicons().first_names
    known = words[0].title() in first_names
    tails = (words[k:] for k in range(1, len(words) - 1) if "and" not in words)
    return [words[-1]] + [
        " ".join(tail).casefold()
        for tail in tails
        if tail[0].lower() in _PARTICLES or (known and tail[0].title() not in first_names)
    ]


def is_short(a: str, b: str) -> bool:
    """Whether one of two first names is a short form of the other: "Bill", "William"."""
    return b in forms_of(a)


@lru_cache(1 << 10)
def forms_of(first: str) -> frozenset[str]:
    """The first names that one is short for, and those that are short for it: of "Bill" it is "William"."""
    short = lexicons().short_names
    return frozenset(name for name, shorts in short.items() if first in shorts).union(short.get(first, ()))


def fullness(name: str) -> tuple[int, int]:
    """Orders names, the fullest first: "Ona Vell Jr", "Ona Vell", "Vell Jr"."""
    return -len(by_generation(name)[0].split()), -len(name.split())


def are_two(a: str, b: str) -> bool:
    """Whether two bodies of one kind go by different names: "Harbour Party" and "Democratic Party"; not "N. Korea"."""
    first, second = (ARTICLE.sub("", name).split() for name in (a, b))
    named = all(words[n][:1].isupper() for words in (first, second) for n in (0, -1)) if first and second else False
    same_kind = named and first[-1] == second[-1] and min(len(first), len(second)) > 1
    return same_kind and first[0][0] != second[0][0] and set(first[:-1]).isdisjoint(second[:-1])


def gender_fits(a: str | None, b: str | None) -> bool:
    """Whether two genders, as far as they are known, may be one person's."""
    return a is None or b is None or a == b


@lru_cache(1 << 14)
def singular(key: str) -> str:
    """What a party and its members have in common: "the Tories", "Tory"."""
    return re.sub(r"(?<=\w\w)(?:(ie)|(?<!s))s$", lambda m: "y" if m[1] else "", key)


def initials(name: str) -> str:
    """The first letters of the words with a capital."""
    return "".join(w[0] for w in name.split() if w[:1].isupper())


@lru_cache(1 << 14)
def spelled(name: str) -> str:
    """The first letters of all words but small ones, as in an acronym."""
    return "".join(w[0] for w in re.findall(r"\w+", name) if w.lower() not in SMALL).upper()
