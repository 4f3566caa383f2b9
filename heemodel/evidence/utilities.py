"""Mean utilities of health states, from published means or patients' values, in an order of states if one is known."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from heemodel.errors import mismatches, nearest
from heemodel.evidence.means import (
    Floats,
    Sources,
    alike,
    chained,
    joined,
    means_of_patients,
    numbered,
    refuse_certain,
    standard_errors,
    tables,
)
from heemodel.evidence.specification import EvidenceError, EvidenceModel
from heemodel.evidence.tables import Table, refuse

if TYPE_CHECKING:
    import pymc as pm

Family = Literal["beta", "normal"]

LOWEST: dict[str, float] = {"beta": 0.0, "normal": -0.594}
"""Lower end of the range by family; the normal's is the worst state of the UK EQ-5D-3L value set."""
SINGULAR = 1e-8
"""An eigenvalue of a correlation matrix below this is 0."""


def utilities(
    table: pd.DataFrame | None = None,
    *,
    by: str,
    patients: pd.DataFrame | None = None,
    family: Family = "beta",
    order: Sequence[str] | None = None,
    lower: float | None = None,
    upper: float = 1.0,
) -> EvidenceModel:
    """Mean utility of each state, from best to worst if their order is known.

    Source r reports a mean for state g(r), with standard error se_r:

        beta      mean_r ~ Beta(φ_r u, φ_r (1 − u)),   u = utility[g(r)],   φ_r = mean_r (1 − mean_r) / se_r² − 1
        normal    mean   ~ MvNormal(utility[g], S),    S = diag(se²), and the covariance of patients' means

        without order     utility[s] ~ Uniform(lower, upper)
        with order        the same, given that utility falls from each state of order to the next

    With k states in order, the prior is that of k sorted uniform numbers: the steps between them and to both ends are
    Dirichlet(1, …, 1), so that states are expected (upper − lower)/(k + 1) apart, and every draw is in the order. Where
    sources contradict it, draws of those states lie close together; `cautions` then names them.

    Parameters
    ----------
    table : a row for each source, columns `by`, mean and se or, where that is empty, sd and n (2 or more): se = sd/√n,
        taken as known. Rows may have both where they agree to 5%. Several sources of a state measure the same mean
        (fixed effect)
    by : the column that names the states; it becomes the dimension of `utility`
    patients : a row for each value, columns `by` and utility and, where patients have values in several states,
        patient, with one value in each. They count as one source for each state: its mean, with s/√n as standard
        error, which takes 20 patients or so. Means of states that share patients are correlated, as is then the
        posterior; this needs "normal"
    family : "beta" for means between 0 and 1, neither included; "normal" where they may be below 0
    order : all states from best to worst
    lower, upper : the range of the instrument, outside which there is no value; `lower` is by default 0 for "beta" and
        for "normal" −0.594, the worst state of the UK EQ-5D-3L value set. Full health is 1

    Returns
    -------
    EvidenceModel with `utility` (by), in the order of `order`. `central` is the generalised least squares estimate; it
    is empty where that is not in the order

    Raises
    ------
    EvidenceError
        with every problem of the tables and its place

    Notes
    -----
    −0.594: Dolan 1997, doi 10.1097/00005650-199711000-00002. The covariance of means is the one that is robust to any
    correlation within patients: Liang and Zeger 1986, doi 10.1093/biomet/73.1.13. φ_r is a source's effective number of
    patients, less one; to take se_r itself as fixed would rule out utilities near 0 and 1.

    Examples
    --------
    >>> import heemodel as hm
    >>> found = pd.DataFrame({"state": ["well", "ill"], "mean": [0.71, 0.70], "se": [0.02, 0.03]})
    >>> draws = hm.fit(utilities(found, by="state", order=["well", "ill"]), seed=1, draws=4_000).draw(4_000, seed=1)
    >>> bool((draws["utility"].sel(state="well") > draws["utility"].sel(state="ill")).all())
    True
    """
    if family not in get_args(Family):
        raise EvidenceError(f"family {family!r}: {nearest(str(family), get_args(Family))}")
    ends = _range(family, lower, upper)
    published, individual = tables(table, patients, by=by, name="utilities", value="utility")
    given = [part for part in (published, individual) if part is not None]
    groups = tuple(dict.fromkeys(name for part in given for name in part.names(by)))
    groups = groups if order is None else _ordered(order, groups)
    mean, se = (np.empty(0), np.empty(0)) if published is None else _published(published, family, ends)
    value = np.empty(0) if individual is None else _values_of_patients(individual, by, family, ends)
    refuse(*given)
    sources = [] if published is None else [Sources(published.codes(by, groups), mean, np.diag(se**2))]
    sources += [] if individual is None else [_sampled(individual, by, groups, value)]
    observed = joined(*sources)
    central, conflicts = _central(by, groups, observed, ordered=order is not None)
    data: dict[str, NDArray[np.generic]] = {"state_of_row": observed.group, "mean_observed": observed.mean}
    if family == "beta":
        data["size"] = observed.mean * (1 - observed.mean) / observed.se**2 - 1
    else:
        data["chain"], data["chain_se"] = chained(observed.covariance)
    return EvidenceModel(
        name="utilities",
        recipe=_recipe,
        coords={by: groups, "row": numbered(groups, observed.group)},
        data=data,
        priors={"utility": ends},
        central=central,
        options={"family": family, "by": by, "ordered": str(order is not None)},
        reported=("utility",),
        cautions=(
            *conflicts,
            *observed.disagreements(by, groups),
            *(_near_an_end(observed, by, groups) if family == "beta" else ()),
        ),
    )


