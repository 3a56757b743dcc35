"""What both kernels of the enumeration are given and give back.

They walk the same tree in the same order, so that their answers agree to the last entry even where a
budget cuts the walk short. Attributes are numbered by ascending frequency; a node is a closed set B with
extent A. Its children are the closures of B ∪ {e} for attributes e above the one B itself was made with,
taken from the most frequent down, that add nothing below e (prefix-preserving closure extensions: each closed
set has one parent).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

WHOLE, CONCEPTS, WORK = 0, 1, 2  # why a walk ended


class Walk(NamedTuple):
    """Closed sets in the order in which they were met.

    ``items[ends[i - 1]:ends[i]]`` is the i-th intent, in no order. ``cause`` is one of the three constants
    above; ``frontier`` the attribute below the root that was being tried when the walk ended: whatever is
    made of attributes above it alone was found. ``work`` counts the incidences of all extents that were
    tried.
    """

    support: npt.NDArray[np.int64]
    delta: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    items: npt.NDArray[np.int32]
    cause: int
    frontier: int
    work: int
