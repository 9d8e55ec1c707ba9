"""Whatever stands in an archive: nothing crashes, nothing hangs, and no article is lost without a word."""

import io
import json
import zipfile

import numpy as np
import pandas as pd
import pytest
from _hostile import GOOD, PIECES, check_analysis, check_dates, check_file, check_reading, check_text, quiet, read_file
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import newslab as nl
from newslab.rules.lexicons import lexicons
from newslab.text import Cover, Text

slow = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
few = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=60).map("".join)
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
cells = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.binary(max_size=5), texts,
    st.lists(st.integers(), max_size=3), st.dates(), st.datetimes(),
)  # fmt: skip


# The text


@slow
@given(texts)
@example("“" * 3000)
@example("“‘" * 2000 + "”’" * 1000)
@example(" ".join(["“a”"] * 3000))
def test_stages_of_the_text_take_any_string(text):
    check_text(text)


@slow
@given(st.lists(texts.filter(str.strip), max_size=3))
@example(["“" * 2000])
@example(["“We won.\n\n" * 500])
@example(["Ona Vell said “a” " * 300])
@example(["\u202eOna Vell\u202c said “We \u200bwon,” she\u200d said."])
@example(["Ona Vell accused Tam Orr. " * 300])
@example(["Prices rose in Russia. “We won,” said Ona Vell in Iowa."])
def test_reading_by_rules_takes_any_text(found):
    check_reading(found, nl.Reader("rules"))
    check_analysis(found)


@pytest.mark.parametrize(("plain", "other"), [("s", "ſ"), ("i", "ı"), ("k", "\u212a"), ("i", "İ")])
def test_letters_that_count_as_others_in_a_search_end_no_reading(plain, other):
    lists = lexicons()
    words = sorted({form for forms, *_ in lists.stances for form in forms} | set(lists.cue_frames) | set(lists.roles))
    odd = [w.replace(plain, other) for w in words if plain in w]
    found = "\n".join(
        f"“Enough,” {w} Ona Vell. The {w} {w} Tam Orr, and Bo Lind {w} that Orr had {w} Vell." for w in odd
    )
    check_reading([found], nl.Reader("rules"))


@pytest.fixture(scope="module")
def model():
    return nl.Reader()


@pytest.mark.parametrize(
    "text",
    [
        "A" * 10_000 + " said Ona Vell attacked Tam Orr.",
        "“" * 2000,
        "“‘" * 500 + " Ona Vell said.",
        "\u202e\u200b" * 500,
        "Ona Vell said \x00 that Tam Orr \ud83d".encode("utf-8", "replace").decode(),
        "".join(PIECES) * 2,
        "Ona Vell, " * 400,
        "-" * 5000,
        "A-" * 5000 + " & A." * 500,
        "\n\n\n“\n\n”\n",
        "she said he said it said they said " * 60,
    ],
)
def test_the_model_takes_awkward_texts(text, model):
    check_analysis([text], reader=model)


def test_reading_does_not_depend_on_how_fast_the_machine_is(monkeypatch):
    redos = pytest.importorskip("nltk.redos", reason="NLTK before 3.10 has no clock")
    monkeypatch.setattr(redos, "DEFAULT_TIMEOUT", 0.05)  # as on a machine a hundred times as slow
    check_analysis(["O. " * 10_000])


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 6)), max_size=8), st.integers(0, 30), st.integers(1, 6))
def test_cover_is_told_by_looking_at_every_span(spans, start, width):
    given_spans = [(a, a + n) for a, n in spans]
    slowly = any(a < start + width and start < b for a, b in given_spans if a < b)
    assert Cover(given_spans).touches(start, start + width) == slowly


def test_masked_lines_leave_the_rest_of_a_wrapped_block():
    text = "one two three\nREAD MORE: the harbour\nfour five six\nseven eight\nnine ten\neleven\n\ntwelve and\nthirteen"
    parsed = Text(text)
    words = [text[a:b] for a, b in parsed.paragraphs]
    assert not any("READ MORE" in w for w in words) and any("four five" in w for w in words)


def test_an_article_beyond_the_limit_is_told_of_and_kept():
    frame = nl.read_articles(pd.DataFrame({"text": ["Ona Vell attacked Tam Orr. " * 10, "Ona Vell attacked Tam Orr."]}))
    analysis = nl.analyze(frame, reader="rules", max_chars=100, progress=False)
    assert analysis.articles["article_id"].tolist() == ["article-1", "article-2"]
    (row,) = analysis.problems.to_dict("records")
    assert row["article_id"] == "article-1" and row["stage"] == "reading" and "max_chars=100" in row["reason"]
    assert set(analysis.stances["article_id"]) == {"article-2"}
    with pytest.raises(ValueError, match="max_chars is 0"):
        nl.analyze(frame, reader="rules", max_chars=0, progress=False)


