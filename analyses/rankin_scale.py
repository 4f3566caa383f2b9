"""How much better are patients off after thrombectomy? The modified Rankin Scale in the five trials of HERMES.

Run it from the checkout: ``python analyses/rankin_scale.py``. Published (Goyal et al. 2016, doi
10.1016/S0140-6736(16)00163-X): common odds ratio 2.49 (1.76 to 3.53), adjusted, from patients' own data; here 2.09 from
the published counts alone, as adjustment for what predicts the outcome moves odds ratios away from 1.
"""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

import heemodel as hm

DATA = Path(__file__).parent / "data" / "hermes_trials.csv"
SCALE = [f"mrs{grade}" for grade in range(7)]
QUANTILES = [0.025, 0.5, 0.975]
DRAWS, SEED = 8_000, 1


def main() -> None:
    """Print the common odds ratio, how it differs by cut, and the shares of grades."""
    wide = pd.read_csv(DATA, comment="#").rename(columns={"arm": "treatment", "n_reported": "n"})
    counts = wide.melt(["trial", "treatment", "n"], SCALE, var_name="category", value_name="count")
    trials = partial(hm.evidence.ordered_categories, counts, categories=SCALE, reference="control", effects="random")
    model = trials()
    for caution in model.cautions:
        print(f"caution: {caution}")
    draws = hm.fit(model, seed=SEED, draws=DRAWS).draw(DRAWS, seed=SEED)
    lower, middle, upper = np.exp(draws["log_odds_ratio"].sel(treatment="MT").quantile(QUANTILES).to_numpy())
    print(f"\nCommon odds ratio of a better outcome: {middle:.2f} ({lower:.2f} to {upper:.2f})")
    print("\nShares of grades (mean over draws)")
    print(draws["category_share"].mean("sample").to_pandas().round(3).to_string())

    partial_odds = hm.fit(trials(odds="partial"), seed=SEED, draws=DRAWS).draw(DRAWS, seed=SEED)
    by_cut = partial_odds["cut_log_odds_ratio"].sel(treatment="MT").quantile(QUANTILES, dim="sample")
    print("\nOdds ratios by cut, where proportional odds do not hold")
    print(pd.DataFrame(by_cut.T.to_pandas()).apply(np.exp).round(2).to_string())


if __name__ == "__main__":
    main()
