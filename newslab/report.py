"""One HTML page of an analysis: what was read, the charts, the strongest edges, and the sentences behind each.

The page stands alone: no script, nothing from elsewhere, charts as SVG inside it. Everything that comes from articles
is escaped by Jinja.
"""

from __future__ import annotations

import base64
import io
import warnings
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pandas as pd
from jinja2 import Environment, StrictUndefined

from newslab import __version__
from newslab.checks import at_least, need_analysis, need_kind
from newslab.display import LABEL
from newslab.plurals import how_many, number, span
from newslab.reliability import measured
from newslab.text import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from newslab.analysis import Analysis

_N_EVIDENCE = 8  # pieces of evidence shown of one edge, the likeliest
_N_PROBLEMS = 200
_N_OUTLETS = 40
_CONTEXT = 500  # characters shown before and after the evidence, within its paragraph
_EVIDENCE = 1500  # characters shown of one piece of evidence
_BAR = 200  # articles from which a progress bar is shown unasked
_VIA = {"quote": "said in a quotation", "reported": "reported in the article's words", "action": "a deed"}


def write_report(
    analysis: Analysis,
    path: str | Path,
    *,
    title: str | None = None,
    n_edges: int = 50,
    progress: bool | None = None,
) -> Path:
    """Write an analysis as one self-contained HTML page.

    Parameters
    ----------
    analysis : Analysis
    path : str or Path
        The file to write, ``.html`` if it has no suffix; folders are made, an older file is replaced.
    title : str, optional
        Heading of the page.
    n_edges : int, default 50
        Edges shown with their evidence, the strongest. How many are left out is said on the page.
    progress : bool, optional
        Show a progress bar. By default one is shown when there are more than 200 articles.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ValueError
        If `n_edges` is below 1, or `path` is called as a file of another kind (``report.pdf``).
    TypeError
        If `n_edges` is no whole number, or `analysis` no analysis.
    IsADirectoryError
        If `path` is a folder.

    See Also
    --------
    newslab.Analysis.evidence : all passages behind an edge.

    Examples
    --------
    >>> import tempfile, newslab as nl, pandas as pd
    >>> analysis = nl.analyze(pd.DataFrame({"text": ["Ona Vell attacked Tam Orr."]}), progress=False)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = write_report(analysis, f"{folder}/report.html").read_text(encoding="utf-8")
    >>> "<mark>Ona Vell attacked Tam Orr" in page
    True
    """
    from tqdm.auto import tqdm

    path = Path(path).expanduser()
    if not path.suffix[1:2].isalpha() and not path.is_dir():  # "report v1.2" has none either
        path = path.with_name(f"{path.name}.html")  # which a browser opens
    need_kind(path, ".html", "an HTML page, which a browser prints to PDF")
    need_analysis(analysis, "write_report")
    at_least("n_edges", n_edges, 1)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; give the name of a file in it, such as {path / 'report.html'}")
    edges, articles = analysis.edges(), analysis._about_articles()
    shown = edges.head(n_edges)
    source = resources.files("newslab").joinpath("templates", "report.html").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"n": "{:,}".format, "day": _day, "many": how_many, "repr": repr, "short": _short}
    wanted = len(articles) > _BAR if progress is None else progress
    with tqdm(total=len(_CHARTS) + len(shown), desc="report", unit=" parts", disable=not wanted) as bar:
        page = environment.from_string(source).render(
            title=title or "Who criticizes whom in the news",
            version=__version__,
            reader=analysis.reader,
            corpus=_corpus(analysis, articles, edges),
            outlets=_outlets(articles),
            charts=list(_charts(analysis, articles, edges, bar.update)),
            edges=[
                _edge(k, row, evidence) for k, row, evidence in _with_evidence(analysis, articles, shown, bar.update)
            ],
            n_edges_left=len(edges) - len(shown),
            reliability=measured(analysis.reader),
            problems=analysis.problems.head(_N_PROBLEMS).to_dict("records"),
            n_problems=len(analysis.problems),
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(page.encode("utf-8", errors="replace"))  # half characters become "?"
    return path


def _corpus(analysis: Analysis, articles: pd.DataFrame, edges: pd.DataFrame) -> dict[str, Any]:
    """The numbers at the head of the page."""
    dates = articles["published"].dropna()
    n_quotes, unknown = analysis._count("quotes"), analysis._n_unknown()
    n_edges, n_right = analysis._n_right()
    return {
        "n_articles": len(articles),
        "n_copies": int(articles["duplicate_of"].notna().sum()),
        "n_outlets": int(articles["outlet"].nunique()),
        "n_without_outlet": int(articles["outlet"].isna().sum()),
        "first": dates.min() if len(dates) else None,
        "last": dates.max() if len(dates) else None,
        "n_undated": len(articles) - len(dates),
        "n_tokens": int(articles["n_tokens"].sum()),
        "n_quotes": n_quotes,
        "n_unknown": unknown,
        "unknown_share": f"{100 * unknown / n_quotes:.0f} %" if n_quotes else "",
        "n_actors": analysis._count("actors"),
        "n_stances": analysis._count("stances"),
        "n_found": n_edges,
        "n_right": round(n_right),
        "n_edges": len(edges),
        "n_corrections": analysis._n_corrections(),
    }


def _outlets(articles: pd.DataFrame) -> dict[str, Any]:
    """One row an outlet, the largest first."""
    rows = [
        {"name": None if pd.isna(name) else name, "n": len(part), "first": part["published"].min(),
         "last": part["published"].max()}
        for name, part in articles.groupby("outlet", dropna=False, sort=True)
    ]  # fmt: skip
    rows.sort(key=lambda row: -row["n"])
    return {"rows": rows[:_N_OUTLETS], "n_left": max(len(rows) - _N_OUTLETS, 0)}


def _charts(
    analysis: Analysis, articles: pd.DataFrame, edges: pd.DataFrame, step: Callable[[], Any]
) -> Iterator[dict[str, str]]:
    """Heading, picture, alternative text and caption of each chart."""
    for name, (heading, caption) in _CHARTS.items():
        if name != "outlets" or articles["outlet"].nunique() > 1:  # one outlet has nothing to be held against
            about = {"id": name, "heading": heading, "caption": caption, "alt": _alt(name, analysis, edges)}
            yield {**about, **_picture(name, analysis)}
        step()


_CHARTS = {
    "network": (
        "The network",
        "Arrows point from who criticizes (solid, orange) or backs (dashed, blue) to whom; the wider, the more "
        "articles are expected to show it.",
    ),
    "matrix": (
        "The matrix",
        "Rows criticize columns. A number is the expected number of distinct articles, the sum of the probabilities "
        "that each article shows the criticism.",
    ),
    "timeline": ("Through time", "Expected number of articles with criticism and with support in each month."),
    "outlets": (
        "Outlet against outlet",
        "Articles that show the criticism, per 100 articles of the outlet. It depends on what an outlet "
        "covers as well as on how.",
    ),
    "sentiment": (
        "Tone of speakers",
        "Mean TextBlob polarity of what each speaker is quoted with. It measures the tone of words, not whom they are "
        "aimed at: read it beside criticism, not for it.",
    ),
}


def _picture(name: str, analysis: Analysis) -> dict[str, str]:
    """A chart as a data URI, and a note if it could not show all characters."""
    import matplotlib
    import matplotlib.pyplot as plt

    from newslab import plot

    own = {"svg.hashsalt": "newslab", "font.size": plt.rcParamsDefault["font.size"]}  # that of the page
    with warnings.catch_warnings(record=True) as caught, matplotlib.rc_context(own):
        warnings.simplefilter("always")
        with plt.ioff():
            ax: Axes = getattr(plot, name)(analysis)
        file = io.StringIO()
        ax.figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None})
        plt.close(ax.figure)
    missing = [w for w in caught if "Glyph" in str(w.message)]
    for w in caught:
        if w not in missing:
            warnings.warn_explicit(w.message, w.category, w.filename, w.lineno)
    data = base64.b64encode(file.getvalue().encode("utf-8", errors="replace")).decode("ascii")
    note = "Some characters of names are boxes, since no font with them was found." if missing else ""
    return {"uri": f"data:image/svg+xml;base64,{data}", "note": note}


