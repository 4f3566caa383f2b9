"""The budget of an inputs file: calendar years, who enters them, and the mix of strategies today and tomorrow."""

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field, field_validator, model_validator

from heemodel.errors import nearest
from heemodel.parameters.problems import Problem
from heemodel.parameters.specification import Positive, Sourced, Specification, Text
from heemodel.timespans import calendar_years

ADD_UP = 1e-9
"""How far the shares of a mix may be from adding up to 1."""

Shares = Annotated[
    list[Annotated[float, Field(ge=0, le=1)]],
    Field(min_length=1),
    BeforeValidator(lambda given: given if isinstance(given, list) else [given]),
]
"""A share of every year, or one for each."""
Numbers = Annotated[
    list[Annotated[float, Field(ge=0, allow_inf_nan=False)]],
    Field(min_length=1),
    BeforeValidator(lambda given: given if isinstance(given, list) else [given]),
]


class Intakes(Sourced):
    """People who enter in each calendar year: a number, or one for each year."""

    value: Numbers


class Served(Sourced):
    """People of the population that the budget is for."""

    value: Positive


class Prevalent(Sourced):
    """People already there at the start of the first year; by whole years since they entered, counted as they entered.

    Without `years_since_entry` they begin their first year with the budget.
    """

    value: Numbers
    years_since_entry: Annotated[
        list[Annotated[int, Field(ge=0)]],
        BeforeValidator(lambda given: given if isinstance(given, list) else [given]),
    ] = Field(default=[0])

    @model_validator(mode="after")
    def each_number_has_its_time(self) -> Self:
        """As many numbers as times, each time once."""
        if len(self.value) != len(self.years_since_entry):
            raise ValueError(
                f"has {len(self.value)} numbers and {len(self.years_since_entry)} years_since_entry; give one for each"
            )
        if len(set(self.years_since_entry)) != len(self.years_since_entry):
            raise ValueError(f"years_since_entry = {self.years_since_entry}; give each once")
        return self

    @property
    def by_time(self) -> dict[int, float]:
        """People by years since they entered."""
        return dict(zip(self.years_since_entry, self.value, strict=True))


class Budget(Specification):
    """A budget, all of which can be left out but the mixes of three strategies or more."""

    years: Annotated[int, Field(ge=1)] | None = None
    first_year: Text | None = None
    today: dict[str, Shares] | None = None
    """Share of each strategy among those who enter; all have the comparator by default, where there are two."""
    tomorrow: dict[str, Shares] | None = None
    """The same once things have changed; all have the intervention by default, where there are two."""
    entry: Literal["start of the year", "evenly over the year"] = "start of the year"
    paid_on_entry: list[Text] = Field(default=[])
    """Components of cost and counts that fall on the day of entry."""
    all_in_first_year: bool = False
    """Whether everything that the model counts falls in the year of entry: of a tree, or any model without years."""
    intakes: Intakes | None = None
    """[settings.annual_volume] in every year by default."""
    prevalent: Prevalent | None = None
    people: Served | None = None

    @field_validator("first_year")
    @classmethod
    def the_first_year_can_be_read(cls, first: str | None) -> str | None:
        """As "2026" or "2025/26"."""
        calendar_years(first, 1)
        return first

    @model_validator(mode="after")
    def everything_fits(self) -> Self:
        """Lengths are those of the years, shares add up to 1; mixes come together."""
        if problems := [*self._lengths(), *self._sums()]:
            raise ValueError("; and ".join(problems))
        return self

    @property
    def stated_years(self) -> int | None:
        """Calendar years, where they are stated or figures are given for each; None where they are not."""
        longest = max(map(len, self._by_year().values()), default=1)
        return self.years or (longest if longest > 1 else None)

    def _by_year(self) -> dict[str, list[float]]:
        """What may be given for each year."""
        several = {"intakes": self.intakes.value} if self.intakes else {}
        for name in ("today", "tomorrow"):
            several |= {f"{name}.{strategy}": shares for strategy, shares in (getattr(self, name) or {}).items()}
        return several

    def _lengths(self) -> Iterator[str]:
        """What is given for another number of years."""
        years = self.stated_years or 1
        for what, numbers in self._by_year().items():
            if len(numbers) not in (1, years):
                yield f"{what} has {len(numbers)} numbers for {years} years; give one for each year, or one for all"
        if (self.today is None) != (self.tomorrow is None):
            given, missing = ("today", "tomorrow") if self.tomorrow is None else ("tomorrow", "today")
            yield f"has the mix of {given} and not that of {missing}; give both, or neither for two strategies"

    def _sums(self) -> Iterator[str]:
        """Years in which the shares of a mix do not add up to 1."""
        for name in ("today", "tomorrow"):
            mix = getattr(self, name) or {}
            length = max((len(shares) for shares in mix.values()), default=0)
            if not mix or any(len(shares) not in (1, length) for shares in mix.values()):
                continue
            totals = np.sum([np.broadcast_to(shares, length) for shares in mix.values()], axis=0)
            for place, total in enumerate(totals, 1):
                if abs(total - 1) > ADD_UP:
                    where = f", year {place}" if length > 1 else ""
                    yield f"{name}{where}: the shares of strategies add up to {total:.6g}; they must add up to 1"

    def figures(self) -> Iterator[tuple[str, Sourced]]:
        """Its figures by key."""
        for name in ("intakes", "prevalent", "people"):
            if (figure := getattr(self, name)) is not None:
                yield name, figure


def wrong_budget(content: Mapping[str, Any], sections: Mapping[str, Any], strategies: Collection[str]) -> list[Problem]:
    """What of a budget does not fit the rest of the file: strategies of its mixes, and intakes that are nowhere.

    Parameters
    ----------
    content : the file as nested dicts
    sections : the sections by name as their specifications
    strategies : of the model; empty where it does not name them
    """
    given, variations = content.get("budget"), content.get("variations", {})
    if not isinstance(given, Mapping) or not isinstance(variations, Mapping):
        return []
    problems = [
        Problem(("variations", str(name), "changes", "budget"), "a variation has no budget of its own; remove it")
        for name, variation in variations.items()
        if isinstance(variation, Mapping) and "budget" in (variation.get("changes") or ())
    ]
    for name in ("today", "tomorrow"):
        mix = given.get(name)
        for strategy in mix if strategies and isinstance(mix, Mapping) else ():
            if strategy not in strategies:
                reason = f"names no strategy {strategy!r}; {nearest(str(strategy), strategies)}"
                problems.append(Problem(("budget", name, str(strategy)), reason))
    if "intakes" not in given and "annual_volume" not in sections["settings"]:
        reason = "says nothing of how many enter in a year; add [budget.intakes] or [settings.annual_volume]"
        problems.append(Problem(("budget",), reason))
    budget = sections["budget"]
    if budget is not None and budget.intakes is not None and budget.intakes.unit.split()[-2:] != ["per", "year"]:
        reason = f"is {budget.intakes.unit!r}; give the number per year, as in 'patients per year'"
        problems.append(Problem(("budget", "intakes", "unit"), reason))
    return problems
