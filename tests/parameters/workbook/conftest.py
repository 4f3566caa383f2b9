"""A workbook of the savings model, and a way to fill it in as an analyst would: cell by cell."""

import pytest
from openpyxl import load_workbook

from heemodel.analysis import load_model
from heemodel.parameters import write_workbook
from tests.parameters.workbook.trust import OWN, ROOT, cell_of


@pytest.fixture(scope="session")
def savings():
    """The inputs of the savings model, which know its units."""
    return load_model(ROOT / "models" / "thrombectomy_savings").inputs


@pytest.fixture(scope="session")
def blank(savings, tmp_path_factory):
    """A workbook that nobody has touched."""
    return write_workbook(savings, tmp_path_factory.mktemp("workbook") / "blank.xlsx")


@pytest.fixture
def fill(blank, tmp_path):
    """Makes a workbook with cells filled in: values by place, or by place and heading; `then` changes the rest."""

    def filled(values, *, sheet="Your trust", start=None, then=None):
        book = load_workbook(start or blank)
        page = book[sheet]
        for key, value in values.items():
            place, heading = key if isinstance(key, tuple) else (key, OWN)
            cell_of(page, place, heading).value = value
        if then is not None:
            then(book)
        book.save(tmp_path / "ours.xlsx")
        return tmp_path / "ours.xlsx"

    return filled
