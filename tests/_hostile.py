"""Hostile input, and what must hold whatever it is: shared by tests/test_hostile.py and benchmarks/fuzz.py."""

import csv
import io
import json
import tempfile
import warnings
import zipfile
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd

import newslab as nl
from newslab.corpus import blocks, formats
from newslab.corpus.dates import parse_dates
from newslab.finding import Found, find
from newslab.quotation import find_quotations
from newslab.roster import Roster
from newslab.text import Cover, Text

GOOD = "The harbour was full.\n\n“We won,” said Ona Vell."

# What articles of a hostile archive are made of, piece by piece.
PIECES = [
    "Ona Vell", "Tam Orr", "Mayor Ona Vell", "Harbour Board", "the minister", "a spokesman for", "she", "it", "who",
    " said ", " told ", " accused ", " attacked ", " praised ", " according to ", " that ", " by ", " of ", " and ",
    "including", "“", "”", "‘", "’", '"', "'", "`", "``", "''", "«", "»", "„", ",", ".", ". ", "!", "?", ":", ";", "…",
    "—", "-", " – ", "(", ")", "[", "]", "\n", "\r", "\r\n", "\n\n", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\t",
    " ", "\u00a0", "\u200b", "\u200d", "\u2060", "\ufeff", "\u202e", "\u202b", "\u200f", "\u0301", "é", "ß", "İ", "ı",
    "ſ", "Ǆ", "²", "½", "٣", "א", "ב", "漢", "👩‍👩‍👧", "\U0001d400", "\x00", "\x1b", "\ufffd", "\ue000", "\uffff", "A.",
    "U.S.", "No. 10", "Mr.", "READ MORE: x", "Letters", "By Lena Orth", "@vell", "#dam", "https://a.example/b?c=“d”",
    "<script>alert(1)</script>", "<b", "&lt;", "javascript:alert(1)", "1,000.50", "%s", "{{ 7 * 7 }}", "\\", "/", "../",
    "=1+1", "lied", "disgrace", "wonderful", "not ", "would ", "x" * 300,
]  # fmt: skip


def quiet(call, *args, **options):
    """Call without the warnings that read_articles gives."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return call(*args, **options)


def check_text(text: str) -> None:
    """The stages of the text keep their promises for any string."""
    tokens = nl.tokenize(text)
    assert [text[a:b] for a, b in zip(tokens["start"], tokens["end"], strict=True)] == tokens["token"].tolist()
    parsed = Text(text)
    for spans in (parsed.paragraphs, parsed.sentences, parsed.tokens):
        assert all(0 <= a < b <= len(text) for a, b in spans)
        assert all(b <= c for (_, b), (c, _) in zip(spans, spans[1:], strict=False))
    quotations = find_quotations(parsed)
    spans = [s for q in quotations for s in q.spans]
    assert all(0 <= a <= b <= len(text) for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in zip(spans, spans[1:], strict=False))


def check_reading(texts: list[str], reader: nl.Reader) -> None:
    """What check_analysis checks of the rows, before they are rows of tables: many times as fast."""
    names, actors = [f"article-{k}" for k in range(len(texts))], []
    for text, found in zip(texts, find(reader, texts, [pd.NaT] * len(texts)), strict=True):
        assert not isinstance(found, str), found
        found = Found.from_json(*found.to_json())
        spoken = [tuple(s) for q in found.quotes for s in q[0]]
        spans = [*spoken, *(s for q in found.quotes for s in (q[3], q[4]) if s), *(m[1:3] for m in found.mentions)]
        spans += [row[-2:] for row in (*found.stances, *found.affiliations)]
        assert all(0 <= a <= b <= len(text) for a, b in spans)
        check_no_quotation_is_lost(text, spoken)
        actors.append(found.actors)
    roster = Roster(lambda: zip(names, actors, strict=True), None)
    for name, seen in zip(names, actors, strict=True):
        acting = [a for a in seen if a.type != "place"]
        assert acting == seen[: len(acting)]  # rows name actors by number, so that places come behind
        assert len(roster.who(name, seen)) == len(acting)


def check_no_quotation_is_lost(text: str, spoken: list[tuple[int, int]]) -> None:
    """A quotation in marks is among the quotes, whoever says it."""
    kept = Cover(spoken)
    for q in find_quotations(Text(text)):
        assert not q.speech or kept.touches(q.start, q.end) or q.start == q.end, (q, text[q.start : q.end])


def check_analysis(texts: list[str], reader: str | nl.Reader = "rules") -> None:
    """Reading never fails, loses nothing, and every row points at the words that it is made of."""
    frame = pd.DataFrame({"text": pd.Series([*texts, GOOD], dtype="object")})
    analysis = quiet(nl.analyze, frame, reader=reader, progress=False)
    read = dict(zip(analysis.articles["article_id"], analysis.articles["text"], strict=True))
    told = set(analysis.problems["article_id"])
    for k, text in enumerate(texts, 1):
        assert read.get(f"article-{k}") == text or f"article-{k}" in told
    failed = analysis.problems[analysis.problems["stage"] == "reading"]
    assert failed.empty, failed["reason"].tolist()
    for table, words in ((analysis.quotes, "text"), (analysis.mentions, "text"), (analysis.stances, "evidence")):
        for row in table.itertuples():
            assert 0 <= row.start <= row.end <= len(read[row.article_id])
            assert read[row.article_id][row.start : row.end] == getattr(row, words)
    kept = {i: [s for spans in part for s in spans] for i, part in analysis.quotes.groupby("article_id")["spans"]}
    for ident, text in read.items():
        check_no_quotation_is_lost(text, kept.get(ident, []))
    assert f"article-{len(texts) + 1}" in read
    assert set(analysis.actors["type"]) <= {"person", "organisation", "group"}
    analysis.edges()
    analysis.speakers(n_boot=1)
    repr(analysis), analysis._repr_html_()


def check_dates(values: list[object]) -> None:
    """A date is read or told of."""
    dates, bad, _ = parse_dates(values)
    assert len(dates) == len(values)
    for k, value in enumerate(values):
        blank = value is None or (isinstance(value, str) and not value.strip()) or value != value
        assert (k in bad) == (np.isnat(dates[k]) and not blank)


def read_file(name: str, data: bytes, **options) -> tuple[pd.DataFrame, dict[str, str]]:
    """Articles and problems of a folder with this file and a good one."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a-good.txt").write_text(GOOD, encoding="utf-8")
        (Path(folder) / name).write_bytes(data)
        articles = quiet(nl.read_articles, folder, progress=False, **options)
        assert sorted(p.name for p in Path(folder).iterdir()) == sorted({"a-good.txt", name}), "wrote a file"
    reasons = {p["article_id"]: p["reason"] for p in articles.attrs["problems"]}
    return articles, reasons


