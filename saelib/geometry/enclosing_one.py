"""What a single neuron and an AND-unit can do for one concept."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.geometry.cutting import cut
from saelib.geometry.disjoint_certificates import packing
from saelib.geometry.hinge import hinge_neuron
from saelib.geometry.separation import Separation, separate
from saelib.geometry.unit import Cut, Refusal

__all__ = ["limits_of_one"]

Floats = npt.NDArray[np.float64]


def limits_of_one(
    points: Floats,
    places: npt.NDArray[np.int64],
    extent: npt.NDArray[np.int64],
    units: bool,
    most_certificates: int,
) -> dict[str, Any]:
    """Enclose the errors of the best absolute neuron for one concept.

    Parameters
    ----------
    points : ndarray [n_points, d_in]
        float64.
    places : ndarray [n_points]
        Equal numbers for identical points.
    extent : ndarray
        Rows of the points in the concept.
    units : bool
        Whether to build an AND-unit where one neuron does not do.
    most_certificates : int
        Limit for the lower bound.

    Returns
    -------
    dict
        The columns of :func:`~saelib.geometry.limits` but the name.

    Examples
    --------
    >>> row = limits_of_one(np.array([[0.0], [1.0]]), np.arange(2), np.array([1]), True, 8)
    >>> row["one_neuron"], row["margin"], row["at_most"]
    ('yes', 0.5, 0)
    """
    inside = np.zeros(len(points), dtype=np.bool_)
    inside[extent] = True
    row: dict[str, Any] = {
        "n_inside": int(inside.sum()), "n_outside": int((~inside).sum()), "one_neuron": "trivial",
        "margin": pd.NA, "coincident": 0, "at_least": 0, "at_most": 0,
        "unit": "not tried", "unit_size": pd.NA, "in_hull": pd.NA,
    }  # fmt: skip
    if not row["n_inside"] or not row["n_outside"]:
        return row
    here = np.bincount(places, inside)[places]
    mixed = (here > 0) & (here < np.bincount(places)[places])
    row["coincident"] = _forced(places[mixed], inside[mixed])
    if mixed.any():
        return _inseparable(row, points, inside, mixed, units, most_certificates)
    answer = separate(points[inside], points[~inside])
    if isinstance(answer, Separation):
        return {**row, "one_neuron": "yes", "margin": answer.margin}
    row = _inseparable(row, points, inside, mixed, units, most_certificates)
    return {**row, "one_neuron": "no" if answer.separable is False else "undecided"}


def _forced(places: npt.NDArray[np.int64], inside: npt.NDArray[np.bool_]) -> int:
    """Errors at places that hold points of both sides: the smaller number at each."""
    if not len(places):
        return 0
    number = np.unique(places, return_inverse=True)[1]
    within = np.bincount(number, inside)
    return int(np.minimum(within, np.bincount(number) - within).sum())


def _inseparable(
    row: dict[str, Any],
    points: Floats,
    inside: npt.NDArray[np.bool_],
    mixed: npt.NDArray[np.bool_],
    units: bool,
    most_certificates: int,
) -> dict[str, Any]:
    # Every certificate avoids the mixed places, so its error comes on top of those forced there.
    first, second = points[inside & ~mixed], points[~inside & ~mixed]
    row = {**row, "one_neuron": "no", "at_least": row["coincident"], "at_most": row["n_inside"]}
    if len(first) and len(second):
        neuron = hinge_neuron(first, second).neuron
        row["at_least"] += len(packing(first, second, limit=most_certificates, neuron=neuron))
        row["at_most"] = min(int((neuron.fires(points) != inside).sum()), row["n_inside"])
    row["at_most"] = min(row["at_most"], row["n_outside"])
    if units and not mixed.any():
        row |= _unit(cut(first, second))
    return row


def _unit(answer: Any) -> dict[str, Any]:
    if isinstance(answer, Cut):
        return {"unit": "yes", "unit_size": len(answer), "in_hull": 0}
    if isinstance(answer, Refusal):
        return {"unit": "no", "in_hull": len(answer.offending_rows)}
    return {"unit": "undecided"}
