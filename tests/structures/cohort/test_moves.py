"""Moves as matrices and tables; probabilities that are none; slips in a model's functions."""

import math

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import heemodel as hm
from tests.structures.cohort.test_people import drawn, model

STATES = ["A", "B", "dead"]
MATRIX = np.array([[0.88, 0.1, 0.02], [0.0, 0.9, 0.1], [0.0, 0.0, 1.0]])
NAMED = xr.DataArray(MATRIX, dims=("from", "to"), coords={"from": STATES, "to": STATES})
TABLE = pd.DataFrame({"from": ["A", "A", "B"], "to": ["B", "dead", "dead"], "probability": [0.1, 0.02, 0.1]})


def qaly(transitions, draws=None, **given):
    return model(transitions=transitions, **given).run(xr.Dataset() if draws is None else draws)["qaly"].squeeze()


@pytest.mark.parametrize(
    "given",
    [
        NAMED,
        NAMED.isel({"from": [2, 0, 1], "to": [1, 2, 0]}),
        NAMED.isel({"from": [0, 1]}),
        lambda p, time: NAMED,
        pd.DataFrame(MATRIX, index=STATES, columns=STATES),
        TABLE,
        pd.concat([TABLE, pd.DataFrame({"from": STATES, "to": STATES, "probability": [0.88, 0.9, 1.0]})]),
        {"only": NAMED},
        lambda p, time: {"only": pd.DataFrame(MATRIX, index=STATES, columns=STATES)},
        {("A", "B"): 0.1, ("A", "dead"): 0.02, ("B", "dead"): 0.1},
    ],
)
def test_a_matrix_or_table_is_taken_by_name(given):
    occupancy = [np.linalg.matrix_power(MATRIX, k)[0] for k in range(10)]
    assert float(qaly(given)) == pytest.approx(np.sum(occupancy, axis=0) @ [0.8, 0.6, 0.0], rel=1e-12)
    assert float(qaly(given)) == float(qaly(lambda p, time: {("A", "B"): 0.1, ("A", "dead"): 0.02, ("B", "dead"): 0.1}))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.sampled_from(["strategy", "cycle", "sample"]), unique=True))
def test_a_matrix_by_any_dimension_is_its_moves_one_by_one(seed, dims):
    rng = np.random.default_rng(seed)
    sizes = {"strategy": 2, "cycle": 10, "sample": 4}
    rows = rng.dirichlet([5, 2, 1], size=[sizes[dim] for dim in dims] + [3])
    rows[..., 2, :] = [0, 0, 1]
    names = {"from": STATES, "to": STATES} | ({"strategy": ["x", "y"]} if "strategy" in dims else {})
    matrix = xr.DataArray(rows, dims=(*dims, "from", "to"), coords=names)
    moves = {(a, b): matrix.sel({"from": a, "to": b}, drop=True) for a in STATES[:2] for b in STATES if a != b}
    draws = drawn(x=np.zeros(4))
    found = [
        model(strategies=["x", "y"], transitions=lambda p, time, t=transitions: t).run(draws)["qaly"]
        for transitions in (matrix, moves)
    ]
    np.testing.assert_allclose(*found, rtol=1e-12)


def test_a_matrix_of_parameters_is_recorded_and_its_rows_are_checked():
    def moves(p, time):
        die = p.die * (time.cycle + 1)
        rows = [[1 - die, die], [0.0 * die, p.one + 0.0 * die]]
        rows = [xr.concat([xr.DataArray(cell) for cell in row], "to") for row in rows]
        return xr.concat(rows, "from").assign_coords({"from": ["A", "dead"], "to": ["A", "dead"]})

    given = {"states": ["A", "dead"], "payoffs": lambda p, time: hm.Payoffs(cost={}, qaly={"A": 1.0})}
    lived = qaly(moves, drawn(die=[0.01, 0.02], one=[1.0, 1.0]), **given)
    wanted = [sum(np.cumprod([1.0, *(1 - d * np.arange(1, 10))])) for d in (0.01, 0.02)]
    np.testing.assert_allclose(lived, wanted, rtol=1e-12)
    with pytest.raises(hm.ModelError, match=r"row of 'dead' .*adds up to 0\.9.*sample 1"):
        qaly(moves, drawn(die=[0.01, 0.02], one=[1.0, 0.9]), **given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (NAMED * 0.9, r"the row of 'A' in the matrix of moves adds up to 0\.9"),
        (xr.concat([NAMED, NAMED * 0.9], pd.Index(["only", "x"], name="strategy")).isel(strategy=[1]), "strategy 'x'"),
        (NAMED.assign_coords({"to": ["A", "C", "dead"]}), "names state 'C'"),
        (NAMED.drop_vars("to"), "needs from and to"),
        (NAMED.assign_coords({"from": ["A", "A", "dead"]}), "names a state twice along from"),
        (MATRIX, r"xr.DataArray\(matrix, dims=\(\"from\", \"to\"\)"),
        (pd.DataFrame(MATRIX), "the states as its index and columns"),
        (TABLE.assign(other=1.0), "one of probabilities"),
        (pd.concat([TABLE, TABLE]), "two rows for A, B"),
    ],
)
def test_matrices_and_tables_that_do_not_fit_are_refused(given, said):
    with pytest.raises(hm.ModelError, match=said):
        qaly(lambda p, time: given)


