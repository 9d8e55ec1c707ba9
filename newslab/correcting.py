"""Corrections applied to an analysis: what each is about is found, and put right in every table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from newslab.corrections import Corrections, articles_by_hash, read_corrections, things
from newslab.lookup import Names
from newslab.tables import actor_counts

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_WHY = {"not found": "what it corrects is not in this analysis", "overruled": "a later one of another author"}


def apply(
    analysis: Analysis,
    corrections: Corrections | pd.DataFrame | str | Path,
    articles: Mapping[str, list[str]] | None = None,
) -> Analysis:
    """A corrected copy of an analysis; see :meth:`newslab.Analysis.apply`.

    Whoever corrects the same analysis again and again hands over its :func:`articles_by_hash`.
    """
    given = read_corrections(corrections)
    desk = _Desk(analysis, articles_by_hash(analysis) if articles is None else articles)
    standing = given.standing()
    overruled = things(standing).duplicated(keep="last")
    status: dict[str, str] = dict.fromkeys(given.table["correction_id"], "undone")
    for gone, row in zip(overruled, standing.itertuples(), strict=True):
        if gone:
            status[row.correction_id] = "overruled"
        else:
            status[row.correction_id] = "applied" if getattr(desk, row.action)(row) else "not found"
    table = given.table
    table["status"] = pd.Series([status[i] for i in table["correction_id"]], dtype="str")
    table.loc[table["action"] == "undo", "status"] = "applied"
    return desk.analysis(table)


def _one_row(like: pd.DataFrame, values: Mapping[str, Any]) -> pd.DataFrame:
    """A row to put below those of a table."""
    return pd.DataFrame([values]).reindex(columns=like.columns).astype(like.dtypes.to_dict())


def _placed(table: pd.DataFrame, among: pd.Series, row: Any) -> pd.Series:
    """Which of some rows stand where a correction says, or else overlap with that place."""
    exact = among & (table["start"] == row.start) & (table["end"] == row.end)
    return exact if exact.any() else among & (table["start"] < row.end) & (table["end"] > row.start)


class _People:
    """Who is who, while it is being corrected: the table of actors, and whom a name means."""

    def __init__(self, actors: pd.DataFrame) -> None:
        self.table, self.names = actors.copy(), Names(actors)

    def row(self, ident: str) -> pd.Series:
        return self.table[self.table["actor_id"] == ident].iloc[0]

    def add(self, name: str) -> str:
        """A new actor of this name."""
        base = re.sub(r"[^\w]+", "-", name.casefold()).strip("-") or "actor"
        taken = set(self.table["actor_id"])
        ident = next(i for i in chain([base], (f"{base}-{n}" for n in count(2))) if i not in taken)
        new = {"actor_id": ident, "name": name, "type": "person", "aliases": [],
               "n_articles": 0, "n_mentions": 0, "n_quotes": 0}  # fmt: skip
        self.table = pd.concat([self.table, _one_row(self.table, new)], ignore_index=True)
        self.names.add(ident, name)
        return ident

    def rename(self, ident: str, name: str) -> None:
        self._call(ident, name, self.row(ident)["name"])
        self.names.add(ident, name)

    def join(self, gone: str, ident: str) -> None:
        """Let an actor be another, who is called as both were."""
        lost = self.row(gone)
        self._call(ident, self.row(ident)["name"], lost["name"], *lost["aliases"])
        self.table = self.table[self.table["actor_id"] != gone].reset_index(drop=True)
        self.names.join(gone, ident)

    def _call(self, ident: str, name: str, *also: str) -> None:
        at = self.table.index[self.table["actor_id"] == ident][0]
        called = dict.fromkeys([*self.table.at[at, "aliases"], *also])
        self.table.at[at, "name"] = name
        self.table.at[at, "aliases"] = [a for a in called if a != name]


class _Desk:
    """An analysis while it is being corrected. Each action returns whether it found what it is about."""

    def __init__(self, analysis: Analysis, articles: Mapping[str, list[str]]) -> None:
        self.base, self.articles = analysis, articles
        self.quotes, self.mentions, self.stances = (
            analysis.quotes.copy(),
            analysis.mentions.copy(),
            analysis.stances.copy(),
        )
        self.affiliations = analysis.affiliations.copy()
        self.people = _People(analysis.actors)
        self.unclear: dict[str, str] = {}  # of corrections that name several actors, what to do about it

    def _judge(self, row: Any) -> bool:
        """Put right, or take away, the stances of this edge in this article whose evidence overlaps."""
        s, names = self.stances, self.people.names
        found = s["article_id"].isin(self.articles.get(row.text_hash, [])) & (s["polarity"] == row.polarity)
        found &= s["source_id"].isin(names.all(row.source)) & s["target_id"].isin(names.all(row.target))
        found = _placed(s, found, row)
        if row.action == "reject":
            self.stances = s[~found]
            return bool(found.any())
        if row.action == "polarity":
            s.loc[found, "polarity"] = row.value
        elif row.action in ("source", "target"):
            self._name(s, found, row.action, row.value)
        s.loc[found, ["probability", "corrected"]] = 1.0, True
        if row.action in ("source", "target"):
            self._drop_loops()
        return bool(found.any())

    confirm = reject = source = target = polarity = _judge

    def add(self, row: Any) -> bool:
        texts = self.base.articles.set_index("article_id")["text"]
        for ident in self.articles.get(row.text_hash, []):
            source, target = self._meant(row.source, ident), self._meant(row.target, ident)
            if source == target or not 0 <= row.start < row.end <= len(texts[ident]):
                return False
            q = self.quotes
            said = q[(q["article_id"] == ident) & (q["start"] <= row.start) & (q["end"] >= row.end)]
            said = said[said["speaker_id"] == source]
            new = {
                "stance_id": f"{ident}#{row.correction_id}", "article_id": ident, "polarity": row.polarity,
                "probability": 1.0, "via": "quote" if len(said) else "reported",
                "quote_id": said["quote_id"].iloc[0] if len(said) else None, "start": row.start, "end": row.end,
                "evidence": texts[ident][row.start : row.end], "corrected": True,
            }  # fmt: skip
            stance = _one_row(self.stances, new)
            self._put(stance, slice(None), "source", source)
            self._put(stance, slice(None), "target", target)
            self.stances = pd.concat([self.stances, stance], ignore_index=True)
        return row.text_hash in self.articles

    def speaker(self, row: Any) -> bool:
        q = self.quotes
        found = _placed(q, q["article_id"].isin(self.articles.get(row.text_hash, [])), row)
        self._name(q, found, "speaker", row.value)
        q.loc[found, "attribution"] = "corrected"
        q.loc[found, "confidence"] = 1.0
        return bool(found.any())

    def same(self, row: Any) -> bool:
        names = self.people.names
        here = names.candidates(row.source)
        there = names.candidates(row.value)
        others = [i for i in there if i not in here]
        if any(row.value in (i, self.people.row(i)["name"]) for i in others):
            there = others  # "Vell", as Ona Vell is called too, is who has no other name
        for name, idents in ((row.source, here), (row.value, there)):
            if len(idents) > 1:
                self.unclear[row.correction_id] = names.shared(name, idents)
        if not here or row.correction_id in self.unclear:
            return False
        old, new = here[0], [*others, *here][0]
        called = self.people.row(old)["name"]
        if others:
            self.people.join(old, new)
        else:
            self.people.rename(old, row.value)
        for table, side in (
            (self.quotes, "speaker"), (self.mentions, "actor"), (self.stances, "source"), (self.stances, "target"),
            (self.affiliations, "group"), (self.affiliations, "member"),
        ):  # fmt: skip
            rows = table[f"{side}_id"] == old
            if others:
                self._put(table, rows, side, new)
            else:  # whose party of the day stays
                table.loc[rows, side] = row.value
        self.stances.loc[self.stances["claimed_by"] == called, "claimed_by"] = self.people.row(new)["name"]
        self._drop_loops()
        return True

    def _drop_loops(self) -> None:
        self.stances = self.stances[self.stances["source_id"] != self.stances["target_id"]]

    def _meant(self, name: str, article_id: str) -> str:
        """The actor of a name: the one of several that the article mentions most; a new one if there is none."""
        ids = self.people.names.all(name)
        if not ids:
            return self.people.add(name)
        if len(ids) == 1:
            return ids[0]
        m = self.mentions
        here = m.loc[(m["article_id"] == article_id) & m["actor_id"].isin(ids), "actor_id"].value_counts()
        return str(here.index[0]) if len(here) else self.people.names.candidates(name)[0]

    def _name(self, table: pd.DataFrame, found: pd.Series, side: str, name: str) -> None:
        """Put in rows whom a name means in the article of each."""
        for ident in table.loc[found, "article_id"].unique():
            self._put(table, found & (table["article_id"] == ident), side, self._meant(name, ident))

    def _put(self, table: pd.DataFrame, rows: pd.Series | slice, side: str, ident: str) -> None:
        """Put an actor in rows, with all that an actor table says of it."""
        actor = self.people.row(ident)
        table.loc[rows, side], table.loc[rows, f"{side}_id"] = actor["name"], ident
        for column in self.people.table.columns:
            if f"{side}_{column}" in table.columns:
                table.loc[rows, f"{side}_{column}"] = actor[column]

    def analysis(self, table: pd.DataFrame) -> Analysis:
        """The corrected analysis: counts made anew, rows in their order, what did not fit among the problems."""
        place = {a: n for n, a in enumerate(self.base.articles["article_id"])}
        stances = self.stances.assign(at=self.stances["article_id"].map(place))
        stances = stances.sort_values(["at", "start"], kind="stable", ignore_index=True).drop(columns="at")
        return self.base._with(
            quotes=self.quotes, mentions=self.mentions, actors=self._counted(), stances=stances,
            affiliations=self.affiliations, problems=self._problems(table), corrections=table,
        )  # fmt: skip

    def _counted(self) -> pd.DataFrame:
        """The actors by id; those who are new, or whose mentions or quotations changed, counted anew."""
        actors = self.people.table.sort_values("actor_id", ignore_index=True)
        touched = set(actors["actor_id"]) - set(self.base.actors["actor_id"])
        for new, old in (
            (self.mentions["actor_id"], self.base.mentions["actor_id"]),
            (self.quotes["speaker_id"], self.base.quotes["speaker_id"]),
        ):
            changed = new.fillna("") != old.fillna("")
            touched.update(new[changed], old[changed])
        counts = actor_counts(self.mentions, self.quotes, self.stances[self.stances["corrected"]])
        anew = actors["actor_id"].isin(touched)
        actors.loc[anew, counts.columns] = counts.reindex(actors.loc[anew, "actor_id"], fill_value=0).to_numpy()
        return actors

    def _problems(self, table: pd.DataFrame) -> pd.DataFrame:
        """Those of the analysis, and the corrections that were not applied."""
        lost = table[table["status"].isin(_WHY)]
        reasons = [
            f"correction {ident} ({action}) not applied: {self.unclear.get(ident, _WHY[status])}"
            for ident, action, status in lost[["correction_id", "action", "status"]].itertuples(index=False)
        ]
        base = self.base.problems[self.base.problems["stage"] != "corrections"]
        said = pd.DataFrame({"article_id": lost["article_id"], "stage": "corrections", "reason": reasons})
        return pd.concat([base, said.astype(base.dtypes.to_dict())], ignore_index=True)
