"""Thresholds for every neuron, and who fires above them: the counts that a choice is made from."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from saelib.alignment._counts import pair_counts
from saelib.errors import InputError, checked_type
from saelib.sets import ActivationSets, ConceptSet

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def activation_quantiles(acts: Any, quantiles: npt.ArrayLike) -> Floats:
    """Quantiles of each neuron's positive activations, to be its thresholds.

    Parameters
    ----------
    acts : array_like or scipy sparse, shape [n_points, d_sae]
        Activations ≥ 0.
    quantiles : array_like [n_levels]
        From 0 to below 1, rising. At 0 the threshold is 0: the neuron fires wherever it is active.

    Returns
    -------
    ndarray [n_levels, d_sae]
        An activation that occurs: of m different positive ones, m - ⌈q·m⌉ are above the threshold. 0 for
        a dead neuron.

    Raises
    ------
    InputError
        If the activations are not a matrix of finite numbers ≥ 0, or the quantiles are out of range.

    Examples
    --------
    >>> activation_quantiles([[1.0], [2.0], [3.0], [4.0], [0.0]], [0.0, 0.5, 0.75]).T.tolist()
    [[0.0, 2.0, 3.0]]
    """
    levels = checked_numbers("quantiles", quantiles, "give numbers from 0 to below 1")
    if levels.ndim != 1 or not levels.size or not ((levels >= 0) & (levels < 1)).all():
        raise InputError("quantiles", f"is {quantiles!r}", "give numbers from 0 to below 1")
    if (np.diff(levels) <= 0).any():
        raise InputError("quantiles", f"is {quantiles!r}", "give them in rising order")
    by_neuron = checked_activations(acts).tocsc()
    number = np.diff(by_neuron.indptr)
    neuron = np.repeat(np.arange(len(number)), number)
    rising = by_neuron.data[np.lexsort((by_neuron.data, neuron))]
    # The least excess over a whole number is rounding: 0.2 · 5 is one activation, not two.
    rank = np.ceil(levels[:, None] * number - 1e-9).astype(np.int64)
    found = np.zeros((len(levels), len(number)))
    some = rank > 0
    found[some] = rising[(by_neuron.indptr[:-1] + rank - 1)[some]]
    return found


def counts_above(acts: Any, concepts: ConceptSet, thresholds: npt.ArrayLike) -> tuple[Integers, Integers]:
    """Where every neuron fires above each of its thresholds, and how much of that is in each concept.

    Parameters
    ----------
    acts : array_like or scipy sparse, shape [n_points, d_sae]
        Activations ≥ 0.
    concepts : ConceptSet
        Over the same points.
    thresholds : array_like [n_levels, d_sae]
        At least 0, see :func:`activation_quantiles`.

    Returns
    -------
    sizes : ndarray [n_levels, d_sae]
        Points where it fires, int64.
    both : ndarray [n_levels, d_sae, n_concepts]
        Those of them in the concept, int64.

    Raises
    ------
    InputError
        If activations, concepts and thresholds do not fit.

    Examples
    --------
    >>> concepts = ConceptSet([[1], [1], [0]])
    >>> sizes, both = counts_above([[1.0], [2.0], [3.0]], concepts, np.array([[0.0], [1.5]]))
    >>> sizes.tolist(), both.ravel().tolist()
    ([[3], [2]], [2, 1])
    """
    matrix = checked_activations(acts)
    checked_type("concepts", concepts, ConceptSet, "give the concepts over the same points")
    if concepts.n_points != matrix.shape[0]:
        offence = f"cover {concepts.n_points} points of {matrix.shape[0]}"
        raise InputError("concepts", offence, "give the same points")
    mend = f"give numbers ≥ 0, [n_levels, {matrix.shape[1]}]"
    limits = checked_numbers("thresholds", thresholds, mend)
    if limits.ndim != 2 or limits.shape[1] != matrix.shape[1] or not (limits >= 0).all():
        raise InputError("thresholds", f"have shape {limits.shape} or are negative", mend)
    fired = [_above(matrix, row) for row in limits]
    sizes = np.array([np.bincount(each.indices, minlength=each.shape[1]) for each in fired], dtype=np.int64)
    both = np.array([pair_counts(each, concepts.membership, None) for each in fired], dtype=np.int64)
    return sizes, both


def above(matrix: sparse.csr_array, thresholds: npt.ArrayLike) -> sparse.csr_array:
    """Where each neuron's activation exceeds its own threshold.

    Parameters
    ----------
    matrix : csr_array [n_points, d_sae]
        Activations; those that are not stored are 0 and exceed nothing.
    thresholds : array_like [d_sae]
        One a neuron, at least 0; infinity for one that is never to fire.

    Returns
    -------
    csr_array of bool [n_points, d_sae]
        Canonical if the activations are.

    Raises
    ------
    InputError
        If the activations are no sparse matrix by rows, or the thresholds do not fit.

    Examples
    --------
    >>> above(sparse.csr_array([[1.0, 1.0], [0.0, 3.0]]), np.array([0.0, 2.0])).toarray().tolist()
    [[True, False], [False, True]]
    """
    checked_type("matrix", matrix, sparse.csr_array, "give activations as a scipy csr_array")
    if matrix.ndim != 2 or matrix.dtype.kind not in "biuf":
        offence = f"is {matrix.dtype} of shape {matrix.shape}"
        raise InputError("matrix", offence, "give activations [n_points, d_sae]")
    mend = f"give {matrix.shape[1]} numbers ≥ 0, one a neuron"
    limits = checked_numbers("thresholds", thresholds, mend)
    if limits.shape != (matrix.shape[1],) or not (limits >= 0).all():
        raise InputError("thresholds", f"have shape {limits.shape} or are negative", mend)
    return _above(matrix, limits)


def _above(matrix: sparse.csr_array, limits: Floats) -> sparse.csr_array:
    fires = matrix.data > limits[matrix.indices]
    starts = np.concatenate([[0], np.cumsum(fires)])[matrix.indptr]
    data = np.ones(int(starts[-1]), dtype=np.bool_)
    return sparse.csr_array((data, matrix.indices[fires], starts), shape=matrix.shape)


def checked_activations(acts: Any) -> sparse.csr_array:
    """Activations as a canonical sparse matrix without stored zeros, refused if negative or not finite."""
    if isinstance(acts, ActivationSets):
        acts = acts.active
    try:
        given: Any = acts if sparse.issparse(acts) else np.asarray(acts)
        found = sparse.csr_array(given)
    except (TypeError, ValueError):
        raise InputError("acts", "is no matrix of numbers", "give activations [n_points, d_sae]") from None
    if found.ndim != 2 or found.dtype.kind not in "biuf":
        raise InputError("acts", f"has shape {found.shape}", "give activations [n_points, d_sae]")
    found = found.astype(np.float64)
    found.sum_duplicates()
    found.eliminate_zeros()
    if not np.isfinite(found.data).all() or (found.data < 0).any():
        raise InputError("acts", "is negative or not finite somewhere", "give activations after gating")
    return found


def checked_numbers(argument: str, value: Any, mend: str) -> Floats:
    """Numbers as an array of whatever shape, refused if they are none."""
    try:
        found = np.asarray(value)
        if found.dtype.kind in "biuf":
            return found.astype(np.float64, copy=False)
    except (TypeError, ValueError):
        pass
    raise InputError(argument, f"is a {type(value).__name__} that holds no numbers", mend)
