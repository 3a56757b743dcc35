"""Where learning and interpretation must agree (theory T12b)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from saelib.alignment._alignment import Alignment
from saelib.alignment._counts import pair_counts
from saelib.errors import InputError, checked_type


def agreement(
    alignment: Alignment, score: str = "jaccard", interpret_score: str | None = None
) -> pd.DataFrame:
    r"""Follow every concept to its best neuron and back, with the radii inside which both ways must agree.

    Jaccard distance d is a metric. So a neuron θ closer to C than half of C's distance to every other concept
    has C as its unique best concept, and a concept closer to θ than half of θ's distance to every other
    neuron has θ as its unique best neuron (T12b): inside both radii the pair is mutual by Jaccard index,
    whatever else the families contain.

    Parameters
    ----------
    alignment : Alignment
        Without weights.
    score, interpret_score : {"jaccard", "recall", "precision"}
        Of :meth:`Alignment.learn` and of :meth:`Alignment.interpret`; one for both if the second is left out.

    Returns
    -------
    pandas.DataFrame
        One row a concept that has a best neuron:

        - ``concept``: number; ``neuron``: f(C); ``back``: g(f(C)), a concept's number, -1 for none.
        - ``agree``: whether ``back`` is the concept itself.
        - ``distance``: d(θ, C) of the concept and its neuron.
        - ``concept_radius``: half of the least distance from C to another concept; infinite without another.
        - ``neuron_radius``: half of the least distance from θ to another neuron; infinite without another.
        - ``inside``: whether the distance is below both radii, decided in whole numbers.

    Raises
    ------
    InputError
        If there is no such score or the alignment is weighted.

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet, align
    >>> activations = ActivationSets([[1, 0], [1, 0], [0, 1], [0, 1]])
    >>> concepts = ConceptSet([[1, 0], [1, 0], [0, 1], [0, 0]], names=["dog", "cat"])
    >>> agreement(align(activations, concepts))[["neuron", "distance", "agree", "inside"]].to_numpy().tolist()
    [[0, 0.0, True, True], [1, 0.5, True, False]]
    """
    checked_type("alignment", alignment, Alignment, "give what saelib.align returns")
    if alignment.counts.dtype.kind == "f":
        raise InputError("alignment", "is weighted", "align without weights, radii are counted in points")
    learned = alignment.learn(score)
    interpreted = alignment.interpret(interpret_score or score)
    found = np.flatnonzero(learned >= 0)
    neuron = learned[found]
    sizes_c, sizes_n = alignment.concept_sizes, alignment.neuron_sizes
    both = alignment.counts[neuron, found]
    either = sizes_n[neuron] + sizes_c[found] - both
    inside = np.ones(len(found), dtype=np.bool_)
    columns: dict[str, np.ndarray] = {}
    for name, family, sizes, chosen in (
        ("concept_radius", alignment.concepts.membership, sizes_c, found),
        ("neuron_radius", alignment.activations.membership, sizes_n, neuron),
    ):
        apart, union = _nearest(family, sizes, chosen)
        known = union > 0
        columns[name] = np.where(known, apart / np.where(known, 2 * union, 1), np.inf)
        # d < r in whole numbers: (either - both)/either < apart/(2 union).
        inside &= ~known | (2 * (either - both) * union < apart * either)
    return pd.DataFrame(
        {
            "concept": found,
            "neuron": neuron,
            "back": interpreted[neuron],
            "agree": interpreted[neuron] == found,
            "distance": (either - both) / np.maximum(either, 1),
            **columns,
            "inside": inside,
        }
    )


def _nearest(
    family: sparse.csr_array, sizes: np.ndarray, chosen: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Least Jaccard distance from each chosen set to another of its family, a fraction; 0/0 without."""
    if family.shape[1] < 2 or not chosen.size:
        return np.zeros(len(chosen), dtype=np.int64), np.zeros(len(chosen), dtype=np.int64)
    both = pair_counts(family, sparse.csr_array(family[:, chosen]), None)
    union = np.maximum(sizes[:, None] + sizes[chosen][None, :] - both, 1)
    apart = union - both
    distance = apart / union
    distance[chosen, np.arange(len(chosen))] = np.inf
    nearest = distance.argmin(axis=0), np.arange(len(chosen))
    return apart[nearest], union[nearest]
