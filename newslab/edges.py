"""Who criticizes and who backs whom: stances summed over articles, with intervals."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from math import factorial

import numpy as np
import pandas as pd

from newslab.checks import at_least, check_confidence, meant, one_of
from newslab.needs import called

_COLUMNS = {
    "source": "str", "target": "str", "source_id": "str", "target_id": "str",
    "n_negative": "float64", "n_negative_low": "float64", "n_negative_high": "float64",
    "n_positive": "float64", "n_positive_low": "float64", "n_positive_high": "float64",
    "n_articles": "int64", "balance": "float64", "balance_low": "float64", "balance_high": "float64",
    "first": "datetime64[ns]", "last": "datetime64[ns]",
}  # fmt: skip
_PAIR = ["source_id", "target_id"]
_WHILE_SUMMED = ("negative", "positive", "total")  # further columns that a sum of edges has meanwhile
# Columns of stances that tell of one piece of evidence, or what an edge is, and are nothing to split edges by
_OF_ONE = ("stance_id", "polarity", "probability", "quote_id", "start", "end", "evidence", *_PAIR, "source", "target")


PERIODS = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}  # as pandas calls them
GROUPS = ("said", "group", "members", "both")
VIAS = ("quote", "reported", "action")


def of_any(p: pd.Series, keys: pd.Series | Sequence[pd.Series], *, dropna: bool = True) -> pd.Series:
    """Probability that at least one of each group holds, if they are independent: ``1 - prod(1 - p)``."""
    none = np.log1p(-p.clip(upper=1 - 1e-9))
    return 1 - np.exp(none.groupby(keys, dropna=dropna).sum())


def article_stances(stances: pd.DataFrame, also: Sequence[str] = ()) -> pd.DataFrame:
    """One row a source, target and article: the probability that the article shows each stance at least once.

    Pieces of evidence count as independent; see :func:`of_any`. Columns: ``source_id``, ``target_id``,
    ``article_id`` (str), ``negative``, ``positive`` (float64), and those of `also`, which are kept apart.
    """
    keys = [*_PAIR, "article_id", *also]
    if stances.empty:
        frame = pd.DataFrame({k: pd.Series(dtype="str") for k in keys})
        return frame.assign(negative=pd.Series(dtype="float64"), positive=pd.Series(dtype="float64"))
    groups = [stances[k] for k in [*keys, "polarity"]]
    wide = of_any(stances["probability"], groups, dropna=False).unstack("polarity", fill_value=0.0)
    wide = wide.reindex(columns=["negative", "positive"], fill_value=0.0)
    wide.columns = wide.columns.astype("str")
    return wide.reset_index().sort_values(keys, ignore_index=True)


def sum_edges(
    stances: pd.DataFrame,
    articles: pd.DataFrame,
    actors: pd.DataFrame,
    affiliations: pd.DataFrame | None = None,
    *,
    polarity: str | None = None,
    by: str | None = None,
    unit: str | None = None,
    groups: str = "said",
    via: str | Sequence[str] | None = None,
    claimed_by: bool | str | None = None,
    copies: bool = False,
    interval: str = "sample",
    confidence: float = 0.95,
    n_boot: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Edges of an analysis; see :meth:`newslab.Analysis.edges`."""
    one_of("polarity", polarity, ("negative", "positive", None))
    one_of("groups", groups, GROUPS)
    one_of("interval", interval, ("sample", "corpus"))
    check_confidence(confidence)
    at_least("n_boot", n_boot, 1)
    at_least("seed", seed, 0)
    if by is not None:
        _check_by(by, articles, stances)
    counted = articles if copies else articles[articles["duplicate_of"].isna()]
    stances = stances[stances["article_id"].isin(counted["article_id"])]
    if polarity is not None:
        stances = stances[stances["polarity"] == polarity]
    stances = chosen(stances, via=via, claimed_by=claimed_by)
    if affiliations is not None and groups != "said":
        stances = shared_out(stances, affiliations, groups)
    names = actors.set_index("actor_id")["name"]
    if unit is not None:
        stances, names = _of_units(stances, actors, unit)
    own = [by] if by is not None and by not in articles.columns and by in stances.columns else []
    rows = article_stances(stances, own)
    dates = counted[["article_id", "published"]]
    info = dates if own or by is None else dates.assign(**{by: _group(articles, by).loc[counted.index]})
    rows = rows.merge(info, on="article_id", how="left")
    keys = [*([by] if by else []), *_PAIR]
    if rows.empty:
        empty = pd.DataFrame({c: pd.Series(dtype=t) for c, t in _COLUMNS.items()})
        if by:
            empty.insert(0, by, pd.Series(dtype=rows[by].dtype))
        return _of_corpus(empty, counted, by is not None and not own)
    if by is not None and not own and rows[by].isna().all():
        column = by if by in articles.columns else "published"
        warnings.warn(
            f"by={by!r} splits nothing, as no article with an edge has {called(column)}; "
            f"analysis.require({column!r}) says how to give it",
            UserWarning,
            stacklevel=3,
        )
    rows = rows.sort_values([*keys, "article_id"], ignore_index=True)
    grouped = rows.groupby(keys, dropna=False, sort=True)
    edges = grouped.agg(
        n_negative=("negative", "sum"),
        n_positive=("positive", "sum"),
        n_articles=("article_id", "nunique"),
        first=("published", "min"),
        last=("published", "max"),
    ).reset_index()
    sizes = pd.Series(len(counted), index=edges.index)
    if by is not None and not own:
        sizes = edges[by].map(info[by].value_counts(dropna=False)).fillna(len(counted))
    sample = sizes.to_numpy("int64") if interval == "sample" else None
    intervals = _intervals(rows, grouped.ngroup().to_numpy(), len(edges), confidence, n_boot, seed, sample)
    edges = pd.concat([edges, intervals], axis=1)
    edges["balance"] = (edges["n_positive"] - edges["n_negative"]) / (edges["n_positive"] + edges["n_negative"])
    edges["source"], edges["target"] = edges["source_id"].map(names), edges["target_id"].map(names)
    edges = edges.astype({c: t for c, t in _COLUMNS.items() if t in ("str", "int64", "float64")})
    edges["total"] = -(edges["n_negative"] + edges["n_positive"]).round(9)
    order = [*([by] if by else []), "total", "source", "target", *_PAIR]
    edges = edges.sort_values(order, ignore_index=True)
    return _of_corpus(edges[[*([by] if by else []), *_COLUMNS]], counted, by is not None and not own)


