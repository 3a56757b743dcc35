"""The order of formal concepts: whose intent lies within whose."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

_PAIRS = 2_000_000  # looked at in one go


def above(intents: sparse.csr_array) -> sparse.csr_array:
    """Say who lies strictly above whom: [i, j] is 1 where the intent of j is a proper part of that of i."""
    n = intents.shape[0]
    sizes = np.diff(intents.indptr)
    counted = intents.astype(np.int32)
    # A part of B has its rarest attribute in B: only what is listed under the attributes of B is compared.
    listed = _under_the_rarest(intents)
    in_a_list = np.diff(listed.tocsc().indptr)
    pairs = np.concatenate([[0], np.cumsum(intents @ in_a_list)])
    upper = [np.zeros(0, dtype=np.int64)]
    lower = [np.zeros(0, dtype=np.int64)]
    start = 0
    while start < n:
        end = max(start + 1, int(np.searchsorted(pairs, pairs[start] + _PAIRS, side="right")) - 1)
        met = (counted[start:end] @ listed.T).tocoo()
        i, j = met.row.astype(np.int64) + start, met.col.astype(np.int64)
        smaller = sizes[j] < sizes[i]
        i, j = i[smaller], j[smaller]
        common = np.asarray(counted[i].multiply(counted[j]).sum(axis=1)).ravel()
        upper.append(j[common == sizes[j]])
        lower.append(i[common == sizes[j]])
        start = end
    for empty in np.flatnonzero(sizes == 0):  # at most one, and it is under no attribute
        lower.append(np.flatnonzero(sizes > 0))
        upper.append(np.full(lower[-1].size, empty))
    i, j = np.concatenate(lower), np.concatenate(upper)
    return sparse.coo_array((np.ones(i.size, dtype=np.int32), (i, j)), shape=(n, n)).tocsr()


def covering(order: sparse.csr_array) -> npt.NDArray[np.int64]:
    """Pairs (upper, lower) of the order with nothing in between, sorted, int64 [m, 2]."""
    between = (order @ order).astype(np.bool_)
    kept = (order.astype(np.bool_) > between).tocoo()
    kept.eliminate_zeros()
    pairs = np.column_stack([kept.col, kept.row]).astype(np.int64)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def exact_stability(order: sparse.csr_array, support: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Extensional stability by σ(A) = 1 − Σ_{D < A} σ(D)·2^(−(|A| − |D|)) over a full lattice."""
    below = order.T.tocsr()
    stability = np.ones(len(support))
    for i in np.argsort(support, kind="stable"):
        under = below.indices[below.indptr[i] : below.indptr[i + 1]]
        weights = np.exp2((support[under] - support[i]).astype(np.float64))
        stability[i] -= float(stability[under] @ weights)
    return stability


def _under_the_rarest(intents: sparse.csr_array) -> sparse.csr_array:
    """Each concept once, under that of its attributes which the fewest concepts have."""
    frequency = np.bincount(intents.indices, minlength=intents.shape[1])
    owner = np.repeat(np.arange(intents.shape[0]), np.diff(intents.indptr))
    order = np.lexsort((intents.indices, frequency[intents.indices], owner))
    first = np.ones(order.size, dtype=np.bool_)
    first[1:] = owner[order][1:] != owner[order][:-1]
    chosen = order[first]
    ones = np.ones(chosen.size, dtype=np.int32)
    return sparse.coo_array((ones, (owner[chosen], intents.indices[chosen])), shape=intents.shape).tocsr()
