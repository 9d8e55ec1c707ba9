"""Criticism and support through time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from newslab.checks import need_analysis, one_of
from newslab.corpus.dates import parse_day
from newslab.display import COLOR, LABEL, left_to_right
from newslab.edges import PERIODS, at_least_one
from newslab.plot import _common as c
from newslab.plurals import how_many

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_ALIAS = {"D": "day", "W": "week", "M": "month", "MS": "month", "ME": "month", "Q": "quarter", "QS": "quarter",
          "QE": "quarter", "Y": "year", "YS": "year", "YE": "year"}  # fmt: skip
_STYLE: dict[str, dict[str, Any]] = {
    "negative": {"linestyle": "-", "marker": "o"},
    "positive": {"linestyle": (0, (4, 2)), "marker": "s"},
}
_Ids = Collection[str] | None  # of actors; None for everybody
_COLUMNS = ("time", "polarity", "count", "low", "high")
_LEVELS = 5  # rows of labels of events over the chart, at most
_TURNS = 10  # labels of events that may be turned to the left of their line, up to which all ways are tried
_MARKS = 40  # steps up to which each has a mark
_EVENT = 26  # characters of a label of an event


def timeline(
    analysis: Analysis | pd.DataFrame,
    *,
    source: str | Sequence[str] | None = None,
    target: str | Sequence[str] | None = None,
    freq: str = "month",
    polarity: str | None = None,
    events: Mapping[str, Any] | pd.DataFrame | None = None,
    interval: str = "sample",
    width: float | None = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Criticism and support through time, as expected numbers of articles with 95 % bands.

    Parameters
    ----------
    analysis : Analysis or DataFrame
        An analysis, or a table as ``nl.plot.table(analysis, "timeline")`` gives.
    source, target : str or sequence of str, optional
        Only from, or towards, these actors (names, aliases or ids). Default all.
    freq : {"day", "week", "month", "quarter", "year"}, default "month"
        Length of a step; pandas' "D", "W", "MS", "QS" and "YS" are understood too.
    polarity : {"negative", "positive"}, optional
        Only criticism, or only support. Default both.
    events : mapping or DataFrame, optional
        What you know happened: ``{"Election": "2031-04-02"}``, or a table with the columns ``label`` and ``date``.
        Drawn as vertical lines with their labels above the chart, or with numbers and a key below where there is no
        room for labels. How many lie outside its dates is said below.
    interval : {"sample", "corpus"}, default "sample"
        What the bands cover. "sample": the number to be expected of so many articles like these, which tells whether
        a change is more than chance. "corpus": the true number in these very articles.
    width : float, optional
        Inches of the new figure: 3.3 is a column of a journal, 7 a page.
    ax : Axes, optional
        Where to draw; by default a new figure.
    **kwargs
        Passed to :meth:`matplotlib.axes.Axes.plot`.

    Returns
    -------
    Axes
        Marks stand in the middle of their step. Steps without any are drawn as zero, from the first to the last dated
        article of the corpus. How many articles a step has, and how many have no date, is said below.

    Raises
    ------
    ValueError
        If an actor is not in the corpus (the message names the nearest), several have its name, an option is not
        possible, or an event has no date.
    TypeError
        If an option is neither one of these nor one of matplotlib's, or a value is of another kind.

    See Also
    --------
    table : the numbers drawn.
    newslab.Analysis.edges : ``by="month"`` gives such numbers for each pair.

    Notes
    -----
    An article counts once for each polarity, however many of the edges it shows: with probability 1 - prod(1 - p) of
    its stances. Intervals are made as in :meth:`newslab.Analysis.edges`, of the step's articles. Syndicated copies are
    not counted.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> articles = pd.DataFrame({"text": ["Ona Vell attacked Tam Orr."], "published": ["2031-03-04"]})
    >>> ax = nl.plot.timeline(nl.analyze(articles, progress=False), target="Tam Orr")
    >>> ax.get_title(loc="left")
    'Anyone → Tam Orr'
    """
    c.check_room(ax, width)
    kwargs = c.options_of(timeline, kwargs, Axes.plot, Line2D)
    happened = events_of(events)
    counts, kinds = counts_of(analysis, source=source, target=target, freq=freq, polarity=polarity, interval=interval)
    about = counts.attrs
    if ax is None:
        width = width or 7.5
        ax = c.new_axes(width, 0.36 * width + c.sizes_of(width).scale * (1.5 if happened else 1.1))
    undated = about.get("n_undated", 0)
    missing = f"{how_many(undated, 'article')} without a date not shown" if undated else ""
    if not counts["count"].any():
        what = "criticism or support" if polarity is None else LABEL[polarity]
        return c.nothing(ax, f"no dated {what} found" + (f"\n({missing})" if missing else ""))
    step = about.get("freq", "month")
    handles = draw(ax, counts, kinds, step, **kwargs)
    size = c.sizes(ax)
    what = "articles" if len(kinds) > 1 else f"articles with {LABEL[kinds[0]]}"
    ax.set_ylabel(f"{what} a {step}" + ("\n(expected)" if size.small else " (expected)"), fontsize=size.text)
    above, outside, key = _draw_events(ax, happened, size)
    notes = [bands_of(counts), missing,
             f"{how_many(outside, 'event')} outside these dates not shown" if outside else ""]  # fmt: skip
    heading = title_of(counts, kinds)
    shown = handles if len(kinds) > 1 else ()
    c.finish(ax, heading, foot=[key, "; ".join(filter(None, notes))], handles=shown, above=above)
    c.figure(ax).draw_without_rendering()  # title and legend have taken of the height
    c.wrap_beside(ax, size.text)
    return ax


