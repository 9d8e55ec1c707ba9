"""The analyst's table of actors: who is known under which names, of which type and party, in which role, and when.

It takes precedence over what newslab makes of the names by itself, and it resolves roles by the date of the article:
"the prime minister" in March and in October. :func:`suggest` writes a table to start from.
"""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from rapidfuzz import fuzz, process

from newslab.checks import meant
from newslab.corpus.columns import is_blank
from newslab.corpus.dates import parse_day
from newslab.naming import normal_name
from newslab.plurals import how_many
from newslab.reading import Mention
from newslab.spreadsheets import read_guarded
from newslab.text import AsRead

COLUMNS = ("name", "aliases", "type", "party", "role", "from", "to")
_IGNORED = ("score", "n_articles", "note")  # what suggest_actors tells, and what an analyst notes
TYPES = ("person", "organisation", "group")
_ARTICLE = re.compile(r"^(?:the|a|an|our|their|his|her|its|this)\s+", re.I)


@dataclass(frozen=True)
class Period:
    """From one day to another, both included; None is open."""

    start: pd.Timestamp | None
    end: pd.Timestamp | None

    def holds(self, day: pd.Timestamp | None) -> bool:
        """Whether a day lies in it; an unknown day lies in what has no limits only."""
        if day is None or pd.isna(day):
            return self.start is None and self.end is None
        day = day.normalize()
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def overlaps(self, other: Period) -> bool:
        """Whether the two have a day in common."""
        return (self.start is None or other.end is None or self.start <= other.end) and (
            other.start is None or self.end is None or other.start <= self.end
        )

    def __str__(self) -> str:
        first, last = (None if d is None else str(d.date()) for d in (self.start, self.end))
        if first and last:
            return f"from {first} to {last}"
        return f"from {first}" if first else f"to {last}" if last else "at all times"


@dataclass
class Known:
    """One actor of the table."""

    name: str
    type: str | None = None
    names: list[tuple[str, Period]] = field(default_factory=list)
    roles: list[tuple[str, Period]] = field(default_factory=list)
    facts: list[tuple[Period, dict[str, Any]]] = field(default_factory=list)

    def at(self, column: str, day: pd.Timestamp | None) -> Any:
        """Value of a column on a day: of the row of that day, else the last one given."""
        values = [(period, facts[column]) for period, facts in self.facts if facts.get(column) is not None]
        dated = [v for period, v in values if day is not None and not pd.isna(day) and period.holds(day)]
        return dated[-1] if dated else values[-1][1] if values else None


class ActorTable:
    """A checked table of actors; made by :func:`read_actors`.

    Attributes
    ----------
    actors : list of Known
        One for each name.
    columns : list of str
        What the table adds to the tables of an analysis: "party" and further columns.
    """

    def __init__(self, actors: Sequence[Known], columns: Sequence[str]) -> None:
        self.actors, self.columns = list(actors), list(columns)
        self._names: dict[str, list[tuple[Period, Known]]] = defaultdict(list)
        self._roles: dict[str, list[tuple[Period, Known]]] = defaultdict(list)
        for actor in self.actors:
            for name, period in actor.names:
                self._names[_plain(name)].append((period, actor))
            for role, period in actor.roles:
                self._roles[_plain(role)].append((period, actor))
        self.by_name = {a.name: a for a in self.actors}

    def find(self, mention: Mention, surface: str, day: pd.Timestamp | None) -> Known | None:
        """The actor whom a mention means by its words: a name or alias, or a role on that day."""
        words = dict.fromkeys((_plain(surface), _plain(mention.name)))
        found = next((a for w in words for period, a in self._names.get(w, ()) if period.holds(day)), None)
        if found is None:
            found = next((a for w in words for period, a in self._roles.get(w, ()) if period.holds(day)), None)
        return found

    def __len__(self) -> int:
        return len(self.actors)

    def __repr__(self) -> str:
        roles = how_many(sum(len(a.roles) for a in self.actors), "role")
        columns = f"; columns {', '.join(self.columns)}" if self.columns else ""
        return f"<newslab.ActorTable of {how_many(len(self), 'actor')} with {roles}{columns}>"

    def _repr_html_(self) -> str:
        from newslab.display import actor_table_html

        return actor_table_html(self)


