"""Distributions of an inputs file are those of Python: the same central value, draws and refusals, however stated."""

import math

import numpy as np
import pytest
import xarray as xr
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import heemodel as hm
from heemodel import distributions as dist
from heemodel.parameters import Parameter
from heemodel.parameters.families import DIRICHLET, FAMILIES
from heemodel.parameters.parameter import BY_LABEL, KEYS

N = 1_000
LABELS = {"dimension": "ward", "labels": ["a", "b"]}
WORDS = {"label": "Stay", "unit": "days", "source": "S", "status": "read", "rationale": "R"}
FILE_WORDS = "".join(f'{key} = "{word}"\n' for key, word in WORDS.items())
ABOUT = (
    '[about]\ntitle = "t"\nquestion = "q"\npopulation = "p"\nperspective = "NHS"\nprice_year = "2022/23"\n'
    'policy = "nice-2022"\ncomparator = "old"\nlimits = []\n'
)


def parameter(distribution, **numbers):
    return Parameter(distribution=distribution, **numbers, **WORDS)


def read(tmp_path, family, numbers, *, section="parameters", more=""):
    """An inputs file with a parameter of that distribution, called `stay`."""
    other = f'[parameters.x]\n{FILE_WORDS}distribution = "fixed"\nvalue = 1\n'
    text = f'{ABOUT}{other}[{section}.stay]\n{FILE_WORDS}distribution = "{family}"\n{numbers}\n{more}'
    path = tmp_path / "inputs.toml"
    path.write_text(text, encoding="utf-8")
    return hm.read_inputs(path)


def toml(numbers):
    return "\n".join(
        f"{key} = {list(number) if isinstance(number, tuple) else number}" for key, number in numbers.items()
    )


POSITIVE = st.floats(0.01, 1e5)
SHARE = st.floats(0.02, 0.98)
PART = st.floats(0.02, 0.8)


def forms(value, error, share, part, between, level, shift, counts, prior):
    """Distributions as a file states them and as Python makes them; some cannot be, and then neither makes them."""
    low, mode, high = sorted(between)
    events, n = sorted(counts)
    near = (value * (1 - part * shift * 0.5), value * (1 + part * 0.5))
    ratio = (value / (1 + part * shift), value * (1 + part))
    width, spread = part * min(share, 1 - share), math.sqrt(share * (1 - share)) * part
    inside = (share - width * shift * 0.9, share + width * 0.9)
    return [
        ("fixed", {"value": value}, lambda: dist.Fixed(value)),
        ("normal", {"value": value, "standard_error": error}, lambda: dist.Normal.from_mean(value, error)),
        (
            "normal",
            {"value": value, "interval": near, "level": level},
            lambda: dist.Normal.from_interval(value, *near, level=level),
        ),
        (
            "normal",
            {"quartiles": (near[0], value, near[1]), "tolerance": 0.3},
            lambda: dist.Normal.from_quartiles(value, *near, tolerance=0.3),
        ),
        (
            "lognormal",
            {"value": value, "log_standard_error": part},
            lambda: dist.LogNormal.from_median(value, part),
        ),
        (
            "lognormal",
            {"value": value, "interval": ratio},
            lambda: dist.LogNormal.from_interval(value, *ratio),
        ),
        (
            "lognormal",
            {"mean": value, "standard_error": error},
            lambda: dist.LogNormal.from_mean(value, error),
        ),
        (
            "lognormal",
            {"quartiles": (ratio[0], value, ratio[1])},
            lambda: dist.LogNormal.from_quartiles(value, *ratio),
        ),
        ("gamma", {"value": value, "standard_error": error}, lambda: dist.Gamma.from_mean(value, error)),
        (
            "gamma",
            {"value": value, "interval": near, "level": level},
            lambda: dist.Gamma.from_interval(value, *near, level=level),
        ),
        (
            "gamma",
            {"quartiles": (near[0], value, near[1])},
            lambda: dist.Gamma.from_quartiles(value, *near),
        ),
        ("beta", {"value": share, "standard_error": spread}, lambda: dist.Beta.from_mean(share, spread)),
        (
            "beta",
            {"value": share, "interval": inside, "tolerance": 0.2},
            lambda: dist.Beta.from_interval(share, *inside, tolerance=0.2),
        ),
        (
            "beta",
            {"events": events, "n": n, "prior": prior},
            lambda: dist.Beta.from_counts(events, n, prior=prior),
        ),
        (
            "beta",
            {"quartiles": (inside[0], share, inside[1])},
            lambda: dist.Beta.from_quartiles(share, *inside),
        ),
        (
            "log-odds",
            {"value": share, "log_odds_standard_error": part},
            lambda: dist.LogOdds.from_median(share, part),
        ),
        (
            "log-odds",
            {"value": share, "interval": inside},
            lambda: dist.LogOdds.from_interval(share, *inside),
        ),
        (
            "log-odds",
            {"mean": share, "standard_error": spread / 2},
            lambda: dist.LogOdds.from_mean(share, spread / 2),
        ),
        (
            "log-odds",
            {"quartiles": (inside[0], share, inside[1])},
            lambda: dist.LogOdds.from_quartiles(share, *inside),
        ),
        (
            "truncated-normal",
            {"value": value, "standard_error": value * part, "minimum": 0},
            lambda: dist.TruncatedNormal.from_mean(value, value * part, lower=0),
        ),
        (
            "truncated-normal",
            {"value": share, "standard_error": width / 2, "minimum": 0, "maximum": 1},
            lambda: dist.TruncatedNormal.from_mean(share, width / 2, lower=0, upper=1),
        ),
        (
            "truncated-normal",
            {"value": share, "standard_error": width, "maximum": 1},
            lambda: dist.TruncatedNormal.from_mean(share, width, upper=1),
        ),
        ("pert", {"minimum": low, "mode": mode, "maximum": high}, lambda: dist.Pert(low, mode, high)),
        ("uniform", {"minimum": low, "maximum": high}, lambda: dist.Uniform(low, high)),
    ]


