"""Tables of articles of any make: read alike with and without out=, their further columns kept or told as text."""

import datetime
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import newslab as nl
from newslab import staging
from newslab.corpus import blocks, formats
from newslab.corpus.columns import in_words
from newslab.tables import TABLES

TEXTS = [
    "Ona Vell attacked Tam Orr. “Tam Orr is a disgrace,” Vell said.",
    "Mayor Ilse Brandt criticised the council. “They failed us,” Brandt said.",
    "“We lost,” said Ona Vell. Tam Orr condemned the plan of Ona Vell.",
    "Rain fell on Ambry Point. Nobody spoke.",
]
FRAME = pd.DataFrame({"text": TEXTS, "date": ["2031-01-01", "2031-02-01", None, "2031-04-01"], "outlet": list("abab")})
LONG = 2**60 + 1  # more digits than a float holds


@pytest.fixture
def both(tmp_path):
    """A table analysed in memory and with out=, once it is sure that their rows are the same."""

    def analyses(source, **options):
        whole = nl.analyze(source, reader="rules", progress=False, **options)
        found = nl.analyze(source, reader="rules", progress=False, out=tmp_path / "out", **options)
        for name in TABLES:
            one, two = getattr(found, name), getattr(whole, name)
            pd.testing.assert_frame_equal(one, two, check_index_type=False, check_dtype=name != "articles", obj=name)
        return whole, found

    return analyses


# ---- tables that have all columns but are not as read_articles gives them -----------------------------------------


def read():
    return nl.read_articles(FRAME)


@pytest.mark.parametrize(
    "published",
    [
        ["2031-01-01", "2031-02-01", None, "2031-04-01"],
        [datetime.date(2031, 1, 1), datetime.date(2031, 2, 1), None, datetime.date(2031, 4, 1)],
        pd.to_datetime(["2031-01-01", "2031-02-01", None, "2031-04-01"]).tz_localize("UTC"),
        pd.to_datetime(["2031-01-01", "2031-02-01", None, "2031-04-01"]).astype("datetime64[s]"),
    ],
)
def test_dates_of_a_table_with_all_columns_are_parsed(published, both):
    for analysis in both(read().assign(published=published)):
        assert str(analysis.articles["published"].dtype) == "datetime64[ns]"
        assert analysis.articles["published"].dt.month.fillna(0).tolist() == [1, 2, 0, 4]
        assert not analysis.edges(by="month").empty


@pytest.mark.filterwarnings("ignore:1 of 4 articles could not be read")
def test_a_missing_text_in_a_table_with_all_columns_is_a_problem(both):
    for analysis in both(read().assign(text=[None, *TEXTS[1:]])):
        assert analysis.problems["article_id"].tolist() == ["article-1"]
        assert analysis.problems["reason"].tolist() == ["DataFrame: empty"]
        assert len(analysis.articles) == 3


@pytest.mark.filterwarnings("ignore:repeated ids")
def test_repeated_ids_of_two_tables_in_one_are_told_apart(both):
    one, two = nl.read_articles(FRAME.iloc[:2]), nl.read_articles(FRAME.iloc[2:])
    with pytest.warns(UserWarning, match="repeated ids: 2 became '<id>~2'"):
        nl.analyze(pd.concat([one, two]), reader="rules", progress=False)
    for analysis in both(pd.concat([one, two])):
        assert analysis.articles["article_id"].tolist() == ["article-1", "article-2", "article-1~2", "article-2~2"]
        whole = nl.analyze(FRAME, reader="rules", progress=False)
        pd.testing.assert_frame_equal(analysis.edges(), whole.edges())
        pd.testing.assert_frame_equal(analysis.speakers(), whole.speakers())


@pytest.mark.filterwarnings("ignore:repeated ids")
def test_a_table_twice_in_one_is_read(both):
    once = nl.analyze(read(), reader="rules", progress=False)
    for analysis in both(pd.concat([read(), read()])):
        assert len(analysis.quotes) == 2 * len(once.quotes)
        counts = [one.edges(copies=True)["n_articles"].sum() for one in (once, analysis)]
        assert counts[1] == 2 * counts[0]


