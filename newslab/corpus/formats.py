"""From the content of a file to records: text, HTML, CSV, JSON, JSON lines, Parquet."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from newslab.corpus.columns import NUMBER, match_columns, told_in_words, typed_as, unique
from newslab.corpus.decoding import decode
from newslab.corpus.files import File
from newslab.corpus.problems import Problems, Unreadable

if TYPE_CHECKING:
    import pyarrow as pa

_DIGITS = 600  # of a whole number; Python can be told to make none longer than 640
_TITLE = 200  # characters up to which a first line is a headline
_CODING = frozenset(("actors", "edges"))  # fields of a hand coding; see newslab.coding
# "\ud83d" without its second half is valid JSON and no text: no file can hold it.
_HALF_SURROGATE = re.compile(r"\\ud[89ab]..(?!\\ud[c-f]..)|(?<!\\ud[89ab]..)\\ud[c-f]..", re.I)


Lines = Callable[[str], AbstractContextManager[Iterable[str]]]  # of one text each time, by what they end with
ROWS = 1000  # of a block
# Characters of a cell from which a quotation mark counts as never closed, and the lines behind it as rows: many times
# those of any article, or the lines of one that is too long would be read as articles.
_CELL = 20_000_000
_UNNAMED_INDEX = re.compile(r"__index_level_\d+__")  # as pandas calls it in Parquet files


class Blocks(NamedTuple):
    """A table in blocks of rows, with the dtypes that the columns of the whole have.

    Rows are indexed by their number from 1 (in JSON lines that of the line); `bad` are numbers that are broken, with
    why.
    """

    dtypes: dict[str, Any]
    bad: list[tuple[int, str]]
    blocks: Iterable[pd.DataFrame]


def in_one(frame: pd.DataFrame, bad: Sequence[tuple[int, str]] = ()) -> Blocks:
    """A table as a single block."""
    return Blocks(frame.dtypes.to_dict(), list(bad), [frame])


def with_columns(table: Blocks, values: Mapping[str, str]) -> Blocks:
    """A table with columns of one value each, unless it has a column of that name."""
    new = {name: value for name, value in values.items() if name not in table.dtypes}
    dtypes = table.dtypes | dict.fromkeys(new, pd.StringDtype(na_value=np.nan))
    return table._replace(dtypes=dtypes, blocks=(block.assign(**new) for block in table.blocks)) if new else table


class Limits(Protocol):
    """What a reader of files must know: which columns are given by name, what is too much, and where faults go."""

    given: Mapping[str, str]
    max_chars: int
    max_columns: int
    problems: Problems


def read_content(file: File, encoding: str | None, limits: Limits) -> Blocks | dict[str, Any] | None:
    """Read a file: a table, or the record of the one article that it is, or None if it codes one by hand."""
    if file.suffix == ".parquet":
        table, damaged = read_parquet(file.load(), limits.max_columns)
        note_damaged(damaged, file, limits)
        return table
    is_text, is_html = file.suffix == ".txt", file.suffix in (".html", ".htm")
    data = file.load(4 * limits.max_chars if is_text or is_html else None)  # a character has at most 4 bytes
    text = decode(data, encoding, html=is_html)
    note_damaged(text.count("\ufffd"), file, limits)
    if is_text:
        return {"title": first_line(text), "text": text}
    if is_html:
        return read_html(text)
    if file.suffix == ".json":
        return read_json(text, limits)
    return read_lines(lines_of(text), file.suffix, limits)


def note_damaged(damaged: int, file: File, limits: Limits) -> None:
    """Tell of characters that could not be decoded."""
    if damaged:
        limits.problems.note(file.label, f"{damaged:,} damaged characters (U+FFFD)")


def first_line(text: str) -> str | None:
    """The title of a text: its first line, if that is short and text follows."""
    first, *rest = text.strip().split("\n", 1)
    first, *more = first.split("\r", 1)
    return first.strip() if len(first) <= _TITLE and (rest or more) else None


def read_html(text: str) -> dict[str, Any]:
    """The article of a page, as trafilatura finds it."""
    from trafilatura import bare_extraction

    logger = logging.getLogger("trafilatura")  # what it would log is told in the problems
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        # A date is taken from the page's metadata only, not from any year that stands in its text.
        # Without an upper bound of our own, htmldate takes a date after today for a mistake.
        dates = {"original_date": True, "extensive_search": False, "max_date": "2261-12-31"}
        page = bare_extraction(text, with_metadata=True, include_comments=False, date_extraction_params=dates)
    except MemoryError:
        raise
    except Exception as error:  # parsers fail on broken pages in many ways; the page is listed with the reason
        raise Unreadable(f"the page cannot be parsed: {type(error).__name__}: {error}") from error
    finally:
        logger.setLevel(level)
    if page is None or not (page.text or "").strip():
        raise Unreadable("no article found in the page")
    paragraphs = [line for line in page.text.split("\n") if line.strip()]
    author = page.author.replace("; ", ", ") if page.author else None
    return {"title": page.title, "text": "\n\n".join(paragraphs), "published": page.date,
            "outlet": page.sitename or page.hostname, "author": author, "url": page.url}  # fmt: skip


def read_parquet(data: bytes, max_columns: int) -> tuple[Blocks, int]:
    """Read a Parquet file; how many characters in it are damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(data))
        not_too_wide(len(file.schema_arrow), max_columns)
        table, damaged = mended(file.read())
        if len(set(table.column_names)) < table.num_columns:  # pandas would take them for one another
            table = table.rename_columns(unique(table.column_names, ".")).replace_schema_metadata()
        frame = as_frames(table.schema)(table)
    except Unreadable:
        raise
    except Exception as error:  # pyarrow raises its own classes and OSError for damaged files
        if isinstance(error, MemoryError) and not isinstance(error, pa.ArrowException):
            raise  # Arrow's own comes of damaged files, too, which ask for more than there is
        raise Unreadable(f"not a Parquet file that can be read: {error}") from error
    return numbered(frame), damaged