def _alt(name: str, analysis: Analysis, edges: pd.DataFrame) -> str:
    """What the chart shows, in words."""
    if name in ("network", "matrix"):
        if edges.empty:
            return "An empty chart: no criticism or support was found."
        best = edges[edges["n_negative"] > 0].sort_values("n_negative", ascending=False, kind="stable").head(5)
        best = [f"{e.source} → {e.target} ({number(e.n_negative)})" for e in best.itertuples()]
        kind = "A network with arrows" if name == "network" else "A matrix with numbers"
        return f"{kind} of who criticizes whom. Strongest, in expected articles: {'; '.join(best) or 'support only'}."
    if name == "sentiment":
        speakers = analysis.speakers(n_boot=1).head(3)
        said = [f"{s.speaker} {s.polarity:+.2f}" for s in speakers.itertuples()]
        return f"Dots with intervals, one row a speaker. Most quoted: {'; '.join(said) or 'nobody'}."
    if name == "timeline":
        return "Lines of the expected numbers of articles with criticism and with support, by month."
    return "Dots with intervals of criticism per 100 articles, one row a pair of actors, one mark an outlet."


def _with_evidence(
    analysis: Analysis, articles: pd.DataFrame, edges: pd.DataFrame, step: Callable[[], Any]
) -> Iterator[tuple[int, Any, dict[str, Any]]]:
    """Each edge with its passages, newest article first. Copies of articles are left out, as in the counts."""
    originals = articles[articles["duplicate_of"].isna()].set_index("article_id")
    stances = analysis._rows("stances", None, {k: edges[k].unique().tolist() for k in ("source_id", "target_id")})
    stances = stances[stances["article_id"].isin(originals.index)]
    stances = stances.merge(originals["published"].reset_index(), on="article_id", how="left")
    order = ["published", "article_id", "start", "end"]
    stances = stances.sort_values(order, ascending=[False, True, True, True], kind="stable")
    groups = stances.groupby(["source_id", "target_id"], sort=False).indices
    found = [stances.iloc[groups.get((edge.source_id, edge.target_id), [])] for edge in edges.itertuples()]
    ids = {ident for rows in found for ident in rows["article_id"][_is_shown(rows)]}
    texts = analysis._rows("articles", ["article_id", "text"], {"article_id": sorted(ids)})
    originals = originals.join(texts.set_index("article_id"), how="inner")  # only these have their texts in memory
    for k, (edge, rows) in enumerate(zip(edges.itertuples(), found, strict=True), start=1):
        yield k, edge, _passages(rows, originals)
        step()


