"""The folder of analyze(out=): what newslab writes to it, mends in it and removes from it, and what is not its own."""

import pickle
import shutil
from pathlib import Path

import pandas as pd
import pytest

import newslab as nl
from newslab import parts, staging
from newslab.tables import TABLES

TEXTS = [
    "Ona Vell attacked Tam Orr. “Tam Orr is a disgrace,” Vell said.",
    "Mayor Ilse Brandt criticised the council. “They failed us,” Brandt said.",
    "“We lost,” said Ona Vell. Tam Orr condemned the plan of Ona Vell.",
    "Rain fell on Ambry Point. Nobody spoke.",
]
ARTICLES = pd.DataFrame({"id": list("abcd"), "text": TEXTS, "date": ["2031-01-01"] * 4})


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(staging, "_PART", (2, 10_000))


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def run(source, out, **options):
    return nl.analyze(source, out=out, reader="rules", progress=False, **options)


def assert_same(one, two):
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), check_index_type=False, obj=name)


def in_memory(source):
    return nl.analyze(source, reader="rules", progress=False)


def first_part(out, table):
    return min((out / f"{table}.parquet").iterdir())


def files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---- files of others ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["articles.parquet", "articles.parquet/*.parquet", "articles.p*", ".", "{file}"])
def test_a_source_inside_out_is_refused_before_anything_is_read(source, tmp_path):
    data = tmp_path / "data"
    (data / "articles.parquet").mkdir(parents=True)
    file = data / "articles.parquet" / "part-00000-3f2a-c000.snappy.parquet"  # as Spark names its files
    ARTICLES.to_parquet(file)
    before = files(data)
    with pytest.raises(ValueError, match=r"lies inside"):
        run(str(data / source.format(file=file)), data)
    assert files(data) == before


@pytest.mark.parametrize("name", ["articles.parquet/part-0.parquet", "_reading/new/notes.txt"])
def test_folders_that_newslab_did_not_write_are_left_alone(name, out):
    (out / name).parent.mkdir(parents=True)
    (out / name).write_bytes(b"mine")
    with pytest.raises(ValueError, match=r"\w is there already, and newslab did not write it"):
        run(ARTICLES, out)
    assert files(out) == {Path(name): b"mine"}


def test_a_note_of_the_run_before_that_nests_too_deeply_is_as_none(out):
    run(ARTICLES, out)
    (out / "_reading" / "conditions.json").write_text("[" * 100_000, encoding="utf-8")
    assert_same(run(ARTICLES, out), in_memory(ARTICLES))


def test_only_parts_with_names_of_our_own_are_removed(out):
    run(ARTICLES, out)
    mine = out / "quotes.parquet" / "part-00000-3f2a-c000.snappy.parquet"
    old = out / "quotes.parquet" / "part-00007-0123456789abcdef.parquet"
    for file in (mine, old):
        file.write_bytes(b"x")
    run(ARTICLES, out)
    assert mine.read_bytes() == b"x" and not old.exists()


def test_what_is_in_the_way_is_told_before_anything_is_read(out, tmp_path):
    out.mkdir()
    for name in ("quotes.parquet", "_reading"):
        (out / name).write_bytes(b"mine")
        with pytest.raises(NotADirectoryError, match=f"{name} is a file, and should be a folder; choose another"):
            run(tmp_path / "nowhere", out)
        assert files(out) == {Path(name): b"mine"}
        (out / name).unlink()
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    with pytest.raises(NotADirectoryError, match="link is a link to what does not exist"):
        run(tmp_path / "nowhere", tmp_path / "link")


@pytest.mark.parametrize("name", ["_reading/new", "_reading/staged", "_reading/found", "_reading", "quotes.parquet"])
def test_links_out_of_the_folder_are_not_written_to(name, out, tmp_path):
    run(ARTICLES, out)
    shutil.move(out / name, tmp_path / "mine") if (out / name).exists() else (tmp_path / "mine").mkdir()
    (out / name).symlink_to(tmp_path / "mine")
    before = files(tmp_path / "mine")
    with pytest.raises(ValueError, match="is a link out of"):
        run(ARTICLES.iloc[1:], out)
    assert files(tmp_path / "mine") == before


@pytest.mark.parametrize("name", ["_reading/lock", "_reading/.conditions.json.writing", ".analysis.json.writing"])
def test_no_file_that_a_link_leads_to_is_emptied_or_written_to(name, out, tmp_path):
    run(ARTICLES, out)
    (tmp_path / "mine").write_text("my own")
    (out / name).unlink(missing_ok=True)
    (out / name).symlink_to(tmp_path / "mine")
    actors = pd.DataFrame({"name": ["Ona Vell"]})  # with which all is read and written anew
    if name == "_reading/lock":
        with pytest.raises(ValueError, match="lock is a link out of"):
            run(ARTICLES, out, actors=actors)
    else:
        with pytest.warns(UserWarning, match="was read in another way"):
            run(ARTICLES, out, actors=actors)
        assert not (out / name).is_symlink()
    assert (tmp_path / "mine").read_text() == "my own"


@pytest.mark.parametrize("name", ["_reading/lock", "_reading/conditions.json", "_reading/found/found-0.parquet"])
def test_a_folder_in_the_place_of_a_file_is_told(name, out):
    run(ARTICLES, out)
    (out / name).unlink(missing_ok=True)
    (out / name).mkdir()
    with pytest.raises(IsADirectoryError, match=rf"{name} is in the way .*; remove it and run the same again"):
        run(ARTICLES.iloc[1:], out)


