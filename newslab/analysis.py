"""From articles to an :class:`Analysis`: one table a stage, each row with its place in the text."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from inspect import signature
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from newslab.actor_table import ActorTable, read_actors, suggest
from newslab.checks import at_least, between, listed, meant, need_str, need_text_dtype, one_of, refuse_texts
from newslab.corpus import MAX_CHARS, check_options, read_noted
from newslab.corrections import COLUMNS as CORRECTION_COLUMNS
from newslab.corrections import Corrections, read_corrections
from newslab.disk import refuse_link_out
from newslab.display import Actors, Quotes, analysis_html, analysis_text
from newslab.duplicates import find_copies
from newslab.edges import article_stances, sum_edges
from newslab.finding import Found, find, only_new_garbage
from newslab.lookup import COLUMNS as ACTOR_COLUMNS
from newslab.lookup import Names
from newslab.parts import MANIFEST, Parts, is_in_parts
from newslab.reading import Reader
from newslab.roster import Roster
from newslab.saved import read_saved, write_saved
from newslab.sentiment import sum_speakers
from newslab.spreadsheets import neutralise_formulas, to_csv
from newslab.staging import is_read
from newslab.streaming import BATCH, analyze_in_parts, is_unfinished
from newslab.tables import ADDED, DTYPES, TABLES, actor_counts, actor_rows, frame, problem_rows, rows_of

if TYPE_CHECKING:
    import networkx
    from distributed import Client

    from newslab.explanation import Explanation


_BAR = 10  # articles from which a progress bar is shown unasked


class _Table:
    """A table of an analysis, which one in parts reads when it is asked for the first time."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, analysis: Analysis | None, owner: type) -> pd.DataFrame:
        if analysis is None:
            return self  # type: ignore[return-value]  # of the class, for whoever looks it over
        if self.name not in analysis._tables:
            self.__set__(analysis, analysis._parts.read(self.name))
        return analysis._tables[self.name]

    def __set__(self, analysis: Analysis, table: pd.DataFrame) -> None:
        shown = {"quotes": Quotes, "actors": Actors}.get(self.name)  # as they show themselves in a notebook
        analysis._tables[self.name] = table if shown is None else shown(table)


