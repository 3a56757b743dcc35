"""How much larger than the unit ball is what tangent neurons leave of the space."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats
from scipy.spatial import ConvexHull, QhullError

from saelib.data.synthetic.bodies import ball_volume
from saelib.data.synthetic.bodies.body import sphere_directions
from saelib.errors import InputError
from saelib.geometry.polytopes.mass import Mass
from saelib.geometry.polytopes.supporting import checked_directions

__all__ = ["circumscribed_excess", "radial_excess"]

_BLOCK = 1 << 22  # products of directions computed at once: 32 MB


def circumscribed_excess(directions: npt.ArrayLike) -> float:
    """Relative excess vol(θ_M ∖ B)/vol(B) of the unit whose neurons touch the ball B in given directions.

    Computed without sampling: the vertices of θ_M = {x : ⟨u_j, x⟩ < 1} are dual to the facets of the hull of
    the directions, and the volume of their hull is a sum over a triangulation. The ratio is the same for
    every ball and, with the directions carried along, every ellipsoid.

    Parameters
    ----------
    directions : array_like [n_neurons, r]
        Where the neurons touch; not zero, made unit vectors. Dimension 1 to about 6.

    Returns
    -------
    float
        ≥ 0; infinite where θ_M is unbounded.

    Raises
    ------
    InputError
        For another shape, or a direction that is zero or not finite.

    Examples
    --------
    The square around the disk, 4/π − 1, and the cube around the ball, 8/(4π/3) − 1:

    >>> round(circumscribed_excess([[1, 0], [0, 1], [-1, 0], [0, -1]]), 6)
    0.27324
    >>> round(circumscribed_excess(np.vstack([np.eye(3), -np.eye(3)])), 6)
    0.909859
    >>> circumscribed_excess([[1, 0], [0, 1]])
    inf
    """
    u = checked_directions(directions)
    u = u / np.linalg.norm(u, axis=1, keepdims=True)
    r = u.shape[1]
    if r == 1:
        return 0.0 if u.min() < 0 < u.max() else np.inf
    try:
        sides = ConvexHull(u).equations
    except (QhullError, ValueError):
        return np.inf  # the directions do not span the space
    if sides[:, -1].max() >= -1e-12:
        return np.inf
    vertices = -sides[:, :-1] / sides[:, -1:]
    return max(float(ConvexHull(vertices).volume) / ball_volume(r) - 1.0, 0.0)


def radial_excess(
    directions: npt.ArrayLike, n_samples: int = 100_000, seed: int = 0, confidence: float = 0.999
) -> Mass:
    """The same by sampling, in any dimension: E[(max_j ⟨u_j, s⟩)^(−r)] − 1 over directions s.

    Along s the unit reaches to 1/max_j ⟨u_j, s⟩, and its volume is the mean of the r-th power of that, times
    the ball's. Every sample sees the small excess itself, so the estimate is far sharper than counting points
    of a box. The interval is that of the central limit theorem: good for units that close in on the ball, too
    short where a few directions escape far; an unbounded unit has no finite mean, whatever the samples say.

    Parameters
    ----------
    directions : array_like [n_neurons, r]
        Where the neurons touch; not zero, made unit vectors.
    n_samples, seed : int
        Number of directions s, ≥ 2, and their randomness.
    confidence : float
        Level of the interval.

    Returns
    -------
    Mass
        Excess relative to the ball, with its interval; infinite if some s is never stopped.

    Raises
    ------
    InputError
        As `circumscribed_excess`; or a number out of range.

    Examples
    --------
    >>> square = [[1, 0], [0, 1], [-1, 0], [0, -1]]
    >>> 4 / np.pi - 1 in radial_excess(square, 10_000)
    True
    """
    u = checked_directions(directions)
    u = u / np.linalg.norm(u, axis=1, keepdims=True)
    if isinstance(n_samples, bool) or not isinstance(n_samples, int | np.integer) or n_samples < 2:
        raise InputError("n_samples", f"is {n_samples!r}", "give an integer >= 2")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError("seed", f"is {seed!r}", "give an integer >= 0")
    if not 0 < confidence < 1:
        raise InputError("confidence", f"is {confidence!r}", "give a number between 0 and 1")
    n, r = int(n_samples), u.shape[1]
    rng = np.random.default_rng(seed)
    block = max(1, _BLOCK // len(u))
    nearest = [
        (sphere_directions(min(block, n - start), r, rng) @ u.T).max(axis=1) for start in range(0, n, block)
    ]
    stop = np.concatenate(nearest)
    if stop.min() <= 0:
        return Mass(np.inf, np.inf, np.inf, n)
    excess = stop ** (-r) - 1.0
    half = float(stats.norm.ppf((1 + confidence) / 2) * excess.std(ddof=1) / np.sqrt(n))
    mean = float(excess.mean())
    return Mass(mean, mean - half, mean + half, n)