# Files


@few
@given(st.sampled_from(["txt", "html", "csv", "tsv", "jsonl", "json", "parquet", "zip"]), st.binary(max_size=300))
@example("txt", b"\xff\xfe")
@example("csv", b"\xef\xbb\xbf")
@example("csv", b'""\ri')  # no names of columns, read in blocks
@example("zip", b"PK\x03\x04")
@example("zip", b"PK\x05\x06" + bytes(18))
@example("parquet", b"PAR1PAR1")
@example("json", b"[" * 100_000)
@example("jsonl", b'{"a":' * 50_000)
@example("html", b"<" * 10_000)
def test_any_bytes_in_any_kind_of_file(suffix, data):
    check_file(f"x.{suffix}", data)


@slow
@given(texts, st.sampled_from(["utf-8", "utf-16", "utf-32", "cp1252", "latin-1", "shift_jis", "utf-8-sig"]))
def test_texts_in_any_encoding(text, encoding):
    check_file("x.txt", text.encode(encoding, "replace"))


@slow
@given(texts.filter(lambda t: t.strip("\ufeff \n\r\t") and "\x00" not in t and "\x1b" not in t))
def test_a_utf8_text_is_read_to_the_letter(text):
    articles, reasons = read_file("x.txt", text.encode("utf-8"))
    if "x" in articles["article_id"].tolist():
        assert articles.set_index("article_id")["text"]["x"] == text.removeprefix("\ufeff")
    else:
        assert "x.txt" in reasons


@few
@given(st.lists(texts, max_size=12))
@example(["<div>"] * 3000)
@example(["<table><tr><td>"] * 500)
@example(["<a href='" + "x" * 100_000 + "'>"])
@example(["<p>" + "&lol;" * 1000])
@example(["<!DOCTYPE x [<!ENTITY a '" + "b" * 100 + "'><!ENTITY c '&a;&a;&a;'>]><p>&c;</p>"])
def test_pages_of_anything(parts):
    page = "<html><body><article>" + "".join(f"<p>{p}</p>" for p in parts) + "</article></body></html>"
    check_file("x.html", page.encode("utf-8", "replace"))


@few
@given(st.lists(st.lists(texts, min_size=2, max_size=4), max_size=6), st.sampled_from("\n \r \r\n".split(" ")))
def test_rows_of_a_table_are_read_or_told_of(rows, end):
    data = end.join(["id,text", *(",".join(row) for row in rows)])
    check_file("x.csv", data.encode("utf-8", "replace"))


@slow
@given(st.lists(st.text(max_size=30), max_size=8))
def test_a_well_formed_csv_loses_no_row(found):
    frame = pd.DataFrame({"id": [f"r{k}" for k in range(len(found))], "text": pd.Series(found, dtype="object")})
    data = frame.to_csv(index=False, quoting=1).encode("utf-8", "replace")
    articles, reasons = read_file("x.csv", data)
    if "x.csv" in reasons:  # control characters: the file is taken for a binary one, and told of as a whole
        return
    assert len(articles) - 1 + len(reasons) >= len(found)


@few
@given(st.lists(st.dictionaries(names, cells, max_size=5), max_size=6))
def test_any_records(records):
    lines = "\n".join(json.dumps(r, default=str) for r in records)
    check_file("x.jsonl", lines.encode())
    check_file("x.json", json.dumps(records, default=str).encode())


@few
@given(
    st.dictionaries(st.sampled_from(["text", "title", "date", "outlet", "id", "url", "x"]), cells), st.integers(1, 3)
)
def test_any_column_types(row, n):
    frame = pd.DataFrame({name: pd.Series([value] * n, dtype="object") for name, value in row.items()})
    try:
        articles = quiet(nl.read_articles, frame)
    except ValueError as error:
        assert "no column of texts" in str(error) or "nothing could be read" in str(error)
    else:
        assert len(articles) + len([p for p in articles.attrs["problems"] if "date" not in p["reason"]]) >= n


