"""How an analysis and its tables show themselves, in a notebook (HTML) and in a terminal (text).

Whatever comes from articles is escaped. Colours of text and ground are the notebook's own, so that both look right in a
light and in a dark theme; bars have the colours of the charts.
"""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from newslab.edges import article_stances
from newslab.plurals import how_many, number, span
from newslab.tables import DTYPES

if TYPE_CHECKING:
    from newslab.actor_table import ActorTable
    from newslab.analysis import Analysis
    from newslab.reading import Reader

COLOR = {"negative": "#D55E00", "positive": "#0072B2"}  # those of Okabe and Ito, in tables and charts
LABEL = {"negative": "criticism", "positive": "support"}
_EDGES = 8  # shown in the summary of an analysis
_ROWS = 10  # shown of a table that is too long to be shown whole
_STEPS = 12  # of a sparkline
_NAME, _QUOTE = 32, 180  # characters of a name, and of a quotation
_BLOCKS = " ▁▂▃▄▅▆▇█"
_LEFT = "text-align:left;vertical-align:top"
_RIGHT = "text-align:right;vertical-align:top"
_FAINT = "opacity:.7"


# ---- tables ----------------------------------------------------------------------------------------------------------


class _Shown(pd.DataFrame):
    """A DataFrame that shows its most telling columns. Everything else is as in pandas."""

    _needs: tuple[str, ...] = ()  # columns; a table that lacks one, or has been given others, is shown by pandas
    _may: tuple[str, ...] = ()  # beginnings of columns that an actor table adds

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return type(self)

    def _is_whole(self) -> bool:
        names = [c for c in self.columns if isinstance(c, str)]
        more = [c for c in names if c not in self._needs]
        return (
            len(names) == len(self.columns) == len(set(names))
            and set(self._needs) <= set(names)
            and all(c.startswith(self._may) for c in more)
        )

    def _summary(self) -> str:
        raise NotImplementedError

    def _view(self) -> pd.DataFrame:
        """The rows and columns shown, as words."""
        raise NotImplementedError

    def _head(self) -> pd.DataFrame:
        """All rows of a table that pandas would show whole (``display.max_rows``), the first of a longer one."""
        most = pd.get_option("display.max_rows")
        return self if most is None or len(self) <= most else self.iloc[:_ROWS]

    def _rest(self, shown: int) -> str:
        more = f"{len(self) - shown:,} more rows; " if len(self) > shown else ""
        return f"{more}pd.DataFrame(table) shows all {len(self.columns)} columns"

    def __repr__(self) -> str:
        if not self._is_whole():
            return str(super().__repr__())
        view = self._view()
        room = max(shutil.get_terminal_size((100, 24)).columns, 60)
        last = view.columns[-1]
        with pd.option_context("display.max_colwidth", None, "display.width", None, "display.max_columns", None):
            others = view.drop(columns=last).to_string().splitlines()
        wide = max(20, room - max(map(len, others), default=0) - 2)
        view = view.assign(**{last: [_cut(text, wide) for text in view[last]]})
        lines = [self._summary(), view.to_string() if len(view) else "", self._rest(len(view))]
        return "\n".join(filter(None, lines))

    def _repr_html_(self) -> str:
        if not self._is_whole():
            return str(super()._repr_html_())
        view = self._view()
        numbers = {c for c in view.columns if pd.api.types.is_numeric_dtype(view[c])}
        head = ["", *view.columns]
        rows = [
            [_td(index, _FAINT), *(_td(f"{v:,}" if c in numbers else v, _RIGHT if c in numbers else _LEFT)
                                   for c, v in zip(view.columns, row, strict=True))]
            for index, row in zip(view.index, view.itertuples(index=False, name=None), strict=True)
        ]  # fmt: skip
        return _block(
            _p(f"<b>{escape(self._summary())}</b>"), _table(head, rows), _p(escape(self._rest(len(view))), _FAINT)
        )


