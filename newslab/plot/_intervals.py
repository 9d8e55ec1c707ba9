"""The numbers of articles that charts show, from probabilities, and their 95 % intervals, as in edges()."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from newslab.edges import of_any
from newslab.intervals import of_corpus, of_sample


def at_least_one(stances: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """One row a group of the columns `keys`: the probability ``p`` that at least one of its stances holds."""
    return of_any(stances["probability"], [stances[k] for k in keys]).rename("p").reset_index()


def interval(p: np.ndarray, n: int, kind: str) -> tuple[float, float]:
    """95 % interval of a number of articles: `p` are the probabilities of those that may show it, among `n`.

    "sample": the number to be expected of `n` articles like these. "corpus": the true number in these very articles.
    """
    if kind == "corpus":
        return of_corpus(p)
    low, high = of_sample(p.sum(), (p**2).sum(), n)
    return float(low), float(high)


def sums(rows: pd.DataFrame, n: int) -> pd.DataFrame:
    """95 % intervals ``low`` and ``high`` of the sums of ``value`` by ``key``, over `n` articles like these."""
    each = rows.groupby(["key", "article_id"])["value"].sum()
    parts = each.groupby(level="key")
    most = np.maximum(parts.max(), 1.0)
    low, high = of_sample(parts.sum(), (each**2).groupby(level="key").sum(), n, most=most)
    return pd.DataFrame({"low": low, "high": high}, index=most.index)
