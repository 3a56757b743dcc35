"""The lower neighbours of formal concepts, as far as stability asks for them."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

from saelib.lattice.context import Context

NEAR = 64  # a neighbour that loses more objects weighs less than 2⁻⁶⁴ and is not compared with the others


def lost_shares(
    context: Context, intents: sparse.csr_array, kernel: Literal["numba", "numpy"]
) -> npt.NDArray[np.float64]:
    """Sum 2^(−(|A| − |D|)) over the lower neighbours D of each concept, float64 [n]."""
    if kernel == "numba":
        from saelib.lattice.sparse_neighbours import sparse_lost_shares

        columns = context.incidence.tocsc()
        return sparse_lost_shares(context.incidence, columns, context.attribute_sizes, intents, NEAR)
    lost = np.zeros(intents.shape[0])
    for i in range(len(lost)):
        intent = intents.indices[intents.indptr[i] : intents.indptr[i + 1]]
        if len(intent) < context.n_attributes:
            lost[i] = _lost(context.incidence, context.extent(intent))
    return lost


def _lost(incidence: sparse.csr_array, extent: npt.NDArray[np.int64]) -> float:
    rows = incidence[extent]
    counts = np.bincount(rows.indices, minlength=incidence.shape[1])
    outside = counts < len(extent)
    if not counts[outside].any():
        return float(2.0 ** -len(extent))  # the only subset that fails is the empty one
    gap = len(extent) - counts
    far = outside & (gap >= NEAR)
    near = np.flatnonzero(outside & (gap < NEAR) & (counts > 0))
    meets = rows[:, near].astype(np.int64)
    both = (meets.T @ meets).toarray()
    size = counts[near]
    within = both == size[:, None]
    # Of equal sets the first stays; a set within a larger one is no neighbour.
    after = np.arange(len(near))[:, None] > np.arange(len(near))[None, :]
    hidden = (within & ((size[None, :] > size[:, None]) | ((size[None, :] == size[:, None]) & after))).any(1)
    return float(np.exp2(-gap[near][~hidden].astype(np.float64)).sum() + np.exp2(-gap[far] * 1.0).sum())
