"""Every form in which draws may be given, and every one that would quietly mean something else."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm
from heemodel.structures.draws import read_draws


def test_a_dataset_over_sample_is_taken_as_it_is():
    draws = xr.Dataset({"risk": ("sample", [0.1, 0.2])}, coords={"sample": [7, 8]})
    assert read_draws(draws) is draws


def test_one_value_of_each_parameter_is_a_point():
    shares = xr.DataArray([0.2, 0.8], dims="to", coords={"to": ["ill", "dead"]})
    point = xr.Dataset({"risk": 0.1, "shares": shares})
    assert read_draws(point) is point
    assert read_draws(point[["shares"]]).sizes == {"to": 2}
    assert read_draws(xr.Dataset()).sizes == {}
    by_cycle = xr.Dataset({"risk": ("cycle", [0.1, 0.2])})
    assert read_draws(by_cycle) is by_cycle


def test_a_data_frame_has_a_row_for_each_draw():
    table = pd.DataFrame({"risk": [0.1, 0.2, 0.3], "count": [1, 2, 3], "flag": [True, False, True]})
    draws = read_draws(table)
    assert draws["risk"].dims == ("sample",)
    assert draws["count"].values.tolist() == [1.0, 2.0, 3.0]
    assert "sample" not in draws.coords


def test_the_labels_of_a_data_frame_stay_with_its_draws():
    table = pd.DataFrame({"risk": [0.1, 0.2]}, index=[5, 3])
    assert read_draws(table)["sample"].values.tolist() == [5, 3]


def test_missing_numbers_of_a_data_frame_are_found_when_they_are_read():
    table = pd.DataFrame({"risk": pd.array([0.1, None], dtype="Float64")})
    with pytest.raises(hm.ModelError, match=r"'risk' is nan \(sample 1\)"):
        hm.Parameters(read_draws(table))["risk"]


@pytest.mark.parametrize(
    ("table", "names"),
    [
        (pd.DataFrame({"arm": ["a", "b"], "risk": [0.1, 0.2]}), ["'arm'"]),
        (pd.DataFrame([[1.0, "x", "y"]], columns=["risk", "risk", "note"]), ["two columns", "'risk'", "'note'"]),
        (pd.DataFrame({"risk": []}), ["no rows"]),
        (pd.DataFrame({"arm": pd.Categorical(["a"])}), ["'arm'", "category"]),
    ],
)
def test_tables_that_are_no_draws_are_refused_with_the_column(table, names):
    with pytest.raises(hm.ModelError) as error:
        read_draws(table)
    for name in names:
        assert name in str(error.value)


def test_a_dict_of_numbers_and_arrays_is_taken():
    draws = read_draws({"risk": np.array([0.1, 0.2]), "cost": 90.0, "tariff": xr.DataArray([1.0, 2.0], dims="sample")})
    assert draws.sizes == {"sample": 2}
    assert draws["cost"].item() == 90.0
    assert read_draws({"risk": 0.1, "cost": [1.0, 2.0, 3.0]}).sizes == {"sample": 3}


@pytest.mark.parametrize(
    ("draws", "names"),
    [
        ({"risk": [0.1, 0.2], "cost": [1.0, 2.0, 3.0]}, ["2 of 'risk'", "3 of 'cost'"]),
        ({"risk": np.zeros((2, 2)), "arm": "new"}, ["'risk' has 2 dimensions", "'arm'", "'new'"]),
        ({1: 0.1}, ["called 1"]),
        ([0.1, 0.2], ["list"]),
        (None, ["NoneType"]),
        (xr.DataArray([0.1], dims="sample", name="risk"), ["DataArray", "to_dataset"]),
    ],
)
def test_what_are_no_draws_is_refused(draws, names):
    with pytest.raises(hm.ModelError) as error:
        read_draws(draws)
    for name in names:
        assert name in str(error.value)


def test_parameters_are_draws_for_another_model():
    draws = xr.Dataset({"risk": ("sample", [0.1, 0.2])})
    xr.testing.assert_identical(read_draws(hm.Parameters(draws)), draws)


@pytest.mark.parametrize("name", ["index", "iteration", "draw", "dim_0", "Sim", "row"])
def test_the_dimension_of_draws_under_another_name_is_to_be_renamed(name):
    draws = xr.Dataset({"risk": (name, [0.1, 0.2, 0.3]), "cost": 4.0})
    with pytest.raises(hm.ModelError, match=f'rename\\({name}="sample"\\)') as error:
        read_draws(draws)
    assert "sum" not in str(error.value).lower()


def test_a_data_frame_turned_into_a_dataset_is_to_be_renamed():
    draws = pd.DataFrame({"risk": [0.1, 0.2], "cost": [1.0, 2.0]}).to_xarray()
    with pytest.raises(hm.ModelError, match=r'rename\(index="sample"\)'):
        read_draws(draws)
    assert read_draws(draws.rename(index="sample")).sizes == {"sample": 2}


def test_the_only_dimension_of_all_parameters_is_taken_to_be_the_draws():
    with pytest.raises(hm.ModelError, match=r"bootstrap rep.*rename"):
        read_draws(xr.Dataset({"risk": ("bootstrap rep", [0.1, 0.2])}))
    named = xr.Dataset({"risk": ("sex", [0.1, 0.2])}, coords={"sex": ["men", "women"]})
    assert read_draws(named) is named


def test_chains_and_draws_are_to_be_stacked_with_chains_interleaved():
    draws = xr.Dataset({"risk": (("chain", "draw"), [[1.0, 2.0], [3.0, 4.0]])})
    with pytest.raises(hm.ModelError, match="stack"):
        read_draws(draws)
    stacked = draws.stack(sample=("draw", "chain"), create_index=False)  # as the error says
    assert read_draws(stacked)["risk"].values.tolist() == [1.0, 3.0, 2.0, 4.0]


def test_no_draws_are_refused():
    with pytest.raises(hm.ModelError, match="sample is empty"):
        read_draws(xr.Dataset({"risk": ("sample", [])}))


def test_a_missing_number_in_a_later_block_is_told_by_its_place_among_all():
    p = hm.Parameters(xr.Dataset({"risk": ("sample", [0.1, np.nan])}), first_sample=100)
    with pytest.raises(hm.ModelError, match=r"sample 101"):
        _ = p.risk
