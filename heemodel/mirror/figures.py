"""The inputs of a mirror: each with its cell's name, what it is, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.analysis.labels import parameter_labels
from heemodel.mirror.expressions import Number
from heemodel.mirror.names import Names
from heemodel.mirror.reading import Reader
from heemodel.parameters import Inputs, Parameter
from heemodel.parameters.specification import DataRecord
from heemodel.parameters.stated import stated_record
from heemodel.parameters.units import conversion

DISCOUNTED = {"costs": "Discount rate of costs", "QALYs": "Discount rate of QALYs"}


@dataclass(frozen=True)
class Figure:
    """An input.

    Attributes
    ----------
    name : of its cell
    number : its value
    label, which, unit, status, source, rationale : as the inputs file has them; `which` of several it is
    published, published_unit : as stated, where the model takes it in another unit or in prices of another year
    conversion : what turns the stated unit into the model's; None where it is the same
    price_year, factor : of money, and what moves it to the analysis' price year; no factor where that is the same
    """

    name: str
    number: Number
    label: str
    which: str = ""
    unit: str = ""
    status: str = ""
    source: str = ""
    rationale: str = ""
    published: float | None = None
    published_unit: str = ""
    conversion: float | None = None
    price_year: str = ""
    factor: float | None = None


def figures_of(reader: Reader, central: xr.Dataset, inputs: Inputs, scenario: str, names: Names) -> list[Figure]:
    """All parameters that the model read, in the order of the inputs file; those of the evidence first."""
    known = inputs.read_by_model()
    order = [name for name in map(str, central.data_vars) if name in reader.leaves]
    labels = parameter_labels(order, inputs, central)
    evidence = f"evidence of the scenario {inputs.scenario(scenario).label!r}, at its central values (evidence.py)"
    figures, records = [], _records(inputs, scenario)
    for name in order:
        stated = known.get(name)
        given: dict[str, Any] = {"status": "derived", "source": evidence}
        elements = reader.leaves[name].elements
        for index in np.ndindex(elements.shape):
            number: Any = elements[index]
            which = _which(central[name], index)
            about = _about(stated) if stated is not None else given | _recorded(records, number, which)
            figures.append(
                Figure(
                    name=names.name("_".join([name, *which.values()])),
                    number=number,
                    label=labels[name].text,
                    which=", ".join(f"{dim.replace('_', ' ')} {label}" for dim, label in which.items()),
                    unit=labels[name].unit,
                    **about | (_as_stated(name, stated, inputs, number) if stated is not None else {}),
                )
            )
    return figures


def plain_figures(reader: Reader, central: xr.Dataset, names: Names) -> list[Figure]:
    """All parameters that a model without an inputs file read."""
    order = [name for name in map(str, central.data_vars) if name in reader.leaves]
    labels = parameter_labels(order, None, central)
    figures = []
    for name in order:
        elements = reader.leaves[name].elements
        for index in np.ndindex(elements.shape):
            number: Any = elements[index]
            which = _which(central[name], index)
            cell, told = names.name("_".join([name, *which.values()])), ", ".join(f"{d} {x}" for d, x in which.items())
            figures.append(Figure(cell, number, labels[name].text, told, labels[name].unit))
    return figures


def _about(stated: Parameter) -> dict[str, Any]:
    return {"status": str(stated.status), "source": stated.source, "rationale": stated.rationale}


Records = dict[str, list[tuple[DataRecord, float]]]
"""Data records by strategy, each with the figure that it states by itself."""


def _records(inputs: Inputs, scenario: str) -> Records:
    """The records that a scenario rests on: a share of events among n, or a mean, in the unit that the model takes."""
    found: Records = {}
    for role in inputs.scenario(scenario).evidence:
        for row in inputs.evidence(scenario, role).to_dict("records"):
            figure = row["events"] / row["n"] if pd.notna(row.get("events")) else row.get("mean", np.nan)
            found.setdefault(row["strategy"], []).append((inputs.data[row["record"]], float(figure)))
    return found


def _recorded(records: Records, number: Number, which: Mapping[str, str]) -> dict[str, str]:
    """What is known of a figure of the evidence: its one record where that states it, else all that it may be from."""
    mine = records.get(which.get("strategy", ""), [])
    stating = [record for record, figure in mine if np.isclose(figure, float(number.value), rtol=1e-12, atol=0)]
    if len(stating) == 1:
        record = stating[0]
        source = f"{record.label}: {stated_record(record)}; {record.source}"
        return {"status": str(record.status), "source": source, "rationale": record.rationale}
    told = "; ".join(f"{record.label}: {stated_record(record)}" for record, _ in mine)
    return {"rationale": f"worked out from {told}"} if told else {}


def _as_stated(name: str, stated: Parameter, inputs: Inputs, number: Number) -> dict[str, Any]:
    """The published value with its unit, and what the model multiplies it by for its unit and its price year."""
    price, turned = inputs.price_factor(stated), conversion(stated.unit, inputs.taken(name, stated).unit) or 1.0
    year = {"price_year": stated.price_year or ""}
    if price == turned == 1:
        return year
    value = float(number.value) / (turned * price)
    exact = [x for x in map(float, stated.centre()) if np.isclose(x, value, rtol=1e-12, atol=0)]
    return year | {
        "published": exact[0] if exact else value,
        "published_unit": stated.unit,
        "conversion": None if turned == 1 else turned,
        "factor": None if price == 1 else price,
    }


def _which(array: xr.DataArray, index: tuple[int, ...]) -> dict[str, str]:
    """The labels of one of several numbers."""
    return {
        str(dim): str(array[dim].to_numpy()[place]) if dim in array.coords else str(place + 1)
        for dim, place in zip(array.dims, index, strict=True)
    }


def discount_figures(rates: Mapping[str, Any], model: Any, names: Names) -> Iterator[Figure]:
    """The discount rates; one for each step where they change with time."""
    timing = f"the model's structure; {getattr(model, 'discount').words}" if rates else ""  # noqa: B009 - trees have none
    for what, rate in rates.items():
        steps = rate if isinstance(rate, dict) else {None: rate}
        for begin, number in steps.items():
            which = "" if begin is None else f"from year {begin:g}"
            stem = f"discount_rate_{what}"
            yield Figure(
                name=names.name(stem if begin is None else f"{stem}_from_year_{begin:g}"),
                number=number,
                label=DISCOUNTED[what],
                which=which,
                unit="per year",
                status="policy",
                source=timing,
            )
