"""Codings as a table, filled by hand; and as CSV, JSON and INCEpTION's files, there and back."""

import io
import json
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from _invented import invented

import newslab as nl
from newslab.coding import check_codings, read_codings, sheet, write_codings
from newslab.coding.tables import DTYPES, frame_of, passage, type_of, unit_of

TEXT = (
    "Ona Vell called the board “a 😀 joke”.\r\n\r\nThe board struck back: Vell, it said, “can’t\tcount”. "
    "<b>&amp;</b> a joke"
)


@pytest.fixture
def analysis():
    return invented(texts={"2031/odd one": TEXT})


@pytest.fixture
def codings(analysis):
    """Two coders; one article with odd characters, one without edges; aliases, a spokesman, two pieces of evidence."""
    first, second = TEXT.index("a 😀 joke"), TEXT.index("a joke")
    rows = [
        {"coder": "Ida", "item": "2031/odd one", "value": "edge", "source": "Ona Vell", "target": "Harbour Board",
         "polarity": "negative", "clarity": "clear", "kind": "quote", "evidence": "a 😀 joke", "start": first,
         "end": first + 8, "source_type": "person", "source_aliases": "Vell; the mayor", "target_type": "organisation",
         "source_for": "Town Hall", "note": "who is “it”?", "time": "2031-01-02T03:04:05+00:00"},
        {"coder": "Ida", "item": "2031/odd one", "value": "edge", "source": "Harbour Board", "target": "Ona Vell",
         "polarity": "negative", "clarity": "arguable"},
        {"coder": "Ida", "item": "a5", "value": "no edge"},
        {"coder": "Bo/b", "item": "2031/odd one", "value": "edge", "source": "Ona Vell", "target": "Harbour Board",
         "polarity": "negative", "evidence": "a joke", "start": second, "end": second + 6},
        {"coder": "Bo/b", "item": "a5", "value": "no edge"},
    ]  # fmt: skip
    rows.insert(1, {**rows[0], "evidence": "can’t\tcount", "start": None, "end": None})
    return check_codings(pd.DataFrame(rows), articles=analysis.articles)


def test_codings_have_their_columns_and_types(codings):
    for table in (codings, frame_of([]), check_codings(pd.DataFrame({"item": ["a"], "value": [None]}), coder="Ida")):
        assert {c: str(t) for c, t in table.dtypes.items()} == DTYPES
    assert unit_of(codings) == "articles"


def test_places_are_found_and_kept(codings, analysis):
    texts = analysis.articles.set_index("article_id")["text"]
    told = codings[codings["evidence"].notna()]
    assert len(told) == 3
    assert [texts[a][s:e] for a, s, e in told[["article_id", "start", "end"]].values] == told["evidence"].tolist()


def forgets(codings, *columns):
    return codings.assign(**{c: pd.Series([None] * len(codings), dtype=DTYPES[c]) for c in columns})


def assert_same(found, expected):
    keys = ["coder", "item", "source", "target", "start"]
    one, other = (t.sort_values(keys, ignore_index=True) for t in (found, expected))
    pd.testing.assert_frame_equal(one, other)


def test_csv_there_and_back(codings, tmp_path):
    assert_same(read_codings(write_codings(codings, tmp_path / "new" / "c.csv")), codings)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("c.csv", {"sep": ";", "encoding": "cp1252"}),
        ("c.csv", {"sep": ";", "lineterminator": "\r"}),
        ("c.txt", {"sep": "\t", "encoding": "utf-16"}),
        ("c.xlsx", None),
    ],
)
def test_what_a_spreadsheet_saves_is_read(name, kind, codings, tmp_path):
    plain = codings["evidence"].str.replace("😀", "ü")
    told = codings.assign(note=["“Müller” said; so, “yes”" + 99 * ",", *[None] * 5], evidence=plain)
    path = tmp_path / name
    told.to_csv(path, index=False, **kind) if kind else told.to_excel(path, index=False)
    assert_same(read_codings(path), told.astype(codings.dtypes.to_dict()))


def test_no_spreadsheet_runs_what_an_article_says(codings, tmp_path):
    odd = codings.assign(note="=HYPERLINK(1)", evidence=["@evil", "-1", "+x", "'=y", None, None])
    path = write_codings(odd, tmp_path / "c.csv")
    assert not [c for c in path.read_text(encoding="utf-8").split(",") if c[:1] in "=@+-" and c != ""]
    assert read_codings(path)["evidence"].tolist()[:4] == ["@evil", "-1", "+x", "'=y"]


