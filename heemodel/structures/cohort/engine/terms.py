"""Values taken apart into sums of products: numbers by cycle, and what does not depend on the cycle."""

from collections.abc import Iterable

import numpy as np

from heemodel.structures.cohort.engine import kernel
from heemodel.structures.cohort.engine.schedule import Value
from heemodel.structures.cohort.engine.tape import Tape

Terms = dict[bytes, Value]
"""A value as a sum of products: numbers by cycle, as bytes, and what they are multiplied by."""

FEW = 4
"""Terms of a sum at most: to count people with more weights takes longer than to work out the sum in every cycle."""

SEPARABLE = (kernel.ADD, kernel.SUBTRACT, kernel.MULTIPLY, kernel.DIVIDE)
"""Operations whose result may be a sum of products."""


class Separation:
    """The terms of the values of a tape.

    Whether a value is taken apart does not depend on the number of draws: a leaf that may be by sample never is.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape, self.one = tape, tape.number(1.0)
        self.always = np.ones(tape.cycles).tobytes()
        self._found: dict[Value, Terms | None] = {}

    def terms(self, value: Value) -> Terms | None:
        """A value as a sum of few products, if it is one."""
        if value not in self._found:
            terms = self._of(*self.tape.codes[value]) if self.tape.by_cycle[value] else {self.always: value}
            self._found[value] = terms if terms is None or len(terms) <= FEW else None
        return self._found[value]

    def _of(self, code: int, operands: tuple[int, ...]) -> Terms | None:
        """The terms of an operation that depends on the cycle."""
        if code == kernel.LOAD:
            leaf, rows = self.tape.leaves[operands[0]]
            for_all = rows is not None and operands[0] not in self.tape.drawn
            return {leaf[rows.places, 0].tobytes(): self.one} if rows is not None and for_all else None
        a, b = (self.terms(operand) for operand in operands) if code in SEPARABLE else (None, None)
        if a is None or b is None or (code == kernel.DIVIDE and [*b] != [self.always]):
            return None
        if code == kernel.DIVIDE:
            return {numbers: self.tape.operation("divide", factor, operands[1]) for numbers, factor in a.items()}
        if code == kernel.MULTIPLY:
            return self._sum((_product(m, n), self._times(f, g)) for m, f in a.items() for n, g in b.items())
        if code == kernel.SUBTRACT:
            b = {numbers: self.tape.operation("negative", factor) for numbers, factor in b.items()}
        return self._sum([*a.items(), *b.items()])

    def _sum(self, products: Iterable[tuple[bytes, Value]]) -> Terms:
        """Terms with the same numbers by cycle put together; 0 times 1 is left out."""
        terms: Terms = {}
        for numbers, factor in products:
            if any(numbers) or factor != self.one:
                terms[numbers] = self.tape.operation("add", terms[numbers], factor) if numbers in terms else factor
        return terms

    def _times(self, a: Value, b: Value) -> Value:
        """The product of two factors."""
        return b if a == self.one else a if b == self.one else self.tape.operation("multiply", a, b)


def _product(a: bytes, b: bytes) -> bytes:
    """Numbers by cycle times others."""
    return (np.frombuffer(a) * np.frombuffer(b)).tobytes()
