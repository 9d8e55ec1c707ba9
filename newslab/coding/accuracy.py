"""How right is newslab on this corpus? Precision, recall and F1 against hand coding, by step and by outlet."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from newslab.checks import check_confidence
from newslab.coding.guideline import article_coding, match_edges
from newslab.coding.resampling import bootstrap
from newslab.coding.sampling import corrected_articles, design
from newslab.coding.tables import article_codings, as_codings, need_coder, need_sampled, unit_of
from newslab.intervals import of_share

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_DTYPES = {
    "step": "str", "polarity": "str", "outlet": "str", "measure": "str", "estimate": "float64", "low": "float64",
    "high": "float64", "n": "int64", "n_articles": "int64", "text": "str",
}  # fmt: skip
# What of a verdict counts as right up to this step.
_LADDER = {
    "found": ("negative", "positive", "wrong source", "wrong target"),
    "source": ("negative", "positive", "wrong target"),
    "target": ("negative", "positive"),
    "edge": (),
}
_MATCHED_ON = {
    "source": ("source", "polarity"),
    "target": ("target", "polarity"),
    "actors": ("source", "target"),
    "edge": ("source", "target", "polarity"),
}
_MEASURES = ("precision", "recall", "f1")
_SAYS = {
    ("found", "precision"): "stand on a passage in which a coder sees somebody criticize or back somebody",
    ("found", "recall"): "have a passage that newslab has found as well",
    ("source", "precision"): "have the right {who}",
    ("target", "precision"): "have the right {whom}",
    ("actors", "precision"): "name two actors that stand so to each other, whatever the stance",
    ("actors", "recall"): "are found as far as the two actors go, whatever the stance",
    ("source", "recall"): "are found as far as source and stance go",
    ("target", "recall"): "are found as far as target and stance go",
    ("edge", "precision"): "are right in every part",
    ("edge", "recall"): "are found, right in every part",
}


def accuracy(
    analysis: Analysis,
    sample: pd.DataFrame,
    codings: pd.DataFrame,
    *,
    coder: str | None = None,
    by_outlet: bool = True,
    confidence: float = 0.95,
    n_boot: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Precision, recall and F1 of newslab against the coders, in this corpus.

    Parameters
    ----------
    analysis : Analysis
    sample : DataFrame
        The sample that was coded; from :func:`sample`.
    codings : DataFrame
        See :func:`check_codings`; a filled :func:`sheet` that names its coder is checked so.
    coder : str, optional
        Compare with this coder only. Default with each, and then the mean: each coder's word counts the same.
    by_outlet : bool, default True
        Also give each outlet.
    confidence : float, default 0.95
        Coverage of the intervals.
    n_boot : int, default 1000
        Bootstrap samples, of articles.
    seed : int, default 0
        Seed of the bootstrap.

    Returns
    -------
    DataFrame
        ``step``, ``polarity``, ``outlet`` ("all" or one value), ``measure``, ``estimate``, ``low``, ``high`` (0 to 1),
        ``n`` (int64, edges that were compared: found ones for precision, clear ones of the coders for recall, both for
        F1; each edge once, however many coders judged it), ``n_articles`` (int64) and ``text``, a sentence for a paper.

        From verdicts on edges the steps are a ladder, each with what is right so far: "found" (there is a stance in
        the passage), "source", "target", and "edge" (with the polarity right too). From whole articles: "found" (the
        evidence overlaps), "source" and "target" (each with the polarity, the other actor left aside), "actors" (both,
        the polarity left aside) and "edge"; with recall and F1.

    Raises
    ------
    ValueError
        If analysis, sample and codings do not belong together, or there is nothing to compare.

    Warns
    -----
    UserWarning
        If sampled articles hold rows that were corrected by hand. They are left out: pass the analysis as it was
        before.

    Notes
    -----
    Every row is weighted by 1 / inclusion, so that the figures are for the corpus, whatever the design; rows of a
    stratum that nobody has coded are taken as missing at random. Intervals: percentile bootstrap over articles, within
    strata (Rao and Wu 1988), none of fewer than five articles; where everything, or nothing, is right, that of Clopper
    and Pearson with the number of articles for n. They do not use that the corpus is finite and are on the wide side
    for it. Edges on which the coder is "unsure" are left out. Precision takes clear and arguable edges of the coders,
    recall the clear ones alone; who is the same actor is told by :func:`same_actor`.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> texts = ["Ona Vell attacked Tam Orr.", "Bo Lind attacked Ona Vell.", "Tam Orr attacked Bo Lind."]
    >>> analysis = nl.analyze(pd.DataFrame({"text": texts}), reader="rules", progress=False)
    >>> drawn = nl.coding.sample(analysis, 3)
    >>> filled = nl.coding.sheet(analysis, drawn).assign(value=["negative", "negative", "neither"])
    >>> codings = nl.coding.check_codings(filled, coder="Ida")
    >>> table = nl.coding.accuracy(analysis, drawn, codings, by_outlet=False)
    >>> table.loc[table["polarity"].eq("all"), ["step", "estimate", "n"]].round(2).values.tolist()
    [['found', 0.67, 3], ['source', 0.67, 3], ['target', 0.67, 3], ['edge', 0.67, 3]]
    """
    check_confidence(confidence)
    about = design(sample)
    need_sampled(analysis, sample)
    codings = as_codings(codings, sample)
    if codings.empty:
        raise ValueError("nothing is coded yet: no item has an answer; fill in the sheet, and read it again")
    unit = unit_of(codings)
    if unit != about["unit"]:
        raise ValueError(f"the codings are of {unit}, the sample is of {about['unit']}")
    if coder is not None:
        codings = codings[codings["coder"] == need_coder(codings, coder)]
    coded = sample[sample["item"].isin(codings["item"])].reset_index(drop=True)
    if coded.empty:
        raise ValueError("none of the codings is of this sample; is it another sample?")
    share = coded["stratum"].value_counts() / sample["stratum"].value_counts()  # coded of those drawn
    coded["weight"] /= coded["stratum"].map(share)
    counted = _of_edges(coded, codings) if unit == "edges" else _of_articles(analysis, coded, codings)
    options = {"confidence": confidence, "n_boot": n_boot, "seed": seed}
    rows: list[dict[str, Any]] = []
    for (step, polarity), stats in counted.items():
        rows += _measured(step, polarity, "all", stats, unit, options)
    if by_outlet:
        outlets = coded.drop_duplicates("article_id").set_index("article_id")["outlet"].fillna("(none)")
        stats = counted["edge", "all"].assign(outlet=lambda t: t["article_id"].map(outlets))
        for outlet, part in stats.groupby("outlet", sort=True):
            rows += _measured("edge", "all", str(outlet), part, unit, options)
    table = pd.DataFrame(rows, columns=[c for c in _DTYPES if c != "text"])
    if table.empty:
        raise ValueError(
            "the coded rows hold no edge of newslab and none of the coders, so there is nothing to compare"
        )
    level = f"{100 * confidence:g} %"
    table["text"] = [_sentence(row, unit, level, about["threshold"]) for row in table.to_dict("records")]
    return table.astype(_DTYPES)


