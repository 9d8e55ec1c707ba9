"""What was found in texts is kept, so that nothing is read twice: in files, by text, reader and options."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from newslab import disk, parquet, parts
from newslab.finding import Result

_FOUND = pa.schema([("key", pa.binary(16)), ("reason", pa.string()), ("actors", pa.string()), ("rest", pa.string())])
_KNOWN_FILES = 4  # files of what was found that are kept in memory


class FoundFiles:
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
        data = parquet.parquet_bytes(found)
        disk.write_whole(self._folder / f"found-{hashlib.sha256(data).hexdigest()[:32]}.parquet", data)

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
