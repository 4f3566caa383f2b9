"""What a decision model takes from its inputs file: which names, and each in which unit."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from heemodel.errors import closest, mismatches, nearest
from heemodel.parameters.problems import Problem

Units = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Needs:
    """The names that a model reads, and the unit that it takes each in.

    An inputs file that gives a figure in another unit, leaves one out or names one that nobody reads is refused by
    `read_inputs(path, needs=…)`. Needs of the evidence and of the cohort model are joined with ``|``.

    Attributes
    ----------
    strategies : for which there must be evidence
    settings, parameters, priors : unit by name
    counts, means : unit by role of the evidence: events among n of that unit, or the mean of n observations in it
    tables : columns by table
    traits : of groups, each a number
    """

    strategies: tuple[str, ...] = ()
    settings: Units = field(default_factory=dict)
    parameters: Units = field(default_factory=dict)
    priors: Units = field(default_factory=dict)
    counts: Units = field(default_factory=dict)
    means: Units = field(default_factory=dict)
    tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    traits: tuple[str, ...] = ()

    def __or__(self, other: Self) -> Self:
        joined: dict[str, Any] = {}
        for name in (f.name for f in fields(self)):
            mine, others = getattr(self, name), getattr(other, name)
            joined[name] = tuple(dict.fromkeys((*mine, *others))) if isinstance(mine, tuple) else {**mine, **others}
        return type(self)(**joined)


def misfits(found: Mapping[str, Any], needs: Needs) -> list[Problem]:
    """Where the tables of an inputs file do not fit what the model needs.

    `found` holds the validated tables by section and name; a table with mistakes of its own is None.
    """
    problems: list[Problem] = []
    for section in ("settings", "parameters", "priors"):
        wanted, given = getattr(needs, section), found[section]
        problems += _figures(section, given, wanted, {} if section != "parameters" else found["alternatives"])
    about = found["about"]
    if needs.strategies and about is not None and about.comparator not in needs.strategies:
        cure = nearest(about.comparator, needs.strategies)
        problems.append(Problem(("about", "comparator"), f"{about.comparator!r} is no strategy of the model; {cure}"))
    for name, scenario in found["scenarios"].items():
        if scenario is not None:
            problems += _evidence(("scenarios", name, "evidence"), scenario.evidence, found["data"], needs)
    problems += _names(
        ("tables",), found["tables"], needs.tables, "the model reads no such table", "is missing; add it"
    )
    if None not in found["groups"].values():
        traits = [trait for grouping in found["groups"].values() for trait in grouping.traits]
        problems += _names(
            ("groups",), traits, needs.traits, "the model reads no such trait", "is a trait that is missing"
        )
    return problems


def _figures(
    section: str, given: Mapping[str, Any], wanted: Units, alternatives: Mapping[str, Any]
) -> Iterator[Problem]:
    """Figures that the model does not read, that it lacks, or that are in another unit."""
    named = {**given, **alternatives}
    strange, missing = mismatches(named, wanted)
    for name in strange:
        guess = closest(name, [w for w in wanted if w not in named])
        cure = f"did you mean {guess!r}?" if guess else "correct the name or remove it"
        yield Problem((section if name in given else "alternatives", name), f"the model does not read it; {cure}")
    for name in missing:
        yield Problem((section, name), f"is missing; add it, in {wanted[name]!r}")
    for name, figure in given.items():
        if figure is not None and name in wanted:
            yield from _unit((section, name, "unit"), figure.unit, wanted[name])
    for name, several in alternatives.items():
        for option, figure in several.options.items() if several is not None and name in wanted else ():
            yield from _unit(("alternatives", name, "options", option, "unit"), figure.unit, wanted[name])


def _evidence(
    place: tuple[str, ...], evidence: Mapping[str, Mapping[str, str]], data: Mapping[str, Any], needs: Needs
) -> Iterator[Problem]:
    """Roles and strategies that are strange or missing, and records of another kind or unit."""
    roles = {**needs.counts, **needs.means}
    yield from _names(place, evidence, roles, "the model has no such evidence", "evidence on it is missing")
    for role, records in evidence.items():
        if role not in roles:
            continue
        at = (*place, role)
        yield from _names(at, records, needs.strategies, "the model has no such strategy", "is missing; name a record")
        for strategy, record in records.items():
            figure = data.get(record)
            if figure is None:
                continue
            given, kind = ("events", "a count: events among n") if role in needs.counts else ("mean", "a mean of n")
            if getattr(figure, given) is None:
                yield Problem((*at, strategy), f"needs {kind}; record {record!r} gives none")
            else:
                yield from _unit(("data", record, "unit"), figure.unit, roles[role])


def _names(
    place: tuple[str, ...], given: Collection[str], wanted: Collection[str], strange: str, missing: str
) -> Iterator[Problem]:
    """Problems with names that are strange or missing, in the given words."""
    strangers, absent = mismatches(given, wanted)
    for name in strangers:
        yield Problem((*place, name), f"{strange}; {nearest(name, [w for w in wanted if w not in given] or wanted)}")
    for name in absent:
        yield Problem((*place, name), missing)


def _unit(place: tuple[str, ...], given: str, wanted: str) -> list[Problem]:
    if given.split() == wanted.split():
        return []
    return [Problem(place, f"is {given!r}; the model takes {wanted!r}: give the figures in that unit")]
