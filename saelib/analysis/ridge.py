"""Ridge regressions on points that stay in their files: one pass for the fit, whatever the labels."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import torch
from scipy import sparse

from saelib.analysis.sources import Points

__all__ = ["Ridge", "blocks", "fitted"]

_NUMBERS = 1 << 24  # read at once, 64 MiB in float32
_PANEL = 128  # columns of the Gram matrix that one thread adds to
_PENALTY = 0.01  # as the probes of the chapters: a share of the mean variance of a direction

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ridge:
    """Regressions of several labels on the same points; made by :func:`fitted`.

    Attributes
    ----------
    centre : ndarray [d_in]
        Mean of the training points, float32.
    weights : ndarray [d_in, m]
        One column a label, float32.
    share : ndarray [m]
        Mean of each label, float32.
    whitening : ndarray [d_in, d_in]
        What makes the penalised second moments of the training points the identity, float32.
    n : int
        Number of training points.

    Examples
    --------
    >>> one = np.ones((1, 1), dtype=np.float32)
    >>> Ridge(0 * one[0], one, 0 * one[0], one, 1).scores(np.array([[2.0]])).tolist()
    [[2.0]]
    """

    centre: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    share: npt.NDArray[np.float32]
    whitening: npt.NDArray[np.float32]
    n: int

    def scores(self, rows: npt.NDArray[np.floating], which: slice = slice(None)) -> Floats:
        """Predictions [n_rows, m] for some points, of all labels or of a run of them."""
        x = np.asarray(rows, dtype=np.float32) - self.centre
        found = (torch.from_numpy(x) @ torch.from_numpy(self.weights[:, which])).numpy()
        return np.asarray(found + self.share[which], dtype=np.float64)

    def own(self, rows: npt.NDArray[np.floating], pool: ThreadPoolExecutor) -> Floats:
        """How much each training point moves its own prediction [n_rows]: what leaving it out takes back."""
        x = torch.from_numpy(np.asarray(rows, dtype=np.float32) - self.centre)
        turn = torch.from_numpy(self.whitening)
        panels = range(0, turn.shape[1], _PANEL)
        parts = pool.map(lambda a: (x @ turn[:, a : a + _PANEL]).square().sum(dim=1).double().numpy(), panels)
        return np.asarray(np.minimum(sum(parts) + 1 / self.n, 1 - 1e-9), dtype=np.float64)


def blocks(starts: tuple[int, ...], d_in: int) -> Iterator[tuple[int, int]]:
    """Cut runs of points into blocks that fit into memory, the same whoever reads them.

    Parameters
    ----------
    starts : tuple of int
        First point of each run, and the number of points at the end.
    d_in : int
        Dimension of a point.

    Yields
    ------
    tuple of int
        First point of a block and the one after its last.

    Examples
    --------
    >>> list(blocks((0, 3, 5), 1 << 23))
    [(0, 2), (2, 3), (3, 5)]
    """
    step = max(1, _NUMBERS // d_in)
    for first, end in pairwise(starts):
        for start in range(first, end, step):
            yield start, min(start + step, end)


def fitted(
    points: Points,
    labels: sparse.csr_array,
    training: npt.NDArray[np.bool_],
    starts: tuple[int, ...],
    pool: ThreadPoolExecutor,
) -> Ridge:
    """Fit one ridge regression a label, in one pass over the points.

    Parameters
    ----------
    points : opened points
        Numbered, [n_points, d_in].
    labels : csr_array [n_points, m]
        Which points have each label.
    training : ndarray of bool [n_points]
        The points to train on; at least one.
    starts : tuple of int
        Runs of points, for :func:`blocks`.
    pool : ThreadPoolExecutor
        Threads; no bit of the result depends on how many there are.

    Returns
    -------
    Ridge
        With a penalty of a hundredth of the mean variance of a direction, as the chapters' probes.

    Examples
    --------
    >>> from saelib.analysis.sources import InMemory
    >>> x, labels = np.array([[0.0], [0.0], [1.0], [1.0]]), sparse.csr_array([[0], [0], [1], [1]])
    >>> with ThreadPoolExecutor(1) as pool:
    ...     ridge = fitted(InMemory(x), labels, np.ones(4, dtype=bool), (0, 4), pool)
    >>> ridge.scores(np.array([[0.0], [1.0]])).round(2).ravel().tolist()
    [0.0, 1.0]
    """
    d_in = points.shape[1]
    gram, total = torch.zeros(d_in, d_in, dtype=torch.float64), np.zeros(d_in)
    met, sizes, n, near = np.zeros((d_in, labels.shape[1])), np.zeros(labels.shape[1]), 0, None
    for start, stop in blocks(starts, d_in):
        chosen = np.flatnonzero(training[start:stop])
        if not len(chosen):
            continue
        x = np.asarray(points.rows(start, stop), dtype=np.float32)[chosen]
        if near is None:  # a point near the mean, lest squares of the mean drown the variance
            near = x.mean(axis=0, dtype=np.float64).astype(np.float32)
        x -= near
        held = labels[start:stop][chosen].astype(np.float32)
        _add(gram, torch.from_numpy(x), pool)
        total += x.sum(axis=0, dtype=np.float64)
        met += (held.T @ x).T
        sizes += np.asarray(held.sum(axis=0, dtype=np.float64)).ravel()
        n += len(chosen)
    assert near is not None
    share = sizes / n
    gram -= torch.from_numpy(np.outer(total, total / n))
    met -= np.outer(total, share)
    gram.diagonal().add_(_PENALTY * max(float(gram.diagonal().mean()), 1e-12))
    root = torch.linalg.cholesky(gram)
    weights = torch.cholesky_solve(torch.from_numpy(met), root)
    inverse = torch.linalg.solve_triangular(root, torch.eye(d_in, dtype=torch.float64), upper=False)
    return Ridge(
        (near + total / n).astype(np.float32),
        weights.float().numpy(),
        share.astype(np.float32),
        inverse.T.float().contiguous().numpy(),
        n,
    )


def _add(gram: torch.Tensor, x: torch.Tensor, pool: ThreadPoolExecutor) -> None:
    def panel(a: int) -> None:
        gram[:, a : a + _PANEL] += x.T @ x[:, a : a + _PANEL]

    for _ in pool.map(panel, range(0, x.shape[1], _PANEL)):
        pass
