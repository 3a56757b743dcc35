"""Two half-moons, each clasping the other: convex hulls that overlap though the regions do not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saelib.data.synthetic.bodies.body import Body
from saelib.errors import InputError


@dataclass(frozen=True)
class HalfMoon(Body):
    """Half of a plane annulus, the half above (or below) its centre.

    Parameters
    ----------
    centre : tuple of float
        Two numbers.
    inner, outer : float
        ``0 <= inner < outer``.
    up : bool
        The upper half, else the lower.

    Examples
    --------
    >>> moon = HalfMoon((0.0, 0.0), 1.0, 2.0)
    >>> round(moon.volume / np.pi, 6), round(moon.hull_volume / np.pi, 6)      # hull: the half disk
    (1.5, 2.0)
    """

    centre: tuple[float, float] = (0.0, 0.0)
    inner: float = 0.8
    outer: float = 1.2
    up: bool = True

    def __post_init__(self) -> None:
        if len(self.centre) != 2 or not np.isfinite(self.centre).all():
            raise InputError("HalfMoon.centre", f"is {self.centre}", "give two finite numbers")
        if not 0 <= self.inner < self.outer < np.inf:
            raise InputError(
                "HalfMoon.inner, outer", f"is {self.inner}, {self.outer}", "give 0 <= inner < outer"
            )

    @property
    def d_in(self) -> int:
        """Dimension of the space."""
        return 2

    @property
    def volume(self) -> float:
        """π(outer² − inner²)/2."""
        return float(np.pi * (self.outer**2 - self.inner**2) / 2)

    @property
    def hull_volume(self) -> float:
        """π·outer²/2, the half disk."""
        return float(np.pi * self.outer**2 / 2)

    @property
    def bounding_box(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Smallest axis-parallel box around the body."""
        x, y = self.centre
        low, high = (0.0, self.outer) if self.up else (-self.outer, 0.0)
        return np.array([x - self.outer, y + low]), np.array([x + self.outer, y + high])

    def _inside(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        off = points - np.asarray(self.centre)
        square = (off**2).sum(axis=1)
        right_half = off[:, 1] >= 0 if self.up else off[:, 1] <= 0
        return (square <= self.outer**2) & (square >= self.inner**2) & right_half

    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        radius = np.sqrt(self.inner**2 + rng.random(n) * (self.outer**2 - self.inner**2))
        angle = np.pi * rng.random(n) * (1 if self.up else -1)
        return np.asarray(self.centre) + radius[:, None] * np.c_[np.cos(angle), np.sin(angle)]


@dataclass(frozen=True)
class TwoMoons(Body):
    """The union of two half-moons of mean radius 1: the upper one around (0, 0), the lower one around (1, ½).

    Parameters
    ----------
    thickness : float
        Width of the band, ``0 < thickness <= 0.5``: the moons do not touch.

    Examples
    --------
    >>> moons = TwoMoons(0.4)
    >>> round(moons.volume / np.pi, 6)              # twice half of 1.2² − 0.8²
    0.8
    """

    thickness: float = 0.4

    def __post_init__(self) -> None:
        if not 0 < self.thickness <= 0.5:
            raise InputError("TwoMoons.thickness", f"is {self.thickness}", "give a number in (0, 0.5]")

    @property
    def upper(self) -> HalfMoon:
        """The moon that opens downwards."""
        return HalfMoon((0.0, 0.0), 1 - self.thickness / 2, 1 + self.thickness / 2, up=True)

    @property
    def lower(self) -> HalfMoon:
        """The moon that opens upwards."""
        return HalfMoon((1.0, 0.5), 1 - self.thickness / 2, 1 + self.thickness / 2, up=False)

    @property
    def d_in(self) -> int:
        """Dimension of the space."""
        return 2

    @property
    def volume(self) -> float:
        """Sum of the two moons'."""
        return self.upper.volume + self.lower.volume

    @property
    def hull_volume(self) -> float:
        """Area of the hull: two circle segments and the parallelogram between them.

        With R the outer radius, the hull's border runs from the lower moon's tip P = (1 + R, ½) straight to
        the point T where the tangent touches the upper circle, along that circle to the other tip Q = (−R,
        0), and back the same way turned by half a circle.
        """
        r = self.upper.outer
        tip = np.array([1 + r, 0.5])
        angle = np.arctan2(tip[1], tip[0]) + np.arccos(r / np.linalg.norm(tip))
        touch, end = r * np.array([np.cos(angle), np.sin(angle)]), np.array([-r, 0.0])
        one, other = touch - tip, end - tip
        parallelogram = abs(one[0] * other[1] - one[1] * other[0])
        arc = np.pi - angle
        return float(parallelogram + r**2 * (arc - np.sin(arc)))

    @property
    def bounding_box(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Smallest axis-parallel box around the body."""
        return self.upper.bounding_box[0] * [1, 0] + self.lower.bounding_box[0] * [0, 1], np.array(
            [self.lower.bounding_box[1][0], self.upper.bounding_box[1][1]]
        )

    def _inside(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        return self.upper.contains(points) | self.lower.contains(points)

    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        up = rng.random(n) < 0.5
        return np.where(up[:, None], self.upper.sample(n, rng), self.lower.sample(n, rng))