def read_actors(table: pd.DataFrame | str | Path | ActorTable, *, extra: Sequence[str] = ()) -> ActorTable:
    """Read and check a table of actors.

    Parameters
    ----------
    table : DataFrame or path
        A CSV, TSV, XLSX or Parquet file, or a DataFrame. Columns, of which only ``name`` must be there:

        ``name``
            What the actor is to be called. Several rows of one name are one actor, with several roles or parties.
        ``aliases``
            Other names, separated by ``;`` (or a list).
        ``type``
            "person", "organisation" or "group".
        ``party``
            Anything to sum edges by.
        ``role``
            A description that means this actor: "prime minister", "Harbour leader".
        ``from``, ``to``
            First and last day of the row's role, or, in a row without a role, of its names and party, such as
            2031-05-01 or 1.5.2031. Empty is open.

        ``score``, ``n_articles`` and ``note`` are ignored, so that the table of
        :meth:`~newslab.Analysis.suggest_actors` can be read as it is.
    extra : sequence of str
        Further columns that are to be added to the tables of the analysis, as ``party`` is.

    Returns
    -------
    ActorTable

    Raises
    ------
    ValueError
        If a column is unknown; a name is empty; a type or date is not understood; a role is held by two actors at once;
        or two actors have one alias at the same time. The message names the rows, counted from 1 below the heading.
    FileNotFoundError
        If there is no such file.
    TypeError
        If `table` is of another kind.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> table = pd.DataFrame({"name": ["Ona Vell", "Tam Orr"], "role": ["prime minister"] * 2,
    ...                       "from": ["", "2031-05-01"], "to": ["2031-04-30", ""], "party": ["Harbour", "Reform"]})
    >>> nl.read_actors(table)
    <newslab.ActorTable of 2 actors with 2 roles; columns party>
    """
    if isinstance(table, ActorTable):
        return table
    if not isinstance(table, (pd.DataFrame, str, os.PathLike)):
        raise TypeError(
            f"actors are a {type(table).__name__}; give a table, pd.DataFrame({{'name': […]}}), or the path of one"
        )
    frame = table if isinstance(table, pd.DataFrame) else _load(Path(table).expanduser())
    extra = [extra] if isinstance(extra, str) else list(extra)
    allowed = [*COLUMNS, *extra, *_IGNORED]
    names = [str(c) for c in frame.columns]
    for column in names:
        if column not in allowed:
            raise ValueError(
                f"the actor table has a column {column!r}{meant(column, COLUMNS) or ';'} it may have "
                f"{', '.join(COLUMNS)}, and others that are named in read_actors(…, extra=[{column!r}])"
            )
    absent = [c for c in ("name", *extra) if c not in names]
    if absent:
        raise ValueError(f"the actor table lacks the column {absent[0]!r}; it has {', '.join(names) or 'none'}")
    added = [c for c in ("party", *extra) if c in names]
    actors: dict[str, Known] = {}
    places: dict[tuple[str, str], list[tuple[Period, str, int]]] = defaultdict(list)
    for number, row in enumerate(frame.to_dict("records"), 1):
        if all(is_blank(v) for v in row.values()):
            continue
        _take(row, number, actors, added, places)
    _check(places)
    return ActorTable(list(actors.values()), added)


def _load(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise FileNotFoundError(
            f"no actor table {path}; analysis.suggest_actors({str(path)!r}) writes one to start from"
        )
    kind = path.suffix.lower()
    try:
        if kind == ".parquet":
            return pd.read_parquet(path)
        return read_guarded(path, na_values=[])
    except (ValueError, OSError) as error:  # pandas' parser errors are ValueErrors
        raise ValueError(f"{path} is no table of actors: {error}") from error


def _take(
    row: dict[str, Any],
    number: int,
    actors: dict[str, Known],
    added: Sequence[str],
    places: dict[tuple[str, str], list[tuple[Period, str, int]]],
) -> None:
    """Add one row to the actors, and its names and roles to what has to be checked."""
    name = _cell(row.get("name"))
    if not name:
        raise ValueError(f"row {number} of the actor table has no name")
    actor = actors.setdefault(name, Known(name))
    kind = _cell(row.get("type"))
    if kind and kind not in TYPES:
        raise ValueError(
            f"row {number} of the actor table: the type of {name} is {kind!r}; it may be {', '.join(TYPES)}"
        )
    if kind and actor.type and kind != actor.type:
        raise ValueError(f"row {number} of the actor table: {name} is {kind} here and {actor.type} in a row above")
    actor.type = actor.type or kind
    period = Period(_day(row.get("from"), "from", number, name), _day(row.get("to"), "to", number, name))
    if period.start is not None and period.end is not None and period.end < period.start:
        raise ValueError(f"row {number} of the actor table: {name} is there {period}, which ends before it begins")
    role = _cell(row.get("role"))
    named = Period(None, None) if role else period
    for alias in (name, *_aliases(row.get("aliases"))):
        actor.names.append((alias, named))
        places["alias", _plain(alias)].append((named, name, number))
    if role:
        actor.roles.append((role, period))
        places["role", _plain(role)].append((period, name, number))
    actor.facts.append((period, {c: _cell(row.get(c)) for c in added}))


def _check(places: dict[tuple[str, str], list[tuple[Period, str, int]]]) -> None:
    for (what, words), rows in places.items():
        for k, (period, name, number) in enumerate(rows):
            for other, namesake, above in rows[:k]:
                if name == namesake or not period.overlaps(other):
                    continue
                if what == "role":
                    raise ValueError(
                        f"rows {above} and {number} of the actor table overlap: {namesake} is {words!r} {other} and "
                        f"{name} {period}; end one role before the next begins"
                    )
                raise ValueError(
                    f"rows {above} and {number} of the actor table: {namesake} and {name} both have the alias "
                    f"{words!r}; leave it to one of them, or give both rows dates (from, to) that do not overlap"
                )


def _cell(value: Any) -> str | None:
    return None if is_blank(value) else re.sub(r"\s+", " ", str(value)).strip()


def _aliases(value: Any) -> list[str]:
    parts = (
        value
        if isinstance(value, (list, tuple, set)) or hasattr(value, "tolist")
        else re.split(r"[;|]", _cell(value) or "")
    )
    return [a for a in (_cell(p) for p in parts) if a]


def _day(value: Any, column: str, number: int, name: str) -> pd.Timestamp | None:
    if is_blank(value):
        return None
    try:
        day = parse_day(value)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"row {number} of the actor table: {column} of {name} is {value!r}, no date such as 2031-05-01"
        ) from error
    if day.tzinfo is not None:
        day = day.tz_localize(None)
    return day.normalize()


