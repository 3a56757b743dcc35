"""Points sampled from a concept forest, with the concepts that made them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.special import ndtri
from tqdm import tqdm

from saelib.data.synthetic.config import ForestConfig
from saelib.errors import InputError
from saelib.sets import ConceptSet

# Randomness is drawn for this many points at a time, whatever the chunk size: that is what makes the output
# independent of it, and a short sample a prefix of a longer one.
_BLOCK = 4096


@dataclass(frozen=True)
class ForestSample:
    """Points and everything that is true about them.

    Attributes
    ----------
    points : numpy.ndarray
        float32 [n_points, d_in].
    concepts : ConceptSet
        Which concepts contain which points (their amplitude is positive), with names and parents.
    directions : numpy.ndarray
        The concepts' unit directions, float32 [n_concepts, d_in]; the same for every sample of a config.
    amplitudes : scipy.sparse.csr_array
        a_i(x), float32 [n_points, n_concepts]; its stored entries are exactly the memberships.
    probabilities : numpy.ndarray
        P(concept on), float64 [n_concepts]; NaN where no closed form is known.
    bias : numpy.ndarray
        The constant added to every point, float32 [d_in].
    config : ForestConfig
        What it was made from.

    Examples
    --------
    >>> sample = concept_forest(ForestConfig(d_in=4, branching=(1, 2), firing=0.5), 100, seed=0)
    >>> sample.points.shape, sample.concepts.names
    ((100, 4), ('c0', 'c0.0', 'c0.1'))
    """

    points: NDArray[np.float32]
    concepts: ConceptSet
    directions: NDArray[np.float32]
    amplitudes: sp.csr_array
    probabilities: NDArray[np.float64]
    bias: NDArray[np.float32]
    config: ForestConfig


def concept_forest(
    config: ForestConfig, n_points: int, seed: int, *, chunk_size: int = 65_536
) -> ForestSample:
    """Sample points from a concept forest.

    Train and test sets of one world are two seeds of one config. The first m points of a sample of n are
    the sample of m.

    Parameters
    ----------
    config : ForestConfig
        The world.
    n_points : int
        How many points, ≥ 0.
    seed : int
        Seed of the sample, ≥ 0; the directions do not depend on it.
    chunk_size : int, default 65536
        Points worked on at a time; bounds the working memory and changes nothing else.

    Returns
    -------
    ForestSample
        Points, concepts, directions, amplitudes, probabilities.

    Raises
    ------
    InputError
        A config of another type, or a number out of range.

    Examples
    --------
    >>> from saelib.data.synthetic import ForestConfig, concept_forest
    >>> config = ForestConfig(d_in=4, branching=(1, 2), firing=0.5, directions="orthogonal")
    >>> sample = concept_forest(config, 1000, seed=0)
    >>> sample.points.shape, sample.concepts.names
    ((1000, 4), ('c0', 'c0.0', 'c0.1'))
    >>> bool(set(sample.concepts.extent("c0.0")) <= set(sample.concepts.extent("c0")))
    True
    """
    n_points, seed, chunk_size = _checked(config, n_points, seed, chunk_size)
    world = _World(config)
    points = np.empty((n_points, config.d_in), dtype=np.float32)
    amplitudes: list[sp.csr_array] = []
    at = 0
    with tqdm(total=n_points, unit=" points", disable=None, leave=False) as bar:
        for piece, amplitude in _pieces(world, n_points, seed, chunk_size):
            points[at : at + len(piece)] = piece
            amplitudes.append(amplitude)
            at += len(piece)
            bar.update(len(piece))
    return _sample(world, points, amplitudes)


def forest_chunks(
    config: ForestConfig, n_points: int, seed: int, *, chunk_size: int = 65_536
) -> Iterator[ForestSample]:
    """Sample as ``concept_forest`` does, a chunk at a time, for samples larger than memory.

    Parameters
    ----------
    config, n_points, seed, chunk_size
        As for ``concept_forest``.

    Yields
    ------
    ForestSample
        ``chunk_size`` points each, the last one what is left (one empty chunk when ``n_points`` is 0).

    Raises
    ------
    InputError
        A config of another type, or a number out of range.

    Examples
    --------
    >>> from saelib.data.synthetic import ForestConfig, forest_chunks
    >>> [len(chunk.points) for chunk in forest_chunks(ForestConfig(d_in=8), 10, seed=0, chunk_size=4)]
    [4, 4, 2]
    """
    return _chunks(config, *_checked(config, n_points, seed, chunk_size))


def _checked(config: ForestConfig, n_points: int, seed: int, chunk_size: int) -> tuple[int, int, int]:
    if not isinstance(config, ForestConfig):
        raise InputError("config", f"is a {type(config).__name__}", "give a ForestConfig")
    for name, value, least in (("n_points", n_points, 0), ("seed", seed, 0), ("chunk_size", chunk_size, 1)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise InputError(name, f"is {value!r}", f"give an integer >= {least}")
    return int(n_points), int(seed), int(chunk_size)


def _chunks(config: ForestConfig, n_points: int, seed: int, chunk_size: int) -> Iterator[ForestSample]:
    world = _World(config)
    points: list[NDArray[np.float32]] = []
    amplitudes: list[sp.csr_array] = []
    held = 0
    for piece, amplitude in _pieces(world, n_points, seed, chunk_size):
        points.append(piece)
        amplitudes.append(amplitude)
        held += len(piece)
        if held == chunk_size:
            yield _sample(world, np.concatenate(points), amplitudes)
            points, amplitudes, held = [], [], 0
    if held or n_points == 0:
        yield _sample(world, np.concatenate([*points, np.empty((0, config.d_in), np.float32)]), amplitudes)


def _pieces(
    world: _World, n_points: int, seed: int, chunk_size: int
) -> Iterator[tuple[NDArray[np.float32], sp.csr_array]]:
    """Cut the stream of blocks where a block, a chunk or the sample ends."""
    at = 0
    for number in range(-(-n_points // _BLOCK)):
        points, amplitudes = world.block(seed, number)
        end = min((number + 1) * _BLOCK, n_points)
        while at < end:
            stop = min((at // chunk_size + 1) * chunk_size, end)
            rows = slice(at - number * _BLOCK, stop - number * _BLOCK)
            yield points[rows], amplitudes[rows]
            at = stop


def _sample(world: _World, points: NDArray[np.float32], pieces: list[sp.csr_array]) -> ForestSample:
    config = world.config
    empty = sp.csr_array(np.zeros((0, config.n_concepts), dtype=np.float32))
    amplitudes = sp.csr_array(sp.vstack(pieces or [empty], format="csr"))
    membership = sp.csr_array(
        (np.ones(amplitudes.nnz, dtype=bool), amplitudes.indices.copy(), amplitudes.indptr.copy()),
        shape=amplitudes.shape,
    )
    return ForestSample(
        points=points,
        concepts=ConceptSet(membership, config.names, list(config.tree.parents)),
        directions=world.directions.copy(),
        amplitudes=amplitudes,
        probabilities=config.probabilities.copy(),
        bias=world.bias.copy(),
        config=config,
    )


class _World:
    """A config with its random parts drawn, which makes blocks of points."""

    def __init__(self, config: ForestConfig) -> None:
        self.config = config
        tree = config.tree
        self.directions = config.spread.draw(len(tree), config.d_in, config.rng(0))
        toward = config.rng(3).standard_normal(config.d_in)
        self.bias = (config.bias * toward / np.linalg.norm(toward)).astype(np.float32)
        self.loadings = None
        self.own = np.ones(len(tree), dtype=np.float32)
        if config.copula is not None:
            loadings = config.copula.loadings(tree, config.children, config.rng(1))
            self.own = np.sqrt(1 - (loadings**2).sum(axis=1)).astype(np.float32)
            self.loadings = loadings.astype(np.float32)
        q = config.conditional * config.law.positive
        if config.children == "exclusive":
            # Given that no earlier sibling took the parent, child k takes it with q_k/(1 − Σ_{j<k} q_j).
            for group in tree.sibling_groups:
                left = 1 - np.concatenate([[0.0], np.cumsum(q[group])[:-1]])
                q[group] = np.minimum(q[group] / np.maximum(left, 1e-300), 1.0)
        self.threshold = -ndtri(q)
        # float32 for the dense draw of the roots.
        self.root_threshold = self.threshold[tree.roots].astype(np.float32)
        self.root_probability = q[tree.roots].astype(np.float32)
        self.child_count = np.array([len(c) for c in tree.children], dtype=np.int64)
        self.child_start = np.concatenate([[0], np.cumsum(self.child_count)[:-1]])
        self.child_list = np.concatenate([*tree.children, np.empty(0, dtype=np.int64)])

    def block(self, seed: int, number: int) -> tuple[NDArray[np.float32], sp.csr_array]:
        """Make ``_BLOCK`` points: [_BLOCK, d_in] and their amplitudes."""
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,)))
        amplitudes = self._amplitudes(*self._fire(rng), rng)
        points = amplitudes @ self.directions
        if self.config.noise > 0:
            noise = rng.standard_normal(points.shape, dtype=np.float32)
            points += np.float32(self.config.noise) * noise
        points += self.bias
        return points, amplitudes

    def _fire(
        self, rng: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Decide who is on: rows, concepts, and where each one's parent stands in these (-1: root)."""
        tree = self.config.tree
        roots = tree.roots
        shared = None
        if self.loadings is None:
            rows, column = np.nonzero(
                rng.random((_BLOCK, len(roots)), dtype=np.float32) < self.root_probability
            )
        else:
            own = rng.standard_normal((_BLOCK, len(roots)), dtype=np.float32)
            shared = rng.standard_normal((_BLOCK, self.loadings.shape[1]), dtype=np.float32)
            own *= self.own[roots]
            own += shared @ self.loadings[roots].T
            rows, column = np.nonzero(own > self.root_threshold)
        concepts = roots[column]
        found = [(rows, concepts, np.full(len(rows), -1))]
        place = 0
        for _ in tree.by_level[1:]:
            count = self.child_count[concepts]
            family = np.repeat(np.arange(len(rows)), count)
            within = np.arange(len(family)) - np.repeat(np.cumsum(count) - count, count)
            child = self.child_list[np.repeat(self.child_start[concepts], count) + within]
            number = rng.standard_normal(len(child))
            if self.loadings is not None and shared is not None:
                number *= self.own[child]
                number += np.einsum("ij,ij->i", shared[rows[family]], self.loadings[child])
            fired = np.flatnonzero(number > self.threshold[child])
            if self.config.children == "contest":
                # Even odds among those that fired: the least of independent uniform numbers.
                fired = fired[np.lexsort((rng.random(len(fired)), family[fired]))]
            if self.config.children != "independent":
                _, first = np.unique(family[fired], return_index=True)
                fired = np.sort(fired[first])
            parent_place = place + family[fired]
            place += len(rows)
            rows, concepts = rows[family[fired]], child[fired]
            found.append((rows, concepts, parent_place))
        rows, concepts, parent_place = (np.concatenate([f[k] for f in found]) for k in range(3))
        return rows, concepts, parent_place

    def _amplitudes(
        self,
        rows: NDArray[np.int64],
        concepts: NDArray[np.int64],
        parent_place: NDArray[np.int64],
        rng: np.random.Generator,
    ) -> sp.csr_array:
        amplitude = self.config.law.draw(concepts, rng).astype(np.float64)
        if self.config.scale_children:
            relative = amplitude / self.config.law.centre[concepts]
            for level in range(1, len(self.config.tree.by_level)):
                here = np.flatnonzero(self.config.tree.levels[concepts] == level)
                factor = relative[parent_place[here]]
                amplitude[here] *= factor
                relative[here] *= factor
        # A float32 zero would leave a membership without an amplitude.
        values = np.maximum(amplitude.astype(np.float32), np.finfo(np.float32).tiny)
        shape = (_BLOCK, len(self.config.tree))
        sparse = sp.csr_array((values, (rows.astype(np.int32), concepts.astype(np.int32))), shape=shape)
        sparse.sort_indices()
        return sparse
