"""The report, read back as a browser would: what it says, that it stands alone, that nothing in it runs."""

import base64
import re
from pathlib import Path

import lxml.html
import pandas as pd
import pytest
from _invented import DEED, STANCES, TEXTS, invented

import newslab
from newslab.plurals import number, span
from newslab.reliability import measured
from newslab.report import _link, _pieces, write_report
from newslab.text import Text

NASTY = '<script>alert(1)</script><img src=x onerror="alert(2)">'


def page(analysis, tmp_path: Path, **options) -> lxml.html.HtmlElement:
    path = write_report(analysis, tmp_path / "report.html", **options)
    return lxml.html.fromstring(path.read_bytes())


def words(element) -> str:
    return " ".join(element.text_content().split())


def test_what_was_read_is_said(tmp_path):
    html = page(invented(), tmp_path)
    figures = {words(d.find("dt")): words(d.find("dd")) for d in html.xpath("//dl[@class='figures']/div")}
    assert figures["Articles"].startswith("5") and "1 of them syndicated copies" in figures["Articles"]
    assert figures["Outlets"].startswith("2") and "1 article without an outlet" in figures["Outlets"]
    assert figures["Dates"].startswith("5 January 2031 to 4 March 2031")
    assert "1 article without a date" in figures["Dates"]
    assert figures["Quotations"] == "7"
    assert figures["Edges"] == (
        "3 from 6 pieces of evidence, copies included: 5 edges of single articles, 4 of them expected to be right"
    )
    assert figures["Quotations without a speaker"] == "1 (14 % of all)"


def test_corrections_by_hand_are_told(tmp_path):
    analysis = invented()
    assert "by hand" not in words(page(analysis, tmp_path).find("body/header"))
    corrections = newslab.Corrections()
    for stance, action in (("s2", "confirm"), ("s3", "reject"), ("s4", "reject")):
        corrections.judge(analysis, stance, action)
    corrections.undo()
    corrected = analysis.apply(corrections)
    html = page(corrected, tmp_path)
    assert "2 corrections by hand are in these numbers." in words(html.find("body/header"))
    assert "criticism, judged by hand, reported" in words(html.get_element_by_id("edge-1"))
    assert "criticism, probability 0.50, reported" in words(html.get_element_by_id("edge-1"))
    assert "corrected 2 corrections" in repr(corrected) and "corrected" not in repr(analysis)


def test_edges_with_counts_and_intervals(tmp_path):
    analysis = invented()
    html = page(analysis, tmp_path)
    first = [words(c) for c in html.xpath("//section[@aria-labelledby='edges']//tbody/tr")[0]]
    edge = analysis.edges().iloc[0]
    interval = span(edge["n_negative_low"], edge["n_negative_high"])
    assert first[:5] == ["1", "Ona Vell", "Tam Orr", number(edge["n_negative"]), interval]
    assert first[7:] == ["2", "5 January 2031", "20 January 2031"]


def test_what_was_not_found_at_all_has_no_interval_as_if_it_were_sure(tmp_path):
    first = [words(c) for c in page(invented(), tmp_path).xpath("//section[@aria-labelledby='edges']//tbody/tr")[0]]
    assert first[5:7] == ["0", ""]  # support: nothing found, which is no 0.0–0.0
    weak = invented(stances=[("a1", "vell", "orr", "negative", 0.02), ("a1", "vell", "orr", "positive", 0.9)])
    row = [words(c) for c in page(weak, tmp_path).xpath("//section[@aria-labelledby='edges']//tbody/tr")[0]]
    assert row[3] == "<0.1"  # which is not 0.0


@pytest.mark.parametrize("name", ["report", "report v1.2"])
def test_a_page_without_a_suffix_gets_one_that_a_browser_opens(name, tmp_path):
    assert write_report(invented(), tmp_path / name) == tmp_path / f"{name}.html"
    assert [p.name for p in tmp_path.iterdir()] == [f"{name}.html"]


def test_evidence_is_marked_in_its_paragraph_newest_first_and_without_copies(tmp_path):
    html = page(invented(), tmp_path)
    edge = html.get_element_by_id("edge-1")
    assert [words(h) for h in edge.xpath(".//h3")] == ["Title of a2", "Title of a1"]
    quote = edge.xpath(".//blockquote")[1]
    assert words(quote) == f"It rained all day. {DEED} Nobody left."
    assert words(quote.find("mark")) == DEED
    assert len(edge.xpath(".//blockquote")) == 2  # two readings of one passage stand under it
    about = [words(li) for li in edge.xpath(".//ul[@class='about']/li")]
    assert (
        about
        == ["criticism, probability 0.80, reported in the article's words"]
        + ["criticism, probability 0.50, reported in the article's words"] * 2
    )
    assert "Gull, 5 January 2031 · a1" in words(edge)