def _of_corpus(edges: pd.DataFrame, counted: pd.DataFrame, split: bool) -> pd.DataFrame:
    """Edges that say of how many articles they are, so that a chart of them can; those of a part would say too many."""
    if not split:
        edges.attrs["n_articles"] = len(counted)
    return edges


def chosen(
    stances: pd.DataFrame, *, via: str | Sequence[str] | None = None, claimed_by: bool | str | None = None
) -> pd.DataFrame:
    """Stances that show themselves in a certain way, or that somebody in the article claims."""
    if via is not None:
        ways = [via] if isinstance(via, str) else list(via)
        for way in ways:
            one_of("via", way, VIAS)
        stances = stances[stances["via"].isin(ways)]
    if claimed_by is not None:
        if isinstance(claimed_by, bool):
            stances = stances[stances["claimed_by"].notna() == claimed_by]
        else:
            stances = stances[stances["claimed_by"] == claimed_by]
    return stances


def shared_out(stances: pd.DataFrame, affiliations: pd.DataFrame, groups: str) -> pd.DataFrame:
    """Stances of groups and of those who speak for others, counted for whom the analyst wants.

    "group": what a spokesperson says counts for the body instead; "members": what a
    group says counts for its named members instead; "both": for all of them.
    """
    if affiliations.empty:
        return stances
    links = affiliations[["article_id", "group_id", "member_id", "relation"]]
    speaks = links[links["relation"] == "for"].drop(columns="relation")
    holds = links[links["relation"] == "member"].drop(columns="relation")
    parts = []
    if groups in ("group", "both"):
        up = stances.merge(speaks, left_on=["article_id", "source_id"], right_on=["article_id", "member_id"])
        parts.append((up.assign(source_id=up["group_id"]), speaks, "member_id"))
    if groups in ("members", "both"):
        down = stances.merge(holds, left_on=["article_id", "source_id"], right_on=["article_id", "group_id"])
        parts.append((down.assign(source_id=down["member_id"]), holds, "group_id"))
    kept = stances
    if groups != "both":
        _, used, column = parts[0]
        moved = pd.MultiIndex.from_frame(used[["article_id", column]])
        kept = stances[~pd.MultiIndex.from_frame(stances[["article_id", "source_id"]]).isin(moved)]
    added = pd.concat([rows for rows, _, _ in parts], ignore_index=True)
    added = added[added["source_id"] != added["target_id"]]
    return pd.concat([kept, added[stances.columns]], ignore_index=True)


def _of_units(stances: pd.DataFrame, actors: pd.DataFrame, unit: str) -> tuple[pd.DataFrame, pd.Series]:
    """Stances between values of a column, such as parties; those of actors without a value are left out."""
    columns = [c[7:] for c in stances.columns if c.startswith("source_") and f"target_{c[7:]}" in stances.columns]
    columns.remove("id")
    if unit == "type":
        kinds = actors.set_index("actor_id")["type"]
        stances = stances.assign(
            source_type=stances["source_id"].map(kinds), target_type=stances["target_id"].map(kinds)
        )
    elif unit not in columns:
        have = f"here {', '.join(map(repr, ['type', *columns]))}"
        raise ValueError(
            f"unit is {unit!r}; it may be a column that the actor table adds, {have}; see analyze(actors=…)"
        )
    stances = stances.assign(source_id=stances[f"source_{unit}"], target_id=stances[f"target_{unit}"])
    stances = stances[stances["source_id"].notna() & stances["target_id"].notna()]
    values = pd.unique(pd.concat([stances["source_id"], stances["target_id"]]))
    return stances, pd.Series(values, index=values)


