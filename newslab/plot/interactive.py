"""Charts to point at: the name, the number and its interval of each mark stand beside the pointer.

They are made of the same tables as the charts of ``nl.plot``, and take the same arguments. What comes back is a chart
of altair, which JupyterLab draws by what it has itself, without a network. ``chart.save("chart.json")`` keeps one.
Altair is an extra: ``pip install "newslab[interactive]"``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.colors import to_hex

from newslab.checks import at_least, one_of
from newslab.display import COLOR, LABEL, left_to_right
from newslab.plot import _balance, _matrix, _outlets, _timeline
from newslab.plot import _common as c
from newslab.plurals import how_many, number, span

if TYPE_CHECKING:
    import altair

    from newslab.analysis import Analysis

__all__ = ["balance", "matrix", "outlets", "timeline"]


def __dir__() -> list[str]:
    return __all__


_INCH = 96.0  # pixels
_WIDTH = 6.5  # inches
_ROW = 20  # pixels
_NAME = 220  # pixels for a name beside the chart
_SHAPES = {"negative": "circle", "positive": "square"}
_DASHES = {"negative": [1, 0], "positive": [6, 3]}
_STEP = {"day": "%d %B %Y", "week": "from %d %B %Y", "month": "%B %Y", "quarter": "%%q %Y", "year": "%Y"}
_MIME = "application/vnd.vegalite.v5+json"  # what JupyterLab and VS Code draw without a network
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"  # its name; nothing is asked for there


def timeline(
    analysis: Analysis | pd.DataFrame,
    *,
    source: str | Sequence[str] | None = None,
    target: str | Sequence[str] | None = None,
    freq: str = "month",
    polarity: str | None = None,
    events: Mapping[str, Any] | pd.DataFrame | None = None,
    interval: str = "sample",
    width: float = _WIDTH,
) -> altair.LayerChart:
    """Criticism and support through time, to point at; the twin of :func:`newslab.plot.timeline`.

    Parameters
    ----------
    analysis : Analysis or DataFrame
        An analysis, or a table as ``nl.plot.table(analysis, "timeline")`` gives.
    source, target, freq, polarity, events, interval
        As in :func:`newslab.plot.timeline`.
    width : float, default 6.5
        Inches.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ImportError
        If altair is not installed; ``pip install "newslab[interactive]"`` installs it.
    ValueError
        If an actor is not in the corpus, an option is not possible, or an event has no date.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> articles = pd.DataFrame({"text": ["Ona Vell attacked Tam Orr."], "published": ["2031-03-04"]})
    >>> chart = nl.plot.interactive.timeline(nl.analyze(articles, progress=False), target="Tam Orr")
    >>> chart.to_dict()["title"]["text"]
    'Anyone → Tam Orr'
    """
    alt = _altair()
    counts, kinds = _timeline.counts_of(
        analysis, source=source, target=target, freq=freq, polarity=polarity, interval=interval
    )
    step = counts.attrs.get("freq", "month")
    rows = counts.assign(
        time=_timeline.middles(counts["time"], step).map(_iso),
        step=counts["time"].map(lambda t: t.strftime(_STEP[step]).replace("%q", f"Q{t.quarter}")),
        kind=counts["polarity"].map(LABEL),
        articles=[_with(*row) for row in counts[["count", "low", "high"]].to_numpy()],
    )
    tips = {"step": step, "kind": "", "articles": "articles (95 %)"}
    if "n_articles" in rows.columns:
        tips["n_articles"] = f"all of the {step}"
    base = alt.Chart(_data(alt, rows, ["time", "kind", "count", "low", "high", *tips])).encode(
        x=alt.X("time:T", title=None, axis=_dates(alt, counts["time"], step)),
        color=alt.Color("kind:N", title=None, scale=_by_kind(alt, kinds, COLOR), legend=_legend(alt, kinds)),
        tooltip=_tips(alt, tips),
    )
    title = f"articles a {step} (expected)"
    y = alt.Y("count:Q", title=title)
    layers = [
        base.mark_area(opacity=0.16).encode(y=alt.Y("low:Q", title=title), y2="high:Q"),
        base.mark_line().encode(
            y=y, strokeDash=alt.StrokeDash("kind:N", legend=None, scale=_by_kind(alt, kinds, _DASHES))
        ),
        base.mark_point(filled=True, size=60, opacity=1).encode(
            y=y, shape=alt.Shape("kind:N", title=None, scale=_by_kind(alt, kinds, _SHAPES), legend=_legend(alt, kinds))
        ),
    ]
    happened = _timeline.events_of(events)
    if happened:
        told = pd.DataFrame({"day": [_iso(day) for day, _ in happened], "event": [label for _, label in happened]})
        told["date"] = told["day"].str[:10]
        rule = alt.Chart(_data(alt, told, ["day", "event", "date"])).encode(
            x="day:T", tooltip=_tips(alt, {"event": "", "date": ""})
        )
        layers += [rule.mark_rule(color=c.FAINT, strokeDash=[2, 2], size=1.5),
                   rule.mark_text(align="left", baseline="top", dx=3, color=c.INK, fontSize=10).encode(
                       text="event:N", y=alt.value(0))]  # fmt: skip
    return _finished(
        alt, layers, _timeline.title_of(counts, kinds), [_timeline.bands_of(counts)], width, height=0.36 * width * _INCH
    )


def balance(
    analysis: Analysis | pd.DataFrame,
    *,
    actors: Sequence[str] | None = None,
    n: int = 15,
    polarity: str | None = None,
    order: str = "total",
    interval: str = "sample",
    width: float = _WIDTH,
) -> altair.LayerChart:
    """Criticism that each actor gives and takes, to point at; the twin of :func:`newslab.plot.balance`.

    Parameters
    ----------
    analysis : Analysis or DataFrame
        An analysis, or a table as ``nl.plot.table(analysis, "balance")`` gives.
    actors, n, polarity, order, interval
        As in :func:`newslab.plot.balance`.
    width : float, default 6.5
        Inches.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ImportError
        If altair is not installed; ``pip install "newslab[interactive]"`` installs it.
    ValueError
        If an option is not possible, an actor is not there, or a table lacks a column.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> analysis = nl.analyze(pd.DataFrame({"text": ["Ona Vell attacked Tam Orr."]}), progress=False)
    >>> chart = nl.plot.interactive.balance(analysis)
    >>> chart.to_dict()["title"]["text"]
    'Criticism given and taken'
    """
    alt = _altair()
    shown, more, kind = _balance.rows_of(
        analysis, actors=actors, n=n, polarity=polarity, order=order, interval=interval
    )
    gives, takes, what = _balance.WORDS[kind]
    sides = []
    for side, sign, words in (("taken", -1, takes), ("given", 1, gives)):
        ends = sign * shown[f"{side}_low"], sign * shown[f"{side}_high"]
        sides.append(
            pd.DataFrame(
                {
                    "actor": shown["actor"], "side": words, "value": sign * shown[side], "low": ends[0],
                    "high": ends[1],
                    "articles": [_with(*row) for row in shown[[side, f"{side}_low", f"{side}_high"]].to_numpy()],
                }
            )
        )  # fmt: skip
    rows = pd.concat(sides, ignore_index=True)
    top = float(np.nan_to_num(rows[["value", "low", "high"]].abs().to_numpy()).max(initial=1.0))
    scale = alt.Scale(domain=[takes, gives], range=[_balance.PALE[kind], COLOR[kind]])
    base = alt.Chart(_data(alt, rows, list(rows.columns))).encode(
        y=_names(alt, "actor:N", shown["actor"]),
        tooltip=_tips(alt, {"actor": "", "side": "", "articles": "articles (95 %)"}),
    )
    title = f"←  {takes}      articles      {gives}  →"
    x = alt.X(
        "value:Q", title=title, scale=alt.Scale(domain=[-1.06 * top, 1.06 * top]),
        axis=alt.Axis(labelExpr="format(abs(datum.value), '~g')"),
    )  # fmt: skip
    layers = [
        base.mark_bar(stroke=COLOR[kind], strokeWidth=0.6).encode(
            x=x, color=alt.Color("side:N", title=None, scale=scale, legend=alt.Legend(orient="top"))
        ),
        base.mark_rule(color=c.INK, size=1.2).encode(x=alt.X("low:Q", title=title), x2="high:Q"),
    ]
    note = f"expected number of articles{c.of_articles(analysis)}; lines are 95 % intervals"
    notes = [note, f"{how_many(more, 'more actor')} not shown" if more else "", c.numbered(shown["actor"])]
    return _finished(alt, layers, f"{what} given and taken", notes, width, height=alt.Step(_ROW))


def outlets(
    analysis: Analysis | pd.DataFrame,
    *,
    show: str = "pair",
    targets: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    n: int = 10,
    polarity: str = "negative",
    interval: str = "sample",
    width: float = _WIDTH,
) -> altair.LayerChart:
    """Who is shown criticizing whom in each outlet, to point at; the twin of :func:`newslab.plot.outlets`.

    Parameters
    ----------
    analysis : Analysis or DataFrame
        An analysis, or a table as ``nl.plot.table(analysis, "outlets")`` gives.
    show, targets, names, n, polarity, interval
        As in :func:`newslab.plot.outlets`.
    width : float, default 6.5
        Inches.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ImportError
        If altair is not installed; ``pip install "newslab[interactive]"`` installs it.
    ValueError
        If an option is not possible, or an actor or an outlet is not there.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> articles = pd.DataFrame({"text": ["Ona Vell attacked Tam Orr.", "Rain fell."], "outlet": ["Gull", "Tide"]})
    >>> chart = nl.plot.interactive.outlets(nl.analyze(articles, progress=False))
    >>> chart.to_dict()["title"]["text"]
    'Who criticizes whom, by outlet'
    """
    alt = _altair()
    rates, show, polarity = _outlets.rates_of(
        analysis, show=show, targets=targets, names=names, n=n, polarity=polarity, interval=interval
    )
    rates = rates.assign(label=[left_to_right(" → ", label.split(" → ")) for label in rates["label"]])
    labels, shown = list(dict.fromkeys(rates["label"])), list(dict.fromkeys(rates["outlet"]))
    rows = rates.assign(
        per_100=[_with(*row) for row in rates[["rate", "low", "high"]].to_numpy()],
    )
    tips = {"label": "", "outlet": "", "per_100": "per 100 articles (95 %)", "n_articles": "articles of the outlet"}
    base = alt.Chart(_data(alt, rows, ["rate", "low", "high", *tips])).encode(
        y=_names(alt, "label:N", labels, room=2 * _NAME),  # for two of them
        yOffset=alt.YOffset("outlet:N", sort=shown),
        color=alt.Color("outlet:N", title=None, scale=alt.Scale(domain=shown, range=list(c.SERIES[: len(shown)])),
                        legend=alt.Legend(orient="top")),
        tooltip=_tips(alt, tips),
    )  # fmt: skip
    title = "articles that show it, per 100 of the outlet (expected)"
    x = alt.X("rate:Q", title=title)
    layers = [
        base.mark_rule(opacity=0.5, size=1.5).encode(x=alt.X("low:Q", title=title), x2="high:Q"),
        base.mark_point(filled=True, size=55, opacity=1).encode(
            x=x, shape=alt.Shape("outlet:N", title=None, scale=alt.Scale(domain=shown), legend=alt.Legend(orient="top"))
        ),
    ]
    height = alt.Step(max(7, _ROW // max(len(shown), 1) + 4), **{"for": "offset"})
    notes = ["lines are 95 % intervals", c.numbered(labels)]
    return _finished(alt, layers, _outlets.TITLES[show, polarity], notes, width, height=height)


def matrix(
    analysis: Analysis | pd.DataFrame,
    *,
    polarity: str = "negative",
    n: int = 15,
    order: str | Sequence[str] = "blocks",
    width: float | None = None,
) -> altair.LayerChart:
    """Who criticizes (rows) whom (columns), to point at; the twin of :func:`newslab.plot.matrix`.

    Parameters
    ----------
    analysis : Analysis or DataFrame
        An analysis, or a table as :meth:`newslab.Analysis.edges` gives.
    polarity, n, order
        As in :func:`newslab.plot.matrix`.
    width : float, optional
        Inches. Default by the number of actors.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ImportError
        If altair is not installed; ``pip install "newslab[interactive]"`` installs it.
    ValueError
        If an option is not possible, or a name in `order` has no edge.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> analysis = nl.analyze(pd.DataFrame({"text": ["Ona Vell attacked Tam Orr."]}), progress=False)
    >>> chart = nl.plot.interactive.matrix(analysis)
    >>> chart.to_dict()["title"]["text"]
    'Who criticizes whom'
    """
    alt = _altair()
    one_of("polarity", polarity, ("negative", "positive", "net"))
    at_least("n", n, 2)
    cells = _matrix.cells_of(analysis, polarity, n, order)
    rows = [
        (source, target, float(value), _with(value, cells.low.loc[source, target], cells.high.loc[source, target]))
        for source, line in cells.values.iterrows()
        for target, value in line.items()
        if value
    ]
    table = pd.DataFrame(rows, columns=["source", "target", "value", "articles"])
    gives, takes = _matrix.SIDES[polarity]
    reach = max(table["value"].abs().max() if len(table) else 0.0, 1e-9)
    ramp = [_matrix.MAPS[polarity](x) for x in np.linspace(0, 1, 9)]
    domain = np.linspace(-reach if polarity == "net" else 0.0, reach, 9)
    dark = np.sqrt(0.5) * reach
    base = alt.Chart(_data(alt, table, list(table.columns))).encode(
        y=_names(alt, "source:N", cells.values.index, title=f"{gives}  →"),
        x=alt.X("target:N", sort=list(cells.values.columns), title=f"→  {takes}",
                axis=alt.Axis(labelAngle=-45, labelLimit=160)),
        tooltip=_tips(alt, {"source": "", "target": "", "articles": "articles (95 %)"}),
    )  # fmt: skip
    scale = alt.Scale(domain=[float(x) for x in domain], range=list(map(to_hex, ramp)))
    layers = [
        base.mark_rect(stroke="white").encode(color=alt.Color("value:Q", scale=scale, legend=None)),
        base.mark_text(fontSize=10).encode(
            text=alt.Text("value:Q", format=".1f"),
            color=alt.condition(f"abs(datum.value) > {dark}", alt.value("white"), alt.value(c.INK)),
        ),
    ]
    wide = alt.Step(34) if width is None else width
    notes = [f"expected number of articles{c.of_articles(analysis)}", _matrix.left_out(cells, polarity),
             c.numbered([*cells.values.index, *cells.values.columns])]  # fmt: skip
    return _finished(alt, layers, _matrix.TITLES[polarity], notes, wide, height=alt.Step(1.2 * _ROW))


def _altair() -> Any:
    try:
        import altair
    except ImportError as error:
        raise ImportError(
            'interactive charts need altair; install it with: pip install "newslab[interactive]"; the charts of '
            "nl.plot show the same without it"
        ) from error
    return altair


def _finished(alt: Any, layers: Sequence[Any], title: str, notes: Sequence[str], width: Any, height: Any) -> Any:
    """The layers as one chart, with its title."""
    note = "; ".join(filter(None, notes))
    chart = _layered(alt)(layer=list(layers))
    return (
        chart.properties(
            title=alt.TitleParams(title, subtitle=note, anchor="start", frame="group", subtitleColor=c.FAINT),
            width=width * _INCH if isinstance(width, float | int) else width,
            height=height,
        )
        .configure_view(stroke=None)
        .configure_axis(gridColor="#eeeeee", titleFontWeight="normal")
    )


def _layered(alt: Any) -> Any:
    """Layers that show themselves without a network, unless another way of showing charts was chosen in altair."""

    class LayerChart(alt.LayerChart):
        def _repr_mimebundle_(self, *args: Any, **kwargs: Any) -> Any:
            if alt.renderers.active != "default":
                return super()._repr_mimebundle_(*args, **kwargs)
            # By default altair would load what draws it from a server, and its newest form has a type that JupyterLab
            # does not know. What is used here is the same in both forms.
            return {_MIME: self.to_dict() | {"$schema": _SCHEMA}, "text/plain": repr(self)}

    return LayerChart


def _data(alt: Any, rows: pd.DataFrame, columns: Sequence[str]) -> Any:
    """Rows inside the chart; what is not known is null."""
    columns = list(dict.fromkeys(columns))
    table = rows[columns].astype("object").where(rows[columns].notna(), None)
    return alt.Data(values=table.to_dict("records"))


def _with(value: float, low: float, high: float) -> str:
    """A number with its interval, in words for a tooltip."""
    return number(value) if pd.isna(low) else f"{number(value)} ({span(low, high)})"


def _iso(day: pd.Timestamp) -> str:
    return day.strftime("%Y-%m-%dT%H:%M:%S")


def _tips(alt: Any, columns: Mapping[str, str]) -> list[Any]:
    return [alt.Tooltip(f"{column}:N", title=title or column) for column, title in columns.items()]


def _names(alt: Any, field: str, order: Sequence[str], title: str | None = None, room: int = _NAME) -> Any:
    return alt.Y(field, sort=list(order), title=title, axis=alt.Axis(labelLimit=room))


def _by_kind(alt: Any, kinds: Sequence[str], looks: Mapping[str, Any]) -> Any:
    """How criticism and support look: color, shape, or dashes."""
    return alt.Scale(domain=[LABEL[k] for k in kinds], range=[looks[k] for k in kinds])


def _legend(alt: Any, kinds: Sequence[str]) -> Any:
    return alt.Legend(orient="top", symbolOpacity=1) if len(kinds) > 1 else None


def _dates(alt: Any, times: pd.Series, step: str) -> Any:
    """Ticks at the beginnings of so many steps that their labels have room."""
    shape = {"day": "%d %b", "week": "%d %b", "year": "%Y"}.get(step, "%b %Y")
    unit, size = {"quarter": ("month", 3)}.get(step, (step, 1))
    every = size * int(np.ceil(max(times.nunique(), 1) / 10))
    ticks = {"interval": unit, "step": every}
    return alt.Axis(grid=False, format=shape, tickCount=ticks, labelOverlap=True)
