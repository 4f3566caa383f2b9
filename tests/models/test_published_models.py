"""Published models against other software.

Totals per 1,000 people by heemod 1.1.0 (deterministic; its countings "life-table", "beginning", "end") on the inputs of
its own articles on the HIV model of Chancellor et al. 1997 and on the hip replacement model of Briggs et al. 2006.
"""

import importlib

import numpy as np
import pytest

import heemodel as hm
from heemodel.verify.naive_cohort import naive_run
from tests.conftest import ROOT

HIV = [
    ("life-table", 20, [48417031.1474035, 85148060.1895648], [8463.38726871347, 14198.6505878817]),
    ("life-table", 50, [48762093.0463617, 92984847.8075881], [8585.84314564078, 17256.9371670248]),
    ("start", 20, [49543380.4233434, 85721164.1138836], [8947.60185561196, 14533.0625519296]),
    ("start", 50, [49932145.7141127, 93936080.321069], [9085.83853448498, 17751.108019264]),
    ("end", 20, [47290681.8714636, 84574956.265246], [7979.17268181499, 13864.2386238338]),
    ("end", 50, [47592040.3786106, 92033615.2941072], [8085.84775679658, 16762.7663147856]),
]
HIP = [
    ("life-table", [516001.901791494, 611254.987941777], [14762.9012034862, 14807.7562281759]),
    ("start", [512447.42331127, 610315.227781968], [14652.8225843676, 14697.3390214567]),
    ("end", [519556.380271718, 612194.748101587], [14872.9798226048, 14918.1734348952]),
]


def load(name):
    module = importlib.import_module(f"models.{name}.model")
    return module, hm.read_inputs(ROOT / "models" / name / "inputs.toml", needs=module.NEEDS)


def per_thousand(outcomes, effect):
    return 1000 * outcomes["cost"].sum("component").to_numpy(), 1000 * outcomes[effect].to_numpy()


@pytest.mark.parametrize(("correction", "years", "cost", "life_years"), HIV)
def test_hiv_equals_heemod(correction, years, cost, life_years):
    hiv, inputs = load("hiv_chancellor")
    rounded = inputs.central()
    for name, shares in {
        "from_a": [0.721, 0.202, 0.067, 0.010],
        "from_b": [0.581, 0.407, 0.012],
        "from_c": [0.750, 0.250],
    }.items():
        np.testing.assert_allclose(rounded[name], shares, atol=6e-4)
        rounded[name] = (rounded[name].dims, shares)
    found = per_thousand(hiv.model(f"{years} years", correction).run(rounded), "life_years")
    np.testing.assert_allclose(found, [cost, life_years], rtol=1e-9)


@pytest.mark.parametrize(("correction", "cost", "qaly"), HIP)
def test_hip_replacement_equals_heemod(correction, cost, qaly):
    hip, inputs = load("hip_replacement")
    found = per_thousand(hip.model(correction=correction).run(inputs.central()), "qaly")
    np.testing.assert_allclose(found, [cost, qaly], rtol=1e-9)


def test_sick_sicker_agrees_with_the_plain_engine_and_with_its_readme():
    sick, inputs = load("sick_sicker")
    model, central = sick.model(), inputs.central()
    outcomes, plain = model.run(central), naive_run(sick.model(), central)
    cost = outcomes["cost"].sum("component")
    np.testing.assert_allclose(cost, plain["cost"].isel(sample=0), rtol=1e-12)
    np.testing.assert_allclose(outcomes["qaly"], plain["qaly"].isel(sample=0), rtol=1e-12)
    np.testing.assert_allclose(cost, [152_262, 285_677, 259_992, 379_955], atol=0.5)
    np.testing.assert_allclose(outcomes["qaly"], [21.038, 21.829, 22.511, 23.467], atol=5e-4)


@pytest.mark.parametrize("name", ["hiv_chancellor", "hip_replacement", "sick_sicker"])
def test_the_probabilistic_analysis_lies_around_the_point_estimate(name):
    module, inputs = load(name)
    model = module.model()
    point, sampled = model.run(inputs.central()), model.run(inputs.draw(2_000, seed=1))
    for outcome in (lambda o: o["cost"].sum("component"), lambda o: o["qaly"]):
        low, high = (outcome(sampled).quantile(q, "sample") for q in (0.2, 0.8))
        assert bool(((low < outcome(point)) & (outcome(point) < high)).all())
