"""Expected QALYs of the general population and what a condition takes of them: a second way, and published norms."""

import math

import pytest
import xarray as xr

from heemodel.errors import HeemodelError
from heemodel.parameters import life_table, policy_profiles, population_utility
from heemodel.parameters.health_distribution import health_distribution, health_distributions
from heemodel.parameters.shortfall import qaly_shortfall, remaining_qalys


def sullivan(age, male, discount):
    """Sullivan's method on whole years: those alive in the middle of each, their utility, discounted to the middle."""
    rates = life_table("uk-2022-2024").rates.sel(sex="male" if male else "female")
    alive, total = 1.0, 0.0
    for year in range(age, 110):
        rate = float(rates.sel(age=min(year, int(rates["age"][-1]))))
        after = alive * math.exp(-rate)
        lived = (alive - after) / rate
        total += lived * population_utility(year + 0.5, float(male)) / (1 + discount) ** (year - age + 0.5)
        alive = after
    return total


@pytest.mark.parametrize("age", [0, 18, 45, 70, 95])
@pytest.mark.parametrize("male", [True, False])
@pytest.mark.parametrize("discount", [0.0, 0.035])
def test_remaining_qalys_are_those_of_sullivans_method(age, male, discount):
    found = remaining_qalys(age, float(male), discount=discount)
    assert found == pytest.approx(sullivan(age, male, discount), rel=2e-3)


def test_men_and_women_together_are_their_mean():
    alone = [remaining_qalys(60, share, discount=0.035) for share in (0.0, 1.0)]
    assert remaining_qalys(60, 0.3, discount=0.035) == pytest.approx(0.7 * alone[0] + 0.3 * alone[1])


@pytest.mark.parametrize(("male_share", "published"), [(1.0, 68.24), (0.0, 68.21)])
def test_health_at_birth_is_above_the_norm_by_the_five_level_questionnaire(male_share, published):
    """McNamara et al. 2022 (EQ-5D-5L, life tables 2017-2019) found less than norms of the three-level one, as ours."""
    assert 0 < remaining_qalys(0, male_share) - published < 3.5


def test_a_perfect_and_immortal_year_cannot_be_beaten():
    assert remaining_qalys(109, 0.5) < 1.0
    assert remaining_qalys(30, 0.5, discount=0.035) < remaining_qalys(30, 0.5)


@pytest.mark.parametrize(
    ("lost", "weight"),
    [(11.9, 1.0), (12.1, 1.2), (17.9, 1.2), (18.1, 1.7)],
)
def test_weights_by_absolute_shortfall(lost, weight):
    expected = remaining_qalys(18, 0.5, discount=0.035)
    assert expected > 20
    assert float(qaly_shortfall(expected - lost, age=18, male_share=0.5)["weight"]) == weight


@pytest.mark.parametrize(("part", "weight"), [(0.84, 1.0), (0.86, 1.2), (0.94, 1.2), (0.96, 1.7)])
def test_weights_by_proportional_shortfall(part, weight):
    expected = remaining_qalys(75, 0.5, discount=0.035)
    assert expected < 12
    found = qaly_shortfall(expected * (1 - part), age=75, male_share=0.5)
    assert float(found["weight"]) == weight
    assert float(found["proportional"]) == pytest.approx(part)


def test_every_draw_has_its_shortfall():
    draws = xr.DataArray([0.5, 4.0, 20.0], dims="sample")
    found = qaly_shortfall(draws, age=60, male_share=0.5)
    assert found["weight"].values.tolist() == [1.7, 1.0, 1.0]
    assert float(found["absolute"][2]) < 0


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"age": 130}, "age"),
        ({"male_share": 50}, "male_share"),
        ({"discount": 3.5}, "write a yearly rate"),
        ({"mortality": "uk-1900"}, "uk-1900"),
    ],
)
def test_what_is_out_of_range_is_refused(how, words):
    with pytest.raises(HeemodelError, match=words):
        remaining_qalys(**({"age": 60, "male_share": 0.5} | how))


def test_qalys_must_be_numbers_and_policies_known():
    with pytest.raises(HeemodelError, match="finite"):
        qaly_shortfall(float("nan"), age=60, male_share=0.5)
    with pytest.raises(HeemodelError, match="no policy profile"):
        qaly_shortfall(1.0, age=60, male_share=0.5, policy="nice")


def test_every_policy_has_weights_that_rise_with_severity():
    for profile in policy_profiles().values():
        weights = [(step.weight, step.absolute, step.proportional) for step in profile.severity]
        assert weights == sorted(weights)
        assert weights[0] > (1, 0, 0)


def test_distributions_of_health_fit_together():
    for name, found in health_distributions().items():
        assert [*found.health] == [*found.people] == ["1", "2", "3", "4", "5"], name
        assert [*found.health.values()] == sorted(found.health.values())
        for gradient in found.opportunity_cost.values():
            assert sum(gradient.values()) == pytest.approx(1)
    with pytest.raises(HeemodelError, match="did you mean 'england-2022'"):
        health_distribution("england-202")
