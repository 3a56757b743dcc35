"""Who is whose best: learning, interpretation, mutual pairs, one-to-one matching."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment


def best_rows(score: np.ndarray) -> np.ndarray:
    """Row with the highest score in each column, the lowest on ties, -1 where no score is positive."""
    if not score.size:
        return np.full(score.shape[1], -1, dtype=np.int64)
    best = score.argmax(axis=0)
    return np.where(score[best, np.arange(score.shape[1])] > 0, best, -1).astype(np.int64)


def matched_rows(score: np.ndarray) -> np.ndarray:
    """Row for each column, no row twice, with the highest total score; -1 where none with a score is left."""
    result = np.full(score.shape[1], -1, dtype=np.int64)
    rows, columns = linear_sum_assignment(score, maximize=True)
    worth = score[rows, columns] > 0
    result[columns[worth]] = rows[worth]
    return result


def mutual_pairs(best_row: np.ndarray, best_column: np.ndarray) -> np.ndarray:
    """Pairs (row, column) that are each other's best, int64 [m, 2], in the order of the columns."""
    columns = np.flatnonzero(best_row >= 0)
    rows = best_row[columns]
    agree = best_column[rows] == columns
    return np.column_stack([rows[agree], columns[agree]]).astype(np.int64)
