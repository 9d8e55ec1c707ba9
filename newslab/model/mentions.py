"""Mentions of both kinds: the model says where they are, the word lists what they are called."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from newslab.calling import GROUP_OF
from newslab.model.called import call, core_end, full, surname_shared
from newslab.model.heads import FoundMention
from newslab.model.names import (
    DOUBT,
    NO_NOUN,
    SHARE,
    firm_names,
    is_ahead_of_office,
    is_behind_name,
    is_joint,
    joint_names,
    likeliest,
    mark_governments,
    mark_no_people,
    mark_no_places,
    outer_names,
    without_article,
)
from newslab.model.ties import tie
from newslab.offices import role_words
from newslab.pronouns import RELATIVE
from newslab.reading import Mention
from newslab.rules.lexicons import lexicons
from newslab.rules.mentions import OFFICE_OF, bare_name, title_of, with_names_inside, without_seat
from newslab.text import Cover, Span, Text, lowercase_words

# Whose it is, ahead of the noun: "Ona Vell’s campaign"
_OWNED = re.compile(r"(?:(?:[Tt]he|[Aa]n?)\s)?(?:[^\W\d_a-z][\w.-]*\s){0,3}[\w.-]+(?:['’]s|(?<=s)['’])\s")
_INDEFINITE = re.compile(r"[Aa]n?\s")
# Ahead of the last part of a name with an "and" in it
_AND = re.compile(r"\s(?:and|&)\s(?:\w+\s)?$")
_SUM = re.compile(r"[\s,]*(?:(?:and|both|&|as well as|along with)[\s,]+)?")
_A_GROUP_OF = re.compile(rf"(?:an?|the)\s{GROUP_OF}", re.I)
# Several people, whatever the noun: "a group of MPs", "all of those who signed", "many"
_SEVERAL = re.compile(
    r"(?:(?:an?|the|this|that)\s)?(?:\w+\s)?(?:group|number|handful|dozens|scores|hundreds|thousands|majority|coalition|"
    r"couple|band|crowd|pair|trio|lot|bunch|slew|host|string|array|throng|army|half|third|quarter)\sof\s(?:[\w-]+\s){0,6}?"
    r"(?:[\w-]+s|people|us|them)\b|(?:all|both|some|many|most|several|few)\sof\b|"
    r"(?:all|both|many|most)\b(?!\s\w)|those\b|" + SHARE,
    re.I,
)
# Ahead of people of whom it is some: "40 percent of likely", "6 in 10"
_SHARE_OF = re.compile(  # bounded: 60 characters
    r"(?<![\w.,-])(?<!fewer than )(?<!less than )(?:(?:\d[\d.,]*\s?(?:%|per\s?cent)|[\w-]+\sper\s?cent|(?:[a-z]+\s)?"
    r"majorit(?:y|ies)|half|(?:two|three)[\s-](?:third|quarter|fifth)s)\sof\s(?:[\w-]+\s){0,2}|"
    r"(?:\d|two|three|four|five|six|seven|eight|nine)\s(?:in|(?:out\s)?of)\s(?:(?:\d+|three|four|five|ten)\s(?:[\w-]+\s){0,2})?)\Z",
    re.I,
)
# Behind a number of people, some of whom are then named: "12 MPs, including Ona Vell"
_INCLUDING = re.compile(r",?\s(?:including|among them|led by)\s")
# Behind people of whom the text tells what they do: "voters who back Vell"
_WHO = re.compile(r",?\swho\s")
# "a Republican", "the top Democrat on the panel": one of those whom the last word with a capital names
_ONE = re.compile(
    r"(?:[Aa]n?|[Tt]he)\s(?:[\w.-]+\s){0,3}?([^\W\d_a-z][\w-]+)(?=\swho\b|\s(?:from|of|in|on|and)\s|,|\Z)"
)
# "Doctors for Refuge", but not "Ministers for Health", who hold an office
_CAUSE = re.compile(
    r"(?:[Tt]he\s)?(?:[A-Z][\w’'-]+\s){0,2}(?!Candidate|Commission|Director|Judge|Lawyer|Attorney|Member|Minister|Prosecutor|"
    r"Secretar|Solicitor|Spokes)[A-Z]\w+[sn]\sfor\s([A-Z]\w+(?:\s(?:and\s)?[A-Z]\w+){0,4})"
)
# Between what a person is called in small letters and the name: "Vell’s court nominee, Judge", "secretary of state"
_CALLED_BEHIND = re.compile(r"\s[a-z-]+,\s(?:former\s)?\Z|\ssecretary\sof\sstate\s\Z")  # bounded: 40 characters
_TITLE_NOUN = re.compile(r"\s([a-z]+)\b")  # "Council leader Bo Lind"
# Who has no name, also with the capital of a sentence's first word
_SOME = frozenset(
    "all any both each everybody everyone few many most neither nobody none one others several some".split()
)
_PEOPLE_TOO = frozenset(("group", "police"))  # bodies that may as well be people
_OWNER = re.compile(r"['’]s?\s")
_UNNAMED_OWNER = re.compile(r"(?<!\S)[a-z][\w-]*['’]s?\s")  # "the candidate’s vendetta"
_CIVIL = frozenset(("Mr", "Mrs", "Ms", "Dr"))  # who is so called is a person
_CAMPS = frozenset(("campaign", "camp", "pac", "team"))
# Behind whose campaign acts, "the Vell campaign", "Vell’s campaign"; and ahead of it where it is but a time
_CAMPAIGN = re.compile(r"(?:['’]s?)?\s(?:campaign|camp)\b")
_EVENT = re.compile(r"\b(?:about|during|from|in|into|of|on|since|throughout)\s(?:the\s)?\Z")
# Ahead of a place of which it tells a part or a rule, and no body: "Western Australia", "British Columbia"
_PART_OF = re.compile(
    r"(?:North|South|East|West)(?:ern)?|Upper|Lower|Central|Greater|Mainland|Rural|[A-Z][a-z]*(?:ish|ese|ian|can)"
)
# Behind the name of whoever does something; and, bounded by 12 characters, ahead of a name that does nothing
_DOES = re.compile(
    r",\swho\s|\s(?:[a-z]{3,}ed|broke|came|did|fell|found|gave|got|had|has|held|kept|knew|laid|led|left|lost|made|met|paid|"
    r"put|ran|said|sat|saw|says|sent|sold|spoke|stood|threw|told|took|went|won|wrote)\b"
)
_NO_SUBJECT = re.compile(r"(?:\b(?:the|an?|at|by|from|in|into|near|of|on|over|to|with)|ing)\s\Z", re.I)
_BECOMES = re.compile(r"\s(?:becomes?|became|as)\s")  # "if Vell becomes president"
_GUESS = 0.5  # probability that the lists give a word with a capital of which they know nothing


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
    t = text.text
    found = joint_names(t, firm_names(t, found))
    found = _with_offices(t, listed, found)
    out, used = _of_model(t, outer_names(text, found), listed, limit)
    out += _of_lists(t, listed, used, out, found, sources)
    out += _of_groups(t, listed, out)
    out += _of_sources(t, sources, out, limit)
    out += _campaigns(t, out, limit)
    call(t, out)
    out = with_names_inside(t, sorted(out, key=lambda m: (m.start, -m.end)))
    out = _without_sums(t, out)
    out = [m for m in out if not (_opens_title(text, m) or is_ahead_of_office(t, m))]
    mark_no_people(t, out)
    mark_no_places(t, out)
    mark_governments(t, out, sources)
    tie(t, out)
    return out


def _of_model(
    t: str, found: Sequence[FoundMention], listed: Sequence[Mention], limit: float
) -> tuple[list[Mention], set[int]]:
    """The mentions that the model found, and which of the listed ones stand in them, by number."""
    starts = [m.start for m in listed]
    used: set[int] = set()
    out: list[Mention] = []
    ends = {f.end for f in found if f.probability >= DOUBT}
    for f in found:
        doubtful = f.probability < limit and f.kind != "name"
        if doubtful or any(_is_head_of(t, f, m) for m in out[-3:] if m.end >= f.end):
            continue
        inner = _within(starts, f.start, f.end)
        if f.kind == "name" and f.probability >= limit and _is_for_cause(t, f):
            used.update(inner)
            name = without_article(t[f.start : f.end])
            out.append(Mention(f.start, f.end, "name", "organisation", name, probability=f.probability))
            continue
        if f.kind == "name" and f.type == "person" and f.probability >= limit and _is_one_of(t, f):
            used.update(inner)
            out.append(
                _described(t, (f.start, f.end), f.start + core_end(t[f.start : f.end]), f._replace(kind="nominal"))
            )
            continue
        if (longer := _surname_end(f, [listed[k] for k in inner[:1]])) and longer not in ends:
            f = f._replace(end=longer)
        opening = (listed[k].end for k in inner[:1] if "," in listed[k].name)
        core = f.start + core_end(t[f.start : f.end], next(opening, f.start + 1) - f.start)
        # Of "the president of Lorvane" the head is the president, and of "Lorvane's High Court" it is the court.
        heads = [
            k
            for k in inner
            if listed[k].start < core and listed[k].end in (core, f.end)
            and (listed[k].kind != "pronoun" or listed[k].start == f.start)  # not the "her" of "those beside her"
        ]  # fmt: skip
        if not heads and f.kind == "name":
            heads = [k for k in inner if _is_name_of(t, listed[k], f, core)]
        if f.kind == "name" and f.type == "person":
            heads = [k for k in inner[1:] if _is_named_behind(t, listed[k], f)] or heads
        # What the lists know of "Bread and Books" is "Books", which it is not called
        tails = [k for k in heads if f.kind == "name" and _AND.search(t, f.start, listed[k].start)]
        head = next((k for k in heads if k not in tails), None)
        if f.probability < limit:
            agreed = None if head is None else listed[head]
            if agreed is not None and agreed.end == core not in ends:
                f = f._replace(end=core)  # "Ona Vell, who leads the council"
            if not _is_agreed(f, agreed, out[-3:]):
                continue
        if head is not None and (head not in used or f.kind == listed[head].kind == "name"):
            used.add(head)
            out.append(_called_by(t, f, listed[head]))
        elif f.kind != "pronoun":
            used.update(inner if tails else ())
            out.append(_described(t, (f.start, f.end), core, f))
        elif (word := t[f.start : f.end].lower()) in RELATIVE and f.probability >= limit:
            out.append(Mention(f.start, f.end, "pronoun", f.type, word, probability=f.probability))
    return out, used


def _is_one_of(t: str, f: FoundMention) -> bool:
    """Whether a person with an article is one of a group, and not called so: "a Republican", "the Hollin Democrat"."""
    one = _ONE.match(t, f.start, f.end)
    return one is not None and any(map(lexicons().is_group, (f"{one[1]}s", f"{one[1][:-1]}ies")))


def _is_for_cause(t: str, f: FoundMention) -> bool:
    """Whether a name is that of people for a cause, which common words tell: "Mothers for Clean Air"."""
    cause = _CAUSE.fullmatch(t, f.start, f.end)
    return cause is not None and lowercase_words().issuperset(cause[1].lower().split())


def _with_offices(t: str, listed: Sequence[Mention], found: Sequence[FoundMention]) -> Sequence[FoundMention]:
    """With names and their offices whole where the model has a part only: "State Bo Lind", "Director of Works"."""
    holders = [m for m in listed if m.kind == "name" and m.role and OFFICE_OF.search(m.role)]
    starts, titles = [m.start for m in holders], lexicons().titles
    out: list[FoundMention] = []
    for f in found if holders else ():
        m = holders[max(0, bisect_left(starts, f.end) - 1)]
        name = m.start + len(m.role or "") + 1
        part = f.end == name - 1 or t[m.start : f.end].lower() in titles or (f.end == m.end and f.start > m.start)
        if m.start < f.end and f.start < name and f.kind != "pronoun" and part:
            begun = f.start < m.start or titles.intersection(t[f.start : f.end].lower().split()[:1])
            f = f._replace(start=f.start if begun else m.start, end=m.end, type="person")
            if out and out[-1].end == f.end and t.count(" ", out[-1].start, m.start) < 2:  # "Former Director of …"
                f = f._replace(start=min(f.start, out.pop().start))
        out.append(f)
    return likeliest(out) if holders else found


def _surname_end(f: FoundMention, listed: Sequence[Mention]) -> int | None:
    """Where a person's full name ends of which the model has the first words only."""
    full = (m for m in listed if m.kind == f.kind == "name" and m.type == f.type == "person" and " " in m.name)
    return next((m.end for m in full if m.start == f.start and m.end > f.end), None)


