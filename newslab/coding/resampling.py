"""Percentile intervals by resampling clusters (articles) within strata; a cluster's pieces stay together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from newslab.checks import at_least, check_confidence

_FEWEST = 5  # clusters; fewer have so few resamples that an interval may be a point, and not hold the estimate
_AT_ONCE = 2_000_000  # numbers drawn at once, which bounds memory


def counts(
    clusters: int, n_boot: int, rng: np.random.Generator, strata: np.ndarray | None = None
) -> Iterator[np.ndarray]:
    """How often each cluster is drawn, in blocks of rows of one resample each.

    Of a stratum one cluster fewer is drawn than it has, and counts for more (Rao and Wu 1988): drawing all of two again
    would show but half of the variance.
    """
    if not clusters:
        return
    groups = [np.arange(clusters)] if strata is None else [np.flatnonzero(strata == s) for s in pd.unique(strata)]
    draws = [len(group) if strata is None else max(len(group) - 1, 1) for group in groups]
    block = max(1, _AT_ONCE // max(clusters, 1))
    for first in range(0, n_boot, block):
        size = min(block, n_boot - first)
        drawn = np.empty((size, clusters))
        for group, n in zip(groups, draws, strict=True):
            drawn[:, group] = rng.multinomial(n, np.full(len(group), 1 / len(group)), size=size) * (len(group) / n)
        yield drawn


def bootstrap(
    stats: np.ndarray,
    value: Callable[[np.ndarray], np.ndarray],
    *,
    strata: np.ndarray | None = None,
    confidence: float = 0.95,
    n_boot: int = 1000,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of values made from sums over clusters.

    Parameters
    ----------
    stats : array
        One row a cluster.
    value : callable
        From sums, one row a resample, to values, one row a resample.
    strata : array, optional
        Stratum of each cluster; each is resampled by itself.

    Returns
    -------
    low, high : array
        NaN where there are fewer than five clusters, or no resample tells anything.
    """
    check_confidence(confidence)
    at_least("seed", seed, 0)
    rng = np.random.default_rng(seed)
    values = [value(drawn @ stats) for drawn in counts(len(stats), n_boot, rng, strata)]
    drawn = np.concatenate(values) if values else np.full((1, 1), np.nan)
    return percentiles(drawn, confidence, len(stats))


def percentiles(drawn: np.ndarray, confidence: float, clusters: int) -> tuple[np.ndarray, np.ndarray]:
    """Percentile bounds of each column, without resamples in which the value is not defined."""
    drawn = drawn.reshape(len(drawn), -1)
    low, high = np.full(drawn.shape[1], np.nan), np.full(drawn.shape[1], np.nan)
    for k, column in enumerate(drawn.T):
        told = column[~np.isnan(column)]
        if clusters >= _FEWEST and len(told):
            low[k], high[k] = np.quantile(told, [(1 - confidence) / 2, (1 + confidence) / 2])
    return low, high
