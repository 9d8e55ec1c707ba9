"""What was done to somebody counts against who did it, and for whoever suffered it."""

import pandas as pd
import pytest

import newslab as nl
from newslab.actors import resolve
from newslab.model import suffered
from newslab.model.suffered import turned
from newslab.quotes import complete
from newslab.reading import Reading
from newslab.stance import Stance
from newslab.text import Text


def evidence(text, source, target):
    """Evidence that the source is against the target, after a look at what the words are about; and actors by name."""
    reading = nl.Reader("rules").read(Text(text))
    complete(reading)
    resolution = resolve(reading)
    number = {a.name: n for n, a in enumerate(resolution.actors)}
    span = reading.text.sentences[-1]
    stance = Stance(number[source], number[target], "negative", 0.4, "reported", None, None, *span, "between")
    found = turned([stance], reading, resolution)
    names = {n: name for name, n in number.items()}
    assert all(s.start == span[0] and s.end == span[1] and s.probability == 0.4 for s in found.stances)
    assert {s.polarity for s in found.changed} <= {"positive"}
    assert {(s, d): t for (s, d), t in found.doers.items()} == {
        (s.source, s.target): number[target] for s in found.stances if s.target != number[target]
    }
    return {(names[s.target], s.polarity) for s in found.stances}


@pytest.mark.parametrize(
    "sentence",
    [
        "Ona Vell condemned the expulsion of Tam Orr.",
        "Ona Vell strongly opposed the sudden dismissal of the popular Tam Orr.",
        "Ona Vell hit out at Tam Orr’s arrest.",
        "Ona Vell is angry at Tam Orr's unfair suspension.",
        "Ona Vell blasted Tam Orr’s firing as an outrage.",
        "Ona Vell said that the treatment of Tam Orr was a disgrace.",
        "Ona Vell demanded the reinstatement of Tam Orr.",
        "Ona Vell called for Tam Orr to be released.",
        "Ona Vell urged the court to free Tam Orr.",
        "Ona Vell wants Tam Orr’s membership to be reinstated.",
        "Ona Vell opposed expelling Tam Orr.",
        "Ona Vell voted against the expulsion of Tam Orr.",
        "Ona Vell denounced the “persecution” of Tam Orr.",
        "Ona Vell slammed the “unfair” ban on Tam Orr.",
        "Ona Vell called the sacking of Tam Orr “a disgrace”.",
        "Ona Vell described the charges against Tam Orr as “absurd”.",
        # states that are somebody else's doing
        "Ona Vell said that Tam Orr was the victim of a whispering campaign.",
        "Ona Vell told the court that Tam Orr had been made a scapegoat.",
        "Ona Vell believes that Tam Orr has been unfairly dismissed.",
        "Tam Orr was being hung out to dry, Ona Vell wrote.",
        "Tam Orr had been treated very badly, Ona Vell said.",
        "Ona Vell said that the system failed Tam Orr.",
        "Ona Vell said that her old friend Tam Orr had been duped by swindlers.",
        # who finds somebody innocent is not against them
        "Tam Orr was cleared of fraud by Ona Vell.",
        "Tam Orr was acquitted on all counts by Ona Vell.",
        "Ona Vell has exonerated Tam Orr.",
        # nor who wants them spared
        "Ona Vell urged the court not to jail Tam Orr.",
        "Ona Vell asked the senate not to override Tam Orr’s veto.",
        # nor who calls them candid
        "Ona Vell: “Tam Orr has always been straight with the islands.”",
    ],
)
def test_opposing_what_was_done_to_somebody_is_support(sentence):
    assert evidence(sentence, "Ona Vell", "Tam Orr") == {("Tam Orr", "positive")}


