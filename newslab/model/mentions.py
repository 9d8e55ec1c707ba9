"""Mentions of both kinds: the model says where they are, the word lists what they are called."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from newslab.actors import GROUP_OF, RELATIVE
from newslab.model.heads import FoundMention
from newslab.reading import Mention
from newslab.rules.lexicons import lexicons
from newslab.rules.mentions import bare_name, is_seat
from newslab.text import Cover, Span, Text

_IS = re.compile(r"(?:’s|'s|,)? ?(?:(?:is|was|are|were|has been|had been|remains|became|becomes)(?: not| also| now)? )")
# What may stand between whoever is meant and "who": nothing, a comma, "were people"
_BEFORE_RELATIVE = re.compile(r"\s?,?\s?|\s(?:is|are|was|were|include[sd]?)\s(?:[\w’'-]+\s){1,4}")
_ARE = re.compile(r" (?:are|were)(?: all| both)? ")
# Up to eight words, each with a capital, and two capitals at least.
_CAPITAL = r"[^\W\d_a-z]"
_PLAIN_NAME = re.compile(rf"(?={_CAPITAL}[\W\d_a-z]*{_CAPITAL}){_CAPITAL}[\w.’'-]*(?:\s{_CAPITAL}[\w.’'-]*){{0,7}}\s?")
# Where the words that a mention is about end and what is only added begins: "the leader of …", "Vell, who …"
_ADDED = re.compile(r"\s(?:of|in|from|who|that|which|at|for|with|on|to|whose)\s|,(?!\d)|[(:;–—]|\s-")

_CHARGED = re.compile(r"\b(?:accus(?:e[sd]?|ing)|suspect(?:s|ed|ing)?|convict(?:s|ed|ing)?|acquit(?:s|ted)?)\s$", re.I)
_CHARGE = re.compile(r"\sof\s(?=(?:\w+ly\s|not\s)?[a-z]+ing\b|[\"“‘])")
_WHEN = re.compile(r"(?:Today|Then|Now|Yesterday|Meanwhile|Earlier|Later)\s(?=\S)")
# Ahead of the last part of a name with an "and" in it, and such a name as a whole
_AND = re.compile(r"\s(?:and|&)\s(?:\w+\s)?$")
_JOINT = re.compile(rf"(?:[Tt]he\s)?{_CAPITAL}[\w’'-]*(?:\s{_CAPITAL}[\w’'-]*)*\sand(?:\s{_CAPITAL}[\w’'-]*)+")
_SUM = re.compile(r"[\s,]*(?:(?:and|both|&|as well as|along with)[\s,]+)?")
_A_GROUP_OF = re.compile(rf"(?:an?|the)\s{GROUP_OF}", re.I)
# Several people, whatever the noun: "a group of MPs", "all of those who signed", "many"
_SEVERAL = re.compile(
    r"(?:(?:an?|the|this|that)\s)?(?:\w+\s)?(?:group|number|handful|dozens|scores|hundreds|thousands|majority|coalition|"
    r"couple|band|crowd|pair|trio)\sof\s(?:[\w-]+\s){0,6}?[\w-]+s\b|(?:all|both|some|many|most|several|few)\sof\b|"
    r"(?:all|both|many|most)\b(?!\s\w)|those\b",
    re.I,
)
# Where the words of a description end that it is called by: "members of the union, who met"
_BEHIND_NOUN = re.compile(r"\s(?:who|that|which|whose|whom)\s|,(?!\d)|[(:;–—\n]|\s-")
# Behind such words a name at the end of a description is not the one described: "the president of Lorvane"
_OF_ANOTHER = re.compile(r"\b(?:of|for|in|at|from|by|with|to|against|on|and|or|behind)\s(?:the\s)?$")
# Ahead of a name that is a place: "in Hollin", but not "faith in Vell"
_WHERE = re.compile(r"(?:^|(?<=\s))(?:([\w’'-]+)[,.]?[”’\"']?\s)?(?:in|near|across|throughout|outside|around)\s$", re.I)
_IN_WHOM = re.compile(r"confiden\w+|faith|trust\w*|belie\w+|interest\w*|hope[sd]?|disappoint\w+|pride|involve\w*", re.I)
# Behind the place that a report comes from: "HOLLIN, May 3 (RLV) - "
_DATELINE = re.compile(r"(?:,\s[^\n(—–]{1,30})?\s?(?:\([^()\n]{2,40}\)\s?)?(?:[—–]|-\s)")
# Behind a number of people, some of whom are then named: "12 MPs, including Ona Vell"
_INCLUDING = re.compile(r",?\s(?:including|among them|led by)\s")
_DOUBT = 0.4  # probability from which what the lists take for a name is one; a person's full name is in any case
_GUESS = 0.5  # probability that the lists give a word with a capital of which they know nothing
_LONGEST_NAME = 80  # characters


def merge_mentions(
    text: Text,
    listed: Sequence[Mention],
    found: Sequence[FoundMention],
    sources: Sequence[Span] = (),
    limit: float = 0.5,
) -> list[Mention]:
    """The model's mentions, called by the names that the lists make of them.

    Doubtful ones count where the lists agree; and a listed name counts where the model has a doubtful mention that
    begins with it, has found the same name elsewhere, or takes it for a source; listed people ("12 MPs") if a source
    begins with them.
    """
    starts = [m.start for m in listed]
    used: set[int] = set()
    out: list[Mention] = []
    found = _joint_names(text.text, found)
    for f in _outer_names(text.text, [_ended(text.text, _begun(text.text, f)) for f in found if _is_whole(text, f)]):
        if any(_is_head_of(text.text, f, m) for m in out[-3:]):
            continue
        inner = range(bisect_left(starts, f.start), bisect_left(starts, f.end))
        core = f.start + _core(text.text[f.start : f.end])
        # Of "the president of Lorvane" the head is the president, and of "Lorvane's High Court" it is the court.
        heads = [k for k in inner if listed[k].start < core and listed[k].end in (core, f.end)]
        if not heads and f.kind == "name":
            heads = [k for k in inner if _is_name_of(text.text, listed[k], f)]
        # What the lists know of "Bread and Books" is "Books", which it is not called
        tails = [k for k in heads if f.kind == "name" and _AND.search(text.text, f.start, listed[k].start)]
        head = next((k for k in heads if k not in tails), None)
        if f.probability < limit:  # doubtful: only a name that the lists take for one too
            within = any(m.kind == "name" and m.end >= f.end for m in out[-3:])
            agreed = not within and head is not None and f.kind == listed[head].kind == "name"
            agreed = agreed and (f.probability >= _DOUBT or f.type == "person" and " " in listed[head].name)
            if not agreed or listed[head].end - listed[head].start < 0.7 * (f.end - f.start):
                continue
        if head is not None and head not in used:
            used.add(head)
            m = listed[head]
            if f.kind == "name" and m.kind == "nominal" and text.text[f.end - len(m.name.split()[-1])].islower():
                # "the foreign secretary", "the Democratic senator"
                f = f._replace(kind="nominal", type="person" if m.type == "group" else m.type)
            kind = "group" if m.type == "group" and f.type == "person" else f.type
            described = m.kind == f.kind == "nominal" and f.end > m.end  # "members of the union", not just "members"
            described |= m.type == "group" and f.start < m.start  # "Harbour MPs", not just "MPs"
            named = m.kind == "pronoun" or (m.kind == "name" and m.end == f.end)  # "Senior judge Amara Lindqvist"
            out.append(replace(m, start=f.start, end=f.end, kind=m.kind if named else f.kind, type=kind,
                               name=_full(text.text[f.start : f.end]) if described else m.name,
                               probability=f.probability))  # fmt: skip
        elif f.kind == "pronoun":
            if (word := text.text[f.start : f.end].lower()) in RELATIVE and f.probability >= limit:
                out.append(Mention(f.start, f.end, "pronoun", f.type, word, probability=f.probability))
        else:
            used.update(inner if tails else ())
            out.append(_described(text.text, (f.start, f.end), core, f))
    known = {m.name for m in out if m.kind == "name"}
    surnames = {m.name.split()[-1] for m in out if m.kind == "name" and m.type == "person"}
    likely = [f for f in found if f.kind == "name" and f.type != "place" and f.probability >= _DOUBT]
    people = {(f.start, f.end) for f in found if f.kind == "name" and f.type == "person"}
    opening = {start for start, _ in people}
    hints = [k for f in likely for k in _within(starts, f.start, f.end)[:1]]
    hints += [k for s in sources for k in _within(starts, *s)]
    hinted = {listed[k].start for k in hints if listed[k].kind == "name" and listed[k].type != "place"}
    begun = {a for a, _ in sources}  # "Twelve MPs, including Ona Vell, said"
    begun -= {m.start for m in out}
    covered = sorted((m.start, m.end) for m in out)
    for k, m in enumerate(listed):
        if k in used:
            continue
        here = covered[bisect_left(covered, (m.start - 2 * (m.end - m.start), 0)) : bisect_left(covered, (m.end, 0))]
        free = not any(m.start < b and b - a < 2 * (m.end - m.start) for a, b in here)
        meant = m.name in known or m.start in hinted or (m.type == "person" and _is_person(m.name, surnames))
        if m.type == "person" and m.start in opening:  # a name for one of the article's people, or a first name
            meant |= m.name in surnames or m.name in lexicons().first_names
        if m.probability <= _GUESS and (m.start, m.end) in people:  # what the list does not know, the model half sees
            m = replace(m, type="person")
        if m.kind == "pronoun" or (free and meant and m.kind == "name" and m.type != "place"):
            out.append(m)
        elif m.kind == "nominal" and m.plural and free and (m.start in begun or _INCLUDING.match(text.text, m.end)):
            out.append(m)
    taken = Cover((m.start, m.end) for m in out)
    for a, b in sources:  # who is quoted is somebody, if it is no report or study
        if taken.touches(a, b):
            continue
        words = text.text[a:b].lower()
        if words in RELATIVE:
            out.append(Mention(a, b, "pronoun", "person", words, probability=limit))
        elif words.split() and words.split()[-1] in lexicons().roles:
            found_one = FoundMention(a, b, "person", "nominal", limit)
            out.append(_described(text.text, (a, b), a + _core(text.text[a:b]), found_one))
    out = [replace(m, antecedent=None, name=_called(m)) for m in out]
    out = _without_sums(text.text, sorted(out, key=lambda m: (m.start, -m.end)))
    _place(text.text, out)
    _link(text.text, out)
    return out


def _called(m: Mention) -> str:
    """What a mention is called: its name, or that of a person without what stands ahead of it."""
    return bare_name(m.name) if m.type == "person" and m.kind == "name" and " " in m.name else m.name


def _without_sums(t: str, mentions: list[Mention]) -> list[Mention]:
    """Without those that are but the sum of others, who act for themselves: "Vell and the other ministers".

    Of "a group of MPs and peers" it is the whole that acts, and its parts that are left out.
    """
    out: list[Mention] = []
    gone: set[int] = set()
    for k, m in enumerate(mentions):
        if k in gone:
            continue
        whole = m.kind == "nominal" and _A_GROUP_OF.match(t, m.start, m.end)
        parts: list[int] = []
        for j in range(k + 1, len(mentions)):
            if mentions[j].start >= m.end:
                break
            if whole and mentions[j].kind == "nominal":
                gone.add(j)
            elif mentions[j].end <= m.end and (not parts or mentions[j].start >= mentions[parts[-1]].end):
                parts.append(j)
        if len(parts) > 1 and m.kind != "pronoun":
            ends = [m.start, *(mentions[j].end for j in parts)]
            opens = [*(mentions[j].start for j in parts), m.end]
            if not whole and all(_SUM.fullmatch(t, a, b) for a, b in zip(ends, opens, strict=True)):
                continue
        out.append(m)
    return out


def _is_name_of(t: str, m: Mention, f: FoundMention) -> bool:
    """Whether a listed name within a name that was found may be its own, and not that of an owner or a place."""
    owner = t[m.end : m.end + 1] in ("'", "’")
    return m.kind == "name" and m.end <= f.end and not owner and (m.type == "place") == (f.type == "place")


def _begun(t: str, f: FoundMention) -> FoundMention:
    """A mention without the word of time ahead of it: "Today 20 MPs"."""
    ahead = _WHEN.match(t, f.start, f.end)
    return f._replace(start=ahead.end()) if ahead else f


def _ended(t: str, f: FoundMention) -> FoundMention:
    """A mention without the charge behind it: "accused the Board of lying to the town"."""
    charge = _CHARGE.search(t, f.start, f.end) if _CHARGED.search(t[max(0, f.start - 12) : f.start]) else None
    return f._replace(end=charge.start()) if charge else f


def _is_head_of(t: str, f: FoundMention, m: Mention) -> bool:
    """Whether what was found is but the noun of a mention around it: "MPs" in "12 MPs" or "Harbour MPs"."""
    if f.kind == "pronoun" or not (m.start < f.start and f.end <= m.end):
        return False
    core = m.start + _core(t[m.start : m.end])
    return f.end == core and " " not in t[f.start : f.end] and t[f.start : f.end].lower() in _nouns()


@lru_cache(maxsize=1)
def _nouns() -> frozenset[str]:
    """Nouns for people and bodies, in small letters."""
    return frozenset(noun.lower() for noun in lexicons().roles)


def _is_whole(text: Text, f: FoundMention) -> bool:
    """Whether a mention stays within a sentence, and is no party and state behind a name: "(R-Utah)"."""
    return text.sentence_at(f.start) == text.sentence_at(f.end - 1) and not is_seat(text.text, f.start, f.end)


def _described(t: str, span: Span, core: int, f: FoundMention) -> Mention:
    """A mention that no list knows, called by its head words."""
    words = _without_article(t[span[0] : core]) or t[slice(*span)]
    last = words.split()[-1]
    noun = last.lower()
    if f.kind == "name" and noun in lexicons().roles and last == noun:  # no name: "the first minister"
        f = f._replace(kind="nominal")
    if lexicons().names.get(last) == ("group", True):  # "her fellow Democrats"
        f = f._replace(type="group", kind=f.kind if words[0].isupper() else "nominal")
    if f.kind == "name" and f.type == "person" and _is_joint(words):
        f = f._replace(type="organisation")
    name = words if f.kind == "name" else _full(t[slice(*span)])
    plural = f.kind == "nominal" and (_SEVERAL.match(t, *span) or noun.endswith("s") and not noun.endswith("ss"))
    kind = "group" if plural and f.type == "person" else f.type
    role = noun if f.kind == "nominal" and noun in lexicons().roles else None
    gender = lexicons().gender.get(noun)
    return Mention(*span, f.kind, kind, name, bool(plural), gender, role, probability=f.probability)


def _is_person(name: str, surnames: set[str]) -> bool:
    """Whether a name in full is surely somebody's: a known first name, or a surname that stands elsewhere."""
    words = name.split()
    return len(words) > 1 and (words[0] in lexicons().first_names or words[-1] in surnames)


