"""From articles to an :class:`Analysis`: one table a stage, each row with its place in the text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from newslab import edges as _edges
from newslab.actor_table import ActorTable, Known, read_actors
from newslab.actors import Actor, Resolution, join, resolve
from newslab.corpus import MAX_CHARS, read_articles
from newslab.corpus.columns import why_too_long
from newslab.corrections import COLUMNS as CORRECTION_COLUMNS
from newslab.corrections import Corrections, read_corrections
from newslab.display import Actors, Quotes, analysis_html, analysis_text
from newslab.duplicates import find_copies
from newslab.groups import affiliations
from newslab.quotes import Quote, complete, quotes_of
from newslab.reading import Reader, Reading
from newslab.sentiment import bootstrap_mean, sentiment
from newslab.stance import Stance, stances_of
from newslab.text import Text

if TYPE_CHECKING:
    import networkx

    from newslab.explanation import Explanation

_AT_ONCE = 32  # articles read at a time
_TABLES = ("articles", "quotes", "mentions", "actors", "stances", "affiliations", "problems")
_DTYPES: dict[str, dict[str, str]] = {
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


class Analysis:
    """What newslab found in a corpus: seven tables, and the summaries and files made from them.

    Made by :func:`analyze` or :func:`load`.

    Attributes
    ----------
    articles : DataFrame
        As read, plus ``n_tokens`` (int64) and ``duplicate_of`` (the article of which it is a copy, else NA).
    quotes : DataFrame
        One row a running quotation: where it stands, its ``kind`` (direct, indirect, mixed), ``speaker`` (NA when
        unknown), the words of ``source`` and ``cue`` with their places, ``attribution`` (named, resolved, continued,
        unknown), ``confidence``, TextBlob ``polarity`` and ``subjectivity``, and ``spans``, its fragments.
    mentions : DataFrame
        One row a mention of an actor: name, nominal or pronoun.
    actors : DataFrame
        One row an actor of the corpus, with ``aliases`` (list of str) and counts.
    stances : DataFrame
        One row a piece of evidence that ``source`` criticizes or backs ``target``, with its ``probability``.
    affiliations : DataFrame
        One row a ``member`` of a ``group`` (``relation`` "member"), or somebody who speaks for it ("for"), by article.
    problems : DataFrame
        What could not be read, by ``article_id``, ``stage`` and ``reason``.
    corrections : DataFrame
        The corrections that were applied, with their ``status``; see :meth:`apply`.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> text = "Ona Vell attacked Tam Orr. “Tam Orr is a disgrace,” Vell said."
    >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), progress=False)
    >>> analysis.edges("negative")[["source", "target", "n_articles"]].values.tolist()
    [['Ona Vell', 'Tam Orr', 1]]
    """

    def __init__(
        self,
        *,
        articles: pd.DataFrame,
        quotes: pd.DataFrame,
        mentions: pd.DataFrame,
        actors: pd.DataFrame,
        stances: pd.DataFrame,
        affiliations: pd.DataFrame | None = None,
        problems: pd.DataFrame,
        corrections: pd.DataFrame | None = None,
        reader: str = "rules",
    ) -> None:
        self.articles, self.quotes, self.mentions = articles, Quotes(quotes), mentions
        self.actors, self.stances, self.problems = Actors(actors), stances, problems
        self.affiliations = _frame([], _DTYPES["affiliations"]) if affiliations is None else affiliations
        self.corrections = _frame([], CORRECTION_COLUMNS | {"status": "str"}) if corrections is None else corrections
        self.reader = reader

    def _with(self, **tables: pd.DataFrame) -> Analysis:
        """The analysis with these tables in place of its own; the charts make parts of a corpus so."""
        names = (*_TABLES, "corrections")
        return Analysis(**{name: tables.get(name, getattr(self, name)) for name in names}, reader=self.reader)

    def speakers(self, *, confidence: float = 0.95, n_boot: int = 1000, seed: int = 0) -> pd.DataFrame:
        """Sentiment per speaker, from the articles that are no copies.

        Parameters
        ----------
        confidence : float, default 0.95
            Coverage of the intervals.
        n_boot : int, default 1000
            Bootstrap samples.
        seed : int, default 0
            Seed of the bootstrap.

        Returns
        -------
        DataFrame
            One row a speaker, the most quoted first: ``speaker``, ``speaker_id`` (str), ``n_quotes``, ``n_articles``
            (int64), ``polarity`` (mean of TextBlob's over the quotations, -1 to 1) with ``polarity_low`` and
            ``polarity_high`` (bootstrap over quotations; NaN for a single one), ``subjectivity`` (0 to 1),
            ``n_criticisms``, ``n_criticized`` (expected numbers of distinct articles in which the speaker criticizes,
            and is criticized). ``.attrs["n_unknown"]`` says how many quotations have no speaker and are in no row.

        See Also
        --------
        edges : who criticizes whom, which tone does not tell.
        """
        originals = self.articles.loc[self.articles["duplicate_of"].isna(), "article_id"]
        quotes = self.quotes[self.quotes["article_id"].isin(originals)]
        known = quotes[quotes["speaker_id"].notna()]
        grouped = known.groupby("speaker_id", sort=True)
        rows = grouped.agg(
            speaker=("speaker", "first"),
            n_quotes=("quote_id", "size"),
            n_articles=("article_id", "nunique"),
            polarity=("polarity", "mean"),
            subjectivity=("subjectivity", "mean"),
        ).reset_index()
        rng = np.random.default_rng(seed)
        bounds = [
            bootstrap_mean(group.to_numpy(), rng, n_boot=n_boot, confidence=confidence)
            for _, group in grouped["polarity"]
        ]
        rows["polarity_low"] = pd.Series([low for low, _ in bounds], dtype="float64")
        rows["polarity_high"] = pd.Series([high for _, high in bounds], dtype="float64")
        given, taken = _edges.criticism_counts(self.stances, originals)
        rows["n_criticisms"] = rows["speaker_id"].map(given).astype("float64").fillna(0.0)
        rows["n_criticized"] = rows["speaker_id"].map(taken).astype("float64").fillna(0.0)
        rows = rows.astype({"speaker": "str", "speaker_id": "str", "n_quotes": "int64", "n_articles": "int64"})
        rows["order"] = -rows["n_quotes"]
        rows = rows.sort_values(["order", "speaker", "speaker_id"], ignore_index=True)
        columns = ["speaker", "speaker_id", "n_quotes", "n_articles", "polarity", "polarity_low", "polarity_high",
                   "subjectivity", "n_criticisms", "n_criticized"]  # fmt: skip
        rows = rows[columns]
        rows.attrs["n_unknown"] = int(quotes["speaker_id"].isna().sum())
        return rows

    def edges(
        self,
        polarity: str | None = None,
        by: str | None = None,
        *,
        unit: str | None = None,
        groups: str = "said",
        via: str | Sequence[str] | None = None,
        claimed_by: bool | str | None = None,
        copies: bool = False,
        interval: str = "sample",
        confidence: float = 0.95,
        n_boot: int = 1000,
        seed: int = 0,
    ) -> pd.DataFrame:
        """Who criticizes, and who backs, whom.

        Parameters
        ----------
        polarity : {"negative", "positive"}, optional
            Only criticism, or only support. Default both.
        by : str, optional
            Also split by a column of ``articles`` ("outlet") or of ``stances`` ("source_party"), or by "day", "week",
            "month", "quarter" or "year".
        unit : str, optional
            Sum over a column that the actor table adds, such as "party", or over "type"; what actors without a value
            say, and what is said of them, is left out. Default each actor by itself.
        groups : {"said", "group", "members", "both"}, default "said"
            For whom the words of groups and spokespeople count. "said": for whom the article gives them to. "group":
            those of a named spokesperson for the body spoken for. "members": those of a group for its named members.
            "both": for the two.
        via : {"quote", "reported", "action"} or list of them, optional
            Only what shows in quotations, in reported speech and the narrator's words, or in deeds.
        claimed_by : bool or str, optional
            False: only what the article says itself or quotes from the source; True: only what others say that the
            source did; a name: what this actor says so.
        copies : bool, default False
            Count syndicated copies as articles of their own.
        interval : {"sample", "corpus"}, default "sample"
            What the intervals cover. "sample": the number to be expected of so many articles like these, which are
            taken as a sample. "corpus": the true number in these very articles.
        confidence : float, default 0.95
            Coverage of the intervals.
        n_boot : int, default 1000
            Bootstrap samples.
        seed : int, default 0
            Seed of the bootstrap.

        Returns
        -------
        DataFrame
            One row a source and target (and value of `by`, the first column), strongest first: ``source``,
            ``target``, ``source_id``, ``target_id``, ``n_negative``, ``n_positive`` (expected numbers of distinct
            articles in which the stance stands, each with ``_low`` and ``_high``), ``n_articles`` (int64, articles
            with any evidence), ``balance`` = (positive - negative) / (positive + negative), -1 to 1, with interval,
            ``first`` and ``last`` (dates of the articles, NaT when undated).

        Raises
        ------
        ValueError
            If an option is not one of the possible values.

        Notes
        -----
        "sample" resamples articles (Poisson bootstrap), each with the probability that its reading gives; "corpus"
        draws each reading by its probability. Both are right as far as the probabilities are calibrated
        (``docs/reading.md`` gives figures).

        Examples
        --------
        >>> import newslab as nl, pandas as pd
        >>> actors = pd.DataFrame({"name": ["Ona Vell", "Tam Orr"], "party": ["Harbour", "Reform"]})
        >>> text = "Ona Vell attacked Tam Orr. “Tam Orr is a disgrace,” Vell said."
        >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), actors=actors, progress=False)
        >>> analysis.edges("negative", unit="party")[["source", "target"]].values.tolist()
        [['Harbour', 'Reform']]
        """
        return _edges.sum_edges(
            self.stances, self.articles, self.actors, self.affiliations, polarity=polarity, by=by, unit=unit,
            groups=groups, via=via, claimed_by=claimed_by, copies=copies, interval=interval, confidence=confidence,
            n_boot=n_boot, seed=seed,
        )  # fmt: skip

    def explain(self, source: str, target: str, polarity: str | None = None) -> Explanation:
        """Why there is an edge: the sentences, who is meant in them and how one knows, and the probabilities.

        Parameters
        ----------
        source, target : str
            Actor names, aliases or ids.
        polarity : {"negative", "positive"}, optional
            Default both.

        Returns
        -------
        Explanation
            Shows itself in a notebook; its ``table`` is a DataFrame.

        Raises
        ------
        ValueError
            If an actor is not in the corpus; the message names the nearest.

        Examples
        --------
        >>> import newslab as nl, pandas as pd
        >>> text = "Mayor Ona Vell spoke on Friday. “Tam Orr is a disgrace and a liar,” she said."
        >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), progress=False)
        >>> analysis.explain("Ona Vell", "Tam Orr").table["source_chain"][0]
        ['she', 'Mayor Ona Vell']
        """
        from newslab.explanation import Explanation, chain

        rows = self.evidence(source, target, polarity)
        whole = _edges.article_stances(rows[["source_id", "target_id", "article_id", "polarity", "probability"]])
        whole = whole.set_index(["source_id", "target_id", "article_id"])
        spans = self.quotes.set_index("quote_id")[["source_start", "source_end"]]
        mentions = {
            key: part.sort_values("start")
            for key, part in self.mentions[self.mentions["article_id"].isin(rows["article_id"])].groupby(
                ["article_id", "actor_id"]
            )
        }
        none = self.mentions.iloc[:0]
        out = []
        for row in rows.itertuples():
            of = {
                side: mentions.get((row.article_id, getattr(row, f"{side}_id")), none) for side in ("source", "target")
            }
            start, end = row.start, row.end
            if row.quote_id in spans.index and not pd.isna(spans.loc[row.quote_id, "source_start"]):
                start, end = spans.loc[row.quote_id]
            p = float(whole.loc[(row.source_id, row.target_id, row.article_id), row.polarity])
            out.append((p, chain(of["source"], int(start), int(end)), chain(of["target"], row.start, row.end)))
        table = rows[
            ["article_id", "title", "outlet", "published", "polarity", "via", "claimed_by", "evidence", "start", "end"]
        ]
        table.insert(5, "probability", pd.Series([p for p, _, _ in out], index=table.index, dtype="float64"))
        table.insert(6, "share", rows["probability"])
        table = table.assign(
            source_chain=pd.Series([c for _, c, _ in out], index=table.index, dtype="object"),
            target_chain=pd.Series([c for *_, c in out], index=table.index, dtype="object"),
        )
        keys = ["published", "article_id", "polarity", "share"]
        table = table.sort_values(keys, ascending=[False, True, True, False], ignore_index=True)
        names = self.actors.set_index("actor_id")["name"]
        return Explanation(names[self._actor_ids(source)[0]], names[self._actor_ids(target)[0]], table)

    def suggest_actors(
        self, path: str | Path | None = None, *, score: float = 88.0, min_articles: int = 1
    ) -> pd.DataFrame:
        """A table of the corpus's actors to correct, for ``analyze(…, actors=…)``.

        Parameters
        ----------
        path : str or Path, optional
            A CSV file to write the table to; one that is there already is not overwritten.
        score : float, default 88
            Likeness (0 to 100) from which two names are proposed as one actor: with and without a middle name or
            initial, short forms of first names, other spellings.
        min_articles : int, default 1
            Leave out actors of fewer articles.

        Returns
        -------
        DataFrame
            One row an actor that has a name, the commonest first: ``name``, ``aliases`` (separated by ``;``),
            ``type``, the empty columns ``party``, ``role``, ``from`` and ``to``, ``score`` (likeness of the least
            alike of its names; below 100 look twice) and ``n_articles``.

        Raises
        ------
        FileExistsError
            If there is such a file, which may hold corrections.

        Notes
        -----
        Names are compared by rapidfuzz. A name that several actors have is left to none of them.
        """
        from newslab.actor_table import suggest

        table = suggest(self.actors, self.mentions, score=score, min_articles=min_articles)
        if path is not None:
            if Path(path).exists():
                raise FileExistsError(f"{path} is there already and may hold corrections; choose another name")
            table.to_csv(path, index=False)
        return table

    def evidence(
        self, source: str | None = None, target: str | None = None, polarity: str | None = None
    ) -> pd.DataFrame:
        """The sentences behind an edge: stances of these actors, newest article first.

        Parameters
        ----------
        source, target : str, optional
            Actor names or ids. Default any.
        polarity : {"negative", "positive"}, optional
            Default both.

        Returns
        -------
        DataFrame
            Rows of ``stances`` with ``title``, ``outlet`` and ``published`` of their articles.

        Raises
        ------
        ValueError
            If an actor is not in the corpus; the message names the nearest.
        """
        rows = self.stances
        for column, value in (("source", source), ("target", target)):
            if value is not None:
                rows = rows[rows[f"{column}_id"].isin(self._actor_ids(value))]
        if polarity is not None:
            if polarity not in ("negative", "positive"):
                raise ValueError(f"polarity is {polarity!r}; it may be 'negative', 'positive' or None for both")
            rows = rows[rows["polarity"] == polarity]
        rows = rows.merge(self.articles[["article_id", "title", "outlet", "published"]], on="article_id", how="left")
        return rows.sort_values(["published", "article_id", "start"], ascending=[False, True, True], ignore_index=True)

    def _actor_ids(self, name: str) -> list[str]:
        table = self.actors
        ids = table.loc[(table["name"] == name) | (table["actor_id"] == name), "actor_id"].tolist()
        ids = ids or [i for i, aliases in zip(table["actor_id"], table["aliases"], strict=True) if name in aliases]
        if not ids:
            from difflib import get_close_matches

            near = get_close_matches(name, table["name"].tolist(), n=3, cutoff=0.5)
            hint = f"; near are {', '.join(map(repr, near))}" if near else ""
            raise ValueError(f"no actor {name!r} in this corpus{hint}; see analysis.actors")
        return ids

    def apply(self, corrections: Corrections | pd.DataFrame | str | Path) -> Analysis:
        """A corrected copy; this analysis stays as it is.

        Parameters
        ----------
        corrections : Corrections, DataFrame or path
            Made in :func:`newslab.explore` or by hand; see :class:`newslab.Corrections`.

        Returns
        -------
        Analysis
            Stances that were judged are gone, or have probability 1 and are marked in the column ``corrected`` of
            ``stances``; quotations that were given a speaker have the ``attribution`` "corrected". ``corrections`` says
            of each correction whether it was "applied", "undone", "overruled" (by a later one of somebody else) or
            "not found"; the last two are listed in ``problems`` too.

        Notes
        -----
        A correction fits every article with the same text, whatever its id, and every piece of evidence for the same
        edge that overlaps with the one it was made on. It holds for the evidence, not for how it was read: a second
        analysis of the same texts by another reader can be corrected by the same table.
        """
        from newslab.corrections import apply

        return apply(self, corrections)

    def to_networkx(self, **options: Any) -> networkx.MultiDiGraph:
        """Edges as a graph: one node an actor, one edge a source, target and polarity; `options` as for `edges`."""
        from newslab.export import to_networkx

        return to_networkx(self.edges(**options), self.actors)

    def save(self, folder: str | Path) -> Path:
        """Write all tables to a folder of Parquet files; :func:`load` reads them back without loss.

        Parameters
        ----------
        folder : str or Path
            Made if it is not there; tables of an earlier save are replaced.

        Returns
        -------
        Path
            The folder.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name in _TABLES:
            table = getattr(self, name).copy()
            table.attrs = {}
            if name == "quotes":
                table["spans"] = [[list(s) for s in spans] for spans in table["spans"]]
            table.to_parquet(folder / f"{name}.parquet", index=False)
        from newslab import __version__

        self.corrections.to_parquet(folder / "corrections.parquet", index=False)
        about = {"newslab": __version__, "reader": self.reader}
        (folder / "analysis.json").write_text(json.dumps(about) + "\n", encoding="utf-8")
        return folder

    def export(self, folder: str | Path, formats: str | Sequence[str] = ("csv",)) -> list[Path]:
        """Write the analysis in other forms; see :func:`newslab.export.export`."""
        from newslab.export import export

        return export(self, folder, formats)

    def report(self, path: str | Path, **options: Any) -> Path:
        """Write a self-contained HTML page; see :func:`newslab.report.write_report`."""
        from newslab.report import write_report

        return write_report(self, path, **options)

    def __repr__(self) -> str:
        return analysis_text(self)

    def _repr_html_(self) -> str:
        return analysis_html(self)


