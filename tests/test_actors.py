"""Who is who: in an article, and across a corpus."""

import pandas as pd
import pytest

import newslab as nl
from newslab.actors import Actor, resolve
from newslab.antecedents import NETWORKS, fits, network
from newslab.calling import are_two
from newslab.model.pronouns import HEADS
from newslab.offices import role_fits, role_words
from newslab.quotation import find_quotations
from newslab.reading import Attribution, Mention, Reading
from newslab.roster import Roster, Seen
from newslab.rules.mentions import firms
from newslab.text import Text


def read(*texts):
    return nl.analyze(pd.DataFrame({"text": list(texts)}), reader="rules", progress=False)


def who(analysis, text):
    """Actor of each mention with these words."""
    rows = analysis.mentions[analysis.mentions["text"] == text]
    return rows["actor"].tolist()


RESOLVED = [
    # short names and titles
    ("Ona Vell resigned. Vell had led the party.", "Vell", "Ona Vell"),
    ("Sir Tam Orr resigned. Sir Tam was tired.", "Sir Tam", "Tam Orr"),
    # pronouns by gender and prominence
    ("Mr Tam Orr met Ms Ona Vell on Friday. She was late.", "She", "Ona Vell"),
    ("Mr Tam Orr met Ms Ona Vell on Friday. He was late.", "He", "Tam Orr"),
    # of a name that no list knows the text tells the gender, where nobody else is ahead in the sentence
    ("Leova Carrow lost her seat. The verdict pleased Tarn Ossery. Carrow wept. He was glad.", "He", "Tarn Ossery"),
    ("Leova Carrow and Ida Sund lost her seat. It pleased Tarn Ossery. Carrow wept. He was glad.", "He",
     "Leova Carrow"),
    # nobody else whom "her" may mean, that is
    ("The man who put Leova Carrow in and turned her out again is making an omelette. He cracks eggs.", "He", "man"),
    ("I met the woman who hired Leova Carrow and then sacked her. Carrow left in May. He was glad of it.", "He",
     "Leova Carrow"),
    # behind a quotation a paragraph goes on about who spoke
    ("Tam Orr wept. “Bo Lind knew,” Orr said. “Lind lied. Lind hid it.”\n\nHe thanked them.", "He", "Tam Orr"),
    ("Ms Ada Orr wept. “Bo Lind knew,” Orr said. “Lind lied. Lind hid it.”\n\nHe thanked them.", "He", "Bo Lind"),
    # appositions and roles
    ("Ona Vell, the film-maker, left. Tam Orr stayed. The film-maker was tired.", "The film-maker", "Ona Vell"),
    ("Prime Minister Ona Vell left. Tam Orr stayed. Then the prime minister spoke.", "the prime minister", "Ona Vell"),
    # nor is a vice president the president
    ("Vice President Tam Orr met President Ona Vell. Mr Orr left. The president was late.", "The president",
     "Ona Vell"),
    ("Vice President Tam Orr left. The president was late.", "The president", "president"),
    # the office of a body, however it is written, and not the body
    ("Ona Vell, the leader of the Harbour Party, left. Tam Orr stayed. The Harbour Party leader wept.",
     "The Harbour Party leader", "Ona Vell"),
    ("Tam Orr, the president of the council, met Ona Vell. The council was silent.", "The council", "council"),
    # nor is the leader the one of the opposition who is named later only
    ("Ona Vell voted for the leader. Opposition leader Tam Orr did not.", "the leader", "leader"),
    ("Opposition leader Tam Orr met Ona Vell. Members voted for the leader.", "the leader", "Tam Orr"),
    # headings have no articles
    ("Mayor blames minister\n\nTam Orr, the mayor of Hollin, spoke to reporters. Transport minister Ona Vell did not.",
     "Mayor", "Tam Orr"),
    # nor is one super PAC another
    ("Quiet Harbour, a super PAC, is for Ona Vell. Tam Orr has a super PAC.", "a super PAC", "super PAC"),
    # a prime minister is not "the minister"
    ("Prime Minister Ona Vell met Transport Minister Tam Orr. Mr Orr left. The minister was tired.", "The minister",
     "Tam Orr"),
    # whoever has the very role, not who has a longer one; titles in short
    ("Shadow transport secretary Ona Vell met Transport Secretary Tam Orr. The transport secretary was late.",
     "The transport secretary", "Tam Orr"),
    ("Sen. Ona Vell met Mr Tam Orr and Bo Lind. Mr Lind left. The senator did not.", "The senator", "Ona Vell"),
    # a title in full and in short
    ("Gov. Tam Orr and his brother Ivo Orr left. Ivo Orr wept. Governor Orr did not.", "Governor Orr", "Tam Orr"),
    # the bare surname is that of the one whom the article is about
    ("Ona Vell resigned. Ona Vell had led the party.\n\nHer son, Ivo Vell, was there.\n\nVell thanked the members.",
     "Vell", "Ona Vell"),
    # who is named first in full, although another is named so more often
    ("Tam Orr opened his campaign.\n\nOna Orr wept. Ona Orr had warned him. Bo Lind praised Ona Orr.\n\nOrr lost.",
     "Orr", "Tam Orr"),
    ("Tam Orr opened his campaign.\n\nOna Orr wept. Ona Orr had warned him, and Orr said so.", "Orr", "Ona Orr"),
    # a party and its members are one
    ("The Tories met on Monday. A Tory motion failed.", "Tory", "Tories"),
    # "It said" after a statement
    ("In a statement the Harbour Party hit back at Tam Orr. It said: “We have nothing at all to hide.”", "It",
     "Harbour Party"),
    # but not what they say is so
    ("Ona Vell blamed the Harbour Party in a letter. “It is not right,” she said.", "It", "Harbour Party"),
    # "I" and "we" in a quotation are its speaker
    ("“I have nothing at all to hide,” said Ona Vell.", "I", "Ona Vell"),
    # a spokesman's words are the organisation's
    ("A spokesman for the Harbour Party said: “We have nothing at all to hide.”", "A spokesman", "Harbour Party"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "mention", "actor"), RESOLVED)
def test_mentions_resolve(text, mention, actor):
    assert who(read(text), mention)[-1] == actor


@pytest.mark.parametrize(
    "text",
    [
        "Sen. Ona Vell (R-Utah) and Rep. Tam Orr (D-N.C.) met on Monday.",
        "Sen. Ona Vell, R-Utah, and Rep. Tam Orr, D-N.C., met on Monday.",
        "Sen. Ona Vell, R-Port Haven, and Rep. Tam Orr (D-Newport News) met on Monday.",
        "Sen. Ona Vell, I-Vt., and Rep. Tam Orr, I-Utah, met on the I-95 on Monday.",
        "Cllr Ona Vell (SNP, Lochend) and Cllr Tam Orr (Lib Dem) met on Monday.",
        "Ona Vell (Labour/Co-op, Ossery and Low Tarn) met Mr Tam Orr (Ind) on Monday.",
        "Ona Vell, the MP for Ossery, accused Mr Tam Orr of lying. Mr Orr was elected for Kinvale.",
        "Lady Ona Vell of Ossery met Lord Tam Orr of Low Tarn on Monday.",
        "Ona Vell Calls Tam Orr A Disgrace After Harbour Vote.\n\nGov. Ona Vell attacked Mr Tam Orr on Monday.",
        "Orr Vows To Close The Harbour Before Next Winter\n\nMs Ona Vell met Mr Tam Orr on Monday.",
    ],
)
@pytest.mark.parametrize("reader", ["rules", "model"])
def test_seats_and_headlines_make_no_people(text, reader):
    analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader=nl.Reader(reader), progress=False)
    assert set(analysis.actors.query("type == 'person'")["name"]) == {"Ona Vell", "Tam Orr"}


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("Harbour Party", "Democratic Party", True),
        ("Brasko Times", "Hollin Times", True),
        ("Harbour Party", "Hollin Harbour Party", False),
        ("The Times", "Brasko Times", False),
        ("N. Lorvane", "North Lorvane", False),
        ("Party", "Harbour Party", False),
        ("Harbour panel", "oversight panel", False),
        ("Harbour Workers Union", "HWU", False),
    ],
)
def test_bodies_of_one_kind_with_other_names_are_two(a, b, expected):
    assert are_two(a, b) is expected


@pytest.mark.parametrize("reader", ["rules", "model"])
def test_states_in_short_behind_names_act_no_more_than_seats(reader):
    text = "Sens. Ona Vell (Ariz.) and Bo Lind (N.H.) attacked Mayor Tam Orr. Anna Holt of Hollin, Ind., blamed Mr Orr."
    analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False)
    people = {x.strip(",. ()") for x in analysis.actors["name"]}
    assert people >= {"Ona Vell", "Bo Lind", "Anna Holt", "Tam Orr"}
    assert not people & {"Ariz", "N.H", "Ind", ""}


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("Mayor Bo Lind attacked county chairman Ed Holt on Monday.", {"Bo Lind", "Ed Holt"}),
        ("Mayor Bo Lind attacked state lawmakers on Monday.", {"Bo Lind", "state lawmakers"}),
        ("House Democratic leader Ada Holt attacked Mayor Bo Lind. Ms Holt was angry.", {"Ada Holt", "Bo Lind"}),
        (
            "The county and the council chairman attacked Mayor Bo Lind.",
            {"county", "council", "council chairman", "Bo Lind"},
        ),
        ("Labour leader Ada Holt attacked the Tories.", {"Labour", "Ada Holt", "Tories"}),
    ],
)
def test_what_only_tells_where_an_office_is_does_not_act(text, actors):
    assert set(nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False).actors["name"]) == actors


