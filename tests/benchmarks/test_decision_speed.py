"""The decision room beside the same work in numpy and scikit-learn: run with ``make bench``, which prints the ratios.

In the test suite each runs once, untimed, and its answers are compared. No test asserts on time.
"""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer, StandardScaler

import heemodel as hm

SAMPLES, THRESHOLDS = 10_000, np.linspace(0, 50_000, 501)
THRESHOLD = 20_000.0


def psa(strategies, parameters=100, seed=1):
    """Costs and QALYs that bend in some of the parameters."""
    rng = np.random.default_rng(seed)
    draws = rng.normal(size=(SAMPLES, parameters))
    slopes = rng.normal(size=(6, strategies))
    qaly = 0.02 * (
        draws[:, :6] @ slopes + np.sin(2 * draws[:, :1]) * slopes[0] + rng.normal(size=(SAMPLES, strategies))
    )
    cost = 1_000 + 200 * (draws[:, 3:9] @ slopes + rng.normal(size=(SAMPLES, strategies)))
    outcomes = xr.Dataset(
        {"cost": (("sample", "strategy"), cost), "qaly": (("sample", "strategy"), qaly)},
        coords={"strategy": [f"s{i}" for i in range(strategies)]},
    )
    return outcomes, pd.DataFrame(draws, columns=[f"p{i}" for i in range(parameters)])


@pytest.fixture(scope="module", params=[2, 10])
def outcomes(request):
    return psa(request.param, 10)[0]


def heemodel_curves(outcomes):
    cea = hm.CostEffectiveness(outcomes, comparator="s0")
    curves = cea.acceptability(THRESHOLDS), cea.frontier(THRESHOLDS), cea.expected_loss(THRESHOLDS)
    return curves[0].to_numpy(), cea.evpi(THRESHOLDS).to_numpy()


def numpy_curves(outcomes):
    cost, qaly = (outcomes[name].transpose("strategy", "sample").to_numpy() for name in ("cost", "qaly"))
    probability, evpi = np.empty((len(THRESHOLDS), len(cost))), np.empty(len(THRESHOLDS))
    for t, threshold in enumerate(THRESHOLDS):
        benefit = threshold * qaly - cost
        best = benefit.max(axis=0)
        probability[t] = (benefit == best).mean(axis=1)
        evpi[t] = (best - benefit).mean(axis=1).min()
    return probability, evpi


@pytest.mark.benchmark(group="acceptability, frontier, loss and EVPI at 501 thresholds, 10,000 samples")
@pytest.mark.parametrize("way", [heemodel_curves, numpy_curves])
def test_curves(benchmark, outcomes, way):
    found = benchmark(way, outcomes)
    for one, other in zip(found, numpy_curves(outcomes), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-9)


TWO = psa(2)
EXPECTED = {
    count: hm.voi.evppi(
        hm.CostEffectiveness(TWO[0], comparator="s0"), TWO[1], [f"p{i}" for i in range(count)], thresholds=THRESHOLD
    ).iloc[0]
    for count in (1, 2, 3, 5)
}


def heemodel_evppi(count):
    """With its standard error and the held-out check."""
    cea = hm.CostEffectiveness(TWO[0], comparator="s0")
    return hm.voi.evppi(cea, TWO[1], [f"p{i}" for i in range(count)], thresholds=THRESHOLD)["evppi"].item()


def scikit_learn_evppi(count):
    """Net benefit by ridge regression on additive splines, or by a Gaussian process of 1,000 samples; no error."""
    benefit = (THRESHOLD * TWO[0]["qaly"] - TWO[0]["cost"]).to_numpy()
    columns, increment = TWO[1].to_numpy()[:, :count], benefit[:, 1] - benefit[:, 0]
    if count <= 3:
        regression = make_pipeline(SplineTransformer(n_knots=12), RidgeCV(np.logspace(-3, 6, 10)))
        fitted = regression.fit(columns, increment).predict(columns)
    else:
        kernel = ConstantKernel() * RBF(np.ones(count)) + WhiteKernel()
        process = make_pipeline(StandardScaler(), GaussianProcessRegressor(kernel, normalize_y=True))
        fitted = process.fit(columns[:1_000], increment[:1_000]).predict(columns)
    return np.maximum(fitted, 0).mean() - max(fitted.mean(), 0)


@pytest.mark.benchmark(group="EVPPI, 10,000 samples")
@pytest.mark.parametrize("count", [1, 2, 3, 5])
@pytest.mark.parametrize("way", [heemodel_evppi, scikit_learn_evppi])
def test_evppi(benchmark, count, way):
    found = benchmark.pedantic(way, (count,), rounds=3, warmup_rounds=1)
    assert abs(found - EXPECTED[count]["evppi"]) < 5 * EXPECTED[count]["se"]


@pytest.mark.benchmark(group="EVPPI of 100 parameters, 10,000 samples")
def test_evppi_of_every_parameter(benchmark):
    cea = hm.CostEffectiveness(TWO[0], comparator="s0")
    table = benchmark.pedantic(hm.voi.evppi_each, (cea, TWO[1]), {"thresholds": THRESHOLD}, rounds=1)
    assert len(table) == 100
    assert (table["evppi"] <= cea.evpi(THRESHOLD).item() + 3 * table["se"]).all()
