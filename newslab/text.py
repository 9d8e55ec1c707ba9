"""Paragraphs, sentences and tokens of an article, all as offsets into the text that was given.

A :class:`Text` only knows where things stand, in a text as long as the one given. Sentences come from NLTK's Punkt
(Kiss and Strunk 2006) with parameters trained on news (``newslab/lexicons/punkt.json``); tokens are those of the Penn
Treebank ("do|n't", "Vell|'s", "U.S.").
"""

from __future__ import annotations

import json
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import pandas as pd
import regex
from nltk.tokenize.punkt import PunktLanguageVars, PunktParameters, PunktSentenceTokenizer

from newslab.boilerplate import boilerplate_spans

Span = tuple[int, int]

_LEXICONS = Path(__file__).with_name("lexicons")

# Treebank-style tokens. Alternatives are tried in order; each starts with a different character class or is
# anchored by a literal, so matching is linear. The first only saves time: it takes words of which all others fail or
# take just as much.
_TOKEN = regex.compile(  # its \w takes combining accents into the word
    r"""(?x)
    [A-Za-z]++(?=[ ,])                               # most words
  | https?://[^\s<>"“”]+ | www\.[^\s<>"“”]+          # addresses
  | [@#]\w+                                          # handles and hashtags
  | (?:[^\W\d_]\.){2,}                               # U.S., e.g., J.K.
  | [$£€¥]?\d+(?:[.,:/]\d+)*(?:st|nd|rd|th|%|m|bn|k)?\b%?  # figures
  | \w+?(?=n['’]t\b) | n['’]t\b                      # do|n't
  | ['’](?:s|re|ve|ll|d|m)\b                         # Vell|'s
  | \w+(?:[-‐‑]\w+)*(?:['’](?!(?:s|re|ve|ll|d|m|t)\b)\w+)*   # words, hyphens inside, O'Brien
  | \.{2,} | [-–—]{2,} | \S                          # punctuation
  """
)

# Words that open a sentence after an abbreviation that may also end one ("… in the U.S. He said …").
_OPENERS = frozenset(
    "he she it they we i you the a an this that these those but and in on at for from with after before when while "
    "if as there then what who his her its their our my no not so yet still".split()
)
_FINAL_ABBREVIATION = re.compile(  # bounded: 200 characters
    r"(?:\b(?:[A-Z]\.){2,}|\b(?:a|p)\.m\.|\b(?:Inc|Corp|Ltd|Co|Jr|Sr|etc)\.)[\"”’')]*$"
)
_INITIAL = re.compile(r"(?:^|[\s(“\"])(?:[A-Z]\.\s?)*[A-Z]\.$")  # bounded: 12 characters
# Behind which a name follows, also one that Punkt takes for a word that opens sentences: "Mr. Grant"
_TITLE = re.compile(r"\b(?:Mrs?|Ms|Dr|Prof|Rev|Sen|Rep|Gov|Gen|Lt|Col|Capt)\.$")  # bounded: 12 characters
_NUMBER_ABBREVIATION = re.compile(r"\b(?:[Nn]o|[Nn]os|[Pp]p?|[Vv]ol|[Aa]rt|[Ss]ec|[Cc]h)\.$")

# The spaces of typesetters and web pages ("Mr.&nbsp;Vell"), without any width too; read as plain ones, and a byte order
# mark as well
_SPACES = "\xa0\u1680\u2000-\u200b\u202f\u205f\u3000"
_OTHER_SPACES = re.compile(f"[{_SPACES}\ufeff]")

# What is written in another way than it is read
_UNSEEN = "\xad\u200c-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_WRITTEN = re.compile(
    rf"(?P<nothing>[{_UNSEEN}]+|(?<=[a-z])\u200b(?=[a-z]))|(?P<space>[ {_SPACES}][ {_SPACES}{_UNSEEN}]+)|"
    r"(?P<letters>\w[\u0300-\u036f]{1,4}|[ﬀ-ﬆ])|(?P<mark>[‐‑ʼ″]|''|``)"
)
_MARKS = {"''": '"', "``": '"', "″": '"', "‐": "-", "‑": "-", "ʼ": "’"}


