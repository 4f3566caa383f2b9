"""Regressions of outcomes on parameters, one file for each method, one contract for all."""

from heemodel.decision.metamodels.choice import METHODS, Method, choose, regress
from heemodel.decision.metamodels.fit import Fit

__all__ = ["METHODS", "Fit", "Method", "choose", "regress"]
