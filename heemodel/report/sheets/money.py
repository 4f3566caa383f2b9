"""Where the money goes: whose saving it is, what each component costs, and in which year."""

from heemodel.analysis import Results
from heemodel.report.document import Sheet
from heemodel.report.formatting import sentence
from heemodel.report.sheets.columns import FIGURES, SCENARIO, STRATEGY, UNIT, Column, any_table, sheet_of


def by_payer(results: Results) -> Sheet | None:
    """What each payer saves by kind of money, on a person and on those of one year; None where it is not known."""
    table = results.tables.get("budgets")
    if table is None:
        return None
    columns = {
        "scenario": SCENARIO,
        "strategy": STRATEGY,
        "payer": Column("Payer"),
        "budget": Column("Budget of the payer (All: the whole payer)"),
        "kind": Column("Kind of money"),
        "per": Column("Saving on"),
        **FIGURES,
    }
    per = {"person": f"a {results.person}", "year": f"one year's {results.person}s"}
    return sheet_of(
        results,
        table.assign(per=table["per"].map(per)),
        columns,
        name="By payer and kind",
        title="Whose saving it is, and what kind of money",
        note="A minus sign is a cost. All years that people are followed are counted: this is not one year's budget.",
    )


def break_even(results: Results) -> Sheet | None:
    """What would have to be true for a saving to be none; None where it is not known."""
    table = results.tables.get("break_even")
    return None if table is None else any_table(results, table, name="Break even", title="What would turn the saving")


def breakdown(results: Results) -> Sheet | None:
    """The way from gross to net saving."""
    table = results.tables.get("saving_steps")
    if table is None:
        return None
    columns = {
        "scenario": SCENARIO,
        "strategy": STRATEGY,
        "step": Column("Step"),
        "label": Column("Part"),
        "total": Column("Is a subtotal"),
        "value": Column("Saving ({money} per {person}), mean", "money"),
        "mcse": Column("Monte Carlo error", "money"),
        "point": Column("Point estimate of a subtotal", "money"),
    }
    return sheet_of(
        results, table, columns, name="Savings breakdown", title="From gross to net saving", note="A minus is a cost."
    )


def costs(results: Results) -> Sheet:
    """Costs of each strategy and each difference, by component, payer and step."""
    columns = {
        "scenario": SCENARIO,
        "strategy": STRATEGY,
        "versus": Column("Less the cost of (empty for its own cost)"),
        "by": Column("Told by"),
        "label": Column("Part"),
        "payer": Column("Payer"),
        "kind": Column("Kind of money"),
        "step": Column("Step"),
        **FIGURES,
    }
    discounted = results.record.discounting
    return sheet_of(
        results,
        results.tables["costs"],
        columns,
        name="Costs",
        title=f"Cost per {results.person} by component, payer and step",
        note=f"{discounted[:1].upper()}{discounted[1:]}." if discounted else "",
    )


def by_year(results: Results) -> Sheet | None:
    """Costs and QALYs of every year of the run."""
    table = results.tables.get("by_year")
    if table is None:
        return None
    known = results.components
    labels = [known[name].label if name in known else "" for name in table["component"]]
    payers = [(known[name].payer or "") if name in known else "" for name in table["component"]]
    columns = {
        "scenario": SCENARIO,
        "strategy": STRATEGY,
        "year": Column("Year (1 is the first)", "plain"),
        "quantity": Column("Cost or QALYs"),
        "label": Column("Component of cost"),
        "payer": Column("Payer"),
        "value": Column("Mean", "by unit"),
        "unit": UNIT,
    }
    shown = table.assign(label=labels, payer=payers, quantity=table["quantity"].map({"cost": "Cost", "qaly": "QALYs"}))
    return sheet_of(
        results,
        shown,
        columns,
        name="Costs by year",
        title=f"Costs and QALYs in every year, per {results.person} who began",
        note="Not discounted.",
    )


def budget_impact(results: Results) -> Sheet | None:
    """What each payer spends or saves in the years to come; None where it was not worked out."""
    table = results.tables.get("budget_impact")
    if table is None:
        return None
    columns = {
        "scenario": SCENARIO,
        "year": Column("Year", "plain"),
        "quantity": Column("Quantity"),
        "by": Column("Told by"),
        "label": Column("Part"),
        "today": Column("Today", "by unit"),
        "tomorrow": Column("Tomorrow", "by unit"),
        "value": Column("Change in spending (of counts, in number): tomorrow − today, mean", "by unit"),
        "lower": FIGURES["lower"],
        "upper": FIGURES["upper"],
        "mcse": FIGURES["mcse"],
        "per_100_000": Column("Change per 100,000 people", "number"),
        "point": Column("Change, point estimate", "by unit"),
        "direction": Column("In words"),
        "unit": UNIT,
        "payer": Column("Payer", aside=True),
        "kind": Column("Kind of money", aside=True),
        "component": Column("Name in the inputs", aside=True),
    }
    words = {name: table[name].astype(str).str.replace("_", " ") for name in ("quantity", "by") if name in table}
    return sheet_of(
        results,
        table.assign(**words),
        columns,
        name="Budget impact",
        title="Budget impact by year",
        note="The change is tomorrow − today. Above 0: more is spent; a minus sign is a saving (of a count: fewer).",
    )


def budget_people(results: Results) -> Sheet | None:
    """Who enters in each year; None where no budget was worked out."""
    table = results.tables.get("budget_patients")
    name, title = "Budget, people", f"{sentence(results.person)}s behind the budget impact"
    return None if table is None else any_table(results, table, name=name, title=title)


def counts(results: Results) -> Sheet | None:
    """What the model counts besides costs and QALYs."""
    table = results.tables.get("counts")
    if table is None:
        return None
    columns = {
        "scenario": SCENARIO,
        "label": Column("Counted"),
        "strategy": STRATEGY,
        "versus": Column("Less that of (empty for its own)"),
        "value": Column("Mean per {person}", "number"),
        "lower": Column("95% interval, lower end", "number"),
        "upper": Column("95% interval, upper end", "number"),
        "mcse": Column("Monte Carlo error", "number"),
    }
    return sheet_of(
        results, table, columns, name="Counts", title="What is counted besides costs and QALYs", note="Not discounted."
    )
