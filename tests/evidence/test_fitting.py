"""The posterior store, the convergence gate, and joint draws."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm
from heemodel.evidence import fitting
from heemodel.evidence.gate import complaints

STRATEGIES = ["old", "new"]


def episode(deaths=40):
    return hm.evidence.inpatient_episode(
        deaths=pd.DataFrame({"strategy": STRATEGIES, "events": [deaths, 60], "n": [100, 350]}),
        stays=pd.DataFrame({"strategy": STRATEGIES, "mean": [90.0, 14.0], "n": [100, 350]}),
        home=pd.DataFrame({"strategy": STRATEGIES, "events": [36, 261], "n": [60, 290]}),
    )


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("HEEMODEL_CACHE", str(tmp_path))
    return tmp_path


def never(*args, **kwargs):
    raise AssertionError("sampled again")


def test_the_same_question_is_answered_from_the_store(store, monkeypatch):
    first = hm.fit(episode(), seed=5, draws=4_000)
    assert len(list(store.iterdir())) == 1
    monkeypatch.setattr(fitting, "_sample_evidence", never)
    second = hm.fit(episode(), seed=5, draws=4_000)
    xr.testing.assert_identical(first.draw(500, seed=1), second.draw(500, seed=1))


@pytest.mark.parametrize("other", [{"seed": 6}, {"deaths": 41}, {"draws": 8_000}])
def test_another_question_is_not(store, monkeypatch, other):
    hm.fit(episode(), seed=5, draws=4_000)
    monkeypatch.setattr(fitting, "_sample_evidence", never)
    with pytest.raises(AssertionError, match="sampled again"):
        hm.fit(episode(other.get("deaths", 40)), seed=other.get("seed", 5), draws=other.get("draws", 4_000))


def test_the_same_seed_samples_the_same_draws(store):
    first, second = (hm.fit(episode(), seed=5, draws=4_000, cache=False) for _ in range(2))
    xr.testing.assert_identical(first.draw(4_000, seed=1), second.draw(4_000, seed=1))
    assert list(store.iterdir()) == []


def test_a_damaged_file_in_the_store_is_sampled_again(store):
    first = hm.fit(episode(), seed=5, draws=4_000)
    next(store.iterdir()).write_bytes(b"not netCDF")
    again = hm.fit(episode(), seed=5, draws=4_000)
    xr.testing.assert_identical(first.draw(100, seed=1), again.draw(100, seed=1))


def test_a_store_that_cannot_be_written_costs_no_results(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HEEMODEL_CACHE", str(tmp_path / "file" / "folder"))
    assert hm.fit(episode(), seed=5, draws=4_000).draws.sizes["chain"] == 4


def test_a_sampler_that_finds_no_place_to_begin_says_what_to_look_at(store, monkeypatch):
    import nutpie

    def stopped(*args, **kwargs):
        raise RuntimeError("All initialization points failed\n\nStack backtrace:\n   0: <unknown>")

    monkeypatch.setattr(nutpie, "sample", stopped)
    with pytest.raises(
        hm.evidence.ConvergenceError, match=r"^the sampler stopped: All init[a-z ]+\. As far.*a unit is wrong"
    ):
        hm.fit(episode(), seed=5)


def tree(posterior, diverging=0):
    return xr.DataTree.from_dict(
        {
            "posterior": xr.Dataset({"x": (("chain", "draw"), posterior)}),
            "sample_stats": xr.Dataset(
                {"diverging": (("chain", "draw"), np.arange(posterior.size).reshape(posterior.shape) < diverging)}
            ),
        }
    )


def test_chains_that_disagree_are_refused(store, monkeypatch):
    apart = np.random.default_rng(1).normal(size=(4, 1_000)) + np.arange(4)[:, None]
    monkeypatch.setattr(fitting, "_sample_evidence", lambda *args, **kwargs: tree(apart))
    with pytest.raises(hm.evidence.ConvergenceError, match=r"x: R-hat .* chains disagree"):
        hm.fit(episode(), seed=5)
    assert list(store.iterdir()) == []
    kept = hm.fit(episode(), seed=5, allow_unconverged=True)
    assert "R-hat" in kept.accepted_unconverged[0]


def test_sticky_chains_and_divergences_are_refused():
    rng = np.random.default_rng(1)
    sticky = np.repeat(rng.normal(size=(4, 50)), 20, axis=1)
    assert any("effective sample size" in text for text in complaints(hm.evidence.Posterior("m", tree(sticky))))
    good = tree(rng.normal(size=(4, 1_000)), diverging=300)
    (said,) = complaints(hm.evidence.Posterior("m", good))
    assert said.startswith("300 divergent transitions; tighten the priors")
    assert complaints(hm.evidence.Posterior("m", tree(rng.normal(size=(4, 1_000))))) == ()


def with_prior(found, prior):
    return xr.DataTree.from_dict(
        {**{name: group.to_dataset() for name, group in found.children.items()}, "prior": prior}
    )


def test_the_advice_fits_what_was_found():
    rng = np.random.default_rng(1)
    sticky = np.repeat(rng.normal(size=(4, 50)), 20, axis=1)
    prior = xr.Dataset({"x": (("chain", "draw"), rng.normal(size=(1, 1_000)))})
    for shift, scale, said in (
        (8.0, 1.0, "the data put it at 7.9"),
        (0.0, 0.001, "pin it down"),
        (0.0, 1.0, "ask for more"),
    ):
        found = complaints(hm.evidence.Posterior("m", with_prior(tree(shift + scale * sticky), prior)))
        assert any(said in text for text in found), (said, found)
    for sign, end in ((1.0, "small"), (-1.0, "large")):
        drawn = rng.normal(size=(4, 1_000))
        drawn[0, :5] = -3.0 * np.ones(5)
        (found,) = complaints(hm.evidence.Posterior("m", tree(sign * drawn, diverging=5)))
        assert f"most of them where x is {end}" in found


def numbered(chains=4, length=1_000):
    """A posterior in which draw d of chain c is 10,000 c + d."""
    return hm.evidence.Posterior("m", tree(10_000.0 * np.arange(chains)[:, None] + np.arange(length)))


def test_chains_take_turns_and_each_keeps_its_order():
    drawn = numbered().draw(2_001, seed=1)
    assert drawn["chain"].to_numpy().tolist() == [i % 4 for i in range(2_001)]
    assert (drawn["x"].to_numpy() // 10_000 == drawn["chain"]).all()
    for _, of_chain in drawn["x"].groupby("chain"):
        assert (np.diff(of_chain) > 0).all()
    xr.testing.assert_identical(drawn, numbered().draw(2_001, seed=1))


@pytest.mark.parametrize("first", [1, 4, 10, 333, 2_000])
def test_any_leading_part_holds_all_chains_alike(first):
    counts = np.bincount(numbered().draw(3_999, seed=2)["chain"][:first], minlength=4)
    assert counts.max() - counts.min() <= 1


def test_all_draws_are_drawn_once():
    drawn = numbered().draw(4_000, seed=1)["x"].to_numpy()
    assert sorted(drawn) == sorted(numbered().draws["x"].to_numpy().ravel())
    assert drawn[:4].tolist() == [0, 10_000, 20_000, 30_000]


def test_no_more_draws_than_the_posterior_has():
    with pytest.raises(hm.HeemodelError, match="4,001 draws asked of a posterior with 4,000"):
        numbered().draw(4_001, seed=1)
