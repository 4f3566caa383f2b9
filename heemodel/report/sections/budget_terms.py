"""What a budget impact is of, and what its figures rest on, in words."""

from heemodel.analysis import Results, ScenarioResult
from heemodel.analysis.tables.budget_impact import YEARS
from heemodel.parameters import Budget, Inputs
from heemodel.report.formatting import sentence


def _which(results: Results) -> str:
    """Of which draws the budget is; what differs by them from the rest of the report is said."""
    mine, every = draws(results.first), results.record.draws
    if mine == every:
        return f"{mine:,} draws"
    return f"the first {mine:,} of {every:,} draws: the same figure elsewhere, over all of them, may differ a little"


def draws(result: ScenarioResult) -> int:
    """Draws behind the figures of a scenario: the first of all."""
    return 0 if result.yearly is None else int(result.yearly.sizes["sample"])


def question(results: Results, inputs: Inputs) -> str:
    """What is compared, in a sentence."""
    return (
        "What is paid in each year for everyone who is treated in it, those of earlier years included, if "
        f"{_mix(results, 'tomorrow')} instead of {_mix(results, 'today')}. Not discounted, in prices of "
        f"{inputs.about.price_year}."
    )


def _mix(results: Results, name: str) -> str:
    """The strategies of a mix in words."""
    mine = results.tables["budget_patients"].query("mix == @name")
    people = mine.groupby("strategy", sort=False)[["entering", "already_there"]].sum().sum(axis=1)
    used = [str(strategy) for strategy in people.index[people > 0]]
    if name == "today":
        return used[0] if len(used) == 1 else "today's mix"
    return f"all have {used[0]}" if len(used) == 1 else f"they enter on tomorrow's mix of {' and '.join(used)}"


def head_count(people: float) -> str:
    """A number of people: whole, or to a tenth.

    >>> head_count(1200.0), head_count(54.3)
    ('1,200', '54.3')
    """
    rounded = round(float(people), 6)
    return f"{rounded:,.0f}" if rounded.is_integer() else f"{rounded:,.1f}"


def terms(results: Results, inputs: Inputs) -> list[str]:
    """What the figures rest on: prices, entry, intakes, and what is left out."""
    budget, person = inputs.budget or Budget(), inputs.about.person
    table = results.tables["budget_patients"]
    entering = table[table["mix"] == "today"].groupby("year", sort=False)["entering"].sum()
    points = [
        f"{results.currency} in prices of {inputs.about.price_year}, without inflation to come and not discounted.",
        f"Means and intervals are over {_which(results)}.",
        f"{sentence(person)}s of one year still cost in later ones: no total is divided by a number of years.",
        _entry(budget),
    ]
    if (entering == entering.iloc[0]).all():
        each = head_count(float(entering.iloc[0]))
        points.append(f"The same number of {person}s ({each}) is taken to enter every year.")
    if budget.today is None:
        points.append("The change is taken to be complete from the first day: nobody is half-way in the first year.")
    if budget.prevalent is None:
        points.append(
            f"{sentence(person)}s who were treated before the first year are left out: what they cost is taken to be "
            "the same either way."
        )
    else:
        points.append("People who are there already take the mix of the first year, and stay on what they then have.")
    if budget.people is not None:
        points.append(f"Figures per 100,000 people are for a population of {budget.people.value:,.0f}.")
    if budget.all_in_first_year:
        points.append("Everything that the model counts is taken to fall in the year of entry.")
    if capped := _horizon(results, inputs):
        points.append(capped)
    return points


def _entry(budget: Budget) -> str:
    """When people enter within a year, and what follows from it."""
    if budget.entry == "evenly over the year":
        named = ", ".join(budget.paid_on_entry)
        once = f", but for what falls on the day of entry ({named})" if named else ""
        return (
            "Everyone enters evenly over the year: half of each year since entry falls into the next calendar year, "
            f"½c(k) + ½c(k − 1) with c(k) the cost in year k since entry{once}. "
            "That is exact where costs are spread evenly over each of these years."
        )
    return (
        "Everyone enters at the start of the year: calendar years are the model's years since entry, and no cost or "
        "saving comes later than it could. Entering over the year would move a part of each into the next."
    )


def _horizon(results: Results, inputs: Inputs) -> str:
    """That a budget is shorter than it would be, because the model ends."""
    years = results.tables["budget_patients"]["year"].nunique()
    stated = inputs.budget is not None and inputs.budget.stated_years
    if stated or years >= YEARS:
        return ""
    return f"Only {years} of {YEARS} years: people are followed over {results.record.horizon}."
