"""Durations, within-cycle corrections and discount timings against their closed forms."""

import numpy as np
import pytest
import xarray as xr

import heemodel as hm
from heemodel.structures.cohort.weights import weights
from heemodel.structures.cycles import Cycles, whole_cycles, years
from heemodel.structures.discounting import discount_factor

RATE, LEAVE, CYCLES = 0.035, 0.2, 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 year", 1),
        ("3 months", 0.25),
        ("1/52 year", 1 / 52),
        ("7 days", 7 / 365.25),
        ("2 weeks", 14 / 365.25),
        ("0.5 years", 0.5),
    ],
)
def test_durations_are_read_with_their_unit(text, expected):
    assert float(years(text)) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("5", 'did you mean "5 years"'),
        ("five years", "number and a unit"),
        ("1 fortnight", "unknown unit"),
        ("0 years", "not above 0"),
        ("1/0 year", "divides by 0"),
    ],
)
def test_other_durations_are_refused(text, said):
    with pytest.raises(hm.ModelError, match=said):
        years(text)


def test_the_horizon_holds_whole_cycles():
    assert whole_cycles("1 month", "40 years") == 480
    with pytest.raises(hm.ModelError, match="at most 100,000"):
        whole_cycles("1 month", "99999999 years")
    with pytest.raises(hm.ModelError, match="whole number of cycles"):
        whole_cycles("1 week", "5 years")


def model(correction, timing, rate=RATE, leave=LEAVE, utility=1.0):
    return hm.CohortModel(
        states=["well", "dead"],
        strategies=["only"],
        start={"well": 1.0},
        cycle_length="6 months",
        horizon="5 years",
        correction=correction,
        discount=hm.Discount(cost=rate, qaly=rate, timing=timing),
        transitions=lambda p, time: {("well", "dead"): leave},
        payoffs=lambda p, time: hm.Payoffs(
            cost={"entry": {("start", "well"): 7.0}, "death": {("well", "dead"): 100.0}}, qaly={"well": utility}
        ),
    )


def run(*args, **kwargs):
    return model(*args, **kwargs).run(xr.Dataset()).isel(strategy=0)


