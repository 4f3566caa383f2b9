"""What is no tree, and probabilities and payoffs that cannot be: each is refused, with where and how to mend it."""

import numpy as np
import pytest
import xarray as xr

import heemodel as hm
from heemodel.structures import blocks

SOUND = {"r": {"a": 0.4, "b": hm.REST}, "a": {"x": 0.5, "y": 0.5}}
NOTHING = hm.Payoffs(cost={"all": {"r": 1.0}}, qaly={})


def tree(branches=SOUND, payoffs=NOTHING):
    """A tree of what its functions return, or of the functions themselves."""
    given = {"branches": branches, "payoffs": payoffs}
    functions = {name: value if callable(value) else lambda p, value=value: value for name, value in given.items()}
    return hm.DecisionTree(strategies=["old", "new"], root="r", **functions)


def refused(model, draws=None):
    with pytest.raises(hm.ModelError) as error:
        model.run(xr.Dataset() if draws is None else draws)
    return str(error.value)


@pytest.mark.parametrize(
    ("branches", "names"),
    [
        ({"a": {"x": 1.0}}, ["root 'r'"]),
        (SOUND | {"c": {"z": 1.0}}, ["no branch leads to the node 'c'"]),
        (SOUND | {"B": {"z": 1.0}}, ["no branch leads to the node 'B'", "'b'"]),
        (SOUND | {"b": {"x": 1.0}}, ["'x' is reached from 'a' and from 'b'", "'a, x'", "'b, x'"]),
        (SOUND | {"b": {"r": 1.0}}, ["circle", "'r' → 'b' → 'r'"]),
        (SOUND | {"c": {"d": 1.0}, "d": {"c": 1.0}}, ["circle", "'c' → 'd' → 'c'"]),
        (SOUND | {"x": {"x": 1.0}}, ["'x' is reached from 'a' and from 'x'", "circle: 'x' → 'x'"]),
        (SOUND | {"b": {"u": hm.REST, "v": hm.REST}}, ["'b' has hm.REST 2 times", "'u' and 'v'"]),
        (SOUND | {"b": {}}, ["'b' has no branches"]),
        (SOUND | {"b": 0.4}, ["'b'", "float"]),
        (SOUND | {"": {"u": 1.0}, 3: {"v": 1.0}}, ["a node is called ''", "a node is called 3"]),
        (SOUND | {"b": {7: 1.0}}, ["'b' leads to 7"]),
        (None, ["NoneType"]),
        ([("r", "a")], ["list"]),
    ],
)
def test_what_is_no_tree_is_refused_with_the_node(branches, names):
    told = refused(tree(branches))
    for name in names:
        assert name in told


def test_mistakes_of_shape_are_told_together():
    told = refused(tree(SOUND | {"b": {"x": 1.0}, "c": {"u": 1.0}, "d": {"d": 1.0}}))
    assert len(told.splitlines()) == 3


def by_draw(*numbers):
    return xr.DataArray(list(numbers), dims="sample")


def draws(size):
    return xr.Dataset({"any": ("sample", np.zeros(size))})


def test_a_difference_below_0_is_told_with_how_often_and_how_far():
    less = xr.DataArray(np.repeat([0.3, -0.02, 0.1], [168, 30, 2]), dims="sample")
    less[199] = -0.05
    told = refused(tree({"r": {"a": less, "b": hm.REST}}), draws(200))
    assert "'r' → 'a'" in told
    assert "31 of 200 draws" in told
    assert "smallest -0.05, sample 199" in told
    assert "difference" in told
    assert "rate" not in told


def test_a_probability_above_1_is_told_with_its_strategy():
    more = hm.by_strategy({"new": by_draw(1.2, 0.5, 1.5), "old": 0.5})
    told = refused(tree({"r": {"a": more, "b": hm.REST}}), draws(3))
    assert "2 of 3 draws of strategy 'new' (largest 1.5, sample 2)" in told
    assert "'old'" not in told
    assert "rate_to_probability" in told


def test_without_draws_the_value_is_told():
    told = refused(tree({"r": {"a": hm.by_strategy({"old": 1.3, "new": 1.4}), "b": hm.REST}}))
    assert "1.3 of strategy 'old' and 1.4 of strategy 'new'" in told


def test_several_strategies_and_branches_are_told_together():
    chance = hm.by_strategy({"old": by_draw(-0.1, 0.2), "new": by_draw(0.2, -0.3)})
    told = refused(tree({"r": {"a": chance, "b": hm.REST}, "a": {"x": 1.7, "y": hm.REST}}), draws(2))
    assert "'old'" in told
    assert "'new'" in told
    assert "'a' → 'x' is 1.7" in told


