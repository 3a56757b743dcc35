"""How rare labels dealt out at random must be for one neuron to read them on the sample."""

from __future__ import annotations

import math

from scipy.optimize import brentq, minimize_scalar
from scipy.special import ndtr

from saelib.errors import InputError
from saelib.geometry.bounds.checked import checked_whole

__all__ = ["separable_by_luck"]


def separable_by_luck(n_points: int, d_in: int) -> float:
    """Largest number of points, dealt out at random among N, that a neuron separates from the others by luck.

    Let a share f of N Gaussian points in n dimensions be chosen at random. For large N and n a neuron
    separates them almost surely if n/N exceeds min over t of f·E(Z + t)₊² + (1 − f)·E(Z − t)₊², Z standard
    normal, and almost surely does not if n/N is smaller. What is returned is N·f at equality. For f = 1/2 the
    best t is 0 and N = 2n, Cover's count; rare labels are separable among many more points.

    Parameters
    ----------
    n_points : int
        N, from 1 up.
    d_in : int
        n, from 1 up.

    Returns
    -------
    float
        Between 0 and N/2; N/2 if any labels are separable, N ≤ 2n. Exact in the limit only, and for Gaussian
        points; about half of the draws are separable there.

    Raises
    ------
    InputError
        If a number is no such integer.

    References
    ----------
    Candès, E. J., and Sur, P. (2020). The phase transition for the existence of the maximum likelihood
    estimate in high-dimensional logistic regression. *Annals of Statistics* 48, 27-42 (without signal).

    Examples
    --------
    >>> separable_by_luck(200, 100), round(separable_by_luck(20_000, 576))
    (100.0, 92)
    """
    points, dimensions = checked_whole("n_points", n_points, 1), checked_whole("d_in", d_in, 1)
    if points <= 2 * dimensions:
        return points / 2
    if dimensions / points < _LEAST:
        mend = f"give at most {int(dimensions / _LEAST)} points"
        raise InputError("n_points", f"is {points} in {dimensions} dimensions", mend)
    logarithm = brentq(
        lambda u: _needed(math.exp(u)) - dimensions / points, math.log(1e-12), math.log(0.5), xtol=1e-12
    )
    return points * math.exp(logarithm)


_LEAST = 1e-9  # dimensions a point: beyond, the shares are too small for these integrals


def _needed(share: float) -> float:
    """Dimensions a point at which random labels of this share begin to be separable."""
    found = minimize_scalar(
        lambda t: share * _half_square(t) + (1.0 - share) * _half_square(-t),
        bounds=(0.0, 10.0), method="bounded", options={"xatol": 1e-10},
    )  # fmt: skip
    return float(found.fun)


def _half_square(t: float) -> float:
    """E(Z + t)₊² for a standard normal Z."""
    density = math.exp(-t * t / 2.0) / math.sqrt(2.0 * math.pi)
    return float((1.0 + t * t) * ndtr(t) + t * density)
