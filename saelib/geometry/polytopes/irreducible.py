"""T4b: the error that no unit with full detection can avoid."""

from __future__ import annotations

from functools import singledispatch
from itertools import product

import numpy as np
import numpy.typing as npt

from saelib.data.synthetic.bodies import Ball, Body, Box, Polytope
from saelib.errors import InputError
from saelib.geometry.polytopes.ambient import Ambient, checked_ambient
from saelib.geometry.polytopes.hulls import in_hull
from saelib.geometry.polytopes.mass import Mass, sampled_mass

__all__ = ["checked_method", "irreducible_error"]


def irreducible_error(
    region: Body,
    ambient: Ambient,
    *,
    method: str = "auto",
    n_samples: int = 1_000_000,
    seed: int = 0,
    confidence: float = 0.999,
) -> Mass:
    """Irreducible error e_irr = ν(conv C ∖ C) of a body C under an ambient measure ν (theorem T4b).

    A unit that fires on all of C fires on all of its convex hull, so it errs by at least this much; by T4a
    units come as close to it as one likes. Divided by ν(conv C) it is the least Jaccard distance of such a
    unit.

    Parameters
    ----------
    region : Body
        The concept as a region of the whole space.
    ambient : Ambient
        The measure ν: a body stands for the uniform measure on it; or a `Gaussian`.
    method : {"auto", "sampled"}
        ``auto`` uses the closed form (hull volume − volume)/(ambient volume) where ν is uniform on a ball,
        box or polytope around the region; ``sampled`` never does.
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
        If dimensions differ, the hull is unknown, or a number is out of range.

    Examples
    --------
    A square of side 2 lacks a corner of side 1; the hull adds half of that corner, 1/2 of the box's 4:

    >>> from saelib.data.synthetic.bodies import Box, LShape
    >>> shape, box = LShape(size=2.0, arm=1.0), Box((0.0, 0.0), (2.0, 2.0))
    >>> irreducible_error(shape, box)
    Mass(value=0.125, low=0.125, high=0.125, n_samples=0)
    >>> 0.125 in irreducible_error(shape, box, method="sampled", n_samples=10_000)
    True
    """
    if not isinstance(region, Body):
        raise InputError(
            "region", f"is a {type(region).__name__}", "give one of saelib.data.synthetic.bodies"
        )
    measure = checked_ambient(ambient, region.d_in)
    hull = region.hull_volume
    uniform = measure if checked_method(method) == "auto" and isinstance(measure, Body) else None
    if uniform is not None and hull is not None and _surrounds(uniform, region):
        error = (hull - region.volume) / uniform.volume
        return Mass(error, error, error)

    def extra(points: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        return in_hull(region, points) & ~region.contains(points)

    return sampled_mass(extra, measure, n_samples, seed, confidence)


def checked_method(method: str) -> str:
    """``method``, or an error unless it is ``auto`` or ``sampled``.

    Raises
    ------
    InputError
        For anything else.
    """
    if method not in ("auto", "sampled"):
        raise InputError("method", f"is {method!r}", 'give "auto" or "sampled"')
    return method


@singledispatch
def _surrounds(ambient: Body, region: Body) -> bool:
    return False  # a hull may leave an ambient body that is not convex


@_surrounds.register
def _(ambient: Box, region: Body) -> bool:
    low, high = region.bounding_box
    return bool((ambient.bounding_box[0] <= low).all() and (high <= ambient.bounding_box[1]).all())


@_surrounds.register
def _(ambient: Ball, region: Body) -> bool:
    low, high = region.bounding_box
    centre = np.asarray(ambient.centre)
    return float(np.linalg.norm(np.maximum(centre - low, high - centre))) <= ambient.radius


@_surrounds.register
def _(ambient: Polytope, region: Body) -> bool:
    corners = np.array(list(product(*zip(*region.bounding_box, strict=True))))
    return bool(ambient.contains(corners).all())
