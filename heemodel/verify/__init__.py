"""Checks that a model is a sound model, run on every analysis."""

from heemodel.verify.checks import Check, check_close, run_checks
from heemodel.verify.second_engine import second_engine

__all__ = ["Check", "check_close", "run_checks", "second_engine"]
