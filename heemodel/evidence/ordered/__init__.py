"""Ordered categories, such as the modified Rankin Scale: effects from trials, moved to any other population."""

from heemodel.evidence.ordered.categories import ordered_categories
from heemodel.evidence.ordered.moving import move_categories

__all__ = ["move_categories", "ordered_categories"]
