"""An analysis in parts: folders of Parquet files, and a manifest that says which of them belong to it.

``quotes.parquet`` and so on are folders here, so that ``pandas.read_parquet(folder / "quotes.parquet")`` reads what
:meth:`newslab.Analysis.save` writes as one file and what ``analyze(…, out=folder)`` writes as many. A part is written
under another name, flushed to the disk, and renamed; the manifest, which is replaced last, makes it part of the
analysis.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from newslab.corpus.columns import in_words, whole_characters
from newslab.corpus.formats import nullable, whole_numbers
from newslab.tables import ARTICLES, DTYPES, TABLES, typed

MANIFEST = "analysis.json"
FORMAT = "parts-1"
MADE = (MANIFEST, *(f"{name}.parquet" for name in TABLES), "quotes.parquet/part-00000-0123456789abcdef.parquet")
_NAME = re.compile(r"part-\d{5,9}-[0-9a-f]{16}\.parquet", re.ASCII)
_MOST_FIELDS = 1000  # of the dicts in a column; with more, such as a key for each name, they are kept as text
NOT_HELD = (pa.ArrowException, OverflowError, ValueError, TypeError, NotImplementedError)  # by a column of one type
_JOINED = (pa.types.is_nested, pa.types.is_decimal, pa.types.is_timestamp, pa.types.is_duration)
_NESTED = {"spans": pa.list_(pa.list_(pa.int64())), "aliases": pa.list_(pa.string())}
_ARROW = {"str": pa.string(), "int64": pa.int64(), "Int64": pa.int64(), "float64": pa.float64(), "bool": pa.bool_()}


@contextmanager
def alone(folder: Path, lock: Path) -> Iterator[None]:
    """No two processes, or threads, write to one folder; a lock ends with its process, however that ends."""
    try:
        import fcntl
    except ImportError:  # on Windows; there a second run fails when it replaces a file
        yield
        return
    refuse_link_out(lock, folder)
    busy = BlockingIOError(f"another run is writing to {folder}; wait for it, or choose another folder")
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EACCES):
                raise busy from None
            if error.errno not in (errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK):
                raise  # and else the disk, as some of computing centres, knows no locks
        if not os.fstat(file.fileno()).st_nlink:
            raise busy  # it has removed this lock since it was opened, and a third may hold a new one
        yield


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all, also if the power fails in between."""
    temporary = path.with_name(f".{path.name}.writing")
    try:
        with new_file(temporary) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def new_file(path: Path) -> BinaryIO:
    """Open a file of a name of our own to write to: what is there was left by a killed run, or is somebody's link."""
    path.unlink(missing_ok=True)
    return path.open("xb")


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk, where the system can do that."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network disks do not know it
            raise
    finally:
        os.close(handle)


