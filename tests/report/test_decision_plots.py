"""Plots of decisions: what they draw is what the table says, and it can be read."""

import io
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text

import heemodel as hm
from heemodel.report import plots
from heemodel.report.plots.decision import plot_acceptability, plot_expected_loss, plot_frontier
from heemodel.report.plots.information import plot_enbs, plot_evpi, plot_evppi, plot_evsi
from heemodel.report.plots.marks import MARKS
from heemodel.report.plots.plane import plot_plane
from heemodel.report.plots.sensitivity import plot_stability, plot_tornado
from tests.decision.test_appraisal import psa

LONG = [
    "Usual care: intravenous thrombolysis with alteplase within 4.5 hours of onset",
    "Mechanical thrombectomy within 6 hours, drip and ship model of transfer",
    "Mechanical thrombectomy within 24 hours, selected by perfusion imaging",
    "Mobile stroke unit with direct transfer to a comprehensive centre",
    *("No reperfusion", "Tenecteplase", "Tenecteplase, then thrombectomy", "Helicopter", "Imaging", "Waiting"),
    *("Rehabilitation only (early supported discharge)", "Everything together"),
]
THRESHOLDS = np.linspace(0, 100_000, 51)


@pytest.fixture(autouse=True)
def figure():
    with plt.rc_context(plots.THEME):
        yield plt.figure(figsize=(6.8, 4.6))
    plt.close("all")


def curves(names, column="probability", scale=1.0):
    """A table of curves; the frontier is the second strategy from £20,000 on, the first before."""
    rows = [
        {
            "threshold": threshold,
            "strategy": name,
            column: scale * (1 + place + threshold / 1e5) / (len(names) + 2),
            "frontier": place == (threshold >= 20_000),
        }
        for place, name in enumerate(names)
        for threshold in THRESHOLDS
    ]
    return pd.DataFrame(rows)


def cloud(names, cost=3000.0, qaly=0.2, draws=30):
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"strategy": np.repeat(names, draws)})
    table["incremental_qaly"] = qaly * (1 + rng.standard_normal(len(table)))
    table["incremental_cost"] = cost * (1 + rng.standard_normal(len(table)))
    return table, table.groupby("strategy", sort=False).mean().reset_index()


def shares_of(names):
    return pd.DataFrame(
        [(name, one, 0.25) for name in names for one in ("north-east", "north-west", "south-east", "south-west")],
        columns=["strategy", "quadrant", "share"],
    )


def frontier(names, cost=(8000.0, 4000.0), qaly=(9.0, 0.5)):
    rng = np.random.default_rng(4)
    across = np.sort(rng.uniform(0, 1, len(names)))
    on = np.arange(len(names)) % 3 == 0
    table = {"strategy": names, "cost": cost[0] + cost[1] * (across + 0.3 * ~on), "qaly": qaly[0] + qaly[1] * across}
    return pd.DataFrame(table).assign(status=np.where(on, "on the frontier", "dominated"))


def bars(count):
    value = 1000.0 * np.random.default_rng(3).permutation(np.arange(1, count + 1))
    names = [f"Monthly probability of a recurrent stroke after discharge, age band {i}" for i in range(count)]
    return pd.DataFrame({"parameters": names, "evppi": value, "se": 100.0})


def tornado(count, base=4000.0):
    change = 100.0 * np.random.default_rng(3).permutation(np.arange(1, count + 1))
    table = {"parameter": [f"parameter {i}" for i in range(count)], "low": 0.0002, "high": "£45,000 per 90 days"}
    return pd.DataFrame(table | {"outcome_low": base - change, "outcome_high": base + 2 * change, "base": base})


def running(names):
    draws = np.arange(100, 5001, 100)
    one = pd.DataFrame({"draws": draws, "mean": 100.0, "lower": 100 - 1e3 / draws, "upper": 100 + 1e3 / draws})
    return pd.concat([one.assign(strategy=name) for name in names])


def samples(scale=1000.0, **columns):
    n = np.array([50, 100, 200, 400, 800, 1600])
    return pd.DataFrame({"n": n, "evsi": scale * n / (n + 300), "se": scale / 40, "evppi": scale, **columns})


def enbs(**columns):
    n = np.array([50, 100, 200, 400, 800, 1600])
    return pd.DataFrame({"n": n, "enbs": 2e7 * n / (n + 300) - 1e6 - 5000 * n, **columns})


def evpi_table(scale=1.0):
    return pd.DataFrame({"threshold": THRESHOLDS, "evpi": scale * THRESHOLDS / 100, "mcse": scale * 20.0})


