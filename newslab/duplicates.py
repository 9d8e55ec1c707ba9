"""Syndicated copies: articles that repeat one printed before, found by the word sequences that they share.

Counted once, an agency report that twenty papers print is one piece of evidence. MinHash with locality-sensitive
hashing proposes pairs; every pair is then checked on its full sets, so that chance decides nothing. Little of each
article is kept in memory, so that it serves a hundred thousand as well.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from array import array
from collections.abc import Sequence
from pathlib import Path
from tempfile import SpooledTemporaryFile

import numpy as np
import pandas as pd

from newslab.boilerplate import boilerplate_spans
from newslab.text import AsRead

_SHINGLE = 5  # words in a row
_SHORT = 40  # words below which only equal texts are copies: too few shingles to tell a copy from a set phrase
_SHARE = 0.8  # of the word sequences of a copy that its original must have
_BANDS, _BAND = 21, 3  # with which pairs of Jaccard 0.5 are proposed with probability 0.95, of 0.1 in 2 % of cases
_NUM_PERM = _BANDS * _BAND
_SKETCH = 1024  # bits
_WORD = re.compile(r"\w+")
_SPOOLED = 8_000_000  # bytes of word sequences up to which they stay in memory
_VOCABULARY = 50_000  # words whose hashes are remembered


def find_copies(articles: pd.DataFrame) -> pd.Series:
    """Find for each article the earlier article of which it is a copy.

    A copy has 80 % of its five-word sequences in common with an article before it, so that a shortened reprint counts
    as one and a longer version with news of its own does not.

    Parameters
    ----------
    articles : DataFrame
        With the columns ``article_id``, ``text`` and ``published``, as from :func:`newslab.read_articles`.

    Returns
    -------
    Series
        Named ``duplicate_of``, dtype str, index as `articles`: the ``article_id`` of the original, NA for an article
        that is no copy. The original is the article of the earliest day and, of one day, the longest; without a date
        (these count as last) the one that comes first in the table. A copy of a copy points to the original.

    See Also
    --------
    newslab.analyze : Marks copies in ``analysis.articles``; edges count them once unless told otherwise.

    Notes
    -----
    Texts are compared in lower case without punctuation and without boilerplate lines. Articles below 40 words are
    copies only if their texts are equal but for white space. Candidates come from MinHash signatures in bands (Broder
    1997; Leskovec, Rajaraman and Ullman, *Mining of Massive Datasets*, chapter 3): a full copy is always proposed, and
    a reprint cut to half with a probability of 95 %.

    Examples
    --------
    >>> report = "Mayor Ilse Brandt said on Monday that the harbour tax would rise again this spring."
    >>> frame = pd.DataFrame({
    ...     "article_id": ["gazette", "agency"],
    ...     "text": [report, report],
    ...     "published": pd.to_datetime(["2024-03-02", "2024-03-01"]),
    ... })
    >>> find_copies(frame).tolist()
    ['agency', nan]
    """
    texts = articles["text"].tolist()
    ids = articles["article_id"].tolist()
    originals: list[str | float] = [np.nan] * len(ids)
    with Fingerprints() as prints:
        for text in texts:
            prints.add(text)
        for copy, original in prints.copies(reading_order(articles["published"], list(map(len, texts)))).items():
            originals[copy] = ids[original]
    return pd.Series(originals, index=articles.index, dtype="str", name="duplicate_of")


def reading_order(published: pd.Series, lengths: Sequence[int]) -> list[int]:
    """Rows from the earliest day on and, of one day, from the longest text on; undated ones last, as they stand."""
    # Many sources give the day only, so of one day the longer text is the original: reprints are cut, not extended.
    day = published.reset_index(drop=True).dt.normalize()
    by = pd.DataFrame({"day": day, "cut": (-pd.Series(lengths, dtype="int64")).where(day.notna(), 0)})
    return by.sort_values(["day", "cut"], kind="stable", na_position="last").index.tolist()


class Fingerprints:
    """What tells the copies among many texts: 300 to 450 bytes of each in memory, its word sequences in a file.

    Parameters
    ----------
    folder : path, optional
        Where the temporary file lies once it is large. Default the system's folder for such.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self._file = SpooledTemporaryFile(max_size=_SPOOLED, dir=folder)
        self._words: dict[str, int] = {}
        self._permutations = _permutations()
        self._digests, self._bands = array("Q"), array("Q")
        self._sizes = array("q")  # word sequences of each text; 0 for a short one, -1 for an empty one

    def __enter__(self) -> Fingerprints:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, text: str) -> None:
        """Take the next text."""
        key = " ".join(text.split())
        digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        self._digests.frombytes(digest)
        shingles = _shingles(text, self._words) if key else None
        if len(self._words) > _VOCABULARY:
            self._words.clear()
        if shingles is None:
            self._sizes.append(0 if key else -1)
            return
        signature = _signature(shingles, self._permutations).reshape(_BANDS, _BAND)
        keys = np.zeros(_BANDS, np.uint64)
        for k in range(_BAND):
            keys = keys * np.uint64(0x9E3779B97F4A7C15) + signature[:, k]
        self._bands.frombytes(keys.tobytes())
        self._file.write(shingles.tobytes())
        self._sizes.append(len(shingles))

    def copies(self, order: Sequence[int]) -> dict[int, int]:
        """Row of each copy → row of its original, looking from the first of `order` on and only backwards."""
        self._words.clear()  # their room is needed now
        sizes, at = np.frombuffer(self._sizes, np.int64), np.array(order, np.int64)
        at = at[sizes[at] >= 0]
        if not len(at):
            return {}
        digests = np.frombuffer(self._digests, np.uint64).reshape(-1, 2)[at]
        _, first, which = np.unique(digests, axis=0, return_index=True, return_inverse=True)
        equal = at[first[which.reshape(-1)]]  # the first row of the same text
        long = at[(equal == at) & (sizes[at] > 0)]
        starts = np.cumsum(np.r_[0, np.maximum(sizes, 0)]) * 8
        nth = np.cumsum(np.r_[0, sizes > 0])  # row → its place among those that have bands
        near = _Buckets(np.frombuffer(self._bands, np.uint64).reshape(-1, _BANDS), nth[long])
        place = np.full(len(sizes), -1, np.int32)  # of each row among those that are looked for
        place[long] = np.arange(len(long))

        def load(row: int) -> np.ndarray:
            self._file.seek(int(starts[row]))
            return np.frombuffer(self._file.read(8 * int(sizes[row])), np.uint64)

        # Reports from one mould are all proposed for each other. A sketch has a bit for each sequence of a text, which
        # others may share: what has no bit there is not in the text, and so much less is left to compare in full.
        sketches = np.zeros((len(long), _SKETCH // 8), np.uint8)
        copies: dict[int, int] = {}
        for row, same in zip(map(int, at), map(int, equal), strict=True):
            if same != row:
                copies[row] = copies.get(same, same)
            elif place[row] >= 0 and near.has_any(int(place[row])):
                own, before = load(row), near.before(int(place[row]))
                need, bits = _SHARE * len(own), own % np.uint64(_SKETCH)
                byte, bit = bits >> np.uint64(3), np.uint8(1) << (bits & np.uint64(7)).astype(np.uint8)
                likely = np.count_nonzero(sketches[before][:, byte] & bit, axis=1) >= need
                for other in map(int, long[before[likely]]):
                    if _n_shared(own, load(other)) >= need:
                        copies[row] = copies.get(other, other)
                        break
                np.bitwise_or.at(sketches[place[row]], byte, bit)
        return copies


class _Buckets:
    """Which of the texts before it shares a band with a text; texts that share none take no room."""

    def __init__(self, bands: np.ndarray, rows: np.ndarray) -> None:
        n, width = len(rows), bands.shape[1]
        self._place = np.full((n, width), -1, np.int32)
        self._members: list[np.ndarray] = []
        self._starts: list[np.ndarray] = []
        for b in range(width):
            keys = bands[rows, b]
            order = np.argsort(keys, kind="stable")
            keys = keys[order]
            new = np.r_[True, keys[1:] != keys[:-1]] if n else np.zeros(0, bool)
            size = np.diff(np.r_[np.flatnonzero(new), n])
            shared = np.repeat(size > 1, size)
            members = order[shared].astype(np.int32)
            heads = np.flatnonzero(new[shared])
            self._starts.append(np.repeat(heads, size[size > 1]).astype(np.int32))
            self._members.append(members)
            self._place[members, b] = np.arange(len(members))

    def has_any(self, row: int) -> bool:
        """Whether there is another text, earlier or later, in one of its buckets."""
        return bool((self._place[row] >= 0).any())

    def before(self, row: int) -> np.ndarray:
        """Earlier texts in one of its buckets, the earliest first."""
        found = [self._members[b][self._starts[b][p] : p] for b, p in enumerate(self._place[row].tolist()) if p > 0]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int32)


def _permutations() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    a = rng.integers(1, 2**32, size=_NUM_PERM, dtype=np.uint32) | np.uint32(1)  # odd: h → a·h + b is a bijection
    return a, rng.integers(0, 2**32, size=_NUM_PERM, dtype=np.uint32)


def _shingles(text: str, hashes: dict[str, int]) -> np.ndarray | None:
    """Sorted distinct hashes (uint64) of the five-word sequences, or None for a short text."""
    text, at, kept = AsRead(text).text, 0, []  # one outlet prints soft hyphens, another does not
    for start, end in boilerplate_spans(text):
        kept.append(text[at:start])
        at = end
    words = _WORD.findall("".join([*kept, text[at:]]).lower())
    if len(words) < _SHORT:
        return None
    for word in words:
        if word not in hashes:
            data = word.encode("utf-8", "surrogatepass")
            hashes[word] = zlib.crc32(data) | zlib.crc32(data, 0x9E3779B9) << 32
    h = np.array([hashes[w] for w in words], dtype=np.uint64)
    n = len(h) - _SHINGLE + 1
    mixed = np.zeros(n, dtype=np.uint64)
    for k in range(_SHINGLE):  # a polynomial in an odd constant, modulo 2**64: order of the words matters
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + h[k : k + n]
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    mixed ^= mixed >> np.uint64(32)
    return np.unique(mixed)


def _signature(shingles: np.ndarray, permutations: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Minimum of each permutation (arithmetic modulo 2**32); the products are taken in blocks to bound memory."""
    a, b = permutations
    low = shingles.astype(np.uint32)
    least = np.full(_NUM_PERM, 2**32 - 1, dtype=np.uint32)
    for start in range(0, len(low), 4096):
        block = a[:, None] * low[None, start : start + 4096] + b[:, None]
        np.minimum(least, block.min(axis=1), out=least)
    return least.astype(np.uint64)


def _n_shared(one: np.ndarray, other: np.ndarray) -> int:
    return len(np.intersect1d(one, other, assume_unique=True))
