"""Which mentions the text itself ties together: "Vell, who …", "Vell, the film-maker", "the treasurer, Bo Lind"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

from newslab.model.names import NO_CLAUSE, NO_NOUN, SHARE
from newslab.pronouns import IT, RELATIVE
from newslab.reading import Attribution, Mention
from newslab.rules.lexicons import lexicons

_IS = re.compile(r"(?:’s|'s|,)? ?(?:(?:is|was|are|were|has been|had been|remains|became|becomes)(?: not| also| now)? )")
# What may stand between whoever is meant and "who": nothing, a comma, "were people"
_BEFORE_RELATIVE = re.compile(r"\s?,?\s?|\s(?:is|are|was|were|include[sd]?)\s(?:[\w’'-]+\s){1,4}")
# Between a person and the body at the end of the description: "Vell, a nurse at the Guild, who"
_EMPLOYED = re.compile(r",\s(?:an?|the|who\s(?:is|was))\s(?:[\w’'-]+\s){1,6}?(?:of|for|in|at|from|by|with)\s(?:the\s)?")
# Between a name and its description: "Vell (R-Hollin), a critic", "Vell, 54, a nurse", "Vell, who is a critic"
_BESIDE = re.compile(r"(?: \([^()\n]{1,20}\)|, \d\d)?(?:,? \(?|, (?:who (?:is|was) )?)")  # bounded: 40 characters
_ARE = re.compile(r" (?:are|were)(?: all| both)? ")
# Behind such words a name at the end of a description is not the one described: "the president of Lorvane"
_OF_ANOTHER = re.compile(  # "the president of Lorvane", "one MP who opposed Vell"
    r"\b(?:of|for|in|at|from|by|with|to|against|on|and|or|behind)\s(?:the\s)?$|\s(?:who|whom|whose|that|which)\s"
)
_GOVERNED = re.compile(r"([\w-]+)\s(for|of|to|at|with)\s$")  # bounded: 40 characters
# Where a description beside a name ends, or goes on
_CLOSED = re.compile(r"(?<![\w’'])|[^\S\n]*(?:[^\w\s'’]|\n|\Z)|['’](?!\w|\s\w)")
# Where a name behind a description ends: "the chairman, Rep. Vell of Ohio, …", "… (R-Utah), …"
_CLOSED_NAME = re.compile(r"(?:\s\([^()\n]{1,30}\)|\s(?:of|from)\s[^,.()\n]{1,40})?[,.]")
_GOES_ON = re.compile(r"\s(?:and|of|for|from|in|at|on|with|to|who|whose|which|that|until|since|after|before|when)\b")
_OWNS = re.compile(r"['’]s?\s\w")  # "Vell, the mayor’s son"
_LONGER = re.compile(r"\s(?:of|for|in|at|from|with|to)\s")  # but "Vell, the leader of the town’s council"
# "her colleague on the board, Bo Lind, ", "the member for Hollin, Bo Lind, ", "the head coach of Hollin, Bo Lind, "
_PLACED = re.compile(r"\s(?:(?:at|in|on)\s(?:the\s)?|(?:for|of)\s(?=[A-Z]))[^,.;:()“”\"\n]{1,60},\s")
# The verb of a sentence that is about somebody else: "Orr attacked Vell, the mayor said"; but "the man accused of it"
_VERB = re.compile(r"\s(?:\w+ly\s|also\s|now\s|then\s)?(\w+)\b(?!(?<=ed)\s(?:of|by|in)\b)")
_AUXILIARY = frozenset("is was are were has have had will would can could may might must should did does do".split())
# Ahead of a name at the end of what opens such a sentence: "After talks with Vell, the mayor left"
_OPENING = re.compile(  # bounded: 150 characters
    r"(?:[\w’'-]+\s){0,2}?(?:after|before|during|following|in|at|on|with|despite|amid|alongside|beside|like|unlike|"
    r"since|from|under|by|to|for|over|about|when|while|although|as|if|because|asked|told|\w+ing)\s[^,;:(]*", re.I
)  # fmt: skip
_NAME_NEXT = re.compile(r",\s[^\W\d_a-z][\w.’'-]*(?:\s[^\W\d_a-z][\w.’'-]*){0,4},")  # "…, Bo Lind, said"
_SENTENCE_END = re.compile(r"[.!?]['\"”’]?\s|\n")
_LONGEST_OPENING = 150  # characters
_INDEFINITE = re.compile(r"(?:an?|one)\s", re.I)
_FIRST_LETTER = re.compile(r"\b[^\W\d_a-z]")
_SHARE = re.compile(SHARE, re.I)  # of voters, who are nobody named
_BEFORE_NAME = re.compile(r"\s[^\W\d_a-z]")  # "Vell, a Republican, and the lawyer Bo Lind"
_DETERMINED = re.compile(r"(?:the|an?|his|her|their|its|our|my|your)\s", re.I)

_SAID_OF = re.compile(r"(?P<of>(?:\w+\s)?(?:said|says)\sof\s)")
_OF_WHOM = re.compile(r"(?<![\w,]\s)\b(?P<of>Of\s)[^.,;:“”\"\n]{2,50},\s\Z")
_THIRD = frozenset("he him his she her they them their it its".split())


def tie(t: str, mentions: Sequence[Mention]) -> None:
    """Point each description at the mention that the text itself ties it to."""
    for k, m in enumerate(mentions):
        if m.name in RELATIVE and m.kind == "pronoun":
            near = range(k - 1, max(k - 6, -1), -1)
            m.antecedent = next((j for j in near if _holds_relative(t, mentions[j], m)), None)
            if m.name == "who" and m.antecedent is not None and mentions[m.antecedent].type == "organisation":
                body = mentions[m.antecedent]
                m.antecedent = next((j for j in near if _is_employed(t, mentions[j], body)), m.antecedent)
        elif m.kind == "nominal":
            ahead = (j for j in range(k - 1, max(k - 8, -1), -1) if _described_after(t, mentions[j], m))
            behind = (
                j
                for j in range(k + 1, min(k + 6, len(mentions)))
                if _described_before(t, m, mentions[j])
                and not _is_of_another(t, m, mentions[j], mentions[max(k - 3, 0) : k])
            )
            m.antecedent = next(ahead, None)
            if m.antecedent is None:
                m.antecedent = next(behind, None)
    _tie_titles(t, mentions)


def _tie_titles(t: str, mentions: Sequence[Mention]) -> None:
    """Tie what is but the title of one person, or short for it: "Deputy President Bo Lind", then "the DP"."""
    holders: dict[str, list[int]] = defaultdict(list)
    for k, m in enumerate(mentions):
        if m.kind == "name" and m.type == "person" and m.role:
            holders[m.role if m.role.isupper() else _in_short(m.role)].append(k)
    if not holders:
        return
    bodies = {m.name for m in mentions if m.kind == "name" and m.type != "person"}
    parts = {w for body in bodies for w in (_in_short(body), *body.split()) if w != body}
    for m in mentions:
        if m.kind != "name" or m.name not in holders or t[m.start : m.end].lower() != f"the {m.name.lower()}":
            continue
        held = holders[m.name]
        surnames = {mentions[k].name.split()[-1] for k in held}
        if len(surnames) == 1 and m.name not in lexicons().names and m.name not in parts:
            m.kind, m.type, m.role, m.antecedent = "nominal", "person", mentions[held[0]].role, held[0]


def _in_short(words: str) -> str:
    """The first letters of a title or a name, of small words only where all are small."""
    return "".join(_FIRST_LETTER.findall(words.upper() if words.islower() else words))


def tie_said_of(t: str, mentions: Sequence[Mention], attributions: Sequence[Attribution]) -> None:
    """Point the pronouns that open a quotation at whom it is said of: “They want money,” Vell said of the board.

    Or ahead of it: Of the board, Vell said: “They want money.”
    """
    starts = [m.start for m in mentions]
    for a in attributions:
        of = _SAID_OF.match(t, a.cue[0]) if a.cue else None
        if of is None and a.source:
            of = _OF_WHOM.search(t, max(0, a.source[0] - 60), a.source[0])
        at = of.end("of") if of else -1
        k = bisect_left(starts, at)
        if of is None or k == len(starts) or starts[k] != at or not _may_be_said_of(t, mentions[k]):
            continue
        for m in mentions[bisect_left(starts, a.content[0][0]) : bisect_left(starts, a.content[0][1])]:
            if m.kind != "pronoun":
                break
            if m.name in _THIRD and _is_pronoun_of(m, mentions[k]):
                m.antecedent = k


def _may_be_said_of(t: str, m: Mention) -> bool:
    owner = t[m.end : m.end + 1] in ("'", "’")
    return m.kind != "pronoun" and m.type != "place" and not owner and NO_NOUN.match(t, m.end) is not None


def _is_pronoun_of(m: Mention, other: Mention) -> bool:
    """Whether a pronoun fits a mention: "they" several people or a body, "it" a body, "she" one person."""
    if m.name in IT:
        return other.type == "organisation"
    if m.plural:
        return other.plural or other.type != "person"
    return other.type == "person" and not other.plural and m.gender in (None, other.gender or m.gender)


def _holds_relative(t: str, other: Mention, m: Mention) -> bool:
    """Whether "who" or "which" goes back to a mention: "groups which", "Vell, who", "They were people who"."""
    if other.type == "place":
        return False
    return other.end >= m.end or _BEFORE_RELATIVE.fullmatch(t, other.end, m.start) is not None


def _is_employed(t: str, other: Mention, body: Mention) -> bool:
    """Whether a body is but part of what is told of a person: "Vell, a nurse at the Guild, who"."""
    if other.type != "person" or other.kind == "pronoun":
        return False
    within = other.start < body.start and other.end == body.end
    return within or _EMPLOYED.fullmatch(t, other.end, body.start) is not None


def _described_after(t: str, other: Mention, m: Mention) -> bool:
    """Whether a description follows whom it describes: "Vell, the film-maker", "Vell is a liar and a coward"."""
    between = t[other.end : m.start]
    if other.type == "place" or m.plural != other.plural or _SHARE.match(t, m.start, m.end):
        return False
    if other.kind == "nominal" and other.antecedent is None:  # "Those who signed are members of the guild"
        return m.plural and m.type == other.type and _ARE.fullmatch(between) is not None
    if _is_title(t, m, other):
        return True
    if not (other.type == m.type or "group" in (m.type, other.type)) or (m.gender or other.gender) != (
        other.gender or m.gender
    ):
        return False
    if other.end < m.start and _IS.fullmatch(between):
        return _OWNS.match(t, m.end) is None  # "Vell is the city’s mayor"
    if other.kind == "nominal":
        return re.fullmatch(r",? and |, ", between) is not None and not _BEFORE_NAME.match(t, m.end)
    within = m.end <= other.end and re.search(r"[,(]\s$", t[other.start : m.start])
    beside = within or _BESIDE.fullmatch(between)
    return bool(other.kind == "name" and beside and _is_beside(t, other, m))


def _is_beside(t: str, name: Mention, m: Mention) -> bool:
    """Whether a description behind a name and a comma is of that name, and not whom the sentence is about."""
    if _OWNS.match(t, m.end) and not _LONGER.search(t, m.start, m.end):
        return False
    ahead = _SENTENCE_END.split(t[max(0, name.start - _LONGEST_OPENING) : name.start])
    if m.end <= name.end or not ahead[-1].strip(" \"“‘'("):  # the name begins its sentence
        return True
    if _CLOSED.match(t, m.end) or t.find(",", m.start, m.end) >= 0:
        return not (_NAME_NEXT.match(t, m.end) and _OPENING.fullmatch(ahead[-1]))
    verb = _VERB.match(t, m.end)
    if verb and (verb[1] in _AUXILIARY or verb[1] in lexicons().cue_frames):
        return False
    if not _OPENING.fullmatch(ahead[-1]):
        return True
    return bool(_INDEFINITE.match(t, m.start) and _GOES_ON.match(t, m.end))


def _described_before(t: str, m: Mention, name: Mention) -> bool:
    """Whether a name follows its description: "the treasurer, Bo Lind, …", "a spokesman for the airline, Bo Lind"."""
    if _is_title(t, m, name):
        return True
    if name.kind != "name" or name.type != m.type or name.plural != m.plural:
        return False
    if m.gender and name.gender and m.gender != name.gender:
        return False
    if name.role and name.start == m.end + 1 and t.endswith(name.role, m.start, m.end):  # "her colleague Bo Lind"
        return True
    if name.start > m.end:
        beside = t[m.end : name.start] == ", " or (m.type == "person" and _PLACED.fullmatch(t, m.end, name.start))
        return bool(beside) and _CLOSED_NAME.match(t, name.end) is not None
    if name.end != m.end or _OF_ANOTHER.search(t, m.start, name.start):
        return False
    return re.search(r", $|^[^,'’]*\s$", t[m.start : name.start]) is not None


def _is_of_another(t: str, m: Mention, name: Mention, before: Sequence[Mention]) -> bool:
    """Whether the name behind is that of somebody with that person: "a spokesman for the senator, Bo Lind"."""
    governed = _GOVERNED.search(t, max(0, m.start - 40), m.start) if name.start > m.end + 1 else None
    if governed is None:
        return False
    noun = governed[1].lower()
    genders = {lexicons().gender.get(noun), name.gender} - {None}
    if governed[2] != "of" and lexicons().is_office(noun) and len(genders) < 2:
        return True
    return any(o.kind == "nominal" and o.end == m.end and _described_before(t, o, name) for o in before)


def _is_title(t: str, m: Mention, name: Mention) -> bool:
    """Whether a description is a title that a name begins with or that is right ahead: "council leader Cllr Orr".

    Or what a body is: "hedge fund Quill".
    """
    begins = name.start == m.end + 1 or (name.start == m.start and name.end > m.end + 1)
    body = m.type == name.type == "organisation"
    if not begins or name.kind != "name" or not (name.type == "person" or body) or m.plural or t[m.end] != " ":
        return False
    words = t[m.start : m.end]
    noun = words.split(" ")[-1]
    if "," in words or not (noun.isalpha() and noun.islower() and t[m.end + 1].isupper()):
        return False
    role = body or m.type == "person" or lexicons().is_office(noun)
    # "the company Vell", but not where it goes on as "the company Vell left"
    whole = name.start == m.start or (body and NO_CLAUSE.match(t, name.end) is not None)
    return role and (whole or not _DETERMINED.match(t, m.start))
