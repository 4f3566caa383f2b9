"""Calls of a model's own functions: slips that Python or xarray tell in their own terms are told in the model's."""

import inspect
from collections.abc import Callable
from typing import Any

from heemodel.errors import HeemodelError
from heemodel.structures.errors import ModelError

IN_PLACE = (
    "changes numbers in place, and those of parameters and time cannot be; make a new array, as in "
    "xr.where(time.cycle < 3, 0.0, p.risk), or change a copy, as of p.risk.to_numpy().copy()"
)
NAMELESS = (
    "puts together arrays that have names along their dimensions and plain ones of numpy, which have none; write "
    'xr.where instead of np.where, xr.DataArray(values, dims="cycle") for a table, hm.by_strategy for strategies'
)
CURES = {
    "truth value of an array": (
        "asks whether an array is true, as `if`, `and`, `or`, `min` and `max` do; the answer may differ between "
        "draws and cycles. Write xr.where(condition, one value, another), `&`, `|`, np.minimum or np.maximum"
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
    "broadcast": NAMELESS,
    "number of data dimensions": NAMELESS,
    "not all values found in index": (
        "looks up labels that an array lacks: of names, compare the spelling; of numbers between those it has, "
        '.sel(age=time.age, method="ffill") takes the one before and .interp(age=time.age) goes between; else the '
        "table ends before the run does"
    ),
    "conflicting dimension sizes": (
        "joins arrays of different lengths along a dimension; cut the longer one, as in table.isel(cycle=slice(0, "
        "time.cycle.size))"
    ),
    "cannot reindex or align": ("joins arrays whose labels along a dimension differ; give both the same labels"),
}
"""What Python, numpy or xarray say, and what it means in a model."""
SLIPS = (ValueError, TypeError, KeyError)
"""As which they say it."""


def check_takes(function: Callable[..., Any], what: str, *names: str) -> None:
    """Refuse a function that cannot be called with so many arguments; `names` are what they are usually called."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # as of some built-in functions
        return
    try:
        signature.bind(*names)
    except TypeError as error:
        raise ModelError(f"{what} is called with ({', '.join(names)}), and its function takes {signature}") from error


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
    except SLIPS as error:
        if cure := cure_of(error):
            raise ModelError(f"{what} {cure}. (Python says: {error})") from error
        raise


def cure_of(error: Exception) -> str | None:
    """What a slip means in a model, as a sentence without its subject; None for an error that is none of them."""
    if not isinstance(error, SLIPS):
        return None
    return next((cure for symptom, cure in CURES.items() if symptom in str(error)), None)
