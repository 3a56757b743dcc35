"""Random pairs (θ, C) for T1, as counts: a pair of subsets of N points is three of them, and conversely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["PAIR_KINDS", "Pairs", "random_pairs"]

Integers = npt.NDArray[np.int64]

PAIR_KINDS: tuple[str, ...] = (
    "uniform", "rare concept", "common concept", "nearly equal", "equal",
    "inside", "around", "one point shared", "disjoint", "empty neuron", "neuron everywhere",
)  # fmt: skip
"""How a random pair is made; the last four but one also give Jaccard index 0."""

_LARGEST = 1_000_000  # products of two counts stay far below 2**63


@dataclass(frozen=True)
class Pairs:
    r"""Counts of many pairs, int64 [n] each.

    Attributes
    ----------
    points : ndarray
        N.
    concept : ndarray
        \|C\|, at least 1 and at most N − 1.
    inside, outside : ndarray
        \|θ∩C\| and \|θ∖C\|.
    kind : ndarray of str
        How the pair was made.

    Examples
    --------
    >>> one = np.array([1])
    >>> pair = Pairs(10 * one, 4 * one, 3 * one, 2 * one, np.array(["uniform"]))
    >>> pair.rest, pair.missed, pair.union, pair.apart
    (array([6]), array([1]), array([6]), array([3]))
    """

    points: Integers
    concept: Integers
    inside: Integers
    outside: Integers
    kind: npt.NDArray[np.str_]

    @property
    def rest(self) -> Integers:
        r"""\|X∖C\|."""
        return self.points - self.concept

    @property
    def missed(self) -> Integers:
        r"""\|C∖θ\|."""
        return self.concept - self.inside

    @property
    def union(self) -> Integers:
        r"""\|θ∪C\|, at least 1."""
        return self.concept + self.outside

    @property
    def apart(self) -> Integers:
        r"""\|θ△C\|."""
        return self.missed + self.outside


def random_pairs(n: int, rng: np.random.Generator, kinds: tuple[str, ...] = PAIR_KINDS) -> Pairs:
    r"""Draw pairs of sets that range from two to a million points and from hopeless to perfect.

    Parameters
    ----------
    n : int
        Number of pairs.
    rng : numpy.random.Generator
        Source of randomness.
    kinds : tuple of str
        Kinds to draw, in equal numbers; some of :data:`PAIR_KINDS`.

    Returns
    -------
    Pairs
        With 0 < \|C\| < N, as T1 demands.

    Examples
    --------
    >>> pairs = random_pairs(4, np.random.default_rng(0), kinds=("around", "equal"))
    >>> bool((pairs.inside == pairs.concept).all()), pairs.outside[1::2]
    (True, array([0, 0]))
    """
    points = np.floor(2.0 ** rng.uniform(1.0, np.log2(_LARGEST), n)).astype(np.int64)
    kind = np.array(kinds)[np.arange(n) % len(kinds)]
    few = rng.integers(1, 6, n)
    # One half of the sizes is uniform, the other in its logarithm: bounds bite where sets are small.
    concept = np.where(rng.random(n) < 0.5, rng.integers(1, points), _log_uniform(points - 1, rng))
    concept = np.where(kind == "rare concept", np.minimum(few, points - 1), concept)
    concept = np.where(kind == "common concept", np.maximum(points - few, 1), concept)
    rest = points - concept
    inside, outside = rng.integers(0, concept + 1), rng.integers(0, rest + 1)
    outside = np.where(rng.random(n) < 0.5, outside, _log_uniform(rest, rng))
    close = kind == "nearly equal"
    inside = np.where(close, np.maximum(concept - rng.integers(0, 4, n), 0), inside)
    outside = np.where(close, np.minimum(rng.integers(0, 4, n), rest), outside)
    inside = np.where(np.isin(kind, ["equal", "around", "neuron everywhere"]), concept, inside)
    inside = np.where(kind == "one point shared", 1, inside)
    inside = np.where(np.isin(kind, ["disjoint", "empty neuron"]), 0, inside)
    outside = np.where(np.isin(kind, ["equal", "inside", "empty neuron"]), 0, outside)
    outside = np.where(kind == "neuron everywhere", rest, outside)
    return Pairs(points, concept, inside, outside, kind)


def _log_uniform(largest: Integers, rng: np.random.Generator) -> Integers:
    """Whole numbers from 1 to ``largest``, small ones as likely as large ones."""
    return np.floor(largest.astype(np.float64) ** rng.random(len(largest))).astype(np.int64)
