"""Coding in the notebook: what a coder sees, answers and takes back; and the widget around it."""

import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from _invented import invented

import newslab as nl
from newslab.coding import Session, check_codings, code

STATIC = Path(nl.coding.__file__).with_name("static")
EVIL = '<script>alert(1)</script> <img src=x onerror="alert(2)">'


@pytest.fixture
def analysis():
    return invented()


@pytest.fixture
def edges(analysis):
    return Session(analysis, nl.coding.sample(analysis, 4), coder="Ida")


@pytest.fixture
def articles(analysis):
    return Session(analysis, nl.coding.sample(analysis, 4, unit="articles"), coder="Ida")


def test_edges_one_by_one(edges):
    assert (edges.item, edges.n_done) == ("a1#e1", 0)
    edges.answer("negative", note="plain")
    assert edges.item == "a2#e1"
    edges.answer("neither")
    edges.go(3)
    edges.answer("positive")
    assert (edges.index, edges.n_done) == (3, 3)  # the last stays in view
    told = edges.codings
    assert told[["coder", "item", "article_id", "source", "target", "value"]].values.tolist() == [
        ["Ida", "a1#e1", "a1", "Ona Vell", "Tam Orr", "negative"],
        ["Ida", "a2#e1", "a2", "Ona Vell", "Tam Orr", "neither"],
        ["Ida", "a3#e1", "a3", "Bo Lind", "Tam Orr", "positive"],
    ]
    assert told["note"].fillna("").tolist() == ["plain", "", ""]
    assert told["time"].str.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00").all()
    pd.testing.assert_frame_equal(check_codings(edges.codings, sample=edges.sample), told)


def test_a_blind_coder_is_not_told_the_answer(analysis):
    drawn = nl.coding.sample(analysis, 4)
    blind, seeing = Session(analysis, drawn, coder="Ida"), Session(analysis, drawn, coder="Ida", blind=False)
    shown = json.dumps([blind.state(), blind.article()])
    assert "polarity" not in shown and "probability" not in shown and "negative" not in shown
    assert seeing.state()["polarity"] == "negative" and seeing.state()["probability"] == pytest.approx(0.75)
    blind.answer("negative")
    seeing.answer("negative")
    assert blind.codings["polarity"].isna().all()
    assert seeing.codings["polarity"].tolist() == ["negative"]
    whole = nl.coding.sample(analysis, 4, unit="articles")
    assert Session(analysis, whole).article()["marks"] == [] == Session(analysis, whole).article()["names"]
    assert Session(analysis, whole, blind=False).article()["marks"] != []


def test_the_evidence_is_marked_in_the_full_text(edges):
    shown = edges.article()
    ((start, end),) = shown["marks"]
    assert shown["text"][start:end] == "Ona Vell attacked Tam Orr over the harbour dues."
    assert shown["text"].startswith("The harbour was full.")
    assert (shown["title"], shown["outlet"], shown["published"]) == ("Title of a1", "Gull", "2031-01-05")


def test_undo_goes_back_to_where_it_was(edges):
    edges.answer("negative")
    edges.go(0)
    edges.answer("neither")
    edges.go(3)
    assert edges.undo()
    assert (edges.index, edges.codings["value"].tolist()) == (0, ["negative"])
    assert edges.undo()
    assert edges.codings.empty
    assert not edges.undo()


def test_a_whole_article(articles):
    articles.go(1)
    text = articles.article()["text"]
    start = text.index("hit back")
    articles.add_edge(" Tam Orr ", "Vell", "negative", spans=[(start, start + 8), (0, 8)])
    articles.add_edge("Ona Vell", "Tam Orr", "negative", clarity="arguable")
    assert [e["evidence"] for e in articles.state()["edges"]] == [["hit back", text[:8]], []]
    assert articles.codings.empty, "an article counts when it is finished"
    articles.finish()
    assert articles.index == 2
    articles.finish()
    told = articles.codings
    assert told[["item", "value", "source", "clarity"]].fillna("").values.tolist() == [
        ["a2", "edge", "Tam Orr", "clear"],
        ["a2", "edge", "Tam Orr", "clear"],
        ["a2", "edge", "Ona Vell", "arguable"],
        ["a3", "no edge", "", ""],
    ]
    assert told["evidence"].dropna().tolist() == ["hit back", text[:8]]
    pd.testing.assert_frame_equal(check_codings(articles.codings, sample=articles.sample), told)


def test_an_article_that_is_changed_is_open_again(articles):
    articles.finish()
    articles.go(0)
    assert articles.done("a1")
    articles.add_edge("Ona Vell", "Tam Orr", "negative")
    assert not articles.done("a1")
    articles.finish()
    articles.go(0)
    articles.remove_edge("Ona Vell", "Tam Orr", "negative")
    assert articles.state()["edges"] == []
    articles.finish()
    assert articles.codings["value"].tolist() == ["no edge"]
    articles.go(0)
    articles.remove_edge("Ona Vell", "Tam Orr", "negative")  # there is none
    articles.undo()
    assert [articles.undo() for _ in range(6)] == [True, True, True, True, True, False]
    assert articles.codings.empty


