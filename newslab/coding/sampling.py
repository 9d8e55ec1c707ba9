"""A sample to code by hand, with the probability with which each row was drawn.

Without these probabilities a sample says something about itself only. They are kept as columns, so that a sample which
was saved as CSV and coded by mail still gives estimates for the corpus.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from newslab.checks import at_least, between, meant, need_table, one_of
from newslab.coding.guideline import _THRESHOLD
from newslab.corpus.dates import parse_dates
from newslab.corrections import VERDICTS, articles_by_hash, text_hash
from newslab.edges import article_stances
from newslab.needs import require
from newslab.spreadsheets import read_guarded, write_guarded

if TYPE_CHECKING:
    from newslab.analysis import Analysis

HOW = ("random", "stratified", "uncertain")
UNITS = ("edges", "articles")
_DESIGN = {
    "unit": "str", "how": "str", "by": "str", "seed": "int64", "threshold": "float64", "stratum": "str",
    "population": "int64", "inclusion": "float64", "weight": "float64", "n_corrected": "int64",
}  # fmt: skip
_ARTICLE = {"item": "str", "article_id": "str", "title": "str", "outlet": "str", "published": "datetime64[ns]",
            "text_hash": "str"}  # fmt: skip
_EDGE = {
    "source": "str", "target": "str", "source_id": "str", "target_id": "str", "polarity": "str",
    "probability": "float64", "via": "str", "start": "int64", "end": "int64", "evidence": "str", "spans": "str",
}  # fmt: skip


def sample(
    analysis: Analysis,
    n: int,
    how: str = "random",
    *,
    by: str = "outlet",
    unit: str = "edges",
    seed: int = 0,
    threshold: float = _THRESHOLD,
    path: str | Path | None = None,
) -> pd.DataFrame:
    """Draw edges or articles to code by hand.

    Parameters
    ----------
    analysis : Analysis
    n : int
        Rows to draw.
    how : {"random", "stratified", "uncertain"}, default "random"
        "random": each row with the same probability. "stratified": so many of each value of `by` as its share asks for,
        and two at least. "uncertain": rather where the model is unsure; half of the probability is shared evenly, half
        in proportion to p(1 - p), where p is the probability of the edge.
    by : str, default "outlet"
        Strata: a column of ``articles``, "month", or for edges "polarity" or "via".
    unit : {"edges", "articles"}, default "edges"
        "edges": what newslab found, to be judged one by one; this gives precision, alpha, and the error of each step.
        "articles": to be coded from the text; this gives recall, F1 and corrected totals too.
    seed : int, default 0
        The same seed draws the same rows from the same analysis.
    threshold : float, default 0.4
        Least probability of an edge, of all its evidence in the article together. 0 takes all that
        :meth:`newslab.Analysis.edges` sums.
    path : str or Path, optional
        CSV file that keeps the sample. If it is there, it is read and nothing is drawn, so that a sample under the
        hands of coders stays the same when the corpus is analysed anew, or by a newer model.

    Returns
    -------
    DataFrame
        One row an edge of an article, or an article, in the order of the corpus: ``item`` (str, unique),
        ``article_id``, ``title``, ``outlet``, ``published``, ``text_hash`` (by which another corpus with the
        same ids is told); of edges also ``source``, ``target``, ``source_id``,
        ``target_id``, ``polarity``, ``probability``, ``via``, ``start``, ``end``, ``evidence`` (the strongest piece)
        and ``spans`` (all of them, as "12-40 55-90"). The design: ``unit``, ``how``, ``by``, ``seed``, ``threshold``,
        ``stratum``, ``population`` (int64, rows of the stratum in the corpus), ``inclusion`` (float64, probability of
        being drawn), ``weight`` = 1 / inclusion, and ``n_corrected`` (int64, rows that could not be drawn since
        somebody had corrected them).

    Raises
    ------
    ValueError
        If an option is not one of the possible values, there are fewer than `n` rows, no article has a value of `by`,
        or the sample in the file was drawn in another way or from other articles.

    See Also
    --------
    sheet : the sample as a table to fill. code : the sample in the notebook.

    Notes
    -----
    Left out are syndicated copies, and what was corrected by hand (``corrected`` in ``analysis.stances``, and the edges
    named in ``analysis.corrections``): a corrected row is no chance find, and an article with one is none either.
    "uncertain" draws systematically from a shuffled list (Madow 1949), which gives each row exactly its probability;
    estimates are weighted by 1 / inclusion and so remain free of bias, but a sample where the model is unsure is for
    improving it: per row coded, a random sample gives the narrower intervals for most questions.

    References
    ----------
    Madow, On the theory of systematic sampling, II. *Annals of Mathematical Statistics* 20 (1949).

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> texts = ["Ona Vell attacked Tam Orr.", "Tam Orr praised Bo Lind.", "Rain fell on the harbour."]
    >>> analysis = nl.analyze(pd.DataFrame({"text": texts}), reader="rules", progress=False)
    >>> drawn = nl.coding.sample(analysis, 2, unit="articles", seed=1)
    >>> drawn[["item", "population", "inclusion"]].round(2).values.tolist()
    [['article-1', 3, 0.67], ['article-2', 3, 0.67]]
    """
    one_of("how", how, HOW)
    one_of("unit", unit, UNITS)
    between("threshold", threshold, 0, 1)
    at_least("seed", seed, 0)
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise ValueError(f"n is {n!r}; it is the number of rows to draw, 1 or more")
    path = None if path is None else Path(path).expanduser()
    if path is not None and path.exists():
        asked = {"unit": unit, "how": how, "n": n, "seed": seed, "threshold": threshold}
        return _kept(path, analysis, asked | ({"by": by} if how == "stratified" else {}))
    frame, n_corrected = population(analysis, unit, threshold)
    if n > len(frame):
        left_out = f" ({n_corrected} corrected by hand are left out)" if n_corrected else ""
        raise ValueError(f"n is {n}, but there are {len(frame)} {unit} to draw from{left_out}; choose n up to that")
    rng = np.random.default_rng(seed)
    stratum = pd.Series("", index=frame.index, dtype="str")
    if how == "stratified":
        stratum = strata(frame, by)
        require(frame.drop_duplicates("article_id"), "published" if by == "month" else by, 1)
        chosen, inclusion = _stratified(stratum, n, by, rng)
    elif how == "uncertain":
        inclusion = _proportional(half_even(unsureness(analysis, frame, unit)), n)
        chosen = _systematic(inclusion, rng)
    else:
        chosen = np.sort(rng.permutation(len(frame))[:n])
        inclusion = np.full(len(frame), n / len(frame))
    out = frame.iloc[chosen].copy()
    out["text_hash"] = out["article_id"].map(_hashes(analysis, out["article_id"]))
    sizes = stratum.map(stratum.value_counts())
    out = out.assign(
        unit=unit, how=how, by=by if how == "stratified" else None, seed=int(seed), threshold=float(threshold),
        stratum=stratum.iloc[chosen], population=sizes.iloc[chosen], inclusion=inclusion[chosen],
        weight=1 / inclusion[chosen], n_corrected=n_corrected,
    )  # fmt: skip
    dtypes = {**_ARTICLE, **(_EDGE if unit == "edges" else {}), **_DESIGN}
    out = out[list(dtypes)].astype(dtypes).reset_index(drop=True)
    if path is not None:
        write_guarded(out, path, [c for c, t in dtypes.items() if t == "str"])
    return out


def _kept(path: Path, analysis: Analysis, asked: Mapping[str, Any]) -> pd.DataFrame:
    """The sample in a file, if it is the one that is asked for."""
    drawn = read_sample(path)
    told = design(drawn)
    for key, value in asked.items():
        if told[key] != value:
            raise ValueError(f"the sample in {path} has {key} {told[key]!r}, not {value!r}; name another file")
    absent, other = others(analysis, drawn)
    if absent:
        raise ValueError(f"the sample in {path} is of other articles: {absent[0]!r} is not among these")
    if other:
        raise ValueError(f"the sample in {path} is of other articles: {other[0]!r} has another text here")
    return drawn


def others(analysis: Analysis, drawn: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Sampled articles that an analysis lacks, and those of which it has another text under the same id."""
    ids = drawn["article_id"].drop_duplicates()
    here = _hashes(analysis, ids)
    drawn_as = drawn["text_hash"][ids.index] if "text_hash" in drawn else ids.map(here)  # a sample drawn long ago
    absent = [ident for ident in ids if ident not in here]
    other = [ident for ident, told in zip(ids, drawn_as, strict=True) if ident in here and told != here[ident]]
    return absent, other


