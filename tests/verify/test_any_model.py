"""The checks of an analysis take a model of any kind, and fire on what is wrong with it."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

import heemodel as hm
from heemodel.verify import checks, second_engine

SECOND = "A second engine"
ALONE = "A draw's outcome does not depend on the other draws"
POINT = "A draw at the central values gives the point estimate"


def branches(p):
    return {"operation": {"survives": hm.REST, "dies": p.risk}, "survives": {"well": p.well, "ill": hm.REST}}


def payoffs(p):
    price = hm.by_strategy({"open": 900.0, "keyhole": 1200.0})
    return hm.Payoffs(cost={"theatre": {"operation": price}, "care": {("survives", "ill"): p.care}}, qaly={"well": 0.9})


def function(p):
    return hm.Outcomes(cost={"care": p.care}, qaly=p.well * (1 - p.risk), counts={"life_years": 1.0})


TREE = hm.DecisionTree(strategies=["open", "keyhole"], root="operation", branches=branches, payoffs=payoffs)
FUNCTION = hm.FunctionModel(strategies=["open", "keyhole"], outcomes=function)
CENTRAL = xr.Dataset({"risk": 0.1, "well": hm.by_strategy({"open": 0.5, "keyhole": 0.7}), "care": 300.0})


def draws(samples=30):
    rng = np.random.default_rng(1)
    drawn = {"risk": ("sample", rng.uniform(0, 0.2, samples)), "care": ("sample", rng.gamma(9, 30, samples))}
    return xr.Dataset(drawn | {"well": CENTRAL["well"] * xr.DataArray(rng.uniform(0.5, 1, samples), dims="sample")})


def checked(model, outcomes=None, comparator="open"):
    run = model.run(draws()) if outcomes is None else outcomes
    return hm.verify.run_checks(model, draws(), run, central=CENTRAL, comparator=comparator)


def failed(found):
    return [check.name for check in found if not check.passed]


@pytest.mark.parametrize(("model", "count"), [(TREE, 8), (FUNCTION, 6)])
def test_a_sound_model_passes_every_check(model, count):
    found = checked(model)
    assert failed(found) == []
    assert len(found) == count


@pytest.mark.parametrize("model", [TREE, FUNCTION])
def test_a_model_of_one_strategy_has_nothing_to_compare(model):
    alone = replace(model, strategies=["open"])
    if model is TREE:
        alone = replace(alone, payoffs=lambda p: hm.Payoffs(cost={"theatre": {"operation": 900.0}}, qaly={"well": 0.9}))
    data, central = draws().sel(strategy=["open"]), CENTRAL.sel(strategy=["open"])
    found = hm.verify.run_checks(alone, data, alone.run(data), central=central, comparator=None)
    assert failed(found) == []
    assert not [check for check in found if "Swapping" in check.name or "Acceptability" in check.name]


def test_a_comparator_is_asked_for_where_there_are_strategies_to_compare():
    with pytest.raises(hm.HeemodelError, match="keyhole"):
        checked(TREE, comparator=None)


def test_a_model_of_a_new_kind_is_checked_too():
    class Flat:
        strategies, groups = ("open", "keyhole"), ()

        def run(self, draws, *, progress=None):  # noqa: ARG002 - the contract's
            cost = draws["care"] * hm.by_strategy({"open": 1.0, "keyhole": 2.0})
            return xr.Dataset({"cost": cost.expand_dims(component=["all"]), "qaly": 0 * cost})

        def check_parameters(self, draws, *, must_be_read=()):  # noqa: ARG002
            return frozenset({"care"})

    found = checked(Flat())
    assert failed(found) == []
    assert second_engine(Flat(), draws()) is None


def test_a_wrong_tree_is_noticed_by_the_second_engine(monkeypatch):
    true_run = hm.DecisionTree.run
    monkeypatch.setattr(hm.DecisionTree, "run", lambda self, d, **_: true_run(self, d) * (1 + 1e-6))
    assert [name for name in failed(checked(TREE)) if name.startswith(SECOND)]


def test_a_tree_that_keeps_nobody_is_noticed(monkeypatch):
    true_leaves = hm.DecisionTree.leaf_probabilities
    monkeypatch.setattr(hm.DecisionTree, "leaf_probabilities", lambda self, d: true_leaves(self, d) * 0.999)
    assert failed(checked(TREE)) == ["The probabilities of all paths add up to 1"]


def test_a_table_that_does_not_roll_back_is_noticed(monkeypatch):
    true_table = hm.DecisionTree.table
    monkeypatch.setattr(hm.DecisionTree, "table", lambda self, d: true_table(self, d).assign(cost=1.0))
    assert len(failed(checked(TREE))) == 1


@pytest.mark.parametrize("model", [TREE, FUNCTION])
def test_a_function_that_mixes_draws_is_noticed(model):
    def mixing(p):
        given = model.payoffs(p) if model is TREE else model.outcomes(p)
        return replace(given, cost={"care": {"well": p.care.mean()} if model is TREE else p.care.mean()})

    mixed = replace(model, **{"payoffs" if model is TREE else "outcomes": mixing})
    assert ALONE in failed(checked(mixed))


def test_a_function_that_takes_another_way_for_a_point_is_noticed():
    fickle = replace(FUNCTION, outcomes=lambda p: hm.Outcomes(cost={"a": 1.0 + ("sample" in p.care.dims)}, qaly=0.0))
    assert POINT in failed(checked(fickle))


def test_outcomes_that_are_not_numbers_are_noticed():
    outcomes = TREE.run(draws())
    broken = outcomes.assign(qaly=outcomes["qaly"] * xr.DataArray([np.nan] + 29 * [1.0], dims="sample"))
    assert not checks._finite(broken).passed
    assert "2 of qaly" in checks._finite(broken).detail


def test_qalys_beyond_life_years_are_noticed_where_these_are_counted():
    longer = replace(FUNCTION, outcomes=lambda p: hm.Outcomes(cost={"a": p.care}, qaly=2.0, counts={"life_years": 1.0}))
    assert "Nobody gains more QALYs than life-years" in failed(checked(longer))
    uncounted = replace(FUNCTION, outcomes=lambda p: hm.Outcomes(cost={"a": p.care}, qaly=2.0))
    assert failed(checked(uncounted)) == []


def test_groups_are_checked_too():
    model = replace(TREE, groups=["men", "women"])
    assert failed(checked(model)) == []


@pytest.mark.parametrize("kind", ["people", "intake", "weights", "schedule"])
def test_years_are_held_against_the_people_that_there_are(kind):
    """A cohort in people, with an intake, with weights or cycles of its own passes all checks; lost years do not."""
    changes = {
        "people": {"start": lambda p: {"well": 1000 * p.risk}, "start_in": "people"},
        "intake": {"intake": {"well": 0.1}},
        "weights": {"correction": [0.2, 1.0, 1.0, 1.0, 0.2]},
        "schedule": {"cycle_length": {"6 months": "2 years", "1 year": "rest"}},
    }[kind]
    model = hm.CohortModel(
        **{
            "states": ["well", "dead"],
            "strategies": ["care"],
            "start": {"well": 1.0},
            "cycle_length": "1 year",
            "horizon": "4 years",
            "discount": hm.Discount(cost=0.035, qaly=0.035, timing="count"),
            "transitions": lambda p, time: {("well", "dead"): p.risk},
            "payoffs": lambda p, time: hm.Payoffs(cost={"care": {"well": 100.0}}, qaly={"well": 0.8}),
        }
        | changes
    )
    draws = hm.structures.read_draws({"risk": np.linspace(0.1, 0.3, 20)})
    outcomes = model.run(draws)
    found = hm.verify.run_checks(model, draws, outcomes, central=draws.mean("sample"), comparator=None)
    assert [check.name for check in found if not check.passed] == []
    few = outcomes.assign(years_in_state=outcomes["years_in_state"] * 0.99)
    assert all(not check.passed for check in checks._years_fit(model, draws, few))
    assert bool(checks._years_fit(model, draws, few)) == (kind in ("people", "schedule"))
