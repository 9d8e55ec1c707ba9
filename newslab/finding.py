"""What is found in one article, before anybody knows the rest of the corpus: plain values that a file can hold.

Names stay those of the article here. :mod:`newslab.roster` joins them across the corpus, and :mod:`newslab.tables`
makes rows of both, the same way for a corpus in memory and for one that is read in parts.
"""

from __future__ import annotations

import gc
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from newslab.actor_table import ActorTable
from newslab.actors import Resolution
from newslab.corpus import MAX_CHARS
from newslab.corpus.columns import why_too_long
from newslab.corpus.problems import out_of_memory
from newslab.groups import affiliations
from newslab.quotes import Quote
from newslab.reading import Reader, Reading
from newslab.roster import Seen
from newslab.sentiment import sentiment
from newslab.stance import Case, case_of
from newslab.text import AsRead, Text

_AT_ONCE = 32  # articles read at a time
_SELDOM = 10  # how many times as seldom Python looks through all that is made
S = TypeVar("S")
T = TypeVar("T")


@dataclass(slots=True)
class Found:
    """What is found in one text; actors are numbers in `actors`, places are offsets.

    Attributes
    ----------
    n_tokens : int
        Words and punctuation marks.
    actors : list of Seen
        and behind them the places that are named
    quotes : list of tuple
        content spans, kind, speaker, source span, cue span, how, confidence, polarity, subjectivity
    mentions : list of tuple
        number in the article, start, end, kind, actor
    stances : list of tuple
        source, target, polarity, probability, via, claimed by, quote, start, end
    affiliations : list of tuple
        group, member, relation, start, end
    """

    n_tokens: int = 0
    actors: list[Seen] = field(default_factory=list)
    quotes: list[Sequence[Any]] = field(default_factory=list)
    mentions: list[Sequence[Any]] = field(default_factory=list)
    stances: list[Sequence[Any]] = field(default_factory=list)
    affiliations: list[Sequence[Any]] = field(default_factory=list)

    def to_json(self) -> tuple[str, str]:
        """The actors, and the rest, each as JSON."""
        actors = [[a.name, a.type, a.described, a.known, a.aliases, a.n_mentions, a.n_quotes] for a in self.actors]
        rest = [self.n_tokens, self.quotes, self.mentions, self.stances, self.affiliations]
        return _json(actors), _json(rest)

    @classmethod
    def from_json(cls, actors: str, rest: str) -> Found:
        """What :meth:`to_json` wrote."""
        n_tokens, quotes, mentions, stances, links = json.loads(rest)
        return cls(n_tokens, actors_from_json(actors), quotes, mentions, stances, links)


def _json(value: Any) -> str:
    # A reader of one's own may give numbers of NumPy, which know their value as one of Python's.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=lambda number: number.item())


def actors_from_json(actors: str) -> list[Seen]:
    """The actors alone, from the first part of :meth:`Found.to_json`."""
    return [Seen(*row) for row in json.loads(actors)]


@contextmanager
def only_new_garbage() -> Iterator[None]:
    """Let Python look for garbage in what is made from here on, and seldom in what has stayed for a while.

    Reading makes so many small things that it would otherwise look through all that is loaded, and through all that is
    known of the articles at hand, again and again; hardly any of it is garbage that only such a look finds.
    """
    if gc.get_freeze_count():  # the caller, or another thread, has seen to it
        yield
        return
    gc.freeze()
    *young, old = gc.get_threshold()
    gc.set_threshold(*young, _SELDOM * old)
    try:
        yield
    finally:
        gc.set_threshold(*young, old)
        gc.freeze()  # it begins to count anew, and does not look through everything at once
        gc.unfreeze()


def find(
    reader: Reader,
    texts: Sequence[str],
    days: Sequence[Any],
    table: ActorTable | None = None,
    max_chars: int = MAX_CHARS,
) -> Iterator[Found | str]:
    """What is found in each text, in order; for a text that makes the reader fail, the reason.

    Parameters
    ----------
    reader : Reader
    texts : sequence of str
    days : sequence of Timestamp or None
        When each was published, which decides who holds a role of the table.
    table : ActorTable, optional
        The analyst's actors.
    max_chars : int
        A longer text is not read.
    """
    remaining = iter(zip(texts, days, strict=True))
    while batch := list(islice(remaining, _AT_ONCE)):
        too_long = [why_too_long(text, max_chars) for text, _ in batch]
        as_read = [AsRead("" if why else text) for why, (text, _) in zip(too_long, batch, strict=True)]
        readings = zip(_readings(reader, as_read, too_long), batch, strict=True)
        cases = [x if isinstance(x, str) else _tried(case_of, x, table, day) for x, (_, day) in readings]
        weighed = zip(_weighed(reader, cases), as_read, strict=True)
        found = [x if isinstance(x, str) else _tried(_found, x, text) for x, text in weighed]
        good = [f for f in found if isinstance(f, tuple)]
        tone = iter(sentiment(words for _, said in good for words in said).to_numpy().tolist())
        for f in found:
            if isinstance(f, str):
                yield f
            else:
                f[0].quotes = [(*quote, *next(tone)) for quote in f[0].quotes]
                yield f[0]


