"""Points spread evenly over a box, with bodies as their concepts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saelib.data.synthetic.bodies.body import Body
from saelib.data.synthetic.bodies.box import Box
from saelib.errors import InputError
from saelib.sets import ConceptSet


@dataclass(frozen=True)
class BodySample:
    """Points drawn from a reference measure ν, and which bodies contain them.

    Attributes
    ----------
    points : numpy.ndarray
        float32 [n_points, d_in], evenly spread over ``ambient``.
    concepts : ConceptSet
        One concept a body; membership is decided on the float32 points.
    ambient : Box
        The box ν is uniform on.

    Examples
    --------
    >>> sample = body_concepts({"square": Box((0.0, 0.0), (1.0, 1.0))}, 50, seed=0)
    >>> sample.points.shape, sample.concepts.names
    ((50, 2), ('square',))
    """

    points: NDArray[np.float32]
    concepts: ConceptSet
    ambient: Box


def body_concepts(
    regions: Mapping[str, Body],
    n_points: int,
    seed: int,
    *,
    ambient: Box | None = None,
    parents: Sequence[str | None] | None = None,
) -> BodySample:
    """Spread points evenly over a box and take bodies as their concepts.

    Parameters
    ----------
    regions : mapping of str to Body
        The concepts by name, all of one dimension; at least one.
    n_points : int
        How many points, ≥ 0.
    seed : int
        Seed of the points, ≥ 0.
    ambient : Box, optional
        Where the points lie; unless given the bodies' common bounding box, a quarter of its side wider at
        each end.
    parents : sequence of str or None, optional
        Name of the region that contains each one.

    Returns
    -------
    BodySample
        Points, concepts, and the box.

    Raises
    ------
    InputError
        No body, bodies of different dimensions, or a number out of range.

    Examples
    --------
    >>> from saelib.data.synthetic.bodies import Ball, Box, body_concepts
    >>> square = Box((-1.0, -1.0), (1.0, 1.0))
    >>> sample = body_concepts({"disk": Ball((0.0, 0.0), 1.0)}, 1000, seed=0, ambient=square)
    >>> bool(abs(sample.concepts.sizes[0] / 1000 - np.pi / 4) < 0.05)
    True
    """
    if (
        not isinstance(regions, Mapping)
        or not regions
        or not all(isinstance(b, Body) for b in regions.values())
    ):
        raise InputError("regions", "is not a mapping of names to bodies", 'give {"disk": Ball(...)}')
    if isinstance(n_points, bool) or not isinstance(n_points, int | np.integer) or n_points < 0:
        raise InputError("n_points", f"is {n_points!r}", "give an integer >= 0")
    dimensions = {body.d_in for body in regions.values()} | ({ambient.d_in} if ambient is not None else set())
    if len(dimensions) > 1:
        raise InputError(
            "regions", f"has dimensions {sorted(dimensions)}", "give bodies (and box) of one dimension"
        )
    if ambient is None:
        corners = [body.bounding_box for body in regions.values()]
        low, high = np.min([c[0] for c in corners], axis=0), np.max([c[1] for c in corners], axis=0)
        margin = (high - low) / 4
        ambient = Box(tuple(map(float, low - margin)), tuple(map(float, high + margin)))
    points = ambient.sample(n_points, seed).astype(np.float32)
    member = np.stack([body.contains(points) for body in regions.values()], axis=1)
    return BodySample(points, ConceptSet(member, list(regions), parents), ambient)
