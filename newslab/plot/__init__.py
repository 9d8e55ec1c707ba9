"""Charts of an analysis: who criticizes whom, in what tone, when and in which outlet.

Each function takes an :class:`newslab.Analysis`, or the table beneath the chart (:func:`table`), draws on the Axes
given or on a new figure of a fitting size, and returns the Axes. ``width=3.3`` sets a chart for one column of a
journal, ``width=7`` for a page; type is of 7 points in the one and of 9 in the other, or of as many as you or a style
sheet give matplotlib (``plt.rcParams["font.size"] = 8``). :func:`multiples_figure` alone
has several panels and owns its figure. Nothing is shown or saved, and no global setting of matplotlib is changed.

:mod:`newslab.plot.interactive` has twins of some of them to point at, made of the same tables.

What is estimated has its 95 % interval. Colours are those of Okabe and Ito (2008), which colour-blind readers can tell
apart; criticism and support differ by line style as well.
"""

from functools import partial
from inspect import signature
from typing import TYPE_CHECKING, Any

from newslab.checks import meant, need_analysis, one_of
from newslab.plot import _balance, _outlets, _sentiment, _timeline, interactive
from newslab.plot._balance import balance
from newslab.plot._matrix import matrix
from newslab.plot._multiples import multiples_figure
from newslab.plot._network import network
from newslab.plot._outlets import outlets
from newslab.plot._sentiment import sentiment
from newslab.plot._timeline import timeline

if TYPE_CHECKING:
    import pandas as pd

    from newslab.analysis import Analysis

__all__ = [
    "balance",
    "interactive",
    "matrix",
    "multiples_figure",
    "network",
    "outlets",
    "sentiment",
    "table",
    "timeline",
]


def __dir__() -> list[str]:
    return __all__


_TABLES = {
    "balance": _balance.table,
    "matrix": None,  # the edges of the analysis
    "network": None,
    "outlets": _outlets.table,
    "sentiment": _sentiment.table,
    "timeline": _timeline.table,
}


def table(analysis: "Analysis", chart: str, **options: Any) -> "pd.DataFrame":
    """The tidy table beneath a chart, which the chart takes in place of the analysis.

    Parameters
    ----------
    analysis : Analysis
    chart : {"balance", "matrix", "network", "outlets", "sentiment", "timeline"}
        Name of a chart.
    **options
        Those options of the chart that decide what is counted: ``actors``, ``polarity`` and ``interval`` of a
        balance; ``show``, ``targets``, ``names``, ``n``, ``polarity`` and ``interval`` of outlets; ``source``,
        ``target``, ``freq`` and ``interval`` of a timeline; those of :meth:`newslab.Analysis.edges` for a matrix or
        network.

    Returns
    -------
    DataFrame
        "balance"
            one row an actor, the strongest first: ``actor``, ``actor_id``, ``given`` and ``taken`` (expected numbers
            of articles), each with ``_low`` and ``_high``.
        "outlets"
            one row a label and outlet: ``label`` (an actor, or "A → B"), ``outlet``, ``rate`` (per 100 articles of
            the outlet), ``low``, ``high``, ``n_articles``.
        "sentiment"
            the rows of :meth:`newslab.Analysis.speakers` with ``stance`` (-1 to 1, NaN without any), ``stance_low``,
            ``stance_high`` and ``n_stances`` (expected articles with a stance).
        "timeline"
            one row a step and polarity: ``time`` (its first day), ``polarity``, ``count`` (expected articles),
            ``low``, ``high``, ``n_articles`` (all articles of the step).
        "matrix", "network"
            the rows of :meth:`newslab.Analysis.edges`.

    Raises
    ------
    ValueError
        If there is no such chart, or an option is not possible.
    TypeError
        If there is no such option.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> analysis = nl.analyze(pd.DataFrame({"text": ["Ona Vell attacked Tam Orr."]}), progress=False)
    >>> table = nl.plot.table(analysis, "balance")
    >>> sorted(table["actor"])
    ['Ona Vell', 'Tam Orr']
    >>> ax = nl.plot.balance(table)
    """
    one_of("chart", chart, tuple(_TABLES))
    need_analysis(analysis, "table")
    made = _TABLES[chart]
    counts = analysis.edges if made is None else partial(made, analysis)
    own = list(signature(counts).parameters)
    for name in options:
        if name not in own:
            raise TypeError(
                f"the table of {chart!r} has no option {name!r}{meant(name, own)}; it has {', '.join(own) or 'none'}"
            )
    frame: pd.DataFrame = counts(**options)
    return frame
