"""Estimates with their intervals, one line a category."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from saelib.plots.columns import need_columns, ordered
from saelib.plots.palette import MARKERS, palette
from saelib.plots.style import COLUMN

__all__ = ["dots_with_intervals"]


def dots_with_intervals(
    frame: pd.DataFrame,
    x: str,
    low: str,
    high: str,
    *,
    y: str,
    hue: str,
    floor: str | None = None,
    floor_label: str | None = None,
    label_x: str | None = None,
    colours: dict[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one line for every category ``y``: a dot and a bar from ``low`` to ``high`` for every ``hue``.

    Nothing is averaged here: every dot must be one row of the frame.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a dot.
    x, low, high : str
        Columns: the estimate and the ends of its interval.
    y, hue : str
        Columns: the category of the line (the first on top), and what gives colour and marker.
    floor : str, optional
        Column with what is reached for nothing: a short upright line, one for every ``y``.
    floor_label, label_x : str, optional
        Words for the legend and the axis; the column names otherwise.
    colours : dict, optional
        Colour of every value of ``hue``; what :meth:`Palette.of` says otherwise.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        With a legend above it.

    Raises
    ------
    InputError
        If a column is missing or the frame is empty.

    Examples
    --------
    >>> frame = pd.DataFrame({"concept": ["dog", "dog"], "sae": ["trained", "random"], "J": [0.8, 0.3],
    ...                       "low": [0.7, 0.2], "high": [0.9, 0.4]})
    >>> ax = dots_with_intervals(frame, "J", "low", "high", y="concept", hue="sae")
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['dog']
    """
    need_columns(frame, x, low, high, y, hue, floor)
    lines, hues = ordered(frame[y]), ordered(frame[hue])
    colours = colours or palette.of(hues)
    if ax is None:
        _, ax = plt.subplots(figsize=(COLUMN, 0.27 * len(lines) + 1.1))
    at = {name: place for place, name in enumerate(lines)}
    if floor is not None:
        once = frame.drop_duplicates(y)
        ax.plot(
            once[floor], _places(once[y], at), "|", color=palette.theory, markersize=11, markeredgewidth=1.6,
            label=floor if floor_label is None else floor_label,
        )  # fmt: skip
    for i, name in enumerate(hues):
        part = frame[frame[hue] == name]
        # Side by side, so that intervals which overlap can still be told apart.
        height = _places(part[y], at) + (i - (len(hues) - 1) / 2) * 0.22
        ax.hlines(height, part[low], part[high], color=colours[name], linewidth=1.6)
        marker = MARKERS[i % len(MARKERS)]
        ax.plot(part[x], height, marker, color=colours[name], markersize=5, label=str(name))
    ax.set_yticks(range(len(lines)), [str(name) for name in lines])
    ax.set(ylim=(len(lines) - 0.5, -0.5), xlabel=x if label_x is None else label_x)
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=len(hues) + 1, borderaxespad=0.2)
    return ax


def _places(column: pd.Series, at: dict[object, int]) -> pd.Series:
    # A category maps to categories, and those cannot be moved up or down.
    return column.astype(object).map(at).astype(float)
