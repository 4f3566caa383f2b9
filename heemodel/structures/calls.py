"""Calls of a model's own functions: slips that Python or xarray tell in their own terms are told in the model's."""

from collections.abc import Callable
from typing import Any

from heemodel.errors import HeemodelError
from heemodel.structures.errors import ModelError

IN_PLACE = (
    "changes numbers in place, and those of parameters and time cannot be; make a new array, as in "
    "xr.where(time.cycle < 3, 0.0, p.risk), or change a copy, as of p.risk.to_numpy().copy()"
)
CURES = {
    "truth value of an array": (
        "asks whether an array is true, as in `if time.cycle < 3:`, `and`, `or`, `min` or `max`; the answer may differ "
        "between cycles. Write xr.where(time.cycle < 3, one value, another), `&`, `|`, np.minimum or np.maximum"
    ),
    "converted to Python scalars": (
        "makes one number of an array, as `float`, `int` and the functions of `math` do; write np.exp instead of "
        "math.exp, and leave arrays as they are"
    ),
    "along dimension 'sample'": (
        "joins the draws with an array by sample of its own; the function may be called for some draws at a time. "
        "Make the array a parameter: model.run(draws.assign(name=array))"
    ),
    "read-only": IN_PLACE,
    "destination is a view": IN_PLACE,
    "numpy boolean": (
        "subtracts truths or takes one's negative; write `~` for not, `&` for and, `|` for or, `^` for either, and "
        "`1.0 * (time.cycle < 3)` for a number"
    ),
    "negative integer powers": (
        "raises whole numbers to a negative power, which numpy refuses; write a point, as in 2.0 ** -time.cycle"
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
        at = error.__traceback__
        if isinstance(error, TypeError) and "argument" in str(error) and (at is None or at.tb_next is None):
            asked = (
                "(p, time)" if len(arguments) == 2 else "(p)" if len(arguments) == 1 else f"{len(arguments)} arguments"
            )
            raise ModelError(f"{what} is called with {asked} and takes others. (Python says: {error})") from error
        for said, cure in CURES.items():
            if said in str(error):
                raise ModelError(f"{what} {cure}. (Python says: {error})") from error
        raise
