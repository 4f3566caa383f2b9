"""Central values and draws of an inputs file."""

import numpy as np
import pytest
import xarray as xr

import heemodel as hm
from heemodel.parameters.prices import price_index
from heemodel.parameters.specification import DataRecord


def test_draws_do_not_depend_on_which_other_parameters_are_there(inputs):
    from dataclasses import replace

    fewer = replace(inputs, parameters={"thrombolysis": inputs.parameters["thrombolysis"]})
    xr.testing.assert_identical(fewer.draw(50, seed=3)["thrombolysis"], inputs.draw(50, seed=3)["thrombolysis"])


def test_the_seed_alone_decides_the_draws(inputs):
    xr.testing.assert_identical(inputs.draw(20, seed=1), inputs.draw(20, seed=1))
    assert not inputs.draw(20, seed=1).equals(inputs.draw(20, seed=2))


def test_draws_lie_around_the_central_values(inputs):
    drawn, central = inputs.draw(20_000, seed=1), inputs.central()
    assert list(drawn) == list(central)
    for name, parameter in inputs.parameters.items():
        middle = drawn[name].median("sample") if parameter.distribution == "lognormal" else drawn[name].mean("sample")
        spread = drawn[name].std("sample")
        assert (np.abs(middle - central[name]) < 5 * spread / np.sqrt(20_000) + 1e-12).all(), name


def test_money_is_moved_to_the_prices_of_the_analysis(inputs):
    published = inputs.parameters["nursing_home_week"]
    factor = price_index().factor("2023/24", "2017/18")
    assert factor == pytest.approx(1 / (1.016 * 1.0214 * 1.0249 * 1.0258 * 1.0732 * 1.0247), rel=1e-12)
    assert float(inputs.central()["nursing_home_week"]) == pytest.approx(published.value * factor)
    assert float(inputs.central()["stroke_unit_90_days"]) == 31_000


def test_unknown_names_suggest_the_nearest(inputs):
    with pytest.raises(hm.HeemodelError, match="did you mean 'trust'"):
        inputs.scenario("trusts")
    with pytest.raises(hm.HeemodelError, match="did you mean 'annual_volume'"):
        inputs.setting("anual_volume")
    with pytest.raises(hm.HeemodelError, match="did you mean 'deaths'"):
        inputs.evidence("trials", "death")


def test_a_prior_must_be_of_the_distribution_that_is_needed(inputs):
    assert inputs.prior("mean_stay", distribution="lognormal") == (30.0, 1.0)
    with pytest.raises(hm.HeemodelError, match="is a lognormal distribution; the evidence model takes one beta"):
        inputs.prior("mean_stay", distribution="beta")
    with pytest.raises(hm.HeemodelError, match="did you mean 'mean_stay'"):
        inputs.prior("mean_stays", distribution="beta")


def test_every_figure_has_a_source_and_assumptions_say_why(inputs):
    sourced = [*inputs.parameters.values(), *inputs.priors.values(), *inputs.data.values(), *inputs.settings.values()]
    assert all(figure.source and figure.rationale for figure in sourced)


def test_policy_profiles_are_dated():
    profile = hm.policy_profile("nice-2026")
    assert profile.thresholds == (25_000, 35_000)
    assert profile.start == "2026-04-01"
    with pytest.raises(hm.HeemodelError, match="no policy profile"):
        hm.policy_profile("nice")


@pytest.mark.parametrize(
    ("share", "n", "counted"),
    [(0.5, 129, 65), (0.5, 131, 66), (0.145, 100, 15), (0.35, 90, 32), (0.1449, 100, 14), (0, 7, 0), (1, 7, 7)],
)
def test_half_a_person_of_a_share_is_rounded_up(share, n, counted):
    """As a spreadsheet does with the figures as they are typed: 0.145 × 100 is 14.499… in binary, and 14.5."""
    words = {"label": "L", "unit": "patients", "source": "S", "status": "read", "rationale": "R"}
    assert DataRecord(share=share, n=n, **words).counted == counted
