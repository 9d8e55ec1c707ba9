"""From readings to stances: whose opinion it is, who is meant, and who only relays it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from newslab.actor_table import ActorTable
from newslab.actors import Resolution, resolve
from newslab.naming import NUMBERS
from newslab.quotes import Quote, complete, quotes_of
from newslab.reading import Act, Innermost, Reading
from newslab.rules.shares import ends, is_measured, with_ends
from newslab.speaking import is_poll
from newslab.text import Span, trimmed


class Stance(NamedTuple):
    """One piece of evidence that `source` criticises or backs `target` (actor numbers in the article)."""

    source: int
    target: int
    polarity: str
    probability: float
    via: str
    claimed_by: int | None
    quote: int | None
    start: int
    end: int
    rule: str = ""


class Case(NamedTuple):
    """All that is known of an article when its stances are weighed."""

    stances: Sequence[Stance]
    reading: Reading
    resolution: Resolution
    quotes: Sequence[Quote]


def case_of(reading: Reading, table: ActorTable | None = None, day: Any = None) -> Case:
    """Who is who in an article, who says what, and who takes what stance.

    Parameters
    ----------
    reading : Reading
        :func:`~newslab.quotes.complete` adds to it.
    table : ActorTable, optional
        The analyst's actors.
    day : Timestamp, optional
        When the article was published, which decides who holds a role of the table.
    """
    complete(reading)
    resolution = resolve(reading, table, day)
    quotes = quotes_of(reading, resolution)
    return Case(stances_of(reading, resolution, quotes), reading, resolution, quotes)


_POLARITY = {-1: "negative", 1: "positive"}


def stances_of(reading: Reading, resolution: Resolution, quotes: Sequence[Quote]) -> list[Stance]:
    """Stances of one article in reading order; of several with one source, target, polarity and place, the likeliest.

    An opinion in attributed words is the speaker's. An act in attributed words is the act of its own subject, claimed
    by the speaker; with "I" or "we" as the subject it is the speaker's. Nobody takes a stance on themselves.
    """
    holding = Innermost([q.attribution for q in quotes])
    starts = [m.start for m in reading.mentions]
    holder, actor = [holding.at(a) for a in starts], resolution.by_mention
    vias = [_via(q) for q in quotes]
    best: dict[tuple[int, int, str, int, int, str], Stance] = {}
    trimmed: dict[Span, Span] = {}

    def add(source: int, target: int, polarity: int, p: float, via: str, by: int | None,
            quote: int | None, span: Span, rule: str) -> None:  # fmt: skip
        if (place := trimmed.get(span)) is None:
            place = trimmed[span] = _trim(reading.text.text, span)
        key = (source, target, _POLARITY[polarity], *place, rule)
        if (known := best.get(key)) is None or known.probability < p:
            quote = quote if via == "quote" else None
            best[key] = Stance(source, target, key[2], p, via, by if by != source else None, quote, *place, rule)

    denied, sentence_at = _denied(reading, actor), reading.text.sentence_at
    together = [_together(reading, resolution, q, starts) for q in quotes]
    sums = {k for k, q in enumerate(quotes) if together[k] and _is_sum(reading, resolution, q)}
    polls = {k for k, q in enumerate(quotes) if (at := q.attribution.source) and is_poll(reading.text.text[slice(*at)])}
    for opinion in reading.opinions:
        quote, target = holder[opinion.target], actor[opinion.target]
        if quote is not None and target is not None and quote not in polls:
            for speaker in together[quote] if quote in sums else (quotes[quote].speaker, *together[quote]):
                if speaker is None or speaker == target:
                    continue
                if not denied or (sentence_at(opinion.start), speaker, target, opinion.polarity) not in denied:
                    add(speaker, target, opinion.polarity, opinion.probability, vias[quote], None, quote,
                        (opinion.start, opinion.end), opinion.rule)  # fmt: skip
    told = _told(reading, actor)
    for act in reading.acts:
        source, target = actor[act.source], actor[act.target]
        if source is None or target is None or source == target:
            continue
        if act.rule == "between":
            sentence = sentence_at(act.start)
            if denied and (sentence, source, target, act.polarity) in denied:
                continue
            others = told.get((sentence, target, act.polarity))
            if others and _is_part(reading, act.source, others):
                continue
        quote = holder[act.source]
        by = quotes[quote].speaker if quote is not None and holder[act.target] == quote else None
        if by == source and quote is not None:
            via = vias[quote]
        else:
            via = "action" if act.rule.startswith("deed") else "reported"
        add(source, target, act.polarity, _chance(act, reading, resolution), via, by, quote, (act.start, act.end),
            act.rule)  # fmt: skip
    return sorted(best.values(), key=IN_ORDER)


def _told(reading: Reading, actor: Sequence[int | None]) -> dict[tuple[int, int | None, int], list[int]]:
    """Sources of the acts that a rule found, as mentions, by the number of the sentence, target and polarity."""
    out: dict[tuple[int, int | None, int], list[int]] = defaultdict(list)
    for act in reading.acts:
        if act.rule != "between":
            out[reading.text.sentence_at(act.start), actor[act.target], act.polarity].append(act.source)
    return out


def _is_part(reading: Reading, source: int, told: Sequence[int]) -> bool:
    """Whether a mention is but part of one of these: of "the members of the Guild accused Orr", the Guild is.

    Who speaks for somebody is the exception: "a spokesman for Vell accused Orr".
    """
    m = reading.mentions[source]
    around = (o for o in map(reading.mentions.__getitem__, told) if o.start <= m.start and m.end <= o.end)
    return any((o.start, o.end) != (m.start, m.end) and not (o.role or "").startswith("spokes") for o in around)


def _denied(reading: Reading, actor: Sequence[int | None]) -> set[tuple[int, int | None, int | None, int]]:
    """Number of a sentence, and who is said in it not to have attacked or backed whom, with the polarity.

    Not so where another word of the sentence tells of such an act: "did not attack Vell, but accused Vell of lying".
    """
    if not reading.denied:
        return set()

    def keys(acts: Iterable[Act]) -> set[tuple[int, int | None, int | None, int]]:
        return {(reading.text.sentence_at(a.start), actor[a.source], actor[a.target], a.polarity) for a in acts}

    return keys(reading.denied) - keys(a for a in reading.acts if a.rule != "between")


IN_ORDER = attrgetter("start", "end", "source", "target", "polarity")


def _chance(act: Act, reading: Reading, resolution: Resolution) -> float:
    """Probability of an act; where a rule found it, by who acts on whom as well."""
    if act.rule == "between" or not is_measured(act.rule):
        return act.probability
    return with_ends(act.probability, ends_of(act, reading, resolution))


def ends_of(act: Act, reading: Reading, resolution: Resolution) -> tuple[str, ...]:
    """Between what kinds of actors an act is, see :func:`newslab.rules.shares.ends`; nobody known is not described."""
    known = [resolution.by_mention[k] for k in (act.source, act.target)]
    described = [i is not None and resolution.actors[i].described for i in known]
    return ends(reading.mentions[act.source].name, *described, act.polarity)


def _together(reading: Reading, resolution: Resolution, quote: Quote, starts: Sequence[int]) -> list[int]:
    """Others who say the same: "Vell and Orr said", where the speaker is Vell.

    Nobody who is only told of beside them: "Vell, a professor at Lorvane and the author of a book on Orr, said".
    """
    t, source = reading.text.text, quote.attribution.source
    if source is None or quote.speaker is None or not _AND.search(t, *source):
        return []
    a, b = source
    out, end, body = [], -1, False
    for k in range(bisect_left(starts, a - _TITLE), bisect_left(starts, b)):
        m, actor = reading.mentions[k], resolution.by_mention[k]
        if not a < m.end <= b or m.start < end or _PART.match(t, m.end, b):
            continue
        joined = end < 0 or _JOINED.fullmatch(t, end, m.start)
        also = m.kind == "name" and m.type == "person" and t[m.start].isupper() and t.endswith(", and ", 0, m.start)
        if not joined and not also:
            continue  # "Vell, who chairs the Guild and"; but "Vell, who chairs the Guild, and Bo Lind"
        named = m.kind == "name" and (m.type == "organisation") == body
        like = m.plural or (named and not t.startswith(("a ", "an "), m.start))
        if end >= 0 and not _AND.search(t, end, m.start) and not like:
            continue  # "Vell, the chairman and"; but "Vell, Orr and"
        some, body = _SOME_OF.search(t, m.start, m.end), m.type == "organisation"
        end = some.start() if some else m.name_end(t) if m.kind == "name" else m.end  # "Vell (R-Utah) and Orr"
        if m.kind != "pronoun" and m.type != "place" and actor not in (None, quote.speaker):
            out.append(actor)
    return list(dict.fromkeys(out))


def _is_sum(reading: Reading, resolution: Resolution, quote: Quote) -> bool:
    """Whether the speaker is but the sum of those named behind: "two analysts, Ona Vell and Bo Lind, said"."""
    a, b = quote.attribution.source or (0, 0)
    group = quote.speaker is not None and resolution.actors[quote.speaker].type == "group"
    return group and _NAMED_BEHIND.match(reading.text.text, a, b) is not None


_AND = re.compile(r"\b(?:and|as\swell\sas|along\swith)\b|&|,\s(?:including|like)\b")
_SOME_OF = re.compile(r",?\s(?:including|like|such\sas)\s")  # in "unions, including the Guild and the Dockers"
_TITLE = 12  # characters ahead of a source that a mention may begin: the "Mr." of "Mr. Vell"
# Behind a name that is but a part: "Orr’s aide and", "the Guild spokesman and"
_PART = re.compile(r"['’]|[/-]\w|\s(?!(?:and|as|along|both|each|of|from|in|who|whose|that|like|including|alike)\b)\w")
_TITLES = r"(?:(?!(?:of|for|to|in|at|by|on|with|from|under|who|which|that|as)\b)[\w.’'-]+\s){0,4}"  # four words
# Between two who speak together: "Vell of Hollin and former Gov. Orr", "Vell, Orr and Lind", "MPs, including Vell"
_JOINED = re.compile(
    r"(?:\s\([^()\n]{1,20}\))?(?:\s(?:of|from)\s[A-Z][\w.]+(?:\s[A-Z]\w+)?)?"
    rf"[\s,–—-]*(?:(?:and|&|as\swell\sas|along\swith|including|like|such\sas)\s{_TITLES})?"
)
COUNTED = re.compile(rf"(?:[Tt]he\s)?(?i:{NUMBERS})\s")  # people of whom it is told how many they are
_NAMED_BEHIND = re.compile(rf"{COUNTED.pattern}[^,]{{1,80}},\s[^\W\d_a-z]")  # bounded: 100 characters


def _via(quote: Quote) -> str:
    return "quote" if quote.kind in ("direct", "mixed") else "reported"


def _trim(text: str, span: Span) -> Span:
    """Evidence stays within one paragraph and has no white space at its ends."""
    start, end = trimmed(text, span)
    first = re.split(r"[\r\n]", text[start:end])[0]
    return start, start + len(first.rstrip())
