"""A ν-mass: exact, or counted on samples with an interval that is never too short."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from saelib.errors import InputError
from saelib.geometry.polytopes.ambient import Ambient

__all__ = ["Mass", "sampled_mass"]

_BLOCK = 1 << 17  # samples drawn at once: 8 MB in eight dimensions


@dataclass(frozen=True)
class Mass:
    """Mass of a region under an ambient measure of total mass 1.

    Attributes
    ----------
    value : float
        The mass, or the share of the samples.
    low, high : float
        Interval; both equal ``value`` if it is exact.
    n_samples : int
        How many points were drawn; 0 if it is exact.

    Examples
    --------
    >>> half = Mass(0.5, 0.5, 0.5)
    >>> half.exact, 0.5 in half, 0.6 in half
    (True, True, False)
    """

    value: float
    low: float
    high: float
    n_samples: int = 0

    @property
    def exact(self) -> bool:
        """Whether nothing was sampled: right up to rounding."""
        return self.n_samples == 0

    @property
    def interval(self) -> tuple[float, float]:
        """(low, high)."""
        return self.low, self.high

    def __contains__(self, number: float) -> bool:
        return self.low <= number <= self.high


def sampled_mass(
    inside: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.bool_]],
    ambient: Ambient,
    n_samples: int,
    seed: int,
    confidence: float,
) -> Mass:
    """Count how many points of the ambient measure lie in a region.

    The interval is that of Clopper and Pearson, from the binomial distribution itself: it covers the truth
    with at least the stated probability at every sample size and every mass, zero included.

    Parameters
    ----------
    inside : callable
        Points [n, d_in] to bool [n].
    ambient : Ambient
        Where points come from.
    n_samples, seed : int
        How many, ≥ 1, and their randomness, ≥ 0.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Mass

    Raises
    ------
    InputError
        If a number is out of range.
    """
    if isinstance(n_samples, bool) or not isinstance(n_samples, int | np.integer) or n_samples < 1:
        raise InputError("n_samples", f"is {n_samples!r}", "give an integer >= 1")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError("seed", f"is {seed!r}", "give an integer >= 0")
    if not 0 < confidence < 1:
        raise InputError("confidence", f"is {confidence!r}", "give a number between 0 and 1")
    rng, n = np.random.default_rng(seed), int(n_samples)
    hits = sum(
        int(np.count_nonzero(inside(ambient.sample(min(_BLOCK, n - start), rng))))
        for start in range(0, n, _BLOCK)
    )
    tail = (1 - confidence) / 2
    low = float(stats.beta.ppf(tail, hits, n - hits + 1)) if hits else 0.0
    high = float(stats.beta.isf(tail, hits + 1, n - hits)) if hits < n else 1.0
    return Mass(hits / n, low, high, n)
