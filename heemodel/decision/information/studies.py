"""Studies that could be run: what data they would give, and how likely data are, for every sample of the parameters."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from heemodel.decision.outcomes import OutcomeError

type Floats = NDArray[np.float64]
type Values = Mapping[str, NDArray[np.float64]]
"""Arrays by name, whose first axis is that of samples, or of data sets."""


@dataclass(frozen=True)
class Study:
    """A study of n people in each arm, as the distribution of its data given the parameters of a PSA.

    `binary_study`, `two_arm_trial`, `normal_mean_study`, `survival_trial` and `pymc_study` make the common ones; for
    any other give the functions. All of them are called once for all samples, with arrays.

    Attributes
    ----------
    name : what it is called in tables
    parameters : names of the parameters that its data depend on, as in the draws
    simulate : from parameters (name → (sample,), or (sample, place) where one has places), n and a generator to data,
        one data set for each sample (name → (sample, …)). Draw the same random numbers for every n where you can:
        values of information at different n then share their noise
    summarise : from data to a few statistics that hold what the data say of the parameters (name → (sample,))
    log_likelihood : from data (name → (data set, …)), parameters and n to log p(data set | sample's parameters), up
        to a constant for each data set: (data set, sample). Needed by the method of moments only
    arms : groups of n people
    least : the smallest n

    Examples
    --------
    Length of stay in days, gamma with shape 2, of n people:

    >>> stay = Study(
    ...     "length of stay", ("mean_stay",),
    ...     simulate=lambda p, n, rng: {"total": rng.gamma(2 * n, p["mean_stay"] / 2)},
    ...     summarise=lambda data: data,
    ... )
    >>> stay.simulate({"mean_stay": np.array([5.0, 9.0])}, 10_000, np.random.default_rng(1))["total"].round(-3)
    array([50000., 90000.])
    """

    name: str
    parameters: Sequence[str]
    simulate: Callable[[Values, int, np.random.Generator], Values]
    summarise: Callable[[Values], Values]
    log_likelihood: Callable[[Values, Values, int], Floats] | None = None
    arms: int = 1
    least: int = 1

    def __post_init__(self) -> None:
        if isinstance(self.parameters, str) or not self.parameters:
            raise OutcomeError(f"study {self.name!r}: parameters are {self.parameters!r}; give a list of names")
        for number, what in ((self.arms, "arms"), (self.least, "least")):
            if not isinstance(number, int) or number < 1:
                raise OutcomeError(f"study {self.name!r}: {what} is {number!r}; give a whole number of 1 or more")


def binary_study(probability: str, *, name: str | None = None) -> Study:
    """Of n people has an event or not: events ~ Binomial(n, probability).

    Parameters
    ----------
    probability : name of the parameter
    name : in tables; otherwise made from the parameter

    >>> study = binary_study("p_relapse")
    >>> study.simulate({"p_relapse": np.array([0.1, 0.9])}, 1_000, np.random.default_rng(1))["events"].round(-2)
    array([100., 900.])
    """
    return _binomial(name or f"events: {probability}", {"events": probability})


def two_arm_trial(control: str, treated: str, *, name: str | None = None) -> Study:
    """In each of two arms n people, each with an event or not.

    Parameters
    ----------
    control, treated : names of the probabilities of an event. Where the PSA has a relative effect, work out the
        probability in the treated arm and put it among the draws
    name : in tables; otherwise made from the parameters
    """
    return _binomial(name or f"trial: {control}, {treated}", {"events_control": control, "events_treated": treated})


def _binomial(name: str, arms: Mapping[str, str]) -> Study:
    """Events in arms; for one sample the numbers at different n are the same quantile of their distributions."""
    _different(name, arms.values())

    def simulate(parameters: Values, n: int, rng: np.random.Generator) -> Values:
        refuse_outside(name, parameters, arms.values(), 0.0, 1.0, "a probability")
        return {
            events: np.asarray(stats.binom.ppf(rng.random(parameters[p].shape), n, parameters[p]), dtype=float)
            for events, p in arms.items()
        }

    def log_likelihood(data: Values, parameters: Values, n: int) -> Floats:
        total: Floats = np.zeros(())
        for events, p in arms.items():
            happened = data[events][:, None]
            total = total + special.xlogy(happened, parameters[p]) + special.xlog1py(n - happened, -parameters[p])
        return total

    return Study(name, tuple(arms.values()), simulate, lambda data: data, log_likelihood, arms=len(arms))


def normal_mean_study(mean: str, *, sd: float | str, name: str | None = None) -> Study:
    """A quantity measured in n people: their mean ~ Normal(mean, sd/√n).

    Parameters
    ----------
    mean : name of the parameter
    sd : standard deviation between people: a number, or the name of a parameter, which the data then inform on too
        (n − 1 times the sample variance over sd² is chi-squared with n − 1 degrees of freedom)
    name : in tables; otherwise made from the parameter

    >>> study = normal_mean_study("utility", sd=0.2)
    >>> float(study.simulate({"utility": np.full(10_000, 0.7)}, 100, np.random.default_rng(1))["mean"].std().round(3))
    0.02
    """
    name = name or f"mean: {mean}"
    if isinstance(sd, str):
        _different(name, (mean, sd))
        return _normal(name, mean, sd)
    if not np.isfinite(sd) or sd <= 0:
        raise OutcomeError(f"study {name!r}: sd is {sd:g}; give a number above 0, or the name of a parameter")
    known = float(sd)

    def simulate(parameters: Values, n: int, rng: np.random.Generator) -> Values:
        return {"mean": parameters[mean] + rng.standard_normal(parameters[mean].shape) * known / np.sqrt(n)}

    def log_likelihood(data: Values, parameters: Values, n: int) -> Floats:
        likelihood: Floats = -0.5 * n * ((data["mean"][:, None] - parameters[mean]) / known) ** 2
        return likelihood

    return Study(name, (mean,), simulate, lambda data: data, log_likelihood)


def _normal(name: str, mean: str, sd: str) -> Study:
    """Mean and standard deviation of n people, both unknown."""

    def simulate(parameters: Values, n: int, rng: np.random.Generator) -> Values:
        refuse_outside(name, parameters, (sd,), np.nextafter(0, 1), np.inf, "above 0")
        shape = parameters[mean].shape
        deviation, quantile = rng.standard_normal(shape), rng.random(shape)
        spread = np.sqrt(2 * special.gammaincinv((n - 1) / 2, quantile) / (n - 1))
        return {"mean": parameters[mean] + deviation * parameters[sd] / np.sqrt(n), "sd": parameters[sd] * spread}

    def log_likelihood(data: Values, parameters: Values, n: int) -> Floats:
        squares = n * (data["mean"][:, None] - parameters[mean]) ** 2 + (n - 1) * data["sd"][:, None] ** 2
        likelihood: Floats = -n * np.log(parameters[sd]) - 0.5 * squares / parameters[sd] ** 2
        return likelihood

    return Study(name, (mean, sd), simulate, lambda data: data, log_likelihood, least=2)


def refuse_outside(study: str, parameters: Values, names: Iterable[str], low: float, high: float, what: str) -> None:
    """Refuse parameters that hold what they cannot be.

    Raises
    ------
    OutcomeError
        with a line for each of them
    """
    problems = []
    for name in names:
        outside = ~((parameters[name] >= low) & (parameters[name] <= high))
        if outside.any():
            sample = int(np.argmax(outside))
            problems.append(
                f"study {study!r}, parameter {name!r}, sample {sample}: {parameters[name].flat[sample]:g} is not {what}"
            )
    if problems:
        raise OutcomeError("\n".join(problems))


def _different(study: str, names: Iterable[str]) -> None:
    """Refuse one parameter in two places."""
    names = list(names)
    if len(set(names)) < len(names):
        raise OutcomeError(f"study {study!r} has parameter {names[0]!r} twice; give the name of another")


def sample_sizes(study: Study, n: ArrayLike) -> list[int]:
    """Numbers of people in each arm, from small to large.

    Raises
    ------
    OutcomeError
        if they are not different whole numbers that the study can have
    """
    given = np.atleast_1d(np.asarray(n))
    whole = (
        bool(given.size) and given.dtype.kind in "iuf" and bool((np.isfinite(given) & (given == np.floor(given))).all())
    )
    if not whole or given.min() < study.least:
        raise OutcomeError(f"study {study.name!r}: n is {n!r}; give whole numbers of {study.least} or more")
    sizes = sorted(int(size) for size in given.ravel())
    if twice := [size for size, after in pairwise(sizes) if size == after]:
        raise OutcomeError(f"study {study.name!r}: n = {twice[0]:,} is there twice; leave one out")
    return sizes
