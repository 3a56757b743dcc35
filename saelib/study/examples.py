"""What a neuron fires on, as pictures to look at."""

from __future__ import annotations

import numpy as np
import pandas as pd

from saelib.errors import InputError
from saelib.sets import ConceptSet


def examples(
    acts: np.ndarray, concepts: ConceptSet, neurons: dict[str, int], n_fires: int = 12, n_missed: int = 3
) -> pd.DataFrame:
    """Points on which each concept's neuron fires, and points of the concept on which it is silent.

    The firing points are taken at equal steps from the strongest to the weakest, so that the weak ones, where
    false alarms live, are shown in proportion.

    Parameters
    ----------
    acts : ndarray [n_points, d_sae]
        Activations.
    concepts : ConceptSet
        Over the same points.
    neurons : dict of str to int
        Neuron by concept; -1 leaves the concept's row without firing points.
    n_fires, n_missed : int
        At most how many of each, ≥ 0.

    Returns
    -------
    DataFrame
        One row a picture: ``concept``; ``place``, counted from 0 for the firing points and on from
        ``n_fires`` for the missed ones; ``point``; ``kind``, "hit", "false alarm" or "missed".

    Raises
    ------
    InputError
        If the concepts are over another number of points.

    Examples
    --------
    >>> acts = np.array([[0.0], [3.0], [1.0], [2.0]])
    >>> shown = examples(acts, ConceptSet([[1], [1], [1], [0]], names=["dog"]), {"dog": 0})
    >>> shown[["place", "point", "kind"]].to_numpy().tolist()
    [[0, 1, 'hit'], [1, 3, 'false alarm'], [2, 2, 'hit'], [12, 0, 'missed']]
    """
    if len(acts) != concepts.n_points:
        raise InputError("acts", f"has {len(acts)} points", f"give the {concepts.n_points} of the concepts")
    rows = []
    for concept, neuron in neurons.items():
        inside = np.zeros(len(acts), dtype=bool)
        inside[concepts.extent(concept)] = True
        strength = acts[:, neuron] if neuron >= 0 else np.zeros(len(acts))
        firing = np.argsort(-strength, kind="stable")[: int((strength > 0).sum())]
        steps = np.linspace(0, len(firing) - 1, min(n_fires, len(firing))).round().astype(int)
        missed = np.flatnonzero(inside & (strength <= 0))[:n_missed]
        rows += [
            (concept, place, int(point), "hit" if inside[point] else "false alarm")
            for place, point in enumerate(firing[steps])
        ]
        rows += [(concept, n_fires + place, int(point), "missed") for place, point in enumerate(missed)]
    return pd.DataFrame(rows, columns=["concept", "place", "point", "kind"])
