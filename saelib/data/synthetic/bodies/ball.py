"""The ball."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saelib.data.synthetic.bodies.body import Body, ball_volume, checked_centre, sphere_directions
from saelib.errors import InputError


@dataclass(frozen=True)
class Ball(Body):
    """All points within ``radius`` of ``centre``.

    Parameters
    ----------
    centre : tuple of float
        One number a dimension.
    radius : float
        > 0.

    Examples
    --------
    >>> disk = Ball((0.0, 0.0), 1.0)
    >>> disk.contains([[0.6, 0.8], [0.8, 0.8]])
    array([ True, False])
    >>> round(disk.volume, 6)
    3.141593
    """

    centre: tuple[float, ...] = (0.0, 0.0)
    radius: float = 1.0

    def __post_init__(self) -> None:
        checked_centre("Ball.centre", self.centre)
        if not 0 < self.radius < np.inf:
            raise InputError("Ball.radius", f"is {self.radius}", "give a finite number > 0")

    @property
    def d_in(self) -> int:
        """Dimension of the space."""
        return len(self.centre)

    @property
    def volume(self) -> float:
        """π^(d/2)/Γ(d/2 + 1)·radius^d."""
        return ball_volume(self.d_in, self.radius)

    @property
    def hull_volume(self) -> float:
        """The volume: a ball is convex."""
        return self.volume

    @property
    def bounding_box(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Smallest axis-parallel box around the body."""
        c = np.asarray(self.centre, dtype=np.float64)
        return c - self.radius, c + self.radius

    def _inside(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        return ((points - np.asarray(self.centre)) ** 2).sum(axis=1) <= self.radius**2

    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        way = sphere_directions(n, self.d_in, rng)
        return np.asarray(self.centre) + self.radius * rng.random((n, 1)) ** (1 / self.d_in) * way
