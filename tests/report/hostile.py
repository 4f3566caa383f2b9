"""A model and a PSA whose free texts a spreadsheet, a page or a plot could take for something else."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd

from heemodel import starters

TEXTS = {
    "formula": "=1+1",
    "plus": "+1",
    "at": "@SUM(A1:A9)",
    "minus": "-2",
    "reference": "=Headline!$A$1",
    "link": "http://a.example/?a=1&b=2",
    "markup": "</td><script>alert(1)</script>",
    "mathematics": r"$\frac{a}{b$ and $x_1^2$",
    "template": "{{ 7 * 7 }}{money}{}%s",
    "right to left": "טיפול חדש",
    "emoji": "new 🧪 care",
    "tab": "\tindented",
    "all at once": "=Headline!$A$1 {{ 7 }}{money}%s $\\frac{a}{b$ <b>&amp;",
    "long": "word " * 1_999 + "end",
    "unbroken": "x" * 10_000,
}
FIGURE = ("label", "source", "rationale")
STARTER = Path(starters.__file__).parent / "tree"


def folder_of(text: str, folder: Path) -> Path:
    """The starter with a tree, its free texts hostile: of the inputs, and names of strategies and components."""
    folder.mkdir()
    intervention, component = f"{text} new", f"{text} paid"
    content = tomllib.loads((STARTER / "inputs.toml").read_text(encoding="utf-8"))
    about = content["about"]
    for key in ("title", "question", "population", "perspective"):
        about[key] = f"{text} {key}"
    about |= {"organisation": f"{text} trust", "intervention": intervention, "limits": [f"{text} limit"]}
    for name, figure in content["parameters"].items():
        figure |= {key: f"{text} {key} {name}" for key in FIGURE}
    content["components"] = {
        name: {"label": f"{text} {label}", "payer": f"{text} payer {label}", "rationale": f"{text} why"}
        for name, label in ((component, "infection"), ("operation", "operation"))
    }
    content["scenarios"] = {
        name: {"label": f"{text} {name}", "summary": f"{text} summary", "design": f"{text} design"}
        for name in ("first", "second")
    }
    for variation in content["variations"].values():
        variation |= {"label": f"{text} choice", "rationale": f"{text} reason"}
    (folder / "inputs.toml").write_text(_toml(content), encoding="utf-8")
    model = (STARTER / "model.py").read_text(encoding="utf-8")
    model = model.replace('"keyhole"', repr(intervention)).replace('"infection": {"tr', f'{component!r}: {{"tr')
    (folder / "model.py").write_text(model, encoding="utf-8")
    return folder


def _toml(content: dict, place: str = "") -> str:
    """Nested tables as TOML, every table with its header."""
    plain = {key: value for key, value in content.items() if not isinstance(value, dict)}
    lines = [f"{_value(key)} = {_value(value)}" for key, value in plain.items()]
    for key, table in content.items():
        if isinstance(table, dict):
            where = f"{place}.{_value(key)}" if place else _value(key)
            lines += [f"[{where}]", _toml(table, where)]
    return "\n".join(lines)


def _value(value: object) -> str:
    """A string, number or list as TOML writes it, which is as JSON does."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def psa_of(text: str, folder: Path) -> dict[str, Path]:
    """Files of a PSA whose strategies and parameters have such names."""
    folder.mkdir()
    text = text.strip()  # blanks around names are refused
    rng = np.random.default_rng(1)
    new, effect = f"{text} new", f"{text} effect"
    drawn = pd.DataFrame({effect: rng.normal(0.1, 0.1, 300), "price": rng.gamma(25, 60, 300)})
    tables = {
        "costs": pd.DataFrame({"usual care": 0 * drawn["price"], new: drawn["price"]}),
        "effects": pd.DataFrame({"usual care": 0 * drawn[effect], new: drawn[effect]}),
        "parameters": drawn,
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return {name: folder / f"{name}.csv" for name in tables}
