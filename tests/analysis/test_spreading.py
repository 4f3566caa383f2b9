"""Slow models are worked out in several processes: the same numbers, the same errors."""

import pickle
import sys
from pathlib import Path

import pytest
import xarray as xr

import heemodel as hm
from heemodel.analysis import analyse as analysing
from heemodel.analysis import load_model, spreading
from heemodel.analysis.own_code import OwnCodeError
from heemodel.errors import HeemodelError
from heemodel.parameters import InputError
from heemodel.parameters.problems import Problem
from tests.analysis.test_folder import INPUTS, folder

SMALL = Path(__file__).parents[1] / "report" / "small_model"
VARIED = (
    INPUTS
    + """
[variations.dear]
label = "Dear"
rationale = "What if?"
changes.parameters.price = { value = 900, price_year = "2023/24", source = "Invented", status = "assumed" }
"""
)
MODEL = """
import heemodel as hm

def outcomes(p):
    if (p.price > 500).any():
        {dear}
    return hm.Outcomes(cost={{"drug": hm.by_strategy({{"old": 0.0, "new": p.price}})}},
                       qaly=hm.by_strategy({{"old": 0.5, "new": 0.52}}))

def model(inputs):
    return hm.FunctionModel(strategies=["old", "new"], outcomes=outcomes)
"""


@pytest.fixture
def spread(monkeypatch):
    """Every analysis in processes, however quick its model."""
    monkeypatch.setattr(analysing_module(), "worthwhile", lambda *_: True)
    monkeypatch.setattr(spreading.threads, "processors", lambda: 2)


def analysing_module():
    return sys.modules[analysing.__module__]


def written(path, dear="pass"):
    return folder(path / "ours", MODEL.format(dear=dear), inputs=VARIED)


def test_processes_give_the_same_to_the_bit(request):
    alone = hm.analyse(SMALL, draws=400)
    request.getfixturevalue("spread")
    told = []
    together = hm.analyse(SMALL, draws=400, progress=lambda what, done, total: told.append((what, done, total)))
    assert [*together.scenarios] == [*alone.scenarios]
    assert [*together.variations] == [*alone.variations]
    for name, result in together.scenarios.items():
        xr.testing.assert_identical(result.outcomes, alone[name].outcomes)
        xr.testing.assert_identical(result.draws, alone[name].draws)
        assert [check.name for check in result.checks] == [check.name for check in alone[name].checks]
    for name, varied in together.variations.items():
        xr.testing.assert_identical(varied.outcomes, alone.variations[name].outcomes)
    for name, table in together.tables.items():
        assert table.equals(alone.tables[name]), name
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert told[-1][1] < told[-1][2]


def test_a_mistake_in_another_process_is_told_as_in_this_one(tmp_path, request):
    path = written(tmp_path, dear="raise KeyError('dear')")
    with pytest.raises(OwnCodeError) as alone:
        hm.analyse(path, draws=100)
    request.getfixturevalue("spread")
    with pytest.raises(OwnCodeError) as together:
        hm.analyse(path, draws=100)
    assert str(together.value) == str(alone.value)
    assert "variation 'dear'" in str(together.value)


def test_a_folder_that_has_changed_since_it_was_loaded_is_refused(tmp_path, spread):
    path = written(tmp_path)
    loaded = load_model(path)
    (path / "model.py").write_text(MODEL.format(dear="pass  # changed"), encoding="utf-8")
    with pytest.raises(HeemodelError, match="have changed since the model was loaded; load it again"):
        hm.analyse(loaded, draws=100)


@pytest.mark.parametrize(
    ("seconds", "parts", "processors", "worth"),
    [(0.01, 30, 2, False), (0.5, 30, 2, True), (0.5, 30, 1, False), (9.0, 1, 2, False), (2.0, 2, 2, True)],
)
def test_processes_are_started_where_the_model_is_slow(monkeypatch, seconds, parts, processors, worth):
    class One:
        pass

    one = One()
    one.seconds = seconds
    monkeypatch.setattr(spreading.threads, "processors", lambda: processors)
    assert spreading.worthwhile([one], [None] * (parts - 1)) is worth


@pytest.mark.parametrize(
    "error",
    [
        HeemodelError("a mistake"),
        OwnCodeError("model.py, line 3", "scenario 'base'", "is wrong"),
        InputError(Path("inputs.toml"), [Problem(("a", "b"), "is wrong", 3)]),
    ],
)
def test_errors_travel_whole(error):
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)
