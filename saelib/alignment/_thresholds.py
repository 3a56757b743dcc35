"""A neuron and its threshold for every concept, chosen together over a grid of thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from saelib.alignment._grid import (
    Floats,
    Integers,
    above,
    activation_quantiles,
    checked_activations,
    checked_numbers,
    counts_above,
)
from saelib.errors import InputError, checked_type
from saelib.sets import ConceptSet


@dataclass(frozen=True, eq=False)
class NeuronsWithThresholds:
    """The neuron and threshold that fit each concept best; made by :func:`best_with_threshold`.

    Attributes
    ----------
    neurons : ndarray [n_concepts]
        The neuron, int64; -1 for a concept that none meets.
    thresholds : ndarray [n_concepts]
        It fires above this activation; 0.0 where there is no neuron.
    sizes, both : ndarray [n_concepts]
        Points where it fires, and those of them in the concept, int64.
    concept_sizes : ndarray [n_concepts]
        Points of the concept, int64.

    Examples
    --------
    >>> one = np.array([1])
    >>> NeuronsWithThresholds(one, np.array([0.5]), sizes=2 * one, both=one, concept_sizes=2 * one).jaccard
    array([0.33333333])
    """

    neurons: Integers
    thresholds: Floats
    sizes: Integers
    both: Integers
    concept_sizes: Integers

    @property
    def recall(self) -> Floats:
        """Share of the concept on which the neuron fires, 0 for an empty concept."""
        return _ratio(self.both, self.concept_sizes)

    @property
    def precision(self) -> Floats:
        """Share of its firing that is in the concept, 0 if it never fires."""
        return _ratio(self.both, self.sizes)

    @property
    def jaccard(self) -> Floats:
        """Jaccard index of concept and firing, 0 if both are empty: there is nothing to have learned."""
        return _ratio(self.both, self.sizes + self.concept_sizes - self.both)

    @property
    def f1(self) -> Floats:
        """Harmonic mean of recall and precision; it puts neurons in the same order as the Jaccard index."""
        return _ratio(2 * self.both, self.sizes + self.concept_sizes)

    def fires(self, acts: Any) -> sparse.csr_array:
        """Where each concept's neuron fires on any points.

        Parameters
        ----------
        acts : array_like or scipy sparse, shape [n_points, d_sae]
            Activations of the same neurons.

        Returns
        -------
        csr_array of bool [n_points, n_concepts]

        Raises
        ------
        InputError
            If the activations are not a matrix of finite numbers ≥ 0, or lack a neuron.
        """
        matrix = checked_activations(acts)
        if self.neurons.max(initial=-1) >= matrix.shape[1]:
            raise InputError("acts", f"has {matrix.shape[1]} neurons", "give activations of the same neurons")
        if not matrix.shape[1]:
            return sparse.csr_array((matrix.shape[0], len(self.neurons)), dtype=np.bool_)
        columns = matrix[:, np.maximum(self.neurons, 0)]
        limit = np.where(self.neurons >= 0, self.thresholds, np.inf)
        return above(columns, limit)

    def scored_on(self, acts: Any, concepts: ConceptSet) -> NeuronsWithThresholds:
        """The same neurons and thresholds on other points, such as held-out ones.

        Parameters
        ----------
        acts : array_like or scipy sparse, shape [n_points, d_sae]
            Activations of the same neurons there.
        concepts : ConceptSet
            The same concepts there.

        Returns
        -------
        NeuronsWithThresholds
            With the counts there.

        Raises
        ------
        InputError
            If activations or concepts do not fit.
        """
        fires = self.fires(acts)
        checked_type("concepts", concepts, ConceptSet, "give the same concepts on these points")
        if concepts.n_points != fires.shape[0] or concepts.n_concepts != fires.shape[1]:
            offence = f"are {concepts.n_concepts} over {concepts.n_points} points"
            raise InputError("concepts", offence, f"give {fires.shape[1]} over {fires.shape[0]}")
        sizes = fires.sum(axis=0).astype(np.int64)
        both = fires.multiply(concepts.membership).sum(axis=0).astype(np.int64)
        return NeuronsWithThresholds(
            self.neurons, self.thresholds, sizes, both, concepts.sizes.astype(np.int64)
        )


def best_with_threshold(acts: Any, concepts: ConceptSet, quantiles: npt.ArrayLike) -> NeuronsWithThresholds:
    """The neuron and threshold with the best F1 for each concept, over all neurons and a grid of thresholds.

    The best of so many is flattered: judge it on other points, by
    :meth:`NeuronsWithThresholds.scored_on`. F1 and Jaccard index make the same choice.

    Parameters
    ----------
    acts : array_like or scipy sparse, shape [n_points, d_sae]
        Activations ≥ 0.
    concepts : ConceptSet
        Over the same points.
    quantiles : array_like [n_levels]
        Of each neuron's positive activations, see :func:`activation_quantiles`.

    Returns
    -------
    NeuronsWithThresholds
        On these points. Of equal ones the lowest threshold, then the lowest number.

    Raises
    ------
    InputError
        If activations and concepts do not fit, or the quantiles are out of range.

    Examples
    --------
    Neuron 0 fires weakly outside the concept, too; a threshold helps it:

    >>> acts = [[3.0, 1.0], [4.0, 0.0], [1.0, 0.0], [2.0, 0.0]]
    >>> found = best_with_threshold(acts, ConceptSet([[1], [1], [0], [0]]), [0.0, 0.5])
    >>> found.neurons.tolist(), found.thresholds.tolist(), found.f1.tolist()
    ([0], [2.0], [1.0])
    """
    thresholds = activation_quantiles(acts, quantiles)
    sizes, both = counts_above(acts, concepts, thresholds)
    return best_of_counts(sizes, both, thresholds, concepts.sizes)


def best_of_counts(
    sizes: npt.ArrayLike, both: npt.ArrayLike, thresholds: npt.ArrayLike, concept_sizes: npt.ArrayLike
) -> NeuronsWithThresholds:
    """The choice of :func:`best_with_threshold`, from the counts of :func:`counts_above`.

    Parameters
    ----------
    sizes, both, thresholds : array_like
        As from :func:`counts_above` and :func:`activation_quantiles`.
    concept_sizes : array_like [n_concepts]
        Points of each concept.

    Returns
    -------
    NeuronsWithThresholds
        On the points that were counted.

    Raises
    ------
    InputError
        If the counts are not whole numbers, or the shapes do not fit one another.

    Examples
    --------
    >>> best_of_counts(np.array([[2, 4]]), np.array([[[1], [3]]]), np.zeros((1, 2)), np.array([3])).f1
    array([0.85714286])
    """
    both = _checked_counts("both", both)
    if both.ndim != 3:
        raise InputError("both", f"has shape {both.shape}", "give counts [n_levels, d_sae, n_concepts]")
    n_levels, d_sae, n_concepts = both.shape
    sizes = _checked_counts("sizes", sizes, (n_levels, d_sae))
    thresholds = checked_numbers("thresholds", thresholds, "give those that were counted with")
    if thresholds.shape != (n_levels, d_sae):
        offence = f"have shape {thresholds.shape}"
        raise InputError("thresholds", offence, f"give {n_levels} levels for {d_sae} neurons")
    concept_sizes = _checked_counts("concept_sizes", concept_sizes, (n_concepts,))
    column = np.arange(n_concepts)
    if not n_levels * d_sae:
        nothing = np.zeros(n_concepts, dtype=np.int64)
        return NeuronsWithThresholds(nothing - 1, np.zeros(n_concepts), nothing, nothing, concept_sizes)
    flat = both.reshape(n_levels * d_sae, n_concepts)
    total = sizes.reshape(-1, 1) + concept_sizes[None, :]
    best = _ratio(2 * flat, total).argmax(axis=0)
    found = flat[best, column] > 0
    return NeuronsWithThresholds(
        neurons=np.where(found, best % d_sae, -1),
        thresholds=np.where(found, thresholds.reshape(-1)[best], 0.0),
        sizes=np.where(found, sizes.reshape(-1)[best], 0),
        both=np.where(found, flat[best, column], 0),
        concept_sizes=concept_sizes,
    )


def _checked_counts(argument: str, value: Any, shape: tuple[int, ...] | None = None) -> Integers:
    try:
        found = np.asarray(value)
    except ValueError:  # rows of different lengths
        found = np.empty(0, dtype=np.object_)
    if found.dtype.kind not in "iu" and found.size:
        raise InputError(
            argument, f"is a {type(value).__name__} of no whole numbers", "give counts of points"
        )
    if shape is not None and found.shape != shape:
        raise InputError(argument, f"has shape {found.shape}", f"give counts of shape {shape}")
    return found.astype(np.int64, copy=False)


def _ratio(part: Any, whole: Any) -> Floats:
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    return np.divide(part, whole, out=np.zeros(np.broadcast_shapes(part.shape, whole.shape)), where=whole > 0)
