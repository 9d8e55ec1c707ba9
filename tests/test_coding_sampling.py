"""Samples to code: what is drawn, with which probability, and what is never drawn."""

import numpy as np
import pandas as pd
import pytest
from _invented import invented

import newslab as nl
from newslab.coding.sampling import _proportional, _systematic, design, half_even, population, unsureness


def corpus(n=60, seed=0):
    """n articles of three outlets; each with one to three edges."""
    rng = np.random.default_rng(seed)
    texts = {f"x{k:03}": f"Day {k}. Ona Vell attacked Tam Orr over the harbour dues." for k in range(n)}
    pairs = [("vell", "orr"), ("orr", "vell"), ("lind", "orr")]
    stances = [
        (f"x{k:03}", *pairs[j], "negative" if j < 2 else "positive", float(rng.uniform(0.05, 0.95)))
        for k in range(n)
        for j in range(1 + k % 3)
    ]
    analysis = invented(texts=texts, stances=stances)
    ours = analysis.articles["article_id"].str.startswith("x")
    analysis.articles = analysis.articles[ours].reset_index(drop=True)
    analysis.articles["outlet"] = ["Gull"] * (n // 2) + ["Courier"] * (n - n // 2 - 4) + [None] * 4
    analysis.articles["published"] = pd.date_range("2031-01-01", periods=n)
    return analysis


@pytest.fixture(scope="module")
def analysis():
    return corpus()


def test_the_same_seed_draws_the_same_rows_in_the_order_of_the_corpus(analysis):
    one, same = (nl.coding.sample(analysis, 10, unit="articles", seed=5) for _ in range(2))
    pd.testing.assert_frame_equal(one, same)
    assert one["article_id"].is_monotonic_increasing
    assert one["item"].tolist() != nl.coding.sample(analysis, 10, unit="articles", seed=6)["item"].tolist()


def test_each_row_of_a_random_sample_had_the_same_chance(analysis):
    drawn = nl.coding.sample(analysis, 15, unit="articles")
    assert drawn["inclusion"].tolist() == [0.25] * 15
    assert drawn["weight"].sum() == pytest.approx(60)
    about = design(drawn)
    assert (about["unit"], about["how"], about["n"], about["population"]) == ("articles", "random", 15, 60)


def test_strata_get_their_share_and_two_at_least(analysis):
    drawn = nl.coding.sample(analysis, 18, "stratified", by="outlet", unit="articles")
    sizes = drawn.groupby("stratum").agg(n=("item", "size"), population=("population", "first"))
    assert sizes["n"].to_dict() == {"(none)": 2, "Courier": 7, "Gull": 9}
    assert sizes["population"].to_dict() == {"(none)": 4, "Courier": 26, "Gull": 30}
    assert (drawn.groupby("stratum")["weight"].sum() == sizes["population"]).all()
    by_month = nl.coding.sample(analysis, 12, "stratified", by="month", unit="articles")
    assert set(by_month["stratum"]) == {"2031-01", "2031-02", "2031-03"}
    by_polarity = nl.coding.sample(analysis, 12, "stratified", by="polarity")
    assert set(by_polarity["stratum"]) == {"negative", "positive"}


@pytest.mark.parametrize("unit", ["edges", "articles"])
def test_the_unsure_are_drawn_with_exactly_the_probability_that_is_recorded(analysis, unit):
    frame, _ = population(analysis, unit, 0.0)
    inclusion = _proportional(half_even(unsureness(analysis, frame, unit)), 12)
    rng = np.random.default_rng(0)
    draws = [_systematic(inclusion, rng) for _ in range(4000)]
    assert all(len(set(d)) == 12 for d in draws)
    came = np.bincount(np.concatenate(draws), minlength=len(frame)) / 4000
    assert np.abs(came - inclusion).max() < 4.5 * 0.5 / 4000**0.5  # standard errors
    # The inverse of these probabilities makes totals free of bias.
    assert np.mean([(1 / inclusion[d]).sum() for d in draws]) == pytest.approx(len(frame), rel=0.02)
    drawn = nl.coding.sample(analysis, 12, "uncertain", unit=unit, threshold=0.0)
    told = pd.Series(inclusion, index=frame["item"])[drawn["item"]]
    assert drawn["inclusion"].tolist() == told.tolist()
    assert drawn["weight"].max() <= 2 * len(frame) / 12


def test_nothing_is_drawn_with_more_than_certainty():
    inclusion = _proportional(np.array([100.0, 1, 1, 1, 1]), 3)
    assert inclusion.tolist() == [1.0, 0.5, 0.5, 0.5, 0.5]
    assert all(0 in _systematic(inclusion, np.random.default_rng(s)) for s in range(20))


def test_the_unsure_come_first(analysis):
    drawn = nl.coding.sample(analysis, 30, "uncertain", threshold=0.0)
    doubt = drawn["probability"] * (1 - drawn["probability"])
    assert np.corrcoef(doubt, drawn["inclusion"])[0, 1] == pytest.approx(1)


def test_edges_are_those_of_the_coding_form(analysis):
    drawn = nl.coding.sample(analysis, len(population(analysis, "edges")[0]))
    coded = nl.coding.article_coding(analysis)
    expected = {
        (a, e["source"], e["target"], e["polarity"], e["probability"]) for a, c in coded.items() for e in c["edges"]
    }
    found = drawn[["article_id", "source", "target", "polarity", "probability"]].round({"probability": 4})
    assert set(found.itertuples(index=False, name=None)) == expected
    assert drawn["inclusion"].eq(1).all()


def test_pieces_of_evidence_of_one_edge_are_one_item():
    analysis = invented()
    drawn = nl.coding.sample(analysis, 4)
    row = drawn[drawn["article_id"] == "a1"].iloc[0]
    assert row["probability"] == pytest.approx(0.75)
    text = analysis.articles.set_index("article_id").loc["a1", "text"]
    assert text[row["start"] : row["end"]] == row["evidence"]
    assert row["spans"] == f"{row['start']}-{row['end']}"
    assert drawn["item"].tolist() == ["a1#e1", "a2#e1", "a2#e2", "a3#e1"]


def test_copies_are_never_drawn():
    analysis = invented()
    assert "a4" not in set(nl.coding.sample(analysis, 4, unit="articles")["article_id"])
    assert "a4" not in set(nl.coding.sample(analysis, 4)["article_id"])


def test_what_was_corrected_by_hand_is_never_drawn():
    analysis = invented()
    analysis.stances = analysis.stances.assign(corrected=[True, False, False, False, False, False])
    edges = nl.coding.sample(analysis, 3)
    assert "a1#e1" not in set(edges["item"])
    assert edges["n_corrected"].tolist() == [1] * 3
    articles = nl.coding.sample(analysis, 3, unit="articles")
    assert set(articles["article_id"]) == {"a2", "a3", "a5"}
    with pytest.raises(ValueError, match="3 edges to draw from \\(1 corrected by hand are left out\\)"):
        nl.coding.sample(analysis, 4)


def test_what_was_rejected_is_never_drawn_either():
    analysis = invented()
    corrections = nl.Corrections(author="ada")
    corrections.judge(analysis, "s0", "reject")  # one of two pieces of evidence for Vell → Orr in a1
    corrections.judge(analysis, "s4", "confirm")
    corrections.judge(analysis, "s3", "reject")
    undone = nl.Corrections(corrections.table, author="ada")
    corrected = analysis.apply(corrections)
    edges, n_corrected = population(corrected, "edges", 0.0)
    assert edges["item"].tolist() == ["a2#e1"]
    assert n_corrected == 3
    assert population(corrected, "articles")[0]["article_id"].tolist() == ["a5"]
    while len(undone.standing()):
        undone.undo()
    assert len(population(analysis.apply(undone), "edges", 0.0)[0]) == 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"how": "uncertian"}, "how is 'uncertian'; did you mean 'uncertain'.; it may be 'random'"),
        ({"unit": "quotes"}, "unit is 'quotes'"),
        ({"n": 0}, "1 or more"),
        ({"n": 2.5}, "1 or more"),
        ({"n": 500}, "there are .* edges to draw from"),
        ({"how": "stratified", "by": "colour"}, "cannot stratify by 'colour'; possible are month"),
        ({"how": "stratified", "by": "outlets"}, "cannot stratify by 'outlets'; did you mean 'outlet'"),
        ({"how": "stratified", "n": 3}, "each needs two rows"),
    ],
)
def test_wrong_use_says_what_to_do(analysis, options, message):
    with pytest.raises(ValueError, match=message):
        nl.coding.sample(analysis, **{"n": 5, **options})


