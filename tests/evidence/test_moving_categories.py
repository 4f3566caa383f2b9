"""An effect over ordered categories moved to any population."""

import numpy as np
import pytest
import xarray as xr
from scipy.special import expit, logit

import heemodel as hm

GRADES = ["0", "1", "2", "3"]


def shares(*numbers):
    return xr.DataArray(list(numbers), dims="category", coords={"category": GRADES})


def cumulative(array):
    return array.cumsum("category").isel(category=slice(0, -1)).to_numpy()


def test_the_odds_at_every_cut_change_by_the_common_odds_ratio():
    before = shares(0.1, 0.4, 0.3, 0.2)
    after = hm.evidence.move_categories(before, 0.7)
    np.testing.assert_allclose(logit(cumulative(after)) - logit(cumulative(before)), 0.7, rtol=1e-12)
    assert float(after.sum()) == pytest.approx(1, abs=1e-15)


def test_no_effect_changes_nothing_even_in_the_far_tails():
    before = shares(1e-12, 0.5, 0.5 - 2e-12, 1e-12)
    np.testing.assert_allclose(hm.evidence.move_categories(before, 0.0), before, rtol=1e-9)


def test_stretches_are_those_of_the_evidence_model():
    before = shares(0.1, 0.4, 0.3, 0.2)
    stretch = xr.DataArray([0.3, -0.2], dims="inner", coords={"inner": ["1", "2"]})
    after = hm.evidence.move_categories(before, 0.5, stretch=stretch)
    cuts, moved = logit(cumulative(before)), logit(cumulative(after))
    np.testing.assert_allclose(np.diff(moved), np.diff(cuts) * np.exp([0.3, -0.2]), rtol=1e-12)
    assert (moved - cuts).mean() == pytest.approx(0.5, rel=1e-12)


def test_effects_by_cut_are_added_where_they_belong():
    before = shares(0.1, 0.4, 0.3, 0.2)
    by_cut = xr.DataArray([0.1, 0.2, 0.4], dims="cut", coords={"cut": ["≤ 0", "≤ 1", "≤ 2"]})
    moved = hm.evidence.move_categories(before, 0.5, cut=by_cut)
    np.testing.assert_allclose(cumulative(moved), expit(logit(cumulative(before)) + 0.5 + by_cut.to_numpy()))


def test_samples_and_groups_broadcast():
    baseline = xr.concat([shares(0.1, 0.4, 0.3, 0.2), shares(0.25, 0.25, 0.25, 0.25)], dim="group")
    effect = xr.DataArray([0.0, 1.0, 2.0], dims="sample")
    moved = hm.evidence.move_categories(baseline, effect)
    assert moved.sizes == {"group": 2, "sample": 3, "category": 4}
    for group in range(2):
        for sample in range(3):
            alone = hm.evidence.move_categories(baseline.isel(group=group), float(effect[sample]))
            np.testing.assert_allclose(moved.isel(group=group, sample=sample), alone, rtol=1e-14)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"shares": shares(0.1, 0.4, 0.3, 0.3)}, "add up to 1.1"),
        ({"shares": shares(-0.1, 0.6, 0.3, 0.2)}, "a share is -0.1"),
        ({"shares": shares(np.nan, 0.6, 0.3, 0.2)}, "add up to nan"),
        ({"shares": xr.DataArray([1.0], dims="mrs")}, "need the dimension 'category'"),
        ({"stretch": xr.DataArray([0.1], dims="inner")}, "'inner' has size 1; 4 categories need 2"),
        ({"cut": xr.DataArray([0.1], dims="cut")}, "'cut' has size 1; 4 categories need 3"),
        ({"cut": xr.DataArray([3.0, 0.0, 0.0], dims="cut")}, "out of order"),
    ],
)
def test_what_cannot_be_moved_is_refused(given, said):
    options = {"shares": shares(0.1, 0.4, 0.3, 0.2)} | given
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        hm.evidence.move_categories(options.pop("shares"), 0.5, **options)