def _is_shown(rows: pd.DataFrame) -> pd.Series:
    """Which pieces of evidence are among the likeliest."""
    return rows["probability"].rank(method="first", ascending=False) <= _N_EVIDENCE


def _passages(rows: pd.DataFrame, articles: pd.DataFrame) -> dict[str, Any]:
    """Passages of one edge by article, the likeliest ones; and how many are left out."""
    likeliest = _is_shown(rows)
    shown = rows[likeliest]
    found = []
    for article_id, part in shown.groupby("article_id", sort=False):
        article = articles.loc[article_id]
        text = Text(article["text"])
        passages: list[dict[str, Any]] = []
        for row in part.itertuples():
            span = (row.start, row.end)
            if not (passages and _one_passage(text, passages[-1]["spans"], span)):
                passages.append({"spans": [], "about": []})
            spans = passages[-1]["spans"]
            if span not in spans:
                spans.append(span)
            passages[-1]["about"].append(
                {
                    "nth": len(spans),
                    "polarity": row.polarity,
                    "word": LABEL[row.polarity],
                    "via": _VIA.get(row.via, row.via),
                    "claimed_by": None if pd.isna(row.claimed_by) else row.claimed_by,
                    "probability": f"{row.probability:.2f}",
                    "corrected": bool(row.corrected),
                }
            )
        for passage in passages:
            passage["pieces"] = _pieces(text, passage["spans"])
        found.append(
            {
                "title": _or_none(article["title"]) or "Article without a title",
                "id": article_id,
                "outlet": _or_none(article["outlet"]),
                "published": article["published"],
                "url": _link(article["url"]),
                "passages": passages,
            }
        )
    left = rows[~likeliest]
    return {"articles": found, "n_left": len(left), "n_articles_left": left["article_id"].nunique()}


