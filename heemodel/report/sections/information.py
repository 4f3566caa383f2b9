"""What moves the answer, and what more evidence would be worth."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd
import xarray as xr

from heemodel.currency import Currency
from heemodel.decision import evppi, tornado
from heemodel.errors import nearest
from heemodel.parameters import Inputs, Problem
from heemodel.report.contents import Run, ScenarioResult
from heemodel.report.figures import basis_of
from heemodel.report.knowledge import (
    Affected,
    evpi_at,
    evppi_table,
    in_all,
    most_worth,
    name_of,
    tornado_figure,
    with_error,
    worth_more_than_error,
)
from heemodel.report.quantities import Pair, thresholds
from heemodel.report.sections.section import Section
from heemodel.report.tables import Table

MEANING = (
    "The answer may be wrong because the inputs are uncertain, and a wrong choice costs money and health. The expected "
    "value of perfect information (EVPI) is what that costs on average for each patient: no further evidence can be "
    "worth more. It is neither a saving nor a budget: nobody holds this money. It is told for one choice for all "
    "patients of a scenario; for a group of them, for which the answer may differ, evidence can be worth more."
)
PATIENTS = (
    "Evidence serves every patient who is treated while it holds, here and elsewhere; the value for one year's "
    "patients of this analysis is the least of it. What a study costs is not counted."
)


@dataclass(frozen=True)
class Known:
    """What was found on one scenario.

    Attributes
    ----------
    evpi : columns threshold, evpi, mcse
    evppi : as from `decision.evppi`, the largest first, with the label of each group as `parameters` and its name as
        `group`; empty where the inputs ask for none
    tornado : as from `decision.tornado`, of the incremental net benefit at the first threshold, with `name` and the
        label of each parameter
    groups : none, as groups have labels
    """

    scenario: str
    currency: Currency
    thresholds: tuple[float, ...]
    evpi: pd.DataFrame
    evppi: pd.DataFrame
    tornado: pd.DataFrame
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)


def check_information(inputs: Inputs, draws: xr.Dataset) -> None:
    """Refuse groups of parameters whose value of information cannot be told.

    Parameters
    ----------
    draws : of all parameters; central values will do, and then it is told before anything is sampled

    Raises
    ------
    InputError
        with the line of each group that names a parameter that is not drawn, never varies or is named twice, or that
        has the label of another group
    """
    problems = [
        Problem(("information", name, "parameters"), f"names {wanted!r}, which {fault}")
        for name, question in inputs.information.items()
        for place, wanted in enumerate(question.parameters)
        for fault in _faults(inputs, draws, wanted, question.parameters[:place])
    ]
    labels = [question.label for question in inputs.information.values()]
    problems += [
        Problem(("information", name, "label"), "is the label of another group too; change one")
        for place, (name, question) in enumerate(inputs.information.items())
        if question.label in labels[:place]
    ]
    if problems:
        raise inputs.error(*problems)


def _faults(inputs: Inputs, draws: xr.Dataset, wanted: str, before: Sequence[str]) -> Iterator[str]:
    """Why a parameter cannot be asked about."""
    mixed = [f"{name}_source" for name, several in inputs.alternatives.items() if len(several.believed) > 1]
    known = {*map(str, draws.data_vars), *mixed}
    if wanted not in known:
        yield f"is not drawn; {nearest(wanted, known)}"
    elif wanted not in mixed and _never_varies(inputs, draws[wanted]):
        yield "never varies, so that there is nothing to know; remove it"
    if wanted in before:
        yield "is there already; remove one"


def _never_varies(inputs: Inputs, drawn: xr.DataArray) -> bool:
    """Whether it is the same in every draw; of central values, whether the inputs say so."""
    if "sample" in drawn.dims:
        return bool((drawn == drawn.isel(sample=0)).all())
    name = str(drawn.name)
    options = (
        [inputs.alternatives[name].options[one] for one in inputs.alternatives[name].believed]
        if (name in inputs.alternatives)
        else [inputs.parameters[name]]
        if name in inputs.parameters
        else []
    )
    return len(options) == 1 and options[0].distribution == "fixed"


def learn(inputs: Inputs, result: ScenarioResult) -> Known:
    """Values of information and one-way sensitivity of one scenario."""
    cea, intervention, *_ = Pair(inputs, result.outcomes).increments()
    evpi = cea.evpi(thresholds()).to_dataframe().reset_index()[["threshold", "evpi", "mcse"]]
    tables = [
        evppi(cea, result.draws, question.parameters, thresholds=thresholds()).assign(
            parameters=question.label, group=name
        )
        for name, question in inputs.information.items()
    ]
    tables.sort(key=lambda table: -table["evppi"].iloc[0])
    moved = tornado(cea.incremental_net_benefit(intervention, threshold=thresholds()[0]), result.parameters())
    moved = moved[moved["low"] != moved["high"]].reset_index(drop=True)
    moved.insert(0, "name", moved["parameter"])
    return Known(
        scenario=result.name,
        currency=inputs.about.currency,
        thresholds=tuple(thresholds()),
        evpi=evpi,
        evppi=pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(),
        tornado=moved.assign(parameter=_labels(inputs, moved["name"])),
    )


def _labels(inputs: Inputs, names: Sequence[str]) -> list[str]:
    """What columns of draws are called in the inputs; the name itself where two would be called the same."""
    called = {name: p.label for name, p in inputs.parameters.items()}
    for name, several in inputs.alternatives.items():
        called |= {name: several.label, f"{name}_source": f"{several.label}: which source"}
    labels = []
    for column in names:
        name, _, place = column.partition("[")
        label = called.get(name, name.replace("_", " "))
        labels.append(f"{label}, {place.removesuffix(']')}" if place else label)
    return [label if labels.count(label) == 1 else name for name, label in zip(names, labels, strict=True)]


def information_section(inputs: Inputs, results: Sequence[ScenarioResult], run: Run) -> Section:
    """Tornado of the first scenario, EVPI of all, and what it would be worth to know the inputs' groups of parameters.

    Files: evpi.csv, tornado.csv, and evppi.csv where the inputs name groups.
    """
    for result in results:
        check_information(inputs, result.draws)
    found = [learn(inputs, result) for result in results]
    volume = inputs.setting("annual_volume")
    affected = Affected(volume, f"one year's {volume:g} patients")
    label = inputs.scenarios[results[0].name].label
    first, pair = found[0], Pair(inputs, results[0].outcomes)
    at = name_of(first.thresholds[0], inputs.about.currency)
    figure = tornado_figure(
        first.tornado,
        outcome="Incremental net benefit per patient",
        what=f"net benefit per patient of {pair.increments()[1]} versus {inputs.about.comparator} at {at}",
        currency=inputs.about.currency,
        basis=f"{label}; tornado.csv has every scenario. {basis_of(inputs, run)}",
    )
    files = {"evpi": _stacked(found, "evpi"), "tornado": _stacked(found, "tornado")}
    words = [MEANING]
    if inputs.information:
        files["evppi"] = _stacked(found, "evppi")
        words += _said(inputs, found)
    return Section(
        name="information",
        title="What moves the answer, and what more evidence would be worth",
        link="What moves the answer",
        words=words,
        parts=[
            figure,
            _evpi_table(inputs, found, affected),
            *(_worth_table(inputs, one, affected, folded=one is not first) for one in found if inputs.information),
        ],
        files=files,
    )


def _evpi_table(inputs: Inputs, found: Sequence[Known], affected: Affected) -> Table:
    """Of all scenarios, per patient and for one year's patients."""
    rows, currency = [], inputs.about.currency
    for threshold in found[0].thresholds:
        values = [evpi_at(one, threshold) for one in found]
        cells = (with_error(value.value, value.mcse or 0.0, currency) for value in values)
        rows.append([f"Per patient, at {name_of(threshold, currency)}", *cells])
    values = [evpi_at(one, found[0].thresholds[0]) for one in found]
    yearly = [in_all(value.value, value.mcse or 0.0, affected, currency) for value in values]
    words = affected.words.capitalize()
    return Table(
        title="Expected value of perfect information (EVPI)",
        header=["", *(inputs.scenarios[one.scenario].label for one in found)],
        rows=[*rows, [f"{words}, at {name_of(found[0].thresholds[0], currency)}", *yearly]],
        note=f"± one Monte Carlo standard error. {PATIENTS}",
    )


