"""Who criticizes and who backs whom: stances summed over articles, with intervals."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from newslab.checks import check_confidence, meant, one_of
from newslab.intervals import balance_of_corpus, balance_of_sample, of_corpus, of_sample
from newslab.needs import called

_COLUMNS = {
    "source": "str", "target": "str", "source_id": "str", "target_id": "str",
    "n_negative": "float64", "n_negative_low": "float64", "n_negative_high": "float64",
    "n_positive": "float64", "n_positive_low": "float64", "n_positive_high": "float64",
    "n_articles": "int64", "balance": "float64", "balance_low": "float64", "balance_high": "float64",
    "first": "datetime64[ns]", "last": "datetime64[ns]",
}  # fmt: skip
_PAIR = ["source_id", "target_id"]
_LINK = ["group_id", "member_id", "relation"]
_WHILE_SUMMED = ("negative", "positive", "total")  # further columns that a sum of edges has meanwhile
# Columns of stances that tell of one piece of evidence, or what an edge is, and are nothing to split edges by
_OF_ONE = ("stance_id", "polarity", "probability", "quote_id", "start", "end", "evidence", *_PAIR, "source", "target")
_NOBODY = pd.DataFrame({"actor_id": pd.Series(dtype="str")})
PERIODS = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}  # as pandas calls them
GROUPS = ("said", "group", "members", "both")
VIAS = ("quote", "reported", "action")


def of_any(p: pd.Series, keys: pd.Series | Sequence[pd.Series], *, dropna: bool = True) -> pd.Series:
    """Probability that at least one of each group holds, if they are independent: ``1 - prod(1 - p)``."""
    none = np.log1p(-p.clip(upper=1 - 1e-9))
    return 1 - np.exp(none.groupby(keys, dropna=dropna).sum())


def at_least_one(stances: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """One row a group of the columns `keys`: the probability ``p`` that at least one of its stances holds."""
    return of_any(stances["probability"], [stances[k] for k in keys]).rename("p").reset_index()


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
) -> pd.DataFrame:
    """Edges of an analysis; see :meth:`newslab.Analysis.edges`."""
    one_of("polarity", polarity, ("negative", "positive", None))
    one_of("groups", groups, GROUPS)
    one_of("interval", interval, ("sample", "corpus"))
    check_confidence(confidence)
    if by is not None:
        _check_by(by, articles, stances)
    counted = articles if copies else articles[articles["duplicate_of"].isna()]
    stances = stances[stances["article_id"].isin(counted["article_id"])]
    if polarity is not None:
        stances = stances[stances["polarity"] == polarity]
    stances = chosen(stances, via, claimed_by)
    if affiliations is not None and groups != "said":
        stances = shared_out(stances, affiliations, groups, actors)
    names = actors.set_index("actor_id")["name"]
    if unit is not None:
        stances, names = _of_units(stances, actors, unit)
    own = [by] if by is not None and by not in articles.columns and by in stances.columns else []
    rows = article_stances(stances, own)
    dates = counted[["article_id", "published"]]
    info = dates if own or by is None else dates.assign(**{by: _group(counted, by)})
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
    reports = counted["duplicate_of"].fillna(counted["article_id"])  # a copy says nothing that its original does not
    each = rows[["negative", "positive"]].groupby(
        [
            grouped.ngroup().rename("edge"),
            rows["article_id"].map(dict(zip(counted["article_id"], reports, strict=True))),
        ]
    )
    each = each.mean().assign(times=each.size()).reset_index("edge")
    if interval == "sample":
        sizes = pd.Series(reports.nunique(), index=edges.index)
        if by is not None and not own:
            sizes = edges[by].map(reports.groupby(info[by], dropna=False).nunique())
        bounds = _as_sample(each, sizes.to_numpy("int64"), confidence)
    else:
        bounds = _as_corpus(each, confidence)
    if polarity is not None:  # of what was not asked for nothing is known
        other = {"negative": "positive", "positive": "negative"}[polarity]
        bounds[[f"n_{other}_low", f"n_{other}_high", "balance_low", "balance_high"]] = np.nan
    edges = pd.concat([edges, bounds], axis=1)
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


def chosen(stances: pd.DataFrame, via: str | Sequence[str] | None, claimed_by: bool | str | None) -> pd.DataFrame:
    """Stances that show themselves in a certain way, or that somebody in the article claims."""
    if via is not None:
        ways = [via] if isinstance(via, str) else list(via)
        for way in ways:
            one_of("via", way, VIAS)
        stances = stances[stances["via"].isin(ways)]
    if claimed_by is not None:
        by = stances["claimed_by"].notna() if isinstance(claimed_by, bool) else stances["claimed_by"]
        stances = stances[by == claimed_by]
    return stances


def shared_out(
    stances: pd.DataFrame, affiliations: pd.DataFrame, groups: str, actors: pd.DataFrame = _NOBODY
) -> pd.DataFrame:
    """Stances of groups and of those who speak for others, counted for whom the analyst wants.

    "group": what a spokesperson says counts for the body instead; "members": what a
    group says counts for its named members instead; "both": for all of them. What the actor table says of a source,
    such as its party, is then that of the new one: as in the affiliations, which have the day's, else as in `actors`.
    """
    if affiliations.empty:
        return stances
    about = [c for c in affiliations.columns if c.startswith(("group_", "member_"))]
    links = affiliations[["article_id", "relation", *about]].drop_duplicates(["article_id", *_LINK])  # once a pair
    speaks = links[links["relation"] == "for"].drop(columns="relation")
    holds = links[links["relation"] == "member"].drop(columns="relation")
    known = actors.set_index("actor_id")

    def said_by(end: str, rows: pd.DataFrame) -> pd.DataFrame:
        rows = rows.assign(source_id=rows[f"{end}_id"])
        for column in (c.removeprefix("source_") for c in stances.columns if c.startswith("source_")):
            if f"{end}_{column}" in rows.columns:
                rows[f"source_{column}"] = rows[f"{end}_{column}"]
            elif column in known.columns:
                rows[f"source_{column}"] = rows["source_id"].map(known[column])
        return rows

    parts = []
    if groups in ("group", "both"):
        up = stances.merge(speaks, left_on=["article_id", "source_id"], right_on=["article_id", "member_id"])
        parts.append((said_by("group", up), speaks, "member_id"))
    if groups in ("members", "both"):
        down = stances.merge(holds, left_on=["article_id", "source_id"], right_on=["article_id", "group_id"])
        parts.append((said_by("member", down), holds, "group_id"))
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
    # What a group says counts for each of its members, and for their party once
    stances = stances.drop_duplicates([*_PAIR, "stance_id"])
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


def _as_sample(each: pd.DataFrame, n: np.ndarray, confidence: float) -> pd.DataFrame:
    """Intervals of each edge, as to be expected of `n` articles like these: `each` has an edge's probabilities in an
    article, and how many times it was printed.
    """  # noqa: D205
    out = {}
    values = {name: each[name] * each["times"] for name in ("negative", "positive")}
    for name, value in values.items():
        of_edge = value.groupby(each["edge"])
        squares = (value**2).groupby(each["edge"]).sum()
        most = np.maximum(of_edge.max(), 1)
        out[f"n_{name}_low"], out[f"n_{name}_high"] = of_sample(of_edge.sum(), squares, n, confidence, most=most)
    p = [value.to_numpy() for value in values.values()]
    out["balance_low"], out["balance_high"] = balance_of_sample(*p, confidence, groups=each["edge"].to_numpy())
    return pd.DataFrame(out)


def _as_corpus(each: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Intervals of each edge in these very articles; `each` as in :func:`_as_sample`."""
    p, times = each[["negative", "positive"]].to_numpy(), each["times"].to_numpy()
    cuts = np.flatnonzero(np.diff(each["edge"])) + 1
    out = []
    for of_edge, printed in zip(np.split(p, cuts), np.split(times, cuts), strict=True):
        numbers = [bound for x in of_edge.T for bound in of_corpus(x, confidence, times=printed)]
        out.append([*numbers, *balance_of_corpus(*of_edge.T, confidence, times=printed)])
    names = [f"{name}_{end}" for name in ("n_negative", "n_positive", "balance") for end in ("low", "high")]
    return pd.DataFrame(out, columns=names)


def criticism_counts(stances: pd.DataFrame, article_ids: Sequence[str] | pd.Series) -> tuple[pd.Series, pd.Series]:
    """Expected numbers of distinct articles in which each actor criticizes somebody, and is criticized."""
    rows = article_stances(stances[stances["article_id"].isin(article_ids) & (stances["polarity"] == "negative")])

    def count(column: str) -> pd.Series:
        return of_any(rows["negative"], [rows[column], rows["article_id"]]).groupby(level=0).sum()

    return count("source_id"), count("target_id")
