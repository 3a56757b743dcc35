"""Exact areas in the plane: polygons cut by neurons, and how much of a body lies in a polygon."""

from __future__ import annotations

from collections.abc import Sequence
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
from saelib.geometry.neuron import Neuron

__all__ = ["area_within", "checked_unit", "clip", "polygon_area"]

Floats = npt.NDArray[np.float64]


def polygon_area(polygon: npt.ArrayLike) -> float:
    """Area of a polygon: half the sum of x_k·y_{k+1} − x_{k+1}·y_k.

    Parameters
    ----------
    polygon : array_like [m, 2]
        Corners in order; fewer than three have no area.

    Returns
    -------
    float
        Positive if they run counter-clockwise.

    Raises
    ------
    InputError
        For another shape, or corners that are not finite.

    Examples
    --------
    >>> polygon_area([[0, 0], [2, 0], [2, 1], [0, 1]])
    2.0
    """
    p = _checked_polygon(polygon)
    if len(p) < 3:
        return 0.0
    p = p - p[0]  # far from the origin the products would swallow the area
    after = np.roll(p, -1, axis=0)
    return float((p[:, 0] * after[:, 1] - after[:, 0] * p[:, 1]).sum() / 2)


def clip(polygon: npt.ArrayLike, unit: Sequence[Neuron]) -> Floats:
    """The part of a convex polygon where every neuron of a unit fires (or is at its threshold).

    Parameters
    ----------
    polygon : array_like [m, 2]
        Corners of a convex polygon in order.
    unit : sequence of Neuron
        Over the plane; an empty unit cuts nothing off.

    Returns
    -------
    numpy.ndarray
        Corners of what is left, float64 [m', 2] in the same order; none if nothing is.

    Raises
    ------
    InputError
        For another shape, corners that are not finite, or neurons of another dimension.

    Examples
    --------
    >>> from saelib.geometry import Neuron
    >>> square = [[0, 0], [2, 0], [2, 2], [0, 2]]
    >>> clip(square, [Neuron([-1.0, 0.0], 0.5)]).tolist()          # fires where x < 1/2
    [[0.0, 0.0], [0.5, 0.0], [0.5, 2.0], [0.0, 2.0]]
    """
    left = _checked_polygon(polygon)
    for neuron in checked_unit(unit, 2):
        if not len(left):
            break
        height = left @ neuron.w + neuron.b
        keep = height >= 0
        if keep.all():
            continue
        after, next_height = np.roll(left, -1, axis=0), np.roll(height, -1)
        crossing = keep != np.roll(keep, -1)
        share = np.where(crossing, height / np.where(crossing, height - next_height, 1.0), 0.0)
        cut = left + share[:, None] * (after - left)
        # Corner k, then the border's crossing of the side from k to k + 1, wherever there is one.
        both = np.stack([left, cut], axis=1).reshape(-1, 2)
        left = both[np.stack([keep, crossing], axis=1).ravel()]
    return left


def area_within(body: Body, polygon: npt.ArrayLike) -> float:
    """Area of a plane body inside a convex polygon, in closed form.

    Parameters
    ----------
    body : Body
        A plane one of `saelib.data.synthetic.bodies`.
    polygon : array_like [m, 2]
        Corners of a convex polygon, counter-clockwise.

    Returns
    -------
    float
        Area of the intersection.

    Raises
    ------
    InputError
        For a body that is not plane or not known, or corners that are no polygon.

    Examples
    --------
    The quarter of the unit disk in the first quadrant:

    >>> from saelib.data.synthetic.bodies import Ball
    >>> round(area_within(Ball((0.0, 0.0), 1.0), [[0, 0], [1, 0], [1, 1], [0, 1]]) / np.pi, 12)
    0.25
    """
    if not isinstance(body, Body) or body.d_in != 2:
        raise InputError("body", "is no body of the plane", "give one with d_in 2")
    return _area_within(body, _checked_polygon(polygon))


