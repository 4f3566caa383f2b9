"""Which regression for which parameters, and the one door to all of them."""

from collections.abc import Callable
from typing import Literal, get_args

from heemodel.decision.metamodels.categories import fit_categories
from heemodel.decision.metamodels.fit import Fit, Floats
from heemodel.decision.metamodels.gaussian_process import fit_gaussian_process
from heemodel.decision.metamodels.splines import KNOTS, fit_splines
from heemodel.decision.metamodels.threads import one_thread
from heemodel.decision.metamodels.trees import fit_trees
from heemodel.decision.outcomes import OutcomeError, check_enough
from heemodel.errors import nearest

Method = Literal["splines", "gaussian process", "trees", "categories"]

METHODS: dict[str, Callable[[Floats, Floats], Fit]] = {
    "splines": fit_splines,
    "gaussian process": fit_gaussian_process,
    "trees": fit_trees,
    "categories": fit_categories,
}
LEAST = 50
"""Samples from which a function can be learnt at all."""


def choose(parameters: int, *, named: bool) -> tuple[Method, str]:
    """The method for so many parameters, and why.

    Parameters
    ----------
    parameters : how many
    named : whether one of them has names for values

    >>> choose(2, named=False)[0], choose(5, named=False)[0]
    ('splines', 'gaussian process')
    """
    if named:
        return "categories", "its values are names, without an order to smooth over"
    if parameters <= max(KNOTS):
        return "splines", f"{parameters} parameter{'s' if parameters > 1 else ''}: any smooth function of up to 3"
    return "gaussian process", f"{parameters} parameters: products of splines of more than 3 are too many to estimate"


def regress(columns: Floats, outcomes: Floats, method: str) -> Fit:
    """Outcomes as functions of parameters.

    Parameters
    ----------
    columns : (sample, parameter), none of them constant
    outcomes : (outcome, sample)
    method : one of `METHODS`

    Raises
    ------
    OutcomeError
        if the method is unknown or takes fewer parameters, or there are too few samples
    """
    if method not in get_args(Method):
        raise OutcomeError(f"no method {method!r}; {nearest(method, get_args(Method))}")
    check_enough(len(columns), LEAST, "to regress on")
    if method == "splines" and columns.shape[1] > max(KNOTS):
        raise OutcomeError(
            f"splines take up to {max(KNOTS)} parameters, not {columns.shape[1]}; use method='gaussian process'"
        )
    with one_thread():
        return METHODS[method](columns, outcomes)
