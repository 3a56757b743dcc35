"""The Boolean limit (T13d): what the best function of the set of active neurons still gets wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from saelib.sets import ActivationSets
from saelib.units.checks import (
    OBJECTIVES,
    checked_activations,
    checked_choice,
    checked_other,
    membership,
)
from saelib.units.patterns import Patterns, patterns_of
from saelib.units.score import Score, counts


@dataclass(frozen=True, kw_only=True)
class BooleanLimit(Score):
    """The best reader that sees which neurons fire and nothing else; made by :func:`boolean_limit`.

    Attributes
    ----------
    n_points, concept_size, size, both : int
        Counts on the points it is scored on, as in :class:`Score`.
    objective : {"errors", "jaccard"}
        What was to be small on the points it was chosen on.
    n_patterns : int
        Distinct sets of active neurons among those points. Where this comes near the number of points, the
        limit on the same points says nothing: every point has a pattern of its own.
    unseen : int
        Held-out points whose pattern did not occur there, all read as outside; 0 on the same points.

    Examples
    --------
    >>> from saelib import ActivationSets
    >>> limit = boolean_limit(ActivationSets([[1, 0], [1, 0], [1, 0], [0, 1]]), [0, 1])
    >>> limit.errors, limit.n_patterns
    (1, 2)
    """

    objective: str
    n_patterns: int
    unseen: int = 0


def boolean_limit(
    activations: ActivationSets,
    extent: Any,
    objective: str = "errors",
    held_out: tuple[ActivationSets, Any] | None = None,
) -> BooleanLimit:
    """Return how well a concept can be read at best from the set of active neurons.

    Parameters
    ----------
    activations : ActivationSets
        θ_j over ``n_points`` points.
    extent : array_like or (ConceptSet, name)
        The concept: numbers of its points, a boolean vector over all points, or a family and a name.
    objective : {"errors", "jaccard"}, default "errors"
        Make ``|θ△C|`` small, or the Jaccard distance.
    held_out : (ActivationSets, extent), optional
        Other points to score the same rule on. A pattern that did not occur before is read as outside.

    Returns
    -------
    BooleanLimit
        For ``"errors"`` a pattern is read as inside if more of its points are in C than not, so the errors on
        the same points are ``Σ_patterns min(|pattern∩C|, |pattern∖C|)``. For ``"jaccard"`` patterns are
        taken in the order of their share in C, as many as give the highest Jaccard index.

    Raises
    ------
    InputError
        If there are no points or neurons, an extent does not fit its points, or the held-out activations are
        of another dictionary.

    Warnings
    --------
    With many neurons nearly every point has a pattern of its own, and a rule that has learned every point by
    heart makes no error. Look at ``n_patterns``, and use ``held_out`` for a number that can be believed.

    Notes
    -----
    T13d: no function of the set of active neurons does better on these points; AND-units, OR-units and single
    neurons are such functions.

    Examples
    --------
    Exclusive or is out of reach for units, and easy for a Boolean function:

    >>> from saelib import ActivationSets
    >>> points = ActivationSets([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> boolean_limit(points, [1, 2]).errors
    0
    >>> limit = boolean_limit(points.take_points([0, 1]), [1], held_out=(points, [1, 2]))
    >>> limit.errors, limit.unseen
    (1, 2)
    """
    inside = membership(extent, checked_activations(activations).n_points)
    checked_choice("objective", objective, OBJECTIVES)
    other = None if held_out is None else checked_other(activations, held_out)
    patterns = patterns_of(activations)
    rule = best_rule(patterns, inside, objective)
    if other is None:
        return _scored(patterns, rule, patterns.of_points, inside, objective)
    return _scored(
        patterns, rule, patterns.find(other[0].membership), membership(other[1], other[0].n_points), objective
    )


def best_rule(patterns: Patterns, inside: np.ndarray, objective: str) -> np.ndarray:
    """Which patterns to read as inside, bool [n_patterns]."""
    within = patterns.inside(inside)
    if objective == "errors":
        return 2 * within > patterns.sizes
    candidates = np.flatnonzero(within)
    share = within[candidates] / patterns.sizes[candidates]
    order = candidates[np.argsort(-share, kind="stable")]
    # The Jaccard index of a union of patterns is a fraction of sums, so the best union takes all patterns
    # whose own fraction exceeds it: a beginning of this order.
    caught = np.cumsum(within[order])
    leaked = np.cumsum(patterns.sizes[order] - within[order])
    rule = np.zeros(len(patterns), dtype=np.bool_)
    if order.size:
        jaccard = caught / (np.count_nonzero(inside) + leaked)
        rule[order[: int(jaccard.argmax()) + 1]] = True
    return rule


def _scored(
    patterns: Patterns, rule: np.ndarray, of_points: np.ndarray, inside: np.ndarray, objective: str
) -> BooleanLimit:
    unseen = of_points < 0
    return BooleanLimit(
        objective=objective,
        n_patterns=len(patterns),
        unseen=int(np.count_nonzero(unseen)),
        **counts(rule[of_points] & ~unseen, inside),
    )


def lowest_value(patterns: Patterns, inside: np.ndarray, objective: str) -> float:
    """Objective of the best Boolean function, which no unit can go below."""
    rule = best_rule(patterns, inside, objective)
    limit = _scored(patterns, rule, patterns.of_points, inside, objective)
    return limit.errors if objective == "errors" else limit.distance
