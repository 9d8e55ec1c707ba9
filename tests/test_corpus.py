"""Reading a corpus: every form of input, and everything that can be wrong with it."""

import csv
import gzip
import io
import json
import os
import time
import warnings
import zipfile
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import newslab as nl
import newslab.corpus.files
import newslab.corpus.gathering
from newslab.corpus import blocks, formats, read_articles
from newslab.corpus.formats import csv_rows
from newslab.tables import DTYPES, TABLES

COLUMNS = ["article_id", "title", "text", "published", "outlet", "author", "url"]
TEXT = "Harbour tax to rise\n\nThe café on the quay will pay more, said Ilse Brandt."
PAGE = """<html><head><title>Harbour tax to rise</title>
<meta property="og:site_name" content="The Varsund Courier"><meta name="author" content="Jane Doe">
<meta property="article:published_time" content="2024-03-12T10:30:00"><link rel="canonical" href="https://courier.example/a">
<script>var hidden = "SECRET";</script><style>p {color: red}</style></head><body><nav><a href="/">Home</a></nav>
<article><h1>Harbour tax to rise</h1><p>The council voted for the harbour tax &amp; a new ferry on Tuesday evening.</p>
<script>alert("SECRET");</script><p>Ilse Brandt called the vote “a gift to the lorries” and left the hall.</p></article>
</body></html>"""


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read(source, match=None, **options):
    """Read, with exactly the warning that is expected."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        articles = read_articles(source, **options)
    told = [str(w.message) for w in caught if issubclass(w.category, UserWarning)]
    assert told == [] if match is None else any(match in t for t in told), told
    assert all(w.filename == __file__ for w in caught), "a warning must point to the caller"
    assert articles.columns[:7].tolist() == COLUMNS
    dtypes = articles.dtypes.astype(str)
    assert (dtypes[[c for c in COLUMNS if c != "published"]] == "str").all() and dtypes["published"] == "datetime64[ns]"
    assert articles["article_id"].is_unique and isinstance(articles.index, pd.RangeIndex)
    return articles


def problems(articles):
    assert all(
        set(p) == {"article_id", "stage", "reason"} and p["stage"] == "corpus" for p in articles.attrs["problems"]
    )
    return {p["article_id"]: p["reason"] for p in articles.attrs["problems"]}


# Forms of input


def test_folder_of_text(tmp_path):
    write(tmp_path, {"b/two.TXT": "Two\r\n\r\nlines.\r\n", "a.txt": TEXT, "b.txt": "One line only.", "README.md": "x",
                     "readme.txt": "x", "LICENSE": "x", ".hidden.txt": "x", "__MACOSX/a.txt": "x", ".git/c.txt": "x",
                     "picture.png": b"\x89PNG", "c.d.txt": "\ufeffWith a mark."})  # fmt: skip
    articles = read(tmp_path)
    assert articles["article_id"].tolist() == ["a", "b", "b/two", "c.d"]
    assert articles["text"].tolist() == [TEXT, "One line only.", "Two\r\n\r\nlines.\r\n", "With a mark."]
    assert articles["title"].tolist()[::2] == ["Harbour tax to rise", "Two"]
    assert articles.loc[[1, 3], "title"].isna().all() and articles["published"].isna().all()
    assert problems(articles) == {}
    pd.testing.assert_frame_equal(articles, read(str(tmp_path)))


def test_long_first_line_is_no_title(tmp_path):
    articles = read(write(tmp_path, {"a.txt": "x" * 200 + "\ntext", "b.txt": "x" * 201 + "\ntext"}))
    assert articles["title"].notna().tolist() == [True, False]


def test_single_files_lists_and_globs(tmp_path):
    write(tmp_path, {"x/a.txt": TEXT, "x/b.txt": TEXT, "y/c.txt": TEXT, "y/d.csv": "text\nhello there\n"})
    assert read(tmp_path / "x/a.txt")["article_id"].tolist() == ["a"]
    assert read([tmp_path / "y/c.txt", str(tmp_path / "x/a.txt")])["article_id"].tolist() == ["c", "a"]
    assert read(str(tmp_path / "x/*.txt"))["article_id"].tolist() == ["a", "b"]
    assert read(str(tmp_path / "**/*.txt"))["article_id"].tolist() == ["x/a", "x/b", "y/c"]
    assert read(str(tmp_path / "**"))["article_id"].tolist() == ["x/a", "x/b", "y/c", "y/d-1"]
    assert read(str(tmp_path / "*"))["article_id"].tolist() == ["x/a", "x/b", "y/c", "y/d-1"]
    assert read([tmp_path / "x", tmp_path / "y/c.txt"])["article_id"].tolist() == ["a", "b", "c"]


def test_a_linked_folder_is_told_of_or_read_once(tmp_path):
    write(tmp_path, {"corpus/2024/a.txt": TEXT, "elsewhere/b.txt": TEXT, "corpus/.store/c.txt": TEXT})
    corpus = tmp_path / "corpus"
    for name, target in {"2023": "../elsewhere", "latest": "2024", "all": ".", "kept": ".store"}.items():
        (corpus / name).symlink_to(target, target_is_directory=True)
    articles = read(corpus, "2 of 3 articles")
    assert articles["article_id"].tolist() == ["2024/a"]
    reason = f"a link to the folder {tmp_path / 'elsewhere'} is not followed; pass a list with that folder, too"
    told = problems(articles)
    assert set(told) == {str(corpus / "2023"), str(corpus / "kept")} and told[str(corpus / "2023")] == reason
    assert len(read([corpus, tmp_path / "elsewhere"], "1 of 3 articles")) == 2
    for pattern in ("**/*.txt", "*", "**", "*/*.txt"):
        articles = read(str(corpus / pattern))
        assert articles["article_id"].tolist() == ["2023/b", "2024/a", "kept/c"], pattern
    assert len(read(str(tmp_path / "*"), "1 of 3 articles")) == 2


def test_html(tmp_path):
    row = read(write(tmp_path, {"a.html": PAGE, "b.HTM": PAGE.encode("cp1252", "replace")})).iloc[0]
    assert row["title"] == "Harbour tax to rise" and row["outlet"] == "The Varsund Courier"
    assert row["author"] == "Jane Doe" and row["url"] == "https://courier.example/a"
    assert row["published"] == pd.Timestamp("2024-03-12")
    assert "tax & a new ferry on Tuesday evening.\n\nIlse Brandt called the vote “a gift" in row["text"]
    assert "SECRET" not in row["text"] and "color" not in row["text"]


def test_html_date_is_not_taken_from_the_prose(tmp_path):
    prose = "The bridge opened on 3 May 1921, and the town still sings of it."
    page = f"<html><body><article><p>{prose}</p></article></body></html>"
    assert read(write(tmp_path, {"a.html": page}))["published"].isna().all()


def test_html_without_an_article_is_a_problem(tmp_path, caplog):
    articles = read(write(tmp_path, {"a.txt": TEXT, "b.html": "<<<>>>", "c.html": "<html><script>x()</script></html>"}),
                    "2 of 3 articles could not be read")  # fmt: skip
    assert problems(articles) == dict.fromkeys(("b.html", "c.html"), "no article found in the page")
    assert not caplog.records


def test_csv(tmp_path):
    table = ('ID,Headline,Body,Pub Date,Source,By-line,Link,words,code\n'
             '007,One,"First ""text"",\r\nwith lines",2024-03-12,Courier,Jane Doe,https://a.example,12,01\n'
             '8,Two,Second text,,,,,,02\n')  # fmt: skip
    articles = read(write(tmp_path, {"t.csv": table}))
    assert articles.columns[7:].tolist() == ["words", "code"]
    assert articles["article_id"].tolist() == ["007", "8"]
    assert articles["text"].tolist() == ['First "text",\r\nwith lines', "Second text"]
    assert articles.loc[0, ["title", "outlet", "author", "url"]].tolist() == [
        "One",
        "Courier",
        "Jane Doe",
        "https://a.example",
    ]
    assert articles.loc[1, ["published", "outlet", "author", "url", "words"]].isna().all()
    assert articles["words"].dtype == "float64" and articles["code"].tolist() == ["01", "02"]


@pytest.mark.parametrize("large", [0, blocks.LARGE])
def test_ids_and_names_in_csv_files_that_look_like_numbers_stay_as_they_stand(large, tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "LARGE", large)
    rows = ["1.10,24,1.50,20240312,1.10", "1.1,24,,20240313,2", "+5,,,1710239400.0,3", ",7,,,"]
    table = "id,outlet,title,date,n,text\n" + "".join(f"{row},Report {k}.\n" for k, row in enumerate(rows))
    articles = read(write(tmp_path, {"t.csv": table}) / "t.csv")
    assert articles["article_id"].tolist() == ["1.10", "1.1", "+5", "t-4"]
    assert articles["outlet"].fillna("").tolist() == ["24", "24", "", "7"] and articles["title"][0] == "1.50"
    assert articles["published"].dt.day.fillna(0).tolist() == [12, 13, 12, 0]
    assert articles["n"].fillna(0).tolist() == [1.1, 2, 3, 0]
    articles = read(tmp_path / "t.csv", article_id="n")
    assert articles["article_id"].tolist() == ["1.10", "2", "3", "t-4"]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiters(tmp_path, mark):
    lines = [["title", "text"], ["A", "One text."], ["B", "Another."]]
    write(tmp_path, {"t.csv": "\n".join(mark.join(row) for row in lines)})
    assert read(tmp_path)["text"].tolist() == ["One text.", "Another."]
    write(tmp_path, {"t.csv": "text\nJust one column\n"})
    assert read(tmp_path / "t.csv")["text"].tolist() == ["Just one column"]


@pytest.mark.parametrize("bad", ['2,"never closed', "2,too,many", "2", '2,"a "b" c', '2,"two\nlines",too many'])
def test_one_bad_csv_row_loses_nothing_else(tmp_path, bad):
    table = f'id,text\n1,"first, text"\n{bad}\n3,"third, text"\n4,fourth\n'
    articles = read(write(tmp_path, {"t.csv": table}), "1 of 4 articles could not be read")
    assert articles["article_id"].tolist() == ["1", "3", "4"]
    assert articles["text"].tolist() == ["first, text", "third, text", "fourth"]
    assert list(problems(articles)) == ["t-2"] and "line 3" in problems(articles)["t-2"]


def test_many_broken_rows(tmp_path):
    table = "id,text\n" + "".join(f'{i},"open {i}\n' if i % 2 else f"{i},text {i}\n" for i in range(6000))
    articles = read(write(tmp_path, {"t.csv": table}), "3,000 of 6,000 articles could not be read")
    assert articles["article_id"].tolist() == [str(i) for i in range(0, 6000, 2)]


@pytest.mark.parametrize("large", [0, blocks.LARGE])
def test_the_lines_of_a_cell_that_is_too_long_are_no_rows(large, tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "LARGE", large)
    dump = "".join(f"Dear Sir, this is line {i}\n" for i in range(100))
    write(tmp_path, {"t.csv": f'id,text,page\ndump,"{dump}",\na,One report.,"{dump}"\nb,Another.,\n'})
    articles = read(tmp_path / "t.csv", "1 of 3 articles", max_chars=50)
    assert articles["article_id"].tolist() == ["a", "b"] and articles["page"][0] == dump
    assert problems(articles) == {"dump": "t.csv: 2,590 characters; longer than max_chars=50"}


def test_a_quotation_mark_that_is_not_closed_for_long_costs_its_row_only(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "LARGE", 0)
    monkeypatch.setattr(formats, "_CELL", 1000)
    table = 'id,text\n1,"never closed\n' + "".join(f"{i},Report {i}.\n" for i in range(2, 200))
    articles = read(write(tmp_path, {"t.csv": table}), "1 of 199 articles", max_chars=50)
    assert articles["article_id"].tolist() == [str(i) for i in range(2, 200)]


def test_long_cells_are_read_while_another_thread_ends_with_its_table():
    csv.field_size_limit(131_072)  # as Python has it
    rows = ["id,text\n", *(f"{i},{'word ' * 40_000}\n" for i in range(3))]
    one, two = csv_rows(rows[:2], ","), csv_rows(rows, ",")
    next(one), next(two)
    list(one)
    assert [number for number, row in two if not isinstance(row, str)] == [1, 2, 3]


def test_quotation_marks_that_were_not_doubled(tmp_path):
    table = 'id,text\n1,"He said "no" to it"\n2,He said "yes" to it\n3,"""No,"" he said"\n4,""\n'
    articles = read(write(tmp_path, {"t.csv": table}), "2 of 4 articles")
    assert articles["text"].tolist() == ['He said "yes" to it', '"No," he said']


