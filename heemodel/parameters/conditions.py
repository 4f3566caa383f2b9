"""Conditions under which a sentence, or a body of evidence, of an inputs file holds."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from heemodel.errors import closest, nearest
from heemodel.parameters.problems import Place, Problem
from heemodel.parameters.specification import When

FIGURE = "leads to nothing in the file"


def unmet(when: When, content: Mapping[str, Any], run: Collection[str] | None = None) -> list[str]:
    """What of some conditions is not so, in words; empty where all of them are met.

    Parameters
    ----------
    when : the conditions
    content : of the inputs file, as nested dicts
    run : scenarios that are run; all in the file by default
    """
    scenarios = content.get("scenarios", {}) if run is None else run
    words = [f"scenario {name!r} is not run" for name in when.scenarios if name not in scenarios]
    if when.claim is not None and when.claim != ("claim" in content):
        words.append("there is no [claim]" if when.claim else "there is a [claim]")
    for path, value in when.values.items():
        there, found = value_at(content, path)
        if not there or found != value:
            words.append(f"{path} is {found!r}, not {value!r}" if there else f"{path} is not there")
    return words


def value_at(content: Mapping[str, Any], path: str) -> tuple[bool, Any]:
    """Whether a dotted path leads to something in nested dicts, and to what.

    Names in the middle may hold dots themselves.

    >>> value_at({"data": {"stay": {"mean": 90}}}, "data.stay.mean"), value_at({}, "data.stay")
    ((True, 90), (False, None))
    """
    if path in content:
        return True, content[path]
    for name, inside in content.items():
        if isinstance(inside, Mapping) and path.startswith(f"{name}."):
            there, value = value_at(inside, path.removeprefix(f"{name}."))
            if there:
                return True, value
    return False, None


def wrong_conditions(
    sections: Mapping[str, Any], content: Mapping[str, Any], wanted: Collection[str]
) -> Iterator[Problem]:
    """Conditions, and figures that are the user's, which name something that is almost there.

    What is not there at all may have been taken out of the file; a name that is nearly one is a slip. What the model
    wants (`wanted`) is missed elsewhere.
    """
    about, scenarios = sections["about"], list(sections["scenarios"])
    conditions: list[tuple[Place, When]] = []
    if about is not None:
        conditions += [(("about", "limits"), sentence.when) for sentence in about.limits]
        conditions += [(("about", "notes", name), sentence.when) for name, sentence in about.notes.items()]
    conditions += [
        (("scenarios", name), scenario.when) for name, scenario in sections["scenarios"].items() if scenario is not None
    ]
    if sections["claim"] is not None:
        conditions += [(("claim", "volumes"), volume.when) for volume in sections["claim"].volumes]
    for place, when in conditions:
        for name in when.scenarios:
            if name not in scenarios and (meant := closest(name, scenarios)):
                yield Problem((*place, "when", "scenarios"), f"names no scenario {name!r}; did you mean {meant!r}?")
        for path in when.values:
            yield from _slip(content, path, (*place, "when", "values"), wanted)
    for path in sections["yours"].figures if sections["yours"] is not None else ():
        yield from _slip(content, path, ("yours", "figures"), wanted)


def _slip(content: Mapping[str, Any], path: str, place: Place, wanted: Collection[str]) -> Iterator[Problem]:
    """A path that leads to nothing, though its section is there and has a name that is nearly the one meant."""
    section, _, rest = path.partition(".")
    tables = content.get(section)
    if not isinstance(tables, Mapping):
        if section not in ("claim", "yours") and (meant := closest(section, content)):
            yield Problem(place, f"{path!r} names no section of the file; did you mean {meant!r}?")
        return
    if not rest or value_at(tables, rest)[0] or rest.partition(".")[0] in wanted:
        return
    name = next((name for name in tables if rest == name or rest.startswith(f"{name}.")), None)
    if name is None and (meant := closest(rest.partition(".")[0], tables)):
        yield Problem(place, f"{path!r} {FIGURE}; did you mean '{section}.{meant}'?")
    elif name is not None and isinstance(tables[name], Mapping) and (keys := list(tables[name])):
        key = rest.removeprefix(f"{name}.")
        if closest(key, keys):
            yield Problem(place, f"{path!r} {FIGURE}; {nearest(key, keys)}")