class _LanguageVars(PunktLanguageVars):
    """Punkt's patterns, of which the one that goes over a whole paragraph has no clock.

    NLTK 3.10 stops a search after five seconds, so that what is read would depend on how fast and busy the machine is.
    """

    @cached_property
    def _ends(self) -> regex.Pattern[str]:
        parts = {"NonWord": self._re_non_word_chars, "SentEndChars": self._re_sent_end_chars}
        return regex.compile(self._period_context_fmt % parts, re.VERBOSE)

    def period_context_re(self) -> regex.Pattern[str]:
        return self._ends


class _SentenceTokenizer(PunktSentenceTokenizer):
    """Punkt that looks closely only where a full stop may stand behind an abbreviation, an initial or a figure."""

    def __init__(self, params: PunktParameters) -> None:
        super().__init__(params, lang_vars=_LanguageVars())
        self._doubtful = params.abbrev_types | {before for before, _ in params.collocations}

    def text_contains_sentbreak(self, text: str) -> bool:
        word, _, after = text.partition(". ")
        plain = len(word) > 1 and word.isascii() and word.isalpha() and after[:1].isalpha()
        return plain and word.lower() not in self._doubtful or super().text_contains_sentbreak(text)


@lru_cache(maxsize=1)
def sentence_tokenizer() -> PunktSentenceTokenizer:
    """Punkt with the shipped parameters, and the abbreviations of news added."""
    trained = json.loads((_LEXICONS / "punkt.json").read_text(encoding="utf-8"))
    params = PunktParameters()
    params.abbrev_types.update(trained["abbreviations"])
    params.collocations.update(map(tuple, trained["collocations"]))
    params.sent_starters.update(trained["sentence_starters"])
    params.ortho_context.update(trained["orthography"])
    lines = (_LEXICONS / "abbreviations.txt").read_text(encoding="utf-8").splitlines()
    params.abbrev_types.update(line.strip().lower() for line in lines if line.strip() and line[0] != "#")
    return _SentenceTokenizer(params)


@lru_cache(maxsize=1)
def lowercase_words() -> frozenset[str]:
    """Word types that the training news wrote in lower case; what is not among them is probably a name."""
    ortho = sentence_tokenizer()._params.ortho_context
    lower = 0b1110000  # _ORTHO_LC: seen in lower case anywhere (see nltk.tokenize.punkt)
    return frozenset(word for word, context in ortho.items() if context & lower)


def _paragraph_spans(text: str) -> list[Span]:
    """Lines, or blocks between blank lines where the text was wrapped by hand at a fixed width."""
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\r\n\u2028\u2029]+", text) if not m.group().isspace()]
    if len(lines) >= 6 and _is_hard_wrapped(text, lines):
        blocks: list[Span] = []
        for start, end in lines:
            gap = text[blocks[-1][1] : start] if blocks else ""
            if blocks and len(re.findall(r"\r\n|\r|\n", gap)) < 2:
                blocks[-1] = (blocks[-1][0], end)
            else:
                blocks.append((start, end))
        lines = blocks
    return [trimmed(text, line) for line in lines]


def trimmed(text: str, span: Span) -> Span:
    """A span without white space at its ends."""
    piece = text[slice(*span)]
    return span[0] + len(piece) - len(piece.lstrip()), span[0] + len(piece.rstrip())


def _is_hard_wrapped(text: str, lines: Sequence[Span]) -> bool:
    # In wrapped text most line ends stand within a sentence, and no line is long.
    if max(end - start for start, end in lines) > 120 or not re.search(r"\n[ \t]*\r?\n", text):
        return False
    inside = sum(text[end - 1] not in ".!?:\"”’'" for _, end in lines)
    return inside > 0.6 * len(lines)


def _sentence_spans(text: str, start: int, end: int) -> list[Span]:
    piece = text[start:end]
    merged: list[Span] = []
    for a, b in sentence_tokenizer().span_tokenize(piece):
        if merged and _joins(piece[merged[-1][0] : merged[-1][1]], piece[a:b]):
            merged[-1] = (merged[-1][0], b)
        else:
            merged.append((a, b))
    return [(start + a, start + b) for a, b in merged]


