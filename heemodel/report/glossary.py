"""What words mean that readers may not know: of all that can be explained, those that a report uses."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from types import MappingProxyType

import pandas as pd

from heemodel.report.document import Definitions, Folded, Section

GLOSSARY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "95% interval": (
            "95% interval",
            "the range in which the figure lies with 95% probability, given this evidence and these inputs.",
        ),
        "Mean and point estimate": (
            "point estimate",
            (
                "the mean is taken over all uncertainty and is the base case; the point estimate takes every input "
                "at its central value."
            ),
        ),
        "QALY": (
            "QALYs?",
            "quality-adjusted life year: a year of life in full health, or longer in less than full health.",
        ),
        "Threshold": (
            "thresholds?|per QALY",
            "what a payer is willing to give for one QALY. At or below it, a treatment is cost-effective.",
        ),
        "ICER": (
            "(?-i:ICERs?)|per QALY gained",
            "incremental cost-effectiveness ratio: extra cost divided by extra QALYs.",
        ),
        "Dominant": ("dominant", "saves money and gains QALYs, so nothing has to be paid for the health gained."),
        "Dominated": (
            "dominated",
            (
                "costs more than another strategy and gains no more. Extendedly dominated: a mixture of two others "
                "gains as much for less."
            ),
        ),
        "Net benefit": (
            "net benefits?",
            (
                "the QALYs gained, valued at the threshold, less what they cost; above 0 is worth the money. Of "
                "several strategies, the one with the highest expected net benefit is the best value, however sure "
                "that is."
            ),
        ),
        "Frontier": (
            "frontier",
            (
                "on a plot of cost against QALYs, the strategies that are the best value at some threshold; on one "
                "of probabilities, the probability for the strategy with the highest expected net benefit at each."
            ),
        ),
        "Expected loss": (
            "expected loss|lost on average",
            "the net benefit that choosing a strategy gives away on average, because in some draws another is better.",
        ),
        "One year's patients": (
            "one year's patients",
            (
                "the saving on those treated in one year, over all the years that they are followed: not the "
                "saving in one year's budget."
            ),
        ),
        "EVPI": (
            "(?-i:EVPI)",
            (
                "expected value of perfect information: what choosing wrongly costs on average, because inputs are "
                "uncertain, and so the most that ending all uncertainty could be worth."
            ),
        ),
        "EVPPI": (
            "(?-i:EVPPI)",
            "the part of the EVPI that knowing some inputs only would save: where research could help.",
        ),
        "Draw": ("draws?", "one set of values for all uncertain inputs; the model is run once for each."),
        "Monte Carlo standard error": (
            "Monte Carlo standard errors?",
            "how far a figure may be off because draws are finite in number. It falls with their square root.",
        ),
        "Could be noise": (
            "could be noise",
            (
                "choices by a regression on some draws gain no more in others than its error would, allowing for "
                "how many parameters are looked at."
            ),
        ),
        "R-hat, ESS, divergences": (
            "R-hat",
            "signs of whether the Bayesian fit can be relied on; a fit that fails them is refused.",
        ),
        "Rounding": (
            "",
            (
                "means are rounded to what their Monte Carlo error supports, so parts may not add up to the last "
                "digit; point estimates have no such error."
            ),
        ),
    }
)
"""By term, the words that call for it (a pattern; empty for what is always explained) and what it means."""
TITLE = "How to read these figures"


def with_glossary(sections: Sequence[Section], own: Mapping[str, str]) -> list[Section]:
    """The sections, and one more in which the words that they use are explained.

    Parameters
    ----------
    own : words of this analysis with their meanings, which are explained too where they occur
    """
    text = " ".join(part for section in sections for part in texts(section))
    known = {term: meaning for term, (pattern, meaning) in GLOSSARY.items() if _occurs(pattern, text)}
    terms = known | {term: meaning for term, meaning in own.items() if _occurs(re.escape(term), text)}
    return [
        *sections,
        Section(
            name="words",
            title=TITLE,
            link="Words",
            blocks=[Folded(title="Words and figures", blocks=[Definitions(terms=terms)])],
        ),
    ]


def _occurs(pattern: str, text: str) -> bool:
    """Whether a pattern occurs as whole words, with small or capital letters."""
    return not pattern or re.search(rf"(?<!\w)(?:{pattern})(?!\w)", text, re.IGNORECASE) is not None


def texts(part: object) -> Iterator[str]:
    """Every text of a section or block that a reader sees."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for key, value in part.items():
            yield from texts(key)
            yield from texts(value)
    elif isinstance(part, Sequence):
        for each in part:
            yield from texts(each)
    elif is_dataclass(part):
        for field in fields(part):
            if field.name not in ("files", "name") and not isinstance(value := getattr(part, field.name), pd.DataFrame):
                yield from texts(value)