def mended(table: pa.Table) -> tuple[pa.Table, int]:
    """A table whose texts are UTF-8, which few writers of Parquet files check; how many characters became U+FFFD."""
    import pyarrow as pa

    damaged = 0
    for k, field in enumerate(table.schema):
        if is_text(field.type):
            try:
                table.column(k).validate(full=True)
            except pa.ArrowInvalid:
                column = table.column(k).cast(pa.large_binary()).to_pylist()
                values = [None if value is None else value.decode("utf-8", "replace") for value in column]
                damaged += sum(value.count("\ufffd") for value in values if value is not None)
                table = table.set_column(k, field, pa.array(values, field.type))
    return table, damaged


def is_text(kind: pa.DataType) -> bool:
    """Whether an Arrow type is one of texts."""
    import pyarrow as pa

    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def as_frames(schema: pa.Schema) -> Callable[[pa.Table], pd.DataFrame]:
    """What makes DataFrames of tables with these columns, or some of them.

    Dtypes are as pandas noted them in the file. An index with a name is a column of the file and remains one.
    """
    notes: dict[bytes, bytes] | None
    try:
        about = schema.pandas_metadata or {}
        unnamed = [name for name in about.get("index_columns", ()) if _UNNAMED_INDEX.fullmatch(str(name))]
        notes = {b"pandas": json.dumps(about | {"index_columns": []}).encode()} if about else None
        schema.empty_table().replace_schema_metadata(notes).to_pandas()
    except Exception:  # notes that are damaged, or name dtypes that pandas cannot make again: it does without
        notes, unnamed = None, []

    def as_frame(table: pa.Table) -> pd.DataFrame:
        table = table.drop_columns([name for name in unnamed if name in table.column_names])
        try:
            frame = table.replace_schema_metadata(notes).to_pandas(integer_object_nulls=True)
        except _no_value():
            table = _told(table)
            frame = table.to_pandas(integer_object_nulls=True)
        return whole_numbers(frame, table.schema)

    return as_frame


