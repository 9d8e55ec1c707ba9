"""The matrix of who criticizes whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.patches import Rectangle

from newslab.plot import _common as c

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_ORANGE, _BLUE = ("#f9ddc6", "#ee9a5a", c.CRITICISM, "#7d3700"), ("#cfe4f1", "#66aad3", c.SUPPORT, "#003b5c")
_MAPS = {
    "negative": LinearSegmentedColormap.from_list("newslab_criticism", _ORANGE),
    "positive": LinearSegmentedColormap.from_list("newslab_support", _BLUE),
    "net": LinearSegmentedColormap.from_list("newslab_net", [*_ORANGE[::-1], "#f5f5f5", *_BLUE]),
}
_WHAT = {"negative": "Criticism", "positive": "Support", "net": "Support minus criticism"}


def matrix(
    analysis: Analysis | pd.DataFrame,
    *,
    polarity: str = "negative",
    n: int = 15,
    order: str | Sequence[str] = "total",
    annotate: bool = True,
    cmap: str | Colormap | None = None,
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
    n : int, default 15
        Actors shown: those with the largest sums of what they give and take.
    order : {"total", "blocks"} or sequence of str, default "total"
        "total": rows by what they give, columns by what they take, the largest first, without empty ones. "blocks":
        rows and columns alike, so that actors who attack the same and are attacked by the same stand together. A
        list of names: these actors, in this order; `n` is then not used.
    annotate : bool, default True
        Write the numbers into the cells; without them there is a colour bar.
    cmap : str or Colormap, optional
        Another colour map.
    ax : Axes, optional
        Where to draw; by default a new figure whose size depends on the number of actors.
    **kwargs
        Passed to :meth:`matplotlib.axes.Axes.imshow`.

    Returns
    -------
    Axes
        Cells with nothing are blank; the sums of the cells shown stand at the right and at the top.

    Raises
    ------
    ValueError
        If `polarity` or `order` is not possible, if a name in `order` has no edge (the message names the nearest), or
        if a table lacks a column.

    See Also
    --------
    newslab.Analysis.edges : the numbers, with intervals.
    network : the same as arrows.

    Notes
    -----
    "blocks" orders by hierarchical clustering (average linkage, cosine distance, optimal leaf order) of what each
    actor gives and takes.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> text = "Ona Vell attacked Tam Orr. Tam Orr accused Ona Vell of lying."
    >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="rules", progress=False)
    >>> ax = nl.plot.matrix(analysis)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Ona Vell', 'Tam Orr']
    """
    c.one_of("polarity", polarity, ("negative", "positive", "net"))
    c.at_least("n", n, 1)
    table = _cells(analysis, polarity, n, order)
    rows, columns = table.shape
    if ax is None:
        longest = max((len(c.short(name)) for name in [*table.index, *table.columns]), default=0)
        ax = c.new_axes(max(4.5, 0.46 * columns + 1.2 + 0.1 * longest), max(3.2, 0.36 * rows + 1.1 + 0.07 * longest))
    if not (rows and table.to_numpy().any()):
        return c.nothing(ax, f"no {'criticism or support' if polarity == 'net' else c.LABEL[polarity]} found")
    values = table.to_numpy()
    top = np.abs(values).max()
    style = {"aspect": "auto", "vmin": -top if polarity == "net" else 0, "vmax": top, "cmap": cmap or _MAPS[polarity]}
    image = ax.imshow(np.ma.masked_where(_blank(values), values), **{**style, **kwargs})
    for i, j in zip(*np.nonzero(table.index.to_numpy()[:, None] == table.columns.to_numpy()[None, :]), strict=True):
        ax.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor="#f0f0f0", edgecolor="none", zorder=-1))
    if annotate:
        for i, j in zip(*np.nonzero(~_blank(values)), strict=True):
            ax.text(j, i, c.number(values[i, j]), ha="center", va="center", fontsize=8, color=_ink(image, values[i, j]))
    else:
        ax.figure.colorbar(image, ax=ax, shrink=0.7, pad=0.09, label="articles (expected)")
    _margins(ax, values)
    _frame(ax, table, polarity)
    c.fit_fonts(ax)
    return ax


