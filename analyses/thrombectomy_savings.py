"""What does mechanical thrombectomy save? The published analysis, step by step.

Run it from the checkout: ``python analyses/thrombectomy_savings.py results/thrombectomy_savings``. It writes what
``heemodel run models/thrombectomy_savings --out results/thrombectomy_savings`` writes, to the byte in the csv files.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # models import from the checkout

import heemodel as hm  # noqa: E402 - after the path is set
from models.thrombectomy_savings import evidence as hospital  # noqa: E402 - after the path is set
from models.thrombectomy_savings import model as decision  # noqa: E402 - after the path is set

FOLDER = ROOT / "models" / "thrombectomy_savings"
DRAWS, SEED = 10_000, 1


def analyse(inputs: hm.Inputs, scenario: str, draws: int = DRAWS, seed: int = SEED) -> hm.ScenarioResult:
    """One body of evidence, from data to checked outcomes."""
    episode = hospital.evidence(inputs, scenario)
    cohort = decision.model(inputs, decision.DEFAULT_HORIZON)

    central = hm.join_draws(episode.central, inputs.central())
    cohort.check_parameters(central, must_be_read=inputs.parameters)
    point = cohort.run(central)

    posterior = hm.fit(episode, seed=seed, draws=draws)
    sampled = hm.join_draws(posterior.draw(draws, seed=seed), inputs.draw(draws, seed=seed))
    outcomes = cohort.run(sampled)

    sound = hm.run_checks(cohort, sampled, outcomes, central=central, comparator=inputs.about.comparator)
    return hm.ScenarioResult(
        name=scenario,
        draws=sampled,
        outcomes=outcomes,
        point=point,
        trace=cohort.trace(sampled.isel(sample=slice(0, 1_000))),
        posterior=posterior.summary(),
        predictive=posterior.predictive_checks(),
        divergences=posterior.divergences(),
        checks=[*sound, *decision.checks(sampled, outcomes)],
        cautions=episode.cautions,
    )


def main(out: str, draws: int = DRAWS) -> None:
    """Analyse every scenario and write the report."""
    inputs = hm.read_inputs(FOLDER / "inputs.toml", needs=hospital.NEEDS | decision.NEEDS)
    results = [analyse(inputs, scenario, draws) for scenario in inputs.scenarios]

    for result in results:
        cea = hm.CostEffectiveness(result.outcomes, comparator=inputs.about.comparator)
        saving = hm.summarise(-cea.incremental(cea.cost).sel(strategy="thrombectomy"))
        print(f"{result.name:>10}: saves £{saving.value:,.0f} per patient ({saving.lower:,.0f} to {saving.upper:,.0f})")

    files = {name: (FOLDER / name).read_text(encoding="utf-8") for name in ("inputs.toml", "evidence.py", "model.py")}
    run = hm.Run(seed=SEED, draws=draws, horizon=decision.DEFAULT_HORIZON, model=FOLDER.name, files=files)
    print(hm.write_report(out, inputs=inputs, results=results, run=run))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "results/thrombectomy_savings")
