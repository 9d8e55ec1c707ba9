"""What is said of an argument that cannot be used: what it is, what it may be, and what was meant perhaps."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

# Suffixes by which programs open a file
_KINDS = (".pdf", ".doc", ".docx", ".odt", ".tex", ".xlsx", ".csv", ".png", ".md", ".html")
_LONGEST = 255  # characters of the name of a file, on the common systems


def meant(value: Any, allowed: Iterable[Any]) -> str:
    """Hint at what begins like this value, or else is spelt nearly so, in whatever letters; empty if nothing does."""
    words, asked = {a.casefold(): a for a in allowed if isinstance(a, str)}, str(value).casefold()
    begun = [word for word in words if isinstance(value, str) and value and word.startswith(asked)]
    near = begun or get_close_matches(asked, list(words), n=1)
    return f"; did you mean {words[near[0]]!r}?" if near else ""


def one_of(name: str, value: Any, allowed: Iterable[Any]) -> None:
    """Complain unless the argument `name` has one of the values allowed."""
    if not any(value is a or (isinstance(value, str) and value == a) for a in allowed):
        hint = meant(value, allowed)
        raise ValueError(f"{name} is {value!r}{hint}; it may be {', '.join(map(repr, allowed))}")


def at_least(name: str, value: Any, least: float, *, whole: bool = True) -> None:
    """Complain unless the argument `name` is a number that large."""
    _need_number(name, value, whole)
    if not value >= least:
        raise ValueError(f"{name} is {value!r}; it is at least {least}")


def between(name: str, value: Any, least: float, most: float) -> None:
    """Complain unless the argument `name` is a number from `least` to `most`."""
    _need_number(name, value, False)
    if not least <= value <= most:
        raise ValueError(f"{name} is {value!r}; it is between {least} and {most}")


def _need_number(name: str, value: Any, whole: bool) -> None:
    kinds = (int, np.integer) if whole else (int, float, np.integer, np.floating)
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise TypeError(f"{name} is {value!r}; it takes a {'whole ' if whole else ''}number")


def need_kind(path: Path, suffix: str, what: str) -> None:
    """Complain of a file that is called as one of another kind, which no program would open."""
    if path.suffix.lower() in _KINDS and path.suffix.lower() != suffix:
        raise ValueError(f"{path.name} would hold {what}; call it {path.with_suffix(suffix).name}")


def check_confidence(confidence: float) -> None:
    """Complain of what is no share."""
    _need_number("confidence", confidence, False)
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence!r}; it is a share between 0 and 1, such as 0.95")


def is_analysis(data: object) -> bool:
    """Whether this is an Analysis, or behaves as one."""
    return callable(getattr(data, "edges", None)) and callable(getattr(data, "speakers", None))


def need_analysis(data: object, what: str) -> None:
    """Complain where a function needs the whole analysis."""
    if not is_analysis(data):
        raise TypeError(f"{what} takes an Analysis, as analyze and load give it, not a {type(data).__name__}")


def need_table(what: str, table: object) -> None:
    """Complain where a DataFrame is expected, as of arguments in another order."""
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"{what} a DataFrame; given was {type(table).__name__}, see the order of the arguments")


def need_str(name: str, value: object) -> None:
    """Complain unless the argument `name` is a str."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is {value!r:.60}; it takes a str")


def need_text_dtype() -> None:
    """Complain where pandas was told to do without its dtype for text: what is missing would become the word "nan"."""
    if pd.Series([], dtype="str").dtype == object:
        raise ValueError(
            "pandas is set to do without its dtype for text, which newslab needs; take "
            "pd.options.future.infer_string = False (or PANDAS_FUTURE_INFER_STRING=0) away"
        )


def listed(articles: Any) -> Any:
    """What is to be read: tables of Polars and Arrow as pandas has them, and what comes one by one as a list."""
    if hasattr(articles, "read"):
        raise TypeError("an open file was given; give its path")
    if hasattr(articles, "to_pandas"):
        return articles.to_pandas()
    return list(articles) if isinstance(articles, Iterator) else articles


def refuse_texts(articles: object) -> None:
    """Complain of texts, records and tables where paths are expected; looked for as a path, a text is quoted whole."""
    many = isinstance(articles, (pd.Series, pd.Index, np.ndarray, list, tuple))
    of = next(iter(articles), None) if many else None
    if isinstance(of, dict):
        raise TypeError("the list holds dicts; articles are given as a table: pd.DataFrame(articles)")
    if isinstance(of, pd.DataFrame):
        raise TypeError("the list holds tables; give one: pd.concat(map(nl.read_articles, tables))")
    first = next((a for a in articles if isinstance(a, str)), None) if many else articles
    if isinstance(first, str) and _is_text(first, many):
        words = " ".join(first[:60].split()[:5])
        raise ValueError(
            f"“{words}…” is no file or folder; texts are given as a table: pd.DataFrame({{'text': texts}})"
        )


def _is_text(words: str, many: bool) -> bool:
    """Whether this can be no path, or has spaces, does not look like a path, and is one of many or has a sentence."""
    if os.path.exists(words):
        return False
    if "\n" in words or max(map(len, re.split(r"[/\\]", words))) > _LONGEST:
        return True
    if " " not in words or re.search(r"[/\\*]|\.\w{1,8}$", words):
        return False
    return many or re.search(r"[.!?]['\"’”]?( |$)", words) is not None


def made(folder: Path) -> Path:
    """A folder, made if it is not there; a file where it, or a folder that holds it, should be is told of in words."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        found = next(p for p in (folder, *folder.parents) if os.path.lexists(p) and not p.is_dir())
        raise NotADirectoryError(f"{found} is a file, and should be a folder; choose another") from error
    return folder