def test_who_claims_it_is_said(tmp_path):
    analysis = invented()
    analysis.stances.loc[2, "claimed_by"] = "Bo Lind"
    assert "claimed by Bo Lind" in words(page(analysis, tmp_path).get_element_by_id("edge-1"))


def test_what_is_left_out_is_said(tmp_path):
    texts = {f"b{k}": DEED for k in range(12)}
    many = invented(texts=texts, stances=[*STANCES, *((f"b{k}", "vell", "orr", "negative", 0.5) for k in range(12))])
    html = page(many, tmp_path, n_edges=1)
    assert len(html.xpath("//details")) == 1
    assert "2 weaker edges not shown" in words(html)
    edge = words(html.get_element_by_id("edge-1"))
    assert "left out here" in edge
    assert "analysis.evidence('Ona Vell', 'Tam Orr')" in edge


def test_problems_are_listed(tmp_path):
    analysis = invented(problems=[{"article_id": "x.txt", "stage": "corpus", "reason": f"binary {NASTY}"}])
    rows = page(analysis, tmp_path).xpath("//section[@aria-labelledby='problems']//tbody/tr")
    assert [words(c) for c in rows[0]] == ["x.txt", "corpus", f"binary {NASTY}"]
    many = invented(problems=[{"article_id": f"{k}", "stage": "corpus", "reason": "empty"} for k in range(300)])
    html = page(many, tmp_path)
    assert "100 problems more" in words(html) and "(300)" in words(html)


def test_charts_are_pictures_with_words(tmp_path):
    images = page(invented(), tmp_path).xpath("//figure/img")
    assert len(images) == 5
    for image in images:
        kind, data = image.get("src").split(",", 1)
        assert kind == "data:image/svg+xml;base64" and b"<svg" in base64.b64decode(data)
        assert len(image.get("alt")) > 20
    assert "Ona Vell → Tam Orr" in images[0].get("alt")


def test_one_outlet_is_not_compared(tmp_path):
    analysis = invented()
    analysis.articles["outlet"] = "Gull"
    assert not page(analysis, tmp_path).xpath("//*[@id='chart-outlets']")


def test_hostile_words_do_nothing(tmp_path):
    analysis = invented(
        names={"vell": f"Ona {NASTY}", "orr": "W" * 10_000},
        titles={a: NASTY for a in TEXTS},
        texts={"a1": f"{NASTY} {DEED} {{{{ 7 * 7 }}}} {'x' * 10_000}"},
        urls={"a1": "javascript://gull.example/%0aalert(3)", "a2": "https://gull.example/a?b=1&c=\"><script>alert(4)</script>"},
        problems=[{"article_id": NASTY, "stage": NASTY, "reason": NASTY}],
    )  # fmt: skip
    analysis.articles["outlet"] = NASTY
    html = page(analysis, tmp_path, title=NASTY)
    source = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not html.xpath("//script | //iframe | //object | //embed | //link | //base | //form")
    assert not [a for e in html.iter() if isinstance(e.tag, str) for a in e.attrib if a.startswith("on")]
    assert all(i.get("src").startswith("data:image/svg+xml;base64,") for i in html.xpath("//img"))
    assert "<script" not in source and "{{ 7 * 7 }}" in words(html)
    links = {a.get("href") for a in html.xpath("//a")}
    assert all(link.startswith(("#", "https://gull.example/")) for link in links)
    assert words(html.xpath("//h1")[0]) == NASTY
    for svg in re.findall(r"base64,([A-Za-z0-9+/=]+)", source):
        drawn = base64.b64decode(svg)
        assert b"<script" not in drawn
        lxml.etree.fromstring(drawn)  # and is well-formed


def test_a_name_that_would_fill_pages_is_cut_and_told(tmp_path):
    html = page(invented(names={"orr": "W" * 10_000}, titles={"a2": "T" * 201, "a1": "U" * 200}), tmp_path)
    first = words(html.xpath("//section[@aria-labelledby='edges']//tbody/tr")[0])
    assert "W" * 200 + "… (10,000 characters)" in first and "W" * 201 not in first
    titles = [words(h) for h in html.get_element_by_id("edge-1").xpath(".//h3")]
    assert titles == ["T" * 200 + "… (201 characters)", "U" * 200]


