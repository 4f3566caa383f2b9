"""The inputs of an analysis, once read: central values, joint draws, and the evidence of a scenario."""

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from heemodel.errors import HeemodelError, nearest
from heemodel.parameters.budget import Budget
from heemodel.parameters.changes import by_path, changed, nested, of_changes, unrevised
from heemodel.parameters.checking import checked
from heemodel.parameters.conditions import unmet
from heemodel.parameters.correlations import Correlated
from heemodel.parameters.drawing import Taken, central_value, draw_all
from heemodel.parameters.groupings import product
from heemodel.parameters.needs import ANNUAL_VOLUME, Needs
from heemodel.parameters.overlay import Content, overlaid, unsourced, with_base_scenario, with_options
from heemodel.parameters.parameter import Parameter
from heemodel.parameters.policy import policy_thresholds
from heemodel.parameters.prices import price_index
from heemodel.parameters.problems import InputError, Place, Problem, SourceText, unprintable
from heemodel.parameters.references import unknown_questions
from heemodel.parameters.specification import (
    About,
    Avoided,
    Claim,
    Component,
    DataRecord,
    Scenario,
    Setting,
    Sourced,
    Step,
    Volume,
    Yours,
)
from heemodel.parameters.table_files import chosen_rows
from heemodel.parameters.two_way import TwoInputs
from heemodel.parameters.units import conversion
from heemodel.parameters.variations import Alternatives, Grouping, Question, TableFile, Variation

QUARTILES = ("q1", "median", "q3")
"""Columns of the quartiles of durations, as evidence models take them."""


class UnknownNameError(HeemodelError):
    """A scenario, setting or role that the inputs do not have."""


