"""Intervals of numbers of articles, made of the probabilities with which articles show something.

Coding by hand has its own, by resampling: :mod:`newslab.coding.resampling`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import betaincinv, ndtr


def of_sample(
    total: Any, squares: Any, n: Any, confidence: float = 0.95, *, most: Any = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Interval of the sum to be expected of `n` articles like these, each of which adds 0 to `most` to it.

    Jeffreys' interval of a share (Brown, Cai and DasGupta 2001), with as many articles as tell the same as these (Korn
    and Graubard 1998): probabilities vary less than zeros and ones, and so tell more. That Jeffreys adds half an
    article that has it for sure and half of one that has not leaves room where nothing, or little, was found.

    Parameters
    ----------
    total, squares : float or array
        Sum of what the articles add, and of its squares.
    n : int or array
        Number of articles, also of those that add nothing.
    confidence : float, default 0.95
        Coverage of the interval.
    most : float or array, default 1.0
        What one article can add; 1 at least.

    Returns
    -------
    low, high : array
        NaN where there is no article.
    """
    total, squares, n, most = (np.asarray(x, dtype="float64") for x in (total, squares, n, most))
    mean = (total + 0.5) / (n + 1) / most
    size = (n + 1) * mean * (1 - mean) / ((squares + 0.5) / (n + 1) / most**2 - mean**2)
    tails = (1 - confidence) / 2, (1 + confidence) / 2
    low, high = (np.where(n > 0, n * most * betaincinv(mean * size, (1 - mean) * size, tail), np.nan) for tail in tails)
    return np.minimum(low, total), np.maximum(high, total)  # the sum itself is in it, also where it is 0 or all


def balance_of_sample(
    negative: np.ndarray, positive: np.ndarray, confidence: float = 0.95, *, groups: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Interval of (positive - negative) / (positive + negative), of the sums of each group of articles.

    As :func:`of_sample`, with the share of support for the share of articles: half an article that backs for sure and
    half of one that criticizes are added, and the articles are as many as tell the same as these.

    Parameters
    ----------
    negative, positive : array
        What each article adds, from 0 to 1 (more if it was printed several times).
    confidence : float, default 0.95
        Coverage of the interval.
    groups : array, optional
        Number of the group of each article, which stand together. Default all are one.

    Returns
    -------
    low, high : array
        One a group.
    """
    groups = np.zeros(len(negative), int) if groups is None else groups
    terms = np.stack([negative, positive, negative**2, positive**2, negative * positive])
    n, p, nn, pp, np_ = np.add.reduceat(terms, np.flatnonzero(np.diff(groups, prepend=groups[:1] - 1)), axis=1)
    share = (p + 0.5) / (n + p + 1)
    spread = share**2 * (nn + 0.5) + (1 - share) ** 2 * (pp + 0.5) - 2 * share * (1 - share) * np_
    size = (n + p + 1) ** 2 * share * (1 - share) / spread
    with np.errstate(invalid="ignore"):
        balance = (p - n) / (p + n)
    tails = (1 - confidence) / 2, (1 + confidence) / 2
    low, high = (2 * betaincinv(share * size, (1 - share) * size, tail) - 1 for tail in tails)
    return np.minimum(low, balance), np.maximum(high, balance)


def of_share(right: int, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of a share of which `right` of `n` were seen, by Clopper and Pearson (1934)."""
    tail = (1 - confidence) / 2
    low = 0.0 if right == 0 else float(betaincinv(right, n - right + 1, tail))
    high = 1.0 if right >= n else float(betaincinv(right + 1, n - right, 1 - tail))
    return low, high


_EXACT = 400  # articles up to which chances are exact
_NEVER = 1e-12  # a chance that counts for nothing
_NUMBERS = 1000  # possible numbers of which all are taken for a balance, which bounds memory; of more only so many


def of_corpus(p: np.ndarray, confidence: float = 0.95, *, times: np.ndarray | None = None) -> tuple[float, float]:
    """Range of the true number among articles that show it with probabilities `p` (Poisson binomial).

    `times` says how often each was printed, if more than once: all of its copies show it, or none.
    """
    low, high = _range(_chances(p, times), confidence)
    return float(low), float(high)


def balance_of_corpus(
    negative: np.ndarray, positive: np.ndarray, confidence: float = 0.95, *, times: np.ndarray | None = None
) -> tuple[float, float]:
    """Range of the true (positive - negative) / (positive + negative) among these articles, if it is any number.

    Both are as in :func:`of_corpus`, and independent. NaN where no article may show one of the two: there is no room.
    """
    if not (negative.any() and positive.any()):
        return float("nan"), float("nan")
    chances = [_chances(p, times) for p in (negative, positive)]
    possible = (np.flatnonzero(x > _NEVER) for x in chances)
    n, p = (x[:: 1 + len(x) // _NUMBERS] for x in possible)
    both = np.outer(chances[0][n], chances[1][p])
    n = n[:, None]  # rows, as in `both`
    if not (told := n + p > 0).any():
        return float("nan"), float("nan")
    balance = (p - n)[told] / (p + n)[told]
    order = np.argsort(balance)
    low, high = _range(both[told][order], confidence)
    return float(balance[order][low]), float(balance[order][high])


def of_number(p: np.ndarray, n: int, interval: str) -> tuple[float, float]:
    """95 % interval of a number of articles: `p` are the probabilities of those that may show it, among `n`.

    `interval` is "sample" (the number to be expected of so many articles like these) or "corpus" (the true one here).
    """
    if interval == "corpus":
        return of_corpus(p)
    low, high = of_sample(p.sum(), (p**2).sum(), n)
    return float(low), float(high)


def _chances(p: np.ndarray, times: np.ndarray | None) -> np.ndarray:
    """How likely each true number is, from 0 on; the normal approximation of it for many articles."""
    times = np.ones(len(p), int) if times is None else times
    p, times = p[p > 0], times[p > 0]
    if len(p) > _EXACT:
        spread = np.sqrt((p * (1 - p) * times**2).sum())
        with np.errstate(divide="ignore"):  # where all is certain
            return np.diff(ndtr((np.arange(times.sum() + 2) - 0.5 - (p * times).sum()) / spread))
    chances = np.ones(1)
    for q, n in zip(p, times, strict=True):
        chances = np.convolve(chances, [1 - q, *[0.0] * (n - 1), q])
    return chances


def _range(chances: np.ndarray, confidence: float) -> tuple[int, int]:
    """The places of the first and the last of some values that a share of all, in the middle, goes to."""
    below, tail = np.cumsum(chances) / chances.sum(), (1 - confidence) / 2
    low, high = np.searchsorted(below, tail, side="right"), np.searchsorted(below, 1 - tail - _NEVER)
    return int(low), min(int(high), len(chances) - 1)
