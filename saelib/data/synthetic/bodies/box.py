"""The axis-parallel box."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saelib.data.synthetic.bodies.body import Body, checked_centre
from saelib.errors import InputError


@dataclass(frozen=True)
class Box(Body):
    """All points between two corners.

    Parameters
    ----------
    low, high : tuple of float
        Opposite corners, ``low < high`` in every coordinate.

    Examples
    --------
    >>> box = Box((0.0, 0.0, 0.0), (1.0, 2.0, 3.0))
    >>> box.volume
    6.0
    """

    low: tuple[float, ...] = (0.0, 0.0)
    high: tuple[float, ...] = (1.0, 1.0)

    def __post_init__(self) -> None:
        low, high = checked_centre("Box.low", self.low), checked_centre("Box.high", self.high)
        if low.shape != high.shape or not (low < high).all():
            raise InputError("Box.high", f"is {self.high} with low {self.low}", "give low < high everywhere")

    @property
    def d_in(self) -> int:
        """Dimension of the space."""
        return len(self.low)

    @property
    def volume(self) -> float:
        """Product of the sides."""
        return float(np.prod(np.subtract(self.high, self.low)))

    @property
    def hull_volume(self) -> float:
        """The volume: a box is convex."""
        return self.volume

    @property
    def bounding_box(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The box itself."""
        return np.asarray(self.low, dtype=np.float64), np.asarray(self.high, dtype=np.float64)

    def _inside(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        low, high = self.bounding_box
        outside = np.logical_or(points < low, points > high)
        return np.logical_not(outside.any(axis=1))

    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        low, high = self.bounding_box
        return low + (high - low) * rng.random((n, self.d_in))
