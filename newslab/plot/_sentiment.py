"""Tone of what each speaker says, beside the stances that show in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.lines import Line2D

from newslab.checks import at_least, is_analysis
from newslab.edges import at_least_one
from newslab.intervals import balance_of_sample
from newslab.plot import _common as c
from newslab.plurals import how_many

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_COLUMNS = ("speaker", "n_quotes", "polarity", "polarity_low", "polarity_high")
_STANCE = ("stance", "stance_low", "stance_high")
_LEAST = 0.5  # expected articles with a stance, below which none is drawn
_TONE = {"fmt": "o", "color": "#00664b", "ecolor": "#7cc4ad", "label": "tone of the words (TextBlob)"}
_TOWARDS = {"fmt": "D", "color": c.INK, "ecolor": "#b5b5b5", "label": "stance: support against criticism of others"}


def sentiment(
    analysis: Analysis | pd.DataFrame,
    *,
    n: int = 20,
    min_quotes: int = 2,
    stance: bool = True,
    width: float | None = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Tone of each speaker's quotations beside the speaker's stance towards others, with 95 % intervals.

    Parameters
    ----------
    analysis : Analysis or DataFrame
        An analysis, or a table as ``nl.plot.table(analysis, "sentiment")`` or :meth:`newslab.Analysis.speakers` gives.
    n : int, default 20
        Speakers shown: the most quoted.
    min_quotes : int, default 2
        Least number of quotations of a speaker.
    stance : bool, default True
        Draw the stance beside the tone, where the table has it.
    width : float, optional
        Inches of the new figure: 3.3 is a column of a journal, 7 a page. The height follows.
    ax : Axes, optional
        Where to draw; by default a new figure whose height depends on the number of speakers.
    **kwargs
        Passed to :meth:`matplotlib.axes.Axes.errorbar` for the tone.

    Returns
    -------
    Axes
        The speaker of the warmest words on top; the number of quotations stands beside each name, and the number of
        those without a known speaker, which are in no row, below.

    Raises
    ------
    ValueError
        If `n` or `min_quotes` is below 1, or a table lacks a column.
    TypeError
        If an option is neither one of these nor one of matplotlib's, or a value is of another kind.

    See Also
    --------
    table : the numbers drawn.
    network : who criticizes whom, which tone does not tell.

    Notes
    -----
    Polarity is tone, not stance: a warm sentence can attack (Bestvater and Monroe, *Political Analysis* 31, 2023).
    Both run from -1 to 1. Tone is the mean polarity of quotations with its bootstrap interval, as in
    :meth:`newslab.Analysis.speakers`. Stance is (support - criticism) / (support + criticism) in expected articles in
    which the speaker backs or criticizes anybody, with an interval as that of the balance of
    :meth:`newslab.Analysis.edges`; it is left out where fewer than half an article with a stance is expected.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> text = "“A wonderful day,” said Ona Vell. “A fine ship,” Vell added."
    >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), progress=False)
    >>> [label.get_text() for label in nl.plot.sentiment(analysis).get_yticklabels()]
    ['Ona Vell (2)']
    """
    at_least("n", n, 1)
    at_least("min_quotes", min_quotes, 1)
    c.check_room(ax, width)
    kwargs = c.options_of(sentiment, kwargs, Axes.errorbar, Line2D)
    if isinstance(analysis, pd.DataFrame):
        speakers = analysis
        c.need_columns(speakers, _COLUMNS, "speakers")
    else:
        speakers = table(analysis)
    size = c.sizes(ax) if ax is not None else c.sizes_of(width or 7)
    shown, more = _rows(speakers, n, min_quotes, size.name)
    if ax is None:
        around = size.scale * (1.4 if size.small else 1.8)
        ax = c.new_axes(width or 7, max(2.4, 1.1 * size.row * len(shown) + around))
    unknown = speakers.attrs.get("n_unknown")
    notes = [] if not unknown else [f"{how_many(unknown, 'quotation')} without a known speaker not shown"]
    if shown.empty:
        return c.nothing(ax, "\n".join([f"no speaker with {how_many(min_quotes, 'quotation')} or more", *notes]))
    handles = draw(ax, shown, stance=stance, **kwargs)
    if more:
        notes.append(f"{how_many(more, 'speaker')} more with {how_many(min_quotes, 'quotation')} or more not shown")
    notes.append(c.numbered(shown["name"]))
    both = len(handles) > 1
    c.finish(
        ax, "Tone and stance of speakers" if both else "Tone of quotations by speaker",
        "number of quotations in brackets; lines are 95 % intervals",
        xlabel=("←  negative   (from −1 to 1)   positive  →", "←  negative   positive  →")
        if both
        else ("←  negative words   polarity (−1 to 1)   positive words  →", "←  negative   positive  →"),
        foot=notes, handles=handles if both else (),
    )  # fmt: skip
    return ax


