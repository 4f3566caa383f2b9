"""Figures with their intervals, as text of tables."""

from collections.abc import Callable

import numpy as np

from .places import Numbers


def said(values: Numbers, form: Callable[[float], str]) -> str:
    """Mean and 95% interval over samples.

    >>> said(np.array([1000.0, 3000.0]), patients)
    '2,000 (1,050 to 2,950)'
    """
    low, high = np.quantile(values, (0.025, 0.975))
    mean, low, high = (form(float(value)) for value in (values.mean(), low, high))
    return mean if low == high else f"{mean} ({low} to {high})"


def patients(number: float) -> str:
    """To three digits, as people are counted in a model.

    >>> patients(5_733.7), patients(-12.3), patients(0.2)
    ('5,730', '−12', '0')
    """
    size = abs(number)
    step = 10.0 ** max(0, int(np.floor(np.log10(size))) - 2) if size >= 1 else 1.0
    return _signed(number, f"{round(size / step) * step:,.0f}")


def millions(number: float) -> str:
    """One digit after the point.

    >>> millions(-3.14159), millions(0.04)
    ('−3.1', '0.0')
    """
    return _signed(number, f"{abs(number):,.1f}")


pounds = millions


def percent(share: float) -> str:
    """Per cent, whole from 10 on.

    >>> percent(0.0312), percent(0.456), percent(1.0)
    ('3.1%', '46%', '100%')
    """
    return f"{share:.0%}" if share >= 0.0995 else f"{share:.1%}"


def _signed(number: float, size: str) -> str:
    """With a minus sign where anything is left of it."""
    return f"−{size}" if number < 0 and size.strip("0.,") else size
