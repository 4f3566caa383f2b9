"""Effective draws per second beside JAGS: ``python tests/benchmarks/networks.py`` (needs the command `jags`).

The smoking-cessation network with random effects and the same vague priors, four chains of 1,000 steps of warm-up and
2,500 kept. "In all" counts everything from the table to the draws: compiling, and for heemodel the predictive draws and
the gate.
"""

import subprocess
import tempfile
import time
from pathlib import Path

import arviz_stats
import numpy as np
import pandas as pd
import xarray as xr

import heemodel as hm
from heemodel.evidence import fitting
from heemodel.evidence.networks.data import read_trials

SMOKING = Path(__file__).parents[2] / "analyses" / "data" / "smoking_cessation.csv"
WARM_UP, KEPT, CHAINS = 1_000, 2_500, 4

MODEL = """
model {
  for (i in 1:S) { mu[i] ~ dnorm(0, 0.0001); delta[base[i]] <- 0 }
  for (k in 1:A) { r[k] ~ dbin(p[k], n[k]); logit(p[k]) <- mu[s[k]] + delta[k] }
  for (j in 1:J) { delta[second[j]] ~ dnorm(d[t[second[j]]] - d[t[first2[j]]], prec) }
  for (j in 1:K) {
    delta[third[j]] ~ dnorm(d[t[third[j]]] - d[t[first3[j]]]
      + 0.5 * (delta[third[j] - 1] - d[t[third[j] - 1]] + d[t[first3[j]]]), prec * 4 / 3)
  }
  d[1] <- 0
  for (k in 2:T) { d[k] ~ dnorm(0, 0.0001) }
  sd ~ dnorm(0, 0.04) T(0,)
  prec <- pow(sd, -2)
}
"""
COMMANDS = f"""model in model.txt
data in data.txt
compile, nchains({CHAINS})
initialize
update {WARM_UP}
monitor d
monitor sd
update {KEPT}
coda *
"""


def jags(table):
    """Draws of relative effects and the standard deviation between studies, and the seconds they took."""
    trials = read_trials(table, "binary", "No contact")
    nth = np.arange(len(trials.study)) - trials.base
    arrays = {
        "r": trials.observed["events"],
        "n": trials.observed["n"],
        "s": trials.study + 1,
        "t": trials.treatment + 1,
        "base": np.unique(trials.base) + 1,
        "second": np.flatnonzero(nth == 1) + 1,
        "first2": trials.base[nth == 1] + 1,
        "third": np.flatnonzero(nth == 2) + 1,
        "first3": trials.base[nth == 2] + 1,
    }
    sizes = {"A": len(nth), "S": len(trials.studies), "T": len(trials.treatments)}
    sizes |= {"J": int((nth == 1).sum()), "K": int((nth == 2).sum())}
    text = "".join(f"{name} <- c({', '.join(map(str, values))})\n" for name, values in arrays.items())
    text += "".join(f"{name} <- {size}\n" for name, size in sizes.items())
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("model.txt", MODEL), ("data.txt", text), ("run.txt", COMMANDS)):
            (Path(folder) / name).write_text(content, encoding="ascii")
        begin = time.perf_counter()
        subprocess.run(["jags", "run.txt"], cwd=folder, check=True, capture_output=True)
        seconds = time.perf_counter() - begin
        index = pd.read_csv(Path(folder) / "CODAindex.txt", sep=r"\s+", header=None, index_col=0)
        chains = [
            pd.read_csv(Path(folder) / f"CODAchain{c + 1}.txt", sep=r"\s+", header=None)[1].to_numpy()
            for c in range(CHAINS)
        ]
    draws = {name: np.stack([c[a - 1 : b] for c in chains]) for name, a, b in index.itertuples(name=None)}
    return xr.Dataset({name: (("chain", "draw"), values) for name, values in draws.items() if name != "d[1]"}), seconds


def heemodel(table):
    """The same, with the seconds of all, and of all but compiling."""
    network = hm.evidence.network_meta_analysis(
        table,
        outcome="binary",
        effects="random",
        reference="No contact",
        baseline_prior=(0.0, 100.0),
        effect_prior=(0.0, 100.0),
        between_study_prior=5.0,
    )
    seconds = []
    for _ in range(2):  # the second time it is compiled
        begin = time.perf_counter()
        posterior = hm.fit(network, seed=1, draws=CHAINS * KEPT, cache=False)
        seconds.append(time.perf_counter() - begin)
    chosen = posterior.draws[["relative_effect", "between_study_sd"]]
    return chosen.isel(treatment=slice(1, None)), seconds


def main():
    """A table of both."""
    table = pd.read_csv(SMOKING, comment="#")
    rows = []
    draws, seconds = jags(table)
    rows.append(("JAGS, in all", draws, seconds))
    fitting._compiled.cache_clear()
    draws, (cold, warm) = heemodel(table)
    rows += [("heemodel, in all, first fit", draws, cold), ("heemodel, in all, compiled", draws, warm)]
    for name, sampled, took in rows:
        least = float(arviz_stats.ess(sampled).to_array().min())
        print(f"{name:30s} {took:6.1f} s  smallest effective size {least:6.0f}  {least / took:7.0f} per second")


if __name__ == "__main__":
    main()
