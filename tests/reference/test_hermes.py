"""Ordered categories against HERMES: five trials of thrombectomy, the modified Rankin Scale (mRS) at 90 days.

Published (Goyal et al. 2016, Lancet 387:1723–31, doi 10.1016/S0140-6736(16)00163-X): common odds ratio 2.49 (1.76 to
3.53), by mixed-effects ordinal regression of patients' data, adjusted for age, sex, stroke severity, site of occlusion,
alteplase, ASPECTS and time to randomisation.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import optimize
from scipy.special import expit

from heemodel.evidence.fitting import fit
from heemodel.evidence.ordered.categories import ordered_categories

FILE = Path(__file__).parents[2] / "analyses" / "data" / "hermes_trials.csv"
SCALE = [f"mrs{grade}" for grade in range(7)]
PUBLISHED, LOWER, UPPER = 2.49, 1.76, 3.53
CONTROL_PERCENT = [5.0, 7.9, 13.6, 16.4, 24.7, 13.5, 18.9]
"""Figure 1A of the same paper."""


def wide():
    return pd.read_csv(FILE, comment="#")


def tidy():
    table = wide().rename(columns={"arm": "treatment", "n_reported": "n"})
    return table.melt(["trial", "treatment", "n"], SCALE, var_name="category", value_name="count")


def fitted(effects):
    evidence = ordered_categories(tidy(), categories=SCALE, reference="control", effects=effects)
    return fit(evidence, seed=1, draws=8_000).draw(8_000, seed=1)


def maximum_likelihood(table):
    """Log common odds ratio by maximum likelihood, with cutpoints of each trial's own."""
    grades = [column for column in table if column in SCALE or column == "mrs5_6"]
    trials = [
        (rows.loc[rows["arm"] == "control", grades].to_numpy()[0], rows.loc[rows["arm"] == "MT", grades].to_numpy()[0])
        for _, rows in table.groupby("trial")
    ]

    def profile(effect):
        total = 0.0
        for control, treated in trials:

            def minus(free, control=control, treated=treated):
                cuts = free[0] + np.concatenate([[0], np.cumsum(np.exp(free[1:]))])
                rows = ((control, 0.0), (treated, effect))
                return -sum((row * np.log(np.diff([0, *expit(cuts + d), 1]) + 1e-300)).sum() for row, d in rows)

            total += optimize.minimize(minus, [-2.0, *np.zeros(len(grades) - 2)], method="BFGS").fun
        return total

    return optimize.minimize_scalar(profile, bounds=(0, 2), method="bounded", options={"xatol": 1e-4}).x


def test_counts_are_those_of_the_published_figure():
    """Shares of grades under control agree to 0.4 percentage points; deaths to one, 96 and 122 for 97 and 122."""
    sums = wide().groupby("arm")[SCALE].sum()
    percent = 100 * sums.loc["control"] / sums.loc["control"].sum()
    assert percent.to_numpy() == pytest.approx(CONTROL_PERCENT, abs=0.4)
    assert sums["mrs6"].to_dict() == {"MT": 96, "control": 122}


@pytest.mark.slow
def test_fixed_effects_agree_with_maximum_likelihood():
    """Two digits, 2.0, with the prior of each trial's shares as half a patient in each grade under control.

    Without those patients maximum likelihood gives 2.04: the prior moves the estimate by about a tenth of its error.
    """
    table = wide()
    table[SCALE] = table[SCALE] + 0.5 * (table[["arm"]] == "control").to_numpy()
    found = fitted("fixed")["log_odds_ratio"].sel(treatment="MT")
    assert float(found.mean()) == pytest.approx(maximum_likelihood(table), abs=0.1 * float(found.std()))
    assert np.exp(maximum_likelihood(wide())) == pytest.approx(2.04, abs=0.005)


@pytest.mark.slow
def test_common_odds_ratio_lies_in_the_published_interval():
    """First digit only: 2.1 (1.4 to 3.2) of these counts, 2.49 (1.76 to 3.53) published; each in the other's interval.

    The published figure is adjusted for seven covariates, and adjusted odds ratios lie farther from 1; counts by trial
    and arm cannot be adjusted. Grades 5 and 6 may have been treated otherwise too: merged, which these sources do not
    say of HERMES, maximum likelihood gives 2.12 instead of 2.04.
    """
    found = np.exp(fitted("random")["log_odds_ratio"].sel(treatment="MT"))
    assert LOWER < float(found.median()) < UPPER
    assert float(found.quantile(0.025)) < PUBLISHED < float(found.quantile(0.975))
    merged = wide().assign(mrs5_6=lambda table: table["mrs5"] + table["mrs6"]).drop(columns=["mrs5", "mrs6"])
    assert np.exp(maximum_likelihood(merged)) == pytest.approx(2.12, abs=0.005)


def test_totals_that_miss_the_reported_ones_are_pointed_out():
    (caution,) = ordered_categories(tidy(), categories=SCALE, reference="control").cautions
    said, _, arms = caution.partition(": ")
    assert said == "counts that do not add up to n are used as they are"
    assert [arm.rpartition("' ")[0] + "'" for arm in arms.split("; ")] == [
        "trial 'escape', treatment 'MT'",
        "trial 'escape', treatment 'control'",
        "trial 'mrclean', treatment 'control'",
    ]
