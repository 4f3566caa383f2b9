"""Formats of a report: each turns a whole document into one file, and knows nothing of health economics."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from heemodel.errors import nearest
from heemodel.report.document import Document
from heemodel.report.folder import OutputError
from heemodel.report.renderers import docx, html, xlsx


@dataclass(frozen=True)
class Renderer:
    """A format.

    Attributes
    ----------
    name : what a user asks for
    file : that it writes
    render : the whole of that file from a document
    """

    name: str
    file: str
    render: Callable[[Document], bytes]


RENDERERS = {
    renderer.name: renderer
    for renderer in (
        Renderer("html", "report.html", html.render),
        Renderer("docx", "report.docx", docx.render),
        Renderer("xlsx", "report.xlsx", xlsx.render),
    )
}
"""Every format by name. A new one is a module here with a function `render`, and an entry in this tuple."""


def renderers_of(formats: Iterable[str]) -> list[Renderer]:
    """The renderers of the formats that are asked for, each once.

    Raises
    ------
    OutputError
        if there is no such format
    """
    names = list(dict.fromkeys(formats))
    for name in names:
        if name not in RENDERERS:
            raise OutputError(f"report format {name!r} is unknown; {nearest(name, RENDERERS)}")
    return [RENDERERS[name] for name in names]


__all__ = ["RENDERERS", "Renderer", "renderers_of"]
