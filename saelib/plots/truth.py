"""Theory and measurement in one picture."""

from __future__ import annotations

from typing import Literal

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from saelib.errors import InputError
from saelib.plots.columns import need_columns, ordered
from saelib.plots.palette import MARKERS, palette

__all__ = ["bound_and_truth"]

_CLOUD = 3_000  # from so many marks on, single ones hide one another and a density tells more


def bound_and_truth(
    frame: pd.DataFrame,
    *,
    x: str = "bound",
    bound: str = "bound",
    measured: str = "measured",
    side: Literal["upper", "lower"] = "upper",
    hue: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what was measured together with the bound it must respect, and shade the forbidden side.

    With ``x`` equal to ``bound`` the bound is the diagonal; with any other ``x`` it is the curve of column
    ``bound`` over ``x``. Rows whose column ``violated`` is true are drawn as crosses on top of everything,
    so that not one among 100,000 can hide. More than a few thousand rows are drawn as a density, unless
    ``hue`` is given.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an instance.
    x, bound, measured : str
        Columns: horizontal position, value of the bound, value measured.
    side : {"upper", "lower"}
        ``"upper"``: measured must not exceed the bound; ``"lower"``: it must not fall below.
    hue : str, optional
        Column whose categories get a colour and a marker each.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        For titles, labels with units and scales.

    Raises
    ------
    InputError
        If a column is missing, the frame is empty, or ``side`` is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"bound": [0.2, 0.8], "measured": [0.1, 0.8], "violated": [False, False]})
    >>> ax = bound_and_truth(frame)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['measured', 'bound']
    """
    need_columns(frame, x, bound, measured, hue)
    if side not in ("upper", "lower"):
        raise InputError("side", f"is {side!r}", "give 'upper' or 'lower'")
    if ax is None:
        ax = plt.subplots()[1]
    _draw_measured(frame, x, measured, hue, ax)
    top = float(max(frame[measured].max(), frame[bound].max()))
    bottom = float(min(frame[measured].min(), frame[bound].min(), 0.0))
    # Cells of a density straddle the bound although no instance does: the shade covers their halves, and the
    # crosses drawn on top of it show every real violation.
    opaque = hue is None and len(frame) > _CLOUD and "violated" in frame.columns
    _draw_bound(frame, x, bound, bottom, top, side, opaque, ax)
    if "violated" in frame.columns and frame["violated"].any():
        bad = frame[frame["violated"].astype(bool)]
        ax.scatter(
            bad[x], bad[measured], marker="x", s=60, color=palette.violated, label="violated", zorder=5
        )
    ax.set(xlabel=x, ylabel=measured)
    ax.legend()
    return ax


def _draw_measured(frame: pd.DataFrame, x: str, measured: str, hue: str | None, ax: Axes) -> None:
    if hue is None and len(frame) > _CLOUD:
        ax.hexbin(
            frame[x],
            frame[measured],
            gridsize=45,
            bins="log",
            mincnt=1,
            cmap="Greens",
            linewidths=0.1,
            zorder=1,
        )
        ax.scatter([], [], marker="h", color=palette.measured, label="measured (darker: more instances)")
        return
    groups = ordered(frame[hue]) if hue else ["measured"]
    colours = palette.of(groups)
    for group, marker in zip(groups, MARKERS * len(groups), strict=False):
        part = frame[frame[hue] == group] if hue else frame
        ax.scatter(
            part[x], part[measured], s=18, marker=marker, color=colours[group], alpha=0.75, linewidth=0,
            label=str(group), zorder=2,
        )  # fmt: skip


def _draw_bound(
    frame: pd.DataFrame, x: str, bound: str, bottom: float, top: float, side: str, opaque: bool, ax: Axes
) -> None:
    if x == bound:
        across = height = np.array([bottom, top])
    else:
        line = frame[[x, bound]].drop_duplicates().sort_values([x, bound])
        across = line[x].to_numpy(dtype=np.float64)
        height = line[bound].to_numpy(dtype=np.float64)
    ax.plot(across, height, color=palette.theory, label="bound", zorder=3)
    edge = top + 0.06 * (top - bottom) if side == "upper" else bottom - 0.06 * (top - bottom)
    ax.fill_between(across, height, edge, color=palette.forbidden, linewidth=0, zorder=1.5 if opaque else 0)
    ax.set_ylim(
        *sorted((edge, bottom - 0.03 * (top - bottom) if side == "upper" else top + 0.03 * (top - bottom)))
    )
