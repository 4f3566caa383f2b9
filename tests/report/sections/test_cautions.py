"""What a report asks to look at again in a PSA that was made elsewhere, from samples in which it is so."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm
from heemodel.analysis import results_of_psa
from heemodel.report.document import Points
from heemodel.report.sections.glance import glance
from heemodel.report.sections.information import information
from heemodel.report.sections.summary import cautions
from tests.decision.test_appraisal import psa as made_up_psa
from tests.report.sections.looking import words_of


def results_of(outcomes, draws=None, thresholds=(20_000,), **options):
    return results_of_psa(hm.appraise(outcomes, draws, comparator="old", thresholds=thresholds, **options))


def cautions_of(outcomes, draws=None, **options):
    """The points under "Look again"."""
    return cautions_in(results_of(outcomes, draws, **options))


def cautions_in(results):
    section = glance(results)
    blocks = [block for block in section.blocks if isinstance(block, Points)] if section is not None else []
    assert [list(block.points) for block in blocks] == [cautions(results)] * bool(blocks)
    return cautions(results)


def two_strategies(benefit):
    """Samples in which the new strategy is better by so much, all of it saved money, and nothing else differs."""
    cost = 1_000 + np.stack([0 * benefit, -benefit], 1)
    return xr.Dataset(
        {"cost": (("sample", "strategy"), cost), "qaly": ("strategy", [5.0, 5.0])},
        coords={"strategy": ["old", "new"]},
    )


@pytest.mark.parametrize(("samples", "cautioned"), [(100, True), (999, True), (1_000, False)])
def test_few_samples(samples, cautioned):
    outcomes, _ = made_up_psa(samples)
    assert any(text.startswith(f"Only {samples:,} draws") for text in cautions_of(outcomes)) == cautioned


def test_what_is_as_it_should_be_needs_no_second_look():
    outcomes, draws = made_up_psa(1_200)
    assert cautions_of(outcomes, draws.drop(columns="rate")) == []


def test_parameters_of_other_samples():
    outcomes, draws = made_up_psa(1_200)
    shuffled = draws.sample(frac=1, random_state=1).reset_index(drop=True)
    (caution,) = cautions_of(outcomes, shuffled.drop(columns="rate"))
    assert "no more of costs, QALYs and net benefits than chance would (R² of up to" in caution
    assert "same order" in caution


@pytest.mark.parametrize(
    ("cost", "qaly", "question"),
    [
        ("qaly", "cost", "are costs and QALYs swapped?"),
        ("cost", "days", "are they in another unit, or of many people?"),
    ],
)
def test_costs_and_qalys_of_an_odd_size(cost, qaly, question):
    outcomes, _ = made_up_psa(1_000)
    outcomes = outcomes.assign(days=365 * outcomes["qaly"], cost=outcomes["cost"] + 300)
    (caution,) = cautions_of(xr.Dataset({"cost": outcomes[cost], "qaly": outcomes[qaly]}))
    assert question in caution
    assert cautions_of(outcomes[["cost", "qaly"]]) == []


@pytest.mark.parametrize(("lead", "cautioned"), [(0.0, True), (1.5, True), (2.5, False)])
def test_the_best_of_two_is_undecided_within_two_standard_errors(lead, cautioned):
    """Benefits whose mean is so many of their own standard errors above 0."""
    noise = np.random.default_rng(1).normal(0, 1_000, 1_000)
    noise -= noise.mean()
    error = noise.std(ddof=1) / np.sqrt(1_000)
    found = [text for text in cautions_of(two_strategies(noise + lead * error)) if "more draws are needed" in text]
    assert len(found) == cautioned
    for text in found:
        assert text.startswith("At £20,000 per QALY")
        assert "old" in text
        assert "new" in text
        assert f"standard error of £{error:.0f}" in text


def test_the_best_of_several_is_undecided_only_where_the_first_two_are_close():
    """New is made as good as old at £20,000 per QALY, and is better at £30,000."""
    outcomes, _ = made_up_psa(4_000)
    benefit = (20_000 * outcomes["qaly"] - outcomes["cost"]).mean("sample")
    cost = outcomes["cost"].copy()
    cost.loc[{"strategy": "new"}] += float(benefit.sel(strategy="new") - benefit.sel(strategy="old")) - 1e-3
    (caution,) = cautions_of(outcomes.assign(cost=cost), thresholds=[20_000, 30_000])
    assert caution.startswith("At £20,000 per QALY")
    assert "more draws are needed to tell which is higher" in caution


def test_parameters_that_never_vary():
    outcomes, draws = made_up_psa(1_200)
    (caution,) = cautions_of(outcomes, draws)
    assert caution.endswith("no value of information: rate.")


def test_values_of_information_that_did_not_pass_their_check():
    """One value of a lies 63 standard deviations from its mean, as far as it can among 4,000 samples."""
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=4_000), rng.normal(size=4_000)
    a[0] = 1e6
    results = results_of(two_strategies(100 + 1_000 * b), pd.DataFrame({"a": a, "b": b}), groups={"a,b": ["a", "b"]})
    check = results.tables["evppi"].set_index("label")["check"]["a"]
    assert "a reaches 63 standard deviations" in check
    failed = [text for text in cautions_in(results) if "did not pass its check" in text]
    assert f"The EVPPI of a did not pass its check: {check}." in failed
    assert not any(text.startswith("The EVPPI of b ") for text in failed)


def test_noise_is_not_named_nor_does_it_fill_the_cautions():
    """Equal strategies, and twenty parameters that have no part in them."""
    rng = np.random.default_rng(3)
    benefit = rng.normal(0, 1_000, 1_000)
    noise = pd.DataFrame(rng.normal(size=(1_000, 20))).add_prefix("noise")
    results = results_of(two_strategies(benefit - benefit.mean()), noise)
    evppi = results.tables["evppi"]
    assert (evppi["evppi"] > 2 * evppi["se"]).any()
    assert "worth more than the error of its estimate" in words_of(information(results))
    assert not any("noise" in text for text in cautions_in(results))
