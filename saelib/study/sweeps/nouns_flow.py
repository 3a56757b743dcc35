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
    """Follow the best neuron of some concepts from size to size.

    Parameters
    ----------
    dictionaries : dict of int to TwoHalves
        By their number of neurons.
    examples : tuple of str
        Concepts; those that no neuron was found for are left out.
    least : float
        As for :func:`names_of`.

    Returns
    -------
    DataFrame
        See ``nouns_flow_examples`` of :func:`saelib.study.sweeps.nouns_phenomena.phenomena`. A neuron without
        parts ends there.

    Examples
    --------
    >>> followed({}, ("bird",), 0.1).shape[0]
    0
    """
    from saelib.phenomena import flow

    sizes = sorted(dictionaries)
    columns = [
        "d_sae", "to", "example", "coarse", "fine", "n_coarse", "n_fine", "n_both",
        "coarse_name", "fine_name", "coarse_jaccard", "fine_jaccard",
    ]  # fmt: skip
    found = []
    links = [
        flow(dictionaries[a].judged.activations, dictionaries[b].judged.activations)
        for a, b in pairwise(sizes)
    ]
    for example in examples if links else ():
        first = dictionaries[sizes[0]].chosen
        now = [int(first.learn()[first.concepts.index(example)])]
        for step, (a, b) in enumerate(pairwise(sizes)):
            part = links[step][links[step].coarse.isin(now)]
            frame = part[["coarse", "fine", "n_coarse", "n_fine", "n_both"]].assign(
                d_sae=a, to=b, example=example
            )
            for side, size in (("coarse", a), ("fine", b)):
                named = _named(dictionaries[size], part[side].to_numpy(dtype=np.int64), least)
                frame[f"{side}_name"], frame[f"{side}_jaccard"] = named
            found.append(frame)
            now = part.fine.tolist()
    whole = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns)
    return whole[columns].astype({"coarse_jaccard": "Float64", "fine_jaccard": "Float64"})


def _named(dictionary: TwoHalves, neurons: npt.NDArray[np.int64], least: float) -> tuple[Any, Any]:
    names = names_of(dictionary, least)[neurons]
    text = np.array(dictionary.judged.concepts.names, dtype=object)[names]
    score = pd.array(dictionary.judged.jaccard[neurons, names], dtype="Float64")
    text[names < 0] = None
    score[names < 0] = pd.NA
    return text, score


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
