"""Savings by payer and kind, and what would have to be true for there to be none."""

from dataclasses import replace

import numpy as np
import pytest

from heemodel.analysis.tables.budgets import ALL, APART, CASHED, PRICE, break_even, budgets
from heemodel.analysis.tables.saving import Saved


def value(table, **keys):
    rows = table
    for column, wanted in keys.items():
        rows = rows[rows[column] == wanted]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.mark.parametrize("per", ["person", "year"])
def test_payers_and_kinds_add_up(results, per):
    table = budgets(results)
    for scenario in results.scenarios:
        mine = table[(table["scenario"] == scenario) & (table["per"] == per)]
        whole = value(mine, payer=ALL, kind=ALL)["value"]
        payers = mine[(mine["payer"] != ALL) & (mine["budget"] == ALL)]
        assert payers[payers["kind"] == ALL]["value"].sum() == pytest.approx(whole)
        within = mine[(mine["payer"] == "NHS") & (mine["budget"] != ALL)]
        assert within["budget"].unique().tolist() == ["the trust", "the rest of the NHS"]
        for kind in (ALL, APART):
            of_payer = value(mine, payer="NHS", budget=ALL, kind=kind)["value"]
            assert within[within["kind"] == kind]["value"].sum() == pytest.approx(of_payer)
        kinds = mine[(mine["payer"] == ALL) & ~mine["kind"].isin([ALL, APART])]
        assert kinds["value"].sum() == pytest.approx(whole)
        apart = value(mine, payer=ALL, kind=APART)["value"]
        assert apart + value(mine, payer=ALL, kind="capacity freed")["value"] == pytest.approx(whole)


def test_a_year_is_its_patients(results):
    table = budgets(results).set_index(["scenario", "payer", "budget", "kind", "per"])
    volume = results.inputs.annual_volume
    for key in [("trust", "NHS", "the trust", APART), ("trials", ALL, ALL, ALL)]:
        for column in ("value", "lower", "upper", "mcse"):
            assert table.loc[(*key, "year"), column] == pytest.approx(volume * table.loc[(*key, "person"), column])


def test_the_net_saving_is_none_where_a_bed_day_is_worth_what_turns_it(results):
    for scenario in ("trust", "national-audit"):
        row = value(break_even(results), scenario=scenario, what=PRICE)
        outcomes = results[scenario].outcomes
        scaled = outcomes["cost"].copy()
        scaled.loc[{"component": "stroke unit"}] *= row["turns"] / row["now"]
        saved = Saved(results.inputs, outcomes.assign(cost=scaled), results.intervention)
        net = saved.net()
        assert float(net.mean()) == pytest.approx(0, abs=1e-6)
        assert row["mcse"] > 0


def test_the_share_that_must_be_closed_is_that_of_the_budgets_own_money(results):
    row = value(break_even(results), scenario="trust", what=CASHED)
    table = budgets(results).set_index(["scenario", "budget", "kind", "per"])["value"]
    rest, freed = table["trust", "the trust", APART, "person"], table["trust", "the trust", "capacity freed", "person"]
    assert row["whose"] == "the trust"
    assert rest + row["turns"] * freed == pytest.approx(0, abs=1e-6)


def test_what_nothing_turns_says_why(results):
    result = results["trust"]
    cost = result.outcomes["cost"].copy()
    free = cost.where(cost["component"] == "stroke unit", 0.0)
    only_beds = replace(results, scenarios={"trust": replace(result, outcomes=result.outcomes.assign(cost=free))})
    row = value(break_even(only_beds), what=CASHED)
    assert np.isnan(row["turns"])
    assert "saves" in row["note"]
    swapped = cost.copy()
    swapped.loc[{"component": "stroke unit", "strategy": "thrombectomy"}] += 1e6
    none_freed = replace(results, scenarios={"trust": replace(result, outcomes=result.outcomes.assign(cost=swapped))})
    assert "no capacity" in value(break_even(none_freed), what=CASHED)["note"]


def test_without_a_yearly_number_there_is_no_year(results):
    inputs = results.inputs.with_changes({"settings.annual_volume": None})
    assert set(budgets(replace(results, inputs=inputs))["per"]) == {"person"}
