"""Corrections by people who read the articles: a table to keep as a file, merge, undo, and apply again.

A correction names what it is about by the words of the analysis and a hash of the article's text, not by ids, so that
it still fits when the corpus is analysed anew, under other article ids, or by another reader. The table only grows: to
undo is a row too, so the files of colleagues can be put together in any order.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pandas as pd

from newslab.checks import need_str, one_of
from newslab.lookup import COLUMNS as ACTOR_COLUMNS
from newslab.lookup import Names
from newslab.plurals import how_many
from newslab.spreadsheets import read_guarded, write_guarded
from newslab.tables import actor_counts

if TYPE_CHECKING:
    from newslab.analysis import Analysis

VERDICTS = ("confirm", "reject", "source", "target", "polarity")
ACTIONS = (*VERDICTS, "add", "same", "speaker", "undo")
COLUMNS = {
    "correction_id": "str", "time": "str", "author": "str", "action": "str", "article_id": "str", "text_hash": "str",
    "start": "Int64", "end": "Int64", "source": "str", "target": "str", "polarity": "str", "value": "str",
}  # fmt: skip
_POLARITIES = ("negative", "positive")
_WORDS = ("author", "article_id", "source", "target", "value")  # columns whose text somebody else may have written
_OF_STANCE = ["text_hash", "start", "end", "source", "target", "polarity"]
_NEEDED = {  # columns that must be filled for an action
    **dict.fromkeys(("confirm", "reject", "add"), _OF_STANCE),
    **dict.fromkeys(("source", "target", "polarity"), [*_OF_STANCE, "value"]),
    "same": ["source", "value"],
    "speaker": ["text_hash", "start", "end", "value"],
    "undo": ["value"],
}


def text_hash(text: str) -> str:
    """What a correction knows an article by: the first 16 hexadecimal digits of the SHA-256 of its text."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Corrections:
    """A table of corrections, in the order in which they were made.

    Parameters
    ----------
    table : DataFrame, optional
        Rows as in ``table`` below; see :func:`read_corrections`.
    author : str, default ""
        Who makes the corrections that are added.

    Attributes
    ----------
    table : DataFrame
        One row a correction: ``correction_id``, ``time`` (ISO, UTC), ``author``, ``action``, ``article_id`` and
        ``text_hash`` (the article), ``start`` and ``end`` (Int64, the evidence or quotation), ``source``, ``target``,
        ``polarity`` (the edge that it is about) and ``value`` (what is right instead; for "undo" a correction).

        ``action`` is "confirm" or "reject" an edge; give it another "source", "target" or "polarity"; "add" one; say
        that an actor is the "same" as another; give a quotation its "speaker"; or "undo" a correction.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> analysis = nl.analyze(pd.DataFrame({"text": ["Ona Vell attacked Tam Orr."]}), progress=False)
    >>> corrections = nl.Corrections(author="ada")
    >>> done = corrections.judge(analysis, "article-1#s1", "reject")
    >>> len(analysis.edges("negative")), len(analysis.apply(corrections).edges("negative"))
    (1, 0)
    >>> undone = corrections.undo()
    >>> len(analysis.apply(corrections).edges("negative"))
    1
    """

    def __init__(self, table: pd.DataFrame | None = None, *, author: str = "") -> None:
        rows = [] if table is None else _checked(table).to_dict("records")
        self._rows: list[dict[str, Any]] = rows
        self.author = author

    @property
    def table(self) -> pd.DataFrame:
        """All corrections, also those that were undone."""
        return pd.DataFrame({c: pd.Series([r[c] for r in self._rows], dtype=t) for c, t in COLUMNS.items()})

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        live, conflicts = len(self.standing()), self.conflicts()["thing"].nunique()
        return f"<newslab.Corrections: {live:,} that stand, {how_many(conflicts, 'conflict')}; see .table>"

    def judge(self, analysis: Analysis, stance_id: str, action: str, value: str | None = None) -> str:
        """Say that a piece of evidence is right, wrong, or about somebody else.

        Parameters
        ----------
        analysis : Analysis
        stance_id : str
            A row of ``analysis.stances``.
        action : {"confirm", "reject", "source", "target", "polarity"}
            It is right; it is no such edge; its source, target or polarity is another.
        value : str, optional
            The right source or target, by name, or the right polarity ("negative" or "positive", by default the other).

        Returns
        -------
        str
            Id of the correction.

        Raises
        ------
        ValueError
            If the stance or action is unknown, or the value is missing, not possible, or a name of several actors of
            whom the article mentions none.
        TypeError
            If `stance_id` is no str, but a row of ``analysis.stances`` or several ids.
        """
        one_of("action", action, VERDICTS)
        row = _row(analysis.stances, "stance_id", stance_id)
        if action == "polarity" and value is None:
            value = _POLARITIES[row["polarity"] == "negative"]
        if action == "polarity":
            one_of("polarity", value, _POLARITIES)
        if action in ("source", "target"):
            if not (value or "").strip():
                raise ValueError(f"value is {value!r}; give the name of the right {action}")
            _check_meant(analysis, row["article_id"], str(value))
        if action in ("confirm", "reject"):
            value = None
        place = {k: row[k] for k in ("article_id", "start", "end", "source", "target", "polarity")}
        return self._add(action, text_hash=_hash_of(analysis, row["article_id"]), value=value, **place)

    def add_edge(
        self,
        analysis: Analysis,
        article_id: str,
        start: int,
        end: int,
        source: str,
        target: str,
        polarity: str = "negative",
    ) -> str:
        """Add an edge that the reader missed.

        Parameters
        ----------
        analysis : Analysis
        article_id : str
        start, end : int
            The evidence, ``text[start:end]``.
        source, target : str
            Names of the actors; one that the corpus does not have is added.
        polarity : {"negative", "positive"}, default "negative"

        Returns
        -------
        str
            Id of the correction.

        Raises
        ------
        ValueError
            If the article is not there, the place is not in it or without words, or the actors are one, without a name,
            or of a name that several have, of whom the article mentions none.
        TypeError
            If words are given instead of their place.

        Examples
        --------
        >>> import newslab as nl, pandas as pd
        >>> text = "Ona Vell was sarcastic. “What a triumph for Tam Orr,” she said."
        >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="rules", progress=False)
        >>> corrections, words = nl.Corrections(author="ada"), "What a triumph for Tam Orr"
        >>> start = text.index(words)
        >>> ident = corrections.add_edge(analysis, "article-1", start, start + len(words), "Ona Vell", "Tam Orr")
        >>> analysis.apply(corrections).edges("negative")[["source", "target"]].values.tolist()
        [['Ona Vell', 'Tam Orr']]
        """
        text = _row(analysis.articles, "article_id", article_id)["text"]
        if isinstance(start, str):
            raise TypeError(
                "start and end count characters; of words that you copied: "
                "start = analysis.text(article_id).index(words), end = start + len(words)"
            )
        if not 0 <= start < end <= len(text):
            raise ValueError(f"the evidence is [{start}, {end}), outside the {len(text)} characters of {article_id}")
        if not text[start:end].strip():
            raise ValueError(f"the evidence [{start}, {end}) of {article_id} has no words; choose some")
        one_of("polarity", polarity, _POLARITIES)
        source, target = source.strip(), target.strip()
        if not source or not target or source == target:
            raise ValueError(f"source is {source!r} and target {target!r}; give two names that differ")
        _check_meant(analysis, article_id, source, target)
        return self._add(
            "add", article_id=article_id, text_hash=text_hash(text), start=start, end=end, source=source, target=target,
            polarity=polarity,
        )  # fmt: skip

    def same(self, name: str, other: str) -> str:
        """Say that an actor is the same as another, whose name both then have.

        Parameters
        ----------
        name, other : str
            Names, or ids where a name is that of several actors (:meth:`Analysis.apply` then joins none of them, and
            says so in ``problems``). If no actor is called `other`, it is a new name.

        Returns
        -------
        str
            Id of the correction.

        Raises
        ------
        ValueError
            If the two are one, or without a name.
        """
        name, other = name.strip(), other.strip()
        if not name or not other or name == other:
            raise ValueError(f"the actors are {name!r} and {other!r}; give two names that differ")
        return self._add("same", source=name, value=other)

    def speaker(self, analysis: Analysis, quote_id: str, name: str) -> str:
        """Say who speaks in a quotation.

        Parameters
        ----------
        analysis : Analysis
        quote_id : str
            A row of ``analysis.quotes``.
        name : str
            Name of the actor; one that the corpus does not have is added.

        Returns
        -------
        str
            Id of the correction.

        Raises
        ------
        ValueError
            If the quotation is not there, or the name is empty or that of several actors of whom the article mentions
            none.
        TypeError
            If `quote_id` is no str, but a row of ``analysis.quotes`` or several ids.
        """
        row = _row(analysis.quotes, "quote_id", quote_id)
        if not name.strip():
            raise ValueError("give the name of the speaker")
        _check_meant(analysis, row["article_id"], name.strip())
        place = {k: row[k] for k in ("article_id", "start", "end")}
        return self._add("speaker", text_hash=_hash_of(analysis, row["article_id"]), value=name.strip(), **place)

    def undo(self, correction_id: str | None = None) -> str:
        """Undo a correction; by default the last one that stands, of this author if there is an author."""
        standing = self.standing()
        if correction_id is None:
            own = standing[standing["author"] == self.author] if self.author else standing
            if own.empty:
                raise ValueError("there is no correction to undo")
            correction_id = str(own["correction_id"].iloc[-1])
        elif correction_id not in set(standing["correction_id"]):
            raise ValueError(f"no correction {correction_id!r} stands; see corrections.standing()")
        return self._add("undo", value=correction_id)

    def _add(self, action: str, **fields: Any) -> str:
        row = dict.fromkeys(COLUMNS, None) | {
            "correction_id": uuid4().hex[:12],
            "time": self._now(),
            "author": self.author,
            "action": action,
        }
        self._rows.append(row | fields)
        return row["correction_id"]

    def _now(self) -> str:
        """The time, and later than all corrections that are there: a clock that is set back must not undo the last."""
        times = pd.Series([r["time"] for r in self._rows], dtype="object")
        last = pd.to_datetime(times, format="ISO8601", utc=True, errors="coerce").max()
        now = datetime.now(UTC)
        after = now if pd.isna(last) else max(now, last + timedelta(microseconds=1))
        return after.isoformat(timespec="microseconds")

    def standing(self) -> pd.DataFrame:
        """Corrections that were not undone, oldest first. Of two by one author on one thing, the later one stands."""
        table = self.table
        gone = set(table.loc[table["action"] == "undo", "value"])
        table = table[(table["action"] != "undo") & ~table["correction_id"].isin(gone)]
        table = table.sort_values(["time", "correction_id"], na_position="first", ignore_index=True)
        return table[~pd.Series(list(_things(table)), dtype="object", index=table.index).duplicated(keep="last")]

    def conflicts(self) -> pd.DataFrame:
        """Corrections of one thing on which authors differ, side by side; the latest is the one that is applied.

        Returns
        -------
        DataFrame
            Rows of ``table`` with ``thing`` (int64), the same number for those that conflict.
        """
        table = self.standing()
        groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for n, (key, _) in enumerate(_things(table)):
            groups[key].append(n)
        outcome = [(r.action, r.value) for r in table.itertuples()]
        found = [places for places in groups.values() if len({_plain(outcome[n]) for n in places}) > 1]
        rows = table.iloc[[n for places in found for n in places]].reset_index(drop=True)
        things = [k for k, places in enumerate(found) for _ in places]
        rows.insert(0, "thing", pd.Series(things, dtype="int64"))
        return rows

    def merge(self, *others: Corrections | pd.DataFrame | str | Path) -> Corrections:
        """A new table of these corrections and those of colleagues; :meth:`conflicts` of it shows where they differ."""
        tables = [self.table, *(read_corrections(o).table for o in others)]
        table = pd.concat(tables, ignore_index=True).drop_duplicates("correction_id")
        return Corrections(
            table.sort_values(["time", "correction_id"], na_position="first", ignore_index=True), author=self.author
        )

    def save(self, path: str | Path) -> Path:
        """Write the table to a CSV file, whole or not at all; :func:`read_corrections` reads it back without loss."""
        path = Path(path).expanduser()
        write_guarded(self.table, path, _WORDS)
        return path


