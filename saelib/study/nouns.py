"""What the chapter on a real network concludes from its tables: one number a seed, one verdict a concept."""

from __future__ import annotations

import numpy as np
import pandas as pd

from saelib.alignment import wilson_interval
from saelib.errors import InputError

#: What became of a concept, from nothing to see to read by a single neuron.
FATES = ("no linear reader found", "probe reads it, no neuron does", "a neuron reads it")


def fine_gain(concepts: pd.DataFrame, names: pd.DataFrame, value: str = "f1") -> pd.Series:
    """How much better the finest concepts are read at the largest size than at the smallest.

    Parameters
    ----------
    concepts : DataFrame
        One row a Top-K SAE and concept: d_sae, k, seed, concept and ``value``.
    names : DataFrame
        One row a concept: concept and ``leaf``; the finest are those that no other lies below.
    value : str
        Column to compare, such as f1 or that of a null.

    Returns
    -------
    Series
        By seed: mean over the finest concepts and over k, at the largest size minus at the smallest.

    Raises
    ------
    InputError
        With a single size.

    Examples
    --------
    >>> names = pd.DataFrame({"concept": [0, 1], "leaf": [False, True]})
    >>> rows = pd.DataFrame({"d_sae": [8, 8, 16, 16], "k": 2, "seed": 0, "concept": [0, 1, 0, 1]})
    >>> fine_gain(rows.assign(f1=[0.5, 0.25, 0.25, 0.5]), names).tolist()
    [0.25]
    """
    sizes = sorted(concepts.d_sae.unique())
    if len(sizes) < 2:
        raise InputError("concepts", f"has the sizes {sizes}", "give at least two sizes")
    fine = concepts[concepts.concept.isin(names.concept[names.leaf])]
    mean = fine.pivot_table(index=["seed", "k"], columns="d_sae", values=value)
    return (mean[sizes[-1]] - mean[sizes[0]]).groupby("seed").mean()