def test_row_numbers_make_ids_that_do_not_move(tmp_path):
    write(tmp_path, {"d/t.csv": "title,text\nA,one\nB,\nC,three\n", "d/u.jsonl": '{"text": "x"}\n\n{"text": "y"}\n'})
    articles = read(tmp_path, "could not be read")
    assert articles["article_id"].tolist() == ["d/t-1", "d/t-3", "d/u-1", "d/u-3"]
    assert problems(articles) == {"d/t-2": "d/t.csv: empty"}


def test_jsonl(tmp_path):
    lines = [
        '{"id": 9007199254740993, "body": "one", "tags": ["x", "y"]}',
        "{broken",
        "[1]",
        '{"body": 5}',
        '{"body": "two"}',
    ]
    articles = read(write(tmp_path, {"t.jsonl": "\n".join(lines)}), "3 of 5 articles could not be read")
    assert articles["article_id"].tolist() == ["9007199254740993", "t-5"]
    assert articles["tags"].tolist()[0] == ["x", "y"]
    assert "line 2 is not JSON" in problems(articles)["t-2"] and "a list" in problems(articles)["t-3"]
    assert "of type int" in problems(articles)["t-4"]


def test_an_export_of_mongodb(tmp_path):
    lines = [
        {"_id": {"$oid": "65f0"}, "text": "one", "date": {"$date": "2024-03-12T10:30:00Z"}, "url": {"path": "/a"}},
        {"_id": {"$oid": "65f1"}, "text": "two", "date": {"$date": {"$numberLong": "1710239400000"}},
         "author": {"first": "Ida", "last": "Kent"}},
    ]  # fmt: skip
    articles = read(write(tmp_path, {"t.jsonl": "\n".join(map(json.dumps, lines))}))
    assert articles["article_id"].tolist() == ["65f0", "65f1"]
    assert articles["published"].tolist() == [pd.Timestamp("2024-03-12 10:30")] * 2
    assert articles["author"][1] == '{"first": "Ida", "last": "Kent"}' and articles["url"][0] == '{"path": "/a"}'