def test_parties_in_brackets_behind_no_name_are_actors():
    text = "Opposition leaders (Labour, the Greens and the SNP) accused the mayor of lying. Ona Vell (CHF) left."
    analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False)
    assert {"Labour", "Greens", "SNP", "Ona Vell"} <= set(analysis.actors["name"])


def test_a_sentence_full_of_names_is_no_headline():
    assert who(read("Ona Vell met Prime Minister Tam Orr and the Dockers’ Union in Hollin."), "Ona Vell")


def test_a_hyphen_and_an_apostrophe_stay_in_a_name():
    analysis = read("Cardinal Ona Orr-O’Neil resigned. Mr Tam Orr-O'Neil wept.")
    assert {"Ona Orr-O’Neil", "Tam Orr-O'Neil"} <= set(analysis.actors["name"])


@pytest.mark.parametrize("noun", ["Trust", "Circle"])
def test_bodies_of_different_people_are_two(noun):
    text = f"The Weavers’ {noun} accused Gov. Tam Orr of fraud. The Ferry Pilots’ {noun} praised him."
    analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False)
    assert {f"Weavers’ {noun}", f"Ferry Pilots’ {noun}"} <= set(analysis.actors["name"])


def test_a_role_that_somebody_held_before_is_not_the_present_one():
    text = "Former leader Bo Lind wept. Tam Orr, the party leader, smiled. In the end the leader left."
    assert who(read(text), "the leader") == ["Tam Orr"]


LEADERS = [
    "Members are tired of Ona Vell’s leadership.",
    "Ona Vell, who heads the Harbour Party, met the members.",
    "Ona Vell was elected party leader in May.",
]


@pytest.mark.parametrize("opening", LEADERS)
def test_who_is_said_to_lead_is_the_leader(opening):
    text = f"{opening} Mr Tam Orr stayed away on Monday. Mr Orr said that the Harbour leader had lied to them all."
    analysis = nl.analyze(pd.DataFrame({"text": [text]}), progress=False)
    assert who(analysis, "the Harbour leader") == ["Ona Vell"]


def test_who_wants_to_lead_is_not_the_leader():
    text = "Mr Tam Orr left the Ona Vell leadership bid. Mr Orr said that the Harbour leader had lied to them all."
    analysis = nl.analyze(pd.DataFrame({"text": [text]}), progress=False)
    assert who(analysis, "the Harbour leader") != ["Ona Vell"]


def test_two_people_of_one_surname_stay_two():
    analysis = read("Mr Tam Orr met his cousin. Ms Ona Orr was late. Mr Orr laughed. Ms Orr did not.")
    people = analysis.actors.query("type == 'person'")["name"].tolist()
    assert {"Tam Orr", "Ona Orr"} <= set(people)
    assert who(analysis, "Mr Orr") == ["Tam Orr"]
    assert who(analysis, "Ms Orr") == ["Ona Orr"]


def test_one_full_name_is_one_actor_across_articles():
    analysis = read("Ona Vell resigned. Vell wept.", "“No,” said Ona Vell.", "Tam Orr resigned.")
    row = analysis.actors.set_index("name").loc["Ona Vell"]
    assert row["n_articles"] == 2
    assert row["n_mentions"] == 3
    assert row["n_quotes"] == 1
    assert "Vell" in row["aliases"]


def test_a_lone_surname_joins_the_only_person_of_that_surname_in_the_corpus():
    analysis = read("Ona Vell resigned.", "Nobody but Vell had known. “It is late,” said Vell.")
    assert analysis.quotes["speaker"].tolist() == ["Ona Vell"]
    apart = read("Ona Vell resigned.", "Bo Vell resigned.", "“It is late,” said Vell.")
    assert apart.quotes["speaker"].tolist() == ["Vell"]


def test_a_lone_surname_is_that_of_the_one_whom_most_articles_name():
    full = ["Ona Vell resigned."] * 3
    known = read(*full, "Bo Vell resigned.", "“It is late,” said Vell.")
    assert known.quotes["speaker"].tolist() == ["Ona Vell"]
    short = read("Joseph Vell resigned.", "Joe Vell left.", "Joe Vell wept.", "“It is late,” said Vell.")
    assert short.quotes["speaker"].tolist() == ["Joe Vell"]
    doubtful = read(*full, "Bo Vell resigned.", "Bo Vell left.", "“It is late,” said Vell.")
    assert doubtful.quotes["speaker"].tolist() == ["Vell"]


def test_a_title_keeps_a_surname_from_somebody_of_the_other_sex():
    apart = read("David Vell resigned.", "“It is late,” said Baroness Vell.").actors
    assert sorted(apart["name"]) == ["David Vell", "Vell"]
    judge = read("David Vell resigned.", "“It is late,” said Mrs Justice Vell.").actors
    assert sorted(judge["name"]) == ["David Vell", "Vell"]
    same = read("David Vell resigned.", "“It is late,” said Lord Vell.").actors
    assert same["name"].tolist() == ["David Vell"]


def test_an_initial_more_makes_nobody_else_unless_there_are_two():
    one = read("Ona M. Vell resigned.", "Ona Vell left.", "Ona Vell wept.").actors
    assert one["name"].tolist() == ["Ona Vell"]
    assert one["n_articles"].tolist() == [3]
    two = read("Ona M. Vell resigned.", "Ona B. Vell stayed.", "Ona Vell left.").actors
    assert sorted(two["name"]) == ["Ona B. Vell", "Ona M. Vell", "Ona Vell"]


def test_a_longer_name_that_ends_with_a_full_one_is_that_person():
    texts = ["Turncoat Ona Vell was walloped.", "Ona Vell resigned. “Vell is right,” said Bo Lind.", "Ona Vell left."]
    frame = pd.DataFrame({"text": texts})
    for order in (frame, frame[::-1]):
        actors = nl.analyze(order, reader="rules", progress=False).actors.set_index("name")
        assert {"Ona Vell", "Bo Lind"} == set(actors.index)
        assert actors.loc["Ona Vell", "n_articles"] == 3
        assert "Turncoat Ona Vell" in actors.loc["Ona Vell", "aliases"]


ONE_PERSON = [
    # surnames of several words
    (["Pieter Van Wyk blamed the mayor. Van Wyk left. Mr Van Wyk wept."], ["Pieter Van Wyk"]),
    (["Marijke van der Berg blamed the mayor. Ms van der Berg wept."], ["Marijke van der Berg"]),
    (["Rebecca Long Hartley blamed the mayor. Long Hartley wept."], ["Rebecca Long Hartley"]),
    (["Rosa De Marco left. Dario De Marco blamed the mayor. Ms De Marco wept. Mr De Marco laughed."],
     ["Dario De Marco", "Rosa De Marco"]),
    (["Rosa De Marco blamed the mayor. Ms De Marco wept.", "Dario De Marco left. Mr De Marco laughed."],
     ["Dario De Marco", "Rosa De Marco"]),
    # a generation is no surname
    (["Speaker Leland Voss Jr. left on Monday. Voss blamed the mayor."], ["Leland Voss Jr"]),
    (["Mayor Edgar Dunne III blamed the council. Dunne wept."], ["Edgar Dunne III"]),
    (["Leland King Jr. blamed the mayor. King wept."], ["Leland King Jr"]),
    (["Joseph R. Tarn Jr. blamed the mayor.", "Joseph Tarn left. Tarn wept."], ["Joseph Tarn"]),
    # but it tells father and son apart
    (["Dwight Cobb Sr. left. Dwight Cobb Jr. blamed the mayor. Cobb Jr. wept. Cobb Sr. laughed."],
     ["Dwight Cobb Jr", "Dwight Cobb Sr"]),
    (["Dwight Cobb Sr. blamed the mayor.", "Dwight Cobb Jr. blamed the mayor."], ["Dwight Cobb Jr", "Dwight Cobb Sr"]),
    (["Dwight Cobb, Sr., left. Dwight Cobb, Jr., blamed the mayor."], ["Dwight Cobb Jr", "Dwight Cobb Sr"]),
    # what somebody is to another stands right ahead of the name
    (["Pia Roth thanked her colleague Max Amsel. “She did,” said his brother Ian Moss."],
     ["Ian Moss", "Max Amsel", "Pia Roth"]),
    (["Pia Roth blamed the guild's leader Max Amsel."], ["Max Amsel", "Pia Roth"]),
    (["Pia Roth told her colleague Amsel was a liar."], ["Amsel", "Pia Roth", "her colleague"]),
    # short forms, and two first names
    (["Sen. William Hadley spoke. “Bill Hadley blamed us,” Ana Ruiz said."], ["Ana Ruiz", "William Hadley"]),
    (["Sheriff William Hadley spoke. Senator Bill Hadley blamed the mayor."], ["Bill Hadley", "William Hadley"]),
    (["William Hadley and Robert Hadley left. Bill Hadley blamed the mayor."],
     ["Bill Hadley", "Robert Hadley", "William Hadley"]),
    (["William Hadley left.", "Bill Hadley left."], ["Bill Hadley", "William Hadley"]),
    # a relative without a surname of his own
    (["Ana Ruiz lost the farm. Her brother, Frank, and her son, Ivo, wept. Mr. Ruiz blamed the mayor."],
     ["Ana Ruiz", "Frank", "Ivo", "Ruiz"]),
    (["Mayor Raymond Hadley spoke. “Ray is a coward,” Ana Ruiz said."], ["Ana Ruiz", "Raymond Hadley"]),
    (["Raymond Hadley met Raymond Colman. “Ray is a coward,” Ana Ruiz said."],
     ["Ana Ruiz", "Ray", "Raymond Colman", "Raymond Hadley"]),
    (["Raymond Hadley left. His son, Ray, stayed. “Ray is a coward,” Ana Ruiz said."],
     ["Ana Ruiz", "Ray", "Raymond Hadley"]),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "people"), ONE_PERSON)
