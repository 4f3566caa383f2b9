"""Whose uncertainty the uncertainty of an outcome is: first-order Sobol' indices of the samples at hand."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.decision.draws import Column, Parameters, choose_columns
from heemodel.decision.metamodels import choose, regress
from heemodel.decision.outcomes import OutcomeError
from heemodel.decision.sensitivity.study import Study


def first_order(
    outcome: xr.DataArray,
    draws: Parameters,
    parameters: Sequence[str] | None = None,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    method: str | None = None,
) -> pd.DataFrame:
    """The share of the outcome's variance that would go, on average, if a parameter were known: its first-order index.

    Var(E[outcome | parameter]) / Var(outcome), the inner expectation by regression over samples. The shares of
    independent parameters add up to at most 1, and what is missing is interaction; see `sobol` for total shares. Those
    of correlated parameters overlap: ask for them as a group.

    Parameters
    ----------
    outcome, draws, parameters, method : as in `conditional_means`
    groups : names of groups, with the parameters in each, that would be known together

    Returns
    -------
    DataFrame with columns parameter, first_order, se, method, reason; the largest first. se is that of the efficient
    influence function (Williamson et al. 2021, doi 10.1111/biom.13392), which counts the error of the regression. A
    parameter that never varies has 0, exactly

    Raises
    ------
    OutcomeError
        as in `conditional_means`, and if the outcome never varies or a group has the name of a parameter

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> draws = pd.DataFrame(rng.normal(size=(5_000, 2)), columns=["a", "b"])
    >>> table = first_order(xr.DataArray(2 * draws["a"] + draws["b"], dims="sample"), draws)
    >>> table["first_order"].round(1).to_list()
    [0.8, 0.2]
    """
    study = Study.of(outcome, draws, parameters)
    study.refuse_constant()
    asked = {column.name: [column] for column in study.chosen}
    for name, members in (groups or {}).items():
        if name in asked or name in study.columns:
            raise OutcomeError(f"group {name!r} has the name of a parameter; name it otherwise")
        asked[name] = choose_columns(study.columns, members)
    rows = [{"parameter": name, **_share(study, columns, method)} for name, columns in asked.items()]
    return pd.DataFrame(rows).sort_values(["first_order", "parameter"], ascending=[False, True], ignore_index=True)


def _share(study: Study, columns: Sequence[Column], method: str | None) -> dict[str, object]:
    """What one regression explains of the variance."""
    varying = [column for column in columns if not column.constant]
    if not varying:
        return {"first_order": 0.0, "se": 0.0, "method": "none", "reason": "it never varies"}
    named = any(column.named for column in varying)
    default, reason = choose(len(varying), named=named)
    used = default if method is None or named else method
    y = study.outcome
    fitted = regress(np.stack([column.values for column in varying], axis=1), y[None], used).fitted[0]
    total = y.var()
    share = fitted.var() / total
    influence = ((1 - share) * (y - y.mean()) ** 2 - (y - fitted) ** 2) / total
    return {
        "first_order": share,
        "se": study.error(influence),
        "method": used,
        "reason": reason if used == default else "asked for",
    }
