"""Payoffs that change with time, priced after the run where they can be."""

import numpy as np
import pytest
import xarray as xr

import heemodel as hm
from heemodel.structures.cohort import running
from heemodel.structures.cohort.engine import kernel
from heemodel.structures.cohort.program import Wanted
from heemodel.verify.naive_cohort import naive_run

RNG = np.random.default_rng(1)
DRAWS = xr.Dataset({"risk": ("sample", RNG.uniform(0.05, 0.2, 9)), "price": ("sample", RNG.gamma(9, 100, 9))})
TABLE = xr.DataArray(np.linspace(0.5, 2.0, 12), dims="cycle")


def paying(worth, **changes):
    given = {"correction": "life-table", "discount": hm.Discount(cost=0.035, qaly=0.015, timing="count")} | changes
    return hm.CohortModel(
        states=["well", "ill", "dead"],
        strategies=["old", "new"],
        start={"well": 1.0},
        cycle_length="1 month",
        horizon="12 months",
        transitions=lambda p, time: {
            ("well", "ill"): p.risk * hm.by_strategy({"old": 1.0, "new": 0.5}),
            ("ill", "dead"): p.risk * np.exp(0.05 * time.cycle),
        },
        payoffs=lambda p, time: hm.Payoffs(
            cost={"care": {"well": 3.0, "ill": worth(p, time)}}, qaly={"ill": worth(p, time) / 1000}
        ),
        **given,
    )


SUMS = {
    "a period": lambda p, time: p.price * (time.cycle < 6),
    "a sum of periods": lambda p, time: p.price * (time.cycle < 6) + 2 * p.risk * (time.cycle >= 6),
    "a straight line": lambda p, time: (p.price + 40.0 * time.years) / p.risk - 1.0,
}
OTHERS = {
    "a table, which may be by sample": lambda p, time: p.price * TABLE,
    "a power": lambda p, time: p.price * (1 + p.risk) ** time.years,
    "too many terms": lambda p, time: sum((p.price + k) * (time.cycle == 2 * k) for k in range(6)),
}


def counted_in_every_cycle(model):
    program = next(running._programs(model, DRAWS, Wanted(), set()))
    return sum(action.code == kernel.COUNT for action in program.tape.during)


@pytest.mark.parametrize("correction", ["life-table", "start", "end", "simpson"])
@pytest.mark.parametrize("name", [*SUMS, *OTHERS])
def test_what_changes_with_time_is_what_the_plain_engine_pays(name, correction):
    model = paying((SUMS | OTHERS)[name], correction=correction)
    fast, slow = model.run(DRAWS), naive_run(model, DRAWS)
    np.testing.assert_allclose(fast["cost"].sum("component"), slow["cost"], rtol=1e-13)
    np.testing.assert_allclose(fast["qaly"], slow["qaly"], rtol=1e-13)


@pytest.mark.parametrize("name", [*SUMS, *OTHERS])
def test_so_are_its_years(name):
    model = paying((SUMS | OTHERS)[name], intake={"ill": 0.01})
    by_year = model.run(DRAWS, by="year").sum("year")
    np.testing.assert_allclose(by_year["cost"], model.run(DRAWS)["cost"], rtol=1e-13)


@pytest.mark.parametrize("name", SUMS)
def test_a_sum_of_few_products_is_not_worked_out_in_every_cycle(name):
    assert counted_in_every_cycle(paying(SUMS[name])) == 0


@pytest.mark.parametrize("name", OTHERS)
def test_anything_else_is(name):
    assert counted_in_every_cycle(paying(OTHERS[name])) > 0


@pytest.mark.parametrize("name", [*SUMS, *OTHERS])
def test_a_draw_gives_the_same_to_the_bit_alone_as_among_others(name):
    model = paying((SUMS | OTHERS)[name])
    among = model.run(DRAWS)
    for sample in range(3):
        alone = model.run(DRAWS.isel(sample=slice(sample, sample + 1)))
        xr.testing.assert_identical(alone["cost"], among["cost"].isel(sample=slice(sample, sample + 1)))


def test_a_table_by_cycle_and_sample_stays_one_for_a_single_draw():
    """It would look like numbers by cycle alone, and be priced in another way than among several draws."""
    own = paying(
        lambda p, time: xr.apply_ufunc(lambda price, cycle: np.asarray(price) * np.asarray(cycle), p.price, TABLE)
    )
    for draws in (DRAWS, DRAWS.isel(sample=slice(0, 1))):
        program = next(running._programs(own, draws, Wanted(), set()))
        assert any(action.code == kernel.COUNT for action in program.tape.during)


def test_occupancy_is_followed_without_payoffs():
    program = next(running._programs(paying(SUMS["a period"]), DRAWS, Wanted(trace=True), set()))
    assert program.totals == []
