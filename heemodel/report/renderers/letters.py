"""How much room text takes, in points: near enough for columns and rows, in fonts that are alike."""

import math
import unicodedata

ROOM = 1.03
"""Letters of fonts differ; text is taken to be this much wider than measured."""
_EMS = {
    **dict.fromkeys("ckJsvxyz", 0.5),
    **dict.fromkeys("GOQ", 0.78),
    "r": 0.36,
    **dict.fromkeys("iljtfI.,:;'|!()[]/ -\u00a0", 0.3),
    **dict.fromkeys("mwMW%@—", 0.9),
    **dict.fromkeys("ABCDEFHKLNPRSTUVXYZ&−+<>=≤≥", 0.68),
}


def text_width(text: str, size: float) -> float:
    """The width of a text in points, for letters of a size in points."""
    ems = sum(_EMS.get(letter, 1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.55) for letter in text)
    return ems * size * ROOM


def lines_of(text: str, width: float, size: float) -> int:
    r"""Lines that a text takes where it is wrapped at `width` points; a word that is longer is broken.

    >>> lines_of("short", 100, 10), lines_of("two words", 30, 10), lines_of("a\n\nb", 100, 10)
    (1, 2, 3)
    """
    return sum(_wrapped(line, width, size / ROOM) for line in text.split("\n"))


def _wrapped(line: str, width: float, size: float) -> int:
    """The same of a text without line ends."""
    space, lines, left = text_width(" ", size), 1, width
    for word in line.split(" "):
        needs = text_width(word, size)
        if needs > left and left < width:
            lines, left = lines + 1, width
        if needs > width:
            further = math.ceil(needs / width) - 1
            lines, needs = lines + further, needs - further * width
        left -= needs + space
    return lines
