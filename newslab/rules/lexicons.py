"""The word lists of the rule reader: text files in ``newslab/lexicons`` that a user can read and replace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parents[1] / "lexicons"


@dataclass(frozen=True)
class Lexicons:
    """All lists, ready for matching. The head of each file says what its columns mean."""

    roles: dict[str, tuple[str, bool]]  # noun → (type, plural)
    titles: frozenset[str]
    gender: dict[str, str]  # title or noun → f, m
    first_names: dict[str, str]  # name → f, m, both
    short_names: dict[str, frozenset[str]]  # name → short forms
    organisation_words: frozenset[str]
    names: dict[str, tuple[str, bool]]  # whole name → (type, plural)
    governments: frozenset[str]  # states, and capitals that stand for one
    words: dict[str, frozenset[str]]  # class → words
    cue_frames: dict[str, str]  # form → frame
    stances: list[tuple[tuple[str, ...], int, tuple[str, ...], str]]
    opinions: dict[str, int]
    precision: dict[str, float]  # rule → share of its finds that hand coders confirm
    ends: dict[str, float]  # what an end of an act is → factor of the odds that they do

    def is_office(self, noun: str) -> bool:
        """Whether a noun is for one person who acts: "minister"."""
        return self.roles.get(noun) == ("person", False)

    def is_body(self, noun: str) -> bool:
        """Whether a noun is for one body that acts: "ministry"."""
        return self.roles.get(noun) == ("organisation", False)

    def is_group(self, name: str) -> bool:
        """Whether a name is that of a listed group: "Democrats"."""
        return self.names.get(name) == ("group", True)


def any_of(words: Iterable[str]) -> str:
    """A regular expression for any of the words, the longest first."""
    return _branches(sorted(words, key=lambda w: (-len(w), w)), 2)


def _branches(words: Sequence[str], depth: int) -> str:
    """Words with the same first letters under one branch, or each place of a text would be tried with every word."""
    if not depth or len(words) == 1:
        return "|".join(map(re.escape, words))
    by_letter: dict[str, list[str]] = {}
    for word in words:
        by_letter.setdefault(word[:1], []).append(word[1:])
    return "|".join(f"{re.escape(letter)}(?:{_branches(rest, depth - 1)})" for letter, rest in by_letter.items())


def _rows(name: str) -> list[list[str]]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]
    return rows[1:] if name.endswith(".tsv") else rows


@lru_cache(maxsize=1)
def lexicons() -> Lexicons:
    """The shipped lists, read once."""
    gender = {title: g for title, g in _rows("titles.tsv")}
    titles, roles = set(gender), {}
    for noun, plural, kind, title in _rows("roles.tsv"):
        roles[plural] = ("group", True)
        roles[noun] = (kind, False)
        titles |= {noun.lower(), plural.lower()} if title == "yes" else set()
    words, names = set(), {}
    for (line,) in _rows("organisations.txt"):
        if line[0] in "=+":
            names[line[1:]] = ("organisation", False) if line[0] == "=" else ("group", True)
        else:
            words.add(line)
    for (line,) in _rows("places.txt"):
        names.setdefault(line.lstrip("=+"), ("state" if line[0] == "=" else "place", False))
    kinds = ("determiner", "modifier", "not_name", "thing", "thing_first", "law", "firm")
    classes = {c: frozenset(w for w, k in _rows("words.tsv") if k == c) for c in kinds}
    cues = [(form, frame) for forms, frame in _rows("cues.tsv") for form in forms.split(",")]
    return Lexicons(
        roles=roles,
        titles=frozenset(titles),
        gender={t: g for t, g in gender.items() if g != "-"},
        first_names={name: g for name, g in _rows("first_names.tsv")},
        short_names={name: frozenset(short.split(",")) for name, short in _rows("short_names.tsv")},
        organisation_words=frozenset(words),
        names=names,
        governments=frozenset(line[1:] for (line,) in _rows("places.txt") if line[0] in "=+"),
        words=classes,
        cue_frames=dict(reversed(cues)),  # of two lines with one form the first counts
        stances=[
            (tuple(forms.split(",")), int(p), tuple(frame.split(",")), kind)
            for forms, p, frame, kind in _rows("stance_verbs.tsv")
        ],
        opinions={word: int(p) for word, p in _rows("opinion_words.tsv")},
        precision={rule: float(p) for rule, p in _rows("rule_precision.tsv")},
        ends={end: float(odds) for end, odds in _rows("rule_ends.tsv")},
    )