def test_what_was_read_already_is_taken_as_it_is(both, monkeypatch):
    articles = read().assign(n_tokens=1, duplicate_of="x")
    monkeypatch.setattr("newslab.analysis.read_noted", None)
    monkeypatch.setattr("newslab.corpus.Stream.__init__", None)
    both(articles)


def test_articles_of_an_analysis_can_be_read_again(both, tmp_path):
    whole = nl.analyze(FRAME, reader="rules", progress=False)
    for kind in ("parquet", "csv"):
        whole.export(tmp_path / kind, kind)
        for analysis in both(tmp_path / kind / f"articles.{kind}"):
            assert analysis.articles["n_tokens"].tolist() == whole.articles["n_tokens"].tolist()
            assert list(analysis.articles)[-2:] == ["n_tokens", "duplicate_of"]


# ---- further columns ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spans", [[[1, 2]] * 4, [[[1, 2]], None, [[3, 4]], []], [[{"start": 1}]] * 4, ["a"] * 4])
def test_a_further_column_may_be_called_spans_or_aliases(spans, tmp_path):
    frame = FRAME.assign(spans=spans, aliases=spans)
    found = nl.analyze(frame, reader="rules", progress=False, out=tmp_path / "out")
    for name in ("spans", "aliases"):
        kept = found.articles[name].map(lambda v: json.dumps(v, default=lambda v: v.tolist())).tolist()
        assert kept == [json.dumps(value) for value in spans]


@pytest.mark.parametrize("dtype", ["Int64", "int64[pyarrow]", "object"])
def test_whole_numbers_with_gaps_keep_their_digits(dtype, both, tmp_path):
    numbers = [LONG, None, LONG + 2, 5]
    frame = FRAME.assign(n=pd.Series(numbers, dtype=dtype), full=[LONG, 1, 2, 3])
    whole, found = both(frame)
    whole.save(tmp_path / "one")
    for analysis in (whole, found, nl.load(tmp_path / "one"), nl.load(tmp_path / "out")):
        kept = analysis.articles["n"]
        assert [None if pd.isna(n) else int(n) for n in kept] == numbers
        assert analysis.articles["full"].tolist() == [LONG, 1, 2, 3] and analysis.articles["full"].dtype == "int64"
    assert found.articles["n"].dtype == "Int64"
    assert found.table("articles", ["n"], article_id="article-1")["n"].tolist() == [LONG]
    assert [piece["n"].dtype for piece in found._parts.pieces("articles")] == ["Int64"]


@pytest.mark.parametrize("large", [0, blocks.LARGE])
@pytest.mark.parametrize("kind", ["jsonl", "nulls.jsonl", "parquet", "plain.parquet"])
def test_whole_numbers_with_gaps_of_files_keep_their_digits(kind, large, both, tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "LARGE", large)
    for module in (blocks, formats):
        monkeypatch.setattr(module, "ROWS", 1)
    file = tmp_path / f"articles.{kind}"
    numbers = [LONG, None, LONG + 2, 5]
    if kind.endswith("jsonl"):
        rows = [{"text": t, "n": n} for t, n in zip(TEXTS, numbers, strict=True)]
        rows = [{k: v for k, v in row.items() if v is not None or kind.startswith("null")} for row in rows]
        file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    else:
        frame = FRAME.assign(n=pd.array(numbers, "Int64"))
        table = pa.Table.from_pandas(frame)
        pq.write_table(table.replace_schema_metadata() if kind.startswith("plain") else table, file)
    for analysis in both(file):
        assert analysis.articles["n"].dtype == "Int64"
        assert [None if pd.isna(n) else n for n in analysis.articles["n"]] == numbers


def test_whole_numbers_of_several_tables_keep_their_digits(both, tmp_path):
    numbers = [5, None, LONG, 7]
    for k in (0, 2):
        frame = FRAME.assign(n=pd.array(numbers, "Int64"))
        frame.iloc[k : k + 2].to_parquet(tmp_path / f"articles-{k}.parquet")
    for analysis in both(str(tmp_path / "articles-*.parquet")):
        assert analysis.articles["n"].dtype == "Int64"
        assert [None if pd.isna(n) else n for n in analysis.articles["n"]] == numbers


