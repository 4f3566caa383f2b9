"""What a PSA says of a decision: incremental costs and QALYs, with the parameters that they were worked out from."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from heemodel.decision.cost_effectiveness import CostEffectiveness
from heemodel.decision.draws import Column, Parameters, check_same_samples, read_columns
from heemodel.decision.information.gain import Floats, Gain, gains
from heemodel.decision.metamodels import LEAST, Fit, choose, regress
from heemodel.decision.outcomes import OutcomeError, check_enough, check_thresholds
from heemodel.decision.summary import Origin


class Learnt(NamedTuple):
    """A regression of increments on something, how and why."""

    fit: Fit
    method: str
    reason: str


ORDERED = ("splines", "gaussian process")
"""Methods that smooth over an order, which names do not have."""


class Increments(NamedTuple):
    """Increments, and the columns that they depend on."""

    values: Floats
    """(incremental cost of each intervention, then incremental QALYs of each; sample)."""
    thresholds: Floats
    columns: dict[str, tuple[Column, ...]]
    origin: Origin

    @classmethod
    def of(cls, cea: CostEffectiveness, draws: Parameters, thresholds: ArrayLike) -> "Increments":
        """Read them, sample by sample."""
        if "sample" not in cea.cost.dims and "sample" not in cea.qaly.dims:
            raise OutcomeError("the outcomes are those of one point; value of information needs a sample of them")
        cost, qaly = xr.broadcast(cea.cost, cea.qaly)
        parts = [cea.incremental(part).transpose("strategy", "sample").to_numpy() for part in (cost, qaly)]
        values = np.concatenate(parts).astype(float)
        columns = read_columns(draws, values.shape[1])
        check_same_samples(draws, cea.cost, cea.qaly)
        check_enough(values.shape[1], LEAST, "to regress on")  # so few may also be alike by chance
        return cls(
            values,
            check_thresholds(thresholds).to_numpy(),
            columns,
            Origin.of(cea.cost) or Origin.of(cea.qaly),
        )

    def on(self, columns: Sequence[Column], method: str | None) -> Learnt | None:
        """Regressed on parameters; None where none of them varies."""
        varying = [column for column in columns if not column.constant]
        if not varying:
            return None
        values = np.stack([column.values for column in varying], axis=1)
        names = sum(column.named for column in varying)
        if method is None and 0 < names < len(varying):
            return self.regressed(values, "trees")._replace(reason="names together with numbers")
        return self.regressed(values, method, named=names > 0)

    def regressed(self, values: Floats, method: str | None, *, named: bool = False) -> Learnt:
        """Regressed on values (sample, column), none of them constant."""
        default, reason = choose(values.shape[1], named=named)
        used = default if method is None else method
        if named and used in ORDERED:
            raise OutcomeError(f"{used} needs numbers, and a parameter holds names; use method='categories'")
        return Learnt(regress(values, self.values, used), used, reason if method is None else "asked for")

    def gains(self, fit: Fit, rng: np.random.Generator) -> list[Gain]:
        """What choices by the regression gain, at every threshold."""
        return gains(fit, self.values, self.thresholds, rng, self.origin)
