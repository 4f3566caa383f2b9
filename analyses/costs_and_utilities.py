"""What thrombectomy costs, and what life is worth in each grade of the modified Rankin Scale.

Run it from the checkout: ``python analyses/costs_and_utilities.py``. Costs are those of Balami et al. 2020 (310
patients in five UK centres, 2015 to 2018; means and 95% intervals of the abstract). Utilities are two published sets:
the abstract of Wang et al. (Stroke 2020;51:2411-7) and Dijkland et al. (Stroke 2018;49:965-71), the latter read in a
copy. Neither gives standard errors by grade; 0.03 is assumed, so that how far the sets differ is seen beside it.
"""

import pandas as pd

import heemodel as hm

DRAWS, SEED = 10_000, 1
COSTS = {
    "procedure": (7_943.0, 7_649.0, 8_237.0),
    "with the first 24 hours": (10_846.0, 10_527.0, 11_165.0),
    "with the first 72 hours": (12_440.0, 10_628.0, 14_252.0),
}
GRADES = [f"mRS {grade}" for grade in range(6)]
WANG = [0.96, 0.83, 0.72, 0.54, 0.22, -0.18]
DIJKLAND = [0.95, 0.93, 0.83, 0.62, 0.42, 0.11]
ASSUMED_SE = 0.03


def main() -> None:
    """Print mean costs, and utilities that fall from grade to grade in every draw."""
    published = pd.DataFrame(
        [
            {"part": part, "mean": mean, "se": (upper - lower) / (2 * 1.96)}
            for part, (mean, lower, upper) in COSTS.items()
        ]
    )
    costs = hm.fit(hm.evidence.mean_costs(published, by="part"), seed=SEED, draws=DRAWS)
    print("Mean cost per patient, in pounds of the study's years")
    print(costs.summary().round(1).to_string(index=False))

    sets = pd.DataFrame({"grade": GRADES * 2, "mean": WANG + DIJKLAND, "se": ASSUMED_SE})
    model = hm.evidence.utilities(sets, by="grade", family="normal", order=GRADES)
    print("\nUtility by grade")
    for caution in model.cautions:
        print(f"  caution: {caution}")
    print(hm.fit(model, seed=SEED, draws=DRAWS).summary().round(3).to_string(index=False))


if __name__ == "__main__":
    main()
