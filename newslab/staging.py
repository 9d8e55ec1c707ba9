"""The articles of a corpus in parts on disk, before they are read, as memory may not hold all of them."""

from __future__ import annotations

import hashlib
import json
import shutil
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from newslab import parquet
from newslab.corpus import Stream
from newslab.corpus.columns import COLUMNS
from newslab.corpus.gathering import Settled
from newslab.tables import ADDED

_PART = (1000, 8_000_000)  # articles and characters from which a part is full


def is_read(articles: object) -> bool:
    """Whether this is a table of articles as read_articles gives it, its dtypes and ids included.

    Another table with the same columns, such as two of them in one, is read like any table.
    """
    if not isinstance(articles, pd.DataFrame) or not set(COLUMNS) <= set(articles.columns):
        return False
    if not (articles.columns.is_unique and all(isinstance(name, str) for name in articles.columns)):
        return False
    wanted = dict.fromkeys(COLUMNS, "str") | {"published": "datetime64[ns]"}
    if any(str(articles[name].dtype) != dtype for name, dtype in wanted.items()):
        return False
    return bool(articles[["article_id", "text"]].notna().all(axis=None)) and articles["article_id"].is_unique


class _Table:
    """A table of articles that were read already, in parts; otherwise as :class:`newslab.corpus.Stream`."""

    def __init__(self, articles: pd.DataFrame) -> None:
        self._frame = articles.astype(
            {c: "str" for c, t in articles.dtypes.items() if isinstance(t, pd.CategoricalDtype)}
        )
        self.problems: list[dict[str, str]] = []
        self.warnings: list[str] = []
        ids, published = self._frame["article_id"].tolist(), self._frame["published"].to_numpy()
        self.settled = Settled(ids, published, self._frame.dtypes.to_dict())

    def __iter__(self) -> Iterator[dict[str, list[Any]]]:
        rest = self._frame.drop(columns=["article_id", "published"])
        for k in range(0, len(rest), _PART[0]):
            yield {name: values.tolist() for name, values in rest.iloc[k : k + _PART[0]].items()}