def _no_value() -> tuple[type[Exception], ...]:
    """What pyarrow and pandas raise for a value that Python cannot hold."""
    import pyarrow as pa

    return pa.ArrowException, ValueError, TypeError, ArithmeticError, LookupError, NotImplementedError


def _told(table: pa.Table) -> pa.Table:
    """A table in which columns with values that Python cannot hold, such as days after the year 9999, are text."""
    import pyarrow as pa

    no_value = _no_value()

    def text(value: pa.Scalar) -> str | None:
        for tell in (lambda: value.as_py(), lambda: value.cast(pa.string()).as_py()):
            with suppress(*no_value):
                told = tell()
                return None if told is None else str(told)
        return f"unreadable {value.type}"

    table = table.replace_schema_metadata()
    for k, field in enumerate(table.schema):
        try:
            table.select([k]).to_pandas()
        except no_value:
            column = table.column(k)
            if pa.types.is_timestamp(field.type):  # of an unknown zone, but kept in UTC
                column = column.cast(pa.timestamp(field.type.unit))
            else:
                column = pa.array(map(text, column), pa.string())
            table = table.set_column(k, field.name, column)
    return table


def whole_numbers(frame: pd.DataFrame, schema: pa.Schema) -> pd.DataFrame:
    """Columns of whole numbers that Arrow gave as objects, since some are missing, with a dtype that keeps all digits.

    Floats, which it would give otherwise, have room for fifteen.
    """
    import pyarrow as pa

    for k, (dtype, field) in enumerate(zip(frame.dtypes, schema, strict=True)):
        if pd.api.types.is_object_dtype(dtype) and pa.types.is_integer(field.type):
            frame.isetitem(k, frame.iloc[:, k].astype(nullable(field.type)))
    return frame


def nullable(kind: object) -> str:
    """The dtype for whole numbers of an Arrow type of which some may be missing: "UInt8" for "uint8"."""
    return str(kind).replace("u", "U").replace("i", "I")


def numbered(frame: pd.DataFrame) -> Blocks:
    """A DataFrame as a table, with names of columns that are unique strings; an index with a name is a column, too."""
    named = [name for name in frame.index.names if name is not None and name not in frame.columns]
    if named and frame.columns.nlevels == 1 and len(set(named)) == len(named):
        frame = frame.reset_index(level=named)
    return in_one(frame.set_axis(range(1, len(frame) + 1)).set_axis(unique(list(map(str, frame)), "."), axis=1))


def not_too_wide(columns: int, most: int) -> None:
    """Refuse a table with too many columns."""
    if columns > most:
        raise Unreadable(f"{columns:,} columns; more than max_columns={most:,}")


def lines_of(text: str) -> Lines:
    """The lines of a text in memory."""
    return lambda newline: nullcontext(io.StringIO(text, newline=newline))


def read_lines(lines: Lines, suffix: str, limits: Limits) -> Blocks:
    """Read a table whose rows are lines: CSV, TSV or JSON lines.

    A first pass finds what depends on all rows (columns, dtypes, broken rows), a second gives the rows.
    """
    if suffix not in (".csv", ".tsv"):
        return _json_lines(lines, limits)
    return read_csv(lines, suffix, limits, lambda names: told_in_words(names, limits.given))


