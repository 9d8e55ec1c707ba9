"""What the model takes for names, put right by how names are written."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from itertools import chain

from newslab.model.heads import FoundMention
from newslab.naming import NUMBERS
from newslab.reading import Mention
from newslab.rules.lexicons import lexicons
from newslab.rules.mentions import FOR_SEAT, IN_STATE, MEMBERS, OWNED, firms, is_seat, listed_bodies, without_seat
from newslab.text import Cover, Span, Text, lowercase_words

DOUBT = 0.4  # probability from which what the lists take for a name is one; a person's full name is in any case
_CAPITAL = r"[^\W\d_a-z]"
# Up to eight words, each with a capital, and two capitals at least
_PLAIN_NAME = re.compile(rf"(?={_CAPITAL}[\W\d_a-z]*{_CAPITAL}){_CAPITAL}[\w.’'-]*(?:\s{_CAPITAL}[\w.’'-]*){{0,7}}\s?")
_CHARGED = re.compile(r"\b(?:accus(?:e[sd]?|ing)|suspect(?:s|ed|ing)?|convict(?:s|ed|ing)?|acquit(?:s|ted)?)\s$", re.I)
_CHARGE = re.compile(r"\sof\s(?=(?:\w+ly\s|not\s)?[a-z]+ing\b|[\"“‘])")
# A charge that is a noun: "of neglect", "of a lack of care"; but "of the union"
_CHARGE_NOUN = re.compile(
    r"\sof\s(?:an?\s[\w-]+\sof\s)?(?!(?:the|his|her|their|its|our|my|your|this|that|these|those|us|them|state|staff)\b)"
    r"[a-z][\w-]*(?:\s(?!of\s)[\w-]+){0,3}\Z"
)
_TOLD = re.compile(r"(?:said|says|told|added|asked|and|or|but)\s(?=[^\W\d_a-z])")
_OWNER = re.compile(  # bounded: 60 characters
    rf"(?:(?:{_CAPITAL}[\w-]*\s){{0,3}}{_CAPITAL}[\w-]*|\b(?:[Tt]he|an?)\s(?:[a-z-]+\s)?[a-z-]+)\Z"
)
OWNING = ("'s", "’s")
# At the ends of a mention, and no part of it
_EDGES = " \n,;:*[]—–―"
# A full stop that is none of an abbreviation
_STOPPED = re.compile(
    r"(?<![\w.&(-])(?!(?:"
    r"Adm|Ala|Ariz|Ark|Assn|Asst|Bro|Bros|Calif|Capt|Cllr|Col|Conn|Corp|Cos|Cpl|Del|Dem|Dept|Drs|"
    r"Esq|etc|Fla|Gen|Gov|Govs|Hon|Ill|Inc|Ind|Ltd|Maj|Mass|Mich|Minn|Mrs|Neb|Nev|Okla|Ore|Penn|"
    r"Plc|Pty|Pvt|Rep|Reps|Rev|Sen|Sens|Sept|Sgt|Tenn|Tex|Wash|Wis|Wisc"
    r")\b)[^\W\d_]{3,}\.\Z"
)
_MONEY = re.compile(r"[$£€]\d[\d.,]*\s?(?:[mk]|[bt]n|[mbtr]+illion)?(?:\s(?:or\s(?:less|more)|to))?")
_LOOSE_WORDS = frozenset("and or but of who which the a an".split())
_LOOSE = re.compile(rf"(?:,?\s(?:{'|'.join(sorted(_LOOSE_WORDS))})){{1,3}}\Z")
_NO_NOUNS = frozenset("a an and as at but by for from here in no nor not of on or so the there to with".split())
_HYPHENED = re.compile(r"[^\W\d_]-\w?\Z")
_NEXT_WORD = re.compile(rf"\s([\w-]+)(\s{_CAPITAL})?")
# How many, ahead of those counted: "12 MPs", but not "in 2031 Democrats"
_COUNT = re.compile(rf"(?<![\w.,-])(?:\d{{1,3}}(?:,\d{{3}})*|{NUMBERS}) \Z", re.I)
# What is told of somebody, and no part of what they are called: "the minister has failed"; but "the only one who has"
_PREDICATE = re.compile(
    r"\s(?:is|was|are|were|has|have|had|will|would|should|could|can|may|might|must|did|does|do)(?:n['’]t)?\s"
)
# Why something was done to somebody: "expelled four groups on the grounds that …"
_REASON = re.compile(r"\s(?:on\s(?:the\s)?(?:grounds?|basis)|in\sorder|because|in\s(?:the\s)?hopes?)\b")
# Who did it, behind whom it was done to: "the arrest of 14 protesters by the police"
_DONE_BY = re.compile(r"(?<!ed)(?<!en)(?<!run)\sby\s")
# What is told of the bearer of a name, behind its last word
_TOLD_BEHIND = re.compile(
    rf"(?<!\S){_CAPITAL}[\w’'-]*(,?\s(?:who|whose)\s|,\s(?=(?:which|the|an?|his|her|their|its)\s))"
)
# The last word of a name ahead of a verb: "Bo Lind lied"
_LIED = re.compile(rf"(?<!\S){_CAPITAL}[\w’'-]*(?=\s[a-z]+ed\Z)")  # but not "The accused", "Those involved"
SHARE = r"(?:[a-z]+\s){0,2}\d[\d.,]*\s?(?:%|per\s?cent\b)"  # "20% of voters", "just 3 percent"
_SELF = re.compile(r"\s(?:himself|herself|itself|themselves)\Z")  # "Vell herself"
# The body that a name is joined with: "Harbour Foods and its biggest union"
_AND_OTHER = re.compile(rf"(?<![\w’'-]){_CAPITAL}\S*(\sand\s(?:(?:its|their|the|an?)\s(?:[a-z]+\s){{0,2}})?([a-z]+))\Z")
_OF_CLAUSE = re.compile(
    r"\b(?:I|we|he|she|they|you|it|who|which|that|what|whom|whose|where|when|why|how|as|than|there)\b|['’]\w", re.I
)
_CLOSED = re.compile(r"[,.;:!?]?[\"”]$")  # bounded: 2 characters
# Words between marks into which a mention runs: "the governor “has turned", "Vell’s “guts"
_OPENED = re.compile(
    r"(?:['’]s\s[“\"]|\s[“\"](?:has|have|had|is|was|are|were|will|would|must|should|can|could)\b)[^”\"]*\Z"
)
_ARTICLE = re.compile(r"^(?:the|an?)\s", re.I)
# "Mr." of "Mr. Vell", and what it belongs to
_TITLE_OF = re.compile(rf"\s({_CAPITAL}\w*(?:[’'-]{_CAPITAL}\w*)*)")
# What is written behind a name and belongs to it: "Ona Vell, QC", "Harbour Freight, Inc."
_LETTERS = {
    "person": "QC KC SC OBE CBE MBE KBE FRS".split(),
    "organisation": "Inc. Inc Ltd. Ltd Corp. Corp LLC LLP plc".split(),
}
_BEHIND_NAME = {
    kind: re.compile(rf",?\s(?:{'|'.join(map(re.escape, letters))})(?![\w-])") for kind, letters in _LETTERS.items()
}
_ALL_LETTERS = frozenset(chain.from_iterable(_LETTERS.values()))
# What "State" is a part of in "the secretary of State"
_OFFICE = re.compile(r"([\w-]+)\s(?:of|for)\s\Z")  # bounded: 30 characters
_WHEN = re.compile(r"(?:Today|Then|Now|Yesterday|Meanwhile|Earlier|Later|But|And|If|[Ee]ven)\s(?=\S)")
# A name with an "and" in it
_JOINT = re.compile(rf"(?:[Tt]he\s)?{_CAPITAL}[\w’'-]*(?:\s{_CAPITAL}[\w’'-]*)*\sand(?:\s{_CAPITAL}[\w’'-]*)+")
# What follows "Dock Workers" in "the Transport and Dock Workers’ Union", and what stands ahead of it
_BODY = re.compile(rf"[’']\s({OWNED})(?!\s{_CAPITAL})")
_AND_BODY = re.compile(rf"[Tt]he\s((?:{_CAPITAL}[\w-]*\s){{1,3}})and\s\Z")
_NOUN_AND = re.compile(rf"(?<=[a-z,]\s)({_CAPITAL}[a-z]+\sand\s)\Z")
_NOBODY = frozenset(  # days, the "us" of "let’s", and how a letter or an interview calls whom it is for
    "'s ’s Sir Madam sir madam Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February July "
    "September October November December Christmas Easter Ramadan Thanksgiving Today Yesterday Tomorrow".split()
)
_PEOPLE_OF = re.compile(r"\w{2,}(?:[^\W\d_]ians|[nl]ese)")  # "Armenians", "the Lebanese"
_THE = ("the ", "The ")
_SAINT = ("st ", "st. ", "saint ")
# A description of the body whose name follows: "accused hedge fund Quill"
_BODY_AHEAD = re.compile(
    rf"\b(?:(?i:hedge|pension|investment|equity|wealth|venture|vulture)\sfund|firm|company|group|bank|agency|charity|"
    rf"airline|insurer|retailer|lender|broadcaster|carmaker|newspaper|website|watchdog|regulator|union|start-up|chain|"
    rf"think[ -]tank)\s(?={_CAPITAL})"
)
# Ahead of it, where it may be somebody else's: "the firm Vell left"
_WHOSE = re.compile(
    r"(?:\b(?:the|an?|his|her|their|its|our|my|your|this|that|whose|which|what)|['’]s?)\s(?:[\w-]+\s)?\Z", re.I
)
# What may follow the name of that body, but not that of somebody in a clause: "the fund Quill said"
NO_CLAUSE = re.compile(
    r"[^\w\s]|\s(?:said|says|told|(?:is|was)(?!\s\w+ing\b)|in|at|on|of|for|to|from|with|by|which)\b|\s*\Z"
)
# What may follow a name that is no part of a longer one: "the Courier said", but not "the Vell campaign"
NO_NOUN = re.compile(
    r"\s(?:(?:and|or)\s(?:the|an?)|but|is|was|are|were|has|have|had|did|does|do|will|would|could|should|can|may|might|must|"
    r"said|says|to|of|in|for|on|at|by|with|from|against|over|into|about|who|which|that|as|than|when|while|after|before|"
    rf"because|since|[a-z]+ed)\b|['’]s?\b(?!\s{_CAPITAL})|['’](?!\w)|[^\s\w'’-]|\s*\Z"
)
# Ahead of a name that is a place: "in Hollin", but not "faith in Vell"
_WHERE = re.compile(r"(?:^|(?<=\s))(?:([\w’'-]+)[,.]?[”’\"']?\s)?(?:in|near|across|throughout|outside|around)\s$", re.I)
_IN_WHOM = re.compile(r"confiden\w+|faith|trust\w*|belie\w+|interest\w*|hope[sd]?|disappoint\w+|pride|involve\w*", re.I)
_GOVERNING = re.compile(r"\b(?:govern(?:s|ed|ing)?|run(?:ning)?)\s\Z")  # bounded: 10 characters; "who could run Hollin"
_BEFORE_NAME = re.compile(rf"\s{_CAPITAL}")  # of a longer name: "Vell Tower"
# Ahead of the name of a body that stands for where it sits: "at the Kremlin", "the race for Downing Street"
_AT_SEAT = re.compile(
    r"\b(?:at|between|enter\w*|for|hold\w*|in|into|inside|keep\w*|lea[vf]\w+|left|near|on|outside|reach\w*|secur\w*|"
    r"seek\w*|t[ao]k\w+|to|towards?|visit\w*|w[io]n\w*)\s(?:the\s)?\Z"
)
# Behind the place that a report comes from: "HOLLIN, May 3 (RLV) - "
_DATELINE = re.compile(r"(?:,\s[^\n(—–]{1,30})?\s?(?:\([^()\n]{2,40}\)\s?)?(?:[—–]|-\s)")

_TOLD_OF = re.compile(r",\s(?:an?|the|its|which|whose|who)\s")  # behind a state, what it is
# Ahead of a name that does not speak: "a top general in Iraq and Afghanistan", but "according to Moscow"
_NO_SUBJECT = re.compile(
    r"\b(?:in|at|near|from|(?<!according )to|towards?|across|outside|around|of|with|against|on|\w+\sand)\s(?:the\s)?\Z"
)
# Ahead of the bare name of whoever is blamed or praised: "accused Rome", "was blamed by London", "backed Oslo and Rome"
_OTHERS = rf"(?:{_CAPITAL}\w+(?:,|\sand|,\sand)\s(?:the\s)?){{0,3}}"
_JUDGED = re.compile(
    r"\b(?:accus|applaud|attack|back|blam|blast|commend|condemn|criticis|criticiz|defend|denounc|oppos|prais|press|punish|"
    r"rebuk|slam+|su|support|thank|threaten|urg|warn)(?:e[sd]?|ing|s)?\s(?:by\s)?(?:the\s)?"
    rf"{_OTHERS}\Z"
)
# Behind a state that does something: "Lorvane has used the crisis", "is sending troops", "should pay"
_MEANWHILE = r"(?:[a-z]+ly\s|also\s|long\s|never\s|not\s|now\s)?"
_ACTS = re.compile(
    rf"\s(?:(?:has|have|had)\s{_MEANWHILE}(?:[a-z]+ed|done|given|kept|made|put|sent|shot|shown|taken)|wants?\sto|"
    rf"(?:is|are|was|were)\s{_MEANWHILE}(?!being|going|bordering|facing)[a-z]+ing|"
    rf"(?:should|must|will|would|could|can|cannot|may|might|did|does|do)(?:n['’]t)?\s{_MEANWHILE}(?!be\b|have\b)[a-z]+)\b"
)
# Ahead of a state that did something, judged or is judged: "backed by Lorvane", "criticism from it", "sanctions on it"
_BY = re.compile(
    r"\b(?:[a-z]+ed\sby|(?:anger|backlash|condemnation|criticism|objections?|outrage|praise|pressure|protests?|support)\s"
    r"(?:by|from)|(?:accusations?|action|allegations|boycott|charges|complaints?|criticism|lawsuits?|sanctions|suit|tariffs)\s"
    rf"(?:against|of|on))\s(?:the\s)?{_OTHERS}\Z"
)


def outer_names(text: Text, found: Sequence[FoundMention]) -> list[FoundMention]:
    """Without what is no mention, and without the parts of a person's name that the model takes for names too."""
    t = text.text
    out: list[FoundMention] = []
    for f in _put_right(text, found):
        may_be_part = f.kind == "name" and f.type != "place"
        holder = next((o for o in reversed(out[-3:]) if o.end >= f.end), None) if may_be_part else None
        if holder is None or holder.kind != "name" or not _is_part(t, f, holder):
            out.append(f)
    return out


