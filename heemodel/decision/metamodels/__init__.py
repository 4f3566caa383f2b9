"""Regressions of outcomes on parameters, one file for each method, one contract for all."""

from heemodel.decision.metamodels.choice import LEAST, METHODS, Method, choose, regress
from heemodel.decision.metamodels.fit import Fit
from heemodel.decision.metamodels.threads import one_thread

__all__ = ["LEAST", "METHODS", "Fit", "Method", "choose", "one_thread", "regress"]
