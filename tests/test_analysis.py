"""The contract: tables, columns, offsets; order and batches change nothing; nothing is lost."""

import copy
import json

import pandas as pd
import pytest
from _invented import invented
from hypothesis import given, settings
from hypothesis import strategies as st

import newslab as nl
from newslab.rules import RuleReader
from newslab.tables import DTYPES

TEXTS = [
    "Budget row deepens\n\nOna Vell attacked Tam Orr on Monday. “Tam Orr is a disgrace,” Vell said. “He has lied to "
    "us.”\n\nMr Orr hit back. “She is wrong,” he said.",
    "The Harbour Party expelled Tam Orr. ‘I’m not sorry,’ said Mr Orr, who has praised Ona Vell.",
    "“Nobody knows where the money went.”",
    "Rain is expected on the coast. Ferries will run.",
]


@pytest.fixture(scope="module")
def articles():
    return pd.DataFrame(
        {"article_id": list("abcd"), "text": TEXTS, "outlet": ["Gull", "Courier", "Gull", "Gull"],
         "published": ["2031-01-05", "2031-02-03", "2031-02-04", None], "desk": [1, 2, 3, 4]}
    )  # fmt: skip


@pytest.fixture(scope="module", params=["model", "rules"])
def reader(request):
    return nl.Reader(request.param)


@pytest.fixture(scope="module")
def analysis(articles, reader):
    return nl.analyze(articles, reader=reader, progress=False)


@pytest.fixture(scope="module")
def by_rules(articles):
    return nl.analyze(articles, reader="rules", progress=False)


def test_tables_have_the_columns_of_the_contract(analysis):
    for name, dtypes in DTYPES.items():
        table = getattr(analysis, name)
        assert list(table.columns) == list(dtypes)
        assert {c: str(t) for c, t in table.dtypes.items()} == dtypes
    read = ["article_id", "title", "text", "published", "outlet", "author", "url", "desk", "n_tokens", "duplicate_of"]
    assert list(analysis.articles.columns) == read


def test_every_span_slices_the_text(analysis):
    texts = analysis.articles.set_index("article_id")["text"]
    for table, column in ((analysis.quotes, "text"), (analysis.mentions, "text"), (analysis.stances, "evidence")):
        assert not table.empty
        for row in table.itertuples():
            assert texts[row.article_id][row.start : row.end] == getattr(row, column)
    for row in analysis.quotes.itertuples():
        assert (row.spans[0][0], row.spans[-1][1]) == (row.start, row.end)
        for word in ("source", "cue"):
            start, end = getattr(row, f"{word}_start"), getattr(row, f"{word}_end")
            if not pd.isna(start):
                assert texts[row.article_id][start:end] == getattr(row, word)


def test_ids_tie_the_tables_together(analysis):
    actors = set(analysis.actors["actor_id"])
    for column in (analysis.quotes["speaker_id"], analysis.mentions["actor_id"], analysis.stances["source_id"]):
        assert set(column.dropna()) <= actors
    assert set(analysis.stances["quote_id"].dropna()) <= set(analysis.quotes["quote_id"])
    for table, key in (
        ("quotes", "quote_id"),
        ("mentions", "mention_id"),
        ("stances", "stance_id"),
        ("actors", "actor_id"),
    ):
        assert getattr(analysis, table)[key].is_unique


def test_values_are_in_their_ranges(analysis):
    assert analysis.quotes["polarity"].between(-1, 1).all()
    assert analysis.quotes["subjectivity"].between(0, 1).all()
    assert analysis.stances["probability"].between(0, 1).all()
    assert set(analysis.quotes["attribution"]) <= {"named", "resolved", "continued", "unknown"}
    assert set(analysis.stances["via"]) <= {"quote", "reported", "action"}


def test_order_of_articles_changes_no_row(articles, analysis, reader):
    turned = nl.analyze(articles.iloc[::-1], reader=reader, progress=False)
    for name, key in (("quotes", "quote_id"), ("mentions", "mention_id"), ("stances", "stance_id")):
        one = getattr(analysis, name).sort_values(key, ignore_index=True)
        other = getattr(turned, name).sort_values(key, ignore_index=True)
        pd.testing.assert_frame_equal(one, other)


