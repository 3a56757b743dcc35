"""Activation patterns of dictionaries too large to list: those that are met at sampled points."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from saelib.errors import InputError
from saelib.geometry.arrangements.exact import check_dictionary

__all__ = ["sampled_patterns"]

_BATCH = 4096
_ENTRIES = 1 << 25  # of the Gram matrices of one batch: 256 MB


def sampled_patterns(
    W_enc: npt.ArrayLike, b_enc: npt.ArrayLike, n_samples: int, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Collect the activation patterns at random points: a lower bound on how many there are.

    Half of the points are Gaussian at scales from a tenth of the hyperplanes' distance from the origin to ten
    times it; they find the large cells. The others lie around the crossings of d_in random hyperplanes, at
    distances over many scales; they find the small ones. A point at which rounding could decide who
    fires is left out, so every pattern in the answer is one that the dictionary has.

    Parameters
    ----------
    W_enc : array_like [d_in, d_sae]
        Directions of the neurons, one a column, as in :class:`saelib.SAE`.
    b_enc : array_like [d_sae]
        Their offsets.
    n_samples : int
        Number of points.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray [n_found, d_sae]
        Distinct patterns, bool, in lexicographic order.

    Raises
    ------
    InputError
        If the arrays do not fit or are not finite, ``n_samples`` is no positive integer, or ``rng`` no
        generator.

    Examples
    --------
    >>> W, b = [[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]], [0.0, 0.0, -1.0]
    >>> len(sampled_patterns(W, b, 500, np.random.default_rng(0)))
    7
    """
    weights, offsets = check_dictionary(W_enc, b_enc)
    if isinstance(n_samples, bool) or not isinstance(n_samples, (int, np.integer)) or n_samples < 1:
        raise InputError("n_samples", f"is {n_samples!r}", "give a positive integer")
    if not isinstance(rng, np.random.Generator):
        raise InputError("rng", f"is a {type(rng).__name__}", "give numpy.random.default_rng(seed)")
    packed: list[npt.NDArray[np.uint8]] = []
    batch = max(2, min(_BATCH, 2 * _ENTRIES // len(weights) ** 2))
    for start in range(0, int(n_samples), batch):
        size = min(batch, int(n_samples) - start)
        wide = _far_and_wide(weights, offsets, size // 2, rng)
        points = np.concatenate([wide, _crossings(weights, offsets, size - size // 2, rng)])
        sums = points @ weights + offsets
        # d_in products and sums and one offset, each within one rounding of its exact value.
        error = (len(weights) + 2) * np.finfo(np.float64).eps * (abs(points) @ abs(weights) + abs(offsets))
        sure = ((abs(sums) > error) | (error == 0)).all(axis=1)  # no error: a neuron of zeros
        packed.append(np.unique(np.packbits(sums[sure] > 0, axis=1), axis=0))
    found = np.unique(np.concatenate(packed), axis=0)
    return np.unpackbits(found, axis=1, count=len(offsets)).astype(np.bool_)


def _far_and_wide(
    weights: npt.NDArray[np.float64], offsets: npt.NDArray[np.float64], n: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    norms = np.linalg.norm(weights, axis=0)
    distances = abs(offsets[norms > 0]) / norms[norms > 0]
    scale = float(np.median(distances)) if distances.any() else 1.0
    return rng.standard_normal((n, len(weights))) * (scale or 1.0) * 10.0 ** rng.uniform(-1, 1, (n, 1))


def _crossings(
    weights: npt.NDArray[np.float64], offsets: npt.NDArray[np.float64], n: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    d_in, d_sae = weights.shape
    count = min(d_in, d_sae)
    chosen = rng.random((n, d_sae)).argpartition(count - 1, axis=1)[:, :count]
    normals = weights.T[chosen]
    gram = normals @ normals.transpose(0, 2, 1)
    # Parallel hyperplanes have no crossing; the ridge then gives a point between them instead of an error.
    ridge = 1e-12 * np.trace(gram, axis1=1, axis2=2)[:, None, None] + np.finfo(np.float64).tiny
    heights = np.linalg.solve(gram + ridge * np.eye(count), -offsets[chosen][:, :, None])
    points = (normals.transpose(0, 2, 1) @ heights)[:, :, 0]
    size = np.linalg.norm(points, axis=1, keepdims=True) + np.finfo(np.float64).tiny
    moved: npt.NDArray[np.float64] = points + size * rng.standard_normal((n, d_in)) * 10.0 ** rng.uniform(
        -4, 0, (n, 1)
    )
    return moved
