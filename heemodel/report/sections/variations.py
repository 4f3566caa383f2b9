"""The answer under other choices: every variation of the inputs beside the scenario that it varies."""

from collections.abc import Mapping, Sequence

import pandas as pd

from heemodel.currency import Currency
from heemodel.parameters import Inputs
from heemodel.parameters.variations import Variation
from heemodel.report.contents import Extras, Run, ScenarioResult, VariationResult
from heemodel.report.headline import row_of
from heemodel.report.quantities import Pair, thresholds, tidy
from heemodel.report.sections.section import Section
from heemodel.report.tables import Table, cell, icer_in_short
from heemodel.report.wording import money

COLUMNS = ["variation", "label", "scenario", "horizon", "quantity", "basis"]
COLUMNS += ["value", "lower", "upper", "mcse", "unit", "note"]
WIDTHS = (22, 16, 13, 9, 9, 16, 8, 7)
"""Of the columns, per cent: reasons need room also where the page is narrow."""
NOTE = (
    "Means over all uncertainty with 95% intervals; the point estimate takes every input at its central value. Each "
    "row says what it changes; the rest is as in the base case. Variations are run on {:,} draws; figures of a column "
    "are rounded alike, by the largest of their Monte Carlo errors. Chance: probability of being cost-effective."
)


def variation_rows(inputs: Inputs, extras: Extras, run: Run) -> pd.DataFrame:
    """What is told of every variation, on both bases.

    Returns
    -------
    tidy DataFrame with columns variation, label, scenario, horizon, quantity, basis, value, lower, upper, mcse, unit
    and note; the quantities are those of `quantities.Pair`
    """
    rows = [row for result in extras.variations for row in _rows(inputs, result, run)]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"lower": float, "upper": float, "mcse": float})


def _rows(inputs: Inputs, result: VariationResult | ScenarioResult, run: Run) -> list[dict[str, object]]:
    """Of one variation, or of the scenario itself."""
    varied = inputs.variations[result.name] if isinstance(result, VariationResult) else None
    keys = {
        "variation": result.name if varied else "",
        "label": varied.label if varied else "Base case",
        "scenario": result.scenario if isinstance(result, VariationResult) else result.name,
        "horizon": (varied.horizon if varied else None) or run.horizon,
    }
    sampled = Pair(inputs, result.outcomes)
    return [
        *tidy(Pair(inputs, result.point).means(), "point", **keys),
        *tidy([*sampled.means(), *sampled.chances()], "probabilistic", **keys),
    ]


def variations_section(
    inputs: Inputs, results: Sequence[ScenarioResult], extras: Extras, rows: pd.DataFrame, run: Run
) -> Section | None:
    """A table for each scenario that is varied, without the variations that are held against published results.

    File: variations.csv.

    Parameters
    ----------
    rows : as from `variation_rows`
    """
    shown = [one for one in extras.variations if not inputs.variations[one.name].published]
    if not shown:
        return None
    base = {result.name: pd.DataFrame(_rows(inputs, result, run), columns=COLUMNS) for result in results}
    scenarios = dict.fromkeys(one.scenario for one in shown)
    return Section(
        name="choices",
        title="The answer under other choices",
        link="Other choices",
        files={"variations": rows},
        words=["What the result would be had something been chosen otherwise, and why one might."],
        parts=[
            _table(inputs, name, base, rows, [one for one in shown if one.scenario == name], run) for name in scenarios
        ],
    )


def _table(
    inputs: Inputs,
    scenario: str,
    base: Mapping[str, pd.DataFrame],
    rows: pd.DataFrame,
    shown: Sequence[VariationResult],
    run: Run,
) -> Table:
    """The base case, where it was run, and the variations of one scenario."""
    frames = {"": base[scenario]} if scenario in base else {}
    frames |= {one.name: rows[rows["variation"] == one.name] for one in shown}
    threshold, currency = thresholds()[0], inputs.about.currency
    benefit, chance = (f"{stem}_at_{threshold:.0f}" for stem in ("net_benefit", "probability_cost_effective"))
    columns = [
        _column(frames, "incremental_cost", "money", currency),
        _column(frames, "incremental_qaly", "number2", currency),
        [icer_in_short(row_of(frame, "icer"), currency=currency) for frame in frames.values()],
        [icer_in_short(row_of(frame, "icer", "point"), currency=currency) for frame in frames.values()],
        _column(frames, benefit, "money", currency),
        [money(row_of(frame, benefit, "point")["value"], currency=currency) for frame in frames.values()],
        _column(frames, chance, "probability", currency),
    ]
    note = NOTE.format(shown[0].outcomes.sizes["sample"])
    varied = [inputs.variations[name] if name else None for name in frames]
    labels = [one.label if one else f"Base case: {inputs.scenarios[scenario].label}, {run.horizon}" for one in varied]
    return Table(
        title=f"Under other choices, {inputs.scenarios[scenario].label}",
        header=[
            "",
            "Extra cost",
            "Extra QALYs",
            "ICER",
            "Point",
            "Net benefit",
            "Point",
            "Chance",
        ],
        groups=[
            ("", 1),
            ("Per patient", 2),
            ("Cost per QALY gained", 2),
            (f"At {money(threshold, currency=currency)} per QALY", 3),
        ],
        rows=[[label, *cells] for label, *cells in zip(labels, *columns, strict=True)],
        note=note if scenario in base else f"{note} The base case of this scenario was not run.",
        emphasis=frozenset({0}) if scenario in base else frozenset(),
        beside={place: _why(one) for place, one in enumerate(varied) if one},
        widths=WIDTHS,
    )


def _why(variation: Variation) -> str:
    """Why one might choose so, with the horizon and the payers if they are not those of the base case."""
    other = [f"Horizon {variation.horizon}."] if variation.horizon else []
    other += [f"Costs to {' and '.join(variation.payers)} only."] if variation.payers else []
    return " ".join([variation.rationale, *other])


def _column(frames: Mapping[str, pd.DataFrame], quantity: str, form: str, currency: Currency) -> list[str]:
    """One quantity of each analysis, all rounded alike."""
    found = [row_of(frame, quantity) for frame in frames.values()]
    error = max(float(row["mcse"]) for row in found)
    return [cell(row, form, error, currency=currency) for row in found]