def counts_of(
    analysis: Analysis | pd.DataFrame,
    *,
    source: str | Sequence[str] | None,
    target: str | Sequence[str] | None,
    freq: str,
    polarity: str | None,
    interval: str,
) -> tuple[pd.DataFrame, Sequence[str]]:
    """What is drawn of an analysis or a table of numbers: rows of the polarities asked for, and these."""
    one_of("polarity", polarity, (None, *c.POLARITIES))
    kinds = c.POLARITIES if polarity is None else (polarity,)
    if isinstance(analysis, pd.DataFrame):
        if source is not None or target is not None:
            raise ValueError("source and target take an Analysis; a table holds what was counted already")
        c.need_columns(analysis, _COLUMNS, "numbers through time", ["time", "polarity"])
        counts = analysis
    else:
        counts = table(analysis, source=source, target=target, freq=freq, interval=interval)
    return counts[counts["polarity"].isin(kinds)], kinds


def bands_of(counts: pd.DataFrame) -> str:
    """What the bands of a chart of these numbers cover, and of how many articles they are."""
    covers = {"sample": "the number to be expected of articles like these", "corpus": "the number in these articles"}
    text = "bands: 95 % intervals of " + covers.get(counts.attrs.get("interval", ""), "the number of articles")
    if "n_articles" in counts and len(counts):  # whoever counts less in a step may only have read less
        few, many = counts["n_articles"].min(), counts["n_articles"].max()
        text += f"; a {counts.attrs.get('freq', 'step')} has "
        text += how_many(few, "article") if few == many else f"{few:,} to {how_many(many, 'article')}"
    return text


def table(
    analysis: Analysis,
    *,
    source: str | Sequence[str] | None = None,
    target: str | Sequence[str] | None = None,
    freq: str = "month",
    interval: str = "sample",
) -> pd.DataFrame:
    """The numbers of the chart; see ``plot.table``."""
    need_analysis(analysis, "timeline")
    step = _ALIAS.get(freq, freq) if isinstance(freq, str) else freq
    one_of("freq", step, tuple(PERIODS))
    one_of("interval", interval, ("sample", "corpus"))
    ends = {"source": c.actor_ids(analysis, source), "target": c.actor_ids(analysis, target)}
    counts, undated = _counts(analysis, ends["source"], ends["target"], step, interval)
    names = analysis._actor_names()
    called = {end: None if ids is None else [str(names[i]) for i in ids] for end, ids in ends.items()}
    counts.attrs = {"freq": step, "interval": interval, "n_undated": undated, **called}
    return counts