class Quotes(_Shown):
    """The table of quotations."""

    _needs = tuple(DTYPES["quotes"])
    _may = ("speaker_",)

    def _summary(self) -> str:
        unknown = int(self["speaker_id"].isna().sum())
        return f"{len(self):,} quotations, {unknown:,} without a speaker"

    def _view(self) -> pd.DataFrame:
        head = self._head()
        return pd.DataFrame(
            {
                "speaker": [_cut(_or(s, "(unknown)"), _NAME) for s in head["speaker"]],
                "how": [
                    _cut(" · ".join(x for x in (_or(a), _or(b)) if x), _NAME)
                    for a, b in zip(head["source"], head["cue"], strict=True)
                ],
                **{c: [_cut(_or(x), _NAME) for x in head[c]] for c in self.columns if c not in self._needs},
                "kind": [_or(k) for k in head["kind"]],
                "words": [
                    _cut(_pieces(*row), _QUOTE) for row in zip(head["text"], head["start"], head["spans"], strict=True)
                ],
            },
            index=head.index,
        )


class Actors(_Shown):
    """The table of actors."""

    _needs = tuple(DTYPES["actors"])
    _may = ("",)  # what an actor table adds may be called anything

    def _is_whole(self) -> bool:
        return super()._is_whole() and list(self.columns[: len(self._needs)]) == list(self._needs)

    def _summary(self) -> str:
        kinds = self["type"].value_counts()
        told = ", ".join(how_many(n, str(kind)) for kind, n in kinds.items())
        order = "; the most mentioned first" if self._by_id() else ""
        return f"{how_many(len(self), 'actor')}{f' ({told})' if told else ''}{order}"

    def _by_id(self) -> bool:
        """Whether rows stand by id, as those of an analysis do: rows that somebody has sorted stand as they are."""
        return self["actor_id"].is_monotonic_increasing and len(self) > 1

    def _view(self) -> pd.DataFrame:
        by = {"by": ["n_mentions", "name"], "ascending": [False, True], "kind": "stable"}
        head = (self.sort_values(**by) if self._by_id() else self)._head()
        return pd.DataFrame(
            {
                "name": [_cut(_or(x, "?"), _NAME) for x in head["name"]],
                "type": [_or(x) for x in head["type"]],
                "articles": head["n_articles"].to_numpy(),
                "mentions": head["n_mentions"].to_numpy(),
                "quotes": head["n_quotes"].to_numpy(),
                **{c: [_cut(_or(x), _NAME) for x in head[c]] for c in self.columns[len(self._needs) :]},
                "also": [_cut(", ".join(map(str, x)), 90) for x in head["aliases"]],
            },
            index=head.index,
        )


def _pieces(text: Any, start: Any, spans: Any) -> str:
    """The quoted words alone, without what stands between them."""
    pieces = [str(text)[a - start : b - start] for a, b in spans] if isinstance(spans, list) else []
    return " … ".join(pieces) or _or(text)


# ---- an analysis -----------------------------------------------------------------------------------------------------


def strongest(analysis: Analysis, n: int = _EDGES) -> pd.DataFrame:
    """The strongest edges with their intervals, and ``when``: expected articles in equal steps of time."""
    edges = analysis.edges().head(n)
    dates = analysis.articles["published"].dropna()
    if edges.empty or dates.empty or dates.min() == dates.max():
        return edges.assign(when=[()] * len(edges))
    steps = pd.date_range(dates.min(), dates.max(), periods=_STEPS + 1)
    pairs = pd.MultiIndex.from_frame(edges[["source_id", "target_id"]])
    stances = analysis.stances
    rows = article_stances(stances[pd.MultiIndex.from_frame(stances[["source_id", "target_id"]]).isin(pairs)])
    originals = analysis.articles.loc[analysis.articles["duplicate_of"].isna(), ["article_id", "published"]]
    rows = rows.merge(originals, on="article_id").dropna(subset="published")
    rows["step"] = np.clip(np.searchsorted(steps, rows["published"], side="right") - 1, 0, _STEPS - 1)
    sums = rows.assign(p=rows["negative"] + rows["positive"]).groupby(["source_id", "target_id", "step"])["p"].sum()
    return edges.assign(
        when=[
            tuple(float(sums.get((s, t, k), 0.0)) for k in range(_STEPS))
            for s, t in zip(edges["source_id"], edges["target_id"], strict=True)
        ]
    )


