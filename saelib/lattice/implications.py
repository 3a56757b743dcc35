"""Implications between attributes: who has all of these has also those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from pandas.arrays import FloatingArray
from scipy import sparse

from saelib.errors import InputError
from saelib.lattice.context import Context, _chosen
from saelib.lattice.rows import Indices, from_rows, row
from saelib.sets.shares import share

__all__ = ["Implications"]


@dataclass(frozen=True, eq=False, repr=False)
class Implications:
    r"""Implications P → Q, exact or with exceptions, counted in the context they come from.

    Attributes
    ----------
    context : Context
        Where they come from.
    premises, conclusions : scipy.sparse.csr_array
        P and Q, boolean [n, n_attributes]; no attribute is in both.
    premise_support : ndarray [n]
        \|P'\|, the objects that have all of P, int64, falling; equal ones are ordered by their premises, then
        their conclusions, as lists of ascending numbers.
    support : ndarray [n]
        \|(P ∪ Q)'\|, those of them that have all of Q as well, int64.
    complete : bool
        Whether every implication asked for is here.

    Examples
    --------
    >>> from saelib.lattice import Context, implication_base
    >>> base = implication_base(Context([[1, 1], [1, 0], [0, 0]], attributes=["animal", "dog"]))
    >>> base
    Implications(1 over 2 attributes, 1 exact, complete)
    >>> base.premise(0), base.conclusion(0), base.premise_support, base.support
    (array([1]), array([0]), array([1]), array([1]))
    >>> base.closure(["dog"])
    array([0, 1])
    """

    context: Context
    premises: sparse.csr_array
    conclusions: sparse.csr_array
    premise_support: Indices
    support: Indices
    complete: bool

    def __len__(self) -> int:
        return len(self.support)

    def __repr__(self) -> str:
        return (
            f"Implications({len(self)} over {self.context.n_attributes} attributes, "
            f"{np.count_nonzero(self.exact)} exact, {'complete' if self.complete else 'not complete'})"
        )

    @cached_property
    def exact(self) -> np.ndarray:
        """Whether an implication has no exception, bool [n]; without any object it has none."""
        return self.support == self.premise_support

    @cached_property
    def confidence(self) -> FloatingArray:
        """Share of the objects with the premise that have the conclusion, Float64 [n]; ``<NA>`` of none."""
        return share(self.support, self.premise_support)

    def premise(self, i: int) -> Indices:
        """Return the attributes P of one implication by its position, ascending, int64.

        Raises
        ------
        InputError
            If there is no such implication.
        """
        return row(self.premises, self._position(i))

    def conclusion(self, i: int) -> Indices:
        """Return the attributes Q of one implication by its position, ascending, int64.

        Raises
        ------
        InputError
            If there is no such implication.
        """
        return row(self.conclusions, self._position(i))

    def closure(self, attributes: Any) -> Indices:
        """Return what follows from some attributes by the exact implications.

        Parameters
        ----------
        attributes : array_like of int, bool or str
            Numbers, a mask over all attributes, or names.

        Returns
        -------
        ndarray
            Numbers of the attributes, ascending, int64: the given ones and all that follows. Under a complete
            :func:`implication_base` that is ``context.closure(attributes)``.

        Raises
        ------
        InputError
            If there is no such attribute.

        Examples
        --------
        >>> from saelib.lattice import Context, implication_base
        >>> chain = implication_base(Context([[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]]))
        >>> chain.closure([2])
        array([0, 1, 2])
        """
        names = self.context.attributes
        inside = np.zeros(len(names), dtype=np.bool_)
        inside[_chosen("attributes", attributes, len(names), lambda: names)] = True
        waiting = self._exact_pairs
        changed = True
        while changed:
            changed, kept = False, []
            for premise, conclusion in waiting:
                if inside[premise].all():
                    changed = changed or not inside[conclusion].all()
                    inside[conclusion] = True
                else:
                    kept.append((premise, conclusion))
            waiting = kept
        return np.flatnonzero(inside)

    @cached_property
    def _exact_pairs(self) -> list[tuple[Indices, Indices]]:
        return [(self.premise(i), self.conclusion(i)) for i in np.flatnonzero(self.exact).tolist()]

    def to_frame(self) -> pd.DataFrame:
        """Tidy table, one row an implication, in their order.

        Returns
        -------
        pandas.DataFrame
            Columns:

            - ``premise``, ``conclusion``: tuples of names of attributes.
            - ``premise_support``: objects that have the premise.
            - ``support``: objects that have premise and conclusion.
            - ``confidence``: ``support / premise_support``, ``Float64``; unavailable (``<NA>``) where no
              object has the premise.

        Examples
        --------
        >>> from saelib.lattice import Context, implication_base
        >>> base = implication_base(Context([[1, 1], [1, 0], [0, 0]], attributes=["animal", "dog"]))
        >>> print(base.to_frame().to_string(index=False))
        premise conclusion  premise_support  support  confidence
         (dog,)  (animal,)                1        1         1.0
        """
        return pd.DataFrame(
            {
                "premise": self._named(self.premises),
                "conclusion": self._named(self.conclusions),
                "premise_support": self.premise_support,
                "support": self.support,
                "confidence": self.confidence,
            }
        )

    def _named(self, sets: sparse.csr_array) -> pd.Series:
        names = self.context.attributes
        return pd.Series([tuple(names[j] for j in row(sets, i)) for i in range(len(self))], dtype=object)

    def _position(self, i: int) -> int:
        if isinstance(i, (bool, np.bool_)) or not isinstance(i, (int, np.integer)):
            raise InputError("i", f"is a {type(i).__name__}", "give the position of an implication")
        if not -len(self) <= i < len(self):
            raise InputError("i", f"is {i}", f"give a number below {len(self)}, the number of implications")
        return int(i) % len(self)


def ordered(
    context: Context,
    premises: Sequence[Sequence[int]],
    conclusions: Sequence[Sequence[int]],
    premise_support: Sequence[int],
    support: Sequence[int],
    complete: bool,
) -> Implications:
    """Put implications, given as ascending numbers of attributes, into their order."""
    rank = sorted(range(len(support)), key=lambda i: (-premise_support[i], premises[i], conclusions[i]))
    return Implications(
        context=context,
        premises=from_rows([premises[i] for i in rank], context.n_attributes),
        conclusions=from_rows([conclusions[i] for i in rank], context.n_attributes),
        premise_support=np.array([premise_support[i] for i in rank], dtype=np.int64),
        support=np.array([support[i] for i in rank], dtype=np.int64),
        complete=complete,
    )
