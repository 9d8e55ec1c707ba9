"""The matrix of who criticizes whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from newslab.checks import at_least, is_analysis, one_of
from newslab.display import LABEL
from newslab.edges import at_least_one
from newslab.intervals import of_sample
from newslab.plot import _common as c
from newslab.plurals import how_many, number, span

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_ORANGE, _BLUE = ("#f9ddc6", "#ee9a5a", c.CRITICISM, "#7d3700"), ("#cfe4f1", "#66aad3", c.SUPPORT, "#003b5c")
MAPS = {
    "negative": LinearSegmentedColormap.from_list("newslab_criticism", _ORANGE),
    "positive": LinearSegmentedColormap.from_list("newslab_support", _BLUE),
    "net": LinearSegmentedColormap.from_list("newslab_net", [*_ORANGE[::-1], "#f5f5f5", *_BLUE]),
}


@dataclass
class Cells:
    """What is drawn: sources by targets, with intervals where they are known, and the sizes of the blocks."""

    values: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame
    totals: dict[str, pd.DataFrame] = field(default_factory=dict)  # "row", "column": ``low`` and ``high`` by name
    blocks: dict[str, int] = field(default_factory=dict)  # number of the block of each actor
    more: int = 0  # actors with such an edge for whom there was no room


def matrix(
    analysis: Analysis | pd.DataFrame,
    *,
    polarity: str = "negative",
    n: int | None = None,
    order: str | Sequence[str] = "blocks",
    annotate: bool | None = None,
    cmap: str | Colormap | None = None,
    width: float | None = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Who criticizes (rows) whom (columns), as a matrix of expected numbers of articles.

    Parameters
    ----------
    analysis : Analysis or DataFrame
        An analysis, or a table as :meth:`newslab.Analysis.edges` gives.
    polarity : {"negative", "positive", "net"}, default "negative"
        Criticism, support, or support minus criticism, on a map centred on zero.
    n : int, optional
        Actors shown, 2 at least: those with the largest sums of what they give and take who have to do with each
        other. Default 15, or fewer on a narrow chart. How many more there are is said below.
    order : {"blocks", "total"} or sequence of str, default "blocks"
        "blocks": actors who attack the same and are attacked by the same stand together, and lines part the blocks
        where there are any. "total": rows by what they give, columns by what they take, the largest first. Both
        leave out empty rows and columns. A list of names (of an analysis also aliases or ids): these actors, in this
        order, on both sides; `n` is then not used.
    annotate : bool, optional
        Write the numbers into the cells, with their 95 % intervals where cells are large enough. Default where they
        can be read; without them there is a colour bar.
    cmap : str or Colormap, optional
        Another colour map.
    width : float, optional
        Inches of the new figure: 3.3 is a column of a journal, 7 a page. The height follows. Default by the number of
        actors.
    ax : Axes, optional
        Where to draw; by default a new figure.
    **kwargs
        Passed to :meth:`matplotlib.axes.Axes.imshow`.

    Returns
    -------
    Axes
        Cells with nothing are blank, and those of an actor towards itself grey. Bars at the right and at the top are
        the sums of the cells shown, with 95 % intervals where the analysis was given.

    Raises
    ------
    ValueError
        If `polarity` or `order` is not possible, if a name in `order` has no edge (the message names the nearest) or is
        that of several actors, or if a table lacks a column.
    TypeError
        If an option is neither one of these nor one of matplotlib's, or a value is of another kind.

    See Also
    --------
    newslab.Analysis.edges : the numbers, with intervals.
    network : the same as arrows.

    Notes
    -----
    "blocks" orders by hierarchical clustering (average linkage, cosine distance, optimal leaf order) of what each
    actor gives and takes, square roots of it, so that one strong pair does not decide. The tree is cut where the mean
    silhouette is largest, and lines are drawn if it is above 0.25, below which there is no structure to speak of
    (Kaufman and Rousseeuw, *Finding Groups in Data*, 1990).

    Intervals are those of :meth:`newslab.Analysis.edges`.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> text = "Ona Vell attacked Tam Orr. Tam Orr accused Ona Vell of lying."
    >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="rules", progress=False)
    >>> ax = nl.plot.matrix(analysis)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Ona Vell', 'Tam Orr']
    """
    one_of("polarity", polarity, ("negative", "positive", "net"))
    if n is not None:
        at_least("n", n, 2)  # an edge has two ends
    c.check_room(ax, width)
    kwargs = c.options_of(matrix, kwargs, Axes.imshow, AxesImage)
    inches = width if ax is None else c.inches(ax)
    size = c.sizes(ax) if ax is not None else c.sizes_of(width or 7)
    if n is None:
        label = 0.55 * size.text * size.name * 0.8
        n = 15 if inches is None else int(np.clip((inches * 72 - label - _MARGIN) / _LEAST, 5, 15))
    cells = cells_of(analysis, polarity, n, order)
    rows, columns = cells.values.index, cells.values.columns
    if ax is None:
        ax = c.new_axes(*_extent(cells.values, width, size))
    if not (len(rows) and cells.values.to_numpy().any()):
        return c.nothing(ax, f"no {_WHAT[polarity]} found")
    draw(ax, cells, polarity, annotate=annotate, cmap=cmap, **kwargs)
    c.finish(
        ax, TITLES[polarity], f"expected number of articles{c.of_articles(analysis)}" + _about_intervals(ax, cells),
        xlabel=f"→  {SIDES[polarity][1]}", foot=[left_out(cells, polarity), c.numbered([*rows, *columns])],
    )  # fmt: skip
    return ax


