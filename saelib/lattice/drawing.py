"""From formal concepts to what a drawing needs: places, lines, every name once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.errors import InputError, checked_type
from saelib.lattice.found import FormalConcepts
from saelib.lattice.layering import layered_layout

__all__ = ["Diagram", "diagram"]

MOST = 400  # concepts; more than a few dozen nobody can follow with the eye
_NAMES = 60  # of the objects of an extent that are written out


@dataclass(frozen=True, eq=False)
class Diagram:
    """What :func:`saelib.plots.lattice_diagram` and :func:`saelib.plots.lattice_explorer` draw.

    Attributes
    ----------
    nodes : pandas.DataFrame
        One row a formal concept, in the order of the concepts: ``x``, ``layer``; ``intent``, ``extent``
        (names, the latter at most 60), ``own_intent``, ``own_extent`` (those that no concept above,
        respectively below, has: its labels); ``n_extent``; ``above``, ``below`` (the labels in one line
        each); ``delta``, and ``stability_low``, ``stability_high``.
    lines : pandas.DataFrame
        One row a corner: ``line``, ``x``, ``layer``.
    covers : ndarray [n_lines, 2]
        Pairs (upper, lower).
    routes : tuple of ndarray
        The corners of each line.
    crossings : int
        Pairs of lines that cross.

    Examples
    --------
    >>> from saelib.lattice import Context, diagram, formal_concepts
    >>> drawn = diagram(formal_concepts(Context([[1, 0], [1, 1]]), min_support=0))
    >>> drawn.nodes[["layer", "above", "below"]].to_numpy().tolist()
    [[0, 'attribute 0', 'object 0'], [1, 'attribute 1', 'object 1']]
    """

    nodes: pd.DataFrame
    lines: pd.DataFrame
    covers: npt.NDArray[np.int64]
    routes: tuple[npt.NDArray[np.float64], ...]
    crossings: int


def diagram(found: FormalConcepts, *, labels: int = 3, object_labels: int = 3) -> Diagram:
    """Lay out formal concepts with reduced labels.

    An attribute is written at the largest of the given concepts that has it, an object at the smallest, so
    that each name stands once: a concept's attributes are those written at it and above it, its objects those
    at it and below. In an iceberg an object stands at the smallest concept that was kept.

    Parameters
    ----------
    found : FormalConcepts
        At most 400; take an iceberg or the stable ones of more.
    labels, object_labels : int, default 3
        Attributes and objects written at one concept before "and n more"; with 0 only their number is.

    Returns
    -------
    Diagram

    Raises
    ------
    InputError
        If there is no concept or there are too many.

    Examples
    --------
    >>> from saelib.lattice import Context, formal_concepts
    >>> square = diagram(formal_concepts(Context([[1, 0], [0, 1]]), min_support=0))
    >>> square.covers.tolist(), square.crossings
    ([[0, 1], [0, 2], [1, 3], [2, 3]], 0)
    """
    checked_type("found", found, FormalConcepts, "give what formal_concepts returns")
    n = len(found)
    if not 0 < n <= MOST:
        raise InputError(
            "found", f"has {n} concepts", f"give 1 to {MOST}, such as an iceberg of larger support"
        )
    covers = found.covers()
    layout = layered_layout(n, covers)
    extents = [found.extent(i) for i in range(n)]
    own_intent, own_extent = _introduced(found, extents)
    context = found.context
    low, high = found.stability_bounds()
    attributes = [[context.attributes[m] for m in own] for own in own_intent]
    objects = [[context.objects[g] for g in own] for own in own_extent]
    nodes = pd.DataFrame(
        {
            "x": layout.x,
            "layer": layout.layer,
            "intent": [tuple(context.attributes[m] for m in found.intent(i)) for i in range(n)],
            "extent": [tuple(context.objects[g] for g in extent[:_NAMES]) for extent in extents],
            "own_intent": [tuple(names) for names in attributes],
            "own_extent": [tuple(names) for names in objects],
            "n_extent": found.support,
            "above": [_line(names, labels) for names in attributes],
            "below": [_line(names, object_labels) for names in objects],
            "delta": found.delta,
            "stability_low": low,
            "stability_high": high,
        }
    )
    corners = [(line, x, depth) for line, route in enumerate(layout.routes) for x, depth in route.tolist()]
    lines = pd.DataFrame(corners, columns=["line", "x", "layer"])
    return Diagram(nodes, lines, covers, layout.routes, layout.crossings)


def _introduced(
    found: FormalConcepts, extents: list[npt.NDArray[np.int64]]
) -> tuple[list[list[int]], list[list[int]]]:
    """Attributes and objects that stand at each concept."""
    own_intent: list[list[int]] = [[] for _ in extents]
    own_extent: list[list[int]] = [[] for _ in extents]
    seen_attribute = np.zeros(found.context.n_attributes, dtype=np.bool_)
    place = np.full(found.context.n_objects, -1)
    for i, extent in enumerate(extents):  # support falls: the first with an attribute is the largest
        for m in found.intent(i):
            if not seen_attribute[m]:
                own_intent[i].append(int(m))
                seen_attribute[m] = True
        place[extent] = i
    for g in np.flatnonzero(place >= 0):
        own_extent[place[g]].append(int(g))
    return own_intent, own_extent


def _line(names: list[str], most: int) -> str:
    if most == 0:
        return str(len(names)) if names else ""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