def _full(surface: str) -> str:
    """What a description is called: "members of the union", without the article and without what is told of them."""
    told = _BEHIND_NOUN.search(surface, 1)
    whole = surface[: told.start()] if told else surface
    return _without_article(whole)[:_LONGEST_NAME] or surface


def _without_article(words: str) -> str:
    """Words without "the" or "a" at their head, and without white space around them."""
    return re.sub(r"^(?:the|an?)\s", "", words, flags=re.I).strip()


def _place(t: str, mentions: Sequence[Mention]) -> None:
    """Make places of names that the model takes for people and that mostly stand where places do: "in Hollin"."""
    named: dict[str, list[Mention]] = defaultdict(list)
    for m in mentions:
        if m.kind == "name" and m.type == "person":
            named[m.name.casefold()].append(m)
    for found in named.values():
        somebody = any(m.gender or m.role or m.name.split()[0] in lexicons().first_names for m in found)
        if not somebody and 2 * sum(_stands_for_place(t, m) for m in found) >= len(found):
            for m in found:
                m.type = "place"


def _stands_for_place(t: str, m: Mention) -> bool:
    """Whether a name stands behind "in", or opens a report as the place it comes from: "HOLLIN, May 3 (RLV) - "."""
    if t[m.start : m.end].isupper() and t[: m.start][-1:] in ("", "\n") and _DATELINE.match(t, m.end):
        return True
    where = _WHERE.search(t, max(0, m.start - 40), m.start)
    owner = t[m.end : m.end + 1] in ("'", "’")
    return where is not None and not owner and _IN_WHOM.fullmatch(where.group(1) or "") is None


