"""The rule reader as a specification: who says what, and who attacks or backs whom."""

import itertools
from pathlib import Path

import pandas as pd
import pytest

import newslab as nl
from newslab.reading import Mention
from newslab.rules.mentions import bare_name, find_mentions, listed_bodies
from newslab.rules.stances import find_acts
from newslab.text import Text

FOLDER = Path(nl.__file__).parent / "lexicons"


def read(text):
    return nl.analyze(pd.DataFrame({"text": [text]}), reader="rules", progress=False)


SAID = [
    # cue after, before, inside; inverted; with words between
    ("“We lost the vote,” said Ona Vell.", "Ona Vell", "said"),
    ("“We lost the vote,” Ona Vell said on Monday.", "Ona Vell", "said"),
    ("Ona Vell said: “We lost the vote.”", "Ona Vell", "said"),
    ("“We lost,” said Ona Vell, who leads the Harbour Party, “and we know why.”", "Ona Vell", "said"),
    ("“We lost the vote,” Ona Vell, the leader of the Harbour Party, told reporters.", "Ona Vell", "told"),
    # verbs outside every list beside a quotation
    ("“That is not what I wrote,” Ona Vell interjected.", "Ona Vell", "interjected"),
    # who goes on by a participle has spoken ahead of it, and no name behind it speaks
    ("Tam Orr had left at noon, Ona Vell said, adding: “He is never here.”", "Ona Vell", "adding"),
    ("Ona Vell joked, “We lost the vote,” drawing cheers and jeers as Tam Orr smiled.", "Ona Vell", "joked"),
    # press-release forms
    ("“The bridge opens in May.” – Commissioner Ona Vell", "Ona Vell", None),
    ("Ona Vell: “The bridge opens in May.”", "Ona Vell", None),
    ("“The bridge is late again.” Ona Vell, 34, a docker.", "Ona Vell", None),
    ("A first post from Ona Vell, head of the rebels: “We said May.”", "Ona Vell", None),
    # according to, in marks and without
    ("The wall will cost twice as much, according to Ona Vell.", "Ona Vell", "according to"),
    # indirect speech
    ("Ona Vell said that the wall would cost twice as much.", "Ona Vell", "said"),
    # passive: the speaker is behind "by"
    ("The mayor was accused by Ona Vell of “selling the whole harbour to friends”.", "Ona Vell", "accused"),
    # a scrap is speech where a cue leads straight to it
    ("Ona Vell called the wall “a folly”.", "Ona Vell", "called"),
]


@pytest.mark.parametrize(("text", "speaker", "cue"), SAID)
def test_speaker_and_cue(text, speaker, cue):
    quotes = read(text).quotes
    assert quotes["speaker"].tolist() == [speaker]
    assert quotes["cue"].fillna("").tolist() == [cue or ""]


def test_source_named_one_sentence_before():
    quotes = read("Ona Vell was not convinced by the figures. “They were made up on the train.”").quotes
    assert quotes[["speaker", "attribution"]].values.tolist() == [["Ona Vell", "resolved"]]


def test_source_who_owns_the_reply():
    quotes = read("Tam Orr left. Ona Vell’s reply was curt. “They were made up on the train.”").quotes
    assert quotes["speaker"].tolist() == ["Ona Vell"]
    quotes = read("Tam Orr left. The answer to Ona Vell’s reply was curt. “They were made up on the train.”").quotes
    assert quotes["speaker"].tolist() != ["Ona Vell"]


def test_source_named_one_paragraph_before():
    quotes = read("Ona Vell rose to speak for the islands.\n\n“They were made up on the train.”").quotes
    assert quotes["speaker"].tolist() == ["Ona Vell"]


def test_a_running_quotation_is_one_row_with_its_paragraphs():
    text = "“We try first,” said Ona Vell.\n\n“Then we fail.\n\n“Then we try again.”\n\nTam Orr left the hall."
    quotes = read(text).quotes
    assert quotes["speaker"].tolist() == ["Ona Vell"]
    assert [text[a:b] for a, b in quotes["spans"][0]] == ["We try first,", "Then we fail.", "Then we try again."]


