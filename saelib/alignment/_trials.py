"""Random families on which the statements about the two directions are tried (theory T12)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from saelib.errors import InputError

_AT_ONCE = 1_000  # of one shape


def try_directions(n_instances: int, rng: np.random.Generator) -> pd.DataFrame:
    """Look for random families that break T12b or T12c.

    Each instance has 2 to 6 concepts and neurons over 12 to 40 points. A neuron is a concept with some of its
    points exchanged, or a random set; how many are exchanged is drawn too, so that pairs lie on both sides of
    the radius. Everything is decided in whole numbers, by formulas of its own rather than by those of
    :func:`agreement`.

    Parameters
    ----------
    n_instances : int
        Families to try, at least 1.
    rng : numpy.random.Generator
        Draws them.

    Returns
    -------
    pandas.DataFrame
        One row an instance:

        - ``inside``: pairs of a concept and a neuron within both radii of T12b.
        - ``inside_apart``: those among them that are not each other's unique best by Jaccard index.
        - ``disagree``: concepts C with a best neuron f(C) but g(f(C)) ≠ C, by Jaccard index.
        - ``tied``: whether two of the positive Jaccard indices are equal.
        - ``mutual``: pairs that are each other's best.
        - ``meeting``: whether any neuron meets any concept.
        - ``mutual_two_scores``: pairs that are each other's best if concepts choose by Jaccard index and
          neurons by recall.

    Raises
    ------
    InputError
        If ``n_instances`` is not a positive integer.

    Examples
    --------
    >>> frame = try_directions(50, np.random.default_rng(0))
    >>> int(frame.inside_apart.sum()), bool((frame.mutual > 0)[~frame.tied & frame.meeting].all())
    (0, True)
    """
    if isinstance(n_instances, bool) or not isinstance(n_instances, (int, np.integer)) or n_instances < 1:
        raise InputError("n_instances", f"is {n_instances!r}", "give a positive integer")
    frames = []
    for start in range(0, n_instances, _AT_ONCE):
        n_points, d_sae, n_concepts = (int(n) for n in rng.integers((12, 2, 2), (41, 7, 7)))
        n = min(_AT_ONCE, n_instances - start)
        frames.append(_tried(*_families(n, n_points, d_sae, n_concepts, rng)))
    return pd.concat(frames, ignore_index=True)


def _families(
    n: int, n_points: int, d_sae: int, n_concepts: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Activation sets [n, n_points, d_sae] and concepts [n, n_points, n_concepts], as int64."""
    member = rng.random((n, n_points, n_concepts)) < rng.uniform(0.05, 0.6, (n, 1, n_concepts))
    model = rng.integers(0, n_concepts, (n, d_sae))
    active = np.take_along_axis(member, model[:, None, :], axis=2)
    noise = rng.choice([0.0, 0.03, 0.1, 0.3, 0.5], (n, 1, d_sae))
    return (active ^ (rng.random(active.shape) < noise)).astype(np.int64), member.astype(np.int64)


def _tried(active: np.ndarray, member: np.ndarray) -> pd.DataFrame:
    both = active.swapaxes(1, 2) @ member  # [n, d_sae, n_concepts]
    size_n, size_c = active.sum(axis=1), member.sum(axis=1)
    union = size_n[:, :, None] + size_c[:, None, :] - both
    met = both > 0
    jaccard = np.where(met, both / np.maximum(union, 1), 0.0)
    recall = both / np.maximum(size_c, 1)[:, None, :]
    near_c, near_n = _radius(member), _radius(active)
    apart = union - both
    # d < r for r = half of a/u, in whole numbers: 2 (union - both) u < a union.
    inside = met & (2 * apart * near_c[1][:, None, :] < near_c[0][:, None, :] * union)
    inside &= 2 * apart * near_n[1][:, :, None] < near_n[0][:, :, None] * union
    best_n = jaccard == jaccard.max(axis=1, keepdims=True)
    best_c = jaccard == jaccard.max(axis=2, keepdims=True)
    unique = (best_n & (best_n.sum(axis=1, keepdims=True) == 1)) & (
        best_c & (best_c.sum(axis=2, keepdims=True) == 1)
    )
    ordered = np.sort(jaccard.reshape(len(jaccard), -1), axis=1)
    tied = ((np.diff(ordered, axis=1) == 0) & (ordered[:, 1:] > 0)).any(axis=1)
    learned, interpreted = jaccard.argmax(axis=1), jaccard.argmax(axis=2)
    here = np.arange(member.shape[2])
    has = met.any(axis=1)
    back = np.take_along_axis(interpreted, learned, axis=1)
    by_recall = np.take_along_axis(recall.argmax(axis=2), learned, axis=1)
    return pd.DataFrame(
        {
            "inside": inside.sum(axis=(1, 2)),
            "inside_apart": (inside & ~unique).sum(axis=(1, 2)),
            "disagree": (has & (back != here)).sum(axis=1),
            "tied": tied,
            "mutual": (has & (back == here)).sum(axis=1),
            "meeting": met.any(axis=(1, 2)),
            "mutual_two_scores": (has & (by_recall == here)).sum(axis=1),
        }
    )


def _radius(sets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least Jaccard distance of each set to another of its family, as numerator and denominator."""
    both = sets.swapaxes(1, 2) @ sets
    sizes = sets.sum(axis=1)
    union = np.maximum(sizes[:, :, None] + sizes[:, None, :] - both, 1)
    apart = union - both
    distance = apart / union
    diagonal = np.arange(sets.shape[2])
    # A set is no neighbour of itself.
    distance[:, diagonal, diagonal] = np.inf
    nearest = distance.argmin(axis=2)[:, :, None]
    return (
        np.take_along_axis(apart, nearest, axis=2)[:, :, 0],
        np.take_along_axis(union, nearest, axis=2)[:, :, 0],
    )