def test_json_there_and_back(codings, tmp_path, analysis):
    folder = write_codings(codings, tmp_path / "json")
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.json")) == [
        "Bo_b/2031_odd one.json", "Bo_b/a5.json", "Ida/2031_odd one.json", "Ida/a5.json",
    ]  # fmt: skip
    # The note is kept once an article, so it comes back in each row of it; types that were not given are guessed.
    found = read_codings(folder)
    gone = (
        "note",
        "time",
        "source_type",
        "target_type",
        "source_aliases",
        "target_aliases",
        "source_for",
        "target_for",
    )
    assert_same(forgets(found, *gone), forgets(codings, *gone))
    ida = found[(found["coder"] == "Ida") & (found["source"] == "Ona Vell")]
    assert ida["source_aliases"].unique().tolist() == ["Vell; the mayor"]
    assert ida["source_for"].unique().tolist() == ["Town Hall"]
    assert ida["time"].unique().tolist() == ["2031-01-02T03:04:05+00:00"]
    again = read_codings(write_codings(found, tmp_path / "again"))
    assert_same(again, found)


def test_json_is_that_of_the_guideline(codings, tmp_path):
    folder = write_codings(codings, tmp_path)
    coded = json.loads((folder / "Ida" / "2031_odd one.json").read_text(encoding="utf-8"))
    assert coded["article"] == "2031/odd one"
    assert coded["actors"][0] == {
        "name": "Ona Vell", "type": "person", "aliases": ["Vell", "the mayor"], "for": "Town Hall",
    }  # fmt: skip
    assert [(e["source"], e["clarity"], len(e["evidence"])) for e in coded["edges"]] == [
        ("Ona Vell", "clear", 2),
        ("Harbour Board", "arguable", 0),
    ]
    scores = nl.score_edges(folder / "Ida", folder / "Ida")
    assert scores.loc["all", "f1"] == 1


def test_json_of_the_seed_articles_is_read(tmp_path):
    gold = {
        "article": "x", "actors": [{"name": "Ona Vell", "type": "person", "aliases": ["Vell"], "for": None}],
        "edges": [{"source": "Ona Vell", "target": "Tam Orr", "polarity": "negative", "kind": "quote",
                   "clarity": "clear", "evidence": ["one", "two"]}], "quotations": [],
    }  # fmt: skip
    (tmp_path / "x.json").write_text(json.dumps(gold), encoding="utf-8")
    found = read_codings(tmp_path, coder="Ida")
    assert found["evidence"].tolist() == ["one", "two"]
    assert found["source_aliases"].tolist() == ["Vell", "Vell"]
    with pytest.raises(ValueError, match="names no coder"):
        read_codings(tmp_path)


def test_inception_there_and_back(codings, tmp_path, analysis):
    folder = write_codings(codings, tmp_path / "xmi", "inception", articles=analysis.articles)
    assert (folder / "TypeSystem.xml").is_file() and (folder / "2031_odd one" / "Bo_b.xmi").is_file()
    found = read_codings(folder, articles=analysis.articles)
    expected = codings.assign(coder=codings["coder"].replace("Bo/b", "Bo_b"))  # the name of the file is the coder
    assert_same(found, expected)


def test_offsets_in_xmi_are_those_of_uima(codings, tmp_path, analysis):
    folder = write_codings(codings, tmp_path, "inception", articles=analysis.articles)
    page = (folder / "2031_odd one" / "Bo_b.xmi").read_text(encoding="utf-8")
    start = TEXT.index("a joke")
    assert f'begin="{start + 1}"' in page  # the emoji before it is two units of UTF-16


def test_verdicts_on_edges_as_xmi(tmp_path):
    analysis = invented()
    drawn = nl.coding.sample(analysis, 3)
    codings = check_codings(pd.DataFrame({"item": drawn["item"], "value": [1, 3, 6]}), sample=drawn, coder="Ida")
    folder = write_codings(codings, tmp_path, "inception", articles=analysis.articles)
    assert_same(read_codings(folder, sample=drawn), codings)


def test_an_export_of_inception_is_a_zip_with_zips_in_it(codings, tmp_path, analysis):
    folder = write_codings(codings, tmp_path / "xmi", "inception", articles=analysis.articles)
    outer = tmp_path / "export.zip"
    with zipfile.ZipFile(outer, "w") as archive:
        for document in sorted(p for p in folder.iterdir() if p.is_dir()):
            for page in document.glob("*.xmi"):
                inner = io.BytesIO()
                with zipfile.ZipFile(inner, "w") as small:
                    small.write(page, page.name)
                    small.write(folder / "TypeSystem.xml", "TypeSystem.xml")
                archive.writestr(f"annotation/{document.name}/{page.stem}.zip", inner.getvalue())
    assert_same(read_codings(outer), read_codings(folder))


