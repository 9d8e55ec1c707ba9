"""Files that other programs read: read back here with the libraries that such programs use."""

import csv
import datetime as dt
import json

import networkx as nx
import openpyxl
import pandas as pd
import pytest
from _invented import STANCES, invented

import newslab as nl
from newslab.export import (
    _WRITERS,
    export,
    to_networkx,
    write_csv,
    write_graph,
    write_xlsx,
)
from newslab.spreadsheets import neutralise_formulas

TABLES = ["articles", "quotes", "mentions", "actors", "stances", "affiliations", "problems", "edges", "speakers"]


@pytest.fixture
def analysis():
    return invented(stances=[*STANCES, ("a5", "board", "lind", "negative", 0.3)])


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# Graphs


def test_graph_has_an_edge_a_polarity(analysis):
    graph = to_networkx(analysis.edges(), analysis.actors)
    assert set(graph.edges(keys=True)) == {
        ("vell", "orr", "negative"),
        ("orr", "vell", "negative"),
        ("lind", "orr", "positive"),
        ("board", "lind", "negative"),
    }
    edge = graph.edges["vell", "orr", "negative"]
    assert edge["weight"] == pytest.approx(1.55) and edge["sign"] == -1 and edge["polarity"] == "negative"
    assert (edge["n_articles"], edge["first"], edge["last"]) == (2, "2031-01-05", "2031-01-20")
    assert graph.edges["lind", "orr", "positive"]["sign"] == 1
    assert "first" not in graph.edges["board", "lind", "negative"]  # its article has no date
    assert graph.nodes["board"] == {"label": "Harbour Board", "type": "organisation"}
    assert all(data["weight"] > 0 for *_, data in graph.edges(data=True))


def test_graph_leaves_the_tables_alone(analysis):
    edges, actors = analysis.edges(), analysis.actors.copy(deep=True)
    before = edges.copy(deep=True)
    to_networkx(edges, actors)
    pd.testing.assert_frame_equal(edges, before)
    pd.testing.assert_frame_equal(actors, analysis.actors)


def test_graph_of_edges_split_by_outlet_is_refused(analysis):
    split = invented(stances=[("a1", "vell", "orr", "negative", 0.5), ("a3", "vell", "orr", "negative", 0.5)])
    with pytest.raises(ValueError, match="without by"):
        to_networkx(split.edges(by="outlet"), split.actors)


def test_graph_of_nothing(tmp_path):
    empty = invented(stances=[])
    graph = to_networkx(empty.edges(), empty.actors)
    assert len(graph) == 0
    assert len(nx.read_gexf(write_graph(graph, tmp_path / "a.gexf"))) == 0
    assert len(nx.read_graphml(write_graph(graph, tmp_path / "a.graphml"))) == 0


@pytest.mark.parametrize(
    ("form", "read"), [("gexf", nx.read_gexf), ("graphml", lambda p: nx.read_graphml(p, force_multigraph=True))]
)
def test_graph_files_read_back(form, read, analysis, tmp_path):
    graph = analysis.to_networkx()
    again = read(write_graph(graph, tmp_path / f"graph.{form}"))
    assert again.is_directed()
    assert {n: d["label"] for n, d in again.nodes(data=True)} == {n: d["label"] for n, d in graph.nodes(data=True)}
    assert {n: d["type"] for n, d in again.nodes(data=True)}["board"] == "organisation"
    wanted = sorted((s, t, d["polarity"], d["sign"], d["weight"], d.get("first")) for s, t, d in graph.edges(data=True))
    found = sorted((s, t, d["polarity"], d["sign"], d["weight"], d.get("first")) for s, t, d in again.edges(data=True))
    assert [(*f[:4], f[5]) for f in found] == [(*w[:4], w[5]) for w in wanted]
    assert [f[4] for f in found] == pytest.approx([w[4] for w in wanted])


@pytest.mark.parametrize(("form", "read"), [("gexf", nx.read_gexf), ("graphml", nx.read_graphml)])
def test_graph_files_hold_any_name(form, read, tmp_path):
    odd = invented(names={"vell": "Ona\x00\x1b <Vell> & \ufffe “Söhne” 党"})
    again = read(write_graph(odd.to_networkx(), tmp_path / f"graph.{form}"))
    assert "<Vell> &" in again.nodes["vell"]["label"] and "“Söhne” 党" in again.nodes["vell"]["label"]


