"""Wilson's score interval for a proportion (Wilson 1927)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtri

from saelib.errors import InputError


def wilson_interval(successes: Any, trials: Any, confidence: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Confidence interval for a proportion, good also near 0 and 1 and for few trials.

    Parameters
    ----------
    successes, trials : array_like of numbers, broadcast against each other
        How often it happened, and out of how often. Without trials nothing is known: the interval is [0, 1].
    confidence : float, default 0.95
        Wanted probability that the interval covers the true proportion, in (0, 1).

    Returns
    -------
    low, high : ndarray, or float for two numbers
        float64, within [0, 1].

    Raises
    ------
    InputError
        If a count is negative or not finite, successes exceed trials, or the confidence is not in (0, 1).

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. *Journal of
    the American Statistical Association* 22, 209-212.

    Examples
    --------
    One success in 29 trials (the 95% interval is 0.0061 to 0.1718 in Newcombe 1998, table I):

    >>> low, high = wilson_interval(1, 29)
    >>> print(f"{low:.4f} {high:.4f}")
    0.0061 0.1718
    """
    try:
        hits, n = np.broadcast_arrays(np.asarray(successes, dtype=float), np.asarray(trials, dtype=float))
    except (TypeError, ValueError) as unfit:
        raise InputError(
            "successes", "and trials are not arrays of counts that fit", "give counts"
        ) from unfit
    for argument, counts in (("successes", hits), ("trials", n)):
        if not (np.isfinite(counts) & (counts >= 0)).all():
            raise InputError(argument, "holds a negative or infinite count", "give counts")
    if (hits > n).any():
        raise InputError("successes", "exceed the trials", "give successes out of trials")
    z = float(ndtri(0.5 + checked_confidence(confidence) / 2))
    some = np.where(n > 0, n, 1.0)
    rate = hits / some
    centre = (rate + z**2 / (2 * some)) / (1 + z**2 / some)
    half = z / (1 + z**2 / some) * np.sqrt(rate * (1 - rate) / some + z**2 / (4 * some**2))
    # The ends are exact at 0 and n successes; rounding would leave 1e-17 there.
    low = np.where((hits == 0) | (n == 0), 0.0, np.clip(centre - half, 0.0, 1.0))
    high = np.where((hits == n) | (n == 0), 1.0, np.clip(centre + half, 0.0, 1.0))
    return low[()], high[()]  # numbers in, numbers out


def checked_confidence(confidence: Any) -> float:
    """Refuse a confidence outside (0, 1)."""
    if not isinstance(confidence, (int, float, np.floating)) or not 0 < confidence < 1:
        raise InputError("confidence", f"is {confidence!r}", "give a number between 0 and 1, such as 0.95")
    return float(confidence)
