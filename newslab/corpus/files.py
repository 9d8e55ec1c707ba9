"""Finding the files of a corpus: folders, patterns, and the members of zips."""

import fnmatch
import glob
import gzip
import os
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from pathlib import Path, PurePath, PurePosixPath
from typing import Any, BinaryIO, TypeVar
from urllib.parse import unquote

from newslab.checks import meant
from newslab.corpus.problems import Problems, Unreadable
from newslab.plurals import how_many

MAX_ZIP_MEMBER = 500_000_000  # bytes unpacked, of a .gz too; memory is taken for one member at a time
MAX_ZIP_TOTAL = 5_000_000_000  # bytes unpacked of all members together
SUFFIXES = (".txt", ".html", ".htm", ".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".zip")
_GZIPPED = frozenset(SUFFIXES) - {".parquet", ".zip"}  # read as .csv.gz and the like too
_SHEETS = (".xlsx", ".xls", ".ods")
# What is not read, but may well be meant as articles; pictures and programs are passed over without a word
_DOCUMENTS = (".pdf", ".doc", ".docx", ".odt", ".rtf", ".md", ".eml", ".msg", ".epub", ".xml", ".xls", ".xlsx", ".ods",
              ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst", ".7z", ".rar")  # fmt: skip
# What every saved analysis has, and all that it may have, in its folder
_ANALYSIS = frozenset(("analysis.json", "articles.parquet", "quotes.parquet"))
_OF_ANALYSIS = _ANALYSIS | frozenset(
    ("mentions.parquet", "actors.parquet", "stances.parquet", "affiliations.parquet", "problems.parquet",
     "corrections.parquet", "_reading")
)  # fmt: skip
_ANALYSED = "holds an analysis, which newslab.load opens; its tables are no articles: keep it outside the corpus"
_IGNORED = ("readme", "readme.*", "license", "license.*", "licence", "licence.*", ".*", "__macosx", "thumbs.db")
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
_Path = TypeVar("_Path", bound=PurePath)


class Zips:
    """Opens zips, and keeps the last one open: a zip of many members is opened once, and many zips take one handle."""

    def __init__(self) -> None:
        self._open: tuple[Path, zipfile.ZipFile] | None = None

    def get(self, path: Path) -> zipfile.ZipFile:
        """The zip at a path; the one before is closed."""
        if self._open is None or self._open[0] != path:
            if self._open is not None:
                self._open[1].close()
                self._open = None  # the next may be damaged
            self._open = path, zipfile.ZipFile(path)
        return self._open[1]


@dataclass(frozen=True)
class File:
    """A file on disk or in a zip: `label` names it in problems, `ident` is its article id."""

    label: str
    ident: str
    path: Path
    zips: Zips | None = None
    member: zipfile.ZipInfo | None = None

    @property
    def suffix(self) -> str:
        """With its dot, in lower case, and without .gz."""
        return _suffix(self.location)

    @property
    def location(self) -> PurePath:
        """Where it lies; a zip counts as a folder."""
        return PurePath(self.path, self.member.filename) if self.member else self.path

    @property
    def partition(self) -> dict[str, str]:
        """What the names of its folders say, as pandas and Spark write large tables: ``outlet=Gull/part-0.parquet``."""
        told = (folder.partition("=") for folder in PurePosixPath(self.ident).parts[:-1])
        return {name: unquote(value) for name, sign, value in told if name and sign and value != _NO_VALUE}

    @cached_property
    def size(self) -> int:
        """Bytes, unpacked; 0 for what is no regular file. Raises Unreadable for more than a .gz may hold."""
        if self.member is not None:
            return self.member.file_size
        if not self.path.is_file():
            return 0
        if not self._gzipped:
            return self.path.stat().st_size
        size = 0
        with self.open() as stream:  # what a .gz says of its size may be wrong
            while piece := len(stream.read(1 << 20)):
                size += piece
                if size > MAX_ZIP_MEMBER:
                    raise Unreadable(f"unpacks to more than the limit of {MAX_ZIP_MEMBER:,} bytes; unpack it first")
        return size

    @property
    def _gzipped(self) -> bool:
        return self.member is None and self.path.suffix.lower() == ".gz"

    @property
    def state(self) -> tuple[int, int]:
        """What differs once it was changed: size and time on the disk."""
        about = self.path.stat()
        return about.st_size, about.st_mtime_ns

    def open(self) -> BinaryIO:
        """Its bytes as a stream, unpacked."""
        if self.zips is not None and self.member is not None:
            return self.zips.get(self.path).open(self.member)
        return gzip.open(self.path) if self._gzipped else self.path.open("rb")

    def load(self, limit: int | None = None) -> bytes:
        """Read its bytes; raises Unreadable if that fails or there are more than `limit`."""
        with told():
            if self.member is None and not self.path.is_file():
                raise Unreadable("not a regular file")
            if limit is not None and self.size > limit:
                raise Unreadable(f"{self.size:,} bytes in one file; longer than max_chars allows")
            if self.member is None and not self._gzipped:
                return self.path.read_bytes()
            with self.open() as stream:
                return stream.read(self.size + 1)  # never more than was declared or counted, and checked


@contextmanager
def told() -> Iterator[None]:
    """Errors of the disk and of zips as what could not be read."""
    try:
        yield
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unreadable(f"cannot be unpacked: {error}") from None


def find_files(source: Any, problems: Problems) -> list[File]:
    """Files of a path, a pattern or a list of them, each in the order of their names."""
    single = isinstance(source, (str, os.PathLike))
    if not single and (isinstance(source, (bytes, Mapping)) or not isinstance(source, Iterable)):
        kind = type(source).__name__
        raise TypeError(f"source is a {kind}; pass a path, a glob pattern, a list of them or a DataFrame")
    files: list[File] = []
    zips = Zips()
    items = [source] if single else list(source)
    read = {os.path.realpath(Path(path).expanduser()) for path in paths_of(items)}
    for item in items:
        if not isinstance(item, (str, os.PathLike)):
            raise TypeError(f"the list holds a {type(item).__name__}; every item must be a path (str or Path)")
        for name, path in _find(item, read, problems):
            suffix = _suffix(path)
            if suffix not in SUFFIXES:
                hint = "; give it as a table: pd.read_excel(path)" if suffix in _SHEETS else ""
                reason = f"files with the suffix {suffix!r} are not read{hint}; files read are {', '.join(SUFFIXES)}"
                problems.unread(name, reason)
            elif suffix == ".zip":
                named_itself = path == Path(item).expanduser()
                files += _members(path, name, "" if named_itself else f"{_stem(name)}/", zips, problems)
            else:
                files.append(File(name, _stem(name), path))
    found, remedy = problems.documents.values(), "save them as .txt or .html, tables as .csv, and unpack archives"
    kinds = ", ".join(sorted({PurePath(name).suffix.lower() for name in found}))
    if not files and not problems:
        shown = repr(os.fspath(source)) if single else "the list"
        others = f", and not {how_many(len(found), 'document')} ({kinds}): {remedy}" if found else ""
        raise ValueError(f"{shown} holds no article; files read are {', '.join(SUFFIXES)}{others}")
    if found:
        told = f"{how_many(len(found), 'document')} beside what was read ({kinds}), such as this one"
        problems.note(min(found), f"{told}; none is read: {remedy}")
    return files


def paths_of(source: Any) -> list[str | os.PathLike[str]]:
    """The paths and patterns of a source; a DataFrame has none."""
    items = [source] if isinstance(source, (str, os.PathLike)) else source if isinstance(source, (list, tuple)) else []
    return [item for item in items if isinstance(item, (str, os.PathLike))]


def would_read(item: str | os.PathLike[str], folder: Path, made: Iterable[str]) -> bool:
    """Whether a source takes in a folder, or would as soon as the folder holds files with the names `made`."""
    path, folder = Path(item).expanduser(), folder.resolve()
    if os.path.exists(path):
        return folder.is_relative_to(path.resolve())
    fixed = _fixed(path)
    if not folder.is_relative_to(fixed.resolve()):
        return False
    here = folder.relative_to(fixed.resolve()).parts
    found = [here[:k] for k in range(1, len(here) + 1)] + [here + PurePosixPath(name).parts for name in made]
    return any(_fits(parts, path.parts[len(fixed.parts) :]) for parts in found)


def lies_in(item: str | os.PathLike[str], folder: Path) -> bool:
    """Whether a source, or a file that a pattern finds, lies inside a folder."""
    path = Path(item).expanduser()
    found = [path] if os.path.exists(path) else map(Path, glob.iglob(str(path), recursive=True))
    folders = {place if place.is_dir() else place.parent for place in found}
    return any(place.resolve().is_relative_to(folder.resolve()) for place in folders)


def _fixed(pattern: Path) -> Path:
    """The folders of a pattern before its first wildcard."""
    return Path(*takewhile(lambda part: not glob.has_magic(part), pattern.parts))


def _fits(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a pattern finds a path, whether that exists or not."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_fits(parts[k:], pattern[1:]) for k in range(len(parts) + 1))
    return bool(parts) and fnmatch.fnmatchcase(parts[0], pattern[0]) and _fits(parts[1:], pattern[1:])


def _find(item: str | os.PathLike[str], read: set[str], problems: Problems) -> list[tuple[str, Path]]:
    """Names and paths of the files of one source; names are relative to the folder or to a pattern's fixed part.

    `read` are folders that are read by another way, too, or are told of already.
    """
    if not os.fspath(item):
        raise ValueError("source is an empty string; pass the path of a folder or file")
    path = Path(item).expanduser()
    if os.path.isdir(path):
        base, found = path, set(_walk(path, read, problems))
    elif os.path.exists(path):
        base, found = path.parent, {path}
    elif glob.has_magic(str(path)):
        base = _fixed(path)
        matches = {m for m in map(Path, glob.glob(str(path), recursive=True)) if not _ignored(m.relative_to(base))}
        folders = {match for match in matches if os.path.isdir(match)}
        read |= set(map(os.path.realpath, folders))
        others = (file for file in matches - folders if _suffix(file) in _DOCUMENTS)
        problems.documents |= {str(file): file.relative_to(base).as_posix() for file in others}
        found = (matches - folders).union(*(_walk(folder, read, problems) for folder in folders))
        found = _each_once((file for file in found if _suffix(file) in SUFFIXES), base)
    else:
        hint = meant(path.name, os.listdir(path.parent)) if os.path.isdir(path.parent) else ""
        raise FileNotFoundError(f"{str(path.absolute())!r} does not exist{hint}")
    made = _analyses(found, problems)
    return sorted((f.relative_to(base).as_posix(), f) for f in found if not _is_of(made, f))


def _analyses(paths: Iterable[_Path], problems: Problems, place: str = "") -> set[_Path]:
    """The folders of saved analyses, by the paths of what lies in them; they are told of."""
    inside: dict[_Path, set[str]] = defaultdict(set)
    for path in paths:
        for folder, inner in zip(path.parents, (path, *path.parents), strict=False):
            inside[folder].add(inner.name)
    made = {folder for folder, names in inside.items() if names >= _ANALYSIS}
    for folder in sorted(made):
        problems.note(f"{place}{folder}", _ANALYSED)
    return made


def _is_of(analyses: Set[_Path], path: _Path) -> bool:
    """Whether a file is one of those that an analysis is made of, and nothing that lies beside it."""
    folders = zip(path.parents, (path, *path.parents), strict=False) if analyses else ()
    return any(folder in analyses and inner.name in _OF_ANALYSIS for folder, inner in folders)


def _each_once(paths: Iterable[Path], base: Path) -> set[Path]:
    """Of the paths to one file, to which links lead as well, that without a link, else the shortest."""
    here = Path(os.path.realpath(base))
    kept: dict[Path, Path] = {}
    for path in sorted(paths, key=lambda path: (len(path.parts), path)):
        place = Path(os.path.realpath(path))
        if place not in kept or place == here / path.relative_to(base):
            kept[place] = path
    return set(kept.values())


def _walk(folder: Path, read: set[str], problems: Problems) -> Iterator[Path]:
    """Files in a folder. Links to other folders are not followed, and told of unless those are in `read`."""
    here = os.path.realpath(folder)

    def unreadable(error: OSError) -> None:
        problems.unread(str(error.filename), f"the folder cannot be read: {error.strerror}")

    for root, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [f for f in folders if not _ignored(PurePath(f))]
        for link in filter(os.path.islink, (os.path.join(root, name) for name in sorted(folders))):
            target = PurePath(os.path.realpath(link))
            inside = target.is_relative_to(here) and not _ignored(target.relative_to(here))  # and read where it lies
            if not inside and str(target) not in read:
                read.add(str(target))
                problems.unread(
                    link, f"a link to the folder {target} is not followed; pass a list with that folder, too"
                )
        for path in (Path(root, name) for name in names if not _ignored(PurePath(name))):
            if (suffix := _suffix(path)) in SUFFIXES:
                yield path
            elif suffix in _DOCUMENTS:
                problems.documents.setdefault(str(path), path.relative_to(folder).as_posix())


def _ignored(path: PurePath) -> bool:
    # Zips made on Windows may have backslashes in their names.
    parts = [p.lower() for part in path.parts for p in part.split("\\") if p not in (".", "..")]
    return any(fnmatch.fnmatchcase(part, pattern) for part in parts for pattern in _IGNORED)


def _suffix(path: PurePath) -> str:
    """What a file is read as: ".csv" for "a.csv.gz" too, but ".gz" for "a.gz" and "a.tar.gz"."""
    suffix, inner = path.suffix.lower(), PurePath(path.stem).suffix.lower()
    return inner if suffix == ".gz" and inner in _GZIPPED else suffix


def _stem(name: str) -> str:
    path = PurePosixPath(name)
    if _suffix(path) != path.suffix.lower():  # .csv.gz
        name = name.removesuffix(path.suffix)
    return name.removesuffix(PurePosixPath(name).suffix)


def _members(path: Path, name: str, prefix: str, zips: Zips, problems: Problems) -> Iterator[File]:
    """Files of a zip; nothing is written to disk, so a name that climbs out is only a name."""
    try:
        archive = zips.get(path)
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        problems.unread(name, f"not a zip that can be read: {getattr(error, 'strerror', None) or error}")
        return
    total = 0
    made = _analyses((PurePosixPath(info.filename) for info in archive.infolist()), problems, f"{name}/")
    for info in sorted(archive.infolist(), key=lambda i: i.filename):
        place = PurePosixPath(info.filename)
        suffix = place.suffix.lower()  # a .gz in a zip is a document that is not read
        if suffix in _DOCUMENTS and not _ignored(place):
            problems.documents.setdefault(f"{path}/{info.filename}", f"{name}/{info.filename}")
        # In this order: is_dir() fails for a member without a name.
        if suffix not in SUFFIXES or info.is_dir() or _ignored(place) or _is_of(made, place):
            continue
        total += info.file_size
        if suffix == ".zip":
            problem = "a zip inside a zip is not read; unpack the outer one"
        elif info.file_size > MAX_ZIP_MEMBER:
            problem = f"unpacks to {info.file_size:,} bytes, more than the limit of {MAX_ZIP_MEMBER:,}"
        elif total > MAX_ZIP_TOTAL:
            problem = f"the zip unpacks to more than the limit of {MAX_ZIP_TOTAL:,} bytes; unpack it first"
        else:
            yield File(f"{name}/{info.filename}", prefix + _stem(info.filename), path, zips, info)
            continue
        problems.unread(f"{name}/{info.filename}", problem)
