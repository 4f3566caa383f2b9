"""The map of two inputs: what is drawn, and the section that says where the answer turns."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import heemodel as hm
from heemodel.decision import OutcomeError
from heemodel.report.sections import document_of

XS, YS = np.linspace(0, 10, 11), np.linspace(0, 4, 5)


def grid(outcome=lambda x, y: x - 2 * y - 1, central=(5.0, 2.0)):
    x, y = (part.ravel() for part in np.meshgrid(XS, YS))
    return pd.DataFrame({"x": x, "y": y, "outcome": outcome(x, y), "central": (x == central[0]) & (y == central[1])})


def drawn(table, **how):
    ax = Figure(figsize=(7, 5)).add_subplot()
    return hm.plot.two_way(table, ax=ax, **how)


def texts(ax):
    return [text.get_text() for legend in ax.artists for text in legend.get_texts()]


def test_the_scale_has_0_in_its_middle_in_white():
    ax = drawn(grid())
    bands = ax.collections[0]
    assert bands.norm.vmin == -bands.norm.vmax
    assert to_rgb(bands.cmap(bands.norm(0.0))) == pytest.approx((1, 1, 1), abs=0.02)


def test_the_losing_side_is_hatched_and_named():
    ax = drawn(grid(), losing="costs more")
    assert any(getattr(one, "hatches", None) == ["///"] for one in ax.collections)
    assert "costs more" in texts(ax)


def test_the_hatch_lies_where_the_outcome_is_not_above_0():
    hatched = next(one for one in drawn(grid()).collections if getattr(one, "hatches", None) == ["///"])
    points = np.concatenate([path.vertices for path in hatched.get_paths()])
    assert len(points) > 3
    assert (points[:, 0] - 2 * points[:, 1] - 1 <= 1e-9).all()


def test_the_turning_line_is_drawn_where_the_outcome_is_0():
    ax = drawn(grid())
    line = next(one for one in ax.collections if list(getattr(one, "levels", [])) == [0.0])
    points = np.concatenate([path.vertices for path in line.get_paths()])
    assert points[:, 0] - 2 * points[:, 1] - 1 == pytest.approx(np.zeros(len(points)), abs=1e-9)
    assert "where it turns: £0" in texts(ax)


def test_an_outcome_of_one_sign_has_no_line_and_no_hatch():
    ax = drawn(grid(lambda x, y: 1 + x + y))
    assert texts(ax) == ["central values"]


def test_an_outcome_that_is_0_everywhere_is_drawn():
    assert "below 0" in texts(drawn(grid(lambda x, y: 0 * x)))


def test_the_centre_is_marked_where_it_is_on_the_map():
    ax = drawn(grid())
    assert [line.get_xydata().tolist() for line in ax.get_lines()] == [[[5.0, 2.0]]]
    assert not drawn(grid(central=(50.0, 2.0))).get_lines()


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (grid().drop(columns="outcome"), "no column 'outcome'"),
        (grid().iloc[:-1], "every pair"),
        (grid().iloc[:11], "two values or more"),
        (pd.concat([grid(), grid().iloc[:1]]), "twice"),
        (grid().assign(outcome="much"), "give numbers"),
    ],
)
def test_what_cannot_be_drawn_is_refused(table, said):
    with pytest.raises(OutcomeError, match=said):
        drawn(table)


@pytest.fixture(scope="module")
def sick():
    return hm.analyse("models/sick_sicker", draws=300)


def test_the_section_says_at_which_value_the_answer_turns(sick):
    section = document_of(sick).section("two-inputs")
    finding = section.blocks[0].text
    (table,) = section.tables()
    turns = sick.tables["two_way_turns"]
    at_centre = turns[turns["y"] == 0.6]["x"].item()
    assert f"${at_centre:,.0f}" in finding
    assert [f"${at_centre:,.0f}"] == [row[1] for row in table.rows if "central" in row[0]]


def test_the_caption_has_the_point_estimate_and_the_mean_beside_it(sick):
    (figure,) = document_of(sick).section("two-inputs").figures()
    centre = sick.tables["two_way"].query("central").iloc[0]
    assert f"−${abs(centre['value']):,.0f}" in figure.caption
    assert "mean over all uncertainty" in figure.caption
    assert "point estimate" in figure.caption
    assert "turns" in figure.svg
    plt.close("all")


def test_inputs_without_maps_have_no_such_section(sick):
    names = [section.name for section in document_of(hm.analyse("models/sumatriptan", draws=100)).sections]
    assert "two-inputs" not in names
