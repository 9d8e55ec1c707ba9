"""Charts, checked by what they hold: values of cells, directions of arrows, labels, the Axes returned."""

import warnings

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from _invented import STANCES, invented
from matplotlib.colors import to_rgb
from matplotlib.patches import Polygon

from newslab import plot
from newslab.plot import _common, _matrix, _network, _outlets, _sentiment, _timeline

CHARTS = ["matrix", "network", "sentiment", "timeline", "outlets"]


@pytest.fixture
def analysis():
    return invented()


def texts(ax):
    return [t.get_text() for t in ax.texts]


def many(n, m, seed=0):
    """A table of edges among n actors."""
    rng = np.random.default_rng(seed)
    pairs = {tuple(rng.choice(n, 2, replace=False)) for _ in range(m)}
    return pd.DataFrame(
        [
            (f"Actor of a Long Name {i}", f"Actor of a Long Name {j}", f"{i}", f"{j}", *rng.gamma(1, 2, 2) + 0.5)
            for i, j in sorted(pairs)
        ],
        columns=["source", "target", "source_id", "target_id", "n_negative", "n_positive"],
    )


# All charts


@pytest.mark.parametrize("name", CHARTS)
def test_axes_in_axes_out_and_nothing_else_changed(name, analysis):
    before = {t: getattr(analysis, t).copy(deep=True) for t in ("articles", "quotes", "actors", "stances")}
    settings = dict(matplotlib.rcParams)
    state = np.random.get_state()[1].copy()
    _, ax = plt.subplots()
    assert getattr(plot, name)(analysis, ax=ax) is ax
    assert plt.get_fignums() == [ax.figure.number]
    ax.figure.canvas.draw()
    for table, frame in before.items():
        pd.testing.assert_frame_equal(getattr(analysis, table), frame)
    assert dict(matplotlib.rcParams) == settings
    assert (np.random.get_state()[1] == state).all()


@pytest.mark.parametrize("name", CHARTS)
def test_no_data_is_said(name):
    nothing = invented(stances=[], quotes=[])
    ax = getattr(plot, name)(nothing)
    assert any("no " in t for t in texts(ax))
    ax.figure.canvas.draw()


@pytest.mark.parametrize("name", CHARTS)
def test_options_come_by_name_only(name, analysis):
    with pytest.raises(TypeError):
        getattr(plot, name)(analysis, 5)


@pytest.mark.parametrize("name", CHARTS)
def test_names_of_all_kinds(name):
    odd = invented(names={"vell": "Уна Вёль", "orr": "$a_b$ <b>&\n\x00 cost $5", "lind": "W" * 10_000})
    ax = getattr(plot, name)(odd)
    ax.figure.canvas.draw()
    shown = " ".join(t.get_text() for t in ax.findobj(matplotlib.text.Text))
    assert "W" * 100 not in shown and "\x00" not in shown


@pytest.mark.parametrize("name", ["matrix", "network"])
def test_chinese_names_do_not_stop_a_chart(name):
    ax = getattr(plot, name)(invented(names={"vell": "欧娜"}))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # matplotlib says so where no font has them
        ax.figure.canvas.draw()


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("matrix", {"polarity": "negativ"}, "did you mean 'negative'"),
        ("matrix", {"order": "block"}, "did you mean 'blocks'"),
        ("matrix", {"order": ["Ona Vel"]}, "did you mean 'Ona Vell'"),
        ("matrix", {"n": 0}, "n is 0"),
        ("network", {"polarity": "net"}, "polarity is 'net'"),
        ("network", {"layout": "sprung"}, "did you mean 'spring'"),
        ("network", {"min_count": -1}, "min_count"),
        ("network", {"max_arrows": 0}, "max_arrows"),
        ("sentiment", {"min_quotes": 0}, "min_quotes"),
        ("timeline", {"source": "ona vel"}, "did you mean 'Ona Vell'"),
        ("timeline", {"target": "Nobody Atall"}, "no actor 'Nobody Atall'; there are"),
        ("timeline", {"freq": "moth"}, "did you mean 'month'"),
        ("timeline", {"polarity": "net"}, "polarity is 'net'"),
        ("outlets", {"polarity": "net"}, "polarity is 'net'"),
        ("outlets", {"names": ["Gul"]}, "did you mean 'Gull'"),
        ("outlets", {"targets": ["Tam Or"]}, "did you mean 'Tam Orr'"),
    ],
)
def test_wrong_values_are_explained(name, options, message, analysis):
    with pytest.raises(ValueError, match=message):
        getattr(plot, name)(analysis, **options)
    assert not plt.get_fignums()  # no empty figure is left behind


