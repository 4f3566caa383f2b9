"""Any function of draws as a model: outcomes of the form of every model's, or an error that names what is wrong."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm
from heemodel.structures import blocks, protocol


def outcomes(p):
    effect = hm.by_strategy({"new": p.effect, "old": 0.0})
    return hm.Outcomes(
        cost={"drug": hm.by_strategy({"old": 10.0, "new": 90.0}), "care": 1_000 * (1 - effect)},
        qaly=0.5 + effect,
        counts={"visits": 3.0, "life_years": 0.9},
    )


MODEL = hm.FunctionModel(strategies=["old", "new"], outcomes=outcomes)


def test_a_function_equals_the_calculation_by_hand():
    found = MODEL.run(xr.Dataset({"effect": 0.1}))
    np.testing.assert_allclose(found["cost"].sel(component="care"), [1_000, 900])
    np.testing.assert_allclose(found["cost"].sel(component="drug"), [10, 90])
    np.testing.assert_allclose(found["qaly"], [0.5, 0.6])
    assert found["visits"].values.tolist() == [3.0, 3.0]
    assert found["life_years"].values.tolist() == [0.9, 0.9]


def test_outcomes_have_the_form_of_any_models():
    draws = xr.Dataset({"effect": ("sample", [0.1, 0.2, 0.3])}, coords={"sample": [4, 5, 6]})
    found = MODEL.run(draws)
    assert found["cost"].dims == ("sample", "strategy", "component")
    assert found["qaly"].dims == ("sample", "strategy")
    assert found["sample"].values.tolist() == [4, 5, 6]
    assert isinstance(MODEL, protocol.DecisionModel)
    xr.testing.assert_identical(MODEL.run(draws.chunk(sample=2)).compute(), found)
    bare = found.drop_vars("sample")
    xr.testing.assert_identical(MODEL.run(pd.DataFrame({"effect": [0.1, 0.2, 0.3]})), bare)
    xr.testing.assert_identical(MODEL.run({"effect": [0.1, 0.2, 0.3]}), bare)


def test_many_draws_are_worked_out_in_blocks(monkeypatch):
    draws = {"effect": np.linspace(0, 1, 1_000)}
    whole = MODEL.run(draws)
    monkeypatch.setattr(blocks, "BLOCK", 64)
    monkeypatch.setattr(blocks, "LARGE", 100)
    seen = []
    counted = hm.FunctionModel(strategies=["old", "new"], outcomes=lambda p: seen.append(p.effect.size) or outcomes(p))
    xr.testing.assert_identical(counted.run(draws), whole)
    assert max(seen) == 64
    assert sum(seen) == 1_000


def test_a_missing_number_in_a_later_block_is_told_by_its_place(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 64)
    monkeypatch.setattr(blocks, "LARGE", 100)
    effect = np.linspace(0, 1, 1_000)
    effect[700] = np.nan
    with pytest.raises(hm.ModelError, match=r"'effect' is nan \(sample 700\)"):
        MODEL.run({"effect": effect})


def test_groups():
    by_group = xr.DataArray([1.0, 2.0], dims="group", coords={"group": ["b", "a"]})
    model = hm.FunctionModel(
        strategies=["s"], groups=["a", "b"], outcomes=lambda p: hm.Outcomes(cost={"x": by_group}, qaly=p.q)
    )
    found = model.run({"q": [0.1, 0.2]})
    assert found["qaly"].dims == ("sample", "strategy", "group")
    assert found["cost"].isel(sample=0).squeeze().values.tolist() == [2.0, 1.0]


def test_a_function_may_run_other_models():
    inner = MODEL

    def both(p):
        run = inner.run(p)
        return hm.Outcomes(cost={"all": run["cost"].sum("component") + p.extra}, qaly=run["qaly"])

    model = hm.FunctionModel(strategies=["old", "new"], outcomes=both)
    draws = {"effect": [0.1, 0.2], "extra": 5.0}
    assert model.check_parameters(draws, must_be_read=["effect", "extra"]) == {"effect", "extra"}
    np.testing.assert_allclose(model.run(draws)["cost"].sum("component"), inner.run(draws)["cost"].sum("component") + 5)


@pytest.mark.parametrize(
    ("returned", "names"),
    [
        ({"cost": 1.0}, ["dict", "hm.Outcomes"]),
        (hm.Outcomes(cost={"x": xr.DataArray([1.0], dims="state")}, qaly=np.nan), ["cost x", "'state'"]),
        (hm.Outcomes(cost={"x": 1.0}, qaly=np.nan), ["the qaly is nan", "missing"]),
        (hm.Outcomes(cost={"x": 1.0}, qaly=0.0, counts={"cost": 1.0, "sample": 2.0}), ["'cost'", "'sample'"]),
        (hm.Outcomes(cost={"x": "dear"}, qaly=0.0), ["cost x", "str"]),
        (hm.Outcomes(cost={"x": xr.DataArray([1.0, np.inf], dims="sample")}, qaly=0.0), ["1 of 2 draws", "sample 1"]),
        (hm.Outcomes(cost={"x": xr.DataArray([1.0] * 3, dims="sample")}, qaly=0.0), ["3 values", "2"]),
    ],
)
def test_outcomes_that_cannot_be_are_refused(returned, names):
    model = hm.FunctionModel(strategies=["a"], outcomes=lambda p: returned)
    with pytest.raises(hm.ModelError) as error:
        model.run({"any": [0.0, 0.0]})
    for name in names:
        assert name in str(error.value)


@pytest.mark.parametrize(("what", "given"), [("cost", 3.0), ("counts", [1.0])])
def test_costs_and_counts_are_given_by_name(what, given):
    with pytest.raises(hm.ModelError, match=f"{what}.*by name"):
        hm.Outcomes(**({"cost": {}, "qaly": 0.0} | {what: given}))


def test_what_is_not_a_function_is_refused():
    with pytest.raises(hm.ModelError, match="outcomes"):
        hm.FunctionModel(strategies=["a"], outcomes=hm.Outcomes(cost={}, qaly=0.0))


def test_a_misspelt_parameter_is_told():
    with pytest.raises(hm.ModelError, match="'effect'"):
        MODEL.check_parameters({"efect": 0.1})
