"""Three errors for every concept: one neuron, a unit, any Boolean function of the dictionary."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from saelib.alignment import align
from saelib.errors import InputError
from saelib.sets import ActivationSets, ConceptSet
from saelib.units.boolean import best_rule
from saelib.units.checks import (
    OBJECTIVES,
    SEARCHES,
    checked_activations,
    checked_choice,
    checked_concepts,
    checked_count,
    checked_limits,
    checked_other,
)
from saelib.units.patterns import patterns_of
from saelib.units.score import Score, counts
from saelib.units.search import best_unit
from saelib.units.target import Target
from saelib.units.unit import Unit, counted, fires

READERS = ("single", "and", "or", "unit", "boolean")


def three_errors(
    activations: ActivationSets,
    concepts: ConceptSet,
    max_neurons: int | None = None,
    objective: str = "errors",
    held_out: tuple[ActivationSets, ConceptSet] | None = None,
    search: str = "greedy",
    largest: int = 20_000,
    time_limit: float = 10.0,
    progress: bool = True,
) -> pd.DataFrame:
    """Score the best single neuron, the best units found and the Boolean limit, for every concept.

    Parameters
    ----------
    activations : ActivationSets
        θ_j over ``n_points`` points.
    concepts : ConceptSet
        C_i over the same points in the same order.
    max_neurons : int, optional
        At most so many neurons a unit; as many as help if left out.
    objective : {"errors", "jaccard"}, default "errors"
        What every reader makes as small as it can: ``|θ△C|``, or the Jaccard distance.
    held_out : (ActivationSets, ConceptSet), optional
        The same dictionary and the same concepts over other points. The readers chosen on the first points
        are scored there too.
    search : {"greedy", "lp", "exact"}, default "greedy"
        How units are searched for, as in :func:`saelib.units.and_unit`.
    largest : int, default 20000
        Programmes with more non-zeros than this are not given to the solver.
    time_limit : float, default 10.0
        Seconds for one call of the solver.
    progress : bool, default True
        Show a progress bar if the output is a terminal.

    Returns
    -------
    pandas.DataFrame
        One row for each concept, place and reader, in this order. Columns:

        - ``concept`` (name);
        - ``scored_on``: ``"same points"`` as chosen on, or ``"held-out points"``;
        - ``reader``: ``"single"`` neuron, ``"and"`` and ``"or"`` units, ``"unit"`` (the better of the two on
          the points chosen on), ``"boolean"`` limit;
        - ``neurons`` (tuple of numbers; empty for the Boolean limit, which may look at all);
        - ``n_neurons`` (how many; for the Boolean limit d_sae);
        - ``concept_size``, ``missed``, ``leaked``, ``errors`` (numbers of points);
        - ``jaccard``, ``distance`` (Jaccard index and distance);
        - ``optimal``: proven to be the best of its kind on the points it was chosen on;
        - ``n_patterns``: distinct sets of active neurons on the points chosen on;
        - ``unseen``: points of this row whose set of active neurons does not occur there.

    Raises
    ------
    InputError
        If the families do not fit each other, there are no points or neurons, or a setting is out of range.

    Warnings
    --------
    With many neurons nearly every point has its own set of active neurons, and the Boolean limit on the
    same points is nearly 0 for that reason alone: compare ``n_patterns`` with the number of points, and
    believe the held-out rows.

    Notes
    -----
    On the same points the objective falls from single to unit to Boolean limit, for every concept (T13d): a
    neuron is a unit, units are Boolean functions, and the search starts from the best neuron. On held-out
    points it need not.

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet
    >>> activations = ActivationSets([[1, 0], [0, 1], [1, 1], [0, 0]])
    >>> concepts = ConceptSet([[1, 1], [1, 1], [1, 0], [0, 0]], names=["either", "exactly one"])
    >>> frame = three_errors(activations, concepts)
    >>> frame.pivot(index="concept", columns="reader", values="errors")[["single", "and", "or", "boolean"]]
    reader       single  and  or  boolean
    concept
    either            1    1   0        0
    exactly one       2    2   1        0
    """
    checked_concepts(concepts, checked_activations(activations))
    most = activations.d_sae if max_neurons is None else checked_count("max_neurons", max_neurons)
    checked_choice("objective", objective, OBJECTIVES)
    checked_choice("search", search, SEARCHES)
    largest, time_limit = checked_limits(largest, time_limit)
    other = None if held_out is None else _checked_held_out(activations, concepts, held_out)

    caught = align(activations, concepts).counts
    patterns = patterns_of(activations)
    places = [_Place("same points", activations, concepts, patterns.of_points)]
    if other is not None:
        places.append(_Place("held-out points", *other, patterns.find(other[0].membership)))
    rows: list[dict[str, Any]] = []
    for i, name in enumerate(tqdm(concepts.names, unit="concept", disable=None if progress else True)):
        target = Target.of(activations, places[0].inside(i), caught[:, i])
        rule = best_rule(patterns, target.inside, objective)
        limit = Score(**counts(rule[patterns.of_points], target.inside))
        floor = limit.errors if objective == "errors" else limit.distance
        readers = {"single": _single(target, objective)}
        for kind in ("and", "or"):
            readers[kind] = best_unit(target, kind, most, objective, search, largest, time_limit, floor)
        readers["unit"] = min(readers["and"], readers["or"], key=lambda unit: unit.value)
        optimal = {reader: unit.optimal for reader, unit in readers.items()}
        # The better unit is the best of both kinds if it is below what either kind could reach.
        floors = [readers[kind].bound or 0 for kind in ("and", "or")]
        optimal["unit"] = readers["unit"].value <= min(floors)
        for place in places:
            base = {"concept": name, "scored_on": place.name, "n_patterns": len(patterns)}
            base["unseen"] = int(np.count_nonzero(place.of_points < 0))
            inside = place.inside(i)
            for reader, unit in readers.items():
                score = Score(**counts(fires(place.activations, unit.kind, unit.neurons), inside))
                rows.append(base | _row(reader, unit.neurons, len(unit.neurons), score, optimal[reader]))
            score = Score(**counts(place.read(rule), inside))
            rows.append(base | _row("boolean", (), activations.d_sae, score, True))
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


_COLUMNS = {
    "concept": object,
    "scored_on": object,
    "reader": object,
    "neurons": object,
    "n_neurons": np.int64,
    "concept_size": np.int64,
    "missed": np.int64,
    "leaked": np.int64,
    "errors": np.int64,
    "jaccard": np.float64,
    "distance": np.float64,
    "optimal": np.bool_,
    "n_patterns": np.int64,
    "unseen": np.int64,
}


class _Place:
    """Points to score readers on."""

    def __init__(
        self, name: str, activations: ActivationSets, concepts: ConceptSet, of_points: np.ndarray
    ) -> None:
        self.name, self.activations, self.concepts, self.of_points = name, activations, concepts, of_points

    def inside(self, concept: int) -> np.ndarray:
        inside = np.zeros(self.concepts.n_points, dtype=np.bool_)
        inside[self.concepts.extent(concept)] = True
        return inside

    def read(self, rule: np.ndarray) -> np.ndarray:
        return rule[self.of_points] & (self.of_points >= 0)


def _single(target: Target, objective: str) -> Unit:
    values = target.value(objective, target.both, target.leaked)
    best = int(values.argmin())
    kind = "or"  # a single neuron is a unit of either kind
    bound = int(values[best]) if objective == "errors" else float(values[best])
    return counted(target.activations, target.inside, kind, (best,), objective, bound)


def _row(
    reader: str, neurons: tuple[int, ...], n_neurons: int, score: Score, optimal: bool
) -> dict[str, Any]:
    return {
        "reader": reader,
        "neurons": neurons,
        "n_neurons": n_neurons,
        "concept_size": score.concept_size,
        "missed": score.missed,
        "leaked": score.leaked,
        "errors": score.errors,
        "jaccard": score.jaccard,
        "distance": score.distance,
        "optimal": optimal,
    }


def _checked_held_out(
    activations: ActivationSets, concepts: ConceptSet, held_out: Any
) -> tuple[ActivationSets, ConceptSet]:
    others, same = checked_other(activations, held_out)
    checked_concepts(same, others, "held_out")
    if same.names != concepts.names:
        raise InputError("held_out", "has other concepts", "give the same concepts in the same order")
    return others, same
