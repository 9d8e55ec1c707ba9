"""Paths that begin with "~" are those of the home folder, wherever one may be given."""

import pandas as pd
import pytest

import newslab as nl
from newslab.cli import main
from newslab.export import to_networkx, write_csv, write_graph, write_xlsx

FRAME = pd.DataFrame({"text": ["Ona Vell attacked Tam Orr. “Tam Orr is a disgrace,” Vell said."]})


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The home folder; what is written elsewhere by mistake shows in the current one, which stays empty."""
    (tmp_path / "home").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "here")
    yield tmp_path / "home"
    assert not list((tmp_path / "here").iterdir())


@pytest.fixture(scope="module")
def analysis():
    return nl.analyze(FRAME, reader="rules", progress=False)


def test_results_in_parts(home, analysis):
    for _ in range(2):
        found = nl.analyze(FRAME, reader="rules", progress=False, out="~/results")
        pd.testing.assert_frame_equal(found.edges(), analysis.edges())
    pd.testing.assert_frame_equal(nl.load("~/results").edges(), analysis.edges())
    assert (home / "results" / "analysis.json").is_file()


def test_saved_and_exported(home, analysis):
    assert analysis.save("~/saved") == home / "saved"
    assert len(nl.load("~/saved").quotes) == len(analysis.quotes)
    for path in analysis.export("~/files", ["csv", "parquet", "gexf", "coding", "attributions"]):
        assert path.is_file() and path.is_relative_to(home / "files")
    graph = to_networkx(analysis.edges(), analysis.actors)
    for path in (*write_csv(analysis, "~/csv"), write_xlsx(analysis, "~/b.xlsx"), write_graph(graph, "~/g.gexf"),
                 write_graph(graph, "~/g.graphml"), analysis.report("~/report.html")):  # fmt: skip
        assert path.is_file() and path.is_relative_to(home)


def test_tables_to_correct_and_to_code(home, analysis):
    analysis.suggest_actors("~/actors.csv")
    assert len(nl.read_actors("~/actors.csv").actors) == len(analysis.actors)
    with pytest.raises(FileExistsError):
        analysis.suggest_actors("~/actors.csv")
    for _ in range(2):  # drawn, and then taken up
        drawn = nl.coding.sample(analysis, 1, path="~/sample.csv")
    assert len(nl.coding.read_sample("~/sample.csv")) == len(drawn) == 1
    codings = nl.coding.check_codings(pd.DataFrame({"coder": ["Ida"], "item": ["a#e1"], "value": ["neither"]}))
    nl.coding.write_codings(codings, "~/codings.csv")
    assert len(nl.coding.read_codings("~/codings.csv")) == len(nl.coding.read_codings("~/cod*.csv")) == 1
    assert nl.coding.Session(analysis, drawn, path="~/mine.csv").path == home / "mine.csv"
    analysis.export("~/gold", "coding")
    assert nl.score_edges("~/gold/coding", "~/gold/coding").loc["all", "precision"] == 1


def test_on_the_command_line(home, capsys):
    (home / "corpus").mkdir()
    (home / "corpus" / "a.txt").write_text(FRAME["text"][0], encoding="utf-8")
    assert main(["analyze", "~/corpus", "--out=~/results", "--reader", "rules"]) == 0
    assert main(["report", "~/results"]) == 0
    assert (home / "results" / "report.html").is_file()
    for corpus in ("~/corpus", "~/*", "~/corpus/*"):
        assert main(["analyze", corpus, "--out=~/corpus/results", "--reader", "rules"]) == 2
        assert "lies inside the corpus" in capsys.readouterr().err
    assert main(["analyze", "~/nowhere", "--out=~/results"]) == 2


def test_corrections(home, analysis):
    corrections = nl.Corrections(author="ida")
    corrections.judge(analysis, analysis.stances["stance_id"].iloc[0], "reject")
    assert corrections.save("~/corrections.csv") == home / "corrections.csv"
    assert len(analysis.apply("~/corrections.csv").stances) == len(analysis.stances) - 1
