"""What a folder's own code raises: told with its file, its line and the cure, and the error itself as the cause."""

import pytest

import heemodel as hm
from heemodel.analysis import check_model, load_model
from heemodel.parameters import InputError
from tests.analysis.test_folder import INPUTS, folder

COHORT = """
import numpy as np
import xarray as xr
import heemodel as hm

def transitions(p, time):
    risk = 0.1 + 0.0 * p.price
    {transitions}
    return {{("well", "dead"): risk}}

def payoffs(p, time):
    value = 1.0
    {payoffs}
    return hm.Payoffs(cost={{"all": {{"dead": 0.0}}}}, qaly={{"well": value}})

def model(horizon: str = "3 years"):
    start = {{"well": 1.0}}
    {model}
    return hm.CohortModel(
        states=["well", "dead"], strategies=["old", "new"], start=start, cycle_length="1 year", horizon=horizon,
        discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"), transitions=transitions, payoffs=payoffs,
    )

def checks(draws, outcomes):
    {checks}
    return []
"""
LINES = {"transitions": 8, "payoffs": 13, "model": 18, "checks": 25}


def written(path, **lines):
    return folder(path / "ours", COHORT.format(**dict.fromkeys(LINES, "pass") | lines))


@pytest.mark.parametrize("place", LINES)
@pytest.mark.parametrize(
    ("line", "kind", "told"),
    [
        ("1 / 0", ZeroDivisionError, "ZeroDivisionError"),
        ("hm.policyprofile('nice-2022')", AttributeError, "hm.policy_profile"),
        ("numpi.where", NameError, "'numpi' is not defined"),
        ("from .helpers import missing", ImportError, "'missing' from '.helpers'"),
        ("from .helper import KNOWN", ImportError, "did you mean .helpers?"),
        ("from heemodel import Beta", ImportError, "hm.distributions.Beta"),
        ("np.where(np.arange(3) > 1, np.ones(2), 0.0)", ValueError, "xr.where"),
    ],
)
def test_an_error_of_python_is_told_with_its_line(tmp_path, place, line, kind, told):
    path = written(tmp_path, **{place: line})
    (path / "helpers.py").write_text("KNOWN = 1\n", encoding="utf-8")
    for run in (check_model, lambda loaded: hm.analyse(loaded, draws=100)):
        with pytest.raises(hm.HeemodelError) as error:
            run(load_model(path))
        text = str(error.value)
        assert f"{path / 'model.py'}, line {LINES[place]}" in text
        assert told in text
        assert line in text or kind is ImportError or isinstance(error.value.__cause__, hm.ModelError)
        assert place == "checks" or "scenario 'base'" in text
        cause = error.value.__cause__
        assert isinstance(cause if isinstance(cause, kind) else cause.__cause__, kind)


def test_an_error_while_a_file_is_read_is_told_with_the_line_of_the_innermost_file(tmp_path):
    path = folder(tmp_path / "ours", "from .helpers import X\n", helpers="\nX = 1 / 0\n")
    with pytest.raises(hm.HeemodelError) as error:
        load_model(path)
    assert f"{path / 'helpers.py'}, line 2" in str(error.value)
    assert "X = 1 / 0" in str(error.value)
    assert isinstance(error.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ({"model": "start = {'wel': 1.0}"}, ["'wel'"]),
        ({"model": "start = {'well': 0.9}"}, ["0.9"]),
        ({"transitions": "risk = 1.4 * p.price"}, ["'well'", "14"]),
        ({"transitions": "p.prize"}, ["line 8", "'prize'", "'price'"]),
    ],
)
def test_what_the_model_finds_is_told_of_the_model(tmp_path, lines, told):
    with pytest.raises(hm.HeemodelError) as error:
        hm.analyse(written(tmp_path, **lines), draws=100)
    assert not isinstance(error.value, InputError)
    assert "inputs.toml" not in str(error.value)
    for word in ("model.py", "scenario 'base'", *told):
        assert word in str(error.value)
    assert "never reads" not in str(error.value)


def test_a_parameter_that_is_never_read_is_told_where_no_function_stopped(tmp_path):
    path = written(tmp_path, transitions="risk = 0.1")
    text = (path / "model.py").read_text(encoding="utf-8").replace(" + 0.0 * p.price", "")
    (path / "model.py").write_text(text, encoding="utf-8")
    with pytest.raises(hm.HeemodelError, match="never reads price"):
        hm.analyse(path, draws=100)


def test_the_variation_that_fails_is_named(tmp_path):
    varied = '\n[variations.dear]\nlabel = "Dear"\nrationale = "A test"\nhorizon = "4 years"\n'
    path = written(tmp_path, model="start = {'well': 1.0 if horizon == '3 years' else 1 / 0}")
    (path / "inputs.toml").write_text(INPUTS + varied, encoding="utf-8")
    with pytest.raises(hm.HeemodelError, match=r"line 18, variation 'dear'"):
        check_model(load_model(path))


@pytest.mark.parametrize(
    ("name", "meant"),
    [("Beta", "hm.distributions.Beta"), ("policyprofile", "hm.policy_profile"), ("evppi", "hm.voi.evppi")],
)
def test_an_unknown_name_of_heemodel_is_told_with_the_nearest(name, meant):
    with pytest.raises(AttributeError) as error:
        getattr(hm, name)
    assert f"did you mean {meant}?" in str(error.value)
    assert not hasattr(hm, "zzz_qqq")
