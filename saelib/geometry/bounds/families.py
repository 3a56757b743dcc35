"""Random families of concepts and neurons over weighted points, for T5d and T5e."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["FAMILY_KINDS", "Families", "random_families"]

N_POINTS, N_CONCEPTS, N_NEURONS = 12, 5, 6

Booleans = npt.NDArray[np.bool_]
Maker = Callable[[int, np.random.Generator], tuple[Booleans, Booleans]]


@dataclass(frozen=True)
class Families:
    """Many instances, each a family of concepts and one of neurons over the same weighted points.

    Attributes
    ----------
    weights : ndarray [n, points]
        Whole masses of the points, int64; 0 where a point does not exist, at least one positive in each
        instance.
    concepts, neurons : ndarray [n, points, sets]
        Who is where, bool. Sets may be empty; an empty neuron stands for one that the dictionary lacks.
    kind : ndarray of str
        How the instance was made.

    Examples
    --------
    >>> families = random_families(8, np.random.default_rng(0))
    >>> families.counts.shape, families.concepts_per_point.shape
    ((8, 6, 5), (8, 12))
    """

    weights: npt.NDArray[np.int64]
    concepts: Booleans
    neurons: Booleans
    kind: npt.NDArray[np.str_]

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        r"""\|θ_j ∩ C_i\| by weight, int64 [n, neurons, concepts]."""
        heavy = (self.concepts * self.weights[:, :, None]).astype(np.float64)
        product: npt.NDArray[np.float64] = self.neurons.transpose(0, 2, 1).astype(np.float64) @ heavy
        return product.astype(np.int64)

    @property
    def neuron_sizes(self) -> npt.NDArray[np.int64]:
        r"""\|θ_j\| by weight, int64 [n, neurons]."""
        return np.einsum("npj,np->nj", self.neurons, self.weights)

    @property
    def concept_sizes(self) -> npt.NDArray[np.int64]:
        r"""\|C_i\| by weight, int64 [n, concepts]."""
        return np.einsum("npi,np->ni", self.concepts, self.weights)

    @property
    def concepts_per_point(self) -> npt.NDArray[np.int64]:
        """s(x), int64 [n, points]."""
        return self.concepts.sum(axis=2)

    @property
    def active_per_point(self) -> npt.NDArray[np.int64]:
        """L0(x), int64 [n, points]."""
        return self.neurons.sum(axis=2)


def random_families(n: int, rng: np.random.Generator, kinds: tuple[str, ...] | None = None) -> Families:
    """Draw instances of every kind in equal numbers.

    Parameters
    ----------
    n : int
        Number of instances.
    rng : numpy.random.Generator
        Source of randomness.
    kinds : tuple of str, optional
        Kinds to draw; all of :data:`FAMILY_KINDS` if left out.

    Returns
    -------
    Families
        Over at most 12 points that weigh up to 10⁶ each, with 5 concepts and 6 neurons.

    Examples
    --------
    A dictionary that copies the concepts fires exactly as often as they occur:

    >>> copies = random_families(3, np.random.default_rng(0), kinds=("copies",))
    >>> bool((copies.concepts_per_point == copies.active_per_point).all())
    True
    """
    chosen = tuple(FAMILY_KINDS) if kinds is None else kinds
    concepts = np.empty((n, N_POINTS, N_CONCEPTS), dtype=np.bool_)
    neurons = np.empty((n, N_POINTS, N_NEURONS), dtype=np.bool_)
    kind = np.array(chosen)[np.arange(n) % len(chosen)]
    for name in chosen:
        rows = kind == name
        concepts[rows], neurons[rows] = FAMILY_KINDS[name](int(rows.sum()), rng)
    small = rng.integers(0, 4, (n, N_POINTS))
    large = np.floor(10.0 ** rng.uniform(0, 6, (n, N_POINTS))).astype(np.int64)
    style = rng.integers(0, 3, (n, 1))
    weights = np.where(style == 0, 1, np.where(style == 1, small, large))
    weights[:, 0] = np.maximum(weights[:, 0], 1)
    return Families(weights, concepts, neurons, kind)


def _densities(n: int, n_sets: int, rng: np.random.Generator) -> Booleans:
    return rng.random((n, N_POINTS, n_sets)) < rng.random((n, 1, n_sets)) ** 2


def _random(n: int, rng: np.random.Generator) -> tuple[Booleans, Booleans]:
    return _densities(n, N_CONCEPTS, rng), _densities(n, N_NEURONS, rng)


def _tiny(n: int, rng: np.random.Generator) -> tuple[Booleans, Booleans]:
    one_in = 1 / N_POINTS
    return rng.random((n, N_POINTS, N_CONCEPTS)) < one_in, rng.random((n, N_POINTS, N_NEURONS)) < one_in


def _huge(n: int, rng: np.random.Generator) -> tuple[Booleans, Booleans]:
    concepts, neurons = _tiny(n, rng)
    return ~concepts, ~neurons


def _copies(n: int, rng: np.random.Generator) -> tuple[Booleans, Booleans]:
    """Every concept has a neuron equal to it, in random order."""
    concepts = _densities(n, N_CONCEPTS, rng)
    neurons = np.zeros((n, N_POINTS, N_NEURONS), dtype=np.bool_)
    order = rng.random((n, N_NEURONS)).argsort(axis=1)[:, :N_CONCEPTS]
    np.put_along_axis(neurons, order[:, None, :], concepts, axis=2)
    return concepts, neurons


def _all_equal(n: int, rng: np.random.Generator) -> tuple[Booleans, Booleans]:
    one = _densities(n, 1, rng)
    return np.repeat(one, N_CONCEPTS, axis=2), np.repeat(one, N_NEURONS, axis=2)


def _chain(n: int, rng: np.random.Generator) -> tuple[Booleans, Booleans]:
    """Nested concepts and nested neurons, cut at different depths of the same ranking."""
    depth = rng.permuted(np.tile(np.arange(N_POINTS), (n, 1)), axis=1)[:, :, None]
    return (
        depth < rng.integers(0, N_POINTS + 1, (n, 1, N_CONCEPTS)),
        depth < rng.integers(0, N_POINTS + 1, (n, 1, N_NEURONS)),
    )


def _absorbing(n: int, rng: np.random.Generator) -> tuple[Booleans, Booleans]:
    """Copies that go silent at random: every firing is a hit, so the sparsity budget is attained."""
    concepts, neurons = _copies(n, rng)
    return concepts, neurons & (rng.random(neurons.shape) < rng.random((n, 1, 1)))


def _partition(n: int, rng: np.random.Generator) -> tuple[Booleans, Booleans]:
    """Disjoint concepts, neurons that are unions of some: the Jaccard budget is attained."""
    label = rng.integers(0, N_CONCEPTS + 1, (n, N_POINTS, 1))  # the last label is in no concept
    concepts = label == np.arange(N_CONCEPTS)
    joined = rng.random((n, N_CONCEPTS, N_NEURONS)) < 0.4
    return concepts, (concepts.astype(np.float32) @ joined.astype(np.float32)) > 0


def _disjoint_neurons(n: int, rng: np.random.Generator) -> tuple[Booleans, Booleans]:
    """The partition with the roles exchanged: neurons that split the concepts."""
    label = rng.integers(0, N_NEURONS + 1, (n, N_POINTS, 1))
    neurons = label == np.arange(N_NEURONS)
    joined = rng.random((n, N_NEURONS, N_CONCEPTS)) < 0.4
    return (neurons.astype(np.float32) @ joined.astype(np.float32)) > 0, neurons


def _top_k(n: int, rng: np.random.Generator) -> tuple[Booleans, Booleans]:
    """Concepts against the K largest of random scores that favour them."""
    concepts = _densities(n, N_CONCEPTS, rng)
    scores = rng.random((n, N_POINTS, N_NEURONS))
    scores[:, :, :N_CONCEPTS] += concepts
    rank = (-scores).argsort(axis=2).argsort(axis=2)
    return concepts, rank < rng.integers(1, N_NEURONS, (n, 1, 1))


def _one_flip(make: Maker) -> Maker:
    """An attaining instance with one membership of one neuron turned over: a step off the bound."""

    def flipped(n: int, rng: np.random.Generator) -> tuple[Booleans, Booleans]:
        concepts, neurons = make(n, rng)
        at = np.arange(n), rng.integers(0, N_POINTS, n), rng.integers(0, N_NEURONS, n)
        neurons[at] = ~neurons[at]
        return concepts, neurons

    return flipped


FAMILY_KINDS: dict[str, Maker] = {
    "random": _random,
    "tiny": _tiny,
    "huge": _huge,
    "copies": _copies,
    "all equal": _all_equal,
    "chain": _chain,
    "absorbing": _absorbing,
    "absorbing, one flip": _one_flip(_absorbing),
    "partition": _partition,
    "partition, one flip": _one_flip(_partition),
    "disjoint neurons": _disjoint_neurons,
    "disjoint neurons, one flip": _one_flip(_disjoint_neurons),
    "top-k": _top_k,
}
"""How instances are made, by name."""
