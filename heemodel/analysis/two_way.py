"""Maps of the answer over two inputs, and which names of inputs they may have."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from heemodel.analysis.preparing import Prepared
from heemodel.decision import Appraisal, CostEffectiveness, summarise, two_way
from heemodel.decision.sensitivity.points import Place, places_of
from heemodel.errors import HeemodelError, nearest
from heemodel.parameters import Inputs, Problem
from heemodel.parameters.two_way import TwoInputs

POINTS = 41
"""Of the grid, along each input."""
LOWER, UPPER = 0.025, 0.975
KEYS = ["name", "quantity", "strategy", "versus", "x_parameter", "y_parameter"]


class Maps(NamedTuple):
    """The maps of one scenario: `grid` of values, and `turns`, where each turns; empty where none is asked."""

    grid: pd.DataFrame
    turns: pd.DataFrame


class _Asked(NamedTuple):
    """Whose quantity a map shows."""

    quantity: str
    strategy: str
    versus: str
    threshold: float | None

    def of(self, outcomes: xr.Dataset) -> xr.DataArray:
        """The quantity, of each sample."""
        cea = CostEffectiveness(outcomes, comparator=self.versus)
        if self.threshold is None:
            return cea.saving(self.strategy)
        return cea.incremental_net_benefit(self.strategy, threshold=self.threshold)


def maps_of(prepared: Prepared, draws: xr.Dataset, outcomes: xr.Dataset, appraisal: Appraisal) -> Maps:
    """The maps that the inputs ask of a scenario.

    Parameters
    ----------
    draws : joint draws of the scenario, whose central 95% are mapped where no range is given
    outcomes : of these draws; where there are groups, their mean by shares
    appraisal : of these outcomes

    Returns
    -------
    Maps of tables with the columns name, quantity, strategy, versus, x_parameter, y_parameter; of the grid further x,
    y, value, central, mean and mean_se (over all draws); of the turns y, x and note
    """
    grids, turns = [], []
    for name, asked in prepared.inputs.two_way.items():
        if asked.scenario not in (None, prepared.scenario):
            continue
        whose = _whose(prepared.inputs, asked, appraisal)
        try:
            found = two_way(
                lambda points: prepared.weighted(prepared.run(points)),
                prepared.central,
                x=asked.x,
                y=asked.y,
                x_values=_range(asked.x, asked.x_range, prepared.central, draws),
                y_values=_range(asked.y, asked.y_range, prepared.central, draws),
                quantity=whose.of,
            )
        except HeemodelError as error:
            raise prepared.inputs.error(Problem(("two_way", name), str(error))) from error
        keys = [name, whose.quantity, whose.strategy, whose.versus, asked.x, asked.y]
        named = dict(zip(KEYS, keys, strict=True))
        mean = summarise(whose.of(outcomes))
        grid = found.table.rename(columns={"outcome": "value"}).assign(mean=mean.value, mean_se=mean.mcse)
        grids.append(_keyed(grid, named))
        notes = [_in_words(whose, note) for note in found.turns["note"]]
        turns.append(_keyed(found.turns.assign(note=notes), named))
    none = pd.DataFrame()
    return Maps(pd.concat(grids, ignore_index=True), pd.concat(turns, ignore_index=True)) if grids else Maps(none, none)


def _keyed(table: pd.DataFrame, keys: dict[str, str]) -> pd.DataFrame:
    """A table with what it is of in its first columns."""
    return table.assign(**keys)[[*keys, *table.columns]]


def _whose(inputs: Inputs, asked: TwoInputs, appraisal: Appraisal) -> _Asked:
    """The saving by the intervention, or the net benefit of the best one over the best of all others."""
    quantity = asked.quantity or ("saving" if inputs.about.asks[0] == "saving" else "net benefit")
    if quantity == "saving":
        strategy = inputs.about.intervention or appraisal.focus
        return _Asked("saving", strategy, inputs.about.comparator, None)
    threshold = appraisal.thresholds[0]
    return _Asked(f"net_benefit_at_{threshold:.12g}", appraisal.focus, appraisal.rival, threshold)


def _in_words(whose: _Asked, note: str) -> str:
    """A note on where the quantity is above 0, in what that means."""
    above, below = (
        ("saves", "costs more")
        if whose.threshold is None
        else (f"{whose.strategy} is better value", f"{whose.versus} is better value")
    )
    return note.replace("above 0", above).replace("0 or below", below)


def _range(name: str, given: Sequence[float] | None, central: xr.Dataset, draws: xr.Dataset) -> NDArray[np.float64]:
    """Equally spaced values over the range given, or over the central 95% of the draws."""
    if given is not None:
        return np.linspace(given[0], given[1], POINTS)
    place = places_of(central)[name]
    low, high = np.quantile(_drawn(draws, place), [LOWER, UPPER])
    return np.linspace(low, high, POINTS)


def _drawn(draws: xr.Dataset, place: Place) -> xr.DataArray:
    """The draws of one number."""
    drawn = draws[place.name]
    dims = [dim for dim in drawn.dims if dim != "sample"]
    return drawn.isel(dict(zip(dims, place.at, strict=True)))


def unmappable(inputs: Inputs, central: xr.Dataset, read: Collection[str]) -> Iterator[Problem]:
    """Names of maps that are no numbers among the parameters, or that cannot be moved by themselves.

    Parameters
    ----------
    central : one value of every parameter
    read : names of those that the model reads; none for all
    """
    places = places_of(central) if inputs.two_way else {}
    for name, asked in inputs.two_way.items():
        for axis, wanted, ends in (("x", asked.x, asked.x_range), ("y", asked.y, asked.y_range)):
            if fault := _fault(inputs, places, wanted, read, given=ends is not None):
                yield Problem(("two_way", name, axis), f"names {wanted!r}, which {fault}")


def _fault(inputs: Inputs, places: dict[str, Place], wanted: str, read: Collection[str], *, given: bool) -> str:
    """Why an input cannot be mapped; empty where it can."""
    if wanted not in places:
        inside = [name for name in places if name.startswith(f"{wanted}[")]
        if inside:
            return f"has several numbers; name one of them: {', '.join(inside)}"
        return f"is no parameter; {nearest(wanted, places)}"
    stem = places[wanted].name
    known = inputs.parameters.get(stem)
    if read and stem not in read:
        return "the model does not read, so that nothing would follow it"
    if known is not None and known.distribution == "dirichlet":
        return "is one of several shares that add up to 1, and cannot be moved by itself"
    if known is not None and known.distribution == "fixed" and not given:
        return "is fixed, so that it has no range of its own; give one, as in x_range = [low, high]"
    return ""
