"""Whether inputs fit the model that they are for: told before anything is sampled, all mistakes at once."""

from collections.abc import Collection, Iterable, Iterator, Sequence

import xarray as xr

from heemodel.analysis.tables.quantities import quantity_names
from heemodel.analysis.two_way import unmappable
from heemodel.errors import mismatches, nearest
from heemodel.parameters import Inputs, Problem

NOTED = ("claim", "probability_saving", "saving_per_year")
"""What else a note may stand beside."""


def check_agreement(
    inputs: Inputs,
    outcomes: xr.Dataset,
    thresholds: Sequence[float],
    *,
    draws: xr.Dataset | None = None,
    read: Collection[str] = (),
) -> None:
    """Refuse inputs that do not fit the model's outcomes, or its parameters.

    Parameters
    ----------
    outcomes : of the point estimate
    draws : of all parameters, to be checked at once as by `check_information`; for maps of two inputs their central
        values
    read : names of parameters that the model reads; none for all

    Raises
    ------
    InputError
        with the line of every name that does not fit: comparator, intervention, components, counted effects, quantities
        beside which notes stand, published quantities, what `check_information` refuses, and inputs of maps
    """
    strategies = [str(name) for name in outcomes["strategy"].to_numpy()]
    cost = outcomes["cost"]
    paid = [str(name) for name in cost["component"].to_numpy()] if "component" in cost.dims else []
    counted = [str(name) for name in outcomes.data_vars]
    about, tagged, claim = inputs.about, inputs.components, inputs.claim
    saved = [*(step.quantity for step in inputs.steps.values()), *(a.quantity for a in inputs.avoided.values())]
    known = quantity_names(about.currency, thresholds)
    _, missing = mismatches(tagged, paid)
    used = {component.step for component in tagged.values()}
    problems = [
        *_unknown("about.comparator", [about.comparator], strategies, "{} is no strategy of the model"),
        *_unknown("about.intervention", [about.intervention or strategies[0]], strategies, "{} is no strategy"),
        *_unknown("claim.components", claim.components if claim else [], paid, "the model never pays for {}"),
        *(
            Problem(("components",), f"the model pays for {name!r}, which has no table here; add it")
            for name in (missing if tagged else ())
        ),
        *_unknown("about.notes.{}", about.notes, [*saved, *NOTED, *known], "is no quantity that is reported"),
        *_unknown("components.{}", tagged, paid, "the model never pays for it"),
        *_unknown("avoided.{}", inputs.avoided, counted, "the model does not count it"),
        *(
            Problem(("steps", name), "no component belongs to this step; remove it")
            for name in inputs.steps
            if name not in used
        ),
        *(
            Problem((), f"quantity {name!r} is named twice; rename one")
            for name in sorted({name for name in saved if saved.count(name) > 1})
        ),
    ]
    if about.intervention is not None and about.intervention == about.comparator:
        problems.append(Problem(("about", "intervention"), "is the comparator; name another strategy"))
    for name, variation in inputs.variations.items():
        named = [published.quantity for published in variation.published]
        problems += _unknown(f"variations.{name}.published", named, known, "{} is no quantity that is reported")
    problems += [] if draws is None else [*_uninformative(inputs, draws), *unmappable(inputs, draws, read)]
    if problems:
        raise inputs.error(*problems)


def _unknown(place: str, names: Iterable[str], known: Collection[str], message: str) -> Iterator[Problem]:
    """A problem for each name that is not known, with the nearest that is; `{}` stands for the name."""
    for name in names:
        if name not in known:
            at = tuple(part.replace("{}", name) for part in place.split("."))
            yield Problem(at, f"{message.replace('{}', repr(name))}; {nearest(name, known)}")


def check_information(inputs: Inputs, draws: xr.Dataset) -> None:
    """Refuse groups of parameters whose value of information cannot be worked out.

    Parameters
    ----------
    draws : of all parameters; central values will do, and then it is known before anything is sampled. A parameter that
        was fixed in memory may stay in a group: there is nothing to know of it

    Raises
    ------
    InputError
        with the line of each group that names a parameter that is not drawn, never varies or is named twice, or that
        has the label of another group
    """
    if problems := _uninformative(inputs, draws):
        raise inputs.error(*problems)


def _uninformative(inputs: Inputs, draws: xr.Dataset) -> list[Problem]:
    """What is wrong with groups of parameters."""
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
    return problems


def _faults(inputs: Inputs, draws: xr.Dataset, wanted: str, before: Sequence[str]) -> Iterator[str]:
    """Why a parameter cannot be asked about."""
    mixed = [f"{name}_source" for name, several in inputs.alternatives.items() if len(several.believed) > 1]
    known = {*map(str, draws.data_vars), *mixed}
    if wanted not in known:
        yield f"is not drawn; {nearest(wanted, known)}"
    elif wanted not in mixed and not inputs.changes and _never_varies(inputs, draws[wanted]):
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
