"""Effects on handwritten digits, one number a seed, each setting chosen on the other seeds.

All functions take the table ``digits_concepts`` of `saelib.study.sweeps.digits`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from saelib.errors import InputError
from saelib.study.comparisons import best_elsewhere

DIGITS = tuple(f"digit {d}" for d in range(10))
SETTING = ("gate", "d_sae", "rank")


def at_best(
    frame: pd.DataFrame, value: str, concepts: Collection[str], setting: Sequence[str] = SETTING
) -> pd.Series:
    """Mean of a column over some concepts, at the setting that does best on the other seeds.

    Parameters
    ----------
    frame : DataFrame
        Rows of one dictionary (trained, say): seed, concept, the columns of ``setting``, and ``value``.
    value : str
        The larger, the better.
    concepts : collection of str
        Which to average over.
    setting : sequence of str
        The columns among whose combinations to choose; others are averaged over.

    Returns
    -------
    Series [n_seeds]
        By seed.

    Raises
    ------
    InputError
        If no row is of these concepts, or with fewer than two seeds.

    Examples
    --------
    >>> frame = pd.DataFrame({"seed": [0, 0, 1, 1], "rank": [0, 1, 0, 1], "concept": "digit 0",
    ...                       "chosen_jaccard": [0.2, 0.5, 0.3, 0.4]})
    >>> at_best(frame, "chosen_jaccard", ["digit 0"], ["rank"]).tolist()
    [0.5, 0.4]
    """
    rows = frame[frame.concept.isin(list(concepts))]
    if rows.empty:
        raise InputError("concepts", f"{list(concepts)} are not in the frame", "give names of its concepts")
    return best_elsewhere(rows.pivot_table(index="seed", columns=list(setting), values=value, observed=True))


def above_random(
    table: pd.DataFrame, value: str = "chosen_jaccard", gates: Collection[str] = ("ReLU", "TopK")
) -> pd.Series:
    """What training adds for the ten digits: trained minus random dictionary, each at its own best setting.

    Parameters
    ----------
    table : DataFrame
        ``digits_concepts``.
    value : str
        The larger, the better.
    gates : collection of str
        Among which the setting is chosen.

    Returns
    -------
    Series [n_seeds]
        By seed.

    Examples
    --------
    >>> rows = [(name, "ReLU", 8, 0, seed, "digit 0", j)
    ...         for seed in (0, 1) for name, j in (("trained", 0.75), ("random", 0.25))]
    >>> names = ["dictionary", "gate", "d_sae", "rank", "seed", "concept", "chosen_jaccard"]
    >>> above_random(pd.DataFrame(rows, columns=names)).tolist()
    [0.5, 0.5]
    """
    rows = table[table.gate.isin(list(gates))]
    trained, random = (rows[rows.dictionary == name] for name in ("trained", "random"))
    return at_best(trained, value, DIGITS) - at_best(random, value, DIGITS)


def by_concept(table: pd.DataFrame, value: str = "chosen_jaccard") -> pd.DataFrame:
    """Every concept's value at its own best setting, beside its frequency.

    Parameters
    ----------
    table : DataFrame
        ``digits_concepts``, or some of its rows.
    value : str
        The larger, the better.

    Returns
    -------
    DataFrame
        One row a dictionary, concept and seed: ``dictionary``, ``concept``, ``seed``, ``frequency`` among
        the held-out images, ``value``.

    Examples
    --------
    >>> frame = pd.DataFrame({"dictionary": "trained", "gate": "ReLU", "d_sae": 8, "rank": 0, "seed": [0, 1],
    ...                       "concept": "even", "frequency": 0.5, "chosen_jaccard": [0.6, 0.7]})
    >>> by_concept(frame)[["concept", "seed", "chosen_jaccard"]].to_numpy().tolist()
    [['even', 0, 0.6], ['even', 1, 0.7]]
    """
    parts = []
    for (dictionary, concept), rows in table.groupby(["dictionary", "concept"], sort=False, observed=True):
        best = at_best(rows, value, [str(concept)])
        frame = pd.DataFrame({"dictionary": dictionary, "concept": concept, "seed": best.index})
        frame["frequency"] = rows.groupby("seed").frequency.first().reindex(best.index).to_numpy()
        frame[value] = best.to_numpy()
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def above_always_on(jaccard: pd.Series, frequency: pd.Series) -> pd.Series:
    """Count a Jaccard index from that of a neuron which always fires (0) to that of a perfect one (1).

    A neuron that fires on everything has as Jaccard index the frequency π of the concept, so half for one
    that holds on half of the points: (J - π)/(1 - π).

    Parameters
    ----------
    jaccard, frequency : Series
        J and π < 1.

    Returns
    -------
    Series
        At most 1; negative for what is worse than firing always.

    Examples
    --------
    >>> above_always_on(pd.Series([0.5, 1.0, 0.5]), pd.Series([0.5, 0.5, 0.0])).tolist()
    [0.0, 1.0, 0.5]
    """
    return (jaccard - frequency) / (1 - frequency)


def coarse_deficit(
    best: pd.DataFrame, definitions: Mapping[str, Collection[int]], value: str = "chosen_jaccard"
) -> pd.DataFrame:
    """By how much a coarse concept is learned worse than the digits it contains.

    Parameters
    ----------
    best : DataFrame
        One row a concept and seed, from `by_concept`, of one dictionary.
    definitions : mapping of str to collection of int
        The digits of each concept.
    value : str
        The column compared.

    Returns
    -------
    DataFrame [n_seeds, n_coarse]
        Mean over the concept's digits minus the concept, by seed.

    Examples
    --------
    >>> best = pd.DataFrame({"concept": ["even", "digit 0", "digit 2"], "seed": 0,
    ...                      "chosen_jaccard": [0.5, 0.75, 0.75]})
    >>> coarse_deficit(best, {"even": (0, 2), "digit 0": (0,), "digit 2": (2,)}).to_dict()
    {'even': {0: 0.25}}
    """
    table = best.pivot_table(index="seed", columns="concept", values=value, observed=True)
    differences = {
        concept: table[[f"digit {d}" for d in held]].mean(axis=1) - table[concept]
        for concept, held in definitions.items()
        if len(held) > 1
    }
    return pd.DataFrame(differences)


def interior_gain(table: pd.DataFrame, against: str, value: str = "chosen_jaccard") -> pd.Series:
    """The ten digits at the best interior sparsity minus at one end, averaged over sizes and gates.

    Parameters
    ----------
    table : DataFrame
        Rows of one dictionary of ``digits_concepts``, at three sparsities or more.
    against : {"sparsest", "densest"}
        Which end.
    value : str
        The larger, the better.

    Returns
    -------
    Series [n_seeds]
        By seed.

    Raises
    ------
    InputError
        For another end, or if no sparsity is interior.

    Examples
    --------
    >>> frame = pd.DataFrame({"gate": "TopK", "d_sae": 8, "rank": [0, 1, 2] * 2, "seed": [0, 0, 0, 1, 1, 1],
    ...                       "concept": "digit 0", "chosen_jaccard": [0.25, 0.5, 0.125] * 2})
    >>> interior_gain(frame, "sparsest").tolist(), interior_gain(frame, "densest").tolist()
    ([0.25, 0.25], [0.375, 0.375])
    """
    if against not in ("sparsest", "densest"):
        raise InputError("against", f"is {against!r}", "give 'sparsest' or 'densest'")
    first, last = table["rank"].min(), table["rank"].max()
    if last - first < 2:
        raise InputError("table", "has no interior sparsity", "give three sparsities or more")
    end = table[table["rank"] == (first if against == "sparsest" else last)]
    interior = table[table["rank"].between(first, last, inclusive="neither")]
    gains = [
        at_best(interior[interior.gate == gate], value, DIGITS, ["rank"])
        - at_best(end[end.gate == gate], value, DIGITS, ["rank"])
        for gate in sorted(table.gate.unique())
    ]
    return pd.concat(gains, axis=1).mean(axis=1)
