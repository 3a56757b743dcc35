"""Which neurons of a small dictionary became which of a larger one (theory T8)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from saelib.errors import InputError, checked_type
from saelib.sets import ActivationSets
from saelib.sets.shares import share

__all__ = ["flow"]


def flow(coarse: ActivationSets, fine: ActivationSets, *, least: float = 0.5) -> pd.DataFrame:
    """Match two dictionaries over the same points by where their neurons fire.

    A fine neuron is a *part* of a coarse one if most of its firing lies inside the coarse one's. A coarse
    neuron with several parts was split.

    Parameters
    ----------
    coarse, fine : ActivationSets
        Over the same points, as a rule of a small and of a large SAE.
    least : float, default 0.5
        Least share of a fine neuron's firing inside a coarse neuron's for the pair to be listed. Above one
        half and with disjoint coarse neurons a fine neuron has one coarse neuron at most.

    Returns
    -------
    pandas.DataFrame
        One row a pair with ``n_both > 0`` and ``inside >= least``, sorted by coarse neuron and then by
        ``n_both``, largest first:

        - ``coarse``, ``fine``: neuron numbers.
        - ``n_coarse``, ``n_fine``, ``n_both``: points of the two activation sets and of their meet.
        - ``inside``: ``n_both / n_fine``; ``covered``: ``n_both / n_coarse``.
        - ``jaccard``: of the two activation sets.

    Raises
    ------
    InputError
        If the numbers of points differ or ``least`` is not in [0, 1].

    Examples
    --------
    >>> coarse = ActivationSets([[1], [1], [1], [0]])
    >>> fine = ActivationSets([[1, 0], [1, 0], [0, 1], [0, 0]])
    >>> flow(coarse, fine)[["coarse", "fine", "inside", "n_both"]].to_numpy().tolist()
    [[0.0, 0.0, 1.0, 2.0], [0.0, 1.0, 1.0, 1.0]]
    """
    checked_type("coarse", coarse, ActivationSets, "wrap who fires in saelib.ActivationSets")
    checked_type("fine", fine, ActivationSets, "wrap who fires in saelib.ActivationSets")
    if coarse.n_points != fine.n_points:
        offence = f"covers {fine.n_points} points and coarse {coarse.n_points}"
        raise InputError("fine", offence, "encode the same points")
    if not 0 <= least <= 1:
        raise InputError("least", f"is {least!r}", "give a number from 0 to 1")
    shared = coarse.membership.astype(np.int64).T @ fine.membership.astype(np.int64)
    both = sparse.coo_array(shared)
    pairs = pd.DataFrame({"coarse": both.row.astype(np.int64), "fine": both.col.astype(np.int64)})
    pairs["n_coarse"] = coarse.sizes[both.row]
    pairs["n_fine"] = fine.sizes[both.col]
    pairs["n_both"] = both.data.astype(np.int64)
    n_both = pairs.n_both.to_numpy()
    pairs["inside"] = share(n_both, pairs.n_fine.to_numpy()).to_numpy(float)
    pairs["covered"] = share(n_both, pairs.n_coarse.to_numpy()).to_numpy(float)
    pairs["jaccard"] = n_both / (pairs.n_coarse + pairs.n_fine - pairs.n_both)
    kept = pairs[(pairs.n_both > 0) & (pairs.n_both >= least * pairs.n_fine)]
    return kept.sort_values(["coarse", "n_both", "fine"], ascending=[True, False, True], ignore_index=True)
