"""analyze(out=): the rows of an analysis in memory, taken up after interruptions, opened without loading it."""

import errno
import json
import os
import shutil
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import newslab as nl
from newslab import corpus, disk, parts, staging, streaming
from newslab.corpus import blocks, formats
from newslab.tables import TABLES

TEXTS = {
    "a": "Budget row deepens\n\nOna Vell attacked Tam Orr on Monday. “Tam Orr is a disgrace,” Vell said. “He lied.”",
    "b": "The Harbour Party expelled Tam Orr. ‘I’m not sorry,’ said Mr Orr, who has praised Ona Vell.",
    "c": "“Nobody knows where the money went,” said a union official. Vell agreed with the official.",
    "d": "Rain is expected on the coast. Ferries will run.",
    "e": "Bo Lind praised the Harbour Party. “Vell is a liar,” said a union official.",
}
# An actor known by a description in one article may have the id that another's name gives.
CLASHES = {
    "x": "“We are ready,” said a union official. The Official-Y Party attacked Tam Orr.",
    "y": "“We are late,” said an official. Official Y attacked Ona Vell. “No,” said the officials.",
}


@pytest.fixture(scope="module")
def rules():
    return nl.Reader("rules")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Parts of two articles, so that a few articles are many parts."""
    monkeypatch.setattr(staging, "_PART", (2, 10_000))


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "corpus"
    place.mkdir()
    for name, text in TEXTS.items():
        (place / f"{name}.txt").write_text(text, encoding="utf-8")
    return place


class Counting(nl.Reader):
    """The rules, and a count of the texts that were read."""

    name = "rules"

    def __init__(self, version="", fails_at=None):
        super().__init__()
        self.rules, self.read_texts, self.version, self.fails_at = nl.Reader("rules"), [], version, fails_at

    def read(self, text):
        if len(self.read_texts) == self.fails_at:
            raise KeyboardInterrupt
        self.read_texts.append(text.text)
        return self.rules.read(text)

    stance = target_sentiment = None


def assert_same(one, two):
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), check_index_type=False, obj=name)


def run(source, out, reader, **options):
    return nl.analyze(source, out=out, reader=reader, progress=False, **options)


# ---- the same rows as in memory -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(rules):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nl.analyze(nl.demo_corpus(), reader=rules, progress=False)


@pytest.mark.parametrize(("size", "batch"), [(7, 1), (30, 64), (1000, 10)])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_demo_corpus_has_the_rows_of_an_analysis_in_memory(size, batch, demo, rules, tmp_path, monkeypatch):
    monkeypatch.setattr(staging, "_PART", (size, 10**9))
    found = run(nl.demo_corpus(), tmp_path / "out", rules, batch=batch)
    assert_same(found, demo)
    again = nl.load(tmp_path / "out")
    pd.testing.assert_frame_equal(again.edges(by="outlet"), demo.edges(by="outlet"))
    pd.testing.assert_frame_equal(again.speakers(), demo.speakers())
    source, target = demo.edges().iloc[0][["source", "target"]]
    pd.testing.assert_frame_equal(again.evidence(source, target), demo.evidence(source, target))
    assert repr(again.explain(source, target)) == repr(demo.explain(source, target))
    assert (again.actors["n_articles"] > 0).all() and again.actors["actor_id"].is_unique


def test_model_reader_has_the_same_rows(folder, tmp_path):
    reader = nl.Reader()
    assert_same(run(folder, tmp_path / "out", reader, batch=2), nl.analyze(folder, reader=reader, progress=False))


@pytest.mark.filterwarnings("ignore:repeated ids")
def test_ids_of_actors_that_clash_are_told_apart_in_the_same_way(rules, tmp_path):
    texts = {**TEXTS, **CLASHES}
    names = [*texts, "y"]
    frame = pd.DataFrame({"id": names, "text": [*texts.values(), CLASHES["y"] + " Nothing more."]})
    found, whole = run(frame, tmp_path / "out", rules), nl.analyze(frame, reader=rules, progress=False)
    assert_same(found, whole)
    assert whole.actors["actor_id"].is_unique
    assert whole.actors["actor_id"].str.contains(r"-(?:person|organisation|group)$").any()


def test_table_of_actors_adds_the_same_columns(rules, tmp_path):
    frame = pd.DataFrame({"text": list(TEXTS.values()), "published": ["2031-01-05", None, "2031-06-01", None, None]})
    actors = pd.DataFrame({"name": ["Ona Vell", "Tam Orr"], "party": ["Harbour", "Reform"], "aliases": ["", "Tommy"]})
    found = run(frame, tmp_path / "out", rules, actors=actors)
    whole = nl.analyze(frame, reader=rules, actors=actors, progress=False)
    assert_same(found, whole)
    units = found.edges(unit="party")
    assert not units.empty
    pd.testing.assert_frame_equal(units, whole.edges(unit="party"))


def test_further_columns_keep_their_dtypes(rules, tmp_path):
    frame = pd.DataFrame(
        {"text": list(TEXTS.values()), "whole": [1, 2, 3, 4, 5], "gaps": [1.0, None, 3, None, 5], "yes": [True] * 5,
         "words": ["x", None, "z", "", "y"], "moment": pd.to_datetime(["2031-01-01"] * 5),
         "maybe": [True, None] * 2 + [False], "empty": [None] * 5}
    )  # fmt: skip
    found, whole = run(frame, tmp_path / "out", rules), nl.analyze(frame, reader=rules, progress=False)
    assert list(found.articles.columns) == list(whole.articles.columns)
    for column in ("whole", "gaps", "yes", "words", "moment", "maybe"):
        assert found.articles[column].dtype == whole.articles[column].dtype, column
    pd.testing.assert_frame_equal(found.articles.drop(columns="empty"), whole.articles.drop(columns="empty"))


@pytest.mark.parametrize("read_before", [True, False])
def test_columns_of_any_dtype_are_kept_or_become_text(read_before, rules, tmp_path):
    frame = pd.DataFrame(
        {"text": list(TEXTS.values()), "desk": pd.Categorical(list("abcab")),
         "n": pd.array([1, None, 3, 4, 5], "Int64"), "moment": pd.to_datetime(["2031-01-01"] * 5, utc=True),
         "tags": [["x"], [], ["y", "z"], None, ["x"]], "mixed": [1, "a", 2.5, None, True],
         "span": pd.to_timedelta([1, 2, 3, 4, 5], "s")}
    )  # fmt: skip
    source = nl.read_articles(frame) if read_before else frame
    articles = run(source, tmp_path / "out", rules).articles
    assert articles["desk"].tolist() == list("abcab")
    assert articles["n"].isna().tolist() == [False, True, False, False, False] and articles["n"].sum() == 13
    assert articles["moment"].dt.year.tolist() == [2031] * 5 and articles["span"].dt.total_seconds().sum() == 15
    assert [None if t is None else list(t) for t in articles["tags"]] == [["x"], [], ["y", "z"], None, ["x"]]
    assert articles["mixed"].fillna("").tolist() == ["1", "a", "2.5", "", "True"]


def test_what_no_file_can_hold_is_told(rules, tmp_path):
    frame = pd.DataFrame(
        {"text": ["“We lost \ud83d,” said Ona Vell."], "mixed": [{"a": 1}], "title": ["\udc00"]}, dtype="object"
    )
    with pytest.warns(UserWarning, match="1 other fault"):
        found = run(frame, tmp_path / "out", rules)
    assert found.text("article-1") == "“We lost \ufffd,” said Ona Vell."
    assert found.problems["reason"].tolist() == ["DataFrame: half characters, which no file can hold, became U+FFFD"]
    assert found.quotes["speaker"].tolist() == ["Ona Vell"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each name of a file is text")
def test_an_unreadable_file_may_have_any_name(folder, tmp_path, rules):
    with open(os.fsencode(folder) + b"/caf\xe9.txt", "wb"):
        pass
    with pytest.warns(UserWarning, match="1 of 6 articles could not be read"):
        whole = nl.analyze(str(folder), reader=rules, progress=False)
    assert whole.problems["article_id"].tolist() == ["caf\ufffd.txt"]
    with pytest.warns(UserWarning, match="1 of 6 articles could not be read"):
        assert_same(run(folder, tmp_path / "out", rules), whole)


@pytest.mark.parametrize("filled", [["economy", "harbour"], [1], [{"name": "Ida Kent"}]])
def test_lists_that_are_empty_in_the_first_parts_stay_lists(filled, rules, tmp_path):
    frame = pd.DataFrame({"text": [*TEXTS.values()], "tags": [[], [], None, [], filled], "none": [[]] * 5})
    found = run(frame, tmp_path / "out", rules).articles
    assert [None if v is None else list(v) for v in found["tags"]] == [[], [], None, [], filled]
    assert [list(v) for v in found["none"]] == [[]] * 5


def test_a_reader_may_give_numbers_of_numpy(folder, tmp_path):
    class OfNumPy(Counting):
        def read(self, text):
            reading = super().read(text)
            for m in reading.mentions:
                m.start, m.end = np.int64(m.start), np.int32(m.end)
            reading.acts = [a._replace(probability=np.float32(a.probability)) for a in reading.acts]
            return reading

    whole = nl.analyze(folder, reader=OfNumPy(), progress=False)
    assert len(whole.mentions) and len(whole.stances)
    assert_same(run(folder, tmp_path / "out", OfNumPy()), whole)


def test_no_articles_at_all(rules, tmp_path):
    frame = nl.read_articles(pd.DataFrame({"text": ["x"]})).iloc[:0]
    assert_same(run(frame, tmp_path / "out", rules), nl.analyze(frame, reader=rules, progress=False))


def test_a_text_that_makes_the_reader_fail_is_a_problem(folder, tmp_path):
    class Fails(Counting):
        def read(self, text):
            if "Rain" in text.text:
                raise ValueError("no rain")
            return self.rules.read(text)

    found = run(folder, tmp_path / "out", Fails())
    assert_same(found, nl.analyze(folder, reader=Fails(), progress=False))
    assert found.problems.values.tolist() == [["d", "reading", "ValueError: no rain"]]
    assert found.articles.set_index("article_id")["n_tokens"]["d"] == 0


def test_memory_that_runs_out_ends_the_run_and_is_no_fault_of_the_article(folder, tmp_path):
    class Fails(Counting):
        def read(self, text):
            if "Rain" in text.text:
                raise MemoryError
            return super().read(text)

    for options in ({}, {"out": tmp_path / "out", "batch": 1}):
        with pytest.raises(MemoryError, match="memory ran out while an article was read.*what was read is kept"):
            nl.analyze(folder, reader=Fails(), progress=False, **options)
    more = Counting()
    assert run(folder, tmp_path / "out", more).problems.empty
    assert more.read_texts == [TEXTS["d"], TEXTS["e"]]


def test_syndicated_copies_are_found_across_parts(rules, tmp_path):
    report = " ".join(f"Sentence {n} of the report says something of its own about pier {n * 7}." for n in range(30))
    frame = pd.DataFrame(
        {"text": [report + " Late.", *TEXTS.values(), report], "published": ["2031-01-02", *[None] * 5, "2031-01-01"]}
    )
    found = run(frame, tmp_path / "out", rules)
    assert found.articles["duplicate_of"].fillna("").tolist() == ["article-7", *[""] * 6]


# ---- large tables in blocks ---------------------------------------------------------------------------------------

ROWS = [
    {"Headline": f"Title {k}", "Body": f"Ona Vell attacked Tam Orr, line {k}.\nThe “end”, again.",
     "Date": f"{k % 28 + 1}/03/2031", "Pages": k, "Share": k / 7 if k % 3 else None, "Code": f"{k:03d}"}
    for k in range(1, 40)
]  # fmt: skip


def write_tables(place):
    frame = pd.DataFrame(ROWS)
    frame.to_csv(place / "one.csv", index=False)
    frame.to_csv(place / "two.tsv", index=False, sep="\t")
    frame.to_parquet(place / "three.parquet")
    frame.to_json(place / "four.jsonl", orient="records", lines=True)
    broken = (place / "one.csv").read_text(encoding="utf-8").splitlines()
    broken[5:5] = ['a "quote" here,"never closed, 1', "too,few", ""]
    (place / "five.csv").write_bytes(b"\xef\xbb\xbf" + "\r\n".join([*broken, '"open to the end']).encode())
    lines = (place / "four.jsonl").read_text(encoding="utf-8").splitlines()
    (place / "six.jsonl").write_text(
        "\n".join([lines[0], "{no", "[1]", "", '{"Body": "More.", "New": 1}', *lines[1:3]])
    )
    (place / "seven.csv").write_bytes("text;n\nCafé Vell;1\n".encode("cp1252"))
    with zipfile.ZipFile(place / "eight.zip", "w") as archive:
        for name in ("one.csv", "four.jsonl"):
            archive.write(place / name, name)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", ["one.csv", "two.tsv", "three.parquet", "four.jsonl", "five.csv", "six.jsonl",
                                  "seven.csv", "eight.zip", "."])  # fmt: skip
def test_tables_in_blocks_are_those_read_whole(name, tmp_path, monkeypatch):
    write_tables(tmp_path)
    whole = nl.read_articles(tmp_path / name, progress=False)
    monkeypatch.setattr(blocks, "LARGE", 0)
    for module in (blocks, formats):
        monkeypatch.setattr(module, "ROWS", 4)
    pieces = nl.read_articles(tmp_path / name, progress=False)
    pd.testing.assert_frame_equal(pieces, whole)
    assert pieces.attrs["problems"] == whole.attrs["problems"]


def test_a_large_table_is_never_held_whole(tmp_path, monkeypatch, rules):
    write_tables(tmp_path)
    monkeypatch.setattr(blocks, "LARGE", 0)
    for module in (blocks, formats):
        monkeypatch.setattr(module, "ROWS", 4)
    stream = corpus.Stream(tmp_path / "one.csv", n_articles=5, n_chars=10**9)
    assert [len(part["text"]) for part in stream] == [5, 5, 5, 5, 5, 5, 5, 4]
    monkeypatch.setattr(corpus, "read_content", None)  # which reads whole files
    found = run(tmp_path / "one.csv", tmp_path / "out", rules)
    monkeypatch.undo()
    assert_same(found, nl.analyze(tmp_path / "one.csv", reader=rules, progress=False))


@pytest.mark.parametrize("more", ['"x","“We won,” said Bo Lind."\n', "short\n", ""])
def test_a_large_table_that_changes_while_it_is_read_is_told_of(more, tmp_path, monkeypatch):
    file = tmp_path / "one.csv"
    file.write_text("n,text\n1,“We lost” said Ona Vell.\n2,Rain fell.\n", encoding="utf-8")
    (tmp_path / "two.txt").write_text(TEXTS["a"], encoding="utf-8")
    monkeypatch.setattr(blocks, "LARGE", 0)
    gather = corpus.Gatherer.add_blocks

    def later(*args):
        file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
        os.utime(file, (1, 1))
        yield from gather(*args)

    monkeypatch.setattr(corpus.Gatherer, "add_blocks", later)
    with pytest.warns(UserWarning, match="could not be read"):
        problems = pd.DataFrame(nl.read_articles(tmp_path, progress=False).attrs["problems"])
    assert problems["article_id"].tolist() == ["one.csv"]
    assert "was changed while it was read, so that rows may be missing" in problems["reason"][0]


def test_columns_are_named_as_for_read_articles(tmp_path, rules):
    pd.DataFrame({"Volltext": TEXTS.values()}).to_csv(tmp_path / "t.csv", index=False, encoding="utf-16")
    found = run(tmp_path / "t.csv", tmp_path / "out", rules, text="Volltext", encoding="utf-16")
    assert found.articles["text"].tolist() == list(TEXTS.values())
    whole = nl.analyze(tmp_path / "t.csv", reader=rules, progress=False, text="Volltext", encoding="utf-16")
    assert_same(found, whole)


# ---- taken up again -----------------------------------------------------------------------------------------------


def test_unchanged_articles_are_not_read_again(folder, tmp_path):
    out = tmp_path / "out"
    run(folder, out, first := Counting(), batch=2)
    assert len(first.read_texts) == 5
    manifest = (out / "analysis.json").read_bytes()
    run(folder, out, second := Counting())
    assert second.read_texts == []
    assert (out / "analysis.json").read_bytes() == manifest


def test_added_articles_are_read_and_removed_ones_disappear(folder, tmp_path):
    out = tmp_path / "out"
    run(folder, out, Counting(), batch=2)
    (folder / "aa.txt").write_text("Bo Lind attacked Ona Vell.", encoding="utf-8")
    (folder / "d.txt").rename(folder / "z.txt")  # a new name is no new text
    (folder / "b.txt").unlink()
    with pytest.warns(UserWarning, match="2 of 5 articles are no longer in the source"):
        found = run(folder, out, counting := Counting(), batch=2)
    assert counting.read_texts == ["Bo Lind attacked Ona Vell."]
    assert found.articles["article_id"].tolist() == ["a", "aa", "c", "e", "z"]
    assert_same(found, nl.analyze(folder, reader="rules", progress=False))
    listed = {part["file"] for table in found._parts.manifest["tables"].values() for part in table}
    assert {p.name for p in out.rglob("part-*.parquet")} == listed
    kept = pd.concat(pd.read_parquet(p, columns=["key"]) for p in (out / "_reading" / "found").iterdir())
    assert len(kept) == 5  # also what was found in the article that is gone
    (folder / "b.txt").write_text(TEXTS["b"], encoding="utf-8")
    run(folder, out, counting := Counting())
    assert counting.read_texts == [TEXTS["b"]]


def test_changed_metadata_reads_nothing_again(tmp_path):
    frame = pd.DataFrame({"text": list(TEXTS.values()), "outlet": ["Gull"] * 5})
    run(frame, tmp_path / "out", Counting())
    found = run(frame.assign(outlet="Courier"), tmp_path / "out", counting := Counting())
    assert counting.read_texts == [] and set(found.articles["outlet"]) == {"Courier"}


def test_equal_texts_are_read_once(tmp_path):
    frame = pd.DataFrame({"text": [TEXTS["a"]] * 3 + [TEXTS["b"]]})
    found = run(frame, tmp_path / "out", counting := Counting())
    assert counting.read_texts == [TEXTS["a"], TEXTS["b"]]
    assert_same(found, nl.analyze(frame, reader="rules", progress=False))


@pytest.mark.parametrize("at", range(5))
def test_stopped_with_ctrl_c_it_goes_on_where_it_was(at, folder, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run(folder, out, Counting(fails_at=at), batch=2)
    with pytest.raises(FileNotFoundError, match="not finished"):
        nl.load(out)
    found = run(folder, out, goes_on := Counting(), batch=2)
    assert goes_on.read_texts == list(TEXTS.values())[at // 2 * 2 :]
    assert_same(found, nl.analyze(folder, reader="rules", progress=False))


def test_a_changed_reader_reads_all_again_and_says_so(folder, tmp_path):
    out = tmp_path / "out"
    run(folder, out, Counting("1"))
    with pytest.warns(UserWarning, match=r"version of the reader was 1 and is 2\): all articles are read again"):
        run(folder, out, counting := Counting("2"))
    assert len(counting.read_texts) == 5
    # Stopped in the middle of reading anew, the old result is whole still.
    with pytest.warns(UserWarning, match="read again"), pytest.raises(KeyboardInterrupt):
        run(folder, out, Counting("3", fails_at=2), batch=1)
    assert len(nl.load(out).articles) == 5
    run(folder, out, counting := Counting("2"))  # nothing is read again, and so nothing is said
    assert counting.read_texts == []


def test_table_of_actors_is_part_of_the_key_but_its_parties_are_not(folder, tmp_path):
    out = tmp_path / "out"
    actors = pd.DataFrame({"name": ["Ona Vell"], "party": ["Harbour"]})
    run(folder, out, Counting(), actors=actors)
    found = run(folder, out, counting := Counting(), actors=actors.assign(party="Reform"))
    assert counting.read_texts == []
    assert set(found.quotes["speaker_party"].dropna()) == {"Reform"}
    with pytest.warns(UserWarning, match="actor table"):
        run(folder, out, counting := Counting(), actors=actors.assign(aliases="Tam Orr"))
    assert len(counting.read_texts) == 5


def test_files_cut_short_are_read_again(folder, tmp_path):
    out = tmp_path / "out"
    whole = run(folder, out, Counting(), batch=2)
    assert len(whole.articles) == 5
    file = sorted((out / "_reading" / "found").iterdir())[0]
    file.write_bytes(file.read_bytes()[:-20])
    (out / "_reading" / "found" / ".found-1.parquet.writing").write_bytes(b"half")
    next((out / "stances.parquet").iterdir()).unlink()
    with pytest.raises(FileNotFoundError, match="is missing; run the same"):
        nl.load(out)
    with pytest.warns(UserWarning, match=r"files in .*_reading were damaged and are removed \(1\)"):
        found = run(folder, out, counting := Counting(), batch=2)
    assert 1 <= len(counting.read_texts) <= 2
    assert_same(found, nl.analyze(folder, reader="rules", progress=False))


@pytest.mark.parametrize("place", range(5))
def test_what_was_found_and_is_damaged_is_read_again(place, folder, tmp_path):
    out = tmp_path / "out"
    run(folder, out, Counting())
    file = next((out / "_reading" / "found").iterdir())
    data = bytearray(file.read_bytes())
    at = place * len(data) // 5
    data[at : at + 4] = bytes(255 - b for b in data[at : at + 4])
    file.write_bytes(data)
    (folder / "f.txt").write_text("Bo Lind attacked Ona Vell.", encoding="utf-8")
    with pytest.warns(UserWarning, match="what they held of earlier readings is read again where it is needed"):
        found = run(folder, out, counting := Counting())
    assert len(counting.read_texts) == 6
    assert_same(found, nl.analyze(folder, reader="rules", progress=False))
    run(folder, out, again := Counting())
    assert again.read_texts == []


def test_two_runs_do_not_write_to_one_folder(folder, tmp_path, rules):
    pytest.importorskip("fcntl")
    out = tmp_path / "out"
    lock = streaming._prepare(out) / "_reading" / "lock"
    with disk.alone(out, lock), pytest.raises(BlockingIOError, match="another run is writing"):
        run(folder, out, rules)
    run(folder, out, rules)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such locks")
def test_a_disk_that_knows_no_locks_is_written_to_without(folder, tmp_path, rules, monkeypatch):
    import fcntl

    def flock(*_):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", flock)
    assert_same(run(folder, tmp_path / "out", rules), nl.load(nl.load(tmp_path / "out").save(tmp_path / "saved")))


# ---- opened without loading ---------------------------------------------------------------------------------------


@pytest.fixture
def lazy(folder, tmp_path, rules):
    return run(folder, tmp_path / "out", rules)


def test_summaries_load_no_texts(lazy, monkeypatch):
    asked = []
    read = parts.Parts.read

    def recorded(self, name, columns=None, where=None):
        asked.append((name, columns, where))
        return read(self, name, columns, where)

    monkeypatch.setattr(parts.Parts, "read", recorded)
    assert "5 articles in" in repr(lazy) and "articles" in lazy._repr_html_()
    assert asked == []
    assert not lazy.edges(by="via").empty and not lazy.speakers().empty
    assert not lazy.evidence("Ona Vell").empty
    for chart in (
        nl.plot.network,
        nl.plot.matrix,
        nl.plot.timeline,
        nl.plot.outlets,
        nl.plot.sentiment,
        nl.plot.balance,
    ):
        chart(lazy)
    for name, columns, _ in asked:
        assert name != "mentions"
        if name == "articles":
            assert columns is not None and "text" not in columns
        if name == "quotes":
            assert columns is not None and "text" not in columns
    assert lazy.text("b") == TEXTS["b"]
    assert asked[-1] == ("articles", ["text"], {"article_id": ["b"]})


def test_of_some_articles_no_others_are_read(lazy, monkeypatch):
    memory, asked = lazy._with(), []
    read = parts.Parts.read

    def recorded(self, name, columns=None, where=None):
        asked.append((name, where))
        return read(self, name, columns, where)

    monkeypatch.setattr(parts.Parts, "read", recorded)
    part = nl.load(lazy._parts.folder).select(["a", "c"])
    assert all(where or name == "actors" for name, where in asked)
    assert_same(part, memory.select(["a", "c"]))


def test_a_report_and_a_graph_read_the_texts_that_they_show(lazy, tmp_path, monkeypatch):
    asked = []
    read = parts.Parts.read

    def recorded(self, name, columns=None, where=None):
        asked.append((name, columns, where))
        return read(self, name, columns, where)

    memory = lazy._with()
    monkeypatch.setattr(parts.Parts, "read", recorded)
    monkeypatch.setattr(parts.Parts, "pieces", None)
    page = nl.load(lazy._parts.folder)
    page.report(tmp_path / "report.html", n_edges=1)
    page.export(tmp_path / "files", ["gexf", "attributions", "coding"])
    for name, columns, where in asked:
        if name in ("articles", "quotes", "mentions"):
            assert columns is not None and ("text" not in columns or where)
    shown = [where["article_id"] for name, columns, where in asked if name == "articles" and "text" in columns]
    assert len(shown) == 1 and 0 < len(shown[0]) < 5
    memory.report(tmp_path / "whole.html", n_edges=1)
    memory.export(tmp_path / "again", ["gexf", "attributions", "coding"])
    pages = [(tmp_path / name).read_text(encoding="utf-8") for name in ("report.html", "whole.html")]
    assert pages[0] == pages[1]
    for path in (tmp_path / "files").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(tmp_path / "files")).read_bytes()


def test_csv_is_written_part_by_part_and_the_same(rules, tmp_path, monkeypatch):
    frame = pd.DataFrame({"text": TEXTS.values(), "published": ["2031-01-01"] * 4 + ["2031-01-02 10:30"]})
    frame["seen"] = pd.to_datetime(["2031-02-01", None, "2031-02-03", None, "2031-02-04"])
    frame["note"] = ["=1+1", "b", None, "d", "e"]
    found = run(frame, tmp_path / "out", rules)
    memory = found._with()
    memory.export(tmp_path / "whole", "csv")
    read = parts.Parts.read

    def recorded(self, name, columns=None, where=None):
        assert name in ("actors", "affiliations") or columns is not None
        return read(self, name, columns, where)

    monkeypatch.setattr(parts.Parts, "read", recorded)
    for path in nl.load(tmp_path / "out").export(tmp_path / "parts", "csv"):
        assert path.read_bytes() == (tmp_path / "whole" / path.name).read_bytes()
    articles = (tmp_path / "parts" / "articles.csv").read_text(encoding="utf-8")
    assert "2031-01-01 00:00:00" in articles and "2031-02-03," in articles and "'=1+1" in articles


def test_the_explorer_asks_for_an_article_when_it_is_clicked(lazy, monkeypatch):
    pytest.importorskip("anywidget")
    asked = []
    read = parts.Parts.read

    def recorded(self, name, columns=None, where=None):
        asked.append((name, columns, where))
        return read(self, name, columns, where)

    monkeypatch.setattr(parts.Parts, "read", recorded)
    explorer = nl.explore(lazy)
    explorer.select("Ona Vell", "Tam Orr")
    assert explorer._chosen["articles"]
    assert all(name != "articles" or (columns and "text" not in columns) for name, columns, _ in asked)
    assert all(where for name, _, where in asked if name == "mentions")
    asked.clear()
    shown = explorer._text("a")
    assert {(name, tuple(where["article_id"])) for name, _, where in asked} == {
        ("articles", ("a",)), ("quotes", ("a",)), ("mentions", ("a",))
    }  # fmt: skip
    assert "Budget row deepens" in str(shown)


def test_tables_on_request(lazy):
    assert lazy.table("mentions", ["text"], article_id="d").shape[1] == 1
    assert set(lazy.table("quotes", article_id=["a", "c"])["article_id"]) == {"a", "c"}
    memory = nl.analyze(pd.DataFrame({"text": ["Ona Vell attacked Tam Orr."]}), reader="rules", progress=False)
    assert memory.text("article-1") == "Ona Vell attacked Tam Orr."
    with pytest.raises(ValueError, match="no table 'quote'"):
        lazy.table("quote")
    for analysis in (lazy, memory):
        with pytest.raises(ValueError, match="quotes has no column 'word'; columns are quote_id"):
            analysis.table("quotes", ["word"])
        with pytest.raises(ValueError, match="actors has no column 'article_id'"):
            analysis.table("actors", article_id="a")
        with pytest.raises(ValueError, match="no article 'bb'|no article"):
            analysis.text("bb")


def test_a_corrected_table_is_what_is_summed(lazy):
    before = lazy.edges()
    lazy.stances = lazy.stances[lazy.stances["target"] != "Tam Orr"]
    after = lazy.edges()
    assert len(after) < len(before) and "Tam Orr" not in set(after["target"])
    assert f"{len(lazy.stances)} stances" in repr(lazy)


def test_it_can_be_saved_in_one_piece_elsewhere(lazy, tmp_path):
    lazy.save(tmp_path / "one")
    assert_same(nl.load(tmp_path / "one"), lazy)
    with pytest.raises(ValueError, match="in parts, which is saved already"):
        lazy.save(tmp_path / "out")
    with pytest.raises(ValueError, match="in one piece"):
        run(pd.DataFrame({"text": ["x"]}), tmp_path / "one", "rules")


def test_pandas_reads_the_folders(lazy, tmp_path):
    assert len(pd.read_parquet(tmp_path / "out" / "quotes.parquet")) == len(lazy.quotes)


def test_wrong_use(folder, tmp_path, rules):
    with pytest.raises(ValueError, match="batch is 0"):
        run(folder, tmp_path / "out", rules, batch=0)
    for batch in (2.5, True, "64"):
        with pytest.raises(TypeError, match=f"batch is {batch!r}; it takes a whole number"):
            run(folder, tmp_path / "out", rules, batch=batch)
    for out in (3, b"out", True):
        with pytest.raises(TypeError, match=f"out is {out!r}; pass the path of a folder"):
            run(folder, out, rules)
    with pytest.raises(TypeError, match="no option 'txt'; did you mean 'text'"):
        run(folder, tmp_path / "out", rules, txt="x")
    read = nl.read_articles(folder)
    for out in (None, tmp_path / "out"):
        with pytest.raises(TypeError, match="read already take no option 'text'"):
            nl.analyze(read, out=out, text="x", reader=rules)
    with pytest.raises(ValueError, match="client takes a folder"):
        nl.analyze(folder, client=object())
    with pytest.raises(NotADirectoryError, match="is a file"):
        run(folder, folder / "a.txt", rules)
    with pytest.raises(FileNotFoundError, match="does not exist"):
        run(tmp_path / "nowhere", tmp_path / "out", rules)
    with pytest.raises(FileNotFoundError, match="no saved analysis"):
        nl.load(tmp_path / "out")
    for source in (folder, [str(folder)]):
        with pytest.raises(ValueError, match="lies inside the corpus"):
            run(source, folder / "results", rules)
    assert not (folder / "results").exists()


# ---- disks that are full or cannot be written to ------------------------------------------------------------------


def test_a_full_disk_is_told_and_nothing_is_damaged(folder, tmp_path, monkeypatch):
    out = tmp_path / "out"
    run(folder, out, Counting())
    (folder / "f.txt").write_text("Bo Lind attacked Ona Vell.", encoding="utf-8")
    (folder / "g.txt").write_text("Tam Orr attacked Ona Vell.", encoding="utf-8")
    write, left = disk.write_whole, [2]

    def full(path, data):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device", str(path))
        write(path, data)

    monkeypatch.setattr(disk, "write_whole", full)
    with pytest.raises(OSError, match="is full; nothing is damaged, and what was read is kept") as told:
        run(folder, out, counting := Counting(), batch=1)
    assert told.value.errno == 28 and "Errno" not in str(told.value)
    assert len(nl.load(out).articles) == 5
    monkeypatch.undo()
    found = run(folder, out, goes_on := Counting())
    assert counting.read_texts + goes_on.read_texts == ["Bo Lind attacked Ona Vell.", "Tam Orr attacked Ona Vell."]
    assert_same(found, nl.analyze(folder, reader="rules", progress=False))


def test_a_folder_that_cannot_be_written_to(folder, tmp_path, monkeypatch, rules):
    def refuse(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(PermissionError, match=r"out cannot be written to \(Permission denied\); choose another"):
        run(folder, tmp_path / "out", rules)
    monkeypatch.undo()
    assert not (tmp_path / "out").exists()


ON_A_SMALL_DISK = """
import sys, warnings
import pandas as pd
import newslab as nl
from newslab import staging
staging._PART = (20, 10**9)
corpus, out, rows = sys.argv[1:]
articles = pd.read_parquet(corpus).head(int(rows))
try:
    nl.analyze(articles, out=out, reader="rules", batch=5, progress=False)
    print("done", end=" ")
