"""A Gaussian process of any number of parameters, through features at some of the samples."""

import warnings
from collections.abc import Callable

import numpy as np

from heemodel.decision.metamodels.fit import Fit, Floats
from heemodel.decision.metamodels.penalised import fit_penalised

POINTS = 250
"""Samples at which the process has a feature, and from which its length scales are found."""


class GaussianProcess:
    """Straight lines, and a Gaussian process with squared exponential covariance, a length scale for each parameter.

    The length scales maximise the marginal likelihood of all outcomes together at some samples; the process is then
    the best that features at those samples can give (Nyström's approximation: Williams and Seeger 2001), fitted to all
    samples. Parameters enter standardised.
    """

    def __init__(self, columns: Floats, outcomes: Floats) -> None:
        from sklearn.kernel_approximation import Nystroem

        self.centre, self.spread = columns.mean(axis=0), columns.std(axis=0)
        some = np.unique(np.linspace(0, len(columns) - 1, min(POINTS, len(columns))).astype(int))
        points = (columns[some] - self.centre) / self.spread
        self.scales = _length_scales(points, outcomes[:, some])
        self.features = Nystroem(gamma=0.5, n_components=len(some), random_state=0).fit(points / self.scales)
        straight = 1 + columns.shape[1]
        self.penalties = np.concatenate([np.zeros(straight), np.ones(len(some))])[None]
        self.words = f"Gaussian process through {len(some)} points"

    def __call__(self, columns: Floats) -> Floats:
        """A constant, the parameters, and the process' features."""
        standard = (columns - self.centre) / self.spread
        return np.hstack([np.ones((len(columns), 1)), standard, self.features.transform(standard / self.scales)])


def _length_scales(points: Floats, outcomes: Floats) -> Floats:
    """By maximum marginal likelihood, after straight lines are taken out."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    lines = np.hstack([np.ones((len(points), 1)), points])
    rest = outcomes.T - lines @ np.linalg.lstsq(lines, outcomes.T)[0]
    size = rest.std(axis=0)
    rest = rest[:, size > 0] / size[size > 0]
    start = np.full(points.shape[1], np.sqrt(points.shape[1]) * 2)
    if not rest.size:
        return start
    kernel = ConstantKernel(1.0, (1e-3, 1e3)) * RBF(start, (0.3, 1e3)) + WhiteKernel(0.5, (1e-6, 1e1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a scale at its bound: the parameter hardly matters
        fitted = GaussianProcessRegressor(kernel, optimizer=_optimise).fit(points, rest)
    scales: Floats = fitted.kernel_.k1.k2.length_scale
    return scales


def _optimise(objective: Callable[..., tuple[float, Floats]], start: Floats, bounds: Floats) -> tuple[Floats, float]:
    """A few dozen steps: length scales matter to within a few per cent."""
    from scipy.optimize import minimize

    found = minimize(objective, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 25})
    return found.x, found.fun


def fit_gaussian_process(columns: Floats, outcomes: Floats) -> Fit:
    """Outcomes as a Gaussian process of the parameters; see `GaussianProcess` and `fit_penalised`."""
    return fit_penalised(GaussianProcess(columns, outcomes), columns, outcomes)
