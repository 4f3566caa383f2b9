"""The first screen of a report: the answer, what to look at again, each body of evidence or strategy at a glance."""

from heemodel.report.sections.summary.cards import cards
from heemodel.report.sections.summary.cautions import cautions
from heemodel.report.sections.summary.section import summary

__all__ = ["cards", "cautions", "summary"]
