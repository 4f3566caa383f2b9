"""Sobol' indices by Saltelli's design against closed forms."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats

import heemodel as hm
from heemodel.decision.sensitivity import sobol

TOTAL = 7**2 / 8 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18 + 0.5
OWN = np.array([0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 7**2 / 8, 0]) / TOTAL
SHARED = 0.01 * np.pi**8 * (1 / 18 - 1 / 50) / TOTAL
ALL = OWN + np.array([SHARED, 0, SHARED])
NAMES = ["x1", "x2", "x3"]


def ishigami(p):
    return np.sin(p["x1"]) + 7 * np.sin(p["x2"]) ** 2 + 0.1 * p["x3"] ** 4 * np.sin(p["x1"])


def independent(samples=4_000, seed=1, **sds):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({name: rng.normal(0, sd, samples) for name, sd in sds.items()})


@pytest.mark.parametrize("of", ["distributions", "draws"])
def test_the_ishigami_function_has_its_indices(of):
    uniform = stats.uniform(-np.pi, 2 * np.pi)
    drawn = pd.DataFrame(np.random.default_rng(1).uniform(-np.pi, np.pi, (10_000, 3)), columns=NAMES)
    given = dict.fromkeys(NAMES, uniform) if of == "distributions" else drawn
    table = sobol(ishigami, given, draws=4096, seed=1).set_index("parameter").loc[NAMES]
    np.testing.assert_allclose(table["first_order"], OWN, atol=0.03)
    np.testing.assert_allclose(table["total"], ALL, atol=0.03)
    assert (np.abs(table["total"] - ALL) < 4 * table["total_se"]).all()


def test_the_same_seed_gives_the_same_indices():
    draws = independent(a=1.0, b=2.0)
    one, same, other = (sobol(lambda p: p["a"] + p["b"], draws, draws=128, seed=seed) for seed in (3, 3, 4))
    pd.testing.assert_frame_equal(one, same)
    assert not one.equals(other)


def test_correlated_parameters_are_refused_and_have_an_index_as_a_group():
    rng = np.random.default_rng(1)
    both = rng.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 4_000)
    draws = pd.DataFrame(both, columns=["a", "b"]).assign(c=rng.normal(0, 1, 4_000))
    with pytest.raises(
        hm.decision.OutcomeError, match=r"correlated: a and b \(0.7.\).*groups=\{'a and b': \['a', 'b'\]\}"
    ):
        sobol(lambda p: p.sum(axis=1), draws, seed=1)
    table = sobol(lambda p: p.sum(axis=1), draws, groups={"a and b": ["a", "b"]}, seed=1)
    assert table["parameter"].to_list() == ["a and b", "c"]
    np.testing.assert_allclose(table["total"], [3.6 / 4.6, 1 / 4.6], atol=0.05)
    assert (np.abs(table["total"] - [3.6 / 4.6, 1 / 4.6]) < 4 * table["total_se"]).all()


def test_many_correlated_pairs_are_counted():
    shared = np.random.default_rng(1).normal(size=1_000)
    draws = pd.DataFrame({name: shared + i for i, name in enumerate("abcd")})
    with pytest.raises(hm.decision.OutcomeError, match="and 3 more pairs"):
        sobol(lambda p: p["a"], draws, seed=1)


def test_chance_correlation_of_few_draws_is_no_correlation():
    draws = independent(samples=30, seed=2, a=1.0, b=1.0)
    assert abs(stats.spearmanr(draws)[0]) > 0.1
    assert len(sobol(lambda p: p["a"], draws, draws=64, seed=1)) == 2


def test_a_dataset_reaches_the_function_as_it_was():
    """A vector moves as a whole, names stay names, constants and what has no samples stay as they are."""
    rng = np.random.default_rng(1)
    draws = xr.Dataset(
        {
            "mix": (("sample", "state"), rng.dirichlet([5, 3, 2], 500)),
            "rate": ("sample", rng.normal(size=500)),
            "fixed": ("sample", np.full(500, 2.0)),
            "table": ("age", [1.0, 2.0]),
        },
        coords={
            "state": ["x", "y", "z"],
            "chain": ("sample", np.repeat([0, 1], 250)),
            "model": ("sample", rng.choice(["weibull", "gamma"], 500)),
            "sample": range(500),
        },
    )

    def function(p):
        assert set(p) == {"mix", "rate", "fixed", "table", "model"} - ({"model"} if "model" in p.coords else set())
        np.testing.assert_allclose(p["mix"].sum("state"), 1)
        assert set(p["model"].to_numpy()) == {"weibull", "gamma"}
        return p["mix"].sel(state="x") + 0.1 * p["rate"] * p["fixed"] + (p["model"] == "gamma") + p["table"].sum()

    table = sobol(function, draws, draws=256, seed=1)
    assert table["parameter"].to_list() == ["model", "rate", "mix", "fixed"]
    assert table.iloc[-1, 1:].to_list() == [0, 0, 0, 0]
    assert table["total"].sum() == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda p: p["a"].mean(), "one number for each"),
        (lambda p: p["a"] * np.nan, "gives nan for draw 0"),
        (lambda p: p["a"] * 0 + 5, "always gives 5"),
        (lambda p: p["a"].astype(str), "must give one number"),
    ],
)
def test_functions_that_do_not_give_a_number_for_each_draw_are_refused(function, said):
    with pytest.raises(hm.decision.OutcomeError, match=said):
        sobol(function, independent(a=1.0, b=1.0), draws=64, seed=1)


@pytest.mark.parametrize(
    ("given", "fields", "said"),
    [
        (independent(a=1.0), {"draws": 1000}, "such as 512 or 1024"),
        (independent(a=1.0) * 0, {}, "no parameter varies"),
        (independent(a=1.0, b=1.0), {"groups": {"a": ["b"]}}, "has the name of a parameter"),
        (independent(a=1.0, b=1.0), {"groups": {"g": ["c"]}}, "no parameter 'c'"),
        (independent(a=1.0, b=1.0), {"groups": {"g": "ab"}}, "group 'g' is 'ab'; give a list of names"),
        (independent(a=1.0, b=1.0), {"groups": {"g": ["a"], "h": ["a", "b"]}}, "'a' is in two groups"),
        ({"a": stats.norm()}, {"groups": {"g": ["a"]}}, "give draws instead"),
        ({"a": 3.0}, {}, "'a' is a float"),
        ({}, {}, "no parameters are given"),
    ],
)
def test_designs_that_cannot_be_made_are_refused(given, fields, said):
    with pytest.raises(hm.decision.OutcomeError, match=said):
        sobol(lambda p: p["a"], given, seed=1, **fields)
