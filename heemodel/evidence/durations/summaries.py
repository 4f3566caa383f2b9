"""What published summaries of durations cannot be."""

from itertools import pairwise

import numpy as np

MOMENTS, QUARTILES = ("mean", "sd"), {"q1": 0.25, "median": 0.5, "q3": 0.75}
ALIKE = 0.001
"""Durations that differ by a smaller part than this are taken for a mistake, or for rounding."""


def impossible(given: dict[str, float], n: int) -> str | None:
    """What is wrong with a summary."""
    quartiles = {name: given[name] for name in QUARTILES if name in given}
    values = list(quartiles.values())
    if not given:
        return "there is neither mean, sd nor median; give one, or leave the row out"
    if 0 < len(quartiles) < len(given):
        return (
            f"{', '.join(given)} summarise the same patients, who would count twice; leave either mean and sd or the "
            "quartiles empty"
        )
    if values != sorted(set(values)):
        in_words = ", ".join(f"{name} {value:g}" for name, value in quartiles.items())
        return f"{in_words}: each must be above the one before. Leave one empty that is equal only by rounding"
    if n < 2 and len(values) > 1:
        return "there are no quartiles of one patient; give the duration itself, as a patient or as median"
    if any(higher < (1 + ALIKE) * lower for lower, higher in pairwise(values)):
        return f"{', '.join(quartiles)} are all but equal, as durations never are; look whether they are right"
    return _impossible_deviation(given, n)


def _impossible_deviation(given: dict[str, float], n: int) -> str | None:
    """What is wrong with a standard deviation."""
    if "sd" not in given:
        return None
    if n < 2:
        return "there is no standard deviation of one patient"
    if "mean" in given and given["sd"] < ALIKE * given["mean"]:
        return (
            f"sd is {given['sd']:g}, next to nothing for a mean of {given['mean']:g}; look whether both are in one unit"
        )
    most = given.get("mean", np.inf) * np.sqrt(n)
    if given["sd"] > most:
        return f"sd is {given['sd']:g}; that of {n} numbers above 0 with mean {given['mean']:g} is at most {most:.4g}"
    return None
