"""Reading a corpus: files, folders, zips and tables of articles into one table, one row an article.

Files are found (`_find`), turned into records or tables (`_READERS`), and gathered by a `_Collector` that writes down
what could not be read. A fault costs the row or the file in which it stands, never the rest.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import fnmatch
import glob
import io
import json
import logging
import math
import os
import re
import sys
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

MAX_CHARS = 5_000_000  # characters of one article; a longer "article" is a dump of many
MAX_ZIP_MEMBER = 500_000_000  # bytes unpacked; memory is taken for one member at a time
MAX_ZIP_TOTAL = 5_000_000_000  # bytes unpacked of all members together

_COLUMNS = ("article_id", "title", "text", "published", "outlet", "author", "url")
# Names under which archives and scrapers deliver these columns, letters and digits only; the first that is there wins.
_SYNONYMS: dict[str, tuple[str, ...]] = {
    "text": ("text", "body", "fulltext", "articletext", "articlebody", "bodytext", "maintext", "content", "contents",
             "article", "story", "storytext", "rawtext", "plaintext", "textbody", "document"),
    "title": ("title", "headline", "heading", "articletitle", "headlines", "hl"),
    "published": ("published", "publishedat", "publicationdate", "pubdate", "datepublished", "datepublish",
                  "publishdate", "publisheddate", "publishedon", "publicationdatetime", "date", "datetime", "timestamp",
                  "articledate", "pubtime", "created", "createdat"),
    "outlet": ("outlet", "newspaper", "publication", "publisher", "media", "medium", "sourcename", "source", "sitename",
               "site", "outletname", "mediasource", "newssource", "sourcedomain", "domain"),
    "author": ("author", "authors", "byline", "by", "writer", "journalist", "reporter"),
    "url": ("url", "link", "articleurl", "weburl", "permalink", "href", "uri"),
    "article_id": ("articleid", "id", "docid", "documentid", "uid", "guid"),
}  # fmt: skip
_SUFFIXES = (".txt", ".html", ".htm", ".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".zip")
_TABLES = frozenset((".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet"))
_IGNORED = ("readme", "readme.*", "license", "license.*", "licence", "licence.*", ".*", "__macosx", "thumbs.db")
_TITLE = 200  # characters up to which a first line is a headline
_BAR = 200  # files from which a progress bar is shown
_CODING = frozenset(("actors", "edges"))  # fields of a hand coding; see newslab.coding
_CSV_SCANS = 50  # each broken row may cost a scan to the end of the file: how many times over a file may be read
_NAMED = 3  # problems named in an error message


class _Unreadable(Exception):
    """One file or row cannot be read; the message is the reason."""


class _BadTable(_Unreadable):
    """A table without what was asked of it: a ValueError where it is the only source."""


class _Coding(Exception):
    """A JSON file that codes an article by hand (its actors and edges) and is none itself."""


@dataclass(frozen=True)
class _File:
    """A file to read: `label` names it in problems, `ident` is its article id."""

    label: str
    ident: str
    suffix: str
    load: Callable[[], bytes]
    size: int
    root: str = ""  # which of the sources it comes from; metadata joins files of one source only


def read_articles(
    source: str | os.PathLike[str] | pd.DataFrame | Iterable[str | os.PathLike[str]],
    *,
    text: str | None = None,
    title: str | None = None,
    published: str | None = None,
    outlet: str | None = None,
    author: str | None = None,
    url: str | None = None,
    article_id: str | None = None,
    encoding: str | None = None,
    max_chars: int = MAX_CHARS,
    progress: bool | None = None,
) -> pd.DataFrame:
    """Read news articles from a folder, files, a zip or a DataFrame.

    Parameters
    ----------
    source : path, glob pattern, list of them, or DataFrame
        Files may be ``.txt``, ``.html``/``.htm``, ``.csv``/``.tsv``, ``.jsonl``/``.ndjson``, ``.json`` (a list of
        records, one record, or ``{"articles": [...]}``), ``.parquet``, or ``.zip`` of these. Folders are read with
        their subfolders; other kinds of files, hidden files, README and LICENSE files, and hand codings
        (``.json`` with ``actors`` and ``edges``) in them are passed over.
    text, title, published, outlet, author, url, article_id : str, optional
        Names of the columns of tables, where they are not recognised: ``text="Volltext"``. Usual names ("headline",
        "body", "date", "source", …, in any case) need not be given. They do not apply to ``.txt`` and ``.html`` files.
    encoding : str, optional
        Encoding of text files, such as ``"cp1252"``. By default byte order marks are obeyed, then UTF-8 is tried,
        then the encoding is guessed.
    max_chars : int, default 5,000,000
        A longer text is listed as a problem and left out.
    progress : bool, optional
        Show a progress bar. By default one is shown from 200 files on.

    Returns
    -------
    DataFrame
        One row an article, in reading order (folders by path; tables row by row), with the columns

        * ``article_id`` (str): unique. A file's path in the folder or zip without its suffix (``"2024/harbour"``), or
          its bare name if the file was named itself; a table's id column, else ``"<table>-<row>"`` counted from 1
          (``"article-<row>"`` for a DataFrame). The same file always has the same id. Further articles with
          an id that was there before become ``"<id>~2"``, ``"<id>~3"`` in reading order, with a warning.
        * ``title`` (str): of a ``.txt`` file its first line if that has at most 200 characters and text follows.
        * ``text`` (str): never altered. Of a ``.txt`` file all that it holds; of HTML the article that trafilatura
          extracts, its paragraphs separated by blank lines.
        * ``published`` (datetime64[ns]): UTC without time zone; NaT where there is none.
        * ``outlet``, ``author``, ``url`` (str): NA where there is none.
        * every further column of the input, with its own name (``"text_input"`` if it has one of the names above).

        ``articles.attrs["problems"]`` lists what could not be read: dicts with ``article_id`` (the file, or the
        article), ``stage`` (``"corpus"``) and ``reason``. :func:`newslab.analyze` copies them to its problems table.

    Raises
    ------
    FileNotFoundError
        If a path does not exist.
    ValueError
        If there is nothing to read, nothing could be read, a column given by name does not exist, the only table has
        no column of texts, or `encoding` is unknown.
    TypeError
        If `source` is of another kind.

    Warns
    -----
    UserWarning
        If some files or rows could not be read, ids were repeated, or a date such as 03/04/2024 had to be guessed.

    See Also
    --------
    newslab.analyze : Reads the articles and finds who criticizes whom.

    Notes
    -----
    *Dates of text files.* A folder may hold a ``metadata.csv`` or ``metadata.tsv``: its column ``file`` names files
    beside it (or below, ``2024/harbour.txt``; the suffix may be left out), its other columns, recognised as in
    tables, are joined to them, and take precedence over what a file says itself.

    *Date forms.* ISO 8601, RFC 2822, "12 March 2024", "Mar. 12, 2024", 20240312, seconds or milliseconds since 1970.
    "13/03/2024" shows that all such dates of its column begin with the day; a column that shows nothing is read
    month first, with a warning. 12.03.2024 always begins with the day. A date that is not understood, or outside the
    years 1678 to 2261, leaves NaT and a row in the problems; the article is kept.

    Examples
    --------
    >>> import pandas as pd
    >>> import newslab as nl
    >>> table = pd.DataFrame({"Headline": ["Harbour tax"], "Body": ["It will rise."], "Date": ["12 March 2024"]})
    >>> nl.read_articles(table)[["article_id", "title", "text", "published"]].values.tolist()
    [['article-1', 'Harbour tax', 'It will rise.', Timestamp('2024-03-12 00:00:00')]]
    """
    given = {"text": text, "title": title, "published": published, "outlet": outlet, "author": author, "url": url,
             "article_id": article_id}  # fmt: skip
    given = {k: v for k, v in given.items() if v is not None}
    if encoding is not None:
        try:
            codecs.lookup(encoding)
        except LookupError:
            raise ValueError(
                f"encoding {encoding!r} is unknown; pass one such as 'utf-8', 'cp1252' or 'utf-16'"
            ) from None
    if max_chars < 1:
        raise ValueError(f"max_chars is {max_chars!r}; it is a number of characters, at least 1")
    collector = _Collector(given, max_chars)
    if isinstance(source, pd.DataFrame):
        collector.problems += [dict(p) for p in source.attrs.get("problems", [])]
        collector.sole_table = True
        collector.add_table(source, "article", None)
        if source.empty:
            return collector.result()
    else:
        _read_files(source, collector, encoding, progress)
    if not collector.ids:
        raise ValueError(collector.failure())
    articles = collector.result()
    collector.warn()
    return articles


# ---------------------------------------------------------------------------------------------------------------
# Finding files


def _read_files(source: Any, collector: _Collector, encoding: str | None, progress: bool | None) -> None:
    files = _find(source, collector)
    if not files:
        if collector.problems:
            raise ValueError(collector.failure())
        raise ValueError(f"{_shown(source)} holds no article: files read are {', '.join(_SUFFIXES)}{_others(source)}")
    metadata = {id(f): m for f in files if (m := _metadata(f, collector, encoding)) is not None}
    files = [f for f in files if id(f) not in metadata]
    joined = _Joined(metadata.values(), files, collector)
    if len(files) == 1 and files[0].suffix in _TABLES and not collector.problems:
        collector.sole_table = True
    collector.seen += len(files)
    show = progress if progress is not None else len(files) > _BAR
    for file in _bar(files, show):
        try:
            _read_file(file, collector, encoding, joined.get(file))
        except _Coding:
            collector.seen -= 1
        except _BadTable as error:
            if collector.sole_table:
                raise ValueError(f"{file.label}: {error}") from None
            collector.unread(file.label, str(error))
        except _Unreadable as error:
            collector.unread(file.label, str(error))
        except OSError as error:
            collector.unread(file.label, f"cannot be read: {error.strerror or error}")
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            collector.unread(file.label, f"cannot be unpacked from the zip: {error}")


def _bar(files: Sequence[_File], show: bool) -> Iterable[_File]:
    if not show:
        return files
    from tqdm.auto import tqdm

    return tqdm(files, desc="Reading", unit="file")


def _shown(source: Any) -> str:
    return f"{str(source)!r}" if isinstance(source, (str, os.PathLike)) else "the list"


def _others(source: Any) -> str:
    """What a folder holds instead, for the message that it holds no article."""
    if not isinstance(source, (str, os.PathLike)) or not Path(source).is_dir():
        return ""
    kinds = Counter(p.suffix.lower() or "no suffix" for p in Path(source).rglob("*") if p.is_file())
    if not kinds:
        return "; the folder is empty"
    return "; it holds " + ", ".join(f"{n} with {k}" for k, n in kinds.most_common(4))


def _find(source: Any, collector: _Collector) -> list[_File]:
    if isinstance(source, (str, os.PathLike)):
        return _find_one(source, collector, alone=True)
    if isinstance(source, (bytes, Mapping)) or not isinstance(source, Iterable):
        raise TypeError(
            f"source is a {type(source).__name__}; pass a path, a glob pattern, a list of them or a DataFrame"
        )
    files: list[_File] = []
    for item in source:
        if not isinstance(item, (str, os.PathLike)):
            raise TypeError(f"the list holds a {type(item).__name__}; every item must be a path (str or Path)")
        files += _find_one(item, collector, alone=False)
    return files


def _find_one(item: str | os.PathLike[str], collector: _Collector, *, alone: bool) -> list[_File]:
    if not os.fspath(item):
        raise ValueError("source is an empty string; pass the path of a folder or file")
    path = Path(item).expanduser()
    if path.is_dir():
        return list(_walk(path, "", collector))
    if path.exists():
        suffix = path.suffix.lower()
        if suffix not in _SUFFIXES:
            reason = f"files with the suffix {suffix!r} are not read; files read are {', '.join(_SUFFIXES)}"
            if alone:
                raise ValueError(f"{str(path)!r}: {reason}")
            collector.seen += 1
            collector.unread(path.name, reason)
            return []
        return list(_file(path, path.name, str(path.parent), collector, inner=False))
    if glob.has_magic(os.fspath(item)):
        return _find_glob(path, collector)
    raise FileNotFoundError(f"{os.fspath(item)!r} does not exist{_nearest(path)}")


def _nearest(path: Path) -> str:
    parent = path.parent
    if not parent.is_dir():
        return f" (nor does its folder; the current folder is {str(Path.cwd())!r})"
    near = difflib.get_close_matches(path.name, sorted(os.listdir(parent)), n=1)
    return f"; did you mean {str(parent / near[0])!r}?" if near else f"; the folder {str(parent.resolve())!r} does"


def _find_glob(pattern: Path, collector: _Collector) -> list[_File]:
    """Files of a pattern; ids are relative to the part of it that has no wildcard."""
    fixed = Path(*[p for p in _before_magic(pattern.parts)])
    files: list[_File] = []
    taken: set[Path] = set()  # "**" matches a folder and its files: each is read once
    for name in sorted(glob.glob(str(pattern), recursive=True)):
        path = Path(name)
        relative = path.relative_to(fixed) if fixed.parts else path
        found = _walk(path, relative.as_posix(), collector) if path.is_dir() and "**" not in pattern.parts else None
        if found is not None:
            files += found
        elif path.is_file() and path not in taken and not _ignored(relative.parts) and path.suffix.lower() in _SUFFIXES:
            taken.add(path)
            files += _file(path, relative.as_posix(), str(fixed), collector, inner=True)
    return files


def _before_magic(parts: Sequence[str]) -> Iterator[str]:
    for part in parts:
        if glob.has_magic(part):
            return
        yield part


def _ignored(parts: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(p.lower(), pattern) for p in parts if p not in (".", "..") for pattern in _IGNORED)


def _walk(folder: Path, prefix: str, collector: _Collector) -> Iterator[_File]:
    found: list[tuple[str, Path]] = []

    def unreadable(error: OSError) -> None:
        collector.seen += 1
        collector.unread(str(error.filename), f"the folder cannot be read: {error.strerror}")

    for root, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [f for f in folders if not _ignored([f])]
        for name in names:
            path = Path(root, name)
            if not _ignored([name]) and path.suffix.lower() in _SUFFIXES:
                found.append((path.relative_to(folder).as_posix(), path))
    for relative, path in sorted(found):
        yield from _file(path, f"{prefix}/{relative}" if prefix else relative, str(folder), collector, inner=True)


def _file(path: Path, name: str, root: str, collector: _Collector, *, inner: bool) -> Iterator[_File]:
    suffix = path.suffix.lower()
    if suffix == ".zip":
        yield from _members(path, name, collector, inner=inner)
        return
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise OSError(0, "not a regular file")
    except OSError as error:
        collector.seen += 1
        collector.unread(name, f"cannot be read: {error.strerror}")
        return
    yield _File(name, _without_suffix(name), suffix, path.read_bytes, size, root)


def _without_suffix(name: str) -> str:
    return name[: len(name) - len(PurePosixPath(name).suffix)]


def _members(path: Path, name: str, collector: _Collector, *, inner: bool) -> Iterator[_File]:
    """Files of a zip, sorted by name; nothing is written to disk, so a name that climbs out is only a name."""
    prefix = f"{_without_suffix(name)}/" if inner else ""
    try:
        archive = zipfile.ZipFile(path)
        infos = sorted(archive.infolist(), key=lambda i: i.filename)
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError, UnicodeDecodeError) as error:
        collector.seen += 1
        collector.unread(name, f"not a zip that can be read: {getattr(error, 'strerror', None) or error}")
        return
    total = 0
    for info in infos:
        parts = PurePosixPath(info.filename.replace("\\", "/"))
        suffix = parts.suffix.lower()
        if info.is_dir() or _ignored(parts.parts) or suffix not in _SUFFIXES:
            continue
        label = f"{name}/{parts}"
        total += info.file_size
        reason = None
        if suffix == ".zip":
            reason = "a zip inside a zip is not read; unpack the outer one"
        elif info.flag_bits & 1:
            reason = "encrypted; unpack the zip with its password first"
        elif info.file_size > MAX_ZIP_MEMBER:
            reason = f"unpacks to {info.file_size:,} bytes, more than the limit of {MAX_ZIP_MEMBER:,}"
        elif total > MAX_ZIP_TOTAL:
            reason = f"the zip unpacks to more than the limit of {MAX_ZIP_TOTAL:,} bytes; unpack it and read the folder"
        if reason:
            collector.seen += 1
            collector.unread(label, reason)
            continue
        yield _File(
            label, prefix + _without_suffix(str(parts)), suffix, _member(archive, info), info.file_size, str(path)
        )


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    def load() -> bytes:
        with archive.open(info) as stream:
            return stream.read(info.file_size + 1)  # never more than was declared and checked

    return load


# ---------------------------------------------------------------------------------------------------------------
# Metadata beside text files


@dataclass
class _Metadata:
    label: str
    folder: str
    root: str
    rows: list[tuple[str, dict[str, Any]]]


def _metadata(file: _File, collector: _Collector, encoding: str | None) -> _Metadata | None:
    """The rows of a metadata file; None if it is not one (no column ``file``, or a column of texts: then a table)."""
    name = PurePosixPath(file.label)
    if name.name.lower() not in ("metadata.csv", "metadata.tsv"):
        return None
    try:
        frame, bad = _csv(_decode(file.load(), encoding), file.suffix)
    except (_Unreadable, OSError, zipfile.BadZipFile, zlib.error):
        return None  # reported when it is read as a table
    key = next((c for c in frame.columns if _plain_name(c) in ("file", "filename", "path")), None)
    if key is None:
        return None
    given = {k: v for k, v in collector.given.items() if v in frame.columns and k != "text"}
    columns = _match_columns([c for c in frame.columns if c != key], given)
    if "text" in columns and not frame[columns["text"]].eq("").all():
        return None
    collector.given_found.update(given)
    for number, reason in bad:
        collector.note(file.label, f"row {number}: {reason}")
    further = [c for c in frame.columns if c != key and c not in columns.values()]
    typed = {_free_name(c): _typed(frame[c]).tolist() for c in further}
    rows = []
    for i, target in enumerate(frame[key]):
        row = {k: frame[c].iloc[i] for k, c in columns.items()} | {c: values[i] for c, values in typed.items()}
        rows.append((str(target).strip().replace("\\", "/").removeprefix("./"), row))
    folder = file.ident.rpartition("/")[0]
    return _Metadata(file.label, folder, file.root, rows)


class _Joined:
    """Metadata by file; a row that names no file is noted as a problem."""

    def __init__(self, tables: Iterable[_Metadata], files: Sequence[_File], collector: _Collector) -> None:
        exact: dict[tuple[str, str], list[_File]] = {}
        for file in files:
            if file.suffix not in _TABLES:
                for name in (file.ident + PurePosixPath(file.label).suffix, file.ident):
                    exact.setdefault((file.root, name), []).append(file)
        self._rows: dict[int, dict[str, Any]] = {}
        for table in tables:
            for number, (name, row) in enumerate(table.rows, 1):
                found = exact.get((table.root, f"{table.folder}/{name}" if table.folder else name))
                if found:
                    for file in found:
                        self._rows[id(file)] = self._rows.get(id(file), {}) | row | {"_group": table.label}
                else:
                    collector.note(table.label, f"row {number}: there is no file {name!r}")

    def get(self, file: _File) -> dict[str, Any]:
        return self._rows.get(id(file), {})


# ---------------------------------------------------------------------------------------------------------------
# Reading files


def _read_file(file: _File, collector: _Collector, encoding: str | None, extra: Mapping[str, Any]) -> None:
    if file.suffix == ".parquet":
        collector.add_table(_parquet(file.load()), file.ident, file.label)
        return
    if file.suffix in (".txt", ".html", ".htm") and file.size > 4 * collector.max_chars:  # 4 bytes a character at most
        raise _Unreadable(f"{file.size:,} bytes in one file; longer than max_chars={collector.max_chars:,} characters")
    data = file.load()
    if not data.strip():
        raise _Unreadable("empty")
    html = file.suffix in (".html", ".htm")
    text = _decode(data, encoding, html=html, note=lambda reason: collector.note(file.label, reason))
    if file.suffix == ".txt":
        _check_text(text, collector.max_chars)
        collector.add_record({"title": _first_line(text), "text": text, **_stated(extra)}, file.ident, file.ident)
    elif html:
        record = _html(text)
        _check_text(record["text"], collector.max_chars)
        collector.add_record({**record, **_stated(extra)}, file.ident, file.ident)
    elif file.suffix in (".csv", ".tsv"):
        frame, bad = _csv(text, file.suffix)
        collector.add_table(frame, file.ident, file.label, bad, typed=False)
    else:
        _add_records(*(_json if file.suffix == ".json" else _jsonl)(text), file, collector)


def _stated(extra: Mapping[str, Any]) -> dict[str, Any]:
    """What a metadata row says; an empty cell says nothing."""
    return {k: v for k, v in extra.items() if k not in _COLUMNS or not _is_blank(v)}


def _check_text(text: Any, max_chars: int) -> None:
    """Whether a value is the text of an article; raises the reason why not."""
    if _is_null(text):
        raise _Unreadable("no text")
    if not isinstance(text, str):
        is_number = isinstance(text, (int, float, np.number)) and not isinstance(text, bool)
        raise _Unreadable(f"the text is {f'the number {text}' if is_number else f'a {type(text).__name__}'}, not text")
    if len(text) > max_chars:
        raise _Unreadable(f"{len(text):,} characters; longer than max_chars={max_chars:,}")
    if not text or text.isspace():
        raise _Unreadable("empty")


def _first_line(text: str) -> str | None:
    first, _, rest = text.lstrip().partition("\n")
    first, _, more = first.partition("\r")
    return first.strip() if len(first) <= _TITLE and (rest + more).strip() else None


_SIGNATURES = {b"%PDF-": "a PDF", b"PK\x03\x04": "a zip or an Office document", b"\x89PNG": "a picture",
               b"\xff\xd8\xff": "a picture", b"GIF8": "a picture", b"\x1f\x8b": "a gzip file", b"{\\rtf": "an RTF file",
               b"\xd0\xcf\x11\xe0": "an Office document", b"PAR1": "a Parquet file"}  # fmt: skip
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]{2,20})", re.I)
_WESTERN = 0.15  # share of bytes above ASCII up to which a text is taken for English or another Western language


def _decode(
    data: bytes, encoding: str | None = None, *, html: bool = False, note: Callable[[str], None] | None = None
) -> str:
    """Decode a file; raises _Unreadable for what is no text."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            try:
                return data.decode(name)
            except UnicodeDecodeError as error:
                raise _Unreadable(f"begins like {name.removesuffix('-sig')} and is not: {error.reason}") from None
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            raise _Unreadable(f"binary: {kind}, not text")
    if encoding is not None:
        try:
            return data.decode(encoding)
        except UnicodeError as error:
            raise _Unreadable(f"not in the encoding {encoding!r}: {getattr(error, 'reason', error)}") from None
    head = data[:100_000]
    if len(_CONTROL.findall(head)) > len(head) / 200:
        raise _Unreadable("binary, not text (or text in UTF-16 without a byte order mark: pass encoding='utf-16-le')")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if html and (match := _META_CHARSET.search(data[:4096])):
        try:
            return data.decode(match[1].decode("ascii"))
        except (UnicodeError, LookupError):
            pass  # a page that misstates its encoding: guess
    mended = data.decode("utf-8", "replace")
    broken = mended.count("\ufffd")
    if broken < sum(map(len, re.findall(r"[^\x00-\x7f\ufffd]+", mended))):  # other encodings rarely look like UTF-8
        if note is not None:
            note(f"{broken} damaged UTF-8 characters read as U+FFFD")
        return mended
    if sum(b > 127 for b in head) <= _WESTERN * len(head):
        # Statistical guessers need many such bytes; for a Western text with a few, this is the likelier answer.
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            return data.decode("latin-1")
    from charset_normalizer import from_bytes

    best = from_bytes(head).best()
    if best is None:
        raise _Unreadable("binary, or in an encoding that could not be guessed; pass encoding=...")
    return data.decode(best.encoding, "replace")


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Keep a logger still: what it would say is told in the problems."""
    logger = logging.getLogger(name)
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before


def _html(text: str) -> dict[str, Any]:
    from trafilatura import bare_extraction

    with _quiet("trafilatura.core"), _quiet("trafilatura.utils"):
        try:
            # A date is taken from the page's metadata only, not from any year that stands in its text.
            dates = {"original_date": True, "extensive_search": False}
            page = bare_extraction(text, with_metadata=True, include_comments=False, date_extraction_params=dates)
        except Exception as error:  # parsers fail on broken pages in many ways; the page is listed with the reason
            raise _Unreadable(f"the page cannot be parsed: {type(error).__name__}: {error}") from error
    if page is None or not (page.text or "").strip():
        raise _Unreadable("no article found in the page")
    paragraphs = [line for line in page.text.split("\n") if line.strip()]
    author = page.author.replace("; ", ", ") if page.author else None
    return {"title": page.title, "text": "\n\n".join(paragraphs), "published": page.date,
            "outlet": page.sitename or page.hostname, "author": author, "url": page.url}  # fmt: skip


def _parquet(data: bytes) -> pd.DataFrame:
    try:
        return pd.read_parquet(io.BytesIO(data))
    except Exception as error:  # pyarrow raises its own classes and OSError for damaged files
        raise _Unreadable(f"not a Parquet file that can be read: {error}") from error


_Bad = list[tuple[int, str]]


def _csv(text: str, suffix: str) -> tuple[pd.DataFrame, _Bad]:
    """A table of strings indexed by row number from 1, and the rows that are broken.

    pandas either refuses a file with one broken row or, after a quotation mark that is never closed, swallows the rows
    that follow. Here a row is read strictly; where that fails, its first line is tried by itself, and reading goes on
    with the line after it.
    """
    lines = list(io.StringIO(text, newline=""))
    before = csv.field_size_limit(10**9)
    try:
        delimiter = "\t" if suffix == ".tsv" else _delimiter(lines)
        header, at = _csv_row(lines, 0, delimiter)
        while header is not None and not any(h.strip() for h in header) and at < len(lines):
            header, at = _csv_row(lines, at, delimiter)
        if not header:
            raise _Unreadable("no header row with the names of the columns")
        rows, numbers, bad = _csv_rows(lines, at, delimiter, len(header))
    finally:
        csv.field_size_limit(before)
    names = _unique_names([h.strip() or f"column_{i}" for i, h in enumerate(header, 1)])
    return pd.DataFrame(rows, columns=names, index=numbers, dtype=object), bad


def _csv_rows(lines: Sequence[str], at: int, delimiter: str, width: int) -> tuple[list[list[str]], list[int], _Bad]:
    rows: list[list[str]] = []
    numbers: list[int] = []
    broken: list[tuple[int, int, int]] = []  # row number, first and last line
    number = 0
    budget = _CSV_SCANS * len(lines) + 1_000_000

    def keep(row: list[str]) -> None:
        rows.append(row[:width])
        numbers.append(number)

    while at < len(lines) and budget > 0:
        reader = csv.reader(_from(lines, at), delimiter=delimiter, strict=True)
        start = at
        try:
            for row in reader:
                blank = not row or (len(row) == 1 and not row[0].strip() and width > 1)
                if not blank and not _fits(row, width):
                    break
                if not blank:
                    number += 1
                    keep(row)
                start = at + reader.line_num
            else:
                start = len(lines)
        except csv.Error:
            pass
        budget -= reader.line_num
        at = start + 1
        if start >= len(lines):
            break
        loose = _split_line(lines[start].rstrip("\r\n"), delimiter)
        if loose is not None and _fits(loose, width):
            number += 1
            keep(loose)
        elif broken and broken[-1][2] == start - 1:  # perhaps the rest of the broken row before it
            broken[-1] = (*broken[-1][:2], start)
        else:
            number += 1
            broken.append((number, start, start))
    why = f"not {width} fields (a quotation mark is not closed, or fields are missing)"
    bad = [(n, f"line {a + 1}{f' to {b + 1}' if b > a else ''}: {why}") for n, a, b in broken]
    if at < len(lines):
        bad.append((number + 1, f"too many broken rows; lines from {at + 1} on are not read"))
    return rows, numbers, bad


def _from(lines: Sequence[str], at: int) -> Iterator[str]:
    for i in range(at, len(lines)):
        yield lines[i]


def _fits(row: Sequence[str], width: int) -> bool:
    return len(row) == width or (len(row) > width and not any(row[width:]))


def _csv_row(lines: Sequence[str], at: int, delimiter: str) -> tuple[list[str] | None, int]:
    """The row that begins at a line (None at the end), and the line after it."""
    reader = csv.reader(_from(lines, at), delimiter=delimiter)
    return next(reader, None), at + reader.line_num


def _split_line(line: str, delimiter: str) -> list[str] | None:
    """Fields of one line in which quotation marks inside a field were not doubled; None if a field is not closed."""
    fields = []
    at = 0
    while at <= len(line):
        if line[at : at + 1] != '"':
            end = line.find(delimiter, at)
            end = len(line) if end < 0 else end
            fields.append(line[at:end])
        else:
            end = at
            while True:
                end = line.find('"', end + 1)
                if end < 0:
                    return None
                if (
                    line[end + 1 : end + 2] == '"'
                    and end + 2 <= len(line)
                    and line[end + 2 : end + 3] not in ("", delimiter)
                ):
                    end += 1  # a doubled mark inside the field
                elif line[end + 1 : end + 2] in ("", delimiter):
                    break
            fields.append(line[at + 1 : end].replace('""', '"'))
            end += 1
        at = end + 1
    return fields


def _delimiter(lines: Sequence[str]) -> str:
    counts = {d: len(_csv_row(lines, 0, d)[0] or []) for d in (",", ";", "\t", "|")}
    return max(counts, key=lambda d: counts[d])  # the comma wins a tie


def _unique_names(names: Iterable[str]) -> list[str]:
    seen: Counter[str] = Counter()
    out = []
    for name in names:
        out.append(name if not seen[name] else f"{name}.{seen[name]}")
        seen[name] += 1
    return out


_NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d{0,14})(?:\.\d+)?")


def _typed(column: pd.Series) -> pd.Series:
    """A column of strings as numbers if every cell that is not empty is one (007 is none); empty cells become NA."""
    filled = column[column.ne("")]
    if len(filled) and all(isinstance(v, str) and _NUMBER.fullmatch(v) for v in filled):
        return pd.to_numeric(column.where(column.ne("")))
    return column.where(column.ne("")).astype("str")


def _loads(text: str) -> Any:
    value = json.loads(text)
    # "\ud83d" without its second half is valid JSON and no text: no file can hold it.
    return _mend(value) if "\\ud" in text or "\\uD" in text else value


def _mend(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_mend(k): _mend(v) for k, v in value.items()}
    return [_mend(v) for v in value] if isinstance(value, list) else value


def _json(text: str) -> tuple[list[tuple[int, Any]], _Bad]:
    try:
        value = _loads(text)
    except json.JSONDecodeError as error:
        try:
            records, bad = _jsonl(text)  # one record a line under the wrong name is common
        except _Unreadable:
            records, bad = [], []
        if len(records) > max(1, len(bad)):
            return records, bad
        raise _Unreadable(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except (RecursionError, ValueError) as error:
        raise _Unreadable(f"JSON that cannot be read: {error}") from None
    if isinstance(value, dict):
        lists = [v for k, v in value.items() if isinstance(v, list) and v and all(isinstance(r, dict) for r in v)]
        if isinstance(value.get("articles"), list):
            value = value["articles"]
        elif "text" not in _match_columns(list(map(str, value)), {}) and len(lists) == 1:
            value = lists[0]
        elif value and all(isinstance(v, dict) for v in value.values()):  # DataFrame.to_json: column → row → cell
            keys = dict.fromkeys(k for v in value.values() for k in v)
            value = [{c: v.get(k) for c, v in value.items()} for k in keys]
        else:
            value = [value]
    if not isinstance(value, list):
        raise _Unreadable(f"a JSON {type(value).__name__}; expected a list of records or one record")
    return list(enumerate(value, 1)), []


def _jsonl(text: str) -> tuple[list[tuple[int, Any]], _Bad]:
    records, bad = [], []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            records.append((number, _loads(line)))
        except (ValueError, RecursionError) as error:
            bad.append((number, f"line {number} is not JSON: {error}"))
    if not records:
        raise _Unreadable(bad[0][1] if bad else "empty")
    return records, bad


def _add_records(records: list[tuple[int, Any]], bad: _Bad, file: _File, collector: _Collector) -> None:
    only = records[0][1] if len(records) == 1 else None
    if file.suffix == ".json" and isinstance(only, dict) and only.keys() >= _CODING:
        raise _Coding
    good = []
    for number, record in records:
        if isinstance(record, dict):
            good.append((number, {str(k): v for k, v in record.items()}))
        else:
            bad.append((number, f"record {number} is a {type(record).__name__}, not a record with named fields"))
    if not good and not bad:
        raise _Unreadable("no records")
    columns = list(dict.fromkeys(k for _, r in good for k in r))
    # dtype object keeps long integers (ids of tweets) exact where some records lack them.
    frame = pd.DataFrame([r for _, r in good], columns=columns, index=[n for n, _ in good], dtype=object)
    if len(good) == 1 and not bad and file.suffix == ".json":
        collector.add_table(frame, file.ident, file.label, single=True)
    else:
        collector.add_table(frame, file.ident, file.label, sorted(bad), typed=True)


# ---------------------------------------------------------------------------------------------------------------
# Columns and cells


def _plain_name(name: object) -> str:
    return re.sub(r"[\W_]+", "", str(name)).lower()


def _free_name(name: str) -> str:
    return f"{name}_input" if name in _COLUMNS else name


def _match_columns(columns: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """Which column of a table holds what: as given, else the first usual name that is there, each column once."""
    matched = dict(given)
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(_plain_name(column), column)
    for wanted in _COLUMNS:
        if wanted in columns and wanted not in matched and wanted not in matched.values():
            matched[wanted] = wanted
    for wanted, names in _SYNONYMS.items():
        if wanted in matched:
            continue
        used = set(matched.values())
        column = next((by_name[n] for n in names if n in by_name and by_name[n] not in used), None)
        if column is not None:
            matched[wanted] = column
    return matched


def _is_null(value: Any) -> bool:
    return (
        value is None
        or value is pd.NA
        or value is pd.NaT
        or (isinstance(value, (float, np.floating)) and math.isnan(value))
    )


def _is_blank(value: Any) -> bool:
    return _is_null(value) or (isinstance(value, str) and not value.strip())


def _cell(value: Any) -> str | None:
    """A title, outlet, author, url or id as a string; lists are joined, ``{"name": …}`` is its name."""
    if _is_blank(value):
        return None
    if isinstance(value, Mapping):
        return _cell(value.get("name") or value.get("title") or value.get("id"))
    if isinstance(value, (list, tuple, set, np.ndarray)):
        return ", ".join(c for c in map(_cell, value) if c) or None
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))  # whole numbers become floats where a column has gaps
    return str(value).strip()


@dataclass
class _Collector:
    """Gathers articles and problems in reading order."""

    given: dict[str, str]
    max_chars: int
    problems: list[dict[str, str]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    seen: int = 0  # files and rows looked at
    lost: int = 0  # files and rows that could not be read
    sole_table: bool = False
    given_found: set[str] = field(default_factory=set)
    _pending: list[dict[str, Any]] = field(default_factory=list)
    _parts: list[pd.DataFrame] = field(default_factory=list)
    _dates: list[Any] = field(default_factory=list)
    _groups: list[str] = field(default_factory=list)
    _tables: int = 0
    _files: bool = False
    _notes: int = 0

    def note(self, name: str, reason: str) -> None:
        self.problems.append({"article_id": name, "stage": "corpus", "reason": reason})
        self._notes += 1

    def unread(self, name: str, reason: str) -> None:
        self.problems.append({"article_id": name, "stage": "corpus", "reason": reason})
        self.lost += 1

    def add_record(self, record: Mapping[str, Any], ident: str, group: str) -> None:
        """Add an article of its own file; keys are our columns, further ones as they are."""
        self._files = True
        self.ids.append(_cell(record.get("article_id")) or ident)
        self._dates.append(record.get("published"))
        self._groups.append(record.get("_group", group))
        own = {c: _cell(record.get(c)) for c in ("title", "outlet", "author", "url")}
        further = {k: v for k, v in record.items() if k not in _COLUMNS and k != "_group"}
        self._pending.append({**own, "text": record["text"], **further})

    def add_table(
        self,
        frame: pd.DataFrame,
        ident: str,
        label: str | None,
        bad: _Bad | None = None,
        *,
        typed: bool | None = None,
        single: bool = False,
    ) -> None:
        """Add a table, its index being the row numbers (None of a DataFrame: counted here).

        `typed` False: cells are strings (CSV); True: objects (JSON); None: columns keep their dtypes.
        """
        self._tables += not single
        names = _unique_names(map(str, frame.columns))
        frame = frame.set_axis(names, axis=1)
        numbers = list(range(1, len(frame) + 1)) if typed is None and not single else frame.index.tolist()
        columns = self._columns(names, label)
        cells = {k: frame[c].tolist() for k, c in columns.items()}
        idents = [_cell(v) for v in cells.get("article_id", [None] * len(frame))]
        idents = [v or (ident if single else f"{ident}-{n}") for v, n in zip(idents, numbers, strict=True)]
        self.seen += len(frame) + len(bad or []) - (label is not None)  # the file itself was counted
        for number, reason in bad or []:
            self.unread(f"{ident}-{number}", f"{label}: {reason}")
        kept = []
        for i, value in enumerate(cells["text"]):
            try:
                _check_text(value, self.max_chars)
                if typed is False and _NUMBER.fullmatch(value.strip()):
                    raise _Unreadable(f"the text is the number {value.strip()}, not text")
            except _Unreadable as error:
                self.unread(idents[i], f"{label}: {error}" if label else str(error))
            else:
                kept.append(i)
        further = [c for c in names if c not in columns.values()]
        if single:
            for i in kept:
                record = {k: v[i] for k, v in cells.items()} | {_free_name(c): frame[c].iloc[i] for c in further}
                self.add_record({**record, "_group": "records"}, ident, ident)
            return
        own = {"text": cells["text"]}
        for c in ("title", "outlet", "author", "url"):
            own[c] = [_cell(v) for v in cells[c]] if c in cells else [None] * len(frame)
        part = pd.DataFrame(own, dtype="str")
        for c, name in zip(further, _unique_names(map(_free_name, further)), strict=True):
            column = frame[c].reset_index(drop=True)
            part[name] = _typed(column) if typed is False else column.infer_objects() if typed else column
        self._flush()
        self._parts.append(part.iloc[kept])
        self.ids += [idents[i] for i in kept]
        dates = cells.get("published", [None] * len(frame))
        self._dates += [dates[i] for i in kept]
        self._groups += [f"{label} {self._tables}"] * len(kept)

    def _columns(self, names: Sequence[str], label: str | None) -> dict[str, str]:
        present = {k: v for k, v in self.given.items() if v in names}
        self.given_found.update(present)
        for wanted, name in self.given.items():
            if wanted not in present:
                reason = f"column {name!r} ({wanted}) not found{_did_you_mean(name, names)}; columns are {list(names)}"
                if self.sole_table:
                    raise ValueError(f"{label}: {reason}" if label else reason)
                if wanted == "text":
                    raise _BadTable(reason)
                self.note(str(label), reason)
        matched = _match_columns(names, present)
        if "text" not in matched:
            reason = f"no column of texts found; columns are {list(names)}; pass text=... with the name of the column"
            if self.sole_table:
                raise ValueError(f"{label}: {reason}" if label else reason)
            raise _BadTable(reason)
        return matched

    def _flush(self) -> None:
        if self._pending:
            self._parts.append(_record_frame(self._pending))
            self._pending = []

    def failure(self) -> str:
        reasons = [f"{p['article_id']}: {p['reason']}" for p in self.problems[:_NAMED]]
        more = len(self.problems) - len(reasons)
        if not reasons:
            return "no article found: tables without rows, metadata or hand codings only"
        return "nothing could be read: " + "; ".join(reasons) + (f"; and {more} more" if more > 0 else "")

    def result(self) -> pd.DataFrame:
        """The table of articles; ids made unique, dates parsed."""
        self._flush()
        absent = [k for k in self.given if k not in self.given_found]
        if absent:
            wanted = absent[0]
            raise ValueError(f"{wanted}={self.given[wanted]!r} names a column of tables; no table that was read has it")
        ids, repeated = _unique_ids(self.ids)
        dates = self._parse_dates(ids)
        frame = pd.concat(self._parts, ignore_index=True) if self._parts else pd.DataFrame({"text": []})
        frame["article_id"] = ids
        frame["published"] = dates
        for column in _COLUMNS:
            if column != "published":
                frame[column] = frame[column].astype("str") if column in frame else pd.Series(dtype="str")
        frame = frame[[*_COLUMNS, *(c for c in frame.columns if c not in _COLUMNS)]]
        frame.attrs = {"problems": self.problems}
        if repeated:
            have = "1 article has" if repeated == 1 else f"{repeated:,} articles have"
            _warn(f"{have} an id that was there before; now '<id>~2', '<id>~3', ... in reading order")
        return frame

    def _parse_dates(self, ids: Sequence[str]) -> pd.Series:
        published = np.full(len(ids), np.datetime64("NaT"), dtype="datetime64[ns]")
        rows: dict[str, list[int]] = {}
        for i, group in enumerate(self._groups):
            rows.setdefault(group, []).append(i)
        failed: list[tuple[int, Any]] = []
        guessed: list[str] = []
        for members in rows.values():
            values, bad, guess = _parse_dates([self._dates[i] for i in members])
            published[members] = values
            failed += [(members[k], self._dates[members[k]]) for k in bad]
            guessed += guess
        for i, value in sorted(failed, key=lambda f: f[0]):
            self.note(ids[i], f"date {str(value)[:60]!r} not understood; kept without a date")
        if guessed:
            _warn(f"{len(guessed):,} dates such as {guessed[0]!r} may begin with the month or the day; read month "
                  "first. If that is wrong, give dates as 2024-03-12")  # fmt: skip
        return pd.Series(published)

    def warn(self) -> None:
        if not self.lost and not self._notes:
            return
        one = self.seen == 1
        files, rows = ("file", "row") if one else ("files", "rows")
        unit = rows if not self._files and self._tables else "files and rows" if self._tables else files
        faults = "1 fault" if self._notes == 1 else f"{self._notes:,} faults"
        if self.lost:
            count = f"{self.lost:,} of {self.seen:,} {unit} could not be read"
            count += f"; {faults} in the rest" if self._notes else ""
        else:
            count = f"{faults} in {self.seen:,} {unit}; all were read"
        _warn(f"{count}; see articles.attrs['problems']")


def _warn(message: str) -> None:
    """Warn at the line of the user's code that called the package, however deep inside it we are."""
    package = os.path.dirname(__file__) + os.sep
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(package):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, UserWarning, stacklevel=level)


