"""The cohort model: how it is run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np
import xarray as xr

from heemodel.progress import Report
from heemodel.structures.chunks import in_chunks, is_chunked
from heemodel.structures.cohort.breakdown import by_state, paid_by_state
from heemodel.structures.cohort.people import shares_of
from heemodel.structures.cohort.program import Wanted
from heemodel.structures.cohort.running import occupancy_of, run_blocks
from heemodel.structures.cohort.specification import Specification
from heemodel.structures.discounting import Discount
from heemodel.structures.draws import Draws, Parameters, read_draws
from heemodel.structures.errors import MissingParameterError, ModelError
from heemodel.structures.outcomes import labelled

INTERVAL = (0.025, 0.975)


@dataclass(frozen=True, kw_only=True)
class CohortModel(Specification):
    """A state-transition (Markov) cohort model.

    With occupancy x_0 the start and P_j the moves of cycle j, x_{j+1} = x_j P_j for j = 0 … n−1; outcomes are the
    payoffs of x, weighed by the within-cycle correction and discounted (see `correction` and `Discount`).

    Attributes
    ----------
    states, strategies : names; one strategy alone will do
    start : how many are in each state at the start: {state: value} by any of the dimensions strategy and group, states
        not named being empty; or an array with dimension `state`; or a function (p) that gives either, by sample too,
        for a start that is itself uncertain
    start_in : ``"shares"``, which add up to 1, so that outcomes are per person; or ``"people"``, of any number, so that
        outcomes are totals over all of them
    cycle_length, horizon : durations in days, weeks, months or years, such as ``"1/52 year"``, ``"3 months"`` and
        ``"5 years"``; a year has 12 months or 365.25 days, and the horizon holds whole cycles. Cycles of several
        lengths follow one another as in ``{"1 month": "2 years", "1 year": "rest"}``; `time.cycle_years` is then by
        cycle
    correction : how state payoffs are counted in cycles of c years, from the counts x_0 … x_n at the time points.
        ``"life-table"``, the usual half-cycle correction: c (½x_0 + x_1 + … + x_{n−1} + ½x_n); ``"start"``, at each
        cycle's start: c (x_0 + … + x_{n−1}); ``"end"``: c (x_1 + … + x_n); ``"simpson"``:
        c (x_0 + 4x_1 + 2x_2 + … + 4x_{n−1} + x_n) / 3; or n + 1 weights of one's own: c Σ w_j x_j. What is paid once is
        never corrected
    discount : annual rates and their timing
    transitions : function (p, time) → {(from, to): probability in one cycle}; what is left over stays put. Values
        may have any of the dimensions sample, strategy, group, cycle, time_in_state and the model's clocks. An array by
        cycle may be longer than the run. The function may be called for some of the draws at a time: what it gives
        for a draw must not depend on the others. It may also return a matrix, a DataArray with dimensions ``from``
        and ``to`` (and others) whose rows add up to 1, or a data frame: square, with the states as index and columns,
        or with columns from, to and probability; each also by strategy, as in ``{"old": matrix, "new": matrix}``.
        What does not depend on parameters may be given as it is, without a function. To look at what it returns:
        ``model.transitions(hm.Parameters(draws), model.time)``
    payoffs : function (p, time) → `Payoffs`; called as transitions is
    groups : names of subgroups or regions, each a cohort of its own, if there are any
    intake : people who enter a state at the start of a cycle, per person at the start of the model (or in people, as
        `start_in` has it); given as `start` is, and by cycle too. Their age is taken to be the cohort's, and only
        ("start", state) is paid for their entering
    start_age : age of the cohort at the start in years, if the functions ask for age or life table; by group, as in
        ``{"young": 50, "old": 80}``, where groups differ in it
    start_year : calendar year at the start, for a life table by calendar year
    life_table : a national life table by name, or one of one's own, as `life_table` takes it
    dead : the state or states in which nobody lives, or None; nobody leaves them, and life-years are counted in all
        others
    clocks : clocks that run on over several states, as in ``{"years_sick": ["S1", "S2"]}``: a dimension that counts the
        cycles since the first of its states was entered, through moves between them, until they are left. The dimension
        time_in_state is such a clock that starts again with each state. Both count from 0, and beyond an array's end
        its last value holds; `time.clock` makes an array of the counts. Memory and time grow with its length, in its
        states only. Everyone who starts or enters has spent no time yet
    begins : how long after the start of an analysis the model begins; discounting counts from the start of the analysis

    Raises
    ------
    ModelError
        for a structure that is not sound; and from `run`, naming the place and value, for a probability outside
        [0, 1], moves that add up to more than 1, or anything that is not a number

    See Also
    --------
    Payoffs : what can be paid for, and when
    rates_to_probabilities, rate_to_probability, change_cycle_length : probabilities from rates and other cycles
    Sequence : cohorts that follow one another, or a tree

    Examples
    --------
    >>> import heemodel as hm
    >>> model = CohortModel(
    ...     states=["well", "dead"], strategies=["usual care", "new care"], start={"well": 1.0},
    ...     cycle_length="1 year", horizon="2 years", discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"),
    ...     transitions=lambda p, time: {
    ...         ("well", "dead"): hm.by_strategy({"usual care": p.risk, "new care": p.risk / 2})
    ...     },
    ...     payoffs=lambda p, time: hm.Payoffs(cost={"care": {"well": 100.0}}, qaly={"well": 0.8}),
    ... )
    >>> model.run(xr.Dataset({"risk": 0.2}))["life_years"].to_series().round(3).to_dict()
    {'usual care': 1.62, 'new care': 1.805}
    """

    breakdowns: ClassVar[tuple[str, ...]] = ("year", "state")

    def run(
        self, draws: Draws, *, by: str | None = None, discounted: bool = True, progress: Report | None = None
    ) -> xr.Dataset:
        """Outcomes of every draw under every strategy.

        Parameters
        ----------
        draws : parameters, with or without the dimension `sample`; chunked along it by Dask, the outcomes are too, and
            nothing is run until they are computed (errors then count samples from the beginning of their chunk)
        by : ``"year"`` tells the outcomes apart by the year of the model, from 1; they add up to the whole. A year's
            moves are those of its cycles; what is paid at the very start belongs to year 1. ``"state"`` tells `cost`
            apart by the state that it is paid for, entering it and starting in it included
        discounted : whether costs and QALYs are; False for budgets
        progress : called with the samples done and their number, now and then; without it, a run of more than a second
            on a terminal shows a bar with the time left

        Returns
        -------
        Dataset with dimension `strategy`, `group` where the model has groups, `sample` where the draws have it and
        `year` or, for `cost`, `state` where asked for: `cost` (component) and `qaly`, discounted; and undiscounted
        `life_years`, `years_in_state` (state), and each named effect. The attribute `per` is "person", "person at the
        start" (others enter later) or "everyone in the model"; `cost_discounting` says in words how costs are
        discounted, and is "not discounted" where they are not

        Raises
        ------
        ModelError
            naming strategy, state, cycle, sample and value of what is impossible; for years that cycles do not divide

        See Also
        --------
        trace, occupancy : where everyone is

        Examples
        --------
        >>> import heemodel as hm
        >>> model = hm.CohortModel(
        ...     states=["well", "dead"], strategies=["care"], start={"well": 1.0},
        ...     cycle_length="1 year", horizon="2 years", discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"),
        ...     transitions=lambda p, time: {("well", "dead"): p.risk},
        ...     payoffs=lambda p, time: hm.Payoffs(cost={}, qaly={"well": 1.0}),
        ... )
        >>> model.run({"risk": [0.2, 0.4]}, by="year")["life_years"].squeeze().to_numpy().round(3).tolist()
        [[0.9, 0.72], [0.8, 0.48]]
        """
        if by not in (None, *self.breakdowns):
            raise ModelError(f'outcomes are told apart by "year", by "state" or not at all; found by={by!r}')
        if not discounted:
            plain = Discount(cost=0.0, qaly=0.0, timing=self.discount.timing)
            return replace(self, discount=plain).run(draws, by=by, progress=progress)
        given = read_draws(draws)
        if is_chunked(given):
            return in_chunks(partial(self.run, by=by), given)
        if by == "state":
            outcomes = replace(self, payoffs=paid_by_state(self.payoffs, self.states)).run(draws, progress=progress)
            return outcomes.drop_dims("component").assign(cost=by_state(outcomes["cost"], self.states))
        wanted = Wanted(years=self.timing.years_of_cycles() if by else None)
        read = draws.read if isinstance(draws, Parameters) else set()
        rows, totals = run_blocks(self, given, wanted, read=read, progress=progress)
        lanes = {dim: tuple(names) for dim, names in self.lanes.items()}
        outcomes = labelled(rows, totals if by else totals[..., 0, :], lanes, given)
        outcomes.attrs["per"] = self._per
        outcomes.attrs["cost_discounting"] = self.discount.cost_words
        return outcomes

    def trace(self, draws: Draws, *, weights: Mapping[str, float] | None = None) -> xr.Dataset:
        """Occupancy of every state over time.

        All samples are held in memory at once: (n + 1) × states × strategies × samples × 8 bytes.

        Parameters
        ----------
        draws : as `run` takes them, not chunked
        weights : share of the people in each group, adding up to 1, for the occupancy of all of them together; its
            interval is then that of the weighted mean, and not the mean of the groups' intervals

        Returns
        -------
        Dataset with `mean`, `lower` and `upper` (95% interval over samples) of dimensions (cycle, state, strategy,
        and group where the model has groups and no weights are given);
        `cycle` runs 0 … n, the time points, with coordinate `years`; attributes `samples`, the number of draws, and
        `dead`, the names of those states

        Raises
        ------
        ModelError
            as `run` does, and for weights that are not a share of each group

        See Also
        --------
        occupancy : by sample

        Examples
        --------
        >>> import heemodel as hm
        >>> model = hm.CohortModel(
        ...     states=["well", "dead"], strategies=["care"], start={"well": 1.0},
        ...     cycle_length="1 year", horizon="2 years", discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"),
        ...     transitions=lambda p, time: {("well", "dead"): p.risk},
        ...     payoffs=lambda p, time: hm.Payoffs(cost={}, qaly={"well": 1.0}),
        ... )
        >>> model.trace({"risk": [0.2, 0.4]})["mean"].sel(state="well", strategy="care").to_numpy().round(3).tolist()
        [1.0, 0.7, 0.5]
        """
        shares = None if weights is None else shares_of(self.groups, weights)
        occupancy = occupancy_of(self, read_draws(draws), Wanted(trace=True), shares)
        lanes = occupancy.reshape(-1, *occupancy.shape[-3:])
        by_lane = [np.quantile(lane, INTERVAL, axis=-1) for lane in lanes]  # all at once would be copied twice
        lower, upper = np.stack(by_lane, axis=1).reshape(len(INTERVAL), *occupancy.shape[:-1])
        dims = (*(dim for dim in self.lanes if dim != "group" or shares is None), "cycle", "state")
        trace = xr.Dataset(
            {"mean": (dims, occupancy.mean(axis=-1)), "lower": (dims, lower), "upper": (dims, upper)},
            coords=self._points(),
            attrs={"samples": occupancy.shape[-1], "dead": list(self.dead_states)},
        )
        return trace.transpose("cycle", "state", "strategy", ...)

    def occupancy(self, draws: Draws) -> xr.DataArray:
        """Occupancy of every state at every time point, by sample.

        Parameters
        ----------
        draws : as `run` takes them, not chunked

        Returns
        -------
        DataArray of dimensions (cycle, state, strategy, group and sample as far as there are any); `cycle` runs 0 … n,
        with coordinate `years`. All is held in memory: (n + 1) × states × strategies × samples × 8 bytes

        Raises
        ------
        ModelError
            as `run` does

        See Also
        --------
        trace : its mean and interval
        final_shares : its end alone

        Examples
        --------
        >>> import heemodel as hm
        >>> model = hm.CohortModel(
        ...     states=["well", "dead"], strategies=["care"], start={"well": 1.0},
        ...     cycle_length="1 year", horizon="2 years", discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"),
        ...     transitions=lambda p, time: {("well", "dead"): p.risk},
        ...     payoffs=lambda p, time: hm.Payoffs(cost={}, qaly={"well": 1.0}),
        ... )
        >>> at_end = model.occupancy({"risk": [0.2, 0.4]}).sel(state="well", strategy="care", cycle=2)
        >>> at_end.to_numpy().round(3).tolist()
        [0.64, 0.36]
        """
        given = read_draws(draws)
        occupancy = occupancy_of(self, given, Wanted(trace=True))
        dims = (*self.lanes, "cycle", "state", "sample")
        array = xr.DataArray(occupancy, dims=dims, coords=self._points(), name="occupancy")
        return self._along(array, given).transpose("cycle", "state", "strategy", ...)

    def final_shares(self, draws: Draws) -> xr.DataArray:
        """Occupancy of every state at the end of the horizon, by sample: the start of a model that goes on from there.

        Parameters
        ----------
        draws : as `run` takes them, not chunked

        Returns
        -------
        DataArray of dimensions (sample, strategy, group and state as far as there are any)

        Raises
        ------
        ModelError
            as `run` does

        See Also
        --------
        Sequence : which lets models follow one another

        Examples
        --------
        >>> import heemodel as hm
        >>> model = hm.CohortModel(
        ...     states=["well", "dead"], strategies=["care"], start={"well": 1.0},
        ...     cycle_length="1 year", horizon="2 years", discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"),
        ...     transitions=lambda p, time: {("well", "dead"): p.risk},
        ...     payoffs=lambda p, time: hm.Payoffs(cost={}, qaly={"well": 1.0}),
        ... )
        >>> model.final_shares({"risk": 0.2}).sel(strategy="care").to_series().round(3).to_dict()
        {'well': 0.64, 'dead': 0.36}
        """
        given = read_draws(draws)
        occupancy = occupancy_of(self, given, Wanted(final=True))[..., 0, :, :]
        coords = {**self.lanes, "state": self.states}
        array = xr.DataArray(occupancy, dims=(*self.lanes, "state", "sample"), coords=coords, name="occupancy")
        return self._along(array, given).transpose(..., "strategy", *([] if not self.groups else ["group"]), "state")

    def check_parameters(self, draws: Draws, *, must_be_read: Iterable[str] = ()) -> frozenset[str]:
        """Refuse parameters that the model asks for in vain, and those that it ought to read and does not.

        Both are most often a misspelt name.

        Parameters
        ----------
        draws : the parameters, with or without `sample`
        must_be_read : the parameters of an inputs file

        Returns
        -------
        The names of all that it reads

        Raises
        ------
        ModelError
            naming those that are missing, and those that are never read

        See Also
        --------
        Needs : what an inputs file must hold

        Examples
        --------
        >>> import heemodel as hm
        >>> model = hm.CohortModel(
        ...     states=["well", "dead"], strategies=["care"], start={"well": 1.0},
        ...     cycle_length="1 year", horizon="2 years", discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"),
        ...     transitions=lambda p, time: {("well", "dead"): p.risk},
        ...     payoffs=lambda p, time: hm.Payoffs(cost={}, qaly={"well": 1.0}),
        ... )
        >>> sorted(model.check_parameters({"risk": 0.2, "price": 7.0}))
        ['risk']
        """
        read = draws.read if isinstance(draws, Parameters) else set()
        p = Parameters(read_draws(draws), read=read)
        problems, stopped = [], None
        try:
            for function in (self.transitions, self.payoffs):
                if callable(function):
                    function(p, self.time)
            for people in (self.start, self.intake):
                if callable(people):
                    people(p)
        except MissingParameterError as error:
            problems, stopped = [str(error)], error
        idle = [name for name in must_be_read if name not in p.read]
        if idle and not problems:  # a function that stopped early may read more
            problems.append(f"the model never reads {', '.join(idle)}; correct the name or remove it")
        if problems:
            raise ModelError("\n".join(problems)) from stopped
        return frozenset(p.read)

    @property
    def _per(self) -> str:
        """Whose outcomes are counted."""
        joined = not (isinstance(self.intake, Mapping) and not self.intake)
        return "everyone in the model" if self.start_in == "people" else f"person{' at the start' if joined else ''}"

    def _points(self) -> dict[str, Any]:
        """Coordinates of occupancy at the time points."""
        years = np.append(self.timing.starts, float(self.timing.points()[-1]))
        points = np.arange(self.cycles + 1)
        return {**self.lanes, "state": self.states, "cycle": points, "years": ("cycle", years)}

    def _along(self, array: xr.DataArray, draws: xr.Dataset) -> xr.DataArray:
        """The array with the draws' coordinates along `sample`, or without that dimension if the draws have none."""
        if "sample" not in draws.dims:
            return array.isel(sample=0)
        return array.assign_coords({str(n): c.variable for n, c in draws.coords.items() if c.dims == ("sample",)})