@pytest.mark.parametrize("name", CHARTS)
def test_wrong_kinds_of_data_are_explained(name):
    with pytest.raises(TypeError, match="takes an Analysis"):
        getattr(plot, name)(["Ona Vell"])


@pytest.mark.parametrize("name", ["matrix", "network", "sentiment"])
def test_a_table_without_a_column(name):
    with pytest.raises(ValueError, match="columns are colour"):
        getattr(plot, name)(pd.DataFrame({"colour": ["red"]}))


# Matrix


def cells(ax):
    """Value by (row, column) of the cells that are not blank."""
    values = ax.images[0].get_array()
    rows, columns = ([t.get_text() for t in labels] for labels in (ax.get_yticklabels(), ax.get_xticklabels()))
    return {
        (rows[i], columns[j]): float(values[i, j])
        for i, j in np.ndindex(values.shape)
        if not np.ma.getmaskarray(values)[i, j]
    }


def test_matrix_cells_are_sums_over_articles(analysis):
    ax = plot.matrix(analysis)
    assert cells(ax) == {("Ona Vell", "Tam Orr"): pytest.approx(1.55), ("Tam Orr", "Ona Vell"): pytest.approx(0.6)}
    assert "who criticizes" in ax.get_ylabel() and "who is criticized" in ax.get_xlabel()


def test_matrix_of_support_and_net(analysis):
    assert cells(plot.matrix(analysis, polarity="positive")) == {("Bo Lind", "Tam Orr"): pytest.approx(0.9)}
    net = plot.matrix(analysis, polarity="net")
    assert cells(net)["Ona Vell", "Tam Orr"] == pytest.approx(-1.55)
    assert cells(net)["Bo Lind", "Tam Orr"] == pytest.approx(0.9)
    low, high = net.images[0].get_clim()
    assert low == -high == pytest.approx(-1.55)


def test_matrix_totals_stand_in_the_margins():
    ax = plot.matrix(many(6, 20))
    table = ax.images[0].get_array().filled(0.0)
    totals = {t.get_gid(): t.get_text() for t in ax.texts if t.get_gid()}
    assert [totals[f"row total {i}"] for i in range(len(table))] == [_common.number(s) for s in table.sum(axis=1)]
    assert [totals[f"column total {j}"] for j in range(len(table.T))] == [_common.number(s) for s in table.sum(axis=0)]
    assert (np.diff(table.sum(axis=1)) <= 1e-9).all() and (np.diff(table.sum(axis=0)) <= 1e-9).all()


def test_matrix_order_of_ones_own_on_both_axes(analysis):
    ax = plot.matrix(analysis, order=["Tam Orr", "Bo Lind", "Ona Vell"])
    for labels in (ax.get_yticklabels(), ax.get_xticklabels()):
        assert [t.get_text() for t in labels] == ["Tam Orr", "Bo Lind", "Ona Vell"]
    assert cells(ax)["Ona Vell", "Tam Orr"] == pytest.approx(1.55)


def test_matrix_blocks_bring_sides_together():
    sides = {"A1": "B1", "A2": "B1", "B1": "A1", "B2": "A1", "A3": "B2", "B3": "A2"}
    rows = [(s, t, 5.0, 0.0) for s in sides for t in sides if s[0] != t[0]]
    edges = pd.DataFrame(rows, columns=["source", "target", "n_negative", "n_positive"]).sample(frac=1, random_state=1)
    order = [name[0] for name in _matrix._cells(edges, "negative", 15, "blocks").index]
    assert sum(a != b for a, b in zip(order, order[1:], strict=False)) == 1


def test_matrix_n_and_annotate():
    edges = many(12, 60)
    table = _matrix._cells(edges, "negative", 4, "total")
    assert len(set(table.index) | set(table.columns)) <= 4
    written = [t for t in plot.matrix(edges, n=4).texts if not t.get_gid() and t.get_text() != "total"]
    assert len(written) == np.count_nonzero(table.to_numpy())
    bare = plot.matrix(edges, n=4, annotate=False)
    assert len([t for t in bare.texts if not t.get_gid()]) == 1
    assert len(bare.figure.axes) == 2  # a colour bar instead


def test_matrix_numbers_can_be_read():
    ax = plot.matrix(many(9, 70))
    image = ax.images[0]

    def luminance(color):
        rgb = np.array(to_rgb(color))
        return np.where(rgb <= 0.03928, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]

    for text in ax.texts:
        if not text.get_gid() and text.get_text() != "total":
            column, row = text.get_position()
            background = image.cmap(image.norm(image.get_array()[int(row), int(column)]))[:3]
            light, dark = sorted([luminance(background), luminance(text.get_color())], reverse=True)
            assert (light + 0.05) / (dark + 0.05) > 3.8


