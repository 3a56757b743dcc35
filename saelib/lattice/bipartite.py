"""Contexts as graphs: an edge for every cross."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from saelib.lattice.checks import checked_context
from saelib.lattice.context import Context

if TYPE_CHECKING:
    import networkx

__all__ = ["bipartite_graph"]


def bipartite_graph(context: Context) -> networkx.Graph:
    """Return a context as a networkx graph of objects and attributes.

    Parameters
    ----------
    context : Context
        Who has what.

    Returns
    -------
    networkx.Graph
        Nodes ``("object", name)`` and ``("attribute", name)``, in their order, since an object and an
        attribute may bear one name; each with ``bipartite`` (0 for objects, 1 for attributes) and ``label``
        (its name). An edge wherever the object has the attribute.

    Raises
    ------
    InputError
        If the context is something else.

    Examples
    --------
    >>> from saelib.lattice import Context, bipartite_graph
    >>> graph = bipartite_graph(Context([[1, 0], [1, 1]], ["frog", "dog"], ["lives", "barks"]))
    >>> list(graph.edges([("object", "dog")]))
    [(('object', 'dog'), ('attribute', 'lives')), (('object', 'dog'), ('attribute', 'barks'))]
    """
    import networkx

    incidence = checked_context(context).incidence
    objects = [("object", name) for name in context.objects]
    attributes = [("attribute", name) for name in context.attributes]
    graph = networkx.Graph()
    for side, nodes in enumerate((objects, attributes)):
        graph.add_nodes_from((node, {"bipartite": side, "label": node[1]}) for node in nodes)
    of_object = np.repeat(np.arange(context.n_objects), np.diff(incidence.indptr))
    graph.add_edges_from(
        (objects[i], attributes[j])
        for i, j in zip(of_object.tolist(), incidence.indices.tolist(), strict=True)
    )
    return graph
