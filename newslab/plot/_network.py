"""The network of who criticizes and who backs whom.

Everything is laid out in points of the page: nodes with their names are boxes that are pushed apart until none covers
another, so that names cannot collide, whatever the figure's size.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Polygon
from matplotlib.patheffects import withStroke

from newslab.checks import at_least, one_of
from newslab.display import COLOR, LABEL
from newslab.plot import _common as c
from newslab.plurals import how_many, number, span

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_LAYOUTS = ("spring", "circular", "kamada_kawai")
_LINE = {"negative": "solid", "positive": (0, (3.2, 1.6))}  # dashes in units of the line width
# Of the distance, what is tried in turn to keep clear of others' names; two polarities of one pair stay apart
_BENDS = {"negative": (0.13, 0.06, 0.2), "positive": (0.27, 0.34, 0.42)}
_WRAP = 17  # characters of a name on one line
_ACTORS = 30  # shown at most, where nobody says how many
_FEW_ARROWS = 30  # arrows that are drawn however few the actors
_FULL = 0.52  # share of the page that names and the room between them may take
_FONTS = (9.0, 8.0, 7.0, 6.25, 5.5)  # points, from which names are set as large as there is room for
_SHORTEST = 10.0  # points of an arrow where boxes leave no more room


@dataclass(frozen=True)
class _Node:
    """A circle and, hanging below it, the name; in points."""

    centre: np.ndarray
    radius: float
    half_width: float  # of the name
    depth: float  # from the centre to the lower edge of the name

    def covers(self, points: np.ndarray, gap: float) -> np.ndarray:
        """Which points the circle or the name covers, or comes nearer to than `gap`."""
        x, y = (points - self.centre).T
        in_name = (np.abs(x) < self.half_width + gap) & (y < -self.radius) & (y > -self.depth - gap)
        return (np.hypot(x, y) < self.radius + gap) | in_name


def network(
    analysis: Analysis | pd.DataFrame,
    *,
    n: int | None = None,
    min_count: float = 0.25,
    max_arrows: int | None = None,
    layout: str = "spring",
    seed: int = 0,
    polarity: str | None = None,
    width: float | None = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Who criticizes and backs whom, as a directed network.

    Parameters
    ----------
    analysis : Analysis or DataFrame
        An analysis, or a table as :meth:`newslab.Analysis.edges` gives.
    n : int, optional
        Actors shown, 2 at least: those with the largest sums of what they give and take who have to do with each
        other. Default 30, or as many as there is room for. Names are set smaller where many are to be shown.
    min_count : float, default 0.25
        Least expected number of articles of an arrow. How many weaker ones are left out is said below the chart.
    max_arrows : int, optional
        Arrows drawn, the strongest. Default two for each actor, and 30 at least: more cannot be told apart.
    layout : {"spring", "kamada_kawai", "circular"}, default "spring"
        Where actors stand.
    seed : int, default 0
        Seed of the spring layout; the same seed gives the same picture. The other layouts leave nothing to chance.
    polarity : {"negative", "positive"}, optional
        Only criticism, or only support. Default both.
    width : float, optional
        Inches of the new figure: 3.3 is a column of a journal, 7 a page. Default by the number of actors.
    ax : Axes, optional
        Where to draw; by default a new figure.
    **kwargs
        Passed to :class:`matplotlib.lines.Line2D` for the lines of the arrows.

    Returns
    -------
    Axes
        An arrow points at who is criticized (solid, orange) or backed (dashed, blue); it is the wider, and the
        darker, the more articles are expected to show it. The legend has the 95 % intervals of the widest and the
        narrowest; :meth:`newslab.Analysis.edges` has those of all. The size of a node tells how much criticism it
        takes. What is said within one party of itself is no arrow; how many of these there are is said below, and
        :func:`matrix` shows them. Lines and heads of arrows carry their meaning as ``gid``:
        ``"negative: Ona Vell → Tam Orr"``.

    Raises
    ------
    ValueError
        If `polarity`, `layout` or a number is not possible, or a table lacks a column.
    TypeError
        If an option is neither one of these nor one of matplotlib's, or a value is of another kind.

    See Also
    --------
    matrix : the same numbers in cells, for many actors.
    newslab.Analysis.to_networkx : the graph, for other tools.

    Notes
    -----
    "spring" is the layout of Fruchterman and Reingold (1991) from a start by Kamada and Kawai (1989). Groups without
    a connection stand apart below, and nodes are then moved as little as names need to be read.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> text = "Ona Vell attacked Tam Orr."
    >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), progress=False)
    >>> ax = nl.plot.network(analysis, min_count=0)
    >>> {line.get_gid() for line in ax.lines}
    {'negative: Ona Vell → Tam Orr'}
    """
    one_of("polarity", polarity, (None, *c.POLARITIES))
    one_of("layout", layout, _LAYOUTS)
    if n is not None:
        at_least("n", n, 2)  # an arrow has two ends
    at_least("min_count", min_count, 0, whole=False)
    if max_arrows is not None:
        at_least("max_arrows", max_arrows, 1)
    c.check_room(ax, width)
    kwargs = c.options_of(network, kwargs, Line2D, Line2D)
    edges = c.pairs(analysis)
    choose = partial(_arrows, edges, min_count=min_count, polarity=polarity, max_arrows=max_arrows)
    arrows, *left = choose(n or _ACTORS)
    if ax is None:
        n_actors = len(set(arrows["source"]) | set(arrows["target"]))
        height = float(np.clip(2.6 + 0.95 * np.sqrt(n_actors), 3.6, 12)) if width is None else 0.86 * width
        figure = plt.figure(figsize=(width or 1.35 * height, height))
        ax = figure.add_axes((0.01, 0.01, 0.98, 0.98))  # no ticks or labels that would need room
    if arrows.empty:
        what = "criticism or support" if polarity is None else LABEL[polarity]
        hint = f" in {min_count:g} articles or more;\n{how_many(left[0], 'weaker arrow')} with a lower min_count"
        loops = f"\n({how_many(left[2], 'self-loop')} not shown)" if left[2] else ""
        return c.nothing(ax, f"no {what} found" + (hint if left[0] else "") + loops)
    ax.set_axis_off()
    c.figure(ax).draw_without_rendering()  # lays out, so that the size of the page is known
    page = c.extent(ax)
    ax.set(xlim=(0, page[0]), ylim=(0, page[1]), aspect="equal")
    arrows, left, names = _fitting(ax, choose, n, page)
    arrows = _with_intervals(edges, arrows)
    boxes = c.fit_fonts(ax)
    strip = _legend(ax, arrows, left, c.of_articles(analysis), boxes, page[0], kwargs.get("color"))
    place, full = _place(arrows, names, layout, seed, page, strip)
    for a, node in place.items():
        ax.add_patch(Circle(node.centre, node.radius, facecolor="#ececec", edgecolor=c.INK, lw=0.9, zorder=3, gid=a))
        names[a].set_position((node.centre[0], node.centre[1] - node.radius - 1.5))
    widest = float(arrows["count"].max())
    few = len(arrows) <= _FEW_ARROWS
    between = Counter(frozenset(pair) for pair in zip(arrows["source"], arrows["target"], strict=True))
    for row in arrows.iloc[::-1].itertuples():  # the strongest on top
        share = row.count / widest
        style = {"alpha": 0.95 if few else 0.45 + 0.5 * np.sqrt(share), **kwargs}
        alone = between[frozenset((row.source, row.target))] == 1
        others = [node for a, node in place.items() if a not in (row.source, row.target)]
        _arrow(ax, row, place[row.source], place[row.target], others, full * (0.9 + 3.1 * share), style, alone)
    return ax


