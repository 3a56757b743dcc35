"""A lower bound on the neurons of a unit: negatives of which no neuron can cut off two (theorem T3b)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from saelib.errors import InputError
from saelib.geometry.certificate import Certificate
from saelib.geometry.clique import largest_clique
from saelib.geometry.separation import decide
from saelib.geometry.two_sets import read_two_sets
from saelib.geometry.unit import Cut

__all__ = ["ConflictBound", "conflict_bound"]

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class ConflictBound:
    """Negatives pairwise in conflict, each pair with the point where its segment meets the concept's hull.

    Attributes
    ----------
    rows : ndarray [n]
        Rows of ``outside``, rising. A unit needs a neuron of its own for each.
    certificates : dict
        For each pair of these rows, the smaller first, the proof that no neuron is silent on both and fires
        on the concept. It speaks of ``inside`` and ``outside`` as they were given.

    Examples
    --------
    >>> from saelib.geometry import conflict_bound
    >>> inside, outside = [[0.0]], [[-2.0], [1.0]]
    >>> bound = conflict_bound(inside, outside)
    >>> bound.value, bound.rows.tolist(), bound.certificates[0, 1].verify(inside, outside)
    (2, [0, 1], True)
    """

    rows: Rows
    certificates: dict[tuple[int, int], Certificate]

    @property
    def value(self) -> int:
        """So many neurons at least."""
        return len(self.rows)


def conflict_bound(
    inside: npt.ArrayLike, outside: npt.ArrayLike, unit: Cut | None = None, max_candidates: int = 60
) -> ConflictBound:
    """Find as many negatives as possible of which no two can be cut off by one neuron.

    Two negatives x, y conflict iff the segment [x, y] meets the hull of the concept: a neuron that is
    silent on both is silent on the segment. A clique of conflicts therefore needs as many neurons as it has
    members. The bound may be far from the least number, since three negatives can be impossible to cut off
    together though each two of them can.

    Parameters
    ----------
    inside, outside : array_like
        Points [n_inside, d_in] of the concept and [n_outside, d_in] to be silent on.
    unit : Cut, optional
        A unit that separates them, if it is known. Pairs that one of its neurons cuts off are not in
        conflict and need not be tested, and negatives that few of its neurons cut off are the likeliest.
    max_candidates : int
        At most so many negatives are looked at. If there are more, the bound is still right, and a larger
        one may exist.

    Returns
    -------
    ConflictBound
        At least 1.

    Raises
    ------
    InputError
        If the points are malformed as for :func:`~saelib.geometry.separate`, the unit reads points of another
        dimension, or ``max_candidates`` is no positive integer.

    Examples
    --------
    Around a triangle, one negative beyond each side:

    >>> triangle = [[0.0, 0.0], [6.0, 0.0], [0.0, 6.0]]
    >>> conflict_bound(triangle, [[3.0, -1.0], [-1.0, 3.0], [4.0, 4.0]]).value
    3
    """
    x, y = read_two_sets(inside, outside)
    if isinstance(max_candidates, bool) or not isinstance(max_candidates, int) or max_candidates < 1:
        raise InputError("max_candidates", f"is {max_candidates!r}", "give an integer >= 1")
    silent = np.zeros((1, len(y)), dtype=np.bool_) if unit is None else ~unit.active(y).T
    # Spread over the rows among equals: neighbours in a data set tend to be alike.
    rank = np.random.default_rng(0).permutation(len(y))
    candidates = np.sort(np.lexsort((rank, silent.sum(axis=0)))[:max_candidates])
    cut_together = (silent[:, candidates].T.astype(np.intp) @ silent[:, candidates].astype(np.intp)) > 0
    joined = np.zeros((len(candidates), len(candidates)), dtype=np.bool_)
    proofs: dict[tuple[int, int], Certificate] = {}
    for i, j in zip(*np.nonzero(np.triu(~cut_together, 1)), strict=True):
        pair = candidates[[i, j]]
        answer = decide(x, y[pair])
        if isinstance(answer, Certificate):
            joined[i, j] = joined[j, i] = True
            proofs[int(pair[0]), int(pair[1])] = replace(answer, outside_rows=pair[answer.outside_rows])
    clique = candidates[largest_clique(joined)]
    pairs = [(int(a), int(b)) for k, a in enumerate(clique) for b in clique[k + 1 :]]
    return ConflictBound(clique, {pair: proofs[pair] for pair in pairs})
