"""Curves with the interval that says how sure they are."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from saelib.errors import InputError
from saelib.plots.columns import need_columns, ordered
from saelib.plots.palette import MARKERS, palette
from saelib.plots.style import COLUMN

__all__ = ["curves_with_intervals"]


def curves_with_intervals(
    frame: pd.DataFrame,
    x: str,
    y: str,
    low: str | None = None,
    high: str | None = None,
    *,
    hue: str | None = None,
    style: str | None = None,
    col: str | None = None,
    log_x: bool = False,
    label_x: str | None = None,
    label_y: str | None = None,
    colours: dict[Any, str] | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw ``y`` over ``x`` as curves with a band from ``low`` to ``high``.

    Nothing is averaged here: every point of a curve must be one row of the frame.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a point of a curve.
    x, y : str
        Columns: horizontal and vertical position.
    low, high : str, optional
        Columns: ends of the interval of ``y``; give both or neither.
    hue, style, col : str, optional
        Columns that split the frame by colour and marker, by line style (at most four values), and into
        panels.
    log_x : bool
        Horizontal axis to base 2, ticks at the values of ``x``: sizes and budgets are doubled from one to
        the next.
    label_x, label_y : str, optional
        Axis labels with units; the column names otherwise.
    colours : dict, optional
        Colour of every value of ``hue``; what :meth:`Palette.of` says otherwise.
    ax : matplotlib.axes.Axes, optional
        Where to draw, if there is no ``col``; a new figure otherwise.

    Returns
    -------
    matplotlib.figure.Figure
        ``figure.axes`` holds the panels from left to right.

    Raises
    ------
    InputError
        If a column is missing, the frame is empty, one end of the interval is given without the other, two
        rows claim the same point of a curve, ``style`` has more than four values, or ``ax`` comes with
        ``col``.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"k": [1, 2], "rate": [0.2, 0.4], "low": [0.1, 0.3], "high": [0.3, 0.5]})
    >>> figure = curves_with_intervals(frame, "k", "rate", "low", "high")
    >>> figure.axes[0].lines[0].get_ydata().tolist()
    [0.2, 0.4]
    """
    need_columns(frame, x, y, low, high, hue, style, col)
    if (low is None) != (high is None):
        raise InputError("low", "and high must come together", "give both ends of the interval or neither")
    keys = [key for key in (col, hue, style, x) if key is not None]
    twice = frame.duplicated(keys)
    if twice.any():
        first = frame.loc[twice, keys].iloc[0].to_dict()
        raise InputError("frame", f"has two rows for the point {first}", "aggregate before plotting")
    dashes = ["-", "--", ":", "-."]
    styles = ordered(frame[style]) if style else [None]
    if len(styles) > len(dashes):
        raise InputError("style", f"has {len(styles)} values", f"give at most {len(dashes)}; use hue or col")
    if ax is not None and col is not None:
        raise InputError("ax", "cannot hold the panels of col", "give one of the two")
    panels = ordered(frame[col]) if col else [None]
    hues = ordered(frame[hue]) if hue else [None]
    if colours is None:
        colours = palette.of(hues) if hue else {None: palette.measured}
    if ax is None:
        figure, grid = plt.subplots(1, len(panels), figsize=(COLUMN, 3.4), sharey=True, squeeze=False)
        axes = list(grid.flat)
    else:
        axes = [ax]
        figure = ax.get_figure(root=True)  # type: ignore[assignment]
    for panel, panel_ax in zip(panels, axes, strict=True):
        for i, hue_value in enumerate(hues):
            for dash, style_value in zip(dashes, styles, strict=False):
                part = frame
                for key, wanted in ((col, panel), (hue, hue_value), (style, style_value)):
                    if key is not None:
                        part = part[part[key] == wanted]
                if part.empty:
                    continue
                part = part.sort_values(x)
                across = part[x].to_numpy()
                name = ", ".join(str(v) for v in (hue_value, style_value) if v is not None)
                panel_ax.plot(
                    across, part[y].to_numpy(), dash, color=colours[hue_value],
                    marker=MARKERS[i % len(MARKERS)], markersize=4.5, label=name or None,
                )  # fmt: skip
                if low is not None and high is not None:
                    panel_ax.fill_between(
                        across, part[low].to_numpy(), part[high].to_numpy(),
                        color=colours[hue_value], alpha=0.18, linewidth=0,
                    )  # fmt: skip
        if log_x:
            _doubling_axis(panel_ax, frame[x].to_numpy())
        panel_ax.set_xlabel(x if label_x is None else label_x)
        if panel is not None:
            panel_ax.set_title(str(panel))
    axes[0].set_ylabel(y if label_y is None else label_y)
    if hue or style:
        title = " / ".join(key for key in (hue, style) if key)
        if len(axes) == 1:
            axes[0].legend(title=title)
        else:  # beside the panels: inside, it would cover the curves of one of them
            handles: dict[str, Any] = {}  # a curve may be in the later panels only
            for panel_ax in axes:
                for handle, name in zip(*panel_ax.get_legend_handles_labels(), strict=True):
                    handles.setdefault(name, handle)
            figure.legend(handles.values(), handles.keys(), title=title, loc="outside right upper")
    return figure


def _doubling_axis(ax: Axes, values: np.ndarray) -> None:
    ax.set_xscale("log", base=2)
    ticks = np.unique(values)
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