def draw(ax: Axes, counts: pd.DataFrame, kinds: Sequence[str], step: str, **kwargs: Any) -> list[Line2D]:
    """Lines and bands; the lines."""
    size = c.sizes(ax)
    times = counts["time"].drop_duplicates().sort_values()
    middle = dict(zip(times, middles(times, step), strict=True))
    lines = []
    for kind in kinds:
        rows = counts[counts["polarity"] == kind].sort_values("time")
        at = rows["time"].map(middle)
        marks = _STYLE[kind] if len(times) <= _MARKS else {"linestyle": _STYLE[kind]["linestyle"]}
        style = {"color": COLOR[kind], "label": LABEL[kind], "linewidth": size.line, "clip_on": False,
                 **marks, "markersize": 0.75 * size.marker, "zorder": 3}  # fmt: skip
        lines += ax.plot(at, rows["count"], **{**style, **kwargs})
        color = lines[-1].get_color()
        ax.fill_between(at, rows["low"], rows["high"], color=color, alpha=0.16, linewidth=0)
        known = rows["low"].notna().to_numpy()
        alone = known & ~np.r_[False, known[:-1]] & ~np.r_[known[1:], False]  # a band needs a neighbour
        ax.vlines(
            at[alone],
            rows["low"][alone],
            rows["high"][alone],
            color=color,
            alpha=0.4,
            linewidth=min(4, 0.6 * 72 * c.inches(ax) / len(times)),
        )
    ax.set_ylim(0, 1.08 * max(counts["high"].max(), counts["count"].max(), 1))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    last = times.iloc[-1].to_period(PERIODS[step]).end_time
    ax.set_xlim(times.iloc[0], last)
    _dates(ax, [middle[t] for t in times], list(times), step, size)
    ax.grid(axis="y", color="#eeeeee", linewidth=0.8)
    c.plain(ax)
    return lines


def middles(times: pd.Series, step: str) -> pd.Series:
    """The middles of the steps that begin at these times."""
    periods = times.dt.to_period(PERIODS[step])
    return times + (periods.dt.end_time - periods.dt.start_time) / 2


def events_of(events: Mapping[str, Any] | pd.DataFrame | None) -> list[tuple[pd.Timestamp, str]]:
    """Dates with their labels, the first first."""
    if events is None:
        return []
    if isinstance(events, pd.DataFrame):
        c.need_columns(events, ("label", "date"), "events")
        pairs = list(zip(events["label"], events["date"], strict=True))
    elif isinstance(events, Mapping):
        pairs = list(events.items())
    else:
        raise TypeError(f"events takes {{label: date}} or a table with label and date, not a {type(events).__name__}")
    out = []
    for label, date in pairs:
        try:
            day = parse_day(date)
        except (ValueError, TypeError) as error:
            raise ValueError(
                f"the event {label!r} has the date {date!r}, which is no date such as 2031-04-02"
            ) from error
        if pd.isna(day):
            raise ValueError(f"the event {label!r} has no date; leave it out or give one such as 2031-04-02")
        out.append((day.tz_localize(None) if day.tzinfo is not None else day, c.short(label, _EVENT)))
    return sorted(out)


