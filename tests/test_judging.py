"""The second look: what the judge reads, under which names, and who may be meant without being named."""

import numpy as np
import pandas as pd
import pytest

import newslab as nl
from newslab.model.encoder import tokenize
from newslab.model.judging import FIRST, LAST, LONGEST, people_words, windows
from newslab.model.meant import meant
from newslab.model.weighing import likely_pairs
from newslab.reading import Mention
from newslab.rules.interviews import _surname
from newslab.rules.letters import find_letters
from newslab.stance import case_of
from newslab.text import Text

TEXT = (
    "Mayor Celia Marrable attacked Gareth Pell on Friday. “Pell is a liar,” she told the council.\n\n"
    "Pell laughed. “This is an outrage,” Maria Roe said. The harbour was closed. " + "It rained a little more. " * 30
)


@pytest.fixture(scope="module")
def reader():
    return nl.Reader()


@pytest.fixture(scope="module")
def read(reader):
    reading = reader.read(Text(TEXT))
    case = case_of(reading)
    return case, {a.name: i for i, a in enumerate(case.resolution.actors)}


def words(reader, ids):
    return [reader.encoder.tokenizer.id_to_token(int(i)) for i in ids]


def test_a_window_marks_both_actors_and_whose_words_they_are(reader, read):
    case, names = read
    pair = names["Celia Marrable"], names["Gareth Pell"]
    (window,) = windows([pair], case, tokenize(reader.encoder.tokenizer, TEXT))
    assert len(window.ids) == len(window.extra) <= LONGEST
    tokens, mark = words(reader, window.ids), window.extra[:, 3]
    role, whose = (mark - 1) % 4, (mark - 1) // 4
    assert {t for t, r in zip(tokens, role, strict=True) if r == 1} >= {"celia", "she"}
    target = {t for t, r, m in zip(tokens, role, mark, strict=True) if m and r == 2}
    assert "gareth" in target
    assert not target & {"celia", "she", "council"}
    liar = tokens.index("liar")
    assert whose[liar] == 1  # the source's words
    assert whose[tokens.index("attacked")] == 0  # the narrator's


def test_people_are_judged_under_other_names(reader, read):
    case, names = read
    pair = names["Celia Marrable"], names["Gareth Pell"]
    (window,) = windows([pair], case, tokenize(reader.encoder.tokenizer, TEXT))
    renamed = reader.judge.rename(window, people_words(case.resolution.actors))
    tokens = words(reader, renamed.ids)
    assert not {"celia", "gareth", "pell", "pel"} & set(tokens)
    assert "liar" in tokens
    roles = lambda w: sorted(set(((w.extra[:, 3] - 1) % 4)[w.extra[:, 3] > 0].tolist()))  # noqa: E731
    assert roles(renamed) == roles(window)


def test_names_of_people_change_no_answer_of_the_judge(reader):
    answers = []
    for name in ("Gareth Pell", "Mohammed Hassan"):
        text = f"“{name} is a liar and a cheat,” said Celia Marrable on Friday."
        reading = reader.read(Text(text))
        case = case_of(reading)
        names = {a.name: i for i, a in enumerate(case.resolution.actors)}
        pair = names["Celia Marrable"], names[name]
        answers.append(reader.judge([([pair], case)])[0][pair])
    np.testing.assert_allclose(answers[0], answers[1], atol=1e-5)


def test_the_judge_answers_each_pair_as_if_it_were_alone(reader, read):
    case, names = read
    pairs = [(i, j) for i in names.values() for j in names.values() if i != j][:9]
    (together,) = reader.judge([(pairs, case)])
    for pair in pairs:
        np.testing.assert_array_equal(reader.judge([([pair], case)])[0][pair], together[pair])


@pytest.mark.parametrize(("chance", "read"), [(0.5, 20), (0.15, 10), (0.05, 0)])
def test_pairs_are_read_where_they_are_likely(chance, read):
    keys = [(n, n + 1, "negative") for n in range(40)]
    assert likely_pairs(keys, np.full(40, chance)) == [(n, n + 1) for n in range(read)]


