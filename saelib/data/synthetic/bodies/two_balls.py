"""Two balls apart: a concept in two pieces, whose hull is a capsule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saelib.data.synthetic.bodies.ball import Ball
from saelib.data.synthetic.bodies.body import Body, ball_volume
from saelib.errors import InputError


@dataclass(frozen=True)
class TwoBalls(Body):
    """Two equal balls on the first axis, evenly about the origin, not overlapping.

    Parameters
    ----------
    distance : float
        Between the centres, ≥ 2·radius.
    radius : float
        > 0.
    dimension : int
        ≥ 1.

    Examples
    --------
    >>> pair = TwoBalls(distance=4.0, radius=1.0)
    >>> round(pair.volume / np.pi, 6), round(pair.hull_volume - np.pi, 6)      # capsule: disk + 4×2 rectangle
    (2.0, 8.0)
    """

    distance: float = 3.0
    radius: float = 1.0
    dimension: int = 2

    def __post_init__(self) -> None:
        if not 0 < self.radius < np.inf:
            raise InputError("TwoBalls.radius", f"is {self.radius}", "give a finite number > 0")
        if not 2 * self.radius <= self.distance < np.inf:
            raise InputError("TwoBalls.distance", f"is {self.distance}", f"give at least {2 * self.radius}")
        if (
            isinstance(self.dimension, bool)
            or not isinstance(self.dimension, int | np.integer)
            or self.dimension < 1
        ):
            raise InputError("TwoBalls.dimension", f"is {self.dimension!r}", "give an integer >= 1")

    @property
    def balls(self) -> tuple[Ball, Ball]:
        """The left and the right ball."""
        rest = (0.0,) * (self.d_in - 1)
        return Ball((-self.distance / 2, *rest), self.radius), Ball((self.distance / 2, *rest), self.radius)

    @property
    def d_in(self) -> int:
        """Dimension of the space."""
        return int(self.dimension)

    @property
    def volume(self) -> float:
        """Twice a ball's."""
        return 2 * ball_volume(self.d_in, self.radius)

    @property
    def hull_volume(self) -> float:
        """The capsule: a ball, and a cylinder of length ``distance`` over a ball of one dimension less."""
        d = self.d_in
        return ball_volume(d, self.radius) + self.distance * ball_volume(d - 1, self.radius)

    @property
    def bounding_box(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Smallest axis-parallel box around the body."""
        left, right = self.balls
        return left.bounding_box[0], right.bounding_box[1]

    def _inside(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        left, right = self.balls
        return left.contains(points) | right.contains(points)

    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        points = Ball((0.0,) * self.d_in, self.radius).sample(n, rng)
        points[:, 0] += self.distance * (rng.integers(0, 2, size=n) - 0.5)
        return points
