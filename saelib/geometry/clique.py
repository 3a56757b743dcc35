"""Largest set of vertices that are pairwise joined, by branch and bound."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["largest_clique"]


def largest_clique(joined: npt.NDArray[np.bool_]) -> list[int]:
    """A clique of greatest size, of small graphs.

    Vertices are tried from the last colour class of a greedy colouring downwards; a branch ends when the
    colours left cannot add enough (Tomita & Seki 2003).

    Parameters
    ----------
    joined : ndarray [n, n]
        Symmetric, bool; the diagonal is ignored.

    Returns
    -------
    list of int
        Its vertices, rising; empty for a graph without vertices.

    Examples
    --------
    A triangle with a tail:

    >>> joined = np.zeros((4, 4), dtype=bool)
    >>> joined[[0, 0, 1, 2], [1, 2, 2, 3]] = True
    >>> largest_clique(joined | joined.T)
    [0, 1, 2]
    """
    n = len(joined)
    neighbours = [{j for j in range(n) if j != i and joined[i, j]} for i in range(n)]
    best: list[int] = []

    def coloured(candidates: set[int]) -> list[tuple[int, int]]:
        """Candidates with the number of colours among them and those before."""
        order, colour, rest = [], 0, sorted(candidates, key=lambda v: -len(neighbours[v]))
        while rest:
            colour += 1
            same: set[int] = set()
            later = []
            for v in rest:
                if neighbours[v] & same:
                    later.append(v)
                else:
                    same.add(v)
                    order.append((v, colour))
            rest = later
        return order

    def grow(clique: list[int], candidates: set[int]) -> None:
        nonlocal best
        if len(clique) > len(best):
            best = clique
        for v, colours in reversed(coloured(candidates)):
            if len(clique) + colours <= len(best):
                return
            grow([*clique, v], candidates & neighbours[v])
            candidates = candidates - {v}

    grow([], set(range(n)))
    return sorted(best)
