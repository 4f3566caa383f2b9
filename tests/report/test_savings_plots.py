"""Plots of savings, states, components and years: any number of panels, strategies and signs."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import heemodel as hm
from heemodel.report import plots
from heemodel.report.plots.trace import DEAD


@pytest.fixture(autouse=True)
def drawing():
    """Every figure is drawn off screen and closed."""
    with mpl.rc_context({"figure.max_open_warning": 0}):
        yield
    plt.close("all")


def breakdown(*parts):
    """Rows of a breakdown that ends in a total; a part is an amount."""
    ends = np.cumsum(parts)
    rows = [
        {"label": f"part {at}", "start": end - part, "end": end, "total": False, "point": np.nan, "text": f"{part:+,}"}
        for at, (part, end) in enumerate(zip(parts, ends, strict=True))
    ]
    last = {"label": "net", "start": 0.0, "end": ends[-1], "total": True, "point": ends[-1] + 100, "text": "net"}
    return pd.DataFrame([*rows, last])


@pytest.mark.parametrize("panels", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("shared", [True, False])
def test_the_first_row_of_a_breakdown_is_on_top_in_any_number_of_panels(panels, shared):
    """An even number of inversions of a shared axis used to cancel."""
    figure, grid = plt.subplots(1, panels, sharex=shared, sharey=shared, squeeze=False)
    for place, ax in enumerate(grid[0]):
        plots.plot_savings_breakdown(breakdown(5_000, -8_000 * (place + 1), 100), currency="$", ax=ax)
    figure.draw_without_rendering()
    for ax in grid[0]:
        top, bottom = (ax.transData.transform((0, row))[1] for row in (0, 3))
        assert top > bottom
        low, high = ax.get_xlim()
        for bar in ax.patches:
            assert low <= bar.get_x() <= high
            assert ax.get_ylim()[0] > bar.get_y() > ax.get_ylim()[1]


def test_figures_stand_to_the_right_of_bars_in_ink_whatever_their_sign():
    ax = plots.plot_savings_breakdown(breakdown(-3_000, 2_000), currency="€", ax=plt.figure().add_subplot())
    assert [text.xy[0] for text in ax.texts] == [0.0, -1_000.0, 0.0]
    assert {text.get_color() for text in ax.texts} == {plots.savings.INK}
    assert ax.get_xlabel() == "Saving per patient (below 0: extra cost)"
    assert (
        plots.plot_savings_breakdown(breakdown(10), ax=plt.figure().add_subplot()).get_xlabel() == "Saving per patient"
    )


@pytest.mark.parametrize(
    ("ends", "title"),
    [
        ([5.0, 3.0], "From gross to net saving"),
        ([5.0, -3.0], "From gross saving to net extra cost"),
        ([-5.0, 3.0], "From first costs to net saving"),
        ([-5.0, -3.0], "From first costs to net extra cost"),
        ([-3.0], "Net extra cost"),
    ],
)
def test_a_title_says_where_a_breakdown_begins_and_ends(ends, title):
    assert plots.breakdown_title(pd.DataFrame({"end": ends, "total": True})) == title


def shares(states, strategies=("old",)):
    rows = [
        {"strategy": strategy, "years": year, "state": state, "mean": 1 / len(states)}
        for strategy in strategies
        for year in (0.0, 1.0, 2.0)
        for state in states
    ]
    return pd.DataFrame(rows)


def darkness(area):
    return -np.dot(area.get_facecolor()[0][:3], [0.2126, 0.7152, 0.0722])


def test_grades_go_from_light_to_dark_and_death_is_hatched():
    grades = [f"mRS {grade}" for grade in range(6)]
    ax = plots.plot_trace(shares([*grades, "dead"]), ax=plt.figure().add_subplot())
    *alive, dead = ax.collections
    assert (np.diff([darkness(area) for area in alive]) > 0).all()
    assert dead.get_hatch() == DEAD
    assert not any(area.get_hatch() for area in alive)


@pytest.mark.parametrize("number", [2, 9, 30])
def test_any_number_of_other_states_are_told_apart(number):
    states = [f"{'abcdefghijklmnopqrstuvwxyzABCDEF'[at]} ward" for at in range(number)]
    ax = plots.plot_trace(shares([*states, "dead"]), ax=plt.figure().add_subplot())
    looks = [(tuple(area.get_facecolor()[0]), area.get_hatch()) for area in ax.collections]
    assert len(set(looks)) == number + 1


@pytest.mark.parametrize("number", [1, 2, 4, 7])
def test_every_strategy_has_its_panel(number):
    names = [f"strategy {at}" for at in range(number)]
    panels = plots.plot_traces(shares(["well", "ill", "dead"], names))
    assert [ax.get_title() for ax in panels] == names
    assert len(panels[0].figure.axes) == number
    assert [text.get_text() for text in panels[0].figure.legends[0].get_texts()] == ["well", "ill", "dead"]
    panels[0].figure.draw_without_rendering()


def test_a_trace_of_several_strategies_on_one_panel_is_refused():
    with pytest.raises(hm.decision.OutcomeError, match=r"years 0, state .* twice; .*draw each by hm\.plot\.traces"):
        plots.plot_trace(shares(["well", "dead"], ["old", "new"]), ax=plt.figure().add_subplot())


COSTS = pd.DataFrame(
    {
        "strategy": ["old"] * 3 + ["new"] * 3,
        "component": ["drug", "ward", "rebate"] * 2,
        "cost": [100.0, 5_000.0, 0.0, 2_000.0, 3_000.0, -600.0],
    }
)


def test_components_are_stacked_from_the_largest_with_savings_below_0():
    ax = plots.plot_costs_by_component(COSTS, currency="$", ax=plt.figure().add_subplot())
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["ward", "drug", "rebate", "total"]
    new = [(round(bar.get_x()), round(bar.get_width())) for bar in ax.patches if bar.get_y() > 0.5]
    assert new == [(0, 3_000), (3_000, 2_000), (0, -600)]
    assert [text.get_text() for text in ax.texts] == ["$5,100", "$4,400"]
    assert ax.get_xlim()[0] < -600
    assert len({bar.get_hatch() for bar in ax.patches}) == 3
    plain = plots.plot_costs_by_component(COSTS[COSTS["cost"] > 0], ax=plt.figure().add_subplot())
    assert plain.get_xlim()[0] == 0


def test_strategies_are_in_the_order_given():
    ax = plots.plot_costs_by_component(COSTS, order=["new", "old"], ax=plt.figure().add_subplot())
    assert [label.get_text() for label in ax.get_yticklabels()] == ["new", "old"]
    assert ax.yaxis_inverted()


def test_years_are_lines_with_their_interval():
    table = pd.DataFrame({"year": [1, 2, 3] * 2, "strategy": ["old"] * 3 + ["new"] * 3, "mean": [3.0, 2, 1, 5, 1, -1]})
    ax = plots.plot_by_year(table, quantity="Mean cost in the year, undiscounted", ax=plt.figure().add_subplot())
    assert [line.get_label() for line in ax.lines][:2] == ["old", "new"]
    assert not ax.collections
    banded = table.assign(lower=table["mean"] - 1, upper=table["mean"] + 1)
    assert len(plots.plot_by_year(banded, ax=plt.figure().add_subplot()).collections) == 2
    one = plots.plot_by_year(table[table["year"] == 1], currency=None, ax=plt.figure().add_subplot())
    assert one.get_xlim() == (0.5, 1.5)
    with pytest.raises(hm.decision.OutcomeError, match="twice"):
        plots.plot_by_year(pd.concat([table, table]), ax=plt.figure().add_subplot())


@pytest.mark.parametrize("draw", [plots.plot_costs_by_component, plots.plot_by_year, plots.plot_savings_breakdown])
def test_a_table_without_its_columns_is_refused(draw):
    with pytest.raises(hm.decision.OutcomeError, match=r"has no column"):
        draw(pd.DataFrame({"x": [1.0]}), ax=plt.figure().add_subplot())


def test_many_points_of_a_plane_are_paler():
    def opacity(points):
        values = np.random.default_rng(1).normal(size=(points, 2))
        cloud = pd.DataFrame(values, columns=["incremental_qaly", "incremental_cost"]).assign(strategy="new")
        ax = plots.plot_plane(cloud, cloud.iloc[:1], threshold=1.0, ax=plt.figure().add_subplot())
        return ax.collections[0].get_alpha()

    assert opacity(200) == 0.3
    assert opacity(10_000) == pytest.approx(0.06)


def yearly(*values, **more):
    years = [str(place) for place in range(1, len(values) + 1)]
    parts = pd.DataFrame({"year": years, "part": "NHS", "total": False, "value": values})
    cash = parts.assign(part="Council", value=100.0)
    return pd.concat([parts, cash, parts.assign(part="All", total=True, value=parts["value"] + 100, **more)])


def test_budgets_are_bars_on_either_side_of_0_with_their_sum():
    ax = plots.plot_budget_impact(yearly(300.0, -200.0), currency="$", ax=plt.figure().add_subplot())
    heights = [(bar.get_y(), bar.get_height()) for bar in ax.patches]
    assert heights == [(0, 300), (0, -200), (300, 100), (0, 100)]
    assert ax.lines[0].get_ydata().tolist() == [400, -100]
    assert len({patch.get_hatch() for patch in ax.patches}) == 2
    assert [text.get_text() for text in ax.get_legend().get_texts()][:2] == ["NHS", "Council"]


def test_the_sum_of_a_budget_has_its_interval_where_there_is_one():
    ax = plots.plot_budget_impact(yearly(300.0, lower=[350.0], upper=[480.0]), ax=plt.figure().add_subplot())
    (segment,) = ax.collections[0].get_segments()
    assert segment[:, 1].tolist() == [350, 480]


def test_a_budget_of_several_scenarios_is_refused():
    with pytest.raises(hm.HeemodelError, match="twice"):
        plots.plot_budget_impact(pd.concat([yearly(1.0), yearly(1.0)]))
