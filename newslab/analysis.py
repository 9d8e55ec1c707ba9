"""From articles to an :class:`Analysis`: one table a stage, each row with its place in the text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from newslab import edges as _edges
from newslab.actor_table import ActorTable, read_actors
from newslab.actors import Roster
from newslab.corpus import read_articles
from newslab.corrections import COLUMNS as CORRECTION_COLUMNS
from newslab.corrections import Corrections, read_corrections
from newslab.duplicates import find_copies
from newslab.finding import Found, find
from newslab.reading import Reader
from newslab.sentiment import bootstrap_mean
from newslab.tables import DTYPES as _DTYPES
from newslab.tables import TABLES as _TABLES
from newslab.tables import actor_rows, rows_of
from newslab.tables import frame as _frame

if TYPE_CHECKING:
    import networkx

    from newslab.explanation import Explanation


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
        self.articles, self.quotes, self.mentions = articles, quotes, mentions
        self.actors, self.stances, self.problems = actors, stances, problems
        self.affiliations = _frame([], _DTYPES["affiliations"]) if affiliations is None else affiliations
        self.corrections = _frame([], CORRECTION_COLUMNS | {"status": "str"}) if corrections is None else corrections
        self.reader = reader

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
        unknown = int(self.quotes["speaker_id"].isna().sum())
        return (
            f"<newslab.Analysis of {len(self.articles):,} articles: {len(self.quotes):,} quotes ({unknown:,} without a "
            f"speaker), {len(self.actors):,} actors, {len(self.stances):,} stances, {len(self.problems):,} problems; "
            "see .edges(), .speakers(), .quotes, newslab.plot>"
        )

    def _repr_html_(self) -> str:
        unknown = int(self.quotes["speaker_id"].isna().sum())
        copies = int(self.articles["duplicate_of"].notna().sum())
        cells = [
            ("articles", f"{len(self.articles):,} ({copies:,} copies)"),
            ("quotes", f"{len(self.quotes):,} ({unknown:,} without a speaker)"),
            ("actors", f"{len(self.actors):,}"),
            ("stances", f"{len(self.stances):,}"),
            ("problems", f"{len(self.problems):,}"),
        ]
        rows = "".join(f"<tr><th scope='row' style='text-align:left'>{k}</th><td>{v}</td></tr>" for k, v in cells)
        return (
            f"<table><caption>newslab.Analysis</caption>{rows}</table>"
            "<p>Next: <code>.edges()</code>, <code>.speakers()</code>, <code>.quotes</code>, "
            "<code>nl.plot.network(analysis)</code></p>"
        )


def analyze(
    articles: pd.DataFrame | str | Path | Sequence[str | Path],
    *,
    reader: str | Reader = "model",
    actors: pd.DataFrame | str | Path | ActorTable | None = None,
    corrections: Corrections | pd.DataFrame | str | Path | None = None,
    workers: int | None = None,
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
        If a DataFrame has no text column, or the table of actors has a fault.
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
    frame = articles if _is_read(articles) else read_articles(articles, progress=progress)
    frame = frame.reset_index(drop=True)
    problems = [dict(p) for p in frame.attrs.get("problems", [])]
    chosen = reader if isinstance(reader, Reader) else Reader(reader, workers=workers)
    ids, found = frame["article_id"].tolist(), []
    readings = _bar(find(chosen, frame["text"], frame["published"], table), len(frame), progress)
    for ident, what in zip(ids, readings, strict=True):
        if isinstance(what, str):
            problems.append({"article_id": ident, "stage": "reading", "reason": what})
            what = Found()
        found.append(what)
    out = frame.drop(columns=["n_tokens", "duplicate_of"], errors="ignore")
    out["n_tokens"] = pd.Series([f.n_tokens for f in found], dtype="int64")
    out["duplicate_of"] = find_copies(out).astype("str")
    out.attrs = {}
    roster = Roster(lambda: zip(ids, (f.actors for f in found), strict=True), table)
    tables = rows_of(out, found, roster, table)
    own = [a for ident, f in zip(ids, found, strict=True) for a in roster.own(ident, f.actors)]
    analysis = Analysis(
        articles=out,
        **tables,
        actors=actor_rows([*roster.named.values(), *own], roster, table),
        problems=_frame([(p["article_id"], p["stage"], p["reason"]) for p in problems], _DTYPES["problems"]),
        reader=chosen.name,
    )
    return analysis if corrected is None else analysis.apply(corrected)


def _is_read(articles: object) -> bool:
    columns = {"article_id", "title", "text", "published", "outlet", "author", "url"}
    return isinstance(articles, pd.DataFrame) and columns <= set(articles.columns)


def _bar(items: Iterable[Any], total: int, progress: bool | None) -> Iterable[Any]:
    if progress is False or (progress is None and total <= 10):
        return items
    from tqdm.auto import tqdm

    return tqdm(items, desc="reading", unit=" articles", total=total)


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
