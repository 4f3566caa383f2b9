"""Regressions against naive second implementations and functions that are known."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, optimize
from scipy.interpolate import CubicSpline

import heemodel as hm
from heemodel.decision.metamodels import METHODS, choose, penalised, regress
from heemodel.decision.metamodels.smoothing import smooth
from heemodel.decision.metamodels.splines import Splines


def wiggly(samples=600, seed=1, noise=0.3):
    rng = np.random.default_rng(seed)
    x = rng.gamma(2.0, 1.0, samples)
    return x[:, None], np.stack([np.sin(x) + rng.normal(0, noise, samples), rng.normal(0, 1, samples)])


def restricted_likelihood(strengths, x, y, penalties):
    """Minus twice its logarithm, up to a constant, written with determinants."""
    penalty = np.exp(strengths) @ penalties
    bound = penalties.any(axis=0)
    inner = x.T @ x + np.diag(penalty)
    misfit = y @ y - y @ x @ np.linalg.solve(inner, x.T @ y)
    return np.linalg.slogdet(inner)[1] - np.log(penalty[bound]).sum() + (len(y) - (~bound).sum()) * np.log(misfit)


@pytest.mark.parametrize("parameters", [1, 2])
def test_smoothing_maximises_the_restricted_likelihood(parameters):
    rng = np.random.default_rng(3)
    columns = rng.normal(size=(500, parameters))
    y = np.sin(2 * columns).sum(axis=1) + columns[:, 0] * columns[:, -1] + rng.normal(0, 0.5, 500)
    y -= y.mean()
    basis = Splines(columns)
    x = basis(columns)
    (found,) = smooth(x.T @ x, x.T @ y[:, None], np.array([y @ y]), 500, basis.penalties)
    at = [
        np.log(found.penalty[basis.penalties[j] > 0] / basis.penalties[j][basis.penalties[j] > 0]).min()
        for j in range(parameters)
    ]
    start = restricted_likelihood(np.array(at), x, y, basis.penalties)
    best = optimize.minimize(restricted_likelihood, at, args=(x, y, basis.penalties), method="Nelder-Mead").fun
    assert start - best < 0.01


def test_one_penalty_on_all_alike_is_searched_as_any_other():
    rng = np.random.default_rng(5)
    x, penalties = rng.normal(size=(300, 12)), np.repeat([[0.0, 1.0]], [3, 9], axis=1)
    y = x @ rng.normal(0, 0.2, (12, 2)) + rng.normal(size=(300, 2))
    of = x.T @ x, x.T @ y, (y**2).sum(axis=0), 300
    nearly = penalties * np.where(np.arange(12) < 11, 1.0, 1 + 1e-12)
    for turned, plain in zip(smooth(*of, penalties), smooth(*of, nearly), strict=True):
        assert turned.effective == pytest.approx(plain.effective, rel=1e-9)
        np.testing.assert_allclose(turned.coefficients, plain.coefficients, rtol=1e-9)


def test_a_straight_line_is_met_exactly():
    x = np.random.default_rng(1).lognormal(size=(300, 1))
    fit = regress(x, np.stack([2 - 3 * x[:, 0]]), "splines")
    np.testing.assert_allclose(fit.fitted[0], 2 - 3 * x[:, 0], atol=1e-6)
    np.testing.assert_allclose(fit.predict(np.array([[100.0]])), [[-298.0]], rtol=1e-5)


def test_the_penalty_is_the_integral_of_the_squared_second_derivative():
    column = np.random.default_rng(1).normal(size=400)
    margin = Splines(column[:, None]).margins[0]
    knots = np.unique(np.quantile(np.unique(column), np.linspace(0, 1, 15)))
    unit = (knots - knots[0]) / (knots[-1] - knots[0])

    def bending(feature):
        bent = CubicSpline(unit, margin.turned[:, feature], bc_type="natural")
        return sum(integrate.quad(lambda t: bent(t, 2) ** 2, a, b)[0] for a, b in pairwise(unit))

    assert margin.curvature[3] == pytest.approx(bending(3) / bending(14), rel=1e-6)
    assert margin.curvature[14] == 1.0
    assert not margin.curvature[:2].any()


def test_a_parameter_with_few_values_can_have_a_mean_of_its_own_at_each():
    rng = np.random.default_rng(1)
    x = rng.integers(0, 4, 8_000).astype(float)
    y = np.array([0.0, 5.0, -5.0, 0.0])[x.astype(int)] + rng.normal(0, 1, 8_000)
    fit = regress(x[:, None], y[None], "splines")
    for value in range(4):
        assert fit.fitted[0, x == value].mean() == pytest.approx(y[x == value].mean(), abs=0.02)


def test_a_parameter_of_two_values_is_two_means():
    x = np.array([0.0, 7.0] * 50)
    y = np.where(x > 0, 3.0, 1.0) + np.tile([0.5, 0.5, -0.5, -0.5], 25)
    np.testing.assert_allclose(regress(x[:, None], y[None], "splines").fitted[0], np.where(x > 0, 3.0, 1.0), atol=1e-6)


def test_categories_are_means():
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 3, (100, 2)).astype(float), rng.normal(size=(1, 100))
    fit = regress(x, y, "categories")
    for pair in np.unique(x, axis=0):
        here = (x == pair).all(axis=1)
        np.testing.assert_allclose(fit.fitted[0, here], y[0, here].mean(), atol=1e-8)


@pytest.mark.parametrize("method", METHODS)
def test_what_is_held_out_is_not_seen(method):
    """Changing the outcome of a fold changes its own fit and not its held-out predictions."""
    x, y = wiggly()
    x = x.round() if method == "categories" else x
    changed = y.copy()
    changed[:, :120] += np.random.default_rng(2).normal(0, 1e-3, (2, 120))
    one, other = regress(x, y, method), regress(x, changed, method)
    np.testing.assert_allclose(one.held_out[:, :120], other.held_out[:, :120], atol=2e-4)
    noise = np.corrcoef(one.held_out[1], y[1])[0, 1]
    assert abs(noise) < 0.2


@pytest.mark.parametrize("method", ["splines", "gaussian process", "categories"])
def test_predictions_at_the_samples_are_what_was_fitted(method):
    x, y = wiggly()
    x = x.round() if method == "categories" else x
    fit = regress(x, y, method)
    np.testing.assert_allclose(fit.predict(x), fit.fitted, atol=1e-8)


def test_deviations_have_the_covariance_of_the_coefficients():
    """Without penalties that of least squares, σ² (XᵀX)⁻¹; outcomes go together as their residuals do."""
    rng = np.random.default_rng(1)
    x = rng.integers(0, 2, (400, 1)).astype(float)
    noise = rng.normal(0, 1, 400)
    fit = regress(x, np.stack([noise, -2 * noise]), "categories")
    drawn = np.concatenate(list(fit.deviations(rng, 20_000)), axis=1)
    first = drawn[0, np.argmax(x[:, 0] == 1)]
    second = drawn[1, np.argmax(x[:, 0] == 1)]
    within = noise - fit.fitted[0]
    assert first.std() == pytest.approx(np.sqrt((within**2).sum() / 398 / (x == 1).sum()), rel=0.03)
    np.testing.assert_allclose(second, -2 * first, atol=1e-6)


def test_a_gaussian_process_learns_a_function_of_many_parameters():
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (4_000, 6))
    truth = np.sin(2 * x[:, 0]) * x[:, 1] + x[:, 2] ** 2 + x[:, 3]
    fit = regress(x, (truth + rng.normal(0, 0.5, 4_000))[None], "gaussian process")
    assert np.corrcoef(fit.held_out[0], truth)[0, 1] > 0.99


def test_trees_learn_a_jump():
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (4_000, 3))
    truth = np.where(x[:, 0] > 0.2, 1.0, 0.0)
    fit = regress(x, (truth + rng.normal(0, 0.3, 4_000))[None], "trees")
    assert np.corrcoef(fit.held_out[0], truth)[0, 1] > 0.98


def test_the_likelihood_of_length_scales_and_its_gradient_are_those_of_scikit_learn():
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    from heemodel.decision.metamodels.gaussian_process import _unlikely

    rng = np.random.default_rng(4)
    points, outcomes = rng.normal(size=(80, 3)), rng.normal(size=(80, 2))
    kernel = ConstantKernel(2.0) * RBF([0.5, 3.0, 40.0]) + WhiteKernel(0.1)
    process = GaussianProcessRegressor(kernel, optimizer=None).fit(points, outcomes)
    likelihood, gradient = process.log_marginal_likelihood(kernel.theta, eval_gradient=True)
    value, slopes = _unlikely(kernel.theta, points, outcomes)
    assert value + outcomes.size / 2 * np.log(2 * np.pi) == pytest.approx(-likelihood, rel=1e-12)
    assert slopes == pytest.approx(-gradient, rel=1e-9)


@pytest.mark.parametrize("method", ["splines", "gaussian process"])
def test_copies_of_a_parameter_add_nothing(method):
    x, y = wiggly()
    twice = np.hstack([x, 1 - 2 * x])
    alone, both = regress(x, y, "splines"), regress(twice, y, method)
    assert np.abs(alone.fitted[0] - both.fitted[0]).mean() < 0.1


def test_an_outcome_that_never_varies_is_its_own_expectation():
    x, _ = wiggly(100)
    fit = regress(x, np.full((1, 100), 0.1), "splines")
    np.testing.assert_allclose(fit.fitted, 0.1, rtol=1e-15)
    assert not np.concatenate(list(fit.deviations(np.random.default_rng(1), 3)), axis=1).any()


@pytest.mark.parametrize(("held", "block"), [(0, 4_096), (0, 64), (2**26, 64)])
def test_memory_and_blocks_change_nothing(monkeypatch, held, block):
    x, y = wiggly(1_000)
    whole = regress(x, y, "splines")
    monkeypatch.setattr(penalised, "HELD", held)
    monkeypatch.setattr(penalised, "BLOCK", block)
    parts = regress(x, y, "splines")
    np.testing.assert_allclose(parts.fitted, whole.fitted, atol=1e-9)
    np.testing.assert_allclose(parts.held_out, whole.held_out, atol=1e-9)


@pytest.mark.parametrize(
    ("parameters", "named", "method"),
    [(1, False, "splines"), (3, False, "splines"), (4, False, "gaussian process"), (1, True, "categories")],
)
def test_the_method_follows_the_parameters_and_says_why(parameters, named, method):
    found, reason = choose(parameters, named=named)
    assert found == method
    assert reason


@pytest.mark.parametrize(
    ("columns", "method", "said"),
    [
        (np.zeros((60, 1)), "spline", "did you mean 'splines'"),
        (np.zeros((49, 1)), "splines", "49 samples are too few"),
        (np.zeros((60, 4)), "splines", "take up to 3 parameters, not 4; use method='gaussian process'"),
    ],
)
def test_what_cannot_be_regressed_is_refused(columns, method, said):
    with pytest.raises(hm.decision.OutcomeError, match=said):
        regress(columns, np.zeros((1, len(columns))), method)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [1e-7, 1e9])
def test_a_fit_does_not_depend_on_the_unit_of_the_outcome(method, size):
    x, y = wiggly(500)
    x = x.round() if method == "categories" else x
    np.testing.assert_allclose(regress(x, y * size, method).fitted / size, regress(x, y, method).fitted, atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_outcomes_that_never_vary_are_met_exactly(method):
    x = np.random.default_rng(1).integers(0, 3, (200, 2)).astype(float)
    np.testing.assert_array_equal(regress(x, np.zeros((2, 200)), method).fitted, 0.0)


@pytest.mark.parametrize(
    ("parameters", "method", "said"),
    [
        (59, "gaussian process", "60 samples are too few for Gaussian process .*60 coefficients .* at least 120"),
        (70, "gaussian process", "60 samples are too few"),
        (1, "categories", "means of 60 categories, 60 coefficients of which are not smoothed.* or use method='trees'"),
    ],
)
def test_more_free_coefficients_than_samples_can_tell_are_refused(parameters, method, said):
    columns = np.random.default_rng(1).normal(size=(60, parameters))
    with pytest.raises(hm.decision.OutcomeError, match=said):
        regress(columns, columns[:, :1].T, method)


@pytest.mark.parametrize("parameters", [2, 3])
def test_parameters_with_heavy_tails_do_not_warn_and_keep_to_their_samples(parameters):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        z = rng.normal(size=(1_000, parameters))
        fit = regress(np.exp(2 * z), (z[:, 0] + rng.normal(size=1_000))[None], "splines")
        assert np.abs(fit.fitted[0] - z[:, 0]).mean() < 0.3
