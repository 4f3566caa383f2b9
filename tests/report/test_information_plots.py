"""Plots of information and of sensitivity: bars in their order, curves and limits as the table gives them."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import heemodel as hm
from heemodel.decision.information.partial import COULD_BE_NOISE
from heemodel.report import plots
from heemodel.report.plots.information import plot_enbs, plot_evpi, plot_evppi, plot_evsi
from heemodel.report.plots.sensitivity import plot_stability, plot_tornado
from tests.decision.test_appraisal import psa


@pytest.fixture(autouse=True)
def figure():
    with plt.rc_context(plots.THEME):
        yield plt.figure(figsize=(6.8, 4.6))
    plt.close("all")


EVPI = pd.DataFrame({"threshold": [0.0, 20_000.0, 50_000.0], "evpi": [1.0, 300.0, 200.0], "mcse": [0.5, 10.0, 20.0]})
EVPPI = pd.DataFrame({"parameters": ["a", "b", "c"], "evppi": [20.0, 300.0, 0.0], "se": [2.0, 10.0, 0.0]})
EVSI = pd.DataFrame({"n": [50, 100, 400], "evsi": [100.0, 150.0, 280.0], "se": 5.0, "evppi": 300.0})
ENBS = pd.DataFrame({"n": [400, 50, 100], "enbs": [1e6, -2e5, 2.5e6]})
TORNADO = pd.DataFrame(
    {
        "parameter": ["small", "large", "one-sided"],
        "low": [0.1, 0.2, 1000.0],
        "high": [0.3, 0.4, 2000.0],
        "outcome_low": [90.0, 200.0, 110.0],
        "outcome_high": [105.0, 20.0, 150.0],
        "base": 100.0,
    }
)
STABILITY = pd.DataFrame(
    {"draws": [100, 200, 300], "mean": [9.0, 11.0, 10.0], "lower": [5.0, 8, 9], "upper": [13.0, 14, 11]}
)


def texts(ax):
    return [text.get_text() for text in ax.figure.findobj(Text) if text.get_text()]


def widths(ax):
    return [(bar.get_x(), bar.get_width()) for bar in ax.patches]


def test_evpi_is_drawn_with_the_band_of_its_error():
    ax = plot_evpi(EVPI.sample(frac=1, random_state=1), thresholds=[20_000])
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), EVPI[["threshold", "evpi"]])
    corners = ax.collections[0].get_paths()[0].vertices
    assert (20_000.0, 300 + 19.6) in [tuple(corner) for corner in corners]
    assert (20_000.0, 300 - 19.6) in [tuple(corner) for corner in corners]
    assert ax.get_ylim()[0] == 0
    assert ax.get_ylabel() == "EVPI per person"
    assert "£20,000 per QALY" in texts(ax)


def test_evpi_of_the_population_has_an_axis_of_its_own():
    ax = plot_evpi(EVPI, population=1_000_000)
    (right,) = ax.child_axes
    ax.figure.draw_without_rendering()
    assert right.get_ylabel() == "EVPI for 1,000,000 people"
    np.testing.assert_allclose(right.get_ylim(), 1e6 * np.array(ax.get_ylim()))
    assert "£200m" in [label.get_text() for label in right.get_yticklabels()]
    with pytest.raises(hm.decision.OutcomeError, match="population is 0; give a number of people above 0"):
        plot_evpi(EVPI, population=0)


def test_evppi_bars_are_sorted_and_the_evpi_is_a_labelled_line():
    ax = plot_evppi(EVPPI, evpi=1234.5)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["b", "a", "c"]
    assert widths(ax) == [(0, 300), (0, 20), (0, 0)]
    low, high = ax.get_ylim()
    assert low > high  # the first on top
    assert 1234.5 in [line.get_xdata()[0] for line in ax.lines]
    assert "EVPI £1,234" in texts(ax)
    assert ax.get_xlim()[0] == 0
    assert ax.get_xlim()[1] > 1234.5


def test_evppi_bars_that_are_left_out_are_counted():
    many = pd.DataFrame({"parameters": [f"p{i:02}" for i in range(60)], "evppi": np.arange(60.0), "se": 0.0})
    ax = plot_evppi(many)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert len(ax.patches) == 20
    assert names[0] == "p59"
    assert names[19] == "p40"
    assert names[20] == "40 more, each £39.00 at most"


def test_the_tornado_has_its_widest_bar_on_top_and_starts_at_the_base():
    ax = plot_tornado(TORNADO, outcome="Net saving per person")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["large", "one-sided", "small"]
    assert widths(ax) == [(100, 100), (100, -80), (100, 50), (100, 10), (100, -10), (100, 5)]
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [True, False, False, True, True, False]
    assert ax.get_xlabel() == "Net saving per person"
    assert "base case £100" in texts(ax)
    assert [line.get_xdata()[0] for line in ax.lines] == [100]


def test_ends_of_the_tornado_say_the_values_of_the_parameter():
    ax = plot_tornado(TORNADO)
    said = [(text.get_text(), text.xy[0], text.get_ha()) for text in ax.texts]
    assert said[:2] == [("0.2", 200, "left"), ("0.4", 20, "right")]
    assert said[2:4] == [("2,000", 150, "left"), ("low 1,000", 100, "right")]  # both raise the outcome
    assert said[4:] == [("0.1", 90, "right"), ("0.3", 105, "left")]


def test_a_parameter_that_moves_nothing_has_both_its_values_beside_the_base():
    ax = plot_tornado(TORNADO.head(1).assign(outcome_low=100.0, outcome_high=100.0))
    assert [(text.get_text(), text.get_ha()) for text in ax.texts] == [("0.1", "left"), ("high 0.3", "right")]


def test_an_outcome_that_turns_in_between_is_seen_and_counts_for_the_order():
    turning = TORNADO.assign(lowest=TORNADO[["outcome_low", "outcome_high"]].min(axis=1), highest=[400.0, 200.0, 150.0])
    ax = plot_tornado(turning)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["small", "large", "one-sided"]
    (between,) = [line for line in ax.lines if len(set(line.get_ydata())) == 1]
    assert list(between.get_xdata()) == [90, 400]
    assert [(text.get_text(), text.xy[0]) for text in ax.texts[:2]] == [("0.1", 90), ("0.3", 400)]
    assert "in between" in texts(ax)


def test_bars_of_the_tornado_that_are_left_out_are_counted():
    ax = plot_tornado(TORNADO, most=1)
    assert len(ax.patches) == 2
    assert [label.get_text() for label in ax.get_yticklabels()] == ["large", "2 more, each £40.00 at most"]


def test_evsi_rises_towards_the_evppi():
    ax = plot_evsi(EVSI)
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), EVSI[["n", "evsi"]])
    np.testing.assert_array_equal(ax.lines[1].get_xydata(), EVSI[["n", "evppi"]])
    assert [text.get_text() for text in ax.texts] == ["EVSI", "EVPPI"]
    assert ax.get_ylim()[0] == 0
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Sample size n", "EVSI per person")


def test_studies_are_drawn_apart():
    ax = plot_evsi(pd.concat([EVSI.assign(study="trial"), EVSI.assign(study="register", evsi=1.0, evppi=2.0)]))
    assert [text.get_text() for text in ax.texts] == ["register", "register: EVPPI", "trial", "trial: EVPPI"]
    assert len(ax.collections) == 2


def test_the_best_sample_size_is_marked():
    ax = plot_enbs(ENBS)
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [50, 100, 400])
    (star,) = [line for line in ax.lines if line.get_marker() == "*"]
    assert (star.get_xdata()[0], star.get_ydata()[0]) == (100, 2.5e6)
    assert [text.get_text() for text in ax.texts] == ["ENBS\nbest n 100: £2.5m"]
    assert not ax.collections  # no band without se
    plt.figure()
    assert len(plot_enbs(ENBS.assign(se=1e5)).collections) == 1


def test_stability_has_the_running_mean_and_its_interval():
    ax = plot_stability(STABILITY, outcome="Net saving")
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), STABILITY[["draws", "mean"]])
    corners = {tuple(corner) for corner in ax.collections[0].get_paths()[0].vertices}
    assert {(100.0, 5.0), (100.0, 13.0), (300.0, 9.0), (300.0, 11.0)} <= corners
    assert [text.get_text() for text in ax.texts] == ["Mean: £10.00"]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_xlim()) == ("Samples", "Net saving", (100, 300))


@pytest.mark.parametrize(
    ("plot", "table"),
    [
        *((plot_evpi, EVPI), (plot_evppi, EVPPI), (plot_evsi, EVSI), (plot_enbs, ENBS)),
        *((plot_tornado, TORNADO), (plot_stability, STABILITY)),
    ],
)
def test_plots_draw_where_they_are_told_and_leave_their_table_as_it_is(plot, table):
    kept = table.copy()
    given = plt.figure().add_subplot()
    elsewhere = plt.figure().add_subplot()
    assert plot(table, ax=given) is given
    assert not elsewhere.lines
    assert given.figure.get_layout_engine() is None  # a figure of the caller's is left as it is
    pd.testing.assert_frame_equal(table, kept)


# what the analysis gives is drawn as it is


def analysed():
    """Outcomes, their comparison, draws and the net benefit of new."""
    outcomes, draws = psa(300)
    cea = hm.CostEffectiveness(outcomes, comparator="old")
    draws = draws.assign(where=np.where(draws["price"] > 1_500, "home", "ward"))
    return cea, draws, cea.incremental_net_benefit("new", threshold=20_000)


def test_tables_of_the_analysis_are_drawn_as_they_are():
    cea, draws, benefit = analysed()
    thresholds = np.linspace(0, 50_000, 11)
    ranges = {"effect": (0.0, 0.2, "a trial"), "price": (1_000.0, 2_000.0, "a list")}
    central = {"effect": 0.1, "price": 1_500.0}
    for draw, given in (
        (hm.plot.acceptability, cea.acceptability(thresholds)),
        (hm.plot.expected_loss, cea.expected_loss(thresholds)),
        (hm.plot.evpi, cea.evpi(thresholds)),
        (hm.plot.evpi, cea.evpi(thresholds).to_dataframe()),
        (hm.plot.frontier, cea.incremental_table()),
        (hm.plot.evppi, hm.voi.evppi_each(cea, draws, thresholds=20_000)),
        (hm.plot.tornado, hm.sensitivity.tornado(benefit, draws)),
        (hm.plot.tornado, hm.sensitivity.one_way(lambda p: 20_000 * p["effect"] - p["price"], central, ranges)),
        (hm.plot.stability, hm.decision.cumulative_mean(benefit)),
    ):
        plt.figure()
        draw(given).figure.draw_without_rendering()


def test_an_array_is_drawn_like_its_table():
    cea, *_ = analysed()
    thresholds = np.linspace(0, 50_000, 11)
    curve = plot_evpi(cea.evpi(thresholds)).lines[0].get_xydata()
    np.testing.assert_allclose(curve, np.stack([thresholds, cea.evpi(thresholds)], 1))


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("base", "base case £100"),
        ("mean", "mean of all samples £100"),
        ("outcome_central", "at the central values £100"),
    ],
)
def test_the_tornado_says_what_its_bars_start_from(column, said):
    assert said in texts(plot_tornado(TORNADO.rename(columns={"base": column})))


def test_a_mean_is_rounded_to_its_error():
    table = TORNADO.rename(columns={"base": "mean"}).assign(mean_se=30.0)
    assert "mean of all samples £100" in texts(plot_tornado(table.assign(mean=104.0)))


def test_bars_that_could_be_noise_are_pale():
    ax = plot_evppi(EVPPI.assign(check=["passed", "passed", COULD_BE_NOISE]))
    colours = [bar.get_facecolor() for bar in ax.patches]
    assert colours[0] == colours[1] != colours[2]
    assert "could be noise" in texts(ax)
    plt.figure()
    assert "could be noise" not in texts(plot_evppi(EVPPI.assign(check="passed")))


def test_what_is_no_table_is_refused_with_what_to_give():
    with pytest.raises(
        hm.decision.OutcomeError, match=r"plot\.evpi cannot draw a list; give a table with columns evpi, mcse, thr"
    ):
        plot_evpi([1.0, 2.0])


def test_a_long_name_of_an_axis_is_wrapped():
    long = "Net benefit of mechanical thrombectomy within 24 hours versus usual care, per person"
    ax = plot_stability(STABILITY, outcome=long)
    assert ax.get_ylabel().replace("\n", " ") == long
    ax.figure.draw_without_rendering()
    box = ax.yaxis.label.get_window_extent()
    assert box.y0 >= 0
    assert box.y1 <= ax.figure.bbox.y1