def test_surnames_generations_and_short_forms_split_nobody(texts, people):
    analysis = nl.analyze(pd.DataFrame({"text": texts}), reader="model", progress=False)
    found = analysis.actors.query("type == 'person' and not name.isin(['mayor'])")["name"]
    assert sorted(found) == people


def test_a_surname_of_several_words_joins_its_only_bearer():
    seen = [Seen(x, "person", False, None, [], 1, 0) for x in ("Rosa De Marco", "De Marco", "Dario De Marco")]
    one = Roster(lambda: zip("ab", [[x] for x in seen[:2]], strict=True))
    assert [a.n_articles for a in one.named.values()] == [2]
    two = Roster(lambda: zip("abc", [[x] for x in seen], strict=True))
    assert sorted(a.name for a in two.named.values()) == ["Dario De Marco", "De Marco", "Rosa De Marco"]


def test_a_description_stays_an_actor_of_its_article():
    analysis = read("A union official attacked Ona Vell.", "A union official praised Ona Vell.")
    ids = analysis.actors.loc[analysis.actors["name"] == "union official", "actor_id"]
    assert ids.nunique() == 2


def test_actor_ids_are_unique_and_do_not_depend_on_the_order_of_articles():
    texts = ["Ona Vell praised Tam Orr.", "The Orr Party attacked Ona Vell. Orr was absent.", "A judge met Tam Orr."]
    frame = pd.DataFrame({"article_id": list("abc"), "text": texts})
    one = nl.analyze(frame, reader="rules", progress=False).actors
    other = nl.analyze(frame.iloc[::-1], reader="rules", progress=False).actors
    assert one["actor_id"].is_unique
    pd.testing.assert_frame_equal(one, other)


def test_a_name_has_one_type_in_the_corpus():
    texts = [
        "Ona Vell spoke on Monday. Vell said that the harbour was closed. She left early.",
        "Ona Vell said that it was over. “We lost,” said Mrs Vell.",
        "The contract went to Ona Vell, a company.",
    ]
    frame = pd.DataFrame({"id": list("abc"), "text": texts})
    for order in ([0, 1, 2], [2, 1, 0]):
        actors = nl.analyze(frame.iloc[order], reader="rules", progress=False).actors
        rows = actors[actors["name"] == "Ona Vell"]
        assert rows[["actor_id", "type", "n_articles"]].values.tolist() == [["ona-vell", "person", 3]]


def test_types_are_weighed_by_mentions():
    seen = [Seen("Orr", "organisation", False, None, [], 5, 0), Seen("Orr", "person", False, None, [], 2, 0)]
    roster = Roster(lambda: [("a", seen[:1]), ("b", seen[1:])])
    assert [(a.name, a.type, a.n_articles, a.n_mentions) for a in roster.named.values()] == [
        ("Orr", "organisation", 2, 7)
    ]
    assert {a.actor_id for a in roster.who("a", seen[:1]) + roster.who("b", seen[1:])} == {"orr"}


def test_a_description_with_a_full_name_is_that_person():
    named = Seen("Ona Vell", "person", False, None, [], 5, 0)
    told = Seen("Ona Vell", "person", True, None, ["Minister Ona Vell, who is no relation"], 1, 0)
    other = Seen("minister", "person", True, None, ["the minister"], 1, 0)
    roster = Roster(lambda: [("a", [named, other]), ("b", [told, other])])
    assert [(a.name, a.n_articles, a.n_mentions) for a in roster.named.values()] == [("Ona Vell", 2, 6)]
    assert [a.actor_id for a in roster.who("b", [told, other])] == ["ona-vell", "minister-b"]
    assert [a.actor_id for a in roster.own("b", [told, other])] == ["minister-b"]


@pytest.mark.parametrize(
    ("lone", "full"),
    [
        (("Democrats", "group"), "Harbour Democrats"),
        (("Democrats", "organisation"), "Harbour Democrats"),
        (("Congress", "organisation"), "Running For Congress"),
        (("House", "organisation"), "Ona Vell White House"),
        (("Minister", "organisation"), "Fisheries Minister"),
        (("Vells", "group"), "Ona Vells"),
        (("Hollin", "person"), "The Truth About Hollin"),
        (("Vell", "person"), "wise Vell"),
        (("Lady", "person"), "First Lady"),
    ],
)
def test_what_is_nobodys_surname_joins_nobody(lone, full):
    seen = [Seen(lone[0], lone[1], False, None, [], 5, 0), Seen(full, "person", False, None, [], 5, 0)]
    roster = Roster(lambda: [("a", seen[:1]), ("b", seen[1:])])
    assert sorted(a.name for a in roster.named.values()) == sorted([lone[0], full])


@pytest.mark.parametrize(
    ("alone", "full", "joined"),
    [("David", "Tam David", False), ("Nation", "Harbour Isle Nation", False), ("Vell", "Ona Vell", True)],
)
def test_a_common_word_is_a_surname_only_where_the_full_name_is_as_frequent(alone, full, joined):
    often = [Seen(name, "person", False, None, [], 1, 0) for name in (full, alone, alone)]
    roster = Roster(lambda: zip("abc", [[x] for x in often], strict=True))
    assert len(roster.named) == (1 if joined else 2)
    balanced = Roster(lambda: zip("ab", [[x] for x in often[:2]], strict=True))
    assert [(a.name, a.n_articles) for a in balanced.named.values()] == [(full, 2)]


def test_a_name_in_the_middle_makes_nobody_else_unless_there_are_two():
    seen = [Seen(x, "person", False, None, [], 1, 0) for x in ("Ona Vell", "Ona Merrick Vell", "Ona Tarn Vell")]
    one = Roster(lambda: zip("ab", [[x] for x in seen[:2]], strict=True))
    assert [(a.name, a.n_articles) for a in one.named.values()] == [("Ona Vell", 2)]
    two = Roster(lambda: zip("abc", [[x] for x in seen], strict=True))
    assert sorted(a.name for a in two.named.values()) == ["Ona Merrick Vell", "Ona Tarn Vell", "Ona Vell"]


@pytest.mark.parametrize(
    ("people", "others", "kind"),
    [
        ([(["Hollin"], 3)], [("Hollin", "place", 2)], "organisation"),
        ([(["Hollin"], 7)], [("Hollin", "place", 2)], "person"),
        ([(["Hollin"], 3)], [("Hollin Energy", "organisation", 3)], "organisation"),
        ([(["Hollin"], 3)], [("Hollin Energy", "organisation", 2)], "person"),
        ([(["Hollin"], 2), (["Mr Hollin", "Hollin"], 1)], [("Hollin", "place", 2)], "person"),
        ([(["Hollin"], 2)], [("Ona Hollin", "person", 1), ("Hollin", "place", 2)], "person"),
    ],
)
def test_what_a_name_of_one_word_is_other_articles_tell(people, others, kind):
    seen = [Seen("Hollin", "person", False, None, aliases, 9, 0) for aliases, n in people for _ in range(n)]
    seen += [Seen(name, kind, False, None, [], 1, 0) for name, kind, n in others for _ in range(n)]
    for order in (seen, seen[::-1]):
        roster = Roster(lambda given=order: ((str(k), [x]) for k, x in enumerate(given)))
        assert {a.type for a in roster.named.values() if "Hollin" in a.names} == {kind}


@pytest.mark.parametrize(
    ("name", "bodies", "kind"),
    [
        ("Blue Ossery", ["Blue Ossery Ferries", "Blue Ossery Ferries"], "organisation"),
        ("Blue Ossery", ["Blue Ossery Ferries"], "person"),
        ("Blue Ossery", ["The Blue Ossery Fund", "Ossery Ferries"], "person"),
        ("Martin Ossery", ["Martin Ossery Ferries", "Martin Ossery Fund"], "person"),
    ],
)
def test_what_a_longer_name_is_the_bodies_tell_that_begin_with_it(name, bodies, kind):
    seen = [Seen(name, "person", False, None, [], 9, 0)] * 2 + [Seen("Ossery", "person", False, None, [], 1, 0)]
    seen += [Seen(body, "organisation", False, None, [], 1, 0) for body in bodies]
    for order in (seen, seen[::-1]):
        roster = Roster(lambda given=order: ((str(k), [x]) for k, x in enumerate(given)))
        (actor,) = (a for a in roster.named.values() if name in a.names)
        assert actor.type == kind
        assert ("Ossery" in actor.names) == (kind == "person")  # a body has no surname


@pytest.mark.parametrize(
    ("brief", "bodies", "alone", "joins"),
    [
        ("Hollin", ["Hollin Energy"], 1, True),
        ("Blue Ossery", ["Blue Ossery Ferries", "Blue Ossery Ferries"], 4, True),
        ("Blue Ossery", ["Blue Ossery Ferries", "Blue Ossery Ferries"], 5, False),  # better known than what it began
        ("Hollin", ["Hollin Energy", "Hollin Foods"], 1, False),
        ("Hollin", ["Hollin Energy", "The Hollin Trust"], 1, False),
        ("House", ["House Oversight"], 1, False),
        ("Senate", ["Senate Finance Committee"], 1, False),
    ],
)
def test_a_short_name_of_a_body_is_its_full_name_where_no_other_body_has_it(brief, bodies, alone, joins):
    called = [[brief], *([[]] * len(bodies))]  # the first article calls its body so
    seen = [Seen(name, "organisation", False, None, x, 5, 0) for name, x in zip(bodies, called, strict=False)]
    seen += [Seen(brief, "organisation", False, None, [], 2, 0)] * alone
    for order in (seen, seen[::-1]):
        roster = Roster(lambda given=order: ((str(k), [x]) for k, x in enumerate(given)))
        (actor,) = (a for a in roster.named.values() if brief in a.names)
        assert (set(actor.names) == {brief, *bodies}) == joins
        if joins:
            assert [a.n_articles for a in roster.named.values()] == [alone + len(bodies)]


