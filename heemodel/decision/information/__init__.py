"""Value of information: what it would be worth to know more before deciding."""

from heemodel.decision.information.nested import nested_evppi
from heemodel.decision.information.net_benefit_of_sampling import best_sizes, enbs
from heemodel.decision.information.partial import evppi, evppi_each
from heemodel.decision.information.population import affected
from heemodel.decision.information.pymc_study import pymc_study
from heemodel.decision.information.sample import evsi
from heemodel.decision.information.studies import Study, binary_study, normal_mean_study, two_arm_trial
from heemodel.decision.information.survival_trial import survival_trial

__all__ = [
    "Study",
    "affected",
    "best_sizes",
    "binary_study",
    "enbs",
    "evppi",
    "evppi_each",
    "evsi",
    "nested_evppi",
    "normal_mean_study",
    "pymc_study",
    "survival_trial",
    "two_arm_trial",
]
