"""Results beside published ones, and why they differ: variations that mirror a study, and other figures."""

from collections.abc import Sequence

import pandas as pd

from heemodel.currency import Currency
from heemodel.parameters import Inputs
from heemodel.parameters.variations import Published
from heemodel.report.contents import Comparison, Extras, VariationResult
from heemodel.report.headline import row_of
from heemodel.report.quantities import form_of, quantity_names
from heemodel.report.sections.section import Section
from heemodel.report.tables import Table, cell, icer_in_short
from heemodel.report.wording import as_published, digits

WORDS = (
    "Each study is mirrored as far as this model can: its horizon, whose costs it counts and what is written beside it "
    "below. Agreement does not show that either is right; a difference that cannot be explained would show that one is "
    "wrong."
)
HEADER = ["Quantity", "Published", "Status", "This model, mean (95% interval)", "Point estimate", "Source"]


def published_section(inputs: Inputs, extras: Extras, rows: pd.DataFrame) -> Section | None:
    """A table for each study, and one for the model's own comparisons.

    Files: validation.csv (and with it variations.csv), comparisons.csv.

    Parameters
    ----------
    rows : as from `variation_rows`
    """
    studies = [one for one in extras.variations if inputs.variations[one.name].published]
    parts = [_study_table(inputs, one, rows[rows["variation"] == one.name]) for one in studies]
    if extras.comparisons:
        parts.append(_comparison_table(extras.comparisons))
    if not parts:
        return None
    files = {}
    if studies:
        files = {"variations": rows, "validation": _validation(inputs, studies, rows)}
    if extras.comparisons:
        files["comparisons"] = pd.DataFrame([vars(one) for one in extras.comparisons])
    return Section(
        name="published",
        title="Beside published results",
        link="Published results",
        words=[WORDS] if studies else [],
        parts=parts,
        files=files,
    )


def _study_table(inputs: Inputs, study: VariationResult, rows: pd.DataFrame) -> Table:
    """One study: what it found and what this model finds in its place."""
    variation, currency = inputs.variations[study.name], inputs.about.currency
    names = quantity_names(currency)
    lines = []
    for published in variation.published:
        mean = row_of(rows, published.quantity)
        at_point = rows[(rows["quantity"] == published.quantity) & (rows["basis"] == "point")]
        lines.append(
            [
                names[published.quantity],
                _stated(published, currency),
                published.status,
                _found(mean, published.value, currency),
                "–" if at_point.empty else _found(at_point.iloc[0], published.value, currency),
                published.source,
            ]
        )
    setting = f"{inputs.scenarios[study.scenario].label}, {rows['horizon'].iloc[0]}"
    return Table(
        title=f"{variation.label} ({setting})",
        header=HEADER,
        rows=lines,
        note=f"{variation.rationale} Why the figures differ: {variation.difference}",
    )


def _stated(published: Published, currency: Currency) -> str:
    """A published figure with its interval, if it has one, in the digits in which it was published."""
    form = form_of(published.quantity)
    text = as_published(published.value, form, currency=currency)
    if published.interval is None:
        return text
    low, high = (as_published(end, form, currency=currency) for end in published.interval)
    return f"{text} ({low} to {high})"


def _found(row: pd.Series, published: float, currency: Currency) -> str:
    """A figure of this model, a number with as many decimals as the published one."""
    if row["quantity"] == "icer":
        return icer_in_short(row, currency=currency)
    form = form_of(str(row["quantity"]))
    form = f"number{max(2, digits(published))}" if form == "number2" else form
    return cell(row, form, currency=currency)


def _comparison_table(comparisons: Sequence[Comparison]) -> Table:
    """The model's own figures beside published ones."""
    return Table(
        title="Other figures of the model",
        header=["Figure", "Published", "This model", "Source", "Why they differ"],
        rows=[[one.what, one.published, one.ours, one.source, one.difference] for one in comparisons],
    )


def _validation(inputs: Inputs, studies: Sequence[VariationResult], rows: pd.DataFrame) -> pd.DataFrame:
    """A row for each published figure, with both bases of ours."""
    found = []
    for study in studies:
        mine, variation = rows[rows["variation"] == study.name], inputs.variations[study.name]
        for published in variation.published:
            mean = row_of(mine, published.quantity)
            point = mine[(mine["quantity"] == published.quantity) & (mine["basis"] == "point")]["value"]
            low, high = published.interval or (None, None)
            found.append(
                {
                    **mean[["variation", "label", "scenario", "horizon", "quantity"]],
                    "published": published.value,
                    "published_lower": low,
                    "published_upper": high,
                    "status": published.status,
                    "source": published.source,
                    **mean[["value", "lower", "upper", "mcse"]],
                    "point": point.iloc[0] if len(point) else None,
                    "unit": mean["unit"],
                    "note": mean["note"],
                    "difference": variation.difference,
                }
            )
    return pd.DataFrame(found)
