"""T5e: a neuron has only so much Jaccard index to give away, and so has a concept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from saelib.alignment import Alignment
from saelib.geometry.bounds.exact import sum_exceeds
from saelib.geometry.bounds.sparsity import unweighted_counts

__all__ = ["JaccardBudget", "jaccard_budget"]

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class JaccardBudget:
    """The Jaccard budgets of one dictionary; made by :func:`jaccard_budget`.

    Attributes
    ----------
    neuron_sums : ndarray [d_sae]
        Σ_i J(θ_j, C_i) of each neuron, over all concepts.
    neuron_means : ndarray [d_sae]
        Its own budget: the mean of s(x) over x ∈ θ_j (0 for a dead neuron).
    neuron_ceiling : int
        The budget of all: max_x s(x).
    concept_sums, concept_means, concept_ceiling : ndarray [n_concepts], ndarray [n_concepts], int
        The same with the roles exchanged: Σ_j J(θ_j, C_i), the mean of L0(x) over x ∈ C_i, and max_x L0(x).
    violations : int
        Neurons and concepts over their own budget, compared as exact fractions.

    Examples
    --------
    >>> budget = JaccardBudget(np.array([0.9]), np.array([1.0]), 2, np.array([0.9]), np.array([1.5]), 3, 0)
    >>> budget.violated, budget.neuron_use, budget.concept_use
    (False, 0.9, 0.6)
    """

    neuron_sums: npt.NDArray[np.float64]
    neuron_means: npt.NDArray[np.float64]
    neuron_ceiling: int
    concept_sums: npt.NDArray[np.float64]
    concept_means: npt.NDArray[np.float64]
    concept_ceiling: int
    violations: int

    @property
    def violated(self) -> bool:
        """Whether any neuron or concept is over its budget."""
        return self.violations > 0

    @property
    def neuron_use(self) -> float:
        """Largest share of its own budget that a neuron uses, at most 1 by the theorem."""
        return _largest_share(self.neuron_sums, self.neuron_means)

    @property
    def concept_use(self) -> float:
        """Largest share of its own budget that a concept uses, at most 1 by the theorem."""
        return _largest_share(self.concept_sums, self.concept_means)


def jaccard_budget(alignment: Alignment) -> JaccardBudget:
    """Hold a dictionary against its Jaccard budgets (T5e).

    For every set θ that is not empty Σ_i J(θ, C_i) ≤ mean of s(x) over x ∈ θ ≤ max_x s(x), because θ ∪ C_i
    is at least as large as θ. Disjoint concepts have s ≤ 1, so their indices add up to at most 1.
    Exchanging the roles bounds the indices of one concept by the mean of L0 over it.

    A pair of two *empty* sets counts 0 here, although its Jaccard index is 1 by convention: a dead neuron
    would otherwise score 1 with every empty concept while no point pays for it, and the theorem would be
    false.

    Parameters
    ----------
    alignment : Alignment
        Of the dictionary and the concepts, without weights.

    Returns
    -------
    JaccardBudget
        Sums, budgets and the exact number of violations.

    Raises
    ------
    InputError
        If ``alignment`` is not an unweighted :class:`saelib.Alignment`.

    Examples
    --------
    One neuron fires on all four points, of which two are cats, one is a dog and one is neither: J = 2/4
    and 1/4, and its budget is 3/4, the mean number of concepts over the points it fires on.

    >>> from saelib import ActivationSets, ConceptSet, align
    >>> concepts = ConceptSet([[1, 0], [1, 0], [0, 1], [0, 0]], names=["cat", "dog"])
    >>> budget = jaccard_budget(align(ActivationSets([[1], [1], [1], [1]]), concepts))
    >>> budget.neuron_sums, budget.neuron_means, budget.neuron_ceiling, budget.violated
    (array([0.75]), array([0.75]), 1, False)
    """
    counts = unweighted_counts(alignment)
    unions = np.maximum(alignment.neuron_sizes[:, None] + alignment.concept_sizes[None, :] - counts, 1)
    s = np.diff(alignment.concepts.membership.indptr).astype(np.int64)
    l0 = alignment.activations.l0
    # Memberships met by firing are summed over the points, not over the counts: so the check compares two
    # numbers that come about in separate ways.
    met = alignment.activations.membership.T.astype(np.int64) @ s
    fired = alignment.concepts.membership.T.astype(np.int64) @ l0
    neuron_sums, neuron_means, neurons_over = _side(counts, unions, met, alignment.neuron_sizes)
    concept_sums, concept_means, concepts_over = _side(counts.T, unions.T, fired, alignment.concept_sizes)
    return JaccardBudget(
        neuron_sums=neuron_sums,
        neuron_means=neuron_means,
        neuron_ceiling=int(s.max(initial=0)),
        concept_sums=concept_sums,
        concept_means=concept_means,
        concept_ceiling=int(l0.max(initial=0)),
        violations=neurons_over + concepts_over,
    )


def _side(
    counts: Integers, unions: Integers, met: Integers, sizes: Integers
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], int]:
    sizes = np.maximum(sizes, 1)
    over = sum_exceeds(counts, unions, met, sizes)
    return (counts / unions).sum(axis=1), met / sizes, int(over.sum())


def _largest_share(used: npt.NDArray[np.float64], budget: npt.NDArray[np.float64]) -> float:
    return float(np.divide(used, budget, out=np.zeros_like(used), where=budget > 0).max(initial=0.0))