def _draw_events(ax: Axes, events: Sequence[tuple[pd.Timestamp, str]], size: c.Sizes) -> tuple[float, int, str]:
    """Lines with labels above the frame; points of height, the number of events left out, and a key where they have
    numbers, since there is no room for their labels.
    """  # noqa: D205
    low, high = mdates.num2date(ax.get_xlim()[0]), mdates.num2date(ax.get_xlim()[1])
    inside = [(t, label) for t, label in events if low <= t.tz_localize("UTC") <= high]
    if not inside:
        return 0.0, len(events), ""
    figure = c.figure(ax)
    texts = [
        ax.annotate(
            label, (mdates.date2num(day), 1), xycoords=("data", "axes fraction"), xytext=(0, 0),
            textcoords="offset points", fontsize=size.note, color=c.INK, va="bottom", gid="event",
            annotation_clip=False,
        )
        for day, label in inside
    ]  # fmt: skip
    c.fit_fonts(ax)
    figure.draw_without_rendering()
    scale, frame = 72 / figure.dpi, ax.get_window_extent()
    at = [(ax.transData.transform((mdates.date2num(day), 0))[0] - frame.x0) * scale for day, _ in inside]
    key = ""
    for _ in range(2):
        long = [text.get_window_extent().width * scale + 3 for text in texts]
        places = _rows_of_labels(at, long, frame.width * scale)
        if places is not None:
            break
        key = "; ".join(f"{k}: {label}" for k, (_, label) in enumerate(inside, 1))  # numbers, and a key below
        for k, text in enumerate(texts, 1):
            text.set_text(str(k))
    rows, turned = places or ([k % _LEVELS for k in range(len(at))], [False] * len(at))
    for (day, label), text, row, left in zip(inside, texts, rows, turned, strict=True):
        lift = 2 + row * 1.3 * size.note
        text.set(ha="right" if left else "left")
        text.xyann = (-2 if left else 2, lift)
        line = {"color": c.FAINT, "linewidth": 0.9, "linestyle": (0, (1.5, 1.5))}
        ax.plot([day, day], [0, 1], transform=ax.get_xaxis_transform(), gid=f"event {label}", zorder=1, **line)
        # Above the frame it is as long as the label is high, whatever the height of the frame will be.
        ax.annotate("", (mdates.date2num(day), 1), xycoords=("data", "axes fraction"), xytext=(0, lift + size.note),
                    textcoords="offset points", annotation_clip=False,
                    arrowprops={"arrowstyle": "-", "shrinkA": 0, "shrinkB": 0, **line})  # fmt: skip
    return max(rows) * 1.3 * size.note + 1.6 * size.note + 3, len(events) - len(inside), key


def _rows_of_labels(at: Sequence[float], long: Sequence[float], room: float) -> tuple[list[int], list[bool]] | None:
    """Rows of labels above the frame, 0 the lowest, and which stand to the left of their line; None if none do.

    A line ends where its label ends. So a label stands above those whose lines it would meet, and no line runs through
    a label. Of all ways to turn labels, the one with the fewest rows is taken, and of these the one that turns fewest.
    """
    free = [k for k, (x, w) in enumerate(zip(at, long, strict=True)) if x + w <= room and x >= w]
    most = free if len(free) <= _TURNS else []
    best: tuple[tuple[int, int], list[int], list[bool]] | None = None
    for choice in product((False, True), repeat=len(most)):
        turned = [x + w > room for x, w in zip(at, long, strict=True)]
        for k, left in zip(most, choice, strict=True):
            turned[k] = left
        rows = _rows([(x - w, x) if left else (x, x + w) for x, w, left in zip(at, long, turned, strict=True)], at)
        if rows is not None and (best is None or (max(rows), sum(turned)) < best[0]):
            best = ((max(rows), sum(turned)), rows, turned)
    return None if best is None or best[0][0] >= _LEVELS else best[1:]


def _rows(spans: Sequence[tuple[float, float]], at: Sequence[float]) -> list[int] | None:
    """The lowest rows in which no label covers another and none meets a line; None where there are none."""
    n = len(spans)
    below: list[list[int]] = [[] for _ in spans]  # of each label, those that stand under it
    for i in range(n):
        for k in range(n):
            meets = i != k and spans[i][0] - 3 < at[k] < spans[i][1] + 3
            met = i != k and spans[k][0] - 3 < at[i] < spans[k][1] + 3
            covers = i < k and spans[i][0] < spans[k][1] and spans[k][0] < spans[i][1]
            if meets or (covers and not met):
                below[i].append(k)
    rows = [0] * n
    for _ in range(n + 1):
        lowest = [max((rows[k] + 1 for k in under), default=0) for under in below]
        if lowest == rows:
            return rows
        rows = lowest
    return None  # two that each have to stand under the other


