"""From points to who fires on them, shard by shard, on several threads."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from scipy import sparse
from tqdm import tqdm

from saelib.analysis.activity import Activity
from saelib.analysis.firing import Firing
from saelib.analysis.shards import POINTS_PER_SHARD, Shards
from saelib.analysis.sources import Points

__all__ = ["encoded", "encoded_sample", "workers"]

_BLOCK = 1 << 25  # numbers of points read at once, 128 MiB


def encoded(
    firing: Firing, points: Points, folder: Path, key: str, *, jobs: int, resume: bool, progress: bool
) -> Activity:
    """Find out who fires on all points and keep it on disk.

    Parameters
    ----------
    firing : Firing
        The dictionary.
    points : opened points
        What it reads.
    folder : Path
        For the shards.
    key : str
        Of everything that they depend on.
    jobs : int
        Threads.
    resume : bool
        Whether to use the shards that an earlier run with the same key has left.
    progress : bool
        Show a bar if this is a terminal.

    Returns
    -------
    Activity
        Of all points, read from the shards when asked for.

    Raises
    ------
    InputError
        If a point is not finite.

    Examples
    --------
    >>> import tempfile
    >>> from saelib.analysis.sources import InMemory
    >>> from saelib.sae import SAE, TopK
    >>> x, folder = InMemory(np.eye(3)), Path(tempfile.mkdtemp())
    >>> firing, quiet = Firing(SAE(3, 8, TopK(2)), 0.0), {"resume": True, "progress": False}
    >>> activity = encoded(firing, x, folder, "", jobs=1, **quiet)
    >>> activity.n_points, activity.d_sae
    (3, 8)
    """
    n = points.shape[0]
    starts = (*range(0, n, POINTS_PER_SHARD), n)
    shards = Shards(folder, f"{key}{POINTS_PER_SHARD} points a shard\n", firing.sae.d_sae, keep=resume)
    bar = tqdm(total=n, desc="encoding", unit="point", unit_scale=True, disable=None if progress else True)
    with bar, workers(jobs) as pool:
        for i, start in enumerate(starts[:-1]):
            stop = starts[i + 1]
            if shards.has(i, stop - start):
                bar.update(stop - start)
                continue
            pieces = []
            for piece in _batches(firing, points, start, stop, pool):
                pieces.append(piece)
                bar.update(piece.shape[0])
            shards.write(i, sparse.vstack(pieces, format="csr"))
    return Activity(firing.sae.d_sae, starts, shards.read)


def encoded_sample(
    firing: Firing, points: Points, chosen: npt.NDArray[np.int64], *, jobs: int
) -> tuple[Activity, npt.NDArray[np.float32]]:
    """Find out who fires on a few points, in memory.

    Parameters
    ----------
    firing : Firing
        The dictionary.
    points : opened points
        What it reads.
    chosen : ndarray of int
        Numbers of the points.
    jobs : int
        Threads.

    Returns
    -------
    activity : Activity
        Of these points, in the order given.
    rows : ndarray [n_chosen, d_in]
        The points, float32.

    Examples
    --------
    >>> from saelib.analysis.sources import InMemory
    >>> from saelib.sae import SAE, TopK
    >>> chosen = np.array([2, 0])
    >>> activity, rows = encoded_sample(Firing(SAE(3, 8, TopK(2)), 0.0), InMemory(np.eye(3)), chosen, jobs=1)
    >>> activity.n_points, rows.shape
    (2, (2, 3))
    """
    rows = np.asarray(points.take(chosen), dtype=np.float32)
    step = firing.batch_size
    with workers(jobs) as pool:
        pieces = list(
            pool.map(lambda start: firing.batch(rows[start : start + step], start), range(0, len(rows), step))
        )
    fires = sparse.vstack(pieces, format="csr")
    return Activity(firing.sae.d_sae, (0, len(rows)), [fires].__getitem__), rows


def _batches(
    firing: Firing, points: Points, start: int, stop: int, pool: ThreadPoolExecutor
) -> Iterator[sparse.csr_array]:
    size = firing.batch_size
    block = max(size, _BLOCK // points.shape[1] // size * size)
    for first in range(start, stop, block):
        rows = np.asarray(points.rows(first, min(first + block, stop)), dtype=np.float32)
        at = range(0, len(rows), size)
        yield from pool.map(lambda i: firing.batch(rows[i : i + size], first + i), at)  # noqa: B023 used up here


@contextmanager
def workers(jobs: int) -> Iterator[ThreadPoolExecutor]:
    """Threads each of which computes with one thread, so that no sum depends on how many there are.

    Parameters
    ----------
    jobs : int
        How many.

    Yields
    ------
    ThreadPoolExecutor
        PyTorch computes with one thread in each of them, and in the caller, until they are given back.

    Examples
    --------
    >>> with workers(2) as pool:
    ...     list(pool.map(lambda i: torch.get_num_threads(), range(2)))
    [1, 1]
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    pool = ThreadPoolExecutor(jobs, initializer=torch.set_num_threads, initargs=(1,))
    try:
        yield pool
    finally:
        # On Ctrl-C or a bad point, what has not begun is not begun.
        pool.shutdown(wait=True, cancel_futures=True)
        torch.set_num_threads(before)
