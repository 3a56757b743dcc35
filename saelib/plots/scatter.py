"""One mark a row, coloured by group."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from saelib.plots.columns import need_columns, ordered
from saelib.plots.palette import MARKERS, palette

__all__ = ["scatter"]


def scatter(
    frame: pd.DataFrame,
    x: str,
    y: str,
    *,
    hue: str,
    log_x: bool = False,
    label_x: str | None = None,
    label_y: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one mark for every row, with a colour and a marker for every group.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a mark.
    x, y : str
        Columns: horizontal and vertical position.
    hue : str
        Column whose categories get a colour and a marker each.
    log_x : bool
        Horizontal axis to base 2.
    label_x, label_y : str, optional
        Axis labels with units; the column names otherwise.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        With a legend of the groups.

    Raises
    ------
    InputError
        If a column is missing or the frame is empty.

    Examples
    --------
    >>> frame = pd.DataFrame({"l0": [1.0, 2.0], "rate": [0.1, 0.4], "gate": ["ReLU", "TopK"]})
    >>> ax = scatter(frame, "l0", "rate", hue="gate")
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['ReLU', 'TopK']
    """
    need_columns(frame, x, y, hue)
    if ax is None:
        ax = plt.subplots()[1]
    groups = ordered(frame[hue])
    colours = palette.of(groups)
    for group, marker in zip(groups, MARKERS * len(groups), strict=False):
        part = frame[frame[hue] == group]
        ax.scatter(
            part[x], part[y], s=18, marker=marker, color=colours[group], alpha=0.75, linewidth=0,
            label=str(group), zorder=2,
        )  # fmt: skip
    if log_x:
        ax.set_xscale("log", base=2)
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.set(xlabel=label_x or x, ylabel=label_y or y)
    ax.legend(title=hue)
    return ax