@pytest.mark.parametrize(
    "sentence",
    [
        "Ona Vell condemned Tam Orr.",
        "Ona Vell did not condemn the arrest of Tam Orr.",
        "Ona Vell condemned Tam Orr’s treatment of prisoners.",
        "Ona Vell condemned Tam Orr’s firing of the clerks.",
        "Ona Vell condemned Tam Orr’s proposal to ban the boats.",
        "Ona Vell urged Tam Orr to release his tax returns.",
        "Ona Vell wants the board to release all of Tam Orr’s letters.",
        "Ona Vell welcomed the expulsion of Tam Orr.",
        "Ona Vell announced the expulsion of Tam Orr.",
        "Ona Vell condemned the strike; the arrest of Tam Orr pleased her.",
        "Ona Vell attacked the ruling that detaining Tam Orr broke the law.",
        "Ona Vell said that Tam Orr was no victim.",
        "Ona Vell described the charges against Tam Orr as overdue.",
        "Ona Vell said that the case against Tam Orr was strong.",
        "Ona Vell did not call the verdict against Tam Orr a disgrace.",
        "Ona Vell said that Tam Orr was not the victim of a plot.",
        "Ona Vell said that Tam Orr was a victim of his own vanity.",
        "Ona Vell said that Tam Orr plays the victim.",
        "Ona Vell said that Tam Orr had let down the islands.",
        "Ona Vell said that Tam Orr failed to warn the islands.",
        "Ona Vell said that Tam Orr had failed and abandoned his voters.",
        "Ona Vell said that Tam Orr had been misled.",
        "Ona Vell said that Tam Orr was deceived by his own ambition.",
        "Ona Vell said that she had been wrongly accused by Tam Orr.",
        "Ona Vell called Tam Orr, who was wrongly convicted in May, a coward.",
        "Ona Vell cleared Tam Orr of fraud but called him a fool.",
        "Ona Vell said that Tam Orr, who was cleared by the court, was a fool.",
        "Ona Vell attacked the court by which Tam Orr was acquitted.",
        "Ona Vell urged Tam Orr not to jail the strikers.",
        "Ona Vell: “Tam Orr has not been straight with the islands.”",
        "Ona Vell: “Tam Orr has hardly been honest with the islands.”",
    ],
)
def test_all_other_criticism_stays(sentence):
    assert evidence(sentence, "Ona Vell", "Tam Orr") == {("Tam Orr", "negative")}


def test_a_pronoun_owns_what_was_done_to_it():
    assert evidence("Peter Orr is gone. Mary Vell condemned his expulsion.", "Mary Vell", "Peter Orr") == {
        ("Peter Orr", "positive")
    }


@pytest.mark.parametrize("end", [".", ", and nobody listened.", " when the roof fell in."])
def test_her_at_the_end_of_a_clause_owns_nothing(end):
    assert evidence(f"Mary Orr is ill. Peter Vell said that the ward failed her{end}", "Peter Vell", "Mary Orr") == {
        ("Mary Orr", "positive")
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "Ona Vell condemned the expulsion of Tam Orr from the Reform Party.",
        "Ona Vell condemned the expulsion of Tam Orr by the Reform Party.",
        "Ona Vell condemned the Reform Party’s expulsion of Tam Orr.",
        "Ona Vell said that Tam Orr had been let down by the Reform Party.",
        "Ona Vell said that Tam Orr was wrongly accused of theft by the Reform Party.",
        "Ona Vell said that Tam Orr had been lied to for years by the Reform Party.",
        "Ona Vell said that Tam Orr was badly served by the Reform Party.",
        "Ona Vell said that the Reform Party had failed Tam Orr.",
        "Ona Vell said that the Reform Party turned its back on Tam Orr.",
        "Ona Vell said that the Reform Party let Tam Orr down badly.",
    ],
)
def test_whoever_did_it_is_criticized(sentence):
    found = evidence(sentence, "Ona Vell", "Tam Orr")
    assert ("Tam Orr", "positive") in found
    assert {p for t, p in found if t.endswith("Reform Party")} == {"negative"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Ona Vell regretted having called Tam Orr a thief.",
        "Ona Vell apologised to the crew for accusing Tam Orr of theft.",
        "Ona Vell: “I was wrong to doubt Tam Orr.”",
        "Ona Vell: “I was completely wrong about Tam Orr.”",
        "Ona Vell: “I misjudged Tam Orr.”",
    ],
)
def test_harsh_words_taken_back_are_none(sentence):
    assert evidence(sentence, "Ona Vell", "Tam Orr") == {("Tam Orr", "positive")}


