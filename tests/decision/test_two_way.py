"""Two-way sensitivity: the turning line against a closed form, the centre, places of parameters, and every refusal."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import heemodel as hm
from heemodel.decision import OutcomeError
from heemodel.sensitivity import two_way

CENTRAL = {"price": 10.0, "days": 8.0, "fee": 60.0}


def worth(p):
    """Bilinear in price and days."""
    return 300 - p["price"] * p["days"] - p["fee"] - 5 * p["price"]


def mapped(function=worth, central=CENTRAL, **how):
    given = {"x": "price", "y": "days", "x_values": np.linspace(5, 40, 8), "y_values": np.linspace(1, 20, 6)} | how
    return two_way(function, central, **given)


def test_the_turning_line_of_a_bilinear_outcome_is_its_closed_form():
    """300 − 60 = price × (days + 5), whatever the grid."""
    turns = mapped().turns
    expected = 240 / (turns["y"] + 5)
    inside = (expected >= 5) & (expected <= 40)
    assert turns["x"].notna().to_list() == inside.to_list()
    assert turns.loc[inside, "x"].to_list() == pytest.approx(expected[inside].to_list())


def test_a_turning_value_between_two_values_of_a_bent_outcome_is_exact():
    turns = mapped(lambda p: 2_000 - p["price"] ** 2 * p["days"], x_values=[5, 60], y_values=[2, 5]).turns
    assert turns["x"].to_list() == pytest.approx([np.sqrt(2_000 / y) for y in turns["y"]])


@settings(max_examples=30, deadline=None)
@given(a=st.floats(1, 50), b=st.floats(-5, 5), c=st.floats(-5, 5), d=st.floats(-1, 1))
def test_every_turning_value_is_a_zero_and_every_row_without_one_keeps_its_sign(a, b, c, d):
    def outcome(p):
        return a + b * p["price"] + c * p["days"] + d * p["price"] * p["days"]

    table, turns = mapped(outcome)
    for row in turns.itertuples():
        if np.isnan(row.x):
            signs = set(table.loc[table["y"] == row.y, "outcome"] > 0)
            assert len(signs) == 1
            assert row.note == ("above 0 throughout" if signs.pop() else "0 or below throughout")
        else:
            scale = abs(a) + abs(b * row.x) + abs(c * row.y) + abs(d * row.x * row.y)
            assert abs(outcome({"price": row.x, "days": row.y})) < 1e-6 * scale


def test_the_map_has_the_outcome_at_every_point_and_marks_the_centre():
    table = mapped().table
    by_hand = [worth({**CENTRAL, "price": x, "days": y}) for x, y in zip(table["x"], table["y"], strict=True)]
    assert table["outcome"].to_list() == pytest.approx(by_hand)
    centre = table[table["central"]]
    assert centre[["x", "y", "outcome"]].to_numpy().tolist() == [[10.0, 8.0, worth(CENTRAL)]]


def test_a_centre_outside_the_range_is_not_put_on_the_map():
    assert not mapped(x_values=[20, 30]).table["central"].any()


def test_an_outcome_that_turns_twice_has_two_rows():
    turns = mapped(lambda p: (p["price"] - 12) * (p["price"] - 30) + 0 * p["days"], y_values=[1, 8]).turns
    assert turns["x"].to_list() == pytest.approx([12, 30, 12, 30])
    assert turns["note"].iloc[0] == "above 0 up to 12, 0 or below up to 30, then above 0"


def test_places_of_parameters_are_moved_by_themselves():
    central = xr.Dataset({"stay": ("strategy", [9.0, 4.0]), "day": 100}, coords={"strategy": ["old", "new"]})
    seen = []

    def saving(p):
        seen.append(p)
        return (p["stay"].sel(strategy="old") - p["stay"].sel(strategy="new")) * p["day"] - 200

    table, turns = two_way(saving, central, x="stay[new]", y="day", x_values=[1, 8], y_values=[50, 100])
    assert turns["x"].to_list() == pytest.approx([5.0, 7.0])
    assert (seen[0]["stay"].sel(strategy="old") == 9.0).all()
    assert table.loc[table["central"], "outcome"].item() == 300
    assert central["stay"].to_numpy().tolist() == [9, 4]


def test_the_same_place_of_two_elements_of_one_parameter():
    central = xr.Dataset({"stay": ("strategy", [9.0, 4.0])}, coords={"strategy": ["old", "new"]})
    turns = two_way(
        lambda p: p["stay"].sel(strategy="old") - p["stay"].sel(strategy="new"),
        central,
        x="stay[old]",
        y="stay[new]",
        x_values=[0, 10],
        y_values=[2, 6],
    ).turns
    assert turns["x"].to_list() == pytest.approx(turns["y"].to_list())


def test_the_centre_of_a_model_s_map_is_its_point_estimate():
    folder = hm.load_model("models/sick_sicker")
    model, central, comparator = folder.model(), folder.inputs.central(), folder.inputs.about.comparator

    def benefit(outcomes):
        return hm.CostEffectiveness(outcomes, comparator=comparator).incremental_net_benefit("B", threshold=100_000)

    table = two_way(
        model, central, x="cost_b", y="sickness", x_values=[10_000, 20_000], y_values=[0.1, 0.2], quantity=benefit
    ).table
    assert table.loc[table["central"], "outcome"].item() == pytest.approx(float(benefit(model.run(central))), rel=1e-12)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"x": "prize"}, "no parameter 'prize' among the central values; did you mean 'price'"),
        ({"y": "price"}, "x and y are both 'price'"),
        ({"x_values": [5]}, "two numbers or more, ascending"),
        ({"x_values": [5, 5]}, "ascending"),
        ({"y_values": [20, 1]}, "days: the values are"),
        ({"y_values": [1, np.inf]}, "days: the values are"),
        ({"function": lambda p: p["price"].mean()}, "one number for each"),
        ({"function": lambda p: p["price"] / 0}, "narrow the range"),
        ({"central": xr.Dataset({"price": ("sample", [1.0])})}, "dimension 'sample'"),
    ],
)
def test_what_cannot_be_mapped_is_refused(how, said):
    with pytest.raises(OutcomeError) as raised, np.errstate(divide="ignore"):
        mapped(**how)
    assert said in str(raised.value)
