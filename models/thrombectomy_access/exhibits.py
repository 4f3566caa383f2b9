"""Everything that the report shows of this model besides costs and QALYs, in reading order."""

from collections.abc import Sequence

import xarray as xr

import heemodel as hm

from .accounts import Division
from .evidence import evidence
from .follow import Followed, follow
from .places import Numbers
from .service import Service, read_service
from .shown_access import best_by_region, money, published, tiles, treated, workforce
from .shown_equity import equity
from .shown_fit import fitted
from .staffing import strategies_of

YEARS = 10
"""Years that are followed, whatever the horizon of costs and QALYs."""
BEFORE = 2021
"""The last audit year of the fit that is to predict 2023/24."""


def exhibits(
    linked: hm.analysis.Linked, inputs: hm.Inputs, scenario: str, draws: xr.Dataset
) -> list[hm.analysis.Exhibit]:
    """Pictures and tables of who is treated, the workforce, the fit, money by year and equity."""
    service = read_service(inputs, scenario, strategies_of(inputs.table("staffing", scenario)))
    areas = Division.by(service, "board", "fifth")
    policy = hm.policy_profile(inputs.about.policy)
    followed = follow(draws, service, areas, years=YEARS, discount=policy.discount_qaly)
    threshold = inputs.thresholds[0]
    earlier = inputs.with_changes({"settings": {"fitted_to": {"value": BEFORE}}})
    posteriors = [linked.fit(evidence(of, scenario)) for of in (earlier, inputs)]
    eligible = (draws["eligible_early"] + draws["eligible_late"]).to_numpy()
    regions, by_region = _by_region(followed, service, threshold)
    return [
        *treated(followed, service),
        tiles(followed, service, areas, inputs.table("tiles", scenario)),
        best_by_region(by_region, regions, threshold),
        *workforce(followed, service),
        *equity(followed, service, areas, threshold=threshold, years=YEARS),
        money(followed),
        *fitted(posteriors[0], posteriors[1], inputs.table("centres", scenario), seed=linked.sampler.seed),
        published(followed, service.admissions, eligible, inputs.setting("eligible_published")),
    ]


def _by_region(
    followed: Sequence[Followed], service: Service, threshold: float
) -> tuple[tuple[str, ...], list[tuple[str, Numbers]]]:
    """Net monetary benefit a year of every region, by strategy."""
    region = service.places.areas["region"].astype(str).to_numpy()
    names = tuple(dict.fromkeys(region))
    into = (region[:, None] == names).astype(float)
    return names, [(one.name, (threshold * one.qaly - one.cost) @ into / YEARS) for one in followed]
