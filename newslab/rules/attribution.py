"""Who says what, by rules: the cue beside a quotation, the source beside the cue, and indirect speech.

The rules look at a *frame*: the article with every quoted word blotted out (same length, so offsets hold). What stands
between two quotations of a paragraph is then plain: ", said Vell, who had …," or " She told reporters: ".
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from newslab.pronouns import OWNERS
from newslab.quotation import Quotation
from newslab.reading import Attribution, Mention, in_order
from newslab.rules.lexicons import any_of, lexicons
from newslab.text import Cover, Span, Text

_BLOT = "\ue000"
_REACH = 600  # characters in which a source is looked for; bounds the work in a text that is one long line
_SIGNATURE = 80  # characters of a line that says whose the words above it are
_BETWEEN = 300  # characters of who says it, between two pieces of one quotation
_ACCORDING = frozenset(("according to", "in the words of", "in the view of", "in the opinion of"))
_ADVERB = (
    r"(?:(?:also|then|later|even|once|again|only|never|now|still|just|had|has|have|was|is|would|will|\w+ly)[ ,]+){0,3}"
)
_INVERTED = re.compile(rf"[\s,—–-]*(?:as\s)?{_ADVERB}")
_OWNER = re.compile(r"['’]s?\s+(?!said|says|told)[a-z]")
# Whose words follow: "Vell's reply was brisk. “…”"
_REPLY = re.compile(
    r"(?:['’]s?)?\s(?:\w+\s)?(?:answer|message|reply|response|retort|riposte|verdict)\s(?:was|is|came)\s"
    r"[^.:“”\"\n]{1,80}[.:]\s{1,3}[“\"‘]"
)
# Somebody else, without a name: "with one fuming: “…”", "Another added: “…”"
_UNNAMED = re.compile(
    r"\b(another|one|an?\s(?:second|third|fourth))\s(said|says|told|wrote|writes|[a-z]+(?:ed|ing)):\s?\Z", re.I
)  # fmt: skip
# Behind somebody else's words: "“Never!” came the reply from Vell"
_CAME = re.compile(
    r"[\s,]*(came)\s(?:back\s)?(?:the|an?)\s(?:\w+\s)?(?:answer|call|chorus|cry|heckle|jibe|reply|response|retort|riposte|"
    r"roar|shout|voice)\s(?:back\s)?(?:from|of)\s(?=([^,.;:\n]{1,60}))"
)
# Behind whom a heading tells of as blamed: "Minister slammed for ‘cruel’ cuts"
_BLAMED = re.compile(r"\s([a-z]+ed)\s(?:for|over|after)\b(?!\s(?:hours|days|weeks|months|years)\b)")
_HEADING = re.compile(r"[^.!?\n]{1,149}(?<![:,;\s])\s*")
_ADJACENT = re.compile(rf"\s?{_ADVERB}\s*")
# Behind such words stands no speaker
_NO_SPEAKER = re.compile(
    r"\b(?:in|on|at|to|with|from|for|by|after|before|of|against|about|over|into|during|amid|through|than|as|like|under|"
    r"between|towards?|without|including|via|despite|and|or|when|while|if|because|since|that|who|whom)\s(?:the\s|a\s|an\s)?$"
)
# Cues that lead straight to the words they name: 'called her “a bitter witness”'.
_NAMING = re.compile(
    r"\b(?:call(?:s|ed|ing)|describ(?:es|ed|ing)|dubb?(?:s|ed)|brand(?:s|ed)|labell?(?:s|ed)|denounc(?:es|ed)|"
    r"dismiss(?:es|ed)|hail(?:s|ed)|prais(?:es|ed)|condemn(?:s|ed))\b"
)
_THAT = re.compile(r"\s(?:[^,.;:]{1,45}\s)?that\s")
_ADJUNCT = re.compile(r"\s(?:in|on|at|to|by)\s")
_SPACE = re.compile(r"\s*")
_SPACES = 40  # characters behind which a comma still stands against a word
_GOES_ON = re.compile(
    r"[\s,]{0,3}(?!according\b)[a-z]{1,20}ing\b"
)  # '," adding that the minister …': nobody behind it speaks
_GOING_ON = re.compile(r",\s[a-z]{1,20}ing\Z")  # 'the minister had left, Vell said, adding "': whoever said it adds
_PASSIVE = re.compile(r"\b(?:was|were|been|being|is|are)\s(?:\w+ly\s)?$")
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_VERBLIKE = re.compile(
    r"(?!(?:was|has|does|this|his|its|as|us|yes|less|always|perhaps|besides|who)$)[a-z]+(?:ed|s|oke|ote|ang|elt|ore)$"
)
_DASH = re.compile(r"[\s,]*[-–—―]{1,2}\s?(?=[^\W\d_])")
_WITH_AGE = re.compile(r"\s*(?=[^,.]{3,40}, \d\d\b)")  # '" Ona Vell, 34, a docker.'
_POSSESSIVES = OWNERS | {"him", "them", "me", "us"}
_BARE_CLAUSE = frozenset(
    "said says say thinks thought think believes believed believe claimed claims argued argues insisted insists".split()
)


@dataclass(slots=True)
class _Piece:
    """The stretch of a quotation that stands in one paragraph."""

    quotation: int
    start: int
    end: int
    outer: Span
    paragraph: int


@dataclass(slots=True)
class _Utterance:
    """Pieces of one running quotation, with their source and cue."""

    pieces: list[_Piece]
    source: Span | None
    cue: Span | None
    how: str


_Found = tuple[Span, Span | None]


@lru_cache(maxsize=1)
def _cues() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{any_of([*lexicons().cue_frames, *_ACCORDING])})\b", re.I)


def find_attributions(text: Text, quotations: list[Quotation], mentions: list[Mention]) -> list[Attribution]:
    """Attributions of a text in reading order; a quotation whose source is not found has none."""
    finder = _Finder(text, quotations, mentions)
    found = finder.quoted()
    found += finder.indirect([s for a in found for s in a.content])
    return in_order(found)


def attribute_quotations(text: Text, quotations: list[Quotation], mentions: list[Mention]) -> list[Attribution]:
    """The same for the quotations in marks alone."""
    return _Finder(text, quotations, mentions).quoted()


@lru_cache(maxsize=1)
def _blame() -> frozenset[str]:
    """What is done to somebody who is blamed: "slammed"."""
    acts = (forms for forms, polarity, frame, _ in lexicons().stances if polarity < 0 and frame == ("obj",))
    return frozenset(form for forms in acts for form in forms)


def is_blamed_in_heading(text: Text, end: int) -> bool:
    """Whether a heading tells that whoever is named up to `end` is blamed: "Minister slammed for ‘cruel’ cuts"."""
    blamed = _BLAMED.match(text.text, end)
    if blamed is None or blamed[1] not in _blame():
        return False
    return is_heading(text, text.paragraph_at(end))


def is_heading(text: Text, paragraph: int) -> bool:
    """Whether a paragraph is short and does not end like a sentence, nor announces the next one."""
    return _HEADING.fullmatch(text.text, *text.paragraphs[paragraph]) is not None


def is_signed(text: Text, end: int, attribution: Attribution) -> bool:
    """Whether a quotation that ends at `end` has its speaker behind a dash, and nothing more in the line."""
    if attribution.source is None or attribution.cue is not None or attribution.source[0] < end:
        return False
    start, after = attribution.source
    line = text.paragraphs[text.paragraph_at(start)][1]
    dash = _DASH.match(text.text, end)
    return dash is not None and dash.end() == start and not text.text[after:line].strip(" .\n")


class _Finder:
    def __init__(self, text: Text, quotations: list[Quotation], mentions: list[Mention]) -> None:
        self.text, self.t, self.quotations = text, text.text, quotations
        parts, at = [], 0
        for a, b in (o for q in quotations if q.speech for o in q.outer):
            parts += [self.t[at:a], _BLOT * (b - a)]
            at = b
        self.frame = "".join(parts) + self.t[at:]
        self.ends = [b for _, b in text.sentences]
        self.speakers = [m for m in mentions if self._may_speak(m)]
        self.starts = [m.start for m in self.speakers]

    def _may_speak(self, m: Mention) -> bool:
        """No places, nobody inside a quotation, no owners ("Vell" in "Vell's lawyer said"), but those of a reply."""
        if m.type == "place" or self.frame[m.start] == _BLOT or is_blamed_in_heading(self.text, m.end):
            return False
        if _REPLY.match(self.t, m.end):
            return True
        return m.name not in _POSSESSIVES and not _OWNER.match(self.t, m.end, m.end + 12)

    # ---- quotations in marks: near cue, running on, or named before ---------------------------------------------

    def quoted(self) -> list[Attribution]:
        """One attribution for each running quotation; its source may be None."""
        utterances: list[_Utterance] = []
        for k, q in enumerate(self.quotations):
            for (a, b), outer in zip(q.spans, q.outer, strict=True):
                piece = _Piece(k, a, b, outer, self.text.paragraph_at(a))
                if q.speech:
                    self._place(piece, utterances)
                elif found := self._scrap(piece):
                    utterances.append(_Utterance([piece], *found, "near"))
        return [
            Attribution(tuple(self._widen(p, u) if p is u.pieces[0] else (p.start, p.end) for p in u.pieces),
                        u.source, u.cue, u.how if u.source else "unknown")
            for u in utterances
        ]  # fmt: skip

    def _place(self, piece: _Piece, utterances: list[_Utterance]) -> None:
        """Give a piece to the utterance it goes on with, or make it a new one."""
        near = self._near(piece)
        if utterances and self._goes_on(utterances[-1], piece, near):
            last = utterances[-1]
            last.pieces.append(piece)
            if last.source is None and near is not None:
                last.source, last.cue, last.how = *near, "near"
        elif near is not None:
            utterances.append(_Utterance([piece], *near, "near"))
        elif named := self._named_before(piece):
            utterances.append(_Utterance([piece], *named, "before"))
        else:
            utterances.append(_Utterance([piece], None, None, "unknown"))

    def _goes_on(self, last: _Utterance, piece: _Piece, near: _Found | None) -> bool:
        """Whether a piece goes on with the last utterance; `near` are the source and cue beside it."""
        before = last.pieces[-1]
        same = before.quotation == piece.quotation
        if near is None:
            return same or self._runs_on(before, piece)
        if near[1] is not None and near[1] == last.cue:
            return True
        # Whoever is named after the second paragraph said the first one too
        second = self._alone(before) and piece.paragraph - before.paragraph <= 1
        return last.source is None and (same or second)

    def _near(self, piece: _Piece) -> _Found | None:
        """The source and cue beside a piece: behind it, else in front of it."""
        low, high = self.text.paragraphs[piece.paragraph]
        after = self.frame[piece.outer[1] : self._clause_end(piece.outer[1], high)]
        full_stop = self.t[piece.end - 1] in ".…" and after[:1] not in ",-—–"
        return (
            self._after(piece.outer[1], after, full_stop)
            or self._before(self._clause_start(piece.outer[0], low), piece.outer[0])
            or self._signed_below(piece)
        )

    def _signed_below(self, piece: _Piece) -> _Found | None:
        """The name behind a dash that is a line of its own below a quotation that is one too."""
        below = self.text.paragraphs[piece.paragraph + 1 : piece.paragraph + 2]
        dash = _DASH.match(self.t, *below[0]) if below and self._alone(piece) else None
        if dash is None or below[0][1] - below[0][0] > _SIGNATURE:
            return None
        source = self._first(dash.end(), below[0][1], near=1)
        return source and ((source.start, source.end), None)

    def _clause_end(self, start: int, limit: int) -> int:
        """Where the clause that begins at `start` ends: at a sentence end, a semicolon, the next quotation."""
        limit = min(limit, start + _REACH)
        stops = [at for c in (";", _BLOT) if (at := self.frame.find(c, start + 1, limit)) >= 0]
        k = bisect_right(self.ends, start)
        return min([limit, *stops, *self.ends[k : k + 1]])

    def _clause_start(self, end: int, limit: int) -> int:
        """Where the clause that leads up to `end` begins."""
        limit = max(limit, end - _REACH)
        last = max(self.frame.rfind(c, limit, max(limit, end - 1)) + 1 for c in (";", _BLOT))
        k = bisect_right(self.ends, end - 1)
        return max(limit, last, *self.ends[max(k - 1, 0) : k])

    def _after(self, start: int, clause: str, full_stop: bool) -> _Found | None:
        """'" said X', '" X said', '" – X', '" according to X'; after a full stop only 'X said' at once."""
        end = start + len(clause)
        if _GOES_ON.match(clause):
            return None
        if came := _CAME.match(clause):
            (a, b), (c, d) = came.span(1), came.span(2)
            return (start + c, start + d), (start + a, start + b)
        for m in _cues().finditer(clause[:170]):
            cue = (start + m.start(), start + m.end())
            if _INVERTED.fullmatch(clause[: m.start()]) or m.group().lower() in _ACCORDING:
                if source := self._first(cue[1], end, near=15):
                    return (source.start, source.end), cue
            source = self._subject(start, cue[0])
            if source and not (full_stop and clause[: source.start - start].strip(" ,")):
                return (source.start, source.end), cue
        if (m := _DASH.match(clause) or _WITH_AGE.match(clause)) and (
            source := self._first(start + m.end(), end, near=20)
        ):
            return (source.start, source.end), None
        at = start + len(clause) - len(clause.lstrip(" ,"))
        if full_stop or not (m := _WORD.match(self.frame, at)):
            return None
        # A verb outside every list: '" Vell interjected', '" interjected Vell'.
        if (source := self._first(at, end, near=8)) and (w := _WORD.match(self.frame, source.end + 1)):
            if w.end() <= end and _VERBLIKE.match(w.group()):
                return (source.start, source.end), w.span()
        if _VERBLIKE.match(m.group()) and (source := self._first(m.end() + 1, end, near=4)):
            return (source.start, source.end), m.span()
        return None

    def _before(self, start: int, end: int) -> _Found | None:
        """'X said: "', 'X told reporters that "', 'was accused by X of "', 'X: "'."""
        clause = self.frame[start:end]
        if unnamed := _UNNAMED.search(clause):
            (a, b), (c, d) = unnamed.span(1), unnamed.span(2)
            return (start + a, start + b), (start + c, start + d)
        for m in reversed(list(_cues().finditer(clause, max(0, len(clause) - 150)))):
            cue = (start + m.start(), start + m.end())
            if m.group().lower() in _ACCORDING:
                source = self._first(cue[1], end)
            elif _PASSIVE.search(clause[: m.start()]) and self.frame.startswith(" by ", cue[1]):
                source = self._first(cue[1] + 4, end)
            elif _GOING_ON.search(clause, 0, m.end()) and (ahead := list(_cues().finditer(clause, 0, m.start()))):
                source = self._subject(start, start + ahead[-1].start())
            else:
                source = self._subject(start, cue[0]) or self._first(cue[1], end, near=3)
            if source:
                return (source.start, source.end), cue
        if clause.rstrip().endswith(":") and (source := self._subject(start, end) or self._first(start, end)):
            return (source.start, source.end), None
        return None

    def _scrap(self, piece: _Piece) -> _Found | None:
        start = self._clause_start(piece.outer[0], self.text.paragraphs[piece.paragraph][0])
        for m in _NAMING.finditer(self.frame, start, piece.outer[0]):
            if len(self.frame[m.end() : piece.outer[0]].split()) <= 7 and (source := self._subject(start, m.start())):
                return (source.start, source.end), m.span()
        return None

    def _alone(self, piece: _Piece, slack: int = 1) -> bool:
        start, end = self.text.paragraphs[piece.paragraph]
        return piece.outer[0] - start <= 1 and end - piece.outer[1] <= slack

    def _runs_on(self, before: _Piece, piece: _Piece) -> bool:
        """Whether a piece goes on with the one before: only its attribution, or a paragraph break, stands between."""
        between = self.frame[before.outer[1] : piece.outer[0]]
        if before.paragraph == piece.paragraph:
            k = bisect_right(self.ends, before.outer[1] + 1)  # of the sentence that tells who says it
            return len(between) < _BETWEEN and (k == len(self.ends) or self.ends[k] >= piece.outer[0] - 2)
        tail = self.frame[before.outer[1] : self.text.paragraphs[before.paragraph][1]]
        return piece.paragraph - before.paragraph == 1 and self._alone(piece, 40) and not re.search(r"[.!?…]\s", tail)

    def _named_before(self, piece: _Piece) -> _Found | None:
        """The source that the sentence before names: 'Vell was not convinced. "It is …"'."""
        start, end = self.text.paragraphs[piece.paragraph][0], piece.outer[0]
        if _SPACE.fullmatch(self.frame, start, end):  # it opens its paragraph
            if piece.paragraph == 0:
                return None
            start, end = self.text.paragraphs[piece.paragraph - 1]
        start = max(start, end - 3 * _REACH)
        sentence = max(start, min(self.text.sentences[self.text.sentence_at(end - 1)][0], end))
        for at in (sentence, start):
            for m in reversed(list(_cues().finditer(self.frame, at, end))):
                if source := self._subject(at, m.start()):
                    return (source.start, source.end), m.span()
            if (source := self._subject(at, end)) and source.name not in ("it", "you", "i"):
                return (source.start, source.end), None
        return None

    def _widen(self, piece: _Piece, utterance: _Utterance) -> Span:
        """Mixed content: 'said that the plan was “a disgrace” and …' has its words from "that" on."""
        cue, source = utterance.cue, utterance.source
        if cue is None or source is None or utterance.how != "near" or not source[1] <= cue[0] < cue[1] <= piece.start:
            return piece.start, piece.end
        between = self.frame[cue[1] : piece.outer[0]]
        clause = lexicons().cue_frames.get(self.t[slice(*cue)].lower(), "q") == "s"
        if not clause or len(between.split()) < 2 or re.search(rf"[.!?]\s|[:;{_BLOT}]", between):
            return piece.start, piece.end
        end = self._clause_end(piece.outer[1], self.text.paragraphs[piece.paragraph][1])
        tail = self.frame[piece.outer[1] : end]
        that = re.search(r"\bthat\s", between)
        start = cue[1] + (that.start() if that else len(between) - len(between.lstrip(" ,")))
        return start, end if tail.strip(' .,”"') and len(tail.split()) <= 25 else piece.end

    # ---- indirect speech ----------------------------------------------------------------------------------------

    def indirect(self, covered: list[Span]) -> list[Attribution]:
        """'X said that …', '…, X said', 'according to X, …' in sentences that hold no quotation."""
        found = []
        quoted = Cover(covered)
        for a, b in self.text.sentences:
            if not quoted.touches(a, b) and (got := self._indirect(a, b)):
                found.append(got)
        return found

    def _indirect(self, a: int, b: int) -> Attribution | None:
        for m in _cues().finditer(self.t, a, b):
            form, cue = m.group().lower(), m.span()
            if form in _ACCORDING:
                if source := self._first(cue[1], b, near=60):
                    comma = self.t.find(",", source.end, b)
                    if cue[0] - a >= 3:
                        return self._plain((a, cue[0]), source, cue)
                    return self._plain((comma + 1, b), source, cue) if comma >= 0 else None
                continue
            if lexicons().cue_frames.get(form) != "s":  # "ſay" matches "say", and is no entry
                continue
            source = self._subject(a, cue[0])
            at = source.start if source else cue[0]
            last = self.t[max(a, at - _SPACES) : at].rstrip().endswith(",")
            if last and b - cue[1] < 90 and cue[0] - a > 25 and not self.t.startswith(" that ", cue[1]):
                # "…, she said."
                source = source or self._first(cue[1], b, near=10)
                if source:
                    return self._plain((a, min(source.start, cue[0])), source, cue)
            that = _THAT.match(self.t, cue[1], b)
            bare = form in _BARE_CLAUSE and b - cue[1] > 12 and not _ADJUNCT.match(self.t, cue[1], b)
            if source and (that or bare):
                return self._plain((cue[1], b), source, cue)
        return None

    def _plain(self, span: Span, source: Mention, cue: Span) -> Attribution | None:
        piece = self.t[slice(*span)]
        start, end = span[0] + len(piece) - len(piece.lstrip(" ,")), span[0] + len(piece.rstrip(" ,."))
        if end - start < 4 or (start < source.end and source.start < end):
            return None
        return Attribution(((start, end),), (source.start, source.end), cue, "near", 0.8)

    # ---- sources ------------------------------------------------------------------------------------------------

    def _between(self, start: int, end: int) -> Iterator[Mention]:
        for k in range(bisect_left(self.starts, start), bisect_left(self.starts, end)):
            if self.speakers[k].end <= end:
                yield self.speakers[k]

    def _first(self, start: int, end: int, near: int = 200) -> Mention | None:
        """The first mention behind `start`, within reach and in the same clause."""
        for m in self._between(start, end):
            if m.start - start > near or re.search(r"[.;:]\s", self.frame[start : m.start]):
                return None
            if m.name not in ("it", "you"):
                return m
        return None

    def _subject(self, start: int, end: int) -> Mention | None:
        """The subject of a verb at `end`: the mention that stands against it, else the first free one of the clause."""
        options = list(self._between(max(start, end - 3 * _REACH), end))
        free = [m for m in options if not _NO_SPEAKER.search(self.frame[max(start, m.start - 22) : m.start])]
        if options and (options[-1] in free) and _ADJACENT.fullmatch(self.frame[options[-1].end : end]):
            return options[-1]
        if free:
            return free[0]
        return options[-1] if options and options[-1].kind == "pronoun" else None
