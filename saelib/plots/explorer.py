"""A lattice to walk about in: one piece of HTML that needs nothing from elsewhere."""

from __future__ import annotations

import html
import json
from collections.abc import Hashable, Mapping, Sequence
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.errors import InputError
from saelib.plots.columns import need_columns

__all__ = ["lattice_explorer"]

_ACROSS, _DOWN, _EDGE = 112.0, 96.0, 64.0  # pixels between neighbours, between layers, around the drawing
_SHOWN = 40  # names of an extent or intent that are written out
_LONG = 16  # characters of a label in the drawing


def lattice_explorer(
    nodes: pd.DataFrame,
    covers: npt.ArrayLike,
    routes: Sequence[npt.NDArray[np.float64]],
    *,
    title: str,
    objects: str = "objects",
    attributes: str = "attributes",
) -> str:
    """Draw a lattice as HTML in which one can hover, click, search and walk with the arrow keys.

    Hover or focus tells what a concept consists of; click, Enter or Space marks everything above and below
    it, Escape ends that; arrow keys go along lines and layers; the search marks the concepts that introduce a
    name. Without a script the drawing is there all the same, with a tooltip for each circle. Style and
    script are part of the piece, so that a page with it loads nothing.

    Parameters
    ----------
    nodes : pandas.DataFrame
        One row a formal concept: ``x`` and ``layer`` of a layout; ``intent`` and ``extent`` (sequences of
        names), ``own_intent`` and ``own_extent`` (those of them that this concept introduces, its
        labels), ``n_extent`` (size of the extent, whose names may be fewer). Any other column is shown as a
        fact under its own name.
    covers : array_like [m, 2]
        Pairs (upper, lower) of row numbers.
    routes : sequence of ndarray [k, 2]
        The corners (x, layer) of every line, as in ``saelib.lattice.layered_layout``.
    title : str
        What the drawing shows, for those who do not see it.
    objects, attributes : str
        What extents and intents consist of, in plural.

    Returns
    -------
    str
        A ``<div>``. All names in it are escaped.

    Raises
    ------
    InputError
        If a column is missing, there is no node, or lines and routes are not equally many.

    Examples
    --------
    >>> nodes = pd.DataFrame({"x": [0.0], "layer": [0], "intent": [("<b>",)], "extent": [()]})
    >>> nodes = nodes.assign(own_intent=nodes.intent, own_extent=nodes.extent, n_extent=0)
    >>> piece = lattice_explorer(nodes, [], [], title="one concept")
    >>> "<b>" in piece, "&lt;b&gt;" in piece
    (False, True)
    """
    need_columns(nodes, "x", "layer", "intent", "extent", "own_intent", "own_extent", "n_extent")
    pairs = np.asarray(covers, dtype=np.int64).reshape(-1, 2)
    if len(pairs) != len(routes):
        raise InputError("routes", f"are {len(routes)} for {len(pairs)} lines", "give one a line")
    across = np.concatenate([nodes["x"].to_numpy(dtype=np.float64), *(route[:, 0] for route in routes)])
    left, right = float(across.min()), float(across.max())  # lines may bend beyond the outermost circles
    width = (right - left) * _ACROSS + 2 * _EDGE
    height = float(nodes["layer"].max()) * _DOWN + 2 * _EDGE

    def at(x: float, layer: float) -> str:
        return f"{(x - left) * _ACROSS + _EDGE:.1f},{layer * _DOWN + _EDGE:.1f}"

    lines = [f'<polyline class="line" points="{" ".join(at(*corner) for corner in r)}"/>' for r in routes]
    largest = max(float(nodes["n_extent"].max()), 1.0)
    circles = [_circle(row, at(row["x"], row["layer"]), largest) for row in nodes.to_dict("records")]
    facts = [name for name in nodes.columns if name not in _KNOWN]
    data = {
        "objects": objects,
        "attributes": attributes,
        "lines": pairs.tolist(),
        "nodes": [_told(row, facts) for row in nodes.to_dict("records")],
    }
    files = resources.files("saelib.plots")
    style, script = (files.joinpath(f"explorer.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    # A "</script>" in a name must not end the block.
    embedded = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    label = html.escape(title, quote=True)
    return (
        f'<div class="lattice-explorer" style="--natural: {width:.0f}px"><style>{style}</style>'
        '<div class="controls"><input type="search" aria-label="find a name" placeholder="find a name">'
        '<button type="button">show all</button><span class="found" role="status"></span></div>'
        f'<div class="drawing"><svg viewBox="0 0 {width:.0f} {height:.0f}" role="group" aria-label="{label}">'
        f"{''.join(lines)}{''.join(circles)}</svg></div>"
        '<div class="telling" aria-live="polite"></div>'
        f'<script type="application/json">{embedded}</script><script>{script}</script></div>'
    )


_KNOWN = ("x", "layer", "intent", "extent", "own_intent", "own_extent", "n_extent")


def _circle(row: Mapping[Hashable, Any], place: str, largest: float) -> str:
    x, y = place.split(",")
    radius = 5 + 11 * float(np.sqrt(row["n_extent"] / largest))
    tip = f"{row['n_extent']} in the extent; intent: {', '.join(map(str, row['intent'])) or 'none'}"
    above = _label(row["own_intent"], "above", -radius - 5)
    below = _label(row["own_extent"], "below", radius + 14)
    return (
        f'<g class="node" transform="translate({x} {y})" aria-label="{html.escape(tip, quote=True)}">'
        f'<title>{html.escape(tip)}</title><circle class="target" r="20"/>'
        f'<circle r="{radius:.1f}"/><circle class="ring" r="{radius + 3:.1f}"/>{above}{below}</g>'
    )


def _label(names: Sequence[Any], side: str, shift: float) -> str:
    if not len(names):
        return ""
    first = str(names[0])
    text = first if len(first) <= _LONG else first[: _LONG - 1] + "…"
    if len(names) > 1:
        text += f" +{len(names) - 1}"
    return f'<text class="{side}" text-anchor="middle" y="{shift:.1f}">{html.escape(text)}</text>'


def _told(row: Mapping[Hashable, Any], facts: Sequence[Hashable]) -> dict[str, Any]:
    extent, intent = [str(name) for name in row["extent"]], [str(name) for name in row["intent"]]
    return {
        "x": float(row["x"]), "layer": int(row["layer"]),
        "extent": extent[:_SHOWN], "n_extent": int(row["n_extent"]),
        "intent": intent[:_SHOWN], "n_intent": len(intent),
        "own_extent": [str(name) for name in row["own_extent"]],
        "own_intent": [str(name) for name in row["own_intent"]],
        "facts": [[name, _worded(row[name])] for name in facts],
    }  # fmt: skip


def _worded(value: Any) -> str:
    if value is None or value is pd.NA:
        return "unavailable"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
