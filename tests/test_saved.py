"""A saved analysis from a stranger: load says in one sentence what is wrong with it, and opens nothing elsewhere."""

import os
import shutil

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import newslab as nl
from newslab.coding.guideline import write_coding
from newslab.disk import alone
from newslab.saved import write_saved
from newslab.tables import TABLES

TEXTS = [
    "Ona Vell attacked Tam Orr. “Tam Orr is a disgrace,” Vell said.",
    "“We lost,” said Ona Vell. Tam Orr condemned the plan of Ona Vell.",
]


@pytest.fixture
def saved(tmp_path):
    frame = pd.DataFrame({"text": TEXTS, "date": ["2031-01-01", "2031-02-01"]})
    return nl.analyze(frame, reader="rules", progress=False).save(tmp_path / "saved")


@pytest.fixture
def other():
    frame = pd.DataFrame({"text": ["Ida Kent attacked Bo Lind.", *TEXTS], "id": ["new", "n1", "n2"]})
    return nl.analyze(frame, reader="rules", progress=False)


def assert_same(one, two):
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), obj=name)


def edit(file, change):
    change(pd.read_parquet(file)).to_parquet(file)


@pytest.mark.parametrize("name", ["articles.parquet", "stances.parquet", "corrections.parquet", "analysis.json"])
def test_no_file_outside_the_folder_is_opened(name, saved, tmp_path):
    shutil.move(saved / name, tmp_path / name)
    (saved / name).symlink_to(tmp_path / name)
    with pytest.raises(ValueError, match=f"{name} is a link out of .*saved; an analysis holds no such links"):
        nl.load(saved)


def test_the_manifest_of_parts_is_no_link_out_either(tmp_path):
    nl.analyze(pd.DataFrame({"text": TEXTS}), reader="rules", progress=False, out=tmp_path / "out")
    shutil.move(tmp_path / "out" / "analysis.json", tmp_path / "analysis.json")
    (tmp_path / "out" / "analysis.json").symlink_to(tmp_path / "analysis.json")
    with pytest.raises(ValueError, match=r"analysis\.json is a link out of"):
        nl.load(tmp_path / "out")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such locks")
def test_a_lock_that_was_removed_after_it_was_opened_is_none(tmp_path, monkeypatch):
    import fcntl

    lock, flock = tmp_path / ".saving", fcntl.flock

    def another_ends_first(*given):
        lock.unlink()
        flock(*given)

    monkeypatch.setattr(fcntl, "flock", another_ends_first)
    with pytest.raises(BlockingIOError, match="another run is writing to"), alone(tmp_path, lock):
        pass
    monkeypatch.undo()
    with alone(tmp_path, lock):
        assert lock.is_file()


@pytest.mark.parametrize("name", [".saving", ".quotes.parquet.writing", "quotes.parquet", "analysis.json"])
def test_saving_writes_to_no_file_that_a_link_leads_to(name, saved, other, tmp_path):
    (tmp_path / "mine").write_text("my own")
    (saved / name).unlink(missing_ok=True)
    (saved / name).symlink_to(tmp_path / "mine")
    if name == ".saving":
        with pytest.raises(ValueError, match="saving is a link out of"):
            other.save(saved)
    else:
        assert_same(nl.load(other.save(saved)), other)
    assert (tmp_path / "mine").read_text() == "my own"


def test_links_within_the_folder_and_to_it_are_followed(saved, tmp_path):
    shutil.move(saved / "quotes.parquet", saved / "said.parquet")
    (saved / "quotes.parquet").symlink_to("said.parquet")
    (tmp_path / "link").symlink_to(saved)
    assert len(nl.load(tmp_path / "link").quotes) == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [("[]", "it holds a list and no record"), ("[" * 100_000, "(recursion|Stack overflow)"), ("{", "Expecting")],
)
def test_a_damaged_record_is_told(content, told, saved):
    (saved / "analysis.json").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"(?s)holds a damaged analysis: analysis\.json: .*{told}"):
        nl.load(saved)


