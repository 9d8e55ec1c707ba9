"""Corrections: what they change, that they fit again after a new analysis, undoing, merging, files, bad input."""

from datetime import datetime
from types import SimpleNamespace

import pandas as pd
import pytest

import newslab as nl
from newslab import corrections
from newslab.corrections import Corrections, read_corrections, text_hash

TEXTS = {
    "a1": "Ona Vell attacked Tam Orr on Monday. Orr is a friend of Lind Marsh.",
    "a2": "“Tam Orr is a disgrace and a liar,” Ona Vell said.",
    "a3": "“Nobody knows what this is for.”\n\nLind Marsh attacked Ona Vell.",
}


@pytest.fixture(scope="module")
def analysis():
    frame = pd.DataFrame({"id": list(TEXTS), "text": list(TEXTS.values())})
    return nl.analyze(frame, reader="rules", progress=False)


def stance(analysis, article, source="Ona Vell", target="Tam Orr"):
    s = analysis.stances
    return s[(s["article_id"] == article) & (s["source"] == source) & (s["target"] == target)].iloc[0]


def pairs(analysis, polarity="negative"):
    edges = analysis.edges(polarity)
    return dict(zip(zip(edges["source"], edges["target"], strict=True), edges["n_articles"], strict=True))


def status(analysis):
    return dict(zip(analysis.corrections["action"], analysis.corrections["status"], strict=True))


def test_rejected_evidence_is_gone_and_the_rest_and_the_original_stay(analysis):
    before = pairs(analysis)
    assert before[("Ona Vell", "Tam Orr")] == 2
    c = Corrections(author="ada")
    c.judge(analysis, stance(analysis, "a1")["stance_id"], "reject")
    after = analysis.apply(c)
    assert pairs(after)[("Ona Vell", "Tam Orr")] == 1
    assert pairs(analysis) == before
    assert status(after) == {"reject": "applied"}
    assert len(after.problems) == len(analysis.problems)


def test_a_confirmed_edge_is_certain_and_marked(analysis):
    c = Corrections()
    c.judge(analysis, stance(analysis, "a1")["stance_id"], "confirm")
    row = stance(analysis.apply(c), "a1")
    assert row["probability"] == 1 and row["corrected"]
    assert not analysis.apply(c).stances.query("article_id == 'a3'")["corrected"].any()


def test_another_target_source_or_polarity(analysis):
    ident = stance(analysis, "a1")["stance_id"]
    for action, value, wanted, polarity in (
        ("target", "Lind Marsh", ("Ona Vell", "Lind Marsh"), "negative"),
        ("source", "Lind Marsh", ("Lind Marsh", "Tam Orr"), "negative"),
        ("source", "Nobody Known", ("Nobody Known", "Tam Orr"), "negative"),
        ("polarity", None, ("Ona Vell", "Tam Orr"), "positive"),
    ):
        c = Corrections()
        c.judge(analysis, ident, action, value)
        after = analysis.apply(c)
        assert pairs(after, polarity)[wanted] == 1, action
        assert pairs(after)[("Ona Vell", "Tam Orr")] == 1  # that of a2 stays
        assert set(after.stances["source_id"]) | set(after.stances["target_id"]) <= set(after.actors["actor_id"])


def test_a_turned_edge_between_one_actor_and_itself_is_none(analysis):
    c = Corrections()
    c.judge(analysis, stance(analysis, "a1")["stance_id"], "target", "Ona Vell")
    after = analysis.apply(c).stances
    assert not (after["source_id"] == after["target_id"]).any()


def test_an_added_edge_stands_where_it_was_seen(analysis):
    text = TEXTS["a3"]
    start = text.index("Nobody knows")
    c = Corrections()
    c.add_edge(analysis, "a3", start, text.index("”"), "Lind Marsh", "Harbour Board")
    after = analysis.apply(c)
    row = stance(after, "a3", "Lind Marsh", "Harbour Board")
    assert row["evidence"] == text[row["start"] : row["end"]] == "Nobody knows what this is for."
    assert row["probability"] == 1 and row["corrected"] and row["via"] == "reported" and pd.isna(row["quote_id"])
    actor = after.actors.set_index("name").loc["Harbour Board"]
    assert (actor["n_articles"], actor["n_mentions"], actor["n_quotes"]) == (1, 0, 0)
    assert after.stances.dtypes.to_dict() == analysis.stances.dtypes.to_dict()
    assert after.stances["stance_id"].is_unique


