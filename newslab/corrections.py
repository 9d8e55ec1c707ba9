"""Corrections by people who read the articles: a table to keep as a file, merge, undo, and apply again.

A correction names what it is about by the words of the analysis and a hash of the article's text, not by ids, so that
it still fits when the corpus is analysed anew, under other article ids, or by another reader. The table only grows: to
undo is a row too, so the files of colleagues can be put together in any order.
"""

from __future__ import annotations

import os
from collections import defaultdict
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
_OF_QUOTE = ["text_hash", "start", "end"]
_ABOUT = {"stance": _OF_STANCE, "add": _OF_STANCE, "same": ["source"], "speaker": _OF_QUOTE}
_NEEDED = {  # columns that must be filled for an action
    **dict.fromkeys(("confirm", "reject", "add"), _OF_STANCE),
    **dict.fromkeys(("source", "target", "polarity"), [*_OF_STANCE, "value"]),
    "same": ["source", "value"],
    "speaker": [*_OF_QUOTE, "value"],
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
        return self._add(action, text_hash=text_hash(analysis.text(row["article_id"])), value=value, **place)

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
        return self._add("speaker", text_hash=text_hash(analysis.text(row["article_id"])), value=name.strip(), **place)

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
        return table[~table[["author"]].assign(thing=things(table)).duplicated(keep="last")]

    def conflicts(self) -> pd.DataFrame:
        """Corrections of one thing on which authors differ, side by side; the latest is the one that is applied.

        Returns
        -------
        DataFrame
            Rows of ``table`` with ``thing`` (int64), the same number for those that conflict.
        """
        table = self.standing()
        thing = pd.Series(pd.factorize(things(table))[0], index=table.index)
        outcome = table["action"] + " " + table["value"].fillna("")
        table.insert(0, "thing", thing)
        rows = table[outcome.groupby(thing).transform("nunique") > 1].sort_values("thing", kind="stable")
        return rows.assign(thing=pd.factorize(rows["thing"])[0]).reset_index(drop=True)

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


def things(table: pd.DataFrame) -> pd.Series:
    """What each correction is about, alike for those of one thing."""
    keys = []
    for row in table.itertuples():
        kind = "stance" if row.action in VERDICTS else row.action
        values = [getattr(row, column) for column in _ABOUT[kind]]
        keys.append((kind, *(None if pd.isna(v) else v for v in values)))
    return pd.Series(keys, index=table.index, dtype="object")


def articles_by_hash(analysis: Analysis) -> dict[str, list[str]]:
    """Ids of the articles by the hash of their text, by which corrections name them."""
    out: dict[str, list[str]] = defaultdict(list)
    for ident, text in zip(analysis.articles["article_id"], analysis.articles["text"], strict=True):
        out[text_hash(text)].append(ident)
    return dict(out)
