"""How much health the groups of a population have, from the worst off to the best off."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from heemodel.decision.outcomes import OutcomeError


@dataclass(frozen=True, eq=False)
class Distribution:
    """Health per person in each group of a population.

    Groups are in order of rank, from the most to the least deprived: the slope and concentration indices go by it.

    Attributes
    ----------
    health : per person, dimension `group`; usually quality-adjusted life expectancy at birth, in QALYs
    people : in each group, dimension `group`

    Raises
    ------
    OutcomeError
        for fewer than two groups, groups that differ between the two, health or people that are not above 0

    See Also
    --------
    equity_impact : what a decision does to it

    Examples
    --------
    >>> fifths = Distribution.of(health={"deprived": 64.0, "other": 72.0}, people={"deprived": 1e6, "other": 3e6})
    >>> fifths.mean
    70.0
    """

    health: xr.DataArray
    people: xr.DataArray

    def __post_init__(self) -> None:
        for name, values in (("health", self.health), ("people", self.people)):
            if not isinstance(values, xr.DataArray) or values.dims != ("group",) or "group" not in values.coords:
                raise OutcomeError(f"{name} has no dimension 'group' with names; make it by Distribution.of")
        groups = [str(name) for name in self.health["group"].to_numpy()]
        if groups != [str(name) for name in self.people["group"].to_numpy()]:
            raise OutcomeError("health and people have different groups, or another order of them")
        if len(groups) < 2 or len(set(groups)) < len(groups):
            raise OutcomeError(f"a distribution has two groups or more, of different names; there are {groups}")
        for name, values in (("health", self.health), ("people", self.people)):
            bad = ~(np.isfinite(values.to_numpy()) & (values.to_numpy() > 0))
            if bad.any():
                place = int(np.argmax(bad))
                raise OutcomeError(f"{name} of {groups[place]!r} is {float(values[place]):g}; it must be above 0")

    @classmethod
    def of(cls, *, health: Mapping[str, float], people: Mapping[str, float]) -> "Distribution":
        """From health per person and people by group, in order from the most to the least deprived.

        Raises
        ------
        OutcomeError
            for a group that only one of them has, and as the class
        """
        if alone := sorted({*health} ^ {*people}):
            has, lacks = ("health", "people") if alone[0] in health else ("people", "health")
            raise OutcomeError(f"group {alone[0]!r} has {has} and no {lacks}; give both for the same groups")
        coords = {"group": list(health)}
        return cls(
            health=xr.DataArray([float(value) for value in health.values()], dims="group", coords=coords),
            people=xr.DataArray([float(people[name]) for name in health], dims="group", coords=coords),
        )

    @property
    def share(self) -> xr.DataArray:
        """Of the population in each group."""
        return self.people / self.people.sum()

    @property
    def mean(self) -> float:
        """Health per person over the whole population."""
        return float((self.share * self.health).sum())
