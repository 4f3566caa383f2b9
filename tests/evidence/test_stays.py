"""Published stays with a standard deviation or as quartiles, against posteriors found by integration."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

import heemodel as hm
from heemodel.evidence.stays import observe_stays, read_stays, stays_table

COUNTS = pd.DataFrame({"strategy": ["old", "new"], "events": [52, 31], "n": [130, 160]})
MEAN_STAY, VARIATION = (30.0, 1.0), (1.1, 0.2)


def fitted(stays):
    return hm.fit(
        hm.evidence.inpatient_episode(
            deaths=COUNTS, home=COUNTS, stays=pd.DataFrame({"strategy": ["old", "new"], **stays})
        ),
        seed=1,
        draws=8_000,
    )


def exact(likelihood, centre, spread):
    """Mean and standard deviation of the mean stay under the priors, by integrating over both numbers."""

    def joint(log_variation, log_stay):
        stay, variation = np.exp(log_stay), np.exp(log_variation)
        prior = stats.norm.pdf(log_stay, np.log(MEAN_STAY[0]), MEAN_STAY[1])
        prior *= stats.norm.pdf(log_variation, np.log(VARIATION[0]), VARIATION[1])
        return likelihood(stay, variation) * prior

    box = (np.log(centre) - 6 * spread, np.log(centre) + 6 * spread, np.log(0.4), np.log(2.5))
    moments = [
        integrate.dblquad(lambda v, s, power=power: np.exp(power * s) * joint(v, s), *box, epsrel=1e-6)[0]
        for power in range(3)
    ]
    mean = moments[1] / moments[0]
    return mean, np.sqrt(moments[2] / moments[0] - mean**2)


def test_a_reported_standard_deviation_speaks_for_the_variation():
    posterior = fitted({"mean": [41.0, 17.0], "sd": [38.0, 15.0], "n": [130, 160]}).summary().set_index("parameter")

    def likelihood(stay, variation):
        n, mean, sd = 130, 41.0, 38.0
        seen = np.log(sd / mean)
        centre, spread = np.log(variation) - (1 + 2 * variation**2) / (2 * n), np.sqrt((1 + variation**2) / (2 * n))
        return stats.gamma.pdf(mean, n / variation**2, scale=stay * variation**2 / n) * stats.norm.pdf(
            seen, centre, spread
        )

    mean, sd = exact(likelihood, 41.0, 0.09)
    row = posterior.loc["mean_stay[old]"]
    assert row["mean"] == pytest.approx(mean, abs=4 * row["mcse"])
    assert row["sd"] == pytest.approx(sd, rel=0.05)
    assert posterior.loc["stay_variation[old]", "mean"] == pytest.approx(38 / 41, abs=0.1)
    assert posterior.loc["stay_variation[new]", "sd"] < 0.5 * 0.2, "data say more of it than the prior does"


def test_quartiles_are_order_statistics_of_gamma_stays():
    n, quartiles = 130, (12.0, 29.0, 58.0)
    posterior = fitted(
        {
            "q1": [quartiles[0], np.nan],
            "median": [quartiles[1], np.nan],
            "q3": [quartiles[2], np.nan],
            "mean": [np.nan, 17.0],
            "n": [n, 160],
        }
    )

    def likelihood(stay, variation):
        stays = stats.gamma(variation**-2, scale=stay * variation**2)
        cells = np.diff([0.0, *stays.cdf(quartiles), 1.0])
        parts = (n + 1) * np.array([0.25, 0.25, 0.25, 0.25])
        return stats.dirichlet.pdf(cells / cells.sum(), parts) * np.prod(stays.pdf(quartiles)) * 1e6

    mean, sd = exact(likelihood, 42.0, 0.1)
    row = posterior.summary().set_index("parameter").loc["mean_stay[old]"]
    assert row["mean"] == pytest.approx(mean, abs=4 * row["mcse"])
    assert row["sd"] == pytest.approx(sd, rel=0.05)


def test_the_ratio_of_deviation_to_mean_varies_as_the_model_says():
    rng, n, variation = np.random.default_rng(1), 130, 0.93
    stays = rng.gamma(variation**-2, 41.0 * variation**2, size=(20_000, n))
    ratio = np.log(stays.std(axis=1, ddof=1) / stays.mean(axis=1))
    error = ratio.std() / np.sqrt(len(ratio))
    assert ratio.mean() == pytest.approx(np.log(variation) - (1 + 2 * variation**2) / (2 * n), abs=4 * error + 5e-4)
    assert ratio.std() == pytest.approx(np.sqrt((1 + variation**2) / (2 * n)), rel=0.04)
    assert abs(np.corrcoef(ratio, stays.mean(axis=1))[0, 1]) < 4 / np.sqrt(len(ratio)), "independent of the mean"


def test_plug_in_estimates():
    stays = pd.DataFrame(
        {"strategy": ["old", "new"], "mean": [41.0, np.nan], "sd": [38.0, np.nan], "q1": [np.nan, 6.0]}
        | {"median": [np.nan, 13.0], "q3": [np.nan, 23.0], "n": [130, 160]}
    )
    central = hm.evidence.inpatient_episode(deaths=COUNTS, home=COUNTS, stays=stays).central
    assert central.mean_stay.sel(strategy="old") == 41
    assert central.stay_variation.sel(strategy="old") == pytest.approx(38 / 41)
    mean, variation = (float(central[name].sel(strategy="new")) for name in ("mean_stay", "stay_variation"))
    matched = stats.gamma(variation**-2, scale=mean * variation**2)
    assert matched.cdf([6.0, 23.0]) == pytest.approx([0.25, 0.75])


ONE_EACH = pd.DataFrame(
    {"strategy": ["old", "new"], "mean": [41.0, np.nan], "q1": [np.nan, 6.0], "median": [np.nan, 13.0]}
    | {"q3": [np.nan, 23.0], "n": [130, 160]}
)


def test_quartiles_are_those_of_the_strategy_that_has_them():
    read = read_stays(stays_table(ONE_EACH), np.array([0, 1]), 1.1)
    assert read.data["quantiles_of"].tolist() == [1, 1, 1]
    assert read.coords["quartile"][0] == "new, q1"


def test_a_deviation_that_one_strategy_has_is_of_its_own_patients():
    import pymc as pm
    import pytensor.tensor as pt

    stays = pd.DataFrame({"strategy": ["old", "new"], "mean": [41.0, 17.0], "sd": [np.nan, 15.0], "n": [130, 160]})
    read, v, n = read_stays(stays_table(stays), np.array([0, 1]), 1.1), 0.9, 160
    coords = {"strategy": ("old", "new"), **read.coords}
    with pm.Model(coords=coords) as model:
        observe_stays(read.data, pt.as_tensor([41.0, 17.0]), pt.as_tensor([1.2, v]), coords)
    found = model.compile_logp(vars=[model["variation_of_stays"]])({})
    spread = np.sqrt((1 + v**2) / (2 * n))
    expected = stats.lognorm.logpdf(15 / 17, spread, scale=np.exp(np.log(v) - (1 + 2 * v**2) / (2 * n)))
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("stays", "reason"),
    [
        ({"mean": [41.0, 17.0], "sd": [38.0, -1.0]}, "above 0"),
        ({"median": [29.0, 12.0]}, "only median"),
        ({"mean": [41.0, 17.0], "median": [29.0, np.nan]}, "count twice"),
        ({"q1": [12.0, 6.0], "median": [29.0, 5.0], "q3": [58.0, 23.0]}, "above the one before"),
        ({"mean": [41.0, 17.0], "sd": [900.0, 15.0]}, "at most"),
    ],
)
def test_impossible_stays_are_refused_by_strategy(stays, reason):
    table = pd.DataFrame({"strategy": ["old", "new"], "n": [130, 160], **stays})
    with pytest.raises(hm.evidence.EvidenceError, match=reason):
        hm.evidence.inpatient_episode(deaths=COUNTS, home=COUNTS, stays=table)