def left_out(cells: Cells, polarity: str) -> str:
    """How many actors are not shown, in words; empty if there are none."""
    return f"{how_many(cells.more, 'more actor')} with {_WHAT[polarity]} not shown" if cells.more else ""


_MARGIN = 46.0  # points of the bars at the right, with their numbers
_OVER = 40.0  # points of the bars at the top
_LEAST = 10.5  # points of a cell, at least
_WHAT = {**LABEL, "net": "criticism or support"}
TITLES = {"negative": "Who criticizes whom", "positive": "Who backs whom", "net": "Support minus criticism"}
SIDES = {
    "negative": ("who criticizes", "who is criticized"),
    "positive": ("who backs", "who is backed"),
    "net": ("who speaks or acts", "towards whom"),
}


def _extent(values: pd.DataFrame, width: float | None, size: c.Sizes) -> tuple[float, float]:
    """Inches of a new figure."""
    rows, columns = values.shape
    em = 0.55 * size.text / 72
    left = em * max((len(c.short(name, size.name)) for name in values.index), default=0) + 0.35
    below = em * max((len(c.short(name, size.name)) for name in values.columns), default=0)
    if width is None:
        width = max(4.8, 0.46 * columns + left + 0.9)
    cell = max((width - left - 0.8) / max(columns, 1), 0.1)
    tall = min(max(0.78 * cell, size.scale * (0.17 if size.small else 0.3)), 0.42 * size.scale)
    slant = 1.0 if cell * 72 < 1.9 * size.text else 0.75
    return width, max(2.4, tall * (rows + 2) + 0.1 + slant * below + 0.95 * size.scale)


def cells_of(data: Analysis | pd.DataFrame, polarity: str, n: int, order: str | Sequence[str]) -> Cells:
    """The numbers that are drawn."""
    if isinstance(order, str):
        one_of("order", order, ("total", "blocks"))
    edges = c.pairs(data)
    net = polarity == "net"
    edges["value"] = edges["positive"] - edges["negative"] if net else edges[polarity]
    edges["size"] = edges["positive"] + edges["negative"] if net else edges[polarity]
    asked = None if isinstance(order, str) else _asked(data, edges, order)
    edges = edges[edges["size"] > 0]
    kept = c.strongest(edges, edges["size"], n) if asked is None else asked
    more = len({*edges["from"], *edges["to"]}) - len(kept) if asked is None else 0
    edges = edges[edges["from"].isin(kept) & edges["to"].isin(kept)]
    if edges.empty:
        return Cells(pd.DataFrame(), pd.DataFrame(), pd.DataFrame())
    rows, columns, blocks = _ordered(edges, order) if asked is None else (asked, asked, {})

    def table(values: str) -> pd.DataFrame:
        return edges.pivot(index="from", columns="to", values=values).reindex(index=rows, columns=columns)

    low, high = (table("value") * np.nan if net else table(f"{polarity}_{side}") for side in ("low", "high"))
    return Cells(table("value").fillna(0.0), low, high, _totals(data, edges, polarity), blocks, more)


