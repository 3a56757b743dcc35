"""The annulus: a ball with a hole, whose hull is the whole ball."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saelib.data.synthetic.bodies.body import Body, ball_volume, checked_centre, sphere_directions
from saelib.errors import InputError


@dataclass(frozen=True)
class Annulus(Body):
    """All points at a distance from ``centre`` between ``inner`` and ``outer``, in any dimension.

    Parameters
    ----------
    centre : tuple of float
        One number a dimension.
    inner, outer : float
        ``0 <= inner < outer``.

    Examples
    --------
    >>> ring = Annulus((0.0, 0.0), 1.0, 2.0)
    >>> round(ring.volume / np.pi, 6), round(ring.hull_volume / np.pi, 6)
    (3.0, 4.0)
    """

    centre: tuple[float, ...] = (0.0, 0.0)
    inner: float = 0.5
    outer: float = 1.0

    def __post_init__(self) -> None:
        checked_centre("Annulus.centre", self.centre)
        if not 0 <= self.inner < self.outer < np.inf:
            raise InputError(
                "Annulus.inner, outer", f"is {self.inner}, {self.outer}", "give 0 <= inner < outer"
            )

    @property
    def d_in(self) -> int:
        """Dimension of the space."""
        return len(self.centre)

    @property
    def volume(self) -> float:
        """Volume of the outer ball less that of the inner one."""
        return ball_volume(self.d_in, self.outer) - ball_volume(self.d_in, self.inner)

    @property
    def hull_volume(self) -> float:
        """Volume of the outer ball."""
        return ball_volume(self.d_in, self.outer)

    @property
    def bounding_box(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Smallest axis-parallel box around the body."""
        c = np.asarray(self.centre, dtype=np.float64)
        return c - self.outer, c + self.outer

    def _inside(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        square = ((points - np.asarray(self.centre)) ** 2).sum(axis=1)
        return (square <= self.outer**2) & (square >= self.inner**2)

    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        d = self.d_in
        share = rng.random((n, 1))
        radius = (self.inner**d + share * (self.outer**d - self.inner**d)) ** (1 / d)
        return np.asarray(self.centre) + radius * sphere_directions(n, d, rng)