def _is_agreed(f: FoundMention, m: Mention | None, ahead: Sequence[Mention]) -> bool:
    """Whether the lists take a doubtful mention for a name too, and it is no part of one that stands ahead."""
    if m is None or not f.kind == m.kind == "name" or any(o.kind == "name" and o.end >= f.end for o in ahead):
        return False
    return f.type == "person" and " " in m.name and m.end - m.start >= 0.7 * (f.end - f.start)


def _called_by(t: str, f: FoundMention, m: Mention) -> Mention:
    """A mention that the model found, called by the listed one that is its head."""
    definite = m.start == f.start and m.end == f.end and _is_definite(t, m.start, m.end)
    *ahead, last = m.name.split()
    small = t[f.end - len(last)].islower() or m.name.isupper()
    small |= bool(ahead) and ahead[-1].islower() and last.rstrip("s").isupper()  # "a super PAC"
    if f.kind == "name" and m.kind == "nominal" and (definite or small):
        # "The Foreign Secretary", "the foreign secretary", "the Democratic senator", "Hollin’s MP"
        f = f._replace(kind="nominal", type="person" if m.type == "group" else m.type)
    body = m.kind == "nominal" and m.type == "organisation" and m.role not in _PEOPLE_TOO  # "the company"
    kind = m.type if f.type == "person" and (m.type == "group" or body) else f.type
    if m.kind == "name" and m.role and f.end > m.end and t.startswith((" of ", ", "), m.end):
        kind = "person"  # "Rep. Orr of Ohio"
    held = m.role and m.kind == "name" and m.type == "person" and lexicons().is_office(role_words(m.role)[-1])
    if held and f.type == "place" and m.end == f.end:
        kind = "person"  # "Lorvane Gov. Bo Lind"
    described = m.kind == f.kind == "nominal" and f.end > m.end  # "members of the union", not just "members"
    described |= m.type == "group" and f.start < m.start  # "Harbour MPs", not just "MPs"
    described |= m.kind == "nominal" and f.end == m.end and _OWNED.fullmatch(t, f.start, m.start) is not None
    one = f.kind == "nominal" and m.name.isupper() and _INDEFINITE.match(t, f.start, m.start) is not None
    described |= one  # "a pro-Vell super PAC", which is not called "PAC"
    named = m.kind == "pronoun" or (m.kind == "name" and m.end == f.end and not one)  # "Senior judge Amara Lindqvist"
    name = full(t[f.start : f.end]) if described else m.name
    if m.kind == "name" and m.end == f.end and f.start < m.start:
        lists, words = lexicons(), without_article(t[f.start : f.end]).split()
        # "Harbour Watch" is not called "Watch", nor "Sport Ireland" "Ireland"
        national = f.type == "organisation" and lists.names.get(m.name, ("",))[0] in ("state", "place")
        whole = m.name in lists.organisation_words or (national and not _PART_OF.fullmatch(words[0]))
        if whole and len(words) > 1 and all(w[0].isupper() and not w.endswith(("'s", "’s")) for w in words):
            name, kind = " ".join(words), "organisation"
    if kind == "person" and m.type == "organisation" and " of " in m.name and bare_name(m.name) != m.name:
        kind = "organisation"  # the "Union of Harbour Pilots" is nobody called "Harbour Pilots"
    return Mention(f.start, f.end, m.kind if named else f.kind, kind, name, m.plural, m.gender, m.role,
                   probability=f.probability)  # fmt: skip