def parquet_bytes(table: pa.Table) -> bytes:
    """A table as the content of a Parquet file; the same table gives the same bytes."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def arrow_schema(name: str, frame: pd.DataFrame) -> pa.Schema:
    """The columns of a table as Parquet holds them, the same for each part."""
    fields = []
    for column, dtype in frame.dtypes.items():
        if column in _NESTED and column in DTYPES[name]:
            kind = _NESTED[column]
        elif str(dtype) in _ARROW:
            kind = _ARROW[str(dtype)]
        else:
            kind = pa.Array.from_pandas(frame[column]).type
        fields.append(pa.field(column, kind))
    return pa.schema(fields)


def arrow_type(dtype: Any) -> pa.DataType | None:
    """The type of a dtype in Parquet; None if there is none that gives back the same."""
    if isinstance(dtype, pd.IntervalDtype):
        return None
    try:
        kind = pa.Array.from_pandas(pd.Series([], dtype=dtype)).type
    except pa.ArrowException:  # complex or sparse
        return None
    return pa.string() if pa.types.is_large_string(kind) else kind


def as_column(values: Sequence[Any]) -> pa.Array:
    """Values as Arrow can hold them: of mixed kinds, or of kinds that it does not know, as text."""
    try:
        moments = pd.Series(values, dtype="object").infer_objects()
        if moments.dtype.kind in "mM":  # Arrow itself would leave out nanoseconds and mistake the year 10000
            return pa.Array.from_pandas(moments)
        kind = pa.infer_type(values, from_pandas=True)
        if _n_fields(kind) <= _MOST_FIELDS:
            column = pa.array(values, kind, from_pandas=True)
            # Arrow takes moments among days for days, and text among bytes for bytes.
            mixes = pa.types.is_date(kind) or pa.types.is_binary(kind)
            if not mixes or as_text(column.to_pylist()).equals(as_text(values)):
                return column
    except NOT_HELD:  # told as text
        pass
    return as_text(values)


def as_text(values: Sequence[Any]) -> pa.Array:
    """Values as text, lists and dicts as Python writes them; what is missing stays so."""
    texts = [
        None if is_missing(v) else whole_characters(v if isinstance(v, str) else in_words(_filled(v))) for v in values
    ]
    return pa.array(texts, pa.string())


def _filled(value: Any) -> Any:
    """A list or dict without keys that hold nothing: which of these it has may depend on the articles around it."""
    if isinstance(value, Mapping):
        return {k: _filled(v) for k, v in value.items() if not is_missing(v)}
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and not value.ndim):
        return value.item()
    return [_filled(v) for v in value] if isinstance(value, (list, tuple, set, np.ndarray)) else value


def joined(one: pa.DataType, two: pa.DataType) -> pa.DataType:
    """The type of a column with values of both; text if there is none, or one of too many fields.

    Lists and dicts go together where what is in them does: a dict then has the keys of all, and None where it had none.
    """
    if one == two:
        return one
    if any(is_of(one) and is_of(two) for is_of in _JOINED):
        schemas = [pa.schema([("", kind)]) for kind in (one, two)]
        try:
            kind = pa.unify_schemas(schemas, promote_options="permissive").field(0).type
        except pa.ArrowException:
            return pa.string()
        return kind if _n_fields(kind) <= _MOST_FIELDS else pa.string()
    return pa.string()


def fits_parquet(kind: pa.DataType) -> bool:
    """Whether a Parquet file can have a column of this type; it has none for dicts that are all empty."""
    try:
        parquet_bytes(pa.schema([("", kind)]).empty_table())
    except pa.ArrowException:
        return False
    return True


def _n_fields(kind: pa.DataType) -> int:
    """How many columns a Parquet file has for one of this type: a dict has one for each of its keys."""
    if not pa.types.is_nested(kind):
        return 1
    return sum(_n_fields(kind.field(k).type) for k in range(kind.num_fields))


def is_missing(value: Any) -> bool:
    """Whether a value is None, NaN, NaT or NA."""
    return pd.api.types.is_scalar(value) and bool(pd.isna(value))


def storable(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy in which columns that Parquet cannot hold are as :func:`as_column` makes them."""
    out = frame.copy()
    for k in range(out.shape[1]):
        column = out.iloc[:, k]
        if isinstance(column.dtype, pd.CategoricalDtype):
            kind = column.cat.categories.dtype
            if isinstance(kind, (pd.IntervalDtype, pd.PeriodDtype)):  # as pd.cut makes them; Parquet has the plain ones
                column = column.astype(kind)
                out.isetitem(k, column)
        is_object = pd.api.types.is_object_dtype(column.dtype)
        if not is_object:
            with suppress(*NOT_HELD):
                pa.Table.from_pandas(column.to_frame())
                continue
        made = as_column(column.tolist())
        made = made if fits_parquet(made.type) else as_text(column.tolist())
        if not is_object or pa.types.is_string(made.type):
            out.isetitem(k, made.to_pandas().set_axis(out.index))
    return out


