"""Precision, recall and F1 against the coders, counted by hand on small cases."""

import numpy as np
import pandas as pd
import pytest
from _invented import invented
from scipy import stats

import newslab as nl
from newslab.coding import accuracy, check_codings
from newslab.coding.guideline import article_coding, match_edges
from newslab.coding.resampling import bootstrap
from newslab.intervals import of_share


def judged(drawn, values, coder="Ida"):
    return check_codings(pd.DataFrame({"item": drawn["item"], "value": values}), sample=drawn, coder=coder)


def of(table, **which):
    for column, value in {"step": "edge", "polarity": "all", "outlet": "all", "measure": "precision", **which}.items():
        table = table[table[column] == value]
    (row,) = table.itertuples()
    return row


@pytest.fixture
def edges():
    """Four edges: a1 Vell→Orr −, a2 Vell→Orr −, a2 Orr→Vell −, a3 Lind→Orr +."""
    analysis = invented()
    return analysis, nl.coding.sample(analysis, 4)


def test_steps_are_a_ladder(edges):
    analysis, drawn = edges
    table = accuracy(analysis, drawn, judged(drawn, ["negative", "wrong source", "positive", "wrong target"]))
    found = {s: of(table, step=s).estimate for s in ("found", "source", "target", "edge")}
    assert found == {"found": 1.0, "source": 0.75, "target": 0.5, "edge": 0.25}
    neither = accuracy(analysis, drawn, judged(drawn, ["negative", "neither", "negative", "positive"]))
    assert of(neither, step="found").estimate == 0.75


def test_a_filled_sheet_is_understood_as_it_is(edges):
    analysis, drawn = edges
    values = ["criticizes", "4", "3", "Backs"]  # as people fill it; unread, these words would be wrong answers
    table = nl.coding.sheet(analysis, drawn).assign(value=values, coder="Ida")
    by_hand = accuracy(analysis, drawn, judged(drawn, values))
    pd.testing.assert_frame_equal(accuracy(analysis, drawn, table), by_hand)
    assert of(by_hand, step="source").estimate == 0.5
    other = nl.coding.agreement(pd.concat([table, table.assign(coder="Bo", value=["1", "wrong source", "neither", 2])]))
    assert other.set_index("measure").at["agreement", "estimate"] == 1
    appendix = nl.coding.methods_appendix(analysis, sample=drawn, codings=table)
    assert appendix.text == nl.coding.methods_appendix(analysis, sample=drawn, codings=judged(drawn, values)).text
    with pytest.raises(ValueError, match=r"row 1 .* names no coder; fill the column"):
        accuracy(analysis, drawn, table.assign(coder=None))


def test_a_sheet_that_nobody_filled_is_told(edges):
    analysis, drawn = edges
    with pytest.raises(ValueError, match="nothing is coded yet"):
        accuracy(analysis, drawn, nl.coding.sheet(analysis, drawn).assign(coder="Ida"))


def test_by_polarity_and_outlet(edges):
    analysis, drawn = edges
    table = accuracy(analysis, drawn, judged(drawn, ["negative", "neither", "neither", "positive"]))
    assert of(table, polarity="negative").estimate == pytest.approx(1 / 3)
    assert of(table, polarity="positive").estimate == 1
    assert of(table, outlet="Gull").estimate == pytest.approx(1 / 3)
    assert (of(table, outlet="Gull").n, of(table, outlet="Gull").n_articles) == (3, 2)
    assert of(table, outlet="Courier").estimate == 1
    assert set(accuracy(analysis, drawn, judged(drawn, [1, 1, 1, 1]), by_outlet=False)["outlet"]) == {"all"}


def test_each_coder_counts_the_same_and_unsure_counts_not(edges):
    analysis, drawn = edges
    both = pd.concat([judged(drawn, [1, 1, 1, 6]), judged(drawn, [1, 3, 6, 6], "Bo")], ignore_index=True)
    row = of(accuracy(analysis, drawn, both))
    assert row.estimate == pytest.approx((1 + 0.5 + 1) / 3)
    assert row.n == 3
    assert of(accuracy(analysis, drawn, both, coder="Bo")).estimate == pytest.approx(1 / 2)
    with pytest.raises(ValueError, match="no codings by 'Cy'; coders are 'Ida', 'Bo'"):
        accuracy(analysis, drawn, both, coder="Cy")


def test_rows_are_weighted_by_the_inverse_of_their_chance(edges):
    analysis, drawn = edges
    drawn = drawn.assign(weight=[1.0, 2.0, 3.0, 4.0])
    row = of(accuracy(analysis, drawn, judged(drawn, [1, 3, 3, 2])))
    assert row.estimate == pytest.approx((1 + 4) / 10)


