"""What all charts share: colours, names that fit, input checks, the empty chart."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from inspect import signature
from itertools import chain
from os.path import commonprefix
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.artist import Artist, ArtistInspector
from matplotlib.axes import Axes
from matplotlib.cbook import normalize_kwargs
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import ScaledTranslation

from newslab.checks import at_least, is_analysis, meant
from newslab.display import COLOR
from newslab.intervals import of_number

if TYPE_CHECKING:
    from newslab.analysis import Analysis

CRITICISM, SUPPORT = COLOR["negative"], COLOR["positive"]
INK, FAINT = "#222222", "#6b6b6b"
SERIES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = "osD^vPX"
NAME = 28  # characters of a name that are shown
COLUMN = 4.6  # inches below which a chart is set in small type, as for one column of a journal
POLARITIES = ("negative", "positive")
_EDGE_COLUMNS = ("source", "target", "n_negative", "n_positive")
# Fonts that hold what matplotlib's own lacks, as they are called on the common systems.
_OTHER_FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari",
    "Noto Sans Bengali", "Noto Sans Tamil", "Noto Sans Thai", "Noto Sans Ethiopic", "Arial Unicode MS",
    "Microsoft YaHei", "PingFang SC", "Hiragino Sans", "Malgun Gothic", "Apple SD Gothic Neo", "Nirmala UI",
    "Kohinoor Devanagari", "Segoe UI", "WenQuanYi Zen Hei", "Lohit Devanagari", "FreeSans", "Unifont",
)  # fmt: skip
_LAST_RESORT = "Last Resort High-Efficiency"  # comes with matplotlib: a box that shows the script
NO_FONT = "boxes: letters for which this computer has no font (Noto Sans has them)"


def unknown_name(kind: str, name: str, known: Iterable[str]) -> ValueError:
    """The error for a name that is not there, with the nearest that is."""
    known = sorted({str(k) for k in known})
    return ValueError(f"no {kind} {name!r}" + (meant(name, known) or f"; there are {', '.join(known[:8]) or 'none'}"))


# What people look for that charts have otherwise
_HINTS = {
    "figsize": "; width= sets the inches of the new figure, or draw into your own with ax=",
    "title": "; a chart returns its Axes: ax.set_title('…', loc='left') sets another title",
}


def options_of(
    chart: Callable[..., Any], given: dict[str, Any], draws: Callable[..., Any], artist: type[Artist]
) -> dict[str, Any]:
    """Options for what a chart draws with, under their full names, to replace its own; complains of others."""
    looks = ArtistInspector(artist)
    theirs = {*looks.get_setters(), *chain.from_iterable(looks.aliasd.values()), *signature(draws).parameters}
    theirs -= {"self", "args", "kwargs"}
    for name in given:
        if name not in theirs:
            own = [o.name for o in signature(chart).parameters.values() if o.kind is o.KEYWORD_ONLY]
            hint = _HINTS.get(name) or meant(name, [*own, *sorted(theirs)])
            raise TypeError(
                f"{chart.__name__} has no option {name!r}{hint}; it has {', '.join(own)}, and those of matplotlib's "
                f"{draws.__qualname__}"
            )
    return normalize_kwargs(given, artist)


def need_columns(frame: pd.DataFrame, columns: Sequence[str], what: str, key: Sequence[str] = ()) -> None:
    """Complain of columns that are not there, and of rows with one key, as two tables in one have them."""
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        raise ValueError(
            f"this is no table of {what}: column {missing[0]!r} not found; columns are {', '.join(map(str, frame))}"
        )
    if key and frame.duplicated(list(key)).any():
        raise ValueError(
            f"this is no table of {what}: several rows have one {' and '.join(key)}; "
            "draw tables that were put together one by one"
        )


def actor_ids(analysis: Analysis, names: str | Sequence[str] | None) -> dict[str, str] | None:
    """The names given by the id of whom each means, a name, alias or id; None for everybody."""
    if names is None:
        return None
    given = [names] if isinstance(names, str) else list(names)
    return dict(zip(analysis._actor_ids(given), given, strict=True))


def pairs(data: Analysis | pd.DataFrame) -> pd.DataFrame:
    """One row a source and target: ``from``, ``to`` (names to show, one name one actor), their ids, ``negative`` and
    ``positive``, each with ``_low`` and ``_high`` where the table has them.
    """  # noqa: D205
    if is_analysis(data):
        edges = data.edges()
    elif isinstance(data, pd.DataFrame):
        edges = data
        need_columns(edges, _EDGE_COLUMNS, "edges")
    else:
        raise TypeError(f"a chart takes an Analysis or a table of its edges, not a {type(data).__name__}")
    ids = "_id" if {"source_id", "target_id"} <= set(edges.columns) else ""
    source, target = (edges[[f"{end}{ids}", end]].set_axis(["id", "name"], axis=1) for end in ("source", "target"))
    shown = unique_names(pd.concat([source, target]))
    rows = pd.DataFrame({"from_id": source["id"], "to_id": target["id"]})
    for end in ("from", "to"):
        rows[end] = rows[f"{end}_id"].map(shown).astype("object")
    for kind in POLARITIES:
        rows[kind] = edges[f"n_{kind}"].astype("float64").fillna(0.0)
    if rows.duplicated(["from", "to"]).any():
        # A table split by outlet or month has several rows a pair; their counts of articles add up, intervals do not.
        sums = {"from_id": "first", "to_id": "first", "negative": "sum", "positive": "sum"}
        return _with_bounds(rows.groupby(["from", "to"], sort=True, as_index=False).agg(sums), None)
    return _with_bounds(rows, edges).sort_values(["from", "to"], ignore_index=True)


def called(rows: pd.DataFrame) -> dict[Any, str]:
    """The names that rows of :func:`pairs` show, by the ids of whom they mean."""
    return pd.concat([rows.set_index("from_id")["from"], rows.set_index("to_id")["to"]]).to_dict()


_BOUNDS = [f"n_{kind}_{side}" for kind in POLARITIES for side in ("low", "high")]


def _with_bounds(rows: pd.DataFrame, edges: pd.DataFrame | None) -> pd.DataFrame:
    for column in _BOUNDS:
        known = edges is not None and column in edges.columns
        rows[column.removeprefix("n_")] = edges[column].astype("float64") if known else np.nan
    return rows


def unique_names(actors: pd.DataFrame) -> dict[Any, str]:
    """Names of actors by id, in one line; two actors of one name carry a number."""
    actors = actors.drop_duplicates("id").sort_values(["name", "id"])
    clean = actors["name"].map(one_line)
    nth, size = clean.groupby(clean).cumcount() + 1, clean.groupby(clean).transform("size")
    return {
        i: name if n == 1 else f"{name} ({k})" for i, name, k, n in zip(actors["id"], clean, nth, size, strict=True)
    }


def numbered(labels: Iterable[str]) -> str:
    """What the numbers of namesakes mean, for a chart that shows some; an empty string if it shows none."""
    shown = any(re.search(r" \([1-9]\d?\)(?= → |$)", label) for label in labels)  # "(1994)" is of the name
    return "(1), (2) …: different actors of one name" if shown else ""


def one_line(name: Any) -> str:
    """A name without line breaks and control characters, which neither a label nor an SVG file can hold."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp", "Cn") else c for c in str(name))
    return " ".join(kept.split()) or "?"


