"""Tables too large for memory: CSV, JSON lines and Parquet files read from the disk in blocks of rows.

What comes is the same as of a small file, which :mod:`newslab.corpus.formats` has in memory. So it has one that cannot
be read in blocks, such as one in an encoding that must be guessed.
"""

import codecs
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import BinaryIO

import pandas as pd

from newslab.corpus.columns import unique
from newslab.corpus.decoding import BOMS, refuse_binary
from newslab.corpus.files import File, told
from newslab.corpus.formats import (
    ROWS,
    Blocks,
    Limits,
    as_frames,
    is_text,
    mended,
    not_too_wide,
    note_damaged,
    read_lines,
)
from newslab.corpus.problems import Unreadable

LARGE = 5_000_000  # bytes from which a table is read in blocks: whole it takes seven times its size in memory
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
    return read_lines(partial(_lines, file, name), file.suffix, limits)


def _unchanged(blocks: Iterable[pd.DataFrame], file: File, before: tuple[int, int]) -> Iterator[pd.DataFrame]:
    """The blocks of a file; told if it was changed meanwhile, since the two passes then see different rows."""
    try:
        with told():
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
            for batch in reading(stream).iter_batches(ROWS, columns=columns):
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
    return Blocks(dict(zip(names, dtypes.values(), strict=True)), [], blocks())
