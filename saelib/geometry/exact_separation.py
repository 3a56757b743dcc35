"""The last resort where rounding hides the answer: exact programmes on few points, more added as needed."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from saelib.geometry.exact_programme import ExactVerdict, hulls_meet
from saelib.geometry.exact_rational import as_integers

__all__ = ["decide_exactly"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

_LARGEST_DIMENSION = 32
_LARGEST_TABLE = 20_000  # entries of the tableau: some seconds at the very most
_ROUNDS = 60


def decide_exactly(
    inside: Floats, outside: Floats, inside_rows: Rows, outside_rows: Rows
) -> tuple[ExactVerdict, Rows, Rows] | None:
    """Decide in rationals whether the hulls of two sets meet, starting from a few of their points.

    The hulls of the chosen points either meet, which settles it, or come with a separating form. Points on
    the wrong side of the form join the chosen ones, until none is.

    Parameters
    ----------
    inside, outside : ndarray [n, d_in]
        float64.
    inside_rows, outside_rows : ndarray of int
        Points to start with, best near where the hulls nearly meet.

    Returns
    -------
    tuple of ExactVerdict, ndarray and ndarray, or None
        The verdict, which holds for all points, and the rows it speaks of; None if that would take long.

    Examples
    --------
    >>> inside, outside = np.array([[2.0], [0.5]]), np.array([[0.0], [1.0]])
    >>> verdict, rows, others = decide_exactly(inside, outside, np.array([0]), np.array([0]))
    >>> verdict.weights, rows.tolist(), others.tolist()
    ([Fraction(1, 3), Fraction(2, 3), Fraction(0, 1), Fraction(1, 1)], [0, 1], [0, 1])
    """
    d = inside.shape[1]
    if d > _LARGEST_DIMENSION:
        return None
    chosen = [list(dict.fromkeys(inside_rows.tolist())), list(dict.fromkeys(outside_rows.tolist()))]
    for _ in range(_ROUNDS):
        if (d + 3) * (len(chosen[0]) + len(chosen[1]) + d + 3) > _LARGEST_TABLE:
            return None
        verdict = hulls_meet(inside[chosen[0]], outside[chosen[1]])
        rows = np.array(chosen[0], dtype=np.intp), np.array(chosen[1], dtype=np.intp)
        if verdict.weights is not None:
            return verdict, *rows
        grew = False
        for side, points in enumerate((inside, outside)):
            for row in _strays(points, verdict, 1 - 2 * side):
                if row not in chosen[side]:
                    chosen[side].append(row)
                    grew = True
        if not grew:
            return verdict, *rows
    return None


def _strays(points: Floats, verdict: ExactVerdict, sign: int, most: int = 3) -> list[int]:
    """The points farthest on the wrong side of the level midway."""
    level = (verdict.low + verdict.high) / 2
    # As floats, scaled to size one; exact only for the points that this leaves in doubt.
    largest = max(abs(value) for value in verdict.form)
    if not largest:
        return []
    w = np.array([float(value / largest) for value in verdict.form])
    b = -level / largest
    with np.errstate(over="ignore", invalid="ignore"):
        values = sign * (points @ w + float(b))
        doubt = 2.0**-50 * (len(w) + 3) * (np.abs(points) @ np.abs(w) + abs(float(b))) + 1e-300
    wrong = np.flatnonzero(~(values > doubt))
    if not wrong.size:
        return []
    order = wrong[np.argsort(values[wrong])][: 8 * most]
    strays = _exactly_wrong(points, order, verdict.form, level, sign)
    if not strays and len(wrong) > len(order):
        strays = _exactly_wrong(points, wrong, verdict.form, level, sign)
    return strays[:most]


def _exactly_wrong(points: Floats, rows: Rows, form: list[Fraction], level: Fraction, sign: int) -> list[int]:
    heights = sorted((sign * (_dot(points[row], form) - level), int(row)) for row in rows)
    # A point outside may lie on the boundary, where a neuron does not fire; a point inside may not.
    return [row for height, row in heights if height < 0 or (sign > 0 and height == 0)]


def _dot(point: Floats, form: list[Fraction]) -> Fraction:
    whole, power = as_integers(point)
    total = sum((int(x) * value for x, value in zip(whole, form, strict=True)), start=Fraction(0))
    return total * Fraction(2) ** power
