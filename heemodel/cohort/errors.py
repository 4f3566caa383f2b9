"""What a cohort model raises."""

from heemodel.errors import HeemodelError


class ModelError(HeemodelError):
    """A model whose structure, transitions or payoffs are not sound."""


class MissingParameterError(ModelError):
    """A parameter that the model asks for and the inputs do not have."""
