"""From table to gated posterior of 10,000 draws, for every evidence model: ``python tests/benchmarks/evidence.py``.

The first fit compiles; the second is of the same structure in the same process; a third is answered from the store.
"""

import os
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import heemodel as hm
from heemodel.evidence import fitting

DATA = Path(__file__).parents[2] / "analyses" / "data"
ARMS = ["old", "new"]
SCALE = [f"mrs{grade}" for grade in range(7)]


def models():
    """A model of each family by name."""
    events = pd.DataFrame({"strategy": ARMS, "events": [40, 60], "n": [100, 350]})
    stays = pd.DataFrame({"strategy": ARMS, "mean": [90.0, 14.0], "sd": [60.0, 12.0], "n": [100, 350]})
    rng = np.random.default_rng(1)
    patients = pd.DataFrame({"strategy": np.repeat(ARMS, 150), "time": rng.gamma(2.0, 6.0, 300).clip(0.1, 25)})
    patients["event"] = (patients["time"] < 25).astype(int)
    left = patients.drop(columns="event").assign(exit=np.where(rng.uniform(size=300) < 0.2, "dead", "home"))
    left.loc[left["time"] == 25, "exit"] = None
    smoking = pd.read_csv(DATA / "smoking_cessation.csv", comment="#")
    rankin = pd.read_csv(DATA / "hermes_trials.csv", comment="#").rename(columns={"arm": "treatment"})
    rankin = rankin.melt(["trial", "treatment"], SCALE, var_name="category", value_name="count")
    means = pd.DataFrame({"state": ["well", "fair", "ill"], "mean": [0.9, 0.7, 0.4], "se": 0.03})
    by = {"by": "strategy"}
    yield "inpatient_episode", hm.evidence.inpatient_episode(deaths=events, stays=stays, home=events)
    yield "proportions", hm.evidence.proportions(events, **by)
    yield "proportions, partly pooled", hm.evidence.proportions(events, pooling="partial", **by)
    yield "durations, means and sds", hm.evidence.durations(summaries=stays, **by)
    yield "durations, 300 patients", hm.evidence.durations(patients=patients, **by)
    yield "competing risks, 300 patients", hm.evidence.competing_risks(exits=["dead", "home"], patients=left, **by)
    yield "ordered categories, fixed", hm.evidence.ordered_categories(rankin, categories=SCALE, reference="control")
    random = {"effects": "random", "reference": "No contact"}
    yield "network, 24 trials", hm.evidence.network_meta_analysis(smoking, outcome="binary", **random)
    yield "mean costs", hm.evidence.mean_costs(means.assign(mean=means["mean"] * 1_000, se=90.0), by="state")
    yield "utilities in order", hm.evidence.utilities(means, by="state", order=["well", "fair", "ill"])


def main():
    """Seconds of the three, for each model."""
    print(f"{'':32s} {'first':>7s} {'again':>7s} {'stored':>7s}")
    for name, model in models():
        fitting._compiled.cache_clear()
        seconds = []
        for cache in (False, True, True):
            begin = time.perf_counter()
            hm.fit(model, seed=1, cache=cache, allow_unconverged=True)
            seconds.append(time.perf_counter() - begin)
        print(f"{name:32s} " + " ".join(f"{took:7.1f}" for took in seconds), flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HEEMODEL_CACHE"] = folder
        main()
