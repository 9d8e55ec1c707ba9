"""Groups with their members, spokespeople with those they speak for, and explanations."""

import pandas as pd
import pytest

import newslab as nl

LETTER = (
    "Twelve Harbour MPs, including former leader Celia Marrable, Gareth Pell and the treasurer Maria Roe, attacked "
    "Thomas Orr on Friday. “Thomas Orr is a disgrace to this parliament,” the Harbour MPs said.\n\n"
    "Paul Ito stayed home."
)


def read(*texts):
    return nl.analyze(pd.DataFrame({"text": list(texts)}), progress=False)


def test_named_members_of_a_group():
    links = read(LETTER).affiliations
    assert set(links["member"]) == {"Celia Marrable", "Gareth Pell", "Maria Roe"}
    assert set(links["relation"]) == {"member"}
    assert links["group_id"].nunique() == 1
    for row in links.itertuples():
        assert LETTER[row.start : row.end] == row.evidence


def test_words_of_a_group_count_for_its_members_where_wanted():
    analysis = read(LETTER)
    said = set(analysis.edges("negative")["source"])
    members = set(analysis.edges("negative", groups="members")["source"])
    assert {"Celia Marrable", "Gareth Pell", "Maria Roe"} <= members
    assert "Twelve Harbour MPs" in said - members
    assert members | said <= set(analysis.edges("negative", groups="both")["source"])


SPOKEN = [
    "“We reject this,” said Bo Lind, a spokesman for the Harbour Party, on Friday.",
    "“We reject this,” Harbour Party spokesman Bo Lind said on Friday.",
]


@pytest.mark.parametrize("text", SPOKEN)
def test_a_named_spokesman_speaks_for_a_body(text):
    links = read(text).affiliations
    assert links[["group", "member", "relation"]].values.tolist() == [["Harbour Party", "Bo Lind", "for"]]


def test_no_affiliation_is_made_up():
    assert read("Celia Marrable, including her staff, left. Gareth Pell met a spokesman.").affiliations.empty


def test_an_explanation_shows_sentences_chains_and_probabilities():
    text = (
        "Mayor Ona Vell spoke on Friday.\n\nMs Vell was angry. “Tam Orr is a disgrace and a liar,” she said. "
        "“He must resign.”"
    )
    analysis = read(text)
    found = analysis.explain("Ona Vell", "Tam Orr", "negative")
    table = found.table
    assert len(table) >= 1
    assert table["source_chain"][0][0] == "she"
    assert table["source_chain"][0][-1] in ("Ona Vell", "Mayor Ona Vell")
    for row in table.itertuples():
        assert text[row.start : row.end] == row.evidence
        assert 0 < row.share <= row.probability <= 1
    edge = analysis.edges("negative").query("source == 'Ona Vell' and target == 'Tam Orr'")
    assert table["probability"][0] == pytest.approx(edge["n_negative"].iloc[0])
    assert "“she” ← " in repr(found)
    assert "<li>" in found._repr_html_()


def test_an_explanation_of_nothing_and_of_nobody():
    analysis = read(LETTER)
    assert "no evidence" in repr(analysis.explain("Paul Ito", "Gareth Pell"))
    with pytest.raises(ValueError, match="no actor 'Celia Marable' in this corpus; near are 'Celia Marrable'"):
        analysis.explain("Celia Marable", "Thomas Orr")


def test_an_explanation_escapes_what_the_article_says():
    text = "“Tam Orr is a <b>disgrace</b> & a liar,” said Ona Vell."
    html = read(text).explain("Ona Vell", "Tam Orr")._repr_html_()
    assert "<b>disgrace" not in html
    assert "&amp; a liar" in html
