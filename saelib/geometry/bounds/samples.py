"""T7c: how far sampled recalls, leaks and Jaccard indices can be from the truth, and how many mend it.

All of it is about points drawn independently, and a dictionary fixed before they were drawn. Which neuron is
best may be chosen on the same points, if the band is one for all pairs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincinv

from saelib.errors import InputError
from saelib.geometry.bounds.checked import checked_confidence, checked_numbers

__all__ = ["exact_band", "jaccard_band", "points_needed", "sample_band", "samples_needed"]

Floats = npt.NDArray[np.float64]
Band = tuple[npt.ArrayLike, npt.ArrayLike]

_MOST = 2.0**53  # points that float64 can count one by one


def sample_band(n: npt.ArrayLike, n_pairs: npt.ArrayLike = 1, confidence: float = 0.95) -> Floats:
    r"""Half-width of a band that holds for many sampled shares at once (T7c): √(ln(2m/α)/(2n)), α = 1 − confidence.

    Hoeffding's inequality for one share, and a union over the m shares. Valid whatever the shares and
    however they depend on one another, and never tight: :func:`exact_band` is always narrower near 0 and 1.

    Parameters
    ----------
    n : array_like
        Points behind the share: n_C sampled points of the concept for a recall, n_R others for a leak,
        those in θ∪C for a Jaccard index, those in θ for a precision.
    n_pairs : array_like
        m, how many shares the band must hold for: d·\|𝒞\| for all recalls, 2·d·\|𝒞\| for all recalls and all
        leaks.
    confidence : float
        Wanted probability that all of them hold.

    Returns
    -------
    ndarray
        float64, at most 1 (which says nothing, as for n = 0).

    Raises
    ------
    InputError
        If a number is out of its range.

    References
    ----------
    Hoeffding, W. (1963). Probability inequalities for sums of bounded random variables. *Journal of the
    American Statistical Association* 58, 13-30.

    Examples
    --------
    All recalls of 1,000 neurons with 100 concepts, each on 1,000 points of the concept:

    >>> sample_band([1000, 4000], 1000 * 100).round(3)
    array([0.087, 0.044])
    """  # noqa: E501 — the summary is one line
    n, m = checked_numbers("n", n, at_least=0), checked_numbers("n_pairs", n_pairs, at_least=1)
    alpha = 1 - checked_confidence(confidence)
    return np.minimum(1.0, np.sqrt(np.log(2 * m / alpha) / (2 * np.maximum(n, 1e-300))))[()]


def samples_needed(
    tolerance: npt.ArrayLike, n_pairs: npt.ArrayLike = 1, confidence: float = 0.95
) -> npt.NDArray[np.int64]:
    """Least n for which :func:`sample_band` is within the tolerance (T7c): ⌈ln(2m/α)/(2·tolerance²)⌉.

    Parameters
    ----------
    tolerance : array_like
        Wanted half-width, in (0, 1).
    n_pairs : array_like
        Shares that must all hold; broadcast.
    confidence : float
        Wanted probability that they do.

    Returns
    -------
    ndarray
        int64; sampled points *of each concept*, see :func:`points_needed`.

    Raises
    ------
    InputError
        If a number is out of its range, or more than 2^53 points were needed.

    Examples
    --------
    A thousand times as many neurons cost 40 % more points:

    >>> samples_needed(0.05, [1000 * 100, 1_000_000 * 100])
    array([3041, 4422])
    """
    tolerance = checked_numbers("tolerance", tolerance, above=0, below=1)
    m = checked_numbers("n_pairs", n_pairs, at_least=1)
    alpha = 1 - checked_confidence(confidence)
    with np.errstate(divide="ignore", over="ignore"):
        needed = np.log(2 * m / alpha) / (2 * tolerance**2)
    if (needed > _MOST).any():
        raise InputError("tolerance", "asks for more than 2^53 points", "give a larger one")
    return np.ceil(needed).astype(np.int64)[()]


def exact_band(
    hits: npt.ArrayLike, n: npt.ArrayLike, n_pairs: npt.ArrayLike = 1, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """Band that holds for many sampled shares at once, from the binomial law itself (Clopper and Pearson).

    Each share gets its exact interval at confidence 1 − α/m, so that the union over m shares still holds
    with probability 1 − α, as :func:`sample_band` does. Unlike that, it narrows where a share is near 0 or
    1, which most leaks are.

    Parameters
    ----------
    hits, n : array_like
        How often out of how often; n = 0 gives [0, 1].
    n_pairs : array_like
        m, how many shares it must hold for.
    confidence : float
        Wanted probability that all of them hold.

    Returns
    -------
    low, high : ndarray
        float64.

    Raises
    ------
    InputError
        If hits exceed n, or a number is out of its range.

    References
    ----------
    Clopper, C. J. and Pearson, E. S. (1934). The use of confidence or fiducial limits illustrated in the
    case of the binomial. *Biometrika* 26, 404-413.

    Examples
    --------
    No leak on 1,000 points; Hoeffding's band would say 0.043.

    >>> low, high = exact_band(0, 1000)
    >>> float(low), float(high.round(5))
    (0.0, 0.00368)
    """
    hits, n = checked_numbers("hits", hits, at_least=0), checked_numbers("n", n, at_least=0)
    m = checked_numbers("n_pairs", n_pairs, at_least=1)
    hits, n, m = np.broadcast_arrays(hits, n, m)
    if (hits > n).any():
        raise InputError("hits", "exceed n", "give hits out of n")
    tail = (1 - checked_confidence(confidence)) / (2 * m)
    # The incomplete beta is asked only where it has two positive parameters.
    some, not_all = hits > 0, hits < n
    low = np.where(some, betaincinv(np.where(some, hits, 1.0), n - hits + 1, tail), 0.0)
    high = np.where(not_all, 1 - betaincinv(np.where(not_all, n - hits, 1.0), hits + 1, tail), 1.0)
    return low[()], high[()]


def points_needed(
    n_in_concept: npt.ArrayLike,
    frequency: npt.ArrayLike,
    n_concepts: npt.ArrayLike = 1,
    confidence: float = 0.95,
) -> npt.NDArray[np.int64]:
    """Least sample in which every concept has enough points, with the confidence asked for.

    Parameters
    ----------
    n_in_concept : array_like
        Points of the concept that are wanted, from 1 up, for instance :func:`samples_needed`.
    frequency : array_like
        π = μ(C) of the rarest concept, 0 < π < 1.
    n_concepts : array_like
        How many concepts must have theirs; all are broadcast.
    confidence : float
        Wanted probability that all of them do.

    Returns
    -------
    ndarray
        int64; exact for one concept, and for several at most what a union bound costs too large.

    Raises
    ------
    InputError
        If a number is out of its range, or more than 2^53 points were needed.

    Examples
    --------
    To see one point of a one-in-a-hundred concept with 95 %: 0.99^299 is just below 0.05.

    >>> points_needed([1, 3041], 0.01)
    array([   299, 313181])
    """
    wanted = checked_numbers("n_in_concept", n_in_concept, at_least=1)
    pi = checked_numbers("frequency", frequency, above=0, below=1)
    concepts = checked_numbers("n_concepts", n_concepts, at_least=1)
    fail = (1 - checked_confidence(confidence)) / concepts
    wanted, pi, fail = np.broadcast_arrays(np.ceil(wanted), pi, fail)

    def too_few(points: Floats) -> npt.NDArray[np.bool_]:
        # P(fewer than `wanted` among so many points)
        return betainc(points - wanted + 1, wanted, 1 - pi) > fail

    with np.errstate(over="ignore"):
        low, high = wanted - 1, np.ceil(2 * wanted / pi)
    while (high <= _MOST).all() and (short := too_few(high)).any():
        high = np.where(short, 2 * high, high)
    if (high > _MOST).any():  # neighbouring whole numbers are no longer told apart
        raise InputError(
            "frequency", "asks for more than 2^53 points", "give a larger one, or want fewer points"
        )
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        short = too_few(np.maximum(middle, wanted)) & (middle >= wanted) | (middle < wanted)
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return high.astype(np.int64)[()]


def jaccard_band(recall: Band, leak: Band, frequency: Any) -> tuple[Floats, Floats]:
    r"""Carry bands on recall, leak and frequency over to the Jaccard index, through T1's identity.

    J = ρ/(1 + λ(1 − π)/π) grows with ρ and π and falls with λ, so the ends of the bands give the ends.
    For a rare concept a leak is multiplied by (1 − π)/π ≈ 1/π and so is its uncertainty: the band on J is
    then wider than the one that :func:`exact_band` gives for \|θ∩C\| hits out of the \|θ∪C\| sampled
    points.

    Parameters
    ----------
    recall, leak : pair of array_like
        Their (low, high), within [0, 1].
    frequency : number, array_like or pair of array_like
        π if it is known, else its (low, high), a tuple; in (0, 1].

    Returns
    -------
    low, high : ndarray
        float64.

    Raises
    ------
    InputError
        If a number is out of its range or a band upside down.

    Examples
    --------
    >>> low, high = jaccard_band((0.9, 1.0), (0.0, 0.01), 0.01)
    >>> float(low.round(4)), float(high)
    (0.4523, 1.0)
    """
    recall_low, recall_high = _band("recall", recall, at_least=0, at_most=1)
    leak_low, leak_high = _band("leak", leak, at_least=0, at_most=1)
    both = frequency if isinstance(frequency, tuple) else (frequency, frequency)
    pi_low, pi_high = _band("frequency", both, above=0, at_most=1)
    return (
        (recall_low * pi_low / (pi_low + leak_high * (1 - pi_low)))[()],
        (recall_high * pi_high / (pi_high + leak_low * (1 - pi_high)))[()],
    )


def _band(argument: str, band: Any, **limits: float) -> tuple[Floats, Floats]:
    if not isinstance(band, tuple) or len(band) != 2:
        raise InputError(argument, f"is a {type(band).__name__}", "give the pair (low, high)")
    low, high = (checked_numbers(argument, end, **limits) for end in band)
    if (low > high).any():
        raise InputError(argument, "has a low end above its high end", "give (low, high)")
    return low, high
