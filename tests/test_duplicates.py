"""Which articles are copies, and of what."""

import random

import pandas as pd
import pytest

from newslab import duplicates
from newslab.duplicates import find_copies

WORDS = [a + b for a in ("har", "fer", "tol", "bris", "quel", "mon", "sal", "ver") for b in
         ("bour", "ry", "ma", "den", "ko", "lin", "tass", "ubo", "ine", "ost")]  # fmt: skip


def prose(seed, n=300):
    chance = random.Random(seed)
    words = [chance.choice(WORDS) for _ in range(n)]
    return "\n\n".join(" ".join(words[i : i + 30]).capitalize() + "." for i in range(0, n, 30))


def table(rows):
    frame = pd.DataFrame(rows, columns=["article_id", "text", "published"])
    return frame.assign(published=pd.to_datetime(frame["published"]))


def copies(rows):
    frame = table(rows)
    found = find_copies(frame)
    assert found.dtype == "str"
    return {a: o for a, o in zip(frame["article_id"], found, strict=True) if isinstance(o, str)}


def test_the_earliest_is_the_original():
    a = prose(1)
    rows = [
        ("late", a, "2024-03-03"),
        ("first", a, "2024-03-01"),
        ("middle", a, "2024-03-02"),
        ("other", prose(2), None),
    ]
    assert copies(rows) == {"late": "first", "middle": "first"}


def test_ties_and_missing_dates_go_by_reading_order():
    a = prose(1)
    assert copies([("x", a, None), ("y", a, None)]) == {"y": "x"}
    assert copies([("x", a, None), ("y", a, "2024-03-01")]) == {"x": "y"}
    assert copies([("x", a, "2024-03-01"), ("y", a, "2024-03-01")]) == {"y": "x"}


def test_small_changes_and_boilerplate_do_not_hide_a_copy():
    a = prose(1)
    changed = "By Jane Doe\n" + a.upper().replace(".", " !", 3) + "\nREAD MORE: " + prose(9, 20)
    assert copies([("a", a, None), ("b", changed, None)]) == {"b": "a"}


@pytest.mark.parametrize(("plain", "typed"), [("o", "o\xad"), (" ", " \xa0\u200b"), ("é", "e\u0301"), ("fi", "ﬁ")])
def test_a_copy_may_be_typed_in_another_way(plain, typed):
    a = prose(1).replace("o", "oé").replace("f", "fi")
    assert copies([("a", a, None), ("b", a.replace(plain, typed), None)]) == {"b": "a"}


def test_a_cut_reprint_is_a_copy_and_a_longer_version_is_not():
    long = prose(1, 300)
    short = "\n\n".join(long.split("\n\n")[:6])
    assert copies([("long", long, "2024-03-01"), ("short", short, "2024-03-02")]) == {"short": "long"}
    assert copies([("short", short, "2024-03-01"), ("long", long, "2024-03-02")]) == {}


def test_half_in_common_is_no_copy():
    a, b = prose(1), prose(2)
    assert copies([("a", a, None), ("b", a[: len(a) // 2] + b, None)]) == {}


def test_a_copy_of_a_copy_points_to_the_original():
    parts = prose(1).split("\n\n")
    a, b, c = ("\n\n".join(parts[i : i + 8]) for i in (0, 1, 2))
    rows = [("a", a, "2024-01-01"), ("b", b, "2024-01-02"), ("c", c, "2024-01-03")]
    assert copies(rows) == {"b": "a", "c": "a"}
    assert copies([rows[0], rows[2]]) == {}


def test_short_texts_only_if_equal():
    short = prose(3, 35)
    rows = [("a", short, None), ("b", short.replace(" ", "\n"), None), ("c", short + " more", None), ("d", "\n", None),
            ("e", " ", None)]  # fmt: skip
    assert copies(rows) == {"b": "a"}


def test_order_of_rows_does_not_matter():
    rows = [(f"{i}{v}", prose(i) + f" v{v}", f"2024-0{v}-0{i + 1}") for i in range(6) for v in (1, 2, 3)]
    want = copies(rows)
    assert len(want) == 12
    for seed in range(3):
        shuffled = rows[:]
        random.Random(seed).shuffle(shuffled)
        assert copies(shuffled) == want


def test_index_is_kept_and_the_input_unchanged():
    frame = table([("a", prose(1), None), ("b", prose(1), None)]).set_index(pd.Index([7, 3]))
    before = frame.copy(deep=True)
    found = find_copies(frame)
    assert found.index.tolist() == [7, 3] and found.name == "duplicate_of" and found.loc[3] == "a"
    pd.testing.assert_frame_equal(frame, before)


def test_no_articles():
    found = find_copies(table([]))
    assert found.empty and found.dtype == "str"


def compared(monkeypatch, rows):
    """Copies, and how many pairs were compared in full."""
    pairs, count = [], duplicates._n_shared
    monkeypatch.setattr(duplicates, "_n_shared", lambda *pair: pairs.append(pair) or count(*pair))
    return copies(rows), len(pairs)


def test_articles_that_share_little_are_not_compared(monkeypatch):
    assert compared(monkeypatch, [(str(i), prose(i, 800), None) for i in range(40)]) == ({}, 0)


@pytest.mark.parametrize("slot", [10, 12])
def test_reports_from_one_mould_are_told_apart_without_comparing_each_with_each(slot, monkeypatch):
    chance, mould = random.Random(1), prose(1, 200).split()

    def report():
        return " ".join(w if k % slot else chance.choice(WORDS) for k, w in enumerate(mould))

    rows = [(str(i), report(), None) for i in range(60)]
    rows.insert(30, ("copy", rows[4][1] + " Again.", None))
    found, n = compared(monkeypatch, rows)
    assert found == {"copy": "4"}
    assert n < 60  # of 1,830 pairs


def test_of_one_day_the_longer_text_is_the_original_whatever_the_hour():
    report = " ".join(f"Sentence {n} of the report says something of its own about pier {n * 7}." for n in range(30))
    frame = pd.DataFrame(
        {
            "article_id": ["reprint", "agency"],
            "text": [report[: int(len(report) * 0.85)], report],
            "published": pd.to_datetime(["2031-05-23 00:00", "2031-05-23 02:50"]),
        }
    )
    assert find_copies(frame).fillna("").tolist() == ["agency", ""]