NUMBERS = st.builds(
    forms,
    value=POSITIVE,
    error=POSITIVE,
    share=SHARE,
    part=PART,
    between=st.tuples(POSITIVE, POSITIVE, POSITIVE),
    level=st.sampled_from([0.5, 0.9, 0.95, 0.99]),
    shift=st.floats(0.9, 1.1),
    counts=st.tuples(st.integers(0, 500), st.integers(0, 500)),
    prior=st.sampled_from([(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)]),
)
STATED = NUMBERS.flatmap(st.sampled_from)
EVERY = forms(10.0, 3.0, 0.3, 0.2, (1.0, 2.0, 4.0), 0.95, 1.0, (3, 10), (1.0, 1.0))


@settings(max_examples=300, deadline=None)
@given(form=STATED)
def test_a_file_states_the_distribution_that_python_makes(form):
    family, numbers, build = form
    given_numbers = {key: list(number) if isinstance(number, tuple) else number for key, number in numbers.items()}
    try:
        built = build()
    except hm.HeemodelError:
        with pytest.raises(ValueError, match="is no"):
            parameter(family, **given_numbers)
        return
    assert parameter(family, **given_numbers).uncertainty == built
    assert parameter(family, **given_numbers).uncertainty.central == built.central


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=STATED, seed=st.integers(0, 1_000))
def test_draws_of_a_file_are_those_of_python_under_its_name(tmp_path, form, seed):
    family, numbers, build = form
    try:
        built = build()
    except hm.HeemodelError:
        reject()
    inputs = read(tmp_path, family, toml(numbers))
    drawn = built.draw(50, seed=seed, name="parameters.stay")
    xr.testing.assert_equal(inputs.draw(50, seed=seed)["stay"], drawn.rename("stay"))
    assert float(inputs.central()["stay"]) == built.central
    assert inputs.parameters["stay"].spread().tolist() == [built.sd]


def test_every_way_of_every_family_is_among_those_that_are_compared():
    for family, ways in FAMILIES.items():
        for way in ways:
            assert any(one == family and way.fits(numbers) for one, numbers, _ in EVERY), (family, way.keys)


def test_a_beta_of_a_lopsided_interval_is_matched_and_not_taken_as_normal(tmp_path):
    """0.06 (0.02 to 0.13): a symmetric reading would take the width / 3.92 as the standard error."""
    beta = read(tmp_path, "beta", "value = 0.06\ninterval = [0.02, 0.12]").parameters["stay"].uncertainty
    assert beta == dist.Beta.from_interval(0.06, 0.02, 0.12)
    assert beta.quantile(0.975) - beta.quantile(0.025) == pytest.approx(0.1, rel=1e-6)
    assert beta.sd != pytest.approx(0.1 / (2 * 1.959964), rel=0.01)


