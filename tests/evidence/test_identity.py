"""A posterior is stored under all code that made it: editing a helper's file samples afresh."""

import importlib.util
import shutil
import sys
from functools import partial

import numpy as np
import pytest

import heemodel as hm
from heemodel.evidence.sources import source_files, source_of
from heemodel.evidence.specification import EvidenceModel

FILES = {
    "inputs.toml": "",
    "model.py": "import evidence\n",
    "evidence.py": """
import trials
from helpers.sub import spread

def build(evidence):
    import late
    return trials.model(evidence, spread())

def other(evidence):
    return None
""",
    "trials.py": "from helpers import deep\n\ndef model(evidence, spread):\n    return spread\n",
    "late.py": "NUMBER = 1\n",
    "unused.py": "NUMBER = 1\n",
    "helpers/__init__.py": "",
    "helpers/sub.py": "def spread():\n    return 1.0\n",
    "helpers/deep.py": "from . import deeper\n",
    "helpers/deeper.py": "NUMBER = 1\n",
}


@pytest.fixture
def folder(tmp_path):
    """A model folder whose evidence is built by helpers."""
    for name, text in FILES.items():
        (tmp_path / "ours" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "ours" / name).write_text(text, encoding="utf-8")
    return tmp_path / "ours"


def loaded(folder, name="evidence"):
    """The module as it is when loaded afresh."""
    before, path = dict(sys.modules), list(sys.path)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        spec = importlib.util.spec_from_file_location(f"ours_{name}", folder / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path[:] = path
        for new in set(sys.modules) - set(before):
            if (getattr(sys.modules[new], "__file__", None) or "").startswith(str(folder)):
                del sys.modules[new]
    shutil.rmtree(folder / "__pycache__", ignore_errors=True)
    return module


def identity(recipe):
    """Identities of the posterior and of the compiled form."""
    model = EvidenceModel("ours", recipe, coords={}, data={"y": np.arange(3.0)}, priors={})
    return model.identity(), model.structure()


@pytest.mark.parametrize(
    "edited",
    [
        "evidence.py",
        "trials.py",
        "late.py",
        "helpers/__init__.py",
        "helpers/sub.py",
        "helpers/deep.py",
        "helpers/deeper.py",
    ],
)
def test_editing_any_file_that_is_used_changes_the_identity(folder, edited):
    before = identity(loaded(folder).build)
    assert identity(loaded(folder).build) == before
    (folder / edited).write_text(FILES[edited] + "\nX = 2\n", encoding="utf-8")
    after = identity(loaded(folder).build)
    assert after[0] != before[0]
    assert after[1] != before[1]


@pytest.mark.parametrize("edited", ["unused.py", "model.py"])
def test_editing_a_file_that_is_not_used_leaves_it(folder, edited):
    before = identity(loaded(folder).build)
    (folder / edited).write_text("X = 2\n", encoding="utf-8")
    assert identity(loaded(folder).build) == before


def test_it_does_not_depend_on_where_the_folder_is(folder, tmp_path):
    before = identity(loaded(folder).build)
    shutil.copytree(folder, tmp_path / "elsewhere" / "ours")
    assert identity(loaded(tmp_path / "elsewhere" / "ours").build) == before


def test_code_that_may_load_any_file_depends_on_all(folder):
    (folder / "trials.py").write_text("import importlib\nlate = importlib.import_module('unused')\n", encoding="utf-8")
    before = identity(loaded(folder).build)
    (folder / "unused.py").write_text("NUMBER = 2\n", encoding="utf-8")
    assert identity(loaded(folder).build) != before


def test_two_functions_of_a_file_and_two_values_of_a_function_differ(folder):
    module = loaded(folder)
    assert identity(module.build) != identity(module.other)

    def holding(value):
        return lambda evidence: value

    assert identity(holding(1)) == identity(holding(1)) != identity(holding(2))
    assert identity(holding(np.arange(3))) != identity(holding(np.arange(4)))
    assert identity(partial(module.build, spread=1)) != identity(partial(module.build, spread=2))
    assert identity(holding(module.build)) != identity(holding(module.other))


class Recipe:
    """A recipe that is an object."""

    def __init__(self, number):
        self.number = number

    def __call__(self, evidence):
        """Nothing."""

    def build(self, evidence):
        """Nothing either."""


def test_objects_and_their_methods_are_recipes_too():
    assert source_of(Recipe(1)) == source_of(Recipe(1)) != source_of(Recipe(2))
    assert source_of(Recipe(1).build) == source_of(Recipe(1).build) != source_of(Recipe(2).build)


def test_functions_of_heemodel_depend_on_their_room(monkeypatch):
    table = {"group": ["a", "b"], "events": [4, 6], "n": [100, 120]}
    import pandas as pd

    before = hm.evidence.proportions(pd.DataFrame(table), by="group", pooling="none").identity()
    from heemodel.evidence import sources

    monkeypatch.setattr(sources, "_room", lambda: ("another version",))
    assert hm.evidence.proportions(pd.DataFrame(table), by="group", pooling="none").identity() != before


def test_a_function_without_a_file_depends_on_the_functions_that_it_names():
    def made(helper):
        space = {}
        exec(f"def helper():\n    return {helper}\ndef build(evidence):\n    return helper()\n", space)  # noqa: S102
        return space["build"]

    assert source_of(made(1)) == source_of(made(1)) != source_of(made(2))


def test_all_files_of_a_folder_by_their_path(folder):
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "no.py").write_text("", encoding="utf-8")
    assert list(source_files(folder)) == sorted(name for name in FILES if name.endswith(".py"))
    assert source_files(folder)["helpers/sub.py"] == FILES["helpers/sub.py"]


def test_what_cannot_be_read_is_refused_with_the_cure(tmp_path):
    with (
        (tmp_path / "file").open("w") as file,
        pytest.raises(hm.HeemodelError, match=r"holds a TextIOWrapper.*hand it over as data"),
    ):
        source_of(lambda evidence: file)


def test_a_stray_file_above_does_not_make_a_model_of_all_below(folder):
    (folder / "inputs.toml").unlink()
    before = identity(loaded(folder).build)
    (folder.parent / "model.py").write_text("", encoding="utf-8")
    (folder.parent / "trials.py").write_text("", encoding="utf-8")
    assert identity(loaded(folder).build) == before
