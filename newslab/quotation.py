"""The grammar of quotation marks: where quoted words begin and end, and what runs on.

Handles straight, curly, angled and single marks, marks within marks, apostrophes, a mark that is never closed, and
the convention that a quotation of several paragraphs repeats its opening mark and closes once. Marks only: who is
speaking is for the reader to find. Every scan is one pass over the characters of a paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from newslab.text import Span, Text

_DOUBLE_OPEN, _DOUBLE_CLOSE = "“„«", "”»"
_MARK = re.compile("[“”„«»\"‘’'`]")
# Words that begin with an apostrophe, and what follows one in a year ('90s).
_APOSTROPHE_WORD = re.compile(r"(?:em|til|tis|twas|twere|cause|bout|round|n|cos|s|\d\d)(?:s)?\b", re.I)
_WORD = re.compile(r"[^\W_]+(?:[’'\-.,][^\W_]+)*")
_SMALL = frozenset("a an and as at but by for from in into nor of on or over the to up vs with".split())

_QUOTED = re.compile(r"\s*[“\"‘'][^“”\"\n]+[”\"’']\s*")  # a paragraph of quoted words only
_ENDED = re.compile(r"[.!?…][”\"’')]*\s*\Z")
_OPENS_NEXT = re.compile(r"\s+[‘']\w")  # the next paragraph goes on with what this one leaves open
# Behind a closing mark, while a plural possessive stands ahead of what is owned: "‘Stop the boats’ is her slogan"
_NO_NOUN = re.compile(
    r"\s(?:and|are|as|at|but|by|for|had|has|have|in|is|of|on|or|said|says|that|to|was|were|which|who|will|with|would)\b"
)
_SUB_HEADING = 80  # characters of one, at most
_SCARE_WORDS = 4  # fewer quoted words than this, and no sentence of their own, are not yet speech


@dataclass(frozen=True, slots=True)
class Quotation:
    """One quotation by its marks.

    Attributes
    ----------
    spans : tuple of (int, int)
        The quoted words without the marks, one span a paragraph (or a stretch between repeated opening marks).
    outer : tuple of (int, int)
        The same with the marks.
    mark : str
        The opening mark.
    closed : bool
        Whether the last span has its closing mark.
    speech : bool
        False for scare quotes, titles of works and other scraps that are no utterance by their form.
    """

    spans: tuple[Span, ...]
    outer: tuple[Span, ...]
    mark: str
    closed: bool
    speech: bool

    @property
    def start(self) -> int:  # noqa: D102
        return self.spans[0][0]

    @property
    def end(self) -> int:  # noqa: D102
        return self.spans[-1][1]


def find_quotations(text: Text) -> list[Quotation]:
    """All quotations of a text in reading order; they never overlap, nested ones stay inside their outer one.

    Examples
    --------
    >>> t = Text('“We won,” said Ona Vell, “and they didn’t.” The ‘winner’ left.')
    >>> [(t.text[q.start : q.end], q.speech) for q in find_quotations(t)]
    [('We won,', True), ('and they didn’t.', True), ('winner', False)]
    """
    single_house = _is_single_house(text.text)
    found: list[Quotation] = []
    running = False  # the paragraph before left its last quotation open
    for start, end in text.paragraphs:
        pieces = _scan(text.text, start, end, single_house)
        opens_here = bool(pieces) and pieces[0].outer[0][0] - start <= 1
        if running and opens_here and pieces[0].mark in (found[-1].mark, '"', "“"):
            first, previous = pieces.pop(0), found.pop()
            found.append(
                replace(
                    previous,
                    spans=previous.spans + first.spans,
                    outer=previous.outer + first.outer,
                    closed=first.closed,
                    speech=True,
                )
            )
        for k, piece in enumerate(pieces):  # “We won,” said Vell, “and they didn’t.”
            interrupted = k > 0 and pieces[k - 1].speech and text.text[pieces[k - 1].end - 1] == ","
            if interrupted and text.text[start : piece.outer[0][0]].rstrip()[-1:] == ",":
                pieces[k] = replace(piece, speech=True)
        pieces = [replace(q, speech=q.speech and not is_sub_heading(text, q)) for q in pieces]
        found.extend(pieces)
        if pieces or opens_here:
            running = not found[-1].closed
        else:
            running = False
    return found


def is_sub_heading(text: Text, q: Quotation) -> bool:
    """Whether a quotation is a sub-heading: a short paragraph by itself, without an end, between running prose."""
    t, k = text.text, text.paragraph_at(q.start)
    if not 0 < k < len(text.paragraphs) - 1 or q.end - q.start > _SUB_HEADING or t[q.end - 1] in ".,!?…—–-":
        return False
    above, own, below = text.paragraphs[k - 1 : k + 2]
    prose = all(_ENDED.search(t, max(a, b - 9), b) and not _QUOTED.fullmatch(t, a, b) for a, b in (above, below))
    return prose and q.closed and q.outer == (own,)


def _is_single_house(text: str) -> bool:
    """Whether the paper quotes in single marks: more openings of the single than of the double kind."""
    singles = len(re.findall(r"[‘'](?<![^\s(—–-].)(?=[^\W\d_])", text))
    doubles = sum(map(text.count, "“„«")) + len(re.findall(r"\"(?<![^\s(—–-].)(?=\w)", text))
    return singles > doubles


def _scan(text: str, start: int, end: int, single_house: bool) -> list[Quotation]:
    """Quotations of one paragraph. `opened` is where the outer quotation began; inner marks only nest."""
    found: list[Quotation] = []
    opened, mark, inner = -1, "", 0
    fragments: list[Span] = []

    def close(at: int, mark_width: int, closed: bool) -> None:
        nonlocal opened, fragments
        spans = (*fragments, (opened + len(mark), at))
        outer = (*((a - 1, b) for a, b in fragments), (opened, at + mark_width))
        kept = [(s, o) for s, o in zip(spans, outer, strict=True) if text[s[0] : s[1]].strip()]
        if kept:
            inside, around = zip(*kept, strict=True)
            found.append(Quotation(inside, around, mark, closed, _is_speech(text, inside, outer, start)))
        opened, fragments = -1, []

    matches = list(_MARK.finditer(text, start, end))
    skip = -1
    for k, m in enumerate(matches):
        i, char = m.start(), m.group()
        if i <= skip:
            continue
        before = text[i - 1] if i > start else " "
        after = text[i + 1] if i + 1 < end else " "
        double = char in _DOUBLE_OPEN + _DOUBLE_CLOSE + '"'
        if char in "'`" and after == char:  # '' and `` for a double mark
            skip, double, char = i + 1, True, "''"
            after = text[i + 2] if i + 2 < end else " "
        can_open = _can_open(char, before, after)
        can_close = _can_close(char, before, after)
        if opened < 0:
            if double and can_open and not (char == '"' and before.isdigit()):
                opened, mark, inner = i, text[i : skip + 1] if skip > i else char, 0
            elif not double and can_open and _opens_single(text, i, end, matches[k + 1 :], single_house):
                opened, mark, inner = i, char, 0
        elif mark in "‘'" and not double:
            if char == "‘" and can_open and inner == 0 and _repeats(text, i, start):
                fragments.append((opened + len(mark), i))
                opened = i
            elif can_close and _closes_single(text, i, end, matches[k + 1 :], opened - start <= 1):
                close(i, 1, True)
        elif mark not in "‘'" and double:
            width = 2 if skip > i else 1
            if char in _DOUBLE_OPEN or (char in ('"', "''") and can_open and not can_close):
                if _repeats(text, i, start):  # paragraphs run together: the opening mark repeated in the line
                    fragments.append((opened + len(mark), i))
                    opened = i
                else:
                    inner += 1
            elif inner and char in _DOUBLE_CLOSE:
                inner -= 1
            elif can_close or char in _DOUBLE_CLOSE:
                close(i, width, True)
    if opened >= 0:
        close(end, 0, False)
    return found


def _repeats(text: str, i: int, start: int) -> bool:
    """An opening mark after a finished sentence repeats the one before; it opens nothing new inside."""
    return text[max(start, i - 3) : i].rstrip()[-1:] in (".", "!", "?", "…")


def _can_open(char: str, before: str, after: str) -> bool:
    if char in _DOUBLE_CLOSE + "’" or after.isspace():
        return False
    return char in _DOUBLE_OPEN + "‘`" or not (before.isalnum() or before in ".,!?;:%)]’”")


def _can_close(char: str, before: str, after: str) -> bool:
    if char in _DOUBLE_OPEN + "‘`":
        return False
    return char in _DOUBLE_CLOSE or not before.isspace() or after.isspace()


def _opens_single(text: str, i: int, end: int, later: list[re.Match[str]], single_house: bool) -> bool:
    """Whether a single mark opens a quotation: it has a closing partner, and is no leading apostrophe."""
    if _APOSTROPHE_WORD.match(text, i + 1):
        return False
    if not (text[i + 1].isalnum() or text[i + 1] in '[…“"$£€'):
        return False
    for m in later:
        j = m.start()
        if m.group() not in "’'":
            continue
        before, after = text[j - 1], text[j + 1] if j + 1 < end else " "
        owner = before in "sS" and j + 1 < end and after == " " and not single_house
        if not before.isspace() and not after.isalnum() and not owner:
            return True
    return single_house and i >= 1  # an unclosed one counts only where the paper quotes in single marks


def _closes_single(text: str, i: int, end: int, later: list[re.Match[str]], whole: bool) -> bool:
    """Tell the closing mark from an apostrophe ("didn’t", "the voters’ choice").

    `whole` is whether the paragraph begins with the quotation, which may then go on in the next.
    """
    before, after = text[i - 1], text[i + 1] if i + 1 < end else " "
    if after.isalnum() or before.isspace():
        return False
    if not before.isalnum():
        return True  # after a comma or a full stop it closes
    if before in "sS" and after == " ":  # a plural possessive, if a better closing mark follows first
        for m in later:
            j = m.start()
            nxt = text[j + 1] if j + 1 < end else " "
            if m.group() == "‘" or (m.group() == "'" and text[j - 1].isspace()):
                return True
            if m.group() in "’'" and not nxt.isalnum() and not text[j - 1].isspace():
                return False
        return not (whole and _OPENS_NEXT.match(text, end)) or _NO_NOUN.match(text, i + 1) is not None
    return True


def _is_speech(text: str, spans: tuple[Span, ...], outer: tuple[Span, ...], paragraph: int) -> bool:
    """By its form alone: is this an utterance, or a scrap (scare quotes, the title of a work)?"""
    inside = " ".join(text[a:b] for a, b in spans).strip()
    words = _WORD.findall(inside)
    if not words:
        return False
    before = text[max(paragraph, outer[0][0] - 12) : outer[0][0]].rstrip()
    after = text[outer[-1][1] : outer[-1][1] + 1]
    ends = inside[-1] in ",.!?…—–-" and not (inside[-1] in ",." and after == "" and len(words) < _SCARE_WORDS)
    capital = inside.lstrip("‘'[")[:1].isupper()
    if len(words) > 1 and inside[-1] not in "!?" and before[-1:] not in (":", ","):
        rest = [w for w in words if w.lower() not in _SMALL]
        if len(words) <= 8 and len(rest) > 1 and all(w[0].isupper() or w[0].isdigit() for w in rest):
            return False  # Title Case: a film, a book, a slogan
    if before[-1:] == ":" or (before[-1:] == "," and capital):
        return True
    starts = not before or before[-1] in ".!?”\"’'"
    return len(words) > _SCARE_WORDS or (ends and capital and starts) or (len(words) >= _SCARE_WORDS and capital)
