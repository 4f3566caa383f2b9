"""Which numbers get a cell of their own, and beside which others: columns by cycle, and workings that are one number.

Explicit columns (probabilities, people, payoffs) are given. What they are made of is grouped along the same cycles: the
operands at one place of all cells of a column are a column themselves, or one number. A group gets cells if the model's
code names it, if it is used more than once, or if the formula would grow too long without; all else is written out
where it is used. Whatever the grouping, a formula refers to the cells of its operands, so that it cannot be wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from heemodel.mirror.content import BY_CYCLE, MOVES, Column, Content, Sheet
from heemodel.mirror.expressions import Number
from heemodel.mirror.reading import Reader

LONGEST = 9.0
"""Operations in one formula, at most by about this."""
REFERENCE = 0.25
"""What a reference counts for among them."""
SHORT = 3.0
"""What is no longer than this is written out wherever it is used."""


@dataclass(eq=False)
class Group:
    """Numbers that stand in one column, row by row, or one number alone.

    Attributes
    ----------
    numbers : by row; None where the row has none of this group
    column : the explicit column that it is, if it is one
    parents : columns or numbers that are made of it, one for each use
    has_cells : whether it gets cells of its own
    """

    numbers: list[Any]
    column: Column | None = None
    parents: list[Group] = field(default_factory=list)
    children: list[Group] = field(default_factory=list)
    has_cells: bool = False
    needed: bool = False
    elsewhere: bool = False
    """Whether it has its cell already, over a column or among the results."""

    @property
    def alone(self) -> bool:
        """Whether it is one number, the same in all cycles."""
        return len(self.numbers) == 1

    @property
    def members(self) -> list[Number]:
        """The numbers that there are."""
        return [number for number in self.numbers if type(number) is Number]

    @property
    def last(self) -> int:
        """The place of the last of them in the order of being made."""
        return max(number.place for number in self.members)


@dataclass(frozen=True)
class Plan:
    """Where numbers stand: columns by sheet from left to right, and workings that are one number, in their order."""

    columns: dict[Sheet, list[Column]]
    workings: list[Number]


def plan(content: Content, reader: Reader) -> Plan:
    """Give cells to all numbers that need one."""
    groups = _Grouping(content, reader).grouped()
    _give_cells(groups, reader)
    columns: dict[Sheet, list[Column]] = defaultdict(list)
    workings = []
    for group in sorted(
        (g for g in groups if g.column is None and g.has_cells and not g.elsewhere), key=lambda g: g.last
    ):
        if group.alone:
            workings.append(group.members[0])
        else:
            sheet = _sheet(group)
            heading = heading_of(group, reader, sheet)
            columns[sheet].append(Column(sheet, "Workings", heading, group.numbers))
    for column in content.columns:
        columns[column.sheet].append(column)
    return Plan(dict(columns), workings)


class _Grouping:
    """Groups of the numbers that explicit columns are made of."""

    def __init__(self, content: Content, reader: Reader) -> None:
        self.content, self.reader = content, reader
        self.home: dict[int, Group] = {}
        self.groups: list[Group] = []

    def grouped(self) -> list[Group]:
        """All groups."""
        left: list[Group] = []
        for column in self.content.columns:
            if (same := the_same(column)) is not None:
                left += self._alone([same])
                continue
            group = Group(column.numbers, column, has_cells=True, needed=True)
            if group.members:
                self._keep(group)
                left.append(group)
        for total in [column.total for column in self.content.columns] + list(self.content.totals.values()):
            left += self._standing(total)
        decisions = [condition for condition, _ in self.reader.recording.decisions]
        left += self._alone(decisions)
        while left:
            left += self._operands(left.pop())
        return self.groups

    def _standing(self, total: Any) -> list[Group]:
        """A total, which stands over its column or among the results, and so needs no other cell."""
        if type(total) is not Number or total.is_leaf or total.place in self.home:
            return []
        return [self._keep(Group([total], has_cells=True, elsewhere=True))]

    def _alone(self, numbers: list[Any]) -> list[Group]:
        return [
            self._keep(Group([number], needed=True))
            for number in dict.fromkeys(number for number in numbers if type(number) is Number)
            if not number.is_leaf and number.place not in self.home
        ]

    def _keep(self, group: Group) -> Group:
        self.groups.append(group)
        for number in group.members:
            self.home.setdefault(number.place, group)
        return group

    def _operands(self, group: Group) -> list[Group]:
        """The groups of what a group is made of; those that are new."""
        made: list[Group] = []
        by_row = group.column is None or group.column.by_cycle
        for rows in _alike(group.numbers) if by_row else [[place] for place in range(len(group.numbers))]:
            first = group.numbers[rows[0]]
            if type(first) is not Number or first.is_leaf:
                continue
            for at in range(len(first.operands)):
                operands: list[Any] = [None] * len(group.numbers)
                for row in rows:
                    operand = group.numbers[row].operands[at]
                    operands[row] = operand if type(operand) is Number and not operand.is_leaf else None
                made += self._use(group, operands)
        return made

    def _use(self, parent: Group, operands: list[Any]) -> Iterator[Group]:
        """Note the groups that numbers are in, and make one of those that are in none."""
        distinct = {number.place: number for number in operands if number is not None}
        if not distinct:
            return
        new = {place for place in distinct if place not in self.home}
        for home in {id(self.home[place]): self.home[place] for place in distinct if place not in new}.values():
            self._link(parent, home)
            aligned = all(
                number is None or number.place in new or number is home.numbers[min(row, len(home.numbers) - 1)]
                for row, number in enumerate(operands)
            )
            home.needed |= not (aligned or home.alone)
        if new:
            numbers = [number if number is not None and number.place in new else None for number in operands]
            group = self._keep(Group(numbers if len(distinct) > 1 and len(new) > 1 else [distinct[min(new)]]))
            self._link(parent, group)
            yield group

    def _link(self, parent: Group, child: Group) -> None:
        if parent is not child:
            child.parents.append(parent)
            parent.children.append(child)


def the_same(column: Column) -> Number | None:
    """The number that all cells of a column hold, which is worked out once; None where they differ."""
    first = column.numbers[0]
    alike = len(column.numbers) > 1 and all(number is first for number in column.numbers)
    return first if alike and type(first) is Number and not first.is_leaf else None


def _alike(numbers: list[Any]) -> list[list[int]]:
    """Rows by the operation of their numbers."""
    rows: dict[Any, list[int]] = defaultdict(list)
    for row, number in enumerate(numbers):
        if type(number) is Number:
            rows[number.operation, len(number.operands)].append(row)
    return list(rows.values())


def _give_cells(groups: list[Group], reader: Reader) -> None:
    """Decide which groups have cells, from what is made first to what is made last."""
    length: dict[int, float] = {}
    for group in sorted((g for g in groups if g.members), key=lambda g: g.last):
        inside = sum(
            REFERENCE if child.has_cells else length.get(id(child), 1.0)
            for child in {id(child): child for child in group.children}.values()
        )
        length[id(group)] = 1 + inside + REFERENCE * max(len(n.operands) for n in group.members)
        if group.column is not None or group.elsewhere:
            continue
        named = all(number.place in reader.names for number in group.members)
        often = len(group.parents) > 1 and length[id(group)] > SHORT
        group.has_cells = group.needed or named or often or length[id(group)] > LONGEST


def _sheet(group: Group) -> Sheet:
    """The sheet of a column of workings: that of the one strategy that needs it, or one for all."""
    sheets: dict[Sheet, None] = {}
    left, seen = [group], set()
    while left:
        here = left.pop()
        if id(here) in seen:
            continue
        seen.add(id(here))
        if here.column is not None:
            sheets[here.column.sheet] = None
        else:
            left += here.parents
    strategies = {sheet.strategy for sheet in sheets}
    if len(sheets) == 1:
        return next(iter(sheets))
    if len(strategies) == 1 and None not in strategies:
        return Sheet(MOVES, strategies.pop())
    return Sheet(BY_CYCLE)


def heading_of(group: Group, reader: Reader, sheet: Sheet) -> str:
    """What the model's code calls a column; empty where it has no name for it."""
    called = [reader.names.get(number.place) for number in group.members]
    if not called or None in called:
        return ""
    names = {name for name, _ in called if name}  # type: ignore[misc]
    which = [which for _, which in called]  # type: ignore[misc]
    if len(names) != 1:
        return ""
    told = which[0] if len(set(which)) == 1 else ""
    parts = [part for part in told.split(", ") if part and part != sheet.strategy]
    return ", ".join([names.pop(), *parts])