def _link(t: str, mentions: list[Mention]) -> None:
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


def _outer_names(t: str, found: Sequence[FoundMention]) -> list[FoundMention]:
    """Without the parts of a person's name that the model takes for names of their own."""
    out: list[FoundMention] = []
    for f in found:  # in reading order, the longer first
        holder = next((o for o in reversed(out[-3:]) if o.end >= f.end), None)
        part = holder is not None and f.kind == holder.kind == "name" and holder.type == "person" and f.type != "place"
        if not part or not _PLAIN_NAME.fullmatch(t, holder.start, holder.end):
            out.append(f)
    return out


def _joint_names(t: str, found: Sequence[FoundMention]) -> list[FoundMention]:
    """With the names that have an "and" in them whole: "Bread and Books", where the model also has a body "Books".

    It is a joint name if the model takes it for one somewhere and its first part nowhere for a name by itself.
    """
    likely = [f for f in found if f.kind == "name" and f.probability >= _DOUBT]
    alone = {t[f.start : f.end] for f in likely}
    joint = []
    for words in sorted(filter(_is_joint, alone)):
        first = words.split(" and ")[0]
        if not alone & {first, _without_article(first)}:
            joint.append(words)
    if not joint:
        return list(found)
    out: dict[Span, FoundMention] = {}
    for f in found:
        words = t[f.start : f.end]
        whole = next((w for w in joint if f.kind == "name" and (w == words or w.endswith(f" and {words}"))), "")
        start = f.end - len(whole)
        if whole and start >= 0 and t.startswith(whole, start):
            f = f._replace(start=start, type="organisation" if f.type == "person" else f.type)
        known = out.get((f.start, f.end))
        if known is None or known.probability < f.probability:
            out[f.start, f.end] = f
    return sorted(out.values(), key=lambda f: (f.start, -f.end))


def _is_joint(words: str) -> bool:
    """Whether words look like the name of one body with an "and" in it, and not like a couple's: "Ona and Bo Vell"."""
    return _JOINT.fullmatch(words) is not None and words.split()[0] not in lexicons().first_names


def _within(starts: Sequence[int], a: int, b: int) -> range:
    return range(bisect_left(starts, a), bisect_left(starts, b))


def _core(surface: str) -> int:
    """How far the head words of a mention go."""
    m = _ADDED.search(surface, 1)
    return m.start() if m else len(surface)
