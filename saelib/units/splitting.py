"""The splitting number (T8c): how many neurons an OR-unit needs to come near a concept."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from saelib.errors import InputError
from saelib.sets import ActivationSets
from saelib.units.boolean import lowest_value
from saelib.units.checks import SEARCHES, checked_activations, checked_choice, checked_limits, membership
from saelib.units.greedy import Growth, pruned
from saelib.units.patterns import patterns_of
from saelib.units.programme import Programme, up
from saelib.units.target import Target
from saelib.units.unit import Unit, counted


@dataclass(frozen=True, kw_only=True)
class SplittingNumber:
    """Bounds on the splitting number s_η of a concept; made by :func:`splitting_number`.

    Attributes
    ----------
    eta : float
        Largest Jaccard distance that counts as near.
    lower : int or None
        No OR-unit of fewer neurons is near; None if none is at all.
    upper : int or None
        Neurons of ``unit``; None if no near OR-unit was found.
    status : {"exact", "sandwich", "impossible"}
        The bounds agree; they do not (yet); or it is proven that no OR-unit of the dictionary is near.
    unit : Unit or None
        An OR-unit of ``upper`` neurons within η of the concept.

    Examples
    --------
    >>> from saelib import ActivationSets
    >>> number = splitting_number(ActivationSets([[1, 0], [0, 1], [0, 0]]), [0, 1], eta=0.1)
    >>> number.status, number.lower, number.upper, number.unit.neurons, number.number
    ('exact', 2, 2, (0, 1), 2)
    """

    eta: float
    lower: int | None
    upper: int | None
    status: str
    unit: Unit | None

    @property
    def number(self) -> int | None:
        """s_η itself; None unless the status is exact."""
        return self.upper if self.status == "exact" else None


def splitting_number(
    activations: ActivationSets,
    extent: Any,
    eta: float,
    search: str = "exact",
    largest: int = 20_000,
    time_limit: float = 10.0,
) -> SplittingNumber:
    """Find the least number of neurons whose OR-unit is within η of a concept.

    Parameters
    ----------
    activations : ActivationSets
        θ_j over ``n_points`` points.
    extent : array_like or (ConceptSet, name)
        The concept: numbers of its points, a boolean vector over all points, or a family and a name.
    eta : float
        η in [0, 1): near means Jaccard distance ``|∪θ_j △ C|/|∪θ_j ∪ C| ≤ η``, as in approximation on a
        sample (theory §1) and in :meth:`saelib.Alignment.approximated`.
    search : {"greedy", "lp", "exact"}, default "exact"
        Greedy above and counting below; with the linear relaxation below; or the integer programme (HiGHS).
    largest : int, default 20000
        Programmes with more non-zeros than this are not given to a solver; counting alone bounds from below.
    time_limit : float, default 10.0
        Seconds for one call of the solver; a slower machine may leave a wider sandwich, never another number.

    Returns
    -------
    SplittingNumber
        Bounds, a unit that attains the upper one, and which of the three cases it is.

    Raises
    ------
    InputError
        If there are no points or neurons, the extent does not fit the points, or a setting is out of range.

    Notes
    -----
    Related to errors relative to the concept's size, ``ε = |∪θ_j △ C|/|C|``, by ε/(1 + ε) ≤ 1 − J ≤ ε: the
    first is an equality if nothing is missed, the second if nothing is leaked.

    The empty union is at distance 0 from the empty concept, whose splitting number is 0, and at distance 1
    from any other. Counting: the s neurons with the largest ``|θ_j∩C|`` must together have ``(1 − η)|C|`` of
    them. The relaxation is used through its multipliers, whose bound is computed anew; the unit is counted
    on the points. An answer "impossible" rests on the Boolean limit, on such a bound, or on HiGHS finding the
    integer programme infeasible.

    Examples
    --------
    A concept of six points split among two neurons; a third fires everywhere:

    >>> import numpy as np
    >>> from saelib import ActivationSets
    >>> active = np.zeros((8, 3), dtype=bool)
    >>> active[:3, 0] = active[3:5, 1] = active[:, 2] = True
    >>> activations = ActivationSets(active)
    >>> [splitting_number(activations, np.arange(6), eta).number for eta in (0.5, 0.25, 0.2)]
    [1, 1, 2]
    >>> splitting_number(activations, np.arange(6), eta=0.1).status
    'impossible'
    """
    inside = membership(extent, checked_activations(activations).n_points)
    number = isinstance(eta, (int, float, np.integer, np.floating)) and not isinstance(eta, bool)
    if not number or not 0 <= eta < 1:
        raise InputError("eta", f"is {eta!r}", "give a number from 0 to below 1")
    eta = float(eta)
    checked_choice("search", search, SEARCHES)
    largest, time_limit = checked_limits(largest, time_limit)
    target = Target.of(activations, inside)
    if not target.concept_size:
        return _answer(eta, 0, counted(activations, inside, "or", (), "jaccard"))
    if lowest_value(patterns_of(activations), inside, "jaccard") > eta:
        return _impossible(eta)
    lower = _by_counting(target, eta)
    neurons = _greedy_cover(target, eta)
    unit = None if neurons is None else counted(activations, inside, "or", neurons, "jaccard")
    if search == "greedy" or (unit is not None and len(unit.neurons) <= lower):
        return _answer(eta, lower, unit)
    return _with_programme(target, eta, lower, unit, search == "exact", largest, time_limit)


def _with_programme(
    target: Target, eta: float, lower: int, unit: Unit | None, exact: bool, largest: int, time_limit: float
) -> SplittingNumber:
    # A neuron that catches nothing only takes the union further away.
    candidates = np.flatnonzero(target.both)
    if not candidates.size:
        return _impossible(eta)
    programme = Programme.of(target, "or", candidates, largest)
    if programme is None:
        return _answer(eta, lower, unit)
    # 1 − J ≤ η in a form that is linear in the counts: |∪θ∩C| − (1 − η)|∪θ∖C| ≥ (1 − η)|C|. With η rounded to
    # a distance that occurs, whatever is not near falls short by 1/n_points at least: the solver can tell.
    price = float(1 - _attainable(eta, target.inside.size))
    wanted = price * target.concept_size
    if unit is None:
        paid, _ = programme.most_paid(price, target.both.size, False, time_limit)
        if paid < wanted - 1e-6:
            return _impossible(eta)
    bound, neurons, infeasible = programme.fewest(price, wanted, exact, time_limit)
    if infeasible and unit is None:
        return _impossible(eta)
    if neurons:
        found = counted(target.activations, target.inside, "or", neurons, "jaccard")
        if found.distance <= eta and (unit is None or len(found.neurons) < len(unit.neurons)):
            unit = found
    return _answer(eta, max(lower, up(bound)), unit)


def _answer(eta: float, lower: int, unit: Unit | None) -> SplittingNumber:
    upper = None if unit is None else len(unit.neurons)
    status = "exact" if lower == upper else "sandwich"
    return SplittingNumber(eta=eta, lower=lower, upper=upper, status=status, unit=unit)


def _impossible(eta: float) -> SplittingNumber:
    return SplittingNumber(eta=eta, lower=None, upper=None, status="impossible", unit=None)


def _attainable(eta: float, n_points: int) -> Fraction:
    """Largest fraction with a denominator of at most ``n_points`` that is η or less, as floats compare."""
    nearest = Fraction(eta).limit_denominator(n_points)
    if float(nearest) <= eta:
        return nearest
    # The fraction before it among all such fractions (its left neighbour in the Farey sequence).
    p, q = nearest.numerator, nearest.denominator
    denominator = pow(p, -1, q) if q > 1 else 0
    denominator += (n_points - denominator) // q * q
    return Fraction((p * denominator - 1) // q, denominator)


def _by_counting(target: Target, eta: float) -> int:
    caught = np.cumsum(np.sort(target.both)[::-1])
    # With |∪θ∩C| = k, the distance is at least (|C| − k)/|C|, computed here as everywhere.
    near = (target.concept_size - np.minimum(caught, target.concept_size)) / target.concept_size <= eta
    return 1 + int(near.argmax()) if near.any() else int(np.count_nonzero(target.both))


def _greedy_cover(target: Target, eta: float) -> list[int] | None:
    """Smallest near unit found by growing towards the Jaccard index, or towards what η asks for."""

    def distance(both: np.ndarray | int, leaked: np.ndarray | int) -> np.ndarray:
        return target.value("jaccard", both, leaked)

    def shortfall(both: np.ndarray | int, leaked: np.ndarray | int) -> np.ndarray:
        return np.asarray((1.0 - eta) * leaked - both, dtype=np.float64)

    found = []
    for judge in (distance, shortfall):
        for first in {int(judge(target.both, target.leaked).argmin()), int(target.both.argmax())}:
            growth = Growth(target, "or", judge)
            growth.add(first)
            before = 0
            while distance(growth.both, growth.leaked) > eta and before < len(growth.neurons):
                before = len(growth.neurons)
                growth.extend(before + 1)
            if distance(growth.both, growth.leaked) <= eta:
                value, neurons = pruned(target, "or", growth.neurons, distance, eta)
                found.append((len(neurons), value, neurons))
    return min(found)[2] if found else None