def test_a_field_that_is_text_or_a_list_can_be_saved(tmp_path):
    file = tmp_path / "articles.jsonl"
    rows = [{"text": t, "tags": ["a"] if k % 2 else "a"} for k, t in enumerate(TEXTS)]
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    analysis = nl.analyze(file, reader="rules", progress=False)
    analysis.save(tmp_path / "one")
    analysis.export(tmp_path / "other", "parquet")
    found = nl.analyze(file, reader="rules", progress=False, out=tmp_path / "out")
    for kept in (nl.load(tmp_path / "one"), nl.load(tmp_path / "other"), found):
        assert kept.articles["tags"].tolist() == ["a", "['a']", "a", "['a']"]
    assert analysis.articles["tags"].tolist() == ["a", ["a"], "a", ["a"]]


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ([{"a": 1}, {"b": "x"}, {}, None], [{"a": 1, "b": None}, {"a": None, "b": "x"}, {"a": None, "b": None}, None]),
        (
            [{}, {}, {"a": {}}, {"a": {"x": 2**60 + 1}}],
            [{"a": None}] * 2 + [{"a": {"x": n}} for n in (None, 2**60 + 1)],
        ),
        ([[{"a": 1}], [], [{"b": 0.5}], None], [[{"a": 1, "b": None}], [], [{"a": None, "b": 0.5}], None]),
        ([{"a": 1}, {"a": 0.5}, {"a": 2}, {}], [{"a": 1.0}, {"a": 0.5}, {"a": 2.0}, {"a": None}]),
        ([{"a": 1}, {"a": "x", "b": None}, {}, None], ["{'a': 1}", "{'a': 'x'}", "{}", None]),
        ([{"a": 2**60 + 1}, {"a": 0.5}, [1], []], ["{'a': 1152921504606846977}", "{'a': 0.5}", "[1]", "[]"]),
        ([{"a": {}}, {}, {}, {}], ["{'a': {}}", "{}", "{}", "{}"]),
        ([[*range(2000)], ["a"], [0.5], [None]], [str([*range(2000)]), "['a']", "[0.5]", "[None]"]),
        ([{f"{k}-{n:03}": 1 for n in range(400)} for k in range(4)],) * 2,
        (
            [datetime.date(2031, 1, 1), datetime.datetime(2031, 1, 1, 5), None, None],
            ["2031-01-01", "2031-01-01 05:00:00", None, None],
        ),
        ([b"a", "x", None, b"\xff"], ["b'a'", "x", None, "b'\\xff'"]),
    ],
    ids=["keys", "empty", "lists", "floats", "kinds", "digits", "none", "long", "many", "days", "bytes"],
)
@pytest.mark.parametrize("size", [1, 3, None])
def test_dicts_and_lists_are_of_one_kind_in_all_parts(values, kept, size, tmp_path, monkeypatch):
    if kept is values:
        kept = list(map(str, kept))  # a key for each name would be a column for each
    frame = FRAME.assign(about=pd.Series(values, dtype="object"))
    if size is None:
        nl.analyze(frame, reader="rules", progress=False).save(tmp_path / "out")
    else:
        monkeypatch.setattr(staging, "_PART", (size, 10**9))
        nl.analyze(frame, reader="rules", progress=False, out=tmp_path / "out")
        files = [*(tmp_path / "out" / "articles.parquet").iterdir()]
        assert len(files) > 1 and len({pq.read_schema(file) for file in files}) == 1
    table = pq.read_table(tmp_path / "out" / "articles.parquet")
    assert table["about"].to_pylist() == kept
    loaded = nl.load(tmp_path / "out").articles["about"]
    assert pa.array(loaded.tolist(), table["about"].type, from_pandas=True).to_pylist() == kept


