"""From records to the table of articles: columns found, texts checked, ids made unique, dates parsed."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from newslab.corpus.columns import COLUMNS, cell, did_you_mean, free_name, match_columns, unique, why_no_text
from newslab.corpus.dates import parse_dates
from newslab.corpus.formats import Table
from newslab.corpus.problems import Problems, Unreadable


class Gatherer:
    """Takes articles and tables in reading order; :meth:`articles` gives them as one table."""

    def __init__(self, given: Mapping[str, str], max_chars: int, max_columns: int, problems: Problems) -> None:
        self.given = given
        self.max_chars, self.max_columns = max_chars, max_columns
        self.problems = problems
        self.warnings: list[str] = []
        self.found: set[tuple[str, str]] = set()  # which of the given columns were found
        self._missing: dict[str, str] = {}  # why the others were not
        self._articles: list[dict[str, Any]] = []
        self._table_of: list[int] = []  # the table that each article comes from; -1 for those of their own file
        self._dtypes: list[dict[str, Any]] = []  # of the further columns of each table

    def add_table(self, table: Table, ident: str, label: str) -> None:
        """Add the rows of a table; those without an id are called after `ident` and their number."""
        columns = self._match(list(table.frame), label)
        names = unique([columns.get(name) or free_name(name) for name in table.frame], ".")
        frame = table.frame.set_axis(names, axis=1)
        self._dtypes.append(frame[[name for name in names if name not in COLUMNS]].dtypes.to_dict())
        for number, reason in table.bad:
            self.problems.unread(f"{ident}-{number}", f"{label}: {reason}")
        for number, row in zip(frame.index, frame.to_dict("records"), strict=True):
            row["article_id"] = cell(row.get("article_id")) or f"{ident}-{number}"
            self._add(row, row["article_id"], f"{label}: ", len(self._dtypes) - 1)

    def add_record(self, record: Mapping[str, Any], ident: str, label: str) -> None:
        """Add the single record of a file of records."""
        columns = self._match(list(record), label)
        self.add_article({columns.get(k) or free_name(k): v for k, v in record.items()}, ident, label)

    def add_article(self, article: dict[str, Any], ident: str, label: str) -> None:
        """Add the article of a file, its keys being our columns and further ones."""
        self._add(article | {"article_id": cell(article.get("article_id")) or ident}, label, "", -1)

    def _add(self, article: dict[str, Any], name: str, prefix: str, table: int) -> None:
        if reason := why_no_text(article.get("text"), self.max_chars):
            self.problems.unread(name, prefix + reason)
        else:
            self._articles.append(article)
            self._table_of.append(table)

    def _match(self, names: list[str], label: str) -> dict[str, str]:
        """Our name for each column of a table that holds what we know."""
        for wanted, name in self.given.items():
            if name in names:
                self.found.add((wanted, name))
                continue
            reason = f"column {name!r} ({wanted}) not found{did_you_mean(name, names)}; columns are {names!s:.500}"
            self._missing.setdefault(wanted, f"{label}: {reason}")
            if wanted == "text":
                raise Unreadable(reason)
            self.problems.note(label, reason)
        columns = match_columns(names, self.given)
        if "text" not in columns:
            raise Unreadable(f"no column of texts found; columns are {names!s:.500}; pass text=... with its name")
        return {name: wanted for wanted, name in columns.items()}

    def articles(self) -> pd.DataFrame:
        """One row an article."""
        for wanted, name in self.given.items():
            if (wanted, name) not in self.found:
                reason = f"{wanted}={name!r} names a column of tables; no table that was read has it"
                raise ValueError(self._missing.get(wanted, reason))
        only = set(self._table_of) or set(range(len(self._dtypes)))
        # Columns of a sole table keep their dtypes; where sources are mixed, dtypes follow from the values.
        dtypes = dict(self._dtypes[max(only)]) if len(only) == 1 and max(only) >= 0 else {}
        names = dict.fromkeys([*COLUMNS, *(key for article in self._articles for key in article), *dtypes])
        values = {name: [article.get(name, np.nan) for article in self._articles] for name in names}
        ids = unique(values["article_id"], "~")
        if repeated := sum(map(str.__ne__, ids, values["article_id"])):
            self.warnings.append(f"repeated ids: {repeated:,} became '<id>~2', '<id>~3', ... in reading order")
        for name in ("title", "outlet", "author", "url"):
            values[name] = [cell(value) for value in values[name]]
        values |= {"article_id": ids, "published": self._dates(values["published"], ids)}
        dtypes |= dict.fromkeys(COLUMNS, "str") | {"published": "datetime64[ns]"}
        articles = pd.DataFrame({name: pd.Series(values[name], dtype=object) for name in names})
        return articles.astype(dtypes).infer_objects()

    def _dates(self, values: Sequence[Any], ids: Sequence[str]) -> np.ndarray:
        published = np.full(len(values), "NaT", dtype="datetime64[ns]")
        guessed: list[str] = []
        tables = pd.Series(self._table_of, dtype="int64")
        for rows in tables.groupby(tables).indices.values():
            published[rows], bad, unsure = parse_dates([values[i] for i in rows])
            guessed += unsure
            for i in rows[bad]:
                self.problems.note(ids[i], f"date {str(values[i])[:60]!r} not understood; kept without a date")
        if guessed:
            count = f"{len(guessed):,} dates such as {guessed[0]!r}"
            self.warnings.append(f"{count} were read month first; if that is wrong, give dates as 2024-03-12")
        return published