WRONG = [
    ("articles", lambda d: d.drop(columns="text"), "lacks the columns text"),
    ("articles", lambda d: d.drop(columns=["title", "outlet"]), "lacks the columns title, outlet"),
    ("articles", lambda d: d.assign(text=1), "the column text holds int64 and not str"),
    ("articles", lambda d: d.assign(text=[None, "x"]), "it has rows without text"),
    ("articles", lambda d: d.assign(published="x"), "the column published holds str and not datetime64"),
    ("articles", lambda d: d.assign(n_tokens="x"), "the column n_tokens holds str and not int64"),
    ("articles", lambda d: pd.concat([d, d]), "it has the article_id 'article-1' twice"),
    ("quotes", lambda d: d.assign(start="x"), "the column start holds str and not int64"),
    ("quotes", lambda d: d.assign(spans=None), "the column spans holds something that it should not"),
    ("quotes", lambda d: d.assign(spans="ab"), "the column spans holds something that it should not"),
    ("quotes", lambda d: d.assign(spans=[[[1, 2, 3]]] * len(d)), "the column spans holds something that it should not"),
    ("actors", lambda d: d.assign(aliases=None), "the column aliases holds something that it should not"),
    (
        "actors",
        lambda d: d.assign(aliases="Vell"),
        "the column aliases holds something that it should not: 'Vell' is no list",
    ),
    ("actors", lambda d: d.assign(aliases=[[1]] * len(d)), "the column aliases holds something that it should not"),
    ("actors", lambda d: pd.concat([d, d]), "it has the actor_id 'ona-vell' twice"),
    ("actors", lambda d: d.assign(actor_id=None), "it has rows without actor_id"),
    ("actors", lambda d: d.assign(name=None), "it has rows without name"),
    ("mentions", lambda d: d.assign(text=[None, *d["text"][1:]]), "it has rows without text"),
    ("stances", lambda d: d.assign(target_id=None), "it has rows without target_id"),
    ("stances", lambda d: d.assign(polarity="??"), r"the column polarity holds '\?\?', which is neither"),
    (
        "stances",
        lambda d: d.assign(start=pd.array([None] * len(d), "Int64")),
        "the column start holds something that it should not: cannot convert NA",
    ),
    ("stances", lambda d: d.assign(probability="x"), "the column probability holds str and not float64"),
    ("stances", lambda d: d.assign(probability=1.2), "the column probability holds 1.2, not from 0 to 1"),
    ("stances", lambda d: d.assign(probability=float("nan")), "the column probability holds nan, not from 0 to 1"),
    ("quotes", lambda d: d.assign(confidence=-0.1), "the column confidence holds -0.1, not from 0 to 1"),
    ("quotes", lambda d: d.assign(polarity=float("inf")), "the column polarity holds inf, not from -1 to 1"),
]


@pytest.mark.parametrize(("table", "change", "told"), WRONG)
def test_what_is_wrong_with_a_table_is_told(table, change, told, saved):
    edit(saved / f"{table}.parquet", change)
    with pytest.raises(ValueError, match=rf"{table}\.parquet:? {told}"):
        nl.load(saved)


def test_files_that_are_no_parquet_are_told(saved):
    (saved / "quotes.parquet").write_bytes(b"no parquet")
    with pytest.raises(ValueError, match=r"damaged analysis: quotes\.parquet"):
        nl.load(saved)


@pytest.mark.parametrize(
    ("table", "change", "told"),
    [
        ("articles", lambda d: d.assign(published="x"), "the column published holds str"),
        ("articles", lambda d: d.assign(text=[None, "x"]), "it has rows without text"),
        ("articles", lambda d: d.drop(columns="outlet"), "it lacks the columns outlet"),
        ("articles", lambda d: d.assign(article_id="a"), "it has the article_id 'a' twice"),
        ("quotes", lambda d: d.assign(quote_id=None), "it has rows without quote_id"),
    ],
)
def test_what_is_wrong_with_a_table_in_parts_is_told(table, change, told, tmp_path):
    found = nl.analyze(pd.DataFrame({"text": TEXTS}), reader="rules", progress=False, out=tmp_path / "out")
    edit(next((tmp_path / "out" / f"{table}.parquet").iterdir()), change)
    with pytest.raises(ValueError, match=rf"{table}\.parquet is damaged: {told}.*; run the same"):
        getattr(found, table)


