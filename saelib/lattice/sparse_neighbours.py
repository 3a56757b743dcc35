"""The lower neighbours of formal concepts on sparse rows, compiled; see :mod:`saelib.lattice.neighbours`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from saelib.lattice.compiled import compiled, grown


def sparse_lost_shares(
    rows: sparse.csr_array,
    columns: sparse.csc_array,
    sizes: npt.NDArray[np.int64],
    intents: sparse.csr_array,
    near: int,
) -> npt.NDArray[np.float64]:
    """Sum 2^(−(|A| − |D|)) over the lower neighbours D of each concept, float64 [n]."""
    owner = np.repeat(np.arange(intents.shape[0]), np.diff(intents.indptr))
    rarest_first = intents.indices[np.lexsort((sizes[intents.indices], owner))]
    # Concepts of the same most frequent attribute come together, and its objects are marked once for all.
    last = np.full(intents.shape[0], -1, dtype=np.int64)
    some = np.diff(intents.indptr) > 0
    last[some] = rarest_first[intents.indptr[1:][some] - 1]
    together = np.argsort(last, kind="stable")
    parts = (*_parts(rows), *_parts(columns), _as(intents.indptr, np.int64), _as(rarest_first, np.uint32))
    return _lost_shares(*parts, together, rows.shape[1], near)


def _parts(matrix: sparse.csr_array | sparse.csc_array) -> tuple[np.ndarray, np.ndarray]:
    return _as(matrix.indptr, np.int64), _as(matrix.indices, np.uint32)


def _as(array: np.ndarray, dtype: npt.DTypeLike) -> np.ndarray:
    return np.ascontiguousarray(array, dtype=dtype)


@compiled
def _lost_shares(row_ptr, rows, column_ptr, columns, intent_ptr, intents, together, n_attributes, near):  # type: ignore[no-untyped-def]
    n = len(intent_ptr) - 1
    lost = np.zeros(n)
    halves = 2.0 ** -np.arange(1101.0)  # 0 from 1075 on
    extent = np.empty(len(row_ptr), np.uint32)  # one more than there can be: a place to write and drop
    counts = np.zeros(n_attributes, np.int64)
    touched = np.empty(n_attributes + 1, np.uint32)
    # Of the attributes whose meets with the extent are near it: places, objects, meets with each other.
    place = np.full(n_attributes, -1, np.int64)
    meets = np.zeros(n_attributes, np.int64)
    objects = np.empty(1024, np.uint32)
    starts = np.zeros(n_attributes + 1, np.int64)
    filled = np.zeros(n_attributes, np.int64)

    marked = np.zeros(len(row_ptr) - 1, np.bool_)
    mark = -1
    for i in together:
        intent = intents[intent_ptr[i] : intent_ptr[i + 1]]
        if len(intent) == n_attributes:
            continue
        if len(intent) > 1 and intent[-1] != mark:
            if mark >= 0:
                for at in range(column_ptr[mark], column_ptr[mark + 1]):
                    marked[columns[at]] = False
            mark = intent[-1]
            for at in range(column_ptr[mark], column_ptr[mark + 1]):
                marked[columns[at]] = True
        size = _extent_of(intent, column_ptr, columns, marked, extent)
        n_touched = 0
        for position in range(size):
            g = extent[position]
            for at in range(row_ptr[g], row_ptr[g + 1]):
                j = rows[at]
                count = counts[j]
                touched[n_touched] = j
                n_touched += count == 0
                counts[j] = count + 1

        far, n_near, outside = 0.0, 0, False
        for t in range(n_touched):
            j = touched[t]
            gap = size - counts[j]
            if gap > 0:
                outside = True
                if gap >= near:
                    far += halves[min(gap, 1100)]
                else:
                    touched[n_near] = j  # n_near ≤ t: what was there has been read
                    n_near += 1
        # touched[:n_near] are the near ones now; the counts of the others are cleared through the rows below.
        if not outside:
            lost[i] = halves[min(size, 1100)]
        else:
            touched[:n_near].sort()
            for t in range(n_near):
                j = touched[t]
                place[j], filled[t] = t, 0
                starts[t + 1] = starts[t] + counts[j]
            if n_near > 0:
                objects = grown(objects, starts[n_near])
                for position in range(size):
                    g = extent[position]
                    for at in range(row_ptr[g], row_ptr[g + 1]):
                        t = place[rows[at]]
                        if t >= 0:
                            objects[starts[t] + filled[t]] = g
                            filled[t] += 1
            total = 0.0
            for t in range(n_near):
                own = filled[t]
                for position in range(starts[t], starts[t + 1]):
                    g = objects[position]
                    for at in range(row_ptr[g], row_ptr[g + 1]):
                        other = place[rows[at]]
                        if other >= 0:
                            meets[other] += 1
                hidden = False
                for other in range(n_near):
                    # Within a larger one, or equal to one that was counted before.
                    if meets[other] == own and (filled[other] > own or (filled[other] == own and other < t)):
                        hidden = True
                    meets[other] = 0
                if not hidden:
                    total += halves[size - own]
            lost[i] = total + far
            for t in range(n_near):
                place[touched[t]] = -1
        for position in range(size):
            g = extent[position]
            for at in range(row_ptr[g], row_ptr[g + 1]):
                counts[rows[at]] = 0
    return lost


@compiled
def _extent_of(intent, column_ptr, columns, marked, extent):  # type: ignore[no-untyped-def]
    """Write the objects that have all of an intent, rarest attribute first, and return how many they are.

    ``marked`` are the objects of the last one.
    """
    if len(intent) == 0:
        for g in range(len(marked)):
            extent[g] = g
        return len(marked)
    size = 0
    for at in range(column_ptr[intent[0]], column_ptr[intent[0] + 1]):
        extent[size] = columns[at]
        size += len(intent) == 1 or marked[columns[at]]
    for which in range(1, len(intent) - 1):
        low, end = column_ptr[intent[which]], column_ptr[intent[which] + 1]
        kept = 0
        for position in range(size):
            g = extent[position]
            # The next one is near: look 1, 2, 4, … further before halving.
            high, step = low, 1
            while high < end and columns[high] < g:
                low = high + 1
                high += step
                step *= 2
            high = min(high, end)
            while low < high:
                middle = (low + high) // 2
                if columns[middle] < g:
                    low = middle + 1
                else:
                    high = middle
            if low == end:
                break
            if columns[low] == g:
                extent[kept] = g
                kept += 1
        size = kept
    return size
