"""Sets of points as strips below one another, so that one sees which points each of them holds."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from saelib.errors import InputError
from saelib.plots.columns import need_columns
from saelib.plots.palette import palette
from saelib.plots.style import COLUMN

__all__ = ["strips"]


def strips(
    frame: pd.DataFrame,
    sets: Sequence[str],
    *,
    edge: str | None = None,
    colours: dict[str, str] | None = None,
    label_x: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one strip for every set, filled over the points it holds.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a point, in the order in which they are to stand from left to right.
    sets : sequence of str
        Boolean columns: the sets, the first on top.
    edge : str, optional
        Boolean column: an upright line where its value changes, at the border of a concept say.
    colours : dict, optional
        Colour of every set; what :meth:`Palette.of` says otherwise.
    label_x : str, optional
        What the points are.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        One bar collection for every set that holds a point.

    Raises
    ------
    InputError
        If a column is missing or not boolean, or there is no set.

    Examples
    --------
    >>> frame = pd.DataFrame({"concept": [True, True, False], "neuron": [False, True, True]})
    >>> ax = strips(frame, ["concept", "neuron"], edge="concept")
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['concept', 'neuron']
    """
    need_columns(frame, *sets, edge)
    if not sets:
        raise InputError("sets", "is empty", "name at least one column")
    for name in (*sets, *([edge] if edge else [])):
        if frame[name].dtype != np.bool_:
            raise InputError("frame", f"has {frame[name].dtype} in {name!r}", "give booleans")
    colours = palette.of(sets) if colours is None else colours
    if ax is None:
        _, ax = plt.subplots(figsize=(COLUMN, 0.34 * len(sets) + 0.8))
    for i, name in enumerate(sets):
        ax.axhspan(i - 0.38, i + 0.38, color=palette.forbidden, linewidth=0)
        change = np.flatnonzero(np.diff(frame[name].to_numpy().astype(np.int8), prepend=0, append=0))
        runs = [(int(low), int(high - low)) for low, high in zip(change[::2], change[1::2], strict=True)]
        if runs:
            ax.broken_barh(runs, (i - 0.38, 0.76), facecolors=colours[name], linewidth=0)
    if edge is not None:
        for place in np.flatnonzero(np.diff(frame[edge].to_numpy().astype(np.int8))) + 1:
            ax.axvline(float(place), color=palette.theory, linewidth=1.0, linestyle="--")
    ax.set_yticks(range(len(sets)), [str(name) for name in sets])
    ax.set(
        xlim=(0, len(frame)), ylim=(len(sets) - 0.5, -0.5), xlabel="points" if label_x is None else label_x
    )
    ax.grid(visible=False)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    return ax
