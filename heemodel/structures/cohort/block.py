"""A block of draws as the model's functions see it: every value labelled and fitting, none computed yet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import xarray as xr

from heemodel.errors import nearest
from heemodel.structures.calls import call
from heemodel.structures.cohort.engine.functions import as_drawn
from heemodel.structures.cohort.people import read_intake, read_start
from heemodel.structures.cohort.probabilities import Move
from heemodel.structures.cohort.specification import Specification
from heemodel.structures.cohort.tables import as_moves
from heemodel.structures.draws import Parameters, Wrap
from heemodel.structures.errors import ModelError, check_move
from heemodel.structures.layout import STAY, Fitted, Layout, check_finite
from heemodel.structures.outcomes import Row
from heemodel.structures.payoffs import ANY, PRESENT, START, On, Payoffs, Value

OUTCOMES = ("cost", "qaly", "life_years", "years_in_state")
"""Outcomes that every model has."""

EVERY = ("all", "every", "each", "everyone", "*")
"""What people write for "any"."""

DIMENSIONS = ("sample", "strategy", "group", "year", "component", "state")
"""Dimensions that outcomes may have."""

COST, QALY, UNDISCOUNTED = 0, 1, 2
"""What an outcome is discounted with."""


@dataclass(frozen=True, eq=False)
class Payment:
    """One payoff: the row of the outcomes that it is added to, its discounting, what it is paid for, and its value."""

    row: Row
    discounting: int
    on: On
    value: Fitted

    @property
    def what(self) -> str:
        """Its name in errors."""
        return _payoff_name(self.row, self.on)

    @property
    def state(self) -> str:
        """The state whose clocks its value goes by: the one that is left, stayed in or begun in."""
        return self.on if isinstance(self.on, str) else self.on[1] if self.on[0] in (START, PRESENT) else self.on[0]


@dataclass(frozen=True)
class Block:
    """What a model's functions gave for a block of draws."""

    layout: Layout
    start: dict[str, Fitted]
    edges: dict[Move, Fitted]
    intake: dict[str, Fitted]
    payments: list[Payment]

    def spans(self, state: str) -> dict[str, int]:
        """For how many cycles each clock of a state is told apart: the longest of the values that go by it."""
        values = [fitted for move, fitted in self.edges.items() if move[0] == state]
        values += [payment.value for payment in self.payments if payment.state == state and payment.on[0] != START]
        return {clock: max(value.length(clock) for value in values) for value in values for clock in value.clocks}

    def check(self) -> None:
        """Compute every payoff and intake at once, and refuse what is not a number."""
        for state, people in self.intake.items():
            check_finite(people, self.layout, f"the intake of {state!r}")
        for payment in self.payments:
            check_finite(payment.value, self.layout, payment.what)


def parameters(draws: xr.Dataset, layout: Layout, read: set[str] | None = None, *, wrap: Wrap = as_drawn) -> Parameters:
    """The draws as the model's functions see them: what is done to them is recorded.

    `read` is where the names of those that are read are kept; `wrap` makes of the numbers what is recorded.
    """
    return Parameters(draws, read=read, first_sample=layout.first_sample or 0, wrap=wrap)


def read_edges(model: Specification, p: Parameters, layout: Layout) -> dict[Move, Fitted]:
    """Each move's probability.

    Raises
    ------
    ModelError
        for moves between unknown states, out of a dead state, or of a value that does not fit
    """
    given: Any = model.transitions
    if callable(given):
        given = call(given, "the transitions function", p, model.time)
    moves = as_moves(given, model, layout)
    edges = {}
    for move, value in moves.items():
        check_move(move, "the transitions function")
        for state in move:
            model.check_state(state, f"the move {move!r}")
        what = f"the probability of {move[0]!r} → {move[1]!r}"
        if move[0] in model.dead_states:
            raise ModelError(
                f"the move {move!r} leads out of a dead state; remove it, or, if people live in {move[0]!r}, leave "
                "that out of CohortModel(dead=…)"
            )
        edges[move] = layout.fit(value, what)
        _check_clocks(model, edges[move], move[0], what)
    return edges