def test_a_zip_bomb_is_no_export_of_inception(tmp_path, monkeypatch):
    packed, name = b"<xmi/>", "ida.xmi"
    for _ in range(5):
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, packed)
        packed, name = inner.getvalue(), "ida.zip"
    (tmp_path / "deep.zip").write_bytes(packed)
    with pytest.raises(ValueError, match="3 deep"):
        read_codings(tmp_path / "deep.zip")
    with zipfile.ZipFile(tmp_path / "large.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("vell/ida.xmi", b" " * 50_000)
        archive.writestr("vell/bo.xmi", b" " * 60_000)
    limits = ("MAX_ZIP_MEMBER", 55_000, "60,000 bytes"), ("MAX_ZIP_TOTAL", 100_000, "limit of 100,000")
    for limit, size, said in limits:
        with monkeypatch.context() as patched:
            patched.setattr(f"newslab.coding.inception.{limit}", size)
            with pytest.raises(ValueError, match=said):
                read_codings(tmp_path / "large.zip")


def test_a_layer_that_was_made_in_inception(tmp_path):
    """Only the features that a coder would fill in, other layers beside it, and the document as it was imported."""
    import cassis

    text = "Ona Vell attacked Tam Orr."
    types = cassis.TypeSystem()
    layer = types.create_type("webanno.custom.Stance", supertypeName="uima.tcas.Annotation")
    other = types.create_type("webanno.custom.Actor", supertypeName="uima.tcas.Annotation")
    for feature in ("source", "target", "polarity"):
        types.create_feature(layer, feature, "uima.cas.String")
    for coder in ("ida", "INITIAL_CAS", "bo"):
        cas = cassis.Cas(types)
        cas.sofa_string, cas.sofa_mime = text, "text/plain"
        cas.add(other(begin=0, end=8))
        if coder == "ida":
            cas.add(layer(begin=9, end=17, source="Ona Vell", target="Tam Orr", polarity="Negative"))
        (tmp_path / "one.txt").mkdir(exist_ok=True)
        cas.to_xmi(tmp_path / "one.txt" / f"{coder}.xmi")
    types.to_xml(tmp_path / "one.txt" / "TypeSystem.xml")
    found = read_codings(tmp_path)
    assert found[["coder", "article_id", "value", "polarity", "evidence"]].fillna("").values.tolist() == [
        ["bo", "one.txt", "no edge", "", ""],
        ["ida", "one.txt", "edge", "negative", "attacked"],
    ]
    articles = pd.DataFrame({"article_id": ["one"], "text": [text]})
    assert read_codings(tmp_path, articles=articles)["item"].tolist() == ["one", "one"]


def test_the_codings_of_the_course_are_of_the_demo_corpus():
    folder = Path(__file__).parents[1] / "notebooks" / "coding" / "data"
    with pytest.warns(UserWarning, match="could not be read"):
        articles = nl.read_articles(nl.demo_corpus())
    for unit in ("articles", "edges"):
        drawn = nl.coding.read_sample(folder / f"sample-{unit}.csv")
        found = read_codings(folder / f"{unit}-by-*.csv", sample=drawn, articles=articles)
        assert unit_of(found) == unit
        assert found.groupby("coder")["item"].nunique().tolist() == [len(drawn)] * 2
    texts = articles.set_index("article_id")["text"]
    spans = drawn[["article_id", "start", "end", "evidence"]].itertuples(index=False)
    assert all(texts[a][s:e] == words for a, s, e, words in spans)


def test_what_xml_cannot_hold_is_said(codings, tmp_path, analysis):
    bad = analysis.articles.assign(text=analysis.articles["text"] + "\x0c")
    with pytest.raises(ValueError, match="'2031/odd one' has a character that XML cannot hold"):
        write_codings(codings, tmp_path, "inception", articles=bad)
    with pytest.raises(ValueError, match="pass articles=analysis.articles"):
        write_codings(codings, tmp_path, "inception")
    with pytest.raises(ValueError, match="not in these articles"):
        write_codings(codings, tmp_path, "inception", articles=analysis.articles.iloc[:0])


@pytest.mark.parametrize("form", ["json", "inception"])
@pytest.mark.parametrize(
    ("coders", "items"),
    [
        (("Bo/b", "Bo_b"), ("a5", "a5")),
        (("Ida", "ida"), ("a5", "a5")),  # one folder on Windows and macOS
        (("Ida", "Ida"), ("a5", "A5")),
    ],
)
def test_no_coding_is_written_over_another(form, coders, items, tmp_path, analysis):
    articles = analysis.articles.assign(article_id=analysis.articles["article_id"].replace("a4", "A5"))
    both = check_codings(pd.DataFrame({"coder": coders, "item": items, "value": "no edge"}), articles=articles)
    with pytest.raises(ValueError, match=f"what '{coders[0]}' coded of 'a5' and '{coders[1]}' of .* the same file"):
        write_codings(both, tmp_path / "new", form, articles=articles)


def test_inception_says_what_to_install(codings, tmp_path, analysis, monkeypatch):
    monkeypatch.setitem(sys.modules, "cassis", None)
    with pytest.raises(ImportError, match=r'pip install "newslab\[validate\]"'):
        write_codings(codings, tmp_path, "inception", articles=analysis.articles)


def test_one_file_of_each_coder(tmp_path, codings):
    for k, (_, part) in enumerate(codings.groupby("coder")):
        write_codings(part, tmp_path / f"by-{k}.csv")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    again = read_codings(tmp_path / "by-*.csv")
    assert codings["coder"].nunique() > 1
    keys = ["coder", "item", "source", "target", "start"]
    pd.testing.assert_frame_equal(
        again.sort_values(keys, ignore_index=True), codings.sort_values(keys, ignore_index=True)
    )


def test_files_that_hold_no_codings(tmp_path, codings):
    for name in ("none.csv", "by-*.csv"):
        with pytest.raises(FileNotFoundError, match="there is no .*: nobody has coded yet") as raised:
            read_codings(tmp_path / name)
        assert raised.value._render_traceback_() == [str(raised.value)]
    with pytest.raises(FileNotFoundError, match="holds no codings"):
        read_codings(tmp_path)
    (tmp_path / "a.xmi").write_text("<a/>", encoding="utf-8")
    with pytest.raises(FileNotFoundError, match="no TypeSystem.xml"):
        read_codings(tmp_path / "a.xmi")
    (tmp_path / "TypeSystem.xml").write_text("<a/>", encoding="utf-8")
    with pytest.raises(ValueError, match="a.xmi is no UIMA CAS XMI"):
        read_codings(tmp_path / "a.xmi")
    for ask in (write_codings, lambda _, path, form: read_codings(path, form)):
        with pytest.raises(
            ValueError, match="form is 'tsv'; did you mean 'csv'.; it may be 'csv', 'json', 'inception'"
        ):
            ask(codings, tmp_path / "x", "tsv")


def test_verdicts_are_no_json(tmp_path):
    codings = check_codings(pd.DataFrame({"item": ["a#e1"], "value": [1]}), coder="Ida")
    with pytest.raises(ValueError, match="write them as CSV"):
        write_codings(codings, tmp_path / "folder")


def test_a_sheet_shows_the_passage_and_hides_the_answer(tmp_path):
    analysis = invented()
    drawn = nl.coding.sample(analysis, 4)
    blind, seeing = sheet(analysis, drawn), sheet(analysis, drawn, blind=False)
    assert set(seeing.columns) - set(blind.columns) == {"polarity", "probability"}
    told = " ".join(map(str, blind.drop(columns="passage").to_numpy().ravel()))
    assert "negative" not in told and "positive" not in told
    assert blind["passage"][0] == "It rained all day. ⟦Ona Vell attacked Tam Orr over the harbour dues.⟧ Nobody left."
    blind["value"] = [1, 3, "Unsure", None]
    blind.to_csv(tmp_path / "filled.csv", index=False)
    found = read_codings(tmp_path / "filled.csv", sample=drawn, coder="Ida")
    assert found["value"].tolist() == ["negative", "neither", "unsure"]
    assert found["polarity"].isna().all()
    seeing["value"] = [1, 1, 1, 2]
    assert check_codings(seeing, sample=drawn, coder="Ida")["polarity"].tolist() == drawn["polarity"].tolist()


def test_a_sheet_runs_nothing_in_a_spreadsheet():
    analysis = invented(titles={"a1": "=cmd()"}, texts={"a2": "+1 for Tam Orr. Ona Vell attacked Tam Orr."})
    articles = sheet(analysis, nl.coding.sample(analysis, 4, unit="articles"))
    assert (articles["title"][0], articles["text"][1][:3]) == ("'=cmd()", "'+1")


def test_a_sheet_of_articles_is_filled_row_by_row():
    analysis = invented()
    drawn = nl.coding.sample(analysis, 4, unit="articles")
    table = sheet(analysis, drawn)
    assert table["text"].tolist() == [analysis.articles["text"][k] for k in (0, 1, 2, 4)]
    filled = pd.concat([table, table.iloc[[1]]])
    filled["value"] = ["no edge", "edge", None, None, "edge"]
    filled["source"] = ["", "Ona Vell", "", "", "Tam Orr"]
    filled["target"] = ["", "Tam Orr", "", "", "Vell"]
    filled["polarity"] = ["", "negative", "", "", "Negative"]
    found = check_codings(filled, sample=drawn, coder="Ida")
    assert found[["item", "value", "source", "clarity"]].fillna("").values.tolist() == [
        ["a1", "no edge", "", ""], ["a2", "edge", "Ona Vell", "clear"], ["a2", "edge", "Tam Orr", "clear"],
    ]  # fmt: skip


def test_a_sheet_takes_the_words_of_the_notebook():
    analysis = invented()
    drawn = nl.coding.sample(analysis, 4)
    filled = sheet(analysis, drawn).assign(value=["criticizes", "Backs", "criticises", "wrong source"])
    found = check_codings(filled, sample=drawn, coder="Ida")
    assert found["value"].tolist() == ["negative", "positive", "negative", "wrong source"]
    rows = [{**GOOD, "polarity": "criticizes"}, {**GOOD, "item": "a2", "polarity": "backs"}]
    told = check_codings(pd.DataFrame(rows))
    assert told["polarity"].tolist() == ["negative", "positive"]


GOOD = {"coder": "Ida", "item": "a1", "value": "edge", "source": "A B", "target": "C D", "polarity": "negative"}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{**GOOD, "value": "negativ"}], r"row 1 \(a1\): value is 'negativ'; did you mean 'negative'"),
        ([{**GOOD, "value": "7"}], "value is '7'; it may be 'negative', 'positive', 'neither'"),
        ([{**GOOD, "polarity": "hostile"}], "polarity is 'hostile'"),
        ([{**GOOD, "clarity": "cleer"}], "did you mean 'clear'"),
        ([{**GOOD, "target": None}], "is an edge without target"),
        ([{**GOOD, "target": "A B"}], "source and target are both 'A B'"),
        ([{**GOOD, "coder": None}], "names no coder"),
        ([{**GOOD, "item": " "}], "row 1 has no item"),
        ([GOOD, {**GOOD, "value": "no edge"}], "says of 'a1' both"),
        ([GOOD, {**GOOD, "value": "neither"}], "mix verdicts on edges with codings of whole articles"),
        ([{**GOOD, "value": 1}, {**GOOD, "value": 2}], "Ida has judged 'a1' twice"),
    ],
)
def test_faults_name_the_row_and_what_to_do(rows, message):
    with pytest.raises(ValueError, match=message):
        check_codings(pd.DataFrame(rows))


