"""Keeps results in a folder and reads them again: samples as netCDF, tables as Parquet, the rest as JSON.

Whatever frozen objects results are made of is written field by field, so that a field that is added is kept too.
"""

import dataclasses
import importlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from urllib.parse import quote
from zipfile import BadZipFile

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from heemodel.currency import Currency, currency_of
from heemodel.decision import CostEffectiveness
from heemodel.errors import HeemodelError
from heemodel.parameters import Inputs, Needs, read_inputs

FORM = 4
"""Raised when what is written can no longer be read as before."""
SAMPLES, KEPT = "samples.nc", "saved"
"""Draws and outcomes of every scenario; the folder with everything else."""
RECORD = f"{KEPT}/results.json"
"""What the results are made of, and every file that they lie in."""
ARRAYS = "arrays.npz"
"""In that folder, the many small arrays."""
OF_SAMPLES = ("draws", "outcomes", "yearly")
"""What is written of each scenario for others to read."""
WRITTEN = {SAMPLES, KEPT}


def save(results: object, folder: Path) -> Path:
    """Write results into a folder, which is made if it is not there; one of earlier results is replaced, no other.

    What was there stays until all of the new is written.
    """
    try:
        earlier = _earlier(folder)
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".saving-", dir=folder) as room:
            _write(results, Path(room))
            for name in earlier:
                (folder / name).unlink()
            shutil.rmtree(folder / KEPT, ignore_errors=True)
            for name in sorted(WRITTEN):
                (Path(room) / name).replace(folder / name)
    except OSError as error:
        raise HeemodelError(f"results cannot be kept in {folder} ({error.strerror or error}); name another") from error
    return folder


def _write(results: object, folder: Path) -> None:
    """Write results into an empty folder."""
    (folder / KEPT / "tables").mkdir(parents=True)
    writer = _Writer(folder)
    content = {"form": FORM, "results": writer.written(results, ())}
    # One group for each, none below another, as groups inherit coordinates.
    xr.DataTree.from_dict(writer.samples).to_netcdf(folder / SAMPLES, engine="h5netcdf")
    np.savez(folder / KEPT / ARRAYS, allow_pickle=False, **writer.arrays)
    content["files"] = [*_names(folder), RECORD]
    (folder / RECORD).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _names(folder: Path) -> list[str]:
    """Every file in a folder and below, by its name from there."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def _earlier(folder: Path) -> list[str]:
    """The files of earlier results in a folder; one that holds anything else is refused, so that nothing is lost."""
    if folder.exists() and not folder.is_dir():
        raise HeemodelError(f"{folder} is a file; name a folder")
    names = _names(folder) if folder.is_dir() else []
    try:
        own = set(json.loads((folder / RECORD).read_text(encoding="utf-8"))["files"]) if RECORD in names else set()
    except (ValueError, KeyError, TypeError):
        own = set()
    if others := [name for name in names if name not in own]:
        raise HeemodelError(f"{folder} holds other files ({others[0]}); name a new folder, so that nothing is lost")
    return names


def load[R](cls: type[R], folder: Path) -> R:
    """Read results that `save` wrote."""
    path = folder / RECORD
    if not path.is_file():
        raise HeemodelError(f"{folder} holds no results; name the folder that heemodel run or Results.save wrote")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["form"] != FORM:
            raise HeemodelError(f"{folder} was written by another version of heemodel; run the analysis again")
        with xr.open_datatree(folder / SAMPLES, engine="h5netcdf") as tree, np.load(folder / KEPT / ARRAYS) as arrays:
            results = _Reader(folder, tree.load(), arrays).read(content["results"])
    except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:
        raise HeemodelError(f"the results in {folder} cannot be read ({error}); run the analysis again") from error
    if not isinstance(results, cls):
        raise HeemodelError(f"{folder} holds something else than results")
    return results


@dataclass
class _Writer:
    """Turns objects into plain ones; arrays and tables are put aside under the path that leads to them."""

    folder: Path
    samples: dict[str, xr.Dataset] = field(default_factory=dict)
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)

    def written(self, value: Any, path: tuple[str, ...]) -> Any:
        """The value in JSON's terms."""
        match value:
            case None | bool() | int() | float() | str():
                plain: Any = value
            case np.generic():
                plain = value.item()
            case xr.Dataset():
                plain = {"dataset": self._put(value, path)}
            case xr.DataArray():
                plain = {"array": self._put(value.to_dataset(name=value.name or "value"), path)}
            case pd.DataFrame():
                plain = self._table(value, path)
            case _:
                plain = self._composed(value, path)
        return plain

    def _composed(self, value: Any, path: tuple[str, ...]) -> Any:
        """What has parts of its own."""
        match value:
            case Currency():
                plain: Any = {"currency": value.name}
            case Inputs():
                needs = None if value.needs is None else dataclasses.asdict(value.needs)
                plain = {"inputs": self._inputs(value), "changes": value.changes, "needs": needs}
            case CostEffectiveness():
                both = xr.Dataset({"cost": value.cost, "qaly": value.qaly})
                plain = {"cea": self._put(both, path), "comparator": value.comparator}
            case Mapping():
                plain = {"map": [[key, self.written(item, (*path, str(key)))] for key, item in value.items()]}
            case frozenset():
                plain = {"set": sorted(value)}
            case Sequence():
                plain = [self.written(item, (*path, str(place))) for place, item in enumerate(value)]
            case _ if dataclasses.is_dataclass(value):
                fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
                parts = {name: self.written(part, (*path, name)) for name, part in fields.items()}
                plain = {"kind": f"{type(value).__module__}:{type(value).__qualname__}", "fields": parts}
            case _:
                raise TypeError(f"{type(value).__name__} at {'.'.join(path)} cannot be kept")
        return plain

    def _put(self, data: xr.Dataset, path: tuple[str, ...]) -> str | dict[str, Any]:
        """Put a Dataset aside: by its name among the samples, or as its arrays, with a description of them."""
        parts = [quote(part, safe=" ,()&") for part in path]
        if path[0] == "scenarios" and path[-1] in OF_SAMPLES:
            name = "/".join(parts[1:])  # a reader of the file looks for the scenario
            self.samples[name] = data
            return name
        described = data.to_dict(data=False)
        for variable, about in _variables(described):
            values = data[variable].to_numpy()
            about["at"] = f"{'.'.join(parts)}.{variable}".replace("/", "%2F")
            self.arrays[about["at"]] = values.astype(str) if values.dtype == object else values
        plain: dict[str, Any] = json.loads(json.dumps(described, default=_plain))
        return plain

    def _table(self, table: pd.DataFrame, path: tuple[str, ...]) -> dict[str, Any]:
        """Write a table; columns that hold numbers and names alike are written as JSON."""
        name = quote(".".join(path), safe=" ,()&") + ".parquet"
        mixed = [str(column) for column in table if _is_mixed(table[column])]
        plain = table.assign(**{column: table[column].map(_json) for column in mixed})
        plain.to_parquet(self.folder / KEPT / "tables" / name, index=False)
        return {"table": name, "mixed": mixed}

    def _inputs(self, inputs: Inputs) -> str:
        """Write the inputs' files."""
        place = self.folder / KEPT / "inputs"
        place.mkdir(exist_ok=True)
        (place / "inputs.toml").write_text(inputs.source.text, encoding="utf-8")
        for name, text in inputs.files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text, encoding="utf-8")
        return "inputs/inputs.toml"


