"""The counts of θ∩C, θ and C that everything else is computed from."""

from __future__ import annotations

import numpy as np
from scipy import sparse

# Active neurons gathered at once: large enough to pay for a call into scipy, small enough to stay in cache.
_ENTRIES = 1 << 19


def pair_counts(active: sparse.csr_array, member: sparse.csr_array, weights: np.ndarray | None) -> np.ndarray:
    """Count the points in θ_j ∩ C_i, or add up their weights, for every pair at once.

    This is the sparse product (concepts × points) · (points × neurons), concept by concept. Its result is
    dense, so each row is added up in an array; scipy's own product builds a sparse result instead, goes
    through everything twice to do so, and takes three times as long.

    Parameters
    ----------
    active : csr_array of bool [n_points, d_sae]
        Canonical.
    member : csr_array of bool [n_points, n_concepts]
        Canonical.
    weights : float64 [n_points] or None
        Mass of the points.

    Returns
    -------
    ndarray
        int64 [d_sae, n_concepts], float64 with weights; stored concept by concept (Fortran order). The
        weights of a pair are added one by one in the order of the points, as in :func:`set_sizes`.
    """
    d_sae, n_concepts = active.shape[1], member.shape[1]
    by_concept = member.T.tocsr()
    starts = by_concept.indptr
    counts = np.zeros((n_concepts, d_sae), dtype=np.int64 if weights is None else np.float64)
    points_at_once = _points_at_once(active)
    for start in range(0, by_concept.nnz, points_at_once):
        points = by_concept.indices[start : start + points_at_once]
        stop = start + points.size
        fired = active[points]
        mass = None if weights is None else np.repeat(weights[points], np.diff(fired.indptr))
        first = int(np.searchsorted(starts, start, side="right")) - 1
        last = int(np.searchsorted(starts, stop, side="left"))
        for concept in range(first, last):
            low = fired.indptr[max(int(starts[concept]), start) - start]
            high = fired.indptr[min(int(starts[concept + 1]), stop) - start]
            piece = None if mass is None else mass[low:high]
            _add(counts[concept], fired.indices[low:high], piece)
    return counts.T


def _add(totals: np.ndarray, neurons: np.ndarray, mass: np.ndarray | None) -> None:
    if mass is None:
        totals += np.bincount(neurons, minlength=totals.size)
    elif not totals.any():
        totals[:] = np.bincount(neurons, weights=mass, minlength=totals.size)
    else:
        # Go on from the totals rather than add two sums: weights are to be added in the order of the points.
        everyone = np.arange(totals.size)
        totals[:] = np.bincount(np.append(everyone, neurons), weights=np.append(totals, mass))


def set_sizes(family: sparse.csr_array, weights: np.ndarray | None) -> np.ndarray:
    """Count the points in every set, or add up their weights.

    Weights are added in the order of the points, as in :func:`pair_counts`: a set and its intersection with
    a set that contains it then have the very same floating-point sum, so that exact containment stays exact.
    """
    totals = np.zeros(family.shape[1], dtype=np.int64 if weights is None else np.float64)
    step = _points_at_once(family)
    for start in range(0, family.shape[0], step):
        starts = family.indptr[start : start + step + 1]
        mass = None if weights is None else np.repeat(weights[start : start + step], np.diff(starts))
        _add(totals, family.indices[starts[0] : starts[-1]], mass)
    return totals


def _points_at_once(family: sparse.csr_array) -> int:
    return max(1, _ENTRIES * family.shape[0] // max(1, family.nnz))
