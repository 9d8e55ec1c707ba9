"""Corpora larger than memory: read in parts, taken up again after an interruption, written as an analysis in parts.

Three passes. Articles are *staged*: taken from their files into parts, with hashes of their texts. What the reader has
not read yet is *read*, a batch at a time; what is found goes to files of its own, keyed by text, reader and options.
The tables are then *put together*: copies and the actors of the corpus are found from hashes and names, and the rows
written part by part. Only the second pass takes long, and it never does anything twice.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import json
import os
import shutil
import sys
import warnings
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from newslab import parts
from newslab.actor_table import ActorTable
from newslab.checks import at_least
from newslab.corpus import Stream
from newslab.corpus.columns import COLUMNS
from newslab.corpus.files import lies_in, paths_of, would_read
from newslab.corpus.gathering import Settled
from newslab.duplicates import Fingerprints, reading_order
from newslab.finding import Found, actors_from_json, find, only_new_garbage
from newslab.reading import Reader
from newslab.roster import Roster, Seen
from newslab.tables import ADDED, TABLES, actor_rows, problem_rows, rows_of

if TYPE_CHECKING:
    from distributed import Client

BATCH = 64  # articles read between two saves
_WORK = "_reading"
_OF_WORK = ("found", "staged", "new")  # its folders
_PART = (1000, 8_000_000)  # articles and characters from which a part is full
_BATCH_CHARS = 2_000_000
_LEXICONS = Path(__file__).with_name("lexicons")
_FOUND = pa.schema([("key", pa.binary(16)), ("reason", pa.string()), ("actors", pa.string()), ("rest", pa.string())])
_LEAST_BATCH = 16  # articles that go to a worker at least, unless fewer are asked for
_KNOWN_FILES = 4  # files of what was found that are kept in memory


class Item(NamedTuple):
    """An article to read."""

    key: bytes
    text: str
    day: Any


Result = tuple[bytes, str | None, str, str]  # key, why it could not be read, and Found.to_json


def analyze_in_parts(
    source: Any,
    out: str | os.PathLike[str],
    *,
    reader: Reader | str,
    workers: int | None,
    table: ActorTable | None,
    client: Client | None,
    batch: int,
    progress: bool | None,
    max_chars: int,
    options: dict[str, Any],
    stacklevel: int,
) -> None:
    """Write the analysis of a corpus to a folder; see :func:`newslab.analyze`."""
    at_least("batch", batch, 1)
    if not isinstance(out, (str, os.PathLike)):
        raise TypeError(f"out is {out!r}; pass the path of a folder")
    if isinstance(source, Iterable) and not isinstance(source, (str, bytes, os.PathLike, Mapping, pd.DataFrame)):
        source = list(source)  # paths are looked at twice, and a generator gives them once
    if not os.fspath(out):
        raise ValueError("out is an empty string; pass the path of a folder")
    folder = _prepare(Path(out).expanduser(), source)
    with _explained(folder), parts.alone(folder, folder / _WORK / "lock"):
        made = reader if isinstance(reader, Reader) else Reader(reader, workers=workers)
        run = _Run(folder, made, table, progress, max_chars)
        if not is_read(source):
            options = options | {"max_chars": max_chars}
        staged = _Staged(folder / _WORK / "staged", source, progress, options)
        for message in staged.warnings:
            warnings.warn(message, UserWarning, stacklevel=stacklevel)
        keys = run.keys(staged)
        run.warn_of_damage(stacklevel + 1)
        run.warn_of_changes(keys, stacklevel + 1)
        if not run.is_done(staged):
            run.warn_of_losses(staged, stacklevel + 1)
            run.read(staged, keys, made, client, batch)
            del made  # what it needs is free once all is read
            _give_back_memory()
            run.put_together(staged, keys)
        run.clean_up(keys)
        staged.remove()


def _give_back_memory() -> None:
    """Return to the system what the step before had: the C library of Linux would keep it beside what comes next."""
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "malloc_trim"):
        library.malloc_trim(0)


def is_unfinished(folder: Path) -> bool:
    """Whether a folder holds a run that was interrupted before it wrote its first analysis."""
    return (folder / _WORK / "conditions.json").is_file() and not (folder / parts.MANIFEST).exists()


def _prepare(folder: Path, source: Any = None) -> Path:
    """Make the folder, once it is sure that nothing of anybody else is in the way."""
    _refuse_what_is_no_folder(folder)
    for place in paths_of(source):
        # A second run would otherwise read the tables of the first as articles.
        if would_read(place, folder, parts.MADE):
            raise ValueError(f"{folder} lies inside the corpus {place}; choose a folder outside it for out")
        if lies_in(place, folder):
            raise ValueError(f"{place} lies inside {folder}; out takes a folder for the results alone, choose another")
    parts.refuse_other_format(folder)
    ours = parts.is_in_parts(folder) or is_unfinished(folder)
    if (folder / parts.MANIFEST).exists() and not ours:
        raise ValueError(
            f"{folder} holds an analysis in one piece, or a damaged one; choose another folder for out, or remove it"
        )
    work = folder / _WORK
    for place in (work, *(work / name for name in _OF_WORK), *(folder / f"{name}.parquet" for name in TABLES)):
        _refuse_what_is_no_folder(place)
        parts.refuse_link_out(place, folder)
        if place.exists() and not (_is_work(work) if place.is_relative_to(work) else ours):
            raise ValueError(f"{place} is there already, and newslab did not write it; choose another folder for out")
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _clear(error, folder) from error
    return folder


def _is_work(place: Path) -> bool:
    """Whether a folder is that of a run: the first that it puts there is a lock, or without locks what was found."""
    return (place / "lock").exists() or (place / "found").is_dir() or not any(place.iterdir())


def _refuse_what_is_no_folder(place: Path) -> None:
    if os.path.lexists(place) and not place.is_dir():
        what = "a link to what does not exist" if place.is_symlink() and not place.exists() else "a file"
        raise NotADirectoryError(f"{place} is {what}, and should be a folder; choose another folder for out")


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """A full or read-only disk is told in words."""
    try:
        yield
    except OSError as error:
        clear = _clear(error, folder)
        if clear is error:
            raise
        raise clear from error


def _clear(error: OSError, folder: Path) -> OSError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        what = (
            f"the disk that holds {folder} is full; nothing is damaged, and what was read is kept: make room and run "
            "the same again"
        )
    elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM) and _lies_in(error.filename, folder):
        what = f"{folder} cannot be written to ({error.strerror}); choose another folder for out"
    elif error.errno in (errno.EISDIR, errno.EEXIST, errno.ENOTDIR) and _lies_in(error.filename, folder):
        what = f"{error.filename2 or error.filename} is in the way ({error.strerror}); remove it and run the same again"
    elif error.errno == errno.ENOENT and error.filename is not None and _lies_in(error.filename, folder):
        what = (
            f"{folder} was moved, or files in it were removed, while it was written ({error.filename} is missing); put "
            "it back, or name its new place as out, and run the same again: what was read is kept in it"
        )
    else:
        return error
    told = type(error)(what)  # one text only, or it would begin with "[Errno 28]"
    told.errno = error.errno
    return told


def _lies_in(name: Any, folder: Path) -> bool:
    return name is None or Path(os.fsdecode(name)).resolve().is_relative_to(folder.resolve())


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


class _Staged:
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
        self._dtypes = {n: np.dtype("object") if parts.arrow_type(t) is None else t for n, t in kept.items()}
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
                self._kinds[name] = parts.joined(before := self._kinds.get(name, kind), kind)
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
                if not parts.fits_parquet(kind) or (name in self._differ and not self._takes_all(name, kind)):
                    kind = pa.string()
            else:
                kind = parts.arrow_type(dtype)
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
        except parts.NOT_HELD:
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
                column = parts.as_text(column.tolist()).to_pandas().astype("object")
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


def _column(name: str, values: Sequence[Any]) -> pa.Array:
    return parts.as_text(values) if name in COLUMNS else parts.as_column(values)


class _FoundFiles:
    """What was found in texts, by key, in files that are there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)
        self._cache: dict[tuple[Path, str], list[Any]] = {}
        for left in folder.glob(".*.writing"):
            left.unlink()
        self.n_damaged = 0
        for path in folder.glob("found-*.parquet"):
            if not parts.holds_what_its_name_says(path):  # a disk lost or changed what it had promised to keep
                path.unlink()
                self.n_damaged += 1
        self.open()

    def open(self) -> None:
        """Look which keys are there."""
        self._cache.clear()
        self._paths: list[Path] = []
        keys, sizes = [], []
        for path in sorted(self._folder.glob("found-*.parquet")):
            column = pq.read_table(path, columns=["key"])["key"].to_pylist()
            self._paths.append(path)
            keys.append(b"".join(column))
            sizes.append(len(column))
        known = np.frombuffer(b"".join(keys), "S16")
        order = np.argsort(known, kind="stable")
        self._sorted = known[order]
        self._file = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)[order]
        self._row = np.concatenate([np.arange(n, dtype=np.int32) for n in sizes] or [np.zeros(0, np.int32)])[order]

    def has(self, keys: np.ndarray) -> np.ndarray:
        """Which of these keys are there."""
        return _among(keys, self._sorted)

    def add(self, rows: Sequence[Result]) -> None:
        """Write what was found; it counts once the file is there."""
        self._write(pa.Table.from_pylist([dict(zip(_FOUND.names, r, strict=True)) for r in rows], _FOUND))

    def _write(self, found: pa.Table) -> None:
        data = parts.parquet_bytes(found)
        parts.write_whole(self._folder / f"found-{hashlib.sha256(data).hexdigest()[:32]}.parquet", data)

    def get(self, keys: np.ndarray, column: str) -> list[Any]:
        """A column for each of these keys, all of which are there."""
        at = np.searchsorted(self._sorted, keys)
        return [self._load(self._paths[f], column)[r] for f, r in zip(self._file[at], self._row[at], strict=True)]

    def _load(self, path: Path, column: str) -> list[Any]:
        if (path, column) not in self._cache:
            while len(self._cache) >= _KNOWN_FILES:
                self._cache.pop(next(iter(self._cache)))
            self._cache[path, column] = pq.read_table(path, columns=[column])[column].to_pylist()
        return self._cache[path, column]

    def keep_only(self, keys: np.ndarray) -> None:
        """Forget what was found in texts that are no longer asked for."""
        keys = np.sort(keys)
        for path in self._paths:
            here = pq.read_table(path, columns=["key"])["key"].to_pylist()
            wanted = _among(np.frombuffer(b"".join(here), "S16"), keys)
            if not wanted.all():
                if wanted.any():
                    self._write(pq.read_table(path).filter(pa.array(wanted)))
                path.unlink()


