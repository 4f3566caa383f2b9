"""Chunked in, chunked out, whatever the model."""

import numpy as np
import xarray as xr

from heemodel.structures.chunks import in_chunks, is_chunked


def run(draws):
    outcomes = xr.Dataset({"qaly": draws["risk"] * xr.DataArray([1.0, 2.0], coords={"strategy": ["a", "b"]})})
    kept = draws["sample"] if "sample" in draws.coords else None
    return outcomes if kept is None else outcomes.assign_coords(sample=kept)


def draws(size=10):
    return xr.Dataset({"risk": ("sample", np.linspace(0, 1, size))}, coords={"sample": np.arange(size) + 5})


def test_outcomes_are_chunked_alike_and_the_same_to_the_bit():
    chunked = draws().chunk(sample=4)
    assert is_chunked(chunked)
    assert not is_chunked(draws())
    lazy = in_chunks(run, chunked)
    assert lazy["qaly"].chunks == ((4, 4, 2), (2,))
    xr.testing.assert_identical(lazy.compute(), run(draws()))


def test_nothing_of_all_draws_is_made_before_it_is_asked_for():
    seen = []
    lazy = in_chunks(lambda some: seen.append(some.sizes["sample"]) or run(some), draws(1_000).chunk(sample=100))
    assert seen == [1]
    lazy["qaly"].isel(sample=slice(0, 100)).compute(scheduler="synchronous")
    assert seen == [1, 100]


def test_a_parameter_that_is_called_as_its_own_dimension_is_kept():
    grades = xr.Dataset(
        {"grade": (("sample", "grade"), np.arange(12.0).reshape(6, 2))}, coords={"sample": np.arange(6)}
    )

    def total(some):
        return xr.Dataset({"qaly": some["grade"].sum("grade").drop_vars("sample", errors="ignore")})

    lazy = in_chunks(total, grades.chunk(sample=4))
    np.testing.assert_array_equal(lazy["qaly"], np.arange(12.0).reshape(6, 2).sum(axis=1))
