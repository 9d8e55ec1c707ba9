"""Outlet against outlet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from newslab.plot import _common as c

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_MARKERS = "osD^vPX"


def outlets(
    analysis: Analysis,
    *,
    targets: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    n: int = 10,
    polarity: str = "negative",
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Whom each outlet shows being criticized, per 100 of its articles.

    Parameters
    ----------
    analysis : Analysis
    targets : sequence of str, optional
        Actors to show, from top to bottom. Default the `n` most criticized (or backed).
    names : sequence of str, optional
        Outlets to compare, seven at most. Default the seven with the most articles.
    n : int, default 10
        Number of actors, where `targets` is not given.
    polarity : {"negative", "positive"}, default "negative"
        Criticism or support.
    ax : Axes, optional
        Where to draw; by default a new figure whose height depends on the number of actors.
    **kwargs
        Passed to :meth:`matplotlib.axes.Axes.plot`.

    Returns
    -------
    Axes
        One row an actor, one mark an outlet. Syndicated copies are not counted.

    Raises
    ------
    ValueError
        If `polarity` is not possible, or an actor or an outlet is not there (the message names the nearest).

    Notes
    -----
    An article counts once for an actor, with probability 1 - prod(1 - p) of the stances towards it. What outlets
    report also depends on what they cover, and small numbers of articles give rates that vary by chance: the legend
    says on how many each rests.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> articles = pd.DataFrame({"text": ["Ona Vell attacked Tam Orr.", "Rain fell."], "outlet": ["Gull", "Tide"]})
    >>> ax = nl.plot.outlets(nl.analyze(articles, progress=False))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['Gull (1 article)', 'Tide (1 article)']
    """
    c.need_analysis(analysis, "outlets")
    c.one_of("polarity", polarity, c.POLARITIES)
    c.at_least("n", n, 1)
    rates, articles = _rates(analysis, polarity, n, targets, names)
    if ax is None:
        longest = sum(max((len(c.short(str(x))) for x in names), default=0) for names in (rates.index, rates.columns))
        ax = c.new_axes(max(7.5, 5.0 + 0.09 * longest), max(2.8, 0.33 * len(rates) + 2.0))
    if rates.empty or not rates.to_numpy().any():
        return c.nothing(ax, f"no {c.LABEL[polarity]} found in articles with an outlet")
    y = np.arange(len(rates))[::-1]
    ax.hlines(y, rates.min(axis=1), rates.max(axis=1), color=c.RULE, linewidth=2.4, zorder=1)
    for k, outlet in enumerate(rates.columns):
        size = c.count(int(articles[outlet]), "article")
        style = {"marker": _MARKERS[k], "linestyle": "none", "color": _COLORS[k], "markersize": 7.5, "zorder": 3,
                 "markeredgecolor": "white", "markeredgewidth": 0.7, "clip_on": False,
                 "label": f"{c.short(outlet)} ({size})"}  # fmt: skip
        ax.plot(rates[outlet], y, **{**style, **kwargs})
    ax.set_yticks(y, [c.short(t) for t in rates.index], fontsize=9)
    ax.tick_params(axis="y", pad=9)  # names stay clear of the markers at zero
    ax.set_ylim(-0.7, len(rates) - 0.3)
    ax.set_xlim(0, 1.06 * rates.to_numpy().max())
    ax.grid(axis="both", color="#eeeeee", linewidth=0.8)
    ax.set_axisbelow(True)
    ax.set_xlabel(f"articles with {c.LABEL[polarity]} of the actor, per 100 of the outlet (expected)", fontsize=9)
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1), fontsize=8.5, borderaxespad=0.3)
    c.title(ax, f"Who is {'criticized' if polarity == 'negative' else 'backed'} in which outlet")
    missing = int(articles.attrs["n_without"])
    notes = [f"{c.count(missing, 'article')} without an outlet not shown"] if missing else []
    if len(articles) > len(rates.columns):
        notes.append(f"{c.count(len(articles) - len(rates.columns), 'outlet')} more not shown")
    c.footnote(ax, "\n".join(notes))
    c.plain(ax)
    c.fit_fonts(ax)
    return ax


def _rates(
    analysis: Analysis, polarity: str, n: int, targets: Sequence[str] | None, names: Sequence[str] | None
) -> tuple[pd.DataFrame, pd.Series]:
    """Actors by outlets, per 100 articles; and the number of articles of every outlet."""
    originals = analysis.articles[analysis.articles["duplicate_of"].isna()]
    articles = originals.groupby("outlet").size().sort_values(ascending=False, kind="stable")
    articles.attrs["n_without"] = int(originals["outlet"].isna().sum())
    for name in names or ():
        if name not in articles.index:
            raise c.unknown_name("outlet", name, articles.index)
    if names is not None and len(names) > len(_MARKERS):
        raise ValueError(f"names has {len(names)} outlets; {len(_MARKERS)} at most can be told apart")
    columns = list(dict.fromkeys(names)) if names is not None else list(articles.index[: len(_MARKERS)])
    actors = analysis.actors[["actor_id", "name"]].set_axis(["id", "name"], axis=1)
    rows = analysis.stances[analysis.stances["polarity"] == polarity]
    rows = rows[rows["article_id"].isin(originals["article_id"])]
    if targets is None:
        label = rows["target_id"].map(c.unique_names(actors[actors["id"].isin(rows["target_id"])]))
    else:
        targets = [targets] if isinstance(targets, str) else list(dict.fromkeys(targets))
        label = rows["target_id"].map({i: name for name in targets for i in c.actor_ids(analysis, name)})
    none = np.log1p(-rows["probability"].clip(upper=1 - 1e-9))
    p = (1 - np.exp(none.groupby([label.rename("target"), rows["article_id"]]).sum())).rename("p").reset_index()
    p["outlet"] = p["article_id"].map(originals.set_index("article_id")["outlet"])
    sums = p.groupby(["target", "outlet"])["p"].sum().unstack(fill_value=0.0)
    table = 100 * sums.reindex(columns=columns, fill_value=0.0) / articles.reindex(columns)
    if targets is not None:
        return table.reindex(targets, fill_value=0.0), articles
    order = pd.DataFrame({"name": table.index, "total": -table.sum(axis=1).round(9).to_numpy()})
    order = order[order["total"] < 0].sort_values(["total", "name"])
    return table.loc[order["name"].head(n)], articles
