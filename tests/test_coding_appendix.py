"""The methods appendix: every number in it is one of the analysis, the sample or the codings."""

import platform
import re

import pandas as pd
import pytest
from _invented import invented

import newslab as nl
from newslab.coding import check_codings, methods_appendix


@pytest.fixture
def coded():
    analysis = invented(problems=[{"article_id": "b|ad*.txt", "stage": "corpus", "reason": "empty"}])
    edges, articles = nl.coding.sample(analysis, 4, seed=11), nl.coding.sample(analysis, 4, unit="articles", seed=12)
    judged = pd.concat(
        [
            check_codings(pd.DataFrame({"item": edges["item"], "value": v}), sample=edges, coder=c)
            for c, v in (("Ida", [1, 1, 3, 2]), ("Bo", [1, 4, 3, 6]))
        ],
        ignore_index=True,
    )
    rows = [
        {"coder": c, "item": "a2", "value": "edge", "source": "Ona Vell", "target": "Tam Orr", "polarity": "negative",
         "clarity": "arguable"} for c in ("Ida", "Bo")
    ] + [{"coder": c, "item": a, "value": "no edge"} for c in ("Ida", "Bo") for a in ("a1", "a3", "a5")]  # fmt: skip
    whole = check_codings(pd.DataFrame(rows), sample=articles)
    return analysis, edges, judged, articles, whole


def test_it_says_how_the_corpus_was_made(coded):
    text = methods_appendix(coded[0]).text
    for told in (
        "This corpus has 5 articles of 2 outlets, published from 2031-01-05 to 2031-03-04. 1 has no date.",
        "| Gull | 2 | 0 | 2031-01-05 | 2031-01-20 |",
        "| Courier | 2 | 1 | 2031-03-03 | 2031-03-04 |",
        "1 article is a near-copy of another",
        "Edges, samples and totals are of the remaining 4:",
        r"* b\|ad\*.txt (corpus): empty",
        "In this corpus, copies included, it found 7 quotations (1 without",
        "4 actors, and 6 pieces of evidence",
        "Nothing was coded by hand",
        f"newslab {nl.__version__}; reader: rules",
        f"Python {platform.python_version()}",
    ):
        assert told in text


def test_it_says_how_it_was_coded_and_how_wrong_it_is(coded):
    analysis, edges, judged, articles, whole = coded
    text = methods_appendix(analysis, sample=[edges, articles], codings=[judged, whole], n_boot=50, seed=9).text
    for told in (
        "From this corpus, 4 of 4 edges of articles were drawn as a simple random sample, with seed 11.",
        "a probability of 0.4 or more",
        "2 coders coded 4 of the 4 sampled edges: Bo (4), Ida (4). 4 were coded by two or more.",
        "not the machine's answer. 1 verdict “unsure” is left out.",
        "They coded 2 edges from the text (source, target, polarity), 2 of them as arguable",
        "sample of edges: 11; sample of articles: 12; bootstrap: 9 (50 samples)",
    ):
        assert told in text
    agreed = nl.coding.agreement(judged, n_boot=50, seed=9).iloc[0]
    assert f"| alpha | verdicts | Ida and Bo | {agreed['estimate']:.2f} | none | 3 |" in text  # of few articles
    assert re.search(r"\| \d\.\d\d to \d\.\d\d \|", text)
    measured = nl.coding.accuracy(analysis, edges, judged, n_boot=50, seed=9).set_index(["step", "polarity", "outlet"])
    row = measured.loc[("edge", "all", "all")]
    assert f"| … and its polarity is right | precision | {row['estimate']:.2f} |" in text
    row = measured.loc[("edge", "all", "Gull")]
    assert f"| Gull | precision | {row['estimate']:.2f} | none | {row['n']} |" in text  # of two articles
    total = nl.coding.totals(analysis, articles, whole, interval="corpus").iloc[0]
    assert f"| anybody criticizes anybody: articles | {total['newslab']:.1f} | {total['total']:.1f} |" in text


def test_every_figure_is_worded_in_this_corpus(coded):
    analysis, edges, judged, articles, whole = coded
    text = methods_appendix(analysis, sample=[edges, articles], codings=[judged, whole], n_boot=50).text
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        head = table.splitlines()[0]
        assert "in this corpus" in head or head.startswith("| outlet | articles")
        assert len({line.count("|") for line in table.splitlines()}) == 1


@pytest.mark.parametrize("how", ["stratified", "uncertain"])
def test_other_designs_are_described(how):
    analysis = invented()
    drawn = nl.coding.sample(analysis, 4, how, by="polarity", threshold=0) if how == "uncertain" else None
    if drawn is None:
        drawn = nl.coding.sample(analysis, 4, how, by="via", threshold=0)
    codings = check_codings(pd.DataFrame({"item": drawn["item"], "value": 1}), sample=drawn, coder="Ida")
    text = methods_appendix(analysis, sample=drawn, codings=codings, n_boot=20).text
    told = {"stratified": "stratified by via (1 strata", "uncertain": "half in proportion to p(1 - p)"}[how]
    assert told in text
    assert "There was one coder, so that reliability is not known." in text


def test_corrections_are_told(coded):
    analysis = invented()
    analysis.stances = analysis.stances.assign(corrected=[True, True, False, False, False, False])
    text = methods_appendix(analysis).text
    assert "In 1 article, what newslab found was corrected by hand. What was corrected is no part of any" in text
    assert "corrected by hand" not in methods_appendix(invented()).text


def test_it_is_shown_and_saved(coded, tmp_path):
    appendix = methods_appendix(coded[0], title="Appendix A")
    assert appendix._repr_markdown_() == str(appendix) == appendix.text
    assert appendix.text.startswith("# Appendix A\n")
    assert repr(appendix).startswith("<Appendix of ")
    with pytest.raises(ValueError, match=r"would hold Markdown, .* call it appendix\.md"):
        appendix.save(tmp_path / "new" / "appendix.docx")
    path = appendix.save(tmp_path / "new" / "appendix.md")
    assert path.read_text(encoding="utf-8") == appendix.text


def test_samples_and_codings_come_in_pairs(coded):
    analysis, edges, judged, *_ = coded
    with pytest.raises(ValueError, match="1 samples and 0 tables of codings"):
        methods_appendix(analysis, sample=edges)
    with pytest.raises(ValueError, match="1 samples and 2 tables"):
        methods_appendix(analysis, sample=edges, codings=[judged, judged])


def test_the_model_is_named_by_its_fingerprint_and_what_runs_it():
    analysis = invented()
    analysis.reader = "model"
    told = r"reader: model \(weights sha256 [0-9a-f]{16}, onnxruntime \d+\.\d+\S*\)"
    assert re.search(told, methods_appendix(analysis).text)
