"""Rows of small pictures: what a neuron writes, what it fires on, what it misses."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from saelib.errors import InputError
from saelib.plots.columns import need_columns, ordered
from saelib.plots.palette import palette
from saelib.plots.style import COLUMN

__all__ = ["gallery"]


def gallery(
    frame: pd.DataFrame,
    images: np.ndarray,
    *,
    row: str,
    place: str = "place",
    point: str = "point",
    kind: str = "kind",
    lead: Mapping[str, np.ndarray] | None = None,
    lead_title: str = "",
    notes: Mapping[str, str] | None = None,
) -> Figure:
    """Draw one row of pictures for every value of ``row``.

    False alarms are framed and crossed in the colour of violations, missed pictures stand apart in a dashed
    frame, so that neither hangs on colour alone.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a picture.
    images : ndarray [n_points, height, width]
        All pictures, from 0 (paper) to 1 (ink).
    row, place, point, kind : str
        Columns: the row's name, the position in it (from 0), the picture's index in ``images``, and "hit",
        "false alarm" or "missed".
    lead : mapping of str to ndarray [height, width], optional
        A picture before each row, with a sign: drawn in the diverging colours.
    lead_title : str
        What the leading pictures are.
    notes : mapping of str to str, optional
        Words after each row.

    Returns
    -------
    matplotlib.figure.Figure
        With one axes.

    Raises
    ------
    InputError
        If a column is missing, the frame is empty, or ``images`` is no stack of pictures.

    Examples
    --------
    >>> frame = pd.DataFrame({"concept": "0", "place": [0, 1], "point": [0, 1], "kind": ["hit", "missed"]})
    >>> figure = gallery(frame, np.zeros((2, 8, 8)), row="concept")
    >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
    ['0']
    """
    need_columns(frame, row, place, point, kind)
    images = np.asarray(images)
    if images.ndim != 3:
        raise InputError("images", f"has shape {images.shape}", "give [n_points, height, width]")
    rows = ordered(frame[row])
    missed = frame[kind] == "missed"
    first_missed = int(frame.loc[missed, place].min()) if missed.any() else int(frame[place].max()) + 1
    left, gap = (1.5 if lead else 0.0), 0.6
    width = left + int(frame[place].max()) + 1 + (gap if missed.any() else 0)
    right = 4.3 if notes else 0.0
    figure, ax = plt.subplots(figsize=(COLUMN, COLUMN * (len(rows) + 0.9) / (width + right + 1.6)))
    scale = max((float(np.abs(picture).max()) for picture in (lead or {}).values()), default=1.0) or 1.0
    for i, name in enumerate(rows):
        if lead is not None and name in lead:
            _draw(ax, lead[name], 0.0, i, palette.diverging, -scale, scale)
            ax.add_patch(_frame(0.0, i, palette.neutral, "-", 0.6))
        for item in frame[frame[row] == name].itertuples(index=False):
            what, where = getattr(item, kind), getattr(item, place)
            x = left + where + (gap if where >= first_missed else 0)
            _draw(ax, images[getattr(item, point)], x, i, "Greys", 0.0, 1.0)
            if what == "false alarm":
                ax.add_patch(_frame(x, i, palette.violated, "-", 1.6))
                ax.plot(x + 0.79, i + 0.21, "x", color=palette.violated, markersize=4, markeredgewidth=1.4)
            elif what == "missed":
                ax.add_patch(_frame(x, i, palette.neutral, (0, (3, 2)), 1.0))
        if notes and name in notes:
            ax.text(width + 0.3, i + 0.5, notes[name], va="center", fontsize="x-small")
    heads = [(0.5, lead_title, "center")] if lead else []
    heads.append((left, "fires on, strongest to weakest", "left"))
    if missed.any():
        heads.append((left + first_missed + gap, "silent on", "left"))
    for x, words, align in heads:
        ax.text(x, -0.15, words, ha=align, va="bottom", fontsize="x-small", color=palette.theory)
    ax.set(xlim=(-0.1, width + right), ylim=(len(rows), -0.8), aspect="equal", xticks=[])
    ax.set_yticks([i + 0.5 for i in range(len(rows))], [str(name) for name in rows])
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    return figure


def _draw(ax: Axes, picture: np.ndarray, x: float, y: float, cmap: str, low: float, high: float) -> None:
    extent = (x + 0.08, x + 0.92, y + 0.92, y + 0.08)
    ax.imshow(picture, extent=extent, cmap=cmap, vmin=low, vmax=high, interpolation="nearest")


def _frame(
    x: float, y: float, colour: str, style: str | tuple[int, tuple[int, ...]], width: float
) -> Rectangle:
    return Rectangle(
        (x + 0.05, y + 0.05), 0.9, 0.9, fill=False, edgecolor=colour, linestyle=style, linewidth=width
    )
