"""Mentions of actors by rules: names with their titles, descriptions ("a union official"), pronouns."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import replace
from functools import lru_cache

from newslab import pronouns
from newslab.naming import GENERATIONS
from newslab.reading import Mention
from newslab.rules.interviews import behind_marks
from newslab.rules.lexicons import any_of, lexicons
from newslab.text import Cover, Span, Text, lowercase_words

_UP = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢĪĮİŁŃŅŇŌŐŒŘŚŞŠŢŤŪŮŰŲŹŻŽ"
# A capitalised word: Vell, O’Brien, McKay, J.K., Anne-Marie, Orr-O’Neil, IBM; never the possessive 's behind it.
_CAP = rf"(?:(?:[{_UP}]\.)+(?=[\s,]|[{_UP}])|[{_UP}](?:['’](?=[{_UP}]))?\w*(?:[-‐‑](?:[{_UP}]['’](?=[{_UP}]))?\w+)*)"
# After these a full stop does not end a name; before these an owner belongs to it ("Builders' Guild").
_SHORT = (
    "Mr Dr Ms Mrs Smt Sen Sens Rep Reps Gov Govs Gen Lt Col Capt Maj Adm Cmdr Sgt Cpl Supt Insp Det Cllr Coun Del Atty "
    "Prof Rev Hon Msgr Mohd St Jr Sr Adv Engr Pst Const"
)
_ABBREVIATIONS = [f"[{_UP}]", *_SHORT.split()]
_STOP = "(?:" + "|".join(rf"(?<=\b{t})" for t in _ABBREVIATIONS) + ")"
OWNED = (
    r"(?:(?:Action|Aid|Defen[cs]e|Protection|Rights|Welfare) )?(?:Guild|Union|League|Association|Federation|Board|"
    r"Bureau|Confederation|Party|Society|Alliance|Club|Council|Committee|Institute|Front|Forum|Trust|Panel|Circle|Network|"
    r"Foundation|Fund|Group|Movement|Coalition|Collective|Commission|Cent(?:re|er))\b"
)
_PARTICLE = r"(?:de|van|von|der|den|di|da|du|del|la|le|bin|ter)"
_NAME = re.compile(
    rf"(?<![\w@#’'-])(?:al-)?{_CAP}(?:(?:(?:{_STOP}\.)? |(?<=\.)|['’] (?={OWNED}))"
    rf"(?:{_PARTICLE} ){{0,2}}(?:[\"“][{_UP}]\w+[\"”] )?(?:al-)?{_CAP})*"
)
MEMBERS = ("MP", "MSP", "MEP", "MLA", "TD", "MS")  # letters behind the names of members of a parliament
_SEVERAL = "?"  # the full name of a surname that two people have, whose genders are not known to be the same
_LONGEST = 200  # characters of a name that others are joined to
_WORD = re.compile(r"\w+")
_PARTS = 16  # letters, digits and underscores in a row that a person's name may hold, at most
# "(R-Utah)", ", R-Utah", ", D-Port Haven,"
_PLACE = rf"[{_UP}][\w.]*(?: [{_UP}][\w.]*){{0,2}}"
_SEAT = re.compile(rf"\([{_UP}]{{1,3}}[-–]{_PLACE}\)?|,\s[DIR][-–](?:{_PLACE}(?=,)|[{_UP}][\w.]*)")
# "Bo Lind (SNP, Hollin)", "Bo Lind (Lib Dem)"; of parties that are not listed those in capitals with a place only
_PARTY = (
    "Con(?:servative)?|Lab(?:our)?|LD|Lib[ -]Dem|Liberal Democrat|SNP|Green|Ind(?:ependent)?|Plaid(?: Cymru)?|PC|DUP|"
    "UUP|SDLP|SF|Sinn F[eé]in|TUV|Alliance|U[Kk][Ii][Pp]|Reform(?: UK)?|[DR]"
)
# "Bo Lind (Fla.)", "of Hollin, Fla.": states as American agencies write them
_STATES = (
    r"(?:Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Ill|Ind|Kan|Ky|La|Mass|Md|Mich|Minn|Miss|Mo|Mont|Neb|Nev|Okla|Ore|Pa|Tenn|Tex|"
    r"Va|Vt|Wash|Wis|Wyo|D\.C|N\.[CDHJMY]|R\.I|S\.[CD]|W\. ?Va)\."
)
IN_STATE = re.compile(rf", {_STATES}")  # bounded: 9 characters
_STATE = re.compile(rf"\({_STATES}\)|{IN_STATE.pattern}")  # bounded: 9 characters
_IN_BRACKETS = re.compile(rf"\((?:{_PARTY}|[A-Z]{{2,5}}(?=[,:]))(?:/Co-op)?(?:[,:] ?[{_UP}][^()\n]{{0,40}})?\)")
_BEARER = re.compile(rf"[{_UP}][\w’'.-]* \Z")  # bounded: 30 characters
# "Lord Vell of Hollin"
_PEER = re.compile(rf"\b(?:Lord|Lady|Baron(?:ess)?|Viscount(?:ess)?|Earl)(?: {_CAP}){{1,2}} of \Z")
# Ahead of the place that somebody was elected for
FOR_SEAT = re.compile(
    rf"\b(?:(?:(?:{'|'.join(MEMBERS)}|candidate|councillor|member)s?|(?:re-?)?elected|sits?|sat)\sfor|(?:seat|constituency)\sof)\s\Z"
)
_WITH_CAPITAL = re.compile(_CAP)
# "Halden & Rooke"; begins at no part of a longer word, or "A-A-A-…" would be looked at from each of its letters
_FIRM = re.compile(rf"(?<![\w.’'‐‑-])({_CAP}) & (?:{_PARTICLE.title()} )?({_CAP})")
# "Department for Sport, Culture and Youth", "Rail, Ports and Transport Union"
_LIST = rf"{_CAP}(?: {_CAP})?(?:, {_CAP}(?: {_CAP})?){{1,4}},? (?:and|&) "
_LISTING = "Department|Ministry|Committee|Commission|Office|Board|Institute|Association|Federation"
_LISTED = re.compile(
    rf"(?<![\w.’'‐‑-])(?!The\b)(?:(?:{_LISTING}) (?:for|of|on) (?:the )?"
    rf"{_LIST}{_CAP}(?: {_CAP}){{0,2}}|({_LIST})(?:{_CAP} ){{1,2}}(?:{_LISTING}|[Uu]nion)\b)"
)
# The office of a British prime minister, "No 10", but not "the No 10 shirt", "the world No 10" or "Resolution No 10"
_NUMBER_TEN = re.compile(
    r"(?<!world )(?<!ranked )(?<!seeded )(?<!ion )(?<!ment )\b(?:No\.?|Number) (?:10|Ten)\b"
    r"(?! (?:[A-Z\d]|(?:shirt|jersey|seed|spot|role|position|slot|berth|bus|on the)\b))"
)
_RANK = re.compile(r"^(?:co|vice|ex|deputy|under)-(?=\w)", re.I)
_HANDLE = re.compile(r"(?<![\w@])@\w{2,}")
# "Ministry of Works", "Committee on Roads and Bridges"
_JOINS = re.compile(r" (?:of|for|on)(?: the)? |,? (?:and|&) ")
_DATES = frozenset(  # part of no name ahead of them: "the Ministry of Works on Monday"
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August "
    "September October November December Jan Feb Aug Sept Oct Nov Dec".split()
)
OFFICE_OF = re.compile(r" (?:of|for)(?: the)? ")  # "Director of Elections Ona Vell"
_PRONOUN = re.compile(
    r"\b(?:[Hh](?:e|im|is|er)|[Ss]he|[Tt]he(?:y|m|ir)|I(?!-[A-Z\d])|[Mm][ey]|[Ww]e|us|[Oo]ur|[Yy]our?|[Ii]ts?)\b"
)
_DEMONYM = re.compile(r"(?:ish|ese|[^I]ian|[ri]can|ean|Dutch|French|Irish|Welsh|Scots)$")
_START = re.compile(  # bounded: 6 characters
    r"(?:^|[.!?:…][”\"’']?\s+|[\n(•*–—]\s*|\d[.:]\d\d\s|\d\s?[ap]m\s)[“\"‘'(\[]*$|[“\"‘]$"
)
# "CASTREL, 2 May (Agency) - " at the head of an agency report
DATELINE = re.compile(rf"[{_UP}][{_UP} .'’-]+(?:,[^()\n]{{0,40}})?(?:\([^()\n]{{2,40}}\))?\s?[-–—]{{1,2}}\s")
_IN = re.compile(r"\b(?:in|at|near|from|to|across|outside|around|of)\s$")
_SMALL = frozenset("a an and as at but by for from in into nor of off on or over per the to up via vs with".split())
_LAST_WORD = re.compile(r"[\w’'.,-]+$")  # bounded: 29 characters
# What tells of a camp beside the name of whom it is for or against: "anti-Vell", "Vell-backed", "Vell supporters".
# Behind a name it has its sign, 1 or -1, and 0 where the one who is named is for the other.
_FOR = "supporter backer ally allie loyalist fan admirer surrogate defender devotee booster".split()
_AGAINST = "critic opponent foe enemy enemie detractor hater skeptic sceptic".split()
CAMPS = {
    **dict.fromkeys(("-backing", "-supporting", "-loving", "-aligned", "-allied"), 1),
    **dict.fromkeys(("-hating", "-bashing"), -1),
    **dict.fromkeys(("-backed", "-endorsed", "-supported"), 0),
    **{f" {noun}{s}": sign for nouns, sign in ((_FOR, 1), (_AGAINST, -1)) for noun in nouns for s in ("", "s")},
}
CAMP = re.compile(rf"(?:{any_of(CAMPS)})\b")
AHEAD = re.compile(r"\b(?:([Aa]nti|[Nn]ever)|[Pp]ro)-\Z")  # bounded: 6 characters
_DASH = re.compile(rf"-(?=[{_UP}])")
_CAMP_ALONE = re.compile(r"(?:(?:[Tt]he|[Aa]n?)\s)?(?:[Aa]nti|[Pp]ro|[Nn]ever)-")
_CAMP_NOUN = re.compile(
    r"(?:\s(?!and|in|of)[a-z]+)?\s(activists|conservatives|delegates|demonstrators|donors|factions?|forces|groups|lawmakers|"
    r"members|politicians|protesters|rebels|voters|Republicans|Democrats)\b"
)
_NAME_THERE = re.compile(rf"{_CAP}(?: {_CAP}){{0,2}}")
_NAME_AHEAD = re.compile(rf"(?<![\w-])(?:{_CAP} ){{0,3}}{_CAP}\Z")  # bounded: 50 characters
_SHADOW = re.compile(r"\b[Ss]hadow\s(?:[\w-]+\s){1,2}\Z")  # bounded: 60 characters; "shadow tourism minister"


def find_mentions(text: Text) -> list[Mention]:
    """All mentions of a text in reading order; none overlaps another, but for the owner in "her brother"."""
    t = text.text
    capitals = [_is_headline(t[slice(*p)]) for p in text.paragraphs]
    headlines = [p for p, title in zip(text.paragraphs, capitals, strict=True) if title]
    whole, listed, begins = set(firms(t)), listed_bodies(t), behind_marks(text)
    plain = [(begins.get(a, a), b) for (a, b), title in zip(text.paragraphs, capitals, strict=True) if not title]
    spans = [s for p in plain for s in _names_in(t, p, whole, listed)]
    people = _known_people(t, spans)
    # In a headline capitals tell nothing; only names that the article itself uses are taken.
    spans += [s for p in headlines for s in _known_in(t, p, people)]
    found = [m for s in spans if (m := _name(t, s, people))]
    lines = text.paragraphs if "@" in t else ()
    found += [Mention(*m.span(), "name", "person", m.group()) for p in lines for m in _HANDLE.finditer(t, *p)]
    found = _with_descriptions(text, sorted(found, key=lambda m: m.start))
    starts = [m.start for m in found]
    meant = []
    for m in (m for p in text.paragraphs for m in _PRONOUN.finditer(t, *p)):
        k = bisect_right(starts, m.start())
        owner = k and found[k - 1].start == m.start() and found[k - 1].kind == "nominal"  # "her brother"
        if not k or found[k - 1].end <= m.start() or owner:
            word = m.group().lower()
            kind = "organisation" if word in pronouns.IT else "person"
            plural = word in pronouns.PLURAL
            meant.append(Mention(*m.span(), "pronoun", kind, word, plural, pronouns.GENDER.get(word)))
    found += meant
    found.sort(key=lambda m: (m.start, -m.end))
    _link_appositions(t, found)
    return found


def with_names_inside(t: str, mentions: list[Mention]) -> list[Mention]:
    """Mentions with the names that tell whose camp others are of: "an anti-Vell group", "Vell supporters".

    "Anti-Vell forces" are a mention too, and "an anti-Vell" by itself is none.
    """
    places = [_names_behind(t, m.end()) for m in _DASH.finditer(t)]
    places += [_names_ahead(t, m.start()) for m in CAMP.finditer(t)]
    known = _people(mentions) if any(places) else {}
    found = (next((s for s in spans if t[slice(*s)] in known), None) for spans in places)
    names = dict(s for s in found if s)
    if not names:
        return mentions
    ends = {b: a for a, b in names.items()}
    left = [m for m in mentions if m.kind != "name" or not _CAMP_ALONE.fullmatch(t, m.start, ends.get(m.end, m.start))]
    taken = {m.end for m in left if m.kind == "name"}
    more = [
        replace(known[t[a:b]], start=a, end=b, name=t[a:b], role=None, antecedent=None)
        for a, b in names.items()
        if b not in taken
    ]
    around = Cover((m.start, m.end) for m in left if m.start not in names)
    camps = {}
    for a, b in names.items():
        noun = _CAMP_NOUN.match(t, b) if t[a - 1] == "-" and not around.touches(a - 1, a) else None
        if noun and (ahead := AHEAD.search(t, max(0, a - 6), a)):
            start, end = ahead.start(), noun.end()
            camps[end] = Mention(start, end, "nominal", "group", t[start:end], True, None, noun[1].lower())
    left = [m for m in left if m.kind != "nominal" or m.end not in camps]
    out = sorted([*left, *more, *camps.values()], key=lambda m: (m.start, -m.end))
    number = {id(m): k for k, m in enumerate(out)}
    for m in out:
        m.antecedent = None if m.antecedent is None else number.get(id(mentions[m.antecedent]))
    return out


def _people(mentions: list[Mention]) -> dict[str, Mention]:
    """People by their names, and by the first and the last word of these."""
    known: dict[str, Mention] = {}
    for m in mentions:
        if m.kind == "name" and m.type == "person" and m.name and m.name not in lexicons().names:
            for name in (m.name, m.name.split()[-1], m.name.split()[0]):
                known.setdefault(name, m)
    return known


def _names_behind(t: str, at: int) -> list[Span]:
    """Where a name may stand behind the "anti-" that ends at a place, the longest first."""
    name = _NAME_THERE.match(t, at) if AHEAD.search(t, max(0, at - 6), at) else None
    return [(at, at + w.end()) for w in _WITH_CAPITAL.finditer(name.group())][::-1] if name else []


def _names_ahead(t: str, at: int) -> list[Span]:
    """Where a name may stand ahead of "supporters" and the like, the longest first; not "Vell" of "Bo Vell"."""
    name = _NAME_AHEAD.search(t, max(0, at - 50), at)
    words = list(_WITH_CAPITAL.finditer(name.group())) if name else []
    first_names, common = lexicons().first_names, lowercase_words()
    whose = (k for k, w in enumerate(words, 1) if w.group() in first_names or w.group().lower() not in common)
    return [(at - len(name.group()) + w.start(), at) for w in words[: next(whose, len(words))]] if name else []


def _is_headline(paragraph: str) -> bool:
    """Title Case; with a full stop only if no verb is small, as in "Ona Vell met Tam Orr in Hollin."."""
    last = paragraph.rstrip()[-1:]
    if len(paragraph) > 250 or last in (",", "”", '"', ":"):
        return False
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", paragraph)
    if last == "." and any(w[0].islower() and w not in _SMALL for w in words):
        return False
    words = [w for w in words if len(w) > 3]
    return len(words) >= 4 and sum(w[0].isupper() for w in words) > 0.75 * len(words)


def firms(t: str) -> list[Span]:
    """Where names of firms stand: "Halden & Rooke".

    The two words stand nowhere in the text but side by side, and the first is no first name: "Bill & Ona Vell".
    """
    found = list(_FIRM.finditer(t)) if "&" in t else []
    pairs = Counter(m.groups() for m in found)
    words = Counter(_WITH_CAPITAL.findall(t)) if found else Counter()
    first_names = lexicons().first_names
    return [m.span() for m in found if words[m[1]] == words[m[2]] == pairs[m.groups()] and m[1] not in first_names]


def listed_bodies(t: str) -> list[Span]:
    """Where names of bodies stand that hold a list, "Department for Sport, Culture and Youth", or a number, "No 10".

    Of words most of which are common ones; and of "Rail, Ports and Transport Union" the first stand nowhere alone.
    """
    lex, lower = lexicons(), lowercase_words()
    found, out = list(_LISTED.finditer(t)), []
    lists = Counter(m[1] for m in found)
    counts = Counter(_WITH_CAPITAL.findall(t)) if found else Counter()
    for m in found:
        words = _WITH_CAPITAL.findall(m.group())
        named = any(w in lex.names or w in lex.first_names for w in words)
        rare = sum(w.lower() not in lower for w in words)
        alone = (counts[w] > lists[m[1]] for w in _WITH_CAPITAL.findall(m[1] or ""))
        if not named and 3 * rare <= len(words) and not any(alone):
            out.append(m.span())
    if " 10" in t or " Ten" in t:
        british = "prime minister" in t.lower() or "Downing Street" in t
        out += [m.span() for m in _NUMBER_TEN.finditer(t) if british]
    return sorted(out)


def _names_in(t: str, paragraph: Span, whole: Set[Span], listed: Sequence[Span] = ()) -> list[Span]:
    """Sequences of capitalised words that may be names: trimmed at sentence starts, joined in "Ministry of Works".

    Of those in `whole` the two parts are joined too, and those `listed` are names by themselves.
    """
    lex, lower = lexicons(), lowercase_words()
    out: list[Span] = []
    dateline = DATELINE.match(t, *paragraph)
    low = dateline.end() if dateline else paragraph[0]
    for m in _NAME.finditer(t, low, paragraph[1]):
        start, end = m.span()
        k = bisect_left(listed, (end,))
        if k and start < listed[k - 1][1]:
            out += listed[k - 1 : k] if out[-1:] != listed[k - 1 : k] else []
            start = listed[k - 1][1] + 1
            if start >= end:
                continue
        if _START.search(t[max(low, start - 6) : start]):
            word = re.split(r"[\s.]", t[start:end], maxsplit=1)[0]
            known = word in lex.first_names or word in lex.organisation_words or word in lex.names
            known = known or word.lower() in lex.titles or (word.isupper() and len(word) > 1)
            known = known or " ".join(t[start:end].split()[:2]).lower() in lex.titles  # "Prime Minister Ona Vell"
            if (not known and word.lower() in lower or len(word) == 1) and not t.startswith(".", start + len(word)):
                start += len(word) + 1
        if start >= end or is_seat(t, start, end) or _PRONOUN.fullmatch(t, start, end):
            continue
        if out and t[start:end].lower() in GENERATIONS and t[out[-1][1] : start] == ", ":  # "Carl Vell, Jr."
            out[-1] = (out[-1][0], end)
            continue
        near = out and start - out[-1][0] < _LONGEST and t[start:end] not in _DATES
        near = near and _JOINS.fullmatch(t, out[-1][1], start)
        ahead = t[slice(*out[-1])].split() if near else []
        cut = _titles(ahead)
        body = lex.organisation_words.intersection(ahead[cut:] or ahead)  # not "House Speaker Bo Lind of Hollin"
        office = ahead and cut == len(ahead) and OFFICE_OF.fullmatch(t, out[-1][1], start)
        if near and ((out[-1][0], end) in whole or body or (office and _behind_office(t[start:end].split()))):
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def _titles(words: list[str]) -> int:
    """How many leading words are titles, roles or a party in front of a person's name: "Vice-chairman", "Co-leader".

    What an office is of belongs to it: "Director of Elections Ona Vell".
    """
    titles = lexicons().titles
    words = [_RANK.sub("", w) for w in words]
    ends = [
        k + width
        for k in range(min(len(words), 8))
        for width in (3, 2, 1)
        if k + width <= len(words)
        and not (k + width + 1 == len(words) and words[-1].lower().rstrip(".") in GENERATIONS)  # "Ona King Jr"
        and not (k and k + 2 == len(words) and words[k] in lexicons().first_names)  # "Ambassador Dean Vell"
        and (
            " ".join(words[k : k + width]).lower().replace(".", "") in titles
            or words[k : k + width] == ["Del."]  # without its stop it is a part of names
        )
    ]
    cut = max(ends, default=0)
    if words[cut : cut + 1] in (["and"], ["&"]):  # the body "Justice and Work"
        return 0
    if cut and words[cut : cut + 1] in (["of"], ["for"]):
        of = cut + 1 + (words[cut + 1 : cut + 2] == ["the"])
        name = _behind_office(words[of:])
        return of + name if name else cut
    return cut


def title_of(words: list[str]) -> tuple[str | None, str | None]:
    """The titles ahead of a person's name, and the gender that they tell: "Lord", which is a man's."""
    title = " ".join(words[: _titles(words)])
    known = lexicons().gender
    return title or None, next((known[w] for w in title.lower().replace(".", "").split() if w in known), None)


def _behind_office(words: list[str]) -> int:
    """Where a name begins behind what its bearer's office is of, or 0: "Elections Ona Vell", "Public Works B. Orr".

    It begins with a first name, or else is two words that are no common ones, behind such as are.
    """
    lex, lower = lexicons(), lowercase_words()
    known = next((k for k in range(1, len(words) - 1) if words[k] in lex.first_names), 0)
    k = known or len(words) - (3 if words[-2:-1] and len(words[-2]) < 3 and len(words) > 3 else 2)
    of = [w.lower() for w in words[:k]]
    two = k > 0 and lower.issuperset(of) and words[k].lower() not in lower and words[-1].lower() not in lower
    return k if (known or two) and not lex.organisation_words.intersection(words[k:]) else 0


def bare_name(name: str) -> str:
    """A full name without what news puts ahead of it: "Ferry Line CEO Ona Vell", "Democrat Bo Lind".

    A title alone stays; behind titles, whatever the words ahead are, two stay, and from a first name on all.
    """
    words = name.split()
    words = words[_titles(words) :] or words
    lex = lexicons()
    cut = 0
    for k, word in enumerate(words[:-2]):
        if word in lex.first_names:
            break
        small = word.lower()
        noun = bool({word, small} & lex.roles.keys()) or small in lex.titles
        noun = noun or word in lex.words["not_name"] or word in lex.names
        noun = noun or (word.endswith("y") and f"{word[:-1]}ies" in lex.names)  # "Tory"
        common = small in lowercase_words() and words[k + 1] in lex.first_names  # "Secretary of State Ona Vell"
        lower = word.islower() and not re.fullmatch(_PARTICLE, word)  # "Retired winchman Ona Vell"
        if noun or common or lower or _DEMONYM.search(word):
            cut = k + 1
    return " ".join(words if lex.organisation_words & set(words[cut:]) else words[cut:])


def is_seat(t: str, start: int, end: int) -> bool:
    """Whether a span is a member's party and seat, behind a name, or part of them: "(R-Utah)", "(SNP, Hollin)".

    So is a state in short, "(Fla.)", and the place in a peer's title, "Lord Vell of Hollin".
    """
    opens = t.rfind("(", max(0, start - 50), start)
    member = _IN_BRACKETS.match(t, opens) if opens > 0 else None
    if member and member.end() >= end and _BEARER.search(t, max(0, opens - 30), opens):
        return True
    opens = max(t.rfind("(", max(0, start - 2), start + 1), t.rfind(",", max(0, start - 2), start + 1))
    if opens >= 0 and (state := _STATE.match(t, opens)) and state.end() >= end:
        return True
    if t.endswith("of ", 0, start) and _PEER.search(t, max(0, start - 60), start):
        return True
    dash = max(t.rfind("-", max(0, start - 12), end), t.rfind("–", max(0, start - 12), end))  # of "(D-W.Va)"
    if dash < 0:
        return False
    seats = (_SEAT.match(t, k) for k in range(max(0, dash - 4), dash + 1))
    return any(m.start() < start and m.end() >= end for m in seats if m)


def without_seat(words: list[str], person: bool = False) -> list[str]:
    """The words of a name without the letters that a member of a parliament has behind it: "Ona Vell MP".

    But the whole of "Low Vale MP", also of what is surely a `person`, who may have a rare first name.
    """
    if not words[2:] or words[-1] not in MEMBERS:
        return words
    lists, rest = lexicons(), words[_titles(words[:-1]) : -1]  # "Ms Ona Vell MP", "the Rt Hon Ona Vell MP"
    rare = person and words[0] not in lists.names and lowercase_words().isdisjoint(w.lower() for w in rest)
    titled = rest and rest[0] != words[0]
    return words[:-1] if rare or titled or words[0] in lists.first_names else words


def _known_people(t: str, spans: list[Span]) -> dict[str, str]:
    """Short form → full name for the people whom the article names in full or with a title."""
    lex = lexicons()
    people: dict[str, str] = {}
    for a, b in spans:
        words = without_seat(t[a:b].split())
        cut = _titles(words)
        rest, name = words[cut:], " ".join(words[cut:])
        if not 1 < len(rest) <= 4 or name in lex.names or "&" in rest or set(rest) & lex.organisation_words:
            continue
        if any(w in lex.words["not_name"] or w in lex.roles for w in rest) or not cut and rest[0] in lex.names:
            continue
        people.setdefault(name, name)
        if _gender(people.setdefault(rest[-1], name)) != _gender(name):
            people[rest[-1]] = _SEVERAL
        if rest[0] in lex.first_names:
            people.setdefault(rest[0], name)
    return people


def _known_in(t: str, paragraph: Span, people: dict[str, str]) -> list[Span]:
    """Where the names of these people stand, the longest first."""
    words = [m.span() for m in _WORD.finditer(t, *paragraph)]
    out: list[Span] = []
    for k, (start, _) in enumerate(words):
        if not out or start >= out[-1][1]:
            ends = (end for _, end in reversed(words[k : k + _PARTS]))
            if (end := next((end for end in ends if t[start:end] in people), 0)) > 0:
                out.append((start, end))
    return out


def _name(t: str, span: Span, people: dict[str, str]) -> Mention | None:
    """The mention that a sequence of capitalised words is, or None (a day, an adjective, an event)."""
    lex = lexicons()
    a, b = span
    words = without_seat(t[a:b].split())
    if words[1:] and words[-1].lower() in GENERATIONS:
        words[-2] = words[-2].rstrip(",")
    cut = _titles(words)
    whole, rest, name = " ".join(words), words[cut:], " ".join(words[cut:])
    title, gender = title_of(words)
    place = _IN.search(t, max(0, a - 9), a) is not None or FOR_SEAT.search(t, max(0, a - 20), a) is not None
    if _NUMBER_TEN.fullmatch(whole):
        whole = "Downing Street"
    if whole in lex.names:
        kind, plural = lex.names[whole]
        kind = {"state": "place" if place else "organisation"}.get(kind, kind)
        return Mention(a, b, "name", kind, whole, plural)
    if full := people.get(name) or people.get(whole):
        return Mention(a, b, "name", "person", name or whole, False, gender or _gender(full), title or None)
    if words[0] in lex.organisation_words and "of" in words and (not rest or words[-1] in lex.roles):
        return Mention(a, b, "name", "organisation", whole)  # "Association of Harbour Officers"
    if not rest:  # a role alone: "the Prime Minister"
        if whole.lower().rstrip(".") not in lex.roles:
            return None
        the = re.search(r"\b(?:[Tt]he|[Aa]n?)\s$", t[max(0, a - 4) : a])
        return Mention(
            a - (len(the.group()) if the else 0), b, "nominal", "person", whole, False, gender, whole.lower()
        )
    if all(w in lex.words["not_name"] for w in rest) or (len(words) == 1 and whole in lex.roles):
        return None
    if words[-1] in lex.roles and words[-1] not in lex.organisation_words:  # Labour MPs, but not the Quiet Harbour PAC
        kind, plural = lex.roles[words[-1]]
        return Mention(a, b, "nominal", kind, whole, plural, None, words[-1].lower())
    if lex.is_group(words[-1]):
        return Mention(a, b, "name", "group", whole, True)
    if "&" in rest or set(rest) & lex.organisation_words and rest[0] not in lex.first_names:
        return Mention(a, b, "name", "organisation", whole)
    first = next((k for k, w in enumerate(rest[:-1]) if w in lex.first_names), 0)
    if first and rest[0].lower() in lowercase_words():  # "the minister for Transport Ona Vell"
        name = " ".join(rest[first:])
        return Mention(b - len(name), b, "name", "person", name, False, _gender(name), title or None)
    if title and len(rest) <= 3:
        return Mention(a, b, "name", "person", name, False, gender or _gender(name), title)
    if len(rest) == 1:
        if _DEMONYM.search(name) or name in lex.words["not_name"] or len(name) < 2:
            return None
        if name in lex.first_names:
            return Mention(a, b, "name", "person", name, False, _gender(name))
        acronym = name.isupper() and name.isalpha() and len(name) <= 6
        if acronym and name.lower() in lowercase_words():
            return None  # "OUR money"
        kind = "place" if place and not acronym and t[b : b + 1] != "’" else "organisation"
        return Mention(a, b, "name", kind, name, probability=1.0 if acronym else 0.5)
    if _DEMONYM.search(rest[-1]) or words[0] in lex.names:
        return Mention(a, b, "name", "organisation", name, probability=0.5)
    name = bare_name(name)
    return Mention(a, b, "name", "person", name, False, _gender(name), title or None, probability=0.7)


def _gender(name: str) -> str | None:
    gender = lexicons().first_names.get(name.split()[0])
    return gender if gender in ("f", "m") else None


@lru_cache(maxsize=1)
def _roles() -> re.Pattern[str]:
    words = any_of({w for r in lexicons().roles for w in (r, r[0].upper() + r[1:])})
    return re.compile(rf"\b(?:{words})(?:\b(?![-’'])|(?=['’]s?\b))")


def _with_descriptions(text: Text, names: list[Mention]) -> list[Mention]:
    """Add role nouns with what stands before them; a name that is part of one ("Vell supporters") goes into it."""
    t, lex = text.text, lexicons()
    by_end = {m.end: m for m in names}
    starts = [m.start for m in names]
    extra: list[Mention] = []
    for low, high in text.paragraphs:
        for m in _roles().finditer(t, low, high):
            start, end = m.span()
            k = bisect_right(starts, start)
            if (k and names[k - 1].end > start) or _roles().match(t, end + 1):
                continue  # part of a name; or "a council leader", where the last noun is the head
            noun = m.group() if m.group() in lex.roles else m.group().lower()
            kind, plural = lex.roles[noun]
            begin, determined = _begin(t, low, start, by_end)
            gender = lex.gender.get(noun.lower())
            following = names[k] if k < len(names) and names[k].start == end + 1 else None
            if following is not None and following.type == kind == "person":  # "film-maker Ona Vell"
                following.role = following.role or t[begin:end]
                following.gender = following.gender or gender
            elif determined or plural or begin < start:
                name = re.sub(r"^(?:the|an?)\s", "", t[begin:end], flags=re.I)
                extra.append(Mention(begin, end, "nominal", kind, name, plural, gender, noun.lower()))
    for d in extra:
        for n in names[bisect_left(starts, d.start) : bisect_left(starts, d.end)]:
            by_end.pop(n.end, None)
    taken: list[Mention] = []
    for mention in sorted([*by_end.values(), *extra], key=lambda m: (m.start, -m.end)):
        if not taken or taken[-1].end <= mention.start:
            taken.append(mention)
    return taken


def _begin(t: str, low: int, begin: int, by_end: dict[int, Mention]) -> tuple[int, bool]:
    """Where the description whose noun stands at `begin` starts, and whether a determiner or owner makes it one."""
    words = lexicons().words
    named = False
    low = max(low, begin - _LONGEST)
    while begin > low and t[begin - 1] == " ":
        at = begin - 1
        if (name := by_end.get(at)) and name.start >= low:
            begin, named = name.start, True
            continue
        w = _LAST_WORD.search(t[max(low, at - 29) : at])
        word = w.group() if w else ""
        bare = word.lower().rstrip(",")
        if re.search(r"['’]s?$", word) and by_end.get(at - len(word) + len(re.sub(r"['’]s?$", "", word))):
            return begin, True  # "Vell's supporters": the owner stays a mention of its own
        if bare == "and" and named and (name := by_end.get(at - 4)):
            begin = name.start  # "the Cathy Road and Low Tide director"
        elif bare in words["determiner"] or bare.isdigit():
            return at - len(word), True
        elif bare in words["modifier"] or (_DEMONYM.search(word) and word[0].isupper()):
            begin = at - len(word)
        elif shadow := _SHADOW.search(t, max(low, begin - 60), begin):
            begin = shadow.start()
        else:
            break
    return begin, False


def _link_appositions(t: str, mentions: list[Mention]) -> None:
    """Point a description at the name beside it: "Ona Vell, the film-maker, …", "the film-maker, Ona Vell, …"."""
    outer = [k for k, m in enumerate(mentions) if not k or m.start >= mentions[k - 1].end]
    for k, j in zip(outer, outer[1:], strict=False):
        left, right = mentions[k], mentions[j]
        if t[left.end : right.start] not in (", ", " (") or left.plural != right.plural or left.type != right.type:
            continue
        if left.gender and right.gender and left.gender != right.gender:
            continue
        if (left.kind, right.kind) == ("name", "nominal") and t[right.end : right.end + 5] != " and ":
            right.antecedent = k
        elif (left.kind, right.kind) == ("nominal", "name") and t[right.end : right.end + 1] in ",.":
            left.antecedent = j