def _said(inputs: Inputs, found: Sequence[Known]) -> list[str]:
    """What the values of information say about research, once for all scenarios of which they say the same."""
    labels: dict[str, list[str]] = {}
    for one in found:
        labels.setdefault(most_worth(one), []).append(inputs.scenarios[one.scenario].label)
    return [f"{', '.join(alike)}: {words}" for words, alike in labels.items()]


def _worth_table(inputs: Inputs, found: Known, affected: Affected, *, folded: bool) -> Table:
    """Of one scenario: everything, and each group of parameters; folded away too where nothing is worth anything."""
    table = evppi_table(found, affected)
    values = [evpi_at(found, threshold) for threshold in found.thresholds]
    everything = [
        "Everything (EVPI)",
        *(with_error(value.value, value.mcse or 0.0, found.currency) for value in values),
        "100%" if values[0].value > 0 else "none",
        in_all(values[0].value, values[0].mcse or 0.0, affected, found.currency),
        "",
        "",
    ]
    names = {question.label: question.parameters for question in inputs.information.values()}
    beside = {
        place: "; ".join(_labels(inputs, names[row[0]]))
        for place, row in enumerate(table.rows, start=1)
        if row[0] in names
    }
    label = inputs.scenarios[found.scenario].label
    return replace(
        table,
        title=f"What knowing more would be worth, {label}",
        folded=f"{label}: what knowing more would be worth" if folded or not _surely_worth(found) else "",
        rows=[everything, *table.rows],
        emphasis=frozenset({0}),
        beside=beside,
    )


def _surely_worth(found: Known) -> bool:
    """Whether knowing some parameter is worth more than the error of its estimate, at any threshold."""
    return any(not worth_more_than_error(found, threshold).empty for threshold in found.thresholds)


def _stacked(found: Sequence[Known], what: str) -> pd.DataFrame:
    """One tidy table of all scenarios."""
    tables = {one.scenario: getattr(one, what) for one in found}
    return pd.concat(tables, names=["scenario"]).reset_index("scenario").reset_index(drop=True)
