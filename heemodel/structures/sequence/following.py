"""How models follow one another: whether they can, and when each begins."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from typing import Any

import xarray as xr

from heemodel.structures.cycles import years
from heemodel.structures.draws import Parameters
from heemodel.structures.errors import ModelError
from heemodel.structures.protocol import Branching, DecisionModel, HandsOver

HANDED_OVER = "people handed over"
"""The name under which a model finds, among its parameters, those who come from the model before."""
THEIR_DIMS = {dim: f"{dim} of {HANDED_OVER}" for dim in ("strategy", "group", "state")}
"""Dimensions of their own: a parameter by state, say, may have other states, and none must be lost."""


def with_people(draws: xr.Dataset, people: xr.DataArray) -> xr.Dataset:
    """Draws, with people by state among them."""
    return draws.assign(
        {HANDED_OVER: people.rename({dim: THEIR_DIMS[dim] for dim in people.dims if dim in THEIR_DIMS})}
    )


def come_from_before(p: Parameters) -> xr.DataArray:
    """The start of a model that goes on where another ended: (…, state)."""
    people = p.as_dataset()[HANDED_OVER]  # and not p[…], as it is no parameter of anybody's
    return people.rename({theirs: dim for dim, theirs in THEIR_DIMS.items() if theirs in people.dims})


def problems_of(models: object) -> list[str]:
    """Why models cannot follow one another."""
    if not isinstance(models, (list, tuple)) or len(models) < 2:
        return [f"Sequence(models=…) is {models!r}; give a list of at least two models"]
    problems = [
        f"model {place} is a {type(model).__name__}, which is no decision model"
        for place, model in enumerate(models, 1)
        if not isinstance(model, DecisionModel)
    ]
    if problems:
        return problems
    for place, model in enumerate(models, 1):
        if place < len(models) and not isinstance(model, (HandsOver, Branching)):
            problems.append(f"model {place}, a {type(model).__name__}, does not say where people are at its end")
        if place > 1 and not _can_go_on(model):
            problems.append(f"model {place}, a {type(model).__name__}, cannot go on where another ends; cohorts can")
        for what in ("strategies", "groups"):
            first, here = getattr(models[0], what), getattr(model, what)
            if set(first) != set(here):
                mine, others = (", ".join(map(repr, names)) or "none" for names in (here, first))
                problems.append(f"model {place} has the {what} {mine}, and the first has {others}; name them alike")
    return problems


def _can_go_on(model: object) -> bool:
    """Whether a model can be given a start and a time at which it begins."""
    return is_dataclass(model) and {"start", "start_in", "begins", "states", "horizon"} <= {
        f.name for f in fields(model)
    }


def in_time(models: Iterable[Any]) -> Iterator[Any]:
    """The models, each but the first beginning with those who come from before, when the one before it ends.

    Raises
    ------
    ModelError
        if one says that it begins at another time, or at an age or in a year to which the one before does not lead
    """
    clock, before = Fraction(0), None
    for place, model in enumerate(models, 1):
        at = years(model.begins) if getattr(model, "begins", None) is not None else None
        if at is not None and at != clock and _can_go_on(before):
            raise ModelError(
                f"model {place} begins {float(at):.6g} years after the start of the analysis, and the one before it "
                f"ends after {float(clock):.6g}; leave out its begins"
            )
        clock = clock if at is None else at
        if before is None:
            yield model
        else:
            if _can_go_on(before):
                _check_clock(before, model, place)
            begins = f"{clock.numerator}/{clock.denominator} years" if clock else None
            yield replace(model, start=come_from_before, start_in="people", begins=begins)
        clock += years(model.horizon) if _can_go_on(model) else 0
        before = model


def _check_clock(before: Any, model: Any, place: int) -> None:
    """Refuse an age or a calendar year to which those of the model before do not lead, to within a year."""
    passed = float(years(before.horizon))
    for what in ("start_age", "start_year"):
        then, now = getattr(before, what, None), getattr(model, what, None)
        if then is None or now is None:
            continue
        ages = now if isinstance(now, Mapping) else dict.fromkeys(then if isinstance(then, Mapping) else [""], now)
        for group, age in ages.items():
            wanted = (then[group] if isinstance(then, Mapping) else then) + passed
            if abs(age - wanted) >= 1:
                of = f" of {group!r}" if group else ""
                raise ModelError(
                    f"model {place} has {what}={age:g}{of}, and the one before it ends at {wanted:.6g}; {what} is that "
                    f"at which a model begins: give {wanted:.6g}"
                )
