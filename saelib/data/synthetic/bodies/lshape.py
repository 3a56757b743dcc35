"""The L: a square with a corner missing, the simplest region that is not convex."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saelib.data.synthetic.bodies.body import Body
from saelib.errors import InputError


@dataclass(frozen=True)
class LShape(Body):
    """The square [0, size]² without its upper right corner (arm, size]², times [0, size]^(d_in − 2).

    Parameters
    ----------
    size : float
        Side of the square, > 0.
    arm : float
        Width of both arms, ``0 < arm < size``.
    dimension : int
        ≥ 2; above 2 it is a prism over the L.

    Examples
    --------
    >>> shape = LShape(size=2.0, arm=1.0)
    >>> shape.volume, shape.hull_volume             # three unit squares; the hull adds half a fourth
    (3.0, 3.5)
    """

    size: float = 1.0
    arm: float = 0.5
    dimension: int = 2

    def __post_init__(self) -> None:
        if not 0 < self.size < np.inf:
            raise InputError("LShape.size", f"is {self.size}", "give a finite number > 0")
        if not 0 < self.arm < self.size:
            raise InputError("LShape.arm", f"is {self.arm} with size {self.size}", "give 0 < arm < size")
        if (
            isinstance(self.dimension, bool)
            or not isinstance(self.dimension, int | np.integer)
            or self.dimension < 2
        ):
            raise InputError("LShape.dimension", f"is {self.dimension!r}", "give an integer >= 2")

    @property
    def d_in(self) -> int:
        """Dimension of the space."""
        return int(self.dimension)

    @property
    def volume(self) -> float:
        """(size² − (size − arm)²)·size^(d − 2)."""
        return float((self.size**2 - (self.size - self.arm) ** 2) * self.size ** (self.d_in - 2))

    @property
    def hull_volume(self) -> float:
        """(size² − (size − arm)²/2)·size^(d − 2): the hull cuts the missing corner in half."""
        return float((self.size**2 - (self.size - self.arm) ** 2 / 2) * self.size ** (self.d_in - 2))

    @property
    def bounding_box(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The whole cube."""
        return np.zeros(self.d_in), np.full(self.d_in, float(self.size))

    def _inside(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        in_cube = np.logical_and(points >= 0, points <= self.size).all(axis=1)
        in_an_arm = (points[:, :2] <= self.arm).any(axis=1)
        return np.logical_and(in_cube, in_an_arm)

    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        points = self.size * rng.random((n, self.d_in))
        # Lower arm: size × arm; upper arm: arm × (size − arm).
        upper = rng.random(n) * (2 * self.size - self.arm) >= self.size
        points[~upper, 1] *= self.arm / self.size
        points[upper, 0] *= self.arm / self.size
        points[upper, 1] = self.arm + points[upper, 1] * (self.size - self.arm) / self.size
        return points
