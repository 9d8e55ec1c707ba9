"""Which lines are masked, and which look alike and must be read."""

import re
import time

import pytest

from newslab.boilerplate import boilerplate_spans

BOILERPLATE = [
    "READ MORE: Why the harbour tax split the Vessin Alliance",
    "Read more: “We will not pay,” says Brandt",
    "Read more",
    "Read more...",
    "READ NEXT: Ten harbours to see this summer",
    "Also read: The ferry that never came",
    "• Read more about the ferry strike",
    "Read the rest here.",
    "Read the rest of the story at The Varsund Courier.",
    "Related: Council votes on ferries",
    "Related stories",
    "Watch: The moment the bridge opened",
    "Listen: Our podcast from the quay",
    "Watch the full interview below:",
    "Click here to see all results",
    "Sign up to our newsletter for the week in Tavany",
    "Sign up for the Morning Tide newsletter",
    "For more, sign up for the Morning Tide newsletter.",
    "Subscribe",
    "Subscribe to our podcast on any app",
    "(Subscribe to the Courier's Quayside podcast.)",
    "We use cookies to improve your visit",
    "This website uses cookies.",
    "Accept all cookies",
    "Image source, Getty Images",
    "Image caption, Ilse Brandt outside the town hall",
    "Getty Images",
    "Lena Orth via Getty Images.",
    "Photo: Lena Orth",
    "Lena Orth/Reuters",
    "Share this article",
    "Share on Facebook",
    "Follow us on Twitter @courier",
    "Follow us for live scores",
    "Follow Lena Orth on Twitter: @lenaorth",
    "Advertisement",
    "ADVERTISEMENT",
    "Story continues below advertisement",
    "Copyright 2024 The Varsund Courier",
    "© The Varsund Courier",
    "(c) 2024 Courier Group. All rights reserved.",
    "All rights reserved.",
    "Published: 12 March 2024",
    "Published 12 March 2024",
    "Last updated on 12 March 2024 at 10.30am",
    "Updated 3 hours ago",
    "This story has been updated with a reply from the ministry.",
    "    Advertisement  ",
]

PROSE = [
    "Subscribe to the view that money talks and you will like Mr Brandt.",
    "“Read more: it will do you good,” the minister told the pupils.",
    "\"Sign up to our campaign,\" the union told its members.",
    "Sign up to our campaign, the union told dockers on Monday.",
    "Read more books, the headteacher's advice went, and waste less time.",
    "Watch the minister closely and you see a man at ease.",
    "Share prices fell by a tenth after the vote.",
    "Follow us into the valley, the guide said.",
    "Follow the money and you reach the harbour office.",
    "Copyright law has to change, the culture minister said.",
    "Advertisements for gambling will be banned from May.",
    "Cookies and tea were served in the town hall.",
    "Published in 2019, the report blamed the port authority.",
    "Updated rules come into force on Monday.",
    "Related parties have to be named in the register.",
    "Listen to the voters, Ms Brandt urged her party.",
    "Click here to pay was all that the message said.",
    "Getty Images sued the start-up in March.",
    "The agency spoke to the press via Reuters.",
    "More than forty curators signed the letter.",
    "Editor's note: names have been changed.",
    "Related companies and their owners: a list was sent to the court",
    "He said no.",
    "Images of the flood were shared by thousands.",
    "Photographs by the dozen lay on the table.",
    "",
]  # fmt: skip

BYLINES = [
    "By Jane Doe",
    "By JANE DOE, Political editor",
    "BY JANE DOE",
    "By Jane Doe and John Roe",
    "By Jane Doe in Varsund",
    "By Jane Doe, Transport correspondent for the Courier",
    "By Marie de la Tour",
    "By Jane Doe | The Courier",
    "By J. R. Doe",
    "By Reuters",
    "Words by Jane Doe",
]

NO_BYLINES = [
    "By Tuesday evening",
    "By Monday, Jane Doe had resigned",
    "By Castle Hill, the crowd had thinned",
    "By Jane Doe's count, the party lost nine seats",
    "By Jane Doe the matter was called closed.",
    "By far the largest union",
    "By March 2024",
    "By Jane Doe and the council was angry",
]


def masked(text):
    return [text[a:b] for a, b in boilerplate_spans(text)]


@pytest.mark.parametrize("line", BOILERPLATE)
def test_masked(line):
    text = f"The council met on Monday.\n\n{line}\n\nIt voted against the tax."
    assert masked(text) == [line]


@pytest.mark.parametrize("line", PROSE + NO_BYLINES)
def test_not_masked(line):
    assert masked(f"{line}\n\nIt voted against the tax.\n{line}") == []


@pytest.mark.parametrize("line", BYLINES)
def test_byline_only_near_the_top(line):
    assert masked(f"Harbour tax to rise\n\n{line}\n\nThe council met.") == [line]
    assert masked("The council met.\n" * 6 + line) == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2029"])
def test_spans_are_whole_lines_without_their_end(end):
    lines = ["The council met.", "  READ MORE: Ferries", "Advertisement", "", "It voted."]
    assert masked(end.join(lines)) == lines[1:3]
    assert masked("Advertisement" + end) == ["Advertisement"]


def test_long_lines_are_prose():
    assert masked("Image source, " + "x" * 200) != []
    assert masked("Advertisement" + " " * 287) != []
    assert masked("Advertisement" + " " * 288) == []


def test_sorted_and_disjoint():
    text = "\n".join([*BYLINES, *BOILERPLATE, *PROSE] * 3)
    spans = boilerplate_spans(text)
    assert all(a < b <= c for (a, b), (c, _) in zip(spans, spans[1:], strict=False))
    assert not any(re.search(r"[\r\n]", text[a:b]) for a, b in spans)


@pytest.mark.parametrize(
    "line",
    ["a " * 149, "by " + "A" * 290, "By " + "Aa " * 95, "1" * 299, "Published " + "1 " * 140, "Facebook " * 33 + "x",
     "sign up to " + "newsletter " * 25, "/" * 299, "A / " * 70, "© " * 149, "share on " * 30, "-" * 299],
)  # fmt: skip
def test_time_is_linear(line):
    start = time.process_time()
    boilerplate_spans("\n".join([line] * 200))
    assert time.process_time() - start < 1.0


def test_a_huge_line_costs_nothing():
    start = time.process_time()
    assert boilerplate_spans("READ MORE: " * 1_000_000) == []
    assert time.process_time() - start < 1.0
