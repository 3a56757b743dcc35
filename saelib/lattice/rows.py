"""Sparse matrices of truth values, row by row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

Indices = npt.NDArray[np.int64]


def row(matrix: sparse.csr_array, i: int) -> Indices:
    """Columns of one row, ascending."""
    return matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]].astype(np.int64)


def from_rows(rows: Sequence[Sequence[int] | Indices], n_columns: int) -> sparse.csr_array:
    """Make a boolean matrix from the ascending columns of each row."""
    starts = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    columns = np.concatenate([np.zeros(0, dtype=np.int64), *(np.asarray(r, dtype=np.int64) for r in rows)])
    return sparse.csr_array(
        (np.ones(len(columns), dtype=np.bool_), columns, starts), shape=(len(rows), n_columns)
    )