def _of_lists(
    t: str,
    listed: Sequence[Mention],
    used: set[int],
    out: Sequence[Mention],
    found: Sequence[FoundMention],
    sources: Sequence[Span],
) -> list[Mention]:
    """Listed mentions, none of those `used`, that stand in none of `out`: pronouns, and whom the model half sees."""
    starts = [m.start for m in listed]
    known = {m.name for m in out if m.kind == "name"}
    surnames = {m.name.split()[-1] for m in out if m.kind == "name" and m.type == "person"}
    likely = [f for f in found if f.kind == "name" and f.type != "place" and f.probability >= DOUBT]
    people = {(f.start, f.end) for f in found if f.kind == "name" and f.type == "person"}
    opening = {start for start, _ in people}
    hints = [k for f in likely for k in _within(starts, f.start, f.end)[:1]]
    hints += [k for s in sources for k in _within(starts, *s)]
    hinted = {listed[k].start for k in hints if listed[k].kind == "name" and listed[k].type != "place"}
    begun = {a for a, _ in sources}  # "Twelve MPs, including Ona Vell, said"
    begun -= {m.start for m in out}
    covered = sorted((m.start, m.end) for m in out)
    more = []
    for k, m in enumerate(listed):
        if k in used or (m.kind == "name" and is_behind_name(t, m.start, m.end)):
            continue
        here = covered[bisect_left(covered, (m.start - 2 * (m.end - m.start), 0)) : bisect_left(covered, (m.end, 0))]
        free = not any(m.start < b and b - a < 2 * (m.end - m.start) for a, b in here)
        meant = m.name in known or m.start in hinted or (m.type == "person" and _is_person(m.name, surnames))
        if m.type == "person" and m.start in opening:  # a name for one of the article's people, or a first name
            meant |= m.name in surnames or m.name in lexicons().first_names
        # "editor Odile Marr", "Mr Marr"
        meant |= m.type == "person" and m.role is not None and (" " in m.name or m.role.rstrip(".") in _CIVIL)
        meant |= m.kind == "name" and (surname_shared(t, m) is not None or (free and _is_rare_subject(t, m)))
        # What the list does not know, the model half sees
        kind = "person" if m.probability <= _GUESS and (m.start, m.end) in people else m.type
        named = m.kind == "name" and meant and kind != "place"
        several = m.kind == "nominal" and m.plural and (m.start in begun or _INCLUDING.match(t, m.end))
        camp = m.kind == "nominal" and m.role in _CAMPS  # "the Vell campaign", although not "Vell"
        if camp and m.start not in begun:
            camp = not surnames.isdisjoint(m.name.split()[-2:-1]) and NO_NOUN.match(t, m.end) is not None
        if m.kind == "pronoun" or camp or (free and (named or several)):
            more.append(replace(m, type=kind, antecedent=None))
    return more