def strongest(frame: pd.DataFrame, size: pd.Series, n: int) -> set[str]:
    """At most `n` actors: those with the largest sums of what they give and take, each with an edge to another of them.

    An actor comes in by an edge, so edges are taken by the sum of their lesser end; ties by the edge, then by name.
    """
    totals = size.groupby(frame["from"]).sum().add(size.groupby(frame["to"]).sum(), fill_value=0).round(9)
    ends = np.sort(np.column_stack([frame["from"].map(totals), frame["to"].map(totals)]), axis=1)
    order = frame[["from", "to"]].assign(lesser=-ends[:, 0], size=-size.round(9), greater=-ends[:, 1])
    order = order.sort_values(["lesser", "size", "greater", "from", "to"])
    kept: set[str] = set()
    for pair in zip(order["from"], order["to"], strict=True):
        if len(kept.union(pair)) <= n:
            kept.update(pair)
        if len(kept) == n:
            break
    return kept


def short(name: str, width: int = NAME) -> str:
    """A name that fits: cut with an ellipsis, at a space if there is one near, the number of a namesake kept."""
    name = one_line(name)
    if len(name) > width:
        number = re.search(r" \(\d+\)$", name)
        tail = number.group() if number else ""
        head = name[: width - 1 - len(tail)]
        space = head.rfind(" ")
        name = (head[:space] if space > 0.7 * len(head) else head).rstrip(" ,") + "…" + tail
    return name.replace("$", r"\$")  # matplotlib would read $…$ as mathematics


