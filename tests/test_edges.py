"""Sums over articles, checked by hand, and intervals that cover what they claim."""

import numpy as np
import pandas as pd
import pytest

from newslab.edges import article_stances, criticism_counts, shared_out, sum_edges

ACTORS = pd.DataFrame({"actor_id": ["vell", "orr", "lind"], "name": ["Ona Vell", "Tam Orr", "Bo Lind"]})


def stances(*rows):
    columns = ["article_id", "source_id", "target_id", "polarity", "probability"]
    return pd.DataFrame(list(rows), columns=columns)


def articles(n=3, **columns):
    frame = pd.DataFrame(
        {"article_id": [f"a{i}" for i in range(n)], "duplicate_of": pd.Series([None] * n, dtype="str")}
    )
    frame["published"] = pd.to_datetime(["2031-01-05", "2031-01-20", "2031-02-03"][:n])
    return frame.assign(**columns)


ROWS = stances(
    ("a0", "vell", "orr", "negative", 0.5),
    ("a0", "vell", "orr", "negative", 0.5),  # twice in one article: 1 - 0.5 * 0.5
    ("a1", "vell", "orr", "negative", 0.4),
    ("a2", "vell", "orr", "positive", 0.9),
    ("a2", "orr", "lind", "positive", 0.8),
)


def test_expected_counts_of_distinct_articles():
    edge = sum_edges(ROWS, articles(), ACTORS).set_index(["source", "target"]).loc[("Ona Vell", "Tam Orr")]
    assert edge["n_negative"] == pytest.approx(0.75 + 0.4)
    assert edge["n_positive"] == pytest.approx(0.9)
    assert edge["n_articles"] == 3
    assert edge["balance"] == pytest.approx((0.9 - 1.15) / (0.9 + 1.15))
    assert (edge["first"], edge["last"]) == (pd.Timestamp("2031-01-05"), pd.Timestamp("2031-02-03"))


@pytest.mark.parametrize("interval", ["sample", "corpus"])
def test_a_balance_has_an_interval_unless_it_cannot_vary(interval):
    rows = pd.concat([ROWS, stances(("a1", "vell", "lind", "negative", 0.7), ("a1", "vell", "lind", "positive", 0.7))])
    edges = sum_edges(rows, articles(), ACTORS, interval=interval).set_index(["source", "target"])
    mixed = edges.loc[("Ona Vell", "Tam Orr")]
    assert mixed["balance_low"] < mixed["balance"] < mixed["balance_high"]
    one_polarity = edges.loc[("Tam Orr", "Bo Lind")]
    assert one_polarity["balance"] == 1
    if interval == "corpus":  # however they are read, these articles do not criticize
        assert one_polarity[["balance_low", "balance_high"]].isna().all()
    else:  # others like them may
        assert -1 < one_polarity["balance_low"] < 0 < one_polarity["balance_high"] == 1
    assert one_polarity["n_positive_high"] >= one_polarity["n_positive"]
    one_article = edges.loc[("Ona Vell", "Bo Lind")]
    assert -1 <= one_article["balance_low"] < -0.5 and 0.5 < one_article["balance_high"] <= 1


@pytest.mark.parametrize("interval", ["sample", "corpus"])
def test_an_edge_has_the_same_interval_whatever_else_is_in_the_table(interval):
    edges = sum_edges(ROWS, articles(), ACTORS, interval=interval)
    for edge in edges.itertuples():
        own = ROWS[(ROWS["source_id"] == edge.source_id) & (ROWS["target_id"] == edge.target_id)]
        alone = sum_edges(own, articles(), ACTORS, interval=interval)
        pd.testing.assert_frame_equal(alone, edges.loc[[edge.Index]].reset_index(drop=True))