def _hashes(analysis: Analysis, ids: pd.Series) -> dict[str, str]:
    """The hash of the text of each of these articles that the analysis has."""
    texts = analysis.table("articles", ["article_id", "text"], article_id=ids.unique().tolist())
    return {ident: text_hash(text) for ident, text in texts.itertuples(index=False)}


def population(analysis: Analysis, unit: str, threshold: float = _THRESHOLD) -> tuple[pd.DataFrame, int]:
    """All rows that can be drawn, in the order of the corpus, and how many cannot since they were corrected."""
    articles = analysis.articles[analysis.articles["duplicate_of"].isna()]
    if unit == "articles":
        free = ~articles["article_id"].isin(corrected_articles(analysis))
        frame = articles[free].assign(item=articles["article_id"])
        return frame.reset_index(drop=True), int((~free).sum())
    stances = analysis.stances[analysis.stances["article_id"].isin(articles["article_id"])]
    edges = _edges(stances)
    edges = edges[edges["probability"] >= threshold]
    keys, here = ["article_id", "source", "target", "polarity"], set(articles["article_id"])
    touched = set(stances.loc[stances["corrected"], keys].itertuples(index=False, name=None))
    touched |= {
        (ident, row.source, row.target, row.polarity)
        for row, idents in _judged(analysis)
        for ident in here.intersection(idents)
        if row.action != "add"
    }
    by_hand = pd.Series(list(edges[keys].itertuples(index=False, name=None)), index=edges.index).isin(touched)
    rows = edges[~by_hand].merge(articles.drop(columns="text"), on="article_id", how="left")
    place = pd.Index(articles["article_id"]).get_indexer(rows["article_id"])
    rows = rows.assign(order=place).sort_values(["order", "number"], ignore_index=True)
    return rows.drop(columns=["order", "number"]), len(touched)