def read_csv(
    lines: Lines, suffix: str, limits: Limits, in_words: Callable[[Sequence[str]], Container[str | None]]
) -> Blocks:
    """Read a table, strictly: a broken row is recorded, and reading goes on after it.

    Of the names of the columns, `in_words` tells those that hold no numbers.

    pandas refuses a file with one broken row or, after a quotation mark that is never closed, swallows the rows that
    follow; with the csv module itself we can begin again on the next line.
    """
    with lines("") as opened:
        delimiter = "\t" if suffix == ".tsv" else delimiter_of(list(islice(opened, 1000)))

    def rows() -> Iterator[tuple[int, list[str] | str]]:
        with lines("") as opened:
            yield from csv_rows(opened, delimiter, max(_CELL, 2 * limits.max_chars))

    names: list[str] = []
    bad: list[tuple[int, str]] = []
    kinds: list[str] = []  # of each column: "" so far, "int64", "float64" or "str"
    gaps: list[bool] = []
    for number, row in rows():
        if isinstance(row, str):
            bad.append((number, row))
        elif number == 0:
            not_too_wide(len(row), limits.max_columns)
            if not (names := header_names(row)):
                break
            strings = in_words(names)
            kinds, gaps = ["str" if name in strings else "" for name in names], [False] * len(names)
        else:
            for k, value in enumerate(row):
                if not value:
                    gaps[k] = True
                elif kinds[k] != "str":
                    fits = NUMBER.fullmatch(value) is not None
                    kinds[k] = "str" if not fits else "float64" if "." in value or kinds[k] == "float64" else "int64"
    if not names:
        raise Unreadable("no header row with the names of the columns")
    dtypes = {
        name: {"": "str", "int64": "float64" if gap else "int64"}.get(kind, kind)
        for name, kind, gap in zip(names, kinds, gaps, strict=True)
    }

    def blocks() -> Iterator[pd.DataFrame]:
        good = ((number, row) for number, row in rows() if number and not isinstance(row, str))
        while block := dict(islice(good, ROWS)):
            frame = pd.DataFrame(list(block.values()), index=list(block), columns=names, dtype=object)
            yield pd.DataFrame({name: typed_as(frame[name], dtypes[name]) for name in names})

    return Blocks({name: pd.api.types.pandas_dtype(d) for name, d in dtypes.items()}, bad, blocks())


def delimiter_of(lines: Sequence[str]) -> str:
    """The delimiter that makes the most fields of the first row."""
    _allow_long_fields()
    return max(",;\t|", key=lambda d: len(next(csv.reader(lines, delimiter=d), ())))


def _allow_long_fields() -> None:
    """Let fields be as long as articles, for good: taken back, another thread would lose those that it is reading."""
    csv.field_size_limit(max(csv.field_size_limit(), 10**9))


def header_names(row: Sequence[str]) -> list[str]:
    """Names of columns, of which none is empty or comes twice; none at all for an empty row."""
    return unique([h.strip() or f"column_{i}" for i, h in enumerate(row, 1)], ".") if any(row) else []


def csv_rows(lines: Iterable[str], delimiter: str, limit: int = 10**9) -> Iterator[tuple[int, list[str] | str]]:
    """Rows with their numbers from 1, the header's being 0; of a broken row the reason. `limit` bounds a row."""
    _allow_long_fields()
    source, again = iter(lines), deque[str]()
    taken: list[str] = []  # lines of the row that is being read

    def feed() -> Iterator[str]:
        size = 0
        while (line := again.popleft() if again else next(source, None)) is not None:
            size = len(line) + (size if taken else 0)
            taken.append(line)
            if size > limit:
                raise csv.Error(f"a row of more than {limit:,} characters")
            yield line

    header: list[str] = []
    at = number = 0  # lines that are done, rows so far
    while True:
        try:
            for row in csv.reader(feed(), delimiter=delimiter, strict=True):
                first, at = at + 1, at + len(taken)
                taken.clear()
                if not header:
                    header = row
                    if header:
                        yield 0, header
                elif len(row) == len(header) or (len(row) > len(header) and not any(row[len(header) :])):
                    number += 1
                    yield number, row[: len(header)]
                elif any(row):
                    number += 1
                    yield number, f"line {first}: {len(row)} fields, not {len(header)}"
            return
        except csv.Error as error:
            at += 1
            number += 1
            again.extendleft(reversed(taken[1:]))
            taken.clear()
            yield number, f"line {at}: broken by its quotation marks ({error})"