@pytest.mark.parametrize(
    "speaker",
    [
        "Rep. Ona B. Vell (R-Hollin)",
        "Ona Vell, a lawyer at Orr & Lind who for eleven years has represented the State Department of the Harbour in "
        "every case that the islanders brought against it",
    ],
)
def test_a_quotation_goes_on_behind_its_speaker(speaker):
    text = f"“No,” said Bo Lind.\n\n“The levy was set up to fail,” said {speaker}. “It was never going to work.”"
    assert [len(spans) for spans in read(text).quotes["spans"]] == [1, 2]
    other = f"“The levy was set up to fail,” said {speaker}. Bo Lind was not amused. “It was never going to work.”"
    assert read(other).quotes["speaker"].tolist()[-1] == "Bo Lind"


def test_quotations_signed_behind_a_dash_are_each_their_own():
    quotes = read("“The levy is a folly.” ― Ona Vell\n“It will ruin us.” ― Tam Orr\n“We need it.” ― Bo Lind").quotes
    assert quotes["speaker"].tolist() == ["Ona Vell", "Tam Orr", "Bo Lind"]


def test_a_quotation_signed_in_the_next_line():
    quotes = read("Tam Orr spoke for an hour.\n\n“The levy is a folly.”\n\n— Ona Vell, lawyer\n\nHe left.").quotes
    assert quotes["speaker"].tolist() == ["Ona Vell"]
    quotes = read("Tam Orr spoke for an hour.\n\n“The levy is a folly.”\n\n— and Ona Vell wept.").quotes
    assert quotes["speaker"].tolist() == ["Tam Orr"]


def test_a_quotation_without_a_speaker_stays():
    quotes = read("“Nobody knows where the money went.”").quotes
    assert quotes["attribution"].tolist() == ["unknown"]
    assert quotes["speaker"].isna().all()


def test_mixed_and_indirect_are_told_from_direct():
    quotes = read(
        "Ona Vell said that the plan was “a disgrace to every islander”. Tam Orr said that he would resign. "
        "“I will resign by Friday,” Tam Orr said."
    ).quotes
    assert quotes["kind"].tolist() == ["mixed", "indirect", "direct"]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Ferry Line CEO Ona Vell", "Ona Vell"),
        ("Energy Minister Ona Vell", "Ona Vell"),
        ("Democrat Ona Vell", "Ona Vell"),
        ("Secretary of State John Vell", "John Vell"),
        ("Universe Alicia Vell", "Alicia Vell"),  # behind "Miss"
        ("Retired winchman Ona Vell", "Ona Vell"),
        ("Sir Tam Orr", "Tam Orr"),
        ("Vice-chairman Tam Orr", "Tam Orr"),
        ("Party co-leader Ona Vell", "Ona Vell"),
        # nothing of a name itself
        ("Cornell William Orr", "Cornell William Orr"),
        ("L. Douglas Orr", "L. Douglas Orr"),
        ("Hendrik van Lind", "Hendrik van Lind"),
        ("Aung San Suu Kyi", "Aung San Suu Kyi"),
        ("Bishop Lind", "Lind"),
        ("Ambassador Dean Lind", "Dean Lind"),
        ("Dean Lind", "Lind"),  # of a faculty
        ("Shri Lind", "Lind"),
        ("Datuk Seri Azlan Lind", "Azlan Lind"),
        ("Tan Sri Lind", "Lind"),
        ("Otunba Bo Lind", "Bo Lind"),
        ("Backbench Tory Ona Vell", "Ona Vell"),
        ("Cr Lind", "Lind"),
        ("Comrade", "Comrade"),
        ("Bo Lind Snr", "Bo Lind Snr"),
        ("TD Bo Lind", "Bo Lind"),
        ("TD Lind", "TD Lind"),  # or "TD Bank" would be one too
        ("Labour Party Forum", "Labour Party Forum"),
        ("Vell", "Vell"),
    ],
)
def test_a_name_is_called_without_what_stands_ahead_of_it(given, name):
    assert bare_name(given) == name


