"""Reading two finite sets of points, the concept's and the rest, and refusing what cannot be told apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from saelib.errors import InputError

__all__ = ["read_two_sets", "refuse_missing_rows"]

Points = npt.NDArray[np.float64]


def read_two_sets(inside: npt.ArrayLike, outside: npt.ArrayLike) -> tuple[Points, Points]:
    """Read points inside and outside a concept as float64, checked.

    Parameters
    ----------
    inside, outside : array_like
        Points [n_inside, d_in] and [n_outside, d_in] of any real dtype; neither may be empty.

    Returns
    -------
    tuple of ndarray
        The two sets as contiguous float64.

    Raises
    ------
    InputError
        If a set is empty, not a matrix of finite real numbers, of another width than the other set, or if
        a point stands in both.

    Examples
    --------
    >>> inside, outside = read_two_sets([[0, 1]], np.zeros((2, 2), dtype=np.float32))
    >>> inside.dtype, outside.shape
    (dtype('float64'), (2, 2))
    >>> read_two_sets([[5.0], [7.0]], [[1.0], [2.0], [7.0]])
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: outside row 2 is the same point as inside row 1: a point is inside or outside...
    """
    first, second = _read("inside", inside), _read("outside", outside)
    if first.shape[1] != second.shape[1]:
        raise InputError(
            "outside", f"has d_in {second.shape[1]}, inside has {first.shape[1]}", "give points of one space"
        )
    _refuse_shared_points(first, second)
    return first, second


def refuse_missing_rows(
    inside: Points, outside: Points, inside_rows: npt.NDArray[np.intp], outside_rows: npt.NDArray[np.intp]
) -> None:
    """Refuse points that have not the rows on which an answer rests.

    Parameters
    ----------
    inside, outside : ndarray [n, d_in]
        As read.
    inside_rows, outside_rows : ndarray of int
        Rows that carry weight.

    Raises
    ------
    InputError
        If a set has fewer rows.

    Examples
    --------
    >>> refuse_missing_rows(np.zeros((1, 2)), np.ones((1, 2)), np.array([0]), np.array([4]))
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: outside has 1 rows, the answer rests on row 4: give the points it was made for
    """
    for argument, points, rows in (("inside", inside, inside_rows), ("outside", outside, outside_rows)):
        if rows.max() >= len(points):
            raise InputError(
                argument,
                f"has {len(points)} rows, the answer rests on row {rows.max()}",
                "give the points it was made for",
            )


def _read(argument: str, points: npt.ArrayLike) -> Points:
    try:
        given = np.asarray(points)
    except ValueError:
        raise InputError(argument, "is ragged", "give points [n, d_in]") from None
    if given.ndim != 2:
        raise InputError(argument, f"has shape {given.shape}", "give points [n, d_in]")
    if not given.shape[0] or not given.shape[1]:
        raise InputError(argument, f"is empty, of shape {given.shape}", "give at least one point")
    if given.dtype.kind not in "fiub":
        raise InputError(argument, f"has dtype {given.dtype}", "give real numbers")
    # Adding zero turns -0.0 into 0.0, so that equal points are equal bit for bit.
    read = np.ascontiguousarray(given, dtype=np.float64) + 0.0
    if not np.isfinite(read).all():
        row, column = np.argwhere(~np.isfinite(read))[0]
        raise InputError(argument, f"is not finite at [{row}, {column}]", "give finite numbers")
    return read


def _refuse_shared_points(inside: Points, outside: Points) -> None:
    codes = _codes(inside), _codes(outside)
    for code in np.intersect1d(*codes):
        for row in np.flatnonzero(codes[0] == code):
            for other in np.flatnonzero(codes[1] == code):
                if (inside[row] == outside[other]).all():
                    raise InputError(
                        "outside",
                        f"row {other} is the same point as inside row {row}",
                        "a point is inside or outside, leave it in one set",
                    )


def _codes(points: Points) -> npt.NDArray[np.uint64]:
    """A 64-bit hash of every row, in wrapping integers: a float product may round equal rows differently."""
    odd = np.random.default_rng(0).integers(0, 2**63, points.shape[1], dtype=np.uint64) * np.uint64(2)
    odd += np.uint64(1)
    # Whole numbers end in zeros, which would stay: the high bits are spread to the low ones first.
    bits = points.view(np.uint64)
    bits = bits ^ (bits >> np.uint64(32))
    return np.asarray((bits * odd).sum(axis=1, dtype=np.uint64))
