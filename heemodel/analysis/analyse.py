"""The line through all rooms: a model folder in, results out."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from heemodel.analysis.agreement import check_agreement
from heemodel.analysis.folder import ModelFolder, load_model
from heemodel.analysis.own_code import own_code
from heemodel.analysis.parts import FITTING, STEPS, analyse_scenario, analyse_variation, variations_of
from heemodel.analysis.preparing import Prepared, Sampler, in_words, prepare
from heemodel.analysis.record import hashes, record_of
from heemodel.analysis.results import Affected, Results, ScenarioResult, VariationResult
from heemodel.analysis.spreading import in_processes, worthwhile
from heemodel.analysis.tables import tabulated
from heemodel.analysis.yearly import check_budget
from heemodel.errors import HeemodelError
from heemodel.parameters import Inputs
from heemodel.structures import DecisionModel
from heemodel.structures.protocol import Described, Discounts

FEWEST_DRAWS = 100
"""With fewer, neither the value of information nor its precision can be worked out."""
Progress = Callable[[str, int, int], object]
"""Takes what is being done, how many steps are done, and of how many."""


def analyse(
    model: ModelFolder | str | Path,
    *,
    scenarios: Sequence[str] | None = None,
    draws: int = 10_000,
    seed: int = 1,
    horizon: str | None = None,
    inputs: Inputs | None = None,
    files: Mapping[str, str] | None = None,
    allow_unconverged: bool = False,
    progress: Progress | None = None,
) -> Results:
    """Fit the evidence, run every draw through the model, appraise the decision, check the model.

    Point estimates are run first for every scenario, so that mistakes come to light before anything is sampled; only
    evidence that has no plug-in estimate is fitted before, and its posterior means are taken.

    Parameters
    ----------
    model : a model folder, from `load_model`, or its path
    scenarios : names of scenarios of the inputs; all by default
    draws : joint draws of all uncertain inputs, 100 or more
    seed : the one seed, 0 or more
    horizon : as the model takes it, such as "5 years"; the model's own by default
    inputs : in place of the folder's, such as ``model.inputs.with_changes({…})``
    files : SHA-256 by name of files that the inputs were changed by (see `hash_of`), for the record
    allow_unconverged : use a posterior that the convergence gate refuses; the report says so first
    progress : called with what is being done, the steps done and their number

    Returns
    -------
    Results: by scenario draws, outcomes, point estimate, appraisal, checks; variations; tidy tables of it all

    Raises
    ------
    InputError
        with every mistake in the inputs, and its line
    HeemodelError
        for a model that cannot be run; the error names the scenario or variation

    See Also
    --------
    write_report : the report of results
    Results.save : keeps them

    Examples
    --------
    >>> results = analyse("models/sumatriptan", draws=200)
    >>> results.strategies
    ['caffeine/ergotamine', 'sumatriptan']
    """
    _check_whole("draws", draws, FEWEST_DRAWS)
    _check_whole("seed", seed, 0)
    if isinstance(scenarios, str):
        raise HeemodelError(f"scenarios = {scenarios!r} is one name; give a list: scenarios=[{scenarios!r}]")
    folder = model if isinstance(model, ModelFolder) else load_model(model)
    inputs = inputs or folder.inputs
    chosen = _chosen(inputs, scenarios)
    length = folder.check_horizon(horizon)
    check_models(folder, inputs, chosen, length)
    names = STEPS if folder.evidence_module is None else (FITTING, *STEPS)
    steps = _Steps(progress, 1 + len(chosen) * len(names) + len(inputs.variations))
    sampler = Sampler(draws=draws, seed=seed, allow_unconverged=allow_unconverged)
    steps.next("running the point estimates")
    prepared = [prepare(folder, inputs, name, length, sampler) for name in chosen]
    asked = inputs.thresholds
    for scenario in prepared:
        point = scenario.weighted(scenario.point)
        check_agreement(inputs, point, asked, draws=scenario.central, read=scenario.read)
        check_budget(scenario)
    found = _worked_out(folder, inputs, prepared, sampler, length, steps)
    own = hashes(folder.files | {"inputs.toml": inputs.source.text} | _linked_files(sampler))
    changed_by = _told_apart(files or {}, own)
    results = Results(
        inputs=inputs,
        record=record_of(
            model=folder.name,
            seed=seed,
            draws=draws,
            horizon=length,
            files=own | changed_by,
            changed_by=tuple(changed_by),
            folder=folder.path,
            discounting=_discounting([scenario.model for scenario in prepared]),
            structure=_structure([scenario.model for scenario in prepared]),
            policy_thresholds=inputs.about.thresholds is None,
        ),
        comparator=inputs.about.comparator,
        thresholds=asked,
        scenarios={one.name: one for one in found if isinstance(one, ScenarioResult)},
        variations={one.name: one for one in found if isinstance(one, VariationResult)},
        comparisons=folder.comparisons(inputs),
        affected=_affected(inputs),
        currency=inputs.about.currency,
        title=inputs.about.title,
        question=inputs.about.question,
        organisation=inputs.about.organisation or "",
        price_year=inputs.about.price_year,
    )
    return tabulated(results)


def _chosen(inputs: Inputs, scenarios: Sequence[str] | None) -> list[str]:
    """The scenarios that are run, in the inputs' order: those asked for, or all whose conditions are met."""
    for name in scenarios or ():
        if unmet := inputs.unmet(name):
            raise HeemodelError(
                f"scenario {name!r} ({inputs.scenario(name).label}) does not hold for these inputs: "
                f"{'; '.join(unmet)}. Leave it out, or see [scenarios.{name}] when"
            )
    chosen = [n for n in inputs.scenarios if (not inputs.unmet(n) if scenarios is None else n in scenarios)]
    if not chosen:
        raise HeemodelError(f"{inputs.path}: no scenario holds for these inputs; see when in [scenarios.<name>]")
    return chosen


