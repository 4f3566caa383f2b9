"""The shape of an inputs file: one frozen pydantic model per kind of table."""

from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

from heemodel.currency import POUNDS, Currency, currency_in, currency_of
from heemodel.parameters.distributions import (
    DISTRIBUTIONS,
    Array,
    Distribution,
    lognormal_moments,
    standard_error_from_interval,
)
from heemodel.parameters.policy import policy_profile

Status = Literal["read", "quoted", "derived", "assumed", "recalled"]
"""How a figure was come by: read in the publication; quoted in another document; derived from those by arithmetic;
assumed, for want of evidence; recalled, and not yet seen in a document."""

SHARE = "share"
"""The unit of a part of a whole, from 0 to 1."""

Kind = Literal["cash-releasing", "capacity freed", "cost avoided"]

Ask = Literal["saving", "value for money"]
"""What a report can answer."""


def _written(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; write it out")
    return text


Text = Annotated[str, AfterValidator(_written)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def _one_or_several(value: object) -> str:
    return "several" if isinstance(value, list) else "one"


# Told apart before they are checked, so that a mistake is reported once and not for each form.
Numbers = Annotated[
    Annotated[Number, Tag("one")] | Annotated[list[Number], Tag("several")], Discriminator(_one_or_several)
]
Positives = Annotated[
    Annotated[Positive, Tag("one")] | Annotated[list[Positive], Tag("several")], Discriminator(_one_or_several)
]


class Specification(BaseModel):
    """Frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Sourced(Specification):
    """A figure: what it is, where it comes from, how it was come by, and why it was chosen."""

    label: Text
    unit: Text
    source: Text
    status: Status
    rationale: Text
    price_year: Text | None = None
    plausible: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = None
    """The range in which such a figure usually lies; outside it the report asks to look again."""

    def _figure(self) -> Any:
        """The value or mean, or None where there is neither."""
        given = (getattr(self, name, None) for name in ("value", "mean"))
        return next((figure for figure in given if figure is not None), None)

    def implausible(self) -> float | None:
        """The first value that lies outside the plausible range, if any does."""
        value = self._figure()
        if self.plausible is None or value is None:
            return None
        low, high = self.plausible
        return next((float(one) for one in np.atleast_1d(value) if not low <= one <= high), None)

    @model_validator(mode="after")
    def plausible_range_applies(self) -> Self:
        """A range runs from low to high, and belongs to a value."""
        if self.plausible is None:
            return self
        if self.plausible[0] >= self.plausible[1]:
            raise ValueError(f"plausible = {self.plausible} does not run from low to high")
        if self._figure() is None:
            raise ValueError("plausible is a range for a value or mean, and there is none; remove it")
        return self

    @model_validator(mode="after")
    def money_has_a_price_year(self) -> Self:
        """Money is useless without the year of its prices."""
        money = currency_in(self.unit) is not None
        if money and self.price_year is None:
            raise ValueError('money needs a price_year; add price_year = "2023/24" (or as the source says)')
        if not money and self.price_year is not None:
            raise ValueError(f"has a price_year, but its unit {self.unit!r} is no money; correct the one or the other")
        return self


class Setting(Sourced):
    """A number that defines the decision problem and carries no uncertainty."""

    value: Number


class Parameter(Sourced):
    """An uncertain number, or one number for each label of a dimension.

    `value` is the mean, and of a log-normal the median; `mean` is the mean of a log-normal.
    """

    distribution: str
    value: Numbers | None = None
    mean: Numbers | None = None
    standard_error: Positives | None = None
    log_standard_error: Positives | None = None
    interval: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = None
    counts: list[Positive] | None = None
    dimension: Text | None = None
    labels: list[Text] | None = None

    @model_validator(mode="after")
    def distribution_can_be_drawn(self) -> Self:
        """The distribution, its spread, value and labels fit together."""
        family = DISTRIBUTIONS.get(self.distribution)
        if family is None:
            raise ValueError(f"distribution is {self.distribution!r}; write one of: {', '.join(DISTRIBUTIONS)}")
        self._check_centre(family)
        self._check_spread(family)
        self._check_labels()
        if self.unit == SHARE:
            self._check_share()
        if self.interval is not None:
            self._check_interval(*self.interval)
        if problem := family.impossible(self.centre(), self._spread_as_written()):
            raise ValueError(f"a {self.distribution} distribution {problem}")
        return self

    def _check_centre(self, family: Distribution) -> None:
        """One of value, mean and counts, and one that the distribution takes."""
        given = [name for name in ("value", "mean", "counts") if getattr(self, name) is not None]
        if not given:
            raise ValueError("value is missing; add value = …")
        if len(given) > 1:
            raise ValueError(f"has both {' and '.join(given)}; give one")
        if self.mean is not None and not family.spread_of_mean:
            raise ValueError(
                f"a {self.distribution} distribution takes no mean; its value is its mean: write value = …"
            )

    def _check_spread(self, family: Distribution) -> None:
        """The spread is written in one of the ways that go with the value, or with the mean."""
        ways = ("standard_error", "log_standard_error", "interval", "counts")
        given = [way for way in ways if getattr(self, way) is not None]
        beside, allowed, other = "value", family.spread, family.spread_of_mean
        if self.mean is not None:
            beside, allowed, other = "mean", other, allowed
        if given != [way for way in given if way in allowed] or len(given) != min(len(allowed), 1):
            wanted = " or ".join(allowed) or "no spread"
            said = f"a {self.distribution} distribution takes {wanted}{f' beside {beside}' if other else ''}"
            elsewhere = [way for way in given if way in other]
            instead = "value, the median" if self.mean is not None else "mean"
            cure = f"; {' and '.join(elsewhere)} goes with {instead}" if elsewhere else ""
            raise ValueError(f"{said}; found {' and '.join(given) or 'none'}{cure}")

    def _check_share(self) -> None:
        if self.distribution not in ("beta", "fixed"):
            raise ValueError(f"a {self.distribution} distribution can leave 0 to 1; a share takes a beta distribution")
        if not ((self.centre() >= 0) & (self.centre() <= 1)).all():
            raise ValueError("a share lies between 0 and 1; write 17% as 0.17")

    def _check_labels(self) -> None:
        size = self.centre().size
        if (self.dimension is None) != (self.labels is None):
            raise ValueError("dimension and labels go together; give both or neither")
        if self.labels is None and (size != 1 or self.counts is not None):
            raise ValueError("several numbers need a dimension and its labels; add dimension = … and labels = […]")
        if self.labels is not None and len(self.labels) != size:
            raise ValueError(f"has {size} numbers for {len(self.labels)} labels; give one number for each label")
        if self.labels is not None and len(set(self.labels)) != len(self.labels):
            raise ValueError("has the same label twice")
        if isinstance(self.standard_error, list) and len(self.standard_error) != size:
            raise ValueError(f"has {len(self.standard_error)} standard errors for {size} values")

    def _check_interval(self, low: float, high: float) -> None:
        if self.centre().size > 1:
            raise ValueError("an interval belongs to one number; give standard_error = […] for several")
        if DISTRIBUTIONS[self.distribution].log_scale and low <= 0:
            raise ValueError(f"interval = [{low:g}, {high:g}] must lie above 0 for a {self.distribution}")
        if not (low < high and (self.centre() >= low).all() and (self.centre() <= high).all()):
            raise ValueError(
                f"interval = [{low:g}, {high:g}] does not run from low to high around the value; give the 95% limits"
            )

    def centre(self) -> Array:
        """Central values as written, shape (labels,): value or mean; for counts, the counts themselves."""
        written = self._figure()
        return np.atleast_1d(np.asarray(self.counts if written is None else written, dtype=float))

    def location(self) -> Array:
        """What is drawn around, shape (labels,): the median of a log-normal, else `centre`."""
        if self.mean is None:
            return self.centre()
        return np.asarray(np.exp(lognormal_moments(self.centre(), self._spread_as_written())[0]))

    def spread(self) -> Array:
        """Standard errors, shape (labels,), on the log scale for a log-normal; zeros where there is none."""
        written = self._spread_as_written()
        return written if self.mean is None else lognormal_moments(self.centre(), written)[1]

    def _spread_as_written(self) -> Array:
        """Standard errors, shape (labels,), on the scale on which they or their interval are written."""
        family = DISTRIBUTIONS[self.distribution]
        if self.interval is not None:
            low, high = self.interval
            error: Any = standard_error_from_interval(low, high, log_scale=family.log_scale)
        else:
            error = self.standard_error if self.standard_error is not None else self.log_standard_error
        return np.broadcast_to(np.asarray(0.0 if error is None else error, dtype=float), self.centre().shape)

    def shapes(self) -> tuple[float, float]:
        """The two numbers by which evidence models take a prior.

        Beta: its two shapes; log-normal: median and standard deviation of the logarithm; else mean and standard
        deviation.
        """
        centre, spread = float(self.location()[0]), float(self.spread()[0])
        if self.distribution != "beta":
            return centre, spread
        size = centre * (1 - centre) / spread**2 - 1
        return centre * size, (1 - centre) * size


class DataRecord(Sourced):
    """One published result: events among n, or the mean of n observations."""

    n: Positive
    events: Annotated[int, Field(ge=0)] | None = None
    mean: Positive | None = None
    assumed: list[Literal["n", "events", "mean"]] = []

    @model_validator(mode="after")
    def one_kind_of_result(self) -> Self:
        """Events or a mean, and possible ones."""
        if (self.events is None) == (self.mean is None):
            raise ValueError("needs either events (a count among n) or mean (of n observations)")
        if self.events is not None and self.events > self.n:
            raise ValueError(f"has events = {self.events} among n = {self.n:g}; events cannot exceed n")
        if self.events is not None and self.n != round(self.n):
            raise ValueError(f"has n = {self.n:g}; a count of people is a whole number")
        return self

    @model_validator(mode="after")
    def assumptions_are_declared(self) -> Self:
        """What is assumed and the status of the record agree."""
        figures = {"n", "events" if self.mean is None else "mean"}
        if unknown := set(self.assumed) - figures:
            raise ValueError(f"assumed names {min(unknown)!r}, which the record does not have")
        if self.status == "assumed" and not self.assumed:
            raise ValueError(
                'status is "assumed", but assumed = [] names no figure; name it there, or correct the status'
            )
        if self.status in ("read", "quoted") and figures <= set(self.assumed):
            raise ValueError(f'status is "{self.status}", but every figure is assumed; correct the one or the other')
        return self


class Component(Specification):
    """A component of cost: who pays, what a saving on it is, and its step on the way from gross to net."""

    label: Text
    payer: Text | None = None
    kind: Kind | None = None
    step: Text | None = None
    """One of [steps]: every component has one where there are steps, and none where there are none."""
    rationale: Text | None = None


class Step(Specification):
    """A step on the way from gross to net saving; `quantity` names the saving once the step is taken."""

    label: Text
    quantity: Text


class Avoided(Specification):
    """A counted effect of the model, reported as comparator − intervention under the name `quantity`."""

    label: Text
    quantity: Text
    unit: Text


class Scenario(Specification):
    """A named body of evidence: the data record for each role and strategy, or the rows of tables that speak for it."""

    label: Text
    summary: Text | None = None
    design: Text | None = None
    """How the figures were come by: before and after, matched, randomised; printed beside the result."""
    evidence: dict[str, dict[str, str]] = {}
    rows: dict[str, dict[str, list[str]]] = {}
    """Of some tables, the labels in some columns that rows must have to be taken."""
    groups: dict[str, list[str]] = {}
    """Of some groupings, the groups that this scenario is about; all by default."""


class Claim(Specification):
    """A published annual saving to be tested, with the yearly volumes at which to test it."""

    label: Text
    value: Positive
    unit: Text
    components: list[Text]
    """The components of cost that the published figure counts."""
    volumes: list[Positive]
    source: Text
    rationale: Text


class Compare(Specification):
    """Two scenarios that the report holds against each other: how much of the reference survives the stringent one."""

    reference: Text
    stringent: Text


class About(Specification):
    """What the analysis is: printed at the head of its report."""

    title: Text
    organisation: Text | None = None
    """Whose figures these are."""
    question: Text
    population: Text
    perspective: Text
    price_year: Text
    currency: Annotated[Currency, BeforeValidator(currency_of)] = POUNDS
    """A sign or an ISO code, in which all money is; it is printed as it is given."""
    policy: Text
    """The profile that gives the discount rates."""
    thresholds: Annotated[list[Positive], Field(min_length=1)] | None = None
    """Money per QALY, at which the answer is asked; by default those of all dated profiles."""
    comparator: Text
    intervention: Text | None = None
    """With more than two strategies, the one that is spoken of where a single intervention is."""
    asks: Annotated[list[Ask], Field(min_length=1)] = ["value for money"]
    """What the report answers, in reading order."""
    compare: Compare | None = None
    limits: list[Text] = []
    notes: dict[str, Text] = {}
    """Sentences that must stand beside a quantity wherever it is printed, by the quantity's name."""
    glossary: dict[str, Text] = {}
    """Words of this analysis that its readers may not know, explained in the report."""

    @field_validator("asks")
    @classmethod
    def nothing_is_asked_twice(cls, asks: list[Ask]) -> list[Ask]:
        """Each question is there once."""
        if len(set(asks)) != len(asks):
            raise ValueError(f"is {asks}; ask each once")
        return asks

    @model_validator(mode="after")
    def an_intervention_is_not_the_comparator(self) -> Self:
        """They are two strategies."""
        if self.intervention == self.comparator:
            raise ValueError(f"intervention and comparator are both {self.comparator!r}; name two strategies")
        return self

    @field_validator("policy")
    @classmethod
    def policy_is_known(cls, name: str) -> str:
        """There is a profile of that name."""
        policy_profile(name)
        return name
