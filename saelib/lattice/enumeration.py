"""All formal concepts of a context, or the frequent ones."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Literal

import numpy as np
from scipy import sparse

from saelib.errors import InputError
from saelib.lattice.checks import checked_context, checked_count
from saelib.lattice.context import Context
from saelib.lattice.found import FormalConcepts
from saelib.lattice.packed_walk import packed_walk
from saelib.lattice.walk import CONCEPTS, WHOLE, Walk

__all__ = ["formal_concepts"]

_NO_LIMIT = np.iinfo(np.int64).max


def formal_concepts(
    context: Context,
    min_support: int = 1,
    *,
    min_delta: int = 0,
    max_concepts: int | None = None,
    max_work: int | None = None,
    kernel: Literal["numba", "numpy"] = "numba",
) -> FormalConcepts:
    r"""Enumerate the formal concepts of a context whose extents are large enough.

    Parameters
    ----------
    context : Context
        Who has what.
    min_support : int, default 1
        Least number of objects in an extent (an *iceberg* of the lattice). 0 gives the full lattice: only
        the bottom can have an empty extent.
    min_delta : int, default 0
        Least Δ of a concept that is kept, see :class:`FormalConcepts`. Nothing is lost to it below
        ``min_support``, since Δ ≤ \|A\|.
    max_concepts : int, optional
        Keep at most so many concepts.
    max_work : int, optional
        Stop once the extents that were tried hold so many incidences in all. Where attributes are dense a
        bound on the concepts alone stops nothing, since many extents are tried for each that is kept.
    kernel : {"numba", "numpy"}, default "numba"
        Compiled loops over sparse rows, or plain numpy on packed bits; the same answer, cut short at the
        same place. Without numba the second is used whatever is asked for.

    Returns
    -------
    FormalConcepts
        Ordered by falling support, then by intent. If a budget ended the search, it says so and within which
        attributes nothing is missing.

    Raises
    ------
    InputError
        If the context is something else or a number is no integer in its range.

    Notes
    -----
    The *top* (all objects, what they have in common) and the *bottom* (all attributes, who has them all)
    count once each, and are one concept if every object has every attribute. The time of a search is
    proportional to ``work`` in :class:`FormalConcepts`; memory to the incidences and the answer.

    References
    ----------
    Prefix-preserving closure extension and occurrence deliver: Uno, Asai, Uchida & Arimura 2004, "An
    efficient algorithm for enumerating closed patterns in transaction databases" (LCM).

    Examples
    --------
    >>> context = Context([[1, 1, 0], [1, 1, 0], [0, 1, 1]], attributes=["a", "b", "c"])
    >>> found = formal_concepts(context, min_support=0)
    >>> [(found.extent(i).tolist(), found.intent(i).tolist()) for i in range(len(found))]
    [([0, 1, 2], [1]), ([0, 1], [0, 1]), ([2], [1, 2]), ([], [0, 1, 2])]
    >>> found.delta
    array([1, 2, 1, 0])
    """
    context = checked_context(context)
    min_support = min(checked_count("min_support", min_support, 0), _NO_LIMIT)
    min_delta = min(checked_count("min_delta", min_delta, 0), _NO_LIMIT)
    most = _limit("max_concepts", max_concepts)
    work = _limit("max_work", max_work)
    if kernel not in ("numba", "numpy"):
        raise InputError("kernel", f"is {kernel!r}", "give 'numba' or 'numpy'")
    # By ascending frequency: a rare attribute has few objects, among which the many others are then sought.
    order = np.argsort(context.attribute_sizes, kind="stable")
    ordered = context.incidence[:, order]
    ordered.sort_indices()
    used, walked = _walk(kernel, ordered, max(1, min_support, min_delta), min_delta, most, work)
    walked = walked._replace(items=order[walked.items].astype(np.int32))
    if min_support == min_delta == 0 and _is_empty_below(context):
        walked = _with_bottom(walked, context.n_attributes, most)
    return FormalConcepts(
        context=context,
        **_sorted(walked, context.n_attributes),
        min_support=min_support,
        min_delta=min_delta,
        complete=walked.cause == WHOLE,
        stopped=_reason(walked, max_concepts, max_work),
        searched=np.sort(order[walked.frontier + 1 :]),
        work=int(walked.work),
        kernel=used,
    )


def _walk(
    kernel: str, incidence: sparse.csr_array, min_support: int, min_delta: int, most: int, work: int
) -> tuple[Literal["numba", "numpy"], Walk]:
    if kernel == "numba":
        # Asked for by most, and slow to load; not every Python has it the day it comes out.
        try:
            from saelib.lattice.sparse_walk import sparse_walk
        except ImportError:
            pass
        else:
            return "numba", sparse_walk(incidence, min_support, min_delta, most, work)
    return "numpy", packed_walk(incidence, min_support, min_delta, most, work)


def _is_empty_below(context: Context) -> bool:
    """Whether no object has every attribute, so that the bottom is not among the non-empty extents."""
    per_object = np.diff(context.incidence.indptr)
    return not bool((per_object == context.n_attributes).any())


def _with_bottom(walked: Walk, n_attributes: int, most: int) -> Walk:
    if len(walked.support) == most:
        # A walk that was cut already keeps its own reason.
        return walked if walked.cause else walked._replace(cause=CONCEPTS)
    zero = np.zeros(1, dtype=np.int64)
    return walked._replace(
        support=np.append(walked.support, zero),
        delta=np.append(walked.delta, zero),
        ends=np.append(walked.ends, len(walked.items) + n_attributes),
        items=np.append(walked.items, np.arange(n_attributes)),
    )


def _sorted(walked: Walk, n_attributes: int) -> dict[str, Any]:
    """Support, Δ and intents by falling support, then by intent as a list of ascending numbers."""
    n = len(walked.support)
    starts = np.concatenate([[0], walked.ends]).astype(np.int64)
    owner = np.repeat(np.arange(n), np.diff(starts))
    items = walked.items[np.lexsort((walked.items, owner))]
    # Bytes of big-endian numbers compare as the numbers do, and a list before every longer one it begins.
    whole = items.astype(">u4").tobytes()
    keys = [whole[4 * low : 4 * high] for low, high in pairwise(starts.tolist())]
    by_intent = np.array(sorted(range(n), key=keys.__getitem__), dtype=np.int64)
    rank = by_intent[np.argsort(-walked.support[by_intent], kind="stable")]
    intents = sparse.csr_array(
        (np.ones(len(items), dtype=np.bool_), items.astype(np.int32), starts), shape=(n, n_attributes)
    )
    return {"support": walked.support[rank], "delta": walked.delta[rank], "intents": intents[rank]}


def _reason(walked: Walk, max_concepts: int | None, max_work: int | None) -> str:
    if walked.cause == WHOLE:
        return ""
    if walked.cause == CONCEPTS:
        return f"max_concepts={max_concepts} reached: there are more concepts than were kept"
    return f"max_work={max_work} reached after {len(walked.support)} concepts: the rest was not sought"


def _limit(argument: str, value: int | None) -> int:
    return _NO_LIMIT if value is None else min(checked_count(argument, value, 1), _NO_LIMIT)
