"""The budgets of T5d and T5e, substituted with what a real SAE does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saelib.sets import ConceptSet


def budgets(acts: Any, concepts: ConceptSet) -> dict[str, float]:
    """Hold an SAE against its sparsity budget and its Jaccard budgets, in exact counts.

    Parameters
    ----------
    acts : csr_array [n_points, d_sae]
        Activations; a neuron fires above 0.
    concepts : ConceptSet
        Over the same points.

    Returns
    -------
    dict of str to float
        ``t5d_floor`` and ``t5d_missed``, in memberships a point, ``t5d_memberships`` (concepts a point);
        ``t5e_neuron_use`` and ``t5e_concept_use``, the largest shares of a budget used; ``t5d_violations``
        and ``t5e_violations``.

    Examples
    --------
    >>> from saelib import ConceptSet
    >>> from scipy import sparse
    >>> one = sparse.csr_array([[1.0], [1.0]])               # one neuron for the two concepts of two points
    >>> found = budgets(one, ConceptSet([[1, 1], [1, 1]]))
    >>> found["t5d_floor"], found["t5d_missed"], found["t5d_violations"]
    (1.0, 1.0, 0)
    """
    from saelib import ActivationSets, align
    from saelib.geometry.bounds import jaccard_budget, sparsity_budget

    a = align(ActivationSets.from_array(acts), concepts)
    sparsity, overlap = sparsity_budget(a), jaccard_budget(a)
    return {
        "t5d_floor": sparsity.floor_mass,
        "t5d_missed": sparsity.missed_mass,
        "t5d_memberships": sparsity.memberships / sparsity.n_points,
        "t5d_violations": int(sparsity.violated),
        "t5e_neuron_use": overlap.neuron_use,
        "t5e_concept_use": overlap.concept_use,
        "t5e_violations": overlap.violations,
    }
