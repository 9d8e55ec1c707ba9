"""Totals of criticism, corrected by a hand-coded sample: prediction-powered inference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from newslab.checks import check_confidence, meant, one_of
from newslab.coding.sampling import design, population, strata
from newslab.coding.tables import SAYS, article_codings, as_codings, need_coder, need_sampled, unit_of
from newslab.edges import article_stances, of_any
from newslab.intervals import of_share
from newslab.naming import same_actor

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_DTYPES = {
    "source": "str", "target": "str", "polarity": "str", "count": "str", "newslab": "float64", "total": "float64",
    "low": "float64", "high": "float64", "share": "float64", "n_coded": "int64", "n_with": "float64",
    "n_articles": "int64", "lam": "float64", "note": "str", "text": "str",
}  # fmt: skip
_FEW = 5  # coded articles with (or without) the stance below which a normal interval is not to be trusted
COUNTS = ("articles", "edges")
Who = str | Sequence[str] | Mapping[str, str] | None


def totals(
    analysis: Analysis,
    sample: pd.DataFrame,
    codings: pd.DataFrame,
    *,
    source: Who = None,
    target: Who = None,
    polarity: str = "negative",
    count: str = "articles",
    by: str | None = None,
    coder: str | None = None,
    interval: str = "sample",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """How many articles of the corpus hold criticism, corrected by a hand-coded sample of articles.

    Parameters
    ----------
    analysis : Analysis
    sample : DataFrame
        A sample of articles; from :func:`sample` with ``unit="articles"``.
    codings : DataFrame
        See :func:`check_codings`. Sampled articles that nobody has coded are taken as missing at random.
    source, target : str, list of str or mapping, optional
        Who criticizes, and who is criticized: the name or id of an actor, several of them, or a mapping of columns of
        ``analysis.actors`` to a value, such as ``{"type": "organisation"}`` or ``{"party": "Harbour"}``. Default
        anybody.
    polarity : {"negative", "positive"}, default "negative"
        Criticism or support.
    count : {"articles", "edges"}, default "articles"
        "articles": articles that hold it. "edges": edges of articles, so that an article with three counts three.
    by : str, optional
        Give each value of a column of ``articles`` (such as "outlet") or each "month" by itself.
    coder : str, optional
        Use this coder's codings. Default the mean of all.
    interval : {"sample", "corpus"}, default "sample"
        What the interval covers, as in :meth:`newslab.Analysis.edges`. "sample": the number to be expected of so many
        articles like these (by ppi-python; wider, and safe for this corpus too). "corpus": the true number in these
        very articles, of which the coded ones are known.
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    DataFrame
        One row, or one a value of `by` (first column): ``source``, ``target``, ``polarity``, ``count``, ``newslab``
        (its own expected total, from the probabilities), ``total`` (corrected), ``low``, ``high``, ``share`` (total
        by articles), ``n_coded`` (int64), ``n_with`` (of the coded articles or, by `count`, their edges),
        ``n_articles`` (int64, the corpus without copies), ``lam`` (0: the sample alone, 1: newslab's answers in
        full), ``note`` (why not to trust the interval, or why there is none, else NA) and ``text``, a sentence for a
        paper.

    Raises
    ------
    ValueError
        If the sample is of edges (it shows what newslab found wrongly, and not what it missed) or of another corpus, an
        actor is not in the corpus, or a sample is too small or its design does not allow the interval.
    ImportError
        If ppi-python is not installed and `interval` is "sample".

    Notes
    -----
    The corrected total is newslab's total over all articles plus the mean error that the coders found, with newslab's
    weight ``lam`` chosen so that the interval is narrowest (PPI++, Angelopoulos, Duchi and Zrnic 2023). For a random
    sample "corpus" gives the same total, as the regression estimator of survey sampling (Särndal, Swensson and Wretman
    1992); its variance has the finite population correction and, for unequal probabilities, Deville's approximation
    (Tillé 2006). Where all, or none, of the coded articles have it, the interval is that of Clopper and Pearson. Rows
    corrected by hand are no part of the sample: their articles are added as corrected.

    References
    ----------
    Angelopoulos, Bates, Fannjiang, Jordan and Zrnic, Prediction-powered inference. *Science* 382 (2023). Angelopoulos,
    Duchi and Zrnic, PPI++, arXiv:2311.01453 (2023). TeBlunthuis, Hase and Chan, Misclassification in automated content
    analysis causes bias in regression. *Communication Methods and Measures* 18 (2024).

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> texts = ["Ona Vell attacked Tam Orr.", "Rain fell.", "Ona Vell slammed Tam Orr.", "Ona Vell met Tam Orr."] * 3
    >>> texts = [f"Day {k}. {text}" for k, text in enumerate(texts)]
    >>> analysis = nl.analyze(pd.DataFrame({"text": texts}), reader="rules", progress=False)
    >>> analysis.articles["duplicate_of"] = pd.Series([None] * 12, dtype="str")
    >>> drawn = nl.coding.sample(analysis, 8, unit="articles")
    >>> filled = nl.coding.sheet(analysis, drawn)
    >>> attacks = filled["text"].str.contains("attacked|slammed")
    >>> filled["value"] = attacks.map({True: "edge", False: "no edge"})
    >>> filled.loc[attacks, ["source", "target", "polarity"]] = ["Ona Vell", "Tam Orr", "negative"]
    >>> codings = nl.coding.check_codings(filled, coder="Ida")
    >>> row = nl.coding.totals(analysis, drawn, codings, source="Ona Vell", interval="corpus").iloc[0]
    >>> print(row["text"])
    In this corpus, the number of articles in which Ona Vell criticizes anybody is 5.8 (95 % interval ... of 12
    articles, corrected by 8 hand-coded ones; newslab alone expects ...
    """
    check_confidence(confidence)
    one_of("polarity", polarity, ("negative", "positive"))
    one_of("count", count, COUNTS)
    one_of("interval", interval, ("sample", "corpus"))
    about = design(sample)
    need_sampled(analysis, sample)
    codings = as_codings(codings, sample)
    if about["unit"] != "articles" or unit_of(codings) != "articles":
        raise ValueError(
            "totals need a sample of whole articles (unit='articles'): verdicts on edges that newslab found cannot "
            "tell how many it missed; accuracy() gives their precision"
        )
    if interval == "sample" and about["how"] == "uncertain":
        raise ValueError(
            "interval='sample' is for random and stratified samples; for this one, drawn by how unsure the model is, "
            "pass interval='corpus'"
        )
    if coder is not None:
        codings = codings[codings["coder"] == need_coder(codings, coder)]
    frame, _ = population(analysis, "articles")
    by_hand = article_codings(codings)
    mine = {side: _Side(analysis, who) for side, who in (("source", source), ("target", target))}
    y = _coded(by_hand, mine["source"], mine["target"], polarity, count)
    yhat = _expected(analysis, mine["source"].ids, mine["target"].ids, polarity, count)
    group = pd.Series("all", index=frame.index) if by is None else strata(frame, by)
    corrected = _corrected(analysis, frame, yhat, by)
    rows = []
    for value in sorted(group.unique()):
        part = _Part(frame[group == value], sample, about, y, yhat)
        if by is None and part.lacking and len(part.at) > 1:
            raise ValueError(part.lacking)
        told = _estimate(part, count, interval, confidence)
        extra, n_extra = corrected.get(value, (0.0, 0))
        told |= {k: told[k] + extra for k in ("newslab", "total", "low", "high")}
        told["n_articles"] += n_extra
        rows.append({**({by: value} if by else {}), **told, "share": told["total"] / told["n_articles"]})
    table = pd.DataFrame(rows).assign(
        source=mine["source"].name, target=mine["target"].name, polarity=polarity, count=count
    )
    level = f"{100 * confidence:g} %"
    table["text"] = [_sentence(row, by, level) for row in table.to_dict("records")]
    return table[[*([by] if by else []), *_DTYPES]].astype(_DTYPES)


class _Side:
    """Whom a side of the edge may be: ids of actors, and their names for the coders' words; all when `ids` is None."""

    def __init__(self, analysis: Analysis, who: Who) -> None:
        self.ids: set[str] | None = None
        self.name = "anybody"
        self.actors: list[dict[str, Any]] = []
        if who is None:
            return
        table = analysis.actors
        if isinstance(who, Mapping):
            for column, value in who.items():
                if column not in table.columns:
                    hint = meant(column, table.columns)
                    raise ValueError(f"actors have no column {column!r}{hint}; columns are {', '.join(table.columns)}")
                table = table[table[column] == value]
            if table.empty:
                raise ValueError(f"no actor has {dict(who)!r}; see analysis.actors")
            self.name = ", ".join(f"{k} {v}" for k, v in who.items())
        else:
            names = [who] if isinstance(who, str) else list(who)
            ids = analysis._actor_ids(names)
            table = table[table["actor_id"].isin(ids)]
            called = analysis._actor_names()
            self.name = " or ".join(str(called[i]) for i in ids)
        self.ids = set(table["actor_id"])
        self.actors = [
            {"name": n, "type": t, "aliases": list(a)}
            for n, t, a in zip(table["name"], table["type"], table["aliases"], strict=True)
        ]

    def holds(self, actor: Mapping[str, Any]) -> bool:
        return self.ids is None or any(same_actor(actor, known) for known in self.actors)


def _coded(
    by_hand: Mapping[tuple[str, str], dict[str, Any]], source: _Side, target: _Side, polarity: str, count: str
) -> pd.Series:
    """What the coders found in each article; the mean over those who coded it."""
    found: dict[str, list[float]] = {}
    for (_, article), coding in by_hand.items():
        actors = {a["name"]: a for a in coding["actors"]}
        n = sum(
            e["polarity"] == polarity and source.holds(actors[e["source"]]) and target.holds(actors[e["target"]])
            for e in coding["edges"]
        )
        found.setdefault(article, []).append(float(n) if count == "edges" else float(n > 0))
    return pd.Series({a: float(np.mean(v)) for a, v in found.items()}, dtype="float64")


def _expected(
    analysis: Analysis, source: set[str] | None, target: set[str] | None, polarity: str, count: str
) -> pd.Series:
    """What newslab expects in each article where it sees anything."""
    stances = analysis.stances
    if source is not None:
        stances = stances[stances["source_id"].isin(source)]
    if target is not None:
        stances = stances[stances["target_id"].isin(target)]
    rows = article_stances(stances[stances["polarity"] == polarity])
    p = rows[polarity]
    if count == "edges":
        return p.groupby(rows["article_id"]).sum()
    return of_any(p, rows["article_id"])


def _corrected(
    analysis: Analysis, frame: pd.DataFrame, yhat: pd.Series, by: str | None
) -> dict[str, tuple[float, int]]:
    """Total and number of the articles that were corrected by hand and are no part of what was sampled."""
    articles = analysis.articles[analysis.articles["duplicate_of"].isna()]
    rest = articles[~articles["article_id"].isin(frame["article_id"])]
    group = pd.Series("all", index=rest.index) if by is None else strata(rest, by)
    values = rest["article_id"].map(yhat).fillna(0.0)
    return {v: (float(part.sum()), len(part)) for v, part in values.groupby(group)}


class _Part:
    """Articles of the corpus, all or those of one value, with newslab's answers, and the coders' on some of them."""

    def __init__(
        self, articles: pd.DataFrame, sample: pd.DataFrame, about: Mapping[str, Any], y: pd.Series, yhat: pd.Series
    ) -> None:
        ids = articles["article_id"]
        drawn = sample[sample["article_id"].isin(ids)]
        coded = drawn[drawn["article_id"].isin(y.index)]
        self.how = about["how"]
        self.expected = ids.map(yhat).fillna(0.0).to_numpy("float64")
        self.at = pd.Index(ids).get_indexer(coded["article_id"])  # places of the coded among all
        self.found = coded["article_id"].map(y).to_numpy("float64")
        told = strata(articles, about["by"]) if self.how == "stratified" else pd.Series("", index=articles.index)
        self.stratum, values = pd.factorize(told)
        n_coded, sizes = (np.bincount(k, minlength=len(values)) for k in (self.stratum[self.at], self.stratum))
        self.lacking = None if len(coded) > 1 else f"{len(coded)} coded: two articles or more are needed; code more"
        for thin in values[n_coded < np.minimum(2, sizes)][:1]:
            self.lacking = self.lacking or f"stratum {thin!r} has fewer than two coded articles; code more of it"
        self.share = (n_coded / sizes)[self.stratum]  # of its stratum that is coded, of each article
        self.inclusion = self.share[self.at]  # the chance to be drawn, and then coded
        if self.how == "uncertain":
            self.inclusion = coded["inclusion"].to_numpy("float64") * (len(coded) / max(len(drawn), 1))


def _estimate(part: _Part, count: str, interval: str, confidence: float) -> dict[str, Any]:
    n, size, ys = len(part.found), len(part.expected), part.found
    about_it = {"newslab": float(part.expected.sum()), "n_coded": n, "n_articles": size, "n_with": float(ys.sum())}
    if part.lacking:
        return {**about_it, **dict.fromkeys(("total", "low", "high", "lam"), np.nan), "note": part.lacking}
    predicted, kinds = part.expected[part.at], part.stratum[part.at]
    least, most = 0.0, float(size) if count == "articles" else np.inf
    if interval == "corpus":
        mean, low, high, lam = design_based(
            ys, predicted, part.expected, part.inclusion, kinds, part.stratum, confidence
        )
        least, most = float(ys.sum()), most - float((1 - ys).sum() if count == "articles" else 0)  # the coded are known
    else:
        rest = np.delete(np.arange(size), part.at)
        weights = (None, None) if part.how == "random" else (1 / part.inclusion, 1 / (1 - part.share[rest]))
        mean, low, high, lam = prediction_powered(ys, predicted, part.expected[rest], confidence, *weights)
    note = None
    if n < size or interval == "sample":
        note = _too_few(ys, count)
        if count == "articles" and np.ptp(ys) == 0 and ys[0] in (0.0, 1.0):
            mean, lam = ys[0], 0.0  # the sample shows no chance at all; a normal interval would have no width
            low, high = of_share(int(ys.sum()), n, confidence)
        elif np.isclose(low, high):
            low = high = np.nan
            note = "the coded articles are alike, which tells nothing of the others; code more"
    bounds = np.clip([size * mean, size * low, size * high], least, most)
    return {**about_it, **dict(zip(("total", "low", "high"), bounds.tolist(), strict=True)), "lam": lam, "note": note}


def _too_few(ys: np.ndarray, count: str) -> str | None:
    """Why not to trust a normal interval."""
    n, which = int((ys > 0).sum()), "with"
    if count == "articles" and (ys == 0).sum() < n:
        n, which = int((ys == 0).sum()), "without"
    if n >= _FEW:
        return None
    return f"{n} of the coded articles {'is' if n == 1 else 'are'} {which} it, too few for this interval; code more"


def prediction_powered(
    y: np.ndarray,
    predicted: np.ndarray,
    rest: np.ndarray,
    confidence: float,
    weight: np.ndarray | None = None,
    weight_rest: np.ndarray | None = None,
) -> tuple[float, float, float, float]:
    """Mean and interval by ppi-python (PPI++), from what was coded, its predictions, and those of the rest.

    Returns
    -------
    mean, low, high, lam : float

    Raises
    ------
    ImportError
        If ppi-python is not installed.
    """
    try:
        from ppi_py import classical_mean_ci, ppi_mean_ci, ppi_mean_pointestimate
    except ImportError as error:
        raise ImportError(
            'interval="sample" needs ppi-python: pip install "newslab[validate]"; interval="corpus" needs nothing more'
        ) from error
    level = 1 - confidence
    if not len(rest):
        low, high = classical_mean_ci(y, alpha=level)
        return float(y.mean()), float(np.squeeze(low)), float(np.squeeze(high)), 0.0
    if np.ptp(predicted) == 0 and np.ptp(rest) == 0:  # newslab says the same everywhere, and has no part in it
        lam = 0.0
    else:
        lam = None
    options = {"w": weight, "w_unlabeled": weight_rest, "lam": lam}
    mean = float(np.squeeze(ppi_mean_pointestimate(y, predicted, rest, **options)))
    low, high = (float(np.squeeze(b)) for b in ppi_mean_ci(y, predicted, rest, alpha=level, **options))
    if lam is None:  # ppi-python keeps it to itself; the estimate is linear in it
        at = [float(np.squeeze(ppi_mean_pointestimate(y, predicted, rest, **{**options, "lam": v}))) for v in (0, 1)]
        lam = (mean - at[0]) / (at[1] - at[0]) if at[1] != at[0] else 0.0
    return mean, low, high, float(lam)


def design_based(
    y: np.ndarray,
    predicted: np.ndarray,
    everything: np.ndarray,
    inclusion: np.ndarray,
    kinds: np.ndarray,
    of_all: np.ndarray,
    confidence: float,
) -> tuple[float, float, float, float]:
    """Mean of a finite corpus and its interval, from what was coded and newslab's answers for all.

    Parameters
    ----------
    y, predicted, inclusion, kinds : array
        Of the coded articles: codings, predictions, probability of being drawn, stratum.
    everything, of_all : array
        Predictions and strata of all articles, the coded ones too.

    Returns
    -------
    mean, low, high, lam : float
    """
    from scipy.stats import norm

    n, size = len(y), len(everything)
    slope = 0.0 if n == size else _slope(y, predicted, everything, inclusion, kinds, of_all)
    slope = float(np.clip(slope, 0.0, size / max(size - n, 1)))  # as PPI++ keeps lam between 0 and 1
    errors = y - slope * predicted
    total, variance = slope * everything.sum(), 0.0
    for k in np.unique(kinds):
        e, p = errors[kinds == k], inclusion[kinds == k]
        mean = np.average(e, weights=1 / p)
        total += (of_all == k).sum() * mean
        variance += _variance(e - mean, p)
    half = norm.ppf((1 + confidence) / 2) * np.sqrt(variance)
    return total / size, (total - half) / size, (total + half) / size, slope * (size - n) / size


def _variance(residual: np.ndarray, inclusion: np.ndarray) -> float:
    """Variance of a total over one stratum, by Deville's approximation; exact for simple random samples."""
    free = (1 - inclusion) > 1e-12
    if not free.any():
        return 0.0
    c, z = (1 - inclusion)[free], (residual / inclusion)[free]
    centre = np.average(z, weights=c)
    m = len(z)
    return float(m / max(m - 1, 1) * (c * (z - centre) ** 2).sum())


def _slope(
    y: np.ndarray,
    predicted: np.ndarray,
    everything: np.ndarray,
    inclusion: np.ndarray,
    kinds: np.ndarray,
    of_all: np.ndarray,
) -> float:
    """The weight of the predictions that makes the variance of the corrected total least.

    With equal probabilities in a stratum, the variance of the predictions is that of the whole corpus, which is known;
    for one stratum this is the weight of PPI++.
    """
    over = under = 0.0
    for k in np.unique(kinds):
        mine, p = kinds == k, inclusion[kinds == k]
        a, b = (v[mine] - np.average(v[mine], weights=1 / p) for v in (y, predicted))
        if np.ptp(p) < 1e-12:
            all_of_it = everything[of_all == k]
            weight = len(all_of_it) ** 2 * (1 - p[0]) / len(p)
            over += weight * float((a * b).mean())
            under += weight * (float(all_of_it.var(ddof=1)) if len(all_of_it) > 1 else 0.0)
        else:
            c = (1 - p) / p**2
            over, under = over + float((c * a * b).sum()), under + float((c * b * b).sum())
    return over / under if under > 0 else 0.0


def _sentence(row: Mapping[str, Any], by: str | None, level: str) -> str:
    where = "In this corpus" if by is None else f"In this corpus, for {by} {row[by]}"
    what = f"{row['source']} {SAYS[row['polarity']]} {row['target']}"
    unit = f"articles in which {what}" if row["count"] == "articles" else f"edges of articles in which {what}"
    if np.isnan(row["total"]):
        return f"{where}, the number of {unit} cannot be told. Note: {row['note']}."
    interval = "" if np.isnan(row["low"]) else f" ({level} interval {row['low']:.1f} to {row['high']:.1f})"
    sentence = (
        f"{where}, the number of {unit} is {row['total']:.1f}{interval} of {row['n_articles']} articles, corrected by "
        f"{row['n_coded']} hand-coded ones; newslab alone expects {row['newslab']:.1f}."
    )
    return sentence if row["note"] is None else f"{sentence} Note: {row['note']}."
