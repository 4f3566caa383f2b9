"""What the command's options take, and what they say to a figure that they cannot take."""

import math
from typing import Any

import click

from heemodel.errors import HeemodelError
from heemodel.timespans import years


class Whole(click.IntRange):
    """A whole number; says how to write one when it meets 10,000 or 1e4."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number, or an error with the way to write it."""
        try:
            int(value)
        except ValueError:
            self.fail(f"{value!r} is not a whole number; write it in digits only, such as 10000", param, ctx)
        return super().convert(value, param, ctx)


def _number(value: Any) -> float | None:
    """A finite number, or None."""
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


class Figure(click.FloatRange):
    """A number; says how to write one when it meets 20,000, £20000 or 20k."""

    def __init__(self, such_as: str, **limits: Any) -> None:
        super().__init__(**limits)
        self.such_as = such_as

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number, or an error with the way to write it."""
        if _number(value) is None:
            self.fail(f"{value!r} is not a number; write it in digits only, such as {self.such_as}", param, ctx)
        return super().convert(value, param, ctx)


class Rate(Figure):
    """A rate per year as a fraction; says so when it meets per cent."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The fraction, or an error with the way to write it."""
        rate = super().convert(value, param, ctx)
        if rate >= 1:
            self.fail(f"{value} is {rate:.0%}; give a fraction: 3.5% is 0.035", param, ctx)
        return rate


class Duration(click.ParamType):  # type: ignore[type-arg] # before click 8.5 it takes none
    """A time in years, from a number of them or a duration in words."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The years, or an error with the way to write them."""
        try:
            length = float(years(value)) if (number := _number(value)) is None else number
        except HeemodelError as error:
            self.fail(f"{error}, or the years alone", param, ctx)
        if length <= 0:
            self.fail(f"it is {value!r}; give a time above 0", param, ctx)
        return length


class Several(click.Command):
    """A command whose options that may be repeated also take several values at once: --thresholds 20000 30000."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat the option for each value up to the next option."""
        repeatable = {
            name for one in self.params if getattr(one, "multiple", False) and one.nargs == 1 for name in one.opts
        }
        spread: list[str] = []
        current = None
        for word in args:
            option = word.partition("=")[0]  # what stands behind it is a value, whatever it looks like
            if word.startswith("--"):
                current = option if option in repeatable else None
                spread.append(word)
            elif current is not None and spread[-1] != current:
                spread += [current, word]
            else:
                spread.append(word)
        return super().parse_args(ctx, spread)
