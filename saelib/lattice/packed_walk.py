"""Close-by-One on packed bits: the enumeration in plain numpy, slower, and the oracle of the other one.

S. O. Kuznetsov 1993; the test of prefixes is that of Uno et al. 2004 (LCM).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from saelib.lattice.walk import CONCEPTS, WHOLE, WORK, Walk

Bits = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

_ONES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(axis=1).astype(np.uint8)


def packed_walk(
    incidence: sparse.csr_array, min_support: int, min_delta: int, max_concepts: int, max_work: int
) -> Walk:
    """Walk the closed sets with a non-empty extent; see :mod:`saelib.lattice.walk`."""
    n_objects, n_attributes = incidence.shape
    support: list[int] = []
    delta: list[int] = []
    intents: list[npt.NDArray[np.int32]] = []
    work = int(incidence.nnz)

    def walk(cause: int, frontier: int) -> Walk:
        ends = np.cumsum([len(intent) for intent in intents], dtype=np.int64)
        items = np.concatenate(intents) if intents else np.zeros(0, dtype=np.int32)
        counted = np.array(support, dtype=np.int64), np.array(delta, dtype=np.int64)
        return Walk(*counted, ends, items, cause, frontier, work)

    if n_objects < min_support:
        return walk(WHOLE, -1)
    columns = _columns(incidence)
    everything = np.packbits(np.ones(n_objects, dtype=np.bool_))
    path: list[tuple[Bits, Mask, list[int]]] = []

    def enter(extent: Bits, counts: npt.NDArray[np.int64], size: int, above: int) -> bool:
        """Keep a closed set and put it on the path; say whether there was room."""
        closed = counts == size
        largest = int(counts[~closed].max(initial=0))
        steady = size if closed.all() else size - largest
        if steady >= min_delta:
            if len(support) == max_concepts:
                return False
            support.append(size)
            delta.append(steady)
            intents.append(np.flatnonzero(closed).astype(np.int32))
        tried = np.flatnonzero((counts >= min_support) & ~closed)
        path.append((extent, closed, tried[tried > above].tolist()))
        return True

    if not enter(everything, _count(columns), n_objects, -1):
        return walk(CONCEPTS, n_attributes - 1)
    frontier = -1
    while path:
        extent, closed, tried = path[-1]
        if not tried:
            path.pop()
            continue
        item = tried.pop()
        if len(path) == 1:
            frontier = item
        if work >= max_work:
            return walk(WORK, frontier)
        smaller = extent & columns[item]
        counts = _count(columns & smaller)
        work += int(counts.sum())
        size = int(counts[item])
        new_below = (counts[:item] == size) & ~closed[:item]
        if not new_below.any() and not enter(smaller, counts, size, item):
            return walk(CONCEPTS, frontier)
    return walk(WHOLE, -1)


def _columns(incidence: sparse.csr_array) -> Bits:
    """Extents of the attributes, a bit an object, uint8 [n_attributes, bytes]."""
    n_objects, n_attributes = incidence.shape
    by_attribute = incidence.tocsc()
    columns = np.zeros((n_attributes, (n_objects + 7) // 8), dtype=np.uint8)
    for item in range(n_attributes):
        inside = np.zeros(n_objects, dtype=np.bool_)
        inside[by_attribute.indices[by_attribute.indptr[item] : by_attribute.indptr[item + 1]]] = True
        columns[item] = np.packbits(inside)
    return columns


def _count(bits: Bits) -> npt.NDArray[np.int64]:
    return _ONES[bits].sum(axis=1, dtype=np.int64)