FAR = pa.array([10**18, 0, None, 1], pa.timestamp("us"))  # the year 33658


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (FAR, ["33658-09-27T01:46:40.000000", "1970-01-01 00:00:00"]),
        (FAR.cast(pa.timestamp("us", "UTC")), []),  # pandas itself tells another year
        (FAR.cast(pa.timestamp("us", "Mars/X")), ["33658-09-27T01:46:40.000000", "1970-01-01 00:00:00"]),
        (pa.array([10**7, 0, None, 1], pa.date32()), ["29349-01-26", "1970-01-01"]),
        (pa.array([5, 1000, None, 1], pa.time64("ns")), ["00:00:00", "00:00:00.000001"]),
        (pa.array([2**62, 1, None, 1], pa.duration("s")), ["53375995583650 days 07:45:04", "0 days 00:00:01"]),
    ],
    ids=["moments", "UTC", "zone", "days", "times", "spans"],
)
@pytest.mark.filterwarnings("ignore:. other fault")
def test_values_that_python_cannot_hold_cost_neither_the_file_nor_the_run(column, told, blockwise, both, tmp_path):
    table = pa.table({"text": TEXTS, "date": column, "about": column})
    pq.write_table(table, tmp_path / "articles.parquet", store_schema=True)
    for analysis in both(tmp_path / "articles.parquet"):
        articles = analysis.articles
        assert list(map(in_words, articles["about"]))[: len(told)] == told
        years = [None if pd.isna(day) else day.year for day in articles["published"]]
        assert years[0] is None and (years[1] == 1970 or "not understood" in analysis.problems["reason"][0])


class Mute:
    def __str__(self):
        raise RuntimeError("no words")

    __repr__ = __str__


def test_objects_of_any_make_end_no_run(tmp_path):
    frame = FRAME.assign(
        id=pd.Series([Mute(), np.array(5), np.array([1, 2]), None], dtype="object"),
        about=pd.Series([Mute(), np.array(5), np.array([]), {1: np.array(6)}], dtype="object"),
    )
    whole = nl.analyze(frame, reader="rules", progress=False)
    assert whole.articles["article_id"].tolist() == ["a Mute", "5", "1, 2", "article-4"]
    whole.save(tmp_path / "one")
    found = nl.analyze(frame, reader="rules", progress=False, out=tmp_path / "out")
    for kept in (nl.load(tmp_path / "one"), found):
        assert kept.articles["about"].tolist() == ["a Mute", "5", "[]", "{1: 6}"]


def test_moments_keep_their_nanoseconds(both):
    moments = pd.to_datetime(["2031-01-01 00:00:00.000000001", None] * 2).as_unit("ns")
    for analysis in both(FRAME.assign(moment=moments)):
        assert analysis.articles["moment"].tolist()[::2] == moments.tolist()[::2]


@pytest.mark.parametrize("read_before", [True, False])
def test_columns_that_parquet_does_not_know_become_text(read_before, tmp_path):
    frame = FRAME.assign(
        wave=[1 + 2j, 3j, 4, 5], span=pd.interval_range(0, 4), few=pd.arrays.SparseArray([0, 0, 1, 0]),
        month=pd.period_range("2031-01", periods=4, freq="M"), large=[2**70, 1, None, 3],
    )  # fmt: skip
    source = nl.read_articles(frame) if read_before else frame
    found = nl.analyze(source, reader="rules", progress=False, out=tmp_path / "out")
    nl.analyze(source, reader="rules", progress=False).save(tmp_path / "one")
    for kept in (found, nl.load(tmp_path / "one")):
        assert kept.articles["wave"].tolist() == ["(1+2j)", "3j", "(4+0j)", "(5+0j)"]
        assert list(map(str, kept.articles["span"])) == ["(0, 1]", "(1, 2]", "(2, 3]", "(3, 4]"]
        assert kept.articles["few"].tolist() == [0, 0, 1, 0]
        assert list(map(str, kept.articles["month"])) == ["2031-01", "2031-02", "2031-03", "2031-04"]
        assert kept.articles["large"].fillna("").tolist() == [str(2**70), "1", "", "3"]


