"""One outcome and the parameters that it was worked out from, sample by sample."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy import linalg

from heemodel.decision.draws import Column, Parameters, check_same_samples, choose_columns, read_columns
from heemodel.decision.metamodels import LEAST
from heemodel.decision.outcomes import OutcomeError, check_enough, check_sampled
from heemodel.decision.summary import Origin
from heemodel.errors import nearest

Floats = NDArray[np.float64]

TOLERANCE = 1e-6
"""Share of a parameter's spread that the others must leave unexplained for its effect to be told from theirs."""
ONE_SLOPE = 4
"""Samples from which the effect of one parameter can be told with its error."""


class Study(NamedTuple):
    """What every method works on."""

    outcome: Floats
    columns: dict[str, tuple[Column, ...]]
    """All parameters of the draws."""
    chosen: list[Column]
    """The columns that are asked about."""
    origin: Origin

    @classmethod
    def of(
        cls,
        outcome: xr.DataArray,
        draws: Parameters,
        parameters: Sequence[str] | None,
        leave_out: Sequence[str] = (),
        *,
        least: int = LEAST,
    ) -> "Study":
        """Read and check; without `parameters`, all but those to be left out; `least` samples are needed."""
        check_sampled(outcome)
        columns = read_columns(draws, outcome.sizes["sample"])
        check_same_samples(draws, outcome)
        check_enough(outcome.sizes["sample"], least, "to tell what follows a parameter")
        every = [column for places in columns.values() for column in places]
        chosen = every if parameters is None else choose_columns(columns, parameters)
        if isinstance(leave_out, str):
            raise OutcomeError(f"leave_out is {leave_out!r}; give a list of names, such as [{leave_out!r}]")
        known = {column.name for column in chosen}
        places = {name: {column.name for column in columns.get(name, ())} or {name} for name in leave_out}
        if unknown := [name for name, of in places.items() if not of & known]:
            raise OutcomeError(f"no parameter {unknown[0]!r} to leave out; {nearest(unknown[0], known)}")
        left_out = set().union(*places.values())
        chosen = [column for column in chosen if column.name not in left_out]
        if not chosen:
            raise OutcomeError("the draws have no parameters; give a variable over samples for each")
        return cls(outcome.to_numpy().astype(float), columns, chosen, Origin.of(outcome))

    def error(self, influence: Floats) -> float:
        """Standard error of an estimate from what each sample adds to it."""
        return self.origin.error_of_mean(influence)

    def inflation(self, influence: Floats) -> float:
        """By how much the variance is larger than with as many independent samples."""
        independent = float(influence.std(ddof=1) / np.sqrt(len(influence)))
        if not self.origin or independent == 0.0:
            return 1.0
        return (self.error(influence) / independent) ** 2

    def refuse_constant(self) -> None:
        """Refuse an outcome that has no variance to be explained."""
        if (self.outcome == self.outcome[0]).all():
            raise OutcomeError(f"the outcome is {self.outcome[0]:g} in every sample; there is no variance to explain")

    def ordered(self) -> tuple[list[Column], Floats]:
        """The chosen columns that vary and have an order, and their values (sample, parameter)."""
        columns = [column for column in self.chosen if not column.constant and not column.named]
        if not columns:
            raise OutcomeError("no parameter varies and has an order; give draws of one that does")
        return columns, np.stack([column.values for column in columns], axis=1)

    def rest(self) -> list[tuple[Column, str]]:
        """The other chosen columns, and why they are not among the `ordered`."""
        return [
            (column, "it never varies" if column.constant else "its values are names, without an order")
            for column in self.chosen
            if column.constant or column.named
        ]


def refuse_determined(standard: Floats, columns: Sequence[Column], what: str) -> None:
    """Refuse parameters that follow from the others, whose effects cannot be told apart.

    Parameters
    ----------
    standard : (sample, parameter), centred and of the same spread
    columns : of which they are
    what : follows from the others
    """
    samples, count = standard.shape
    if samples <= count + 2:
        raise OutcomeError(
            f"{count} parameters cannot be told apart by {samples} samples; run at least {count + 3} samples, better "
            f"{10 * count:,}, or name fewer parameters"
        )
    triangle, order = linalg.qr(np.linalg.qr(standard, mode="r"), mode="r", pivoting=True)
    left = np.abs(triangle.diagonal()) / np.sqrt(samples)
    if names := [columns[i].name for i in sorted(order[left < TOLERANCE])]:
        raise OutcomeError(
            f"{what} of {', '.join(names)} follows from the other parameters, so that their effects cannot be told "
            f"apart; leave_out={names}"
        )
