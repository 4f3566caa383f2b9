"""What is told of two strategies, whoever's costs are counted: increments, ICER, net benefit, chances and EVPI."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import NamedTuple

import xarray as xr

from heemodel.currency import Currency
from heemodel.decision import CostEffectiveness, Summary, monte_carlo_error, share, summarise
from heemodel.parameters import Inputs, policy_profiles
from heemodel.report.wording import money


class Quantity(NamedTuple):
    """A figure with its unit, and what must be known of it."""

    name: str
    summary: Summary
    unit: str
    note: str = ""


def thresholds() -> list[float]:
    """The thresholds of all dated policy profiles, money per QALY, ascending."""
    return sorted({threshold for profile in policy_profiles().values() for threshold in profile.thresholds})


def quantity_names(currency: Currency) -> dict[str, str]:
    """What each quantity of `Pair` is called, in words."""
    names = {
        "incremental_cost": "Incremental cost per patient",
        "incremental_qaly": "Incremental QALYs per patient",
        "icer": "Cost per QALY gained (ICER)",
        "probability_saving": "Probability that it saves money",
    }
    for threshold in thresholds():
        at = f"at {money(threshold, currency=currency)} per QALY"
        names[f"net_benefit_at_{threshold:.0f}"] = f"Net benefit {at}"
        names[f"probability_cost_effective_at_{threshold:.0f}"] = f"Probability cost-effective {at}"
        names[f"evpi_at_{threshold:.0f}"] = f"EVPI per patient {at}"
    return names


def form_of(quantity: str) -> str:
    """How a quantity of `Pair` is printed, as `tables.cell` takes it."""
    if quantity.startswith("probability"):
        return "probability"
    return "number2" if quantity == "incremental_qaly" else "money"


@dataclass(frozen=True)
class Pair:
    """The intervention of some outcomes compared with the comparator."""

    inputs: Inputs
    outcomes: xr.Dataset

    @property
    def effectiveness(self) -> CostEffectiveness:
        """Both strategies' costs and QALYs."""
        return CostEffectiveness(self.outcomes, comparator=self.inputs.about.comparator)

    @property
    def money(self) -> str:
        """The unit of money per patient."""
        return f"{self.inputs.about.currency} per patient, {self.inputs.about.price_year} prices"

    def _at(self, threshold: float) -> str:
        """The unit of money per patient that depends on a threshold."""
        currency = self.inputs.about.currency
        return f"{currency} per patient at {currency.sign}{threshold:,.0f} per QALY"

    def increments(self) -> tuple[CostEffectiveness, str, xr.DataArray, xr.DataArray]:
        """Both strategies, the intervention's name, its incremental cost and its incremental QALYs."""
        cea = self.effectiveness
        (intervention,) = cea.interventions
        cost, qaly = (cea.incremental(part).sel(strategy=intervention, drop=True) for part in (cea.cost, cea.qaly))
        return cea, intervention, cost, qaly

    def means(self) -> Iterator[Quantity]:
        """What there is on either basis: increments, their ratio, net benefits."""
        cea, intervention, cost, qaly = self.increments()
        yield Quantity("incremental_cost", summarise(cost), self.money)
        yield Quantity("incremental_qaly", summarise(qaly), "QALYs per patient")
        icer = cea.icer(intervention)
        ratio = float("nan") if icer.value is None else icer.value
        error = _ratio_error(cost, qaly, ratio) if icer.value is not None else None
        yield Quantity("icer", Summary(ratio, mcse=error), f"{self.inputs.about.currency} per QALY", icer.quadrant)
        for threshold in thresholds():
            unit = self._at(threshold)
            yield Quantity(f"net_benefit_at_{threshold:.0f}", summarise(threshold * qaly - cost), unit)

    def chances(self) -> Iterator[Quantity]:
        """What only a sample tells: probabilities, and what the uncertainty costs."""
        cea, _, cost, qaly = self.increments()
        note = self.inputs.about.notes.get("probability_saving", "")
        yield Quantity("probability_saving", share(cost < 0), "probability", note)
        for threshold in thresholds():
            name = f"probability_cost_effective_at_{threshold:.0f}"
            yield Quantity(name, share(threshold * qaly > cost), "probability")
        evpi = cea.evpi(thresholds())
        for threshold, value, error in zip(thresholds(), evpi.to_numpy(), evpi["mcse"].to_numpy(), strict=True):
            unit = self._at(threshold)
            yield Quantity(f"evpi_at_{threshold:.0f}", Summary(float(value), mcse=float(error)), unit)


def _ratio_error(cost: xr.DataArray, qaly: xr.DataArray, ratio: float) -> float | None:
    """Monte Carlo standard error of a ratio of means, to first order: that of the mean of cost − ratio × QALYs."""
    if not cost.dims:
        return None
    return monte_carlo_error(cost - ratio * qaly) / abs(float(qaly.mean()))


def tidy(quantities: Iterable[Quantity], basis: str, **keys: object) -> list[dict[str, object]]:
    """Rows of quantities, with the keys of the analysis that they are of."""
    return [
        {"quantity": name, **keys, "basis": basis, **asdict(summary), "unit": unit, "note": note}
        for name, summary, unit, note in quantities
    ]