def _is_part(t: str, f: FoundMention, holder: FoundMention) -> bool:
    """Whether a name is but a part of another: "Vell" of "Ona Vell", "Guild" of "the Dockers’ Guild"."""
    if t[holder.start : holder.end] in lexicons().names:
        return True  # "Downing" of "Downing Street"
    if holder.type == "person":
        return _PLAIN_NAME.fullmatch(t, holder.start, holder.end) is not None
    owned = _BODY.search(t, holder.start, holder.end) if holder.type == "organisation" else None
    return owned is not None and f.type != "person" and (f.end == owned.start() or f.start >= owned.start())


def _is_whole(text: Text, f: FoundMention) -> bool:
    """Whether a mention stays within a sentence, and is no day, initial, title by itself or part of a title.

    "(R-Utah)" and "QC" behind a name tell of its bearer, and "State" in "secretary of State" is of an office.
    """
    t = text.text
    words = t[f.start : f.end]
    sentence = text.sentence_at(f.start)
    if sentence != text.sentence_at(f.end - 1) or is_seat(t, f.start, f.end):
        return False
    if words in _NOBODY or not any(map(str.isalnum, words)) or _MONEY.fullmatch(words):
        return False
    if (words[0] == "-" or words.islower()) and _HYPHENED.search(t, max(0, f.start - 2), f.start + 1):
        return False  # the "two" of "mother-of-two"
    if words.lower() in _NO_NOUNS and (words.islower() or text.sentences[sentence][0] == f.start):
        return False
    common = words.lower() in lowercase_words() if f.kind == "name" else words == "state"
    office = _OFFICE.search(t, max(0, f.start - 30), f.start) if common else None
    if office is not None and office.group(1).lower() in lexicons().roles:
        return False  # "the secretary of state"
    if f.kind != "name":
        return words != "state" or not t.endswith(("secretary of ", "minister of ", "head of "), 0, f.start)
    if words.isalpha() and words in lowercase_words() and not words.endswith("s") and not lexicons().is_body(words):
        return False  # "to be frank", "run for president"; but "Harbour Foods and union"
    initial = len(words) == 1 and (t.startswith((".", "&"), f.end) or t.endswith("&", 0, f.start))
    initial |= len(words) < 3 and t.endswith((".", "]["), 0, f.start)  # of "C.I.A.", "[W]e"
    initial |= words in ("Q", "A") and t.startswith(":", f.end)  # in an interview
    if initial or is_behind_name(t, f.start, f.end):
        return False
    return not _is_title(words)


