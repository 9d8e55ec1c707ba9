"""The encoder: a text goes in, one vector for each of its word pieces comes out.

MiniLM-L6 (Wang et al. 2020) with learned embeddings of each piece's case, quotation mark and place in its paragraph,
run by onnxruntime. A text is read in windows of whole paragraphs, each with the end of the one ahead. No result depends
on what else is read with it. The training scripts take their features and windows from this module, so that training
and use cannot drift apart.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import accumulate, chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from newslab.text import Span

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Array = NDArray[Any]

WEIGHTS = Path(__file__).with_name("weights")
FILES = ("model.onnx", "judge.onnx", "heads.npz", "pronouns.npz", "tokenizer.json", "config.json")
# Layers of the heads that look at every piece. They are in the encoder's graph, where products are of whole numbers.
PRODUCTS = ("mentions.first", "mentions.last", "stance.key", "stance.value", "target.key", "target.value")
WINDOW = 254  # pieces that the encoder learned to read at once, and that heads look at
_SHARED = 16  # pieces of its neighbours that a window is read with, for each side
_MOST, _LEAST = WINDOW - _SHARED, 60  # pieces that take their vectors from one window of several
_CLS, _SEP = 101, 102
_PIECES_A_RUN = 512  # pieces that go through the encoder at once; more leave the processor's cache, fewer are slower
_REMEMBERED = 64  # texts whose pieces are kept, without their vectors
_ENDS = (".", "?", "!")
_MARKS = {"“": 1, "«": 1, "”": 2, "»": 2, '"': 3, "‘": 4, "’": 4, "'": 4}
_DOUBLE = re.compile('["“”\n]')
_WORD = re.compile(r"""[“”‘’"'.,;:!?()–—-]|[ \n]+|[^“”‘’"'.,;:!?()–—\- \n]+""")  # or a mark, or white space
_WORDS, _LONGEST_WORD = 1 << 14, 40  # words whose pieces are kept, and characters of the longest


@dataclass
class Encoded:
    """A text in word pieces: places, features and, once read, vectors.

    Attributes
    ----------
    ids : array of int64 (n,)
        Entries of the vocabulary.
    offsets : array of int64 (n, 2)
        ``[start, end)`` of each piece in the text.
    extra : array of int64 (n, 3)
        Case and shape, quotation mark and whether inside marks, start of a paragraph; 0 is padding.
    joined : array of bool (n,)
        Whether a piece goes on with the word of the piece before it.
    vectors : array of float32 (n, width)
        What the encoder made of it.
    products : dict of array (n, …)
        By the name of a layer of the heads (:data:`PRODUCTS`), what it makes of each piece, as float16.
    """

    text: str
    ids: Array
    offsets: Array
    extra: Array
    joined: Array
    vectors: Array = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    products: dict[str, Array] = field(default_factory=dict)

    def product(self, name: str, low: int, high: int) -> Array:
        """What a layer of the heads makes of a stretch of pieces."""
        return _widened(self.products[name][low:high])

    def pieces(self, spans: Sequence[Span]) -> Array:
        """First and last piece (n, 2) of each span of characters."""
        given = np.array(spans, np.int64).reshape(-1, 2)
        first = np.searchsorted(self.offsets[:, 1], given[:, 0], side="right")
        last = np.searchsorted(self.offsets[:, 0], given[:, 1], side="left") - 1
        none = first > last  # only white space, or a character that no piece holds: the piece beside it
        beside = np.clip(last, 0, len(self.ids) - 1)
        return np.stack([np.where(none, beside, first), np.where(none, beside, last)], axis=1)

    def span(self, first: int, last: int) -> Span:
        """Characters of the pieces from `first` to `last`, both included."""
        return int(self.offsets[first, 0]), int(self.offsets[last, 1])


def _widened(x: Array) -> Array:
    """Finite numbers of 16 bits as float32, five times as fast as numpy's own way."""
    bits = x.view(np.int16).astype(np.int32)
    bits <<= 13  # the fraction and exponent stand where float32 has them; its exponents count from 112 lower
    bits &= ~0x70000000  # the sign was drawn out to the bits between
    out = bits.view(np.float32)
    out *= np.float32(2.0**112)
    return out


def tokenize(tokenizer: Tokenizer, text: str, known: dict[str, Array] | None = None) -> Encoded:
    """A text in word pieces with their features; `known` keeps the pieces of words from one text to the next.

    The tokenizer takes a word as it comes, whatever stands beside it, so that it need not see the same word twice.
    """
    known = {} if known is None else known
    words = _WORD.findall(text)
    pieces: dict[str, Any] = {w: known.get(w) for w in dict.fromkeys(words)}
    unknown = [w for w, rows in pieces.items() if rows is None]
    found = dict(zip(unknown, _pieces_of(tokenizer, unknown), strict=True))
    pieces |= found
    if len(known) > _WORDS:
        known.clear()
    # Copies, for each row of the array would keep those of all words
    known |= {w: rows.copy() for w, rows in found.items() if len(w) <= _LONGEST_WORD}
    number = {w: k for k, w in enumerate(pieces)}
    which, size = (np.fromiter(map(f, words), np.int64, len(words)) for f in (number.__getitem__, len))
    n = np.array([*map(len, pieces.values())], np.int64)
    opens = np.repeat(np.cumsum(n[which]) - n[which], n[which])  # where the pieces of each piece's word begin
    at = np.arange(len(opens)) - opens + np.repeat((np.cumsum(n) - n)[which], n[which])
    ids, start, end, shape, mark, joined = np.concatenate([np.zeros((0, 6), np.int64), *pieces.values()])[at].T
    place = np.repeat(np.cumsum(size) - size, n[which])
    start, end = start + place, end + place
    breaks = [m.start() for m in re.finditer("\n", text)]
    new = np.searchsorted(breaks, start) > np.searchsorted(breaks, np.append(0, end[:-1]))
    new[:1] = True
    extra = np.stack([1 + 2 * shape + joined, 1 + mark + 5 * _inside_marks(text)[start], 1 + new], axis=1)
    return Encoded(text, ids.copy(), np.stack([start, end], axis=1), extra, joined > 0)


def _pieces_of(tokenizer: Tokenizer, words: Sequence[str]) -> list[Array]:
    """The pieces of each word: entry of the vocabulary, start, end, shape, mark, whether joined to the one before."""
    text = "\n".join(words)
    # “It’s” is read as “It's”: whichever of the two a paper prints, its articles are read alike
    found = tokenizer.encode(text.replace("’", "'"), add_special_tokens=False)
    opens = np.array([0, *accumulate(len(w) + 1 for w in words)], np.int64)
    places = found.offsets
    offsets = np.fromiter(chain.from_iterable(places), np.int64, 2 * len(places)).reshape(-1, 2)
    pieces = [text[a:b] for a, b in places]
    start = offsets[:, 0]
    joined = (start == np.append(0, offsets[:-1, 1])) & (start > 0)
    for k in np.flatnonzero(joined).tolist():
        joined[k] = text[places[k][0] - 1].isalnum() and pieces[k][:1].isalnum()
    shape = np.array([_shape(p) for p in pieces], np.int64)
    mark = np.array([_MARKS.get(p, 0) for p in pieces], np.int64)
    cuts = np.searchsorted(start, opens)
    place = np.repeat(opens[:-1], np.diff(cuts))
    rows = np.stack([np.array(found.ids, np.int64), *(offsets - place[:, None]).T, shape, mark, joined], axis=1)
    return [rows[a:b] for a, b in pairwise(cuts.tolist())]


def _inside_marks(text: str) -> Array:
    """For each character whether it stands between double marks; an open mark ends with its line."""
    inside, opened = np.zeros(len(text) + 1, bool), None
    for m in _DOUBLE.finditer(text + "\n"):
        if opened is not None:
            inside[opened : m.start()] = True
        closes = m.group() in "”\n" or (m.group() == '"' and opened is not None)
        opened = None if closes else m.end()
    return inside


@lru_cache(1 << 15)  # as many as the vocabulary has, more or less
def _shape(piece: str) -> int:
    """0 small letters, 1 capital first, 2 all capitals, 3 mixed, 4 digits, 5 marks."""
    if piece.isalpha():
        if piece.islower():
            return 0
        if len(piece) == 1:
            return 1
        return 2 if piece.isupper() else 1 if piece[1:].islower() else 3
    return 4 if piece.isdigit() else 5 if not piece[:1].isalnum() else 3


def cut_windows(e: Encoded) -> list[tuple[Span, Span]]:
    """Windows over a text, and of each the pieces that take their vectors from it.

    Those are whole paragraphs where they fit, else sentences, else as many pieces as fit. A window begins a little
    before them and, unless they end with a paragraph, goes on a little behind them.
    """
    n, opens = len(e.ids), e.extra[:, 2] == 2
    paragraphs, cuts = np.flatnonzero(opens), [0]
    while n - cuts[-1] > _MOST:
        low, high = cuts[-1] + _LEAST, min(cuts[-1] + _MOST, n - _LEAST)
        cut = int(paragraphs[np.searchsorted(paragraphs, high, side="right") - 1])
        if cut < low:
            high -= _SHARED
            cut = _sentence(e, low, high) or high
        cuts.append(cut)
    own = [(a, b) for a, b in pairwise([*cuts, n]) if a < b]
    return [((max(0, a - _SHARED), b if b == n or opens[b] else b + _SHARED), (a, b)) for a, b in own]


def _sentence(e: Encoded, low: int, high: int) -> int | None:
    """The last piece from `low` to `high` that stands behind the end of a sentence."""
    for k in range(high, low - 1, -1):
        (start, end), at = e.offsets[k - 1].tolist(), e.offsets[k, 0]
        if e.text[start:end] in _ENDS and end < at:
            return k
    return None


def stack(ids: Sequence[Array], extra: Sequence[Array]) -> tuple[Array, Array]:
    """Windows as padded arrays, with the special pieces around each."""
    length = max(map(len, ids)) + 2
    all_ids = np.zeros((len(ids), length), np.int64)
    all_extra = np.zeros((len(ids), length, extra[0].shape[1]), np.int64)
    for k, (row, features) in enumerate(zip(ids, extra, strict=True)):
        n = len(row)
        all_ids[k, 0], all_ids[k, 1 : n + 1], all_ids[k, n + 1] = _CLS, row, _SEP
        all_extra[k, 1 : n + 1] = features
    return all_ids, all_extra


class Encoder:
    """The bundled encoder.

    Parameters
    ----------
    folder : Path
        Holds model.onnx, judge.onnx, heads.npz, pronouns.npz, tokenizer.json and config.json.
    workers : int, optional
        Threads of the encoder. Default one for each core.

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If a file is not the one that belongs to this version.
    """

    def __init__(self, folder: Path = WEIGHTS, workers: int | None = None) -> None:
        from tokenizers import Tokenizer

        for name in FILES:
            if not (folder / name).is_file():
                raise FileNotFoundError(_remedy(f"the reading model lacks its file {folder / name}"))
        try:
            self.config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            digests = self.config["sha256"]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(_remedy(f"{folder / 'config.json'} of the reading model is damaged")) from error
        for name, digest in digests.items():
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
                raise ValueError(_remedy(f"{folder / name} of the reading model is damaged"))
        self.session = self.open_session(folder / "model.onnx", workers)
        self.widths = {out.name: int(out.shape[-1]) for out in self.session.get_outputs()}
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        # An article is read first and judged later, after others of its batch were read
        self.tokenize = lru_cache(_REMEMBERED)(partial(tokenize, self.tokenizer, known={}))
        self.weights: dict[str, Array] = {}  # by columns, for products with what is transposed row by row are quicker
        for name in ("heads.npz", "pronouns.npz"):
            with np.load(folder / name) as arrays:
                self.weights |= {k: arrays[k].astype(np.float32, order="F") for k in arrays.files}

    @staticmethod
    def open_session(path: Path, workers: int | None = None) -> Any:
        """A model file made ready to run on the processor."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = workers or 0
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def encode(self, texts: Sequence[str], batch_size: int | None = None) -> list[Encoded]:
        """Read texts; windows of one length go through the encoder together, `batch_size` at once."""
        done = [replace(self.tokenize(t)) for t in texts]
        places: list[tuple[int, int, int]] = []  # length of a window, text, number of the window in its text
        cut = [cut_windows(e) for e in done]
        for k, e in enumerate(done):
            e.vectors = np.empty((len(e.ids), self.widths["vectors"]), np.float32)
            # Half as exact, those of a long article take half of its memory
            e.products = {name: np.empty((len(e.ids), self.widths[name]), np.float16) for name in PRODUCTS}
            places += [(b - a, k, number) for number, ((a, b), _) in enumerate(cut[k])]
        for batch in _batches(places, batch_size):
            parts = [(done[k], *cut[k][number]) for _, k, number in batch]
            ids, extra = stack([e.ids[a:b] for e, (a, b), _ in parts], [e.extra[a:b] for e, (a, b), _ in parts])
            used = [np.arange(1 + low - a, 1 + high - a) for _, (a, _), (low, high) in parts]
            for (e, _, (low, high)), rows in zip(parts, run(self.session, ids, extra, used), strict=True):
                for array, found in zip((e.vectors, *e.products.values()), rows, strict=True):
                    array[low:high] = found
        return done


def run(session: Any, ids: Array, extra: Array, used: Sequence[Array]) -> list[list[Array]]:
    """Vectors of the `used` pieces of each window, and of them what else the graph gives: :data:`PRODUCTS`."""
    flat = np.concatenate([k * ids.shape[1] + at for k, at in enumerate(used)])
    found = session.run(None, {"ids": ids, "extra": extra, "used": flat})
    ends = list(accumulate(map(len, used)))
    return [[x[a:b] for x in found] for a, b in pairwise([0, *ends])]


def run_by_length(
    session: Any, ids: Sequence[Array], extra: Sequence[Array], used: Sequence[Array]
) -> Iterator[tuple[int, Array]]:
    """Vectors of short inputs, those of one length together: which input, and the vectors of its `used` pieces."""
    for batch in _batches([(len(row), k, 0) for k, row in enumerate(ids)]):
        rows = [k for _, k, _ in batch]
        together = (np.stack([x[k] for k in rows]) for x in (ids, extra))
        for k, (vectors,) in zip(rows, run(session, *together, [used[k] for k in rows]), strict=True):
            yield k, vectors


def _remedy(problem: str) -> str:
    return f"{problem}; install newslab again (pip install --force-reinstall newslab), or read by rules: reader='rules'"


def _batches(windows: list[tuple[int, int, int]], size: int | None = None) -> Iterator[list[tuple[int, int, int]]]:
    """Windows of one length together: nothing is padded, for that costs more than it saves."""
    windows = sorted(windows)
    at = 0
    while at < len(windows):
        length = windows[at][0]
        batch = windows[at : at + (size or max(1, _PIECES_A_RUN // length))]
        batch = [w for w in batch if w[0] == length]
        at += len(batch)
        yield batch
