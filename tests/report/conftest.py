"""Results that the tests of the report's sections share, each made once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from heemodel.analysis import Results, analyse, load_model, results_of_psa
from heemodel.analysis.tables import tabulated
from heemodel.decision import appraise

MODELS = Path(__file__).parents[2] / "models"
SMALL = Path(__file__).parent / "small_model"
DRAWS = 500


@pytest.fixture(scope="session")
def small() -> Results:
    """Two strategies, two scenarios, groups, variations, published results, payers and steps."""
    return analyse(load_model(SMALL), draws=DRAWS, seed=1)


@pytest.fixture(scope="session")
def with_states(small) -> Results:
    """The small model with costs shared between two states, as a third and two thirds."""
    scenarios = {
        name: replace(result, cost_by_state=_shared(result.outcomes["cost"].mean("sample")))
        for name, result in small.scenarios.items()
    }
    return tabulated(replace(small, scenarios=scenarios, tables={}))


def _shared(cost: xr.DataArray) -> xr.DataArray:
    return xr.concat([cost / 3, 2 * cost / 3], dim="state").assign_coords(state=["ill", "well_again"])


@pytest.fixture(scope="session")
def sick_sicker() -> Results:
    """Four strategies, one scenario, dollars; at the thresholds of the policy profiles, which are in pounds."""
    model = load_model(MODELS / "sick_sicker")
    about = model.inputs.about.model_copy(update={"thresholds": None})
    return analyse(model, inputs=replace(model.inputs, about=about), draws=DRAWS, seed=1)


@pytest.fixture(scope="session")
def savings() -> Results:
    """Two strategies, three scenarios, a published saving, payers and kinds."""
    return analyse(load_model(MODELS / "thrombectomy_savings"), draws=1_000, seed=1)


@pytest.fixture(scope="session")
def tree() -> Results:
    """A decision tree that counts no QALYs."""
    return analyse(load_model(MODELS / "catheter_dressing"), draws=DRAWS, seed=1)


@pytest.fixture(scope="session")
def psa() -> Results:
    """A PSA from files: five strategies, one of them dominated, in euros, with three parameters."""
    return psa_of(5)


@pytest.fixture(scope="session")
def bare_psa() -> Results:
    """A PSA of two strategies without parameters."""
    return psa_of(2, parameters=False)


def psa_of(number: int, *, parameters: bool = True, samples: int = 1_000) -> Results:
    """Results of invented samples: "strategy C", where there is one, loses QALYs against those beside it."""
    rng = np.random.default_rng(3)
    effect, price = rng.normal(0.1, 0.1, samples), rng.gamma(100, 30, samples)
    base = rng.normal(20_000, 2_000, samples)
    names = ["usual care", *(f"strategy {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: number - 1])]
    cost = np.stack([base + place * price * rng.normal(1, 0.1, samples) for place in range(number)], axis=1)
    qaly = np.stack(
        [10 + effect * np.sqrt(place) - 0.15 * (place == 3) + rng.normal(0, 0.02, samples) for place in range(number)],
        axis=1,
    )
    outcomes = xr.Dataset(
        {"cost": (("sample", "strategy"), cost), "qaly": (("sample", "strategy"), qaly)}, coords={"strategy": names}
    )
    drawn = pd.DataFrame({"effect": effect, "price": price, "noise": rng.normal(size=samples)})
    appraisal = appraise(
        outcomes,
        drawn if parameters else None,
        comparator="usual care",
        thresholds=[20_000, 30_000],
        groups={"both": ["effect", "price"]} if parameters else None,
        currency="€",
    )
    return results_of_psa(appraisal)