def is_ahead_of_office(t: str, m: Mention) -> bool:
    """Whether words only tell what somebody is who is told of next: "county chairman", "Senate Republican leader"."""
    lists, office = lexicons(), _NEXT_WORD.match(t, m.end)
    kind = lists.roles.get(office[1].lower(), ("", False))[0] if office and m.kind != "pronoun" else ""
    if office is None or kind not in ("person", "group"):
        return False
    words = t[m.start : m.end]
    if (bare := without_article(words)).isalpha() and bare.islower():
        return bare not in lists.roles and (bare == words or bool(office[2] and lists.is_office(office[1])))
    *ahead, last = words.split()
    return bool(ahead) and lists.is_group(f"{last.removesuffix('ic')}s")


def is_behind_name(t: str, start: int, end: int) -> bool:
    """Whether a span is but what is written behind a name: the "QC" of "Ona Vell, QC"."""
    return t[start:end] in _ALL_LETTERS and start > 0 and t[start - 1].isspace()


def without_letters(name: str, kind: str) -> str:
    """A name without what is written behind it."""
    if kind == "person" and name.endswith(MEMBERS):
        return " ".join(without_seat(name.split(), person=True))
    behind = _BEHIND_NAME[kind].search(name, 1) if kind in _BEHIND_NAME else None
    return name[: behind.start()] if behind and behind.end() == len(name) else name