def _told_apart(changes: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """The files that changed a model's inputs; one that is called as a file of the model's says which it is."""
    return {f"{name} (changes)" if name in own else name: hashed for name, hashed in changes.items()}


def _linked_files(sampler: Sampler) -> dict[str, str]:
    """Text of every file of other model folders that results were taken over from."""
    return {f"{name}/{file}": text for name, other in sampler.linked.items() for file, text in other.files.items()}


def _check_whole(what: str, number: object, least: int) -> None:
    """Refuse what is no whole number, or a smaller one."""
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < least:
        raise HeemodelError(f"{what} = {number!r}; give a whole number, {least} or more")


class _Steps:
    """Counts the steps of an analysis and says which begins."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def next(self, what: str, steps: int = 1) -> None:
        """A step begins, or several at once."""
        if self.progress is not None:
            self.progress(what, self.done, self.total)
        self.done += steps


def _worked_out(
    folder: ModelFolder, inputs: Inputs, prepared: Sequence[Prepared], sampler: Sampler, horizon: str, steps: _Steps
) -> list[ScenarioResult | VariationResult]:
    """Results of all scenarios and variations: one after the other, or of a slow model in several processes."""
    variations = variations_of(inputs, prepared[0].scenario, horizon)
    if not worthwhile(prepared, variations):
        scenarios = [analyse_scenario(folder, one, sampler, inputs.thresholds, steps.next) for one in prepared]
        varied = []
        for variation in variations:
            steps.next(f"variation: {variation.label}")
            varied.append(analyse_variation(folder, variation, sampler))
        return [*scenarios, *varied]
    for one in prepared if folder.evidence_module is not None else ():
        steps.next(f"{inputs.scenario(one.scenario).label}: {FITTING}")
        sampler.describe(one.evidence)
    results = in_processes(
        folder, inputs, prepared, variations, sampler=sampler, thresholds=inputs.thresholds, horizon=horizon
    )
    found: list[ScenarioResult | VariationResult] = []
    for one in prepared:
        steps.next(f"{inputs.scenario(one.scenario).label}: running, appraising and checking", len(STEPS))
        found.append(next(results))
    for variation in variations:
        steps.next(f"variation: {variation.label}")
        found.append(next(results))
    return found


def _discounting(models: Sequence[DecisionModel]) -> str:
    """How costs and QALYs are discounted in all of the models; empty where they do not say, or do not agree."""
    words = {part.discount.words for model in models for part in _parts(model) if isinstance(part, Discounts)}
    return words.pop() if len(words) == 1 else ""


def _structure(models: Sequence[DecisionModel]) -> tuple[str, ...]:
    """What the models are, in a line for each that is different."""
    lines = ["; then ".join(part.in_words for part in _parts(m) if isinstance(part, Described)) for m in models]
    return tuple(line for line in dict.fromkeys(lines) if line)


def _parts(model: DecisionModel) -> Sequence[DecisionModel]:
    """A model, or those that it is a sequence of."""
    parts: Sequence[DecisionModel] = getattr(model, "models", (model,))
    return parts


def _affected(inputs: Inputs) -> Affected | None:
    """The people of one year, where the inputs say how many they are."""
    volume = inputs.annual_volume
    if volume is None:
        return None
    whole, number, people = float(volume).is_integer(), f"{volume:,.0f}", f"{inputs.about.person}s"
    words = f"one year's {number} {people}" if whole else f"one year's {people} (about {number})"
    return Affected(volume, words, every_year=True)


def check_models(folder: ModelFolder, inputs: Inputs, scenarios: Sequence[str], horizon: str) -> None:
    """Refuse scenarios, then variations, whose decision model cannot be built, before anything is sampled."""
    wanted: list[tuple[Inputs, str, str, str | None]] = [(inputs, horizon, scenario, None) for scenario in scenarios]
    wanted += [
        (inputs.varied[name], variation.horizon or horizon, variation.scenario or scenarios[0], name)
        for name, variation in inputs.variations.items()
    ]
    for varied, length, scenario, variation in wanted:
        with own_code(folder.path, in_words(scenario, variation)):
            folder.model(varied, length, scenario)
