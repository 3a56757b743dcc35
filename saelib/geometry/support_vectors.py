"""Nearest points of two hulls in very many dimensions, from a support vector machine on inner products."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt

from saelib.geometry.nearest_points import Nearest

__all__ = ["nearest_by_support_vectors"]

Floats = npt.NDArray[np.float64]

_SHARPEST = 1e10  # the larger C, the smaller the margins that still count as hard
_MOST_STEPS = 200_000


def nearest_by_support_vectors(first: Floats, second: Floats, accuracy: float = 1e-6) -> Nearest | None:
    """Find the nearest points of two disjoint hulls where an active set would take too long.

    The dual weights of a hard-margin machine, normalised on either side, are convex weights of the nearest
    points. They come with a duality gap, which says how far from nearest they can be.

    Parameters
    ----------
    first, second : ndarray [n, d]
        float64, centred and of size about one; a few thousand points (their inner products are stored).
    accuracy : float
        Largest gap allowed, as a share of the distance.

    Returns
    -------
    Nearest or None
        None if the hulls are not apart, or the gap stays larger.

    Examples
    --------
    >>> found = nearest_by_support_vectors(np.array([[0.0, 1.0]]), np.array([[-1.0, -1.0], [3.0, -1.0]]))
    >>> found.beta.round(6).tolist(), (found.direction + 0.0).round(6).tolist()[1]
    ([0.75, 0.25], 2.0)
    """
    from sklearn.svm import SVC  # imported here: who asks about a few points shall not wait for it

    points = np.concatenate([first, second])
    label = np.arange(len(points)) < len(first)
    size = float(np.sqrt((points**2).sum(axis=1).mean())) or 1.0
    products = (points / size) @ (points / size).T
    machine = SVC(kernel="precomputed", C=_SHARPEST, tol=1e-7, cache_size=500, max_iter=_MOST_STEPS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the gap below says whether it converged
        machine.fit(products, label)
    weights = np.zeros(len(points))
    weights[machine.support_] = np.abs(machine.dual_coef_[0])
    parts = weights[: len(first)], weights[len(first) :]
    if not all(part.sum() > 0 for part in parts):
        return None
    rows = [np.flatnonzero(part) for part in parts]
    alpha, beta = (part[chosen] / part.sum() for part, chosen in zip(parts, rows, strict=True))
    direction = alpha @ first[rows[0]] - beta @ second[rows[1]]
    square = float(direction @ direction)
    reached = float((first @ direction).min() - (second @ direction).max())
    if not reached >= (1 - accuracy) * square or not square > 0.0:
        return None
    return Nearest(rows[0], rows[1], alpha, beta, direction, int(np.sum(machine.n_iter_)))