@pytest.mark.parametrize(
    ("family", "numbers", "central"),
    [
        ("normal", {"value": -3, "standard_error": 1}, -3),
        ("lognormal", {"value": 12, "log_standard_error": 0.4}, 12),
        ("lognormal", {"mean": 12, "standard_error": 5}, 12),
        ("lognormal", {"quartiles": [6, 12, 24]}, 12),
        ("log-odds", {"value": 0.2, "log_odds_standard_error": 1}, 0.2),
        ("log-odds", {"mean": 0.2, "standard_error": 0.1}, 0.2),
        ("beta", {"events": 12, "n": 80}, 0.15),
        ("beta", {"events": 12, "n": 80, "prior": [1, 1]}, 13 / 82),
        ("pert", {"minimum": 2, "mode": 3, "maximum": 10}, 4),
        ("uniform", {"minimum": 10, "maximum": 20}, 15),
        ("truncated-normal", {"value": 0.9, "standard_error": 0.06, "maximum": 1}, 0.9),
        ("fixed", {"value": 394}, 394),
    ],
)
def test_the_central_value_is_the_published_one_or_else_the_mean(family, numbers, central):
    assert parameter(family, **numbers).centre() == pytest.approx([central], rel=1e-12)


def test_a_log_normal_by_its_mean_has_that_mean_and_standard_error(tmp_path):
    drawn = read(tmp_path, "lognormal", "mean = 12\nstandard_error = 5").draw(400_000, seed=1)["stay"].to_numpy()
    assert drawn.mean() == pytest.approx(12, abs=4 * 5 / np.sqrt(drawn.size))
    assert drawn.std() == pytest.approx(5, rel=0.02)
    assert np.median(drawn) == pytest.approx(12 / np.sqrt(1 + (5 / 12) ** 2), rel=0.005)


# Several numbers


@pytest.mark.parametrize(
    ("family", "numbers", "members"),
    [
        ("fixed", {"value": [1, 2]}, [dist.Fixed(1), dist.Fixed(2)]),
        (
            "normal",
            {"value": [1, 2], "standard_error": [3, 4]},
            [dist.Normal(1, 3), dist.Normal(2, 4)],
        ),
        (
            "gamma",
            {"value": [10, 20], "standard_error": 2},
            [dist.Gamma.from_mean(10, 2), dist.Gamma.from_mean(20, 2)],
        ),
        (
            "beta",
            {"events": [1, 2], "n": [10, 20], "prior": [1, 1]},
            [
                dist.Beta.from_counts(1, 10, prior=(1, 1)),
                dist.Beta.from_counts(2, 20, prior=(1, 1)),
            ],
        ),
        (
            "lognormal",
            {"value": [0.7, 0.9], "interval": [[0.55, 0.89], [0.8, 1.01]]},
            [
                dist.LogNormal.from_interval(0.7, 0.55, 0.89),
                dist.LogNormal.from_interval(0.9, 0.8, 1.01),
            ],
        ),
        (
            "pert",
            {"minimum": [0, 1], "mode": [1, 2], "maximum": 9},
            [dist.Pert(0, 1, 9), dist.Pert(1, 2, 9)],
        ),
        (
            "truncated-normal",
            {"value": [1, 2], "standard_error": 0.5, "minimum": 0},
            [
                dist.TruncatedNormal.from_mean(1, 0.5, lower=0),
                dist.TruncatedNormal.from_mean(2, 0.5, lower=0),
            ],
        ),
        (
            "log-odds",
            {"quartiles": [[0.2, 0.3, 0.41], [0.1, 0.15, 0.22]]},
            [
                dist.LogOdds.from_quartiles(0.3, 0.2, 0.41),
                dist.LogOdds.from_quartiles(0.15, 0.1, 0.22),
            ],
        ),
    ],
)
def test_several_numbers_have_a_distribution_for_each_label(tmp_path, family, numbers, members):
    text = toml(numbers) + '\ndimension = "ward"\nlabels = ["a", "b"]'
    inputs = read(tmp_path, family, text)
    built = dist.Labelled(dict(zip("ab", members, strict=True)), "ward")
    assert inputs.parameters["stay"].uncertainty == built
    drawn = built.draw(N, seed=1, name="parameters.stay").rename("stay")
    xr.testing.assert_equal(inputs.draw(N, seed=1)["stay"], drawn)
    xr.testing.assert_equal(inputs.central()["stay"], built.central.rename("stay"))
    for label, member in zip("ab", members, strict=True):
        assert float(drawn.sel(ward=label).mean()) == pytest.approx(member.mean, abs=5 * member.sd / math.sqrt(N))
        assert float(drawn.sel(ward=label).std()) == pytest.approx(member.sd, rel=0.15, abs=1e-12)
    assert built.sd.to_numpy().tolist() == [member.sd for member in members]
    assert built.mean.to_numpy().tolist() == [member.mean for member in members]
    assert float(built.quantile(0.3).sel(ward="b")) == members[1].quantile(0.3)


