"""The decision room beside BCEA 2.4.84 and voi 1.0.3, on the samples that those packages bring along.

The samples are theirs and are not shipped here. To run these tests, write them from R (BCEA's `Vaccine`; costs,
effects and parameters of voi's chemotherapy example) as Vaccine_c.csv.gz, Vaccine_e.csv.gz, Vaccine_inputs.csv.gz,
chemo_c.csv.gz, chemo_e.csv.gz and chemo_pars.csv.gz to a folder, and name it in HEEMODEL_REFERENCE_PSA. The figures
were made by running those packages.
"""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm

FIGURES = json.loads((Path(__file__).parent / "data/bcea_voi.json").read_text())
FOLDER = os.environ.get("HEEMODEL_REFERENCE_PSA")

pytestmark = pytest.mark.skipif(FOLDER is None, reason="the samples of BCEA and voi are not at hand")


def psa(name, parameters, comparator):
    cost, qaly, inputs = (pd.read_csv(Path(FOLDER) / f"{name}_{part}.csv.gz") for part in ("c", "e", parameters))
    outcomes = xr.Dataset(
        {"cost": (("sample", "strategy"), cost.to_numpy()), "qaly": (("sample", "strategy"), qaly.to_numpy())},
        coords={"strategy": list(cost.columns)},
    )
    return hm.CostEffectiveness(outcomes, comparator=comparator), inputs.dropna(axis=1, how="all")


@pytest.fixture(scope="module")
def vaccine():
    return psa("Vaccine", "inputs", "Status Quo")


@pytest.fixture(scope="module")
def chemotherapy():
    return psa("chemo", "pars", "c_t1")


def test_the_icer_curves_and_perfect_information_are_those_of_bcea(vaccine):
    cea, wanted = vaccine[0], pd.DataFrame(FIGURES["vaccine"]["at_threshold"])
    assert cea.icer("Vaccination").value == pytest.approx(FIGURES["vaccine"]["icer"], rel=1e-9)
    thresholds = wanted["threshold"].to_numpy()
    benefit = cea.net_benefit(thresholds).mean("sample")
    difference = benefit.sel(strategy="Vaccination") - benefit.sel(strategy="Status Quo")
    np.testing.assert_allclose(difference, wanted["incremental_benefit"], atol=1e-9)
    np.testing.assert_allclose(cea.acceptability(thresholds).sel(strategy="Vaccination"), wanted["ceac"], atol=1e-12)
    np.testing.assert_allclose(cea.evpi(thresholds), wanted["evpi"], rtol=1e-9)


def test_perfect_information_is_that_of_voi(chemotherapy):
    wanted = pd.DataFrame(FIGURES["chemotherapy"]["evpi"])
    np.testing.assert_allclose(chemotherapy[0].evpi(wanted["threshold"]), wanted["evpi"], rtol=1e-9)


@pytest.mark.parametrize("row", FIGURES["vaccine"]["evppi"], ids=lambda row: f"{row['method']}-{row['parameters']}")
def test_partial_information_is_that_of_bcea_within_the_error_of_the_regression(vaccine, row):
    found = hm.voi.evppi(*vaccine, row["parameters"], thresholds=row["thresholds"])
    assert (np.abs(found["evppi"] - row["evppi"]) < 1.5 * found["se"] + 1e-3).all()


ROWS = [row for row in FIGURES["chemotherapy"]["evppi"] if row["method"] in {"gam", "bart"}]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['threshold']}-{row['parameters'][:30]}")
def test_partial_information_is_that_of_voi_within_the_error_of_the_regression(chemotherapy, row):
    """Both regress on the same samples, so that they differ by less than the error of either."""
    found = hm.voi.evppi(*chemotherapy, row["parameters"].split(","), thresholds=row["threshold"]).iloc[0]
    assert abs(found["evppi"] - row["evppi"]) < 0.5 * found["se"] + 0.5
    if row["method"] == "gam" and "se" in row and row["evppi"] > 5:  # theirs is of the regression alone
        assert 0.7 * row["se"] < found["se"] < 3 * row["se"]