def read_corrections(source: Corrections | pd.DataFrame | str | Path, *, author: str = "") -> Corrections:
    """Read corrections from the CSV file that :meth:`Corrections.save` wrote, or from a DataFrame.

    Parameters
    ----------
    source : path, DataFrame or Corrections
    author : str, default ""
        Who makes those that are added from now on.

    Returns
    -------
    Corrections

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a column or a cell that is needed is missing, an action or polarity unknown, or an id stands twice.
    TypeError
        If `source` is of another kind.

    Examples
    --------
    >>> import tempfile, newslab as nl, pandas as pd
    >>> text = "Ona Vell attacked Tam Orr. “Tam Orr is a disgrace,” Vell said."
    >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="rules", progress=False)
    >>> corrections = nl.Corrections(author="ada")
    >>> done = corrections.same("Tam Orr", "Tam Orr (mayor)")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nl.read_corrections(corrections.save(f"{folder}/corrections.csv"), author="ben")
    <newslab.Corrections: 1 that stand, 0 conflicts; see .table>
    """
    if isinstance(source, Corrections):
        return source
    if isinstance(source, pd.DataFrame):
        return Corrections(source, author=author)
    if not isinstance(source, (str, os.PathLike)):
        raise TypeError(f"corrections are a {type(source).__name__}; give Corrections, their table, or a path")
    try:
        table = read_guarded(source, _WORDS, dtype="str")
    except FileNotFoundError as error:
        raise FileNotFoundError(f"there are no corrections {source}; corrections.save(path) writes them") from error
    except ValueError as error:  # pandas' parser errors are ValueErrors
        raise ValueError(f"{source} is no table of corrections: {error}") from error
    return Corrections(table, author=author)


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    absent = [c for c in COLUMNS if c not in table.columns]
    if absent:
        raise ValueError(f"the corrections lack the columns {', '.join(absent)}")
    table = table[list(COLUMNS)].reset_index(drop=True)
    for column in ("start", "end"):
        try:
            table[column] = pd.to_numeric(table[column]).astype("Int64")
        except (TypeError, ValueError) as error:
            raise ValueError(f"{column} of a correction is no whole number: {error}") from error
    table = table.astype({c: "str" for c, t in COLUMNS.items() if t == "str"})
    table[["author", "action"]] = table[["author", "action"]].fillna("")
    turned = table["value"].where(table["action"] == "polarity")
    for column, values, allowed in (
        ("action", table["action"], ACTIONS),
        ("polarity", table["polarity"], _POLARITIES),
        ("value", turned, _POLARITIES),
    ):
        wrong = values.dropna()
        wrong = wrong[~wrong.isin(allowed)]
        if len(wrong):
            raise ValueError(
                f"row {wrong.index[0] + 1} of the corrections: {column} is {wrong.iloc[0]!r}; it may be "
                f"{', '.join(map(repr, allowed))}"
            )
    for action, columns in _NEEDED.items():
        empty = table.loc[table["action"] == action, columns].isna()
        for column in columns:
            if empty[column].any():
                raise ValueError(f"row {empty[column].idxmax() + 1} of the corrections: {action!r} without {column}")
    twice = table.loc[table["correction_id"].isna() | table["correction_id"].duplicated(), "correction_id"]
    if len(twice):
        raise ValueError(f"two corrections have the id {twice.iloc[0]!r}, or one has none; ids must be unique")
    return table