def test_draws_of_several_numbers_are_independent_of_each_other():
    known = dist.Labelled({"a": dist.Normal(0, 1), "b": dist.Normal(0, 1)}, "ward")
    assert abs(np.corrcoef(known.draw(20_000, seed=1, name="x").T)[0, 1]) < 5 / math.sqrt(20_000)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({}, "give distributions of one family"),
        (
            {"a": dist.Normal(0, 1), "b": dist.Fixed(1)},
            "Normal and Fixed; give distributions of one family",
        ),
    ],
)
def test_several_numbers_are_of_one_family(members, reason):
    with pytest.raises(hm.HeemodelError, match=reason):
        dist.Labelled(members, "ward")
    with pytest.raises(hm.HeemodelError, match="'sample' is that of the draws"):
        dist.Labelled({"a": dist.Normal(0, 1)}, "sample")


def test_shares_of_counts_are_those_of_python(tmp_path):
    inputs = read(tmp_path, DIRICHLET, 'counts = [60, 25, 0]\nprior = 1\ndimension = "place"\nlabels = ["h", "c", "d"]')
    built = dist.Dirichlet.from_counts({"h": 60, "c": 25, "d": 0}, dimension="place", prior=1)
    xr.testing.assert_equal(
        inputs.draw(N, seed=1)["stay"], built.draw(N, seed=1, name="parameters.stay").rename("stay")
    )
    xr.testing.assert_equal(inputs.central()["stay"], built.mean.rename("stay"))
    assert inputs.parameters["stay"].centre().tolist() == [60, 25, 0]


# Priors


def test_a_uniform_is_the_beta_with_its_mean_and_standard_deviation(inputs):
    assert inputs.priors["mortality"].shapes() == pytest.approx((1.0, 1.0))


def test_a_prior_may_be_stated_like_any_parameter(tmp_path):
    prior = read(tmp_path, "lognormal", "mean = 12\nstandard_error = 5", section="priors")
    built = dist.LogNormal.from_mean(12, 5)
    assert prior.prior("stay", distribution="lognormal") == pytest.approx((np.exp(built.mu), built.sigma), rel=1e-14)
    counts = read(tmp_path, "beta", "events = 3\nn = 10\nprior = [1, 1]", section="priors")
    assert counts.prior("stay", distribution="beta") == (4, 8)
    assert read(tmp_path, "normal", "value = 3\nstandard_error = 2", section="priors").priors["stay"].shapes() == (3, 2)


# What cannot be