def analyze(
    articles: pd.DataFrame | str | Path | Sequence[str | Path],
    *,
    reader: str | Reader = "model",
    actors: pd.DataFrame | str | Path | ActorTable | None = None,
    corrections: Corrections | pd.DataFrame | str | Path | None = None,
    workers: int | None = None,
    max_chars: int = MAX_CHARS,
    progress: bool | None = None,
) -> Analysis:
    """Read articles: who says what, who is who, and who criticizes or backs whom.

    Parameters
    ----------
    articles : DataFrame, path or list of paths
        From :func:`read_articles`, or anything that it reads.
    reader : {"model", "rules"} or Reader, default "model"
        A reader, or the name of one; see :class:`Reader`.
    actors : DataFrame, path or ActorTable, optional
        Who is who, as you know it: names, aliases, types, parties and roles with dates; see :func:`read_actors`. It
        takes precedence. ``party`` and further columns are added to the tables: ``speaker_party`` in ``quotes``,
        ``source_party`` and ``target_party`` in ``stances``, ``party`` in ``actors``.
    corrections : Corrections, DataFrame or path, optional
        Corrections of an earlier analysis of these articles, to be applied to this one; see :meth:`Analysis.apply`.
    workers : int, optional
        Threads of the "model" reader. Default one for each core. The number changes no row.
    max_chars : int, default 1,000,000
        A longer article stays in ``articles`` and is listed in ``problems``; it is not read.
    progress : bool, optional
        Show a progress bar. By default one is shown when there are more than 10 articles.

    Returns
    -------
    Analysis
        Its tables have one row a quotation, mention, actor, stance and problem. An article that cannot be read is
        listed in ``problems``, and the rest is read. The order of the articles and the number read at a time change
        no row.

    Raises
    ------
    ValueError
        If a DataFrame has no text column, the table of actors has a fault, or `max_chars` is below 1.
    FileNotFoundError
        If a path does not exist.

    See Also
    --------
    read_articles : what it takes, and how ids are made.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> articles = pd.DataFrame({"text": ["“We lost,” said Ona Vell."]})
    >>> nl.analyze(articles, progress=False).quotes[["speaker", "cue", "text"]].values.tolist()
    [['Ona Vell', 'said', 'We lost,']]
    """
    table = None if actors is None else read_actors(actors)
    corrected = None if corrections is None else read_corrections(corrections)
    if max_chars < 1:
        raise ValueError(f"max_chars is {max_chars!r}; it is a number of characters, at least 1")
    frame = articles if _is_read(articles) else read_articles(articles, max_chars=max_chars, progress=progress)
    frame = frame.reset_index(drop=True)
    problems = [dict(p) for p in frame.attrs.get("problems", [])]
    chosen = reader if isinstance(reader, Reader) else Reader(reader, workers=workers)
    ids, readings, resolutions, quotes, stances, counts = [], [], [], [], [], []
    days = dict(zip(frame["article_id"], frame["published"], strict=True))
    given = list(zip(frame["article_id"], frame["text"], strict=True))
    too_long = {i: why for i, text in given if (why := why_too_long(text, max_chars))}
    texts = [(i, "" if i in too_long else text) for i, text in given]
    articles_read = _read_all(chosen, texts)
    for article_id, reading in _bar(articles_read, len(frame), progress):
        try:
            if article_id in too_long:
                problems.append({"article_id": article_id, "stage": "reading", "reason": too_long[article_id]})
                counts.append(0)
                continue
            if isinstance(reading, Exception):
                raise reading
            complete(reading)
            resolution = resolve(reading, table, days[article_id])
            found = quotes_of(reading, resolution)
            attitudes = chosen.weigh(stances_of(reading, resolution, found), reading, resolution, found)
            counts.append(len(reading.text.tokens))
        except Exception as error:  # one bad article must not end a run of ten thousand; its reason is recorded
            problems.append(
                {"article_id": article_id, "stage": "reading", "reason": f"{type(error).__name__}: {error}"}
            )
            counts.append(0)
            continue
        ids.append(article_id)
        readings.append(reading)
        resolutions.append(resolution)
        quotes.append(found)
        stances.append(attitudes)
    out = frame.drop(columns=["n_tokens", "duplicate_of"], errors="ignore")
    out["n_tokens"] = pd.Series(counts, dtype="int64")
    out["duplicate_of"] = find_copies(out).astype("str")
    out.attrs = {}
    analysis = _tables(out, ids, readings, resolutions, quotes, stances, problems, chosen.name, table, days)
    return analysis if corrected is None else analysis.apply(corrected)