def check_file(name: str, data: bytes) -> None:
    """A file is read or told of, and takes none of the others with it; a table in blocks is what it is as a whole."""
    articles, reasons = read_file(name, data)
    if name.endswith((".csv", ".tsv", ".jsonl", ".parquet")) and "empty" not in reasons.values():
        with mock.patch.multiple(blocks, LARGE=0, ROWS=2), mock.patch.object(formats, "ROWS", 2):
            in_blocks, told = read_file(name, data)
        pd.testing.assert_frame_equal(in_blocks, articles)
        assert told == reasons
    ids = articles["article_id"].tolist()
    assert "a-good" in ids or "a-good~2" in ids
    assert articles["article_id"].is_unique
    assert articles["text"].str.strip().ne("").all()
    assert all(reasons.values())
    if len(ids) == 1 and not reasons:
        assert _holds_nothing(name, data), "neither read nor told of"


def _holds_nothing(name: str, data: bytes) -> bool:
    """Whether a file is a table without rows, an empty archive or a hand coding: then there is nothing to tell."""
    suffix = name.rsplit(".", 1)[-1].lower()
    if suffix in ("csv", "tsv"):
        text = data.decode("latin-1").replace("\0", "")
        rows = csv.reader(io.StringIO(text, newline=""))  # a header may go over several lines
        return sum(any(cell.strip(" ,;\t|\"'") for cell in row) for row in rows) <= 1
    if suffix == "parquet":
        return pd.read_parquet(io.BytesIO(data)).empty
    if suffix == "zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            kinds = (".txt", ".html", ".htm", ".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".zip")
            shown = [n for n in archive.namelist() if n.lower().endswith(kinds) and not _passed_over(n)]
            return all(_holds_nothing(n, archive.read(n)) for n in shown)
    if suffix == "json":
        value = json.loads(data)
        return isinstance(value, dict) and {"actors", "edges"} <= value.keys()
    return False


def _passed_over(name: str) -> bool:
    """Whether a member of an archive is hidden, or no article by its name."""
    parts = [p for p in name.lower().replace("\\", "/").split("/") if p not in ("", ".", "..")]
    return any(p[0] == "." or p == "__macosx" or p.split(".")[0] in ("readme", "license", "licence") for p in parts)