def test_a_quotation_is_given_its_speaker(analysis):
    lost = analysis.quotes[analysis.quotes["speaker"].isna()]
    assert lost["article_id"].tolist() == ["a3"]
    c = Corrections()
    c.speaker(analysis, lost["quote_id"].iloc[0], "Lind Marsh")
    c.add_edge(analysis, "a3", int(lost["start"].iloc[0]), int(lost["end"].iloc[0]), "Lind Marsh", "Ona Vell")
    after = analysis.apply(c)
    row = after.quotes[after.quotes["article_id"] == "a3"].iloc[0]
    assert (row["speaker"], row["attribution"], row["confidence"]) == ("Lind Marsh", "corrected", 1.0)
    added = after.stances[after.stances["corrected"]].iloc[0]
    assert (added["via"], added["quote_id"]) == ("quote", row["quote_id"])
    n = after.actors.set_index("name")["n_quotes"]
    assert n["Lind Marsh"] == analysis.actors.set_index("name")["n_quotes"]["Lind Marsh"] + 1
    assert after.speakers().set_index("speaker")["n_quotes"]["Lind Marsh"] == 1


def test_one_person_under_two_names(analysis):
    c = Corrections()
    c.same("Lind Marsh", "Tam Orr")
    after = analysis.apply(c)
    assert "Lind Marsh" not in set(after.actors["name"])
    orr = after.actors.set_index("name").loc["Tam Orr"]
    assert "Lind Marsh" in orr["aliases"]
    assert orr["n_articles"] == 3
    assert pairs(after)[("Tam Orr", "Ona Vell")] == 1
    for table, columns in ((after.mentions, ["actor"]), (after.stances, ["source", "target"])):
        for column in columns:
            assert "Lind Marsh" not in set(table[column])


@pytest.mark.parametrize("names", [["L. Marsh"], ["Tam Orr"], ["L. Marsh", "Lindsay Marsh"], ["L. Marsh", "Tam Orr"]])
def test_who_claims_something_is_called_as_the_actor_is(analysis, names):
    told = analysis._with(stances=analysis.stances.assign(claimed_by="Lind Marsh"))
    c, called = Corrections(), "Lind Marsh"
    for name in names:
        c.same(called, name)
        called = name
    after = told.apply(c)
    assert set(after.stances["claimed_by"]) == {names[-1]}
    assert len(after.edges(claimed_by="Lind Marsh"))


def test_a_new_name_for_an_actor(analysis):
    c = Corrections()
    c.same("Tam Orr", "Thomas Orr")
    after = analysis.apply(c)
    assert pairs(after)[("Ona Vell", "Thomas Orr")] == 2
    assert "Tam Orr" in after.actors.set_index("name").loc["Thomas Orr", "aliases"]


def test_a_name_of_several_actors_joins_nobody():
    texts = ["Ona Vell spoke. Vell condemned Tam Orr.", "Ida Vell spoke. Vell condemned Tam Orr.", "Tam Orr slept."]
    analysis = nl.analyze(pd.DataFrame({"text": texts}), reader="rules", progress=False)
    c = Corrections()
    c.same("Vell", "Ona Vell")
    c.same("Tam Orr", "Vell")
    c.same("Ona Vell", "Vell")  # no more than Ida is
    with pytest.warns(UserWarning, match="3 of 3 corrections"):
        after = analysis.apply(c)
    assert after.actors["name"].tolist() == ["Ida Vell", "Ona Vell", "Tam Orr"]
    assert after.problems["reason"].str.contains("2 actors are called 'Vell': Ida Vell \\(ida-vell, 1 article\\)").all()
    c = Corrections()
    c.same("ida-vell", "ona vell")
    assert analysis.apply(c).actors["name"].tolist() == ["Ona Vell", "Tam Orr"]
    ident = stance(analysis, "article-1")["stance_id"]
    c.judge(analysis, ident, "target", "Vell")  # the article tells who that is
    with pytest.raises(ValueError, match="2 actors are called 'Vell'"):
        c.add_edge(analysis, "article-3", 0, 7, "Tam Orr", "Vell")
    c = Corrections()
    c.add_edge(analysis, "article-3", 0, 7, "tam orr", "VELL")  # somebody new, since the letters fit two
    assert pairs(analysis.apply(c))[("Tam Orr", "VELL")] == 1


