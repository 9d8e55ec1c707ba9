"""The command line: what it writes and prints, its exit status, and messages without tracebacks."""

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest

import newslab as nl
from newslab import cli, demo
from newslab.cli import main

ROOT = Path(__file__).resolve().parent.parent

ARTICLES = {
    "ferry.txt": (
        "Ferry row\n\nOna Vell criticised Tam Orr over the ferries on Monday. "
        "“Tam Orr has lied to the islands,” said Ona Vell.\n\n"
        "Tam Orr attacked Ona Vell in return. “She is wrong,” he said."
    ),
    "harbour.txt": (
        "Harbour vote\n\nThe Harbour Party condemned Tam Orr.\n\nOna Vell praised Bram Keel, who runs the port. "
        "“Bram Keel did everything right,” Ona Vell said.\n\n“Nobody asked us,” ran the banner on the quay."
    ),
    "weather.txt": "Rain\n\nRain is expected on the coast until Friday, and the mountain road stays shut.",
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def analysed(corpus: Path, tmp_path: Path) -> Path:
    out = tmp_path / "out"
    assert main(["analyze", str(corpus), "-o", str(out), "--format", "parquet"]) == 0
    return out


def failure(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line of a failure."""
    captured = capsys.readouterr()
    lines = captured.err.splitlines()
    assert "Traceback" not in captured.err
    assert lines and lines[-1].startswith("newslab"), captured.err
    return lines[-1]


# analyze, report, demo: the real thing on a small corpus


def test_analyze_writes_what_load_reads(corpus, tmp_path, capsys):
    out = tmp_path / "new" / "out"
    assert main(["analyze", str(corpus), "-o", str(out)]) == 0
    analysis = nl.load(out)
    assert len(analysis.articles) == len(ARTICLES)
    assert (out / "edges.csv").is_file()
    printed = capsys.readouterr().out
    assert "3 articles, 0 of them copies" in printed
    unknown = int(analysis.quotes["speaker_id"].isna().sum())
    assert f"{len(analysis.quotes)} quotations, {unknown} of them without a speaker" in printed
    assert "Ona Vell → Tam Orr" in printed
    assert f"newslab report {out}" in printed


def test_analyze_twice_is_the_same(corpus, tmp_path, capsys):
    printed = []
    for _ in range(2):
        assert main(["analyze", str(corpus), "-o", str(tmp_path / "out"), "--format", "parquet"]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] != ""


def test_analyze_prints_at_most_ten_edges_strongest_first(corpus, analysed, capsys):
    capsys.readouterr()
    assert main(["analyze", str(corpus), "-o", str(analysed), "--format", "parquet"]) == 0
    shown = [line for line in capsys.readouterr().out.splitlines() if " → " in line]
    edges = nl.load(analysed).edges().head(10)
    assert [line.split("   ")[-1].strip() for line in shown] == [f"{e.source} → {e.target}" for e in edges.itertuples()]


def test_a_folder_in_which_something_would_be_lost_is_refused_before_the_work(corpus, analysed, tmp_path, capsys):
    analysis = nl.load(analysed)
    corrections = nl.Corrections()
    corrections.judge(analysis, analysis.stances["stance_id"].iloc[0], "reject")
    analysis.apply(corrections).save(analysed)
    capsys.readouterr()
    assert main(["analyze", str(corpus), "-o", str(analysed)]) == 2
    assert "holds an analysis with 1 correction by hand, which would be lost" in failure(capsys)
    assert len(nl.load(analysed).corrections) == 1
    parts = str(tmp_path / "parts")
    assert main(["analyze", str(corpus), "-o", parts, "--in-parts", "--reader", "rules"]) == 0
    capsys.readouterr()
    assert main(["analyze", str(corpus), "-o", parts, "--reader", "rules"]) == 2
    assert "add --in-parts" in failure(capsys)


def test_what_an_earlier_run_left_in_the_folder_is_told(corpus, analysed, capsys):
    for name in ("edges.gexf", "edges.csv", "coding/older.json"):
        (analysed / name).parent.mkdir(exist_ok=True)
        (analysed / name).touch()
        os.utime(analysed / name, (0, 0))
    assert main(["analyze", str(corpus), "-o", str(analysed), "--reader", "rules"]) == 0
    assert "Not of this run but of an earlier one: edges.gexf, coding\n" in capsys.readouterr().out


@pytest.mark.parametrize("name", cli.FORMATS)
def test_each_format_writes_its_files(name, corpus, tmp_path):
    out, plain = tmp_path / "out", tmp_path / "plain"
    assert main(["analyze", str(corpus), "-o", str(plain), "--format", "parquet"]) == 0
    assert main(["analyze", str(corpus), "-o", str(out), "--format", name]) == 0
    assert not list(plain.rglob("*.csv")) and (plain / "quotes.parquet").is_file()
    more = {p.relative_to(out) for p in out.rglob("*")} - {p.relative_to(plain) for p in plain.rglob("*")}
    assert bool(more) == (name != "parquet")
    nl.load(out)


def test_formats_are_those_of_export(corpus):
    analysis = nl.analyze(nl.read_articles(corpus), progress=False)
    with pytest.raises(ValueError) as error:
        analysis.export(corpus.parent / "x", formats=["stone"])
    for name in cli.FORMATS:
        assert name in str(error.value)


def test_several_formats_in_one_go(corpus, tmp_path):
    out = tmp_path / "out"
    assert main(["analyze", str(corpus), "-o", str(out), "--format", "xlsx, GEXF"]) == 0
    assert list(out.glob("*.xlsx")) and list(out.glob("*.gexf"))


def test_analyze_takes_several_places(corpus, tmp_path):
    places = [str(corpus / "ferry.txt"), str(corpus / "h*.txt")]
    assert main(["analyze", *places, "-o", str(tmp_path / "out"), "--format", "parquet"]) == 0
    assert len(nl.load(tmp_path / "out").articles) == 2


def test_columns_of_a_table_can_be_named(tmp_path):
    table = tmp_path / "table.csv"
    pd.DataFrame(
        {"words": ["“We lost,” said Ona Vell."], "top": ["Lost"], "day": ["2031-03-04"], "paper": ["The Gull"]}
    ).to_csv(table, index=False)
    columns = ["--text", "words", "--title", "top", "--published", "day", "--outlet", "paper"]
    assert main(["analyze", str(table), "-o", str(tmp_path / "out"), *columns]) == 0
    article = nl.load(tmp_path / "out").articles.iloc[0]
    assert (article["title"], article["outlet"], str(article["published"])[:10]) == ("Lost", "The Gull", "2031-03-04")


def test_problems_are_named(corpus, tmp_path, capsys):
    (corpus / "nothing.txt").write_bytes(b"")
    (corpus / "picture.txt").write_bytes(bytes(range(256)) * 20)
    assert main(["analyze", str(corpus), "-o", str(tmp_path / "out")]) == 0
    captured = capsys.readouterr()
    assert "2 problems:" in captured.out and "nothing.txt" in captured.out and "picture.txt" in captured.out
    assert captured.err == ""


def test_in_parts_the_result_is_the_same_and_a_second_run_reads_what_was_added(corpus, tmp_path, capsys):
    whole, out = tmp_path / "whole", tmp_path / "out"
    assert main(["analyze", str(corpus), "-o", str(whole), "--format", "parquet"]) == 0
    expected = capsys.readouterr().out.replace(str(whole), str(out))
    assert main(["analyze", str(corpus), "-o", str(out), "--in-parts"]) == 0
    assert capsys.readouterr().out == expected
    assert not list(out.glob("*.csv"))
    pd.testing.assert_frame_equal(nl.load(out).edges(), nl.load(whole).edges())
    (corpus / "more.txt").write_text("More\n\nBram Keel attacked Ona Vell.", encoding="utf-8")
    (corpus / "empty.txt").write_text("", encoding="utf-8")
    assert main(["analyze", str(corpus), "-o", str(out), "--in-parts", "--format", "csv"]) == 0
    captured = capsys.readouterr()
    assert "4 articles" in captured.out and "empty.txt" in captured.out and captured.err == ""
    assert (out / "edges.csv").is_file()
    assert main(["report", str(out)]) == 0
    assert main(["analyze", str(corpus), "-o", str(whole), "--in-parts"]) == 1
    assert "holds an analysis in one piece" in failure(capsys)


def test_a_stop_in_parts_says_that_it_can_go_on(corpus, tmp_path, monkeypatch, capsys):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(nl, "analyze", stop, raising=False)
    assert main(["analyze", str(corpus), "-o", str(tmp_path / "out"), "--in-parts"]) == 130
    assert failure(capsys) == "newslab: stopped; the same command goes on where this one was"


def test_report_is_one_page(analysed, tmp_path, capsys):
    capsys.readouterr()
    assert main(["report", str(analysed)]) == 0
    page = analysed / "report.html"
    assert capsys.readouterr().out.strip() == str(page)
    assert "Tam Orr has lied to the islands" in page.read_text(encoding="utf-8")
    other = tmp_path / "page.html"
    assert main(["report", str(analysed), "-o", str(other.with_suffix(""))]) == 0
    assert capsys.readouterr().out.strip() == str(other) and other.stat().st_size > 1000


def test_demo_writes_tables_charts_and_report(corpus, tmp_path, monkeypatch, capsys):
    # On the small corpus, so that it takes a second; .ci/run runs it on the bundled one.
    monkeypatch.setattr(nl, "demo_corpus", lambda: corpus, raising=False)
    out = tmp_path / "out"
    assert main(["demo", "-o", str(out)]) == 0
    assert {p.name for p in (out / "charts").iterdir()} == {
        "matrix.png",
        "network.png",
        "sentiment.png",
        "timeline.png",
    }
    assert all(p.read_bytes().startswith(b"\x89PNG") for p in (out / "charts").iterdir())
    assert (out / "report.html").is_file() and (out / "edges.csv").is_file()
    printed = capsys.readouterr().out
    assert "Where to look" in printed and str(out / "report.html") in printed
    assert "Ona Vell → Tam Orr" in printed


def test_nobody_criticizes_anybody(corpus, tmp_path, capsys):
    assert main(["analyze", str(corpus / "weather.txt"), "-o", str(tmp_path / "out")]) == 0
    assert "Nobody criticizes" in capsys.readouterr().out
    assert main(["report", str(tmp_path / "out")]) == 0


# score


def write_coding(folder: Path, stem: str, edges: list[tuple[str, str, str]]) -> None:
    folder.mkdir(exist_ok=True)
    names = sorted({name for s, t, _ in edges for name in (s, t)})
    coded = {
        "article": stem,
        "actors": [{"name": n, "type": "person", "aliases": [], "for": None} for n in names],
        "edges": [{"source": s, "target": t, "polarity": p, "evidence": ["said\nso"]} for s, t, p in edges],
    }
    (folder / f"{stem}.json").write_text(json.dumps(coded), encoding="utf-8")


@pytest.fixture
def coded(tmp_path: Path) -> tuple[Path, Path]:
    gold, predicted = tmp_path / "gold", tmp_path / "predicted"
    write_coding(gold, "one", [("Ona Vell", "Tam Orr", "negative"), ("Bram Keel", "Ona Vell", "positive")])
    write_coding(predicted, "one", [("Ona Vell", "Tam Orr", "negative"), ("Tam Orr", "Ona Vell", "negative")])
    return gold, predicted


def test_score_prints_the_table(coded, capsys):
    assert main(["score", *map(str, coded)]) == 0
    rows = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines()[1:]}
    assert rows["all"] == ["0.500", "0.500", "0.500", "2", "2"]
    assert rows["negative"] == ["0.500", "1.000", "0.667", "2", "1"]
    assert rows["positive"] == ["0.000", "0.000", "0.000", "0", "1"]


def test_score_of_one_polarity(coded, capsys):
    assert main(["score", *map(str, coded), "--only", "negative"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]] == ["negative"]


def test_score_shows_one_article(coded, capsys):
    assert main(["score", *map(str, coded), "--show", "one"]) == 0
    printed = capsys.readouterr().out
    found, missed, wrong = (printed.index(w) for w in ("found (1)", "missed (1)", "wrong (1)"))
    assert found < printed.index("Ona Vell → Tam Orr (negative)") < missed
    assert missed < printed.index("Bram Keel → Ona Vell (positive)") < wrong < printed.index("Tam Orr → Ona Vell")
    assert "said so" in printed


def test_an_article_without_predictions_is_all_missed(coded, capsys):
    write_coding(coded[0], "two", [("Ona Vell", "Bram Keel", "negative")])
    assert main(["score", *map(str, coded), "--show", "two"]) == 0
    assert "missed (1)" in capsys.readouterr().out


def test_what_analyze_writes_can_be_scored(corpus, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["analyze", str(corpus), "-o", str(out), "--format", "coding"]) == 0
    capsys.readouterr()
    folder = next(out.rglob("*ferry*.json")).parent
    assert main(["score", str(folder), str(folder)]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[1:4] == ["1.000", "1.000", "1.000"]


# wrong use: exit status 2


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["sing"],
        ["analyze"],
        ["analyze", "CORPUS"],
        ["analyze", "CORPUS", "-o", "OUT", "--format", "stone"],
        ["analyze", "CORPUS", "-o", "OUT", "--format", ","],
        ["analyze", "CORPUS", "-o", "OUT", "--reader", "oracle"],
        ["analyze", "CORPUS", "-o", "OUT", "--workers", "0"],
        ["analyze", "nowhere", "-o", "OUT"],
        ["analyze", "CORPUS", "nowhere/*.txt", "-o", "OUT"],
        ["analyze", "CORPUS", "-o", "CORPUS"],
        ["analyze", "CORPUS", "-o", "CORPUS/out"],
        ["analyze", "CORPUS", "-o", "CORPUS/ferry.txt"],
        ["analyze", "CORPUS/ferry.txt", "-o", "CORPUS/ferry.txt"],
        ["analyze", "CORPUS", "-o", ""],
        ["analyze", "", "-o", "OUT"],
        ["report", ""],
        ["report", "CORPUS/ferry.txt"],
        ["report", "nowhere"],
        ["score", "nowhere", "CORPUS"],
        ["score", "CORPUS", "CORPUS", "--show", "nothing"],
        ["score", "CORPUS", "CORPUS", "--only", "neutral"],
    ],
)
def test_wrong_use(argv, corpus, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    places = {"CORPUS": str(corpus), "OUT": str(tmp_path / "out")}
    before = sorted(tmp_path.rglob("*"))
    argv = [places.get(a, a.replace("CORPUS", str(corpus))) for a in argv]
    assert main(argv) == 2
    failure(capsys)
    assert sorted(tmp_path.rglob("*")) == before, "wrong use writes nothing"


def test_messages_of_wrong_use_say_what_there_is(corpus, tmp_path, capsys):
    out = str(tmp_path / "out")
    main(["analyze", str(corpus), "-o", out, "--format", "csv,stone"])
    assert "no format 'stone'; formats are parquet, csv" in failure(capsys)
    main(["analyze", str(corpus), "-o", out, "--reader", "oracle"])
    message = failure(capsys)
    assert "invalid choice: 'oracle'" in message and "model" in message and "rules" in message
    main(["analyze", str(corpus / "nothing"), "-o", out])
    assert "no file or folder" in failure(capsys)


# failures: exit status 1, one line


def test_an_empty_folder_fails(tmp_path, capsys):
    (tmp_path / "corpus").mkdir()
    assert main(["analyze", str(tmp_path / "corpus"), "-o", str(tmp_path / "out")]) == 1
    failure(capsys)


def test_a_corpus_that_cannot_be_read_fails_with_the_reasons(tmp_path, capsys):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_bytes(bytes(range(256)) * 20)
    assert main(["analyze", str(tmp_path / "corpus"), "-o", str(tmp_path / "out")]) == 1
    assert "a.txt" in failure(capsys)


def test_report_of_no_analysis_fails(tmp_path, capsys):
    assert main(["report", str(tmp_path)]) == 1
    assert "no saved analysis" in failure(capsys)


def test_score_of_no_coding_fails(coded, capsys):
    (coded[0] / "broken.json").write_text("{", encoding="utf-8")
    assert main(["score", *map(str, coded)]) == 1
    assert "broken.json" in failure(capsys)


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (ValueError("the table has no text"), 1, "newslab: the table has no text"),
        (ImportError("ink is missing"), 1, "newslab: ink is missing"),
        (MemoryError("memory ran out"), 1, "newslab: memory ran out"),
        (PermissionError(13, "Permission denied", "out"), 1, "newslab: Permission denied: out"),
        (RuntimeError("odd"), 1, "newslab: unexpected RuntimeError: odd (run with NEWSLAB_DEBUG=1 for the traceback)"),
        (KeyboardInterrupt(), 130, "newslab: stopped"),
    ],
)
def test_failures_are_one_line(error, status, message, tmp_path, monkeypatch, capsys):
    def fail(_):
        raise error

    monkeypatch.delenv("NEWSLAB_DEBUG", raising=False)
    monkeypatch.setattr(nl, "load", fail, raising=False)
    assert main(["report", str(tmp_path)]) == status
    assert capsys.readouterr().err.splitlines() == [message]


def test_debug_gives_the_traceback(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("NEWSLAB_DEBUG", "1")
    assert main(["report", str(tmp_path)]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_warnings_are_one_line(tmp_path, monkeypatch, capsys):
    def warn(_):
        warnings.warn("the page is long", UserWarning, stacklevel=2)
        raise ValueError("enough")

    monkeypatch.setattr(nl, "load", warn, raising=False)
    main(["report", str(tmp_path)])
    assert capsys.readouterr().err.splitlines() == ["newslab: warning: the page is long", "newslab: enough"]


# the process: help, pipes, characters


def run(*argv: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "newslab", *argv],
        capture_output=True,
        env=os.environ | environment,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("argv", [["--help"], *([name, "--help"] for name in ("demo", "analyze", "report", "score"))])
def test_help_and_version(argv, capsys):
    assert main(argv) == 0
    assert capsys.readouterr().out.startswith("usage: newslab")
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"newslab {nl.__version__}\n"


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom newslab.cli import main\nmain(['analyze', '--help'])\n"
        "sys.exit(str([m for m in ('pandas', 'numpy', 'matplotlib', 'nltk') if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr.strip() == "[]"


def test_exit_status_of_the_process(tmp_path):
    done = run("report", str(tmp_path / "nowhere"))
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False)


def test_a_console_of_few_characters(coded):
    done = run("score", *map(str, coded), "--show", "one", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert b"Ona Vell ? Tam Orr" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_a_closed_pipe_is_no_error(coded):
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "newslab", "score", *map(str, coded)]
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(command, stdout=closed, stderr=subprocess.PIPE, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, b"")


# the demo corpus


def test_demo_corpus_of_the_checkout():
    assert demo.demo_corpus() == ROOT / "data"


def test_demo_corpus_inside_an_installed_package(tmp_path, monkeypatch):
    package = tmp_path / "newslab"
    package.mkdir()
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(demo, "__file__", str(package / "demo.py"))
    with pytest.raises(FileNotFoundError, match="install newslab again"):
        demo.demo_corpus()  # the folder "data" is somebody else's
    (package / "demo_data").mkdir()
    assert demo.demo_corpus() == package / "demo_data"


def test_analyse_is_analyze(corpus, tmp_path, capsys):
    assert main(["analyse", str(corpus), "-o", str(tmp_path / "out"), "--reader", "rules"]) == 0
    assert "3 articles" in capsys.readouterr().out
