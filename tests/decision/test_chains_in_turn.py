"""Monte Carlo errors are the same whether chains take turns, as posteriors give them, or follow one another."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm
from heemodel.decision import monte_carlo_error, share
from heemodel.decision.stability import cumulative_mean, draws_needed

CHAINS, LENGTH, PERSISTENCE = 4, 1_000, 0.9


def autocorrelated(seed=1):
    """Chains of first-order autocorrelation, one after another: (chain × draw) in a row."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(CHAINS, LENGTH))
    for i in range(1, LENGTH):
        values[:, i] = PERSISTENCE * values[:, i - 1] + np.sqrt(1 - PERSISTENCE**2) * values[:, i]
    return values.ravel()


IN_A_ROW = xr.DataArray(
    autocorrelated(), dims="sample", coords={"chain": ("sample", np.repeat(np.arange(CHAINS), LENGTH))}, name="saving"
)
TURNS = np.arange(CHAINS * LENGTH).reshape(CHAINS, LENGTH).T.ravel()
IN_TURN = IN_A_ROW.isel(sample=TURNS)


def outcomes(values):
    """Two strategies, of which the draws do not say for sure which is better."""
    noise = xr.zeros_like(values) + np.random.default_rng(2).normal(size=values.size)
    cost = xr.concat([xr.zeros_like(values), values], dim="strategy")
    qaly = xr.concat([xr.zeros_like(values), 0.1 + 0 * noise], dim="strategy")
    return xr.Dataset({"cost": cost, "qaly": qaly}).assign_coords(strategy=["old", "new"])


def test_the_error_is_that_of_autocorrelated_draws():
    assert IN_TURN["chain"].to_numpy()[:5].tolist() == [0, 1, 2, 3, 0]
    assert monte_carlo_error(IN_TURN) == monte_carlo_error(IN_A_ROW)
    independent = float(IN_TURN.std(ddof=1)) / np.sqrt(IN_TURN.size)
    assert monte_carlo_error(IN_TURN) == pytest.approx(independent * np.sqrt(1.9 / 0.1), rel=0.2)
    assert share(IN_TURN > 0) == share(IN_A_ROW > 0)


def test_so_is_that_of_means_that_accumulate_and_of_the_draws_needed():
    pd.testing.assert_frame_equal(cumulative_mean(IN_TURN), cumulative_mean(IN_A_ROW))
    turn, row = (draws_needed(values, half_width=0.1) for values in (IN_TURN, IN_A_ROW))
    pd.testing.assert_frame_equal(turn, row)


def test_so_is_that_of_perfect_information():
    turn, row = (
        hm.CostEffectiveness(outcomes(values), comparator="old").evpi([0.0, 5.0]) for values in (IN_TURN, IN_A_ROW)
    )
    xr.testing.assert_allclose(turn, row)
    forgone = IN_TURN.clip(min=0)  # as the mean cost of the new strategy is below 0
    assert turn["mcse"].to_numpy()[0] == pytest.approx(monte_carlo_error(forgone))


def test_so_are_those_of_partial_information_and_switching_values():
    found = []
    for values in (IN_TURN, IN_A_ROW):
        cea = hm.CostEffectiveness(outcomes(values), comparator="old")
        draws = xr.Dataset({"price": values, "other": values**2})
        found.append(hm.voi.evppi(cea, draws, ["price"], thresholds=0.0, seed=1))
    assert found[0]["evppi"].to_numpy() == pytest.approx(found[1]["evppi"].to_numpy(), rel=1e-6)
    assert found[0]["se"].to_numpy() == pytest.approx(found[1]["se"].to_numpy(), rel=0.05)
    turn, row = (hm.sensitivity.switching_value(values + 0.2, values) for values in (IN_TURN, IN_A_ROW))
    assert turn.values == pytest.approx(row.values)
    assert turn.mcse == pytest.approx(row.mcse)
