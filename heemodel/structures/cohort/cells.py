"""Where people can be: a state, and the time on each of its clocks."""

from collections.abc import Mapping
from dataclasses import dataclass

from heemodel.structures.cohort.block import Block
from heemodel.structures.cohort.probabilities import Move
from heemodel.structures.cohort.specification import Specification
from heemodel.structures.layout import STAY


@dataclass(frozen=True)
class Cell:
    """A state, and the cycles since each of the clocks that are told apart in it started."""

    state: str
    clocks: tuple[tuple[str, int], ...] = ()

    @property
    def spent(self) -> dict[str, int]:
        """The time on each clock."""
        return dict(self.clocks)


class Cells:
    """All cells that people can reach, and how they come from one to the next.

    A clock over several states starts at 0 when the first of them is entered, runs on from one to another, and ends
    when they are left; the time in a state starts with each state. Either counts until its last value that matters.
    """

    def __init__(self, model: Specification, block: Block) -> None:
        spans = {state: block.spans(state) for state in model.states}
        longest = {clock: max(span.get(clock, 1) for span in spans.values()) for clock in model.clocks}
        self._spans = {
            state: {
                clock: span
                for clock, span in (
                    (STAY, spans[state].get(STAY, 1)),
                    *((clock, longest[clock]) for clock, over in model.clocks.items() if state in over),
                )
                if span > 1
            }
            for state in model.states
        }
        self._edges = list(block.edges)
        reached = self._reached(model.states)
        self.all: list[Cell] = [
            cell for state in model.states for cell in sorted(reached, key=lambda c: c.clocks) if cell.state == state
        ]
        self.place = {cell: place for place, cell in enumerate(self.all)}
        self.of: dict[str, list[tuple[int, Cell]]] = {state: [] for state in model.states}
        """The cells of each state with their places."""
        for cell, place in self.place.items():
            self.of[cell.state].append((place, cell))

    def entered(self, state: str, before: Mapping[str, int] | None = None) -> Cell:
        """The cell of those who come into a state from one with that time on its clocks, or from outside."""
        times = []
        for clock, span in self._spans[state].items():
            runs_on = before is not None and clock != STAY and clock in before
            times.append((clock, min(before[clock] + 1, span - 1) if runs_on and before is not None else 0))
        return Cell(state, tuple(times))

    def older(self, cell: Cell) -> Cell:
        """The cell of those who stay for another cycle."""
        spans = self._spans[cell.state]
        return Cell(cell.state, tuple((clock, min(spent + 1, spans[clock] - 1)) for clock, spent in cell.clocks))

    def after(self, cell: Cell, move: Move) -> Cell:
        """The cell of those who make a move."""
        return self.entered(move[1], cell.spent)

    def _reached(self, states: list[str]) -> set[Cell]:
        """Every cell that can be reached by those who begin in any state."""
        reached: set[Cell] = set()
        waiting = [self.entered(state) for state in states]
        while waiting:
            cell = waiting.pop()
            if cell not in reached:
                reached.add(cell)
                waiting.append(self.older(cell))
                waiting += [self.after(cell, move) for move in self._edges if move[0] == cell.state]
        return reached