def _check_by(by: object, articles: pd.DataFrame, stances: pd.DataFrame) -> None:
    """Complain of what edges cannot be split by."""
    if not isinstance(by, str):
        raise TypeError(
            f"by is {by!r}; it takes the name of one column. To split by two, make one of them first: "
            "a = analysis.articles; a['both'] = a['outlet'] + a['published'].dt.strftime(' %Y-%m')"
        )
    if by in articles.columns and by in {*_COLUMNS, *_WHILE_SUMMED}:
        raise ValueError(
            f"by is {by!r}, which is a column of edges too; give yours another name first: "
            f"analysis.articles = analysis.articles.rename(columns={{{by!r}: 'my_{by}'}})"
        )
    names = dict.fromkeys([*PERIODS, *articles.columns, *(c for c in stances.columns if c not in _OF_ONE)])
    if by not in names:
        raise ValueError(f"cannot group edges by {by!r}{meant(by, [*names])}; possible are {', '.join(names)}")
    if by in articles.columns:
        try:
            articles[by].nunique()
        except TypeError:
            raise ValueError(
                f"by is {by!r}, whose values are lists or dicts; make a column with one value an article of it first, "
                f"such as a['first'] = a[{by!r}].str[0] with a = analysis.articles"
            ) from None


def _group(articles: pd.DataFrame, by: str) -> pd.Series:
    """The column of articles to group by; periods are made from the date."""
    return articles[by] if by in articles.columns else articles["published"].dt.to_period(PERIODS[by]).dt.to_timestamp()


_SAME = 1e-4  # of ratios in single precision
# Poisson numbers of mean 1 at 65,536 evenly spaced probabilities, to draw from: ten times as fast as numpy's own.
_POISSON = np.searchsorted(
    np.cumsum([np.exp(-1.0) / factorial(k) for k in range(10)]), (np.arange(1 << 16) + 0.5) / (1 << 16)
).astype("float32")


def _intervals(
    rows: pd.DataFrame, group: np.ndarray, n: int, confidence: float, n_boot: int, seed: int, sample: np.ndarray | None
) -> pd.DataFrame:
    """Percentile intervals: articles resampled out of `sample` (one size an edge), or readings drawn by probability.

    Resampling gives each article a Poisson weight and brings their sum, with that of the articles that show nothing,
    to the size of the sample.
    """
    rng = np.random.default_rng(seed)
    p_neg, p_pos = rows["negative"].to_numpy("float32"), rows["positive"].to_numpy("float32")
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])  # rows stand sorted by group
    quantiles = [(1 - confidence) / 2, (1 + confidence) / 2]
    out = {f"{c}_{side}": np.empty(n) for c in ("n_negative", "n_positive", "balance") for side in ("low", "high")}
    block = max(1, 20_000_000 // max(n_boot, 1))  # bounds memory: at most this many rows drawn at once
    g = 0
    while g < n:
        first = starts[g]
        g_end = min(max(int(np.searchsorted(starts, first + block)), g + 1), n)
        last = starts[g_end] if g_end < n else len(rows)
        offsets, shape = starts[g:g_end] - first, (n_boot, last - first)
        if sample is None:
            drawn = [(rng.random(shape, "float32") < p[first:last]).astype("float32") for p in (p_neg, p_pos)]
            negative, positive = (np.add.reduceat(d, offsets, axis=1) for d in drawn)
        else:
            weight = _POISSON[rng.integers(0, len(_POISSON), shape, "uint16")]
            silent = sample[g:g_end] - np.diff([*offsets, last - first])
            whole = np.add.reduceat(weight, offsets, axis=1) + rng.poisson(np.maximum(silent, 0), (n_boot, g_end - g))
            scale = sample[g:g_end] / np.maximum(whole, 1)
            negative, positive = (
                np.add.reduceat(weight * p[first:last], offsets, axis=1) * scale for p in (p_neg, p_pos)
            )
        total = negative + positive
        with np.errstate(invalid="ignore"):
            balance = (positive - negative) / total
        for name, values in (("n_negative", negative), ("n_positive", positive)):
            low, high = np.quantile(values, quantiles, axis=0)
            out[f"{name}_low"][g:g_end], out[f"{name}_high"][g:g_end] = low, high
        for k in range(g_end - g):
            kept = balance[:, k][total[:, k] > 0]
            low, high = np.quantile(kept, quantiles) if len(kept) else (np.nan, np.nan)
            same = high - low < _SAME  # one article, or one polarity: drawing it again tells nothing
            out["balance_low"][g + k], out["balance_high"][g + k] = (np.nan, np.nan) if same else (low, high)
        g = g_end
    return pd.DataFrame(out)


def criticism_counts(stances: pd.DataFrame, article_ids: Sequence[str] | pd.Series) -> tuple[pd.Series, pd.Series]:
    """Expected numbers of distinct articles in which each actor criticizes somebody, and is criticized."""
    rows = article_stances(stances[stances["article_id"].isin(article_ids) & (stances["polarity"] == "negative")])

    def count(column: str) -> pd.Series:
        return of_any(rows["negative"], [rows[column], rows["article_id"]]).groupby(level=0).sum()

    return count("source_id"), count("target_id")
