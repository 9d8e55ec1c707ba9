"""Criticism given and taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from newslab.checks import at_least, need_analysis, one_of
from newslab.display import COLOR, LABEL
from newslab.edges import at_least_one
from newslab.plot import _common as c
from newslab.plurals import how_many

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_COLUMNS = ("actor", "given", "given_low", "given_high", "taken", "taken_low", "taken_high")
WORDS = {"negative": ("criticizes", "is criticized", "Criticism"), "positive": ("backs", "is backed", "Support")}
PALE = {"negative": "#f3bf98", "positive": "#a6cbe3"}


def balance(
    analysis: Analysis | pd.DataFrame,
    *,
    actors: Sequence[str] | None = None,
    n: int = 15,
    polarity: str | None = None,
    order: str = "total",
    interval: str = "sample",
    width: float | None = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Criticism that each actor gives and takes, in expected numbers of articles with 95 % intervals.

    Parameters
    ----------
    analysis : Analysis or DataFrame
        An analysis, or a table as ``nl.plot.table(analysis, "balance")`` gives.
    actors : sequence of str, optional
        Actors to show, from top to bottom (names, aliases or ids). Default the `n` with most criticism.
    n : int, default 15
        Number of actors, where `actors` is not given.
    polarity : {"negative", "positive"}, optional
        Criticism or support. Default criticism, or what the table holds.
    order : {"total", "given", "taken", "net"}, default "total"
        Who stands on top: who gives and takes most, gives most, takes most, or gives most beyond what it takes.
    interval : {"sample", "corpus"}, default "sample"
        What the intervals cover. "sample": the number to be expected of so many articles like these. "corpus": the
        true number in these very articles.
    width : float, optional
        Inches of the new figure: 3.3 is a column of a journal, 7 a page. The height follows.
    ax : Axes, optional
        Where to draw; by default a new figure whose height depends on the number of actors.
    **kwargs
        Passed to :meth:`matplotlib.axes.Axes.barh`.

    Returns
    -------
    Axes
        Bars to the right are what an actor gives, bars to the left what it takes.

    Raises
    ------
    ValueError
        If an option is not possible, an actor is not there (the message names the nearest), several have its name, or a
        table lacks a column.
    TypeError
        If an option is neither one of these nor one of matplotlib's, or a value is of another kind.

    See Also
    --------
    table : the numbers drawn.
    matrix : who gives it to whom.

    Notes
    -----
    An article counts once for an actor and side, with probability 1 - prod(1 - p) of its stances. Intervals are made as
    in :meth:`newslab.Analysis.edges`. Syndicated copies are not counted.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> analysis = nl.analyze(pd.DataFrame({"text": ["Ona Vell attacked Tam Orr."]}), progress=False)
    >>> ax = nl.plot.balance(analysis)
    >>> sorted(label.get_text() for label in ax.get_yticklabels())
    ['Ona Vell', 'Tam Orr']
    """
    c.check_room(ax, width)
    kwargs = c.options_of(balance, kwargs, Axes.barh, Rectangle)
    shown, more, kind = rows_of(analysis, actors=actors, n=n, polarity=polarity, order=order, interval=interval)
    size = c.sizes(ax) if ax is not None else c.sizes_of(width or 7)
    if ax is None:
        ax = c.new_axes(width or 7, max(2.2, size.row * len(shown) + size.scale * (1.2 if size.small else 1.5)))
    if shown.empty or not shown[["given", "taken"]].to_numpy().any():
        return c.nothing(ax, f"no {LABEL[kind]} found")
    handles = draw(ax, shown, kind, **kwargs)
    gives, takes, what = WORDS[kind]
    notes = [f"{how_many(more, 'more actor')} with {LABEL[kind]} not shown" if more else "", c.numbered(shown["actor"])]
    c.finish(
        ax, f"{what} given and taken",
        f"expected number of articles{c.of_articles(analysis)}; lines are 95 % intervals",
        xlabel=(f"←  {takes}      articles      {gives}  →", f"←  {takes}    {gives}  →", "←  taken   given  →"),
        handles=handles, foot=notes,
    )  # fmt: skip
    return ax


def rows_of(
    analysis: Analysis | pd.DataFrame,
    *,
    actors: Sequence[str] | None,
    n: int,
    polarity: str | None,
    order: str,
    interval: str,
) -> tuple[pd.DataFrame, int, str]:
    """What is drawn of an analysis or a table: rows from the top, how many more there are, and the polarity."""
    at_least("n", n, 1)
    one_of("order", order, ("total", "given", "taken", "net"))
    one_of("polarity", polarity, (None, *c.POLARITIES))
    if isinstance(analysis, pd.DataFrame):
        c.need_columns(analysis, _COLUMNS, "criticism given and taken", ["actor"])
        rows = analysis
        kind = polarity or rows.attrs.get("polarity", "negative")
    else:
        kind = polarity or "negative"
        rows = table(analysis, actors=actors, polarity=kind, interval=interval)
    return *_shown(rows, actors, n, order), kind