def test_codings_that_do_not_belong_to_the_sample():
    analysis = invented()
    articles, edges = nl.coding.sample(analysis, 2, unit="articles"), nl.coding.sample(analysis, 2)
    with pytest.raises(ValueError, match="the codings are of articles, the sample is of edges"):
        check_codings(pd.DataFrame([GOOD]), sample=edges)
    with pytest.raises(ValueError, match="not in the sample, such as 'zz'"):
        check_codings(pd.DataFrame([{**GOOD, "item": "zz"}]), sample=articles)
    with pytest.raises(ValueError, match="not in 'a1' word for word: 'no such words'"):
        check_codings(pd.DataFrame([{**GOOD, "evidence": "no such words"}]), articles=analysis.articles)
    with pytest.raises(ValueError, match="lacks value"):
        check_codings(pd.DataFrame({"item": ["a"]}))


def test_passages_of_several_paragraphs_and_pieces_that_overlap():
    text = "One two three.\nFour five.\nSix seven eight."
    assert passage(text, [(4, 7), (0, 7), (8, 13)]) == "⟦One two⟧ ⟦three⟧."
    assert passage(text, [(26, 29), (0, 3)]) == "⟦One⟧ two three.\n…\n⟦Six⟧ seven eight."


def test_types_are_guessed_where_the_coder_gave_none():
    named = {"Ona Vell": "person", "Ludwig van Orr": "person", "the dockers": "group", "Harbour Board": "organisation",
             "20 Harbour MPs": "group", "fishermen of Amery": "group"}  # fmt: skip
    assert {n: type_of(n) for n in named} == named