def to_arrow(name: str, frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """A part of a table as Parquet holds it."""
    if name == "quotes":
        spans = [[list(s) for s in spans] for spans in frame["spans"]]
        frame = frame.assign(spans=pd.Series(spans, index=frame.index, dtype="object"))
    return pa.Table.from_pandas(frame, schema, preserve_index=False).replace_schema_metadata()


def part_name(number: int, data: bytes) -> str:
    """The name of a part: its place, and what it holds."""
    return f"part-{number:05d}-{hashlib.sha256(data).hexdigest()[:16]}.parquet"


def holds_what_its_name_says(file: Path) -> bool:
    """Whether a file with a hash at the end of its name is whole: not cut short or changed after it was written."""
    told = file.stem.rpartition("-")[2]
    with file.open("rb") as stream:
        return bool(told) and hashlib.file_digest(stream, "sha256").hexdigest().startswith(told)


def remove_unlisted(folder: Path) -> None:
    """Remove parts that the manifest does not name; files that are called otherwise are somebody else's."""
    tables = read_manifest(folder)["tables"]
    for name in TABLES:
        listed = {part["file"] for part in tables[name]}
        for file in (folder / f"{name}.parquet").iterdir():
            if file.name not in listed and _NAME.fullmatch(file.name):
                file.unlink()


class Parts:
    """The tables of an analysis in parts, read when they are asked for.

    Parameters
    ----------
    folder : path
        Where ``analyze(…, out=folder)`` wrote.

    Raises
    ------
    ValueError
        If the manifest is not one, or names what is no part of the folder.
    FileNotFoundError
        If a part is missing.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)  # as it was given; what is read later must not depend on where the process is then
        self._place = self.folder.absolute()
        self._open()

    def _open(self) -> None:
        """Take the parts that the manifest names."""
        self.manifest = read_manifest(self._place)
        self._files = {
            name: [self._place / f"{name}.parquet" / part["file"] for part in self.manifest["tables"][name]]
            for name in TABLES
        }
        for file in chain(*self._files.values()):
            if not file.is_file():
                if self._is_replaced():  # by another run, between the manifest and its parts
                    return self._open()
                raise FileNotFoundError(f"{file} is missing; {self._remedy()}")
            refuse_link_out(file, self._place)

    def _remedy(self) -> str:
        return f"run the same analyze(…, out={str(self.folder)!r}) again to mend it"

    def _fault(self, name: str, error: Exception) -> ValueError:
        """Why a table cannot be read: another run has replaced it since, the folder is gone, or it is damaged."""
        if not (self._place / MANIFEST).is_file():
            return ValueError(f"{self.folder} is no longer there; if it was moved, load it from where it is now")
        if self._is_replaced():
            return ValueError(f"{self.folder} was written anew after this analysis was opened; load it again")
        return ValueError(f"{self.folder / name}.parquet is damaged: {error}; {self._remedy()}")

    def _is_replaced(self) -> bool:
        try:
            return read_manifest(self._place) != self.manifest
        except (OSError, ValueError):  # gone or damaged, which is told as it is
            return False

    def is_whole(self) -> bool:
        """Whether each part holds what was written; its name says so."""
        return all(holds_what_its_name_says(file) for files in self._files.values() for file in files)

    @property
    def reader(self) -> str:
        """Name of the reader."""
        return str(self.manifest["reader"])

    def count(self, name: str) -> int:
        """Rows of a table."""
        return sum(part["rows"] for part in self.manifest["tables"][name])

    def columns(self, name: str) -> list[str]:
        """Columns of a table."""
        return self._dataset(name).schema.names

    def read(
        self, name: str, columns: Sequence[str] | None = None, where: Mapping[str, Sequence[str]] | None = None
    ) -> pd.DataFrame:
        """Columns of a table, and of its rows those in which each column of `where` has one of its values."""
        dataset = self._dataset(name)
        chosen = None
        for column, values in (where or {}).items():
            here = ds.field(column).isin(pa.array(list(values), pa.string()))
            chosen = here if chosen is None else chosen & here
        try:
            table = dataset.to_table(columns=None if columns is None else list(columns), filter=chosen)
            return self._typed(name, table, dataset.schema)
        except (pa.ArrowException, OSError, ValueError, TypeError) as error:
            raise self._fault(name, error) from error

    def pieces(self, name: str) -> Iterator[pd.DataFrame]:
        """A table part by part, in order; the actors, which are sorted, at once."""
        if name == "actors":
            yield self.read(name)
            return
        dataset = self._dataset(name)
        try:
            for part in dataset.get_fragments():
                yield self._typed(name, part.to_table(schema=dataset.schema), dataset.schema)
        except (pa.ArrowException, OSError, ValueError, TypeError) as error:
            raise self._fault(name, error) from error

    def _dataset(self, name: str) -> ds.Dataset:
        wanted = DTYPES.get(name, ARTICLES)
        try:
            dataset = ds.dataset([str(f) for f in self._files[name]], format="parquet")
            for part in dataset.get_fragments():
                names = set(part.physical_schema.names)
                absent = [c for c in dict.fromkeys([*wanted, *dataset.schema.names]) if c not in names]
                if absent:
                    raise ValueError(f"it lacks the columns {', '.join(absent)}")
        except (pa.ArrowException, OSError, ValueError) as error:
            raise self._fault(name, error) from error
        return dataset

    def _typed(self, name: str, table: pa.Table, schema: pa.Schema) -> pd.DataFrame:
        frame = whole_numbers(table.to_pandas(ignore_metadata=True, integer_object_nulls=True), table.schema)
        if name == "articles":  # whose further columns have any dtype
            may_miss = [f for f in schema if f.nullable and f.name in frame.columns and pa.types.is_integer(f.type)]
            frame = frame.astype({field.name: nullable(field.type) for field in may_miss})
        frame = typed(name, frame)
        if name == "actors" and "actor_id" in frame.columns:
            frame = frame.sort_values("actor_id", ignore_index=True)
        return frame


def refuse_link_out(file: Path, folder: Path) -> None:
    """Raise ValueError for a file that only seems to lie in a folder."""
    if not file.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{file} is a link out of {folder}; an analysis holds no such links")


def _told_in_manifest(folder: Path) -> Any:
    """What the manifest of a folder holds, unchecked; raises OSError without one, and ValueError if it is no JSON."""
    try:
        return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except RecursionError as error:
        raise ValueError(str(error)) from error


def format_of(folder: Path) -> str:
    """The format that the manifest of a folder names; raises OSError without one, and ValueError for a damaged one."""
    about = _told_in_manifest(folder)
    return str(about.get("format", "")) if isinstance(about, dict) else ""


def is_in_parts(folder: Path) -> bool:
    """Whether a folder holds a finished analysis in parts."""
    try:
        return format_of(folder).startswith("parts-")
    except OSError:
        return False
    except ValueError:  # damaged; Parts says so
        return (folder / "articles.parquet").is_dir()


def refuse_other_format(folder: Path) -> None:
    """Raise ValueError for an analysis in parts of another version, which would be taken for a damaged one."""
    try:
        told = format_of(folder)
    except (OSError, ValueError):  # none, or damaged
        return
    if told.startswith("parts-") and told != FORMAT:
        raise ValueError(
            f"{folder} holds an analysis that another version of newslab wrote (format {told!r}; this one writes "
            f"{FORMAT!r}); choose another folder for out, or remove it"
        )


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest, checked: it comes from anybody, so no name in it is used before it is known to be one of ours."""
    try:
        about = _told_in_manifest(folder)
    except ValueError as error:
        raise ValueError(f"{folder / MANIFEST} is damaged: {error}") from error
    if (told := about.get("format") if isinstance(about, dict) else None) != FORMAT:
        raise ValueError(f"{folder / MANIFEST} has the format {told!r}; this version of newslab reads {FORMAT!r}")
    tables = about.get("tables")
    for name in TABLES:
        parts = tables.get(name) if isinstance(tables, dict) else None
        if not isinstance(parts, list) or not parts:
            raise ValueError(f"{folder / MANIFEST} is damaged: it names no parts of the table {name}")
        for k, part in enumerate(parts):
            file, rows = (part.get("file"), part.get("rows")) if isinstance(part, dict) else (None, None)
            if not isinstance(file, str) or not _NAME.fullmatch(file):
                raise ValueError(f"{folder / MANIFEST} names {file!r}, which is no name of a part; it is not opened")
            if not file.startswith(f"part-{k:05d}-"):
                raise ValueError(f"{folder / MANIFEST} is damaged: it names {file} as part {k} of the table {name}")
            if type(rows) is not int or rows < 0:
                raise ValueError(f"{folder / MANIFEST} is damaged: {file} has {rows!r} rows")
    for name in ("n_copies", "n_unknown"):
        if type(about.get(name)) is not int:
            raise ValueError(f"{folder / MANIFEST} is damaged: {name} is no number")
    if not isinstance(about.get("reader"), str):
        raise ValueError(f"{folder / MANIFEST} is damaged: it names no reader")
    return about
