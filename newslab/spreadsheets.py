"""Files that may pass through a spreadsheet: what it would run as a formula is made harmless, and taken back."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO
from uuid import uuid4

import pandas as pd

from newslab.corpus.decoding import decode
from newslab.corpus.formats import delimiter_of
from newslab.corpus.problems import Unreadable
from newslab.disk import write_whole

# What a spreadsheet would run, also behind blanks and characters that it drops; full-width signs count in some.
FORMULA = re.compile(r"^[\s\x00-\x20\x7f-\xa0\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]")


def guard(value: str) -> str:
    """A text that no spreadsheet takes for a formula, from which :func:`unguard` makes the text again."""
    return f"'{value}" if FORMULA.match(value.lstrip("'")) else value


def unguard(value: str) -> str:
    """The text before :func:`guard`."""
    return value[1:] if value.startswith("'") and FORMULA.match(value.lstrip("'")) else value


def guarded(table: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """A copy of a table whose texts in these columns no spreadsheet takes for formulas."""
    texts = [c for c in columns if c in table.columns]
    return table.assign(**{c: table[c].map(guard, na_action="ignore").astype("str") for c in texts})


def neutralise_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy whose text cells no spreadsheet runs as formulas.

    Parameters
    ----------
    frame : DataFrame
        Any table.

    Returns
    -------
    DataFrame
        The same rows and columns. Text that begins with ``=``, ``+``, ``-`` or ``@``, also behind blanks or
        apostrophes, or with a tab or line break, has one more apostrophe in front, in column names too. Lists become
        JSON text. Numbers and dates stay as they are.

    Examples
    --------
    >>> neutralise_formulas(pd.DataFrame({"text": ["=1+1", "fine"], "n": [-1, 2]})).values.tolist()
    [["'=1+1", -1], ['fine', 2]]
    """
    out = frame.copy()
    out.columns = [_harmless(str(c)) for c in out.columns]
    for k, dtype in enumerate(out.dtypes):
        if not (pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_datetime64_any_dtype(dtype)):
            values = [_harmless(v) for v in out.iloc[:, k]]
            kind = "str" if isinstance(dtype, pd.StringDtype) else "object"
            out.isetitem(k, pd.Series(values, index=out.index, dtype=kind))
    return out


def _harmless(value: Any) -> Any:
    if isinstance(value, (list, tuple, dict, set)) or (hasattr(value, "tolist") and hasattr(value, "__len__")):
        value = value.tolist() if hasattr(value, "tolist") else sorted(value) if isinstance(value, set) else value
        value = json.dumps(value, ensure_ascii=False, default=str)
    return guard(value) if isinstance(value, str) else value


def to_csv(table: pd.DataFrame, to: str | Path | TextIO, *, header: bool = True) -> None:
    """Write a table as CSV, in UTF-8, so that each text stays in its cell whatever line ends it holds."""
    # Python 3.11 and 3.12 quote a lone "\r" only if it is part of the line end, and else the row would break there.
    table.to_csv(to, index=False, header=header, encoding="utf-8", lineterminator="\r\n")


def need_csv(path: Path) -> None:
    """Refuse to write CSV under the name of a workbook, which would replace the workbook and be read as one."""
    if path.suffix.lower() == ".xlsx":
        raise ValueError(f"{path} is the name of an Excel file, and CSV is written; give one that ends in .csv")


def write_guarded(table: pd.DataFrame, path: Path, columns: Iterable[str]) -> None:
    """Write what :func:`read_guarded` reads as CSV, whole or not at all; a link to a file and its permissions stay."""
    need_csv(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    to_csv(guarded(table, columns), text)
    file = path.resolve()
    own = file.with_name(f".{file.name}.{uuid4().hex}.new")  # no name that another process writes to
    write_whole(file, text.getvalue().encode(), temporary=own)


def read_guarded(path: str | Path, columns: Iterable[str] | None = None, **options: Any) -> pd.DataFrame:
    """A CSV or XLSX file in which the texts of these columns (by default all) were guarded; an empty cell is missing.

    Columns that are not in the file are passed over, and those that are not named are read as pandas reads them. A
    spreadsheet may have put semicolons or tabs between the cells, and have written in an encoding of its own.
    """
    texts = "str" if columns is None else dict.fromkeys(columns, "str")
    given = {"dtype": texts, "keep_default_na": False, "na_values": [""], **options}
    file = Path(path).expanduser()
    if file.suffix.lower() == ".xlsx":
        table = pd.read_excel(file, **given)
    else:
        try:
            text = decode(file.read_bytes())
        except Unreadable as error:
            raise ValueError(f"{path} cannot be read: {error}") from None
        head = next(filter(str.strip, io.StringIO(text, newline="")), "")  # "\r" alone, too, is the end of a line
        table = pd.read_csv(io.StringIO(text), sep=delimiter_of([head]), **given)
    wanted = [c for c in table.columns if columns is None or c in texts]
    return table.assign(**{c: table[c].map(unguard, na_action="ignore").astype("str") for c in wanted})