SHARE = {"life-table": (0.5, 0.5), "start": (1, 0), "end": (0, 1)}
MOMENT = {
    "count": lambda j: (0.5 * j, 0.5 * (j + 1)),
    "start": lambda j: (0.5 * j, 0.5 * j),
    "mid": lambda j: (0.5 * j + 0.25,) * 2,
    "year": lambda j: (j // 2,) * 2,
}


@pytest.mark.parametrize("correction", SHARE)
@pytest.mark.parametrize("timing", MOMENT)
def test_each_pair_of_correction_and_timing_has_its_formula(correction, timing):
    before, after = SHARE[correction]
    alive = (1 - LEAVE) ** np.arange(CYCLES + 1)
    qaly = cost = 0.0
    for j in range(CYCLES):
        first, last = MOMENT[timing](j)
        qaly += 0.5 * (before * alive[j] / (1 + RATE) ** first + after * alive[j + 1] / (1 + RATE) ** last)
        cost += 100 * LEAVE * alive[j] / (1 + RATE) ** last
    found = run(correction, timing)
    assert float(found["qaly"]) == pytest.approx(qaly, rel=1e-12)
    assert float(found["cost"].sel(component="death")) == pytest.approx(cost, rel=1e-12)
    assert float(found["cost"].sel(component="entry")) == 7.0


def test_life_table_counting_is_the_trapezoid_of_the_discounted_stream():
    stream = (1 - LEAVE) ** np.arange(CYCLES + 1) / (1 + RATE) ** (0.5 * np.arange(CYCLES + 1))
    assert float(run("life-table", "count")["qaly"]) == pytest.approx(np.trapezoid(stream, dx=0.5), rel=1e-12)


def test_simpson_is_the_true_rule_and_exact_for_cubics():
    x = np.arange(CYCLES + 1) * 0.5
    weight = weights("simpson", Cycles.of("6 months", "5 years"), 0.0, rate=0.0, timing="count")
    total = sum(weight.before[j] * x[j] ** 3 + weight.after[j] * x[j + 1] ** 3 for j in range(CYCLES))
    assert total == pytest.approx(5**4 / 4, rel=1e-12)
    with pytest.raises(hm.ModelError, match="even number of cycles"):
        weights("simpson", Cycles.of("6 months", "4.5 years"), 0.0, rate=0.0, timing="count")


@pytest.mark.parametrize("correction", ["life-table", "start", "end", "simpson"])
@pytest.mark.parametrize("timing", MOMENT)
def test_an_immortal_cohort_with_utility_one_gets_exactly_the_horizon(correction, timing):
    found = run(correction, timing, rate=0.0, leave=0.0)
    assert float(found["qaly"]) == pytest.approx(5.0, rel=1e-14)
    assert float(found["life_years"]) == pytest.approx(5.0, rel=1e-14)


def test_yearly_discounting_leaves_the_first_year_alone():
    weight = weights("life-table", Cycles.of("1/52 year", "2 years"), 0.0, rate=0.035, timing="year")
    assert np.unique(weight.moves[:52]).tolist() == [1.0]
    assert weight.moves[52:] == pytest.approx(1 / 1.035)


def test_unknown_choices_and_rates_are_refused():
    with pytest.raises(hm.ModelError, match="did you mean 'count'"):
        hm.Discount(cost=0.035, qaly=0.035, timing="counts")
    with pytest.raises(hm.ModelError, match=r"such as 0\.035"):
        hm.Discount(cost=3.5, qaly=0.035, timing="count")
    with pytest.raises(hm.ModelError, match="did you mean 'life-table'"):
        run("lifetable", "count")


def test_a_stepped_rate_is_the_product_of_its_steps():
    green_book = hm.structures.Stepped({0: 0.035, 30: 0.03, 75: 0.025})
    factors = discount_factor(green_book, np.array([0.0, 10.0, 30.0, 31.0, 80.0]))
    wanted = [1, 1.035**-10, 1.035**-30, 1.035**-30 / 1.03, 1.035**-30 * 1.03**-45 * 1.025**-5]
    np.testing.assert_allclose(factors, wanted, rtol=1e-13)


def test_a_continuous_rate_is_the_limit_of_short_periods():
    factor = discount_factor(hm.structures.Continuous(0.035), np.array([10.0]))
    assert factor[0] == pytest.approx((1 + 0.035 / 1e6) ** -(10 * 1e6), rel=1e-6)
    assert discount_factor(0.035, np.array([10.0]))[0] == pytest.approx(1.035**-10)


@pytest.mark.parametrize("rates", [{}, {1: 0.03}, {0: 0.03, 40: 0.02, 30: 0.01}])
def test_steps_that_are_no_schedule_are_refused(rates):
    with pytest.raises(hm.ModelError, match="ascending years, the first of them 0"):
        hm.structures.Stepped(rates)


def test_a_rate_in_per_cent_is_refused_wherever_it_is():
    for make in (
        lambda: hm.structures.Continuous(3.5),
        lambda: hm.structures.Stepped({0: 3.5}),
        lambda: hm.Discount(3.5, 0.0, "count"),
    ):
        with pytest.raises(hm.ModelError, match=r"write a yearly rate such as 0\.035"):
            make()


def test_utilities_fall_with_age_as_the_population_norm_does():
    """Ara and Brazier 2010: 0.9508566 + 0.0212126 male − 0.0002587 age − 0.0000332 age²."""

    def norm(age, male):
        return 0.9508566 + 0.0212126 * male - 0.0002587 * age - 0.0000332 * age**2

    male = xr.DataArray([0.0, 1.0], dims="sample")
    model = hm.CohortModel(
        states=["well", "dead"],
        strategies=["only"],
        start={"well": 1.0},
        cycle_length="1 year",
        horizon="2 years",
        start_age=60,
        correction="start",
        discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"),
        transitions=lambda p, time: {},
        payoffs=lambda p, time: hm.Payoffs(cost={}, qaly={"well": 0.8 * time.age_adjustment(p.male)}),
    )
    found = model.run(xr.Dataset({"male": male}))["qaly"].sel(strategy="only").to_numpy()
    assert found == pytest.approx([0.8 * (1 + norm(61, m) / norm(60, m)) for m in (0, 1)], rel=1e-12)
