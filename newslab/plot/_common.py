"""What all charts share: colours, names that fit, input checks, the empty chart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.text import Text

if TYPE_CHECKING:
    from newslab.analysis import Analysis

CRITICISM, SUPPORT = "#D55E00", "#0072B2"
COLOR = {"negative": CRITICISM, "positive": SUPPORT}
LABEL = {"negative": "criticism", "positive": "support"}
INK, FAINT, RULE = "#222222", "#6b6b6b", "#dddddd"
NAME = 28  # characters of a name that are shown
POLARITIES = ("negative", "positive")
_EDGE_COLUMNS = ("source", "target", "n_negative", "n_positive")
# Fonts that hold what matplotlib's own lacks, as they are called on the common systems.
_OTHER_FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari",
    "Arial Unicode MS", "Microsoft YaHei", "PingFang SC", "Hiragino Sans", "Segoe UI", "WenQuanYi Zen Hei",
)  # fmt: skip


def one_of(name: str, value: Any, allowed: Sequence[Any]) -> None:
    """Complain unless the argument `name` has one of the values allowed."""
    if not any(value is a or (isinstance(value, str) and value == a) for a in allowed):
        near = get_close_matches(str(value), [a for a in allowed if isinstance(a, str)], n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"{name} is {value!r}{hint}; it may be {', '.join(map(repr, allowed))}")


def at_least(name: str, value: Any, least: float, *, whole: bool = True) -> None:
    """Complain unless the argument `name` is a number that large."""
    kinds = (int, np.integer) if whole else (int, float, np.integer, np.floating)
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise TypeError(f"{name} is {value!r}; it takes a {'whole ' if whole else ''}number")
    if not value >= least:
        raise ValueError(f"{name} is {value!r}; it is at least {least}")


def unknown_name(kind: str, name: str, known: Iterable[str]) -> ValueError:
    """The error for a name that is not there, with the nearest that are."""
    known = sorted({str(k) for k in known})
    lower = {k.lower(): k for k in known}
    near = [lower[m] for m in get_close_matches(str(name).lower(), list(lower), n=3, cutoff=0.5)]
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"there are {', '.join(known[:8])}"
    return ValueError(f"no {kind} {name!r}; {hint}" if known else f"no {kind} {name!r}; there are none")


def is_analysis(data: object) -> bool:
    """Whether this is an Analysis, or behaves as one."""
    return callable(getattr(data, "edges", None)) and callable(getattr(data, "speakers", None))


def need_analysis(data: object, chart: str) -> None:
    """Complain where a chart needs the whole analysis."""
    if not is_analysis(data):
        raise TypeError(f"{chart} takes an Analysis, as analyze and load give it, not a {type(data).__name__}")


def need_columns(frame: pd.DataFrame, columns: Sequence[str], what: str) -> None:
    """Complain of columns that are not there."""
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        raise ValueError(
            f"this is no table of {what}: column {missing[0]!r} not found; columns are {', '.join(map(str, frame))}"
        )


def actor_ids(analysis: Analysis, names: str | Sequence[str] | None) -> set[str] | None:
    """Ids of the actors with these names, aliases or ids; None for everybody."""
    if names is None:
        return None
    actors = analysis.actors
    found: set[str] = set()
    for name in [names] if isinstance(names, str) else names:
        ids = set(actors.loc[(actors["name"] == name) | (actors["actor_id"] == name), "actor_id"])
        if not ids:
            rows = zip(actors["actor_id"], actors["aliases"], strict=True)
            ids = {i for i, aliases in rows if name in list(aliases)}
        if not ids:
            raise unknown_name("actor", name, actors["name"])
        found |= ids
    return found


def pairs(data: Analysis | pd.DataFrame) -> pd.DataFrame:
    """One row a source and target: ``from``, ``to`` (names to show, one name one actor), ``negative``, ``positive``."""
    if is_analysis(data):
        edges = data.edges(n_boot=1)  # intervals are not drawn
    elif isinstance(data, pd.DataFrame):
        edges = data
        need_columns(edges, _EDGE_COLUMNS, "edges")
    else:
        raise TypeError(f"a chart takes an Analysis or a table of its edges, not a {type(data).__name__}")
    ids = "_id" if {"source_id", "target_id"} <= set(edges.columns) else ""
    shown = unique_names(
        pd.concat(
            [
                edges[[f"source{ids}", "source"]].set_axis(["id", "name"], axis=1),
                edges[[f"target{ids}", "target"]].set_axis(["id", "name"], axis=1),
            ]
        )
    )
    rows = pd.DataFrame(
        {
            "from": edges[f"source{ids}"].map(shown).astype("object"),
            "to": edges[f"target{ids}"].map(shown).astype("object"),
            "negative": edges["n_negative"].astype("float64").fillna(0.0),
            "positive": edges["n_positive"].astype("float64").fillna(0.0),
        }
    )
    # A table split by outlet or month has several rows a pair; their counts of articles add up.
    return rows.groupby(["from", "to"], sort=True, as_index=False)[["negative", "positive"]].sum()


def unique_names(actors: pd.DataFrame) -> dict[Any, str]:
    """Names of actors by id, in one line; two actors of one name carry a number."""
    actors = actors.drop_duplicates("id").sort_values(["name", "id"])
    clean = actors["name"].map(one_line)
    nth, size = clean.groupby(clean).cumcount() + 1, clean.groupby(clean).transform("size")
    return {
        i: name if n == 1 else f"{name} ({k})" for i, name, k, n in zip(actors["id"], clean, nth, size, strict=True)
    }


def one_line(name: Any) -> str:
    """A name without line breaks and control characters, which neither a label nor an SVG file can hold."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp", "Cn") else c for c in str(name))
    return " ".join(kept.split()) or "?"


