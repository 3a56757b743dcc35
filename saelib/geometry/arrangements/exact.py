"""Hyperplanes in whole numbers: what lets the cells of an arrangement be listed without a tolerance.

A hyperplane is a row (w, b) of integers, a point a row (x, t) with t > 0 that stands for x/t. Whether a
neuron fires at a point is then the sign of one sum of products, whatever the size of the numbers.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from saelib.errors import InputError

__all__ = ["Integers", "check_dictionary", "lowest_terms", "restrict", "whole_rows"]

Integers = npt.NDArray[np.object_]
"""Arrays of Python integers, which do not overflow."""


def check_dictionary(
    W_enc: npt.ArrayLike, b_enc: npt.ArrayLike
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return weights [d_in, d_sae] and offsets [d_sae] as finite float64, or raise `InputError`.

    Raises
    ------
    InputError
        If the shapes do not fit, a dimension is empty, or a number is not finite.

    Examples
    --------
    >>> check_dictionary([[1, 0, 1], [0, 1, 1]], [0, 0, -1])[0].shape
    (2, 3)
    """
    arrays = []
    for name, value, dimensions in (("W_enc", W_enc, 2), ("b_enc", b_enc, 1)):
        try:
            array = np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError):
            raise InputError(name, "is no array of numbers", "give real numbers") from None
        if array.ndim != dimensions or 0 in array.shape:
            shape = "[d_in, d_sae]" if dimensions == 2 else "[d_sae]"
            raise InputError(name, f"has shape {array.shape}", f"give {shape}, not empty")
        if not np.isfinite(array).all():
            where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
            raise InputError(name, f"has NaN or infinity at {where}", "give finite numbers")
        arrays.append(array)
    if arrays[0].shape[1] != len(arrays[1]):
        raise InputError(
            "b_enc", f"has {len(arrays[1])} offsets", f"give one for each of the {arrays[0].shape[1]} neurons"
        )
    return arrays[0], arrays[1]


def whole_rows(W_enc: npt.NDArray[np.float64], b_enc: npt.NDArray[np.float64]) -> Integers:
    """Rows (w_j, b_j) [d_sae, d_in + 1], each times the positive number that makes it whole and coprime.

    A float64 is a whole number over a power of two, so nothing is rounded here.

    Examples
    --------
    >>> whole_rows(np.array([[0.5, 2.0]]), np.array([0.25, 6.0])).tolist()
    [[2, 1], [1, 3]]
    """
    rows = np.empty((len(b_enc), len(W_enc) + 1), dtype=np.object_)
    for j, row in enumerate(np.column_stack([W_enc.T, b_enc]).tolist()):
        ratios = [value.as_integer_ratio() for value in row]
        common = max(under for _, under in ratios)  # of powers of two the largest is the common multiple
        rows[j] = [over * (common // under) for over, under in ratios]
    return lowest_terms(rows)


def lowest_terms(rows: Integers) -> Integers:
    """Rows divided by the greatest common divisor of their entries; a row of zeros stays.

    Examples
    --------
    >>> lowest_terms(np.array([[4, -6], [0, 0]], dtype=object)).tolist()
    [[2, -3], [0, 0]]
    """
    common = np.array([max(math.gcd(*row), 1) for row in rows.tolist()], dtype=np.object_)
    divided: Integers = rows // common[:, None]
    return divided


def restrict(rows: Integers, row: Integers) -> tuple[Integers, Integers]:
    """Rewrite hyperplanes in coordinates of one of them.

    Parameters
    ----------
    rows : ndarray [m, n + 1]
        Hyperplanes of R^n.
    row : ndarray [n + 1]
        The one to go into; its direction must not be zero.

    Returns
    -------
    restricted : ndarray [m, n]
        Each, on it, times a positive number. A row of zeros is the same hyperplane; a row whose direction
        is zero is parallel to it.
    lift : ndarray [n, n + 1]
        ``points @ lift`` takes points of it back to R^n.

    Examples
    --------
    On the diagonal x = y, written by its y, the form x + y - 1 is 2y - 1:

    >>> rows, lift = restrict(np.array([[1, 1, -1]], dtype=object), np.array([1, -1, 0], dtype=object))
    >>> rows.tolist(), lift.tolist()
    ([[2, -1]], [[1, 1, 0], [0, 0, 1]])
    """
    direction = row[:-1].tolist()
    column = min((j for j, w in enumerate(direction) if w), key=lambda j: abs(direction[j]))
    sign = 1 if row[column] > 0 else -1
    size = abs(row[column])
    others = np.delete(np.arange(len(row)), column)
    restricted = rows[:, others] * size - sign * np.outer(rows[:, column], row[others])
    lift = np.zeros((len(others), len(row)), dtype=np.object_)
    lift[np.arange(len(others)), others] = size
    lift[:, column] = -sign * row[others]
    return lowest_terms(restricted), lift
