"""Concepts as clouds of points: Gaussian clusters of any intrinsic dimension, and shells around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saelib.errors import InputError
from saelib.sets import ConceptSet


@dataclass(frozen=True)
class Blob:
    """A Gaussian cluster: centre + std · N(0, I) within a subspace of dimension ``rank``.

    Parameters
    ----------
    centre : tuple of float
        Its mean, one number a dimension.
    std : float
        Standard deviation along each direction of its subspace, ≥ 0.
    rank : int, optional
        Intrinsic dimension r, ``0 <= r <= d_in``; all of them unless given. The subspace is random, drawn
        with the world.
    name : str, optional
        Name of the concept; ``"cluster 3"`` for the fourth unless given.
    inside : str, optional
        Name of the cluster whose concept contains this one: that concept is then its own points and these.
    weight : float
        Share of the points, relative to the other clusters' weights, > 0.

    Examples
    --------
    >>> Blob((0.0, 0.0), std=0.5, rank=1).rank
    1
    """

    centre: tuple[float, ...]
    std: float = 1.0
    rank: int | None = None
    name: str | None = None
    inside: str | None = None
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.std < np.inf:
            raise InputError("Blob.std", f"is {self.std}", "give a finite number >= 0")
        _common("Blob", self.centre, self.rank, 0, self.weight)

    def draw(self, n: int, basis: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw ``n`` points, float64 [n, d_in]; ``basis`` [rank, d_in] spans the subspace."""
        return np.asarray(self.centre) + self.std * rng.standard_normal((n, len(basis))) @ basis