def shorts(names: Sequence[str], width: int = NAME) -> list[str]:
    """Names that fit, as :func:`short` cuts them; those that would look alike lose what they have in common instead."""
    alike: dict[str, dict[str, None]] = {}
    for name in names:
        alike.setdefault(short(name, width), {})[one_line(name)] = None
    out = []
    for name in names:
        cut, others = short(name, width), alike[short(name, width)]
        if len(others) > 1:
            differs = commonprefix(list(others)).rfind(" ") + 1
            head = one_line(name)[: min(differs, width // 2)].rpartition(" ")[0]
            cut = short(f"{head}…{one_line(name)[differs:]}", width)
        out.append(cut)
    return out


@dataclass(frozen=True)
class Sizes:
    """Points of type, lines and marks, characters of a name, and inches of one row; how much larger type is set."""

    text: float = 9.0
    title: float = 11.0
    note: float = 8.0
    line: float = 1.8
    marker: float = 6.0
    name: int = NAME
    row: float = 0.27
    small: bool = False
    scale: float = 1.0


_SMALL = Sizes(text=7.0, title=8.5, note=6.5, line=1.3, marker=4.2, name=22, row=0.19, small=True)


def sizes_of(width: float) -> Sizes:
    """Sizes for a chart of this width in inches; where matplotlib's own ``font.size`` was changed, of that size."""
    wanted = plt.rcParams["font.size"]
    if wanted == plt.rcParamsDefault["font.size"]:
        return _SMALL if width < COLUMN else Sizes()
    size = _SMALL if width * Sizes.text / wanted < COLUMN else Sizes()
    by = wanted / size.text
    larger = {name: by * getattr(size, name) for name in ("text", "title", "note", "line", "marker", "row", "scale")}
    return replace(size, **larger, name=min(size.name, max(12, round(size.name / by))))


def sizes(ax: Axes) -> Sizes:
    """Sizes for these Axes, by the share of the figure's width that they have."""
    width = figure(ax).get_figwidth()
    place = ax.get_subplotspec()
    if place is not None:
        width *= len(place.colspan) / place.get_gridspec().ncols
    return sizes_of(width)


def figure(ax: Axes) -> Figure:
    """The figure in which these Axes stand, also within subfigures."""
    found = ax.get_figure()
    while not isinstance(found, Figure):
        found = found.figure
    return found


def extent(ax: Axes) -> tuple[float, float]:
    """Points that the frame is wide and tall, as it is laid out."""
    box, dpi = ax.get_window_extent(), figure(ax).dpi
    return box.width * 72 / dpi, box.height * 72 / dpi


def inches(ax: Axes) -> float:
    """Width of the frame before anything is laid out."""
    return figure(ax).get_figwidth() * ax.get_position().width


def check_room(ax: Axes | None, width: float | None) -> None:
    """Complain of a width that cannot be had."""
    if width is None:
        return
    if ax is not None:
        raise ValueError("give ax or width, not both: Axes have their width already")
    at_least("width", width, 2, whole=False)


def new_axes(width: float, height: float) -> Axes:
    """Axes on a new figure of this size, whose labels fit."""
    return plt.figure(figsize=(width, height), layout="constrained").add_subplot()


def nothing(ax: Axes, message: str) -> Axes:
    """A chart that says that there is nothing to show."""
    width = max(16, int(inches(ax) * 10))
    lines = [line for part in message.split("\n") for line in textwrap.wrap(part, width)]
    ax.text(0.5, 0.5, "\n".join(lines), ha="center", va="center", transform=ax.transAxes, color=FAINT,
            fontsize=sizes(ax).text)  # fmt: skip
    ax.set_axis_off()
    fit_fonts(ax)
    return ax


def plain(ax: Axes) -> None:
    """Leave only the lower axis line."""
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.tick_params(axis="both", labelsize=sizes(ax).text)
    ax.set_axisbelow(True)


def finish(
    ax: Axes,
    heading: str,
    note: str = "",
    *,
    xlabel: str | Sequence[str] = "",
    foot: Sequence[str] = (),
    handles: Sequence[Artist] = (),
    above: float = 0.0,
) -> None:
    """Title, note and legend over the chart, axis label and footnotes below it, each broken to the width there is.

    They begin where the names of the rows begin, so that a narrow chart with long names has room for its title.
    `above` are points that the chart itself needs over its frame; of several axis labels the first that fits is taken.
    """
    size = sizes(ax)
    boxes = fit_fonts(ax)
    labels = [xlabel] if isinstance(xlabel, str) else list(xlabel)
    ax.set_xlabel(labels[0] or " ", fontsize=size.text if labels[0] else 1, labelpad=None if labels[0] else 0)
    fig = figure(ax)
    fig.draw_without_rendering()  # lays out, so that the places of labels are known
    scale = 72 / fig.dpi
    frame = ax.get_window_extent()
    if wrap_beside(ax, size.text):
        fig.draw_without_rendering()
        frame = ax.get_window_extent()
    names = [t.get_window_extent().x0 for t in [*ax.get_yticklabels(), ax.yaxis.label] if t.get_text()]
    left = max(min([frame.x0, *names]), 0.0)
    room = (min(frame.x1, fig.bbox.x1) - left) * scale
    at = (left - frame.x0) / frame.width
    centred = min(room, 2 * (fig.bbox.x1 - (frame.x0 + frame.x1) / 2) * scale)
    fitting = [label for label in labels if _estimate(label, size.text) <= centred]
    ax.set_xlabel(wrap([*fitting, labels[-1]][0], centred, size.text) or " ")
    notes = [wrap(line, room, size.note) for line in [*foot, *([NO_FONT] if boxes else [])] if line]
    if notes:
        ax.annotate(
            "\n".join(notes), (at, 0), xycoords=("axes fraction", ax.xaxis.label), xytext=(0, -2),
            textcoords="offset points", ha="left", va="top", fontsize=size.note, color=FAINT, gid="foot",
            annotation_clip=False,
        )  # fmt: skip
    top = above + 4.0
    if handles:
        lifted = ax.transAxes + ScaledTranslation(0, (above + 1.0) / 72, fig.dpi_scale_trans)
        top += 1.0 + legend(
            ax, handles, room, size.note, loc="lower left", bbox_to_anchor=(at, 1), bbox_transform=lifted,
            borderaxespad=0, borderpad=0.1,
        )  # fmt: skip
    if note:
        text = wrap(note, room, size.note)
        ax.annotate(
            text, (at, 1), xycoords="axes fraction", xytext=(0, top), textcoords="offset points", ha="left",
            va="bottom", fontsize=size.note, color=FAINT, gid="note", annotation_clip=False,
        )  # fmt: skip
        top += 1.25 * size.note * (text.count("\n") + 1) + 3
    shown = ax.set_title(wrap(heading, room, size.title * 1.12), loc="left", fontsize=size.title, fontweight="bold",
                         color=INK, pad=top)  # fmt: skip
    shown.set_x(at)
    fit_fonts(ax)


def wrap_beside(ax: Axes, size: float) -> bool:
    """Break the label beside the frame to its height; whether that was needed."""
    label, (_, height) = " ".join(ax.get_ylabel().split("\n")), extent(ax)
    if _estimate(ax.get_ylabel(), size) <= height:
        return False
    ax.set_ylabel(wrap(label, height, size))
    return True


def legend(ax: Axes, handles: Sequence[Artist], room: float, size: float, **options: Any) -> float:
    """A legend in as many columns as fit into so many points; its height in points."""
    fig = figure(ax)
    for columns in range(len(handles), 0, -1):
        made = ax.legend(
            handles=list(handles), ncols=columns, frameon=False, fontsize=size, handletextpad=0.5, columnspacing=1.3,
            labelspacing=0.3, **options,
        )  # fmt: skip
        fit_fonts(ax)
        extent = made.get_window_extent(fig.canvas.get_renderer())
        if extent.width * 72 / fig.dpi <= room:
            break
    return float(extent.height * 72 / fig.dpi)


_EM = 0.56  # width of a letter, usually


def _estimate(text: str, size: float) -> float:
    """Points that a text takes, by the usual width of letters."""
    return _EM * size * max(map(len, text.split("\n")))


def wrap(text: str, room: float, size: float) -> str:
    """Text in lines of at most so many points, by the usual width of letters."""
    return "\n".join(
        line for part in text.split("\n") for line in textwrap.wrap(part, max(12, int(room / (_EM * size)))) or [""]
    )


def originals(analysis: Analysis) -> pd.DataFrame:
    """The articles that count, without their texts: no syndicated copies."""
    articles = analysis._about_articles()
    return articles[articles["duplicate_of"].isna()]


def stances_of(analysis: Analysis, polarity: str | None = None) -> pd.DataFrame:
    """The stances of the articles that count, of one polarity or both."""
    rows = analysis.stances
    rows = rows[rows["article_id"].isin(originals(analysis)["article_id"])]
    return rows if polarity is None else rows[rows["polarity"] == polarity]


def names_of(analysis: Analysis, ids: Iterable[str]) -> dict[str, str]:
    """Names of these actors by id, one name one actor."""
    actors = analysis.actors.loc[analysis.actors["actor_id"].isin(ids), ["actor_id", "name"]]
    return unique_names(actors.set_axis(["id", "name"], axis=1))


def counter(found: pd.DataFrame, by: str | list[str], interval: str) -> Callable[[Any, int], tuple[float, ...]]:
    """What tells the expected number of articles of a value of `by`, among so many, with ``low`` and ``high``.

    `found` has the probability ``p`` of each article that may show it.
    """
    chances = {value: p.to_numpy() for value, p in found.groupby(by)["p"]}

    def count(value: Any, n: int) -> tuple[float, ...]:
        p = chances.get(value, np.empty(0))
        return float(p.sum()), *of_number(p, n, interval)

    return count


def of_articles(data: Analysis | pd.DataFrame) -> str:
    """Of how many articles the numbers are, such as " (of 64)"; nothing of a table that does not say it."""
    n = len(originals(data)) if is_analysis(data) else data.attrs.get("n_articles")
    return "" if n is None else f" (of {n:,})"


@lru_cache(maxsize=64)
def _letters(family: str) -> frozenset[int]:
    """Characters of the font that matplotlib takes for this family."""
    return frozenset(
        font_manager.get_font(font_manager.findfont(font_manager.FontProperties(family=[family]))).get_charmap()
    )


@lru_cache(maxsize=1)
def _installed() -> tuple[str, ...]:
    names = {f.name for f in font_manager.fontManager.ttflist}
    return tuple(f for f in (*_OTHER_FONTS, _LAST_RESORT) if f in names)


def fit_fonts(ax: Axes) -> bool:
    """Give names in other scripts a font that has them; whether some letters are boxes since there is none."""
    boxes = False
    for text in ax.findobj(Text):
        letters = {
            ord(ch) for ch in text.get_text() if ord(ch) > 0x24F and not unicodedata.category(ch).startswith("C")
        }
        if not letters:
            continue
        families = list(text.get_fontfamily())
        known = [f for f in families if f != _LAST_RESORT]
        have = frozenset().union(*map(_letters, known))
        more = []
        for family in _installed():
            missing = letters - have
            if not missing:
                break
            if family == _LAST_RESORT:
                more.append(family)
                boxes = True
            elif family not in known and missing & _letters(family):
                more.append(family)
                have |= _letters(family)
        if more:
            text.set_fontfamily([*known, *more])
            if _LAST_RESORT in more:
                text.set_fontweight("normal")  # it has no bold
    return boxes