@pytest.mark.parametrize(
    ("family", "numbers", "reason"),
    [
        ("lognormal", "value = 12\nstandard_error = 5", "found value and standard_error; value is the median"),
        ("lognormal", "mean = 12\nlog_standard_error = 5", "takes value and log_standard_error, or value and interval"),
        ("lognormal", "mean = 12\nvalue = 11\nstandard_error = 5", "found value, mean and standard_error"),
        ("lognormal", "mean = -12\nstandard_error = 5", "is no lognormal distribution: mean = -12 is not above 0"),
        ("lognormal", "value = 0\nlog_standard_error = 5", "value = 0 is not above 0"),
        ("lognormal", "value = 2\ninterval = [-1, 3]", "low = -1 is outside what this distribution gives"),
        ("lognormal", "mean = [1, 2]\nstandard_error = 5", "several numbers need a dimension and its labels"),
        ("lognormal", "mean = 12\nstandard_error = 5\nplausible = [20, 10]", "from low to high"),
        ("normal", "mean = 12\nstandard_error = 5", "it takes no mean, as its value is its mean: write value = …"),
        ("normal", "value = 12\nstandard_error = 5\nlevel = 0.9", r"value and interval \(with level, tolerance\)"),
        ("normal", "value = 5\ninterval = [4, 12]", "its limits lie 37.5% of the width too low.* tolerance = 0.38"),
        ("normal", "value = 5\ninterval = [4, 6]\nlevel = 95", "level = 95 is not between 0 and 1.*as level = 0.95"),
        ("normal", "value = 5\ninterval = [4]", "at least 2 items"),
        ("normal", "quartiles = [4, 6]", "at least 3 items"),
        ("normal", "quartiles = [6, 5, 4]", "does not run from low to high"),
        ("gamma", "", "found none of them"),
        ("gamma", "value = 2\ninterval = [-1, 3]", "give its standard_error in place of the interval"),
        ("beta", "value = 0.5\nstandard_error = 0.6", "value 0.5 cannot have standard error 0.6|mean 0.5 cannot have"),
        ("beta", "events = 0\nn = 10", r"add a prior, as in prior = \[0.5, 0.5\] or prior = \[1, 1\]"),
        ("beta", "events = 11\nn = 10", "events lie between 0 and n"),
        ("beta", "events = 1\nn = 10\nprior = [1]", "at least 2 items"),
        ("beta", "events = 1\nn = 10\nprior = 1", "prior = 1 is one number; give two"),
        ("normal", 'value = []\nstandard_error = 1\ndimension = "d"\nlabels = []', "at least 1 item"),
        ("beta", "events = 1", "takes value and standard_error, or value and interval, or events and n"),
        ("log-odds", "value = 1.2\nlog_odds_standard_error = 1", "value = 1.2 is outside"),
        ("truncated-normal", "value = 1\nstandard_error = 2", "takes value, standard_error and minimum"),
        ("truncated-normal", "value = 1\nstandard_error = 2\nminimum = 0", "cannot have standard error 2 between 0"),
        ("pert", "minimum = 0\nmode = 2\nmaximum = 1", "mode 2 is outside 0 to 1"),
        ("uniform", "minimum = 2\nmaximum = 1", "2 to 1 does not run from low to high"),
        (
            "uniform",
            "minimum = 2\nmaximum = 1\nvalue = 1",
            "takes minimum and maximum; found value, minimum and maximum",
        ),
        (DIRICHLET, "value = 1", "takes counts"),
        (DIRICHLET, "counts = [1, 2]", "several numbers need a dimension and its labels"),
        (DIRICHLET, 'counts = [1, 0]\ndimension = "d"\nlabels = ["a", "b"]', "a prior to every count, as in prior = 1"),
        (DIRICHLET, 'counts = [1, 2]\nprior = [1, 1]\ndimension = "d"\nlabels = ["a", "b"]', "give one number"),
        (
            "normal",
            'value = [1, 2]\nstandard_error = [1]\ndimension = "d"\nlabels = ["a", "b"]',
            "standard_error has 1 number for 2",
        ),
        (
            "normal",
            'value = 1\nstandard_error = [1, 2]\ndimension = "d"\nlabels = ["a", "b"]',
            "value has 1 number for 2",
        ),
        (
            "normal",
            'value = [1, 2]\ninterval = [0, 3]\ndimension = "d"\nlabels = ["a", "b"]',
            "'a' is no normal|one for",
        ),
        ("gamma", 'value = [1, -2]\nstandard_error = 1\ndimension = "d"\nlabels = ["a", "b"]', "'b' is no gamma"),
        ("normal", 'value = [1, 2]\nstandard_error = 1\ndimension = "d"\nlabels = ["a", "a"]', "the same label twice"),
        ("normal", 'value = 1\nstandard_error = 1\ndimension = "d"', "dimension and labels go together"),
    ],
)
def test_a_distribution_that_cannot_be_says_why(tmp_path, family, numbers, reason):
    with pytest.raises(hm.parameters.InputError, match=reason) as error:
        read(tmp_path, family, numbers)
    assert len(error.value.problems) == 1


