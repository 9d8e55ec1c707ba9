"""Who attacks or backs whom, by rules: verbs and nouns of blame and praise with their direction, and words that judge.

Acts connect two mentions of one sentence ("Vell was accused by Orr", "Orr's attack on Vell", "critical of Vell").
Opinions say that attributed words judge a mention ("Vell is a liar"); whose opinion it is, the attribution tells.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache

from newslab.reading import Act, Attribution, Mention, Opinion
from newslab.rules.lexicons import any_of, lexicons
from newslab.text import Span, Text

_REACH = 160  # characters between a verb and the mentions that it may connect
_MOST = 60  # mentions of a sentence that are looked at, which bounds the work in a text without sentence ends
_NEGATION = re.compile(
    r"\b(?:not|never|no|nor|neither|without|hardly|cannot|stop|(?:refus|declin|fail)\w+ to|stopp\w+ short of|"
    r"rather than|instead of|den\w+|avoid\w*)\b|n['’]t\b",
    re.I,
)
_HYPOTHETICAL = re.compile(r"\b(?:would|could|might|may|if|should|unless|whether|can)\b", re.I)
_PASSIVE = re.compile(
    r"\b(?:was|were|been|being|is|are|be|gets?|got|stands?|stood)\s(?:\w+ly\s|also\s|once\s|later\s)?$"
)
_PARTICIPLE = re.compile(r"(?:ed|en|un|ought|ade|uck|ent|old|aid|elt)$")
_BASE_FORM_LEAD = re.compile(r"\b(?:to|not|will|do|did|does|they|we|I|you)\s(?:\w+ly\s)?$", re.I)
_OBJECT = re.compile(
    r"(?:\s(?:back|out|down|off|up))?(?:\s(?:the|a|an|his|her|its|their|our|my|all|both|former|fellow|late|then|when|as|"
    r"[\w-]+(?:ed|ing|ly|ous|ive|ful|al|less|ish))){0,4}\s"
    r"|[^,.;:!?“”\"]{0,70}\b(?:by|of|from|against|at|on|about|between)\s(?:the\s|a\s|an\s)?"
)
_AGENT = re.compile(r"[^.;:“”\"]{0,60}\b(?:by|from)(?:\s[\w’'-]+){0,4}\s")
_OWNER = re.compile(r"['’]s?\s(?:\w+\s){0,2}")
_OWNS = re.compile(r"['’]s?\s[a-z]")
_POSSESSIVES = frozenset("his her their its my our him them us me".split())
_FREE = re.compile(r"[\s,]*(?:(?:has|have|had|also|who|then|later|and|to|will|would|\w+ly)[\s,]+)*")
_GOVERNED = re.compile(r"\b(?:in|on|at|to|with|from|for|by|of|against|about|over|like)\s(?:the\s|a\s|an\s)?$")
_CLAUSE = re.compile(r"[,;:—–]|\s-\s|\b(?:but|while|whereas|although|though|because|and)\b")
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_UNJUDGED = frozenset("i me my we us our you your it its".split())

_INDEFINITE = re.compile(r"(?:an?|any|every|no|each|another)\s", re.I)

_Entry = tuple[int, tuple[str, ...], str]  # polarity, frames, class


@lru_cache(maxsize=1)
def _table() -> dict[str, list[_Entry]]:
    table: dict[str, list[_Entry]] = {}
    for forms, polarity, frames, kind in lexicons().stances:
        for form in forms:
            table.setdefault(form, []).append((polarity, frames, kind))
    return table


@lru_cache(maxsize=1)
def _words() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{any_of(_table())})\b", re.I)


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

    def __init__(self, text: Text, span: Span, mentions: list[Mention], starts: list[int]) -> None:
        self.t, self.mentions, self.starts = text.text, mentions, starts
        self.start, self.end = span
        self.range = range(bisect_left(starts, self.start), bisect_left(starts, self.end))

    def before(self, at: int) -> range:
        """Mentions that end before `at`, the nearest first."""
        k = bisect_right(self.starts, at - 1) - 1
        return range(k, max(self.range.start, bisect_left(self.starts, at - _REACH)) - 1, -1)

    def after(self, at: int) -> range:
        """Mentions behind `at`, the nearest first."""
        return range(bisect_left(self.starts, at), min(self.range.stop, bisect_left(self.starts, at + _REACH)))

    def subject(self, at: int) -> int | None:
        """The likely subject of the verb at `at`: the nearest mention that no preposition governs."""
        for k in self.before(at):
            m = self.mentions[k]
            gap = self.t[m.end : at]
            if len(gap.split()) > 12 or re.search(r"[.;!?”“\"]", gap):
                return None
            if m.name in _POSSESSIVES or (m.kind != "pronoun" and _OWNS.match(gap)):
                continue
            if _FREE.fullmatch(gap) or not _GOVERNED.search(self.t[max(self.start, m.start - 14) : m.start]):
                return k
        return None

    def object(self, at: int, frames: tuple[str, ...]) -> int | None:
        """What the verb or noun that ends at `at` is aimed at."""
        pattern = _OBJECT if frames == ("obj",) else _behind(frames)
        return next((k for k in self.after(at) if pattern.fullmatch(self.t, at, self.mentions[k].start)), None)

    def agent(self, at: int) -> int | None:
        """Who stands behind "by", or the body that one is expelled "from"; no owner ("by the party's chairman")."""
        for k in self.after(at):
            m = self.mentions[k]
            if _AGENT.fullmatch(self.t, at, m.start) and not _OWNS.match(self.t, m.end):
                return k
        return None

    def owner(self, at: int) -> int | None:
        """Whose attack it is: "Vell's bitter attack"."""
        return next((k for k in self.before(at) if _OWNER.fullmatch(self.t, self.mentions[k].end, at)), None)


def _sentences(text: Text, mentions: list[Mention]) -> list[_Sentence]:
    starts = [m.start for m in mentions]
    return [_Sentence(text, span, mentions, starts) for span in text.sentences]


def find_acts(text: Text, mentions: list[Mention]) -> list[Act]:
    """All acts of a text in reading order."""
    found: list[Act] = []
    for sentence in _sentences(text, mentions):
        if len(sentence.range) > 1:
            for m in _words().finditer(text.text, sentence.start, sentence.end):
                entries = (_acts(sentence, m.span(), m.group().lower(), e) for e in _table()[m.group().lower()])
                found += next((acts for acts in entries if acts), [])
    return found


def _acts(s: _Sentence, span: Span, form: str, entry: _Entry) -> list[Act]:
    polarity, frames, kind = entry
    before = s.t[max(s.start, span[0] - 60) : span[0]]
    if _NEGATION.search(" ".join(before.split()[-5:])) or _HYPOTHETICAL.search(" ".join(before.split()[-4:])):
        return []
    rule = {"verb": "verb" if frames == ("obj",) else "phrase"}.get(kind, kind)
    if kind != "noun" and frames == ("obj",) and _PASSIVE.search(before) and _PARTICIPLE.search(form):
        source, target, rule = s.agent(span[1]), s.subject(span[0]), rule if kind == "deed" else "passive"
    else:
        target = s.object(span[1], frames)
        source = s.subject(span[0]) if kind != "noun" else None
        if kind == "noun" and target is not None:
            agent = s.agent(span[1])
            source = next((k for k in (s.owner(span[0]), agent) if k not in (None, target)), s.subject(span[0]))
    if source is None or target is None or source == target:
        return []
    from_, to = s.mentions[source], s.mentions[target]
    base = kind != "noun" and frames == ("obj",) and not _PARTICIPLE.search(form) and not form.endswith("s")
    if base and s.t[from_.end : span[0]].strip() and not _BASE_FORM_LEAD.search(before):
        return []  # "the trade unions support committee": a base form is a verb only behind its subject or "to"
    a, b = min(from_.start, to.start, span[0]), max(from_.end, to.end, span[1])
    sign = "+" if polarity > 0 else "-"
    noun = _words().search(s.t, span[1], max(to.start, span[1])) if kind != "noun" else None
    if noun and any(k == "noun" and p < 0 for p, _, k in _table()[noun.group().lower()]):
        # "We oppose the expulsion of Vell by Orr" stands for Vell, and against Orr.
        by = s.agent(to.end)
        against = [Act(source, by, polarity, a, s.mentions[by].end, "turned")] if by not in (None, source) else []
        return [Act(source, target, -polarity, a, b, "turned"), *against]
    return [Act(source, target, polarity, a, b, rule + sign)]


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
        if _NEGATION.search(" ".join(s.t[max(start, w.start() - 30) : w.start()].split()[-3:])):
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
