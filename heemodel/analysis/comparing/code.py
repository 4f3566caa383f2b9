"""Where the code of two runs is, and whether what lies there is what they were run with."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from heemodel.analysis.comparing.provenance import changing, is_code
from heemodel.analysis.folder import ModelFolder, load_model
from heemodel.analysis.results import Record, Results
from heemodel.errors import HeemodelError

INPUTS = "inputs.toml"


@dataclass(frozen=True)
class Code:
    """A model folder whose code is that of a run.

    Attributes
    ----------
    folder : the model, loaded
    of : which run's code it is; "both" where they are the same
    """

    folder: ModelFolder
    of: Literal["both", "before", "after"]


class NoCodeError(HeemodelError):
    """The model cannot be run again: its code is not there, or is another."""


def find_code(before: Results, after: Results, model: str | Path | None = None) -> Code:
    """The model folder whose code is that of one of the runs.

    Parameters
    ----------
    model : the folder; by default ``models/<name>`` or ``<name>`` below the current folder, the name being that of the
        record

    Raises
    ------
    NoCodeError
        if there is no such folder, or its code is that of neither run
    """
    folder = load_model(_place(after.record.model, model))
    wanted = {"before": _hashes(before.record, before, folder), "after": _hashes(after.record, after, folder)}
    fits = [run for run, differing in wanted.items() if not differing]
    if not fits:
        run, (name, *_) = next(iter(wanted.items()))
        raise NoCodeError(f"the code in {folder.path} is that of neither run ({name} differs from the {run} run's)")
    return Code(folder, "both" if len(fits) > 1 else "before" if fits == ["before"] else "after")


def _place(name: str, model: str | Path | None) -> Path:
    """The folder that is given, or that of the model's name."""
    if model is not None:
        return Path(model)
    if not name:
        raise NoCodeError("the results are those of a PSA from files, which has no model to run again")
    places = [Path("models") / name, Path(name)]
    found = next((place for place in places if (place / "model.py").is_file()), None)
    if found is None:
        looked = " nor ".join(place.as_posix() for place in places)
        raise NoCodeError(f"the model's code was not found: neither {looked} is there; name its folder")
    return found


def _hashes(record: Record, results: Results, folder: ModelFolder) -> list[str]:
    """Files of a run's code, and of models that it takes from, that are not what lies there now."""
    inputs = {INPUTS, *(results.inputs.files if results.inputs is not None else ()), *changing(record)}
    recorded = {name: sha for name, sha in record.files.items() if name not in inputs}
    there = _there(recorded, folder)
    code = {name for name in folder.code if is_code(name)}
    return sorted({name for name in recorded if there.get(name) != recorded[name]} | (code - set(recorded)))


def _there(recorded: Mapping[str, str], folder: ModelFolder) -> dict[str, str]:
    """SHA-256 of the files as they are now; those of other models lie beside the folder."""
    texts = dict(folder.code)
    for name in recorded:
        path = folder.path.resolve().parent / name
        if name not in texts and path.is_file():
            texts[name] = path.read_text(encoding="utf-8")
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
