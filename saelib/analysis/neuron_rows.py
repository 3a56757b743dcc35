"""The table of neurons."""

from __future__ import annotations

import numpy as np
import pandas as pd

from saelib.analysis.concept_rows import Best
from saelib.analysis.counting import Counted
from saelib.analysis.framing import framed
from saelib.analysis.rates import numbers, rates, ratio
from saelib.analysis.uniting import Union
from saelib.sets import ConceptSet

__all__ = ["neuron_rows"]


def neuron_rows(
    counted: Counted, concepts: ConceptSet, who: Best, united: list[Union], families: pd.DataFrame
) -> pd.DataFrame:
    """The table ``neurons``, see :data:`~saelib.analysis.columns.TABLES`.

    Parameters
    ----------
    counted : Counted
        Counts of both halves.
    concepts : ConceptSet
        The concepts.
    who : Best
        Who is whose best.
    united : list of Union
        The union of each concept.
    families : pandas.DataFrame
        The table ``families``.

    Returns
    -------
    pandas.DataFrame
        One row a neuron.

    Examples
    --------
    >>> from saelib.analysis.columns import TABLES
    >>> [column.name for column in TABLES["neurons"].columns][:3]
    ['neuron', 'points', 'rate']
    """
    sizes = counted.neuron_sizes
    d_sae = len(sizes)
    every = np.arange(d_sae)
    found = rates(counted.judged, every, who.concept)
    best_of = who.neuron[who.neuron >= 0]
    in_unions = [neuron for union in united for neuron in union.neurons]
    mutual = np.zeros(d_sae, dtype=np.bool_)
    mutual[who.neuron[who.mutual]] = True
    family = np.full(d_sae, -1, dtype=np.int64)
    for number, members in zip(families.family[::-1], families.neurons[::-1], strict=True):
        family[members] = number
    return framed(
        "neurons",
        {
            "neuron": every,
            "points": sizes,
            "rate": ratio(sizes, np.full(d_sae, counted.n_points)),
            "dead": sizes == 0,
            "concept": _named(concepts, who.concept),
            **{name: found[name] for name in ("f1", "jaccard", "recall", "precision")},
            "second": _named(concepts, who.second),
            "second_jaccard": rates(counted.judged, every, who.second)["jaccard"],
            "serves": np.bincount(best_of, minlength=d_sae),
            "in_unions": np.bincount(np.array(in_unions, dtype=np.int64), minlength=d_sae),
            "mutual": mutual,
            "family": numbers(family),
        },
    )


def _named(concepts: ConceptSet, which: np.ndarray) -> np.ndarray:
    return np.array([*concepts.names, None], dtype=object)[which]