def _plain(name: str) -> str:
    """A name for comparison: without article, possessive and case, and as names in articles are read."""
    name = re.sub(r"['’]s?$", "", AsRead(name).text.replace("’", "'").strip())
    return re.sub(r"[\s\-]+", " ", _ARTICLE.sub("", name).replace(".", "")).casefold()


# ---- proposals ----------------------------------------------------------------------------------------------------


def suggest(actors: pd.DataFrame, mentions: pd.DataFrame, *, score: float, min_articles: int) -> pd.DataFrame:
    """A table of actors to correct; see :meth:`newslab.Analysis.suggest_actors`."""
    named = mentions[mentions["kind"] == "name"].groupby("actor_id")["text"].agg(lambda x: list(dict.fromkeys(x)))
    table = actors[actors["actor_id"].isin(named.index) & (actors["n_articles"] >= min_articles)]
    table = table.sort_values(["n_articles", "n_mentions", "name"], ascending=[False, False, True], ignore_index=True)
    leaders: dict[int, list[int]] = {}  # row of the commonest name → rows that it is proposed to be one with
    likeness: dict[int, float] = {}
    blocks: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, (name, kind) in enumerate(zip(table["name"], table["type"], strict=True)):
        person = kind == "person"
        words = [w[:1].casefold() for w in name.split()[-1:]] if person else name.casefold().split()
        near = sorted({k for w in words for k in blocks[kind, w]})
        choices = {k: table["name"][k] for k in near}
        scorer = _person_likeness if person else _body_likeness
        best = process.extractOne(name, choices, scorer=scorer, processor=None, score_cutoff=score)
        if best is not None:
            leaders[best[2]].append(i)
            likeness[best[2]] = min(likeness.get(best[2], 100.0), float(best[1]))
            continue
        leaders[i] = [i]
        for w in words:
            blocks[kind, w].append(i)
    called = {
        i: [a for k in rows for a in (table["name"][k], *named[table["actor_id"][k]])] for i, rows in leaders.items()
    }
    owners = Counter(w for names in called.values() for w in {_plain(a) for a in names})
    out = []
    for i, names in called.items():
        own = {_plain(a): a for a in reversed(names) if _is_name(a) and owners[_plain(a)] == 1}
        own = {w: a for w, a in own.items() if normal_name(a) != normal_name(table["name"][i])}  # not just a title more
        aliases = "; ".join(re.sub(r"['’]s?$", "", a) for a in reversed(own.values()))
        n = int(table["n_articles"][leaders[i]].max())
        out.append((table["name"][i], aliases, table["type"][i], "", "", "", "", round(likeness.get(i, 100.0), 1), n))
    frame = pd.DataFrame(out, columns=[*COLUMNS, "score", "n_articles"])
    frame = frame[~frame["name"].map(_plain).duplicated()].reset_index(drop=True)  # "US" of few beside "U.S." of many
    return frame.astype({c: "str" for c in COLUMNS} | {"score": "float64", "n_articles": "int64"})


def _is_name(alias: str) -> bool:
    """Whether an alias is a name, and not a description that means somebody else in the next article."""
    return alias[:1].isupper() and not _ARTICLE.match(alias) and len(alias) > 1 and ";" not in alias


def _person_likeness(a: str, b: str, **_: Any) -> float:
    """How alike the names of two people are, 0 to 100: the surname counts most, initials and short forms fit."""
    left, right = a.casefold().replace(".", "").split(), b.casefold().replace(".", "").split()
    if len(left) < 2 or len(right) < 2:
        return 0.0  # a surname alone was joined already where it is clear
    last = fuzz.ratio(left[-1], right[-1])
    first, other = left[0], right[0]
    if first == other or (1 in (len(first), len(other)) and first[0] == other[0]):
        given = 100.0
    elif first.startswith(other[:3]) or other.startswith(first[:3]):
        given = 90.0
    else:
        given = fuzz.ratio(first, other)
    return min(last, given) if last < 100 else 0.6 * last + 0.4 * given if given >= 60 else 0.0


def _body_likeness(a: str, b: str, **_: Any) -> float:
    """How alike the names of two organisations are, 0 to 100."""
    if {len(a.split()), len(b.split())} == {1} and min(len(a), len(b)) < 5:
        return 0.0
    return float(fuzz.token_sort_ratio(a.casefold(), b.casefold()))
