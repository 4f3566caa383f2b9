"""A model folder: its inputs, its Python files as a package of their own, and what they hold that an analysis needs."""

import importlib.util
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import xarray as xr

from heemodel.analysis.exhibit import Exhibit
from heemodel.analysis.needs import stated_needs
from heemodel.analysis.own_code import EVIDENCE, MODEL, own_code, package_name
from heemodel.analysis.results import Comparison
from heemodel.errors import HeemodelError, closest
from heemodel.evidence import EvidenceModel
from heemodel.parameters import Inputs, Needs, read_inputs
from heemodel.structures import DecisionModel
from heemodel.verify import Check

INPUTS = "inputs.toml"
TESTS = ("test_", "conftest")
"""How names of files begin that test the folder, on which no result depends."""
OFFERED = ("inputs", "horizon", "scenario")
"""What `model(…)` of a folder may ask for, by the names of its parameters."""


@dataclass(frozen=True)
class ModelFolder:
    """A decision model on disk.

    Attributes
    ----------
    path : the folder
    inputs : of its inputs.toml
    code : text of every Python file in it but its tests, by its path inside the folder
    model_module, evidence_module : its model.py, and its evidence.py where there is one
    """

    path: Path
    inputs: Inputs
    code: Mapping[str, str]
    model_module: ModuleType
    evidence_module: ModuleType | None = None

    @property
    def name(self) -> str:
        """What the folder is called."""
        return self.path.resolve().name

    @property
    def files(self) -> dict[str, str]:
        """Text of everything that results depend on: inputs, the tables that they name, and code."""
        return {INPUTS: self.inputs.source.text, **self.inputs.files, **self.code}

    @property
    def default_horizon(self) -> str:
        """The default of the parameter `horizon` of `model(…)`; empty where the model takes none."""
        horizon = inspect.signature(self._function).parameters.get("horizon")
        if horizon is None:
            return ""
        if not isinstance(horizon.default, str):
            raise HeemodelError(f'{self.path / MODEL}: give horizon a default, such as horizon: str = "5 years"')
        return horizon.default

    def check_horizon(self, horizon: str | None) -> str:
        """The horizon to run, by default the model's; raises `HeemodelError` for a model that takes none."""
        default = self.default_horizon
        if horizon and not default:
            raise HeemodelError(f"{self.path / MODEL}: model(…) takes no horizon; leave {horizon!r} out")
        return horizon or default

    def model(
        self, inputs: Inputs | None = None, horizon: str | None = None, scenario: str | None = None
    ) -> DecisionModel:
        """The decision model of a scenario; by default of the folder's inputs, its horizon and its first scenario."""
        inputs = self.inputs if inputs is None else inputs
        if not isinstance(inputs, Inputs):
            raise HeemodelError(
                f"model(inputs, horizon, scenario) of {self.path} makes the decision model, of inputs; given is a "
                f"{type(inputs).__name__}. Make it first and run it then, as in load_model(folder).model().run(draws)"
            )
        given = {
            "inputs": inputs,
            "horizon": horizon or self.default_horizon,
            "scenario": scenario or next(iter(inputs.scenarios)),
        }
        asked = inspect.signature(self._function).parameters
        with own_code(self.path):
            model = self._function(**{name: value for name, value in given.items() if name in asked})
        if not isinstance(model, DecisionModel):
            raise HeemodelError(
                f"{self.path / MODEL}: model(…) gives a {type(model).__name__}; return a decision model, such as "
                "hm.CohortModel(…), hm.DecisionTree(…) or hm.FunctionModel(…)"
            )
        return model

    def evidence(self, inputs: Inputs, scenario: str) -> EvidenceModel | None:
        """The evidence model of a scenario, if the folder fits any."""
        if self.evidence_module is None:
            return None
        with own_code(self.path):
            evidence = _function(self.evidence_module, "evidence")(inputs, scenario)
        if not isinstance(evidence, EvidenceModel):
            raise HeemodelError(
                f"{self.path / EVIDENCE}: evidence(…) gives a {type(evidence).__name__} for scenario {scenario!r}; "
                "return an evidence model, such as hm.evidence.proportions(…)"
            )
        return evidence

    def upstream(self, linked: Any) -> xr.Dataset:
        """What the model takes over from other models, from its own function `upstream`; empty where it has none."""
        with own_code(self.path, "its function upstream"):
            taken = (getattr(self.model_module, "upstream", None) or (lambda _: xr.Dataset()))(linked)
        if not isinstance(taken, xr.Dataset):
            raise HeemodelError(
                f"{self.path / MODEL}: upstream(linked) gives a {type(taken).__name__}; return an xarray.Dataset of "
                "parameters, over sample unless linked.central"
            )
        return taken

    def checks(self, draws: xr.Dataset, outcomes: xr.Dataset) -> list[Check]:
        """What this model must reproduce, from its own function `checks`."""
        with own_code(self.path, "its checks"):
            checks: list[Check] = self._optional("checks")(draws, outcomes)
        return checks

    def comparisons(self, inputs: Inputs) -> list[Comparison]:
        """Figures of the model beside published ones, from its own function `comparisons`."""
        with own_code(self.path, "its comparisons"):
            comparisons: list[Comparison] = self._optional("comparisons")(inputs)
        return comparisons

    def exhibits(self, linked: Any, inputs: Inputs, scenario: str, draws: xr.Dataset) -> list[Exhibit]:
        """Tables and pictures of the model's own, from its own function `exhibits`."""
        with own_code(self.path, "its exhibits"):
            exhibits: list[Exhibit] = self._optional("exhibits")(linked, inputs, scenario, draws)
        if strange := next((one for one in exhibits if not isinstance(one, Exhibit)), None):
            raise HeemodelError(
                f"{self.path / MODEL}: exhibits(…) gives a {type(strange).__name__}; give a list of hm.analysis.Exhibit"
            )
        names = [one.name for one in exhibits]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise HeemodelError(f"{self.path / MODEL}: exhibits(…) gives two of the name {twice!r}; rename one")
        return exhibits

    def _optional(self, name: str) -> Callable[..., Any]:
        """A function of model.py, or one that gives nothing."""
        return getattr(self.model_module, name, None) or (lambda *_: [])

    @property
    def _function(self) -> Callable[..., Any]:
        """`model(…)`, which asks for nothing that is not offered."""
        function = _function(self.model_module, "model")
        asked = inspect.signature(function).parameters
        if unknown := [n for n, p in asked.items() if n not in OFFERED and p.default is inspect.Parameter.empty]:
            raise HeemodelError(
                f"{self.path / MODEL}: model(…) asks for {unknown[0]!r}; it may ask for {', '.join(OFFERED)}, by these "
                "names"
            )
        for name in asked.keys() - {*OFFERED}:
            if meant := closest(name, OFFERED):
                raise HeemodelError(
                    f"{self.path / MODEL}: model(…) asks for {name!r}, which it is never given; did you mean {meant!r}?"
                )
        return function


