"""Names that a spreadsheet takes: of cells and of sheets."""

from __future__ import annotations

import re
import unicodedata

CELL = re.compile(r"[A-Za-z]{1,3}\d+|[Rr]\d*[Cc]\d*|[RrCc]|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]")
"""What would be read as the address of a cell, or as a truth."""
LONGEST_NAME, LONGEST_SHEET = 255, 31
NOT_IN_SHEETS = re.compile(r"[\[\]:*?/\\]")


class Names:
    """Names of cells, no two alike; capitals do not count."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, wanted: str) -> str:
        """A valid name close to the one that is wanted.

        >>> Names().name("A1"), Names().name("mean stay, new care"), Names().name("2nd")
        ('A1_', 'mean_stay_new_care', '_2nd')
        """
        text = unicodedata.normalize("NFC", wanted)
        text = re.sub(r"_+", "_", re.sub(r"[^\w.]+", "_", text)).strip("_.") or "value"
        text = text if text[0].isalpha() else f"_{text}"
        text = text[: LONGEST_NAME - 8]
        text = f"{text}_" if CELL.fullmatch(text) else text
        return _different(text, self._taken, LONGEST_NAME)


class SheetNames(Names):
    """Names of sheets, no two alike; capitals do not count."""

    def name(self, wanted: str) -> str:
        """A valid name close to the one that is wanted.

        >>> SheetNames().name("Moves: usual/best care [2]")
        'Moves usual best care 2'
        """
        text = " ".join(NOT_IN_SHEETS.sub(" ", wanted).split()).strip("'") or "Sheet"
        text = f"{text} _" if text.casefold() == "history" else text  # Excel keeps that name for itself
        return _different(text[:LONGEST_SHEET].strip(" '"), self._taken, LONGEST_SHEET)


def _different(text: str, taken: set[str], longest: int) -> str:
    """The text, with a number at its end if it is taken."""
    found, number = text, 1
    while found.casefold() in taken:
        number += 1
        end = f"_{number}"
        found = text[: longest - len(end)] + end
    taken.add(found.casefold())
    return found


def quoted(sheet: str) -> str:
    """The name of a sheet as a formula takes it.

    >>> quoted("Moves"), quoted("Moves usual care"), quoted("it's")
    ('Moves', "'Moves usual care'", "'it''s'")
    """
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z_]*", sheet) and not CELL.fullmatch(sheet)
    return sheet if plain else "'" + sheet.replace("'", "''") + "'"