@pytest.mark.filterwarnings("ignore:[56] other faults")
@pytest.mark.parametrize("levels", [50, 105, 900])
def test_what_is_nested_too_deeply_costs_its_field_only(levels, tmp_path):
    deep = '{"a": ' * levels + "1" + "}" * levels
    names = ["id", "title", "date", "author", "tags"]
    lines = [json.dumps({"text": TEXT, "tags": [["a"]]}),
             '{"text": "Rain fell.", ' + ", ".join(f'"{name}": {deep}' for name in names) + "}"]  # fmt: skip
    write(tmp_path, {"t.jsonl": "\n".join(lines), "u.json": lines[1]})
    source = tmp_path / "t.jsonl"
    whole = nl.analyze(source, reader="rules", progress=False)
    saved = nl.load(whole.save(tmp_path / "saved"))
    for analysis in (whole, saved, nl.analyze(source, reader="rules", progress=False, out=tmp_path / "out")):
        assert analysis.articles["article_id"].tolist() == ["t-1", "t-2"]
        assert analysis.articles["tags"].isna().tolist() == [False, True]
        assert analysis.problems["article_id"].tolist() == ["t-2"] * 5
        assert sorted(analysis.problems["reason"]) == [
            f"t.jsonl: {name} is nested more than 40 levels deep; left out"
            for name in ("article_id", "author", "published", "tags", "title")
        ]
    assert len(problems(read(tmp_path / "u.json", "5 other faults"))) == 1


RECORD = {"title": "A", "content": "One text.", "publishedAt": "2024-03-12T10:30:00Z",
          "source": {"id": None, "name": "Courier"},
          "author": ["Jane Doe", "John Roe"]}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "ids"),
    [([RECORD, RECORD], ["t-1", "t-2"]), (RECORD, ["t"]),
     ({"status": "ok", "articles": [RECORD, RECORD]}, ["t-1", "t-2"]),
     ({"results": [RECORD]}, ["t-1"]),
     ({"k9": RECORD, "k7": RECORD}, ["k9", "k7"]),
     ({name: {"0": x, "4": x} for name, x in RECORD.items()}, ["t-1", "t-2"])],  # as frame.to_json() writes it
)  # fmt: skip
def test_json(tmp_path, value, ids):
    articles = read(write(tmp_path, {"t.json": json.dumps(value)}))
    assert articles["article_id"].tolist() == ids
    row = articles.iloc[0]
    assert (row["text"], row["outlet"], row["author"]) == ("One text.", "Courier", "Jane Doe, John Roe")
    assert row["published"] == pd.Timestamp("2024-03-12 10:30")


@pytest.mark.parametrize(
    "value",
    [{"Wortlaut": {"0": "One text."}, "Nr": {"0": 7}}, {"7": {"Wortlaut": "One text."}},
     {"Wortlaut": "One text.", "tags": [{"name": "roads"}]}],
)  # fmt: skip
def test_json_of_columns_that_are_named(tmp_path, value):
    articles = read(write(tmp_path, {"t.json": json.dumps(value)}), text="Wortlaut")
    assert articles["text"].tolist() == ["One text."]


def test_many_single_records_and_texts_mix(tmp_path):
    files = {f"{i:03}.json": json.dumps({"text": f"text {i}", "n": i}) for i in range(5)} | {"002b.txt": TEXT}
    articles = read(write(tmp_path, files))
    assert articles["article_id"].tolist() == ["000", "001", "002", "002b", "003", "004"]
    assert articles["n"].tolist()[:3] == [0, 1, 2] and np.isnan(articles["n"][3])


@pytest.mark.parametrize(("text", "reason"), [('{"text": ', "not JSON"), ("5", "a JSON int"),
                                              ("[" * 100_000, "nested too deeply"),
                                              ("[]", "no records"),
                                              ('{"content": {"title": "A"}}', "the text is of type dict"),
                                              ('{"a": {"title": "A"}}', "no column of texts")])  # fmt: skip
def test_bad_json(tmp_path, text, reason):
    write(tmp_path, {"a.txt": TEXT, "t.json": text})
    assert reason in problems(read(tmp_path, "1 of 2"))["t.json"]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_a_number_of_very_many_digits_costs_no_article(name, tmp_path):
    record = f'{{"text": "Rain fell.", "n": {"7" * 5000}}}'
    articles = read(write(tmp_path, {name: f"[{record}]" if name == "a.json" else record}))
    assert articles["n"].tolist() == ["7" * 5000]


def test_hand_codings_beside_the_articles_are_no_articles(tmp_path):
    coding = json.dumps({"article": "a", "actors": [], "edges": [], "quotations": []})
    assert read(write(tmp_path, {"a.txt": TEXT, "a.json": coding}))["article_id"].tolist() == ["a"]
    with pytest.raises(ValueError, match="hand codings only"):
        read_articles(tmp_path / "a.json")


def test_results_beside_the_articles_are_no_articles(tmp_path):
    corpus = write(tmp_path, {"a.txt": TEXT, "b.txt": "“It is done,” said Ona Vell."})
    analysis = nl.analyze(corpus, reader="rules", progress=False)
    analysis.quotes.to_csv(corpus / "quotes.csv", index=False)
    analysis.save(corpus / "results")
    write(corpus, {"results/c.txt": TEXT})  # it lies there, and is no part of the analysis
    for source in (corpus, corpus / "**", corpus / "**/*"):
        articles = read(source, "1 of 4 articles could not be read; 1 other fault")
        assert articles["article_id"].tolist() == ["a", "b", "results/c"]
        told = {Path(p["article_id"]).name: p["reason"] for p in articles.attrs["problems"]}
        assert told["quotes.csv"].startswith("quotes that newslab found, and no articles")
        assert told["results"].startswith("holds an analysis, which newslab.load opens")
    assert read_articles(corpus / "results/articles.parquet")["text"].tolist() == articles["text"].tolist()[:2]
    assert read_articles(corpus / "quotes.csv", text="text")["text"].tolist() == analysis.quotes["text"].tolist()
    (corpus / "results/c.txt").unlink()
    with pytest.raises(ValueError, match="holds an analysis, which newslab.load opens"):
        nl.analyze(corpus / "results", progress=False)


def test_results_in_a_zip_are_no_articles(tmp_path):
    folder = write(tmp_path, {"corpus/a.txt": TEXT})
    nl.analyze(folder / "corpus", out=folder / "results", reader="rules", progress=False)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in sorted(tmp_path.rglob("*")):
            if path.suffix != ".zip":
                archive.write(path, path.relative_to(tmp_path))
    articles = read(tmp_path / "all.zip", "1 other fault")
    assert articles["article_id"].tolist() == ["corpus/a"]
    assert [p["article_id"] for p in articles.attrs["problems"]] == ["all.zip/results"]


def test_all_that_an_analysis_is_made_of_is_known_where_files_are_found():
    assert {f"{name}.parquet" for name in TABLES} <= newslab.corpus.files._OF_ANALYSIS
    assert all(columns <= {*DTYPES[name]} for name, columns in newslab.corpus.gathering._RESULTS.items())


def test_a_table_with_such_columns_of_somebodys_own_is_read(tmp_path):
    own = pd.DataFrame({"quote_id": ["1"], "article_id": ["a"], "start": [0], "end": [4], "body": ["Rain fell."]})
    assert read_articles(own)["text"].tolist() == ["Rain fell."]