@pytest.fixture(params=["whole", "in blocks"])
def blockwise(request, monkeypatch):
    """Tables read whole, and in blocks of three rows."""
    if request.param == "in blocks":
        monkeypatch.setattr(blocks, "LARGE", 0)
        for module in (blocks, formats):
            monkeypatch.setattr(module, "ROWS", 3)


def test_categories_of_parquet_files_are_kept(blockwise, both, tmp_path):
    frame = FRAME.astype({"outlet": "category", "date": "category"})
    frame["section"] = pd.Categorical(["b", None, "a", "b"], ["b", "a", "c"], ordered=True)
    frame["page"] = pd.Categorical([4, 4, None, 5])
    frame.to_parquet(tmp_path / "articles.parquet", row_group_size=2)
    for analysis in both(tmp_path / "articles.parquet"):
        assert analysis.articles["outlet"].tolist() == list("abab")
        assert analysis.articles["published"].dt.month.fillna(0).tolist() == [1, 2, 0, 4]
        assert analysis.articles["section"].astype(object).fillna("").tolist() == ["b", "", "a", "b"]
        assert analysis.articles["page"].astype(object).fillna(0).tolist() == [4, 4, 0, 5]
    assert nl.read_articles(tmp_path / "articles.parquet")["section"].dtype == frame["section"].dtype


def test_columns_of_one_name_in_parquet_files_are_told_apart(blockwise, both, tmp_path):
    columns = [pa.array(TEXTS), pa.array(list("wxyz")), pa.array([1, None, 3, 4]), pa.array([True, False, None, True])]
    pq.write_table(pa.Table.from_arrays(columns, ["text", "note", "note", "note"]), tmp_path / "articles.parquet")
    for analysis in both(tmp_path / "articles.parquet"):
        assert list(analysis.articles)[7:10] == ["note", "note.2", "note.3"]
        assert analysis.articles["note"].tolist() == list("wxyz")
        assert analysis.articles["note.2"].fillna(0).tolist() == [1, 0, 3, 4]
        assert analysis.articles["note.3"].fillna("").tolist() == [True, False, "", True]


def test_dtypes_of_parquet_files_that_pandas_cannot_make_again_are_done_without(blockwise, both, tmp_path):
    numbers = pd.Series([[1], None, [2, 3], []], dtype=pd.ArrowDtype(pa.list_(pa.int64())))
    FRAME.assign(pages=numbers, n=pd.array([1, None, 3, 4], "Int64")).to_parquet(tmp_path / "articles.parquet")
    for analysis in both(tmp_path / "articles.parquet"):
        assert [None if p is None else list(p) for p in analysis.articles["pages"]] == [[1], None, [2, 3], []]
        assert analysis.articles["n"].dtype == "Int64"


@pytest.mark.filterwarnings("ignore:1 other fault")
def test_bytes_in_parquet_files_that_are_no_utf8_become_u_fffd(blockwise, both, tmp_path):
    def texts(values):
        made = pa.array(values, pa.binary())
        return pa.StringArray.from_buffers(len(made), *made.buffers()[1:], made.buffers()[0])

    table = pa.table({"text": TEXTS, "title": texts([b"Caf\xe9", b"One", None, b"Two"]),
                      "note": texts([b"a", b"b", b"\xff\xfe", b"\xc3\xa9"])})  # fmt: skip
    pq.write_table(table, tmp_path / "articles.parquet")
    for analysis in both(tmp_path / "articles.parquet"):
        assert analysis.articles["title"].fillna("").tolist() == ["Caf\ufffd", "One", "", "Two"]
        assert analysis.articles["note"].tolist() == ["a", "b", "\ufffd\ufffd", "é"]
        assert analysis.problems["reason"].tolist() == ["3 damaged characters (U+FFFD)"]