def load_model(path: str | Path) -> ModelFolder:
    """Read a model folder: inputs.toml first, then its Python files, which are run.

    A folder is a package of its own: its files import each other as ``from .helpers import …``, and folders of one name
    do not get in each other's way.

    Parameters
    ----------
    path : a folder with inputs.toml and model.py, and evidence.py where there is evidence to fit. model.py has a
        function ``model(inputs, horizon, scenario)``, which takes those of the three that it needs and gives a decision
        model of any kind; optionally ``NEEDS``, ``checks(draws, outcomes)``, ``comparisons(inputs)``, and
        ``upstream(linked)``, which gives further parameters from other models' results (see `Linked`), and
        ``exhibits(linked, inputs, scenario, draws)``, tables and pictures of its own (see `Exhibit`). evidence.py
        has ``evidence(inputs, scenario)`` and optionally ``NEEDS``

    Returns
    -------
    ModelFolder, for `analyse`

    Raises
    ------
    InputError
        with every mistake in the inputs; those that can be found without it before any code is run
    HeemodelError
        if the folder lacks a file or a function, or its code cannot be imported

    See Also
    --------
    analyse : runs it

    Examples
    --------
    >>> load_model("models/sick_sicker").default_horizon
    '75 years'
    """
    path = Path(path)
    if path.is_file():
        raise HeemodelError(f"{path} is a file; name the model's folder: {path.parent}")
    for name in (INPUTS, MODEL):
        if not (path / name).is_file():
            raise HeemodelError(
                f"{path} is not a model folder: it has no {name}; name another folder, or make one to start from with "
                "`heemodel new FOLDER`"
            )
    inputs = read_inputs(path / INPUTS, needs=_stated(path), complete=not (path / EVIDENCE).is_file())
    package = _package(path)
    model = _module(package, path, "model")
    evidence = _module(package, path, "evidence") if (path / EVIDENCE).is_file() else None
    needs = Needs()
    modules = [module for module in (model, evidence) if module is not None]
    given = [module for module in modules if hasattr(module, "NEEDS")]
    for module in given:
        needs |= _needs(module)
    if given and len(given) < len(modules):
        silent = MODEL if evidence in given else EVIDENCE
        raise HeemodelError(
            f"{path / silent} states no NEEDS, and the other file does: what it reads would be taken for unread, and "
            "no unit could be checked. Add NEEDS = hm.Needs(…) with what it reads, or hm.Needs() if that is nothing"
        )
    folder = ModelFolder(
        path=path,
        inputs=inputs.checked_against(needs) if len(given) == len(modules) and inputs.needs != needs else inputs,
        code={
            file.relative_to(path).as_posix(): file.read_text(encoding="utf-8")
            for file in sorted(path.rglob("*.py"))
            if not any(part.startswith((".", "_")) for part in file.relative_to(path).parts[:-1])
            and not file.name.startswith(TESTS)
        },
        model_module=model,
        evidence_module=evidence,
    )
    _ = folder.default_horizon
    if evidence is not None:
        _function(evidence, "evidence")
    return folder


