"""Outlet against outlet."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from newslab.checks import at_least, need_analysis, one_of
from newslab.display import LABEL, left_to_right
from newslab.edges import at_least_one
from newslab.plot import _common as c
from newslab.plurals import how_many

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_COLUMNS = ("label", "outlet", "rate", "low", "high", "n_articles")
_SHOW = ("pair", "target", "source")
TITLES = {
    ("pair", "negative"): "Who criticizes whom, by outlet",
    ("target", "negative"): "Who is criticized, by outlet",
    ("source", "negative"): "Who criticizes, by outlet",
    ("pair", "positive"): "Who backs whom, by outlet",
    ("target", "positive"): "Who is backed, by outlet",
    ("source", "positive"): "Who backs others, by outlet",
}


def outlets(
    analysis: Analysis | pd.DataFrame,
    *,
    show: str = "pair",
    targets: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    n: int = 10,
    polarity: str = "negative",
    interval: str = "sample",
    width: float | None = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Who is shown criticizing whom in each outlet, per 100 of its articles, with 95 % intervals.

    Parameters
    ----------
    analysis : Analysis or DataFrame
        An analysis, or a table as ``nl.plot.table(analysis, "outlets")`` gives.
    show : {"pair", "target", "source"}, default "pair"
        What a row is: who criticizes whom, who is criticized, or who criticizes.
    targets : sequence of str, optional
        Actors to show who are criticized, from top to bottom; `show` "pair" has everybody's criticism of them.
        Default the `n` rows with most.
    names : sequence of str, optional
        Outlets to compare, seven at most. Default the seven with the most articles.
    n : int, default 10
        Number of rows.
    polarity : {"negative", "positive"}, default "negative"
        Criticism or support.
    interval : {"sample", "corpus"}, default "sample"
        What the intervals cover. "sample": the rate to be expected of so many articles like these, which tells
        whether outlets differ by more than chance. "corpus": the true rate in these very articles.
    width : float, optional
        Inches of the new figure: 3.3 is a column of a journal, 7 a page. The height follows.
    ax : Axes, optional
        Where to draw; by default a new figure whose height depends on the number of rows and outlets.
    **kwargs
        Passed to :meth:`matplotlib.axes.Axes.plot` for the marks.

    Returns
    -------
    Axes
        One row an actor or pair, one mark an outlet. Syndicated copies are not counted.

    Raises
    ------
    ValueError
        If an option is not possible, an actor or an outlet is not there (the message names the nearest), or several
        actors have a name.
    TypeError
        If an option is neither one of these nor one of matplotlib's, or a value is of another kind.

    See Also
    --------
    table : the numbers drawn.
    multiples_figure : a whole chart for each outlet.

    Notes
    -----
    An article counts once for a row, with probability 1 - prod(1 - p) of its stances. Intervals are made as in
    :meth:`newslab.Analysis.edges`, and have an upper end also where an outlet shows nothing. What outlets report also
    depends on what they cover.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> articles = pd.DataFrame({"text": ["Ona Vell attacked Tam Orr.", "Rain fell."], "outlet": ["Gull", "Tide"]})
    >>> ax = nl.plot.outlets(nl.analyze(articles, progress=False))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['Gull (1 article)', 'Tide (1 article)']
    """
    c.check_room(ax, width)
    kwargs = c.options_of(outlets, kwargs, Axes.plot, Line2D)
    rates, show, polarity = rates_of(
        analysis, show=show, targets=targets, names=names, n=n, polarity=polarity, interval=interval
    )
    size = c.sizes(ax) if ax is not None else c.sizes_of(width or 7.5)
    labels, shown = list(dict.fromkeys(rates["label"])), list(dict.fromkeys(rates["outlet"]))
    if ax is None:
        row = max(size.row, 0.3 * size.row * (len(shown) + 0.8)) * (1.25 if show == "pair" and size.small else 1)
        ax = c.new_axes(width or 7.5, max(2.6, row * len(labels) + size.scale * (1.5 if size.small else 1.9)))
    if not labels or not rates["rate"].any():
        return c.nothing(ax, f"no {LABEL[polarity]} found in articles with an outlet")
    handles = draw(ax, rates, **kwargs)
    missing, more = rates.attrs.get("n_without", 0), rates.attrs.get("n_more", 0)
    notes = [f"{how_many(missing, 'article')} without an outlet not shown"] if missing else []
    notes += [f"{how_many(more, 'outlet')} more not shown"] if more else []
    notes += [c.numbered(labels)]
    c.finish(
        ax, TITLES[show, polarity], "lines are 95 % intervals", handles=handles, foot=notes,
        xlabel=("articles that show it, per 100 of the outlet (expected)", "per 100 articles of the outlet"),
    )  # fmt: skip
    return ax


def rates_of(
    analysis: Analysis | pd.DataFrame,
    *,
    show: str,
    targets: Sequence[str] | None,
    names: Sequence[str] | None,
    n: int,
    polarity: str,
    interval: str,
) -> tuple[pd.DataFrame, str, str]:
    """What is drawn of an analysis or a table of rates: its rows, what a row is, and the polarity."""
    one_of("show", show, _SHOW)
    one_of("polarity", polarity, c.POLARITIES)
    at_least("n", n, 1)
    if isinstance(analysis, pd.DataFrame):
        c.need_columns(analysis, _COLUMNS, "outlets", ["label", "outlet"])
        return analysis, analysis.attrs.get("show", show), analysis.attrs.get("polarity", polarity)
    rates = table(analysis, show=show, targets=targets, names=names, n=n, polarity=polarity, interval=interval)
    return rates, show, polarity


