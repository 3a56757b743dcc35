"""Neurons as detectors of concepts whose directions are known: where they point beside where they fire."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.arrays import FloatingArray, IntegerArray

from saelib.alignment import Alignment
from saelib.errors import InputError
from saelib.phenomena.assignment import checked_assignment
from saelib.phenomena.counted import checked_counts
from saelib.phenomena.ground_truth import recovery
from saelib.sets.shares import share

__all__ = ["concept_recovery", "detectors"]

Integers = npt.NDArray[np.int64]


def detectors(alignment: Alignment, directions: npt.ArrayLike, W_dec: npt.ArrayLike) -> pd.DataFrame:
    """Every neuron as a detector of the concept whose direction is nearest to its decoder row.

    Parameters
    ----------
    alignment : Alignment
        Of the neurons' activation sets with the concepts, on the data.
    directions : array_like [n_concepts, d_in]
        The true directions, in the order of the alignment's concepts.
    W_dec : array_like [d_sae, d_in]
        The decoder.

    Returns
    -------
    pandas.DataFrame
        One row a neuron:

        - ``neuron``: its number; ``concept``: the name of the nearest concept; ``cosine``: the size of their
          cosine. Directions are compared by the size, so a neuron may point away from its concept.
        - ``n_fires``, ``n_concept``, ``n_both``: points it fires on, points of the concept, points of both.
        - ``precision``: n_both / n_fires; ``recall``: n_both / n_concept; ``f1``: 2·n_both / (n_fires +
          n_concept). Nullable ``Float64``, unavailable where the denominator is 0.
        - ``alive``: whether it fires on any of these points.

    Raises
    ------
    InputError
        If sizes do not fit the alignment, the alignment is on the ambient space, or as in `recovery`.

    Notes
    -----
    SynthSAEBench's classification scores are the means of ``precision``, ``recall`` and ``f1`` over all
    neurons, the unavailable counted as 0: ``frame[["precision", "recall", "f1"]].fillna(0).mean()``. Its dead
    latents are the rows that are not ``alive``; leaving them out is one more selection.

    References
    ----------
    Chanin & Garriga-Alonso 2026, arXiv:2602.14687, by their code (SAELens 6.54, ``synthetic/evals.py``).

    Examples
    --------
    The second neuron points at the second concept and fires on one of its two points:

    >>> from saelib import ActivationSets, ConceptSet, align
    >>> a = align(ActivationSets([[1, 0], [0, 1], [0, 0]]), ConceptSet([[1, 0], [0, 1], [0, 1]]))
    >>> found = detectors(a, np.eye(2), np.eye(2))
    >>> found[["precision", "recall"]].to_numpy(dtype=float).tolist()
    [[1.0, 1.0], [1.0, 0.5]]
    """
    true, decoder = _checked(alignment, directions, W_dec)
    cosines = np.abs(_unit(decoder) @ _unit(true).T)
    nearest = cosines.argmax(axis=1)
    neurons = np.arange(alignment.d_sae)
    names = np.array(alignment.concepts.names, dtype=object)
    scores = _scores(alignment, neurons, nearest, np.ones(len(neurons), dtype=bool))
    return pd.DataFrame(
        {
            "neuron": neurons,
            "concept": names[nearest],
            "cosine": np.minimum(cosines[neurons, nearest], 1.0),
            "n_fires": _integers(alignment.neuron_sizes),
            "n_concept": _integers(alignment.concept_sizes)[nearest],
            "n_both": _integers(alignment.counts[neurons, nearest]),
            **{name: scores[name] for name in ("precision", "recall", "f1")},
            "alive": alignment.neuron_sizes > 0,
        }
    )


def concept_recovery(
    alignment: Alignment,
    directions: npt.ArrayLike,
    W_dec: npt.ArrayLike,
    neurons: npt.ArrayLike | None = None,
    *,
    alive: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """Every concept with the neurons that direction gives it and the one that its points give it.

    Parameters
    ----------
    alignment : Alignment
        Of the neurons' activation sets with the concepts, on the data; best on points that neither training
        nor the choice of ``neurons`` has seen.
    directions : array_like [n_concepts, d_in]
        The true directions, in the order of the alignment's concepts.
    W_dec : array_like [d_sae, d_in]
        The decoder.
    neurons : array_like [n_concepts], optional
        Each concept's neuron by where it fires, -1 for none; ``alignment.learn()`` by default, which is the
        best by Jaccard index and by F1 alike.
    alive : array_like [d_sae], optional
        Boolean; neurons that directions are compared with. All by default, dead ones included.

    Returns
    -------
    pandas.DataFrame
        One row a concept:

        - ``concept``: name; ``n_concept``: its points.
        - ``nearest``, ``nearest_cosine``: the neuron with the nearest decoder row, the size of the cosine.
        - ``matched``, ``matched_cosine``: the same under the one-to-one matching of largest sum (`recovery`);
          unavailable for a concept that has none.
        - ``matched_precision``, ``matched_recall``, ``matched_f1``, ``matched_jaccard``: of the matched
          neuron on these points.
        - ``neuron``: by where it fires, -1 for none; ``precision``, ``recall``, ``f1``, ``jaccard``: its.

        Scores are nullable ``Float64``: unavailable without a neuron or with a denominator of 0.

    Raises
    ------
    InputError
        If sizes do not fit the alignment, the alignment is on the ambient space, or as in `recovery`.

    References
    ----------
    Matching as in SynthSAEBench (arXiv:2602.14687). Its scores of sets are a neuron's, not a concept's: see
    `detectors`.

    Examples
    --------
    The neuron that points at the concept is not the one that fires on it:

    >>> from saelib import ActivationSets, ConceptSet, align
    >>> a = align(ActivationSets([[0, 1], [0, 1], [1, 0]]), ConceptSet([[1], [1], [0]]))
    >>> found = concept_recovery(a, [[1.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]])
    >>> found[["matched", "matched_cosine", "matched_jaccard"]].to_numpy(dtype=float).tolist()
    [[0.0, 1.0, 0.0]]
    >>> found[["neuron", "jaccard"]].to_numpy(dtype=float).tolist()
    [[1.0, 1.0]]
    """
    true, decoder = _checked(alignment, directions, W_dec)
    found = recovery(true, decoder, alive)
    chosen = checked_assignment(alignment, neurons)
    concepts = np.arange(alignment.n_concepts)
    has = found.matched >= 0
    cosine = np.zeros(len(concepts))
    cosine[has] = found.matched_cosine
    by_direction = _scores(alignment, found.matched, concepts, has)
    by_points = _scores(alignment, chosen, concepts, chosen >= 0)
    return pd.DataFrame(
        {
            "concept": list(alignment.concepts.names),
            "n_concept": _integers(alignment.concept_sizes),
            "nearest": found.best_neuron,
            "nearest_cosine": found.best,
            "matched": IntegerArray(found.matched, ~has),
            "matched_cosine": FloatingArray(cosine, ~has),
            **{f"matched_{name}": scores for name, scores in by_direction.items()},
            "neuron": chosen,
            **by_points,
        }
    )


def _scores(
    alignment: Alignment, neurons: Integers, concepts: Integers, known: npt.NDArray[np.bool_]
) -> dict[str, FloatingArray]:
    """Precision, recall, F1 and Jaccard index of pairs; unavailable where not known or 0/0."""
    at = np.where(known, neurons, 0)
    fires = _integers(alignment.neuron_sizes)[at]
    holds = _integers(alignment.concept_sizes)[concepts]
    both = _integers(alignment.counts[at, concepts])
    return {
        "precision": share(both, fires, known),
        "recall": share(both, holds, known),
        "f1": share(2 * both, fires + holds, known),
        "jaccard": share(both, fires + holds - both, known),
    }


def _checked(
    alignment: Alignment, directions: npt.ArrayLike, W_dec: npt.ArrayLike
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    checked_counts(alignment)
    recovery(directions, W_dec)  # refuses what is no matrix, not finite, or of different dimensions
    true, decoder = np.asarray(directions, dtype=np.float64), np.asarray(W_dec, dtype=np.float64)
    for name, rows, wanted in (
        ("directions", len(true), alignment.n_concepts),
        ("W_dec", len(decoder), alignment.d_sae),
    ):
        if rows != wanted:
            raise InputError(name, f"has {rows} rows", f"give {wanted}, as many as the alignment has")
    return true, decoder


def _unit(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    found: npt.NDArray[np.float64] = rows / np.where(lengths > 0, lengths, 1.0)
    return found


def _integers(values: npt.ArrayLike) -> Integers:
    return np.asarray(values).astype(np.int64)
