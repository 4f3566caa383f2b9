"""The report of a PSA that was made elsewhere."""

from heemodel.report.knowledge import Affected
from heemodel.report.psa.writing import PSA_WRITTEN, PSARecord, write_psa_report

__all__ = ["PSA_WRITTEN", "Affected", "PSARecord", "write_psa_report"]
