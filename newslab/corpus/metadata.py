"""A ``metadata.csv`` or ``metadata.tsv`` beside text files, also gzipped: what it says about them."""

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any

from newslab.corpus.columns import COLUMNS, free_name, is_blank, match_columns, plain, told_in_words
from newslab.corpus.decoding import decode
from newslab.corpus.files import File
from newslab.corpus.formats import Blocks, lines_of, read_csv
from newslab.corpus.gathering import Gatherer
from newslab.corpus.problems import Unreadable


def split_metadata(
    files: Sequence[File], gatherer: Gatherer, encoding: str | None
) -> tuple[list[File], dict[File, dict[str, Any]]]:
    """Read the metadata among files: the other files, and what is said about them."""
    tables = {file: table for file in files if (table := _read(file, encoding, gatherer)) is not None}
    by_location: dict[str, list[File]] = defaultdict(list)
    for file in files:
        if file.suffix in (".txt", ".html", ".htm"):
            place = file.location
            # a.txt.gz is "a.txt" and "a" too
            for name in {place, place.with_suffix(""), place.with_name(PurePath(file.ident).name)}:
                by_location[str(name)].append(file)
    stated: dict[File, dict[str, Any]] = {}
    for file, table in tables.items():
        for number, reason in table.bad:
            gatherer.problems.note(file.label, f"row {number}: {reason}")
        key = _key(table.dtypes)
        columns = match_columns([name for name in table.dtypes if name != key], gatherer.given)
        gatherer.found |= columns.items() & gatherer.given.items()
        ours = {name: wanted for wanted, name in columns.items()}
        rows = (row for block in table.blocks for row in zip(block.index, block.to_dict("records"), strict=True))
        for number, row in rows:
            if is_blank(name := row.pop(key)):
                gatherer.problems.note(file.label, f"row {number}: names no file")
                continue
            name = name.strip()
            said = {ours.get(k) or free_name(k): v for k, v in row.items()}
            said = {k: v for k, v in said.items() if k not in COLUMNS or not is_blank(v)}
            named = by_location.get(os.path.normpath(file.location.parent / name.replace("\\", "/")), [])
            stated.update(dict.fromkeys(named, said))
            if not named:
                gatherer.problems.note(file.label, f"row {number}: there is no file {name!r}")
    return [file for file in files if file not in tables], stated


def _read(file: File, encoding: str | None, gatherer: Gatherer) -> Blocks | None:
    """A table with names of files and no texts; None if it is another, or none (told when it is read as one)."""
    if file.location.name.lower().removesuffix(".gz") not in ("metadata.csv", "metadata.tsv"):
        return None

    def in_words(names: Sequence[str]) -> set[str | None]:
        return {_key(names), *told_in_words(names, gatherer.given)}

    try:
        table = read_csv(lines_of(decode(file.load(), encoding)), file.suffix, gatherer, in_words)
    except Unreadable:
        return None
    return None if _key(table.dtypes) is None or "text" in match_columns(list(table.dtypes), {}) else table


def _key(names: Iterable[str]) -> str | None:
    return next((name for name in names if plain(name) in ("file", "filename", "path")), None)
