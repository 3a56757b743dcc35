"""The table of parents and children: absorption, counted piece by piece."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from saelib.analysis.activity import Activity
from saelib.analysis.concept_rows import Best, Tolerances
from saelib.analysis.counting import Counted
from saelib.analysis.framing import framed
from saelib.analysis.rates import numbers, ratio
from saelib.sets import ConceptSet

__all__ = ["edge_rows"]


def edge_rows(
    activity: Activity,
    concepts: ConceptSet,
    choosing: npt.NDArray[np.bool_],
    counted: Counted,
    who: Best,
    tolerances: Tolerances,
) -> pd.DataFrame:
    """The table ``edges``: what :func:`saelib.phenomena.absorption` counts on the judging half.

    Parameters
    ----------
    activity : Activity
        Who fires.
    concepts : ConceptSet
        Over the same points.
    choosing : ndarray [n_points]
        True on the choosing half, which is left out here.
    counted : Counted
        Counts of both halves.
    who : Best
        Who is whose best.
    tolerances : Tolerances
        δ says what is absorbed.

    Returns
    -------
    pandas.DataFrame
        One row an edge of the forest; what a probe says is unavailable yet, see
        :func:`saelib.analysis.probe_rows.probed`.

    Examples
    --------
    >>> from saelib.analysis.columns import TABLES
    >>> [column.name for column in TABLES["edges"].columns][:2]
    ['parent', 'child']
    """
    child = np.flatnonzero(concepts.parents >= 0)
    parent = concepts.parents[child]
    theta_c, theta_d = who.neuron[parent], who.neuron[child]
    has_c, has_d = theta_c >= 0, theta_d >= 0
    judged = counted.judged
    together, lost = _met(activity, concepts, choosing, who, parent, child)
    n_parent, n_child = judged.concept_sizes[parent], judged.concept_sizes[child]
    on_child = np.where(has_c, judged.counts[theta_c, child], 0)
    n_rest, on_rest = n_parent - n_child, np.where(has_c, judged.counts[theta_c, parent], 0) - on_child
    pair, own = has_c & has_d, has_c & has_d & (theta_c != theta_d)
    missed, fires = ratio(n_rest - on_rest, n_rest, has_c), ratio(on_child, n_child, has_c)
    hit = np.where(has_d, judged.counts[theta_d, child], 0)
    # A share of one half, as in the chapters: the child has its neuron, and the parent's is mostly silent.
    naive = own & (hit > 0) & (2 * hit >= n_child) & (lost > 0) & (2 * lost >= hit)
    absorbed = (pd.Series(missed) <= tolerances.delta) & (pd.Series(fires) <= tolerances.delta)
    names = np.array(concepts.names, dtype=object)
    n_child_neuron = np.where(has_d, judged.neuron_sizes[theta_d], 0)
    return framed(
        "edges",
        {
            "parent": names[parent],
            "child": names[child],
            "parent_neuron": numbers(theta_c),
            "child_neuron": numbers(theta_d),
            "n_parent": n_parent,
            "n_child": n_child,
            "n_rest": n_rest,
            "on_rest": numbers(on_rest, has_c),
            "on_child": numbers(on_child, has_c),
            "n_absorbed": numbers(lost, pair),
            "n_hit": numbers(hit, has_d),
            "rate": ratio(lost, n_child, pair),
            "gap": pd.Series(ratio(on_rest, n_rest, has_c)) - pd.Series(fires),
            "n_both": numbers(together, pair),
            "n_child_neuron": numbers(n_child_neuron, has_d),
            "implication": ratio(together, n_child_neuron, pair),
            "own_neurons": own,
            "owns_parent": has_c & (who.concept[theta_c] == parent),
            "absorbed": absorbed.fillna(False).to_numpy(bool) & own & (lost > 0),
            "naive": naive,
            **dict.fromkeys(("probe_found", "probe", "controlled"), [None] * len(child)),
        },
    )


def _met(
    activity: Activity,
    concepts: ConceptSet,
    choosing: npt.NDArray[np.bool_],
    who: Best,
    parent: npt.NDArray[np.int64],
    child: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Judged points with both neurons firing; points of the child with only its own neuron firing."""
    together, lost = (np.zeros(len(child), dtype=np.int64) for _ in range(2))
    known = np.flatnonzero(who.neuron >= 0)
    assigned = sparse.csr_array(
        (np.ones(len(known), dtype=np.int32), (who.neuron[known], known)),
        shape=(activity.d_sae, concepts.n_concepts),
    )
    for where, fires in activity.pieces() if len(child) else ():
        rows = np.flatnonzero(~choosing[where])
        # A column a concept: where its neuron fires.
        of_concept = (fires[rows].astype(np.int32) @ assigned).tocsc()
        theta_c, theta_d = of_concept[:, parent], of_concept[:, child]
        held = concepts.membership[where][rows].astype(np.int32).tocsc()[:, child].multiply(theta_d)
        together += np.asarray(theta_c.multiply(theta_d).sum(axis=0)).ravel()
        lost += np.asarray(held.sum(axis=0) - held.multiply(theta_c).sum(axis=0)).ravel()
    return together, lost
