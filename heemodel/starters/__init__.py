"""Working models to start from, of each kind that there is; `heemodel new` copies one."""

import shlex
from importlib import resources
from pathlib import Path

from heemodel.errors import HeemodelError, nearest

KINDS = {
    "cohort": "people move between states of health over years",
    "tree": "a decision tree, for what happens within days or weeks",
    "function": "any formula of the parameters",
}
"""What each kind of model is for."""
FILES = ("inputs.toml", "model.py", "README.md", "test_model.py")


def start(folder: str | Path, kind: str = "cohort") -> tuple[str, ...]:
    """Write a working model into a new folder.

    Parameters
    ----------
    folder : where; it may exist, if it is empty
    kind : "cohort", "tree" or "function"

    Returns
    -------
    Names of the files written: inputs.toml, model.py, README.md and test_model.py

    Raises
    ------
    HeemodelError
        for a kind that there is not, or a folder that holds anything or cannot be made

    Examples
    --------
    >>> import tempfile
    >>> start(f"{tempfile.mkdtemp()}/ours", "tree")
    ('inputs.toml', 'model.py', 'README.md', 'test_model.py')
    """
    folder = Path(folder)
    if kind not in KINDS:
        raise HeemodelError(f"there is no model of kind {kind!r} to start from; {nearest(kind, KINDS)}")
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise HeemodelError(f"{folder} is there already and is not an empty folder; name a new one")
        folder.mkdir(parents=True, exist_ok=True)
        source = resources.files("heemodel.starters").joinpath(kind)
        for name in FILES:
            text = source.joinpath(name).read_text(encoding="utf-8")
            (folder / name).write_text(text.replace("MODEL_FOLDER", shlex.quote(folder.as_posix())), encoding="utf-8")
    except OSError as error:
        raise HeemodelError(f"{folder} cannot be made ({error.strerror}); name another folder") from error
    return FILES
