"""Words and figures on plots: money on axes, and names cut to fit."""

import textwrap
from collections.abc import Sequence
from typing import cast

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import Formatter, FuncFormatter, LogLocator, MaxNLocator, NullFormatter, SymmetricalLogLocator
from numpy.typing import ArrayLike

SMALL = 8.5
"""Points; no text on a plot is smaller."""
TICK = 56
"""Points that a tick of the x axis has to itself."""
CODE, LONGEST_SIGN = 18, 2
"""Points more where money has a code; characters of a sign, with a letter before it."""
CHARACTER = 0.56
"""Mean width of a character, by the size of its font."""
MOST_LINES = 3
"""Of the label of an axis."""
UNITS = ((1e9, "bn"), (1e6, "m"), (1.0, ""))


def amount(value: float, sign: str, *, error: float | None = None) -> str:
    """A figure beside a mark: to its error; without one whole, with hundredths where small, three digits for millions.

    >>> amount(12345.6, "£"), amount(-7.5, "$"), amount(0.00021, "£"), amount(1.234e8, "£"), amount(0, "£")
    ('£12,346', '−$7.50', '£0.00021', '£123m', '£0')
    >>> amount(1128.4, "£", error=19.0), amount(7.512, "£", error=0.3)
    ('£1,130', '£7.50')
    """
    size = abs(value)
    if error and error > 1e-9 * size and size < 1e6:
        unit = 10.0 ** np.floor(np.log10(error))
        places = max(0, -round(np.log10(unit)))
        size = round(size / unit) * unit
        return f"{_minus(value) if size else ''}{sign}{size:,.{2 if places == 1 else places}f}"
    if size >= 1e6:
        unit, word = next((unit, word) for unit, word in UNITS if size >= unit)
        text = f"{size / unit:.3g}" if size / unit < 1e3 else f"{size / unit:,.0f}"
        return f"{_minus(value)}{sign}{text}{word}"
    text = f"{size:,.0f}" if size >= 100 or not size else f"{size:.2f}" if size >= 1 else f"{size:.2g}"
    return f"{_minus(value)}{sign}{text}"


def setting(value: object) -> str:
    """The value of a parameter, as short as can be; text as it is.

    >>> setting(12345.6), setting(0.25), setting(-0.00020001), setting("£31,000 a day")
    ('12,346', '0.25', '−0.0002', '£31,000 a day')
    """
    if isinstance(value, str):
        return value
    figure = float(str(value))
    text = f"{abs(figure):,.0f}" if abs(figure) >= 1000 else f"{abs(figure):.3g}"
    return _minus(figure) + text


def _minus(value: float) -> str:
    return "−" if value < 0 else ""


def _power(value: float, sign: str) -> str:
    """A tick of a logarithmic axis."""
    return amount(value, sign) if abs(value) >= 1e6 else f"{_minus(value)}{sign}{abs(value):,.10g}"


class Amounts(Formatter):
    """Ticks in one unit, with as many decimals as tell them apart, and no offset.

    >>> Amounts("£").format_ticks([-25000, 0, 25000]), Amounts("£").format_ticks([0, 500_000, 1_000_000])
    (['−£25,000', '£0', '£25,000'], ['£0', '£0.5m', '£1.0m'])
    >>> Amounts("").format_ticks([9.8711, 9.8712])
    ['9.8711', '9.8712']
    """

    def __init__(self, sign: str = "") -> None:
        self.sign = sign

    def __call__(self, x: float, pos: int | None = None) -> str:  # noqa: ARG002 (matplotlib's signature)
        """One tick by itself."""
        return self.format_ticks([x])[0]

    def format_ticks(self, values: ArrayLike) -> list[str]:
        """All ticks of an axis."""
        ticks = np.asarray(values, dtype=float)
        largest = max(abs(ticks), default=0.0)
        unit, word = next(((unit, word) for unit, word in UNITS if largest >= unit), UNITS[-1])
        steps = np.diff(np.unique(ticks))
        finest = (min(steps) if len(steps) else largest) / unit
        decimals = next((d for d in range(15) if all(abs(round(v, d) - v) < finest / 100 for v in ticks / unit)), 15)
        return [self._tick(value, unit, word, decimals) for value in ticks]

    def _tick(self, value: float, unit: float, word: str, decimals: int) -> str:
        size = round(abs(value) / unit, decimals)
        return f"{_minus(value)}{self.sign}{size:,.{decimals}f}{word}" if size else f"{self.sign}0"