def _of_edges(coded: pd.DataFrame, codings: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    """For each step one row an edge: how far the coders hold it to be right, and its weight."""
    told = codings[codings["value"].ne("unsure")].merge(
        coded[["item", "polarity"]], on="item", suffixes=("_seen", "")
    )  # the machine's answer is that of the sample, also where somebody has corrected it since
    out = {}
    for step, right in _LADDER.items():
        ok = told["value"].isin(right) if right else told["value"] == told["polarity"]
        share = ok.astype("float64").groupby(told["item"]).mean()
        rows = coded[coded["item"].isin(share.index)]
        rows = rows.assign(right=rows["item"].map(share), given=1.0)
        for polarity in ("all", "negative", "positive") if step == "edge" else ("all",):
            part = rows if polarity == "all" else rows[rows["polarity"] == polarity]
            out[step, polarity] = part[["article_id", "stratum", "weight", "right", "given"]].assign(
                matched=0.0, clear=0.0, n_given=1, n_clear=0
            )
    return out


def _of_articles(analysis: Analysis, coded: pd.DataFrame, codings: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    """For each step one row an article: edges found and right, clear ones of the coders and found; coders' means."""
    coded = _uncorrected(analysis, coded)
    ids = coded["article_id"]
    analysis = analysis._of_articles(ids)  # the others would cost time
    predicted = article_coding(analysis, threshold=float(coded["threshold"].iloc[0]))
    by_hand = article_codings(codings[codings["article_id"].isin(ids)])
    places = _places(analysis)
    steps: list[tuple[str, str]] = [*((s, "all") for s in _MATCHED_ON), ("edge", "negative"), ("edge", "positive")]
    if not codings.loc[codings["value"] == "edge", "start"].isna().any():
        steps.insert(0, ("found", "all"))
    counted: dict[tuple[str, str], list[dict[str, Any]]] = {s: [] for s in steps}
    for row in coded.itertuples():
        golds = [gold for (_, article), gold in by_hand.items() if article == row.article_id]
        found = predicted.get(row.article_id, {"actors": [], "edges": []})
        for step, polarity in steps:
            each = np.array(
                [
                    _overlaps(gold, found, places, row.article_id)
                    if step == "found"
                    else _compared(gold, found, None if polarity == "all" else polarity, _MATCHED_ON[step])
                    for gold in golds
                ],
                dtype="float64",
            )
            right, given, matched, clear = each.mean(axis=0)
            counted[step, polarity].append(
                {"article_id": row.article_id, "stratum": row.stratum, "weight": row.weight, "right": right,
                 "given": given, "matched": matched, "clear": clear, "n_given": given, "n_clear": clear}
            )  # fmt: skip
    return {step: pd.DataFrame(rows) for step, rows in counted.items()}


def _uncorrected(analysis: Analysis, coded: pd.DataFrame) -> pd.DataFrame:
    by_hand = coded["article_id"].isin(corrected_articles(analysis))
    if by_hand.any():
        warnings.warn(
            f"{by_hand.sum()} of {len(coded)} sampled articles hold rows corrected by hand and are left out, which can "
            "flatter newslab; pass the analysis as it was before the corrections",
            UserWarning,
            stacklevel=4,
        )
    if by_hand.all():
        raise ValueError("all sampled articles hold rows corrected by hand; pass the analysis as it was before")
    return coded[~by_hand]


def _places(analysis: Analysis) -> dict[tuple[str, str, str, str], list[tuple[int, int]]]:
    """Where the evidence of each edge of an article stands."""
    out: dict[tuple[str, str, str, str], list[tuple[int, int]]] = {}
    for row in analysis.stances.itertuples():
        key = (row.article_id, row.source, row.target, row.polarity)
        out.setdefault(key, []).append((int(row.start), int(row.end)))
    return out


def _overlaps(
    gold: dict[str, Any], found: dict[str, Any], places: dict[Any, list[tuple[int, int]]], article: str
) -> tuple[int, int, int, int]:
    def overlap(some: list[Any], others: list[Any]) -> bool:
        return any(a < d and c < b for a, b in some for c, d in others)

    ours = [places[article, e["source"], e["target"], e["polarity"]] for e in found["edges"]]
    theirs = [e["spans"] for e in gold["edges"]]
    clear = [e["spans"] for e in gold["edges"] if e["clarity"] == "clear"]
    right = sum(any(overlap(o, t) for t in theirs) for o in ours)
    return right, len(ours), sum(any(overlap(o, t) for o in ours) for t in clear), len(clear)


def _compared(
    gold: dict[str, Any], found: dict[str, Any], only: str | None, on: tuple[str, ...]
) -> tuple[int, int, int, int]:
    pairs, missed, wrong = match_edges(gold, found, only, on=on)
    hit = sum(g["clarity"] == "clear" for g, _ in pairs)
    return len(pairs), len(pairs) + len(wrong), hit, hit + sum(g["clarity"] == "clear" for g in missed)


def _measured(
    step: str, polarity: str, outlet: str, rows: pd.DataFrame, unit: str, options: dict[str, Any]
) -> list[dict[str, Any]]:
    columns = ["right", "given", "matched", "clear"]
    weighted = rows[columns].mul(rows["weight"], axis=0)
    # A cluster is what an article has in one stratum: strata of edges (by polarity, say) cut across articles.
    summed = weighted.groupby([rows["article_id"], rows["stratum"]], sort=False).sum()
    stats = summed.to_numpy("float64")
    if not len(stats) or not stats.any():
        return []
    strata = summed.index.get_level_values("stratum").to_numpy()
    estimates = _values(stats.sum(axis=0, keepdims=True))[0]
    lows, highs = bootstrap(stats, _values, strata=strata, **options)
    articles = rows["article_id"].nunique()
    out = []
    for k, measure in enumerate(_MEASURES if unit == "articles" else _MEASURES[:1]):
        estimate, low, high = estimates[k], lows[k], highs[k]
        if np.isnan(estimate):
            continue
        if estimate in (0.0, 1.0):
            about = rows["clear" if measure == "recall" else "given"] > 0
            n = max(int(rows.loc[about, "article_id"].nunique()), 1)
            low, high = of_share(n if estimate == 1 else 0, n, options["confidence"])
        n_given, n_clear = int(round(rows["n_given"].sum())), int(round(rows["n_clear"].sum()))
        n = {"precision": n_given, "recall": n_clear, "f1": n_given + n_clear}[measure]
        out.append(
            {"step": step, "polarity": polarity, "outlet": outlet, "measure": measure, "estimate": estimate, "low": low,
             "high": high, "n": n, "n_articles": articles}
        )  # fmt: skip
    return out


def _values(sums: np.ndarray) -> np.ndarray:
    """Precision, recall and F1 of each row of sums; NaN where there is nothing."""
    right, given, matched, clear = sums.T
    with np.errstate(invalid="ignore", divide="ignore"):
        p, r = right / given, matched / clear
        f1 = np.where(p + r > 0, 2 * p * r / (p + r), 0.0)
    return np.stack([p, r, np.where(np.isnan(p) | np.isnan(r), np.nan, f1)], axis=1)


def _sentence(row: dict[str, Any], unit: str, level: str, threshold: float) -> str:
    kind = {"all": "edges", "negative": "edges of criticism", "positive": "edges of support"}[row["polarity"]]
    where = "In this corpus" if row["outlet"] == "all" else f"In this corpus, in articles of {row['outlet']}"
    interval = (
        "" if np.isnan(row["low"]) else f" ({level} interval {100 * row['low']:.0f} to {100 * row['high']:.0f} %)"
    )
    n = f"estimated from {row['n']} of them in {row['n_articles']} articles"
    if row["measure"] == "f1":
        f1 = f" ({level} interval {row['low']:.2f} to {row['high']:.2f})" if interval else ""
        return f"{where}, F1 of newslab against the coders ({_PART[row['step']]}) is {row['estimate']:.2f}{f1}."
    says = _SAYS[row["step"], row["measure"]]
    if unit == "edges":
        says = says.format(who="source", whom="source and target")
    else:
        says = says.format(who="source and stance", whom="target and stance")
    of = (
        f"the {kind} that newslab reports (probability {threshold:g} or more)"
        if row["measure"] == "precision"
        else f"the clear {kind} of the coders"
    )
    return f"{where}, {100 * row['estimate']:.0f} % of {of} {says}{interval}, {n}."


_PART = {
    "found": "passages", "source": "source and stance", "target": "target and stance", "actors": "source and target",
    "edge": "edges right in every part",
}  # fmt: skip
