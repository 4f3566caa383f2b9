"""What tests look up in a section: its words and the cells of its tables."""

from heemodel.report.document import Definitions, Folded, Points, Section, Table, Words


def words_of(section: Section) -> str:
    """Everything that is said outside tables and figures."""
    return " ".join(_words(section.blocks))


def _words(blocks):
    for block in blocks:
        if isinstance(block, Words):
            yield block.text
        elif isinstance(block, Points):
            yield from block.points
        elif isinstance(block, Definitions):
            yield from (f"{term}: {meaning}" for term, meaning in block.terms.items())
        elif isinstance(block, Folded):
            yield from _words(block.blocks)


def table_of(section: Section, title: str) -> Table:
    """The first table whose title begins so."""
    return next(table for table in section.tables() if table.title.startswith(title))


def row_of(table: Table, heading: str) -> dict[str, str]:
    """Cells of the row with that heading by the headings of their columns; the first of those that are alike."""
    row = next(row for row in table.rows if row[0] == heading)
    cells: dict[str, str] = {}
    for name, cell in zip(table.header, row, strict=True):
        cells.setdefault(name, cell)
    return cells


def check_shape(section: Section) -> None:
    """Rows are as long as the header, figures have names of their own and can be drawn."""
    for table in section.tables():
        assert all(len(row) == len(table.header) for row in table.rows), table.title
        assert not table.groups or sum(columns for _, columns in table.groups) == len(table.header), table.title
        assert all(isinstance(cell, str) for row in table.rows for cell in row), table.title
        assert not any("nan" in cell.split() for row in table.rows for cell in row), table.title
    names = [figure.name for figure in section.figures()]
    assert len(set(names)) == len(names)
    for figure in section.figures():
        assert figure.svg.startswith("<?xml")
        assert figure.alternative
        assert figure.caption
        assert not figure.table.empty


def folded(section: Section) -> list[str]:
    """Titles of what is folded away."""
    return [block.title for block in section.blocks if isinstance(block, Folded)]
