"""Doubles are rationals: dot products, signs and small linear systems without any rounding."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt
from scipy import linalg

__all__ = ["as_integers", "exact_dots", "exact_sides", "solve_exactly"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.object_]

_UNIT = 2.0**-53


def as_integers(numbers: Floats) -> tuple[Integers, int]:
    """Write finite doubles as integers times one power of two.

    Parameters
    ----------
    numbers : ndarray
        float64, finite, of any shape.

    Returns
    -------
    tuple of ndarray and int
        Python integers of the same shape (dtype object), and the exponent e: ``numbers = integers · 2**e``.

    Examples
    --------
    >>> as_integers(np.array([0.75, -2.0]))
    (array([3, -8], dtype=object), -2)
    """
    mantissa, exponent = np.frexp(numbers)
    whole = np.ldexp(mantissa, 53).astype(np.int64)
    shift = exponent.astype(np.int64) - 53
    # Strip trailing zero bits: short numbers (integers, dyadic fractions, float32) stay short.
    lowest = whole & -whole
    zeros = np.where(whole == 0, 0, np.frexp(lowest.astype(np.float64))[1] - 1)
    whole, shift = whole >> zeros, shift + zeros
    used = shift[whole != 0]
    base = int(used.min()) if used.size else 0
    flat = [int(n) << int(s) if n else 0 for n, s in zip(whole.ravel(), (shift - base).ravel(), strict=True)]
    out = np.empty(whole.size, dtype=object)
    out[:] = flat
    return out.reshape(whole.shape), base


def exact_dots(points: Floats, w: Floats, b: float = 0.0) -> list[Fraction]:
    """Pre-activations ⟨w, x⟩ + b without rounding.

    Parameters
    ----------
    points : ndarray [n, d_in]
        float64.
    w : ndarray [d_in]
        float64.
    b : float
        Offset.

    Returns
    -------
    list of Fraction
        One for each point.

    Examples
    --------
    >>> exact_dots(np.array([[0.5, 3.0]]), np.array([1.0, 0.25]), -1.0)
    [Fraction(1, 4)]
    """
    if not len(points):
        return []
    (x, ex), (v, ev) = as_integers(points), as_integers(w)
    unit = Fraction(2) ** (ex + ev)
    return [int(total) * unit + Fraction(b) for total in x @ v]


def exact_sides(points: Floats, w: Floats, b: float) -> npt.NDArray[np.int8]:
    """On which side of a neuron's boundary each point lies, rounding or not.

    Floating point decides the points whose pre-activation exceeds every error it can have made, whatever
    the order of summation; the others are decided in rationals.

    Parameters
    ----------
    points : ndarray [n, d_in]
        float64.
    w : ndarray [d_in]
        float64.
    b : float
        Offset.

    Returns
    -------
    ndarray [n]
        int8 signs of ⟨w, x⟩ + b: 1 inside the open half-space, 0 on its boundary, −1 beyond.

    Examples
    --------
    Ten tenths are a little more than one, as doubles go, although their float sum may be less:

    >>> exact_sides(np.full((1, 10), 0.1), np.ones(10), -1.0)
    array([1], dtype=int8)
    """
    with np.errstate(over="ignore", invalid="ignore"):
        values = points @ w + b
        # |computed − true| ≤ γ_{d+1}·(Σ|w||x| + |b|), plus underflow; doubled for the bound's own rounding.
        unit = 2 * (points.shape[1] + 2) * _UNIT
        size = max(points.max(), -points.min())
        unsure = ~(np.abs(values) > unit * (np.abs(w).sum() * size + abs(b)) + 1e-300)
        rows = np.flatnonzero(unsure)
        if rows.size:
            finer = unit * (np.abs(points[rows]) @ np.abs(w) + abs(b)) + 1e-300
            rows = rows[~(np.abs(values[rows]) > finer)]
    sides = np.sign(np.nan_to_num(values)).astype(np.int8)
    for row, value in zip(rows, exact_dots(points[rows], w, b), strict=True):
        sides[row] = (value > 0) - (value < 0)
    return sides


def solve_exactly(matrix: Integers, target: Integers) -> list[Fraction] | None:
    """Solve a consistent linear system with independent columns, in rationals.

    Parameters
    ----------
    matrix : ndarray [m, k]
        Python integers (dtype object), m ≥ k.
    target : ndarray [m]
        Python integers.

    Returns
    -------
    list of Fraction or None
        The solution, which is unique; None if there is none or the columns are dependent.

    Examples
    --------
    >>> solve_exactly(np.array([[2, 1], [0, 4], [2, 5]], dtype=object), np.array([1, 2, 3], dtype=object))
    [Fraction(1, 4), Fraction(1, 2)]
    """
    m, k = matrix.shape
    if m < k:
        return None
    rows = _independent_rows(matrix)
    table = np.concatenate([matrix[rows], target[rows, None]], axis=1)
    previous = 1
    # Bareiss: every division is without remainder, so numbers stay integers of bounded length.
    for step in range(k):
        pivot = next((row for row in range(step, k) if table[row, step]), None)
        if pivot is None:
            return None
        table[[step, pivot]] = table[[pivot, step]]
        head = table[step, step]
        below = table[step + 1 :]
        below[:, step + 1 :] = (
            head * below[:, step + 1 :] - np.outer(below[:, step], table[step, step + 1 :])
        ) // previous
        below[:, step] = 0
        previous = head
    # Cramer: the last pivot is the determinant, and determinant · solution is whole.
    determinant = int(previous)
    whole = np.zeros(k, dtype=object)
    for row in reversed(range(k)):
        rest = determinant * table[row, k] - (
            table[row, row + 1 : k] @ whole[row + 1 :] if row + 1 < k else 0
        )
        whole[row] = rest // table[row, row]
    if not (matrix @ whole == determinant * target).all():
        return None
    return [Fraction(int(n), determinant) for n in whole]


def _independent_rows(matrix: Integers) -> npt.NDArray[np.intp]:
    """Rows that look independent in floating point: a wrong guess ends in None, never in a wrong answer."""
    k = matrix.shape[1]
    bits = np.array([max(abs(int(n)).bit_length() for n in row) for row in matrix])
    scaled = np.array(
        [[_leading(int(n), int(length)) for n in row] for row, length in zip(matrix, bits, strict=True)]
    )
    return linalg.qr(scaled.T, mode="r", pivoting=True)[1][:k]


def _leading(n: int, bits: int) -> float:
    """The float nearest n / 2**bits or so, for integers of any length."""
    drop = max(bits - 60, 0)
    return float((abs(n) >> drop) * (1 if n > 0 else -1)) * 2.0 ** (drop - bits)
