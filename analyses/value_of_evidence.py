"""What more evidence on thrombectomy would be worth, before a trust pays for it.

Run it from the checkout: ``python analyses/value_of_evidence.py``. The savings model on the evidence of the trials;
values at £20,000 per QALY. The trial at the end follows who is discharged home; 1,000 patients a year for ten
years, and what a trial costs, are assumptions for the sake of the example.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # models and analyses import from the checkout

import heemodel as hm  # noqa: E402 - after the path is set
from analyses.thrombectomy_savings import FOLDER  # noqa: E402 - after the path is set
from models.thrombectomy_savings import evidence as hospital  # noqa: E402 - after the path is set
from models.thrombectomy_savings import model as decision  # noqa: E402 - after the path is set

DRAWS, SEED = 10_000, 1
THRESHOLD = 20_000
PATIENTS, YEARS, DISCOUNT = 1_000, 10, 0.035
FIXED, PER_PATIENT = 1_000_000, 3_000
"""Assumed cost of a trial, in £."""
GROUPS = {
    "in hospital": ["mortality", "mean_stay", "home_share"],
    "deaths": ["mortality"],
    "length of stay": ["mean_stay"],
    "discharge home": ["home_share"],
}


def main() -> None:
    """Which uncertainty matters, and which trial would pay."""
    inputs = hm.read_inputs(FOLDER / "inputs.toml", needs=hospital.NEEDS | decision.NEEDS)
    posterior = hm.fit(hospital.evidence(inputs, "trials"), seed=SEED, draws=DRAWS)
    draws = hm.join_draws(posterior.draw(DRAWS, seed=SEED), inputs.draw(DRAWS, seed=SEED))
    outcomes = decision.model(inputs, decision.DEFAULT_HORIZON).run(draws)
    cea = hm.CostEffectiveness(outcomes, comparator="thrombolysis")

    evpi = cea.evpi(THRESHOLD)
    print(f"Value of perfect information: £{evpi.item():,.0f} per patient (± {evpi['mcse'].item():,.0f})")
    rest = [str(name) for name in inputs.draw(2, seed=SEED) if name not in ("mortality", "mean_stay", "home_share")]
    for name, parameters in (GROUPS | {"costs, utilities and survival": rest}).items():
        known = [parameter for parameter in parameters if "sample" in draws[parameter].dims]
        row = hm.voi.evppi(cea, draws, known, thresholds=THRESHOLD).iloc[0]
        print(f"  of knowing {name}: £{row['evppi']:,.0f} (± {row['se']:,.0f}), {row['method']}, check {row['check']}")

    benefit = cea.incremental_net_benefit("thrombectomy", threshold=THRESHOLD)
    print(
        hm.sensitivity.tornado(benefit, draws)
        .head(6)[["parameter", "outcome_low", "outcome_high", "width"]]
        .to_string()
    )

    study = hm.voi.two_arm_trial("home_share[thrombolysis]", "home_share[thrombectomy]", name="trial of discharge home")
    value = hm.voi.evsi(cea, draws, study, n=[50, 100, 200, 400, 800], thresholds=THRESHOLD, seed=SEED)
    people = hm.voi.affected(incidence=PATIENTS, horizon=YEARS, discount=DISCOUNT)
    trial = hm.voi.enbs(value, population=people, fixed_cost=FIXED, cost_per_person=PER_PATIENT)
    print(f"{study.name}, by survivors per arm:")
    print(value[["n", "people", "evsi", "se", "evppi"]].round(1).to_string())
    print(trial.set_index("n")[["enbs", "se"]].round(-3).to_string())
    print(f"Best size: {hm.voi.best_sizes(trial)['n'].item():,.0f} survivors per arm")


if __name__ == "__main__":
    main()
