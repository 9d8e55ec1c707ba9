"""Whom a name means: exact names, ids, aliases, other letters; and what is said where nobody or several are meant."""

import pandas as pd
import pytest
from _invented import invented

import newslab as nl
from newslab.lookup import Names

ACTORS = pd.DataFrame(
    [
        ("ona-vell", "Ona Vell", ["Vell", "the mayor"], 3),
        ("ida-vell", "Ida Vell", ["Vell"], 1),
        ("skip-mabry", "Skip Mabry", ["Mabry"], 2),
        ("union", "Union", [], 1),
        ("tam-orr", "Tam Orr", ["Orr"], 2),
        ("orr-gull-1", "Orr", [], 1),  # "the Orr of old", of whom one article tells
        ("council-gull-1", "Council", [], 1),
        ("board-gull-1", "Board", ["Council"], 1),
        ("union-gull-1", "union", [], 1),
        ("union-gull-2", "union", [], 1),
        ("somebody-else-gull-1", "somebody else", [], 1),
    ],
    columns=["actor_id", "name", "aliases", "n_articles"],
)


@pytest.mark.parametrize(
    ("name", "ident"),
    [
        ("Ona Vell", "ona-vell"),
        ("ida-vell", "ida-vell"),
        ("Mabry", "skip-mabry"),
        ("orr-gull-1", "orr-gull-1"),
        ("Council", "council-gull-1"),  # its name, and the alias of another of no more articles
        ("skip mabry", "skip-mabry"),
        ("THE MAYOR", "ona-vell"),
        ("Union", "union"),
        ("union", "union"),  # an id, and the name of two others
        ("union-gull-1", "union-gull-1"),
    ],
)
def test_one_actor_is_meant(name, ident):
    assert Names(ACTORS).one(name) == ident


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "Vell",
            r"2 actors are called 'Vell': Ona Vell \(ona-vell, 3 articles\), Ida Vell \(ida-vell, 1 article\); ask for "
            "one by its id, such as 'ona-vell'",
        ),
        (
            "Orr",
            r"2 actors are called 'Orr': Tam Orr \(tam-orr, 2 articles\), Orr \(orr-gull-1, 1 article\); ask for one",
        ),
        ("VELL", "no actor 'VELL' in this corpus; near are 'Ona Vell', 'Ida Vell'"),
        ("UNION", "no actor 'UNION' in this corpus; near are 'Union'"),
        ("Ona Vel", "no actor 'Ona Vel' in this corpus; near are 'Ona Vell'"),
        ("Skip", "no actor 'Skip' in this corpus; see"),
        ("Mabri", "near are 'Skip Mabry'; see"),
        ("somebody els", "no actor 'somebody els' in this corpus; see"),  # hints are for those who have a name
    ],
)
def test_nobody_or_several_are_meant(name, message):
    with pytest.raises(ValueError, match=message):
        Names(ACTORS).one(name)


def test_a_surname_stands_ahead_of_junior():
    with pytest.raises(ValueError, match="near are 'Rolf Tarn Jr'"):
        Names(ACTORS.assign(name=ACTORS["name"].replace("Skip Mabry", "Rolf Tarn Jr"))).one("Tarne")


def test_no_name_at_all():
    with pytest.raises(TypeError, match="an actor is None; give a name"):
        Names(ACTORS).one(None)


def test_descriptions_are_near_where_nobody_has_a_name():
    with pytest.raises(ValueError, match="near are 'somebody else'"):
        Names(ACTORS[ACTORS["name"] == "somebody else"]).one("somebody els")


def test_of_many_candidates_the_first_are_named():
    many = pd.DataFrame({"actor_id": [f"crew-{k}" for k in range(9)], "name": "crew", "aliases": [[]] * 9})
    with pytest.raises(ValueError, match=r"9 actors are called 'crew': crew \(crew-8, 8 articles\).*, 4 more; ask"):
        Names(many.assign(n_articles=range(9))).one("crew")


@pytest.fixture(scope="module")
def namesakes():
    texts = [f"{name} Vell spoke. Vell condemned Tam Orr. {name} Vell left." for name in ("Ona", "Ida")]
    return nl.analyze(pd.DataFrame({"text": texts}), reader="rules", progress=False)


def test_two_people_are_not_explained_as_one(namesakes):
    told = namesakes.explain("ona vell", "tam-orr")
    assert (told.source, told.target, len(told.table)) == ("Ona Vell", "Tam Orr", 1)
    for ask in (
        lambda: namesakes.explain("Vell", "Tam Orr"),
        lambda: namesakes.evidence("Vell"),
        lambda: nl.plot.timeline(namesakes, source="Vell"),
        lambda: nl.plot.balance(namesakes, actors=["Tam Orr", "Vell"]),
        lambda: nl.plot.outlets(namesakes, targets="Vell"),
        lambda: nl.plot.matrix(namesakes, order=["Vell"]),
    ):
        with pytest.raises(ValueError, match="2 actors are called 'Vell': Ida Vell"):
            ask()
    for ask in (lambda: namesakes.explain(None, "Tam Orr"), lambda: namesakes.evidence(3)):
        with pytest.raises(TypeError, match="give a name, an alias or an id"):
            ask()


@pytest.mark.parametrize("name", ["Bo Lind", "lind", "bo lind"])
def test_who_claims_a_stance_is_asked_for_like_any_actor(name):
    analysis = invented()
    analysis.stances.loc[0, "claimed_by"] = "Bo Lind"
    assert analysis.edges(claimed_by=name)[["source", "target"]].values.tolist() == [["Ona Vell", "Tam Orr"]]


def test_nobody_claims_a_stance():
    assert invented().edges(claimed_by="Bo Lind").empty
    with pytest.raises(ValueError, match="no actor 'Bo Lindd' in this corpus; near are 'Bo Lind'"):
        invented().edges(claimed_by="Bo Lindd")
    with pytest.raises(TypeError, match="an actor is 7"):
        invented().edges(claimed_by=7)
