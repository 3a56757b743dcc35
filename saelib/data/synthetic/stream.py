"""Points of a concept forest drawn on the fly, for training on more of them than fit into memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from saelib.data.synthetic.config import ForestConfig
from saelib.data.synthetic.forest import _checked, _pieces, _World


def forest_stream(
    config: ForestConfig, n_points: int, seed: int, *, chunk_size: int = 4096
) -> Iterator[NDArray[np.float32]]:
    """Draw the points of ``concept_forest(config, n_points, seed)``, a chunk at a time, and nothing else.

    Each block of 4,096 points is drawn from its own generator, given by the seed and the block's number; so
    the points do not depend on ``chunk_size``, and only one block is in memory at a time. Where the concepts
    of the points are wanted too, there is ``forest_chunks``.

    Parameters
    ----------
    config : ForestConfig
        The world.
    n_points : int
        How many points in all, ≥ 0.
    seed : int
        Seed of the sample, ≥ 0.
    chunk_size : int, default 4096
        Most points a chunk; blocks are not joined, so a chunk never has more than 4,096.

    Yields
    ------
    numpy.ndarray
        float32 [at most ``chunk_size``, d_in].

    Raises
    ------
    InputError
        A config of another type, or a number out of range; at the call, not at the first chunk.

    Examples
    --------
    >>> from saelib.data.synthetic import ForestConfig, concept_forest, forest_stream
    >>> config = ForestConfig(d_in=8)
    >>> chunks = list(forest_stream(config, 5000, seed=0))
    >>> [len(chunk) for chunk in chunks]
    [4096, 904]
    >>> bool((np.concatenate(chunks) == concept_forest(config, 5000, seed=0).points).all())
    True
    """
    checked = _checked(config, n_points, seed, chunk_size)
    return _points(config, *checked)


def _points(config: ForestConfig, n_points: int, seed: int, chunk_size: int) -> Iterator[NDArray[np.float32]]:
    world = _World(config)
    for points, _ in _pieces(world, n_points, seed, chunk_size):
        yield points
