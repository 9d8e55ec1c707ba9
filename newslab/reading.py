"""What a reader finds in one article, and the interface that every reader shares.

A *reader* looks at one article at a time and reports four things, all as ``[start, end)`` offsets: **mentions** of
actors, **attributions** (content, source, cue), **opinions** (an evaluation of a mention, wherever it stands) and
**acts** (one mention criticises or backs another in the narrator's or a source's words). It resolves nobody: who "he"
is, and whose quotation an opinion stands in, is decided afterwards by :mod:`newslab.actors` and :mod:`newslab.stance`;
a reader only says which mentions may be the same (`links`), and may weigh the stances at the end (`weigh`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from newslab.checks import at_least, meant
from newslab.quotation import Quotation
from newslab.text import AsRead, Span, Text

if TYPE_CHECKING:
    from newslab.stance import Case, Stance


@dataclass(slots=True)
class Mention:
    """A stretch of text that refers to somebody.

    `kind` is "name", "nominal" or "pronoun"; `type` "person", "organisation", "group" or "place"; `name` what the
    mention calls its actor, without titles; `antecedent` the index of another mention of the same actor where the
    text itself says so (an apposition). `plural` and `gender` ("f", "m" or None, unknown) restrict who it may be.
    """

    start: int
    end: int
    kind: str
    type: str
    name: str
    plural: bool = False
    gender: str | None = None
    role: str | None = None
    antecedent: int | None = None
    probability: float = 1.0

    def name_end(self, text: str) -> int:
        """Where the name itself ends: "Ona Vell, who leads the council", "Ona Vell of the Argus"."""
        at = text.find(self.name, self.start, self.end)
        return self.end if at < 0 else at + len(self.name)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Words attributed to a source.

    `how` is "near", "before" (named ahead of the quotation), "continued" (from the quotation before), "signed"
    (a letter, by the name below it), "answer" (in an interview, by the name above it) or "unknown".
    """

    content: tuple[Span, ...]
    source: Span | None
    cue: Span | None
    how: str = "near"
    probability: float = 1.0


def in_order(attributions: Iterable[Attribution]) -> list[Attribution]:
    """Attributions in reading order."""
    return sorted(attributions, key=lambda a: (a.content[0], a.content[-1]))


class Innermost:
    """Which attribution holds a place of the text: of several, one within another, the shortest."""

    def __init__(self, attributions: Sequence[Attribution]) -> None:
        spans = sorted((a, b, i) for i, x in enumerate(attributions) for a, b in x.content)
        # The text falls into stretches at every start and end; each stretch has one innermost span.
        self.cuts: list[int] = sorted({p for a, b, _ in spans for p in (a, b)})
        self.holder: list[int | None] = [None] * len(self.cuts)
        for a, b, i in sorted(spans, key=lambda s: (s[0] - s[1], s)):  # the longest first, shorter ones over it
            for k in range(bisect_left(self.cuts, a), bisect_left(self.cuts, b)):
                self.holder[k] = i

    def at(self, place: int) -> int | None:
        """The attribution that holds a place, by its index."""
        k = bisect_right(self.cuts, place) - 1
        return self.holder[k] if k >= 0 else None


class Opinion(NamedTuple):
    """An evaluation of the mention with index `target` by whoever speaks at `start`; `polarity` is -1 or 1."""

    target: int
    polarity: int
    start: int
    end: int
    rule: str
    probability: float = 1.0


class Act(NamedTuple):
    """The mention `source` criticises (-1) or backs (1) the mention `target`, in the words from `start` to `end`."""

    source: int
    target: int
    polarity: int
    start: int
    end: int
    rule: str
    probability: float = 1.0


@dataclass(slots=True)
class Reading:
    """All that a reader found in one article.

    `links` has, for each mention, the mentions ahead of it (for a pronoun, in the rest of its sentence too) that may be
    the same actor, each with its probability; it is empty for a reader that has no opinion on that. `denied` are acts
    of which the text says that they were not done ("did not attack"); in their sentence only another act counts.
    """

    text: Text
    quotations: list[Quotation]
    mentions: list[Mention] = field(default_factory=list)
    links: list[list[tuple[int, float]]] = field(default_factory=list)
    attributions: list[Attribution] = field(default_factory=list)
    opinions: list[Opinion] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    denied: list[Act] = field(default_factory=list)


