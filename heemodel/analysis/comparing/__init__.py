"""Two runs held together: what of their record and inputs differs, what moved by it, and which input moved it."""

from heemodel.analysis.comparing.comparison import RunComparison, compare

__all__ = ["RunComparison", "compare"]
