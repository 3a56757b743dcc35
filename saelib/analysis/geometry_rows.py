"""The table of what geometry allows: an audit of the concepts that neurons serve worst."""

from __future__ import annotations

import numpy as np
import pandas as pd

from saelib.analysis.activity import Activity
from saelib.analysis.framing import framed
from saelib.analysis.sources import Points
from saelib.geometry import audit, limits
from saelib.sets import ActivationSets, ConceptSet

__all__ = ["geometry_rows"]

_FEWEST = 30  # points of a concept that is audited
_OTHERS = 3_000  # sampled points in all
_INSIDE = 300  # sampled points of each concept beside


def geometry_rows(
    activity: Activity,
    points: Points,
    concepts: ConceptSet,
    rows: pd.DataFrame,
    n: int,
    seed: int,
    *,
    jobs: int = 1,
    progress: bool = False,
) -> pd.DataFrame:
    """The table ``geometry``, of the concepts with the lowest F1 that have at least 30 points.

    Parameters
    ----------
    activity : Activity
        Who fires.
    points : opened points
        What the SAE reads.
    concepts : ConceptSet
        Over the same points.
    rows : pandas.DataFrame
        The table ``concepts``.
    n : int
        How many to audit.
    seed : int
        Draws the points: 3,000 at random, and 300 more of each concept.
    jobs : int, default 1
        Processes.
    progress : bool, default False
        Show a bar if this is a terminal.

    Returns
    -------
    pandas.DataFrame
        One row an audited concept; empty for ``n=0``.

    Examples
    --------
    >>> from saelib.analysis.columns import TABLES
    >>> [column.name for column in TABLES["geometry"].columns][:2]
    ['concept', 'n_inside']
    """
    names = [column for column in _COLUMNS if column != "by_chance"]
    enough = rows[(rows.points >= _FEWEST) & (rows.points < activity.n_points)]
    worst = enough.sort_values("f1", kind="stable", na_position="first").index[:n].to_numpy()
    if not len(worst):
        return framed("geometry", {name: [] for name in _COLUMNS})
    rng = np.random.default_rng([seed, 3])
    sample = [rng.choice(activity.n_points, min(_OTHERS, activity.n_points), replace=False)]
    for concept in worst:
        extent = concepts.extent(int(concept))
        sample.append(rng.choice(extent, min(_INSIDE, len(extent)), replace=False))
    chosen = np.unique(np.concatenate(sample))
    fires = ActivationSets(activity.part(np.arange(activity.d_sae), chosen))
    x = np.asarray(points.take(chosen), dtype=np.float64)
    audited = concepts.take_points(chosen).select(worst.tolist())
    found = audit(fires, x, audited, units=False, most_certificates=8, jobs=jobs, progress=progress)
    values = {name: found[name].to_numpy(object) for name in names}
    # Of another set of the same size on the same points: whether separating so few says anything at all.
    dealt = audited.take_points(rng.permutation(len(chosen)))
    null = limits(x, dealt, units=False, most_certificates=1, jobs=jobs, progress=progress)
    return framed("geometry", {**values, "by_chance": null.one_neuron.to_numpy(object)})


_COLUMNS = (
    "concept", "n_inside", "n_outside", "one_neuron", "margin", "at_least", "at_most", "neuron", "errors",
    "unavoidable", "avoidable", "open", "fault", "by_chance",
)  # fmt: skip