def test_figures_of_reliability_are_those_of_the_model_card(tmp_path):
    card = Path(newslab.__file__).parent / "model" / "weights" / "MODEL_CARD.md"
    row = re.search(r"\| edges, US: recall \|[^|]*\| ([\d.]+) \| ([\d.]+) \|", card.read_text(encoding="utf-8"))
    for reader, share in (("model", row[1]), ("rules", row[2])):
        analysis = invented()
        analysis.reader = reader
        table = page(analysis, tmp_path).xpath("//h3[@id='reliability']/following-sibling::div[1]//tr")
        found = {words(tr[0]): words(tr[1]) for tr in table[1:]}
        assert found["Edges coded by hand that are found, American articles"] == f"{float(share):.2f}"
        assert len(found) >= 9
    reading = (Path(__file__).parents[1] / "docs" / "reading.md").read_text(encoding="utf-8")
    told = re.findall(r"eight-fold: [\d.]+ / [\d.]+ / ([\d.]+)\)", reading)
    assert [f"{x:.2f}" for x in measured("model").unseen] == told and measured("rules").unseen is None
    analysis.reader = "mine"
    assert "No figures are known for the reader “mine”" in words(page(analysis, tmp_path))


def test_control_characters_do_not_stop_it(tmp_path):
    odd = invented(names={"vell": "Ona\x00\x1b Vell"}, titles={"a2": "\x1b"}, texts={"a1": f"\x00\x08 {DEED}"})
    assert "Tam Orr" in words(page(odd, tmp_path))


def test_letters_without_a_font_are_said(tmp_path):
    html = page(invented(names={"vell": "\U00012000\U00012001"}), tmp_path)  # cuneiform
    assert "\U00012000\U00012001" in words(html)


def test_nothing_found(tmp_path):
    html = page(invented(stances=[], quotes=[]), tmp_path)
    assert "No criticism or support between actors was found" in words(html)
    assert "Everything was read" in words(html)
    assert len(html.xpath("//figure")) == 5


def test_no_articles_at_all(tmp_path):
    empty = invented(texts=None, stances=[], quotes=[])
    empty.articles = empty.articles.iloc[:0]
    assert "0 articles" in words(page(empty, tmp_path))


def test_page_stands_alone_and_can_be_read_by_all(tmp_path):
    html = page(invented(), tmp_path)
    source = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert html.get("lang") == "en" and words(html.find("head/title"))
    assert "default-src 'none'" in source and "prefers-color-scheme: dark" in source and "@media print" in source
    assert all(th.get("scope") in ("col", "row") for th in html.xpath("//th"))
    assert all(table.find("caption") is not None for table in html.xpath("//table"))
    levels = [int(h.tag[1]) for h in html.xpath("//h1 | //h2 | //h3 | //h4")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))
    ids = [e.get("id") for e in html.xpath("//*[@id]")]
    assert len(ids) == len(set(ids))
    assert {a.get("href")[1:] for a in html.xpath("//a[starts-with(@href, '#')]")} <= set(ids)