def test_a_sample_survives_a_spreadsheet(analysis, tmp_path):
    for k, drawn in enumerate(
        [
            nl.coding.sample(analysis, 9),
            nl.coding.sample(analysis, 9, "stratified", unit="articles"),
            nl.coding.sample(analysis, 9, "uncertain"),
        ]
    ):
        drawn.to_csv(tmp_path / f"{k}.csv", index=False)
        pd.testing.assert_frame_equal(nl.coding.read_sample(tmp_path / f"{k}.csv"), drawn)
        written = drawn.assign(published=drawn["published"].dt.strftime("%d.%m.%Y %H:%M"))
        written.to_csv(tmp_path / "again.csv", index=False, sep=";")
        pd.testing.assert_frame_equal(nl.coding.read_sample(tmp_path / "again.csv"), drawn)
    drawn.assign(published="03/04/2031").to_csv(tmp_path / "unclear.csv", index=False)
    with pytest.raises(ValueError, match="published is '03/04/2031' in .*; write it as 2031-04-03"):
        nl.coding.read_sample(tmp_path / "unclear.csv")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="this is no sample: it lacks item"):
        nl.coding.read_sample(tmp_path / "other.csv")


def test_a_sample_that_is_kept_is_not_drawn_again(analysis, tmp_path):
    kept = tmp_path / "new folder" / "sample.csv"
    drawn = nl.coding.sample(analysis, 9, "stratified", path=kept)
    later = corpus(seed=1)  # the same articles, read by another model
    assert nl.coding.sample(later, 9, "stratified")["item"].tolist() != drawn["item"].tolist()
    pd.testing.assert_frame_equal(nl.coding.sample(later, 9, "stratified", path=kept), drawn)
    for options, said in (
        ({"n": 8, "how": "stratified"}, "has n 9, not 8"),
        ({"n": 9, "how": "random"}, "has how 'stratified', not 'random'"),
        ({"n": 9, "how": "stratified", "by": "month"}, "has by 'outlet', not 'month'"),
        ({"n": 9, "how": "stratified", "seed": 3}, "has seed 0, not 3"),
    ):
        with pytest.raises(ValueError, match=said):
            nl.coding.sample(analysis, path=kept, **options)
    with pytest.raises(ValueError, match="is of other articles"):
        nl.coding.sample(invented(), 9, "stratified", path=kept)


def test_a_kept_sample_holds_no_formula(tmp_path):
    analysis = corpus(10)
    analysis.articles["title"] = "=HYPERLINK(1)"
    drawn = nl.coding.sample(analysis, 3, unit="articles", path=tmp_path / "sample.csv")
    assert pd.read_csv(tmp_path / "sample.csv")["title"].tolist() == ["'=HYPERLINK(1)"] * 3
    assert nl.coding.read_sample(tmp_path / "sample.csv")["title"].tolist() == drawn["title"].tolist()


def test_two_samples_are_not_one(analysis):
    both = pd.concat([nl.coding.sample(analysis, 3, seed=1), nl.coding.sample(analysis, 3, seed=2)])
    both = both.drop_duplicates("item")
    with pytest.raises(ValueError, match="'seed' differs"):
        design(both)
    one = nl.coding.sample(analysis, 3)
    with pytest.raises(ValueError, match="in the sample twice"):
        design(pd.concat([one, one]))


def test_nothing_found_is_nothing_to_draw():
    analysis = invented(stances=[])
    with pytest.raises(ValueError, match="there are 0 edges"):
        nl.coding.sample(analysis, 1)
    assert len(nl.coding.sample(analysis, 4, "uncertain", unit="articles")) == 4