def test_half_a_surrogate_is_replaced(tmp_path):
    articles = read(write(tmp_path, {"t.jsonl": '{"text": "a \\ud83d b \\ud83d\\ude00"}'}))
    assert articles["text"].tolist() == ["a \ufffd b 😀"]


@pytest.mark.parametrize("large", [0, blocks.LARGE])
def test_folders_of_parquet_files_that_are_called_by_values_are_columns(large, tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "LARGE", large)
    table = pd.DataFrame({
        "body": ["one", "two", "three"], "outlet": ["Gull & Sons", "Echo", None], "date": ["2024-03-12"] * 3,
        "year": [2024, 2024, 2025],
    })  # fmt: skip
    table.to_parquet(tmp_path / "t", partition_cols=["outlet", "date", "year"], index=False)
    write(tmp_path / "t", {"mood=bad/note.txt": "four"})  # says nothing of other files
    for source in (tmp_path / "t", f"{tmp_path}/t/*"):
        articles = nl.read_articles(source).set_index("text")
        assert articles.loc[["one", "two", "three"], "outlet"].fillna("").tolist() == ["Gull & Sons", "Echo", ""]
        assert articles["published"].dt.year.tolist().count(2024) == 3
        assert articles.loc["three", "year"] == "2025" and "mood" not in articles
    pd.DataFrame({"body": ["one"], "year": [1999]}).to_parquet(tmp_path / "t" / "year=2024.parquet")
    assert nl.read_articles(tmp_path / "t" / "year=2024.parquet")["year"].tolist() == [1999]


def test_parquet(tmp_path):
    frame = pd.DataFrame({"body": ["one", "two"], "date": pd.to_datetime(["2024-03-12", None]),
                          "n": pd.array([1, None], "Int64"),
                          "kind": pd.Categorical(["x", "y"])})  # fmt: skip
    frame.to_parquet(tmp_path / "t.parquet")
    articles = read(tmp_path / "t.parquet")
    assert articles["article_id"].tolist() == ["t-1", "t-2"] and articles["published"].notna().tolist() == [True, False]
    assert str(articles["n"].dtype) == "Int64" and str(articles["kind"].dtype) == "category"
    write(tmp_path, {"bad.parquet": b"PAR1 nothing"})
    assert "not a Parquet file" in problems(read(tmp_path, "1 of 3"))["bad.parquet"]


# DataFrames


def test_dataframe_with_any_names_is_not_modified():
    frame = pd.DataFrame(
        {"Volltext": ["one", "two"], "Datum": ["13/03/2024", "01/02/2024"], "text": [1, 2]}, index=[5, 5]
    )
    before = frame.copy(deep=True)
    articles = read(frame, text="Volltext", published="Datum")
    assert articles["text"].tolist() == ["one", "two"] and articles["article_id"].tolist() == ["article-1", "article-2"]
    assert articles["published"].tolist() == [pd.Timestamp("2024-03-13"), pd.Timestamp("2024-02-01")]
    assert articles["text_input"].tolist() == [1, 2]
    pd.testing.assert_frame_equal(frame, before)
    assert read(pd.DataFrame([[7, "one"]]), text=1, article_id=0)["article_id"].tolist() == ["7"]  # columns 0 and 1


def test_reading_twice_changes_nothing():
    frame = pd.DataFrame({"text": ["one", None, "three"], "date": ["2024-01-01", None, "soon"], "extra": [1, 2, 3]})
    once = read(frame, "1 of 3 articles could not be read")
    twice = read_articles(once)
    pd.testing.assert_frame_equal(once, twice)
    assert twice.attrs["problems"] == once.attrs["problems"] and len(twice.attrs["problems"]) == 2


def test_cells_that_are_no_text():
    frame = pd.DataFrame({"text": ["ok", None, np.nan, 12.5, " \n", ["x"], pd.NA, True]})
    reasons = [r.removeprefix("DataFrame: ") for r in problems(read(frame, "7 of 8 articles")).values()]
    types = ("float", "list", "bool")
    number, listed, truth = (f"the text is of type {t}" for t in types)
    assert reasons == ["empty", "empty", number, "empty", listed, "empty", truth]


def test_integral_ids_with_gaps():
    frame = pd.DataFrame({"id": [1, None, 3.0], "text": ["a", "b", "c"]})
    assert read(frame)["article_id"].tolist() == ["1", "article-2", "3"]


def test_repeated_ids_get_a_suffix(tmp_path):
    frame = pd.DataFrame({"id": ["a", "a", "a~2", "a", "b"], "text": list("vwxyz")})
    articles = read(frame, "repeated ids: 2")
    assert articles["article_id"].tolist() == ["a", "a~3", "a~2", "a~4", "b"]
    write(tmp_path, {"x/a.txt": TEXT, "y/a.txt": TEXT, "y/a.html": PAGE})
    articles = read([tmp_path / "x/a.txt", tmp_path / "y/a.txt"], "repeated ids: 1")
    assert articles["article_id"].tolist() == ["a", "a~2"]


def test_repeated_column_names():
    frame = pd.DataFrame([["one", 1, 2]], columns=["text", "n", "n"])
    assert read(frame).columns[7:].tolist() == ["n", "n.2"]


def test_empty_dataframe_keeps_the_form():
    articles = read(pd.DataFrame({"body": [], "n": []}))
    assert articles.empty and articles.attrs["problems"] == []


# Metadata


def test_files_whose_names_are_numbers_are_found_by_metadata_with_gaps(tmp_path):
    write(tmp_path, {"metadata.csv": "file,outlet,words\n101,24,7\n1.50,B,\n,C,\n", "101.txt": TEXT, "1.50.txt": TEXT})
    articles = read(tmp_path, "1 other fault").set_index("article_id")
    assert articles["outlet"].to_dict() == {"101": "24", "1.50": "B"} and articles["words"]["101"] == 7
    assert problems(articles) == {"metadata.csv": "row 3: names no file"}


def test_metadata_beside_text_files(tmp_path):
    meta = ("file,Title,Date,newspaper,byline,section,pages\n"
            "a.txt,Given title,12 March 2024,Courier,Jane Doe,news,2\nsub/b,,,Gazette,,,\n"
            "lost.txt,x,2024-01-01,,,,\n")  # fmt: skip
    write(tmp_path, {"metadata.csv": meta, "a.txt": TEXT, "sub/b.txt": TEXT, "sub/c.txt": TEXT})
    articles = read(tmp_path, "1 other fault").set_index("article_id")
    assert articles.index.tolist() == ["a", "sub/b", "sub/c"]
    assert articles.loc["a", ["title", "outlet", "author", "section"]].tolist() == [
        "Given title",
        "Courier",
        "Jane Doe",
        "news",
    ]
    assert articles.loc["a", "published"] == pd.Timestamp("2024-03-12") and articles.loc["a", "pages"] == 2
    assert articles.loc["sub/b", ["title", "outlet"]].tolist() == ["Harbour tax to rise", "Gazette"]
    assert articles.loc["sub/c", ["outlet", "section"]].isna().all()
    assert problems(articles) == {"metadata.csv": "row 3: there is no file 'lost.txt'"}


@pytest.mark.parametrize("name", ["metadata.csv", "metadata.csv.gz"])
def test_metadata_and_texts_may_be_gzipped(name, tmp_path):
    meta = b"file,outlet\na.txt,Gull\nb.txt.gz,Tern\nc,Crow\nd,Rook\n"
    packed = {f"{k}.txt.gz": gzip.compress(TEXT.encode()) for k in "abc"}
    write(tmp_path, {name: gzip.compress(meta) if name.endswith(".gz") else meta, "d.txt": TEXT, **packed})
    articles = read(tmp_path)
    assert articles["outlet"].tolist() == ["Gull", "Tern", "Crow", "Rook"] and not problems(articles)


