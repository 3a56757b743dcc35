"""Where to draw the concepts of a lattice: layers from the top, and few crossings."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

from saelib.errors import InputError

__all__ = ["Layout", "layered_layout"]

_SWEEPS = 24
_ALIGNMENTS = 40


@dataclass(frozen=True, eq=False)
class Layout:
    """Positions of the nodes and the way of every line between them.

    Attributes
    ----------
    x : ndarray [n]
        Across, float64; neighbours in a layer are at least 1 apart.
    layer : ndarray [n]
        Down, int64: the length of the longest way from a topmost node, so every line leads downward.
    routes : tuple of ndarray
        One array [k, 2] a line, in the order in which the lines were given: its corners (x, layer) from the
        upper to the lower node.
    crossings : int
        Pairs of lines that cross between two layers.

    Examples
    --------
    >>> layout = layered_layout(3, [[0, 1], [0, 2]])
    >>> layout.layer.tolist(), layout.x.tolist(), layout.crossings
    ([0, 1, 1], [0.0, -0.5, 0.5], 0)
    """

    x: npt.NDArray[np.float64]
    layer: npt.NDArray[np.int64]
    routes: tuple[npt.NDArray[np.float64], ...]
    crossings: int


def layered_layout(n: int, covers: npt.ArrayLike) -> Layout:
    """Place the nodes of an order so that its diagram can be followed with the finger.

    A layer is the longest way from the top. A line over several layers gets a corner in each. Within
    layers, nodes and corners go to the mean of their neighbours above and below in turn, equal neighbours are
    exchanged where that removes crossings, and the best order seen is kept (after Sugiyama, Tagawa & Toda
    1981). Positions then follow from least squares under the least distance. Nothing is drawn at random.

    Parameters
    ----------
    n : int
        Number of nodes, at least 1.
    covers : array_like [m, 2]
        Pairs (upper, lower); each upper node lies directly above the lower one.

    Returns
    -------
    Layout
        In the order of the nodes and of the lines as given.

    Raises
    ------
    InputError
        If a pair names no node or the pairs go round in a circle.

    References
    ----------
    Sugiyama, Tagawa & Toda 1981, "Methods for visual understanding of hierarchical system structures".

    Examples
    --------
    The square: one top, two in the middle, one bottom.

    >>> layered_layout(4, [[0, 1], [0, 2], [1, 3], [2, 3]]).layer.tolist()
    [0, 1, 1, 2]
    """
    pairs = _checked(n, covers)
    layer = _layers(n, pairs)
    links, chains, node_layer = _with_corners(n, pairs, layer)
    rows = [np.flatnonzero(node_layer == depth).tolist() for depth in range(int(layer.max()) + 1)]
    above, below = _neighbours(len(node_layer), links)
    rows = _few_crossings(rows, above, below)
    x = _places(rows, above, below)
    routes = tuple(
        np.column_stack([x[chain], node_layer[chain].astype(np.float64)]) for chain in map(np.array, chains)
    )
    crossings = sum(_crossings(upper, lower, below) for upper, lower in itertools.pairwise(rows))
    return Layout(x[:n], layer, routes, crossings)


def _checked(n: int, covers: npt.ArrayLike) -> npt.NDArray[np.int64]:
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
        raise InputError("n", f"is {n!r}", "give the number of nodes, at least 1")
    pairs = np.asarray(covers)
    if pairs.size == 0:
        return np.zeros((0, 2), dtype=np.int64)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not np.issubdtype(pairs.dtype, np.integer):
        raise InputError("covers", f"has shape {pairs.shape}, type {pairs.dtype}", "give integers [m, 2]")
    if pairs.min() < 0 or pairs.max() >= n:
        offence = f"names {int(pairs.min())} to {int(pairs.max())}"
        raise InputError("covers", offence, f"name nodes from 0 to {n - 1}")
    return pairs.astype(np.int64)


def _layers(n: int, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Longest way from a node without anything above it."""
    layer = np.zeros(n, dtype=np.int64)
    for _ in range(n + 1):
        reached = layer.copy()
        np.maximum.at(reached, pairs[:, 1], layer[pairs[:, 0]] + 1)
        if (reached == layer).all():
            return layer
        layer = reached
    raise InputError("covers", "goes round in a circle", "give an order: upper above lower")


