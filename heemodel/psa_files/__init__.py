"""Reading a PSA that was made elsewhere, from the files that spreadsheets and R write."""

from heemodel.psa_files.files import PSA, read_psa

__all__ = ["PSA", "read_psa"]
