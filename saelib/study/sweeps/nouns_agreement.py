"""Learning and interpretation on nouns, and the order of the neurons that stand for nested concepts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    from saelib.study.sweeps.nouns_halves import TwoHalves

SCORES = (("jaccard", "jaccard"), ("recall", "precision"))


def both_directions(dictionary: TwoHalves) -> pd.DataFrame:
    """Count how many concepts come back to themselves through their best neuron, as claim E6 does.

    Parameters
    ----------
    dictionary : TwoHalves
        Any.

    Returns
    -------
    DataFrame
        One row a pair of scores: ``score``, ``interpret_score``, ``learned``, ``agree``, ``kin``, ``across``,
        ``inside``, ``inside_apart``; see :func:`saelib.study.sweeps.nouns_phenomena.phenomena`.

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet, align
    >>> from saelib.study.sweeps.nouns_halves import TwoHalves
    >>> a = align(ActivationSets([[1, 0], [1, 0], [0, 1]]), ConceptSet([[1], [1], [0]]))
    >>> both_directions(TwoHalves((None, None), a, a))[["learned", "agree"]].iloc[0].tolist()
    [1, 1]
    """
    from saelib.alignment import agreement

    judged = dictionary.judged
    related = _related(judged.concepts.parents)
    rows: list[dict[str, Any]] = []
    for score, back in SCORES:
        learned, named = judged.learn(score), judged.interpret(back)
        before = dictionary.chosen.learn(score)
        found = np.flatnonzero(learned >= 0)
        names = named[learned[found]]
        row: dict[str, Any] = {
            "score": score, "interpret_score": back, "learned": len(found),
            "agree": int((names == found).sum()), "kin": int(related[names, found].sum()),
            "across": int(((named[before[found]] == found) & (before[found] >= 0)).sum()),
            "inside": pd.NA, "inside_apart": pd.NA,
        }  # fmt: skip
        if score == back == "jaccard":
            frame = agreement(judged)
            row["inside"] = int(frame.inside.sum())
            row["inside_apart"] = int((frame.inside & ~frame.agree).sum())
        rows.append(row)
    return pd.DataFrame(rows).astype({"inside": "Int64", "inside_apart": "Int64"})


def orders(dictionary: TwoHalves, seed: int | None = None) -> pd.DataFrame:
    """Count the edges of the forest by how the neurons of their ends lie to each other.

    Parameters
    ----------
    dictionary : TwoHalves
        Neurons are chosen on its choosing half, and their order read off the other.
    seed : int, optional
        If given, the neurons are first dealt out anew among the concepts of each level, as chance would.

    Returns
    -------
    DataFrame
        ``order``, as :func:`saelib.phenomena.hierarchy` has it, and ``edges``, how many (0 too).

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet, align
    >>> from saelib.study.sweeps.nouns_halves import TwoHalves
    >>> concepts = ConceptSet([[1, 1], [1, 0], [0, 0]], names=["animal", "dog"], parents=[-1, 0])
    >>> a = align(ActivationSets([[1, 1], [1, 0], [0, 0]]), concepts)
    >>> orders(TwoHalves((None, None), a, a)).head(1).to_numpy().tolist()
    [['kept', 1]]
    """
    from saelib.phenomena import hierarchy

    neurons = dictionary.chosen.learn()
    if seed is not None:
        rng, levels = np.random.default_rng(seed), dictionary.judged.concepts.levels
        neurons = neurons.copy()
        for level in np.unique(levels):
            at = np.flatnonzero(levels == level)
            neurons[at] = neurons[rng.permutation(at)]
    kinds = ["kept", "equal", "reversed", "crossing", "apart", "unavailable"]
    counted = hierarchy(dictionary.judged, neurons).order.value_counts().reindex(kinds, fill_value=0)
    return pd.DataFrame({"order": kinds, "edges": counted.to_numpy(dtype=np.int64)})


def order_of(dictionary: TwoHalves, edges: pd.DataFrame) -> npt.NDArray[np.object_]:
    """How the neurons of the ends of some edges lie to each other on the judging half.

    Parameters
    ----------
    dictionary : TwoHalves
        Neurons are chosen on its choosing half.
    edges : DataFrame
        ``parent`` and ``child``, names of edges of its forest.

    Returns
    -------
    ndarray of str
        As ``order`` of :func:`saelib.phenomena.hierarchy`, row by row of ``edges``.

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet, align
    >>> from saelib.study.sweeps.nouns_halves import TwoHalves
    >>> concepts = ConceptSet([[1, 1], [1, 0]], names=["animal", "dog"], parents=[-1, 0])
    >>> a = align(ActivationSets([[1, 1], [1, 0]]), concepts)
    >>> edges = pd.DataFrame({"parent": ["animal"], "child": ["dog"]})
    >>> order_of(TwoHalves((None, None), a, a), edges).tolist()
    ['kept']
    """
    from saelib.phenomena import hierarchy

    found = hierarchy(dictionary.judged, dictionary.chosen.learn())
    return (
        edges[["parent", "child"]]
        .merge(found, on=["parent", "child"], how="left")
        .order.to_numpy(dtype=object)
    )


def _related(parents: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether one concept is a proper ancestor of the other; the last row, asked for by -1, is false."""
    related = np.zeros((len(parents) + 1, len(parents)), dtype=np.bool_)
    for child in range(len(parents)):
        above = parents[child]
        while above >= 0:
            related[child, above] = related[above, child] = True
            above = parents[above]
    return related
