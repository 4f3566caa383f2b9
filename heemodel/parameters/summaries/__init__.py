"""Distributions from the summaries that publications print: a mean and its standard error, an interval, counts.

Each constructor states what it matches exactly. Where a publication gives three numbers and the family has two
parameters, two are matched, the third is compared, and `misfit` says how far off it is; beyond `tolerance` it is an
error. The statistics are scipy's; here is only the matching.
"""

from heemodel.parameters.summaries.bounded import Pert, TruncatedNormal, Uniform
from heemodel.parameters.summaries.correlated import CorrelatedNormals
from heemodel.parameters.summaries.fixed import Fixed
from heemodel.parameters.summaries.labelled import Dirichlet, Labelled
from heemodel.parameters.summaries.normal import LogNormal, LogOdds, Normal
from heemodel.parameters.summaries.shapes import Beta, Gamma
from heemodel.parameters.summaries.univariate import SummaryError, Univariate

__all__ = [
    "Beta",
    "CorrelatedNormals",
    "Dirichlet",
    "Fixed",
    "Gamma",
    "Labelled",
    "LogNormal",
    "LogOdds",
    "Normal",
    "Pert",
    "SummaryError",
    "TruncatedNormal",
    "Uniform",
    "Univariate",
]
