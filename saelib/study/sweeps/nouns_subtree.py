"""What is needed to draw a subtree of the concepts beside the neurons that stand for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    from saelib.alignment import Alignment
    from saelib.sets import ConceptSet
    from saelib.study.sweeps.nouns_halves import TwoHalves


def subtree(concepts: ConceptSet, root: str, widest: int) -> npt.NDArray[np.int64]:
    """The largest concepts at or below one.

    Parameters
    ----------
    concepts : ConceptSet
        With parents.
    root : str
        A name.
    widest : int
        Concepts, at most.

    Returns
    -------
    ndarray of int64
        Numbers, the root first, then by falling size.

    Examples
    --------
    >>> from saelib import ConceptSet
    >>> table = [[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 1, 0], [0, 0, 0, 1]]
    >>> c = ConceptSet(table, names=["animal", "dog", "bird", "tree"], parents=[-1, 0, 0, -1])
    >>> subtree(c, "animal", 2).tolist()
    [0, 2]
    """
    top = concepts.index(root)
    under = {top}
    grown = True
    while grown:
        more = {i for i, parent in enumerate(concepts.parents.tolist()) if parent in under} - under
        grown = bool(more)
        under |= more
    below = np.array(sorted(under - {top}), dtype=np.int64)
    by_size = below[np.argsort(-concepts.sizes[below], kind="stable")]
    return np.concatenate([[top], by_size])[:widest]


def patterns(
    alignment: Alignment, which: npt.NDArray[np.int64], neurons: npt.NDArray[np.int64]
) -> pd.DataFrame:
    """How many nouns of a subtree have which of its concepts, and on how many which neurons fire.

    Parameters
    ----------
    alignment : Alignment
        On one half.
    which : ndarray of int
        Concepts, the root first.
    neurons : ndarray of int
        The neuron that stands for each, -1 for none.

    Returns
    -------
    DataFrame
        ``part``, ``pattern``, ``nouns``; see ``nouns_subtree`` of
        :func:`saelib.study.sweeps.nouns_phenomena.phenomena`.

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet, align
    >>> concepts = ConceptSet([[1, 1], [1, 0], [0, 0]], names=["animal", "dog"], parents=[-1, 0])
    >>> a = align(ActivationSets([[1, 0], [1, 0], [0, 1]]), concepts)
    >>> patterns(a, np.array([0, 1]), np.array([0, -1])).to_numpy().tolist()
    [['concept', 'animal', 1], ['concept', 'animal|dog', 1], ['neuron', 'animal', 2]]
    """
    names = np.array(alignment.concepts.names, dtype=object)[which]
    rows = alignment.concepts.extent(int(which[0]))
    member = alignment.concepts.membership[rows][:, which].toarray()
    fires = np.zeros(member.shape, dtype=np.bool_)
    there = np.flatnonzero(neurons >= 0)
    fires[:, there] = alignment.activations.membership[rows][:, neurons[there]].toarray()
    frames = []
    for part, table in (("concept", member), ("neuron", fires)):
        text = pd.Series(["|".join(names[row]) for row in table], dtype=object)
        counted = text.value_counts().sort_index()
        frames.append(pd.DataFrame({"part": part, "pattern": counted.index, "nouns": counted.to_numpy()}))
    return pd.concat(frames, ignore_index=True)


def context_of(frame: pd.DataFrame, names: list[str]) -> Any:
    """The context that some rows of ``nouns_subtree`` were counted from, one object a noun.

    Parameters
    ----------
    frame : DataFrame
        ``pattern`` and ``nouns`` of one dictionary, half and part.
    names : list of str
        Attributes: concepts, in order.

    Returns
    -------
    saelib.lattice.Context
        Objects have no names.

    Examples
    --------
    >>> frame = pd.DataFrame({"pattern": ["animal", "animal|dog", ""], "nouns": [2, 1, 1]})
    >>> context_of(frame, ["animal", "dog"]).incidence.toarray().sum(axis=0).tolist()
    [3, 1]
    """
    from saelib.lattice import Context

    rows = [[name in pattern.split("|") for name in names] for pattern in frame.pattern]
    table = np.array(rows, dtype=np.bool_).reshape(len(frame), len(names))
    return Context(np.repeat(table, frame.nouns.to_numpy(), axis=0), attributes=names)


def subtree_patterns(dictionary: TwoHalves, root: str, widest: int) -> pd.DataFrame:
    """Patterns of a subtree on both halves, with the neurons chosen on the choosing half.

    Parameters
    ----------
    dictionary : TwoHalves
        Any.
    root, widest
        As for :func:`subtree`.

    Returns
    -------
    DataFrame
        ``half`` and the columns of :func:`patterns`.

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet, align
    >>> from saelib.study.sweeps.nouns_halves import TwoHalves
    >>> a = align(ActivationSets([[1], [0]]), ConceptSet([[1], [0]], names=["animal"]))
    >>> subtree_patterns(TwoHalves((None, None), a, a), "animal", 3).half.tolist()
    ['choosing', 'choosing', 'judging', 'judging']
    """
    which = subtree(dictionary.chosen.concepts, root, widest)
    neurons = dictionary.chosen.learn()[which]
    both = (("choosing", dictionary.chosen), ("judging", dictionary.judged))
    return pd.concat([patterns(a, which, neurons).assign(half=half) for half, a in both], ignore_index=True)[
        ["half", "part", "pattern", "nouns"]
    ]
