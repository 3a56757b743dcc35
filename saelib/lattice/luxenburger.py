"""Implications with exceptions, from each formal concept to the next below (Luxenburger 1991)."""

from __future__ import annotations

import numpy as np

from saelib.errors import InputError
from saelib.lattice.found import FormalConcepts
from saelib.lattice.implications import Implications, ordered

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
        If the concepts are something else, or some are left out for a budget or their Δ, or the confidence is
        not in [0, 1).

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
    if concepts.min_delta:
        raise InputError("concepts", "leaves out concepts for their Δ", "search with min_delta=0")
    number = isinstance(min_confidence, (int, float, np.integer, np.floating))
    if not number or isinstance(min_confidence, bool) or not 0 <= min_confidence < 1:
        raise InputError("min_confidence", f"is {min_confidence!r}", "give a number from 0 to below 1")
    above, below = concepts.covers().T
    size, support = concepts.support[above], concepts.support[below]
    # An implication that nobody fulfils is none; 7 of 10 is not below 0.7, so quotients are compared.
    kept = np.flatnonzero((support > 0) & (support / size >= min_confidence))
    intents = [concepts.intent(i).tolist() for i in range(len(concepts))]
    premises = [intents[above[i]] for i in kept]
    conclusions = [sorted({*intents[below[i]]}.difference(intents[above[i]])) for i in kept]
    return ordered(
        concepts.context, premises, conclusions, size[kept].tolist(), support[kept].tolist(), complete=True
    )
