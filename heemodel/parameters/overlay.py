"""Changes laid over the content of an inputs file: what a variation says takes the place of what stands there."""

from collections.abc import Mapping
from typing import Any

from heemodel.parameters.problems import Problem

Content = dict[str, Any]

CENTRES = ("value", "mean")
SPREADS = ("standard_error", "log_standard_error", "log_odds_standard_error", "interval", "level", "tolerance")
WHOLE = ("quartiles", "events", "n", "prior")
"""Of a parameter, what states centre and spread at once."""
NUMBERS = (*CENTRES, *SPREADS, *WHOLE, "minimum", "mode", "maximum", "counts", "price_year")
"""Of a parameter, what a change that names its distribution replaces as a whole."""
REPLACED = {
    **dict.fromkeys(CENTRES, (*CENTRES, *WHOLE)),
    **dict.fromkeys(SPREADS[:-2], (*SPREADS, *WHOLE)),
    "quartiles": (*CENTRES, *SPREADS, *WHOLE),
    "events": (*CENTRES, *SPREADS, "quartiles"),
}
"""Of a parameter, what each key of a change takes the place of."""
RECORDS = {
    "events": ("share", "mean", "sd", "quartiles"),
    "share": ("events", "mean", "sd", "quartiles"),
    "mean": ("events", "share", "quartiles"),
    "quartiles": ("events", "share", "mean", "sd"),
}
"""Of a data record, the same."""
WORDS = {"label", "source", "status", "rationale", "plausible"}
"""Of a figure, what can change without the figure."""
BASE = "base"
"""The scenario of a file that names none."""
FIGURES = ("settings", "parameters", "priors", "data", "correlated")
"""Sections of figures, each with its source."""


def with_base_scenario(content: Content) -> Content:
    """The content with a scenario called base where it has none: all models then have one to run."""
    if content.get("scenarios", {}) != {}:
        return content
    return {**content, "scenarios": {BASE: {"label": "Base case"}}}


def with_options(content: Content) -> Content:
    """The content with a variation for each of several alternatives of a parameter, before the variations it has."""
    given = content.get("variations", {})
    if not isinstance(content.get("alternatives", {}), dict) or not isinstance(given, dict):
        return content
    every: Content = {}
    for name, table in content.get("alternatives", {}).items():
        options = table.get("options", {}) if isinstance(table, dict) else {}
        for option, inside in options.items() if isinstance(options, dict) and len(options) > 1 else ():
            label = inside.get("label", option) if isinstance(inside, dict) else option
            source = inside.get("source", option) if isinstance(inside, dict) else option
            words = {"label": f"{table.get('label', name)}: {label}", "rationale": str(source)}
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
    changed = _tables(changes, "parameters")
    for section, replaced in (("parameters", REPLACED), ("data", RECORDS)):
        if left := _left(_tables(base, section), _tables(changes, section), replaced):
            base[section] = _tables(base, section) | left
    if several := _tables(base, "alternatives"):
        base["alternatives"] = {name: table for name, table in several.items() if name not in changed}
    made = laid(base, changes if isinstance(changes, dict) else {})
    for name, option in chosen(variation).items():
        table = _tables(made, "alternatives").get(name)
        if isinstance(table, dict) and isinstance(table.get("options"), dict) and option in table["options"]:
            weights = {one: float(one == option) for one in table["options"]}
            made["alternatives"] = made["alternatives"] | {name: table | {"weights": weights}}
    return made


def _left(tables: Content, changes: Content, replaced: Mapping[str, tuple[str, ...]]) -> Content:
    """What is left of tables that are changed, without the keys whose place others take."""
    left = {}
    for name, table in changes.items():
        old = tables.get(name)
        if isinstance(old, dict) and isinstance(table, dict):
            gone = set(NUMBERS) if "distribution" in table else {key for new in table for key in replaced.get(new, ())}
            left[name] = {key: value for key, value in old.items() if key not in gone}
    return left


def _tables(content: Any, section: str) -> Content:
    """The tables of a section, as far as it is one."""
    tables = content.get(section) if isinstance(content, dict) else None
    return tables if isinstance(tables, dict) else {}


def laid(under: Content, over: Content) -> Content:
    """Two nested dicts as one, without changing either; what is not a dict is replaced."""
    made = dict(under)
    for key, value in over.items():
        below = made.get(key)
        made[key] = laid(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return made


def unsourced(name: str, variation: Mapping[str, Any], content: Content) -> list[Problem]:
    """Figures that a variation changes without saying where the new ones are from, or in which prices they are."""
    changes = variation.get("changes", {})
    problems = []
    for section in FIGURES:
        tables = changes.get(section, {}) if isinstance(changes, dict) else {}
        for figure, table in tables.items() if isinstance(tables, dict) else ():
            if isinstance(table, dict) and table.keys() - WORDS and not {"source", "status"} <= table.keys():
                reason = "changes a figure and leaves the source of the old one; add source and status"
                problems.append(Problem(("variations", name, "changes", section, figure), reason))
            old = content.get(section, {}).get(figure) if isinstance(content.get(section), dict) else None
            money = isinstance(old, dict) and "price_year" in old and isinstance(table, dict)
            if money and table.keys() & set(NUMBERS) and "price_year" not in table:
                reason = "changes a sum of money and not its price_year; say in which prices the new one is"
                problems.append(Problem(("variations", name, "changes", section, figure), reason))
    return problems


def chosen(variation: Mapping[str, Any]) -> Mapping[str, str]:
    """The options that a variation chooses, as far as they are names."""
    named = variation.get("choose", {})
    return named if isinstance(named, dict) else {}
