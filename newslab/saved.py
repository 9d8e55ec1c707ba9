"""An analysis in one piece, as ``Analysis.save`` writes it: read back and checked, since it may come from anybody."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa

from newslab.parts import MANIFEST, refuse_link_out
from newslab.tables import DTYPES, NEEDED, TABLES, typed

_CORRECTIONS = "corrections.parquet"
# Rows are looked up by these.
_IDS = {"articles": "article_id", "quotes": "quote_id", "mentions": "mention_id", "actors": "actor_id"}


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
        If a file is not what newslab writes, or a link out of the folder.
    """
    missing = [f for f in (*(f"{n}.parquet" for n in TABLES), MANIFEST) if not (folder / f).is_file()]
    if missing:
        raise FileNotFoundError(
            f"{folder} holds no saved analysis: {', '.join(missing)} missing; analysis.save(folder) writes one"
        )
    reader = _reader(folder / MANIFEST)
    tables = {name: _checked(name, folder / f"{name}.parquet") for name in TABLES}
    if (folder / _CORRECTIONS).is_file():
        tables["corrections"] = _read(folder / _CORRECTIONS)
    return tables, reader


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
        return pd.read_parquet(file).reset_index(drop=True)
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError) as error:
        raise _damaged(file, error) from error


def _damaged(file: Path, what: object) -> ValueError:
    return ValueError(f"{file.parent} holds a damaged analysis: {file.name}: {what}")


def _checked(name: str, file: Path) -> pd.DataFrame:
    """A table of the contract: its columns are there, hold what they should, and no id is missing or there twice."""
    table = _read(file)
    absent = [column for column in DTYPES.get(name, NEEDED) if column not in table.columns]
    if absent:
        raise ValueError(f"{file} lacks the columns {', '.join(absent)}")
    try:
        table = typed(name, table)
    except ValueError as error:
        raise _damaged(file, error) from error
    ident = _IDS.get(name)
    for column in filter(None, (ident, "text" if name == "articles" else None)):
        if table[column].isna().any():
            raise _damaged(file, f"it has rows without {column}")
    if ident is not None and not table[ident].is_unique:
        twice = table.loc[table[ident].duplicated(), ident].iloc[0]
        raise _damaged(file, f"it has the {ident} {twice!r} twice")
    return table
