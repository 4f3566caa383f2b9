"""Changes laid over the content of an inputs file: what a variation says takes the place of what stands there."""

from collections.abc import Mapping
from typing import Any

from heemodel.parameters.problems import Problem

Content = dict[str, Any]

CENTRES = ("value", "mean")
SPREADS = ("standard_error", "log_standard_error", "interval")
NUMBERS = (*CENTRES, *SPREADS, "counts", "price_year")
"""Of a parameter, what a change that names its distribution replaces as a whole."""
WORDS = {"label", "source", "status", "rationale", "plausible"}
"""Of a figure, what can change without the figure."""
FIGURES = ("settings", "parameters", "priors", "data")
"""Sections of figures, each with its source."""


def with_options(content: Content) -> Content:
    """The content with a variation for each of several alternatives of a parameter, before the variations it has."""
    given = content.get("variations", {})
    if not isinstance(content.get("alternatives", {}), dict) or not isinstance(given, dict):
        return content
    every: Content = {}
    for name, table in content.get("alternatives", {}).items():
        options = table.get("options", {}) if isinstance(table, dict) else {}
        for option, inside in options.items() if isinstance(options, dict) and len(options) > 1 else ():
            said = inside.get("label", option) if isinstance(inside, dict) else option
            why = inside.get("source", option) if isinstance(inside, dict) else option
            words = {"label": f"{table.get('label', name)}: {said}", "rationale": str(why)}
            every[f"{name}: {option}"] = {**words, "choose": {name: option}}
    return {**content, "variations": every | given} if every else content


def overlaid(content: Content, variation: Mapping[str, Any]) -> Content:
    """The content as the variation has it, without any variations.

    Tables are laid over each other key by key. A parameter whose change names its distribution gives all its numbers
    anew, one that gives a value, a mean or a spread gives it in place of the old, and either stands in for alternatives
    if there were any; an alternative that is chosen has all the weight.
    """
    base = {section: tables for section, tables in content.items() if section != "variations"}
    changes = variation.get("changes", {})
    changed = changes.get("parameters", {}) if isinstance(changes, dict) else {}
    dropped = {}
    for name, table in changed.items() if isinstance(changed, dict) else ():
        old = base.get("parameters", {}).get(name)
        if isinstance(old, dict) and isinstance(table, dict):
            given = [key for kind in (CENTRES, SPREADS) if table.keys() & set(kind) for key in kind]
            gone = NUMBERS if "distribution" in table else given
            dropped[name] = {key: value for key, value in old.items() if key not in gone}
    base = _laid(base, {})
    if dropped:
        base["parameters"] = base["parameters"] | dropped
    if "alternatives" in base and changed:
        base["alternatives"] = {name: table for name, table in base["alternatives"].items() if name not in changed}
    made = _laid(base, changes if isinstance(changes, dict) else {})
    for name, option in chosen(variation).items():
        table = made.get("alternatives", {}).get(name)
        if isinstance(table, dict) and isinstance(table.get("options"), dict) and option in table["options"]:
            weights = {one: float(one == option) for one in table["options"]}
            made["alternatives"] = made["alternatives"] | {name: table | {"weights": weights}}
    return made


def _laid(under: Content, over: Content) -> Content:
    """Two nested dicts as one; what is not a dict is replaced."""
    made = dict(under)
    for key, value in over.items():
        below = made.get(key)
        made[key] = _laid(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return made


def unsourced(name: str, variation: Mapping[str, Any], content: Content) -> list[Problem]:
    """Figures that a variation changes without saying where the new ones are from, or in which prices they are."""
    changes = variation.get("changes", {})
    found = []
    for section in FIGURES:
        tables = changes.get(section, {}) if isinstance(changes, dict) else {}
        for figure, table in tables.items() if isinstance(tables, dict) else ():
            if isinstance(table, dict) and table.keys() - WORDS and not {"source", "status"} <= table.keys():
                said = "changes a figure and leaves the source of the old one; add source and status"
                found.append(Problem(("variations", name, "changes", section, figure), said))
            old = content.get(section, {}).get(figure) if isinstance(content.get(section), dict) else None
            money = isinstance(old, dict) and "price_year" in old and isinstance(table, dict)
            if money and table.keys() & set(NUMBERS) and "price_year" not in table:
                said = "changes a sum of money and not its price_year; say in which prices the new one is"
                found.append(Problem(("variations", name, "changes", section, figure), said))
    return found


def chosen(variation: Mapping[str, Any]) -> Mapping[str, str]:
    """The options that a variation chooses, as far as they are names."""
    named = variation.get("choose", {})
    return named if isinstance(named, dict) else {}
