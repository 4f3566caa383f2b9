"""Expected value of sample information: what a study of so many people would be worth before deciding."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Literal, NamedTuple, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from heemodel.decision.cost_effectiveness import CostEffectiveness
from heemodel.decision.draws import Parameters, choose_columns
from heemodel.decision.information.gain import SUSPECT, Gain, gains
from heemodel.decision.information.increments import Increments, Learnt
from heemodel.decision.information.moments import EFFECTIVE, Moments, influence, moments_after, shrinkage, shrunk
from heemodel.decision.information.studies import Floats, Study, Values, sample_sizes
from heemodel.decision.metamodels import one_thread
from heemodel.decision.outcomes import OutcomeError
from heemodel.errors import nearest
from heemodel.progress import Report, counting

Method = Literal["regression", "moment matching"]
"""Ways to the expectation of outcomes given a study's data."""
DATA, ERROR = 1, 2
"""Streams of random numbers under the seed, apart from each other and from draws made with the same seed."""


class Answer(NamedTuple):
    """What a study of one size is worth."""

    gains: list[Gain]
    """At every threshold."""
    fit: str
    warning: str = ""


class _Task(NamedTuple):
    """What all sizes have in common."""

    base: Increments
    study: Study
    values: Values
    known: Learnt
    """Increments regressed on the study's parameters."""
    regression: str | None
    data_sets: int
    seed: int


def evsi(
    cea: CostEffectiveness,
    draws: Parameters,
    study: Study,
    *,
    n: ArrayLike,
    thresholds: ArrayLike,
    method: Method = "regression",
    regression: str | None = None,
    data_sets: int = 50,
    seed: int = 1,
    progress: Report | None = None,
) -> pd.DataFrame:
    """Expected value per person of a study's data before deciding.

    E_X max_d E[NB_d | X] − max_d E[NB_d], with X the data of n people in each arm.

    "regression": a data set is simulated for every sample, and increments are regressed on its statistics (Strong et
    al. 2015, doi 10.1177/0272989X15575286). "moment matching": increments are regressed on the parameters that the
    data depend on, and the fitted ones drawn towards their mean until their variance is what the study explains, which
    is found from the variances after a few simulated data sets (Heath, Manolopoulou and Baio 2018, Medical Decision
    Making; compared with others in Kunst et al. 2020, doi 10.1016/j.jval.2020.02.010); all increments of cost and QALYs
    together, so that one map serves all thresholds.

    Every n is simulated from the same random numbers, and the studies of this package turn them into the same quantile
    of their data, or the same people's, at every n: what noise there is in value of information moves with n slowly.

    Parameters
    ----------
    cea : of sampled outcomes
    draws : of the parameters, sample by sample those that the outcomes were worked out from
    study : `binary_study`, `two_arm_trial`, `normal_mean_study`, `survival_trial`, `pymc_study`, or any `Study`
    n : people in each arm, one or several numbers
    thresholds : money per QALY, one or several
    method : "regression" or "moment matching"
    regression : method of the regression, as in `evppi`; without it, chosen by the number of statistics or parameters
    data_sets : how many are simulated for moment matching
    seed : of the simulated data, and of the simulated error
    progress : called with the sizes done and their number; without it, a call of more than a second draws a bar on a
        terminal

    Returns
    -------
    DataFrame with a row for each n and threshold and columns study, n, people (in all arms), threshold, evsi (money
    per person), se, step_se (of the change from the next smaller n, or from no study: where choices are the same it
    has no error), evppi (of the study's parameters: what the study would be worth without end) and evppi_se, held_out,
    held_out_se (as in `evppi`), check ("passed", or what to look at), fit, method

    Raises
    ------
    OutcomeError
        if the outcomes are not sampled, there are fewer than 50 samples, the draws are not theirs, a parameter is
        unknown or not what it must be, n is not a size, or by moment matching the study has no likelihood or fewer than
        100 effective samples are left

    See Also
    --------
    enbs : what a study is worth to all people affected, less what it costs
    """
    if method not in get_args(Method):
        raise OutcomeError(f"no method {method!r}; {nearest(str(method), get_args(Method))}")
    if method == "moment matching" and data_sets < 2:
        raise OutcomeError(f"data_sets is {data_sets}; give 2 or more")
    sizes, base = sample_sizes(study, n), Increments.of(cea, draws, thresholds)
    chosen = choose_columns(base.columns, study.parameters)
    known = base.on(chosen, regression if method == "moment matching" else None)
    work: Callable[[int], Answer]
    if known is None:
        limits, work = _no_gains(base), partial(_nothing, base)
    else:
        limits = base.gains(known.fit, _stream(seed, ERROR))
        task = _Task(base, study, _values(study, base), known, regression, data_sets, seed)
        work = partial(METHODS[method], task)
    rows: list[dict[str, object]] = []
    before = _no_gains(base)
    with counting(len(sizes), progress, "value of sample information") as count, one_thread():
        for size in sizes:
            answer = work(size)
            rows += _rows(base, study, size, answer, before, limits)
            before = answer.gains
            count(1)
    return pd.DataFrame(rows).assign(method=method)


def _by_regression(task: _Task, n: int) -> Answer:
    """Increments regressed on statistics of simulated data."""
    statistics = _statistics(task, n)
    varying = statistics[:, (statistics != statistics[0]).any(axis=0)]
    if not varying.size:
        return Answer(_no_gains(task.base), "the data are always the same")
    learnt = task.base.regressed(varying, task.regression)
    found = task.base.gains(learnt.fit, _stream(task.seed, ERROR))
    return Answer(found, f"{learnt.method}: {learnt.fit.words}")


