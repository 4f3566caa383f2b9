"""How far does a before-and-after study count? Deaths before and after thrombectomy came in, beside those of trials.

Run it from the checkout: ``python analyses/discounted_evidence.py``. The case study's deaths (40% of an assumed 100
patients before, 60 of 350 after) are taken at their word, then at half their weight, then with a bias in the odds that
may be as large as a ratio of 2 either way; last come the trials (HERMES: 122 of 646 against 97 of 633).
"""

import numpy as np
import pandas as pd

import heemodel as hm

DRAWS, SEED = 10_000, 1
STRATEGIES = ["before", "after"]
CASE_STUDY = pd.DataFrame({"strategy": STRATEGIES, "events": [40, 60], "n": [100, 350]})
TRIALS = pd.DataFrame({"strategy": STRATEGIES, "events": [122, 97], "n": [646, 633]})
BIAS = np.log(2) / 1.96
"""Standard deviation of the log-odds for which a ratio of 2 either way is the 95% limit."""


def main() -> None:
    """Print the deaths avoided per 100 patients under each reading."""
    readings = {
        "case study, as it stands": CASE_STUDY,
        "case study at half its weight": CASE_STUDY.assign(weight=0.5),
        "case study, with possible bias": CASE_STUDY.assign(bias_sd=BIAS),
        "trials": TRIALS,
    }
    print("Deaths avoided per 100 patients (95% interval)")
    for name, table in readings.items():
        draws = hm.fit(hm.evidence.proportions(table, by="strategy"), seed=SEED, draws=DRAWS).draw(DRAWS, seed=SEED)
        avoided = 100 * (draws["share"].sel(strategy="before") - draws["share"].sel(strategy="after"))
        lower, upper = avoided.quantile([0.025, 0.975]).to_numpy()
        print(f"  {name:32} {float(avoided.mean()):5.1f} ({lower:.1f} to {upper:.1f})")


if __name__ == "__main__":
    main()
