"""Loops compiled to machine code, kept on disk for the next process."""

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled[Function: Callable[..., Any]](function: Function) -> Function:
    """Compiled when first called, and kept on disk for other processes, where there is a folder that can be written."""
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    try:
        kept: Function = njit(cache=True, **options)(function)
    except RuntimeError:  # neither beside its file nor in the user's own cache folder: each process compiles anew
        kept = njit(**options)(function)
    return kept
