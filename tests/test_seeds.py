"""The hand-coded articles in seeds/: what newslab finds in them, with the misses printed (run pytest with -s)."""

import json
from pathlib import Path

import pytest

import newslab as nl
from newslab.coding import article_coding, match_edges, same_actor

SEEDS = Path(__file__).parents[1] / "seeds"
NAMES = sorted(p.stem for p in SEEDS.glob("*.txt"))


def spans_of(text, pieces):
    return [(text.index(p), text.index(p) + len(p)) for p in pieces]


@pytest.fixture(scope="module", params=["model", "rules"])
def analysis(request):
    return nl.analyze(sorted(SEEDS.glob("*.txt")), reader=request.param, progress=False)


@pytest.fixture(scope="module")
def gold():
    return {name: json.loads((SEEDS / f"{name}.json").read_text(encoding="utf-8")) for name in NAMES}


def test_there_are_articles_and_each_has_its_gold():
    assert len(NAMES) >= 15
    assert all((SEEDS / f"{name}.json").exists() for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_gold_is_consistent(name, gold):
    text = (SEEDS / f"{name}.txt").read_text(encoding="utf-8")
    actors = {a["name"] for a in gold[name]["actors"]}
    for edge in gold[name]["edges"]:
        assert edge["source"] != edge["target"]
        assert {edge["source"], edge["target"]} <= actors
        assert all(e in text for e in edge["evidence"])
    for quotation in gold[name]["quotations"]:
        assert all(text.count(s) == 1 for s in quotation["spans"])


def found_quotations(analysis, gold):
    """For each gold quotation: (article, quotation, rows that overlap it, whether one row has it and its speaker)."""
    aliases = analysis.actors.set_index("actor_id")["aliases"]
    for name in NAMES:
        text = analysis.articles.set_index("article_id").loc[name, "text"]
        rows = list(analysis.quotes[analysis.quotes["article_id"] == name].itertuples())
        known = {a["name"]: a for a in gold[name]["actors"]}
        for quotation in gold[name]["quotations"]:
            spans = spans_of(text, quotation["spans"])
            hits = [r for r in rows if any(a < d and c < b for a, b in r.spans for c, d in spans)]
            right = len(hits) == 1
            if right and quotation["speaker"] is not None:
                speaker = hits[0]
                right = isinstance(speaker.speaker, str) and same_actor(
                    known.get(quotation["speaker"], {"name": quotation["speaker"]}),
                    {"name": speaker.speaker, "aliases": aliases[speaker.speaker_id]},
                )
            yield name, quotation, hits, right


# What the rule reader reaches on these articles; the model must not do worse, and finds more edges.
FOUND, SPEAKERS, EDGES_F1 = 0.95, 0.80, {"model": 0.55, "rules": 0.2}


def test_quotations_and_their_speakers(analysis, gold):
    found = list(found_quotations(analysis, gold))
    for name, quotation, hits, right in found:
        if not right:
            said = quotation["spans"][0][:50]
            print(f"{name}: {quotation['speaker']!r} said {said!r}; found {[h.speaker for h in hits]}")
    assert sum(bool(hits) for *_, hits, _ in found) >= FOUND * len(found)
    assert sum(right for *_, right in found) >= SPEAKERS * len(found)


def test_edges(analysis, gold, request):
    coded = article_coding(analysis)
    matched = predicted = clear = clear_matched = 0
    for name in NAMES:
        pairs, missed, wrong = match_edges(gold[name], coded[name])
        for edge in missed:
            print(f"{name}: missed {edge['source']} → {edge['target']} {edge['polarity']} ({edge['clarity']})")
        for edge in wrong:
            print(f"{name}: wrong {edge['source']} → {edge['target']} {edge['polarity']}: {edge['evidence'][0][:60]!r}")
        matched += len(pairs)
        predicted += len(pairs) + len(wrong)
        clear += sum(e["clarity"] == "clear" for e in gold[name]["edges"])
        clear_matched += sum(g["clarity"] == "clear" for g, _ in pairs)
    precision, recall = matched / predicted, clear_matched / clear
    print(f"edges: precision {precision:.2f}, recall {recall:.2f}")
    assert 2 * precision * recall / (precision + recall) >= EDGES_F1[request.node.callspec.params["analysis"]]


def test_boilerplate_is_in_no_quotation(analysis):
    assert not analysis.quotes["text"].empty
    texts = analysis.articles.set_index("article_id")["text"]
    for row in analysis.quotes.itertuples():
        for a, b in row.spans:
            assert "READ MORE" not in texts[row.article_id][a:b].upper()


def test_an_article_without_criticism_has_hardly_any_edge(analysis):
    edges = article_coding(analysis)["15-no-criticism"]["edges"]
    assert len(edges) <= 1