def test_a_pair_that_criticizes_and_backs_keeps_both(tmp_path):
    both = invented(stances=[("a1", "vell", "orr", "negative", 0.5), ("a3", "vell", "orr", "positive", 0.6)])
    again = nx.read_gexf(write_graph(both.to_networkx(), tmp_path / "both.gexf"))
    assert sorted((d["polarity"], d["weight"]) for *_, d in again.edges(data=True)) == [
        ("negative", pytest.approx(0.5)),
        ("positive", pytest.approx(0.6)),
    ]


# Formulas


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\rfine", "\nfine", "  =1", "\x01=1", "\ufeff=1", "\u200b@x", "\xa0-x",
     "＝1+1", "=cmd|' /C calc'!A0", "'=1"],
)  # fmt: skip
def test_formulas_are_made_harmless(text):
    assert neutralise_formulas(pd.DataFrame({"x": [text]})).at[0, "x"] == "'" + text


@pytest.mark.parametrize("text", ["fine", "1-1", "a=b", "“=1”", "'tis", "–5", "", "mail@home"])
def test_other_text_stays(text):
    assert neutralise_formulas(pd.DataFrame({"x": [text]})).at[0, "x"] == text


def test_numbers_dates_and_missing_values_stay():
    frame = pd.DataFrame(
        {
            "n": [-1.5, 2.0],
            "when": pd.to_datetime(["2031-01-01", None]),
            "text": pd.Series(["=1", None], dtype="str"),
            "mixed": pd.Series([-3, "-3"], dtype="object"),
            "list": pd.Series([["=a", "é"], [(1, 2)]], dtype="object"),
        }
    )
    before = frame.copy(deep=True)
    out = neutralise_formulas(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert out["n"].tolist() == [-1.5, 2.0] and out["when"].dtype == frame["when"].dtype
    assert out["text"].dtype == frame["text"].dtype and pd.isna(out.at[1, "text"])
    assert out["mixed"].tolist() == [-3, "'-3"]
    assert [json.loads(x) for x in out["list"]] == [["=a", "é"], [[1, 2]]]


def test_column_names_are_made_harmless_and_doubles_stay():
    out = neutralise_formulas(pd.DataFrame([["a", "=b"]], columns=["=x", "=x"]))
    assert out.columns.tolist() == ["'=x", "'=x"] and out.iloc[0].tolist() == ["a", "'=b"]


# CSV and XLSX


def test_csv_holds_every_table(analysis, tmp_path):
    paths = write_csv(analysis, tmp_path / "new" / "folder")
    assert [p.stem for p in paths] == TABLES
    assert [r["article_id"] for r in rows(tmp_path / "new" / "folder" / "articles.csv")] == [
        "a1",
        "a2",
        "a3",
        "a4",
        "a5",
    ]
    assert rows(paths[0])[0]["text"] == analysis.articles.at[0, "text"]
    assert json.loads(rows(paths[3])[0]["aliases"]) == ["Vell"]
    assert json.loads(rows(paths[1])[0]["spans"]) == [[0, 3]]
    assert float(rows(paths[7])[0]["n_negative"]) == pytest.approx(1.55)
    assert not paths[0].read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"])
def test_no_line_of_a_text_begins_a_row_of_a_csv_file(end, tmp_path):
    told = f"Rain fell.{end}=1+1 said nobody{end}End"
    odd = invented(titles={"a1": told, "a2": end}, names={"vell": f"Ona{end}@Vell"})
    path = write_csv(odd, tmp_path)[0]
    for titles in ([r["title"] for r in rows(path)], pd.read_csv(path, keep_default_na=False)["title"].tolist()):
        assert len(titles) == 5 and titles[0] == told and titles[1].removeprefix("'") == end
    assert {r["source"] for r in rows(tmp_path / "edges.csv")} >= {f"Ona{end}@Vell"}


def test_xlsx_holds_every_table(analysis, tmp_path):
    book = openpyxl.load_workbook(write_xlsx(analysis, tmp_path / "book.xlsx"))
    assert book.sheetnames == TABLES
    head, first = list(book["articles"].iter_rows(values_only=True))[:2]
    article = dict(zip(head, first, strict=True))
    assert article["text"] == analysis.articles.at[0, "text"]
    assert article["published"] == dt.datetime(2031, 1, 5)
    assert book["problems"].max_row == 1  # the header of an empty table


def test_hostile_cells_in_csv_and_xlsx(tmp_path):
    odd = invented(
        titles={
            "a1": "=HYPERLINK(0)",
            "a2": "\x02=1+1",
            "a3": "x" * 40_000,
            "a4": "x" + "😀" * 20_000,
        },
        names={"vell": "@Vell"},
    )
    found = rows(write_csv(odd, tmp_path)[0])
    assert [r["title"] for r in found[:2]] == ["'=HYPERLINK(0)", "'\x02=1+1"]
    assert found[2]["title"] == "x" * 40_000
    assert rows(tmp_path / "edges.csv")[0]["source"] == "'@Vell"
    book = openpyxl.load_workbook(write_xlsx(odd, tmp_path / "book.xlsx"))
    titles = [c for c in book["articles"]["B"]][1:]
    assert [c.value for c in titles[:2]] == ["'=HYPERLINK(0)", "'=1+1"]
    assert len(titles[2].value) == 32_767 and titles[2].value.endswith("(cut)")
    assert 32_765 < len(titles[3].value.encode("utf-16-le")) / 2 <= 32_767 and titles[3].value.endswith("😀 … (cut)")
    assert not any(c.data_type == "f" for sheet in book for row in sheet.iter_rows() for c in row)


def test_whole_numbers_that_excel_would_round_are_text(tmp_path):
    odd = invented()
    odd.articles["post"] = pd.array([9007199254740993, None, 3, 4, -9007199254740993], "Int64")
    odd.articles["any"] = pd.Series([10**400, 7, "x", None, 2.5], dtype="object")
    book = openpyxl.load_workbook(write_xlsx(odd, tmp_path / "book.xlsx"))
    head, *cells = list(book["articles"].iter_rows(values_only=True))
    post, any_kind = ([row[head.index(name)] for row in cells] for name in ("post", "any"))
    assert post == ["9007199254740993", None, "3", "4", "'-9007199254740993"]
    assert any_kind == [str(10**400), 7, "x", None, 2.5]


def test_a_table_that_cannot_be_read_leaves_no_book(tmp_path, monkeypatch):
    def damaged(*_):
        raise ValueError("quotes.parquet is damaged")

    odd = invented()
    monkeypatch.setattr(odd, "_rows", damaged)
    with pytest.raises(ValueError, match=r"quotes\.parquet is damaged"):
        write_xlsx(odd, tmp_path / "book.xlsx")
    assert not (tmp_path / "book.xlsx").exists()


def test_dates_that_excel_cannot_hold(tmp_path):
    old = invented()
    old.articles["published"] = pd.to_datetime(["1855-03-01", *["2031-01-05"] * 4])
    old.articles["seen"] = pd.to_datetime(["2031-01-05 10:00"] * 5).tz_localize("Europe/Vienna")
    sheet = openpyxl.load_workbook(write_xlsx(old, tmp_path / "book.xlsx"))["articles"]
    head, first = list(sheet.iter_rows(values_only=True))[:2]
    article = dict(zip(head, first, strict=True))
    assert article["published"] == "1855-03-01T00:00:00" and article["seen"] == "2031-01-05T10:00:00+01:00"


def test_long_tables_go_on_in_another_sheet(analysis, tmp_path, monkeypatch):
    monkeypatch.setattr("newslab.export._XLSX_ROWS", 3)
    book = openpyxl.load_workbook(write_xlsx(analysis, tmp_path / "book.xlsx"))
    assert [n for n in book.sheetnames if n.startswith("articles")] == ["articles", "articles 2", "articles 3"]
    ids = [r[0] for n in book.sheetnames[:3] for r in list(book[n].iter_rows(values_only=True))[1:]]
    assert ids == ["a1", "a2", "a3", "a4", "a5"]


# export


@pytest.mark.parametrize("name", list(_WRITERS))
def test_each_format_writes_files_into_a_new_folder(name, analysis, tmp_path):
    paths = export(analysis, tmp_path / "a" / "b", name)
    assert paths and all(p.is_file() and p.is_relative_to(tmp_path / "a" / "b") for p in paths)


def test_several_formats_and_one_twice(analysis, tmp_path):
    names = [p.name for p in export(analysis, tmp_path, ["gexf", "xlsx", "gexf"])]
    assert names == ["edges.gexf", "newslab.xlsx"]


def test_parquet_is_what_load_reads(analysis, tmp_path):
    analysis.export(tmp_path, "parquet")
    pd.testing.assert_frame_equal(nl.load(tmp_path).stances, analysis.stances)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("exel", r"formats are parquet, .*xlsx \(Excel\)"),
        ("gephi", r"gexf \(Gephi\)"),
        ("R", r"csv \(R, "),
        ("grapml", "did you mean 'graphml'"),
    ],
)
def test_unknown_formats_write_nothing(name, message, analysis, tmp_path):
    with pytest.raises(ValueError, match=message):
        export(analysis, tmp_path / "new", ["csv", name])
    assert not (tmp_path / "new").exists()