def strongest(frame: pd.DataFrame, size: pd.Series, n: int) -> set[str]:
    """The `n` actors with the largest sums of what they give and take; ties by name."""
    totals = size.groupby(frame["from"]).sum().add(size.groupby(frame["to"]).sum(), fill_value=0)
    order = pd.DataFrame({"name": totals.index, "total": -totals.round(9).to_numpy()}).sort_values(["total", "name"])
    return set(order["name"].head(n))


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


def number(value: float) -> str:
    """One decimal below ten, none above; a real minus sign; what is not zero does not look like zero."""
    if abs(value) < 1e-9:
        return "0"
    if abs(value) < 0.05:
        return "<0.1" if value > 0 else ">−0.1"
    return (f"{value:,.1f}" if abs(value) < 9.95 else f"{value:,.0f}").replace("-", "−")


def count(n: int, noun: str) -> str:
    """A number with its noun in the right form."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def new_axes(width: float, height: float) -> Axes:
    """Axes on a new figure of this size, whose labels fit."""
    return plt.figure(figsize=(width, height), layout="constrained").add_subplot()


def nothing(ax: Axes, message: str) -> Axes:
    """A chart that says that there is nothing to show."""
    ax.text(0.5, 0.5, message, ha="center", va="center", transform=ax.transAxes, color=FAINT, fontsize=11, wrap=True)
    ax.set_axis_off()
    return ax


def plain(ax: Axes) -> None:
    """Leave only the lower axis line."""
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0)


def title(ax: Axes, text: str, note: str = "") -> None:
    """A title on the left, and below it, smaller, what the reader has to know to read the chart."""
    ax.set_title(text, loc="left", fontsize=11, fontweight="bold", color=INK, pad=20 if note else 8)
    if note:
        ax.annotate(
            note, (0, 1), xycoords="axes fraction", xytext=(0, 6), textcoords="offset points", ha="left", va="bottom",
            fontsize=8, color=FAINT,
        )  # fmt: skip


def footnote(ax: Axes, text: str) -> None:
    """A note under the axis label, which every layout leaves room for."""
    if text:
        ax.set_xlabel("\n".join(filter(None, [ax.get_xlabel(), text])), fontsize=9)


@lru_cache(maxsize=1)
def _installed() -> tuple[str, ...]:
    names = {f.name for f in font_manager.fontManager.ttflist}
    return tuple(f for f in _OTHER_FONTS if f in names)


def fit_fonts(ax: Axes) -> None:
    """Give names in other scripts a font that has them, where this machine has one."""
    for text in [*ax.findobj(Text)]:
        if any(ord(c) > 0x52F and not 0x2000 <= ord(c) < 0x2300 for c in text.get_text()) and _installed():
            text.set_fontfamily([*text.get_fontfamily(), *_installed()])
