"""Who belongs to a group, and who speaks for whom, as far as the article says so.

"Twenty members, including Ona Vell and Bo Lind, signed": Vell and Lind hold what the twenty say. "Bo Lind, a spokesman
for the ministry": what Lind says counts for the ministry, where the analyst wants it so.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from newslab.actors import Resolution
from newslab.reading import Mention, Reading
from newslab.text import Span

_NAMELY = re.compile(r"\b(?:including|among them|such as|namely|notably)\b|\(?\bled by\b", re.I)
_NAMELY_WORDS = ("including", "among them", "such as", "namely", "notably", "led by")
_LIST = 48  # characters between two names of one list, at most
_SPOKES = re.compile(r"\b(?:spokes(?:man|woman|person)|press secretary|press officer)\b", re.I)
_SPOKESMAN = r"(?:spokes(?:man|woman|person)|press secretary)"
_SPOKES_BEHIND = re.compile(rf", (?:an?|the|its|their|his|her)? ?(?:[\w’'-]+ ){{0,3}}?{_SPOKESMAN}", re.I)
_SPOKES_BEFORE = re.compile(rf"(?:[\w&’'-]+ ){{0,5}}{_SPOKESMAN},? $", re.I)  # bounded: 60 characters
_FOR = re.compile(r"\b(?:for|of|at|from)(?: the)? $")
_VERB = re.compile(r"[a-z]ed\b")
_STOP = re.compile(r"[.;:!?]|\b(?:who|which|that|was|were|is|are|has|have|had|said|against|to|from|by|called|signed)\b")


@dataclass(frozen=True, slots=True)
class Affiliation:
    """Actor `member` belongs to actor `group` ("member"), or speaks for it ("for"), in the words from start to end."""

    group: int
    member: int
    relation: str
    start: int
    end: int


def affiliations(reading: Reading, resolution: Resolution) -> list[Affiliation]:
    """What the article says of groups and their members, and of those who speak for others; each pair once."""
    found: dict[tuple[int, int, str], Affiliation] = {}
    for a in [*_members(reading, resolution), *_spokespeople(reading, resolution)]:
        if a.group != a.member:
            found.setdefault((a.group, a.member, a.relation), a)
    return sorted(found.values(), key=lambda a: (a.start, a.end, a.group, a.member))


def _members(reading: Reading, resolution: Resolution) -> list[Affiliation]:
    text, mentions, of = reading.text, reading.mentions, resolution.by_mention
    starts = [m.start for m in mentions]
    out: list[Affiliation] = []
    for low, high in text.sentences:
        here = range(bisect_left(starts, low), bisect_left(starts, high))
        words = text.text[low:high].lower()
        cues = list(_NAMELY.finditer(text.text, low, high)) if any(w in words for w in _NAMELY_WORDS) else []
        group, looked = None, here.start
        for n, cue in enumerate(cues):
            if group is None:  # "20 MPs including …, along with five peers, including …" is one list
                ahead = range(looked, bisect_left(starts, cue.start()))
                group = next((k for k in reversed(ahead) if _is_group(mentions[k], of[k], resolution)), None)
                looked = ahead.stop
            if group is None:
                continue
            limit = cues[n + 1].start() if n + 1 < len(cues) else high
            at = cue.end()
            for k in range(bisect_left(starts, at), bisect_left(starts, limit)):
                m, actor = mentions[k], of[k]
                if m.start < at or m.kind != "name" or m.type != "person" or actor is None:
                    continue
                between = text.text[at : m.start]
                if len(between) > _LIST or _STOP.search(between) or _VERB.search(between):
                    break
                out.append(Affiliation(of[group], actor, "member", mentions[group].start, m.end))
                at = m.end
    return out


def _is_group(m: Mention, actor: int | None, resolution: Resolution) -> bool:
    return actor is not None and m.kind != "pronoun" and (resolution.actors[actor].type == "group" or m.plural)


def _spokespeople(reading: Reading, resolution: Resolution) -> list[Affiliation]:
    t, mentions, of = reading.text.text, reading.mentions, resolution.by_mention
    out: list[Affiliation] = []
    starts = [m.start for m in mentions]
    for k, m in enumerate(mentions):
        actor = of[k]
        if actor is None or m.kind == "pronoun" or resolution.actors[actor].described:
            continue
        if resolution.actors[actor].type != "person":
            continue
        span = _spoken(t, m.start, m.end, m.kind == "name")
        if span is None:
            continue
        body = next(
            (
                j
                for j in range(bisect_left(starts, span[0] - 2), bisect_left(starts, span[1] + 40))
                if (other := mentions[j]).type != "person"
                and of[j] not in (None, actor)
                and other.kind != "pronoun"
                and (other.end <= span[1] or _FOR.search(t[span[0] : other.start]) is not None)
            ),
            None,
        )
        if body is not None:
            first, last = min(span[0], mentions[body].start), max(span[1], mentions[body].end)
            out.append(Affiliation(of[body], actor, "for", first, last))
    return out


def _spoken(t: str, start: int, end: int, name: bool) -> Span | None:
    """The words in which a person is called a spokesman: within the mention, or right before or after the name."""
    near = t[max(0, start - 60) : end + 60].lower()
    if "spokes" not in near and "press " not in near:
        return None
    if m := _SPOKES.search(t, start, end):
        return start, max(end, m.end())
    if not name:
        return None
    ahead = max(0, start - 60, t.rfind("\n", 0, start) + 1)
    before = _SPOKES_BEFORE.search(t[ahead:start])
    if before:
        return ahead + before.start(), end
    after = _SPOKES_BEHIND.match(t[end : end + 60])
    return (start, end + after.end()) if after else None
