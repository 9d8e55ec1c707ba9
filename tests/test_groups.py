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


def test_a_number_of_people_are_the_group_that_was_told_of():
    text = (
        "A group of left-wing Harbour MPs and mayors are demanding the return of Thomas Orr. "
        "Today 12 MPs, including Celia Marrable and Gareth Pell, called for Mr Orr to be reinstated."
    )
    analysis = read(text)
    rows = analysis.mentions[analysis.mentions["text"].str.contains("MPs")]
    assert rows["text"].str.startswith(("A group of", "12 MPs")).tolist() == [True, True]
    assert rows["actor"].nunique() == 1
    assert set(analysis.affiliations["member"]) == {"Celia Marrable", "Gareth Pell"}
    assert set(analysis.affiliations["group"]) == set(rows["actor"])


def test_two_groups_stay_two():
    text = (
        "A group of Harbour MPs attacked Thomas Orr. A group of Inland MPs praised him. "
        "Then 12 MPs, including Celia Marrable, left the hall."
    )
    assert "12 MPs" in set(read(text).actors["name"])


def test_the_sum_of_actors_is_none_itself():
    text = "Thomas Orr and other Harbour ministers attacked Celia Marrable on Friday. Ms Marrable called them cowards."
    analysis = read(text)
    assert {"Thomas Orr", "other Harbour ministers"} <= set(analysis.actors["name"])
    assert not analysis.actors["name"].str.contains(" and ").any()
    against = analysis.edges("negative").query("target == 'Celia Marrable' and n_negative > 0.1")["source"]
    assert {"Thomas Orr", "other Harbour ministers"} <= set(against)


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