def _stated(path: Path) -> Needs | None:
    """What the folder's files say that they need, read without running them; None where one of them does not say."""
    files = [path / name for name in (MODEL, EVIDENCE) if (path / name).is_file()]
    stated = [stated_needs(file.read_text(encoding="utf-8")) for file in files]
    needs = Needs()
    for part in stated:
        if part is None:
            return None
        needs |= part
    return needs


def _package(path: Path) -> str:
    """A package for the folder, new each time that it is loaded, under a name that no other folder has."""
    name = package_name(path)
    for old in [known for known in sys.modules if known == name or known.startswith(f"{name}.")]:
        del sys.modules[old]
    package = ModuleType(name)
    package.__path__ = [str(path.resolve())]
    sys.modules[name] = package
    return name


def _module(package: str, path: Path, name: str) -> ModuleType:
    """One of the folder's Python files, run; errors of the folder's own code are told with its cure."""
    spec = importlib.util.spec_from_file_location(f"{package}.{name}", path.resolve() / f"{name}.py")
    if spec is None or spec.loader is None:
        raise HeemodelError(f"{path / name}.py cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    with own_code(path, "while it is read"):
        spec.loader.exec_module(module)
    return module


def _needs(module: ModuleType) -> Needs:
    """What the module takes from the inputs."""
    if not isinstance(module.NEEDS, Needs):
        raise HeemodelError(f"{module.__file__}: NEEDS is no hm.Needs; write NEEDS = hm.Needs(parameters={{…}})")
    return module.NEEDS


def _function(module: ModuleType, name: str) -> Callable[..., Any]:
    """A function that the module must have."""
    function: Callable[..., Any] | None = getattr(module, name, None)
    if not callable(function):
        raise HeemodelError(f"{module.__file__} has no function {name}(…); add it")
    return function
