"""Boosted regression trees, for many parameters and for functions with jumps."""

from threading import Lock

import numpy as np
from threadpoolctl import threadpool_limits

from heemodel.decision.metamodels.fit import Fit, Floats, folds

IN_TURN = Lock()
"""Limits of threads are those of the whole process, and who sets them last must be who set them first."""


def fit_trees(columns: Floats, outcomes: Floats) -> Fit:
    """Outcomes by gradient-boosted trees (histograms, early stopping), in standard units: growth stops by size of gain.

    Trees follow the noise of samples that they have seen; `fitted` therefore holds predictions by trees that have not,
    and is the same as `held_out`.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    def grow(rows: np.ndarray, values: Floats) -> HistGradientBoostingRegressor:
        return HistGradientBoostingRegressor(
            learning_rate=0.05, max_iter=500, max_leaf_nodes=15, early_stopping=True, random_state=0
        ).fit(columns[rows], values[rows])

    centre, scale = outcomes.mean(axis=1, keepdims=True), outcomes.std(axis=1, keepdims=True)
    standard = (outcomes - centre) / np.where(scale > 0, scale, 1.0)
    found, everything = np.empty_like(outcomes), np.arange(len(columns))
    with IN_TURN, threadpool_limits(1):  # of OpenMP too, which scikit-learn has just brought in
        for rows in folds(len(columns)):
            rest = np.delete(everything, rows)
            for i, values in enumerate(standard):
                found[i, rows] = grow(rest, values).predict(columns[rows])
        grown = [grow(everything, values) for values in standard]
    found = found * scale + centre
    return Fit(
        fitted=found,
        unseen=lambda: found,
        predict=lambda points: np.stack([one.predict(points) for one in grown]) * scale + centre,
        covariance=None,
        deviations=None,
        words="boosted regression trees, each sample predicted by trees that have not seen it",
    )
