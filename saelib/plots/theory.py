"""A law as a line, and the measurements that should lie on it."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from saelib.errors import InputError
from saelib.plots.columns import need_columns, ordered
from saelib.plots.palette import MARKERS, palette

__all__ = ["theory_and_measured"]

_DASHES = ("-", "--", ":", "-.")


def theory_and_measured(
    theory: pd.DataFrame,
    measured: pd.DataFrame,
    x: str,
    y: str,
    *,
    low: str | None = None,
    high: str | None = None,
    line: str | None = None,
    hue: str | None = None,
    size: float = 28.0,
    colours: dict[Any, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw theory as black lines and measurements as coloured marks, with intervals if there are any.

    Parameters
    ----------
    theory, measured : pandas.DataFrame
        One row a point of a line, and one row a mark; both with the columns ``x`` and ``y``.
    x, y : str
        Columns: horizontal and vertical position.
    low, high : str, optional
        Columns of ``measured``: ends of the interval of ``y``; give both or neither.
    line : str, optional
        Column of ``theory`` that says which line a row belongs to, at most four.
    hue : str, optional
        Column of ``measured`` whose categories get a colour and a marker each.
    size : float
        Area of a mark in square points.
    colours : dict, optional
        Colour of every value of ``hue``; what :meth:`Palette.of` says otherwise.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        For titles, labels with units and scales.

    Raises
    ------
    InputError
        If a column is missing, a frame is empty, one end of the interval is given without the other, or
        there are more than four lines.

    Examples
    --------
    >>> import pandas as pd
    >>> law = pd.DataFrame({"t": [0.0, 1.0], "way": [0.0, 5.0]})
    >>> ax = theory_and_measured(law, pd.DataFrame({"t": [0.5], "way": [2.4]}), "t", "way")
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['theory', 'measured']
    """
    need_columns(theory, x, y, line)
    need_columns(measured, x, y, low, high, hue)
    if (low is None) != (high is None):
        raise InputError("low", "and high must come together", "give both ends of the interval or neither")
    lines = ordered(theory[line]) if line else ["theory"]
    if len(lines) > len(_DASHES):
        raise InputError("line", f"has {len(lines)} values", f"give at most {len(_DASHES)}")
    if ax is None:
        ax = plt.subplots()[1]
    for name, dash in zip(lines, _DASHES, strict=False):
        part = theory[theory[line] == name] if line else theory
        part = part.sort_values(x)
        ax.plot(part[x].to_numpy(), part[y].to_numpy(), dash, color=palette.theory, label=str(name), zorder=3)
    groups = ordered(measured[hue]) if hue else ["measured"]
    colours = palette.of(groups) if colours is None else colours
    for group, marker in zip(groups, MARKERS * len(groups), strict=False):
        part = measured[measured[hue] == group] if hue else measured
        at, value = part[x].to_numpy(), part[y].to_numpy(dtype=np.float64)
        if low is not None and high is not None:
            reach = np.stack([value - part[low].to_numpy(), part[high].to_numpy() - value])
            ax.errorbar(
                at, value, reach, fmt="none", ecolor=colours[group], elinewidth=1.4, capsize=3, zorder=2
            )
        ax.scatter(
            at, value, s=size, marker=marker, color=colours[group], linewidth=0, label=str(group), zorder=4
        )
    ax.set(xlabel=x, ylabel=y)
    ax.legend()
    return ax