def table(
    analysis: Analysis,
    *,
    show: str = "pair",
    targets: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    n: int = 10,
    polarity: str = "negative",
    interval: str = "sample",
) -> pd.DataFrame:
    """The numbers of the chart; see ``plot.table``."""
    need_analysis(analysis, "outlets")
    one_of("show", show, _SHOW)
    one_of("polarity", polarity, c.POLARITIES)
    one_of("interval", interval, ("sample", "corpus"))
    originals = c.originals(analysis)
    articles = originals.groupby("outlet").size().sort_values(ascending=False, kind="stable")
    for name in names or ():
        if name not in articles.index:
            raise c.unknown_name("outlet", name, articles.index)
    if names is not None and len(names) > len(c.MARKERS):
        raise ValueError(f"names has {len(names)} outlets; {len(c.MARKERS)} at most can be told apart")
    shown = list(dict.fromkeys(names)) if names is not None else list(articles.index[: len(c.MARKERS)])
    rows, order = _labelled(analysis, originals, polarity, show, targets)
    rows = rows[rows["outlet"].isin(shown)]
    found = at_least_one(rows, ["label", "outlet", "article_id"])
    sums = found.groupby(["label", "outlet"])["p"].sum().unstack(fill_value=0.0).reindex(columns=shown, fill_value=0.0)
    if order is None:  # the largest sums of rates, whatever the size of outlets
        total = (sums / articles.reindex(shown)).sum(axis=1)
        ranked = pd.DataFrame({"label": total.index, "total": -total.round(9).to_numpy()})
        order = list(ranked[ranked["total"] < 0].sort_values(["total", "label"])["label"])[:n]
    number = c.counter(found, ["label", "outlet"], interval)
    out = []
    for label, outlet in product(order, shown):
        size = int(articles[outlet])
        out.append((label, outlet, *(100 * x / size for x in number((label, outlet), size)), size))
    frame = pd.DataFrame(out, columns=list(_COLUMNS)).astype(
        {"label": "str", "outlet": "str", "rate": "float64", "low": "float64", "high": "float64", "n_articles": "int64"}
    )
    frame.attrs = {"show": show, "polarity": polarity, "interval": interval, "n_more": len(articles) - len(shown),
                   "n_without": int(originals["outlet"].isna().sum())}  # fmt: skip
    return frame


def _labelled(
    analysis: Analysis, originals: pd.DataFrame, polarity: str, show: str, targets: Sequence[str] | None
) -> tuple[pd.DataFrame, list[str] | None]:
    """Stances of articles that count, with the label of their row and their outlet; and the order, if it is given."""
    rows = analysis.stances[analysis.stances["polarity"] == polarity]
    rows = rows.merge(originals[["article_id", "outlet"]], on="article_id").dropna(subset="outlet")
    order = None
    asked = c.actor_ids(analysis, targets) or {}
    if targets is not None:
        order = list(asked.values())
        rows = rows[rows["target_id"].isin(asked)]
    name = {**c.names_of(analysis, {*rows["source_id"], *rows["target_id"]}), **asked}
    source, target = rows["source_id"].map(name).astype("object"), rows["target_id"].map(name).astype("object")
    label = {"pair": source + " → " + target, "target": target, "source": source}[show]
    return rows.assign(label=label), order if show == "target" else None


def draw(ax: Axes, rates: pd.DataFrame, *, reach: float | None = None, **kwargs: Any) -> list[Line2D]:
    """Marks with intervals, a row a label; the marks for a legend."""
    size = c.sizes(ax)
    labels, shown = list(dict.fromkeys(rates["label"])), list(dict.fromkeys(rates["outlet"]))
    y = dict(zip(labels, np.arange(len(labels))[::-1], strict=True))
    lift = np.linspace(0.33, -0.33, len(shown)) if len(shown) > 1 else np.zeros(1)
    handles = []
    for k, (outlet, called) in enumerate(zip(shown, c.shorts(shown, size.name), strict=True)):
        rows = rates[rates["outlet"] == outlet]
        at = rows["label"].map(y).to_numpy() + lift[k]
        color = kwargs.get("color", c.SERIES[k])
        ax.hlines(at, rows["low"], rows["high"], color=color, alpha=0.45, linewidth=0.9 * size.line, zorder=2)
        n = how_many(int(rows["n_articles"].iloc[0]), "article")
        style = {"marker": c.MARKERS[k], "linestyle": "none", "color": color, "markersize": 0.95 * size.marker,
                 "zorder": 3, "markeredgecolor": "white", "markeredgewidth": 0.5, "clip_on": False,
                 "label": f"{called} ({n})"}  # fmt: skip
        handles += ax.plot(rows["rate"], at, **{**style, **kwargs})
    ax.set_yticks(list(y.values()), _row_names(labels, size), fontsize=size.text)
    ax.tick_params(axis="y", pad=7)  # names stay clear of the marks at zero
    ax.set_ylim(-0.6, len(labels) - 0.4)
    highest = np.nanmax(rates[["rate", "high"]].to_numpy())
    ax.set_xlim(0, reach or 1.04 * highest)
    for k in range(1, len(labels)):
        ax.axhline(k - 0.5, color="#eeeeee", linewidth=0.8, zorder=0)
    ax.grid(axis="x", color="#eeeeee", linewidth=0.8)
    c.plain(ax)
    return handles


def _row_names(labels: Sequence[str], size: c.Sizes) -> list[str]:
    """Names, or pairs of names, in two lines where there is little room."""
    parts = [label.split(" → ") for label in labels]
    width = size.name if size.small or max(map(len, parts), default=1) == 1 else 20
    names = list(dict.fromkeys(name for pair in parts for name in pair))
    called = dict(zip(names, c.shorts(names, width), strict=True))
    return [left_to_right("\n→ " if size.small else " → ", [called[name] for name in pair]) for pair in parts]
