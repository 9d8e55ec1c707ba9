"""Letters and posts of readers: paragraphs that belong to the name which is signed below them."""

from __future__ import annotations

import re

from newslab.reading import Attribution
from newslab.rules.lexicons import lexicons
from newslab.text import Span, Text

_CAPITALISED = r"[^\W\d_a-z][\w’'.-]*"
_WHO = rf"(?P<who>@\w{{2,}}|{_CAPITALISED}(?: (?:{_CAPITALISED}|de|van|von|al)){{1,3}})"
_WHERE = rf"(?:(?:,\s?|,? ?[-–—\n] ?){_CAPITALISED}(?:,? {_CAPITALISED}){{0,4}})?[.,]?"  # "Celia Marrable, Port Adeyro"
_SIGNED = re.compile(rf"(?:[-–—]+\s*)?{_WHO}(?P<where>{_WHERE})")  # bounded: 100 characters
# At the end of a letter's last paragraph: "… is a disgrace. — Celia Marrable, Port Adeyro"
_SIGNED_BEHIND = re.compile(rf"(?<=[.!?”\"’)])(?: ?[-–—]+ ?|\n){_WHO}{_WHERE}\Z")  # bounded: 100 characters
_WITHHELD = re.compile(r"\(?names?(?: and address(?:es)?)? (?:supplied|withheld)\b.{0,30}", re.I)
_HEADING = re.compile(
    r"(?:.{0,40}\b)?(?:letters|readers|facebook|twitter|your views|your say|to the editor)\b.{0,30}", re.I
)
_HEADLINE = re.compile(r"(?:.{0,20}\b)?letters(?: to the editor)?: .{1,100}", re.I)
_QUOTES = re.compile(r"[“\"](?=\w)(?:[^\s“”\"]+\s){3}")  # more than the few words that scorn alone puts between marks
_SHORT = 8  # words of a paragraph that is a heading or a place, and no letter
_LONGEST = 100  # characters of a signature


def find_letters(text: Text) -> list[Attribution]:
    """What the signatories of a page of letters or posts write, where a heading says that it is one."""
    out: list[Attribution] = []
    open_page = False
    body: list[Span] = []
    for n, (a, b) in enumerate(text.paragraphs):
        behind = _SIGNED_BEHIND.search(text.text, max(a, b - _LONGEST), b) if open_page else None
        if behind and not text.text[a : behind.start()].strip():
            behind = None  # it is all of the paragraph
        b = behind.start() if behind else b
        words = text.text[a:b].strip()
        count = len(words.split())
        if (count <= _SHORT and _HEADING.fullmatch(words)) or (not n and _HEADLINE.fullmatch(words)):
            open_page, body = True, []
            continue
        if not open_page:
            continue
        signed = behind or (_signature(words) if count <= _SHORT and len(words) <= _LONGEST else None)
        long = count > _SHORT or (words[-1] in ".!?" and sum(w[0].islower() for w in words.split()) > 2)
        if long and not _QUOTES.search(words):  # a paragraph that quotes others is left to those who look at marks
            body.append((a, a + len(text.text[a:b].rstrip())))
        if signed and body:
            start = signed.start("who") + (0 if behind else a + text.text[a:b].index(words))
            end = start + len(signed["who"].rstrip("."))
            out.append(Attribution(tuple(body), (start, end), None, "signed"))
            body = []
        elif not signed and not long and (words.isupper() or _WITHHELD.fullmatch(words)):
            body = []
    return out


def _signature(words: str) -> re.Match[str] | None:
    """The signature that a paragraph is: "Celia Marrable, Port Adeyro"; in capitals such as no heading would be."""
    signed = _SIGNED.fullmatch(words)
    named = signed and (signed["where"].strip(".") or words.split()[0].title() in lexicons().first_names)
    return signed if not words.isupper() or named else None