def test_corrections_of_corrected_rows_follow_one_another(analysis):
    c = Corrections(author="ada")
    c.judge(analysis, stance(analysis, "a1")["stance_id"], "target", "Lind Marsh")
    once = analysis.apply(c)
    c.judge(once, stance(once, "a1", target="Lind Marsh")["stance_id"], "polarity")
    twice = analysis.apply(c)
    assert pairs(twice, "positive")[("Ona Vell", "Lind Marsh")] == 1
    c.undo()
    assert pairs(analysis.apply(c))[("Ona Vell", "Lind Marsh")] == 1
    c.undo()
    assert pairs(analysis.apply(c)) == pairs(analysis)
    with pytest.raises(ValueError, match="no correction to undo"):
        c.undo()


def test_they_fit_a_new_analysis_under_other_ids(analysis):
    c = Corrections(author="ada")
    c.judge(analysis, stance(analysis, "a1")["stance_id"], "reject")
    c.judge(analysis, stance(analysis, "a2")["stance_id"], "reject")
    frame = pd.DataFrame({"id": ["z", "y"], "text": [TEXTS["a2"], TEXTS["a1"]]})
    again = nl.analyze(frame, reader="rules", corrections=c, progress=False)
    assert pairs(again) == {}
    assert set(again.corrections["status"]) == {"applied"}


LOST = "1 of 1 corrections fit nothing here and were not applied; see analysis.problems, stage 'corrections'"


def test_a_name_that_nobody_has_is_told(analysis):
    c = Corrections()
    c.same("Frank Dry", "Ona Vell")
    with pytest.warns(UserWarning, match=LOST):
        assert status(analysis.apply(c)) == {"same": "not found"}


def test_what_does_not_fit_is_a_problem(analysis):
    c = Corrections()
    c.judge(analysis, stance(analysis, "a1")["stance_id"], "reject")
    frame = pd.DataFrame({"id": ["a1"], "text": [TEXTS["a1"] + " It was edited later."]})
    with pytest.warns(UserWarning, match=LOST):
        again = nl.analyze(frame, reader="rules", corrections=c, progress=False)
    assert pairs(again) == {("Ona Vell", "Tam Orr"): 1}
    assert status(again) == {"reject": "not found"}
    assert again.problems["stage"].tolist() == ["corrections"]
    with pytest.warns(UserWarning, match=LOST):
        assert len(again.apply(c).problems) == 1  # applied twice, told once


def test_rows_are_no_ids(analysis):
    c = Corrections()
    with pytest.raises(TypeError, match="(?s)stance_id is .*; it takes a str"):
        c.judge(analysis, analysis.stances.iloc[0], "reject")
    with pytest.raises(TypeError, match="(?s)quote_id is .*; it takes a str"):
        c.speaker(analysis, analysis.quotes["quote_id"], "Ona Vell")


