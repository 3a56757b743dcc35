"""From two families over the same points to their alignment."""

from __future__ import annotations

from typing import Any

import numpy as np

from saelib.alignment._alignment import MEASURES, Alignment
from saelib.alignment._choice import checked_choice
from saelib.alignment._counts import pair_counts, set_sizes
from saelib.errors import InputError
from saelib.sets import ActivationSets, ConceptSet


def align(
    activations: ActivationSets, concepts: ConceptSet, weights: Any = None, measure: str = "data"
) -> Alignment:
    """Measure how well activation sets and concepts line up over the same points.

    Parameters
    ----------
    activations : ActivationSets
        θ_j over ``n_points`` points.
    concepts : ConceptSet
        C_i over the same points in the same order.
    weights : array_like, shape [n_points], optional
        Mass of each point, non-negative; without, every point counts once.
    measure : {"data", "ambient"}, default "data"
        What the points are a sample of: the data (μ), or a reference measure on the whole space (ν). It is
        carried along so that statements about the two are never taken for each other.

    Returns
    -------
    Alignment
        Counts, and everything that follows from them.

    Raises
    ------
    InputError
        If the two are not families over equally many points, or the weights are not masses.

    Notes
    -----
    Time grows with Σ_x L0(x)·s(x), the pairs of an active neuron and a concept present at the same point.

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet, align
    >>> activations = ActivationSets([[1, 0], [1, 0], [1, 1], [0, 0]])
    >>> concepts = ConceptSet([[1], [1], [0], [0]], names=["dog"])
    >>> alignment = align(activations, concepts)
    >>> alignment.counts.ravel(), alignment.recall.ravel(), alignment.leak.ravel()
    (array([2, 0]), array([1., 0.]), array([0.5, 0.5]))
    """
    if not isinstance(activations, ActivationSets):
        raise InputError(
            "activations", f"is a {type(activations).__name__}", "wrap who fires in saelib.ActivationSets"
        )
    if not isinstance(concepts, ConceptSet):
        raise InputError(
            "concepts", f"is a {type(concepts).__name__}", "wrap the labels in saelib.ConceptSet"
        )
    if activations.n_points != concepts.n_points:
        raise InputError(
            "concepts",
            f"covers {concepts.n_points} points, the activations {activations.n_points}",
            "give both over the same points in the same order",
        )
    if not concepts.n_points:
        raise InputError("concepts", "covers no points", "give at least one point")
    checked_choice("measure", measure, MEASURES)
    mass = None if weights is None else _checked_weights(weights, concepts.n_points)
    active, member = activations.membership, concepts.membership
    return Alignment(
        counts=pair_counts(active, member, mass),
        neuron_sizes=set_sizes(active, mass),
        concept_sizes=set_sizes(member, mass),
        # Added in the order of the points, like the sizes: a concept that holds everywhere gets this sum.
        total=concepts.n_points if mass is None else float(np.add.accumulate(mass)[-1]),
        activations=activations,
        concepts=concepts,
        measure=measure,
    )


def _checked_weights(weights: Any, n_points: int) -> np.ndarray:
    try:
        array = np.asarray(weights)
    except ValueError as ragged:
        raise InputError("weights", "are ragged", f"give one weight a point: ({n_points},)") from ragged
    if array.shape != (n_points,):
        raise InputError("weights", f"has shape {array.shape}", f"give one weight a point: ({n_points},)")
    if array.dtype.kind not in "biuf":
        raise InputError("weights", f"has dtype {array.dtype}", "give real numbers")
    array = array.astype(np.float64)
    bad = np.flatnonzero(~(np.isfinite(array) & (array >= 0)))
    if bad.size:
        raise InputError(
            "weights", f"holds {array[bad[0]]} at point {bad[0]}", "give finite weights from 0 up"
        )
    if not array.any():
        raise InputError("weights", "are all zero", "give at least one point a positive weight")
    with np.errstate(over="ignore"):
        total = array.sum()
    if not np.isfinite(total):
        raise InputError("weights", "add up to infinity", "divide them by their maximum")
    return array
