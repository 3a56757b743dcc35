"""Feature splitting: into how many neurons a concept falls, and how cleanly (theory T8)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from tqdm import tqdm

from saelib.errors import InputError, checked_type
from saelib.sets import ActivationSets, ConceptSet
from saelib.sets.shares import share
from saelib.units import splitting_number

__all__ = ["splitting"]


def splitting(
    activations: ActivationSets,
    concepts: ConceptSet,
    eta: float = 0.2,
    *,
    search: str = "exact",
    time_limit: float = 10.0,
    progress: bool = True,
) -> pd.DataFrame:
    r"""Say of every concept into how many neurons it is split.

    The splitting number s_η is the least number of neurons whose OR-unit is within Jaccard distance η of the
    concept. A concept with s_η = 1 has a neuron of its own; one with s_η > 1 is *split*: several neurons hold
    it together and none does alone.

    Parameters
    ----------
    activations : ActivationSets
        θ_j over ``n_points`` points.
    concepts : ConceptSet
        Over the same points.
    eta : float, default 0.2
        η in [0, 1).
    search : {"exact", "lp", "greedy"}, default "exact"
        As for :func:`saelib.units.splitting_number`.
    time_limit : float, default 10.0
        Seconds for one call of the solver.
    progress : bool, default True
        Show a bar if this is a terminal.

    Returns
    -------
    pandas.DataFrame
        One row a concept:

        - ``concept``, ``n_points``: its name and size.
        - ``status``: *exact*, *sandwich* (``at_least`` < ``at_most``) or *impossible* (no OR-unit is near).
        - ``at_least``, ``at_most``: bounds on s_η, nullable ``Int64``.
        - ``neurons``: the unit that attains ``at_most``; its members are the *parts*. Empty without one.
        - ``jaccard``: of that unit with the concept, ``<NA>`` without one.
        - ``largest_recall``: largest share of the concept that one part covers, ``<NA>`` without a unit.
        - ``overlap``: share of the unit's points on which two or more parts fire, ``<NA>`` without a unit or
          if it fires nowhere.
        - ``split``: whether at least two neurons are needed and a unit was found.

    Raises
    ------
    InputError
        If the numbers of points differ or a setting is out of range.

    Examples
    --------
    >>> active = [[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]]
    >>> concepts = ConceptSet([[1, 0], [1, 0], [1, 0], [1, 0], [0, 1]], names=["animal", "plant"])
    >>> found = splitting(ActivationSets(active), concepts)
    >>> found[["concept", "at_most", "neurons", "largest_recall", "split"]].to_numpy().tolist()
    [['animal', 2, (0, 1), 0.5, True], ['plant', 1, (2,), 1.0, False]]
    """
    checked_type("activations", activations, ActivationSets, "wrap who fires in saelib.ActivationSets")
    checked_type("concepts", concepts, ConceptSet, "wrap the labels in saelib.ConceptSet")
    if activations.n_points != concepts.n_points:
        offence = f"covers {concepts.n_points} points and activations {activations.n_points}"
        raise InputError("concepts", offence, "give both over the same points")
    rows = [
        _row(activations, concepts, i, eta, search, time_limit)
        for i in tqdm(range(concepts.n_concepts), "splitting", disable=None if progress else True)
    ]
    frame = pd.DataFrame(rows, columns=list(rows[0]) if rows else ["concept"])
    return frame.astype({"at_least": "Int64", "at_most": "Int64"}) if rows else frame


def _row(
    activations: ActivationSets, concepts: ConceptSet, i: int, eta: float, search: str, time_limit: float
) -> dict[str, object]:
    found = splitting_number(activations, (concepts, i), eta, search=search, time_limit=time_limit)
    row: dict[str, object] = {
        "concept": concepts.names[i], "n_points": int(concepts.sizes[i]), "status": found.status,
        "at_least": found.lower, "at_most": found.upper, "neurons": (),
        "jaccard": pd.NA, "largest_recall": pd.NA, "overlap": pd.NA, "split": False,
    }  # fmt: skip
    if found.unit is None:
        return row
    parts = list(found.unit.neurons)
    inside = np.zeros(concepts.n_points, dtype=np.int64)
    inside[concepts.extent(i)] = 1
    fires = activations.membership[:, parts].astype(np.int64)
    together = np.asarray(fires.sum(axis=1)).ravel()
    covered = np.asarray(fires.T @ inside).ravel()
    largest = share(np.array([covered.max(initial=0)]), np.array([inside.sum()]))
    overlap = share(np.array([(together > 1).sum()]), np.array([(together > 0).sum()]))
    return row | {
        "neurons": tuple(parts),
        "jaccard": found.unit.jaccard,
        "largest_recall": largest[0],
        "overlap": overlap[0],
        "split": found.lower is not None and found.lower > 1,
    }
