"""Unions of up to five neurons: grown where neurons are chosen, judged on the other half."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from tqdm import tqdm

from saelib.alignment import Alignment
from saelib.analysis.activity import Activity
from saelib.sets import ActivationSets, ConceptSet
from saelib.units.greedy import Growth
from saelib.units.target import Target

__all__ = ["MOST_NEURONS", "Union", "unions"]

MOST_NEURONS = 5
_CANDIDATES = 24  # neurons tried for one concept
_ENTRIES = 100_000_000  # firings of candidates in memory at once, 500 MB

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Union:
    """A union of neurons for one concept; made by :func:`unions`.

    Attributes
    ----------
    neurons : tuple of int
        In the order in which they joined; empty if no neuron meets the concept.
    distances : tuple of float
        Jaccard distance on the choosing half after each joined.
    both, either : int
        Points of both and of either on the judging half.

    Examples
    --------
    >>> Union((3, 1), (0.5, 0.25), 3, 4).split_into(0.3), Union((3, 1), (0.5, 0.25), 3, 4).split_into(0.1)
    (2, -1)
    """

    neurons: tuple[int, ...]
    distances: tuple[float, ...]
    both: int
    either: int

    def split_into(self, eta: float) -> int:
        """Fewest neurons, in the order of growth, within Jaccard distance η; -1 if all do not get there."""
        near = [size for size, distance in enumerate(self.distances, start=1) if distance <= eta]
        return near[0] if near else -1


def unions(
    activity: Activity,
    concepts: ConceptSet,
    choosing: npt.NDArray[np.bool_],
    chosen: Alignment,
    *,
    progress: bool = False,
) -> list[Union]:
    """Grow a union for every concept.

    The first neuron is the best one alone; each further one is the one that brings the union nearest to the
    concept, as long as one does. Tried are the 24 neurons that would do best beside the first if no two
    neurons overlapped.

    Parameters
    ----------
    activity : Activity
        Who fires.
    concepts : ConceptSet
        Over the same points.
    choosing : ndarray [n_points]
        True on the choosing half.
    chosen : Alignment
        What was counted there.
    progress : bool, default False
        Show a bar if this is a terminal.

    Returns
    -------
    list of Union
        One a concept.

    Examples
    --------
    >>> from saelib import align
    >>> fires = np.array([[1, 0], [0, 1], [0, 0], [1, 0], [0, 1], [0, 0]], dtype=bool)
    >>> half, concepts = np.arange(6) < 3, ConceptSet(fires.any(axis=1)[:, None])
    >>> activity = Activity(2, (0, 6), [sparse.csr_array(fires)].__getitem__)
    >>> chosen = align(ActivationSets(fires[:3]), concepts.take_points(half))
    >>> unions(activity, concepts, half, chosen)
    [Union(neurons=(0, 1), distances=(0.5, 0.0), both=2, either=2)]
    """
    candidates = [_candidates(chosen, i) for i in range(concepts.n_concepts)]
    found = [Union((), (), 0, 0)] * concepts.n_concepts
    place = np.zeros(activity.n_points, dtype=np.int64)
    with tqdm(total=concepts.n_concepts, desc="unions", unit="concept",
              disable=None if progress else True) as bar:  # fmt: skip
        for group in _groups(candidates, chosen.neuron_sizes):
            neurons = np.unique(np.concatenate([candidates[i] for i in group]))
            columns = activity.part(neurons).tocsc()
            for i in group:
                if candidates[i].size:
                    at = np.searchsorted(neurons, candidates[i])
                    sets = [
                        columns.indices[columns.indptr[j] : columns.indptr[j + 1]].astype(np.int64)
                        for j in at
                    ]
                    found[i] = _grown(candidates[i], sets, concepts.extent(i), choosing, place)
                bar.update()
    return found


def _candidates(chosen: Alignment, concept: int) -> Integers:
    """Neurons to try, the best one first."""
    both, size = chosen.counts[:, concept], int(chosen.concept_sizes[concept])
    leaked = chosen.neuron_sizes - both
    meets = np.flatnonzero(both)
    if not meets.size:
        return meets
    alone = both[meets] / (size + leaked[meets])
    first = meets[alone.argmax()]
    # As if no two overlapped; what a union catches is at most the concept.
    beside = np.minimum(both[meets] + both[first], size) / (size + leaked[meets] + leaked[first])
    order = np.lexsort((meets, -alone, -beside))
    others = meets[order[:_CANDIDATES]]
    return np.concatenate([[first], others[others != first][: _CANDIDATES - 1]])


def _groups(candidates: list[Integers], sizes: Integers) -> Iterator[list[int]]:
    """Concepts whose candidates fit into memory together, each group at least one concept."""
    group: list[int] = []
    seen: set[int] = set()
    entries = 0
    for i, neurons in enumerate(candidates):
        new = set(neurons.tolist()) - seen
        # Sizes are those of one half.
        more = 2 * int(sizes[sorted(new)].sum()) if new else 0
        if group and entries + more > _ENTRIES:
            yield group
            group, seen, entries = [], set(), 0
            new = set(neurons.tolist())
            more = 2 * int(sizes[sorted(new)].sum()) if new else 0
        group.append(i)
        seen |= new
        entries += more
    if group:
        yield group


def _grown(
    neurons: Integers,
    sets: list[Integers],
    extent: Integers,
    choosing: npt.NDArray[np.bool_],
    place: Integers,
) -> Union:
    # Points where neither the concept holds nor a candidate fires change no Jaccard index.
    by_half = [[each[choosing[each] == side] for each in (extent, *sets)] for side in (True, False)]
    here = np.unique(np.concatenate(by_half[0]))
    place[here] = np.arange(len(here))
    lengths = [len(each) for each in by_half[0][1:]]
    fires = sparse.csc_array(
        (
            np.ones(sum(lengths), dtype=np.bool_),
            place[np.concatenate(by_half[0][1:])],
            np.concatenate([[0], np.cumsum(lengths)]),
        ),
        shape=(len(here), len(neurons)),
    )
    inside = np.zeros(len(here), dtype=np.bool_)
    inside[place[by_half[0][0]]] = True
    target = Target.of(ActivationSets(fires.tocsr()), inside)
    growth = Growth(target, "or", lambda both, leaked: target.value("jaccard", both, leaked))
    growth.add(0)
    distances = [float(target.value("jaccard", growth.both, growth.leaked))]
    while len(growth.neurons) < MOST_NEURONS:
        growth.extend(len(growth.neurons) + 1)
        if len(growth.neurons) == len(distances):
            break
        distances.append(float(target.value("jaccard", growth.both, growth.leaked)))
    concept, *of_neurons = by_half[1]
    union = np.unique(np.concatenate([of_neurons[j] for j in growth.neurons]))
    both = len(np.intersect1d(union, concept, assume_unique=True))
    return Union(
        tuple(int(neurons[j]) for j in growth.neurons),
        tuple(distances),
        both,
        len(union) + len(concept) - both,
    )
