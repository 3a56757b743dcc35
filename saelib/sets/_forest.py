"""Parents of concepts: who contains whom, as a forest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from saelib.errors import InputError


def checked_parents(parents: Sequence[Any] | np.ndarray | None, names: Sequence[str]) -> np.ndarray:
    """Turn parents given as numbers, names, -1 or None into an int64 array with -1 for roots."""
    n = len(names)
    if parents is None:
        return np.full(n, -1, dtype=np.int64)
    if isinstance(parents, str) or not isinstance(parents, (Sequence, np.ndarray)):
        raise InputError(
            "parents", f"is a {type(parents).__name__}", f"give a list of {n} parents, -1 for roots"
        )
    if len(parents) != n:
        raise InputError(
            "parents", f"has {len(parents)} entries for {n} concepts", "give one a concept, -1 for roots"
        )
    position = {name: i for i, name in enumerate(names)}
    numbers = np.array([_parent(parent, i, position, n) for i, parent in enumerate(parents)], dtype=np.int64)
    _check_acyclic(numbers, names)
    return numbers


def _parent(parent: Any, child: int, position: dict[str, int], n: int) -> int:
    if parent is None:
        return -1
    if isinstance(parent, str):
        if parent not in position:
            raise InputError(
                "parents", f"has {parent!r} at {child}, which names no concept", "name a concept"
            )
        return position[parent]
    if isinstance(parent, (bool, np.bool_)) or not isinstance(parent, (int, np.integer)):
        raise InputError(
            "parents", f"has {parent!r} at {child}", "give a number, a name, or -1 (or None) for a root"
        )
    if not -1 <= parent < n:
        raise InputError("parents", f"has {parent} at {child}", f"give numbers from -1 (a root) to {n - 1}")
    return int(parent)


def levels(parents: np.ndarray) -> np.ndarray:
    """Depth of every node of a forest, roots 0; -1 for nodes on or below a cycle."""
    depth = np.where(parents < 0, 0, -1).astype(np.int64)
    while True:
        # A level a round: nodes without a depth whose parent got one in the round before.
        ready = np.flatnonzero((depth < 0) & (depth[parents] >= 0))
        if not ready.size:
            return depth
        depth[ready] = depth[parents[ready]] + 1


def _check_acyclic(parents: np.ndarray, names: Sequence[str]) -> None:
    stray = np.flatnonzero(levels(parents) < 0)
    if stray.size:
        node = int(stray[0])
        for _ in range(len(parents)):  # after n steps up we stand on the cycle itself
            node = int(parents[node])
        cycle = [node]
        while (up := int(parents[cycle[-1]])) != node:
            cycle.append(up)
        start = cycle.index(min(cycle))
        path = [names[i] for i in [*cycle[start:], *cycle[:start], cycle[start]]]
        raise InputError(
            "parents", f"run in a circle: {' -> '.join(path)}", "give one of them no parent (-1)"
        )


def check_nested(membership: sparse.csr_array, parents: np.ndarray, names: Sequence[str]) -> None:
    """Refuse a child that is not a subset of its parent, naming its first stray point."""
    children = np.flatnonzero(parents >= 0)
    if not children.size:
        return
    child_columns = membership[:, children]
    stray = child_columns > membership[:, parents[children]]
    stray = sparse.csr_array(stray)
    stray.eliminate_zeros()
    if stray.nnz:
        point = int(np.searchsorted(stray.indptr, 0, side="right")) - 1
        child = int(children[stray.indices[stray.indptr[point] : stray.indptr[point + 1]].min()])
        raise InputError(
            "membership",
            f"has point {point} in {names[child]!r} but not in its parent {names[parents[child]]!r}",
            "add the point to the parent or drop that parent",
        )


def inherited(parents: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Parents among ``chosen`` nodes only: the nearest chosen ancestor, renumbered."""
    new = np.full(parents.size, -1, dtype=np.int64)
    new[chosen] = np.arange(chosen.size)
    up = parents[chosen]
    while True:
        skipped = (up >= 0) & (new[up] < 0)
        if not skipped.any():
            return np.where(up >= 0, new[up], -1).astype(np.int64)
        up = np.where(skipped, parents[up], up)
