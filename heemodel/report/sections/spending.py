"""Where the money goes: each strategy's costs by component, payer and step, by state and by year."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from heemodel.analysis import Results, ScenarioResult
from heemodel.report import plots
from heemodel.report.document import Block, Figure, Folded, Section, Table
from heemodel.report.drawing import single
from heemodel.report.formatting import basis_of, coarsest, interval, money, over_time, yearly_basis_of
from heemodel.report.layout import by_scenario, capital, drawn, named, rows_in, titled

NOTE = "Mean cost per {}{}{}; figures of a column are rounded alike. A minus sign is a saving."
KINDS = " Not every saving is cash: see what kind of saving each is."
STATE_NOTE = "Mean discounted cost per {} that is run up in each state, over all uncertainty."
YEAR_NOTE = "Mean cost per {} who began, in each year, not discounted; deaths lower it. A minus sign is a saving.{}"
ALL = "All"
EVERY_YEAR, STEP = 5, 5
"""Years that a table shows one by one, and the step between those after them."""


def spending(results: Results) -> Section | None:
    """Tables and figures of each scenario, those after the first folded away."""
    known = [name for name in ("cost_by_state", "by_year") if name in results.tables]
    if not known and set(results.tables["costs"]["part"]) == {"all"}:
        return None
    return Section(
        name="money",
        title="Where the money goes",
        blocks=by_scenario(results, lambda result: _of(results, result), "where the money goes"),
    )


def _of(results: Results, result: ScenarioResult) -> list[Block]:
    """Costs by component, then by state and by year where these are known."""
    rows = rows_in(results, "costs", scenario=result.name)
    parts = rows[(rows["by"] == "component") & (rows["versus"] == "")]
    pair, several = len(results.interventions) == 1, len(set(parts["part"])) > 1
    return [
        *([_of_pair(results, result)] if pair else _of_many(results, result)),
        *([_component_figure(results, result, parts)] if several else []),
        *_states(results, result),
        *_years(results, result),
    ]


def _headings(rows: pd.DataFrame, comparator: str) -> pd.DataFrame:
    """The parts that costs are told by, in reading order, with a heading for each."""
    parts = rows[(rows["strategy"] == comparator) & (rows["versus"] == "")]
    words = {"component": "{}", "payer": "Paid by {}", "step": "Step: {}", "all": ALL}
    return parts.assign(heading=[words[row.by].format(capital(row.label)) for row in parts.itertuples()])


def _of_pair(results: Results, result: ScenarioResult) -> Table:
    """Components in the order of the steps, what each payer pays, each step, and all: both strategies, the change."""
    rows, currency = rows_in(results, "costs", scenario=result.name), results.currency
    error, of_change = (coarsest(rows.loc[which, "mcse"]) for which in (rows["versus"] == "", rows["versus"] != ""))
    parts = _headings(rows, results.comparator)
    tags = [tag for tag in ("payer", "step") if (parts[tag] != "").any()]
    known = rows.set_index(["strategy", "versus", "by", "part"])
    lines = []
    for part in parts.itertuples():
        old, new, change = (
            known.loc[(*key, part.by, part.part)]
            for key in (
                (results.comparator, ""),
                (results.intervention, ""),
                (results.intervention, results.comparator),
            )
        )
        spread = interval(change["lower"], change["upper"], of_change, currency=currency)
        lines.append(
            [
                part.heading,
                *(getattr(part, tag) for tag in tags),
                *(money(cost["value"], error, currency=currency) for cost in (old, new)),
                f"{money(change['value'], of_change, currency=currency)} ({spread})",
            ]
        )
    names = {"payer": "Who pays", "step": "Step"}
    return Table(
        title=titled(f"Cost per {results.person}", results, result.name),
        header=[
            "Cost of",
            *(names[tag] for tag in tags),
            capital(results.comparator),
            capital(results.intervention),
            "Difference (95% interval)",
        ],
        rows=lines,
        note=_note(results, "; the difference with its 95% interval"),
        emphasis=frozenset({len(lines) - 1}),
    )


def _note(results: Results, more: str = "") -> str:
    """What a table of costs shows; with a word on kinds of saving, where these are known."""
    kinds = (results.tables["costs"]["kind"] != "").any()
    return NOTE.format(results.person, over_time(results), more) + KINDS * bool(kinds)


def _of_many(results: Results, result: ScenarioResult) -> list[Block]:
    """What each strategy costs; folded away, the differences from the comparator."""
    rows = rows_in(results, "costs", scenario=result.name)
    parts = _headings(rows, results.comparator)
    headings = {(part.by, part.part): part.heading for part in parts.itertuples()}
    own = _grid(results, rows[rows["versus"] == ""], headings, results.strategies)
    changes = _grid(results, rows[rows["versus"] != ""], headings, results.interventions)
    title = titled(f"Cost per {results.person}", results, result.name)
    return [
        _across(title, own, list(headings.values()), results.strategies, _note(results)),
        Folded(
            title=titled(f"What each costs more than {results.comparator}", results, result.name),
            blocks=[
                _across(
                    f"Difference from {results.comparator}, per {results.person}",
                    changes,
                    list(headings.values()),
                    results.interventions,
                    _note(results),
                )
            ],
        ),
    ]


def _grid(
    results: Results, rows: pd.DataFrame, headings: dict[tuple[str, str], str], strategies: Sequence[str]
) -> list[list[str]]:
    """Money by part and strategy, all rounded alike."""
    error, known = coarsest(rows["mcse"]), rows.set_index(["strategy", "by", "part"])["value"]
    return [
        [money(known.loc[(strategy, *part)], error, currency=results.currency) for strategy in strategies]
        for part in headings
    ]


def _across(
    title: str, grid: Sequence[Sequence[str]], parts: Sequence[str], strategies: Sequence[str], note: str
) -> Table:
    """Strategies in rows; in columns where parts are more than they, so that no table is wider than it must be."""
    if len(parts) > len(strategies):
        rows = [[part, *cells] for part, cells in zip(parts, grid, strict=True)]
        return Table(
            title=title,
            header=["Cost of", *map(capital, strategies)],
            rows=rows,
            note=note,
            emphasis=frozenset({len(rows) - 1}),
        )
    columns = zip(*grid, strict=True)
    rows = [[strategy, *cells] for strategy, cells in zip(strategies, columns, strict=True)]
    return Table(title=title, header=["Strategy", *parts], rows=rows, note=note)


def _component_figure(results: Results, result: ScenarioResult, parts: pd.DataFrame) -> Figure:
    """A bar for each strategy, made of its components."""
    order, left_out = drawn(results, result.name)
    table = parts[parts["strategy"].isin(order)]
    bars = table.assign(component=_names(table), cost=table["value"])[["strategy", "component", "cost"]]
    total = rows_in(results, "costs", scenario=result.name, by="all", versus="")
    error = coarsest(total["mcse"])
    words = [f"{row.strategy}: {money(row.value, error, currency=results.currency)}" for row in total.itertuples()]

    def draw(ax: Axes) -> None:
        plots.plot_costs_by_component(bars, currency=results.currency, order=order, error=error, ax=ax)
        ax.set_xlabel(f"Mean cost per {results.person}")

    height = max(1.5 + 0.5 * len(order), 1.2 + 0.3 * len(set(bars["component"])))
    return Figure(
        name=named("costs_by_component", results, result.name),
        title=titled("What each strategy's cost is made of", results, result.name),
        draw=lambda: single(draw, height=height),
        caption=f"Mean cost per {results.person} by component{over_time(results)}; the figure at the end is the sum."
        f"{left_out} {basis_of(results)}",
        alternative=f"Bars of the cost of each strategy, made of its components. In all: {'; '.join(words)}.",
        table=table,
    )


def _names(table: pd.DataFrame) -> list[str]:
    """Labels of components, or their names where two have the same label."""
    labels = table.groupby("label")["part"].nunique()
    return [capital(row.label) if labels[row.label] == 1 else row.part for row in table.itertuples()]


def _states(results: Results, result: ScenarioResult) -> list[Table]:
    """Every strategy's costs in each state, and all; with the difference where there is one intervention."""
    rows = rows_in(results, "cost_by_state", scenario=result.name)
    if rows.empty:
        return []
    wide = rows.pivot_table(index="state", columns="strategy", values="value", aggfunc="sum", sort=False)
    wide.loc[ALL] = wide.sum()
    names = {str(state): capital(str(state).replace("_", " ")) for state in wide.index}
    error = coarsest(rows_in(results, "costs", scenario=result.name, by="all")["mcse"])
    title = titled(f"Cost per {results.person} by state", results, result.name)
    note = STATE_NOTE.format(results.person)
    return [_by_part(results, wide, names, title, note, error, "State")]