except OSError as error:
    print("told", type(error).__name__, error, end=" ")
try:
    found = nl.load(out)
    articles = articles.head(len(found.articles))
    print(len(articles), found.edges().equals(nl.analyze(articles, reader="rules", progress=False).edges()))
except FileNotFoundError as error:
    print("unfinished" if "not finished" in str(error) else error)
"""


def test_on_a_disk_that_is_really_full_and_then_read_only(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    own = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec"]  # mounts of its own need no privileges
    try:
        can = subprocess.run([*own, f"mount -t tmpfs -o size=1m none {disk}"], capture_output=True).returncode == 0
    except FileNotFoundError:
        can = False
    if not can:
        pytest.skip("this system lets nobody mount a small disk")
    words = " ".join(f"pier{k}" for k in range(9000))
    texts = [f"Ona Vell attacked Tam Orr. {k} {words[k * 200 : k * 200 + 6000]}" for k in range(120)]
    pd.DataFrame({"text": texts}).to_parquet(tmp_path / "corpus.parquet")
    (tmp_path / "work.py").write_text(ON_A_SMALL_DISK, encoding="utf-8")
    call = f"{sys.executable} {tmp_path / 'work.py'} {tmp_path / 'corpus.parquet'} {disk / 'out'}"
    steps = ["mount -t tmpfs -o size=300k none {0}", "{1} 10", "{1} 120", "mount -o remount,size=20m {0}", "{1} 120",
             "mount -o remount,ro {0}", "{1} 120"]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(Path(nl.__file__).parents[1])}
    done = subprocess.run(
        [*own, "; ".join(step.format(disk, call) for step in steps)], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    full = f"told OSError the disk that holds {disk / 'out'} is full; nothing is damaged, and what was read is kept: "
    full += "make room and run the same again"
    refused = f"told OSError {disk / 'out'} cannot be written to (Read-only file system); choose another folder for out"
    assert done.stdout.splitlines() == ["done 10 True", f"{full} 10 True", "done 120 True", f"{refused} 120 True"]


# ---- analyses from strangers --------------------------------------------------------------------------------------


def change(out, edit):
    about = json.loads((out / "analysis.json").read_text(encoding="utf-8"))
    edit(about)
    (out / "analysis.json").write_text(json.dumps(about), encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    ["../../secret.parquet", "/etc/passwd", "part-00000-0123456789abcdef.parquet/../x", "C:\\x.parquet", "", None, 5,
     "part-00000-0123456789abcdef.parquet\n", "part-０0000-0123456789abcdef.parquet"],
)  # fmt: skip
def test_a_manifest_cannot_name_files_elsewhere(name, lazy, tmp_path):
    change(tmp_path / "out", lambda about: about["tables"]["quotes"][0].update(file=name))
    with pytest.raises(ValueError, match="which is no name of a part; it is not opened"):
        nl.load(tmp_path / "out")


def test_a_part_cannot_be_a_link_out_of_the_folder(lazy, tmp_path):
    part = next((tmp_path / "out" / "quotes.parquet").iterdir())
    shutil.move(part, tmp_path / "elsewhere.parquet")
    part.symlink_to(tmp_path / "elsewhere.parquet")
    with pytest.raises(ValueError, match="a link out of"):
        nl.load(tmp_path / "out")


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda about: about.update(format="parts-9"), "has the format 'parts-9'"),
        (lambda about: about.update(tables=[]), "names no parts of the table articles"),
        (lambda about: about["tables"].pop("stances"), "names no parts of the table stances"),
        (lambda about: about["tables"]["quotes"][0].update(rows=-1), "has -1 rows"),
        (lambda about: about["tables"]["quotes"].append(about["tables"]["quotes"][0]), "as part . of the table quotes"),
        (lambda about: about["tables"]["articles"].reverse(), "as part 0 of the table articles"),
        (lambda about: about["tables"]["quotes"][0].update(rows=True), "has True rows"),
        (lambda about: about.update(n_unknown="many"), "n_unknown is no number"),
        (lambda about: about.update(reader=None), "names no reader"),
    ],
)
def test_a_damaged_manifest_is_told(edit, told, lazy, tmp_path):
    change(tmp_path / "out", edit)
    with pytest.raises(ValueError, match=told):
        nl.load(tmp_path / "out")


def test_a_manifest_that_is_cut_off_is_told_and_mended_by_the_same_run(tmp_path):
    articles, out = pd.DataFrame({"text": ["“We lost,” said Ona Vell."]}), tmp_path / "out"
    nl.analyze(articles, out=out, reader="rules", progress=False)
    (out / "analysis.json").write_bytes((out / "analysis.json").read_bytes()[:200])
    with pytest.raises(ValueError, match=r"analysis.json is damaged: .*; run the same analyze\(…, out=.*to mend it"):
        nl.load(out)
    nl.analyze(articles, out=out, reader="rules", progress=False)
    assert nl.load(out).quotes["speaker"].tolist() == ["Ona Vell"]


def test_an_analysis_of_another_version_is_left_alone(lazy, tmp_path):
    change(tmp_path / "out", lambda about: about.update(format="parts-9"))
    before = (tmp_path / "out" / "analysis.json").read_bytes()
    with pytest.raises(ValueError, match="another version of newslab wrote.*'parts-9'.*choose another folder"):
        nl.analyze(pd.DataFrame({"text": ["Rain fell."]}), out=tmp_path / "out", reader="rules", progress=False)
    assert (tmp_path / "out" / "analysis.json").read_bytes() == before


def test_a_manifest_that_is_no_json_is_told(lazy, tmp_path):
    (tmp_path / "out" / "analysis.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises((ValueError, FileNotFoundError)):
        nl.load(tmp_path / "out")


def test_parts_of_wrong_content_are_told(lazy, tmp_path):
    out = tmp_path / "out"
    part = next((out / "stances.parquet").iterdir())
    part.write_bytes(b"no parquet")
    with pytest.raises(ValueError, match="damaged"):
        nl.load(out).edges()
    pd.DataFrame({"stance_id": ["x"]}).to_parquet(part)
    with pytest.raises(ValueError, match="lacks the columns article_id"):
        nl.load(out).edges()


def test_no_pickle_anywhere():
    root = Path(nl.__file__).parent
    for file in root.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert "import pickle" not in text and "allow_pickle=True" not in text and "joblib" not in text, file
        assert "eval(" not in text.replace("model.eval(", "") and "exec(" not in text, file


def test_a_table_of_actors_to_correct_runs_nothing_in_a_spreadsheet(tmp_path, monkeypatch):
    names = pd.DataFrame({"name": ["=HYPERLINK(1)", "Ona Vell"], "aliases": ["+1", "@vell"], "type": ["person"] * 2})
    monkeypatch.setattr("newslab.analysis.suggest", lambda *_, **__: names)
    analysis = nl.analyze(pd.DataFrame({"text": ["Ona Vell left."]}), reader="rules", progress=False)
    analysis.suggest_actors(tmp_path / "actors.csv")
    assert "\n'=HYPERLINK(1),'+1,person\nOna Vell,'@vell," in (tmp_path / "actors.csv").read_text(encoding="utf-8")
    assert list(nl.read_actors(tmp_path / "actors.csv").by_name) == ["=HYPERLINK(1)", "Ona Vell"]


def test_ids_never_become_names_of_files(tmp_path, rules):
    ids = ["../../evil", "/etc/passwd", "con", "a\x00b", "x" * 500, "a/b", "a_b", "..", "=1+1", "é" * 200]
    frame = pd.DataFrame({"id": ids, "text": ["Ona Vell attacked Tam Orr."] * len(ids)})
    found = run(frame, tmp_path / "deep" / "er" / "out", rules)
    assert found.articles["article_id"].tolist() == ids
    outside = [p for p in tmp_path.rglob("*") if p.is_file() and (tmp_path / "deep" / "er" / "out") not in p.parents]
    assert outside == []
    written = found.export(tmp_path / "coding", ["coding"])
    assert len(set(written)) == len(ids)
    assert all(p.parent == tmp_path / "coding" / "coding" and p.is_file() for p in written)
    assert np.all([len(p.name.encode()) < 256 for p in written])


def test_a_script_that_is_killed_and_run_again(folder, tmp_path, rules):
    """The whole of tests/test_interruptions.py in one: a process of its own, and its exit status."""
    code = "import sys, newslab as nl; print(nl.analyze(sys.argv[1], out=sys.argv[2], reader='rules'))"
    environment = {**os.environ, "PYTHONPATH": str(Path(nl.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    assert "5 articles in" in done.stdout