@pytest.mark.parametrize("interval", ["sample", "corpus"])
def test_a_report_that_is_printed_twice_is_no_surer(interval):
    rows = stances(*((f"a{k}", "vell", "orr", "negative", 0.6) for k in range(20)))
    frame = articles().iloc[[0] * 60].assign(article_id=[f"a{k}" for k in range(60)], duplicate_of=None)
    alone = sum_edges(rows, frame, ACTORS, interval=interval).iloc[0]
    printed = pd.concat([frame, frame.assign(article_id="b" + frame["article_id"], duplicate_of=frame["article_id"])])
    again = pd.concat([rows, rows.assign(article_id="b" + rows["article_id"])])
    twice = sum_edges(again, printed, ACTORS, interval=interval, copies=True).iloc[0]
    assert twice["n_negative"] == pytest.approx(2 * alone["n_negative"])
    width, before = (edge["n_negative_high"] - edge["n_negative_low"] for edge in (twice, alone))
    assert 1.9 * before <= width <= 2.1 * before
    assert sum_edges(again, printed, ACTORS, interval=interval).iloc[0]["n_negative_low"] == alone["n_negative_low"]


def test_of_a_polarity_that_is_not_asked_for_nothing_is_known():
    edge = sum_edges(ROWS, articles(), ACTORS, polarity="negative").iloc[0]
    assert edge[["n_positive_low", "n_positive_high", "balance_low", "balance_high"]].isna().all()
    whole = sum_edges(ROWS, articles(), ACTORS).iloc[0]
    low_high = ["n_negative_low", "n_negative_high"]
    assert edge[low_high].tolist() == whole[low_high].tolist()
    assert whole["n_positive_high"] > whole["n_positive"]


def test_edges_say_of_how_many_articles_they_are():
    copied = articles(duplicate_of=pd.Series([None, "a0", None], dtype="str"))
    assert sum_edges(ROWS, copied, ACTORS).attrs == {"n_articles": 2}
    assert sum_edges(ROWS, copied, ACTORS, copies=True).head(1).attrs == {"n_articles": 3}
    assert sum_edges(ROWS, copied, ACTORS, by="month").attrs == {}  # those of one month are of fewer articles
    assert sum_edges(ROWS.head(0), copied, ACTORS).attrs == {"n_articles": 2}


def test_strongest_first_and_one_polarity():
    assert sum_edges(ROWS, articles(), ACTORS)["source"].tolist() == ["Ona Vell", "Tam Orr"]
    only = sum_edges(ROWS, articles(), ACTORS, polarity="negative")
    assert only["source"].tolist() == ["Ona Vell"]
    assert only["n_positive"].tolist() == [0.0]


def test_by_outlet_and_by_month():
    by_outlet = sum_edges(ROWS, articles(outlet=["Gull", "Courier", "Gull"]), ACTORS, by="outlet", polarity="negative")
    assert by_outlet[["outlet", "n_negative"]].values.tolist() == [["Courier", pytest.approx(0.4)], ["Gull", 0.75]]
    by_month = sum_edges(ROWS, articles(), ACTORS, by="month", polarity="negative")
    assert by_month[["month", "n_negative"]].values.tolist() == [[pd.Timestamp("2031-01-01"), pytest.approx(1.15)]]


def test_syndicated_copies_count_once_unless_asked():
    copied = articles(duplicate_of=pd.Series([None, "a0", None], dtype="str"))
    once = sum_edges(ROWS, copied, ACTORS, polarity="negative")
    twice = sum_edges(ROWS, copied, ACTORS, polarity="negative", copies=True)
    assert once["n_negative"].tolist() == [0.75]
    assert twice["n_negative"].tolist() == [pytest.approx(1.15)]


def test_undated_articles_and_missing_outlets_stay():
    undated = articles().assign(published=pd.NaT, outlet=pd.Series([None, "Gull", None], dtype="str"))
    edges = sum_edges(ROWS, undated, ACTORS, by="outlet", polarity="negative")
    assert edges["n_negative"].sum() == pytest.approx(1.15)
    assert edges["first"].isna().all()


