"""Which column of a table holds what, and its cells as strings."""

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

COLUMNS = ("article_id", "title", "text", "published", "outlet", "author", "url")
# Names under which archives and scrapers deliver these columns, letters and digits only; the first that is there wins.
_SYNONYMS: dict[str, tuple[str, ...]] = {
    "text": ("text", "body", "fulltext", "articletext", "articlebody", "bodytext", "maintext", "content", "contents",
             "article", "story", "storytext", "rawtext", "plaintext", "textbody", "document"),
    "title": ("title", "headline", "heading", "articletitle", "webtitle", "headlines", "hl"),
    "published": ("published", "publishedat", "publicationdate", "pubdate", "datepublished", "datepublish",
                  "publishdate", "publisheddate", "publishedon", "publicationdatetime", "webpublicationdate", "date",
                  "datetime", "timestamp", "articledate", "pubtime", "created", "createdat"),
    "outlet": ("outlet", "newspaper", "publication", "publicationtitle", "publicationname", "pubtitle", "publisher",
               "medianame", "media", "medium", "sourcename", "source", "sitename", "site", "outletname", "mediasource",
               "newssource", "sourcedomain", "domain"),
    "author": ("author", "authors", "byline", "by", "writer", "journalist", "reporter"),
    "url": ("url", "link", "articleurl", "weburl", "permalink", "href", "uri"),
    "article_id": ("articleid", "id", "docid", "documentid", "uid", "guid"),
}  # fmt: skip
_HALF = re.compile("[\ud800-\udfff]")
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # so not in Excel
NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d{0,14})(?:\.\d+)?")


def plain(name: object) -> str:
    """A column's name for comparison: its first letters and digits, lower case."""
    return re.sub(r"[\W_]+", "", str(name)[:80]).lower()


def match_columns(names: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """Name of the column for each of ours: as given, else our own name, else the first usual one; each column once."""
    matched = {wanted: name for wanted, name in given.items() if name in names}
    for wanted in COLUMNS:
        if wanted in names and wanted not in matched.values():
            matched.setdefault(wanted, wanted)
    by_plain = {plain(name): name for name in reversed(names)}
    for wanted, synonyms in _SYNONYMS.items():
        free = (by_plain[s] for s in synonyms if s in by_plain and by_plain[s] not in matched.values())
        if wanted not in matched and (name := next(free, None)) is not None:
            matched[wanted] = name
    return matched


def told_in_words(names: Sequence[str], given: Mapping[str, str]) -> set[str]:
    """Columns of ours that hold no numbers, whatever they look like: the id 1.10 is not the id 1.1."""
    return {name for wanted, name in match_columns(names, given).items() if wanted not in ("text", "published")}


def whole_characters(text: str) -> str:
    """A text in which half characters (lone surrogates), which no file can hold, are U+FFFD."""
    return text if text.isascii() else _HALF.sub("\ufffd", text)


def unique(names: Sequence[str], mark: str) -> list[str]:
    """Names in which repeated ones become ``name<mark>2``, ``name<mark>3``, where no other has that name already."""
    taken = set(names)
    count: Counter[str] = Counter()
    out = []
    for name in names:
        count[name] += 1
        new = name
        while count[name] > 1 and (new := f"{name}{mark}{count[name]}") in taken:
            count[name] += 1
        taken.add(new)
        out.append(new)
    return out


def free_name(name: str) -> str:
    """Name of a further column, out of the way of ours."""
    return f"{name}_input" if name in COLUMNS else name


def in_words(value: Any) -> str:
    """A value as text, also a moment so far away that pandas fails or names another year."""
    far = isinstance(value, pd.Timestamp) and not 0 < value.year < 10_000
    try:
        return str(value.to_numpy() if far else value)
    except Exception:  # an object of somebody's own, in a DataFrame, fails as it likes
        return f"a {type(value).__name__}"


def is_blank(value: Any) -> bool:
    """Whether a cell says nothing: None, NaN, NA, NaT or white space."""
    return not value.strip() if isinstance(value, str) else pd.api.types.is_scalar(value) and bool(pd.isna(value))


def cell(value: Any) -> str | None:
    """A title, outlet, author, url or id as a string; lists are joined, ``{"name": …}`` is its name, others JSON."""
    value = unwrapped(value)
    if is_blank(value):
        return None
    if isinstance(value, Mapping):
        named = [value[name] for name in ("name", "title", "id") if name in value]
        if named or not value:
            return cell(next(filter(None, named), None))
        value = json.dumps({str(k): v for k, v in value.items()}, ensure_ascii=False, default=str)
    if isinstance(value, (list, tuple, set, np.ndarray)):
        return ", ".join(c for c in map(cell, value) if c) or None
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))  # whole numbers become floats where a column has gaps
    return whole_characters(in_words(value).strip())


def unwrapped(value: Any) -> Any:
    """What an export of MongoDB wraps: ``{"$oid": "65f0"}`` is ``"65f0"``."""
    if isinstance(value, np.ndarray) and not value.ndim:
        value = value.item()
    while isinstance(value, Mapping) and len(value) == 1 and str(next(iter(value))).startswith("$"):
        value = next(iter(value.values()))
    return value


def is_nested_deeper(value: Any, levels: int) -> bool:
    """Whether there are lists and dicts in each other more than some levels deep; told without recursion."""
    level = _inner(value)
    for _ in range(levels):
        if not level:
            return False
        level = [inner for outer in level for inner in _inner(outer)]
    return bool(level)


def _inner(value: Any) -> Collection[Any]:
    if isinstance(value, (list, tuple, set)):
        return value
    if isinstance(value, Mapping):
        return value.values()
    return value.ravel().tolist() if isinstance(value, np.ndarray) and value.dtype == object else ()


def typed_as(column: pd.Series, dtype: str) -> pd.Series:
    """A column of strings as one of texts, or as numbers; empty cells become NA."""
    column = column.where(column.ne(""))
    return column.astype("str") if dtype == "str" else pd.to_numeric(column).astype(dtype)


def why_no_text(value: Any, max_chars: int) -> str | None:
    """Why a value is not the text of an article; None if it is one."""
    if is_blank(value):
        return "empty"
    if not isinstance(value, str):
        return f"the text is of type {type(value).__name__}"
    return why_too_long(value, max_chars)


def why_too_long(text: str, max_chars: int) -> str | None:
    """Why a text is no article but a dump of many; None if it is not too long."""
    return f"{len(text):,} characters; longer than max_chars={max_chars:,}" if len(text) > max_chars else None
