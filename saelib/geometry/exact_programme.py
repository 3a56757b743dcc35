"""Whether two hulls meet, decided by a linear programme in integers."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from saelib.geometry.exact_rational import as_integers

__all__ = ["ExactVerdict", "cayley_system", "hulls_meet"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.object_]


class ExactVerdict(NamedTuple):
    """Either weights whose combinations meet, or a form that separates.

    Attributes
    ----------
    weights : list of Fraction, or None
        One for each point, the first set's before the second's, at most d + 2 of them positive; None if the
        hulls do not meet.
    form : list of Fraction
        If they do not: w with ⟨w, x⟩ ≥ ``low`` on the first set and ⟨w, y⟩ ≤ ``high`` on the second.
    low, high : Fraction
        ``low > high``.

    Examples
    --------
    >>> verdict = hulls_meet(np.array([[4.0]]), np.array([[1.0], [3.0]]))
    >>> verdict.weights is None, verdict.low > verdict.high
    (True, True)
    """

    weights: list[Fraction] | None
    form: list[Fraction]
    low: Fraction
    high: Fraction


def cayley_system(first: Floats, second: Floats) -> tuple[Integers, Integers, list[int]]:
    """Equations, in integers, of convex weights on two sets whose combinations coincide.

    Parameters
    ----------
    first, second : ndarray [n, d]
        float64.

    Returns
    -------
    tuple of ndarray, ndarray and list of int
        Matrix [d + 2, n_first + n_second] and right-hand side of Σα x − Σβ y = 0, Σα = 1, Σβ = 1 (dtype
        object); and the power of two by which each coordinate was divided.

    Examples
    --------
    >>> matrix, target, powers = cayley_system(np.array([[0.5]]), np.array([[0.25], [2.0]]))
    >>> matrix.tolist(), target.tolist(), powers
    ([[2, -1, -8], [1, 0, 0], [0, 1, 1]], [0, 1, 1], [-2])
    """
    n, (k, d) = len(first), (len(first) + len(second), first.shape[1])
    matrix, powers = np.zeros((d + 2, k), dtype=object), []
    for row, column in enumerate(np.concatenate([first, -second]).T):
        matrix[row], power = as_integers(column)
        powers.append(power)
    matrix[d, :n] = matrix[d + 1, n:] = 1
    target = np.zeros(d + 2, dtype=object)
    target[d:] = 1
    return matrix, target, powers


def hulls_meet(first: Floats, second: Floats) -> ExactVerdict:
    """Decide without rounding whether the hulls of two small sets meet.

    Phase one of the simplex method on integers: all entries share one denominator, the last pivot, and
    every division is exact. Bland's rule takes over when the programme stalls, so it ends.

    Parameters
    ----------
    first, second : ndarray [n, d]
        float64; some dozens of points.

    Returns
    -------
    ExactVerdict
        The weights, or Farkas's separating form.

    Examples
    --------
    Crossed segments:

    >>> hulls_meet(np.array([[0.0, 0.0], [4.0, 4.0]]), np.array([[0.0, 2.0], [2.0, 0.0]])).weights
    [Fraction(3, 4), Fraction(1, 4), Fraction(1, 2), Fraction(1, 2)]
    """
    matrix, target, powers = cayley_system(first, second)
    m, k = matrix.shape
    table = np.concatenate([matrix, np.eye(m, dtype=np.int64).astype(object), target[:, None]], axis=1)
    costs = -table.sum(axis=0)  # reduced costs of: minimise the sum of the artificial variables
    costs[k : k + m] = 0
    table = np.concatenate([table, costs[None]])
    basis = list(range(k, k + m))
    shared, stalled = 1, 0
    while table[m, -1] != 0:
        column = _entering(table[m, :k], bland=stalled > m)
        if column is None:
            return _farkas(table[m], k, m, shared, powers)
        row = _leaving(table[:m, column], table[:m, -1], basis)
        stalled = stalled + 1 if table[row, -1] == 0 else 0
        pivot, line = table[row, column], table[row].copy()
        table = (table * pivot - np.outer(table[:, column], line)) // shared
        table[row] = line
        shared, basis[row] = pivot, column
    weights = [Fraction(0)] * k
    for row, column in enumerate(basis):
        if column < k:
            weights[column] = Fraction(int(table[row, -1]), int(shared))
    return ExactVerdict(weights, [], Fraction(0), Fraction(0))


def _entering(costs: Integers, bland: bool) -> int | None:
    if bland:
        return next((column for column, cost in enumerate(costs) if cost < 0), None)
    column = min(range(len(costs)), key=costs.__getitem__)
    return column if costs[column] < 0 else None


def _leaving(column: Integers, values: Integers, basis: list[int]) -> int:
    """The row whose variable reaches zero first; of several the least variable, as Bland demands."""
    rows = [row for row in range(len(column)) if column[row] > 0]
    return min(rows, key=lambda row: (Fraction(int(values[row]), int(column[row])), basis[row]))


def _farkas(costs: Integers, k: int, m: int, shared: int, powers: list[int]) -> ExactVerdict:
    dual = [1 - Fraction(int(cost), int(shared)) for cost in costs[k : k + m]]
    form = [-value / Fraction(2) ** power for value, power in zip(dual[: m - 2], powers, strict=True)]
    return ExactVerdict(None, form, dual[m - 2], -dual[m - 1])
