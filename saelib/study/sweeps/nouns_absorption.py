"""Absorption on nouns with controls: what of a naive rule's pairs survives, and how many chance has.

A parent's best neuron that is silent where a child's neuron fires looks like absorption. Two other things
look the same: the neuron never was the parent's, being the best of a bad lot; or the network itself does not
take these nouns for the parent. So a pair has to pass two controls: the parent is the best name of the
neuron, and a linear probe for the parent finds the nouns in question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    from saelib.sets import ConceptSet
    from saelib.study.sweeps.nouns_halves import TwoHalves
    from saelib.study.sweeps.nouns_probes import RidgeProbes

STEPS = ("pairs", "naive", "own", "probe", "both", "rest")


def candidates(dictionary: TwoHalves) -> pd.DataFrame:
    """Every edge between asked concepts with what absorption is judged by, but for the probe.

    Parameters
    ----------
    dictionary : TwoHalves
        Whose neurons are chosen and named on one half and counted on the other.

    Returns
    -------
    DataFrame
        The columns of :func:`saelib.phenomena.absorption` and ``hit`` (nouns of the child on which its
        neuron fires), ``own_name`` (the parent is the best concept of the parent's neuron), ``pair``
        (different neurons that fire on the judging half), ``chance`` (share of all nouns on which the
        parent's neuron fires).

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet, align
    >>> from saelib.study.sweeps.nouns_halves import TwoHalves
    >>> concepts = ConceptSet([[1, 1], [1, 0], [1, 0]], names=["animal", "dog"], parents=[-1, 0])
    >>> a = align(ActivationSets([[0, 1], [1, 0], [1, 0]]), concepts)
    >>> candidates(TwoHalves((None, None), a, a))[["hit", "n_absorbed", "own_name"]].to_numpy().tolist()
    [[1, 1, True]]
    """
    from saelib.phenomena import absorption

    best, named = dictionary.chosen.learn(), dictionary.chosen.interpret()
    judged = dictionary.judged
    edges = absorption(judged, best)
    number = {name: i for i, name in enumerate(judged.concepts.names)}
    parent, child = (edges[column].map(number).to_numpy(dtype=np.int64) for column in ("parent", "child"))
    above, below = best[parent], best[child]
    asked = (dictionary.chosen.concept_sizes > 0) & (judged.concept_sizes > 0)
    sizes = judged.neuron_sizes
    edges["hit"] = np.where(below >= 0, judged.counts[below, child], 0)
    edges["own_name"] = (above >= 0) & (named[above] == parent)
    edges["pair"] = (above >= 0) & (below >= 0) & (above != below) & (sizes[above] > 0) & (sizes[below] > 0)
    edges["chance"] = np.where(above >= 0, sizes[above], 0) / judged.total
    return edges[asked[parent] & asked[child]].reset_index(drop=True)


def naive_rule(edges: pd.DataFrame, share: float) -> npt.NDArray[np.bool_]:
    """Edges whose child has a neuron, on most of whose hits the parent's neuron is silent.

    Parameters
    ----------
    edges : DataFrame
        As :func:`candidates` makes them.
    share : float
        What counts as most, in (0, 1].

    Returns
    -------
    ndarray of bool [n_edges]
        Whether the child's neuron fires on at least this share of the child, and the parent's is silent on
        at least this share of these nouns.

    Examples
    --------
    >>> edges = pd.DataFrame({"pair": True, "n_child": [4, 4], "hit": [2, 1], "n_absorbed": [1, 1]})
    >>> naive_rule(edges, 0.5).tolist()
    [True, False]
    """
    hit, absorbed = edges.hit.to_numpy(), edges.n_absorbed.to_numpy()
    found: npt.NDArray[np.bool_] = (
        edges.pair.to_numpy(dtype=np.bool_)
        & (hit > 0)
        & (hit >= share * edges.n_child.to_numpy())
        & (absorbed > 0)
        & (absorbed >= share * hit)
    )
    return found


def probe_found(
    dictionary: TwoHalves,
    edges: pd.DataFrame,
    probes: RidgeProbes,
    points: npt.NDArray[np.floating],
) -> pd.Series:
    """On how many of the absorbed nouns a linear probe for the parent fires.

    Parameters
    ----------
    dictionary : TwoHalves
        As for :func:`candidates`.
    edges : DataFrame
        Some of its edges.
    probes : RidgeProbes
        On the points of the choosing half.
    points : ndarray [n_judging, d_in]
        Those of the judging half.

    Returns
    -------
    Series
        Int64, aligned with ``edges``.

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet, align
    >>> from saelib.study.sweeps.nouns_halves import TwoHalves
    >>> from saelib.study.sweeps.nouns_probes import RidgeProbes
    >>> concepts = ConceptSet([[1, 1], [1, 0], [0, 0]], names=["animal", "dog"], parents=[-1, 0])
    >>> x = np.array([[1.0], [1.1], [0.0]])
    >>> two = TwoHalves((None, None), *[align(ActivationSets([[0, 1], [1, 0], [0, 0]]), concepts)] * 2)
    >>> probe_found(two, candidates(two), RidgeProbes(x), x).tolist()
    [1]
    """
    chosen, judged = dictionary.chosen.concepts, dictionary.judged
    parents = [judged.concepts.index(name) for name in dict.fromkeys(edges.parent)]
    if not parents:
        return pd.Series([], dtype="Int64", index=edges.index)
    says = probes.found(chosen.membership[:, parents], points)
    column = {judged.concepts.names[p]: i for i, p in enumerate(parents)}
    found = []
    fires, columns = judged.activations, ("parent", "child", "parent_neuron", "child_neuron")
    for parent, child, above, below in zip(*(edges[name].tolist() for name in columns), strict=True):
        on = np.intersect1d(judged.concepts.extent(child), fires.extent(below), assume_unique=True)
        absorbed = np.setdiff1d(on, fires.extent(above), assume_unique=True)
        found.append(int(says[absorbed, column[parent]].sum()))
    return pd.Series(found, dtype="Int64", index=edges.index)


def judged_edges(
    dictionary: TwoHalves,
    probes: RidgeProbes,
    points: npt.NDArray[np.floating],
    shares: tuple[float, ...],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take the edges of one dictionary through the naive rule and both controls.

    Parameters
    ----------
    dictionary, probes, points
        As for :func:`probe_found`.
    shares : tuple of float
        What counts as most; the first decides.

    Returns
    -------
    edges, counts : DataFrame
        The edges with ``naive``, ``own``, ``probe``, ``both``, ``rest`` at the first share and
        ``probe_found`` (unavailable for edges that are naive at no share); and one row a share with the
        numbers of edges
        that pass.

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet, align
    >>> from saelib.study.sweeps.nouns_halves import TwoHalves
    >>> from saelib.study.sweeps.nouns_probes import RidgeProbes
    >>> concepts = ConceptSet([[1, 1], [1, 0], [1, 0], [0, 0]], names=["animal", "dog"], parents=[-1, 0])
    >>> fires = align(ActivationSets([[0, 1], [1, 0], [1, 0], [0, 0]]), concepts)
    >>> x = np.array([[1.0], [1.1], [1.2], [0.0]])
    >>> two = TwoHalves((None, None), fires, fires)
    >>> judged_edges(two, RidgeProbes(x), x, (0.5,))[1]["both"].tolist()
    [1]
    """
    edges = candidates(dictionary)
    asked = naive_rule(edges, min(shares)) & edges.pair.to_numpy(dtype=np.bool_)
    edges["probe_found"] = pd.array([pd.NA] * len(edges), dtype="Int64")
    edges.loc[asked, "probe_found"] = probe_found(dictionary, edges[asked], probes, points)
    rows: list[dict[str, Any]] = []
    for position, share in enumerate(shares):
        naive = naive_rule(edges, share)
        probe = naive & (edges.probe_found.fillna(0).to_numpy() >= share * edges.n_absorbed.to_numpy())
        own = naive & edges.own_name.to_numpy(dtype=np.bool_)
        rest = own & probe & (edges.on_rest.to_numpy() >= share * edges.n_rest.to_numpy())
        passed = {"naive": naive, "own": own, "probe": probe, "both": own & probe, "rest": rest}
        if position == 0:
            edges = edges.assign(**passed)
        counts = {name: int(flags.sum()) for name, flags in passed.items()}
        rows.append({"share": share, "asked": len(edges), "pairs": int(edges.pair.sum()), **counts})
    return edges, pd.DataFrame(rows)


def dealt_out(concepts: tuple[ConceptSet, ConceptSet], seed: int) -> tuple[ConceptSet, ConceptSet]:
    """Deal the memberships of whole nouns out anew within each half.

    Parameters
    ----------
    concepts : pair of ConceptSet
        On the choosing and on the judging half.
    seed : int
        Of the permutations, ≥ 0.

    Returns
    -------
    pair of ConceptSet
        Sizes on each half and the forest stay.

    Examples
    --------
    >>> from saelib import ConceptSet
    >>> c = ConceptSet([[1], [0], [0]])
    >>> [each.sizes.tolist() for each in dealt_out((c, c), 0)]
    [[1], [1]]
    """
    rng = np.random.default_rng(seed)
    fit, test = (each.take_points(rng.permutation(each.n_points)) for each in concepts)
    return fit, test
