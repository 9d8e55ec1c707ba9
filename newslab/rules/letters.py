"""Letters and posts of readers: paragraphs that belong to the name which is signed below them."""

from __future__ import annotations

import re

from newslab.reading import Attribution
from newslab.text import Span, Text

_CAPITALISED = r"[^\W\d_a-z][\w’'.-]*"
_SIGNED = re.compile(rf"(?:[-–—]+\s*)?(?P<who>@\w{{2,}}|{_CAPITALISED}(?: (?:{_CAPITALISED}|de|van|von|al)){{1,3}})\.?")
_HEADING = re.compile(
    r"(?:.{0,40}\b)?(?:letters|readers|facebook|twitter|your views|your say|to the editor)\b.{0,30}", re.I
)
_MARKS = re.compile('[“”"]')
_SHORT = 8  # words of a paragraph that is a heading or a place, and no letter


def find_letters(text: Text) -> list[Attribution]:
    """What the signatories of a page of letters or posts write, where a heading says that it is one."""
    out: list[Attribution] = []
    open_page = False
    body: list[Span] = []
    for a, b in text.paragraphs:
        words = text.text[a:b].strip()
        count = len(words.split())
        if count <= _SHORT and _HEADING.fullmatch(words):
            open_page, body = True, []
            continue
        if not open_page:
            continue
        signed = _SIGNED.fullmatch(words) if count <= 5 and not words.isupper() else None
        if signed and body:
            start = a + text.text[a:b].index(words) + signed.start("who")
            end = start + len(signed.group("who").rstrip("."))
            out.append(Attribution(tuple(body), (start, end), None, "signed"))
            body = []
        elif count > _SHORT or (words[-1] in ".!?" and sum(w[0].islower() for w in words.split()) > 2):
            if not _MARKS.search(words):  # a paragraph that quotes others is left to those who look at marks
                body.append((a, a + len(text.text[a:b].rstrip())))
        elif not signed and words.isupper():
            body = []
    return out
