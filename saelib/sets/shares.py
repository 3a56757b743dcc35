"""Shares of counts that may be unavailable."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pandas.arrays import FloatingArray


def share(
    of: npt.NDArray[np.int64], total: npt.NDArray[np.int64], known: npt.NDArray[np.bool_] | bool = True
) -> FloatingArray:
    """``of / total`` as nullable Float64: unavailable where the total is 0 or the counts mean nothing."""
    available = (total > 0) & known
    return FloatingArray(np.divide(of, total, out=np.zeros(len(of)), where=available), ~available)
