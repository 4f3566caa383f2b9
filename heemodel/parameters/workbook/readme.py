"""The last sheet: how the workbook is used, what its words mean, and what it cannot change."""

import hashlib
import json
from collections.abc import Iterator

from heemodel.parameters.inputs import Inputs
from heemodel.parameters.workbook.form import Sheet

NAME = "Read me"
VERSION = "Version of the model's inputs"
"""What stands beside the mark by which a workbook knows the inputs that it was written from."""
STATUSES = {
    "read": "read in the publication, or counted in your own records",
    "quoted": "read in another document that quotes it",
    "derived": "worked out from such figures",
    "assumed": "no evidence was found",
    "recalled": "from memory, not yet seen in a document",
}
DISTRIBUTIONS = {
    "fixed": "one value, without uncertainty",
    "normal": "a mean that may lie either side of 0: value and standard error",
    "lognormal": "a ratio, or what cannot be negative: its median is the value, with the standard error of its "
    "logarithm or an interval; or mean and standard error",
    "gamma": "a cost, or what cannot be negative: value (the mean) and standard error or interval",
    "beta": "a share from 0 to 1: value (the mean) and standard error, or number and of how many",
    "log-odds": "a share from 0 to 1: its median is the value, with the standard error of its log-odds or an interval",
    "truncated-normal": "a normal with a lowest or highest possible value",
    "pert": "a judgement: lowest possible, most likely, highest possible",
    "uniform": "a judgement: lowest and highest possible, all between alike",
    "dirichlet": "several shares that add up to 1, by counts",
}
ROWS = (
    "You may sort, hide or widen them, and add notes in columns of your own. Keep the names of the sheets, the "
    "headings and the column 'Place', which says what each row is about. Write figures, not formulas."
)
CHANGED_ELSEWHERE = {
    "scenarios": "which evidence speaks in which scenario (choose scenarios when you run the model)",
    "variations": "variations: the analysis under other choices",
    "tables": "tables that are kept in files of their own",
    "correlated": "which parameters are correlated",
    "budget": "years of the budget impact, and its numbers and shares by year",
    "two_way": "which two inputs are varied together",
    "information": "which parameters are looked at together",
}


def version_of(inputs: Inputs) -> str:
    """A mark of the content of some inputs: the same for the same figures and words."""
    text = json.dumps(inputs.content, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def readme_rows(inputs: Inputs, sheets: list[Sheet]) -> Iterator[tuple[str, str]]:
    """The rows of the sheet: a word and what is said of it; a heading has nothing beside it."""
    yield "How to use this workbook", ""
    yield sheets[0].name, "Put in your own figures: the yellow cells. Empty cells keep the model's own figures."
    for sheet in sheets[1:]:
        yield sheet.name, sheet.guide[0]
    yield "Then", "Save it as .xlsx, and run the model with it: heemodel run MODEL --inputs WORKBOOK.xlsx --out FOLDER"
    yield "", "Mistakes are listed together, each with its sheet and cell, before anything is run."
    yield "Rows and columns", ROWS
    yield "Percentages", "In a row marked 'per cent' write 55 or 55%. Elsewhere a share is a number from 0 to 1."
    yield "What statuses mean", ""
    yield from STATUSES.items()
    yield "What distributions mean", ""
    yield from DISTRIBUTIONS.items()
    elsewhere = [words for key, words in CHANGED_ELSEWHERE.items() if inputs.content.get(key)]
    yield "What this workbook cannot change", ""
    yield "In inputs.toml", "; ".join([*elsewhere, "comparator, strategies and what the report answers"])
    yield "Written from", ""
    yield "Model", inputs.about.title
    yield VERSION, version_of(inputs)
