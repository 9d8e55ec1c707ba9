"""Reading a corpus: files, folders, zips and tables of articles become one table, one row an article.

Files are found (``files``), decoded (``decoding``) and turned into records (``formats``), which ``gathering`` makes
into one table: its columns recognised (``columns``), dates parsed (``dates``), faults written down (``problems``).
A fault costs the row or the file in which it stands, never the rest.
"""

import codecs
import math
import os
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from newslab.checks import at_least, listed, meant, need_text_dtype, refuse_texts
from newslab.corpus.blocks import read_blocks
from newslab.corpus.columns import COLUMNS, match_columns
from newslab.corpus.files import MAX_ZIP_MEMBER, MAX_ZIP_TOTAL, find_files
from newslab.corpus.formats import Blocks, numbered, read_content, with_columns
from newslab.corpus.gathering import Gatherer, Settled
from newslab.corpus.metadata import split_metadata
from newslab.corpus.problems import Problems, Unreadable, out_of_memory

__all__ = ["MAX_CHARS", "MAX_COLUMNS", "MAX_ZIP_MEMBER", "MAX_ZIP_TOTAL", "Stream", "check_options", "read_articles",
           "read_noted"]  # fmt: skip

MAX_CHARS = 500_000  # characters of one article, as many as in a book; what is longer is a dump of many
MAX_COLUMNS = 10_000  # columns of a table
_BAR = 200  # files from which a progress bar is shown
_OPTIONS = (*COLUMNS, "encoding", "max_chars", "max_columns")


