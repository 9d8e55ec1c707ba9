"""How analyses, readers and tables show themselves: counts, what matters, and nothing that runs."""

import io
import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from _invented import STANCES, invented

import newslab as nl
from newslab import cli, display
from newslab.plurals import how_many, number, span

HOSTILE = {
    "vell": "<script>alert(1)</script>",
    "orr": "\"><img src=x onerror='alert(2)'>",
    "lind": "javascript:alert(3) </td></table><iframe>",
    "board": "W" * 10_000,
}
CALLS = ["analysis", "quotes", "actors", "explanation", "actor table", "reader"]


class Page(HTMLParser):
    """Elements, their attributes, and the text of a piece of HTML."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.attributes, self.words, self.open = [], [], [], []
        self.feed(html)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += attrs
        if tag not in ("br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def analysis():
    return invented()


def table(names=("Ona Vell", "Tam Orr")):
    return nl.read_actors(
        pd.DataFrame(
            {
                "name": list(names),
                "aliases": ["Vell; O. Vell", ""],
                "role": ["mayor", "mayor"],
                "from": ["", "2031-05-01"],
                "to": ["2031-04-30", ""],
                "party": ["Harbour", "<b>Reform"],
            }
        )
    )


def shown(name, data):
    """The object that shows itself."""
    return {
        "analysis": lambda: data,
        "quotes": lambda: data.quotes,
        "actors": lambda: data.actors,
        "explanation": lambda: data.explain("vell", "orr"),
        "actor table": lambda: table([n[:40] for n in data.actors["name"][:2]]),
        "reader": lambda: nl.Reader("rules"),
    }[name]()


@pytest.mark.parametrize("name", CALLS)
def test_hostile_names_come_out_as_text(name):
    titles = {a: "<script>alert('t')</script>" for a in ("a1", "a2")}
    problems = [{"article_id": "<img src=x onerror=alert(4)>", "stage": "reading", "reason": "</details><script>"}]
    data = invented(names=HOSTILE, titles=titles, problems=problems)
    data.articles["outlet"] = "<svg onload=alert(5)>"
    data.quotes["source"], data.quotes["cue"] = "<script>", "' onmouseover='alert(6)"
    page = Page(shown(name, data)._repr_html_())
    assert not {"script", "img", "iframe", "svg", "b><img"} & set(page.elements)
    assert not [a for a, _ in page.attributes if a.startswith("on") or a in ("src", "href")]
    assert not any("javascript:" in (v or "") for _, v in page.attributes)
    if name in ("analysis", "quotes", "actors", "explanation"):
        assert "<script>" in page.text
    assert "W" * 200 not in page.text and "W" * 200 not in repr(shown(name, data))


@pytest.mark.parametrize("name", CALLS)
def test_html_is_whole_and_sets_no_colour_of_text_or_ground(name, analysis):
    page = Page(shown(name, analysis)._repr_html_())
    styles = ";".join(v for a, v in page.attributes if a == "style")
    backgrounds = {part.split(":")[1] for part in styles.split(";") if part.startswith("background")}
    assert backgrounds <= set(display.COLOR.values())  # bars alone; the theme of the notebook does the rest
    assert not any(part.startswith("color:") for part in styles.split(";"))


def test_analysis_tells_what_it_holds_and_what_to_do_next(analysis):
    analysis.problems = pd.DataFrame({"article_id": ["a9"], "stage": ["corpus"], "reason": ["empty"]})
    for text in (repr(analysis), Page(analysis._repr_html_()).text):
        for part in ("5 articles", "2 outlets", "1 copy", "1 undated", "7 (1 without a speaker)", "1 in corpus",
                     "6 (pieces of evidence for 5 edges of single articles, 4 of them expected to be right)",
                     "2031-01-05 to 2031-03-04", "Ona Vell → Tam Orr", ".evidence(source, target)"):  # fmt: skip
            assert part in text.replace("articles 5", "5 articles"), part
    html = Page(analysis._repr_html_())
    edge = analysis.edges().iloc[0]
    assert f"{number(edge['n_negative'])} ({span(edge['n_negative_low'], edge['n_negative_high'])})" in html.text
    assert "empty" in html.text and "details" in html.elements


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(0, 0.04, "0–<0.1"), (0, 0, "0–0"), (0.02, 3, "<0.1–3"), (1, 2.25, "1–2.2"), (3.4, 10, "3–10")],
)
def test_what_is_not_zero_does_not_look_like_zero_in_an_interval(low, high, told):
    assert span(low, high) == told


def test_names_from_right_to_left_stand_on_their_side_of_the_arrow():
    analysis = invented(names={"vell": "עונה ול", "orr": "تم أور"})
    explained = analysis.explain("vell", "orr")
    for text in (repr(analysis), analysis._repr_html_(), repr(explained), re.sub("<.*?>", "", explained._repr_html_())):
        assert "\u200eעונה ול\u200e → \u200eتم أور" in text


def test_bars_are_as_long_as_the_numbers(analysis):
    lines = [line for line in repr(analysis).splitlines() if "→" in line]
    assert lines[0].count("█") - lines[0].split("criticism")[0].count("█") == 8
    assert display._spark((0, 1, 8)) == "·▁█" and display._spark(()) == ""
    bar = display._interval_bar(1.0, 0.5, 2.0, 2.0, "negative")
    assert "width:45px" in bar and "1.0" in Page(bar).text and "(0.5–2)" in Page(bar).text


def test_an_edge_of_undated_articles_is_called_undated(analysis):
    undated = invented(stances=[*STANCES, ("a5", "board", "lind", "negative", 0.9)])
    line = next(line for line in repr(undated).splitlines() if "Harbour Board → Bo Lind" in line)
    assert "undated  " in line and "·" not in line
    assert "undated" in Page(undated._repr_html_()).text
    undated.articles["published"] = pd.NaT  # then nobody asks when
    assert not any("→" in line and "undated" in line for line in repr(undated).splitlines())


def test_one_article_is_one():
    assert "Analysis of 1 article, read by" in repr(nl.analyze(pd.DataFrame({"text": ["Rain fell."]}), reader="rules"))


def test_strongest_edges_are_those_of_edges(analysis):
    found = display.strongest(analysis)
    edges = analysis.edges()
    assert found[["source", "target"]].values.tolist() == edges[["source", "target"]].values.tolist()
    assert found["n_negative"].tolist() == pytest.approx(edges["n_negative"].tolist())
    first = found.set_index(["source", "target"]).at[("Ona Vell", "Tam Orr"), "when"]
    assert sum(first) == pytest.approx(0.75 + 0.8) and len(first) == 12  # the copy is not counted


def test_a_number_of_articles_is_written_the_same_wherever_it_is_shown():
    weak = invented(stances=[("a1", "vell", "orr", "negative", 0.04), ("a1", "orr", "vell", "negative", 0.9)])
    seen = [repr(weak), Page(weak._repr_html_()).text, cli._edge_lines(weak.edges())]
    seen.append(" ".join(t.get_text() for t in nl.plot.matrix(weak, annotate=True).texts))
    for text in seen:
        assert "<0.1" in text and "0.9" in text and "0.0" not in text


@pytest.mark.parametrize(("polarity", "shown"), [("positive", 0.9), ("negative", 0.9), ("positive", 0.01)])
def test_bars_of_one_polarity_alone(polarity, shown):
    html = display.analysis_html(invented(stances=[("a1", "vell", "orr", polarity, shown)]))
    assert (">0<" in html) and ("0.9 <" in html) == (shown == 0.9)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"stances": [], "quotes": []}, id="nothing found"),
        pytest.param({"stances": [STANCES[0]]}, id="one piece"),
        pytest.param({"stances": [("a5", "vell", "board", "negative", 0.5)]}, id="undated"),
    ],
)
def test_little_data_is_shown_too(data):
    analysis = invented(**data)
    for part in (analysis, analysis.quotes, analysis.actors):
        assert repr(part) and Page(part._repr_html_()).text
    assert "article_id" in repr(analysis.articles.iloc[:0])


def test_analysis_without_articles():
    analysis = invented(stances=[], quotes=[])
    for name in ("articles", "quotes", "actors"):
        setattr(analysis, name, getattr(analysis, name).iloc[:0])
    assert "0 articles" in repr(analysis) and "0" in Page(analysis._repr_html_()).text
    assert "0 quotations" in repr(analysis.quotes)


def test_quotes_and_actors_are_tables_that_show_what_matters(analysis):
    assert isinstance(analysis.quotes, pd.DataFrame) and isinstance(analysis.actors, pd.DataFrame)
    text, html = repr(analysis.quotes), Page(analysis.quotes._repr_html_()).text
    for part in ("7 quotations, 1 without a speaker", "Ona Vell", "(unknown)", "all 19 columns"):
        assert part in text and part in html
    assert "quote_id" not in text
    actors = repr(analysis.actors)
    assert "4 actors (3 people, 1 organisation)" in actors and "Harbour Board" in actors


def test_rows_that_somebody_sorted_or_asked_for_are_shown_so(analysis):
    actors = analysis.actors.sort_values("actor_id").assign(n_mentions=[1, 4, 3, 2])
    assert "most mentioned first" in repr(actors)
    upside_down = actors.sort_values("actor_id", ascending=False)
    assert "mentioned" not in repr(upside_down)
    assert upside_down._view()["name"].tolist() == upside_down["name"].tolist()
    assert repr(actors.head(1)).startswith("1 actor (")
    many = pd.concat([analysis.quotes] * 9, ignore_index=True)
    assert "more rows" not in repr(many.head(40)) and len(many.head(40)._view()) == 40
    assert "53 more rows" in repr(many)
    with pd.option_context("display.max_rows", 63):
        assert "more rows" not in repr(many)


def test_only_whole_tables_show_themselves_so(analysis):
    quotes = analysis.quotes
    for part in (quotes[["speaker", "text"]], quotes.assign(more=1), quotes.rename(columns={"cue": "verb"})):
        assert "quotations" not in repr(part)
        assert repr(part) == repr(pd.DataFrame(part))
        assert part._repr_html_() == pd.DataFrame(part)._repr_html_()
    assert "2 quotations" in repr(quotes[quotes["speaker"] == "Tam Orr"])
    with_party = quotes.assign(speaker_party="Harbour")
    assert "Harbour" in repr(with_party) and "speaker_party" in with_party._repr_html_()


def test_tables_compute_as_in_pandas(analysis):
    plain = pd.DataFrame(analysis.quotes)
    pd.testing.assert_frame_equal(analysis.quotes.groupby("speaker", as_index=False)["polarity"].mean(),
                                  plain.groupby("speaker", as_index=False)["polarity"].mean(),
                                  check_frame_type=False)  # fmt: skip
    merged = analysis.quotes.merge(analysis.articles[["article_id", "title"]], on="article_id")
    assert "title" in merged and "title" in repr(merged)
    pd.testing.assert_frame_equal(pd.concat([plain, plain]), pd.concat([analysis.quotes] * 2), check_frame_type=False)
    file = io.BytesIO()
    analysis.actors.to_parquet(file)
    assert pd.read_parquet(file)["name"].tolist() == analysis.actors["name"].tolist()


def test_quoted_words_leave_out_what_stands_between(analysis):
    analysis.quotes.at[0, "text"] = "We lost,” she said. “Badly."
    analysis.quotes.at[0, "spans"] = [(100, 108), (121, 127)]
    analysis.quotes["start"] = 100
    assert "We lost, … Badly." in repr(analysis.quotes.iloc[:1])


def test_terminal_width_is_kept(analysis, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    analysis.quotes["text"] = "long words " * 40
    analysis.quotes["spans"] = [[]] * len(analysis.quotes)
    assert max(map(len, repr(analysis.quotes).splitlines())) <= 82


def test_actor_table_shows_roles_with_dates():
    page = Page(table()._repr_html_())
    for part in (
        "2 actors",
        "Ona Vell",
        "Vell, O. Vell",
        "mayor (to 2031-04-30)",
        "mayor (from 2031-05-01)",
        "Harbour",
    ):
        assert part in page.text
    assert "<b>Reform" in page.text


def test_explanation_shows_each_article_with_its_probability(analysis):
    page = Page(analysis.explain("Ona Vell", "Tam Orr")._repr_html_())
    assert "Ona Vell → Tam Orr" in page.text and page.elements.count("li") == 4
    assert "criticism, probability 0.75" in page.text
    assert "no evidence" in Page(analysis.explain("Bo Lind", "Ona Vell")._repr_html_()).text


def test_numbers_stand_with_their_noun_in_the_right_form():
    assert [how_many(n, "piece") for n in (0, 1, 1200)] == ["0 pieces", "1 piece", "1,200 pieces"]
    assert [how_many(n, noun) for n, noun in ((1, "person"), (2, "person"), (3, "copy"), (2, "file or row"))] == [
        "1 person", "2 people", "3 copies", "2 files or rows"
    ]  # fmt: skip
    one = invented(stances=[("a1", "vell", "orr", "negative", 0.5)])
    assert repr(one.explain("vell", "orr")).startswith("Ona Vell → Tam Orr: 1 piece of evidence in 1 article\n")


def test_reader_says_what_it_answers():
    assert "rules" in Page(nl.Reader("rules")._repr_html_()).text
    assert ".attributions(text)" in Page(nl.Reader("rules")._repr_html_()).text and "'rules'" in repr(
        nl.Reader("rules")
    )


def test_progress_bar_has_a_rate(capsys):
    articles = pd.DataFrame({"text": [f"Ona Vell attacked Tam Orr on day {k}." for k in range(12)]})
    nl.analyze(articles, reader="rules", progress=True)
    shown = capsys.readouterr().err
    assert "12/12" in shown and "articles/s" in shown
