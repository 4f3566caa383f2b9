"""What a decision model takes from its inputs file: which names, and each in which unit."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Self

from heemodel.errors import closest, mismatches, nearest
from heemodel.parameters.problems import Problem
from heemodel.parameters.units import choices, conversion

Units = Mapping[str, str]

ANNUAL_VOLUME = "annual_volume"
OPTIONAL: Units = {ANNUAL_VOLUME: "patients per year"}
"""Settings that the report reads, so that an inputs file may have them whether or not the model reads them."""
KINDS = {
    ("events",): "a count: events among n",
    ("mean",): "a mean of n",
    ("mean", "quartiles"): "a mean or quartiles of n",
}
"""What a role needs, in words."""


@dataclass(frozen=True, kw_only=True)
class Needs:
    """The names that a model reads, and the unit that it takes each in.

    An inputs file that leaves a figure out, names one that nobody reads or gives one in a unit that cannot be turned
    into the model's (see `units.conversion`) is refused by `read_inputs(path, needs=…)`. Needs of the evidence and of
    the cohort model are joined with ``|``.

    Attributes
    ----------
    strategies : for which there must be evidence
    settings, parameters, priors : unit by name
    counts, means, durations : unit by role of the evidence: events among n of that unit, or a share of them; the mean
        of n observations in it; the same, with their standard deviation, or their quartiles
    plausible : by name of a setting, parameter or role, the range in which such a figure usually lies, in the model's
        unit: outside it, `heemodel check` and the report ask to look again. No result uses it
    tables : columns by table
    traits : of groups, each a number
    """

    strategies: tuple[str, ...] = ()
    settings: Units = field(default_factory=dict)
    parameters: Units = field(default_factory=dict)
    priors: Units = field(default_factory=dict)
    counts: Units = field(default_factory=dict)
    means: Units = field(default_factory=dict)
    durations: Units = field(default_factory=dict)
    plausible: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    traits: tuple[str, ...] = ()

    @property
    def roles(self) -> Units:
        """The unit of every role of the evidence."""
        return {**self.counts, **self.means, **self.durations}

    @property
    def names(self) -> tuple[str, ...]:
        """Settings, parameters and priors that are read, those of reports included."""
        return (*self.settings, *OPTIONAL, *self.parameters, *self.priors)

    def __or__(self, other: Self) -> Self:
        joined: dict[str, Any] = {}
        for name in (f.name for f in fields(self)):
            mine, others = getattr(self, name), getattr(other, name)
            joined[name] = tuple(dict.fromkeys((*mine, *others))) if isinstance(mine, tuple) else {**mine, **others}
        return type(self)(**joined)


def misfits(sections: Mapping[str, Any], needs: Needs) -> list[Problem]:
    """Where the tables of an inputs file do not fit what the model needs.

    Parameters
    ----------
    sections : the validated tables by section and name; a table with mistakes of its own is None
    needs : what the model takes
    """
    problems: list[Problem] = []
    for section in ("settings", "parameters", "priors"):
        wanted, given = getattr(needs, section), sections[section]
        problems += _figures(section, given, wanted, {} if section != "parameters" else sections["alternatives"])
    problems += _compared(sections["about"], needs.strategies)
    for name, scenario in sections["scenarios"].items():
        if scenario is not None:
            problems += _evidence(("scenarios", name, "evidence"), scenario.evidence, sections["data"], needs)
    problems += _names(
        ("tables",), sections["tables"], needs.tables, "the model reads no such table", "is missing; add it"
    )
    if None not in sections["groups"].values():
        problems += _traits(sections["groups"], needs.traits)
    return problems


def _traits(groups: Mapping[str, Any], wanted: Sequence[str]) -> Iterator[Problem]:
    """Traits of groups that the model does not read, and those that it reads and no group has."""
    given = [(name, trait) for name, grouping in groups.items() for trait in grouping.traits]
    for name, trait in given:
        if trait not in wanted:
            left = [one for one in wanted if one not in {trait for _, trait in given}]
            cure = nearest(trait, left or wanted) if wanted else f'if it does, add traits=("{trait}",) to its NEEDS'
            yield Problem(("groups", name, "traits", trait), f"the model reads no such trait; {cure}")
    for trait in wanted:
        if trait not in {trait for _, trait in given}:
            yield Problem(("groups",), f"{trait} is a trait that is missing; add it to the groups that it is of")


def wrong_volume(settings: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the yearly number of patients, by which a report multiplies: it is above 0 and by year."""
    volume = settings.get(ANNUAL_VOLUME)
    if volume is None:
        return []
    place, problems = ("settings", ANNUAL_VOLUME), []
    if volume.value <= 0:
        problems.append(Problem((*place, "value"), f"is {volume.value:g}; it must be above 0"))
    if volume.unit.split()[-2:] != ["per", "year"]:
        reason = f"is {volume.unit!r}; give the number per year, as in {OPTIONAL[ANNUAL_VOLUME]!r}"
        problems.append(Problem((*place, "unit"), reason))
    return problems