def test_a_sample_of_the_unsure_gives_the_precision_of_the_corpus():
    """Over many draws, the weighted precision is that of all edges; the plain share of right ones is not."""
    rng = np.random.default_rng(0)
    texts = {f"x{k:03}": "Ona Vell attacked Tam Orr over the harbour dues." for k in range(80)}
    chances = rng.uniform(0.43, 0.99, 80)
    stances = [(a, "vell", "orr", "negative", float(p)) for a, p in zip(texts, chances, strict=True)]
    analysis = invented(texts=texts, stances=stances)
    analysis.articles["duplicate_of"] = pd.Series([None] * len(analysis.articles), dtype="str")
    everything = nl.coding.sample(analysis, 80)
    right = pd.Series(everything["probability"].to_numpy() > 0.75, index=everything["item"])
    weighted, plain = [], []
    for seed in range(60):
        drawn = nl.coding.sample(analysis, 25, "uncertain", seed=seed)
        codings = judged(drawn, drawn["item"].map(right).map({True: "negative", False: "neither"}).tolist())
        weighted.append(of(accuracy(analysis, drawn, codings, by_outlet=False, n_boot=2)).estimate)
        plain.append(drawn["item"].map(right).mean())
    assert np.mean(weighted) == pytest.approx(right.mean(), abs=0.03)
    assert np.mean(plain) < right.mean() - 0.05


def test_all_right_is_not_certainty(edges):
    analysis, drawn = edges
    row = of(accuracy(analysis, drawn, judged(drawn, [1, 1, 1, 2])))
    expected = stats.binomtest(3, 3).proportion_ci(0.95, "exact")  # three articles
    assert (row.estimate, row.high) == (1.0, 1.0)
    assert row.low == pytest.approx(expected.low)


@pytest.mark.parametrize(("k", "n"), [(0, 9), (9, 9), (4, 9)])
def test_exact_interval_is_that_of_scipy(k, n):
    expected = stats.binomtest(k, n).proportion_ci(0.9, "exact")
    assert of_share(k, n, 0.9) == pytest.approx((expected.low, expected.high))


def test_intervals_are_the_percentile_bootstrap_of_scipy():
    rng = np.random.default_rng(1)
    given = rng.integers(1, 5, size=40).astype("float64")
    right = rng.binomial(given.astype(int), 0.6).astype("float64")

    def share(r, g, axis=-1):
        return r.sum(axis=axis) / g.sum(axis=axis)

    found = stats.bootstrap((right, given), share, paired=True, method="percentile", n_resamples=4000, rng=2)
    low, high = bootstrap(np.stack([right, given], 1), lambda s: s[:, 0] / s[:, 1], n_boot=4000)
    assert low[0] == pytest.approx(found.confidence_interval.low, abs=0.01)
    assert high[0] == pytest.approx(found.confidence_interval.high, abs=0.01)


@pytest.mark.parametrize("articles", [2, 4, 5])
def test_a_handful_of_articles_has_no_interval(articles):
    right_of_two = np.array([[1.0, 2.0], [0.0, 2.0], [2.0, 2.0], [1.0, 2.0], [0.0, 2.0]])
    bounds = bootstrap(right_of_two[:articles], lambda s: s[:, 0] / s[:, 1])
    assert np.isnan(bounds).all() == (articles < 5)


def test_strata_are_resampled_by_themselves():
    stats_of = np.array([[1.0, 1.0]] * 10 + [[0.0, 1.0]] * 10)
    within = bootstrap(stats_of, lambda s: s[:, 0] / s[:, 1], strata=np.array(["a"] * 10 + ["b"] * 10))
    assert [b[0] for b in within] == [0.5, 0.5]
    assert bootstrap(stats_of, lambda s: s[:, 0] / s[:, 1])[0][0] < 0.4


def test_intervals_hold_the_truth_also_where_strata_have_two_rows():
    """As the smallest do that are drawn: drawing two of two again shows but half of the variance."""
    rng = np.random.default_rng(0)
    right, sizes = rng.beta(4, 4, 25), rng.integers(10, 60, 25)
    truth, held = (right * sizes).sum() / sizes.sum(), []
    strata, weight = np.repeat(np.arange(25), 2), np.repeat(sizes / 2, 2)
    for _ in range(200):
        y = rng.random(50) < np.repeat(right, 2)
        low, high = bootstrap(np.stack([y * weight, weight], 1), lambda s: s[:, 0] / s[:, 1], strata=strata, n_boot=300)
        held.append(low[0] <= truth <= high[0])
    assert 0.9 <= np.mean(held) <= 0.99