def _is_read(articles: object) -> bool:
    columns = {"article_id", "title", "text", "published", "outlet", "author", "url"}
    return isinstance(articles, pd.DataFrame) and columns <= set(articles.columns)


def _read_all(reader: Reader, articles: Sequence[tuple[str, str]]) -> Iterator[tuple[str, Reading | Exception]]:
    """Each article's reading, or why there is none. A batch that fails is read again, one article at a time."""
    remaining = iter(articles)
    while batch := list(islice(remaining, _AT_ONCE)):
        try:
            found: list[Reading | Exception] = list(reader.read_many([Text(text) for _, text in batch]))
        except Exception:  # whose fault it is shows when each is read alone; nothing is lost
            found = [_read_one(reader, text) for _, text in batch]
        yield from zip([ident for ident, _ in batch], found, strict=True)


def _read_one(reader: Reader, text: str) -> Reading | Exception:
    try:
        return reader.read(Text(text))
    except Exception as error:  # goes to the table of problems
        return error


def _bar(items: Iterable[Any], total: int, progress: bool | None) -> Iterable[Any]:
    if progress is False or (progress is None and total <= 10):
        return items
    from tqdm.auto import tqdm

    return tqdm(items, desc="reading", unit=" articles", total=total)


def _tables(
    articles: pd.DataFrame,
    ids: Sequence[str],
    readings: Sequence[Reading],
    resolutions: Sequence[Resolution],
    quotes: Sequence[Sequence[Quote]],
    stances: Sequence[Sequence[Stance]],
    problems: list[dict[str, str]],
    reader: str,
    table: ActorTable | None,
    days: dict[str, Any],
) -> Analysis:
    """Rows of all tables, from what was found in each article."""
    corpus = join(resolutions, ids)
    who = {member: actor for actor in corpus for member in actor.members}
    n_quotes: dict[str, int] = {}
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _DTYPES}

    for n, ident in enumerate(ids):
        text = readings[n].text.text

        def named(actor: int | None, n: int = n) -> tuple[str | None, str | None]:
            found = who.get((n, actor)) if actor is not None else None
            return (found.name, found.actor_id) if found else (None, None)

        for k, q in enumerate(quotes[n]):
            a = q.attribution
            start, end = a.content[0][0], a.content[-1][1]
            speaker, speaker_id = named(q.speaker)
            if speaker_id is not None:
                n_quotes[speaker_id] = n_quotes.get(speaker_id, 0) + 1
            source = (text[slice(*a.source)], *a.source) if a.source else (None, None, None)
            cue = (text[slice(*a.cue)], *a.cue) if a.cue else (None, None, None)
            rows["quotes"].append(
                (f"{ident}#q{k + 1}", ident, start, end, text[start:end], q.kind, speaker, speaker_id, *source, *cue,
                 q.how, q.confidence, None, None, list(a.content))
            )  # fmt: skip
        for k, (m, actor) in enumerate(zip(readings[n].mentions, resolutions[n].by_mention, strict=True)):
            if actor is not None:
                rows["mentions"].append(
                    (f"{ident}#m{k + 1}", ident, m.start, m.end, text[m.start : m.end], m.kind, *named(actor))
                )
        for k, s in enumerate(stances[n]):
            rows["stances"].append(
                (f"{ident}#s{k + 1}", ident, *named(s.source), *named(s.target), s.polarity, s.probability, s.via,
                 named(s.claimed_by)[0], None if s.quote is None else f"{ident}#q{s.quote + 1}", s.start, s.end,
                 text[s.start : s.end], False)
            )  # fmt: skip
        for f in affiliations(readings[n], resolutions[n]):
            rows["affiliations"].append(
                (ident, *named(f.group), *named(f.member), f.relation, f.start, f.end, text[f.start : f.end])
            )
    for actor in corpus:
        members: list[Actor] = [resolutions[n].actors[i] for n, i in actor.members]
        rows["actors"].append(
            (actor.actor_id, actor.name, actor.type, actor.aliases, len({n for n, _ in actor.members}),
             sum(len(m.mentions) for m in members), n_quotes.get(actor.actor_id, 0))
        )  # fmt: skip
    rows["problems"] = [(p["article_id"], p["stage"], p["reason"]) for p in problems]
    tables = {name: _frame(rows[name], dtypes) for name, dtypes in _DTYPES.items()}
    texts = [" ".join(r[4][a - r[2] : b - r[2]] for a, b in r[-1]) for r in rows["quotes"]]
    tables["quotes"][["polarity", "subjectivity"]] = sentiment(texts)
    if table is not None:
        _add_columns(tables, table, {a.actor_id: a.known for a in corpus}, days)
    return Analysis(articles=articles, **tables, reader=reader)