def corrected_articles(analysis: Analysis) -> set[str]:
    """Articles in which somebody has judged, added or taken away an edge by hand."""
    stances = analysis.stances
    return set(stances.loc[stances["corrected"], "article_id"]) | {i for _, idents in _judged(analysis) for i in idents}


def _judged(analysis: Analysis) -> list[tuple[Any, list[str]]]:
    """Corrections of edges that were applied, with their articles; an edge that was rejected is seen here only."""
    table = analysis.corrections
    if table.empty:
        return []
    rows = table[(table["status"] == "applied") & table["action"].isin([*VERDICTS, "add"])]
    articles = articles_by_hash(analysis)
    return [(row, articles.get(row.text_hash, [])) for row in rows.itertuples()]


def _edges(stances: pd.DataFrame) -> pd.DataFrame:
    """One row an article, source, target and polarity, with all its evidence; ``item`` numbers them in an article."""
    keys = ["article_id", "source_id", "target_id", "polarity"]
    stances = stances.reset_index(drop=True)
    stances = stances.assign(at=stances.index, no=1 - stances["probability"])
    grouped = stances.groupby(keys, sort=False)
    best = stances.loc[grouped["probability"].idxmax(), [*keys, "source", "target", "via", "start", "end", "evidence"]]
    frame = best.reset_index(drop=True)
    frame["probability"] = 1 - grouped["no"].prod().to_numpy("float64")
    frame["at"] = grouped["at"].first().to_numpy()
    pieces = stances.drop_duplicates([*keys, "start", "end"]).sort_values("start", kind="stable")
    pieces = pieces.assign(spans=pieces["start"].astype("str") + "-" + pieces["end"].astype("str"))
    spans = pieces.groupby(keys)["spans"].agg(" ".join)
    frame["spans"] = spans.reindex(pd.MultiIndex.from_frame(frame[keys])).to_numpy()
    frame = frame.sort_values("at", ignore_index=True).drop(columns="at")
    number = frame.groupby("article_id").cumcount() + 1
    # The number tells nothing of the machine's answer, as a blind coder wants it.
    return frame.assign(item=frame["article_id"] + "#e" + number.astype("str"), number=number)


def strata(frame: pd.DataFrame, by: str) -> pd.Series:
    """The stratum of each row; what has no value is a stratum of its own."""
    no_strata = ("item", "text", "evidence", "spans")
    if by == "month":
        values = frame["published"].dt.strftime("%Y-%m")
    elif by in frame.columns and by not in no_strata:
        values = frame[by]
    else:
        possible = [c for c in ["month", *frame.columns] if c not in no_strata]
        raise ValueError(f"cannot stratify by {by!r}{meant(by, possible)}; possible are {', '.join(possible)}")
    return values.astype("str").fillna("(none)").astype("str")


