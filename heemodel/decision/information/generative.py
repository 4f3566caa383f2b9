"""A PyMC model run forwards: data for all samples of its parameters at a time, and their likelihood."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pymc.distributions.shape_utils import change_dist_size
from pymc.logprob.basic import conditional_logp
from pymc.pytensorf import compile as compile_graph
from pytensor.graph.replace import graph_replace, vectorize_graph
from pytensor.graph.traversal import applys_between, variable_depends_on
from pytensor.tensor.random.op import RNGConsumerOp

from heemodel.decision.information.studies import Floats, Values
from heemodel.decision.outcomes import OutcomeError
from heemodel.errors import nearest

SIMULATING = "FAST_COMPILE"
"""Data are simulated once for each n, all samples at a time, so that compiling costs more than it saves."""


class Graph:
    """A model's graph, cut at the parameters."""

    def __init__(self, study: str, model: Any, parameters: Sequence[str], observed: Sequence[str] | None) -> None:

        if not isinstance(model, pm.Model):
            raise OutcomeError(f"study {study!r}: build gave a {type(model).__name__}; it must return a pymc.Model")
        measured = [one.name for one in model.observed_RVs] if observed is None else list(observed)
        problems = [
            f"study {study!r}: the model has no variable {name!r}; {nearest(name, model.named_vars)}"
            for name in (*parameters, *measured)
            if name not in model.named_vars
        ]
        if not measured:
            problems.append(f"study {study!r}: the model observes nothing; name what is measured in observed=[…]")
        if model.potentials:
            problems.append(f"study {study!r}: the model has a pm.Potential, which gives no data; leave it out")
        if problems:
            raise OutcomeError("\n".join(problems))
        self.study = study
        self.parameters = {name: model[name] for name in parameters}
        self.observed = {name: model[name] for name in measured}
        self.inputs = {name: _batch(variable) for name, variable in self.parameters.items()}

    def simulate(self, values: Values, rng: np.random.Generator) -> dict[str, Floats]:
        """One data set for each sample."""
        samples = len(next(iter(values.values())))
        cut = {self.parameters[name]: batch for name, batch in self.inputs.items()}
        for variable in self._random():
            if variable not in cut and not variable_depends_on(variable, list(cut)):
                cut[variable] = change_dist_size(variable, (samples,), expand=True)
        outputs = vectorize_graph(list(self.observed.values()), cut)
        seed = int(rng.integers(2**32))
        run = compile_graph(
            list(self.inputs.values()), outputs, random_seed=seed, mode=SIMULATING, on_unused_input="ignore"
        )
        drawn = run(*self._arguments(values))
        return {name: np.asarray(data, dtype=float) for name, data in zip(self.observed, drawn, strict=True)}

    def log_likelihood(self, data: Values, values: Values) -> Iterator[Floats]:
        """Of one data set after another, for all samples: (sample,)."""
        plain = {name: variable.type() for name, variable in self.parameters.items()}
        known = {self.parameters[name]: value for name, value in plain.items()}
        given = graph_replace(list(self.observed.values()), known, strict=False)
        measured = {name: variable.type() for name, variable in self.observed.items()}
        try:
            terms = conditional_logp(dict(zip(given, measured.values(), strict=True)), warn_rvs=False)
        except (NotImplementedError, RuntimeError) as error:
            raise OutcomeError(f"study {self.study!r} has no likelihood: {error}; use method='regression'") from error
        one_of_all = {value: self.inputs[name] for name, value in plain.items()}
        total = vectorize_graph(sum(term.sum() for term in terms.values()), one_of_all)
        if unknown := _drawn([], [total]):
            raise OutcomeError(
                f"study {self.study!r} also draws {', '.join(one.name or str(one) for one in unknown)}, so that its "
                "data have no likelihood given the parameters alone; use method='regression'"
            )
        run = compile_graph([*self.inputs.values(), *measured.values()], total, on_unused_input="ignore")
        arguments, samples = self._arguments(values), len(next(iter(values.values())))
        for i in range(len(next(iter(data.values())))):
            one = [data[name][i].astype(value.dtype) for name, value in measured.items()]
            yield np.broadcast_to(np.asarray(run(*arguments, *one), dtype=float), (samples,))

    def _random(self) -> list[Any]:
        """Random variables that the data depend on given the parameters, causes first."""
        given = list(self.parameters.values())
        drawn = [one for one in _drawn(given, list(self.observed.values())) if one not in given]
        for one in drawn:
            for parameter in given:
                if variable_depends_on(parameter, [one]):
                    raise OutcomeError(
                        f"study {self.study!r}: the model draws {one.name!r} before parameter {parameter.name!r}; name "
                        f"{one.name!r} as a parameter too, or let the data depend on {parameter.name!r} alone"
                    )
        return drawn

    def _arguments(self, values: Values) -> list[Floats]:
        """Parameters in the shapes that the model has for them."""
        found = []
        for name, variable in self.parameters.items():
            shape = tuple(int(size) for size in variable.shape.eval())
            if values[name][0].size != int(np.prod(shape)):
                raise OutcomeError(
                    f"study {self.study!r}, parameter {name!r}: the draws have {values[name][0].size} places, the "
                    f"model {int(np.prod(shape))}; give both the same"
                )
            found.append(values[name].reshape(-1, *shape).astype(variable.dtype))
        return found


def _drawn(inputs: list[Any], outputs: list[Any]) -> list[Any]:
    """Random variables between them, causes first."""
    return [node.default_output() for node in applys_between(inputs, outputs) if isinstance(node.op, RNGConsumerOp)]


def _batch(variable: Any) -> Any:
    """An input like a variable, with samples before its own dimensions."""
    return pt.tensor(variable.name, shape=(None, *variable.type.shape), dtype=variable.dtype)
