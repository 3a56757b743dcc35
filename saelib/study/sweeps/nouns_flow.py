"""What became of the neurons of a small dictionary in a larger one, and of their names."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    from saelib.study.sweeps.nouns_halves import TwoHalves

RELATIONS = ("same", "narrower", "wider", "unrelated")
_DEALT = 20  # times names are dealt out anew
_FOLLOWED = {
    "d_sae": "int64", "to": "int64", "example": "object",
    "coarse": "Int64", "fine": "Int64", "n_coarse": "Int64", "n_fine": "Int64", "n_both": "Int64",
    "coarse_name": "object", "fine_name": "object", "coarse_jaccard": "Float64", "fine_jaccard": "Float64",
}  # fmt: skip


def names_of(dictionary: TwoHalves, least: float) -> npt.NDArray[np.int64]:
    """The best concept of every neuron on the choosing half, where it is good enough to be a name.

    Parameters
    ----------
    dictionary : TwoHalves
        Any.
    least : float
        Least Jaccard index.

    Returns
    -------
    ndarray of int64 [d_sae]
        Concepts, -1 for a neuron without a name.

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet, align
    >>> from saelib.study.sweeps.nouns_halves import TwoHalves
    >>> a = align(ActivationSets([[1, 1], [1, 0]]), ConceptSet([[1], [1]]))
    >>> names_of(TwoHalves((None, None), a, a), 0.6).tolist()
    [0, -1]
    """
    chosen = dictionary.chosen
    named = chosen.interpret()
    score = np.where(named >= 0, chosen.jaccard[np.arange(len(named)), named], 0.0)
    return np.where(score >= least, named, -1)


def flows(coarse: TwoHalves, fine: TwoHalves, least: float, seed: int) -> dict[str, Any]:
    """Count what became of coarse neurons, and how the names of their parts relate to theirs.

    Parameters
    ----------
    coarse, fine : TwoHalves
        Two dictionaries on the same nouns.
    least : float
        As for :func:`names_of`.
    seed : int
        Of the names dealt out anew among the named fine neurons, ≥ 0.

    Returns
    -------
    dict
        See ``nouns_flow`` of :func:`saelib.study.sweeps.nouns_phenomena.phenomena`.

    Examples
    --------
    A neuron and its two halves:

    >>> from saelib import ActivationSets, ConceptSet, align
    >>> from saelib.study.sweeps.nouns_halves import TwoHalves
    >>> concepts = ConceptSet([[1, 1], [1, 0], [0, 0]], names=["bird", "duck"], parents=[-1, 0])
    >>> one = align(ActivationSets([[1], [1], [0]]), concepts)
    >>> two = align(ActivationSets([[1, 0], [0, 1], [0, 0]]), concepts)
    >>> found = flows(TwoHalves((0, 0), one, one), TwoHalves((0, 0), two, two), 0.5, 0)
    >>> [found[name] for name in ("alive", "split", "same", "narrower")]
    [1, 1, 1, 1]
    """
    from saelib.phenomena import flow

    a, b = coarse.judged.activations, fine.judged.activations
    links = flow(a, b)
    parts = links.groupby("coarse").size()
    alive, fine_alive = int((a.sizes > 0).sum()), int((b.sizes > 0).sum())
    row: dict[str, Any] = {
        "alive": alive,
        "kept": _kept(a, b),
        "split": int((parts > 1).sum()),
        "gone": alive - len(parts),
        "fine_alive": fine_alive,
        "new": fine_alive - links.fine.nunique(),
    }
    mine, theirs = names_of(coarse, least), names_of(fine, least)
    one, two = links.coarse.to_numpy(dtype=np.int64), links.fine.to_numpy(dtype=np.int64)
    both = (mine[one] >= 0) & (theirs[two] >= 0)
    one, two = one[both], two[both]
    lineage = _lineage(coarse.judged.concepts.parents)
    row |= {"named": len(one), **_relations(mine[one], theirs[two], lineage)}
    rng, named = np.random.default_rng(seed), np.flatnonzero(theirs >= 0)
    drawn = []
    for _ in range(_DEALT):
        dealt = theirs.copy()
        dealt[named] = theirs[rng.permutation(named)]
        drawn.append(_relations(mine[one], dealt[two], lineage))
    return row | {f"dealt_{name}": float(np.mean([each[name] for each in drawn])) for name in RELATIONS}


def followed(dictionaries: dict[int, TwoHalves], examples: tuple[str, ...], least: float) -> pd.DataFrame:
    """Follow the neurons whose name lies at or below some concepts from size to size.

    Parameters
    ----------
    dictionaries : dict of int to TwoHalves
        By their number of neurons.
    examples : tuple of str
        Concepts.
    least : float
        As for :func:`names_of`.

    Returns
    -------
    DataFrame
        See ``nouns_flow_examples`` of :func:`saelib.study.sweeps.nouns_phenomena.phenomena`.

    Examples
    --------
    >>> followed({}, ("bird",), 0.1).shape[0]
    0
    """
    from saelib.phenomena import flow

    found = [pd.DataFrame(columns=list(_FOLLOWED))]
    for a, b in pairwise(sorted(dictionaries)):
        coarse, fine = dictionaries[a], dictionaries[b]
        pairs = flow(coarse.judged.activations, fine.judged.activations)[["coarse", "fine", "n_both"]]
        for example in examples:
            left, right = _at_or_below(coarse, example, least), _at_or_below(fine, example, least)
            inside = pairs[pairs.coarse.isin(left.coarse) & pairs.fine.isin(right.coarse)]
            right = right.rename(columns=lambda column: column.replace("coarse", "fine"))
            joined = inside.merge(left, on="coarse", how="outer").merge(right, on="fine", how="outer")
            found.append(joined.assign(d_sae=a, to=b, example=example))
    whole = pd.concat([frame for frame in found if len(frame)] or found, ignore_index=True)
    return whole[list(_FOLLOWED)].astype(_FOLLOWED)


def _at_or_below(dictionary: TwoHalves, example: str, least: float) -> pd.DataFrame:
    """Neurons that fire on the judging half and whose name is a concept or one below it."""
    concepts = dictionary.judged.concepts
    root, named = concepts.index(example), names_of(dictionary, least)
    under = _lineage(concepts.parents)[root]
    under[root] = True
    neurons = np.flatnonzero((named >= 0) & under[named] & (dictionary.judged.neuron_sizes > 0))
    return pd.DataFrame(
        {
            "coarse": neurons,
            "n_coarse": dictionary.judged.neuron_sizes[neurons],
            "coarse_name": np.array(concepts.names, dtype=object)[named[neurons]],
            "coarse_jaccard": dictionary.judged.jaccard[neurons, named[neurons]],
        }
    )


def _kept(coarse: Any, fine: Any) -> int:
    """Coarse neurons with a fine one at Jaccard index at least one half."""
    from saelib.phenomena import flow

    # Jaccard index >= 1/2 implies that at least half of the fine neuron lies inside.
    links = flow(coarse, fine)
    return int(links[2 * links.n_both >= links.n_coarse + links.n_fine - links.n_both].coarse.nunique())


def _lineage(parents: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """``[c, d]``: whether d lies properly below c."""
    below = np.zeros((len(parents), len(parents)), dtype=np.bool_)
    for child in range(len(parents)):
        above = parents[child]
        while above >= 0:
            below[above, child] = True
            above = parents[above]
    return below


def _relations(
    coarse: npt.NDArray[np.int64], fine: npt.NDArray[np.int64], below: npt.NDArray[np.bool_]
) -> dict[str, int]:
    same, narrower, wider = coarse == fine, below[coarse, fine], below[fine, coarse]
    counts = [int(flags.sum()) for flags in (same, narrower, wider)]
    return dict(zip(RELATIONS, [*counts, len(coarse) - sum(counts)], strict=True))
