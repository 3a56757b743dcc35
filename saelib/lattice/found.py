"""The formal concepts that were found, and how steady they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

from saelib.errors import InputError
from saelib.lattice.context import Context
from saelib.lattice.neighbours import lost_shares
from saelib.lattice.order import above, covering, exact_stability

__all__ = ["FormalConcepts"]


@dataclass(frozen=True, eq=False, repr=False)
class FormalConcepts:
    r"""Formal concepts (A, B) of a context: who shares what, and how much of it hangs on few objects.

    Attributes
    ----------
    context : Context
        Where they come from.
    support : ndarray [n]
        Sizes of the extents \|A\|, int64, falling; equal ones are ordered by their intents as lists of
        ascending numbers.
    intents : scipy.sparse.csr_array
        B, boolean [n, n_attributes].
    delta : ndarray [n]
        Δ, int64: how many objects of A must at least be taken away for an attribute outside B to become
        common to the rest, min over m ∉ B of \|A\| − \|A ∩ m'\|. That is \|A\| less the largest extent of
        a proper subconcept, counted in the context, so it is exact however few concepts were kept. For the
        bottom, which has no attribute outside B, it is \|A\| by convention.
    min_support, min_delta : int
        What the search was asked for.
    complete : bool
        Whether every concept asked for is here.
    stopped : str
        What ended the search early and what is missing; empty if nothing.
    searched : ndarray
        Numbers of the attributes, ascending, among which nothing is missing: every concept asked for whose
        intent lies within them is here. All attributes if the search was complete.
    work : int
        Incidences of all extents that were tried, a measure of the time taken that does not depend on the
        machine.
    kernel : {"numba", "numpy"}
        What searched.

    Examples
    --------
    >>> from saelib.lattice import Context, formal_concepts
    >>> found = formal_concepts(Context([[1, 1], [1, 0], [1, 0]]))
    >>> found
    FormalConcepts(2 of 3 objects × 2 attributes, support from 1, complete)
    >>> found.support, found.delta, found.intents.toarray().astype(int).tolist()
    (array([3, 1]), array([2, 1]), [[1, 0], [1, 1]])
    """

    context: Context
    support: npt.NDArray[np.int64]
    intents: sparse.csr_array
    delta: npt.NDArray[np.int64]
    min_support: int
    min_delta: int
    complete: bool
    stopped: str
    searched: npt.NDArray[np.int64]
    work: int
    kernel: Literal["numba", "numpy"]

    def __len__(self) -> int:
        return len(self.support)

    def __repr__(self) -> str:
        return (
            f"FormalConcepts({len(self)} of {self.context.n_objects} objects × "
            f"{self.context.n_attributes} attributes, support from {self.min_support}, "
            f"{'complete' if self.complete else self.stopped})"
        )

    def intent(self, i: int) -> npt.NDArray[np.int64]:
        """Return the attributes of one concept by its position, ascending, int64.

        Raises
        ------
        InputError
            If there is no such concept.
        """
        i = self._position(i)
        return self.intents.indices[self.intents.indptr[i] : self.intents.indptr[i + 1]].astype(np.int64)

    def extent(self, i: int) -> npt.NDArray[np.int64]:
        """Return the objects of one concept by its position, ascending, int64.

        Raises
        ------
        InputError
            If there is no such concept.
        """
        return self.context.extent(self.intent(i))

    def stability_bounds(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        r"""Bound the extensional stability σ of each concept from both sides, without the whole lattice.

        σ is the share of the subsets of A (the empty one included) whose common attributes are exactly B:
        how likely the concept survives if each of its objects is dropped by the toss of a coin. A subset
        fails iff it lies within A ∩ m' for some m ∉ B. With the lower neighbours D of A, the largest of
        these sets,

        1 − Σ_D 2^(−(\|A\| − \|D\|)) ≤ σ ≤ 1 − 2^(−Δ).

        For the bottom σ = 1.

        Returns
        -------
        lower, upper : ndarray [n]
            float64 in [0, 1]. Both are counted in the context, so that it does not matter which concepts were
            kept. Neighbours that lose 64 objects or more are all counted as they come, which lowers the lower
            bound by less than 2⁻⁶⁴ an attribute.

        References
        ----------
        Kuznetsov 2007, "On stability of a formal concept"; the bounds by lower neighbours: Buzmakov,
        Kuznetsov & Napoli 2014, "Scalable estimates of concept stability".

        Examples
        --------
        Of the four subsets of the two objects, {1} and both have only attribute 0 in common:

        >>> from saelib.lattice import Context, formal_concepts
        >>> lower, upper = formal_concepts(Context([[1, 1], [1, 0]])).stability_bounds()
        >>> lower.tolist(), upper.tolist()
        ([0.5, 1.0], [0.5, 1.0])
        """
        lost = lost_shares(self.context, self.intents, self.kernel)
        lower = np.clip(1.0 - lost, 0.0, 1.0)
        bottom = np.diff(self.intents.indptr) == self.context.n_attributes
        upper = np.where(bottom, 1.0, 1.0 - np.exp2(-self.delta.astype(np.float64)))
        # Rounding may lift the sum's side by an ulp where both are equal.
        return np.minimum(lower, upper), upper

    def covers(self) -> npt.NDArray[np.int64]:
        r"""Return who stands directly above whom: the lines of the diagram.

        (A₁, B₁) lies above (A₂, B₂) if A₁ ⊋ A₂, that is B₁ ⊊ B₂; directly, if none of these concepts lies in
        between. Where all concepts down to some support are here, these are the covers of the lattice; where
        concepts were left out for their Δ or for a budget, those of the order of the rest.

        Returns
        -------
        ndarray [n_covers, 2]
            Positions (upper, lower), int64, sorted.

        Examples
        --------
        >>> from saelib.lattice import Context, formal_concepts
        >>> formal_concepts(Context([[1, 0], [0, 1]]), min_support=0).covers().tolist()
        [[0, 1], [0, 2], [1, 3], [2, 3]]
        """
        return covering(self._order)

    def stability(self) -> npt.NDArray[np.float64]:
        r"""Return the extensional stability σ of every concept of a full lattice.

        See :meth:`stability_bounds` for what σ is. Every subset of A has the intent of exactly one concept
        below, so σ(A) = 1 − Σ σ(D)·2^(−(\|A\| − \|D\|)) over all concepts D below A.

        Returns
        -------
        ndarray [n]
            float64 in [0, 1].

        Raises
        ------
        InputError
            If concepts were left out, for their support, their Δ or a budget.

        References
        ----------
        Kuznetsov 2007, "On stability of a formal concept".

        Examples
        --------
        Σ σ(A)·2^\|A\| counts every set of objects once:

        >>> from saelib.lattice import Context, formal_concepts
        >>> found = formal_concepts(Context([[1, 0], [0, 1]]), min_support=0)
        >>> found.stability().tolist(), float(found.stability() @ 2.0**found.support)
        ([0.25, 0.5, 0.5, 1.0], 4.0)
        """
        if not self.complete or self.min_support or self.min_delta:
            mend = "search with min_support=0, min_delta=0 and no budget, or take stability_bounds()"
            raise InputError("stability", "needs the full lattice", mend)
        return exact_stability(self._order, self.support)

    @cached_property
    def _order(self) -> sparse.csr_array:
        """Who lies strictly above whom, [lower, upper]."""
        return above(self.intents)

    def _position(self, i: int) -> int:
        if isinstance(i, (bool, np.bool_)) or not isinstance(i, (int, np.integer)):
            raise InputError("i", f"is a {type(i).__name__}", "give the position of a concept")
        if not -len(self) <= i < len(self):
            raise InputError("i", f"is {i}", f"give a number below {len(self)}, the number of concepts")
        return int(i) % len(self)