def test_one_article_alone_gives_its_rows_of_the_whole(articles, analysis, reader):
    alone = nl.analyze(articles.iloc[[0]], reader=reader, progress=False).quotes.drop(columns="speaker_id")
    whole = analysis.quotes[analysis.quotes["article_id"] == "a"].drop(columns="speaker_id").reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, whole)


def test_the_frame_given_is_not_modified(articles):
    before = articles.copy(deep=True)
    nl.analyze(articles, progress=False)
    pd.testing.assert_frame_equal(articles, before)


def test_save_and_load_are_lossless(analysis, tmp_path):
    again = nl.load(analysis.save(tmp_path / "out"))
    for name in ("articles", "quotes", "mentions", "actors", "stances", "problems"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(analysis, name))
    assert again.quotes["spans"].tolist() == analysis.quotes["spans"].tolist()
    pd.testing.assert_frame_equal(again.edges(), analysis.edges())


def test_load_says_what_is_missing_or_damaged(analysis, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no saved analysis: articles\.parquet"):
        nl.load(tmp_path / "nothing")
    folder = analysis.save(tmp_path / "out")
    (folder / "quotes.parquet").write_bytes(b"no parquet")
    with pytest.raises(ValueError, match="damaged analysis"):
        nl.load(folder)


class Failing(RuleReader):
    """Fails, in one of its two steps, at the article in which somebody is expelled."""

    def __init__(self, step):
        super().__init__()
        self.step = step

    def read(self, text):
        self._fail_in("read", text)
        return super().read(text)

    def weigh(self, case):
        self._fail_in("weigh", case.reading.text)
        return super().weigh(case)

    def _fail_in(self, step, text):
        if step == self.step and "expelled" in text.text:
            raise RuntimeError("the reader broke")


@pytest.mark.parametrize("step", ["read", "weigh"])
def test_one_bad_article_ends_no_run(articles, by_rules, step):
    analysis = nl.analyze(articles, reader=Failing(step), progress=False)
    assert analysis.problems.values.tolist() == [["b", "reading", "RuntimeError: the reader broke"]]
    assert set(analysis.articles["article_id"]) == set("abcd")
    assert set(analysis.quotes["article_id"]) == {"a", "c"}
    others = by_rules.stances[by_rules.stances["article_id"] != "b"]
    columns = ["article_id", "source", "target", "start", "end", "probability"]
    pd.testing.assert_frame_equal(analysis.stances[columns], others[columns].reset_index(drop=True))


def test_a_reader_that_loses_an_article_is_told_so(articles):
    class Losing(RuleReader):
        def weigh_many(self, cases):
            return super().weigh_many(cases)[1:]

    with pytest.raises(RuntimeError, match="weighed 3 of 4 texts"):
        nl.analyze(articles, reader=Losing(), progress=False)


@pytest.mark.parametrize("p", [1.2, float("nan")])
def test_a_probability_that_is_none_is_a_problem_of_the_article(articles, p):
    class Boasting(RuleReader):
        def weigh(self, case):
            return [s._replace(probability=p) for s in super().weigh(case)]

    analysis = nl.analyze(articles, reader=Boasting(), progress=False)
    assert set(analysis.problems["reason"]) == {f"ValueError: the reader gave the probability {p}, not from 0 to 1"}
    assert len(analysis.articles) == 4 and analysis.stances.empty


def test_speakers_sum_quotations_and_count_the_unknown(by_rules):
    speakers = by_rules.speakers()
    row = speakers.set_index("speaker").loc["Tam Orr"]
    assert (row["n_quotes"], row["n_articles"]) == (2, 2)
    own = by_rules.quotes.loc[by_rules.quotes["speaker"] == "Tam Orr", "polarity"]
    assert row["polarity"] == pytest.approx(own.mean())
    assert row["polarity_low"] <= row["polarity"] <= row["polarity_high"]
    assert speakers.attrs["n_unknown"] == 1
    assert speakers.set_index("speaker").loc["Ona Vell", "n_criticisms"] > 0


def test_intervals_of_speakers_depend_on_the_seed_alone():
    said = [("vell", k / 10) for k in range(6)]
    first, same, other = (invented(quotes=said).speakers(n_boot=20, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, same)
    bounds = ["polarity_low", "polarity_high"]
    assert not first[bounds].equals(other[bounds])
    pd.testing.assert_frame_equal(first.drop(columns=bounds), other.drop(columns=bounds))


def test_some_of_the_articles_are_an_analysis_of_their_own(analysis):
    part = analysis.select(analysis.articles[analysis.articles["outlet"] == "Gull"])
    assert part.articles["article_id"].tolist() == ["a", "c", "d"]
    for name in ("quotes", "mentions", "stances", "affiliations"):
        rows = getattr(analysis, name)
        rows = rows[rows["article_id"] != "b"].reset_index(drop=True)
        pd.testing.assert_frame_equal(getattr(part, name), rows)
    counted = part.mentions["actor_id"].value_counts()
    assert part.actors.set_index("actor_id")["n_mentions"].to_dict() == counted.to_dict()
    assert part.actors["n_quotes"].sum() == part.quotes["speaker_id"].notna().sum()
    assert "the harbour party" not in part.actors["name"].str.casefold().tolist()
    assert "Analysis of 3 articles" in repr(part)
    assert set(part.edges()["target_id"]) <= set(part.actors["actor_id"])
    for none in (part.select([]), analysis.select(part.articles.iloc[:0])):
        assert all(getattr(none, name).empty for name in ("articles", "actors", "mentions")) and none.edges().empty


def test_all_of_the_articles_are_the_whole_analysis(analysis):
    whole = analysis.select(analysis.articles["article_id"][::-1])
    for name in ("articles", "quotes", "mentions", "actors", "stances", "affiliations", "problems"):
        pd.testing.assert_frame_equal(getattr(whole, name), getattr(analysis, name), obj=name)


def test_edges_and_their_evidence(by_rules):
    edges = by_rules.edges("negative").set_index(["source", "target"])
    assert edges.loc[("Ona Vell", "Tam Orr"), "n_articles"] == 1
    assert ("Harbour Party", "Tam Orr") in edges.index
    evidence = by_rules.evidence("Ona Vell", "Orr", "negative")
    assert set(evidence["article_id"]) == {"a"}
    assert evidence["outlet"].tolist() == ["Gull"] * len(evidence)
    with pytest.raises(ValueError, match="no actor 'Ona Vel' in this corpus; near are 'Ona Vell'"):
        by_rules.evidence("Ona Vel")


def test_display_says_what_it_holds_and_what_to_call_next(by_rules):
    assert "4 articles" in repr(by_rules)
    assert "(1 without a speaker)" in repr(by_rules)
    assert "1 without a speaker" in by_rules._repr_html_()


def test_nothing_found_gives_empty_tables_with_their_types(reader):
    analysis = nl.analyze(pd.DataFrame({"text": ["Rain."]}), reader=reader, progress=False)
    assert analysis.edges().empty
    assert analysis.speakers().empty
    assert {c: str(t) for c, t in analysis.quotes.dtypes.items()} == DTYPES["quotes"]


def test_an_article_of_only_quotation_marks(reader):
    analysis = nl.analyze(pd.DataFrame({"text": ["“”“”\"\"''‘’"]}), reader=reader, progress=False)
    assert analysis.quotes.empty
    assert len(analysis.articles) == 1


def test_problems_of_reading_the_corpus_reach_the_analysis(tmp_path):
    (tmp_path / "good.txt").write_text("Ona Vell attacked Tam Orr.", encoding="utf-8")
    (tmp_path / "bad.txt").write_bytes(bytes(range(256)) * 20)
    with pytest.warns(UserWarning, match="1 of 2 articles could not be read; see analysis.problems") as told:
        analysis = nl.analyze(tmp_path, progress=False)
    assert [w.filename for w in told] == [__file__]  # the line of whoever called, not one of newslab's
    assert analysis.problems["article_id"].str.contains("bad").tolist() == [True]
    assert set(analysis.stances["source"]) == {"Ona Vell"}


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="AbOrnVell .,“”‘’\"'\n?!said-—é1", max_size=300))
def test_any_text_is_read_without_an_error(reader, text):
    analysis = nl.analyze(pd.DataFrame({"text": [text + " x"]}), reader=reader, progress=False)
    assert not (analysis.problems["stage"] == "reading").any()
    for row in analysis.quotes.itertuples():
        assert (text + " x")[row.start : row.end] == row.text


