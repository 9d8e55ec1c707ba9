"""An analysis in other forms: CSV, XLSX, GEXF and GraphML for other tools, hand-coding JSON, attribution lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import networkx as nx
import pandas as pd

from newslab.checks import made, meant
from newslab.coding import write_attributions, write_coding
from newslab.corpus.columns import NOT_IN_XML
from newslab.spreadsheets import neutralise_formulas, to_csv
from newslab.tables import TABLES

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_XLSX_CELL, _XLSX_ROWS = 32_767, 1_048_576  # limits of the format; the rows include the header
_XLSX_WHOLE = 10**15  # digits of longer whole numbers, such as ids of posts, Excel replaces by zeros
_CUT = " … (cut)"


def to_networkx(edges: pd.DataFrame, actors: pd.DataFrame) -> nx.MultiDiGraph:
    """Edges as a directed graph.

    Parameters
    ----------
    edges : DataFrame
        From :meth:`newslab.Analysis.edges`, not split by a column.
    actors : DataFrame
        The actors table; it gives the nodes their type.

    Returns
    -------
    networkx.MultiDiGraph
        One node an actor that takes part in an edge, by ``actor_id``, with ``label`` and ``type``; one edge a source,
        target and polarity (its key), with ``weight`` (expected number of articles, positive), ``polarity``, ``sign``
        (-1 or 1), ``n_articles``, and ``first`` and ``last`` as ISO dates where they are known.

    Raises
    ------
    ValueError
        If a pair stands in several rows, as in edges split by outlet or month.

    See Also
    --------
    write_graph : the graph as a file.

    Notes
    -----
    Weights are positive and the sign is an attribute, since Gephi's layouts and statistics mishandle negative weights.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> articles = pd.DataFrame({"text": ["Ona Vell attacked Tam Orr."], "published": ["2031-03-04"]})
    >>> analysis = nl.analyze(articles, progress=False)
    >>> graph = to_networkx(analysis.edges(), analysis.actors)
    >>> [(graph.nodes[s]["label"], graph.nodes[t]["label"], kind) for s, t, kind in graph.edges(keys=True)]
    [('Ona Vell', 'Tam Orr', 'negative')]
    """
    pair = ["source_id", "target_id"]
    if edges.duplicated(pair).any():
        raise ValueError(
            f"edges have several rows for one pair (columns are {', '.join(map(str, edges))}); "
            "a graph takes analysis.edges() without by"
        )
    graph = nx.MultiDiGraph()
    types = dict(zip(actors["actor_id"], actors["type"], strict=True))
    for row in edges.itertuples():
        weights = [("negative", -1, row.n_negative), ("positive", 1, row.n_positive)]
        weights = [(polarity, sign, weight) for polarity, sign, weight in weights if weight > 0]
        if not weights:
            continue
        for end, name in ((row.source_id, row.source), (row.target_id, row.target)):
            kind = types.get(end)
            graph.add_node(end, label=str(name), **({} if pd.isna(kind) else {"type": str(kind)}))
        dates = {k: d.date().isoformat() for k, d in (("first", row.first), ("last", row.last)) if not pd.isna(d)}
        for polarity, sign, weight in weights:
            graph.add_edge(
                row.source_id, row.target_id, key=polarity, weight=float(weight), polarity=polarity, sign=sign,
                n_articles=int(row.n_articles), **dates,
            )  # fmt: skip
    return graph


def write_graph(graph: nx.MultiDiGraph, path: str | Path) -> Path:
    """Write a graph for Gephi (``.gexf``), or for igraph, Cytoscape, visone and others (``.graphml``).

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        From :func:`to_networkx`.
    path : str or Path
        The file to write.

    Returns
    -------
    Path
        The file.
    """
    path = Path(path).expanduser()
    write = nx.write_gexf if path.suffix == ".gexf" else nx.write_graphml
    write(_plain_graph(graph), path)
    return path


def _plain_graph(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """A copy in which every text can stand in XML."""

    def clean(value: Any) -> Any:
        return NOT_IN_XML.sub("\ufffd", value) if isinstance(value, str) else value

    out = nx.MultiDiGraph()
    # Two ids that differ in such characters alone would fall together, so a changed one keeps a number.
    names = {n: clean(n) if clean(n) == n else f"{clean(n)}-{k}" for k, n in enumerate(graph.nodes)}
    for node, data in graph.nodes(data=True):
        out.add_node(names[node], **{k: clean(v) for k, v in data.items()})
    for source, target, key, data in graph.edges(keys=True, data=True):
        out.add_edge(names[source], names[target], key=key, **{k: clean(v) for k, v in data.items()})
    return out


def write_csv(analysis: Analysis, folder: str | Path) -> list[Path]:
    """Write every table, with edges and speakers, as a CSV file.

    Parameters
    ----------
    analysis : Analysis
    folder : str or Path
        Made if it is not there.

    Returns
    -------
    list of Path
        One file a table, in UTF-8; cells that a spreadsheet would run as formulas are made harmless.

    See Also
    --------
    newslab.spreadsheets.neutralise_formulas : what is changed.
    """
    folder = made(Path(folder).expanduser())
    paths = []
    for name in (*TABLES, "edges", "speakers"):
        path = folder / f"{name}.csv"
        # Half characters, which UTF-8 cannot hold, become "?".
        with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
            if name in TABLES:
                _write_pieces(analysis, name, file)
            else:
                to_csv(neutralise_formulas(getattr(analysis, name)()), file)
        paths.append(path)
    return paths


def _write_pieces(analysis: Analysis, name: str, file: TextIO) -> None:
    """A table as CSV, of an analysis in parts one part after another."""
    forms: dict[str, str] = {}
    for k, piece in enumerate(analysis._pieces(name)):
        dates = piece.select_dtypes("datetime64").columns
        for column in dates.difference(list(forms)):
            forms[column] = _date_form(analysis._rows(name, [column])[column])
        piece = piece.assign(**{column: piece[column].dt.strftime(forms[column]) for column in dates})
        to_csv(neutralise_formulas(piece), file, header=k == 0)


def _date_form(dates: pd.Series) -> str:
    """How all dates of a column are written: without a time where all have none, as pandas does."""
    known = dates.dropna()
    if (known == known.dt.normalize()).all():
        return "%Y-%m-%d"
    return "%Y-%m-%d %H:%M:%S" if (known == known.dt.floor("s")).all() else "%Y-%m-%d %H:%M:%S.%f"


def write_xlsx(analysis: Analysis, path: str | Path) -> Path:
    """Write every table, with edges and speakers, as one Excel book.

    Parameters
    ----------
    analysis : Analysis
    path : str or Path
        The file to write.

    Returns
    -------
    Path
        The file. One sheet a table; a table of more rows than a sheet holds (1,048,576) goes on in "mentions 2" and
        so on. Text of more than 32,767 characters (an emoji counts twice) is cut, with a note; control characters are
        left out. Whole numbers of more digits than Excel keeps become text. Cells that it would run as formulas are
        made harmless.

    See Also
    --------
    newslab.spreadsheets.neutralise_formulas : what is changed.
    """
    path = Path(path).expanduser()
    sheets = [(name, _sheet(table)) for name, table in _all_tables(analysis)]  # a table that fails leaves no half book
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        for name, table in sheets:
            step = _XLSX_ROWS - 1
            for k, start in enumerate(range(0, max(len(table), 1), step)):
                part = table.iloc[start : start + step]
                part.to_excel(book, sheet_name=name if k == 0 else f"{name} {k + 1}", index=False)
    return path


def _sheet(table: pd.DataFrame) -> pd.DataFrame:
    """A table as Excel can hold it."""
    out = table.copy()
    out.columns = [NOT_IN_XML.sub("", str(c)) for c in out.columns]
    for k, dtype in enumerate(out.dtypes):
        column = out.iloc[:, k]
        if pd.api.types.is_datetime64_any_dtype(dtype):
            # Excel knows no time zones, and no dates before 1900.
            if column.dt.tz is not None or (column.dt.year < 1900).any():
                out.isetitem(k, column.map(lambda t: None if pd.isna(t) else t.isoformat()).astype("object"))
        elif pd.api.types.is_integer_dtype(dtype):
            if ((column > _XLSX_WHOLE) | (column < -_XLSX_WHOLE)).any():
                out.isetitem(k, column.astype("object").map(str, na_action="ignore"))  # not by way of floats
        elif not pd.api.types.is_numeric_dtype(dtype):
            # Characters go before formulas are looked for: one of them may hide the sign behind it.
            out.isetitem(k, column.map(_legal).astype("object"))
    out = neutralise_formulas(out)
    for k, dtype in enumerate(out.dtypes):
        if not (pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_datetime64_any_dtype(dtype)):
            out.isetitem(k, out.iloc[:, k].map(_fit).astype("object"))
    return out


def _legal(value: Any) -> Any:
    if isinstance(value, int) and abs(value) > _XLSX_WHOLE:
        return str(value)
    return NOT_IN_XML.sub("", value) if isinstance(value, str) else value


def _fit(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    value = NOT_IN_XML.sub("", value)  # also what stood in a list
    units = value.encode("utf-16-le")  # Excel counts them, two for an emoji
    if len(units) <= 2 * _XLSX_CELL:
        return value
    return units[: 2 * (_XLSX_CELL - len(_CUT))].decode("utf-16-le", "ignore") + _CUT


def _all_tables(analysis: Analysis) -> Iterator[tuple[str, pd.DataFrame]]:
    yield from ((name, analysis._rows(name)) for name in TABLES)
    yield "edges", analysis.edges()
    yield "speakers", analysis.speakers()


# Each writes into a folder that is there, and says what it has written.
_WRITERS: dict[str, Callable[[Analysis, Path], list[Path]]] = {
    "parquet": lambda analysis, folder: sorted(analysis.save(folder).glob("*.parquet")),
    "csv": write_csv,
    "xlsx": lambda analysis, folder: [write_xlsx(analysis, folder / "newslab.xlsx")],
    "gexf": lambda analysis, folder: [write_graph(analysis.to_networkx(), folder / "edges.gexf")],
    "graphml": lambda analysis, folder: [write_graph(analysis.to_networkx(), folder / "edges.graphml")],
    "coding": lambda analysis, folder: write_coding(analysis, folder / "coding"),
    "attributions": lambda analysis, folder: [write_attributions(analysis, folder / "attributions.jsonl")],
}

_READ_BY = {"csv": "R, Stata, SPSS", "xlsx": "Excel", "gexf": "Gephi", "graphml": "igraph, yEd"}


def export(analysis: Analysis, folder: str | Path, formats: str | Sequence[str] = ("csv",)) -> list[Path]:
    """Write an analysis in one or more forms.

    Parameters
    ----------
    analysis : Analysis
    folder : str or Path
        Made if it is not there.
    formats : str or sequence of {"parquet", "csv", "xlsx", "gexf", "graphml", "coding", "attributions"}
        parquet: one file a table, which :func:`newslab.load` reads back. csv: one file a table, with edges and
        speakers. xlsx: one book, a sheet a table. gexf and graphml: the network of edges for Gephi and others.
        coding: actors and edges of each article as JSON, which :func:`newslab.score_edges` compares with hand coding.
        attributions: quotations and sources as JSON lines.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ValueError
        If a format is unknown; nothing is written then.
    """
    wanted = [formats] if isinstance(formats, str) else list(dict.fromkeys(formats))
    for name in wanted:
        if name not in _WRITERS:
            hint = meant(name, _WRITERS)
            known = ", ".join(f + (f" ({_READ_BY[f]})" if f in _READ_BY else "") for f in _WRITERS)
            raise ValueError(f"no format {name!r}{hint}; formats are {known}")
    folder = made(Path(folder).expanduser())
    return [path for name in wanted for path in _WRITERS[name](analysis, folder)]