@pytest.mark.parametrize("names", [["article_id"], ["outlet_id", "article_id"], ["article_id", None]])
def test_an_index_with_a_name_is_a_column(names, blockwise, both, tmp_path):
    levels = [list("wxyz") if name == "article_id" else [1, 2, 3, 4] for name in names]
    frame = FRAME.set_axis(
        pd.MultiIndex.from_arrays(levels, names=names) if levels[1:] else pd.Index(*levels, name=names[0])
    )
    frame.to_parquet(tmp_path / "articles.parquet")
    for source in (frame, tmp_path / "articles.parquet"):
        for analysis in both(source):
            assert analysis.articles["article_id"].tolist() == list("wxyz")
            further = list(analysis.articles)[7:-2]
            assert further == (["outlet_id"] if "outlet_id" in names else [])


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet", "json"])
def test_a_table_wider_than_max_columns_is_a_problem(suffix, blockwise, tmp_path):
    frame = FRAME.assign(a=1, b=2)
    if suffix.startswith("json"):
        rows = frame.iloc[:1] if suffix == "json" else frame
        rows.to_json(tmp_path / f"wide.{suffix}", orient="records", lines=True)  # one record, or one a line
    else:
        getattr(frame, f"to_{suffix}")(tmp_path / f"wide.{suffix}", index=False)
    (tmp_path / "good.txt").write_text(TEXTS[0], encoding="utf-8")
    with pytest.warns(UserWarning, match="1 of 2 articles could not be read"):
        articles = nl.read_articles(tmp_path, max_columns=4)
    assert articles["article_id"].tolist() == ["good"]
    assert [p["reason"] for p in articles.attrs["problems"]] == ["5 columns; more than max_columns=4"]
    assert "good" in nl.read_articles(tmp_path, max_columns=5)["article_id"].tolist()


def moments(*values):
    return [pd.Series([value]) for value in values]


@pytest.mark.parametrize(
    "columns",
    [
        moments(pd.Timestamp("2031-01-01").as_unit("ns"), pd.Timestamp("9999-12-31").as_unit("us")),
        moments(pd.Timestamp("2031-01-01").as_unit("us"), *[pd.Timestamp("2031-01-02").as_unit("s")] * 2),
        [pd.Series(["2031-01-01", "9999-12-31"], dtype="datetime64[us]"), pd.Series(["2031"], dtype="datetime64[ns]")],
        moments(pd.Timestamp("2031-01-01"), pd.Timestamp("2031-01-01", tz="UTC")),
        moments(pd.Timestamp("2031-01-01", tz="Europe/Paris"), pd.Timestamp("2031-01-01", tz="UTC")),
        moments(pd.Timedelta(1, "ns"), pd.Timedelta(10**6, "D").as_unit("s")),
        moments(pd.Period("2031-01"), pd.Period("2031")),
        [pd.Series([2**64 - 1, 5], dtype="uint64"), pd.Series([-1, 0])],
    ],
)
def test_kinds_of_values_that_no_column_can_hold_together_end_no_run(columns, tmp_path):
    for k, column in enumerate(columns):
        frame = pd.DataFrame({"text": TEXTS[: len(column)], "until": column})
        frame.to_parquet(tmp_path / f"articles-{k}.parquet")
    source = str(tmp_path / "articles-*.parquet")
    found = nl.analyze(source, reader="rules", progress=False, out=tmp_path / "out")
    whole = nl.analyze(source, reader="rules", progress=False)
    assert whole.articles["until"].tolist() == [value for column in columns for value in column]
    whole.save(tmp_path / "one")
    kept = nl.load(tmp_path / "one").articles["until"]
    assert list(map(str, found.articles["until"])) == list(map(str, kept))


def test_whole_numbers_of_any_size_end_no_run(tmp_path):
    file = tmp_path / "articles.jsonl"
    numbers = [2**64 - 1, -1, 5, 2**70]
    rows = [{"text": text, "n": n} for text, n in zip(TEXTS, numbers, strict=True)]
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert nl.analyze(file, reader="rules", progress=False).articles["n"].tolist() == numbers
    found = nl.analyze(file, reader="rules", progress=False, out=tmp_path / "out")
    assert found.articles["n"].tolist() == list(map(str, numbers))


def test_a_name_of_a_column_may_be_a_number(both):
    for analysis in both(read().assign(x=np.arange(4)).rename(columns={"x": 5})):
        assert analysis.articles["5"].tolist() == [0, 1, 2, 3]
