"""The table of families: neurons that matter and fire together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from saelib.analysis.activity import Activity
from saelib.analysis.concept_rows import Best
from saelib.analysis.framing import framed
from saelib.phenomena import families
from saelib.sets import ActivationSets, ConceptSet

__all__ = ["family_rows"]

_POINTS = 50_000
_FAMILIES = 200
_LEAST_LIFT = 2.0


def family_rows(
    activity: Activity, concepts: ConceptSet, who: Best, seed: int
) -> tuple[pd.DataFrame, list[str]]:
    """The table ``families``, of the neurons that are some concept's best.

    Parameters
    ----------
    activity : Activity
        Who fires.
    concepts : ConceptSet
        The concepts.
    who : Best
        Who is whose best.
    seed : int
        Draws at most 50,000 points.

    Returns
    -------
    frame : pandas.DataFrame
        At most 200 families with lift of at least 2, by falling Δ, then support, then neurons.
    notes : list of str
        What was left out.

    Examples
    --------
    >>> from saelib.analysis.columns import TABLES
    >>> [column.name for column in TABLES["families"].columns][:3]
    ['family', 'neurons', 'concepts']
    """
    matter = np.unique(who.neuron[who.neuron >= 0])
    n = min(activity.n_points, _POINTS)
    points = np.sort(np.random.default_rng([seed, 2]).choice(activity.n_points, n, replace=False))
    fires = activity.part(matter, None if n == activity.n_points else points)
    least = max(10, n // 1000)
    found = families(
        ActivationSets(fires),
        min_support=least,
        max_size=12,
        min_lift=_LEAST_LIFT,
        max_concepts=50_000,
        max_work=200_000_000,
    )
    notes = []
    if not found.attrs["complete"]:
        notes.append(f"The search for families was cut short: {found.attrs['stopped']}.")
    if len(found) > _FAMILIES:
        notes.append(f"Of {len(found)} families the {_FAMILIES} steadiest are shown.")
    found = found.sort_values(["delta", "support"], ascending=False, kind="stable").head(_FAMILIES)
    members = [matter[list(each)].tolist() for each in found.neurons]
    meant = [[concepts.names[who.concept[j]] for j in each if who.concept[j] >= 0] for each in members]
    rest = {name: found[name].to_numpy() for name in ("size", "support", "share", "lift", "overlap", "delta")}
    columns = {"family": np.arange(len(found)), "neurons": members, "concepts": meant, **rest}
    return framed("families", columns), notes