def test_metadata_is_plain_json(analysis, reader, tmp_path):
    about = json.loads((analysis.save(tmp_path) / "analysis.json").read_text(encoding="utf-8"))
    assert about == {"newslab": nl.__version__, "reader": reader.name}


NO_PATHS = ["Ona Vell attacked Tam Orr.", "Rain fell on the harbour. " * 50]


@pytest.mark.parametrize(
    "texts", [NO_PATHS, NO_PATHS[::-1], pd.Series(NO_PATHS), "Ona Vell spoke.\nTam Orr slept.", *NO_PATHS]
)
def test_texts_are_no_paths(texts):
    for take in (nl.analyze, nl.read_articles):
        with pytest.raises(ValueError, match=r"DataFrame\({'text': texts}\)") as told:
            take(texts, progress=False)
        assert len(str(told.value)) < 160


@pytest.mark.parametrize(
    ("records", "said"),
    [([{"text": "Rain."}], r"pd.DataFrame\(articles\)"), ([pd.DataFrame({"text": ["Rain."]})], r"pd.concat\(")],
)
def test_records_and_tables_are_no_paths(records, said):
    for take in (nl.analyze, nl.read_articles):
        with pytest.raises(TypeError, match=said):
            take(records, progress=False)


def test_a_usual_name_of_a_column_stands_for_the_option_that_names_it(tmp_path):
    table = pd.DataFrame({"Body": ["Rain fell."], "Day": ["2031-01-05"]})
    for take in (nl.read_articles, nl.analyze, lambda t, **options: nl.analyze(t, out=tmp_path / "out", **options)):
        with pytest.raises(TypeError, match="no option 'date'; did you mean 'published'.; .* there are article_id, "):
            take(table, date="Day", progress=False)
    with pytest.raises(TypeError, match="no option 'encodin'; did you mean 'encoding'"):
        nl.read_articles(table, encodin="utf-8")


