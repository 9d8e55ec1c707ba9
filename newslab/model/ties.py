"""Which mentions the text itself ties together: "Vell, who …", "Vell, the film-maker", "the treasurer, Bo Lind"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newslab.pronouns import RELATIVE
from newslab.reading import Mention

_IS = re.compile(r"(?:’s|'s|,)? ?(?:(?:is|was|are|were|has been|had been|remains|became|becomes)(?: not| also| now)? )")
# What may stand between whoever is meant and "who": nothing, a comma, "were people"
_BEFORE_RELATIVE = re.compile(r"\s?,?\s?|\s(?:is|are|was|were|include[sd]?)\s(?:[\w’'-]+\s){1,4}")
_ARE = re.compile(r" (?:are|were)(?: all| both)? ")
# Behind such words a name at the end of a description is not the one described: "the president of Lorvane"
_OF_ANOTHER = re.compile(r"\b(?:of|for|in|at|from|by|with|to|against|on|and|or|behind)\s(?:the\s)?$")


def tie(t: str, mentions: Sequence[Mention]) -> None:
    """Point each description at the mention that the text itself ties it to."""
    for k, m in enumerate(mentions):
        if m.name in RELATIVE and m.kind == "pronoun":
            near = range(k - 1, max(k - 6, -1), -1)
            m.antecedent = next((j for j in near if _holds_relative(t, mentions[j], m)), None)
        elif m.kind == "nominal":
            ahead = (j for j in range(k - 1, max(k - 8, -1), -1) if _described_after(t, mentions[j], m))
            behind = (j for j in range(k + 1, min(k + 6, len(mentions))) if _described_before(t, m, mentions[j]))
            m.antecedent = next(ahead, None)
            if m.antecedent is None:
                m.antecedent = next(behind, None)


def _holds_relative(t: str, other: Mention, m: Mention) -> bool:
    """Whether "who" or "which" goes back to a mention: "groups which", "Vell, who", "They were people who"."""
    if other.type == "place":
        return False
    return other.end >= m.end or _BEFORE_RELATIVE.fullmatch(t, other.end, m.start) is not None


def _described_after(t: str, other: Mention, m: Mention) -> bool:
    """Whether a description follows whom it describes: "Vell, the film-maker", "Vell is a liar and a coward"."""
    between = t[other.end : m.start]
    if other.type == "place" or m.plural != other.plural:
        return False
    if other.kind == "nominal" and other.antecedent is None:  # "Those who signed are members of the guild"
        return m.plural and m.type == other.type and _ARE.fullmatch(between) is not None
    if not (other.type == m.type or "group" in (m.type, other.type)) or (m.gender or other.gender) != (
        other.gender or m.gender
    ):
        return False
    if other.end < m.start and _IS.fullmatch(between):
        return True
    if other.kind == "nominal":
        return re.fullmatch(r",? and |, ", between) is not None
    within = m.end <= other.end and re.search(r"[,(]\s$", t[other.start : m.start])
    return bool(other.kind == "name" and (within or re.fullmatch(r",? \(?|, (?:who (?:is|was) )?", between)))


def _described_before(t: str, m: Mention, name: Mention) -> bool:
    """Whether a name follows its description: "the treasurer, Bo Lind, …", "a spokesman for the airline, Bo Lind"."""
    if name.kind != "name" or name.type != m.type or name.plural != m.plural:
        return False
    if name.start > m.end:
        return t[m.end : name.start] == ", " and t[name.end : name.end + 1] in (",", ".")
    if name.end != m.end or _OF_ANOTHER.search(t, m.start, name.start):
        return False
    return re.search(r", $|^[^,'’]*\s$", t[m.start : name.start]) is not None
