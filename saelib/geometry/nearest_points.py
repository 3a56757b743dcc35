"""The nearest points of two convex hulls, each as a convex combination of few of the given points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from saelib.geometry.active_set import ActiveSet

__all__ = ["Nearest", "nearest_points"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

_EPS = float(np.finfo(np.float64).eps)
_WATCHED = 2048  # points of a set that are looked at in every step


@dataclass(frozen=True, eq=False)
class Nearest:
    """Nearest points of conv(first) and conv(second), as weights on affinely independent points.

    Attributes
    ----------
    first_rows, second_rows : ndarray of int
        Rows with positive weight.
    alpha, beta : ndarray
        Their convex weights.
    direction : ndarray [d]
        Vector from the second nearest point to the first; its length is the distance.
    steps : int
        Times that points were added.

    Examples
    --------
    >>> found = nearest_points(np.array([[0.0, 2.0], [2.0, 0.0]]), np.array([[0.0, 0.0], [-1.0, -1.0]]))
    >>> found.alpha.round(6).tolist(), found.second_rows.tolist(), found.direction.round(6).tolist()
    ([0.5, 0.5], [0], [1.0, 1.0])
    """

    first_rows: Rows
    second_rows: Rows
    alpha: Floats
    beta: Floats
    direction: Floats
    steps: int


def nearest_points(
    first: Floats, second: Floats, start: Nearest | None = None, max_steps: int = 100_000
) -> Nearest:
    """Find the nearest points of two hulls by an active set, exact up to rounding.

    Wolfe's method for the point of least norm, on the two hulls rather than on their difference: the
    nearest points of the affine hulls of a few affinely independent points are known in closed form; while
    a weight would turn negative its point leaves, while some point lies beyond the present supporting plane
    it enters. The distance falls with every step, hence no set comes twice and the search ends. At most
    d + 2 points carry weight. Of large sets only the points nearest to the plane are watched; the others
    are looked at when these have settled.

    Parameters
    ----------
    first, second : ndarray [n, d]
        float64, best centred and of size about one.
    start : Nearest, optional
        What was found for some of the points, with rows of the present sets.
    max_steps : int
        Bound on the steps, for input where rounding prevents progress.

    Returns
    -------
    Nearest
        Of the last set reached.

    References
    ----------
    P. Wolfe, "Finding the nearest point in a polytope", Mathematical Programming 11 (1976).

    Examples
    --------
    The distance of a point from a segment of the line above it:

    >>> found = nearest_points(np.array([[0.0, 1.0]]), np.array([[-1.0, 3.0], [3.0, 3.0]]))
    >>> found.beta.round(6).tolist(), found.direction.round(6).tolist()
    ([0.75, 0.25], [0.0, -2.0])
    """
    sets = first, second
    size = max(float(first.max()), -float(first.min()), float(second.max()), -float(second.min()))
    noise = 8 * _EPS * size * np.sqrt(first.shape[1])
    if start is None:
        apart = first.mean(axis=0) - second.mean(axis=0)
        rows = [int(np.argmin(first @ apart))], [int(np.argmax(second @ apart))]
        active = ActiveSet(sets, rows, [np.ones(1), np.ones(1)])
    else:
        active = ActiveSet(sets, (start.first_rows, start.second_rows), [start.alpha, start.beta])
    steps, watched = 0, [np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)]
    while True:
        for side, points in enumerate(sets):
            watched[side] = _watch(active, side, points @ active.direction, watched[side])
        made = _descend(active, watched, noise, max_steps - steps)
        steps += made
        if not made or not active.room or float(np.linalg.norm(active.direction)) <= noise:
            break
        if all(len(rows) == len(points) for rows, points in zip(watched, sets, strict=True)):
            break
    found, weights = active.rows, active.weights
    return Nearest(np.array(found[0]), np.array(found[1]), weights[0], weights[1], active.direction, steps)


def _watch(active: ActiveSet, side: int, heights: Floats, watched: Rows) -> Rows:
    """Add the points farthest beyond the supporting plane to those watched."""
    if len(heights) <= _WATCHED:
        return np.arange(len(heights))
    farthest = np.argpartition(-active.beyond(side, heights), _WATCHED // 4)[: _WATCHED // 4]
    return np.union1d(np.union1d(watched, farthest), active.rows[side])


def _descend(active: ActiveSet, watched: list[Rows], noise: float, max_steps: int) -> int:
    """Let watched points enter and leave until none lies beyond the plane; say in how many steps."""
    points = [everything[rows] for everything, rows in zip(active.sets, watched, strict=True)]
    for made in range(max_steps):
        length = float(np.linalg.norm(active.direction))
        if length <= noise or not active.room:
            return made
        candidates = []
        for side in (0, 1):
            beyond = active.beyond(side, points[side] @ active.direction)
            best = int(np.argmax(beyond))
            row = int(watched[side][best])
            # Beyond by more than rounding can feign.
            if beyond[best] > noise * length and row not in active.rows[side]:
                candidates.append((float(beyond[best]), side, row))
        if not candidates:
            return made
        before = active.copy()
        active.enter(candidates)
        active.settle()
        if float(np.linalg.norm(active.direction)) >= length:
            active.rows, active.weights, active.direction = before.rows, before.weights, before.direction
            return made
    return max_steps
