"""Which register holds which value when, and the kernel's instructions in their order."""

from collections import Counter
from collections.abc import Container, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from heemodel.structures.cohort.engine import kernel

Lines = NDArray[np.int64]
"""Instructions (instruction, field), as the kernel reads them."""

Value = int
"""Number of a value on the tape."""

Codes = tuple[tuple[int, tuple[int, ...]], ...]
"""For each value its code and operands."""

PLACE = -1
"""The code of a value that is whatever actions have left in a register of its own."""


class Action(NamedTuple):
    """An instruction of its own: what it writes to, and the values it works on, which are worked out before it."""

    code: int
    number: int = 0
    out: Value | None = None
    operands: tuple[Value, ...] = ()


class Schedule:
    """Gives values registers, in which they stay until their last use in a cycle; what does not change stays for good.

    `registers` are those of places, `uses` counts how often each value is an operand.
    """

    def __init__(self, registers: dict[Value, int], uses: Counter[Value]) -> None:
        self.registers, self.uses = registers, uses
        self.before: list[tuple[int, ...]] = []
        self.during: list[tuple[int, ...]] = []
        self.after: list[tuple[int, ...]] = []
        self.count = kernel.SCRATCH + len(registers)
        self._free: list[int] = []
        self._lasting: set[Value] = set(registers)

    def emit(self, value: Value, code: int, operands: tuple[int, ...], *, by_cycle: bool) -> None:
        """Add the instruction that works out a value."""
        if not by_cycle:
            self._lasting.add(value)
        if self._free and by_cycle:
            self.registers[value] = self._free.pop()
        else:
            self.registers[value] = self.count
            self.count += 1
        # Only now, so that no result takes the register of an operand: such a loop would not be vectorised.
        number, given = (operands[0], ()) if code == kernel.LOAD else (0, self._given(operands))
        (self.during if by_cycle else self.before).append((code, number, self.registers[value], *given))

    def act(self, action: Action, lines: list[tuple[int, ...]]) -> None:
        """Add the instruction of an action."""
        out = 0 if action.out is None else self.registers[action.out]
        lines.append((action.code, action.number, out, *self._given(action.operands)))

    def _given(self, operands: tuple[Value, ...]) -> tuple[int, ...]:
        """The registers of operands, which are used once more; after its last use a register is free."""
        for operand in operands:
            self.uses[operand] -= 1
            if not self.uses[operand] and operand not in self._lasting:
                self._free.append(self.registers[operand])
        return tuple([self.registers[operand] for operand in operands])


@lru_cache(maxsize=16)
def scheduled(
    codes: Codes,
    by_cycle: tuple[bool, ...],
    before: tuple[Action, ...],
    during: tuple[Action, ...],
    after: tuple[Action, ...],
) -> tuple[Lines, Lines, Lines, int]:
    """Instructions before the first cycle, during each, and after the last, and the number of registers they take.

    Kept, for a model is run for one block of draws after another; nobody may write to them.
    """
    wanted = [value for action in (*during, *after) for value in action.operands]
    needed = _closure(codes, wanted)
    uses = Counter([*wanted, *(operand for value in needed for operand in _operands(codes, value))])
    places = {value: register for value, (code, (register, *_)) in enumerate(codes) if code == PLACE}
    schedule = Schedule(places, uses)
    for lasting in sorted(part for part in needed if not by_cycle[part]):
        schedule.emit(lasting, *codes[lasting], by_cycle=False)
    for action in before:
        schedule.act(action, schedule.before)
    for action in during:
        for part in sorted(_closure(codes, action.operands, known=schedule.registers)):
            schedule.emit(part, *codes[part], by_cycle=True)
        schedule.act(action, schedule.during)
    for action in after:
        schedule.act(action, schedule.after)
    return _as_lines(schedule.before), _as_lines(schedule.during), _as_lines(schedule.after), schedule.count


def _operands(codes: Codes, value: Value) -> tuple[Value, ...]:
    code, operands = codes[value]
    return () if code in (kernel.LOAD, PLACE) else operands


def _closure(codes: Codes, values: Sequence[Value], known: Container[Value] = ()) -> set[Value]:
    """The values and all that they are made of, down to those that are known."""
    needed: set[Value] = set()
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if value not in needed and value not in known:
            needed.add(value)
            waiting += _operands(codes, value)
    return needed


def _as_lines(lines: Sequence[tuple[int, ...]]) -> Lines:
    """Instructions as an array (instruction, field)."""
    padded = [(*fields, *(0,) * (kernel.FIELDS - len(fields))) for fields in lines]
    return np.array(padded, dtype=np.int64).reshape(len(lines), kernel.FIELDS)
