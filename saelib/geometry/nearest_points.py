"""The nearest points of two convex hulls, each as a convex combination of few of the given points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg

__all__ = ["Nearest", "nearest_points"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

_EPS = float(np.finfo(np.float64).eps)


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


def nearest_points(first: Floats, second: Floats, max_steps: int = 100_000) -> Nearest:
    """Find the nearest points of two hulls by an active set, exact up to rounding.

    Wolfe's method for the point of least norm, on the two hulls rather than on their difference: the
    nearest points of the affine hulls of a few affinely independent points are known in closed form; while
    a weight would turn negative its point leaves, while some point lies beyond the present distance it
    enters. The distance falls with every step, hence no set comes twice and the search ends. At most
    d + 2 points carry weight, and about that many steps are made.

    Parameters
    ----------
    first, second : ndarray [n, d]
        float64, best centred and of size about one.
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
    size = max(float(np.abs(first).max()), float(np.abs(second).max()))
    start = first.mean(axis=0) - second.mean(axis=0)
    active = _Active(first, second, int(np.argmin(first @ start)), int(np.argmax(second @ start)))
    noise = 8 * _EPS * size * np.sqrt(first.shape[1])
    steps = 0
    while steps < max_steps:
        steps += 1
        length = float(np.linalg.norm(active.direction))
        if length <= noise:
            break
        near, far = first @ active.direction, second @ active.direction
        # A point enters when it lies beyond the supporting plane by more than rounding can feign.
        least = noise * length
        before = active.copy()
        if not active.enter(near, far, least):
            break
        active.settle()
        if float(np.linalg.norm(active.direction)) >= length:
            active = before
            break
    rows, weights = active.rows, active.weights
    return Nearest(np.array(rows[0]), np.array(rows[1]), weights[0], weights[1], active.direction, steps)


class _Active:
    """The points that carry weight, affinely independent, and the nearest points of their hulls."""

    def __init__(self, first: Floats, second: Floats, i: int, j: int) -> None:
        self.sets = (first, second)
        self.rows = ([i], [j])
        self.weights = [np.ones(1), np.ones(1)]
        self.direction = first[i] - second[j]

    def copy(self) -> _Active:
        twin = object.__new__(_Active)
        twin.sets, twin.direction = self.sets, self.direction
        twin.rows = (list(self.rows[0]), list(self.rows[1]))
        twin.weights = list(self.weights)
        return twin

    def enter(self, near: Floats, far: Floats, least: float) -> bool:
        """Let the point of each set that lies farthest beyond the supporting plane enter."""
        found = []
        for side, heights in enumerate((near, -far)):
            row = int(np.argmin(heights))
            beyond = float(self.weights[side] @ heights[self.rows[side]] - heights[row])
            if beyond > least and row not in self.rows[side]:
                found.append((beyond, side, row))
        # Affine hulls of d + 2 independent points meet: one more point would be dependent.
        room = self.sets[0].shape[1] + 2 - len(self.rows[0]) - len(self.rows[1])
        for _, side, row in sorted(found, reverse=True)[: max(room, 0)]:
            self.rows[side].append(row)
            self.weights[side] = np.append(self.weights[side], 0.0)
        return bool(found) and room > 0

    def settle(self) -> None:
        """Move to the nearest points of the affine hulls, dropping points whose weight turns negative."""
        while True:
            n = len(self.rows[0])
            goal, direction = self._affine()
            weights = np.concatenate(self.weights)
            falling = goal <= 0.0
            if not falling.any():
                self.weights = [goal[:n], goal[n:]]
                self.direction = direction
                return
            with np.errstate(divide="ignore", invalid="ignore"):
                reach = np.where(falling & (weights > goal), weights / (weights - goal), 2.0)
            reach[falling & (weights <= goal)] = 0.0
            step = float(reach.min())
            stay = reach > step
            weights = np.maximum(weights + step * (goal - weights), 0.0)
            for side, part in enumerate((slice(None, n), slice(n, None))):
                kept = weights[part][stay[part]]
                self.rows[side][:] = [
                    row for row, keep in zip(self.rows[side], stay[part], strict=True) if keep
                ]
                self.weights[side] = kept / kept.sum()

    def _affine(self) -> tuple[Floats, Floats]:
        first, second = (points[rows] for points, rows in zip(self.sets, self.rows, strict=True))
        n = len(first)
        apart = first[0] - second[0]
        spread = np.concatenate([first[1:] - first[0], second[0] - second[1:]]).T
        if not spread.shape[1]:
            return np.ones(2), apart
        q, r = linalg.qr(spread, mode="economic", check_finite=False)
        diagonal = np.abs(np.diag(r))
        if r.shape[0] == r.shape[1] and diagonal.min() > 1e-13 * diagonal.max():
            t = linalg.solve_triangular(r, -(q.T @ apart), check_finite=False)
            # Projected twice, the direction is orthogonal to both faces however short it is.
            direction = apart - q @ (q.T @ apart)
            direction = direction - q @ (q.T @ direction)
        else:
            t = np.linalg.lstsq(spread, -apart, rcond=None)[0]
            direction = apart + spread @ t
        alpha = np.concatenate([[1.0 - t[: n - 1].sum()], t[: n - 1]])
        beta = np.concatenate([[1.0 - t[n - 1 :].sum()], t[n - 1 :]])
        return np.concatenate([alpha, beta]), direction