def test_metadata_in_a_zip_and_a_subfolder(tmp_path):
    meta = "file\tdate\tid\na.txt\t2024-03-12\tnew-id\n"
    write(tmp_path, {"corpus/s/metadata.tsv": meta, "corpus/s/a.txt": TEXT, "corpus/a.txt": TEXT})
    zip_folder(tmp_path / "corpus", tmp_path / "c.zip")
    for source in (tmp_path / "corpus", tmp_path / "c.zip"):
        articles = read(source)
        assert articles["article_id"].tolist() == ["a", "new-id"] and articles["published"].notna().tolist() == [
            False,
            True,
        ]


def test_metadata_with_texts_is_a_table(tmp_path):
    articles = read(write(tmp_path, {"metadata.csv": "file,text\na.txt,hello there\n"}))
    assert articles["text"].tolist() == ["hello there"] and articles["file"].tolist() == ["a.txt"]


# Zips


def zip_folder(folder, target):
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())


def test_zip_of_everything(tmp_path):
    write(
        tmp_path,
        {"in/b/x.txt": TEXT, "in/a.csv": "text\none\n", "in/p.html": PAGE, "in/__MACOSX/x.txt": "no", "in/README": "x"},
    )
    (tmp_path / "out").mkdir()
    zip_folder(tmp_path / "in", tmp_path / "out/c.zip")
    assert read(tmp_path / "out/c.zip")["article_id"].tolist() == ["a-1", "b/x", "p"]
    assert read(tmp_path / "out")["article_id"].tolist() == ["c/a-1", "c/b/x", "c/p"]


def test_zip_members_that_climb_out_are_only_names(tmp_path):
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("../../evil.txt", TEXT)
        archive.writestr("ok.txt", TEXT)
    assert read(tmp_path / "c.zip")["article_id"].tolist() == ["../../evil", "ok"]
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["c.zip"]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="handles can be counted on Linux only")
def test_many_zips_take_no_more_handles_than_one(tmp_path, monkeypatch):
    for k in range(20):
        with zipfile.ZipFile(tmp_path / f"{k:02}.zip", "w") as archive:
            archive.writestr("a.txt", TEXT)
            archive.writestr("b.txt", TEXT)
    before, most = len(os.listdir("/proc/self/fd")), 0
    opened = []
    whole, start = newslab.corpus.read_content, zipfile.ZipFile.__init__

    def count(*given):
        nonlocal most
        most = max(most, len(os.listdir("/proc/self/fd")))
        return whole(*given)

    monkeypatch.setattr(newslab.corpus, "read_content", count)
    monkeypatch.setattr(zipfile.ZipFile, "__init__", lambda self, *a, **k: (opened.append(a), start(self, *a, **k))[1])
    assert len(read(tmp_path)) == 40
    assert most <= before + 1, "zips stay open"
    assert len(opened) == 40, "a zip is opened for each of its members"


def test_zip_faults(tmp_path, monkeypatch):
    monkeypatch.setattr(newslab.corpus.files, "MAX_ZIP_MEMBER", 1000)
    monkeypatch.setattr(newslab.corpus.files, "MAX_ZIP_TOTAL", 2600)
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("x.txt", TEXT)
    with zipfile.ZipFile(tmp_path / "c.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", TEXT)
        archive.writestr("bomb.txt", "x" * 1001)
        archive.writestr("inner.zip", inner.getvalue())
        archive.writestr("y.txt", "y" * 900)
        archive.writestr("z.txt", "z" * 900)
    articles = read(tmp_path / "c.zip", "3 of 5 articles")
    assert articles["article_id"].tolist() == ["a", "y"]
    told = problems(articles)
    assert "1,001 bytes" in told["c.zip/bomb.txt"] and "inside a zip" in told["c.zip/inner.zip"]
    assert "the zip unpacks to more" in told["c.zip/z.txt"]


@pytest.mark.parametrize("large", [0, blocks.LARGE])
def test_gzipped_files_are_read_like_others(large, tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "LARGE", large)
    files = {
        "2031/a.txt": TEXT,
        "b.HTML": f"<html><body><p>{TEXT}</p></body></html>",
        "c.csv": f'id,text\nx,"{TEXT}"\n',
        "d.jsonl": json.dumps({"id": "y", "text": TEXT}) + "\n",
        "e.json": json.dumps([{"id": "z", "text": TEXT}]),
    }
    write(tmp_path / "plain", files)
    write(tmp_path / "packed", {f"{name}.gz": gzip.compress(text.encode()) for name, text in files.items()})
    plain, packed = read(tmp_path / "plain"), read(tmp_path / "packed")
    assert packed["article_id"].tolist() == ["2031/a", "b", "x", "y", "z"]
    assert packed.equals(plain)
    assert read(str(tmp_path / "packed" / "*.csv.gz"))["article_id"].tolist() == ["x"]
    assert read(tmp_path / "packed" / "c.csv.gz")["article_id"].tolist() == ["x"]


@pytest.mark.parametrize("large", [0, blocks.LARGE])
def test_gzip_faults(large, tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "LARGE", large)
    monkeypatch.setattr(newslab.corpus.files, "MAX_ZIP_MEMBER", 1000)
    good = gzip.compress(TEXT.encode())
    write(tmp_path, {"bomb.csv.gz": gzip.compress(b"text\n" + b"x" * 5000), "bomb.txt.gz": gzip.compress(b"y" * 1001),
                     "cut.txt.gz": good[:-12], "good.txt.gz": good, "no.csv.gz": b"text\nThe vote"})  # fmt: skip
    articles = read(tmp_path, "4 of 5")
    assert articles["article_id"].tolist() == ["good"]
    told = problems(articles)
    assert all("unpacks to more than the limit of 1,000 bytes" in told[f"bomb.{kind}.gz"] for kind in ("csv", "txt"))
    assert "cannot be unpacked" in told["cut.txt.gz"] and "Not a gzipped file" in told["no.csv.gz"]


def test_other_archives_are_told_of(tmp_path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("c.csv.gz", gzip.compress(b"text\nThe vote"))
    write(tmp_path, {"a.txt": TEXT, "b.tar.gz": b"x", "d.7z": b"x"})
    [(name, reason)] = problems(read(tmp_path, "1 other fault")).items()
    assert name == "b.tar.gz" and "3 documents beside what was read (.7z, .gz)" in reason
    with pytest.raises(ValueError, match="files with the suffix '.gz' are not read"):
        read_articles(tmp_path / "b.tar.gz")


def test_damaged_zips(tmp_path):
    with zipfile.ZipFile(tmp_path / "crc.zip", "w") as archive:
        archive.writestr("a.txt", "The harbour tax")
        archive.writestr("b.txt", TEXT)
    data = (tmp_path / "crc.zip").read_bytes()
    write(tmp_path, {"crc.zip": data.replace(b"The harbour tax", b"The harbour fax"), "cut.zip": data[:50]})
    articles = read(tmp_path, "2 of 3 articles")
    assert articles["article_id"].tolist() == ["crc/b"]
    told = problems(articles)
    assert "unpacked" in told["crc.zip/a.txt"] and "not a zip" in told["cut.zip"]


@pytest.mark.parametrize("large", [0, blocks.LARGE])
@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_member_costs_itself_only(packing, large, tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "LARGE", large)
    write(tmp_path, {"good.txt": TEXT})
    with zipfile.ZipFile(tmp_path / "c.zip", "w", packing) as archive:
        archive.writestr("t.csv", "text\n" + "".join(f"The vote of {i * 7919} was put off.\n" for i in range(300)))
    data = bytearray((tmp_path / "c.zip").read_bytes())
    data[200:220] = bytes(20)
    (tmp_path / "c.zip").write_bytes(data)
    articles = read(tmp_path, "1 of 2 articles")
    assert articles["article_id"].tolist() == ["good"]
    assert list(problems(articles)) == ["c.zip/t.csv"]


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "cp1252"])
def test_encodings(tmp_path, encoding):
    text = "The café in Örtzen said “no” – and closed." if encoding != "latin-1" else "The café in Örtzen closed."
    files = {"a.txt": text.encode(encoding), "b.csv": f"title,text\nx,{text}\n".encode(encoding)}
    assert read(write(tmp_path, files))["text"].tolist() == [text, text]