def table(analysis: Analysis) -> pd.DataFrame:
    """The numbers of the chart; see ``plot.table``."""
    if not is_analysis(analysis):
        raise TypeError(f"sentiment takes an Analysis or a table of its speakers, not a {type(analysis).__name__}")
    speakers = analysis.speakers()
    p = at_least_one(c.stances_of(analysis), ["source_id", "article_id", "polarity"])
    each = p.set_index(["source_id", "article_id", "polarity"])["p"].unstack(fill_value=0.0)
    each = each.reindex(columns=list(c.POLARITIES), fill_value=0.0)
    by_source = each.groupby(level="source_id", sort=True)
    rows = by_source.sum()
    low, high = balance_of_sample(each["negative"], each["positive"], groups=by_source.ngroup().to_numpy())
    rows = rows.assign(low=low, high=high).reindex(speakers["speaker_id"])
    total = rows["negative"] + rows["positive"]
    rows = rows.assign(stance=(rows["positive"] - rows["negative"]) / total, n=total.fillna(0.0))
    named = {"stance": "stance", "stance_low": "low", "stance_high": "high", "n_stances": "n"}
    return speakers.assign(**{name: rows[column].to_numpy() for name, column in named.items()})


def draw(ax: Axes, shown: pd.DataFrame, *, stance: bool = True, **kwargs: Any) -> list[ErrorbarContainer]:
    """Marks with intervals, one row a speaker."""
    size = c.sizes(ax)
    y = np.arange(len(shown))
    towards = stance and set(_STANCE) <= set(shown.columns) and shown["stance"].notna().any()
    lift = 0.16 if towards else 0.0
    ax.axvline(0, color=c.FAINT, linewidth=0.9, zorder=0)
    ax.set_yticks(y, list(shown["label"]), fontsize=size.text)
    shared = {"elinewidth": 1.4 * size.line, "markersize": 0.85 * size.marker}
    handles = [
        ax.errorbar(shown["polarity"], y + lift, xerr=_spread(shown, "polarity"), **{**_TONE, **shared, **kwargs})
    ]
    drawn = [shown[c_] for c_ in ("polarity", "polarity_low", "polarity_high")]
    if towards:
        known = shown["stance"].where(shown.get("n_stances", pd.Series(np.inf, shown.index)) >= _LEAST)
        style = {**_TOWARDS, "elinewidth": 0.9 * size.line, "markersize": 0.7 * size.marker}
        handles.append(ax.errorbar(known, y - lift, xerr=_spread(shown, "stance"), **style))
        drawn.append(pd.Series([1.0]))
    reach = 1.08 * np.nanmax(np.abs(np.concatenate([np.asarray(d, dtype="float64") for d in drawn])), initial=0.25)
    ax.set_ylim(-0.7, len(shown) - 0.3)
    ax.set_xlim(-reach, reach)  # zero in the middle
    ax.grid(axis="y", color="#eeeeee", linewidth=0.8)
    c.plain(ax)
    return handles


def _spread(rows: pd.DataFrame, name: str) -> np.ndarray:
    spread = np.vstack([rows[name] - rows[f"{name}_low"], rows[f"{name}_high"] - rows[name]])
    return np.clip(spread.astype("float64"), 0, None)


def _rows(speakers: pd.DataFrame, n: int, min_quotes: int, width: int = c.NAME) -> tuple[pd.DataFrame, int]:
    """The rows drawn, from below, with their labels; and how many fulfil `min_quotes` but are not among them."""
    enough = speakers[(speakers["n_quotes"] >= min_quotes) & speakers["polarity"].notna()]
    ident = enough["speaker_id"] if "speaker_id" in enough.columns else enough["speaker"]
    names = c.unique_names(pd.DataFrame({"id": ident, "name": enough["speaker"]}))
    enough = enough.assign(name=ident.map(names), order=-enough["n_quotes"]).sort_values(["order", "name"])
    shown = enough.head(n).sort_values(["polarity", "name"], ignore_index=True)
    names = c.shorts(list(shown["name"]), width)
    labels = [f"{s} ({q:,})" for s, q in zip(names, shown["n_quotes"], strict=True)]
    return shown.assign(label=pd.Series(labels, dtype="object")), len(enough) - len(shown)
