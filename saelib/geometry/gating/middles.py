"""T6d: clusters in the middle of two others, which no neuron that decides alone can have for itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import binom

from saelib.errors import InputError
from saelib.geometry.separation import separate

__all__ = ["gaussian_middles", "middle_clusters", "middle_trials"]

_FINE = 1024  # coordinates are multiples of 1/1024, so that a midpoint is one exactly, in float32 too
_DIMENSIONS = (1, 2, 3, 4, 8, 16, 32)


def middle_clusters(
    n_lines: int, d_in: int, n_each: int, spread: float, rng: np.random.Generator
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Draw pairs of Gaussian clusters, and between every two a third of the midpoints of their points.

    Every point of a middle cluster is exactly the midpoint of one point of each end. A half-space that
    contains it contains one of these two, so none has a Jaccard index above ½ with a middle cluster.

    Parameters
    ----------
    n_lines : int
        Number of pairs.
    d_in : int
        Dimension.
    n_each : int
        Points in each cluster.
    spread : float
        Standard deviation of an end in each coordinate; the centres of the ends have deviation 1.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    points : ndarray [3 * n_lines * n_each, d_in]
        Ends first, then the middles, in random order within each third.
    labels : ndarray
        Cluster of each point: lines are (0, 1, 2·n_lines), (2, 3, 2·n_lines + 1), …, the last the middle.

    Raises
    ------
    InputError
        If a number is not positive.

    Examples
    --------
    >>> points, labels = middle_clusters(1, 2, 3, 0.1, np.random.default_rng(0))
    >>> labels.tolist()
    [0, 0, 0, 1, 1, 1, 2, 2, 2]
    >>> bool((points[6:] * 2 == points[:3] + points[3:6]).all())
    True
    """
    for name, value in (("n_lines", n_lines), ("d_in", d_in), ("n_each", n_each)):
        _positive(name, value)
    if isinstance(spread, bool) or not isinstance(spread, (int, float)) or not 0 < spread < np.inf:
        raise InputError("spread", f"is {spread!r}", "give a positive number")
    centres = rng.standard_normal((2 * n_lines, 1, d_in))
    ends = np.round(_FINE * (centres + spread * rng.standard_normal((2 * n_lines, n_each, d_in)))) / _FINE
    middles = (ends[::2] + ends[1::2]) / 2
    return np.concatenate([ends, middles]).reshape(-1, d_in), np.repeat(np.arange(3 * n_lines), n_each)


def middle_trials(n_instances: int, rng: np.random.Generator) -> pd.DataFrame:
    """Ask for a separating neuron of middle clusters that have none (T6d).

    Each of three clusters lies symmetrically about its centre and the middle centre is halfway between the
    others, all in whole numbers: so the centre of the middle is a point of its hull and of that of the rest.

    Parameters
    ----------
    n_instances : int
        Least number of instances in all.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        One row a dimension: d_in, instances, separable (there should be none), undecided.

    Raises
    ------
    InputError
        If ``n_instances`` is no positive integer.

    Examples
    --------
    >>> frame = middle_trials(14, np.random.default_rng(0))
    >>> int(frame.separable.sum()), int(frame.undecided.sum())
    (0, 0)
    """
    each = -(-_positive("n_instances", n_instances) // len(_DIMENSIONS))
    rows = []
    for d_in in _DIMENSIONS:
        answers = []
        for _ in range(each):
            centre, arm = rng.integers(-50, 51, d_in), rng.integers(-9, 10, d_in)
            arm[0] += 30  # beyond the reach of the clusters, so that no two of them share a point
            left, middle, right = (_symmetric(centre + step * arm, rng) for step in (-1, 0, 1))
            answers.append(separate(middle, np.concatenate([left, right])).separable)
        rows.append((d_in, each, answers.count(True), answers.count(None)))
    return pd.DataFrame(rows, columns=["d_in", "instances", "separable", "undecided"])


def gaussian_middles(
    d_in: int, sizes: Sequence[int], n_trials: int, distance: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Count how often one neuron separates a sample of the middle one of three collinear Gaussian clusters.

    With few points in many dimensions it can: the sample's hull need not contain the centre. The bound is
    the probability that one of the three hulls does not, 1 - (1 - P)³ with P = 2^(1-N) Σ_{i<d_in} C(N-1, i)
    by Cover's count, for N points in each.

    Parameters
    ----------
    d_in : int
        Dimension.
    sizes : sequence of int
        Points in each cluster.
    n_trials : int
        Samples for each size.
    distance : float
        Between neighbouring centres, in standard deviations of a cluster.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        One row a size: d_in, points, trials, separable (how many), bound (on the probability).

    Raises
    ------
    InputError
        If a number is not positive, or a sample could not be decided.

    References
    ----------
    Cover, T. M. (1965). Geometrical and statistical properties of systems of linear inequalities with
    applications in pattern recognition. *IEEE Transactions on Electronic Computers* EC-14, 326-334.

    Examples
    --------
    >>> frame = gaussian_middles(8, [2, 200], 10, 6.0, np.random.default_rng(0))
    >>> frame.separable.tolist()
    [10, 0]
    """
    _positive("d_in", d_in), _positive("n_trials", n_trials)
    rows = []
    for size in sizes:
        _positive("sizes", size)
        separable = 0
        for _ in range(n_trials):
            clusters = rng.standard_normal((3, size, d_in))
            clusters[:, :, 0] += distance * np.array([[-1.0], [0.0], [1.0]])
            found = separate(clusters[1], clusters[[0, 2]].reshape(-1, d_in)).separable
            if found is None:
                raise InputError("distance", "gave a sample that could not be decided", "draw another")
            separable += found
        outside = float(binom.cdf(d_in - 1, size - 1, 0.5))
        rows.append((d_in, size, n_trials, separable, 1 - (1 - outside) ** 3))
    return pd.DataFrame(rows, columns=["d_in", "points", "trials", "separable", "bound"])


def _symmetric(centre: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    steps = rng.integers(-9, 10, (int(rng.integers(1, 6)), len(centre)))
    return np.unique(np.concatenate([centre + steps, centre - steps]), axis=0).astype(np.float64)


def _positive(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise InputError(name, f"is {value!r}", "give a positive integer")
    return int(value)
