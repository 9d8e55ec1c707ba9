"""Who criticizes and who backs whom: stances summed over articles, with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

_COLUMNS = {
    "source": "str", "target": "str", "source_id": "str", "target_id": "str",
    "n_negative": "float64", "n_negative_low": "float64", "n_negative_high": "float64",
    "n_positive": "float64", "n_positive_low": "float64", "n_positive_high": "float64",
    "n_articles": "int64", "balance": "float64", "balance_low": "float64", "balance_high": "float64",
    "first": "datetime64[ns]", "last": "datetime64[ns]",
}  # fmt: skip
_PAIR = ["source_id", "target_id"]


def article_stances(stances: pd.DataFrame) -> pd.DataFrame:
    """One row a source, target and article: the probability that the article shows each stance at least once.

    Pieces of evidence count as independent: ``p = 1 - prod(1 - p_i)``. Columns: ``source_id``, ``target_id``,
    ``article_id`` (str), ``negative``, ``positive`` (float64).
    """
    keys = [*_PAIR, "article_id"]
    if stances.empty:
        frame = pd.DataFrame({k: pd.Series(dtype="str") for k in keys})
        return frame.assign(negative=pd.Series(dtype="float64"), positive=pd.Series(dtype="float64"))
    log_none = np.log1p(-stances["probability"].clip(upper=1 - 1e-9))
    summed = log_none.groupby([stances[k] for k in [*keys, "polarity"]]).sum()
    wide = (1 - np.exp(summed)).unstack("polarity", fill_value=0.0)
    wide = wide.reindex(columns=["negative", "positive"], fill_value=0.0)
    wide.columns = wide.columns.astype("str")
    return wide.reset_index().sort_values(keys, ignore_index=True)


def sum_edges(
    stances: pd.DataFrame,
    articles: pd.DataFrame,
    actors: pd.DataFrame,
    *,
    polarity: str | None = None,
    by: str | None = None,
    copies: bool = False,
    confidence: float = 0.95,
    n_boot: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Edges of an analysis; see :meth:`newslab.Analysis.edges`."""
    if polarity not in (None, "negative", "positive"):
        raise ValueError(f"polarity is {polarity!r}; it may be 'negative', 'positive' or None for both")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence!r}; it is a share between 0 and 1, such as 0.95")
    group = _group(articles, by)
    counted = articles if copies else articles[articles["duplicate_of"].isna()]
    stances = stances[stances["article_id"].isin(counted["article_id"])]
    if polarity is not None:
        stances = stances[stances["polarity"] == polarity]
    rows = article_stances(stances)
    info = counted[["article_id", "published"]].assign(**({by: group.loc[counted.index]} if by else {}))
    rows = rows.merge(info, on="article_id", how="left")
    keys = [*([by] if by else []), *_PAIR]
    if rows.empty:
        empty = pd.DataFrame({c: pd.Series(dtype=t) for c, t in _COLUMNS.items()})
        if by:
            empty.insert(0, by, pd.Series(dtype=group.dtype))
        return empty
    rows = rows.sort_values([*keys, "article_id"], ignore_index=True)
    grouped = rows.groupby(keys, dropna=False, sort=True)
    edges = grouped.agg(
        n_negative=("negative", "sum"),
        n_positive=("positive", "sum"),
        n_articles=("article_id", "nunique"),
        first=("published", "min"),
        last=("published", "max"),
    ).reset_index()
    intervals = _intervals(rows, grouped.ngroup().to_numpy(), len(edges), confidence, n_boot, seed)
    edges = pd.concat([edges, intervals], axis=1)
    edges["balance"] = (edges["n_positive"] - edges["n_negative"]) / (edges["n_positive"] + edges["n_negative"])
    names = actors.set_index("actor_id")["name"]
    edges["source"], edges["target"] = edges["source_id"].map(names), edges["target_id"].map(names)
    edges = edges.astype({c: t for c, t in _COLUMNS.items() if t in ("str", "int64", "float64")})
    edges["total"] = -(edges["n_negative"] + edges["n_positive"]).round(9)
    order = [*([by] if by else []), "total", "source", "target", *_PAIR]
    edges = edges.sort_values(order, ignore_index=True)
    return edges[[*([by] if by else []), *_COLUMNS]]


def _group(articles: pd.DataFrame, by: str | None) -> pd.Series:
    """The column to group by; "day", "week", "month", "quarter" and "year" are made from the date."""
    if by is None:
        return pd.Series(dtype="str")
    periods = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}
    if by in articles.columns:
        return articles[by]
    if by in periods:
        return articles["published"].dt.to_period(periods[by]).dt.to_timestamp()
    from difflib import get_close_matches

    names = [*periods, *articles.columns]
    near = get_close_matches(by, names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"cannot group edges by {by!r}{hint}; possible are {', '.join(names)}")


def _intervals(
    rows: pd.DataFrame, group: np.ndarray, n: int, confidence: float, n_boot: int, seed: int
) -> pd.DataFrame:
    """Percentile intervals: articles resampled (Poisson bootstrap), each stance drawn by its probability."""
    rng = np.random.default_rng(seed)
    p_neg, p_pos = rows["negative"].to_numpy(), rows["positive"].to_numpy()
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])  # rows stand sorted by group
    quantiles = [(1 - confidence) / 2, (1 + confidence) / 2]
    out = {f"{c}_{side}": np.empty(n) for c in ("n_negative", "n_positive", "balance") for side in ("low", "high")}
    block = max(1, 20_000_000 // max(n_boot, 1))  # bounds memory: at most this many rows drawn at once
    g = 0
    while g < n:
        first = starts[g]
        g_end = min(max(int(np.searchsorted(starts, first + block)), g + 1), n)
        last = starts[g_end] if g_end < n else len(rows)
        weight = rng.poisson(1.0, (n_boot, last - first)).astype("float32")
        offsets = starts[g:g_end] - first
        negative = np.add.reduceat(weight * (rng.random(weight.shape, "float32") < p_neg[first:last]), offsets, axis=1)
        positive = np.add.reduceat(weight * (rng.random(weight.shape, "float32") < p_pos[first:last]), offsets, axis=1)
        total = negative + positive
        with np.errstate(invalid="ignore"):
            balance = (positive - negative) / total
        for name, values in (("n_negative", negative), ("n_positive", positive)):
            low, high = np.quantile(values, quantiles, axis=0)
            out[f"{name}_low"][g:g_end], out[f"{name}_high"][g:g_end] = low, high
        for k in range(g_end - g):
            kept = balance[:, k][total[:, k] > 0]
            low_high = np.quantile(kept, quantiles) if len(kept) else (np.nan, np.nan)
            out["balance_low"][g + k], out["balance_high"][g + k] = low_high
        g = g_end
    return pd.DataFrame(out)


def criticism_counts(stances: pd.DataFrame, article_ids: Sequence[str] | pd.Series) -> tuple[pd.Series, pd.Series]:
    """Expected numbers of distinct articles in which each actor criticizes somebody, and is criticized."""
    rows = article_stances(stances[stances["article_id"].isin(article_ids) & (stances["polarity"] == "negative")])

    def count(column: str) -> pd.Series:
        log_none = np.log1p(-rows["negative"].clip(upper=1 - 1e-9))
        per_article = 1 - np.exp(log_none.groupby([rows[column], rows["article_id"]]).sum())
        return per_article.groupby(level=0).sum()

    return count("source_id"), count("target_id")
