"""Checks that a model is a sound model, run on every analysis."""

from heemodel.verify.checks import Check, check_close, run_checks

__all__ = ["Check", "check_close", "run_checks"]
