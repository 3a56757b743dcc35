"""An alluvial (Sankey) figure: what became of the members of one stage in the next."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path

from saelib.errors import InputError
from saelib.plots.columns import need_columns, ordered
from saelib.plots.palette import palette
from saelib.plots.style import COLUMN

__all__ = ["alluvial"]

_BAR = 0.06  # half the width of a node, in units of the distance between stages
_SPACE = 0.35  # share of the tallest stage that is space between its nodes
_SWEEPS = 24  # of ordering; the best order met is kept

Key = tuple[Any, Any]
"""Stage and node."""


def alluvial(
    nodes: pd.DataFrame,
    links: pd.DataFrame,
    *,
    stage: str,
    node: str,
    size: str,
    source: str,
    target: str,
    width: str,
    hue: str | None = None,
    colours: dict[Any, str] | None = None,
    label_stage: str | None = None,
    unit: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    r"""Draw nodes as bars, stage by stage, and links between neighbouring stages as ribbons.

    Within a stage, nodes are ordered so that few ribbons cross, by the barycentre method of layered graph
    drawing: each is moved to the mean position of those it is linked to, forth and back through the stages,
    and the order with the fewest crossings, weighted by the widths, is kept. A bar without a ribbon on its
    left came from nothing; one without a ribbon on its right went nowhere.

    Parameters
    ----------
    nodes : pandas.DataFrame
        One row a node: columns ``stage``, ``node``, ``size`` and, if given, ``hue``.
    links : pandas.DataFrame
        One row a link: columns ``stage`` (that of the source), ``source``, ``target`` and ``width``. A link
        ends in the next stage. There may be none.
    stage, node : str
        Columns of ``nodes``: stages are sorted if they are numbers; categories keep their order, and one
        without nodes its place. A node's name is its own within its stage.
    size : str
        Column of ``nodes``: height of the bar, on one scale for all stages.
    source, target, width : str
        Columns of ``links``: names of the nodes, and how much flows, in the unit of ``size``. Ribbons that
        ask for more than their bar has (what flows may overlap) are narrowed there to fit.
    hue : str, optional
        Column of ``nodes`` that gives colour; a ribbon has that of where it ends. All neutral otherwise.
    colours : dict, optional
        Colour of every value of ``hue``; what :meth:`Palette.of` says otherwise.
    label_stage : str, optional
        Words for the horizontal axis; the column's name otherwise.
    unit : str, optional
        What sizes count, for the scale at the left; the column's name otherwise.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        Ticks name the stages and say how many nodes each has.

    Raises
    ------
    InputError
        If a column is missing, there is no node, one is listed twice, a size or width is not a positive
        number, or a link joins nodes that are not there or not in neighbouring stages.

    Examples
    --------
    >>> nodes = pd.DataFrame({"d_sae": [1, 2, 2], "neuron": [0, 0, 1], "points": [9, 5, 4]})
    >>> links = pd.DataFrame({"d_sae": [1, 1], "coarse": [0, 0], "fine": [0, 1], "both": [5, 4]})
    >>> ax = alluvial(nodes, links, stage="d_sae", node="neuron", size="points", source="coarse",
    ...               target="fine", width="both")
    >>> [tick.get_text() for tick in ax.get_xticklabels()], len(ax.patches)
    (['1\n(1)', '2\n(2)'], 5)
    """
    need_columns(nodes, stage, node, size, hue)
    stages = list(nodes[stage].cat.categories) if nodes[stage].dtype == "category" else ordered(nodes[stage])
    sizes = _sizes(nodes, stage, node, size)
    flows = _flows(links, stages, sizes, (stage, source, target, width))
    hues = ordered(nodes[hue]) if hue else [None]
    colours = colours or (palette.of(hues) if hue else {None: palette.neutral})
    group = dict(zip(sizes, nodes[hue] if hue else [None] * len(nodes), strict=True))
    # Colours that start out together tend to stay together, and what they flow into with them.
    grouped = [key for each in hues for key in sizes if group[key] == each]
    order = _with_few_crossings(
        [[key for key in grouped if key[0] == stage] for stage in stages], sizes, flows
    )
    if ax is None:
        _, ax = plt.subplots(figsize=(COLUMN, 4.4))
    bottoms = _stacked(order, sizes)
    for (here, end), (left, right), (low, high) in _ribbons(flows, order, sizes, bottoms):
        ax.add_patch(_ribbon(here[0], left, low, right, high, colours[group[end]], stages))
    for key, bottom in bottoms.items():
        corner = stages.index(key[0]) - _BAR, bottom
        ax.add_patch(Rectangle(corner, 2 * _BAR, sizes[key], facecolor=colours[group[key]], linewidth=0))
    _dressed(ax, stages, order, sizes, label_stage or stage, unit or size)
    if hue:
        handles = [Patch(color=colours[value], label=str(value)) for value in hues]
        ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4, borderaxespad=0.2)
    return ax


def _sizes(nodes: pd.DataFrame, stage: str, node: str, size: str) -> dict[Key, float]:
    twice = nodes.duplicated([stage, node])
    if twice.any():
        raise InputError(
            "nodes", f"lists {tuple(nodes.loc[twice, [stage, node]].iloc[0])} twice", "list it once"
        )
    heights = _positive("nodes", nodes, size)
    return dict(zip(zip(nodes[stage], nodes[node], strict=True), heights, strict=True))


def _positive(argument: str, frame: pd.DataFrame, column: str) -> list[float]:
    numbers = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=np.float64)
    bad = np.flatnonzero(~(np.isfinite(numbers) & (numbers > 0)))
    if bad.size:
        offence = f"has {frame[column].iloc[bad[0]]} as {column!r} in row {bad[0]}"
        raise InputError(argument, offence, "give positive numbers")
    return numbers.tolist()


def _flows(
    links: pd.DataFrame, stages: list[Any], sizes: dict[Key, float], columns: tuple[str, str, str, str]
) -> dict[tuple[Key, Key], float]:
    if not isinstance(links, pd.DataFrame):
        raise InputError("links", f"is a {type(links).__name__}", "give a pandas DataFrame")
    missing = [column for column in columns if column not in links.columns]
    if missing:
        raise InputError("links", f"lacks the column {missing[0]!r}", "give a frame with it")
    stage, source, target, width = columns
    following = dict(pairwise(stages))
    flows: dict[tuple[Key, Key], float] = {}
    rows = zip(links[stage], links[source], links[target], _positive("links", links, width), strict=True)
    for number, (here, start, end, wide) in enumerate(rows):
        ends = (here, start), (following.get(here), end)
        unknown = [key for key in ends if key not in sizes]
        if unknown:
            offence = f"names the node {unknown[0][1]!r} of stage {unknown[0][0]!r} in row {number}"
            raise InputError("links", offence, "name nodes of neighbouring stages that are listed")
        flows[ends] = flows.get(ends, 0.0) + wide
    return flows


def _with_few_crossings(
    order: list[list[Key]], sizes: dict[Key, float], flows: dict[tuple[Key, Key], float]
) -> list[list[Key]]:
    before: dict[Key, list[tuple[Key, float]]] = {key: [] for key in sizes}
    after: dict[Key, list[tuple[Key, float]]] = {key: [] for key in sizes}
    for (start, end), wide in flows.items():
        after[start].append((end, wide))
        before[end].append((start, wide))
    best, fewest = [list(column) for column in order], _crossings(order, flows)
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        for number in range(1, len(order)) if forth else range(len(order) - 2, -1, -1):
            at = _middles(order[number - 1 if forth else number + 1], sizes)
            own = _middles(order[number], sizes)
            place = {
                key: _mean([(at[other], wide) for other, wide in (before if forth else after)[key]], own[key])
                for key in order[number]
            }
            order[number].sort(key=place.__getitem__)
        crossings = _crossings(order, flows)
        if crossings < fewest:
            best, fewest = [list(column) for column in order], crossings
    return best


def _mean(weighted: list[tuple[float, float]], otherwise: float) -> float:
    total = sum(weight for _, weight in weighted)
    return sum(value * weight for value, weight in weighted) / total if total else otherwise


def _middles(column: list[Key], sizes: dict[Key, float]) -> dict[Key, float]:
    """Positions of a stage's nodes, from 0 to 1."""
    heights = np.array([sizes[key] for key in column])
    middles = (np.cumsum(heights) - heights / 2) / heights.sum()
    return dict(zip(column, middles.tolist(), strict=True))