FIGURE = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-2, 12), st.floats(0, 1))
ANYTHING = st.one_of(
    FIGURE, st.lists(FIGURE, max_size=3), st.lists(st.lists(FIGURE, max_size=3), max_size=2), st.text(max_size=2)
)
WAYS = [
    (family, (*way.keys, *beside)) for family, ways in FAMILIES.items() for way in ways for beside in ((), way.beside)
]
WAYS += [(DIRICHLET, ("counts",)), (DIRICHLET, ("counts", "prior"))]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_a_file_says_is_drawn_or_refused(data):
    family, keys = data.draw(st.sampled_from(WAYS))
    numbers = {key: data.draw(ANYTHING) for key in keys}
    numbers |= data.draw(st.sampled_from([{}, LABELS, LABELS | {"labels": ["a", "b", "c"]}]))
    try:
        known = parameter(family, **numbers)
    except ValidationError:
        return
    drawn = known.uncertainty.draw(5, seed=1, name="parameters.stay")
    assert drawn.sizes["sample"] == 5
    assert not np.isnan(drawn).any()
    assert known.spread_in_words()
    assert known.centre().shape == (len(known.labels or [""]),)


@pytest.mark.parametrize(
    ("family", "numbers"),
    [
        ("beta", {"events": 2.3e-313, "n": 1.0}),
        ("beta", {"events": 1.0, "n": 5.6e102}),
        ("beta", {"events": 3e200, "n": 7e200}),
        ("gamma", {"value": 1.0, "standard_error": 1e150}),
        ("gamma", {"value": 1e150, "standard_error": 1.0}),
    ],
)
def test_moments_hold_where_the_shapes_are_extreme(family, numbers):
    known = parameter(family, **numbers)
    assert np.isfinite(known.centre()).all()
    assert np.isfinite(known.spread()).all()


SHARES = [
    ("beta", {"value": 0.2, "standard_error": 0.1}, None),
    ("log-odds", {"value": 0.2, "log_odds_standard_error": 0.1}, None),
    ("pert", {"minimum": 0, "mode": 0.2, "maximum": 1}, None),
    ("truncated-normal", {"value": 0.9, "standard_error": 0.05, "minimum": 0, "maximum": 1}, None),
    ("truncated-normal", {"value": 0.9, "standard_error": 0.05, "maximum": 1}, "can leave 0 to 1"),
    ("lognormal", {"value": 0.2, "log_standard_error": 0.1}, "can leave 0 to 1; a share takes a beta distribution"),
    ("uniform", {"minimum": 10, "maximum": 20}, "write 17% as 0.17"),
    ("fixed", {"value": 17}, "write 17% as 0.17"),
]


@pytest.mark.parametrize(("family", "numbers", "reason"), SHARES)
def test_a_share_stays_between_0_and_1(family, numbers, reason):
    words = WORDS | {"unit": "share"}
    if reason is None:
        assert Parameter(distribution=family, **numbers, **words).unit == "share"
    else:
        with pytest.raises(ValueError, match=reason):
            Parameter(distribution=family, **numbers, **words)


def test_a_central_value_outside_its_plausible_range_is_noticed(tmp_path):
    inputs = read(tmp_path, "lognormal", "mean = 12\nstandard_error = 5\nplausible = [1, 10]")
    assert inputs.plausible_range(("parameters", "stay")) == (1, 10)
    assert inputs.parameters["stay"].outside((1, 10)) == 12
    inputs = read(tmp_path, "pert", "minimum = 2\nmode = 3\nmaximum = 10\nplausible = [1, 3.5]")
    assert inputs.parameters["stay"].outside((1, 3.5)) == 4
    assert inputs.parameters["stay"].outside((1, 4)) is None


# In words


