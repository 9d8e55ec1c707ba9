"""The grammar of quotation marks, as a table of texts and what stands between their marks."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslab.quotation import find_quotations
from newslab.text import Text

SPEECH = [
    # straight, curly, angled
    ('"We lost the vote," said Vell.', [["We lost the vote,"]]),
    ("“We lost the vote,” said Vell. “Next time we win.”", [["We lost the vote,"], ["Next time we win."]]),
    ("«We lost the whole vote», said Vell.", [["We lost the whole vote"]]),
    ("``We lost the whole vote,'' said Vell.", [["We lost the whole vote,"]]),
    # single marks of a British paper; apostrophes and plural possessives are no closing marks
    ("‘We didn’t lose the voters’ trust,’ said Vell.", [["We didn’t lose the voters’ trust,"]]),
    ("'We didn't lose it, and they're wrong,' said Vell.", [["We didn't lose it, and they're wrong,"]]),
    # … where the quotation goes on in the next paragraph, too
    ("Vell said: ‘First we ask.\n\n‘Then we ask the dockers’ own guild.\n\n‘Then we try,’ said Vell.",
     [["First we ask.", "Then we ask the dockers’ own guild.", "Then we try,"]]),
    ("‘First we ask the dockers’ Orr said.\n\nThen he left.", [["First we ask the dockers"]]),
    ("‘First we ask the dockers’ was her answer.\n\n‘Then we try,’ said Orr.",
     [["First we ask the dockers"], ["Then we try,"]]),
    # marks within marks stay inside
    ("“He told me, ‘Go home,’ and I went,” Vell said.", [["He told me, ‘Go home,’ and I went,"]]),
    ("‘She called it “a farce” and left the room,’ said Orr.", [["She called it “a farce” and left the room,"]]),
    # the opening mark repeated by paragraph, closed once: one quotation
    ("“First we try.\n\n“Then we fail.\n\n“Then we try again.”",
     [["First we try.", "Then we fail.", "Then we try again."]]),
    ('Vell said: "First we try.\n\n"Then we fail."\n\nOrr left.', [["First we try.", "Then we fail."]]),
    # boilerplate between two paragraphs of a quotation is not in it
    ("“First we try.\n\nREAD MORE: How Vell lost\n\n“Then we fail.”", [["First we try.", "Then we fail."]]),
    # paragraphs run together: the mark repeated in the line
    ("Vell said: \"Lots of people know it. \"They have told me so.\" Orr left.",
     [["Lots of people know it. ", "They have told me so."]]),
    # never closed: to the end of its paragraph, no further
    ("“We will fight this decision.\n\nOrr left the room.", [["We will fight this decision."]]),
    # a sub-heading is no speech, but what is announced, goes on, or ends like a sentence is
    ("Orr left.\n\n'They took my boat'\n\nIt rained.", []),
    ("Orr left.\n\n‘It’s the voters’ loss’\n\n“So be it,” said Vell.", [["So be it,"]]),
    ("Orr wrote:\n\n“They took my only boat”\n\nIt rained.", [["They took my only boat"]]),
    ("Orr left.\n\n“They took my boat.”\n\nIt rained.", [["They took my boat."]]),
    ("Vell said: “First we try.\n\n“Then we try again”\n\nOrr left.", [["First we try.", "Then we try again"]]),
    ("Orr left.\n\n''They took'' my ''only boat''\n\nIt rained.", []),
    # inches and years are no quotations
    ("The 6\" pipe of the '90s, rock 'n' roll and the farmers' market.", []),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SPEECH)
def test_what_stands_between_the_marks(text, expected):
    found = [q for q in find_quotations(Text(text)) if q.speech]
    assert [[text[a:b] for a, b in q.spans] for q in found] == expected


@pytest.mark.parametrize(
    "text",
    [
        "The “moderate” wing met.",
        "The so-called ‘reform’ of the dockers' pay was put off.",
        "She starred in “The Long Road Home” last year.",
        'He reads "Gulls and Weather" every day.',
    ],
)
def test_scare_quotes_and_titles_are_kept_apart_from_speech(text):
    found = find_quotations(Text(text))
    assert len(found) == 1
    assert not found[0].speech


def test_an_unclosed_quotation_says_so():
    (quotation,) = find_quotations(Text("“We will fight this decision.\n\nOrr left."))
    assert not quotation.closed


@pytest.mark.parametrize(
    ("text", "n"),
    [("“" * 5000, 0), ('"' * 5000, 0), ("“Go” " * 3000, 3000), ("“Go away,” said Vell. ‘" * 2000, 2000)],
)
def test_marks_by_the_thousand_lose_nothing(text, n):
    closed = [q for q in find_quotations(Text(text)) if q.closed]
    assert len(closed) == n
    assert sum(b - a for q in closed for a, b in q.spans) == sum(map(len, re.findall(r"(?<=“)Go[^”]*", text)))


@given(st.text(alphabet="ab .,?\n“”‘’\"'«»", max_size=150))
def test_quotations_slice_the_text_and_never_overlap(text):
    spans = [s for q in find_quotations(Text(text)) for s in q.spans]
    assert all(0 <= a <= b <= len(text) for a, b in spans)
    assert all(x[1] <= y[0] for x, y in zip(spans, spans[1:], strict=False))
    assert all(text[a:b].strip() for a, b in spans)
