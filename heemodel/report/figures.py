"""The report's figures: the tidy table behind each, its drawing, caption and text alternative."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from heemodel.decision import share, summarise
from heemodel.parameters import Inputs, policy_profile
from heemodel.report import plots
from heemodel.report.contents import Run, ScenarioResult, Views
from heemodel.report.quantities import thresholds
from heemodel.report.tables import coarsest
from heemodel.report.wording import money, percent, probability

SHOWN_DRAWS = 2_000
"""Draws on a cost-effectiveness plane; more would only hide each other."""
BINS = 60


@dataclass(frozen=True)
class Figure:
    """A drawing (SVG text) with what a reader needs to understand it, and the table it was drawn from."""

    name: str
    title: str
    svg: str
    caption: str
    alternative: str
    table: pd.DataFrame


def draw_figures(inputs: Inputs, results: Sequence[ScenarioResult], curves: pd.DataFrame, run: Run) -> list[Figure]:
    """All figures of a report; scenarios side by side on common scales."""
    views = [Views(result, inputs) for result in results]
    basis = basis_of(inputs, run)
    with sns.axes_style("ticks"), plt.rc_context(plots.THEME):
        return [
            _walk(views, basis),
            _distribution(views, basis),
            _plane(views, basis),
            _acceptability(views, curves, basis),
            _trace(views, run),
        ]


def basis_of(inputs: Inputs, run: Run) -> str:
    """The sentence that every caption ends with."""
    policy = policy_profile(inputs.about.policy)
    return (
        f"{inputs.about.currency} in {inputs.about.price_year} prices; "
        f"costs and QALYs discounted at {policy.discount_cost:.1%} a year; "
        f"horizon {run.horizon}; compared with {inputs.about.comparator}; {run.draws:,} draws."
    )


def _panels(
    views: Sequence[Views], draw: Callable[[Views, Axes], Any], *, height: float, rows: int = 1, sharey: bool = True
) -> tuple[Canvas, list[Axes]]:
    """One panel for each scenario, with its label as title."""
    canvas, grid = plt.subplots(
        rows,
        len(views),
        figsize=(max(3.6 * len(views), 6.4), height),
        sharex=True,
        sharey=sharey,
        squeeze=False,
        layout="constrained",
    )
    for column, view in enumerate(views):
        draw(view, grid[0, column])
        grid[0, column].set_title(view.inputs.scenarios[view.result.name].label)
        if column:
            grid[0, column].set_ylabel("")
    sns.despine(canvas)
    return canvas, list(grid.ravel())


def as_svg(canvas: Canvas) -> str:
    """The drawing as text, the same for the same drawing; it is closed."""
    text = io.StringIO()
    canvas.savefig(text, format="svg", dpi=150, metadata={"Date": None, "Creator": "heemodel"})
    plt.close(canvas)
    return text.getvalue()


def walk_table(view: Views) -> pd.DataFrame:
    """The savings breakdown of one scenario: components, and a subtotal after each step, as its plot takes them."""
    saving, walk = view.saving(view.result.outcomes), view.walk(view.result.outcomes)
    error = coarsest(summarise(walk.sel(step=name)) for name in view.inputs.steps)
    reached, rows = 0.0, []
    for name, step in view.inputs.steps.items():
        for component, tag in view.inputs.components.items():
            if tag.step != name:
                continue
            part = summarise(saving.sel(component=component))
            end = reached + part.value
            text = f"{'+' if part.value >= 0 else ''}{money(part.value, error, currency=view.inputs.about.currency)}"
            rows.append(
                {"label": tag.label, "start": reached, "end": end, "total": False, "point": np.nan, "text": text}
            )
            reached = end
        total = summarise(walk.sel(step=name))
        fixed = float(view.walk(view.result.point).sel(step=name))
        text = money(total.value, error, currency=view.inputs.about.currency)
        rows.append({"label": step.label, "start": 0.0, "end": reached, "total": True, "point": fixed, "text": text})
    return pd.DataFrame(rows)


def _walk(views: Sequence[Views], basis: str) -> Figure:
    tables, currency = {view.result.name: walk_table(view) for view in views}, views[0].inputs.about.currency
    canvas, axes = _panels(
        views,
        lambda view, ax: plots.plot_savings_breakdown(tables[view.result.name], currency=currency, ax=ax),
        height=4.6,
    )
    ends = pd.concat(tables.values())[["start", "end", "point"]]
    low, high = min(ends.min().min(), 0.0), ends.max().max()
    axes[0].set_xlim(low - 0.03 * (high - low), high + 0.3 * (high - low))  # room for the figures beside the bars
    words = "; ".join(
        f"{view.inputs.scenarios[name].label}: from {table.loc[table['total'], 'text'].iloc[0]} gross to "
        f"{table['text'].iloc[-1]} net"
        for view, (name, table) in zip(views, tables.items(), strict=True)
    )
    return Figure(
        name="waterfall",
        title="From gross to net saving",
        svg=as_svg(canvas),
        caption="Mean saving per patient, component by component. Green bars add to the saving, hatched ones take from "
        "it, blue bars are what has been reached. The black line near the end of a blue bar is the point estimate. "
        f"Figures are rounded, so parts may not add up. {basis}",
        alternative=f"Bar charts of the walk from gross to net saving per patient. {words}.",
        table=_stacked(tables),
    )


def _distribution(views: Sequence[Views], basis: str) -> Figure:
    net = {view.result.name: view.walk(view.result.outcomes).isel(step=-1, drop=True) for view in views}
    everything = np.concatenate([values.to_numpy() for values in net.values()])
    low, high = np.quantile(everything, [0.001, 0.999])
    width = (high - low) / BINS
    edges = np.arange(np.floor(low / width), np.ceil(high / width) + 1) * width  # an edge falls on zero
    tables = {}
    for name, values in net.items():
        counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
        tables[name] = pd.DataFrame({"left": edges[:-1], "right": edges[1:], "share": counts / values.sizes["sample"]})
    saves = {name: share(values > 0) for name, values in net.items()}

    def draw(view: Views, ax: Axes) -> None:
        plots.plot_distribution(tables[view.result.name], currency=view.inputs.about.currency, ax=ax)
        chance = saves[view.result.name]
        ax.text(
            0.98,
            0.95,
            f"saves money:\n{probability(chance.value, chance.mcse)}",
            transform=ax.transAxes,
            ha="right",
            va="top",
        )

    canvas, _ = _panels(views, draw, height=3.1)
    words = "; ".join(
        f"{view.inputs.scenarios[name].label}: {probability(chance.value, chance.mcse)}"
        for view, (name, chance) in zip(views, saves.items(), strict=True)
    )
    return Figure(
        name="saving_distribution",
        title="How sure the saving is",
        svg=as_svg(canvas),
        caption="Distribution of the mean net saving per patient over the uncertainty of the inputs. Hatched: "
        f"no saving. Draws beyond the axis are counted in the outermost bars. {basis}",
        alternative=f"Histograms of net saving per patient. Probability that it saves money: {words}.",
        table=_stacked(tables),
    )


def _plane(views: Sequence[Views], basis: str) -> Figure:
    threshold, currency = thresholds()[0], views[0].inputs.about.currency
    tables, shares = {}, {}
    for view in views:
        cea = view.effectiveness(view.result.outcomes)
        cost = cea.incremental(cea.cost).sel(strategy=view.intervention).to_numpy()
        qaly = cea.incremental(cea.qaly).sel(strategy=view.intervention).to_numpy()
        keep = np.linspace(0, len(cost) - 1, min(SHOWN_DRAWS, len(cost))).astype(int)
        table = pd.DataFrame({"incremental_qaly": qaly[keep], "incremental_cost": cost[keep], "mean": False})
        table.loc[len(table)] = [qaly.mean(), cost.mean(), True]
        tables[view.result.name] = table
        parts = {"north-east": (qaly > 0) & (cost >= 0), "north-west": (qaly <= 0) & (cost >= 0)}
        parts |= {"south-east": (qaly > 0) & (cost < 0), "south-west": (qaly <= 0) & (cost < 0)}
        shares[view.result.name] = {quadrant: float(part.mean()) for quadrant, part in parts.items()}
    everything = pd.concat(tables.values())
    limits = (
        1.05 * float(everything["incremental_qaly"].abs().max()),
        1.05 * float(everything["incremental_cost"].abs().max()),
    )

    def draw(view: Views, ax: Axes) -> None:
        table = tables[view.result.name].assign(strategy=view.intervention)
        corners = pd.DataFrame(shares[view.result.name].items(), columns=["quadrant", "share"])
        plots.plot_plane(
            table[~table["mean"]],
            table[table["mean"]],
            threshold=threshold,
            shares=corners.assign(strategy=view.intervention),
            limits=limits,
            currency=currency,
            order=_order(view),
            legend=False,
            ax=ax,
        )
        ax.set_xlabel("Incremental QALYs per patient")
        ax.set_ylabel("Incremental cost per patient")

    canvas, _ = _panels(views, draw, height=3.7)
    words = "; ".join(
        f"{view.inputs.scenarios[view.result.name].label}: "
        f"{probability(shares[view.result.name]['south-east'])} save money and gain QALYs"
        for view in views
    )
    return Figure(
        name="cost_effectiveness_plane",
        title="Cost and health together",
        svg=as_svg(canvas),
        caption=f"{views[0].intervention.capitalize()} versus {views[0].comparator}: each dot a draw ("
        f"{min(SHOWN_DRAWS, views[0].result.outcomes.sizes['sample']):,} shown), the large mark the mean. Below the "
        f"dashed line it is cost-effective at {money(threshold, currency=currency)} per QALY. Corners: share of all "
        f"draws in the quadrant. {basis}",
        alternative=f"Scatter plots of incremental cost against incremental QALYs. {words}.",
        table=_stacked(tables),
    )


def _acceptability(views: Sequence[Views], curves: pd.DataFrame, basis: str) -> Figure:
    currency = views[0].inputs.about.currency

    def draw(view: Views, ax: Axes) -> None:
        table = curves[curves["scenario"] == view.result.name]
        plots.plot_acceptability(
            table, thresholds=thresholds(), order=_order(view), legend=False, currency=currency, ax=ax
        )

    canvas, axes = _panels(views, draw, height=3.3)
    handles, labels = axes[0].get_legend_handles_labels()
    canvas.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    at = thresholds()[0]
    here = curves[(curves["threshold"] == at) & (curves["strategy"] == views[0].intervention)]
    words = "; ".join(
        f"{view.inputs.scenarios[view.result.name].label}: "
        f"{probability(float(here.loc[here['scenario'] == view.result.name, 'probability'].iloc[0]))}"
        for view in views
    )
    return Figure(
        name="acceptability",
        title="Cost-effectiveness acceptability",
        svg=as_svg(canvas),
        caption="Probability that each treatment has the highest net benefit, by willingness to pay. Band: the "
        "frontier, the treatment of highest expected net benefit. Dotted lines: "
        f"{', '.join(money(t, currency=currency) for t in thresholds())} per QALY. {basis}",
        alternative=f"Acceptability curves. Probability that {views[0].intervention} is most cost-effective at "
        f"{money(at, currency=currency)} per QALY: {words}.",
        table=curves,
    )


def _order(view: Views) -> list[str]:
    """Strategies in the order of their colours: the comparator first."""
    return [view.comparator, *view.effectiveness(view.result.outcomes).interventions]


def _trace(views: Sequence[Views], run: Run) -> Figure:
    strategies = [views[0].comparator, views[0].intervention]
    canvas, grid = plt.subplots(
        2,
        len(views),
        figsize=(max(3.6 * len(views), 6.4), 5.4),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    tables = {}
    for column, view in enumerate(views):
        table = view.result.trace["mean"].to_dataframe().reset_index()
        tables[view.result.name] = table
        for row, strategy in enumerate(strategies):
            dead = view.result.trace.attrs["dead"]
            ax = plots.plot_trace(table[table["strategy"] == strategy], dead=dead, ax=grid[row, column])
            ax.set_title(f"{view.inputs.scenarios[view.result.name].label}: {strategy}", fontsize=10)
            if column:
                ax.set_ylabel("")
            if not row:
                ax.set_xlabel("")
    handles, labels = grid[0, 0].get_legend_handles_labels()
    canvas.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    sns.despine(canvas)
    words = []
    for view in views:
        last = view.result.trace["mean"].isel(cycle=-1)
        for strategy in strategies:
            shares = [
                f"{str(s).replace('_', ' ')} {percent(float(last.sel(state=s, strategy=strategy)))}"
                for s in last["state"].to_numpy()
            ]
            words.append(f"{view.inputs.scenarios[view.result.name].label}, {strategy}: {', '.join(shares)}")
    return Figure(
        name="cohort_trace",
        title="Where patients are over time",
        svg=as_svg(canvas),
        caption="Mean share of patients in each place, by treatment: above, without the new treatment; below, with it. "
        f"Horizon {run.horizon}; mean of {views[0].result.trace.attrs['samples']:,} draws.",
        alternative=f"Stacked areas of the share of patients in each state over time. At the end: {'; '.join(words)}.",
        table=_stacked(tables),
    )


def _stacked(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One table from one for each scenario."""
    return pd.concat(tables, names=["scenario"]).reset_index("scenario").reset_index(drop=True)
