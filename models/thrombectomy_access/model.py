"""Who is treated, at what cost and with what health, under each way of staffing the thrombectomy service of England."""

from functools import partial

import numpy as np
import xarray as xr

import heemodel as hm

from .accounts import COMPONENTS, PRICES, Division, accounts, consequences
from .consequences import COUNTS, upstream
from .exhibits import exhibits
from .service import PARAMETERS as SERVICE
from .service import Service, read_service
from .staffing import PARAMETERS as OPERATORS
from .staffing import TABLES as STAFFING
from .staffing import strategies_of

__all__ = ["NEEDS", "checks", "exhibits", "model", "upstream"]
DEFAULT_HORIZON = "10 years"
SHARES_ALIKE = 1e-4
"""How far the share of a region in the inputs may be from that of its areas."""
BLOCK = 250
"""Draws at a time: what belongs to every link and hour of the week then stays in the processor's own memory."""
NEEDS = hm.Needs(
    settings={"admissions_now": "admissions per year", "eligible_published": "patients per year"},
    parameters=OPERATORS | SERVICE | PRICES,
    tables={**STAFFING, "tiles": ("board", "row", "column", "short")},
)


def model(inputs: hm.Inputs, horizon: str = DEFAULT_HORIZON, scenario: str = "base") -> hm.FunctionModel:
    """The model: for one stroke admission of the years of the horizon, in each region.

    Costs and QALYs are those over no thrombectomy at all, of all who are treated, as they will have been at the end of
    their lives, and of the service beyond that of today.
    """
    table = inputs.table("staffing", scenario)
    strategies = strategies_of(table)
    service = read_service(inputs, scenario, strategies)
    years = int(hm.convert.whole_cycles("1 year", horizon))
    policy = hm.policy_profile(inputs.about.policy)
    division = Division.by(service, "region")
    _check_groups(inputs, scenario, division)
    return hm.FunctionModel(
        strategies=strategies,
        groups=division.names,
        block=BLOCK,
        outcomes=partial(outcomes, service=service, division=division, years=years, discount=policy.discount_qaly),
    )


def _check_groups(inputs: hm.Inputs, scenario: str, division: Division) -> None:
    """Refuse shares of regions in the inputs that are not those of areas.csv: the nation's mean would be another's."""
    share = inputs.subgroups(scenario)["share"]
    given = dict(zip(share["group"].to_numpy().tolist(), share.to_numpy().tolist(), strict=True))
    wanted = dict(zip(division.names, division.admissions / division.admissions.sum(), strict=True))
    if given.keys() == wanted.keys() and all(abs(given[name] - wanted[name]) < SHARES_ALIKE for name in wanted):
        return
    people = ", ".join(f'"{name}" = {size:.1f}' for name, size in zip(division.names, division.admissions, strict=True))
    raise hm.ModelError(
        "people of [groups.region] in inputs.toml are not the admissions of areas.csv by region; write "
        f"people = {{ {people} }}"
    )


def outcomes(p: hm.Parameters, *, service: Service, division: Division, years: int, discount: float) -> hm.Outcomes:
    """Costs, QALYs and counts per stroke admission of the years, by strategy and part of the division."""
    admissions = division.admissions * years
    by_strategy: dict[str, list[xr.DataArray]] = {}
    for staffing in service.staffing:
        found = accounts(p, service, staffing, division, years=years, discount=discount)
        totals = {**found.own, **consequences(p, found.moments), "treated": np.sum(found.treated, axis=0)}
        for name, total in totals.items():
            by_strategy.setdefault(name, []).append(_labelled(total / admissions, division, p))
    names = [one.name for one in service.staffing]
    rows = {name: xr.concat(parts, dim="strategy").assign_coords(strategy=names) for name, parts in by_strategy.items()}
    return hm.Outcomes(
        cost={name: rows[name] for name in COMPONENTS},
        qaly=rows["qaly"],
        counts={name: rows[name] for name in ("treated", *COUNTS)},
    )


def _labelled(values: np.ndarray, division: Division, p: hm.Parameters) -> xr.DataArray:
    """Values over samples (if there are draws) and groups."""
    if "sample" not in p.as_dataset().dims:
        return xr.DataArray(values[0], dims="group", coords={"group": list(division.names)})
    return xr.DataArray(values, dims=("sample", "group"), coords={"group": list(division.names)})


def checks(draws: xr.Dataset, outcomes: xr.Dataset) -> list[hm.verify.Check]:
    """What this model must reproduce in every draw."""
    treated, eligible = outcomes["treated"], draws["eligible_early"] + draws["eligible_late"]
    more = float((treated / eligible).max())
    return [
        hm.verify.Check("Nobody is treated who is not eligible", more <= 1, f"largest share of them {more:.3f}"),
    ]
