"""Meet and join of two formal concepts, and the lattice as a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from saelib.errors import checked_type
from saelib.lattice.found import FormalConcepts

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["concept_graph", "join", "meet"]


def meet(found: FormalConcepts, i: int, j: int) -> int | None:
    """Find the greatest formal concept below two: what both extents have in common.

    Parameters
    ----------
    found : FormalConcepts
        As a rule complete.
    i, j : int
        Positions of the two.

    Returns
    -------
    int or None
        Its position; None if it was not kept, which in an iceberg may well be.

    Raises
    ------
    InputError
        If there is no such concept.

    Examples
    --------
    >>> from saelib.lattice import Context, formal_concepts
    >>> square = formal_concepts(Context([[1, 0], [0, 1]]), min_support=0)
    >>> meet(square, 1, 2), join(square, 1, 2)
    (3, 0)
    """
    checked_type("found", found, FormalConcepts, "give what formal_concepts returns")
    both = np.union1d(found.intent(i), found.intent(j))
    return _position(found, found.context.closure(both))


def join(found: FormalConcepts, i: int, j: int) -> int | None:
    """Find the least formal concept above two: what both intents have in common.

    Parameters
    ----------
    found : FormalConcepts
        As a rule complete; of an iceberg the join of two is always there if the search was complete.
    i, j : int
        Positions of the two.

    Returns
    -------
    int or None
        Its position; None if it was not kept.

    Raises
    ------
    InputError
        If there is no such concept.

    Examples
    --------
    >>> from saelib.lattice import Context, formal_concepts
    >>> chain = formal_concepts(Context([[1, 0], [1, 1]]), min_support=0)
    >>> join(chain, 0, 1), meet(chain, 0, 1)
    (0, 1)
    """
    checked_type("found", found, FormalConcepts, "give what formal_concepts returns")
    return _position(found, np.intersect1d(found.intent(i), found.intent(j), assume_unique=True))


def concept_graph(found: FormalConcepts) -> nx.DiGraph:
    """Make a graph of the lattice: a node a formal concept, an edge from each to those directly below it.

    Parameters
    ----------
    found : FormalConcepts
        Any.

    Returns
    -------
    networkx.DiGraph
        Nodes 0, 1, … in the order of the concepts, with ``support``, ``delta`` and ``intent`` (a tuple of
        names).

    Examples
    --------
    >>> from saelib.lattice import Context, formal_concepts
    >>> graph = concept_graph(formal_concepts(Context([[1, 0], [1, 1]]), min_support=0))
    >>> list(graph.edges), graph.nodes[0]["intent"]
    ([(0, 1)], ('attribute 0',))
    """
    checked_type("found", found, FormalConcepts, "give what formal_concepts returns")
    import networkx as nx

    graph = nx.DiGraph()
    for i in range(len(found)):
        names = tuple(found.context.attributes[m] for m in found.intent(i))
        graph.add_node(i, support=int(found.support[i]), delta=int(found.delta[i]), intent=names)
    graph.add_edges_from(found.covers().tolist())
    return graph


def _position(found: FormalConcepts, intent: np.ndarray) -> int | None:
    sizes = np.diff(found.intents.indptr)
    for i in np.flatnonzero(sizes == len(intent)):
        if np.array_equal(found.intent(int(i)), intent):
            return int(i)
    return None
