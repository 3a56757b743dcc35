"""What every sweep measures of an SAE against human concepts: one row for the SAE, one for each concept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from saelib.alignment import Alignment
    from saelib.sae import SAE
    from saelib.sets import ConceptSet


@dataclass(frozen=True)
class Tolerances:
    """When a neuron counts as having learned a concept.

    Parameters
    ----------
    delta : float
        Detection and separation: recall at least 1 - delta.
    epsilon : float
        Separation: leak at most epsilon.
    eta : float
        Approximation: Jaccard distance at most eta. With eta ≤ delta and concepts no more frequent than
        epsilon/(epsilon + eta/(1 - eta)) approximation implies separation (T1b), so the three rates are
        comparable.
    part_precision, part_recall : float
        A neuron is a *part* of a concept if it fires inside it at least this precisely and covers at
        least this share of it.

    Examples
    --------
    >>> Tolerances().eta
    0.2
    """

    delta: float = 0.2
    epsilon: float = 0.05
    eta: float = 0.2
    part_precision: float = 0.9
    part_recall: float = 0.02


def measure(
    sae: SAE,
    points: np.ndarray,
    concepts: ConceptSet,
    tolerances: Tolerances,
    labels: Mapping[str, Any],
    alignment: Alignment | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure one SAE on held-out points.

    Parameters
    ----------
    sae : SAE
        Trained.
    points : ndarray [n_points, d_in]
        Held out.
    concepts : ConceptSet
        Over the same points.
    tolerances : Tolerances
        When something counts as learned.
    labels : mapping
        Columns that say which SAE this is, put first in both frames.
    alignment : Alignment, optional
        Of the SAE's activation sets on these points with the concepts, where the caller has it already.

    Returns
    -------
    saes : DataFrame
        One row: explained_variance, l0, n_dead, the fraction of concepts ``detected``, ``separated`` and
        ``approximated`` by some neuron, mean ``best_jaccard``, pairs that break the nesting of T1b
        (``nesting_violations``); of the sparsity budget T5d the floor and what is missed, in memberships a
        point, and of the Jaccard budgets T5e the largest share used by a neuron and by a concept, each
        with its exact number of violations.
    by_concept : DataFrame
        One row a concept: its level and frequency, the neuron with the best Jaccard index and that index,
        its recall, precision and leak, the best recall of any neuron, the three notions, and its number
        of ``parts``.

    Examples
    --------
    >>> from saelib import SAE, ReLU, ConceptSet
    >>> x = np.random.default_rng(0).normal(size=(50, 2)).astype("float32")
    >>> human = ConceptSet(x[:, :1] > 0, names=["right"])
    >>> saes, by_concept = measure(SAE(2, 4, ReLU()), x, human, Tolerances(), {"seed": 0})
    >>> len(saes), len(by_concept), by_concept.concept[0]
    (1, 1, 'right')
    """
    from saelib import ActivationSets, align
    from saelib.geometry.bounds import jaccard_budget, sparsity_budget
    from saelib.sae import quality

    a = alignment or align(ActivationSets.from_sae(sae, points, progress=False), concepts)
    by_concept = _by_concept(a, concepts, tolerances)
    reconstruction = quality(sae, points)
    sparsity, overlap = sparsity_budget(a), jaccard_budget(a)
    row = {
        "explained_variance": reconstruction.explained_variance,
        "l0": reconstruction.l0,
        "n_dead": reconstruction.n_dead,
        "detected": by_concept.detected.mean(),
        "separated": by_concept.separated.mean(),
        "approximated": by_concept.approximated.mean(),
        "best_jaccard": by_concept.jaccard.mean(),
        "nesting_violations": _nesting_violations(a, concepts, tolerances),
        "t5d_floor": sparsity.floor_mass,
        "t5d_missed": sparsity.missed_mass,
        "t5d_violations": int(sparsity.violated),
        "t5e_neuron_use": overlap.neuron_use,
        "t5e_concept_use": overlap.concept_use,
        "t5e_violations": overlap.violations,
    }
    saes = pd.DataFrame([dict(labels) | row])
    for at, (name, value) in enumerate(labels.items()):
        by_concept.insert(at, name, value)
    return saes, by_concept


def _by_concept(a: Alignment, concepts: ConceptSet, tolerances: Tolerances) -> pd.DataFrame:
    jaccard, recall, precision, leak = a.jaccard, a.recall, a.precision, a.leak
    best, column = jaccard.argmax(axis=0), np.arange(a.n_concepts)
    parts = (precision >= tolerances.part_precision) & (recall >= tolerances.part_recall)
    return pd.DataFrame(
        {
            "concept": list(concepts.names),
            "level": concepts.levels,
            "frequency": concepts.sizes / concepts.n_points,
            "neuron": best,
            "jaccard": jaccard[best, column],
            "recall": recall[best, column],
            "precision": precision[best, column],
            "leak": leak[best, column],
            "best_recall": recall.max(axis=0),
            "detected": a.detected(tolerances.delta).any(axis=0),
            "separated": a.separated(tolerances.delta, tolerances.epsilon).any(axis=0),
            "approximated": a.approximated(tolerances.eta).any(axis=0),
            "parts": parts.sum(axis=0),
        }
    )


def _nesting_violations(a: Alignment, concepts: ConceptSet, t: Tolerances) -> int:
    """Pairs where T1b promises separation of what is approximated, or T1a detection, and it is not so."""
    detected, separated = a.detected(t.delta), a.separated(t.delta, t.epsilon)
    approximated = a.approximated(t.eta)
    rate = concepts.sizes / concepts.n_points
    promised = t.eta <= t.delta and t.eta / (1 - t.eta)
    covered = (promised * rate <= t.epsilon * (1 - rate)) if promised else np.zeros(len(rate), bool)
    return int((separated & ~detected).sum() + (approximated & ~separated)[:, covered].sum())