def _among(keys: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Which keys are among those known, which are sorted."""
    if not len(known):
        return np.zeros(len(keys), bool)
    return known[np.minimum(np.searchsorted(known, keys), len(known) - 1)] == keys


class _Run:
    """One run: what it reads with, and the three passes."""

    def __init__(
        self, folder: Path, reader: Reader, table: ActorTable | None, progress: bool | None, max_chars: int
    ) -> None:
        self._folder, self._reader_name, self._table, self._progress = folder, reader.name, table, progress
        self._max_chars = max_chars
        self._found = _FoundFiles(folder / _WORK / "found")
        self.conditions = conditions(reader, table) | {"max_chars": str(max_chars)}

    def warn_of_damage(self, stacklevel: int) -> None:
        """Say that what was read before is damaged."""
        if self._found.n_damaged:
            warnings.warn(
                f"files in {self._folder / _WORK} were damaged and are removed ({self._found.n_damaged:,}); what they "
                "held of earlier readings is read again where it is needed",
                UserWarning,
                stacklevel=stacklevel,
            )

    def warn_of_changes(self, keys: np.ndarray, stacklevel: int) -> None:
        """Say what will be read again since an earlier run read it in another way."""
        note = self._folder / _WORK / "conditions.json"
        try:
            before = json.loads(note.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError, RecursionError):
            before = None
        n = int((~self._found.has(keys)).sum())  # none if an earlier run but one read in this way
        if isinstance(before, dict) and before != self.conditions and n:
            told = [
                f"{name} was {before.get(name)!s:.40} and is {self.conditions.get(name)!s:.40}"
                for name in dict.fromkeys([*before, *self.conditions])
                if before.get(name) != self.conditions.get(name)
            ]
            what = "all articles are" if n == len(keys) else f"{n:,} of {len(keys):,} articles are"
            warnings.warn(
                f"{self._folder} was read in another way ({'; '.join(told)}): {what} read again. What was read before "
                "is kept until this run is complete",
                UserWarning,
                stacklevel=stacklevel,
            )
        if before != self.conditions:
            parts.write_whole(note, json.dumps(self.conditions).encode())

    def warn_of_losses(self, staged: _Staged, stacklevel: int) -> None:
        """Say how many articles of the analysis in the folder are no longer there."""
        if not parts.is_in_parts(self._folder):
            return
        try:
            before = parts.Parts(self._folder).read("articles", ["article_id"])["article_id"]
        except (ValueError, FileNotFoundError):  # damaged, and about to be put together again
            return
        gone = len(set(before) - set(staged.ids))
        if gone:
            warnings.warn(
                f"{gone:,} of {len(before):,} articles are no longer in the source and leave {self._folder}",
                UserWarning,
                stacklevel=stacklevel,
            )

    def keys(self, staged: _Staged) -> np.ndarray:
        """What each article's reading is known by: its text, who reads, and with a table of actors its day."""
        base = hashlib.blake2b(json.dumps(self.conditions, sort_keys=True).encode(), digest_size=16)
        days = np.ascontiguousarray(staged.published).astype("datetime64[D]").astype("int64")
        out = bytearray()
        for k in range(len(staged.ids)):
            key = base.copy()
            key.update(staged.hashes[16 * k : 16 * k + 16])
            if self._table is not None:
                key.update(int(days[k]).to_bytes(8, "little", signed=True))
            out += key.digest()
        return np.frombuffer(bytes(out), "S16")

    def _run_id(self, staged: _Staged) -> str:
        facts = None if self._table is None else [(a.name, str(a.facts)) for a in self._table.actors]
        return hashlib.sha256(json.dumps([self.conditions, facts, staged.digest()]).encode()).hexdigest()

    def is_done(self, staged: _Staged) -> bool:
        """Whether the folder holds the analysis of these very articles, undamaged."""
        if not parts.is_in_parts(self._folder):
            return False
        try:
            there = parts.Parts(self._folder)
        except (ValueError, FileNotFoundError):  # damaged: it is put together again
            return False
        return there.manifest.get("run") == self._run_id(staged) and there.is_whole()

    def clean_up(self, keys: np.ndarray) -> None:
        """Remove what the finished analysis does not need, also what a run left that was killed while it did so."""
        parts.remove_unlisted(self._folder)
        shutil.rmtree(self._folder / _WORK / "new", ignore_errors=True)
        self._found.keep_only(keys)

    def _shown(self, n: int) -> bool:
        return n > 10 if self._progress is None else self._progress

    def read(self, staged: _Staged, keys: np.ndarray, reader: Reader, client: Client | None, batch: int) -> None:
        """Read what is not read yet, a batch at a time."""
        from tqdm.auto import tqdm

        todo = ~self._found.has(keys)
        if not todo.any():
            return
        _, first = np.unique(keys, return_index=True)
        again = np.ones(len(keys), bool)
        again[first] = False  # equal texts are read once
        if client is not None:  # small enough that at the end no worker waits long for the last batch of another
            threads = max(1, sum(client.nthreads().values()))
            batch = min(batch, max(_LEAST_BATCH, int((todo & ~again).sum()) // (16 * threads)))
        batches = _batches(staged, keys, todo & ~again, batch)
        if client is None:
            results = (read_here(reader, self._table, items, self._max_chars) for items in batches)
        else:
            from newslab.cluster import read_on

            results = read_on(client, reader, self._table, batches, self._max_chars)
        counts = {key: int(n) for key, n in zip(*np.unique(keys[todo], return_counts=True), strict=True) if n > 1}
        bar = tqdm(
            desc="reading", unit=" articles", total=len(keys), initial=int((~todo).sum()),
            disable=not self._shown(len(keys)), smoothing=0.05,
        )  # fmt: skip
        with only_new_garbage(), bar:
            for rows in results:
                self._found.add(rows)
                bar.update(sum(counts.get(row[0].rstrip(b"\0"), 1) for row in rows))
        self._found.open()

    def put_together(self, staged: _Staged, keys: np.ndarray) -> None:
        """Write all tables, and last the manifest."""
        from tqdm.auto import tqdm

        def bar(what: str) -> Any:
            return tqdm(
                staged.spans(), desc=what, unit=" parts", total=len(staged.sizes),
                disable=not self._shown(len(keys)), leave=False,
            )  # fmt: skip

        with Fingerprints(folder=self._folder / _WORK) as prints:
            for number, _ in bar("comparing"):
                for text in staged.texts(number):
                    prints.add(text)
            copies = prints.copies(reading_order(pd.Series(staged.published), staged.lengths))
        del prints

        def articles() -> Iterator[tuple[str, list[Seen]]]:
            for _, rows in staged.spans():
                actors = self._found.get(keys[rows], "actors")
                yield from zip(staged.ids[rows], map(actors_from_json, actors), strict=True)

        roster = Roster(articles, self._table)
        _give_back_memory()
        new = _NewTables(self._folder)
        new.add("actors", actor_rows(roster.named.values(), roster, self._table))
        failures: list[dict[str, str]] = []
        for number, rows in bar("writing"):
            part = staged.articles(number, rows)
            reasons, actors, rest = (self._found.get(keys[rows], c) for c in ("reason", "actors", "rest"))
            found = [Found.from_json(*row) for row in zip(actors, rest, strict=True)]
            failures += [
                {"article_id": ident, "stage": "reading", "reason": reason}
                for ident, reason in zip(part["article_id"], reasons, strict=True)
                if reason is not None
            ]
            originals = [copies.get(k) for k in range(rows.start, rows.stop)]
            part["n_tokens"] = pd.Series([f.n_tokens for f in found], dtype="int64")
            part["duplicate_of"] = pd.Series([None if k is None else staged.ids[k] for k in originals], dtype="str")
            new.add("articles", part, staged.schema)
            for name, table in rows_of(part, found, roster, self._table).items():
                new.add(name, table)
            own = [a for ident, f in zip(part["article_id"], found, strict=True) for a in roster.own(ident, f.actors)]
            new.add("actors", actor_rows(own, roster, self._table))
        new.add("problems", problem_rows([*staged.problems, *failures]))
        new.publish(self._reader_name, self._run_id(staged))


def conditions(reader: Reader, table: ActorTable | None) -> dict[str, str]:
    """All that a reading depends on besides the text: version, reader, weights, word lists, table of actors."""
    from newslab import __version__

    told = {"newslab": __version__, "reader": reader.name, "word lists": hash_of(sorted(_LEXICONS.iterdir()))}
    if reader.files:
        told["model"] = hash_of(reader.files)
    if reader.version:
        told["version of the reader"] = reader.version
    if table is not None:
        who = [(a.name, a.type, [(n, str(p)) for n, p in a.names], [(r, str(p)) for r, p in a.roles])
               for a in table.actors]  # fmt: skip
        told["actor table"] = hashlib.sha256(json.dumps(who).encode()).hexdigest()[:16]
    return told


def hash_of(files: Sequence[Path]) -> str:
    """A fingerprint of files, by their names and what they hold."""
    whole = hashlib.sha256()
    for file in files:
        if file.is_file():
            whole.update(file.name.encode() + b"\0")
            with file.open("rb") as stream:
                whole.update(hashlib.file_digest(stream, "sha256").digest())
    return whole.hexdigest()[:16]


def _batches(staged: _Staged, keys: np.ndarray, wanted: np.ndarray, size: int) -> Iterator[list[Item]]:
    """The articles to read, a batch at a time."""
    batch: list[Item] = []
    n_chars = 0
    for number, rows in staged.spans():
        if not wanted[rows].any():
            continue
        texts = staged.texts(number)
        for k in np.flatnonzero(wanted[rows]).tolist():
            day = staged.published[rows.start + k]
            batch.append(Item(_key(keys[rows.start + k]), texts[k], pd.Timestamp(day)))
            n_chars += len(texts[k])
            if len(batch) == size or n_chars >= _BATCH_CHARS:
                yield batch
                batch, n_chars = [], 0
    if batch:
        yield batch


def _key(key: bytes) -> bytes:
    """A key as bytes; numpy drops zeros at the end."""
    return bytes(key).ljust(16, b"\0")


def read_here(reader: Reader, table: ActorTable | None, items: Sequence[Item], max_chars: int) -> list[Result]:
    """What is found in the articles of a batch."""
    rows: list[Result] = []
    all_found = find(reader, [i.text for i in items], [i.day for i in items], table, max_chars)
    for item, found in zip(items, all_found, strict=True):
        reason = found if isinstance(found, str) else None
        rows.append((item.key, reason, *(Found() if isinstance(found, str) else found).to_json()))
    return rows


class _NewTables:
    """Parts of the tables of a new analysis, which replaces the one in the folder when all are there."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._new = folder, folder / _WORK / "new"
        shutil.rmtree(self._new, ignore_errors=True)
        self._parts: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        self._schemas: dict[str, pa.Schema] = {}
        self._counts = {"n_copies": 0, "n_unknown": 0}
        for name in TABLES:
            (self._new / name).mkdir(parents=True)

    def add(self, name: str, table: pd.DataFrame, schema: pa.Schema | None = None) -> None:
        """Write a part."""
        if name not in self._schemas:
            self._schemas[name] = parts.arrow_schema(name, table) if schema is None else schema
        if table.empty and self._parts[name]:
            return
        data = parts.parquet_bytes(parts.to_arrow(name, table, self._schemas[name]))
        file = parts.part_name(len(self._parts[name]), data)
        before = self._folder / f"{name}.parquet" / file
        if not (before.is_file() and parts.holds_what_its_name_says(before)):
            parts.write_whole(self._new / name / file, data)
        self._parts[name].append({"file": file, "rows": len(table)})
        if name == "articles":
            self._counts["n_copies"] += int(table["duplicate_of"].notna().sum())
        if name == "quotes":
            self._counts["n_unknown"] += int(table["speaker_id"].isna().sum())

    def publish(self, reader: str, run: str) -> None:
        """Move the parts to their places and make them the analysis."""
        from newslab import __version__

        for name in TABLES:
            place = self._folder / f"{name}.parquet"
            place.mkdir(exist_ok=True)
            for file in sorted((self._new / name).iterdir()):
                os.replace(file, place / file.name)
            parts.sync_folder(place)
        parts.sync_folder(self._folder)
        about = {"newslab": __version__, "format": parts.FORMAT, "reader": reader, "run": run, **self._counts,
                 "tables": self._parts}  # fmt: skip
        parts.write_whole(self._folder / parts.MANIFEST, (json.dumps(about, indent=1) + "\n").encode())