@pytest.mark.parametrize("size", [2, 3, 1_000])
def test_counts_are_over_all_blocks(size, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", size)
    monkeypatch.setattr(blocks, "LARGE", 2)
    risk = np.array([0.5, -0.1, 0.5, 0.5, -0.4, -0.2, -0.3])
    model = tree(branches=lambda p: {"r": {"a": p.risk, "b": hm.REST}})
    with pytest.raises(hm.ModelError, match=r"4 of 7 draws \(smallest -0.4, sample 4\)"):
        model.run({"risk": risk})


def test_branches_that_add_up_to_more_than_1_are_told_with_the_largest_sum():
    told = refused(tree({"r": {"a": 0.7, "b": by_draw(0.2, 0.4, 0.31), "c": hm.REST}}), draws(3))
    assert "'r' add up to more than 1 in 2 of 3 draws (largest 1.1, sample 1)" in told


def test_branches_that_do_not_add_up_to_1_need_the_rest():
    told = refused(tree({"r": {"a": 0.7, "b": hm.by_strategy({"old": 0.3, "new": 0.2})}}))
    assert "0.9 of strategy 'new'" in told
    assert "hm.REST" in told
    assert "'old'" not in told


def test_nothing_is_made_to_fit():
    """One tenth of a per cent too much is refused; rounding is not."""
    refused(tree({"r": {"a": 0.7, "b": 0.301}}))
    tree({"r": {"a": 0.7, "b": 1 - 0.7 + 1e-12}}).run(xr.Dataset())


def test_values_that_are_not_numbers_are_told():
    cost = hm.Payoffs(cost={"drug": {"a": by_draw(1.0, np.inf)}}, qaly={"b": np.nan})
    told = refused(tree({"r": {"a": by_draw(np.nan, 0.2), "b": hm.REST}}, cost), draws(2))
    for place in (
        "'r' → 'a' is not a finite number in 1 of 2 draws",
        "drug payoff of 'a'",
        "qaly payoff of 'b' is nan",
    ):
        assert place in told


@pytest.mark.parametrize(
    ("payoffs", "names"),
    [
        (hm.Payoffs(cost={"drug": {"aa": 1.0}}, qaly={("r", "x"): 1.0}), ["'aa'", "'a'", "('r', 'x')", "from 'a'"]),
        (hm.Payoffs(cost={}, qaly={("any", "x"): 1.0}), ["'any'"]),
        (hm.Payoffs(cost={}, qaly={("a", "r"): 1.0}), ["'r'", "root"]),
        (hm.Payoffs(cost={}, qaly={("r", "a", "x"): 1.0}), ["(from, to)"]),
        (hm.Payoffs(cost={}, qaly={}, effects={"qaly": {"a": 1.0}, "path": {}}), ["'qaly'", "'path'", "rename"]),
        (hm.Payoffs(cost={}, qaly={"a": "much"}), ["qaly payoff of 'a'", "str"]),
        ({"cost": 1.0}, ["dict", "hm.Payoffs"]),
    ],
)
def test_payoffs_on_what_is_not_there_are_refused(payoffs, names):
    told = refused(tree(payoffs=payoffs))
    for name in names:
        assert name in told


def test_values_that_do_not_fit_are_told_together():
    by_cycle = xr.DataArray([0.1, 0.2], dims="cycle")
    strategies = xr.DataArray([0.1, 0.2], dims="strategy", coords={"strategy": ["old", "newer"]})
    told = refused(tree({"r": {"a": by_cycle, "b": hm.REST}, "a": {"x": strategies, "y": hm.REST}}))
    assert "'cycle'" in told
    assert "'newer'" in told


def test_draws_under_another_name_within_the_functions_are_to_be_renamed():
    told = refused(tree({"r": {"a": xr.DataArray([0.1, 0.2], dims="index"), "b": hm.REST}}), draws(2))
    assert "rename" in told
    assert "Sum" not in told


def test_components_that_come_and_go_with_the_draws_are_refused(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 2)
    monkeypatch.setattr(blocks, "LARGE", 2)

    def payoffs(p):
        return hm.Payoffs(cost={"drug" if float(p.any[0]) == 0 else "other": {"a": 1.0}}, qaly={})

    told = refused(tree(payoffs=payoffs), {"any": [0.0, 0.0, 1.0, 1.0]})
    assert "cost drug, cost other" in told


@pytest.mark.parametrize(
    ("others", "names"),
    [
        ({"strategies": "old"}, ["'old'", "list"]),
        ({"strategies": []}, ["strategies", "at least one"]),
        ({"strategies": ["a", "a"]}, ["different"]),
        ({"strategies": ["a", 3]}, ["3", "text"]),
        ({"groups": ["g", "g"]}, ["groups"]),
        ({"root": None}, ["root", "None"]),
        ({"branches": {"r": {}}}, ["branches", "dict"]),
        ({"payoffs": NOTHING}, ["payoffs", "function"]),
    ],
)
def test_what_is_not_a_tree_of_functions_is_refused_at_once(others, names):
    given = {"strategies": ["a"], "root": "r", "branches": lambda p: SOUND, "payoffs": lambda p: NOTHING}
    with pytest.raises(hm.ModelError) as error:
        hm.DecisionTree(**(given | others))
    for name in names:
        assert name in str(error.value)
