"""Correlated parameters of an inputs file: drawn together as Python draws them, each with its own distribution."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import heemodel as hm
from tests.parameters.test_distributions import ABOUT, FILE_WORDS

N = 20_000
SOURCED = 'source = "S"\nstatus = "read"\nrationale = "R"\n'
DISTRIBUTIONS = {
    "slope": 'distribution = "normal"\nvalue = -0.04\nstandard_error = 0.01\n',
    "shape": 'distribution = "lognormal"\nvalue = 1.4\nlog_standard_error = 0.05\n',
    "risk": 'distribution = "log-odds"\nvalue = 0.2\nlog_odds_standard_error = 0.3\n',
    "price": 'distribution = "gamma"\nvalue = 100\nstandard_error = 10\n',
}
CORRELATION = [[1.0, -0.5, 0.2], [-0.5, 1.0, 0.3], [0.2, 0.3, 1.0]]
ERRORS = np.array([0.01, 0.05, 0.3])


def group(matrix=None, *, names=("slope", "shape", "risk"), kind="correlation", name="model"):
    """A group of correlated parameters, as a file has it."""
    rows = CORRELATION if matrix is None else matrix
    listed = ", ".join(f'"{one}"' for one in names)
    return f'[correlated.{name}]\nlabel = "One regression"\nparameters = [{listed}]\n{kind} = {rows}\n{SOURCED}'


def text(*more, **changed):
    distributions = DISTRIBUTIONS | changed
    tables = [f"[parameters.{name}]\n{FILE_WORDS}{numbers}" for name, numbers in distributions.items()]
    return "".join([ABOUT, *tables, *more])


@pytest.fixture
def read(tmp_path):
    def written(content):
        (tmp_path / "inputs.toml").write_text(content, encoding="utf-8")
        return hm.read_inputs(tmp_path / "inputs.toml")

    return written


def scaled(draws):
    """Draws of the three parameters on the scales on which they are normal."""
    return np.stack([draws["slope"], np.log(draws["shape"]), np.log(draws["risk"] / (1 - draws["risk"]))])


def test_they_have_their_correlations_and_their_own_distributions(read):
    drawn = scaled(read(text(group())).draw(N, seed=1))
    assert np.corrcoef(drawn) == pytest.approx(np.array(CORRELATION), abs=5 / np.sqrt(N))
    assert drawn.std(axis=1) == pytest.approx(ERRORS, rel=0.03)
    means = np.array([-0.04, np.log(1.4), np.log(0.25)])
    assert (np.abs(drawn.mean(axis=1) - means) < 5 * ERRORS / np.sqrt(N)).all()


def test_they_are_drawn_as_python_draws_them(read):
    inputs = read(text(group()))
    mean = [-0.04, np.log(1.4), np.log(0.2 / 0.8)]
    names, scales = ["slope", "shape", "risk"], ["identity", "log", "logit"]
    built = hm.distributions.CorrelatedNormals.from_correlation(mean, ERRORS, CORRELATION, names, scales)
    drawn = built.draw(100, seed=7, name="correlated.model")
    for name in names:
        assert inputs.draw(100, seed=7)[name].to_numpy() == pytest.approx(drawn[name].to_numpy(), rel=1e-12)


def test_a_covariance_gives_what_its_correlations_give(read):
    covariance = (np.array(CORRELATION) * np.outer(ERRORS, ERRORS)).tolist()
    by_covariance = read(text(group(covariance, kind="covariance"))).draw(50, seed=1)
    xr.testing.assert_allclose(by_covariance, read(text(group())).draw(50, seed=1), rtol=1e-9)


def test_others_are_drawn_as_they_were_and_central_values_stay(read):
    alone, together = read(text()), read(text(group()))
    xr.testing.assert_identical(together.draw(50, seed=1)["price"], alone.draw(50, seed=1)["price"])
    xr.testing.assert_identical(together.central(), alone.central())
    assert list(together.draw(5, seed=1)) == list(DISTRIBUTIONS)


def test_money_of_another_year_is_moved(read):
    money = 'distribution = "lognormal"\nvalue = 100\nlog_standard_error = 0.1\nprice_year = "2017/18"\n'
    content = text(group([[1, 0.5], [0.5, 1]], names=("slope", "fee")), fee=money)
    content = content.replace(
        '[parameters.fee]\nlabel = "Stay"\nunit = "days"', '[parameters.fee]\nlabel = "F"\nunit = "£"'
    )
    inputs = read(content)
    factor = inputs.price_factor(inputs.parameters["fee"])
    assert factor > 1.05
    assert float(inputs.draw(N, seed=1)["fee"].median()) == pytest.approx(100 * factor, rel=0.005)


VARIATION = '[variations.other]\nlabel = "L"\nrationale = "R"\n[variations.other.changes.'


@pytest.mark.parametrize(
    "change",
    [
        'parameters.slope]\nstandard_error = 0.05\nsource = "T"\nstatus = "read"\n',
        'parameters.slope]\ndistribution = "fixed"\nvalue = -0.05\nsource = "T"\nstatus = "read"\n',
    ],
)
def test_draws_of_the_others_stay_when_a_variation_changes_or_fixes_one(read, change):
    inputs = read(text(group(), VARIATION + change))
    base, other = inputs.draw(50, seed=1), inputs.varied["other"].draw(50, seed=1)
    for name in ("shape", "risk"):
        assert other[name].to_numpy() == pytest.approx(base[name].to_numpy(), rel=1e-12)
    assert not np.allclose(other["slope"], base["slope"])


def test_a_fixed_one_is_what_it_is(read):
    change = 'parameters.slope]\ndistribution = "fixed"\nvalue = -0.05\nsource = "T"\nstatus = "read"\n'
    varied = read(text(group(), VARIATION + change)).varied["other"]
    assert set(varied.draw(20, seed=1)["slope"].to_numpy()) == {-0.05}


def test_correlations_can_be_changed_with_their_source(read):
    change = "correlated.model]\ncorrelation = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]\n"
    with pytest.raises(hm.parameters.InputError, match="leaves the source of the old one"):
        read(text(group(), VARIATION + change))
    varied = read(text(group(), VARIATION + change + 'source = "T"\nstatus = "assumed"\n')).varied["other"]
    assert np.corrcoef(scaled(varied.draw(N, seed=1))) == pytest.approx(np.eye(3), abs=5 / np.sqrt(N))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(-0.99, 0.99), min_size=3, max_size=3), st.integers(0, 99))
def test_any_correlations_are_drawn_as_in_python_or_refused_as_there(read, below, seed):
    matrix = np.eye(3)
    matrix[np.tril_indices(3, -1)] = below
    matrix = matrix + np.tril(matrix, -1).T
    try:
        built = hm.distributions.CorrelatedNormals.from_correlation(
            [-0.04, np.log(1.4), np.log(0.25)],
            ERRORS,
            matrix,
            ["slope", "shape", "risk"],
            ["identity", "log", "logit"],
        )
    except hm.HeemodelError:
        with pytest.raises(hm.parameters.InputError, match="eigenvalue"):
            read(text(group(matrix.tolist())))
        return
    drawn = read(text(group(matrix.tolist()))).draw(20, seed=seed)
    expected = built.draw(20, seed=seed, name="correlated.model")
    assert scaled(drawn) == pytest.approx(scaled(expected), rel=1e-9, abs=1e-9)


TWO = [[1.0, 0.5], [0.5, 1.0]]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (group(TWO, names=("slope", "shpe")), "names no parameter 'shpe'; did you mean 'shape'?"),
        (group(TWO, names=("slope", "slope")), "names 'slope' twice"),
        (group(TWO, names=("slope", "price")), "'price' has a gamma distribution, which cannot be correlated"),
        (group(TWO, names=("slope", "several")), "'several' has several numbers, which cannot be correlated"),
        (group(TWO, names=("slope", "choice")), "'choice' has several sources, \\[alternatives.choice\\]"),
        (group(TWO), "must have a row and a column for each of the 3 parameters"),
        (group([[1.0, 0.5, 0], [0.5, 1.0, 0]], names=("slope", "shape")), "must have a row and a column for each"),
        (group([[1.0]], names=("slope",)), "at least 2 items"),
        (
            group([[1.0, 1.5], [1.5, 1.0]], names=("slope", "shape")),
            "correlation of slope and shape is 1.5; it must lie between −1 and 1",
        ),
        (group([[1.0, 0.5], [0.4, 1.0]], names=("slope", "shape")), "the matrix must be symmetric"),
        (group([[2.0, 0.5], [0.5, 1.0]], names=("slope", "shape")), "correlation of slope with itself is 2"),
        (group([[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]]), "eigenvalue -0.8"),
        (group().replace("correlation =", "covariance = [[1, 0], [0, 1]]\ncorrelation ="), "found correlation and cov"),
        (group().replace("correlation = ", "# "), "takes correlation or covariance; found neither"),
        (group().replace('source = "S"\n', ""), "source is missing"),
        (
            group([[0.0002, 0.0], [0.0, 0.0025]], names=("slope", "shape"), kind="covariance"),
            r"gives 'slope' the standard error 0.01414, and \[parameters.slope\] 0.01 \(on the same scale\)",
        ),
        (
            group(TWO, names=("slope", "shape")) + group(TWO, names=("shape", "risk"), name="other"),
            r"\[correlated.other.parameters\] 'shape' is in \[correlated.model\] too",
        ),
    ],
)
def test_a_group_that_cannot_be_is_refused_with_its_place(read, content, reason):
    several = 'distribution = "normal"\nvalue = [1, 2]\nstandard_error = 1\ndimension = "d"\nlabels = ["a", "b"]\n'
    choice = (
        '[alternatives.choice]\nlabel = "C"\nrationale = "R"\nweights = { a = 1 }\n[alternatives.choice.options.a]\n'
        f"{FILE_WORDS}{DISTRIBUTIONS['slope']}"
    )
    with pytest.raises(hm.parameters.InputError, match=reason) as error:
        read(text(choice, content, several=several))
    assert len(error.value.problems) == 1
