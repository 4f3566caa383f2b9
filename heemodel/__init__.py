"""heemodel: probabilistic health-economic analysis, from evidence to decision.

Import it as ``import heemodel as hm``. Names are loaded from their rooms when first used, so that the import is light.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from heemodel.cohort import (
        DAYS_PER_YEAR,
        CohortModel,
        Discount,
        ModelError,
        Payoffs,
        Time,
        by_strategy,
        probability_to_rate,
        rate_to_probability,
    )
    from heemodel.cohort.assembly import Parameters
    from heemodel.decision import CostEffectiveness, OutcomeError, reaching, saving, summarise
    from heemodel.errors import HeemodelError
    from heemodel.evidence import (
        ConvergenceError,
        EvidenceError,
        EvidenceModel,
        Posterior,
        fit,
        inpatient_episode,
    )
    from heemodel.parameters import InputError, Inputs, join_draws, life_table, policy_profile, read_inputs
    from heemodel.verify import Check, check_close, run_checks

_ROOMS = {
    "heemodel.errors": ["HeemodelError"],
    "heemodel.parameters": ["InputError", "Inputs", "join_draws", "life_table", "policy_profile", "read_inputs"],
    "heemodel.evidence": [
        "ConvergenceError",
        "EvidenceError",
        "EvidenceModel",
        "Posterior",
        "fit",
        "inpatient_episode",
    ],
    "heemodel.cohort": [
        "DAYS_PER_YEAR",
        "CohortModel",
        "Discount",
        "ModelError",
        "Parameters",
        "Payoffs",
        "Time",
        "by_strategy",
        "probability_to_rate",
        "rate_to_probability",
    ],
    "heemodel.decision": ["CostEffectiveness", "OutcomeError", "reaching", "saving", "summarise"],
    "heemodel.verify": ["Check", "check_close", "run_checks"],
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = ["__version__", *_ROOM_OF]


def __getattr__(name: str) -> object:
    if name not in _ROOM_OF:
        raise AttributeError(f"module 'heemodel' has no attribute {name!r}")
    return getattr(import_module(_ROOM_OF[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
