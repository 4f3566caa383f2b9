"""What cannot be mirrored, by its name and where it is."""

from heemodel.errors import HeemodelError


class MirrorError(HeemodelError):
    """A model that cannot be written as a workbook of formulas."""


class NoFormulaError(MirrorError):
    """A function that has no formula; names it, the line of the model's code, and what to do instead."""

    def __init__(self, function: str, line: str, cure: str = "") -> None:
        where = f"{line}: " if line else ""
        cure = cure or "write it with numpy's elementary functions (exp, log, minimum, where, sum, …)"
        super().__init__(f"{where}{function} of a parameter cannot be written as a formula; {cure}")
        self.function, self.line = function, line