def read_articles(
    source: str | os.PathLike[str] | pd.DataFrame | Iterable[str | os.PathLike[str]],
    *,
    text: str | None = None,
    title: str | None = None,
    published: str | None = None,
    outlet: str | None = None,
    author: str | None = None,
    url: str | None = None,
    article_id: str | None = None,
    encoding: str | None = None,
    max_chars: int = MAX_CHARS,
    max_columns: int = MAX_COLUMNS,
    progress: bool | None = None,
    **unknown: Any,
) -> pd.DataFrame:
    """Read news articles from a folder, files, a zip or a DataFrame.

    Parameters
    ----------
    source : path, glob pattern, list of them, or DataFrame
        A table of Polars or Arrow is taken as its ``to_pandas`` gives it. Files may be ``.txt``, ``.html``/``.htm``,
        ``.csv``/``.tsv``, ``.jsonl``/``.ndjson``, ``.json`` (a list of records, one record,
        ``{"articles": [...]}``, ``{id: record, …}``, or what ``frame.to_json()`` writes of numbered rows), each also
        gzipped (``.csv.gz``), ``.parquet``, or ``.zip`` of these. In folders, other files, hidden ones, README and
        LICENSE, and hand codings (``.json`` with ``actors`` and ``edges``) are passed over; links to folders elsewhere,
        and that there are documents of other kinds (``.pdf``, ``.docx``, …), are listed as problems. Of Parquet files
        in folders such as ``outlet=Gull`` these are columns, too.
    text, title, published, outlet, author, url, article_id : str, optional
        Names of the columns of tables, where they are not recognised: ``text="Volltext"``. Usual names ("headline",
        "body", "date", "source", …, in any case) need not be given. They do not apply to ``.txt`` and ``.html`` files.
    encoding : str, optional
        Encoding of text files, such as ``"cp1252"``. By default UTF-8, or else guessed; byte order marks are obeyed.
    max_chars : int, default 500,000
        A longer text is listed as a problem and left out.
    max_columns : int, default 10,000
        A file of a table with more columns (a record of more fields) is listed as a problem and left out.
    progress : bool, optional
        Show a progress bar. By default one is shown from 200 files on.

    Returns
    -------
    DataFrame
        One row an article, in reading order (folders by path; tables row by row), with the columns

        * ``article_id`` (str): unique and stable. A file's path in the folder or zip without its suffix
          (``"2024/harbour"``); a table's id column, else ``"<table>-<row>"`` counted from 1 (``"article-<row>"`` for
          a DataFrame). Repeated ids become ``"<id>~2"``, ``"<id>~3"`` in reading order, with a warning.
        * ``title`` (str): of a ``.txt`` file its first line if that has at most 200 characters and text follows.
        * ``text`` (str): never altered. Of a ``.txt`` file all that it holds; of HTML the article that trafilatura
          extracts, its paragraphs separated by blank lines.
        * ``published`` (datetime64[ns]): UTC without time zone; NaT where there is none.
        * ``outlet``, ``author``, ``url`` (str): NA where there is none.
        * every further column of the input, with its own name (``"text_input"`` if it has one of the names above).
          An index with a name is a column, too.

        ``articles.attrs["problems"]`` lists what could not be read: dicts with ``article_id`` (the file, or the
        article), ``stage`` (``"corpus"``) and ``reason``. :func:`newslab.analyze` copies them to its problems table.

    Raises
    ------
    FileNotFoundError
        If a path does not exist.
    ValueError
        If nothing could be read, no table has a column given by name, or `encoding` is unknown.
    TypeError
        If `source` is of another kind, or there is no such option.

    Warns
    -----
    UserWarning
        If some files or rows could not be read, ids were repeated, a date such as 03/04/2024 had to be guessed, a
        table has no usual column of dates but one such as "Load-Date", or texts hold HTML entities such as
        ``&rsquo;``, which are read as they stand.

    See Also
    --------
    newslab.analyze : Reads the articles and finds who criticizes whom.

    Notes
    -----
    A folder of text files may hold a ``metadata.csv`` or ``metadata.tsv``: its column ``file`` names files beside it
    (or below, ``2024/harbour.txt``; the suffix may be left out). Its other columns are recognised as in tables, and
    take precedence over what a file says itself.

    Dates are understood in the usual forms (by dateutil), also as seconds or milliseconds since 1970. "13/03/2024"
    shows that all such dates of its column begin with the day; a column that shows nothing is read month first, with a
    warning. "03.04.2024" begins with the day, unless one such as "03.13.2024" shows otherwise. A date that is
    incomplete, not understood, or outside the years 1678 to 2261 leaves NaT and a row in the problems; the article is
    kept.

    Examples
    --------
    >>> import pandas as pd
    >>> import newslab as nl
    >>> table = pd.DataFrame({"Headline": ["Harbour tax"], "Body": ["It will rise."], "Date": ["12 March 2024"]})
    >>> nl.read_articles(table)[["article_id", "title", "text", "published"]].values.tolist()
    [['article-1', 'Harbour tax', 'It will rise.', Timestamp('2024-03-12 00:00:00')]]
    """
    articles, told = read_noted(
        source, "articles.attrs['problems']", text=text, title=title, published=published, outlet=outlet, author=author,
        url=url, article_id=article_id, encoding=encoding, max_chars=max_chars, max_columns=max_columns,
        progress=progress, **unknown,
    )  # fmt: skip
    for message in told:
        warnings.warn(message, UserWarning, stacklevel=2)
    return articles


def read_noted(source: Any, place: str, **options: Any) -> tuple[pd.DataFrame, list[str]]:
    """The articles, and what is to be warned of; `place` is where their problems can be seen."""
    source = listed(source)
    refuse_texts(source)
    stream = Stream(source, **options)
    columns = {name: values for part in stream for name, values in part.items()}  # all in one part
    ids, published, dtypes = stream.settled
    columns |= {"article_id": ids, "published": published}
    none = [np.nan] * len(ids)
    articles = pd.DataFrame({name: pd.Series(columns.get(name, none), dtype="object") for name in dtypes})
    articles = articles.astype(dtypes)
    told = [f"{stream.problems.summary(len(ids))}; see {place}"] if stream.problems else []
    before = source.attrs.get("problems", []) if isinstance(source, pd.DataFrame) else []
    articles.attrs["problems"] = [*map(dict, before), *stream.problems]
    return articles, [*stream.warnings, *told]


