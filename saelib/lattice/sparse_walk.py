"""Prefix-preserving closure extension on sparse rows, compiled (LCM, Uno et al. 2004).

Occurrence deliver: the extents of all children of a node are made in one pass over the rows of its own
extent, each object being delivered to the attributes it has. One list for each attribute is enough for the
whole tree: a child made with attribute e writes only to lists above e, which its parent, going from the most
frequent attribute down, has used already. Attributes are kept unsigned, for which no negative index has to be
looked out for.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from saelib.lattice.compiled import compiled, grown
from saelib.lattice.walk import CONCEPTS, WHOLE, WORK, Walk


def sparse_walk(
    incidence: sparse.csr_array, min_support: int, min_delta: int, max_concepts: int, max_work: int
) -> Walk:
    """Walk the closed sets with a non-empty extent; see :mod:`saelib.lattice.walk`."""
    return Walk(
        *_walk(
            np.ascontiguousarray(incidence.indptr, dtype=np.int64),
            np.ascontiguousarray(incidence.indices, dtype=np.uint32),
            incidence.shape[1],
            min_support,
            min_delta,
            max_concepts,
            max_work,
        )
    )


@compiled
def _walk(indptr, indices, n_attributes, min_support, min_delta, max_concepts, max_work):  # type: ignore[no-untyped-def]
    n_objects = len(indptr) - 1
    support, delta = np.empty(256, np.int64), np.empty(256, np.int64)
    ends, items = np.empty(256, np.int64), np.empty(1024, np.int32)
    found, n_items = 0, 0
    work = np.int64(len(indices))

    # Objects delivered to each attribute; room for all that have it.
    starts = np.zeros(n_attributes + 1, np.int64)
    for at in range(len(indices)):
        starts[indices[at] + 1] += 1
    for item in range(n_attributes):
        starts[item + 1] += starts[item]
    delivered = np.empty(len(indices), np.uint32)
    filled = np.zeros(n_attributes, np.int64)

    counts = np.zeros(n_attributes, np.int32)  # objects of the extent tried that have each attribute
    touched = np.empty(n_attributes + 1, np.uint32)
    # The path from the root: the intent at its end, what each node added to it, what is still to be tried.
    inside = np.zeros(n_attributes, np.bool_)
    added = np.empty(n_attributes, np.int32)
    added_end = np.zeros(n_attributes + 2, np.int64)
    tried = np.empty(1024, np.uint32)
    tried_end = np.zeros(n_attributes + 2, np.int64)
    depth, item, frontier, cause = 0, -1, -1, WHOLE

    entering = n_objects >= min_support  # the root first, as if it were the child of an empty path
    while entering or depth > 0:
        if not entering:
            if tried_end[depth] == tried_end[depth - 1]:
                for at in range(added_end[depth - 1], added_end[depth]):
                    inside[added[at]] = False
                depth -= 1
                continue
            tried_end[depth] -= 1
            item = tried[tried_end[depth]]
            if depth == 1:
                frontier = item
            if work >= max_work:
                cause = WORK
                break

        size = n_objects if entering else filled[item]
        base = starts[max(item, 0)]
        n_touched = 0
        for position in range(size):
            row = position if entering else delivered[base + position]
            for at in range(indptr[row], indptr[row + 1]):
                j = indices[at]
                count = counts[j]
                touched[n_touched] = j  # kept only if j is new: a branch here would often be mispredicted
                n_touched += count == 0
                counts[j] = count + 1
            if not entering:
                work += indptr[row + 1] - indptr[row]

        # The closure, whether it adds anything below the attribute it was made with, Δ, and what to try next.
        first = tried_end[depth]
        tried = grown(tried, first + n_touched + 1)
        last = first
        n_closed, largest, n_added, new_below = 0, np.int32(0), added_end[depth], False
        for t in range(n_touched):
            j = touched[t]
            count = counts[j]
            if count == size:
                n_closed += 1
                if not inside[j]:
                    added[n_added] = j
                    n_added += 1
                    new_below |= j < item
            else:
                largest = max(largest, count)
                tried[last] = j
                last += (j > item) & (count >= min_support)

        if not new_below:
            for at in range(added_end[depth], n_added):
                inside[added[at]] = True
            depth += 1
            added_end[depth] = n_added
            steady = size if n_closed == n_attributes else size - largest
            if steady >= min_delta:
                if found == max_concepts:
                    cause = CONCEPTS
                    if entering:
                        frontier = n_attributes - 1
                    break
                ends, support, delta = (
                    grown(ends, found + 1),
                    grown(support, found + 1),
                    grown(delta, found + 1),
                )
                items = grown(items, n_items + n_added)
                items[n_items : n_items + n_added] = added[:n_added]
                n_items += n_added
                support[found], delta[found], ends[found] = size, steady, n_items
                found += 1

            tried_end[depth] = last
            if last > first:
                tried[first:last].sort()
                for t in range(first, last):
                    filled[tried[t]] = 0
                for position in range(size):
                    row = position if entering else delivered[base + position]
                    for at in range(indptr[row + 1] - 1, indptr[row] - 1, -1):
                        j = indices[at]
                        if j <= item:
                            break
                        if min_support <= counts[j] < size:
                            delivered[starts[j] + filled[j]] = row
                            filled[j] += 1
        for t in range(n_touched):
            counts[touched[t]] = 0
        entering = False

    if cause == WHOLE:
        frontier = -1
    return support[:found], delta[:found], ends[:found], items[:n_items], cause, frontier, work
