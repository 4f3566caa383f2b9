"""Draws have the mean and spread that was asked for."""

import numpy as np
import pytest

import heemodel as hm
from heemodel.parameters import Parameter
from heemodel.parameters.distributions import DISTRIBUTIONS, standard_error_from_interval

N = 200_000


@pytest.mark.parametrize(
    ("family", "value", "error"),
    [("normal", -3.0, 2.0), ("gamma", 31_000.0, 6_000.0), ("beta", 0.1, 0.08), ("beta", 0.5, 0.28867513459481287)],
)
def test_mean_and_standard_deviation(family, value, error):
    drawn = DISTRIBUTIONS[family].draw(np.random.default_rng(1), N, np.array([value]), np.array([error]))
    assert drawn.shape == (N, 1)
    assert drawn.mean() == pytest.approx(value, abs=4 * error / np.sqrt(N))
    assert drawn.std() == pytest.approx(error, rel=0.02)


def test_lognormal_has_the_value_as_its_median():
    drawn = DISTRIBUTIONS["lognormal"].draw(np.random.default_rng(1), N, np.array([2.17]), np.array([0.15]))
    assert np.median(drawn) == pytest.approx(2.17, rel=0.002)
    assert np.log(drawn).std() == pytest.approx(0.15, rel=0.01)


def test_dirichlet_draws_are_shares_with_the_observed_means():
    counts = np.array([120.0, 276, 269, 158, 77, 10])
    drawn = DISTRIBUTIONS["dirichlet"].draw(np.random.default_rng(1), N, counts, np.zeros(6))
    assert drawn.sum(axis=1) == pytest.approx(1.0)
    shares = counts / counts.sum()
    assert np.abs(drawn.mean(axis=0) - shares).max() < 4 * np.sqrt(0.25 / counts.sum() / N)


def test_a_uniform_is_the_beta_with_its_mean_and_standard_deviation(inputs):
    assert inputs.priors["mortality"].shapes() == pytest.approx((1.0, 1.0))


def test_standard_error_of_an_interval_on_both_scales():
    assert standard_error_from_interval(-1.959963984540054, 1.959963984540054) == pytest.approx(1.0)
    assert standard_error_from_interval(1.24, 2.23, log_scale=True) == pytest.approx(0.1497, abs=1e-4)


WORDS = 'label = "Cost"\nunit = "days"\nsource = "S"\nstatus = "read"\nrationale = "R"\ndistribution = "lognormal"\n'
ABOUT = (
    '[about]\ntitle = "t"\nquestion = "q"\npopulation = "p"\nperspective = "NHS"\nprice_year = "2022/23"\n'
    'policy = "nice-2022"\ncomparator = "old"\nlimits = []\n'
)


def read(tmp_path, numbers, *, section="parameters", more=""):
    """An inputs file with a log-normal of those numbers, called `stay`."""
    other = "" if section == "parameters" else f"[parameters.x]\n{WORDS}value = 1\nlog_standard_error = 1\n"
    path = tmp_path / "inputs.toml"
    path.write_text(f"{ABOUT}{other}[{section}.stay]\n{WORDS}{numbers}\n{more}", encoding="utf-8")
    return hm.read_inputs(path)


@pytest.mark.parametrize(
    ("numbers", "built"),
    [
        ("mean = 12\nstandard_error = 5", hm.LogNormal.from_mean(12, 5)),
        ("value = 12\nlog_standard_error = 0.4", hm.LogNormal.from_median(12, 0.4)),
        ("value = 12\ninterval = [9, 16]", hm.LogNormal.from_interval(12, 9, 16)),
    ],
)
def test_a_log_normal_of_an_inputs_file_and_of_python_give_the_same_draws(tmp_path, numbers, built):
    inputs = read(tmp_path, numbers)
    drawn = inputs.draw(1_000, seed=1)["stay"].to_numpy()
    assert drawn == pytest.approx(built.draw(1_000, seed=1, name="parameters.stay").to_numpy(), rel=1e-12)
    assert float(inputs.central()["stay"]) == 12


