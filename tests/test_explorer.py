"""What the explorer sends to the screen and does when it is asked; tests/browser looks at the screen itself."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from _invented import invented

import newslab as nl
from newslab.explorer import pieces
from newslab.plurals import number

TEXT = "Ona Vell spoke on Monday. “Tam Orr is a disgrace and a liar,” Vell said."
LOST = "“Nobody knows what this is for.”\n\nIt rained for weeks. The harbour was closed to Ona Vell."
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def analysis():
    frame = pd.DataFrame(
        {
            "id": ["a1", "a2", "a3", "a4"],
            "text": ["Ona Vell attacked Tam Orr on Monday.", TEXT, "Lind Marsh attacked Ona Vell. " + HOSTILE, LOST],
            "published": ["2031-01-05", "2031-03-05", None, None],
            "outlet": ["Gull", "Courier", HOSTILE, None],
            "title": ["One", None, HOSTILE, None],
        }
    )
    return nl.analyze(frame, reader="rules", progress=False)


@pytest.fixture
def explorer(analysis):
    explorer = nl.explore(analysis, author="ada")
    sent = []
    explorer.send = lambda content, buffers=None: sent.append(content)
    explorer.sent = sent
    yield explorer
    explorer.close()


def ask(explorer, **content):
    explorer._on_message(explorer, {"request": 7, **content}, [])
    answer = explorer.sent[-1]
    assert answer["request"] == 7
    return answer


def shown(explorer):
    names = [a[1] for a in explorer._actors]
    return {(names[s], names[t]): (negative, positive, n) for s, t, negative, positive, n in explorer._edges}


def test_edges_are_those_of_the_analysis(explorer, analysis):
    edges = analysis.edges()
    assert {k: v[2] for k, v in shown(explorer).items()} == {
        (r.source, r.target): r.n_articles for r in edges.itertuples()
    }
    for row in edges.itertuples():
        assert shown(explorer)[(row.source, row.target)][0] == pytest.approx(row.n_negative, abs=1e-3)
    assert explorer._summary == {"articles": 4, "edges": 2, "lost": 1, "shown": 2}
    assert explorer.edges["source"].tolist()[0] == "Ona Vell"


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
def test_the_screen_rounds_numbers_as_python_does():
    values = [0, 0.04, 0.05, 0.25, 0.75, 2.25, 2.35, 9.949, 9.96, 10.5, 11.5, 12.4996, 1234.5]
    script = (Path(nl.__file__).parent / "static" / "explorer.js").read_text(encoding="utf-8")
    figure = re.search(r"^const figure = .*?^};", script, re.M | re.S).group()
    told = subprocess.check_output(["node", "-p", f"{figure} JSON.stringify({values}.map(figure))"], encoding="utf-8")
    assert json.loads(told) == [number(x) for x in values]


def test_copies_are_left_out():
    explorer = nl.explore(invented())
    n = {(r.source, r.target): r.n_articles for r in invented().edges().itertuples()}
    assert {k: v[2] for k, v in shown(explorer).items()} == n
    explorer.close()


def test_names_in_the_network_do_not_collide():
    first, last = ("Ona", "Tam", "Lind", "Bettina", "Edda"), ("Vell", "Orr", "Marsh", "Okonjo-Brandt", "Rowe")
    names = [f"{a} {b}" for a in first for b in last]
    text = " ".join(f"{names[0]} attacked {name}." for name in names[1:])
    explorer = nl.explore(nl.analyze(pd.DataFrame({"text": [text]}), reader="rules", progress=False))
    boxes = [(x, y, 8 * len(name)) for _, name, _, x, y in explorer._actors]
    explorer.close()
    assert len(boxes) > 20
    for x, y, wide in boxes:
        assert wide / 2 <= x <= 640 - wide / 2 and 24 <= y <= 593
    for k, (x, y, wide) in enumerate(boxes):
        assert all(abs(x - u) >= (wide + w) / 2 or abs(y - v) > 30 for u, v, w in boxes[:k])


@pytest.mark.parametrize(
    ("filters", "n"),
    [
        ({"polarity": "positive"}, 0),
        ({"outlet": "Gull"}, 1),
        ({"since": "2031-02-01"}, 1),
        ({"until": "2031-01-05"}, 1),
        ({"since": "2031-01-05", "until": "2031-03-05"}, 1),
        ({"since": "no date"}, 2),
        ({"search": "marsh"}, 1),
        ({"search": "  "}, 2),
        ({"search": "nobody"}, 0),
        ({"type": "person"}, 2),
        ({"type": "group"}, 0),
        ({"least": 0.9}, 1),
    ],
)
def test_filters(explorer, filters, n):
    explorer.filters = filters
    assert len(explorer._edges) == n == len(explorer.edges)
    explorer.filters = {}
    assert len(explorer._edges) == 2


def test_parties_can_be_chosen():
    actors = pd.DataFrame({"name": ["Ona Vell", "Tam Orr"], "party": ["Harbour", "Harbour"]})
    frame = pd.DataFrame({"text": ["Ona Vell attacked Tam Orr.", "Ona Vell attacked Lind Marsh."]})
    explorer = nl.explore(nl.analyze(frame, reader="rules", actors=actors, progress=False))
    assert explorer._options["party"] == ["Harbour"]
    explorer.filters = {"party": "Harbour"}
    assert list(shown(explorer)) == [("Ona Vell", "Tam Orr")]
    explorer.close()


def test_the_chosen_edge_its_articles_and_its_text(explorer, analysis):
    explorer.select("Ona Vell", "Tam Orr")
    assert [a["article"] for a in explorer._chosen["articles"]] == ["a2", "a1"]  # newest first
    assert explorer.selection["evidence"].tolist() == [
        e["text"] for a in explorer._chosen["articles"] for e in a["evidence"]
    ]
    answer = ask(explorer, kind="text", article="a2")
    text = analysis.articles.set_index("article_id")["text"]["a2"]
    assert "".join(p[1] for p in answer["pieces"]) == text
    assert all(text[start:].startswith(piece) for start, piece, _, _ in answer["pieces"])
    marked = "".join(p[1] for p in answer["pieces"] if "evidence negative" in p[2])
    assert marked == explorer.selection["evidence"].iloc[0]
    assert {p[1] for p in answer["pieces"] if "target" in p[2]} == {"Tam Orr"}
    assert {p[1] for p in answer["pieces"] if "source" in p[2]} == {"Ona Vell", "Vell"}
    assert {p[1] for p in answer["pieces"] if "cue" in p[2]} == {"said"}
    assert [text[s:e] for s, e, _ in answer["sentences"]] == [w for _, _, w in answer["sentences"]]
    explorer.select()
    assert explorer._chosen["articles"] == [] and explorer.selection.empty


def test_the_chosen_edge_has_its_interval(explorer, analysis):
    explorer.select("Ona Vell", "Tam Orr")
    edge = analysis.edges().set_index(["source", "target"]).loc[("Ona Vell", "Tam Orr")]
    whole = explorer._chosen["expected"]
    assert list(whole) == ["negative"]  # nothing says that she backs him
    assert whole["negative"] == pytest.approx([edge[f"n_negative{end}"] for end in ("", "_low", "_high")], abs=6e-4)
    explorer.filters = {"outlet": "Gull"}  # one article, in which the edge is
    (n, low, high) = explorer._chosen["expected"]["negative"]
    assert low <= n <= high and n == pytest.approx(explorer.selection["probability"].max(), abs=1e-3)
    explorer.select()
    assert explorer._chosen == {"edge": [], "names": [], "articles": [], "expected": {}}
    changed = []
    explorer.observe(lambda change: changed.append(change["new"]), ["_chosen"])
    explorer.filters = {"search": "nobody"}
    explorer.select("Ona Vell", "Tam Orr")  # an edge that the filters empty is drawn as such, too
    names = ["Ona Vell", "Tam Orr"]
    assert changed[-1] == {"edge": ["ona-vell", "tam-orr"], "names": names, "articles": [], "expected": {}}


def test_only_the_surroundings_of_evidence_in_a_long_text_are_sent():
    text = "Nothing happened here. " * 4000 + "Ona Vell attacked Tam Orr. " + "Nothing happened there. " * 4000
    explorer = nl.explore(nl.analyze(pd.DataFrame({"text": [text]}), reader="rules", progress=False))
    explorer.select("Ona Vell", "Tam Orr")
    answer = explorer._text("article-1")
    sent = "".join(p[1] for p in answer["pieces"])
    assert answer["cut"] == [True, True] and len(sent) < 70_000 and "Ona Vell attacked Tam Orr." in sent
    assert text[answer["pieces"][0][0] :].startswith(answer["pieces"][0][1])
    explorer.close()


def test_a_correction_changes_what_is_shown_and_can_be_undone(explorer, analysis):
    explorer.select("Lind Marsh", "Ona Vell")
    stance = explorer._chosen["articles"][0]["evidence"][0]["stance"]
    assert ask(explorer, kind="judge", stance=stance, action="reject")["kind"] == "saved"
    assert ("Lind Marsh", "Ona Vell") not in shown(explorer)
    assert explorer._chosen["articles"] == []
    assert len(explorer.analysis.stances) == len(analysis.stances) - 1
    assert explorer._log[0]["said"] == "“Lind Marsh criticizes Ona Vell” is wrong"
    assert ask(explorer, kind="undo", id=explorer._log[0]["id"])["kind"] == "saved"
    assert ("Lind Marsh", "Ona Vell") in shown(explorer)
    assert explorer._chosen["articles"][0]["evidence"][0]["stance"] == stance


def test_corrections_read_the_articles_once(explorer, monkeypatch):
    from newslab import explorer as module

    asked = []
    made = module.articles_by_hash
    monkeypatch.setattr(module, "articles_by_hash", lambda analysis: asked.append(analysis) or made(analysis))
    options = explorer._options
    for stance in explorer.analysis.stances["stance_id"].head(2):
        explorer._answer({"kind": "judge", "stance": stance, "action": "confirm"})
    assert len(asked) == 1
    assert explorer.analysis.corrections["status"].tolist() == ["applied"] * 2
    assert explorer._options == options


def test_other_corrections(explorer):
    quote = explorer._lost[0]
    assert quote["text"] == "Nobody knows what this is for." and "Ona Vell" in quote["names"]
    ask(explorer, kind="speaker", quote=quote["quote"], value="Tam Orr")
    assert explorer._lost == [] and explorer._summary["lost"] == 0
    assert "Tam Orr" in set(explorer.analysis.quotes["speaker"])
    ask(explorer, kind="add", article="a1", start=0, end=8, source="Tam Orr", target="Lind Marsh", polarity="positive")
    assert shown(explorer)[("Tam Orr", "Lind Marsh")] == (0, 1, 1)
    explorer.select("Tam Orr", "Lind Marsh")
    ask(explorer, kind="same", actor=explorer._selected[0], value="Ona Vell")
    assert explorer._selected == []  # the actor is no more
    assert ("Ona Vell", "Lind Marsh") in shown(explorer)
    ask(explorer, kind="judge", stance="a3#s1", action="target", value="Harbour Board")
    assert ("Lind Marsh", "Harbour Board") in shown(explorer)


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "shout"},
        {"kind": "judge", "stance": "nothing", "action": "reject"},
        {"kind": "judge", "stance": "a1#s1", "action": "shout"},
        {"kind": "text", "article": "nothing"},
        {"kind": "add", "article": "a1", "start": 0, "end": 999, "source": "A", "target": "B", "polarity": "negative"},
        {"kind": "undo", "id": "nothing"},
        {},
    ],
)
def test_a_bad_message_is_answered_and_changes_nothing(explorer, content):
    answer = ask(explorer, **content)
    assert answer["kind"] == "error" and answer["message"]
    assert len(explorer.corrections) == 0


def test_corrections_are_saved_and_taken_up_again(analysis, tmp_path):
    file = tmp_path / "corrections.csv"
    explorer = nl.explore(analysis, corrections=file, author="ada")
    explorer.send = lambda *_: None
    assert not file.exists()
    explorer._on_message(explorer, {"kind": "judge", "stance": "a3#s1", "action": "reject"}, [])
    explorer.close()
    again = nl.explore(analysis, corrections=str(file), author="ben")
    assert ("Lind Marsh", "Ona Vell") not in shown(again)
    assert again.corrections.author == "ben" and again._log[0]["author"] == "ada"
    again.close()


def test_what_came_into_the_file_meanwhile_is_kept(analysis, tmp_path):
    file = tmp_path / "corrections.csv"
    ada, ben = (nl.explore(analysis, corrections=file, author=name) for name in ("ada", "ben"))
    for explorer, stance in ((ada, "a3#s1"), (ben, "a1#s1")):
        explorer.send = lambda *_: None
        explorer._on_message(explorer, {"kind": "judge", "stance": stance, "action": "reject"}, [])
    assert nl.read_corrections(file).table["author"].tolist() == ["ada", "ben"]
    assert [row["author"] for row in ben._log] == ["ben", "ada"] and ben.corrections.author == "ben"
    assert ("Lind Marsh", "Ona Vell") not in shown(ben)
    ada.close(), ben.close()


def test_what_cannot_be_saved_is_applied_and_told(analysis, tmp_path):
    (tmp_path / "full").write_text("a file, and no folder")
    explorer = nl.explore(analysis, corrections=tmp_path / "full" / "corrections.csv")
    sent = []
    explorer.send = lambda content, buffers=None: sent.append(content)
    explorer._on_message(explorer, {"kind": "judge", "stance": "a3#s1", "action": "reject"}, [])
    assert sent[-1]["kind"] == "error"
    assert sent[-1]["message"].startswith("“Lind Marsh criticizes Ona Vell” is wrong, but ")
    assert "could not be written" in sent[-1]["message"] and "explorer.corrections.save" in sent[-1]["message"]
    assert ("Lind Marsh", "Ona Vell") not in shown(explorer) and len(explorer._log) == 1
    (tmp_path / "full").unlink()
    explorer._on_message(explorer, {"kind": "judge", "stance": "a1#s1", "action": "reject"}, [])
    assert sent[-1]["kind"] == "saved"
    assert len(nl.read_corrections(tmp_path / "full" / "corrections.csv")) == 2
    explorer.close()


def test_the_author_is_noted_with_corrections_that_were_begun_elsewhere(analysis):
    begun = nl.Corrections(author="ada")
    begun.judge(analysis, "a3#s1", "reject")
    explorer = nl.explore(analysis, corrections=begun, author="ben")
    explorer.send = lambda *_: None
    explorer._on_message(explorer, {"kind": "judge", "stance": "a1#s1", "action": "reject"}, [])
    assert explorer.corrections is begun and begun.table["author"].tolist() == ["ada", "ben"]
    explorer.close()


def test_a_new_name_is_shown_and_noted_by_the_old_one(explorer):
    explorer.select("Ona Vell", "Tam Orr")
    ask(explorer, kind="same", actor="ona-vell", value="Ona Vellish")
    assert explorer._chosen["names"] == ["Ona Vellish", "Tam Orr"]
    assert explorer.corrections.table[["source", "value"]].values.tolist() == [["Ona Vell", "Ona Vellish"]]
    ask(explorer, kind="same", actor="ona-vell", value="Ona Vell")
    assert explorer._chosen["names"] == ["Ona Vell", "Tam Orr"]
    explorer.filters = {"search": "nobody"}  # the screen has no actor then, and the heading has names all the same
    assert explorer._actors == [] and explorer._chosen["names"] == ["Ona Vell", "Tam Orr"]


def test_of_two_without_a_name_the_screen_shows_numbers_and_no_ids():
    texts = [f"A union official attacked {name}." for name in ("Ona Vell", "Tam Orr")]
    explorer = nl.explore(nl.analyze(pd.DataFrame({"text": texts}), reader="rules", progress=False))
    assert {"union official (1)", "union official (2)"} <= {actor[1] for actor in explorer._actors}
    explorer.filters = {"search": "union official (2)"}
    assert list(shown(explorer)) == [("union official (2)", "Tam Orr")]
    explorer.close()


def test_of_two_of_one_name_the_screen_says_which():
    explorer = nl.explore(invented(names={"lind": "Tam Orr"}))
    explorer.send = lambda *_: None
    assert {"Tam Orr (orr)", "Tam Orr (lind)"} <= set(explorer._names)
    explorer.filters = {"search": "Tam Orr (lind)"}  # which a click on the network asks for
    assert list(shown(explorer)) == [("Tam Orr (lind)", "Tam Orr (orr)")]
    new = {"kind": "add", "article": "a5", "start": 0, "end": 5, "polarity": "negative"}
    explorer._on_message(explorer, {**new, "source": "Tam Orr (lind)", "target": "Ona Vell"}, [])
    assert explorer.analysis.stances["source_id"].tolist().count("lind") == 2
    explorer.close()


def test_everything_that_is_sent_is_json(explorer):
    explorer.select("Lind Marsh", "Ona Vell")
    for view in ("matrix", "network"):
        explorer.view = view
    state = {k: v for k, v in explorer.get_state().items() if k not in ("_esm", "_css")}
    text = json.dumps([state, ask(explorer, kind="text", article="a3")], allow_nan=False, ensure_ascii=False)
    assert HOSTILE in text


def test_it_is_as_high_as_one_asks_for(explorer, analysis):
    assert explorer._height == 640
    low = nl.explore(analysis, height=300)
    assert low._height == 300
    low.close()


def test_a_page_without_a_kernel_has_the_summary(explorer):
    bundle = explorer._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "Lind Marsh → Ona Vell" in data["text/html"] and "Run this cell" in data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in data
    ask(explorer, kind="judge", stance="a3#s1", action="reject")
    assert "Lind Marsh → Ona Vell" not in str(explorer._repr_mimebundle_())


def test_nothing_to_explore():
    explorer = nl.explore(nl.analyze(pd.DataFrame({"text": ["It rained."]}), reader="rules", progress=False))
    assert explorer._edges == [] and explorer.edges.empty and explorer.selection.empty
    assert repr(explorer).startswith("<newslab.Explorer of 1 article; ")
    assert {"analysis", "edges", "select", "selection"} < set(dir(explorer)) and "trait_names" not in dir(explorer)
    assert all(hasattr(explorer, name) for name in dir(explorer))
    explorer.close()


def test_pieces_of_overlapping_marks():
    text = "abcdefghij"
    marks = [(0, 5, "x"), (3, 8, "y"), (3, 5, "z"), (9, 20, "x"), (-3, 1, "w")]
    found = pieces(text, marks, 0, 10, {(3, 5): "Zed"})
    assert "".join(p[1] for p in found) == text
    assert [p[0] for p in found] == [0, 1, 3, 5, 8, 9]
    assert [p[2] for p in found] == [["w", "x"], ["x"], ["x", "y", "z"], ["y"], [], ["x"]]
    assert [p[3] for p in found] == [None, None, "Zed", None, None, None]


def test_a_table_is_no_analysis():
    with pytest.raises(TypeError, match="explore takes an Analysis, as analyze and load give it, not a DataFrame"):
        nl.explore(pd.DataFrame())