def read_json(text: str, limits: Limits) -> Blocks | dict[str, Any] | None:
    """Read records in a list, by id or as pandas writes them, or one, or one with the list in it; None for a coding."""
    try:
        value = _loads(text)
    except ValueError as error:
        raise Unreadable(f"not JSON: {error}") from None
    if isinstance(value, dict):
        if _CODING <= value.keys():
            return None
        value = _of_pandas(value, limits.given) or value
    if isinstance(value, dict):
        lists = [v for v in value.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
        if len(lists) != 1 or "text" in match_columns(list(value), limits.given):
            not_too_wide(len(value), limits.max_columns)
            return value
        value = lists[0]
    if not isinstance(value, list):
        raise Unreadable(f"a JSON {type(value).__name__}; expected a list of records or one record")
    good = {number: record for number, record in enumerate(value, 1) if isinstance(record, dict)}
    bad = [(n, _no_record(record)) for n, record in enumerate(value, 1) if n not in good]
    if not good:
        raise Unreadable(bad[0][1] if bad else "no records")
    columns = list(dict.fromkeys(key for record in good.values() for key in record))
    not_too_wide(len(columns), limits.max_columns)
    # dtype object keeps long integers (ids of tweets) exact where some records lack them.
    return in_one(pd.DataFrame(list(good.values()), columns=columns, index=list(good), dtype=object), bad)


def _of_pandas(value: dict[str, Any], given: Mapping[str, str]) -> list[dict[str, Any]] | None:
    """The records of ``frame.to_json()``, which has cells by column and row, or of records by their ids."""
    inner = list(value.values())
    if not inner or not all(isinstance(v, dict) for v in inner):
        return None
    if "text" not in match_columns(list(value), given):
        return [{"id": key} | record for key, record in value.items()]
    rows = list(inner[0])
    if not all(map(str.isdigit, rows)) or any(list(v) != rows for v in inner):
        return None
    return [{name: cells[row] for name, cells in value.items()} for row in rows]


def _json_lines(lines: Lines, limits: Limits) -> Blocks:
    """One record a line; numbers are those of the lines."""

    def records() -> Iterator[tuple[int, dict[str, Any] | str]]:
        with lines("\n") as opened:
            for number, line in enumerate(opened, 1):
                if line.strip():
                    yield number, _record(line.removesuffix("\n"), number)

    names: dict[str, None] = {}
    bad: list[tuple[int, str]] = []
    n = 0
    for number, record in records():
        if isinstance(record, str):
            bad.append((number, record))
        else:
            names.update(dict.fromkeys(record))
            n += 1
    if not n:
        raise Unreadable(bad[0][1] if bad else "no records")
    not_too_wide(len(names), limits.max_columns)

    def blocks() -> Iterator[pd.DataFrame]:
        good = ((number, record) for number, record in records() if not isinstance(record, str))
        while block := dict(islice(good, ROWS)):
            yield pd.DataFrame(list(block.values()), columns=list(names), index=list(block), dtype=object)

    return Blocks(dict.fromkeys(names, pd.api.types.pandas_dtype("object")), bad, blocks())


def _record(line: str, number: int) -> dict[str, Any] | str:
    """The record of a line, or why it holds none."""
    try:
        record = _loads(line)
    except ValueError as error:
        return f"line {number} is not JSON: {error}"
    return record if isinstance(record, dict) else _no_record(record)


def _no_record(value: Any) -> str:
    return f"a {type(value).__name__}, not a record with named fields"


def _whole(digits: str) -> int | str:
    """A whole number; one of so many digits that Python refuses to make it stays text."""
    return int(digits) if len(digits) < _DIGITS else digits


def _loads(text: str) -> Any:
    try:
        return json.loads(_HALF_SURROGATE.sub(r"\\ufffd", text), parse_int=_whole)
    except RecursionError:
        raise ValueError("nested too deeply") from None