@pytest.mark.parametrize("kind", ["person", "place"])
def test_a_short_name_that_is_something_else_elsewhere_is_no_body(kind):
    firm = Seen("Hollin Energy", "organisation", False, None, ["Hollin"], 1, 0)
    others = [Seen("Hollin", kind, False, None, ["Mr Hollin"], 9, 0), Seen("Ona Vell", "person", False, None, [], 1, 0)]
    roster = Roster(lambda: zip("abc", [[firm], [others[0]], [others[1]]], strict=True))
    assert {a.name for a in roster.named.values() if "Hollin" in a.name} - {"Hollin"} == {"Hollin Energy"}
    assert all(len(a.names) == 1 for a in roster.named.values())


def test_a_place_by_itself_is_no_actor():
    seen = [Seen("Ona Vell", "person", False, None, [], 2, 0), Seen("Hollin", "place", False, None, [], 3, 0)]
    roster = Roster(lambda: [("a", seen)])
    assert [a.name for a in roster.who("a", seen)] == [a.name for a in roster.named.values()] == ["Ona Vell"]
    assert not roster.own("a", seen)


def test_what_acts_in_the_name_of_a_place_is_an_organisation():
    texts = ["They met in Kestria. Bo Lind spoke.", "“It is late,” said Ona Vell."]
    table = pd.DataFrame({"name": ["Kestria"], "aliases": [""]})
    analysis = nl.analyze(pd.DataFrame({"text": texts}), reader="rules", actors=table, progress=False)
    assert analysis.actors.set_index("name")["type"].to_dict() == {
        "Kestria": "organisation", "Bo Lind": "person", "Ona Vell": "person",
    }  # fmt: skip
    assert analysis.quotes["speaker"].tolist() == ["Ona Vell"]


def test_a_name_that_is_an_article_and_white_space_ends_nothing():
    seen = [Seen(name, "person", False, None, [], 1, 0) for name in ("The \xa0", "The", " ", "Ona Vell")]
    roster = Roster(lambda: [("a", seen)])
    assert "Ona Vell" in [a.name for a in roster.who("a", seen)]


def test_one_of_a_group_is_an_actor_of_its_article():
    seen = [Seen(x, "person", False, None, [], 1, 0) for x in ("Democrat", "a Democrat", "This Democrat")]
    roster = Roster(lambda: [("a", seen)])
    assert not roster.named
    assert [a.n_mentions for a in roster.own("a", seen)] == [3]


def test_a_surname_alone_joins_its_only_bearer():
    seen = [Seen("Vell", kind, False, None, [], 5, 0) for kind in ("person", "organisation")]
    seen.append(Seen("Ona Vell", "person", False, None, [], 5, 0))
    roster = Roster(lambda: zip("abc", [[x] for x in seen], strict=True))
    assert [(a.name, a.n_articles) for a in roster.named.values()] == [("Ona Vell", 3)]


def test_small_words_name_nobody_in_two_articles():
    """Whatever the reader called a name; but a name may have small letters."""
    names = ("No one", "Secretary", "orrin valk")
    seen = [[Seen(name, "person", False, None, [], 2, 0) for name in names] for _ in "ab"]
    roster = Roster(lambda: zip("ab", seen, strict=True))
    assert [(a.name, a.n_articles) for a in roster.named.values()] == [("orrin valk", 2)]
    assert [a.actor_id for a in roster.own("b", seen[0])] == ["no-one-b", "secretary-b"]