def _fitting(
    ax: Axes, choose: Callable[[int], tuple[pd.DataFrame, int, int, int]], n: int | None, page: tuple[float, float]
) -> tuple[pd.DataFrame, list[int], dict[str, Any]]:
    """Arrows, and the names of their ends as large as there is room; fewer actors where nobody says how many."""
    wanted = n or _ACTORS
    size = c.sizes(ax)
    sizes = _fonts(size, size.text)
    space = page[0] * (page[1] - (5.5 if size.small else 4) * size.note)  # without the legend
    while True:
        arrows, *left = choose(wanted)
        actors = sorted(set(arrows["source"]) | set(arrows["target"]))
        tried = sizes if n is not None else sizes[:3]
        for font in tried:
            names = _names(ax, actors, font)
            wide, tall = _extents(names)
            pad = _pad(len(actors), font)
            fits = ((wide + pad[0]) * (tall + 14 * font / 9 + pad[1])).sum() <= _FULL * space
            if fits or (font == tried[-1] and (n is not None or wanted <= 4)):
                return arrows, left, names
            for text in names.values():
                text.remove()
        wanted = max(4, int(0.88 * wanted))


def _fonts(size: c.Sizes, most: float) -> list[float]:
    """Points in which names are tried, the largest first."""
    return [f * size.scale for f in _FONTS if f * size.scale <= most + 1e-9]


