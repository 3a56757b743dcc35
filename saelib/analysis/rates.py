"""Rates of chosen pairs from their counts; a rate without a denominator is unavailable."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.alignment import Alignment

__all__ = ["numbers", "rates", "ratio"]


def ratio(part: npt.ArrayLike, whole: npt.ArrayLike, there: npt.ArrayLike = True) -> pd.arrays.FloatingArray:
    """Divide counts; ``<NA>`` where the whole is empty or ``there`` says no.

    Examples
    --------
    >>> ratio([1, 1], [2, 0]).tolist()
    [0.5, <NA>]
    """
    over, under = np.asarray(part, dtype=np.int64), np.asarray(whole, dtype=np.int64)
    known = (under > 0) & np.asarray(there)
    value = np.divide(over, under, out=np.zeros(np.broadcast(over, under).shape), where=known)
    return pd.arrays.FloatingArray(value, ~known)


def numbers(values: npt.ArrayLike, there: npt.ArrayLike | None = None) -> pd.arrays.IntegerArray:
    """Whole numbers; ``<NA>`` where ``there`` says no, by default below 0.

    Examples
    --------
    >>> numbers([3, -1]).tolist()
    [3, <NA>]
    """
    array = np.asarray(values, dtype=np.int64)
    known = array >= 0 if there is None else np.asarray(there)
    return pd.arrays.IntegerArray(np.where(known, array, 0), ~known)


def rates(
    alignment: Alignment, neurons: npt.ArrayLike, concepts: npt.ArrayLike
) -> dict[str, pd.arrays.FloatingArray]:
    """Recall, precision, leak, Jaccard index and F1 of some pairs.

    Parameters
    ----------
    alignment : Alignment
        Unweighted.
    neurons, concepts : array_like [n]
        The pairs; -1 on either side for none.

    Returns
    -------
    dict
        ``f1``, ``jaccard``, ``recall``, ``precision``, ``leak``, each a nullable ``Float64`` array [n]. A
        silent neuron has no precision, an absent concept no recall; where both are empty nothing is known.

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet, align
    >>> found = rates(align(ActivationSets([[1], [1], [0]]), ConceptSet([[1], [0], [0]])), [0, -1], [0, 0])
    >>> found["jaccard"].tolist(), round(float(found["f1"][0]), 3)
    ([0.5, <NA>], 0.667)
    """
    j, c = np.asarray(neurons, dtype=np.int64), np.asarray(concepts, dtype=np.int64)
    there = (j >= 0) & (c >= 0)
    both = np.where(there, alignment.counts[j, c], 0)
    theta, size = alignment.neuron_sizes[j], alignment.concept_sizes[c]
    return {
        "f1": ratio(2 * both, theta + size, there),
        "jaccard": ratio(both, theta + size - both, there),
        "recall": ratio(both, size, there),
        "precision": ratio(both, theta, there),
        "leak": ratio(theta - both, int(alignment.total) - size, there),
    }