class Stream:
    """Articles in parts, as :func:`read_articles` would read them: a corpus that memory need not hold.

    Iterate over it to the end, and then ask for the rest.

    Parameters
    ----------
    source, progress
        As for :func:`read_articles`.
    n_articles, n_chars : int, optional
        Size from which a part is given away. Default all are one.
    encoding, max_chars, max_columns, **given
        As for :func:`read_articles`; `given` are names of columns.

    Attributes
    ----------
    settled : Settled
        Ids, dates and dtypes of all articles, in order; there after the last part.
    problems, warnings : list
        What was noted on the way.
    """

    settled: Settled

    def __init__(
        self,
        source: Any,
        *,
        n_articles: float = math.inf,
        n_chars: float = math.inf,
        encoding: str | None = None,
        max_chars: int = MAX_CHARS,
        max_columns: int = MAX_COLUMNS,
        progress: bool | None = None,
        **given: str | None,
    ) -> None:
        need_text_dtype()
        check_options(given)
        if encoding is not None:
            try:
                codecs.lookup(encoding)
            except LookupError:
                hint = "pass one such as 'utf-8', 'cp1252' or 'utf-16'"
                raise ValueError(f"encoding {encoding!r} is unknown; {hint}") from None
        at_least("max_chars", max_chars, 1, whole=False)
        at_least("max_columns", max_columns, 1, whole=False)
        told = {wanted: str(name) for wanted, name in given.items() if name is not None}  # 0: without names
        self._gatherer = Gatherer(told, max_chars, max_columns, Problems())
        self._source, self._encoding, self._progress, self._size = source, encoding, progress, (n_articles, n_chars)
        self.problems, self.warnings = self._gatherer.problems, self._gatherer.warnings

    def __iter__(self) -> Iterator[dict[str, list[Any]]]:
        """Columns of one part after another, but for ``article_id`` and ``published``."""
        gatherer, total = self._gatherer, 0
        for _ in _gather(self._source, gatherer, self._encoding, self._progress):
            if len(gatherer.waiting) >= self._size[0] or gatherer.n_chars >= self._size[1]:
                total += len(gatherer.waiting)
                yield gatherer.drain()
        total += len(gatherer.waiting)
        self.settled = gatherer.settle()
        if not total and not (isinstance(self._source, pd.DataFrame) and self._source.empty):
            raise ValueError(self.problems.failure())
        if gatherer.waiting:
            yield gatherer.drain()


def check_options(names: Iterable[str], others: Iterable[str] = ()) -> None:
    """Complain of an option that is not there; a usual name of a column stands for the option that names it.

    `others` are options that the function called has besides those for reading articles.
    """
    for name in names:
        if name not in _OPTIONS:
            hint = meant(next(iter(match_columns([name], {})), name), [*others, *_OPTIONS])
            raise TypeError(f"there is no option {name!r}{hint}; for reading articles there are {', '.join(_OPTIONS)}")


def _gather(source: Any, gatherer: Gatherer, encoding: str | None, progress: bool | None) -> Iterator[None]:
    """Read all that the source holds into the gatherer, with a pause after each file or row."""
    from tqdm.auto import tqdm

    if isinstance(source, pd.DataFrame):
        try:
            yield from gatherer.add_blocks(numbered(source), "article", "DataFrame")
        except Unreadable as error:
            raise ValueError(str(error)) from None
        return
    files, stated = split_metadata(find_files(source, gatherer.problems), gatherer, encoding)
    hidden = not (len(files) > _BAR if progress is None else progress)
    for file in tqdm(files, desc="Reading", unit="file", disable=hidden):
        try:
            content = read_blocks(file, encoding, gatherer)
            if content is None:
                content = read_content(file, encoding, gatherer)
            if isinstance(content, Blocks):
                if file.suffix == ".parquet":
                    content = with_columns(content, file.partition)
                yield from gatherer.add_blocks(content, file.ident, file.label)
            elif file.suffix == ".json" and content is not None:
                gatherer.add_record(content, file.ident, file.label)
            elif content is not None:
                gatherer.add_article(content | stated.get(file, {}), file.ident, file.label)
        except Unreadable as error:
            gatherer.problems.unread(file.label, error)
        except MemoryError as error:
            raise out_of_memory(file.label) from error
        except Exception as error:
            # A file from a stranger can make the libraries that read it fail in ways that nobody thought of; that too
            # costs the file, and not the ten thousand others.
            gatherer.problems.unread(file.label, f"{type(error).__name__}: {error}")
        yield
