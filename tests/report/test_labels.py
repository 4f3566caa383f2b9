"""Money on axes, names cut to fit, and places that do not overlap."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from heemodel.report.plots.labels import Amounts, amount, figures_on, setting, shorten
from heemodel.report.plots.places import spread


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0, 20_000, 40_000], ["£0", "£20,000", "£40,000"]),
        ([-0.0002, 0, 0.0002], ["−£0.0002", "£0", "£0.0002"]),
        ([1e6, 2.5e6], ["£1.0m", "£2.5m"]),
        ([-3e9, 1.5e9], ["−£3.0bn", "£1.5bn"]),
        ([0, 250, 500], ["£0", "£250", "£500"]),
        ([0.1 + 0.2], ["£0.3"]),
        ([0.0], ["£0"]),
        ([], []),
    ],
)
def test_ticks_share_a_unit_and_have_the_decimals_that_tell_them_apart(values, texts):
    assert Amounts("£").format_ticks(values) == texts


def test_one_tick_by_itself():
    assert Amounts("£")(1500.0, 0) == "£1,500"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "£0"),
        (99.5, "£99.50"),
        (-100.4, "−£100"),
        (999_999, "£999,999"),
        (1e6, "£1m"),
        (2.34e10, "£23.4bn"),
        (5e12, "£5,000bn"),
    ],
)
def test_amounts(value, text):
    assert amount(value, "£") == text


@pytest.mark.parametrize(
    ("value", "text"), [(np.float64(0.5), "0.5"), (3, "3"), (-4321.7, "−4,322"), ("66 years", "66 years")]
)
def test_values_of_parameters(value, text):
    assert setting(value) == text


@pytest.mark.parametrize(("limits", "texts"), [((200, 900), ["£200", "£500"]), ((0.01, 2e6), ["£1", "£1m"])])
def test_logarithmic_axes_are_labelled_over_any_range(limits, texts):
    ax = plt.figure().add_subplot(yscale="log")
    ax.set_ylim(*limits)
    figures_on(ax.yaxis, "£")
    ax.figure.draw_without_rendering()
    assert set(texts) <= {label.get_text() for label in ax.get_yticklabels()}
    plt.close("all")


def test_names_are_cut_no_further_than_they_can_be_told_apart():
    names = ["a name of which the end does not matter", "short"]
    assert shorten(names, width=10, lines=2) == ["a name of\nwhich …", "short"]
    assert shorten(["the first one of them", "the first one of all"], width=14, lines=1) == [
        "the … them",
        "the … all",
    ]
    alike = ["the first one of them all", "the first two of them all"]
    assert shorten(alike, width=13, lines=1) == ["the first one\nof them all", "the first two\nof them all"]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 0.12)), min_size=1, max_size=8))
@settings(deadline=None, max_examples=50)
def test_what_is_spread_keeps_its_order_stays_inside_and_does_not_overlap(found):
    wanted, sizes = np.sort([one for one, _ in found]), np.array([size for _, size in found])
    placed = spread(wanted, sizes)
    assert (np.diff(placed) >= (sizes[:-1] + sizes[1:]) / 2 - 1e-9).all()
    assert placed[0] >= sizes[0] / 2 - 1e-9
    assert placed[-1] <= 1 - sizes[-1] / 2 + 1e-9


def test_what_is_spread_moves_no_more_than_an_optimiser_would_move_it():
    rng = np.random.default_rng(2)
    wanted, sizes = np.sort(rng.uniform(0, 0.3, 5)), rng.uniform(0.05, 0.15, 5)
    apart = [{"type": "ineq", "fun": lambda y, i=i: y[i + 1] - y[i] - (sizes[i] + sizes[i + 1]) / 2} for i in range(4)]
    inside = [(size / 2, 1 - size / 2) for size in sizes]
    best = minimize(lambda y: ((y - wanted) ** 2).sum(), np.linspace(0.1, 0.9, 5), bounds=inside, constraints=apart)
    np.testing.assert_allclose(spread(wanted, sizes), best.x, atol=1e-5)


def test_what_has_not_enough_room_goes_beyond_both_ends_alike():
    placed = spread([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
    np.testing.assert_allclose(placed, [0, 0.5, 1])
    assert all(second > first for first, second in itertools.pairwise(placed))
