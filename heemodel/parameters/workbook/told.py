"""Mistakes that a model finds in figures which a workbook changed, told by sheet and cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from heemodel.parameters.problems import InputError, Place, Problem, SourceText
from heemodel.parameters.workbook.form import Path


@dataclass(frozen=True)
class FilledText(SourceText):
    """The text of an inputs file some of whose figures come from a workbook, which knows the cell of each.

    Attributes
    ----------
    workbook : the file
    cells : sheet and cell of every value that it changed, by path
    """

    workbook: FilePath = FilePath()
    cells: Mapping[Path, str] = field(default_factory=dict)

    def error(self, *problems: Problem) -> InputError:
        """The problems as one error: those in changed figures by cell, the others by their line in the inputs file."""
        placed = [(problem, self._cell(problem.place)) for problem in problems]
        if not any(cell for _, cell in placed):
            return super().error(*problems)
        told = [Problem((), f"{cell}: {problem.message}") for problem, cell in placed if cell]
        others = super().error(*(problem for problem, cell in placed if not cell)).problems
        return InputError(self.workbook, [*told, *(Problem((), f"{self.path.name}, {other}") for other in others)])

    def _cell(self, place: Place) -> str | None:
        """The cell of a place, or of the first changed value of the figure that it belongs to."""
        for length in range(len(place), 1, -1):
            for path, cell in self.cells.items():
                if path[:length] == place[:length]:
                    return cell
        return None
