"""Characters that a format cannot hold or a reader cannot see, made visible: never dropped, never taken for markup."""

import re
import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
WORD_JOINER = "\u2060"
"""Has no width, and no line breaks at it."""
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"} | {
    0x7F: "\N{SYMBOL FOR DELETE}"
}
_LOOSE_MINUS = re.compile(r"−(?=[^\s\d])")
"""A minus sign at which a line could break: before a digit none does."""
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def visible(text: str) -> str:
    r"""The text with control characters as their pictures, and those that XML and HTML forbid as �.

    Parameters
    ----------
    text : any; line ends of every system become one line end

    Examples
    --------
    >>> visible("a\x00b")
    'a␀b'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub(lambda found: _PICTURES.get(ord(found[0]), REPLACEMENT), text)


def with_whole_amounts(text: str) -> str:
    """The text with every minus sign held to the currency sign that follows it.

    >>> with_whole_amounts("−£5 and −5") == f"−{WORD_JOINER}£5 and −5"
    True
    """
    return _LOOSE_MINUS.sub(f"−{WORD_JOINER}", text)


def runs_right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction runs from right to left, as in Arabic and Hebrew."""
    directions = (unicodedata.bidirectional(character) for character in text)
    return next((direction for direction in directions if direction in {"L", "R", "AL"}), "L") != "L"