def drawn_texts(ax):
    """Texts that are seen, with their boxes."""
    figure = ax.figure
    figure.draw_without_rendering()
    texts = [one for one in figure.findobj(Text) if one.get_text().strip() and one.get_visible()]
    ticks = {
        id(label): low <= tick.get_loc() <= high
        for axis in [axis for one in (ax, *ax.child_axes) for axis in (one.xaxis, one.yaxis)]
        for low, high in [sorted(axis.get_view_interval())]
        for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]
        for label in (tick.label1, tick.label2)
    }
    return [one for one in texts if ticks.get(id(one), True)]


def lines(ax):
    """Lines with names, by name."""
    return {line.get_label(): line for line in ax.lines if not line.get_label().startswith("_")}


def ticks(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


PLANES = {count: [*cloud(LONG[1 : count + 1]), shares_of(LONG[1 : count + 1])] for count in (1, 4, 11)}
AWKWARD = {
    "a plane of one": lambda: plot_plane(*PLANES[1][:2], shares=PLANES[1][2], threshold=25_000),
    "a plane of four": lambda: plot_plane(*PLANES[4][:2], shares=PLANES[4][2], threshold=25_000),
    "a plane of eleven": lambda: plot_plane(*PLANES[11][:2], shares=PLANES[11][2], threshold=25_000),
    "a tiny plane": lambda: plot_plane(*cloud(["a", "b"], -20_000, 0.0002), threshold=25_000),
    "two curves": lambda: plot_acceptability(curves(["a", "b"]), thresholds=[25_000, 35_000]),
    "twelve curves": lambda: plot_acceptability(curves(LONG), thresholds=[25_000, 35_000]),
    "twelve curves alike": lambda: plot_acceptability(curves(LONG).assign(probability=1 / 12)),
    "twelve losses": lambda: plot_expected_loss(curves(LONG, "expected_loss", 40_000)),
    "a frontier of two": lambda: plot_frontier(frontier(["a", "b"])),
    "a frontier of twelve": lambda: plot_frontier(frontier(LONG)),
    "a tiny frontier": lambda: plot_frontier(frontier(LONG, (-20_000, 40), (9.8712, 0.0003))),
    "EVPI of millions": lambda: plot_evpi(evpi_table(), population=1_234_567, thresholds=[25_000]),
    "EVPI of pence": lambda: plot_evpi(evpi_table(0.0001)),
    "EVPPI of one": lambda: plot_evppi(bars(1), evpi=2000.0),
    "EVPPI of five": lambda: plot_evppi(bars(5), evpi=9000.0),
    "EVPPI of sixty": lambda: plot_evppi(bars(60), evpi=70_000.0),
    "EVSI": lambda: plot_evsi(samples()),
    "EVSI of three": lambda: plot_evsi(pd.concat([samples(990.0 + i, study=LONG[i]) for i in range(3)])),
    "ENBS": lambda: plot_enbs(enbs(se=1e5)),
    "ENBS of three": lambda: plot_enbs(pd.concat([enbs(study=name) for name in LONG[:3]])),
    "a tornado of one": lambda: plot_tornado(tornado(1)),
    "a tornado of sixty": lambda: plot_tornado(tornado(60, base=-4000.0)),
    "a tornado of millions": lambda: plot_tornado(tornado(6).replace(4000.0, 4e7)),
    "stability": lambda: plot_stability(running(["a"]).drop(columns="strategy")),
    "stability of eleven": lambda: plot_stability(running(LONG[1:])),
}


@pytest.mark.parametrize("draw", AWKWARD.values(), ids=AWKWARD.keys())
def test_texts_are_large_enough_whole_and_do_not_cover_each_other(draw):
    ax = draw()
    texts = drawn_texts(ax)
    page = ax.figure.bbox.padded(1)
    boxes = []
    for text in texts:
        assert text.get_fontsize() >= 8.5
        box = Text.get_window_extent(text)  # of an annotation without its leader
        assert page.x0 <= box.x0
        assert page.y0 <= box.y0
        assert box.x1 <= page.x1
        assert box.y1 <= page.y1
        boxes.append((text.get_text(), box.padded(-1.5)))
    for (one, first), (other, second) in combinations(boxes, 2):
        assert not first.overlaps(second), (one, other)


def test_what_stands_beside_the_axes_covers_no_data():
    ax = plot_acceptability(curves(LONG), thresholds=[25_000])
    ax.figure.draw_without_rendering()
    inside = ax.get_window_extent().padded(-1)
    names = [text for text in ax.texts if text.get_text()]
    assert len(names) == len(LONG)
    keys = [one for one in ax.get_children() if type(one).__name__ == "Legend"]
    assert not any(one.get_window_extent().overlaps(inside) for one in [*names, *keys])


def test_a_table_without_what_is_drawn_says_so():
    with pytest.raises(
        hm.decision.OutcomeError, match=r"plot\.evpi has no column 'evpi', 'mcse'; it has threshold, value"
    ):
        plot_evpi(pd.DataFrame({"threshold": [0.0], "value": [1.0]}))
    with pytest.raises(hm.decision.OutcomeError, match=r"plot\.evppi has no rows"):
        plot_evppi(bars(3).head(0))
    with pytest.raises(hm.decision.OutcomeError, match=r"'evppi' holds object; give numbers\n.*'se' holds 1 values"):
        plot_evppi(bars(2).assign(evppi=["a", 1], se=[np.nan, 1.0]).astype({"evppi": object}))
    for plot in (plot_acceptability, plot_expected_loss, plot_frontier, plot_evsi, plot_enbs, plot_tornado):
        with pytest.raises(
            hm.decision.OutcomeError, match=f"the table of {plot.__name__.replace('plot_', 'plot.')} has no column"
        ):
            plot(pd.DataFrame({"x": [1]}))
    with pytest.raises(
        hm.decision.OutcomeError, match=r"plot\.stability has no column 'draws', 'mean', 'lower', 'upper'"
    ):
        plot_stability(pd.DataFrame({"x": [1]}))
    with pytest.raises(hm.decision.OutcomeError, match=r"plot\.plane \(means\) has no column"):
        plot_plane(cloud(["a"])[0], pd.DataFrame({"x": [1]}), threshold=1)


def test_a_table_of_several_analyses_is_refused():
    twice = pd.concat([bars(2), bars(2)])
    with pytest.raises(hm.decision.OutcomeError, match=r"'Monthly .*' twice; select the rows of one threshold"):
        plot_evppi(twice)
    with pytest.raises(hm.decision.OutcomeError, match=r"has strategy 'a', threshold 0 twice"):
        plot_acceptability(pd.concat([curves(["a"]), curves(["a"])]))
    with pytest.raises(hm.decision.OutcomeError, match="base 1 and 2; draw one outcome"):
        plot_tornado(tornado(2).assign(base=[1.0, 2.0]))
    with pytest.raises(hm.decision.OutcomeError, match=r"has study 'EVSI', n 50 twice"):
        plot_evsi(pd.concat([samples(), samples()]))


def test_strategies_are_told_apart_by_more_than_colour():
    looks = {(str(mark.dash), mark.marker) for mark in MARKS}
    assert len(looks) == len({mark.marker for mark in MARKS}) == len({mark.colour for mark in MARKS}) == 12
    ax = plot_acceptability(curves(LONG))
    assert len({(line.get_marker(), str(line.get_linestyle())) for line in lines(ax).values()}) == 12


def test_colours_stand_out_from_white():
    def luminance(colour):
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
        return np.dot([0.2126, 0.7152, 0.0722], linear)

    assert min(1.05 / (luminance(mark.colour) + 0.05) for mark in MARKS) >= 3


def test_a_strategy_looks_the_same_wherever_it_is_drawn():
    names = ["a", "b", "c"]
    curve = lines(plot_acceptability(curves(["c", "a"]), order=names))["c"]
    plt.figure()
    loss = lines(plot_expected_loss(curves(names, "expected_loss"), order=names))["c"]
    plt.figure()
    point = lines(plot_frontier(frontier(["c", "b"]), order=names))["c"]
    assert curve.get_color() == loss.get_color() == point.get_markeredgecolor() == MARKS[2].colour
    assert curve.get_marker() == loss.get_marker() == point.get_marker() == MARKS[2].marker


def test_a_strategy_that_is_not_in_the_order_or_one_too_many_is_refused():
    with pytest.raises(
        hm.decision.OutcomeError, match=r"strategy 'newcare' is not in the order given; did you mean 'new care'\?"
    ):
        plot_acceptability(curves(["old", "newcare"]), order=["old", "new care"])
    with pytest.raises(hm.decision.OutcomeError, match="13 strategies on a plot; at most 12"):
        plot_frontier(frontier([*LONG, "one more"]))


def test_the_plane_has_its_threshold_through_the_origin_and_zero_in_its_middle():
    points, means = cloud(["new", "other"])
    ax = plot_plane(points, means, threshold=25_000)
    (line,) = [one for one in ax.lines if one.get_linestyle() == "--"]
    x, y = line.get_data()
    np.testing.assert_allclose(y, 25_000 * x)
    assert 0.0 in x
    assert "£25,000 per QALY" in [text.get_text() for text in ax.texts]
    assert sum(ax.get_xlim()) == sum(ax.get_ylim()) == 0
    assert ax.get_xlabel() == "Incremental QALYs per person"
    assert ax.get_ylabel() == "Incremental cost per person"


def test_the_plane_draws_every_point_and_the_means_as_they_are_given():
    points, means = cloud(["new", "other"])
    means["incremental_cost"] = [1.0, 2.0]  # not the means of the points
    ax = plot_plane(points, means, threshold=None, limits=(1.0, 10_000.0))
    dots = [one for one in ax.collections if len(one.get_offsets()) == 30]
    np.testing.assert_array_equal(np.concatenate([one.get_offsets() for one in dots]), points.iloc[:, 1:])
    marked = {float(line.get_ydata()[0]) for line in ax.lines if len(line.get_xdata()) == 1}
    assert marked == {1.0, 2.0}
    assert ax.get_xlim() == (-1.0, 1.0)
    assert not ax.texts


@pytest.mark.parametrize(("share", "text"), [(0.0, "<1%"), (0.123, "12%"), (1.0, ">99%")])
def test_quadrant_shares_stand_in_their_corners(share, text):
    shares = pd.DataFrame({"strategy": ["new"], "quadrant": ["south-east"], "share": [share]})
    ax = plot_plane(*cloud(["new"]), shares=shares, threshold=25_000)
    ax.figure.draw_without_rendering()
    (found,) = [one for one in ax.findobj(Text) if one.get_text() == text]
    x, y = ax.transAxes.inverted().transform(found.get_window_extent().min)
    assert x > 0.85
    assert y < 0.1


def test_quadrants_of_many_strategies_stand_with_their_names():
    ax = plot_plane(*PLANES[11][:2], shares=PLANES[11][2], threshold=25_000)
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts[3] == "No reperfusion\nNE 25%, NW 25%, SE 25%, SW 25%"
    assert len(texts) == 11


def test_an_unknown_quadrant_is_refused():
    shares = pd.DataFrame({"strategy": ["new"], "quadrant": ["up"], "share": [1.0]})
    with pytest.raises(hm.decision.OutcomeError, match="no quadrant 'up'; use north-west, north-east"):
        plot_plane(*cloud(["new"]), shares=shares, threshold=25_000)


def test_a_plane_on_which_nothing_differs_is_drawn():
    points, means = cloud(["new"], cost=0.0, qaly=0.0)
    assert plot_plane(points, means, threshold=25_000).get_xlim() == (-1.0, 1.0)


def test_acceptability_has_its_axes_and_the_curves_of_the_table():
    table = curves(["old", "new"])
    kept = table.copy()
    ax = plot_acceptability(table, thresholds=[25_000, 35_000])
    assert ax.get_ylabel() == "Probability most cost-effective"
    assert ax.get_xlabel() == "Willingness to pay per QALY"
    np.testing.assert_allclose(ax.get_yticks(), [0, 0.2, 0.4, 0.6, 0.8, 1])
    assert ax.get_xlim() == (0, 100_000)
    for name, line in lines(ax).items():
        np.testing.assert_array_equal(line.get_ydata(), table.loc[table["strategy"] == name, "probability"])
    dotted = [line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == ":" and line.get_ydata()[0] == 0]
    assert {25_000, 35_000} <= set(dotted)
    assert "£25,000 and £35,000 per QALY" in [text.get_text() for text in ax.findobj(Text)]
    pd.testing.assert_frame_equal(table, kept)


def test_the_frontier_is_a_band_along_its_strategies_only():
    ax = plot_acceptability(curves(["old", "new"]))
    bands = [line for line in ax.lines if line.get_linewidth() == 8]
    seen = [np.asarray(band.get_xdata())[np.isfinite(np.asarray(band.get_ydata()))] for band in bands]
    np.testing.assert_array_equal(seen[0], THRESHOLDS[THRESHOLDS < 20_000])
    np.testing.assert_array_equal(seen[1], THRESHOLDS[THRESHOLDS >= 20_000])


def test_panels_can_leave_names_to_a_common_legend():
    ax = plot_acceptability(curves(["old", "new"]), thresholds=[25_000], legend=False)
    assert not ax.texts
    assert ax.get_legend_handles_labels()[1] == ["old", "new"]


def test_names_follow_the_ends_of_their_lines():
    ax = plot_acceptability(curves(["low", "middle", "high"]))
    ax.figure.draw_without_rendering()
    assert sorted(ax.texts, key=lambda text: text.get_window_extent().y0) == list(ax.texts)
    assert [text.get_text() for text in ax.texts] == ["low", "middle", "high"]


def test_expected_loss_is_logarithmic_and_its_lowest_curve_is_the_evpi():
    table = curves(["old", "new"], "expected_loss", 1000)
    ax = plot_expected_loss(table)
    assert ax.get_yscale() == "log"
    (band,) = [line for line in ax.lines if line.get_linewidth() == 8]
    np.testing.assert_array_equal(band.get_ydata(), table.loc[table["strategy"] == "old", "expected_loss"])
    assert "Lowest curve: EVPI" in [text.get_text() for text in ax.findobj(Text)]


def test_losses_of_zero_are_seen():
    table = curves(["old", "new"], "expected_loss", 1000)
    table.loc[table["threshold"] < 20_000, "expected_loss"] = 0.0
    ax = plot_expected_loss(table)
    assert ax.get_yscale() == "symlog"
    assert ax.get_ylim()[0] == 0
    ax.figure.draw_without_rendering()
    assert "£0" in ticks(ax)


def test_the_frontier_joins_strategies_that_are_not_dominated_and_others_are_hollow():
    table = frontier(LONG[4:9])
    ax = plot_frontier(table)
    joined = table[table["status"] == "on the frontier"].sort_values("qaly")
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), joined[["qaly", "cost"]])
    hollow = {name for name, line in lines(ax).items() if line.get_markerfacecolor() == "white"}
    assert hollow == set(table.loc[table["status"] == "dominated", "strategy"])
    assert len(lines(ax)) == len(ax.texts) == 5
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("QALYs per person", "Cost per person")