def contrast(a, b):
    def luminance(color):
        color = color if len(color) == 6 else "".join(x * 2 for x in color)
        parts = [int(color[k : k + 2], 16) / 255 for k in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    light, dark = sorted([luminance(a), luminance(b)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_in_both_themes(tmp_path):
    page(invented(), tmp_path)
    source = (tmp_path / "report.html").read_text(encoding="utf-8")
    themes = re.findall(r":root \{([^}]*)\}", source)
    assert len(themes) == 3  # light, dark, print
    for theme in themes:
        color = dict(re.findall(r"--([a-z-]+): #([0-9a-f]{3,6})", theme))
        for ink in ("ink", "soft", "link", "critic", "back"):
            assert contrast(color[ink], color["paper"]) >= 4.5
            assert contrast(color[ink], color["panel"]) >= 4.5
        assert contrast(color["mark-ink"], color["mark"]) >= 7


def test_the_same_analysis_gives_the_same_page(tmp_path):
    one, two = (write_report(invented(), tmp_path / f"{k}.html").read_bytes() for k in "ab")
    assert one == two


def test_tables_are_left_alone(tmp_path):
    analysis = invented()
    before = analysis.stances.copy(deep=True), analysis.articles.copy(deep=True)
    write_report(analysis, tmp_path / "report.html")
    pd.testing.assert_frame_equal(analysis.stances, before[0])
    pd.testing.assert_frame_equal(analysis.articles, before[1])


def test_path_title_and_progress(tmp_path, capsys):
    path = write_report(invented(), tmp_path / "new" / "page.html", title="Harbour", progress=True)
    assert path == tmp_path / "new" / "page.html" and "<h1>Harbour</h1>" in path.read_text(encoding="utf-8")
    assert "report" in capsys.readouterr().err
    write_report(invented(), path, progress=False)
    assert capsys.readouterr().err == ""


def test_wrong_use(tmp_path):
    with pytest.raises(ValueError, match="n_edges is 0"):
        write_report(invented(), tmp_path / "a.html", n_edges=0)
    with pytest.raises(TypeError, match="whole number"):
        write_report(invented(), tmp_path / "a.html", n_edges="many")
    with pytest.raises(IsADirectoryError, match=r"report\.html"):
        write_report(invented(), tmp_path)
    with pytest.raises(ValueError, match=r"a\.PDF would hold an HTML page.* call it a\.html"):
        write_report(invented(), tmp_path / "a.PDF")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/x", "https://a.example/x"),
        (" HTTP://a.example ", "HTTP://a.example"),
        ("javascript:alert(1)", None),
        ("javascript://a.example/%0aalert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("//a.example", None),
        ("http://[", None),
        ("https:", None),
        (None, None),
    ],
)
def test_only_web_addresses_are_links(url, link):
    assert _link(url) == link


def test_long_paragraphs_and_evidence_are_cut():
    text = Text("a " * 1000 + DEED + " b" * 1000 + DEED)
    start = text.text.index(DEED)
    before, evidence, after = (p["text"] for p in _pieces(text, [(start, start + len(DEED))]))
    assert evidence == DEED
    assert before.startswith("…") and len(before) == 501 == len(after)
    (long,) = _pieces(text, [(0, len(text.text))])
    assert "[…]" in long["text"] and len(long["text"]) < 1600
    again = text.text.rindex(DEED)
    _, _, between, _ = _pieces(text, [(start, start + len(DEED)), (again, again + len(DEED))])
    assert "[…]" in between["text"] and len(between["text"]) < 1100


def test_evidence_over_two_paragraphs():
    text = Text("One two three.\n\nFour five six.")
    pieces = [(p["text"], p["nth"]) for p in _pieces(text, [(4, 20)])]
    assert pieces == [("One ", 0), (text.text[4:20], 1), (text.text[20:], 0)]


def test_pieces_of_one_paragraph_are_marked_in_it_with_numbers(tmp_path):
    second = "Vell accused Orr of lying."
    text = f"It rained. {DEED} {second} Nobody left.\n\n{DEED}"
    analysis = invented(texts={"a1": text}, stances=[("a1", "vell", "orr", "negative", 0.8)])
    row = analysis.stances[analysis.stances["article_id"] == "a1"].iloc[[0]]
    rows = []
    for k, (at, words_, probability) in enumerate(
        [(text.index(DEED), DEED, 0.8), (text.index(second), second, 0.3), (text.rindex(DEED), DEED, 0.2)]
    ):
        place = {"start": at, "end": at + len(words_), "evidence": words_}
        rows.append(row.assign(stance_id=f"s{k}", probability=probability, **place))
    analysis.stances = pd.concat(rows, ignore_index=True)
    edge = page(analysis, tmp_path).get_element_by_id("edge-1")
    first, last = edge.xpath(".//blockquote")
    assert words(first) == f"It rained. {DEED}1 {second}2 Nobody left."
    assert [words(m) for m in first.findall("mark")] == [DEED, second]
    assert words(last) == DEED and not last.findall("sup")
    told = [words(li).split(", ")[:2] for li in edge.xpath(".//ul[@class='about']/li")]
    assert told == [
        ["1 criticism", "probability 0.80"], ["2 criticism", "probability 0.30"], ["criticism", "probability 0.20"],
    ]  # fmt: skip


def test_the_likeliest_evidence_is_shown_not_the_newest(tmp_path):
    texts = {f"b{k:02}": DEED for k in range(12)}
    stances = [(f"b{k:02}", "vell", "orr", "negative", 0.9 if k < 4 else 0.1) for k in range(12)]
    analysis = invented(texts=texts, stances=stances)
    analysis.articles["published"] = pd.date_range("2031-01-01", periods=len(analysis.articles))
    edge = words(page(analysis, tmp_path).get_element_by_id("edge-1"))
    assert edge.count("probability 0.90") == 4
    assert edge.count("probability 0.10") == 4
    assert "4 more passages in 4 articles, no likelier than these, left out here" in edge
