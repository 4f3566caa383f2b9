"""What a model folder says that it needs, read from its files without running them."""

import ast
from typing import Any

from heemodel.parameters import Needs


def stated_needs(code: str) -> Needs | None:
    """The `NEEDS = hm.Needs(…)` of a Python file, if it is written out in plain words, numbers and names of such.

    Parameters
    ----------
    code : the file's text

    Returns
    -------
    Needs; None where the file has none, or they are worked out in a way that only running it can tell

    Examples
    --------
    >>> stated_needs('NEEDS = hm.Needs(parameters={"price": "£ per dose"})').parameters
    {'price': '£ per dose'}
    """
    known: dict[str, Any] = {}
    try:
        for statement in ast.parse(code).body:
            if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
                continue
            name, value = statement.targets[0].id, statement.value
            if name != "NEEDS":
                known |= {name: _literal(value, known)} if _is_literal(value, known) else {}
            elif isinstance(value, ast.Call):
                return Needs(**{str(word.arg): _literal(word.value, known) for word in value.keywords})
    except (SyntaxError, ValueError, TypeError):
        return None
    return None


class _Known(ast.NodeTransformer):
    """Puts values in the place of the names that stand for them."""

    def __init__(self, known: dict[str, Any]) -> None:
        self.known = known

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """The value of a name, where it is known."""
        return ast.parse(repr(self.known[node.id]), mode="eval").body if node.id in self.known else node


def _literal(value: ast.expr, known: dict[str, Any]) -> Any:
    """A value that is written out; raises ValueError where it is not."""
    return ast.literal_eval(_Known(known).visit(value))


def _is_literal(value: ast.expr, known: dict[str, Any]) -> bool:
    try:
        _literal(value, known)
    except (ValueError, TypeError):
        return False
    return True