ROLES = [
    ("The Home Secretary, Jocelyn Harker, was furious. “The Home Secretary has failed,” said Lionel Batt.",
     "The Home Secretary", "Jocelyn Harker"),
    ("Sheriff William Garrow spoke on Thursday. Carla Simms said that the sheriff had overspent.", "the sheriff",
     "William Garrow"),
    ("“Governor, resign,” Bo Lind shouted. Gov. Carla Simms left. Lind called the governor a coward.", "Governor",
     "Carla Simms"),
    # two of one surname: the one whom the paragraph has just named in full
    ("Chair Yolanda Prewitt cut the budget. Yolanda Prewitt left.\n\nRep. Nathan Prewitt watched. "
     "“My aunt is right,” Prewitt said.", "Prewitt", "Nathan Prewitt"),
    ("Neville Ashby runs the ferries. Lady Ashby is a peer. Penelope Ashby is 50.", "Lady Ashby", "Penelope Ashby"),
    # a relative has not the bare surname, nor the title
    ("Baroness Harcott resigned. Her brother, Tom Harcott, wept. MPs accused Harcott of lying.", "Harcott", "Harcott"),
    ("Lord Penrith blamed the mayor. His son, Rufus Penrith, wept. Lord Penrith said that it was late.",
     "Lord Penrith", "Penrith"),
    ("Terrence Gaines left on Monday. His mother, Lila Gaines, blamed the police. Gaines, 23, wept.", "Gaines",
     "Terrence Gaines"),
    # unless it was the relative whom the article was about
    ("Dr Orr blamed the mayor. Ann Orr, a surgeon, said that it was late.", "Dr Orr", "Ann Orr"),
    ("Jo Lind left with her husband, Tom Orr. Mr Orr blamed the mayor.", "Mr Orr", "Tom Orr"),
    ('Mayor Curtis "Buddy" Bellwether spoke. “Buddy can’t read,” said Gloria Stanhope.', "Buddy",
     'Curtis "Buddy" Bellwether'),
    # a name that ends what opens the sentence is not whom the sentence is about
    ("After talks with Ruth Calder, the finance minister accused the dockers of greed.", "the finance minister",
     "finance minister"),
    ("The dockers attacked Ruth Calder, the finance minister said.", "the finance minister", "finance minister"),
    ("Following talks with Ivo Strand, the dockers’ leader, Pia Holt, said the operator had lied.",
     "the dockers’ leader", "Pia Holt"),
    ("In a letter to Ivo Strand, the transport secretary, the dockers said the operator had lied.",
     "the transport secretary", "Ivo Strand"),
    # whose sister or spokesman somebody is, they are not
    ("Dr. Nell Garrow, the governor’s sister, voted no. Gov. Hugh Garrow was silent. Pia Holt blamed the governor.",
     "the governor", "Hugh Garrow"),
    ("A spokesman for the senator, Colin Deasy, declined to comment. Rep. Pia Holt said the senator was a coward.",
     "the senator", "senator"),
    ("Her colleague on the council, Pia Holt said, had lied to the town.", "Her colleague", "Her colleague"),
    ("Pia Holt wrote to the treasurer, Colin Deasy. She said the treasurer had lied.", "the treasurer", "Colin Deasy"),
    # a title right ahead of a name is its bearer's
    ("Council leader Cllr Hugh Brandt said the authority had no choice. Cllr Pia Holt called the leader a bully.",
     "the leader", "Hugh Brandt"),
    ("Labour leader Hugh Brandt said the Tories had lied.", "Labour", "Labour"),
    # the leader of a group is not the leader, nor a shadow minister the minister
    ("Council leader Hugh Brandt spoke. Green group leader Pia Holt asked for more time. Nell Garrow said the leader "
     "had lied.", "the leader", "Hugh Brandt"),
    ("Housing Minister Hugh Brandt spoke. Shadow fisheries minister Pia Holt asked for more time. Nell Garrow said the "
     "minister had lied.", "the minister", "Hugh Brandt"),
    ("Mayor Hugh Brandt spoke. Green group leader Pia Holt asked for more time. Nell Garrow said the group leader had "
     "lied. Garrow called the leader a bully.", "the leader", "Pia Holt"),
    # who spoke without a name goes on, unless it was somebody who is named meanwhile or nobody by whom words are told
    ("Housing Minister Hugh Brandt spoke.\n\nOne minister, who asked not to be named, said Brandt was finished.\n\n“It "
     "is a matter of days,” the minister said.", "the minister", "One minister"),
    ("Tarn MP Pia Holt was cheered. One backbencher, speaking on condition of anonymity, said the whips were bullies. "
     "“They shouted at me,” the MP said.", "the MP", "One backbencher"),
    ("Councillor Hugh Brandt spoke. A councillor from the north said the vote was a farce. Brandt said the sums were "
     "right. “I checked them twice,” the councillor said.", "the councillor", "Hugh Brandt"),
    ("Senator Pia Holt met the press. A senator is elected for six years. “I will serve them,” the senator said.",
     "the senator", "Pia Holt"),
    ("Mayor Hugh Brandt resigned. A former mayor said it was too late. “I was tired,” the mayor said.", "the mayor",
     "Hugh Brandt"),
    # an office in letters is that of the one who holds it, unless a body goes by them
    ("Deputy President Hugh Brandt spoke. “The DP has lost his nerve,” said Pia Holt.", "The DP", "Hugh Brandt"),
    ("PM Pia Holt spoke. “The PM has lost her nerve,” said Hugh Brandt.", "The PM", "Pia Holt"),
    ("Deputy President Hugh Brandt met the Dockers’ Party. “The DP has had enough,” said Pia Holt.", "The DP",
     "Dockers’ Party"),
    ("Attorney-General Hugh Brandt spoke. Pia Holt said the Attorney-General had lied.", "the Attorney-General",
     "Hugh Brandt"),
    # a CEO is a chief executive, but not for anything else
    ("Chief Executive Officer Pia Holt cut 90 jobs. Dockers’ Guild president Nell Garrow accused the CEO of greed. CEO "
     "Hugh Brandt of Tarn Mining praised her.", "the CEO", "Pia Holt"),
    ("CEO Pia Holt met Nell Garrow. Then Garrow accused the chief financial officer of greed.",
     "the chief financial officer", "chief financial officer"),
    # who leads one body is not the leader of another, and nor is who leads a march
    ("Pia Holt, who heads the transit agency, spoke. Mayor Hugh Brandt called the union leader a liar.",
     "the union leader", "union leader"),
    ("Pia Holt, who heads the transit agency, spoke. Mayor Hugh Brandt called the agency leader a liar.",
     "the agency leader", "Pia Holt"),
    ("The council is led by Pia Holt. Hugh Brandt met her. Mr Brandt accused the council leader of lying.",
     "the council leader", "Pia Holt"),
    ("Pia Holt, who leads the polls, met Nell Garrow. Mayor Hugh Brandt called the union leader a liar.",
     "the union leader", "union leader"),
    ("A march led by Pia Holt reached the hall. Mr Brandt accused the council leader of lying.",
     "the council leader", "council leader"),
    # who holds a public office is meant by "this" and "his" too
    ("Mayor Pia Holt raised the tax. “This mayor has betrayed us,” Nell Garrow said.", "This mayor", "Pia Holt"),
    ("Transport Minister Pia Holt was silent. Premier Hugh Brandt defended his minister on Monday.", "his minister",
     "Pia Holt"),
    ("Energy Minister Pia Holt met Transport Minister Nell Garrow. Premier Hugh Brandt defended his minister.",
     "his minister", "his minister"),
    ("Health Secretary Pia Holt was silent. Hugh Brandt thanked his secretary on Monday.", "his secretary",
     "his secretary"),
    # a member of the House is a congresswoman or a congressman, and a British secretary of a department a minister
    ("Rep. Pia Holt and Rep. Hugh Brandt met. Nell Garrow said the congresswoman had lied.", "the congresswoman",
     "Pia Holt"),
    ("Pia Holt, the health secretary, was silent. Nell Garrow said the minister had lied.", "the minister", "Pia Holt"),
    ("Pia Holt, the health secretary, met a minister from Lorvane. Nell Garrow said the minister had lied.",
     "the minister", "minister"),
    ("Pia Holt, the press secretary, was silent. Nell Garrow said the minister had lied.", "the minister", "minister"),
    ("Pia Holt, the health secretary, met Transport Minister Hugh Brandt. Nell Garrow said the minister had lied.",
     "the minister", "Hugh Brandt"),
    ("With us is Councilwoman Pia Holt. Councilwoman, you voted no.", "Councilwoman", "Pia Holt"),
    # a minister for something is a minister, and the director of a body no body
    ("Minister for National Housing Hugh Brandt spoke. Pia Holt, an MP, asked if the minister would resign.",
     "the minister", "Hugh Brandt"),
    # a description ahead of a name is not of whom the text names before
    ("With us are Pia Holt, a Democrat, and the lawyer Hugh Brandt. The lawyer was late.", "The lawyer",
     "Hugh Brandt"),
    ("The guests were Hugh Brandt, a priest, and the novelist Nell Garrow, who blamed the bishop.", "the novelist",
     "Nell Garrow"),
    ("We met Pia Holt, a priest and the mayor of Tarn. Hugh Brandt said the mayor had lied.", "the mayor", "Pia Holt"),
    # what somebody is one of is nobody's name
    ("Rep. Pia Holt, a Democrat, blamed Gov. Hugh Brandt.", "a Democrat", "Pia Holt"),
    ("Pia Holt, a Democrat who is running for the Senate, praised Gov. Hugh Brandt.",
     "a Democrat who is running for the Senate", "Pia Holt"),
    ("“He failed,” said Pia Holt, a Hollin Republican.", "a Hollin Republican", "Pia Holt"),
    ("Hugh Brandt resigned. “It took a Brandt to do that,” said Pia Holt.", "a Brandt", "Hugh Brandt"),
    ("Senator Pia Holt denounced the bill. The Maine Democrat said it was a farce.", "The Maine Democrat", "Pia Holt"),
    # and what somebody was before is no name either; what belongs to somebody is not that person
    ("Pia Holt won. The retired surgeon called the mayor a liar.", "The retired surgeon", "Pia Holt"),
    ("Pia Holt became the town’s mayor in May. Hugh Brandt was pleased. The town blamed him.", "The town", "town"),
    # nor is "herself" part of a name, nor "Dean" a title behind another
    ("Sheriff Cole Gale's deputies cleared the pier. Gale himself called the dockers a disgrace.", "Gale", "Cole Gale"),
    ("Councillor Hugh Brandt left. Pia Holt called Cr Brandt a bully.", "Cr Brandt", "Hugh Brandt"),
    ("Strike leader Hugh Brandt left. Pia Holt called Comrade Brandt a bully.", "Comrade Brandt", "Hugh Brandt"),
    ("Ambassador Dean Farrow called the mayor a liar. Ruth Calder praised Farrow.", "Farrow", "Dean Farrow"),
    # several with one title are not the first of them
    ("Senators Brandt, Holt and Deasy voted no. Governor Nell Garrow blamed the senators.", "the senators", "senators"),
    ("Sen. Hugh Brandt voted no. Governor Nell Garrow blamed the senator.", "the senator", "Hugh Brandt"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words", "actor"), ROLES)
def test_roles_titles_and_nicknames_are_whose_they_are(text, words, actor):
    mentions = nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False).mentions
    assert set(mentions.loc[mentions["text"] == words, "actor"]) == {actor}


def test_a_businessman_is_no_woman_and_one_person_no_group():
    man = Mention(0, 11, "nominal", "person", "businessman", False, "m")
    actors = [Actor("person"), Actor("person", gender="m"), Actor("person", gender="f"), Actor("group", plural=True)]
    assert [fits(man, a) for a in actors] == [True, True, False, False]


@pytest.mark.parametrize(
    ("body", "words", "actor"),
    [
        ("The renters association", "The agency", "agency"),
        ("The pilots union", "The party", "party"),
        ("The pilots union", "The union", "pilots union"),
    ],
)
def test_a_body_is_not_called_by_the_noun_of_another(body, words, actor):
    text = f"{body} met on Monday. {words} said that no rent would rise before June."
    mentions = nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False).mentions
    assert set(mentions.loc[mentions["text"] == words, "actor"]) == {actor}


