"""What the readers accept: activation sets, one concept's points, and a few numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from saelib.errors import InputError
from saelib.sets import ActivationSets, ConceptSet

OBJECTIVES = ("errors", "jaccard")
SEARCHES = ("greedy", "lp", "exact")


def checked_activations(activations: Any) -> ActivationSets:
    """Refuse what is not activation sets with at least one neuron over at least one point."""
    if not isinstance(activations, ActivationSets):
        raise InputError(
            "activations", f"is a {type(activations).__name__}", "wrap who fires in saelib.ActivationSets"
        )
    if not activations.n_points:
        raise InputError("activations", "covers no points", "give at least one point")
    if not activations.d_sae:
        raise InputError("activations", "has no neurons", "give at least one neuron")
    return activations


def checked_concepts(concepts: Any, activations: ActivationSets, argument: str = "concepts") -> ConceptSet:
    """Refuse what is not a family of concepts over the points of the activation sets."""
    if not isinstance(concepts, ConceptSet):
        raise InputError(argument, f"is a {type(concepts).__name__}", "wrap the labels in saelib.ConceptSet")
    if concepts.n_points != activations.n_points:
        raise InputError(
            argument,
            f"covers {concepts.n_points} points, the activations {activations.n_points}",
            "give both over the same points in the same order",
        )
    return concepts


def membership(extent: Any, n_points: int) -> np.ndarray:
    """Turn a concept's points, in any of the accepted forms, into a boolean vector over all points."""
    if isinstance(extent, tuple) and extent and isinstance(extent[0], ConceptSet):
        return _member_of_family(extent, n_points)
    try:
        given = np.asarray(extent)
    except ValueError as ragged:
        raise InputError("extent", "is ragged", "give point numbers or a boolean vector") from ragged
    if given.ndim != 1:
        raise InputError("extent", f"has {given.ndim} dimension(s)", "give point numbers or a boolean vector")
    if given.dtype == np.bool_:
        if given.size != n_points:
            raise InputError(
                "extent", f"has length {given.size}", f"give one truth value a point: {n_points}"
            )
        return given.copy()
    inside = np.zeros(n_points, dtype=np.bool_)
    if not given.size:
        return inside
    if given.dtype.kind not in "iu":
        raise InputError("extent", f"has dtype {given.dtype}", "give point numbers or a boolean vector")
    bad = np.flatnonzero((given < 0) | (given >= n_points))
    if bad.size:
        raise InputError(
            "extent", f"has point {given[bad[0]]} at {bad[0]}", f"give numbers from 0 to {n_points - 1}"
        )
    inside[given] = True
    if np.count_nonzero(inside) < given.size:
        # A mask of zeros and ones given as integers would otherwise pass as the points 0 and 1.
        raise InputError("extent", "names a point twice", "name each point once, or give booleans")
    return inside


def _member_of_family(extent: tuple[Any, ...], n_points: int) -> np.ndarray:
    if len(extent) != 2:
        raise InputError("extent", f"is a tuple of {len(extent)}", "give (concepts, name)")
    concepts, which = extent
    if concepts.n_points != n_points:
        raise InputError(
            "extent",
            f"comes from concepts over {concepts.n_points} points, the activations have {n_points}",
            "give both over the same points in the same order",
        )
    inside = np.zeros(n_points, dtype=np.bool_)
    inside[concepts.extent(which)] = True
    return inside


def checked_choice(argument: str, value: Any, choices: tuple[str, ...]) -> str:
    """Return the word if it is one of the choices, refuse it otherwise."""
    if not isinstance(value, str) or value not in choices:
        raise InputError(argument, f"is {value!r}", f"give one of {', '.join(choices)}")
    return value


def checked_count(argument: str, value: Any, least: int = 1) -> int:
    """Return an integer that is not below the least, refuse anything else."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or value < least:
        raise InputError(argument, f"is {value!r}", f"give an integer from {least} up")
    return int(value)


def checked_limits(largest: Any, time_limit: Any) -> tuple[int, float]:
    """Check how much work a solver may be given."""
    largest = checked_count("largest", largest, least=0)
    number = isinstance(time_limit, (int, float, np.integer, np.floating)) and not isinstance(
        time_limit, bool
    )
    if not number or not 0 < time_limit < np.inf:
        raise InputError("time_limit", f"is {time_limit!r}", "give a positive number of seconds")
    return largest, float(time_limit)


def checked_other(activations: ActivationSets, held_out: Any) -> tuple[ActivationSets, Any]:
    """Refuse held-out points that are not activation sets of the same dictionary and something beside."""
    if not isinstance(held_out, tuple) or len(held_out) != 2:
        raise InputError("held_out", f"is {type(held_out).__name__}", "give (activations, concept)")
    other = held_out[0]
    if not isinstance(other, ActivationSets) or not other.n_points:
        raise InputError("held_out", "has no activation sets over points", "give (activations, concept)")
    if other.d_sae != activations.d_sae:
        raise InputError(
            "held_out",
            f"has {other.d_sae} neurons, the activations {activations.d_sae}",
            "give the activation sets of the same dictionary",
        )
    return held_out
