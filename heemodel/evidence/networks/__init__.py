"""Trials of two or more treatments: pairwise and network meta-analysis, and what its ranks say."""

from heemodel.evidence.networks.analysis import network_meta_analysis
from heemodel.evidence.networks.ranking import rank_treatments

__all__ = ["network_meta_analysis", "rank_treatments"]