def _of_groups(t: str, listed: Sequence[Mention], out: Sequence[Mention]) -> list[Mention]:
    """Groups of whom it is told how many they are or what they do: "6 in 10 voters", "experts who doubt Vell"."""
    held = sorted((m.start, m.end) for m in out)
    more = []
    for m in listed:
        if not m.plural or m.kind == "pronoun" or not (m.kind == "name" or t[m.start : m.end].split()[-1].islower()):
            continue
        share = _SHARE_OF.search(t, max(0, m.start - 60), m.start)
        start = share.start() if share else m.start
        around = held[bisect_left(held, (start - 80, 0)) : bisect_left(held, (m.end, 0))]
        if any(a <= m.start and m.end <= b for a, b in around):
            continue
        if share:
            more.append(replace(m, start=start, kind="nominal", name=full(t[start : m.end])))
        elif _WHO.match(t, m.end) and t[start].isalpha() and not t.startswith("that ", start):
            more.append(m)
    return more


def _of_sources(t: str, sources: Sequence[Span], out: Sequence[Mention], limit: float) -> list[Mention]:
    """Sources without a mention: who is quoted is somebody, if it is no report or study."""
    taken = Cover((m.start, m.end) for m in out if m.type != "place")
    more = []
    for a, b in sources:
        words = t[a:b].lower()
        head = a + core_end(t[a:b])  # "one former aide" of "one former aide who asked not to be named"
        if taken.touches(a, head):
            continue
        if words in RELATIVE:
            more.append(Mention(a, b, "pronoun", "person", words, probability=limit))
        elif lexicons().roles.keys() & t[a:head].lower().split()[-1:]:
            more.append(_described(t, (a, head), head, FoundMention(a, head, "person", "nominal", limit)))
    return more


