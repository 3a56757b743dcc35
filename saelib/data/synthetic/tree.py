"""The skeleton of a concept forest: who is whose child, on which level, under which name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from saelib.errors import InputError


@dataclass(frozen=True)
class Tree:
    """A forest of concepts given by each concept's parent.

    Parameters
    ----------
    parents : tuple of int
        Parent of each concept, -1 for a root; any order, no cycle.

    Raises
    ------
    InputError
        No concept at all, a parent that does not exist, or a cycle.

    Examples
    --------
    >>> tree = Tree((-1, -1, 1, 1))
    >>> tree.names
    ('c0', 'c1', 'c1.0', 'c1.1')
    >>> tree.levels
    array([0, 0, 1, 1])
    """

    parents: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.parents:
            raise InputError("parents", "is empty", "give at least one concept")
        for i, p in enumerate(self.parents):
            if isinstance(p, bool) or not isinstance(p, int | np.integer) or not -1 <= p < len(self.parents):
                raise InputError(
                    "parents", f"has {p!r} at concept {i}", "give -1 for a root or a concept's index"
                )
        for i in range(len(self.parents)):
            seen, at = {i}, self.parents[i]
            while at >= 0:
                if at in seen:
                    raise InputError(
                        "parents", f"goes in a circle at concept {i}", "let every chain end in -1"
                    )
                seen.add(at)
                at = self.parents[at]

    def __len__(self) -> int:
        return len(self.parents)

    @cached_property
    def levels(self) -> NDArray[np.int64]:
        """Depth of each concept, int64 [n_concepts]; roots have 0."""
        levels = np.full(len(self), -1, dtype=np.int64)
        for level, members in enumerate(self.by_level):
            levels[members] = level
        return levels

    @cached_property
    def by_level(self) -> tuple[NDArray[np.int64], ...]:
        """Concepts of each level; below the roots, siblings stand together in the order of their indices."""
        at = np.flatnonzero(np.asarray(self.parents) < 0)
        found = []
        while len(at):
            found.append(at)
            below = [self.children[i] for i in at]
            at = np.concatenate(below) if below else np.empty(0, dtype=np.int64)
        return tuple(found)

    @cached_property
    def children(self) -> tuple[NDArray[np.int64], ...]:
        """Children of each concept, ascending."""
        lists: list[list[int]] = [[] for _ in self.parents]
        for i, p in enumerate(self.parents):
            if p >= 0:
                lists[p].append(i)
        return tuple(np.asarray(c, dtype=np.int64) for c in lists)

    @cached_property
    def roots(self) -> NDArray[np.int64]:
        """Concepts without a parent, ascending."""
        return self.by_level[0]

    @cached_property
    def sibling_groups(self) -> tuple[NDArray[np.int64], ...]:
        """The children of each concept that has any, parents before children of parents."""
        return tuple(
            self.children[int(i)] for members in self.by_level for i in members if len(self.children[int(i)])
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """``c2`` for the third root, ``c2.1`` for its second child, ``c2.1.3`` for that one's fourth."""
        names = [""] * len(self)
        for rank, i in enumerate(self.roots):
            names[int(i)] = f"c{rank}"
        for members in self.by_level:
            for i in members:
                for rank, child in enumerate(self.children[int(i)]):
                    names[int(child)] = f"{names[int(i)]}.{rank}"
        return tuple(names)


def branching_parents(branching: Sequence[int], n_lone: int = 0) -> tuple[int, ...]:
    """Give the parents of a forest in which every concept of a level has the same number of children.

    Concepts are numbered level by level: all roots, then all children of root 0, of root 1, and so on; the
    lone roots, which have no children, come last.

    Parameters
    ----------
    branching : sequence of int
        Number of roots, then children a root, grandchildren a child…; all ≥ 1.
    n_lone : int, default 0
        Further roots without children.

    Returns
    -------
    tuple of int
        Parent of each concept, -1 for roots.

    Raises
    ------
    InputError
        A count that is not a positive integer.

    Examples
    --------
    >>> branching_parents((2, 2), n_lone=1)
    (-1, -1, 0, 0, 1, 1, -1)
    """
    counts = tuple(branching)
    if not counts or any(isinstance(b, bool) or not isinstance(b, int | np.integer) or b < 1 for b in counts):
        raise InputError("branching", f"is {branching!r}", "give positive integers such as (4, 4, 4)")
    if isinstance(n_lone, bool) or not isinstance(n_lone, int | np.integer) or n_lone < 0:
        raise InputError("n_lone", f"is {n_lone!r}", "give an integer >= 0")
    parents = [-1] * int(counts[0])
    start = 0
    for b in counts[1:]:
        end = len(parents)
        parents += [p for p in range(start, end) for _ in range(int(b))]
        start = end
    return tuple(parents) + (-1,) * int(n_lone)