def test_other_alphabets_are_guessed_or_given(tmp_path):
    text = "Совет проголосовал за новый налог, и министр покинул зал заседаний до конца обсуждения. " * 5
    write(tmp_path, {"a.txt": text.encode("cp1251")})
    assert read(tmp_path)["text"].tolist() == [text]
    assert read(tmp_path, encoding="cp1251")["text"].tolist() == [text]
    write(tmp_path, {"b.txt": "plain", "a.txt": b"caf\xe9"})
    told = problems(read(tmp_path, "1 of 2 articles", encoding="ascii"))
    assert "not in the encoding 'ascii'" in told["a.txt"]


def test_damaged_utf8_is_mended_and_told(tmp_path):
    data = "“No,” she said – “never”".encode()
    articles = read(write(tmp_path, {"a.txt": data + b" \xe2\x80 end"}), "1 other fault")
    assert articles["text"][0] == "“No,” she said – “never” \ufffd end" and "damaged" in problems(articles)["a.txt"]


def test_page_states_its_encoding(tmp_path):
    page = PAGE.replace("<head>", '<head><meta charset="windows-1251">').replace("new ferry", "паром" * 40)
    assert "паром" in read(write(tmp_path, {"a.html": page.encode("cp1251", "ignore")}))["text"][0]


# Files that are no articles