def _stratified(stratum: pd.Series, n: int, by: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    sizes = stratum.value_counts().sort_index()
    least = sizes.clip(upper=2)
    if n < least.sum():
        raise ValueError(
            f"n is {n}, but {by!r} has {len(sizes)} values and each needs two rows for an interval: draw "
            f"{least.sum()} or more, or stratify by something coarser"
        )
    wanted = least.copy()
    share = sizes / sizes.sum() * n
    for _ in range(n - int(least.sum())):  # the next row goes where most is lacking
        lacking = (share - wanted).where(wanted < sizes, -np.inf)
        wanted[lacking.idxmax()] += 1
    values = stratum.to_numpy()
    chosen = [rng.permutation(np.flatnonzero(values == name))[:count] for name, count in wanted.items()]
    return np.sort(np.concatenate(chosen)), stratum.map(wanted / sizes).to_numpy("float64")


def unsureness(analysis: Analysis, frame: pd.DataFrame, unit: str) -> np.ndarray:
    """How unsure the model is of each row: p(1 - p), summed over the edges of an article."""
    if unit == "edges":
        p = frame["probability"].to_numpy("float64")
        return p * (1 - p)
    wide = article_stances(analysis.stances)
    p = wide[["negative", "positive"]]
    doubt = (p * (1 - p)).sum(axis=1)
    return frame["article_id"].map(doubt.groupby(wide["article_id"]).sum()).fillna(0.0).to_numpy("float64")


def half_even(doubt: np.ndarray) -> np.ndarray:
    """Sizes of which half is the same for all, so that no weight is more than twice that of a random sample.

    Without it, the few rows that the model is wrongly sure of would have weights that no interval can follow.
    """
    return 1 + doubt / doubt.mean() if doubt.any() else np.ones(len(doubt))


def _proportional(size: np.ndarray, n: int) -> np.ndarray:
    """Probabilities in proportion to size that sum to `n`; none above one."""
    inclusion = np.zeros(len(size))
    certain = np.zeros(len(size), dtype=bool)
    while True:
        free = ~certain
        inclusion[certain] = 1.0
        inclusion[free] = (n - certain.sum()) * size[free] / max(size[free].sum(), 1e-300)
        over = free & (inclusion >= 1)
        if not over.any():
            return inclusion
        certain |= over


def _systematic(inclusion: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    order = rng.permutation(len(inclusion))
    ends = np.cumsum(inclusion[order])
    n = int(round(ends[-1]))
    points = rng.random() + np.arange(n)
    # Rounding must not push the last point past the end of the list.
    return np.sort(order[np.minimum(np.searchsorted(ends, points, side="right"), len(order) - 1)])


def design(drawn: pd.DataFrame) -> dict[str, Any]:
    """How a sample was drawn, from its columns.

    Raises
    ------
    ValueError
        If it is no sample, or rows of several samples.
    """
    need_table("a sample, as nl.coding.sample draws it, is", drawn)
    missing = [c for c in ("item", "article_id", *_DESIGN) if c not in drawn.columns]
    if missing:
        raise ValueError(f"this is no sample: it lacks {', '.join(missing)}; nl.coding.sample(analysis, n) draws one")
    if drawn.empty:
        raise ValueError("the sample has no rows")
    if drawn["item"].duplicated().any():
        raise ValueError(f"item {drawn.loc[drawn['item'].duplicated(), 'item'].iloc[0]!r} is in the sample twice")
    for column in ("unit", "how", "seed", "threshold"):
        if drawn[column].nunique(dropna=False) > 1:
            raise ValueError(f"column {column!r} differs within the sample; draw one sample rather than join two")
    first: Mapping[str, Any] = drawn.iloc[0]
    return {
        "unit": str(first["unit"]), "how": str(first["how"]), "by": None if pd.isna(first["by"]) else str(first["by"]),
        "seed": int(first["seed"]), "threshold": float(first["threshold"]), "n": len(drawn),
        "population": int(drawn.drop_duplicates("stratum")["population"].sum()),
        "n_strata": int(drawn["stratum"].nunique(dropna=False)), "n_corrected": int(first["n_corrected"]),
    }  # fmt: skip


def read_sample(path: Any) -> pd.DataFrame:
    """A sample that was kept by ``sample(…, path=…)``, or saved with ``sample.to_csv(path, index=False)``.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    DataFrame
        As :func:`sample` gave it.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file holds no sample.

    Examples
    --------
    >>> import tempfile, newslab as nl, pandas as pd
    >>> analysis = nl.analyze(pd.DataFrame({"text": ["Ona Vell attacked Tam Orr."]}), progress=False)
    >>> drawn = nl.coding.sample(analysis, 1, unit="articles")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     drawn.to_csv(f"{folder}/sample.csv", index=False)
    ...     nl.coding.read_sample(f"{folder}/sample.csv").equals(drawn)
    True
    """
    dtypes = {**_ARTICLE, **_EDGE, **_DESIGN}
    try:
        frame = read_guarded(path, [c for c, t in dtypes.items() if t == "str"])
    except FileNotFoundError as error:
        raise FileNotFoundError(f"there is no sample {path}; nl.coding.sample(…, path=…) keeps one there") from error
    if "stratum" in frame.columns:
        frame["stratum"] = frame["stratum"].fillna("")
    if "published" in frame.columns:
        given = frame["published"].tolist()
        frame["published"], bad, guessed = parse_dates(given)
        if odd := [*(given[k] for k in bad), *guessed]:
            raise ValueError(f"published is {odd[0]!r} in {path}; write it as 2031-04-03, or draw the sample anew")
    design(frame)
    return frame.astype({c: t for c, t in dtypes.items() if c in frame.columns})
