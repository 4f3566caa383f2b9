"""Published stays of each strategy, as observations of gamma stays: means, standard deviations, quartiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heemodel.evidence.durations.data import order_statistics
from heemodel.evidence.durations.families import FAMILIES
from heemodel.evidence.durations.model import observe_quantiles
from heemodel.evidence.durations.summaries import MOMENTS, QUARTILES, impossible
from heemodel.evidence.tables import Table
from heemodel.parameters.summaries import Gamma

if TYPE_CHECKING:
    from pytensor.tensor import TensorVariable

Floats = NDArray[np.float64]

ALL_OF_THEM, WITH_MEAN, WITH_SD = "strategy", "with_mean", "with_sd"
"""Dimensions of means where every strategy has one, or where only some have; and of standard deviations."""
QUARTILE = "quartile"
"""Dimension of quartiles, three for each strategy that has them."""


@dataclass(frozen=True)
class Stays:
    """Stays as they are published, in the order of some strategies.

    Attributes
    ----------
    data, coords : what `observe_stays` takes
    mean, variation : plug-in estimates of the mean stay and of the coefficient of variation of individual stays
    """

    data: dict[str, NDArray[Any]]
    coords: dict[str, tuple[str, ...]]
    mean: Floats
    variation: Floats


def stays_table(stays: pd.DataFrame) -> Table:
    """The table of stays, whose further columns are optional."""
    return Table(stays, "stays", keys=("strategy",), columns=("n",), optional=(*MOMENTS, *QUARTILES))


def read_stays(table: Table, order: NDArray[np.int64], variation: float) -> Stays:
    """What a table of stays says; problems are left in the table.

    Parameters
    ----------
    table : columns strategy and n, and mean (with sd where it is known), or q1, median and q3
    order : its rows in the order of the strategies
    variation : the coefficient of variation that is taken where nothing is published of it
    """
    columns = {name: table.numbers(name, above=0, optional=True)[order] for name in (*MOMENTS, *QUARTILES)}
    n, names = table.counts("n", least=1)[order], tuple(table.labels["strategy"][row] for row in order)
    means, variations = columns["mean"].copy(), np.full(len(n), variation)
    quartiles: dict[str, list[float]] = {}
    labels: list[str] = []
    for place, row in enumerate(order):
        given = {name: float(values[place]) for name, values in columns.items() if values[place] > 0}
        problem = None if row in table.unread else (_incomplete(given) or impossible(given, int(n[place])))
        if problem:
            table.problem(int(row), problem)
        elif "median" in given:
            individual = Gamma.from_quartiles(given["median"], given["q1"], given["q3"], tolerance=1.0)
            means[place], variations[place] = individual.mean, individual.sd / individual.mean
            labels += [f"{names[place]}, {name}" for name in QUARTILES]
            for name, values in order_statistics(given, int(n[place])).items():
                quartiles.setdefault(f"quantiles_{name}", []).extend(values)
            quartiles.setdefault("quantiles_of", []).extend([place] * len(QUARTILES))
        elif "sd" in given:
            variations[place] = given["sd"] / given["mean"]
    with_mean, with_sd = (np.flatnonzero(columns[name] > 0) for name in MOMENTS)
    data: dict[str, NDArray[Any]] = {"measured": n, "mean_of": with_mean, "mean_observed": columns["mean"][with_mean]}
    coords = {WITH_MEAN: tuple(names[place] for place in with_mean)} if len(with_mean) < len(n) else {}
    if len(with_sd):
        data |= {"sd_of": with_sd, "variation_observed": (columns["sd"] / columns["mean"])[with_sd]}
        coords[WITH_SD] = tuple(names[place] for place in with_sd)
    if labels:
        data |= {
            name: np.array(values, dtype=int if name.endswith("of") else float) for name, values in quartiles.items()
        }
        coords[QUARTILE] = tuple(labels)
    return Stays(data, coords, means, variations)


def _incomplete(given: dict[str, float]) -> str | None:
    """What is missing of a summary that is possible."""
    if not given:
        return "mean is missing; give it, with sd where that is known, or q1, median and q3"
    if "mean" not in given and len(given) < len(QUARTILES):
        return f"there is only {', '.join(given)}; give mean (and sd, if it is known), or q1, median and q3"
    return None


def observe_stays(
    given: dict[str, Any], mean_stay: TensorVariable, variation: TensorVariable, coords: dict[str, tuple[str, ...]]
) -> None:
    """The likelihood of published stays, in the PyMC model that is being made.

    Parameters
    ----------
    given : the data of `Stays`, as variables of the model
    mean_stay, variation : mean and coefficient of variation of individual stays, by strategy
    coords : of the model
    """
    import pymc as pm
    import pytensor.tensor as pt

    n = given["measured"]
    if coords.get(WITH_MEAN) != ():
        of = given["mean_of"]
        shape = n[of] / variation[of] ** 2
        dims = WITH_MEAN if WITH_MEAN in coords else ALL_OF_THEM
        pm.Gamma("stay", alpha=shape, beta=shape / mean_stay[of], observed=given["mean_observed"], dims=dims)
    if "sd_of" in given:
        v, size = variation[given["sd_of"]], n[given["sd_of"]]
        pm.LogNormal(
            "variation_of_stays",
            pt.log(v) - (1 + 2 * v**2) / (2 * size),
            pt.sqrt((1 + v**2) / (2 * size)),
            observed=given["variation_observed"],
            dims=WITH_SD,
        )
    if "quantiles_of" in given:
        of = given["quantiles_of"]
        share = pt.specify_shape(pt.ones_like(mean_stay[of])[:, None], (None, 1))
        parts = (share, *(pt.specify_shape(array[of][:, None], (None, 1)) for array in (mean_stay, variation)))
        observe_quantiles("quartile_of_stays", FAMILIES["gamma"], given, parts, dims=QUARTILE)
