"""Implications with exceptions, from each formal concept to the next below (Luxenburger 1991)."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from saelib.errors import InputError
from saelib.lattice.context import Context
from saelib.lattice.found import FormalConcepts
from saelib.lattice.implications import Implications, ordered
from saelib.lattice.rows import Indices

__all__ = ["luxenburger_base"]


def luxenburger_base(concepts: FormalConcepts, min_confidence: float = 0.0) -> Implications:
    r"""Return the implications with exceptions between neighbouring formal concepts of an iceberg.

    Parameters
    ----------
    concepts : FormalConcepts
        The frequent ones: complete, and none left out for its Δ.
    min_confidence : float, default 0.0
        Least confidence kept, in [0, 1).

    Returns
    -------
    Implications
        B₁ → B₂∖B₁ for intents B₁ ⊂ B₂ of neighbouring concepts, B₂ with at least ``min_support`` objects, and
        at least one. The confidence \|B₂'\|/\|B₁'\| is always below 1.

    Raises
    ------
    InputError
        If the concepts are something else or incomplete, or the confidence is not in [0, 1).

    Notes
    -----
    The confidence of any P → Q is that of the intents P'' → (P ∪ Q)'', and that is the product of the
    confidences along any chain of neighbours between the two. So this base, with the exact implications
    (:func:`implication_base`, or closures), gives every implication among frequent attributes; one of
    confidence at least c has a chain with no step below c.

    References
    ----------
    Luxenburger 1991; for icebergs, Stumme, Taouil, Bastide, Pasquier & Lakhal 2002.

    Examples
    --------
    Of four animals, three are dogs, and one of those a poodle:

    >>> from saelib.lattice import Context, formal_concepts, luxenburger_base
    >>> points = Context([[1, 0, 0], [1, 1, 0], [1, 1, 0], [1, 1, 1]], attributes=["animal", "dog", "poodle"])
    >>> base = luxenburger_base(formal_concepts(points))
    >>> print(base.to_frame()[["premise", "conclusion", "support", "confidence"]].to_string(index=False))
          premise conclusion  support  confidence
        (animal,)     (dog,)        3        0.75
    (animal, dog)  (poodle,)        1    0.333333
    """
    if not isinstance(concepts, FormalConcepts):
        raise InputError("concepts", f"is a {type(concepts).__name__}", "give what formal_concepts returns")
    if not concepts.complete:
        raise InputError("concepts", f"is not complete ({concepts.stopped})", "search with a larger budget")
    number = isinstance(min_confidence, (int, float, np.integer, np.floating))
    if not number or isinstance(min_confidence, bool) or not 0 <= min_confidence < 1:
        raise InputError("min_confidence", f"is {min_confidence!r}", "give a number from 0 to below 1")
    least = max(1, concepts.min_support)
    found = [
        (intent.tolist(), conclusion, size, support)
        for intent, size in ((concepts.intent(i), int(concepts.support[i])) for i in range(len(concepts)))
        for conclusion, support in _next_below(concepts.context, intent, least)
        if support / size >= min_confidence
    ]
    premises, conclusions, sizes, supports = zip(*found, strict=True) if found else ((), (), (), ())
    return ordered(concepts.context, premises, conclusions, sizes, supports, complete=True)


def _next_below(context: Context, intent: Indices, least: int) -> list[tuple[list[int], int]]:
    """What the lower neighbours of a concept have beyond its intent, and their sizes from the least up.

    Counted in the context: a neighbour is the meet with an attribute that lies within no larger such meet.
    """
    rows = context.incidence[context.extent(intent)]
    counts = np.bincount(rows.indices, minlength=context.n_attributes)
    near = np.flatnonzero((counts >= least) & (counts < rows.shape[0]))
    sizes = counts[near]
    meets = rows[:, near].astype(np.int64)
    both = sparse.coo_array(meets.T @ meets)
    within = both.data == sizes[both.row]
    smaller, larger = both.row[within], both.col[within]
    # Of attributes that meet the extent in the same objects the first speaks for all.
    hidden = (sizes[larger] > sizes[smaller]) | ((sizes[larger] == sizes[smaller]) & (larger < smaller))
    speaks = np.ones(len(near), dtype=np.bool_)
    speaks[smaller[hidden]] = False
    return [
        (np.sort(near[larger[smaller == which]]).tolist(), int(sizes[which]))
        for which in np.flatnonzero(speaks)
    ]
