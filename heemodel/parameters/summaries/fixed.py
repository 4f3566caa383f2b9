"""A number without uncertainty, as a distribution like the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from heemodel.parameters.summaries.univariate import Array, SummaryError, Univariate, check_numbers


@dataclass(frozen=True)
class Fixed(Univariate):
    """A number that is certain: every draw is `value`.

    Examples
    --------
    >>> Fixed(394).draw(3, seed=1, name="price").to_numpy().tolist()
    [394.0, 394.0, 394.0]
    """

    value: float

    def __post_init__(self) -> None:
        check_numbers("Fixed", value=self.value)

    @property
    def support(self) -> tuple[float, float]:
        """The value, twice."""
        return self.value, self.value

    @property
    def mean(self) -> float:
        """The value."""
        return float(self.value)

    @property
    def sd(self) -> float:
        """0."""
        return 0.0

    @classmethod
    def frozen(cls, *numbers: Any) -> Any:
        """Refused: scipy has no distribution of a single value."""
        raise SummaryError(f"Fixed: {', '.join(f'{number:g}' for number in numbers)} has no distribution in scipy")

    @classmethod
    def sample(cls, rng: np.random.Generator, members: Sequence[Self], n: int) -> Array:  # noqa: ARG003 - as in others
        """The values, n times; shape (n, members)."""
        return np.tile(np.array([one.value for one in members], dtype=float), (n, 1))

    def _quantile(self, p: float) -> float:  # noqa: ARG002 - every quantile is the value
        return float(self.value)
