"""What the tests share: a posterior store of their own, the savings model, and one small run of it."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # models and analyses import from the checkout

MODEL = ROOT / "models" / "thrombectomy_savings"
DRAWS = 2_000


@pytest.fixture(scope="session", autouse=True)
def posterior_store(tmp_path_factory):
    """Posteriors are stored for this session only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEEMODEL_CACHE", str(tmp_path_factory.mktemp("posteriors")))
        yield


@pytest.fixture(scope="session")
def inputs():
    """The inputs of the savings model."""
    import heemodel as hm

    return hm.read_inputs(MODEL / "inputs.toml")


@pytest.fixture(scope="session")
def folder():
    """The savings model, loaded."""
    from heemodel.analysis import load_model

    return load_model(MODEL)


@pytest.fixture(scope="session")
def results(folder):
    """The savings analysis under all scenarios, with few draws."""
    from heemodel.analysis import analyse

    return analyse(folder, scenarios=list(folder.inputs.scenarios), draws=DRAWS, seed=1, horizon="5 years")
