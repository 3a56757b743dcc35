"""The convex polytope, given by its vertices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from saelib.data.synthetic.bodies.body import Body
from saelib.errors import InputError


@dataclass(frozen=True)
class Polytope(Body):
    """The convex hull of finitely many points.

    The volume is the sum over a triangulation, exact up to rounding; the border is taken with a tolerance
    of 10⁻¹² of the size, so that the vertices themselves are inside.

    Parameters
    ----------
    vertices : tuple of tuple of float
        Points that span the space; those inside the hull of the others do no harm. Dimension ≥ 2, up to
        about 8.

    Raises
    ------
    InputError
        Points of different dimensions, not finite, or in a common hyperplane.

    Examples
    --------
    >>> triangle = Polytope(((0.0, 0.0), (2.0, 0.0), (0.0, 1.0)))
    >>> triangle.volume
    1.0
    >>> triangle.contains([[0.5, 0.5], [1.5, 0.5]])
    array([ True, False])
    """

    vertices: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        try:
            v = np.asarray(self.vertices, dtype=np.float64)
        except ValueError:
            v = np.empty(0)
        if v.ndim != 2 or v.shape[1] < 2 or not np.isfinite(v).all():
            raise InputError(
                "Polytope.vertices", "is not a list of finite points", "give rows of equal length"
            )
        try:
            _ = self._hull
        except (QhullError, ValueError):
            raise InputError(
                "Polytope.vertices",
                "do not span the space",
                f"give at least {v.shape[1] + 1} in general position",
            ) from None

    @classmethod
    def regular(cls, n_sides: int, radius: float = 1.0) -> Polytope:
        """Give the regular polygon inscribed in the circle of ``radius``: area n/2·radius²·sin(2π/n).

        Parameters
        ----------
        n_sides : int
            ≥ 3.
        radius : float
            > 0.

        Returns
        -------
        Polytope
            With a vertex on the first axis.

        Raises
        ------
        InputError
            Fewer than three sides, or no positive radius.

        Examples
        --------
        >>> round(Polytope.regular(4).volume, 6)
        2.0
        """
        if isinstance(n_sides, bool) or not isinstance(n_sides, int | np.integer) or n_sides < 3:
            raise InputError("n_sides", f"is {n_sides!r}", "give an integer >= 3")
        if not 0 < radius < np.inf:
            raise InputError("radius", f"is {radius}", "give a finite number > 0")
        angle = 2 * np.pi * np.arange(n_sides) / n_sides
        return cls(tuple((float(x), float(y)) for x, y in radius * np.c_[np.cos(angle), np.sin(angle)]))

    @cached_property
    def _hull(self) -> ConvexHull:
        return ConvexHull(np.asarray(self.vertices, dtype=np.float64))

    @cached_property
    def _simplices(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        # Cones from an inner point over the triangulated border fill a convex body without overlap.
        v = np.asarray(self.vertices, dtype=np.float64)
        middle = v[self._hull.vertices].mean(axis=0)
        border = v[self._hull.simplices]
        cones = np.concatenate([np.broadcast_to(middle, border[:, :1].shape), border], axis=1)
        return cones, np.abs(np.linalg.det(border - middle))

    @property
    def d_in(self) -> int:
        """Dimension of the space."""
        return len(self.vertices[0])

    @property
    def volume(self) -> float:
        """Sum over a triangulation."""
        return float(self._hull.volume)

    @property
    def hull_volume(self) -> float:
        """The volume: a polytope is convex."""
        return self.volume

    @property
    def half_spaces(self) -> NDArray[np.float64]:
        """Sides as rows (w, b): ``<w, x> + b ≤ 0`` inside, ``|w| = 1``; float64 [n_sides, d_in + 1]."""
        return np.asarray(self._hull.equations)

    @property
    def bounding_box(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Smallest axis-parallel box around the body."""
        return self._hull.min_bound.copy(), self._hull.max_bound.copy()

    def _inside(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        side = self.half_spaces
        size = float((self._hull.max_bound - self._hull.min_bound).max())
        worst = (points @ side[:, :-1].T + side[:, -1]).max(axis=1)
        return np.less_equal(worst, 1e-12 * size)

    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        simplices, weight = self._simplices
        which = rng.choice(len(simplices), size=n, p=weight / weight.sum())
        share = rng.exponential(size=(n, self.d_in + 1))
        share /= share.sum(axis=1, keepdims=True)
        return np.einsum("ij,ijk->ik", share, simplices[which])
