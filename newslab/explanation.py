"""Why an analysis says that one actor criticizes or backs another: sentences, mention chains, probabilities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from newslab.display import evidence_html, left_to_right
from newslab.edges import article_stances
from newslab.plurals import how_many

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_CHAIN = 4  # mentions of a chain, at most
_RANK = {"pronoun": 0, "nominal": 1, "name": 2}
_COLUMNS = ["article_id", "title", "outlet", "published", "polarity", "probability", "share", "via", "claimed_by",
            "evidence", "start", "end", "source_chain", "target_chain"]  # fmt: skip


@dataclass(frozen=True)
class Explanation:
    """The evidence behind an edge, made by :meth:`newslab.Analysis.explain`; a notebook shows it as a list.

    Attributes
    ----------
    source, target : str
        Names of the two.
    table : DataFrame
        One row a piece of evidence, newest article first: ``article_id``, ``title``, ``outlet``, ``published``,
        ``polarity``, ``probability`` (of the article's edge), ``share`` (of this piece alone), ``via``, ``claimed_by``,
        ``evidence``, ``start``, ``end``, ``source_chain`` and ``target_chain`` (lists of str: the words that mean
        the actor here, and those that tell who that is).
    """

    source: str
    target: str
    table: pd.DataFrame

    def __repr__(self) -> str:
        rows = self.table
        if rows.empty:
            return f"<Explanation: no evidence that {self.source} criticizes or backs {self.target}>"
        found = f"{how_many(len(rows), 'piece')} of evidence in {how_many(rows['article_id'].nunique(), 'article')}"
        lines = [f"{left_to_right(' → ', [self.source, self.target])}: {found}"]
        for (ident, polarity), part in rows.groupby(["article_id", "polarity"], sort=False):
            first = part.iloc[0]
            lines += ["", f"{polarity}, probability {first['probability']:.2f} | {_about(first)} [{ident}]"]
            for row in part.itertuples():
                claimed = f", claimed by {row.claimed_by}" if isinstance(row.claimed_by, str) else ""
                lines.append(f"  “{row.evidence}” ({row.via}{claimed}; {row.share:.2f})")
                lines.append(f"    source: {_arrows(row.source_chain)}; target: {_arrows(row.target_chain)}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return evidence_html(self.source, self.target, self.table, self._parts())

    def _parts(self) -> Iterator[tuple[str, str, str, pd.DataFrame]]:
        for (ident, polarity), part in self.table.groupby(["article_id", "polarity"], sort=False):
            words = {f"{side}_words": [_arrows(c) for c in part[f"{side}_chain"]] for side in ("source", "target")}
            yield str(polarity), _about(part.iloc[0]), str(ident), part.assign(**words)


def _about(row: pd.Series) -> str:
    day = "" if pd.isna(row["published"]) else str(row["published"].date())
    return ", ".join(str(x) for x in (row["title"], row["outlet"], day) if not pd.isna(x) and x != "") or "no title"


def _arrows(chain: list[str]) -> str:
    return " ← ".join(f"“{c}”" for c in chain) or "not named here"


def explain(analysis: Analysis, source: str, target: str, polarity: str | None) -> Explanation:
    """The evidence behind an edge; see :meth:`newslab.Analysis.explain`."""
    source_id, target_id = analysis._actor_ids([source, target])
    rows = analysis._evidence({"source_id": [source_id], "target_id": [target_id]}, polarity)
    here = {"article_id": rows["article_id"].unique().tolist()}
    spans = analysis._rows("quotes", ["quote_id", "source_start", "source_end"], here).set_index("quote_id")
    found = analysis._rows("mentions", None, here)
    mentions = {key: part.sort_values("start") for key, part in found.groupby(["article_id", "actor_id"])}
    none = found.iloc[:0]
    whole = article_stances(rows).set_index("article_id")
    told = []
    for row in rows.itertuples():
        start, end = row.start, row.end
        if row.quote_id in spans.index and not pd.isna(spans.loc[row.quote_id, "source_start"]):
            start, end = map(int, spans.loc[row.quote_id])
        told.append(
            (
                float(whole.loc[row.article_id, row.polarity]),
                chain(mentions.get((row.article_id, source_id), none), start, end),
                chain(mentions.get((row.article_id, target_id), none), row.start, row.end),
            )
        )
    rows = rows.rename(columns={"probability": "share"}).assign(
        probability=pd.Series([p for p, _, _ in told], index=rows.index, dtype="float64"),
        source_chain=pd.Series([c for _, c, _ in told], index=rows.index, dtype="object"),
        target_chain=pd.Series([c for _, _, c in told], index=rows.index, dtype="object"),
    )
    keys = ["published", "article_id", "polarity", "share"]
    table = rows[_COLUMNS].sort_values(keys, ascending=[False, True, True, False], ignore_index=True)
    names = analysis._actor_names()
    return Explanation(names[source_id], names[target_id], table)


def chain(mentions: pd.DataFrame, start: int, end: int) -> list[str]:
    """The words that mean an actor between two places of an article, and those before that say who it is.

    Parameters
    ----------
    mentions : DataFrame
        The actor's mentions in this article, in reading order.
    start, end : int
        Where the evidence stands.
    """
    if mentions.empty:
        return []
    inside = mentions[(mentions["start"] >= start) & (mentions["end"] <= end)]
    before = mentions[mentions["start"] < start]
    at = inside.iloc[0] if len(inside) else before.iloc[-1] if len(before) else mentions.iloc[0]
    out, rank = [at["text"]], _RANK[at["kind"]]
    named = mentions[mentions["kind"] == "name"]
    for row in mentions[mentions["start"] < at["start"]].iloc[::-1].itertuples():
        if _RANK[row.kind] > rank or (row.kind == "name" and len(row.text.split()) > len(out[-1].split())):
            out.append(row.text)
            rank = max(rank, _RANK[row.kind])
        if len(out) == _CHAIN:
            break
    fullest = max(named["text"], key=lambda n: (len(n.split()), len(n)), default="")
    if fullest and len(fullest.split()) > len(out[-1].split()) and len(out) < _CHAIN:
        out.append(fullest)
    return list(dict.fromkeys(out))
