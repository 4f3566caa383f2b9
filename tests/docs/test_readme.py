"""The Python of every README runs, block after block, as a reader would type it."""

import re

import pytest

from tests.conftest import ROOT

READMES = {
    "README.md": [
        "costs more and gains QALYs",
        "mortality[thrombectomy]",
        "Group counselling",
        "passed",
        "operation → survives → well",
        "True",
    ],
    "models/hiv_chancellor/README.md": ["costs more and gains QALYs"],
    "models/hip_replacement/README.md": ["costs more and gains QALYs"],
    "models/sick_sicker/README.md": ["A and B"],
    "models/sumatriptan/README.md": ["costs more and gains QALYs", "admitted"],
    "models/catheter_dressing/README.md": ["probability_saving"],
}


@pytest.mark.parametrize("name", READMES)
def test_the_python_in_a_readme_runs(name, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    path = ROOT / name
    blocks = re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert blocks
    namespace: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(path), "exec"), namespace)  # noqa: S102 - the README is ours
    printed = capsys.readouterr().out
    for said in READMES[name]:
        assert said in printed
