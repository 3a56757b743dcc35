"""T1: from one notion of learning to the next, with constants.

All three follow from one identity. With miss m = 1 − recall, leak λ, frequency π = μ(C) and r = (1 − π)/π,
dividing the counts of 1 − J = μ(θ△C)/μ(θ∪C) by μ(C) gives 1 − J = (m + λr)/(1 + λr).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from saelib.errors import InputError

__all__ = ["distance_ceiling", "leak_ceiling", "recall_floor"]

Floats = npt.NDArray[np.float64]


def recall_floor(eta: npt.ArrayLike) -> Floats:
    """Least recall that a Jaccard distance of at most η guarantees (T1b): 1 − η.

    Attained by every θ ⊆ C, whose Jaccard distance is its miss.

    Parameters
    ----------
    eta : array_like
        Jaccard distance η, 0 ≤ η < 1.

    Returns
    -------
    ndarray
        float64, the shape of ``eta``.

    Raises
    ------
    InputError
        If η is not a number in [0, 1).

    Examples
    --------
    >>> recall_floor([0.0, 0.25])
    array([1.  , 0.75])
    """
    return 1.0 - _rate("eta", eta, below_one=True)


def leak_ceiling(eta: npt.ArrayLike, frequency: npt.ArrayLike) -> Floats:
    """Largest leak that a Jaccard distance of at most η allows (T1b): min(1, (η/(1 − η))·π/(1 − π)).

    For a neuron of full recall it is also enough (T1d, the rare-concept penalty): its distance is at most
    η *if and only if* its leak is at most this. The leak a concept tolerates is proportional to its odds
    π/(1 − π), which for a rare concept is its frequency. The minimum with 1 only says that a leak is a
    share: without it the bound is not attained when η > 1 − π.

    Parameters
    ----------
    eta : array_like
        Jaccard distance η, 0 ≤ η < 1.
    frequency : array_like
        Frequency of the concept π = μ(C), 0 < π < 1; broadcast against ``eta``.

    Returns
    -------
    ndarray
        float64, broadcast shape.

    Raises
    ------
    InputError
        If η is not in [0, 1) or π not in (0, 1).

    Examples
    --------
    A concept on half of the points, one on every tenth, one on every hundredth, all wanted within η = 1/2:

    >>> leak_ceiling(0.5, [0.5, 0.1, 0.01]).round(4)
    array([1.    , 0.1111, 0.0101])
    """
    eta = _rate("eta", eta, below_one=True)
    frequency = _frequency(frequency)
    return np.minimum(1.0, eta / (1.0 - eta) * frequency / (1.0 - frequency))


def distance_ceiling(delta: npt.ArrayLike, epsilon: npt.ArrayLike, frequency: npt.ArrayLike) -> Floats:
    """Largest Jaccard distance of a neuron with recall ≥ 1 − δ and leak ≤ ε (T1c): (δ + εr)/(1 + εr), r =
    (1 − π)/π.

    Attained by every neuron whose recall is 1 − δ and whose leak is ε.

    Parameters
    ----------
    delta, epsilon : array_like
        Tolerances δ and ε in [0, 1].
    frequency : array_like
        Frequency of the concept π = μ(C), 0 < π < 1; all three are broadcast.

    Returns
    -------
    ndarray
        float64, broadcast shape.

    Raises
    ------
    InputError
        If a tolerance is not in [0, 1] or π not in (0, 1).

    Examples
    --------
    Perfect recall and one percent of leak: nearly tight for a common concept, hopeless for a rare one.

    >>> distance_ceiling(0.0, 0.01, [0.5, 0.01, 0.0001]).round(3)
    array([0.01 , 0.497, 0.99 ])
    """
    delta, epsilon = _rate("delta", delta), _rate("epsilon", epsilon)
    frequency = _frequency(frequency)
    # Multiplied through by π, which keeps r = 1/π − 1 from overflowing for the rarest concepts.
    leaked = epsilon * (1.0 - frequency)
    return (delta * frequency + leaked) / (frequency + leaked)


def _numbers(argument: str, values: Any) -> Floats:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(argument, f"is {values!r}", "give a number or an array of numbers") from None


def _rate(argument: str, values: Any, below_one: bool = False) -> Floats:
    array = _numbers(argument, values)
    bad = ~((array >= 0) & ((array < 1) if below_one else (array <= 1)))
    if bad.any():
        mend = "give numbers from 0 up to, but not including, 1" if below_one else "give numbers from 0 to 1"
        raise InputError(argument, f"holds {array[bad].flat[0]}", mend)
    return array


def _frequency(values: Any) -> Floats:
    array = _numbers("frequency", values)
    bad = ~((array > 0) & (array < 1))
    if bad.any():
        raise InputError("frequency", f"holds {array[bad].flat[0]}", "give numbers strictly between 0 and 1")
    return array
