"""The lattice within the report: a drawing that can be walked about in, and stands without a script too."""

from __future__ import annotations

import dataclasses

import numpy as np

from saelib.lattice import FormalConcepts, diagram

__all__ = ["lattice_piece"]

DRAWN = 40
"""Formal concepts in the drawing; more nobody can follow with the eye."""


def lattice_piece(found: FormalConcepts | None, drawn: int = DRAWN) -> str:
    """Draw the steadiest formal concepts for exploring.

    Parameters
    ----------
    found : FormalConcepts or None
        Of concepts (objects) and neurons (attributes).
    drawn : int
        At most so many circles: those of largest Δ, the larger extent first on ties.

    Returns
    -------
    str
        HTML; a sentence where there is nothing to draw.

    Examples
    --------
    >>> lattice_piece(None)
    '<p class="note">There is no lattice to draw here.</p>'
    """
    if found is None or not len(found):
        return '<p class="note">There is no lattice to draw here.</p>'
    try:
        from saelib.plots import lattice_explorer  # it brings matplotlib along, which takes a while
    except ImportError:  # an analysis of an hour does not end for want of a drawing
        return '<p class="note">Drawing it needs matplotlib and seaborn; the table has all of it.</p>'
    kept = np.arange(len(found))
    note = ""
    if len(found) > drawn:
        kept = np.sort(np.lexsort((kept, -found.support, -found.delta))[:drawn])
        found = dataclasses.replace(
            found, support=found.support[kept], intents=found.intents[kept], delta=found.delta[kept],
            complete=False, stopped="only the steadiest are drawn",
        )  # fmt: skip
        note = f'<p class="note">Drawn are the {drawn} steadiest of those in the table.</p>'
    picture = diagram(found, labels=2, object_labels=2)
    nodes = picture.nodes.drop(columns=["above", "below", "stability_high"])
    nodes = nodes.rename(columns={"stability_low": "stability, at least", "delta": "Δ"}).assign(node=kept)
    piece = lattice_explorer(
        nodes,
        picture.covers,
        picture.routes,
        title="Which neurons separate which concepts",
        objects="concepts",
        attributes="neurons",
    )
    return piece + note
