"""The work of one coder on one sample: what is shown, what was answered, what is undone. The notebook draws it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from newslab.checks import one_of
from newslab.coding.files import read_codings, write_codings
from newslab.coding.sampling import design
from newslab.coding.tables import (
    CLARITIES,
    KINDS,
    POLARITIES,
    VERDICTS,
    frame_of,
    need_sampled,
    spans_of,
)
from newslab.disk import in_turn
from newslab.spreadsheets import need_csv

if TYPE_CHECKING:
    from newslab.analysis import Analysis
    from newslab.coding.notebook import CodingDesk

_Rows = list[dict[str, Any]]
_OTHERWISE = {
    "edges": "whole articles are coded edge by edge; see add_edge and finish",
    "articles": "this sample is of edges; see answer",
}


class Session:
    """One coder's way through a sample.

    Parameters
    ----------
    analysis : Analysis
    sample : DataFrame
        From :func:`sample`.
    coder : str
        Who codes; may be set later, before the first answer. Whoever sits down after another goes on with what the
        file has of him; without a file, the answers so far are his.
    blind : bool
        Hide what the machine says.
    path : str or Path, optional
        CSV file to which each answer is saved, and from which earlier ones are taken up.
    """

    def __init__(
        self, analysis: Analysis, sample: pd.DataFrame, *, coder: str = "", blind: bool = True,
        path: str | Path | None = None,
    ) -> None:  # fmt: skip
        self.unit = design(sample)["unit"]
        self.sample, self.blind, self._coder = sample.reset_index(drop=True), blind, coder.strip()
        self.path = None if path is None else Path(path).expanduser()
        if self.path is not None:
            need_csv(self.path)
        need_sampled(analysis, sample)
        articles = analysis.articles.set_index("article_id")
        self._articles = articles[["title", "outlet", "published", "text"]]
        self._stances, self._mentions = analysis.stances, analysis.mentions
        self.index = 0
        self._rows: dict[str, _Rows] = {}
        self._touched: set[str] = set()  # items whose answers here count, whatever the file says
        self._undo: list[tuple[int, str, _Rows]] = []
        codings = self._saved()
        if not self._coder and codings["coder"].nunique() == 1:
            self._coder = str(codings["coder"].iloc[0])
        self._take_up(codings)

    @property
    def coder(self) -> str:
        """Who codes."""
        return self._coder

    @coder.setter
    def coder(self, name: str) -> None:
        name = name.strip()  # as it is read again
        another, self._coder = name != self._coder, name
        if another and self.path is not None:
            self._rows, self._touched, self._undo = {}, set(), []
            self._take_up(self._saved())

    def _saved(self) -> pd.DataFrame:
        """What the file holds, of all coders."""
        there = self.path is not None and self.path.exists()
        return read_codings(self.path, "csv", sample=self.sample) if there else frame_of([])

    def _take_up(self, codings: pd.DataFrame) -> None:
        for item, rows in codings[codings["coder"] == self.coder].groupby("item", sort=False):
            self._rows[item] = [{c: None if pd.isna(v) else v for c, v in r.items()} for r in rows.to_dict("records")]
        self.index = next((k for k, item in enumerate(self.sample["item"]) if item not in self._rows), 0)

    def __repr__(self) -> str:
        who = f" by {self.coder}" if self.coder else ""
        return f"<Session: {self.n_done} of {len(self.sample)} {self.unit} coded{who}; see .codings>"

    @property
    def item(self) -> str:
        """The item that is shown."""
        return str(self.sample["item"].iloc[self.index])

    def _need(self, unit: str) -> None:
        if self.unit != unit:
            raise ValueError(_OTHERWISE[unit])

    @property
    def _here(self) -> _Rows:
        """What was answered to the item that is shown."""
        return self._rows.get(self.item, [])

    def done(self, item: str) -> bool:
        """Whether an item is coded; of an article, whether it is marked as finished."""
        rows = self._rows.get(item)
        return bool(rows) and not any(r.get("open") for r in rows)

    @property
    def n_done(self) -> int:
        """How many items are coded."""
        return sum(self.done(item) for item in self.sample["item"])

    @property
    def codings(self) -> pd.DataFrame:
        """The coded items as codings, in the order of the sample; unfinished articles are left out."""
        rows = [r for item in self.sample["item"] if self.done(item) for r in self._rows[item]]
        return frame_of({**row, "coder": self.coder} for row in rows)

    def go(self, index: int) -> None:
        """Show another item; beyond the ends nothing happens."""
        self.index = min(max(int(index), 0), len(self.sample) - 1)

    def answer(self, value: str, note: str | None = None) -> None:
        """Judge the edge that is shown, and go to the next."""
        self._need("edges")
        one_of("verdict", value, VERDICTS)
        row = self.sample.iloc[self.index]
        told = {
            "item": self.item, "article_id": row["article_id"], "source": row["source"], "target": row["target"],
            "polarity": None if self.blind else row["polarity"], "value": value, "note": note or None, "time": _now(),
        }  # fmt: skip
        self._set([told])
        self.go(self.index + 1)

    def add_edge(
        self, source: str, target: str, polarity: str, *, clarity: str = "clear", kind: str | None = None,
        spans: list[tuple[int, int]] | None = None, note: str | None = None,
    ) -> None:  # fmt: skip
        """Code an edge of the article that is shown, with the places of its evidence."""
        self._need("articles")
        source, target = source.strip(), target.strip()
        if not source or not target:
            raise ValueError("an edge needs a source and a target")
        if source == target:
            raise ValueError("source and target are the same; nobody criticizes himself here")
        one_of("polarity", polarity, POLARITIES)
        one_of("clarity", clarity, CLARITIES)
        one_of("kind", kind, (*KINDS, None))
        if any(_edge(r) == (source, target, polarity) for r in self._here):
            raise ValueError("this edge is coded already; remove it first to code it anew")
        text = self._articles.at[self.item, "text"]
        row = {
            "item": self.item, "article_id": self.item, "source": source, "target": target, "polarity": polarity,
            "value": "edge", "clarity": clarity, "kind": kind, "note": note or None, "time": _now(), "open": True,
        }  # fmt: skip
        pieces = [{"start": a, "end": b, "evidence": text[a:b]} for a, b in spans or [] if 0 <= a < b <= len(text)]
        kept = [{**r, "open": True} for r in self._here if r["value"] == "edge"]
        self._set([*kept, *({**row, **piece} for piece in pieces or [{}])])

    def remove_edge(self, source: str, target: str, polarity: str) -> None:
        """Take back an edge of the article that is shown."""
        kept = [r for r in self._here if r["value"] == "edge" and _edge(r) != (source, target, polarity)]
        self._set([{**r, "open": True} for r in kept])

    def finish(self) -> None:
        """Mark the article that is shown as coded, with the edges it has or with none, and go to the next."""
        self._need("articles")
        rows = [{k: v for k, v in r.items() if k != "open"} for r in self._here]
        none = {"item": self.item, "article_id": self.item, "value": "no edge", "time": _now()}
        self._set(rows or [none])
        self.go(self.index + 1)

    def undo(self) -> bool:
        """Take back the last answer and show its item; whether there was one."""
        if not self._undo:
            return False
        self.index, item, before = self._undo.pop()
        self._put(item, before)
        return True

    def _set(self, rows: _Rows) -> None:
        if not self.coder:
            raise ValueError("who codes? fill in the name of the coder first")
        self._undo.append((self.index, self.item, self._here))
        self._put(self.item, rows)

    def _put(self, item: str, rows: _Rows) -> None:
        self._rows[item] = rows
        self._touched.add(item)
        self._save()

    def _save(self) -> None:
        if self.path is None:
            return
        with in_turn(self.path):
            # Other coders, or this one at another desk, may have saved in the file meanwhile
            saved, mine = self._saved(), self.codings
            kept = saved[(saved["coder"] != self.coder) | ~saved["item"].isin(self._touched)]
            if self.path.exists():  # what was read from it and is there no longer was taken back at another desk
                mine = mine[mine["item"].isin(self._touched)]
            write_codings(pd.concat([kept, mine], ignore_index=True) if len(kept) else mine, self.path, "csv")

    def article(self) -> dict[str, Any]:
        """What is to be read: text, places to mark, names to choose from."""
        row = self.sample.iloc[self.index]
        ident = row["article_id"]
        about = self._articles.loc[ident]
        day = "" if pd.isna(about["published"]) else str(about["published"].date())
        told = {k: "" if pd.isna(about[k]) else str(about[k]) for k in ("title", "outlet", "text")}
        marks: list[tuple[int, int]] = []
        names: list[str] = []
        if self.unit == "edges":
            marks = spans_of(row["spans"])
        elif not self.blind:
            mine = self._stances[
                (self._stances["article_id"] == ident) & (self._stances["probability"] >= row["threshold"])
            ]
            marks = sorted({(int(a), int(b)) for a, b in zip(mine["start"], mine["end"], strict=True)})
            mentions = self._mentions[(self._mentions["article_id"] == ident) & (self._mentions["kind"] == "name")]
            names = list(pd.unique(mentions["actor"].dropna()))
        return {**told, "published": day, "marks": [list(m) for m in marks], "names": names}

    def state(self) -> dict[str, Any]:
        """What stands beside the text: the question, the answers so far, how far one is."""
        row = self.sample.iloc[self.index]
        told: dict[str, Any] = {
            "unit": self.unit, "blind": self.blind, "index": self.index, "n": len(self.sample), "n_done": self.n_done,
            "item": self.item, "done": self.done(self.item), "can_undo": bool(self._undo), "error": "",
        }  # fmt: skip
        if self.unit == "edges":
            answer = {"value": "", "note": "", **next(iter(self._here), {})}
            told |= {"source": row["source"], "target": row["target"], "value": answer["value"]}
            told["note"] = answer["note"] or ""
            if not self.blind:
                told |= {"polarity": row["polarity"], "probability": float(row["probability"])}
            return told
        edges: dict[tuple[Any, ...], dict[str, Any]] = {}
        for r in self._here:
            if r["value"] == "edge":
                edge = edges.setdefault(
                    _edge(r), {"source": r["source"], "target": r["target"], "polarity": r["polarity"],
                               "clarity": r["clarity"], "kind": r.get("kind"), "evidence": [], "spans": []},
                )  # fmt: skip
                if r.get("evidence"):
                    edge["evidence"].append(r["evidence"])
                    edge["spans"].append([int(r["start"]), int(r["end"])])
        return {**told, "edges": list(edges.values())}


def _edge(row: dict[str, Any]) -> tuple[Any, ...]:
    return row.get("source"), row.get("target"), row.get("polarity")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def code(
    analysis: Analysis,
    sample: pd.DataFrame,
    *,
    coder: str = "",
    blind: bool = True,
    path: str | Path | None = None,
) -> CodingDesk:
    """Code a sample in the notebook: the text with its evidence, a question, and keys to answer it.

    Parameters
    ----------
    analysis : Analysis
    sample : DataFrame
        From :func:`sample`; of edges, to be judged one by one, or of articles, to be coded edge by edge.
    coder : str, optional
        Who codes; may be filled in on the page.
    blind : bool, default True
        Hide what the machine says: of edges the polarity and probability; of articles everything, also the names that
        it found. What coders see they tend to agree with.
    path : str or Path, optional
        CSV file to which each answer, and each finished article, is saved at once. An earlier file is taken up where it
        was left; codings of other coders in it are kept.

    Returns
    -------
    CodingDesk
        A widget for JupyterLab, Notebook 7 and VS Code; show it as the last line of a cell. ``.codings`` is the table
        so far (see :func:`check_codings`); unfinished articles are not in it.

    Raises
    ------
    ImportError
        If anywidget is not installed.
    ValueError
        If `sample` is no sample of this analysis.

    See Also
    --------
    sheet : the same without a widget.

    Notes
    -----
    Keys: for edges 1 criticizes, 2 backs, 3 neither, 4 wrong source, 5 wrong target, 6 unsure, each of which goes on
    to the next; for articles 1 and 2 choose the stance, e takes the selected words as evidence, a adds the edge, f
    finishes the article. Arrows move, u takes back. The page loads nothing from elsewhere.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> analysis = nl.analyze(pd.DataFrame({"text": ["Ona Vell attacked Tam Orr."]}), progress=False)
    >>> desk = nl.coding.code(analysis, nl.coding.sample(analysis, 1, threshold=0.1), coder="Ida")
    >>> desk
    <CodingDesk: 0 of 1 edges coded by Ida; see .codings>
    >>> desk.session.answer("negative")  # as the key 1 does
    >>> desk.codings[["coder", "item", "value"]].values.tolist()
    [['Ida', 'article-1#e1', 'negative']]
    """
    from newslab.coding.notebook import CodingDesk

    return CodingDesk(Session(analysis, sample, coder=coder, blind=blind, path=path))
