"""Draws from several sources are joined sample by sample, or refused."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm


def five(name="a", values=0.0):
    return xr.Dataset({name: ("sample", np.zeros(5) + values)}, coords={"sample": range(5)})


def refused(words, *sources):
    with pytest.raises(hm.HeemodelError, match=words):
        hm.join_draws(*sources)


def test_named_arrays_data_frames_and_series_are_joined_draw_by_draw():
    cost = hm.distributions.Gamma.from_mean(2_000, 500).draw(5, seed=1, name="cost")
    frame = pd.DataFrame({"risk": np.linspace(0, 1, 5), "model": list("abcde")})
    series = pd.Series(np.arange(5) * 2.0, name="days")
    joined = hm.join_draws(five(), cost, frame, series)
    assert set(joined.data_vars) == {"a", "cost", "risk", "model", "days"}
    assert joined.sizes == {"sample": 5}
    assert joined.cost.to_numpy().tolist() == cost.to_numpy().tolist()
    third = joined.sel(sample=2)
    assert (float(third.risk), third.model.item(), float(third.days)) == (0.5, "c", 4.0)


def test_each_distribution_gives_what_can_be_joined():
    shares = hm.distributions.Dirichlet.from_counts({"well": 8, "ill": 2}, dimension="state_of_health").draw(
        5, seed=1, name="share"
    )
    normals = hm.distributions.CorrelatedNormals([0.0, 0.0], np.eye(2), ["x", "y"]).draw(5, seed=1)
    joined = hm.join_draws(shares, normals, hm.distributions.Normal(0, 1).draw(5, seed=1, name="z"))
    assert set(joined.data_vars) == {"share", "x", "y", "z"}


def test_central_values_are_joined_without_samples():
    joined = hm.join_draws(xr.Dataset({"a": 1.0}), xr.DataArray(2.0, name="b"))
    assert (float(joined.a), float(joined.b)) == (1.0, 2.0)


def test_what_has_no_name_is_refused_with_the_cure():
    refused(r"source 2: an array has no name; .*rename\('cost'\)", five(), xr.DataArray(np.zeros(5), dims="sample"))
    refused(r"the name None; .*rename\('cost'\)", five(), pd.Series(np.zeros(5)))
    refused("the column 0; give columns the names", pd.DataFrame(np.zeros((5, 1))))
    refused("named like one of its coordinates", five()["sample"])


def test_all_sources_that_cannot_be_joined_are_told_at_once():
    refused(r"source 1: is a list; .*source 3: an array has no name", [1], five(), xr.DataArray(0.0))


def test_the_same_name_twice_is_refused():
    refused("'a' is there twice", five(), five())
    refused("'a' is there twice", five(), five()["a"])
    refused("'a' is there twice", five("b"), pd.DataFrame({"a": np.zeros(5)}), pd.Series(np.zeros(5), name="a"))
    refused("'a' is there twice", pd.DataFrame(np.zeros((5, 2)), columns=["a", "a"]))


def test_draws_of_different_length_are_refused():
    refused("5 and 9 draws|9 and 5 draws", five(), xr.Dataset({"x": ("sample", np.zeros(9))}))


def test_rows_that_are_not_numbered_as_the_samples_are_refused():
    refused("reset_index", pd.DataFrame({"a": [1.0, 2.0]}, index=["x", "y"]))
    refused("Number samples alike", five("b"), pd.DataFrame({"a": np.zeros(5)}, index=range(3, 8)))
    refused("reset_index", pd.Series([1.0], name="a", index=pd.MultiIndex.from_tuples([(0, 1)])))


def test_draws_that_contradict_each_other_are_refused():
    one, other = (five(name).assign_coords(model=("sample", [name] * 5)) for name in "bc")
    refused(r"different things of the same samples .*drop_vars\('model'\)", one, other)


def test_draws_along_another_dimension_or_numbered_differently_are_refused():
    refused(r"one source has the dimensions: draw\. Rename it", five(), xr.Dataset({"b": ("draw", np.zeros(5))}))
    refused("Number samples alike", five(), five("b").assign_coords(sample=range(3, 8)))
