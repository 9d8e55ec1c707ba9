"""The same chart for each outlet, month or party, on the same scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from newslab.checks import at_least, need_analysis, one_of
from newslab.display import LABEL
from newslab.edges import PERIODS
from newslab.plot import _balance, _matrix, _sentiment, _timeline
from newslab.plot import _common as c
from newslab.plurals import how_many

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_FORMAT = {"day": "%d %b %Y", "week": "week of %d %b %Y", "month": "%b %Y", "quarter": "", "year": "%Y"}
_KINDS = ("matrix", "balance", "timeline", "sentiment")
_MOST = 24  # panels of one figure


def multiples_figure(
    analysis: Analysis,
    *,
    by: str = "outlet",
    kind: str = "timeline",
    values: Sequence[Any] | None = None,
    n: int = 8,
    polarity: str | None = None,
    freq: str = "month",
    columns: int | None = None,
    width: float = 7.5,
) -> Figure:
    """The same chart for each outlet, month or party, on one scale and with the same actors: a figure of its own.

    Parameters
    ----------
    analysis : Analysis
    by : str, default "outlet"
        A column of ``articles``; "day", "week", "month", "quarter" or "year"; or a column of ``stances`` that the
        actor table adds: "party", whose panels have what members of each party say, or "target_party".
    kind : {"timeline", "matrix", "balance", "sentiment"}, default "timeline"
        Which chart.
    values : sequence, optional
        The values of `by` that have a panel, in this order. Default all, the largest first or the first in time
        first; 24 at most.
    n : int, default 8
        Actors of each panel: the strongest, or most quoted, of the whole corpus; 2 at least in a matrix.
    polarity : {"negative", "positive"}, optional
        Criticism or support. Default both in a timeline, else criticism.
    freq : {"day", "week", "month", "quarter", "year"}, default "month"
        Steps of a timeline.
    columns : int, optional
        Panels in a row. Default as many as can be read.
    width : float, default 7.5
        Inches of the figure. The height follows.

    Returns
    -------
    Figure
        Not Axes, since the function owns the figure; its panels are ``figure.axes``, each with ``by: value`` as its
        label (``ax.get_label()``). How many articles each rests on stands above it.

    Raises
    ------
    ValueError
        If an option is not possible, or one of `values` is not there (the message names the nearest).

    See Also
    --------
    table : the numbers of one chart; ``analysis.edges(by=…)`` has those of matrices.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> articles = pd.DataFrame({"text": ["Ona Vell attacked Tam Orr.", "Tam Orr attacked Ona Vell."],
    ...                          "outlet": ["Gull", "Tide"]})
    >>> analysis = nl.analyze(articles, progress=False)
    >>> [ax.get_label() for ax in nl.plot.multiples_figure(analysis, by="outlet", kind="balance").axes]
    ['outlet: Gull', 'outlet: Tide']
    """
    need_analysis(analysis, "multiples_figure")
    one_of("kind", kind, _KINDS)
    one_of("polarity", polarity, (None, *c.POLARITIES))
    at_least("n", n, 2 if kind == "matrix" else 1)
    at_least("width", width, 2, whole=False)
    if columns is not None:
        at_least("columns", columns, 1)
    parts, missing = _parts(analysis, by, values)
    panels = {"matrix": _Matrices, "balance": _Balances, "timeline": _Timelines, "sentiment": _Sentiments}[kind]
    chart = panels(analysis, [part for _, part, _ in parts], n, polarity, freq)
    figure = _figure(chart, parts, by, columns, width)
    if not parts or chart.empty:
        ax = figure.axes[0] if figure.axes else figure.add_subplot()
        c.nothing(ax, f"nothing to show by {by}")
        return figure
    heading = f"{chart.heading} by {by.replace('_', ' ')}"
    notes = [f"{chart.note}; all panels have the same scale; number of articles in brackets", missing,
             c.numbered(chart.names)]  # fmt: skip
    size = c.sizes_of(width)
    top = figure.suptitle(
        c.wrap(heading, width * 72, 1.1 * size.title), x=0.01, ha="left", fontsize=size.title,
        fontweight="bold", color=c.INK,
    )  # fmt: skip
    top.set_gid("heading")
    figure.supxlabel(c.wrap("; ".join(filter(None, notes)), width * 72, size.note), x=0.01, ha="left",
                     fontsize=size.note, color=c.FAINT)  # fmt: skip
    return figure


def _parts(analysis: Analysis, by: str, values: Sequence[Any] | None) -> tuple[list[tuple[str, Analysis, int]], str]:
    """Label, analysis and number of articles of each panel; and what is left out, in words."""
    articles = c.originals(analysis)
    period = PERIODS.get(by) if by not in articles.columns else None  # as in analysis.edges
    if period or by in articles.columns:
        key = articles["published"].dt.to_period(period) if period else articles[by]
        sizes = key.value_counts().sort_index()
        missing = how_many(n, "article") if (n := int(key.isna().sum())) else ""

        def part(value: Any) -> Analysis:
            return analysis._of_articles(articles.loc[key == value, "article_id"])

    else:
        column = by if by in analysis.stances.columns else f"source_{by}"
        if column not in analysis.stances.columns:
            if by == "party":
                raise ValueError("no column 'party'; it needs an actor table, see analyze(actors=…)")
            raise c.unknown_name("column", by, [*PERIODS, *articles.columns, *analysis.stances.columns])
        stances = c.stances_of(analysis)
        sizes = stances.groupby(column)["article_id"].nunique()
        missing = f"{how_many(n, 'piece')} of evidence" if (n := int(stances[column].isna().sum())) else ""

        def part(value: Any) -> Analysis:
            tables = {"stances": analysis.stances[analysis.stances[column] == value]}
            said = f"speaker_{column.removeprefix('source_')}"
            if column.startswith("source_") and said in analysis.quotes.columns:
                tables["quotes"] = analysis.quotes[analysis.quotes[said] == value]
            return analysis._with(**tables)

    called = {v: _period(v, by) if period else str(v) for v in sizes.index}
    if not period:
        sizes = sizes.sort_values(ascending=False, kind="stable")
    chosen = list(sizes.index)
    if values is not None:
        by_name = {name: v for v, name in called.items()}
        chosen = []
        for value in [values] if isinstance(values, str) else values:
            asked = _period(pd.Period(value, period), by) if period else str(value)
            if asked not in by_name:
                raise c.unknown_name(by, asked, by_name)
            chosen.append(by_name[asked])
    left = len(chosen) - _MOST
    said = [f"not shown: {missing} with no {by.replace('_', ' ')}" if missing else "",
            f"{left} more not shown" if left > 0 else ""]  # fmt: skip
    return [(called[v], part(v), int(sizes[v])) for v in chosen[:_MOST]], "; ".join(filter(None, said))


def _period(value: pd.Period, by: str) -> str:
    return str(value) if by == "quarter" else value.start_time.strftime(_FORMAT[by]).lstrip("0")


class _Panels:
    """What the panels of one kind share: rows, scale, words."""

    heading = ""
    note = ""
    columns = 4  # panels in a row on a page
    shared_names = True  # names of rows stand at the left panels only
    names: Sequence[str] = ()  # of the rows
    names_below = False  # and of columns, at the lowest panels only
    empty = False

    def height(self, wide: float) -> float:
        """Inches of a panel so wide, without its title."""
        raise NotImplementedError

    def draw(self, ax: Axes, k: int) -> None:
        """One panel."""
        raise NotImplementedError

    def finish(self, figure: Figure, wide: float) -> None:
        """What is drawn when all panels are there."""


class _Matrices(_Panels):
    names_below = True

    def __init__(self, analysis: Analysis, parts: Sequence[Analysis], n: int, polarity: str | None, freq: str) -> None:
        self.polarity = polarity or "negative"
        self.heading = _matrix.TITLES[self.polarity]
        self.note = "rows towards columns; expected numbers of articles"
        whole = _matrix.cells_of(analysis, self.polarity, n, "blocks")
        self.empty = whole.values.empty
        if self.empty:
            return
        name = c.called(c.pairs(analysis))
        self.cells: list[_matrix.Cells] = []
        self.images: list[tuple[Axes, Any]] = []
        for part in parts:
            rows = c.pairs(part)
            rows = rows.assign(**{"from": rows["from_id"].map(name), "to": rows["to_id"].map(name)})
            table = rows.pivot_table(index="from", columns="to", values=self.polarity, aggfunc="sum")
            table = table.reindex(index=whole.values.index, columns=whole.values.columns).fillna(0.0)
            unknown = table * np.nan
            self.cells.append(_matrix.Cells(table, unknown, unknown, blocks=whole.blocks))
        self.top = max([cell.values.to_numpy().max() for cell in self.cells], default=1.0) or 1.0
        self.shape = whole.values.shape
        self.names = list(whole.values.index)

    def height(self, wide: float) -> float:
        return self.shape[0] * min(0.85 * wide / self.shape[1], 0.4)

    def draw(self, ax: Axes, k: int) -> None:
        image = _matrix.draw(ax, self.cells[k], self.polarity, top=self.top, bars=False, upright=True, annotate=False)
        self.images.append((ax, image))
        ax.set_ylabel("")

    def finish(self, figure: Figure, wide: float) -> None:
        """Numbers of one size in all panels, or a colour bar where there is no room for them."""
        axes, image = [ax for ax, _ in self.images], self.images[0][1]
        size = c.sizes(axes[0])
        if wide / self.shape[1] < 0.19:
            _matrix.color_bar(image, axes, size, shrink=0.4, pad=0.02, aspect=40)
            return
        figure.draw_without_rendering()
        wide, tall = c.extent(axes[0])
        for (ax, image), cells in zip(self.images, self.cells, strict=True):
            _matrix._numbers(ax, image, cells, size, wide / self.shape[1], tall / self.shape[0])


class _Balances(_Panels):
    def __init__(self, analysis: Analysis, parts: Sequence[Analysis], n: int, polarity: str | None, freq: str) -> None:
        self.polarity = polarity or "negative"
        gives, takes, what = _balance.WORDS[self.polarity]
        self.heading, self.note = f"{what} given and taken", f"left: {takes}, right: {gives}; expected numbers of " \
            "articles, lines are 95 % intervals"  # fmt: skip
        whole, _ = _balance._shown(_balance.table(analysis, polarity=self.polarity), None, n, "total")
        ids, self.names = list(whole["actor_id"]), list(whole["actor"])
        self.rows = [_balance.table(p, actors=ids, polarity=self.polarity).assign(actor=self.names) for p in parts]
        self.empty = not ids
        ends = [r[["given_high", "taken_high"]].to_numpy() for r in self.rows]
        self.reach = max((float(x.max()) for x in ends if x.size), default=1.0)

    def height(self, wide: float) -> float:
        return c.sizes_of(wide).scale * (0.17 * len(self.rows[0]) + 0.25)

    def draw(self, ax: Axes, k: int) -> None:
        _balance.draw(ax, self.rows[k], self.polarity, reach=self.reach)


class _Timelines(_Panels):
    shared_names = False
    columns = 3

    def __init__(self, analysis: Analysis, parts: Sequence[Analysis], n: int, polarity: str | None, freq: str) -> None:
        self.kinds = c.POLARITIES if polarity is None else (polarity,)
        tables = [_timeline.table(p, freq=freq) for p in (analysis, *parts)]
        self.freq = tables[0].attrs["freq"]
        self.whole, self.rows = (tables[0], [t[t["polarity"].isin(self.kinds)] for t in tables[1:]])
        words = {"negative": "criticism (solid)", "positive": "support (dashed)"}
        self.heading = " and ".join(LABEL[k] for k in self.kinds).capitalize()
        self.note = (
            f"{' and '.join(words[k] for k in self.kinds)}: expected numbers of articles a {self.freq}, bands are 95 % "
            "intervals"
        )
        self.empty = self.whole.empty or not any(len(r) for r in self.rows)
        self.top = max((float(np.nanmax(r[["count", "high"]].to_numpy())) for r in self.rows if len(r)), default=1.0)

    def height(self, wide: float) -> float:
        return max(0.42 * wide, 0.8)

    def draw(self, ax: Axes, k: int) -> None:
        if self.rows[k].empty:
            c.nothing(ax, "none with a date" if self.rows[k].attrs.get("n_undated") else "none found")
            return
        times = self.whole[["time", "polarity"]].merge(self.rows[k], how="left", on=["time", "polarity"])
        times = times[times["polarity"].isin(self.kinds)].fillna({"count": 0.0})
        _timeline.draw(ax, times, self.kinds, self.freq)
        ax.set_ylim(0, 1.05 * self.top)


class _Sentiments(_Panels):
    def __init__(self, analysis: Analysis, parts: Sequence[Analysis], n: int, polarity: str | None, freq: str) -> None:
        self.heading = "Tone and stance of speakers"
        self.note = "round: tone of words (TextBlob), diamond: stance towards others; lines are 95 % intervals"
        shown, _ = _sentiment._rows(_sentiment.table(analysis), n, 1, 22)
        self.empty = shown.empty
        self.rows = []
        for part in parts:
            rows = _sentiment.table(part).set_index("speaker_id").reindex(shown["speaker_id"]).reset_index()
            self.rows.append(rows.assign(label=c.shorts(list(shown["name"]), 22)))
        self.names = list(shown["name"])

    def height(self, wide: float) -> float:
        return c.sizes_of(wide).scale * (0.2 * len(self.rows[0]) + 0.25)

    def draw(self, ax: Axes, k: int) -> None:
        _sentiment.draw(ax, self.rows[k])
        ax.set_xlim(-1.05, 1.05)


def _figure(
    chart: _Panels, parts: Sequence[tuple[str, Analysis, int]], by: str, columns: int | None, width: float
) -> Figure:
    """The grid of panels, drawn."""
    if chart.empty or not parts:
        return plt.figure(figsize=(width, 2.4), layout="constrained")
    longest = max((len(c.short(x, 22)) for x in chart.names), default=0)
    scale = c.sizes_of(1).scale  # of small panels
    names = 0.55 * 7 / 72 * scale * longest if chart.shared_names else 0.0
    room = width - names
    if columns is None:
        most = max(1, min(len(parts), chart.columns, int(room / 1.3)))
        columns = -(-len(parts) // -(-len(parts) // most))  # rows as equal as can be
    columns = min(columns, len(parts))
    rows = -(-len(parts) // columns)
    wide = room / columns - 0.25
    below = names * 0.8 if chart.names_below else 0.0
    height = rows * (chart.height(wide) + 0.42 * scale) + below + 0.85 * scale
    figure = plt.figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False)
    titles = c.shorts([str(label) for label, *_ in parts], 24)
    for k, ax in enumerate(axes.flat):
        if k >= len(parts):
            ax.remove()
            continue
        label, _, n_articles = parts[k]
        ax.set_label(f"{by}: {label}")
        chart.draw(ax, k)
        size = c.sizes(ax)
        ax.set_title(f"{titles[k]} ({n_articles:,})", loc="left", fontsize=size.text + 0.5, color=c.INK, pad=4)
        if chart.shared_names and k % columns:
            ax.tick_params(axis="y", labelleft=False)
        if chart.names_below and k + columns < len(parts):
            ax.tick_params(axis="x", labelbottom=False)
        c.fit_fonts(ax)
    chart.finish(figure, wide)
    return figure