def test_colleagues_merge_and_see_where_they_differ(analysis, tmp_path):
    ident = stance(analysis, "a1")["stance_id"]
    ada, ben = Corrections(author="ada"), Corrections(author="ben")
    ada.judge(analysis, ident, "reject")
    ada.same("Lind Marsh", "L. Marsh")
    ben.judge(analysis, ident, "confirm")
    both = ada.merge(ben)
    assert both.table.equals(ben.merge(ada).table)
    assert len(both) == 3 == len(both.merge(ada, ben))
    conflicts = both.conflicts()
    assert repr(both) == "<newslab.Corrections: 3 that stand, 1 conflict; see .table>"
    assert conflicts["author"].tolist() == ["ada", "ben"]
    assert conflicts["thing"].tolist() == [0, 0]
    after = analysis.apply(both)
    assert stance(after, "a1")["probability"] == 1  # the later one
    assert status(after) == {"reject": "overruled", "same": "applied", "confirm": "applied"}
    assert "later" in after.problems["reason"].iloc[-1]
    ben.undo()
    assert both.merge(ben).conflicts().empty
    assert both.merge(ben.save(tmp_path / "ben.csv")).conflicts().empty


def test_the_last_word_of_one_author_stands_and_is_no_conflict(analysis):
    ident = stance(analysis, "a1")["stance_id"]
    c = Corrections(author="ada")
    c.judge(analysis, ident, "reject")
    c.judge(analysis, ident, "confirm")
    assert c.standing()["action"].tolist() == ["confirm"]
    assert c.conflicts().empty


@pytest.mark.parametrize("clock", ["2001-01-01T00:00:00.000000+00:00", "2061-01-01", "yesterday", None])
def test_the_last_word_stands_whatever_the_clock_says(clock, analysis, monkeypatch):
    ident = stance(analysis, "a1")["stance_id"]
    c = Corrections(author="ada")
    c.judge(analysis, ident, "reject")
    c = Corrections(c.table.assign(time=clock), author="ada")  # from a machine whose clock goes wrong
    monkeypatch.setattr(corrections, "datetime", SimpleNamespace(now=lambda zone: datetime(2031, 1, 1, tzinfo=zone)))
    for action in ("confirm", "reject", "confirm"):
        c.judge(analysis, ident, action)
    if clock != "yesterday":  # which is no time, so that nothing tells that it is the earlier
        assert c.standing()["action"].tolist() == ["confirm"]
    assert c.table["time"].iloc[1:].is_monotonic_increasing and c.table["time"].is_unique


def test_a_file_holds_everything(analysis, tmp_path):
    c = Corrections(author="=cmd()")
    c.judge(analysis, stance(analysis, "a1")["stance_id"], "target", "Zoë “Z” O’Neil, Jr.\nof Orr")
    c.same("'=1+1", "@evil")
    c.same("-5", "NA")
    c.same("Ida\rKent", "\r=1")
    path = c.save(tmp_path / "new" / "corrections.csv")
    assert [p.name for p in path.parent.iterdir()] == ["corrections.csv"]
    again = read_corrections(path, author="ben")
    pd.testing.assert_frame_equal(again.table, c.table)
    cells = pd.read_csv(path, dtype="str", keep_default_na=False)
    assert not cells.map(lambda v: v.startswith(("=", "+", "-", "@"))).any(axis=None)
    assert again.author == "ben"


def test_a_file_keeps_its_place_and_who_may_read_it(tmp_path):
    c = Corrections(author="ada")
    shared, link = c.save(tmp_path / "shared" / "corrections.csv"), tmp_path / "here.csv"
    shared.chmod(0o664)
    link.symlink_to(shared)
    c.same("Orr", "Tam Orr")
    c.save(link)
    assert link.is_symlink() and len(read_corrections(shared)) == 1
    assert shared.stat().st_mode & 0o777 == 0o664


def test_no_workbook_is_replaced_by_csv(tmp_path):
    path = tmp_path / "corrections.xlsx"
    Corrections().table.to_excel(path, index=False)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="give one that ends in .csv"):
        Corrections().save(path)
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_saved_with_the_analysis(analysis, tmp_path):
    c = Corrections()
    c.judge(analysis, stance(analysis, "a1")["stance_id"], "reject")
    after = analysis.apply(c)
    loaded = nl.load(after.save(tmp_path / "out"))
    pd.testing.assert_frame_equal(loaded.corrections, after.corrections)
    pd.testing.assert_frame_equal(loaded.stances, after.stances)
    assert analysis.corrections.empty


