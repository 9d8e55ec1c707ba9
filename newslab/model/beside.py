"""Mentions that are only told of beside somebody, and neither take a stand nor are judged.

Employers ("Argus columnist Bo Lind"), what is fought for ("the Senate race"), polls and whoever took them, and people
who are counted ahead of their names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from newslab.reading import Mention
from newslab.rules.lexicons import lexicons
from newslab.speaking import is_poll
from newslab.stance import COUNTED

CAPITALISED = r"[^\W\d_a-z](?:\.|[\d_A-Z’'-]*[^\W\d_A-Z][\w’'-]*)"  # with a small letter, or an initial
_OWNER = re.compile(r"(?:['’]s?) ")
_OF = re.compile(r",? of (?:the )?")
_OFFICES = frozenset(
    "leader chief boss chairman chairwoman chair spokesman spokeswoman spokesperson president minister secretary "
    "director treasurer candidate nominee mp senator peer councillor official lawmaker".split()
)
_HOLDS = _OFFICES | frozenset(
    "analyst co-founder editor executive fellow founder head member professor reporter".split()
)
_ON_WHOSE_SIDE = frozenset("ally backer critic defender donor fan foe opponent rival supporter".split())  # no offices
# Whose officer somebody is, between the name and the body: "Ona Vell, president of the", "Ona Vell, a historian at the"
_OFFICE_AT = re.compile(  # bounded: 90 characters
    r",\s(?:[\w’'-]+\s){0,8}?(?:([\w-]+)\s(?:of|for|with)|at)\s(?:the\s)?(?:[\w-]+\s){0,3}\Z"
)
_TWO_WORDS = re.compile(r"\s([\w-]+)\.?(?:\s([\w-]+))?(?:\s(\w))?")
_MEMBERS_OF = re.compile(r"(?:[\w’'-]+\s){0,4}?[Mm]embers?\sof\s(?:the\s)?\Z")
# What is fought for in a body, or over it: "quit the Senate race"
_CONTEST = re.compile(r"\s(?:race|seat|bid|run|contest|primary|hearing|trial|vacancy|nomination|floor)s?\b")
# Who asked people, and what came of it: "the latest Quill/Argus poll", "a survey released by Quill"
_POLL = re.compile(
    r"(?:[/-][^\W_]{1,20}|\s(?:[^\W\d_a-z][\w/.-]*|and|national|new|online|state|statewide|tracking|exit|opinion)){0,6}\s"
    r"(?:[Pp]olls?|[Pp]olling|[Ss]urveys?|average)\b"
)
_POLL_BY = re.compile(  # bounded: 100 characters
    r"\b(?:[Pp]oll|[Ss]urvey|average)s?\s(?:[\w-]+\s){0,3}?(?:by|from)\s(?:the\s)?"
    rf"(?:(?:{CAPITALISED}\s){{1,4}}and\s(?:the\s)?)?\Z"
)


def told_beside(text: str, mentions: Sequence[Mention]) -> set[int]:
    """Which mentions are but told of beside somebody: "the Argus' Ona Vell", "Ona Vell of the Argus".

    Or what is fought for, or who asked the people that think so: "the Senate race", "a Quill poll".
    """
    found = set()
    polled = "poll" in text or "Poll" in text or "urvey" in text
    for k, m in enumerate(mentions):
        beside = m.type == "organisation" and m.kind != "pronoun" and _is_told_beside(text, mentions, k)
        beside |= m.plural and COUNTED.match(text, m.start) is not None and _are_named(text, mentions, k)
        if beside or (polled and m.type != "place" and _has_polled(text, m)):
            found.add(k)
        if m.type == "place" or m.kind != "name":
            continue
        owned = _OWNER.match(text, m.end)
        near = range(max(0, k - 3), min(len(mentions), k + 4))
        people = [o for j in near if (o := mentions[j]).type == "person" and o.kind == "name"]
        after = owned is not None and any(o.start in (owned.end(), m.start) and o.end > owned.end() for o in people)
        within = next((o for j in near if j < k and (o := mentions[j]).kind == "nominal" and o.end > m.end), None)
        if within is not None and within.type == "person" and not within.plural:  # "the Harbour leader"
            head = text[m.end : within.end].split()
            after |= owned is None and len(head) == 1 and head[0].lower() in _OFFICES
        behind = m.type == "organisation" and any(_OF.fullmatch(text, o.name_end(text), m.start) for o in people)
        if after or behind:
            found.add(k)
    return found


def _is_told_beside(text: str, mentions: Sequence[Mention], k: int) -> bool:
    """Whether a body is named for its people or seats only: "Argus columnist", "Bo Lind, president of the Argus"."""
    m = mentions[k]
    words = _TWO_WORDS.match(text, m.end) if m.kind == "name" else None
    if words and (any(map(_is_held, words.groups(), words.groups()[1:])) or _CONTEST.match(text, m.end)):
        return True
    for o in mentions[max(0, k - 4) : k]:
        if o.kind == "nominal" and m.end <= o.end and _MEMBERS_OF.fullmatch(text, o.start, m.start):
            return True
        if o.kind == "name" and o.type == "person" and m.start - 90 < o.end < m.start:
            held = _OFFICE_AT.fullmatch(text, o.end, m.start)
            if held and (held[1] is None or held[1].lower() in _HOLDS):
                return True
    return False


def _are_named(text: str, mentions: Sequence[Mention], k: int) -> bool:
    """Whether those who are counted are named right behind, and act themselves: "two aides, Bo Lind and Ona Vell"."""
    near = (o for o in mentions[k + 1 : k + 4] if o.start == mentions[k].end + 2 and o.kind == "name")
    first = next((o for o in near if o.type == "person" and text.startswith(", ", mentions[k].end)), None)
    return first is not None and text.startswith((", ", " and "), first.end)


def _is_held(word: str | None, after: str | None) -> bool:
    """Whether a word is an office, or with a name behind it a title or a noun for people: "Argus editors Bo Lind"."""
    lists = lexicons()
    if not word or word.removesuffix("s") in _ON_WHOSE_SIDE:
        return False
    if not (after and after[0].isupper()):
        return lists.is_office(word)
    return lists.roles.get(word.lower(), ("",))[0] in ("person", "group") or word.lower() in lists.titles


def _has_polled(text: str, m: Mention) -> bool:
    """Whether a body is but a poll, or who took it: "a Quill poll", "a poll by Quill"."""
    taken = _POLL.match(text, m.end) or _POLL_BY.search(text, max(0, m.start - 100), m.start)
    return taken is not None or is_poll(text[m.start : m.end])