def title_of(counts: pd.DataFrame, kinds: Sequence[str]) -> str:
    """Whose criticism or support of whom it is."""
    source, target = counts.attrs.get("source"), counts.attrs.get("target")
    if source is None and target is None:
        return f"All {' and '.join(LABEL[k] for k in kinds)}"
    text = left_to_right(" → ", [_names(source), _names(target)])
    return "Anyone" + text.removeprefix("anyone") if source is None else text


def _names(names: str | Sequence[str] | None) -> str:
    if names is None:
        return "anyone"
    given = [names] if isinstance(names, str) else list(names)
    shown = [c.short(n) for n in given[:3]]
    rest = [f"{len(given) - 3} others"] if len(given) > 3 else []
    *most, last = [*shown, *rest] or ["nobody"]
    return f"{', '.join(most)} and {last}" if most else last


def _dates(ax: Axes, places: Sequence[pd.Timestamp], times: Sequence[pd.Timestamp], step: str, size: c.Sizes) -> None:
    room = 72 * c.inches(ax)
    most = min(12, int(room / (3.1 * size.text)))
    if len(times) <= most:  # a tick a step
        shape = {"day": "%d %b", "week": "%d %b", "month": "%b", "quarter": "%b", "year": "%Y"}[step]
        labels, year = [], None
        for t in times:
            text = f"Q{t.quarter}" if step == "quarter" else t.strftime(shape).lstrip("0")
            labels.append(text if step == "year" or t.year == year else f"{text}\n{t.year}")
            year = t.year
        ax.set_xticks(list(places), labels)
    else:
        locator = mdates.AutoDateLocator(minticks=3, maxticks=7)  # fewer are too few for 35 months, as it counts
        ax.xaxis.set_major_locator(locator)
        ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator, show_offset=len(times) > 1))
        ax.xaxis.get_offset_text().set_fontsize(size.note)


def _counts(
    analysis: Analysis,
    sources: Collection[str] | None,
    targets: Collection[str] | None,
    step: str,
    interval: str,
) -> tuple[pd.DataFrame, int]:
    """One row a step and polarity, and the number of undated articles with such stances."""
    shown = _probabilities(analysis, sources, targets)
    undated = int(shown.loc[shown["published"].isna(), "article_id"].nunique())
    shown = shown.dropna(subset="published")
    dated = c.originals(analysis)["published"].dropna()
    rows = []
    if len(shown):
        steps, held = (days.dt.to_period(PERIODS[step]) for days in (dated, shown["published"]))
        articles = steps.value_counts()
        number = c.counter(shown.assign(step=held), ["polarity", "step"], interval)
        for kind, period in product(c.POLARITIES, pd.period_range(steps.min(), steps.max())):
            n = int(articles.get(period, 0))
            rows.append((period.start_time, kind, *number((kind, period), n), n))
    frame = pd.DataFrame(rows, columns=[*_COLUMNS, "n_articles"])
    return frame.astype({"time": "datetime64[ns]", "polarity": "str", "count": "float64", "low": "float64",
                         "high": "float64", "n_articles": "int64"}), undated  # fmt: skip


def _probabilities(analysis: Analysis, sources: _Ids, targets: _Ids) -> pd.DataFrame:
    """One row an article (no copies) and polarity: the probability ``p`` of at least one such stance, and the date."""
    rows = c.stances_of(analysis)
    for column, ids in (("source_id", sources), ("target_id", targets)):
        rows = rows[rows[column].isin(ids)] if ids is not None else rows
    found = at_least_one(rows, ["article_id", "polarity"])
    return found.merge(c.originals(analysis)[["article_id", "published"]], on="article_id", how="left")
