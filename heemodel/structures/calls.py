"""Calls of a model's own functions: slips that Python or xarray tell in their own terms are told in the model's."""

from collections.abc import Callable
from typing import Any

from heemodel.errors import HeemodelError
from heemodel.structures.errors import ModelError

CURES = {
    "truth value of an array": (
        "asks whether an array is true, as in `if time.cycle < 3:`, `and`, `or`, `min` or `max`; the answer may differ "
        "between cycles. Write xr.where(time.cycle < 3, one value, another), `&`, `|`, np.minimum or np.maximum"
    ),
    "converted to Python scalars": (
        "makes one number of an array, as `float`, `int` and the functions of `math` do; write np.exp instead of "
        "math.exp, and leave arrays as they are"
    ),
    "conflicting dimension sizes": (
        "joins arrays of different lengths along a dimension; cut the longer one, as in "
        "table.isel(cycle=slice(0, time.cycle.size))"
    ),
    "cannot reindex or align": ("joins arrays whose labels along a dimension differ; give both the same labels"),
}
"""What Python, numpy or xarray say, and what it means in a model."""


def call[Answer](function: Callable[..., Answer], what: str, *arguments: Any) -> Answer:
    """What a model's function gives.

    Raises
    ------
    ModelError
        naming the function `what`, for a slip with a known cure; any other error of the function is its own
    """
    try:
        return function(*arguments)
    except HeemodelError:
        raise
    except (ValueError, TypeError) as error:
        for said, cure in CURES.items():
            if said in str(error):
                raise ModelError(f"{what} {cure}. (Python says: {error})") from error
        raise