class Reader(ABC):
    """Reads articles: ``nl.Reader()`` gives the default reader, ``nl.Reader("rules")`` one by name.

    Parameters
    ----------
    name : {"model", "rules"}, default "model"
        Which reader. "model" is :class:`~newslab.model.ModelReader`: a small trained encoder, the more accurate.
        "rules" is :class:`~newslab.rules.RuleReader`: transparent, about ten times as fast, and needs no weights.
    workers : int, optional
        Threads of the "model" reader; "rules" has no use for them. Default one for each core. The number changes no
        result.

    Raises
    ------
    ValueError
        If there is no reader of that name, or a file of the model is damaged.
    FileNotFoundError
        If a file of the model is missing.

    Examples
    --------
    >>> import newslab as nl
    >>> reader = nl.Reader()
    >>> reader.attributions("“Enough,” said Ona Vell.")
    [{'source': [(15, 23)], 'cue': [(10, 14)], 'content': [(0, 9)]}]
    """

    name: str
    version: str = ""  # of a reader of your own: give it another one when it reads otherwise than before
    files: Sequence[Path] = ()  # what decides how it reads besides the code; a change of them is one of the reader

    def __new__(cls, name: str = "model", **options: object) -> Reader:
        """Choose the implementation, as ``pathlib.Path`` does for the system at hand."""
        if cls is Reader:
            from newslab.model import ModelReader
            from newslab.rules import RuleReader

            readers: dict[str, type[Reader]] = {r.name: r for r in (ModelReader, RuleReader)}
            if name not in readers:
                raise ValueError(
                    f"no reader {name!r}{meant(name, readers)}; readers are {', '.join(map(repr, readers))}"
                )
            cls = readers[name]
        return super().__new__(cls)

    def __init__(self, name: str = "", *, workers: int | None = None) -> None:
        if workers is not None:
            at_least("workers", workers, 1)

    @abstractmethod
    def read(self, text: Text) -> Reading:
        """Read one article.

        Parameters
        ----------
        text : Text
            The article, with its paragraphs, sentences and tokens.

        Returns
        -------
        Reading
            All that was found in it.
        """

    def read_many(self, texts: Iterable[Text]) -> Iterable[Reading]:
        """:meth:`read` several articles.

        Parameters
        ----------
        texts : iterable of Text

        Returns
        -------
        iterable of Reading
            One an article, in order; none depends on its neighbours.
        """
        return map(self.read, texts)

    def weigh(self, case: Case) -> Sequence[Stance]:
        """The stances of an article, weighed in the light of the whole of it.

        Parameters
        ----------
        case : Case
            The stances, and all that is known of the article.

        Returns
        -------
        sequence of Stance
            The same stances, each with the probability that it has then; by default as it was.
        """
        return case.stances

    def weigh_many(self, cases: Sequence[Case]) -> Sequence[Sequence[Stance]]:
        """:meth:`weigh` several articles.

        Parameters
        ----------
        cases : sequence of Case

        Returns
        -------
        sequence of sequence of Stance
            Those of each article, in order; none depends on its neighbours.
        """
        return [self.weigh(case) for case in cases]

    def attributions(self, text: str) -> list[dict[str, list[Span]]]:
        """Who says what in a text.

        Parameters
        ----------
        text : str

        Returns
        -------
        list of dict
            One an attribution: "source", "cue" and "content", each a list of ``(start, end)``; the first two may be
            empty. Content has its quotation marks here, as in the hand-coded corpora; in ``analysis.quotes`` it has
            none.

        Raises
        ------
        TypeError
            If `text` is no str.

        Examples
        --------
        >>> import newslab as nl
        >>> nl.Reader("rules").attributions("“Enough,” said Ona Vell.")
        [{'source': [(15, 23)], 'cue': [(10, 14)], 'content': [(0, 9)]}]
        """
        return self.attributions_many([text])[0]

    def attributions_many(self, texts: Sequence[str]) -> list[list[dict[str, list[Span]]]]:
        """:meth:`attributions` of many texts, which takes the "model" reader less time than one by one.

        Parameters
        ----------
        texts : sequence of str

        Returns
        -------
        list of list of dict
            Those of each text, in order.

        Raises
        ------
        TypeError
            If one of the texts is no str, or they are one str.

        Examples
        --------
        >>> import newslab as nl
        >>> found = nl.Reader("rules").attributions_many(["“Enough,” said Ona Vell.", "Rain fell."])
        >>> [len(attributions) for attributions in found]
        [1, 0]
        """
        texts = [AsRead(checked(text)) for text in several(texts)]
        return [
            [
                {
                    "source": [text.given(a.source)] if a.source else [],
                    "cue": [text.given(a.cue)] if a.cue else [],
                    "content": [text.given(_with_marks(text.text, span)) for span in a.content],
                }
                for a in found
            ]
            for text, found in zip(texts, self._attributions(Text(t.text) for t in texts), strict=True)
        ]

    def _attributions(self, texts: Iterable[Text]) -> Iterable[Sequence[Attribution]]:
        return (reading.attributions for reading in self.read_many(texts))

    @abstractmethod
    def stance(self, text: str, source: Span, target: Span) -> dict[str, float]:
        """How one actor stands towards another in a text.

        Parameters
        ----------
        text : str
        source, target : tuple of int
            ``(start, end)`` of words that name, or mean, the two.

        Returns
        -------
        dict of float
            The probabilities that the text shows the source "negative", "neutral" and "positive" towards the target;
            their sum is 1.

        Raises
        ------
        TypeError
            If `text` is no str, or a span no (start, end).
        ValueError
            If a span is empty or lies outside the text.

        Examples
        --------
        >>> import newslab as nl
        >>> found = nl.Reader("rules").stance("Ona Vell attacked Tam Orr.", (0, 8), (18, 25))
        >>> max(found, key=found.get)
        'negative'
        """

    def stance_many(
        self, texts: Sequence[str], sources: Sequence[Span], targets: Sequence[Span]
    ) -> list[dict[str, float]]:
        """:meth:`stance` of many texts, which takes the "model" reader less time than one by one.

        Parameters
        ----------
        texts : sequence of str
        sources, targets : sequence of tuple of int
            The two spans of each text.

        Returns
        -------
        list of dict
            Probabilities of each text, in order.

        Raises
        ------
        TypeError
            If one of the texts is no str, or they are one str.
        ValueError
            If a span is empty or lies outside its text, or the three are not equally many.

        Examples
        --------
        >>> import newslab as nl
        >>> texts = ["Ona Vell attacked Tam Orr.", "Ona Vell praised Tam Orr."]
        >>> found = nl.Reader("rules").stance_many(texts, [(0, 8)] * 2, [(18, 25), (17, 24)])
        >>> [max(p, key=p.get) for p in found]
        ['negative', 'positive']
        """
        return [self.stance(*row) for row in together(texts, sources, targets)]

    @abstractmethod
    def target_sentiment(self, text: str, target: Span) -> dict[str, float]:
        """How a text, or whoever speaks in it, stands towards somebody.

        Parameters
        ----------
        text : str
        target : tuple of int
            ``(start, end)`` of words that name, or mean, the target.

        Returns
        -------
        dict of float
            The probabilities that the text is "negative", "neutral" and "positive" towards the target; their sum is 1.

        Raises
        ------
        TypeError
            If `text` is no str, or the span no (start, end).
        ValueError
            If the span is empty or lies outside the text.

        Examples
        --------
        >>> import newslab as nl
        >>> found = nl.Reader("rules").target_sentiment("We condemn Tam Orr.", (11, 18))
        >>> max(found, key=found.get)
        'negative'
        """

    def target_sentiment_many(self, texts: Sequence[str], targets: Sequence[Span]) -> list[dict[str, float]]:
        """:meth:`target_sentiment` of many texts, which takes the "model" reader less time than one by one.

        Parameters
        ----------
        texts : sequence of str
        targets : sequence of tuple of int
            The span of each text.

        Returns
        -------
        list of dict
            Probabilities of each text, in order.

        Raises
        ------
        TypeError
            If one of the texts is no str, or they are one str.
        ValueError
            If a span is empty or lies outside its text, or there are not as many as texts.

        Examples
        --------
        >>> import newslab as nl
        >>> texts = ["We condemn Tam Orr.", "Rain fell on Tam Orr."]
        >>> found = nl.Reader("rules").target_sentiment_many(texts, [(11, 18), (13, 20)])
        >>> [max(p, key=p.get) for p in found]
        ['negative', 'neutral']
        """
        return [self.target_sentiment(*row) for row in together(texts, targets)]

    def __repr__(self) -> str:
        return f"<newslab.Reader {self.name!r}: .attributions(text), .stance(text, source, target), .target_sentiment>"

    def _repr_html_(self) -> str:
        from newslab.display import reader_html

        return reader_html(self)


