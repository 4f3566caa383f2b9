"""The shape of an inputs file: one frozen pydantic model per kind of table."""

import math
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from heemodel.currency import POUNDS, Currency, currency_in, currency_of
from heemodel.parameters.policy import policy_profile

Status = Literal["read", "quoted", "derived", "assumed", "recalled"]
"""How a figure was come by: read in the publication; quoted in another document; derived from those by arithmetic;
assumed, for want of evidence; recalled, and not yet seen in a document."""

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

    def outside(self, plausible: tuple[float, float]) -> float | None:
        """The first value that lies outside a range, if any does."""
        value = self._figure()
        if value is None:
            return None
        low, high = plausible
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


class DataRecord(Sourced):
    """One published result: events among n or their share, the mean of n observations, or their quartiles."""

    n: Positive
    """Of a share that is published without counts: how many people's worth of information it is taken for."""
    events: Annotated[int, Field(ge=0)] | None = None
    share: Number | None = None
    mean: Positive | None = None
    sd: Positive | None = None
    """Standard deviation of the observations, beside their mean."""
    quartiles: Annotated[list[Positive], Field(min_length=3, max_length=3)] | None = None
    """Lower quartile, median, upper quartile."""
    assumed: list[Literal["n", "events", "share", "mean", "sd", "quartiles"]] = []

    @property
    def kind(self) -> str:
        """What is published: "events" (also as a share), "mean" or "quartiles"."""
        return next(key for key, given in self._results().items() if given is not None).replace("share", "events")

    @property
    def counted(self) -> int | None:
        """Events among n; of a share, the nearest whole number of them; None of other results.

        A half is rounded up, as a spreadsheet's ROUND does: 50% of 129 is 65. The product is that of the figures as
        they are written, exactly: 14.5% of 100 is 14.5, not 14.499…, and so 15.
        """
        if self.share is None:
            return self.events
        return math.floor(Fraction(repr(self.share)) * Fraction(repr(self.n)) + Fraction(1, 2))

    def _results(self) -> dict[str, Any]:
        """The keys of which one states the result."""
        return {key: getattr(self, key) for key in ("events", "share", "mean", "quartiles")}

    def _figure(self) -> Any:
        return self.mean if self.quartiles is None else self.quartiles[1]

    @model_validator(mode="after")
    def one_kind_of_result(self) -> Self:
        """One kind of result, and a possible one."""
        given = [key for key, value in self._results().items() if value is not None]
        if len(given) != 1:
            raise ValueError(
                f"{f'has {" and ".join(given)}' if given else 'has no result'}; give one of: events (a count among n), "
                "share (of n), mean (of n observations, with sd where it is known), quartiles (of n observations)"
            )
        if self.share is not None and not 0 <= self.share <= 1:
            raise ValueError(f"share is {self.share:g}; it lies between 0 and 1: write 17% as 0.17")
        if self.events is not None and self.events > self.n:
            raise ValueError(f"has events = {self.events} among n = {self.n:g}; events cannot exceed n")
        if self.counted is not None and self.n != round(self.n):
            raise ValueError(f"has n = {self.n:g}; a count of people is a whole number")
        if self.sd is not None and self.mean is None:
            raise ValueError("has an sd and no mean; sd is the standard deviation beside a mean")
        if self.quartiles is not None and not self.quartiles[0] < self.quartiles[1] < self.quartiles[2]:
            raise ValueError(f"quartiles are {self.quartiles}; give lower quartile, median, upper quartile, ascending")
        return self

    @model_validator(mode="after")
    def assumptions_are_declared(self) -> Self:
        """What is assumed and the status of the record agree."""
        figures = {"n", *(key for key, value in {**self._results(), "sd": self.sd}.items() if value is not None)}
        if unknown := set(self.assumed) - figures:
            raise ValueError(f"assumed names {min(unknown)!r}, which the record does not have")
        if self.status == "assumed" and not self.assumed:
            raise ValueError(
                'status is "assumed", but assumed = [] names no figure; name it there, or correct the status'
            )
        if self.status in ("read", "quoted") and figures <= set(self.assumed):
            raise ValueError(f'status is "{self.status}", but every figure is assumed; correct the one or the other')
        return self


class When(Specification):
    """What must be so; all of it. Without anything, it is always so."""

    scenarios: list[Text] = []
    """Scenarios that are run."""
    claim: bool | None = None
    """Whether there is a published claim to test."""
    values: dict[Text, Any] = {}
    """Values by dotted path, such as "data.stay_before.mean" = 90: as long as the file has just these."""


class Sentence(Specification):
    """A sentence, and when it holds; a text alone always does."""

    text: Text
    when: When = When()

    @model_validator(mode="before")
    @classmethod
    def a_text_is_a_sentence(cls, given: Any) -> Any:
        """A text stands for a table with that text."""
        return {"text": given} if isinstance(given, str) else given


class Yours(Specification):
    """The figures that a user of the model puts in: the first sheet of a workbook of its inputs."""

    title: Text = "Your figures"
    figures: list[Text]
    """Tables and keys by dotted path, such as "data.stay_before" or "about.organisation", in their order."""


class Component(Specification):
    """A component of cost: who pays, what a saving on it is, and its step on the way from gross to net."""

    label: Text
    payer: Text | None = None
    budget: Text | None = None
    """Whose within the payer, where it has several budgets that do not share: "the trust", within the NHS."""
    kind: Kind | None = None
    counts: Text | None = None
    """Of capacity that is freed, the one of [avoided] that it is, such as bed-days."""
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
    when: When = When()
    """When it is run, unless it is asked for by name: a body of evidence may be about other people's figures."""


class Volume(Specification):
    """People a year at whom a published saving is tested, why, and when; a number alone always is one."""

    value: Positive
    why: Text | None = None
    when: When = When()

    @model_validator(mode="before")
    @classmethod
    def a_number_is_a_volume(cls, given: Any) -> Any:
        """A number stands for a table with that value."""
        return given if isinstance(given, dict | Volume) else {"value": given}


class Claim(Specification):
    """A published annual saving to be tested, with the yearly volumes at which to test it."""

    label: Text
    value: Positive
    unit: Text
    price_year: Text | None = None
    """Of the published figure, which is not moved between price years."""
    components: list[Text]
    """The components of cost that the published figure counts."""
    volumes: list[Volume] = []
    """Besides the people a year of the analysis."""
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
    person: Text = "patient"
    """What one is called whose costs and QALYs are counted; more of them by an s at its end."""
    followed: Text | None = None
    """Who is followed for how long, where that is not everybody from the start over the horizon."""
    assurance: Text | None = None
    """A sentence on who has reviewed the model and its inputs; printed on the first page."""
    asks: Annotated[list[Ask], Field(min_length=1)] = ["value for money"]
    """What the report answers, in reading order."""
    compare: Compare | None = None
    limits: list[Sentence] = []
    notes: dict[str, Sentence] = {}
    """Sentences that must stand beside a quantity wherever it is printed, by the quantity's name; as limits, each is
    printed as long as it holds."""
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
