"""Rows of the quotes table: each running quotation with its speaker, source, cue and kind."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from newslab.actors import Resolution
from newslab.reading import Attribution, Reading, in_order
from newslab.text import Span

_DIRECT = 0.9  # share of the content between quotation marks from which on a quotation is direct


@dataclass(frozen=True, slots=True)
class Quote:
    """One row: an attribution with its speaker (an actor's number in its article, or None)."""

    attribution: Attribution
    kind: str
    speaker: int | None
    how: str
    confidence: float


def quotes_of(reading: Reading, resolution: Resolution) -> list[Quote]:
    """Quotes of one article, one for each attribution and in the same order."""
    marks = [s for q in reading.quotations if q.speech for s in q.spans]
    scraps = [s for q in reading.quotations if not q.speech for s in q.spans]
    rows = []
    for a, speaker, how in zip(reading.attributions, resolution.speakers, resolution.how, strict=True):
        rows.append(Quote(a, _kind(a.content, marks, scraps), speaker, how, _confidence(a, how)))
    return rows


def _kind(content: Sequence[Span], marks: Sequence[Span], scraps: Sequence[Span]) -> str:
    size = sum(b - a for a, b in content)
    quoted = _overlap(content, marks)
    if quoted >= _DIRECT * size:
        return "direct"
    return "mixed" if quoted or _overlap(content, scraps) else "indirect"


def _overlap(content: Sequence[Span], spans: Sequence[Span]) -> int:
    """Characters of the content that lie in spans, which stand in order and do not overlap."""
    total = 0
    for a, b in content:
        k = bisect_right(spans, a, key=lambda s: s[1])
        while k < len(spans) and spans[k][0] < b:
            total += min(b, spans[k][1]) - max(a, spans[k][0])
            k += 1
    return total


# Shares of sources found by each way that hand coders confirm, on training articles (see docs/reading.md).
_CONFIDENCE = {"named": 0.85, "resolved": 0.75, "continued": 0.75}


def _confidence(attribution: Attribution, how: str) -> float:
    if how == "unknown":
        return 0.0
    return round(_CONFIDENCE[how] * attribution.probability * (0.6 if attribution.how == "before" else 1.0), 3)


def complete(reading: Reading) -> None:
    """Add the quotations in marks that no attribution of the reader covers: without a source, so that none is lost."""
    content = sorted(s for a in reading.attributions for s in a.content)
    lost = [
        Attribution(q.spans, None, None, "unknown")
        for q in reading.quotations
        if q.speech and not _overlap(q.spans, content)
    ]
    if lost:
        reading.attributions = in_order([*reading.attributions, *lost])