SOURCES = [
    ("Tessa Whitlow resigned. Her former aide Colm Deasy, now of the Reform League, said she was a disgrace.",
     "Colm Deasy"),
    ("The Labour MP for Castrel, Fiona Gilroy, told MPs that the minister was asleep.", "Fiona Gilroy"),
    ("A spokeswoman for the Garrow campaign, Kim Tull, said the board had lied to the town.", "Kim Tull"),
    ("Former Secretary of State Colin Deasy said the board had lied to the town.", "Colin Deasy"),
    ("Leader of the Opposition Fiona Gilroy told MPs that the minister was asleep.", "Fiona Gilroy"),
    ("Ona Vell, who leads the Harbour Board, said the town had been lied to.", "Ona Vell"),
    # not who is named in what opens the sentence
    ("In a letter to Ivo Strand, the transport secretary said the operator had lied to passengers.",
     "transport secretary"),
    # "who" is a person, and not the employer
    ("One witness was Nell Garrow, a lawyer for Tarn Mining, who said the regulator had lied.", "Nell Garrow"),
    ("It was backed by the Guild, who said the ministry had lied.", "Guild"),
    # nor is a title somebody else than its bearer
    ("Council leader Cllr Hugh Brandt said the authority had no choice.", "Hugh Brandt"),
    ("Board chair Nell Garrow said the dockers had lied.", "Nell Garrow"),
    # nor the body whose officer somebody is
    ("“The closure is a farce,” school board president Nell Garrow said.", "Nell Garrow"),
    ("“The mayor has lied to us,” city council member Colin Deasy told the Courier.", "Colin Deasy"),
    ("Garrow campaign spokeswoman Pia Holt said that Garrow had never lied.", "Pia Holt"),
    ("“The city council has lied,” said Colin Deasy.", "Colin Deasy"),
    ("The city council told member Colin Deasy that the mayor had lied.", "city council"),
    # nor who is named in one's own words ahead of "she said"
    ("Pia Holt was furious. Mrs Garrow, she said, had “sold every nurse in the town”.", "Pia Holt"),
    ("Colin Deasy gave a name. It was Mr Deasy, he said.", "Colin Deasy"),
    # whoever is named beside an office in letters, or one told of by where it is held
    ("The firm’s CEO, Colin Deasy, said that the dockers had lied.", "Colin Deasy"),
    ("The island’s MSP, Pia Holt, told the minister that she had lied.", "Pia Holt"),
    ("Its CEO said that the mayor, Colin Deasy, had lied.", "Its CEO"),
    ("Her colleague on the council, Colin Deasy, said that the mayor had lied.", "Colin Deasy"),
    ("Her counterpart at Tarn Mining, Colin Deasy, said that the mayor had lied.", "Colin Deasy"),
    # a name that is a list
    ("The Farm, Food and Timber Union accused ministers of lying.", "Farm, Food and Timber Union"),
    ("Farm, Food and Timber Union secretary Nell Garrow blamed ministers.", "Nell Garrow"),
    ("In a vote that the opposition Harbour League called a farce, the bill passed.", "Harbour League"),
    # what a body is stands ahead of its name
    ("Pension fund Aldermoor accused Chairman Colin Deasy of waste.", "Aldermoor"),
    ("In a vote that the opposition Harbour League called a farce, the bill passed.", "Harbour League"),
    ("The hedge fund Aldermoor said that it had lied to the board.", "Aldermoor"),
    ("Activist investor Colin Deasy accused the board of waste.", "Colin Deasy"),
    # a body that is told of by who is in it
    ("A panel of Lord Justice Brandt and Lady Justice Holt criticised the mayor.",
     "panel of Lord Justice Brandt and Lady Justice Holt"),
    # an office in capitals that its holder's name follows, and what somebody sits for
    ("The guild’s National Secretary, Mr Colin Deasy, said ministers had lied to the town.", "Colin Deasy"),
    ("The hospital’s Director of Nursing, Ms Nell Garrow, blamed ministers for the deaths.", "Nell Garrow"),
    ("Its Director General, Dr Pia Holt, accused ministers of lying.", "Pia Holt"),
    ("The member for Castrel, Nell Garrow, said the premier had lied to the town.", "Nell Garrow"),
    # a body has its whole name, and no day
    ("The Association of Resident Welders on Friday accused ministers of lying.", "Association of Resident Welders"),
    ("The Union of Harbour Cooks on Tuesday accused ministers of lying.", "Union of Harbour Cooks"),
    ("Freight Canada accused ministers of lying to drivers.", "Freight Canada"),
    # what an officer is for stands between party and office
    ("Harbour Party housing spokeswoman Pia Holt said the premier had lied to the town.", "Pia Holt"),
    ("NDP rural affairs critic Colin Deasy said the premier had lied to the town.", "Colin Deasy"),
    ("The Harbour Party told housing spokeswoman Pia Holt that the premier had lied.", "Harbour Party"),
    # whoever sits on a committee is not the committee
    ("“The bill is a farce,” said the ranking Democrat on the Senate SALT Committee.",
     "ranking Democrat on the Senate SALT Committee"),
    ("The top Republican on the House Ports Committee, Rep. Pia Holt of Ohio, said the mayor had lied.", "Pia Holt"),
    ("The House Ports Committee said the mayor had lied.", "House Ports Committee"),
    # nor is a campaign whoever works for it
    ("Colin Deasy, a policy adviser at the Holt campaign, spoke first. The Holt campaign said the mayor had lied.",
     "Holt campaign"),
    # whom others are close to says nothing
    ("Those close to Colin Deasy said the mayor had betrayed the town.", "nobody"),
    ("A spokesman for Colin Deasy said the mayor had betrayed him.", "Colin Deasy"),
    # nor does who was shown what is quoted
    ("Emails seen by the Herald show that the mayor lied to the board.", "nobody"),
    ("A report written by the Audit Office said the mayor had lied to the board.", "Audit Office"),
    # nor does who is told of in what is quoted
    ("A recent review of Ms Pia Holt’s letters found that the mayor had lied to the board.", "nobody"),
    ("Three of Colin Deasy’s aides said the mayor had betrayed the town.", "Three of Colin Deasy’s aides"),
]  # fmt: skip


SPOKESMEN = [
    ("The RLV spoke on Monday. An RLV spokeswoman said that the firm was wrong. A Bluegull spokeswoman said no.",
     "A Bluegull spokeswoman", "Bluegull"),
    ("The RLV met on Monday. An RLV spokeswoman said that the firm was wrong. Ms Ona Vell wept. “They lied to us,” "
     "the spokeswoman said.", "the spokeswoman", "RLV"),
    ("Tom Ashby called the offer an insult. The chancellor’s official spokesman rejected the claim.",
     "The chancellor’s official spokesman", "chancellor"),
    # who goes on is the spokesman, unless somebody else was named meanwhile
    ("Tam Orr attacked the Bluegull. A spokesman for the Bluegull said no. “We have nothing to hide,” he said. “Orr is "
     "wrong,” he added.", "he", "Bluegull"),
    ("A spokesman for the Bluegull rejected the criticism. Captain Tam Orr was not convinced. “They have the worst "
     "record in the country,” he said.", "he", "Tam Orr"),
    ("Tam Orr left. A Bluegull spokeswoman called it a loss. “It was my life,” he said.", "he", "Tam Orr"),
    ("A spokesman for Mr Deasy said the accounts were in order.\n\nMr Garrow is expected to face the board on Friday. "
     "Asked whether he had an answer, he replied: “I am ready for them.”", "I", "Garrow"),
    ("A Bluegull spokesman said Captain Deasy was ill. “We all wish him well,” he said.", "he", "Bluegull"),
    # one with a name is himself
    ("A police spokesman, Bo Lind, said no. “They lied to us,” the spokesman said.", "the spokesman", "Bo Lind"),
    ("“That is wrong,” said the Harbour spokesman Bo Lind. The Harbour spokesman blamed the mayor.",
     "The Harbour spokesman", "Bo Lind"),
    # the campaign of somebody else is not one's own
    ("Gov. Pat Harlan released an ad on Monday. The Tarrant campaign called the ad racist. Lucia Tarrant trails "
     "Harlan.",
     "The Tarrant campaign", "Tarrant campaign"),
    ("Lucia Sorrel spoke. The Sorrel campaign called it racist. On Tuesday the campaign called it a lie.",
     "the campaign", "Sorrel campaign"),
    ("Tom Ashby won. His team said he was glad. Lucia Sorrel was not: her team said he lied.", "His team", "His team"),
    ("Tom Ashby won. His team said he was glad. Lucia Sorrel was not: her team said he lied.", "her team", "her team"),
    ("Tom Ashby won. His team said he was glad. On Tuesday his team left.", "his team", "His team"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words", "actor"), SPOKESMEN)
def test_spokesmen_and_campaigns_are_whose_they_are(text, words, actor):
    mentions = nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False).mentions
    assert set(mentions.loc[mentions["text"] == words, "actor"]) == {actor}


@pytest.mark.parametrize(("text", "speaker"), SOURCES)
def test_who_speaks_is_whom_the_source_is_about(text, speaker):
    quotes = nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False).quotes
    assert quotes["speaker"].fillna("nobody").tolist() == [speaker]


SPEAKERS = [
    # what an officer is of may stand between office and name
    ("Brasko’s co-founder, Mira Castellan, attacked Emil Straka.", ["Mira Castellan"]),
    ("The head coach of Brasko Town, Emil Straka, criticised Carl Quist.", ["Emil Straka"]),
    # who owns the reply that follows; but not where somebody else speaks
    ("Pia Holt blamed Mr Deasy. “He was asleep,” said Ms Holt.\n\nMr Deasy’s answer was curt. “I was ill for a week.”",
     ["Pia Holt", "Pia Holt", "Deasy"]),
    ("“He was asleep,” said Pia Holt.\n\nColin Deasy’s reply came within the hour.\n\n“I was ill for a week.”",
     ["Pia Holt", "Colin Deasy"]),
    ("Colin Deasy was ill. The answer to Mr Deasy’s reply was curt. “He lies,” said Pia Holt.", ["Pia Holt"]),
    # somebody else without a name
    ("One tenant said: “She has no heart.” Another said: “She should resign.”", ["One tenant", None]),
    ("Pia Holt met tenants, with one fuming: “You should resign.”", [None]),
    ("One tenant said: “She has no heart.” She told another: “Resign.”", ["One tenant", "One tenant"]),
    # "they" of one person without a name, unless several may be meant
    ("A Labour adviser was scathing. “The mayor is finished,” they said. They added: “He lied.”",
     ["Labour adviser", "Labour adviser"]),
    ("A spokesperson for the trust was brief. “We are sorry for the delay,” they added.", ["trust"]),
    ("A friend of the minister met nurses on Friday. “We are angry,” they said.", ["nurses"]),
    # a document says what whoever issued it says, unless others only tell of it
    ("The Dockers’ Guild answered on Friday with a statement.\n\n“Mr Orr has lied to us,” it said. “He must go.”",
     ["Dockers’ Guild"]),
    ("In a letter to members, Pia Holt called the plan a folly. The letter said Colin Deasy had lied.",
     ["Pia Holt", "Pia Holt"]),
    ("According to the Hollin Argus, a letter was sent by Mr Deasy. The letter said the pier was lost.",
     ["Hollin Argus", None]),
    # and not whom it quotes
    ("“Colin Deasy left on Friday,” the Dockers’ Guild said in a statement.\n\n“We thank him,” the statement said.",
     ["Dockers’ Guild", "Dockers’ Guild"]),
    # “he” who tells of “her” is not her of whom nothing else is told; but whoever was cited by name goes on
    ("Then there is Leova Carrow. The voice changes.\n\n“She took the money,” he said. “She is dangerous.”", [None]),
    ("Quill Vell, the first trans mayor, spoke. “He was me, once,” she said. “It is over,” she added.",
     ["Quill Vell"] * 2),
    ("Leova Carrow praised the mayor. The pier is safe, Carrow said. “He is honest,” she said.",
     ["Leova Carrow"] * 2),
    # a sub-heading is nobody’s, unless it goes on
    ("“I did no wrong,” Colin Deasy said.\n\n'They took my boat'\n\nHarl lies on a lake.\n\n"
     "“They took my boat and sold it,” said Pia Holt.", ["Colin Deasy", "Pia Holt"]),
    ("“I did no wrong,” Colin Deasy said.\n\n“It will be hard”\n\n“But we will win.”\n\nHe left.", ["Colin Deasy"]),
    # whom a heading tells of as blamed
    ("Mayor slammed for ‘heartless’ cuts\n\nPia Holt said that the library would shut.", [None, "Pia Holt"]),
    ("Deasy affair explained\n\nThe harbour board has lied for years, Pia Holt said.", ["Pia Holt"]),
    ("Mayor slams rival for ‘heartless’ cuts\n\nPia Holt said that the library would shut.", ["Mayor", "Pia Holt"]),
    # whose reply, cry or shout "came" behind the words
    ("“This is no pantomime,” Pia Holt said. “Oh yes it is!” came the reply from the guild’s Colin Deasy.",
     ["Pia Holt", "Colin Deasy"]),
    ("Pia Holt sat down. “Shame!” came a shout from the dockers. “It is late,” Holt said.", ["dockers", "Pia Holt"]),
    ("“It is late,” Pia Holt said. “We left,” she said when the reply from Colin Deasy came.", ["Pia Holt"]),
    # "here" is nobody
    ("Here is the full quote from Pia Holt, the health secretary, on the strike. “We have made a fair offer.”",
     ["Pia Holt"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "speakers"), SPEAKERS)
def test_who_says_each_of_several_quotations(text, speakers):
    quotes = nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False).quotes
    assert [name if isinstance(name, str) else None for name in quotes["speaker"]] == speakers


