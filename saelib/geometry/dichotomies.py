"""Every subset that one neuron cuts out of a few points, listed exactly (T5c)."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import numpy.typing as npt

from saelib.errors import InputError
from saelib.geometry.exact_rational import as_integers

__all__ = ["linear_dichotomies"]

_MOST_DIMENSIONS = 6  # determinants are expanded by minors
_MOST_POINTS = 20


def linear_dichotomies(points: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """List the subsets of points in general position that some neuron cuts out, in whole numbers.

    A neuron that cuts out a subset can be turned until its boundary passes through d_in of the points and
    leaves every other point on its side; and from such a boundary it can be turned back so that those d_in
    points fall on any sides one likes. So the subsets are read off the hyperplanes through d_in points each:
    the sides of the others, and every choice for those on it. No program is solved and no formula is used.

    Parameters
    ----------
    points : array_like [n_points, d_in]
        Real numbers, taken as the rationals that they are; d_in + 1 to 20 points, d_in at most 6, no d_in + 1
        of them in one hyperplane.

    Returns
    -------
    ndarray [n_subsets, n_points]
        bool, one row a subset, in lexicographic order; the empty and the full one are among them.

    Raises
    ------
    InputError
        If the shape or the size is another, a number is not finite, or d_in + 1 points lie in one
        hyperplane (they are named).

    References
    ----------
    Cover, T. M. (1965). Geometrical and statistical properties of systems of linear inequalities with
    applications in pattern recognition. *IEEE Transactions on Electronic Computers* EC-14, 326-334.

    Examples
    --------
    Four points of the plane have 16 subsets; the two diagonals of the square are no neuron's.

    >>> subsets = linear_dichotomies([[0, 0], [1, 0], [0, 1], [1, 1]])
    >>> len(subsets), subsets[1].tolist(), [True, False, False, True] in subsets.tolist()
    (14, [False, False, False, True], False)
    """
    homogeneous = _read(points)
    n, d = homogeneous.shape[0], homogeneous.shape[1] - 1
    found: set[bytes] = set()
    sides = np.array(list(product((False, True), repeat=d)))
    for through in combinations(range(n), d):
        normal = _minors(homogeneous[list(through)])
        heights = homogeneous @ normal
        rest = np.delete(np.arange(n), through)
        if (heights[rest] == 0).any():
            fifth = int(rest[np.flatnonzero(heights[rest] == 0)[0]])
            rows = ", ".join(map(str, sorted([*through, fifth])))
            raise InputError("points", f"{rows} lie in one hyperplane", "give points in general position")
        subsets = np.tile((heights > 0).astype(np.bool_), (len(sides), 1))
        subsets[:, list(through)] = sides
        for oriented in (subsets, ~subsets):
            found.update(row.tobytes() for row in oriented)
    return np.array([np.frombuffer(row, dtype=np.bool_) for row in sorted(found)])


def _read(points: npt.ArrayLike) -> npt.NDArray[np.object_]:
    """The points as whole numbers over one denominator, which comes last."""
    try:
        x = np.asarray(points)
    except ValueError:
        raise InputError("points", "is ragged", "give points [n_points, d_in]") from None
    if x.ndim != 2 or x.dtype.kind not in "fiu":
        raise InputError(
            "points", f"has shape {x.shape} and dtype {x.dtype}", "give numbers [n_points, d_in]"
        )
    n, d = x.shape
    if not 1 <= d <= _MOST_DIMENSIONS:
        raise InputError("points", f"has d_in {d}", f"give 1 to {_MOST_DIMENSIONS} dimensions")
    if not d < n <= _MOST_POINTS:
        raise InputError("points", f"has {n} points in R^{d}", f"give {d + 1} to {_MOST_POINTS}")
    if not np.isfinite(x).all():
        raise InputError("points", "is not finite", "give finite numbers")
    whole, _ = as_integers(np.concatenate([x.astype(np.float64), np.ones((n, 1))], axis=1))
    return whole


def _minors(rows: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """The vector [d + 1] orthogonal to d rows: their maximal minors with alternating signs."""
    columns = range(rows.shape[1])
    kept = [rows[:, [c for c in columns if c != left]] for left in columns]
    return np.array([(-1) ** left * _determinant(m) for left, m in enumerate(kept)], dtype=object)


def _determinant(matrix: npt.NDArray[np.object_]) -> int:
    if len(matrix) == 1:
        return int(matrix[0, 0])
    minors = (np.delete(matrix[1:], column, axis=1) for column in range(len(matrix)))
    terms = (
        (-1) ** c * int(matrix[0, c]) * _determinant(minor) for c, minor in enumerate(minors) if matrix[0, c]
    )
    return sum(terms)
