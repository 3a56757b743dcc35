"""The smallest set of implications from which all others follow (Duquenne & Guigues 1986)."""

from __future__ import annotations

import numpy as np

from saelib.errors import InputError
from saelib.lattice.checks import checked_context, checked_count
from saelib.lattice.context import Context
from saelib.lattice.implications import Implications, ordered
from saelib.lattice.next_closure import Bits, pseudo_intents

__all__ = ["implication_base"]

MOST_ATTRIBUTES = 60


def implication_base(context: Context, *, max_work: int = 5_000_000_000) -> Implications:
    """Return the Duquenne-Guigues base: the fewest implications from which all that hold follow.

    Parameters
    ----------
    context : Context
        Who has what; at most 60 attributes.
    max_work : int, default 5_000_000_000
        Stop after so many looks at an object or an implication, some 10⁹ a second. Nothing but a walk through
        all intents and pseudo-intents finds the whole base, and there may be exponentially many.

    Returns
    -------
    Implications
        All exact: P → P''∖P for every pseudo-intent P. Where ``complete`` is false the search was stopped;
        what was found belongs to the base, but not everything follows from it.

    Raises
    ------
    InputError
        If the context is something else or has more than 60 attributes, or ``max_work`` is no integer from 1.

    Notes
    -----
    A pseudo-intent is a set P ≠ P'' that contains Q'' for every pseudo-intent Q ⊊ P. The base is *sound*,
    every implication of it holds; *complete*, what follows from it is all that holds: the closure of any set
    of attributes under it is the closure in the context; and no complete set of implications has fewer. A
    premise that no object has counts too: that it implies everything says that its attributes exclude each
    other.

    References
    ----------
    Guigues & Duquenne 1986; NextClosure: Ganter & Wille 1999, section 2.3.

    Examples
    --------
    Dogs are animals, and so are cats:

    >>> from saelib.lattice import Context, implication_base
    >>> points = Context([[1, 1, 0], [1, 0, 1], [1, 0, 0], [0, 0, 0]], attributes=["animal", "dog", "cat"])
    >>> print(implication_base(points).to_frame().to_string(index=False))
    premise conclusion  premise_support  support  confidence
     (dog,)  (animal,)                1        1         1.0
     (cat,)  (animal,)                1        1         1.0
    """
    checked_context(context)
    max_work = checked_count("max_work", max_work, 1)
    if context.n_attributes > MOST_ATTRIBUTES:
        raise InputError(
            "context",
            f"has {context.n_attributes} attributes",
            f"choose at most {MOST_ATTRIBUTES} of them, or ask luxenburger_base about the frequent ones",
        )
    found, closures, complete = pseudo_intents(
        _different_rows(context), context.n_attributes, min(max_work, np.iinfo(np.int64).max)
    )
    premises = [_numbers(bits) for bits in found]
    conclusions = [_numbers(closure & ~bits) for bits, closure in zip(found, closures, strict=True)]
    support = [len(context.extent(np.array(premise, dtype=np.int64))) for premise in premises]
    return ordered(context, premises, conclusions, support, support, bool(complete))


def _different_rows(context: Context) -> Bits:
    """Attributes of the objects as bits, each set of them once: how often it occurs does not matter here."""
    incidence = context.incidence
    bits = np.uint64(1) << incidence.indices.astype(np.uint64)
    # Different powers of two add up to their union; the sums wrap round, their differences do not.
    ends = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(bits, dtype=np.uint64)])
    return np.unique(ends[incidence.indptr[1:]] - ends[incidence.indptr[:-1]])


def _numbers(bits: np.uint64) -> list[int]:
    return [i for i in range(MOST_ATTRIBUTES) if int(bits) >> i & 1]