@pytest.mark.parametrize(
    "title",
    [
        "Del.",
        "DCI",
        "PC",
        "Viscountess",
        "Cllr.",
        "Coun.",
        "Det. Insp.",
        "Govs.",
        "Adm.",
        "Smt.",
        "Taoiseach",
        "Cr",
        "Engr.",
    ],
)
def test_short_titles_end_no_sentence_and_are_no_name(title):
    text = f"It was “a disgrace to the whole of this town,” said {title} Eleanor Marsh. Marsh left."
    for reader in ("rules", "model"):
        analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False)
        assert analysis.quotes["speaker"].tolist() == ["Eleanor Marsh"]
        assert set(analysis.actors["name"]) - {"whole of this town"} == {"Eleanor Marsh"}


NOT_HERSELF = [
    # nobody calls themselves "she" in their own words
    ("“She told us one thing and did another,” Fay Mabry said.", "She", "Fay Mabry"),
    # nor “he”, where “he said” follows
    ("Rory Quill trails Mr Tam Orr. On Friday he was scathing. “He never read it,” he said.", "He", "Rory Quill"),
    # the subject of a verb is not its object
    ("Ivo Orr left. “Our father would be ashamed of him,” Thaddeus Orr said.", "him", "Our father"),
    ("Ona Marsh leads the union. Her predecessor, Gerry Lomax, once described her as weak.", "her", "Gerry Lomax"),
    ("Ida Sund quit. She blamed Leova Carrow, who never forgave her.", "her", "Leova Carrow"),
    ("Ida Sund quit. She met with Leova Carrow, who had hired her.", "her", "Leova Carrow"),
    # also where the object is a description; but what somebody is, they are
    ("Bo Lind asked the prime minister six questions. The prime minister laughed.", "the prime minister", "Bo Lind"),
    ("The High Court pulled up the state government for its silence.", "the state government", "High Court"),
    # nor is the object, or whose it is, the subject
    ("Hugh Tarn took questions for an hour. Bo Lind left, though he mocked Tarn’s plan as “thin.”", "he", "Hugh Tarn"),
    ("Hugh Tarn was silent. Bo Lind, who leads the polls, was polite, although he attacked Tarn.", "he", "Hugh Tarn"),
]


def test_a_participle_may_have_another_subject():
    text = "Nicola Sorley wrote to Mr Jack Connell on Tuesday accusing him of an error of judgement."
    mentions = nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False).mentions
    assert mentions.loc[mentions["text"] == "him", "actor"].tolist() == ["Jack Connell"]


@pytest.mark.parametrize(("text", "word", "actor"), NOT_HERSELF)
def test_whom_a_pronoun_cannot_mean(text, word, actor):
    mentions = nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False).mentions
    assert actor not in mentions.loc[mentions["text"] == word, "actor"].tolist()


THEY = [
    ("The ministry fined three ferry firms last week. They had ignored the rules.", "They", "three ferry firms"),
    ("The court jailed two aides of Bo Lind. They had lied.", "They", "two aides of Bo Lind"),
    ("The council met on Monday. They said that the dam was late.", "They", "council"),
    ("The union met the mayor. It wants the pier rebuilt. “It is a shame,” said Ida Brandt.", "It", "union"),
    ("The party expelled four groups in May. They included groups that had fought Ona Vell.", "They", "four groups"),
    ("It was raining when the union met. The union voted to strike.", "It", None),
    # of whom something is said
    ("Joel Mott left the club. “They treat us like dirt,” he said of the league.", "They", "league"),
    ("“It has failed us,” Joel Mott said of the council in a speech.", "It", "council"),
    ("Ida Sund praised Bo Lind. Of Joel Mott, Sund said: “He has lovely hair.”", "He", "Joel Mott"),
    ("Joel Mott lost. Of course, Ida Sund said: “He has lovely hair.”", "He", "Joel Mott"),
    ("The league met. “They only want money,” Joel Mott said of Ms Horn’s plans.", "They", "league"),
]
BODY = [
    # "the state" is no body that has the word in its name, nor a ministry a number of people
    ("Islamic State claimed the attack. “The state is strong,” Governor Ida Brandt said.", "The state", "state"),
    (
        "CASTREL, May 3 (RLV) - Rebels of the Tarn Front accused the government of Lorvane on Tuesday of bombing a "
        "market.\n\nThe defence ministry denied the charge, saying its planes had struck a depot.",
        "Rebels",
        "Rebels",
    ),
    ("A group of MPs has quit. The group said it had no choice.", "The group", "group of MPs"),
    # the first word behind a time is no part of a name
    ("14.52 The Ward Guild has responded. It says Ida Brandt has lied.", "The Ward Guild", "Ward Guild"),
]


@pytest.mark.parametrize(("text", "word", "actor"), THEY)
def test_they_are_whoever_acts_and_it_may_be_nobody(text, word, actor):
    mentions = nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False).mentions
    meant = mentions[mentions["text"] == word].sort_values("start")["actor"].tolist()
    assert meant[:1] == ([actor] if actor else [])


def test_pronouns_are_ranked_by_the_weights_of_their_head():
    """The head that says whom a pronoun may mean and the ranking that decides are of the same kind."""
    for head, words in HEADS.items():
        for word in words:
            plural = word in ("they", "them", "their")
            assert network(Mention(0, len(word), "pronoun", "person", word, plural=plural)) == head
    assert network(Mention(0, 9, "nominal", "group", "activists", plural=True)) == "words"
    assert set(HEADS) | {"words"} == set(NETWORKS)


@pytest.mark.parametrize(("text", "word", "actor"), BODY)
def test_what_a_noun_for_a_body_means(text, word, actor):
    mentions = nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False).mentions
    assert mentions.loc[mentions["text"] == word, "actor"].tolist() == [actor]


TOLD_IN_MARKS = (
    "Ingrid Thorsby, who leads the council, came out to the cameras on Friday. She was less kind about her partner in "
    "office, Anneke Roos.\n\n{said}\n\nThe council meets again in May."
)


@pytest.mark.parametrize(
    ("said", "speaker"),
    [
        ("“Anneke knew what was in this budget, for she helped to write it,” she says.", "Ingrid Thorsby"),
        ("“People ask me, Ingrid, why the hurry, and I tell them,” she says.", "Ingrid Thorsby"),  # she is spoken to
    ],
)
def test_who_is_named_in_a_quotation_hardly_says_it(said, speaker):
    text = TOLD_IN_MARKS.format(said=said)
    quotes = nl.analyze(pd.DataFrame({"text": [text]}), progress=False).quotes
    assert quotes.loc[quotes["source"] == "she", "speaker"].tolist() == [speaker]


TOLD_OF = [
    # nation, party, age, family, trade and prize are those of whom the sentence before is about
    ("Captain Arvid Holm denied it. “I never touched him,” the Norwegian insisted.", ["Arvid Holm"]),
    ("Senator Della Quist broke with the governor. “He is wrong,” the Iowa Republican said.", ["Della Quist"]),
    ("Brasko boss Emil Straka blamed the strike on Labour. The tycoon said: “They ruined it.”", ["Emil Straka"]),
    ("Novelist Mira Castellan left the jury. She was angry. “It is a farce,” the Booker winner said.",
     ["Mira Castellan"]),
    ("Joel Brandt left training early. “He never listened,” the Ghana international said.", ["Joel Brandt"]),
    ("Joel Brandt took aim at the fans. “It was cowardly,” the striker said.", ["Joel Brandt"]),
    ("Councillor Rhona Pryce left the party. “They lied,” the mother-of-two told the Herald.", ["Rhona Pryce"]),
    # but not whom they name, nor one of another nation or sex, nor who is named in the same sentence
    ("Arvid Holm resigned on Monday. “Holm has lied,” the billionaire said.", ["billionaire"]),
    ("Arvid Holm left the club. “It is over,” The Tennessean said in an editorial.", ["The Tennessean"]),
    ("Mr Arvid Holm resigned on Monday. “It was time,” the businesswoman said.", ["businesswoman"]),
    ("Rhona Pryce quit. “He is a liar,” the resident said.", ["resident"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "speakers"), TOLD_OF)
def test_what_somebody_is_is_told_of_whom_the_sentence_before_is_about(text, speakers):
    quotes = nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False).quotes
    quotes = quotes[quotes["text"].str.contains("[.,]$|I won|They ruined")]
    assert quotes["speaker"].fillna("nobody").tolist() == speakers


