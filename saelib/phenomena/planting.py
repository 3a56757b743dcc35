"""Dictionaries with phenomena put in by hand, at rates that are known exactly."""

from __future__ import annotations

import numbers
from collections.abc import Mapping

import numpy as np
from scipy import sparse

from saelib.errors import InputError, checked_type
from saelib.sets import ActivationSets, ConceptSet

__all__ = ["planted"]


def planted(
    concepts: ConceptSet,
    *,
    absorbed: Mapping[str, float] | None = None,
    split: Mapping[str, int] | None = None,
    families: Mapping[tuple[str, ...], float] | None = None,
    rng: np.random.Generator | None = None,
) -> ActivationSets:
    r"""One neuron for every concept, faithful but for what is planted.

    Without phenomena neuron ``i`` fires exactly where concept ``i`` holds.

    Parameters
    ----------
    concepts : ConceptSet
        What the neurons are for; ``absorbed`` needs its parents.
    absorbed : mapping of str to float, optional
        By name of a child D: the share of D on which the neuron of D's parent is silent. The number of
        points is the nearest integer to that share of \|D\|, so the rate is exact for round shares.
    split : mapping of str to int, optional
        By name: into how many equal parts (up to one point) the concept is cut, without the points on which
        ``absorbed`` has silenced its neuron. Its own neuron takes the first part; a new neuron ``name/2``,
        ``name/3`` … takes each of the others.
    families : mapping of tuple of str to float, optional
        By the names of some concepts: the share of all points, drawn anew, on which all their neurons fire
        together on top of what they do anyway.
    rng : numpy.random.Generator, optional
        Chooses the points; the first ones in order without it.

    Returns
    -------
    ActivationSets
        Neurons named after the concepts, new ones at the end.

    Raises
    ------
    InputError
        If a name is unknown, a share is not in [0, 1], a number of parts not in 2 to the number of
        points that are cut, or an absorbed concept has no parent.

    Examples
    --------
    >>> concepts = ConceptSet([[1, 1], [1, 1], [1, 0], [0, 0]], names=["animal", "dog"], parents=[-1, 0])
    >>> planted(concepts, absorbed={"dog": 0.5}).active.toarray().astype(int).tolist()
    [[0, 1], [1, 1], [1, 0], [0, 0]]
    >>> planted(concepts, split={"animal": 3}).names
    ('animal', 'dog', 'animal/2', 'animal/3')
    """
    checked_type("concepts", concepts, ConceptSet, "wrap the labels in saelib.ConceptSet")
    active = concepts.membership.toarray()
    names = list(concepts.names)
    for child, rate in (absorbed or {}).items():
        parent = int(concepts.parents[concepts.index(child)])
        if parent < 0:
            raise InputError("absorbed", f"names {child!r}, which has no parent", "name a concept that has")
        active[_chosen(concepts.extent(child), _share("absorbed", child, rate), rng), parent] = False
    columns = [active]
    for name, parts in (split or {}).items():
        own = concepts.index(name)
        extent = _shuffled(np.flatnonzero(active[:, own]), rng)  # what was absorbed stays silent
        if (
            isinstance(parts, bool)
            or not isinstance(parts, numbers.Integral)
            or not 2 <= parts <= len(extent)
        ):
            raise InputError("split", f"cuts {name!r} into {parts!r}", f"give 2 to {len(extent)} parts")
        for number, rows in enumerate(np.array_split(extent, int(parts))):
            if number == 0:
                active[extent, own] = False
                active[rows, own] = True
                continue
            column = np.zeros((concepts.n_points, 1), dtype=np.bool_)
            column[rows] = True
            columns.append(column)
            names.append(f"{name}/{number + 1}")
    for members, share in (families or {}).items():
        rows = _chosen(np.arange(concepts.n_points), _share("families", members, share), rng)
        together = np.array([concepts.index(name) for name in members])
        active[rows[:, None], together] = True
    return ActivationSets(sparse.csr_array(np.hstack(columns)), names)


def _share(argument: str, name: object, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not 0 <= value <= 1:
        raise InputError(argument, f"gives {name!r} the share {value!r}", "give a number from 0 to 1")
    return float(value)


def _chosen(rows: np.ndarray, share: float, rng: np.random.Generator | None) -> np.ndarray:
    return _shuffled(rows, rng)[: round(share * len(rows))]


def _shuffled(rows: np.ndarray, rng: np.random.Generator | None) -> np.ndarray:
    return rows if rng is None else rng.permutation(rows)
