"""Who attacks or backs whom, by rules: verbs and nouns of blame and praise with their direction, and words that judge.

Acts connect two mentions of one sentence ("Vell was accused by Orr", "Orr's attack on Vell", "critical of Vell").
Opinions say that attributed words judge a mention ("Vell is a liar"); whose opinion it is, the attribution tells.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

from newslab.pronouns import OWNERS
from newslab.reading import Act, Attribution, Mention, Opinion
from newslab.rules.lexicons import any_of, lexicons
from newslab.rules.mentions import AHEAD, CAMP, CAMPS
from newslab.text import Span, Text, in_small_letters

_REACH = 160  # characters between a verb and the mentions that it may connect
_MOST = 60  # mentions of a sentence that are looked at, which bounds the work in a text without sentence ends
_NEGATION = re.compile(
    r"\b(?:not|never|no|nor|neither|without|hardly|cannot|stop|(?:refus|declin|fail)\w+ to|stopp\w+ short of|"
    r"rather than|instead of|den(?:y|ies|ied|ying|ials?)|avoid\w*)\b|n['’]t\b",
    re.I,
)
# "Did not hold back in her attack on Vell", "wasted no time in attacking Vell"
_NOT_DENIED = re.compile(
    r"(?:\bnot|n['’]t)\s(?:only|just|merely|simply|hesitat|hold\sback|shy\saway)|\bnever\s(?:miss|tire)|"
    r"\b(?:wast|los)(?:e[sd]?|ing|t)\sno\s(?:time|chance|opportunity)|\bma[dk]e[s]?\sno\ssecret",
    re.I,
)
# Negation that makes more of it: "I cannot thank her enough", "could not agree more with Vell"
_CANNOT = re.compile(r"\b(?:cannot|can['’]t|could not|couldn['’]t)(?:\s\w+ly)?$", re.I)
_ENOUGH = re.compile(r"[^.,;:!?“”\"\n]{0,60}?\b(?:enough|(?<!any )more)\b")
# "dropped her complaint against Vell", "voted against expelling Vell"
_UNDONE = re.compile(
    r"\b(?:(?:drop(?:s|ped|ping)?|withdr[ae]w(?:s|n|ing)?|abandon(?:s|ed|ing)?)"
    r"(?:(?:\s(?:all|most|some|his|her|its|their|the|an?|any|criminal)){1,2}(?:\s[\w-]+)?)?|"
    r"vot(?:e[sd]?|ing) against)$",
    re.I,
)
# Who refuses to do something, or asks others not to do it, does not do it: "rejected calls to sack Vell"
_NOT_ASKED = re.compile(
    r"\b(?:(?:reject|resist|rebuff|ignor|spurn|dismiss|oppos|refus|declin)[a-z]{0,3}\s(?:[\w-]+\s){0,2}?"
    r"(?:calls?|demands?|pressure|requests?|attempts?|efforts?)(?:\sfor\s[^.,;:!?“”\"]{1,40})?|"
    r"(?:urg|ask|beg|implor|plead|warn|t[eo]l)[a-z]{0,4}\s[^.,;:!?“”\"]{1,40}\snot|"
    r"(?:was|were|been|being|is|are|be)\s(?:asked|urged|pressed|begged|called\s(?:up)?on))\sto\s(?:\w+ly\s)?$",
    re.I,
)
# Who asks others to do something says what they think themselves: "called on Vell to sack Orr"
_ASKED = re.compile(
    r"\b(?:(?:call(?:s|ed|ing)?\s(?:up)?on|plead(?:s|ed|ing)?\swith|urg(?:e[sd]?|ing)|press(?:e[sd]|ing)|"
    r"ask(?:s|ed|ing)?|beg(?:s|ged|ging)?|implor(?:e[sd]?|ing)|want(?:s|ed)?)"
    r"\s[^,;:!?“”\"]{1,60}\sto|demand(?:s|ed|ing)?\sthat\s[^,;:!?“”\"]{1,60})\s(?:\w+ly\s)?$",
    re.I,
)
_TO = re.compile(r"\s(?:to\s)?(?:\w+ly\s)?")
_HYPOTHETICAL = re.compile(
    r"\b(?:(?:would|could|might|(?-i:may)|should|can)(?!\snot\b|['’]t\b)|if|unless|whether)\b", re.I
)
_PASSIVE = re.compile(
    r"\b(?:was|were|been|being|is|are|be|gets?|got|stands?|stood)\s(?:\w+ly\s|also\s|once\s|later\s)?$"
)
_PARTICIPLE = re.compile(r"(?:ed|en|un|ought|ade|uck|ent|old|aid|elt)$")
_BASE_FORM_LEAD = re.compile(
    r"\b(?:to|not|never|cannot|\w+['’]t|will|do|did|does|they|we|I|you|short of|instead of|without|"
    r"no time(?: in)?|vot(?:e[sd]?|ing) against)\s(?:\w+ly\s)?$",
    re.I,
)
_OBJECT = re.compile(
    r"(?:\s(?:back|out|down|off|up))?(?:\s(?:the|a|an|his|her|its|their|our|my|all|both|former|fellow|late|then|when|as|"
    r"[\w-]+(?:ed|ing|ly|ous|ive|ful|al|less|ish))){0,4}\s"
    r"|(?!\s(?:of|by|for|at|on|in|to|from|with|against)\b)"  # "was accused of", "attacks on": what follows is no object
    r"[^,.;:!?“”\"]{0,70}\b(?:by|of|from|at|on|about|between)\s(?:the\s|a\s|an\s)?"
)
_BY = re.compile(r"\sby\s")
# "Vell signed a law that Orr denounced as illegal": that is no attack by Vell on Orr
_THAT = re.compile(r"\b([a-z]+)\s(?:that|which)\s(?:the\s)?$")
# "Vell dismissed a lawsuit that accused Orr": what a document says is not said by who has to do with it
_DOCUMENT = re.compile(
    r"\b(?:report|letter|book|film|article|post|memo|lawsuit|suit|complaint|editorial|study|e-?mail|essay|column|petition|"
    r"dossier|leaflet|tweet|video|advert|poster|documentary|blog)s?"
    r"\s((?:that|which)\s(?:(?:has|have|had|also|later|\w+ly)\s){0,2})?$"
)
_HANDLED = re.compile(
    r"\b(?:reads?|handed|given|shown|sent|got|gets|saw|seen|threw|thrown|tore|torn|hid|heard|found|fought|withdrew|"
    r"(?:receiv|obtain|remov|delet|dismiss|reject|review|discover|read|denounc|condemn|criticis|criticiz|slamm|ban|block|"
    r"retract|pull|suppress|ignor|shelv|order|commission|fac|settl|den|burn|intercept|spik|dropp)(?:e[sd]?|ing|s|n?ed|ied))\b"
)
_NO_OBJECT = re.compile(r"[.,;:!?”]|$|\s(?:as|for|in|on|at|last|this|because|and|when|earlier|yesterday)\b")
# Verbs whose subject gets the praise or blame: "Orr drew criticism from Vell"
_RECEIVES = re.compile(
    r"\b(?:get|gets|got|win|wins|won|winning|earn\w*|draw|draws|drew|drawn|drawing|face|faces|faced|facing|receiv\w+|"
    r"attract\w*|secur\w+|enjoy\w*|has|have|had|with|under|met|despite|amid)\s(?:[a-z-]+\s){0,3}$"
)
_FROM = re.compile(r"(?:\s(?:not only|even|also|in part|mainly|mostly))?\s(?:from|by|of)\b")
_AND = re.compile(r",?\sand\s(?:the\s)?")
# Where joined subjects may begin, and joined objects end: of "Orr met Lind and Vell attacked" Lind attacks nobody
_OPENS = re.compile(r"(?:^|[,;:—–“\"(]|\b(?:that|but|while|when|because|as|both|although))\s*(?:[Tt]he\s)?$")
_CLOSES = re.compile(r"[.,;:!?)”\"—–]|$|\s(?:for|of|in|on|at|over|by|with|from|after|as|about|when|while|during)\b")
_COMMA = re.compile(r",\s(?:the\s)?")
_PERSON = re.compile(r"critic|opponent|foe|supporter|ally|admirer|backer|defender|loyalist", re.I)
# What makes such a word tell of one person: "Vell, a fierce critic of", "Vell, 60, has long been a supporter of"
_CALLED = re.compile(
    r"(?:\sof\s[A-Z][\w’'-]+)?(?:\s\([^()\n]{1,20}\))?(?:,\s\d\d)?"
    r"(?:,|,?\s(?:who\s)?(?:is|was|ha[sd]\s(?:\w+\s)?been|remains|became)(?:\s\w+ly)?)\s"
    r"(?:an?|another)\s(?:[\w’'-]+\s){0,6}"
)
# What belongs to a camp and takes no stand: "an anti-Vell rally"
_CAMP_THING = re.compile(
    r"(?:\s[\w-]+){0,2}\s(?:ads?|advert\w*|buttons?|campaign|crowds?|drive|efforts?|letters?|mailers?|materials?|"
    r"messages?|movement|push|rall(?:y|ies)|rhetoric|signs?|spots?|tweets?|videos?|votes?|websites?)\b"
)
_NO_MORE = re.compile(  # bounded: 16 characters
    r"\b(?:former|one-?time|ex|once|no|not|never|hardly|no\slonger)[\s-](?:an?\s)?\Z", re.I
)
_OF_OTHERS = re.compile(r"\b(?:about|against|at|by|for|from|in|of|on|to|with)\s(?:an?\s|the\s)?\Z")
_NOUNS = ("noun", "done")
_AGENT = re.compile(r"[^.;:“”\"]{0,60}\b(?:by|from)(?:\s[\w’'-]+){0,4}\s")
_GIVER = re.compile(r"[^.;:“”\"]{0,60}\b(?:by|from|of)(?:\s[\w’'-]+){0,4}\s")
_OWNER = re.compile(r"['’]s?\s(?:\w+\s){0,2}")
_OWNED = re.compile(r"\s(?:\w+\s){0,2}")
_OWNS = re.compile(r"['’]s?\s[a-z]")
_OWNING = OWNERS - {"your"}
_POSSESSIVES = _OWNING | frozenset("him them us me".split())
# A noun in the plural, or an adjective, that looks like a verb: "Vell's attacks", "the widely criticised Vell"
_NO_VERB = re.compile(
    r"(?:['’]s?|\b(?:the|an?|his|her|its|their|my|our|your|(?<!short )(?<!instead )of|any|some|more|most|many|several))"
    r"\s(?:\w+ly\s)?$"
)
_BEHIND_SUBJECT = re.compile(r"(?:^|[,)]|\b(?:who|which|that|and|also|then|later|now|often|once|\w+ly))\s*$")
_FREE = re.compile(r"[\s,]*(?:(?:has|have|had|also|who|then|later|and|to|will|would|\w+ly)[\s,]+)*")
_ASIDE = re.compile(r",\s(?!wh)")  # "Vell, head of the Guild, attacked": not the Guild
# Behind such words stands no subject, unless the verb follows at once; nor what somebody has: "to Vell's aides"
_NO_SUBJECT = re.compile(
    r"\b(?:from|by|(in|on|at|to|with|for|of|against|about|over|like|opposite|outside|inside|near|into|through|across|behind|"
    r"beside|between|toward|towards|without|within))\s(?:the\s|a\s|an\s)?(?:(?:[\w.-]+\s){0,2}[\w.-]+['’]s?\s)?$"
)
# Behind "Vell met Orr and" or "Vell ends Senate bid," stands a verb of which Vell is the subject
_JOINED = re.compile(r"(?:,|,?\s(?:and|but))\s(?:then\s|later\s|also\s|\w+ly\s)?$")
_GOVERNS = re.compile(
    r"(?:,(?:\s(?:who|which))?)?\s(?:(?:has|have|had|also|then|later|\w+ly)\s){0,2}"
    r"(\w+(?:ed|[^\Ws]s)|quit|left|met|won|lost|beat|led|hit|held|saw|took|fought|joined)\s(?:(?:the|an?|h[ie][sr]|its|their)\s)?"
)
_RELATIVE = re.compile(r"\b(?:who|which|that|when|after)\b")
_ING = re.compile(r"\w+ing\b")
_CLAUSE = re.compile(r"[,;:—–]|\s-\s|\b(?:but|while|whereas|although|though|because|and)\b")
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_UNJUDGED = frozenset("i me my we us our you your it its".split())

# "Vell leapt to Orr's defence"; bounded: 12 characters
_TO_AID = re.compile(
    r"\b(?:c[ao]m(?:es?|ing)|leap(?:s|t|ed|ing)?|rush(?:es|ed|ing)?|spr[aiu]ng(?:s|ing)?|jump(?:s|ed|ing)?)\sto\s$"
)
# What people call each other, or do to each other in words of which the last stand behind whom they do it to:
# "Vell called Orr a liar", "Orr, whom Vell has described as corrupt", "Vell took Orr to task"
_TASK = (
    r"\s(?:to\s(?:task|shreds|pieces)|over\sthe\scoals|apart(?!\sfrom)|off\sas|both\sbarrels|an\searful|"
    r"a\s(?:dressing[-\s]down|tongue[-\s]lashing|roasting|mauling))\b"
)
_CALLS = re.compile(
    r"\b(?:(?:call|brand|labell?|dubb|describ)(?:ed|ing)|calls|brands|labels|dubs|describes|"
    r"(?:t[ao]k(?:e[ns]?|ing)|took|g[ai]v(?:e[ns]?|ing)|(?:haul|drag)(?:s|g?ed|g?ing)?|rak(?:e[sd]?|ing)|"
    r"tears?|tore|torn|tearing|rips?|ripp(?:ed|ing)|pick(?:s|ed|ing)|wr[io]te|writes|written)"
    rf"(?=[^.,;:!?“”\"\n]{{0,60}}?{_TASK}))\b"
)
_WHOM = re.compile(r",?\s(?:whom|which)\s(?:[\w’'-]+\s){1,6}$")  # bounded: 90 characters
_NAME = re.compile(  # "Orr’s plan a disgrace", "Orr “corrupt”", but "Orr the victim of a cruel hoax"
    r"(?:['’]s?(?:\s[\w-]+){1,3}?)?\s(?:as\s)?(?:[“\"‘'](?:an?\s|the\s)?|(?:an?|the)\s|(?<=as\s))"
    r"((?:(?!(?:and|of|for|who|to|in|on|at|by|from|with|after|because|but)\b)[\w’'-]+\s?){1,4})"
)
_TO_TASK = re.compile(rf"(?:['’]s?)?(?:\s[\w-]+){{0,3}}?{_TASK}")
_INDEFINITE = re.compile(r"(?:an?|any|every|no|each|another)\s", re.I)

_Entry = tuple[int, tuple[str, ...], str, str]  # polarity, frames, class, first form


@lru_cache(maxsize=1)
def _table() -> dict[str, list[_Entry]]:
    table: dict[str, list[_Entry]] = {}
    for forms, polarity, frames, kind in lexicons().stances:
        for form in forms:
            table.setdefault(form, []).append((polarity, frames, kind, forms[0]))
    return table


@lru_cache(maxsize=1)
def _words() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{any_of(_table())})\b")


@lru_cache(maxsize=256)
def _behind(frames: tuple[str, ...]) -> re.Pattern[str]:
    """What may stand between "hit out" and its target: "at", "at plans by"."""
    prepositions = "|".join(frames)
    return re.compile(
        rf"(?:\s[\w’'-]+){{0,2}}\s(?:{prepositions})(?:\s[\w’'-]+){{0,4}}\s"
        rf"|\s(?:{prepositions})\s[^,.;:“”\"]{{0,50}}\b(?:by|of|from)\s(?:the\s)?"
    )


class _Sentence:
    """One sentence and its mentions; finds the subject, object and agent of a verb among them, by index."""

    def __init__(self, text: Text, small: str, span: Span, mentions: list[Mention], starts: list[int]) -> None:
        self.t, self.small, self.mentions, self.starts = text.text, small, mentions, starts
        self.start, self.end = span
        self.range = range(bisect_left(starts, self.start), bisect_left(starts, self.end))

    def before(self, at: int) -> list[int]:
        """Mentions that begin before `at`, the nearest first; none that is part of another which ends before `at`.

        "Argus reporter Ona Vell accused": it was not the Argus. "Ona Vell (R-Utah) accused": nor Utah.
        """
        out: list[int] = []
        covered = self.start
        for k in range(max(self.range.start, bisect_left(self.starts, at - _REACH)), bisect_left(self.starts, at)):
            m = self.mentions[k]
            if m.end > covered and self.t[m.start - 1 : m.start] != "(":
                out.append(k)
                covered = m.end if m.end <= at else covered
        return out[::-1]

    def after(self, at: int) -> range:
        """Mentions behind `at`, the nearest first."""
        return range(bisect_left(self.starts, at), min(self.range.stop, bisect_left(self.starts, at + _REACH)))

    def subject(self, at: int, active: bool = False) -> int | None:
        """The likely subject of the verb at `at`: the nearest mention that no preposition governs.

        Of a verb that is known to be active, nor is it what another verb of the same subject governs.
        """
        added = None
        if self.t[at - 2 : at] == ", ":
            added = max(self.t.rfind(f", {who} ", self.start, at) for who in ("who", "which"))
        for k in self.before(at):
            m = self.mentions[k]
            if added is not None and 0 <= added < m.start:
                continue  # "Vell, who met Orr on Monday, attacked": who attacks stands ahead of what is added
            gap = self.t[m.end : at]
            if added is not None and m.end == added:
                return k
            if len(gap.split()) > 12 or re.search(r"[.;!?”“\"]", gap):
                return None
            if m.name in _POSSESSIVES or (m.kind != "pronoun" and _OWNS.match(gap)):
                continue
            governed = _NO_SUBJECT.search(self.t[max(self.start, m.start - 40) : m.start])
            # "a letter from Orr accusing Vell", but not "a sign at the House accusing Vell", "met with Orr and accused"
            at_once = _FREE.fullmatch(gap) and not (
                governed and (_ASIDE.match(gap) or _JOINED.fullmatch(gap) or governed[1] and _ING.match(self.t, at))
            )
            if (at_once or not governed) and not (active and self._is_object(k, gap)):
                return k
        return None

    def _is_object(self, k: int, gap: str) -> bool:
        """Whether a mention is what one does before one does the next: Orr in "Vell met Orr on Monday and attacked"."""
        if not _JOINED.search(gap) or _RELATIVE.search(gap):
            return False
        at = self.mentions[k].start
        verb = next((_GOVERNS.fullmatch(self.t, self.mentions[j].end, at) for j in self.before(at)), None)
        return verb is not None and lexicons().cue_frames.get(verb[1]) != "s"  # "Vell said Orr quit and attacked"

    def object(self, at: int, frames: tuple[str, ...]) -> int | None:
        """What the verb or noun that ends at `at` is aimed at."""
        pattern = _OBJECT if frames == ("obj",) else _behind(frames)
        return next((k for k in self.after(at) if pattern.fullmatch(self.t, at, self.mentions[k].start)), None)

    def agent(self, at: int, pattern: re.Pattern[str] = _AGENT) -> int | None:
        """Who stands behind "by", or the body that one is expelled "from"; no owner ("by the party's chairman")."""
        for k in self.after(at):
            m = self.mentions[k]
            if pattern.fullmatch(self.t, at, m.start) and not _OWNS.match(self.t, m.end):
                return k
        return None

    def ahead(self, k: int) -> list[int]:
        """Mentions that are joined to one, ahead of it: the others of "Vell, Lind and Orr"."""
        at, out = self.mentions[k].start, []
        for j in self.before(at):
            gap = self.t[self.mentions[j].end : at]
            if not (_AND if not out else _COMMA).fullmatch(gap):
                break
            out.append(j)
            at = self.mentions[j].start
        first = self.mentions[out[-1]].start if out else at
        return out if _OPENS.search(self.t[max(self.start, first - 14) : first]) else []

    def behind(self, k: int) -> list[int]:
        """Mentions that are joined to one, behind it: the others of "Orr, Lind and Vell"."""
        end, out = self.mentions[k].end, []
        for j in self.after(end):
            m = self.mentions[j]
            if m.start < end:
                continue
            if not (_AND.fullmatch(self.t, end, m.start) or _COMMA.fullmatch(self.t, end, m.start)):
                break
            out.append(j)
            end = m.end
            if _AND.fullmatch(self.t, self.mentions[out[-2] if len(out) > 1 else k].end, m.start):
                return out if _CLOSES.match(self.t, end) else []
        return []  # no "and": what follows is an apposition

    def around(self, a: int, b: int, *mentions: int) -> Span:
        """A span widened to hold mentions."""
        return min(a, *(self.mentions[k].start for k in mentions)), max(b, *(self.mentions[k].end for k in mentions))

    def inside(self, k: int) -> list[int]:
        """Mentions that are part of one: of "the members of the Guild", the Guild."""
        end = self.mentions[k].end
        return [j for j in range(k + 1, bisect_left(self.starts, end)) if self.mentions[j].end <= end]

    def owns(self, k: int) -> bool:
        """Whether a mention only says whose something is: "her campaign", "Vell's plan"."""
        m = self.mentions[k]
        return m.name in _OWNING or _OWNS.match(self.t, m.end) is not None

    def holder(self, span: Span) -> int | None:
        """The mention that a word is part of, and not its last: "Orr critic Ona Vell"."""
        return next((k for k in self.before(span[0]) if self.mentions[k].end > span[1]), None)

    def ending(self, at: int) -> int | None:
        """The mention that ends at a place."""
        return next((k for k in self.before(at) if self.mentions[k].end == at), None)

    def named(self, end: int, described: int | None) -> int | None:
        """Whose name follows at once: "Vell supporter Bo Lind", "A Vell supporter, Bo Lind"; else who is described."""
        opens = described is not None and self.mentions[described].start == self.start
        places = (end + 1, end + 2) if opens else (end + 1,)
        following = next((k for k in self.after(end)[:1] if self.mentions[k].start in places), described)
        return following if following is None or self.mentions[following].kind == "name" else described

    def called(self, at: int) -> int | None:
        """Whom the word at `at` says something of: "Vell, a fierce critic"."""
        for k in self.before(at):
            m = self.mentions[k]
            governed = _NO_SUBJECT.search(self.t[max(self.start, m.start - 40) : m.start])
            if m.kind != "nominal" and not governed and _CALLED.fullmatch(self.t, m.end, at):
                return k  # "Vell of Ostmark, a supporter": not Ostmark
        return None

    def maker(self, k: int) -> int | None:
        """Who did what a mention speaks of: Orr, of Vell in "Orr signed a law that Vell denounced"."""
        start = self.mentions[k].start
        that = _THAT.search(self.t, max(self.start, start - 30), start)
        return self.subject(that.start(), True) if that and that[1] not in lexicons().cue_frames else None

    def handles(self, k: int, at: int) -> bool:
        """Whether the verb at `at` tells what a document says that somebody only has to do with; not who signed it."""
        end = self.mentions[k].end
        document = _DOCUMENT.search(self.t, max(end, at - 60), at) if end < at else None
        if document is None or not (document[1] or _ING.match(self.t, at)):
            return False
        return _HANDLED.search(self.t, end, document.start()) is not None

    def owner(self, at: int) -> int | None:
        """Whose attack it is: "Vell's bitter attack", "his attack"."""
        for k in self.before(at):
            m = self.mentions[k]
            if (_OWNED if m.name in _OWNING else _OWNER).fullmatch(self.t, m.end, at):
                return k
        return None


def _sentences(text: Text, mentions: list[Mention]) -> list[_Sentence]:
    starts, small = [m.start for m in mentions], in_small_letters(text.text)
    return [_Sentence(text, small, span, mentions, starts) for span in text.sentences]


def _words_before(t: str, start: int, at: int, most: int) -> str:
    """The last words before a place."""
    return " ".join(t[max(start, at - 60) : at].split()[-most:])


def _negated(before: str, t: str, at: int) -> bool:
    """Whether the words before a word that ends at `at` negate it; not in "I cannot thank her enough"."""
    return _NEGATION.search(before) is not None and not (_CANNOT.search(before) and _ENOUGH.match(t, at))


def find_acts(text: Text, mentions: list[Mention]) -> tuple[list[Act], list[Act]]:
    """All acts of a text by its sentences, and those of which it says that they were not done: "did not attack"."""
    found: list[Act] = []
    denied: list[Act] = []
    for sentence in _sentences(text, mentions):
        if len(sentence.range) > 1:
            for m in _words().finditer(sentence.small, sentence.start, sentence.end):
                entries = (_acts(sentence, m.span(), m.group(), e) for e in _table()[m.group()])
                if not (acts := next((acts for acts in entries if acts), [])):
                    continue
                if acts[0].rule.startswith("relative"):
                    denied += [a._replace(source=a.target, target=a.source) for a in acts]
                    continue
                if handled := [a for a in acts if sentence.handles(a.source, m.start())]:
                    denied += handled
                    continue
                before = _words_before(text.text, sentence.start, m.start(), 5)
                at = max(sentence.start, m.start() - _REACH), m.start()
                asked = _NOT_ASKED.search(text.text, *at)
                if not asked and (wish := _ASKED.search(text.text, *at)):
                    wished = [a for a in acts if _TO.fullmatch(text.text, mentions[a.source].end, m.start())]
                    denied += _denials(sentence, wished, None)
                    acts = [a for a in acts if a not in wished]
                    if (asker := sentence.subject(wish.start())) is not None:
                        acts += [_wish(sentence, a, asker) for a in wished if mentions[a.target].kind != "pronoun"]
                done = _NOT_DENIED.search(before) is not None
                if not asked and (done or not _negated(before, text.text, m.end())) and not _UNDONE.search(before):
                    found += acts
                elif not done:
                    denied += _denials(sentence, acts, sentence.subject(asked.start()) if asked else None)
            found += _names(sentence)
            found += _camps(sentence)
    return found, denied


def _camps(s: _Sentence) -> Iterator[Act]:
    """Acts of whose camp somebody is of: "an anti-Vell group", "Vell-backed Orr", "Lind, a Vell supporter"."""
    for k in s.range:
        m = s.mentions[k]
        if m.kind != "name" or m.type != "person":  # no stand is "a NATO ally"
            continue
        dash = s.t[m.start - 1 : m.start] == "-"
        ahead = AHEAD.search(s.t, max(s.start, m.start - 6), m.start) if dash else None
        behind = CAMP.match(s.t, m.end)
        if (ahead is None and behind is None) or (ahead and _CAMP_THING.match(s.t, m.end)):
            continue
        if _NO_MORE.search(s.t, max(s.start, m.start - 16), m.start):
            continue
        sign, end = (-1 if ahead[1] else 1, m.end + 1) if ahead else (CAMPS[behind.group()], behind.end())
        at = ahead.start() if ahead else m.start
        one = behind and not behind.group().endswith("s") and not _OF_OTHERS.search(s.t, max(s.start, at - 14), at)
        member = s.called(at) if one else None
        if member is None:
            holder = next((j for j in s.before(at + 1) if j != k and s.mentions[j].end >= end), None)
            member = s.named(end if holder is None else s.mentions[holder].end, holder)
        if member is None:
            continue
        ends = (member, k) if sign else (k, member)
        word = ahead.group().lower() if ahead else behind.group()[1:]
        yield Act(*ends, sign or 1, *s.around(at, end, *ends), f"camp{'-' if sign < 0 else '+'} {word}")


def _names(s: _Sentence) -> Iterator[Act]:
    """Acts of calling somebody something that judges them, or of taking them to task, see :data:`_CALLS`."""
    for m in _CALLS.finditer(s.small, s.start, s.end):
        at, end = m.span()
        before = s.t[max(s.start, at - 90) : at]
        last = " ".join(before.split()[-4:])
        if _HYPOTHETICAL.search(last) or _NEGATION.search(last):
            continue
        source, target = s.subject(at, True), None
        if _PASSIVE.search(before):
            source, target = s.agent(end), s.subject(at)
        elif whom := _WHOM.search(before):
            target = s.ending(at - len(before) + whom.start())
        elif (target := next((k for k in s.after(end) if s.mentions[k].start == end + 1), None)) is not None:
            end = s.mentions[target].end
        name = _NAME.match(s.t, end)
        judged = sum(lexicons().opinions.get(w.lower(), 0) for w in name[1].split()) if name else 0
        if source is None or target is None or source == target or not (judged or _TO_TASK.match(s.t, end)):
            continue
        sign, rule = (1, "verb+ call") if judged > 0 else (-1, "verb- call" if judged else "verb- take to task")
        yield Act(source, target, sign, *s.around(*m.span(), source, target), rule)


def _denials(s: _Sentence, acts: list[Act], asker: int | None) -> Iterator[Act]:
    """Acts that were not done; nor by whoever asked that of others, nor to anybody named within the target.

    "Did not blame all police officers": nor the police. Who does not recommend an arrest may have blamed all the same.
    """
    for a in acts:
        for source in (a.source, asker) if a.rule != "turned" else ():
            if source is not None:
                yield from (a._replace(source=source, target=k) for k in (a.target, *s.inside(a.target)))


def _wish(s: _Sentence, act: Act, asker: int) -> Act:
    """The stance of who asks others for an act: words, and no deed."""
    start, end = s.around(act.start, act.end, asker)
    rule = act.rule.replace("deed-phrase", "phrase").replace("deed", "verb")
    return act._replace(source=asker, start=start, end=end, rule=rule)


def _acts(s: _Sentence, span: Span, form: str, entry: _Entry) -> list[Act]:
    polarity, frames, kind, word = entry
    before = s.t[max(s.start, span[0] - 60) : span[0]]
    if _HYPOTHETICAL.search(" ".join(before.split()[-4:])):
        return []
    rule = kind if frames == ("obj",) else {"verb": "phrase", "deed": "deed-phrase"}.get(kind, kind)
    if kind == "noun" and (aid := _aid(s, span)):
        source, target, rule, word = *aid, "verb", "defend"
    elif kind == "noun":
        source, target = _of_noun(s, span, before, frames)
        if target is not None and _PERSON.fullmatch(s.t, *span) and not s.owns(target):
            if (called := s.called(span[0])) not in (None, target):
                source, rule = called, "called"
    elif kind == "done":
        source, target, rule = *_of_deed(s, span, frames), "deed"
    elif frames == ("obj",) and _PARTICIPLE.search(form) and (_PASSIVE.search(before) or _BY.match(s.t, span[1])):
        source, target, rule = s.agent(span[1]), s.subject(span[0]), rule if kind == "deed" else "passive"
    elif _NO_VERB.search(before):
        return []
    else:
        source, target = s.subject(span[0], True), s.object(span[1], frames)
    if source is not None and target is None and polarity < 0 and frames == ("obj",) and _NO_OBJECT.match(s.t, span[1]):
        target, rule = s.maker(source), "relative"
    if source is None or target is None or source == target:
        return []
    if rule.startswith("deed") and kind != "done" and s.owns(target):
        return []  # "Vell suspended her campaign"
    from_, to = s.mentions[source], s.mentions[target]
    if kind not in _NOUNS and frames == ("obj",) and not _PARTICIPLE.search(form):
        lead = s.t[from_.end : span[0]]
        if form.endswith("s") and not _BEHIND_SUBJECT.search(lead):
            return []  # "Vell fields most attacks from Orr"
        if not form.endswith("s") and lead.strip() and not _BASE_FORM_LEAD.search(before):
            return []  # "the trade unions support committee": a base form is a verb only behind its subject or "to"
    a, b = min(from_.start, to.start, span[0]), max(from_.end, to.end, span[1])
    sign = "+" if polarity > 0 else "-"
    if kind not in _NOUNS and _blame_between(s, span[1], to):
        # "We oppose the expulsion of Vell by Orr" stands for Vell, and against Orr.
        by = s.agent(to.end)
        against = [Act(source, by, polarity, a, s.mentions[by].end, "turned")] if by not in (None, source) else []
        return [Act(source, target, -polarity, a, b, "turned"), *against]
    pairs = [(i, k) for i in (source, *s.ahead(source)) for k in (target, *s.behind(target)) if i != k]
    return [Act(i, k, polarity, *s.around(a, b, i, k), f"{rule}{sign} {word}") for i, k in pairs]


def _of_noun(s: _Sentence, span: Span, before: str, frames: tuple[str, ...]) -> tuple[int | None, int | None]:
    """Source and target of a noun or adjective: "Vell's attack on Orr", "Orr drew praise from Vell"."""
    giver = _FROM.match(s.t, span[1])
    if giver and giver.group().split()[-1] not in frames and _RECEIVES.search(before):  # but "had been critical of"
        return s.agent(span[1], _GIVER), s.subject(span[0])
    if _PERSON.fullmatch(s.t, *span):
        named = s.ending(span[0] - 1)
        if named is not None and _NO_MORE.search(
            s.t, max(s.start, s.mentions[named].start - 16), s.mentions[named].start
        ):
            return None, None
        follows = s.t[span[1] : span[1] + 12].split()
        if named is not None or not follows or follows[0] not in frames:
            return s.holder(span), named  # "an Orr supporter and chair of the guild" is no supporter of the guild
    target, agent, owner = s.object(span[1], frames), s.agent(span[1]), s.owner(span[0])
    if target is not None:
        return next((k for k in (owner, agent) if k not in (None, target)), s.subject(span[0])), target
    return None, None


def _aid(s: _Sentence, span: Span) -> tuple[int | None, int] | None:
    """Who comes to whose defence: "Vell leapt to Orr's defence"."""
    if (owner := s.owner(span[0])) is None:
        return None
    whose = s.mentions[owner].start
    comes = _TO_AID.search(s.t, max(s.start, whose - 12), whose)
    return (s.subject(comes.start()), owner) if comes else None


def _of_deed(s: _Sentence, span: Span, frames: tuple[str, ...]) -> tuple[int | None, int | None]:
    """Who did it, and to whom: "Orr's expulsion from the party", "the party's expulsion of Orr"."""
    target, owner, agent = s.object(span[1], frames), s.owner(span[0]), s.agent(span[1])
    if target is None or target == agent:
        return agent, owner
    return owner if owner is not None else agent, target


def _blame_between(s: _Sentence, start: int, target: Mention) -> bool:
    """Whether what is opposed or praised is itself blame of whom follows: "the attack on Vell", "expelling Vell"."""
    word, end = _words().search(s.small, start, target.end), target.start
    if not word or word.start() > end:
        return False
    doing = word.group().endswith("ing") and (word.start() == end or _OBJECT.fullmatch(s.t, word.end(), end))
    return any(
        p < 0 and (f == ("obj",) and doing or k in _NOUNS and _behind(f).fullmatch(s.t, word.end(), end))
        for p, f, k, _ in _table()[word.group()]
    )


def find_opinions(text: Text, mentions: list[Mention], attributions: list[Attribution]) -> list[Opinion]:
    """All opinions within attributed words, in reading order."""
    found: list[Opinion] = []
    sentences = _sentences(text, mentions)
    for a, b in sorted(s for x in attributions for s in x.content):
        for sentence in sentences[text.sentence_at(a) : text.sentence_at(b - 1) + 1]:
            found += _opinions(sentence, max(a, sentence.start), min(b, sentence.end))
    return found


def _judged(t: str, m: Mention) -> bool:
    """Whether somebody in particular may be meant: no place, no "we", no "a man", no "voters"."""
    if m.name in _UNJUDGED or m.type == "place":
        return False
    return m.kind != "nominal" or " " in t[m.start : m.end] and not _INDEFINITE.match(t, m.start)


def _opinions(s: _Sentence, start: int, end: int) -> list[Opinion]:
    """Each word that judges goes to the first mention before it in its clause, else the next one behind it."""
    first = max(bisect_left(s.starts, start), s.range.start)
    last = min(bisect_left(s.starts, end), s.range.stop, first + _MOST)
    options = [k for k in range(first, last) if s.mentions[k].end <= end and _judged(s.t, s.mentions[k])]
    if not options:
        return []
    scores: dict[int, list[int]] = {}
    breaks = [start, *(m.start() for m in _CLAUSE.finditer(s.t, start, end)), end]
    for w in _WORD.finditer(s.t, start, end):
        polarity = lexicons().opinions.get(w.group().lower(), 0)
        if not polarity or any(s.mentions[k].start <= w.start() < s.mentions[k].end for k in options):
            continue
        if _negated(_words_before(s.t, start, w.start(), 3), s.t, w.end()):
            polarity = -polarity
        c = max(bisect_left(breaks, w.start()), 1)
        inside = [k for k in options if breaks[c - 1] <= s.mentions[k].start and s.mentions[k].end <= breaks[c]]
        ahead = [k for k in inside or options if s.mentions[k].end <= w.start()]
        scores.setdefault((ahead or inside or options)[0], []).append(polarity if inside else 2 * polarity)
    found = []
    for k, hits in scores.items():
        total = sum(1 if h > 0 else -1 for h in hits)
        if total:
            place = "near" if any(abs(h) == 1 for h in hits) else "far"
            rule = f"{place}{'2' if abs(total) > 1 else ''}{'+' if total > 0 else '-'}"
            found.append(Opinion(k, 1 if total > 0 else -1, start, end, rule))
    return found