def _by_part(
    results: Results,
    wide: pd.DataFrame,
    names: dict[str, str],
    title: str,
    note: str,
    error: float | None,
    what: str,
) -> Table:
    """Money by state or year and strategy; the difference beside a single intervention."""
    shown, header = wide[results.strategies].copy(), [capital(name) for name in results.strategies]
    if len(results.interventions) == 1:
        shown["difference"] = shown[results.intervention] - shown[results.comparator]
        header.append("Difference")
    rows = [
        [names[str(part)], *(money(value, error, currency=results.currency) for value in values)]
        for part, values in zip(shown.index, shown.to_numpy(), strict=True)
    ]
    totals = frozenset({len(rows) - 1}) if rows[-1][0] == ALL else frozenset[int]()
    return Table(title=title, header=[what, *header], rows=rows, note=note, emphasis=totals)


def _years(results: Results, result: ScenarioResult) -> list[Block]:
    """Costs year by year: a figure, and its table folded away."""
    rows = rows_in(results, "by_year", scenario=result.name, quantity="cost")
    if len(set(rows.get("year", ()))) <= 1:
        return []
    order, left_out = drawn(results, result.name)
    sums = rows.groupby(["strategy", "year"], sort=False, as_index=False)["value"].sum()
    lines = sums[sums["strategy"].isin(order)].rename(columns={"value": "mean"})
    wide = sums.pivot_table(index="year", columns="strategy", values="value")
    error = _error_of_year(results, result, wide)

    def draw(ax: Axes) -> None:
        quantity = f"Mean cost per {results.person} in the year"
        plots.plot_by_year(lines, quantity=quantity, currency=results.currency, order=order, ax=ax)

    first = [f"{name}: {money(wide[name].iloc[0], error, currency=results.currency)}" for name in order]
    years = [year for year in wide.index if year <= EVERY_YEAR or year % STEP == 0 or year == wide.index[-1]]
    more = f" Some of {len(wide)} years; by_year.csv has all, by component." if len(years) < len(wide) else ""
    title = titled(f"Cost per {results.person} by year", results, result.name)
    note = YEAR_NOTE.format(results.person, more)
    names = {str(year): str(year) for year in years}
    return [
        Figure(
            name=named("costs_by_year", results, result.name),
            title=titled("What is spent in each year", results, result.name),
            draw=lambda: single(draw, height=3.8),
            caption=f"Mean cost per {results.person} who began, in each year, not discounted.{left_out} "
            f"{yearly_basis_of(results)}",
            alternative=f"Lines of the cost of each strategy by year. In the first: {'; '.join(first)}.",
            table=lines.assign(scenario=result.name),
        ),
        Folded(
            title=f"{title}: the figures",
            blocks=[_by_part(results, wide.loc[years], names, title, note, error, "Year")],
        ),
    ]


def _error_of_year(results: Results, result: ScenarioResult, wide: pd.DataFrame) -> float | None:
    """The Monte Carlo error by which costs of a year are rounded: in proportion to that of the whole cost."""
    totals = rows_in(results, "costs", scenario=result.name, by="all", versus="")
    known = totals[(totals["value"] != 0) & totals["mcse"].notna()]
    shares = known["mcse"] / known["value"].abs()
    return None if known.empty else float(shares.max() * wide.abs().max().max())