@pytest.mark.parametrize(("name", "meant"), [("raeder", "reader"), ("actor", "actors"), ("outt", "out")])
def test_a_misspelt_option_of_analyze_is_proposed(name, meant, tmp_path):
    table = pd.DataFrame({"text": ["Rain fell."]})
    for articles in (table, nl.read_articles(table)):
        with pytest.raises(TypeError, match=f"no option '{name}'; did you mean '{meant}'"):
            nl.analyze(articles, **{name: "x"})


@pytest.mark.parametrize(("name", "meant"), [("analyse", "analyze"), ("read_article", "read_articles")])
def test_a_misspelt_name_is_proposed(name, meant):
    with pytest.raises(AttributeError, match=f"newslab has no '{name}'; did you mean '{meant}'"):
        getattr(nl, name)
    assert not hasattr(nl, "_nothing")


@pytest.mark.filterwarnings("ignore:The 'future.infer_string' option is deprecated")
def test_pandas_without_its_dtype_for_text_is_told_at_once(tmp_path, articles):
    with pd.option_context("future.infer_string", False):
        for call, given in ((nl.read_articles, articles), (nl.analyze, articles), (nl.load, tmp_path)):
            with pytest.raises(ValueError, match="needs; take pd.options.future.infer_string = False .* away"):
                call(given)


@pytest.mark.parametrize(
    "path", ["my corpus", "Vol.2 of my corpus", ["no such corpus/my file.txt"], ["my file.csv"], ["nowhere"]]
)
def test_paths_that_are_not_there_are_no_texts(path):
    with pytest.raises(FileNotFoundError):
        nl.analyze(path, reader="rules", progress=False)


