"""TextBlob polarity and subjectivity: the familiar lexicon measure of tone, kept beside stance, never in its place."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd


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


def bootstrap_mean(
    values: np.ndarray, rng: np.random.Generator, *, n_boot: int, confidence: float
) -> tuple[float, float]:
    """Percentile interval of a mean; NaN for fewer than two values, from which nothing can be told."""
    if len(values) < 2:
        return float("nan"), float("nan")
    block = max(1, 2_000_000 // len(values))  # samples drawn at once, which bounds memory
    drawn = [
        values[rng.integers(len(values), size=(min(block, n_boot - k), len(values)))].mean(axis=1)
        for k in range(0, n_boot, block)
    ]
    means = np.concatenate(drawn)
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
