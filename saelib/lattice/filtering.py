"""The contexts concepts × neurons for growing tolerance (theory T13b)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from saelib.alignment import Alignment
from saelib.errors import InputError
from saelib.lattice.births import MOST_POINTS, NOTIONS, Counts, births, exactly
from saelib.lattice.checks import checked_count
from saelib.lattice.context import Context
from saelib.lattice.enumeration import formal_concepts

__all__ = ["Filtration", "filtration"]


@dataclass(frozen=True, eq=False, repr=False)
class Filtration:
    """Which neuron holds which concept at which tolerance; made by :func:`filtration`.

    R_α relates a concept and a neuron if the notion holds for them at tolerance α. It grows with α, and every
    link has a *birth*, the smallest α that has it, which is a share of counts and known exactly.

    Attributes
    ----------
    alignment : Alignment
        Where the counts come from.
    notion : {"detected", "separated", "approximated"}
        What a link says.
    alphas : tuple of fractions.Fraction
        Tolerances, ascending.
    thresholds : tuple of fractions.Fraction
        Distinct births, ascending.
    ranks : ndarray [n_concepts, d_sae]
        Position in ``thresholds`` of the birth of each link, int64.

    Examples
    --------
    Neuron 0 misses one dog of two, neuron 1 one animal of four:

    >>> from saelib import ActivationSets, ConceptSet, align
    >>> from saelib.lattice import filtration
    >>> concepts = ConceptSet([[1, 1], [1, 1], [1, 0], [1, 0]], names=["animal", "dog"], parents=[-1, 0])
    >>> growing = filtration(align(ActivationSets([[1, 1], [0, 1], [0, 1], [0, 0]]), concepts), [0, 0.5])
    >>> growing
    Filtration(2 concepts × 2 neurons, detected at 2 tolerances from 0 to 1/2)
    >>> growing.births.tolist()
    [[0.75, 0.25], [0.5, 0.0]]
    >>> growing.context(0.25).incidence.toarray().astype(int).tolist()
    [[0, 1], [0, 1]]
    """

    alignment: Alignment
    notion: str
    alphas: tuple[Fraction, ...]
    thresholds: tuple[Fraction, ...]
    ranks: Counts

    def __repr__(self) -> str:
        return (
            f"Filtration({self.ranks.shape[0]} concepts × {self.ranks.shape[1]} neurons, {self.notion} at "
            f"{len(self.alphas)} tolerances from {self.alphas[0]} to {self.alphas[-1]})"
        )

    @property
    def births(self) -> np.ndarray:
        """Smallest tolerance of each link, rounded to float64, [n_concepts, d_sae]."""
        return np.array([float(value) for value in self.thresholds] or [0.0])[self.ranks]

    def context(self, alpha: float | Fraction) -> Context:
        """Return R_α as a context: concepts are its objects, neurons its attributes.

        Parameters
        ----------
        alpha : float or Fraction
            Tolerance in [0, 1], not only one of ``alphas``. A float stands for the share of points it is the
            rounding of, if there is one: ``1 / 3`` admits what misses a third.

        Returns
        -------
        Context
            The same relation as ``alignment.detected(alpha)``, ``separated(alpha, alpha)`` or
            ``approximated(alpha)``, transposed.

        Raises
        ------
        InputError
            If α is no number in [0, 1].
        """
        return self._context(_checked_alpha("alpha", alpha, int(self.alignment.total)))

    def _context(self, alpha: Fraction) -> Context:
        concepts, activations = self.alignment.concepts, self.alignment.activations
        return Context(self.ranks < bisect_right(self.thresholds, alpha), concepts.names, activations.names)

    def links(self) -> pd.DataFrame:
        """Tidy table of the links that are born by the last tolerance, in the order of birth.

        Returns
        -------
        pandas.DataFrame
            Columns ``concept`` (name), ``neuron`` (number), ``numerator`` and ``denominator`` of the birth as
            a reduced fraction, ``birth`` (the same as a float). Equal births go by concept, then neuron.
        """
        born = self.ranks < bisect_right(self.thresholds, self.alphas[-1])
        concepts, neurons = np.nonzero(born)
        order = np.argsort(self.ranks[born], kind="stable")
        concepts, neurons = concepts[order], neurons[order]
        values = [self.thresholds[rank] for rank in self.ranks[concepts, neurons]]
        return pd.DataFrame(
            {
                "concept": np.array(self.alignment.concepts.names, dtype=object)[concepts],
                "neuron": neurons,
                "numerator": np.array([value.numerator for value in values], dtype=np.int64),
                "denominator": np.array([value.denominator for value in values], dtype=np.int64),
                "birth": np.array([float(value) for value in values], dtype=np.float64),
            }
        )

    def levels(self, max_concepts: int = 100_000) -> pd.DataFrame:
        """Tidy table, one row a tolerance: how many links and how many formal concepts.

        Links never die, so their number grows. The number of formal concepts need not: a new link can merge
        two of them, and at tolerance 1 everything is one.

        Parameters
        ----------
        max_concepts : int, default 100_000
            Count no further.

        Returns
        -------
        pandas.DataFrame
            Columns ``alpha``, ``links``, ``formal_concepts`` (of the whole lattice, top and bottom included)
            and ``complete`` (whether there are no more of them than were counted).

        Raises
        ------
        InputError
            If ``max_concepts`` is no integer from 1.
        """
        checked_count("max_concepts", max_concepts, 1)
        rows = []
        for alpha in self.alphas:
            context = self._context(alpha)
            found = formal_concepts(context, min_support=0, max_concepts=max_concepts)
            rows.append((float(alpha), context.incidence.nnz, len(found), found.complete))
        return pd.DataFrame(rows, columns=["alpha", "links", "formal_concepts", "complete"])

    def lifetimes(self, max_concepts: int = 100_000) -> pd.DataFrame:
        """Tidy table of the formal concepts met at the tolerances: from when to when each of them is one.

        A set of concepts A and a set of neurons B are a formal concept of R_α exactly for α in one interval
        [born, dies): from when all links between them are there until a further concept is linked to all of
        B, or a further neuron to all of A. Both ends are births of links, and exact whichever tolerances
        were looked at. What lasts does not hang on the tolerance that somebody chose.

        Parameters
        ----------
        max_concepts : int, default 100_000
            Refuse a tolerance with more formal concepts.

        Returns
        -------
        pandas.DataFrame
            Sorted by falling ``lasts``, then by ``concepts`` and ``neurons``. Columns:

            - ``concepts``: tuple of names, A; ``neurons``: tuple of numbers, B.
            - ``n_concepts``, ``n_neurons``: how many.
            - ``born``, ``dies``: ends of the interval, ``Float64``; ``dies`` is unavailable if it never does.
            - ``lasts``: ``dies - born``, or ``1 - born`` if it never dies.

        Raises
        ------
        InputError
            If ``max_concepts`` is no integer from 1, or a tolerance has more formal concepts.
        """
        checked_count("max_concepts", max_concepts, 1)
        met: dict[tuple[bytes, bytes], tuple[Counts, Counts]] = {}
        for alpha in self.alphas:
            found = formal_concepts(self._context(alpha), min_support=0, max_concepts=max_concepts)
            if not found.complete:
                offence = f"has {alpha}, at which there are more than {max_concepts} formal concepts"
                raise InputError("alphas", offence, "leave it out or raise max_concepts")
            for i in range(len(found)):
                concepts, neurons = found.extent(i), found.intent(i)
                met.setdefault((concepts.tobytes(), neurons.tobytes()), (concepts, neurons))
        return self._lifetimes([(*pair, *self._lifetime(*pair)) for pair in met.values()])

    def _lifetime(self, concepts: Counts, neurons: Counts) -> tuple[Fraction, Fraction | None]:
        # Without any link to wait for, a pair is as old as the least tolerance.
        born = self.ranks[np.ix_(concepts, neurons)].max(initial=-1)
        further_concept = np.delete(self.ranks[:, neurons].max(axis=1, initial=-1), concepts)
        further_neuron = np.delete(self.ranks[concepts].max(axis=0, initial=-1), neurons)
        ends = np.concatenate([further_concept, further_neuron])
        return (
            self.thresholds[born] if born >= 0 else Fraction(0),
            self.thresholds[ends.min()] if ends.size else None,
        )

    def _lifetimes(self, met: list[tuple[Counts, Counts, Fraction, Fraction | None]]) -> pd.DataFrame:
        names = self.alignment.concepts.names
        rows = [
            (
                -((1 if dies is None else dies) - born),
                tuple(concepts.tolist()),
                tuple(neurons.tolist()),
                born,
                dies,
            )
            for concepts, neurons, born, dies in met
        ]
        rows.sort(key=lambda line: line[:3])
        frame = pd.DataFrame(
            {
                "concepts": pd.Series([tuple(names[c] for c in line[1]) for line in rows], dtype=object),
                "neurons": pd.Series([line[2] for line in rows], dtype=object),
                "n_concepts": np.array([len(line[1]) for line in rows], dtype=np.int64),
                "n_neurons": np.array([len(line[2]) for line in rows], dtype=np.int64),
                "born": pd.array([float(line[3]) for line in rows], dtype="Float64"),
                "dies": pd.array(
                    [None if line[4] is None else float(line[4]) for line in rows], dtype="Float64"
                ),
                "lasts": np.array([float(-line[0]) for line in rows], dtype=np.float64),
            }
        )
        return frame


def filtration(
    alignment: Alignment, alphas: Sequence[float | Fraction], notion: str = "detected"
) -> Filtration:
    """Relate concepts and neurons at growing tolerance: the contexts R_α, from strict to lenient.

    Parameters
    ----------
    alignment : Alignment
        Unweighted, of at most 2**26 points.
    alphas : sequence of float or Fraction
        Tolerances in [0, 1], growing. A float stands for the share of points it is the rounding of, if there
        is one.
    notion : {"detected", "separated", "approximated"}, default "detected"
        The notion of :class:`saelib.Alignment` that makes a link; for ``"separated"`` both its tolerances
        are α.

    Returns
    -------
    Filtration
        The births of all links, and what follows from them.

    Raises
    ------
    InputError
        If something else is given, the alignment is weighted or too large, or is on the ambient space and the
        notion is about data, or the tolerances are not growing numbers in [0, 1].

    Notes
    -----
    T13b: R_α ⊆ R_β for α ≤ β. Births are shares of counts: what a neuron misses of the concept, the larger of
    that and the share of the rest it leaks into, or the Jaccard distance.

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet, align
    >>> from saelib.lattice import filtration
    >>> alignment = align(ActivationSets([[1, 0], [1, 1], [0, 1]]), ConceptSet([[1], [1], [0]]))
    >>> print(filtration(alignment, [0, 0.5, 1]).levels().to_string(index=False))
     alpha  links  formal_concepts  complete
       0.0      1                2      True
       0.5      2                1      True
       1.0      2                1      True
    """
    if not isinstance(alignment, Alignment):
        raise InputError("alignment", f"is a {type(alignment).__name__}", "give what saelib.align returns")
    if not isinstance(notion, str) or notion not in NOTIONS:
        raise InputError("notion", f"is {notion!r}", f"give one of {', '.join(NOTIONS)}")
    if alignment.measure != "data" and notion != "approximated":
        raise InputError("notion", f"is {notion!r}, which is about data", "ask for 'approximated'")
    if alignment.counts.dtype.kind == "f":
        raise InputError("alignment", "is weighted", "align without weights for exact tolerances")
    n_points = int(alignment.total)
    if n_points > MOST_POINTS:
        raise InputError("alignment", f"covers {n_points} points", f"give at most {MOST_POINTS}")
    if isinstance(alphas, str) or not isinstance(alphas, (Sequence, np.ndarray)) or not len(alphas):
        raise InputError("alphas", f"is {alphas!r}", "give a list of numbers from 0 to 1")
    exact = tuple(_checked_alpha("alphas", alpha, n_points) for alpha in alphas)
    for i, (low, high) in enumerate(pairwise(exact)):
        if low >= high:
            raise InputError("alphas", f"has {high} at {i + 1} after {low}", "let them grow")
    ranks, thresholds = births(alignment, notion)
    return Filtration(alignment=alignment, notion=notion, alphas=exact, thresholds=thresholds, ranks=ranks)


def _checked_alpha(argument: str, alpha: Any, n_points: int) -> Fraction:
    number = isinstance(alpha, (int, float, Fraction, np.integer, np.floating))
    if not number or isinstance(alpha, bool) or not 0 <= alpha <= 1:
        raise InputError(argument, f"has {alpha!r}", "give numbers from 0 to 1")
    return exactly(alpha if isinstance(alpha, Fraction) else float(alpha), n_points)
