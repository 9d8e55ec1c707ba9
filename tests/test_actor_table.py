"""The analyst's table of actors: checked, taken first, by date, and proposed."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import newslab as nl

TABLE = pd.DataFrame(
    [
        ("Ona Vell", "the Iron Gull; O. Vell", "person", "Harbour", "prime minister", "", "2031-04-30"),
        ("Tam Orr", "", "person", "Reform", "prime minister", "2031-05-01", ""),
        ("Bo Lind", "", "person", "Reform", "", "", ""),
    ],
    columns=["name", "aliases", "type", "party", "role", "from", "to"],
)
SAME = "“Bo Lind is a disgrace and a liar,” the prime minister said."


def read(*texts, dates=None, actors=TABLE, reader="rules"):
    frame = pd.DataFrame({"text": list(texts), "published": dates or ["2031-03-01"] * len(texts)})
    return nl.analyze(frame, actors=actors, reader=reader, progress=False)


@pytest.mark.parametrize("reader", ["rules", "model"])
def test_a_role_is_whoever_holds_it_on_that_day(reader):
    analysis = read(SAME, SAME, SAME, dates=["2031-04-30", "2031-05-01", None], reader=reader)
    assert analysis.quotes["speaker"].tolist() == ["Ona Vell", "Tam Orr", "prime minister"]
    assert analysis.quotes["speaker_party"].tolist()[:2] == ["Harbour", "Reform"]
    assert pd.isna(analysis.quotes["speaker_party"][2])


def test_an_undated_article_has_no_holder_of_a_dated_role():
    assert read(SAME, dates=[None]).quotes["speaker"].tolist() == ["prime minister"]


def test_aliases_and_short_names_join_the_actor():
    analysis = read("O. Vell left. Then the Iron Gull spoke.", "Ona Vell left. Vell wept.")
    row = analysis.actors.set_index("name").loc["Ona Vell"]
    assert row["n_articles"] == 2
    assert {"Vell", "O. Vell"} <= set(row["aliases"])
    assert row["party"] == "Harbour"


@pytest.mark.parametrize("alias", ["Zoë Brandt", "Zoe\u0308 Brandt", "Ona Vell‑Orr", "Tam OʼHara", "Ona Vell\xadmann"])
def test_a_name_is_that_of_the_table_however_both_are_typed(alias):
    articles = pd.DataFrame({"text": [f"{alias} spoke on Monday. “He lied,” {alias} said."]})
    table = pd.DataFrame({"name": ["The Iron Gull"], "aliases": [alias]})
    assert nl.analyze(articles, reader="rules", actors=table, progress=False).quotes["speaker"].tolist() == [
        "The Iron Gull"
    ]
    alone = nl.analyze(articles, reader="rules", progress=False)
    assert alone.suggest_actors(min_articles=1)["aliases"].tolist() == [""]  # one name, and no alias of itself


def test_edges_by_party_and_by_the_party_of_the_source():
    other = "The harbour was closed on Friday. “Bo Lind is a fraud,” said the prime minister. He left at noon."
    analysis = read(SAME, other, dates=["2031-03-01", "2031-06-01"])
    edges = analysis.edges("negative", unit="party").set_index(["source", "target"])
    whole = analysis.edges("negative").set_index(["source", "target"])
    assert edges.loc[("Harbour", "Reform"), "n_negative"] == whole.loc[("Ona Vell", "Bo Lind"), "n_negative"]
    assert ("Reform", "Reform") in edges.index  # criticism within a party is criticism too
    by = analysis.edges("negative", by="source_party")
    assert set(by["source_party"]) == {"Harbour", "Reform"}


@pytest.mark.parametrize("days", [("2031-04-30", "2031-05-01"), ("30.04.2031", "1.5.2031"), (20310430, "1 May 2031")])
def test_party_changes_with_the_date(days):
    table = pd.DataFrame(
        {"name": ["Ona Vell"] * 2, "party": ["Harbour", "Reform"], "from": ["", days[1]], "to": [days[0], ""]}
    )
    text = "“We have nothing to hide,” said Ona Vell."
    analysis = read(text, text, dates=["2031-04-30", "2031-05-01"], actors=table)
    assert analysis.quotes["speaker_party"].tolist() == ["Harbour", "Reform"]
    assert analysis.actors["party"].tolist() == ["Reform"]  # the last


def test_a_group_counts_for_the_party_that_its_member_had_that_day():
    table = pd.DataFrame(
        {"name": ["Ona Vell", "Ona Vell", "Tam Orr"], "party": ["Harbour", "Reform", "Inland"],
         "from": ["", "2031-05-01", ""], "to": ["2031-04-30", "", ""]}
    )  # fmt: skip
    text = "Twelve MPs, including Ona Vell, attacked Tam Orr on Friday. “Tam Orr is a disgrace,” the MPs said."
    analysis = read(text, "“I am glad,” said O. Vell-Marsh.", dates=["2031-03-01"] * 2, actors=table)
    renamed, joined = nl.Corrections(), nl.Corrections()
    renamed.same("Ona Vell", "Ona Vellish")
    joined.same("O. Vell-Marsh", "Ona Vell")
    for one in (analysis, analysis.apply(renamed), analysis.apply(joined)):  # corrections leave the party of the day
        assert one.affiliations["member_party"].tolist() == ["Harbour"]
        edges = one.edges("negative", unit="party", groups="members")
        assert list(zip(edges["source"], edges["target"], strict=True)) == [("Harbour", "Inland")]
    assert (
        analysis.apply(joined).quotes["speaker_party"].tolist()[-1] == "Reform"
    )  # the last, as that day's is not known


def test_further_columns():
    table = nl.read_actors(pd.DataFrame({"name": ["Ona Vell"], "country": ["Castrel"]}), extra=["country"])
    assert read("“No, never,” said Ona Vell.", actors=table).quotes["speaker_country"].tolist() == ["Castrel"]


def test_the_table_changes_nothing_it_does_not_know():
    text = "“Sun Ito is a liar,” said Mia Roe. Mr Ito laughed."
    with_table, without = read(text), read(text, actors=None)
    pd.testing.assert_frame_equal(with_table.stances[without.stances.columns], without.stances)


def row(**values):
    return pd.DataFrame([{"name": "Ona Vell"} | values])


FAULTS = [
    (TABLE.rename(columns={"role": "rolle"}), "column 'rolle'; did you mean 'role'"),
    (TABLE.rename(columns={"party": "country"}), r"extra=\['country'\]"),
    (TABLE.drop(columns="name"), "lacks the column 'name'"),
    (pd.DataFrame({"name": ["Ona Vell", " "], "party": ["A", "B"]}), "row 2 .* has no name"),
    (row(type="party"), "type of Ona Vell is 'party'; it may be person, organisation, group"),
    (row(**{"from": "soon"}), "row 1 .* from of Ona Vell is 'soon', no date"),
    (row(**{"from": "03/04/2031"}), "row 1 .* from of Ona Vell is '03/04/2031', no date such as 2031-05-01"),
    (row(to=2031), "row 1 .* to of Ona Vell is 2031, no date such as 2031-05-01"),
    (row(**{"from": "2031-02-01", "to": "2031-01-01"}), "ends before it begins"),
    (TABLE.assign(to=["2031-05-01", "", ""]), "rows 1 and 2 .* overlap: Ona Vell is 'prime minister' to 2031-05-01"),
    (TABLE.assign(aliases=["Big O", "big o", ""]), "rows 1 and 2 .* both have the alias 'big o'"),
    (pd.concat([TABLE, row(type="group")]), "row 4 .* Ona Vell is group here and person in a row above"),
]


@pytest.mark.parametrize(("table", "message"), FAULTS)
def test_faults_are_told_with_their_rows(table, message):
    with pytest.raises(ValueError, match=message):
        nl.read_actors(table)


def test_files_and_their_faults(tmp_path):
    TABLE.to_csv(tmp_path / "actors.csv", index=False)
    TABLE.to_csv(tmp_path / "actors.tsv", index=False, sep="\t")
    TABLE.to_csv(tmp_path / "semicolons.csv", index=False, sep=";", encoding="cp1252")
    TABLE.to_excel(tmp_path / "actors.xlsx", index=False)
    for name in ("actors.csv", "actors.tsv", "semicolons.csv", "actors.xlsx"):
        assert repr(nl.read_actors(tmp_path / name)) == repr(nl.read_actors(TABLE))
    alone = nl.read_actors(pd.DataFrame({"name": ["Ona Vell"]}))
    assert repr(alone) == "<newslab.ActorTable of 1 actor with 0 roles>"
    with pytest.raises(FileNotFoundError, match="suggest_actors"):
        nl.read_actors(tmp_path / "none.csv")
    (tmp_path / "bad.csv").write_text('name\n"Ona\n', encoding="utf-8")
    with pytest.raises(ValueError, match="is no table of actors"):
        nl.read_actors(tmp_path / "bad.csv")


def test_lists_timestamps_and_gaps_are_taken_as_they_come():
    table = pd.DataFrame(
        {"name": ["Ona Vell", "Tam Orr"], "aliases": [["the Iron Gull"], None], "party": ["Harbour", np.nan],
         "from": [pd.Timestamp("2031-01-01"), pd.NaT]}
    )  # fmt: skip
    actors = nl.read_actors(table).actors
    assert actors[0].names[1][0] == "the Iron Gull"
    assert actors[1].at("party", None) is None


TEXTS = (
    "Jonathan P. Marrable resigned. Mr Marrable wept.",
    "Jonathan Marrable resigned. Jon Marrable had led the Harbour Party.",
    "Jonathan Marrable wept. Celia Marrable did not. Yevgeny Tarkov spoke.",
    "Evgeny Tarkov spoke. Yevgeni Tarkov spoke again. Gareth Pell laughed.",
)


def test_variants_of_a_name_are_proposed_and_namesakes_are_not(tmp_path):
    analysis = read(*TEXTS, actors=None)
    table = analysis.suggest_actors(tmp_path / "actors.csv").set_index("name")
    whole = {name: set(aliases.split("; ")) for name, aliases in table["aliases"].items()}
    jonathan = next(n for n in whole if n.startswith("Jon"))
    assert {"Jonathan Marrable", "Jon Marrable", "Jonathan P. Marrable"} <= whole[jonathan] | {jonathan}
    assert "Celia Marrable" in table.index
    tarkov = next(n for n in whole if n.endswith("Tarkov"))
    assert len(whole[tarkov] | {tarkov}) >= 3
    assert table.loc[tarkov, "score"] < 100 == table.loc["Gareth Pell", "score"]
    with pytest.raises(FileExistsError, match="may hold corrections"):
        analysis.suggest_actors(tmp_path / "actors.csv")


def test_actors_of_few_articles_can_be_left_out_of_the_proposals():
    analysis = read(*TEXTS, actors=None)
    every, common = (analysis.suggest_actors(min_articles=n).set_index("name")["n_articles"] for n in (1, 2))
    assert every["Gareth Pell"] == 1 and every.min() == 1
    assert common.to_dict() == {"Jonathan Marrable": 3}


def test_a_proposed_table_is_taken_as_it_is_and_joins(tmp_path):
    read(*TEXTS, actors=None).suggest_actors(tmp_path / "actors.csv")
    again = read(*TEXTS, actors=tmp_path / "actors.csv")
    people = again.actors.query("type == 'person'")["name"].tolist()
    assert sum("Tarkov" in p for p in people) == 1
    assert sum(p.startswith("Jon") for p in people) == 1
    assert "Celia Marrable" in people


def test_save_and_load_keep_the_columns(tmp_path):
    analysis = read(SAME)
    loaded = nl.load(analysis.save(tmp_path))
    pd.testing.assert_frame_equal(loaded.stances, analysis.stances)
    pd.testing.assert_frame_equal(loaded.affiliations, analysis.affiliations)
    assert loaded.edges(unit="party").equals(analysis.edges(unit="party"))


@pytest.mark.filterwarnings("ignore:.*could not be read:UserWarning")  # the demo corpus has such files on purpose
def test_roles_by_date_change_the_edges_of_the_demo_corpus_as_its_gold_says():
    seeds = Path(__file__).parents[1] / "seeds"
    gold = json.loads((seeds / "demo-roles.json").read_text(encoding="utf-8"))
    without = nl.analyze(nl.demo_corpus(), progress=False)
    analysis = nl.analyze(nl.demo_corpus(), actors=seeds / "demo-actors.csv", progress=False)
    mentions = analysis.mentions.assign(words=analysis.mentions["text"].str.lower())
    for article, words, actor in gold["mentions"]:
        found = mentions[(mentions["article_id"] == article) & (mentions["words"] == words)]
        assert set(found["actor"]) == {actor}, (article, words)

    def edges(a):
        likely = a.stances[a.stances["probability"] >= 0.15]
        return set(likely[["article_id", "source", "target", "polarity"]].itertuples(index=False, name=None))

    assert gold["edges"]
    for edge in map(tuple, gold["edges"]):
        assert edge in edges(analysis), edge
        assert edge not in edges(without), edge


def test_a_proposed_table_is_taken_as_it_is_with_two_spellings_of_a_short_name(tmp_path):
    analysis = read("The P.R.V. attacked Tam Orr. The P.R.V. wept.", "PRV attacked Tam Orr. PRV laughed.", actors=None)
    assert {"P.R.V.", "PRV"} <= set(analysis.actors["name"])
    table = analysis.suggest_actors(tmp_path / "actors.csv")
    assert sum(name.replace(".", "") == "PRV" for name in table["name"]) == 1
    assert len(nl.read_actors(tmp_path / "actors.csv")) == len(table)