def _is_title(words: str) -> bool:
    return words.endswith(".") and words[:-1].lower() in lexicons().titles


def _put_right(text: Text, found: Sequence[FoundMention]) -> list[FoundMention]:
    """Mentions within a sentence from their first word to their last; none is the first part of a body's name."""
    t = text.text
    full = (_whole_name(t, _trimmed(t, _in_sentence(text, f))) for f in found)
    cut = [_ended(t, _begun(t, f)) for f in full if _is_whole(text, f)]
    whole = [_body(t, f) for f in cut]
    parts = [(w.start, f.start) for w, f in zip(whole, cut, strict=True) if w.start < f.start]
    return likeliest(f for f in whole if not any(f.start < b and a < f.end <= b for a, b in parts))


def _in_sentence(text: Text, f: FoundMention) -> FoundMention:
    """A name without what is told of its bearer, where that runs on into the next sentence: "Ona Vell, who …"."""
    end = text.sentences[text.sentence_at(f.start)][1]
    if f.end <= end or f.kind != "name" or f.probability < DOUBT:
        return f
    told = _TOLD_BEHIND.search(text.text, f.start, end)
    return f._replace(end=told.start(1)) if told else f


def _trimmed(t: str, f: FoundMention) -> FoundMention:
    """A mention without marks and loose words at its ends: "Vell,", "[Orr", "Vell and", "Vell."."""
    words = t[f.start : f.end]
    if words[-1] == "." and _STOPPED.search(words):
        f, words = f._replace(end=f.end - 1), words[:-1]
    if words[0] not in _EDGES and words[-1] not in _EDGES and words.rsplit(None, 1)[-1] not in _LOOSE_WORDS:
        return f
    start = f.start + len(words) - len(words.lstrip(_EDGES))
    end = start + len(_LOOSE.sub("", words.strip(_EDGES)))
    return f._replace(start=start, end=end) if start < end else f


