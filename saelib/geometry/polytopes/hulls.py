"""Who lies in the convex hull of a body, in closed form."""

from __future__ import annotations

from functools import singledispatch

import numpy as np
import numpy.typing as npt

from saelib.data.synthetic.bodies import (
    Annulus,
    Ball,
    Body,
    Box,
    HalfMoon,
    LShape,
    Polytope,
    TwoBalls,
    TwoMoons,
)
from saelib.errors import InputError

__all__ = ["in_hull"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def in_hull(body: Body, points: npt.ArrayLike) -> Bools:
    """Say which points lie in the body's convex hull, border included up to rounding.

    Parameters
    ----------
    body : Body
        One of `saelib.data.synthetic.bodies`.
    points : array_like [n, d_in]
        Finite.

    Returns
    -------
    numpy.ndarray
        bool [n].

    Raises
    ------
    InputError
        For points of another dimension or not finite, or a body whose hull has no closed form.

    Examples
    --------
    >>> from saelib.data.synthetic.bodies import LShape
    >>> shape = LShape(size=2.0, arm=1.0)
    >>> shape.contains([[1.2, 1.2]]).tolist(), in_hull(shape, [[1.2, 1.2], [1.8, 1.8]]).tolist()
    ([False], [True, False])
    """
    if not isinstance(body, Body):
        raise InputError("body", f"is a {type(body).__name__}", "give one of saelib.data.synthetic.bodies")
    x = np.asarray(points, dtype=np.float64)
    inside = body.contains(x)  # refuses what are no points of this space
    rest = ~inside
    inside[rest] = _in_hull(body, x[rest])
    return inside


@singledispatch
def _in_hull(body: Body, x: Floats) -> Bools:
    raise InputError("body", f"is a {type(body).__name__}, whose hull is unknown", "give another")


@_in_hull.register(Ball)
@_in_hull.register(Box)
@_in_hull.register(Polytope)
def _(body: Body, x: Floats) -> Bools:
    return body.contains(x)


@_in_hull.register
def _(body: Annulus, x: Floats) -> Bools:
    return Ball(body.centre, body.outer).contains(x)


@_in_hull.register
def _(body: LShape, x: Floats) -> Bools:
    cube = Box((0.0,) * body.d_in, (float(body.size),) * body.d_in)
    return cube.contains(x) & (x[:, 0] + x[:, 1] <= body.size + body.arm)


@_in_hull.register
def _(body: TwoBalls, x: Floats) -> Bools:
    along = np.clip(x[:, 0], -body.distance / 2, body.distance / 2)
    return (x[:, 0] - along) ** 2 + (x[:, 1:] ** 2).sum(axis=1) <= body.radius**2


@_in_hull.register
def _(body: HalfMoon, x: Floats) -> Bools:
    off = x - np.asarray(body.centre)
    return ((off**2).sum(axis=1) <= body.outer**2) & (off[:, 1] >= 0 if body.up else off[:, 1] <= 0)


@_in_hull.register
def _(body: TwoMoons, x: Floats) -> Bools:
    # The hull is cut out by four lines and, beyond two of them, by the circles they touch or meet. Left part:
    # within the upper circle; right part: within the lower one; between them a parallelogram.
    r = body.upper.outer
    tip, end = np.array([1 + r, 0.5]), np.array([-r, 0.0])
    angle = np.arctan2(tip[1], tip[0]) + np.arccos(r / np.linalg.norm(tip))
    touch = r * np.array([np.cos(angle), np.sin(angle)])
    centre = np.array([0.5, 0.25])  # of the symmetry by half a turn
    return _in_half(x, tip, touch, end, r) | _in_half(2 * centre - x, tip, touch, end, r)


def _in_half(x: Floats, tip: Floats, touch: Floats, end: Floats, r: float) -> Bools:
    # The triangle tip–touch–end and the circle segment over touch–end: half of the hull.
    def left_of(a: Floats, b: Floats) -> Floats:
        return (b[0] - a[0]) * (x[:, 1] - a[1]) - (b[1] - a[1]) * (x[:, 0] - a[0])

    above = (left_of(tip, touch) >= 0) & (left_of(end, tip) >= 0)
    triangle = above & (left_of(touch, end) >= 0)
    segment = (left_of(touch, end) <= 0) & ((x**2).sum(axis=1) <= r**2)
    return triangle | segment