def _cells(data: Analysis | pd.DataFrame, polarity: str, n: int, order: str | Sequence[str]) -> pd.DataFrame:
    """Sources by targets, the numbers that are drawn."""
    if isinstance(order, str):
        c.one_of("order", order, ("total", "blocks"))
    edges = c.pairs(data)
    net = polarity == "net"
    edges["value"] = edges["positive"] - edges["negative"] if net else edges[polarity]
    edges["size"] = edges["positive"] + edges["negative"] if net else edges[polarity]
    names = set(edges["from"]) | set(edges["to"])
    edges = edges[edges["size"] > 0]
    if isinstance(order, str):
        kept = c.strongest(edges, edges["size"], n)
    else:
        for name in order:
            if name not in names:
                raise c.unknown_name("actor with an edge", name, names)
        kept = set(order)
    edges = edges[edges["from"].isin(kept) & edges["to"].isin(kept)]
    if edges.empty:
        return pd.DataFrame()
    table = edges.pivot(index="from", columns="to", values="value").fillna(0.0)
    if order == "total":
        sizes = edges.pivot(index="from", columns="to", values="size").fillna(0.0)
        by_size = [sizes.sum(axis=a).round(9).sort_values(ascending=False, kind="stable").index for a in (1, 0)]
        return table.loc[by_size[0], by_size[1]]
    actors = sorted(set(table.index) | set(table.columns))
    table = table.reindex(index=actors, columns=actors, fill_value=0.0)
    names = list(dict.fromkeys(order)) if not isinstance(order, str) else _blocks(table)
    return table.reindex(index=names, columns=names, fill_value=0.0)


def _blocks(table: pd.DataFrame) -> list[str]:
    """Actors in an order in which those of one side stand together."""
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import pdist

    if len(table) < 3:
        return list(table.index)
    profile = np.hstack([table.to_numpy(), table.to_numpy().T])
    distance = np.nan_to_num(pdist(profile, "cosine"), nan=1.0).clip(min=0)  # an actor without numbers is far from all
    tree = linkage(distance, "average")
    return list(table.index[leaves_list(optimal_leaf_ordering(tree, distance))])


def _blank(values: np.ndarray) -> np.ndarray:
    return np.abs(values) < 1e-9


def _ink(image: Any, value: float) -> str:
    """White on dark cells, dark on light ones, by relative luminance (WCAG)."""
    rgb = np.asarray(image.cmap(image.norm(value))[:3])
    linear = np.where(rgb <= 0.03928, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return "white" if linear @ [0.2126, 0.7152, 0.0722] < 0.21 else c.INK  # where both have the same contrast


def _margins(ax: Axes, values: np.ndarray) -> None:
    """Sums at the right of each row and over each column, a few points off whatever the size of cells."""
    style = {"textcoords": "offset points", "fontsize": 8, "color": c.FAINT, "annotation_clip": False}
    right = values.shape[1] - 0.5
    for i, total in enumerate(values.sum(axis=1)):
        ax.annotate(c.number(total), (right, i), (5, 0), ha="left", va="center", gid=f"row total {i}", **style)
    for j, total in enumerate(values.sum(axis=0)):
        ax.annotate(c.number(total), (j, -0.5), (0, 4), ha="center", va="bottom", gid=f"column total {j}", **style)
    ax.annotate("total", (right, -0.5), (5, 4), ha="left", va="bottom", fontstyle="italic", **style)


def _frame(ax: Axes, table: pd.DataFrame, polarity: str) -> None:
    ax.set_xticks(range(table.shape[1]), [c.short(name) for name in table.columns], rotation=45, ha="right",
                  rotation_mode="anchor", fontsize=9)  # fmt: skip
    ax.set_yticks(range(table.shape[0]), [c.short(name) for name in table.index], fontsize=9)
    ax.set_xticks(np.arange(-0.5, table.shape[1]), minor=True)
    ax.set_yticks(np.arange(-0.5, table.shape[0]), minor=True)
    ax.grid(which="minor", color="#e3e3e3", linewidth=0.8)
    ax.tick_params(which="both", length=0)
    ax.spines[:].set_visible(False)
    rows, columns = {
        "negative": ("who criticizes", "who is criticized"),
        "positive": ("who backs", "who is backed"),
        "net": ("who speaks or acts", "towards whom"),
    }[polarity]
    ax.set_ylabel(f"{rows}  →", color=c.INK)
    ax.set_xlabel(f"→  {columns}", color=c.INK)
    ax.set_title(f"{_WHAT[polarity]}: expected number of articles", loc="left", fontsize=11, fontweight="bold",
                 color=c.INK, pad=22)  # fmt: skip
