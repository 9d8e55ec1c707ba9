"""Syndicated copies: articles that repeat one printed before, found by the word sequences that they share.

Counted once, an agency report that twenty papers print is one piece of evidence. MinHash with locality-sensitive
hashing (datasketch) proposes pairs; every pair is then checked on its full sets, so that chance decides nothing.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

from newslab.boilerplate import boilerplate_spans

_SHINGLE = 5  # words in a row
_SHORT = 40  # words below which only equal texts are copies: too few shingles to tell a copy from a set phrase
_NUM_PERM = 63
# Rows a band from each threshold on. With 3, pairs with Jaccard 0.5 are proposed with probability 0.95, with 0.1 in
# 2 % of cases; a lower threshold needs shorter bands.
_ROWS = ((0.6, 3), (0.3, 2), (0.0, 1))
_WORD = re.compile(r"\w+")


def find_copies(articles: pd.DataFrame, *, threshold: float = 0.8) -> pd.Series:
    """Find for each article the earlier article of which it is a copy.

    Parameters
    ----------
    articles : DataFrame
        With the columns ``article_id``, ``text`` and ``published``, as from :func:`newslab.read_articles`.
    threshold : float, default 0.8
        Share, above 0 and at most 1, that two articles must have in common: of all their five-word sequences
        (Jaccard), or of those of the later article, so that a shortened reprint counts as a copy and a longer version
        with news of its own does not.

    Returns
    -------
    Series
        Named ``duplicate_of``, dtype str, index as `articles`: the ``article_id`` of the original, NA for an article
        that is no copy. The original is the article of the earliest day and, of one day, the longest; without a date
        (these count as last) the one that comes first in the table. A copy of a copy points to the original.

    Raises
    ------
    ValueError
        If a column is missing or `threshold` is outside (0, 1].

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
    missing = [c for c in ("article_id", "text", "published") if c not in articles.columns]
    if missing:
        raise ValueError(f"articles has no column {missing[0]!r}; its columns are {list(articles.columns)}; "
                         "read it with read_articles")  # fmt: skip
    if not 0 < threshold <= 1:
        raise ValueError(f"threshold is {threshold!r}; it is a share above 0 and at most 1, such as 0.8")
    texts = articles["text"].tolist()
    ids = articles["article_id"].tolist()
    # Many sources give the day only, so of one day the longer text is the original: reprints are cut, not extended.
    day = articles["published"].reset_index(drop=True).dt.normalize()
    by = pd.DataFrame({"day": day, "cut": pd.Series([-len(t) for t in texts]).where(day.notna(), 0)})
    order = by.sort_values(["day", "cut"], kind="stable", na_position="last").index.tolist()
    originals: list[str | float] = [np.nan] * len(ids)
    for copy, original in _match(texts, order, threshold).items():
        originals[copy] = ids[original]
    return pd.Series(originals, index=articles.index, dtype="str", name="duplicate_of")


def _match(texts: Sequence[str], order: Sequence[int], threshold: float) -> dict[int, int]:
    """Row of each copy → row of its original, looking from the earliest article on and only backwards."""
    from datasketch import MinHash, MinHashLSH

    rows = next(r for limit, r in _ROWS if threshold >= limit)
    lsh = MinHashLSH(num_perm=_NUM_PERM, params=(_NUM_PERM // rows, rows))
    permutations = _permutations()
    hashes: dict[str, int] = {}
    sets: dict[int, np.ndarray] = {}
    rank = {row: k for k, row in enumerate(order)}
    equal: dict[str, int] = {}
    copies: dict[int, int] = {}
    for row in order:
        key = " ".join(texts[row].split())
        if not key:
            continue
        if key in equal:
            copies[row] = copies.get(equal[key], equal[key])
            continue
        equal[key] = row
        shingles = _shingles(texts[row], hashes)
        if shingles is None:
            continue
        minhash = MinHash(hashvalues=_signature(shingles, permutations), permutations=permutations, scheme="affine32")
        for other in sorted(lsh.query(minhash), key=rank.__getitem__):
            if _is_copy(shingles, sets[other], threshold):
                copies[row] = copies.get(other, other)
                break
        sets[row] = shingles
        lsh.insert(row, minhash, check_duplication=False)
    return copies


def _permutations() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    a = rng.integers(1, 2**32, size=_NUM_PERM, dtype=np.uint32) | np.uint32(1)  # odd: h → a·h + b is a bijection
    return a, rng.integers(0, 2**32, size=_NUM_PERM, dtype=np.uint32)


def _shingles(text: str, hashes: dict[str, int]) -> np.ndarray | None:
    """Sorted distinct hashes (uint64) of the five-word sequences, or None for a short text."""
    at, kept = 0, []
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


def _is_copy(later: np.ndarray, earlier: np.ndarray, threshold: float) -> bool:
    shared = len(np.intersect1d(later, earlier, assume_unique=True))
    return shared >= threshold * len(later) or shared >= threshold * (len(later) + len(earlier) - shared)
