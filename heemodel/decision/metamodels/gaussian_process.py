"""A Gaussian process of any number of parameters, through features at some of the samples."""

import numpy as np
from scipy import linalg, optimize
from scipy.spatial import distance

from heemodel.decision.metamodels.fit import Fit, Floats
from heemodel.decision.metamodels.penalised import fit_penalised

POINTS = 250
"""Samples at which the process has a feature, and from which its length scales are found."""
SIZES, SCALES, NOISES = (1e-3, 1e3), (0.3, 1e3), (1e-6, 1e1)
"""Bounds of the variance of the process, of length scales and of the variance of noise, in standard units. A length
scale at its upper bound is that of a parameter that hardly matters."""
JITTER = 1e-10
"""Added to the variance of noise, so that points that are copies of others can be had."""


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
    """By maximum marginal likelihood, after straight lines are taken out.

    A few dozen steps: length scales matter to within a few per cent.
    """
    lines = np.hstack([np.ones((len(points), 1)), points])
    rest = outcomes.T - lines @ np.linalg.lstsq(lines, outcomes.T)[0]
    size = rest.std(axis=0)
    rest = rest[:, size > 0] / size[size > 0]
    start = np.full(points.shape[1], np.sqrt(points.shape[1]) * 2)
    if not rest.size:
        return start
    found = optimize.minimize(
        _unlikely,
        np.log([1.0, *start, 0.5]),
        (points, rest),
        jac=True,
        bounds=optimize.Bounds(*np.log([SIZES, *[SCALES] * len(start), NOISES]).T),
        method="L-BFGS-B",
        options={"maxiter": 25},
    )
    scales: Floats = np.exp(found.x[1:-1])
    return scales


def _unlikely(log: Floats, points: Floats, outcomes: Floats) -> tuple[float, Floats]:
    """Negative log marginal likelihood of outcomes (point, outcome), less a constant, and its gradient.

    As scikit-learn's regressor has it for ConstantKernel × RBF + WhiteKernel (Rasmussen and Williams 2006, section
    5.4.1). Derivatives by length scales are sums of B_ij (z_ik − z_jk)², which for all k together are two products of
    matrices; written out for each pair and scale, as there, they take most of the time.

    Parameters
    ----------
    log : logarithms of the variance of the process, of its length scales, and of the variance of noise
    """
    size, scales, noise = np.exp(log[0]), np.exp(log[1:-1]), np.exp(log[-1])
    standard = points / scales
    process = size * np.exp(-0.5 * distance.squareform(distance.pdist(standard, "sqeuclidean")))
    factor = linalg.cholesky(process + (noise + JITTER) * np.eye(len(points)), lower=True, check_finite=False)
    weights = linalg.cho_solve((factor, True), outcomes, check_finite=False)
    inverse = np.tril(linalg.lapack.dpotri(factor, lower=1)[0])
    inverse += np.tril(inverse, -1).T
    pull = outcomes.shape[1] * inverse - weights @ weights.T
    pulled = pull * process
    along = pulled.sum(axis=1) @ standard**2 - (standard * (pulled @ standard)).sum(axis=0)
    value = 0.5 * (outcomes * weights).sum() + outcomes.shape[1] * np.log(factor.diagonal()).sum()
    return float(value), np.array([0.5 * pulled.sum(), *along, 0.5 * noise * pull.trace()])


def fit_gaussian_process(columns: Floats, outcomes: Floats) -> Fit:
    """Outcomes as a Gaussian process of the parameters; see `GaussianProcess` and `fit_penalised`."""
    return fit_penalised(GaussianProcess(columns, outcomes), columns, outcomes)
