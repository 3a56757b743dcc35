"""One neuron or several: the best OR of a few neurons for every noun concept, and the splitting number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    from saelib.sets import ActivationSets, ConceptSet
    from saelib.study.sweeps.nouns_halves import TwoHalves

    Pair = tuple[ActivationSets, ActivationSets]
    Concepts = tuple[ConceptSet, ConceptSet]


def or_of_five(
    fires: Pair,
    concepts: Concepts,
    asked: npt.NDArray[np.intp],
    most: int = 5,
    single: npt.NDArray[np.intp] | None = None,
) -> pd.DataFrame:
    """F1 of the best neuron and of the best OR of a few, chosen on one half and judged on the other.

    Parameters
    ----------
    fires : pair of ActivationSets
        On the choosing and on the judging half.
    concepts : pair of ConceptSet
        Over the same points.
    asked : ndarray of int
        Numbers of concepts that have points on both halves.
    most : int, default 5
        Neurons of the OR, at most. It is grown greedily and pruned; on the choosing half it is never worse
        than the best neuron.
    single : ndarray of int, optional
        Points of the judging half that both are judged on once more, by themselves.

    Returns
    -------
    DataFrame
        One row a concept: ``number``, ``best``, ``or_five`` (F1 on the judging half), ``best_chosen``,
        ``or_five_chosen`` (on the choosing half), ``neurons``, ``best_single``, ``or_single`` (F1 on the
        ``single`` points, 0 without them or if none is of the concept).

    Examples
    --------
    Two neurons have half of the concept each:

    >>> from saelib import ActivationSets, ConceptSet
    >>> a = ActivationSets([[1, 0], [0, 1], [0, 0]])
    >>> c = ConceptSet([[1], [1], [0]])
    >>> or_of_five((a, a), (c, c), np.array([0]))[["or_five", "neurons"]].to_numpy().tolist()
    [[1.0, 2.0]]
    """
    from saelib import align
    from saelib.units import or_unit

    best = align(fires[0], concepts[0]).learn()
    few = (np.empty(0, dtype=np.int64) if single is None else single).astype(np.int64)
    alone = fires[1].take_points(few), concepts[1].take_points(few)
    rows = []
    for i in asked.tolist():
        unit = or_unit(fires[0], (concepts[0], i), most, "jaccard")
        row: dict[str, Any] = {"number": i, "or_five_chosen": unit.f1, "neurons": len(unit.neurons)}
        row["or_five"] = f1_of(fires[1], unit.neurons, concepts[1].extent(i))
        single_best = [int(best[i])] if best[i] >= 0 else []
        row["best"] = f1_of(fires[1], single_best, concepts[1].extent(i))
        row["best_chosen"] = f1_of(fires[0], single_best, concepts[0].extent(i))
        row["best_single"] = f1_of(alone[0], single_best, alone[1].extent(i))
        row["or_single"] = f1_of(alone[0], unit.neurons, alone[1].extent(i))
        rows.append(row)
    columns = ["number", "best", "or_five", "best_chosen", "or_five_chosen", "neurons"]
    return pd.DataFrame(rows, columns=[*columns, "best_single", "or_single"])


def f1_of(fires: ActivationSets, neurons: Any, extent: npt.NDArray[np.intp]) -> float:
    """F1 of the points on which any of some neurons fires with those of a concept; 0 without a neuron.

    Parameters
    ----------
    fires : ActivationSets
        Who fires where.
    neurons : sequence of int
        Numbers.
    extent : ndarray of int
        The concept's points.

    Returns
    -------
    float
        ``2|θ∩C| / (|θ| + |C|)``.

    Examples
    --------
    >>> from saelib import ActivationSets
    >>> round(f1_of(ActivationSets([[1, 0], [1, 0], [0, 1]]), [0, 1], np.array([0, 1])), 3)
    0.8
    """
    if not len(neurons):
        return 0.0
    points = np.unique(np.concatenate([fires.extent(int(j)) for j in neurons]))
    both = np.intersect1d(points, extent, assume_unique=True).size
    return 2 * both / max(points.size + len(extent), 1)


def needed(fires: Pair, concepts: Concepts, asked: npt.NDArray[np.intp], eta: float) -> pd.DataFrame:
    """The smallest OR found that is near a concept on the choosing half, and how near it is on the other.

    Parameters
    ----------
    fires, concepts, asked
        As for :func:`or_of_five`.
    eta : float
        Jaccard distance that counts as near.

    Returns
    -------
    DataFrame
        One row a concept: ``number``; ``needs``, neurons (an upper bound on the splitting number, found
        greedily; unavailable if none was found), ``needs_jaccard`` on the judging half.

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet
    >>> a, c = ActivationSets([[1, 0], [0, 1], [0, 0]]), ConceptSet([[1], [1], [0]])
    >>> needed((a, a), (c, c), np.array([0]), 0.2).to_numpy().tolist()
    [[0, 2, 1.0]]
    """
    from saelib.units import splitting_number

    rows = []
    for i in asked.tolist():
        found = splitting_number(fires[0], (concepts[0], i), eta, search="greedy")
        row: dict[str, Any] = {"number": i, "needs": pd.NA, "needs_jaccard": pd.NA}
        if found.unit is not None:
            f1 = f1_of(fires[1], found.unit.neurons, concepts[1].extent(i))
            row |= {"needs": len(found.unit.neurons), "needs_jaccard": f1 / (2 - f1)}
        rows.append(row)
    frame = pd.DataFrame(rows, columns=["number", "needs", "needs_jaccard"])
    return frame.astype({"number": "int64", "needs": "Int64", "needs_jaccard": "Float64"})


def units(
    trained: TwoHalves,
    random: TwoHalves,
    dealt: Concepts,
    *,
    asked: npt.NDArray[np.intp],
    single: npt.NDArray[np.intp],
    levels: tuple[float, ...],
    every: int,
    most: int,
    eta: float,
) -> pd.DataFrame:
    """The table ``nouns_units`` of one dictionary, without labels.

    Parameters
    ----------
    trained, random : TwoHalves
        The dictionary and one of random directions.
    dealt : pair of ConceptSet
        The concepts dealt out anew within each half.
    asked : ndarray of int
        Concepts with nouns on both halves.
    single : ndarray of int
        Points of the judging half that are single words.
    levels, every, most, eta
        As in :class:`saelib.study.settings.nouns_phenomena.NounsPhenomena`.

    Returns
    -------
    DataFrame
        One row a concept, see :func:`saelib.study.sweeps.nouns_phenomena.phenomena`.

    Examples
    --------
    >>> every, asked = 2, np.arange(5)
    >>> asked[::every].tolist()             # the concepts that chance is asked about
    [0, 2, 4]
    """
    from saelib.study.sweeps.nouns_halves import levelled

    concepts = trained.chosen.concepts, trained.judged.concepts
    high = levelled(trained.acts, levels)
    whole = or_of_five(high, concepts, asked, most, single)
    firing = trained.chosen.learn()[asked]
    best_firing = [
        f1_of(trained.judged.activations, [j] if j >= 0 else [], concepts[1].extent(i))
        for i, j in zip(asked.tolist(), firing.tolist(), strict=True)
    ]
    some = asked[::every]
    by_labels = or_of_five(high, dealt, some, most)
    by_directions = or_of_five(levelled(random.acts, levels), concepts, some, most)
    names = np.array(concepts[0].names, dtype=object)
    frame = pd.DataFrame(
        {
            "number": asked,
            "concept": names[asked],
            "n": concepts[1].sizes[asked],
            "best_firing": best_firing,
        }
    )
    frame = frame.merge(whole, on="number")
    for name, chance in (("dealt", by_labels), ("random", by_directions)):
        pair = chance[["number", "best", "or_five"]].set_axis(
            ["number", f"{name}_best", f"{name}_or"], axis=1
        )
        frame = frame.merge(pair, on="number", how="left")
    frame = frame.merge(needed(high, concepts, asked, eta), on="number")
    chances = ["dealt_best", "dealt_or", "random_best", "random_or"]
    frame[["best_single", "or_single"]] = frame[["best_single", "or_single"]].astype("Float64")
    none = concepts[1].take_points(single).sizes[asked] == 0
    frame.loc[none, ["best_single", "or_single"]] = pd.NA
    # Nothing is decided by these; the table stays small.
    beside = ["best_firing", "best_chosen", "or_five_chosen", "best_single", "or_single"]
    frame[beside] = frame[beside].round(3)
    return frame.drop(columns="number").astype(dict.fromkeys(chances, "Float64"))