def _crossings(order: list[list[Key]], flows: dict[tuple[Key, Key], float]) -> float:
    rank = {key: place for column in order for place, key in enumerate(column)}
    total = 0.0
    for stage in {start[0] for start, _ in flows}:
        ends = [(rank[a], rank[b], wide) for (a, b), wide in flows.items() if a[0] == stage]
        left, right, wide = (np.array(values) for values in zip(*ends, strict=True))
        crossed = np.sign(left[:, None] - left) * np.sign(right[:, None] - right) < 0
        total += float(wide @ crossed @ wide) / 2
    return total


def _space(order: list[list[Key]], sizes: dict[Key, float]) -> float:
    """Room between two nodes of a stage: the same everywhere, so that stages can be compared."""
    tallest = max(sum(sizes[key] for key in column) for column in order)
    return _SPACE * tallest / max(1, max(len(column) for column in order) - 1)


def _stacked(order: list[list[Key]], sizes: dict[Key, float]) -> dict[Key, float]:
    """Lower ends of the bars, the first node of a stage on top, every stage about the same middle."""
    space, bottoms = _space(order, sizes), {}
    for column in order:
        top = (sum(sizes[key] for key in column) + space * (len(column) - 1)) / 2
        for key in column:
            bottoms[key] = top = top - sizes[key]
            top -= space
    return bottoms


