"""The closed-form half of the nearest-point search: few points, and the affine hulls they span."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from scipy import linalg
from scipy.linalg import lapack

__all__ = ["ActiveSet"]

Floats = npt.NDArray[np.float64]


class ActiveSet:
    """Affinely independent points of two sets, and the nearest points of the hulls of these few.

    Parameters
    ----------
    sets : tuple of ndarray
        The two sets, [n, d] each.
    rows : tuple of sequence of int
        Points to start with.
    weights : list of ndarray
        Convex weights on them.

    Examples
    --------
    >>> active = ActiveSet((np.eye(2), np.zeros((1, 2))), ([0, 1], [0]), [np.array([1.0, 0.0]), np.ones(1)])
    >>> active.settle()
    >>> active.direction.round(6).tolist()
    [0.5, 0.5]
    """

    def __init__(
        self, sets: tuple[Floats, Floats], rows: tuple[Iterable[int], Iterable[int]], weights: list[Floats]
    ) -> None:
        self.sets = sets
        self.rows = (list(rows[0]), list(rows[1]))
        self.weights = list(weights)
        self.direction = weights[0] @ sets[0][self.rows[0]] - weights[1] @ sets[1][self.rows[1]]

    def copy(self) -> ActiveSet:
        """The same state, to return to."""
        twin = ActiveSet(self.sets, self.rows, self.weights)
        twin.direction = self.direction
        return twin

    @property
    def room(self) -> int:
        """Points that may still enter: the affine hulls of d + 2 independent points meet."""
        return self.sets[0].shape[1] + 2 - len(self.rows[0]) - len(self.rows[1])

    def beyond(self, side: int, heights: Floats) -> Floats:
        """How far points with these inner products with the direction lie beyond the supporting plane."""
        level = self.weights[side] @ (self.sets[side][self.rows[side]] @ self.direction)
        return level - heights if side == 0 else heights - level

    def enter(self, candidates: list[tuple[float, int, int]]) -> None:
        """Let points (distance beyond the plane, side, row) enter, the farthest first, if there is room."""
        for _, side, row in sorted(candidates, reverse=True)[: self.room]:
            self.rows[side].append(row)
            self.weights[side] = np.append(self.weights[side], 0.0)

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
                self._leave_room()
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

    def _leave_room(self) -> None:
        """Drop a point that parallel faces make superfluous: d + 2 dependent points would shut out others.

        Weights can then be moved along a combination that changes neither their sums nor the direction, until
        one of them vanishes.
        """
        if self.room:
            return
        n, spread = len(self.rows[0]), self._spread()
        _, sizes, combinations = linalg.svd(spread, check_finite=False)
        if sizes[-1] > 1e-13 * sizes[0]:
            return
        t = combinations[-1]
        change = np.concatenate([[-t[: n - 1].sum()], t[: n - 1], [-t[n - 1 :].sum()], t[n - 1 :]])
        weights = np.concatenate(self.weights)
        falling = change < 0.0
        reach = np.full(len(weights), np.inf)
        reach[falling] = weights[falling] / -change[falling]
        gone = int(np.argmin(reach))
        weights = np.maximum(weights + reach[gone] * change, 0.0)
        kept = [weights[:n], weights[n:]]
        side, at = (0, gone) if gone < n else (1, gone - n)
        del self.rows[side][at]
        kept[side] = np.delete(kept[side], at)
        self.weights = [part / part.sum() for part in kept]

    def _spread(self) -> Floats:
        first, second = (points[rows] for points, rows in zip(self.sets, self.rows, strict=True))
        return np.concatenate([first[1:] - first[0], second[0] - second[1:]]).T

    def _affine(self) -> tuple[Floats, Floats]:
        n, spread = len(self.rows[0]), self._spread()
        apart = self.sets[0][self.rows[0][0]] - self.sets[1][self.rows[1][0]]
        if not spread.shape[1]:
            return np.ones(2), apart
        height, width = spread.shape
        factor, tau = _householder(spread)
        diagonal = np.abs(factor.diagonal())
        if height >= width and diagonal.min() > 1e-13 * diagonal.max():
            q = lapack.dorgqr(factor, tau, lwork=_room_for_q(height, width))[0]
            t = lapack.dtrtrs(factor[:width].T, -(q.T @ apart), lower=True, trans=True)[0]
            # Projected twice, the direction is orthogonal to both faces however short it is.
            direction = apart - q @ (q.T @ apart)
            direction = direction - q @ (q.T @ direction)
        else:
            t = np.linalg.lstsq(spread, -apart, rcond=None)[0]
            direction = apart + spread @ t
        alpha = np.concatenate([[1.0 - t[: n - 1].sum()], t[: n - 1]])
        beta = np.concatenate([[1.0 - t[n - 1 :].sum()], t[n - 1 :]])
        return np.concatenate([alpha, beta]), direction


# What linalg.qr and linalg.solve_triangular call in turn. These matrices are so small that their checks, the
# question how much room LAPACK wants, and the copies they make would take twice as long as the arithmetic.


def _householder(matrix: Floats) -> tuple[Floats, Floats]:
    """R on and above the diagonal, the reflections below it, and their factors."""
    factor, tau, _, _ = lapack.dgeqrf(matrix, lwork=_room_for_r(*matrix.shape))
    return factor, tau


@functools.lru_cache(maxsize=4096)
def _room_for_r(height: int, width: int) -> int:
    return int(lapack.dgeqrf(np.zeros((height, width), order="F"), lwork=-1)[2][0])


@functools.lru_cache(maxsize=4096)
def _room_for_q(height: int, width: int) -> int:
    empty = np.zeros((height, width), order="F")
    return int(lapack.dorgqr(empty, np.zeros(width), lwork=-1)[1][0])