def test_names_on_the_frontier_cover_no_point():
    table = frontier(LONG)
    ax = plot_frontier(table)
    ax.figure.draw_without_rendering()
    places = ax.transData.transform(table[["qaly", "cost"]])
    for text in ax.texts:
        box = Text.get_window_extent(text)
        assert not any(box.contains(x, y) for x, y in places), text.get_text()


def test_the_same_table_gives_the_same_file():
    def file():
        text = io.StringIO()
        figure = plt.figure()
        plot_plane(*cloud(["new"]), threshold=25_000)
        figure.savefig(text, format="svg", metadata={"Date": None})
        return text.getvalue()

    assert file() == file()


def test_a_comparison_is_drawn_as_its_plane_is():
    outcomes, _ = psa(300)
    cea = hm.CostEffectiveness(outcomes, comparator="old")
    ax = plot_plane(cea, threshold=25_000)
    plane = cea.plane()
    marked = {float(line.get_ydata()[0]) for line in ax.lines if len(line.get_xdata()) == 1}
    assert marked == set(plane.means["incremental_cost"])
    plt.figure()
    assert len(plot_plane(plane, threshold=25_000).collections) == len(ax.collections)
    ax.figure.draw_without_rendering()
    assert any("%" in text.get_text() for text in ax.findobj(Text))


def test_points_without_their_means_and_means_beside_a_plane_are_refused():
    points, means = cloud(["new"])
    with pytest.raises(hm.decision.OutcomeError, match=r"needs the means beside the points; give cea\.plane\(\)"):
        plot_plane(points, threshold=25_000)
    outcomes, _ = psa(100)
    with pytest.raises(hm.decision.OutcomeError, match="has the means and shares of the analysis already"):
        plot_plane(hm.CostEffectiveness(outcomes, comparator="old"), means, threshold=25_000)


def test_the_label_of_the_threshold_stands_clear_of_its_line():
    ax = plot_plane(*cloud(["new"]), threshold=25_000)
    ax.figure.draw_without_rendering()
    (text,) = [one for one in ax.texts if "per QALY" in one.get_text()]
    x, y = text.get_transform().transform(text.get_position())
    on_line = ax.transData.transform(text.get_position())
    assert x < on_line[0]
    assert y > on_line[1]


def test_each_plot_has_a_figure_of_its_own():
    first, second = plot_evppi(bars(2)), plot_evppi(bars(2))
    assert first.figure is not second.figure
    assert plot_evppi(bars(2), ax=first) is first
