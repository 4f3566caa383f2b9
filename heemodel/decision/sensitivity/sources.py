"""Where Saltelli's design takes the values of parameters from: draws, or distributions."""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from heemodel.decision.draws import Column, Parameters, read_columns
from heemodel.decision.outcomes import OutcomeError, check_enough
from heemodel.decision.sensitivity.study import Floats
from heemodel.errors import nearest

CORRELATED, CERTAIN = 0.1, 4.0
"""Rank correlation from which parameters are not taken to be independent, if it is as many standard errors from 0."""
ENOUGH = 20
"""Draws from which values can be drawn again as if they were a distribution."""
TOLD = 3
"""Pairs of correlated parameters that are told; of more there is the number."""


class Distribution(Protocol):
    """What gives quantiles, such as a frozen distribution of scipy.stats."""

    def ppf(self, q: Floats, /) -> Floats:
        """Values at probabilities."""
        ...


class Source(NamedTuple):
    """Independent parameters, or groups of them."""

    names: list[str]
    """Of those that vary."""
    constant: list[str]
    at: Callable[[Floats], Parameters]
    """Parameters at probabilities (row, name)."""


def given(distributions: Mapping[str, Distribution], groups: Mapping[str, Sequence[str]] | None) -> Source:
    """Quantiles of distributions."""
    if unfit := [name for name, one in distributions.items() if not callable(getattr(one, "ppf", None))]:
        raise OutcomeError(
            f"parameter {unfit[0]!r} is a {type(distributions[unfit[0]]).__name__}; give draws of all parameters, "
            "or for each a distribution that has ppf, such as those of scipy.stats"
        )
    if not distributions:
        raise OutcomeError("no parameters are given; give draws, or a distribution for each")
    if groups:
        raise OutcomeError("groups are of parameters that are drawn together; give draws instead of distributions")
    return Source(
        list(distributions),
        [],
        lambda units: pd.DataFrame(
            {name: one.ppf(at) for (name, one), at in zip(distributions.items(), units.T, strict=True)}
        ),
    )


def resampled(draws: Parameters, groups: Mapping[str, Sequence[str]] | None) -> Source:
    """Draws, drawn from again: a lone parameter in its order, so that probabilities are its own, others as drawn."""
    count = len(draws) if isinstance(draws, pd.DataFrame) else draws.sizes.get("sample", 0)
    columns = read_columns(draws, count)
    check_enough(count, ENOUGH, "to draw from again")
    members = _grouped(columns, groups or {})
    varying = {
        name: [column for one in of for column in columns[one] if not column.constant] for name, of in members.items()
    }
    names = [name for name, of in varying.items() if of]
    if not names:
        raise OutcomeError("no parameter varies; there is no variance to explain")
    _refuse_correlated({name: varying[name] for name in names})
    orders = [
        np.argsort(varying[name][0].values, kind="stable") if len(varying[name]) == 1 else np.arange(count)
        for name in names
    ]
    constant = [name for name, of in varying.items() if not of]
    fixed = {one: np.zeros(1, dtype=int) for name in constant for one in members[name]}

    def at(units: Floats) -> Parameters:
        chosen = {
            one: order[(unit * count).astype(int)]
            for name, order, unit in zip(names, orders, units.T, strict=True)
            for one in members[name]
        }
        chosen |= {one: np.repeat(index, len(units)) for one, index in fixed.items()}
        return _take(draws, chosen)

    return Source(names, constant, at)


def _grouped(columns: Mapping[str, object], groups: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Every group, and every parameter that is in none, with its members."""
    if strings := [name for name, of in groups.items() if isinstance(of, str)]:
        raise OutcomeError(f"group {strings[0]!r} is {groups[strings[0]]!r}; give a list of names")
    problems, taken = [], [name for of in groups.values() for name in of]
    for name, of in groups.items():
        if name in columns:
            problems.append(f"group {name!r} has the name of a parameter; name it otherwise")
        problems += [
            f"group {name!r}: no parameter {one!r}; {nearest(one, columns)}" for one in of if one not in columns
        ]
    problems += [
        f"parameter {one!r} is in two groups; leave it out of one" for one in set(taken) if taken.count(one) > 1
    ]
    if problems:
        raise OutcomeError("\n".join(problems))
    return {name: list(of) for name, of in groups.items()} | {name: [name] for name in columns if name not in taken}


def _refuse_correlated(members: Mapping[str, Sequence[Column]]) -> None:
    """Refuse parameters of different groups that are not independent."""
    numbers = [(group, column) for group, of in members.items() for column in of if not column.named]
    if len(numbers) < 2:
        return
    samples = len(numbers[0][1].values)
    correlations = np.corrcoef(stats.rankdata([column.values for _, column in numbers], axis=1))
    found = [
        (correlations[i, j], a.name, b.name)
        for (i, (group, a)), (j, (other, b)) in combinations(enumerate(numbers), 2)
        if group != other and abs(correlations[i, j]) > max(CORRELATED, CERTAIN / np.sqrt(samples))
    ]
    if found:
        worst = sorted(found, key=lambda one: -abs(one[0]))[:TOLD]
        pairs = ", ".join(f"{a} and {b} ({r:.2f})" for r, a, b in worst)
        more = f" and {len(found) - TOLD} more pairs" if len(found) > TOLD else ""
        raise OutcomeError(
            f"parameters are correlated: {pairs}{more}; put those that are in a group, such as "
            f"groups={{'{worst[0][1]} and {worst[0][2]}': [{worst[0][1]!r}, {worst[0][2]!r}]}}, to be drawn together"
        )


def _take(draws: Parameters, chosen: Mapping[str, NDArray[np.int64]]) -> Parameters:
    """Draws of each parameter, from its own places."""
    if isinstance(draws, pd.DataFrame):
        return pd.DataFrame({name: draws[name].to_numpy()[index] for name, index in chosen.items()})
    plain = draws.drop_vars("sample", errors="ignore").reset_coords()
    rest = plain.drop_vars([name for name, array in plain.items() if "sample" in array.dims])
    taken = rest.assign({name: plain[name].isel(sample=index) for name, index in chosen.items()})
    return taken.set_coords([name for name in taken.variables if name in draws.coords])
