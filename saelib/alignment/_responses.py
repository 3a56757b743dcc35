"""Alternating best responses between concepts and neurons (theory T12c)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from saelib.alignment._alignment import Alignment
from saelib.errors import checked_type


@dataclass(frozen=True)
class BestResponses:
    """A walk from a concept to its best neuron, to that neuron's best concept, and so on.

    Attributes
    ----------
    concepts, neurons : tuple of int
        In the order in which they were met: C₀, f(C₀), g(f(C₀)), … A mutual pair is met once; of a longer
        cycle every member is.
    mutual : bool
        Whether the walk ended in a pair that are each other's best.
    cycle : int
        Concepts in the cycle it ended in: 1 for a mutual pair, 0 if it ended where there is no best.

    Examples
    --------
    >>> BestResponses((0,), (2,), True, 1).mutual
    True
    """

    concepts: tuple[int, ...]
    neurons: tuple[int, ...]
    mutual: bool
    cycle: int


def best_responses(
    alignment: Alignment, concept: int | str, score: str = "jaccard", interpret_score: str | None = None
) -> BestResponses:
    """Go back and forth between a concept and neurons until nothing new is met.

    With one symmetric score every step raises the score or stays, so without ties the walk ends in a mutual
    best pair (T12c); that is why at least one exists wherever a neuron meets a concept. With two scores it
    may run in a circle.

    Parameters
    ----------
    alignment : Alignment
        Of the two families.
    concept : int or str
        Where to start, by number or name.
    score, interpret_score : {"jaccard", "recall", "precision"}
        Of :meth:`Alignment.learn` and of :meth:`Alignment.interpret`; one for both if the second is left out.

    Returns
    -------
    BestResponses
        The walk and how it ended.

    Raises
    ------
    InputError
        If there is no such concept or score.

    Examples
    --------
    Neuron 0 fires on both concepts; the smaller one goes to it and ends with the larger:

    >>> from saelib import ActivationSets, ConceptSet, align
    >>> a = align(ActivationSets([[1], [1], [1]]), ConceptSet([[1, 1], [1, 1], [1, 0]]))
    >>> best_responses(a, 1)
    BestResponses(concepts=(1, 0), neurons=(0,), mutual=True, cycle=1)
    """
    checked_type("alignment", alignment, Alignment, "give what saelib.align returns")
    here = alignment.concepts.index(concept)
    return walk(alignment.learn(score), alignment.interpret(interpret_score or score), here)


def walk(learned: np.ndarray, interpreted: np.ndarray, here: int) -> BestResponses:
    """The walk from concept number ``here``, given both directions as `Alignment` returns them."""
    concepts: list[int] = [here]
    neurons: list[int] = []
    while True:
        neuron = int(learned[here])
        if neuron < 0:
            return BestResponses(tuple(concepts), tuple(neurons), False, 0)
        if neuron not in neurons:
            neurons.append(neuron)
        here = int(interpreted[neuron])
        if here < 0:
            return BestResponses(tuple(concepts), tuple(neurons), False, 0)
        if here in concepts:
            cycle = len(concepts) - concepts.index(here)
            return BestResponses(tuple(concepts), tuple(neurons), cycle == 1, cycle)
        concepts.append(here)