def interior_gain(saes: pd.DataFrame, value: str = "f1") -> pd.Series:
    """How much better concepts are read at the middle sparsity than at the better of the two ends.

    Parameters
    ----------
    saes : DataFrame
        One row a Top-K SAE: d_sae, k, seed and ``value``.
    value : str
        Column to compare.

    Returns
    -------
    Series
        By seed: mean over sizes at the middle k, minus the larger of the means at the smallest and largest.

    Raises
    ------
    InputError
        With fewer than three values of k.

    Examples
    --------
    >>> frame = pd.DataFrame({"d_sae": 8, "k": [1, 2, 4], "seed": 0, "f1": [0.25, 0.75, 0.5]})
    >>> interior_gain(frame).tolist()
    [0.25]
    """
    budgets = sorted(saes.k.unique())
    if len(budgets) < 3:
        raise InputError("saes", f"has k = {budgets}", "give at least three values of k")
    mean = saes.pivot_table(index="seed", columns="k", values=value)
    return mean[budgets[len(budgets) // 2]] - mean[[budgets[0], budgets[-1]]].max(axis=1)


def gains_by_or(units: pd.DataFrame, best: str = "best", several: str = "or_five") -> pd.Series:
    """In what share of concepts an OR of a few neurons reads at least 0.1 better than the best neuron.

    Parameters
    ----------
    units : DataFrame
        One row an SAE and concept: k, d_sae, seed, and two columns of held-out F1.
    best, several : str
        Those columns: of the best neuron, and of the OR. Rows where one is unavailable are left out.

    Returns
    -------
    Series
        By seed: mean over SAEs.

    Examples
    --------
    >>> frame = pd.DataFrame({"k": 2, "d_sae": 8, "seed": 0, "best": [0.3, 0.5], "or_five": [0.4, 0.55]})
    >>> gains_by_or(frame).tolist()
    [0.5]
    """
    asked = units.dropna(subset=[best, several])
    # A gain of exactly 0.1 counts, whatever the rounding of tables and of the difference.
    gains = asked[several].astype(float) - asked[best].astype(float) >= 0.1 - 1e-9
    return gains.groupby([asked.seed, asked.k, asked.d_sae]).mean().groupby("seed").mean()


def absorbed_beyond_chance(absorption: pd.DataFrame, rule: str = "both") -> pd.Series:
    """Absorbing edges that pass a rule, minus those that pass it when labels are dealt out anew.

    Parameters
    ----------
    absorption : DataFrame
        One row a dictionary and ``kind``: k, d_sae, seed, ``decides`` and the counts.
    rule : str
        Column of counts, such as *naive* or *both* (controls).

    Returns
    -------
    Series
        By seed: mean over SAEs.

    Examples
    --------
    >>> frame = pd.DataFrame({"kind": ["trained", "labels dealt out"], "both": [3.0, 0.5]})
    >>> frame = frame.assign(k=2, d_sae=8, seed=0, decides=True)
    >>> absorbed_beyond_chance(frame).tolist()
    [2.5]
    """
    decided = absorption[absorption.decides]
    wide = decided.pivot_table(index=["seed", "k", "d_sae"], columns="kind", values=rule)
    return (wide["trained"] - wide["labels dealt out"]).groupby("seed").mean()


def disagreement(agreement: pd.DataFrame, kind: str = "trained", beyond_kin: bool = False) -> pd.Series:
    """In what share of concepts learning by recall and interpretation by precision disagree.

    Parameters
    ----------
    agreement : DataFrame
        One row a dictionary, kind and pair of scores: k, d_sae, seed, score, interpret_score, learned, agree
        and kin.
    kind : str
        *trained* or a null.
    beyond_kin : bool
        Whether an ancestor or descendant of the concept counts as agreement.

    Returns
    -------
    Series
        By seed: mean over SAEs.

    Examples
    --------
    >>> frame = pd.DataFrame({"kind": ["trained"], "learned": 4, "agree": 1, "kin": 2})
    >>> frame = frame.assign(k=2, d_sae=8, seed=0, score="recall", interpret_score="precision")
    >>> disagreement(frame).tolist(), disagreement(frame, beyond_kin=True).tolist()
    ([0.75], [0.25])
    """
    part = agreement[
        (agreement.kind == kind) & (agreement.score == "recall") & (agreement.interpret_score == "precision")
    ]
    agreed = part.agree + (part.kin if beyond_kin else 0)
    return (1 - agreed / part.learned).groupby([part.seed, part.k, part.d_sae]).mean().groupby("seed").mean()


def fates(concepts: pd.DataFrame, readers: pd.DataFrame, readable: float = 0.5) -> pd.DataFrame:
    """What became of each concept: read by a neuron, by a probe only, or by neither.

    A probe is a neuron that was trained with labels. Where it reads a concept on nouns that it never saw,
    geometry allows it, and allows it to generalise; where no neuron does, it is the dictionary that lacks it.
    Where the probe fails, too, no single linear reader was found: that is no proof that there is none.

    Parameters
    ----------
    concepts : DataFrame
        One row a seed and concept: seed, concept, f1 (of the best neuron).
    readers : DataFrame
        One row a seed, reader and concept: seed, reader, concept, f1.
    readable : float
        A concept counts as read from this F1 on.

    Returns
    -------
    DataFrame
        One row a concept: ``concept``, ``neuron`` and ``probe`` (F1, mean over seeds), ``fate``, one of
        `FATES`, an ordered category.

    Raises
    ------
    InputError
        If ``readable`` is not between 0 and 1.

    Examples
    --------
    >>> concepts = pd.DataFrame({"seed": 0, "concept": [0, 1, 2], "f1": [0.75, 0.25, 0.125]})
    >>> probes = concepts.assign(reader="probe", f1=[0.875, 0.75, 0.25])
    >>> fates(concepts, probes).fate.tolist()
    ['a neuron reads it', 'probe reads it, no neuron does', 'no linear reader found']
    """
    if not 0 < readable < 1:
        raise InputError("readable", f"is {readable!r}", "give a number between 0 and 1")
    neuron = concepts.groupby("concept").f1.mean()
    probe = readers[readers.reader == "probe"].groupby("concept").f1.mean().reindex(neuron.index)
    which = np.where(neuron >= readable, 2, np.where(probe >= readable, 1, 0)).astype(np.int64)
    fate = pd.Categorical([FATES[i] for i in which], list(FATES), ordered=True)
    return pd.DataFrame({"neuron": neuron, "probe": probe, "fate": fate}).reset_index()


def last_fifth(history: pd.DataFrame) -> pd.DataFrame:
    """How much the explained variance still rose in the last fifth of a training.

    Parameters
    ----------
    history : DataFrame
        One row an SAE and stretch: layer, gate, d_sae, k, seed, ``part`` (its end, as a share of the steps)
        and ``explained``.

    Returns
    -------
    DataFrame
        One row an SAE: its key, ``explained`` at the end, and ``rise``: the last stretch minus the one that
        ends with the first four fifths.

    Examples
    --------
    >>> history = pd.DataFrame({"part": [0.8, 1.0], "explained": [0.5, 0.625]})
    >>> history = history.assign(layer=16, gate="TopK", d_sae=8, k=2, seed=0)
    >>> last_fifth(history).rise.tolist()
    [0.125]
    """
    key = ["layer", "gate", "d_sae", "k", "seed"]
    before = history[history.part <= 0.8 + 1e-9].sort_values("part").groupby(key).explained.last()
    end = history.sort_values("part").groupby(key).explained.last()
    return pd.DataFrame({"explained": end, "rise": end - before}).reset_index()


def proven_by_size(geometry: pd.DataFrame, per_group: int = 10, confidence: float = 0.95) -> pd.DataFrame:
    """In what share of the concepts one neuron was proven to suffice, by size of the concept.

    Parameters
    ----------
    geometry : DataFrame
        One row a concept and kind of ``labels``: n_inside, one_neuron (*yes*, *no*, *undecided*).
    per_group : int
        Concepts of neighbouring size that make a group; the last may have up to twice as many.
    confidence : float
        Of Wilson's intervals.

    Returns
    -------
    DataFrame
        One row a kind of labels and group: ``labels``, ``n_inside`` (median), ``n`` (concepts), ``share``
        with *yes*, ``low`` and ``high``. *Undecided* counts as not proven.

    Raises
    ------
    InputError
        If a group has no concept.

    Examples
    --------
    >>> rows = pd.DataFrame({"labels": "real", "n_inside": [5, 6, 90], "one_neuron": ["yes", "yes", "no"]})
    >>> proven_by_size(rows, per_group=2).drop(columns=["low", "high"])
      labels  n_inside  n     share
    0   real       6.0  3  0.666667
    """
    if per_group < 1:
        raise InputError("per_group", f"is {per_group!r}", "give at least 1")
    found = []
    for labels, part in geometry.groupby("labels"):
        part = part.sort_values("n_inside", kind="stable")
        for rows in np.array_split(np.arange(len(part)), max(len(part) // per_group, 1)):
            yes = int((part.one_neuron.iloc[rows] == "yes").sum())
            low, high = wilson_interval(yes, len(rows), confidence)
            found.append((labels, part.n_inside.iloc[rows].median(), len(rows), yes / len(rows), low, high))
    return pd.DataFrame(found, columns=["labels", "n_inside", "n", "share", "low", "high"])