def test_an_index_and_other_makers_of_parquet_do_not_matter(saved):
    whole = nl.load(saved)
    for name in TABLES:
        edit(saved / f"{name}.parquet", lambda d: d.set_axis(np.arange(len(d)) + 7))
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(nl.load(saved), name), getattr(whole, name))


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pa.list_(pa.int64()), [[1], None]),
        (pa.struct([("a", pa.int64())]), [{"a": 1}, None]),
        (pa.dictionary(pa.int8(), pa.string()), ["a", None]),
    ],
)
def test_columns_of_arrow_that_pandas_does_not_make_again_keep_their_values(kind, values, tmp_path):
    frame = pd.DataFrame({"text": TEXTS, "further": pd.array(values, pd.ArrowDtype(kind))})
    found = nl.load(nl.analyze(frame, reader="rules", progress=False).save(tmp_path / "saved")).articles
    assert [None if v is None or v is np.nan else v for v in found["further"].tolist()] == values
    assert str(found["published"].dtype) == "datetime64[ns]"


def test_a_disk_that_is_full_leaves_the_earlier_save_as_it_was(saved, other, monkeypatch):
    before, files = nl.load(saved), sorted(saved.iterdir())
    write, left = pd.DataFrame.to_parquet, [3]

    def full(self, *args, **options):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        write(self, *args, **options)

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.raises(OSError, match="No space left"):
        other.save(saved)
    assert_same(nl.load(saved), before)
    assert sorted(saved.iterdir()) == files


def test_a_save_that_is_stopped_leaves_no_mix_of_two(saved, other, monkeypatch):
    replace, steps = os.replace, len(TABLES) + 2  # the corrections and the manifest
    for step in range(steps):
        left = [step]

        def stop(*args, left=left):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            replace(*args)

        monkeypatch.setattr(os, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            other.save(saved)
        with pytest.raises(FileNotFoundError, match="holds no saved analysis: analysis.json missing"):
            nl.load(saved)
    monkeypatch.undo()
    assert_same(nl.load(other.save(saved)), other)
    assert not list(saved.glob(".*"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such locks")
def test_two_do_not_save_to_one_folder_at_once(saved, other):
    before = nl.load(saved)

    def tables():
        for name in TABLES:
            with pytest.raises(BlockingIOError, match="another run is writing to .*saved; wait for it"):
                before.save(saved)
            yield name, getattr(other, name)
        yield "corrections", other.corrections

    write_saved(saved, tables(), other.reader)
    assert_same(nl.load(saved), other)
    assert not list(saved.glob(".*"))


def test_an_analysis_that_is_replaced_while_it_is_read_is_no_mix(saved, other, monkeypatch):
    read, steps = pq.read_table, iter(range(10**9))

    def slow(*args, **options):
        if next(steps) == 3:
            other.save(saved)
        return read(*args, **options)

    monkeypatch.setattr(pq, "read_table", slow)
    with pytest.raises(ValueError, match="saved was written anew while it was read; load it again"):
        nl.load(saved)
    assert_same(nl.load(saved), other)


def test_nothing_is_saved_among_the_parts_of_another_analysis(saved, other):
    (saved / "stances.parquet").unlink()
    (saved / "stances.parquet").mkdir()
    before = {path: path.read_bytes() for path in saved.iterdir() if path.is_file()}
    with pytest.raises(ValueError, match="in parts, which is saved already; choose another folder"):
        other.save(saved)
    assert {path: path.read_bytes() for path in saved.iterdir() if path.is_file()} == before


@pytest.mark.parametrize("write", [nl.Analysis.save, nl.Analysis.export, write_coding])
def test_a_file_in_the_place_of_a_folder_is_told_of_in_words(write, other, tmp_path):
    file = tmp_path / "table.csv"
    file.write_bytes(b"mine")
    for folder in (file, file / "below"):
        with pytest.raises(NotADirectoryError, match="table.csv is a file, and should be a folder; choose another"):
            write(other, folder)
    assert file.read_bytes() == b"mine"


def test_columns_that_are_cut_into_classes_are_saved(saved, tmp_path):
    analysis = nl.load(saved)
    days = pd.to_datetime(["2030-12-31", "2031-01-15", "2031-12-31"])
    analysis.articles["phase"] = pd.cut(analysis.articles["published"], days)
    analysis.articles["month"] = pd.Categorical(analysis.articles["published"].dt.to_period("M"))
    again = nl.load(analysis.save(tmp_path / "again"))
    for name in ("phase", "month"):
        assert again.articles[name].tolist() == analysis.articles[name].tolist()
        assert len(again.edges(by=name)) == len(analysis.edges(by=name)) > 1