def _variables(described: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The descriptions of a Dataset's arrays, by name."""
    return [*described["coords"].items(), *described["data_vars"].items()]


def _plain(value: Any) -> Any:
    """A number or list of numpy's in JSON's terms."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be kept")


def _is_mixed(column: pd.Series) -> bool:
    """Whether a column holds values of several types."""
    return column.dtype == object and len({type(value) for value in column if value is not None}) > 1


def _json(value: Any) -> str:
    return json.dumps(value.item() if isinstance(value, np.generic) else value)


@dataclass
class _Reader:
    """The other way."""

    folder: Path
    samples: xr.DataTree
    arrays: Mapping[str, NDArray[Any]]

    def read(self, value: Any) -> Any:
        """The object."""
        match value:
            case list():
                return tuple(self.read(item) for item in value)
            case {"map": pairs}:
                return {key: self.read(item) for key, item in pairs}
            case {"set": names}:
                return frozenset(names)
            case {"kind": kind, "fields": fields}:
                return _kind(kind)(**{name: self.read(part) for name, part in fields.items()})
            case dict():
                return self._stored(value)
        return value

    def _stored(self, value: dict[str, Any]) -> Any:
        """What lies in a file of its own, and what is made of words."""
        match value:
            case {"table": name, "mixed": mixed}:
                table = pd.read_parquet(self.folder / KEPT / "tables" / name)
                return table.assign(**{column: table[column].map(json.loads).astype(object) for column in mixed})
            case {"currency": name}:
                return currency_of(name)
            case {"inputs": name, "changes": changes, "needs": needs}:
                taken = None if needs is None else Needs(**{key: _tuples(value) for key, value in needs.items()})
                inputs = read_inputs(self.folder / KEPT / name, needs=taken)
                return inputs.with_changes(changes) if changes else inputs
        return self._arrays(value)

    def _arrays(self, value: dict[str, Any]) -> Any:
        """A Dataset, a DataArray, or outcomes compared."""
        (form, where), *_ = value.items()
        if isinstance(where, str):
            data = cast("xr.DataTree", self.samples[where]).to_dataset()
        else:
            for _, about in _variables(where):
                about["data"] = self.arrays[about["at"]]
            data = xr.Dataset.from_dict(where)
        if form == "cea":
            return CostEffectiveness(data, comparator=value["comparator"])
        return data if form == "dataset" else next(iter(data.data_vars.values()))


def _tuples(value: Any) -> Any:
    """Lists of JSON as the tuples that they were."""
    if isinstance(value, dict):
        return {key: _tuples(part) for key, part in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _kind(name: str) -> Any:
    """A frozen record of this package, and of no other."""
    module, _, title = name.partition(":")
    kind = getattr(importlib.import_module(module), title) if module.startswith("heemodel.") else None
    if not dataclasses.is_dataclass(kind):
        raise ValueError(f"{name} is no record of heemodel's")
    return kind
