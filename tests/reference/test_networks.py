"""Network meta-analyses against published results: NICE DSU Technical Support Documents 2, 3 and 4.

Published figures are posterior means and standard deviations by WinBUGS to two or three decimals, with the vague priors
used here; medians for standard deviations between studies.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import heemodel as hm
from tests.conftest import ROOT

DATA = Path(__file__).parent / "data" / "networks"
IN_EVERY_RUN = [("smoking", "random")]
"""The others take minutes together, and go with the slow tests."""
VAGUE = {"baseline_prior": (0.0, 100.0), "effect_prior": (0.0, 100.0), "between_study_prior": 5.0}
OPTIONS = {
    "smoking": {"outcome": "binary", "reference": "No contact"},
    "thrombolytics": {"outcome": "binary", "reference": "SK"},
    "bcg": {"outcome": "binary", "reference": "control"},
    "diabetes": {"outcome": "binary", "link": "cloglog", "reference": "Diuretic"},
    "parkinsons": {"outcome": "continuous", "reference": "1"},
    "parkinsons as contrasts": {"outcome": "contrast", "reference": "1"},
}
FILES = {
    "smoking": ROOT / "analyses" / "data" / "smoking_cessation.csv",
    "parkinsons": DATA / "parkinsons_arms.csv",
    "parkinsons as contrasts": DATA / "parkinsons_contrasts.csv",
}
ROUNDING = 0.005
OTHER_SAMPLER = 0.05
"""Of a standard deviation: the Monte Carlo error of the published figures, and of priors that they do not print."""
FEW = 5
"""Divergent transitions that are let pass: with these priors the spread between few studies is barely known."""


def published():
    table = pd.read_csv(DATA / "published.csv", comment="#")
    contrasts = table[table["network"] == "parkinsons"].assign(network="parkinsons as contrasts")
    return pd.concat([table, contrasts])


def trials(network):
    path = FILES.get(network, DATA / f"{network}.csv")
    table = pd.read_csv(path, comment="#", dtype={"treatment": str, "study": str})
    # In the published order of treatments, on which unrelated effects depend in studies of three arms.
    return pd.concat([table[table["study"] == "2"], table[table["study"] != "2"]]) if network == "smoking" else table


def fitted(network, model):
    effects = model.split(",")[0]
    more = {"model": "unrelated means"} if "unrelated" in model else {}
    more |= {"covariate": "latitude"} if "latitude" in model else {}
    analysis = hm.evidence.network_meta_analysis(trials(network), effects=effects, **OPTIONS[network], **more, **VAGUE)
    posterior = hm.fit(analysis, seed=1, draws=10_000, allow_unconverged=True)
    assert all("divergent" in complaint for complaint in posterior.accepted_unconverged)
    assert posterior.divergences() <= FEW
    return posterior.draw(10_000, seed=1)


def quantity(draws, name):
    """Draws of a published quantity."""
    if name.startswith("between-study sd"):
        return draws["between_study_sd"]
    if name.startswith("predicted"):
        return draws["predicted_effect"].isel(treatment=-1)
    if name == "interaction":
        return draws["interaction"].isel(moderated=0)
    treatment, other = name.split(" vs ")
    if "direct_effect" not in draws:
        return draws["relative_effect"].sel(treatment=treatment) - draws["relative_effect"].sel(treatment=other)
    names = draws["comparison"].to_numpy().tolist()
    if name in names:
        return draws["direct_effect"].sel(comparison=name)
    return -draws["direct_effect"].sel(comparison=f"{other} vs {treatment}")


def cases():
    found = sorted(set(published()[["network", "model"]].itertuples(index=False, name=None)))
    return [pytest.param(*one, marks=() if one in IN_EVERY_RUN else pytest.mark.slow) for one in found]


@pytest.mark.parametrize(("network", "model"), cases())
def test_agrees_with_the_published_figures(network, model):
    draws = fitted(network, model)
    table = published().query("network == @network and model == @model")
    assert len(table) >= 2
    for row in table.itertuples():
        found = quantity(draws, row.quantity)
        spread = float(found.std())
        allowed = ROUNDING + OTHER_SAMPLER * spread
        if "%" in row.quantity:  # a limit is known less well than a centre
            share = float(row.quantity.split(", ")[1].rstrip("%")) / 100
            assert float(found.quantile(share)) == pytest.approx(row.value, abs=2 * allowed), row.quantity
        else:
            centre = float(found.median() if "median" in row.quantity else found.mean())
            assert centre == pytest.approx(row.value, abs=allowed), row.quantity
        if np.isfinite(row.sd):  # and so is the spread of a spread
            assert spread == pytest.approx(row.sd, abs=allowed * (1 + ("between" in row.quantity))), row.quantity
