"""Paragraphs, sentences, tokens: where they stand, and that nothing is altered."""

import time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import newslab as nl
from newslab.text import AsRead, Text

SENTENCES = [
    ("Sen. Ona Vell spoke. Rep. Orr did not.", ["Sen. Ona Vell spoke.", "Rep. Orr did not."]),
    ("It came from No. 10 on Friday. Nobody spoke.", ["It came from No. 10 on Friday.", "Nobody spoke."]),
    ("She left the U.S. in May. He stayed in the U.S. He had work.",
     ["She left the U.S. in May.", "He stayed in the U.S.", "He had work."]),
    ("They met in St. Louis. Then J. K. Orr arrived.", ["They met in St. Louis.", "Then J. K. Orr arrived."]),
    ("“Why now?” he asked. “Because,” she said.", ["“Why now?” he asked.", "“Because,” she said."]),
    ("Mr. Orr paid $3.5 million. It was late.", ["Mr. Orr paid $3.5 million.", "It was late."]),
    # words that open many sentences, and are names behind a title
    ("They asked Mr. Jerome Vell and Sen. Both. Then it rained.",
     ["They asked Mr. Jerome Vell and Sen. Both.", "Then it rained."]),
    ("He wrote to the Gov. Then he left.", ["He wrote to the Gov.", "Then he left."]),
    ("Was it true? Yes! It was…", ["Was it true?", "Yes!", "It was…"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_sentences_end_where_a_reader_ends_them(text, expected):
    assert [text[a:b] for a, b in Text(text).sentences] == expected


def test_tokens_split_as_the_treebank_does():
    tokens = nl.tokenize("Vell’s aides didn't pay $2.5m to the U.S. on 3 May—see @onavell #vote.")["token"].tolist()
    assert tokens == ["Vell", "’s", "aides", "did", "n't", "pay", "$2.5m", "to", "the", "U.S.", "on", "3", "May", "—",
                      "see", "@onavell", "#vote", "."]  # fmt: skip


def test_tokenize_numbers_sentences_and_paragraphs():
    frame = nl.tokenize("One here. Two here.\n\nThree here.")
    assert frame.loc[frame["token"] == "Two", ["sentence", "paragraph"]].values.tolist() == [[1, 0]]
    assert frame.loc[frame["token"] == "Three", ["sentence", "paragraph"]].values.tolist() == [[2, 1]]


def test_tokenize_of_nothing_has_the_same_columns():
    frame = nl.tokenize("")
    assert list(frame.columns) == ["token", "start", "end", "sentence", "paragraph"]
    assert frame.empty
    assert frame["start"].dtype == "int64"


def test_tokenize_refuses_what_is_no_text():
    with pytest.raises(TypeError, match="one text, a str, not list"):
        nl.tokenize(["a", "b"])


def test_boilerplate_is_masked_and_not_cut():
    text = "Vell resigned.\n\nREAD MORE: Why Vell had to go\n\nOrr stayed."
    parsed = Text(text)
    assert parsed.text == text
    assert [text[a:b] for a, b in parsed.paragraphs] == ["Vell resigned.", "Orr stayed."]
    assert "READ" not in [text[a:b] for a, b in parsed.tokens]


def test_hard_wrapped_lines_are_one_paragraph():
    wrapped = "\n".join(
        ["The council met on Monday to decide the fate of the", "old harbour wall, which has been closed since the",
         "storm of last winter took away its northern end and", "left a hole that no one has been able to pay for.", "",
         "Members of all four groups said that they would vote", "for a repair, and that the money would have to come",
         "from somewhere, though nobody at the table could say", "from where it was to come.", ""]
    )  # fmt: skip
    assert len(Text(wrapped).paragraphs) == 2


@given(st.text(alphabet="aB. \n“”\"'’?!,1é\t\r\u2028", max_size=200))
def test_spans_lie_in_order_and_inside_the_text(text):
    parsed = Text(text)
    for spans in (parsed.paragraphs, parsed.sentences, parsed.tokens):
        assert all(0 <= a < b <= len(text) for a, b in spans)
        assert all(x[1] <= y[0] for x, y in zip(spans, spans[1:], strict=False))
    # no visible character of a paragraph is outside every token
    covered = {i for a, b in parsed.tokens for i in range(a, b)}
    assert all(i in covered or text[i].isspace() for a, b in parsed.paragraphs for i in range(a, b))


SPACED = "Human Rights Council leader Ona Vell attacked Mr. Orr.\n\n“He lied to the Harbour Party,” Ms. Vell said."


@pytest.mark.parametrize("space", ["\xa0", "\u2009", "\u202f", "\u200b"])
def test_every_space_is_read_like_a_plain_one_and_kept_in_the_rows(space):
    texts = ["\ufeff" + SPACED.replace(" ", space), " " + SPACED]
    odd, plain = (nl.analyze(pd.DataFrame({"text": [t]}), reader="rules", progress=False) for t in texts)
    for name in ("quotes", "mentions", "stances"):
        columns = [c for c in getattr(plain, name) if c not in ("text", "source", "cue", "evidence", "article_id")]
        assert not getattr(plain, name).empty
        assert getattr(odd, name)[columns].equals(getattr(plain, name)[columns])
    assert odd.articles["n_tokens"].tolist() == plain.articles["n_tokens"].tolist()
    assert [texts[0][a:b] for a, b in odd.mentions[["start", "end"]].to_numpy()] == odd.mentions["text"].tolist()
    assert odd.mentions["actor"].equals(plain.mentions["actor"])
    assert f"Ona{space}Vell" in odd.mentions["text"].tolist()


TYPED = (
    'The Harbour café’s officials, led by Ona Vell, attacked Mr. Orr.\n\n"He lied to the Harbour Party," Ms. Vell said.'
)


@pytest.mark.parametrize(
    "changed",
    [
        ("o", "o\xad"),  # where a word may be broken
        ("a", "a\u2060"),
        ("V", "\u200eV\u200c"),
        ("ar", "a\u200br"),
        (" ", "  "),
        (" ", " \xa0\u200b"),
        ("é", "e\u0301"),
        ("ffi", "ﬃ"),
        ('"', "''"),
        ("’", "ʼ"),
    ],
)
def test_another_way_to_write_the_same_is_read_alike_and_kept_in_the_rows(changed):
    odd, plain = (
        nl.analyze(pd.DataFrame({"text": [t]}), reader="rules", progress=False)
        for t in (TYPED.replace(*changed), TYPED)
    )
    text = odd.articles["text"][0]
    assert text == TYPED.replace(*changed) != TYPED
    for name, columns in (("quotes", ["speaker", "kind"]), ("mentions", ["actor", "kind"]),
                          ("stances", ["source", "target", "polarity"])):  # fmt: skip
        assert not getattr(plain, name).empty
        assert getattr(odd, name)[columns].equals(getattr(plain, name)[columns])
        pieces = [text[a:b] for a, b in getattr(odd, name)[["start", "end"]].to_numpy()]
        before = [TYPED[a:b] for a, b in getattr(plain, name)[["start", "end"]].to_numpy()]
        assert [AsRead(p).text for p in pieces] == before
    found, expected = (nl.Reader("rules").attributions(t) for t in (text, TYPED))
    assert [AsRead(text[a:b]).text for q in found for a, b in q["content"]] == [
        TYPED[a:b] for q in expected for a, b in q["content"]
    ]


@given(st.text(alphabet="aeV f. \n'`\xad\u200b\u2060\u0301ﬁ‑\xa0", max_size=60))
def test_places_in_the_text_as_it_is_read_lead_back(given):
    read = AsRead(given)
    spans = [read.given((k, k + 1)) for k in range(len(read.text))]
    assert all(0 <= a < b <= len(given) for a, b in spans)
    assert all(x == y or x[1] <= y[0] for x, y in zip(spans, spans[1:], strict=False))
    assert all(given[a:b] == c or AsRead(given[a:b]).text != given[a:b] or c in " \u200b"
               for (a, b), c in zip(spans, read.text, strict=True))  # fmt: skip


def test_zero_width_spaces_in_a_text_without_others_take_no_time():
    text = "a\u200b" * 200_000
    begun = time.perf_counter()
    assert AsRead(text).text == text
    assert time.perf_counter() - begun < 10  # a minute where each was looked at in the whole text
