"""The counts of θ∩C, θ and C that everything else is computed from."""

from __future__ import annotations

import numpy as np
from scipy import sparse


def pair_counts(active: sparse.csr_array, member: sparse.csr_array, weights: np.ndarray | None) -> np.ndarray:
    """Count the points in θ_j ∩ C_i, or add up their weights, for every pair at once.

    One sparse product (concepts × points) · (points × neurons).

    Parameters
    ----------
    active : csr_array of bool [n_points, d_sae]
    member : csr_array of bool [n_points, n_concepts]
    weights : float64 [n_points] or None

    Returns
    -------
    ndarray
        int64 [d_sae, n_concepts], float64 with weights.
    """
    by_concept = member.T.tocsr()
    # A product of booleans is a boolean, so the factors are given numbers to add up.
    values = np.ones(by_concept.nnz, np.int64) if weights is None else weights[by_concept.indices]
    left = sparse.csr_array((values, by_concept.indices, by_concept.indptr), shape=by_concept.shape)
    right = sparse.csr_array((active.data.view(np.int8), active.indices, active.indptr), shape=active.shape)
    return np.ascontiguousarray((left @ right).toarray().T)


def set_sizes(family: sparse.csr_array, weights: np.ndarray | None) -> np.ndarray:
    """Count the points in every set, or add up their weights.

    Weights are added in the order of the points, as in :func:`pair_counts`: a set and its intersection with
    a set that contains it then have the very same floating-point sum, so that exact containment stays exact.
    """
    n_sets = family.shape[1]
    if weights is None:
        return np.bincount(family.indices, minlength=n_sets).astype(np.int64)
    per_entry = np.repeat(weights, np.diff(family.indptr))
    return np.bincount(family.indices, weights=per_entry, minlength=n_sets)
