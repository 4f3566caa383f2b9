"""Cost-effectiveness of strategies from their outcomes, wherever those were made."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from heemodel.decision.curves import Curves, net_benefit_curves
from heemodel.decision.incremental import incremental_table
from heemodel.decision.outcomes import OutcomeError, check_outcomes, check_thresholds, total
from heemodel.decision.plane import Plane, plane_of
from heemodel.decision.summary import Origin, Summary, share, summarise
from heemodel.errors import nearest

ICER_WORDS = {
    (1, 1): "costs more and gains QALYs (north-east): money per QALY gained",
    (-1, -1): "saves money and loses QALYs (south-west): money saved per QALY lost",
    (-1, 1): "dominant: saves money and gains QALYs",
    (-1, 0): "dominant: saves money, no difference in QALYs",
    (0, 1): "dominant: gains QALYs, no difference in cost",
    (1, -1): "dominated: costs more and loses QALYs",
    (1, 0): "dominated: costs more, no difference in QALYs",
    (0, -1): "dominated: loses QALYs, no difference in cost",
    (0, 0): "no difference in QALYs or cost",
}
"""What to say by the signs of incremental cost and incremental QALYs; only the first two have a ratio. What is dominant
lies in the south-east of the plane, and what is dominated in the north-west: see `heemodel.decision.plane`."""

TWO = 2
"""Strategies up to which a ratio against the comparator is all there is to know."""


@dataclass(frozen=True)
class ICER:
    """Incremental cost-effectiveness ratio: mean incremental cost / mean incremental QALYs, never without its quadrant.

    Attributes
    ----------
    value : money per QALY gained (north-east) or saved per QALY lost (south-west); None for an intervention that is
        dominant, dominated or no different, of which a ratio says nothing: −500 is both £50 saved with 0.1 QALYs
        gained and £50 more with 0.1 QALYs lost
    quadrant : the same in words; begins with "dominant" or "dominated" where it is
    """

    value: float | None
    quadrant: str


class CostEffectiveness:
    """Costs and QALYs of strategies, compared.

    Parameters
    ----------
    outcomes : Dataset with `cost` and `qaly` of dimension `strategy`, and `sample` unless deterministic; `cost` may
        also have `component`, over which it is summed, and both may have `group`
    comparator : the strategy that the others are compared with. incremental = intervention − comparator
    weights : share of the population in each group, adding up to 1, where the outcomes have groups; costs and QALYs
        are then those of the whole population, Σ weight × outcome. For the groups apart see `group_table`

    Raises
    ------
    OutcomeError
        if an outcome is missing or not a number, the comparator is not among the strategies, or groups and weights do
        not fit

    Examples
    --------
    >>> outcomes = xr.Dataset({"cost": ("strategy", [100.0, 150.0]), "qaly": ("strategy", [1.0, 1.5])},
    ...                       coords={"strategy": ["old", "new"]})
    >>> CostEffectiveness(outcomes, comparator="old").icer("new").value
    100.0
    """

    def __init__(self, outcomes: xr.Dataset, *, comparator: str, weights: Mapping[str, float] | None = None) -> None:
        self.strategies = check_outcomes(outcomes, weights)
        if comparator not in self.strategies:
            raise OutcomeError(f"no strategy {comparator!r} to compare with; {nearest(comparator, self.strategies)}")
        self.comparator = comparator
        self.cost = total(outcomes["cost"], weights)
        self.qaly = total(outcomes["qaly"], weights)
        self._kept: tuple[NDArray[np.float64], Curves] | None = None

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

        Against the comparator, whichever other strategies there are: with more than two, see `incremental_table`.

        Parameters
        ----------
        intervention : one of the strategies, not the comparator

        Returns
        -------
        ICER, without a value where the intervention is dominant, dominated or no different

        Raises
        ------
        OutcomeError
            if there is no such intervention

        See Also
        --------
        incremental_table : each strategy against the next less costly one that is not dominated

        Examples
        --------
        >>> outcomes = xr.Dataset({"cost": ("strategy", [100.0, 50.0]), "qaly": ("strategy", [1.0, 1.1])},
        ...                       coords={"strategy": ["old", "new"]})
        >>> CostEffectiveness(outcomes, comparator="old").icer("new")
        ICER(value=None, quadrant='dominant: saves money and gains QALYs')
        """
        cost = float(self._increment(self.cost, intervention).mean())
        qaly = float(self._increment(self.qaly, intervention).mean())
        signs = int(np.sign(cost)), int(np.sign(qaly))
        return ICER(cost / qaly if signs[0] == signs[1] != 0 else None, ICER_WORDS[signs])

    def incremental_table(self) -> pd.DataFrame:
        """Full incremental analysis of the mean costs and QALYs of all strategies, the comparator being one of them.

        Returns
        -------
        DataFrame sorted by cost, with columns strategy, cost, qaly, versus, incremental_cost, incremental_qaly, icer,
        status and dominated_by (see `incremental_analysis`), and 95% interval and Monte Carlo standard error of both
        increments along the frontier
        """
        return incremental_table(self.cost, self.qaly)

    def plane(self, *, most: int = 2_000) -> Plane:
        """The cost-effectiveness plane as tables: points, means and the share of samples in each quadrant.

        Parameters
        ----------
        most : points, shared among interventions and evenly spread over samples; means and shares are of all samples
        """
        return plane_of(self.incremental(self.cost), self.incremental(self.qaly), self.interventions, most)

    def net_benefit(self, thresholds: ArrayLike) -> xr.DataArray:
        """Threshold × QALYs − cost; dimension `threshold` (money per QALY) added to those of the outcomes."""
        return check_thresholds(thresholds) * self.qaly - self.cost

    def incremental_net_benefit(self, intervention: str, *, threshold: float) -> xr.DataArray:
        """Threshold × incremental QALYs − incremental cost of one intervention; above 0 it is cost-effective.

        Returns
        -------
        DataArray with the dimension `sample` where the outcomes have it, money per person
        """
        value = check_thresholds(threshold)
        if value.size != 1:
            raise OutcomeError(f"threshold is {threshold!r}; give one, in money per QALY")
        benefit = self._incremental_benefit(intervention, float(value[0]))
        return benefit.rename(f"incremental net benefit of {intervention} at {float(value[0]):,g} per QALY")

    def saving(self, intervention: str) -> xr.DataArray:
        """Cost of the comparator − cost of one intervention, per person; without QALYs see `total_saving`."""
        return (-self._increment(self.cost, intervention)).rename(f"saving by {intervention}")

    def acceptability(self, thresholds: ArrayLike) -> xr.DataArray:
        """Cost-effectiveness acceptability curve: the probability that each strategy has the highest net benefit.

        Where strategies tie in a sample, the sample is shared equally between them.

        Returns
        -------
        DataArray (threshold, strategy) that sums to 1 over strategies, with the coordinate `frontier` (threshold,
        strategy), true for the strategy of highest expected net benefit
        """
        curve = self._curve(thresholds, "probability")
        best = self._curves(curve["threshold"].to_numpy()).benefit.argmax(axis=1)
        frontier = best[:, None] == np.arange(len(self.strategies))
        return curve.assign_coords(frontier=(("threshold", "strategy"), frontier)).rename("probability")

    def frontier(self, thresholds: ArrayLike) -> pd.DataFrame:
        """Cost-effectiveness acceptability frontier: the strategy of highest expected net benefit and its probability.

        Returns
        -------
        DataFrame with columns threshold, strategy and probability (of being the most cost-effective; not always the
        highest of all, see Fenwick et al. 2001, doi 10.1002/hec.635)
        """
        values = check_thresholds(thresholds).to_numpy()
        found = self._curves(values)
        best = found.benefit.argmax(axis=1)
        return pd.DataFrame(
            {
                "threshold": values,
                "strategy": np.array(self.strategies, dtype=object)[best],
                "probability": found.probability[np.arange(len(values)), best],
            }
        )

    def exact_acceptability(self, intervention: str) -> pd.DataFrame:
        """The acceptability curve of an intervention against the comparator alone, at every threshold there is.

        In a sample the intervention has the higher net benefit where threshold × ΔQALY > Δcost, so the curve is a
        step function that changes only at the ratios Δcost / ΔQALY of samples. A sample in which both increments are 0
        is shared equally.

        Returns
        -------
        DataFrame with columns threshold, where a step begins (from 0), and probability, from there until the next
        """
        both = xr.broadcast(*(self._increment(outcome, intervention) for outcome in (self.cost, self.qaly)))
        cost, qaly = (increment.to_numpy() for increment in both)
        ratio = np.divide(cost, qaly, out=np.zeros_like(cost), where=qaly != 0)
        from_start = np.where(qaly > 0, ratio <= 0, np.where(qaly < 0, ratio > 0, (1 - np.sign(cost)) / 2))
        changes = (qaly != 0) & (ratio > 0)
        steps, at = np.unique(ratio[changes], return_inverse=True)
        counts = np.bincount(at, np.sign(qaly[changes]), len(steps))
        threshold = np.concatenate([[0.0], steps])
        probability = (from_start.sum() + np.concatenate([[0.0], counts.cumsum()])) / cost.size
        return pd.DataFrame({"threshold": threshold, "probability": probability})

    def expected_loss(self, thresholds: ArrayLike) -> xr.DataArray:
        """Mean net benefit forgone by choosing a strategy and not each sample's best; (threshold, strategy)."""
        return self._curve(thresholds, "loss").rename("expected_loss")

    def evpi(self, thresholds: ArrayLike) -> xr.DataArray:
        """Expected value of perfect information per person: the least expected loss, E max − max E of net benefit.

        Returns
        -------
        DataArray (threshold) with the coordinate `mcse` along it, its Monte Carlo standard error
        """
        values = check_thresholds(thresholds)
        loss = self.expected_loss(values)
        best = loss.argmin("strategy")
        squared = self._curve(values, "loss_squared").isel(strategy=best)
        evpi = loss.isel(strategy=best).drop_vars("strategy")
        sizes = {**self.cost.sizes, **self.qaly.sizes}
        if origin := Origin.of(self.cost) or Origin.of(self.qaly):
            cost, qaly = (self._by_strategy(outcome) for outcome in xr.broadcast(self.cost, self.qaly))
            benefits = (threshold * qaly - cost for threshold in values.to_numpy())
            mcse = np.array(
                [
                    origin.error_of_mean(benefit.max(axis=0) - benefit[chosen])
                    for benefit, chosen in zip(benefits, best.to_numpy(), strict=True)
                ]
            )
        else:
            variance = (squared.to_numpy() - evpi.to_numpy() ** 2).clip(min=0)
            spare = sizes.get("sample", 2) - 1  # of one draw no error can be stated
            mcse = np.sqrt(variance / spare) if spare else np.full(variance.shape, np.nan)
        return evpi.assign_coords(mcse=("threshold", mcse)).rename("evpi")

    def certainty_equivalent(self, thresholds: ArrayLike, *, risk_aversion: float) -> xr.DataArray:
        """The sure net benefit that is worth as much as an uncertain one to a decision maker who is averse to risk.

        With the exponential utility u(b) = (1 − exp(−r b)) / r, −ln(E exp(−r b)) / r: the mean for r → 0, and less the
        more risk there is and the larger r, about ½ r × variance.

        Parameters
        ----------
        thresholds : money per QALY
        risk_aversion : r > 0, per unit of money, of net benefit per person (Baio and Dawid 2015, doi
            10.1177/0962280211419832)

        Returns
        -------
        DataArray (threshold, strategy), money per person
        """
        if not risk_aversion > 0 or not np.isfinite(risk_aversion):
            raise OutcomeError(f"risk_aversion is {risk_aversion!r}; give a number above 0, per unit of money")
        benefit = self._sampled_benefit(thresholds)
        worst = benefit.min("sample")
        mean = xr.apply_ufunc(np.exp, -risk_aversion * (benefit - worst)).mean("sample")
        equivalent: xr.DataArray = worst - xr.apply_ufunc(np.log, mean) / risk_aversion
        return equivalent.transpose("threshold", "strategy")

    def net_benefit_table(self, thresholds: ArrayLike) -> pd.DataFrame:
        """Distribution of the incremental net benefit, threshold × incremental QALYs − incremental cost.

        Returns
        -------
        DataFrame with a row for each intervention and threshold and the columns strategy, threshold, value (mean),
        lower, upper (95% interval), mcse, probability_above_0 and its Monte Carlo standard error probability_mcse; the
        probability is that of being better value than the comparator, not the best of all
        """
        rows: list[dict[str, object]] = []
        values, origin = check_thresholds(thresholds).to_numpy(), Origin.of(self.qaly - self.cost)
        for name in self.interventions:
            cost, qaly = (self._increment(outcome, name).to_numpy() for outcome in (self.cost, self.qaly))
            for threshold in values:
                benefit = threshold * qaly - cost
                above = origin.share(benefit > 0)
                chance = {"probability_above_0": above.value, "probability_mcse": above.mcse}
                rows.append({"strategy": name, "threshold": threshold, **asdict(origin.summary(benefit)), **chance})
        return pd.DataFrame(rows)

    def table(self, thresholds: ArrayLike = ()) -> pd.DataFrame:
        """Means, increments and net benefit of every strategy.

        Parameters
        ----------
        thresholds : money per QALY

        Returns
        -------
        tidy DataFrame with columns strategy, quantity, value, lower, upper, mcse, note. Quantities are cost, qaly and
        for each threshold probability_most_cost_effective_<threshold>; and for interventions incremental_cost,
        incremental_qaly, icer (NaN where the note says dominant, dominated or no different), probability_saving, and
        for each threshold incremental_net_benefit_<threshold>

        Raises
        ------
        OutcomeError
            if thresholds are not numbers of 0 or more

        See Also
        --------
        incremental_table : what each further QALY costs along the frontier

        Examples
        --------
        >>> outcomes = xr.Dataset({"cost": ("strategy", [100.0, 150.0]), "qaly": ("strategy", [1.0, 1.5])},
        ...                       coords={"strategy": ["old", "new"]})
        >>> table = CostEffectiveness(outcomes, comparator="old").table([20_000])
        >>> table.set_index(["strategy", "quantity"]).loc[("new", "icer"), "value"].item()
        100.0
        """
        rows: list[dict[str, object]] = []
        values = check_thresholds(thresholds).to_numpy()
        origin = Origin.of(self.qaly - self.cost)
        versus = f"; versus {self.comparator} only, another strategy may be better value"

        def add(strategy: str, quantity: str, summary: Summary, note: str = "") -> None:
            rows.append({"strategy": strategy, "quantity": quantity, **asdict(summary), "note": note})

        for name in self.strategies:
            add(name, "cost", summarise(self.cost.sel(strategy=name)))
            add(name, "qaly", summarise(self.qaly.sel(strategy=name)))
        for name in self.interventions:
            cost, qaly = self._increment(self.cost, name), self._increment(self.qaly, name)
            add(name, "incremental_cost", summarise(cost))
            add(name, "incremental_qaly", summarise(qaly))
            icer = self.icer(name)
            note = icer.quadrant + (versus if len(self.strategies) > TWO else "")
            add(name, "icer", Summary(float("nan") if icer.value is None else icer.value), note)
            add(name, "probability_saving", share(cost < 0))
            for threshold in values:
                benefit = origin.summary(threshold * qaly.to_numpy() - cost.to_numpy())
                add(name, f"incremental_net_benefit_{threshold:.12g}", benefit)
        costs, qalys = (self._by_strategy(outcome) for outcome in xr.broadcast(self.cost, self.qaly))
        for threshold in values:
            benefits = threshold * qalys - costs
            best = benefits == benefits.max(axis=0)
            for name, chance in zip(self.strategies, best / best.sum(axis=0), strict=True):
                add(name, f"probability_most_cost_effective_{threshold:.12g}", origin.share(chance))
        return pd.DataFrame(rows)

    def _increment(self, outcome: xr.DataArray, intervention: str) -> xr.DataArray:
        if intervention == self.comparator:
            listed = ", ".join(self.interventions)
            raise OutcomeError(f"{intervention!r} is the comparator; name what is compared with it: {listed}")
        if intervention not in self.interventions:
            raise OutcomeError(f"no intervention {intervention!r}; {nearest(intervention, self.interventions)}")
        return outcome.sel(strategy=intervention, drop=True) - outcome.sel(strategy=self.comparator, drop=True)

    def _incremental_benefit(self, intervention: str, threshold: float) -> xr.DataArray:
        return threshold * self._increment(self.qaly, intervention) - self._increment(self.cost, intervention)

    def _curve(self, thresholds: ArrayLike, name: str) -> xr.DataArray:
        """One of the `Curves`; a deterministic run counts as one sample."""
        values = check_thresholds(thresholds)
        return xr.DataArray(
            getattr(self._curves(values.to_numpy()), name).copy(),
            dims=("threshold", "strategy"),
            coords={**values.coords, "strategy": self.strategies},
        )

    def _curves(self, thresholds: NDArray[np.float64]) -> Curves:
        """All curves; those of the thresholds that were last asked for are kept."""
        if self._kept is None or not np.array_equal(self._kept[0], thresholds):
            cost, qaly = (self._by_strategy(outcome) for outcome in xr.broadcast(self.cost, self.qaly))
            self._kept = thresholds, net_benefit_curves(cost, qaly, thresholds)
        return self._kept[1]

    def _by_strategy(self, outcome: xr.DataArray) -> NDArray[np.float64]:
        """(strategy, sample), with one sample where there are none."""
        sampled = outcome if "sample" in outcome.dims else outcome.expand_dims("sample")
        return np.ascontiguousarray(sampled.transpose("strategy", "sample").to_numpy(), dtype=float)

    def _sampled_benefit(self, thresholds: ArrayLike) -> xr.DataArray:
        benefit = self.net_benefit(thresholds)
        return benefit if "sample" in benefit.dims else benefit.expand_dims("sample")