@pytest.mark.parametrize(
    "sentence",
    [
        "Ona Vell: “I could not be prouder of Tam Orr.”",
        "Ona Vell: “We cannot thank Tam Orr enough.”",
        "Ona Vell: “I couldn’t agree more with Tam Orr.”",
    ],
)
def test_praise_that_could_not_be_greater_is_praise(sentence):
    assert evidence(sentence, "Ona Vell", "Tam Orr") == {("Tam Orr", "positive")}


@pytest.mark.parametrize(
    "sentence",
    [
        "Ona Vell refused to apologise for calling Tam Orr a thief.",
        "Ona Vell wants the Guild to apologise for calling Tam Orr a saint.",
        "Ona Vell said that Bo Lind regretted calling Tam Orr a thief.",
        "Ona Vell: “I was wrong to trust Tam Orr.”",
        "Ona Vell: “Tam Orr was wrong about the harbour.”",
        "Ona Vell: “Tam Orr could not be worse.”",
        "Ona Vell: “I cannot thank Tam Orr any more.”",
        "Ona Vell: “I cannot agree with Tam Orr.”",
    ],
)
def test_other_harsh_words_and_other_negations_stay(sentence):
    assert evidence(sentence, "Ona Vell", "Tam Orr") == {("Tam Orr", "negative")}


def test_who_let_somebody_down_is_blamed_once():
    text = "Ona Vell said that the Reform Party let Tam Orr down."
    reading = nl.Reader("rules").read(Text(text))
    complete(reading)
    resolution = resolve(reading)
    vell, party, orr = (
        next(n for n, a in enumerate(resolution.actors) if x in a.name) for x in ("Vell", "Party", "Orr")
    )
    given = [Stance(vell, t, "negative", 0.4, "reported", None, None, 0, len(text), "between") for t in (party, orr)]
    assert turned(given, reading, resolution).stances == [given[0], given[1]._replace(polarity="positive")]


def straightened(text, source, target, *given):
    """Polarity and probability of evidence (rule, polarity, probability) in a text, after a look at the words."""
    reading = nl.Reader("rules").read(Text(text))
    complete(reading)
    resolution = resolve(reading)
    number = {a.name: n for n, a in enumerate(resolution.actors)}
    span = next(s for s in reading.text.sentences if source in text[slice(*s)])
    stances = [Stance(number[source], number[target], x, p, "quote", None, None, *span, rule) for rule, x, p in given]
    return [(s.polarity, s.probability) for s in turned(stances, reading, resolution).stances]


LIKED = (("towards", "negative", 0.3), ("towards", "positive", 0.7), ("verb+ like", "positive", 0.3))


@pytest.mark.parametrize(
    "text",
    [
        "“I like Mayor Orr, but she has lost her way,” Ona Vell said.",
        "“I’ve always admired Mayor Orr, but Orr is no leader,” Ona Vell said.",
        "“We have a great deal of respect for Mayor Orr, but she got this wrong,” Ona Vell said.",
        "“With the greatest respect to Mayor Orr, she has not read it,” Ona Vell said.",
        "“Mayor Orr is a decent woman but she is out of her depth,” Ona Vell said.",
        "“Mayor Orr means well, but she has lost her way,” Ona Vell said.",
        "“Mayor Orr should do the decent thing and go,” Ona Vell said.",
        "Ona Vell said that it was time for Mayor Orr to quit.",
        "Ona Vell said that Mayor Orr had to step down now.",
        "Ona Vell said that the game was up for Mayor Orr.",
        "“All Mayor Orr cares about is money,” Ona Vell said.",
        "“Mayor Orr only cares about her own career,” Ona Vell said.",
        "Ona Vell said on Friday that she was withdrawing her endorsement of Mayor Orr.",
        "Ona Vell dropped her support for Mayor Orr.",
    ],
)
def test_kind_words_that_lead_up_to_blame_are_none(text):
    assert straightened(text, "Ona Vell", "Orr", *LIKED) == [("negative", 0.7)]