@pytest.mark.parametrize(
    ("family", "numbers", "words"),
    [
        ("fixed", {"value": 3}, "none"),
        ("normal", {"value": 3, "standard_error": 0.05}, "SE 0.05"),
        ("lognormal", {"value": 3, "log_standard_error": 0.15}, "SE of log 0.15"),
        ("log-odds", {"value": 0.3, "log_odds_standard_error": 0.2}, "SE of log-odds 0.2"),
        ("beta", {"value": 0.2, "interval": [0.13, 0.28]}, "95% interval 0.13 to 0.28"),
        ("gamma", {"value": 7943, "interval": [7649, 8237], "level": 0.9}, "90% interval 7,649 to 8,237"),
        ("beta", {"quartiles": [0.25, 0.3, 0.36]}, "quartiles 0.25 to 0.36"),
        ("beta", {"events": 12, "n": 80}, "12 of 80"),
        ("beta", {"events": 0, "n": 80, "prior": [1, 1]}, "0 of 80, prior 1 and 1"),
        ("pert", {"minimum": 2, "mode": 4, "maximum": 9}, "2 to 9, most likely 4"),
        ("uniform", {"minimum": 2, "maximum": 9}, "2 to 9"),
        ("truncated-normal", {"value": 0.9, "standard_error": 0.06, "maximum": 1}, "SE 0.06, 1 or less"),
        ("truncated-normal", {"value": 2, "standard_error": 1, "minimum": 0}, "SE 1, 0 or more"),
        ("truncated-normal", {"value": 2, "standard_error": 1, "minimum": 0, "maximum": 9}, "SE 1, 0 to 9"),
        ("normal", {"value": [1, 2], "standard_error": [3, 4]} | LABELS, "SE 3; 4"),
        ("normal", {"value": [1, 2], "standard_error": 3} | LABELS, "SE 3"),
        ("fixed", {"value": [1, 2]} | LABELS, "none"),
        ("lognormal", {"value": [1, 2], "interval": [[0.5, 2], [1, 4]]} | LABELS, "95% interval 0.5 to 2; 1 to 4"),
        (DIRICHLET, {"counts": [1, 2]} | LABELS, "counts"),
        (DIRICHLET, {"counts": [1, 0], "prior": 0.5} | LABELS, "counts, prior 0.5"),
    ],
)
def test_spread_is_told_as_it_was_stated(family, numbers, words):
    assert parameter(family, **numbers).spread_in_words() == words


# Variations

CHANGES = [
    (("beta", {"value": 0.3, "standard_error": 0.1}), {"events": 3, "n": 20}, dist.Beta.from_counts(3, 20)),
    (
        ("beta", {"events": 3, "n": 20, "prior": [1, 1]}),
        {"events": 4},
        dist.Beta.from_counts(4, 20, prior=(1, 1)),
    ),
    (
        ("beta", {"events": 3, "n": 20}),
        {"value": 0.3, "standard_error": 0.1},
        dist.Beta.from_mean(0.3, 0.1),
    ),
    (
        ("beta", {"events": 3, "n": 20}),
        {"quartiles": [0.2, 0.3, 0.41]},
        dist.Beta.from_quartiles(0.3, 0.2, 0.41),
    ),
    (
        ("gamma", {"quartiles": [2, 3, 4.2]}),
        {"value": 3, "interval": [1, 5.5]},
        dist.Gamma.from_interval(3, 1, 5.5),
    ),
    (
        ("normal", {"value": 3, "interval": [1, 5], "level": 0.9, "tolerance": 0.4}),
        {"interval": [2, 4]},
        dist.Normal.from_interval(3, 2, 4),
    ),
    (("lognormal", {"value": 12, "log_standard_error": 0.4}), {"mean": 9.0, "standard_error": 2.0}, None),
    (("pert", {"minimum": 2, "mode": 3, "maximum": 9}), {"mode": 4}, dist.Pert(2, 4, 9)),
    (("truncated-normal", {"value": 2, "standard_error": 1, "minimum": 0}), {"value": 3}, None),
    (
        ("truncated-normal", {"value": 2, "standard_error": 1, "minimum": 0}),
        {"distribution": "pert", "minimum": 1, "mode": 2, "maximum": 3},
        dist.Pert(1, 2, 3),
    ),
]


@pytest.mark.parametrize(("stated", "change", "built"), CHANGES)
def test_a_change_takes_the_place_of_what_stated_the_same(tmp_path, stated, change, built):
    family, numbers = stated
    if built is None:
        built = (
            dist.LogNormal.from_mean(9, 2) if family == "lognormal" else dist.TruncatedNormal.from_mean(3, 1, lower=0)
        )
    lines = toml({key: f'"{number}"' if isinstance(number, str) else number for key, number in change.items()})
    more = f'[variations.other]\nlabel = "L"\nrationale = "R"\n[variations.other.changes.parameters.stay]\n{lines}\n'
    inputs = read(tmp_path, family, toml(numbers), more=more + 'source = "T"\nstatus = "read"\n')
    assert inputs.varied["other"].parameters["stay"].uncertainty == built
    assert inputs.with_changes({"parameters": {"stay": change}}).parameters["stay"].uncertainty == built


def test_every_key_that_states_a_distribution_is_a_key_of_some_way():
    used = {key for ways in FAMILIES.values() for way in ways for key in (*way.keys, *way.beside)} | {"counts"}
    assert used == set(KEYS)
    assert set(BY_LABEL) < used