class Staged:
    """The articles of a corpus in parts on disk, and in memory what is small: ids, dates, hashes of texts."""

    def __init__(self, folder: Path, source: Any, progress: bool | None, options: dict[str, Any]) -> None:
        self._folder = folder
        self.remove()
        folder.mkdir()
        stream = (
            _Table(source)
            if is_read(source)
            else Stream(source, n_articles=_PART[0], n_chars=_PART[1], progress=progress, **options)
        )
        self.sizes: list[int] = []  # articles of each part
        self.lengths, self.hashes = array("q"), bytearray()
        self._kinds: dict[str, pa.DataType] = {}  # of each column, for all parts
        self._differ: set[str] = set()  # columns that have others in some parts
        self._digest = hashlib.sha256()
        for values in stream:
            for text in values["text"]:
                self.lengths.append(len(text))
                self.hashes += hashlib.blake2b(text.encode(), digest_size=16).digest()
            self._write({name: _column(name, v) for name, v in values.items() if name not in ADDED})
        if not self.sizes:
            self._write({name: pa.array([], pa.string()) for name in ("title", "text", "outlet", "author", "url")})
        self.ids, self.published, dtypes = stream.settled
        kept = {name: dtype for name, dtype in dtypes.items() if name not in ADDED}
        self._dtypes = {n: np.dtype("object") if parquet.arrow_type(t) is None else t for n, t in kept.items()}
        self.warnings = list(stream.warnings)
        if isinstance(stream, Stream) and stream.problems:
            self.warnings.append(f"{stream.problems.summary(len(self.ids))}; see analysis.problems")
        before = source.attrs.get("problems", []) if isinstance(source, pd.DataFrame) else []
        self.problems = [dict(p) for p in (*before, *stream.problems)]
        self.schema = self._schema()

    def _write(self, columns: dict[str, pa.Array]) -> None:
        table = pa.table(columns)
        for name, kind in zip(table.column_names, table.schema.types, strict=True):
            if not pa.types.is_null(kind):
                self._kinds[name] = parquet.joined(before := self._kinds.get(name, kind), kind)
                self._differ |= {name} if before != kind else set()
        data = pa.BufferOutputStream()  # Arrow's own form holds what Parquet does not, such as empty dicts
        with pa.ipc.new_file(data, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as file:
            file.write_table(table)
        self._digest.update(data.getvalue())
        # Each run stages anew, so nothing is lost with a part that the disk did not get.
        (self._folder / f"{len(self.sizes):06d}.arrow").write_bytes(data.getvalue())
        self.sizes.append(table.num_rows)

    def _schema(self) -> pa.Schema:
        """The columns of the articles table as Parquet holds them."""
        fields = []
        for name, dtype in self._dtypes.items():
            if pd.api.types.is_object_dtype(dtype):
                kind = self._kinds.get(name, pa.string())
                if not parquet.fits_parquet(kind) or (name in self._differ and not self._takes_all(name, kind)):
                    kind = pa.string()
            else:
                kind = parquet.arrow_type(dtype)
            # Whole numbers of which none can be missing are read back as such.
            full = pa.types.is_integer(kind) and isinstance(dtype, np.dtype) and not pd.api.types.is_object_dtype(dtype)
            fields.append(pa.field(name, kind, nullable=not full))
        return pa.schema(
            [*fields, pa.field("n_tokens", pa.int64(), nullable=False), pa.field("duplicate_of", pa.string())]
        )

    def _takes_all(self, name: str, kind: pa.DataType) -> bool:
        """Whether a type takes the values of all parts: a float does not take every whole number."""
        try:
            for number, _ in self.spans():
                pa.array(self._values(self._read(number, [name]), name), kind)
        except parquet.NOT_HELD:
            return False
        return True

    def digest(self) -> str:
        """A hash of all that is known of the articles."""
        whole = self._digest.copy()
        whole.update(json.dumps([self.ids, self.problems, {k: str(v) for k, v in self._dtypes.items()}]).encode())
        whole.update(np.ascontiguousarray(self.published).tobytes())
        return whole.hexdigest()

    def spans(self) -> Iterator[tuple[int, slice]]:
        """Number and rows of each part."""
        start = 0
        for number, size in enumerate(self.sizes):
            yield number, slice(start, start + size)
            start += size

    def texts(self, number: int) -> list[str]:
        """Texts of a part."""
        return self._read(number, ["text"])["text"].to_pylist()

    def articles(self, number: int, rows: slice) -> pd.DataFrame:
        """A part of the articles table, as read."""
        table = self._read(number)
        out = {}
        for name, dtype in self._dtypes.items():
            if name == "article_id":
                column = pd.Series(self.ids[rows], dtype="str")
            elif name == "published":
                column = pd.Series(self.published[rows])
            else:
                column = pd.Series(self._values(table, name), dtype="object")
            if name != "published" and not pd.api.types.is_object_dtype(dtype):
                column = column.astype(dtype)
            elif pa.types.is_string(self.schema.field(name).type):
                column = parquet.as_text(column.tolist()).to_pandas().astype("object")
            out[name] = column
        return pd.DataFrame(out)

    @staticmethod
    def _values(table: pa.Table, name: str) -> Any:
        """A column of a part, which may lack it."""
        if name not in table.column_names:
            return [np.nan] * table.num_rows
        if pa.types.is_nested(table[name].type):
            return table[name].to_pylist()
        return table[name].to_pandas(integer_object_nulls=True)  # floats would lose digits

    def _read(self, number: int, columns: Sequence[str] | None = None) -> pa.Table:
        data = (self._folder / f"{number:06d}.arrow").read_bytes()
        file = pa.ipc.open_file(data)
        if columns is not None:
            wanted = [k for k, name in enumerate(file.schema.names) if name in columns]
            file = pa.ipc.open_file(data, options=pa.ipc.IpcReadOptions(included_fields=wanted))
        return file.read_all()

    def remove(self) -> None:
        """Remove the parts from the disk."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _column(name: str, values: Sequence[Any]) -> pa.Array:
    return parquet.as_text(values) if name in COLUMNS else parquet.as_column(values)
