"""Attributions of both kinds: the marks say where direct speech is, the model says the rest."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from newslab.model.heads import FoundAttribution
from newslab.model.names import OWNING
from newslab.quotation import Quotation, is_sub_heading
from newslab.reading import Attribution, Mention, Reading, in_order
from newslab.rules.attribution import is_blamed_in_heading, is_heading, is_signed
from newslab.rules.mentions import DATELINE
from newslab.text import Cover, Span, Text, trimmed

_SHORT = 60  # characters of a mention that a source may be widened to
_LINE = 60  # characters of a line that only announces what follows: "Transcript as follows:"
_ARTICLES = ("the", "a", "an")
_FEW = 3  # words of a sentence that content runs into and that are none of it
_SMALL = frozenset(
    "the a an that this it he she they we i you is was are were be been to of in on at and or by as".split()
)
_ANYBODY = frozenset(("", "he", "she", "they", "it", "who", "i", "we"))  # sources that name nobody
_EDGES = " \n-–—.,:;"
_NOWHERE = frozenset(("here", "there"))  # "Here is the full quote from Vell"
# What opens a sentence about what somebody is asked: "Asked if …", "But when pressed on whether …"
_ASKED = re.compile(
    r"(?:(?:but|and)\s)?(?:when\s|after\sbeing\s)?(?:later\s|repeatedly\s)?"
    r"(?:asked|pressed|questioned|quizzed|challenged)\b(?!\sby\b)", re.I
)  # fmt: skip
# Ahead of what somebody goes on with: "Vell said, adding that …", "Vell said, pointing out where …"
_ADDING = re.compile(r",\s(?:\w+ly\s)?([a-z]+ing)\b[^,.;:“”\"\n]{0,30}\Z")  # bounded: 60 characters
_LABEL = re.compile(r"[A-Z][A-Z. ]{1,30}:")  # of whoever speaks next in a transcript: "VELL:"
_Key = tuple[str, int]  # "model" or "rule", and the number of its attribution


def merge_attributions(
    reading: Reading, by_rule: Sequence[Attribution], found: Sequence[FoundAttribution]
) -> list[Attribution]:
    """Attributions of both kinds: quotations by their marks with the model's source, cue and further content.

    A running quotation goes to the found attribution that holds most of it, unless the cue of that one stands inside
    the marks (speech within speech). Quotations of one found attribution are one. Where the model found nothing, a
    quotation goes on with the one that the rules join it to, or has the rules' source. What holds no quotation is
    indirect, and stays as the model found it, without the quotations that others have.
    """
    marked = [q for q in reading.quotations if q.speech]
    within = Cover(s for q in marked for s in q.spans)
    headings = Cover(q.outer[0] for q in reading.quotations if not q.speech and is_sub_heading(reading.text, q))
    found = [_in_sentences(reading.text, _in_paragraphs(reading.text, f, within)) for f in found]
    found = [f._replace(content=[s for s in f.content if not headings.touches(*s)]) for f in found]
    found = [f._replace(source=[s for s in f.source if not is_blamed_in_heading(reading.text, s[1])]) for f in found]
    found = [f._replace(source=[]) if _is_put_to_source(reading.text, f) else f for f in found]
    found = [f._replace(source=_begun(reading.text, f.source)) for f in found]
    found = [f._replace(source=[]) if _source(reading.text, f) in _NOWHERE else f for f in found]
    found = [f for f in found if f.content]
    rule_of = [_most(s) for s in _shares(marked, [a.content for a in by_rule])]
    nested = [_inside_marks(f, within) for f in found]
    shares = _shares(marked, [() if inside else f.content for f, inside in zip(found, nested, strict=True)])
    named = (
        (_anchor(f)[0], _last_word(reading.text, f)) for f, inside in zip(found, nested, strict=True) if not inside
    )
    speakers = sorted((at, who) for at, who in named if who not in _ANYBODY)
    shares = [
        {k: n for k, n in share.items() if not _jumps(reading.text, q, found[k], speakers)}
        for q, share in zip(marked, shares, strict=True)
    ]
    found_of = [
        _chosen(reading, q, share, found, None if rule is None else by_rule[rule])
        for q, share, rule in zip(marked, shares, rule_of, strict=True)
    ]
    groups: dict[_Key, list[Quotation]] = {}
    latest: dict[int, _Key] = {}  # where the quotation before of the same rule's attribution went
    rules: dict[_Key, Attribution | None] = {}
    for q, rule, model in zip(marked, rule_of, found_of, strict=True):
        if model is not None:
            key = ("model", model)
        elif rule is not None:
            key = latest.get(rule, ("rule", rule))
        else:
            continue
        if rule is not None:
            latest[rule] = key
        rules.setdefault(key, None if rule is None else by_rule[rule])
        groups.setdefault(key, []).append(q)
    whose = sorted(
        (a, b, _anchor(found[key[1]] if key[0] == "model" else rules[key])[0])
        for key, quotations in groups.items()
        for q in quotations
        for a, b in q.outer
    )
    out = []
    for key, quotations in groups.items():
        spans = [s for q in quotations for s in q.spans]
        rule = rules[key]
        if key[0] == "rule":
            more = rule.content if len(quotations) == 1 else ()
            out.append(replace(rule, content=_union([*spans, *more], reading)))
            continue
        f = found[key[1]]
        content = _union([*spans, *(p for s in f.content for p in _outside(s, whose, reading))], reading)
        mere = any(reading.text.text[slice(*s)] in OWNING for s in f.source[:1])  # of "Vell’s reply" at times
        if rule is None or (f.source and not (mere and rule.source)):
            out.append(_as_attribution(f, content))
        else:
            out.append(Attribution(content, rule.source, rule.cue, rule.how, f.probability))
    used = {key[1] for key in groups if key[0] == "model"}
    for k, f in enumerate(found):
        if k in used:
            continue
        # A quotation that somebody else has is no part of this, unless it is told of with whose it is.
        content = f.content if nested[k] else [p for s in f.content for p in _outside(s, whose, reading, f.content)]
        content = [s for s in content if _says_something(reading.text, s)]
        if content and (f.source or (not nested[k] and content == f.content)):
            out.append(_as_attribution(f, tuple(content)))
    out = _added(reading.text.text, _announced(reading.text, _apart(reading.text, out)))
    covered = Cover(s for a in out for s in a.content)
    quoted = Cover((q.start, q.end) for q in reading.quotations)
    left = [a for a in by_rule if a.source and any(quoted.touches(*s) for s in a.content)]
    out += [a for a in left if not any(covered.touches(*s) for s in a.content)]
    return in_order(_once(out))


def _once(attributions: Iterable[Attribution]) -> Iterable[Attribution]:
    """Of attributions of the very same words by several cues, the one whose source stands first: "Vell … she"."""
    order = sorted(attributions, key=lambda a: (a.source is not None, -(a.source or (0, 0))[0], a.probability))
    return {a.content: a for a in order}.values()


def _apart(text: Text, attributions: Sequence[Attribution]) -> list[Attribution]:
    """Attributions without words of another paragraph that one of that paragraph has too."""
    here = [text.paragraph_at((a.cue or a.source or a.content[0])[0]) for a in attributions]
    own: dict[int, list[Span]] = defaultdict(list)  # by paragraph, what those who speak there say there
    for a, paragraph in zip(attributions, here, strict=True):
        own[paragraph] += [s for s in a.content if text.paragraph_at(s[0]) == paragraph]
    out = []
    for a, paragraph in zip(attributions, here, strict=True):
        kept = tuple(
            (s, t)
            for s, t in a.content
            if (there := text.paragraph_at(s)) == paragraph or not any(x <= s and t <= y for x, y in own[there])
        )
        out.append(replace(a, content=kept or a.content))
    return out


def _announced(text: Text, attributions: Sequence[Attribution]) -> list[Attribution]:
    """Attributions where a quotation without a source that a colon announces has that of who spoke last ahead of it.

    The colon may end a line that tells of nobody.
    """
    last = {text.paragraph_at(a.content[-1][1] - 1): a.source for a in attributions if a.source}
    out = []
    for a in attributions:
        k = text.paragraph_at(a.content[0][0])
        alone = not (a.source or a.cue or _LABEL.match(text.text, a.content[0][0]))
        if k and alone and text.text.endswith(":", 0, text.paragraphs[k - 1][1]):
            start, end = text.paragraphs[k - 1]
            ahead = k - 2 if k - 1 not in last and end - start <= _LINE else k - 1
            a = replace(a, source=last.get(ahead), how="before" if ahead in last else a.how)
        out.append(a)
    return out


def _added(t: str, attributions: Sequence[Attribution]) -> list[Attribution]:
    """Attributions where what somebody goes on with has their source: "Vell said, adding that it was late"."""
    sources = {end: a.source for a in attributions if a.source for _, end in filter(None, (a.source, a.cue))}
    out = []
    for a in attributions:
        at = a.content[0][0]
        adding = _ADDING.search(t, max(0, at - 60), at) if a.source is None else None
        if adding and (source := sources.get(adding.start())):
            a = replace(a, source=source, cue=a.cue or adding.span(1), how="continued")
        out.append(a)
    return out


def whole_sources(text: str, attributions: Sequence[Attribution], mentions: Sequence[Mention]) -> list[Attribution]:
    """Attributions whose source, where the model stopped at the article, has the whole mention."""
    starts = [m.start for m in mentions]
    out = []
    for a in attributions:
        if a.source is not None:
            s, t = a.source
            for m in mentions[max(0, bisect_left(starts, s) - 4) : bisect_left(starts, t)]:
                if m.start == s and text[s:t].lower() in _ARTICLES and m.end - m.start <= _SHORT:
                    t = m.end
            a = replace(a, source=(s, t))
        out.append(a)
    return out


def _in_paragraphs(text: Text, f: FoundAttribution, within: Cover) -> FoundAttribution:
    """Without words of another paragraph than the cue's, unless they are in marks or a colon announces them.

    Of what follows a heading nothing is said there: "Vell scandal explained".
    """
    anchors = [*f.cue, *f.source][:1]
    here = text.paragraph_at(anchors[0][0]) if anchors else -1
    heading = bool(anchors) and is_heading(text, here)
    spans: list[Span] = []
    for a, b in f.content:
        first, last = text.paragraph_at(a), text.paragraph_at(b - 1)
        if not anchors or (first == last and not (heading and first > here)):
            spans.append((a, b))
            continue
        pieces = [(k, (max(a, s), min(b, t))) for k, (s, t) in enumerate(text.paragraphs[first : last + 1], first)]
        announced = {k for k in range(first + 1, last + 1) if text.text.endswith(":", 0, text.paragraphs[k - 1][1])}
        kept = [s for k, s in pieces if k == here or k in announced or within.touches(*s)]
        spans += kept or ([] if heading else [s for _, s in pieces])
    return f._replace(content=spans)


def _in_sentences(text: Text, f: FoundAttribution) -> FoundAttribution:
    """Without the first words of a next sentence into which content ran, and without what says nothing: "the"."""
    spans = []
    for a, b in f.content:
        last = text.sentence_at(b - 1)
        start, end = text.sentences[last]
        goes_on = any(b <= s < end for s, _ in f.content)  # "The board, Orr said, has lied"
        if a < start and b < end and not goes_on and len(text.text[start:b].split()) <= _FEW:
            a, b = trimmed(text.text, (a, start))
        spans.append((a, b))
    return f._replace(content=[s for s in spans if _says_something(text, s)])


def _says_something(text: Text, span: Span) -> bool:
    return not _SMALL.issuperset(text.text[slice(*span)].lower().split())


def _last_word(text: Text, f: FoundAttribution) -> str:
    """The last word of the source: "Vell" of "Mayor Ona Vell"."""
    return "".join(_source(text, f).split()[-1:]).strip(",.")


def _begun(text: Text, source: Sequence[Span]) -> list[Span]:
    """A source without what stands ahead of its first word: "HOLLIN, May 3 (RLV) - Rebels said"."""
    t = text.text
    spans = ((place.end() if (place := DATELINE.match(t, a, b)) else a, b) for a, b in source)
    return [(b - len(t[a:b].lstrip(_EDGES)), b) for a, b in spans if t[a:b].strip(_EDGES)]


def _source(text: Text, f: FoundAttribution) -> str:
    return text.text[slice(*f.source[0])].lower() if f.source else ""


def _anchor(a: FoundAttribution | Attribution) -> Span:
    """Where the cue stands, or else the source, or else nowhere."""
    if isinstance(a, Attribution):
        return a.cue or a.source or (-1, -1)
    return [*a.cue, *a.source, (-1, -1)][0]


def _is_put_to_source(text: Text, f: FoundAttribution) -> bool:
    """Whether content is what its source is asked, and not what they say: "Asked if she would resign, Vell said"."""
    if not (f.cue and f.source) or f.source[0][0] < f.cue[0][1]:
        return False
    asked = _ASKED.match(text.text, text.sentences[text.sentence_at(f.cue[0][0])][0])
    return asked is not None and f.cue[0][0] < asked.end() <= f.cue[0][1]


def _as_attribution(f: FoundAttribution, content: tuple[Span, ...]) -> Attribution:
    source = f.source[0] if f.source else None
    return Attribution(content, source, f.cue[0] if f.cue else None, "near" if source else "unknown", f.probability)


def _shares(quotations: Sequence[Quotation], contents: Sequence[Sequence[Span]]) -> list[dict[int, int]]:
    """For each quotation how many of its characters each content holds."""
    spans = sorted((a, b, k) for k, content in enumerate(contents) for a, b in content)
    starts = [a for a, _, _ in spans]
    widest = max((b - a for a, b, _ in spans), default=0)
    out: list[dict[int, int]] = []
    for q in quotations:
        shared: dict[int, int] = {}
        for a, b in q.spans:
            for s, t, k in spans[bisect_left(starts, a - widest) : bisect_left(starts, b)]:
                if a < t:
                    shared[k] = shared.get(k, 0) + min(b, t) - max(a, s)
        out.append(shared)
    return out


def _jumps(text: Text, q: Quotation, f: FoundAttribution, speakers: Sequence[tuple[int, str]]) -> bool:
    """Whether somebody else speaks between a quotation and the cue in another paragraph that a found one gives it.

    Who has asked what the quotation answers may stand between.
    """
    low, high = sorted((_anchor(f)[0], q.start))
    ahead = text.text[max(0, q.outer[0][0] - 9) : q.outer[0][0]]
    asked = "\n" in ahead and ahead.rstrip().endswith("?")
    if low < 0 or asked or text.paragraph_at(low) == text.paragraph_at(high):
        return False
    between = speakers[bisect_left(speakers, (low + 1, "")) : bisect_left(speakers, (high, ""))]
    return any(who != _last_word(text, f) for _, who in between)


def _most(shared: dict[int, int]) -> int | None:
    return max(shared, key=lambda k: (shared[k], -k), default=None)


def _chosen(
    reading: Reading, q: Quotation, shared: dict[int, int], found: Sequence[FoundAttribution], rule: Attribution | None
) -> int | None:
    """The found attribution of a quotation: that with the cue beside it, or, without such a cue, with most of it.

    Of two that have as much of it, that with the nearest cue. One without a source yields to the cue beside it that the
    rules see, and so does one that relays: "“Enough,” Vell said, according to the Argus". A cue of the next sentence
    that the model did not take for the quotation's is another's: "“Enough.” He later said".
    """

    def most(among: Iterable[int]) -> int | None:
        far = {k: max(q.start - _anchor(found[k])[1], _anchor(found[k])[0] - q.end) for k in among}
        return max(far, key=lambda k: (shared[k], -far[k]), default=None)

    best = most(shared)
    if rule is not None and is_signed(reading.text, q.outer[-1][1], rule):
        return most(k for k in shared if _overlaps(found[k].source, [rule.source]))
    if rule is None or rule.how != "near" or rule.cue is None:
        return best
    beside = most(k for k in shared if _overlaps(found[k].cue, [rule.cue]))
    if beside is not None or reading.text.text[slice(*rule.cue)] == "came":  # "“Never!” came the reply from Vell"
        return beside
    next_one = reading.text.sentence_at(rule.cue[0]) > reading.text.sentence_at(q.spans[-1][1] - 1)
    if next_one or best is None:
        return best
    f = found[best]
    relays = any(reading.text.text[slice(*c)].lower() == "according to" for c in f.cue)
    return best if f.source and not (relays and not _overlaps(f.source, [rule.source])) else None


def _inside_marks(f: FoundAttribution, within: Cover) -> bool:
    """Speech within speech: the cue, or else the source, stands inside quotation marks."""
    anchors = [*f.cue, *f.source][:1]
    return any(within.touches(at, at + 1) for at, _ in anchors)


def _outside(
    span: Span, quoted: Sequence[tuple[int, int, int]], reading: Reading, around: Sequence[Span] = ()
) -> list[Span]:
    """What is left of a span outside the quotations in marks, if it has words.

    A quotation whose anchor, the number behind its place, stands in `around` stays.
    """
    out, at = [], span[0]
    for a, b, anchor in quoted[max(0, bisect_left(quoted, span[0], key=lambda q: q[0]) - 1) :]:
        if a >= span[1]:
            break
        if b > at and not any(s <= anchor < t for s, t in around):
            out.append((at, a))
            at = b
    out.append((at, span[1]))
    return [(a, b) for a, b in out if a < b and any(map(str.isalnum, reading.text.text[a:b]))]


def _overlaps(spans: Sequence[Span], others: Sequence[Span]) -> bool:
    return any(a < t and s < b for a, b in spans for s, t in others)


def _union(spans: Iterable[Span], reading: Reading) -> tuple[Span, ...]:
    """Spans joined where they touch or only marks and spaces stand between them on one line."""
    text = reading.text.text
    out: list[Span] = []
    for a, b in sorted(spans):
        if out and (a <= out[-1][1] or re.fullmatch(r"[ “”\"‘’',.]{1,3}", text[out[-1][1] : a])):
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return tuple(trimmed(text, s) for s in out)