def _record_frame(records: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Records of files; missing further fields are NA."""
    names = dict.fromkeys(k for r in records for k in r)
    own = ("title", "outlet", "author", "url", "text")
    data = {k: pd.Series([r.get(k) for r in records], dtype="str" if k in own else object) for k in names}
    return pd.DataFrame({k: v if k in own else v.infer_objects() for k, v in data.items()})


def _did_you_mean(name: str, names: Sequence[str]) -> str:
    lower = {n.lower(): n for n in names}
    near = difflib.get_close_matches(name.lower(), list(lower), n=1, cutoff=0.5)
    return f"; did you mean {lower[near[0]]!r}?" if near else ""


def _unique_ids(ids: Sequence[str]) -> tuple[list[str], int]:
    taken = set(ids)
    count: Counter[str] = Counter()
    out = []
    repeated = 0
    for ident in ids:
        count[ident] += 1
        new = ident
        if count[ident] > 1:
            repeated += 1
            while (new := f"{ident}~{count[ident]}") in taken:
                count[ident] += 1
            taken.add(new)
        out.append(new)
    return out, repeated


# ---------------------------------------------------------------------------------------------------------------
# Dates

_MONTHS = {m: i for i, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_MONTH_NAMES = "january february march april may june july august september october november december sept".split()
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 1, "ist": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "est": -5,
          "edt": -4, "et": -5, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "pt": -8}  # fmt: skip
_TIME = (
    r"(?:[,\sT]+(?:at\s+)?(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?(?::(?P<second>\d\d))?(?:\.\d+)?"
    r"\s*(?P<half>[apAP]\.?[mM]\.?)?\s*(?P<zone>[A-Za-z]{1,4}|[+-]\d\d:?\d\d)?)?"
)
_DAY_NAME = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\.?,?\s+)?"
_DAY, _NAME = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<name>[A-Za-z]{3,9})\.?"
_WEEKDAY = re.compile(r",?\s*\(?\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b\)?,?", re.I)  # before or after the date
_DAY_MONTH = re.compile(rf"{_DAY_NAME}{_DAY}(?:\s+of)?[\s-]+{_NAME},?[\s-]+(?P<year>\d{{4}}){_TIME}")
_MONTH_DAY = re.compile(rf"{_DAY_NAME}{_NAME}\s+{_DAY},?\s+(?P<year>\d{{4}}){_TIME}")
_NUMERIC = re.compile(r"(?P<first>\d{1,2})(?P<mark>[/.-])(?P<next>\d{1,2})(?P=mark)(?P<year>\d{4})" + _TIME)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})" + _TIME)
_RFC = re.compile(r"(?:[A-Za-z]{3},\s+)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d\d:\d\d(?::\d\d)?\s+(?:[+-]\d{4}|[A-Z]{1,5})")
_COMPACT = re.compile(r"(?:19|20)\d{6}(?:\d{6})?")
_FIRST_YEAR, _LAST_YEAR = 1678, 2261  # what datetime64[ns] can hold in full


def _parse_dates(values: Sequence[Any]) -> tuple[np.ndarray, list[int], list[str]]:
    """Dates of one column (datetime64[ns], UTC), the positions not understood, and the dates whose order is a guess."""
    marks = [m for v in values if isinstance(v, str) and (m := _NUMERIC.fullmatch(v.strip())) and m["mark"] != "."]
    day_first = any(int(m["first"]) > 12 for m in marks)
    month_first = any(int(m["next"]) > 12 for m in marks)
    ambiguous = [] if day_first or month_first else [m.group() for m in marks if m["first"] != m["next"]]
    out = np.full(len(values), np.datetime64("NaT"), dtype="datetime64[ns]")
    bad: list[int] = []
    known: dict[str, np.datetime64 | None] = {}
    for i, value in enumerate(values):
        if _is_blank(value):
            continue
        if not isinstance(value, str):
            stamp = _stamp(value, day_first)
        else:
            if value not in known:
                known[value] = _stamp(value, day_first)
            stamp = known[value]
        if stamp is None:
            bad.append(i)
        else:
            out[i] = stamp
    return out, bad, ambiguous


def _stamp(value: Any, day_first: bool) -> np.datetime64 | None:
    try:
        if isinstance(value, np.datetime64):
            value = pd.Timestamp(value)
        if isinstance(value, pd.Timestamp):
            moment: Any = value
        elif isinstance(value, datetime):
            moment = value
        elif isinstance(value, date):
            moment = datetime(value.year, value.month, value.day)
        elif isinstance(value, bool):
            return None
        elif isinstance(value, (int, float, np.integer, np.floating)):
            moment = _from_number(float(value))
        elif isinstance(value, str):
            moment = _from_text(" ".join(value.split()), day_first)
        else:
            return None
        if moment is None:
            return None
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            return None
        return np.datetime64(pd.Timestamp(moment).as_unit("ns").to_datetime64(), "ns")
    except (ValueError, OverflowError, OSError):
        return None


def _from_number(number: float) -> datetime | None:
    digits = f"{number:.0f}"
    if number == int(number) and _COMPACT.fullmatch(digits):
        return datetime.strptime(digits, "%Y%m%d" if len(digits) == 8 else "%Y%m%d%H%M%S")
    size = abs(number)
    for limit, unit in ((1e8, 0.0), (1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (1e20, 1e9)):
        if size < limit:  # below 1e8 (1973) a number is likelier a year or a count than seconds
            return datetime(1970, 1, 1) + timedelta(seconds=number / unit) if unit else None
    return None


def _from_text(text: str, day_first: bool) -> datetime | None:
    if re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        return _from_number(float(text))
    iso = re.sub(r"\s?(?:UTC|GMT|Z)$", "+00:00", text)
    try:
        return datetime.fromisoformat(re.sub(r"\s(?=[+-]\d\d:?\d\d$)", "", iso))
    except ValueError:
        pass
    if _RFC.fullmatch(text):
        return parsedate_to_datetime(text)
    text = _WEEKDAY.sub("", text).strip()
    for pattern in (_DAY_MONTH, _MONTH_DAY, _YEAR_FIRST, _NUMERIC):
        match = pattern.fullmatch(text)
        if match:
            return _from_match(match, day_first)
    return None


def _from_match(match: re.Match[str], day_first: bool) -> datetime | None:
    part = match.groupdict()
    if "name" in part:
        name = part["name"].lower()
        if name[:3] not in _MONTHS or not (len(name) == 3 or name in _MONTH_NAMES):
            return None
        month, day = _MONTHS[name[:3]], int(part["day"])
    elif "first" in part:
        first, second = int(part["first"]), int(part["next"])
        first_is_day = part["mark"] == "." or first > 12 or (day_first and second <= 12)
        day, month = (first, second) if first_is_day else (second, first)
    else:
        month, day = int(part["month"]), int(part["day"])
    hour = int(part["hour"] or 0)
    if part["half"]:
        hour = hour % 12 + 12 * (part["half"][0].lower() == "p")
    moment = datetime(int(part["year"]), month, day, hour, int(part["minute"] or 0), int(part["second"] or 0))
    return _zoned(moment, part["zone"]) if part["zone"] else moment


def _zoned(moment: datetime, zone: str) -> datetime | None:
    if zone[0] in "+-":
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        return moment.replace(tzinfo=timezone(timedelta(minutes=minutes if zone[0] == "+" else -minutes)))
    if zone.lower() not in _ZONES:
        return None
    return moment.replace(tzinfo=timezone(timedelta(hours=_ZONES[zone.lower()])))
