"""Facets of the polytope that tangent neurons cut out around the unit ball: areas and centroids, exactly."""

from __future__ import annotations

from math import factorial

import numpy as np
import numpy.typing as npt
from scipy.spatial import ConvexHull

__all__ = ["facet_moments"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def facet_moments(directions: Floats) -> tuple[Floats, Floats]:
    """Area and centroid of every facet of {x : ⟨u_j, x⟩ ≤ 1}.

    The faces of the polytope are dual to those of the hull of the directions. For a chain of nested faces,
    let p_1 = u_j, p_2, …, p_r be the points of their planes nearest to the origin. Successive differences
    are orthogonal, so the simplex (0, p_1, …, p_r) has volume ∏|p_i − p_{i−1}|/r!, with the sign changed by
    every step that leaves the face; these simplices add up to the polytope, and those with p_1 = u_j to
    the cone over facet j, whose height is 1.

    Parameters
    ----------
    directions : ndarray [n, r]
        Unit vectors in general position: no r + 1 facets with a common vertex.

    Returns
    -------
    areas : ndarray [n]
        (r − 1)-dimensional volumes; all NaN if the polytope is unbounded.
    centroids : ndarray [n, r]
        Centroids of the facets.

    Examples
    --------
    Four tangents of the circle, nearly those of the square:

    >>> angle = np.array([0.0, 1.57, 3.14, 4.71])
    >>> areas, centroids = facet_moments(np.c_[np.cos(angle), np.sin(angle)])
    >>> areas.round(1).tolist()
    [2.0, 2.0, 2.0, 2.0]
    """
    n, r = directions.shape
    hull = ConvexHull(directions)
    if hull.equations[:, -1].max() >= 0:
        return np.full(n, np.nan), np.full((n, r), np.nan)
    simplices = np.asarray(hull.simplices, dtype=np.int64)
    areas, moments = np.zeros(n), np.zeros((n, r))
    for first in range(r):
        owner = simplices[:, first]
        point = directions[owner]
        rest = [simplices[:, k] for k in range(r) if k != first]
        area, moment = _chains(directions, point, point, [point], rest)
        areas += np.bincount(owner, area, n)
        for k in range(r):
            moments[:, k] += np.bincount(owner, moment[:, k], n)
    areas, moments = areas / factorial(r - 1), moments / factorial(r - 1)
    return areas, moments / (r * areas[:, None])


def _chains(
    directions: Floats, point: Floats, total: Floats, basis: list[Floats], rest: list[Integers]
) -> tuple[Floats, Floats]:
    """Signed products of the steps of all chains that go on from ``point``, and the same times Σ p_i."""
    volume, moment = np.zeros(len(point)), np.zeros_like(point)
    for k, vertex in enumerate(rest):
        u = directions[vertex]
        across = u
        for axis in basis:
            across = across - np.einsum("ij,ij->i", u, axis)[:, None] * axis
        length = np.sqrt(np.einsum("ij,ij->i", across, across))
        axis = across / length[:, None]
        step = (1.0 - np.einsum("ij,ij->i", u, point)) / length
        after = point + step[:, None] * axis
        others = rest[:k] + rest[k + 1 :]
        if others:
            v, m = _chains(directions, after, total + after, [*basis, axis], others)
        else:
            v, m = np.ones(len(point)), total + after
        volume += step * v
        moment += step[:, None] * m
    return volume, moment
