"""Closed-form bounds, each under its theorem's name, and the attempt to refute it.

T1 (three notions)
    :func:`recall_floor`, :func:`leak_ceiling`, :func:`distance_ceiling`.
T5d (sparsity budget)
    :func:`sparsity_floor`, :func:`sparsity_budget`.
T5e (Jaccard budget)
    :func:`jaccard_budget`.
All of them
    :func:`try_to_refute` draws instances that are as nasty as we could make them, and
    :func:`extremal_instances` those on which the bound is attained. Both decide by integer arithmetic,
    never by a tolerance.

Proofs are in the chapters, in the folded blocks below the theorems of the same names.
"""

from __future__ import annotations

from saelib.geometry.bounds.jaccard import JaccardBudget, jaccard_budget
from saelib.geometry.bounds.notions import distance_ceiling, leak_ceiling, recall_floor
from saelib.geometry.bounds.refutation import extremal_instances, try_to_refute
from saelib.geometry.bounds.sparsity import SparsityBudget, sparsity_budget, sparsity_floor

__all__ = [
    "JaccardBudget",
    "SparsityBudget",
    "distance_ceiling",
    "extremal_instances",
    "jaccard_budget",
    "leak_ceiling",
    "recall_floor",
    "sparsity_budget",
    "sparsity_floor",
    "try_to_refute",
]