def _campaigns(t: str, mentions: Sequence[Mention], limit: float) -> list[Mention]:
    """Campaigns that the model overlooks, as bodies: "the Vell campaign said", but not "during Vell’s campaign"."""
    ends, more = {m.end for m in mentions if m.kind != "name"}, []
    for m in mentions if " camp" in t else ():
        behind = _CAMPAIGN.match(t, m.end) if m.kind == "name" and m.type == "person" else None
        if behind is None or NO_NOUN.match(t, behind.end()) is None:
            continue
        the = t.startswith(("the ", "The "), max(0, m.start - 4))
        start = m.start - 4 * the
        owned = the or not t.startswith(" ", m.end)
        if owned and behind.end() not in ends and not _EVENT.search(t, max(0, start - 14), start):
            found = FoundMention(start, behind.end(), "organisation", "nominal", limit)
            more.append(_described(t, (start, behind.end()), behind.end(), found))
    return more


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
            gaps = zip(ends, opens, strict=True)
            apposed = len(parts) == 2 and _is_apposed(t, *(mentions[j] for j in parts))
            if not whole and not apposed and all(_SUM.fullmatch(t, a, b) for a, b in gaps):
                continue
        out.append(m)
    return out


def _is_apposed(t: str, m: Mention, name: Mention) -> bool:
    """Whether a name and the description ahead of it are one: "the opposition Harbour League", "hedge fund Quill"."""
    if (m.kind, name.kind) != ("nominal", "name") or m.plural or name.start != m.end + 1:
        return False
    return t[name.start].isupper() and name.name.split()[-1][0].isupper()


