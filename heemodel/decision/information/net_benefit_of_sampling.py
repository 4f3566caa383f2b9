"""Expected net benefit of sampling: what a study is worth to all whom the decision affects, less what it costs."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from heemodel.decision.outcomes import OutcomeError

WITHIN = 1.96
"""Standard errors within which two sizes cannot be told apart."""
NEEDED = ["study", "n", "people", "threshold", "evsi", "se", "step_se", "check"]
GIVEN = ["study", "n", "people", "threshold", "population", "population_evsi", "cost", "enbs", "se", "step_se"]


def enbs(
    table: pd.DataFrame,
    *,
    population: float | Callable[[int], float],
    fixed_cost: float,
    cost_per_person: float,
) -> pd.DataFrame:
    """Expected net benefit of sampling, by size of the study.

    ENBS(n) = population · EVSI(n) − fixed_cost − cost_per_person · people(n), in money of today.

    Parameters
    ----------
    table : from `evsi`; of several studies if you concatenate their tables
    population : discounted people whom the decision affects, from `affected`; or a function from n to them where larger
        studies report later, such as ``lambda n: affected(..., delay=1 + n / 200)``
    fixed_cost : of running the study
    cost_per_person : of everyone in it, in all arms

    Returns
    -------
    DataFrame with a row for each of the table's and columns study, n, people, threshold, population, population_evsi,
    cost, enbs, se (of enbs), step_se (of its change from the next smaller n), near_best (whether the size is within
    error of the best for its study and threshold; see `best_sizes`) and check (of the value of information)

    Raises
    ------
    OutcomeError
        if the table lacks a column, a size is there twice, or a number cannot be

    Examples
    --------
    >>> table = pd.DataFrame({"study": "trial", "n": [50, 100], "people": [100, 200], "threshold": 20_000.0,
    ...                       "evsi": [10.0, 12.0], "se": 1.0, "step_se": [1.0, 0.2], "check": "passed"})
    >>> enbs(table, population=1_000, fixed_cost=1_000, cost_per_person=15)["enbs"].tolist()
    [7500.0, 8000.0]
    """
    _refuse(table, NEEDED, "evsi")
    problems = [
        f"{what} is {number!r}; give money of 0 or more"
        for what, number in (("fixed_cost", fixed_cost), ("cost_per_person", cost_per_person))
        if not np.isfinite(number) or number < 0
    ]
    people = [float(population(int(n)) if callable(population) else population) for n in table["n"]]
    if bad := [one for one in people if not np.isfinite(one) or one < 0]:
        problems.append(f"population is {bad[0]:g}; give a number of 0 or more people")
    if problems:
        raise OutcomeError("\n".join(problems))
    found = table.reset_index(drop=True).assign(population=people)
    found["population_evsi"] = found["population"] * found["evsi"]
    found["cost"] = fixed_cost + cost_per_person * found["people"]
    found["enbs"] = found["population_evsi"] - found["cost"]
    for error in ("se", "step_se"):
        found[error] = found["population"] * found[error]
    near = pd.Series(data=False, index=found.index)
    for _, of in found.groupby(["study", "threshold"], sort=False):
        near[of.sort_values("n").index] = _near_best(_with_none(of))[1:]
    return found[GIVEN].assign(near_best=near, check=found["check"])


def best_sizes(table: pd.DataFrame) -> pd.DataFrame:
    """The size with the largest expected net benefit of sampling, for each study and threshold.

    No study (n = 0, net benefit 0) is one of the choices. The error of a difference between two sizes is taken from
    that of the steps between them (`step_se` of `evsi`) as if steps were independent: sizes share their random
    numbers, so that it is smaller than the error of either.

    Parameters
    ----------
    table : from `enbs`

    Returns
    -------
    DataFrame with columns study, threshold, n (0: no study), people, enbs, se, n_from and n_to (smallest and largest
    size whose net benefit is within 1.96 standard errors of the best) and check ("passed", or what to look at)
    """
    _refuse(table, GIVEN, "enbs")
    rows = []
    for (study, threshold), of in table.groupby(["study", "threshold"], sort=False):
        sizes = _with_none(of)
        near = sizes["n"].to_numpy()[_near_best(sizes)]
        best = sizes.iloc[int(sizes["enbs"].argmax())]
        row = {"study": study, "threshold": threshold, "n": int(best["n"]), "people": int(best["people"])}
        row |= {"enbs": best["enbs"], "se": best["se"], "n_from": int(near.min()), "n_to": int(near.max())}
        rows.append({**row, "check": _check(int(best["n"]), sizes["n"].to_numpy())})
    return pd.DataFrame(rows)


def _with_none(of: pd.DataFrame) -> pd.DataFrame:
    """Sizes of one study at one threshold from small to large, with none before them."""
    numbers = of[["n", "people", "enbs", "se", "step_se"]].sort_values("n")
    none = pd.DataFrame(0.0, index=[-1], columns=numbers.columns)
    return pd.concat([none, numbers], ignore_index=True)


def _near_best(sizes: pd.DataFrame) -> np.ndarray:
    """Whether each size, from none to the largest, is within error of the best."""
    value, up_to = sizes["enbs"].to_numpy(), np.cumsum(sizes["step_se"].to_numpy() ** 2)
    best = int(value.argmax())
    near: np.ndarray = value >= value[best] - WITHIN * np.sqrt(np.abs(up_to - up_to[best]))
    return near


def _check(best: int, sizes: np.ndarray) -> str:
    """What to look at, or "passed" where there is nothing."""
    if best == sizes.max():
        return "the best is the largest size tried; try larger ones"
    if best == sizes[1] and len(sizes) > 2:
        return "the best is the smallest size tried; try smaller ones"
    return "passed"


def _refuse(table: pd.DataFrame, columns: list[str], maker: str) -> None:
    """Refuse a table that `maker` has not made."""
    if not isinstance(table, pd.DataFrame):
        raise OutcomeError(f"the table is a {type(table).__name__}; give the DataFrame from {maker}")
    if missing := [column for column in columns if column not in table]:
        raise OutcomeError(f"the table has no column {missing[0]!r}; give the DataFrame from {maker}")
    twice = table.duplicated(["study", "threshold", "n"])
    if twice.any():
        row = table[twice].iloc[0]
        raise OutcomeError(
            f"study {row['study']!r} has n = {row['n']:,} at threshold {row['threshold']:,g} twice; leave one out, or "
            "give the studies different names"
        )
