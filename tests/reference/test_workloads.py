"""Two models whose results other engines computed: at the means, and for each of a hundred draws.

hesim 0.5.6, an explicit matrix loop and a recursion vectorised over samples, all in R, agree on them to 3e-10.
"""

import numpy as np
import pytest
import xarray as xr

from tests import workloads


def totals(model, draws):
    outcomes = model.run(draws)
    return outcomes["cost"].sum("component"), outcomes["qaly"]


def test_four_states_yearly_at_the_means():
    a, b, c = np.array([350, 116, 17]) / 1734, np.array([512, 15]) / 1258, 437 / 1749
    means = {"pAB": a[0], "pAC": a[1], "pAD": a[2], "pBC": b[0], "pBD": b[1], "pCD": c, "rr": 0.509}
    means |= {"cA": 2756.0, "cB": 3052.0, "cC": 9007.0, "uA": 0.80, "uB": 0.65, "uC": 0.45}
    cost, qaly = totals(workloads.progressive(), xr.Dataset(means))
    assert cost.to_numpy() == pytest.approx([54308.728618848, 110328.634692], rel=1e-11)
    assert qaly.to_numpy() == pytest.approx([4.4861726140813, 7.6623434127784], rel=1e-12)


@pytest.mark.parametrize(
    ("months", "cost", "qaly"),
    [
        (120, [110786.3136734, 113124.95355577], [3.1188351843206, 3.2809004776476]),
        (480, [149299.46839597, 151129.6852992], [3.9000367448259, 4.1196960234358]),
    ],
)
def test_seven_states_monthly_at_the_means(months, cost, qaly):
    utilities, costs = (0.95, 0.88, 0.72, 0.55, 0.30, 0.05), (200.0, 300.0, 500.0, 1000.0, 2000.0, 3000.0)
    means = {"imp": 0.1, "wor": 0.01, "rr": 1.25}
    for k in range(6):
        means |= {f"hr{k}": float(workloads.HAZARD_RATIOS[k]), f"u{k}": utilities[k], f"c{k}": costs[k]}
    found_cost, found_qaly = totals(workloads.disability(months), xr.Dataset(means))
    assert found_cost.to_numpy() == pytest.approx(cost, rel=1e-11)
    assert found_qaly.to_numpy() == pytest.approx(qaly, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "tag", "model"),
    [
        ("progressive", "", workloads.progressive()),
        ("disability", "_120", workloads.disability(120)),
        ("disability", "_480", workloads.disability(480)),
    ],
)
def test_every_draw_gives_what_other_engines_gave(name, tag, model):
    draws, table = workloads.stored(name)
    cost, qaly = totals(model, draws)
    for strategy in ("1", "2"):
        one = {"strategy": strategy}
        np.testing.assert_allclose(cost.sel(one), table[f"cost{strategy}{tag}"], rtol=1e-9 / 1e4, atol=0)
        np.testing.assert_allclose(qaly.sel(one), table[f"qaly{strategy}{tag}"], rtol=0, atol=1e-9)
