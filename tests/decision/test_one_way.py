"""Exact one-way sensitivity: by hand, and every mistake in ranges."""

import numpy as np
import pytest
import xarray as xr

import heemodel as hm
from heemodel.decision.sensitivity import Range, one_way

CENTRAL = {"p": 0.2, "cost": 100.0, "days": 5.0}


def product(p):
    return p["p"] * p["cost"] * p["days"]


def test_an_exact_tornado_moves_one_parameter_at_a_time():
    ranges = {"p": (0.1, 0.4, "trial A"), "cost": Range(90.0, 120.0, "reference costs")}
    table = one_way(product, CENTRAL, ranges)
    assert table["parameter"].to_list() == ["p", "cost"]
    assert table[["outcome_low", "outcome_central", "outcome_high"]].to_numpy().tolist() == [
        pytest.approx([50, 100, 200]),
        pytest.approx([90, 100, 120]),
    ]
    assert table["width"].to_list() == pytest.approx([150, 30])
    assert table["source"].to_list() == ["trial A", "reference costs"]


def test_an_exact_tornado_moves_places_of_a_dataset():
    central = xr.Dataset({"rate": ("group", [1, 2]), "cost": 10.0}, coords={"group": ["early", "late"]})
    table = one_way(lambda p: (p["rate"] * p["cost"]).sum(), central, {"rate[late]": (1.5, 3.5, "register")})
    assert table[["low", "central", "high"]].to_numpy().tolist() == [[1.5, 2, 3.5]]
    assert table[["outcome_low", "outcome_central", "outcome_high"]].to_numpy().tolist() == [[25, 30, 45]]
    assert central["rate"].to_numpy().tolist() == [1, 2]


def test_an_exact_tornado_that_turns_is_as_wide_as_it_is_deep():
    table = one_way(lambda p: p["x"] ** 2, {"x": 0.0}, {"x": (-1, 1, "belief")})
    assert table["width"].item() == 1


@pytest.mark.parametrize(
    ("ranges", "said"),
    [
        ({}, "no ranges are given"),
        ({"pp": (0.1, 0.4, "x")}, "no parameter 'pp'"),
        ({"p": (0.1, 0.4)}, r"give \(low, high, source\)"),
        ({"p": (0.1, 0.4, " ")}, "no source"),
        ({"p": (0.1, 0.4, None)}, "no source"),
        ({"p": (0.4, 0.1, "x")}, "low < high"),
        ({"p": (np.nan, 0.1, "x")}, "low < high"),
        ({"p": (0.3, 0.4, "x")}, "central value 0.2 is outside"),
    ],
)
def test_ranges_without_sense_or_source_are_refused(ranges, said):
    with pytest.raises(hm.decision.OutcomeError, match=said):
        one_way(product, CENTRAL, ranges)


def test_all_mistakes_in_ranges_are_told_together():
    with pytest.raises(hm.decision.OutcomeError) as told:
        one_way(product, CENTRAL, {"p": (0.4, 0.1, ""), "costs": (1, 2, "x")})
    assert all(part in str(told.value) for part in ("low < high", "no source", "did you mean 'cost'"))


def test_functions_and_central_values_of_many_samples_are_refused():
    with pytest.raises(hm.decision.OutcomeError, match="at the central values; it must give one number"):
        one_way(lambda p: [1.0, 2.0], CENTRAL, {"p": (0.1, 0.4, "x")})
    with pytest.raises(hm.decision.OutcomeError, match=r"nan at p = 0\.4"):
        one_way(lambda p: np.nan if p["p"] == 0.4 else 1.0, CENTRAL, {"p": (0.1, 0.4, "x")})
    with pytest.raises(hm.decision.OutcomeError, match="dimension 'sample'"):
        one_way(product, xr.Dataset({"p": ("sample", [1.0])}), {"p": (0.1, 0.4, "x")})
