"""A unit: several neurons read together by AND or by OR."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from saelib.errors import InputError
from saelib.sets import ActivationSets
from saelib.units.checks import checked_activations, membership
from saelib.units.score import Score, counts


@dataclass(frozen=True, kw_only=True)
class Unit(Score):
    """Neurons read together, and how well they agree with a concept; made by the searches of this package.

    An AND-unit fires where all its neurons fire, θ_M = ∩_{j∈M} θ_j, everywhere if it has none; an OR-unit
    where any of them does, ∪_{j∈M} θ_j, nowhere if it has none.

    Attributes
    ----------
    n_points, concept_size, size, both : int
        Counts, as in :class:`Score`.
    kind : {"and", "or"}
        How the neurons are read.
    neurons : tuple of int
        M, ascending.
    objective : {"errors", "jaccard"}
        What was to be small: ``|θ△C|``, or the Jaccard distance.
    bound : int, float or None
        A proven lower bound on the objective over all units allowed in the search; None if nothing was
        searched for, or the unit is scored on other points than those it was chosen on.

    Examples
    --------
    >>> from saelib import ActivationSets
    >>> from saelib.units import or_unit
    >>> activations = ActivationSets([[1, 0], [0, 1], [0, 0]])
    >>> unit = or_unit(activations, [0, 1])
    >>> unit.neurons, unit.errors, unit.gap, unit.optimal
    ((0, 1), 0, 0, True)
    >>> unit.points(ActivationSets([[0, 0], [1, 1]]))
    array([1])
    """

    kind: str
    neurons: tuple[int, ...]
    objective: str = "errors"
    bound: float | None = None

    @property
    def value(self) -> float:
        """The objective: errors, or the Jaccard distance."""
        return self.errors if self.objective == "errors" else self.distance

    @property
    def gap(self) -> float | None:
        """How far the objective is at most from the best possible; None without a bound."""
        return None if self.bound is None else self.value - self.bound

    @property
    def optimal(self) -> bool:
        """Whether no better unit exists, by proof."""
        return self.gap == 0

    def points(self, activations: ActivationSets) -> np.ndarray:
        """Points where the unit fires, ascending, int64.

        Parameters
        ----------
        activations : ActivationSets
            The same neurons, over any points.

        Raises
        ------
        InputError
            If there are not enough neurons.
        """
        return np.flatnonzero(fires(checked_activations(activations), self.kind, self.neurons))

    def scored_on(self, activations: ActivationSets, extent: Any) -> Unit:
        """Return the same neurons scored on other points, such as held-out ones.

        Parameters
        ----------
        activations : ActivationSets
            The same neurons over the other points.
        extent : array_like or (ConceptSet, name)
            The concept there.

        Raises
        ------
        InputError
            If there are not enough neurons or the extent does not fit.
        """
        chosen = fires(checked_activations(activations), self.kind, self.neurons)
        return replace(self, bound=None, **counts(chosen, membership(extent, activations.n_points)))


def fires(activations: ActivationSets, kind: str, neurons: Iterable[int]) -> np.ndarray:
    """Where a unit fires, bool [n_points]."""
    together = hits(activations, neurons := tuple(neurons))
    return together == len(neurons) if kind == "and" else together > 0


def hits(activations: ActivationSets, neurons: Iterable[int]) -> np.ndarray:
    """How many of the neurons fire on each point, int64 [n_points]."""
    total = np.zeros(activations.n_points, dtype=np.int64)
    for neuron in neurons:
        if neuron >= activations.d_sae:
            raise InputError(
                "activations",
                f"has {activations.d_sae} neurons, the unit reads neuron {neuron}",
                "give the activation sets of the same dictionary",
            )
        total[activations.extent(neuron)] += 1
    return total


def counted(
    activations: ActivationSets,
    inside: np.ndarray,
    kind: str,
    neurons: Iterable[int],
    objective: str = "errors",
    bound: float | None = None,
) -> Unit:
    """Make a unit, counting afresh on the points what it does: no count comes from a search or a solver."""
    chosen = tuple(sorted(int(neuron) for neuron in neurons))
    return Unit(
        kind=kind,
        neurons=chosen,
        objective=objective,
        bound=bound,
        **counts(fires(activations, kind, chosen), inside),
    )
