"""How far a unit is from a region in the whole space: ν(θ_M △ C)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.spatial import ConvexHull

from saelib.data.synthetic.bodies import Body, Box, Polytope
from saelib.errors import InputError
from saelib.geometry.neuron import Neuron
from saelib.geometry.polytopes.ambient import Ambient, checked_ambient
from saelib.geometry.polytopes.irreducible import checked_method
from saelib.geometry.polytopes.mass import Mass, sampled_mass
from saelib.geometry.polytopes.planar import area_within, checked_unit, clip, polygon_area

__all__ = ["symmetric_difference"]


def symmetric_difference(
    unit: Sequence[Neuron],
    region: Body,
    ambient: Ambient,
    *,
    method: str = "auto",
    n_samples: int = 1_000_000,
    seed: int = 0,
    confidence: float = 0.999,
) -> Mass:
    """ν(θ_M △ C): mass of the points where exactly one of unit and concept applies.

    Parameters
    ----------
    unit : sequence of Neuron
        Its region θ_M is where all of them fire; an empty unit fires everywhere.
    region : Body
        The concept C.
    ambient : Ambient
        The measure ν: a body stands for the uniform measure on it; or a `Gaussian`.
    method : {"auto", "sampled"}
        ``auto`` computes the area in closed form in the plane, where ν is uniform on a box or convex polygon;
        ``sampled`` never does.
    n_samples, seed : int
        Number of points drawn otherwise, and their randomness.
    confidence : float
        Level of the interval.

    Returns
    -------
    Mass
        Exact, or with its interval.

    Raises
    ------
    InputError
        If dimensions differ, or a number is out of range.

    Examples
    --------
    The square around the disk exceeds it by 4 − π, of the box's 16:

    >>> from saelib.data.synthetic.bodies import Ball, Box
    >>> from saelib.geometry.polytopes import supporting_unit
    >>> disk, box = Ball((0.0, 0.0), 1.0), Box((-2.0, -2.0), (2.0, 2.0))
    >>> square = supporting_unit(disk, [[1, 0], [0, 1], [-1, 0], [0, -1]])
    >>> round(symmetric_difference(square, disk, box).value * 16 + np.pi, 12)
    4.0
    """
    if not isinstance(region, Body):
        raise InputError(
            "region", f"is a {type(region).__name__}", "give one of saelib.data.synthetic.bodies"
        )
    neurons = checked_unit(unit, region.d_in)
    measure = checked_ambient(ambient, region.d_in)
    if checked_method(method) == "auto" and region.d_in == 2 and isinstance(measure, Box | Polytope):
        window = _corners(measure)
        theta = clip(window, neurons)
        both = area_within(region, theta)
        apart = polygon_area(theta) + area_within(region, window) - 2 * both
        share = max(apart, 0.0) / measure.volume
        return Mass(share, share, share)

    def exactly_one(points: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        fires = np.ones(len(points), dtype=np.bool_)
        for neuron in neurons:
            fires &= neuron.fires(points)
        return fires != region.contains(points)

    return sampled_mass(exactly_one, measure, n_samples, seed, confidence)


def _corners(window: Box | Polytope) -> npt.NDArray[np.float64]:
    """Corners of a plane window, counter-clockwise."""
    if isinstance(window, Box):
        (x0, y0), (x1, y1) = window.bounding_box
        return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    vertices = np.asarray(window.vertices, dtype=np.float64)
    return vertices[ConvexHull(vertices).vertices]
