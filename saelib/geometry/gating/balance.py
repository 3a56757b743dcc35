"""The weights of a reason against a Top-1 family, in rational numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from saelib.geometry.arrangements.exact import Integers, lowest_terms, whole_rows

__all__ = ["exact_balance"]

_LARGEST = 80  # points; beyond that the numbers get longer than is worth waiting for


def exact_balance(
    points: npt.NDArray[np.float64], owners: npt.NDArray[np.int64], rivals: npt.NDArray[np.int64]
) -> list[Fraction] | None:
    """Find weights that add up to 1 and balance every concept exactly, if they are unique and not negative.

    Parameters
    ----------
    points : ndarray [m, d_in]
        The points of the comparisons, taken as the rational numbers that they are.
    owners, rivals : ndarray [m]
        Concepts compared; -1, silence, needs no balance.

    Returns
    -------
    list of Fraction or None
        The weights; None if no unique solution exists, one is negative, or there are too many points.

    Examples
    --------
    >>> x, own, rival = np.array([[-1.0], [0.0], [3.0]]), np.array([0, 1, 0]), np.array([1, 0, 1])
    >>> [str(weight) for weight in exact_balance(x, own, rival)]
    ['3/8', '1/2', '1/8']
    """
    if len(points) > _LARGEST:
        return None
    # Coprime rows are the points (x, 1) times their last entry, so the unknown is weight times that factor.
    rows = whole_rows(points.T, np.ones(len(points)))
    concepts = np.unique(np.concatenate([owners, rivals]))
    concepts = concepts[concepts >= 0]
    signs = (owners == concepts[:, None]).astype(np.int64) - (rivals == concepts[:, None])
    equations = (signs[:, None, :] * rows.T[None, :, :]).reshape(-1, len(points))
    total = np.append(rows[:, -1], 1)
    table = np.vstack([np.column_stack([equations, np.zeros(len(equations), dtype=object)]), total])
    solution = _solve(lowest_terms(table.astype(np.object_)))
    if solution is None or min(solution) < 0:
        return None
    return [unknown * int(row[-1]) for unknown, row in zip(solution, rows, strict=True)]


def _solve(table: Integers) -> list[Fraction] | None:
    """The unique solution of a linear system [equations, unknowns + 1] of integers, or None."""
    unknowns = table.shape[1] - 1
    for column in range(unknowns):
        pivots = np.flatnonzero(table[column:, column])
        if not len(pivots):
            return None
        pivot = column + int(pivots[0])
        table[[column, pivot]] = table[[pivot, column]]
        others = np.flatnonzero(table[:, column])
        others = others[others != column]
        row = table[column]
        table[others] = lowest_terms(table[others] * row[column] - np.outer(table[others, column], row))
    if table[unknowns:, -1].any():
        return None
    return [Fraction(int(table[i, -1]), int(table[i, i])) for i in range(unknowns)]
