"""The rows of all tables, from what was found in each article and who is who in the corpus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from newslab.actor_table import ActorTable
from newslab.corpus.columns import whole_characters
from newslab.finding import Found
from newslab.roster import CorpusActor, Roster

TABLES = ("articles", "quotes", "mentions", "actors", "stances", "affiliations", "problems")
DTYPES: dict[str, dict[str, str]] = {
    "quotes": {
        "quote_id": "str", "article_id": "str", "start": "int64", "end": "int64", "text": "str", "kind": "str",
        "speaker": "str", "speaker_id": "str", "source": "str", "source_start": "Int64", "source_end": "Int64",
        "cue": "str", "cue_start": "Int64", "cue_end": "Int64", "attribution": "str", "confidence": "float64",
        "polarity": "float64", "subjectivity": "float64", "spans": "object",
    },
    "mentions": {
        "mention_id": "str", "article_id": "str", "start": "int64", "end": "int64", "text": "str", "kind": "str",
        "actor": "str", "actor_id": "str",
    },
    "actors": {
        "actor_id": "str", "name": "str", "type": "str", "aliases": "object", "n_articles": "int64",
        "n_mentions": "int64", "n_quotes": "int64",
    },
    "stances": {
        "stance_id": "str", "article_id": "str", "source": "str", "source_id": "str", "target": "str",
        "target_id": "str", "polarity": "str", "probability": "float64", "via": "str", "claimed_by": "str",
        "quote_id": "str", "start": "int64", "end": "int64", "evidence": "str", "corrected": "bool",
    },
    "affiliations": {
        "article_id": "str", "group": "str", "group_id": "str", "member": "str", "member_id": "str", "relation": "str",
        "start": "int64", "end": "int64", "evidence": "str",
    },
    "problems": {"article_id": "str", "stage": "str", "reason": "str"},
}  # fmt: skip
ARTICLES = {
    "article_id": "str", "title": "str", "text": "str", "published": "datetime64[ns]", "outlet": "str", "author": "str",
    "url": "str", "n_tokens": "int64", "duplicate_of": "str",
}  # fmt: skip
ADDED = ("n_tokens", "duplicate_of")  # columns of articles that an analysis adds, in place of any of these names
# Rows are looked up by these, of which the first is an id; none is ever missing.
_FILLED = {
    "articles": ("article_id", "text"), "quotes": ("quote_id", "article_id", "text"),
    "mentions": ("mention_id", "article_id", "text", "actor", "actor_id"), "actors": ("actor_id", "name", "type"),
    "stances": ("stance_id", "article_id", "source", "source_id", "target", "target_id", "polarity"),
    "affiliations": ("article_id", "group", "group_id", "member", "member_id"),
}  # fmt: skip
_IDS = {name: _FILLED[name][0] for name in ("articles", "quotes", "mentions", "actors")}
# Whoever computes with these relies on where they lie; NaN lies nowhere
_BETWEEN = {
    "quotes": {"confidence": (0, 1), "polarity": (-1, 1), "subjectivity": (0, 1)}, "stances": {"probability": (0, 1)},
}  # fmt: skip
_ROWS = ("quotes", "mentions", "stances", "affiliations")
# Where rows have what an actor table tells, such as the party, of the day of the article
_ACTORS_IN = (("quotes", "speaker_"), ("stances", "source_"), ("stances", "target_"),
              ("affiliations", "group_"), ("affiliations", "member_"))  # fmt: skip


def frame(rows: Sequence[tuple[Any, ...]], dtypes: dict[str, str]) -> pd.DataFrame:
    """Rows as a DataFrame with these columns and dtypes, also when there is none."""
    columns = zip(*rows, strict=True) if rows else [()] * len(dtypes)
    return pd.DataFrame({c: pd.Series(list(v), dtype=t) for (c, t), v in zip(dtypes.items(), columns, strict=True)})


def problem_rows(problems: Iterable[Mapping[str, str]]) -> pd.DataFrame:
    """The problems table. The name of a file may hold what is no character, and a table cannot."""
    dtypes = DTYPES["problems"]
    return frame([tuple(whole_characters(problem[c]) for c in dtypes) for problem in problems], dtypes)


def typed(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """A table from a file, which may be anybody's, with the dtypes of the contract.

    Parameters
    ----------
    name : str
        Of the table.
    table : DataFrame
        All its columns or some of them.

    Raises
    ------
    ValueError
        If a column holds something else, or an id is missing or there twice. Nothing is guessed.
    """
    if not table.columns.is_unique:
        raise ValueError("two of its columns have one name")
    dtypes = {c: t for c, t in DTYPES.get(name, ARTICLES).items() if c in table.columns}
    out = table.copy(deep=False)
    for column, dtype in dtypes.items():
        if not _may_be(table[column], dtype):
            raise ValueError(f"the column {column} holds {table[column].dtype} and not {dtype}")
        try:
            out[column] = _as(table[column], dtype)
        except (ValueError, TypeError) as error:
            raise ValueError(f"the column {column} holds something that it should not: {error}") from error
    _check_rows(name, out)
    return out


def _check_rows(name: str, table: pd.DataFrame) -> None:
    """Complain of rows that cannot be looked up, or are about nobody or no polarity."""
    ident = _IDS.get(name)
    for column in _FILLED.get(name, ()):
        if column in table.columns and table[column].isna().any():
            raise ValueError(f"it has rows without {column}")
    for column, (low, high) in _BETWEEN.get(name, {}).items():
        if column in table.columns and len(other := table.loc[~table[column].between(low, high), column]):
            raise ValueError(f"the column {column} holds {other.iloc[0]}, not from {low} to {high}")
    if name == "stances" and "polarity" in table.columns:
        other = table.loc[~table["polarity"].isin(["negative", "positive"]), "polarity"]
        if len(other):
            raise ValueError(f"the column polarity holds {other.iloc[0]!r:.60}, which is neither negative nor positive")
    if ident in table.columns and not table[ident].is_unique:
        twice = table.loc[table[ident].duplicated(), ident].iloc[0]
        raise ValueError(f"it has the {ident} {twice!r} twice")


def _may_be(column: pd.Series, dtype: str) -> bool:
    """Whether a column, however its file keeps it, can be taken for one of a dtype."""
    if dtype == "datetime64[ns]":
        return pd.api.types.is_datetime64_any_dtype(column)
    filled = column.dropna()
    if dtype == "str":
        return isinstance(column.dtype, pd.StringDtype) or all(isinstance(value, str) for value in filled)
    return dtype == "object" or filled.empty or pd.api.types.is_numeric_dtype(column)


def _as(column: pd.Series, dtype: str) -> pd.Series:
    if dtype == "datetime64[ns]":  # of another unit it can stay
        return column
    if dtype == "object":
        made = _spans if column.name == "spans" else _names
        return pd.Series([made(value) for value in column], index=column.index, dtype="object")
    return column.astype(dtype)


def _spans(value: Any) -> list[tuple[int, int]]:
    return [(int(start), int(end)) for start, end in value]


def _names(value: Any) -> list[str]:
    if isinstance(value, str) or not all(isinstance(name, str) for name in value):
        raise TypeError(f"{value!r:.60} is no list of names")
    return list(value)


def rows_of(
    articles: pd.DataFrame, found: Iterable[Found], roster: Roster, table: ActorTable | None = None
) -> dict[str, pd.DataFrame]:
    """Quotes, mentions, stances and affiliations of some articles.

    Parameters
    ----------
    articles : DataFrame
        With ``article_id``, ``text`` and ``published``.
    found : iterable of Found
        What was found in each of them.
    roster : Roster
        The actors of the whole corpus.
    table : ActorTable, optional
        The analyst's actors, whose further columns are added.
    """
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _ROWS}
    for ident, text, f in zip(articles["article_id"], articles["text"], found, strict=True):
        who = [(a.name, a.actor_id) for a in roster.who(ident, f.actors)]
        nobody = (None, None)
        for k, (content, kind, speaker, source, cue, how, confidence, polarity, subjectivity) in enumerate(f.quotes, 1):
            start, end = content[0][0], content[-1][1]
            told = [(text[slice(*span)], *span) if span else (None, None, None) for span in (source, cue)]
            rows["quotes"].append(
                (f"{ident}#q{k}", ident, start, end, text[start:end], kind,
                 *(nobody if speaker is None else who[speaker]), *told[0], *told[1], how, confidence, polarity,
                 subjectivity, [tuple(span) for span in content])
            )  # fmt: skip
        for k, start, end, kind, actor in f.mentions:
            rows["mentions"].append((f"{ident}#m{k + 1}", ident, start, end, text[start:end], kind, *who[actor]))
        for k, (source, target, polarity, p, via, by, quote, start, end) in enumerate(f.stances, 1):
            if who[source] == who[target]:  # two names of one actor, as the rest of the corpus tells
                continue
            rows["stances"].append(
                (f"{ident}#s{k}", ident, *who[source], *who[target], polarity, p, via,
                 None if by is None else who[by][0], None if quote is None else f"{ident}#q{quote + 1}", start, end,
                 text[start:end], False)
            )  # fmt: skip
        for group, member, relation, start, end in f.affiliations:
            if who[group] != who[member]:
                rows["affiliations"].append((ident, *who[group], *who[member], relation, start, end, text[start:end]))
    tables = {name: frame(rows[name], DTYPES[name]) for name in _ROWS}
    if table is not None:
        known, days = roster.known(), dict(zip(articles["article_id"], articles["published"], strict=True))
        for name, prefix in _ACTORS_IN:
            ids = list(zip(tables[name][f"{prefix}id"], tables[name]["article_id"], strict=True))
            for column in table.columns:
                values = [a.at(column, days[i]) if (a := known.get(who)) else None for who, i in ids]
                tables[name][f"{prefix}{column}"] = pd.Series(values, dtype="str")
    return tables


def actor_counts(mentions: pd.DataFrame, quotes: pd.DataFrame, stances: pd.DataFrame) -> pd.DataFrame:
    """Counts of the actors table, by id, of those whom these tables name."""
    uses = [(mentions, "actor_id"), (quotes, "speaker_id"), (stances, "source_id"), (stances, "target_id")]
    seen = pd.concat([t[[c, "article_id"]].set_axis(["actor_id", "article_id"], axis=1) for t, c in uses])
    n_articles = seen.dropna().groupby("actor_id")["article_id"].nunique()
    counts = {"n_mentions": mentions["actor_id"].value_counts(), "n_quotes": quotes["speaker_id"].value_counts()}
    return pd.DataFrame({"n_articles": n_articles, **counts}).fillna(0).astype("int64")


def actor_rows(actors: Iterable[CorpusActor], roster: Roster, table: ActorTable | None = None) -> pd.DataFrame:
    """The actors table, by id."""
    rows = frame(sorted(a.row() for a in actors), DTYPES["actors"])
    known = roster.known()
    for column in table.columns if table is not None else ():
        values = [a.at(column, None) if (a := known.get(who)) else None for who in rows["actor_id"]]
        rows[column] = pd.Series(values, dtype="str")
    return rows
