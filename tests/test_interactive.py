"""Charts to point at: they hold the numbers of their twins, and say them at the pointer."""

import sys

import pandas as pd
import pytest
from _invented import invented

from newslab import plot
from newslab.display import LABEL
from newslab.plot import interactive
from newslab.plurals import number, span

CHARTS = ["timeline", "balance", "outlets", "matrix"]


@pytest.fixture
def analysis():
    pytest.importorskip("altair", reason='needs pip install "newslab[interactive]"')
    return invented()


def held(chart):
    """Each layer's rows, and the fields of its tooltip."""
    spec = chart.to_dict()
    layers = spec["layer"]
    shared = spec.get("data", {}).get("values")
    rows = [layer.get("data", {}).get("values", shared) for layer in layers]
    return [(r, [t["field"] for t in layer["encoding"]["tooltip"]]) for r, layer in zip(rows, layers, strict=True)]


def test_timeline_holds_the_table_of_its_twin(analysis):
    table = plot.table(analysis, "timeline")
    rows, tips = held(interactive.timeline(analysis))[0]
    assert [r["count"] for r in rows] == table["count"].tolist()
    assert [r["low"] for r in rows] == [None if pd.isna(x) else x for x in table["low"]]
    assert [r["kind"] for r in rows] == table["polarity"].map(LABEL).tolist()
    assert tips == ["step", "kind", "articles", "n_articles"]
    most = max(rows, key=lambda r: r["count"])
    assert most["articles"].startswith(number(most["count"]) + " (")
    assert most["step"] == pd.Timestamp(most["time"]).strftime("%B %Y")
    again, _ = held(interactive.timeline(table))[0]
    assert again == rows


def test_timeline_takes_the_arguments_of_its_twin(analysis):
    rows, _ = held(interactive.timeline(analysis, source="Ona Vell", freq="year", polarity="negative"))[0]
    table = plot.table(analysis, "timeline", source="Ona Vell", freq="year").query("polarity == 'negative'")
    assert [r["count"] for r in rows] == table["count"].tolist()
    assert {r["kind"] for r in rows} == {"criticism"}
    quarter, _ = held(interactive.timeline(analysis, freq="quarter"))[0]
    assert quarter[0]["step"].startswith("Q")
    with_events = held(interactive.timeline(analysis, events={"The vote": "2031-02-10"}))
    assert with_events[-1] == (
        [{"day": "2031-02-10T00:00:00", "event": "The vote", "date": "2031-02-10"}],
        ["event", "date"],
    )


@pytest.mark.parametrize("chart", CHARTS)
def test_the_width_is_in_inches(analysis, chart):
    assert getattr(interactive, chart)(analysis, width=5).to_dict()["width"] == 5 * 96


def test_balance_holds_what_is_given_to_the_right_and_taken_to_the_left(analysis):
    table = plot.table(analysis, "balance")
    rows, tips = held(interactive.balance(analysis))[0]
    assert tips == ["actor", "side", "articles"]
    for row in table.itertuples():
        taken, given = [r for r in rows if r["actor"] == row.actor]
        assert (taken["side"], given["side"]) == ("is criticized", "criticizes")
        assert (taken["value"], given["value"]) == (-row.taken, row.given)
        assert (given["low"], given["high"]) == (row.given_low, row.given_high)
        assert given["articles"] == f"{number(row.given)} ({span(row.given_low, row.given_high)})"
    few, _ = held(interactive.balance(analysis, n=1, order="taken"))[0]
    assert {r["actor"] for r in few} == {table.loc[(table["given"] + table["taken"]).idxmax(), "actor"]}


def test_outlets_hold_the_table_of_their_twin(analysis):
    table = plot.table(analysis, "outlets", show="target", n=2)
    rows, tips = held(interactive.outlets(analysis, show="target", n=2))[0]
    assert [(r["label"], r["outlet"], r["rate"], r["n_articles"]) for r in rows] == list(
        table[["label", "outlet", "rate", "n_articles"]].itertuples(index=False, name=None)
    )
    assert tips == ["label", "outlet", "per_100", "n_articles"]


def test_a_pair_is_read_from_source_to_target_and_has_room(analysis):
    chart = interactive.outlets(invented(names={"vell": "עונה ול", "orr": "تم أور"}))
    rows, _ = held(chart)[0]
    assert "\u200eעונה ול\u200e → \u200eتم أور" in {r["label"] for r in rows}
    limits = [
        i.to_dict()["layer"][0]["encoding"]["y"]["axis"]["labelLimit"] for i in (chart, interactive.balance(analysis))
    ]
    assert limits[0] == 2 * limits[1]


def test_matrix_holds_the_edges_with_their_intervals(analysis):
    edges = analysis.edges("negative").set_index(["source", "target"])
    rows, tips = held(interactive.matrix(analysis))[0]
    assert tips == ["source", "target", "articles"]
    assert {(r["source"], r["target"]): r["value"] for r in rows} == pytest.approx(edges["n_negative"].to_dict())
    for r in rows:
        edge = edges.loc[(r["source"], r["target"])]
        assert r["articles"].endswith(f"({span(edge['n_negative_low'], edge['n_negative_high'])})")
    net, _ = held(interactive.matrix(analysis, polarity="net"))[0]
    assert min(r["value"] for r in net) < 0 < max(r["value"] for r in net)


@pytest.mark.parametrize("chart", CHARTS)
def test_each_is_shown_without_a_network(chart, analysis):
    bundle = getattr(interactive, chart)(analysis)._repr_mimebundle_()
    assert set(bundle) == {"application/vnd.vegalite.v5+json", "text/plain"}
    spec = bundle["application/vnd.vegalite.v5+json"]
    assert spec["$schema"].endswith("/v5.json")
    assert "url" not in str(spec).lower().replace("$schema", "")


def test_another_way_of_showing_is_respected(analysis):
    import altair

    chart = interactive.balance(analysis)
    with altair.renderers.enable("json"):
        assert "application/json" in chart._repr_mimebundle_()[0]


@pytest.mark.parametrize("chart", ["balance", "matrix"])
def test_odd_names_are_held_as_they_are(chart, analysis):
    odd = 'A "quoted": <b>name</b> $x$'
    for table, name in ((analysis.actors, "name"), (analysis.stances, "source"), (analysis.stances, "target")):
        key = "actor_id" if name == "name" else f"{name}_id"
        table[name] = table[name].where(table[key] != "vell", odd)
    rows, _ = held(getattr(interactive, chart)(analysis))[0]
    assert odd in {r["actor" if chart == "balance" else "source"] for r in rows}


def test_many_steps_are_no_trouble(analysis):
    analysis.articles["published"] = pd.date_range("2001-01-01", "2031-01-01", periods=len(analysis.articles))
    rows, _ = held(interactive.timeline(analysis, freq="day"))[0]
    assert len(rows) > 5000  # more than altair takes of a DataFrame


@pytest.mark.parametrize("chart", CHARTS)
def test_nothing_to_show_is_an_empty_chart(chart, analysis):
    analysis.stances = analysis.stances.iloc[:0]
    assert getattr(interactive, chart)(analysis).to_dict()["layer"]


@pytest.mark.parametrize("chart", CHARTS)
def test_wrong_use_is_told_as_by_the_twin(chart, analysis):
    with pytest.raises(ValueError, match="polarity is 'bad'"):
        getattr(interactive, chart)(analysis, polarity="bad")


@pytest.mark.parametrize("chart", CHARTS)
def test_without_altair_the_command_to_install_it_is_told(chart, monkeypatch):
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(ImportError, match=r'pip install "newslab\[interactive\]"'):
        getattr(interactive, chart)(invented())
