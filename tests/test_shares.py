"""How likely an act is: by its rule and word, and by who acts on whom."""

import pandas as pd
import pytest

import newslab as nl
from newslab.reading import Act, Mention, Reading
from newslab.rules import RuleReader
from newslab.rules.lexicons import lexicons
from newslab.rules.shares import ends, is_measured, share, with_ends

BETWEEN = [
    # source, source described, target described, polarity
    (("Ona Vell", False, False, -1), ()),
    (("i", False, False, 1), ("own source+",)),
    (("we", False, True, -1), ("own source-", "described target-")),
    (("activists", True, False, 1), ("described source+",)),
    (("she", True, True, -1), ("described source-", "described target-")),
]


@pytest.mark.parametrize(("given", "expected"), BETWEEN)
def test_what_the_ends_of_an_act_are(given, expected):
    assert ends(*given) == expected


def test_the_list_knows_every_end_and_no_other():
    found = {
        end
        for source in ("i", "Ona Vell")
        for described in ((False, False), (True, True))
        for polarity in (-1, 1)
        for end in ends(source, *described, polarity)
    }
    assert found == set(lexicons().ends)


def test_ends_multiply_the_odds():
    factor = lexicons().ends["described source-"]
    assert with_ends(0.5, ("described source-",)) == pytest.approx(factor / (1 + factor))
    assert with_ends(0.7, ()) == pytest.approx(0.7)
    twice = with_ends(0.7, ("described source-", "described target-"))
    assert 0 < twice < with_ends(0.7, ("described source-",)) < 0.7 < with_ends(0.7, ("own source+",)) < 1


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_what_is_certain_stays_certain_whoever_acts(p):
    assert with_ends(p, ("described source-", "own source+")) == p


def test_a_rare_word_has_the_share_of_its_rule():
    assert share("verb- unheard-of") == share("verb-") != share("verb- accuse")
    assert is_measured("verb- unheard-of") and is_measured("turned")
    assert not is_measured("hunch") and not is_measured("")
    assert 0 < share("hunch") < share("verb-")


class Certain(RuleReader):
    """A reader that knows by other ways who blames whom."""

    def __init__(self, rule):
        self.name, self.rule = "certain", rule

    def read(self, text):
        activists = Mention(0, 9, "nominal", "group", "activists", plural=True)
        vell = Mention(17, 25, "name", "person", "Ona Vell")
        return Reading(text, [], [activists, vell], acts=[Act(0, 1, -1, 0, 25, self.rule, 0.8)])


@pytest.mark.parametrize(
    ("rule", "chance"),
    [("", 0.8), ("hunch", 0.8), ("verb- attack", with_ends(0.8, ("described source-",)))],
)
def test_only_acts_by_measured_rules_depend_on_their_ends(rule, chance):
    """What another reader is sure of stays as it said; its rules may have any name, or none."""
    articles = pd.DataFrame({"text": ["Activists attack Ona Vell."]})
    analysis = nl.analyze(articles, reader=Certain(rule), progress=False)
    assert analysis.stances["probability"].tolist() == pytest.approx([chance])
