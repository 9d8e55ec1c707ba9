"""Corrected totals: against ppi_py called directly, against textbooks, and by how often intervals hold the truth."""

import sys

import numpy as np
import pandas as pd
import pytest
from _invented import invented
from ppi_py import classical_mean_ci, ppi_mean_ci, ppi_mean_pointestimate
from scipy.stats import binomtest

import newslab as nl
from newslab.coding import check_codings, totals
from newslab.coding.sampling import _proportional, _systematic, half_even
from newslab.coding.totals import design_based, prediction_powered

TEXT = "Ona Vell attacked Tam Orr over the harbour dues."


def corpus(n, seed=0, **options):
    """n articles in which newslab sees Vell→Orr with probability p, and whether a coder would: more often than p."""
    rng = np.random.default_rng(seed)
    p = np.where(rng.random(n) < 0.5, rng.beta(1, 3, n), 0.0)
    truth = rng.random(n) < 0.15 + 0.7 * p
    texts = {f"x{k:03}": TEXT for k in range(n)}
    stances = [(a, "vell", "orr", "negative", float(v)) for a, v in zip(texts, p, strict=True) if v > 0]
    analysis = invented(texts=texts, stances=stances, **options)
    ours = analysis.articles["article_id"].str.startswith("x")
    analysis.articles = analysis.articles[ours].reset_index(drop=True)
    analysis.articles["outlet"] = pd.Series(np.where(np.arange(n) % 3 == 0, "Gull", "Courier"), dtype="str")
    return analysis, pd.Series(truth, index=list(texts)), pd.Series(p, index=list(texts))


def corpus_of(texts, stances):
    """These articles alone, none of them a copy."""
    analysis = invented(texts=texts, stances=stances)
    analysis.articles = analysis.articles[analysis.articles["article_id"].isin(texts)].reset_index(drop=True)
    return analysis


def codings_of(drawn, truth, source="Ona Vell", target="Tam Orr", coder="Ida"):
    has = drawn["item"].map(truth)
    table = pd.DataFrame({"item": drawn["item"], "value": has.map({True: "edge", False: "no edge"}), "coder": coder})
    return check_codings(
        table.assign(
            source=has.map({True: source, False: None}),
            target=has.map({True: target, False: None}),
            polarity=has.map({True: "negative", False: None}),
        )
    )


@pytest.fixture(scope="module")
def coded():
    analysis, truth, p = corpus(200)
    drawn = nl.coding.sample(analysis, 60, unit="articles", seed=4)
    return analysis, drawn, codings_of(drawn, truth), truth, p


def test_a_random_sample_gives_what_ppi_py_gives(coded):
    analysis, drawn, codings, truth, p = coded
    row = totals(analysis, drawn, codings).iloc[0]
    y, seen = truth[drawn["item"]].to_numpy("float64"), p[drawn["item"]].to_numpy()
    rest = p[~p.index.isin(drawn["item"])].to_numpy()
    low, high = ppi_mean_ci(y, seen, rest, alpha=0.05)
    assert row["total"] == pytest.approx(200 * ppi_mean_pointestimate(y, seen, rest).item(), rel=1e-9)
    assert (row["low"], row["high"]) == pytest.approx((200 * low.item(), 200 * high.item()), rel=1e-9)
    assert row["newslab"] == pytest.approx(p.sum())
    assert (row["n_coded"], row["n_articles"], row["n_with"]) == (60, 200, y.sum())
    assert 0 < row["lam"] <= 1


def test_both_intervals_belong_to_one_total(coded):
    analysis, drawn, codings, *_ = coded
    sample, these = (totals(analysis, drawn, codings, interval=i).iloc[0] for i in ("sample", "corpus"))
    assert these["total"] == pytest.approx(sample["total"], rel=1e-9)
    assert these["lam"] == pytest.approx(sample["lam"], rel=1e-9)
    assert these["high"] - these["low"] < sample["high"] - sample["low"]


