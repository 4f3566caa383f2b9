"""Expected value of partial perfect information by nested simulation: slow, and without a regression."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from heemodel.decision.draws import Column, Parameters, choose_columns, dataset_of, read_columns
from heemodel.decision.metamodels import LEAST
from heemodel.decision.outcomes import OutcomeError, check_enough, check_outcomes, check_thresholds
from heemodel.progress import Report, counting

BATCH = 100_000
"""Samples that the model is run on at a time."""
RELATED, CERTAIN = 0.1, 4.0
"""Rank correlation from which parameters are not taken to be independent, if it is as many standard errors from 0."""

Floats = NDArray[np.float64]
Run = Callable[[xr.Dataset], xr.Dataset]
Conditional = Callable[[xr.Dataset, int, np.random.Generator], xr.Dataset]


def nested_evppi(
    run: Run,
    draws: Parameters,
    parameters: Sequence[str],
    *,
    thresholds: ArrayLike,
    outer: int = 1_000,
    inner: int = 1_000,
    conditional: Conditional | None = None,
    seed: int = 1,
    progress: Report | None = None,
) -> pd.DataFrame:
    """`evppi` by two loops: over values of the parameters, and for each over the others, with the model run on all.

    mean_o max_d m_od − max_d mean_o m_od, where m_od is the mean net benefit of strategy d over the inner loop at the
    o-th value of the parameters (Brennan et al. 2007, doi 10.1177/0272989X07302555). A finite inner loop makes it too
    large, by a bias that falls as 1 / inner; what half the inner loop would give tells its size.

    Parameters
    ----------
    run : the model, from draws to outcomes with cost and qaly over (sample, strategy); for example ``model.run``
    draws : of all parameters; the columns of a table are given to `run` as variables of a Dataset
    parameters : whose value is asked
    thresholds : money per QALY, one or several
    outer, inner : size of the loops; the model is run on outer × inner samples
    conditional : draws of the others given the parameters, as a function of one draw (without `sample`), how many, and
        a random generator. Without it they are taken from `draws`, which is right if they are independent of the
        parameters
    seed : of the draws
    progress : called with the outer values done and their number

    Returns
    -------
    DataFrame with a row for each threshold and columns parameters, threshold, evppi (money per person), se (of the
    outer loop) and bias (of the inner loop, estimated; not taken off)

    Raises
    ------
    OutcomeError
        if there are fewer than 50 draws, a parameter is unknown, a loop is too short, or the parameters are related to
        others and no `conditional` is given
    """
    draws, asked = dataset_of(draws), check_thresholds(thresholds).to_numpy()
    columns = read_columns(draws, draws.sizes.get("sample", 0))
    chosen = choose_columns(columns, parameters)
    check_enough(draws.sizes.get("sample", 0), LEAST, "to draw from again")
    if outer < 2 or inner < 2:
        raise OutcomeError(f"loops of {outer} and {inner}; give 2 or more to each")
    known = [name for name in columns if any(column in chosen for column in columns[name])]
    if partly := [name for name in known if not set(columns[name]) <= set(chosen)]:
        raise OutcomeError(f"only some places of {partly[0]!r} are named; name the whole parameter")
    if "model" in draws.coords:
        draws, run = draws.reset_coords("model"), _as_coordinate(run)
    if conditional is None:
        _check_unrelated(columns, known)
        conditional = _shuffled(draws)
    rng = np.random.default_rng(seed)
    values = draws[known].isel(sample=rng.choice(draws.sizes["sample"], outer, replace=outer > draws.sizes["sample"]))
    means, halves = [], []
    with counting(outer, progress, "nested simulation") as count:
        for start in range(0, outer, max(1, BATCH // inner)):
            some = values.isel(sample=slice(start, start + max(1, BATCH // inner)))
            both = _inner(run, some, inner, conditional, rng, asked)
            means.append(both.mean(axis=-1))
            halves.append(both[..., : inner // 2].mean(axis=-1))
            count(some.sizes["sample"])
    whole, half = np.concatenate(means, axis=1), np.concatenate(halves, axis=1)
    best = whole.mean(axis=1).argmax(axis=-1)
    gain = whole.max(axis=-1) - np.take_along_axis(whole, best[:, None, None], 2)[..., 0]
    other = half.max(axis=-1).mean(axis=1) - half.mean(axis=1).max(axis=-1)
    return pd.DataFrame(
        {
            "parameters": ",".join(parameters),
            "threshold": asked,
            "evppi": gain.mean(axis=1),
            "se": gain.std(axis=1, ddof=1) / np.sqrt(outer),
            "bias": (other - gain.mean(axis=1)) * (inner // 2) / (inner - inner // 2),
        }
    )


def _inner(
    run: Run, values: xr.Dataset, inner: int, conditional: Conditional, rng: np.random.Generator, thresholds: Floats
) -> Floats:
    """Net benefit (threshold, outer, strategy, inner)."""
    count = values.sizes["sample"]
    drawn = [conditional(values.isel(sample=o, drop=True), inner, rng) for o in range(count)]
    others = [
        one.reset_coords([name for name in one.coords if name == "model"]).reset_coords(drop=True) for one in drawn
    ]
    joined = xr.concat(others, "sample", data_vars="minimal", coords="minimal", compat="override", join="override")
    repeated = values.isel(sample=np.repeat(np.arange(count), inner))
    joined = joined.assign({name: repeated[name].variable for name in values.data_vars})
    outcomes = run(joined.assign_coords(sample=np.arange(count * inner)))
    check_outcomes(outcomes)
    cost = outcomes["cost"].sum("component") if "component" in outcomes["cost"].dims else outcomes["cost"]
    benefit = [
        (k * outcomes["qaly"] - cost).transpose("sample", "strategy").to_numpy().reshape(count, inner, -1)
        for k in thresholds
    ]
    return np.stack(benefit).swapaxes(2, 3)


def _shuffled(draws: xr.Dataset) -> Conditional:
    """The others as they were drawn, together, in random order."""

    def conditional(fixed: xr.Dataset, count: int, rng: np.random.Generator) -> xr.Dataset:
        some = rng.choice(draws.sizes["sample"], count, replace=count > draws.sizes["sample"])
        return draws.drop_vars(list(fixed.data_vars)).isel(sample=some)

    return conditional


def _as_coordinate(run: Run) -> Run:
    """The model run on draws whose choice of a model is a coordinate again, as it was given."""
    return lambda draws: run(draws.set_coords("model"))


def _check_unrelated(columns: Mapping[str, Sequence[Column]], known: Sequence[str]) -> None:
    """Refuse parameters whose ranks go with those of others."""
    ranks = {
        column.name: rankdata(column.values) for places in columns.values() for column in places if not column.constant
    }
    inside = [column.name for name in known for column in columns[name] if not column.constant]
    for name in inside:
        for other, values in ranks.items():
            limit = max(RELATED, CERTAIN / np.sqrt(len(values)))
            if other not in inside and abs(r := float(np.corrcoef(ranks[name], values)[0, 1])) > limit:
                raise OutcomeError(
                    f"{name!r} and {other!r} have a rank correlation of {r:.2f}: draws of one given the other are "
                    "needed. Give conditional=…, or name both"
                )
