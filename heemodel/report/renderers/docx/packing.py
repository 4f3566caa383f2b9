"""The Word document as a file that depends on what it holds, and not on when it was written."""

import io
import zipfile

from docx.document import Document as Word

BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip archive can name."""


def packed(word: Word) -> bytes:
    """The archive, with one time for all its parts."""
    written, again = io.BytesIO(), io.BytesIO()
    word.save(written)
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in parts.namelist():
            entry = zipfile.ZipInfo(name, date_time=BEGINNING)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(entry, parts.read(name))
    return again.getvalue()
