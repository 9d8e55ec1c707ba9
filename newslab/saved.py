"""An analysis in one piece: written so that no two are mixed; read back and checked, since it may be anybody's."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from newslab.checks import made
from newslab.corpus.formats import as_frames
from newslab.disk import alone, new_file, refuse_link_out, sync_folder, write_whole
from newslab.parquet import storable
from newslab.parts import MANIFEST, is_in_parts
from newslab.tables import ARTICLES, DTYPES, TABLES, typed

_CORRECTIONS = "corrections.parquet"


def write_saved(folder: Path, tables: Iterable[tuple[str, pd.DataFrame]], reader: str) -> None:
    """Write an analysis in one piece, in place of an earlier one; see :meth:`newslab.Analysis.save`.

    An earlier one stays as it is until all tables are written. Whoever stops this while they are put in its place
    leaves a folder without a manifest, which is no analysis, and never a mix of two.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    tables : iterable of (str, DataFrame)
        Names and tables, the corrections among them.
    reader : str
        Name of the reader.

    Raises
    ------
    ValueError
        If the folder holds an analysis in parts.
    BlockingIOError
        If another process is saving there.
    """
    from newslab import __version__

    if is_in_parts(folder) or any((folder / f"{name}.parquet").is_dir() for name in TABLES):
        raise ValueError(f"{folder} holds an analysis in parts, which is saved already; choose another folder")
    made(folder)
    lock = folder / ".saving"
    with alone(folder, lock):
        try:
            _put(folder, tables)
            about = json.dumps({"newslab": __version__, "reader": reader}) + "\n"
            write_whole(folder / MANIFEST, about.encode())
        finally:
            lock.unlink(missing_ok=True)


def _put(folder: Path, tables: Iterable[tuple[str, pd.DataFrame]]) -> None:
    """Write tables, and once all are written put them in the place of the earlier ones."""
    written: dict[Path, Path] = {}  # a file that is written → the one in whose place it is put
    try:
        for name, table in tables:
            file = folder / f"{name}.parquet"
            new = file.with_name(f".{file.name}.writing")
            written[new] = file
            with new_file(new) as stream:
                _plain(name, table).to_parquet(stream, index=False)
        (folder / MANIFEST).unlink(missing_ok=True)
        sync_folder(folder)
        for new, file in written.items():
            os.replace(new, file)
    except BaseException:
        for new in written:
            new.unlink(missing_ok=True)
        raise
    sync_folder(folder)


def _plain(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """A table as Parquet can hold it."""
    out = storable(table)
    out.attrs = {}
    if name == "quotes":
        out["spans"] = [[list(s) for s in spans] for spans in out["spans"]]
    return out


def read_saved(folder: Path) -> tuple[dict[str, pd.DataFrame], str]:
    """The tables of a saved analysis, with its corrections if there are any, and the name of its reader.

    Parameters
    ----------
    folder : Path
        Where :meth:`newslab.Analysis.save` wrote.

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If a file is not what newslab writes, or a link out of the folder, or if another analysis is saved there
        meanwhile.
    """
    missing = [f for f in (*(f"{n}.parquet" for n in TABLES), MANIFEST) if not (folder / f).is_file()]
    if missing:
        raise FileNotFoundError(
            f"{folder} holds no saved analysis: {', '.join(missing)} missing; analysis.save(folder) writes one"
        )
    before = _state(folder / MANIFEST)
    reader = _reader(folder / MANIFEST)
    tables = {name: _checked(name, folder / f"{name}.parquet") for name in TABLES}
    if (folder / _CORRECTIONS).is_file():
        tables["corrections"] = _read(folder / _CORRECTIONS)
    if _state(folder / MANIFEST) != before:  # some tables may be those of one, and some those of the other
        raise ValueError(f"{folder} was written anew while it was read; load it again")
    return tables, reader


def _state(file: Path) -> tuple[int, int] | None:
    """What differs once a file was put in the place of another; None if there is none."""
    try:
        about = file.stat()
    except FileNotFoundError:
        return None
    return about.st_ino, about.st_mtime_ns


def _reader(file: Path) -> str:
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(file, error) from error
    if not isinstance(about, dict):
        raise _damaged(file, f"it holds a {type(about).__name__} and no record of an analysis")
    return str(about.get("reader", "rules"))


def _read(file: Path) -> pd.DataFrame:
    refuse_link_out(file, file.parent)
    try:
        table = pq.read_table(file)
        return as_frames(table.schema)(table)
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError) as error:
        raise _damaged(file, error) from error


def _damaged(file: Path, what: object) -> ValueError:
    return ValueError(f"{file.parent} holds a damaged analysis: {file.name}: {what}")


def _checked(name: str, file: Path) -> pd.DataFrame:
    """A table of the contract: its columns are there, hold what they should, and no id is missing or there twice."""
    table = _read(file)
    absent = [column for column in DTYPES.get(name, ARTICLES) if column not in table.columns]
    if absent:
        raise ValueError(f"{file} lacks the columns {', '.join(absent)}")
    try:
        return typed(name, table)
    except ValueError as error:
        raise _damaged(file, error) from error


def n_corrections(folder: Path) -> int:
    """How many corrections the analysis that is saved in a folder holds; 0 where there is none."""
    file = folder / _CORRECTIONS
    return len(_read(file)) if file.is_file() else 0
