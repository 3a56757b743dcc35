"""A neuron and its threshold for every concept, chosen together over a grid of thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from saelib.alignment._counts import pair_counts
from saelib.errors import InputError
from saelib.sets import ActivationSets, ConceptSet

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


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
        if concepts.n_points != fires.shape[0] or concepts.n_concepts != fires.shape[1]:
            offence = f"are {concepts.n_concepts} over {concepts.n_points} points"
            raise InputError("concepts", offence, f"give {fires.shape[1]} over {fires.shape[0]}")
        sizes = fires.sum(axis=0).astype(np.int64)
        both = fires.multiply(concepts.membership).sum(axis=0).astype(np.int64)
        return NeuronsWithThresholds(
            self.neurons, self.thresholds, sizes, both, concepts.sizes.astype(np.int64)
        )


def activation_quantiles(acts: Any, quantiles: npt.ArrayLike) -> Floats:
    """Quantiles of each neuron's positive activations, to be its thresholds.

    Parameters
    ----------
    acts : array_like or scipy sparse, shape [n_points, d_sae]
        Activations ≥ 0.
    quantiles : array_like [n_levels]
        From 0 to below 1, rising. At 0 the threshold is 0: the neuron fires wherever it is active.

    Returns
    -------
    ndarray [n_levels, d_sae]
        An activation that occurs: of m different positive ones, m - ⌈q·m⌉ are above the threshold. 0 for
        a dead neuron.

    Raises
    ------
    InputError
        If the activations are not a matrix of finite numbers ≥ 0, or the quantiles are out of range.

    Examples
    --------
    >>> activation_quantiles([[1.0], [2.0], [3.0], [4.0], [0.0]], [0.0, 0.5, 0.75]).T.tolist()
    [[0.0, 2.0, 3.0]]
    """
    levels = np.asarray(quantiles, dtype=np.float64)
    if levels.ndim != 1 or not levels.size or not ((levels >= 0) & (levels < 1)).all():
        raise InputError("quantiles", f"is {quantiles!r}", "give numbers from 0 to below 1")
    if (np.diff(levels) <= 0).any():
        raise InputError("quantiles", f"is {quantiles!r}", "give them in rising order")
    by_neuron = checked_activations(acts).tocsc()
    number = np.diff(by_neuron.indptr)
    neuron = np.repeat(np.arange(len(number)), number)
    rising = by_neuron.data[np.lexsort((by_neuron.data, neuron))]
    # The least excess over a whole number is rounding: 0.2 · 5 is one activation, not two.
    rank = np.ceil(levels[:, None] * number - 1e-9).astype(np.int64)
    found = np.zeros((len(levels), len(number)))
    some = rank > 0
    found[some] = rising[(by_neuron.indptr[:-1] + rank - 1)[some]]
    return found


def counts_above(acts: Any, concepts: ConceptSet, thresholds: Floats) -> tuple[Integers, Integers]:
    """Where every neuron fires above each of its thresholds, and how much of that is in each concept.

    Parameters
    ----------
    acts : array_like or scipy sparse, shape [n_points, d_sae]
        Activations ≥ 0.
    concepts : ConceptSet
        Over the same points.
    thresholds : ndarray [n_levels, d_sae]
        At least 0, see :func:`activation_quantiles`.

    Returns
    -------
    sizes : ndarray [n_levels, d_sae]
        Points where it fires, int64.
    both : ndarray [n_levels, d_sae, n_concepts]
        Those of them in the concept, int64.

    Raises
    ------
    InputError
        If activations, concepts and thresholds do not fit.

    Examples
    --------
    >>> concepts = ConceptSet([[1], [1], [0]])
    >>> sizes, both = counts_above([[1.0], [2.0], [3.0]], concepts, np.array([[0.0], [1.5]]))
    >>> sizes.tolist(), both.ravel().tolist()
    ([[3], [2]], [2, 1])
    """
    matrix = checked_activations(acts)
    if concepts.n_points != matrix.shape[0]:
        offence = f"cover {concepts.n_points} points of {matrix.shape[0]}"
        raise InputError("concepts", offence, "give the same points")
    if thresholds.ndim != 2 or thresholds.shape[1] != matrix.shape[1] or not (thresholds >= 0).all():
        offence = f"have shape {thresholds.shape} or are negative"
        raise InputError("thresholds", offence, f"give numbers ≥ 0, [n_levels, {matrix.shape[1]}]")
    fired = [above(matrix, row) for row in thresholds]
    sizes = np.array([np.bincount(each.indices, minlength=each.shape[1]) for each in fired], dtype=np.int64)
    both = np.array([pair_counts(each, concepts.membership, None) for each in fired], dtype=np.int64)
    return sizes, both


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
    sizes: Integers, both: Integers, thresholds: Floats, concept_sizes: Integers
) -> NeuronsWithThresholds:
    """The choice of :func:`best_with_threshold`, from the counts of :func:`counts_above`.

    Parameters
    ----------
    sizes, both, thresholds : ndarray
        As from :func:`counts_above` and :func:`activation_quantiles`.
    concept_sizes : ndarray [n_concepts]
        Points of each concept.

    Returns
    -------
    NeuronsWithThresholds
        On the points that were counted.

    Examples
    --------
    >>> best_of_counts(np.array([[2, 4]]), np.array([[[1], [3]]]), np.zeros((1, 2)), np.array([3])).f1
    array([0.85714286])
    """
    n_levels, d_sae, n_concepts = both.shape
    column = np.arange(n_concepts)
    if not n_levels * d_sae:
        nothing = np.zeros(n_concepts, dtype=np.int64)
        return NeuronsWithThresholds(
            nothing - 1, np.zeros(n_concepts), nothing, nothing, np.asarray(concept_sizes, dtype=np.int64)
        )
    flat = both.reshape(n_levels * d_sae, n_concepts)
    total = sizes.reshape(-1, 1) + np.asarray(concept_sizes)[None, :]
    best = _ratio(2 * flat, total).argmax(axis=0)
    found = flat[best, column] > 0
    return NeuronsWithThresholds(
        neurons=np.where(found, best % d_sae, -1),
        thresholds=np.where(found, thresholds.reshape(-1)[best], 0.0),
        sizes=np.where(found, sizes.reshape(-1)[best], 0),
        both=np.where(found, flat[best, column], 0),
        concept_sizes=np.asarray(concept_sizes, dtype=np.int64),
    )


def above(matrix: sparse.csr_array, thresholds: Floats) -> sparse.csr_array:
    """Where each neuron's activation exceeds its own threshold.

    Parameters
    ----------
    matrix : csr_array [n_points, d_sae]
        Activations; those that are not stored are 0 and exceed nothing.
    thresholds : ndarray [d_sae]
        One a neuron, at least 0.

    Returns
    -------
    csr_array of bool [n_points, d_sae]
        Canonical if the activations are.

    Examples
    --------
    >>> above(sparse.csr_array([[1.0, 1.0], [0.0, 3.0]]), np.array([0.0, 2.0])).toarray().tolist()
    [[True, False], [False, True]]
    """
    fires = matrix.data > thresholds[matrix.indices]
    starts = np.concatenate([[0], np.cumsum(fires)])[matrix.indptr]
    data = np.ones(int(starts[-1]), dtype=np.bool_)
    return sparse.csr_array((data, matrix.indices[fires], starts), shape=matrix.shape)


def checked_activations(acts: Any) -> sparse.csr_array:
    """Activations as a canonical sparse matrix without stored zeros, refused if negative or not finite."""
    if isinstance(acts, ActivationSets):
        acts = acts.active
    try:
        given: Any = acts if sparse.issparse(acts) else np.asarray(acts)
        found = sparse.csr_array(given)
    except (TypeError, ValueError):
        raise InputError("acts", "is no matrix of numbers", "give activations [n_points, d_sae]") from None
    if found.ndim != 2 or found.dtype.kind not in "biuf":
        raise InputError("acts", f"has shape {found.shape}", "give activations [n_points, d_sae]")
    found = found.astype(np.float64)
    found.sum_duplicates()
    found.eliminate_zeros()
    if not np.isfinite(found.data).all() or (found.data < 0).any():
        raise InputError("acts", "is negative or not finite somewhere", "give activations after gating")
    return found


def _ratio(part: Any, whole: Any) -> Floats:
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    return np.divide(part, whole, out=np.zeros(np.broadcast_shapes(part.shape, whole.shape)), where=whole > 0)
