"""Names in an inputs file that refer to nothing, and figures that do not fit each other."""

from collections.abc import Iterator
from typing import Any

from heemodel.errors import HeemodelError, closest, nearest
from heemodel.parameters.overlay import chosen
from heemodel.parameters.prices import price_index
from heemodel.parameters.problems import Problem

Figures = dict[tuple[str, ...], Any]
"""Tables of the file by their place in it."""

RESERVED = ("sample", "strategy", "cycle", "state", "component")
"""Dimensions that a parameter of an inputs file cannot have."""


def references(content: dict[str, Any]) -> list[Problem]:
    """Names that refer to nothing: of records in scenarios, of steps in components, of scenarios to compare."""
    sections = [content.get(section, {}) for section in ("data", "scenarios", "steps", "components", "avoided")]
    if not all(isinstance(section, dict) for section in sections):
        return []
    data, scenarios, steps, components, avoided = sections
    figures = _parameters(content)
    problems = _records(data, scenarios) + _labels(figures) + _price_years(content, figures) + _unknown_names(content)
    problems += [*_steps(components, steps, avoided), *_asked(content, components, steps)]
    for role, name in _compared(content).items():
        if name not in scenarios:
            place = ("about", "compare", role)
            problems.append(Problem(place, f"names no scenario {name!r}; {nearest(name, scenarios)}"))
    return problems


def _steps(components: dict[str, Any], steps: dict[str, Any], avoided: dict[str, Any]) -> Iterator[Problem]:
    """Components without a step where there are steps; steps and counted effects that are not there."""
    for name, component in components.items():
        if not isinstance(component, dict):
            continue
        place, step = ("components", name), component.get("step")
        counts = component.get("counts")
        if isinstance(counts, str) and counts not in avoided:
            yield Problem((*place, "counts"), f"names none of [avoided], {counts!r}; {nearest(counts, avoided)}")
        if step is None and steps:
            yield Problem(place, f"step is missing; add `step = …`, one of: {', '.join(map(str, steps))}")
        elif isinstance(step, str) and not steps:
            yield Problem((*place, "step"), f"names a step, and there are no [steps]; add [steps.{step}], or remove it")
        elif isinstance(step, str) and step not in steps:
            yield Problem((*place, "step"), f"names no step {step!r}; {nearest(step, steps)}")


def _asked(content: dict[str, Any], components: dict[str, Any], steps: dict[str, Any]) -> Iterator[Problem]:
    """A saving that is asked for without the tables that say what it is made of."""
    about = content.get("about")
    asks = about.get("asks") if isinstance(about, dict) else None
    missing = [f"[{name}.<name>]" for name, tables in (("components", components), ("steps", steps)) if not tables]
    if isinstance(asks, list) and "saving" in asks and missing:
        cure = f"add {' and '.join(missing)}, or take it out of asks"
        yield Problem(("about", "asks"), f"asks for the saving, which is reported by component and step; {cure}")


def _records(data: dict[str, Any], scenarios: dict[str, Any]) -> list[Problem]:
    """Scenarios that name a record which is not there, and records that no scenario names."""
    unknown: list[tuple[tuple[str, ...], str]] = []
    used: set[str] = set()
    for name, scenario in scenarios.items():
        for role, strategy, record in _evidence(scenario):
            used.add(str(record))
            if not isinstance(record, str) or record not in data:
                unknown.append((("scenarios", name, "evidence", role, strategy), str(record)))
    idle = [name for name in data if name not in used]
    if not scenarios:
        return []
    problems, meant = [], set()
    for place, record in unknown:
        wanted = closest(record, idle) or closest(record, data)
        meant.add(wanted)
        cure = f"did you mean {wanted!r}?" if wanted else f"add [data.{record}] or name another"
        problems.append(Problem(place, f"names data record {record!r}, which is not there; {cure}"))
    problems += [
        Problem(("data", name), "is named by no scenario; name it in one, or remove it")
        for name in idle
        if name not in meant
    ]
    return problems


def unlike(scenarios: dict[str, Any]) -> list[Problem]:
    """Scenarios without evidence that other scenarios have."""
    shapes = {name: {(role, strategy) for role, strategy, _ in _evidence(s)} for name, s in scenarios.items()}
    wanted = set().union(*shapes.values())
    return [
        Problem(
            ("scenarios", name, "evidence"), f"has no record for {role}.{strategy}, which other scenarios have; add it"
        )
        for name, shape in shapes.items()
        for role, strategy in sorted(wanted - shape)
    ]


def _evidence(scenario: Any) -> Iterator[tuple[str, str, Any]]:
    """Role, strategy and record of a scenario, as far as it is one."""
    evidence = scenario.get("evidence", {}) if isinstance(scenario, dict) else {}
    for role, records in evidence.items() if isinstance(evidence, dict) else ():
        for strategy, record in records.items() if isinstance(records, dict) else ():
            yield role, strategy, record


def _compared(content: dict[str, Any]) -> dict[str, str]:
    """The scenarios named in [about.compare], as far as they are names."""
    about = content.get("about", {})
    compare = about.get("compare", {}) if isinstance(about, dict) else {}
    return {k: v for k, v in compare.items() if isinstance(v, str)} if isinstance(compare, dict) else {}


