"""Distributions of uncertain numbers, from the summaries that publications print."""

from heemodel.parameters import (
    Beta,
    CorrelatedNormals,
    Dirichlet,
    Fixed,
    Gamma,
    Labelled,
    LogNormal,
    LogOdds,
    Normal,
    Pert,
    TruncatedNormal,
    Uniform,
)

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
    "TruncatedNormal",
    "Uniform",
]
