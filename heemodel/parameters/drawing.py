"""Draws of the parameters of an inputs file: each from its own random stream, correlated ones together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from heemodel.parameters.correlations import Correlated
from heemodel.parameters.parameter import Parameter
from heemodel.parameters.seeds import generator
from heemodel.parameters.specification import Sourced
from heemodel.parameters.summaries import Fixed
from heemodel.parameters.variations import Alternatives

Taking = Callable[[str, Sourced], "Taken"]
"""How a model takes a figure of that name."""


@dataclass(frozen=True)
class Taken:
    """How a model takes a figure: in which unit, and what it is multiplied by for its unit and its price year."""

    unit: str
    factor: float


def draw_all(
    parameters: Mapping[str, Parameter],
    alternatives: Mapping[str, Alternatives],
    correlated: Mapping[str, Correlated],
    taking: Taking,
    n: int,
    seed: int,
) -> xr.Dataset:
    """`n` joint draws of all parameters; see `Inputs.draw`."""
    together = {
        name: array
        for group, joint in correlated.items()
        for name, array in _jointly(group, joint, parameters, n, seed).items()
    }
    arrays = [
        _as_taken(together[name] if name in together else _alone((name,), p, n, seed), name, p, taking)
        for name, p in parameters.items()
    ]
    for name, several in alternatives.items():
        arrays += _mixed(name, several, taking, n, seed)
    return xr.merge([array.to_dataset() for array in arrays], join="exact")


def central_value(name: str, p: Parameter, taking: Taking) -> xr.DataArray:
    """The central value of a parameter as the model takes it, over its dimension where it has one."""
    return _as_taken(xr.DataArray(p.uncertainty.central), name, p, taking)


def _alone(stream: tuple[str, ...], p: Parameter, n: int, seed: int) -> xr.DataArray:
    """Draws of one parameter, from a random stream of its own."""
    return p.uncertainty.draw(n, seed=seed, name=".".join(("parameters", *stream)))


def _jointly(
    group: str, joint: Correlated, parameters: Mapping[str, Parameter], n: int, seed: int
) -> dict[str, xr.DataArray]:
    """Draws of correlated parameters, from the random stream of their group; a fixed one is what it is."""
    drawn = joint.distribution(parameters).draw(n, seed=seed, name=f"correlated.{group}")
    return {
        name: _alone((name,), parameters[name], n, seed)
        if isinstance(parameters[name].uncertainty, Fixed)
        else drawn[name]
        for name in joint.parameters
    }


def _mixed(name: str, several: Alternatives, taking: Taking, n: int, seed: int) -> list[xr.DataArray]:
    """Draws of a parameter with alternatives; and which was drawn, where there is more than one to draw."""
    believed = several.believed
    draws = [
        _as_taken(_alone((name, one), several.options[one], n, seed), name, several.options[one], taking)
        for one in believed
    ]
    if len(draws) == 1:
        return draws
    options = np.array(list(believed))
    taken = generator(seed, f"alternatives.{name}").choice(len(options), size=n, p=list(believed.values()))
    which = xr.DataArray(taken, dims="sample", coords={"sample": range(n)})
    mixed, *others = draws
    for place, other in enumerate(others, start=1):
        mixed = other.where(which == place, mixed)
    attrs = {"label": several.label}
    named = xr.DataArray(options[taken], dims="sample", coords=which.coords, name=f"{name}_source", attrs=attrs)
    return [mixed.rename(name), named]


def _as_taken(values: xr.DataArray, name: str, p: Parameter, taking: Taking) -> xr.DataArray:
    """Values under the parameter's name, with its label, in the unit of the model and the prices of the analysis."""
    taken = taking(name, p)
    return (values * taken.factor).rename(name).assign_attrs(label=p.label, unit=taken.unit)
