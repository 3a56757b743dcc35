"""An order as a diagram: circles, lines that lead down, every name once."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from saelib.errors import InputError
from saelib.plots.columns import need_columns
from saelib.plots.palette import palette

__all__ = ["lattice_diagram"]

_LARGEST = 420.0  # area of the largest circle, points²
_SMALLEST = 22.0


def lattice_diagram(
    nodes: pd.DataFrame,
    lines: pd.DataFrame,
    *,
    size: str | None = None,
    shade: str | None = None,
    shade_label: str | None = None,
    names: tuple[str, str] = ("attributes", "objects"),
    ax: Axes | None = None,
) -> Axes:
    """Draw the concepts of a lattice, the most general at the top, at the places a layout gave them.

    Parameters
    ----------
    nodes : pandas.DataFrame
        One row a formal concept: ``x``, ``layer`` (0 is drawn at the top), ``above`` and ``below`` (text over
        and under the circle, empty for none).
    lines : pandas.DataFrame
        One row a corner: ``line`` (which line), ``x``, ``layer``, in the order along the line.
    size : str, optional
        Column of ``nodes`` to which the area of a circle is proportional; all equal without.
    shade : str, optional
        Column of ``nodes`` in [0, 1]: the darker, the larger.
    shade_label : str, optional
        What the shade means, for the colour bar.
    names : pair of str
        What the text above (orange) and below (blue) names, for the legend.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        Without ticks or frame.

    Raises
    ------
    InputError
        If a column is missing, there is no node, or a shade is outside [0, 1].

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = pd.DataFrame({"x": [0, 0], "layer": [0, 1], "above": ["", "barks"], "below": ["cat", "dog"]})
    >>> lines = pd.DataFrame({"line": [0, 0], "x": [0, 0], "layer": [0, 1]})
    >>> sorted(text.get_text() for text in lattice_diagram(nodes, lines).texts)
    ['barks', 'cat', 'dog']
    """
    need_columns(nodes, "x", "layer", "above", "below", size, shade)
    if len(lines):
        need_columns(lines, "line", "x", "layer")
    values = nodes[shade].to_numpy(dtype=np.float64) if shade else np.zeros(len(nodes))
    if not ((values >= 0) & (values <= 1)).all():
        raise InputError("shade", f"{shade!r} leaves [0, 1]", "give a share")
    if ax is None:
        deepest = int(nodes["layer"].max()) + 1
        ax = plt.subplots(figsize=(8.0, max(3.0, 1.15 * deepest)))[1]
    for _, corners in lines.groupby("line", sort=False) if len(lines) else ():
        ax.plot(corners["x"], -corners["layer"], color=palette.neutral, linewidth=0.9, zorder=1)
    area = np.full(len(nodes), 90.0)
    if size:
        measure = nodes[size].to_numpy(dtype=np.float64)
        area = np.maximum(_LARGEST * measure / max(float(measure.max()), 1e-12), _SMALLEST)
    filled = {"c": values, "cmap": "Greys", "vmin": 0, "vmax": 1.25} if shade else {"color": "white"}
    drawn = ax.scatter(
        nodes["x"], -nodes["layer"], s=area, edgecolors=palette.theory, linewidths=1.0, zorder=2, **filled
    )
    for row, circle in zip(nodes.to_dict("records"), np.sqrt(area) / 2, strict=True):
        for text, shift, colour, side in (
            (row["above"], circle + 2, palette.neuron, "bottom"),
            (row["below"], -circle - 2, palette.concept, "top"),
        ):
            if text:
                ax.annotate(
                    str(text), (row["x"], -row["layer"]), (0, shift), textcoords="offset points", ha="center",
                    va=side, color=colour, fontsize="small", zorder=3,
                    bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.6},
                )  # fmt: skip
    if shade:
        ax.figure.colorbar(
            drawn, ax=ax, shrink=0.5, label=shade_label or shade, boundaries=np.linspace(0, 1, 101)
        ).set_ticks([0, 0.5, 1])
    for name, colour in zip(names, (palette.neuron, palette.concept), strict=True):
        ax.plot([], [], "s", color=colour, label=name)
    ax.legend(loc="upper right", fontsize="small")
    ax.margins(0.08, 0.12)
    ax.set_axis_off()
    return ax
