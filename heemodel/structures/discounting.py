"""Discounting: constant, stepped or continuous rates, and the moment at which each count is discounted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from heemodel.errors import nearest
from heemodel.structures.errors import ModelError

Array = NDArray[np.float64]
DiscountTiming = Literal["count", "start", "mid", "year"]


@dataclass(frozen=True)
class Stepped:
    """Annual rates that change with time: {year from which a rate holds: rate}, the first from year 0.

    The factor at time t is the product of (1 + rate)^(−years spent under it) over the steps up to t, as in the
    declining schedule of the Treasury's Green Book.

    Attributes
    ----------
    rates : {years from the start: annual rate from then on}, ascending, the first from 0

    Raises
    ------
    ModelError
        for years that do not ascend from 0, or a rate outside [0, 1)

    See Also
    --------
    Discount : which takes it as the rate of costs or QALYs

    Examples
    --------
    >>> round(float(discount_factor(Stepped({0: 0.035, 30: 0.03}), np.array([31.0]))[0]), 6)  # 1.035⁻³⁰ × 1.03⁻¹
    0.345901
    """

    rates: Mapping[float, float]

    def __post_init__(self) -> None:
        if not isinstance(self.rates, Mapping):
            raise ModelError(
                "a stepped discount rate is written as a dict, as in hm.structures.Stepped({0: 0.035, 31: 0.03})"
            )
        years = list(self.rates)
        if not years or years[0] != 0 or years != sorted(years):
            raise ModelError(
                f"a stepped discount rate begins in years {years}; give ascending years, the first of them 0"
            )
        for rate in self.rates.values():
            _check(rate, "a step")


@dataclass(frozen=True)
class Continuous:
    """A rate that works at every moment: the factor at time t is exp(−rate × t).

    Attributes
    ----------
    rate : per year, at least 0 and below 1

    Raises
    ------
    ModelError
        for a rate outside [0, 1)

    See Also
    --------
    Discount : which takes it as the rate of costs or QALYs

    Examples
    --------
    >>> round(float(discount_factor(Continuous(0.035), np.array([10.0]))[0]), 6)
    0.704688
    """

    rate: float

    def __post_init__(self) -> None:
        _check(self.rate, "a continuous discount rate")


Rate = float | Stepped | Continuous


@dataclass(frozen=True)
class Discount:
    """Discount rates of costs and QALYs, and the moment at which each count is discounted.

    A payoff at time t years is multiplied by (1 + rate)^(−t), or as `Stepped` and `Continuous` say. With cycles of c
    years, the counts at cycle j's two ends, weighed by the within-cycle correction, are taken

    - ``"count"``: each at its own time point, jc and (j + 1)c; moves at (j + 1)c, where they are first counted
    - ``"start"``: both at the cycle's start, jc; moves too
    - ``"mid"``: both at its middle, (j + ½)c; moves too
    - ``"year"``: both at the start of the year that the cycle starts in, ⌊jc⌋; moves too. The first year is
      therefore not discounted, as in annual accounts

    An intake, and what is paid at the start of a cycle, is discounted as the count there. What is paid at the very
    start of an analysis is never discounted.

    Attributes
    ----------
    cost, qaly : annual rates, or `Stepped` or `Continuous` ones
    timing : one of the above

    Raises
    ------
    ModelError
        for an unknown timing, or a rate outside [0, 1)

    See Also
    --------
    CohortModel : whose `correction` says how much of each count is taken

    Examples
    --------
    >>> Discount(cost=0.035, qaly=0.015, timing="count").qaly
    0.015
    """

    cost: Rate
    qaly: Rate
    timing: DiscountTiming

    @property
    def words(self) -> str:
        """The rates as part of a sentence.

        >>> Discount(cost=0.06, qaly=0.0, timing="count").words
        'costs discounted at 6% a year, QALYs not discounted'
        >>> Discount(cost=0.035, qaly=0.035, timing="count").words
        'costs and QALYs discounted at 3.5% a year'
        """
        cost, qaly = _in_words(self.cost), _in_words(self.qaly)
        return f"costs and QALYs {cost}" if cost == qaly else f"costs {cost}, QALYs {qaly}"

    @property
    def cost_words(self) -> str:
        """How costs are discounted: what outcomes say of theirs in the attribute `cost_discounting`.

        >>> Discount(cost=0.0, qaly=0.015, timing="count").cost_words
        'not discounted'
        """
        return _in_words(self.cost)

    def __post_init__(self) -> None:
        if self.timing not in get_args(DiscountTiming):
            raise ModelError(f"discount timing {self.timing!r}: {nearest(self.timing, get_args(DiscountTiming))}")
        for name, rate in (("cost", self.cost), ("qaly", self.qaly)):
            if not isinstance(rate, (Stepped, Continuous)):
                _check(rate, f"the discount rate of {name}")


def discount_factor(rate: Rate, years: Array) -> Array:
    """What payoffs at these times, in years, are multiplied by; shape as `years`."""
    match rate:
        case Continuous():
            return np.asarray(np.exp(-rate.rate * years))
        case Stepped():
            begins = np.array([*rate.rates, np.inf], dtype=float)
            spent = np.clip(years[..., None], begins[:-1], begins[1:]) - begins[:-1]
            return np.asarray(np.exp(-(spent * np.log1p(list(rate.rates.values()))).sum(axis=-1)))
        case _:
            return np.asarray(np.exp(-np.log1p(rate) * years))


def _in_words(rate: Rate) -> str:
    """How something is discounted at a rate."""
    match rate:
        case Continuous():
            return f"discounted continuously at {100 * rate.rate:g}% a year"
        case Stepped():
            first, *later = rate.rates.items()
            steps = "".join(f", from year {year:g} at {100 * step:g}%" for year, step in later)
            return f"discounted at {100 * first[1]:g}% a year{steps}"
    return f"discounted at {100 * rate:g}% a year" if rate else "not discounted"


def _check(rate: float, what: str) -> None:
    if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 <= rate < 1:
        raise ModelError(f"{what} is {rate!r}; write a yearly rate such as 0.035")