@pytest.mark.parametrize(
    ("edge", "message"),
    [
        (("", "Tam Orr", "negative"), "needs a source and a target"),
        (("Vell", "Vell", "negative"), "are the same"),
        (("Vell", "Orr", "hostile"), "polarity is 'hostile'; .*it may be 'negative', 'positive'"),
        (("Vell", "Orr", "negative", "thought"), "kind is 'thought'; it may be 'quote'"),
        (("Ona Vell", "Tam Orr", "negative"), "coded already"),
    ],
)
def test_edges_that_cannot_be(articles, edge, message):
    articles.add_edge("Ona Vell", "Tam Orr", "negative")
    with pytest.raises(ValueError, match=message):
        articles.add_edge(*edge[:3], kind=edge[3] if len(edge) > 3 else "action")


def test_wrong_use(edges, articles, analysis):
    with pytest.raises(ValueError, match="verdict is 'yes'; it may be 'negative'"):
        edges.answer("yes")
    with pytest.raises(ValueError, match="see add_edge and finish"):
        articles.answer("negative")
    for step in (lambda: edges.add_edge("A", "B", "negative"), edges.finish):
        with pytest.raises(ValueError, match="see answer"):
            step()
    nameless = Session(analysis, nl.coding.sample(analysis, 2))
    with pytest.raises(ValueError, match="who codes"):
        nameless.answer("negative")
    with pytest.raises(ValueError, match="1 of the 3 sampled articles are not in this analysis, such as 'a1'"):
        drawn = nl.coding.sample(analysis, 4)
        analysis.articles = analysis.articles.iloc[1:]
        Session(analysis, drawn)
    with pytest.raises(ValueError, match="give one that ends in .csv"):
        Session(analysis, nl.coding.sample(analysis, 2), coder="Ida", path="codings.xlsx")


def test_answers_are_saved_and_taken_up(analysis, tmp_path):
    drawn, path = nl.coding.sample(analysis, 4), tmp_path / "codings.csv"
    Session(analysis, drawn, coder="Bo", path=path).answer("neither")
    first = Session(analysis, drawn, coder="Ida", path=path)
    first.answer("negative")
    first.answer("positive")
    assert len(nl.coding.read_codings(path)) == 3, "the other coder's are kept"
    again = Session(analysis, drawn, coder="Ida", path=path)
    assert (again.index, again.n_done) == (2, 2)
    again.undo()
    again.answer("unsure")
    found = nl.coding.read_codings(path, sample=drawn)
    assert found.groupby("coder")["value"].agg(list).to_dict() == {
        "Bo": ["neither"], "Ida": ["negative", "positive", "unsure"],
    }  # fmt: skip


def by_coder(path, sample):
    return nl.coding.read_codings(path, "csv", sample=sample).groupby("coder")["value"].agg(list).to_dict()


def test_desks_that_save_into_one_file_lose_nothing_of_each_other(analysis, tmp_path):
    drawn, path = nl.coding.sample(analysis, 4), tmp_path / "codings"
    ida, bo, older = (Session(analysis, drawn, coder=coder, path=path) for coder in ("Ida", "Bo", "Ida"))
    ida.answer("negative")
    bo.answer("neither")
    ida.answer("positive")
    assert by_coder(path, drawn) == {"Bo": ["neither"], "Ida": ["negative", "positive"]}
    older.answer("unsure")  # of the first edge, which is so coded anew; the second stays
    assert sorted(by_coder(path, drawn)["Ida"]) == ["positive", "unsure"]
    older.undo()
    assert by_coder(path, drawn) == {"Bo": ["neither"], "Ida": ["positive"]}
    later = Session(analysis, drawn, coder=" Ida ", path=path)
    ida.undo()
    ida.undo()
    later.go(3)
    later.answer("neither")
    assert by_coder(path, drawn) == {"Bo": ["neither"], "Ida": ["neither"]}, "what was taken back is not there again"
    later.go(2)
    later.answer("unsure")
    path.unlink()
    later.go(1)
    later.answer("unsure")
    assert sorted(by_coder(path, drawn)["Ida"]) == ["neither", "unsure", "unsure"]


def test_desks_that_save_at_the_same_moment_lose_nothing_of_each_other(analysis, tmp_path):
    pytest.importorskip("fcntl")
    drawn, path = nl.coding.sample(analysis, 4), tmp_path / "codings.csv"

    def work(coder):
        desk = Session(analysis, drawn, coder=coder, path=path)
        for _ in range(len(drawn)):
            desk.answer("neither")

    with ThreadPoolExecutor() as threads:
        list(threads.map(work, "ABC"))
    assert by_coder(path, drawn) == dict.fromkeys("ABC", ["neither"] * len(drawn))
    assert [p.name for p in tmp_path.iterdir()] == ["codings.csv"]


