"""Which points neurons are chosen on, and which they are judged on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from saelib.errors import InputError

__all__ = ["choosing_half", "dealt_out"]


def choosing_half(n_points: int, seed: int, groups: npt.ArrayLike | None = None) -> npt.NDArray[np.bool_]:
    """Split the points in two at random; of a group all points fall on the same side.

    Parameters
    ----------
    n_points : int
        Number of points.
    seed : int
        The same seed splits the same way.
    groups : array_like [n_points], optional
        What must not be torn apart: the document, the sentence, the head word of each point.

    Returns
    -------
    ndarray [n_points]
        True on the choosing half. Without groups it has ``n_points // 2`` points; with groups it is filled
        group by group, in random order, while a group brings it nearer to half of the points.

    Raises
    ------
    InputError
        If there is not one group a point.

    Examples
    --------
    >>> int(choosing_half(5, seed=0).sum())
    2
    >>> half = choosing_half(4, seed=0, groups=["a", "a", "b", "b"])
    >>> bool(half[0] == half[1] != half[2] == half[3])
    True
    """
    rng = np.random.default_rng([seed, 0])
    if groups is None:
        half = np.zeros(n_points, dtype=np.bool_)
        half[rng.permutation(n_points)[: n_points // 2]] = True
        return half
    named = np.asarray(groups)
    if named.shape != (n_points,):
        offence = f"has shape {named.shape} for {n_points} points"
        raise InputError("groups", offence, "give one group a point")
    number, sizes = np.unique(named, return_inverse=True, return_counts=True)[1:]
    chosen = np.zeros(len(sizes), dtype=np.bool_)
    filled = 0
    for group in rng.permutation(len(sizes)).tolist():
        if abs(2 * (filled + int(sizes[group])) - n_points) < abs(2 * filled - n_points):
            chosen[group] = True
            filled += int(sizes[group])
    return chosen[number]


def dealt_out(choosing: npt.NDArray[np.bool_], seed: int) -> npt.NDArray[np.int64]:
    """Deal the labels out to other points of the same half: the null that keeps how labels go together.

    Parameters
    ----------
    choosing : ndarray [n_points]
        True on the choosing half.
    seed : int
        The same seed deals the same way.

    Returns
    -------
    ndarray [n_points]
        The point whose labels each point gets, int64; a permutation within either half.

    Examples
    --------
    >>> import numpy as np
    >>> half = np.array([True, False, True, False])
    >>> given = dealt_out(half, seed=0)
    >>> sorted(given.tolist()), bool((half[given] == half).all())
    ([0, 1, 2, 3], True)
    """
    rng = np.random.default_rng([seed, 1])
    given = np.arange(len(choosing))
    for side in (True, False):
        points = np.flatnonzero(choosing == side)
        given[points] = rng.permutation(points)
    return given
