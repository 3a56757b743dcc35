"""A formal context: objects, attributes, and who has what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from saelib.errors import InputError
from saelib.sets import ActivationSets, ConceptSet
from saelib.sets._membership import canonical

__all__ = ["Context"]

Indices = npt.NDArray[np.int64]


class Context:
    r"""A formal context (G, M, I): which objects have which attributes.

    Parameters
    ----------
    incidence : scipy sparse or array_like, shape [n_objects, n_attributes]
        True (or 1) where the object has the attribute. No rows and no columns are fine.
    objects, attributes : sequence of str, optional
        One unique name each; ``"object 0"``, ``"attribute 0"``, … if left out.

    Attributes
    ----------
    incidence : scipy.sparse.csr_array
        Boolean [n_objects, n_attributes], canonical (sorted, no duplicates, no explicit zeros).
    attributes : tuple of str
        Names of the attributes.

    Raises
    ------
    InputError
        If the incidence is not a matrix of zeros and ones, or names are not unique strings.

    Notes
    -----
    The two derivations A ↦ A' (what all of A have) and B ↦ B' (who has all of B) turn inclusions round and
    form a Galois connection; (A, B) with A' = B and B' = A is a formal concept, A its extent and B its intent
    (theory T13a). Of nothing at all everything is true: the intent of no object is M, the extent of no
    attribute is G. A context is not to be changed in place.

    References
    ----------
    Ganter & Wille 1999, Formal Concept Analysis, section 1.1.

    Examples
    --------
    >>> context = Context([[1, 1, 0], [1, 1, 0], [0, 1, 1]], attributes=["a", "b", "c"])
    >>> context
    Context(3 objects × 3 attributes, 6 incidences)
    >>> context.extent(["a"]), context.intent([0, 2]), context.closure(["a"])
    (array([0, 1]), array([1]), array([0, 1]))
    """

    def __init__(
        self,
        incidence: Any,
        objects: Sequence[str] | None = None,
        attributes: Sequence[str] | None = None,
    ) -> None:
        self.incidence: sparse.csr_array = canonical(incidence, "incidence")
        self._object_kind, self._objects = "object", objects
        if objects is not None:
            self._objects = _checked_names("objects", objects, self.n_objects)
        if attributes is None:
            attributes = [f"attribute {i}" for i in range(self.n_attributes)]
        self.attributes: tuple[str, ...] = _checked_names("attributes", attributes, self.n_attributes)

    @classmethod
    def from_activations(cls, activations: ActivationSets) -> Self:
        """Make the context of points × neurons: which neuron fires on which point.

        Parameters
        ----------
        activations : ActivationSets
            Its neurons, under their names, become the attributes.

        Raises
        ------
        InputError
            If it is something else.

        Examples
        --------
        >>> Context.from_activations(ActivationSets([[1, 0], [1, 1]])).attributes
        ('neuron 0', 'neuron 1')
        """
        if not isinstance(activations, ActivationSets):
            raise InputError(
                "activations", f"is a {type(activations).__name__}", "wrap who fires in saelib.ActivationSets"
            )
        return cls._of_points(activations.membership, activations.names)

    @classmethod
    def from_concepts(cls, concepts: ConceptSet) -> Self:
        """Make the context of points × human concepts: which concept holds for which point.

        Parameters
        ----------
        concepts : ConceptSet
            Its concepts, under their names, become the attributes.

        Raises
        ------
        InputError
            If it is something else.

        Examples
        --------
        >>> Context.from_concepts(ConceptSet([[1, 1], [1, 0]], names=["animal", "dog"])).closure(["dog"])
        array([0, 1])
        """
        if not isinstance(concepts, ConceptSet):
            raise InputError(
                "concepts", f"is a {type(concepts).__name__}", "wrap the labels in saelib.ConceptSet"
            )
        return cls._of_points(concepts.membership, concepts.names)

    @classmethod
    def _of_points(cls, membership: sparse.csr_array, names: tuple[str, ...]) -> Self:
        new = cls(membership, attributes=names)
        new._object_kind = "point"
        return new

    @property
    def n_objects(self) -> int:
        r"""Number of objects \|G\|."""
        return int(self.incidence.shape[0])

    @property
    def n_attributes(self) -> int:
        r"""Number of attributes \|M\|."""
        return int(self.incidence.shape[1])

    @cached_property
    def objects(self) -> tuple[str, ...]:
        """Names of the objects; made on first use, since points come by the hundred thousand."""
        if self._objects is None:
            return tuple(f"{self._object_kind} {i}" for i in range(self.n_objects))
        return tuple(self._objects)

    @cached_property
    def attribute_sizes(self) -> Indices:
        """Number of objects of each attribute, int64 [n_attributes]."""
        return np.bincount(self.incidence.indices, minlength=self.n_attributes).astype(np.int64)

    @cached_property
    def _by_attribute(self) -> sparse.csc_array:
        return self.incidence.tocsc()

    def intent(self, objects: Any) -> Indices:
        """Return A', the attributes that all the given objects have.

        Parameters
        ----------
        objects : array_like of int, bool or str
            Numbers, a mask over all objects, or names. None at all: every attribute.

        Returns
        -------
        ndarray
            Numbers of the attributes, ascending, int64.

        Raises
        ------
        InputError
            If there is no such object; the first offender is named.

        Examples
        --------
        >>> Context([[1, 1], [0, 1]]).intent([0, 1])
        array([1])
        """
        chosen = _chosen("objects", objects, self.n_objects, lambda: self.objects)
        return _common(self.incidence, chosen, self.n_attributes)

    def extent(self, attributes: Any) -> Indices:
        """Return B', the objects that have all the given attributes.

        Parameters
        ----------
        attributes : array_like of int, bool or str
            Numbers, a mask over all attributes, or names. None at all: every object.

        Returns
        -------
        ndarray
            Numbers of the objects, ascending, int64.

        Raises
        ------
        InputError
            If there is no such attribute; the first offender is named.

        Examples
        --------
        >>> Context([[1, 1], [0, 1]]).extent([0])
        array([0])
        """
        chosen = _chosen("attributes", attributes, self.n_attributes, lambda: self.attributes)
        return _common(self._by_attribute, chosen, self.n_objects)

    def closure(self, attributes: Any) -> Indices:
        """Return B'', everything that the objects having all the given attributes have in common.

        Parameters
        ----------
        attributes : array_like of int, bool or str
            Numbers, a mask over all attributes, or names.

        Returns
        -------
        ndarray
            Numbers of the attributes, ascending, int64: the smallest intent that contains the given ones.

        Raises
        ------
        InputError
            If there is no such attribute; the first offender is named.

        Examples
        --------
        >>> Context([[1, 1], [0, 1]]).closure([0])
        array([0, 1])
        """
        return self.intent(self.extent(attributes))

    def __repr__(self) -> str:
        return (
            f"Context({self.n_objects} {self._object_kind}s × {self.n_attributes} attributes, "
            f"{self.incidence.nnz} incidences)"
        )


def _common(lists: sparse.csr_array | sparse.csc_array, chosen: Indices, everything: int) -> Indices:
    """What the chosen lists of sorted indices have in common; everything if none is chosen."""
    if not chosen.size:
        return np.arange(everything, dtype=np.int64)
    starts, ends = lists.indptr[chosen], lists.indptr[chosen + 1]
    by_length = np.argsort(ends - starts, kind="stable")
    common = lists.indices[starts[by_length[0]] : ends[by_length[0]]]
    for which in by_length[1:]:
        if not common.size:
            break
        other = lists.indices[starts[which] : ends[which]]
        place = np.searchsorted(other, common)
        place[place == other.size] = 0  # larger than all of them, so not equal to the first either
        common = common[other[place] == common]
    return common.astype(np.int64)


def _chosen(argument: str, which: Any, length: int, names: Any) -> Indices:
    if isinstance(which, str) or not isinstance(which, Iterable):
        raise InputError(argument, f"is {which!r}", "give a list of numbers or names, or a mask")
    try:
        given = np.asarray(which if isinstance(which, np.ndarray) else list(which))
    except ValueError as ragged:
        raise InputError(argument, "is ragged", "give a list of numbers or names, or a mask") from ragged
    if given.ndim != 1:
        raise InputError(argument, f"has {given.ndim} dimension(s)", "give a list of numbers or names")
    if given.dtype == np.bool_:
        if given.size != length:
            raise InputError(argument, f"is a mask of length {given.size}", f"give one of length {length}")
        return np.flatnonzero(given)
    if not given.size:
        return np.zeros(0, dtype=np.int64)
    if given.dtype.kind == "U":
        number = {name: i for i, name in enumerate(names())}
        unknown = [name for name in given.tolist() if name not in number]
        if unknown:
            raise InputError(argument, f"has {unknown[0]!r}, which is unknown", "give names of the context")
        return np.array([number[name] for name in given.tolist()], dtype=np.int64)
    if given.dtype.kind not in "iu":
        raise InputError(argument, f"has dtype {given.dtype}", "give numbers or names, or a mask")
    bad = np.flatnonzero((given < 0) | (given >= length))
    if bad.size:
        raise InputError(
            argument, f"has {given[bad[0]]} at {bad[0]}", f"give numbers from 0 to below {length}"
        )
    return given.astype(np.int64)


def _checked_names(argument: str, names: Sequence[str], length: int) -> tuple[str, ...]:
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise InputError(argument, f"is {names!r}", f"give a list of {length} names")
    names = tuple(names)
    if len(names) != length:
        raise InputError(argument, f"has {len(names)} names", f"give {length}, as the incidence has")
    seen: dict[str, int] = {}
    for i, name in enumerate(names):
        if not isinstance(name, str):
            raise InputError(argument, f"has {name!r} at {i}, a {type(name).__name__}", "give strings")
        if name in seen:
            raise InputError(argument, f"has {name!r} at {seen[name]} and at {i}", "make every name unique")
        seen[name] = i
    return tuple(str(name) for name in names)
