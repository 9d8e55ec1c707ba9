"""Criticism and support through time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from newslab.plot import _common as c

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_FREQ = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}
_ALIAS = {"D": "day", "W": "week", "M": "month", "MS": "month", "ME": "month", "Q": "quarter", "QS": "quarter",
          "QE": "quarter", "Y": "year", "YS": "year", "YE": "year"}  # fmt: skip
_STYLE = {
    "negative": {"linestyle": "-", "marker": "o", "markersize": 4.5},
    "positive": {"linestyle": (0, (4, 2)), "marker": "s", "markersize": 4.5},
}
_EXACT = 400  # articles a step up to which the interval is exact


def timeline(
    analysis: Analysis,
    *,
    source: str | Sequence[str] | None = None,
    target: str | Sequence[str] | None = None,
    freq: str = "month",
    polarity: str | None = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Criticism and support through time, as expected numbers of articles with 95 % bands.

    Parameters
    ----------
    analysis : Analysis
    source, target : str or sequence of str, optional
        Only from, or towards, these actors (names, aliases or ids). Default all.
    freq : {"day", "week", "month", "quarter", "year"}, default "month"
        Length of a step; pandas' "D", "W", "MS", "QS" and "YS" are understood too.
    polarity : {"negative", "positive"}, optional
        Only criticism, or only support. Default both.
    ax : Axes, optional
        Where to draw; by default a new figure.
    **kwargs
        Passed to :meth:`matplotlib.axes.Axes.plot`.

    Returns
    -------
    Axes
        Steps without any are drawn as zero, from the first to the last dated article of the corpus. How many articles
        have no date is said below.

    Raises
    ------
    ValueError
        If an actor is not in the corpus (the message names the nearest), or `freq` or `polarity` is not possible.

    See Also
    --------
    newslab.Analysis.edges : ``by="month"`` gives such numbers for each pair.

    Notes
    -----
    An article counts once for each polarity, however many of the edges it shows: with probability 1 - prod(1 - p) of
    its stances. The band holds the number of articles with 95 % probability, given these (Poisson binomial
    distribution; its normal approximation for more than 400 articles a step). Syndicated copies are not counted.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> articles = pd.DataFrame({"text": ["Ona Vell attacked Tam Orr."], "published": ["2031-03-04"]})
    >>> ax = nl.plot.timeline(nl.analyze(articles, progress=False), target="Tam Orr")
    >>> ax.get_title(loc="left")
    'Anyone → Tam Orr'
    """
    c.need_analysis(analysis, "timeline")
    step = _ALIAS.get(freq, freq) if isinstance(freq, str) else freq
    c.one_of("freq", step, tuple(_FREQ))
    c.one_of("polarity", polarity, (None, *c.POLARITIES))
    kinds = c.POLARITIES if polarity is None else (polarity,)
    counts, undated = _counts(analysis, c.actor_ids(analysis, source), c.actor_ids(analysis, target), step)
    counts = counts[counts["polarity"].isin(kinds)]
    ax = ax if ax is not None else c.new_axes(7.5, 3.6)
    note = f"{c.count(undated, 'article')} without a date not shown" if undated else ""
    if not counts["count"].any():
        what = "criticism or support" if polarity is None else c.LABEL[polarity]
        return c.nothing(ax, f"no dated {what} found" + (f"\n({note})" if note else ""))
    for kind in kinds:
        rows = counts[counts["polarity"] == kind]
        style = {"color": c.COLOR[kind], "label": c.LABEL[kind], "linewidth": 1.8, "clip_on": False, **_STYLE[kind]}
        ax.plot(rows["time"], rows["count"], **{**style, **kwargs})
        if len(rows) > 1:
            ax.fill_between(rows["time"], rows["low"], rows["high"], color=c.COLOR[kind], alpha=0.16, linewidth=0)
        else:
            ax.vlines(rows["time"], rows["low"], rows["high"], color=c.COLOR[kind], alpha=0.4, linewidth=4)
    ax.set_ylim(0, 1.2 * max(counts["high"].max(), 1))  # room for the legend
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    _dates(ax, counts["time"].drop_duplicates(), step)
    ax.grid(axis="y", color="#eeeeee", linewidth=0.8)
    ax.set_axisbelow(True)
    ax.set_ylabel(f"articles a {step} (expected)", fontsize=9)
    c.title(ax, _title(source, target, kinds))
    if len(kinds) > 1:
        ax.legend(frameon=False, loc="upper right", borderaxespad=0.2, ncols=2, fontsize=9)
    else:
        ax.set_ylabel(f"articles with {c.LABEL[kinds[0]]} a {step} (expected)", fontsize=9)
    notes = ["bands: 95 % intervals of the number of articles", note]
    ax.set_xlabel("; ".join(filter(None, notes)), fontsize=8, color=c.FAINT, loc="left")
    c.plain(ax)
    c.fit_fonts(ax)
    return ax