def _row(table: pd.DataFrame, column: str, ident: str) -> dict[str, Any]:
    need_str(column, ident)
    rows = table[table[column] == ident]
    if rows.empty:
        raise ValueError(f"there is no {column} {ident!r} in this analysis")
    return rows.iloc[0].to_dict()


def _check_meant(analysis: Analysis, article_id: str, *names: str) -> None:
    """Refuse names that several actors have, unless the article tells who is meant."""
    known = Names(analysis.table("actors", ACTOR_COLUMNS))
    here = set(analysis.table("mentions", ["actor_id"], article_id=article_id)["actor_id"])
    for name in names:
        idents = known.candidates(name)
        if len(idents) > 1 and not here.intersection(idents):
            raise ValueError(known.shared(name, idents))


def _hash_of(analysis: Analysis, article_id: str) -> str:
    return text_hash(_row(analysis.articles, "article_id", article_id)["text"])


def _plain(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(None if pd.isna(v) else v for v in values)


def _things(table: pd.DataFrame) -> Iterable[tuple[tuple[Any, ...], str]]:
    """What each correction is about, and who made it."""
    for row in table.itertuples():
        if row.action == "same":
            key: tuple[Any, ...] = ("same", row.source)
        elif row.action == "speaker":
            key = ("speaker", row.text_hash, row.start, row.end)
        else:
            kind = "add" if row.action == "add" else "stance"
            key = (kind, *(getattr(row, c) for c in _OF_STANCE))
        yield _plain(key), row.author


def articles_by_hash(analysis: Analysis) -> dict[str, list[str]]:
    """Ids of the articles by the hash of their text, by which corrections name them."""
    out: dict[str, list[str]] = defaultdict(list)
    for ident, text in zip(analysis.articles["article_id"], analysis.articles["text"], strict=True):
        out[text_hash(text)].append(ident)
    return dict(out)


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
    latest = {key: n for n, (key, _) in enumerate(_things(standing))}
    status: dict[str, str] = dict.fromkeys(given.table["correction_id"], "undone")
    for n, ((key, _), row) in enumerate(zip(_things(standing), standing.itertuples(), strict=True)):
        if latest[key] != n:
            status[row.correction_id] = "overruled"
        else:
            status[row.correction_id] = "applied" if getattr(desk, row.action)(row) else "not found"
    table = given.table
    table["status"] = pd.Series([status[i] for i in table["correction_id"]], dtype="str")
    table.loc[table["action"] == "undo", "status"] = "applied"
    return desk.analysis(table)


def _placed(table: pd.DataFrame, among: pd.Series, row: Any) -> pd.Series:
    """Which of some rows stand where a correction says, or else overlap with that place."""
    exact = among & (table["start"] == row.start) & (table["end"] == row.end)
    return exact if exact.any() else among & (table["start"] < row.end) & (table["end"] > row.start)


class _Desk:
    """An analysis while it is being corrected. Each action returns whether it found what it is about."""

    def __init__(self, analysis: Analysis, articles: Mapping[str, list[str]]) -> None:
        self.base, self.articles = analysis, articles
        self.quotes, self.mentions = analysis.quotes.copy(), analysis.mentions.copy()
        self.actors, self.stances = analysis.actors.copy(), analysis.stances.copy()
        self.affiliations = analysis.affiliations.copy()
        self.names = Names(self.actors)
        self.unclear: dict[str, str] = {}  # of corrections that name several actors, what to do about it

    def _stances(self, row: Any) -> pd.Series:
        """Which stances a correction is about: this edge, in this article, with evidence that overlaps."""
        s = self.stances
        found = s["article_id"].isin(self.articles.get(row.text_hash, [])) & (s["polarity"] == row.polarity)
        found &= s["source_id"].isin(self.names.all(row.source)) & s["target_id"].isin(self.names.all(row.target))
        return _placed(s, found, row)

    def _settle(self, found: pd.Series) -> bool:
        """Make stances certain; whether there are any."""
        self.stances.loc[found, ["probability", "corrected"]] = 1.0, True
        return bool(found.any())

    def confirm(self, row: Any) -> bool:
        return self._settle(self._stances(row))

    def reject(self, row: Any) -> bool:
        found = self._stances(row)
        self.stances = self.stances[~found]
        return bool(found.any())

    def source(self, row: Any) -> bool:
        return self._turn(row, "source")

    def target(self, row: Any) -> bool:
        return self._turn(row, "target")

    def _turn(self, row: Any, side: str) -> bool:
        found = self._stances(row)
        if not found.any():
            return False
        for ident in self.stances.loc[found, "article_id"].unique():
            here = found & (self.stances["article_id"] == ident)
            self._set(self.stances, here, side, self._actor(row.value, ident))
        self._settle(found)
        self.stances = self.stances[self.stances["source_id"] != self.stances["target_id"]]
        return True

    def polarity(self, row: Any) -> bool:
        found = self._stances(row)
        self.stances.loc[found, "polarity"] = row.value
        return self._settle(found)

    def add(self, row: Any) -> bool:
        texts = self.base.articles.set_index("article_id")["text"]
        for ident in self.articles.get(row.text_hash, []):
            source, target = self._actor(row.source, ident), self._actor(row.target, ident)
            if source == target or not 0 <= row.start < row.end <= len(texts[ident]):
                return False
            q = self.quotes
            inside = q[(q["article_id"] == ident) & (q["start"] <= row.start) & (q["end"] >= row.end)]
            said = inside[inside["speaker_id"] == source]
            new = {
                "stance_id": f"{ident}#{row.correction_id}", "article_id": ident, "polarity": row.polarity,
                "probability": 1.0, "via": "quote" if len(said) else "reported",
                "quote_id": said["quote_id"].iloc[0] if len(said) else None, "start": row.start, "end": row.end,
                "evidence": texts[ident][row.start : row.end], "corrected": True,
            }  # fmt: skip
            frame = pd.DataFrame([new]).reindex(columns=self.stances.columns)
            frame = frame.astype(self.stances.dtypes.to_dict())
            for side, actor in (("source", source), ("target", target)):
                self._set(frame, pd.Series(True, index=frame.index), side, actor)
            self.stances = pd.concat([self.stances, frame], ignore_index=True)
        return row.text_hash in self.articles

    def speaker(self, row: Any) -> bool:
        q = self.quotes
        found = _placed(q, q["article_id"].isin(self.articles.get(row.text_hash, [])), row)
        for ident in q.loc[found, "article_id"].unique():
            self._set(self.quotes, found & (q["article_id"] == ident), "speaker", self._actor(row.value, ident))
        self.quotes.loc[found, "attribution"] = "corrected"
        self.quotes.loc[found, "confidence"] = 1.0
        return bool(found.any())

    def same(self, row: Any) -> bool:
        here = self.names.candidates(row.source)
        there = [i for i in self.names.candidates(row.value) if i not in here]
        for name, idents in ((row.source, here), (row.value, there)):
            if len(idents) > 1:
                self.unclear[row.correction_id] = self.names.shared(name, idents)
        if not here or row.correction_id in self.unclear:
            return False
        old = here[0]
        new = there[0] if there else old
        lost = self.actors[self.actors["actor_id"] == old].iloc[0]
        if there:
            self._also_called(new, [lost["name"], *lost["aliases"]])
            self.actors = self.actors[self.actors["actor_id"] != old].reset_index(drop=True)
            self.names.join(old, new)
        else:  # a new name
            self.actors.loc[self.actors["actor_id"] == old, "name"] = row.value
            self._also_called(old, [lost["name"]])
            self.names.add(old, row.value)
        for table, side in (
            (self.quotes, "speaker"), (self.mentions, "actor"), (self.stances, "source"), (self.stances, "target"),
            (self.affiliations, "group"), (self.affiliations, "member"),
        ):  # fmt: skip
            rows = table[f"{side}_id"] == old
            if there:
                self._set(table, rows, side, new)
            else:  # whose party of the day stays
                table.loc[rows, side] = row.value
        name = self.actors.loc[self.actors["actor_id"] == new, "name"].iloc[0]
        self.stances.loc[self.stances["claimed_by"].isin(self._names(here)), "claimed_by"] = name
        self.stances = self.stances[self.stances["source_id"] != self.stances["target_id"]]
        return True

    def _names(self, idents: list[str]) -> set[str]:
        return set(self.base.actors.loc[self.base.actors["actor_id"].isin(idents), "name"])

    def _also_called(self, ident: str, names: list[str]) -> None:
        n = int(self.actors.index[self.actors["actor_id"] == ident][0])
        known = [*self.actors.at[n, "aliases"], *names]
        self.actors.at[n, "aliases"] = [a for a in dict.fromkeys(known) if a != self.actors.at[n, "name"]]

    def _actor(self, name: str, article_id: str) -> str:
        """The actor of a name: the one of several that the article mentions most; a new one if there is none."""
        ids = self.names.all(name)
        if len(ids) == 1:
            return ids[0]
        if ids:
            m = self.mentions
            here = m.loc[(m["article_id"] == article_id) & m["actor_id"].isin(ids), "actor_id"].value_counts()
            return str(here.index[0]) if len(here) else self.names.candidates(name)[0]
        base = re.sub(r"[^\w]+", "-", name.casefold()).strip("-") or "actor"
        ident, n = base, 2
        while (self.actors["actor_id"] == ident).any():
            ident, n = f"{base}-{n}", n + 1
        new = {"actor_id": ident, "name": name, "type": "person", "n_articles": 0, "n_mentions": 0, "n_quotes": 0}
        frame = pd.DataFrame([new]).reindex(columns=self.actors.columns)
        frame["aliases"] = pd.Series([[]], dtype="object")
        self.actors = pd.concat([self.actors, frame.astype(self.actors.dtypes.to_dict())], ignore_index=True)
        self.names.add(ident, name)
        return ident

    def _set(self, table: pd.DataFrame, rows: pd.Series, side: str, ident: str) -> None:
        """Put an actor in rows, with all that an actor table says of it."""
        actor = self.actors[self.actors["actor_id"] == ident].iloc[0]
        table.loc[rows, side], table.loc[rows, f"{side}_id"] = actor["name"], ident
        for column in self.actors.columns:
            if f"{side}_{column}" in table.columns:
                table.loc[rows, f"{side}_{column}"] = actor[column]

    def analysis(self, table: pd.DataFrame) -> Analysis:
        """The corrected analysis: counts made anew, rows in their order, what did not fit among the problems."""
        from newslab.analysis import Analysis

        m, q, s = self.mentions, self.quotes, self.stances[self.stances["corrected"]]
        known = self.actors["actor_id"]
        touched = ~known.isin(self.base.actors["actor_id"]) | known.isin(self._touched())
        for column, values in actor_counts(m, q, s).items():
            new = known.map(values).fillna(0).astype("int64")
            self.actors[column] = self.actors[column].where(~touched, new)
        place = {a: n for n, a in enumerate(self.base.articles["article_id"])}
        stances = self.stances.assign(at=self.stances["article_id"].map(place))
        stances = stances.sort_values(["at", "start"], kind="stable", ignore_index=True).drop(columns="at")
        lost = table[table["status"].isin(["not found", "overruled"])]
        why = {"not found": "what it corrects is not in this analysis", "overruled": "a later one of another author"}
        reasons = [
            f"correction {r.correction_id} ({r.action}) not applied: {self.unclear.get(r.correction_id, why[r.status])}"
            for r in lost.itertuples()
        ]
        base = self.base.problems[self.base.problems["stage"] != "corrections"]
        said = pd.DataFrame({"article_id": lost["article_id"], "stage": "corrections", "reason": reasons})
        problems = pd.concat([base, said.astype(base.dtypes.to_dict())], ignore_index=True)
        return Analysis(
            articles=self.base.articles, quotes=self.quotes, mentions=self.mentions,
            actors=self.actors.sort_values("actor_id", ignore_index=True), stances=stances,
            affiliations=self.affiliations, problems=problems, corrections=table, reader=self.base.reader,
        )  # fmt: skip

    def _touched(self) -> set[str]:
        """Actors whose mentions or quotations changed."""
        out: set[str] = set()
        for new, old, column in (
            (self.mentions, self.base.mentions, "actor_id"),
            (self.quotes, self.base.quotes, "speaker_id"),
        ):
            changed = (new[column] != old[column]) & ~(new[column].isna() & old[column].isna())
            changed = changed.fillna(True)
            out |= set(new.loc[changed, column].dropna()) | set(old.loc[changed, column].dropna())
        return out
