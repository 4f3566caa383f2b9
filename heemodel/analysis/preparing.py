"""What an analysis does before draws are run: models built, point estimates run, evidence fitted once each."""

from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import xarray as xr

from heemodel.analysis.folder import ModelFolder
from heemodel.analysis.linked import Linked
from heemodel.analysis.own_code import own_code
from heemodel.analysis.results import Fitted
from heemodel.evidence import EvidenceModel, Posterior, fit
from heemodel.parameters import Inputs, Problem, join_draws
from heemodel.structures import DecisionModel
from heemodel.structures.protocol import tells_apart


@dataclass(frozen=True, kw_only=True)
class Sampler:
    """How posteriors of an analysis are sampled; each is sampled, read and judged once.

    Attributes
    ----------
    linked : other model folders that were loaded for this one, by name
    upstream : what the folder takes from them, as draws and (under True) as one value of each
    """

    draws: int
    seed: int
    allow_unconverged: bool = False
    fitted: dict[str, Posterior] = field(default_factory=dict)
    described: dict[str, Fitted] = field(default_factory=dict)
    linked: dict[str, ModelFolder] = field(default_factory=dict)
    upstream: dict[bool, xr.Dataset] = field(default_factory=dict)

    def fit(self, evidence: EvidenceModel) -> Posterior:
        """The posterior of the evidence."""
        name = evidence.identity()
        if name not in self.fitted:
            self.fitted[name] = fit(
                evidence, seed=self.seed, draws=self.draws, allow_unconverged=self.allow_unconverged
            )
        return self.fitted[name]

    def describe(self, evidence: EvidenceModel | None) -> Fitted | None:
        """What is kept of the fit; scenarios that share a posterior share it."""
        if evidence is None:
            return None
        name, posterior = evidence.identity(), self.fit(evidence)
        if name not in self.described:
            self.described[name] = Fitted(
                posterior=posterior.summary(),
                predictive=posterior.predictive_checks(),
                divergences=posterior.divergences(),
                accepted_unconverged=posterior.accepted_unconverged,
                cautions=evidence.cautions,
            )
        return self.described[name]

    def central(self, evidence: EvidenceModel | None) -> xr.Dataset:
        """The plug-in estimates of the evidence or, where it has none, its posterior means."""
        if evidence is None:
            return xr.Dataset()
        if evidence.central:
            return evidence.central
        return self.fit(evidence).draw(self.draws, seed=self.seed).mean("sample")

    def draw(self, evidence: EvidenceModel | None, inputs: Inputs) -> xr.Dataset:
        """Joint draws of the evidence and the inputs."""
        own = inputs.draw(self.draws, seed=self.seed)
        if evidence is None:
            return own
        return join_draws(self.fit(evidence).draw(self.draws, seed=self.seed), own)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A scenario of some inputs before draws are run.

    Attributes
    ----------
    folder, where : whose code it is, and which scenario or variation in words, for errors
    model, evidence : of the scenario
    central, point : one value of each parameter, and the outcomes of these
    read : names of the parameters that the model reads; not asked for in a variation
    subgroups : its groups with their shares
    seconds : that the point estimate took
    """

    scenario: str
    folder: Path
    where: str
    inputs: Inputs
    model: DecisionModel
    evidence: EvidenceModel | None
    central: xr.Dataset
    point: xr.Dataset
    read: frozenset[str]
    subgroups: xr.Dataset
    seconds: float

    def run(self, draws: xr.Dataset, **how: str) -> xr.Dataset:
        """Outcomes of the draws; the error of an impossible one names the scenario."""
        with own_code(self.folder, f"{self.where}, over its draws"):
            return self.model.run(draws, progress=_quietly, **how)

    def run_by_state(self, draws: xr.Dataset) -> tuple[xr.Dataset, xr.DataArray | None]:
        """Outcomes of the draws, and the mean cost by component and state of all groups, where the model knows it."""
        if not tells_apart(self.model, "state"):
            return self.run(draws), None
        outcomes = self.run(draws, by="state")
        cost = outcomes["cost"]
        whole, mean = cost.sum("state", skipna=False), cost.mean("sample", skipna=False)
        return outcomes.drop_dims("component").assign(cost=whole), self.weighted(mean)

    @property
    def shares(self) -> dict[str, float] | None:
        """The share of each group, where there are groups."""
        if not self.model.groups:
            return None
        share = self.subgroups["share"]
        return dict(zip(share["group"].to_numpy().tolist(), share.to_numpy().tolist(), strict=True))

    def weighted[Outcomes: (xr.Dataset, xr.DataArray)](self, outcomes: Outcomes) -> Outcomes:
        """The mean over groups by their shares, where there are groups."""
        if "group" not in outcomes.dims:
            return outcomes
        share = self.subgroups["share"]
        if isinstance(outcomes, xr.DataArray):
            return _mean_over_groups(outcomes, share)
        return outcomes.drop_dims("group").assign(
            {name: _mean_over_groups(of, share) for name, of in outcomes.items() if "group" in of.dims}
        )


def prepare(
    folder: ModelFolder, inputs: Inputs, scenario: str, horizon: str, sampler: Sampler, *, variation: str | None = None
) -> Prepared:
    """Build a scenario's model and run its point estimate; evidence that has no plug-in estimate is fitted for it."""
    where = in_words(scenario, variation)
    with own_code(folder.path, where):
        model = folder.model(inputs, horizon, scenario)
        evidence = folder.evidence(inputs, scenario)
        central = join_draws(sampler.central(evidence), inputs.central(), taken_over(folder, sampler, central=True))
        started = perf_counter()
        point = model.run(central)  # first: a parameter may be unread because of a mistake that this tells
        seconds = perf_counter() - started
        read = frozenset[str]()
        if variation is None:  # what a variation changes are figures: names are those of the inputs that it varies
            read = model.check_parameters(central, must_be_read=inputs.read_by_model())
            _check_groups(inputs, model)
    return Prepared(
        scenario=scenario,
        folder=folder.path,
        where=where,
        inputs=inputs,
        model=model,
        evidence=evidence,
        central=central,
        point=point,
        read=read,
        subgroups=inputs.subgroups(scenario),
        seconds=seconds,
    )


