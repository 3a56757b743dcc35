"""The table of budgets: bounds of the theory with the numbers of one dictionary put in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from saelib.analysis.counting import Counted
from saelib.analysis.framing import framed
from saelib.geometry.bounds import size_floor
from saelib.geometry.bounds.exact import sum_exceeds

__all__ = ["budget_rows"]


def budget_rows(counted: Counted) -> pd.DataFrame:
    """The table ``budget``, see :data:`~saelib.analysis.columns.TABLES`.

    Parameters
    ----------
    counted : Counted
        Counts of all points.

    Returns
    -------
    pandas.DataFrame
        Sparsity budget (T5d), its companion for the size, and the Jaccard budgets of the neuron and of the
        concept that use most of theirs (T5e); the same numbers as
        :func:`saelib.geometry.bounds.sparsity_budget` and :func:`saelib.geometry.bounds.jaccard_budget` count
        on all points at once.

    Examples
    --------
    >>> from saelib.analysis.columns import TABLES
    >>> [column.name for column in TABLES["budget"].columns][:2]
    ['bound', 'quantity']
    """
    counts, theta, size = counted.counts, counted.neuron_sizes, counted.concept_sizes
    neurons, concepts = linear_sum_assignment(counts, maximize=True)
    missed = int(size.sum() - counts[neurons, concepts].sum())
    floor = int(size_floor(size, len(theta)))
    rows: list[tuple[str, str, float, float, str, str, bool, str]] = [
        (
            "T5d", "concept memberships missed by the best one-to-one assignment", counted.floor, missed,
            "memberships", "at least", missed >= counted.floor,
            "On a point with more concepts than firing neurons some concept is missed, however neurons are "
            "assigned.",
        ),
        (
            "T5d, size", "concept memberships missed by the best one-to-one assignment", floor, missed,
            "memberships", "at least", missed >= floor,
            "With fewer neurons than concepts the smallest concepts stay without a neuron.",
        ),
    ]  # fmt: skip
    either = np.maximum(theta[:, None] + size[None, :] - counts, 1)
    neuron_names = counted.chosen.activations.names
    concept_names = [f"concept {name!r}" for name in counted.chosen.concepts.names]
    rows.append(_jaccard(counts, either, counted.met, theta, "neuron", neuron_names))
    rows.append(_jaccard(counts.T, either.T, counted.fired, size, "concept", concept_names))
    names = ("bound", "quantity", "limit", "measured", "unit", "kind", "holds", "meaning")
    return framed("budget", {name: [row[i] for row in rows] for i, name in enumerate(names)})


def _jaccard(
    counts: np.ndarray,
    either: np.ndarray,
    met: np.ndarray,
    sizes: np.ndarray,
    who: str,
    names: Sequence[str],
) -> tuple[str, str, float, float, str, str, bool, str]:
    sums, means = (counts / either).sum(axis=1), met / np.maximum(sizes, 1)
    share = np.divide(sums, means, out=np.zeros_like(sums), where=means > 0)
    most = int(share.argmax()) if len(share) else 0
    over = sum_exceeds(counts, either, met, np.maximum(sizes, 1))
    others, mean = (
        ("concepts", "concepts a point") if who == "neuron" else ("neurons", "firing neurons a point")
    )
    return (
        "T5e",
        f"sum of Jaccard indices with all {others}, of the {who} that uses most of its budget: {names[most]}",
        float(means[most]),
        float(sums[most]),
        "sum of Jaccard indices",
        "at most",
        not bool(over.any()),
        f"The indices of one {who} add up to at most the mean number of {mean} over its own points.",
    )
