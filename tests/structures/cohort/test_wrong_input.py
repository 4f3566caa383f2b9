"""Wrong input ends in an error of the model's own that says where and how to mend it."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm

STATES = ["well", "ill", "dead"]
NAMED = {"from": STATES, "to": STATES}


def run(**given):
    structure = {
        "states": STATES,
        "strategies": ["old", "new"],
        "start": {"well": 1.0},
        "cycle_length": "1 year",
        "horizon": "4 years",
        "correction": "start",
        "discount": hm.Discount(cost=0.0, qaly=0.0, timing="count"),
        "transitions": lambda p, time: {("well", "dead"): 0.1},
        "payoffs": lambda p, time: hm.Payoffs(cost={}, qaly={"well": 1.0, "ill": 0.5}),
    }
    return hm.CohortModel(**structure | given).run(xr.Dataset({"x": ("sample", [0.1, 0.2])}))


def paying(**given):
    return {"payoffs": lambda p, time: hm.Payoffs(**{"cost": {}, "qaly": {}} | given)}


def moving(moves):
    return {"transitions": lambda p, time: moves}


def matrix(rows):
    return xr.DataArray(rows, dims=("from", "to"), coords=NAMED)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"states": None}, "states are None; give a list of names"),
        ({"states": np.array(STATES)}, "give a list of names"),
        ({"strategies": {"old", "new"}}, "give a list of names"),
        ({"groups": None}, "groups are None; give a list"),
        ({"dead": 1}, r"CohortModel\(dead=…\) is 1"),
        ({"clocks": {"ill_for": 1}}, "clock 'ill_for' runs over 1"),
        ({"start_age": np.inf}, "give an age in years"),
        ({"start_year": np.nan}, "give a calendar year"),
        ({"transitions": lambda p: {}}, r"transitions=…\) is called with \(p, time\)"),
        ({"payoffs": lambda: None}, r"payoffs=…\) is called with \(p, time\)"),
        ({"start": lambda p, time: {}}, r"start=…\) is called with \(p\)"),
        (paying(cost={1: {"well": 1.0}}), "cost has the name 1; names are text"),
        (paying(effects={None: {"well": 1.0}}), "effects has the name None; names are text"),
        (paying(effects={"strategy": {"well": 1.0}}), "the model has a dimension of that name"),
        (paying(cost={"care": {(): 1.0}}), r"payoff of \(\): a payoff is for a state or a pair"),
        (moving({"old": {("well", "dead"): 0.1}, "new": {("well", "dead"): 0.2}}), "gives moves by strategy"),
        (moving(matrix([["1", "0", "0"]] * 3)), "a matrix of moves holds <U1; give numbers"),
        (moving(matrix([[np.nan, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])), "'well' .* adds up to nan"),
        (
            moving(pd.DataFrame({"from": ["well", None], "to": ["dead", "ill"], "probability": [0.1, 0.2]})),
            "a row without from or to",
        ),
    ],
)
def test_wrong_input_is_refused_with_its_place_and_cure(given, said):
    with pytest.raises(hm.ModelError, match=said):
        run(**given)


def test_an_error_inside_a_function_is_its_own():
    def nothing():
        return {}

    with pytest.raises(TypeError, match="takes 0 positional arguments"):
        run(transitions=lambda p, time: nothing(p))


def test_numpys_whole_numbers_are_ages_and_years():
    assert run(start_age=np.int64(50), start_year=np.int64(2024))["qaly"].sizes == {"sample": 2, "strategy": 2}


def test_a_table_of_moves_for_each_strategy():
    tables = {
        name: pd.DataFrame({"from": ["well"], "to": ["dead"], "probability": [risk]})
        for name, risk in (("new", 0.2), ("old", 0.5))
    }
    years = run(transitions=tables)["life_years"].isel(sample=0)
    for name, stay in (("new", 0.8), ("old", 0.5)):
        assert years.sel(strategy=name).item() == pytest.approx(sum(stay**j for j in range(4)))
