"""The outcome as a straight line in every parameter: a metamodel that can be read."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from scipy import linalg

from heemodel.decision.draws import Parameters
from heemodel.decision.metamodels import one_thread
from heemodel.decision.outcomes import OutcomeError
from heemodel.decision.sensitivity.study import ONE_SLOPE, TOLERANCE, Floats, Study, refuse_determined

INTERCEPT = "(intercept)"


def linear_metamodel(
    outcome: xr.DataArray,
    draws: Parameters,
    parameters: Sequence[str] | None = None,
    *,
    leave_out: Sequence[str] = (),
) -> pd.DataFrame:
    """Linear regression of the outcome on standardised parameters, all at once.

    outcome = intercept + Σ_j coefficient_j (x_j − mean_j) / sd_j. The intercept is the base case, the mean outcome,
    and a coefficient the change with one standard deviation of a parameter when the others stay (Jalal et al. 2013,
    doi 10.1177/0272989X13492014).

    Parameters
    ----------
    outcome, draws, parameters : as in `conditional_means`
    leave_out : names of parameters, or places of them, that others determine

    Returns
    -------
    DataFrame with a row for the intercept and for each parameter, the largest effect first, and columns parameter,
    coefficient, se, mean and sd (of the parameter), per_unit (coefficient / sd), r_squared and r_squared_se (share of
    the outcome's variance that the whole metamodel explains: where it is well below 1 the lines miss bends or
    interactions), note. se holds whatever the shape of the true function (sandwich, HC3). A parameter that never
    varies has effect 0; one that holds names has none

    Raises
    ------
    OutcomeError
        as in `conditional_means`, but from 4 samples on; and if there are more parameters than samples can tell apart,
        a parameter follows from the others, or the outcome never varies

    Examples
    --------
    >>> draws = pd.DataFrame({"a": [0.0, 1, 2, 3, 4, 5], "b": [1.0, 0, 0, 1, 1, 0]})
    >>> linear_metamodel(xr.DataArray(7 + 2 * draws["a"], dims="sample"), draws)["per_unit"].round(9).to_list()[1:]
    [2.0, 0.0]
    """
    study = Study.of(outcome, draws, parameters, leave_out, least=ONE_SLOPE)
    study.refuse_constant()
    y, (columns, values) = study.outcome, study.ordered()
    mean, sd = values.mean(axis=0), values.std(axis=0, ddof=1)
    standard = (values - mean) / sd
    with one_thread():
        refuse_determined(standard, columns, "the value")
        coefficients, residual, influence = _least_squares(standard, y)
    unexplained, total = (residual**2).mean(), y.var()
    fields = {
        "r_squared": 1 - unexplained / total,
        "r_squared_se": study.error((residual**2 - unexplained / total * (y - y.mean()) ** 2) / total),
    }
    rows = [{"parameter": INTERCEPT, "coefficient": y.mean(), "se": study.error(y), "note": "", **fields}]
    effects = [
        {
            "parameter": column.name,
            "coefficient": coefficients[i],
            "se": study.error(influence[i]),
            "mean": mean[i],
            "sd": sd[i],
            "per_unit": coefficients[i] / sd[i],
            "note": "",
            **fields,
        }
        for i, column in enumerate(columns)
    ]
    rows += [effects[i] for i in np.argsort(-np.abs(coefficients), kind="stable")]
    for column, why in study.rest():
        none = dict.fromkeys(["coefficient", "se", "sd"], 0.0) | {"mean": column.values[0]} if column.constant else {}
        rows.append({"parameter": column.name, **none, "note": why, **fields})
    names = ["parameter", "coefficient", "se", "mean", "sd", "per_unit", "r_squared", "r_squared_se", "note"]
    return pd.DataFrame(rows, columns=names)


def _least_squares(standard: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    """Slopes, residuals, and what each sample adds to a slope (parameter, sample), of centred parameters."""
    basis, triangle = np.linalg.qr(np.column_stack([np.ones(len(y)), standard]))
    residual = y - basis @ (basis.T @ y)
    unseen = residual / (1 - _leverage(basis))
    slopes = linalg.solve_triangular(triangle, basis.T @ y)[1:]
    influence = linalg.solve_triangular(triangle, (basis * unseen[:, None]).T)[1:] * len(y)
    return slopes, residual, influence


def _leverage(basis: Floats) -> Floats:
    """The weight of each sample in its own fitted value."""
    leverage: Floats = (basis**2).sum(axis=1)
    if (alone := leverage > 1 - TOLERANCE).any():
        raise OutcomeError(
            f"sample {int(alone.argmax())} alone says what one of the parameters does, as no other has such a value; "
            "run more samples, or leave out a parameter that hardly varies"
        )
    return leverage
