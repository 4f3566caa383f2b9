"""What functions do to arrays: in place, into arrays of their own, with truths and whole numbers, by table and draw."""

import numpy as np
import pytest
import xarray as xr

import heemodel as hm

CYCLES = 6
DRAWS = xr.Dataset({"x": ("sample", np.linspace(0.1, 0.9, 5)), "whole": ("sample", np.arange(5)), "at": 3})
X = DRAWS["x"].to_numpy()


def paid(worth, draws=DRAWS, *, times=1):
    """What a payoff for being there adds up to over all cycles, undiscounted; the last of several runs."""
    model = hm.CohortModel(
        states=["here", "dead"],
        strategies=["only"],
        start={"here": 1.0},
        cycle_length="1 year",
        horizon=f"{CYCLES} years",
        correction="start",
        discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"),
        transitions=lambda p, time: {},
        payoffs=lambda p, time: hm.Payoffs(cost={}, qaly={"here": worth(p, time)}),
    )
    return [model.run(draws)["qaly"].to_numpy().ravel() for _ in range(times)][-1]


@pytest.mark.parametrize("name", ["cycle", "years"])
def test_time_changed_in_place_is_as_it_was_in_the_next_run(name):
    def worth(p, time):
        later = getattr(time, name)
        later += 1
        return later

    np.testing.assert_array_equal(paid(worth, times=3), 21)


def test_a_parameter_without_draws_changed_in_place_stays_what_it_was():
    def worth(p, time):
        at = p.at
        at += 1
        return at

    draws = DRAWS.copy(deep=True)
    np.testing.assert_array_equal(paid(worth, draws, times=2), CYCLES * 4)
    assert draws["at"] == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda p, time: p.x.values.__setitem__(0, 5.0),
        lambda p, time: p.x.to_numpy().sort(),
        lambda p, time: time.cycle.values.__setitem__(0, 5),
        lambda p, time: (p.x * time.cycle).values.__setitem__(0, 5.0),
        lambda p, time: (p.x * time.cycle).data.sort(),
        lambda p, time: np.exp(p.x.data, out=p.x.data),
        lambda p, time: p.x.__setitem__(0, 5.0),
    ],
)
def test_numbers_of_parameters_and_time_cannot_be_changed_in_place(change):
    draws = DRAWS.copy(deep=True)
    with pytest.raises(hm.ModelError, match="changes numbers in place"):
        paid(lambda p, time: change(p, time) or p.x, draws)
    xr.testing.assert_identical(draws, DRAWS)


def test_a_numpy_function_fills_the_array_that_it_is_given():
    def worth(p, time):
        room = np.zeros((5, CYCLES))
        np.multiply(p.x.data[:, None], time.cycle.data, out=room)
        return xr.DataArray(room, dims=("sample", "cycle"))

    np.testing.assert_allclose(paid(worth), 15 * X)


def test_an_array_of_ones_own_is_added_to_in_place():
    def worth(p, time):
        sums = xr.DataArray(np.zeros((5, CYCLES)), dims=("sample", "cycle"))
        sums += p.x * time.cycle
        sums[:, 0] = p.x
        return sums

    np.testing.assert_allclose(paid(worth), 16 * X)


def test_truths_add_up_to_a_truth_as_numpy_has_it():
    np.testing.assert_array_equal(paid(lambda p, time: (p.x * time.cycle >= 0) + (time.cycle < 3)), CYCLES)


def test_whole_numbers_divided_by_zero_are_zero_as_numpy_has_it():
    cycles = np.arange(CYCLES)
    with np.errstate(all="ignore"):
        wanted = [(cycles // k + cycles % k + (cycles * k) // k).sum() for k in range(5)]
    found = paid(lambda p, time: time.cycle // p.whole + time.cycle % p.whole + (time.cycle * p.whole) // p.whole)
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize(
    ("worth", "wanted"),
    [
        (lambda x, c: (x / x + 0 * c) // 0.1, CYCLES * (1.0 // 0.1)),
        (lambda x, c: (x / x + 0 * c) % 0.1, CYCLES * (1.0 % 0.1)),
        (lambda x, c: np.floor(np.log10(1000 * (x / x + 0 * c))), CYCLES * 3),
        (lambda x, c: np.floor(np.log2(8 * (x / x + 0 * c))), CYCLES * 3),
        (lambda x, c: np.sign(xr.where(c * x >= 0, np.nan, x)).isnull() * 1.0, CYCLES),
    ],
)
def test_steps_are_where_numpy_has_them(worth, wanted):
    np.testing.assert_allclose(paid(lambda p, time: worth(p.x, time.cycle)), wanted, rtol=1e-14)


def test_narrow_numbers_neither_overflow_nor_round():
    small = DRAWS.copy()
    small["x"], small["whole"] = DRAWS["x"].astype("float32"), DRAWS["whole"].astype("uint8")
    wide = small["x"].to_numpy().astype(float)
    np.testing.assert_array_equal(paid(lambda p, time: (p.whole - 200) * 2, small), CYCLES * (np.arange(5) - 200) * 2)
    np.testing.assert_allclose(paid(lambda p, time: 1 - p.x, small), CYCLES * (1 - wide), rtol=1e-15)


@pytest.mark.parametrize("draws", [DRAWS, DRAWS.isel(sample=2), DRAWS.isel(sample=[2])])
def test_a_table_is_looked_up_at_a_parameter(draws):
    table = xr.DataArray(np.arange(10.0), dims="age")
    np.testing.assert_array_equal(paid(lambda p, time: table.isel(age=p.at), draws), CYCLES * 3)
    found = paid(lambda p, time: table.isel(age=p.whole), draws)
    np.testing.assert_array_equal(found, CYCLES * draws["whole"].to_numpy().ravel())


@pytest.mark.parametrize("axes", [("grade", "sample"), ("sample", "grade")])
@pytest.mark.parametrize(
    "total", [lambda a: a.sum("grade"), lambda a: a.dot(a, dim="grade"), lambda a: a.mean("grade")]
)
def test_a_draw_alone_gives_the_bits_that_it_gives_among_others(axes, total):
    grades = xr.DataArray(np.random.default_rng(3).uniform(size=(20, 40)), dims=("sample", "grade")).transpose(*axes)
    draws = xr.Dataset({"grades": grades, "weights": ("grade", np.linspace(0.1, 0.9, 40))})

    def worth(p, time):
        return total(np.exp(p.grades * p.weights)) * np.exp(-time.years * p.grades.isel(grade=0))

    together = paid(worth, draws)
    alone = [paid(worth, draws.isel(sample=[k])).item() for k in range(20)]
    np.testing.assert_array_equal(alone, together)


@pytest.mark.parametrize(
    ("worth", "said"),
    [
        (lambda p, time: (p.x > 0.5) - (time.cycle < 3), "subtracts truths"),
        (lambda p, time: -(p.x > 0.5), "subtracts truths"),
        (lambda p, time: time.cycle**-1, "negative power"),
    ],
)
def test_slips_with_truths_and_whole_numbers_are_answered_with_the_way_to_write_it(worth, said):
    with pytest.raises(hm.ModelError, match=said):
        paid(worth)


def test_draws_outside_the_parameters_are_to_become_one():
    many = xr.Dataset({"x": ("sample", np.linspace(0.1, 0.9, 3000))})
    own = many["x"] * 2
    with pytest.raises(hm.ModelError, match="Make the array a parameter"):
        paid(lambda p, time: p.x * own, many)
