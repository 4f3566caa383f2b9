"""The option --format, and what is said of the reports that were written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


class Formats(click.ParamType):  # type: ignore[type-arg] # before click 8.5 it takes none
    """Formats of a report, joined by commas."""

    name = "formats"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The formats, or an error with those that there are."""
        from heemodel.report import RENDERERS

        if isinstance(value, tuple):
            return value
        formats = tuple(name.strip() for name in str(value).split(","))
        if unknown := [name for name in formats if name not in RENDERERS]:
            self.fail(f"there is no format {unknown[0]!r}; known: {', '.join(RENDERERS)}", param, ctx)
        return formats


def formats_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option --format; its function takes `formats`, each once, in the order given."""
    return click.option(
        "--format",
        "formats",
        multiple=True,
        default=["html"],
        show_default="html",
        type=Formats(),
        callback=lambda _ctx, _param, given: tuple(dict.fromkeys(name for names in given for name in names)),
        help="Of the report: html, docx, xlsx; several by commas.",
    )(command)


def tell_reports(folder: Path, formats: tuple[str, ...]) -> None:
    """Print the path of the report in each format."""
    from heemodel.report import RENDERERS

    for name in formats:
        click.echo(f"Report: {folder / RENDERERS[name].file}")
