"""Decision trees: chances and payoffs as functions of draws, evaluated for all draws at once."""

from heemodel.structures.tree.model import DecisionTree
from heemodel.structures.tree.shape import REST

__all__ = ["REST", "DecisionTree"]
