"""What a question needs and is not there: a sentence, and in a notebook no traceback."""

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
        ("published", 1, "a date, and for 1 different ones at least; 2 of these 2 articles have no date"),
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