def _facts(analysis: Analysis) -> list[tuple[str, str]]:
    articles, quotes, problems = analysis.articles, analysis.quotes, analysis.problems
    outlets = int(articles["outlet"].nunique())
    copies = analysis._n_copies()
    dates = articles["published"].dropna()
    about = [how_many(outlets, "outlet")] if outlets else []
    about += [f"{dates.min():%Y-%m-%d} to {dates.max():%Y-%m-%d}"] if len(dates) else []
    about += [f"{len(articles) - len(dates):,} undated"] if len(dates) < len(articles) else []
    about += [how_many(copies, "copy")] if copies else []
    stages = problems["stage"].value_counts()
    n_edges, n_right = analysis._n_right()
    return [
        ("articles", f"{len(articles):,}" + (f" ({', '.join(about)})" if about else "")),
        ("quotes", f"{len(quotes):,} ({analysis._n_unknown():,} without a speaker)"),
        ("actors", f"{len(analysis.actors):,}"),
        ("stances", f"{len(analysis.stances):,} (pieces of evidence for {how_many(n_edges, 'edge')} of "
                    f"single articles, {n_right:,.0f} of them expected to be right)"),
        *([("corrected", how_many(corrections, "correction"))] if (corrections := analysis._n_corrections()) else []),
        ("problems", f"{len(problems):,}" + (f" ({', '.join(f'{n:,} in {stage}' for stage, n in stages.items())}; "
                                             "see .problems)" if len(problems) else "")),
    ]  # fmt: skip


_NEXT = (
    (".edges()", "who criticizes and backs whom"),
    (".evidence(source, target)", "the sentences behind it"),
    (".quotes, .speakers()", "who says what, in what tone"),
    ("nl.explore(analysis)", "click an edge, read its articles"),
    ("nl.plot.network(analysis)", "the picture; see nl.plot"),
)


def analysis_text(analysis: Analysis) -> str:
    """A summary for the terminal."""
    lines = [f"<newslab.Analysis of {how_many(len(analysis.articles), 'article')}, read by {analysis.reader!r}>"]
    lines += [f"  {name:9} {value}" for name, value in _facts(analysis)]
    edges = strongest(analysis)
    if len(edges):
        lines.append("strongest, in expected articles")
        name, steps = (max(len(f(e)) for e in edges.itertuples()) for f in (_pair, _when))
        top = float(edges[["n_negative", "n_positive"]].to_numpy().max())
        for e in edges.itertuples():
            told = [
                f"{LABEL[k]} {number(value)} {'█' * max(1, round(8 * value / top))}"
                for k in ("negative", "positive")
                if (value := getattr(e, f"n_{k}")) > 0
            ]
            lines.append(f"  {_pair(e):{name}}  {_when(e):{steps}}  {', '.join(told)}")
    lines.append("next: " + ", ".join(call for call, _ in _NEXT))
    return "\n".join(lines)