def likeliest(found: Iterable[FoundMention]) -> list[FoundMention]:
    """Of several mentions that have come to the same words the likeliest; in reading order, the longer first."""
    out: dict[Span, FoundMention] = {}
    for f in found:
        known = out.get((f.start, f.end))
        if known is None or known.probability < f.probability:
            out[f.start, f.end] = f
    return sorted(out.values(), key=lambda f: (f.start, -f.end))


def _begun(t: str, f: FoundMention) -> FoundMention:
    """A mention without the word ahead of it that is no part: "Today 20 MPs", "said Ona Vell"; and with its number.

    And with whose it is, where the model has but the "’s party" of "Lorvane’s party".
    """
    if t.startswith(OWNING, f.start) and f.end > f.start + 3:
        owner = _OWNER.search(t, max(0, f.start - 60), f.start)
        return f._replace(start=owner.start() if owner else f.start + 3)
    if t.endswith("@", 0, f.start):
        return f._replace(start=f.start - 1)
    ahead = _WHEN.match(t, f.start, f.end) or _TOLD.match(t, f.start, f.end)
    if ahead:
        return f._replace(start=ahead.end())
    count = _COUNT.search(t[max(0, f.start - 12) : f.start]) if f.kind != "pronoun" and t[f.end - 1] == "s" else None
    return f._replace(start=f.start - len(count.group()), kind="nominal") if count else f


def _whole_name(t: str, f: FoundMention) -> FoundMention:
    """The whole of "Mr. Vell" where a mention holds only the title, and of "Ona Vell, QC" where only the name."""
    name = _TITLE_OF.match(t, f.end) if _is_title(t[f.start : f.end]) else None
    end = name.end() if name else f.end
    words = t[f.start : end].split() if t.endswith(MEMBERS, f.start, end) else [""]
    if words[0] in lexicons().first_names and without_seat(words) != words:
        f = f._replace(kind="name", type="person")
    behind = _BEHIND_NAME[f.type].match(t, end) if f.kind == "name" and f.type in _BEHIND_NAME else None
    end = behind.end() if behind else end
    return f if end == f.end else f._replace(end=end)


def _ended(t: str, f: FoundMention) -> FoundMention:
    """A mention without what is no part of it any more: a closing mark, a predicate, a reason, a charge.

    "the best sheriff” ", "the minister has failed", "two firms on the grounds that", "accused the Board of lying". And
    without "herself" behind it, and a name without the other body of "Harbour Foods and union".
    """
    words = t[f.start : f.end]
    if words[-1] in '"”' and (closed := _CLOSED.search(words, 1)):
        opened = words[:-1].count("“") - words[:-1].count("”") + words[:-1].count('"') % 2
        if not opened:
            f = f._replace(end=f.start + closed.start())
    if f.kind != "pronoun" and (opened := _OPENED.search(t, f.start + 1, f.end)):
        f = f._replace(end=opened.start())
    for follows in (_PREDICATE, _REASON, _SELF) if f.kind != "pronoun" and not words.isalpha() else ():
        told = follows.search(t, f.start, f.end)
        if told and not _OF_CLAUSE.search(t, f.start, told.start()):
            f = f._replace(end=told.start())
            if _is_named_self(t, f, told):
                f = f._replace(kind="name", type="person")
    doer = _DONE_BY.search(t, f.start, f.end) if f.kind != "pronoun" and t.endswith(" of ", 0, f.start) else None
    if doer and not _OF_CLAUSE.search(t, f.start, doer.start()):
        f = f._replace(end=doer.start())
    lied = _LIED.search(t, f.start, f.end) if f.kind != "pronoun" and t.endswith("ed", f.start, f.end) else None
    if lied and lied.group().lower() not in lowercase_words():
        f = f._replace(end=lied.end())
    other = _AND_OTHER.search(t, f.start, f.end) if f.kind == "name" else None
    if other and (lexicons().is_body(other[2]) or lexicons().roles.get(other[2]) == ("group", True)):
        f = f._replace(end=other.start(1))
    charge = _charge(t, f) if _CHARGED.search(t[max(0, f.start - 12) : f.start]) else None
    return f._replace(end=charge.start()) if charge else f


def _is_named_self(t: str, f: FoundMention, told: re.Match[str]) -> bool:
    """Whether what "himself" or "herself" stands behind is a name: "Vell herself", but not "Ministers themselves"."""
    words = t[f.start : f.end].split()
    office = words[-1].lower() in lexicons().roles or words[-1].lower() in lexicons().titles
    return told.group().endswith(("himself", "herself")) and all(w[0].isupper() for w in words) and not office