def test_without_any_use_of_the_predictions_it_is_the_mean_of_the_sample():
    y = np.array([1.0, 0, 1, 1, 0, 0, 1, 0])
    mean, low, high, lam = prediction_powered(y, np.zeros(8), np.zeros(30), 0.9)
    assert mean == y.mean() and lam == 0
    assert (low, high) == pytest.approx(tuple(float(b) for b in classical_mean_ci(y, alpha=0.1)))
    of_all = np.zeros(38, dtype=int)
    kinds = np.zeros(8, dtype=int)
    mean, low, high, _ = design_based(y, np.zeros(8), np.zeros(38), np.full(8, 8 / 38), kinds, of_all, 0.95)
    half = 1.959964 * np.sqrt((1 - 8 / 38) * y.var(ddof=1) / 8)  # the textbook's simple random sample
    assert (mean, low, high) == pytest.approx((0.5, 0.5 - half, 0.5 + half), abs=1e-6)


def test_stratified_is_the_textbook():
    y, kinds = np.array([1.0, 0, 1, 0, 0, 1]), np.array([0, 0, 0, 1, 1, 1])
    of_all = np.array([0] * 10 + [1] * 30)
    inclusion = np.where(kinds == 0, 3 / 10, 3 / 30)
    mean, low, high, _ = design_based(y, np.zeros(6), np.zeros(40), inclusion, kinds, of_all, 0.95)
    assert mean == pytest.approx((10 * 2 / 3 + 30 * 1 / 3) / 40)
    variance = (100 * (1 - 0.3) * (1 / 3) / 3 + 900 * (1 - 0.1) * (1 / 3) / 3) / 1600
    assert high - low == pytest.approx(2 * 1.959964 * np.sqrt(variance), abs=1e-6)


def cover(draw, n=300):
    """How often an interval holds the truth, in n draws."""
    held = 0
    for seed in range(n):
        low, high, truth = draw(np.random.default_rng(seed))
        held += low <= truth <= high
    return held / n


def readings(rng, n):
    p = np.where(rng.random(n) < 0.6, rng.beta(1, 2, n), 0.0)
    return p, (rng.random(n) < 0.1 + 0.8 * p).astype("float64")


def test_95_percent_intervals_of_a_sample_hold_the_truth_about_95_times_of_100():
    big = readings(np.random.default_rng(99), 200_000)[1].mean()

    def draw(rng):
        p, y = readings(rng, 400)
        _, low, high, _ = prediction_powered(y[:100], p[:100], p[100:], 0.95)
        return low, high, big

    assert 0.92 <= cover(draw) <= 0.98


@pytest.mark.parametrize("how", ["random", "stratified", "uncertain"])
def test_95_percent_intervals_of_these_articles_hold_the_truth_about_95_times_of_100(how):
    p, y = readings(np.random.default_rng(7), 400)
    of_all = (np.arange(400) % 4 == 0).astype(int)
    doubt = _proportional(half_even(p * (1 - p)), 100)

    def draw(rng):
        if how == "uncertain":
            s = _systematic(doubt, rng)
            mine, all_kinds, inclusion = np.zeros(len(s), int), np.zeros(400, int), doubt[s]
        elif how == "stratified":
            s = np.concatenate([rng.permutation(np.flatnonzero(of_all == k))[:50] for k in (0, 1)])
            mine, all_kinds = of_all[s], of_all
            inclusion = np.where(mine == 0, 50 / 300, 50 / 100)
        else:
            s = rng.permutation(400)[:100]
            mine, all_kinds, inclusion = np.zeros(100, int), np.zeros(400, int), np.full(100, 0.25)
        _, low, high, _ = design_based(y[s], p[s], p, inclusion, mine, all_kinds, 0.95)
        return low, high, y.mean()

    assert 0.91 <= cover(draw) <= 0.98


def test_intervals_through_the_whole_of_it_hold_the_truth():
    analysis, truth, _ = corpus(150, seed=2)
    for interval in ("sample", "corpus"):
        held = []
        for seed in range(20):
            drawn = nl.coding.sample(analysis, 50, unit="articles", seed=seed)
            row = totals(analysis, drawn, codings_of(drawn, truth), interval=interval).iloc[0]
            held.append(row["low"] <= truth.sum() <= row["high"])
        assert np.mean(held) >= 0.8


def test_correction_takes_the_bias_out():
    analysis, truth, p = corpus(150, seed=2)
    found = []
    for seed in range(20):
        drawn = nl.coding.sample(analysis, 50, unit="articles", seed=seed)
        found.append(totals(analysis, drawn, codings_of(drawn, truth), interval="corpus")["total"].iloc[0])
    assert abs(np.mean(found) - truth.sum()) < 3
    assert abs(p.sum() - truth.sum()) > 12