def _range(family: Family, lower: float | None, upper: float) -> tuple[float, float]:
    """Both ends of the range of utilities."""
    lower = LOWEST[family] if lower is None else lower
    least = 0.0 if family == "beta" else -np.inf
    if not (np.isfinite([lower, upper]).all() and least <= lower < upper <= 1):
        raise EvidenceError(
            f"utilities range from lower {lower} to upper {upper}; lower must be finite, "
            f"{'0 or more, ' if family == 'beta' else ''}and below upper, upper at most 1, which is full health"
        )
    return float(lower), float(upper)


def _ordered(order: Sequence[str], states: tuple[str, ...]) -> tuple[str, ...]:
    """The states from best to worst, each of them once."""
    if isinstance(order, str):
        raise EvidenceError(f"order is the text {order!r}; give a list of states, from best to worst")
    names = tuple(str(state).strip() for state in order)
    said = [f"order names {name!r} twice; leave one out" for name in dict.fromkeys(names) if names.count(name) > 1]
    strange, missing = mismatches(names, states)
    said += [f"order names {name!r}, of which there is no utility; {nearest(name, states)}" for name in strange]
    said += [f"order lacks {name!r}; put it between a better and a worse state" for name in missing]
    if said:
        raise EvidenceError("\n".join(said))
    return names


def _published(table: Table, family: Family, ends: tuple[float, float]) -> tuple[Floats, Floats]:
    """Reported means and their standard errors; what cannot be is noted."""
    mean, se = _within(table, "mean", family, ends), standard_errors(table)
    scale = np.sqrt(np.maximum(mean * (1 - mean), 0.0)) if family == "beta" else np.ones(len(mean))
    refuse_certain(table, se, scale)
    if family == "beta":
        for row, (value, error) in enumerate(zip(mean, se, strict=True)):
            if row in table.unread:
                continue
            if value in {0, 1}:
                table.problem(row, f"mean is {value:g}; family 'beta' needs one between 0 and 1, neither included")
            elif 0 < value < 1 and error >= (most := np.sqrt(value * (1 - value))):
                table.problem(
                    row, f"se is {error:g}; of a mean of {value:g} between 0 and 1 it is less than {most:.4g}"
                )
    return mean, se


def _within(table: Table, column: str, family: Family, ends: tuple[float, float]) -> Floats:
    """A column of utilities; those outside the range are noted."""
    values = table.numbers(column)
    cure = ", or take family 'normal'" if family == "beta" else ""
    for row in np.flatnonzero(np.isfinite(values) & ((values < ends[0]) | (values > ends[1]))):
        table.problem(
            int(row),
            f"{column} is {values[row]:g}, outside the range of {ends[0]:g} to {ends[1]:g}; mend it, or give lower and "
            f"upper of the instrument{cure}",
        )
    return values