@pytest.mark.parametrize("form", ["{0}", "{0}/*", "{0}/r*", "{0}/**/*.parquet", "{1}/*/res/*.json", "generator", "~"])
def test_a_folder_inside_the_corpus_is_refused_however_the_corpus_is_named(form, tmp_path, monkeypatch):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for k, text in enumerate(TEXTS):
        (corpus / f"a{k}.txt").write_text(text, encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    source = {"generator": (p for p in [corpus]), "~": "~/corpus"}.get(form, form.format(corpus, tmp_path))
    with pytest.raises(ValueError, match=r"res lies inside the corpus .*; choose a folder outside it"):
        run(source, corpus / "res")
    assert not (corpus / "res").exists()


def test_a_pattern_that_passes_over_the_results_may_have_them_beside_its_files(tmp_path):
    for k, text in enumerate(TEXTS):
        (tmp_path / f"a{k}.txt").write_text(text, encoding="utf-8")
    for pattern in ("*.txt", "**/a?.txt"):
        source = str(tmp_path / pattern)
        assert_same(run((p for p in [source]), tmp_path / "res"), in_memory(source))


def test_out_may_not_be_empty(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="out is an empty string"):
        run(ARTICLES, "")
    assert not list(tmp_path.iterdir())


# ---- mended and cleaned up ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [0, 2])
def test_killed_while_it_removes_old_parts_it_removes_them_the_next_time(at, out, monkeypatch):
    run(ARTICLES, out)
    unlink, left = Path.unlink, [at]

    def killed(self, *args, **options):
        if self.name.startswith(("part-", "found-")):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
        unlink(self, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt), pytest.warns(UserWarning, match="1 of 4 articles"):
            run(ARTICLES.iloc[1:], out)
    found = run(ARTICLES.iloc[1:], out)
    assert_same(found, in_memory(ARTICLES.iloc[1:]))
    for name in TABLES:
        assert len(pd.read_parquet(out / f"{name}.parquet")) == len(getattr(found, name))
    assert not (out / "_reading" / "new").exists()
    kept = pd.concat(pd.read_parquet(file, columns=["key"]) for file in (out / "_reading" / "found").iterdir())
    assert len(kept) == 3


def test_a_folder_that_is_moved_while_it_is_written_is_told_and_goes_on_where_it_is(out, tmp_path):
    rules = nl.Reader("rules")

    class Mover(nl.Reader):
        name, stance, target_sentiment = "mover", None, None
        moves = True

        def read(self, text):
            if "Rain fell" in text.text and Mover.moves:
                out.rename(tmp_path / "moved")
            return rules.read(text)

    with pytest.raises(FileNotFoundError, match=r"out was moved, .* name its new place as out"):
        nl.analyze(ARTICLES, out=out, reader=Mover(), batch=1, progress=False)
    Mover.moves = False
    found = nl.analyze(ARTICLES, out=tmp_path / "moved", reader=Mover(), progress=False)
    assert_same(found, in_memory(ARTICLES))


@pytest.mark.parametrize("damage", [lambda d: d[: len(d) // 2], lambda d: b"", lambda d: d[:20] + b"\0" * 9 + d[29:]])
@pytest.mark.parametrize("changed", [False, True])
def test_damaged_parts_are_written_anew_by_the_same_call(damage, changed, out):
    run(ARTICLES, out)
    for part in (first_part(out, table) for table in TABLES):
        part.write_bytes(damage(part.read_bytes()))
    articles = pd.concat([ARTICLES, ARTICLES.iloc[:1].assign(id="e")]) if changed else ARTICLES
    assert_same(run(articles, out), in_memory(articles))


def test_the_error_of_a_damaged_part_says_how_to_mend_it(out):
    run(ARTICLES, out)
    first_part(out, "stances").write_bytes(b"")
    with pytest.raises(ValueError, match=r"stances.parquet is damaged: .*; run the same analyze\(…, out=.*to mend it"):
        nl.load(out).edges()


def test_an_open_analysis_says_that_its_folder_was_written_anew(out):
    before = run(ARTICLES, out)
    run(ARTICLES.assign(text=[f"It rained. {text}" for text in TEXTS]), out)
    for ask in (before.edges, lambda: before.quotes, lambda: list(before._parts.pieces("quotes"))):
        with pytest.raises(ValueError, match=r"out was written anew after this analysis was opened; load it again"):
            ask()
    shutil.rmtree(out)
    with pytest.raises(ValueError, match="out is no longer there; if it was moved, load it from where it is now"):
        before.edges()


def test_an_open_analysis_does_not_depend_on_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = run(ARTICLES, "out")
    assert "in out (" in repr(found)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert_same(found, in_memory(ARTICLES))
    assert_same(pickle.loads(pickle.dumps(nl.load("../out"))), in_memory(ARTICLES))


def test_a_run_that_ends_while_the_folder_is_opened_is_what_is_opened(out, monkeypatch):
    run(ARTICLES, out)
    changed = ARTICLES.assign(text=[f"It rained. {text}" for text in TEXTS])
    read = parts.read_manifest

    def slow(folder):
        about = read(folder)
        monkeypatch.setattr(parts, "read_manifest", read)
        run(changed, out)
        return about

    monkeypatch.setattr(parts, "read_manifest", slow)
    assert_same(nl.load(out), in_memory(changed))
