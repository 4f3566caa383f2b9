"""Headline quantities of an intervention and its comparator, whoever's costs are counted."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import NamedTuple

import xarray as xr

from heemodel.currency import Currency
from heemodel.decision import ICER, Summary, monte_carlo_error, share, summarise
from heemodel.decision.cost_effectiveness import CostEffectiveness


class Quantity(NamedTuple):
    """A figure with its unit, and what must be known of it."""

    name: str
    summary: Summary
    unit: str
    note: str = ""


@dataclass(frozen=True)
class Pair:
    """An intervention compared with the comparator.

    Attributes
    ----------
    cea : costs and QALYs of the strategies, sampled or deterministic
    per_person : unit of money per person
    person : what a person is called
    notes : sentences that must stand beside a quantity, by its name
    """

    cea: CostEffectiveness
    intervention: str
    thresholds: Iterable[float]
    currency: Currency
    per_person: str
    person: str
    notes: Mapping[str, str]

    @cached_property
    def increments(self) -> tuple[xr.DataArray, xr.DataArray]:
        """Incremental cost and incremental QALYs."""
        cea = self.cea
        cost, qaly = (cea.incremental(part).sel(strategy=self.intervention, drop=True) for part in (cea.cost, cea.qaly))
        return cost, qaly

    def means(self) -> Iterator[Quantity]:
        """What there is on either basis: increments, their ratio, net benefits."""
        cost, qaly = self.increments
        yield self._quantity("incremental_cost", summarise(cost), self.per_person)
        yield self._quantity("incremental_qaly", summarise(qaly), f"QALYs per {self.person}")
        icer = self.cea.icer(self.intervention)
        ratio = float("nan") if icer.value is None else icer.value
        error = ratio_error(cost, qaly, ratio) if icer.value is not None else None
        yield Quantity("icer", Summary(ratio, mcse=error), f"{self.currency} per QALY", self._meaning(icer))
        for threshold in self.thresholds:
            unit = at_threshold(self.currency, threshold, self.person)
            yield self._quantity(f"net_benefit_at_{threshold:.12g}", summarise(threshold * qaly - cost), unit)

    def chances(self) -> Iterator[Quantity]:
        """What only a sample tells: how probably it saves money, and is better value than the comparator."""
        cost, qaly = self.increments
        yield self._quantity("probability_saving", share(cost < 0), "probability")
        for threshold in self.thresholds:
            name = f"probability_cost_effective_at_{threshold:.12g}"
            yield self._quantity(name, share(threshold * qaly > cost), "probability")

    def _quantity(self, name: str, summary: Summary, unit: str) -> Quantity:
        return Quantity(name, summary, unit, self.notes.get(name, ""))

    def _meaning(self, icer: ICER) -> str:
        """The quadrant in words; with further strategies, that they are not looked at here."""
        several = len(self.cea.strategies) > 2
        versus = f"; versus {self.cea.comparator} only, another strategy may be better value" if several else ""
        return icer.quadrant + versus


def at_threshold(currency: Currency, threshold: float, person: str) -> str:
    """The unit of money per person that depends on a threshold."""
    return f"{currency} per {person} at {currency.sign}{threshold:,.12g} per QALY"


def ratio_error(cost: xr.DataArray, qaly: xr.DataArray, ratio: float) -> float | None:
    """Monte Carlo standard error of a ratio of means, to first order: that of the mean of cost − ratio × QALYs."""
    if not cost.dims:
        return None
    return monte_carlo_error(cost - ratio * qaly) / abs(float(qaly.mean()))


def rows_of(quantities: Iterable[Quantity], basis: str, **keys: object) -> list[dict[str, object]]:
    """Tidy rows of quantities, with the keys of the analysis that they are of."""
    return [
        {"quantity": name, **keys, "basis": basis, **asdict(summary), "unit": unit, "note": note}
        for name, summary, unit, note in quantities
    ]


def quantity_names(currency: Currency, thresholds: Iterable[float], person: str = "patient") -> dict[str, str]:
    """What each quantity of a `Pair` or of the decision is called, in words."""
    names = {
        "incremental_cost": f"Incremental cost per {person}",
        "incremental_qaly": f"Incremental QALYs per {person}",
        "icer": "Cost per QALY gained (ICER)",
        "probability_saving": "Probability that it saves money",
        "saving_per_year": "Saving on one year's patients",
    }
    for threshold in thresholds:
        at = f"at {currency.sign}{threshold:,.12g} per QALY"
        names[f"net_benefit_at_{threshold:.12g}"] = f"Net benefit {at}"
        names[f"probability_cost_effective_at_{threshold:.12g}"] = f"Probability cost-effective {at}"
        names[f"evpi_at_{threshold:.12g}"] = f"EVPI per {person} {at}"
    return names
