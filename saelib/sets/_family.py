"""The common part of concepts and activation sets: named sets over numbered points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from scipy import sparse

from saelib.errors import InputError
from saelib.sets._membership import canonical


class SetFamily:
    """A family of named sets over ``n_points`` numbered points, stored as a sparse boolean matrix.

    Not public: :class:`~saelib.sets.ConceptSet` and :class:`~saelib.sets.ActivationSets` say what the sets
    mean. A family is not to be changed in place.
    """

    _kind: ClassVar[str] = "set"
    _argument: ClassVar[str] = "membership"

    def __init__(self, membership: Any, names: Sequence[str] | None = None) -> None:
        self.membership: sparse.csr_array = canonical(membership, self._argument)
        self.names: tuple[str, ...] = _checked_names(names, self.membership.shape[1], self._kind)

    @property
    def n_points(self) -> int:
        """Number of points."""
        return int(self.membership.shape[0])

    @property
    def n_sets(self) -> int:
        """Number of sets in the family."""
        return int(self.membership.shape[1])

    @cached_property
    def sizes(self) -> np.ndarray:
        """Number of points in each set, int64 [n_sets]."""
        return np.bincount(self.membership.indices, minlength=self.n_sets).astype(np.int64)

    @cached_property
    def _position(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names)}

    @cached_property
    def _by_set(self) -> sparse.csc_array:
        return self.membership.tocsc()

    def index(self, which: int | str) -> int:
        """Return the number of a set, given its name or its number (negative numbers count from the end).

        Raises
        ------
        InputError
            If there is no such set.

        Examples
        --------
        >>> from saelib import ConceptSet
        >>> ConceptSet([[1, 0]], names=["animal", "dog"]).index("dog")
        1
        """
        if isinstance(which, str):
            if which not in self._position:
                raise InputError(self._kind, f"{which!r} is unknown", f"name one of {_some(self.names)}")
            return self._position[which]
        if isinstance(which, (bool, np.bool_)) or not isinstance(which, (int, np.integer)):
            raise InputError(self._kind, f"is a {type(which).__name__}", "give a name or a number")
        if not -self.n_sets <= which < self.n_sets:
            raise InputError(
                self._kind,
                f"{which} is out of range",
                f"give a number below {self.n_sets}, the number of sets",
            )
        return int(which) % self.n_sets

    def extent(self, which: int | str) -> np.ndarray:
        """Return the points of one set, given its name or its number, in ascending order, int64.

        Raises
        ------
        InputError
            If there is no such set.

        Examples
        --------
        >>> from saelib import ConceptSet
        >>> ConceptSet([[1], [0], [1]], names=["dog"]).extent("dog")
        array([0, 2])
        """
        i = self.index(which)
        by_set = self._by_set
        return by_set.indices[by_set.indptr[i] : by_set.indptr[i + 1]].astype(np.int64)

    def take_points(self, rows: Any) -> Self:
        """Return the same sets over some of the points, in the order given.

        Parameters
        ----------
        rows : int array_like, bool array_like of length n_points, or slice
            Points to keep; repeats are allowed, as in a bootstrap sample.

        Raises
        ------
        InputError
            If a point does not exist; the first offending entry is named.

        Examples
        --------
        >>> from saelib import ConceptSet
        >>> ConceptSet([[1], [0], [1]], names=["dog"]).take_points([2, 1]).extent("dog")
        array([0])
        """
        chosen = _positions(rows, self.n_points, "rows", "points")
        return self._rebuilt(self.membership[chosen], np.arange(self.n_sets))

    def select(self, which: Any) -> Self:
        """Return some of the sets over the same points, in the order given.

        Parameters
        ----------
        which : sequence of int or str, bool array_like of length n_sets, or slice
            Sets to keep, each at most once.

        Raises
        ------
        InputError
            If a set does not exist or is named twice.

        Examples
        --------
        >>> from saelib import ConceptSet
        >>> ConceptSet([[1, 0, 1]], names=["a", "b", "c"]).select(["c", "a"])
        ConceptSet(2 concepts over 1 points: 'c', 'a')
        """
        if isinstance(which, str) or not isinstance(which, (slice, Iterable)):
            raise InputError("which", f"is {which!r}", "give a list of sets, a mask or a slice")
        if not isinstance(which, slice):
            which = [self.index(w) if isinstance(w, str) else w for w in which]
        chosen = _positions(which, self.n_sets, "which", "sets")
        first = np.zeros(chosen.size, dtype=bool)
        first[np.unique(chosen, return_index=True)[1]] = True
        if not first.all():
            repeat = int(np.flatnonzero(~first)[0])
            raise InputError("which", f"names {self.names[chosen[repeat]]!r} twice", "name each set once")
        picked = self.membership[:, chosen]
        picked.sort_indices()
        return self._rebuilt(picked, chosen)

    def _rebuilt(self, membership: sparse.csr_array, chosen: np.ndarray) -> Self:
        """Make a family of ``chosen`` sets from a matrix that is canonical by construction."""
        new = object.__new__(type(self))
        new.membership = membership
        new.names = tuple(self.names[i] for i in chosen)
        return new

    def __len__(self) -> int:
        return self.n_sets

    # Like a mapping from names to extents: iterating gives names, indexing by name an extent.
    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __contains__(self, name: object) -> bool:
        return name in self._position

    def __getitem__(self, which: Any) -> Any:
        if isinstance(which, (str, int, np.integer)):
            return self.extent(which if isinstance(which, str) else int(which))
        return self.select(which)

    def __repr__(self) -> str:
        kind, names = type(self).__name__, _some(self.names)
        return f"{kind}({self.n_sets} {self._kind}s over {self.n_points} points: {names})"


def _some(names: Sequence[str], shown: int = 4) -> str:
    tail = ", …" if len(names) > shown else ""
    return ", ".join(repr(name) for name in names[:shown]) + tail


def _checked_names(names: Sequence[str] | None, n_sets: int, kind: str) -> tuple[str, ...]:
    if names is None:
        return tuple(f"{kind} {i}" for i in range(n_sets))
    if isinstance(names, str):
        raise InputError("names", "is a single string", f"give a list of {n_sets} names")
    if not isinstance(names, Iterable):
        raise InputError("names", f"is {names!r}", f"give a list of {n_sets} names")
    names = tuple(names)
    if len(names) != n_sets:
        raise InputError("names", f"has {len(names)} entries for {n_sets} {kind}s", "give one name a column")
    seen: dict[str, int] = {}
    for i, name in enumerate(names):
        if not isinstance(name, str):
            raise InputError("names", f"has {name!r} at {i}, a {type(name).__name__}", "give strings")
        if name in seen:
            raise InputError("names", f"has {name!r} at {seen[name]} and at {i}", "make every name unique")
        seen[name] = i
    # str() strips numpy's string subclass, so that names print and pickle as plain strings.
    return tuple(str(name) for name in names)


def _positions(which: Any, length: int, argument: str, things: str) -> np.ndarray:
    if isinstance(which, slice):
        return np.arange(length)[which]
    try:
        chosen = np.asarray(which)
    except ValueError as ragged:
        raise InputError(argument, "is ragged", "give a list of numbers or a mask") from ragged
    if chosen.ndim != 1:
        raise InputError(argument, f"has {chosen.ndim} dimension(s)", "give a list of numbers or a mask")
    if chosen.size == 0 and chosen.dtype != np.bool_:
        return np.zeros(0, dtype=np.int64)
    if chosen.dtype == np.bool_:
        if chosen.size != length:
            raise InputError(argument, f"is a mask of length {chosen.size}", f"give one of length {length}")
        return np.flatnonzero(chosen)
    if chosen.dtype.kind not in "iu":
        raise InputError(argument, f"has dtype {chosen.dtype}", "give integers or a boolean mask")
    bad = np.flatnonzero((chosen < -length) | (chosen >= length))
    if bad.size:
        at = int(bad[0])
        raise InputError(
            argument, f"has {chosen[at]} at {at}", f"give numbers below {length}, the number of {things}"
        )
    return np.where(chosen < 0, chosen + length, chosen).astype(np.int64)