@dataclass(frozen=True)
class Inputs:
    """A validated inputs file.

    `parameters` are uncertain numbers that the model reads; `priors` state what an evidence model assumes before it
    sees data; `data` are published results; `scenarios` say which results speak for which strategy; `settings`
    define the decision problem; `steps`, `components` and `avoided` say how savings are reported. `alternatives` are
    parameters of which there are several sources; `tables` are kept in files beside the inputs; `groups` divide the
    patients; `variations` are the same analysis under other choices, and `varied` the inputs of each; `information`
    names parameters that are looked at together, `correlated` those that are drawn together, and `two_way` pairs over
    which the answer is mapped; `budget` says who is treated how, year by year.
    """

    source: SourceText
    about: About
    settings: dict[str, Setting]
    parameters: dict[str, Parameter]
    priors: dict[str, Parameter]
    data: dict[str, DataRecord]
    scenarios: dict[str, Scenario]
    steps: dict[str, Step]
    components: dict[str, Component]
    avoided: dict[str, Avoided]
    claim: Claim | None = None
    budget: Budget | None = None
    alternatives: dict[str, Alternatives] = field(default_factory=dict)
    tables: dict[str, TableFile] = field(default_factory=dict)
    groups: dict[str, Grouping] = field(default_factory=dict)
    variations: dict[str, Variation] = field(default_factory=dict)
    information: dict[str, Question] = field(default_factory=dict)
    correlated: dict[str, Correlated] = field(default_factory=dict)
    two_way: dict[str, TwoInputs] = field(default_factory=dict)
    frames: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    files: dict[str, str] = field(default_factory=dict, repr=False)
    """Text of the tables' files, by file name."""
    varied: dict[str, "Inputs"] = field(default_factory=dict, repr=False)
    content: Content = field(default_factory=dict, repr=False)
    """What was read, as nested dicts, with the changes that were laid over it."""
    needs: Needs | None = field(default=None, repr=False)
    changes: dict[str, Any] = field(default_factory=dict)
    """What was changed in memory since the file was read, by dotted path; see `with_changes`."""
    template: "Inputs | None" = field(default=None, repr=False)
    """The inputs as they were before anything was changed; None where nothing was."""
    yours: Yours | None = None

    @classmethod
    def from_content(
        cls,
        content: Content,
        source: SourceText,
        needs: Needs | None,
        *,
        texts: Mapping[str, str] | None = None,
        complete: bool = False,
    ) -> "Inputs":
        """Inputs from the content of a file; `read_inputs` reads a file.

        Parameters
        ----------
        content : the file as nested dicts
        source : the file and its text, for the lines of mistakes
        needs : what the model takes, and in which units; without it, the content is checked by itself only
        texts : of tables' files that have been read before, by file name; others are read
        complete : whether nothing but these parameters is drawn, so that no other can be asked about

        Raises
        ------
        InputError
            with every mistake found: its line, its table, what is wrong and how to mend it
        """
        content = with_base_scenario(content)
        folder, texts, whole = source.path.parent, texts or {}, with_options(content)
        sections, problems = checked(whole, folder, needs, texts)
        problems += [*unprintable(content), *(unknown_questions(whole) if complete else [])]
        varied: dict[str, Inputs] = {}
        for name in [name for name, variation in sections["variations"].items() if variation is not None]:
            variation = whole["variations"][name]
            laid_over, changes = overlaid(whole, variation), variation.get("changes", {})
            parts, wrong = checked(laid_over, folder, needs, texts)
            place = ("variations", name, "changes")
            problems += [of_changes(place, changes, whole, problem) for problem in wrong if problem not in problems]
            problems += unsourced(name, variation, whole)
            varied[name] = Inputs(source=source, content=laid_over, needs=needs, **parts | {"variations": {}})
        if problems:
            raise source.error(*problems)
        return Inputs(source=source, content=content, needs=needs, varied=varied, **sections)

    def checked_against(self, needs: Needs) -> "Inputs":
        """The same inputs, held to what a model takes and in which units; raises `InputError` with every mistake."""
        return Inputs.from_content(self.content, self.source, needs, texts=self.files)

    def with_changes(self, changes: Mapping[str, Any]) -> "Inputs":
        """The inputs with some figures or words changed, checked as a file is; the original stays as it is.

        The changes are laid over the file as those of a variation are (`[variations.<name>.changes]`): table by table
        and key by key, a new spread takes the place of the old one, and a parameter given whole stands in for its
        alternatives. What is changed to None is taken out. Variations are laid over the changed inputs. A figure keeps
        its source unless that is changed too (see `unrevised`); `changes` of the result says what was changed, and
        `template` holds what it was.

        Parameters
        ----------
        changes : tables by section and name, or values by dotted path

        Returns
        -------
        Inputs, frozen

        Raises
        ------
        InputError
            with every mistake, at the path that was given

        Examples
        --------
        >>> from heemodel.parameters import read_inputs
        >>> inputs = read_inputs("models/sick_sicker/inputs.toml")
        >>> dear = inputs.with_changes({"parameters": {"cost_b": {"value": 20_000.0}}})
        >>> float(dear.central()["cost_b"]), float(inputs.central()["cost_b"])
        (20000.0, 13000.0)
        >>> inputs.with_changes({"parameters.cost_b.value": 20_000.0, "about.title": "A dear B"}).changes
        {'parameters.cost_b.value': 20000.0, 'about.title': 'A dear B'}
        """
        given = nested(changes, self.path)
        try:
            made = self.from_content(changed(self.content, given), self.source, self.needs, texts=self.files)
        except InputError as error:
            wrong = [of_changes(("changes",), given, self.content, problem) for problem in error.problems]
            raise InputError(self.path, wrong) from None
        return replace(made, changes={**self.changes, **by_path(given)}, template=self.template or self)

    @property
    def path(self) -> Path:
        """The file."""
        return self.source.path

    @property
    def thresholds(self) -> list[float]:
        """Money per QALY at which the answer is asked, ascending: those of the file, or of all dated profiles."""
        return sorted(self.about.thresholds) if self.about.thresholds is not None else policy_thresholds()

    @property
    def annual_volume(self) -> float | None:
        """Patients a year, from [settings.annual_volume]; None where the file does not say."""
        volume = self.settings.get(ANNUAL_VOLUME)
        return None if volume is None else volume.value

    def error(self, *problems: Problem) -> InputError:
        """What does not fit, as one error with the line of each in the file; for models and reports to raise."""
        return self.source.error(*problems)

    def central(self) -> xr.Dataset:
        """Central values of all parameters, without a `sample` dimension.

        The value or mean as written; for counts, the observed shares. Money is in the prices of the analysis.
        """
        central = [central_value(name, p, self.taken) for name, p in self.read_by_model().items()]
        return xr.merge([value.to_dataset() for value in central], join="exact")

    def read_by_model(self) -> dict[str, Parameter]:
        """The parameters that a model reads, by name; of alternatives, the one of the central value."""
        chosen = {name: several.options[several.heaviest] for name, several in self.alternatives.items()}
        return {**self.parameters, **chosen}

    def limits(self, run: Collection[str]) -> list[str]:
        """The limits that hold where these scenarios are run."""
        return [limit.text for limit in self.about.limits if not unmet(limit.when, self.content, run)]

    def notes(self, run: Collection[str]) -> dict[str, str]:
        """The notes that hold where these scenarios are run, by the quantity that they stand beside."""
        notes = self.about.notes.items()
        return {name: note.text for name, note in notes if not unmet(note.when, self.content, run)}

    def volumes(self) -> list[Volume]:
        """People a year at whom the published saving is tested, besides those of the analysis: those that hold."""
        named = [] if self.claim is None else self.claim.volumes
        return [volume for volume in named if not unmet(volume.when, self.content)]

    def unmet(self, scenario: str) -> list[str]:
        """Why a scenario does not apply to these inputs, in words; empty where it does."""
        return unmet(self.scenario(scenario).when, self.content)

    def figures(self) -> Iterator[tuple[tuple[str, ...], Sourced]]:
        """Every figure with its place in the file."""
        for section in ("settings", "parameters", "priors", "data"):
            yield from (((section, name), figure) for name, figure in getattr(self, section).items())
        for name, several in self.alternatives.items():
            yield from ((("alternatives", name, "options", one), figure) for one, figure in several.options.items())
        if self.budget is not None:
            yield from ((("budget", name), figure) for name, figure in self.budget.figures())

    def draw(self, n: int, *, seed: int) -> xr.Dataset:
        """`n` joint draws of all parameters, independent of each other but for those in [correlated].

        A parameter's draws are those of its distribution in Python from the same seed, under the name
        ``parameters.<name>``; correlated ones come from ``correlated.<group>``.

        Parameters
        ----------
        n : number of draws, 1 or more
        seed : the analysis' one seed

        Returns
        -------
        Dataset with dimension `sample` (0 … n−1), and the parameter's own dimension where it has one. Each parameter
        has its own random stream, so its draws do not depend on which others are there. Money is in the prices of
        the analysis. Of alternatives each sample has one; `<name>_source` says which.
        """
        return draw_all(self.parameters, self.alternatives, self.correlated, self.taken, n, seed)

    def unrevised(self) -> list[tuple[Place, list[str]]]:
        """Figures that were changed while words about them stayed those of the figure before.

        Returns
        -------
        list of the figure's place and of which words stayed ("source", "rationale", or "organisation" where figures of
        one's own are given and it is still somebody else's); empty where nothing was changed
        """
        return [] if self.template is None else unrevised(self.template.content, self.content, self.yours)

    def price_factor(self, figure: Sourced) -> float:
        """What a figure is multiplied by to be in the prices of the analysis; 1 where it is not money."""
        if figure.price_year is None:
            return 1.0
        return price_index().factor(figure.price_year, self.about.price_year)

    def taken(self, name: str, figure: Sourced) -> Taken:
        """The unit in which the model takes a parameter of that name, and what the figure is multiplied by."""
        unit = figure.unit if self.needs is None else self.needs.parameters.get(name, figure.unit)
        return Taken(unit, (conversion(figure.unit, unit) or 1.0) * self.price_factor(figure))

    def taken_record(self, name: str) -> Taken:
        """The unit in which the model takes a record, and what it is multiplied by, as `evidence` does."""
        unit = self.data[name].unit
        taken = unit if self.needs is None else self.needs.roles.get(self._role(name), unit)
        return Taken(taken, conversion(unit, taken) or 1.0)

    def _role(self, record: str) -> str:
        """The first role that a record speaks for; empty where it speaks for none."""
        evidence = [item for scenario in self.scenarios.values() for item in scenario.evidence.items()]
        return next((role for role, records in evidence if record in records.values()), "")

    def plausible_range(self, place: Place) -> tuple[float, float] | None:
        """The range in which a figure usually lies, in its own unit: that of its table, or else of the model's needs.

        Parameters
        ----------
        place : of the figure, as `figures` gives it, such as ("parameters", "price")
        """
        figure, needs = dict(self.figures())[place], self.needs or Needs()
        if figure.plausible is not None:
            return figure.plausible[0], figure.plausible[1]
        section, name = place[:2]
        units = {"settings": needs.settings, "data": needs.roles}.get(section, needs.parameters)
        if section == "data":
            name = self._role(name)
        if section == "priors" or name not in needs.plausible:
            return None
        factor = conversion(units.get(name, figure.unit), figure.unit) or 1.0
        low, high = needs.plausible[name]
        return low * factor, high * factor

    def evidence(self, scenario: str, role: str) -> pd.DataFrame:
        """The data records that speak for `role` in a scenario, one row for each strategy.

        Returns
        -------
        DataFrame with columns strategy, record, n and those of events (of a share, the nearest whole number of them, a
        half rounded up), mean, sd, q1, median, q3 that the records have, in the unit that the model takes
        """
        roles = self.scenario(scenario).evidence
        if role not in roles:
            raise UnknownNameError(f"scenario {scenario!r} has no evidence on {role!r}; {nearest(role, roles)}")
        rows = [
            {"strategy": strategy, "record": record, **self._observed(self.data[record], role)}
            for strategy, record in roles[role].items()
        ]
        return pd.DataFrame(rows).dropna(axis="columns", how="all")

    def _observed(self, record: DataRecord, role: str) -> dict[str, float | None]:
        """A record's numbers, in the unit in which the model takes that role."""
        unit = record.unit if self.needs is None else self.needs.roles.get(role, record.unit)
        factor = conversion(record.unit, unit) or 1.0
        measured = {"mean": record.mean, "sd": record.sd, **dict(zip(QUARTILES, record.quartiles or (), strict=False))}
        in_unit = {name: None if value is None else value * factor for name, value in measured.items()}
        return {"n": record.n, "events": record.counted, **in_unit}

    def table(self, name: str, scenario: str) -> pd.DataFrame:
        """The rows of a table that a scenario takes; raises `UnknownNameError` with the nearest name."""
        if name not in self.frames:
            raise UnknownNameError(f"{self.path}: no [tables.{name}]; {nearest(name, self.frames)}")
        return chosen_rows(self.frames[name], self.scenario(scenario).rows.get(name, {}))

    def subgroups(self, scenario: str) -> xr.Dataset:
        """The groups that a scenario is about, with `share` and traits; see `groupings.product`."""
        return product(self.groups, self.scenario(scenario).groups)

    def scenario(self, name: str) -> Scenario:
        """The scenario of that name; raises `UnknownNameError` with the nearest name."""
        if name not in self.scenarios:
            raise UnknownNameError(f"{self.path}: no scenario {name!r}; {nearest(name, self.scenarios)}")
        return self.scenarios[name]

    def prior(self, name: str, *, distribution: str) -> tuple[float, float]:
        """The two numbers of a prior (see `Parameter.shapes`), which must be of the distribution that is needed."""
        if name not in self.priors:
            raise UnknownNameError(f"{self.path}: no [priors.{name}]; {nearest(name, self.priors)}")
        prior = self.priors[name]
        if prior.distribution != distribution or prior.dimension is not None:
            reason = f"is a {prior.distribution} distribution; the evidence model takes one {distribution} distribution"
            raise self.error(Problem(("priors", name), reason))
        return prior.shapes()

    def setting(self, name: str, *, low: float = -math.inf, high: float = math.inf) -> float:
        """The value of a setting.

        Raises
        ------
        UnknownNameError
            with the nearest name, if there is none of that name
        InputError
            with its line, if the value is below `low` or above `high`
        """
        if name not in self.settings:
            raise UnknownNameError(f"{self.path}: no [settings.{name}]; {nearest(name, self.settings)}")
        value = self.settings[name].value
        if not low <= value <= high:
            limits = f"{low:g} or more" if math.isinf(high) else f"{low:g} to {high:g}"
            raise self.error(Problem(("settings", name, "value"), f"is {value:g}; the model takes {limits}"))
        return value
