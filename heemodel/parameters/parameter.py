"""A parameter of an inputs file: an uncertain number or several, and the distribution that its keys state."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

import numpy as np
from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from heemodel.parameters.families import DIRICHLET, check_family, check_stated, in_words, made
from heemodel.parameters.specification import Number, Positive, Sourced, Text
from heemodel.parameters.summaries import Beta, Dirichlet, Labelled, LogNormal, SummaryError, Univariate
from heemodel.parameters.summaries.univariate import Array

SHARE = "share"
"""The unit of a part of a whole, from 0 to 1."""
UTILITY = "utility"
"""A word in the unit of a quality of life, of which 1 is full health."""


def _one_or_several(value: object) -> str:
    return "several" if isinstance(value, list) else "one"


def _one_list_or_several(value: object) -> str:
    return "several" if isinstance(value, list) and value and isinstance(value[0], list) else "one"


# Told apart before they are checked, so that a mistake is reported once and not for each form.
Numbers = Annotated[
    Annotated[Number, Tag("one")] | Annotated[list[Number], Tag("several")], Discriminator(_one_or_several)
]
Positives = Annotated[
    Annotated[Positive, Tag("one")] | Annotated[list[Positive], Tag("several")], Discriminator(_one_or_several)
]
Pair = Annotated[list[Number], Field(min_length=2, max_length=2)]
Pairs = Annotated[
    Annotated[Pair, Tag("one")] | Annotated[list[Pair], Tag("several")], Discriminator(_one_list_or_several)
]
Triple = Annotated[list[Number], Field(min_length=3, max_length=3)]
Triples = Annotated[
    Annotated[Triple, Tag("one")] | Annotated[list[Triple], Tag("several")], Discriminator(_one_list_or_several)
]
Prior = Annotated[Annotated[Number, Tag("one")] | Annotated[Pair, Tag("several")], Discriminator(_one_or_several)]

BY_LABEL = (
    "value",
    "mean",
    "quartiles",
    "events",
    "minimum",
    "mode",
    "maximum",
    "n",
    "standard_error",
    "log_standard_error",
    "log_odds_standard_error",
    "interval",
)
"""Keys whose numbers may differ from label to label."""
KEYS = ("counts", *BY_LABEL, "level", "tolerance", "prior")
"""Every key that states a distribution."""
ERRORS = {
    "standard_error": "SE",
    "log_standard_error": "SE of log",
    "log_odds_standard_error": "SE of log-odds",
}
"""How standard errors are printed."""


class Parameter(Sourced):
    """An uncertain number, or one number for each label of a dimension.

    `distribution` names the family and other keys state it, in one of the ways of `families.FAMILIES`; `uncertainty`
    is the distribution. Of several numbers each key has one for each label, or one for all.
    """

    distribution: str
    value: Numbers | None = None
    mean: Numbers | None = None
    standard_error: Positives | None = None
    log_standard_error: Positives | None = None
    log_odds_standard_error: Positives | None = None
    interval: Pairs | None = None
    level: Number | None = None
    quartiles: Triples | None = None
    """Lower quartile, median, upper quartile."""
    tolerance: Number | None = None
    """How far from the family three published numbers may be; see `Univariate.misfit`."""
    minimum: Numbers | None = None
    mode: Numbers | None = None
    maximum: Numbers | None = None
    events: Numbers | None = None
    n: Numbers | None = None
    prior: Prior | None = None
    counts: list[Annotated[Number, Field(ge=0)]] | None = None
    dimension: Text | None = None
    labels: Annotated[list[Text], Field(min_length=1)] | None = None

    @field_validator("distribution")
    @classmethod
    def distribution_is_known(cls, family: str) -> str:
        """There is a family of that name; told whatever else is wrong."""
        return check_family(family)

    @model_validator(mode="after")
    def distribution_can_be_drawn(self) -> Self:
        """Keys, numbers and labels fit together, and there is such a distribution."""
        self._check_can_be_drawn()
        if self.unit == SHARE:
            self._check_share()
        if UTILITY in self.unit.lower() and self.centre().max() > 1:
            raise ValueError(
                f"a utility is 1 at most, which is full health; the central value is {self.centre().max():g}"
            )
        return self

    def _check_can_be_drawn(self) -> Univariate | Labelled | Dirichlet:
        """The distribution, once keys and labels are known to fit."""
        check_stated(self.distribution, list(self._given()))
        self._check_labels()
        return self.uncertainty

    def _given(self) -> dict[str, Any]:
        """The keys that state the distribution, with their numbers."""
        return {key: number for key in KEYS if (number := getattr(self, key)) is not None}

    def _check_labels(self) -> None:
        """Several numbers have labels, one number for each."""
        if (self.dimension is None) != (self.labels is None):
            raise ValueError("dimension and labels go together; give both or neither")
        sizes = {key: len(number) for key, number in self._given().items() if self._is_by_label(key, number)}
        if self.labels is None:
            if sizes:
                raise ValueError("several numbers need a dimension and its labels; add dimension = … and labels = […]")
            return
        if len(set(self.labels)) != len(self.labels):
            raise ValueError("has the same label twice")
        sizes = {next(iter(self._given())): 1} | sizes
        if wrong := {key: size for key, size in sizes.items() if size != len(self.labels)}:
            key, size = next(iter(wrong.items()))
            few = "1 number" if size == 1 else f"{size} numbers"
            raise ValueError(f"{key} has {few} for {len(self.labels)} labels; give one for each label")

    @staticmethod
    def _is_by_label(key: str, number: Any) -> bool:
        """Whether a key holds a number, interval or quartiles for each label."""
        if key in ("interval", "quartiles"):
            return isinstance(number[0], list)
        return key == "counts" or (key in BY_LABEL and isinstance(number, list))

    def _check_share(self) -> None:
        """A share stays between 0 and 1."""
        low, high = self.uncertainty.support
        if low >= 0 and high <= 1:
            return
        if np.isfinite([low, high]).all():
            raise ValueError("a share lies between 0 and 1; write 17% as 0.17")
        raise ValueError(
            f"a {self.distribution} distribution can leave 0 to 1; a share takes a beta distribution, log-odds, or one "
            "with minimum and maximum"
        )

    @property
    def uncertainty(self) -> Univariate | Labelled | Dirichlet:
        """The distribution that the keys state, as Python makes it: that of one number, or of one for each label."""
        if self.distribution == DIRICHLET:
            return self._dirichlet()
        statements = self._statements()
        if self.labels is None or self.dimension is None:
            return made(self.distribution, tuple(statements[0].items()))
        members: dict[str, Univariate] = {}
        for label, statement in zip(self.labels, statements, strict=True):
            try:
                members[label] = made(self.distribution, tuple(statement.items()))
            except ValueError as error:
                raise ValueError(f"{label!r} {error}") from None
        return Labelled(members, self.dimension)

    def _statements(self) -> list[dict[str, Any]]:
        """The keys with the numbers of each label, or those of the one number."""
        given = self._given()
        return [
            {key: _fixed(number[place] if self._is_by_label(key, number) else number) for key, number in given.items()}
            for place in range(len(self.labels or [""]))
        ]

    def _dirichlet(self) -> Dirichlet:
        """The shares after the counts."""
        counts, prior = self.counts or [], 0.0 if self.prior is None else self.prior
        if isinstance(prior, list):
            reason = f"prior = {prior} is of two counts; give one number, which is added to every count"
            raise ValueError(reason)  # noqa: TRY004 - a mistake in a file, not in a program
        try:
            named = dict(zip(self.labels or [], counts, strict=True))
            return Dirichlet.from_counts(named, dimension=self.dimension or "", prior=prior)
        except SummaryError as error:
            raise ValueError(in_words(DIRICHLET, error)) from None

    def _figure(self) -> Any:
        """The central value or values; None for counts."""
        return None if self.counts is not None else np.asarray(self._check_can_be_drawn().central, dtype=float)

    def centre(self) -> Array:
        """Central values, shape (labels,): what is written as value or mean, or what follows; counts as they are."""
        if self.counts is not None:
            return np.array(self.counts, dtype=float)
        return np.atleast_1d(np.asarray(self.uncertainty.central, dtype=float))

    def spread(self) -> Array:
        """Standard deviation of what is known, in the unit of the parameter (of shares for counts); shape (labels,)."""
        return np.atleast_1d(np.asarray(self.uncertainty.sd, dtype=float))

    def shapes(self) -> tuple[float, float]:
        """The two numbers by which evidence models take a prior.

        Beta: its two shapes; log-normal: median and standard deviation of the logarithm; else mean and standard
        deviation.
        """
        match self.uncertainty:
            case Beta(alpha=alpha, beta=beta):
                return alpha, beta
            case LogNormal(mu=mu, sigma=sigma):
                return (float(self.centre()[0]) if self.mean is None else float(np.exp(mu))), sigma
            case Univariate() as known:
                return known.mean, known.sd
        raise ValueError(f"a {self.distribution} distribution of several numbers is no prior")

    def spread_in_words(self) -> str:
        """How uncertain the figure is, as it was stated: "95% interval 0.13 to 0.28", "SE 0.05", "none" and so on.

        Of several numbers each has its own, unless all are alike.

        Examples
        --------
        >>> words = {"label": "Stay", "unit": "days", "source": "S", "status": "assumed", "rationale": "R"}
        >>> Parameter(distribution="pert", minimum=2, mode=4, maximum=9, **words).spread_in_words()
        '2 to 9, most likely 4'
        >>> Parameter(distribution="normal", value=0, interval=[-1, 1], **words).spread_in_words()
        '95% interval −1 to 1'
        """
        if self.counts is not None:
            return f"counts{_prior(self.prior)}"
        kinds, figures = zip(*(_spread(statement) for statement in self._statements()), strict=True)
        numbers = "; ".join(dict.fromkeys(figures) if len(set(figures)) == 1 else figures)
        return f"{kinds[0]}{numbers.replace('-', '−')}"


def _fixed(number: Any) -> Any:
    """A number, or numbers that cannot be changed."""
    return tuple(number) if isinstance(number, list) else number


def _spread(given: Mapping[str, Any]) -> tuple[str, str]:
    """The kind of spread that the keys state, and its figures."""
    match given:
        case {"interval": (low, high)}:
            return f"{100 * given.get('level', 0.95):.4g}% interval ", f"{low:,g} to {high:,g}"
        case {"quartiles": (low, _, high)}:
            return "quartiles ", f"{low:,g} to {high:,g}"
        case {"events": events, "n": n}:
            return "", f"{events:,g} of {n:,g}{_prior(given.get('prior'))}"
        case {"minimum": low, "mode": mode, "maximum": high}:
            return "", f"{low:,g} to {high:,g}, most likely {mode:,g}"
    limits = _limits(given.get("minimum"), given.get("maximum"))
    for key, kind in ERRORS.items():
        if key in given:
            return f"{kind} ", f"{given[key]:,.4g}{', ' if limits else ''}{limits}"
    return "", limits or "none"


def _limits(low: float | None, high: float | None) -> str:
    """Limits in words; empty where there is none."""
    if high is None:
        return "" if low is None else f"{low:,g} or more"
    return f"{high:,g} or less" if low is None else f"{low:,g} to {high:,g}"


def _prior(prior: float | list[float] | None) -> str:
    """Counts that are added, in words; empty where there are none."""
    if prior is None:
        return ""
    return f", prior {' and '.join(f'{count:,g}' for count in np.atleast_1d(prior))}"