def literal(ax: Axes) -> Axes:
    """The axes, with every text on them printed as it is: two dollar signs are money or part of a name, no formula."""
    if plt.rcParams["text.parse_math"]:  # reports turn it off before they draw
        for text in ax.findobj(Text):
            text.set_parse_math(False)
    return ax


def canvas(ax: Axes) -> Figure:
    """The figure that axes are on."""
    return cast("Figure", ax.get_figure(root=True))


def figures_on(axis: Axis, sign: str = "", *, most: int = 6) -> None:
    """Money (with its sign) or plain figures on an axis, linear or logarithmic, of at most `most` steps when linear."""
    if isinstance(axis, XAxis):
        width = axis.axes.get_window_extent().width * 72 / canvas(axis.axes).dpi
        most = min(most, max(1, int(width / (TICK + CODE * (len(sign) > LONGEST_SIGN)))))
    if axis.get_scale() not in {"log", "symlog"}:
        axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter(Amounts(sign))
        return
    low, high = axis.get_view_interval()
    wide = low <= 0 or high / low > 100
    subs = (1.0,) if wide else (1.0, 2.0, 5.0)
    if axis.get_scale() == "symlog":
        axis.set_major_locator(SymmetricalLogLocator(transform=axis.get_transform(), subs=subs))
    else:
        axis.set_major_locator(LogLocator(subs=subs))
    axis.set_major_formatter(FuncFormatter(lambda value, _: _power(value, sign)))
    axis.set_minor_formatter(NullFormatter())


def wrapped(text: str, axis: Axis) -> str:
    """The label of an axis, in lines that are not longer than it; the middle of one with many lines is left out."""
    box = axis.axes.get_window_extent()
    length = (box.width if isinstance(axis, XAxis) else box.height) * 72 / canvas(axis.axes).dpi
    lines = textwrap.wrap(text, max(12, int(length / (CHARACTER * float(axis.label.get_fontsize())))))
    return "\n".join(lines if len(lines) <= MOST_LINES else [f"{lines[0]} …", lines[-1]])


def shorten(names: Sequence[str], *, width: int = 28, lines: int = 2) -> list[str]:
    """Names wrapped to a few lines and cut with "…": at the end, or in the middle where some begin alike.

    Where they could not be told apart even so, none is cut.

    >>> shorten(["usual care", "a very long name"], width=8, lines=1)
    ['usual …', 'a very …']
    >>> shorten(["early care, then home", "early care, then hospital"], width=19, lines=1)
    ['early … home', 'early … hospital']
    """
    ends = [textwrap.fill(name, width, max_lines=lines, placeholder=" …") for name in names]
    middles = [_without_middle(name, width, lines) for name in names]
    whole = [textwrap.fill(name, width) for name in names]
    return next((cut for cut in (ends, middles) if len(set(cut)) == len(set(names))), whole)


def _without_middle(name: str, width: int, lines: int) -> str:
    """The first and the last words of a name, as many as there is room for in one line or two."""
    if len(textwrap.wrap(name, width)) <= lines:
        return textwrap.fill(name, width)
    head, tail, joint = (width - 2, width, " …\n") if lines > 1 else (width // 2 - 1, (width - 3) // 2, " … ")
    return textwrap.wrap(name, head)[0] + joint + textwrap.wrap(name[::-1], tail)[0][::-1]