@pytest.mark.parametrize(
    ("ask", "kind", "message"),
    [
        (lambda a: a.speakers(confidence=95), ValueError, "confidence is 95; it is a share between 0 and 1"),
        (lambda a: a.speakers(n_boot=0), ValueError, "n_boot is 0; it is at least 1"),
        (lambda a: a.suggest_actors(score=2000), ValueError, "score is 2000; it is between 0 and 100"),
        (lambda a: a.table("qotes"), ValueError, "there is no table 'qotes'; did you mean 'quotes'"),
        (lambda a: a.table("quotes", "speker"), ValueError, "no column 'speker'; did you mean 'speaker'.; columns are"),
        (lambda a: a.table("quotes", article_id=1), TypeError, "article_id is 1; it takes a str"),
        (lambda a: a.table("actors", article_id="a"), ValueError, "actors has no column 'article_id'"),
        (lambda a: a.text(1), TypeError, "article_id is 1; it takes a str"),
        (lambda a: a.text("aa"), ValueError, "no article 'aa' in this analysis.*see analysis.articles"),
        (lambda a: a.select(["a", "aa"]), ValueError, "no article 'aa' in this analysis.*see analysis.articles"),
        (
            lambda a: a.select(a.articles["outlet"] == "Gull"),
            TypeError,
            r"select takes rows of .*\['outlet'\] == 'Gull'",
        ),
        (lambda a: a.select(a.quotes[["text"]]), TypeError, "select takes rows of analysis.articles or their ids"),
        (lambda a: a.select(1), TypeError, "select takes rows of analysis.articles or their ids"),
        (lambda a: a.apply("nope.csv"), FileNotFoundError, "there are no corrections nope.csv; corrections.save"),
        (lambda a: nl.coding.read_sample("nope.csv"), FileNotFoundError, "there is no sample nope.csv; nl.cod"),
        (lambda a: a.suggest_actors(score=0.9), ValueError, "score is 0.9; 100 is the same name, so perhaps 90 "),
        (lambda a: a.suggest_actors(min_articles=-3), ValueError, "min_articles is -3; it is at least 0"),
        (lambda a: a.suggest_actors(min_articles="2"), TypeError, "min_articles is '2'; it takes a whole number"),
        (lambda a: nl.coding.sample(a, 1, threshold=40), ValueError, "threshold is 40; it is between 0 and 1"),
        (lambda a: nl.coding.sample(a, 1, seed=-1), ValueError, "seed is -1; it is at least 0"),
        (
            lambda a: nl.coding.sheet(nl.coding.sample(a, 1), a),
            TypeError,
            "a sample, .* given was Analysis, see the order",
        ),
        (lambda a: nl.coding.agreement(None), TypeError, "codings, .* are a DataFrame; given was NoneType"),
        (lambda a: a.speakers(seed=-1), ValueError, "seed is -1; it is at least 0"),
        (lambda a: a.evidence(polarity="neg"), ValueError, "polarity is 'neg'; did you mean 'negative'"),
        (lambda a: nl.analyze(a.articles, max_chars="5"), TypeError, "max_chars is '5'; it takes a number"),
        (lambda a: nl.read_articles(a.articles, max_chars="5"), TypeError, "max_chars is '5'; it takes a number"),
        (lambda a: nl.analyze(a.articles, workers="2"), TypeError, "workers is '2'; it takes a whole number"),
        (lambda a: nl.analyze(a.articles, actors=["Ona Vell"]), TypeError, "actors are a list; give a table"),
        (lambda a: a.report("report.html", n_edges="9"), TypeError, "n_edges is '9'"),
    ],
)
def test_what_cannot_be_is_told(ask, kind, message, by_rules):
    with pytest.raises(kind, match=message):
        ask(by_rules)


def test_parts_of_tables_are_asked_for_by_one_name_or_several(by_rules):
    one = by_rules.table("quotes", "speaker", article_id="b")
    assert one.values.tolist() == [["Tam Orr"]]
    pd.testing.assert_frame_equal(one, by_rules.table("quotes", pd.Index(["speaker"]), article_id=pd.Series(["b"])))
    assert list(by_rules.table("quotes")) == list(by_rules.quotes)


def test_a_copy_keeps_its_tables_to_itself():
    text = "Ona Vell attacked Tam Orr."
    analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="rules", progress=False)
    copied = copy.copy(analysis)
    copied.stances = copied.stances.head(0)
    assert copied.edges().empty and len(analysis.edges()) == 1
