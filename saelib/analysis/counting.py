"""All counts of an analysis, added up piece by piece: memory does not grow with the number of points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from tqdm import tqdm

from saelib.alignment import Alignment
from saelib.alignment._counts import pair_counts
from saelib.analysis.activity import Activity
from saelib.analysis.halving import dealt_out
from saelib.sets import ActivationSets, ConceptSet

__all__ = ["Counted", "count"]

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Counted:
    """What was counted; made by :func:`count`.

    Attributes
    ----------
    chosen, judged : Alignment
        On the choosing and on the judging half. Their families have names and parents but no points.
    null_chosen, null_judged : Alignment
        The same with the labels dealt out to other points of the same half.
    met : ndarray [d_sae]
        Σ s(x) over the points that a neuron fires on, s the number of concepts of a point; int64.
    fired : ndarray [n_concepts]
        Σ L0(x) over the points of a concept, int64.
    floor : int
        Σ (s(x) − L0(x))₊ over all points.
    l0_sum, l0_max, s_max : int
        Σ L0(x), max L0(x) and max s(x).

    Examples
    --------
    >>> from saelib.analysis.counting import count
    >>> fires = sparse.csr_array([[True, False], [True, True]])
    >>> concepts = ConceptSet([[1], [0]], names=["dog"])
    >>> counted = count(Activity(2, (0, 2), [fires].__getitem__), concepts, np.array([True, False]), seed=0)
    >>> counted.chosen.counts.ravel().tolist(), counted.l0_sum, counted.met.tolist()
    ([1, 0], 3, [1, 0])
    """

    chosen: Alignment
    judged: Alignment
    null_chosen: Alignment
    null_judged: Alignment
    met: Integers
    fired: Integers
    floor: int
    l0_sum: int
    l0_max: int
    s_max: int

    @property
    def neuron_sizes(self) -> Integers:
        """Points that each neuron fires on, of all, int64 [d_sae]."""
        return self.chosen.neuron_sizes + self.judged.neuron_sizes

    @property
    def concept_sizes(self) -> Integers:
        """Points that have each concept, of all, int64 [n_concepts]."""
        return self.chosen.concept_sizes + self.judged.concept_sizes

    @property
    def counts(self) -> Integers:
        """Points in both, of all, int64 [d_sae, n_concepts]."""
        return self.chosen.counts + self.judged.counts

    @property
    def n_points(self) -> int:
        """Number of points."""
        return int(self.chosen.total + self.judged.total)


def count(
    activity: Activity,
    concepts: ConceptSet,
    choosing: npt.NDArray[np.bool_],
    seed: int,
    *,
    progress: bool = False,
) -> Counted:
    """Count who meets whom, on either half, with the labels as they are and dealt out anew.

    Parameters
    ----------
    activity : Activity
        Who fires.
    concepts : ConceptSet
        Over the same points.
    choosing : ndarray [n_points]
        True on the choosing half.
    seed : int
        Deals the labels out.
    progress : bool, default False
        Show a bar if this is a terminal.

    Returns
    -------
    Counted
        What :func:`saelib.align` would count on either half.

    Examples
    --------
    See :class:`Counted`.
    """
    member = concepts.membership
    dealt = dealt_out(choosing, seed)
    shape = (activity.d_sae, concepts.n_concepts)
    counts = {key: np.zeros(shape, np.int64, order="F") for key in _KEYS}
    sizes = {side: np.zeros(activity.d_sae, dtype=np.int64) for side in (True, False)}
    met = np.zeros(activity.d_sae, dtype=np.int64)
    fired = np.zeros(concepts.n_concepts, dtype=np.int64)
    s = np.diff(member.indptr).astype(np.int64)
    floor = l0_sum = l0_max = 0
    with tqdm(total=activity.n_points, desc="counting", unit="point", unit_scale=True,
              disable=None if progress else True) as bar:  # fmt: skip
        for where, fires in activity.pieces():
            l0 = np.diff(fires.indptr).astype(np.int64)
            floor += int(np.maximum(s[where] - l0, 0).sum())
            l0_sum, l0_max = l0_sum + int(l0.sum()), max(l0_max, int(l0.max(initial=0)))
            met += np.bincount(
                fires.indices, weights=np.repeat(s[where], l0), minlength=activity.d_sae
            ).astype(np.int64)
            here = member[where]
            fired += np.bincount(here.indices, weights=np.repeat(l0, s[where]), minlength=len(fired)).astype(
                np.int64
            )
            for side in (True, False):
                rows = np.flatnonzero(choosing[where] == side)
                of_side = fires[rows]
                sizes[side] += np.bincount(of_side.indices, minlength=activity.d_sae)
                counts[side, False] += pair_counts(of_side, here[rows], None)
                counts[side, True] += pair_counts(of_side, member[dealt[where][rows]], None)
            bar.update(where.stop - where.start)
    chosen, judged, null_chosen, null_judged = (
        _alignment(counts[key], sizes[key[0]], concepts, choosing == key[0]) for key in _KEYS
    )
    return Counted(
        chosen, judged, null_chosen, null_judged, met, fired, floor, l0_sum, l0_max, int(s.max(initial=0))
    )


# Side (choosing or judging) and whether the labels are dealt out; in the order of the fields of Counted.
_KEYS = ((True, False), (False, False), (True, True), (False, True))


def _alignment(
    counts: Integers, sizes: Integers, concepts: ConceptSet, half: npt.NDArray[np.bool_]
) -> Alignment:
    no_points = sparse.csr_array((0, len(sizes)), dtype=np.bool_)
    of_half = concepts.membership[np.flatnonzero(half)]
    return Alignment(
        counts=counts,
        neuron_sizes=sizes,
        # Dealing out within a half leaves the sizes as they are.
        concept_sizes=np.bincount(of_half.indices, minlength=concepts.n_concepts).astype(np.int64),
        total=int(np.count_nonzero(half)),
        activations=ActivationSets(no_points),
        concepts=concepts.take_points(np.zeros(0, dtype=np.int64)),
    )