def test_whoever_sits_down_after_another_takes_nothing_from_them(analysis, tmp_path):
    drawn, path = nl.coding.sample(analysis, 4), tmp_path / "codings.csv"
    desk = code(analysis, drawn, coder="Ida", path=path)
    desk.session.answer("negative")
    desk.coder = "Bo"
    assert desk.state["error"] == f"Bo codes now; what Ida coded stays in {path}"
    assert (desk.state["n_done"], desk.state["index"], desk.state["can_undo"]) == (0, 0, False)
    desk._told(desk, {"do": "answer", "value": "neither"}, [])
    desk.coder = "Ida"
    assert (desk.state["n_done"], desk.state["index"]) == (1, 1)
    assert by_coder(path, drawn) == {"Bo": ["neither"], "Ida": ["negative"]}
    unnamed = code(analysis, drawn, path=path)  # of two coders it cannot be told who comes back
    unnamed.coder = "Ida"
    assert unnamed.state["n_done"] == 1 and unnamed.codings["value"].tolist() == ["negative"]


def test_what_cannot_be_saved_is_told_on_the_page(analysis, tmp_path):
    (tmp_path / "full").write_text("a file, and no folder")
    path = tmp_path / "full" / "codings.csv"
    desk = code(analysis, nl.coding.sample(analysis, 4), coder="Ida", path=path)
    desk._told(desk, {"do": "answer", "value": "negative"}, [])
    assert "could not be written" in desk.state["error"] and desk.state["value"] == "negative"
    (tmp_path / "full").unlink()
    desk._told(desk, {"do": "go", "index": 1}, [])
    desk._told(desk, {"do": "answer", "value": "neither"}, [])
    assert desk.state["error"] == "" and len(nl.coding.read_codings(path)) == 2


def test_the_widget_does_what_the_page_asks_for(analysis, tmp_path):
    desk = code(analysis, nl.coding.sample(analysis, 4), coder="Ida")
    assert repr(desk) == "<CodingDesk: 0 of 4 edges coded by Ida; see .codings>"
    assert repr(desk.session) == "<Session: 0 of 4 edges coded by Ida; see .codings>"
    assert dir(desk) == ["close", "coder", "codings", "refresh", "session"] and all(hasattr(desk, n) for n in dir(desk))
    for message in ({"do": "answer", "value": "negative", "note": ""}, {"do": "next"}, {"do": "previous"}):
        desk._told(desk, message, [])
    assert desk.state["index"] == 1 and desk.state["can_undo"]
    assert desk.codings["value"].tolist() == ["negative"]
    desk._told(desk, {"do": "answer", "value": "perhaps"}, [])
    assert "verdict is 'perhaps'" in desk.state["error"]
    desk._told(desk, {"do": "undo"}, [])
    assert desk.codings.empty and desk.state["error"] == ""
    desk.coder = "Bo"
    desk._told(desk, {"do": "go", "index": 3}, [])
    desk._told(desk, {"do": "answer", "value": "positive"}, [])
    assert desk.codings[["coder", "value"]].values.tolist() == [["Bo", "positive"]]


def test_the_widget_codes_articles(analysis):
    desk = code(analysis, nl.coding.sample(analysis, 4, unit="articles"), coder="Ida", blind=False)
    edge = {"source": "Ona Vell", "target": "Tam Orr", "polarity": "negative"}
    desk._told(desk, {"do": "add", **edge, "clarity": "clear", "spans": [[0, 11]]}, [])
    told = {"clarity": "clear", "kind": None, "evidence": ["The harbour"], "spans": [[0, 11]]}
    assert desk.state["edges"] == [{**edge, **told}]
    desk._told(desk, {"do": "remove", **edge}, [])
    desk._told(desk, {"do": "finish"}, [])
    assert desk.codings["value"].tolist() == ["no edge"]
    desk._told(desk, {"do": "dance"}, [])
    assert "dance" in desk.state["error"]


def test_one_text_travels_at_a_time(analysis):
    desk = code(analysis, nl.coding.sample(analysis, 4), coder="Ida")
    state = json.dumps({k: v for k, v in desk.get_state().items() if k not in ("_esm", "_css")}, default=str)
    assert "It rained all day" in state
    assert "Bo Lind praised" not in state


def test_the_page_loads_nothing_from_elsewhere_and_writes_no_html():
    script, style = ((STATIC / f).read_text(encoding="utf-8") for f in ("coding.js", "coding.css"))
    assert not re.search(r"https?://|\bimport\b|@import|url\(", script + style)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", script)


def test_texts_with_markup_stay_texts(analysis):
    odd = invented(texts={"a1": EVIL, "a2": "x" * 10_000})
    drawn = nl.coding.sample(odd, 4, unit="articles")
    assert Session(odd, drawn).article()["text"] == EVIL


def test_it_says_what_to_install(analysis, monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "newslab.coding.notebook", raising=False)
    with pytest.raises(ImportError, match=r'pip install "newslab\[lab\]"'):
        code(analysis, nl.coding.sample(analysis, 2))
