"""What does mechanical thrombectomy save? The published analysis from Python, and its arrows one by one.

Run it from the checkout: ``python analyses/thrombectomy_savings.py results/from_python``. It writes what
``heemodel run models/thrombectomy_savings --out results/thrombectomy_savings`` writes, to the byte in the csv files.
"""

import sys
from pathlib import Path

import xarray as xr

import heemodel as hm

FOLDER = Path(__file__).resolve().parent.parent / "models" / "thrombectomy_savings"
DRAWS, SEED = 10_000, 1


def by_hand(model: hm.analysis.ModelFolder, scenario: str, draws: int = DRAWS) -> xr.Dataset:
    """Outcomes of one body of evidence, arrow by arrow: evidence, posterior, joint draws, cohort, outcomes."""
    episode = model.evidence(model.inputs, scenario)
    assert episode is not None, "this model has evidence"  # noqa: S101 - said for the type checker
    posterior = hm.fit(episode, seed=SEED, draws=draws)
    joint = hm.join_draws(posterior.draw(draws, seed=SEED), model.inputs.draw(draws, seed=SEED))
    cohort = model.model(model.inputs, model.default_horizon, scenario)
    return cohort.run(joint)


def main(out: str, draws: int = DRAWS) -> None:
    """Analyse every scenario, look at the saving, write the report."""
    model = hm.load_model(FOLDER)
    results = hm.analyse(model, draws=draws, seed=SEED)
    for result in results:
        saving = hm.summarise(result.cea.saving("thrombectomy"))
        print(f"{result.name:>10}: saves £{saving.value:,.0f} per patient ({saving.lower:,.0f} to {saving.upper:,.0f})")

    outcomes = by_hand(model, "trials", draws)
    again = hm.summarise(hm.CostEffectiveness(outcomes, comparator="thrombolysis").saving("thrombectomy"))
    print(f"trials, arrow by arrow: saves £{again.value:,.0f} per patient")
    print(hm.write_report(out, results))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "results/thrombectomy_savings")
