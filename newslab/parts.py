"""An analysis in parts: folders of Parquet files, and a manifest that says which of them belong to it.

``quotes.parquet`` and so on are folders here, so that ``pandas.read_parquet(folder / "quotes.parquet")`` reads what
:meth:`newslab.Analysis.save` writes as one file and what ``analyze(…, out=folder)`` writes as many. A part is written
under another name, flushed to the disk, and renamed; the manifest, which is replaced last, makes it part of the
analysis.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from newslab.corpus.formats import nullable, whole_numbers
from newslab.disk import refuse_link_out
from newslab.tables import ARTICLES, DTYPES, TABLES, typed

MANIFEST = "analysis.json"
FORMAT = "parts-1"
MADE = (MANIFEST, *(f"{name}.parquet" for name in TABLES), "quotes.parquet/part-00000-0123456789abcdef.parquet")
_NAME = re.compile(r"part-\d{5,9}-[0-9a-f]{16}\.parquet", re.ASCII)


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
        return _remedy(self.folder)

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


def _remedy(folder: Path) -> str:
    return f"run the same analyze(…, out={str(folder)!r}) again to mend it"


def _damaged_manifest(folder: Path, told: str) -> ValueError:
    return ValueError(f"{folder / MANIFEST} is damaged: {told}; {_remedy(folder)}")


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest, checked: it comes from anybody, so no name in it is used before it is known to be one of ours."""
    try:
        about = _told_in_manifest(folder)
    except ValueError as error:
        raise _damaged_manifest(folder, str(error)) from error
    if (told := about.get("format") if isinstance(about, dict) else None) != FORMAT:
        raise ValueError(f"{folder / MANIFEST} has the format {told!r}; this version of newslab reads {FORMAT!r}")
    tables = about.get("tables")
    for name in TABLES:
        parts = tables.get(name) if isinstance(tables, dict) else None
        if not isinstance(parts, list) or not parts:
            raise _damaged_manifest(folder, f"it names no parts of the table {name}")
        for k, part in enumerate(parts):
            file, rows = (part.get("file"), part.get("rows")) if isinstance(part, dict) else (None, None)
            if not isinstance(file, str) or not _NAME.fullmatch(file):
                raise ValueError(f"{folder / MANIFEST} names {file!r}, which is no name of a part; it is not opened")
            if not file.startswith(f"part-{k:05d}-"):
                raise _damaged_manifest(folder, f"it names {file} as part {k} of the table {name}")
            if type(rows) is not int or rows < 0:
                raise _damaged_manifest(folder, f"{file} has {rows!r} rows")
    for name in ("n_copies", "n_unknown"):
        if type(about.get(name)) is not int:
            raise _damaged_manifest(folder, f"{name} is no number")
    if not isinstance(about.get("reader"), str):
        raise _damaged_manifest(folder, "it names no reader")
    return about
