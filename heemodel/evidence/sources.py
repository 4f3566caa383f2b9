"""The code that an evidence model is made by: part of the identity under which its posterior is stored."""

from __future__ import annotations

import ast
import inspect
import pickle
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import heemodel
from heemodel.errors import HeemodelError

ROOM = Path(__file__).parent
MODEL_FILES = ("inputs.toml", "model.py")
"""What together mark the folder of a model, whose files may import each other."""
DYNAMIC = {"importlib", "runpy", "__import__", "exec", "eval"}
"""Names by which code may load files that no import statement names."""


def source_files(folder: str | Path) -> dict[str, str]:
    """The text of all Python files of a folder and its subfolders, by path relative to it.

    Parameters
    ----------
    folder : such as that of a model; hidden subfolders and caches are left out

    Returns
    -------
    dict from paths with forward slashes, in alphabetical order, to text

    Examples
    --------
    >>> sorted(source_files(ROOM))[:1]
    ['__init__.py']
    """
    folder = Path(folder)
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.py")}
    return {
        name: _text(files[name])
        for name in sorted(files)
        if not any(part.startswith(".") or part == "__pycache__" for part in Path(name).parts)
    }


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def source_of(recipe: Callable[..., Any]) -> str:
    """A digest of all code of which a function is made, as far as it can change what the function gives.

    Of a function of heemodel, its version and all files of this room. Of any other the file that it is in and the
    files of its model's folder that this imports, directly or through others, and this room if they import heemodel;
    of a function without a file, as in a notebook, its source and that of the functions it names. And the values
    that it holds: arguments of a `functools.partial`, defaults, variables of a function around it.

    Parameters
    ----------
    recipe : from an evidence model to its PyMC model

    Returns
    -------
    a hash

    Raises
    ------
    HeemodelError
        if it holds what has no contents that can be read, such as an open file
    """
    digest = sha256()
    for part in _parts(recipe, ()):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def _parts(value: Any, within: tuple[Any, ...]) -> Iterator[str]:
    """What a value is made of: code of functions, and contents of all else; `within` are the values that hold it."""
    if any(value is one for one in within):
        return
    inside = (*within, value)
    if isinstance(value, partial):
        yield from _all((value.func, *value.args, *sorted(value.keywords.items())), inside)
    elif isinstance(value, MethodType):
        yield from _all((value.__func__, value.__self__), inside)
    elif isinstance(value, FunctionType):
        yield from _of_function(value, inside)
    elif isinstance(value, ModuleType):
        yield value.__name__
    elif isinstance(value, type):
        yield from _code(value)
    elif isinstance(value, (set, frozenset)):
        yield from sorted("".join(_parts(one, inside)) for one in value)
    elif isinstance(value, (list, tuple, dict)):
        yield f"{type(value).__name__} of {len(value)}"
        yield from _all(value.items() if isinstance(value, dict) else value, inside)
    elif _is_own(type(value)):
        yield from _code(type(value))
        yield from _all(vars(value).items(), inside)
    else:
        yield _pickled(value)


def _all(values: Iterable[Any], within: tuple[Any, ...]) -> Iterator[str]:
    """The parts of several values."""
    for value in values:
        yield from _parts(value, within)


def _is_own(kind: type) -> bool:
    """Whether it is a class of one's own, with attributes: none of an installed package, which pickle reads."""
    path = _file(kind)
    return path is not None and "site-packages" not in path.parts and "__slots__" not in vars(kind)


def _pickled(value: Any) -> str:
    """The contents of a value that is no code."""
    try:
        return pickle.dumps(value).hex()
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise HeemodelError(
            f"the recipe of an evidence model holds a {type(value).__name__}, whose contents cannot be read, so that "
            "its posterior cannot be stored by them; hand it over as data, priors or options, or make it in the recipe"
        ) from error


