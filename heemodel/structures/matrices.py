"""Matrices of moves: from rates that compete, and to cycles of another length."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.linalg
import xarray as xr
from numpy.typing import NDArray

from heemodel.parameters.places import first_bad
from heemodel.structures.errors import ModelError, check_move
from heemodel.structures.payoffs import Value

Array = NDArray[np.float64]
Move = tuple[str, str]

SMALLEST = 1e-12
"""What a matrix root may fall below 0 by, or differ from a real one, through rounding."""


def rates_to_probabilities(rates: Mapping[Move, Value], years: float) -> dict[Move, xr.DataArray]:
    """Probabilities of every move within a time, from constant rates that compete: exp(G × years), exactly.

    G has the rate of each move off its diagonal, and rows that add up to 0. Someone can make several moves within the
    time, so the result also has the moves that lead through a third state; what is paid for entering a state or for a
    move then misses those who went on within the cycle, fewer of them the shorter the cycle.

    Parameters
    ----------
    rates : per person-year, 0 or more; any dimensions but `time_in_state`
    years : length of a cycle

    Returns
    -------
    {(from, to): probability} as the transitions of a model take it

    Raises
    ------
    ModelError
        for a rate below 0, not a number, or by time in state

    See Also
    --------
    rate_to_probability : one event only
    change_cycle_length : from probabilities for another cycle

    Notes
    -----
    The matrix exponential is SciPy's, by scaling and squaring (Al-Mohy and Higham 2009, doi 10.1137/09074721X). One
    is worked out for every combination of the rates' dimensions: rates that change by cycle and sample take time, a
    second or so for 400,000.

    Examples
    --------
    >>> moves = rates_to_probabilities({("well", "ill"): 0.2, ("ill", "dead"): 0.5}, 1.0)
    >>> print(round(moves["well", "dead"].item(), 6))  # by way of being ill
    0.039803
    """
    states, matrix, dims, coords = _matrix(rates, "the rate")
    place = np.arange(len(states))
    matrix[..., place, place] = -matrix.sum(axis=-1)
    return _moves(states, scipy.linalg.expm(matrix * years), _ways(rates, states), dims, coords)


def change_cycle_length(probabilities: Mapping[Move, Value], *, old: float, new: float) -> dict[Move, xr.DataArray]:
    """Probabilities of the same process in cycles of another length: P^(new / old), the matrix power.

    Parameters
    ----------
    probabilities : of every move in one old cycle, any dimensions but `time_in_state`; what is left over stays put
    old, new : lengths of the cycles, in the same unit

    Returns
    -------
    {(from, to): probability} in one new cycle, as the transitions of a model take it

    Raises
    ------
    ModelError
        for probabilities that are none; and if there is no such matrix: its powers would hold a negative or complex
        number. Then no process that changes in steps of the new length gives the old probabilities. Of the draws of a
        probabilistic analysis some may have a matrix and others none

    See Also
    --------
    rates_to_probabilities : where rates are known

    Notes
    -----
    The power is SciPy's, by the Schur-Padé algorithm (Higham and Lin 2013, doi 10.1137/130906118), one matrix after
    another: ten thousand samples take seconds.

    Examples
    --------
    >>> monthly = change_cycle_length({("well", "dead"): 0.2}, old=12, new=1)
    >>> print(round(1 - (1 - monthly["well", "dead"].item()) ** 12, 6))
    0.2
    """
    for name, length in (("old", old), ("new", new)):
        if not (isinstance(length, (int, float)) and length > 0):
            raise ModelError(f"the {name} cycle length is {length!r}; give a number above 0, both in the same unit")
    states, matrix, dims, coords = _matrix(probabilities, "the probability")
    leaving = xr.DataArray(matrix.sum(axis=-1), dims=(*dims, "from"), coords={**coords, "from": states})
    if (more := leaving.to_numpy() > 1 + SMALLEST).any():
        raise ModelError(f"the moves out of a state add up to {first_bad(leaving, more)}; they must leave at most 1")
    place = np.arange(len(states))
    matrix[..., place, place] = 1 - leaving
    flat = matrix.reshape(-1, len(states), len(states))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is no root is told below
        power = np.array([scipy.linalg.fractional_matrix_power(one, new / old) for one in flat]).reshape(matrix.shape)
    _check_root(power, dims, coords, f"for cycles of {new:g} whose powers give those for cycles of {old:g}")
    return _moves(states, np.maximum(power.real, 0.0), _ways(probabilities, states), dims, coords)


def _check_root(power: NDArray[Any], dims: tuple[str, ...], coords: dict[str, Any], what: str) -> None:
    """Refuse matrices that hold a negative or complex number, beyond rounding, or none at all."""
    lowest, imaginary = power.real.min(axis=(-2, -1)), np.abs(power.imag).max(axis=(-2, -1))
    negative = ~(lowest >= -SMALLEST)
    none = negative | (imaginary > SMALLEST)
    if not none.any():
        return
    of = f" Of {none.size:,} matrices {none.sum():,} have none." if none.size > 1 else ""
    which, figures = "a number as low as", lowest
    if not negative.flat[int(np.argmax(none))]:
        which, figures = "a number whose imaginary part is", imaginary
    first = first_bad(xr.DataArray(figures, dims=dims, coords=coords), none)
    raise ModelError(
        f"there is no matrix of probabilities {what}: it would hold {which} {first}.{of} "
        "Keep the old cycle, or estimate rates and use hm.convert.rates_to_probabilities"
    )


def _matrix(moves: Mapping[Move, Value], what: str) -> tuple[list[str], Array, tuple[str, ...], dict[str, Any]]:
    """States, matrix (…, from, to) with zeros on its diagonal, and the other dimensions with their labels."""
    if not isinstance(moves, Mapping) or not moves:
        raise ModelError(f"moves are given as a dict {{(from, to): value}}, not as {type(moves).__name__}")
    for move in moves:
        check_move(move, "the moves")
    states = list(dict.fromkeys(state for move in moves for state in move))
    arrays = [value if isinstance(value, xr.DataArray) else xr.DataArray(float(value)) for value in moves.values()]
    for (source, target), array in zip(moves, arrays, strict=True):
        if (bad := ~((array >= 0) & np.isfinite(array)).to_numpy()).any():
            found = first_bad(array, bad)
            raise ModelError(f"{what} of {source!r} → {target!r} is {found}; it must be a number, 0 or more")
    sized = xr.broadcast(*arrays)
    dims = tuple(str(dim) for dim in sized[0].dims)
    if "time_in_state" in dims:
        raise ModelError(
            f"{what} of a move depends on the time in its state, and a matrix of all moves together cannot; "
            "give that move to the model as a probability of its own"
        )
    matrix = np.zeros((*sized[0].shape, len(states), len(states)))
    for (source, target), array in zip(moves, sized, strict=True):
        matrix[..., states.index(source), states.index(target)] = array.to_numpy()
    return states, matrix, dims, {str(name): coord for name, coord in sized[0].coords.items()}


def _ways(moves: Mapping[Move, Value], states: list[str]) -> set[Move]:
    """Every pair of states that a chain of moves connects."""
    ways = set(moves)
    for middle in states:
        ways |= {(a, b) for a in states for b in states if (a, middle) in ways and (middle, b) in ways}
    return {way for way in ways if way[0] != way[1]}


def _moves(
    states: list[str], matrix: Array, ways: set[Move], dims: tuple[str, ...], coords: dict[str, Any]
) -> dict[Move, xr.DataArray]:
    """The matrix as moves, in the order of the states."""
    return {
        (a, b): xr.DataArray(matrix[..., i, j], dims=dims, coords=coords)
        for i, a in enumerate(states)
        for j, b in enumerate(states)
        if (a, b) in ways
    }
