"""A study whose data any PyMC model makes: simulated for all samples of the parameters in one call."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from heemodel.decision.information.studies import Floats, Study, Values
from heemodel.decision.outcomes import OutcomeError

if TYPE_CHECKING:
    from heemodel.decision.information.generative import Graph


def pymc_study(
    build: Callable[[int], Any],
    parameters: Sequence[str],
    *,
    observed: Sequence[str] | None = None,
    summary: Callable[[Values], Values],
    name: str = "PyMC study",
    arms: int = 1,
    least: int = 1,
) -> Study:
    """A study as a generative model in PyMC.

    The model's variables that have the names of parameters take their values from the PSA, whatever distributions they
    have in the model; all others are drawn given those, afresh for each data set. Data of all samples are held at once.

    Parameters
    ----------
    build : from n people in each arm to a pymc.Model
    parameters : names that both the model and the draws have. A vector is taken in the order of its places
    observed : names of the variables that the study measures; otherwise those that the model calls observed
    summary : from data (name → (sample, …)) to a few statistics (name → (sample,))
    name : in tables
    arms, least : as in `Study`

    Returns
    -------
    Study, with a likelihood where all variables of the model are either parameters or observed

    Raises
    ------
    OutcomeError
        when it is used, if the model lacks a variable, or cannot be simulated forwards

    Examples
    --------
    >>> def build(n):
    ...     import pymc as pm
    ...     with pm.Model() as model:
    ...         rate = pm.Gamma("rate", 2, 1)
    ...         pm.Poisson("falls", rate, shape=n)
    ...     return model
    >>> falls = pymc_study(build, ["rate"], observed=["falls"], summary=lambda data: {"mean": data["falls"].mean(1)})
    >>> falls.parameters
    ('rate',)
    """
    if isinstance(observed, str):
        raise OutcomeError(f"study {name!r}: observed is {observed!r}; give a list of names, such as [{observed!r}]")
    names = parameters if isinstance(parameters, str) else tuple(parameters)

    def graph(n: int) -> "Graph":
        from heemodel.decision.information.generative import Graph  # noqa: PLC0415 - PyMC takes seconds to import

        return Graph(name, build(n), names, observed)

    def simulate(values: Values, n: int, rng: np.random.Generator) -> Values:
        return graph(n).simulate(values, rng)

    def log_likelihood(data: Values, values: Values, n: int) -> Floats:
        return np.stack(list(graph(n).log_likelihood(data, values)))

    return Study(name, names, simulate, summary, log_likelihood, arms=arms, least=least)
