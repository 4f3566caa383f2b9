"""Results beside published ones, and why they differ: variations that mirror a study, and other figures."""

import pandas as pd

from heemodel.analysis import Results
from heemodel.analysis.tables.quantities import quantity_names
from heemodel.currency import Currency
from heemodel.parameters.variations import Published
from heemodel.report.document import Block, Section, Table, Words
from heemodel.report.formatting import as_published, cell, digits, form_of, icer_in_short
from heemodel.report.layout import rows_in

WORDS = (
    "Each study is mirrored as far as this model can: its horizon, whose costs it counts and what is written beside it "
    "below. Agreement does not show that either is right; a difference that cannot be explained would show that one is "
    "wrong."
)
HEADER = ["Quantity", "Published", "Status", "This model, mean (95% interval)", "Point estimate", "Source"]


def published(results: Results) -> Section | None:
    """A table for each study, and one for the model's own comparisons."""
    validation = results.tables.get("validation", pd.DataFrame())
    studies = list(dict.fromkeys(validation["variation"])) if len(validation) else []
    blocks: list[Block] = [_study(results, name) for name in studies]
    if results.comparisons:
        blocks.append(_comparisons(results))
    if not blocks:
        return None
    return Section(
        name="published",
        title="Beside published results",
        link="Published results",
        blocks=[*([Words(WORDS)] if studies else []), *blocks],
    )


def _study(results: Results, name: str) -> Table:
    """A study: its figures, and those of this model in its place."""
    rows, currency = rows_in(results, "validation", variation=name), results.currency
    variation = results.inputs.variations[name] if results.inputs is not None else None
    names = quantity_names(currency, results.thresholds)
    lines = []
    for stated, (_, row) in zip(variation.published if variation else (), rows.iterrows(), strict=True):
        point = pd.Series({**row, "value": row["point"], "lower": None, "upper": None, "mcse": None})
        lines.append(
            [
                names[stated.quantity],
                _stated(stated, currency),
                stated.status,
                _ours(row, stated.value, currency),
                "–" if pd.isna(row["point"]) else _ours(point, stated.value, currency),
                stated.source,
            ]
        )
    over = ", ".join(filter(None, [results.label(rows["scenario"].iloc[0]), rows["horizon"].iloc[0]]))
    against = f"; {results.intervention} versus {results.comparator}" if len(results.interventions) > 1 else ""
    return Table(
        title=f"{rows['label'].iloc[0]} ({over}{against})",
        header=HEADER,
        rows=lines,
        note=f"{variation.rationale if variation else ''} Why the figures differ: {rows['difference'].iloc[0]}",
    )


def _stated(stated: Published, currency: Currency) -> str:
    """A published figure with its interval, if it has one, in the digits in which it was published."""
    form = form_of(stated.quantity)
    text = as_published(stated.value, form, currency=currency)
    if stated.interval is None:
        return text
    low, high = (as_published(end, form, currency=currency) for end in stated.interval)
    return f"{text} ({low} to {high})"


def _ours(row: pd.Series, stated: float, currency: Currency) -> str:
    """A figure of this model, a number with as many decimals as the published one."""
    if row["quantity"] == "icer":
        return icer_in_short(row, currency=currency)
    form = form_of(str(row["quantity"]))
    form = f"number{max(2, digits(stated))}" if form == "number2" else form
    return cell(row, form, currency=currency)


def _comparisons(results: Results) -> Table:
    """The model's own figures beside published ones."""
    return Table(
        title="Other figures of the model",
        header=["Figure", "Published", "This model", "Source", "Why they differ"],
        rows=[
            [figure.what, figure.published, figure.ours, figure.source, figure.difference]
            for figure in results.comparisons
        ],
    )
