"""Bayesian models in PyMC that turn data into a joint posterior, and the gate that refuses an unconverged one."""

from heemodel.evidence.fitting import cache_folder, fit
from heemodel.evidence.inpatient_episode import inpatient_episode
from heemodel.evidence.posterior import ConvergenceError, Posterior
from heemodel.evidence.specification import EvidenceError, EvidenceModel

__all__ = [
    "ConvergenceError",
    "EvidenceError",
    "EvidenceModel",
    "Posterior",
    "cache_folder",
    "fit",
    "inpatient_episode",
]