def _compared(about: Any, strategies: Collection[str]) -> Iterator[Problem]:
    """A comparator or intervention that is no strategy of the model."""
    for role in ("comparator", "intervention"):
        name = getattr(about, role, None)
        if strategies and name is not None and name not in strategies:
            yield Problem(("about", role), f"{name!r} is no strategy of the model; {nearest(name, strategies)}")


def _figures(
    section: str, given: Mapping[str, Any], wanted: Units, alternatives: Mapping[str, Any]
) -> Iterator[Problem]:
    """Figures that the model does not read, that it lacks, or that are in another unit."""
    named = {**given, **alternatives}
    optional = OPTIONAL if section == "settings" else {}
    unknown, missing = mismatches([name for name in named if name not in optional or name in wanted], wanted)
    for name in unknown:
        guess = closest(name, [w for w in (*wanted, *optional) if w not in named])
        cure = f"did you mean {guess!r}?" if guess else "correct the name or remove it"
        yield Problem((section if name in given else "alternatives", name), f"the model does not read it; {cure}")
    for name in missing:
        yield Problem((section, name), f"is missing; add it, in {wanted[name]!r}")
    for name, figure in given.items():
        if figure is not None and name in wanted:
            yield from _unit((section, name, "unit"), figure.unit, wanted[name], exactly=section != "parameters")
    for name, several in alternatives.items():
        for option, figure in several.options.items() if several is not None and name in wanted else ():
            yield from _unit(("alternatives", name, "options", option, "unit"), figure.unit, wanted[name])


def _evidence(
    place: tuple[str, ...], evidence: Mapping[str, Mapping[str, str]], data: Mapping[str, Any], needs: Needs
) -> Iterator[Problem]:
    """Roles and strategies that are unknown or missing, and records of another kind or unit."""
    roles = needs.roles
    yield from _names(place, evidence, roles, "the model has no such evidence", "evidence on it is missing")
    for role, records in evidence.items():
        if role not in roles:
            continue
        at = (*place, role)
        if not needs.strategies:
            yield Problem(at, "NEEDS names no strategies, which records are of; add strategies=(…) to it")
            continue
        yield from _names(at, records, needs.strategies, "the model has no such strategy", "is missing; name a record")
        for strategy, record in records.items():
            figure = data.get(record)
            if figure is None:
                continue
            if figure.kind not in _kinds(needs, role):
                words = KINDS[_kinds(needs, role)]
                yield Problem((*at, strategy), f"needs {words}; record {record!r} gives none")
            elif figure.sd is not None and role not in needs.durations:
                yield Problem(("data", record, "sd"), "the model takes the mean alone; remove it")
            else:
                yield from _unit(("data", record, "unit"), figure.unit, roles[role])


def _kinds(needs: Needs, role: str) -> tuple[str, ...]:
    """What a record may be that speaks for a role."""
    return ("events",) if role in needs.counts else ("mean", "quartiles")[: 1 + (role in needs.durations)]


def _names(
    place: tuple[str, ...], given: Collection[str], wanted: Collection[str], unknown: str, missing: str
) -> Iterator[Problem]:
    """Problems with names that are unknown or missing, in the given words."""
    extra, absent = mismatches(given, wanted)
    for name in extra:
        yield Problem((*place, name), f"{unknown}; {nearest(name, [w for w in wanted if w not in given] or wanted)}")
    for name in absent:
        yield Problem((*place, name), missing)


def _unit(place: tuple[str, ...], given: str, wanted: str, *, exactly: bool = False) -> list[Problem]:
    """A unit that is not the wanted one, nor one that can be turned into it, unless it must be that exactly."""
    if given.split() == wanted.split() or (not exactly and conversion(given, wanted) is not None):
        return []
    instead = [f'"{choice}"' for choice in choices(wanted)[1:]] if not exactly else []
    several = f" (or in {', '.join(instead)})" if instead else ""
    return [Problem(place, f"is {given!r}; the model takes {wanted!r}: give the figures in that unit{several}")]
