"""A model folder in, `Results` out: scenarios, variations, groups, appraisal, checks. All computing is done here."""

from heemodel.analysis.agreement import check_agreement, check_information
from heemodel.analysis.analyse import analyse
from heemodel.analysis.check import ModelReport, check_model
from heemodel.analysis.comparing import RunComparison, compare
from heemodel.analysis.exhibit import Exhibit
from heemodel.analysis.folder import ModelFolder, load_model
from heemodel.analysis.linked import Linked
from heemodel.analysis.psa import results_of_psa
from heemodel.analysis.record import hash_of
from heemodel.analysis.results import (
    Affected,
    Comparison,
    Fitted,
    Record,
    Results,
    ScenarioResult,
    VariationResult,
)
from heemodel.analysis.tables import TABLES

__all__ = [
    "TABLES",
    "Affected",
    "Comparison",
    "Exhibit",
    "Fitted",
    "Linked",
    "ModelFolder",
    "ModelReport",
    "Record",
    "Results",
    "RunComparison",
    "ScenarioResult",
    "VariationResult",
    "analyse",
    "check_agreement",
    "check_information",
    "check_model",
    "compare",
    "hash_of",
    "load_model",
    "results_of_psa",
]
