"""The model reader: what the trained heads find, joined with the grammar of quotation marks and the lists of names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import islice
from threading import Lock
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from newslab import antecedents
from newslab.model import pronouns
from newslab.model.attribution import merge_attributions, whole_sources
from newslab.model.beside import CAPITALISED, told_beside
from newslab.model.encoder import FILES, WEIGHTS, Array, Encoded, Encoder
from newslab.model.heads import STANCES, Heads
from newslab.model.judging import Judge
from newslab.model.mentions import merge_mentions
from newslab.model.ties import tie_said_of
from newslab.model.weighing import weigh_many
from newslab.pronouns import FIRST_PERSON, RELATIVE, SECOND_PERSON
from newslab.quotation import find_quotations
from newslab.reading import Act, Attribution, Innermost, Mention, Opinion, Reader, Reading, checked, in_order, together
from newslab.rules.attribution import attribute_quotations
from newslab.rules.interviews import give_answers, named_turns
from newslab.rules.letters import find_letters
from newslab.rules.lexicons import lexicons
from newslab.rules.mentions import find_mentions
from newslab.rules.reader import rule_acts, rule_opinions
from newslab.stance import Case, Stance
from newslab.text import Span, Text

_ARTICLES_A_BATCH = 16
_CHARS_A_BATCH = 110_000  # 100 MB or more of vectors and products; a longer article is read by itself
LEAST = 0.05  # probability below which a stance or a link is not reported
_READABLE = 320  # characters of a sentence that is shown whole as evidence
_REACH = 900  # characters between a source and the mention in its words that it may judge
_NEAR = 14  # mentions between the two of a pair, at most
# A pair of people is read with its own names and with these; who they are should not decide (benchmarks/audit.py)
_NAMES = ("Alan Marlowe", "Nora Quist")
_BLIND = 0.7  # weight of the reading with these names
_PERSON = re.compile(rf"{CAPITALISED}(?: {CAPITALISED}){{0,2}}")
_PRONOUNS = frozenset("he him his she her hers they them their it its who i we us you".split())
_LIMITS = Lock()  # held by who has limited the threads of numpy
_UNJUDGED = FIRST_PERSON | SECOND_PERSON | RELATIVE - {"whose"}


class ModelReader(Reader):
    """Reads with the bundled model. See :class:`~newslab.reading.Reader`.

    The grammar of quotation marks decides where direct quotations are; the model finds indirect and mixed ones, sources
    and cues, mentions, and who is attacked or backed. Lists of titles and roles supply what a mention's name is.

    Parameters
    ----------
    workers : int, optional
        Threads of the encoder. Default one for each core. The number changes no result.

    Raises
    ------
    FileNotFoundError
        If a file of the model is missing.
    ValueError
        If a file of the model is damaged.
    """

    name = "model"
    files = (*(WEIGHTS / name for name in FILES), antecedents.WEIGHTS)

    def __init__(self, name: str = "model", *, workers: int | None = None) -> None:
        super().__init__(name, workers=workers)
        self._workers = workers
        self.encoder = Encoder(workers=workers)
        self.heads = Heads(self.encoder.weights, self.encoder.config)
        self.judge = Judge(self.encoder, workers=workers)

    def __reduce__(self) -> tuple[Any, ...]:
        # In another process it is made anew: what onnxruntime has opened cannot be sent there.
        return partial(type(self), workers=self._workers), (self.name,)

    def read(self, text: Text) -> Reading:  # noqa: D102 - see Reader.read
        return next(iter(self.read_many([text])))

    def read_many(self, texts: Iterable[Text]) -> Iterator[Reading]:  # noqa: D102 - see Reader.read_many
        for text, e in self._encoded(texts):
            with _one_thread():
                reading = self._whole(text, e)
            yield reading

    def _encoded(self, texts: Iterable[Text]) -> Iterator[tuple[Text, Encoded]]:
        for batch in _batches(texts):
            yield from zip(batch, self.encoder.encode([_unmasked(t) for t in batch]), strict=True)

    def _whole(self, text: Text, e: Encoded) -> Reading:
        reading = self._attributed(text, e)
        give_answers(reading)
        self._find_links(reading, e)
        self._judge(reading, e)
        return reading

    def _find_links(self, reading: Reading, e: Encoded) -> None:
        """Whom each mention may mean."""
        reading.links = self.heads.links(e, [(m.start, m.end) for m in reading.mentions], LEAST)
        for k, found in pronouns.links(self.encoder.weights, e, reading.text, reading.mentions, LEAST).items():
            reading.links[k] = found

    def _attributed(self, text: Text, e: Encoded) -> Reading:
        """A reading with attributions and mentions."""
        reading = Reading(text, find_quotations(text))
        listed = find_mentions(text)
        by_rule = attribute_quotations(text, reading.quotations, listed)
        attributions = merge_attributions(reading, by_rule, self.heads.attributions(e))
        attributions = in_order([*attributions, *find_letters(text)])
        sources = [a.source for a in attributions if a.source]
        sources += [turn.who for turn in named_turns(text) if turn.who]
        limit = self.heads.limits["mention"]
        reading.mentions = merge_mentions(text, listed, self.heads.mentions(e), sources, limit)
        reading.attributions = whole_sources(text.text, attributions, reading.mentions)
        tie_said_of(text.text, reading.mentions, reading.attributions)
        return reading

    def _judge(self, reading: Reading, e: Encoded) -> None:
        """Opinions on the mentions in attributed words, and acts between the mentions of a sentence."""
        mentions, text = reading.mentions, reading.text
        spans = [(m.start, m.end) for m in mentions]
        affiliations = told_beside(text.text, mentions)
        inside = _targets(mentions, reading.attributions, affiliations)
        places = {k: _judged_in(reading, k, i) for k, i in inside}
        towards = self.heads.sentiment(e, [spans[k] for k, _ in inside])
        for n, polarity, chance in _likely(towards):
            k, _ = inside[n]
            reading.opinions.append(Opinion(k, polarity, *places[k], "towards", chance))
        sources = [a.source or (0, 0) for a in reading.attributions]
        near = [(k, i) for k, i in inside if sources[i] != (0, 0) and _gap(sources[i], spans[k]) <= _REACH]
        pairs = _pairs(text, mentions, affiliations)
        asked = [(len(spans) + i, k) for k, i in near] + pairs
        both = self.heads.stance(e, spans + sources, asked)
        for n, polarity, chance in _likely(both[: len(near)]):
            k, _ = near[n]
            reading.opinions.append(Opinion(k, polarity, *places[k], "speaker", chance))
        sentences = [text.sentences[text.sentence_at(m.start)] for m in mentions]
        for n, polarity, chance in _likely(both[len(near) :]):
            j, k = pairs[n]
            a, b = sentences[j]
            if b - a > _READABLE:
                a, b = min(spans[j][0], spans[k][0]), max(spans[j][1], spans[k][1])
            reading.acts.append(Act(j, k, polarity, a, b, "between", chance))
        # What the verbs and nouns of blame and praise say is a second witness, which the weighing hears.
        acts, reading.denied = rule_acts(text, mentions)
        told = rule_opinions(text, mentions, reading.attributions)
        reading.acts += [a for a in acts if a.target not in affiliations]
        reading.opinions += [o for o in told if o.target not in affiliations]

    def weigh(self, case: Case) -> Sequence[Stance]:  # noqa: D102 - see Reader.weigh
        return self.weigh_many([case])[0]

    def weigh_many(self, cases: Sequence[Case]) -> Sequence[Sequence[Stance]]:  # noqa: D102 - see Reader.weigh_many
        with _one_thread():
            return weigh_many(cases, self.judge, self.encoder.config)

    # ---- the heads by themselves -----------------------------------------------------------------------------------

    def stance(self, text: str, source: Span, target: Span) -> dict[str, float]:  # noqa: D102 - see Reader.stance
        return self.stance_many([text], [source], [target])[0]

    def stance_many(  # noqa: D102 - see Reader.stance_many
        self, texts: Sequence[str], sources: Sequence[Span], targets: Sequence[Span]
    ) -> list[dict[str, float]]:
        given = together(texts, sources, targets)
        for row in given:
            checked(*row)
        renamed = [_renamed(*row, names) for names in (_NAMES, _NAMES[::-1]) for row in given]
        rows = [*given, *renamed]

        def call(e: Encoded, group: Sequence[tuple[Span, ...]]) -> Array:
            spans = [span for pair in group for span in pair]
            return self.heads.stance(e, spans, [(k, k + 1) for k in range(0, len(spans), 2)])

        found = self._each([t for t, *_ in rows], [tuple(spans) for _, *spans in rows], call)
        return [_mixed(found[k], found[k + len(given)], found[k + 2 * len(given)]) for k in range(len(given))]

    def target_sentiment(self, text: str, target: Span) -> dict[str, float]:  # noqa: D102 - see Reader
        return self.target_sentiment_many([text], [target])[0]

    def target_sentiment_many(  # noqa: D102 - see Reader.target_sentiment_many
        self, texts: Sequence[str], targets: Sequence[Span]
    ) -> list[dict[str, float]]:
        rows = together(texts, targets)
        items = [(target,) for _, target in rows]
        return self._each([t for t, _ in rows], items, lambda e, group: self.heads.sentiment(e, [t for (t,) in group]))

    def _each(self, texts, items, call):
        """`call` on the items of each text, a text that comes several times read once; in the order given."""
        order: dict[str, list[int]] = {}
        for k, (text, spans) in enumerate(zip(texts, items, strict=True)):
            order.setdefault(checked(text, *spans), []).append(k)
        out: list[dict[str, float]] = [{}] * len(texts)
        remaining = iter(order)
        while batch := list(islice(remaining, 8 * _ARTICLES_A_BATCH)):
            for e in self.encoder.encode(batch):
                index = order[e.text]
                if not len(e.ids):  # no word: spans of white space, or of characters that show nothing
                    raise ValueError(f"{e.text!r:.40} holds no word or mark, so nobody can be meant in it")
                with _one_thread():
                    rows = call(e, [items[k] for k in index])
                for k, row in zip(index, rows, strict=True):
                    out[k] = {c: float(x) for c, x in zip(STANCES, row, strict=True)}
        return out

    def _attributions(self, texts: Iterable[Text]) -> Iterator[Sequence[Attribution]]:
        for text, e in self._encoded(texts):
            with _one_thread():
                found = self._attributed(text, e).attributions
            yield [a for a in found if a.how != "signed"]  # a letter is no attribution in the sense of the corpora


def is_persons_name(words: str) -> bool:
    """Whether words look like the name of a person: up to three with capitals, none that a list knows for a body."""
    lists = lexicons()
    return (
        _PERSON.fullmatch(words) is not None
        and words.lower() not in _PRONOUNS
        and words not in lists.names
        and not lists.organisation_words & set(words.split())
    )


def _renamed(text: str, source: Span, target: Span, names: Sequence[str]) -> tuple[str, Span, Span]:
    """A text in which the two, if they have names of people, have other names, and where they are now."""
    order = sorted((tuple(span), k) for k, span in enumerate((source, target)))
    if order[0][0][1] > order[1][0][0]:  # one within the other: both stay
        return text, source, target
    parts, places, at, size = [], [source, target], 0, 0
    for (start, end), k in order:
        old = text[start:end]
        new = names[k] if is_persons_name(old) else old
        parts += [text[at:start], new]
        size += start - at + len(new)
        places[k] = (size - len(new), size)
        at = end
    return "".join(parts) + text[at:], places[0], places[1]


def _mixed(given: dict[str, float], *others: dict[str, float]) -> dict[str, float]:
    """Probabilities as read with the given names and with others, by the weighted mean of their logarithms."""
    weight = _BLIND / len(others)
    logs = [(1 - _BLIND) * np.log(given[c]) + weight * sum(np.log(o[c]) for o in others) for c in STANCES]
    p = np.exp(np.array(logs) - max(logs))
    return {c: float(x) for c, x in zip(STANCES, p / p.sum(), strict=True)}


@lru_cache(maxsize=1)
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


@contextmanager
def _one_thread() -> Iterator[None]:
    """The products of the heads are so small that threads of numpy would only wait for each other.

    Of several Python threads that read one sees to it: another would note the one thread as what it has to restore.
    """
    if not _LIMITS.acquire(blocking=False):
        yield
        return
    try:
        with _blas().limit(limits=1, user_api="blas"):
            yield
    finally:
        _LIMITS.release()


def _batches(texts: Iterable[Text]) -> Iterator[list[Text]]:
    """Articles to be read together: not too many, and no more of them than their vectors have room for."""
    batch: list[Text] = []
    size = 0
    for text in texts:
        if batch and (len(batch) == _ARTICLES_A_BATCH or size + len(text.text) > _CHARS_A_BATCH):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text.text)
    if batch:
        yield batch


def _unmasked(text: Text) -> str:
    """The text with its boilerplate blotted out by spaces, so that all offsets hold."""
    parts, at = [], 0
    for a, b in sorted(text.masked):
        parts += [text.text[at:a], re.sub(r"[^\n]", " ", text.text[max(a, at) : b])]
        at = max(at, b)
    return "".join(parts) + text.text[at:]


def _likely(p: Array) -> list[tuple[int, int, float]]:
    """Rows and polarities (-1, 1) that are likely enough to be reported, with their probabilities."""
    chances = p[:, [STANCES.index("negative"), STANCES.index("positive")]]
    rows, columns = np.nonzero(chances >= LEAST)
    found = chances[rows, columns].round(4).tolist()
    return list(zip(rows.tolist(), (2 * columns - 1).tolist(), found, strict=True))


def _targets(
    mentions: Sequence[Mention], attributions: Sequence[Attribution], affiliations: Set[int]
) -> list[tuple[int, int]]:
    """Mentions within attributed words that somebody may judge there, with the attribution."""
    holding = Innermost(attributions)
    out: list[tuple[int, int]] = []
    for k, m in enumerate(mentions):
        judged = m.type != "place" and m.name not in _UNJUDGED and k not in affiliations
        if judged and (i := holding.at(m.start)) is not None:
            out.append((k, i))
    return out


def _judged_in(reading: Reading, mention: int, attribution: int) -> Span:
    """The words that judge a mention: its sentence, as far as it is attributed."""
    at = reading.mentions[mention].start
    a, b = reading.text.sentences[reading.text.sentence_at(at)]
    start, end = next(s for s in reading.attributions[attribution].content if s[0] <= at < s[1])
    return max(a, start), min(b, end)


def _gap(a: Span, b: Span) -> int:
    """Characters between two spans."""
    return max(a[0] - b[1], b[0] - a[1])


def _pairs(text: Text, mentions: Sequence[Mention], affiliations: Set[int]) -> list[tuple[int, int]]:
    """Ordered pairs of mentions of one sentence, none inside the other."""
    sentence = [text.sentence_at(m.start) for m in mentions]
    free = [m.type != "place" and k not in affiliations for k, m in enumerate(mentions)]
    return [
        (j, k)
        for k, m in enumerate(mentions)
        if free[k] and m.name not in _UNJUDGED
        for j in range(max(0, k - _NEAR), min(len(mentions), k + _NEAR + 1))
        if sentence[j] == sentence[k] and free[j] and (mentions[j].end <= m.start or m.end <= mentions[j].start)
    ]