def _opens_title(text: Text, m: Mention) -> bool:
    """Whether a mention is but the noun that a title begins with at the head of a sentence: "Council leader"."""
    lists = lexicons()
    if not lists.is_body(text.text[m.start : m.end].lower()):
        return False
    title = _TITLE_NOUN.match(text.text, m.end)
    opens = m.start == text.sentences[text.sentence_at(m.start)][0]
    return opens and title is not None and lists.is_office(title[1])


def _is_name_of(t: str, m: Mention, f: FoundMention, core: int) -> bool:
    """Whether a listed name within a name that was found may be its own, and not that of an owner or a place.

    Nor is it that of the body where a person is, "the top lawyer at the Harbour Board", or of whom the person did
    something to: "one MP who opposed Vell".
    """
    officer = f.type == "person" and lexicons().is_office(t[m.end : f.end].split(" ")[-1])  # "NDP critic"
    employer = f.type == "person" and m.type == "organisation" and m.start > core
    another = m.start > core and _WHO.match(t, core) is not None
    owner = t[m.end : m.end + 1] in ("'", "’") or employer or another or (officer and not _BECOMES.match(t, m.end))
    return m.kind == "name" and m.end <= f.end and not owner and (m.type == "place") == (f.type == "place")


def _is_named_behind(t: str, m: Mention, f: FoundMention) -> bool:
    """Whether a listed name is that of the person whom the words ahead describe: "Vell’s nominee, Judge Bo Lind"."""
    named = m.kind == "name" and m.type == "person" and m.end == f.end and " " in m.name
    return named and _CALLED_BEHIND.search(t, max(f.start, m.start - 40), m.start) is not None