def _by_moments(task: _Task, n: int) -> Answer:
    """Increments expected given the parameters, drawn towards their mean as far as the study leaves variance."""
    base, fit = task.base, task.known.fit
    moments = moments_after(task.study, task.values, n, fit.fitted, task.data_sets, _stream(task.seed, DATA))
    warning = _weigh(task, n, moments)
    by = shrinkage(moments.before, moments.after.mean(axis=0))
    samples, data_sets = influence(moments, fit.fitted, base.thresholds)
    mean = fit.fitted.mean(axis=1, keepdims=True)
    turned, rng = mean + by @ (base.values - mean), _stream(task.seed, ERROR)
    found = gains(shrunk(fit, by), turned, base.thresholds, rng, base.origin, samples)
    found = [gain._replace(se=float(np.hypot(gain.se, more))) for gain, more in zip(found, data_sets, strict=True)]
    low, high = moments.effective.min(), moments.effective.max()
    words = f"{task.data_sets} data sets, each leaving {low:,.0f} to {high:,.0f} effective samples"
    return Answer(found, f"{task.known.method}: {fit.words}; {words}", warning)


METHODS: dict[str, Callable[[_Task, int], Answer]] = {"regression": _by_regression, "moment matching": _by_moments}


def _weigh(task: _Task, n: int, moments: Moments) -> str:
    """Refuse moments of too few effective samples, or say of how many data sets they are."""
    few = int((moments.effective < EFFECTIVE).sum())
    if 2 * few > task.data_sets:
        raise OutcomeError(
            f"study {task.study.name!r}, n = {n:,}: after {few} of {task.data_sets} simulated data sets fewer than "
            f"{EFFECTIVE} of {task.base.values.shape[1]:,} samples count (median {np.median(moments.effective):.0f}), "
            "too few for their variance; use method='regression', or more samples"
        )
    if not few:
        return ""
    return (
        f"after {few} of {task.data_sets} data sets fewer than {EFFECTIVE} samples count; compare method='regression'"
    )


def _statistics(task: _Task, n: int) -> Floats:
    """Of one data set for each sample: (sample, statistic)."""
    study, samples = task.study, task.base.values.shape[1]
    found = study.summarise(study.simulate(task.values, n, _stream(task.seed, DATA)))
    problems = [] if found else [f"study {study.name!r}: summarise gives no statistics; give at least one"]
    for name, statistic in found.items():
        if np.shape(statistic) != (samples,):
            problems.append(
                f"study {study.name!r}, n = {n:,}: statistic {name!r} has shape {np.shape(statistic)}; give one number "
                f"for each of {samples:,} samples (a parameter with places is named with its place, such as 'p[early]')"
            )
        elif not np.isfinite(statistic).all():
            sample = int(np.argmin(np.isfinite(statistic)))
            problems.append(
                f"study {study.name!r}, n = {n:,}, sample {sample}: statistic {name!r} is {statistic[sample]}; it must "
                "be a finite number for all data that can come"
            )
    if problems:
        raise OutcomeError("\n".join(problems))
    return np.stack([np.asarray(one, dtype=float) for one in found.values()], axis=1)


def _values(study: Study, base: Increments) -> dict[str, Floats]:
    """The study's parameters as arrays: (sample,), or (sample, place)."""
    values = {}
    for name in study.parameters:
        columns = choose_columns(base.columns, [name])
        if named := [column.name for column in columns if column.named]:
            raise OutcomeError(f"study {study.name!r}: parameter {named[0]!r} holds names; a study needs numbers")
        stacked = np.stack([column.values for column in columns], axis=1)
        values[name] = stacked[:, 0] if len(columns) == 1 else stacked
    return values


def _stream(seed: int, which: int) -> np.random.Generator:
    """Random numbers for one purpose: those of default_rng(seed) may be in the draws themselves."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(which,)))


def _no_gains(base: Increments) -> list[Gain]:
    """Nothing to be gained, at every threshold."""
    return [Gain(0.0, 0.0, 0.0, 0.0, np.zeros(base.values.shape[1]), 0) for _ in base.thresholds]


def _nothing(base: Increments, _: int) -> Answer:
    """The value of a study of what is known."""
    return Answer(_no_gains(base), "the parameters never vary")


def _rows(
    base: Increments, study: Study, n: int, answer: Answer, before: list[Gain], limits: list[Gain]
) -> Iterator[dict[str, object]]:
    """A row for each threshold; `before` are the gains at the size before."""
    for threshold, gain, smaller, limit in zip(base.thresholds, answer.gains, before, limits, strict=True):
        yield {
            "study": study.name,
            "n": n,
            "people": n * study.arms,
            "threshold": threshold,
            "evsi": gain.value,
            "se": gain.se,
            "step_se": base.origin.error_of_mean(gain.gained - smaller.gained),
            "evppi": limit.value,
            "evppi_se": limit.se,
            "held_out": gain.held_out,
            "held_out_se": gain.held_out_se,
            "check": _check(gain, limit, answer.warning),
            "fit": answer.fit,
        }


def _check(gain: Gain, limit: Gain, warning: str) -> str:
    """What to look at, or "passed" where there is nothing."""
    if gain.value - limit.value > SUSPECT * np.hypot(gain.se, limit.se):
        return "more than knowing the parameters exactly is worth: one of the regressions misses structure"
    return warning or gain.check