def _joins(before: str, after: str) -> bool:
    """Whether Punkt cut a sentence in two: before a small letter, after an initial or a title, in "No. 10"."""
    first = after.lstrip("\"“”‘’'([ ")[:1]
    if after[:1].islower() or (first.islower() and after[:1] not in "\"“‘'"):
        return True
    if _NUMBER_ABBREVIATION.search(before) and first.isdigit():
        return True
    word = re.match(r"\W*(\w+)", after)
    opener = word is not None and word.group(1).lower() in _OPENERS
    if _TITLE.search(before[-12:]) and first.isupper():
        return not opener  # "wrote to the Gov. Then he left"
    if before[-1:] == "." and len(before) < 200 and _INITIAL.search(before[-12:]) and first.isupper():
        return not (opener and _FINAL_ABBREVIATION.search(before))
    return False


class AsRead:
    """A text as it is read, however it was typed or set, and the way back to the places in the text that was given.

    Attributes
    ----------
    text : str
        Without soft hyphens and other characters that show nothing, with one space for several, "é" for an e and its
        accent, "fi" for "ﬁ", and a double mark for two single ones.

    Examples
    --------
    >>> read = AsRead("Ona  Vell")
    >>> read.text, read.given((4, 8))
    ('Ona Vell', (5, 9))
    """

    def __init__(self, given: str) -> None:
        parts: list[str] = []
        self._starts: list[int] = []  # in `text`, of what was written in another way
        self._pieces: list[tuple[int, Span]] = []  # where that ends, and what was given
        at = size = 0
        spaced = " " in given
        for m in _WRITTEN.finditer(given) if _may_differ(given) else ():
            new = _as_read(m, spaced)
            if new != m.group():
                parts += [given[at : m.start()], new]
                self._starts.append(size + m.start() - at)
                size, at = self._starts[-1] + len(new), m.end()
                self._pieces.append((size, m.span()))
        self.text = "".join(parts) + given[at:]

    def given(self, span: Span) -> Span:
        """Where a span of `text` stands in the text that was given."""
        if not self._starts:
            return span
        start, end = span
        first = self._piece(start)[0]
        return first, self._piece(end - 1)[1] if end > start else first

    def _piece(self, place: int) -> Span:
        """What was given for a character."""
        k = bisect_right(self._starts, place) - 1
        if k < 0:
            return place, place + 1
        end, (a, b) = self._pieces[k]
        return (a, b) if place < end else (b + place - end, b + place - end + 1)


def _may_differ(text: str) -> bool:
    """Whether a text needs a closer look, which takes a while."""
    return not text.isascii() or any(pair in text for pair in ("  ", "''", "``"))


def _as_read(m: re.Match[str], spaced: bool) -> str:
    """What is read where something else is written, in a text that has plain spaces or none."""
    written = m.group()
    if m.lastgroup == "mark":
        return _MARKS[written]
    if m.lastgroup == "letters":
        return unicodedata.normalize("NFKC", written)
    if m.lastgroup == "space":
        return " "
    return "" if written != "\u200b" or spaced else written  # or it is the only space that the text has


@dataclass(frozen=True)
class Text:
    """An article's text with the places of its paragraphs, sentences and tokens.

    Parameters
    ----------
    text : str
        The article.

    Attributes
    ----------
    text : str
        The same, of the same length, with a plain space in the place of each space of another kind.
    masked : list of (int, int)
        Lines that are no part of the article ("READ MORE: …"); they hold no paragraph, sentence or token.
    paragraphs, sentences, tokens : list of (int, int)
        ``[start, end)`` offsets into `text`, in reading order.

    Examples
    --------
    >>> t = Text("Ms. Vell resigned. “Enough,” she said.")
    >>> [t.text[a:b] for a, b in t.sentences]
    ['Ms. Vell resigned.', '“Enough,” she said.']
    """

    text: str
    masked: list[Span] = field(init=False, repr=False)
    paragraphs: list[Span] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.text.isascii():
            object.__setattr__(self, "text", _OTHER_SPACES.sub(" ", self.text))
        masked = boilerplate_spans(self.text)
        object.__setattr__(self, "masked", masked)
        # A masked line within a hard-wrapped block leaves the rest of the block.
        paragraphs = [q for p in _paragraph_spans(self.text) for q in _cut(p, masked)]
        object.__setattr__(self, "paragraphs", paragraphs)

    @cached_property
    def sentences(self) -> list[Span]:  # noqa: D102 - described in the class docstring
        return [s for a, b in self.paragraphs for s in _sentence_spans(self.text, a, b)]

    @cached_property
    def tokens(self) -> list[Span]:  # noqa: D102
        return [m.span() for a, b in self.paragraphs for m in _TOKEN.finditer(self.text, a, b)]

    @cached_property
    def _paragraph_starts(self) -> list[int]:
        return [a for a, _ in self.paragraphs]

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [a for a, _ in self.sentences]

    def paragraph_at(self, offset: int) -> int:
        """Index of the paragraph that holds, or last began before, a character (0 before the first)."""
        return bisect_right(self._paragraph_starts, offset, 1) - 1  # from 1 on: nothing stands before the first

    def sentence_at(self, offset: int) -> int:
        """Index of the sentence that holds, or last began before, a character (0 before the first)."""
        return bisect_right(self._sentence_starts, offset, 1) - 1


