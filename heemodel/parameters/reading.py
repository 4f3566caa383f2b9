"""Reads an inputs file, and says where a file stops being TOML and what was probably meant."""

import re
import tomllib
from pathlib import Path

from heemodel.parameters.inputs import Inputs
from heemodel.parameters.needs import Needs
from heemodel.parameters.problems import InputError, Problem, SourceText

HINTS = {
    r"[“”‘’]": 'use straight quotes (") rather than curly ones',
    r"=\s*-?[1-9]\d{0,2}(,\d{3})+\s*(#|$)": "write thousands without commas, as in 1085 or 1_085",
    r"=\s*-?\d+,\d+\s*(#|$)": "write a decimal point rather than a comma, as in 41.5",
    r"=\s*-?[£$€]": "write the figure alone; its currency belongs in unit",
    r"=\s*-?[\d.]+\s*%": "write a percentage as a share: 0.17",
    r'^[^"]*"[^"]*$': "a quote is not closed",
    r"=\s*[A-Za-z]": "text goes between quotes",
}
"""What a line that is not TOML most likely meant, by what is seen in it."""


def read_inputs(path: str | Path, *, needs: Needs | None = None, complete: bool = False) -> Inputs:
    """Read the inputs of a decision model.

    Parameters
    ----------
    path : a TOML file with the sections ``[about]`` and ``[parameters.<name>]``; everything else is optional:
        ``[settings.<name>]``, ``[priors.<name>]``, ``[data.<name>]``, ``[scenarios.<name>]``, ``[components.<name>]``,
        ``[budget]`` (`Budget`) and others. A file without scenarios has one, called "base"
    needs : what the model takes, and in which units; without it, the file is checked by itself only
    complete : whether the file has all parameters that are drawn, because no evidence is fitted; names of other
        parameters in ``[information]`` are then refused as the file is read, else when the draws are known

    Returns
    -------
    Inputs, frozen; see `Inputs.central`, `Inputs.draw`, `Inputs.evidence` and `Inputs.with_changes`

    Raises
    ------
    InputError
        with every mistake found: its line, its table, what is wrong and how to mend it

    Examples
    --------
    >>> inputs = read_inputs("models/sumatriptan/inputs.toml")
    >>> inputs.about.comparator
    'caffeine/ergotamine'
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(path, [Problem((), f"cannot be read ({error.strerror}); check the path")]) from None
    except UnicodeDecodeError as error:
        raise InputError(path, [Problem((), f"is not UTF-8 text (byte {error.start}); save it as UTF-8")]) from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(path, [_not_toml(error, text)]) from None
    return Inputs.from_content(content, SourceText(path, text), needs, complete=complete)


def _not_toml(error: tomllib.TOMLDecodeError, text: str) -> Problem:
    """Where a file stops being TOML, with a guess at what was meant."""
    lines = text.splitlines()
    at = re.search(r" \(at line (\d+), column \d+\)$", str(error))
    number = int(at[1]) if at else len(lines)
    reason = str(error).removesuffix(at[0] if at else "")
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    hint = next((f"; {cure}" for pattern, cure in HINTS.items() if re.search(pattern, line)), "")
    shown = f" in: {line.strip()}" if line.strip() else ""
    return Problem((), f"is not valid TOML ({reason}){hint}{shown}", number)
