"""Who fires on many points, in pieces that never are in memory all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

__all__ = ["Activity"]

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Activity:
    """Activation sets over numbered points, held as pieces of consecutive points.

    Attributes
    ----------
    d_sae : int
        Number of neurons.
    starts : tuple of int
        First point of each piece, and the number of points at the end.
    read : callable
        From the number of a piece to its csr_array [points of the piece, d_sae] of bool.

    Examples
    --------
    >>> from scipy import sparse
    >>> pieces = [sparse.csr_array([[True, False]]), sparse.csr_array([[True, True], [False, False]])]
    >>> activity = Activity(2, (0, 1, 3), pieces.__getitem__)
    >>> activity.n_points, activity.part([1]).toarray().astype(int).ravel().tolist()
    (3, [0, 1, 0])
    >>> activity.part([0, 1], points=[1]).toarray().astype(int).tolist()
    [[1, 1]]
    """

    d_sae: int
    starts: tuple[int, ...]
    read: Callable[[int], sparse.csr_array]

    @property
    def n_points(self) -> int:
        """Number of points."""
        return self.starts[-1]

    def pieces(self) -> Iterator[tuple[slice, sparse.csr_array]]:
        """Go through the pieces: which points, and who fires on them."""
        for i, start in enumerate(self.starts[:-1]):
            yield slice(start, self.starts[i + 1]), self.read(i)

    def part(self, neurons: npt.ArrayLike, points: npt.ArrayLike | None = None) -> sparse.csr_array:
        """Gather a few neurons, on all points or on a few.

        Parameters
        ----------
        neurons : array_like of int
            Distinct; the columns of the result in this order.
        points : array_like of int, optional
            Ascending; all if left out.

        Returns
        -------
        csr_array [n_points, n_neurons]
            Boolean, canonical.
        """
        column = np.full(self.d_sae, -1, dtype=np.int32)
        asked = np.asarray(neurons, dtype=np.int64)
        column[asked] = np.arange(len(asked))
        rows = None if points is None else np.asarray(points, dtype=np.int64)
        lengths, columns = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int32)]
        for where, fires in self.pieces():
            if rows is not None:
                low, high = np.searchsorted(rows, (where.start, where.stop))
                if low == high:
                    continue
                fires = fires[rows[low:high] - where.start]
            renamed = column[fires.indices]
            kept = renamed >= 0
            ends = np.concatenate([[0], np.cumsum(kept)])[fires.indptr]
            lengths.append(np.diff(ends))
            columns.append(renamed[kept])
        length, indices = np.concatenate(lengths), np.concatenate(columns)
        indptr = np.concatenate([[0], np.cumsum(length)])
        data = np.ones(len(indices), dtype=np.bool_)
        found = sparse.csr_array((data, indices, indptr), shape=(len(length), len(asked)))
        found.sort_indices()
        return found