def test_no_clear_attack_vanishes_in_a_crowd(reader):
    people = [f"{a} {b}" for a, b in zip(FIRST[:32], LAST, strict=False)]
    quarrels = list(zip(people[:18], people[14:], strict=True))
    verbs = ("attacked", "condemned", "laid into", "rounded on")
    lines = [f"{a} {verbs[k % 4]} {b} over the harbour levy on Monday." for k, (a, b) in enumerate(quarrels)]
    lines.append("Ona Vell met Tam Orr on Tuesday.")
    stances = nl.analyze(pd.DataFrame({"text": ["\n\n".join(lines)]}), reader=reader, progress=False).stances
    against = stances[stances["polarity"] == "negative"]
    found = set(zip(against["source"], against["target"], strict=True))
    assert found >= set(quarrels)
    assert not found & {("Ona Vell", "Tam Orr"), ("Tam Orr", "Ona Vell")}


def test_who_is_meant_without_being_named(read):
    case, names = read
    found = meant(case)
    pairs = {(s.source, s.target) for s in found}
    assert (names["Maria Roe"], names["Gareth Pell"]) in pairs
    assert all(s != t for s, t in pairs)
    for s in found:
        assert TEXT[s.start : s.end] in TEXT


LETTERS = """Readers on the harbour tax.

LETTERS.

The minister has no idea what a harbour costs. He should resign.

It is a scandal that Gareth Pell is still paid for this by all of us.

Celia Marrable.

Port Adeyro.

TWITTER.

Give him a break, he means well.

@harbour_cat."""


def test_letters_belong_to_those_who_sign_them():
    found = find_letters(Text(LETTERS))
    signed = [LETTERS[slice(*a.source)] for a in found]
    assert signed == ["Celia Marrable", "@harbour_cat"]
    assert [len(a.content) for a in found] == [2, 1]
    assert LETTERS[slice(*found[1].content[0])] == "Give him a break, he means well."


def test_an_article_without_a_heading_of_letters_has_none():
    plain = LETTERS.replace("LETTERS.", "").replace("TWITTER.", "").replace("Readers on t", "T")
    assert find_letters(Text(plain)) == []


SIGNED = [
    ("CELIA MARRABLE,\nPort Adeyro", "CELIA MARRABLE"),
    ("Celia Marrable, Port Adeyro", "Celia Marrable"),
    ("CELIA MARRABLE\n\nPort Adeyro", "CELIA MARRABLE"),
    ("HANDS OFF PELL\n\nIt is late.\n\nCelia Marrable", None),  # the heading of the next letter
    ("Names and addresses supplied\n\nThank you, all of you.\n\nCelia Marrable", None),
]


@pytest.mark.parametrize(
    "heading", ["LETTERS TO THE EDITOR", "Letters: Why the minister of harbours should resign at once"]
)
@pytest.mark.parametrize(("end", "who"), SIGNED)
def test_letters_are_signed_in_capitals_and_with_a_place(heading, end, who):
    page = f"{heading}\n\nThe minister has no “idea” what a harbour costs. He is a disgrace.\n\n{end}\n"
    signed = {page[a.content[0][0] :][:12]: page[slice(*a.source)] for a in find_letters(Text(page))}
    assert signed.get("The minister") == who


def test_a_line_that_is_left_out_may_stand_above_a_signature():
    lines = "\n".join(["The minister has no idea what a harbour costs and what it is for"] * 3)
    page = (
        f"Your letters\n\n{lines}.\nREAD MORE: The council votes on the tax.\nCelia Marrable\n\nIt rained\nall day.\n"
    )
    (found,) = find_letters(Text(page))
    assert page[slice(*found.source)] == "Celia Marrable"


def test_a_letter_may_be_signed_where_it_ends():
    page = "Your letters\n\nThe minister has no idea what a harbour costs. - Celia Marrable, Port Adeyro"
    (found,) = find_letters(Text(page))
    assert [page[slice(*s)] for s in (*found.content, found.source)] == [
        "The minister has no idea what a harbour costs.",
        "Celia Marrable",
    ]
    quoted = page.replace("The minister has", "“The minister has").replace("costs.", "costs.”")
    assert find_letters(Text(quoted)) == find_letters(Text(page.replace("Your letters", "Yesterday"))) == []


@pytest.mark.parametrize("reader_name", ["rules", "model"])
def test_letter_writers_are_speakers(reader_name):
    quotes = nl.analyze(pd.DataFrame({"text": [LETTERS]}), reader=reader_name, progress=False).quotes
    assert "Celia Marrable" in set(quotes["speaker"].dropna())


