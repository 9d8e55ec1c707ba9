"""The coding guideline's form: written, read back, and scored."""

import json

import pandas as pd
import pytest

import newslab as nl
from newslab.coding import article_coding, match_edges, same_actor, score_edges, write_attributions, write_coding

PERSON = {"name": "Ona Vell", "type": "person", "aliases": ["the film-maker"]}
SAME = [
    (PERSON, {"name": "Vell", "type": "person"}, True),
    (PERSON, {"name": "Ms Ona Vell", "type": "person"}, True),
    (PERSON, {"name": "Tam Vell", "type": "person"}, False),
    (PERSON, {"name": "Ona Vell Jr", "type": "person"}, True),
    ({"name": "Carl Orr Jr."}, {"name": "Orr"}, True),
    ({"name": "Carl Orr Jr."}, {"name": "Bo Lind Jr."}, False),
    ({"name": "Carl Orr Jr."}, {"name": "Carl Orr, Sr"}, False),
    (PERSON, {"name": "the film-maker", "type": "group"}, True),
    (PERSON, {"name": "Vell Party", "type": "organisation"}, False),
    ({"name": "Harbour Party", "type": "organisation"}, {"name": "the Harbour Party's", "type": "organisation"}, True),
    ({"name": "Zoe\u0308 Vell‑Orr"}, {"name": "Zoë Vell-Orr"}, True),
    ({"name": "20 Harbour MPs", "type": "group"}, {"name": "Harbour MPs", "type": "group"}, True),
    ({"name": "the dockers", "type": "group"}, {"name": "the farmers", "type": "group"}, False),
]


@pytest.mark.parametrize(("a", "b", "expected"), SAME)
def test_same_actor(a, b, expected):
    assert same_actor(a, b) is expected
    assert same_actor(b, a) is expected


def edge(source, target, polarity="negative", **more):
    return {"source": source, "target": target, "polarity": polarity, **more}


def test_matching_is_one_to_one_and_needs_direction_and_polarity():
    gold = {"actors": [PERSON], "edges": [edge("Ona Vell", "Tam Orr"), edge("Tam Orr", "Ona Vell", clarity="arguable")]}
    found = {
        "actors": [],
        "edges": [edge("Vell", "Tam Orr"), edge("Vell", "Orr"), edge("Ona Vell", "Tam Orr", "positive")],
    }
    pairs, missed, wrong = match_edges(gold, found)
    assert len(pairs) == 1
    assert missed == [gold["edges"][1]]
    assert len(wrong) == 2


def test_score_of_folders(tmp_path):
    gold, predicted = tmp_path / "gold", tmp_path / "predicted"
    gold.mkdir()
    predicted.mkdir()
    edges = [edge("Ona Vell", "Tam Orr", clarity="clear"), edge("Tam Orr", "Bo Lind", "positive", clarity="clear")]
    (gold / "a.json").write_text(json.dumps({"actors": [PERSON], "edges": edges}), encoding="utf-8")
    (gold / "b.json").write_text(json.dumps({"actors": [], "edges": []}), encoding="utf-8")
    (predicted / "a.json").write_text(json.dumps({"actors": [], "edges": [edge("Vell", "Orr")]}), encoding="utf-8")
    table = score_edges(gold, predicted)
    assert table.loc["all", ["precision", "recall", "f1"]].tolist() == [1.0, 0.5, pytest.approx(2 / 3)]
    assert table.loc["all", ["predicted", "gold_clear"]].tolist() == [1, 2]
    assert table.loc["positive", "recall"] == 0
    assert score_edges(gold, predicted, only="negative").index.tolist() == ["negative"]


def test_scoring_says_what_is_wrong_with_its_folders(tmp_path):
    with pytest.raises(FileNotFoundError, match="is no folder"):
        score_edges(tmp_path / "none", tmp_path)
    with pytest.raises(FileNotFoundError, match="no JSON files"):
        score_edges(tmp_path, tmp_path)
    (tmp_path / "a.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.json is no coded article"):
        score_edges(tmp_path, tmp_path)


@pytest.fixture
def analysis():
    texts = ["Ona Vell attacked Tam Orr. “Orr is a liar,” Vell said.", "Rain fell."]
    return nl.analyze(pd.DataFrame({"article_id": ["2031/one", "two"], "text": texts}), reader="rules", progress=False)


def test_an_analysis_in_the_form_of_the_guideline(analysis):
    coded = article_coding(analysis)
    (found,) = coded["2031/one"]["edges"]
    assert (found["source"], found["target"], found["polarity"], found["kind"]) == (
        "Ona Vell",
        "Tam Orr",
        "negative",
        "quote",
    )
    assert 0 < found["probability"] < 1
    names = {a["name"]: a for a in coded["2031/one"]["actors"]}
    assert set(names) == {"Ona Vell", "Tam Orr"}
    assert "Vell" in names["Ona Vell"]["aliases"]
    assert coded["two"]["edges"] == []
    assert article_coding(analysis, threshold=1.0)["2031/one"]["edges"] == []


def test_files_are_named_safely(analysis, tmp_path):
    files = write_coding(analysis, tmp_path / "coding")
    assert sorted(f.name for f in files) == ["2031_one.json", "two.json"]
    assert score_edges(tmp_path / "coding", tmp_path / "coding").loc["all", "f1"] == 1.0


def test_attributions_as_json_lines(analysis, tmp_path):
    lines = write_attributions(analysis, tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    row = json.loads(lines[0])
    text = analysis.articles["text"][0]
    assert [text[a:b] for a, b in row["spans"]] == ["Orr is a liar,"]
    assert text[row["source_start"] : row["source_end"]] == "Vell"


def test_only_what_is_for_users_is_offered():
    offered = dir(nl.coding)
    assert {"sample", "totals"} <= set(offered) and not [name for name in offered if name.startswith("_")]