def read_block(
    model: Specification,
    draws: xr.Dataset,
    layout: Layout,
    read: set[str] | None = None,
    *,
    wrap: Wrap = as_drawn,
) -> Block:
    """Call the model's functions once for a block of draws; `wrap` makes of a parameter what they are given.

    Raises
    ------
    ModelError
        for whatever they give that is not sound
    """
    p = parameters(draws, layout, read, wrap=wrap)
    edges = read_edges(model, p, layout)
    payoffs = call(model.payoffs, "the payoffs function", p, model.time)
    if not isinstance(payoffs, Payoffs):
        raise ModelError(f"the payoffs function returns a {type(payoffs).__name__}; it must return hm.Payoffs")
    _check_unnamed_dead(model, edges, payoffs)
    if model.life_table is not None and "life_table" not in model.time.asked:
        raise ModelError(
            "CohortModel(life_table=…) is given, and no function asks for it, so that nobody dies of it: use "
            "time.life_table(…) in transitions, or leave it out"
        )
    payments = []
    for row, discounting, key, value in _paid(model, payoffs):
        what = _payoff_name(row, key)
        fitted = layout.fit(value, what)
        if is_start(key) and fitted.clocks:
            raise ModelError(f"{what} has dimension {fitted.clocks[0]!r}, which is 0 for all who begin; select over it")
        if not fitted.timed:
            check_finite(fitted, layout, what)
        if row[0] == "qaly" and key in model.dead_states and fitted.values().any():
            raise ModelError(
                f"{what} is not 0, and {key!r} is a dead state; what is lost on dying is paid on entering it, as in "
                f"{{('any', {key!r}): …}}"
            )
        paid = [Payment(row, discounting, on, fitted) for on in _places(model, key, edges, what)]
        for payment in paid:
            _check_clocks(model, fitted, payment.state, what)
        payments += paid
    return Block(layout, read_start(model, p, layout), edges, read_intake(model, p, layout), payments)


def _payoff_name(row: Row, on: On) -> str:
    return f"the {' '.join(part for part in row if part)} payoff of {on!r}"


def is_start(on: On) -> bool:
    """Whether a payoff is for beginning in a state."""
    return isinstance(on, tuple) and on[:1] == (START,)


def _check_clocks(model: Specification, fitted: Fitted, state: str, what: str) -> None:
    """Refuse a value that goes by a clock which does not run in its state."""
    for clock in fitted.clocks:
        if clock != STAY and state not in model.clocks[clock]:
            raise ModelError(
                f"{what} goes by the clock {clock!r}, which does not run in {state!r} but in "
                f"{', '.join(map(repr, model.clocks[clock]))}; add the state to it, or select over it"
            )


def _check_unnamed_dead(model: Specification, edges: Mapping[Move, Fitted], payoffs: Payoffs) -> None:
    """Refuse a state that looks like a second state of death and is not named so: its people would count as alive."""
    left, entered = {source for source, _ in edges}, {target for _, target in edges}
    valued = {on if isinstance(on, str) else on[1] for on in payoffs.qaly}
    for state in model.states:
        doubtful = state in entered and state not in left | valued | {*model.dead_states}
        if doubtful and model.dead_states and payoffs.qaly:
            raise ModelError(
                f"nobody leaves {state!r} and nothing is said of quality of life in it, but it is not among the "
                "dead states: its people would count as alive. If they are dead, "
                f"CohortModel(dead={[*model.dead_states, state]!r}); if they live, give it a QALY payoff, which may "
                "be 0"
            )


def _paid(model: Specification, payoffs: Payoffs) -> Iterator[tuple[Row, int, On, Value]]:
    """Every payoff: the row it is added to, its discounting, what it is paid for, and its value."""
    for component, paid in payoffs.cost.items():
        for on, value in paid.items():
            yield ("cost", component), COST, on, value
    for on, value in payoffs.qaly.items():
        yield ("qaly", None), QALY, on, value
    for name, paid in payoffs.effects.items():
        if name in (*OUTCOMES, *DIMENSIONS):
            kind = "an outcome" if name in OUTCOMES else "a dimension"
            raise ModelError(f"an effect may not be called {name!r}: the model has {kind} of that name; rename it")
        for on, value in paid.items():
            yield (name, None), UNDISCOUNTED, on, value
    for state in model.states:
        yield ("years_in_state", state), UNDISCOUNTED, state, 1.0
    for state in model.states:
        if state not in model.dead_states:
            yield ("life_years", None), UNDISCOUNTED, state, 1.0


def _places(model: Specification, key: On, edges: Mapping[Move, Fitted], what: str) -> list[On]:
    """What a payoff is paid for: the key itself, or every move that it stands for; refuses what is not there."""
    if isinstance(key, str):
        parts = [part.strip() for part in key.replace("→", "->").split("->")]
        if key not in model.states and len(parts) == 2:
            raise ModelError(f"{what}: a move is written ({parts[0]!r}, {parts[1]!r})")
        model.check_state(key, what)
        return [key]
    if not (isinstance(key, tuple) and len(key) == 2):
        raise ModelError(f"{what}: a payoff is for a state or a pair such as ('well', 'ill')")
    origin, state = key
    origins = [*model.states, START, ANY, PRESENT]
    if origin not in origins:
        every = str(origin).casefold() in EVERY
        cure = f"write ({ANY!r}, {state!r})" if every else nearest(str(origin), origins)
        raise ModelError(f"{what}: there is no state {origin!r}; {cure}")
    model.check_state(state, what)
    if origin in (START, PRESENT):
        return [key]
    moves: list[On] = [move for move in edges if move == key or (origin == ANY and move[1] == state)]
    if not moves:
        raise ModelError(f"{what}: the model has no such move; it has {', '.join(map(str, edges)) or 'none'}")
    return moves
