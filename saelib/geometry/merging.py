"""Fewer half-spaces for the same cut: without the redundant, then without those that others can replace."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from saelib.geometry.half_space_search import depths, fit_many

__all__ = ["fewer_directions", "without_redundant"]

Floats = npt.NDArray[np.float64]

_FEW = 6
_SMALL = 250_000  # numbers in both sets up to which other starts take no more than a second or two
_FRESH_STARTS = 4


def without_redundant(silent: npt.NDArray[np.bool_]) -> list[int]:
    """Keep neurons until none may be left out, dropping first those that silence least.

    Parameters
    ----------
    silent : ndarray [k, n]
        Which neuron is silent on which negative, bool.

    Returns
    -------
    list of int
        Those kept, rising. Together they silence what all did; without any one of them they do not.

    Examples
    --------
    >>> without_redundant(np.array([[1, 1, 0], [0, 1, 0], [0, 1, 1]], dtype=bool))
    [0, 2]
    """
    times = silent.sum(axis=0)
    kept = set(range(len(silent)))
    for k in np.argsort(silent.sum(axis=1), kind="stable"):
        if (times[silent[k]] > 1).all():
            kept.remove(int(k))
            times = times - silent[k]
    return sorted(kept)


def fewer_directions(inside: Floats, outside: Floats, directions: Floats, least: int = 1) -> Floats:
    """Take directions away and move the others until they cut off all again, as long as that succeeds.

    Taken away are those that alone cut off the fewest: a quarter at first, fewer after a failure, at last
    one at a time. When no more than six are left and the sets are not large, taking away any one of them is
    tried, and so are four random starts (of a fixed seed).

    Parameters
    ----------
    inside, outside : ndarray [n_in, d_in], [n_out, d_in]
        Columns of about unit spread; nothing outside lies in the hull of ``inside``.
    directions : ndarray [k, d_in]
        Unit vectors that cut off everything outside.
    least : int
        Fewer are known to be too few: not tried.

    Returns
    -------
    ndarray [m, d_in]
        Unit vectors that do too, m ≤ k.

    Examples
    --------
    >>> inside, outside = np.zeros((1, 2)), np.array([[2.0, 0.0], [0.0, 2.0], [-1.0, -1.0]])
    >>> three = -outside / np.linalg.norm(outside, axis=1)[:, None]
    >>> len(fewer_directions(inside, outside, three))
    2
    """
    directions = directions[without_redundant(depths(inside, outside, directions) > 0)]
    rng = np.random.default_rng(0)
    step = max(1, len(directions) // 4)
    while len(directions) > least and step:
        step = min(step, len(directions) - least)
        cut_off = depths(inside, outside, directions) > 0
        alone = (cut_off & (cut_off.sum(axis=0) == 1)).sum(axis=1)
        order = np.argsort(alone, kind="stable")
        starts = [np.delete(directions, order[:step], axis=0)]
        if step == 1 and len(directions) <= _FEW and inside.size + outside.size <= _SMALL:
            # Other starts are cheap then, and often enough one of them succeeds.
            starts += [np.delete(directions, k, axis=0) for k in order[1:]]
            fresh = rng.standard_normal((_FRESH_STARTS, len(directions) - 1, inside.shape[1]))
            starts += list(fresh / np.linalg.norm(fresh, axis=2, keepdims=True))
        for start in starts:
            moved, success = fit_many(inside, outside, start)
            if success:
                directions = moved
                break
        else:
            step //= 2
    return directions
