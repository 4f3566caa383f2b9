"""Any function of draws as a decision model."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from heemodel.progress import Report
from heemodel.structures.blocks import Rows, Run, names_read, run_blocks
from heemodel.structures.calls import call
from heemodel.structures.chunks import in_chunks, is_chunked
from heemodel.structures.draws import Draws, Parameters
from heemodel.structures.errors import ModelError
from heemodel.structures.faults import NOT_FINITE, Faults
from heemodel.structures.layout import Layout
from heemodel.structures.outcomes import (
    Row,
    by_lane,
    check_function,
    check_names,
    labelled,
    lanes_of,
    name_problems,
)
from heemodel.structures.payoffs import Value


@dataclass(frozen=True)
class Outcomes:
    """What a function of draws works out: discounted costs and QALYs, and whatever else it counts.

    Parameters
    ----------
    cost : {component: value}, in money
    qaly : QALYs
    counts : {name: value}, such as events or bed-days; one named `life_years` is taken to be just that

    Values are numbers, or arrays with any of the dimensions sample, strategy and group.

    Raises
    ------
    ModelError
        if costs or counts are not given by name

    See Also
    --------
    FunctionModel : takes them

    Examples
    --------
    >>> Outcomes(cost={"drug": 120.0}, qaly=0.8).cost["drug"]
    120.0
    """

    cost: Mapping[str, Value]
    qaly: Value
    counts: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for what, example in (("cost", "{'drug': 100.0}"), ("counts", "{'visits': 2.0}")):
            if not isinstance(given := getattr(self, what), Mapping):
                raise ModelError(f"Outcomes({what}=…) is a {type(given).__name__}; give it by name, as in {example}")

    def values(self) -> Iterator[tuple[Row, Value]]:
        """Every value with the row of the outcomes that it is."""
        for component, value in self.cost.items():
            yield ("cost", component), value
        yield ("qaly", None), self.qaly
        for name, value in self.counts.items():
            yield (name, None), value


@dataclass(frozen=True, kw_only=True)
class FunctionModel:
    """A decision model that is one function of the parameters: a formula, a regression, a simulation, other models.

    Parameters
    ----------
    strategies : names of what is compared
    outcomes : function p → `Outcomes`. What it says of a draw must not depend on the other draws: it may be called for
        some of them at a time, and the checks of an analysis hold it to that. Random numbers that it takes must
        therefore be parameters too. It can run other models, as in ``tree.run(p)``
    groups : names of subgroups or regions, if there are any
    block : draws at a time that the function is given, where it needs much memory for each; all of up to 100,000 else

    Raises
    ------
    ModelError
        when it is run: for outcomes with other dimensions or names, or that are not finite numbers, of how many draws

    See Also
    --------
    DecisionTree, CohortModel : models whose structure is known, and can be shown and checked

    Examples
    --------
    >>> import heemodel as hm
    >>> def outcomes(p):
    ...     cured = hm.by_strategy({"usual care": 0.2, "new care": p.cured})
    ...     price = hm.by_strategy({"usual care": 0.0, "new care": 500.0})
    ...     return hm.Outcomes(cost={"drug": price, "care": 2_000 * (1 - cured)}, qaly=0.6 + 0.3 * cured)
    >>> model = hm.FunctionModel(strategies=["usual care", "new care"], outcomes=outcomes)
    >>> draws = xr.Dataset({"cured": ("sample", [0.4, 0.6])})
    >>> model.run(draws)["cost"].sum("component").mean("sample").to_series().to_dict()
    {'usual care': 1600.0, 'new care': 1500.0}
    """

    strategies: Sequence[str]
    outcomes: Callable[[Parameters], Outcomes]
    groups: Sequence[str] = ()
    block: int | None = None

    def __post_init__(self) -> None:
        check_names("FunctionModel", self.strategies, self.groups)
        if self.block is not None and (not isinstance(self.block, int) or self.block < 1):
            raise ModelError(f"FunctionModel(block={self.block!r}): give a whole number of draws, 1 or more")
        check_function("FunctionModel", "outcomes", self.outcomes, "p → hm.Outcomes")

    @property
    def lanes(self) -> dict[str, tuple[str, ...]]:
        """Names of strategies, and of groups where there are any."""
        return lanes_of(self.strategies, self.groups)

    @property
    def in_words(self) -> str:
        """The structure in a line."""
        return "function of the parameters, draw by draw"

    def run(self, draws: Draws, *, progress: Report | None = None) -> xr.Dataset:
        """Outcomes of every draw under every strategy.

        Parameters
        ----------
        draws : in any form that `hm.structures.read_draws` takes; chunked along `sample` by Dask, the outcomes are too
        progress : called with the draws done and their number; without it, a run of more than a second on a terminal
            shows a bar with the time left

        Returns
        -------
        Dataset with dimension `strategy`, `group` where the model has groups, and `sample` where the draws have it:
        `cost` by `component`, `qaly`, and each count
        """
        if is_chunked(draws):
            return in_chunks(self.run, draws)  # type: ignore[arg-type] # chunked, so a Dataset
        run = Run.of(draws, self.lanes, size=self.block)
        rows, totals = run_blocks(self._block, run, progress=progress, doing="running the function")
        return labelled(rows, totals, self.lanes, run.draws)

    def check_parameters(self, draws: Draws, *, must_be_read: Iterable[str] = ()) -> frozenset[str]:
        """Refuse missing parameters, and those that the function ought to read and does not.

        Parameters
        ----------
        draws : as for `run`
        must_be_read : names of an inputs file

        Returns
        -------
        Names of all that it reads
        """
        return names_read([self.outcomes], draws, list(must_be_read))

    def _block(self, p: Parameters, layout: Layout, faults: Faults) -> Rows:
        """Outcomes of a block of draws, found to fit; what is not finite is noted among the faults."""
        given = call(self.outcomes, "the outcomes function", p)
        if not isinstance(given, Outcomes):
            raise ModelError(f"the outcomes function returns a {type(given).__name__}; it must return hm.Outcomes")
        problems = name_problems("the count", list(given.counts))
        rows = {}
        for row, value in given.values():
            what = f"the {' '.join(part for part in row if part)}"
            try:
                array = by_lane(layout.fit(value, what, without=("cycle", "time_in_state")), layout)
            except ModelError as error:
                problems.append(str(error))
                continue
            if not np.isfinite(array.sum()):  # much quicker than looking at every number
                faults.note(f"{what} is", NOT_FINITE, array, ~np.isfinite(array), layout)
            rows[row] = array
        if problems:
            raise ModelError("\n".join(problems))
        return rows
