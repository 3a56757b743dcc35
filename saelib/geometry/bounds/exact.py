"""Whether a sum of fractions exceeds a fraction, decided exactly and fast."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

__all__ = ["sum_exceeds"]

Integers = npt.NDArray[np.int64]

_LARGEST = 2.0**62


def sum_exceeds(
    numerators: Integers, denominators: Integers, ceiling_over: Integers, ceiling_under: Integers
) -> npt.NDArray[np.bool_]:
    """Say row by row whether Σ_k numerators/denominators > ceiling_over/ceiling_under.

    Floating point decides the rows that are farther from equality than its rounding error could reach; the
    others are decided over their common denominator, in 64-bit integers if they fit, in rationals otherwise.

    Parameters
    ----------
    numerators, denominators : ndarray [n, k]
        int64; denominators positive.
    ceiling_over, ceiling_under : ndarray [n]
        int64; the latter positive.

    Returns
    -------
    ndarray [n]
        bool.

    Examples
    --------
    1/10 + … + 1/10 is 1 and no more, although ten float additions say 0.9999999999999999:

    >>> one = np.ones(1, dtype=np.int64)
    >>> sum_exceeds(np.ones((1, 10), np.int64), np.full((1, 10), 10), one, one)
    array([False])
    >>> sum_exceeds(np.array([[1, 1, 1]]), np.array([[2, 3, 5]]), one, one)
    array([ True])
    """
    total = (numerators / denominators).sum(axis=1)
    ceiling = ceiling_over / ceiling_under
    # k roundings in the quotients and k in the sum, each of at most half an ulp of at most max(total, 1).
    largest = np.maximum(np.maximum(total, ceiling), 1.0)
    margin = 4 * (numerators.shape[1] + 1) * np.finfo(np.float64).eps * largest
    exceeds = total > ceiling
    near = np.flatnonzero(np.abs(total - ceiling) <= margin)
    if near.size:
        exceeds[near] = _decide(numerators[near], denominators[near], ceiling_over[near], ceiling_under[near])
    return exceeds


def _decide(
    over: Integers, under: Integers, ceiling_over: Integers, ceiling_under: Integers
) -> npt.NDArray[np.bool_]:
    under = np.where(over == 0, 1, under)
    common = np.ones(len(over), dtype=np.int64)
    fits = np.ones(len(over), dtype=np.bool_)
    for column in under.T:
        grow = column // np.gcd(common, column)
        fits &= common.astype(np.float64) * grow < _LARGEST
        common *= np.where(fits, grow, 1)
    met = (over.sum(axis=1) * ceiling_under).astype(np.float64)
    fits &= common * np.maximum(met, ceiling_over) < _LARGEST
    scaled = np.where(fits[:, None], over * (common[:, None] // under), 0).sum(axis=1)
    exceeds = scaled * ceiling_under > np.where(fits, common, 1) * ceiling_over
    for row in np.flatnonzero(~fits):
        total = sum(map(Fraction, over[row].tolist(), under[row].tolist()), start=Fraction(0))
        exceeds[row] = total > Fraction(int(ceiling_over[row]), int(ceiling_under[row]))
    return exceeds
