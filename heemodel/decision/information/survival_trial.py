"""A trial in which time to an event is compared, with censoring when it ends."""

import numpy as np
from scipy import special

from heemodel.decision.information.studies import Floats, Study, Values, refuse_outside
from heemodel.decision.outcomes import OutcomeError

PEOPLE = 64
"""People whose times are drawn at once, for all samples."""


def survival_trial(control: str, treated: str, *, accrual: float, follow_up: float, name: str | None = None) -> Study:
    """In each of two arms n people, followed to an event or to the end of the trial.

    Times to the event are exponential. People enter evenly over the accrual, and the trial ends when the last has been
    followed for `follow_up`: person i of n is censored at follow_up + accrual·(i − ½)/n. The data are the events and
    the person-time of each arm; the statistics are log((events + ½) / person-time) of each.

    Parameters
    ----------
    control, treated : names of the rates of the event. Where the PSA has a hazard ratio, work out the rate in the
        treated arm and put it among the draws
    accrual, follow_up : in the unit of time of the rates; follow_up is that of the last to enter
    name : in tables; otherwise made from the parameters

    >>> trial = survival_trial("rate", "rate_treated", accrual=0.0, follow_up=1.0)
    >>> rates = {"rate": np.array([0.5]), "rate_treated": np.array([0.3])}
    >>> data = trial.simulate(rates, 10_000, np.random.default_rng(1))
    >>> float((data["events_control"] / data["time_control"])[0].round(2))
    0.5
    """
    name, arms = name or f"survival: {control}, {treated}", {"control": control, "treated": treated}
    if control == treated:
        raise OutcomeError(f"study {name!r} has parameter {control!r} twice; give the name of another")
    if not (np.isfinite([accrual, follow_up]).all() and accrual >= 0 and follow_up >= 0 and accrual + follow_up > 0):
        raise OutcomeError(
            f"study {name!r}: accrual is {accrual:g} and follow_up {follow_up:g}; give times of 0 or more, not both 0"
        )

    def simulate(parameters: Values, n: int, rng: np.random.Generator) -> Values:
        refuse_outside(name, parameters, arms.values(), np.nextafter(0, 1), np.inf, "a rate above 0")
        censored = follow_up + accrual * (np.arange(n) + 0.5) / n
        data: dict[str, Floats] = {}
        for (arm, rate), stream in zip(arms.items(), rng.spawn(len(arms)), strict=True):
            data[f"events_{arm}"], data[f"time_{arm}"] = _followed(parameters[rate], censored, stream)
        return data

    def summarise(data: Values) -> Values:
        return {f"log_rate_{arm}": np.log((data[f"events_{arm}"] + 0.5) / data[f"time_{arm}"]) for arm in arms}

    def log_likelihood(data: Values, parameters: Values, _: int) -> Floats:
        total: Floats = np.zeros(())
        for arm, rate in arms.items():
            events, time = data[f"events_{arm}"][:, None], data[f"time_{arm}"][:, None]
            total = total + special.xlogy(events, parameters[rate]) - time * parameters[rate]
        return total

    return Study(name, tuple(arms.values()), simulate, summarise, log_likelihood, arms=len(arms))


def _followed(rate: Floats, censored: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Events and person-time; a person has the same place in the stream of random numbers at every n."""
    events, time = np.zeros(rate.shape), np.zeros(rate.shape)
    for start in range(0, len(censored), PEOPLE):
        ends = censored[start : start + PEOPLE, None]
        until = rng.standard_exponential((len(ends), *rate.shape)) / rate
        events += (until < ends).sum(axis=0)
        time += np.minimum(until, ends).sum(axis=0)
    return events, time
