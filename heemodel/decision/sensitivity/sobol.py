"""First-order and total Sobol' indices of a function, by Saltelli's design."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike
from SALib.analyze import sobol as analysis
from SALib.sample import sobol as design
from scipy import stats

from heemodel.decision.draws import Parameters
from heemodel.decision.outcomes import OutcomeError
from heemodel.decision.sensitivity.sources import Distribution, given, resampled
from heemodel.decision.sensitivity.study import Floats

RESAMPLES = 200
"""Of the bootstrap: a standard error is then known to 5%."""


def sobol(
    function: Callable[[Any], ArrayLike],
    parameters: Parameters | Mapping[str, Distribution],
    *,
    draws: int = 1024,
    groups: Mapping[str, Sequence[str]] | None = None,
    seed: int,
) -> pd.DataFrame:
    """Shares of the outcome's variance that are a parameter's own, and that it has a part in, interactions included.

    first order: Var(E[outcome | parameter]) / Var(outcome). total: E[Var(outcome | all others)] / Var(outcome). By
    Saltelli et al. 2010, doi 10.1016/j.cpc.2009.09.018, with SALib; the function is run on draws × (parameters + 2)
    samples. Parameters, or groups of them, are taken to be **independent** of each other.

    Parameters
    ----------
    function : from draws of the parameters, of the kind given, to the outcome of each draw, such as
        ``lambda draws: hm.CostEffectiveness(model.run(draws), comparator="old").saving("new")``
    parameters : draws, which are drawn from again (a parameter with further dimensions as a whole), or a distribution
        for each, of which the function gets draws as a DataFrame
    draws : of each parameter on its own, a power of two
    groups : names of groups, with the parameters in each. Its parameters are drawn from the same draw, so that they
        stay correlated, and share an index
    seed : of the design and of the bootstrap behind the standard errors

    Returns
    -------
    DataFrame with columns parameter, first_order, first_order_se, total, total_se; the largest total first. Both are
    estimates that can fall outside 0 to 1 by their error; the standard errors are on the cautious side, as they do not
    know how evenly the design is spread. A parameter that never varies has 0, exactly

    Raises
    ------
    OutcomeError
        if there are fewer than 20 draws, parameters of different groups have a rank correlation above 0.1 and 4
        standard errors, or the function does not give a finite number for each draw, or always the same

    Examples
    --------
    >>> table = sobol(
    ...     lambda p: p["a"] * p["b"], {"a": stats.uniform(-1, 2), "b": stats.uniform(-1, 2)}, draws=512, seed=1
    ... )
    >>> table[["first_order", "total"]].round(1).abs().to_numpy().tolist()
    [[0.0, 1.0], [0.0, 1.0]]
    """
    if draws < 2 or draws & (draws - 1):
        below = 2 ** max(1, int(draws).bit_length() - 1)
        raise OutcomeError(f"draws is {draws}; Sobol' points come in powers of two, such as {below} or {2 * below}")
    source = (
        resampled(parameters, groups)
        if isinstance(parameters, xr.Dataset | pd.DataFrame)
        else given(parameters, groups)
    )
    names, rng = source.names, np.random.default_rng(seed)
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    units = design.sample(problem, draws, calc_second_order=False, seed=rng)
    values = _run(function, source.at(units), len(units))
    found = analysis.analyze(problem, values, calc_second_order=False, num_resamples=RESAMPLES, seed=rng)
    width = stats.norm.ppf(0.975)
    table = pd.DataFrame(
        {
            "parameter": names,
            "first_order": found["S1"],
            "first_order_se": found["S1_conf"] / width,
            "total": found["ST"],
            "total_se": found["ST_conf"] / width,
        }
    )
    for name in source.constant:
        table.loc[len(table)] = [name, 0.0, 0.0, 0.0, 0.0]
    return table.sort_values(["total", "parameter"], ascending=[False, True], ignore_index=True)


def _run(function: Callable[[Any], ArrayLike], draws: object, count: int) -> Floats:
    """The outcome of each draw, checked."""
    values = np.asarray(function(draws))
    if values.shape != (count,) or values.dtype.kind not in "biuf":
        raise OutcomeError(
            f"the function gives {values.dtype} of shape {values.shape} for {count:,} draws; it must give one number "
            "for each"
        )
    if not np.isfinite(values).all():
        bad = int(np.argmin(np.isfinite(values)))
        raise OutcomeError(f"the function gives {values[bad]} for draw {bad}; it must give finite numbers")
    if (values == values[0]).all():
        raise OutcomeError(f"the function always gives {values[0]:g}; there is no variance to explain")
    return values.astype(float)