def test_names_lose_titles_and_keep_their_words():
    text = "Sir Tam Orr met Prime Minister Ona Vell, Mr. Bo Lindqvist-Hale and the Builders' Guild in Hollin."
    found = {m.name: m.type for m in find_mentions(Text(text)) if m.kind == "name" and m.type != "place"}
    people = dict.fromkeys(["Tam Orr", "Ona Vell", "Bo Lindqvist-Hale"], "person")
    assert found == {**people, "Builders' Guild": "organisation"}


def test_what_an_officer_is_of_is_no_part_of_the_name():
    text = "House Deputy Speaker Emma Vell of Hollin met the House of Harbours."
    assert {"Emma Vell", "House of Harbours"} == {m.name for m in find_mentions(Text(text)) if m.type != "place"}


def test_members_of_parliament_lose_the_letters_behind_their_names():
    text = "Emma Vell MP met Frank Orr MSP, the Labour MP and Ann Lind, MP for Hollin."
    assert [m.name for m in find_mentions(Text(text)) if m.kind == "name" and m.type == "person"] == [
        "Emma Vell", "Frank Orr", "Ann Lind"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("We met Director of Public Works Frank Vell.", {"Frank Vell": "Director of Public Works"}),
        ("We met Minister for the Arts Obi Lindqvist.", {"Obi Lindqvist": "Minister for the Arts"}),
        ("We met the Labor member for Low Ferry East.", {}),
        ("We met the Governor of New South Wales.", {}),
        ("We met Secretary of Defense Logistics.", {}),
        ("We met Director of Works Emma Vell Foundation.", {}),
        ("They sat for the Assembly and Justice and Work.", {}),
    ],
)
def test_what_an_office_is_of_is_no_part_of_the_name(text, people):
    found = [m for m in find_mentions(Text(text)) if m.kind == "name" and m.type == "person"]
    assert {m.name: m.role for m in found if m.role} == people


@pytest.mark.parametrize("behind", ["", " on Friday", " on March 3", " on Sept. 3"])
def test_a_body_of_officers_is_a_body(behind):
    text = f"We met the Association of Harbour Officers{behind}."
    (m,) = (m for m in find_mentions(Text(text)) if m.kind == "name")
    assert (m.name, m.type) == ("Association of Harbour Officers", "organisation")


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("The Farm, Food and Timber Union met.", ["Farm, Food and Timber Union"]),
        ("The Farm, Food and Timber union met.", ["Farm, Food and Timber union"]),
        (
            "The Department for Ports, Fisheries and Trade Skills met.",
            ["Department for Ports, Fisheries and Trade Skills"],
        ),
        ("The Farm, Food and Timber Union met. Food won.", []),
        ("Labour, Reform and Timber Union met.", []),
        ("Vell, Orr and Timber Union met.", []),
        ("Reform, Timber and Farm Party met.", []),
        ("The Department for Rose, Emma and Bo met.", []),
    ],
)
def test_a_list_may_be_the_name_of_one_body(text, bodies):
    assert [text[a:b] for a, b in listed_bodies(text)] == bodies
    assert [m.name for m in find_mentions(Text(text)) if "," in m.name] == bodies


def test_a_full_stop_ends_a_name():
    assert "Vell. Always" not in {m.name for m in find_mentions(Text("We stand with Ona Vell. Always have."))}