def _pad(n: int, size: float) -> tuple[float, float]:
    """Points between boxes, where arrows show."""
    return (24.0 * size / 9, 12.0 * size / 9) if n <= 40 else (14.0 * size / 9, 8.0 * size / 9)


def _extents(names: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Width and height of each name in points."""
    scale = 72 / c.figure(next(iter(names.values())).axes).dpi
    boxes = [text.get_window_extent() for text in names.values()]
    return np.array([b.width * scale for b in boxes]), np.array([b.height * scale for b in boxes])


def _with_intervals(edges: pd.DataFrame, arrows: pd.DataFrame) -> pd.DataFrame:
    """The arrows with ``low`` and ``high``, where they are known."""
    known = edges.set_index(["from", "to"])
    for side in ("low", "high"):
        arrows[side] = [known.at[(r.source, r.target), f"{r.polarity}_{side}"] for r in arrows.itertuples()]
    return arrows


def _arrows(
    edges: pd.DataFrame, n: int, min_count: float, polarity: str | None, max_arrows: int | None
) -> tuple[pd.DataFrame, int, int, int]:
    """One row an arrow, strongest first: ``source``, ``target``, ``polarity``, ``count``; how many between these
    actors are weaker; how many other actors have an arrow that is strong enough; and how many strong ones these have
    towards themselves, as parties have.
    """  # noqa: D205
    kinds = c.POLARITIES if polarity is None else (polarity,)
    rows = edges.melt(["from", "to"], list(kinds), var_name="polarity", value_name="count")
    loops = rows[(rows["count"] >= min_count) & (rows["count"] > 0) & (rows["from"] == rows["to"])]
    rows = rows[(rows["count"] > 0) & (rows["from"] != rows["to"])]
    strong = rows[rows["count"] >= min_count]
    if strong.empty:
        return strong.rename(columns={"from": "source", "to": "target"}), len(rows), 0, len(loops)
    kept = c.strongest(strong, strong["count"], n)
    n_actors = len(set(strong["from"]) | set(strong["to"]))
    of_kept = rows[rows["from"].isin(kept) & rows["to"].isin(kept)]
    strong = of_kept[of_kept["count"] >= min_count].rename(columns={"from": "source", "to": "target"})
    strong = strong.assign(order=-strong["count"].round(9)).sort_values(["order", "source", "target", "polarity"])
    strong = strong.drop(columns="order").head(max_arrows or max(2 * len(kept), _FEW_ARROWS)).reset_index(drop=True)
    shown = len(set(strong["source"]) | set(strong["target"]))
    return strong, len(of_kept) - len(strong), n_actors - shown, int(loops["from"].isin(kept).sum())


def _names(ax: Axes, actors: list[str], size: float) -> dict[str, Any]:
    """The names as they will stand, in the corner until their places are known."""
    names = {
        a: ax.text(
            0, 0, "\n".join(textwrap.wrap(shown, _WRAP)), fontsize=size, color=c.INK, ha="center",
            va="top", linespacing=1.12, zorder=5, path_effects=[withStroke(linewidth=2.2, foreground="white")],
        )
        for a, shown in zip(actors, c.shorts(actors, 2 * _WRAP), strict=True)
    }  # fmt: skip
    c.fit_fonts(ax)
    return names


def _place(
    arrows: pd.DataFrame, names: dict[str, Any], layout: str, seed: int, page: tuple[float, float], strip: float
) -> tuple[dict[str, _Node], float]:
    """Nodes in points, above the strip of the legend; and the share of the largest type in which they are set.

    Names, and all with them, become smaller until none covers another.
    """
    actors, first = list(names), next(iter(names.values()))
    taken = arrows[arrows["polarity"] == "negative"].groupby("target")["count"].sum().reindex(actors, fill_value=0.0)
    share = np.sqrt(taken / max(taken.max(), 1e-9)).to_numpy()
    unit, size = _layout(arrows, actors, layout, seed), (page[0], page[1] - strip)
    for font in _fonts(c.sizes(first.axes), first.get_fontsize()):
        for text in names.values():
            text.set_fontsize(font)
        full, pad = font / _FONTS[0], _pad(len(actors), font)
        radius = full * (3.5 + 7.5 * share)
        wide, tall = _extents(names)
        wide, tall = np.maximum(wide, 2 * radius) + pad[0], tall + 2 * radius + 1.5 + pad[1]
        centre, apart = push_apart(_spread(unit, size, wide, tall), wide, tall, size, pad)
        if apart:
            break
    depth = tall - pad[1] - radius
    centre = centre + (0, strip)
    centre[:, 1] += tall / 2 - pad[1] / 2 - radius  # the node stands at the top of its box, the name below it
    nodes = zip(centre, radius, (wide - pad[0]) / 2, depth, strict=True)
    return {a: _Node(*node) for a, node in zip(actors, nodes, strict=True)}, full


def _layout(arrows: pd.DataFrame, actors: list[str], layout: str, seed: int) -> np.ndarray:
    """Positions in the unit square: the largest connected group above, the others in rows below it."""
    graph = nx.Graph()
    graph.add_nodes_from(actors)
    graph.add_edges_from(zip(arrows["source"], arrows["target"], strict=True))
    if layout == "circular":
        place = nx.circular_layout(graph)
        return np.array([(place[a] + 1) / 2 for a in actors])
    groups = sorted(nx.connected_components(graph), key=lambda g: (-len(g), min(g)))
    lone = groups[1:]
    n_lone = sum(map(len, lone))
    share = 0.0 if not lone else float(np.clip(1.15 * n_lone / len(actors), 0.14, 0.6))
    per_row = max(1, int(np.ceil(np.sqrt(2.2 * len(lone)))))
    n_rows = -(-len(lone) // per_row)
    place: dict[str, np.ndarray] = {}
    for k, group in enumerate(groups):
        part = _group(graph, sorted(group), layout, seed)
        if k == 0:
            corner, extent = np.array([0.0, share]), np.array([1.0, 1 - share])
        else:
            row, column = divmod(k - 1, per_row)
            in_row = min(per_row, len(lone) - row * per_row)
            corner = np.array([column / in_row, share * (1 - (row + 1) / n_rows)])
            extent = np.array([1 / in_row, share / n_rows])
            inner = np.minimum(0.64 * extent, 0.06 * len(group) + 0.1)  # a pair stands close
            corner, extent = corner + (extent - inner) / 2, inner
        place.update({a: corner + p * extent for a, p in part.items()})
    return np.array([place[a] for a in actors])


def _group(graph: nx.Graph, group: list[str], layout: str, seed: int) -> dict[str, np.ndarray]:
    """Positions of one connected group in the unit square."""
    if len(group) == 1:
        return {group[0]: np.array([0.5, 0.5])}
    if len(group) == 2:
        return {a: np.array([x, 0.5]) for a, x in zip(group, (0.0, 1.0), strict=True)}
    part = nx.Graph()
    part.add_nodes_from(group)
    part.add_edges_from(sorted(tuple(sorted(e)) for e in graph.subgraph(group).edges))
    place = nx.kamada_kawai_layout(part)
    if layout == "spring":
        chance = np.random.default_rng(seed)
        place = {a: p + chance.normal(scale=0.1, size=2) for a, p in place.items()}
        place = nx.spring_layout(part, pos=place, k=1.9 / np.sqrt(len(group)), iterations=80, seed=seed)
    points = np.array([place[a] for a in group])
    points = points - points.mean(axis=0)
    _, _, axes = np.linalg.svd(points, full_matrices=False)
    points = points @ (axes * np.sign(axes[np.arange(2), np.abs(axes).argmax(axis=1)])[:, None]).T  # the long side lies
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    points = np.where(span > 1e-9, (points - low) / np.where(span > 1e-9, span, 1), 0.5)
    if len(group) > 8:  # ranks open up the crowd around a hub, and pull in long tails
        ranks = points.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable") / (len(group) - 1)
        points = (points + ranks) / 2
    return dict(zip(group, points, strict=True))


def _spread(unit: np.ndarray, size: tuple[float, float], wide: np.ndarray, tall: np.ndarray) -> np.ndarray:
    """Unit square to page, half a box from its borders."""
    margin = np.array([wide.max() / 2, tall.max() / 2])
    return margin + unit * np.maximum(np.array(size) - 2 * margin, 1)


def push_apart(
    centre: np.ndarray, wide: np.ndarray, tall: np.ndarray, size: tuple[float, float], pad: tuple[float, float]
) -> tuple[np.ndarray, bool]:
    """Move boxes along the shorter way out of each other, and into the page, until none overlaps.

    Also whether none overlaps now, without the room around it.
    """
    centre = centre.copy()
    low = np.stack([wide / 2, tall / 2], axis=1)
    high = np.stack([size[0] - wide / 2, size[1] - tall / 2], axis=1)
    i, j = np.triu_indices(len(centre), 1)
    for step in range(601):
        gap = centre[j] - centre[i]
        over_x = (wide[i] + wide[j]) / 2 - np.abs(gap[:, 0])
        over_y = (tall[i] + tall[j]) / 2 - np.abs(gap[:, 1])
        if step == 600:
            return centre, not ((over_x > pad[0]) & (over_y > pad[1])).any()
        hit = (over_x > 0.01) & (over_y > 0.01)
        if not hit.any():
            break
        shift = np.zeros_like(centre)
        along_x = hit & (over_x <= over_y)
        along_y = hit & ~along_x
        for axis, mask, over in ((0, along_x, over_x), (1, along_y, over_y)):
            sign = np.where(gap[mask, axis] == 0, 1.0, np.sign(gap[mask, axis]))
            move = sign * over[mask] * 0.35
            np.add.at(shift[:, axis], i[mask], -move)
            np.add.at(shift[:, axis], j[mask], move)
        centre = np.clip(centre + shift, np.minimum(low, high), np.maximum(low, high))
    return centre, True


def _curve(polarity: str, source: _Node, target: _Node, others: list[_Node], alone: bool) -> np.ndarray:
    """Points from one centre to the other, on the way that crosses the least of others' circles and names.

    Between two actors who stand side by side, an arrow that is alone bends upwards, away from their names, if it can.
    """
    start, end = source.centre, target.centre
    across = np.array([end[1] - start[1], start[0] - end[0]])
    up = -1 if alone and abs(across[1]) > abs(across[0]) and across[1] < 0 else 1
    bends = [up * bend for bend in _BENDS[polarity]]
    t = np.linspace(0, 1, 240)[:, None]
    ways = [
        (1 - t) ** 2 * start + 2 * t * (1 - t) * ((start + end) / 2 + bend * across) + t**2 * end
        for bend in (*bends, *(-bend for bend in bends if alone))
    ]
    return min(ways, key=lambda curve: sum(int(node.covers(curve, 1.0).sum()) for node in others))


def _arrow(
    ax: Axes,
    row: Any,
    source: _Node,
    target: _Node,
    others: list[_Node],
    width: float,
    style: dict[str, Any],
    alone: bool,
) -> None:
    """A curved line and a head at its end, just outside the node of the target and its name."""
    curve = _curve(row.polarity, source, target, others, alone)
    free = np.flatnonzero(~source.covers(curve, 0.6) & ~target.covers(curve, 1.2))
    first, last = (free[0], free[-1]) if len(free) > 1 else (119, 120)
    while np.hypot(*(curve[last] - curve[first])) < _SHORTEST and (first > 0 or last < len(curve) - 1):
        first, last = max(first - 1, 0), min(last + 1, len(curve) - 1)
    curve = curve[first : last + 1]
    tip = curve[-1]
    length = min(6.5 + 2.1 * width, 0.75 * float(np.hypot(*(tip - curve[0]))))
    base = max(int((np.hypot(*(curve - tip).T) >= length).sum()) - 1, 0)  # the head is straight, the line bends
    way = (tip - curve[base]) / max(float(np.hypot(*(tip - curve[base]))), 1e-9)
    back = tip - way * length
    side = np.array([-way[1], way[0]]) * (2.9 + 0.95 * width)
    shaft = np.vstack([curve[: base + 1], tip - way * 0.75 * length])
    gid = f"{row.polarity}: {row.source} → {row.target}"
    color = style.get("color", COLOR[row.polarity])
    line = {"color": color, "linestyle": _LINE[row.polarity], "linewidth": width, "solid_capstyle": "butt",
            "dash_capstyle": "butt", "zorder": 2}  # fmt: skip
    ax.add_line(Line2D(*shaft.T, gid=gid, **{**line, **style}))
    head = Polygon([tip, back + side, back + way * 0.2 * length, back - side], closed=True, facecolor=color,
                   edgecolor="white", linewidth=0.5, zorder=4, gid=gid, alpha=max(style["alpha"], 0.8))  # fmt: skip
    ax.add_patch(head)


_LEFT_OUT = ("weaker arrow", "more actor", "self-loop")


def _legend(
    ax: Axes, arrows: pd.DataFrame, left: list[int], of: str, boxes: bool, room: float, color: Any = None
) -> float:
    """The legend at the foot, in as many columns as fit; its height in points."""
    texts = {"negative": "criticizes", "positive": "backs"}
    size = c.sizes(ax)
    handles = [
        Line2D([], [], color=color or COLOR[k], linestyle=_LINE[k], linewidth=0.25 * size.note, marker=">",
               markevery=[1], markersize=0.75 * size.note,
               label=texts[k] if size.small else f"{texts[k]} (points at the target)")
        for k in c.POLARITIES
        if (arrows["polarity"] == k).any()
    ]  # fmt: skip
    widest, weakest = arrows.loc[arrows["count"].idxmax()], arrows.loc[arrows["count"].idxmin()]
    thick = 0.9 + 3.1 * np.array([1, weakest["count"] / widest["count"]])
    for row, width in zip((widest, weakest), thick, strict=True):
        known = "" if np.isnan(row["low"]) else f" ({span(row['low'], row['high'])})"
        handles.append(Line2D([], [], color=c.FAINT, linewidth=width, label=f"{number(row['count'])} articles{known}"))
        if widest["count"] - weakest["count"] <= 0.05:
            break
    if (arrows["polarity"] == "negative").any():
        handles.append(Line2D([], [], linestyle="none", marker="o", markersize=size.note, markerfacecolor="#ececec",
                              markeredgecolor=c.INK, label="larger: criticized more"))  # fmt: skip
    known = "" if arrows["low"].isna().all() else "95 % intervals in brackets"
    said = [f"expected numbers of articles{of}", *([known] if known else [])]
    what = [how_many(k, noun) for k, noun in zip(left, _LEFT_OUT, strict=True) if k]
    said += [f"{', '.join(what[:-1])}{' and ' if what[1:] else ''}{what[-1]} not shown"] if what else []
    said += [c.NO_FONT] if boxes else []
    namesakes = c.numbered([*arrows["source"], *arrows["target"]])
    said += [namesakes] if namesakes else []
    height = c.legend(
        ax, handles, room, size.note, loc="lower center", bbox_to_anchor=(0.5, 0.0), handlelength=2.6,
        borderaxespad=0.1, borderpad=0.2, title=c.wrap("; ".join(said), room, size.note), title_fontsize=size.note,
    )  # fmt: skip
    ax.get_legend().get_title().set(color=c.FAINT, multialignment="center")
    return height + 4