def test_matrix_passes_options_on(analysis):
    ax = plot.matrix(analysis, cmap="Greys", alpha=0.5)
    assert ax.images[0].get_cmap().name == "Greys" and ax.images[0].get_alpha() == 0.5


def test_matrix_of_a_table_split_by_outlet_adds_up(analysis):
    split = analysis.edges(by="outlet")
    before = split.copy(deep=True)
    assert cells(plot.matrix(split)) == cells(plot.matrix(analysis))
    pd.testing.assert_frame_equal(split, before)


def test_namesakes_are_two_actors():
    ax = plot.matrix(invented(names={"lind": "Ona Vell"}), polarity="net")
    assert {t.get_text() for t in ax.get_yticklabels()} == {"Ona Vell (1)", "Ona Vell (2)", "Tam Orr"}


# Network


def heads(ax):
    return {p.get_gid(): p.get_xy() for p in ax.patches if isinstance(p, Polygon)}


def nodes(ax):
    return {p.get_gid(): p for p in ax.patches if not isinstance(p, Polygon)}


def test_network_arrows_point_at_the_target(analysis):
    ax = plot.network(analysis)
    assert set(heads(ax)) == {
        "negative: Ona Vell → Tam Orr",
        "negative: Tam Orr → Ona Vell",
        "positive: Bo Lind → Tam Orr",
    }
    for gid, points in heads(ax).items():
        source, target = gid.split(": ")[1].split(" → ")
        tip, back = points[0], points[[1, 3]].mean(axis=0)
        to = np.array(nodes(ax)[target].center)
        assert np.hypot(*(tip - to)) < np.hypot(*(back - to))
        assert np.hypot(*(tip - to)) < np.hypot(*(tip - np.array(nodes(ax)[source].center)))


def test_network_heads_are_not_hidden():
    ax = plot.network(many(12, 30), n=12)
    for gid, points in heads(ax).items():
        for node in nodes(ax).values():
            if gid.endswith(f"→ {node.get_gid()}"):
                assert np.hypot(*(points[0] - node.center)) > node.radius


def test_network_tells_criticism_from_support_by_colour_and_line(analysis):
    lines = {line.get_gid(): line for line in plot.network(analysis).lines}
    criticism, support = lines["negative: Ona Vell → Tam Orr"], lines["positive: Bo Lind → Tam Orr"]
    assert criticism.get_color() == _common.CRITICISM and support.get_color() == _common.SUPPORT
    assert not criticism.is_dashed() and support.is_dashed()
    assert criticism.get_linewidth() > lines["negative: Tam Orr → Ona Vell"].get_linewidth()


