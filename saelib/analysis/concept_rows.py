"""The table of concepts, and that of the pairs that matter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from saelib.alignment import Alignment
from saelib.alignment._matching import best_rows
from saelib.analysis.counting import Counted
from saelib.analysis.framing import framed
from saelib.analysis.rates import numbers, rates, ratio
from saelib.analysis.uniting import Union
from saelib.sets import ConceptSet

__all__ = ["Best", "Tolerances", "best", "concept_rows", "pair_rows"]

_PAIRS_A_CONCEPT = 5


@dataclass(frozen=True)
class Tolerances:
    """δ, ε and η of the three notions, and α of the lattice.

    Examples
    --------
    >>> Tolerances(0.1, 0.1, 0.3, 0.3).eta
    0.3
    """

    delta: float
    epsilon: float
    eta: float
    alpha: float


@dataclass(frozen=True, eq=False)
class Best:
    """Who is whose best on the choosing half, -1 for nobody; made by :func:`best`.

    Attributes
    ----------
    neuron : ndarray [n_concepts]
        Best neuron of each concept.
    concept, second : ndarray [d_sae]
        Best and second-best concept of each neuron.

    Examples
    --------
    >>> Best(np.array([1, 1]), np.array([-1, 0]), np.array([-1, 1])).mutual.tolist()
    [True, False]
    """

    neuron: np.ndarray
    concept: np.ndarray
    second: np.ndarray

    @property
    def mutual(self) -> np.ndarray:
        """Whether each concept is the best one of its best neuron, bool [n_concepts]."""
        own = np.arange(len(self.neuron))
        return (self.neuron >= 0) & (self.concept[self.neuron] == own)


def best(chosen: Alignment) -> Best:
    """Find the best neuron of every concept and the two best concepts of every neuron, by Jaccard index.

    Parameters
    ----------
    chosen : Alignment
        Of the choosing half.

    Returns
    -------
    Best
        As :meth:`saelib.Alignment.learn` and :meth:`saelib.Alignment.interpret` find them.

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet, align
    >>> found = best(align(ActivationSets([[1], [1], [0]]), ConceptSet([[1, 1], [1, 0], [0, 0]])))
    >>> found.neuron.tolist(), found.concept.tolist(), found.second.tolist()
    ([0, 0], [0], [1])
    """
    either = chosen.neuron_sizes[:, None] + chosen.concept_sizes[None, :] - chosen.counts
    score = np.zeros(chosen.counts.shape)
    np.divide(chosen.counts, either, out=score, where=either > 0)
    neuron, concept = best_rows(score), best_rows(score.T)
    has = np.flatnonzero(concept >= 0)
    score[has, concept[has]] = 0.0
    return Best(neuron, concept, best_rows(score.T))


def concept_rows(
    counted: Counted, concepts: ConceptSet, who: Best, united: list[Union], tolerances: Tolerances
) -> pd.DataFrame:
    """The table ``concepts``, see :data:`~saelib.analysis.columns.TABLES`.

    Parameters
    ----------
    counted : Counted
        Counts of both halves.
    concepts : ConceptSet
        The concepts.
    who : Best
        Who is whose best.
    united : list of Union
        The union of each concept.
    tolerances : Tolerances
        Of the three notions.

    Returns
    -------
    pandas.DataFrame
        One row a concept.

    Examples
    --------
    >>> from saelib.analysis.columns import TABLES
    >>> [column.name for column in TABLES["concepts"].columns][:2]
    ['concept', 'parent']
    """
    judged, all_of_them = counted.judged, np.arange(concepts.n_concepts)
    found = rates(judged, who.neuron, all_of_them)
    null_neuron = best(counted.null_chosen).neuron
    # Labels that no neuron meets anywhere are met by chance nowhere.
    null = np.where(null_neuron >= 0, counted.null_judged.counts[null_neuron, all_of_them], 0)
    either = np.where(null_neuron >= 0, judged.neuron_sizes[null_neuron], 0) + judged.concept_sizes - null
    null_jaccard = ratio(null, either, judged.concept_sizes > 0)
    or_jaccard = ratio(
        [u.both for u in united], [u.either for u in united], [bool(u.neurons) for u in united]
    )
    missed = ratio(judged.concept_sizes - _both(judged, who.neuron), judged.concept_sizes, who.neuron >= 0)
    detected = pd.Series(missed) <= tolerances.delta
    names = np.array(concepts.names, dtype=object)
    return framed(
        "concepts",
        {
            "concept": names,
            "parent": [names[p] if p >= 0 else None for p in concepts.parents],
            "depth": concepts.levels,
            "points": counted.concept_sizes,
            "judged": judged.concept_sizes,
            "neuron": numbers(who.neuron),
            **found,
            "jaccard_chosen": rates(counted.chosen, who.neuron, all_of_them)["jaccard"],
            "detected": detected,
            "separated": detected & (pd.Series(found["leak"]).fillna(0.0) <= tolerances.epsilon),
            "approximated": _apart(judged, who.neuron) <= tolerances.eta,
            "null_jaccard": null_jaccard,
            "margin": pd.Series(found["jaccard"]) - pd.Series(null_jaccard),
            "or_neurons": [list(u.neurons) for u in united],
            "or_jaccard": or_jaccard,
            "or_gain": pd.Series(or_jaccard) - pd.Series(found["jaccard"]),
            "split_into": numbers([u.split_into(tolerances.eta) for u in united]),
            "mutual": who.mutual,
        },
    )


def pair_rows(counted: Counted, concepts: ConceptSet) -> pd.DataFrame:
    """The table ``pairs``: the five best neurons of every concept.

    Parameters
    ----------
    counted : Counted
        Counts of both halves.
    concepts : ConceptSet
        The concepts.

    Returns
    -------
    pandas.DataFrame
        One row a pair.

    Examples
    --------
    >>> from saelib.analysis.columns import TABLES
    >>> [column.name for column in TABLES["pairs"].columns][:3]
    ['concept', 'rank', 'neuron']
    """
    chosen, judged = counted.chosen, counted.judged
    rows = []
    for i in range(concepts.n_concepts):
        meets = np.flatnonzero(chosen.counts[:, i])
        both = chosen.counts[meets, i]
        score = both / (chosen.neuron_sizes[meets] + chosen.concept_sizes[i] - both)
        order = np.argsort(-score, kind="stable")[:_PAIRS_A_CONCEPT]
        rows += [(i, rank, j) for rank, j in enumerate(meets[order].tolist(), start=1)]
    concept, rank, neuron = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return framed(
        "pairs",
        {
            "concept": np.array(concepts.names, dtype=object)[concept],
            "rank": rank,
            "neuron": neuron,
            "count": judged.counts[neuron, concept],
            "concept_size": judged.concept_sizes[concept],
            "neuron_size": judged.neuron_sizes[neuron],
            **rates(judged, neuron, concept),
        },
    )


def _both(alignment: Alignment, neurons: np.ndarray) -> np.ndarray:
    return np.where(neurons >= 0, alignment.counts[neurons, np.arange(alignment.n_concepts)], 0)


def _apart(alignment: Alignment, neurons: np.ndarray) -> pd.Series:
    """Jaccard distance, as a quotient of its own: 1 - 0.7 is above 0.3 in floating point."""
    both = _both(alignment, neurons)
    either = alignment.neuron_sizes[neurons] + alignment.concept_sizes - both
    return pd.Series(ratio(either - both, either, neurons >= 0))
