"""TextBlob polarity and subjectivity: the familiar lexicon measure of tone, kept beside stance, never in its place."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit


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