def test_network_mutual_arrows_bend_apart(analysis):
    lines = {line.get_gid(): line.get_xydata() for line in plot.network(analysis, polarity="negative").lines}
    there, back = lines["negative: Ona Vell → Tam Orr"], lines["negative: Tam Orr → Ona Vell"]
    assert np.hypot(*(there[len(there) // 2] - back[len(back) // 2])) > 10


def test_network_nodes_that_are_criticized_more_are_larger(analysis):
    radius = {name: node.radius for name, node in nodes(plot.network(analysis)).items()}
    assert radius["Tam Orr"] > radius["Ona Vell"] > radius["Bo Lind"]


@pytest.mark.parametrize("n", [10, 30, 80])
@pytest.mark.parametrize("layout", ["spring", "kamada_kawai", "circular"])
def test_network_names_do_not_collide(n, layout):
    ax = plot.network(many(n, 2 * n), n=n, layout=layout)
    ax.figure.canvas.draw()
    boxes = [t.get_window_extent() for t in ax.texts]
    assert len(boxes) > 0.8 * n
    for i, a in enumerate(boxes):
        assert not any(a.overlaps(b) for b in boxes[i + 1 :])
        assert ax.figure.bbox.containsx(a.x0) and ax.figure.bbox.containsx(a.x1)


def test_network_is_the_same_twice_and_depends_on_the_seed():
    place = [[tuple(p.center) for p in nodes(plot.network(many(20, 40), seed=s)).values()] for s in (0, 0, 1)]
    assert place[0] == place[1] != place[2]


def test_network_order_of_rows_changes_nothing():
    edges = many(20, 40)
    shuffled = edges.sample(frac=1, random_state=3)
    places = [[tuple(p.center) for p in nodes(plot.network(e)).values()] for e in (edges, shuffled)]
    assert places[0] == places[1]


def test_network_n_min_count_and_what_is_left_out(analysis):
    arrows, n_weak = _network._arrows(analysis, 30, 0.7, None, None)
    assert arrows[["source", "target", "polarity"]].values.tolist() == [
        ["Ona Vell", "Tam Orr", "negative"],
        ["Bo Lind", "Tam Orr", "positive"],
    ]
    assert n_weak == 1
    assert "1 weaker arrow not shown" in plot.network(analysis, min_count=0.7).get_legend().get_title().get_text()
    assert len(nodes(plot.network(many(20, 60), n=6))) <= 6
    assert len(heads(plot.network(many(20, 200)))) == 60  # three an actor
    few = plot.network(many(20, 200), max_arrows=7)
    strongest = many(20, 200)[["n_negative", "n_positive"]].to_numpy().max()
    assert len(heads(few)) == 7
    assert _common.number(strongest) in few.get_legend().get_texts()[-3].get_text()
    assert "lower min_count" in " ".join(texts(plot.network(analysis, min_count=50)))


def test_network_legend_names_what_is_drawn(analysis):
    words = " ".join(t.get_text() for t in plot.network(analysis).get_legend().get_texts())
    assert "criticizes" in words and "backs" in words and "articles" in words
    only = " ".join(t.get_text() for t in plot.network(analysis, polarity="positive").get_legend().get_texts())
    assert "backs" in only and "criticizes" not in only


def test_network_passes_options_on(analysis):
    assert {line.get_alpha() for line in plot.network(analysis, alpha=0.3).lines} == {0.3}


def test_an_actor_who_attacks_itself_only():
    edges = pd.DataFrame({"source": ["A"], "target": ["A"], "n_negative": [2.0], "n_positive": [0.0]})
    assert any("no criticism" in t for t in texts(plot.network(edges)))
    assert cells(plot.matrix(edges)) == {("A", "A"): 2.0}


# Sentiment


def test_sentiment_values_intervals_and_unknown(analysis):
    ax = plot.sentiment(analysis)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Tam Orr (2)", "Ona Vell (3)"]
    drawn = ax.containers[0][0].get_xdata()
    assert drawn.tolist() == pytest.approx([-0.4, 0.5 / 3])
    speakers = analysis.speakers().set_index("speaker")
    ends = ax.containers[0][2][0].get_segments()[1][:, 0]
    assert ends.tolist() == pytest.approx(speakers.loc["Ona Vell", ["polarity_low", "polarity_high"]].tolist())
    assert "1 quotation without a known speaker" in ax.get_xlabel()
    assert 0 in [line.get_xdata()[0] for line in ax.lines]


def test_sentiment_n_and_min_quotes(analysis):
    one = plot.sentiment(analysis, min_quotes=1)
    assert [t.get_text() for t in one.get_yticklabels()][-1] == "Bo Lind (1)"
    shown, more = _sentiment._rows(analysis.speakers(), 1, 2)
    assert (shown["speaker"].tolist(), more) == (["Ona Vell"], 1)
    assert "1 speaker more" in plot.sentiment(analysis, n=1).get_xlabel()


def test_sentiment_of_a_table(analysis):
    speakers = analysis.speakers()
    labels = [[t.get_text() for t in plot.sentiment(x).get_yticklabels()] for x in (speakers, analysis)]
    assert labels[0] == labels[1]


def test_sentiment_all_unknown():
    ax = plot.sentiment(invented(quotes=[(None, 0.1)] * 3))
    assert "3 quotations without a known speaker" in " ".join(texts(ax))


# Timeline


def test_timeline_counts_months_without_gaps(analysis):
    counts, undated = _timeline._counts(analysis, None, None, "month")
    negative = counts[counts["polarity"] == "negative"]
    assert negative["time"].dt.strftime("%Y-%m").tolist() == ["2031-01", "2031-02", "2031-03"]
    # a1: 0.75; a2: one article, 1 - 0.2 * 0.4; the copy a4 does not count
    assert negative["count"].tolist() == pytest.approx([0.75 + 0.92, 0.0, 0.0])
    assert counts.loc[counts["polarity"] == "positive", "count"].tolist() == pytest.approx([0, 0, 0.9])
    assert undated == 0
    lines = {line.get_label(): line for line in plot.timeline(analysis).lines}
    assert lines["criticism"].get_ydata().tolist() == pytest.approx([1.67, 0, 0])
    assert not lines["criticism"].is_dashed() and lines["support"].is_dashed()


def test_timeline_of_a_pair(analysis):
    ax = plot.timeline(analysis, source="Ona Vell", target=["Tam Orr", "Bo Lind"], polarity="negative")
    assert ax.get_title(loc="left") == "Ona Vell → Tam Orr and Bo Lind"
    assert ax.lines[0].get_ydata().tolist() == pytest.approx([0.75 + 0.8, 0, 0])
    assert len(ax.lines) == 1
    by_alias = plot.timeline(analysis, source="Vell", target="orr", polarity="negative")
    assert by_alias.lines[0].get_ydata().tolist() == pytest.approx([1.55, 0, 0])


@pytest.mark.parametrize(("freq", "n"), [("MS", 3), ("month", 3), ("quarter", 1), ("year", 1), ("week", 10)])
def test_timeline_steps(freq, n, analysis):
    assert len(plot.timeline(analysis, freq=freq).lines[0].get_xdata()) == n


def test_undated_articles_are_counted():
    undated = invented(stances=[*STANCES, ("a5", "vell", "board", "negative", 0.5)])
    assert "1 article without a date" in plot.timeline(undated).get_xlabel()
    only = invented(stances=[("a5", "vell", "board", "negative", 0.5)])
    assert "1 article without a date" in " ".join(texts(plot.timeline(only)))


def test_interval_of_a_poisson_binomial():
    assert _timeline._interval(np.array([])) == (0, 0)
    assert _timeline._interval(np.array([1.0, 1.0])) == (2, 2)
    assert _timeline._interval(np.array([0.5])) == (0, 1)
    p = np.random.default_rng(0).random(40)
    draws = (np.random.default_rng(1).random((100_000, 40)) < p).sum(axis=1)
    low, high = _timeline._interval(p)
    assert 0.95 <= ((draws >= low) & (draws <= high)).mean() <= 0.985
    exact, normal = _timeline._interval(np.full(400, 0.3)), _timeline._interval(np.full(401, 0.3))
    assert exact == pytest.approx(normal, abs=1.5)


# Outlets


def test_outlets_rates_per_100_articles(analysis):
    rates, articles = _outlets._rates(analysis, "negative", 10, None, None)
    assert articles.to_dict() == {"Gull": 2, "Courier": 1}
    assert rates.loc["Tam Orr"].to_dict() == {"Gull": pytest.approx(100 * 1.55 / 2), "Courier": 0.0}
    ax = plot.outlets(analysis)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Tam Orr", "Ona Vell"]
    gull = next(line for line in ax.lines if line.get_label() == "Gull (2 articles)")
    assert gull.get_xdata().tolist() == pytest.approx([77.5, 30.0])
    assert "1 article without an outlet" in ax.get_xlabel()


def test_outlets_two_sources_in_one_article_are_one_article():
    twice = invented(stances=[("a1", "vell", "orr", "negative", 0.5), ("a1", "lind", "orr", "negative", 0.5)])
    rates, _ = _outlets._rates(twice, "negative", 10, None, None)
    assert rates.at["Tam Orr", "Gull"] == pytest.approx(100 * 0.75 / 2)


def test_outlets_that_one_names(analysis):
    ax = plot.outlets(analysis, targets=["Ona Vell", "Bo Lind", "Tam Orr"], names=["Gull"])
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Ona Vell", "Bo Lind", "Tam Orr"]
    assert len(ax.lines) == 1
    assert ax.lines[0].get_xdata().tolist() == pytest.approx([30.0, 0.0, 77.5])
    assert "1 outlet more" in ax.get_xlabel()
    assert len(plot.outlets(analysis, n=1).get_yticklabels()) == 1
    support = plot.outlets(analysis, polarity="positive")
    assert [t.get_text() for t in support.get_yticklabels()] == ["Tam Orr"]


# Names and numbers


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ona Vell", "Ona Vell"),
        ("Federation of Independent Dock Workers", "Federation of Independent…"),
        ("x" * 40, "x" * 27 + "…"),
        ("Federation of Independent Dock Workers (2)", "Federation of Independe… (2)"),
        ("a\nb\x00c", "a b c"),
        ("$5 or $6", r"\$5 or \$6"),
        ("", "?"),
    ],
)
def test_short_names(name, shown):
    assert _common.short(name) == shown


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.01, "<0.1"), (-0.01, ">−0.1"), (1.25, "1.2"), (-3.0, "−3.0"), (1234.5, "1,234")]
)
def test_numbers(value, text):
    assert _common.number(value) == text
