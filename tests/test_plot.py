"""Charts, checked by what they hold: values of cells, directions of arrows, labels, the Axes returned."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from _invented import STANCES, invented
from matplotlib.artist import getp
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.patches import Polygon
from matplotlib.text import Text

from newslab import plot
from newslab.intervals import of_number, of_sample
from newslab.plot import _common, _matrix, _network, _sentiment, _timeline
from newslab.plurals import number, span

CHARTS = ["matrix", "network", "balance", "sentiment", "timeline", "outlets"]
LONG = {
    "vell": "The Federation of Independent Dock Workers and Allied Maritime Trades of Greater Castrel",
    "orr": "Baroness Wilhelmina Featherstonehaugh-Cholmondeley of Ambry Point",
    "lind": "Maximilian-Alexander von und zu Hohenlohe-Langenburg",
}
SCRIPTS = {"vell": "欧娜·维尔", "orr": "محمد بن سلمان", "lind": "नरेंद्र मोदी", "board": "Совет Гавани"}


@pytest.fixture
def analysis():
    return invented()


def texts(ax):
    return [t.get_text() for t in ax.texts]


def said(ax):
    """All words of a chart, in one line."""
    return " ".join(" ".join(t.get_text() for t in ax.findobj(Text)).split())


def inside(figure):
    """Draw, and complain of words that the figure cuts off."""
    figure.canvas.draw()
    beyond = set()  # labels that are not drawn: of ticks beyond the axis, and where the axes are off
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            beyond |= {t.label1 for t in axis.get_major_ticks() if not (ax.axison and low <= t.get_loc() <= high)}
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip() and text not in beyond:
            box = text.get_window_extent()
            assert box.x0 >= -1 and box.x1 <= figure.bbox.x1 + 1, (text.get_text(), box)
            assert box.y0 >= -1 and box.y1 <= figure.bbox.y1 + 1, (text.get_text(), box)


def clear(boxes):
    """Complain of two that overlap."""
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            wide, tall = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
            assert wide <= 0.5 or tall <= 0.5, (a, b)


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


def test_charts_alone_are_offered():
    assert dir(plot) == plot.__all__ and dir(plot.interactive) == plot.interactive.__all__


@pytest.mark.parametrize(
    ("name", "option", "message"),
    [
        ("timeline", "actors", "timeline has no option 'actors'; it has source, target, .*, and those of .* Axes.plot"),
        ("outlets", "target", "did you mean 'targets'"),
        ("matrix", "annot", "did you mean 'annotate'"),
        ("network", "linewidht", "did you mean 'linewidth'"),
        ("balance", "actor", "did you mean 'actors'"),
        ("sentiment", "capsiz", "did you mean 'capsize'"),
        ("network", "figsize", "width= sets the inches"),
        ("matrix", "title", r"ax\.set_title"),
    ],
)
def test_options_that_do_not_exist_are_named(name, option, message, analysis):
    with pytest.raises(TypeError, match=message):
        getattr(plot, name)(analysis, **{option: 1})
    assert not plt.get_fignums()


@pytest.mark.parametrize(
    ("name", "options", "drawn", "looks"),
    [
        ("timeline", {"lw": 3, "marker": "x", "drawstyle": "steps"}, lambda ax: ax.lines[0],
         {"linewidth": 3, "marker": "x", "drawstyle": "steps"}),
        ("outlets", {"ms": 4, "alpha": 0.5}, lambda ax: ax.lines[0], {"markersize": 4, "alpha": 0.5}),
        ("matrix", {"interpolation": "bilinear", "alpha": 0.5}, lambda ax: ax.images[0],
         {"interpolation": "bilinear", "alpha": 0.5}),
        ("network", {"color": "red", "lw": 2}, lambda ax: ax.lines[0], {"color": "red", "linewidth": 2}),
        ("balance", {"hatch": "/", "ec": "red"}, lambda ax: ax.containers[0][0],
         {"hatch": "/", "edgecolor": to_rgba("red")}),
        ("sentiment", {"mfc": "white"}, lambda ax: ax.containers[0].lines[0], {"markerfacecolor": "white"}),
        ("sentiment", {"capsize": 2}, lambda ax: ax.containers[0].lines[1][0], {"markersize": 4}),
    ],
)  # fmt: skip
def test_options_of_matplotlib_are_passed_on(name, options, drawn, looks, analysis):
    ax = getattr(plot, name)(analysis, **options)
    ax.figure.canvas.draw()
    assert {key: getp(drawn(ax), key) for key in looks} == looks


@pytest.mark.parametrize("name", ["timeline", "outlets", "network"])
def test_a_colour_is_that_of_all_that_is_drawn(name, analysis):
    ax = getattr(plot, name)(analysis, color="0.3")
    drawn = [p.get_facecolor() for p in ax.patches if isinstance(p, Polygon)]
    drawn += [color for k in ax.collections for color in (*k.get_facecolor(), *k.get_edgecolor())]
    lines = [line for line in (*ax.lines, *ax.get_legend().get_lines()) if line.get_linestyle() != "None"]
    drawn += [to_rgba(line.get_color()) for line in lines]
    assert drawn and all(red == green == blue for red, green, blue, _ in drawn)


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


@pytest.mark.parametrize(("points", "width"), [(8, 3.3), (18, 12)])
@pytest.mark.parametrize("name", [*CHARTS, "multiples_figure"])
def test_type_is_as_large_as_a_style_sheet_sets_it(name, points, width, analysis):
    with plt.rc_context({"font.size": points}):
        drawn = getattr(plot, name)(analysis, width=width)
        figure = drawn if name == "multiples_figure" else drawn.figure
        inside(figure)
        labels = [t for ax in figure.axes for t in (*ax.get_xticklabels(), *ax.get_yticklabels()) if t.get_text()]
    points_of = {t.get_fontsize() for t in (figure.axes[0].texts if name == "network" else labels)}
    assert points in {round(p, 6) for p in points_of} and min(points_of) >= 0.6 * points


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


@pytest.mark.parametrize("name", CHARTS)
def test_names_in_any_script_are_drawn_without_a_warning(name):
    if _common._LAST_RESORT not in _common._installed():
        pytest.skip("this matplotlib brings no font with boxes for the letters that no other has")
    ax = getattr(plot, name)(invented(names=SCRIPTS))
    ax.figure.canvas.draw()  # warnings are errors here
    for text in ax.findobj(Text):
        if "欧" in text.get_text():
            fonts = frozenset().union(*map(_common._letters, text.get_fontfamily()))
            assert ord("欧") in fonts
    known = any(ord("欧") in _common._letters(f) for f in _common._installed() if "Last Resort" not in f)
    if name not in ("timeline", "sentiment"):  # whose names come from elsewhere, or whose titles name nobody
        assert ("no font" in said(ax)) == (not known)


def test_arrows_between_names_point_right_in_every_script():
    names = {"vell": "محمد", "orr": "Tam Orr", "lind": "ليلى"}
    labels = [t.get_text() for t in plot.outlets(invented(names=names)).get_yticklabels()]
    assert any("محمد\u200e → \u200eTam Orr" in label for label in labels)
    assert all(label.startswith("\u200e") for label in labels)
    assert plot.timeline(invented(), source="Ona Vell").get_title(loc="left") == "Ona Vell → anyone"


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("width", [3.3, 7])
@pytest.mark.parametrize("names", [None, LONG, SCRIPTS], ids=["plain", "long", "scripts"])
def test_charts_fit_a_column_and_a_page(name, width, names):
    ax = getattr(plot, name)(invented(names=names), width=width)
    assert ax.figure.get_figwidth() == width
    inside(ax.figure)
    rows = [t.get_window_extent() for t in ax.get_yticklabels() if t.get_text()]
    clear(rows if name != "network" else [t.get_window_extent() for t in ax.texts])


@pytest.mark.parametrize("name", CHARTS)
def test_charts_fit_axes_in_a_grid(name, analysis):
    fig, axes = plt.subplots(2, 2, figsize=(7, 6), layout="constrained")
    for ax in axes.flat:
        assert getattr(plot, name)(analysis, ax=ax) is ax
    fig.canvas.draw()
    boxes = [ax.get_tightbbox() for ax in axes.flat]
    clear(boxes)


@pytest.mark.parametrize("name", CHARTS)
def test_one_actor_and_one_date(name):
    one = invented(stances=[("a1", "vell", "orr", "negative", 0.5)], quotes=[("vell", 0.2)] * 2,
                   texts={"a2": "x", "a3": "x", "a4": "x", "a5": "x"})  # fmt: skip
    one.articles = one.articles.iloc[:1]
    one.quotes = one.quotes[one.quotes["article_id"] == "a1"]
    inside(getattr(plot, name)(one).figure)


@pytest.mark.parametrize("name", CHARTS)
def test_width_and_axes_exclude_each_other(name, analysis):
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match="ax or width, not both"):
        getattr(plot, name)(analysis, ax=ax, width=5)


@pytest.mark.parametrize("name", CHARTS)
def test_the_table_beneath_draws_the_same_chart(name, analysis):
    table = plot.table(analysis, name)
    before = table.copy(deep=True)
    a, b = getattr(plot, name)(analysis), getattr(plot, name)(table)
    assert [t.get_text() for t in a.get_yticklabels()] == [t.get_text() for t in b.get_yticklabels()]
    for x, y in zip(a.lines, b.lines, strict=False):
        if name in ("timeline", "outlets", "sentiment", "balance"):
            np.testing.assert_allclose(x.get_xydata().astype(float), y.get_xydata().astype(float))
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("name", CHARTS)
def test_tables_have_their_columns_and_types_also_when_empty(name, analysis):
    full, empty = plot.table(analysis, name), plot.table(invented(stances=[], quotes=[]), name)
    assert len(full) and list(full.columns) == list(empty.columns)
    if name in ("balance", "timeline", "outlets"):
        assert full.dtypes.to_dict() == empty.dtypes.to_dict()


def test_table_of_no_chart(analysis):
    with pytest.raises(ValueError, match="did you mean 'outlets'"):
        plot.table(analysis, "outlet")
    with pytest.raises(TypeError, match="takes an Analysis"):
        plot.table(pd.DataFrame(), "timeline")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("matrix", {"polarity": "negativ"}, "did you mean 'negative'"),
        ("matrix", {"polarity": "neg"}, "did you mean 'negative'"),
        ("matrix", {"order": "block"}, "did you mean 'blocks'"),
        ("matrix", {"order": ["Ona Vel"]}, "near are 'Ona Vell'"),
        ("matrix", {"n": 1}, "n is 1; it is at least 2"),
        ("network", {"n": 1}, "n is 1; it is at least 2"),
        ("matrix", {"width": 1}, "width is 1"),
        ("balance", {"order": "totl"}, "did you mean 'total'"),
        ("balance", {"actors": ["Ona Vel"]}, "no actor 'Ona Vel' in this corpus; near are 'Ona Vell'"),
        ("balance", {"interval": "samples"}, "did you mean 'sample'"),
        ("outlets", {"show": "pairs"}, "did you mean 'pair'"),
        ("outlets", {"names": list("abcdefgh")}, "no outlet 'a'"),
        ("timeline", {"interval": "none"}, "interval is 'none'"),
        ("timeline", {"events": {"Election": "soon"}}, "the event 'Election' has the date 'soon'"),
        ("timeline", {"events": {"Election": None}}, "the event 'Election' has no date"),
        ("network", {"polarity": "net"}, "polarity is 'net'"),
        ("network", {"layout": "sprung"}, "did you mean 'spring'"),
        ("network", {"min_count": -1}, "min_count"),
        ("network", {"max_arrows": 0}, "max_arrows"),
        ("sentiment", {"min_quotes": 0}, "min_quotes"),
        ("timeline", {"source": "ona vel"}, "no actor 'ona vel' in this corpus; near are 'Ona Vell'"),
        ("timeline", {"target": "Nobody Atall"}, "no actor 'Nobody Atall' in this corpus; see analysis.actors"),
        ("timeline", {"freq": "moth"}, "did you mean 'month'"),
        ("timeline", {"polarity": "net"}, "polarity is 'net'"),
        ("outlets", {"polarity": "net"}, "polarity is 'net'"),
        ("outlets", {"names": ["Gul"]}, "did you mean 'Gull'"),
        ("outlets", {"targets": ["Tam Or"]}, "no actor 'Tam Or' in this corpus; near are 'Tam Orr'"),
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


@pytest.mark.parametrize("name", CHARTS)
def test_a_table_without_a_column(name):
    with pytest.raises(ValueError, match="columns are colour"):
        getattr(plot, name)(pd.DataFrame({"colour": ["red"]}))


@pytest.mark.parametrize("name", ["balance", "outlets", "timeline"])
def test_two_tables_in_one_are_no_table_of_a_chart(name, analysis):
    table = plot.table(analysis, name)
    with pytest.raises(ValueError, match="several rows have one .*; draw tables that were put together one by one"):
        getattr(plot, name)(pd.concat([table, table]))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("balance", "the table of 'balance' has no option 'n'; it has actors, polarity, interval"),
        ("matrix", "the table of 'matrix' has no option 'n'.*; it has polarity, by, unit, "),
        ("sentiment", "the table of 'sentiment' has no option 'n'"),
    ],
)
def test_options_of_a_chart_that_its_table_does_not_have(name, message, analysis):
    with pytest.raises(TypeError, match=message):
        plot.table(analysis, name, n=3)


# Matrix


def cells(ax, first=None):
    """Value by (row, column) of the cells that are not blank; names of rows may stand at the `first` panel only."""
    values = ax.images[0].get_array()
    rows = [t.get_text() for t in (first or ax).get_yticklabels()]
    columns = [t.get_text() for t in ax.get_xticklabels()]
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
    ax = plot.matrix(many(6, 20), order="total")
    table = ax.images[0].get_array().filled(0.0)
    totals = {t.get_gid(): t.get_text() for t in ax.texts if t.get_gid()}
    assert [totals[f"row total {i}"] for i in range(len(table))] == [number(s) for s in table.sum(axis=1)]
    assert [totals[f"column total {j}"] for j in range(len(table.T))] == [number(s) for s in table.sum(axis=0)]
    assert (np.diff(table.sum(axis=1)) <= 1e-9).all() and (np.diff(table.sum(axis=0)) <= 1e-9).all()


def test_matrix_order_of_ones_own_on_both_axes(analysis):
    ax = plot.matrix(analysis, order=["Tam Orr", "Bo Lind", "Ona Vell"])
    for labels in (ax.get_yticklabels(), ax.get_xticklabels()):
        assert [t.get_text() for t in labels] == ["Tam Orr", "Bo Lind", "Ona Vell"]
    assert cells(ax)["Ona Vell", "Tam Orr"] == pytest.approx(1.55)


def test_matrix_order_by_other_names(analysis):
    labels = [t.get_text() for t in plot.matrix(analysis, order=["Orr", "vell", "BO LIND"]).get_yticklabels()]
    assert labels == ["Tam Orr", "Ona Vell", "Bo Lind"]
    with pytest.raises(ValueError, match="no actor with an edge 'Harbour Board'"):
        plot.matrix(analysis, order=["Harbour Board"])


def test_matrix_blocks_bring_sides_together():
    sides = {"A1": "B1", "A2": "B1", "B1": "A1", "B2": "A1", "A3": "B2", "B3": "A2"}
    rows = [(s, t, 5.0, 0.0) for s in sides for t in sides if s[0] != t[0]]
    edges = pd.DataFrame(rows, columns=["source", "target", "n_negative", "n_positive"]).sample(frac=1, random_state=1)
    cells = _matrix.cells_of(edges, "negative", 15, "blocks")
    order = [name[0] for name in cells.values.index]
    assert sum(a != b for a, b in zip(order, order[1:], strict=False)) == 1
    assert {(name[0], block) for name, block in cells.blocks.items()} == {("A", 1), ("B", 2)} or len(
        {block for name, block in cells.blocks.items() if name[0] == "A"}
    ) == 1
    parts = [line for line in plot.matrix(edges).collections if line.get_gid() == "block"]
    assert [len(p.get_segments()) for p in parts] == [1, 1]


def test_matrix_without_structure_has_no_blocks():
    ring = pd.DataFrame({"source": list("ABCDEF"), "target": list("BCDEFA"), "n_negative": 1.0, "n_positive": 0.0})
    assert not any(p.get_segments() for p in plot.matrix(ring).collections if p.get_gid() == "block")


def test_silhouette_by_hand():
    distance = np.array([[0, 1, 4, 4], [1, 0, 4, 4], [4, 4, 0, 1], [4, 4, 1, 0]], dtype="float64")
    assert _matrix._silhouette(distance, np.array([1, 1, 2, 2])) == pytest.approx(0.75)
    assert _matrix._silhouette(distance, np.array([1, 1, 1, 1])) == 0
    alone = _matrix._silhouette(distance, np.array([1, 1, 2, 3]))
    assert alone == pytest.approx((0.75 + 0.75 + 0 + 0) / 4)  # who is alone in a block counts as zero


def test_matrix_intervals_are_those_of_the_edges(analysis):
    edges = analysis.edges("negative").set_index(["source", "target"])
    low, high = edges.loc[("Ona Vell", "Tam Orr"), ["n_negative_low", "n_negative_high"]]
    ax = plot.matrix(analysis)
    shown = [t.get_text() for t in ax.texts if t.get_gid() == "interval"]
    assert len(shown) == 2 and span(low, high) in shown
    assert "95 % intervals" in said(ax)
    lines = {line.get_gid(): line for line in ax.lines}
    assert set(lines) == {f"{side} interval {k}" for side in ("row", "column") for k in (0, 1)}
    bare = plot.matrix(pd.DataFrame({"source": ["A"], "target": ["B"], "n_negative": [1.0], "n_positive": [0.0]}))
    assert not bare.lines and "interval" not in said(bare)  # a table may have none


def test_matrix_bars_are_as_long_as_their_sums():
    ax = plot.matrix(many(6, 20))
    table = ax.images[0].get_array().filled(0.0)
    bars = {p.get_gid(): p for p in ax.patches if p.get_gid()}
    wide = np.array([bars[f"row bar {k}"].get_width() for k in range(len(table))])
    assert wide / wide.max() == pytest.approx(table.sum(axis=1) / table.sum(axis=1).max())


def test_matrix_of_a_column_has_fewer_actors_and_no_numbers_that_cannot_be_read():
    small, large = plot.matrix(many(15, 90), width=3.3), plot.matrix(many(15, 90), width=9)
    assert len(small.get_yticklabels()) < len(large.get_yticklabels()) == 15
    assert not any(t.get_text() and not t.get_gid() for t in small.texts)
    assert len(small.figure.axes) == 2  # a colour bar
    inside(small.figure)


def test_matrix_n_and_annotate():
    edges = many(12, 60)
    table = _matrix.cells_of(edges, "negative", 4, "total").values
    assert len(set(table.index) | set(table.columns)) <= 4
    written = [t for t in plot.matrix(edges, n=4).texts if not t.get_gid()]
    assert len(written) == np.count_nonzero(table.to_numpy())
    bare = plot.matrix(edges, n=4, annotate=False)
    assert not [t for t in bare.texts if not t.get_gid()]
    assert len(bare.figure.axes) == 2  # a colour bar instead


def test_matrix_numbers_can_be_read():
    ax = plot.matrix(many(9, 70))
    image = ax.images[0]

    def luminance(color):
        rgb = np.array(to_rgb(color))
        return np.where(rgb <= 0.03928, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]

    for text in ax.texts:
        if not text.get_gid():
            column, row = text.get_position()
            background = image.cmap(image.norm(image.get_array()[int(row), int(column)]))[:3]
            light, dark = sorted([luminance(background), luminance(text.get_color())], reverse=True)
            assert (light + 0.05) / (dark + 0.05) > 3.8


def test_matrix_passes_options_on(analysis):
    ax = plot.matrix(analysis, cmap="Greys", alpha=0.5)
    assert ax.images[0].get_cmap().name == "Greys" and ax.images[0].get_alpha() == 0.5
    bars = [p.get_facecolor()[:3] for p in ax.patches if " bar " in str(p.get_gid())]
    assert bars and all(red == green == blue for red, green, blue in bars)


def test_matrix_of_a_table_split_by_outlet_adds_up(analysis):
    split = analysis.edges(by="outlet")
    before = split.copy(deep=True)
    assert cells(plot.matrix(split)) == cells(plot.matrix(analysis))
    pd.testing.assert_frame_equal(split, before)


def test_namesakes_are_two_actors():
    ax = plot.matrix(invented(names={"lind": "Ona Vell"}), polarity="net")
    assert {t.get_text() for t in ax.get_yticklabels()} == {"Ona Vell (1)", "Ona Vell (2)", "Tam Orr"}


@pytest.mark.parametrize("chart", [c for c in CHARTS if c != "timeline"])
def test_the_numbers_of_namesakes_are_explained_where_there_are_any(chart, analysis):
    draw = getattr(plot, chart)
    words = "(1), (2) …: different actors of one name"
    assert words in said(draw(invented(names={"orr": "Ona Vell"})))
    assert words not in said(draw(analysis))
    assert words not in said(draw(invented(names={"orr": "Alliance (1994)"})))


def test_panels_and_charts_to_point_at_explain_the_numbers_of_namesakes():
    namesakes = invented(names={"orr": "Ona Vell"})
    for kind in ("matrix", "balance", "sentiment"):
        assert "different actors of one name" in plot.multiples_figure(namesakes, kind=kind).get_supxlabel()
    pytest.importorskip("altair", reason='needs pip install "newslab[interactive]"')
    for chart in (plot.interactive.matrix, plot.interactive.balance, plot.interactive.outlets):
        assert "different actors of one name" in chart(namesakes).to_dict()["title"]["subtitle"]


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


def test_network_arrows_that_are_alone_bend_away_from_the_names():
    edges = pd.DataFrame(
        {"source": ["A", "C"], "target": ["B", "D"], "n_negative": [1.0, 0.0], "n_positive": [0.0, 1.0]}
    )
    ax = plot.network(edges)
    drawn = nodes(ax)
    for line in ax.lines:
        if line.get_gid():
            ends = [drawn[name].center for name in line.get_gid().split(": ")[1].split(" → ")]
            wide, tall = np.abs(np.subtract(*ends))
            assert wide > tall, "groups of two stand side by side"
            assert line.get_xydata()[:, 1].max() > max(y for _, y in ends)


@pytest.mark.parametrize("polarity", ["negative", "positive"])
def test_network_arrows_go_round_what_stands_in_their_way(polarity):
    ends = [_network._Node(np.array([x, 0.0]), 5, 20, 15) for x in (0.0, 400.0)]
    for alone in (True, False):
        usual = _network._curve(polarity, *ends, [], alone)
        middle = _network._Node(usual[120], 5, 20, 10)
        assert middle.covers(usual, 1).any()
        other = _network._curve(polarity, *ends, [middle], alone)
        assert not middle.covers(other, 1).any()
        assert alone or (other[1:-1, 1] < 0).all()  # of several between two actors each keeps its side


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
    arrows, n_weak, n_others, _ = _network._arrows(_common.pairs(analysis), 30, 0.7, None, None)
    assert arrows[["source", "target", "polarity"]].values.tolist() == [
        ["Ona Vell", "Tam Orr", "negative"],
        ["Bo Lind", "Tam Orr", "positive"],
    ]
    assert (n_weak, n_others) == (1, 0)
    assert _network._arrows(_common.pairs(many(20, 60)), 6, 0, None, None)[2] == 14
    assert "1 weaker arrow not shown" in plot.network(analysis, min_count=0.7).get_legend().get_title().get_text()
    assert len(nodes(plot.network(many(20, 60), n=6))) <= 6
    assert len(heads(plot.network(many(20, 200)))) == 40  # two an actor
    few = plot.network(many(20, 200), max_arrows=7)
    strongest = many(20, 200)[["n_negative", "n_positive"]].to_numpy().max()
    assert len(heads(few)) == 7
    assert any(t.get_text().startswith(f"{number(strongest)} art") for t in few.get_legend().get_texts())
    assert "lower min_count" in " ".join(texts(plot.network(analysis, min_count=50)))


def test_network_legend_names_what_is_drawn(analysis):
    words = " ".join(t.get_text() for t in plot.network(analysis).get_legend().get_texts())
    assert "criticizes" in words and "backs" in words and "articles" in words
    only = " ".join(t.get_text() for t in plot.network(analysis, polarity="positive").get_legend().get_texts())
    assert "backs" in only and "criticizes" not in only


def test_network_legend_has_intervals_and_fits(analysis):
    words = [t.get_text() for t in plot.network(analysis).get_legend().get_texts()]
    edge = analysis.edges().set_index(["source", "target"]).loc[("Ona Vell", "Tam Orr")]
    assert f"1.6 articles ({span(edge['n_negative_low'], edge['n_negative_high'])})" in words
    for width in (3.3, 5, 7, 10):
        ax = plot.network(many(12, 30), width=width)
        ax.figure.canvas.draw()
        box = ax.get_legend().get_window_extent()
        assert box.x0 >= 0 and box.x1 <= ax.figure.bbox.x1
        assert min(node.center[1] - node.radius for node in nodes(ax).values()) > box.height * 72 / ax.figure.dpi - 1


def test_network_shows_as_many_actors_as_there_is_room_for():
    small, large = plot.network(many(30, 90), width=3.3), plot.network(many(30, 90))
    assert len(nodes(small)) < 0.7 * len(nodes(large)) and len(nodes(large)) >= 29
    assert "more actor" in said(small)
    asked = plot.network(many(30, 90), n=20, width=3.3)
    assert 18 <= len(nodes(asked)) <= 20
    assert asked.texts[0].get_fontsize() < large.texts[0].get_fontsize()


def test_network_in_axes_of_a_layout_stays_inside():
    fig, (left, right) = plt.subplots(1, 2, figsize=(8, 4), layout="constrained")
    plot.network(many(10, 25), ax=left)
    plot.matrix(many(10, 25), ax=right)
    fig.canvas.draw()
    assert left.get_tightbbox().x1 <= right.get_tightbbox().x0 + 1
    inside(fig)


def test_network_passes_options_on(analysis):
    assert {line.get_alpha() for line in plot.network(analysis, alpha=0.3).lines} == {0.3}


def test_an_actor_who_attacks_itself_only():
    edges = pd.DataFrame({"source": ["A"], "target": ["A"], "n_negative": [2.0], "n_positive": [0.0]})
    assert any("no criticism" in t and "1 self-loop not shown" in t for t in texts(plot.network(edges)))
    assert cells(plot.matrix(edges)) == {("A", "A"): 2.0}


def test_a_network_of_parties_tells_of_what_they_say_of_themselves():
    edges = pd.DataFrame(
        {"source": ["A", "A", "B"], "target": ["A", "B", "A"], "n_negative": [2.0, 1, 0.1], "n_positive": 0.0}
    )
    note = plot.network(edges).get_legend().get_title().get_text()
    assert "1 weaker arrow and 1 self-loop not shown" in " ".join(note.split())


# Sentiment


def test_sentiment_values_intervals_and_unknown(analysis):
    ax = plot.sentiment(analysis)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Tam Orr (2)", "Ona Vell (3)"]
    drawn = ax.containers[0][0].get_xdata()
    assert drawn.tolist() == pytest.approx([-0.4, 0.5 / 3])
    speakers = analysis.speakers().set_index("speaker")
    ends = ax.containers[0][2][0].get_segments()[1][:, 0]
    assert ends.tolist() == pytest.approx(speakers.loc["Ona Vell", ["polarity_low", "polarity_high"]].tolist())
    assert "1 quotation without a known speaker" in said(ax)
    assert 0 in [line.get_xdata()[0] for line in ax.lines]


def test_sentiment_n_and_min_quotes(analysis):
    one = plot.sentiment(analysis, min_quotes=1)
    assert [t.get_text() for t in one.get_yticklabels()][-1] == "Bo Lind (1)"
    shown, more = _sentiment._rows(analysis.speakers(), 1, 2)
    assert (shown["speaker"].tolist(), more) == (["Ona Vell"], 1)
    assert "1 speaker more" in said(plot.sentiment(analysis, n=1))


def test_stance_stands_beside_tone(analysis):
    table = plot.table(analysis, "sentiment").set_index("speaker")
    # Vell: 0.75 in a1 and 0.8 in a2, all criticism; Lind: 0.9 in a3, support
    assert table.loc["Ona Vell", ["stance", "n_stances"]].tolist() == pytest.approx([-1, 1.55])
    assert table.loc["Bo Lind", ["stance", "n_stances"]].tolist() == pytest.approx([1, 0.9])
    assert table.loc["Ona Vell", "stance_low"] == -1 < table.loc["Ona Vell", "stance_high"] < 1
    tone, stance = plot.sentiment(analysis, min_quotes=1).containers
    assert stance[0].get_xdata().tolist() == pytest.approx([-1, -1, 1])
    assert (stance[0].get_ydata() < tone[0].get_ydata()).all()
    assert "stance" in said(plot.sentiment(analysis))
    without = plot.sentiment(analysis, stance=False)
    assert len(without.containers) == 1 and without.get_legend() is None


def test_stance_is_left_out_where_hardly_any_is_expected():
    weak = invented(stances=[("a1", "vell", "orr", "negative", 0.3), ("a2", "orr", "vell", "positive", 0.8)])
    stance = np.asarray(plot.sentiment(weak).containers[1][0].get_xdata(), dtype="float64")
    assert np.isnan(stance).tolist() == [False, True]  # Orr below, Vell above


def test_sentiment_of_a_table(analysis):
    speakers = analysis.speakers()
    labels = [[t.get_text() for t in plot.sentiment(x).get_yticklabels()] for x in (speakers, analysis)]
    assert labels[0] == labels[1]


def test_sentiment_all_unknown():
    ax = plot.sentiment(invented(quotes=[(None, 0.1)] * 3))
    assert "3 quotations without a known speaker" in " ".join(texts(ax))


# Timeline


def test_timeline_counts_months_without_gaps(analysis):
    counts, undated = _timeline._counts(analysis, None, None, "month", "sample")
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
    assert len(ax.lines) == 1 and ax.get_legend() is None
    by_alias = plot.timeline(analysis, source="Vell", target="orr", polarity="negative")
    assert by_alias.lines[0].get_ydata().tolist() == pytest.approx([1.55, 0, 0])


@pytest.mark.parametrize(("freq", "n"), [("MS", 3), ("month", 3), ("quarter", 1), ("year", 1), ("week", 10)])
def test_timeline_steps(freq, n, analysis):
    assert len(plot.timeline(analysis, freq=freq).lines[0].get_xdata()) == n


def test_timeline_marks_stand_in_the_middle_of_their_step(analysis):
    at = pd.to_datetime(plot.timeline(analysis).lines[0].get_xdata())
    assert at.strftime("%Y-%m").tolist() == ["2031-01", "2031-02", "2031-03"]
    assert set(at.day) <= {14, 15, 16}


def test_timeline_bands_cover_a_sample_or_this_corpus(analysis):
    sample = plot.table(analysis, "timeline").query("polarity == 'negative'")
    corpus = plot.table(analysis, "timeline", interval="corpus").query("polarity == 'negative'")
    assert sample["n_articles"].tolist() == corpus["n_articles"].tolist() == [2, 0, 1]
    assert corpus[["low", "high"]].iloc[0].tolist() == [1, 2]  # none at all has probability 0.25 * 0.08
    assert sample[["low", "high"]].iloc[0].tolist() == pytest.approx(of_sample(1.67, 0.75**2 + 0.92**2, 2))
    assert sample[["low", "high"]].iloc[1].isna().all()  # no articles, nothing to be expected
    assert sample["high"].iloc[2] > 0 == corpus["high"].iloc[2]
    assert "of articles like these" in said(plot.timeline(analysis))
    assert "in these articles" in said(plot.timeline(analysis, interval="corpus"))


EVENTS = {
    "Election": "2031-01-10",
    "Coalition signed": "2031-01-14",
    "Ferry aground": "2031-01-18",
    "Second reading of the dam bill": "2031-02-01",
    "Resignation": "2031-03-30",
    "Long ago": "2030-05-01",
}


@pytest.mark.parametrize("width", [3.3, 7.5])
def test_timeline_events_have_lines_and_labels_that_stay_apart(width, analysis):
    ax = plot.timeline(analysis, events=EVENTS, width=width)
    inside(ax.figure)
    labels = {t.get_text(): t for t in ax.texts if t.get_gid() == "event"}
    lines = {line.get_gid(): line for line in ax.lines if str(line.get_gid()).startswith("event")}
    assert len(labels) == len(lines) == 5 and "1 event outside these dates" in said(ax)
    boxes = {name: text.get_window_extent() for name, text in labels.items()}
    clear([*boxes.values(), ax.get_legend().get_window_extent()])
    for name, line in lines.items():
        x = ax.transData.transform((matplotlib.dates.date2num(line.get_xdata()[0]), 0))[0]
        top = boxes[name.removeprefix("event ")].y1  # a line ends where its label ends
        for other, box in boxes.items():
            if f"event {other}" != name:  # no line runs through a label
                assert not (box.x0 < x < box.x1 and box.y0 < top - 1)
    day = pd.Timestamp(next(iter(EVENTS.values())))
    assert pd.Timestamp(lines["event Election"].get_xdata()[0]) == day


def test_timeline_events_from_a_table(analysis):
    table = pd.DataFrame({"date": pd.to_datetime(["2031-02-01"]), "label": ["$5 fare"]})
    assert [t.get_text() for t in plot.timeline(analysis, events=table).texts if t.get_gid() == "event"] == [
        r"\$5 fare"
    ]
    day_first = plot.timeline(analysis, events={"Vote": "01.02.2031"})
    line = next(line for line in day_first.lines if line.get_gid() == "event Vote")
    assert pd.Timestamp(line.get_xdata()[0]) == pd.Timestamp("2031-02-01")
    with pytest.raises(ValueError, match="the event 'Vote' has the date '01/02/2031', which is no date such as"):
        plot.timeline(analysis, events={"Vote": "01/02/2031"})
    with pytest.raises(ValueError, match="'label' not found"):
        plot.timeline(analysis, events=table.rename(columns={"label": "name"}))
    with pytest.raises(TypeError, match="events takes"):
        plot.timeline(analysis, events=["2031-02-01"])
    with pytest.raises(ValueError, match="source and target take an Analysis"):
        plot.timeline(plot.table(analysis, "timeline"), source="Ona Vell")


def test_undated_articles_are_counted():
    undated = invented(stances=[*STANCES, ("a5", "vell", "board", "negative", 0.5)])
    assert "1 article without a date" in said(plot.timeline(undated))
    only = invented(stances=[("a5", "vell", "board", "negative", 0.5)])
    assert "1 article without a date" in " ".join(texts(plot.timeline(only)))


# Outlets


def rates(data, **options):
    table = plot.table(data, "outlets", **options)
    return {(r.label, r.outlet): pytest.approx(r.rate) for r in table.itertuples()}


def test_outlets_rates_per_100_articles(analysis):
    table = plot.table(analysis, "outlets", show="target")
    assert dict(zip(table["outlet"], table["n_articles"], strict=True)) == {"Gull": 2, "Courier": 1}
    assert rates(analysis, show="target") == {
        ("Tam Orr", "Gull"): 77.5, ("Tam Orr", "Courier"): 0, ("Ona Vell", "Gull"): 30, ("Ona Vell", "Courier"): 0,
    }  # fmt: skip
    ax = plot.outlets(analysis, show="target")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Tam Orr", "Ona Vell"]
    gull = next(line for line in ax.lines if line.get_label() == "Gull (2 articles)")
    assert gull.get_xdata().tolist() == pytest.approx([77.5, 30.0])
    assert "1 article without an outlet" in said(ax)


def test_outlets_show_who_criticizes_whom(analysis):
    assert rates(analysis)["Ona Vell → Tam Orr", "Gull"] == 77.5
    assert rates(analysis, show="source")["Tam Orr", "Gull"] == 30
    assert [t.get_text() for t in plot.outlets(analysis).get_yticklabels()] == [
        "Ona Vell → Tam Orr", "Tam Orr → Ona Vell",
    ]  # fmt: skip


def test_outlets_intervals_reach_up_where_nothing_was_found(analysis):
    table = plot.table(analysis, "outlets").set_index(["label", "outlet"])
    low, high = table.loc[("Ona Vell → Tam Orr", "Courier"), ["low", "high"]]
    assert low == 0 and high == pytest.approx(100 * of_sample(0, 0, 1)[1])
    corpus = plot.table(analysis, "outlets", interval="corpus").set_index(["label", "outlet"])
    assert corpus.loc[("Ona Vell → Tam Orr", "Courier"), "high"] == 0
    assert corpus.loc[("Ona Vell → Tam Orr", "Gull"), "high"] == 100
    drawn = [seg for lines in plot.outlets(analysis).collections for seg in lines.get_segments()]
    assert any(seg[1][0] == pytest.approx(high) for seg in drawn)


def test_outlets_two_sources_in_one_article_are_one_article():
    twice = invented(stances=[("a1", "vell", "orr", "negative", 0.5), ("a1", "lind", "orr", "negative", 0.5)])
    assert rates(twice, show="target")["Tam Orr", "Gull"] == 100 * 0.75 / 2


def test_outlets_that_one_names(analysis):
    ax = plot.outlets(analysis, show="target", targets=["Ona Vell", "Bo Lind", "Tam Orr"], names=["Gull"])
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Ona Vell", "Bo Lind", "Tam Orr"]
    assert len(ax.get_legend().get_texts()) == 1
    marks = next(line for line in ax.lines if line.get_label().startswith("Gull"))
    assert marks.get_xdata().tolist() == pytest.approx([30.0, 0.0, 77.5])
    assert "1 outlet more" in said(ax)
    assert len(plot.outlets(analysis, n=1).get_yticklabels()) == 1
    support = plot.outlets(analysis, show="target", polarity="positive")
    assert [t.get_text() for t in support.get_yticklabels()] == ["Tam Orr"]
    towards = plot.outlets(analysis, targets=["Ona Vell"])
    assert [t.get_text() for t in towards.get_yticklabels()] == ["Tam Orr → Ona Vell"]


# Balance


def test_balance_counts_articles_once_for_each_side(analysis):
    table = plot.table(analysis, "balance").set_index("actor")
    assert table.loc["Ona Vell", ["given", "taken"]].tolist() == pytest.approx([1.55, 0.6])
    assert table.loc["Tam Orr", ["given", "taken"]].tolist() == pytest.approx([0.6, 1.55])
    two = invented(stances=[("a1", "vell", "orr", "negative", 0.5), ("a1", "vell", "lind", "negative", 0.5)])
    assert plot.table(two, "balance").set_index("actor").loc["Ona Vell", "given"] == pytest.approx(0.75)


def test_balance_bars_stand_on_their_side(analysis):
    ax = plot.balance(analysis, actors=["Tam Orr", "Ona Vell", "Bo Lind"])
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Tam Orr", "Ona Vell", "Bo Lind"]
    given, taken = ([bar.get_width() for bar in bars] for bars in ax.containers)
    assert given == pytest.approx([0.6, 1.55, 0]) and taken == pytest.approx([-1.55, -0.6, 0])
    low, high = ax.get_xlim()
    assert low == -high
    ax.figure.canvas.draw()
    assert not any("−" in t.get_text() or "-" in t.get_text() for t in ax.get_xticklabels())
    assert "is criticized" in ax.get_xlabel() and ax.get_xlabel().index("is criticized") < ax.get_xlabel().index(
        "es  →"
    )


def test_balance_intervals(analysis):
    vell = plot.table(analysis, "balance").set_index("actor").loc["Ona Vell"]
    assert (vell["given_low"], vell["given_high"]) == pytest.approx(of_sample(1.55, 0.75**2 + 0.8**2, 4))
    corpus = plot.table(analysis, "balance", interval="corpus").set_index("actor").loc["Ona Vell"]
    assert (corpus["given_low"], corpus["given_high"]) == (0, 2)
    assert 0 == plot.table(analysis, "balance", actors=["Bo Lind"])["taken_low"][0]


def test_balance_order_polarity_and_what_is_left_out():
    rows = [("a1", "vell", "orr", "negative", 0.9), ("a2", "vell", "orr", "negative", 0.9),
            ("a3", "orr", "lind", "negative", 0.8), ("a5", "lind", "vell", "positive", 0.7)]  # fmt: skip
    data = invented(stances=rows)

    def order(**options):
        return [t.get_text() for t in plot.balance(data, **options).get_yticklabels()]

    assert order() == ["Tam Orr", "Ona Vell", "Bo Lind"]
    assert order(order="given")[0] == order(order="net")[0] == "Ona Vell"
    assert order(order="taken")[0] == "Tam Orr" and order(order="net")[-1] == "Tam Orr"
    assert order(polarity="positive") == ["Bo Lind", "Ona Vell"]
    assert "1 more actor with criticism not shown" in said(plot.balance(data, n=2))


# Small multiples


@pytest.mark.parametrize("kind", ["matrix", "balance", "timeline", "sentiment"])
def test_multiples_have_a_panel_for_each_value(kind, analysis):
    figure = plot.multiples_figure(analysis, by="outlet", kind=kind)
    figure.canvas.draw()
    panels = [ax for ax in figure.axes if ax.get_label().startswith("outlet")]
    assert [ax.get_label() for ax in panels] == ["outlet: Gull", "outlet: Courier"]
    assert [ax.get_title(loc="left") for ax in panels] == ["Gull (2)", "Courier (1)"]
    assert len({ax.get_xlim() for ax in panels}) == len({ax.get_ylim() for ax in panels}) == 1
    assert "1 article with no outlet" in figure.get_supxlabel().replace("\n", " ")
    clear([ax.get_tightbbox() for ax in panels])


def test_multiples_of_a_matrix_have_the_same_rows_and_colours(analysis):
    gull, courier = plot.multiples_figure(analysis, kind="matrix", polarity="positive").axes[:2]
    assert gull.images[0].get_clim() == courier.images[0].get_clim() == (0, pytest.approx(0.9))
    assert cells(courier, gull) == {("Bo Lind", "Tam Orr"): pytest.approx(0.9)} and cells(gull) == {}


def test_multiples_by_month_stand_in_time_and_can_be_chosen(analysis):
    labels = [ax.get_label() for ax in plot.multiples_figure(analysis, by="month", kind="balance").axes]
    assert labels == ["month: Jan 2031", "month: Mar 2031"]
    one = plot.multiples_figure(analysis, by="month", kind="balance", values=["2031-03"])
    assert [ax.get_label() for ax in one.axes] == ["month: Mar 2031"]
    with pytest.raises(ValueError, match="did you mean 'Gull'"):
        plot.multiples_figure(analysis, values=["Gul"])


def test_multiples_by_a_column_of_your_own_that_is_called_as_a_period_are_of_the_column(analysis):
    own = analysis._with(articles=analysis.articles.assign(year=[2029, 2031, 2031, 2031, 2031]))
    for options in ({}, {"values": [2031, 2029]}):
        figure = plot.multiples_figure(own, by="year", kind="balance", **options)
        assert [ax.get_label() for ax in figure.axes] == ["year: 2031", "year: 2029"]


def test_multiples_have_the_steps_and_the_columns_that_one_asks_for(analysis):
    monthly, yearly = (plot.multiples_figure(analysis, **options) for options in ({}, {"freq": "year", "columns": 1}))
    assert {len(line.get_xdata()) for ax in monthly.axes for line in ax.lines} == {3}  # January to March
    assert {len(line.get_xdata()) for ax in yearly.axes for line in ax.lines} == {1}
    assert "articles a year" in yearly.get_supxlabel().replace("\n", " ")
    assert [figure.axes[0].get_subplotspec().get_gridspec().ncols for figure in (monthly, yearly)] == [2, 1]


def test_multiples_by_party_have_what_its_members_say(analysis):
    parties = {"vell": "Harbour", "orr": "Reform", "lind": "Reform"}
    analysis.stances["source_party"] = analysis.stances["source_id"].map(parties)
    analysis.quotes["speaker_party"] = analysis.quotes["speaker_id"].map(parties)
    figure = plot.multiples_figure(analysis, by="party", kind="matrix")
    found = {ax.get_label(): cells(ax, figure.axes[0]) for ax in figure.axes if ax.get_label().startswith("party")}
    assert found == {
        "party: Harbour": {("Ona Vell", "Tam Orr"): pytest.approx(1.55)},
        "party: Reform": {("Tam Orr", "Ona Vell"): pytest.approx(0.6)},
    }
    assert len(plot.multiples_figure(analysis, by="party", kind="sentiment").axes) == 2


def test_multiples_explain_what_is_wrong(analysis):
    with pytest.raises(ValueError, match="needs an actor table"):
        plot.multiples_figure(analysis, by="party")
    with pytest.raises(ValueError, match="did you mean 'outlet'"):
        plot.multiples_figure(analysis, by="outlets")
    with pytest.raises(ValueError, match="did you mean 'matrix'"):
        plot.multiples_figure(analysis, kind="matrx")
    with pytest.raises(TypeError, match="takes an Analysis"):
        plot.multiples_figure(pd.DataFrame())
    assert not plt.get_fignums()


@pytest.mark.parametrize("kind", ["matrix", "balance", "timeline", "sentiment"])
def test_multiples_of_nothing(kind):
    figure = plot.multiples_figure(invented(stances=[], quotes=[]), kind=kind)
    figure.canvas.draw()
    assert any("nothing to show" in t for t in texts(figure.axes[0]))


@pytest.mark.parametrize("width", [3.3, 7])
def test_multiples_fit(width):
    for kind in ("balance", "matrix", "timeline", "sentiment"):
        inside(plot.multiples_figure(invented(names=LONG), kind=kind, width=width))


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


def test_names_that_would_look_alike_are_cut_elsewhere():
    papers = ["Lorvane Observer for the North", "Lorvane Observer for the North on Sunday", "Gull"]
    assert _common.shorts(papers) == ["Lorvane…North", "Lorvane…North on Sunday", "Gull"]
    numbers = [f"The Harbour Parish Newsletter No. {k} of the Province" for k in range(3)]
    assert _common.shorts(numbers, 22) == [f"The…{k} of the Province" for k in range(3)]
    assert _common.shorts(["Gull", "Gull", "x" * 40]) == ["Gull", "Gull", "x" * 27 + "…"]


def test_outlets_of_long_names_are_told_apart(analysis):
    names = {"Gull": "Lorvane Observer for the North", "Courier": "Lorvane Observer for the North on Sunday"}
    analysis.articles["outlet"] = analysis.articles["outlet"].replace(names)
    legend = [t.get_text() for t in plot.outlets(analysis).get_legend().get_texts()]
    panels = [ax.get_title(loc="left") for ax in plot.multiples_figure(analysis).axes]
    assert len(set(legend)) == 2 == len(set(panels))


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.01, "<0.1"), (-0.01, ">−0.1"), (1.25, "1.2"), (-3.0, "−3.0"), (1234.5, "1,234")]
)
def test_numbers(value, text):
    assert number(value) == text


@pytest.mark.parametrize(("low", "high", "text"), [(0, 4, "0–4"), (0.12, 3.94, "0.1–3.9"), (8.6, 12.4, "9–12")])
def test_spans(low, high, text):
    assert span(low, high) == text


def test_intervals_of_sums_are_those_of_cells_where_there_is_but_one():
    rows = pd.DataFrame({"from": "a", "article_id": range(30), "p": 1.0})
    low, high = _matrix._sums(rows, "from", 100).loc["a"]
    assert low == pytest.approx(30 - 1.96 * np.sqrt(100 * 0.3 * 0.7), abs=1.5)
    assert high == pytest.approx(30 + 1.96 * np.sqrt(100 * 0.3 * 0.7), abs=1.5)
    assert (low, high) == pytest.approx(of_number(np.ones(30), 100, "sample"))


def test_wrapped_text_keeps_its_words():
    text = "expected number of articles; lines are 95 % intervals"
    assert _common.wrap(text, 120, 8).split() == text.split() and "\n" in _common.wrap(text, 120, 8)
    assert _common.wrap(text, 1000, 8) == text


@pytest.mark.parametrize(
    ("at", "long", "rows", "turned"),
    [
        ([10, 100], [50, 50], [0, 0], [False, False]),
        ([10, 20, 30], [50, 50, 50], [2, 1, 0], [False, False, False]),  # the first highest: its line is leftmost
        ([250, 290], [15, 15], [0, 0], [False, True]),  # at the right border labels stand to the left
        ([240, 290], [55, 60], [0, 1], [True, True]),  # whose lines would run through each other's label
    ],
)
def test_rows_of_labels(at, long, rows, turned):
    assert _timeline._rows_of_labels(at, long, 300) == (rows, turned)


def test_events_too_close_for_labels_have_numbers_and_a_key(analysis):
    events = {f"Session {k} of the long inquiry": f"2031-01-{k:02d}" for k in range(8, 18)}
    ax = plot.timeline(analysis, events=events, width=3.3)
    inside(ax.figure)
    labels = [t for t in ax.texts if t.get_gid() == "event"]
    assert sorted(int(t.get_text()) for t in labels) == list(range(1, 11))
    assert "1: Session 8 of the long…; 2: Session 9" in said(ax)
    clear([t.get_window_extent() for t in labels[::4]])


def strangers(n):
    """A table of pairs that are equally strong and have nothing to do with each other; sources come first by name."""
    rows = [(f"Ada Vell {k:02}", f"Zoë Orr {k:02}", 1.0, 0.0) for k in range(n)]
    return pd.DataFrame(rows, columns=["source", "target", "n_negative", "n_positive"])


def test_equal_pairs_are_shown_as_pairs():
    cells = _matrix.cells_of(strangers(50), "negative", 15, "total")
    assert [x.split()[-1] for x in cells.values.index] == [x.split()[-1] for x in cells.values.columns]
    assert cells.values.shape == (7, 7) and cells.more == 86
    assert "86 more actors with criticism not shown" in said(plot.matrix(strangers(50)))
    assert "not shown" not in said(plot.matrix(strangers(3)))
    ax = plot.network(strangers(50))
    assert len(heads(ax)) == 15
    assert "70 more actors not shown" in said(ax)


def test_actors_shown_have_an_edge_to_another_shown():
    """Who gives much to many who take little has less to show than a pair that stands out."""
    rows = [(f"Ada Vell {k}", f"Zoë Orr {k} {j}", 0.5, 0.0) for k in range(9) for j in range(9)]
    rows += [("Bo Lind", "Tam Marsh", 1.0, 0.0)]
    edges = pd.DataFrame(rows, columns=["source", "target", "n_negative", "n_positive"])
    for n in (2, 3, 6, 40):
        table = _matrix.cells_of(edges.sample(frac=1, random_state=n), "negative", n, "total").values
        shown = set(table.index) | set(table.columns)
        assert {"Bo Lind", "Tam Marsh"} <= shown and n - 1 <= len(shown) <= n
        assert (table.sum(axis=1) > 0).all() and (table.sum(axis=0) > 0).all()


def test_network_of_strong_strangers_in_a_small_place():
    """The strongest few may have nothing to do with each other; the chart is not left empty for that."""
    hubs = [(f"Hub {h}", f"Leaf {h} {k} of a long name", 1.0, 0.0) for h in range(6) for k in range(5)]
    edges = pd.DataFrame(hubs, columns=["source", "target", "n_negative", "n_positive"])
    assert heads(plot.network(edges, width=2))


def test_charts_say_of_how_many_articles_they_are(analysis):
    edges = analysis.edges()  # of four articles; the fifth is a copy
    for data in (analysis, edges, edges[edges["n_negative"] > 0]):
        for chart in (plot.network, plot.matrix):
            assert "of articles (of 4" in said(chart(data))
    assert "(of 5)" in said(plot.matrix(analysis.edges(copies=True)))
    assert "(of 4)" in said(plot.balance(analysis))
    assert "(of " not in said(plot.network(pd.DataFrame(edges.to_dict("list"))))  # a table from elsewhere
    assert "a month has 0 to 2 articles" in said(plot.timeline(analysis))
    assert "a year has 3 articles" in said(plot.timeline(analysis, freq="year"))
    assert "a year has" not in said(plot.timeline(plot.table(analysis, "timeline").drop(columns="n_articles")))


@pytest.mark.parametrize("freq", ["month", "week", "day"])
@pytest.mark.parametrize("last", ["2031-03-20", "2031-05-30", "2032-10-30", "2033-12-20"])
@pytest.mark.parametrize("width", [2.4, 3.3, 7])
def test_a_timeline_of_any_length_has_dates(width, last, freq, analysis):
    analysis.articles.loc[analysis.articles["article_id"].eq("a4"), ["published", "duplicate_of"]] = [
        pd.Timestamp(last),
        None,
    ]
    ax = plot.timeline(analysis, freq=freq, width=width)
    inside(ax.figure)
    labels = [t for t in ax.get_xticklabels() if t.get_text()]
    assert 2 <= len(labels) <= 12
    clear([t.get_window_extent() for t in labels])


def test_a_label_beside_a_low_frame_stays_below_the_title(analysis):
    ax = plot.timeline(
        analysis, source="Ona Vell", target=["Tam Orr", "Bo Lind"], freq="quarter", polarity="negative", width=3
    )
    inside(ax.figure)
    clear([ax.yaxis.label.get_window_extent(), ax._left_title.get_window_extent()])


def test_a_timeline_names_actors_in_full():
    ax = plot.timeline(invented(), source="Vell", target=["orr", "Bo Lind"])
    assert ax.get_title(loc="left") == "Ona Vell → Tam Orr and Bo Lind"


def test_a_panel_of_undated_articles_is_not_said_to_hold_nothing(analysis):
    analysis.articles.loc[analysis.articles["outlet"].eq("Gull"), "published"] = pd.NaT
    gull, courier = plot.multiples_figure(analysis).axes[:2]
    assert "none with a date" in said(gull) and "none" not in said(courier)


def test_brackets_of_a_network_do_not_follow_on_brackets(analysis):
    assert "expected numbers of articles (of 4); 95 % intervals in brackets" in said(plot.network(analysis))