def test_a_whole_corpus_that_was_coded_is_known():
    analysis, truth, _ = corpus(30)
    drawn = nl.coding.sample(analysis, 30, unit="articles")
    row = totals(analysis, drawn, codings_of(drawn, truth), interval="corpus").iloc[0]
    assert row[["total", "low", "high"]].tolist() == pytest.approx([truth.sum()] * 3)
    assert totals(analysis, drawn, codings_of(drawn, truth)).iloc[0]["total"] == pytest.approx(truth.sum())


def test_what_was_coded_is_known(coded):
    analysis, drawn, _, truth, _ = coded
    few = drawn.iloc[:8]
    row = totals(analysis, drawn, codings_of(few, truth), interval="corpus").iloc[0]
    assert row["low"] >= truth[few["item"]].sum()
    assert row["n_coded"] == 8
    assert "too few for this interval" in row["note"]


@pytest.mark.parametrize(("answer", "low", "high"), [(False, 0, "high"), (True, "low", 40)])
def test_all_or_none_is_not_certainty(answer, low, high):
    analysis, truth, _ = corpus(40)
    drawn = nl.coding.sample(analysis, 10, unit="articles")
    row = totals(analysis, drawn, codings_of(drawn, truth * 0 + answer == 1)).iloc[0]
    expected = binomtest(10 * answer, 10).proportion_ci(0.95, "exact")
    assert row["total"] == (40 if answer else 0)
    assert row["low"] == (low if low == 0 else pytest.approx(40 * expected.low))
    assert row["high"] == (high if high == 40 else pytest.approx(40 * expected.high))


def test_codings_that_are_alike_have_no_interval(coded):
    analysis, drawn, _, truth, _ = coded
    codings = codings_of(drawn, truth & False)
    for interval in ("sample", "corpus"):
        row = totals(analysis, drawn, codings, count="edges", interval=interval).iloc[0]
        assert row["total"] == 0
        assert row[["low", "high"]].isna().all()  # how many edges an article may have is not known
        assert row["note"].startswith("the coded articles are alike") and "anybody is 0.0 of 200" in row["text"]
    both = pd.concat([codings, codings_of(drawn, truth | True, coder="Bo")])  # the mean is one half everywhere
    assert totals(analysis, drawn, both, interval="corpus")[["low", "high"]].isna().all(axis=None)


def test_none_of_all_articles_says_something_of_others_like_them():
    analysis, truth, _ = corpus(30)
    drawn = nl.coding.sample(analysis, 30, unit="articles")
    codings = codings_of(drawn, truth & False)
    assert totals(analysis, drawn, codings, interval="corpus").iloc[0]["high"] == 0
    sample = totals(analysis, drawn, codings).iloc[0]
    assert sample["high"] == pytest.approx(30 * binomtest(0, 30).proportion_ci(0.95, "exact").high)


@pytest.mark.parametrize("how", ["random", "uncertain"])
def test_a_sample_that_is_coded_in_part_tells_less(how):
    analysis, truth, _ = corpus(300)
    drawn = nl.coding.sample(analysis, 120, how, unit="articles")
    whole, half = (
        totals(analysis, drawn, codings_of(rows, truth), interval="corpus").iloc[0] for rows in (drawn, drawn[::2])
    )
    assert half["high"] - half["low"] > 1.2 * (whole["high"] - whole["low"])


def test_a_total_is_no_less_than_what_was_coded():
    texts = {f"x{k:02}": f"{TEXT} {k}" for k in range(12)}
    drawn = nl.coding.sample(corpus_of(texts, []), 4, unit="articles")
    seen = dict(zip(drawn["item"], (0.9, 0.8, 0.1, 0.05), strict=True))
    analysis = corpus_of(texts, [(a, "vell", "orr", "negative", p) for a, p in seen.items()])
    truth = pd.Series({a: p > 0.5 for a, p in seen.items()})
    row = totals(analysis, drawn, codings_of(drawn, truth), interval="corpus").iloc[0]
    assert row["low"] == row["total"] == 2 <= row["high"]  # with its weights, the formula has 0.6
    assert "too few for this interval" in row["note"]