def test_no_stances_give_the_same_columns_and_types():
    full, empty = sum_edges(ROWS, articles(), ACTORS), sum_edges(ROWS.iloc[:0], articles(), ACTORS)
    assert empty.empty
    assert list(full.columns) == list(empty.columns)
    assert (full.dtypes.drop(["first", "last"]) == empty.dtypes.drop(["first", "last"])).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"polarity": "bad"}, "polarity is 'bad'; it may be 'negative'"),
        ({"by": "outlets"}, "did you mean 'outlet'"),
        ({"by": "source"}, "cannot group edges by 'source'; possible are day"),
        ({"by": "probability"}, "cannot group edges by 'probability'"),
        (
            {"by": "balance"},
            "by is 'balance', which is a column of edges too; .*{'balance': 'my_balance'}",
        ),
        ({"by": "negative"}, "by is 'negative', which is a column of edges too"),
        ({"by": "tags"}, "by is 'tags', whose values are lists or dicts; make a column with one value an article"),
        ({"by": "total"}, "by is 'total', which is a column of edges too"),
        ({"confidence": 95}, "share between 0 and 1"),
        ({"groups": "all"}, "groups is 'all'; it may be 'said', 'group', 'members', 'both'"),
        ({"interval": "wide"}, "interval is 'wide'; it may be 'sample', 'corpus'"),
        ({"unit": "party"}, "unit is 'party'; it may be a column that the actor table adds"),
        ({"via": "hearsay"}, "via is 'hearsay'; it may be 'quote', 'reported', 'action'"),
    ],
)
def test_wrong_options_say_what_is_possible(options, message):
    table = articles(outlet="Gull", balance="even", negative="no", total="all", tags=[["a"], ["b", "c"], []])
    with pytest.raises(ValueError, match=message):
        sum_edges(ROWS, table, ACTORS, **options)


def test_edges_are_split_by_one_column():
    with pytest.raises(TypeError, match=r"by is \['outlet', 'month'\]; it takes the name of one column"):
        sum_edges(ROWS, articles(outlet="Gull"), ACTORS, by=["outlet", "month"])


def test_inputs_are_not_modified():
    given, copy = articles(), articles()
    sum_edges(ROWS, given, ACTORS, by="month")
    pd.testing.assert_frame_equal(given, copy)


@pytest.mark.parametrize("by", ["outlet", "month"])
@pytest.mark.parametrize("copies", [False, True])
def test_an_index_of_the_articles_that_has_labels_twice_changes_nothing(by, copies):
    table = articles(outlet=["Gull", "Courier", "Gull"], duplicate_of=pd.Series([None, "a0", None], dtype="str"))
    as_it_is = sum_edges(ROWS, table, ACTORS, by=by, copies=copies)
    pd.testing.assert_frame_equal(sum_edges(ROWS, table.set_axis([0, 0, 0]), ACTORS, by=by, copies=copies), as_it_is)


def test_order_of_rows_changes_nothing():
    whole = sum_edges(ROWS, articles(), ACTORS)
    pd.testing.assert_frame_equal(sum_edges(ROWS.iloc[::-1], articles().iloc[::-1], ACTORS), whole)


@pytest.mark.parametrize("interval", ["sample", "corpus"])
@pytest.mark.parametrize("silent", [0, 400])
def test_intervals_cover_what_they_claim(interval, silent):
    """95 % intervals hold the truth about 95 times of 100: the expected number, or the true one in these articles.

    Each of 800 pairs of actors is a trial: articles that show its stance with probabilities of their own, which the
    reading gives, and articles that do not name it.
    """
    rng = np.random.default_rng(11)
    n, trials = 100, 800
    ids = [f"a{i}" for i in range(n + silent)]
    frame = pd.DataFrame(
        {"article_id": ids, "published": pd.NaT, "duplicate_of": pd.Series([None] * len(ids), dtype="str")}
    )
    named = rng.random((trials, n + silent)) < n / (n + silent)
    p = np.where(named, rng.beta(0.6, 1.2, named.shape), 0)
    trial, article = np.nonzero(p)
    rows = pd.DataFrame(
        {"article_id": [ids[k] for k in article], "source_id": [f"s{k}" for k in trial], "target_id": "orr",
         "polarity": "negative", "probability": p[trial, article]}
    )  # fmt: skip
    edges = sum_edges(rows, frame, ACTORS, interval=interval).set_index("source_id")
    edges = edges.loc[[f"s{k}" for k in range(trials)]]
    wanted = n * 0.6 / 1.8 if interval == "sample" else (rng.random(p.shape) < p).sum(1)
    inside = (edges["n_negative_low"] <= wanted) & (wanted <= edges["n_negative_high"])
    least, most = (0.93, 0.97) if interval == "sample" else (0.95, 0.98)  # ends are whole numbers, and held too
    assert least <= inside.mean() <= most