def _price_years(content: dict[str, Any], parameters: Figures) -> list[Problem]:
    """Figures in prices of another year than the analysis', when the price index lacks one of the two."""
    about = content.get("about")
    wanted = about.get("price_year") if isinstance(about, dict) else None
    years: dict[tuple[str, ...], Any] = {("about", "price_year"): wanted}
    figures = dict(parameters)
    for section in ("settings", "priors", "data"):
        tables = content.get(section)
        figures |= {(section, name): table for name, table in tables.items()} if isinstance(tables, dict) else {}
    for figure, table in figures.items():
        if isinstance(table, dict) and table.get("price_year", wanted) != wanted:
            years[*figure, "price_year"] = table["price_year"]
    problems = []
    for place, year in years.items():
        if len(years) > 1 and isinstance(year, str):
            try:
                price_index().level(year)
            except HeemodelError as error:
                problems.append(Problem(place, str(error)))
    return problems


def _parameters(content: dict[str, Any]) -> Figures:
    """Parameters, also those that are alternatives, as far as they are tables."""
    figures: Figures = {}
    for section in ("parameters", "alternatives"):
        tables = content.get(section)
        for name, table in tables.items() if isinstance(tables, dict) else ():
            options = table.get("options") if section == "alternatives" and isinstance(table, dict) else None
            if section == "parameters":
                figures[section, name] = table
            for option, inside in options.items() if isinstance(options, dict) else ():
                figures[section, name, "options", option] = inside
    return figures


def _labels(parameters: Figures) -> list[Problem]:
    """Parameters that label one dimension in different ways, or that name one which belongs to the model."""
    problems: list[Problem] = []
    first: dict[str, tuple[str, Any]] = {}
    for place, table in parameters.items():
        if not isinstance(table, dict) or "dimension" not in table:
            continue
        dimension, labels = table["dimension"], table.get("labels")
        if dimension in RESERVED:
            problems.append(Problem((*place, "dimension"), f"{dimension!r} belongs to the model; use another name"))
        before = first.setdefault(str(dimension), (place[-1], labels))
        if before[1] != labels:
            problems.append(
                Problem(
                    (*place, "labels"),
                    f"{labels} differ from those of {before[0]!r}, {before[1]}; use the same labels",
                )
            )
    return problems


def _unknown_names(content: dict[str, Any]) -> list[Problem]:
    """Names in alternatives, variations and information that refer to nothing."""
    sections = {
        name: tables if isinstance(tables := content.get(name, {}), dict) else {}
        for name in ("parameters", "alternatives", "scenarios", "variations", "components")
    }
    several = sections["alternatives"]
    problems = [
        Problem(("alternatives", name), "is a parameter too; rename or remove one")
        for name in several
        if name in sections["parameters"]
    ]
    paid = {name: part.get("payer") for name, part in sections["components"].items() if isinstance(part, dict)}
    payers = [str(payer) for payer in paid.values() if payer is not None]
    problems += _wrong_budgets(sections["components"])
    for name, variation in sections["variations"].items():
        if not isinstance(variation, dict):
            continue
        for what, option in chosen(variation).items():
            options = several.get(what, {}).get("options", {}) if isinstance(several.get(what), dict) else {}
            at: tuple[str, ...] = ("variations", name, "choose", what)
            if what not in several:
                problems.append(Problem(at, f"there are no alternatives of that name; {nearest(what, several)}"))
            elif option not in options:
                problems.append(Problem(at, f"is {option!r}, which is no option; {nearest(str(option), options)}"))
        if (wanted := variation.get("scenario")) is not None and wanted not in sections["scenarios"]:
            cure = nearest(str(wanted), sections["scenarios"])
            problems.append(Problem(("variations", name, "scenario"), f"names no scenario {wanted!r}; {cure}"))
        for payer in variation.get("payers") or ():
            if payer not in payers:
                at = ("variations", name, "payers")
                problems.append(Problem(at, f"nothing is paid by {payer!r}; {nearest(str(payer), payers)}"))
        if variation.get("payers") and (nobody := [part for part, payer in paid.items() if payer is None]):
            reason = f"counts some payers only, and [components.{nobody[0]}] has none; add payer = … there"
            problems.append(Problem(("variations", name, "payers"), reason))
    return problems


def _wrong_budgets(components: dict[str, Any]) -> list[Problem]:
    """Budgets without a payer, and those that two payers have, or that are named as one."""
    problems = []
    whose: dict[str, str | None] = {}
    parts = {name: part for name, part in components.items() if isinstance(part, dict)}
    payers = {part.get("payer") for part in parts.values()}
    for name, part in parts.items():
        budget, payer = part.get("budget"), part.get("payer")
        if budget is None:
            continue
        place = ("components", name, "budget")
        if payer is None:
            problems.append(Problem(place, f"is {budget!r}, of nobody; add payer = … beside it"))
        elif budget in payers:
            problems.append(Problem(place, f"is {budget!r}, the name of a payer; give the budget another"))
        elif whose.setdefault(str(budget), payer) != payer:
            reason = f"is {budget!r} of {payer!r}, and elsewhere of {whose[budget]!r}; give each its own name"
            problems.append(Problem(place, reason))
    return problems


def unknown_questions(content: dict[str, Any]) -> list[Problem]:
    """Parameters of [information] that are not in the file, as far as it can be read."""
    parameters, several, asked = (
        tables if isinstance(tables := content.get(name, {}), dict) else {}
        for name in ("parameters", "alternatives", "information")
    )
    known = [*parameters, *several, *(f"{name}_source" for name in several)]
    return [
        Problem(("information", name, "parameters"), f"names {wanted!r}, which is not drawn; {nearest(wanted, known)}")
        for name, question in asked.items()
        if isinstance(question, dict) and isinstance(question.get("parameters"), list)
        for wanted in question["parameters"]
        if isinstance(wanted, str) and wanted not in known
    ]