class Item(NamedTuple):
    """An article to read, by the key under which what is found in it is kept."""

    key: bytes
    text: str
    day: Any


Result = tuple[bytes, str | None, str, str]  # key, why it could not be read, and Found.to_json


def read_here(reader: Reader, table: ActorTable | None, items: Sequence[Item], max_chars: int) -> list[Result]:
    """What is found in the articles of a batch."""
    rows: list[Result] = []
    all_found = find(reader, [i.text for i in items], [i.day for i in items], table, max_chars)
    for item, found in zip(items, all_found, strict=True):
        reason = found if isinstance(found, str) else None
        rows.append((item.key, reason, *(Found() if isinstance(found, str) else found).to_json()))
    return rows


def _readings(reader: Reader, batch: Sequence[AsRead], too_long: Sequence[str | None]) -> list[Reading | str]:
    """Each text's reading, or why there is none. A batch that fails is read again, one text at a time."""
    texts = [read.text for read in batch]
    readings = _of_each(texts, lambda some: reader.read_many([Text(t) for t in some]), lambda t: reader.read(Text(t)))
    if len(readings) != len(batch):
        raise RuntimeError(f"the reader {reader.name!r} gave {len(readings)} readings of {len(batch)} texts")
    return [why or reading for why, reading in zip(too_long, readings, strict=True)]


def _weighed(reader: Reader, cases: Sequence[Case | str]) -> list[Case | str]:
    """Each article with its stances weighed, or the reason. A batch that fails is weighed again, one by one."""
    good = [case for case in cases if not isinstance(case, str)]
    weighed = _of_each(good, reader.weigh_many, reader.weigh)
    if len(weighed) != len(good):
        raise RuntimeError(f"the reader {reader.name!r} weighed {len(weighed)} of {len(good)} texts")
    done = (s if isinstance(s, str) else case._replace(stances=s) for case, s in zip(good, weighed, strict=True))
    return [case if isinstance(case, str) else next(done) for case in cases]


def _of_each(items: Sequence[S], many: Callable[[Sequence[S]], Iterable[T]], one: Callable[[S], T]) -> list[T | str]:
    """What `many` makes of a batch; if it fails, what `one` makes of each: whose fault it is shows, nothing is lost."""
    try:
        return list(many(items))
    except Exception:  # each is tried by itself
        return [_tried(one, item) for item in items]


def _tried(make: Callable[..., T], *of: Any) -> T | str:
    """What is made of an article or, where that fails, why: one bad article must not end a run of ten thousand."""
    try:
        return make(*of)
    except MemoryError as error:
        raise out_of_memory("an article") from error
    except Exception as error:  # goes to the table of problems
        return f"{type(error).__name__}: {error}"


def _found(case: Case, read: AsRead) -> tuple[Found, list[str]]:
    """What a case comes to, at the places in the text that was given, with the words of its quotations."""
    stances, reading, resolution, quotes = case
    for p in (*(s.probability for s in stances), *(q.confidence for q in quotes)):
        if not 0 <= p <= 1:  # by a reader of somebody's own
            raise ValueError(f"the reader gave the probability {p}, not from 0 to 1")
    found, given = Found(len(reading.text.tokens), _seen(reading, resolution, quotes)), read.given
    for q in quotes:
        a = q.attribution
        content = tuple(map(given, a.content))
        source, cue = (span and given(span) for span in (a.source, a.cue))
        found.quotes.append((content, q.kind, q.speaker, source, cue, q.how, q.confidence))
    for k, (m, actor) in enumerate(zip(reading.mentions, resolution.by_mention, strict=True)):
        if actor is not None:
            found.mentions.append((k, *given((m.start, m.end)), m.kind, actor))
    for s in stances:
        span = given((s.start, s.end))
        found.stances.append((s.source, s.target, s.polarity, s.probability, s.via, s.claimed_by, s.quote, *span))
    for link in affiliations(reading, resolution):
        found.affiliations.append((link.group, link.member, link.relation, *given((link.start, link.end))))
    text = reading.text.text
    return found, [" ".join(text[a:b] for a, b in q.attribution.content) for q in quotes]


def _seen(reading: Reading, resolution: Resolution, quotes: Sequence[Quote]) -> list[Seen]:
    said = Counter(q.speaker for q in quotes)
    actors = [
        # Who speaks for a place ("a spokesman for the city"), or has the name of one in the analyst's table, is a body
        Seen(a.name, "organisation" if a.type == "place" else a.type, a.described, a.known.name if a.known else None,
             list(a.aliases), len(a.mentions), said[i])
        for i, a in enumerate(resolution.actors)
    ]  # fmt: skip
    places = Counter(m.name for m in reading.mentions if m.type == "place" and m.kind == "name")
    return actors + [Seen(name, "place", False, None, [], n, 0) for name, n in places.items()]
