"""The alignment of two families of sets: rates, the three notions, the two directions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from saelib.alignment._choice import checked_choice
from saelib.alignment._matching import best_rows, matched_rows, mutual_pairs
from saelib.alignment._wilson import wilson_interval
from saelib.errors import InputError
from saelib.sets import ActivationSets, ConceptSet

MEASURES = ("data", "ambient")
SCORES = ("recall", "precision", "jaccard")
QUANTITIES = ("recall", "leak", "precision", "jaccard")
PAIRS = ("overlapping", "all", "learned", "interpreted", "matched", "mutual")


@dataclass(frozen=True, eq=False, repr=False)
class Alignment:
    """How well every neuron lines up with every concept; made by ``saelib.align``.

    Everything follows from the counts of θ∩C, θ and C and the number of points.

    Attributes
    ----------
    counts : ndarray [d_sae, n_concepts]
        Points in θ_j ∩ C_i, int64; with weights their sum, float64.
    neuron_sizes, concept_sizes : ndarray [d_sae], [n_concepts]
        Points in θ_j and in C_i, of the same type.
    total : int or float
        Number of points, or their weight.
    activations, concepts : ActivationSets, ConceptSet
        The two families.
    measure : {"data", "ambient"}
        What the points are a sample of: the data (μ) or the whole space (ν).

    Notes
    -----
    Definitions and conventions of theory §0: recall, precision and Jaccard index of an empty activation set
    (a dead neuron) or an empty concept are 0, except that two empty sets have Jaccard index 1; a concept that
    holds everywhere leaves nothing to leak into, so its leak is 0. Nothing is ever NaN.

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet, align
    >>> activations = ActivationSets([[1, 0], [1, 0], [1, 1], [0, 0]])
    >>> concepts = ConceptSet([[1], [1], [0], [0]], names=["dog"])
    >>> alignment = align(activations, concepts)
    >>> alignment
    Alignment(2 neurons × 1 concepts over 4 points, measure='data')
    >>> alignment.detected(delta=0.0).ravel(), alignment.separated(delta=0.0, epsilon=0.1).ravel()
    (array([ True, False]), array([False, False]))
    >>> alignment.learn()
    array([0])
    """

    counts: np.ndarray
    neuron_sizes: np.ndarray
    concept_sizes: np.ndarray
    total: float
    activations: ActivationSets
    concepts: ConceptSet
    measure: str = "data"

    @property
    def d_sae(self) -> int:
        """Number of neurons."""
        return int(self.counts.shape[0])

    @property
    def n_concepts(self) -> int:
        """Number of concepts."""
        return int(self.counts.shape[1])

    @cached_property
    def recall(self) -> np.ndarray:
        """ρ = μ(θ∩C)/μ(C): share of the concept that the neuron fires on, float64 [d_sae, n_concepts]."""
        return _ratio(*self._fraction("recall"))

    @cached_property
    def leak(self) -> np.ndarray:
        """λ = μ(θ∖C)/μ(X∖C): share of the rest that the neuron fires on, float64 [d_sae, n_concepts]."""
        return _ratio(*self._fraction("leak"))

    @cached_property
    def precision(self) -> np.ndarray:
        """μ(θ∩C)/μ(θ): share of the neuron's firing that is on the concept, float64 [d_sae, n_concepts]."""
        return _ratio(*self._fraction("precision"))

    @cached_property
    def jaccard(self) -> np.ndarray:
        """J = μ(θ∩C)/μ(θ∪C), float64 [d_sae, n_concepts]."""
        both, either = self._fraction("jaccard")
        return np.where(either > 0, _ratio(both, either), 1.0)

    def _fraction(self, quantity: str) -> tuple[np.ndarray, np.ndarray]:
        """Numerator and denominator of a rate."""
        sizes = self.neuron_sizes[:, None]
        if quantity == "recall":
            return self.counts, self.concept_sizes[None, :]
        if quantity == "precision":
            return self.counts, sizes
        if quantity == "leak":
            return sizes - self.counts, self.total - self.concept_sizes[None, :]
        return self.counts, sizes + self.concept_sizes[None, :] - self.counts

    # The notions compare what is wrong (missed, leaked, apart) with the tolerance rather than what is right
    # with one minus it: 1 - 0.7 is above 0.3 in floating point, so 3 of 10 would not pass with delta=0.7.

    def detected(self, delta: float = 0.0) -> np.ndarray:
        """Detection: the neuron covers the concept up to a share δ, recall ≥ 1 − δ.

        Parameters
        ----------
        delta : float, default 0.0
            δ in [0, 1].

        Returns
        -------
        ndarray
            bool [d_sae, n_concepts].

        Raises
        ------
        InputError
            If δ is not in [0, 1], or this is an alignment on the ambient space.

        Examples
        --------
        >>> from saelib import ActivationSets, ConceptSet, align
        >>> a = align(ActivationSets([[1], [0], [1]]), ConceptSet([[1], [1], [0]]))
        >>> a.detected(0.4), a.detected(0.5)
        (array([[False]]), array([[ True]]))
        """
        self._check_on_data("detected")
        delta = _checked_tolerance("delta", delta)
        sizes = self.concept_sizes[None, :]
        return _at_most(sizes - self.counts, sizes, delta, empty=1.0)

    def separated(self, delta: float = 0.0, epsilon: float = 0.0) -> np.ndarray:
        """Separation: detection, and the neuron fires on at most a share ε of the rest of the data, leak ≤ ε.

        Parameters
        ----------
        delta, epsilon : float, default 0.0
            δ and ε in [0, 1].

        Returns
        -------
        ndarray
            bool [d_sae, n_concepts].

        Raises
        ------
        InputError
            If a tolerance is not in [0, 1], or this is an alignment on the ambient space.

        Examples
        --------
        >>> from saelib import ActivationSets, ConceptSet, align
        >>> a = align(ActivationSets([[1], [1], [0]]), ConceptSet([[1], [0], [0]]))
        >>> a.separated(0.0, 0.4), a.separated(0.0, 0.5)
        (array([[False]]), array([[ True]]))
        """
        self._check_on_data("separated")
        epsilon = _checked_tolerance("epsilon", epsilon)
        outside, rest = self._fraction("leak")
        return self.detected(delta) & _at_most(outside, rest, epsilon, empty=0.0)

    def approximated(self, eta: float = 0.0) -> np.ndarray:
        """Approximation: the Jaccard distance of neuron and concept is at most η, under this measure.

        It is approximation in the sense of the framework (the neuron is tight around the concept in the whole
        space) only for ``measure="ambient"``; for ``measure="data"`` it is its counterpart on the sample.

        Parameters
        ----------
        eta : float, default 0.0
            η in [0, 1].

        Returns
        -------
        ndarray
            bool [d_sae, n_concepts].

        Raises
        ------
        InputError
            If η is not in [0, 1].

        Examples
        --------
        >>> from saelib import ActivationSets, ConceptSet, align
        >>> a = align(ActivationSets([[1], [1], [0]]), ConceptSet([[1], [0], [0]]))
        >>> a.approximated(0.4), a.approximated(0.5)
        (array([[False]]), array([[ True]]))
        """
        eta = _checked_tolerance("eta", eta)
        both, either = self._fraction("jaccard")
        return _at_most(either - both, either, eta, empty=0.0)

    def learn(self, score: str = "jaccard") -> np.ndarray:
        """Learning f: the best neuron of each concept.

        Parameters
        ----------
        score : {"jaccard", "recall", "precision"}
            What makes a neuron good for a concept.

        Returns
        -------
        ndarray
            int64 [n_concepts]; the lowest number on ties, -1 where the best score is 0 or the concept is
            empty (that a dead neuron equals an empty concept is no learning).

        Raises
        ------
        InputError
            If there is no such score.

        Examples
        --------
        >>> from saelib import ActivationSets, ConceptSet, align
        >>> a = align(ActivationSets([[1, 1], [0, 1], [0, 1]]), ConceptSet([[1, 0], [1, 0], [0, 0]]))
        >>> a.learn(), a.learn("precision")
        (array([ 1, -1]), array([ 0, -1]))
        """
        return best_rows(self._score(score))

    def interpret(self, score: str = "jaccard") -> np.ndarray:
        """Interpretation g: the best concept of each neuron.

        Parameters
        ----------
        score : {"jaccard", "recall", "precision"}
            What makes a concept good for a neuron.

        Returns
        -------
        ndarray
            int64 [d_sae]; the lowest number on ties, -1 where the best score is 0 or the neuron is dead.

        Raises
        ------
        InputError
            If there is no such score.

        Examples
        --------
        >>> from saelib import ActivationSets, ConceptSet, align
        >>> a = align(ActivationSets([[1, 0], [1, 0], [0, 0]]), ConceptSet([[1, 1], [0, 1], [0, 1]]))
        >>> a.interpret(), a.interpret("recall")
        (array([ 1, -1]), array([ 0, -1]))
        """
        return best_rows(self._score(score).T)

    def matched(self, score: str = "jaccard") -> np.ndarray:
        """One-to-one matching of concepts with neurons that has the highest total score (Kuhn 1955).

        Parameters
        ----------
        score : {"jaccard", "recall", "precision"}
            What is added up.

        Returns
        -------
        ndarray
            int64 [n_concepts]: the neuron of each concept, none twice; -1 where no neuron with a positive
            score is left for it.

        Raises
        ------
        InputError
            If there is no such score.

        References
        ----------
        Kuhn, H. W. (1955). The Hungarian method for the assignment problem. *Naval Research Logistics
        Quarterly* 2, 83-97.

        Examples
        --------
        Both concepts like neuron 0 best, but only one can have it:

        >>> from saelib import ActivationSets, ConceptSet, align
        >>> a = align(ActivationSets([[1, 1], [1, 0], [1, 0]]), ConceptSet([[1, 1], [1, 1], [1, 0]]))
        >>> a.learn(), a.matched()
        (array([0, 0]), array([0, 1]))
        """
        return matched_rows(self._score(score))

    def mutual(self, score: str = "jaccard", interpret_score: str | None = None) -> np.ndarray:
        """Pairs that are each other's best: j = f(C) and C = g(θ_j).

        Parameters
        ----------
        score : {"jaccard", "recall", "precision"}
            Score of :meth:`learn`.
        interpret_score : {"jaccard", "recall", "precision"}, optional
            Score of :meth:`interpret`; the same if left out. With two different ones there may be no pair
            (T12c).

        Returns
        -------
        ndarray
            int64 [m, 2], rows (neuron, concept) in the order of the concepts.

        Raises
        ------
        InputError
            If there is no such score.

        Examples
        --------
        >>> from saelib import ActivationSets, ConceptSet, align
        >>> a = align(ActivationSets([[1, 1], [1, 0], [1, 0]]), ConceptSet([[1, 1], [1, 1], [1, 0]]))
        >>> a.mutual()
        array([[0, 0]])
        """
        return mutual_pairs(self.learn(score), self.interpret(interpret_score or score))

    def interval(self, quantity: str, confidence: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
        """Wilson interval for a rate, taking the points as an independent sample.

        Parameters
        ----------
        quantity : {"recall", "leak", "precision", "jaccard"}
            The rate; trials are the points of its denominator (C, X∖C, θ, θ∪C).
        confidence : float, default 0.95
            For each pair by itself; for all at once see T7c.

        Returns
        -------
        low, high : ndarray
            float64 [d_sae, n_concepts]. Where the denominator is empty nothing is known: [0, 1].

        Raises
        ------
        InputError
            If there is no such rate, the confidence is not in (0, 1), or the alignment is weighted (weights
            say how heavy a point is, not how many were sampled).

        Examples
        --------
        >>> from saelib import ActivationSets, ConceptSet, align
        >>> a = align(ActivationSets([[1], [0], [0]]), ConceptSet([[1], [1], [0]]))
        >>> low, high = a.interval("recall")
        >>> a.recall.item(), round(low.item(), 3), round(high.item(), 3)
        (0.5, 0.095, 0.905)
        """
        checked_choice("quantity", quantity, QUANTITIES)
        if self.counts.dtype.kind == "f":
            raise InputError(
                "quantity", "comes from weighted counts", "align without weights for an interval"
            )
        return wilson_interval(*self._fraction(quantity), confidence)

    def to_frame(self, pairs: str = "overlapping", score: str = "jaccard") -> pd.DataFrame:
        """Tidy table, one row a pair.

        Parameters
        ----------
        pairs : {"overlapping", "all", "learned", "interpreted", "matched", "mutual"}
            Pairs with a point in common; every pair; or the pairs of :meth:`learn`, :meth:`interpret`,
            :meth:`matched`, :meth:`mutual`.
        score : {"jaccard", "recall", "precision"}
            Score for the last four.

        Returns
        -------
        pandas.DataFrame
            Columns ``neuron`` (number), ``concept`` (name), ``measure``, ``count`` (points in both),
            ``neuron_size``, ``concept_size``, ``recall``, ``leak``, ``precision``, ``jaccard``; sorted by
            concept, then neuron.

        Raises
        ------
        InputError
            If there is no such choice of pairs or score.

        Examples
        --------
        >>> from saelib import ActivationSets, ConceptSet, align
        >>> a = align(ActivationSets([[1, 0], [1, 0], [0, 1]]), ConceptSet([[1], [0], [0]], names=["dog"]))
        >>> print(a.to_frame().to_string(index=False))
         neuron concept measure  count  neuron_size  concept_size  recall  leak  precision  jaccard
              0     dog    data      1            2             1     1.0   0.5        0.5      0.5
        """
        return self._rows(*self._pairs(pairs, score))

    def top(self, concept: int | str, n: int = 5, score: str = "jaccard") -> pd.DataFrame:
        """Neurons that line up best with one concept, the best first.

        Parameters
        ----------
        concept : int or str
            Number or name of the concept.
        n : int, default 5
            At most so many; neurons without a point of the concept are left out.
        score : {"jaccard", "recall", "precision"}
            What makes a neuron good for a concept; the lower number goes first on ties.

        Returns
        -------
        pandas.DataFrame
            The columns of :meth:`to_frame`.

        Raises
        ------
        InputError
            If there is no such concept or score, or n is not a positive integer.

        Examples
        --------
        >>> from saelib import ActivationSets, ConceptSet, align
        >>> a = align(ActivationSets([[1, 1], [0, 1], [0, 0]]), ConceptSet([[1], [1], [0]], names=["dog"]))
        >>> a.top("dog")["neuron"].tolist()
        [1, 0]
        """
        i = self.concepts.index(concept)
        if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
            raise InputError("n", f"is {n!r}", "give a positive integer")
        values = self._score(score)[:, i]
        best = np.argsort(-values, kind="stable")[:n]
        best = best[values[best] > 0]
        return self._rows(best, np.full(best.size, i))

    def _rows(self, neurons: np.ndarray, concepts: np.ndarray) -> pd.DataFrame:
        at = (neurons, concepts)
        return pd.DataFrame(
            {
                "neuron": neurons,
                "concept": np.array(self.concepts.names, dtype=object)[concepts],
                "measure": self.measure,
                "count": self.counts[at],
                "neuron_size": self.neuron_sizes[neurons],
                "concept_size": self.concept_sizes[concepts],
                "recall": self.recall[at],
                "leak": self.leak[at],
                "precision": self.precision[at],
                "jaccard": self.jaccard[at],
            }
        )

    def _pairs(self, pairs: str, score: str) -> tuple[np.ndarray, np.ndarray]:
        checked_choice("pairs", pairs, PAIRS)
        checked_choice("score", score, SCORES)
        if pairs in ("overlapping", "all"):
            wanted = self.counts > 0 if pairs == "overlapping" else np.ones(self.counts.shape, dtype=bool)
            concepts, neurons = np.nonzero(wanted.T)
        elif pairs == "interpreted":
            best = self.interpret(score)
            neurons = np.flatnonzero(best >= 0)
            concepts = best[neurons]
        elif pairs == "mutual":
            neurons, concepts = self.mutual(score).T
        else:
            best = self.learn(score) if pairs == "learned" else self.matched(score)
            concepts = np.flatnonzero(best >= 0)
            neurons = best[concepts]
        order = np.lexsort((neurons, concepts))
        return neurons[order], concepts[order]

    def _score(self, score: str) -> np.ndarray:
        value = getattr(self, checked_choice("score", score, SCORES))
        # Two empty sets have Jaccard index 1 by convention, but nobody learned anything there.
        return np.where(self.counts > 0, value, 0.0) if score == "jaccard" else value

    def _check_on_data(self, notion: str) -> None:
        if self.measure != "data":
            raise InputError(
                "measure",
                f"is {self.measure!r}, but {notion} is a statement on the data",
                "call it on an alignment over data points, or ask this one for approximated()",
            )

    def __repr__(self) -> str:
        weight = " (weighted)" if self.counts.dtype.kind == "f" else ""
        return (
            f"Alignment({self.d_sae} neurons × {self.n_concepts} concepts over "
            f"{self.concepts.n_points} points{weight}, measure={self.measure!r})"
        )


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part/whole, 0 where the whole is empty; weighted sums may exceed it by rounding, rates may not."""
    # Counts are stored concept by concept; rates keep that order, or every pass over them would jump about.
    rate = np.zeros(np.broadcast_shapes(part.shape, whole.shape), order="F")
    np.divide(part, whole, out=rate, where=np.broadcast_to(whole > 0, rate.shape))
    return np.minimum(rate, 1.0, out=rate)


def _at_most(part: np.ndarray, whole: np.ndarray, tolerance: float, empty: float) -> np.ndarray:
    """part/whole ≤ tolerance, with the value ``empty`` where the whole is empty."""
    return np.where(whole > 0, _ratio(part, whole), empty) <= tolerance


def _checked_tolerance(argument: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise InputError(argument, f"is {value!r}", "give a number from 0 to 1")
    if not 0 <= value <= 1:
        raise InputError(argument, f"is {value}", "give a number from 0 to 1")
    return float(value)
