"""Figures of the book: one style, one palette, functions that take tidy frames and compute no statistics.

Averages, intervals and verdicts are worked out before a frame comes here, so a figure can always be
checked against the table behind it.

**How a chapter shows a figure.** Call :func:`use_style` once, draw in a cell that ends with
``plt.show()``, and put the alternative text, the caption and the anchor into the metadata of that very
cell, where MyST-NB finds them::

    # %% tags=["hide-input"] mystnb={"image": {"alt": "What a reader who cannot see it needs to know"}, "figure": {"name": "fig-01-leak", "caption": "The finding, then how to read the picture."}}
    plots.bound_and_truth(frame)
    plt.show()

The metadata is one line of JSON in the ``.py`` (jupytext carries it into the notebook unchanged); a
backslash is written twice. The alternative text becomes the ``alt`` of the image. The caption is MyST
markdown: mathematics, ``{ref}`` and ``{glue:text}`` work in it. The name makes the figure numbered and
linkable with ``{numref}`` or ``{ref}``. Every figure has all three; a name starts with ``fig-`` and the
number of its chapter.
"""  # noqa: E501 — the example is one line, as it must be in a notebook

from __future__ import annotations

from saelib.plots.curves import curves_with_intervals
from saelib.plots.diagrams import lattice_diagram
from saelib.plots.dots import dots_with_intervals
from saelib.plots.explorer import lattice_explorer
from saelib.plots.flows import alluvial
from saelib.plots.heat import heatmap
from saelib.plots.palette import MARKERS, Palette, palette
from saelib.plots.pictures import gallery
from saelib.plots.plane import plane
from saelib.plots.scatter import scatter
from saelib.plots.strips import strips
from saelib.plots.style import COLUMN, use_style
from saelib.plots.theory import theory_and_measured
from saelib.plots.truth import bound_and_truth

__all__ = [
    "COLUMN",
    "MARKERS",
    "Palette",
    "alluvial",
    "bound_and_truth",
    "curves_with_intervals",
    "dots_with_intervals",
    "gallery",
    "heatmap",
    "lattice_diagram",
    "lattice_explorer",
    "palette",
    "plane",
    "scatter",
    "strips",
    "theory_and_measured",
    "use_style",
]