TURNS = """

Q: What went wrong?

A: Hugo Brack is a disgrace. We never got a word from him.

He never read a balance sheet.

Q: Will you strike?

A: Yes, we will."""
INTROS = [
    "The Argus spoke to Celia Marrable, the guild’s general secretary, on Monday.",
    "Celia Marrable sat down with the Argus’s Arno Fell this week.",
    "Minister Hugo Brack wants to cut pay. Brack has the law on his side. Arno Fell talked to the guild’s secretary, "
    "Celia Marrable.",
    "The docker Celia Marrable has written a memoir. Marrable spoke with Arno Fell. The questions were edited.",
    "Celia Marrable led the guild for ten years. She spoke to Arno Fell in Castrel.",
]
MARKS = [("Q:", "A:"), ("Q.", "A."), ("Question:", "Answer:")]


@pytest.fixture(scope="module", params=["rules", "model"])
def analyse(request):
    """Analyses texts by either reader."""
    reader = nl.Reader(request.param)
    return lambda *texts: nl.analyze(pd.DataFrame({"text": texts}), reader=reader, progress=False)


@pytest.mark.parametrize("marks", MARKS)
def test_answers_belong_to_whoever_is_interviewed(analyse, marks):
    turns = TURNS.replace("Q:", marks[0]).replace("A:", marks[1])
    found = analyse(*(intro + turns for intro in INTROS))
    for article, intro in zip(found.articles["article_id"], INTROS, strict=True):
        of = {name: t[t["article_id"] == article] for name, t in (("q", found.quotes), ("m", found.mentions))}
        answers = of["q"][(of["q"]["start"] > len(intro)) & (of["q"]["source"].str.endswith("Celia Marrable"))]
        assert [t.split("\n\n")[-1] for t in answers["text"]] == ["He never read a balance sheet.", "Yes, we will."]
        assert answers["speaker"].tolist() == ["Celia Marrable"] * 2
        assert not of["q"]["text"].str.contains("?", regex=False).any()
        assert of["m"].loc[of["m"]["text"] == "We", "actor"].tolist() == ["Celia Marrable"]
        blame = found.stances[(found.stances["article_id"] == article) & (found.stances["target"] == "Hugo Brack")]
        assert ("Celia Marrable", "negative") in set(zip(blame["source"], blame["polarity"], strict=True))
    assert {"Q", "A", "Q. What", "A. Hugo Brack"}.isdisjoint(found.actors["name"])


def test_junior_is_no_surname_by_which_the_narrator_is_known():
    assert _surname(Mention(0, 12, "name", "person", "Ona Vell Jr.")) == "Vell"


@pytest.mark.parametrize(
    "intro",
    [
        "",
        "Chancellor Hugo Brack announced a levy on Monday.\n\n",
        "Chancellor Hugo Brack and his deputy Celia Marrable spoke to the press about a levy.\n\n",
    ],
)
def test_questions_about_the_news_are_answered_by_nobody(analyse, intro):
    turns = "Q: What is it?\n\nA: A tax on every harbour.\n\nQ: Who pays?\n\nA: The town. How much is not known."
    quotes = analyse(intro + turns).quotes
    assert quotes.loc[quotes["start"] > len(intro), "speaker"].isna().all()


def test_answers_hold_what_others_say_and_end_where_the_narrator_goes_on(analyse):
    found = analyse(
        "Fisherman Tomas Weil talked to the Argus about the ban.\n\nQ. How bad is it?\n\n"
        "A. Terrible. Ivo Strand told me, “You are finished.”\n\nQ. And now?\n\nA. “I will sell the boat.”\n\n"
        "Tomas Weil was born in Castrel.\n\nMinister Dora Quill is a disgrace to her office."
    )
    speakers = dict(zip(found.quotes["text"], found.quotes["speaker"], strict=True))
    assert speakers["I will sell the boat."] == "Tomas Weil"
    assert speakers["You are finished."] == "Ivo Strand"
    assert "Dora Quill" not in found.stances["target"].tolist()


TRANSCRIPT = """ARNO FELL, RLV HOST: Good evening. With us tonight is the chancellor, Hugo Brack, but first it is
the turn of our own Senator Celia Marrable. What went wrong?

SEN. CELIA MARRABLE (L-Castrel): The chancellor has failed the harbours.

He never read a balance sheet.

BRACK: Am I allowed to speak?

(CROSSTALK)

MARRABLE: Please.

BRACK: She is a hypocrite.

It rained in Castrel."""