class Analysis:
    """What newslab found in a corpus: seven tables, and the summaries and files made from them.

    Made by :func:`analyze` or :func:`load`.

    Attributes
    ----------
    articles : DataFrame
        As read, plus ``n_tokens`` (int64) and ``duplicate_of`` (the article of which it is a copy, else NA).
    quotes : DataFrame
        One row a quotation: where it stands, its ``kind`` (direct, indirect, mixed), ``speaker`` (NA when
        unknown), the words of ``source`` and ``cue`` with their places, ``attribution`` (named, resolved, continued,
        corrected, unknown), ``confidence``, TextBlob ``polarity`` and ``subjectivity``, and ``spans``, its fragments.
    mentions : DataFrame
        One row a mention of an actor: a name, a nominal ("the mayor") or a pronoun.
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
    reader : str
        Name of the reader: "model", "rules" or that of your own.

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
        self._tables: dict[str, pd.DataFrame] = {}  # all, but of one in parts those that were asked for
        self._parts: Parts | None = None
        self.articles, self.quotes, self.mentions = articles, quotes, mentions
        self.actors, self.stances, self.problems = actors, stances, problems
        self.affiliations = frame([], DTYPES["affiliations"]) if affiliations is None else affiliations
        self.corrections = _no_corrections() if corrections is None else corrections
        self.reader = reader

    def __copy__(self) -> Analysis:
        """As ``copy.copy`` has to be: a table that is set in the copy is not set in this one."""
        copied = type(self).__new__(type(self))
        copied.__dict__.update(self.__dict__, _tables=dict(self._tables))
        return copied

    def _with(self, **tables: pd.DataFrame) -> Analysis:
        """The analysis with these tables in place of its own; the charts make parts of a corpus so."""
        names = (*TABLES, "corrections")
        return Analysis(**{name: tables.get(name, getattr(self, name)) for name in names}, reader=self.reader)

    def _of_articles(self, ids: Iterable[str]) -> Analysis:
        """The analysis of these articles alone; actors, problems and corrections stay."""
        names = ("articles", "quotes", "mentions", "stances", "affiliations")
        tables = {name: getattr(self, name) for name in names}
        return self._with(**{name: table[table["article_id"].isin(ids)] for name, table in tables.items()})

    articles, quotes, mentions, actors = _Table(), _Table(), _Table(), _Table()
    stances, affiliations, problems = _Table(), _Table(), _Table()

    @classmethod
    def _of_parts(cls, parts: Parts) -> Analysis:
        """An analysis whose tables are read when they are asked for."""
        analysis = cls.__new__(cls)
        analysis._tables, analysis._parts, analysis.reader = {}, parts, parts.reader
        analysis.corrections = _no_corrections()
        return analysis

    def table(
        self, name: str, columns: str | Sequence[str] | None = None, *, article_id: str | Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Columns of a table, or the rows of some articles, without loading the rest of it.

        ``analysis.quotes`` is the whole table. Of an analysis in parts (``analyze(…, out=…)``) that may be more than
        memory holds; this reads only what is asked for.

        Parameters
        ----------
        name : str
            "articles", "quotes", "mentions", "actors", "stances", "affiliations" or "problems".
        columns : str or list of str, optional
            Default all.
        article_id : str or list of str, optional
            Only rows of these articles.

        Returns
        -------
        DataFrame
            A new table.

        Raises
        ------
        ValueError
            If there is no such table or column.
        TypeError
            If an id is no str.

        Examples
        --------
        >>> import newslab as nl, pandas as pd
        >>> analysis = nl.analyze(pd.DataFrame({"text": ["“We lost,” said Ona Vell."]}), progress=False)
        >>> analysis.table("quotes", ["speaker", "text"], article_id="article-1").values.tolist()
        [['Ona Vell', 'We lost,']]
        """
        if name not in TABLES:
            raise ValueError(f"there is no table {name!r}{meant(name, TABLES)}; tables are {', '.join(TABLES)}")
        given, ids = _listed(columns), _listed(article_id)
        has = self._names(name)
        absent = [c for c in [*(given or []), *(["article_id"] if ids is not None else [])] if c not in has]
        if absent:
            raise ValueError(f"{name} has no column {absent[0]!r}{meant(absent[0], has)}; columns are {', '.join(has)}")
        for ident in ids or []:
            need_str("article_id", ident)
        return self._rows(name, given, None if ids is None else {"article_id": ids})

    def text(self, article_id: str) -> str:
        """The text of one article.

        Parameters
        ----------
        article_id : str

        Returns
        -------
        str

        Raises
        ------
        ValueError
            If there is no such article; the message names the nearest.
        TypeError
            If `article_id` is no str.

        Examples
        --------
        >>> import newslab as nl, pandas as pd
        >>> nl.analyze(pd.DataFrame({"text": ["“We lost,” said Ona Vell."]}), progress=False).text("article-1")
        '“We lost,” said Ona Vell.'
        """
        need_str("article_id", article_id)
        found = self._rows("articles", ["text"], {"article_id": [article_id]})["text"]
        if found.empty:
            raise self._no_article(article_id)
        return str(found.iloc[0])

    def _no_article(self, ident: str) -> ValueError:
        """The error for an id that no article has, with the nearest that one has."""
        hint = meant(ident, self._rows("articles", ["article_id"])["article_id"].tolist())
        return ValueError(f"no article {ident!r} in this analysis{hint}; see analysis.articles")

    def select(self, articles: pd.DataFrame | Iterable[str]) -> Analysis:
        """The analysis of some of the articles, such as those of one outlet or year; nothing is read again.

        Parameters
        ----------
        articles : DataFrame or list of str
            Rows of ``articles``, or ids of articles.

        Returns
        -------
        Analysis
            In memory, with the rows of these articles in all tables, and in ``actors`` those that are in them, counted
            anew. Who is who stays as all articles tell, and so does what is a copy, also of an article that is not
            among these; ``edges(copies=True)`` counts copies. ``corrections`` are kept whole.

        Raises
        ------
        ValueError
            If there is no such article; the message names the nearest.
        TypeError
            If `articles` are neither rows nor ids.

        Examples
        --------
        >>> import newslab as nl, pandas as pd
        >>> texts, outlets = ["“We lost,” said Ona Vell.", "Ona Vell left."], ["Gull", "Courier"]
        >>> analysis = nl.analyze(pd.DataFrame({"text": texts, "outlet": outlets}), progress=False)
        >>> of_gull = analysis.articles[analysis.articles["outlet"] == "Gull"]
        >>> analysis.select(of_gull).quotes[["speaker", "text"]].values.tolist()
        [['Ona Vell', 'We lost,']]
        """
        given = articles.get("article_id") if isinstance(articles, pd.DataFrame) else articles
        ids = _listed(given) or []
        if given is None or not all(isinstance(ident, str) for ident in ids):
            raise TypeError(
                "select takes rows of analysis.articles or their ids, such as "
                "analysis.select(analysis.articles[analysis.articles['outlet'] == 'Gull'])"
            )
        names = [name for name in TABLES if name != "actors"]
        tables = {name: self._rows(name, None, {"article_id": ids}).reset_index(drop=True) for name in names}
        there = set(tables["articles"]["article_id"])
        for ident in ids:
            if ident not in there:
                raise self._no_article(ident)
        actors = self._rows("actors")
        counts = actor_counts(tables["mentions"], tables["quotes"], tables["stances"])
        actors = actors[actors["actor_id"].isin(counts.index)].reset_index(drop=True)
        actors[counts.columns] = counts.loc[actors["actor_id"]].to_numpy()
        return Analysis(**tables, actors=actors, corrections=self.corrections, reader=self.reader)

    def _names(self, name: str) -> list[str]:
        """Columns of a table."""
        if name not in self._tables:
            return self._parts.columns(name)
        return list(self._tables[name].columns)

    def _count(self, name: str) -> int:
        """Rows of a table."""
        if name not in self._tables:
            return self._parts.count(name)
        return len(self._tables[name])

    def _rows(
        self, name: str, columns: Sequence[str] | None = None, where: dict[str, list[str]] | None = None
    ) -> pd.DataFrame:
        """Columns of a table, of the rows in which each column of `where` has one of its values."""
        if name not in self._tables:
            return self._parts.read(name, columns, where)
        table = self._tables[name]
        for column, values in (where or {}).items():
            table = table[table[column].isin(values)]
        return (table if columns is None else table[list(columns)]).copy()

    def _pieces(self, name: str) -> Iterator[pd.DataFrame]:
        """A table in pieces, so that memory need not hold all of one in parts."""
        if name not in self._tables:
            yield from self._parts.pieces(name)
        else:
            yield self._tables[name]

    def _about_articles(self) -> pd.DataFrame:
        """The articles without their texts."""
        return self._rows("articles", [c for c in self._names("articles") if c != "text"])

    def _n_copies(self) -> int:
        if "articles" not in self._tables:
            return int(self._parts.manifest["n_copies"])
        return int(self.articles["duplicate_of"].notna().sum())

    def _n_unknown(self) -> int:
        if "quotes" not in self._tables:
            return int(self._parts.manifest["n_unknown"])
        return int(self.quotes["speaker_id"].isna().sum())

    def _n_right(self) -> tuple[int, float]:
        """How many edges of single articles have any evidence, and how many of them are expected to be right."""
        rows = self._rows("stances", ["article_id", "source_id", "target_id", "polarity", "probability"])
        chances = article_stances(rows)[["negative", "positive"]].to_numpy()
        return int((chances > 0).sum()), float(chances.sum())

    def _n_corrections(self) -> int:
        """How many corrections by hand are in the numbers."""
        done = self.corrections[self.corrections["status"] == "applied"]
        return int((done["action"] != "undo").sum())

    def speakers(self, *, confidence: float = 0.95, n_boot: int = 1000, seed: int = 0) -> pd.DataFrame:
        """How often each speaker is quoted, and in what tone, from the articles that are no copies.

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
            One row a speaker, the most quoted first. The columns:

            * ``speaker``, ``speaker_id`` (str)
            * ``n_quotes``, ``n_articles`` (int64): quotations, and articles that have them
            * ``polarity``: mean of TextBlob's over the quotations, -1 to 1, with ``polarity_low`` and ``polarity_high``
              (bootstrap over quotations; NaN for a single one)
            * ``subjectivity``: the same of TextBlob's, 0 to 1
            * ``n_criticisms``, ``n_criticized``: expected numbers of articles in which the speaker criticizes, and is
              criticized

            ``.attrs["n_unknown"]`` says how many quotations have no speaker and are in no row.

        Raises
        ------
        ValueError
            If `confidence` is no share between 0 and 1, `n_boot` is below 1, or `seed` below 0.
        TypeError
            If `n_boot` or `seed` is no whole number.

        See Also
        --------
        edges : who criticizes whom, which tone does not tell.

        Examples
        --------
        >>> import newslab as nl, pandas as pd
        >>> text = "Ona Vell attacked Tam Orr. “Tam Orr is a disgrace,” Vell said."
        >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="rules", progress=False)
        >>> analysis.speakers()[["speaker", "n_quotes", "n_articles"]].values.tolist()
        [['Ona Vell', 1, 1]]
        """
        articles = self._rows("articles", ["article_id", "duplicate_of"])
        return sum_speakers(
            self._rows("quotes", ["quote_id", "article_id", "speaker", "speaker_id", "polarity", "subjectivity"]),
            self._rows("stances", ["article_id", "source_id", "target_id", "polarity", "probability"]),
            articles.loc[articles["duplicate_of"].isna(), "article_id"],
            confidence=confidence, n_boot=n_boot, seed=seed,
        )  # fmt: skip

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
    ) -> pd.DataFrame:
        """Who criticizes, and who backs, whom, in how many articles.

        Parameters
        ----------
        polarity : {"negative", "positive"}, optional
            Count only criticism, or only support. Default both. The columns stay: of the other polarity the count is
            0 and the interval NaN, and ``balance`` is -1 or 1.
        by : str, optional
            Also split by a column of ``articles`` ("outlet") or of ``stances`` ("source_party", "via"), or by "day",
            "week", "month", "quarter" or "year".
        unit : str, optional
            Join actors by a column that the actor table adds, such as "party", or by "type"; what actors without a
            value say, and what is said of them, is left out. Default each actor by itself.
        groups : {"said", "group", "members", "both"}, default "said"
            For whom the words of groups and spokespeople count. "said": for whom the article gives them to. "group":
            those of a named spokesperson for the body spoken for. "members": those of a group for its named members.
            "both": for the two.
        via : {"quote", "reported", "action"} or list of them, optional
            Only what shows in quotations, in reported speech and the narrator's words, or in deeds.
        claimed_by : bool or str, optional
            "Vell says that Lind attacked Orr" counts as Lind towards Orr, and is claimed by Vell. False: without such
            claims; True: only these; a name, alias or id: only those of this actor. Default all.
        copies : bool, default False
            Count syndicated copies as articles of their own. Intervals then take an original and its copies as one
            report, which is right or wrong in all of them.
        interval : {"sample", "corpus"}, default "sample"
            What the intervals cover. "sample": the number to be expected of so many articles like these, which are
            taken as a sample. "corpus": the true number in these very articles.
        confidence : float, default 0.95
            Coverage of the intervals.

        Returns
        -------
        DataFrame
            One row a source and target, strongest first; with `by`, whose values are the first column, within each
            of its values. The columns:

            * ``source``, ``target``, ``source_id``, ``target_id``
            * ``n_negative``, ``n_positive``: expected numbers of articles in which the source criticizes, or backs, the
              target, that is the sum of their probabilities; each with ``_low`` and ``_high``
            * ``n_articles`` (int64): articles with any evidence
            * ``balance``: from -1, only criticism, to 1, only support, (positive - negative) / (positive + negative);
              with ``_low`` and ``_high``, NaN where it cannot vary, as with "corpus" if all evidence is of one polarity
            * ``first``, ``last``: dates of the articles, NaT when undated

            ``.attrs["n_articles"]`` says of how many articles they are, unless they are split by a column of
            ``articles`` or by time.

        Raises
        ------
        ValueError
            If an option is not one of the possible values, `by` a column that edges have themselves, or `claimed_by`
            nobody in the corpus (the message names the nearest) or several (it names them).
        TypeError
            If `by` is no str, or `claimed_by` neither bool nor str.

        Warns
        -----
        UserWarning
            If `by` splits nothing, as no article has a date, an outlet or whatever is asked for.

        Notes
        -----
        "sample" is Jeffreys' interval of a share of articles (Brown, Cai and DasGupta 2001) with the effective number
        of articles (Korn and Graubard 1998), as probabilities vary less than zeros and ones; "corpus" is the range of
        the Poisson binomial distribution (its normal approximation for more than 400 articles). Both are right as far
        as the probabilities are calibrated (``docs/reading.md`` gives figures).

        References
        ----------
        Brown, Cai and DasGupta, Interval estimation for a binomial proportion. *Statistical Science* 16 (2001). Korn
        and Graubard, Confidence intervals for proportions with small expected number of positive counts estimated from
        survey data. *Survey Methodology* 24 (1998).

        Examples
        --------
        >>> import newslab as nl, pandas as pd
        >>> actors = pd.DataFrame({"name": ["Ona Vell", "Tam Orr"], "party": ["Harbour", "Reform"]})
        >>> text = "Ona Vell attacked Tam Orr. “Tam Orr is a disgrace,” Vell said."
        >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), actors=actors, progress=False)
        >>> analysis.edges("negative", unit="party")[["source", "target"]].values.tolist()
        [['Harbour', 'Reform']]
        """
        if claimed_by is not None and not isinstance(claimed_by, bool):
            claimed_by = self._actor_names()[self._actor_ids([claimed_by])[0]]
        return sum_edges(
            self._rows("stances", [c for c in self._names("stances") if c != "evidence"]), self._about_articles(),
            self._rows("actors", [c for c in self._names("actors") if c != "aliases"]), self.affiliations,
            polarity=polarity, by=by, unit=unit, groups=groups, via=via, claimed_by=claimed_by, copies=copies,
            interval=interval, confidence=confidence,
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
            If an actor is not in the corpus (the message names the nearest), or several have the name (it names them).
        TypeError
            If `source` or `target` is no str.

        Examples
        --------
        >>> import newslab as nl, pandas as pd
        >>> text = "Mayor Ona Vell spoke to reporters on Friday. “Tam Orr is a disgrace and a liar,” she said."
        >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), progress=False)
        >>> analysis.explain("Ona Vell", "Tam Orr").table["source_chain"][0]
        ['she', 'Mayor Ona Vell']
        """
        from newslab.explanation import explain

        return explain(self, source, target, polarity)

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
        ValueError
            If `score` is not between 0 and 100, or a share of 1, or `min_articles` is below 0.

        Notes
        -----
        Names are compared by rapidfuzz. A name that several actors have is left to none of them.

        Examples
        --------
        >>> import newslab as nl, pandas as pd
        >>> text = "Ona Vell attacked Tam Orr. “Tam Orr is a disgrace,” Vell said."
        >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="rules", progress=False)
        >>> analysis.suggest_actors()[["name", "aliases", "type"]].values.tolist()
        [['Ona Vell', 'Vell', 'person'], ['Tam Orr', '', 'person']]
        """
        between("score", score, 0, 100)
        if 0 < score <= 1:
            raise ValueError(f"score is {score!r}; 100 is the same name, so perhaps {100 * score:g} is meant")
        at_least("min_articles", min_articles, 0)
        table = suggest(self.actors, self.mentions, score=score, min_articles=min_articles)
        if path is not None:
            path = Path(path).expanduser()
            if path.exists():
                raise FileExistsError(f"{path} is there already and may hold corrections; choose another name")
            to_csv(neutralise_formulas(table), path)
        return table

    def evidence(
        self, source: str | None = None, target: str | None = None, polarity: str | None = None
    ) -> pd.DataFrame:
        """The sentences behind an edge: stances of these actors, newest article first.

        Parameters
        ----------
        source, target : str, optional
            Actor names, aliases or ids. Default any.
        polarity : {"negative", "positive"}, optional
            Default both.

        Returns
        -------
        DataFrame
            Rows of ``stances`` with ``title``, ``outlet`` and ``published`` of their articles.

        Raises
        ------
        ValueError
            If an actor is not in the corpus (the message names the nearest), or several have the name (it names them).
        TypeError
            If `source` or `target` is no str.

        Examples
        --------
        >>> import newslab as nl, pandas as pd
        >>> text = "Ona Vell attacked Tam Orr. “Tam Orr is a disgrace,” Vell said."
        >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="rules", progress=False)
        >>> analysis.evidence("Vell", "Tam Orr", "negative")["evidence"].tolist()
        ['Ona Vell attacked Tam Orr', 'Tam Orr is a disgrace,']
        """
        ends = {"source_id": source, "target_id": target}
        asked = {column: name for column, name in ends.items() if name is not None}
        ids = self._actor_ids([*asked.values()])
        return self._evidence({column: [i] for column, i in zip(asked, ids, strict=True)}, polarity)

    def _evidence(self, where: dict[str, list[str]], polarity: str | None) -> pd.DataFrame:
        one_of("polarity", polarity, ("negative", "positive", None))
        rows = self._rows("stances", None, where)
        if polarity is not None:
            rows = rows[rows["polarity"] == polarity]
        about = self._rows("articles", ["article_id", "title", "outlet", "published"])
        rows = rows.merge(about, on="article_id", how="left")
        return rows.sort_values(["published", "article_id", "start"], ascending=[False, True, True], ignore_index=True)

    def _actor_ids(self, names: Sequence[str]) -> list[str]:
        """Ids of the actors whom a user names."""
        known = Names(self._rows("actors", ACTOR_COLUMNS))
        return [known.one(name) for name in names]

    def _actor_names(self) -> pd.Series[str]:
        """Names of the actors by their ids."""
        return self._rows("actors", ["actor_id", "name"]).set_index("actor_id")["name"]

    def require(self, column: str, n: int = 2) -> None:
        """Stop with a sentence where the articles lack what a question needs; in a notebook no traceback is shown.

        Parameters
        ----------
        column : str
            A column of ``articles``, such as "outlet" or "published".
        n : int, default 2
            Different values that it must hold.

        Raises
        ------
        ValueError
            If there are fewer. The message says how to give them.

        Examples
        --------
        >>> import newslab as nl, pandas as pd
        >>> analysis = nl.analyze(pd.DataFrame({"text": ["Rain fell."]}), reader="rules", progress=False)
        >>> analysis.require("outlet")
        Traceback (most recent call last):
            ...
        newslab.needs.Needed: This asks for articles with an outlet, and for 2 different ones at least; 1 of these
        1 articles have no outlet...
        """
        from newslab.needs import require

        require(self._about_articles(), column, n)

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

        Warns
        -----
        UserWarning
            If corrections were not found.

        Notes
        -----
        A correction fits every article with the same text, whatever its id, and every piece of evidence for the same
        edge that overlaps with the one it was made on. It holds for the evidence, not for how it was read: a second
        analysis of the same texts by another reader can be corrected by the same table.

        Examples
        --------
        >>> import newslab as nl, pandas as pd
        >>> text = "Ona Vell attacked Tam Orr. “Tam Orr is a disgrace,” Vell said."
        >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="rules", progress=False)
        >>> corrections = nl.Corrections(author="ada")
        >>> done = corrections.same("Tam Orr", "Tam Orr (mayor)")
        >>> analysis.apply(corrections).edges()["target"].tolist()
        ['Tam Orr (mayor)']
        """
        from newslab.correcting import apply

        corrected = apply(self, corrections)
        lost = int((corrected.corrections["status"] == "not found").sum())
        if lost:
            told = f"{lost:,} of {len(corrected.corrections):,} corrections fit nothing here and were not applied"
            warnings.warn(f"{told}; see analysis.problems, stage 'corrections'", UserWarning, stacklevel=2)
        return corrected

    def to_networkx(self, **options: Any) -> networkx.MultiDiGraph:
        """Edges as a graph.

        Parameters
        ----------
        **options
            As for :meth:`edges`, without ``by``.

        Returns
        -------
        networkx.MultiDiGraph
            One node an actor, one edge a source, target and polarity; see :func:`newslab.export.to_networkx`.

        Raises
        ------
        ValueError
            If an option is not one of the possible values, or edges are split by a column.

        Examples
        --------
        >>> import newslab as nl, pandas as pd
        >>> analysis = nl.analyze(pd.DataFrame({"text": ["Ona Vell attacked Tam Orr."]}), progress=False)
        >>> analysis.to_networkx().number_of_nodes()
        2
        """
        from newslab.export import to_networkx

        return to_networkx(self.edges(**options), self.actors)

    def save(self, folder: str | Path) -> Path:
        """Write all tables to a folder of Parquet files; :func:`load` reads them back without loss.

        Parameters
        ----------
        folder : str or Path
            Made if it is not there; tables of an earlier save are replaced, once all new ones are written. Columns of
            ``articles`` that Parquet cannot hold, such as those with values of mixed kinds, become text. Choose one
            outside the corpus: tables among the articles are read as articles later.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        ValueError
            If ``analyze(…, out=folder)`` wrote to this folder.

        Examples
        --------
        >>> import tempfile, newslab as nl, pandas as pd
        >>> text = "Ona Vell attacked Tam Orr. “Tam Orr is a disgrace,” Vell said."
        >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="rules", progress=False)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     again = nl.load(analysis.save(folder))
        ...     again.edges().equals(analysis.edges())
        True
        """
        folder = Path(folder).expanduser()
        tables = ((name, self._rows(name)) for name in TABLES)
        write_saved(folder, chain(tables, [("corrections", self.corrections)]), self.reader)
        return folder

    def export(self, folder: str | Path, formats: str | Sequence[str] = ("csv",)) -> list[Path]:
        """Write the analysis in other forms.

        Parameters
        ----------
        folder : str or Path
            Made if it is not there. One outside the corpus: tables among the articles are read as articles later.
        formats : str or sequence of str, default ("csv",)
            "parquet", "csv", "xlsx", "gexf", "graphml", "coding" or "attributions"; see :func:`newslab.export.export`.

        Returns
        -------
        list of Path
            The files written.

        Raises
        ------
        ValueError
            If a format is unknown; nothing is written then.

        Examples
        --------
        >>> import tempfile, newslab as nl, pandas as pd
        >>> text = "Ona Vell attacked Tam Orr. “Tam Orr is a disgrace,” Vell said."
        >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="rules", progress=False)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     [path.name for path in analysis.export(folder, "gexf")]
        ['edges.gexf']
        """
        from newslab.export import export

        return export(self, folder, formats)

    def report(self, path: str | Path, **options: Any) -> Path:
        """Write a self-contained HTML page: the charts, the strongest edges, and the sentences behind each.

        Parameters
        ----------
        path : str or Path
            The file to write, ``.html`` if it has no suffix; folders are made, an older file is replaced.
        **options
            ``title``, ``n_edges`` and ``progress``; see :func:`newslab.report.write_report`.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ValueError
            If ``n_edges`` is below 1, or `path` is called as a file of another kind (``report.pdf``).
        TypeError
            If ``n_edges`` is no whole number, or there is no such option.
        IsADirectoryError
            If `path` is a folder.
        """
        from newslab.report import write_report

        return write_report(self, path, **options)

    def __repr__(self) -> str:
        return self._in_short() if self._parts is not None else analysis_text(self)

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._in_short())}</p>" if self._parts is not None else analysis_html(self)

    def _in_short(self) -> str:
        """What can be told of an analysis in parts without reading its tables."""
        n = {name: f"{self._count(name):,}" for name in TABLES}
        return (
            f"<newslab.Analysis of {n['articles']} articles in {self._parts.folder} ({self._n_copies():,} copies): "
            f"{n['quotes']} quotes ({self._n_unknown():,} without a speaker), {n['actors']} actors, {n['stances']} "
            f"stances, {n['problems']} problems; see .edges(), .speakers(), .quotes, newslab.plot>"
        )


def _no_corrections() -> pd.DataFrame:
    return frame([], CORRECTION_COLUMNS | {"status": "str"})


def _listed(given: Any) -> list[Any] | None:
    """What was given as one or several, as a list; None stays None."""
    if given is None:
        return None
    return list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [given]


def analyze(
    articles: pd.DataFrame | str | Path | Sequence[str | Path],
    *,
    reader: str | Reader = "model",
    actors: pd.DataFrame | str | Path | ActorTable | None = None,
    corrections: Corrections | pd.DataFrame | str | Path | None = None,
    workers: int | None = None,
    max_chars: int = MAX_CHARS,
    out: str | os.PathLike[str] | None = None,
    client: Client | None = None,
    batch: int = BATCH,
    progress: bool | None = None,
    **options: Any,
) -> Analysis:
    """Read articles: who says what, who is who, and who criticizes or backs whom.

    Parameters
    ----------
    articles : DataFrame, path or list of paths
        From :func:`read_articles`, or anything that it reads: a folder, a file, a zip, any DataFrame with texts.
    reader : {"model", "rules"} or Reader, default "model"
        "model" is trained and finds the most; "rules" goes by word lists and is about ten times as fast. Or one of
        your own; see :class:`Reader`.
    actors : DataFrame, path or ActorTable, optional
        Who is who, as you know it: names, aliases, types, parties and roles with dates; see :func:`read_actors`. It
        takes precedence. ``party`` and further columns are added to the tables: ``speaker_party`` in ``quotes``,
        ``source_party`` and ``target_party`` in ``stances``, ``group_party`` and ``member_party`` in ``affiliations``,
        ``party`` in ``actors``.
    corrections : Corrections, DataFrame or path, optional
        Corrections of an earlier analysis of these articles, to be applied to this one; see :meth:`Analysis.apply`.
        They are applied in memory; the tables in `out` stay as they were read.
    workers : int, optional
        Threads of the "model" reader. Default one for each core. The number changes no row.
    max_chars : int, default 500,000
        A longer article stays in ``articles`` and is listed in ``problems``; it is not read.
    out : path, optional
        A folder to write to. Articles are then read in parts, so that a corpus may be larger than memory, and an
        interrupted run is taken up by the same call: what was read is not read again. Articles that were added to the
        source are read, those that left it leave the folder. Open it later with ``nl.load(out)``. See Notes.
    client : distributed.Client, optional
        A Dask cluster that reads, together with `out`; ``pip install "newslab[dask]"``.
    batch : int, default 64
        Articles read between two saves, with `out`; an interruption costs no more. It changes no row.
    progress : bool, optional
        Show a progress bar. By default one is shown when there are more than 10 articles.
    **options
        Names of columns, ``encoding`` and ``max_columns`` as for :func:`read_articles`, where `articles` is a path.

    Returns
    -------
    Analysis
        Its tables have one row a quotation, mention, actor, stance and problem. An article that cannot be read is
        listed in ``problems``, and the rest is read. The order of the articles and the number read at a time change
        no row. With `out`, tables are read from the folder when they are asked for.

    Raises
    ------
    ValueError
        If a DataFrame has no text column, `articles` are texts (which are given as a DataFrame), the table of actors
        has a fault, or `max_chars` or `workers` is below 1; if `out` lies inside the source, holds it, or holds tables
        that newslab did not write.
    TypeError
        If `articles` or `actors` is of another kind, or there is an option that `articles` do not take.
    FileNotFoundError
        If a path does not exist.
    OSError
        If `out` cannot be written to or is no folder, the disk is full (what was read is kept), or another run is
        writing to `out`.

    Warns
    -----
    UserWarning
        With `out`: if articles are read again since the version, reader, word lists or table of actors changed, or if
        articles are no longer in the source. With `corrections`: if some were not found.

    See Also
    --------
    read_articles : what it takes, and how ids are made.
    load : opens what `out` holds.

    Notes
    -----
    With `out`, what is found in a text is kept by a hash of the text and of all that a reading depends on: version,
    reader, word lists, `max_chars` and the table of actors (with it, also the day of the article); renaming a file or
    changing its metadata reads nothing again. The tables are then written anew from what was found, and replace those
    before them in one step. All rows are those of an analysis in memory. ``docs/scale.md`` gives times and sizes.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> articles = pd.DataFrame({"text": ["“We lost,” said Ona Vell."]})
    >>> nl.analyze(articles, progress=False).quotes[["speaker", "cue", "text"]].values.tolist()
    [['Ona Vell', 'said', 'We lost,']]
    """
    need_text_dtype()
    articles = listed(articles)
    refuse_texts(articles)
    check_options(options, [o.name for o in signature(analyze).parameters.values() if o.kind is o.KEYWORD_ONLY])
    table = None if actors is None else read_actors(actors)
    corrected = None if corrections is None else read_corrections(corrections)
    at_least("max_chars", max_chars, 1, whole=False)
    if (read := is_read(articles)) and options:
        raise TypeError(f"articles that were read already take no option {next(iter(options))!r}")
    if out is not None:
        analyze_in_parts(
            articles, out, reader=reader, workers=workers, table=table, client=client, batch=batch, progress=progress,
            max_chars=max_chars, options=options,
        )  # fmt: skip
        analysis = load(out)
        return analysis if corrected is None else analysis.apply(corrected)
    if client is not None:
        raise ValueError("client takes a folder for the results as well: out='results/'")
    chosen = reader if isinstance(reader, Reader) else Reader(reader, workers=workers)
    if not read:
        given = {"max_chars": max_chars, "progress": progress, **options}
        articles, told = read_noted(articles, "analysis.problems", **given)
        for message in told:
            warnings.warn(message, UserWarning, stacklevel=2)
    analysis = _in_memory(articles.reset_index(drop=True), chosen, table, max_chars, progress)
    return analysis if corrected is None else analysis.apply(corrected)


def _in_memory(
    articles: pd.DataFrame, reader: Reader, table: ActorTable | None, max_chars: int, progress: bool | None
) -> Analysis:
    """The analysis of articles that were read; :mod:`newslab.streaming` makes the same of more than memory holds."""
    from tqdm.auto import tqdm

    problems = [dict(p) for p in articles.attrs.get("problems", [])]
    ids, found = articles["article_id"].tolist(), []
    hidden = not (len(ids) > _BAR if progress is None else progress)
    readings = find(reader, articles["text"], articles["published"], table, max_chars)
    bar = tqdm(readings, desc="reading", unit=" articles", total=len(ids), disable=hidden)
    with only_new_garbage():
        for ident, what in zip(ids, bar, strict=True):
            if isinstance(what, str):
                problems.append({"article_id": ident, "stage": "reading", "reason": what})
                what = Found()
            found.append(what)
    articles = articles.drop(columns=list(ADDED), errors="ignore")
    articles["n_tokens"] = pd.Series([f.n_tokens for f in found], dtype="int64")
    articles["duplicate_of"] = find_copies(articles)
    articles.attrs = {}
    roster = Roster(lambda: zip(ids, (f.actors for f in found), strict=True), table)
    tables = rows_of(articles, found, roster, table)
    own = [a for ident, f in zip(ids, found, strict=True) for a in roster.own(ident, f.actors)]
    return Analysis(
        articles=articles,
        **tables,
        actors=actor_rows([*roster.named.values(), *own], roster, table),
        problems=problem_rows(problems),
        reader=reader.name,
    )


def load(folder: str | Path) -> Analysis:
    """Read a saved analysis.

    Parameters
    ----------
    folder : str or Path
        Where :meth:`Analysis.save` or ``analyze(…, out=folder)`` wrote.

    Returns
    -------
    Analysis
        Equal to the one saved. One in parts reads its tables when they are asked for.

    Raises
    ------
    FileNotFoundError
        If the folder or one of its tables is missing.
    ValueError
        If a file in it is not what newslab writes, or a link out of the folder. Of an analysis in parts, what a table
        holds is checked when it is asked for.

    Notes
    -----
    No file is run or unpickled, and no file outside the folder is opened, whatever its files say.

    Examples
    --------
    >>> import tempfile, newslab as nl, pandas as pd
    >>> text = "Ona Vell attacked Tam Orr. “Tam Orr is a disgrace,” Vell said."
    >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="rules", progress=False)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = nl.load(analysis.save(folder))
    ...     again.edges().equals(analysis.edges())
    True
    """
    need_text_dtype()
    folder = Path(folder).expanduser()
    refuse_link_out(folder / MANIFEST, folder)
    if is_in_parts(folder):
        return Analysis._of_parts(Parts(folder))
    if is_unfinished(folder):
        raise FileNotFoundError(f"{folder} holds an analysis that is not finished; run the same analyze(…) again")
    tables, reader = read_saved(folder)
    return Analysis(**tables, reader=reader)
