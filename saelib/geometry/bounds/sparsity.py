"""T5d: a dictionary that fires less often than the data has concepts must miss some of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from saelib.alignment import Alignment
from saelib.errors import InputError
from saelib.geometry.bounds.checked import checked_numbers, checked_whole

__all__ = ["SparsityBudget", "size_floor", "sparsity_budget", "sparsity_floor"]


def sparsity_floor(concepts_per_point: npt.ArrayLike, active_per_point: npt.ArrayLike) -> int:
    """Misses that no one-to-one assignment can avoid (T5d): Σ_x (s(x) − L0(x))₊.

    On a point with s concepts and L0 active neurons at most min(s, L0) concepts find their own neuron
    firing, whatever neuron each was given, because two concepts never share one.

    Parameters
    ----------
    concepts_per_point : array_like of int, shape [n_points]
        s(x), the number of concepts that contain each point.
    active_per_point : array_like of int, shape [n_points] or scalar
        L0(x), the number of neurons that fire on it; the scalar K bounds every Top-K dictionary from below.

    Returns
    -------
    int
        Number of (point, concept) pairs, exact; divided by the number of points it is E[(s − L0)₊].

    Raises
    ------
    InputError
        If the counts are not integers from 0 up, or of different lengths.

    Examples
    --------
    Three points lie in 2, 1 and 3 concepts; a Top-1 dictionary misses at least 1 + 0 + 2 of these six
    memberships.

    >>> sparsity_floor([2, 1, 3], 1)
    3
    >>> sparsity_floor([2, 1, 3], [2, 2, 0])
    3
    """
    s = _counts("concepts_per_point", concepts_per_point)
    l0 = _counts("active_per_point", active_per_point)
    if s.ndim != 1:
        raise InputError("concepts_per_point", f"has shape {s.shape}", "give one count a point")
    if l0.ndim and l0.shape != s.shape:
        raise InputError(
            "active_per_point", f"has shape {l0.shape}", f"give one number, or one a point: {s.shape}"
        )
    return int(np.maximum(s - l0, 0).sum())


def size_floor(concept_sizes: npt.ArrayLike, n_neurons: int) -> float:
    """Misses that no one-to-one assignment can avoid because there are more concepts than neurons.

    Of m concepts and d < m neurons at least m − d concepts stay without a neuron; at best the smallest do.
    The floor counts every point of those. It is the sparsity budget's companion: that one is blind to
    the number of neurons, this one to how many fire, and the larger of the two holds.

    Parameters
    ----------
    concept_sizes : array_like, shape [n_concepts]
        Points of each concept, or their frequencies.
    n_neurons : int
        d, from 0 up.

    Returns
    -------
    float
        (point, concept) pairs, or memberships a point if frequencies were given; an exact int for integers.

    Raises
    ------
    InputError
        If the sizes are not numbers from 0 up, one a concept, or ``n_neurons`` no integer from 0 up.

    Examples
    --------
    Concepts of 50, 20 and 5 points and two neurons: at least the 5 points are missed.

    >>> size_floor([50, 20, 5], 2), size_floor([50, 20, 5], 3)
    (5, 0)
    """
    checked_numbers("concept_sizes", concept_sizes, at_least=0)
    sizes = np.asarray(concept_sizes)
    if sizes.ndim != 1:
        raise InputError("concept_sizes", f"has shape {sizes.shape}", "give one size a concept")
    left_out = max(len(sizes) - checked_whole("n_neurons", n_neurons, 0), 0)
    total: float = np.sort(sizes)[:left_out].sum().item()
    return total


@dataclass(frozen=True)
class SparsityBudget:
    r"""The sparsity budget of one dictionary; made by :func:`sparsity_budget`.

    Attributes
    ----------
    floor : int
        Σ_x (s(x) − L0(x))₊: memberships that must be missed.
    missed : int
        Σ_i \|C_i∖θ_{j(i)}\| of the best one-to-one assignment: memberships that are missed.
    memberships : int
        Σ_i \|C_i\| = Σ_x s(x), for shares.
    n_points : int
        Number of points, for expectations.
    assignment : ndarray [n_concepts]
        j(i), the neuron of each concept in that assignment, int64; −1 for a concept left without one
        because there are fewer neurons than concepts.

    Examples
    --------
    >>> budget = SparsityBudget(3, 4, 8, 10, np.array([0, 1]))
    >>> budget.slack, budget.violated, budget.floor_mass, budget.missed_mass
    (1, False, 0.3, 0.4)
    """

    floor: int
    missed: int
    memberships: int
    n_points: int
    assignment: npt.NDArray[np.int64]

    @property
    def slack(self) -> int:
        """Memberships missed beyond what the budget forces."""
        return self.missed - self.floor

    @property
    def violated(self) -> bool:
        """Whether fewer are missed than the theorem allows; an exact comparison of integers."""
        return self.missed < self.floor

    @property
    def floor_mass(self) -> float:
        """E[(s − L0)₊], in memberships a point."""
        return self.floor / self.n_points

    @property
    def missed_mass(self) -> float:
        """Σ_i μ(C_i∖θ_{j(i)}), in memberships a point."""
        return self.missed / self.n_points


def sparsity_budget(alignment: Alignment) -> SparsityBudget:
    r"""Hold a dictionary against its sparsity budget (T5d).

    Of all one-to-one assignments the one that misses least is tried, found by the Hungarian method on the
    counts \|θ∩C\|; if that one respects the bound, all do. A concept that is left without a neuron
    misses all of itself.

    Parameters
    ----------
    alignment : Alignment
        Of the dictionary and the concepts, without weights.

    Returns
    -------
    SparsityBudget
        Floor and achieved misses as exact integers.

    Raises
    ------
    InputError
        If ``alignment`` is not an unweighted :class:`saelib.Alignment`.

    References
    ----------
    Kuhn, H. W. (1955). The Hungarian method for the assignment problem. *Naval Research Logistics
    Quarterly* 2, 83-97.

    Examples
    --------
    Animal ⊃ dog on three points; neuron 0 goes silent on the dog, where only neuron 1 fires (absorption).
    On the dog point s = 2 and L0 = 1, so one membership must be missed, and one is.

    >>> from saelib import ActivationSets, ConceptSet, align
    >>> concepts = ConceptSet([[1, 1], [1, 0], [0, 0]], names=["animal", "dog"])
    >>> budget = sparsity_budget(align(ActivationSets([[0, 1], [1, 0], [0, 0]]), concepts))
    >>> budget.floor, budget.missed, budget.assignment
    (1, 1, array([0, 1]))
    """
    counts = unweighted_counts(alignment)
    s = np.diff(alignment.concepts.membership.indptr)
    # Hits can only grow by assigning, so the full matching of the smaller side is the best; doubles hold
    # the counts exactly up to 2**53.
    neurons, concepts = linear_sum_assignment(counts, maximize=True)
    assignment = np.full(alignment.n_concepts, -1, dtype=np.int64)
    assignment[concepts] = neurons
    memberships = int(alignment.concept_sizes.sum())
    return SparsityBudget(
        floor=sparsity_floor(s, alignment.activations.l0),
        missed=memberships - int(counts[neurons, concepts].sum()),
        memberships=memberships,
        n_points=alignment.concepts.n_points,
        assignment=assignment,
    )


def unweighted_counts(alignment: Alignment) -> npt.NDArray[np.int64]:
    """Counts of an alignment whose bounds are to be checked, or the reason why they cannot be.

    Parameters
    ----------
    alignment : Alignment
        Of a dictionary and concepts.

    Returns
    -------
    ndarray [d_sae, n_concepts]
        int64.

    Raises
    ------
    InputError
        If it is no alignment, or a weighted one.

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet, align
    >>> unweighted_counts(align(ActivationSets([[1], [1]]), ConceptSet([[1], [0]])))
    array([[1]])
    """
    if not isinstance(alignment, Alignment):
        raise InputError("alignment", f"is a {type(alignment).__name__}", "give what saelib.align returns")
    if alignment.counts.dtype.kind not in "iu":
        raise InputError("alignment", "is weighted", "align without weights, in whole points")
    return alignment.counts


def _counts(argument: str, values: npt.ArrayLike) -> npt.NDArray[np.int64]:
    array = np.asarray(values)
    if array.dtype.kind not in "iu" and array.size:
        raise InputError(argument, f"has dtype {array.dtype}", "give integers")
    if array.size and array.min() < 0:
        raise InputError(argument, f"holds {array.min()}", "give counts from 0 up")
    return array.astype(np.int64)
