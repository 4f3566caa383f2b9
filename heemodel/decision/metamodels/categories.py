"""Means by category, for what takes a few values without order, such as the choice of a model."""

import numpy as np

from heemodel.decision.metamodels.fit import Fit, Floats
from heemodel.decision.metamodels.penalised import fit_penalised


class Categories:
    """One feature for each combination of values."""

    def __init__(self, columns: Floats) -> None:
        self.different = np.unique(columns, axis=0)
        self.penalties = np.zeros((1, len(self.different)))
        self.words = f"means of {len(self.different)} categories"

    def __call__(self, columns: Floats) -> Floats:
        """Which combination each sample has."""
        which: Floats = (columns[:, None, :] == self.different).all(axis=2).astype(float)
        return which


def fit_categories(columns: Floats, outcomes: Floats) -> Fit:
    """Mean outcomes of every combination of values, without smoothing."""
    return fit_penalised(Categories(columns), columns, outcomes)
