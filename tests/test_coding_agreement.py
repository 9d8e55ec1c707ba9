"""Alpha and F1 between coders, against published examples and independent implementations."""

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask
from scipy import stats
from scipy.stats import binomtest

import newslab as nl
from newslab.coding import agreement, alpha, check_codings

_ = None
# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011): two observers, then four with values missing.
BEN_AND_GERRY = [list("aabbdcccedda"), list("babbbccceddd")]
FOUR = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]
# The example that the article on the measure in Wikipedia works through.
THREE = [
    [_, _, _, _, _, 3, 4, 1, 2, 1, 1, 3, 3, _, 3],
    [1, _, 2, 1, 3, 3, 4, 3, _, _, _, _, _, _, _],
    [_, _, 2, 1, 3, 4, 4, _, 2, 1, 1, 3, 3, _, 4],
]


def table(coders):
    return pd.DataFrame({f"coder {k}": values for k, values in enumerate(coders)})


@pytest.mark.parametrize(
    ("coders", "level", "expected"),
    [
        ([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]], "nominal", 0.095),
        (BEN_AND_GERRY, "nominal", 0.692),
        (FOUR, "nominal", 0.743),
        (FOUR, "ordinal", 0.815),
        (FOUR, "interval", 0.849),
        (THREE, "nominal", 0.691),
        (THREE, "interval", 0.811),
    ],
)
def test_alpha_of_published_examples(coders, level, expected):
    assert alpha(table(coders), level, n_boot=10)["alpha"] == pytest.approx(expected, abs=0.0006)


def test_numbers_of_the_published_example():
    told = alpha(table(FOUR), n_boot=10)
    assert (told["n_coders"], told["n_items"], told["n_values"]) == (4, 11, 40)  # the twelfth unit has one value


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
@pytest.mark.parametrize("seed", range(6))
def test_alpha_is_that_of_the_krippendorff_package(level, seed):
    rng = np.random.default_rng(seed)
    values = rng.integers(1, 6, size=(2 + seed % 3, 40)).astype("float64")
    same = rng.random(40) < 0.6
    values[:, same] = values[0, same]
    values[rng.random(values.shape) < 0.2] = np.nan
    expected = krippendorff.alpha(reliability_data=values, level_of_measurement=level)
    assert alpha(pd.DataFrame(values.T), level, n_boot=10)["alpha"] == pytest.approx(expected, abs=1e-12)


def test_alpha_is_that_of_nltk():
    data = [(str(c), str(i), v) for c, row in enumerate(BEN_AND_GERRY) for i, v in enumerate(row)]
    assert alpha(table(BEN_AND_GERRY), n_boot=10)["alpha"] == pytest.approx(AnnotationTask(data).alpha())


def test_interval_of_alpha_is_the_percentile_bootstrap_of_scipy():
    rng = np.random.default_rng(3)
    values = rng.integers(0, 3, size=(2, 60))
    values[1, :40] = values[0, :40]

    def of(a, b):
        return krippendorff.alpha(reliability_data=[a, b], level_of_measurement="nominal")

    found = stats.bootstrap(
        tuple(values), of, paired=True, vectorized=False, method="percentile", n_resamples=500, rng=1
    )
    told = alpha(pd.DataFrame(values.T), n_boot=2000)
    assert told["low"] == pytest.approx(found.confidence_interval.low, abs=0.04)
    assert told["high"] == pytest.approx(found.confidence_interval.high, abs=0.04)


def test_items_of_an_article_are_resampled_together():
    rng = np.random.default_rng(0)
    blocks = rng.integers(0, 2, size=15)
    values = pd.DataFrame(
        {"a": np.repeat(blocks, 8), "b": np.repeat(np.where(rng.random(15) < 0.7, blocks, 1 - blocks), 8)}
    )
    alone = alpha(values)
    together = alpha(values, clusters=np.repeat(range(15), 8))
    assert together["alpha"] == alone["alpha"]
    assert together["high"] - together["low"] > 1.5 * (alone["high"] - alone["low"])


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=30))
def test_alpha_depends_on_neither_the_order_of_coders_nor_of_items_nor_on_names(pairs):
    data = pd.DataFrame(pairs, columns=["x", "y"])
    first = alpha(data, n_boot=2)["alpha"]
    turned = alpha(data[["y", "x"]].iloc[::-1], n_boot=2)["alpha"]
    renamed = alpha(data.replace({"a": "zz", "b": "aa"}), n_boot=2)["alpha"]
    assert first == pytest.approx(turned, nan_ok=True)
    assert first == pytest.approx(renamed, nan_ok=True)
    assert np.isnan(first) or first <= 1
    assert np.isnan(first) == (len({v for pair in pairs for v in pair}) == 1)


def test_alpha_of_named_ranks():
    data = table(FOUR).map(lambda v: v if pd.isna(v) else "edcba"[int(v) - 1])
    assert alpha(data, "ordinal", order=list("edcba"), n_boot=10)["alpha"] == pytest.approx(0.815, abs=0.0006)
    with pytest.raises(ValueError, match="needs numbers, or order="):
        alpha(data, "ordinal")
    with pytest.raises(ValueError, match="value 'a' is not in order"):
        alpha(data, "ordinal", order=list("edcb"))


