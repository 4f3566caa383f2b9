"""What else the inputs might be: alternative sources of a parameter, subgroups, the analysis under other choices."""

from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from heemodel.errors import nearest
from heemodel.parameters.parameter import Parameter
from heemodel.parameters.specification import Number, Positive, Specification, Status, Text
from heemodel.timespans import years


class TableFile(Specification):
    """A table kept as a csv file beside the inputs, such as trials arm by arm; lines that begin with # are skipped."""

    label: Text
    file: Text
    unit: Text
    source: Text
    status: Status
    rationale: Text


class Alternatives(Specification):
    """Several sources of one parameter, and how much each is believed.

    Each draw takes one of `options`, which are parameters by name, with probability proportional to its weight; an
    option of weight 0 is only ever taken by a variation. The central value is that of the heaviest option, the first
    among equals.
    """

    label: Text
    rationale: Text
    weights: dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]]
    options: dict[str, Parameter]

    @model_validator(mode="after")
    def weights_belong_to_options(self) -> Self:
        """Every option has a weight, and some weight is above 0."""
        if not self.options:
            raise ValueError("has no options; add one as a table of its own, with the keys of a parameter")
        if unknown := sorted(set(self.weights) - set(self.options)):
            raise ValueError(f"there is no option {unknown[0]!r} to weigh; {nearest(unknown[0], self.options)}")
        if missing := sorted(set(self.options) - set(self.weights)):
            raise ValueError(f"option {missing[0]!r} has no weight; give it one, 0 to show it as a variation only")
        if not any(self.weights.values()):
            raise ValueError("every weight is 0; give the option to be used a weight above 0")
        return self

    @property
    def heaviest(self) -> str:
        """The option of the central value."""
        return max(self.weights, key=lambda name: self.weights[name])

    @property
    def believed(self) -> dict[str, float]:
        """Options that can be drawn, with their probabilities."""
        total = sum(self.weights.values())
        return {name: weight / total for name, weight in self.weights.items() if weight}


class Grouping(Specification):
    """A way to divide patients, such as by age band; the product of all groupings is the model's groups.

    `people` are numbers or shares by group, from which the weights of a total are worked out; `traits` are numbers by
    group that the model reads.
    """

    label: Text
    people: Annotated[dict[str, Positive], Field(min_length=1)]
    traits: dict[str, dict[str, Number]] = Field(default_factory=dict)
    source: Text
    status: Status
    rationale: Text

    @model_validator(mode="after")
    def traits_are_of_all_groups(self) -> Self:
        """Every trait has a number for every group."""
        for trait, numbers in self.traits.items():
            if set(numbers) != set(self.people):
                raise ValueError(f"trait {trait!r} is of {_listed(numbers)}, people are of {_listed(self.people)}")
        return self


class Published(Specification):
    """A published result that a variation is held against; `quantity` is one of the headline."""

    quantity: Text
    value: Number
    interval: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = None
    source: Text
    status: Status


class Variation(Specification):
    """The same analysis under other choices; with published results, a validation.

    `changes` are laid over the inputs table by table, and take their place key by key.
    """

    label: Text
    rationale: Text
    horizon: Text | None = None
    scenario: Text | None = None
    choose: dict[str, str] = Field(default_factory=dict)
    """An option for each of some alternatives, which then is the only one."""
    payers: Annotated[list[Text], Field(min_length=1)] | None = None
    """Whose costs are counted; everybody's by default."""
    changes: dict[str, Any] = Field(default_factory=dict)
    published: list[Published] = Field(default_factory=list)
    difference: Text | None = None
    """Why the result is not the published one."""

    @field_validator("horizon")
    @classmethod
    def a_length_of_time_can_be_read(cls, horizon: str | None) -> str | None:
        """A number of years, months, weeks or days; a word such as "lifetime" is for the model to understand."""
        if horizon is not None and horizon.strip()[:1].isdigit():
            years(horizon, "horizon")
        return horizon

    @model_validator(mode="after")
    def differences_are_explained(self) -> Self:
        """What is published and why ours differs go together."""
        if bool(self.published) != (self.difference is not None):
            raise ValueError("published results and their difference go together: say why ours is not the same")
        return self


class Question(Specification):
    """Parameters that are looked at together in the value of information."""

    label: Text
    parameters: Annotated[list[Text], Field(min_length=1)]


def _listed(names: Any) -> str:
    return ", ".join(sorted(names)) or "none"