ATTACKED = "Senator Ona Talmer attacked Ivo Brasko on Monday. Brasko said that he would close the port. "


@pytest.mark.parametrize(
    ("text", "words", "actor"),
    [
        # who stands so is the only other person of the sentence and the one before
        (ATTACKED + "Talmer urged the Hollin mogul to quit. Brasko shrugged.", "the Hollin mogul", "Ivo Brasko"),
        ("Ona Talmer leads, and Ivo Brasko is far behind her. Talmer has never liked Brasko. She has refused to debate "
         "with the former governor since May. Brasko says that she is afraid.", "the former governor", "Ivo Brasko"),
        ("Rep. Tam Orr asked for an inquiry. Orr said that Ivo Brasko had lied. The Utah Republican says in a notice "
         "that he is a menace.", "The Utah Republican", "Tam Orr"),
        ("British diplomat praises Brasko.\n\nPresident Ivo Brasko has an admirer in British diplomat Sir Peter "
         "Quandel.", "British diplomat", "Peter Quandel"),
        # but not one of two, nor of whom the article hardly speaks, nor what somebody may be
        (ATTACKED + "Brasko met Tam Orr. Talmer urged the Hollin mogul to quit.", "the Hollin mogul", "Hollin mogul"),
        ("Ona Talmer toured the port. She met Ivo Brasko. Talmer urged the mayor to quit.", "the mayor", "mayor"),
        (ATTACKED + "Talmer and the prime minister laughed.", "the prime minister", "prime minister"),
        (ATTACKED + "Talmer will vote for him if he’s the nominee.", "the nominee", "nominee"),
        (ATTACKED + "Talmer hopes to be the nominee. Brasko shrugged.", "the nominee", "nominee"),
        (ATTACKED + "Talmer will back the next nominee. Brasko shrugged.", "the next nominee", "next nominee"),
        (ATTACKED + "Talmer thanked the mayor who built it. Brasko shrugged.", "the mayor who built it", "mayor"),
    ],
)  # fmt: skip
def test_whom_an_article_is_about_is_called_by_a_standing(text, words, actor):
    mentions = nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False).mentions
    assert set(mentions.loc[mentions["text"] == words, "actor"]) == {actor}


@pytest.mark.parametrize(
    ("text", "words", "actor"),
    [
        ("Calverton Motors cut 300 jobs. The mayor, Bo Orr, accused the company of greed.", "the company",
         "Calverton Motors"),
        ("Calverton Motors cut 300 jobs. The Board of Trade backed the firm.", "the firm", "Calverton Motors"),
        # but not a ministry, one of two firms, or who owes money to one
        ("The Trade Ministry banned the cars. Bo Orr said the company had lied.", "the company", "company"),
        # nor the paper that was told of it
        ("Calverton Motors cut 300 jobs. Bo Orr told the Ossery Courant that a strike would come. The company said no.",
         "The company", "company"),
        ("The Trade Ministry banned the cars. The carmaker said that it was absurd.", "The carmaker", "carmaker"),
        ("Calverton sued Brasko. The carmaker said that it was absurd.", "The carmaker", "carmaker"),
        ("A lender has sued. Calverton plc will pay. The lender said that it was glad.", "The lender", "lender"),
        ("Calverton plc polluted the river. The campaign group said that it was angry.", "The campaign group",
         "campaign group"),
    ],
)  # fmt: skip
def test_a_firm_is_called_by_what_it_does(text, words, actor):
    mentions = nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False).mentions
    assert set(mentions.loc[mentions["text"] == words, "actor"]) == {actor}


@pytest.mark.parametrize("reader", ["rules", "model"])
def test_the_office_of_a_prime_minister_is_one_body(reader):
    text = (
        "No 10 said on Monday that the prime minister had won. A Number 10 spokesman thanked Bo Lind. Lind replied "
        "that Downing Street was wrong."
    )
    mentions = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False).mentions
    assert mentions.loc[mentions["actor"] == "Downing Street", "text"].tolist()[:1] == ["No 10"]
    assert not {"No", "Number", "10 spokesman"} & set(mentions["actor"])


def test_the_office_is_known_where_the_prime_minister_has_capitals():
    text = "Prime Minister Tam Orr spoke on Monday. Ona Vell accused No 10 of lying."
    stances = nl.analyze(pd.DataFrame({"text": [text]}), progress=False).stances
    assert stances[["source", "target"]].values.tolist() == [["Ona Vell", "Downing Street"]]


@pytest.mark.parametrize("words", ["Resolution No 10", "The world No 10", "The No 10 bus", "Number 10 on the list"])
def test_a_tenth_is_not_the_office_of_a_prime_minister(words):
    text = f"{words} annoyed Bo Lind. The prime minister said so."
    assert "Downing Street" not in {m.name for m in nl.Reader("rules").read(Text(text)).mentions}


def test_a_lord_is_not_the_lady_of_his_name():
    reading = nl.Reader("rules").read(Text("Lady Marsh praised the plan. Lord Marsh said that it was weak."))
    of = resolve(reading).by_mention
    named = [i for i, m in zip(of, reading.mentions, strict=True) if m.name == "Marsh"]
    assert len(set(named)) == 2


def test_a_lord_is_not_the_lady_of_his_name_in_a_corpus():
    texts = [
        "Lord Marsh attacked Lady Marsh.",
        "Lady Marsh criticised Lord Marsh.",
        "Lord Marsh left.",
        "Lady Marsh sang.",
    ]
    analysis = nl.analyze(pd.DataFrame({"text": texts}), reader="rules", progress=False)
    ids = analysis.mentions.groupby("text")["actor_id"].unique().map(list).to_dict()
    assert ids == {"Lord Marsh": ["marsh"], "Lady Marsh": ["lady-marsh"]}
    edges = analysis.edges()
    assert set(edges["source_id"]) == {"marsh", "lady-marsh"}
    pairs = set(zip(edges["source"], edges["target"], strict=True))
    assert pairs == {("Lord Marsh", "Lady Marsh"), ("Lady Marsh", "Lord Marsh")}
    with pytest.raises(ValueError, match="2 actors are called 'Marsh'"):
        analysis.evidence("Marsh", "Lord Marsh")


def test_a_firm_is_not_the_union_that_its_name_is_joined_with():
    text = (
        "Corvane Mining and union agree pay deal\n\nCorvane Mining and its largest union agreed a deal on Friday. The "
        "union had accused managers of bullying. A spokesman for the union said: “Corvane treated us like dirt.”"
    )
    analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False)
    assert analysis.quotes["speaker"].tolist()[-2:] == ["union", "union"]


@pytest.mark.parametrize("reader", ["rules", "model"])
def test_a_firm_of_two_names_is_one_body(reader):
    text = (
        "Halden & Rooke shut its gates on Monday. Chief executive Saskia Lund said that Halden & Rooke had no choice. "
        "Bill & Ona Vell wept."
    )
    actors = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False).actors
    assert actors.set_index("name")["type"].get("Halden & Rooke") == "organisation"
    assert not {"Halden", "Rooke"} & set(actors["name"])


def test_two_who_are_also_named_apart_are_no_firm():
    assert firms("Orr & Vell met. Orr left.") == []
    text = "She works at Moore & Van Allen."
    assert [text[a:b] for a, b in firms(text)] == ["Moore & Van Allen"]


def test_who_says_i_in_speech_within_speech_is_its_speaker():
    t = "“I told Bo Lind to go,” said Ona Vell."
    span = {
        words: (t.index(words), t.index(words) + len(words)) for words in ("I", "told", "to go", "said", "Ona Vell")
    }
    reading = Reading(Text(t), find_quotations(Text(t)))
    reading.mentions = [
        Mention(*span["I"], "pronoun", "person", "i"),
        Mention(t.index("Bo"), t.index(" to go"), "name", "person", "Bo Lind"),
        Mention(*span["Ona Vell"], "name", "person", "Ona Vell"),
    ]
    reading.attributions = [
        Attribution(((1, t.index("”")),), span["Ona Vell"], span["said"]),
        Attribution((span["to go"],), span["I"], span["told"]),
    ]
    found = resolve(reading)
    assert [found.actors[i].name for i in found.speakers] == ["Ona Vell", "Ona Vell"]
    assert found.how == ["named", "resolved"]


@pytest.mark.parametrize(
    ("description", "role", "fits"),
    [
        ("the leader of the Harbour Party", "Harbour Party leader", True),
        ("the president", "president of the council", True),
        ("the next president", "president", False),
        ("the president", "vice president", False),
        ("the vice president", "vice president", True),
        ("the president of a small club", "president", False),
        ("the council", "president of the council", False),
    ],
)
def test_a_description_fits_an_office_or_not(description, role, fits):
    assert role_fits(role_words(description), role_words(role)) == fits


@pytest.mark.parametrize(
    ("text", "words", "actor"),
    [
        ("The GOP wants tax cuts. The Republican Party fought for years. Republicans are glad.",
         ["The GOP", "The Republican Party", "Republicans"], "Republican Party"),
        ("Democrats met on Monday. The Democratic Party will vote. The Democratic National Committee is glad.",
         ["Democrats", "The Democratic Party"], "Democratic Party"),
        ("The GOP lost. Orr has left the Republican party.", ["The GOP", "the Republican party"], "GOP"),
        ("The Liberal Democrats lost. The Democratic Party won.", ["The Liberal Democrats"], "Liberal Democrats"),
    ],
)  # fmt: skip
def test_a_party_is_one_by_all_its_names(text, words, actor):
    mentions = nl.analyze(pd.DataFrame({"text": [text]}), progress=False).mentions
    assert mentions.loc[mentions["actor"] == actor, "text"].tolist() == words