def test_intervals_for_these_articles_are_whole_numbers_within_what_is_possible():
    edge = sum_edges(ROWS, articles(), ACTORS, interval="corpus").iloc[0]
    assert (edge["n_negative_low"], edge["n_negative_high"]) == (0, 2)


WAYS = ROWS.iloc[:3].assign(via=["quote", "action", "reported"], claimed_by=[None, None, "Bo Lind"])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"via": "quote"}, 0.5),
        ({"via": ["quote", "reported"]}, 0.9),
        ({"claimed_by": False}, 0.75),
        ({"claimed_by": True}, 0.4),
        ({"claimed_by": "Bo Lind"}, 0.4),
    ],
)
def test_what_a_source_says_and_what_others_say_of_it(options, expected):
    assert sum_edges(WAYS, articles(), ACTORS, **options)["n_negative"].tolist() == [pytest.approx(expected)]


LINKS = pd.DataFrame(
    [("a0", "vell", "lind", "member"), ("a0", "vell", "roe", "member"), ("a1", "orr", "vell", "for")],
    columns=["article_id", "group_id", "member_id", "relation"],
)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ("said", {("vell", 0.75, "a0"), ("vell", 0.4, "a1")}),
        ("members", {("lind", 0.75, "a0"), ("roe", 0.75, "a0"), ("vell", 0.4, "a1")}),
        ("group", {("vell", 0.75, "a0"), ("orr", 0.4, "a1")}),
        (
            "both",
            {("vell", 0.75, "a0"), ("lind", 0.75, "a0"), ("roe", 0.75, "a0"), ("vell", 0.4, "a1"), ("orr", 0.4, "a1")},
        ),
    ],
)
def test_for_whom_the_words_of_groups_and_spokespeople_count(groups, expected):
    rows = WAYS.assign(target_id="ito")
    for links in (LINKS, pd.concat([LINKS, LINKS])):  # as two names of one member leave them that were joined by hand
        shared = rows if groups == "said" else shared_out(rows, links, groups)
        found = article_stances(shared)
        assert {(r.source_id, round(r.negative, 6), r.article_id) for r in found.itertuples()} == expected


@pytest.mark.parametrize(
    ("groups", "expected"),
    [("said", {"Board": 0.5}), ("members", {"Harbour": 0.5}), ("both", {"Board": 0.5, "Harbour": 0.5})],
)
def test_parties_are_those_for_whom_words_count_and_a_party_is_counted_once(groups, expected):
    row = WAYS.head(1).assign(stance_id="s0", target_id="ito", source_party="Board", target_party="Reform")
    known = pd.DataFrame({"actor_id": ["vell", "lind", "roe"], "party": ["Board", "Harbour", "Harbour"]})
    edges = sum_edges(row, articles(), known.assign(name=known["actor_id"]), LINKS, unit="party", groups=groups)
    assert dict(zip(edges["source"], edges["n_negative"].round(6), strict=True)) == expected


def test_nobody_criticizes_themselves_through_their_group():
    rows = WAYS.assign(target_id="lind")
    shared = shared_out(rows, LINKS, "members")
    assert not (shared["source_id"] == shared["target_id"]).any()


def test_counts_given_and_taken():
    given, taken = criticism_counts(ROWS, ["a0", "a1", "a2"])
    assert given.to_dict() == {"vell": pytest.approx(1.15)}
    assert taken.to_dict() == {"orr": pytest.approx(1.15)}


def test_article_stances_has_one_row_a_pair_and_article():
    rows = article_stances(ROWS)
    assert len(rows) == 4
    assert rows.loc[0, "negative"] == pytest.approx(0)  # orr → lind
