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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from newslab import disk, parquet, parts
from newslab.actor_table import ActorTable
from newslab.checks import at_least
from newslab.corpus.files import lies_in, paths_of, would_read
from newslab.duplicates import Fingerprints, reading_order
from newslab.finding import Found, Item, actors_from_json, only_new_garbage, read_here
from newslab.keeping import FoundFiles
from newslab.reading import Reader
from newslab.roster import Roster, Seen
from newslab.staging import Staged, is_read
from newslab.tables import TABLES, actor_rows, problem_rows, rows_of

if TYPE_CHECKING:
    from distributed import Client

BATCH = 64  # articles read between two saves
_WORK = "_reading"
_OF_WORK = ("found", "staged", "new")  # its folders
_BATCH_CHARS = 2_000_000
_LEXICONS = Path(__file__).with_name("lexicons")
_LEAST_BATCH = 16  # articles that go to a worker at least, unless fewer are asked for


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
    with _explained(folder), disk.alone(folder, folder / _WORK / "lock"):
        made = reader if isinstance(reader, Reader) else Reader(reader, workers=workers)
        run = _Run(folder, made, table, progress, max_chars)
        if not is_read(source):
            options = options | {"max_chars": max_chars}
        staged = Staged(folder / _WORK / "staged", source, progress, options)
        keys = run.keys(staged)
        _warn(*staged.warnings, run.damage(), run.changes(keys))
        if not run.is_done(staged):
            _warn(run.losses(staged))
            run.read(staged, keys, made, client, batch)
            del made  # what it needs is free once all is read
            _give_back_memory()
            run.put_together(staged, keys)
        run.clean_up(keys)
        staged.remove()


def _warn(*messages: str) -> None:
    """Tell whoever has called :func:`newslab.analyze`; an empty message is none."""
    for message in filter(None, messages):
        warnings.warn(message, UserWarning, stacklevel=4)


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
        disk.refuse_link_out(place, folder)
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


class _Run:
    """One run: what it reads with, and the three passes."""

    def __init__(
        self, folder: Path, reader: Reader, table: ActorTable | None, progress: bool | None, max_chars: int
    ) -> None:
        self._folder, self._reader_name, self._table, self._progress = folder, reader.name, table, progress
        self._max_chars = max_chars
        self._found = FoundFiles(folder / _WORK / "found")
        self.conditions = conditions(reader, table) | {"max_chars": str(max_chars)}

    def damage(self) -> str:
        """That what was read before is damaged, if it is."""
        if not (n := self._found.n_damaged):
            return ""
        return (
            f"files in {self._folder / _WORK} were damaged and are removed ({n:,}); what they held of earlier readings "
            "is read again where it is needed"
        )

    def changes(self, keys: np.ndarray) -> str:
        """What will be read again since an earlier run read it in another way, if anything."""
        note = self._folder / _WORK / "conditions.json"
        try:
            before = json.loads(note.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError, RecursionError):
            before = None
        if before == self.conditions:
            return ""
        disk.write_whole(note, json.dumps(self.conditions).encode())
        n = int((~self._found.has(keys)).sum())  # none if an earlier run but one read in this way
        if not isinstance(before, dict) or not n:
            return ""
        told = [
            f"{name} was {before.get(name)!s:.40} and is {self.conditions.get(name)!s:.40}"
            for name in dict.fromkeys([*before, *self.conditions])
            if before.get(name) != self.conditions.get(name)
        ]
        what = "all articles are" if n == len(keys) else f"{n:,} of {len(keys):,} articles are"
        return (
            f"{self._folder} was read in another way ({'; '.join(told)}): {what} read again. What was read before is "
            "kept until this run is complete"
        )

    def losses(self, staged: Staged) -> str:
        """How many articles of the analysis in the folder are no longer there, if any are."""
        if not parts.is_in_parts(self._folder):
            return ""
        try:
            before = parts.Parts(self._folder).read("articles", ["article_id"])["article_id"]
        except (ValueError, FileNotFoundError):  # damaged, and about to be put together again
            return ""
        gone = len(set(before) - set(staged.ids))
        return (
            f"{gone:,} of {len(before):,} articles are no longer in the source and leave {self._folder}" if gone else ""
        )

    def keys(self, staged: Staged) -> np.ndarray:
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

    def _run_id(self, staged: Staged) -> str:
        facts = None if self._table is None else [(a.name, str(a.facts)) for a in self._table.actors]
        return hashlib.sha256(json.dumps([self.conditions, facts, staged.digest()]).encode()).hexdigest()

    def is_done(self, staged: Staged) -> bool:
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

    def read(self, staged: Staged, keys: np.ndarray, reader: Reader, client: Client | None, batch: int) -> None:
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

    def put_together(self, staged: Staged, keys: np.ndarray) -> None:
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
            _give_back_memory()  # of the texts
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


def _batches(staged: Staged, keys: np.ndarray, wanted: np.ndarray, size: int) -> Iterator[list[Item]]:
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
            self._schemas[name] = parquet.arrow_schema(name, table) if schema is None else schema
        if table.empty and self._parts[name]:
            return
        data = parquet.parquet_bytes(parquet.to_arrow(name, table, self._schemas[name]))
        file = parts.part_name(len(self._parts[name]), data)
        before = self._folder / f"{name}.parquet" / file
        if not (before.is_file() and parts.holds_what_its_name_says(before)):
            disk.write_whole(self._new / name / file, data)
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
            disk.sync_folder(place)
        disk.sync_folder(self._folder)
        about = {"newslab": __version__, "format": parts.FORMAT, "reader": reader, "run": run, **self._counts,
                 "tables": self._parts}  # fmt: skip
        disk.write_whole(self._folder / parts.MANIFEST, (json.dumps(about, indent=1) + "\n").encode())
