"""An explorer for JupyterLab: from a list, matrix or network of edges to the marked sentences, and to corrections.

The widget holds no more than what is on the screen: filters and the chosen edge are synchronised with Python, edges are
summed there, and the text of an article is sent when somebody opens it.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from newslab.checks import need_analysis
from newslab.correcting import apply
from newslab.corrections import Corrections, articles_by_hash, read_corrections
from newslab.disk import in_turn
from newslab.edges import article_stances, sum_edges
from newslab.lookup import COLUMNS as ACTOR_COLUMNS
from newslab.lookup import Names
from newslab.plurals import how_many
from newslab.text import Text

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise ImportError('the explorer needs anywidget; install it with: pip install "newslab[lab]"') from error

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_STATIC = Path(__file__).parent / "static"
_N_EDGES = 5000  # edges that the list can show; the filters reach the rest
_N_ARTICLES = 200  # articles shown of one edge, the newest
_N_LOST = 500  # quotations without a speaker shown at once
_WINDOW = 30_000  # characters shown on each side of the evidence
_WEAK = 0.05  # evidence that adds less is not shown beside stronger
_N_NAMES = 3000  # names proposed where one is asked for
_PAGE = (640, 600)  # the drawing of the network, in the units of explorer.js
_TALL = 40.0  # of an actor and, above, the name
_LONGEST = 24  # characters of a name in the network
_NO_FILTER = {
    "polarity": "", "type": "", "party": "", "outlet": "", "since": "", "until": "", "search": "", "least": 0.0,
}  # fmt: skip
_NAMED = ("value", "source", "target")  # what the screen sends of actors
_VIA = {"quote": "in a quotation", "reported": "in the article's words", "action": "by deed"}


def explore(
    analysis: Analysis,
    *,
    corrections: Corrections | pd.DataFrame | str | Path | None = None,
    author: str = "",
    height: int = 640,
) -> Explorer:
    """Explore an analysis in a notebook: choose an edge, read its evidence, correct it.

    Parameters
    ----------
    analysis : Analysis
    corrections : path, Corrections or DataFrame, optional
        Corrections to start from, which are applied. If it is a path, each new correction is saved there at once; the
        file need not exist yet.
    author : str, default ""
        Your name, which is noted with your corrections.
    height : int, default 640
        Height in pixels.

    Returns
    -------
    Explorer
        Show it by leaving it as the last line of a cell.

    Raises
    ------
    ImportError
        If anywidget is not installed; ``pip install "newslab[lab]"`` installs it.
    ValueError
        If the table is no table of corrections.
    TypeError
        If `analysis` is no analysis.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> analysis = nl.analyze(pd.DataFrame({"text": ["Ona Vell attacked Tam Orr."]}), progress=False)
    >>> explorer = nl.explore(analysis)
    >>> explorer.select("Ona Vell", "Tam Orr")
    >>> explorer.selection["evidence"].tolist()
    ['Ona Vell attacked Tam Orr.']
    >>> explorer.close()
    """
    return Explorer(analysis, corrections=corrections, author=author, height=height)


class Explorer(anywidget.AnyWidget):
    """The widget that :func:`explore` makes.

    Attributes
    ----------
    analysis : Analysis
        With all corrections applied.
    corrections : Corrections
        Those made here, and those it started from.
    filters : dict
        What is shown: ``polarity``, ``type``, ``party``, ``outlet``, ``since``, ``until`` (ISO dates), ``search`` (part
        of a name) and ``least`` (expected number of articles). Set it from Python or on the screen.
    view : {"list", "matrix", "network", "lost", "corrections"}
        The tab that is open; "lost" has the quotations without a speaker.
    n_actors : int, default 25
        Actors of the matrix and the network, 2 to 80: those with the most criticism and support.
    """

    _esm = _STATIC / "explorer.js"
    _css = _STATIC / "explorer.css"

    filters = traitlets.Dict(default_value=dict(_NO_FILTER)).tag(sync=True)
    view = traitlets.Enum(["list", "matrix", "network", "lost", "corrections"], "list").tag(sync=True)
    n_actors = traitlets.Int(25, min=2, max=80).tag(sync=True)
    _selected = traitlets.List([]).tag(sync=True)  # ids of source and target
    _options = traitlets.Dict({}).tag(sync=True)
    _names = traitlets.List([]).tag(sync=True)
    _actors = traitlets.List([]).tag(sync=True)  # [id, name, type, x, y]; edges point at them by number
    _edges = traitlets.List([]).tag(sync=True)  # [source, target, negative, positive, articles]
    _summary = traitlets.Dict({}).tag(sync=True)
    # Of the chosen edge: ids and names of its actors, its articles with their evidence; by polarity their expected
    # number, with the interval's ends
    _chosen = traitlets.Dict({"edge": [], "names": [], "articles": [], "expected": {}}).tag(sync=True)
    _lost = traitlets.List([]).tag(sync=True)
    _log = traitlets.List([]).tag(sync=True)
    _height = traitlets.Int(640).tag(sync=True)

    def __init__(
        self,
        analysis: Analysis,
        *,
        corrections: Corrections | pd.DataFrame | str | Path | None = None,
        author: str = "",
        height: int = 640,
    ) -> None:
        need_analysis(analysis, "explore")
        self._file = Path(corrections).expanduser() if isinstance(corrections, (str, Path)) else None
        if corrections is None or (self._file is not None and not self._file.exists()):
            self.corrections = Corrections(author=author)
        else:
            self.corrections = read_corrections(corrections)
            self.corrections.author = author or self.corrections.author
        self._base = analysis
        self._by_hash: dict[str, list[str]] | None = None  # made for the first correction
        self.analysis = analysis.apply(self.corrections) if len(self.corrections) else analysis
        super().__init__(_height=height)
        self.on_msg(self._on_message)
        self._prepare_articles()
        self._prepare()
        self.observe(lambda _: self._show_edges(), ["filters", "n_actors"])
        self.observe(lambda _: self._show_chosen(), ["_selected"])

    def __dir__(self) -> list[str]:  # for Tab-completion, without the sixty names of every widget
        return ["analysis", "close", "corrections", "edges", "filters", "n_actors", "select", "selection", "view"]

    def __repr__(self) -> str:
        return f"<newslab.Explorer of {how_many(self._n_articles, 'article')}; {self.corrections!r}>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The widget; and for pages without a kernel (exported, on GitHub) the summary of what it shows."""
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        data["text/html"] = self.analysis._repr_html_() + "<p>Run this cell to explore it.</p>"
        return bundle

    @property
    def selection(self) -> pd.DataFrame:
        """The evidence that is on the screen: rows of :meth:`newslab.Analysis.evidence` of the chosen edge."""
        if len(self._selected) != 2:
            return self.analysis.evidence().iloc[:0]
        rows = self._rows
        rows = rows[(rows["source_id"] == self._selected[0]) & (rows["target_id"] == self._selected[1])]
        keys = ["published", "article_id", "start"]
        return rows.sort_values(keys, ascending=[False, True, True], ignore_index=True)

    @property
    def edges(self) -> pd.DataFrame:
        """The edges that the filters leave: ``source``, ``target``, ``n_negative``, ``n_positive``, ``n_articles``."""
        return self._summed[["source", "target", "n_negative", "n_positive", "n_articles"]]

    def select(self, source: str | None = None, target: str | None = None) -> None:
        """Choose the edge whose evidence is shown.

        Parameters
        ----------
        source, target : str, optional
            Names, aliases or ids of its actors. Without both, none is chosen.

        Raises
        ------
        ValueError
            If an actor is not in the corpus (the message names the nearest), or several have the name (it names them).
        TypeError
            If `source` or `target` is no str.
        """
        if source is None or target is None:
            self._selected = []
        else:
            self._selected = self.analysis._actor_ids([source, target])

    # From here on: what the screen shows.

    def _prepare_articles(self) -> None:
        """What no correction changes: the articles, and what the filters know of them."""
        # Texts, quotations and mentions are asked for when an article is clicked; an analysis in parts has them on disk
        articles = self._base.table("articles", ["article_id", "title", "outlet", "published", "duplicate_of"])
        self._n_articles = len(articles)
        originals = articles[articles["duplicate_of"].isna()]
        self._originals = originals
        dates = originals["published"].dropna()
        self._of_articles = {
            "outlet": sorted(originals["outlet"].dropna().unique()),
            "since": str(dates.min().date()) if len(dates) else "",
            "until": str(dates.max().date()) if len(dates) else "",
        }

    def _prepare(self) -> None:
        """What depends on stances, quotations and actors, and so on the corrections."""
        a = self.analysis
        self._evidence = a.stances.merge(self._originals.drop(columns="duplicate_of"), on="article_id")
        self._types = dict(zip(a.actors["actor_id"], a.actors["type"], strict=True))
        self._called = dict(zip(a.actors["actor_id"], a.actors["name"], strict=True))
        named = a.actors[["actor_id", "name"]].sort_values("actor_id")
        twice = named[named["name"].duplicated(keep=False)]
        nth = twice.groupby("name").cumcount() + 1
        which = {i: i if _has_name(name) else k for (i, name), k in zip(twice.to_numpy(), nth, strict=True)}
        self._labels = {i: f"{name} ({which[i]})" if i in which else name for i, name in self._called.items()}
        self._idents = {self._labels[i]: i for i in which}  # what of the screen is no name
        parties = a.actors["party"] if "party" in a.actors.columns else pd.Series(None, index=a.actors.index)
        self._parties = {i: p for i, p in zip(a.actors["actor_id"], parties, strict=True) if not pd.isna(p)}
        order = a.actors.sort_values("n_mentions", ascending=False, kind="stable")["actor_id"]
        self._names = order.head(_N_NAMES).map(self._labels).tolist()
        self._options = {
            "type": sorted(set(self._types.values())),
            "party": sorted(set(self._parties.values())),
            **self._of_articles,
        }
        lost = a.table("quotes", ["quote_id", "article_id", "speaker_id", "kind", "start", "end"])
        lost = lost[lost["speaker_id"].isna() & lost["article_id"].isin(self._originals["article_id"])]
        kinds = {"direct": 0, "mixed": 1, "indirect": 2}  # whole speeches before half sentences
        lost = lost.sort_values("kind", key=lambda k: k.map(kinds), kind="stable")
        first = lost.head(_N_LOST)
        near = self._nearest(first)
        words = a.table("quotes", ["quote_id", "text"], article_id=first["article_id"].unique().tolist())
        words = dict(zip(words["quote_id"], words["text"], strict=True))
        self._lost = [
            {"quote": r.quote_id, "article": r.article_id, "text": words[r.quote_id][:600], "names": near[r.quote_id]}
            for r in first.itertuples()
        ]
        self._n_lost = len(lost)
        standing = self.corrections.standing()
        self._log = [
            {"id": r.correction_id, "said": _told(r), "author": r.author, "time": r.time[:16].replace("T", " ")}
            for r in standing.iloc[::-1].head(500).itertuples()
        ]
        self._show_edges()

    def _nearest(self, quotes: pd.DataFrame) -> dict[str, list[str]]:
        """Who might have said it: the actors named in the article, those nearest to the quotation first."""
        ids = quotes["article_id"].unique().tolist()
        m = self.analysis.table("mentions", ["article_id", "start", "end", "actor"], article_id=ids)
        of = {ident: list(part.itertuples(index=False)) for ident, part in m.groupby("article_id")}
        out = {}
        for q in quotes.itertuples():
            near = sorted(of.get(q.article_id, []), key=lambda m: min(abs(m.start - q.end), abs(q.start - m.end)))
            out[q.quote_id] = list(dict.fromkeys(m.actor for m in near))[:12]
        return out

    def _show_edges(self) -> None:
        f = {**_NO_FILTER, **self.filters}
        counted = self._originals
        if f["outlet"]:
            counted = counted[counted["outlet"] == f["outlet"]]
        for key, after in (("since", True), ("until", False)):
            day = pd.to_datetime(f[key] or None, errors="coerce")
            if not pd.isna(day):
                when = counted["published"]
                counted = counted[when >= day if after else when < day + pd.Timedelta(days=1)]
        self._counted = counted
        rows = self._evidence[self._evidence["article_id"].isin(counted["article_id"])]
        if f["polarity"]:
            rows = rows[rows["polarity"] == f["polarity"]]
        for key, known in (("type", self._types), ("party", self._parties)):
            if f[key]:
                ids = {i for i, value in known.items() if value == f[key]}
                rows = rows[rows["source_id"].isin(ids) & rows["target_id"].isin(ids)]
        if f["search"].strip():
            part = f["search"].strip().casefold()
            ids = {i for i, label in self._labels.items() if part in label.casefold()}
            rows = rows[rows["source_id"].isin(ids) | rows["target_id"].isin(ids)]
        self._rows = rows
        summed = article_stances(rows).groupby(["source_id", "target_id"])
        edges = summed.agg(
            n_negative=("negative", "sum"), n_positive=("positive", "sum"), n_articles=("article_id", "nunique")
        ).reset_index()
        edges["total"] = edges["n_negative"] + edges["n_positive"]
        edges = edges[edges["total"] >= float(f["least"] or 0)]
        for side in ("source", "target"):
            edges[side] = edges[f"{side}_id"].map(self._called)
        edges = edges.sort_values(["total", "source", "target"], ascending=[False, True, True], ignore_index=True)
        self._summed = edges
        with self.hold_sync():  # edges point at actors: the screen has both at once
            self._send_edges(edges.head(_N_EDGES))
            self._summary = {
                "articles": self._n_articles, "edges": len(edges), "lost": self._n_lost,
                "shown": min(len(edges), _N_EDGES),
            }  # fmt: skip
            self._show_chosen()

    def _send_edges(self, edges: pd.DataFrame) -> None:
        """Actors by weight, the first of them with a place in the network, and edges that point at them."""
        weight: Counter[str] = Counter()
        for row in edges.itertuples():
            weight[row.source_id] += row.total
            weight[row.target_id] += row.total
        order = sorted(weight, key=lambda i: (-weight[i], i))
        number = {ident: n for n, ident in enumerate(order)}
        place = self._places(edges, order[: self.n_actors])
        self._actors = [[i, self._labels[i], self._types[i], *place.get(i, (None, None))] for i in order]
        self._edges = [
            [number[r.source_id], number[r.target_id], round(r.n_negative, 6), round(r.n_positive, 6), r.n_articles]
            for r in edges.itertuples()
        ]

    def _places(self, edges: pd.DataFrame, actors: list[str]) -> dict[str, tuple[float, float]]:
        """Where actors stand on the page, so far from each other that names, above them, do not collide."""
        import networkx as nx

        from newslab.plot._network import push_apart

        among = edges[edges["source_id"].isin(actors) & edges["target_id"].isin(actors)]
        graph = nx.Graph()
        graph.add_nodes_from(actors)
        graph.add_weighted_edges_from(zip(among["source_id"], among["target_id"], among["total"], strict=True))
        if not actors:
            return {}
        places = nx.spring_layout(graph, k=1.6 / np.sqrt(len(actors)), iterations=120, seed=1, weight=None)
        xy = np.array([places[a] for a in actors])
        # Ranks even out what the springs crowd together; the rest keeps the shape.
        spread = (xy.argsort(axis=0).argsort(axis=0) + 0.5) / len(actors)
        low, high = xy.min(axis=0), xy.max(axis=0)
        xy = 0.3 * (xy - low) / np.maximum(high - low, 1e-9) + 0.7 * spread
        wide = np.array([max(9.0 * min(len(self._labels[a]), _LONGEST), 14.0) for a in actors]) + 8
        xy, _ = push_apart(xy * _PAGE, wide, np.full(len(actors), _TALL), _PAGE, (0, 0))
        return {
            a: (round(float(x), 1), round(float(y + _TALL / 2 - 8), 1)) for a, (x, y) in zip(actors, xy, strict=True)
        }

    def _show_chosen(self) -> None:
        rows = self.selection
        articles = [] if rows.empty else self._with_evidence(rows)  # which reads quotations, maybe from the disk
        # The ids too: the panel is drawn anew for another edge, also where neither has evidence
        edge = list(self._selected)
        names = [self._labels.get(i, i) for i in edge]
        self._chosen = {"edge": edge, "names": names, "articles": articles, "expected": self._interval(rows)}

    def _with_evidence(self, rows: pd.DataFrame) -> list[dict[str, Any]]:
        """The articles of the chosen edge, the newest first, each with the evidence that weighs most."""
        whole = article_stances(rows).set_index("article_id")
        said = self.analysis.table("quotes", ["quote_id", "source"], article_id=rows["article_id"].unique().tolist())
        chain = dict(zip(said["quote_id"], said["source"], strict=True))
        out = []
        for ident, part in rows.groupby("article_id", sort=False):
            first = part.iloc[0]
            probability = {p: float(whole.loc[ident, p]) for p in part["polarity"].unique()}
            strong = part[part["probability"] >= min(_WEAK, part["probability"].max())]
            evidence = [
                {
                    "stance": r.stance_id, "polarity": r.polarity, "probability": round(r.probability, 3),
                    "via": _VIA.get(r.via, r.via), "text": r.evidence[:2000], "corrected": bool(r.corrected),
                    "claimed": None if pd.isna(r.claimed_by) else r.claimed_by,
                    "said": None if pd.isna(r.quote_id) or pd.isna(s := chain.get(r.quote_id)) else s,
                }
                for r in strong.itertuples()
            ]  # fmt: skip
            out.append(
                {
                    "article": ident,
                    "shown": str(ident),
                    "title": "" if pd.isna(first["title"]) else first["title"],
                    "outlet": "" if pd.isna(first["outlet"]) else first["outlet"],
                    "day": "" if pd.isna(first["published"]) else str(first["published"].date()),
                    "probability": {k: round(v, 3) for k, v in probability.items()},
                    "evidence": evidence,
                    "weak": len(part) - len(strong),
                }
            )
            if len(out) == _N_ARTICLES:
                break
        return out

    def _interval(self, rows: pd.DataFrame) -> dict[str, list[float]]:
        """Expected number of articles of the chosen edge, with its 95 % interval, by polarity."""
        edges = sum_edges(rows, self._counted, self.analysis.actors)
        shown = [k for k in ("negative", "positive") if (rows["polarity"] == k).any()]
        columns = [(k, [f"n_{k}", f"n_{k}_low", f"n_{k}_high"]) for k in shown]
        return {k: edges[of].iloc[0].round(6).tolist() for k, of in columns}

    def _text(self, article_id: str, stance_id: str | None = None, quote_id: str | None = None) -> dict[str, Any]:
        """The text of an article in pieces, each with what is marked in it: source, target, speaker, cue, evidence."""
        text = self.analysis.text(article_id)
        marks: list[tuple[int, int, str]] = []
        here = self._rows[self._rows["article_id"] == article_id]
        pair = self._selected if len(self._selected) == 2 else (None, None)
        evidence = here[(here["source_id"] == pair[0]) & (here["target_id"] == pair[1])]
        marks += [(r.start, r.end, f"evidence {r.polarity}") for r in evidence.itertuples()]
        focus = [r.start for r in evidence.itertuples() if stance_id in (None, r.stance_id)]
        quotes = self.analysis.table("quotes", article_id=article_id)
        for r in quotes.itertuples():
            if r.quote_id == quote_id:
                marks.append((r.start, r.end, "evidence lost"))
                focus = [r.start]
            for start, end, kind in ((r.source_start, r.source_end, "speaker"), (r.cue_start, r.cue_end, "cue")):
                if not pd.isna(start):
                    marks.append((int(start), int(end), kind))
        mentions = self.analysis.table("mentions", article_id=article_id)
        role = {pair[0]: "source", pair[1]: "target"}
        marks += [(r.start, r.end, role.get(r.actor_id, "mention")) for r in mentions.itertuples()]
        titles = {(r.start, r.end): r.actor for r in mentions.itertuples()}
        centre = min(focus, default=0)
        low, high = max(0, centre - _WINDOW), min(len(text), centre + _WINDOW)
        return {
            "article": article_id,
            "pieces": pieces(text, marks, low, high, titles),
            "cut": [low > 0, high < len(text)],
            "sentences": [[s + low, e + low, text[s + low : e + low][:160]] for s, e in Text(text[low:high]).sentences],
        }

    # From here on: what the screen asks for.

    def _on_message(self, _: Any, content: dict[str, Any], __: Any) -> None:
        try:
            answer = self._answer(content)
        except Exception as error:  # shown where the user is looking; the notebook goes on
            answer = {"kind": "error", "message": f"{error}" or type(error).__name__}
        self.send({**answer, "request": content.get("request")})

    def _answer(self, content: dict[str, Any]) -> dict[str, Any]:
        kind = content.get("kind")
        if kind == "text":
            return {"kind": "text", **self._text(content["article"], content.get("stance"), content.get("quote"))}
        content = {k: self._idents.get(v, v) if k in _NAMED else v for k, v in content.items()}
        if kind == "judge":
            made = self.corrections.judge(self.analysis, content["stance"], content["action"], content.get("value"))
        elif kind == "add":
            names = (content["source"], content["target"])
            place = (int(content["start"]), int(content["end"]))
            made = self.corrections.add_edge(self.analysis, content["article"], *place, *names, content["polarity"])
        elif kind == "same":
            made = self.corrections.same(self._lasting(content["actor"], content["value"]), content["value"])
        elif kind == "speaker":
            made = self.corrections.speaker(self.analysis, content["quote"], content["value"])
        elif kind == "undo":
            made = self.corrections.undo(content.get("id"))
        else:
            raise ValueError(f"unknown message {kind!r}")
        return {"kind": "saved", "message": self._apply(made)}

    def _lasting(self, ident: str, other: str) -> str:
        """What a correction calls an actor: by the name that was read, which another analysis has too, or by the id."""
        actors = self._base.table("actors", ACTOR_COLUMNS)
        name = actors.loc[actors["actor_id"] == ident, "name"].squeeze()
        clear = isinstance(name, str) and name != other and Names(actors).candidates(name) == [ident]
        return name if clear else ident

    def _apply(self, made: str) -> str:
        """Apply and save the corrections; what is shown follows. Returns what was done by the one just made."""
        unsaved = self._save()
        if self._by_hash is None:
            self._by_hash = articles_by_hash(self._base)
        self.analysis = apply(self._base, self.corrections, self._by_hash)
        known = set(self.analysis.actors["actor_id"])
        with self.hold_sync():
            if not set(self._selected) <= known:  # joined with another, under whose id it now is
                self._selected = []
            self._prepare()
        table = self.analysis.corrections.set_index("correction_id")
        if table.at[made, "status"] == "not found":
            reasons = self.analysis.problems["reason"]
            told = str(reasons[reasons.str.startswith(f"correction {made} ")].iloc[0])
        else:
            told = _told(table.loc[made])
        if unsaved:
            raise OSError(
                f"{told}, but {self._file} could not be written: {unsaved}; mend that and correct on, which saves all, "
                "or call explorer.corrections.save with another path"
            )
        return told + (f", saved in {self._file.name}" if self._file else "")

    def _save(self) -> str:
        """Save the corrections, with those that came into the file meanwhile; why not, where that fails."""
        if self._file is None:
            return ""
        try:
            with in_turn(self._file):
                if self._file.exists():
                    both = self.corrections.merge(self._file)
                    if len(both) > len(self.corrections):  # from another explorer or a colleague
                        self.corrections = both
                self.corrections.save(self._file)
        except (OSError, ValueError) as error:
            return str(error)
        return ""


