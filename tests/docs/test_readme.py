"""The README's Python runs, block after block, as a reader would type it."""

import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def test_the_python_in_the_readme_runs(capsys):
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len(blocks) == 2
    namespace: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(README), "exec"), namespace)  # noqa: S102 - the README is ours
    printed = capsys.readouterr().out
    assert "costs more and gains QALYs" in printed
    assert "mortality[thrombectomy]" in printed
