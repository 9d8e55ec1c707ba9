"""From records to the table of articles: columns found, texts checked, ids made unique, dates parsed."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from newslab.checks import meant
from newslab.corpus.columns import (
    COLUMNS,
    cell,
    free_name,
    in_words,
    is_blank,
    is_nested_deeper,
    match_columns,
    unique,
    whole_characters,
    why_no_text,
)
from newslab.corpus.dates import parse_dates
from newslab.corpus.formats import Blocks
from newslab.corpus.problems import Problems, Unreadable
from newslab.plurals import how_many

_EXACT = 2**53  # up to which a float holds every whole number
# Columns by which the tables of an analysis that have texts are told from a table of articles
_RESULTS = {
    "quotes": {"quote_id", "article_id", "start", "end", "text", "speaker_id", "cue_start", "attribution"},
    "mentions": {"mention_id", "article_id", "start", "end", "text", "actor_id", "kind"},
}
_ROWS = 1000  # rows of a table that are dicts at one time
_TIMES = (datetime, timedelta, pd.Period)
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#x?[\dA-Fa-f]{2,6});")  # &rsquo;
_DATE = re.compile(r"(?:(?:\b|_)(?i:date)|[a-z]Date)(?![a-z])")  # Load-Date, loadDate; no candidate, dateline
_OF_LIFE = re.compile(r"birth|born|death|died", re.IGNORECASE)  # date_of_birth
_DEEPEST = 40  # levels of a nested value; Parquet writes more of them than it opens again


class Settled(NamedTuple):
    """What depends on the whole corpus."""

    ids: list[str]
    published: np.ndarray
    dtypes: dict[str, Any]  # of all columns, in their order


class Gatherer:
    """Takes articles and tables in reading order.

    What is large is taken away, on the way or at the end, by :meth:`drain`; ids, dates and the kinds of values, which
    depend on the whole corpus, stay until :meth:`settle`.
    """

    def __init__(self, given: Mapping[str, str], max_chars: int, max_columns: int, problems: Problems) -> None:
        self.given = given
        self.max_chars, self.max_columns = max_chars, max_columns
        self.problems = problems
        self.warnings: list[str] = []
        self.found: set[tuple[str, str]] = set()  # which of the given columns were found
        self._missing: dict[str, str] = {}  # why the others were not
        self._undated: dict[str, list[str]] = {}  # of tables without a date, columns that may hold it
        self.waiting: list[dict[str, Any]] = []  # articles not drained, without id and date
        self.n_chars = 0  # of their texts
        self._entities: list[str] = []  # the first of each text that has HTML entities
        self._ids: list[str] = []
        self._published: list[Any] = []
        self._names: dict[str, None] = dict.fromkeys(COLUMNS)
        self._kinds: dict[str, dict[object, tuple[Any, Any]]] = {}  # the extremes of each kind in each further column
        self._filled: Counter[str] = Counter()  # articles that have the column
        self._table_of: list[int] = []  # the table that each article comes from; -1 for those of their own file
        self._dtypes: list[dict[str, Any]] = []  # of the further columns of each table

    def add_blocks(self, table: Blocks, ident: str, label: str) -> Iterator[None]:
        """Add the rows of a table, with a pause after each in which they can be drained.

        Those without an id are called after `ident` and their number.
        """
        columns = self._match(list(table.dtypes), label)
        names = unique([columns.get(name) or free_name(name) for name in table.dtypes], ".")
        dtypes = dict(zip(names, table.dtypes.values(), strict=True))
        self._dtypes.append({name: dtype for name, dtype in dtypes.items() if name not in COLUMNS})
        number_of_table = len(self._dtypes) - 1
        for number, reason in table.bad:
            self.problems.unread(f"{ident}-{number}", f"{label}: {reason}")
        for block in table.blocks:
            for k in range(0, len(block), _ROWS):
                frame = block.iloc[k : k + _ROWS].set_axis(names, axis=1)
                for number, row in zip(frame.index, frame.to_dict("records"), strict=True):
                    self.add_article(row, f"{ident}-{number}", label, number_of_table)
                    yield

    def add_record(self, record: Mapping[str, Any], ident: str, label: str) -> None:
        """Add the single record of a file of records."""
        columns = self._match(list(record), label)
        self.add_article({columns.get(k) or free_name(k): v for k, v in record.items()}, ident, label)

    def add_article(self, article: dict[str, Any], ident: str, label: str, table: int = -1) -> None:
        """Add an article, its keys being our columns and further ones; -1 is the table of those with their own file."""
        no_text = why_no_text(article.get("text"), self.max_chars)
        faults = []
        for key, value in article.items():
            if isinstance(value, str):
                article[key] = whole_characters(value)
                if key == "text" and article[key] != value:
                    faults.append("half characters, which no file can hold, became U+FFFD")
            elif is_nested_deeper(value, _DEEPEST):
                article[key] = np.nan
                faults.append(f"{key} is nested more than {_DEEPEST} levels deep; left out")
        article["article_id"] = cell(article.get("article_id")) or whole_characters(ident)
        name, prefix = (label, "") if table < 0 else (article["article_id"], f"{label}: ")
        if no_text:
            self.problems.unread(name, prefix + no_text)
            return
        for fault in faults:
            self.problems.note(name, prefix + fault)
        for name in ("title", "outlet", "author", "url"):
            article[name] = cell(article.get(name, np.nan))
        # Nothing from here on fails, or an article would be half there.
        self._ids.append(article.pop("article_id"))
        self._published.append(article.pop("published", np.nan))
        self._table_of.append(table)
        for name, value in article.items():
            if name not in COLUMNS:
                self._names.setdefault(name)
                self._filled[name] += 1
                _remember(self._kinds.setdefault(name, {}), value)
        if entity := _ENTITY.search(article["text"]):
            self._entities.append(entity[0])
        self.n_chars += len(article["text"])
        self.waiting.append(article)

    def _match(self, names: list[str], label: str) -> dict[str, str]:
        """Our name for each column of a table that holds what we know."""
        made = next((kind for kind, columns in _RESULTS.items() if columns <= set(names)), None)
        if made and "text" not in self.given:
            raise Unreadable(
                f"{made} that newslab found, and no articles; keep results outside the corpus, or pass text='text' "
                "to read them all the same"
            )
        for wanted, name in self.given.items():
            if name in names:
                self.found.add((wanted, name))
                continue
            reason = f"column {name!r} ({wanted}) not found{meant(name, names)}; columns are {names!s:.500}"
            self._missing.setdefault(wanted, f"{label}: {reason}")
            if wanted == "text":
                raise Unreadable(reason)
            self.problems.note(label, reason)
        columns = match_columns(names, self.given)
        if "text" not in columns:
            raise Unreadable(
                f"no column of texts found; columns are {names!s:.500}; pass text=... with its name (--text on the "
                "command line)"
            )
        if "published" not in columns and (like := [n for n in names if _DATE.search(n) and not _OF_LIFE.search(n)]):
            self._undated[label] = like
        return {name: wanted for wanted, name in columns.items()}

    def drain(self) -> dict[str, list[Any]]:
        """The columns of the articles that wait, but for ``article_id`` and ``published``; none waits any more."""
        rows, self.waiting, self.n_chars = self.waiting, [], 0
        names = [name for name in self._names if name not in ("article_id", "published")]
        return {name: [row.get(name, np.nan) for row in rows] for name in names}

    def settle(self) -> Settled:
        """Ids, dates and dtypes, which depend on the whole corpus; call it once, at the end."""
        for wanted, name in self.given.items():
            if (wanted, name) not in self.found:
                reason = f"{wanted}={name!r} names a column of tables; no table that was read has it"
                raise ValueError(self._missing.get(wanted, reason))
        only = set(self._table_of) or set(range(len(self._dtypes)))
        # Columns of a sole table keep their dtypes; where sources are mixed, dtypes follow from the values.
        dtypes = dict(self._dtypes[max(only)]) if len(only) == 1 and max(only) >= 0 else {}
        for name in dict.fromkeys([*self._names, *dtypes]):
            values = [value for extremes in self._kinds.get(name, {}).values() for value in extremes]
            values += [np.nan] if self._filled[name] < len(self._ids) else []
            if pd.api.types.is_object_dtype(dtypes.setdefault(name, np.dtype("object"))) and name not in COLUMNS:
                dtypes[name] = _dtype_of(values)
        ids = unique(self._ids, "~")
        if repeated := sum(map(str.__ne__, ids, self._ids)):
            self.warnings.append(f"repeated ids: {repeated:,} became '<id>~2', '<id>~3', ... in reading order")
        if self._entities:
            told = f"{how_many(len(self._entities), 'text')} with HTML entities such as {self._entities[0]!r}"
            self.warnings.append(f"{told}, read as they stand; table['text'].map(html.unescape) makes them characters")
        if self._undated:
            label, like = next(iter(self._undated.items()))
            told = f"{label}: no column was taken for the date of publication; if it is {' or '.join(map(repr, like))}"
            self.warnings.append(f"{told}, pass published={like[0]!r} (--published on the command line)")
        dtypes |= dict.fromkeys(COLUMNS, "str") | {"published": "datetime64[ns]"}
        names = dict.fromkeys([*COLUMNS, *self._names, *dtypes])
        return Settled(ids, self._dates(self._published, ids), {name: dtypes[name] for name in names})

    def _dates(self, values: Sequence[Any], ids: Sequence[str]) -> np.ndarray:
        published = np.full(len(values), "NaT", dtype="datetime64[ns]")
        guessed: list[str] = []
        tables = pd.Series(self._table_of, dtype="int64")
        for rows in tables.groupby(tables).indices.values():
            published[rows], bad, unsure = parse_dates([values[i] for i in rows])
            guessed += unsure
            for i in rows[bad]:
                self.problems.note(ids[i], f"date {in_words(values[i])[:60]!r} not understood; kept without a date")
        if guessed:
            told = f"{how_many(len(guessed), 'date')} such as {guessed[0]!r} {'was' if len(guessed) == 1 else 'were'}"
            self.warnings.append(f"{told} read month first; if that is wrong, give dates as 2024-03-12")
        return published


def _dtype_of(values: Sequence[Any]) -> Any:
    """The dtype of a column with these kinds of values."""
    filled = [value for value in values if isinstance(value, str) or not is_blank(value)]
    whole = len(filled) < len(values) and all(type(value) is int for value in filled)
    if whole and any(abs(value) > _EXACT for value in filled):
        # pandas would choose floats, since some are missing.
        return pd.Int64Dtype() if all(-(2**63) <= value < 2**63 for value in filled) else np.dtype("object")
    return pd.Series(values, dtype="object").infer_objects().dtype


def _remember(kinds: dict[object, tuple[Any, Any]], value: Any) -> None:
    """Keep of each kind the extreme values, from which pandas chooses a dtype of the column that has room for all."""
    if isinstance(value, _TIMES):  # with and without a zone, by the day and the nanosecond: each is a kind of its own
        kind: tuple[Any, ...] = (type(value), *(getattr(value, name, None) for name in ("unit", "tzinfo", "freqstr")))
    else:
        kind = (type(value), isinstance(value, float) and value != value)
    low, high = kinds.setdefault(kind, (value, value))
    if isinstance(value, (int, datetime, timedelta)) and (value < low or value > high):
        kinds[kind] = (min(value, low), max(value, high))
