"""Families and clusters of neurons on nouns, and how many of their regions are a concept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from saelib.sets import ActivationSets, ConceptSet

_EXPLAINED = 0.5  # least Jaccard index of a region with a concept
_LOOKED_AT = 500  # regions held against the concepts, the largest lifts


def family_counts(
    activations: ActivationSets, concepts: ConceptSet, share: float, work: int, cluster: float
) -> dict[str, Any]:
    """Count families and clusters of neurons, and how many of their regions are a concept.

    Parameters
    ----------
    activations : ActivationSets
        On the judging half.
    concepts : ConceptSet
        Over the same nouns.
    share : float
        Least support of a family, as a share of the nouns.
    work : int
        Budget of the search.
    cluster : float
        Least Jaccard index of two neurons of a cluster.

    Returns
    -------
    dict
        See ``nouns_families`` of :func:`saelib.study.sweeps.nouns_phenomena.phenomena`.

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet
    >>> a = ActivationSets([[1, 1, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0]])
    >>> found = family_counts(a, ConceptSet([[1], [1], [0], [0]]), 0.25, 1000, 0.5)
    >>> [found[name] for name in ("families", "twice", "explained", "clusters")]
    [1, 1, 1, 1]
    """
    from saelib import ActivationSets, align
    from saelib.phenomena import co_occurrence_clusters, families

    n = activations.n_points
    found = families(activations, min_support=max(1, round(share * n)), max_work=work, max_concepts=20_000)
    groups = co_occurrence_clusters(activations, threshold=cluster)
    few = found.head(_LOOKED_AT)
    explained = 0
    if len(few):
        regions = np.zeros((n, len(few)), dtype=np.bool_)
        for i, neurons in enumerate(few.neurons):
            regions[_common(activations, neurons), i] = True
        explained = int((align(ActivationSets(regions), concepts).jaccard.max(axis=1) >= _EXPLAINED).sum())
    return {
        "families": len(found),
        "complete": bool(found.attrs["complete"]),
        "largest": int(found["size"].max()) if len(found) else 0,
        "twice": int((found.lift >= 2).sum()),
        "looked_at": len(few),
        "explained": explained,
        "pairs": int((found["size"] == 2).sum()),
        "clusters": len(groups),
        "clustered": int(groups["size"].sum()),
        "no_point": int((groups.support == 0).sum()),
    }


def drawn_anew(activations: ActivationSets, seed: int) -> ActivationSets:
    """Every neuron on as many points as before, but on any.

    Parameters
    ----------
    activations : ActivationSets
        Any.
    seed : int
        Of the drawing, ≥ 0.

    Returns
    -------
    ActivationSets
        Of the same sizes.

    Examples
    --------
    >>> from saelib import ActivationSets
    >>> drawn_anew(ActivationSets([[1, 1], [0, 1], [0, 0]]), 0).sizes.tolist()
    [1, 2]
    """
    from saelib import ActivationSets

    rng = np.random.default_rng(seed)
    fires = np.zeros((activations.n_points, activations.d_sae), dtype=np.bool_)
    for neuron, size in enumerate(activations.sizes.tolist()):
        fires[rng.choice(activations.n_points, size, replace=False), neuron] = True
    return ActivationSets(fires)


def _common(activations: ActivationSets, neurons: tuple[int, ...]) -> npt.NDArray[np.int64]:
    points = activations.extent(int(neurons[0]))
    for j in neurons[1:]:
        points = np.intersect1d(points, activations.extent(int(j)), assume_unique=True)
    return points
