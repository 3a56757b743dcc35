"""Supporting half-spaces: the tightest neuron that contains a body and looks in a given direction."""

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
from saelib.geometry.neuron import Neuron

__all__ = ["checked_directions", "lshape_corners", "support", "supporting_unit"]

Floats = npt.NDArray[np.float64]


def support(body: Body, directions: npt.ArrayLike) -> Floats:
    """Support function h(u) = max of ⟨u, x⟩ over the body, in closed form.

    It is also that of the convex hull; the half-spaces ⟨u, x⟩ ≤ h(u) intersect in exactly the closed hull.

    Parameters
    ----------
    body : Body
        One of `saelib.data.synthetic.bodies`.
    directions : array_like [n, d_in]
        Outward directions, not zero, of any length.

    Returns
    -------
    numpy.ndarray
        float64 [n].

    Raises
    ------
    InputError
        For directions of another dimension, zero or not finite, or a body without a closed form.

    Examples
    --------
    >>> from saelib.data.synthetic.bodies import Ball
    >>> support(Ball((1.0, 0.0), 2.0), [[1.0, 0.0], [0.0, 3.0]]).tolist()
    [3.0, 6.0]
    """
    if not isinstance(body, Body):
        raise InputError("body", f"is a {type(body).__name__}", "give one of saelib.data.synthetic.bodies")
    return _support(body, checked_directions(directions, body.d_in))


def supporting_unit(body: Body, directions: npt.ArrayLike, *, slack: float = 0.0) -> list[Neuron]:
    """One neuron for each direction, its border touching the body: the unit of T4.

    A neuron fires on an *open* half-space, so with ``slack`` 0 it is silent on the touching points
    themselves, a set without volume. With ``slack`` > 0 the unit contains the body entirely.

    Parameters
    ----------
    body : Body
        One of `saelib.data.synthetic.bodies`; a nonconvex one is supported as its hull is.
    directions : array_like [n, d_in]
        Outward directions, not zero; made unit vectors.
    slack : float
        How far to move each border outwards, ≥ 0, in units of the space.

    Returns
    -------
    list of Neuron
        Neuron j fires where ⟨u_j, x⟩ < h(u_j) + slack.

    Raises
    ------
    InputError
        As `support`; or a negative slack.

    Examples
    --------
    >>> from saelib.data.synthetic.bodies import Ball
    >>> right, up = supporting_unit(Ball((0.0, 0.0), 1.0), [[1, 0], [0, 5]])
    >>> right.fires([[0.9, 7.0], [1.1, 0.0]]).tolist(), up.b
    ([True, False], 1.0)
    """
    if not 0 <= slack < np.inf:
        raise InputError("slack", f"is {slack!r}", "give a finite number >= 0")
    if not isinstance(body, Body):
        raise InputError("body", f"is a {type(body).__name__}", "give one of saelib.data.synthetic.bodies")
    outward = checked_directions(directions, body.d_in)
    outward = outward / np.linalg.norm(outward, axis=1, keepdims=True)
    return [Neuron(-u, h + slack) for u, h in zip(outward, support(body, outward), strict=True)]


def checked_directions(directions: npt.ArrayLike, d_in: int | None = None) -> Floats:
    """Directions as float64 [n, d_in], at least one, none of them zero.

    Raises
    ------
    InputError
        Otherwise, with the first offending row.
    """
    u = np.asarray(directions, dtype=np.float64)
    wanted = "d_in" if d_in is None else str(d_in)
    if u.ndim != 2 or not u.size or (d_in is not None and u.shape[1] != d_in):
        raise InputError("directions", f"has shape {u.shape}", f"give [n, {wanted}] with n >= 1")
    length = np.linalg.norm(u, axis=1)
    bad = ~(np.isfinite(length) & (length > 0))
    if bad.any():
        raise InputError(
            "directions", f"is zero or not finite in row {int(np.argmax(bad))}", "drop or mend that row"
        )
    return u


def lshape_corners(body: LShape) -> Floats:
    """The five corners of the plane L's hull, counter-clockwise, float64 [5, 2]."""
    s, a = body.size, body.arm
    return np.array([[0.0, 0.0], [s, 0.0], [s, a], [a, s], [0.0, s]])


@singledispatch
def _support(body: Body, u: Floats) -> Floats:
    raise InputError("body", f"is a {type(body).__name__}, whose support function is unknown", "give another")


@_support.register
def _(body: Ball, u: Floats) -> Floats:
    return u @ np.asarray(body.centre) + body.radius * np.linalg.norm(u, axis=1)


@_support.register
def _(body: Annulus, u: Floats) -> Floats:
    return u @ np.asarray(body.centre) + body.outer * np.linalg.norm(u, axis=1)


@_support.register
def _(body: Box, u: Floats) -> Floats:
    low, high = body.bounding_box
    return np.maximum(u * low, u * high).sum(axis=1)


@_support.register
def _(body: Polytope, u: Floats) -> Floats:
    return (u @ np.asarray(body.vertices, dtype=np.float64).T).max(axis=1)


@_support.register
def _(body: LShape, u: Floats) -> Floats:
    prism = np.maximum(u[:, 2:] * body.size, 0.0).sum(axis=1)
    return (u[:, :2] @ lshape_corners(body).T).max(axis=1) + prism


@_support.register
def _(body: TwoBalls, u: Floats) -> Floats:
    left, right = body.balls
    return np.maximum(_support(left, u), _support(right, u))


@_support.register
def _(body: HalfMoon, u: Floats) -> Floats:
    across, towards = u[:, 0], u[:, 1] if body.up else -u[:, 1]
    # Beyond the straight side the half disk reaches no farther than its two tips.
    reach = np.where(towards >= 0, np.hypot(across, towards), np.abs(across))
    return u @ np.asarray(body.centre) + body.outer * reach


@_support.register
def _(body: TwoMoons, u: Floats) -> Floats:
    return np.maximum(_support(body.upper, u), _support(body.lower, u))