def test_parties_follow_the_corrected_target():
    actors = pd.DataFrame({"name": ["Ona Vell", "Tam Orr", "Lind Marsh"], "party": ["Harbour", "Reform", "Meadow"]})
    frame = pd.DataFrame({"id": list(TEXTS), "text": list(TEXTS.values())})
    analysis = nl.analyze(frame, reader="rules", actors=actors, progress=False)
    c = Corrections()
    c.judge(analysis, stance(analysis, "a1")["stance_id"], "target", "Lind Marsh")
    row = stance(analysis.apply(c), "a1", target="Lind Marsh")
    assert row["target_party"] == "Meadow"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="value"), "lack the columns value"),
        (lambda t: t.assign(action="shout"), "action is 'shout'"),
        (lambda t: t.assign(action=None), "action is ''"),
        (lambda t: t.assign(source=None), "row 1 of the corrections: 'reject' without source"),
        (lambda t: t.assign(action="add", start=None), "'add' without start"),
        (lambda t: t.assign(action="speaker"), "'speaker' without value"),
        (lambda t: t.assign(action="polarity", value="sour"), "value is 'sour'; it may be 'negative', 'positive'"),
        (lambda t: t.assign(polarity="sour"), "polarity is 'sour'"),
        (lambda t: pd.concat([t, t]), "ids must be unique"),
        (lambda t: t.assign(start="x"), "no whole number"),
    ],
)
def test_a_bad_table_gets_a_clear_error(analysis, change, message):
    c = Corrections()
    c.judge(analysis, stance(analysis, "a1")["stance_id"], "reject")
    with pytest.raises(ValueError, match=message):
        Corrections(change(c.table))


def test_an_edge_is_not_added_outside_the_text(analysis):
    c = Corrections()
    c.add_edge(analysis, "a1", 0, 5, "Tam Orr", "Bo Lind")
    with pytest.warns(UserWarning, match="fit nothing here"):
        applied = analysis.apply(Corrections(c.table.assign(end=10**6)))
    assert len(applied.stances) == len(analysis.stances)


def test_a_bad_correction_gets_a_clear_error(analysis):
    c = Corrections()
    ident = stance(analysis, "a1")["stance_id"]
    for call, message in (
        (lambda: c.judge(analysis, "nothing", "reject"), "no stance_id 'nothing'"),
        (lambda: c.judge(analysis, ident, "shout"), "'confirm', 'reject'"),
        (lambda: c.judge(analysis, ident, "target", " "), "name of the right target"),
        (lambda: c.judge(analysis, ident, "polarity", "sour"), "polarity is 'sour'; it may be 'negative', 'positive'"),
        (lambda: c.add_edge(analysis, "a1", 5, 5000, "A", "B"), "outside the"),
        (lambda: c.add_edge(analysis, "a1", 3, 4, "A", "B"), "has no words"),
        (lambda: c.add_edge(analysis, "a1", 0, 5, "A", "A "), "two names that differ"),
        (lambda: c.same("A", ""), "two names that differ"),
        (lambda: c.speaker(analysis, "a3#q1", " "), "name of the speaker"),
        (lambda: c.undo("nothing"), "no correction 'nothing' stands"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    assert len(c) == 0
    with pytest.raises(FileNotFoundError):
        read_corrections("nowhere.csv")


def test_the_hash_takes_any_text():
    assert len(text_hash("\ud800")) == 16 and text_hash("a") != text_hash("a ")


def test_an_edge_by_its_words_is_told_how_to_give_their_place(analysis):
    with pytest.raises(TypeError, match=r"count characters.*\.index\(words\)"):
        Corrections().add_edge(analysis, "a1", "Tam Orr", "Bo Lind", "negative", "a disgrace")


def test_what_are_no_corrections_is_said(analysis):
    with pytest.raises(TypeError, match="corrections are a Analysis; give Corrections, their table, or a path"):
        analysis.apply(analysis)