@pytest.mark.parametrize("text", [TRANSCRIPT, TRANSCRIPT.replace("MARRABLE: ", "Marrable: ").replace("BRACK", "Brack")])
def test_turns_of_a_transcript_belong_to_the_name_ahead_of_them(analyse, text):
    found = analyse(text)
    quotes = list(zip(found.quotes["speaker"], found.quotes["text"], strict=True))
    assert {
        ("Celia Marrable", "The chancellor has failed the harbours.\n\nHe never read a balance sheet."),
        ("Hugo Brack", "Am I allowed to speak?"),
        ("Celia Marrable", "Please."),
    } <= set(quotes)
    assert not found.quotes["text"].str.contains("rained|CROSSTALK").any()


def test_in_a_transcript_initials_are_whoever_has_them(reader):
    turns = "A. F.: Why?\n\nC. M.: The chancellor lied.\n\nA. F.: And now?\n\nC. M.: I will not forget it."
    text = f"Celia Marrable, the docker, met us in Castrel. Questions by Arno Fell.\n\n{turns}"
    quotes = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False).quotes
    assert quotes.loc[quotes["text"].str.contains("forget"), "speaker"].tolist() == ["Celia Marrable"]


def test_who_speaks_in_a_transcript_is_not_who_they_call_he():
    text = "GARROW: He lied to me.\n\nSIMMS: He did.\n\nGARROW: I told him so.\n\nSIMMS: He knows."
    mentions = nl.analyze(pd.DataFrame({"text": [text]}), reader="model", progress=False).mentions
    first = (mentions["text"] == "He") & (mentions["start"] < text.index("SIMMS"))
    assert "GARROW" not in mentions.loc[first, "actor"].tolist()


def test_the_host_of_a_transcript_is_nobody_of_another(reader):
    text = "HOST: Welcome.\n\n{0}: I won.\n\nHOST: Who lost?\n\n{0}: We all did."
    table = pd.DataFrame({"text": [text.format("GARROW"), text.format("SIMMS")]})
    quotes = nl.analyze(table, reader=reader, progress=False).quotes
    assert quotes.loc[quotes["speaker"] == "HOST", "speaker_id"].nunique() == 2


def test_in_a_report_a_turn_of_an_exchange_is_one_paragraph(reader):
    exchange = "VELL: You knew.\n\nLIND: I did not.\n\nVELL: You lied.\n\nLIND: Never.\n\n"
    told = "Ona Vell met Bo Lind.\n\n"
    text = told + exchange + 9 * "The hearing was long.\n\n" + exchange
    answers = [a for a in reader.read(Text(text)).attributions if a.how == "answer"]
    assert [len(a.content) for a in answers] == [1] * 8


@pytest.mark.parametrize(
    "text",
    [
        "Where: the harbour. Bo Lind sings.\n\nWhen: at six.\n\nWhere: the park.\n\nWhen: at nine.",
        "BERLIN: Ona Vell met Bo Lind.\n\nROME: It rained.\n\nBERLIN: It rained.\n\nROME: It snowed.",
        "VELL: I won.\n\nLIND: Me too.\n\nVELL: Thanks.",
        "Tarnby: Marsh, Bo Lind, Orr, Vell.\n\nOssery: Holt, Sund, Deasy, Mott.\n\n"
        "Tarnby: Quine, Brandt, Hale, Coe.\n\nOssery: Pell, Rooke, Gant, Fell.",
        "Vell: 1,205 votes\n\nLind: 52%\n\nVell: 948 votes\n\nLind: 48%",
        "CLAIM: Tolls rose.\n\nTHE FACTS: They fell.\n\nCLAIM: Lind left.\n\nTHE FACTS: He stays.",
    ],
)
def test_lists_of_times_and_places_are_no_transcripts(reader, text):
    assert not any(a.how == "answer" for a in reader.read(Text(text)).attributions)


@pytest.mark.parametrize("named", ["Senator Green", "Leova Green", "BO GREEN"])
def test_a_common_word_is_a_speaker_where_somebody_is_called_so(reader, named):
    text = f"{named} met Lind.\n\nGREEN: I won.\n\nTHE FACTS: Not so.\n\nLIND: No.\n\nGREEN: I did.\n\nLIND: You lost."
    said = [text[slice(*a.content[0])] for a in reader.read(Text(text)).attributions if a.how == "answer"]
    assert said == ["I won.", "No.", "I did.", "You lost."]