def _with_marks(text: str, span: Span) -> Span:
    """A span with the quotation marks that stand around it."""
    a, b = span
    return a - (a > 0 and text[a - 1] in _OPENING), b + (b < len(text) and text[b] in _CLOSING)


_OPENING, _CLOSING = "“„«‘\"'", "”»’\"'"


def several(texts: Iterable[str]) -> list[str]:
    """Texts as a list; one text is refused, whose letters would be read one by one."""
    if isinstance(texts, str):
        raise TypeError("texts are one str, where a list of texts is read; [text] is a list of one")
    return list(texts)


def together(texts: Iterable[str], *spans: Iterable[Span]) -> list[tuple[Any, ...]]:
    """Each text with its spans; lists that are not equally long are refused."""
    columns = [several(texts), *map(list, spans)]
    sizes = [*map(len, columns)]
    if len({*sizes}) > 1:
        given = " and ".join(map(str, sizes))
        raise ValueError(f"each text has its own spans, but texts and spans are {given}; give lists of one length")
    return list(zip(*columns, strict=True))


def checked(text: str, *spans: Span) -> str:
    """Refuse what is no text, and spans that lie outside it."""
    if not isinstance(text, str):
        raise TypeError(f"a reader takes a text, a str, not {type(text).__name__}")
    for span in spans:
        try:
            a, b = map(index, span)
        except (TypeError, ValueError):
            raise TypeError(
                f"{span!r:.60} is no place in the text; source and target are given as (start, end), "
                "where start = text.index(words) and end = start + len(words)"
            ) from None
        if not 0 <= a < b <= len(text):
            raise ValueError(f"span ({a}, {b}) lies outside the text of {len(text)} characters or is empty")
    return text
