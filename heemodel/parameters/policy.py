"""Dated policy numbers: discount rates and thresholds, each with its source."""

import tomllib
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field

from heemodel.errors import HeemodelError, nearest


class SeverityWeight(BaseModel):
    """A weight on QALYs from an absolute shortfall, in QALYs, or a proportional one on, whichever is reached first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weight: float
    absolute: float
    proportional: float


class PolicyProfile(BaseModel):
    """What a decision maker asks for from a date on.

    Annual discount rates, thresholds in £ per QALY, and weights on QALYs by the severity of the condition.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str
    discount_cost: float
    discount_qaly: float
    thresholds: tuple[float, ...]
    start: str = Field(alias="from")
    source: str
    note: str
    severity: tuple[SeverityWeight, ...]
    severity_source: str


@cache
def policy_profiles() -> dict[str, PolicyProfile]:
    """All profiles by name, for example ``"nice-2022"``."""
    text = resources.files("heemodel.parameters").joinpath("data/policy.toml").read_text(encoding="utf-8")
    return {name: PolicyProfile.model_validate(table) for name, table in tomllib.loads(text).items()}


def policy_thresholds() -> list[float]:
    """The thresholds of all dated profiles, £ per QALY, ascending.

    >>> policy_thresholds()
    [20000.0, 25000.0, 30000.0, 35000.0]
    """
    return sorted({threshold for profile in policy_profiles().values() for threshold in profile.thresholds})


def policy_profile(name: str) -> PolicyProfile:
    """The profile of that name.

    Parameters
    ----------
    name : ``"nice-2022"`` (the reference case of 2022) or ``"nice-2026"`` (with the threshold announced on 1 December
        2025)

    Examples
    --------
    >>> policy_profile("nice-2022").discount_cost
    0.035
    """
    profiles = policy_profiles()
    if name not in profiles:
        raise HeemodelError(f"no policy profile {name!r}; {nearest(name, profiles)}")
    return profiles[name]
