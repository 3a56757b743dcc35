"""Points told apart by who fires on them: one number for each distinct row."""

from __future__ import annotations

from itertools import pairwise
from weakref import WeakKeyDictionary

import numpy as np
from scipy import sparse

from saelib.sets import ActivationSets


class Patterns:
    """The distinct rows of a boolean matrix, numbered in the order of first appearance.

    Rows are compared whole (as bytes, through a dictionary), so two patterns are never merged by a collision
    of hashes.
    """

    def __init__(self, active: sparse.csr_array) -> None:
        self._number: dict[bytes, int] = {}
        self.of_points = np.array(
            [self._number.setdefault(row, len(self._number)) for row in _rows(active)], dtype=np.int64
        )
        self.sizes = np.bincount(self.of_points, minlength=len(self._number)).astype(np.int64)

    def __len__(self) -> int:
        return len(self._number)

    def find(self, active: sparse.csr_array) -> np.ndarray:
        """Numbers of the rows of another matrix with the same columns, -1 for patterns not seen here."""
        return np.array([self._number.get(row, -1) for row in _rows(active)], dtype=np.int64)

    def inside(self, inside: np.ndarray) -> np.ndarray:
        """How many points of each pattern are in a set, int64 [n_patterns]."""
        return np.bincount(self.of_points[inside], minlength=len(self)).astype(np.int64)

    def rows(self) -> np.ndarray:
        """Return the first point of each pattern."""
        return np.unique(self.of_points, return_index=True)[1]


def patterns_of(activations: ActivationSets) -> Patterns:
    """Patterns of all neurons, kept as long as the activation sets are: concepts come by the hundred."""
    if activations not in _KEPT:
        _KEPT[activations] = Patterns(activations.membership)
    return _KEPT[activations]


# By identity: a family of sets is not to be changed in place, and has no equality of its own.
_KEPT: WeakKeyDictionary[ActivationSets, Patterns] = WeakKeyDictionary()


def _rows(active: sparse.csr_array) -> list[bytes]:
    whole = np.ascontiguousarray(active.indices, dtype=np.int32).tobytes()
    ends = (4 * active.indptr.astype(np.int64)).tolist()
    return [whole[low:high] for low, high in pairwise(ends)]
