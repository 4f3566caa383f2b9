"""Parameters of an inputs file that are known together: their correlations, and what can be wrong with them."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field, model_validator

from heemodel.errors import nearest
from heemodel.parameters.parameter import Parameter
from heemodel.parameters.problems import Place, Problem
from heemodel.parameters.specification import Number, Specification, Status, Text
from heemodel.parameters.summaries import CorrelatedNormals, Fixed, LogNormal, LogOdds, Normal, SummaryError
from heemodel.parameters.summaries.correlated import Scale
from heemodel.parameters.summaries.univariate import Array

SCALES: dict[type, Scale] = {Normal: "identity", LogNormal: "log", LogOdds: "logit"}
"""The scale on which each distribution is normal."""

AGREEMENT = 0.02
"""How far, relative to each other, a standard error and that of a covariance matrix may be apart: rounding in print."""

Matrix = list[list[Number]]


class Correlated(Specification):
    """Parameters that are drawn together, such as the coefficients of one regression.

    The correlations are those on the scale on which each parameter is normal: its own for a normal, the logarithm for a
    log-normal, the log-odds for log-odds. A `covariance` is on those scales too; its correlations are taken, and its
    variances must be those of the parameters, which state their standard errors themselves.
    """

    label: Text
    parameters: Annotated[list[Text], Field(min_length=2)]
    correlation: Matrix | None = None
    covariance: Matrix | None = None
    source: Text
    status: Status
    rationale: Text

    @model_validator(mode="after")
    def matrix_is_possible(self) -> Self:
        """One matrix, of the parameters' number, that parameters can have together."""
        given = [name for name in ("correlation", "covariance") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"takes correlation or covariance; found {' and '.join(given) or 'neither'}")
        if twice := sorted({name for name in self.parameters if self.parameters.count(name) > 1}):
            raise ValueError(f"names {twice[0]!r} twice; name it once")
        sizes = {len(row) for row in self._matrix()}
        if sizes != {len(self.parameters)} or len(self._matrix()) != len(self.parameters):
            raise ValueError(
                f"{given[0]} must have a row and a column for each of the {len(self.parameters)} parameters, in order"
            )
        try:
            self.correlations()
        except SummaryError as error:
            raise ValueError(f"{given[0]} cannot be: {str(error).partition(': ')[2]}") from None
        return self

    def _matrix(self) -> list[list[float]]:
        return self.correlation or self.covariance or []

    def correlations(self) -> Array:
        """The correlation matrix, in the order of `parameters`."""
        zeros = np.zeros(len(self.parameters))
        if self.correlation is not None:
            joint = CorrelatedNormals.from_correlation(zeros, zeros + 1, self.correlation, self.parameters)
        else:
            joint = CorrelatedNormals(zeros, self._matrix(), self.parameters)
        return joint.covariance / np.outer(joint.sd, joint.sd)

    def distribution(self, parameters: Mapping[str, Parameter]) -> CorrelatedNormals:
        """The joint distribution of the parameters; a fixed one is there as a standard normal, to be replaced."""
        known = [parameters[name].uncertainty for name in self.parameters]
        normal = [one if isinstance(one, Normal | LogNormal | LogOdds) else Normal(0, 1) for one in known]
        return CorrelatedNormals.from_correlation(
            [one.mu for one in normal],
            [one.sigma for one in normal],
            self.correlations(),
            self.parameters,
            [SCALES[type(one)] for one in normal],
        )


def wrong_correlations(sections: Mapping[str, Any], written: Any) -> Iterator[Problem]:
    """Groups of correlated parameters that name what is not there, cannot be correlated, or is in another group.

    Parameters
    ----------
    sections : the sections of an inputs file as their specifications; None where one could not be read
    written : the section as it is written, for the names in a group whose matrix cannot be
    """
    seen: dict[str, str] = {}
    for group, joint in sections["correlated"].items():
        place = ("correlated", group, "parameters")
        for at, name in enumerate(_members(written, group) if joint is None else joint.parameters):
            if name in seen:
                yield Problem(place, f"{name!r} is in [correlated.{seen[name]}] too; join the two, or name it in one")
            seen.setdefault(name, group)
            yield from _wrong_member(place, name, sections)
            p = sections["parameters"].get(name)
            if p is not None and joint is not None and joint.covariance is not None:
                yield from _other_variance(group, name, p, joint.covariance[at][at])


def _members(written: Any, group: str) -> list[str]:
    """The names in a group that could not be read as a whole, each once, as far as they are names."""
    table = written.get(group) if isinstance(written, dict) else None
    names = table.get("parameters") if isinstance(table, dict) else None
    return list(dict.fromkeys(name for name in names if isinstance(name, str))) if isinstance(names, list) else []


def _wrong_member(place: Place, name: str, sections: Mapping[str, Any]) -> Iterator[Problem]:
    """Why a parameter cannot be correlated."""
    if name in sections["alternatives"]:
        yield Problem(place, f"{name!r} has several sources, [alternatives.{name}]; a correlated parameter has one")
    elif name not in sections["parameters"]:
        yield Problem(place, f"names no parameter {name!r}; {nearest(name, sections['parameters'])}")
    elif (p := sections["parameters"][name]) is not None and type(p.uncertainty) not in (*SCALES, Fixed):
        kind = "several numbers" if p.labels is not None else f"a {p.distribution} distribution"
        cure = "give it a normal, lognormal or log-odds distribution of one number, or take it out of the group"
        yield Problem(place, f"{name!r} has {kind}, which cannot be correlated; {cure}")


def _other_variance(group: str, name: str, p: Parameter, variance: float) -> Iterator[Problem]:
    """A variance that is not that of the parameter."""
    sigma, error = getattr(p.uncertainty, "sigma", None), float(np.sqrt(variance))
    if isinstance(sigma, float) and abs(error - sigma) > AGREEMENT * sigma:
        reason = (
            f"gives {name!r} the standard error {error:.4g}, and [parameters.{name}] {sigma:.4g} (on the same scale); "
            "correct the one or the other, or give a correlation matrix"
        )
        yield Problem(("correlated", group, "covariance"), reason)
