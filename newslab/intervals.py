"""Intervals of numbers of articles, made of the probabilities with which articles show something.

Coding by hand has its own, by resampling: :mod:`newslab.coding.intervals`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import betaincinv, ndtri


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


def of_balance(
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


_EXACT = 400  # articles up to which the interval is exact


def of_corpus(p: np.ndarray, confidence: float = 0.95, *, times: np.ndarray | None = None) -> tuple[float, float]:
    """Range of the true number among articles that show it with probabilities `p` (Poisson binomial).

    `times` says how often each was printed, if more than once: all of its copies show it, or none.
    """
    tail = (1 - confidence) / 2
    times = np.ones(len(p), int) if times is None else times
    if not len(p):
        return 0.0, 0.0
    if len(p) > _EXACT:
        total, spread = (p * times).sum(), ndtri(1 - tail) * np.sqrt((p * (1 - p) * times**2).sum())
        return max(0.0, float(total - spread)), min(float(times.sum()), float(total + spread))
    chances = np.ones(1)
    for q, n in zip(p, times, strict=True):
        chances = np.convolve(chances, [1 - q, *[0.0] * (n - 1), q])
    below = np.cumsum(chances)
    low, high = np.searchsorted(below, tail, side="right"), np.searchsorted(below, 1 - tail - 1e-12)
    return float(low), float(min(high, times.sum()))
