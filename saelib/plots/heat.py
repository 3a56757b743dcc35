"""Heat maps: one value over two settings, panels on one colour scale."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from saelib.errors import InputError
from saelib.plots.columns import need_columns, ordered
from saelib.plots.palette import palette
from saelib.plots.style import COLUMN

__all__ = ["heatmap"]


def heatmap(
    frame: pd.DataFrame,
    x: str,
    y: str,
    value: str,
    *,
    col: str | None = None,
    row: str | None = None,
    label: str | None = None,
    fmt: str | None = ".2f",
    vmin: float | None = None,
    vmax: float | None = None,
    diverging: bool = False,
) -> Figure:
    """Draw ``value`` over ``x`` and ``y``, one panel for every ``col`` and ``row``, all on one colour scale.

    Nothing is averaged here: every cell must be one row of the frame. Cells without a row stay grey. ``y``
    grows upward, as on an axis.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a cell.
    x, y, value : str
        Columns: horizontal and vertical setting, and the number shown.
    col, row : str, optional
        Columns that split the frame into panels from left to right and from top to bottom.
    label : str, optional
        Title of the colour bar, with its unit; ``value`` otherwise.
    fmt : str or None
        Format of the numbers written into the cells; None leaves them out.
    vmin, vmax : float, optional
        Ends of the colour scale; the extremes of ``value`` otherwise.
    diverging : bool
        Colours that part at 0, for differences.

    Returns
    -------
    matplotlib.figure.Figure
        ``figure.axes`` holds the panels row by row, then the colour bar.

    Raises
    ------
    InputError
        If a column is missing, the frame is empty, or two rows claim the same cell.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"d_sae": [8, 8, 16, 16], "k": [1, 2, 1, 2], "rate": [0.1, 0.2, 0.3, 0.4]})
    >>> figure = heatmap(frame, x="d_sae", y="k", value="rate")
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['0.10', '0.30', '0.20', '0.40']
    """
    need_columns(frame, x, y, value, col, row)
    keys = [key for key in (row, col, y, x) if key is not None]
    twice = frame.duplicated(keys)
    if twice.any():
        first = frame.loc[twice, keys].iloc[0].to_dict()
        raise InputError("frame", f"has two rows for the cell {first}", "aggregate before plotting")
    cols = ordered(frame[col]) if col else [None]
    rows = ordered(frame[row]) if row else [None]
    xs, ys = ordered(frame[x]), ordered(frame[y])
    low = float(frame[value].min()) if vmin is None else vmin
    high = float(frame[value].max()) if vmax is None else vmax
    if diverging:
        high = max(abs(low), abs(high))
        low = -high
    height = len(rows) * max(1.9, 0.36 * len(ys) + 0.9)
    figure, axes = plt.subplots(
        len(rows), len(cols), figsize=(COLUMN, height), sharex=True, sharey=True, squeeze=False
    )
    for i, row_value in enumerate(rows):
        for j, col_value in enumerate(cols):
            part = frame
            if row:
                part = part[part[row] == row_value]
            if col:
                part = part[part[col] == col_value]
            table = part.pivot(index=y, columns=x, values=value)  # noqa: PD010 — pivot_table would average
            table = table.reindex(index=ys, columns=xs)
            ax = axes[i, j]
            ax.set_facecolor(palette.muted)
            sns.heatmap(
                table.astype(np.float64), ax=ax, vmin=low, vmax=high, cbar=False,
                cmap=palette.diverging if diverging else palette.sequential,
                annot=fmt is not None, fmt=fmt or "", annot_kws={"fontsize": 7}, linewidths=0.5,
                linecolor="white",
            )  # fmt: skip
            ax.set(xlabel=x if i == len(rows) - 1 else "", ylabel=y if j == 0 else "")
            ax.set_title(", ".join(str(v) for v in (row_value, col_value) if v is not None))
            ax.tick_params(axis="both", rotation=0, length=0)
    axes[0, 0].invert_yaxis()
    bar = figure.colorbar(axes[0, 0].collections[0], ax=list(axes.flat), shrink=0.85, aspect=25, pad=0.02)
    bar.set_label(value if label is None else label)
    bar.outline.set_visible(False)
    return figure