def table(
    analysis: Analysis,
    *,
    actors: Sequence[str] | None = None,
    polarity: str = "negative",
    interval: str = "sample",
) -> pd.DataFrame:
    """The numbers of the chart; see ``plot.table``."""
    need_analysis(analysis, "balance")
    one_of("polarity", polarity, c.POLARITIES)
    one_of("interval", interval, ("sample", "corpus"))
    n = len(c.originals(analysis))
    rows = c.stances_of(analysis, polarity)
    given, taken = (
        c.counter(at_least_one(rows, [end, "article_id"]), end, interval) for end in ("source_id", "target_id")
    )
    wanted = c.actor_ids(analysis, actors)
    ids = sorted({*rows["source_id"], *rows["target_id"]}) if wanted is None else list(wanted)
    names = c.names_of(analysis, ids)
    out = [(names.get(i, i), i, *given(i, n), *taken(i, n)) for i in ids]
    columns = ["actor", "actor_id", *_COLUMNS[1:]]
    frame = pd.DataFrame(out, columns=columns).astype({"actor": "str", "actor_id": "str"})
    frame = frame.astype(dict.fromkeys(_COLUMNS[1:], "float64"))
    if wanted is None:
        frame = _largest_first(frame, frame["given"] + frame["taken"]).reset_index(drop=True)
    frame.attrs = {"polarity": polarity, "interval": interval, "n_articles": n}
    return frame


def _shown(rows: pd.DataFrame, actors: Sequence[str] | None, n: int, order: str) -> tuple[pd.DataFrame, int]:
    """The rows drawn, from the top, and how many more there are."""
    if actors is not None:
        if "actor_id" in rows.columns and rows.attrs.get("n_articles") is not None:
            return rows, 0
        given = [actors] if isinstance(actors, str) else list(actors)
        for name in given:
            if name not in set(rows["actor"]):
                raise c.unknown_name("actor", name, rows["actor"])
        return rows.set_index("actor").loc[given].reset_index(), 0
    total = rows["given"] + rows["taken"]
    rows = rows[total > 0]
    shown = _largest_first(rows, total).head(n)
    key = {"total": total, "given": rows["given"], "taken": rows["taken"], "net": rows["given"] - rows["taken"]}[order]
    return _largest_first(shown, key).reset_index(drop=True), len(rows) - len(shown)


def _largest_first(rows: pd.DataFrame, key: pd.Series) -> pd.DataFrame:
    """Rows by a number, equal ones by name."""
    return rows.assign(key=-key.round(9)).sort_values(["key", "actor"]).drop(columns="key")


def draw(ax: Axes, shown: pd.DataFrame, polarity: str, *, reach: float | None = None, **kwargs: Any) -> list[Patch]:
    """Bars to both sides of zero with their intervals; what a legend needs."""
    size = c.sizes(ax)
    gives, takes, _ = WORDS[polarity]
    y = np.arange(len(shown))[::-1]
    reach = 1.06 * (reach or float(np.nanmax(shown[["given", "given_high", "taken", "taken_high"]].to_numpy())))
    ax.set_yticks(y, c.shorts(list(shown["actor"]), size.name), fontsize=size.text)
    for side, sign, color in (("given", 1, COLOR[polarity]), ("taken", -1, PALE[polarity])):
        style = {"height": 0.62, "color": color, "edgecolor": COLOR[polarity], "linewidth": 0.6}
        ax.barh(y, sign * shown[side], **{**style, **kwargs})
        ax.hlines(y, sign * shown[f"{side}_low"], sign * shown[f"{side}_high"], color=c.INK, linewidth=0.7 * size.line)
    ax.axvline(0, color=c.INK, linewidth=0.9)
    ax.set_xlim(-reach, reach)
    ax.set_ylim(-0.7, len(shown) - 0.3)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=5 if size.small else 8, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):g}"))
    ax.grid(axis="x", color="#eeeeee", linewidth=0.8)
    c.plain(ax)
    return [Patch(facecolor=PALE[polarity], edgecolor=COLOR[polarity], label=takes),
            Patch(facecolor=COLOR[polarity], edgecolor=COLOR[polarity], label=gives)]  # fmt: skip