def _charge(t: str, f: FoundMention) -> re.Match[str] | None:
    """What the accused are accused of, within their mention: "the Board of lying", "the board of neglect".

    But "the board of governors", "the secretary of state", and whatever a charge follows: "the ministry of works of".
    """
    if (doing := _CHARGE.search(t, f.start, f.end)) or t.startswith(" of ", f.end):
        return doing
    noun = _CHARGE_NOUN.search(t, f.start, f.end)
    return None if noun is None or any(w in lexicons().roles for w in noun.group().split()) else noun


def _body(t: str, f: FoundMention) -> FoundMention:
    """The whole name of a body where a mention holds only "Dock Workers" of "the Transport and Dock Workers’ Union".

    Those whose body it is are a common noun in the plural, or "Democrats’ Senate" would be one too.
    """
    lists, last = lexicons(), t[f.start : f.end].split()[-1]
    rest = _BODY.match(t, f.end) if f.kind == "name" and last.endswith("s") and last not in lists.names else None
    if rest is None or last.lower() not in lowercase_words():
        return f
    ahead = _AND_BODY.search(t, max(0, f.start - 60), f.start)
    other = ahead is not None and not lists.organisation_words & set(ahead.group(1).split())
    return f._replace(start=ahead.start(1) if ahead and other else f.start, end=rest.end(), type="organisation")


def firm_names(t: str, found: Sequence[FoundMention]) -> list[FoundMention]:
    """With the names of firms and other bodies whole: "Halden & Rooke", of which the model makes two people.

    And whole where it begins a longer one: "Rail, Ports and Transport Union secretary Bo Lind".
    """
    listed = ((a - 4 if t.startswith(_THE, max(0, a - 4)) else a, b) for a, b in listed_bodies(t))
    spans = sorted((*firms(t), *listed))
    if not spans:
        return list(found)
    starts, out = [a for a, _ in spans], []
    for f in found:
        a, b = spans[max(0, bisect_left(starts, f.end) - 1)]
        if f.kind == "name" and a < f.start < b < f.end:
            f = f._replace(start=a)
        part = a < f.end and f.start < b and not (f.start <= a and b <= f.end)
        part = part and (f.kind == "name" or a <= f.start and f.end <= b)  # "No" of "No 10" is no pronoun
        out.append(f._replace(start=a, end=b, type="organisation", kind="name") if part else f)
    return likeliest(out)


def joint_names(t: str, found: Sequence[FoundMention]) -> list[FoundMention]:
    """With the names that have an "and" in them whole: "Bread and Books", where the model also has a body "Books".

    It is a joint name if the model takes it for one somewhere and its first part nowhere for a name by itself. So is
    what looks like two common nouns: "the leader of Law and Books".
    """
    likely = [f for f in found if f.kind == "name" and f.probability >= DOUBT]
    alone = {t[f.start : f.end] for f in likely}
    nouns = {ahead.group(1) + t[f.start : f.end] for f in likely if (ahead := _noun_ahead(t, f))}
    joint = []
    for words in sorted(filter(is_joint, alone | nouns)):
        first = words.split(" and ")[0]
        if not alone & {first, without_article(first)}:
            joint.append(words)
    if not joint:
        return list(found)
    out = []
    for f in found:
        words = t[f.start : f.end]
        whole = next((w for w in joint if f.kind == "name" and (w == words or w.endswith(f" and {words}"))), "")
        start = f.end - len(whole)
        if whole and start >= 0 and t.startswith(whole, start):
            f = f._replace(start=start, type="organisation" if f.type == "person" else f.type)
        out.append(f)
    return likeliest(out)


def _noun_ahead(t: str, f: FoundMention) -> re.Match[str] | None:
    """The "Law and" ahead of a body that the model calls "Books", where both are common nouns and no known bodies."""
    ahead = _NOUN_AND.search(t, max(0, f.start - 40), f.start) if f.type != "person" else None
    if ahead is None:
        return None
    lists, words = lexicons(), {ahead.group(1).split()[0], t[f.start : f.end]}
    known = any(w in lists.names or w in lists.organisation_words for w in words) or t[f.start : f.end] in lists.roles
    return None if known or not {w.lower() for w in words} <= lowercase_words() else ahead


def is_joint(words: str) -> bool:
    """Whether words look like the name of one body with an "and" in it, and not like a couple's: "Ona and Bo Vell"."""
    return _JOINT.fullmatch(words) is not None and words.split()[0] not in lexicons().first_names


def without_article(words: str) -> str:
    """Words without "the" or "a" at their head, and without white space around them."""
    return _ARTICLE.sub("", words).strip()