def test_a_stratum_that_is_coded_in_part_keeps_its_weight(edges):
    analysis, drawn = edges
    drawn = drawn.assign(how="stratified", stratum=["a", "a", "a", "b"], population=[30, 30, 30, 10], weight=10.0)
    codings = judged(drawn, [1, 1, 1, 3]).iloc[[0, 3]]  # one of three in a, which has 30 of 40
    assert of(accuracy(analysis, drawn, codings)).estimate == pytest.approx(30 / 40)


N, P = "negative", "positive"


def article_rows(coder, coded):
    rows = []
    for article, edges in coded.items():
        rows += [
            {"coder": coder, "item": article, "value": "edge", "source": s, "target": t, "polarity": p,
             "clarity": c, "evidence": e}
            for s, t, p, c, e in edges
        ] or [{"coder": coder, "item": article, "value": "no edge"}]  # fmt: skip
    return rows


DEED = "Ona Vell attacked Tam Orr over the harbour dues."
CODED = {
    "a1": [("Ona Vell", "Tam Orr", N, "clear", DEED)],
    "a2": [("Ona Vell", "Tam Orr", N, "arguable", DEED),
           ("Tam Orr", "Ona Vell", P, "clear", "Tam Orr hit back at Vell.")],
    "a3": [("Ona Vell", "Tam Orr", P, "clear", "Bo Lind praised Tam Orr."),
           ("Tam Orr", "Bo Lind", N, "clear", "Bo Lind praised Tam Orr.")],
    "a5": [],
}  # fmt: skip


@pytest.fixture
def whole():
    analysis = invented()
    drawn = nl.coding.sample(analysis, 4, unit="articles")
    return analysis, drawn, check_codings(pd.DataFrame(article_rows("Ida", CODED)), articles=analysis.articles)


def test_precision_recall_and_f1_of_whole_articles(whole):
    analysis, drawn, codings = whole
    table = accuracy(analysis, drawn, codings)
    # newslab: a1 Vell→Orr −; a2 Vell→Orr −, Orr→Vell −; a3 Lind→Orr +. Right: the first two, one of them arguable.
    precision, recall, f1 = (of(table, measure=m) for m in ("precision", "recall", "f1"))
    assert precision.estimate == pytest.approx(2 / 4) and precision.n == 4
    assert recall.estimate == pytest.approx(1 / 4) and recall.n == 4
    assert f1.estimate == pytest.approx(2 * 0.5 * 0.25 / 0.75)
    assert precision.n_articles == 4


def test_steps_of_whole_articles(whole):
    table = accuracy(*whole)
    found = {s: of(table, step=s).estimate for s in ("found", "source", "target", "actors", "edge")}
    # The passages are right in all four; a2's second edge has the right actors; a3's the right target and polarity.
    assert found == {"found": 1.0, "source": 0.5, "target": 0.75, "actors": 0.75, "edge": 0.5}
    assert of(table, step="actors", measure="recall").estimate == pytest.approx(2 / 4)
    assert of(table, step="target", measure="recall").estimate == pytest.approx(2 / 4)


def test_passages_are_not_compared_where_a_coder_marked_none(whole):
    analysis, drawn, _ = whole
    coded = {**CODED, "a1": [("Ona Vell", "Tam Orr", N, "clear", None)]}
    table = accuracy(analysis, drawn, check_codings(pd.DataFrame(article_rows("Ida", coded))))
    assert "found" not in set(table["step"])


def test_whole_articles_agree_with_score_edges(whole, tmp_path):
    analysis, drawn, codings = whole
    table = accuracy(analysis, drawn, codings)
    gold = nl.coding.write_codings(codings, tmp_path / "gold")
    nl.coding.write_coding(analysis, tmp_path / "newslab", threshold=0.25)
    scores = nl.score_edges(gold / "Ida", tmp_path / "newslab")
    for polarity in ("all", "negative", "positive"):
        for measure in ("precision", "recall", "f1"):
            assert of(table, polarity=polarity, measure=measure).estimate == pytest.approx(
                scores.loc[polarity, measure]
            )


def test_two_coders_of_whole_articles(whole):
    analysis, drawn, codings = whole
    nothing = check_codings(pd.DataFrame(article_rows("Bo", dict.fromkeys(CODED, []))))
    table = accuracy(analysis, drawn, pd.concat([codings, nothing], ignore_index=True))
    assert of(table).estimate == pytest.approx(1 / 4)  # half of each hit
    assert of(table, measure="recall").estimate == pytest.approx(1 / 4)  # Bo has no edge to be found
    assert of(accuracy(analysis, drawn, nothing)).estimate == 0
    assert set(accuracy(analysis, drawn, nothing)["measure"]) == {"precision"}