def draw(folder: ModelFolder, prepared: Prepared, sampler: Sampler) -> xr.Dataset:
    """Joint draws of a scenario's evidence and inputs, and of what its folder takes over from other models."""
    own = sampler.draw(prepared.evidence, prepared.inputs)
    return join_draws(own, upstream) if (upstream := taken_over(folder, sampler)) else own


def taken_over(folder: ModelFolder, sampler: Sampler, *, central: bool = False) -> xr.Dataset:
    """What the folder takes over from other models, worked out once; empty where it takes nothing."""
    if central not in sampler.upstream:
        sampler.upstream[central] = folder.upstream(linked_to(folder, sampler, central=central))
    return sampler.upstream[central]


def linked_to(folder: ModelFolder, sampler: Sampler, *, central: bool = False) -> Linked:
    """What the folder's own functions can run besides."""
    return Linked(beside=folder.path.resolve().parent, sampler=sampler, central=central)


def _check_groups(inputs: Inputs, model: DecisionModel) -> None:
    """Refuse groups of the inputs that the model does not tell apart."""
    if inputs.groups and not model.groups:
        name = next(iter(inputs.groups))
        raise inputs.error(
            Problem(
                ("groups", name),
                "the model has no groups, so nothing would be told by them; give it groups=…, with the names in "
                "inputs.subgroups(scenario)['group'], or remove the table",
            )
        )


def in_words(scenario: str, variation: str | None = None) -> str:
    """What is being run, for errors."""
    return f"variation {variation!r}" if variation else f"scenario {scenario!r}"


def _mean_over_groups(outcome: xr.DataArray, share: xr.DataArray) -> xr.DataArray:
    """Σ share × outcome over groups, whose shares add up to 1."""
    left = [dim for dim in outcome.dims if dim != "group"]
    mean: xr.DataArray = xr.dot(outcome, share, dim="group").transpose(*left).assign_attrs(outcome.attrs)
    return mean


def _quietly(*_: object) -> None:
    """Progress of one run, which is not shown: the analysis shows its own."""
