"""Where the mentions of an article stand, and in whose words: what is known before anybody knows whom they mean.

Nothing of it changes while :mod:`newslab.actors` finds out who is who; what does is in :mod:`newslab.cast`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from newslab.reading import Innermost, Mention, Reading
from newslab.text import Cover, Span

_PREPOSITION = re.compile(r"\b(?:of|by|for|with|to|from|against|about|on|at|in|than|and|over|after|as)\s(?:the\s)?$")
_WORD = re.compile(r"\w+")
_OWNING = re.compile(r"['’]s\b")
_TOLD_OF = re.compile(r"\s(?:who|that|which|whose|whom)\s|[,(:;–—]")  # what comes after it is told of a mention
_NESTED = 64  # mentions away that one may stand within another
_AROUND = 80  # mentions ahead of or behind one that are looked at, which bounds the work


class Page:
    """The mentions of an article, each by its number `k`, and what its place tells of each."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.text, self.mentions = reading, reading.text, reading.mentions
        self.t = t = reading.text.text
        self.title = self.text.paragraphs[0][1] if self.text.paragraphs else 0  # where it ends
        self.spans = [(m.start, m.end) for m in self.mentions]
        self.starts = [m.start for m in self.mentions]
        self.words = [tuple(_WORD.findall(_OWNING.sub("", m.name.lower()))) for m in self.mentions]
        self.sentence = [self.text.sentence_at(a) for a in self.starts]
        self.first: list[bool] = []  # of its sentence
        self.opens: list[bool] = []  # near the start of its sentence
        self.preposition: list[bool] = []  # behind a preposition
        self.owner: list[bool] = []  # ahead of what is somebody's: "Vell’s"
        seen = -1
        for m, s in zip(self.mentions, self.sentence, strict=True):
            start = self.text.sentences[s][0] if self.text.sentences else 0
            self.first.append(s > seen and m.type != "place")
            seen = s if self.first[-1] else seen
            self.opens.append(m.start - start < 25)
            self.preposition.append(_PREPOSITION.search(t[max(start, m.start - 14) : m.start]) is not None)
            self.owner.append(t[m.end : m.end + 2] in ("’s", "'s") or t[m.end : m.end + 1] in ("’", "'"))
        self.links = reading.links or [[] for _ in self.mentions]  # what may be the same, by the reader, and how likely
        self.nested = _nested(t, self.mentions)
        within = Innermost(reading.attributions)
        self.quoted = [within.at(a) for a in self.starts]  # the attribution that it stands in
        marked = Cover(s for q in reading.quotations if q.speech for s in q.spans)
        self.marked = [marked.touches(m.start, m.end) for m in self.mentions]  # whether between marks
        self.saying = {a.source: i for i, a in enumerate(reading.attributions)}  # attributions by their source
        self.closing = {a.content[-1][1]: i for i, a in enumerate(reading.attributions)}  # and by where they end
        self._telling = sorted(a.source[0] for a in reading.attributions if a.source)

    def surface(self, k: int) -> str:
        """The words of a mention."""
        return self.t[self.mentions[k].start : self.mentions[k].end]

    def at(self, span: Span) -> int | None:
        """The mention that is these words."""
        k = bisect_left(self.starts, span[0])
        return k if self.spans[k : k + 1] == [span] else None

    def within(self, start: int, end: int) -> range:
        """The mentions that begin from `start` to `end`."""
        return range(bisect_left(self.starts, start), bisect_left(self.starts, end))

    def tells(self, k: int) -> bool:
        """Whether a source of words begins within a mention."""
        m = self.mentions[k]
        return bisect_left(self._telling, m.start) < bisect_left(self._telling, m.end)

    def begins(self, k: int) -> bool:
        """Whether a sentence begins with a mention, at most behind a mark; `opens` is more lenient."""
        return self.starts[k] - self.text.sentences[self.sentence[k]][0] < 2

    def before(self, k: int) -> range:
        """Mentions ahead of one that are near enough to bear on it."""
        return range(max(k - _AROUND, 0), k)

    def behind(self, k: int) -> range:
        """Those behind it."""
        return range(k + 1, min(k + _AROUND, len(self.mentions)))


def holds(text: str, a: Mention, b: Mention) -> bool:
    """Whether one mention stands within the other: "her brother" is not "her", but "Vell, who lost her seat" is."""
    within = a.start <= b.start and b.end <= a.end
    if within and b.kind == "pronoun" and _TOLD_OF.search(text, a.start + 1, b.start):
        return False
    return within or b.start <= a.start and a.end <= b.end


def _nested(text: str, mentions: Sequence[Mention]) -> list[list[int]]:
    """For each mention, by number, itself and those that hold it or stand within it, see :func:`holds`."""
    out: list[list[int]] = []
    around: list[int] = []  # what has not ended where the next one begins
    for k, m in enumerate(mentions):
        around = [j for j in around if mentions[j].end > m.start and k - j < _NESTED]
        out.append([k])
        for j in around:
            if mentions[j].end >= m.end or mentions[j].start == m.start:
                out[j].append(k)
                if holds(text, mentions[j], m):
                    out[k].append(j)
        around.append(k)
    return out
