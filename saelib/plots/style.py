"""The look of every figure: opaque white, legible, the same bytes on every run."""

from __future__ import annotations

import matplotlib as mpl
import seaborn as sns
from cycler import cycler

from saelib.plots.palette import palette

__all__ = ["COLUMN", "use_style"]

COLUMN: float = 7.2
"""Width in inches of a figure that fills the text column of the book."""


def use_style() -> None:
    """Set seaborn's theme and matplotlib's defaults for the book; call it once, in a chapter's first code
    cell.

    Figures have an opaque white ground, so that they also read in dark mode, and 150 dots an inch, which
    is sharp at the width of the text column and keeps a PNG well below 200 kB. The font is the one shipped
    with matplotlib, so that the file does not depend on the machine.

    Examples
    --------
    >>> from saelib import plots
    >>> plots.use_style()
    >>> import matplotlib
    >>> matplotlib.rcParams["savefig.facecolor"], matplotlib.rcParams["figure.dpi"]
    ('white', 150.0)
    """
    sns.set_theme(context="notebook", style="ticks", font="DejaVu Sans", font_scale=0.85)
    mpl.rcParams.update(
        {
            "figure.figsize": (COLUMN, 4.0),
            "figure.dpi": 150.0,
            "savefig.dpi": 150.0,
            "figure.facecolor": "white",
            "axes.facecolor": "white",
            "savefig.facecolor": "white",
            "savefig.edgecolor": "white",
            "savefig.transparent": False,
            "savefig.bbox": "tight",
            "figure.constrained_layout.use": True,
            "axes.prop_cycle": cycler(color=palette.cycle),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlelocation": "left",
            "axes.titleweight": "bold",
            "axes.titlesize": "medium",
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.color": palette.muted,
            "grid.linewidth": 0.7,
            "lines.linewidth": 1.8,
            "legend.frameon": False,
            "image.cmap": palette.sequential,
            "svg.hashsalt": "saelib",
        }
    )