ACTS = [
    ("Ona Vell criticised Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Tam Orr was condemned by Ona Vell.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell hit out at Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell, a long-time critic of Tam Orr, stayed away.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell's attack on Tam Orr surprised nobody.", "Ona Vell", "Tam Orr", "negative"),
    ("The Harbour Party expelled Tam Orr.", "Harbour Party", "Tam Orr", "negative"),
    ("Tam Orr was expelled from the Harbour Party.", "Harbour Party", "Tam Orr", "negative"),
    ("Ona Vell praised Tam Orr.", "Ona Vell", "Tam Orr", "positive"),
    ("Tam Orr was endorsed by Ona Vell.", "Ona Vell", "Tam Orr", "positive"),
    ("Ona Vell, a supporter of Tam Orr, stayed.", "Ona Vell", "Tam Orr", "positive"),
    ("Ona Vell, 61, has long been a loyal supporter of Tam Orr.", "Ona Vell", "Tam Orr", "positive"),
    ("Ona Vell had been critical of Tam Orr’s plans.", "Ona Vell", "Tam Orr", "negative"),
    # whose camp somebody is of
    ("Tam Orr won. Ona Vell, a prominent Orr supporter, stayed.", "Ona Vell", "Tam Orr", "positive"),
    ("Tam Orr won. Ona Vell (D), a Tam Orr critic, stayed.", "Ona Vell", "Tam Orr", "negative"),
    ("Tam Orr won. Orr opponent Ona Vell stayed.", "Ona Vell", "Tam Orr", "negative"),
    ("Tam Orr won. Orr supporters danced.", "Orr supporters", "Tam Orr", "positive"),
    ("Tam Orr won. Ona Vell, a victim of Orr supporters, stayed.", "Orr supporters", "Tam Orr", "positive"),
    ("Tam Orr won. The anti-Orr delegates left.", "anti-Orr delegates", "Tam Orr", "negative"),
    ("Tam Orr won. Anti-Orr forces left.", "Anti-Orr forces", "Tam Orr", "negative"),
    ("Ona Vell has an unfavorable view of Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell is unhappy with Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell disapproves of Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell had a high opinion of Tam Orr.", "Ona Vell", "Tam Orr", "positive"),
    # whose deed it is: the body that somebody has to leave, or the owner of the deed
    ("Tam Orr was angry. His expulsion from the Harbour Party is final.", "Harbour Party", "Tam Orr", "negative"),
    ("The Harbour Party’s expulsion of Tam Orr is final.", "Harbour Party", "Tam Orr", "negative"),
    ("Tam Orr, sacked by the Harbour Party, wept.", "Harbour Party", "Tam Orr", "negative"),
    # who gets it
    ("Tam Orr faced fierce criticism from Ona Vell.", "Ona Vell", "Tam Orr", "negative"),
    ("Tam Orr won the support of Ona Vell.", "Ona Vell", "Tam Orr", "positive"),
    # the subject stands ahead of what is added
    ("Ona Vell, who had met Bo Lind in May, criticised Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("The Guild, which backed the levy, endorsed Tam Orr.", "Guild", "Tam Orr", "positive"),
    # who does the one thing does the next as well
    ("Ona Vell left the Guild in May and criticised Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Vell drops Senate bid, endorses Orr", "Vell", "Orr", "positive"),
    ("Ona Vell, who met Bo Lind in May and criticised Tam Orr, stayed.", "Ona Vell", "Tam Orr", "negative"),
    ("Bo Lind met Ona Vell, who left the Guild and criticised Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Bo Lind said Ona Vell left the Guild and criticised Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Bo Lind left early and Ona Vell criticised Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell spoke to Bo Lind and criticised Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell spoke to Bo Lind’s aides and criticised Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell voted against Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell welcomed the resignation of Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell leapt to Mr Tam Orr's defence.", "Ona Vell", "Tam Orr", "positive"),
    ("Bo Lind was booed. Ona Vell rushed to her leader's defence.", "Ona Vell", "her leader", "positive"),
    # idioms of the British papers
    ("Ona Vell had a pop at Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell tore a strip off Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell put the boot into Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell read the riot act to Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell took Tam Orr to task over the levy.", "Ona Vell", "Tam Orr", "negative"),
    ("Tam Orr was hauled over the coals by Ona Vell.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell gave Tam Orr both barrels.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell turned her fire on Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    # negations that deny nothing
    ("Ona Vell did not hold back in her attack on Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell wasted no time in attacking Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell never misses a chance to praise Tam Orr.", "Ona Vell", "Tam Orr", "positive"),
    # what people call each other
    ("Ona Vell called Tam Orr “a liar and a coward”.", "Ona Vell", "Tam Orr", "negative"),
    ("Tam Orr, whom Ona Vell had branded a bigot, sat down.", "Ona Vell", "Tam Orr", "negative"),
    ("Tam Orr was called a hero by Ona Vell.", "Ona Vell", "Tam Orr", "positive"),
    ("Ona Vell described Tam Orr’s plan as a disgrace.", "Ona Vell", "Tam Orr", "negative"),
    # no denial
    ("Ona Vell dropped out of the race and attacked Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell met Bo Lind on Monday but criticised Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell, the mayor, met Bo Lind, but criticised Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell said Bo Lind had left but criticised Tam Orr.", "Bo Lind", "Tam Orr", "negative"),
    ("Ona Vell rejected the report and blamed Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("“We cannot thank Tam Orr enough,” said Ona Vell.", "Ona Vell", "Tam Orr", "positive"),
    # who asks for a deed takes the stand, and not who is asked
    ("Ona Vell called on Gov. Bo Lind to sack Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell demanded that the Guild expel Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Ona Vell urged the Guild to support Tam Orr.", "Ona Vell", "Tam Orr", "positive"),
    ("Ona Vell, the head of press at the Argus, urged Bo Lind to sack Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("A decision by press secretary Ona Vell to sack Tam Orr stands.", "Ona Vell", "Tam Orr", "negative"),
    ("Bo Lind asked why Ona Vell wanted to sack Tam Orr.", "Ona Vell", "Tam Orr", "negative"),
    ("Bo Lind forced the Guild to sack Tam Orr.", "Guild", "Tam Orr", "negative"),
    # to vote against blame is support
    ("Ona Vell voted against censuring Tam Orr.", "Ona Vell", "Tam Orr", "positive"),
    ("“Tam Orr is a liar and a coward,” said Ona Vell.", "Ona Vell", "Tam Orr", "negative"),
    ("“Tam Orr has been a brave and honest mayor,” said Ona Vell.", "Ona Vell", "Tam Orr", "positive"),
    # no negation is in a name
    ("Denise Vell condemned Tam Orr.", "Denise Vell", "Tam Orr", "negative"),
]


@pytest.mark.parametrize(("text", "source", "target", "polarity"), ACTS)
def test_stances_and_their_direction(text, source, target, polarity):
    stances = read(text).stances
    assert stances[["source", "target", "polarity"]].drop_duplicates().values.tolist() == [[source, target, polarity]]


@pytest.mark.parametrize(
    "text",
    [
        "Ona Vell unveiled a sign outside Orr House accusing Tam Orr of fraud.",  # not Orr House
        "Ona Vell did not criticise Tam Orr.",
        "Ona Vell refused to condemn Tam Orr.",
        "Ona Vell denied criticising Tam Orr.",
        "Ona Vell would criticise Tam Orr if he stayed.",
        "Ona Vell stopped short of openly blaming Tam Orr.",
        "Ona Vell would not criticise Tam Orr.",
        "Ona Vell didn’t blame Tam Orr.",
        "Ona Vell rejected calls to sack Tam Orr.",
        "Ona Vell resisted pressure for the board to expel Tam Orr.",
        "Ona Vell withdrew her complaint against Tam Orr.",
        "Ona Vell was urged to sack Tam Orr.",
        "Ona Vell asked the Guild to back her.",
        "Ona Vell met Tam Orr on Tuesday.",
        "Ona Vell took Tam Orr to the harbour.",
        "Ona Vell took Tam Orr apart from the crowd.",
        "Ona Vell would not take Tam Orr to task.",
        "Ona Vell never called Tam Orr a liar.",
        "Ona Vell had no time to attack Tam Orr.",
        "Ona Vell gave Tam Orr both books.",
        "Ona Vell called Tam Orr the victim of a cruel hoax.",
        "Ona Vell called her old friend Tam Orr.",
        "Ona Vell called Tam Orr in a terrible storm.",
        "Ona Vell criticised the weather.",
        "Ona Vell put the boots into Tam Orr’s locker.",
        "Ona Vell returned to Tam Orr’s defence.",
        "Ona Vell took questions from Tam Orr.",
        "Ona Vell spoke of the attacks in the harbour of Tam Orr.",
        "Ona Vell suspended Tam Orr’s campaign.",
        "Ona Vell, like Tam Orr, stayed.",
        "Tam Orr won. Ona Vell, a former Orr supporter, stayed.",
        "Tam Orr won. Ona Vell is not an Orr supporter.",
        "Tam Orr won. Ona Vell was never an Orr ally.",
        "Tam Orr won. An anti-Orr rally was held.",
        "The Harbour Union won. Ona Vell met Harbour Union allies.",
        "Tam Orr won. Ona Vell is a Rose Orr supporter.",
        "Bo Lind met Ona Vell, a lifelong supporter and chair of the Museum of Bells.",
    ],
)
def test_no_stance_from_negation_hypothesis_or_meeting(text):
    assert read(text).stances.empty


def test_all_who_are_joined_take_the_stand_or_are_its_target():
    stances = read("Harbour Labour and the Tories attacked Mr Tam Orr, Ms Ona Vell and other ministers.").stances
    assert set(zip(stances["source"], stances["target"], strict=True)) == {
        (s, t) for s in ("Harbour Labour", "Tories") for t in ("Tam Orr", "Ona Vell", "other ministers")
    }
    assert set(stances["polarity"]) == {"negative"}


def test_a_word_that_coders_confirm_more_often_counts_for_more():
    sure, unsure = (
        read(f"Ona Vell {verb} Tam Orr.").stances["probability"].tolist() for verb in ("slammed", "opposed")
    )
    assert sure[0] > 0.8
    assert unsure[0] < 0.5


def test_who_acts_on_whom_makes_an_act_likelier_or_less():
    """Coders confirm what people with names do to one another, and what speakers say of themselves, more often."""
    texts = {
        "names": "Ona Vell praised Tam Orr.",
        "own": "“I praised Tam Orr,” said Ona Vell.",
        "some": "Some activists praised Tam Orr.",
        "of some": "Ona Vell praised some activists.",
    }
    chance = {kind: read(text).stances["probability"].max() for kind, text in texts.items()}
    assert chance["own"] > chance["names"] > max(chance["some"], chance["of some"])


@pytest.mark.parametrize("deed", ["expulsion", "firing", "detention"])
def test_opposing_an_expulsion_backs_the_expelled_and_attacks_who_expelled(deed):
    stances = read(f"Ona Vell said: “We strongly oppose the {deed} of Tam Orr by the Harbour Party.”").stances
    found = {(s.source, s.target, s.polarity) for s in stances.itertuples()}
    assert ("Ona Vell", "Tam Orr", "positive") in found
    assert ("Ona Vell", "Harbour Party", "negative") in found


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("Ona Vell would not criticise Tam Orr.", {("Ona Vell", "Tam Orr", -1)}),
        ("Ona Vell couldn’t support Tam Orr.", {("Ona Vell", "Tam Orr", 1)}),
        ("Ona Vell ignored demands to sack Tam Orr.", {("Ona Vell", "Tam Orr", -1)}),
        # the one who asks as well
        (
            "Ona Vell urged Bo Lind not to criticise Tam Orr.",
            {("Ona Vell", "Tam Orr", -1), ("Bo Lind", "Tam Orr", -1)},
        ),
        ("Bo Lind asked Ona Vell to sack Tam Orr.", {("Ona Vell", "Tam Orr", -1)}),
        # whose law it is does not attack its critic
        ("Ona Vell signed a law that Tam Orr condemned as cruel.", {("Ona Vell", "Tam Orr", -1)}),
        # what a document says that one has to do with, and did not write
        ("Ona Vell was handed a report that criticised Tam Orr.", {("Ona Vell", "Tam Orr", -1)}),
        ("Ona Vell dismissed a lawsuit which had accused Tam Orr of fraud.", {("Ona Vell", "Tam Orr", -1)}),
        ("Ona Vell signed a letter that criticised Tam Orr.", set()),
        ("Ona Vell received a letter and criticised Tam Orr.", set()),
        ("Ona Vell said that Tam Orr had attacked in May.", set()),
        ("Ona Vell said at a rally that Tam Orr attacked Bo Lind.", set()),
        ("Ona Vell would not only criticise Tam Orr.", set()),
        ("Ona Vell didn’t hesitate to criticise Tam Orr.", set()),
        ("Ona Vell ignored calls from Bo Lind to sack Tam Orr.", set()),
    ],
)
def test_what_is_said_not_to_be_done(text, denied):
    reading = nl.Reader("rules").read(Text(text))
    name = [m.name for m in reading.mentions]
    assert {(name[a.source], name[a.target], a.polarity) for a in reading.denied} == denied


def test_who_is_part_of_whom_one_does_not_blame_is_not_blamed_either():
    text = "Ona Vell did not blame the members of the Harbour Guild, but the Argus."
    names = ("Ona Vell", "the members of the Harbour Guild", "the Harbour Guild", "the Argus")
    mentions = [Mention(text.index(n), text.index(n) + len(n), "name", "organisation", n) for n in names]
    denied = find_acts(Text(text), mentions)[1]
    assert [mentions[a.target].name for a in denied] == ["the members of the Harbour Guild", "the Harbour Guild"]


def test_who_relays_an_attack_is_kept_apart_from_who_makes_it():
    stances = read("Ona Vell said that Tam Orr had attacked Bo Lindqvist.").stances
    row = stances[stances["source"] == "Tam Orr"].iloc[0]
    assert (row["target"], row["claimed_by"]) == ("Bo Lindqvist", "Ona Vell")
    assert stances[(stances["source"] == "Ona Vell") & (stances["target"] == "Bo Lindqvist")].empty


def test_reader_by_name_and_its_methods():
    reader = nl.Reader("rules")
    text = "Ona Vell condemned Tam Orr."
    stance = reader.stance(text, (0, 8), (19, 26))
    assert max(stance, key=stance.get) == "negative"
    assert sum(stance.values()) == pytest.approx(1)
    back = reader.stance(text, (19, 26), (0, 8))
    assert max(back, key=back.get) == "neutral"
    sentiment = reader.target_sentiment("Tam Orr is a brave, honest and brilliant man.", (0, 7))
    assert sentiment["positive"] > sentiment["negative"]
    assert reader.stance_many([text, text], [(0, 8), (19, 26)], [(19, 26), (0, 8)]) == [stance, back]
    assert reader.attributions_many(["", "“No,” said Vell."])[0] == []


def test_reader_errors_say_what_to_do():
    with pytest.raises(ValueError, match="no reader 'modle'; did you mean 'model'.; readers are 'model', 'rules'"):
        nl.Reader("modle")
    with pytest.raises(TypeError, match="takes a text"):
        nl.Reader("rules").attributions(None)
    with pytest.raises(ValueError, match="outside the text of 5 characters"):
        nl.Reader("rules").target_sentiment("Vell.", (2, 9))


@pytest.mark.parametrize("name", sorted(p.name for p in FOLDER.glob("*.t*") if p.name != "boilerplate.txt"))
def test_no_line_of_a_list_says_again_what_another_says(name):
    seen = set()
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        words, *told = line.split("\t")
        if not line or line.startswith("#"):
            continue
        frames = told[1].split(",") if name == "stance_verbs.tsv" and len(told) > 1 else [""]
        kind = told[-1] if name in ("stance_verbs.tsv", "words.tsv") else ""
        for form in itertools.product(words.split(","), frames, [kind]):
            assert form not in seen
            seen.add(form)