def analysis_html(analysis: Analysis) -> str:
    """A summary for the notebook."""
    facts = [[_th(name), _td(value)] for name, value in _facts(analysis)]
    parts = [_p(f"<b>newslab.Analysis</b> <span style='{_FAINT}'>read by {escape(repr(analysis.reader))}</span>"),
             _table([], facts)]  # fmt: skip
    edges = strongest(analysis)
    if len(edges):
        shown = edges[["n_negative", "n_positive"]].to_numpy() > 0
        top = float(edges[["n_negative_high", "n_positive_high"]].to_numpy()[shown].max(initial=0.0)) or 1.0
        rows = []
        for e in edges.itertuples():
            cells = [_td(_pair(e)), _td(_when(e), "font-family:monospace;white-space:pre;" + _LEFT)]
            for k in ("negative", "positive"):
                value, low, high = (getattr(e, f"n_{k}{end}") for end in ("", "_low", "_high"))
                cells.append(f"<td style='{_LEFT};white-space:nowrap'>{_interval_bar(value, low, high, top, k)}</td>")
            rows.append([*cells, _td(f"{e.n_articles:,}", _RIGHT)])
        head = ["strongest edges", "when", "criticism", "support", "articles"]
        parts += [_table(head, rows), _p("expected numbers of articles with 95 % intervals", _FAINT)]
    if len(analysis.problems):
        shown = analysis.problems.head(5)
        rows = [[_td(_cut(_or(v), 120)) for v in row] for row in shown.itertuples(index=False, name=None)]
        parts.append(
            f"<details><summary>{how_many(len(analysis.problems), 'problem')}</summary>"
            f"{_table(list(shown.columns), rows)}</details>"
        )
    said = " · ".join(f"<code>{escape(call)}</code> {escape(what)}" for call, what in _NEXT)
    return _block(*parts, _p(f"Next: {said}"))


def _pair(edge: Any) -> str:
    return left_to_right(" → ", [_cut(_or(name, "?"), 30) for name in (edge.source, edge.target)])


def left_to_right(between: str, names: Sequence[str]) -> str:
    """Names with an arrow between them that points at the second, also where one is written from right to left."""
    marks = any(unicodedata.bidirectional(ch) in ("R", "AL") for name in names for ch in name)
    return "".join(["\u200e", f"\u200e{between}\u200e".join(names)]) if marks else between.join(names)


def _when(edge: Any) -> str:
    """When the articles of an edge came out, if that is known: without a date is not the same as never."""
    return "undated" if edge.when and pd.isna(edge.first) else _spark(edge.when)


def _spark(values: Sequence[float]) -> str:
    """A line of small blocks, as high as the values; a dot where there is nothing."""
    top = max(values, default=0.0)
    return "".join("·" if v <= 0 else _BLOCKS[max(1, round(8 * v / top))] for v in values)


def _interval_bar(value: float, low: float, high: float, top: float, kind: str) -> str:
    """A bar as long as the number, with a thin line to the upper end of its interval, and the number itself."""
    if not value > 0:
        return f"<span style='{_FAINT}'>0</span>"
    wide, line = (round(90 * x / top) for x in (value, max(high - value, 0.0)))
    style = "display:inline-block;vertical-align:middle;background:" + COLOR[kind]
    bar = f"<span style='{style};height:.75em;width:{max(wide, 1)}px' aria-hidden='true'></span>"
    bar += f"<span style='{style};height:2px;width:{line}px;opacity:.6' aria-hidden='true'></span>" if line else ""
    return f"{bar} {escape(number(value))} <span style='{_FAINT}'>({span(low, high)})</span>"


# ---- others ----------------------------------------------------------------------------------------------------------


def reader_html(reader: Reader) -> str:
    """What a reader is, and what it answers."""
    calls = [
        (".attributions(text)", "who says what: places of source, cue and content"),
        (".stance(text, source, target)", "probabilities that the source criticizes or backs the target"),
        (".target_sentiment(text, target)", "probabilities that the text is against, neutral or for the target"),
        ("nl.analyze(articles, reader=reader)", "a whole corpus; each has a form for many texts, such as .stance_many"),
    ]
    doc = (type(reader).__doc__ or "").strip().splitlines()
    rows = [[f"<td style='{_LEFT}'><code>{escape(call)}</code></td>", _td(what)] for call, what in calls]
    about = f" {escape(doc[0].split('. ')[0].rstrip('.'))}" if doc else ""
    return _block(_p(f"<b>newslab.Reader {escape(repr(reader.name))}</b>{about}"), _table([], rows))


