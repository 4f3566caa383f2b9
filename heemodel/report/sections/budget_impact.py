"""What a change of strategy does to budgets: year by year, for each payer, by kind of money, and what it frees."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes

from heemodel.analysis import Results, ScenarioResult
from heemodel.parameters import Budget, Inputs
from heemodel.report import plots
from heemodel.report.directions import PAYS, directed
from heemodel.report.document import Block, Figure, Points, Section, Table, Words
from heemodel.report.drawing import single
from heemodel.report.formatting import coarsest, followed, interval, money, number, sentence
from heemodel.report.layout import by_scenario, capital, named, rows_in, titled
from heemodel.report.sections.budget_terms import draws, head_count, question, terms

ALL_YEARS = "all years"
KINDS = {
    "cash-releasing": "cash",
    "capacity freed": "capacity, which is no cash unless beds are closed",
    "cost avoided": "care that is avoided or added",
}
"""What each kind of money is, before what is paid or saved of it."""
LIMITS = {
    "capacity freed": "Capacity freed is beds and time that other patients fill: no cash unless they are closed.",
    "cost avoided": "Cost avoided is care that need not be paid for, or must be where people live longer.",
    "cash-releasing": "Cash-releasing is money that is paid out or not.",
}


def budget_impact(results: Results) -> Section | None:
    """Tables and a figure of each scenario, those after the first folded away; or why there is no budget."""
    title = {"name": "budget_impact", "title": "Budget impact"}
    if "budget_impact" not in results.tables or results.inputs is None:
        why = next((result.no_budget for result in results if result.no_budget), "")
        return Section(**title, blocks=[Words(f"No budget impact is shown: {why}.", "note")]) if why else None
    inputs = results.inputs
    return Section(
        **title,
        blocks=[
            Words(question(results, inputs)),
            *by_scenario(results, lambda result: _of(results, inputs, result), "budget impact"),
            _patients(results),
            Points(title="What these figures are", points=list(terms(results, inputs))),
        ],
    )


def _of(results: Results, inputs: Inputs, result: ScenarioResult) -> list[Block]:
    """The answer for each payer; tables by payer and by kind; what is freed; the figure."""
    rows = rows_in(results, "budget_impact", scenario=result.name)
    cost = rows[rows["quantity"] == "cost"]
    return [
        Points(points=list(_sentences(results, cost))),
        _by_payer(results, result, cost),
        *_by_kind(results, result, cost),
        *_counts(results, inputs, result, rows),
        _figure(results, inputs, result, cost),
    ]


def _sentences(results: Results, cost: pd.DataFrame) -> list[str]:
    """What each payer pays or saves in the first year and in all; of what kind of money that is."""
    payers = list(dict.fromkeys(cost[cost["by"] == "payer"]["payer"]))
    if not payers:
        return [f"In all: {_first_and_all(results, cost[cost['by'] == 'all'])}."]
    sentences = []
    for payer in payers:
        mine = cost[(cost["by"] == "payer") & (cost["payer"] == payer)]
        kinds = cost[(cost["by"] == "payer and kind") & (cost["payer"] == payer) & (cost["year"] == ALL_YEARS)]
        parts = [f"{KINDS[row['kind']]}: {_change(results, row)[0]}" for _, row in kinds.iterrows()]
        of_what = f" Of that, {'; '.join(parts)}." if len(parts) > 1 else ""
        sentences.append(f"{capital(payer)}: {_first_and_all(results, mine)}.{of_what}")
    return sentences


def _first_and_all(results: Results, rows: pd.DataFrame) -> str:
    """The change in the first year and over all of them."""
    first, whole = rows.iloc[0], rows[rows["year"] == ALL_YEARS].iloc[0]
    (once, spread), (in_all, doubt) = (_change(results, row) for row in (first, whole))
    years = len(rows) - 1
    over = f"; {in_all} over {years} years{f' ({doubt})' if doubt else ''}" if years > 1 else ""
    return f"{once} {_year(first['year'])}{f' (95% interval {spread})' if spread else ''}{over}"


def _year(label: str) -> str:
    """A calendar year in a sentence."""
    return f"in year {label}" if len(label) < 4 else f"in {label}"


def _change(results: Results, row: pd.Series) -> tuple[str, str]:
    """A change with its verb, and its interval."""
    if row["direction"] == "no change":
        return "pays as much as before", ""
    figure, spread = directed(row, PAYS, currency=results.currency)
    if figure.endswith(f" {results.currency.sign}0"):  # to its Monte Carlo error
        return "pays about as much as before", spread
    return f"{figure}{' more' if row['value'] > 0 else ''}", spread


def _by_payer(results: Results, result: ScenarioResult, cost: pd.DataFrame) -> Table:
    """Years by payer, with the sum: point estimate, mean and interval, and what it is for 100,000 people."""
    whole = cost[cost["by"] == "all"].set_index("year")
    payers = _columns(cost, ["payer"], "payer")
    several = payers if len(payers) > 1 else {}
    errors = {name: _errors(rows) for name, rows in {**several, "": whole}.items()}
    related = whole["per_100_000"].notna().all()
    lines = []
    for year, row in whole.iterrows():
        total = errors[""][year]
        line = [_money(results, rows.loc[year, "value"], errors[name][year]) for name, rows in several.items()]
        line += [_money(results, row["point"], total), _cell(results, row, total)]
        if related:
            share = abs(row["per_100_000"] / row["value"]) if row["value"] else 0.0
            line.append(_money(results, row["per_100_000"], None if total is None else total * share))
        lines.append([sentence(str(year)), *line])
    all_of = "All: " if several else ""
    note = " Payers do not share budgets: what one saves does not reach another." if several else ""
    return Table(
        title=titled(f"Change in spending by year{_only(payers)}", results, result.name),
        header=[
            "Year",
            *map(capital, several),
            capital(f"{all_of}point estimate"),
            capital(f"{all_of}mean (95% interval)"),
            *(["Per 100,000 people"] if related else []),
        ],
        rows=lines,
        note=f"A minus sign is a saving.{note}",
        emphasis=frozenset({len(lines) - 1}),
    )


def _only(payers: Mapping[str, object]) -> str:
    """The payer, in a title, where there is only one."""
    return f", paid by {next(iter(payers))}" if len(payers) == 1 else ""


def _errors(rows: pd.DataFrame) -> dict[str, float | None]:
    """The Monte Carlo error by which each row is rounded: single years alike, their sum by its own."""
    of_years = coarsest(rows.loc[rows.index != ALL_YEARS, "mcse"])
    return {str(year): coarsest([row["mcse"]]) if year == ALL_YEARS else of_years for year, row in rows.iterrows()}


def _money(results: Results, value: float, error: float | None) -> str:
    """Money; a dash where there is none."""
    return "–" if pd.isna(value) else money(value, error, currency=results.currency)


def _columns(cost: pd.DataFrame, keys: Sequence[str], by: str) -> dict[str, pd.DataFrame]:
    """Rows by year of each payer or kind, by its name."""
    parts = cost[cost["by"] == by]
    names = dict.fromkeys(map(tuple, parts[list(keys)].to_numpy().tolist()))
    return {": ".join(name): parts[(parts[list(keys)] == list(name)).all(axis=1)].set_index("year") for name in names}


def _cell(results: Results, row: pd.Series, error: float | None) -> str:
    """A mean with its interval."""
    mean = money(row["value"], error, currency=results.currency)
    if pd.isna(row["lower"]):
        return mean
    return f"{mean} ({interval(row['lower'], row['upper'], error, currency=results.currency)})"


def _by_kind(results: Results, result: ScenarioResult, cost: pd.DataFrame) -> list[Table]:
    """Kinds of money by year, of each payer where there are several; nothing where kinds are not known."""
    parts = _columns(cost, ["payer", "kind"], "payer and kind") or _columns(cost, ["kind"], "kind")
    if not parts:
        return []
    lines = []
    for name, mine in parts.items():
        errors, years = _errors(mine), mine.index[mine.index != ALL_YEARS]
        line = [_money(results, mine.loc[year, "value"], errors[year]) for year in years]
        lines.append([capital(name), *line, _cell(results, mine.loc[ALL_YEARS], errors[ALL_YEARS])])
    labels = next(iter(parts.values())).index[:-1]
    kinds = dict.fromkeys(cost.loc[cost["by"] == "kind", "kind"])
    return [
        Table(
            title=titled("What kind of money it is", results, result.name),
            header=["", *(sentence(_year(label).removeprefix("in ")) for label in labels), "All years (95% interval)"],
            rows=lines,
            note=f"A minus sign is a saving. {' '.join(LIMITS[kind] for kind in kinds)} They are not one sum of cash.",
        )
    ]


def _counts(results: Results, inputs: Inputs, result: ScenarioResult, rows: pd.DataFrame) -> list[Table]:
    """What is avoided or freed in each year, of the counts that the inputs ask for."""
    asked = {effect: avoided for effect, avoided in inputs.avoided.items() if (rows["quantity"] == effect).any()}
    if not asked:
        return []
    columns = {effect: rows[rows["quantity"] == effect].set_index("year") for effect in asked}
    years = list(next(iter(columns.values())).index)
    lines = []
    for year in years:
        line = [sentence(year)]
        for mine in columns.values():
            row, error = mine.loc[year], coarsest(mine["mcse"])
            ends = (
                "" if pd.isna(row["lower"]) else f" ({number(-row['upper'], error)} to {number(-row['lower'], error)})"
            )
            line.append(f"{number(-row['value'], error)}{ends}")
        lines.append(line)
    freed = "A bed-day that is freed is capacity for another patient, not cash. " if "bed_days" in asked else ""
    return [
        Table(
            title=titled("What is freed or avoided in each year", results, result.name),
            header=["Year", *(f"{avoided.label} (95% interval)" for avoided in asked.values())],
            rows=lines,
            note=f"{freed}Of everyone who is treated; a minus sign means that there are more.",
            emphasis=frozenset({len(lines) - 1}),
        )
    ]


def _patients(results: Results) -> Table:
    """Who enters in each year, on which strategy, today and tomorrow."""
    table = results.tables["budget_patients"]
    wide = table.pivot_table(index="year", columns=["mix", "strategy"], values="entering", sort=False)
    columns = [column for column in wide.columns if wide[column].any()]
    rows = [
        [year, head_count(of_year["today"].sum()), *(head_count(of_year[column]) for column in columns)]
        for year, of_year in wide.iterrows()
    ]
    spans = {mix: sum(column[0] == mix for column in columns) for mix in ("today", "tomorrow")}
    already = table[(table["mix"] == "today")]["already_there"].sum()
    there = f" {head_count(already)} more are there already at the start of the first year." if already else ""
    return Table(
        title="Who enters in each year",
        header=["Year", "All", *(strategy for _, strategy in columns)],
        groups=[("", 2), *((capital(mix), span) for mix, span in spans.items() if span)],
        rows=rows,
        note=f"People who enter, by the treatment they enter on.{there}",
    )


def _figure(results: Results, inputs: Inputs, result: ScenarioResult, cost: pd.DataFrame) -> Figure:
    """Bars by payer and kind of money, as far as these are known, with the sum."""
    table = _bars(cost[cost["year"] != ALL_YEARS])
    whole = table[table["total"]]
    error = coarsest(whole["mcse"])

    def draw(ax: Axes) -> None:
        plots.plot_budget_impact(table, currency=results.currency, ax=ax)

    words = [f"{_year(row.year)} {money(row.value, error, currency=results.currency)}" for row in whole.itertuples()]
    budget = inputs.budget or Budget()
    return Figure(
        name=named("budget_impact", results, result.name),
        title=titled("Change in spending, year by year", results, result.name),
        draw=lambda: single(draw, height=4.0),
        caption="Spending with tomorrow's mix less spending with today's. Bars above 0 are more spending, below 0 "
        "savings; diamonds are the sum, thin lines its 95% interval. "
        f"{results.currency} in {inputs.about.price_year} prices, not discounted, without inflation; people enter "
        f"{'at the ' * budget.entry.startswith('start')}{budget.entry}"
        f"{followed(results.record.horizon)}; {draws(result):,} draws.",
        alternative=f"Bars of the change in spending by year. In all: {'; '.join(words)}.",
        table=table.assign(scenario=result.name),
    )


def _bars(cost: pd.DataFrame) -> pd.DataFrame:
    """The rows that a figure is drawn from: payers and kinds, or what is known of them, and the sum."""
    known = set(cost["by"])
    by = next(name for name in ("payer and kind", "payer", "kind", "component", "all") if name in known)
    parts = cost[cost["by"].isin([by, "all"])]
    columns = ["year", "part", "total", "value", "lower", "upper", "mcse"]
    return parts.assign(part=parts["label"], total=parts["by"] == "all")[columns]