def _ordered(edges: pd.DataFrame, order: str) -> tuple[list[str], list[str], dict[str, int]]:
    """Rows and columns by their sums, or by blocks; and the block of each actor."""
    sizes = edges.pivot(index="from", columns="to", values="size").fillna(0.0)
    if order == "total":
        rows, columns = (
            list(sizes.sum(axis=axis).round(9).sort_values(ascending=False, kind="stable").index) for axis in (1, 0)
        )
        return rows, columns, {}
    actors = sorted({*sizes.index, *sizes.columns})
    blocks = _blocks(sizes.reindex(index=actors, columns=actors, fill_value=0.0))
    return [a for a in blocks if a in sizes.index], [a for a in blocks if a in sizes.columns], blocks


def _asked(data: Analysis | pd.DataFrame, edges: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """The actors whom one asks for, as they are called in the chart."""
    called = c.called(edges)
    shown = set(called.values())
    if is_analysis(data):  # which knows aliases and ids as well
        ids = {name: i for i, name in (c.actor_ids(data, [n for n in names if n not in shown]) or {}).items()}
        names = [called.get(ids.get(name), name) for name in names]
    for name in names:
        if name not in shown:
            raise c.unknown_name("actor with an edge", name, shown)
    return list(dict.fromkeys(names))


def _totals(data: Analysis | pd.DataFrame, edges: pd.DataFrame, polarity: str) -> dict[str, pd.DataFrame]:
    """Intervals of the sums of rows and columns; of a table there are none."""
    if not is_analysis(data) or polarity == "net":
        return {}
    rows = at_least_one(c.stances_of(data, polarity), ["source_id", "target_id", "article_id"])
    rows = rows.merge(edges[["from", "to", "from_id", "to_id"]], left_on=["source_id", "target_id"],
                      right_on=["from_id", "to_id"])  # fmt: skip
    n = len(c.originals(data))
    return {side: _sums(rows, end, n) for side, end in (("row", "from"), ("column", "to"))}


def _sums(rows: pd.DataFrame, end: str, n: int) -> pd.DataFrame:
    """95 % intervals ``low`` and ``high`` of the sums of ``p`` by `end`, over `n` articles like these."""
    each = rows.groupby([end, "article_id"])["p"].sum()
    parts = each.groupby(level=end)
    most = np.maximum(parts.max(), 1.0)
    low, high = of_sample(parts.sum(), (each**2).groupby(level=end).sum(), n, most=most)
    return pd.DataFrame({"low": low, "high": high}, index=most.index)


def _blocks(table: pd.DataFrame) -> dict[str, int]:
    """Actors in an order in which those of one side stand together, each with the number of its block."""
    from scipy.cluster.hierarchy import fcluster, leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import pdist, squareform

    if len(table) < 3:
        return dict.fromkeys(table.index, 0)
    profile = np.sqrt(np.hstack([table.to_numpy(), table.to_numpy().T]))
    distance = np.nan_to_num(pdist(profile, "cosine"), nan=1.0).clip(min=0)  # an actor without numbers is far from all
    tree = linkage(distance, "average")
    tree = optimal_leaf_ordering(tree, distance)
    square = squareform(distance)
    cuts = [fcluster(tree, k, "maxclust") for k in range(2, min(7, len(table)))]
    score, best = max(((_silhouette(square, cut), -k) for k, cut in enumerate(cuts)), default=(0.0, 0))
    blocks = cuts[-best] if cuts and score > _STRUCTURE else np.zeros(len(table), int)
    return {table.index[k]: int(blocks[k]) for k in leaves_list(tree)}


_STRUCTURE = 0.25  # silhouette below which there is no structure to speak of


def _silhouette(distance: np.ndarray, blocks: np.ndarray) -> float:
    """Mean silhouette (Rousseeuw 1987): how much nearer everybody is to its own block than to the next."""
    kinds = np.unique(blocks)
    if len(kinds) < 2:
        return 0.0
    means = np.stack([distance[:, blocks == b].sum(axis=1) for b in kinds], axis=1)
    sizes = np.array([(blocks == b).sum() for b in kinds])
    own = np.searchsorted(kinds, blocks)
    at = np.arange(len(blocks))
    inner = means[at, own] / np.maximum(sizes[own] - 1, 1)
    outer = means / sizes
    outer[at, own] = np.inf
    outer = outer.min(axis=1)
    width = (outer - inner) / np.maximum(np.maximum(outer, inner), 1e-12)
    return float(np.where(sizes[own] == 1, 0.0, width).mean())


def draw(
    ax: Axes,
    cells: Cells,
    polarity: str,
    *,
    annotate: bool | None = None,
    top: float | None = None,
    bars: bool = True,
    upright: bool = False,
    cmap: str | Colormap | None = None,
    **kwargs: Any,
) -> Any:
    """Cells, sums and names; the image."""
    size = c.sizes(ax)
    values = cells.values.to_numpy()
    top = np.abs(values).max() if top is None else top
    style = {"aspect": "auto", "vmin": -top if polarity == "net" else 0, "vmax": top, "cmap": cmap or MAPS[polarity]}
    image = ax.imshow(np.ma.masked_where(_blank(values), values), **{**style, **kwargs})
    _names(ax, cells, size, polarity, upright)
    table = cells.values
    for i, j in zip(*np.nonzero(table.index.to_numpy()[:, None] == table.columns.to_numpy()[None, :]), strict=True):
        ax.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor="#f0f0f0", edgecolor="none", zorder=-1))
    c.fit_fonts(ax)
    wide, tall = _room(ax, values.shape, bars)
    if annotate or (annotate is None and wide >= 2.0 * size.text * 0.9 and tall >= 1.1 * size.note):
        _numbers(ax, image, cells, size, wide, tall)
    elif bars:
        color_bar(image, ax, size, shrink=0.75, pad=0.03, aspect=32)
    if bars:
        _margins(ax, cells, _of_sums(image.cmap, polarity), size, wide, tall)
    return image


