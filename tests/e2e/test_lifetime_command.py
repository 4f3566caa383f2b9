"""The lifetime model from the command line: all that it is to show is there, and stands where it is said to stand."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lifetime") / "results"
    command = [sys.executable, "-c", "from heemodel.cli import main; main()", "run", "models/thrombectomy_lifetime"]
    done = subprocess.run(
        [*command, "--out", str(folder), "--draws", "4000"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=2_400,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def figures(out, name, **wanted):
    table = pd.read_csv(out / f"{name}.csv")
    for column, value in wanted.items():
        table = table[table[column] == value]
    return table


def headline(out, quantity, scenario="within-24-hours"):
    return figures(out, "headline", quantity=quantity, scenario=scenario, basis="probabilistic").iloc[0]


def test_thrombectomy_gains_more_than_a_qaly_and_is_worth_its_price(out):
    assert 1.1 < headline(out, "incremental_qaly")["value"] < 1.5
    assert headline(out, "probability_cost_effective_at_20000")["value"] > 0.99
    assert headline(out, "net_saving_per_patient")["value"] == -headline(out, "incremental_cost")["value"]
    large = headline(out, "incremental_qaly", "large-core")["value"]
    assert large < headline(out, "incremental_qaly", "early")["value"]


def test_the_readme_tells_what_comes_out(out):
    rows = {
        "within 24 hours": "within-24-hours",
        "early window": "early",
        "late window": "late",
        "large core": "large-core",
    }
    text = (ROOT / "models/thrombectomy_lifetime/README.md").read_text(encoding="utf-8").replace("−", "-")
    for label, scenario in rows.items():
        cells = next(line for line in text.splitlines() if line.startswith(f"| {label}")).split("|")[2:5]
        qalys, cost, benefit = (float(cell.split("(")[0].replace("£", "").replace(",", "")) for cell in cells)
        assert headline(out, "incremental_qaly", scenario)["value"] == pytest.approx(qalys, abs=0.03)
        assert headline(out, "incremental_cost", scenario)["value"] == pytest.approx(cost, abs=400)
        assert headline(out, "net_benefit_at_20000", scenario)["value"] == pytest.approx(benefit, abs=800)


def test_published_results_are_as_near_as_the_readme_says(out):
    found = pd.read_csv(out / "validation.csv").set_index(["variation", "quantity"])["value"]
    assert found["england-2025", "incremental_qaly"] == pytest.approx(1.01, abs=0.15)
    assert -15_000 < found["england-2025", "incremental_cost"] < -5_000  # published −9,466
    assert found["ganesalingam-2015", "incremental_qaly"] == pytest.approx(1.05, abs=0.3)
    assert 1_500 < found["heggie-lifetime", "evpi_at_20000"] < 7_000  # published 3,178
    assert found["pizzo-2020", "probability_cost_effective_at_20000"] > 0.95
    assert len(pd.read_csv(out / "comparisons.csv")) == 8


def test_every_alternative_and_choice_has_its_row(out):
    names = set(figures(out, "variations")["variation"].dropna())
    assert {"mortality_ratio_by_mrs: kunz", "mortality_ratio_by_mrs: westwood", "nhs-alone", "carers"} <= names
    assert sum(name.startswith("utility_by_mrs") for name in names) == 9
    nhs = figures(out, "variations", variation="nhs-alone", quantity="incremental_cost", basis="probabilistic")
    assert nhs["value"].iloc[0] > 0


def test_costs_by_component_and_by_state_add_up(out):
    cost = figures(out, "headline", quantity="incremental_cost", basis="probabilistic").set_index("scenario")["value"]
    by_state = pd.read_csv(out / "cost_by_state.csv").groupby(["scenario", "strategy"])["value"].sum().unstack()
    difference = by_state["thrombectomy"] - by_state["usual care"]
    np.testing.assert_allclose(difference[cost.index], cost, rtol=1e-9)


def test_subgroups_weigh_up_to_the_whole(out):
    table = figures(out, "subgroups", scenario="within-24-hours", quantity="incremental_qaly")
    table = table[table["basis"] == "probabilistic"] if "basis" in table else table
    for grouping in ("window", "age"):
        part = table[table["grouping"] == grouping]
        assert float((part["share"] * part["value"]).sum() / part["share"].sum()) == pytest.approx(
            headline(out, "incremental_qaly")["value"], rel=1e-9
        )


def test_groups_of_parameters_have_a_value_of_information(out):
    groups = {
        "effect",
        "baseline",
        "costs",
        "utilities",
        "mortality",
        "course",
    }
    looked_at = set(figures(out, "evppi", scenario="late")["parameters"])
    assert groups < looked_at  # what is in no group is looked at alone
    tornado = figures(out, "tornado", scenario="within-24-hours")
    assert not tornado["parameter"].str.startswith(("category_share", "cut_log_odds_ratio")).any()
    assert (out / "figures" / "tornado.svg").exists()
