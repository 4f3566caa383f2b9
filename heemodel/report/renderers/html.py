"""The report as one HTML page that needs no network."""

import base64
import functools
import hashlib
import re
import string
from collections.abc import Sequence
from itertools import groupby
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from heemodel.report.characters import WORD_JOINER, visible
from heemodel.report.document import Block, Document, Figure, Words
from heemodel.report.renderers.cells import around_intervals, is_flagged, numeric_columns

LONGEST_WORD = 22
"""Characters of a word that may be broken anywhere, such as an address or a hash."""
SAFE = frozenset(string.ascii_letters + string.digits + "% !$()*+,-./:;=?@[]_|~")
"""Characters that stand for themselves in the address of a picture, and "%"."""
OPEN_FOLDS = """\
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  for (const fold of opened) fold.open = true;
});
addEventListener("afterprint", () => { for (const fold of opened) fold.open = false; });
"""
"""Prints what is folded away, in browsers whose style sheets cannot."""


def render(document: Document) -> bytes:
    """The whole page.

    Notes
    -----
    All text is escaped, and the page forbids itself to load or run anything that it does not hold (a content security
    policy), so that no text of an input can bring anything in.
    """
    asks = bool(document.sections) and document.sections[0].title == document.question
    page = _environment().get_template("document.html.j2")
    text = page.render(
        document=document,
        asks=asks,
        window_title=_window_title(document),
        contents=document.sections[1:] if asks else document.sections,
        script=Markup(OPEN_FOLDS),  # noqa: S704 # a constant
        script_hash=base64.b64encode(hashlib.sha256(OPEN_FOLDS.encode()).digest()).decode(),
        margin=Markup(_css_string(document.title)),  # noqa: S704 # every character is spelt by its number
    )
    return text.encode()


def _window_title(document: Document) -> str:
    """What a window, a bookmark and a search name the page: its title, and whose it is."""
    whose = document.facts.get("Organisation", "")
    return f"{document.title} – {whose}" if whose and whose not in document.title else document.title


@functools.cache
def _environment() -> jinja2.Environment:
    """Templates in which text is escaped, a name that is missing is an error, and a minus sign keeps its number."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("heemodel.report.renderers"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
    )
    environment.filters |= {
        "anchor": _anchor,
        "data_uri": _data_uri,
        "flagged": is_flagged,
        "kind": lambda block: type(block).__name__.lower(),
        "long": lambda text: any(len(word) > LONGEST_WORD for word in text.split()),
        "numeric": numeric_columns,
        "together": _together,
        "whole_intervals": _whole_intervals,
    }
    return environment


def _shown(text: Any) -> Any:
    """Control characters as pictures; a minus sign stays with its number where lines break."""
    return visible(text).replace("−", f"−{WORD_JOINER}") if type(text) is str else text


def _anchor(name: str) -> str:
    """A name as an address within the page."""
    return re.sub(r"[^\w-]+", "-", name)


def _css_string(text: str) -> str:
    """A text between quotes in a style sheet, each character by its number so that none has a meaning there."""
    return '"' + "".join(f"\\{ord(character):06x}" for character in " ".join(visible(text).split())) + '"'


def _data_uri(figure: Figure) -> Markup:
    """A picture inside the page: percent-encoded, a quarter smaller than in base 64."""
    picture = " ".join(map(str.strip, figure.svg.splitlines()))
    for character in ["%", *sorted(set(picture) - SAFE)]:  # "%" before those of which a code begins with it
        picture = picture.replace(character, quote(character))
    return Markup(f"data:image/svg+xml,{picture}")  # noqa: S704 # no character is left that HTML gives a meaning


def _together(blocks: Sequence[Block]) -> list[tuple[bool, list[Block]]]:
    """Blocks, with the answer and the findings that follow each other in one frame."""

    def in_short(block: Block) -> bool:
        return isinstance(block, Words) and block.role in ("answer", "finding")

    return [(short, list(run)) for short, run in groupby(blocks, in_short)]


def _whole_intervals(text: str) -> Markup:
    """A figure whose line breaks before the interval in brackets, and within it only where that is too long."""
    parts = around_intervals(_shown(text))
    whole = Markup('<span class="whole">{}</span>')
    return Markup("").join(whole.format(part) if place % 2 else part for place, part in enumerate(parts))