def test_a_log_normal_by_its_mean_has_that_mean_and_standard_error(tmp_path):
    drawn = read(tmp_path, "mean = 12\nstandard_error = 5").draw(400_000, seed=1)["stay"].to_numpy()
    assert drawn.mean() == pytest.approx(12, abs=4 * 5 / np.sqrt(drawn.size))
    assert drawn.std() == pytest.approx(5, rel=0.02)
    assert np.median(drawn) == pytest.approx(12 / np.sqrt(1 + (5 / 12) ** 2), rel=0.005)


def test_several_means_have_their_labels_and_a_prior_has_its_log_scale(tmp_path):
    inputs = read(tmp_path, 'mean = [10, 20]\nstandard_error = [1, 4]\ndimension = "ward"\nlabels = ["a", "b"]')
    drawn = inputs.draw(100_000, seed=1)["stay"]
    assert drawn.mean("sample").to_numpy() == pytest.approx([10, 20], rel=0.005)
    assert drawn.std("sample").to_numpy() == pytest.approx([1, 4], rel=0.03)
    prior = read(tmp_path, "mean = 12\nstandard_error = 5", section="priors").prior("stay", distribution="lognormal")
    built = hm.LogNormal.from_mean(12, 5)
    assert prior == pytest.approx((np.exp(built.mu), built.sigma), rel=1e-14)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ("value = 12\nstandard_error = 5", "standard_error goes with mean"),
        ("mean = 12\nlog_standard_error = 5", "log_standard_error goes with value, the median"),
        ("mean = 12\ninterval = [9, 16]", "interval goes with value"),
        ("mean = 12", "takes standard_error beside mean; found none"),
        ("mean = 12\nvalue = 11\nstandard_error = 5", "both value and mean"),
        ("mean = -12\nstandard_error = 5", "above 0"),
        ("mean = 0\nstandard_error = 5", "above 0"),
        ("standard_error = 5", "value is missing"),
        ("mean = [1, 2]\nstandard_error = 5", "labels"),
        ("mean = 12\nstandard_error = 5\nplausible = [20, 10]", "from low to high"),
    ],
)
def test_a_log_normal_that_cannot_be_says_why(tmp_path, numbers, said):
    with pytest.raises(hm.InputError, match=said) as error:
        read(tmp_path, numbers)
    assert len(error.value.problems) == 1


@pytest.mark.parametrize("family", ["normal", "gamma", "beta", "fixed"])
def test_other_distributions_call_their_mean_value(family):
    spread = {} if family == "fixed" else {"standard_error": 0.1}
    words = {"label": "L", "unit": "u", "source": "S", "status": "read", "rationale": "R"}
    with pytest.raises(ValueError, match="write value"):
        Parameter(distribution=family, mean=0.5, **spread, **words)


def test_a_mean_outside_its_plausible_range_is_noticed(tmp_path):
    inputs = read(tmp_path, "mean = 12\nstandard_error = 5\nplausible = [1, 10]")
    assert inputs.parameters["stay"].implausible() == 12


def test_a_variation_may_give_a_mean_in_place_of_a_median(tmp_path):
    change = (
        '[variations.other]\nlabel = "L"\nrationale = "R"\n[variations.other.changes.parameters.stay]\nmean = 9.0\n'
    )
    change += 'standard_error = 2.0\nsource = "T"\nstatus = "read"\n'
    inputs = read(tmp_path, "value = 12\nlog_standard_error = 0.4", more=change)
    drawn = inputs.varied["other"].draw(1_000, seed=1)["stay"].to_numpy()
    built = hm.LogNormal.from_mean(9, 2).draw(1_000, seed=1, name="parameters.stay").to_numpy()
    assert drawn == pytest.approx(built, rel=1e-12)
