"""How much a formal concept says: separation, lift, stability."""

from __future__ import annotations

import numpy as np
import pandas as pd

from saelib.errors import checked_type
from saelib.lattice.found import FormalConcepts
from saelib.sets.shares import share

__all__ = ["concept_measures"]


def concept_measures(found: FormalConcepts) -> pd.DataFrame:
    r"""Measures of interest for each formal concept (A, B).

    Parameters
    ----------
    found : FormalConcepts
        Any, also an iceberg: everything is counted in the context.

    Returns
    -------
    pandas.DataFrame
        One row a concept, in their order:

        - ``support``, ``size``: \|A\| and \|B\|; ``delta``: Δ.
        - ``separation``: \|A\|\|B\| / (Σ_{g∈A} \|g'\| + Σ_{m∈B} \|m'\| − \|A\|\|B\|), the share of the
          crosses in the concept's rows and columns that lie inside it; unavailable if there are none.
        - ``lift``: how much more often the attributes of B occur together than if they were independent,
          (\|A\|/n) / Π_{m∈B} (\|m'\|/n); 1 for at most one attribute, unavailable if one never occurs.
        - ``stability_low``, ``stability_high``: bounds on the extensional stability.

    Examples
    --------
    >>> from saelib.lattice import Context, formal_concepts
    >>> frame = concept_measures(formal_concepts(Context([[1, 1], [1, 1], [0, 0], [0, 0]])))
    >>> frame[["support", "separation", "lift"]].to_numpy().tolist()
    [[4, 0.0, 1.0], [2, 1.0, 2.0]]
    """
    checked_type("found", found, FormalConcepts, "give what formal_concepts returns")
    context = found.context
    row_sizes = np.diff(context.incidence.indptr).astype(np.int64)
    column_sizes = context.attribute_sizes
    intents = found.intents
    size = np.diff(intents.indptr).astype(np.int64)
    in_rows = np.array([row_sizes[found.extent(i)].sum() for i in range(len(found))], dtype=np.int64)
    in_columns = (intents.astype(np.int64) @ column_sizes).astype(np.int64)
    inside = found.support * size
    with np.errstate(divide="ignore"):
        logs = np.where(column_sizes > 0, np.log(column_sizes / max(context.n_objects, 1)), 0.0)
        own = np.log(found.support / max(context.n_objects, 1))
    never = (intents.astype(np.int64) @ (column_sizes == 0).astype(np.int64)) > 0
    lift = pd.Series(
        np.where(size <= 1, 1.0, np.exp(own - intents.astype(np.float64) @ logs)), dtype="Float64"
    )
    low, high = found.stability_bounds()
    return pd.DataFrame(
        {
            "support": found.support,
            "size": size,
            "delta": found.delta,
            "separation": share(inside, in_rows + in_columns - inside),
            "lift": lift.mask(never),
            "stability_low": low,
            "stability_high": high,
        }
    )
