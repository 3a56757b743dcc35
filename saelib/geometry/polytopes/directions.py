"""Directions that leave a unit of tangent neurons as little excess as possible."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from saelib.data.synthetic.bodies.body import sphere_directions
from saelib.errors import InputError
from saelib.geometry.polytopes.facets import facet_moments

__all__ = ["spread_directions"]

Floats = npt.NDArray[np.float64]
Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

_LLOYD = 5  # steps before the quasi-Newton method, which then goes on from an even spread
_TOO_FAR = 1e6  # stands for an infinite volume: the line search turns back
_CANDIDATES = 8  # random directions for each neuron, among which the first spread is chosen


def spread_directions(n_neurons: int, r: int, seed: int = 0, *, steps: int = 80) -> Floats:
    """Spread tangent directions so that the unit around the ball has little excess volume.

    Turning a facet about its point of tangency changes the volume at the rate of its first moment: volume is
    stationary exactly where every facet touches at its centroid. A few steps of Lloyd's method (move each
    direction to its facet's centroid), then L-BFGS on that exact gradient. In the plane the answer is known:
    equal angles.

    Parameters
    ----------
    n_neurons : int
        How many, at least r + 1.
    r : int
        Dimension, 1 to about 6; in 1 only two directions exist.
    seed : int
        Of the random start (in the plane: of the rotation), ≥ 0.
    steps : int
        Number of L-BFGS iterations at most, ≥ 0.

    Returns
    -------
    numpy.ndarray
        Unit vectors, float64 [n_neurons, r]; a local optimum nearly, not the global one.

    Raises
    ------
    InputError
        If a number is out of range.

    Examples
    --------
    Twelve in space find the dodecahedron (5.5503 around a ball of 4.1888):

    >>> from saelib.geometry.polytopes import circumscribed_excess
    >>> round(circumscribed_excess(spread_directions(12, 3, seed=0)), 4)
    0.325
    """
    for name, number, least in (
        ("r", r, 1),
        ("n_neurons", n_neurons, r + 1),
        ("seed", seed, 0),
        ("steps", steps, 0),
    ):
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < least:
            raise InputError(name, f"is {number!r}", f"give an integer >= {least}")
    rng = np.random.default_rng(seed)
    if r == 1:
        return np.where(np.arange(n_neurons) % 2, -1.0, 1.0)[:, None]
    if r == 2:
        angle = 2 * np.pi * (np.arange(n_neurons) + rng.random()) / n_neurons
        return np.c_[np.cos(angle), np.sin(angle)]
    start = _farthest_points(int(n_neurons), int(r), rng)
    for _ in range(_LLOYD):
        start = _unit(facet_moments(start)[1])
    return _descend(start, int(steps)) if steps else start


def _farthest_points(n: int, r: int, rng: np.random.Generator) -> Floats:
    """Begin with a simplex, randomly turned, so that the unit is bounded; add what is farthest, greedily."""
    turn = np.linalg.qr(rng.standard_normal((r, r)))[0]
    corners = np.vstack([np.eye(r), np.full(r, (1 - np.sqrt(r + 1)) / r)])
    chosen = np.empty((n, r))
    chosen[: r + 1] = _unit(corners - corners.mean(axis=0)) @ turn
    pool = sphere_directions(_CANDIDATES * n, r, rng)
    nearest = (pool @ chosen[: r + 1].T).max(axis=1)
    for k in range(r + 1, n):
        chosen[k] = pool[np.argmin(nearest)]
        np.maximum(nearest, pool @ chosen[k], out=nearest)
    return chosen


def _descend(start: Floats, steps: int) -> Floats:
    n, r = start.shape

    def volume(flat: Vector) -> tuple[float, Vector]:
        z = flat.reshape(n, r)
        length = np.linalg.norm(z, axis=1, keepdims=True)
        u = z / length
        areas, centroids = facet_moments(u)
        if not areas.min() > 0:  # a step too far: the unit is unbounded
            return _TOO_FAR * n, np.zeros_like(flat)
        slope = -areas[:, None] * centroids
        slope = (slope - np.einsum("ij,ij->i", slope, u)[:, None] * u) / length
        # Scaled so that the first step, of the gradient's length, is one of Lloyd's size.
        return n * float(areas.sum()) / r, n * slope.ravel()

    found = minimize(
        volume,
        start.ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": steps, "maxcor": 20, "ftol": 0.0, "gtol": 1e-10},
    )
    return _unit(found.x.reshape(n, r))


def _unit(x: Floats) -> Floats:
    return x / np.linalg.norm(x, axis=1, keepdims=True)