def _with_corners(
    n: int, pairs: npt.NDArray[np.int64], layer: npt.NDArray[np.int64]
) -> tuple[list[tuple[int, int]], list[list[int]], npt.NDArray[np.int64]]:
    """Lines cut at every layer: links between neighbouring layers, the chain of each line, all layers."""
    layers, links, chains = layer.tolist(), [], []
    for upper, lower in pairs.tolist():
        chain = [upper]
        for depth in range(int(layer[upper]) + 1, int(layer[lower])):
            chain.append(len(layers))
            layers.append(depth)
        chain.append(lower)
        links += list(itertools.pairwise(chain))
        chains.append(chain)
    return links, chains, np.array(layers)


def _neighbours(n: int, links: list[tuple[int, int]]) -> tuple[list[list[int]], list[list[int]]]:
    above: list[list[int]] = [[] for _ in range(n)]
    below: list[list[int]] = [[] for _ in range(n)]
    for upper, lower in links:
        below[upper].append(lower)
        above[lower].append(upper)
    return above, below


def _few_crossings(rows: list[list[int]], above: list[list[int]], below: list[list[int]]) -> list[list[int]]:
    best, fewest = rows, _total(rows, below)
    for sweep in range(_SWEEPS):
        if fewest == 0:
            break
        downward = sweep % 2 == 0
        rows = [list(row) for row in rows]
        for at in range(1, len(rows)) if downward else range(len(rows) - 2, -1, -1):
            fixed, side = (rows[at - 1], above) if downward else (rows[at + 1], below)
            rank = {node: i for i, node in enumerate(fixed)}
            here = {node: i for i, node in enumerate(rows[at])}
            # Without neighbours on that side a node keeps its place; ties keep the order they have.
            mean = {
                node: np.mean([rank[other] for other in side[node]]) if side[node] else here[node]
                for node in rows[at]
            }
            rows[at] = sorted(rows[at], key=lambda node, mean=mean, here=here: (mean[node], here[node]))  # type: ignore[misc]
        _exchange(rows, above, below)
        found = _total(rows, below)
        if found < fewest:
            best, fewest = [list(row) for row in rows], found
    return best


def _exchange(rows: list[list[int]], above: list[list[int]], below: list[list[int]]) -> None:
    """Swap neighbours in a layer while that removes crossings."""
    for at, row in enumerate(rows):
        ranks = [
            {node: i for i, node in enumerate(rows[other])} if 0 <= other < len(rows) else {}
            for other in (at - 1, at + 1)
        ]
        moved = True
        while moved:
            moved = False
            for i in range(len(row) - 1):
                left, right = row[i], row[i + 1]
                now = swapped = 0
                for rank, side in zip(ranks, (above, below), strict=True):
                    a, b = [rank[o] for o in side[left]], [rank[o] for o in side[right]]
                    now += sum(p > q for p in a for q in b)
                    swapped += sum(p < q for p in a for q in b)
                if swapped < now:
                    row[i], row[i + 1] = right, left
                    moved = True


def _total(rows: list[list[int]], below: list[list[int]]) -> int:
    return sum(_crossings(upper, lower, below) for upper, lower in itertools.pairwise(rows))


def _crossings(upper: list[int], lower: list[int], below: list[list[int]]) -> int:
    """Pairs of links between two layers that cross: inversions, counted by insertion into a sorted list."""
    rank = {node: i for i, node in enumerate(lower)}
    ends = [end for node in upper for end in sorted(rank[other] for other in below[node])]
    seen = np.zeros(len(lower) + 1, dtype=np.int64)
    crossings = 0
    for end in ends:
        crossings += int(seen[end + 1 :].sum())
        seen[end] += 1
    return crossings


def _places(rows: list[list[int]], above: list[list[int]], below: list[list[int]]) -> npt.NDArray[np.float64]:
    """Each layer in turn goes as near to its neighbours as order and distance allow (least squares)."""
    x = np.zeros(sum(map(len, rows)))
    for row in rows:
        x[row] = np.arange(len(row)) - (len(row) - 1) / 2
    for step in range(_ALIGNMENTS):
        order = rows if step % 2 == 0 else rows[::-1]
        for row in order:
            wanted = np.array([np.mean([x[other] for other in above[i] + below[i]] or [x[i]]) for i in row])
            ranks = np.arange(len(row))
            x[row] = isotonic_regression(wanted - ranks).x + ranks
    x -= (x.max() + x.min()) / 2
    return x
