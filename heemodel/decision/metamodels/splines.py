"""Natural cubic splines, and their products for two and three parameters."""

from collections.abc import Callable

import numpy as np
from scipy import linalg
from scipy.interpolate import CubicSpline

from heemodel.decision.metamodels.fit import Fit, Floats
from heemodel.decision.metamodels.penalised import fit_penalised

KNOTS = {1: 15, 2: 8, 3: 5}
"""Knots of each parameter, by how many parameters there are."""


class Splines:
    """Products of natural cubic splines with a penalty on the curvature along each parameter.

    Every parameter has knots at quantiles of its different values, so that one with few different values has a
    function of its own at each. Its basis is turned so that the integrated squared second derivative becomes
    diagonal; products of such bases then have diagonal penalties too (tensor product smooths: Wood 2006, doi
    10.1111/j.1541-0420.2006.00574.x).
    """

    def __init__(self, columns: Floats) -> None:
        knots = KNOTS[columns.shape[1]]
        self.margins = [_Margin(column, knots) for column in columns.T]
        sizes = [margin.curvature.size for margin in self.margins]
        self.penalties = np.array(
            [
                np.broadcast_to(
                    margin.curvature.reshape([-1 if i == j else 1 for j in range(len(sizes))]), sizes
                ).ravel()
                for i, margin in enumerate(self.margins)
            ]
        )
        self.words = f"natural cubic splines, {' × '.join(map(str, sizes))} knots"

    def __call__(self, columns: Floats) -> Floats:
        """Products of the features of each parameter."""
        features = self.margins[0](columns[:, 0])
        for margin, column in zip(self.margins[1:], columns.T[1:], strict=True):
            features = (features[:, :, None] * margin(column)[:, None, :]).reshape(len(columns), -1)
        return features


class _Margin:
    """The splines of one parameter: functions that are 1 at one knot and 0 at the others, turned."""

    def __init__(self, column: Floats, most: int) -> None:
        different = np.unique(column)
        knots = different if len(different) <= most else np.unique(np.quantile(different, np.linspace(0, 1, most)))
        self.centre, self.width = knots[0], knots[-1] - knots[0]
        unit = (knots - self.centre) / self.width
        if len(unit) == 2:
            self.turned, self.curvature = np.eye(2), np.zeros(2)
            self.spline: Callable[[Floats], Floats] = _straight
            return
        cubic = CubicSpline(unit, np.eye(len(unit)), bc_type="natural")
        self.spline = cubic
        values, vectors = linalg.eigh(_curvature(cubic, unit))
        # Constants and straight lines have none; of the others, linear algebra libraries differ in the sign.
        values[:2] = 0.0
        straight = np.linalg.qr(np.stack([np.ones_like(unit), unit], axis=1))[0]
        turned = np.concatenate([straight, vectors[:, 2:]], axis=1)
        self.turned, self.curvature = turned * np.sign(turned[-1]), values / values.max()

    def __call__(self, column: Floats) -> Floats:
        features: Floats = self.spline((column - self.centre) / self.width) @ self.turned
        return features


def _straight(x: Floats) -> Floats:
    """Functions that are 1 at one of two knots, 0 and 1, and 0 at the other."""
    return np.stack([1 - x, x], axis=1)


def _curvature(spline: CubicSpline, knots: Floats) -> Floats:
    """∫ f″ᵢ f″ⱼ, exact as second derivatives are straight between knots."""
    second = spline(knots, 2)
    left, right = second[:-1], second[1:]
    weighted = np.diff(knots)[:, None] / 6
    total: Floats = left.T @ (weighted * (2 * left + right)) + right.T @ (weighted * (2 * right + left))
    return total


def fit_splines(columns: Floats, outcomes: Floats) -> Fit:
    """Outcomes as smooth functions of one, two or three parameters; see `Splines` and `fit_penalised`."""
    return fit_penalised(Splines(columns), columns, outcomes)
