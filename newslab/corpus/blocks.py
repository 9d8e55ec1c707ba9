"""Tables too large for memory: CSV, JSON lines and Parquet files read in blocks of rows, with the result of the whole.

A first pass finds what depends on all rows (columns, dtypes, broken rows), a second gives the rows. A file that this
cannot be done with, such as one in an encoding that must be guessed, is read whole by :mod:`newslab.corpus.formats`.
"""

import codecs
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO

import pandas as pd

from newslab.corpus.columns import NUMBER, told_in_words, typed_as, unique
from newslab.corpus.decoding import BOMS, refuse_binary
from newslab.corpus.files import File, told
from newslab.corpus.formats import (
    Blocks,
    Limits,
    as_frames,
    as_record,
    csv_rows,
    delimiter_of,
    header_names,
    is_text,
    mended,
    not_too_wide,
    note_damaged,
)
from newslab.corpus.problems import Unreadable

LARGE = 5_000_000  # bytes from which a table is read in blocks: whole it takes seven times its size in memory
_ROWS = 1000
# Characters of a cell from which a quotation mark counts as never closed, and the lines behind it as rows: many times
# those of any article, or the lines of one that is too long would be read as articles.
_CELL = 20_000_000
_PIECE = 1 << 20
_CHANGED = "was changed while it was read, so that rows may be missing; run the same again"


def read_blocks(file: File, encoding: str | None, limits: Limits) -> Blocks | None:
    """A large table in blocks; None for a file that is small, no table, or cannot be read in blocks."""
    if file.suffix not in (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet"):
        return None
    with told():
        if file.size < LARGE:
            return None
        before, table = file.state, _table(file, encoding, limits)
    return table and table._replace(blocks=_unchanged(table.blocks, file, before))


def _table(file: File, encoding: str | None, limits: Limits) -> Blocks | None:
    if file.suffix == ".parquet":
        return None if file.member else _parquet(file, limits)
    known = _encoding(file, encoding)
    if known is None:
        return None
    name, damaged = known
    note_damaged(damaged, file, limits)
    if file.suffix in (".csv", ".tsv"):
        return _csv(file, name, "\t" if file.suffix == ".tsv" else None, limits)
    return _json_lines(file, name, limits)


def _unchanged(blocks: Iterable[pd.DataFrame], file: File, before: tuple[int, int]) -> Iterator[pd.DataFrame]:
    """The blocks of a file; told if it was changed meanwhile, since the two passes then see different rows."""
    try:
        yield from blocks
    except ValueError as error:  # such as a word where there were numbers
        if file.state == before:
            raise
        raise Unreadable(f"{_CHANGED}: {error}") from None
    with told():
        if file.state != before:
            raise Unreadable(_CHANGED)


def _encoding(file: File, given: str | None) -> tuple[str, int] | None:
    """The encoding and the number of damaged characters; None where the encoding would have to be guessed."""
    with file.open() as stream:
        head = stream.read(100_000)
    name = next((name for bom, name in BOMS if head.startswith(bom)), given)
    if name is None:
        refuse_binary(head)
    decoder = codecs.getincrementaldecoder(name or "utf-8")()
    damaged = 0
    with file.open() as stream:
        try:
            while piece := stream.read(_PIECE):
                damaged += decoder.decode(piece).count("\ufffd")
            decoder.decode(b"", final=True)
        except UnicodeError as error:
            if name is None:
                return None
            raise Unreadable(f"not in the encoding {name!r}: {getattr(error, 'reason', error)}") from None
    return name or "utf-8", damaged


@contextmanager
def _lines(file: File, encoding: str, newline: str) -> Iterator[Iterator[str]]:
    with file.open() as stream, io.TextIOWrapper(stream, encoding=encoding, newline=newline) as text:
        yield iter(text)


def _again(read: Callable[[], Iterator[pd.DataFrame]]) -> Iterator[pd.DataFrame]:
    with told():
        yield from read()


def _csv(file: File, encoding: str, delimiter: str | None, limits: Limits) -> Blocks:
    with _lines(file, encoding, "") as lines:
        sign = delimiter or delimiter_of(list(islice(lines, 1000)))

    def rows() -> Iterator[tuple[int, list[str] | str]]:
        with _lines(file, encoding, "") as lines:
            yield from csv_rows(lines, sign, max(_CELL, 2 * limits.max_chars))

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
            strings = told_in_words(names, limits.given)
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
        while block := dict(islice(good, _ROWS)):
            frame = pd.DataFrame(list(block.values()), index=list(block), columns=names, dtype=object)
            yield pd.DataFrame({name: typed_as(frame[name], dtypes[name]) for name in names})

    return Blocks({name: pd.api.types.pandas_dtype(d) for name, d in dtypes.items()}, bad, _again(blocks))


def _json_lines(file: File, encoding: str, limits: Limits) -> Blocks:
    def records() -> Iterator[tuple[int, dict[str, Any] | str]]:
        with _lines(file, encoding, "\n") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, as_record(line.removesuffix("\n"), number)

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
        while block := dict(islice(good, _ROWS)):
            yield pd.DataFrame(list(block.values()), columns=list(names), index=list(block), dtype=object)

    return Blocks(dict.fromkeys(names, pd.api.types.pandas_dtype("object")), bad, _again(blocks))


def _parquet(file: File, limits: Limits) -> Blocks | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    @contextmanager
    def damage_told() -> Iterator[None]:
        try:
            yield
        except (pa.ArrowException, OSError) as error:
            if isinstance(error, OSError) and error.errno:  # of the disk
                raise
            raise Unreadable(f"not a Parquet file that can be read: {error}") from error

    def reading(stream: BinaryIO) -> pq.ParquetFile:
        with damage_told():
            return pq.ParquetFile(stream)

    def tables(columns: list[str] | None = None) -> Iterator[tuple[pa.Table, int]]:
        with file.open() as stream, damage_told():
            for batch in reading(stream).iter_batches(_ROWS, columns=columns):
                yield mended(pa.Table.from_batches([batch]))

    with file.open() as stream:
        table = reading(stream)
        schema = table.schema_arrow
        not_too_wide(len(schema), limits.max_columns)
        if len(set(schema.names)) < len(schema):
            return None
        as_frame = as_frames(schema)
        dtypes = as_frame(schema.empty_table()).dtypes.to_dict()
        # The dtype of whole numbers depends on whether some are missing, and that of categories on all of them: only
        # the whole column tells.
        small = [f.name for f in schema if pa.types.is_primitive(f.type) or pa.types.is_dictionary(f.type)]
        dtypes |= {k: v for k, v in as_frame(table.read(columns=small)).dtypes.to_dict().items() if k in dtypes}
    texts = [f.name for f in schema if is_text(f.type)]
    note_damaged(sum(damaged for _, damaged in tables(texts)), file, limits)

    def blocks() -> Iterator[pd.DataFrame]:
        number = 1
        for part, _ in tables():
            frame = as_frame(part).astype(dtypes)
            yield frame.set_axis(range(number, number + len(frame))).set_axis(names, axis=1)
            number += len(frame)

    names = unique(list(map(str, dtypes)), ".")
    return Blocks(dict(zip(names, dtypes.values(), strict=True)), [], _again(blocks))