def test_bad_files_are_listed_and_the_rest_is_read(tmp_path):
    chance = np.random.default_rng(0)
    write(tmp_path, {"good.txt": TEXT, "empty.txt": b"", "blank.txt": " \n\t\n", "noise.txt": chance.bytes(5000),
                     "pdf.txt": b"%PDF-1.7 some text", "word.txt": b"PK\x03\x04zip", "bom.txt": b"\xff\xfe\x00",
                     "notext.csv": "a,b\n1,2\n", "empty.csv": b"", "marks.txt": "“ ” ' \""})  # fmt: skip
    os.mkfifo(tmp_path / "pipe.txt")
    articles = read(tmp_path, "9 of 11 articles")
    assert articles["article_id"].tolist() == ["good", "marks"]
    told = problems(articles)
    assert told["empty.txt"] == told["blank.txt"] == told["empty.csv"] == "empty"
    assert "binary" in told["noise.txt"] and "a PDF" in told["pdf.txt"] and "Office" in told["word.txt"]
    assert "utf-16" in told["bom.txt"] and "no column of texts" in told["notext.csv"]
    assert "not a regular file" in told["pipe.txt"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_files_without_permission(tmp_path):
    write(tmp_path, {"good.txt": TEXT, "shut.txt": TEXT})
    (tmp_path / "shut.txt").chmod(0)
    assert "Permission denied" in problems(read(tmp_path, "1 of 2 articles"))["shut.txt"]


@pytest.mark.parametrize(
    ("method", "name", "content"),
    [
        ("read_bytes", "shut.txt", TEXT),
        ("is_file", "shut.csv", "text\none\n"),
    ],  # of the second not even the size is told
)
def test_errors_of_the_file_system_are_problems(method, name, content, tmp_path, monkeypatch):
    write(tmp_path, {"good.txt": TEXT, name: content})
    whole = getattr(Path, method)

    def refuse(path):
        if path.name == name:
            raise PermissionError(13, "Permission denied")
        return whole(path)

    monkeypatch.setattr(Path, method, refuse)
    assert problems(read(tmp_path, "1 of 2 articles")) == {name: "cannot be read: Permission denied"}


@pytest.mark.filterwarnings("ignore:1 of 3 articles could not be read")
def test_a_fault_that_nobody_thought_of_costs_one_file(tmp_path, monkeypatch):
    write(tmp_path / "in", {"a.txt": TEXT, "b.txt": "Rain fell.", "c.txt": TEXT + " Again."})
    whole = newslab.corpus.read_content

    def fail(file, *rest):
        if file.label == "b.txt":
            raise ZeroDivisionError("no such luck")
        return whole(file, *rest)

    monkeypatch.setattr(newslab.corpus, "read_content", fail)
    for options in ({}, {"out": tmp_path / "out"}):
        analysis = nl.analyze(tmp_path / "in", reader="rules", progress=False, **options)
        assert analysis.articles["article_id"].tolist() == ["a", "c"]
        assert analysis.problems.values.tolist() == [["b.txt", "corpus", "ZeroDivisionError: no such luck"]]


def test_memory_that_runs_out_is_no_fault_of_the_file(tmp_path, monkeypatch):
    write(tmp_path, {"a.txt": TEXT, "b.html": "<p>Rain fell.</p>"})

    def fail(*_, **__):
        raise MemoryError

    monkeypatch.setattr("trafilatura.bare_extraction", fail)
    with pytest.raises(MemoryError, match="memory ran out while b.html was read"):
        nl.read_articles(tmp_path)


@pytest.mark.filterwarnings("ignore:1 of 2 articles could not be read")
@pytest.mark.skipif(os.name != "posix", reason="elsewhere names of files are characters")
def test_a_file_whose_name_is_no_text_can_be_told_of(tmp_path):
    write(tmp_path, {"good.txt": TEXT})
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_bytes(b"")
    except OSError:
        pytest.skip("the disk takes no such name")
    analysis = nl.analyze(tmp_path, reader="rules", progress=False)
    assert analysis.problems["article_id"].tolist() == ["caf\ufffd.txt"]


def test_a_huge_line_is_told_at_once(tmp_path):
    with open(tmp_path / "big.txt", "wb") as file:
        for _ in range(50):
            file.write(b"word " * 200_000)
    write(tmp_path, {"good.txt": TEXT})
    start = time.process_time()
    articles = read(tmp_path, "1 of 2 articles")
    assert time.process_time() - start < 1
    assert problems(articles)["big.txt"] == "50,000,000 bytes in one file; longer than max_chars allows"


def test_max_chars(tmp_path):
    write(tmp_path, {"a.txt": "x" * 11, "b.txt": "é" * 10, "c.csv": "text\n" + "x" * 11 + "\n"})
    articles = read(tmp_path, "2 of 3", max_chars=10)
    assert articles["article_id"].tolist() == ["b"]
    assert problems(articles) == {"a.txt": "11 characters; longer than max_chars=10",
                                  "c-1": "c.csv: 11 characters; longer than max_chars=10"}  # fmt: skip


# Dates


@pytest.mark.parametrize(
    ("value", "want"),
    [
        ("2024-03-12", "2024-03-12"), ("2024-03-12T10:30:00", "2024-03-12 10:30"),
        ("2024-03-12T10:30:00Z", "2024-03-12 10:30"),
        ("2024-03-12T10:30:00+02:00", "2024-03-12 08:30"), ("2024-03-12 10:30:00 +0200", "2024-03-12 08:30"),
        ("2024-03-12 10:30:00 UTC", "2024-03-12 10:30"),
        ("2024-03-12T10:30:00.123456789", "2024-03-12 10:30:00.123456"),
        ("12 March 2024", "2024-03-12"), ("March 12, 2024", "2024-03-12"), ("Mar. 12, 2024", "2024-03-12"),
        ("Sept 3, 2023", "2023-09-03"), ("3rd of May 2021", "2021-05-03"), ("May 3, 2021", "2021-05-03"),
        ("Tuesday, March 12, 2024", "2024-03-12"), ("March 12, 2024 Tuesday", "2024-03-12"),
        ("12-Mar-2024", "2024-03-12"),
        ("Tuesday 12 March 2024 10.30am", "2024-03-12 10:30"), ("March 12, 2024 at 10:30 p.m. EDT", "2024-03-13 02:30"),
        ("12 March 2024 12:05 AM", "2024-03-12 00:05"), ("12 March 2024, 10:30 GMT", "2024-03-12 10:30"),
        ("Tue, 12 Mar 2024 10:30:00 +0100", "2024-03-12 09:30"), ("Tue, 12 Mar 2024 10:30:00 GMT", "2024-03-12 10:30"),
        ("20240312", "2024-03-12"), (20240312, "2024-03-12"), (Decimal("20240312"), "2024-03-12"),
        ("20240312103000", "2024-03-12 10:30"),
        (1710239400, "2024-03-12 10:30"), (1710239400.0, "2024-03-12 10:30"), ("1710239400", "2024-03-12 10:30"),
        (1710239400000, "2024-03-12 10:30"), (pd.Timestamp("2024-03-12 10:30", tz="Europe/Paris"), "2024-03-12 09:30"),
        (np.datetime64("2024-03-12"), "2024-03-12"), (pd.Timestamp("2024-03-12").date(), "2024-03-12"),
        ("2024/03/12", "2024-03-12"), ("12.03.2024", "2024-03-12"), ("13/03/2024", "2024-03-13"),
        ("03/13/2024", "2024-03-13"), ("03. 04. 2024", "2024-04-03"), ("Wed, 3.4.2024", "2024-04-03"),
        ("14:30 03.04.2024", "2024-04-03 14:30"),
        ("03/13/2024 4:05 PM", "2024-03-13 16:05"),
        (None, None), ("", None), (np.nan, None), (pd.NaT, None), ("  ", None),
    ],
)  # fmt: skip
def test_dates(value, want):
    articles = read(pd.DataFrame({"text": ["a"], "date": pd.Series([value], dtype=object)}))
    assert articles["published"].tolist() == [pd.NaT if want is None else pd.Timestamp(want)]


@pytest.mark.parametrize(
    "value",
    ["soon", "2024", 2024, "March 2024", "31 February 2024", "1200-01-01", "9999-12-31", "Marble 12, 2024",
     "99/99/2024",
     "12 March 2024 10:30 XYZ", True, 1e300, 10**400, "9" * 400, "2024" + ".1" * 10**6, "-", ["2024-03-12"]],
)  # fmt: skip
def test_dates_not_understood_keep_the_article(value):
    articles = read(pd.DataFrame({"text": ["a"], "date": pd.Series([value], dtype=object)}), "1 other fault")
    assert articles["published"].isna().all() and articles["text"].tolist() == ["a"]
    reason = problems(articles)["article-1"]
    assert reason == f"date {str(value)[:60]!r} not understood; kept without a date"


@pytest.mark.parametrize(
    ("dates", "months"),
    [
        (["03.04.2024", "03.13.2024"], [3, 3]),
        (["03.04.2024", "13.03.2024"], [4, 3]),
        (["03.04.2024", "13.03.2024", "03.13.2024"], [4, 3, 3]),
        (["03.04.2024", "03/13/2024"], [4, 3]),
    ],
)
def test_dates_with_points_begin_with_the_day_unless_one_shows_otherwise(dates, months):
    articles = read(pd.DataFrame({"text": list("abc")[: len(dates)], "date": dates}))
    assert articles["published"].dt.month.tolist() == months


def test_columns_of_dates_out_of_range_or_with_zones():
    for unit in ("s", "us"):
        dates = pd.Series(np.array(["2024-03-12", "3000-01-01"], dtype=f"datetime64[{unit}]"))
        articles = read(pd.DataFrame({"text": ["a", "b"], "published": dates}), "1 other fault")
        assert articles["published"].tolist() == [pd.Timestamp("2024-03-12"), pd.NaT]
    dates = pd.to_datetime(pd.Series(["2024-03-12 00:30"])).dt.tz_localize("Europe/Paris")
    assert read(pd.DataFrame({"text": ["a"], "published": dates}))["published"][0] == pd.Timestamp("2024-03-11 23:30")


def test_entities_are_read_as_they_stand_and_told_of():
    texts = ["“We lost,” said Vell&rsquo;s friend &amp; aide.", "R&D; x &y", "Rain&#8217;s over.", "Rain fell."]
    articles = read(pd.DataFrame({"text": texts}), "2 texts with HTML entities such as '&rsquo;', read as they stand")
    assert articles["text"].tolist() == texts


def test_tables_of_other_packages_are_read():
    table = pd.DataFrame({"text": ["Rain fell."], "outlet": ["Gull"]})
    pd.testing.assert_frame_equal(read(pa.Table.from_pandas(table)), read(table))


def test_order_of_day_and_month_is_taken_from_the_column():
    def dates(*values):
        return pd.DataFrame({"text": ["a"] * len(values), "date": values})

    day_first = read(dates("03/04/2024", "25/04/2024"))["published"]
    assert day_first.dt.month.tolist() == [4, 4]
    month_first = read(dates("03/04/2024", "04/25/2024"))["published"]
    assert month_first.dt.month.tolist() == [3, 4]
    unknown = read(dates("03/04/2024"), "1 date such as '03/04/2024' was read month first")["published"]
    assert unknown.dt.month.tolist() == [3]
    read(dates("03/04/2024", "05/06/2024"), "2 dates such as '03/04/2024' were read month first")
    assert read(dates("04/04/2024"))["published"].dt.month.tolist() == [4]
    behind = read(dates("Wed, 03/04/2024", "10:30, 25/04/2024"))["published"]
    assert behind.dt.month.tolist() == [4, 4]
    read(dates("Wed, 03/04/2024"), "1 date such as 'Wed, 03/04/2024' was read month first")


# Wrong use


def test_wrong_sources(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist; did you mean '.*corpus'"):
        (tmp_path / "corpus").mkdir()
        read_articles(tmp_path / "corpsu")
    with pytest.raises(FileNotFoundError, match="does not exist"):
        read_articles("nowhere/at/all")
    with pytest.raises(ValueError, match=r"holds no article; files read are \.txt"):
        read_articles(tmp_path / "corpus")
    for source in (write(tmp_path / "corpus", {"a.docx": b"PK"}), str(tmp_path / "*" / "*.docx")):
        with pytest.raises(ValueError, match=r"holds no article; .*, and not 1 document \(.docx\): save them as .txt"):
            read_articles(source)
    with pytest.raises(ValueError, match="holds no article"):
        read_articles(str(tmp_path / "*.txt"))
    with pytest.raises(ValueError, match="suffix '.docx' are not read"):
        read_articles(tmp_path / "corpus/a.docx")
    with pytest.raises(ValueError, match=r"suffix '.xlsx' are not read; give it as a table: pd.read_excel\(path\)"):
        read_articles(write(tmp_path / "corpus", {"a.xlsx": b"PK"}) / "a.xlsx")
    with pytest.raises(ValueError, match="the list holds no article"):
        read_articles([])
    with pytest.raises(ValueError, match="empty string"):
        read_articles("")
    with pytest.raises(ValueError, match="nothing could be read: a.txt: empty"):
        read_articles(write(tmp_path / "only", {"a.txt": b""}))
    for source in (5, None, b"x", {"text": "a"}):
        with pytest.raises(TypeError, match="pass a path"):
            read_articles(source)
    with pytest.raises(TypeError, match="the list holds a int"):
        read_articles([1])
    with (
        open(__file__, encoding="utf-8") as file,
        pytest.raises(TypeError, match="an open file was given; give its path"),
    ):
        nl.read_articles(file)
    with pytest.raises(ValueError, match="texts are given as a table"):
        read_articles(text for text in [TEXT, TEXT])
    with pytest.raises(TypeError, match=r"pd.DataFrame\(articles\)"):
        nl.analyze({"text": text} for text in [TEXT])


def test_documents_of_other_kinds_are_told_of_once(tmp_path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("inside/d.pdf", b"%PDF")
        archive.writestr("README.md", b"x")
    write(tmp_path, {"a.txt": TEXT, "b/c.docx": b"PK", "b/c.DOC": b"PK", "picture.png": b"", "b/README.md": "x"})
    [(name, reason)] = problems(read(tmp_path, "1 other fault")).items()
    assert name == "b/c.DOC"
    assert reason == (
        "3 documents beside what was read (.doc, .docx, .pdf), such as this one; none is read: save them as .txt or "
        ".html, tables as .csv, and unpack archives"
    )
    assert problems(read(str(tmp_path / "**" / "*"), "1 other fault")) == {name: reason}


def test_a_named_file_of_another_kind_is_a_problem_in_a_list(tmp_path):
    write(tmp_path, {"a.txt": TEXT, "b.docx": b"PK"})
    told = problems(read([tmp_path / "a.txt", tmp_path / "b.docx"], "1 of 2 articles"))
    assert "suffix '.docx' are not read" in told["b.docx"]


def test_wrong_columns(tmp_path):
    frame = pd.DataFrame({"Text body": ["a"], "when": ["2024-01-01"]})
    with pytest.raises(
        ValueError, match=r"column 'Textbody' \(text\) not found; did you mean 'Text body'\?; columns are"
    ):
        read_articles(frame, text="Textbody")
    with pytest.raises(ValueError, match="column 'wen' .*did you mean 'when'"):
        read_articles(frame, published="wen")
    with pytest.raises(ValueError, match=r"no column of texts found; columns are \['a'\]; pass text="):
        read_articles(pd.DataFrame({"a": [1]}))
    with pytest.raises(ValueError, match="t.csv: no column of texts"):
        read_articles(write(tmp_path, {"t.csv": "a,b\n1,2\n"}))
    write(tmp_path, {"u.csv": "body\nhello there\n"})
    assert "no column of texts" in problems(read(tmp_path, "1 of 2"))["t.csv"]
    with pytest.raises(ValueError, match="published='Datum' names a column of tables; no table"):
        read_articles(write(tmp_path / "texts", {"a.txt": TEXT}), published="Datum")
    with pytest.raises(ValueError, match="nothing could be read"):
        read_articles(pd.DataFrame({"text": [None]}))
    with pytest.raises(ValueError, match="nothing could be read: no rows"):
        read_articles(write(tmp_path / "header", {"t.csv": "title,text\n"}))


def test_what_may_be_the_date_of_a_table_that_has_none_is_told(tmp_path):
    row = {
        "text": "one",
        "candidate": "Vell",
        "dateline": "HOLLIN",
        "date_of_birth": "1 May 1990",
        "Load-Date": "March 3, 2031 Monday",
    }
    told = (
        "DataFrame: no column was taken for the date of publication; if it is 'Load-Date', pass published='Load-Date'"
    )
    assert read(pd.DataFrame([row]), told)["published"].isna().all()
    dated = read(pd.DataFrame([row]), published="Load-Date")
    assert dated["published"].tolist() == [pd.Timestamp("2031-03-03")]
    read(pd.DataFrame([row | {"date": "2031-03-02"}]))
    read(pd.DataFrame([row]).drop(columns="Load-Date"))


@pytest.mark.parametrize(
    "names",
    [
        {"Title": "title", "Full text": "text", "pubdate": "published", "pubtitle": "outlet"},
        {"title": "title", "text": "text", "publish_date": "published", "media_name": "outlet"},
        {"webTitle": "title", "bodyText": "text", "webPublicationDate": "published", "publication": "outlet"},
    ],
)
def test_columns_of_press_databases_are_recognised(names):
    cells = {"title": "Rain", "text": "It fell.", "published": "2031-03-02", "outlet": "The Gull"}
    articles = read(pd.DataFrame([{name: cells[ours] for name, ours in names.items()}]))
    assert articles.loc[0, list(cells)].astype(str).tolist() == ["Rain", "It fell.", "2031-03-02 00:00:00", "The Gull"]


def test_a_given_column_that_one_table_lacks_is_told(tmp_path):
    write(tmp_path, {"a.csv": "text,Datum\none,2024-01-01\n", "b.csv": "text\ntwo\n"})
    articles = read(tmp_path, "1 other fault", published="Datum")
    assert articles["published"].notna().tolist() == [True, False] and "'Datum'" in problems(articles)["b.csv"]


def test_wrong_options():
    frame = pd.DataFrame({"text": ["a"]})
    with pytest.raises(ValueError, match="encoding 'utf-9' is unknown"):
        read_articles(frame, encoding="utf-9")
    with pytest.raises(ValueError, match="max_chars is 0"):
        read_articles(frame, max_chars=0)


def test_progress(tmp_path, capsys):
    write(tmp_path, {f"{i}.txt": TEXT for i in range(3)})
    read(tmp_path)
    assert capsys.readouterr().err == ""
    read(tmp_path, progress=True)
    assert "Reading" in capsys.readouterr().err
    write(tmp_path, {f"{i}.txt": TEXT for i in range(201)})
    read(tmp_path, progress=False)
    assert capsys.readouterr().err == ""
    read(tmp_path)
    assert "Reading" in capsys.readouterr().err


def test_a_page_keeps_the_date_of_its_metadata_even_when_it_lies_ahead(tmp_path):
    paragraphs = "".join(f"<p>The council met for the {n}th time and put the wall off again.</p>" for n in range(4, 9))
    page = (
        '<html><head><title>Wall</title><meta property="article:published_time" content="2031-05-02T06:00:00+01:00">'
        f"</head><body><article><h1>Wall put off</h1>{paragraphs}<p>It was built in 2003.</p></article></body></html>"
    )
    (tmp_path / "wall.html").write_text(page, encoding="utf-8")
    assert read_articles(tmp_path)["published"].tolist() == [pd.Timestamp("2031-05-02")]
