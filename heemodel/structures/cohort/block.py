"""What a model's functions say of a block of draws: every value labelled and fitting, none computed yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from heemodel.errors import nearest
from heemodel.structures.cohort.probabilities import Move, check_probabilities
from heemodel.structures.cohort.specification import Specification
from heemodel.structures.draws import Parameters
from heemodel.structures.errors import ModelError, check_move
from heemodel.structures.layout import Fitted, Layout, check_finite
from heemodel.structures.payoffs import ANY, START, On, Payoffs, Value

Row = tuple[str, str | None]
"""An outcome and its label: ("cost", "stroke unit"), ("years_in_state", "home"), ("qaly", None)."""

OUTCOMES = ("cost", "qaly", "life_years", "years_in_state")
"""Outcomes that every model has."""

COST, QALY, UNDISCOUNTED = 0, 1, 2
"""What an outcome is discounted with."""


@dataclass(frozen=True, eq=False)
class Payment:
    """One payoff: the row of the outcomes that it is added to, its discounting, what it is paid for, and its value."""

    row: Row
    discounting: int
    on: On
    value: Fitted


@dataclass(frozen=True)
class Block:
    """What a model's functions said of a block of draws: every value labelled and fitting, none computed yet."""

    model: Specification
    draws: xr.Dataset
    layout: Layout
    start: dict[str, Fitted]
    edges: dict[Move, Fitted]
    intake: dict[str, Fitted]
    payments: list[Payment]

    def tunnel(self, state: str) -> int:
        """For how many cycles the time in a state is told apart: the longest of the values that depend on it."""
        leaving = [fitted.tunnel for move, fitted in self.edges.items() if move[0] == state]
        paying = [p.value.tunnel for p in self.payments if p.on == state or (p.on[0] == state and p.on in self.edges)]
        return max([1, *leaving, *paying])

    def explain(self, first: int, samples: int) -> None:
        """Find what is impossible in some samples, and refuse it with its place: for an error that the kernel met."""
        if self.layout.first_sample is None:
            self.check()
            return
        block = self.draws.isel(sample=slice(first, first + samples))
        size, at = block.sizes["sample"], self.layout.first_sample + first
        read_block(self.model, block, replace(self.layout, samples=size, first_sample=at)).check()

    def check(self) -> None:
        """Compute everything at once, and refuse what is impossible."""
        check_probabilities(self.edges, self.layout)
        for state, people in self.intake.items():
            check_finite(people, self.layout, f"the intake of {state!r}")
        for payment in self.payments:
            check_finite(payment.value, self.layout, _payoff_name(payment.row, payment.on))


def read_block(model: Specification, draws: xr.Dataset, layout: Layout) -> Block:
    """Call the model's functions once for a block of draws."""
    p, time = Parameters(draws), model.time
    edges = _edges(model, model.transitions(p, time), layout)
    payoffs = model.payoffs(p, time)
    if not isinstance(payoffs, Payoffs):
        raise ModelError(f"the payoffs function returns a {type(payoffs).__name__}; it must return hm.Payoffs")
    payments = []
    for row, discounting, key, value in _paid(model, payoffs):
        what = _payoff_name(row, key)
        fitted = layout.fit(value, what)
        if is_start(key) and "time_in_state" in fitted.dims:
            raise ModelError(f"{what} has dimension 'time_in_state', which is 0 for all who begin; select over it")
        if not fitted.timed:
            check_finite(fitted, layout, what)
        payments += [Payment(row, discounting, on, fitted) for on in _places(model, key, edges, what)]
    return Block(model, draws, layout, _start(model, layout), edges, _intake(model, layout), payments)


def _payoff_name(row: Row, on: On) -> str:
    return f"the {' '.join(part for part in row if part)} payoff of {on!r}"


def is_start(on: On) -> bool:
    """Whether a payoff is for beginning in a state."""
    return isinstance(on, tuple) and on[0] == START


def _edges(model: Specification, moves: Mapping[Move, Value], layout: Layout) -> dict[Move, Fitted]:
    """Each move's probability."""
    if not isinstance(moves, Mapping):
        raise ModelError(f"the transitions function returns a {type(moves).__name__}; it must return a dict of moves")
    edges = {}
    for move, value in moves.items():
        check_move(move, "the transitions function")
        for state in move:
            model.check_state(state, f"the move {move!r}")
        edges[move] = layout.fit(value, f"the probability of {move[0]!r} → {move[1]!r}")
    return edges


def _start(model: Specification, layout: Layout) -> dict[str, Fitted]:
    """The share that starts in each state; refuses shares outside [0, 1] or that do not add up to 1."""
    shares: dict[str, Fitted] = {}
    total: xr.DataArray | float = 0.0
    for state in model.states:
        what = f"the share that starts in {state!r}"
        value = model.start.get(state, 0.0)
        fitted = layout.fit(value, what, without=("cycle", "time_in_state"))
        check_finite(fitted, layout, what)
        if (bad := fitted.values() < 0).any():
            raise ModelError(f"{what} is {layout.where(fitted, bad)}; it must be 0 or more")
        shares[state] = fitted
        total = total + value
    fitted = layout.fit(total, "the start")
    if (off := np.abs(fitted.values() - 1) > 1e-9).any():
        raise ModelError(f"the shares at the start add up to {layout.where(fitted, off)}; they must add up to 1")
    return shares


def _paid(model: Specification, payoffs: Payoffs) -> Iterator[tuple[Row, int, On, Value]]:
    """Every payoff: the row it is added to, its discounting, what it is paid for, and its value."""
    for component, paid in payoffs.cost.items():
        for on, value in paid.items():
            yield ("cost", component), COST, on, value
    for on, value in payoffs.qaly.items():
        yield ("qaly", None), QALY, on, value
    for name, paid in payoffs.effects.items():
        if name in OUTCOMES:
            raise ModelError(f"an effect may not be called {name!r}: the model has an outcome of that name; rename it")
        for on, value in paid.items():
            yield (name, None), UNDISCOUNTED, on, value
    for state in model.states:
        yield ("years_in_state", state), UNDISCOUNTED, state, 1.0
    for state in model.states:
        if state != model.dead:
            yield ("life_years", None), UNDISCOUNTED, state, 1.0


def _places(model: Specification, key: On, edges: Mapping[Move, Fitted], what: str) -> list[On]:
    """What a payoff is paid for: the key itself, or every move that it stands for; refuses what is not there."""
    if isinstance(key, str):
        model.check_state(key, what)
        return [key]
    origin, state = key
    if origin in (START, ANY):
        model.check_state(state, what)
    elif origin not in model.states:
        raise ModelError(f"{what}: there is no state {origin!r}; {nearest(str(origin), [*model.states, START, ANY])}")
    else:
        model.check_state(state, what)
    if origin == START:
        return [key]
    moves: list[On] = [move for move in edges if move == key or (origin == ANY and move[1] == state)]
    if not moves:
        raise ModelError(f"{what}: the model has no such move; it has {', '.join(map(str, edges))}")
    return moves


def _intake(model: Specification, layout: Layout) -> dict[str, Fitted]:
    """The people who enter each state; refuses fewer than none."""
    found = {}
    for state, value in model.intake.items():
        what = f"the intake of {state!r}"
        found[state] = layout.fit(value, what, without=("time_in_state",))
        check_finite(found[state], layout, what)
        if (bad := found[state].values() < 0).any():
            raise ModelError(f"{what} is {layout.where(found[state], bad)}; it must be 0 or more")
    return found
