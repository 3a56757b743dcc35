"""What a concept forest states: every child is a parent."""

from __future__ import annotations

import numpy as np

from saelib.errors import InputError
from saelib.lattice.context import Context
from saelib.lattice.implications import Implications, ordered
from saelib.sets import ConceptSet

__all__ = ["forest_implications"]


def forest_implications(concepts: ConceptSet) -> Implications:
    """Return the implications that the edges of a concept forest are: D → C for every child D of C.

    Parameters
    ----------
    concepts : ConceptSet
        With parents.

    Returns
    -------
    Implications
        One an edge, all exact, since a child lies within its parent. They are what somebody stated, unlike
        those of :func:`implication_base`, which happen to hold on the points.

    Raises
    ------
    InputError
        If it is something else.

    Examples
    --------
    >>> from saelib import ConceptSet
    >>> from saelib.lattice import forest_implications
    >>> concepts = ConceptSet([[1, 1], [1, 0], [0, 0]], names=["animal", "dog"], parents=[-1, 0])
    >>> forest_implications(concepts).to_frame()[["premise", "conclusion", "support"]].values.tolist()
    [[('dog',), ('animal',), 1]]
    """
    if not isinstance(concepts, ConceptSet):
        raise InputError(
            "concepts", f"is a {type(concepts).__name__}", "wrap the labels in saelib.ConceptSet"
        )
    children = np.flatnonzero(concepts.parents >= 0)
    sizes = concepts.sizes[children].tolist()
    premises, conclusions = ([[int(i)] for i in which] for which in (children, concepts.parents[children]))
    return ordered(Context.from_concepts(concepts), premises, conclusions, sizes, sizes, complete=True)
