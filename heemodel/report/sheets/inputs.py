"""Every input, a row for each number: where it stands in the file, its value, its spread and where it comes from."""

import itertools
from collections.abc import Collection, Iterator

import pandas as pd

from heemodel.analysis import Results
from heemodel.parameters import Correlated, Inputs, Parameter
from heemodel.parameters.specification import DataRecord, Sourced
from heemodel.parameters.stated import stated_record
from heemodel.report.document import Sheet
from heemodel.report.sections.changed import changed
from heemodel.report.sheets.columns import Column, sheet_of

COLUMNS = {
    "label": Column("Input"),
    "value": Column("Value", "plain"),
    "unit": Column("Unit"),
    "price_year": Column("Price year"),
    "in_prices": Column("Value as the model takes it", "plain"),
    "taken": Column("Unit of the model, if another"),
    "distribution": Column("Distribution"),
    "spread": Column("Spread"),
    "status": Column("How it is known"),
    "source": Column("Source"),
    "rationale": Column("Why"),
    "where": Column("Name in the inputs", aside=True),
}
CHANGED = {
    "figure": Column("Figure"),
    "before": Column("In the model"),
    "after": Column("In this run"),
    "source": Column("Where it is from"),
}
STATUS = (
    "Read in the publication named; quoted in another document; derived from those; assumed, for want of evidence; "
    "recalled, and not yet seen in a document."
)
Row = dict[str, object]


def inputs(results: Results) -> Sheet | None:
    """Settings, parameters with all their sources, groups, priors, data and tables; None for a PSA from files."""
    log = results.inputs
    if log is None:
        return None
    year = log.about.price_year.replace("{", "{{").replace("}", "}}")
    columns = COLUMNS | {"in_prices": Column(f"Value as the model takes it, prices of {year}", "plain")}
    rows = [{**dict.fromkeys(COLUMNS, ""), **row} for row in _rows(log, _used(results, log))]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return sheet_of(results, table, columns, name="Inputs", title="Every input, and why", note=STATUS)


def changed_inputs(results: Results) -> Sheet | None:
    """What a run changed, old beside new; None where nothing was."""
    log = results.inputs
    told = changed(log) if log is not None else None
    if told is None:
        return None
    table = pd.DataFrame(told.rows, columns=list(CHANGED))
    return sheet_of(results, table, CHANGED, name="Changed inputs", title=told.title, note=told.note)


def _used(results: Results, log: Inputs) -> set[str]:
    """The records that speak for a strategy in a scenario that was run, or in one of the variations."""
    varied = results.tables.get("variations", pd.DataFrame({"scenario": []}))
    run = dict.fromkeys([*results.scenarios, *varied["scenario"]])
    evidence = [log.scenarios[name].evidence.values() for name in run if name in log.scenarios]
    return {record for roles in evidence for records in roles for record in records.values()}


def _rows(log: Inputs, used: Collection[str]) -> Iterator[Row]:
    """All rows, in the order of the report; of the records, those that are used."""
    for name, setting in log.settings.items():
        yield _figure(log, f"settings.{name}", setting, setting.value, distribution="fixed")
    for name, parameter in log.parameters.items():
        yield from _parameter(log, f"parameters.{name}", parameter)
    yield from _alternatives(log)
    for name, joint in log.correlated.items():
        yield from _together(log, f"correlated.{name}", joint)
    yield from _groups(log)
    for name, prior in log.priors.items():
        yield from _parameter(log, f"priors.{name}", prior)
    for name, record in log.data.items():
        if name in used:
            yield _record(log, f"data.{name}", record)
    for name, kept in log.tables.items():
        unit = f"rows in {kept.file}, {kept.unit}"
        words = {"status": kept.status, "source": kept.source, "rationale": kept.rationale}
        yield {"where": f"tables.{name}", "label": kept.label, "value": len(log.frames[name]), "unit": unit, **words}
    if log.claim is not None:
        claim = log.claim
        words = {"unit": claim.unit, "source": claim.source, "rationale": claim.rationale}
        yield {"where": "claim", "label": claim.label, "value": claim.value, **words}


def _figure(log: Inputs, where: str, figure: Sourced, value: float, **more: object) -> Row:
    """One number with what is known of it; money, and what is in another unit than the model's, also as it is taken."""
    name = where.split(".")[1]
    taken = log.taken_record(name) if isinstance(figure, DataRecord) else log.taken(name, figure)
    moved = value * taken.factor if figure.price_year is not None or taken.factor != 1 else None
    return {
        "where": where,
        "label": figure.label,
        "value": value,
        "unit": figure.unit,
        "price_year": figure.price_year or "",
        "in_prices": moved,
        "taken": taken.unit if taken.unit != figure.unit else "",
        "status": figure.status,
        "source": figure.source,
        "rationale": figure.rationale,
        **more,
    }


def _parameter(log: Inputs, where: str, p: Parameter, **more: object) -> Iterator[Row]:
    """A row for each central value of a parameter or prior."""
    spread = "" if p.distribution == "fixed" else p.spread_in_words()
    for place, value in enumerate(p.centre()):
        label = p.label if p.labels is None else f"{p.label}, {p.labels[place]}"
        words = {"label": label, "distribution": p.distribution, "spread": spread, **more}
        yield _figure(log, where, p, float(value), **words)


def _alternatives(log: Inputs) -> Iterator[Row]:
    """Parameters of which there are several sources, each source with how much it is believed."""
    for name, several in log.alternatives.items():
        where, number = f"alternatives.{name}", len(several.options)
        words = {"label": several.label, "spread": f"one of {number} sources a draw", "rationale": several.rationale}
        yield {"where": where, **words}
        for option, figure in several.options.items():
            part = several.believed.get(option)
            weight = "in variations only (weight 0)" if part is None else f"weight {part:.1%}"
            label = f"{several.label}: {figure.label}, {weight}"
            yield from _parameter(log, f"{where}.options.{option}", figure, label=label)


def _together(log: Inputs, where: str, joint: Correlated) -> Iterator[Row]:
    """The correlation of each pair of parameters that are drawn together."""
    matrix, names = joint.correlations(), joint.parameters
    label = {name: log.parameters[name].label for name in names if name in log.parameters}
    for (i, first), (j, second) in itertools.combinations(enumerate(names), 2):
        yield {
            "where": where,
            "label": f"{joint.label}: {label.get(first, first)} with {label.get(second, second)}",
            "value": float(matrix[i, j]),
            "unit": "correlation",
            "distribution": "multivariate normal",
            "status": joint.status,
            "source": joint.source,
            "rationale": joint.rationale,
        }


def _groups(log: Inputs) -> Iterator[Row]:
    """People in each group, and what the model reads of it."""
    for name, grouping in log.groups.items():
        words = {"status": grouping.status, "source": grouping.source, "rationale": grouping.rationale}
        for key, numbers in {"people": grouping.people, **grouping.traits}.items():
            where = f"groups.{name}.{key}" if key == "people" else f"groups.{name}.traits.{key}"
            for group, number in numbers.items():
                label = f"{grouping.label}, {group}: {key.replace('_', ' ')}"
                yield {"where": where, "label": label, "value": number, "distribution": "fixed", **words}


def _record(log: Inputs, where: str, record: DataRecord) -> Row:
    """A published result."""
    value = record.counted if record.counted is not None else record.mean
    if record.quartiles is not None:
        value = record.quartiles[1]
    spread = stated_record(record)
    assumed = f"; assumed: {', '.join(record.assumed)}" if record.assumed else ""
    return _figure(log, where, record, float(value or 0.0), distribution="data", spread=spread + assumed)
