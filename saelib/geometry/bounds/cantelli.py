"""T7b: what mean and variance of a pre-activation alone say about its errors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from saelib.geometry.bounds.checked import checked_numbers

__all__ = ["cantelli_leak", "cantelli_miss"]

Floats = npt.NDArray[np.float64]


def cantelli_miss(mean: npt.ArrayLike, std: npt.ArrayLike, tau: npt.ArrayLike) -> Floats:
    """Largest share of a concept on which a pre-activation is at most τ (T7b): s²/(s² + (m − τ)²) for τ < m.

    For τ ≥ m nothing follows and the answer is 1. Attained for every m, s and τ by the two values τ and
    m + s²/(m − τ).

    Parameters
    ----------
    mean, std : array_like
        m and s of the pre-activation over the concept; s ≥ 0 is the standard deviation with divisor n, not
        n − 1.
    tau : array_like
        Threshold; all three are broadcast.

    Returns
    -------
    ndarray
        float64. For the moments of a sample it bounds that sample's own miss exactly; for a law's moments,
        the law's.

    Raises
    ------
    InputError
        If a number is not finite or ``std`` negative.

    References
    ----------
    Cantelli, F. P. (1928). Sui confini della probabilità. *Atti del Congresso Internazionale dei
    Matematici, Bologna* 6, 47-59.

    Examples
    --------
    Two standard deviations above the threshold, exactly at it, and below:

    >>> cantelli_miss([2, 0, -1], 1, 0)
    array([0.2, 1. , 1. ])
    """
    mean, tau = checked_numbers("mean", mean), checked_numbers("tau", tau)
    return _one_sided(mean - tau, checked_numbers("std", std, at_least=0))


def cantelli_leak(mean: npt.ArrayLike, std: npt.ArrayLike, tau: npt.ArrayLike) -> Floats:
    """Largest share of the other points on which a pre-activation exceeds τ (T7b): s²/(s² + (τ − m)²) for τ > m.

    For τ ≤ m nothing follows and the answer is 1. Since a neuron is silent *at* its threshold the bound is
    approached, by two values of which the upper one comes down to τ, and attained only in the limit.

    Parameters
    ----------
    mean, std : array_like
        m and s of the pre-activation over the points outside the concept; s ≥ 0 as for
        :func:`cantelli_miss`.
    tau : array_like
        Threshold; all three are broadcast.

    Returns
    -------
    ndarray
        float64.

    Raises
    ------
    InputError
        If a number is not finite or ``std`` negative.

    References
    ----------
    Cantelli, F. P. (1928), as for :func:`cantelli_miss`.

    Examples
    --------
    >>> cantelli_leak(-3, 1, [0, -3])
    array([0.1, 1. ])
    """  # noqa: E501 — the summary is one line
    mean, tau = checked_numbers("mean", mean), checked_numbers("tau", tau)
    return _one_sided(tau - mean, checked_numbers("std", std, at_least=0))


def _one_sided(margin: Floats, std: Floats) -> Floats:
    margin, std = np.broadcast_arrays(margin, std)
    good = margin > 0
    # Divided through by the margin: neither square can overflow or vanish on its own.
    spread = (std / np.where(good, margin, 1.0)) ** 2
    with np.errstate(invalid="ignore"):
        share = np.where(np.isinf(spread), 1.0, spread / (1.0 + spread))
    return np.where(good, share, 1.0)[()]