@pytest.mark.parametrize(
    "text", ["Ona Vell met Bo Lind.\n\nA: the harbour.\n\nB: the town.\n\nA. J. Orr left.", LETTERS]
)
def test_lists_and_initials_are_no_answers(reader, text):
    assert not any(a.how == "answer" for a in reader.read(Text(text)).attributions)


@pytest.mark.parametrize(
    "text",
    [
        "William Garrow did not criticize Carla Simms for leaving the department.",
        "Imogen Penrose declined to criticise Alun Tregar.",
        "Bo Lind never attacked Ona Vell.",
    ],
)
def test_what_was_not_done_is_no_stance(reader, text):
    stances = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False).stances
    assert "negative" not in stances["polarity"].tolist()


def test_only_the_act_that_is_denied_is_left_out(reader):
    text = "Bo Lind did not attack Ona Vell, but Bo Lind accused Ona Vell of lying. Bo Lind condemned Tam Orr."
    stances = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False).stances
    assert {"Tam Orr", "Ona Vell"} <= set(stances.loc[stances["source"] == "Bo Lind", "target"])
    only = nl.analyze(pd.DataFrame({"text": ["Bo Lind not only attacked Ona Vell, he sued her."]}), reader=reader,
                      progress=False).stances  # fmt: skip
    assert set(only["target"]) == {"Ona Vell"}


def test_a_part_of_whoever_acts_does_not_act(reader):
    text = "The governors of three Western states accused the Interior Department of holding farmers hostage."
    stances = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False).stances
    assert set(stances.loc[stances["target"] == "Interior Department", "source"]) == {
        "governors of three Western states"
    }
    text = "The Dunmore Guild, which backed William Garrow in 2027, endorsed Carla Simms last month."
    stances = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False).stances
    likely = stances[stances["probability"] > 0.4]
    assert set(likely.loc[likely["target"] == "Carla Simms", "source"]) == {"Dunmore Guild"}


@pytest.mark.parametrize(
    ("who", "speakers"),
    [
        ("Ona Vell, a professor at Hollin University and the author of a book on Bo Lind", {"Ona Vell"}),
        ("Ona Vell, the lawyer and treasurer of the Harbour Guild", {"Ona Vell"}),
        ("Ona Vell, a fellow of the Harbour Institute who worked for the Maddox and Lind governments", {"Ona Vell"}),
        ("Ona Vell of Hollin and former Governor Bo Lind", {"Ona Vell", "Bo Lind"}),
        ("Chairman Ona Vell (R-Utah) and Chairman Bo Lind (R-Texas)", {"Ona Vell", "Bo Lind"}),
        ("Ona Vell, Bo Lind and the Harbour Guild", {"Ona Vell", "Bo Lind", "Harbour Guild"}),
        ("Ona Vell, who chairs the Harbour Guild, and Bo Lind, a member", {"Ona Vell", "Bo Lind"}),
        ("the council, several protesters and civic leaders", {"council", "several protesters", "civic leaders"}),
        ("several unions, including the Guild and the Ferry League", {"several unions", "Guild", "Ferry League"}),
    ],
)
def test_only_who_is_joined_with_a_speaker_says_the_same(reader, who, speakers):
    text = f"“Carla Simms has lied to this town for years,” said {who}."
    case = case_of(reader.read(Text(text)))
    actors = case.resolution.actors
    said = {actors[s.source].name for s in case.stances if s.via == "quote"}
    assert said == speakers


@pytest.mark.parametrize(
    ("said", "vias"),
    [
        ("“Tam Orr is reckless with our money,” Vell told the council.", ["reported", "quote"]),
        ("Tam Orr has been reckless with the money of the town, Vell told the council.", ["reported", "reported"]),
    ],
)
def test_what_is_said_in_quotation_marks_is_told_from_what_the_article_says(reader, said, vias):
    text = f"Council leader Ona Vell attacked Mayor Tam Orr on Friday.\n\n{said}"
    stances = nl.analyze(pd.DataFrame({"text": [text]}), reader=reader, progress=False).stances
    negative = stances[stances["polarity"] == "negative"]
    assert negative["via"].tolist() == vias
    assert negative["quote_id"].notna().tolist() == [via == "quote" for via in vias]