def mark_no_people(t: str, mentions: Sequence[Mention]) -> None:
    """Make something else of names that the model takes for people and that are written as no person's name is.

    Places are those that mostly stand where places do, "in Hollin", and those listed; but what states do, they do as
    governments. So are things, which act no more than places: "the Harbour Act", "NAFTA", "Hurricane Ona". A body is
    what mostly stands behind "the", and a group where that is in the plural: "the Courier", "the Vells". So is a name
    of common words only, if it ends with no office, or that of a firm or a house: "Plain Speech", "Halden & Rooke", "St
    Osyth’s", "Harbour Foods", which is also meant by "Harbour". And a group are those of a country: "Armenians".
    """
    named: dict[str, list[Mention]] = defaultdict(list)
    for m in mentions:
        if m.kind == "name" and m.name in lexicons().words["law"]:
            m.type = "place"
        if m.kind == "name" and m.type == "person":
            named[m.name.casefold()].append(m)
    surnames = {words[-1] for name in named if len(words := name.split()) > 1}
    for name, found in named.items():
        storm = any(_is_storm(t, m) for m in found)
        if not storm and any(m.gender or m.role or m.name.split()[0] in lexicons().first_names for m in found):
            continue
        listed = None if name in surnames else lexicons().names.get(found[0].name, ("", False))[0]
        there = [_stands_for_place(t, m) for m in found]
        if listed == "state":
            kinds = ["place" if at else "organisation" for at in there]
        elif listed == "organisation":
            kinds = ["organisation"] * len(found)
        elif listed == "place" or storm or any(_is_thing(m.name) for m in found) or 2 * sum(there) >= len(found):
            kinds = ["place"] * len(found)
        elif _PEOPLE_OF.fullmatch(name) and name not in surnames:
            kinds = ["group"] * len(found)
        elif (
            "&" in name.split()
            or name.startswith(_SAINT)
            or _is_firm(found[0].name, named)
            or all(_is_of_common_words(m.name) for m in found)
        ):
            kinds = ["organisation"] * len(found)
        elif name not in surnames and 2 * sum(_stands_for_body(t, m) for m in found) >= len(found):
            kinds = ["group" if _is_plural(m.name) else "organisation" for m in found]
        else:
            continue
        for m, kind in zip(found, kinds, strict=True):
            m.type = kind
    _join_firms(t, mentions, surnames)


def mark_no_places(t: str, mentions: Sequence[Mention]) -> None:
    """Make people and bodies of names that the model takes for places and that mean somebody: "accused Vell of lying".

    They are bodies if they are listed so and no place is meant, "the fight against Islamic State"; people if the
    article mostly takes their name for that of somebody whose first name is known; and whoever is described ahead of
    them, "The tram operator, Marlow Light Rail, declined".
    """
    names = [m for m in mentions if m.kind == "name" and m.name and m.type in ("person", "place")]
    places = [m for m in names if m.type == "place" and not _BEFORE_NAME.match(t, m.end)]
    if not places:
        return
    words = [(m, m.name.split()) for m in names if m.type == "person"]
    known = {name for m, w in words if len(w) > 1 and w[0] in lexicons().first_names for name in (m.name, w[0], w[-1])}
    people = Counter(name for m, w in words for name in {m.name, w[0], w[-1]})
    as_places = Counter(m.name for m in places)
    who = [m for m in mentions if m.kind == "nominal" and m.type in ("person", "organisation") and not m.plural]
    described = {m.end + 2: m.type for m in who if t[m.start : m.start + 4] in _THE and t.startswith(", ", m.end)}
    for m in places:
        kind = lexicons().names.get(m.name, ("", False))[0]
        if kind == "organisation" and NO_NOUN.match(t, m.end) and not _AT_SEAT.search(t, max(0, m.start - 20), m.start):
            m.type = "organisation"
        elif not kind and m.name in known and people[m.name] > as_places[m.name] and not _stands_for_place(t, m):
            m.type = "person"
        elif not kind and m.start in described and " " in m.name and t.startswith(",", m.end):
            m.type = described[m.start]


def mark_governments(t: str, mentions: Sequence[Mention], sources: Iterable[Span]) -> None:
    """Make bodies of states and capitals that speak or are blamed: "Moscow said", "accused Rome of lying".

    What is told of them behind a comma is told of a body: "Moscow, a close ally of Lorvane, said".
    """
    speaking = (_governments(t, *s) for s in sources)
    said = Cover((a, b) for a, b in speaking if not _NO_SUBJECT.search(t, max(0, a - 20), a))
    for k, m in enumerate(mentions):
        words = without_article(t[m.start : m.end])
        if m.kind != "name" or m.type != "place" or words not in lexicons().governments:
            continue
        speaks = said.touches(m.start, m.end)
        owner, bare = t[m.end : m.end + 1] in ("'", "’"), t.startswith(" and ", m.end) or NO_NOUN.match(t, m.end)
        near = max(0, m.start - 60)
        judged = bare and not owner and (_JUDGED.search(t, near, m.start) or _BY.search(t, near, m.start))
        acts = _ACTS.match(t, m.end) and not _NO_SUBJECT.search(t, max(0, m.start - 20), m.start)
        if speaks or judged or acts:
            m.type = "organisation"
            for told in mentions[k + 1 : k + 2] if speaks else ():
                if told.kind == "nominal" and told.start == m.end + 2:
                    told.type = "organisation"


def _governments(t: str, start: int, end: int) -> Span:
    """How far a source is of states and capitals: all of "Britain, France and Iran", "Moscow" of "Moscow, an ally"."""
    told = _TOLD_OF.search(t, start, end)
    end = told.start() if told else end - t.endswith(",", start, end)
    ahead, _, last = t[start:end].rpartition(" and ")
    names = map(without_article, (*ahead.split(", "), last) if ahead else (last,))
    return (start, end) if lexicons().governments.issuperset(names) else (start, start)


