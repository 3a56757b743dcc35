"""T5c: how many subsets of a sample one neuron can cut out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

from saelib.errors import InputError
from saelib.geometry.bounds.checked import checked_whole
from saelib.geometry.bounds.patterns import pattern_ceiling

__all__ = ["separable_fraction", "separable_subsets"]


def separable_subsets(n_points: int, d_in: int) -> int:
    """Subsets of N points in general position in R^n that some neuron cuts out (T5c): 2·Σ_{i≤n} C(N−1, i).

    General position: no n + 1 of the points lie in one hyperplane (and if there are at most n points, they
    are affinely independent). Points in special position have fewer such subsets, never more.

    Parameters
    ----------
    n_points : int
        N, from 1 up.
    d_in : int
        n, from 0 up.

    Returns
    -------
    int
        Exact, of any size; the empty set and all points are among them.

    Raises
    ------
    InputError
        If a number is no such integer.

    References
    ----------
    Cover, T. M. (1965). Geometrical and statistical properties of systems of linear inequalities with
    applications in pattern recognition. *IEEE Transactions on Electronic Computers* EC-14, 326-334.

    Examples
    --------
    Of the 16 subsets of four points in the plane one neuron cuts out 14: all but the two diagonals of the
    exclusive or.

    >>> separable_subsets(4, 2)
    14
    """
    points = checked_whole("n_points", n_points, 1)
    return 2 * pattern_ceiling(points - 1, checked_whole("d_in", d_in, 0))


def separable_fraction(n_points: npt.ArrayLike, d_in: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Share of all 2^N subsets that :func:`separable_subsets` counts, without overflow (T5c).

    It is the probability that N − 1 throws of a fair coin show heads at most n times: 1 up to N = n + 1,
    one half at N = 2(n + 1), and almost 0 soon after.

    Parameters
    ----------
    n_points, d_in : array_like of int
        N from 1 up and n from 0 up, broadcast.

    Returns
    -------
    ndarray
        float64.

    Raises
    ------
    InputError
        If they are no such integers.

    References
    ----------
    Cover, T. M. (1965), as for :func:`separable_subsets`.

    Examples
    --------
    >>> separable_fraction([4, 6, 200_000, 300_000], [2, 2, 99_999, 99_999]).round(4)
    array([0.875, 0.5  , 0.5  , 0.   ])
    """
    points, dim = _whole("n_points", n_points, 1), _whole("d_in", d_in, 0)
    try:
        points, dim = np.broadcast_arrays(points, dim)
    except ValueError:
        raise InputError("d_in", f"has shape {dim.shape}", f"give shapes that fit {points.shape}") from None
    # At most n heads: the regularised incomplete beta function, which is defined for more than n throws.
    more = points - 1 - dim
    return np.where(more > 0, betainc(np.maximum(more, 1), dim + 1, 0.5), 1.0)[()]


def _whole(argument: str, values: npt.ArrayLike, least: int) -> npt.NDArray[np.int64]:
    array = np.asarray(values)
    if array.dtype.kind not in "iu" or (array < least).any():
        raise InputError(argument, f"is {values!r}", f"give integers from {least} up")
    return array.astype(np.int64)