def color_bar(image: AxesImage, axes: Axes | Sequence[Axes], size: c.Sizes, **where: float) -> None:
    """What the colours of the cells mean, below."""
    bar = image.get_figure().colorbar(image, ax=axes, location="bottom", **where)
    bar.ax.tick_params(labelsize=size.note, length=2)
    bar.outline.set_visible(False)
    bar.set_label("articles (expected)", fontsize=size.note)


def _room(ax: Axes, shape: tuple[int, int], bars: bool) -> tuple[float, float]:
    """Make room for the sums, and say how many points wide and tall a cell is."""
    rows, columns = shape
    c.figure(ax).draw_without_rendering()
    width, height = c.extent(ax)
    more = max(1.9, _MARGIN * columns / max(width - _MARGIN, _MARGIN)) if bars else 0.0
    over = max(1.6, _OVER * rows / max(height - _OVER, _OVER)) if bars else 0.0
    ax.set_xlim(-0.5, columns - 0.5 + more)
    ax.set_ylim(rows - 0.5, -0.5 - over)
    return width / (columns + more), height / (rows + over)


def _numbers(ax: Axes, image: Any, cells: Cells, size: c.Sizes, wide: float, tall: float) -> None:
    values, low, high = (x.to_numpy() for x in (cells.values, cells.low, cells.high))
    small = min(0.68 * size.text, 6.0 * size.scale)
    both = wide >= 4.2 * small and tall >= 2.5 * size.note and not np.isnan(low).all()
    for i, j in zip(*np.nonzero(~_blank(values)), strict=True):
        ink = _ink(image, values[i, j])
        with_interval = both and not np.isnan(low[i, j])
        ax.text(j, i - 0.17 * with_interval, number(values[i, j]), ha="center", va="center",
                fontsize=min(size.text, 0.42 * wide), color=ink)  # fmt: skip
        if with_interval:
            ax.text(j, i + 0.24, span(low[i, j], high[i, j]), ha="center", va="center", fontsize=small, color=ink,
                    gid="interval")  # fmt: skip


def _about_intervals(ax: Axes, cells: Cells) -> str:
    said = []
    if any(t.get_gid() == "interval" for t in ax.texts):
        said.append("95 % intervals below the numbers" + (" and as lines on the sums" if cells.totals else ""))
    elif cells.totals:
        said.append("lines on the sums: 95 % intervals")
    return "; ".join(["", *said])


def _of_sums(cmap: Colormap, polarity: str) -> tuple[Any, Any]:
    """The colours of a map for sums below zero, and for others: the strong ones of our own, or as strong ones."""
    return (cmap(1 / 8), cmap(7 / 8)) if polarity == "net" else (cmap(2 / 3), cmap(2 / 3))