@dataclass(frozen=True)
class Shell:
    """A hollow cluster: points at distance radius + thickness · N(0, 1) from the centre, in every direction.

    Its convex hull contains whatever sits inside it, which no half-space can cut out.

    Parameters
    ----------
    centre : tuple of float
        Its middle, one number a dimension.
    radius : float
        Mean distance from the centre, > 0.
    thickness : float
        Standard deviation of the distance, ≥ 0.
    rank : int, optional
        Dimension of the subspace that holds the sphere, ``1 <= r <= d_in``; all of it unless given.
    name, inside, weight
        As for ``Blob``.

    Examples
    --------
    >>> Shell((0.0, 0.0), radius=2.0).thickness
    0.1
    """

    centre: tuple[float, ...]
    radius: float = 1.0
    thickness: float = 0.1
    rank: int | None = None
    name: str | None = None
    inside: str | None = None
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.radius < np.inf:
            raise InputError("Shell.radius", f"is {self.radius}", "give a finite number > 0")
        if not 0 <= self.thickness < np.inf:
            raise InputError("Shell.thickness", f"is {self.thickness}", "give a finite number >= 0")
        _common("Shell", self.centre, self.rank, 1, self.weight)

    def draw(self, n: int, basis: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw ``n`` points, float64 [n, d_in]; ``basis`` [rank, d_in] spans the subspace."""
        way = rng.standard_normal((n, len(basis)))
        way /= np.linalg.norm(way, axis=1, keepdims=True)
        distance = self.radius + self.thickness * rng.standard_normal((n, 1))
        return np.asarray(self.centre) + distance * way @ basis


def _common(kind: str, centre: tuple[float, ...], rank: int | None, least: int, weight: float) -> None:
    if len(centre) < 1 or not np.isfinite(centre).all():
        raise InputError(f"{kind}.centre", f"is {centre}", "give one finite number a dimension")
    if rank is not None and (
        isinstance(rank, bool) or not isinstance(rank, int | np.integer) or not least <= rank <= len(centre)
    ):
        raise InputError(f"{kind}.rank", f"is {rank!r}", f"give an integer from {least} to {len(centre)}")
    if not 0 < weight < np.inf:
        raise InputError(f"{kind}.weight", f"is {weight}", "give a finite number > 0")


@dataclass(frozen=True)
class ClusterSample:
    """Points of a mixture of clusters, with the concepts that made them.

    Attributes
    ----------
    points : numpy.ndarray
        float32 [n_points, d_in].
    concepts : ConceptSet
        One concept a cluster, in their order; a containing one also has the points of what is inside it.
    labels : numpy.ndarray
        The cluster each point was drawn from, int64 [n_points].
    bases : tuple of numpy.ndarray
        Orthonormal basis of each cluster's subspace, float64 [rank, d_in].

    Examples
    --------
    >>> sample = clusters(collinear(), 90, seed=0)
    >>> sample.points.shape, len(sample.concepts), len(sample.labels)
    ((90, 2), 3, 90)
    """

    points: NDArray[np.float32]
    concepts: ConceptSet
    labels: NDArray[np.int64]
    bases: tuple[NDArray[np.float64], ...]


def clusters(
    parts: Sequence[Blob | Shell], n_points: int, seed: int, *, noise: float = 0.0, world_seed: int = 0
) -> ClusterSample:
    """Sample a mixture of clusters, each of them a concept.

    Parameters
    ----------
    parts : sequence of Blob or Shell
        The clusters, all of one dimension; at least one.
    n_points : int
        How many points, ≥ 0; each picks its cluster by weight.
    seed : int
        Seed of the sample, ≥ 0.
    noise : float
        Standard deviation of Gaussian noise added in every coordinate, ≥ 0.
    world_seed : int
        Seed of the clusters' random subspaces, ≥ 0.

    Returns
    -------
    ClusterSample
        Points, concepts, labels and the subspaces' bases.

    Raises
    ------
    InputError
        No cluster, clusters of different dimensions, a name twice, ``inside`` a cluster that does not exist
        or in a circle, or a number out of range.

    Examples
    --------
    >>> parts = [Blob((0.0, 0.0), name="wide"), Blob((0.0, 0.0), 0.1, name="core", inside="wide")]
    >>> sample = clusters(parts, 500, seed=0)
    >>> sample.concepts.names, int(sample.concepts.sizes[0])          # the wide one contains the core
    (('wide', 'core'), 500)
    """
    parts = tuple(parts)
    if not parts or not all(isinstance(p, Blob | Shell) for p in parts):
        raise InputError("parts", "is not a list of clusters", "give at least one Blob or Shell")
    for name, value in (("n_points", n_points), ("seed", seed), ("world_seed", world_seed)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
            raise InputError(name, f"is {value!r}", "give an integer >= 0")
    if not 0 <= noise < np.inf:
        raise InputError("noise", f"is {noise}", "give a finite number >= 0")
    d_in = len(parts[0].centre)
    for i, part in enumerate(parts):
        if len(part.centre) != d_in:
            raise InputError(
                "parts", f"has a cluster of dimension {len(part.centre)} at {i}", f"give all of them {d_in}"
            )
    names = [part.name or f"cluster {i}" for i, part in enumerate(parts)]
    parents = _parents(parts, names)
    world = np.random.default_rng(np.random.SeedSequence(world_seed, spawn_key=(0,)))
    bases = tuple(_basis(d_in if p.rank is None else p.rank, d_in, world) for p in parts)
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,)))
    weight = np.array([p.weight for p in parts])
    labels = rng.choice(len(parts), size=int(n_points), p=weight / weight.sum()).astype(np.int64)
    points = np.empty((int(n_points), d_in))
    for i, part in enumerate(parts):
        mine = np.flatnonzero(labels == i)
        points[mine] = part.draw(len(mine), bases[i], rng)
    points += noise * rng.standard_normal(points.shape)
    member = labels[:, None] == np.arange(len(parts))
    for i in range(len(parts)):
        at = parents[i]
        while at >= 0:
            member[:, at] |= labels == i
            at = parents[at]
    return ClusterSample(points.astype(np.float32), ConceptSet(member, names, parents), labels, bases)


def _parents(parts: tuple[Blob | Shell, ...], names: list[str]) -> list[int]:
    if len(set(names)) < len(names):
        twice = next(n for n in names if names.count(n) > 1)
        raise InputError("parts", f"has the name {twice!r} twice", "give each cluster its own")
    for part in parts:
        if part.inside is not None and part.inside not in names:
            raise InputError("inside", f"is {part.inside!r}, which is no cluster", f"give one of {names}")
    parents = [-1 if part.inside is None else names.index(part.inside) for part in parts]
    for i in range(len(parts)):
        at, steps = parents[i], 0
        while at >= 0:
            at, steps = parents[at], steps + 1
            if steps > len(parts):
                raise InputError("inside", f"goes in a circle at {names[i]!r}", "let every chain end")
    return parents


def _basis(rank: int, d_in: int, rng: np.random.Generator) -> NDArray[np.float64]:
    # The whole space needs no turning, and then coordinates keep their meaning.
    if rank == d_in:
        return np.eye(d_in)
    q, _ = np.linalg.qr(rng.standard_normal((d_in, max(rank, 1))))
    return q.T[:rank]


def collinear(
    n_clusters: int = 3, d_in: int = 2, *, spacing: float = 3.0, std: float = 0.4, rank: int | None = None
) -> tuple[Blob, ...]:
    """Lay clusters at equal distances on a line: no single half-space cuts out one from the middle (T6d).

    Parameters
    ----------
    n_clusters : int
        How many, ≥ 1.
    d_in : int
        Dimension, ≥ 1; the line is the first axis, its middle the origin.
    spacing : float
        Distance between neighbours, ≥ 0.
    std : float
        Of each cluster.
    rank : int, optional
        Intrinsic dimension of each cluster.

    Returns
    -------
    tuple of Blob
        For ``clusters``.

    Raises
    ------
    InputError
        A number out of range.

    Examples
    --------
    >>> [blob.centre for blob in collinear(3, 2, spacing=1.0)]
    [(-1.0, 0.0), (0.0, 0.0), (1.0, 0.0)]
    """
    _sizes(n_clusters, d_in)
    if not 0 <= spacing < np.inf:
        raise InputError("spacing", f"is {spacing}", "give a finite number >= 0")
    rest = (0.0,) * (d_in - 1)
    return tuple(
        Blob((spacing * (i - (n_clusters - 1) / 2), *rest), std, rank, name=f"cluster {i}")
        for i in range(n_clusters)
    )


def scattered(
    n_clusters: int,
    d_in: int,
    *,
    distance: float = 3.0,
    std: float = 0.4,
    rank: int | None = None,
    world_seed: int = 0,
) -> tuple[Blob, ...]:
    """Scatter clusters with Gaussian centres of typical norm ``distance``.

    Parameters
    ----------
    n_clusters, d_in : int
        How many, in which dimension; ≥ 1.
    distance : float
        Root mean square norm of a centre, ≥ 0.
    std : float
        Of each cluster.
    rank : int, optional
        Intrinsic dimension of each cluster.
    world_seed : int
        Seed of the centres, ≥ 0.

    Returns
    -------
    tuple of Blob
        For ``clusters``.

    Raises
    ------
    InputError
        A number out of range.

    Examples
    --------
    >>> len(scattered(5, 16, rank=2))
    5
    """
    _sizes(n_clusters, d_in)
    if not 0 <= distance < np.inf:
        raise InputError("distance", f"is {distance}", "give a finite number >= 0")
    if isinstance(world_seed, bool) or not isinstance(world_seed, int | np.integer) or world_seed < 0:
        raise InputError("world_seed", f"is {world_seed!r}", "give an integer >= 0")
    rng = np.random.default_rng(np.random.SeedSequence(world_seed, spawn_key=(2,)))
    centres = rng.standard_normal((n_clusters, d_in)) * distance / np.sqrt(d_in)
    return tuple(
        Blob(tuple(map(float, centre)), std, rank, name=f"cluster {i}") for i, centre in enumerate(centres)
    )


def core_and_shell(
    d_in: int = 2, *, std: float = 0.3, radius: float = 2.0, thickness: float = 0.12
) -> tuple[Blob | Shell, ...]:
    """Put a cluster in the middle of a hollow one.

    The shell's convex hull contains the core, so no single half-space cuts either out (T2a).

    Parameters
    ----------
    d_in : int
        Dimension, ≥ 1.
    std : float
        Of the core.
    radius, thickness : float
        Of the shell.

    Returns
    -------
    tuple of Blob or Shell
        ``"core"`` and ``"shell"``, for ``clusters``.

    Raises
    ------
    InputError
        A number out of range.

    Examples
    --------
    >>> [part.name for part in core_and_shell()]
    ['core', 'shell']
    """
    _sizes(1, d_in)
    origin = (0.0,) * d_in
    return Blob(origin, std, name="core"), Shell(origin, radius, thickness, name="shell", weight=2.0)


def nested(
    d_in: int = 2, *, stds: Sequence[float] = (1.2, 0.45, 0.12), step: float = 0.6
) -> tuple[Blob, ...]:
    """Put clusters one inside the other, each narrower and a step aside: outer ⊃ inner 1 ⊃ inner 2.

    Parameters
    ----------
    d_in : int
        Dimension, ≥ 1.
    stds : sequence of float
        Standard deviations from outermost to innermost.
    step : float
        Each centre lies this many of its container's standard deviations along the first axis from the
        container's.

    Returns
    -------
    tuple of Blob
        For ``clusters``.

    Raises
    ------
    InputError
        A number out of range, or no ``stds``.

    Examples
    --------
    >>> [(blob.name, blob.inside) for blob in nested()]
    [('outer', None), ('inner 1', 'outer'), ('inner 2', 'inner 1')]
    """
    _sizes(len(stds), d_in)
    names = ["outer"] + [f"inner {i}" for i in range(1, len(stds))]
    aside = np.concatenate([[0.0], np.cumsum(np.asarray(stds, dtype=float)[:-1] * step)])
    return tuple(
        Blob((float(aside[i]),) + (0.0,) * (d_in - 1), std, name=names[i], inside=names[i - 1] if i else None)
        for i, std in enumerate(stds)
    )


def _sizes(n_clusters: int, d_in: int) -> None:
    for name, value in (("n_clusters", n_clusters), ("d_in", d_in)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
            raise InputError(name, f"is {value!r}", "give an integer >= 1")