def _title(source: str | Sequence[str] | None, target: str | Sequence[str] | None, kinds: Sequence[str]) -> str:
    if source is None and target is None:
        return f"All {' and '.join(c.LABEL[k] for k in kinds)}"
    text = f"{_names(source)} → {_names(target)}"
    return "Anyone" + text.removeprefix("anyone") if source is None else text


def _names(names: str | Sequence[str] | None) -> str:
    if names is None:
        return "anyone"
    given = [names] if isinstance(names, str) else list(names)
    shown = [c.short(n) for n in given[:3]]
    rest = [f"{len(given) - 3} others"] if len(given) > 3 else []
    *most, last = [*shown, *rest] or ["nobody"]
    return f"{', '.join(most)} and {last}" if most else last


def _dates(ax: Axes, times: pd.Series, step: str) -> None:
    if len(times) <= 12:  # a tick a step
        shape = {"day": "%-d %b", "week": "%-d %b", "month": "%b", "quarter": "%b", "year": "%Y"}[step]
        labels, year = [], None
        for t in times:
            text = str(t.year) if step == "year" else t.strftime(shape.replace("%-d", str(t.day)))
            labels.append(text if step == "year" or t.year == year else f"{text}\n{t.year}")
            year = t.year
        ax.set_xticks(list(times), labels)
    else:
        locator = mdates.AutoDateLocator(minticks=3, maxticks=9)
        ax.xaxis.set_major_locator(locator)
        ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))
    if len(times) == 1:
        ax.set_xlim(times.iloc[0] - pd.Timedelta(days=15), times.iloc[0] + pd.Timedelta(days=15))


def _counts(
    analysis: Analysis, sources: set[str] | None, targets: set[str] | None, step: str
) -> tuple[pd.DataFrame, int]:
    """One row a step and polarity: ``time``, ``polarity``, ``count``, ``low``, ``high``; and the number of undated."""
    shown = _probabilities(analysis, sources, targets)
    undated = int(shown.loc[shown["published"].isna(), "article_id"].nunique())
    shown = shown.dropna(subset="published")
    originals = analysis.articles[analysis.articles["duplicate_of"].isna()]
    dated = originals["published"].dropna()
    if shown.empty:
        return pd.DataFrame({"time": [], "polarity": [], "count": [], "low": [], "high": []}), undated
    steps = pd.period_range(dated.min().to_period(_FREQ[step]), dated.max().to_period(_FREQ[step]))
    groups = dict(list(shown.groupby([shown["polarity"], shown["published"].dt.to_period(_FREQ[step])])["p"]))
    rows = []
    for kind in c.POLARITIES:
        for period in steps:
            p = groups[kind, period].to_numpy() if (kind, period) in groups else np.empty(0)
            rows.append((period.start_time, kind, float(p.sum()), *_interval(p)))
    return pd.DataFrame(rows, columns=["time", "polarity", "count", "low", "high"]), undated


def _probabilities(analysis: Analysis, sources: set[str] | None, targets: set[str] | None) -> pd.DataFrame:
    """One row an article (no copies) and polarity: the probability ``p`` of at least one such stance, and the date."""
    originals = analysis.articles[analysis.articles["duplicate_of"].isna()]
    rows = analysis.stances[analysis.stances["article_id"].isin(originals["article_id"])]
    for column, ids in (("source_id", sources), ("target_id", targets)):
        rows = rows[rows[column].isin(ids)] if ids is not None else rows
    none = np.log1p(-rows["probability"].clip(upper=1 - 1e-9))
    found = (1 - np.exp(none.groupby([rows["article_id"], rows["polarity"]]).sum())).rename("p").reset_index()
    return found.merge(originals[["article_id", "published"]], on="article_id", how="left")


def _interval(p: np.ndarray, confidence: float = 0.95) -> tuple[float, float]:
    """Range of the number of successes of independent trials with probabilities `p` (Poisson binomial)."""
    if not len(p):
        return 0.0, 0.0
    tail = (1 - confidence) / 2
    if len(p) > _EXACT:
        spread = 1.959964 * np.sqrt((p * (1 - p)).sum())
        return max(0.0, float(p.sum() - spread)), min(float(len(p)), float(p.sum() + spread))
    chances = np.ones(1)
    for q in p:
        chances = np.convolve(chances, [1 - q, q])
    below = np.cumsum(chances)
    low, high = np.searchsorted(below, tail, side="right"), np.searchsorted(below, 1 - tail - 1e-12)
    return float(low), float(min(high, len(p)))