def _values_of_patients(table: Table, by: str, family: Family, ends: tuple[float, float]) -> Floats:
    """The utility in each row; states whose values say nothing about their spread are noted."""
    values = _within(table, "utility", family, ends)
    if "patient" in table:
        table.unique(by, "patient", cure="average the patient's values in the state, or keep one of them")
        if family == "beta" and len(table.names("patient")) < len(values):
            table.problems.append(
                f"table {table.name!r}: patients have values in several states, which makes means correlated, as "
                "family 'beta' cannot; take 'normal'"
            )
    of = table.codes(by, table.names(by))
    for place, state in enumerate(table.names(by)):
        found = values[of == place]
        if np.isfinite(found).all() and (alike(found) or (family == "beta" and sorted(found) == [0, 1])):
            told = ", ".join(dict.fromkeys(f"{value:g}" for value in np.unique(found)))
            table.problems.append(
                f"table {table.name!r}, {by} {state!r}: {len(found)} values, all of them {told}, do not say how sure "
                "their mean is; give more patients, or a published mean and se"
            )
    return values


def _sampled(table: Table, by: str, states: tuple[str, ...], values: Floats) -> Sources:
    """Means of patients' values by state.

    Raises
    ------
    EvidenceError
        if patients are too few, or too alike, for the covariance of means over states
    """
    patient = table.codes("patient", table.names("patient")) if "patient" in table else np.arange(len(values))
    found = means_of_patients(table.codes(by, states), values, patient)
    if np.linalg.eigvalsh(found.covariance / np.outer(found.se, found.se))[0] < SINGULAR:
        raise EvidenceError(
            f"table {table.name!r}: some mean follows from those of other states, as when patients are no more than "
            "states; give more patients, or leave out a state"
        )
    return found


def _central(by: str, states: tuple[str, ...], observed: Sources, *, ordered: bool) -> tuple[xr.Dataset, list[str]]:
    """Plug-in estimates; and the pairs of states whose estimates contradict the order, which has no estimate then."""
    mean, covariance = observed.pooled()
    conflicts = []
    for better, worse in combinations(range(len(states)), 2) if ordered else ():
        if (deficit := mean[worse] - mean[better]) > 0:
            error = np.sqrt(covariance[better, better] + covariance[worse, worse] - 2 * covariance[better, worse])
            conflicts.append(
                f"{by} {states[better]!r} was observed at {mean[better]:.3f}, below {states[worse]!r} at "
                f"{mean[worse]:.3f} ({deficit / error:.1f} standard errors), and order says the opposite"
            )
    if conflicts:
        return xr.Dataset(), conflicts
    return xr.Dataset({"utility": (by, mean)}, coords={by: list(states)}), []


def _near_an_end(observed: Sources, by: str, states: tuple[str, ...]) -> list[str]:
    """Means of the beta family that are so near 0 or 1 for their standard errors that a density there has no bound."""
    size = observed.mean * (1 - observed.mean) / observed.se**2 - 1
    return [
        f"{by} {states[place]!r}: a mean of {mean:g} is too near {round(mean)} for a standard error of {se:.2g} to say "
        "much of a beta; draws lie further from it, and family 'normal' may suit better"
        for place, mean, se, near in zip(
            observed.group, observed.mean, observed.se, size * np.minimum(observed.mean, 1 - observed.mean), strict=True
        )
        if near < 1
    ]


def _recipe(evidence: EvidenceModel) -> pm.Model:
    """The PyMC model of `utilities`."""
    import pymc as pm
    import pytensor.tensor as pt

    options, (lower, upper), by = evidence.options, evidence.priors["utility"], evidence.options["by"]
    with pm.Model(coords={dim: list(labels) for dim, labels in evidence.coords.items()}) as model:
        given = {name: pm.Data(name, values) for name, values in evidence.data.items()}
        if options["ordered"] == "True":
            # Sorted uniforms from the top: each one's part of the room below the last. As steps that add up to the
            # range, they would be hard to sample where states are close.
            share = pm.Beta("share_of_room", np.arange(len(evidence.coords[by]), 0, -1), 1.0, dims=by)
            utility = pm.Deterministic("utility", lower + (upper - lower) * pt.cumprod(share), dims=by)
        else:
            utility = pm.Uniform("utility", lower, upper, dims=by)
        expected, observed = utility[given["state_of_row"]], given["mean_observed"]
        if options["family"] == "beta":
            size = given["size"]
            pm.Beta("means", expected * size, (1 - expected) * size, observed=observed, dims="row")
        else:
            expected += (given["chain"] * (observed - expected)).sum(axis=1)
            pm.Normal("means", expected, given["chain_se"], observed=observed, dims="row")
    return model