def _one_passage(text: Text, spans: list[tuple[int, int]], span: tuple[int, int]) -> bool:
    """Whether evidence can be marked in the passage of that before it: the same, or later in the same paragraph."""
    if span == spans[-1]:
        return True
    paragraphs = {text.paragraph_at(at) for start, end in (spans[-1], span) for at in (start, max(end - 1, start))}
    return span[0] >= spans[-1][1] and len(paragraphs) == 1


def _pieces(text: Text, spans: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """The evidence with what stands around it in its paragraph: pieces of ``text`` with the number of their mark.

    Pieces between the marks have number 0; long ones are cut.
    """
    whole, low, high = text.text, spans[0][0], spans[-1][1]
    if text.paragraphs:
        first, last = text.paragraphs[text.paragraph_at(low)], text.paragraphs[text.paragraph_at(max(high - 1, low))]
        low = first[0] if first[0] <= low < first[1] else low
        high = last[1] if last[0] < high <= last[1] else high
    out = []
    at = low
    for nth, (start, end) in enumerate(spans, start=1):
        before = whole[at:start]
        if nth == 1 and len(before) > _CONTEXT:
            before = "…" + before[-_CONTEXT:]
        out += [
            {"text": _cut(before, 2 * _CONTEXT + 1), "nth": 0},
            {"text": _cut(whole[start:end], _EVIDENCE), "nth": nth},
        ]
        at = end
    after = whole[at:high]
    out.append({"text": after[:_CONTEXT] + "…" if len(after) > _CONTEXT else after, "nth": 0})
    return [piece for piece in out if piece["text"]]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most // 2]} […] {text[-most // 2 :]}"


def _edge(k: int, edge: Any, evidence: dict[str, Any]) -> dict[str, Any]:
    """An edge with its number, its counts in words, and its evidence."""
    told = {**edge._asdict(), "k": k, **evidence}
    for kind in ("negative", "positive"):
        value, low, high = (told[f"n_{kind}{end}"] for end in ("", "_low", "_high"))
        told[kind] = number(value)
        told[f"{kind}_interval"] = "" if pd.isna(low) or not value else span(low, high)
    return told


def _or_none(value: Any) -> str | None:
    return None if pd.isna(value) or not str(value).strip() else str(value)


def _link(url: Any) -> str | None:
    """A web address, or None: nothing else is made a link (javascript:, data:, file: …)."""
    if pd.isna(url):
        return None
    try:
        parts = urlsplit(str(url).strip())
    except ValueError:  # such as http://[: no address
        return None
    return str(url).strip() if parts.scheme in ("http", "https") and parts.netloc else None


def _short(value: Any, most: int = 200) -> str:
    """A name or title; one that would fill pages is cut, and how long it was is said."""
    text = str(value)
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"


def _day(value: Any) -> str:
    """A date in words that no country reads in another order; empty when unknown."""
    return "" if value is None or pd.isna(value) else f"{value.day} {value.strftime('%B')} {value.year}"
