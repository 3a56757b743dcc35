"""T7a: what a matched neuron may err when concepts are directions that interfere, and there is noise.

A point is x = Σ_i a_i v_i + σξ: unit directions with ``|⟨v_i, v_j⟩|`` ≤ κ, at most s of them active, with
amplitudes in [a_min, a_max], and ξ a standard normal vector independent of who is active. The matched
neuron of concept i fires where ⟨v_i, x⟩ > τ. Whatever the others do, ⟨v_i, x⟩ is normal with standard
deviation σ around at least a_min − (s − 1)κ·a_max where the concept is present, and around at most
s·κ·a_max where it is absent.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from saelib.errors import InputError
from saelib.geometry.bounds.checked import checked_numbers

__all__ = [
    "coherence_limit",
    "mixed_signs_ceiling",
    "noise_leak_ceiling",
    "noise_miss_ceiling",
    "noise_threshold",
]

Floats = npt.NDArray[np.float64]


def noise_miss_ceiling(
    coherence: npt.ArrayLike,
    n_active: npt.ArrayLike,
    a_min: npt.ArrayLike,
    a_max: npt.ArrayLike,
    tau: npt.ArrayLike,
    sigma: npt.ArrayLike,
) -> Floats:
    """Largest miss of the matched neuron (T7a): Q((a_min − (s − 1)κ·a_max − τ)/σ).

    Attained when s − 1 others are always active at full strength, each with cosine −κ. Without noise it is
    0 where the least signal exceeds τ, and 1 elsewhere.

    Parameters
    ----------
    coherence : array_like
        κ in [0, 1].
    n_active : array_like
        s ≥ 1, the most concepts of a point, this one included.
    a_min, a_max : array_like
        0 < a_min ≤ a_max.
    tau : array_like
        Threshold.
    sigma : array_like
        Standard deviation of the noise in every coordinate, ≥ 0. All arguments are broadcast.

    Returns
    -------
    ndarray
        float64.

    Raises
    ------
    InputError
        If a number is out of its range.

    Examples
    --------
    Two concepts at a time, all of strength 1, cosines up to 0.2: the signal is at least 0.8, which is two
    standard deviations above τ.

    >>> noise_miss_ceiling(0.2, 2, 1, 1, tau=0.6, sigma=[0.1, 0]).round(4)
    array([0.0228, 0.    ])
    """
    least, _ = _signals(coherence, n_active, a_min, a_max)
    tau, sigma = checked_numbers("tau", tau), checked_numbers("sigma", sigma, at_least=0)
    return _tail(least - tau, sigma, at_zero=1.0)


def noise_leak_ceiling(
    coherence: npt.ArrayLike,
    n_active: npt.ArrayLike,
    a_min: npt.ArrayLike,
    a_max: npt.ArrayLike,
    tau: npt.ArrayLike,
    sigma: npt.ArrayLike,
) -> Floats:
    """Largest leak of the matched neuron (T7a): Q((τ − s·κ·a_max)/σ).

    Attained when s others are always active at full strength, each with cosine κ. Without noise it is 0
    where τ is at least the largest interference, since a neuron is silent *at* its threshold, and 1
    elsewhere.

    Parameters
    ----------
    coherence, n_active, a_min, a_max, tau, sigma : array_like
        As for :func:`noise_miss_ceiling`; ``a_min`` only has to be consistent.

    Returns
    -------
    ndarray
        float64.

    Raises
    ------
    InputError
        If a number is out of its range.

    Examples
    --------
    >>> noise_leak_ceiling(0.2, 2, 1, 1, tau=0.6, sigma=[0.1, 0]).round(4)
    array([0.0228, 0.    ])
    """
    _, most = _signals(coherence, n_active, a_min, a_max)
    tau, sigma = checked_numbers("tau", tau), checked_numbers("sigma", sigma, at_least=0)
    return _tail(tau - most, sigma, at_zero=0.0)


def coherence_limit(n_active: npt.ArrayLike, a_min: npt.ArrayLike, a_max: npt.ArrayLike) -> Floats:
    """Coherence below which matched neurons separate without noise (T7a): κ* = a_min/((2s − 1)·a_max).

    Below it every threshold from s·κ·a_max up to, but not including, a_min − (s − 1)κ·a_max makes no
    error. At κ* and above there are directions and points of that coherence on which every threshold errs.

    Parameters
    ----------
    n_active, a_min, a_max : array_like
        s ≥ 1 and 0 < a_min ≤ a_max, broadcast.

    Returns
    -------
    ndarray
        float64.

    Raises
    ------
    InputError
        If a number is out of its range.

    Examples
    --------
    >>> coherence_limit([1, 2, 8], 1, 1).round(3)
    array([1.   , 0.333, 0.067])
    """
    s, low, high = _world(n_active, a_min, a_max)
    return low / ((2 * s - 1) * high)


def noise_threshold(
    coherence: npt.ArrayLike,
    n_active: npt.ArrayLike,
    a_min: npt.ArrayLike,
    a_max: npt.ArrayLike,
    sigma: npt.ArrayLike = 0.0,
    frequency: npt.ArrayLike = 0.5,
) -> Floats:
    """Threshold that minimises the bound on the total error, π·miss + (1 − π)·leak (T7a).

    With gap = a_min − (2s − 1)κ·a_max it is (a_min + κ·a_max)/2 + σ²·ln((1 − π)/π)/gap: halfway between
    least signal and largest interference, and higher for a rare concept. At π = 1/2 it depends neither
    on s nor on σ, and makes the bounds of miss and leak equal.

    Parameters
    ----------
    coherence, n_active, a_min, a_max : array_like
        As for :func:`noise_miss_ceiling`, with coherence below :func:`coherence_limit`.
    sigma : array_like
        Standard deviation of the noise, ≥ 0.
    frequency : array_like
        π = μ(C), 0 < π < 1. All arguments are broadcast.

    Returns
    -------
    ndarray
        float64.

    Raises
    ------
    InputError
        If a number is out of its range, or the coherence is not below its limit: then the bounds are
        smallest for a neuron that never fires or one that always does.

    Examples
    --------
    >>> noise_threshold(0.2, 2, 1, 1, sigma=0.1, frequency=[0.5, 0.01]).round(3)
    array([0.6  , 0.715])
    """
    least, most = _signals(coherence, n_active, a_min, a_max)
    sigma = checked_numbers("sigma", sigma, at_least=0)
    frequency = checked_numbers("frequency", frequency, above=0, below=1)
    gap = least - most
    if (gap <= 0).any():
        raise InputError("coherence", "is not below its limit", "give coherence < coherence_limit(…)")
    return (least + most) / 2 + sigma**2 * np.log((1 - frequency) / frequency) / gap


def mixed_signs_ceiling(
    coherence: npt.ArrayLike,
    n_others: npt.ArrayLike,
    a_max: npt.ArrayLike,
    margin: npt.ArrayLike,
    sigma: npt.ArrayLike,
) -> Floats:
    """Error of the matched neuron when the interference is as often positive as negative: exp(−t²/(2v)).

    Here v = σ² + m·(κ·a_max)². It holds if the m other active concepts are drawn without replacement from
    concepts whose cosines with this one average to 0, with strengths up to a_max drawn independently of who
    is drawn: by Hoeffding the interference then has Gaussian tails. It asks for κ of the order 1/√s where
    the worst case asks for 1/s.

    Parameters
    ----------
    coherence : array_like
        κ in [0, 1].
    n_others : array_like
        m ≥ 0: at most s − 1 for the miss, at most s for the leak.
    a_max : array_like
        Largest strength.
    margin : array_like
        t: a_min − τ for the miss, τ for the leak. Where it is not positive the answer is 1.
    sigma : array_like
        Standard deviation of the noise, ≥ 0. All arguments are broadcast.

    Returns
    -------
    ndarray
        float64.

    Raises
    ------
    InputError
        If a number is out of its range.

    References
    ----------
    Hoeffding, W. (1963). Probability inequalities for sums of bounded random variables. *Journal of the
    American Statistical Association* 58, 13-30; theorem 4 for drawing without replacement.

    Examples
    --------
    Twenty others with cosines of ±0.05, threshold halfway, little noise. The worst case would be 1.

    >>> mixed_signs_ceiling(0.05, 20, 1, 0.5, [0, 0.1]).round(4)
    array([0.0821, 0.1245])
    """
    kappa = checked_numbers("coherence", coherence, at_least=0, at_most=1)
    others, high = checked_numbers("n_others", n_others, at_least=0), checked_numbers("a_max", a_max, above=0)
    t, sigma = checked_numbers("margin", margin), checked_numbers("sigma", sigma, at_least=0)
    variance = sigma**2 + others * (kappa * high) ** 2
    t, variance = np.broadcast_arrays(t, variance)
    with np.errstate(over="ignore"):  # an infinite exponent is a tail of 0
        tail = np.exp(-(t**2) / (2 * np.where(variance > 0, variance, 1.0)))
    return np.where(t <= 0, 1.0, np.where(variance > 0, tail, 0.0))[()]


def _world(n_active: npt.ArrayLike, a_min: npt.ArrayLike, a_max: npt.ArrayLike) -> tuple[Floats, ...]:
    s = checked_numbers("n_active", n_active, at_least=1)
    low, high = checked_numbers("a_min", a_min, above=0), checked_numbers("a_max", a_max, above=0)
    if (low > high).any():
        raise InputError("a_min", "exceeds a_max", "give a_min ≤ a_max")
    return s, low, high


def _signals(
    coherence: npt.ArrayLike, n_active: npt.ArrayLike, a_min: npt.ArrayLike, a_max: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Least ⟨v, Σ a v⟩ with the concept, and largest without."""
    kappa = checked_numbers("coherence", coherence, at_least=0, at_most=1)
    s, low, high = _world(n_active, a_min, a_max)
    return low - (s - 1) * kappa * high, s * kappa * high


def _tail(margin: Floats, sigma: Floats, at_zero: float) -> Floats:
    margin, sigma = np.broadcast_arrays(margin, sigma)
    exact = np.where(margin > 0, 0.0, np.where(margin < 0, 1.0, at_zero))
    return np.where(sigma > 0, ndtr(-margin / np.where(sigma > 0, sigma, 1.0)), exact)[()]
