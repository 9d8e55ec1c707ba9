"""What a question needs and is not there: a sentence, and in a notebook no traceback."""

import warnings

import pandas as pd
import pytest

import newslab as nl
from newslab.needs import Needed


@pytest.fixture(scope="module")
def analysis():
    articles = pd.DataFrame({"text": ["Ona Vell attacked Tam Orr.", "Rain fell."], "outlet": ["Gull", "Tide"]})
    return nl.analyze(articles, reader="rules", progress=False)


def test_what_is_there_passes(analysis):
    assert analysis.require("outlet") is None
    assert analysis.require("outlet", 2) is None


@pytest.mark.parametrize(
    ("column", "n", "said"),
    [
        ("outlet", 3, "an outlet, and for 3 different ones at least; these 2 articles have 2"),
        ("published", 1, "articles with a date; 2 of these 2 articles have no date"),
        ("desk", 2, "a value in the column 'desk', and for 2 different ones"),
    ],
)
def test_what_is_not_there_is_told_with_what_to_do(analysis, column, n, said):
    with pytest.raises(Needed, match=said) as raised:
        analysis.require(column, n)
    assert "metadata.csv" in str(raised.value)


def test_a_notebook_shows_the_sentence_without_a_traceback(analysis):
    with pytest.raises(ValueError) as raised:
        analysis.require("published")
    assert raised.value._render_traceback_() == [str(raised.value)]


@pytest.fixture(scope="module")
def bare():
    """Articles without dates and outlets."""
    texts = ["Ona Vell attacked Tam Orr.", "Tam Orr attacked Ona Vell."]
    return nl.analyze(pd.DataFrame({"text": texts}), reader="rules", progress=False)


@pytest.mark.parametrize(
    ("by", "said"), [("month", "has a date; analysis.require.'published'"), ("outlet", "has an outlet; .*'outlet'")]
)
def test_edges_say_what_they_cannot_be_split_by(bare, analysis, by, said):
    with pytest.warns(UserWarning, match=f"by='{by}' splits nothing, as no article with an edge {said}.*") as told:
        edges = bare.edges(by=by)
    assert len(edges) == 2 and edges[by].isna().all()
    assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert analysis.edges(by="outlet")["outlet"].tolist() == ["Gull"]
        assert bare.edges(by="claimed_by")["claimed_by"].isna().all()  # that nobody else says so is an answer


@pytest.mark.parametrize(("by", "said"), [("month", "with a date; 2 of"), ("outlet", "with an outlet; 2 of these 2")])
@pytest.mark.parametrize("unit", ["edges", "articles"])
def test_no_sample_is_stratified_by_what_no_article_has(bare, by, said, unit):
    with pytest.raises(Needed, match=f"This asks for articles {said}"):
        nl.coding.sample(bare, 2, "stratified", by=by, unit=unit)
    assert set(nl.coding.sample(bare, 2, "stratified", by="via")["stratum"]) == {"reported"}
