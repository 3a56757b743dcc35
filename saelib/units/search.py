"""The AND-unit and the OR-unit that read a concept best: greedy, bounded by a relaxation, or exact."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from saelib.sets import ActivationSets
from saelib.units.boolean import lowest_value
from saelib.units.checks import (
    OBJECTIVES,
    SEARCHES,
    checked_activations,
    checked_choice,
    checked_count,
    checked_limits,
    membership,
)
from saelib.units.greedy import greedy_unit
from saelib.units.patterns import patterns_of
from saelib.units.programme import Programme, down
from saelib.units.target import Target
from saelib.units.unit import Unit, counted


def and_unit(
    activations: ActivationSets,
    extent: Any,
    max_neurons: int | None = None,
    objective: str = "errors",
    search: str = "greedy",
    largest: int = 20_000,
    time_limit: float = 10.0,
) -> Unit:
    """Search for the neurons whose common activation set ∩θ_j agrees best with a concept.

    Parameters
    ----------
    activations : ActivationSets
        θ_j over ``n_points`` points.
    extent : array_like or (ConceptSet, name)
        The concept: numbers of its points, a boolean vector over all points, or a family and a name.
    max_neurons : int, optional
        At most so many neurons; as many as help if left out. There is always at least one.
    objective : {"errors", "jaccard"}, default "errors"
        Make ``|θ△C|`` small, or the Jaccard distance.
    search : {"greedy", "lp", "exact"}, default "greedy"
        Neurons are found greedily from several starts, by pruning what turns out not to help. ``"lp"`` also
        solves the linear relaxation for a better lower bound; ``"exact"`` solves the integer programme, with
        HiGHS.
    largest : int, default 20000
        Programmes with more non-zeros than this are not given to the solver; the answer is then greedy.
    time_limit : float, default 10.0
        Seconds for one call of the solver. What it has by then is returned, with the gap that is left.

    Returns
    -------
    Unit
        The best unit found, counted afresh on the points, with the best lower bound known: at least the
        Boolean limit (:func:`boolean_limit`).

    Raises
    ------
    InputError
        If there are no points or neurons, the extent does not fit the points, or a setting is out of range.

    Notes
    -----
    The best unit of any size that misses nothing has a closed form, :func:`closure_unit`. Without a limit on
    the neurons, the unit found here never makes more errors than that one, and never more than any single
    neuron. AND is the dual of OR: ∩θ_j against C errs exactly where the union of the complements errs against
    the complement of C, and one programme serves both.

    Examples
    --------
    >>> from saelib import ActivationSets
    >>> activations = ActivationSets([[1, 1], [1, 0], [0, 1], [1, 1]])
    >>> unit = and_unit(activations, [0, 3])
    >>> unit.neurons, unit.errors, unit.optimal
    ((0, 1), 0, True)
    """
    return _unit("and", activations, extent, max_neurons, objective, search, largest, time_limit)


def or_unit(
    activations: ActivationSets,
    extent: Any,
    max_neurons: int | None = None,
    objective: str = "errors",
    search: str = "greedy",
    largest: int = 20_000,
    time_limit: float = 10.0,
) -> Unit:
    """Search for the neurons whose united activation set ∪θ_j agrees best with a concept.

    Parameters
    ----------
    activations : ActivationSets
        θ_j over ``n_points`` points.
    extent : array_like or (ConceptSet, name)
        The concept: numbers of its points, a boolean vector over all points, or a family and a name.
    max_neurons : int, optional
        At most so many neurons; as many as help if left out. There is always at least one.
    objective : {"errors", "jaccard"}, default "errors"
        Make ``|θ△C|`` small, or the Jaccard distance.
    search : {"greedy", "lp", "exact"}, default "greedy"
        As in :func:`and_unit`.
    largest : int, default 20000
        Programmes with more non-zeros than this are not given to the solver; the answer is then greedy.
    time_limit : float, default 10.0
        Seconds for one call of the solver.

    Returns
    -------
    Unit
        The best unit found, counted afresh on the points, with the best lower bound known.

    Raises
    ------
    InputError
        If there are no points or neurons, the extent does not fit the points, or a setting is out of range.

    Notes
    -----
    This is what feature splitting makes of a concept (T8). The best unit of any size that leaks nothing has a
    closed form, :func:`interior_unit`.

    Examples
    --------
    >>> from saelib import ActivationSets
    >>> activations = ActivationSets([[1, 0, 1], [0, 1, 1], [0, 0, 1], [0, 0, 1]])
    >>> or_unit(activations, [0, 1]).neurons
    (0, 1)
    >>> unit = or_unit(activations, [0, 1], max_neurons=1, search="exact")
    >>> unit.neurons, unit.errors, unit.bound
    ((0,), 1, 1)
    """
    return _unit("or", activations, extent, max_neurons, objective, search, largest, time_limit)


def _unit(
    kind: str,
    activations: ActivationSets,
    extent: Any,
    max_neurons: int | None,
    objective: str,
    search: str,
    largest: int,
    time_limit: float,
) -> Unit:
    inside = membership(extent, checked_activations(activations).n_points)
    most = activations.d_sae if max_neurons is None else checked_count("max_neurons", max_neurons)
    checked_choice("objective", objective, OBJECTIVES)
    checked_choice("search", search, SEARCHES)
    largest, time_limit = checked_limits(largest, time_limit)
    floor = lowest_value(patterns_of(activations), inside, objective)
    target = Target.of(activations, inside)
    return best_unit(target, kind, most, objective, search, largest, time_limit, floor)


def best_unit(
    target: Target,
    kind: str,
    most: int,
    objective: str,
    search: str,
    largest: int,
    time_limit: float,
    floor: float,
) -> Unit:
    """Search, given a lower bound that holds for every reader, such as the Boolean limit."""
    neurons = greedy_unit(target, kind, objective, most)
    unit = counted(target.activations, target.inside, kind, neurons, objective, floor)
    if search == "greedy" or unit.optimal:
        return unit
    exact = search == "exact"
    if objective == "errors":
        return _fewest_errors(target, unit, most, exact, largest, time_limit)
    if not target.concept_size:
        # Only a unit that fires nowhere is any nearer to an empty concept than all others.
        silent = replace(unit, objective="errors", bound=0)
        silent = _fewest_errors(target, silent, most, exact, largest, time_limit)
        return replace(silent, objective="jaccard", bound=float((silent.bound or 0) > 0))
    return _nearest(target, unit, most, exact, largest, time_limit)


def _fewest_errors(
    target: Target, unit: Unit, most: int, exact: bool, largest: int, time_limit: float
) -> Unit:
    # An AND-unit misses what one of its neurons misses, an OR-unit leaks what one of its neurons leaks: no
    # unit with a neuron that errs as often as what is known is any better. Nor does an OR-unit need a neuron
    # that catches nothing, unless nothing better than |C| errors is known and it may stand alone.
    if unit.kind == "and":
        useful = target.concept_size - target.both < unit.errors
    else:
        useful = target.leaked < unit.errors
        if unit.errors <= target.concept_size:
            useful &= target.both > 0
    candidates = np.flatnonzero(useful)
    if not candidates.size:
        return replace(unit, bound=unit.errors)
    programme = Programme.of(target, unit.kind, candidates, largest)
    if programme is None:
        return unit
    paid, neurons = programme.most_paid(1.0, most, exact, time_limit)
    bound = min(target.concept_size - down(paid), unit.errors)
    return _better(target, unit, neurons, max(bound, unit.bound or 0))


def _nearest(target: Target, unit: Unit, most: int, exact: bool, largest: int, time_limit: float) -> Unit:
    """Raise the Jaccard index J until no unit has ``|θ∩C| − J·|θ∖C| > J·|C|`` (Dinkelbach 1967)."""
    # With a neuron that catches b of C an AND-unit has J ≤ b/|C|; with one that leaks l an OR-unit has
    # J ≤ |C|/(|C| + l). Neurons that cannot raise J are left out, in whole numbers.
    size, either = target.concept_size, unit.concept_size + unit.leaked
    if unit.kind == "and":
        useful = target.both * either > unit.both * size
    else:
        useful = (size * either > unit.both * (size + target.leaked)) & (target.both > 0)
    candidates = np.flatnonzero(useful)
    if not candidates.size:
        return replace(unit, bound=unit.distance)
    programme = Programme.of(target, unit.kind, candidates, largest)
    if programme is None:
        return unit
    while True:
        either = unit.concept_size + unit.leaked
        jaccard = unit.both / either
        paid, neurons = programme.most_paid(jaccard, most, exact, time_limit)
        excess = paid - jaccard * unit.concept_size
        # For a better unit the excess would be a positive multiple of 1/|θ∪C|.
        if excess < 0.5 / either:
            return replace(unit, bound=unit.distance)
        # J' − J = excess/|θ'∪C| ≤ excess/|C|, with a hair for rounding.
        bound = 1.0 - jaccard - excess / unit.concept_size - 1e-12
        better = _better(target, unit, neurons, max(bound, unit.bound or 0.0))
        if not better.value < unit.value:
            return better
        unit = better


def _better(target: Target, unit: Unit, neurons: list[int] | None, bound: float) -> Unit:
    """Take what the solver found if, counted on the points, it is better indeed."""
    unit = replace(unit, bound=bound)
    if not neurons:
        return unit
    found = counted(target.activations, target.inside, unit.kind, neurons, unit.objective, bound)
    return found if found.value < unit.value else unit
