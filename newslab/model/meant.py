"""Whom a quotation may be about without naming them: "This is a disgrace", said of the minister named just before.

Such a pair has no place that a head could judge; it becomes a candidate of low probability, which the weighing and the
judge take up.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

from newslab.stance import Case, Stance

CHANCE = 0.03  # what the heads would say of a place at which nothing stands out
_BACK = 2  # sentences ahead of a quotation in which somebody meant in it is named
_PROMINENT = 2  # actors that an article mentions most often, of whom any quotation may be
_TARGETS = 4  # candidates a quotation, at most


def meant(case: Case) -> list[Stance]:
    """Candidates for targets that are meant in a quotation and not named in it, for both polarities."""
    stances, reading, resolution, quotes = case
    text, of = reading.text, resolution.by_mention
    starts = [m.start for m in reading.mentions]
    judged = {(s.source, s.target, s.quote) for s in stances}
    known = {(s.source, s.target) for s in stances if s.rule in ("towards", "speaker")}
    counts = Counter(a for m, a in zip(reading.mentions, of, strict=True) if a is not None and m.type != "place")
    often = [a for a, n in sorted(counts.items(), key=lambda x: (-x[1], x[0]))[:_PROMINENT] if n > 1]
    out = []
    for number, q in enumerate(quotes):
        if q.speaker is None:
            continue
        a, b = q.attribution.content[0]
        k = text.sentence_at(a)
        low = text.sentences[max(0, k - _BACK)][0]
        high = text.sentences[k][1]
        near = [
            actor
            for j in range(bisect_left(starts, high) - 1, bisect_left(starts, low) - 1, -1)
            if (actor := of[j]) is not None
            and reading.mentions[j].type != "place"
            and not any(s <= starts[j] < t for s, t in q.attribution.content)
        ]
        rules = dict.fromkeys(near, "meant near") | {x: "meant" for x in often if x not in near}
        via = "quote" if q.kind in ("direct", "mixed") else "reported"
        start, end = text.sentences[k]
        span = (max(a, start), min(b, end))
        chosen = [
            (t, rule)
            for t, rule in rules.items()
            if t != q.speaker and (q.speaker, t) not in known and (q.speaker, t, number) not in judged
        ]
        for target, rule in chosen[:_TARGETS]:
            for polarity in ("negative", "positive"):
                quote = number if via == "quote" else None
                out.append(Stance(q.speaker, target, polarity, CHANCE, via, None, quote, *span, rule))
    return out
