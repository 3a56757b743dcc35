"""The lattice of concepts and the neurons that separate them, and its table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from saelib.analysis.counting import Counted
from saelib.analysis.framing import framed
from saelib.lattice import Context, FormalConcepts, formal_concepts
from saelib.sets import ConceptSet

__all__ = ["lattice_rows"]

_NODES = 60
_WORK = 50_000_000


def lattice_rows(
    counted: Counted, concepts: ConceptSet, alpha: float
) -> tuple[pd.DataFrame, FormalConcepts | None, list[str]]:
    """The table ``lattice`` and the formal concepts it lists.

    Parameters
    ----------
    counted : Counted
        Counts of both halves; a neuron is related to a concept if it separates it at δ = ε = α on either.
    concepts : ConceptSet
        The concepts.
    alpha : float
        α in [0, 1].

    Returns
    -------
    frame : pandas.DataFrame
        One row a formal concept; empty if no neuron is related to any concept.
    found : FormalConcepts or None
        The same for diagrams: objects are the concepts, attributes the related neurons. At most 60: all with
        at least one concept and the least Δ that leaves so few.
    notes : list of str
        What was left out.

    Examples
    --------
    >>> from saelib.analysis.columns import TABLES
    >>> [column.name for column in TABLES["lattice"].columns][:2]
    ['node', 'concepts']
    """
    holds = counted.chosen.separated(alpha, alpha) & counted.judged.separated(alpha, alpha)
    # An absent concept would be separated by every silent neuron.
    holds &= (counted.chosen.concept_sizes > 0) & (counted.judged.concept_sizes > 0)
    neurons = np.flatnonzero(holds.any(axis=1))
    names = [f"neuron {j}" for j in neurons.tolist()]
    if not len(neurons):
        return framed("lattice", {name: [] for name in _COLUMNS}), None, []
    context = Context(holds[neurons].T, concepts.names, names)
    for least in range(concepts.n_concepts + 1):
        found = formal_concepts(context, 1, min_delta=least, max_concepts=_NODES + 1, max_work=_WORK)
        if len(found) <= _NODES:
            break
    notes = [] if found.complete else [f"The lattice is not whole: {found.stopped}."]
    if least > 0:
        notes.append(f"Of the lattice the formal concepts with Δ of at least {least} are shown.")
    above: list[list[int]] = [[] for _ in range(len(found))]
    for upper, lower in found.covers().tolist():
        above[lower].append(upper)
    extents = [found.extent(i).tolist() for i in range(len(found))]
    intents = [found.intent(i) for i in range(len(found))]
    rows = {
        "node": np.arange(len(found)),
        "concepts": [[concepts.names[c] for c in extent] for extent in extents],
        "neurons": [neurons[intent].tolist() for intent in intents],
        "n_concepts": [len(extent) for extent in extents],
        "n_neurons": [len(intent) for intent in intents],
        "delta": found.delta,
        "above": [" ".join(map(str, nodes)) for nodes in above],
    }
    return framed("lattice", rows), found, notes


_COLUMNS = ("node", "concepts", "neurons", "n_concepts", "n_neurons", "delta", "above")
