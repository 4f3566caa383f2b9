"""Value of information: what knowing more would be worth, and which study."""

from heemodel.decision import (
    Study,
    affected,
    best_sizes,
    binary_study,
    enbs,
    evppi,
    evppi_each,
    evsi,
    nested_evppi,
    normal_mean_study,
    pymc_study,
    survival_trial,
    two_arm_trial,
)

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
