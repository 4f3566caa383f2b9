"""Which help to stop smoking works best? A network meta-analysis of 24 trials, and whether its parts agree.

Run it from the checkout: ``python analyses/smoking_cessation.py``. The data are Hasselblad's (1998), the analysis that
of NICE DSU Technical Support Document 4, whose figures it gives back but for the priors, which are less vague.
"""

from functools import partial
from pathlib import Path

import pandas as pd

import heemodel as hm

DATA = Path(__file__).parent / "data" / "smoking_cessation.csv"
DRAWS, SEED = 10_000, 1


def main() -> None:
    """Print relative effects, ranks, and the effects of direct comparisons alone."""
    trials = pd.read_csv(DATA, comment="#")
    network = partial(
        hm.evidence.network_meta_analysis, trials, outcome="binary", effects="random", reference="No contact"
    )
    consistent = hm.fit(network(), seed=SEED, draws=DRAWS)
    print("Log odds ratios of stopping against no contact")
    print(consistent.summary().round(3).to_string(index=False))

    draws = consistent.draw(DRAWS, seed=SEED)  # relative_effect (sample, treatment): what a decision model takes
    ranks = hm.evidence.rank_treatments(draws["relative_effect"], best="highest")
    print("\nProbability of each rank")
    print(ranks["probability"].to_pandas().round(2).to_string())

    direct = hm.fit(network(model="unrelated means"), seed=SEED, draws=DRAWS)
    print("\nDirect comparisons alone, which differ from the above where the network is inconsistent")
    print(direct.summary().round(3).to_string(index=False))


if __name__ == "__main__":
    main()
