"""Models that follow one another: where people are at the end of one is where they begin in the next."""

from heemodel.structures.sequence.model import Sequence

__all__ = ["Sequence"]
