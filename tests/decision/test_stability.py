"""Accumulating means, and the draws that a precision needs."""

import numpy as np
import pytest
import xarray as xr

import heemodel as hm
from heemodel.decision import monte_carlo_error
from heemodel.decision.stability import cumulative_mean, draws_needed


def sampled(values, **coords):
    return xr.DataArray(np.asarray(values), dims="sample", coords=coords, name="saving")


def normal(samples, seed=1):
    return sampled(np.random.default_rng(seed).normal(100, 50, samples))


def test_a_cumulative_mean_is_the_mean_of_the_first_draws():
    outcome = normal(3_000)
    table = cumulative_mean(outcome)
    assert table["draws"].iloc[[0, -1]].to_list() == [20, 3_000]
    assert np.diff(np.log(table["draws"])).std() < 0.02
    for row in table.itertuples():
        first = outcome.to_numpy()[: row.draws]
        assert row.mean == pytest.approx(first.mean())
        assert row.mcse == pytest.approx(first.std(ddof=1) / np.sqrt(row.draws))
        assert (row.lower, row.upper) == pytest.approx((row.mean - 1.96 * row.mcse, row.mean + 1.96 * row.mcse), 1e-4)


def test_draws_of_chains_accumulate_in_turn():
    """The first 20 draws of two chains are the first ten of each."""
    values = np.concatenate([np.arange(100.0), 1_000 + np.arange(100.0)])
    outcome = sampled(values, chain=("sample", np.repeat([0, 1], 100)))
    table = cumulative_mean(outcome, points=2)
    assert table["mean"].to_list() == [pytest.approx(500 + 4.5), pytest.approx(500 + 49.5)]
    assert table["mcse"].iloc[-1] == pytest.approx(monte_carlo_error(outcome))


def test_the_share_of_an_event_accumulates_too():
    event = normal(1_000) > 0
    table = cumulative_mean(event)
    assert table["mean"].iloc[-1] == pytest.approx(event.mean().item())
    assert (table["mcse"] > 0).all()


def test_as_many_draws_as_were_said_give_the_precision():
    table = draws_needed(normal(1_000), half_width=1.0).iloc[0]
    more = int(table["more"])
    assert more == pytest.approx((1.96 * 50) ** 2 - 1_000, rel=0.1)
    after = draws_needed(normal(1_000 + more, seed=2), half_width=1.0).iloc[0]
    assert after["half_width"] == pytest.approx(1.0, rel=0.05)
    assert after["draws"] == 1_000 + more


def test_the_same_draws_often_over_need_as_many_times_more():
    """Every draw five times over is a chain with a fifth of the information."""
    five = np.repeat(normal(2_000).to_numpy(), 5)
    chained = sampled(five, chain=("sample", np.repeat(np.arange(4), 2_500)))
    once, often = (draws_needed(outcome, half_width=0.5).iloc[0] for outcome in (normal(2_000), chained))
    assert once["effective_draws"] == pytest.approx(2_000)
    assert often["effective_draws"] == pytest.approx(2_000, rel=0.25)
    assert often["draws"] + often["more"] == pytest.approx(5 * (once["draws"] + once["more"]), rel=0.25)


def test_a_probability_needs_p_times_1_minus_p_over_its_squared_error():
    event = sampled(np.arange(1_000) % 4 == 0)
    table = draws_needed(event, half_width=0.01).iloc[0]
    assert table["draws"] + table["more"] == pytest.approx(0.1875 * (1.96 / 0.01) ** 2, rel=0.005)
    assert table["verdict"].startswith("not stable: the probability of saving is 0.250 ± 0.027")


def test_an_event_never_seen_needs_draws_by_the_rule_of_three():
    never = sampled(np.zeros(1_000, dtype=bool))
    table = draws_needed(never, half_width=0.001).iloc[0]
    assert table["draws"] + table["more"] == pytest.approx(1.5 * 1.96 / 0.001, rel=0.001)


def test_the_verdict_says_what_is_known_and_what_to_do():
    stable = draws_needed(normal(10_000), half_width=2).iloc[0]
    assert stable["more"] == 0
    assert stable["verdict"] == "stable: the mean of saving is 99.5 ± 1.0, within the ± 2.0 asked"
    wanting = draws_needed(normal(1_000), half_width=1).iloc[0]
    told = int(wanting["verdict"].removesuffix(" more").rsplit("about ", 1)[1].replace(",", ""))
    assert wanting["more"] <= told <= 1.1 * wanting["more"]


def test_a_constant_is_stable():
    table = draws_needed(sampled(np.full(100, 3.0)), half_width=1e-9).iloc[0]
    assert (table["more"], table["effective_draws"]) == (0, 100)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: cumulative_mean(normal(10)), "10 samples are too few"),
        (lambda: draws_needed(normal(10), half_width=1), "10 samples are too few"),
        (lambda: cumulative_mean(normal(100), points=1), "points is 1"),
        (lambda: draws_needed(normal(100), half_width=0), "half_width is 0"),
        (lambda: draws_needed(normal(100), half_width=np.inf), "half_width is inf"),
        (lambda: draws_needed(xr.DataArray(1.0), half_width=1), "is one number"),
        (lambda: cumulative_mean(normal(100).expand_dims(strategy=2)), "has dimension 'strategy'"),
    ],
)
def test_what_has_no_stability_is_refused(call, said):
    with pytest.raises(hm.decision.OutcomeError, match=said):
        call()


def test_what_never_happened_is_not_told_as_certain():
    never = xr.DataArray([False] * 2_000, dims="sample", name="being cost-effective")
    assert "is under 0.001, within" in draws_needed(never, half_width=0.02)["verdict"].item()
    assert "is over 0.999, within" in draws_needed(~never, half_width=0.02)["verdict"].item()
