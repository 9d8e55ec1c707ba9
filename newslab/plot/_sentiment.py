"""Tone of what each speaker says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from newslab.plot import _common as c

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_COLUMNS = ("speaker", "n_quotes", "polarity", "polarity_low", "polarity_high")


def sentiment(
    analysis: Analysis | pd.DataFrame,
    *,
    n: int = 20,
    min_quotes: int = 2,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Mean TextBlob polarity of each speaker's quotations, with 95 % bootstrap intervals.

    Parameters
    ----------
    analysis : Analysis or DataFrame
        An analysis, or a table as :meth:`newslab.Analysis.speakers` gives.
    n : int, default 20
        Speakers shown: the most quoted.
    min_quotes : int, default 2
        Least number of quotations of a speaker.
    ax : Axes, optional
        Where to draw; by default a new figure whose height depends on the number of speakers.
    **kwargs
        Passed to :meth:`matplotlib.axes.Axes.errorbar`.

    Returns
    -------
    Axes
        The warmest speaker on top; the number of quotations stands beside each name, and the number of those without
        a known speaker, which are in no row, below.

    Raises
    ------
    ValueError
        If `n` or `min_quotes` is below 1, or a table lacks a column.

    See Also
    --------
    network : who criticizes whom, which tone does not tell.

    Notes
    -----
    Polarity is tone, not stance: a warm sentence can attack (Bestvater and Monroe, *Political Analysis* 31, 2023).

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> text = "“A wonderful day,” said Ona Vell. “A fine ship,” Vell added."
    >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), progress=False)
    >>> [label.get_text() for label in nl.plot.sentiment(analysis).get_yticklabels()]
    ['Ona Vell (2)']
    """
    c.at_least("n", n, 1)
    c.at_least("min_quotes", min_quotes, 1)
    if c.is_analysis(analysis):
        speakers = analysis.speakers()
    elif isinstance(analysis, pd.DataFrame):
        speakers = analysis
        c.need_columns(speakers, _COLUMNS, "speakers")
    else:
        raise TypeError(f"sentiment takes an Analysis or a table of its speakers, not a {type(analysis).__name__}")
    shown, more = _rows(speakers, n, min_quotes)
    ax = ax if ax is not None else c.new_axes(7, max(2.6, 0.27 * len(shown) + 1.7))
    unknown = speakers.attrs.get("n_unknown")
    notes = [] if unknown is None else [f"{c.count(unknown, 'quotation')} without a known speaker not shown"]
    if shown.empty:
        return c.nothing(ax, "\n".join([f"no speaker with {c.count(min_quotes, 'quotation')} or more", *notes]))
    y = np.arange(len(shown))
    spread = np.vstack([shown["polarity"] - shown["polarity_low"], shown["polarity_high"] - shown["polarity"]])
    style = {"fmt": "o", "color": "#00664b", "ecolor": "#7cc4ad", "elinewidth": 2.6, "markersize": 5.5}
    ax.axvline(0, color=c.FAINT, linewidth=0.9, zorder=0)
    ax.errorbar(shown["polarity"], y, xerr=np.clip(spread, 0, None), **{**style, **kwargs})
    ax.set_yticks(y, shown["label"], fontsize=9)
    ax.set_ylim(-0.7, len(shown) - 0.3)
    reach = 1.08 * np.nanmax(np.abs(shown[["polarity", "polarity_low", "polarity_high"]].to_numpy()), initial=0.25)
    ax.set_xlim(-reach, reach)  # zero in the middle
    ax.set_axisbelow(True)
    ax.grid(axis="y", color="#eeeeee", linewidth=0.8)
    ax.set_xlabel("←  negative words      mean polarity (TextBlob, −1 to 1)      positive words  →", fontsize=9)
    c.title(ax, "Tone of quotations by speaker", "number of quotations in brackets; lines are 95 % intervals")
    if more:
        notes.append(f"{c.count(more, 'speaker')} more with {c.count(min_quotes, 'quotation')} or more not shown")
    c.footnote(ax, "\n".join(notes))
    c.plain(ax)
    c.fit_fonts(ax)
    return ax


def _rows(speakers: pd.DataFrame, n: int, min_quotes: int) -> tuple[pd.DataFrame, int]:
    """The rows drawn, from below, with their labels; and how many fulfil `min_quotes` but are not among them."""
    enough = speakers[(speakers["n_quotes"] >= min_quotes) & speakers["polarity"].notna()]
    ident = enough["speaker_id"] if "speaker_id" in enough.columns else enough["speaker"]
    names = c.unique_names(pd.DataFrame({"id": ident, "name": enough["speaker"]}))
    enough = enough.assign(name=ident.map(names), order=-enough["n_quotes"]).sort_values(["order", "name"])
    shown = enough.head(n).sort_values(["polarity", "name"], ignore_index=True)
    labels = [f"{c.short(s)} ({q:,})" for s, q in zip(shown["name"], shown["n_quotes"], strict=True)]
    return shown.assign(label=pd.Series(labels, dtype="object")), len(enough) - len(shown)