def test_a_month_without_codings_of_a_stratum_is_told_and_the_others_are_given():
    analysis, truth, _ = corpus(120)
    analysis.articles["published"] = pd.to_datetime(["2031-01-05"] * 117 + ["2031-02-05"] * 3)
    drawn = nl.coding.sample(analysis, 40, "stratified", unit="articles")
    table = totals(analysis, drawn, codings_of(drawn, truth), by="month", interval="corpus").set_index("month")
    assert table.loc["2031-01", "low"] < table.loc["2031-01", "total"]
    assert np.isnan(table.loc["2031-02", "total"]) and "code more" in table.loc["2031-02", "note"]


def test_whose_criticism_is_counted(coded):
    analysis, drawn, codings, *_ = coded
    everything = totals(analysis, drawn, codings)["total"].iloc[0]
    for who in ("Ona Vell", "vell", ["Ona Vell", "Bo Lind"], {"type": "person"}):
        assert totals(analysis, drawn, codings, source=who)["total"].iloc[0] == pytest.approx(everything)
    by_id = totals(analysis, drawn, codings, source="vell").iloc[0]
    assert by_id["source"] == "Ona Vell" and "in which Ona Vell criticizes" in by_id["text"]  # not "vell"
    nobody = totals(analysis, drawn, codings, source="Bo Lind").iloc[0]
    assert (nobody["total"], nobody["newslab"], nobody["source"]) == (0, 0, "Bo Lind")
    assert totals(analysis, drawn, codings, target={"type": "organisation"})["n_with"].iloc[0] == 0
    assert totals(analysis, drawn, codings, polarity="positive")["n_with"].iloc[0] == 0
    with pytest.raises(ValueError, match="no actor 'Ona Vel' in this corpus; near are 'Ona Vell'"):
        totals(analysis, drawn, codings, source="Ona Vel")
    with pytest.raises(ValueError, match="no codings by 'ida'; coders are 'Ida'"):
        totals(analysis, drawn, codings, coder="ida")
    with pytest.raises(ValueError, match="actors have no column 'party'"):
        totals(analysis, drawn, codings, source={"party": "Harbour"})
    with pytest.raises(ValueError, match="no actor has {'type': 'ship'}"):
        totals(analysis, drawn, codings, source={"type": "ship"})


def test_edges_are_counted_each():
    analysis = invented()
    drawn = nl.coding.sample(analysis, 4, unit="articles")
    rows = [("a1", "Ona Vell", "Tam Orr"), ("a2", "Vell", "Orr"), ("a2", "Tam Orr", "Vell"), ("a2", "Bo Lind", "Orr")]
    edges = pd.DataFrame(rows, columns=["item", "source", "target"]).assign(value="edge", polarity="negative")
    none = pd.DataFrame({"item": ["a3", "a5"], "value": "no edge"})
    codings = check_codings(pd.concat([edges, none]), coder="Ida")
    count = totals(analysis, drawn, codings, count="edges", interval="corpus").iloc[0]
    assert (count["total"], count["n_articles"]) == (4, 4)
    assert totals(analysis, drawn, codings, interval="corpus")["total"].iloc[0] == 2
    assert count["newslab"] == pytest.approx(0.75 + 0.8 + 0.6)


def test_coders_are_averaged(coded):
    analysis, drawn, codings, truth, _ = coded
    nothing = codings_of(drawn, truth & False, coder="Bo")
    both = pd.concat([codings, nothing], ignore_index=True)
    assert totals(analysis, drawn, both)["n_with"].iloc[0] == truth[drawn["item"]].sum() / 2
    alone = totals(analysis, drawn, both, coder="Ida")
    pd.testing.assert_frame_equal(alone, totals(analysis, drawn, codings))


def test_by_outlet_adds_up_to_the_corpus(coded):
    analysis, drawn, codings, truth, _ = coded
    table = totals(analysis, drawn, codings, by="outlet", interval="corpus")
    assert table["outlet"].tolist() == ["Courier", "Gull"]
    assert table["n_articles"].tolist() == [133, 67]
    assert table["n_coded"].sum() == 60
    whole = totals(analysis, drawn, codings, interval="corpus").iloc[0]
    assert whole["low"] < table["total"].sum() < whole["high"]
    assert table["text"].iloc[0].startswith("In this corpus, for outlet Courier, the number of articles")
    one = drawn[drawn["outlet"] == "Gull"].head(1)
    lone = totals(analysis, drawn, codings_of(one, truth), by="outlet")
    assert lone["total"].isna().all()
    assert lone["note"].tolist()[1].startswith("1 coded: two articles or more are needed")


