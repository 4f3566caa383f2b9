"""Texts of a drawing as they can be drawn: none so long that nothing else has room, no character that has no shape."""

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter

from heemodel.report.characters import visible

LONGEST, OF_TICK = 80, 48
"""Characters of a line, and of one along an axis, which takes room from the drawing."""
TAIL = 3
"""One part in so many of a line that is cut are its last characters, which tell names apart that begin alike."""
MOST_LINES = 8


def readable(canvas: Figure) -> None:
    """Cut what is too long on a drawing, and show control characters by their pictures.

    Parameters
    ----------
    canvas : changed before it is arranged and saved; tables beside it have every text whole
    """
    for text in canvas.findobj(Text):
        written = text.get_text()
        if written != (shown := drawable(written)):
            text.set_text(shown)
    for ax in canvas.axes:
        for axis in (ax.xaxis, ax.yaxis):
            _ticks(axis)


def _ticks(axis: Axis) -> None:
    """Names along an axis, which it would write again; figures along it are short."""
    if not isinstance(axis.get_major_formatter(), FuncFormatter):
        return
    written = [label.get_text() for label in axis.get_ticklabels()]
    if written != (shown := [drawable(text, OF_TICK) for text in written]):
        axis.set_ticks(axis.get_ticklocs(), shown)


def drawable(text: str, longest: int = LONGEST) -> str:
    r"""A text as it is drawn; the middle of a long line, and of many lines, is left out.

    >>> drawable("usual care"), len(drawable("x" * 10_000)), drawable("a\x00b")
    ('usual care', 80, 'a␀b')
    """
    lines = [_cut(line.replace("\t", " "), longest) for line in visible(text).split("\n")]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 2], "…", lines[-1]]
    return "\n".join(lines)


def _cut(line: str, longest: int) -> str:
    """A line without its middle, where it is too long."""
    if len(line) <= longest:
        return line
    tail = longest // TAIL
    return f"{line[: longest - tail - 3]} … {line[-tail:]}"
