"""Elements of values that were found to fit a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from heemodel.mirror.arrays import Recorded
from heemodel.structures.layout import CYCLE, Fitted

UNTIMED = ("cycle", "time_in_state")
"""Dimensions that the values of a model without time may not have."""


def elements_of(fitted: Fitted, lane: Mapping[str, str], spent: Mapping[str, int], cycles: int) -> list[Any]:
    """The numbers of a value in each cycle, at times on the clocks."""
    index = tuple(slice(None) if place == CYCLE else max(place, 0) for place in fitted.index(lane, spent))
    found = _data(fitted)[index]
    return found.tolist() if isinstance(found, np.ndarray) and found.ndim else [_one(found)] * cycles


def element_of(fitted: Fitted, lane: Mapping[str, str]) -> Any:
    """The one number of a value that does not depend on the cycle."""
    return _one(_data(fitted)[tuple(max(place, 0) for place in fitted.index(lane))])


def _data(fitted: Fitted) -> Any:
    return fitted.data.elements if isinstance(fitted.data, Recorded) else np.asarray(fitted.data, dtype=float)


def _one(found: Any) -> Any:
    return found.item() if isinstance(found, (np.ndarray, np.generic)) else found
