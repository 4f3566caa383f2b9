"""Between rates, probabilities, odds and cycle lengths."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.linalg
import xarray as xr
from numpy.typing import NDArray

from heemodel.cohort.errors import ModelError
from heemodel.cohort.payoffs import Value

Array = NDArray[np.float64]
Move = tuple[str, str]

SMALLEST = 1e-12
"""What a matrix root may fall below 0 by, or differ from a real one, through rounding."""


def rate_to_probability[Rate: (xr.DataArray, float)](rate: Rate, years: float) -> Rate:
    """Probability that an event of a constant rate happens within a time: 1 − exp(−rate × years).

    For one event only: with several competing ones, the probabilities of each depend on all rates; see
    `rates_to_probabilities`.

    Parameters
    ----------
    rate : events per person-year, 0 or more, any dimensions
    years : length of time in years

    Examples
    --------
    >>> print(round(rate_to_probability(0.1, 1.0), 6))
    0.095163
    """
    chance: Rate = -xr.apply_ufunc(np.expm1, rate * -years)
    return chance


def probability_to_rate[Share: (xr.DataArray, float)](probability: Share, years: float) -> Share:
    """Constant rate per year of an event with that probability within a time: −ln(1 − probability) / years.

    For one event only. The probabilities of several competing events cannot be turned into rates one by one: each
    holds people who took another way first, and many matrices of probabilities belong to no rates at all (Chhatwal,
    Jayasuriya and Elbasha 2016, doi 10.1177/0272989X15625356). To change a model's cycle, see `change_cycle_length`.

    Raises
    ------
    ModelError
        if a dict of several moves is given

    Examples
    --------
    >>> print(round(probability_to_rate(0.095163, 1.0), 4))
    0.1
    """
    if isinstance(probability, Mapping):
        raise ModelError(
            "probabilities of competing moves cannot be turned into rates one by one: each counts people who moved "
            "elsewhere first. Give rates to hm.rates_to_probabilities, or use hm.change_cycle_length"
        )
    rate: Share = -xr.apply_ufunc(np.log1p, -probability) / years
    return rate


def apply_hazard_ratio(probability: xr.DataArray | float, ratio: xr.DataArray | float) -> xr.DataArray | float:
    """Probability of an event whose rate is multiplied by a ratio: 1 − (1 − p)^ratio.

    >>> print(round(apply_hazard_ratio(0.2, 0.5), 6))
    0.105573
    """
    return 1 - (1 - probability) ** ratio


def apply_odds_ratio(probability: xr.DataArray | float, ratio: xr.DataArray | float) -> xr.DataArray | float:
    """Probability of an event whose odds are multiplied by a ratio: p × ratio / (1 − p + p × ratio).

    >>> print(round(apply_odds_ratio(0.2, 0.5), 6))
    0.111111
    """
    return probability * ratio / (1 - probability + probability * ratio)


def rates_to_probabilities(rates: Mapping[Move, Value], years: float) -> dict[Move, xr.DataArray]:
    """Probabilities of every move within a time, from constant rates that compete: exp(G × years), exactly.

    G has the rate of each move off its diagonal, and rows that add up to 0. Someone can make several moves within the
    time, so the result also has the moves that lead through a third state.

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
        for a rate below 0 or not a number

    Notes
    -----
    The matrix exponential is SciPy's, by scaling and squaring (Al-Mohy and Higham 2009, doi 10.1137/09074721X). One
    is worked out for every combination of the rates' dimensions: rates that change by cycle and sample take time.

    Examples
    --------
    >>> moves = rates_to_probabilities({("well", "ill"): 0.2, ("ill", "dead"): 0.5}, 1.0)
    >>> print(round(moves["well", "dead"].item(), 6))  # by way of being ill
    0.039803
    """
    states, matrix, dims, coords = _matrix(rates, "the rate")
    if (matrix < 0).any():
        worst = np.unravel_index(int(matrix.argmin()), matrix.shape)
        move = (states[worst[-2]], states[worst[-1]])
        raise ModelError(f"the rate of {move[0]!r} → {move[1]!r} is {matrix.min():g}; it must be 0 or more")
    place = np.arange(len(states))
    matrix[..., place, place] = -matrix.sum(axis=-1)
    chance = scipy.linalg.expm(matrix * years)
    return _moves(states, chance, _ways(rates, states), dims, coords)


def change_cycle_length(probabilities: Mapping[Move, Value], *, old: float, new: float) -> dict[Move, xr.DataArray]:
    """Probabilities of the same process in cycles of another length: P^(new / old), the matrix power.

    Parameters
    ----------
    probabilities : of every move in one old cycle; what is left over stays put
    old, new : lengths of the cycles, in the same unit

    Raises
    ------
    ModelError
        if there is no such matrix: its powers would hold a negative or complex number. Then no process that changes
        in steps of the new length gives the old probabilities

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
    states, matrix, dims, coords = _matrix(probabilities, "the probability")
    place = np.arange(len(states))
    matrix[..., place, place] = 1 - matrix.sum(axis=-1)
    flat = matrix.reshape(-1, len(states), len(states))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is no root is told below
        power = np.array([scipy.linalg.fractional_matrix_power(one, new / old) for one in flat]).reshape(matrix.shape)
    if not np.isfinite(power).all() or np.abs(power.imag).max() > SMALLEST or power.real.min() < -SMALLEST:
        raise ModelError(
            f"there is no matrix of probabilities for cycles of {new:g} whose powers give those for cycles of {old:g}: "
            f"the lowest number in it would be {power.real.min():.3g}. Keep the cycle, or model rates"
        )
    ways = _ways(probabilities, states)
    return _moves(states, np.maximum(power.real, 0.0), ways, dims, coords)


def _matrix(moves: Mapping[Move, Value], what: str) -> tuple[list[str], Array, tuple[str, ...], dict[str, Any]]:
    """States, matrix (…, from, to) with zeros on its diagonal, and the other dimensions with their labels."""
    states = list(dict.fromkeys(state for move in moves for state in move))
    arrays = [value if isinstance(value, xr.DataArray) else xr.DataArray(float(value)) for value in moves.values()]
    sized = xr.broadcast(*arrays)
    matrix = np.zeros((*sized[0].shape, len(states), len(states)))
    for (source, target), array in zip(moves, sized, strict=True):
        numbers = array.to_numpy()
        if not np.isfinite(numbers).all():
            raise ModelError(f"{what} of {source!r} → {target!r} is not a finite number; look for a missing input")
        matrix[..., states.index(source), states.index(target)] = numbers
    return states, matrix, tuple(str(dim) for dim in sized[0].dims), {str(k): v for k, v in sized[0].coords.items()}


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