def _ribbons(
    flows: dict[tuple[Key, Key], float],
    order: list[list[Key]],
    sizes: dict[Key, float],
    bottoms: dict[Key, float],
) -> list[tuple[tuple[Key, Key], tuple[float, float], tuple[float, float]]]:
    """Upper ends of every ribbon at its two bars, and its heights there."""
    rank = {key: place for column in order for place, key in enumerate(column)}
    ends: list[dict[tuple[Key, Key], tuple[float, float]]] = []
    for side in (0, 1):
        tops: dict[Key, float] = {key: bottoms[key] + sizes[key] for key in sizes}
        asked: dict[Key, float] = {}
        for link, wide in flows.items():
            asked[link[side]] = asked.get(link[side], 0.0) + wide
        placed = {}
        by_rank = {link: (rank[link[side]], rank[link[1 - side]]) for link in flows}
        for link in sorted(flows, key=by_rank.__getitem__):
            bar = link[side]
            high = flows[link] * min(1.0, sizes[bar] / asked[bar])
            placed[link] = tops[bar], high
            tops[bar] -= high
        ends.append(placed)
    return [
        (link, (ends[0][link][0], ends[1][link][0]), (ends[0][link][1], ends[1][link][1])) for link in flows
    ]


def _ribbon(
    stage: Any, left: float, low: float, right: float, high: float, colour: str, stages: list[Any]
) -> PathPatch:
    start = stages.index(stage) + _BAR
    end = start + 1 - 2 * _BAR
    middle = (start + end) / 2
    corners = [
        (start, left), (middle, left), (middle, right), (end, right),
        (end, right - high), (middle, right - high), (middle, left - low), (start, left - low), (start, left),
    ]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return PathPatch(Path(corners, codes), facecolor=colour, alpha=0.4, linewidth=0)


def _dressed(
    ax: Axes, stages: list[Any], order: list[list[Key]], sizes: dict[Key, float], label_stage: str, unit: str
) -> None:
    space = _space(order, sizes)
    reach = max(sum(sizes[key] for key in column) + space * (len(column) - 1) for column in order) / 2
    ax.set(xlim=(-0.45, len(order) - 0.8), ylim=(-1.04 * reach, 1.04 * reach), xlabel=label_stage)
    ax.set_xticks(
        range(len(order)), [f"{name}\n({len(column)})" for name, column in zip(stages, order, strict=True)]
    )
    # The largest of 1, 2, 5, 10, … that is no more than half the picture.
    power = 10.0 ** np.floor(np.log10(reach))
    length = max(value for value in (power / 2, power, 2 * power, 5 * power) if value <= reach)
    ax.plot(
        [-0.3, -0.3], [-reach, length - reach], color=palette.theory, linewidth=1.4, solid_capstyle="butt"
    )
    ax.text(-0.33, length / 2 - reach, f"{length:,.0f} {unit}", rotation=90, ha="right", va="center", size=8)
    ax.set_yticks([])
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
