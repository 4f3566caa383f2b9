"""Bayesian models in PyMC that turn data into a joint posterior, and the gate that refuses an unconverged one."""

from heemodel.evidence.costs import mean_costs
from heemodel.evidence.durations import competing_risks, durations, exit_probabilities
from heemodel.evidence.fitting import cache_folder, fit
from heemodel.evidence.gate import ConvergenceError
from heemodel.evidence.inpatient_episode import inpatient_episode
from heemodel.evidence.networks import network_meta_analysis, rank_treatments
from heemodel.evidence.ordered import move_categories, ordered_categories
from heemodel.evidence.posterior import Posterior
from heemodel.evidence.proportions import proportions
from heemodel.evidence.specification import EvidenceError, EvidenceModel
from heemodel.evidence.stacking import StackedPosterior, stack
from heemodel.evidence.utilities import utilities

__all__ = [
    "ConvergenceError",
    "EvidenceError",
    "EvidenceModel",
    "Posterior",
    "StackedPosterior",
    "cache_folder",
    "competing_risks",
    "durations",
    "exit_probabilities",
    "fit",
    "inpatient_episode",
    "mean_costs",
    "move_categories",
    "network_meta_analysis",
    "ordered_categories",
    "proportions",
    "rank_treatments",
    "stack",
    "utilities",
]
