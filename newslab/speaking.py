"""Who says what: whom the words mean that name a source, and whose a statement or a letter is."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from newslab.offices import has_office_behind
from newslab.pronouns import LESS_LIKELY, OWNERS

if TYPE_CHECKING:
    from newslab.cast import Cast

_DOCUMENT = re.compile(
    r"\b(?:statement|letter|report|editorial|leaflet|manifesto|petition|tweet|post|email|memo|document|filing|ruling)s?\b",
    re.I,
)
_THE_DOCUMENT = re.compile(r"(?:the|this)\s(statement|letter|leaflet|petition|tweet|post|email|memo)", re.I)
_ADDED = re.compile(r",|\s(?:who|which|that)\s")  # where a source goes on with what is told of it
_GOVERNED = re.compile(r"\b(?:of|for|in|at|from|with|to|by|against)\s(?:the\s)?$")
# Behind such words stands nobody who speaks: "those close to Vell said", "emails seen by the Herald show"
_NO_SPEAKER = re.compile(
    r"\b(?:(?:close|near|known)\sto|familiar\swith|(?:obtained|seen|reviewed|viewed|examined)\sby|shared\swith|"
    r"(?:leaked|sent|given|shown)\sto)\s(?:[\w.-]+\s){0,4}$"
)
# A poll, and not who answered it: "the latest Quill poll", "an average of polls"; but "a third of voters in the poll"
_POLL = re.compile(  # bounded: 10 words
    r"(?:(?!(?:of|in|by|from|at|who|whose|that|which)\s)[^\s,]+\s){0,9}?(?:polls?|polling|(?-i:surveys?)|averages?)"
    r"(?:\Z|,|\s(?:of|in|on|by|from|for|this|last|that|which|average|taken|\w+ed)\b)", re.I
)  # fmt: skip
_REACH = 4  # sentences back that a document may be told of
_WIDEST = 300  # characters of a mention at most


def speakers_of(cast: Cast) -> tuple[list[int | None], list[str]]:
    """Who says each attribution, and how that is known, see :class:`newslab.actors.Resolution`."""
    actors: list[int | None] = []
    how: list[str] = []
    for attribution in cast.page.reading.attributions:
        actor, kind = (None, "unknown") if attribution.source is None else _speaker(cast, *attribution.source)
        actors.append(actor)
        if actor is None:
            how.append("unknown")
        elif attribution.how in ("continued", "before"):
            how.append("continued" if attribution.how == "continued" else "resolved")
        else:
            how.append(kind)
    return actors, how


def _speaker(cast: Cast, a: int, b: int) -> tuple[int | None, str]:
    """Whom the words of a source mean, and whether they are a name."""
    page, t, mentions = cast.page, cast.page.t, cast.page.mentions
    added = _ADDED.search(t, a + 1, b)
    best, kind, fit = None, "unknown", (False, False, False, False, 0.0)
    for k in page.within(a - _WIDEST, b):
        m, actor = mentions[k], cast.of[k]
        if actor is not None and m.end > a and not _NO_SPEAKER.search(t, a, m.start):
            overlap = (min(b, m.end) - max(a, m.start)) / (max(b, m.end) - min(a, m.start))
            owner = m.end < b and (m.name in OWNERS or t[m.end] in "'’")  # "her aide Bo Lind"
            if owner and m.start > a + 1:
                continue  # "a review of her letters"
            owner = owner or has_office_behind(t, mentions, k)
            # Who speaks comes first: "Vell, who leads the council", "her aide Bo Lind, now at the council"
            governed = _GOVERNED.search(t, a, m.start) is not None  # "the MP for Castrel, Bo Lind"
            here = (not owner, m.start <= a + 1, not governed, added is None or m.start < added.start(), overlap)
            if here > fit:
                best, kind, fit = actor, "named" if m.kind == "name" else "resolved", here
    if best is None and (issuer := _issuer_of(cast, a, b)) is not None:
        return issuer, "resolved"
    return best, kind


def is_poll(words: str) -> bool:
    """Whether words name a poll, which takes no stance itself: "a Quill poll", "The latest survey by the Argus"."""
    return ("oll" in words or "urvey" in words) and _POLL.match(words) is not None


def document_source(cast: Cast, k: int) -> int | None:
    """Who "It" is in "It said" or "“Never,” it said", after a statement: whoever issued the statement."""
    page, text, at = cast.page, cast.page.text, cast.page.starts[k]
    if page.marked[k]:
        return None  # “It is late,” she said
    if (said := page.saying.get(page.spans[k])) is not None:
        at = min(at, page.reading.attributions[said].content[0][0])
    s = text.sentence_at(at)
    return _issuer(cast, s - 1, _DOCUMENT) if at - text.sentences[s][0] <= 3 else None


def _issuer(cast: Cast, s: int, document: re.Pattern[str]) -> int | None:
    """Who comes first in a sentence that tells of a document, unless it only says what stands in it."""
    text = cast.page.text
    a, b = text.sentences[s] if s >= 0 else (0, 0)
    if not document.search(text.text, a, b) or text.text.startswith("According to", a):
        return None
    page = cast.page
    told = [(page.starts[j], i) for j in page.within(a, b) if (i := cast.of[j]) is not None and not page.marked[j]]
    # not the members of "In a letter to members, Vell …"
    free = [i for at, i in told if not LESS_LIKELY.search(text.text, max(a, at - 14), at)]
    return next(iter(free or (i for _, i in told)), None)


def _issuer_of(cast: Cast, a: int, b: int) -> int | None:
    """Whose words a document has that the article has just told of: "In a letter, Vell … The letter said"."""
    document = _THE_DOCUMENT.fullmatch(cast.page.t, a, b)
    if document is None:
        return None
    told, s = _told_first(document[1].lower()), cast.page.text.sentence_at(a)
    return next((i for n in range(1, _REACH + 1) if (i := _issuer(cast, s - n, told)) is not None), None)


@cache
def _told_first(document: str) -> re.Pattern[str]:
    """Where a document is told of for the first time: "a letter", "an open letter"."""
    return re.compile(rf"\ban?\s(?:[\w-]+\s)?{document}\b", re.I)