def _add_columns(
    tables: dict[str, pd.DataFrame], table: ActorTable, known: dict[str, Known | None], days: dict[str, Any]
) -> None:
    """What the analyst's table says of each actor, on the day of the article."""
    for column in table.columns:
        for name, prefixes in (("quotes", ("speaker_",)), ("stances", ("source_", "target_"))):
            for prefix in prefixes:
                ids = zip(tables[name][f"{prefix}id"], tables[name]["article_id"], strict=True)
                values = [a.at(column, days[i]) if (a := known.get(who)) else None for who, i in ids]
                tables[name][f"{prefix}{column}"] = pd.Series(values, dtype="str")
        values = [a.at(column, None) if (a := known[who]) else None for who in tables["actors"]["actor_id"]]
        tables["actors"][column] = pd.Series(values, dtype="str")


def _frame(rows: list[tuple[Any, ...]], dtypes: dict[str, str]) -> pd.DataFrame:
    columns = zip(*rows, strict=True) if rows else [()] * len(dtypes)
    return pd.DataFrame({c: pd.Series(list(v), dtype=t) for (c, t), v in zip(dtypes.items(), columns, strict=True)})


def load(folder: str | Path) -> Analysis:
    """Read a saved analysis.

    Parameters
    ----------
    folder : str or Path
        Where :meth:`Analysis.save` wrote.

    Returns
    -------
    Analysis
        Equal to the one saved.

    Raises
    ------
    FileNotFoundError
        If the folder or one of its tables is missing.
    ValueError
        If a file in it is not what :meth:`Analysis.save` writes.
    """
    folder = Path(folder)
    missing = [f for f in (*(f"{n}.parquet" for n in _TABLES), "analysis.json") if not (folder / f).is_file()]
    if missing:
        raise FileNotFoundError(
            f"{folder} holds no saved analysis: {', '.join(missing)} missing; analysis.save(folder) writes one"
        )
    try:
        about = json.loads((folder / "analysis.json").read_text(encoding="utf-8"))
        tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in _TABLES}
    except (OSError, ValueError) as error:
        raise ValueError(f"{folder} holds a damaged analysis: {error}") from error
    for name, dtypes in _DTYPES.items():
        absent = [c for c in dtypes if c not in tables[name].columns]
        if absent:
            raise ValueError(f"{folder / name}.parquet lacks the columns {', '.join(absent)}")
        tables[name] = tables[name].astype({c: t for c, t in dtypes.items() if t != "object"})
    tables["quotes"]["spans"] = pd.Series(
        [[tuple(map(int, s)) for s in spans] for spans in tables["quotes"]["spans"]], dtype="object"
    )
    tables["actors"]["aliases"] = pd.Series([list(a) for a in tables["actors"]["aliases"]], dtype="object")
    if (folder / "corrections.parquet").is_file():
        tables["corrections"] = pd.read_parquet(folder / "corrections.parquet")
    return Analysis(**tables, reader=str(about.get("reader", "rules")))
