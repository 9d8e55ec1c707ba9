"""Tone of quotations and speakers by TextBlob: the familiar lexicon measure, beside stance and never in its place."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit

from newslab.checks import at_least, check_confidence
from newslab.edges import criticism_counts

_SPEAKERS = {
    "speaker": "str", "speaker_id": "str", "n_quotes": "int64", "n_articles": "int64", "polarity": "float64",
    "polarity_low": "float64", "polarity_high": "float64", "subjectivity": "float64", "n_criticisms": "float64",
    "n_criticized": "float64",
}  # fmt: skip


def sentiment(texts: Iterable[str]) -> pd.DataFrame:
    """Polarity and subjectivity of each text.

    Parameters
    ----------
    texts : iterable of str
        Quotations.

    Returns
    -------
    DataFrame
        One row a text, in order: ``polarity`` (float64, -1 to 1) and ``subjectivity`` (float64, 0 to 1).

    Notes
    -----
    TextBlob's default analyser (the lexicon of Pattern, De Smedt and Daelemans 2012) averages the words that it knows.
    Tone is no stance: a warm sentence can attack (Bestvater and Monroe, *Political Analysis* 31, 2023), and no
    dictionary comes near a human coder (van Atteveldt, van der Velden and Boukes 2021).

    Examples
    --------
    >>> sentiment(["A wonderful plan.", "They will never lead."]).round(2).values.tolist()
    [[1.0, 1.0], [0.0, 0.0]]
    """
    from textblob.en import sentiment as measured  # what TextBlob(text).sentiment asks

    values = [measured(text) for text in texts]
    array = np.array(values, dtype="float64").reshape(len(values), 2)
    return pd.DataFrame(array, columns=["polarity", "subjectivity"])


_ALL = 10_000  # samples, if there are no more of them, that are all taken


def bootstrap_mean(
    values: np.ndarray, spread: float, rng: np.random.Generator, *, n_boot: int, confidence: float
) -> tuple[float, float]:
    """Bootstrap interval of a mean of numbers from -1 to 1; NaN for fewer than two, from which nothing can be told.

    Few values are often more alike than those of the speaker are: two of three words without any tone, and one would
    be sure. So one deviation as large as the `spread` of all speakers' values is drawn from with their own, and the
    interval is as much wider than that of many values as Student's t is. Of up to four values all samples that could be
    drawn are taken: their means are so few that the end of an interval would else hang on the seed.
    """
    n = len(values)
    if n < 2:
        return float("nan"), float("nan")
    mean = values.mean()
    pool = np.concatenate([np.repeat(values - mean, 2), [spread, -spread]])
    if len(pool) ** n <= _ALL:
        drawn = [pool[np.indices((len(pool),) * n).reshape(n, -1)].mean(axis=0)]
    else:
        block = max(1, 2_000_000 // n)  # samples drawn at once, which bounds memory
        sizes = [min(block, n_boot - k) for k in range(0, n_boot, block)]
        drawn = [pool[rng.integers(len(pool), size=(size, n))].mean(axis=1) for size in sizes]
    tails = np.array([(1 - confidence) / 2, (1 + confidence) / 2])
    wider = np.sqrt((n + 1) / n) * stdtrit(n, tails[1]) / ndtri(tails[1])
    low, high = mean + wider * np.quantile(np.concatenate(drawn), tails)
    return float(np.clip(low, -1, mean)), float(np.clip(high, mean, 1))


def sum_speakers(
    quotes: pd.DataFrame,
    stances: pd.DataFrame,
    originals: pd.Series,
    *,
    confidence: float,
    n_boot: int,
    seed: int,
) -> pd.DataFrame:
    """Tone of each speaker; see :meth:`newslab.Analysis.speakers`. `originals` are the ids of articles that count."""
    check_confidence(confidence)
    at_least("n_boot", n_boot, 1)
    at_least("seed", seed, 0)
    quotes = quotes[quotes["article_id"].isin(originals)]
    known = quotes[quotes["speaker_id"].notna()]
    grouped = known.groupby("speaker_id", sort=True)
    rows = grouped.agg(
        speaker=("speaker", "first"),
        n_quotes=("quote_id", "size"),
        n_articles=("article_id", "nunique"),
        polarity=("polarity", "mean"),
        subjectivity=("subjectivity", "mean"),
    ).reset_index()
    spread = float(known["polarity"].std(ddof=0))
    bounds = [
        bootstrap_mean(group.to_numpy(), spread, np.random.default_rng(seed), n_boot=n_boot, confidence=confidence)
        for _, group in grouped["polarity"]
    ]
    rows["polarity_low"], rows["polarity_high"] = [low for low, _ in bounds], [high for _, high in bounds]
    for column, numbers in zip(("n_criticisms", "n_criticized"), criticism_counts(stances, originals), strict=True):
        rows[column] = rows["speaker_id"].map(numbers).astype("float64").fillna(0.0)
    order = ["n_quotes", "speaker", "speaker_id"]
    rows = rows.astype(_SPEAKERS).sort_values(order, ascending=[False, True, True], ignore_index=True)
    rows = rows[list(_SPEAKERS)]
    rows.attrs["n_unknown"] = int(quotes["speaker_id"].isna().sum())
    return rows
