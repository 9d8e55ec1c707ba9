"""An analysis in other forms: CSV, XLSX, GEXF and GraphML for other tools, hand-coding JSON, attribution lines."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import pandas as pd

from newslab.coding import write_attributions, write_coding

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_TABLES = ("articles", "quotes", "mentions", "actors", "stances", "problems")
_FORMULA = re.compile(r"^[\s\x00]*[=+\-@]|^[\t\r]")  # what a spreadsheet would run
_XLSX_CELL, _XLSX_ROWS = 32_767, 1_048_575  # limits of the format
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")  # characters that XML cannot hold


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

    Notes
    -----
    Weights are positive and the sign is an attribute, since Gephi's layouts and statistics mishandle negative weights.
    """
    graph = nx.MultiDiGraph()
    info = actors.set_index("actor_id")
    for row in edges.itertuples():
        for end in (row.source_id, row.target_id):
            graph.add_node(end, label=str(info.at[end, "name"]), type=str(info.at[end, "type"]))
        for polarity, sign, weight in (("negative", -1, row.n_negative), ("positive", 1, row.n_positive)):
            if weight > 0:
                dates = {
                    k: d.date().isoformat() for k, d in (("first", row.first), ("last", row.last)) if not pd.isna(d)
                }
                graph.add_edge(
                    row.source_id, row.target_id, key=polarity, weight=float(weight), polarity=polarity, sign=sign,
                    n_articles=int(row.n_articles), **dates,
                )  # fmt: skip
    return graph


def neutralise_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy whose text cells no spreadsheet runs: what begins with = + - @ gets an apostrophe in front.

    Lists become JSON text. Numbers and dates stay as they are.

    Examples
    --------
    >>> neutralise_formulas(pd.DataFrame({"text": ["=1+1", "fine"], "n": [-1, 2]})).values.tolist()
    [["'=1+1", -1], ['fine', 2]]
    """
    out = frame.copy()
    out.columns = [_harmless(str(c)) for c in out.columns]
    for k, dtype in enumerate(out.dtypes):
        if not (pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_datetime64_any_dtype(dtype)):
            out.isetitem(k, out.iloc[:, k].map(_harmless).astype("object"))
    return out


def _harmless(value: Any) -> Any:
    if isinstance(value, (list, tuple, dict)) or hasattr(value, "tolist"):
        value = json.dumps(value if not hasattr(value, "tolist") else value.tolist(), ensure_ascii=False, default=str)
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _all_tables(analysis: Analysis) -> dict[str, pd.DataFrame]:
    tables = {name: getattr(analysis, name) for name in _TABLES}
    return {**tables, "edges": analysis.edges(), "speakers": analysis.speakers()}


def _csv(analysis: Analysis, folder: Path) -> list[Path]:
    paths = []
    for name, table in _all_tables(analysis).items():
        path = folder / f"{name}.csv"
        neutralise_formulas(table).to_csv(path, index=False, encoding="utf-8")
        paths.append(path)
    return paths


def _xlsx(analysis: Analysis, folder: Path) -> list[Path]:
    path = folder / "newslab.xlsx"
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        for name, table in _all_tables(analysis).items():
            if len(table) > _XLSX_ROWS:
                raise ValueError(f"{name} has {len(table):,} rows and a sheet holds {_XLSX_ROWS:,}; use csv or parquet")
            neutralise_formulas(table).map(_cell).to_excel(book, sheet_name=name, index=False)
    return [path]


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    value = _ILLEGAL.sub("", value)
    mark = " … (cut)"
    return value if len(value) <= _XLSX_CELL else value[: _XLSX_CELL - len(mark)] + mark


def _graph(write: Callable[[nx.MultiDiGraph, Path], None], suffix: str) -> Callable[[Analysis, Path], list[Path]]:
    def writer(analysis: Analysis, folder: Path) -> list[Path]:
        path = folder / f"edges.{suffix}"
        graph = analysis.to_networkx()
        for _, data in graph.nodes(data=True):
            data["label"] = _ILLEGAL.sub("", data["label"])
        write(graph, path)
        return [path]

    return writer


_WRITERS: dict[str, Callable[[Analysis, Path], list[Path]]] = {
    "parquet": lambda analysis, folder: sorted(analysis.save(folder).glob("*.parquet")),
    "csv": _csv,
    "xlsx": _xlsx,
    "gexf": _graph(nx.write_gexf, "gexf"),
    "graphml": _graph(nx.write_graphml, "graphml"),
    "coding": lambda analysis, folder: write_coding(analysis, folder / "coding"),
    "attributions": lambda analysis, folder: [write_attributions(analysis, folder / "attributions.jsonl")],
}


def export(analysis: Analysis, folder: str | Path, formats: str | Sequence[str] = ("csv",)) -> list[Path]:
    """Write an analysis in one or more forms.

    Parameters
    ----------
    analysis : Analysis
    folder : str or Path
        Made if it is not there.
    formats : str or sequence of {"parquet", "csv", "xlsx", "gexf", "graphml", "coding", "attributions"}
        csv: one file a table, with edges and speakers. xlsx: one book, a sheet a table. gexf and graphml: the network
        of edges for Gephi and others. coding: actors and edges of each article as JSON in the form of the coding
        guideline. attributions: quotations and sources as JSON lines.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ValueError
        If a format is unknown, or a table is too long for a sheet.
    """
    wanted = [formats] if isinstance(formats, str) else list(formats)
    for name in wanted:
        if name not in _WRITERS:
            near = get_close_matches(str(name), _WRITERS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"no format {name!r}{hint} Formats are {', '.join(_WRITERS)}")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return [path for name in wanted for path in _WRITERS[name](analysis, folder)]
