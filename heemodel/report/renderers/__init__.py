"""Formats of a report: each turns a whole document into one file, and knows nothing of health economics."""

from collections.abc import Callable
from dataclasses import dataclass

from heemodel.report.document import Document
from heemodel.report.renderers import html


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


RENDERERS = {renderer.name: renderer for renderer in (Renderer("html", "report.html", html.render),)}
"""Every format by name. A new one is a module here with a function `render`, and an entry in this tuple."""

__all__ = ["RENDERERS", "Renderer"]
