"""The sequence: its models run one after another, and what they count added up."""

from __future__ import annotations

import collections.abc
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import xarray as xr

from heemodel.errors import nearest
from heemodel.progress import Report
from heemodel.structures.chunks import in_chunks, is_chunked
from heemodel.structures.draws import Draws, Parameters, read_draws
from heemodel.structures.errors import ModelError
from heemodel.structures.protocol import HandsOver, WithInvariants
from heemodel.structures.sequence.adding import added_up
from heemodel.structures.sequence.following import come_from_before, in_time, problems_of, with_people


@dataclass(frozen=True)
class Sequence:
    """Models one after another: a decision tree and then a cohort, or cohorts whose cycles differ in length.

    Everyone is, at the end of one model, at a leaf or in a state; they begin the next in the state of that name, draw
    by draw, strategy by strategy and group by group. Costs, QALYs, effects, life-years and years in states of all are
    added up by name; what one of them does not have counts as 0. A later cohort is discounted from when it begins: the
    time that those before it take. A tree takes none, unless the cohort after it says with `begins` when it begins.

    Parameters
    ----------
    models : the first a `DecisionTree` or `CohortModel`, then cohorts; of the same strategies, and groups, in
        any order. What a later one says of its own start is not used. Its clocks, and the time in its states, begin
        anew; so does its cycle 0, and its `start_age` is the age at which it begins
    ends : leaves and states whose people go no further, as the next model has no state of that name
    enters : {leaf or state: state of the next model}, for those who begin it under another name

    Raises
    ------
    ModelError
        for models that cannot follow one another, strategies that differ, ages that do not go on; and when it is run,
        for a leaf or state that the next model lacks, naming it

    See Also
    --------
    CohortModel : also takes cycles of several lengths by itself, as in ``{"1 month": "2 years", "1 year": "rest"}``

    Examples
    --------
    >>> import heemodel as hm
    >>> tree = hm.DecisionTree(
    ...     strategies=["care"], root="stroke", branches=lambda p: {"stroke": {"alive": 0.8, "dead": hm.REST}},
    ...     payoffs=lambda p: hm.Payoffs(cost={"ward": {"stroke": 5_000.0}}, qaly={}),
    ... )
    >>> cohort = hm.CohortModel(
    ...     states=["alive", "dead"], strategies=["care"], start={"alive": 1.0}, cycle_length="1 year",
    ...     horizon="2 years", correction="start", discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"),
    ...     transitions=lambda p, time: {("alive", "dead"): p.risk},
    ...     payoffs=lambda p, time: hm.Payoffs(cost={"home": {"alive": 100.0}}, qaly={"alive": 0.7}),
    ... )
    >>> both = hm.Sequence([tree, cohort]).run({"risk": 0.1})
    >>> both["cost"].sel(strategy="care").to_series().round(6).to_dict()  # 0.8 × (1 + 0.9) years at home
    {'ward': 5000.0, 'home': 152.0}
    """

    models: collections.abc.Sequence[Any]
    ends: collections.abc.Sequence[str] = ()
    enters: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.ends, str):
            raise ModelError(f"Sequence(ends=…) is {self.ends!r}; give a list of names, [{self.ends!r}]")
        if not isinstance(self.enters, Mapping):
            raise ModelError(f"Sequence(enters=…) is a {type(self.enters).__name__}; give a dict {{leaf: state}}")
        if problems := problems_of(self.models):
            raise ModelError("\n".join(problems))
        object.__setattr__(self, "models", tuple(in_time(self.models)))

    @property
    def strategies(self) -> list[str]:
        """Names of what is compared, in the order of the first model."""
        return [*self.models[0].strategies]

    @property
    def groups(self) -> list[str]:
        """Names of subgroups or regions, in the order of the first model."""
        return [*self.models[0].groups]

    def run(self, draws: Draws, *, progress: Report | None = None) -> xr.Dataset:
        """Outcomes of every draw under every strategy, over all models.

        Parameters
        ----------
        draws : in any form that `hm.structures.read_draws` takes; chunked along `sample` by Dask, the outcomes are too
        progress : called with the draws done and their number, which counts a draw once for each model

        Returns
        -------
        Dataset with what any of the models gives: `cost` by `component`, `qaly`, and so on. Where a model counts no
        life-years, `life_years` says so in the attribute ``not_counted_in``
        """
        if is_chunked(draws):
            return in_chunks(self.run, draws)  # type: ignore[arg-type] # chunked, so a Dataset
        parts = []
        for place, stage in enumerate(self.stages(draws)):
            report = None if progress is None else _in_part(progress, place, len(self.models))
            parts.append(stage.model.run(stage.p, progress=report))
        given = read_draws(draws)
        along = {str(name): coord.variable for name, coord in given.coords.items() if coord.dims == ("sample",)}
        return added_up(parts, self.models).assign_coords(along)

    def final_shares(self, draws: Draws) -> xr.DataArray:
        """Share of people in each state at the end of the last model; those who ended before are in none of them.

        Parameters
        ----------
        draws : as for `run`

        Returns
        -------
        DataArray (sample, strategy, group, state), without sample or group where there are none
        """
        *_, last = self.stages(draws)
        return last.left()

    def check_parameters(self, draws: Draws, *, must_be_read: Iterable[str] = ()) -> frozenset[str]:
        """Refuse missing parameters, and those that a model ought to read and none does.

        Parameters
        ----------
        draws : as for `run`
        must_be_read : names of an inputs file

        Returns
        -------
        Names of all that any of the models reads
        """
        read = draws.read if isinstance(draws, Parameters) else set()
        given, problems = with_people(read_draws(draws), xr.DataArray(0.0)), []
        stopped = None
        for model in self.models:
            try:
                model.check_parameters(Parameters(given, read=read))
            except ModelError as error:
                problems += str(error).splitlines()
                stopped = stopped or error
        idle = [name for name in must_be_read if name not in read]
        if idle and not problems:  # a function that stopped early may read more
            problems.append(f"the model never reads {', '.join(idle)}; correct the name or remove it")
        if problems:
            raise ModelError("\n".join(dict.fromkeys(problems))) from stopped
        return frozenset(read)

    def invariants(self, draws: Draws) -> Mapping[str, float]:
        """How far what must hold is from holding.

        Parameters
        ----------
        draws : as for `run`

        Returns
        -------
        {what must hold: largest difference}: that all who leave one model begin the next, or end; and what must hold of
        each model by itself
        """
        stages = [*self.stages(draws)]
        off = 0.0
        for before, after in pairwise(stages):
            left = before.left()
            ended = [name for name in _names(left) if self.goes_to(name, after.model) is None]
            begun = come_from_before(after.p).sum("state") + left.sel(state=ended).sum("state")
            off = max(off, float(np.abs(left.sum("state") - begun).max()))
        held = {"All who leave one model begin the next, or end": off}
        for stage in stages:
            if isinstance(stage.model, WithInvariants):
                for name, by in stage.model.invariants(stage.p).items():  # type: ignore[arg-type] # a model takes both
                    held[name] = max(by, held.get(name, 0.0))
        return held

    def stages(self, draws: Draws) -> Iterator[Stage]:
        """Each model with the parameters that it is run with, among which are those who come from the one before.

        Raises
        ------
        ModelError
            for people who have nowhere to go, or `ends` and `enters` that have no effect
        """
        read = draws.read if isinstance(draws, Parameters) else set()
        given = read_draws(draws)
        stage = Stage(self.models[0], Parameters(given, read=read))
        yield stage
        met: dict[str, set[str | None]] = {}
        for place, model in enumerate(self.models[1:], 2):
            left = stage.left()
            people = self._handed_over(left, model)
            for name in _names(left):
                met.setdefault(name, set()).add(self.goes_to(name, model))
            if place == len(self.models) and (problems := [*self._unused(met)]):
                raise ModelError("\n".join(problems))
            stage = Stage(model, Parameters(with_people(given, people), read=read))
            yield stage

    def _unused(self, met: Mapping[str, set[str | None]]) -> Iterator[str]:
        """Names of `ends` and `enters` that change nothing; `met` are leaves and states, and where people went on."""
        for what, names in (("ends", self.ends), ("enters", self.enters)):
            for name in names:
                if name not in met:
                    known = nearest(str(name), sorted(met))
                    yield f"Sequence({what}=…) names {name!r}, where nobody is at the end of a model; {known}"
                elif what == "ends" and None not in met[name]:
                    yield f"Sequence(ends=…) names {name!r}, and those go on: the next model has a state for them"

    def goes_to(self, name: str, model: Any) -> str | None:
        """The state in which those at a leaf or in a state begin a model; None if they end."""
        if name in self.enters:
            model.check_state(self.enters[name], f"Sequence(enters=…), for {name!r},")
            return self.enters[name]
        if name in model.states:
            return name
        if name in self.ends:
            return None
        raise ModelError(
            f"those at {name!r} at the end of a model have nowhere to go: the next has the states "
            f"{', '.join(map(repr, model.states))}. Give it one of that name, or say which one they enter, "
            f"Sequence(…, enters={{{name!r}: …}}), or that they end, ends=[{name!r}]"
        )

    def _handed_over(self, left: xr.DataArray, model: Any) -> xr.DataArray:
        """Those who begin a model, by state: (…, state), of the states in which anybody does."""
        by_state: dict[str, xr.DataArray] = {}
        problems = []
        for name in _names(left):
            try:
                state = self.goes_to(name, model)
            except ModelError as error:
                problems.append(str(error))
                continue
            if state is not None:
                here = left.sel(state=name, drop=True)
                by_state[state] = by_state[state] + here if state in by_state else here
        if problems:
            raise ModelError("\n".join(problems))
        if not by_state:
            raise ModelError(f"nobody goes on: {', '.join(map(repr, _names(left)))} all end; leave the next model out")
        return xr.concat([*by_state.values()], dim="state").assign_coords(state=[*by_state])


@dataclass(frozen=True)
class Stage:
    """A model of a sequence, and the parameters that it is run with."""

    model: Any
    p: Parameters

    def left(self) -> xr.DataArray:
        """Where people are at its end: (…, state), whose names are leaves' if it is a tree."""
        if isinstance(self.model, HandsOver):
            return self.model.final_shares(self.p)  # type: ignore[arg-type] # a model takes both
        leaves: xr.DataArray = self.model.leaf_probabilities(self.p)
        return leaves.rename(leaf="state")


def _names(people: xr.DataArray) -> list[str]:
    """Of the leaves or states that people are in."""
    return [str(name) for name in people["state"].to_numpy()]


def _in_part(progress: Report, place: int, parts: int) -> Report:
    """Progress of one model among several, as progress of all."""
    return lambda done, of: progress(place * of + done, parts * of)