@pytest.mark.parametrize("at", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_damage_in_a_parquet_file_is_told_alike_in_blocks_and_as_a_whole(at):
    file = io.BytesIO()
    pd.DataFrame(
        {"id": [f"a{k}" for k in range(40)], "text": [f"Report {k * k} on pier {k}." for k in range(40)]}
    ).to_parquet(file)
    data = bytearray(file.getvalue())
    place = int(at * data.rindex(b"ARROW:schema"))
    data[place : place + 30] = bytes(30)
    check_file("x.parquet", bytes(data))


@pytest.mark.parametrize(
    "column",
    [
        np.arange(3), np.array([1.5, np.nan, np.inf]), [b"bytes", b"\xff", None], [["a", "b"], [], None],
        pd.to_datetime(["2024-01-01"] * 3), [True, False, None], pd.Categorical(["a b", "c d", "a b"]),
        [{"a": 1}, {"a": 2}, None], pd.Series(["a", None, "c"], dtype="str"),
    ],
)  # fmt: skip
def test_parquet_with_wrong_types(column):
    for name in ("text", "date", "id", "title"):
        frame = pd.DataFrame({"text": ["One article."] * 3, name: column})
        file = io.BytesIO()
        frame.to_parquet(file)
        articles, reasons = read_file("x.parquet", file.getvalue())
        assert len(articles) - 1 + len(reasons) >= 3


def test_a_table_of_very_many_columns():
    n = 20_000
    header = ",".join(["text", *(f"c{k}" for k in range(n))])
    articles, reasons = read_file("x.csv", f"{header}\nA report.{',' * n}\n".encode())
    assert "A report." in articles["text"].tolist() or "x.csv" in reasons


def test_more_columns_than_the_limit_is_a_problem():
    data = ("text" + "," * 150_000 + "\nA report." + "," * 150_000 + "\n").encode()
    articles, reasons = read_file("x.csv", data)
    assert "columns" in reasons["x.csv"] and articles["article_id"].tolist() == ["a-good"]


@pytest.mark.parametrize(
    "name", ["../../x.txt", "/etc/x.txt", "..\\x.txt", "C:\\x.txt", "a/../../x.txt", "a\\..\\..\\x.txt", "\u202ex.txt"]
)
def test_members_that_climb_out_are_only_names(name):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "A report.")
    articles, reasons = read_file("x.zip", file.getvalue())
    assert "A report." in articles["text"].tolist() or reasons


def test_a_member_without_a_name_takes_none_with_it():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("\x00"), "A report.")  # a name ends where a zero stands
        archive.writestr("fine.txt", "A report.")
    articles, _ = read_file("x.zip", file.getvalue())
    assert articles["article_id"].tolist() == ["a-good", "x/fine"]


def test_a_bomb_is_told_of_and_not_unpacked(monkeypatch):
    import newslab.corpus.files as files

    monkeypatch.setattr(files, "MAX_ZIP_MEMBER", 1_000_000)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.txt", "a" * 2_000_000)
        archive.writestr("fine.txt", "A report.")
    articles, reasons = read_file("x.zip", file.getvalue())
    assert "more than the limit" in reasons["x.zip/bomb.txt"] and "A report." in articles["text"].tolist()


@given(st.lists(st.one_of(st.text(max_size=30), st.integers(), st.floats(), st.dates(), st.none()), max_size=5))
@example(["0000-01-01", "99999-01-01", "0001-01-01", "9999-12-31", "-1", "1e400", "٣٠/٠١/٢٠٢٤"])
@example([0, 10**30, -(10**18), float("inf"), float("nan"), "²⁰²⁴", "1" * 5000])
@example(["2024-01-01T00:00:00+99:99", "12/13/14/2024", "1 " * 500 + "2024", "2024-02-30", "24:00 1 May 2024"])
@example(["1 May 2024 " + "4" * 40 + "h", "7" * 28 + "301211\x00M21"])
@example(["10:00 1 May 2024 XYZT", "1 May 2024 GMT+30", "2024 2024 2024", "2024-W53-7", "1.2.2024 25:61"])
def test_dates_are_read_or_told_of(values):
    check_dates(values)


@pytest.mark.parametrize(
    "ident", ["a/b", "../../etc/passwd", "a#q1", "\u202ea", "a\nb", "=1+1", "x" * 10_000, "a\x00b"]
)
def test_ids_of_any_kind_survive_save_and_export(ident, tmp_path):
    frame = pd.DataFrame({"id": [ident, "b"], "text": ["Ona Vell attacked Tam Orr."] * 2})
    analysis = quiet(nl.analyze, frame, reader="rules", progress=False)
    assert analysis.articles["article_id"][0] == ident.strip()
    again = nl.load(analysis.save(tmp_path / "in" / "saved"))
    pd.testing.assert_frame_equal(again.articles, analysis.articles)
    analysis.export(tmp_path / "in" / "out", ["csv", "coding", "attributions", "gexf"])
    assert [p.name for p in tmp_path.iterdir()] == ["in"], "an id became a path"


def test_ids_that_make_one_file_name_are_two_files(tmp_path):
    frame = pd.DataFrame({"id": ["a/b", "a_b", "A_b", "x" * 300 + "1", "x" * 300 + "2"], "text": ["The harbour."] * 5})
    paths = nl.analyze(frame, reader="rules", progress=False).export(tmp_path, "coding")
    assert len(set(paths)) == 5
    assert [json.loads(p.read_text(encoding="utf-8"))["article"] for p in paths] == frame["id"].tolist()


def test_one_long_line_and_a_good_article():
    check_analysis(["word " * 20_000, GOOD])
