"""The numbers of articles that charts show, from probabilities, and their 95 % intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from newslab.edges import of_any


def at_least_one(stances: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """One row a group of the columns `keys`: the probability ``p`` that at least one of its stances holds."""
    return of_any(stances["probability"], [stances[k] for k in keys]).rename("p").reset_index()


def interval(p: np.ndarray, n: int, kind: str) -> tuple[float, float]:
    """95 % interval of a number of articles: `p` are the probabilities of those that may show it, among `n`.

    "sample": the number to be expected of `n` articles like these (Jeffreys; Brown, Cai and DasGupta 2001), which
    leaves room also where nothing was found. "corpus": the true number in these very articles (Poisson binomial).
    """
    if kind == "corpus":
        return poisson_binomial(p)
    if n == 0:
        return float("nan"), float("nan")
    low, high = shares(float(p.sum()), n)
    return n * low, n * high


def shares(x: float, n: float) -> tuple[float, float]:
    """Jeffreys' 95 % interval of a share of which `x` of `n` were seen; `x` and `n` may be sums of probabilities."""
    x = min(max(x, 0.0), n)
    low = 0.0 if x < 1e-9 else float(betaincinv(x + 0.5, n - x + 0.5, 0.025))
    high = 1.0 if n - x < 1e-9 else float(betaincinv(x + 0.5, n - x + 0.5, 0.975))
    return low, high


_EXACT = 400  # articles up to which the interval is exact
_TAIL = (1 - 0.95) / 2


def poisson_binomial(p: np.ndarray) -> tuple[float, float]:
    """95 % range of the number of successes of independent trials with probabilities `p`."""
    if not len(p):
        return 0.0, 0.0
    if len(p) > _EXACT:
        spread = 1.959964 * np.sqrt((p * (1 - p)).sum())
        return max(0.0, float(p.sum() - spread)), min(float(len(p)), float(p.sum() + spread))
    chances = np.ones(1)
    for q in p:
        chances = np.convolve(chances, [1 - q, q])
    below = np.cumsum(chances)
    low, high = np.searchsorted(below, _TAIL, side="right"), np.searchsorted(below, 1 - _TAIL - 1e-12)
    return float(low), float(min(high, len(p)))


def bootstrap_sums(rows: pd.DataFrame, n: int) -> pd.DataFrame:
    """95 % intervals ``low`` and ``high`` of the sums of ``value`` by ``key``, over ``n`` articles like these.

    A Poisson bootstrap over articles, as in ``Analysis.edges``.
    """
    rng = np.random.default_rng(0)
    out = {}
    for key, part in rows.groupby("key", sort=True):
        value = part.groupby("article_id")["value"].sum().to_numpy()
        weight = rng.poisson(1.0, (1000, len(value)))
        whole = weight.sum(axis=1) + rng.poisson(max(n - len(value), 0), 1000)
        out[key] = np.quantile(weight @ value * n / np.maximum(whole, 1), [0.025, 0.975])
    return pd.DataFrame.from_dict(out, orient="index", columns=["low", "high"])