def pieces(
    text: str, marks: list[tuple[int, int, str]], low: int, high: int, titles: dict[tuple[int, int], str]
) -> list[list[Any]]:
    """A text cut at the ends of all marks: ``[start, piece, marks, title]``; the pieces make up the text again."""
    inside = [(max(s, low), min(e, high), kind, titles.get((s, e))) for s, e, kind in marks if s < high and e > low]
    cuts = sorted({low, high, *(s for s, *_ in inside), *(e for _, e, *_ in inside)})
    opens: dict[int, list[Any]] = {}
    closes: dict[int, list[Any]] = {}
    for mark in inside:
        opens.setdefault(mark[0], []).append(mark)
        closes.setdefault(mark[1], []).append(mark)
    out, on = [], []
    for start, end in zip(cuts, cuts[1:], strict=False):
        for mark in closes.get(start, []):
            on.remove(mark)
        on += opens.get(start, [])
        kinds = sorted({kind for _, _, kind, _ in on})
        named = [title for _, _, _, title in on if title]
        out.append([start, text[start:end], kinds, named[-1] if named else None])
    return out


def _has_name(called: str) -> bool:
    """Whether an actor has a name, and so an id that can be read; that of "a union official" names the article."""
    return any(word[:1].isupper() for word in called.split())


def _told(row: Any) -> str:
    """A correction in words."""
    edge = f"{row.source} {'criticizes' if row.polarity == 'negative' else 'backs'} {row.target}"
    words = {
        "confirm": f"“{edge}” is right",
        "reject": f"“{edge}” is wrong",
        "source": f"“{edge}”: the source is {row.value}",
        "target": f"“{edge}”: the target is {row.value}",
        "polarity": f"“{edge}” is {row.value}",
        "add": f"added: “{edge}”",
        "same": f"{row.source} is {row.value}",
        "speaker": f"a quotation is by {row.value}",
        "undo": "undone",
    }
    return words[row.action]
