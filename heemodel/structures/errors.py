"""What a cohort model raises."""

from heemodel.errors import HeemodelError


class ModelError(HeemodelError):
    """A model whose structure, transitions or payoffs are not sound.

    Its message names what the user wrote, the place (strategy, state, cycle, sample), the value, and the cure.

    Examples
    --------
    >>> import heemodel as hm
    >>> try:
    ...     hm.rate_to_probability(-0.1, 1.0)
    ... except hm.ModelError as error:
    ...     print(error)
    the rate is -0.1; it must be 0 or more
    """


class MissingParameterError(ModelError):
    """A parameter that the model asks for and the inputs do not have."""


def check_move(move: object, where: str) -> None:
    """Refuse what is not a move from one state to another; `where` says who gave it."""
    if not (isinstance(move, tuple) and len(move) == 2):
        raise ModelError(f"a move is written (from, to); {where} has {move!r}")
    if move[0] == move[1]:
        raise ModelError(f"the move {move!r} stays where it is; leave it out: what is left over stays put")
