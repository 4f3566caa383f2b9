"""A look at a model folder before anything is sampled: what it holds, and whether it passes every analysis' checks."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from heemodel.analysis.agreement import check_agreement
from heemodel.analysis.analyse import check_models
from heemodel.analysis.folder import ModelFolder
from heemodel.analysis.own_code import own_code
from heemodel.analysis.preparing import Prepared, Sampler, in_words, prepare, taken_over
from heemodel.analysis.yearly import check_budget
from heemodel.parameters import Inputs, join_draws
from heemodel.parameters.stated import changes_of, left_of
from heemodel.verify import Check, run_checks

DRAWS = 200
"""Draws of the inputs' distributions on which a model is checked; evidence stays at its plug-in estimates."""
PENDING = "its evidence has no plug-in estimate and would have to be fitted: heemodel run does"


@dataclass(frozen=True, kw_only=True)
class ModelReport:
    """What `check_model` saw.

    Attributes
    ----------
    name : of the model folder
    contents : what it holds, as lines of name and value
    changes : what was changed of the model's own inputs, and what will be run, as lines; none where nothing was
    checks : by scenario
    pending : scenarios that could not be run without sampling, and why
    """

    name: str
    contents: Sequence[tuple[str, str]]
    checks: dict[str, Sequence[Check]]
    pending: dict[str, str]
    changes: Sequence[str] = ()

    @property
    def passed(self) -> bool:
        """Whether every check did."""
        return all(check.passed for checks in self.checks.values() for check in checks)

    def text(self) -> str:
        """The whole as lines of text; of checks that passed their number."""
        width = max(len(name) for name, _ in self.contents)
        lines = [self.name, *(f"  {name:<{width}}  {value}" for name, value in self.contents)]
        lines += [f"  {line}" for line in self.changes]
        for scenario, checks in self.checks.items():
            failed = [check for check in checks if not check.passed]
            lines.append(f"  {scenario}: {len(checks) - len(failed)} of {len(checks)} checks passed")
            lines += [f"    FAILED  {check.name}: {check.detail}" for check in failed]
        lines += [f"  {scenario}: not run; {why}" for scenario, why in self.pending.items()]
        return "\n".join(lines)


def check_model(
    folder: ModelFolder,
    *,
    inputs: Inputs | None = None,
    horizon: str | None = None,
    progress: Callable[[str, int, int], object] | None = None,
) -> ModelReport:
    """Check inputs and model without sampling any evidence.

    Every scenario and variation is built; every scenario whose evidence has a plug-in estimate is run at central values
    and put to the checks of every analysis, on draws of the inputs' distributions.

    Parameters
    ----------
    folder : from `load_model`, which has validated the inputs
    inputs : in place of the folder's, such as ``model.inputs.with_changes({…})``
    horizon : as the model takes it; the model's own by default
    progress : called with what is being done, the steps done and their number

    Returns
    -------
    ModelReport; its `text()` is what `heemodel check` prints

    Raises
    ------
    InputError
        with every name in the inputs that does not fit the model
    HeemodelError
        for a scenario or variation that cannot be built or run

    Examples
    --------
    >>> from heemodel.analysis import load_model
    >>> check_model(load_model("models/sumatriptan")).passed
    True
    """
    inputs, length = inputs or folder.inputs, folder.check_horizon(horizon)
    held = {name: scenario for name, scenario in inputs.scenarios.items() if not inputs.unmet(name)}
    check_models(folder, inputs, list(held), length)
    checks: dict[str, Sequence[Check]] = {}
    pending = {name: "; ".join(why) for name in inputs.scenarios if (why := inputs.unmet(name))}
    model = None
    for place, (name, scenario) in enumerate(held.items()):
        if progress is not None:
            progress(f"{scenario.label}: running and checking", place, len(held))
        with own_code(folder.path, in_words(name)):
            evidence = folder.evidence(inputs, name)
        if evidence is not None and not evidence.central:
            pending[name] = PENDING
            continue
        sampler = Sampler(draws=DRAWS, seed=1)
        prepared = prepare(folder, inputs, name, length, sampler)
        point = prepared.weighted(prepared.point)
        check_agreement(inputs, point, inputs.thresholds, draws=prepared.central, read=prepared.read)
        check_budget(prepared)
        checks[name] = _checks(folder, prepared, sampler)
        model = prepared.model
    strategies = ", ".join(model.strategies) if model is not None else "not known before the evidence is fitted"
    return ModelReport(
        name=folder.name,
        contents=list(_contents(inputs, strategies, length)),
        checks=checks,
        pending=pending,
        changes=list(_changes(inputs, [scenario.label for scenario in held.values()])),
    )


def _checks(folder: ModelFolder, prepared: Prepared, sampler: Sampler) -> list[Check]:
    """The checks of a scenario on draws of its inputs."""
    drawn = prepared.inputs.draw(DRAWS, seed=1)
    draws = drawn
    if prepared.evidence is not None:
        draws = join_draws(prepared.evidence.central.expand_dims(sample=drawn["sample"]), drawn)
    if upstream := taken_over(folder, sampler):
        draws = join_draws(draws, upstream)
    outcomes = prepared.run(draws)
    comparator = prepared.inputs.about.comparator
    with own_code(prepared.folder, prepared.where):
        checks = run_checks(prepared.model, draws, outcomes, central=prepared.central, comparator=comparator)
    return [*checks, *folder.checks(draws, outcomes)]


def _contents(inputs: Inputs, strategies: str, horizon: str) -> Iterator[tuple[str, str]]:
    """What the inputs hold."""
    fixed = sum(parameter.distribution == "fixed" for parameter in inputs.parameters.values())
    yield "question", inputs.about.question
    yield "strategies", f"{strategies}; compared with {inputs.about.comparator}"
    if horizon:
        yield "horizon", horizon
    yield "parameters", f"{len(inputs.parameters) + len(inputs.alternatives)}, of which {fixed} without uncertainty"
    names = ("scenarios", "data", "groups", "variations", "components", "steps")
    for name in names if inputs.template is None else ():  # else what was changed is told, and not what there is
        if held := getattr(inputs, name):
            yield name, f"{len(held)}: {', '.join(held)}"


def _changes(inputs: Inputs, scenarios: Sequence[str]) -> Iterator[str]:
    """What was read in place of the model's own figures, what was removed and what left, and what will be run."""
    if inputs.template is None:
        return
    made = changes_of(inputs)
    yield "read, in place of the model's own:" if made else "read: nothing that differs from the model's own"
    yield from (f"  {one.label}: {one.before} → {one.after}" for one in made if not one.removed)
    if removed := [f"{one.label} ({one.before})" for one in made if one.removed]:
        yield f"removed: {'; '.join(removed)}"
    if left := left_of(inputs):
        yield f"left as the model's own: {'; '.join(left)}"
    yield f"will be run: {'; '.join(scenarios) or 'no scenario'}"