def test_articles_with_corrected_rows_are_left_out_of_the_figures(whole):
    analysis, drawn, codings = whole
    analysis.stances = analysis.stances.assign(corrected=[True, *[False] * 5])
    with pytest.warns(UserWarning, match="1 of 4 sampled articles hold rows corrected by hand and are left out"):
        table = accuracy(analysis, drawn, codings)
    assert of(table).n_articles == 3
    assert of(table).estimate == pytest.approx(1 / 3)
    analysis.stances["corrected"] = True
    analysis.stances.loc[:, "article_id"] = ["a1", "a2", "a3", "a5", "a1", "a2"]
    with pytest.raises(ValueError, match="all sampled articles"), pytest.warns(UserWarning, match="4 of 4"):
        accuracy(analysis, drawn, codings)


def test_verdicts_are_on_what_was_drawn_not_on_what_was_corrected_later(edges):
    analysis, drawn = edges
    codings = judged(drawn, [1, 1, 1, 2])
    before = accuracy(analysis, drawn, codings)
    analysis.stances = analysis.stances.assign(corrected=True, polarity="positive")
    pd.testing.assert_frame_equal(accuracy(analysis, drawn, codings), before)


def test_sentences_say_in_this_corpus(whole, edges):
    for analysis, drawn, codings in (whole, (*edges, judged(edges[1], [1, 1, 3, 2]))):
        table = accuracy(analysis, drawn, codings)
        assert table["text"].str.startswith("In this corpus, ").all()
        assert not table["text"].str.contains("nan|{").any()
    assert table["text"].str.contains(r"\(95 % interval \d+ to \d+ %\), estimated").any()
    text = of(accuracy(*whole), measure="recall").text
    assert text == (
        "In this corpus, 25 % of the clear edges of the coders are found, right in every part, estimated from 4 of "
        "them in 4 articles."
    )
    criticism = of(accuracy(*whole), polarity="negative", measure="recall").text
    assert " of the clear edges of criticism of the coders are found" in criticism


def test_what_does_not_belong_together(whole, edges):
    analysis, drawn, codings = whole
    with pytest.raises(ValueError, match="the codings are of articles, the sample is of edges"):
        accuracy(analysis, edges[1], codings)
    with pytest.raises(ValueError, match="none of the codings is of this sample"):
        accuracy(analysis, drawn.assign(item=["w", "x", "y", "z"]), codings)
    with pytest.raises(ValueError, match="confidence is 1.5"):
        accuracy(analysis, drawn, codings, confidence=1.5)
    silent = invented(stances=[])
    nothing = check_codings(pd.DataFrame(article_rows("Ida", dict.fromkeys(CODED, []))))
    with pytest.raises(ValueError, match="nothing to compare"):
        accuracy(silent, nl.coding.sample(silent, 4, unit="articles"), nothing)


def test_an_analysis_of_another_corpus_is_refused(whole, edges):
    other = invented()
    other.articles = other.articles.iloc[1:]
    _, drawn, codings = whole
    with pytest.raises(ValueError, match="1 of the 4 sampled articles are not in this analysis, such as 'a1'"):
        accuracy(other, drawn, codings)
    _, found = edges
    with pytest.raises(ValueError, match="1 of the 3 sampled articles are not in this analysis.*another corpus"):
        accuracy(other, found, judged(found, [1, 1, 1, 2]))


def test_another_corpus_with_the_same_ids_is_refused(whole, edges, tmp_path):
    other = invented()
    other.articles = other.articles.assign(text=["Rain fell.", *other.articles["text"][1:]])
    _, drawn, codings = whole
    with pytest.raises(
        ValueError, match="1 of the 4 sampled articles have another text in this analysis, such as 'a1'"
    ):
        accuracy(other, drawn, codings)
    _, found = edges
    with pytest.raises(ValueError, match="another text in this analysis.*another corpus"):
        accuracy(other, found, judged(found, [1, 1, 1, 2]))
    kept = tmp_path / "sample.csv"
    nl.coding.sample(invented(), 4, unit="articles", path=kept)
    with pytest.raises(ValueError, match="is of other articles: 'a1' has another text here"):
        nl.coding.sample(other, 4, unit="articles", path=kept)
    accuracy(other, drawn.drop(columns="text_hash"), codings)  # drawn before samples had hashes: nothing is known


def test_matching_on_fewer_parts():
    gold = {"actors": [], "edges": [{"source": "A Bee", "target": "C Dee", "polarity": N}]}
    found = {"actors": [], "edges": [{"source": "X Ray", "target": "C Dee", "polarity": N}]}
    assert match_edges(gold, found)[0] == []
    assert len(match_edges(gold, found, on=("target", "polarity"))[0]) == 1
    assert article_coding(invented(), threshold=1.0)["a1"]["edges"] == []
