"""Whether there are enough draws: the net benefit over ever more of them."""

from matplotlib.axes import Axes

from heemodel.analysis import Results
from heemodel.report import plots
from heemodel.report.document import Figure, Section, Words
from heemodel.report.drawing import panels, single
from heemodel.report.formatting import NOTHING, basis_of, coarsest, money, per_qaly, sentence
from heemodel.report.layout import rows_in


def stability(results: Results) -> Section | None:
    """The verdict on the number of draws in every scenario, and the running mean; none where all draws are alike."""
    table = results.tables["stability"]
    if (table["mcse"] <= NOTHING * table["mean"].abs()).all():
        return None
    return Section(
        name="stability",
        title="Are there enough draws?",
        link="Enough draws?",
        blocks=[_verdicts(results), _figure(results)],
    )


def _verdicts(results: Results) -> Words:
    """Whether the probability of being better value is known precisely enough, in all scenarios that say the same."""
    same: dict[str, list[str]] = {}
    for result in results:
        same.setdefault(str(result.appraisal.enough["verdict"].item()), []).append(results.label(result.name))
    if len(results.scenarios) == 1:
        return Words(f"{sentence(next(iter(same)))}.")
    return Words(" ".join(f"{', '.join(labels)}: {verdict}." for verdict, labels in same.items()))


def _figure(results: Results) -> Figure:
    """Running means with their intervals, a panel for each scenario."""
    table, scenarios, currency = results.tables["stability"], list(results), results.currency
    ends = {
        result.name: rows_in(results, "stability", scenario=result.name).sort_values("draws").iloc[-1]
        for result in results
    }
    pairs = {(result.appraisal.focus, result.appraisal.rival) for result in scenarios}
    of = " of {} versus {}".format(*min(pairs)) if len(pairs) == 1 else " of the best strategy versus the next best"
    at = per_qaly(results.thresholds[0], currency)

    def draw(place: int, ax: Axes) -> None:
        mine = table[table["scenario"] == scenarios[place].name]
        plots.plot_stability(
            mine.assign(strategy="Mean"),
            outcome=f"Net benefit{of if len(scenarios) == 1 else ''}, per {results.person}",
            currency=currency,
            legend=len(scenarios) == 1,
            ax=ax,
        )
        ax.set_xlabel("Draws")

    error = coarsest(end["mcse"] for end in ends.values())
    words = [
        f"{results.label(name) + ': ' if len(ends) > 1 else ''}{money(end['mean'], error, currency=currency)}"
        for name, end in ends.items()
    ]
    return Figure(
        name="stability",
        title="Net benefit over ever more draws",
        draw=lambda: (
            single(lambda ax: draw(0, ax), height=3.4)
            if len(scenarios) == 1
            else panels([results.label(result.name) for result in scenarios], draw, height=3.4)
        ),
        caption=f"Mean net benefit{of} at {at} over the first draws, with its 95% Monte Carlo interval; "
        f"dotted, the mean of all draws. {basis_of(results)}",
        alternative=f"The running mean ends at {'; '.join(words)}.",
        table=table,
    )
