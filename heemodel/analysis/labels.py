"""What parameters are called by those who read results: labels and units of the inputs, else words made of the name."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import xarray as xr

from heemodel.currency import currency_in
from heemodel.parameters import Inputs, Parameter

SHARES = ("share", "probability")
SHORT_UNITS = ("days", "weeks", "months", "years", "hours", "minutes", "points")
"""Units that stand after a figure; longer ones are said with the label."""
WITHOUT_UNIT = ("", "none")
NOTHING = 1e-9
"""Below it, a value is 0."""


@dataclass(frozen=True)
class Label:
    """What a parameter is called.

    Attributes
    ----------
    text : in words, with the place where it has several
    unit : as in the inputs; empty where it is unknown
    """

    text: str
    unit: str = ""

    @property
    def with_unit(self) -> str:
        """The words, with the unit in brackets where a figure of it does not say it.

        >>> Label("Recovery", "per year").with_unit, Label("Stay", "days").with_unit
        ('Recovery (per year)', 'Stay')
        """
        says_itself = self.unit in (*WITHOUT_UNIT, *SHARES, *SHORT_UNITS)
        return self.text if says_itself else f"{self.text} ({self.unit})"

    def figure(self, value: object) -> str:
        """A value of the parameter, as short as can be; text as it is.

        >>> Label("Stay", "days").figure(41.2), Label("Home", "share").figure(0.714), Label("", "£ per day").figure(412)
        ('41.2 days', '71.4%', '£412')
        >>> Label("Mortality", "rate ratio").figure(2.0), Label("Survey").figure("large")
        ('2', 'large')
        """
        if isinstance(value, str):
            return value
        number, unit = float(str(value)), self.unit
        if unit in SHARES or unit.startswith("probability"):
            return f"{_short(100 * number)}%"
        size = _short(abs(number))
        sign = "−" if number < 0 and size != "0" else ""
        currency = currency_in(unit)
        if currency is not None and unit.startswith(currency.name):
            return f"{sign}{currency.sign}{size}{'0' * (len(size.partition('.')[2]) == 1)}"
        return f"{sign}{size} {unit}" if unit in SHORT_UNITS else sign + size


def _short(number: float) -> str:
    """A figure to three digits, from a thousand on whole; nothing where it is but arithmetic.

    >>> [_short(number) for number in (1234.5, 10.4, 0.5, 0.0000123, 3e-20)]
    ['1,234', '10.4', '0.5', '0.0000123', '0']
    """
    if abs(number) < NOTHING:
        return "0"
    decimals = max(0, 2 - math.floor(math.log10(abs(number))))
    text = f"{number:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def parameter_labels(names: Sequence[str], inputs: Inputs | None, draws: xr.Dataset) -> dict[str, Label]:
    """What draws are called, each by its name; no two alike.

    Parameters
    ----------
    names : of parameters, or of one place of a parameter, such as ``"recovery[early]"``
    inputs : whose parameters, alternatives, priors and settings have labels; None for a PSA from files
    draws : whose attributes `label` and `unit` count where the inputs know nothing

    Returns
    -------
    dict of labels in the order of the names

    Examples
    --------
    >>> draws = xr.Dataset({"risk": (("sample", "grade"), [[0.1, 0.2]])}, {"grade": ["1", "2"]})
    >>> parameter_labels(["risk[2]"], None, draws)
    {'risk[2]': Label(text='risk, grade 2', unit='')}
    """
    known = {} if inputs is None else _known(inputs)
    labels = {name: _label(name, known, draws, plain=inputs is not None) for name in names}
    texts = [label.text for label in labels.values()]
    return {
        name: label if texts.count(label.text) == 1 else Label(f"{label.text} [{name}]", label.unit)
        for name, label in labels.items()
    }


def _known(inputs: Inputs) -> dict[str, Label]:
    """Labels of everything that the inputs name; parameters before alternatives, priors and settings."""
    labels = {name: Label(setting.label, setting.unit) for name, setting in inputs.settings.items()}
    labels |= {name: Label(prior.label, prior.unit) for name, prior in inputs.priors.items()}
    for name, several in inputs.alternatives.items():
        units = {_unit(inputs, name, option) for option in several.options.values()}
        labels[name] = Label(several.label, units.pop() if len(units) == 1 else "")
        labels[f"{name}_source"] = Label(f"{several.label}: which source")
    return labels | {
        name: Label(figure.label, _unit(inputs, name, figure)) for name, figure in inputs.parameters.items()
    }


def _unit(inputs: Inputs, name: str, figure: Parameter) -> str:
    """The unit of what is drawn: counts of a Dirichlet distribution are drawn as shares."""
    return "share" if figure.distribution == "dirichlet" else inputs.taken(name, figure).unit


def _label(name: str, known: Mapping[str, Label], draws: xr.Dataset, *, plain: bool) -> Label:
    """The label of one parameter, or of one place of it; names of files stay as they are."""
    stem, _, place = name.partition("[")
    if name not in known and stem not in draws:
        return Label(_words(name) if plain else name)
    attributes = draws[stem].attrs if stem in draws else {}
    label = known.get(stem)
    if label is None and "label" in attributes:
        label = Label(str(attributes["label"]), str(attributes.get("unit", "")))
    if label is None:
        label = Label(_words(stem) if plain else stem)
    if not place or stem not in draws:
        return label
    return Label(f"{label.text}, {_place(place.removesuffix(']'), label.text, draws[stem])}", label.unit)


def _words(name: str) -> str:
    """A name as words."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _place(place: str, text: str, drawn: xr.DataArray) -> str:
    """Where among several; a figure is said with its dimension, spelt as in the label where it is there."""
    dims = [str(dim).replace("_", " ") for dim in drawn.dims if dim != "sample"]
    if not place.replace(".", "").replace("-", "").isdigit() or len(dims) != 1:
        return place
    spelt = next((word for word in re.findall(r"\w+", text) if word.lower() == dims[0].lower()), dims[0])
    return f"{spelt} {place}"
