"""Feature families: neurons that fire together somewhere (theory T10)."""

from __future__ import annotations

import math
import numbers
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from saelib.errors import InputError
from saelib.lattice import Context, formal_concepts
from saelib.sets import ActivationSets

__all__ = ["families"]


def families(
    activations: ActivationSets,
    *,
    min_support: int,
    min_size: int = 2,
    max_size: int | None = None,
    min_lift: float = 1.0,
    max_concepts: int | None = 100_000,
    max_work: int | None = 2_000_000_000,
) -> pd.DataFrame:
    r"""Find the families of a dictionary: neurons with a common activation region, and that region's size.

    Neurons form a family if some points lie in all their activation sets, ∩θ_j ≠ ∅. Every set of neurons with
    a common region has a largest set with the same one; these are the formal concepts of points × neurons
    and stand here once each. So a family is as large as its region allows, and a neuron is in as many
    families as there are regions it takes part in. Compare :func:`~saelib.phenomena.co_occurrence_clusters`.

    A family may be due to a hierarchy: where one neuron fires only inside another, the two have the smaller
    one's whole activation set in common. ``overlap`` is 1 then. A neuron that fires everywhere is in every
    family and changes no lift; a ``min_lift`` above 1 keeps its pairs out.

    Parameters
    ----------
    activations : ActivationSets
        θ_j over ``n_points`` points.
    min_support : int
        Least number of points in the common region, at least 1.
    min_size, max_size : int, default 2 and no limit
        Least and largest number of neurons.
    min_lift : float, default 1.0
        Least lift; at 1 the neurons fire together as often as independent ones would.
    max_concepts, max_work : int or None
        Budgets of the search, see :func:`saelib.lattice.formal_concepts`; None for no limit. Concepts of a
        single neuron and those of too small a lift count as well.

    Returns
    -------
    pandas.DataFrame
        One row a family, by falling lift, then falling Δ, then falling support, then neurons:

        - ``neurons``: their numbers, ascending, a tuple; ``size``: how many.
        - ``support``: points in the common region ∩θ_j; ``share``: of all points, μ(∩θ_j).
        - ``lift``: μ(∩θ_j) / Π μ(θ_j), how much more often than independent neurons they fire together;
          infinite beyond the largest float.
        - ``overlap``: μ(∩θ_j) / min μ(θ_j), how much of the rarest neuron's set is common.
        - ``delta``: fewest points of the region without which another neuron would fire on all the rest.
        - ``stability_low``, ``stability_high``: bounds on the share of the region's subsets that have no
          other neuron in common, see :meth:`saelib.lattice.FormalConcepts.stability_bounds`.

        ``frame.attrs["complete"]`` is whether every such family is there, ``frame.attrs["stopped"]`` what was
        cut (empty if nothing), and ``frame.attrs["searched"]`` the neurons, ascending, among which none is
        missing. pandas may drop these on later operations.

    Raises
    ------
    InputError
        If there are no points or a number is not in its range.

    Notes
    -----
    T10. Lift grows with the number of neurons, up to (1/μ)^(size − 1) for copies of one neuron; compare
    families of one size, and with what a shuffled dictionary gives: rare events co-occur by chance.

    Examples
    --------
    Neurons 0 and 1 fire together on two points of four, neuron 2 with neither:

    >>> found = families(ActivationSets([[1, 1, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0]]), min_support=1)
    >>> found[["neurons", "support", "share", "lift", "overlap"]].values.tolist()
    [[(0, 1), 2, 0.5, 2.0, 1.0]]
    >>> len(found), found.attrs["complete"]
    (1, True)
    """
    context = Context.from_activations(activations)
    if not activations.n_points:
        raise InputError("activations", "covers no points", "give at least one point")
    _check_count("min_support", min_support, 1)
    _check_count("min_size", min_size, 2)
    if max_size is not None:
        _check_count("max_size", max_size, int(min_size))
    if isinstance(min_lift, bool) or not isinstance(min_lift, numbers.Real) or not 0 <= min_lift < np.inf:
        raise InputError("min_lift", f"is {min_lift!r}", "give a number from 0 up")
    found = formal_concepts(context, min_support, max_concepts=max_concepts, max_work=max_work)
    starts = found.intents.indptr.tolist()
    low, high = found.stability_bounds()
    rows = []
    for i, (start, end) in enumerate(pairwise(starts)):
        if not min_size <= end - start <= (math.inf if max_size is None else max_size):
            continue
        neurons = found.intents.indices[start:end]
        sizes, support = activations.sizes[neurons].tolist(), int(found.support[i])
        lift = _lift(support, sizes, activations.n_points)
        if lift >= min_lift:
            share, overlap = support / activations.n_points, support / min(sizes)
            steady = int(found.delta[i]), float(low[i]), float(high[i])
            rows.append((tuple(neurons.tolist()), end - start, support, share, lift, overlap, *steady))
    rows.sort(key=lambda row: (-row[4], -row[6], -row[2], row[0]))
    frame = _frame(rows)
    frame.attrs = {
        "complete": found.complete,
        "stopped": found.stopped,
        "searched": tuple(found.searched.tolist()),
    }
    return frame


def _lift(support: int, sizes: list[int], n_points: int) -> float:
    # A quotient of integers is rounded once; floats would be rounded at every factor.
    try:
        return support * n_points ** (len(sizes) - 1) / math.prod(sizes)
    except OverflowError:
        return math.inf


def _frame(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    columns = {
        "neurons": "object", "size": "int64", "support": "int64", "share": "float64", "lift": "float64",
        "overlap": "float64", "delta": "int64", "stability_low": "float64", "stability_high": "float64",
    }  # fmt: skip
    return pd.DataFrame(
        {
            name: pd.Series([row[i] for row in rows], dtype=kind)
            for i, (name, kind) in enumerate(columns.items())
        }
    )


def _check_count(argument: str, value: Any, least: int) -> None:
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or value < least:
        raise InputError(argument, f"is {value!r}", f"give an integer from {least} up")
