"""Maps of two inputs that an inputs file asks for, `[two_way.<name>]`."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from heemodel.errors import nearest
from heemodel.parameters.problems import Problem
from heemodel.parameters.specification import Number, Specification, Text

Quantity = Literal["saving", "net benefit"]
Ends = Annotated[list[Number], Field(min_length=2, max_length=2)]


class TwoInputs(Specification):
    """Two inputs that are varied together, the others at their central values."""

    label: Text
    x: Text
    """A parameter that the model reads, of the inputs or of the evidence; one place of it as in "mean_stay[new]"."""
    y: Text
    x_range: Ends | None = None
    """From low to high, in the parameter's unit and the prices of the analysis; its central 95% by default."""
    y_range: Ends | None = None
    quantity: Quantity | None = None
    """By default what the report asks first."""
    scenario: Text | None = None
    """The one that is looked at; all by default."""

    @model_validator(mode="after")
    def two_inputs_are_two(self) -> Self:
        """Something is put on either axis."""
        if self.x == self.y:
            raise ValueError(f"x and y are both {self.x!r}; name two inputs")
        return self

    @model_validator(mode="after")
    def ranges_run_upwards(self) -> Self:
        """From low to high."""
        for name, ends in (("x_range", self.x_range), ("y_range", self.y_range)):
            if ends is not None and ends[0] >= ends[1]:
                raise ValueError(f"{name} = {ends} does not run from low to high")
        return self


def wrong_two_way(sections: Mapping[str, Any]) -> list[Problem]:
    """Maps of scenarios that are not there."""
    scenarios = sections["scenarios"]
    return [
        Problem(
            ("two_way", name, "scenario"), f"names no scenario {asked.scenario!r}; {nearest(asked.scenario, scenarios)}"
        )
        for name, asked in sections["two_way"].items()
        if asked is not None and asked.scenario is not None and asked.scenario not in scenarios
    ]