def test_how_many_draws_are_impossible_is_told_with_the_furthest_and_a_cure_for_differences():
    rng = np.random.default_rng(3)
    draws = drawn(a=rng.uniform(0.2, 0.4, 200), b=rng.uniform(0.1, 0.3, 200))
    difference = (draws.a - draws.b).to_numpy()
    with pytest.raises(hm.ModelError) as error:
        qaly(lambda p, time: {("A", "B"): p.a - p.b}, draws)
    message = str(error.value)
    assert f"{(difference < 0).sum()} of 200 draws" in message
    assert f"is {difference.min():.12g}" in message
    assert f"sample {difference.argmin()}" in message
    assert "difference" in message
    assert "rate" not in message


def test_draws_in_all_blocks_are_counted(monkeypatch):
    monkeypatch.setattr("heemodel.structures.cohort.running.FIRST_SAMPLES", 64)
    share = np.where(np.arange(1000) % 100 == 7, -0.01 * np.arange(1000) / 1000, 0.1)
    with pytest.raises(hm.ModelError, match=r"'A' → 'B' is -0\.00907 \(cycle 0, sample 907\).* 10 of 1,000 draws"):
        qaly(lambda p, time: {("A", "B"): p.x * (time.cycle < 20)}, drawn(x=share))


def test_curves_that_cross_are_told_in_the_cycle_where_they_do():
    """Progression-free and overall survival by hand: their difference falls below 0 in one month."""
    gap = xr.DataArray(np.where(np.arange(10) == 6, -1.2e-5, 0.01), dims="cycle")
    with pytest.raises(hm.ModelError, match=r"-1\.2e-05 \(cycle 6\).*two curves cross"):
        qaly(lambda p, time: {("A", "B"): gap})


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda p, time: {("A", "B"): 0.1 if time.cycle < 3 else 0.2}, r"xr.where\(condition"),
        (lambda p, time: {("A", "B"): 0.1 if p.x < 0.3 else 0.2}, r"xr.where\(condition"),
        (lambda p, time: {("A", "B"): min(time.cycle, 3) * 0.1}, r"np.minimum"),
        (lambda p, time: {("A", "B"): 1 - math.exp(-p.x)}, r"np.exp instead of math.exp"),
    ],
)
def test_slips_of_python_are_told_in_terms_of_the_model(function, said):
    with pytest.raises(hm.ModelError, match=f"(?s)transitions function.*{said}"):
        qaly(function, drawn(x=[0.1, 0.5]))


def test_an_error_of_the_models_own_is_left_as_it_is():
    def moves(p, time):
        raise ValueError("the hospital is closed")

    with pytest.raises(ValueError, match=r"^the hospital is closed$"):
        qaly(moves)


def test_numbers_cannot_be_changed_in_place():
    def moves(p, time):
        rate = p.x * time.cycle
        rate[{"cycle": 0}] = 0.0
        return {("A", "B"): rate}

    with pytest.raises(hm.ModelError, match=r"xr.where\(time.cycle < 3"):
        qaly(moves, drawn(x=[0.1, 0.5]))


def test_flat_costs_are_answered_with_the_way_to_write_them():
    with pytest.raises(hm.ModelError, match=r"If 'H' is a state: cost={'care': {'H': …}}"):
        hm.Payoffs(cost={"H": 2000.0}, qaly={})