def _is_head_of(t: str, f: FoundMention, m: Mention) -> bool:
    """Whether what was found is but the noun of a mention around it: "MPs" in "12 MPs" or "Harbour MPs"."""
    if f.kind == "pronoun" or not (m.start < f.start and f.end <= m.end):
        return False
    core = m.start + core_end(t[m.start : m.end])
    return f.end == core and " " not in t[f.start : f.end] and t[f.start : f.end].lower() in _nouns()


@lru_cache(maxsize=1)
def _nouns() -> frozenset[str]:
    """Nouns for people and bodies, in small letters."""
    return frozenset(noun.lower() for noun in lexicons().roles)


def _described(t: str, span: Span, core: int, f: FoundMention) -> Mention:
    """A mention that no list knows, called by its head words."""
    words = without_article(t[span[0] : core]) or t[slice(*span)]
    last = words.split()[-1]
    noun = last.lower()
    office = f.type == "person" and _is_definite(t, *span) and lexicons().is_office(noun)
    if last.isupper() and words != last and lexicons().is_office(last):  # "Hollin MP", "the firm’s CEO"
        owned = _OWNER.search(words) or not t.startswith(words, span[0])
        if owned or f.type != "person" or without_seat(words.split(), person=True)[-1] == last:
            f = f._replace(kind="nominal", type="person" if owned else f.type)
    common = last in lowercase_words() and not _UNNAMED_OWNER.search(words)
    if f.kind == "name" and (common or (noun in lexicons().roles and (last == noun or office))):
        f = f._replace(kind="nominal")  # no name: "the retired surgeon", "The First Minister"
    if lexicons().is_group(last):  # "her fellow Democrats"
        f = f._replace(type="group", kind=f.kind if words[0].isupper() else "nominal")
    if f.type == "person" and lexicons().is_body(noun) and noun not in _PEOPLE_TOO:
        f = f._replace(type="organisation")  # "the Vell campaign"
    people = noun == "people"  # in the plural without an "s": "the Lorvane people", "People say"
    if (people and f.kind == "nominal") or (words == last and (people or noun in _SOME)):
        f = f._replace(kind="nominal", type="person")
    if f.kind == "name" and f.type == "person" and is_joint(words):
        f = f._replace(type="organisation")
    name = words if f.kind == "name" else full(t[slice(*span)])
    several = people or (noun.endswith("s") and not noun.endswith("ss")) or _SEVERAL.match(t, *span)
    plural = f.kind == "nominal" and several
    kind = "group" if plural and f.type == "person" else f.type
    role = noun if f.kind == "nominal" and lexicons().roles.keys() & {noun, last} else None
    gender = lexicons().gender.get(noun)
    if f.kind == "name" and f.type == "person":
        title, told = title_of(words.split())  # "the Guild and Lord Vell", whom the lists take for one
        role, gender = (title, told) if told else (role, gender)
    return Mention(*span, f.kind, kind, name, bool(plural), gender, role, probability=f.probability)


def _is_person(name: str, surnames: set[str]) -> bool:
    """Whether a name in full is surely somebody's: a known first name, or a surname that stands elsewhere."""
    words = name.split()
    return len(words) > 1 and (words[0] in lexicons().first_names or words[-1] in surnames)


def _is_rare_subject(t: str, m: Mention) -> bool:
    """Whether two words that are no common ones do something: "On the quay Ona Vell broke the lock"."""
    words = m.name.split()
    if m.type != "person" or len(words) != 2 or not lowercase_words().isdisjoint(m.name.lower().split()):
        return False
    does = _DOES.match(t, m.end) and not _NO_SUBJECT.search(t, max(0, m.start - 12), m.start)
    lists = lexicons()
    listed = any(w in lists.names or w in lists.organisation_words or not w.istitle() for w in words)
    return bool(does) and not listed


def _is_definite(t: str, start: int, end: int) -> bool:
    return t[start : min(start + 4, end)].lower() == "the "


def _within(starts: Sequence[int], a: int, b: int) -> range:
    return range(bisect_left(starts, a), bisect_left(starts, b))
