"""Of every concept: how few errors one absolute neuron can make on given points, enclosed from both sides."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from joblib import Parallel, delayed
from tqdm import tqdm

from saelib.errors import InputError
from saelib.geometry.enclosing_one import limits_of_one
from saelib.sets import ConceptSet

__all__ = ["checked_points", "limits"]


def limits(
    points: npt.ArrayLike,
    concepts: ConceptSet,
    *,
    units: bool = True,
    most_certificates: int = 32,
    jobs: int = -1,
    progress: bool = True,
) -> pd.DataFrame:
    r"""Enclose, concept by concept, what the best single neuron could do on these points.

    No absolute neuron makes fewer errors than there are disjoint certificates (T2d), and some explicit neuron
    makes as few as ``at_most``.

    Parameters
    ----------
    points : array_like [n_points, d_in]
        What the neurons would read.
    concepts : ConceptSet
        Over the same points.
    units : bool, default True
        Whether to build an AND-unit for the concepts that no single neuron separates.
    most_certificates : int, default 32
        Stop collecting disjoint certificates there; the lower bound is then a lower bound still.
    jobs : int, default -1
        Processes, as in joblib; -1 for one a processor.
    progress : bool, default True
        Show a bar if this is a terminal.

    Returns
    -------
    pandas.DataFrame
        One row a concept:

        - ``concept``: its name; ``n_inside``, ``n_outside``: points in it and not in it.
        - ``one_neuron``: *yes* (with a proven neuron), *no* (with a proven certificate), *undecided*, or
          *trivial* for a concept that holds nowhere or everywhere.
        - ``margin``: of that neuron, in the unit of the points; ``<NA>`` without one.
        - ``coincident``: errors forced by identical points on both sides, the smaller count at each place.
        - ``at_least``, ``at_most``: errors \\|θ△C\\| of the best absolute neuron lie between them.
        - ``unit``: whether an AND-unit separates: *yes*, *no*, *undecided*, or *not tried*; ``unit_size``:
          neurons of the one found; ``in_hull``: other points proven to lie in the concept's hull, on which
          every unit errs.

        Counts that do not exist are ``<NA>``.

    Raises
    ------
    InputError
        If points and concepts do not fit one another, there is no concept, or a number is not finite.

    Examples
    --------
    >>> found = limits([[-1.0], [0.0], [1.0]], ConceptSet([[0], [1], [0]], names=["middle"]), jobs=1)
    >>> found[["concept", "one_neuron", "at_least", "at_most", "unit", "unit_size"]].to_numpy().tolist()
    [['middle', 'no', 1, 1, 'yes', 2]]
    """
    x = checked_points(points, concepts)
    whole = isinstance(most_certificates, int | np.integer) and not isinstance(most_certificates, bool)
    if not whole or most_certificates < 0:
        raise InputError("most_certificates", f"is {most_certificates!r}", "give an integer of at least 0")
    if not concepts.n_concepts:
        raise InputError("concepts", "has none", "give at least one concept")
    places = np.unique(x, axis=0, return_inverse=True)[1].ravel()
    task = delayed(limits_of_one)
    rows = Parallel(n_jobs=jobs, return_as="generator")(
        task(x, places, concepts.extent(i), units, most_certificates) for i in range(concepts.n_concepts)
    )
    bar = tqdm(rows, "limits", concepts.n_concepts, unit="concept", disable=None if progress else True)
    return pd.DataFrame({"concept": list(concepts.names), **_columns(list(bar))})


def checked_points(points: npt.ArrayLike, concepts: ConceptSet) -> npt.NDArray[np.float64]:
    """Points as float64, refused if they are no finite matrix or not those of the concepts.

    Parameters
    ----------
    points : array_like [n_points, d_in]
        Real numbers.
    concepts : ConceptSet
        Over the same points.

    Returns
    -------
    ndarray [n_points, d_in]
        float64.

    Raises
    ------
    InputError
        Naming the first offending row.

    Examples
    --------
    >>> checked_points([[1, 2]], ConceptSet([[1]])).dtype
    dtype('float64')
    """
    try:
        x = np.asarray(points)
    except ValueError:
        raise InputError("points", "is ragged", "give real numbers [n, d_in]") from None
    if x.ndim != 2 or not x.size or x.dtype.kind not in "fiu":
        raise InputError("points", f"has shape {x.shape} and type {x.dtype}", "give real numbers [n, d_in]")
    if not np.isfinite(x).all():
        row = int(np.flatnonzero(~np.isfinite(x).all(axis=1))[0])
        raise InputError("points", f"is not finite in row {row}", "leave such points out")
    if concepts.n_points != len(x):
        raise InputError("concepts", f"covers {concepts.n_points} points of {len(x)}", "give the same points")
    return np.ascontiguousarray(x, dtype=np.float64)


def _columns(rows: list[dict[str, Any]]) -> dict[str, Any]:
    kinds = {"one_neuron": "object", "unit": "object", "margin": "Float64"}
    names = rows[0] if rows else ()
    return {name: pd.Series([row[name] for row in rows], dtype=kinds.get(name, "Int64")) for name in names}
