"""Sets in the plane: concepts, activation sets, and the data between them."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from saelib.errors import InputError
from saelib.plots.columns import need_columns
from saelib.plots.palette import palette

__all__ = ["plane"]


def plane(
    frame: pd.DataFrame,
    regions: Sequence[str] = (),
    *,
    x: str = "x",
    y: str = "y",
    lines: Sequence[str] = (),
    points: pd.DataFrame | None = None,
    member: str = "concept",
    colours: dict[str, str] | None = None,
    legend: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw sets given on a grid of the plane as tinted regions with an outline.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a point of a full rectangular grid.
    regions : sequence of str
        Boolean columns of ``frame``: the sets, in the order in which they are laid over one another.
    x, y : str
        Columns of ``frame`` and ``points``: the coordinates.
    lines : sequence of str
        Columns of ``frame`` with numbers whose zero set is drawn as a thin grey line.
    points : pandas.DataFrame, optional
        Data points; those whose boolean column ``member`` is true are filled in the colour of concepts,
        the others are hollow.
    member : str
        That column.
    colours : dict, optional
        Colour of every region; what :meth:`Palette.of` says otherwise.
    legend : bool
        Whether to name the regions.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        With equal units on both axes and no ticks: the plane has no scale of its own.

    Raises
    ------
    InputError
        If a column is missing, a frame is empty, or the rows are not a full grid.

    Examples
    --------
    >>> import pandas as pd
    >>> corners = [(x, y, x > 0) for x in (-1, 0, 1) for y in (-1, 1)]
    >>> grid = pd.DataFrame(corners, columns=["x", "y", "neuron"])
    >>> ax = plane(grid, ["neuron"])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['neuron']
    """
    need_columns(frame, x, y, *regions, *lines)
    across, up = np.unique(frame[x]), np.unique(frame[y])
    if len(across) * len(up) != len(frame) or frame.duplicated([x, y]).any() or min(len(across), len(up)) < 2:
        raise InputError(
            "frame", f"with {len(frame)} rows is no full grid", "give every x with every y, once"
        )
    if ax is None:
        ax = plt.subplots(figsize=(4.0, 4.0))[1]
    grid = frame.sort_values([y, x])
    colours = palette.of(regions) if colours is None else colours
    for name in lines:
        height = grid[name].to_numpy(dtype=np.float64).reshape(len(up), len(across))
        ax.contour(across, up, height, levels=[0.0], colors=palette.neutral, linewidths=0.7, zorder=1)
    # The first of several gets a wide outline, so that it still shows where a later one has the same edge.
    widths = [3.4 if len(regions) > 1 else 1.8, *[1.6] * len(regions)]
    for name, width in zip(regions, widths, strict=False):
        inside = grid[name].to_numpy(dtype=np.float64).reshape(len(up), len(across))
        if inside.any():
            ax.contourf(across, up, inside, levels=[0.5, 1.5], colors=[colours[name]], alpha=0.22, zorder=1)
        if inside.any() and not inside.all():
            ax.contour(across, up, inside, levels=[0.5], colors=[colours[name]], linewidths=width, zorder=2)
    if points is not None:
        need_columns(points, x, y, member)
        _scatter(points, x, y, member, ax)
    ax.set(xticks=[], yticks=[], xlim=(across[0], across[-1]), ylim=(up[0], up[-1]), aspect="equal")
    ax.grid(False)
    ax.spines[:].set_visible(True)
    ax.spines[:].set_color(palette.muted)
    if legend and regions:
        handles = [
            Patch(facecolor=colours[n] + "38", edgecolor=colours[n], linewidth=1.8, label=n) for n in regions
        ]
        ax.legend(handles=handles, loc="upper left", frameon=True, framealpha=0.9, edgecolor="none")
    return ax


def _scatter(points: pd.DataFrame, x: str, y: str, member: str, ax: Axes) -> None:
    inside = points[member].to_numpy(dtype=np.bool_)
    ax.scatter(
        points[x][~inside], points[y][~inside], s=12, facecolor="white", edgecolor=palette.neutral,
        linewidth=0.9, zorder=3,
    )  # fmt: skip
    ax.scatter(points[x][inside], points[y][inside], s=13, color=palette.concept, linewidth=0, zorder=4)