def _margins(ax: Axes, cells: Cells, colors: tuple[Any, Any], size: c.Sizes, wide: float, tall: float) -> None:
    """Bars of the sums at the right of the rows and over the columns, with their intervals and numbers."""
    values = cells.values.to_numpy()
    rows, columns = values.shape
    right, top = columns - 0.5 + 0.18, -0.5 - 0.18
    more, over = ax.get_xlim()[1] - right, top - ax.get_ylim()[1]
    note = min(size.note, 7.5 * size.scale)
    upright = wide < 2.3 * note  # numbers over narrow columns stand on end
    fraction = {
        "row": max(0.3, 1 - 22 / (more * wide)),
        "column": max(0.3, 1 - (2.6 if upright else 1.4) * note / (over * tall)),
    }
    for side, sums, room, names in (
        ("row", values.sum(axis=1), more, cells.values.index),
        ("column", values.sum(axis=0), over, cells.values.columns),
    ):
        bounds = cells.totals.get(side)
        bounds = None if bounds is None else bounds.reindex(names)
        reach = max(np.abs(sums).max(), 1e-9 if bounds is None else bounds["high"].max())
        unit = fraction[side] * room / reach
        for k, total in enumerate(sums):
            length = abs(total) * unit
            corner, sides = ((right, k - 0.28), (length, 0.56)) if side == "row" else (
                (k - 0.28, top - length), (0.56, length))  # fmt: skip
            look = {"facecolor": colors[int(total >= 0)], "alpha": 0.45, "linewidth": 0}
            ax.add_patch(Rectangle(corner, *sides, **look, gid=f"{side} bar {k}"))
            end = length
            if bounds is not None and not np.isnan(bounds["low"].iloc[k]):
                low, high = (bounds[b].iloc[k] * unit for b in ("low", "high"))
                xy = ((right + low, right + high), (k, k)) if side == "row" else ((k, k), (top - low, top - high))
                ax.plot(*xy, color=c.INK, linewidth=0.9, solid_capstyle="butt", gid=f"{side} interval {k}")
                end = max(end, high)
            at, offset = ((right + end, k), (2.5, 0)) if side == "row" else ((k, top - end), (0, 2))
            ax.annotate(
                number(total), at, offset, textcoords="offset points", fontsize=note, color=c.FAINT,
                ha="left" if side == "row" else "center", va="center" if side == "row" else "bottom",
                rotation=90 if side == "column" and upright else 0, annotation_clip=False, gid=f"{side} total {k}",
            )  # fmt: skip


def _names(ax: Axes, cells: Cells, size: c.Sizes, polarity: str, upright: bool) -> None:
    rows, columns = cells.values.shape
    upright = upright or c.extent(ax)[0] / (columns + 2) < 1.9 * size.text
    turn = {"rotation": 90, "ha": "center"} if upright else {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
    ax.set_xticks(range(columns), c.shorts(list(cells.values.columns), size.name), fontsize=size.text, **turn)
    ax.set_yticks(range(rows), c.shorts(list(cells.values.index), size.name), fontsize=size.text)
    ax.tick_params(which="both", length=0)
    ax.spines[:].set_visible(False)
    line = {"color": "#e3e3e3", "linewidth": 0.8, "zorder": 0.5}
    ax.hlines(np.arange(-0.5, rows), -0.5, columns - 0.5, **line)
    ax.vlines(np.arange(-0.5, columns), -0.5, rows - 0.5, **line)
    part = {"color": "#7a7a7a", "linewidth": 1.1, "zorder": 2.5, "gid": "block"}
    if cells.blocks:
        across, down = ([cells.blocks[x] for x in names] for names in (cells.values.index, cells.values.columns))
        ax.hlines([k + 0.5 for k in range(rows - 1) if across[k] != across[k + 1]], -0.5, columns - 0.5, **part)
        ax.vlines([k + 0.5 for k in range(columns - 1) if down[k] != down[k + 1]], -0.5, rows - 0.5, **part)
    ax.set_ylabel(f"{SIDES[polarity][0]}  →", color=c.INK, fontsize=size.text)


def _blank(values: np.ndarray) -> np.ndarray:
    return np.abs(values) < 1e-9


def _ink(image: Any, value: float) -> str:
    """White on dark cells, dark on light ones, by relative luminance (WCAG)."""
    rgb = np.asarray(image.cmap(image.norm(value))[:3])
    linear = np.where(rgb <= 0.03928, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return "white" if linear @ [0.2126, 0.7152, 0.0722] < 0.21 else c.INK  # where both have the same contrast