@pytest.mark.parametrize(
    "text",
    [
        "“I like Mayor Orr, and she has found her way,” Ona Vell said.",
        "“I like Mayor Orr, but I also like the Guild,” Ona Vell said.",
        "“Mayor Orr is a good woman, but she also is a great mayor,” Ona Vell said.",
        "“Mayor Orr is a good mayor but modest,” Ona Vell said.",
        "“Mayor Orr is a good mayor, but the job is impossible,” Ona Vell said.",
        "“I like Mayor Orr’s plan,” Ona Vell said.",
        "Ona Vell said that Mayor Orr should go to Ostmark.",
        "Ona Vell said that Mayor Orr should go further.",
        "Ona Vell said that it was time for Mayor Orr to walk the dog.",
        "“All Mayor Orr cares about is the children,” Ona Vell said.",
        "Ona Vell refused to withdraw her endorsement of Mayor Orr.",
        "Ona Vell has not withdrawn her support for Mayor Orr.",
    ],
)
def test_other_kind_words_stay(text):
    assert straightened(text, "Ona Vell", "Orr", *LIKED) == [(x, p) for _, x, p in LIKED]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("“Tam Orr is no liar,” Ona Vell said.", set()),
        ("“I don’t think Tam Orr is a racist,” Ona Vell said.", set()),
        ("“Tam Orr isn’t corrupt,” Ona Vell said.", set()),
        ("“Tam Orr is not a liar but a fool,” Ona Vell said.", {("Tam Orr", "negative")}),
        ("“I think Tam Orr is a racist,” Ona Vell said.", {("Tam Orr", "negative")}),
        ("“Tam Orr is not only corrupt, he is lazy,” Ona Vell said.", {("Tam Orr", "negative")}),
        ("“Tam Orr is no saint,” Ona Vell said.", {("Tam Orr", "negative")}),
    ],
)
def test_blame_that_is_denied_is_none(text, left):
    assert evidence(text, "Ona Vell", "Tam Orr") == left


@pytest.mark.parametrize(
    "text",
    [
        "Defending, Ona Vell said that Tam Orr was a broken man.",
        "In mitigation, Ms Ona Vell said that Tam Orr was ashamed of himself.",
        "Tam Orr was jailed. Ona Vell, defending, said that he had been a fool.",
        "“He was a fool,” Ona Vell, for the defence, said of Tam Orr.",
    ],
)
def test_counsel_does_not_attack_whom_they_defend(text):
    assert straightened(text, "Ona Vell", "Tam Orr", ("between", "negative", 0.8), ("between", "positive", 0.1)) == [
        ("positive", 0.1)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Defending champion Ona Vell said that Tam Orr was a cheat.",
        "Defending the levy, Ona Vell said that Tam Orr was a liar.",
        "Prosecuting, Ona Vell said that Tam Orr was a thief.",
    ],
)
def test_others_who_defend_something_may_attack(text):
    assert straightened(text, "Ona Vell", "Tam Orr", ("between", "negative", 0.8)) == [("negative", 0.8)]


def test_the_model_reader_sees_it():
    text = (
        "A dispute has split the harbour town.\n\n"
        "Ona Vell condemned the expulsion of Tam Orr from the Reform Party. "
        "“We strongly oppose the expulsion of Tam Orr and demand that he be reinstated,” Vell said."
    )
    analysis = nl.analyze(pd.DataFrame({"text": [text]}), progress=False)
    stances = analysis.stances
    towards = stances[(stances["source"] == "Ona Vell") & (stances["target"] == "Tam Orr")]
    assert set(towards["polarity"]) == {"positive"}
    against = stances[(stances["source"] == "Ona Vell") & stances["target"].str.contains("Reform")]
    assert set(against["polarity"]) == {"negative"}


def test_who_did_it_is_still_against_the_one_who_suffered():
    text = "Ona Vell condemned the expulsion of Tam Orr from the Harbour Party."
    assert evidence(text, "Harbour Party", "Tam Orr") == {("Tam Orr", "negative")}


def test_only_sentences_with_a_word_of_an_act_are_searched():
    """A sentence is told by the last part of such a word, so the lists hold plain words and no patterns."""
    words = [w for some in suffered._LISTS for w in some.split("|")]
    assert all(w.replace("-", "").replace(" ", "").isalpha() and w.islower() for w in words)
    told = Reading(Text(" ".join(f"Brandt spoke of {w.title()}." for w in words)), [])
    assert len(told.text.sentences) == len(words)
    assert all(suffered._tells_of_acts(told, n) for n in range(len(words)))
    assert not suffered._tells_of_acts(Reading(Text("Brandt attacked Vell."), []), 0)
