"""Clusters of neurons by pairwise co-occurrence, which the field uses where we use families."""

from __future__ import annotations

import numbers
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.cluster import hierarchy
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

from saelib.errors import InputError
from saelib.lattice import Context
from saelib.sets import ActivationSets

__all__ = ["co_occurrence_clusters"]

Score = Literal["jaccard", "phi"]


def co_occurrence_clusters(
    activations: ActivationSets,
    *,
    threshold: float,
    score: Score = "jaccard",
    linkage: Literal["single", "average"] = "single",
    min_size: int = 2,
) -> pd.DataFrame:
    r"""Cut a dictionary into clusters of neurons that fire together pair by pair.

    What studies of co-occurrence do, for comparison with :func:`~saelib.phenomena.families`. The two answer
    different questions. A cluster is held together by pairs: its neurons need not have a single point in
    common, and ``support`` may be 0, while the neurons of a family all fire together on ``support`` points by
    definition.
    And clusters are disjoint: a neuron that takes part in three groups is put into one, or the groups are
    merged.

    Parameters
    ----------
    activations : ActivationSets
        θ_j over ``n_points`` points.
    threshold : float
        Least score at which neurons are joined, above 0 and at most 1.
    score : {"jaccard", "phi"}, default "jaccard"
        Of a pair: μ(θ_i∩θ_j)/μ(θ_i∪θ_j), or the correlation of the two indicators.
    linkage : {"single", "average"}, default "single"
        "single": connected components of the graph of pairs at or above the threshold. "average":
        agglomerative clustering, merging the two clusters of the largest mean score for as long as it
        reaches the threshold; memory for the square of the number of living neurons.
    min_size : int, default 2
        Least number of neurons in a cluster that is listed.

    Returns
    -------
    pandas.DataFrame
        One row a cluster, by falling size, then falling mean score, then neurons:

        - ``neurons``: their numbers, ascending, a tuple; ``size``: how many.
        - ``support``: points on which all of them fire, 0 where they have no common region.
        - ``mean_score``: mean score of all its pairs.

        Neurons that never fire have no score and are in no cluster; nor, for "phi", are those that always do.

    Raises
    ------
    InputError
        If the activations are something else, cover no points, or an option is not in its range.

    References
    ----------
    Li et al. 2024, arXiv:2410.19750, cluster features by Jaccard, phi and other co-occurrence scores.

    Examples
    --------
    A ring of three neurons, each pair together on one point, all three nowhere:

    >>> ring = ActivationSets([[1, 1, 0], [0, 1, 1], [1, 0, 1]])
    >>> co_occurrence_clusters(ring, threshold=0.3)[["neurons", "support"]].values.tolist()
    [[(0, 1, 2), 0]]
    """
    context = Context.from_activations(activations)
    if not activations.n_points:
        raise InputError("activations", "covers no points", "give at least one point")
    if isinstance(threshold, bool) or not isinstance(threshold, numbers.Real) or not 0 < threshold <= 1:
        raise InputError("threshold", f"is {threshold!r}", "give a number above 0 and at most 1")
    for argument, value, choices in (
        ("score", score, ("jaccard", "phi")),
        ("linkage", linkage, ("single", "average")),
    ):
        if value not in choices:
            raise InputError(argument, f"is {value!r}", f"give {choices[0]!r} or {choices[1]!r}")
    if isinstance(min_size, bool) or not isinstance(min_size, (int, np.integer)) or min_size < 2:
        raise InputError("min_size", f"is {min_size!r}", "give an integer from 2 up")
    living = activations.sizes > 0
    if score == "phi":
        living &= activations.sizes < activations.n_points
    kept = np.flatnonzero(living)
    pairs = _Pairs(activations, kept, score)
    label = (_components if linkage == "single" else _averaged)(pairs, float(threshold))
    by_label = np.argsort(label, kind="stable")
    groups = np.split(by_label, np.flatnonzero(np.diff(label[by_label])) + 1)
    rows: list[tuple[Any, ...]] = []
    for group in groups:
        if len(group) >= min_size:
            between = pairs.block(group)[np.triu_indices(len(group), k=1)]
            neurons = kept[group]
            support = len(context.extent(neurons))
            rows.append((tuple(neurons.tolist()), len(group), support, float(between.mean())))
    rows.sort(key=lambda row: (-row[1], -row[3], row[0]))
    kinds = {"neurons": "object", "size": "int64", "support": "int64", "mean_score": "float64"}
    return pd.DataFrame(
        {
            name: pd.Series([row[i] for row in rows], dtype=kind)
            for i, (name, kind) in enumerate(kinds.items())
        }
    )


class _Pairs:
    """Scores of pairs of the neurons that have one."""

    def __init__(self, activations: ActivationSets, kept: npt.NDArray[np.int64], score: Score) -> None:
        sets = activations.membership[:, kept].astype(np.int64)
        self.together: sparse.csr_array = sparse.csr_array(sets.T @ sets)
        self.sizes = activations.sizes[kept]
        self.n_points, self.score = activations.n_points, score

    def of(self, both: np.ndarray, one: np.ndarray, two: np.ndarray) -> npt.NDArray[np.float64]:
        """Score from the points of both, of the one and of the other set."""
        if self.score == "jaccard":
            return both / (one + two - both)
        n = self.n_points
        spread = np.sqrt(one * (n - one)) * np.sqrt(two * (n - two))
        return (n * both - one * two) / spread

    def block(self, group: np.ndarray) -> npt.NDArray[np.float64]:
        """Scores of all pairs of some neurons, dense."""
        both = self.together[group][:, group].toarray()
        return self.of(both, self.sizes[group][:, None], self.sizes[group][None, :])


def _components(pairs: _Pairs, threshold: float) -> npt.NDArray[np.int64]:
    both = pairs.together.tocoo()  # pairs that never meet score 0 or less and are never joined
    joined = pairs.of(both.data, pairs.sizes[both.row], pairs.sizes[both.col]) >= threshold
    edges = sparse.coo_array(
        (joined[joined].astype(np.int8), (both.row[joined], both.col[joined])), shape=both.shape
    )
    return connected_components(edges, directed=False)[1].astype(np.int64)


def _averaged(pairs: _Pairs, threshold: float) -> npt.NDArray[np.int64]:
    if len(pairs.sizes) < 2:
        return np.zeros(len(pairs.sizes), dtype=np.int64)
    distance = 1.0 - pairs.block(np.arange(len(pairs.sizes)))
    tree = hierarchy.average(squareform(distance, checks=False))
    return hierarchy.fcluster(tree, 1.0 - threshold, criterion="distance").astype(np.int64)
