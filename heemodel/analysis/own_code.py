"""What a model folder's own code raises, told with its file, line and cure instead of a traceback."""

import hashlib
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import heemodel
from heemodel.errors import HeemodelError, closest
from heemodel.evidence import EvidenceError
from heemodel.parameters import InputError
from heemodel.structures import ModelError
from heemodel.structures.calls import cure_of

MODEL, EVIDENCE = "model.py", "evidence.py"


class OwnCodeError(HeemodelError):
    """A mistake in a folder's code: where it is, on the way to which scenario or variation, and what is wrong.

    Where Python or a library found it, their error is the `__cause__`.
    """

    def __init__(self, at: str, where: str, message: str) -> None:
        super().__init__(f"{', '.join(filter(None, (at, where)))}: {message}")
        self.at, self.where, self.message = at, where, message


def package_name(folder: Path) -> str:
    """The package that a folder is, under a name that no other folder has."""
    full = folder.resolve()
    return f"heemodel_model_{full.name}_{hashlib.sha256(str(full).encode()).hexdigest()[:12]}"


@contextmanager
def own_code(folder: Path, where: str = "") -> Iterator[None]:
    """Tell what the folder's code raises with its file and line; a mistake that is not the folder's stays as it is.

    Parameters
    ----------
    folder : the model folder
    where : what is being done, such as "scenario 'base'". Without it, errors of heemodel stay as they are too

    Raises
    ------
    OwnCodeError
        from the error that it tells of
    """
    try:
        yield
    except (InputError, MemoryError):  # the one has its own place, the other is nobody's mistake
        raise
    except OwnCodeError as error:
        if error.where or not where:
            raise
        raise OwnCodeError(error.at, where, error.message) from error.__cause__
    except HeemodelError as error:
        line = _line(error, folder)
        if not where or not (line or isinstance(error, ModelError | EvidenceError)):
            raise
        file = EVIDENCE if isinstance(error, EvidenceError) else MODEL
        raise OwnCodeError(_at(folder, line) if line else str(folder / file), where, str(error)) from error
    except SyntaxError as error:
        if not _is_own(error.filename or "", folder):
            raise
        shown = f" in: {error.text.strip()}" if error.text and error.text.strip() else ""
        raise OwnCodeError(f"{error.filename}, line {error.lineno}", where, f"{error.msg}{shown}") from error
    except Exception as error:
        line = _line(error, folder)
        if line is None:
            raise
        shown = f"{_in_words(error, folder)} in: {(line.line or '').strip()}"
        raise OwnCodeError(_at(folder, line), where, "\n".join([shown, *_cures(error)])) from error


def _line(error: BaseException, folder: Path) -> traceback.FrameSummary | None:
    """The innermost line of the folder that an error came by, or else the error that it was raised from."""
    seen: BaseException | None = error
    while seen is not None:
        lines = [line for line in traceback.extract_tb(seen.__traceback__) if _is_own(line.filename, folder)]
        if lines:
            return lines[-1]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return None


def _is_own(file: str, folder: Path) -> bool:
    """Whether a file is one of the folder's, rather than of an environment that is kept in it."""
    full = folder.resolve()
    parts = Path(file).relative_to(full).parts[:-1] if Path(file).is_relative_to(full) else (".",)
    return not any(part.startswith((".", "_")) or part == "site-packages" for part in parts)


def _at(folder: Path, line: traceback.FrameSummary) -> str:
    """File and line, the file as the folder was named."""
    return f"{folder / Path(line.filename).relative_to(folder.resolve())}, line {line.lineno}"


def _in_words(error: Exception, folder: Path) -> str:
    """The error as Python tells it, with the cure that is known of an import."""
    if isinstance(error, ModuleNotFoundError):
        return _not_found(str(error.name), folder)
    if "did you mean" in str(error):
        return f"{type(error).__name__}: {error}"
    told = traceback.TracebackException(type(error), error, error.__traceback__).format_exception_only()
    return "".join(told).strip().replace(f"{package_name(folder)}.", ".")


def _not_found(name: str, folder: Path) -> str:
    """What an import that finds nothing was most likely meant to be."""
    own = {path.stem if path.is_file() else path.name for path in (*folder.glob("*.py"), *folder.glob("*/"))}
    own = {name for name in own if name.isidentifier()}
    package = f"{package_name(folder)}."
    if name.startswith(package):
        wanted = name.removeprefix(package)
        near = closest(wanted, own)
        cure = f"did you mean .{near}?" if near else "add the file, or correct the name"
        return f"imports .{wanted}, and the folder has no {wanted.replace('.', '/')}.py; {cure}"
    wanted = name.partition(".")[0]
    if wanted in own:
        return f"imports {wanted!r}, which is a file of its own folder; write from .{wanted} import …"
    return f"imports {wanted!r}, which is not installed; install it, or correct the name"


def _cures(error: Exception) -> Iterator[str]:
    """What is known to mend such an error."""
    if cure := cure_of(error):
        yield f"This line {cure}."
    if isinstance(error, ImportError) and error.name == "heemodel" and (name := getattr(error, "name_from", None)):
        try:
            getattr(heemodel, name)
        except AttributeError as unknown:
            yield f"{unknown}."
