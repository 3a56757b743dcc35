"""Smaller contexts with the same lattice: equal rows and columns merged, what others imply left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from saelib.errors import InputError
from saelib.lattice.checks import checked_context
from saelib.lattice.context import Context

__all__ = ["SmallerContext", "clarify", "reduce"]

MOST = 4_096  # attributes or objects that are compared pair by pair


@dataclass(frozen=True, eq=False)
class SmallerContext:
    """A context with the same lattice, and what became of the objects and attributes.

    Attributes
    ----------
    context : Context
        The smaller one; objects and attributes keep the name of the first of each group.
    objects, attributes : ndarray
        For each object (attribute) of the larger context its number in the smaller one, int64, -1 for one
        that was left out because others imply it.

    Examples
    --------
    >>> from saelib.lattice import Context
    >>> clarify(Context([[1, 1], [1, 1]])).attributes.tolist()
    [0, 0]
    """

    context: Context
    objects: npt.NDArray[np.int64]
    attributes: npt.NDArray[np.int64]


def clarify(context: Context) -> SmallerContext:
    """Merge objects with the same attributes, and attributes with the same objects.

    Parameters
    ----------
    context : Context
        Any.

    Returns
    -------
    SmallerContext
        Groups in the order of their first members. The lattice is the same up to names.

    Raises
    ------
    InputError
        If it is no context.

    References
    ----------
    Ganter & Wille 1999, Formal Concept Analysis, section 1.3.

    Examples
    --------
    >>> from saelib.lattice import Context
    >>> small = clarify(Context([[1, 1, 0], [0, 0, 1], [1, 1, 0]]))
    >>> small.context, small.objects.tolist(), small.attributes.tolist()
    (Context(2 objects × 2 attributes, 2 incidences), [0, 1, 0], [0, 0, 1])
    """
    context = checked_context(context)
    columns = _groups(sparse.csr_array(context.incidence.T))
    rows = _groups(context.incidence)
    return _kept(context, rows, columns, _first(rows), _first(columns))


def reduce(context: Context) -> SmallerContext:
    """Clarify, and leave out attributes and objects whose rows or columns are intersections of others.

    An attribute that holds exactly where several others hold together changes no extent; an object that has
    exactly what several others share changes no intent. What remains is the smallest context with this
    lattice, up to names.

    Parameters
    ----------
    context : Context
        With at most 4,096 different rows and as many different columns.

    Returns
    -------
    SmallerContext
        With -1 for what was left out.

    Raises
    ------
    InputError
        If it is no context or too large.

    References
    ----------
    Ganter & Wille 1999, Formal Concept Analysis, section 1.3.

    Examples
    --------
    Attribute 2 holds where 0 and 1 both do:

    >>> from saelib.lattice import Context
    >>> reduce(Context([[1, 1, 1], [1, 0, 0], [0, 1, 0]])).attributes.tolist()
    [0, 1, -1]
    """
    clear = clarify(context)
    small = clear.context
    if max(small.n_objects, small.n_attributes) > MOST:
        offence = f"has {small.n_objects} different rows and {small.n_attributes} different columns"
        raise InputError("context", offence, f"give at most {MOST} of each")
    dense = small.incidence.toarray()
    columns, rows = np.flatnonzero(~_meets_of_others(dense.T)), np.flatnonzero(~_meets_of_others(dense))
    left = _kept(small, np.arange(len(dense)), np.arange(dense.shape[1]), rows, columns)
    return SmallerContext(left.context, left.objects[clear.objects], left.attributes[clear.attributes])


def _groups(sets: sparse.csr_array) -> npt.NDArray[np.int64]:
    """For each row the number of the first row equal to it."""
    first: dict[bytes, int] = {}
    indices = sets.indices.astype(np.int64)
    return np.array(
        [
            first.setdefault(indices[sets.indptr[i] : sets.indptr[i + 1]].tobytes(), i)
            for i in range(sets.shape[0])
        ],
        dtype=np.int64,
    )


def _first(groups: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    return np.flatnonzero(groups == np.arange(len(groups)))


def _meets_of_others(rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which of some different rows are the intersection of the rows that strictly contain them."""
    sizes = rows.sum(axis=1)
    shared = rows.astype(np.int64) @ rows.T.astype(np.int64)
    found = np.zeros(len(rows), dtype=np.bool_)
    for i, row in enumerate(rows):
        larger = (shared[i] == sizes[i]) & (np.arange(len(rows)) != i)
        # The intersection of no rows is everything.
        found[i] = bool((rows[larger].all(axis=0) == row).all())
    return found


def _kept(
    context: Context,
    rows: npt.NDArray[np.int64],
    columns: npt.NDArray[np.int64],
    kept_rows: npt.NDArray[np.intp],
    kept_columns: npt.NDArray[np.intp],
) -> SmallerContext:
    smaller = Context(
        context.incidence[kept_rows][:, kept_columns],
        [context.objects[g] for g in kept_rows],
        [context.attributes[m] for m in kept_columns],
    )
    numbers = []
    for groups, kept in ((rows, kept_rows), (columns, kept_columns)):
        number = np.full(len(groups), -1, dtype=np.int64)
        number[kept] = np.arange(len(kept))
        numbers.append(number[groups])
    return SmallerContext(smaller, *numbers)
