"""A made-up document that holds every kind of block, for the tests of renderers and of writing."""

import dataclasses
import re

import matplotlib.pyplot as plt
import pandas as pd

from heemodel.report.document import (
    Card,
    Cards,
    Definitions,
    Document,
    Fact,
    Figure,
    Folded,
    Points,
    Section,
    Table,
    Words,
)

CURVE = pd.DataFrame(
    {"scenario": "base", "asked": True, "threshold": [20_000, 30_000], "evpi": [12.5, 7.25], "mcse": [0.5, 0.25]}
)


class Drawing:
    """Draws a line, and counts how often it was asked to."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        canvas, axes = plt.subplots(figsize=(3, 2))
        axes.plot(CURVE["threshold"], CURVE["evpi"])
        return canvas


def figure(name="evpi", draw=None, **changes):
    words = {"title": "Worth of knowing", "caption": "In £, 2023/24 prices.", "alternative": "It falls."} | changes
    return Figure(name=name, draw=draw or Drawing(), table=CURVE, **words)


def every_block(draw=None):
    """One block of each kind and role."""
    return [
        Words("Take nothing from this.", "warning"),
        Words("Yes, probably.", "answer"),
        Words("It saves £3,000 a patient.", "finding"),
        Words("As plain as words can be."),
        Words("Means over 1,000 draws.", "note"),
        Points(points=["Little data."], title="Look again", role="caution"),
        Points(points=["One.", "Two."]),
        Definitions(terms={"QALY": "a year of full health"}, title="Terms"),
        Cards([Card(label="Trials", figure="£3,000", meaning="saved", facts=[Fact(label="Sure", figure="9%")])]),
        Table("Costs", ["Of", "Old", "Source"], [["Drug", "−£3", "a trial"], ["All", "£4", "its sum"]], note="In £."),
        figure(draw=draw),
        Folded(title="More", blocks=[Table("More", ["", "n"], [["a", "1"]]), Words("Folded words.")]),
    ]


def document(blocks=None, *, draw=None, **changes):
    """Summary, one section with the blocks, and a last one."""
    sections = [
        Section(name="summary", title="What does it save?", blocks=[Words("Much.", "answer")]),
        Section(
            name="all",
            title="All kinds",
            link="Kinds",
            blocks=every_block(draw) if blocks is None else blocks,
        ),
        Section(name="last", title="How it was made", blocks=[Definitions(terms={"Code": "0123456789abcdef" * 4})]),
    ]
    made = Document(title="New care, a trust", question="What does it save?", made="made today", sections=sections)
    return dataclasses.replace(made, **changes)


def words(element):
    """The text of a piece of a page."""
    return re.sub(r"\s+", " ", " ".join(element.itertext())).replace("\u2060", "")