def checked_unit(unit: Sequence[Neuron], d_in: int) -> list[Neuron]:
    """The neurons of a unit, all of dimension ``d_in``.

    Raises
    ------
    InputError
        Otherwise, with the first offending neuron.
    """
    try:
        neurons = list(unit)
    except TypeError:
        raise InputError("unit", f"is a {type(unit).__name__}", "give a list of neurons") from None
    for at, neuron in enumerate(neurons):
        if not isinstance(neuron, Neuron) or neuron.d_in != d_in:
            raise InputError(
                "unit", f"has no neuron of dimension {d_in} at {at}", "give neurons of the space"
            )
    return neurons


def _checked_polygon(polygon: npt.ArrayLike) -> Floats:
    p = np.asarray(polygon, dtype=np.float64)
    if p.ndim != 2 or p.shape[1] != 2 or not np.isfinite(p).all():
        raise InputError("polygon", f"has shape {p.shape} or is not finite", "give finite corners [m, 2]")
    return p


@singledispatch
def _area_within(body: Body, p: Floats) -> float:
    raise InputError("body", f"is a {type(body).__name__}, whose area is unknown", "give another")


@_area_within.register
def _(body: Ball, p: Floats) -> float:
    return _disk_area(p - np.asarray(body.centre), body.radius)


@_area_within.register
def _(body: Annulus, p: Floats) -> float:
    off = p - np.asarray(body.centre)
    return _disk_area(off, body.outer) - _disk_area(off, body.inner)


@_area_within.register
def _(body: Box, p: Floats) -> float:
    return polygon_area(clip(p, _sides(body)))


@_area_within.register
def _(body: Polytope, p: Floats) -> float:
    return polygon_area(clip(p, [Neuron(-side[:-1], -side[-1]) for side in body.half_spaces]))


@_area_within.register
def _(body: LShape, p: Floats) -> float:
    s, a = float(body.size), float(body.arm)
    return _area_within(Box((0.0, 0.0), (s, s)), p) - _area_within(Box((a, a), (s, s)), p)


@_area_within.register
def _(body: TwoBalls, p: Floats) -> float:
    left, right = body.balls
    return _area_within(left, p) + _area_within(right, p)


@_area_within.register
def _(body: HalfMoon, p: Floats) -> float:
    up = 1.0 if body.up else -1.0
    return _area_within(
        Annulus(body.centre, body.inner, body.outer),
        clip(p, [Neuron(np.array([0.0, up]), -up * body.centre[1])]),
    )


@_area_within.register
def _(body: TwoMoons, p: Floats) -> float:
    return _area_within(body.upper, p) + _area_within(body.lower, p)


def _sides(box: Box) -> list[Neuron]:
    low, high = box.bounding_box
    eye = np.eye(2)
    return [Neuron(eye[k], -low[k]) for k in range(2)] + [Neuron(-eye[k], high[k]) for k in range(2)]


def _disk_area(p: Floats, radius: float) -> float:
    """Area of a polygon, counter-clockwise, inside the disk around the origin.

    Each side spans a triangle with the origin; the signed areas of triangle ∩ disk add up. Along a side the
    part inside the disk gives a triangle, the parts outside give sectors.
    """
    if len(p) < 3 or radius == 0:
        return 0.0
    a, b = p, np.roll(p, -1, axis=0)
    along = b - a
    square = (along**2).sum(axis=1)
    a, b, along, square = a[square > 0], b[square > 0], along[square > 0], square[square > 0]
    middle = -(a * along).sum(axis=1) / square  # where on the line, in side lengths, it is nearest to 0
    nearest = a + middle[:, None] * along
    reach = np.sqrt(np.maximum(radius**2 - (nearest**2).sum(axis=1), 0.0) / square)
    enter, leave = np.clip(middle - reach, 0.0, 1.0), np.clip(middle + reach, 0.0, 1.0)
    first, last = a + enter[:, None] * along, a + leave[:, None] * along
    triangles = _cross(first, last) / 2
    sectors = (_angle(a, first) + _angle(last, b)) * radius**2 / 2
    return float((triangles + sectors).sum())


def _cross(a: Floats, b: Floats) -> Floats:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]


def _angle(a: Floats, b: Floats) -> Floats:
    return np.arctan2(_cross(a, b), (a * b).sum(axis=1))