def _of_function(function: FunctionType, within: tuple[Any, ...]) -> Iterator[str]:
    """The code of a function and the values that it holds."""
    yield function.__qualname__
    yield from _code(function)
    if wrapped := getattr(function, "__wrapped__", None):
        yield from _parts(wrapped, within)
    if _file(function) is None:
        named = (function.__globals__.get(name) for name in function.__code__.co_names)
        yield from _all((one for one in named if isinstance(one, FunctionType) and _file(one) is None), within)
    yield from _all((cell.cell_contents for cell in function.__closure__ or ()), within)
    yield from _all(function.__defaults__ or (), within)
    yield from _all(sorted((function.__kwdefaults__ or {}).items()), within)


def _code(defined: FunctionType | type) -> Iterator[str]:
    """The text of all files that something defined in one of them may use."""
    path = _file(defined)
    if path is None:
        try:
            yield inspect.getsource(defined)
        except (OSError, TypeError):
            yield defined.__qualname__
        if isinstance(defined, FunctionType):  # what stands for its source may be that of another, as under python -c
            yield from _compiled(defined.__code__)
        return
    if path.is_relative_to(ROOM.parent):
        yield from _room()
        return
    folder = _folder(path)
    texts = _imported(path, folder)
    for name, text in texts.items():
        yield name
        yield text
    if any("heemodel" in text for text in texts.values()):
        yield from _room()


def _compiled(code: CodeType) -> Iterator[str]:
    """What a function was compiled to, with the functions inside it."""
    yield repr((code.co_code, code.co_names, [one for one in code.co_consts if not isinstance(one, CodeType)]))
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _compiled(inner)


@lru_cache(maxsize=1)
def _room() -> tuple[str, ...]:
    """The version of heemodel and all files of this room."""
    return (heemodel.__version__, *(part for file in source_files(ROOM).items() for part in file))


def _file(defined: FunctionType | type) -> Path | None:
    """The file that something is defined in, or None."""
    try:
        path = Path(inspect.getsourcefile(defined) or "")
    except TypeError:
        return None
    return path.resolve() if path.suffix == ".py" and path.is_file() else None


def _folder(path: Path) -> Path:
    """The folder of the model that a file belongs to, or else the file's own."""
    return next((one for one in path.parents if _is_model(one)), path.parent)


def _is_model(folder: Path) -> bool:
    return all((folder / name).is_file() for name in MODEL_FILES)


def _imported(path: Path, folder: Path) -> dict[str, str]:
    """The text of a file and of those of the folder that it imports, through others too; of all if it may load any."""
    texts: dict[str, str] = {}
    left = [path]
    while left:
        file = left.pop()
        name = file.relative_to(folder).as_posix()
        if name in texts:
            continue
        texts[name] = _text(file)
        tree = ast.parse(texts[name])
        if any(isinstance(node, ast.Name) and node.id in DYNAMIC for node in ast.walk(tree)):
            beside = (
                source_files(folder) if _is_model(folder) else {one.name: _text(one) for one in folder.glob("*.py")}
            )
            return dict(sorted((texts | beside).items()))
        for node in ast.walk(tree):
            left += [found for module, base in _modules(node, file, folder) for found in _found(module, base)]
    return dict(sorted(texts.items()))


def _modules(node: ast.AST, file: Path, folder: Path) -> Iterator[tuple[tuple[str, ...], Path]]:
    """The modules that a statement imports, as parts of their names, and where these may begin."""
    if isinstance(node, ast.Import):
        names = [tuple(alias.name.split(".")) for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        stem = tuple(node.module.split(".")) if node.module else ()
        names = [stem, *((*stem, alias.name) for alias in node.names)]
        if node.level:
            base = file.parents[node.level - 1]
            yield from ((name, base) for name in names if base.is_relative_to(folder))
            return
    else:
        return
    for name in names:
        for start in range(len(name)):  # a folder may be imported by its own name too
            yield from ((name[start:], base) for base in {folder, file.parent})


def _found(module: tuple[str, ...], base: Path) -> Iterator[Path]:
    """The files of a module: its own and those of the packages it lies in."""
    for end in range(len(module) + 1):
        place = base.joinpath(*module[:end])
        for path in (place / "__init__.py", place.with_name(f"{place.name}.py")):
            if end and path.is_file():
                yield path