def actor_table_html(table: ActorTable) -> str:
    """The first actors of an analyst's table, with their roles and what else is known."""
    rows = []
    for actor in table.actors[:_ROWS]:
        aliases = [name for name in dict.fromkeys(n for n, _ in actor.names) if name != actor.name]
        roles = [f"{role} ({period})" if str(period) != "at all times" else role for role, period in actor.roles]
        known = [" / ".join(dict.fromkeys(str(f[c]) for _, f in actor.facts if f.get(c))) for c in table.columns]
        cells = (actor.name, actor.type or "", ", ".join(aliases), "; ".join(roles), *known)
        rows.append([_td(_cut(x, 90)) for x in cells])
    left = len(table.actors) - len(rows)
    return _block(
        _p(f"<b>newslab.ActorTable of {how_many(len(table.actors), 'actor')}</b>"),
        _table(["name", "type", "aliases", "roles", *table.columns], rows),
        _p(f"{left:,} more", _FAINT) if left else "",
        _p("Next: <code>nl.analyze(articles, actors=table)</code>"),
    )


def evidence_html(
    source: str, target: str, rows: pd.DataFrame, about: Iterable[tuple[str, str, str, pd.DataFrame]]
) -> str:
    """The evidence of an edge: for each article and polarity its heading, id, and rows with words for the chains."""
    head = left_to_right(" → ", [f"<b>{escape(name)}</b>" for name in (source, target)]) + ": "
    if rows.empty:
        return _block(_p(head + "no evidence"))
    n = rows["article_id"].nunique()
    parts = [_p(f"{head}{how_many(len(rows), 'piece')} of evidence in {how_many(n, 'article')}")]
    for polarity, heading, ident, part in about:
        p = float(part["probability"].iloc[0])
        color = COLOR.get(polarity, "currentColor")
        meter = (
            f"<span style='display:inline-block;width:60px;height:.6em;border:1px solid {color}' aria-hidden='true'>"
            f"<span style='display:block;height:100%;width:{round(100 * p)}%;background:{color}'></span></span>"
        )
        parts.append(_p(f"{meter} {escape(LABEL.get(polarity, polarity))}, probability {p:.2f} · {escape(heading)} "
                        f"<small style='{_FAINT}'>[{escape(ident)}]</small>"))  # fmt: skip
        items = []
        for row in part.itertuples():
            claimed = f", claimed by {row.claimed_by}" if isinstance(row.claimed_by, str) else ""
            said = f"({row.via}{claimed}; {row.share:.2f}; source {row.source_words}; target {row.target_words})"
            items.append(f"<li>“{escape(row.evidence)}” <small style='{_FAINT}'>{escape(said)}</small></li>")
        parts.append(f"<ul style='border-left:3px solid {color}'>{''.join(items)}</ul>")
    return _block(*parts)


# ---- pieces ----------------------------------------------------------------------------------------------------------


def _block(*parts: str) -> str:
    return f"<div class='newslab' style='line-height:1.4;max-width:100%;overflow-x:auto'>{''.join(parts)}</div>"


def _p(html: str, style: str = "") -> str:
    return f"<p style='margin:.4em 0;{style}'>{html}</p>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    heading = "".join(f"<th scope='col' style='{_LEFT}'>{escape(h)}</th>" for h in head)
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f"<table>{f'<thead><tr>{heading}</tr></thead>' if head else ''}<tbody>{body}</tbody></table>"


def _td(value: Any, style: str = _LEFT) -> str:
    return f"<td style='{style};overflow-wrap:break-word'>{escape(str(value))}</td>"


def _th(value: Any) -> str:
    return f"<th scope='row' style='{_LEFT}'>{escape(str(value))}</th>"


def _or(value: Any, otherwise: str = "") -> str:
    """A text in one line; `otherwise` where there is none."""
    return otherwise if value is None or value is pd.NA or value != value else " ".join(str(value).split())


def _cut(text: str, width: int) -> str:
    text = " ".join(str(text).split())
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"