def test_stratified_samples():
    analysis, truth, _ = corpus(120)
    drawn = nl.coding.sample(analysis, 40, "stratified", unit="articles")
    codings = codings_of(drawn, truth)
    sample, these = (totals(analysis, drawn, codings, interval=i).iloc[0] for i in ("sample", "corpus"))
    assert sample["low"] < truth.sum() < sample["high"]
    assert these["low"] < truth.sum() < these["high"]
    assert sample["total"] == pytest.approx(these["total"], abs=3)
    few = codings[codings["item"].isin(drawn.loc[drawn["outlet"] == "Gull", "item"])]
    with pytest.raises(ValueError, match="stratum 'Courier' has fewer than two coded articles"):
        totals(analysis, drawn, few)


def test_corrected_articles_are_added_as_they_are():
    analysis, truth, p = corpus(80)
    drawn = nl.coding.sample(analysis, 30, unit="articles")
    codings = codings_of(drawn, truth)
    before = totals(analysis, drawn, codings, interval="corpus").iloc[0]
    rest = [a for a in p.index if a not in set(drawn["item"]) and p[a] > 0][:3]
    analysis.stances["corrected"] = analysis.stances["article_id"].isin(rest)
    analysis.stances.loc[analysis.stances["corrected"], "probability"] = 1.0
    row = totals(analysis, drawn, codings, interval="corpus").iloc[0]
    assert row["n_articles"] == before["n_articles"] == 80
    assert row["newslab"] == pytest.approx(before["newslab"] - p[rest].sum() + 3)
    assert row["low"] >= truth[drawn["item"]].sum() + 3 - 1e-6


def test_designs_and_units_that_cannot_give_totals(coded):
    analysis, drawn, codings, truth, _ = coded
    edges = nl.coding.sample(analysis, 5, threshold=0)
    with pytest.raises(ValueError, match="cannot tell how many it missed"):
        totals(analysis, edges, codings)
    unsure = nl.coding.sample(analysis, 40, "uncertain", unit="articles")
    with pytest.raises(ValueError, match="pass interval='corpus'"):
        totals(analysis, unsure, codings_of(unsure, truth))
    row = totals(analysis, unsure, codings_of(unsure, truth), interval="corpus").iloc[0]
    assert row["low"] < truth.sum() < row["high"]
    wrong = ({"count": "words"}, "it may be 'articles', 'edges'"), ({"polarity": "neg"}, "did you mean 'negative'")
    for option, told in wrong:
        with pytest.raises(ValueError, match=told):
            totals(analysis, drawn, codings, **option)
    with pytest.raises(ValueError, match="actors have no column 'typ'; did you mean 'type'"):
        totals(analysis, drawn, codings, source={"typ": "person"})


def test_a_sample_of_another_corpus_is_refused(coded):
    _, drawn, codings, *_ = coded
    with pytest.raises(ValueError, match="60 of the 60 sampled articles are not in this analysis.*another corpus"):
        totals(invented(), drawn, codings, interval="corpus")


def test_ppi_is_needed_for_one_interval_only(coded, monkeypatch):
    analysis, drawn, codings, *_ = coded
    monkeypatch.setitem(sys.modules, "ppi_py", None)
    with pytest.raises(ImportError, match=r'pip install "newslab\[validate\]"'):
        totals(analysis, drawn, codings)
    assert totals(analysis, drawn, codings, interval="corpus")["total"].notna().all()


def test_sentence(coded):
    analysis, drawn, codings, *_ = coded
    row = totals(analysis, drawn, codings, source="Ona Vell", target="Tam Orr").iloc[0]
    assert row["text"].startswith(
        "In this corpus, the number of articles in which Ona Vell criticizes Tam Orr is "
        f"{row['total']:.1f} (95 % interval "
    )
    assert "corrected by 60 hand-coded ones" in row["text"]
