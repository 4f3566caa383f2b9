"""The decision tree: how it is run, and what can be read from it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.progress import Report
from heemodel.structures.blocks import Rows, Run, names_read, run_blocks
from heemodel.structures.calls import call
from heemodel.structures.chunks import in_chunks, is_chunked
from heemodel.structures.draws import Draws, Parameters
from heemodel.structures.errors import ModelError
from heemodel.structures.faults import Faults
from heemodel.structures.layout import Layout
from heemodel.structures.outcomes import check_function, check_names, labelled, lanes_of
from heemodel.structures.payoffs import Payoffs
from heemodel.structures.tree import tables
from heemodel.structures.tree.evaluation import Evaluation, evaluate
from heemodel.structures.tree.shape import Branches


@dataclass(frozen=True, kw_only=True)
class DecisionTree:
    """A decision tree: what may happen, one thing after another, with its probabilities, costs and QALYs.

    With p(b) the probability of branch b and path(v) the branches from the root to node v, the probability of reaching
    v is P(v) = Π p(b) over b in path(v), and an expected outcome is Σ_v P(v) × what is paid on reaching v. All draws
    are worked out at once.

    Parameters
    ----------
    strategies : names of what is compared. All have the same tree: a branch that a strategy does not have takes the
        probability 0
    root : the node at which everyone begins
    branches : function p → {node: {child: probability}}. Probabilities are numbers, or arrays with any of the
        dimensions sample, strategy and group; one branch from each node may take what the others leave over,
        `hm.REST`, else they add up to 1. A node without branches of its own is a leaf. One way leads to each node, so
        that a name stands for a path
    payoffs : function p → `hm.Payoffs`. A key that is a node is paid once to those who reach it (on the root, to all),
        a key (from, to) to those who take that branch. Values are amounts, numbers or arrays as above, and not per
        year: a utility of 0.8 for a month is 0.8 / 12 QALYs. Nothing is discounted. An effect named `life_years` is
        taken to be just that by what comes after
    groups : names of subgroups or regions, if there are any

    Raises
    ------
    ModelError
        when it is run, telling of all at once: nodes never reached or reached twice, circles, payoffs on what is not
        there; and over all draws how many have probabilities outside [0, 1] or that do not add up to 1, and where

    See Also
    --------
    CohortModel : for what goes on for years; `Sequence` lets one begin where a tree ends

    Notes
    -----
    Both functions may be called for some of the draws at a time: what they say of a draw must not depend on the
    others. The notation is that of Briggs, Claxton and Sculpher, *Decision Modelling for Health Economic Evaluation*,
    2006, chapter 2.

    Examples
    --------
    >>> import heemodel as hm
    >>> def branches(p):
    ...     return {"operation": {"survives": hm.REST, "dies": p.risk}, "survives": {"well": p.well, "ill": hm.REST}}
    >>> def payoffs(p):
    ...     price = hm.by_strategy({"open": 900.0, "keyhole": 1200.0})
    ...     return hm.Payoffs(cost={"theatre": {"operation": price}}, qaly={"well": 0.9, "ill": 0.6})
    >>> tree = hm.DecisionTree(strategies=["open", "keyhole"], root="operation", branches=branches, payoffs=payoffs)
    >>> draws = xr.Dataset({"risk": ("sample", [0.1, 0.2]), "well": hm.by_strategy({"open": 0.5, "keyhole": 0.7})})
    >>> tree.run(draws)["qaly"].mean("sample").round(4).to_series().to_dict()
    {'open': 0.6375, 'keyhole': 0.6885}
    """

    strategies: Sequence[str]
    root: str
    branches: Callable[[Parameters], Branches]
    payoffs: Callable[[Parameters], Payoffs]
    groups: Sequence[str] = ()

    def __post_init__(self) -> None:
        check_names("DecisionTree", self.strategies, self.groups)
        check_function("DecisionTree", "branches", self.branches, "p → {node: {child: probability}}")
        check_function("DecisionTree", "payoffs", self.payoffs, "p → hm.Payoffs")
        if not isinstance(self.root, str) or not self.root:
            raise ModelError(f"DecisionTree(root=…) is {self.root!r}; give the name of the node where all begin")

    @property
    def in_words(self) -> str:
        """The structure in a line."""
        return f"decision tree that begins at {self.root!r}, without time"

    @property
    def lanes(self) -> dict[str, tuple[str, ...]]:
        """Names of strategies, and of groups where there are any."""
        return lanes_of(self.strategies, self.groups)

    def run(self, draws: Draws, *, progress: Report | None = None) -> xr.Dataset:
        """Expected outcomes of every draw under every strategy.

        Parameters
        ----------
        draws : in any form that `hm.structures.read_draws` takes; chunked along `sample` by Dask, the outcomes are too
        progress : called with the draws done and their number; without it, a run of more than a second on a terminal
            shows a bar with the time left

        Returns
        -------
        Dataset with dimension `strategy`, `group` where the tree has groups, and `sample` where the draws have it:
        `cost` by `component`, `qaly`, and each effect. The attribute `cost_discounting` is "not discounted"
        """
        if is_chunked(draws):
            return in_chunks(self.run, draws)  # type: ignore[arg-type] # chunked, so a Dataset

        def outcomes(p: Parameters, layout: Layout, faults: Faults) -> Rows:
            return self._evaluate(p, layout, faults).outcomes()

        run = Run.of(draws, self.lanes)
        rows, totals = run_blocks(outcomes, run, progress=progress, doing="running the decision tree")
        return labelled(rows, totals, self.lanes, run.draws).assign_attrs(cost_discounting="not discounted")

    def leaf_probabilities(self, draws: Draws) -> xr.DataArray:
        """Probability of ending at each leaf.

        Parameters
        ----------
        draws : as for `run`; also the parameters of another model's function, as in
            ``CohortModel(start=lambda p: tree.leaf_probabilities(p), …)``

        Returns
        -------
        DataArray (sample, strategy, group, leaf), without sample or group where there are none; leaves from the top of
        the tree to its bottom. They add up to 1

        Examples
        --------
        >>> import heemodel as hm
        >>> tree = hm.DecisionTree(
        ...     strategies=["care"], root="stroke", branches=lambda p: {"stroke": {"alive": hm.REST, "dead": p.risk}},
        ...     payoffs=lambda p: hm.Payoffs(cost={}, qaly={}),
        ... )
        >>> tree.leaf_probabilities({"risk": 0.2}).sel(strategy="care").to_series().to_dict()
        {'alive': 0.8, 'dead': 0.2}
        """

        def leaves(p: Parameters, layout: Layout, faults: Faults) -> Rows:
            return evaluate(
                self.root, call(self.branches, "the branches function", p), None, layout, faults
            ).leaf_probabilities()

        run = Run.of(draws, self.lanes)
        rows, totals = run_blocks(leaves, run, progress=lambda *_: None, doing="")
        return labelled(rows, totals, self.lanes, run.draws)["probability"]

    def paths(self, draws: Draws) -> pd.DataFrame:
        """Every path from the root to a leaf under every strategy, with its probability and what it costs and yields.

        Parameters
        ----------
        draws : as for `run`

        Returns
        -------
        DataFrame with a row for each strategy (and group) and leaf:

        - strategy, group (where there are any), leaf, path (its nodes, joined by arrows)
        - probability : mean over draws; lower, upper : its 95% interval, where there are draws
        - cost, qaly, and each effect : what those on the path are paid, mean over draws
        - expected_cost, expected_qaly, … : probability × that, mean over draws. Over the paths of a strategy they add
          up to the means of `run`
        """
        means = tables.means_of(self._evaluate, Run.of(draws, self.lanes))
        return tables.path_table(means, self.lanes, self.leaf_probabilities(draws))

    def table(self, draws: Draws) -> pd.DataFrame:
        """Every node under every strategy, rolled back, as `hm.plot.tree` draws it.

        Parameters
        ----------
        draws : as for `run`

        Returns
        -------
        DataFrame with a row for each strategy (and group) and node, from the root branch by branch:

        - strategy, group (where there are any), node, parent (empty for the root), depth (0 for the root), leaf
        - probability : of the branch that leads there; reach : of reaching it at all; means over draws
        - cost, qaly, and each effect : expected from the root to the end, of those who reach it; mean over draws. At a
          leaf what its path is paid, at the root what the strategy is
        """
        return tables.node_table(tables.means_of(self._evaluate, Run.of(draws, self.lanes)), self.lanes)

    def check_parameters(self, draws: Draws, *, must_be_read: Iterable[str] = ()) -> frozenset[str]:
        """Refuse missing parameters, and those that the tree ought to read and does not.

        Parameters
        ----------
        draws : as for `run`
        must_be_read : names of an inputs file

        Returns
        -------
        Names of all that it reads
        """
        return names_read([self.branches, self.payoffs], draws, list(must_be_read))

    def invariants(self, draws: Draws) -> Mapping[str, float]:
        """How far what must hold of a tree is from holding.

        Returns
        -------
        {what must hold: largest difference}: probabilities of all paths add up to 1; and outcomes rolled back from the
        leaves are those added up from the root, relative to their size
        """
        leaves, outcomes = self.leaf_probabilities(draws), self.run(draws)
        rolled = self.table(draws).set_index("node").loc[[self.root]]
        off = 0.0
        for name in ("cost", "qaly"):
            forward = outcomes[name].sum("component") if name == "cost" else outcomes[name]
            forward = forward.mean("sample") if "sample" in forward.dims else forward
            wanted = forward.to_numpy().ravel()
            off = max(off, float(np.abs(rolled[name] - wanted).max() / max(np.abs(wanted).max(), 1e-9)))
        return {
            "The probabilities of all paths add up to 1": float(np.abs(leaves.sum("leaf") - 1).max()),
            "Outcomes rolled back from the leaves are those added up from the root": off,
        }

    def _evaluate(self, p: Parameters, layout: Layout, faults: Faults) -> Evaluation:
        """The tree with its numbers for a block of draws."""
        return evaluate(
            self.root,
            call(self.branches, "the branches function", p),
            call(self.payoffs, "the payoffs function", p),
            layout,
            faults,
        )
