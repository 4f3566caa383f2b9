"""How health is spread over a nation's fifths of deprivation, as dated data with their source."""

import tomllib
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict

from heemodel.errors import HeemodelError, nearest


class HealthDistribution(BaseModel):
    """Health and people by fifth of deprivation, and shares of the opportunity cost.

    Attributes
    ----------
    label : what it is
    health : quality-adjusted life expectancy at birth, QALYs, from the most deprived fifth, "1", on
    people : in each fifth
    opportunity_cost : by name of a gradient, "equal", "moderate" or "steep", the share of each fifth in what is forgone
    source, status : where it is from, and how it was come by
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str
    health: dict[str, float]
    people: dict[str, float]
    opportunity_cost: dict[str, dict[str, float]]
    source: str
    status: str


@cache
def health_distributions() -> dict[str, HealthDistribution]:
    """All of them by name, for example ``"england-2022"``."""
    text = resources.files("heemodel.parameters").joinpath("data/health_distribution.toml").read_text(encoding="utf-8")
    return {name: HealthDistribution.model_validate(table) for name, table in tomllib.loads(text).items()}


def health_distribution(name: str) -> HealthDistribution:
    """The distribution of that name.

    Parameters
    ----------
    name : ``"england-2022"`` or ``"england-2023-5l"``

    Raises
    ------
    HeemodelError
        for another name

    Examples
    --------
    >>> health_distribution("england-2022").health["1"]
    63.2
    """
    known = health_distributions()
    if name not in known:
        raise HeemodelError(f"no health distribution {name!r}; {nearest(name, known)}")
    return known[name]
