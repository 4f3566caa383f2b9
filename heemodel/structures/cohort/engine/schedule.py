"""Which register holds which value when, and the kernel's instructions in their order."""

from collections import Counter
from collections.abc import Container, Iterable, Sequence
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
    many: int = 0


class Schedule:
    """Gives values registers, in which they stay until their last use in a cycle; those that last stay for good.

    `registers` are those of places, `uses` counts how often each value is an operand, and `lasting` are the values that
    do not change and are used again in the cycles or after them.
    """

    def __init__(self, registers: dict[Value, int], uses: Counter[Value], lasting: set[Value]) -> None:
        self.registers, self.uses = registers, uses
        self.before: list[tuple[int, ...]] = []
        self.during: list[tuple[int, ...]] = []
        self.after: list[tuple[int, ...]] = []
        self.count = kernel.FIRST + len(registers)
        self._free: list[int] = []
        self._lasting: set[Value] = lasting | set(registers)

    def emit(self, value: Value, code: int, operands: tuple[int, ...], *, by_cycle: bool) -> None:
        """Add the instruction that works out a value."""
        if self._free:
            self.registers[value] = self._free.pop()
        else:
            self.registers[value] = self.count
            self.count += 1
        # Only now, so that no result takes the register of an operand: such a loop would not be vectorised.
        number, given = (operands[0], ()) if code == kernel.LOAD else (0, self._given(operands))
        (self.during if by_cycle else self.before).append((code, number, 0, self.registers[value], *given))

    def act(self, action: Action, lines: list[tuple[int, ...]]) -> None:
        """Add the instruction of an action."""
        out = 0 if action.out is None else self.registers[action.out]
        lines.append((action.code, action.number, action.many, out, *self._given(action.operands)))

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
    codes = _merged(codes, by_cycle, wanted)
    needed = _closure(codes, wanted)
    uses = _uses(codes, needed, wanted)
    places = {value: register for value, (code, (register, *_)) in enumerate(codes) if code == PLACE}
    again = {*wanted, *(operand for value in needed if by_cycle[value] for operand in _operands(codes, value))}
    schedule = Schedule(places, uses, {value for value in again if not by_cycle[value]})
    for fixed in sorted(part for part in needed if not by_cycle[part]):
        schedule.emit(fixed, *codes[fixed], by_cycle=False)
    for action in before:
        schedule.act(action, schedule.before)
    for action in during:
        for part in sorted(_closure(codes, action.operands, known=schedule.registers)):
            schedule.emit(part, *codes[part], by_cycle=True)
        schedule.act(action, schedule.during)
    for action in after:
        schedule.act(action, schedule.after)
    return _as_lines(schedule.before), _as_lines(schedule.during), _as_lines(schedule.after), schedule.count


def _uses(codes: Codes, needed: Iterable[Value], wanted: Iterable[Value]) -> Counter[Value]:
    """How often each value is an operand, of other values and of actions."""
    return Counter([*wanted, *(operand for value in needed for operand in _operands(codes, value))])


def _merged(codes: Codes, by_cycle: Sequence[bool], wanted: Sequence[Value]) -> Codes:
    """The same, where a product that is only a factor of another by cycle is worked out together with it."""
    needed = sorted(_closure(codes, wanted))
    uses = _uses(codes, needed, wanted)
    merged = list(codes)
    for value in needed:
        code, operands = codes[value]
        if code == kernel.MULTIPLY and by_cycle[value]:
            for inner, other in (operands, operands[::-1]):
                if merged[inner][0] == kernel.MULTIPLY and by_cycle[inner] and uses[inner] == 1:
                    merged[value] = kernel.MULTIPLY_TWICE, (*merged[inner][1], other)
                    break
    return tuple(merged)


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
