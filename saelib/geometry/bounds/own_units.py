"""T5b: how many neurons it takes to give every concept a unit of its own."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from saelib.geometry.bounds.checked import checked_numbers, checked_whole

__all__ = ["dictionary_bracket", "dictionary_floor", "least_dictionary"]

Floats = npt.NDArray[np.float64]


def least_dictionary(n_concepts: int, k: int) -> int:
    r"""Least d with C(d, k) ≥ \|𝒞\| (T5b): with fewer neurons two concepts share their unit of k.

    Also enough for an assignment, since any k neurons are a unit; whether that unit is any good for its
    concept is another question.

    Parameters
    ----------
    n_concepts : int
        \|𝒞\|, from 1 up.
    k : int
        Neurons in a unit, from 1 up.

    Returns
    -------
    int
        Exact, of any size.

    Raises
    ------
    InputError
        If a number is no integer from 1 up.

    Examples
    --------
    A million concepts: one neuron each, or pairs, or triples.

    >>> [least_dictionary(10**6, k) for k in (1, 2, 3)]
    [1000000, 1415, 183]
    """
    concepts, size = checked_whole("n_concepts", n_concepts, 1), checked_whole("k", k, 1)
    enough = size
    while math.comb(enough, size) < concepts:
        enough *= 2
    too_few = size - 1
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        if math.comb(middle, size) < concepts:
            too_few = middle
        else:
            enough = middle
    return enough


def dictionary_floor(n_concepts: npt.ArrayLike, k: npt.ArrayLike) -> Floats:
    r"""The closed form below :func:`least_dictionary` (T5b): (k!·\|𝒞\|)^(1/k).

    From C(d, k) ≤ d^k/k!. For k = 1 it is attained; for larger k :func:`dictionary_bracket` is nearer.

    Parameters
    ----------
    n_concepts, k : array_like
        \|𝒞\| and k, from 1 up, broadcast.

    Returns
    -------
    ndarray
        float64.

    Raises
    ------
    InputError
        If a number is below 1.

    Examples
    --------
    >>> dictionary_floor(10**6, [1, 2, 3]).round(1)
    array([1.0000e+06, 1.4142e+03, 1.8170e+02])
    """
    concepts, size = (
        checked_numbers("n_concepts", n_concepts, at_least=1),
        checked_numbers("k", k, at_least=1),
    )
    # exp(log) loses a few digits for k = 1, the one case whose value is known beforehand.
    return np.where(size == 1, concepts, np.exp((gammaln(size + 1) + np.log(concepts)) / size))


def dictionary_bracket(n_concepts: npt.ArrayLike, k: npt.ArrayLike) -> tuple[Floats, Floats]:
    r"""Closed forms on both sides of :func:`least_dictionary`, less than (k + 1)/2 apart (T5b, sharpened).

    With f = (k!·\|𝒞\|)^(1/k): f + (k − 1)/2 ≤ d < f + k. Below, because the mean of d, d − 1, …, d − k + 1
    is at least their geometric mean; above, because the least of them is at most it.

    Parameters
    ----------
    n_concepts, k : array_like
        \|𝒞\| and k, from 1 up, broadcast.

    Returns
    -------
    low, high : ndarray
        float64.

    Raises
    ------
    InputError
        If a number is below 1.

    Examples
    --------
    >>> low, high = dictionary_bracket(10**6, 3)
    >>> float(low.round(1)), least_dictionary(10**6, 3), float(high.round(1))
    (182.7, 183, 184.7)
    """
    floor = dictionary_floor(n_concepts, k)
    size = np.asarray(k, dtype=np.float64)
    return floor + (size - 1) / 2, floor + size
