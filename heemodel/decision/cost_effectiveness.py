"""Cost-effectiveness of strategies from their outcomes, wherever those were made."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from heemodel.decision.summary import Summary, share, summarise
from heemodel.errors import HeemodelError, nearest

QUADRANTS = {
    (-1, 1): "dominant: saves money and gains QALYs",
    (1, -1): "dominated: costs more and loses QALYs",
    (1, 1): "costs more and gains QALYs (north-east): money per QALY gained",
    (-1, -1): "saves money and loses QALYs (south-west): money saved per QALY lost",
}


TWO = 2
"""Strategies up to which a ratio against the comparator is all there is to know."""


class OutcomeError(HeemodelError):
    """Outcomes that cannot be compared."""


@dataclass(frozen=True)
class ICER:
    """Incremental cost-effectiveness ratio: mean incremental cost / mean incremental QALYs, never without its quadrant.

    `value` is None where the increments are not of a size that a ratio can be taken of.
    """

    value: float | None
    quadrant: str


class CostEffectiveness:
    """Costs and QALYs of strategies, compared.

    Parameters
    ----------
    outcomes : Dataset with `cost` and `qaly` of dimension `strategy`, and `sample` unless deterministic; `cost` may
        also have `component`, over which it is summed
    comparator : the strategy that the others are compared with. incremental = intervention − comparator

    Raises
    ------
    OutcomeError
        if an outcome is missing or not a number, or the comparator is not among the strategies

    Examples
    --------
    >>> outcomes = xr.Dataset({"cost": ("strategy", [100.0, 150.0]), "qaly": ("strategy", [1.0, 1.5])},
    ...                       coords={"strategy": ["old", "new"]})
    >>> CostEffectiveness(outcomes, comparator="old").icer("new").value
    100.0
    """

    def __init__(self, outcomes: xr.Dataset, *, comparator: str) -> None:
        for name in ("cost", "qaly"):
            if name not in outcomes:
                raise OutcomeError(
                    f"the outcomes have no {name!r}; they have {', '.join(map(str, outcomes.data_vars))}"
                )
            if "strategy" not in outcomes[name].dims or "strategy" not in outcomes.coords:
                raise OutcomeError(f"{name!r} needs the dimension strategy with names; assign_coords(strategy=[…])")
            allowed = ("sample", "strategy", *(("component",) if name == "cost" else ()))
            if extra := [str(dim) for dim in outcomes[name].dims if dim not in allowed]:
                raise OutcomeError(
                    f"{name!r} has dimension {extra[0]!r}; it takes {', '.join(allowed)}. Rename the dimension of the "
                    "draws to 'sample', select over any other"
                )
            if outcomes[name].dtype.kind not in "fiu":
                raise OutcomeError(f"{name!r} holds {outcomes[name].dtype}; give numbers")
            if not np.isfinite(outcomes[name]).all():
                raise OutcomeError(
                    f"{name!r} holds {int((~np.isfinite(outcomes[name])).sum())} values that are not numbers"
                )
        self.strategies = [str(name) for name in outcomes["strategy"].to_numpy()]
        if len(set(self.strategies)) != len(self.strategies):
            raise OutcomeError(f"a strategy is there twice: {', '.join(self.strategies)}")
        if comparator not in self.strategies:
            raise OutcomeError(f"no strategy {comparator!r} to compare with; {nearest(comparator, self.strategies)}")
        if len(self.strategies) == 1:
            raise OutcomeError(f"there is nothing to compare {comparator!r} with; give the outcomes of two strategies")
        cost = outcomes["cost"]
        self.comparator = comparator
        self.cost = cost.sum("component") if "component" in cost.dims else cost
        self.qaly = outcomes["qaly"]

    @property
    def interventions(self) -> list[str]:
        """All strategies but the comparator."""
        return [name for name in self.strategies if name != self.comparator]

    def incremental(self, outcome: xr.DataArray) -> xr.DataArray:
        """`outcome` of every intervention minus that of the comparator; dimension `strategy` without the comparator."""
        base = outcome.sel(strategy=self.comparator, drop=True)
        return outcome.sel(strategy=self.interventions) - base

    def icer(self, intervention: str) -> ICER:
        """Ratio of the mean increments of an intervention, with its quadrant in words.

        Against the comparator, whichever other strategies there are: with more than two, see `frontier` for the
        strategy of highest expected net benefit.
        """
        if intervention not in self.interventions:
            raise OutcomeError(f"no intervention {intervention!r}; {nearest(intervention, self.interventions)}")
        cost = float(self.incremental(self.cost).sel(strategy=intervention).mean())
        qaly = float(self.incremental(self.qaly).sel(strategy=intervention).mean())
        if qaly == 0.0:
            words = "no difference in QALYs" + (
                ", saves money" if cost < 0 else ", costs more" if cost > 0 else " or cost"
            )
            return ICER(None, words)
        if cost == 0.0:
            return ICER(0.0, "no difference in cost, " + ("gains QALYs" if qaly > 0 else "loses QALYs"))
        return ICER(cost / qaly, QUADRANTS[int(np.sign(cost)), int(np.sign(qaly))])

    def net_benefit(self, thresholds: ArrayLike) -> xr.DataArray:
        """Threshold × QALYs − cost; dimension `threshold` (money per QALY) added to those of the outcomes."""
        return _thresholds(thresholds) * self.qaly - self.cost

    def acceptability(self, thresholds: ArrayLike) -> xr.DataArray:
        """Cost-effectiveness acceptability curve: the probability that each strategy has the highest net benefit.

        Where strategies tie in a sample, the sample is shared equally between them.

        Returns
        -------
        DataArray (threshold, strategy) that sums to 1 over strategies
        """
        benefit = self._sampled_benefit(thresholds)
        best = benefit == benefit.max("strategy")
        return (best / best.sum("strategy")).mean("sample").transpose("threshold", "strategy")

    def frontier(self, thresholds: ArrayLike) -> pd.DataFrame:
        """Cost-effectiveness acceptability frontier: the strategy of highest expected net benefit and its probability.

        Returns
        -------
        DataFrame with columns threshold, strategy and probability (of being the most cost-effective; not always the
        highest of all, see Fenwick et al. 2001, doi 10.1002/hec.635)
        """
        best = self._sampled_benefit(thresholds).mean("sample").idxmax("strategy")
        probability = self.acceptability(thresholds).sel(strategy=best)
        return pd.DataFrame(
            {
                "threshold": best["threshold"].to_numpy(),
                "strategy": best.to_numpy(),
                "probability": probability.to_numpy(),
            }
        )

    def expected_loss(self, thresholds: ArrayLike) -> xr.DataArray:
        """Mean net benefit forgone by choosing a strategy and not each sample's best; (threshold, strategy)."""
        benefit = self._sampled_benefit(thresholds)
        return (benefit.max("strategy") - benefit).mean("sample").transpose("threshold", "strategy")

    def evpi(self, thresholds: ArrayLike) -> xr.DataArray:
        """Expected value of perfect information per person: the least expected loss; dimension `threshold`."""
        return self.expected_loss(thresholds).min("strategy")

    def table(self, thresholds: ArrayLike = ()) -> pd.DataFrame:
        """Means, increments and net benefit of every strategy.

        Returns
        -------
        tidy DataFrame with columns strategy, quantity, value, lower, upper, mcse, note. Quantities are cost, qaly,
        and for interventions incremental_cost, incremental_qaly, icer, probability_saving, and for each threshold
        incremental_net_benefit_<threshold>
        """
        rows: list[dict[str, object]] = []

        def add(strategy: str, quantity: str, summary: Summary, note: str = "") -> None:
            fields = {"value": summary.value, "lower": summary.lower, "upper": summary.upper, "mcse": summary.mcse}
            rows.append({"strategy": strategy, "quantity": quantity, **fields, "note": note})

        for name in self.strategies:
            add(name, "cost", summarise(self.cost.sel(strategy=name)))
            add(name, "qaly", summarise(self.qaly.sel(strategy=name)))
        for name in self.interventions:
            cost = self.incremental(self.cost).sel(strategy=name)
            qaly = self.incremental(self.qaly).sel(strategy=name)
            add(name, "incremental_cost", summarise(cost))
            add(name, "incremental_qaly", summarise(qaly))
            icer = self.icer(name)
            more = len(self.strategies) > TWO
            versus = f"; versus {self.comparator} only, another strategy may be better value" if more else ""
            add(name, "icer", Summary(float("nan") if icer.value is None else icer.value), icer.quadrant + versus)
            add(name, "probability_saving", share(cost < 0))
            for threshold in _thresholds(thresholds).to_numpy():
                add(name, f"incremental_net_benefit_{threshold:g}", summarise(threshold * qaly - cost))
        return pd.DataFrame(rows)

    def _sampled_benefit(self, thresholds: ArrayLike) -> xr.DataArray:
        benefit = self.net_benefit(thresholds)
        return benefit if "sample" in benefit.dims else benefit.expand_dims("sample")


def _thresholds(thresholds: ArrayLike) -> xr.DataArray:
    values = np.atleast_1d(np.asarray(thresholds))
    if values.size and (values.dtype.kind not in "fiu" or not np.isfinite(values).all() or (values < 0).any()):
        raise OutcomeError(f"thresholds are {thresholds!r}; give numbers of 0 or more, in money per QALY")
    values = values.astype(float)
    return xr.DataArray(values, dims="threshold", coords={"threshold": values})
