"""How an inputs file states a distribution: the keys that go together, and the distribution that they make."""

import math
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from heemodel.errors import closest
from heemodel.parameters.summaries import (
    Beta,
    Fixed,
    Gamma,
    LogNormal,
    LogOdds,
    Normal,
    Pert,
    SummaryError,
    TruncatedNormal,
    Uniform,
    Univariate,
)

Statement = tuple[tuple[str, Any], ...]
"""Keys with their numbers; intervals and quartiles as tuples."""


@dataclass(frozen=True)
class Way:
    """Keys that state a distribution together, and what it is made by: their numbers in order, then those beside."""

    keys: tuple[str, ...]
    make: Callable[..., Univariate]
    beside: tuple[str, ...] = ()

    def fits(self, given: Collection[str]) -> bool:
        """All its keys are given, and no other but those that may stand beside them."""
        return set(self.keys) <= set(given) <= {*self.keys, *self.beside}

    def in_words(self, given: Collection[str]) -> str:
        """The keys, and those beside them if one is given, as in "value and interval (with level, tolerance)"."""
        beside = f" (with {', '.join(self.beside)})" if set(given) & set(self.beside) else ""
        return f"{_listed(self.keys)}{beside}"


def _by_interval(family: Any) -> Way:
    """Point estimate and interval, 95% unless `level` says otherwise."""
    return Way(
        ("value", "interval"),
        lambda value, interval, **more: family.from_interval(value, *interval, **more),
        ("level", "tolerance"),
    )


def _by_quartiles(family: Any) -> Way:
    """Lower quartile, median and upper quartile."""
    return Way(
        ("quartiles",),
        lambda quartiles, **more: family.from_quartiles(quartiles[1], quartiles[0], quartiles[2], **more),
        ("tolerance",),
    )


def _cut_off(mean: float, error: float, minimum: float, maximum: float = math.inf) -> TruncatedNormal:
    """A normal cut off below, and above too if need be."""
    return TruncatedNormal.from_mean(mean, error, lower=minimum, upper=maximum)


def _cut_off_above(mean: float, error: float, maximum: float) -> TruncatedNormal:
    """A normal cut off above."""
    return TruncatedNormal.from_mean(mean, error, upper=maximum)


def _counted(events: float, n: float, prior: Any = (0.0, 0.0)) -> Beta:
    """Events among n, with counts that are added to both."""
    if not isinstance(prior, tuple):
        raise SummaryError(
            f"Beta: prior = {prior:g} is one number; give two, added to events and to non-events: [1, 1]"
        )
    return Beta.from_counts(events, n, prior=prior)


BY_MEAN = ("value", "standard_error")

FAMILIES: dict[str, tuple[Way, ...]] = {
    "fixed": (Way(("value",), Fixed),),
    "normal": (Way(BY_MEAN, Normal.from_mean), _by_interval(Normal), _by_quartiles(Normal)),
    "lognormal": (
        Way(("value", "log_standard_error"), LogNormal.from_median),
        _by_interval(LogNormal),
        Way(("mean", "standard_error"), LogNormal.from_mean),
        _by_quartiles(LogNormal),
    ),
    "gamma": (Way(BY_MEAN, Gamma.from_mean), _by_interval(Gamma), _by_quartiles(Gamma)),
    "beta": (
        Way(BY_MEAN, Beta.from_mean),
        _by_interval(Beta),
        Way(("events", "n"), _counted, ("prior",)),
        _by_quartiles(Beta),
    ),
    "log-odds": (
        Way(("value", "log_odds_standard_error"), LogOdds.from_median),
        _by_interval(LogOdds),
        Way(("mean", "standard_error"), LogOdds.from_mean),
        _by_quartiles(LogOdds),
    ),
    "truncated-normal": (
        Way((*BY_MEAN, "minimum"), _cut_off, ("maximum",)),
        Way((*BY_MEAN, "maximum"), _cut_off_above),
    ),
    "pert": (Way(("minimum", "mode", "maximum"), Pert),),
    "uniform": (Way(("minimum", "maximum"), Uniform),),
}
"""The ways to state each distribution of one number.

`value` is the mean, but of a log-normal and of log-odds it is the median (the usual reading of a published ratio with
its interval); these two take their mean under the name `mean`.
"""

DIRICHLET = "dirichlet"
"""The distribution of several shares, by `counts`, with `prior` if need be."""

WORDS = (
    (r"\blog_odds_se = ", "log_odds_standard_error = "),
    (r"\blog_se = ", "log_standard_error = "),
    (r"\bse = ", "standard_error = "),
    (r"\b(tolerance|level|prior)=(?=[\d.])", r"\1 = "),
    (r"\bprior=\(([^)]*)\)", r"prior = [\1]"),
    (r"use from_mean with its standard error", "give its standard_error in place of the interval"),
)
"""What errors of distributions say in Python, and how an inputs file says it."""


def check_family(family: str) -> str:
    """The family, if there is one of that name; raises ValueError with all there are."""
    known = [*FAMILIES, DIRICHLET]
    if family not in known:
        meant = closest(family, known)
        raise ValueError(
            f"is {family!r}; {f'did you mean {meant!r}? ' if meant else ''}write one of: {', '.join(known)}"
        )
    return family


def check_stated(family: str, given: Collection[str]) -> None:
    """The keys given are those of one way to state the distribution.

    Raises
    ------
    ValueError
        with the ways that there are
    """
    if family == DIRICHLET:
        if set(given) not in ({"counts"}, {"counts", "prior"}):
            raise ValueError(f"a {DIRICHLET} distribution takes counts (with prior); found {_found(given)}")
        return
    ways = FAMILIES[family]
    if any(way.fits(given) for way in ways):
        return
    has_mean = any("mean" in way.keys for way in ways)
    note = "; value is the median" if has_mean else ""
    if "mean" in given and not has_mean:
        note = "; it takes no mean, as its value is its mean: write value = …"
    listed = ", or ".join(way.in_words(given) for way in ways)
    raise ValueError(f"a {family} distribution takes {listed}; found {_found(given)}{note}")


@lru_cache(maxsize=10_000)
def made(family: str, statement: Statement) -> Univariate:
    """The distribution of a statement that has passed `check_stated`.

    Raises
    ------
    ValueError
        if there is no such distribution, with what is possible, in the words of an inputs file

    Examples
    --------
    >>> made("gamma", (("value", 2_000.0), ("standard_error", 500.0)))
    Gamma(shape=16.0, scale=125.0)
    """
    given = dict(statement)
    way = next(way for way in FAMILIES[family] if way.fits(given))
    try:
        return way.make(*(given[key] for key in way.keys), **{key: given[key] for key in way.beside if key in given})
    except SummaryError as error:
        raise ValueError(in_words(family, error, centre="value" if "value" in given else "")) from None


def in_words(family: str, error: SummaryError, *, centre: str = "") -> str:
    """An error of a distribution in the words of an inputs file; `centre` is the key that stands for mean or median."""
    text = str(error).partition(": ")[2]
    for pattern, words in WORDS:
        text = re.sub(pattern, words, text)
    if centre:
        text = re.sub(r"\b(mean|median) = ", f"{centre} = ", text)
    return f"is no {family} distribution: {text}"


def _found(given: Collection[str]) -> str:
    return _listed(list(given)) if given else "none of them"


def _listed(names: Collection[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