def test_alpha_where_there_is_nothing_to_tell():
    same = alpha(pd.DataFrame({"a": [1, 1], "b": [1, 1]}))
    assert np.isnan(same["alpha"]) and same["n_items"] == 2
    alone = alpha(pd.DataFrame({"a": [1, None], "b": [None, 2]}))
    assert np.isnan(alone["alpha"]) and alone["n_items"] == 0
    full = alpha(pd.DataFrame({"a": [1, 2, 2], "b": [1, 2, 2]}))
    assert (
        full["alpha"] == 1 and np.isnan([full["low"], full["high"]]).all()
    )  # no chance is seen, which is no certainty
    with pytest.raises(ValueError, match="level is 'ratio'"):
        alpha(same.to_frame(), "ratio")
    with pytest.raises(ValueError, match="confidence is 95"):
        alpha(table(FOUR), confidence=95)


def verdicts(**coders):
    rows = [
        {"coder": who, "item": f"{'ab'[k % 2]}{k // 4}#e{k}", "value": v}
        for who, values in coders.items()
        for k, v in enumerate(values)
        if v
    ]
    return check_codings(pd.DataFrame(rows))


def test_agreement_on_edges():
    codings = verdicts(Ida=[1, 1, 2, 3, 4, 6], Bo=[1, 2, 2, 3, 5, 1], Cy=[1, 1, 2, _, _, 1])
    told = agreement(codings).set_index(["measure", "coders"])
    assert set(told.index.get_level_values("coders")) == {
        "Ida and Bo and Cy", "Ida and Bo", "Ida and Cy", "Bo and Cy",
    }  # fmt: skip
    # "unsure" says nothing: Ida and Bo share five items and agree on three.
    assert told.loc[("agreement", "Ida and Bo"), "estimate"] == pytest.approx(3 / 5)
    assert told.loc[("agreement", "Ida and Bo"), "n_items"] == 5
    wide = codings[codings["value"] != "unsure"].pivot(index="item", columns="coder", values="value")
    codes = wide.apply(
        lambda c: c.map({"negative": 1, "positive": 2, "neither": 3, "wrong source": 4, "wrong target": 5})
    )
    expected = krippendorff.alpha(reliability_data=codes.to_numpy("float64").T, level_of_measurement="nominal")
    assert told.loc[("alpha", "Ida and Bo and Cy"), "estimate"] == pytest.approx(expected)
    assert told["text"].str.startswith("In this corpus, ").all()
    same = agreement(verdicts(Ida=[1, 2, 3, 1, 2, 3], Bo=[1, 2, 3, 1, 2, 3])).set_index("measure")
    assert same.loc["agreement", "low"] == pytest.approx(binomtest(4, 4).proportion_ci(0.95, "exact").low)  # 4 articles
    assert same.loc["alpha", "text"].endswith(" is 1.00; 6 edges in 4 articles.")


def edge_rows(coder, article, edges):
    if not edges:
        return [{"coder": coder, "item": article, "value": "no edge"}]
    return [
        {"coder": coder, "item": article, "value": "edge", "source": s, "target": t, "polarity": p, "clarity": c}
        for s, t, p, c in edges
    ]


def test_f1_between_coders_of_articles():
    n, p = "negative", "positive"
    rows = [
        *edge_rows("Ida", "a", [("Ona Vell", "Tam Orr", n, "clear"), ("Tam Orr", "Ona Vell", n, "arguable")]),
        *edge_rows("Ida", "b", [("Bo Lind", "Tam Orr", p, "clear")]),
        *edge_rows("Ida", "c", []),
        *edge_rows("Bo", "a", [("Vell", "Orr", n, "arguable"), ("Bo Lind", "Tam Orr", n, "clear")]),
        *edge_rows("Bo", "b", [("Bo Lind", "Tam Orr", p, "clear")]),
        *edge_rows("Bo", "c", []),
        *edge_rows("Bo", "d", [("Bo Lind", "Tam Orr", p, "clear")]),  # nobody else coded it
    ]
    told = agreement(check_codings(pd.DataFrame(rows))).set_index(["measure", "of"])
    # Matched: Vell to Orr, and Lind to Orr in b; Ida has three edges and Bo has three.
    assert told.loc[("F1", "edges"), "estimate"] == pytest.approx(2 * 2 / 6)
    assert told.loc[("F1", "criticism"), "estimate"] == pytest.approx(2 * 1 / 4)
    assert told.loc[("F1", "support"), "estimate"] == 1
    assert told.loc[("F1", "support"), "low"] == pytest.approx(0.025)  # of one article
    assert told.loc[("F1", "edges"), "n_articles"] == 3
    assert told.loc[("alpha", "articles with criticism"), "estimate"] == 1


def test_agreement_needs_two():
    with pytest.raises(ValueError, match="needs two coders; these codings are by Ida"):
        agreement(verdicts(Ida=[1, 2]))
    with pytest.raises(ValueError, match="no item was coded by two"):
        agreement(verdicts(Ida=[1, _], Bo=[_, 2]))
    rows = [*edge_rows("Ida", "a", []), *edge_rows("Bo", "b", [])]
    with pytest.raises(ValueError, match="no article was coded by two"):
        agreement(check_codings(pd.DataFrame(rows)))
    with pytest.raises(ValueError, match="several values"):
        alpha(check_codings(pd.DataFrame(edge_rows("Ida", "a", [("A B", "C D", "negative", "clear")] * 2))))


def test_options_that_cannot_be_are_told():
    codings = verdicts(Ida=[1, 2], Bo=[1, 2])
    with pytest.raises(ValueError, match="level is 'nomial'; did you mean 'nominal'"):
        alpha(codings, "nomial")
    for ask in (alpha, agreement):
        with pytest.raises(ValueError, match="seed is -1; it is at least 0"):
            ask(codings, seed=-1)
        with pytest.raises(TypeError, match="confidence is '0.9'; it takes a number"):
            ask(codings, confidence="0.9")


def test_it_is_reached_as_nl_coding():
    assert nl.coding.alpha is alpha
    assert "coding" in dir(nl)
