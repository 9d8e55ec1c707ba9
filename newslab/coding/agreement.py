"""Do the coders agree? Krippendorff's alpha, and F1 between coders where they coded whole articles."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from newslab.checks import at_least, check_confidence, one_of
from newslab.coding.guideline import match_edges
from newslab.coding.resampling import bootstrap, counts, percentiles
from newslab.coding.tables import article_codings, as_codings, unit_of
from newslab.intervals import of_share
from newslab.needs import Needed

LEVELS = ("nominal", "ordinal", "interval")
_ALPHA = {
    "level": "str", "alpha": "float64", "low": "float64", "high": "float64", "n_coders": "int64", "n_items": "int64",
    "n_values": "int64",
}  # fmt: skip
_AGREEMENT = {
    "measure": "str", "of": "str", "coders": "str", "estimate": "float64", "low": "float64", "high": "float64",
    "n_items": "int64", "n_articles": "int64", "text": "str",
}  # fmt: skip


def alpha(
    data: pd.DataFrame,
    level: str = "nominal",
    *,
    order: Sequence[object] | None = None,
    clusters: Sequence[object] | None = None,
    confidence: float = 0.95,
    n_boot: int = 1000,
    seed: int = 0,
) -> pd.Series:
    """Krippendorff's alpha: agreement beyond chance, for any number of coders and with values missing.

    Parameters
    ----------
    data : DataFrame
        Codings (columns ``coder``, ``item`` and ``value``; "unsure" counts as missing), or one row an item and one
        column a coder, with NA where a coder gave no value.
    level : {"nominal", "ordinal", "interval"}, default "nominal"
        How values differ: at all, in rank, or by their distance.
    order : sequence, optional
        The ranks, from low to high, of "ordinal" values that are not numbers.
    clusters : sequence, optional
        What each item (row) belongs to. Items of one cluster are resampled together. Default of codings: the article.
    confidence : float, default 0.95
        Coverage of the interval.
    n_boot : int, default 1000
        Bootstrap samples, of clusters.
    seed : int, default 0
        Seed of the bootstrap.

    Returns
    -------
    Series
        ``level``, ``alpha`` (1: full agreement, 0: chance; NaN where no value was given twice to an item, or all values
        are the same), ``low``, ``high`` (NaN where all agree, and of fewer than five articles), ``n_coders``,
        ``n_items`` (with two values at least) and ``n_values`` (in these items).

    Raises
    ------
    ValueError
        If an option is not one of the possible values, or values of "ordinal" or "interval" are no numbers.

    Notes
    -----
    Interval: percentile bootstrap over items (Zapf et al. 2016), here over articles. With some 20 items it is rough.
    Customary limits are 0.8, and 0.667 for tentative conclusions (Krippendorff 2018); judge by the lower bound.

    References
    ----------
    Krippendorff, *Computing Krippendorff's alpha-reliability*, University of Pennsylvania (2011); *Content Analysis*,
    4th edition (2018). Zapf, Castell, Morawietz and Karch, Measuring inter-rater reliability for nominal data. *BMC
    Medical Research Methodology* 16 (2016).

    Examples
    --------
    Two coders and twelve units (Krippendorff 2011):

    >>> import pandas as pd
    >>> from newslab.coding import alpha
    >>> data = pd.DataFrame({"Ben": list("aabbdcccedda"), "Gerry": list("babbbccceddd")})
    >>> alpha(data)["alpha"].round(3)
    np.float64(0.692)
    """
    check_confidence(confidence)
    one_of("level", level, LEVELS)
    at_least("seed", seed, 0)
    wide, groups = _wide(data)
    if clusters is not None:
        groups = pd.Series(list(clusters), index=wide.index)
    wide, domain = _values(wide, level, order)
    codes = np.stack([wide[c].map(domain.get_loc, na_action="ignore").to_numpy("float64") for c in wide.columns], 1)
    tables = _coincidences(codes, len(domain))
    paired = tables.sum(axis=(1, 2)) > 0
    found = _alpha(tables.sum(axis=0)[None], level, domain)[0]
    keys = pd.factorize(groups)[0]
    summed = np.zeros((keys.max() + 1 if len(keys) else 0, len(domain), len(domain)))
    np.add.at(summed, keys[paired], tables[paired])
    summed = summed[np.unique(keys[paired])]
    flat = summed.reshape(len(summed), len(domain) ** 2)
    rng = np.random.default_rng(seed)
    drawn = [
        _alpha((c @ flat).reshape(len(c), len(domain), len(domain)), level, domain)
        for c in counts(len(flat), n_boot, rng)
    ]
    low, high = percentiles(np.concatenate(drawn), confidence, len(flat)) if drawn else ([np.nan], [np.nan])
    if found == 1:
        low, high = [np.nan], [np.nan]
    values = (level, found, low[0], high[0], int((~np.isnan(codes)).any(axis=0).sum()), int(paired.sum()),
              int((~np.isnan(codes[paired])).sum()))  # fmt: skip
    return pd.Series(dict(zip(_ALPHA, values, strict=True)), dtype="object")


def _wide(data: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """One row an item and one column a coder; and the article of each item."""
    if not {"coder", "item", "value"} <= set(data.columns):
        return data, pd.Series(range(len(data)), index=data.index)
    told = data[data["value"].ne("unsure")]
    twice = told[told.duplicated(["coder", "item"])]
    if len(twice):
        raise ValueError(
            f"{twice['coder'].iloc[0]} gave {twice['item'].iloc[0]!r} several values; codings of whole articles are "
            "compared by agreement()"
        )
    wide = told.pivot(index="item", columns="coder", values="value")
    if "article_id" not in told.columns:
        return wide, pd.Series(wide.index, index=wide.index)
    return wide, told.drop_duplicates("item").set_index("item")["article_id"].reindex(wide.index)


def _values(wide: pd.DataFrame, level: str, order: Sequence[object] | None) -> tuple[pd.DataFrame, pd.Index]:
    if order is not None:
        domain = pd.Index(list(order))
        strange = [v for c in wide.columns for v in wide[c].dropna().unique() if v not in domain]
        if strange:
            raise ValueError(f"value {strange[0]!r} is not in order={list(order)!r}")
        return wide, domain
    if level != "nominal":
        try:
            wide = wide.apply(pd.to_numeric)
        except (ValueError, TypeError) as error:
            raise ValueError(f"level {level!r} needs numbers, or order=[…] from low to high: {error}") from error
    values = pd.unique(pd.concat([wide[c].dropna() for c in wide.columns])) if wide.size else []
    return wide, pd.Index(sorted(values, key=str if level == "nominal" else None))


def _coincidences(codes: np.ndarray, n: int) -> np.ndarray:
    """For each item the table of pairs of values of different coders, each pair weighing 1 / (coders - 1)."""
    held = (codes[:, :, None] == np.arange(n)).sum(axis=1).astype("float64")  # how many coders gave each value
    given = held.sum(axis=1)
    pairs = held[:, :, None] * held[:, None, :]
    pairs[:, np.arange(n), np.arange(n)] -= held
    return pairs / np.maximum(given - 1, 1)[:, None, None]


def _alpha(tables: np.ndarray, level: str, domain: pd.Index) -> np.ndarray:
    """Alpha of each coincidence table."""
    totals = tables.sum(axis=2)
    n = totals.sum(axis=1)
    size = tables.shape[1]
    if level == "nominal":
        distance = np.broadcast_to(1 - np.eye(size), tables.shape)
    elif level == "interval":
        values = domain.to_numpy("float64") if domain.dtype != object and size else np.arange(size, dtype="float64")
        distance = np.broadcast_to((values[:, None] - values[None]) ** 2, tables.shape)
    else:
        upto = np.cumsum(totals, axis=1)
        between = np.abs(upto[:, :, None] - upto[:, None, :])
        # Ranks from one value to the other, the two ends counted half.
        low, high = (end.outer(np.arange(size), np.arange(size)) for end in (np.minimum, np.maximum))
        distance = (between + totals[:, low] / 2 - totals[:, high] / 2) ** 2
    observed = (tables * distance).sum(axis=(1, 2))
    expected = (totals[:, :, None] * totals[:, None, :] * distance).sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected > 0, 1 - (n - 1) * observed / expected, np.nan)


def agreement(codings: pd.DataFrame, *, confidence: float = 0.95, n_boot: int = 1000, seed: int = 0) -> pd.DataFrame:
    """How far coders agree with each other.

    Parameters
    ----------
    codings : DataFrame
        Of two coders or more; see :func:`check_codings`.
    confidence : float, default 0.95
        Coverage of the intervals.
    n_boot : int, default 1000
        Bootstrap samples, of articles.
    seed : int, default 0
        Seed of the bootstrap.

    Returns
    -------
    DataFrame
        ``measure``, ``of``, ``coders``, ``estimate``, ``low``, ``high``, ``n_items``, ``n_articles`` (int64, those that
        two coders share) and ``text``, a sentence for a paper. Of judged edges: "alpha" and "agreement" (the share of
        pairs of verdicts that are the same), of all coders and of each two. Of whole articles: "F1" of each two coders,
        for all edges, criticism and support (matched by :func:`match_edges`, clear and arguable alike), and "alpha" of
        whether an article has criticism at all.

    Raises
    ------
    ValueError
        If there is only one coder, or no item that two have coded.

    Notes
    -----
    Who criticizes whom is open coding: coders name edges, they do not tick boxes, so that there is no count of what
    both rightly left out, which alpha needs. F1 between coders is what is left (Hripcsak and Rothschild 2005), and
    the ceiling for any reader.

    References
    ----------
    Hripcsak and Rothschild, Agreement, the F-measure, and reliability in information retrieval. *Journal of the
    American Medical Informatics Association* 12 (2005).

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> table = pd.DataFrame({"coder": ["Ida"] * 3 + ["Bo"] * 3, "item": ["a#e1", "a#e2", "b#e1"] * 2,
    ...                       "value": ["negative", "neither", "neither", "negative", "neither", "positive"]})
    >>> nl.coding.agreement(nl.coding.check_codings(table))[["measure", "estimate"]].round(2).values.tolist()
    [['alpha', 0.55], ['agreement', 0.67]]
    """
    check_confidence(confidence)
    codings = as_codings(codings)
    coders = list(pd.unique(codings["coder"]))
    if len(coders) < 2:
        raise Needed(
            f"agreement needs two coders; these codings are by {coders[0] if coders else 'nobody'}. Let somebody "
            "else code the same sample; all that follows is there for one coder too"
        )
    options = {"confidence": confidence, "n_boot": n_boot, "seed": seed}
    compare = _of_edges if unit_of(codings) == "edges" else _of_articles
    table = pd.DataFrame(compare(codings, coders, options), columns=[c for c in _AGREEMENT if c != "text"])
    level = f"{100 * confidence:g} %"
    table["text"] = [_sentence(row, level) for row in table.to_dict("records")]
    return table.astype(_AGREEMENT)


def _groups(coders: list[str]) -> list[list[str]]:
    pairs = [list(p) for p in combinations(coders, 2)]
    return pairs if len(coders) == 2 else [coders, *pairs]


def _of_edges(codings: pd.DataFrame, coders: list[str], options: dict[str, float]) -> list[dict[str, object]]:
    rows = []
    for group in _groups(coders):
        part = codings[codings["coder"].isin(group)]
        wide, articles = _wide(part)
        several = wide.notna().sum(axis=1) >= 2
        if not several.any():
            if len(group) == len(coders):
                raise Needed("no item was coded by two coders; let them code some of the same items")
            continue
        wide, articles = wide[several], articles[several]
        about = {"of": "verdicts", "coders": " and ".join(group), "n_items": len(wide),
                 "n_articles": int(articles.nunique())}  # fmt: skip
        rows.append({**about, **_of_alpha(alpha(part, **options))})
        same = np.zeros((len(wide), 2))
        for a, b in combinations(wide.columns, 2):
            both = (wide[a].notna() & wide[b].notna()).to_numpy()
            same[:, 1] += both
            same[:, 0] += both & (wide[a] == wide[b]).fillna(False).to_numpy(dtype=bool)
        stats = pd.DataFrame(same).groupby(articles.to_numpy()).sum().to_numpy()
        rows.append({**about, "measure": "agreement", **_estimated(stats, options)})
    return rows


def _estimated(stats: np.ndarray, options: dict[str, float]) -> dict[str, float]:
    """A share of sums over articles (one row each) and its interval; exact where all, or nothing, agrees."""
    estimate = float(_share(stats.sum(axis=0, keepdims=True))[0])
    low, high = (float(bound[0]) for bound in bootstrap(stats, _share, **options))
    if estimate in (0.0, 1.0):
        n = int((stats[:, 1] > 0).sum())
        low, high = of_share(int(estimate * n), n, options["confidence"])
    return {"estimate": estimate, "low": low, "high": high}


def _share(sums: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums[:, 0] / sums[:, 1]


def _of_articles(codings: pd.DataFrame, coders: list[str], options: dict[str, float]) -> list[dict[str, object]]:
    coded = article_codings(codings)
    rows = []
    for one, other in combinations(coders, 2):
        both = [a for c, a in coded if c == one and (other, a) in coded]
        if not both:
            continue
        for of, only in (("edges", None), ("criticism", "negative"), ("support", "positive")):
            stats = []
            for article in both:
                pairs, missed, wrong = match_edges(_all_clear(coded[one, article]), coded[other, article], only)
                stats.append((2.0 * len(pairs), 2.0 * len(pairs) + len(missed) + len(wrong)))
            twice, total = np.sum(stats, axis=0)
            rows.append(
                {"measure": "F1", "of": of, "coders": f"{one} and {other}", **_estimated(np.array(stats), options),
                 "n_items": int(total - twice / 2), "n_articles": len(both)}
            )  # fmt: skip
    if not rows:
        raise Needed("no article was coded by two coders; let them code some of the same articles")
    has = {(c, a): float(any(e["polarity"] == "negative" for e in coding["edges"])) for (c, a), coding in coded.items()}
    wide = pd.Series(has).unstack(0).reindex(columns=coders)
    told = alpha(wide, **options)
    about = {"of": "articles with criticism", "coders": " and ".join(coders), "n_items": told["n_items"],
             "n_articles": told["n_items"]}  # fmt: skip
    return [*rows, {**about, **_of_alpha(told)}]


def _of_alpha(told: pd.Series) -> dict[str, object]:
    return {"measure": "alpha", "estimate": told["alpha"], "low": told["low"], "high": told["high"]}


def _all_clear(coding: dict[str, object]) -> dict[str, object]:
    # What is arguable for one coder may be clear for the other; between coders both count.
    return {**coding, "edges": [{**e, "clarity": "clear"} for e in coding["edges"]]}


def _sentence(row: dict[str, object], level: str) -> str:
    value, low, high = row["estimate"], row["low"], row["high"]
    n = f"{row['n_items']} edges in {row['n_articles']} articles"
    if row["of"] == "articles with criticism":
        n = f"{row['n_articles']} articles"
    if np.isnan(value):
        return f"In this corpus, {row['measure']} of {row['of']} between {row['coders']} cannot be told from {n}."
    interval = "" if np.isnan(low) else f" ({level} interval {low:.2f} to {high:.2f})"
    name = {"alpha": "Krippendorff's alpha", "agreement": "the share of agreement", "F1": "F1"}[row["measure"]]
    return f"In this corpus, {name} of {row['of']} between {row['coders']} is {value:.2f}{interval}; {n}."