def mark_described(t: str, mentions: Sequence[Mention]) -> None:
    """Make a body of whatever such a noun stands right ahead of: "hedge fund Quill". "Hedge fund" by itself is no name.

    Not of whom the article gives a first name or a title: "the investment firm Vell left".
    """
    ahead = list(_BODY_AHEAD.finditer(t))
    doubtful = {m.end() for m in ahead if _WHOSE.search(t, max(0, m.start() - 30), m.start())}
    places = {m.end() for m in ahead}
    named = [m for m in mentions if m.kind == "name" and m.type in ("person", "organisation")] if places else []
    people = [m for m in named if m.type == "person"]
    known = {m.name for m in people if m.role or m.gender} | {m.name.split()[-1] for m in people if " " in m.name}
    at = ((t.find(m.name, m.start, m.end), m) for m in named)
    bodies = {m.name for k, m in at if k in places and (k not in doubtful or NO_CLAUSE.match(t, m.end))} - known
    for m in named:
        if m.name in bodies:
            m.type = "organisation"
    for m in mentions if bodies else ():
        if m.end + 1 in places and m.kind != "pronoun":
            m.kind, m.type = "nominal", "organisation"


def _is_firm(name: str, people: Container[str] = ()) -> bool:
    """Whether a name ends like a firm's, and its last word is nobody's surname here: "Harbour Foods"."""
    words = name.split()
    return len(words) > 1 and words[-1] in lexicons().words["firm"] and words[-1].casefold() not in people


def _join_firms(t: str, mentions: Sequence[Mention], surnames: Container[str]) -> None:
    """Call a firm by its whole name where its first word stands for it: "Harbour" of "Harbour Foods".

    Not where that is somebody's name too: the founder's, or whoever has a title; nor where it is a place.
    """
    named = [m for m in mentions if m.kind == "name" and m.type in ("person", "organisation")]
    places = {m.name for m in mentions if m.type == "place"}
    whole: dict[str, set[str]] = defaultdict(set)
    for m in named:
        if m.type == "organisation" and _is_firm(m.name):
            whole[m.name.split()[0]].add(m.name)
    short = [m for m in named if len(whole.get(m.name, ())) == 1 and m.name.casefold() not in surnames]
    short = [m for m in short if m.name not in places]
    people = {m.name for m in short if m.gender or m.role or t.startswith((" who ", ", who "), m.end)}
    for m in short:
        if m.name not in people and m.name not in lexicons().first_names:
            m.type, m.name = "organisation", min(whole[m.name])


def _may_be_body(name: str) -> bool:
    """Whether a name has its capitals and ends with no word for somebody: not "mogul", "The Governor", "the Texan"."""
    words = name.split()
    noun = words[-1].lower()
    office = noun in lexicons().roles or noun in lexicons().titles or noun.endswith(("an", "woman"))
    return len(name) > 1 and words[0][0].isupper() and words[-1][0].isupper() and not office


def _stands_for_body(t: str, m: Mention) -> bool:
    """Whether a name has "the" ahead and no noun behind it: "the Courier said", but not "the Vell campaign"."""
    start = m.start + 4 if t[m.start : m.start + 4] in _THE else m.start
    behind_the = t[start - 4 : start] in _THE and t.startswith(m.name, start)
    return behind_the and _may_be_body(m.name) and NO_NOUN.match(t, m.end) is not None


def _is_of_common_words(name: str) -> bool:
    words = name.lower().split()
    return len(words) > 1 and lowercase_words().issuperset(words) and _may_be_body(name)


def _is_plural(name: str) -> bool:
    return name.endswith(("s", "men", "ese", "iss")) and not name.endswith(("ss", "us", "is"))


def _is_thing(name: str) -> bool:
    first, *others = name.split()
    classes = lexicons().words
    return bool(others) and (others[-1] in classes["thing"] or first in classes["thing_first"])


def _is_storm(t: str, m: Mention) -> bool:
    """Whether a first name is a thing's: "Storm Ona"."""
    return t[m.start : m.end].removesuffix(m.name).strip() in lexicons().words["thing_first"]


def _stands_for_place(t: str, m: Mention) -> bool:
    """Whether a name stands behind "in" or "MP for", or opens a report as its place: "HOLLIN, May 3 (RLV) - "."""
    if t[m.start : m.end].isupper() and t[: m.start][-1:] in ("", "\n") and _DATELINE.match(t, m.end):
        return True
    if FOR_SEAT.search(t, max(0, m.start - 20), m.start) or IN_STATE.match(t, m.end):
        return True
    where = _WHERE.search(t, max(0, m.start - 40), m.start)
    owner = t[m.end : m.end + 1] in ("'", "’")
    governed = _GOVERNING.search(t, max(0, m.start - 10), m.start) is not None
    return not owner and (governed or (where is not None and _IN_WHOM.fullmatch(where.group(1) or "") is None))