class Cover:
    """Spans of a text, asked whether any of them shares a character with another one."""

    def __init__(self, spans: Iterable[Span]) -> None:
        spans = [s for s in spans if s[0] < s[1]]
        self._starts, self._ends = sorted(a for a, _ in spans), sorted(b for _, b in spans)

    def touches(self, start: int, end: int) -> bool:
        """Whether some of the spans that begin before `end` have not ended at `start`."""
        return bisect_left(self._starts, end) > bisect_right(self._ends, start)


def _cut(span: Span, masked: Sequence[Span]) -> list[Span]:
    pieces, at = [], span[0]
    for k in range(bisect_right(masked, span[0], key=lambda s: s[1]), bisect_left(masked, span[1], key=lambda s: s[0])):
        a, b = masked[k]
        if a > at:
            pieces.append((at, a))
        at = max(at, b)
    if at < span[1]:
        pieces.append((at, span[1]))
    return pieces if pieces == [span] else [p for p in pieces if p[1] - p[0] > 1]


def in_small_letters(text: str) -> str:
    """A text of the same length in small letters: a list of words takes a third of the time where case is one."""
    return text.replace("İ", "ı").lower()  # of all letters only this one would become two


def tokenize(text: str) -> pd.DataFrame:
    """Tokens of a text with their sentences and paragraphs.

    Parameters
    ----------
    text : str
        An article. Lines that are boilerplate ("READ MORE: …") give no tokens.

    Returns
    -------
    DataFrame
        One row a token in reading order: ``token`` (str), ``start``, ``end`` (int64, character offsets, end
        exclusive), ``sentence``, ``paragraph`` (int64, counted from 0).

    Raises
    ------
    TypeError
        If `text` is no string.

    Notes
    -----
    Sentences: Punkt (Kiss and Strunk, *Computational Linguistics* 32, 2006).

    Examples
    --------
    >>> import newslab as nl
    >>> nl.tokenize("Sen. Vell didn’t vote.")["token"].tolist()
    ['Sen.', 'Vell', 'did', 'n’t', 'vote', '.']
    """
    if not isinstance(text, str):
        raise TypeError(f"tokenize takes one text, a str, not {type(text).__name__}; for many use a loop or analyze()")
    parsed = Text(text)
    spans = _with_abbreviations(text, parsed.tokens)
    frame = pd.DataFrame(
        {
            "token": pd.Series([text[a:b] for a, b in spans], dtype="str"),
            "start": pd.Series([a for a, _ in spans], dtype="int64"),
            "end": pd.Series([b for _, b in spans], dtype="int64"),
            "sentence": pd.Series([parsed.sentence_at(a) for a, _ in spans], dtype="int64"),
            "paragraph": pd.Series([parsed.paragraph_at(a) for a, _ in spans], dtype="int64"),
        }
    )
    return frame


def _with_abbreviations(text: str, spans: Sequence[Span]) -> list[Span]:
    """Give a known abbreviation its full stop: "Sen" + "." is "Sen."."""
    known, out = sentence_tokenizer()._params.abbrev_types, []
    for a, b in spans:
        stop = text[a:b] == "." and out and out[-1][1] == a
        if stop and text[out[-1][0] : a].lower() in known:
            out[-1] = (out[-1][0], b)
        else:
            out.append((a, b))
    return out
